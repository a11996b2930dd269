//! Whether a field of the plan is as it was, as it is to be, or different.

use serde_json::Value;

use super::{Seen, not_sent, settings};
use crate::change::Field;
use crate::kinds::licenses::wire as licenses;
use crate::kinds::{self, Form};
use crate::webex::{Error, Names};

/// What is there where nothing is, in words.
pub const NOTHING_THERE: &str = "nothing";

/// The state of a field in Webex now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// As the plan says that it was.
    Before,
    /// As the plan says that it is to be.
    After,
    /// Neither; what is there, in words.
    Other(String),
}

/// The state of a field of an object of this kind; `seen` is none where there is no such object.
pub fn stands(
    names: &Names,
    kind: &str,
    seen: Option<&Seen>,
    field: &Field,
) -> Result<Standing, Error> {
    let Some(seen) = seen else {
        return Ok(match (field.before.is_null(), field.after.is_null()) {
            (_, true) => Standing::After,
            (true, false) => Standing::Before,
            (false, false) => Standing::Other(NOTHING_THERE.to_owned()),
        });
    };
    if let Some(standing) = settings::stands(names, kind, seen, field) {
        return standing;
    }
    // The object is still there.
    if field.deletes() {
        return Ok(Standing::Before);
    }
    let Some(row) = kinds::field(kind, &field.path) else {
        return Err(not_sent(format!(
            "nothing of a {kind} is called {}",
            field.path
        )));
    };
    let now = seen
        .object
        .pointer(&format!("/{}", field.path))
        .unwrap_or(&Value::Null);
    let there = match row.form {
        Form::License => return licenses::stands(names, seen, field),
        Form::Member => {
            let (list, member) = field.path.split_once('/').unwrap_or_default();
            let mut members = seen.object[list].as_array().into_iter().flatten();
            Some(members.any(|it| it == member))
        }
        Form::Flag => Some(!now.is_null()),
        Form::Switch | Form::Text | Form::Texts => None,
    };
    if let Some(there) = there {
        return Ok(match there == field.after.is_null() {
            true => Standing::Before,
            false => Standing::After,
        });
    }
    Ok(if same(row, &field.after, now) {
        Standing::After
    } else if same(row, &field.before, now) {
        Standing::Before
    } else {
        Standing::Other(match now {
            Value::Null => NOTHING_THERE.to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    })
}

/// Whether a value of the plan is what Webex has, in whatever form.
fn same(row: &kinds::Field, ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().all(|it| theirs.contains(it))
        }
        (Value::Null, theirs) => empty(theirs),
        (Value::String(ours), theirs) => row.same(ours, theirs.as_str()),
        (ours, theirs) => ours == theirs,
    }
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
