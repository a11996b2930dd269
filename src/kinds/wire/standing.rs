//! Whether a field of the plan stands as it was, as it is to be, or otherwise.

use serde_json::Value;

use super::{Seen, settings};
use crate::change::Field;
use crate::kinds::licenses::wire as licenses;
use crate::kinds::quirks;
use crate::webex::{Error, Names};

/// What is there where nothing is, in words.
pub const NOTHING_THERE: &str = "nothing";

/// How a field stands in Webex now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// As the plan says that it was.
    Before,
    /// As the plan says that it is to be.
    After,
    /// Neither; what is there, in words.
    Otherwise(String),
}

/// How a field of an object of this kind stands; `seen` is none where there is no such object.
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
            (false, false) => Standing::Otherwise(NOTHING_THERE.to_owned()),
        });
    };
    if field.path.starts_with("licenses/") {
        return licenses::stands(names, seen, field);
    }
    if let Some(standing) = settings::stands(names, kind, seen, field) {
        return standing;
    }
    if let Some(member) = field.path.strip_prefix("members/") {
        let mut members = seen.object["members"].as_array().into_iter().flatten();
        let is_in = members.any(|it| it == member);
        return Ok(if is_in == field.after.is_null() {
            Standing::Before
        } else {
            Standing::After
        });
    }
    // A deletion has this one field, and the object is still there.
    if field.path == "state" && field.after.is_null() {
        return Ok(Standing::Before);
    }
    let now = seen
        .object
        .pointer(&format!("/{}", field.path))
        .unwrap_or(&Value::Null);
    let now = match field.path.as_str() {
        "calling" => &Value::Bool(!now.is_null()),
        _ => now,
    };
    Ok(if same(&field.path, &field.after, now) {
        Standing::After
    } else if same(&field.path, &field.before, now) || field.path == "calling" {
        Standing::Before
    } else {
        Standing::Otherwise(match now {
            Value::Null => NOTHING_THERE.to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    })
}

/// Whether a value of the plan is what Webex has, in whatever form.
fn same(path: &str, ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().all(|it| theirs.contains(it))
        }
        (Value::Null, theirs) => empty(theirs),
        (Value::String(ours), theirs) => quirks::same(path, ours, theirs.as_str()),
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
