//! Two plans of the same files -> the cause of each difference.
//!
//! The files are planned against the organisation as it is, and against the snapshot of the last apply. What the second plan
//! has too, the files have asked for since then. Its values now and then show whether it changed live.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::{Cause, Line};
use crate::change::{Address, Field, ObservedObjects, Path};
use crate::finding::Severity;
use crate::kinds;
use crate::plan::Plan;

/// A plan against one observed state, and what the objects have there.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The objects, at least of the changes of both plans.
    pub objects: &'a ObservedObjects,
}

impl<'a> Side<'a> {
    fn value(&self, address: &Address, path: &Path) -> Option<&'a Value> {
        let value = self.objects.get(address)?.values.get(path)?;
        Some(value.as_ref())
    }
}

/// A line for each field of the plan against the live state, in its order. `applied` is the plan against the last applied
/// state.
pub fn causes(live: Side<'_>, applied: Option<Side<'_>>) -> Vec<Line> {
    let before = applied.map(Before::new);
    let changes = live.plan.changes.iter();
    let fields = changes.flat_map(|change| change.fields.iter().map(move |field| (change, field)));
    let lines = fields.map(|(change, field)| Line {
        address: change.address.clone(),
        path: field.path.clone(),
        cause: match &before {
            Some(before) => before.cause(live, &change.address, field),
            None => Cause::Unknown,
        },
        actor: None,
        at: None,
    });
    lines.collect()
}

/// What was planned against the applied state.
struct Before<'a> {
    side: Side<'a>,
    asked: FxHashMap<&'a Address, FxHashSet<&'a Path>>,
    blocked: FxHashSet<&'a str>,
}

impl<'a> Before<'a> {
    fn new(side: Side<'a>) -> Before<'a> {
        let changes = side.plan.changes.iter();
        let paths = |fields: &'a [Field]| fields.iter().map(|field| &field.path).collect();
        let blocks = side
            .plan
            .findings
            .iter()
            .filter(|finding| matches!(finding.severity, Severity::Error | Severity::Hold));
        Before {
            side,
            asked: changes
                .map(|change| (&change.address, paths(&change.fields)))
                .collect(),
            blocked: blocks
                .filter_map(|finding| finding.subject.as_deref())
                .collect(),
        }
    }

    fn cause(&self, live: Side<'_>, address: &Address, field: &Field) -> Cause {
        let path = &field.path;
        let then = self.side.value(address, path);
        let live_moved = !same(address, path, live.value(address, path), then);
        let asked = self.asked.get(address);
        let asked = asked.is_some_and(|paths| paths.contains(path));
        // What an error kept out of the plan then was not as the files say either.
        let kept_out = || {
            let wanted = Some(&*field.after).filter(|after| !after.is_null());
            self.blocked.contains(address.as_str()) && !same(address, path, wanted, then)
        };
        Cause::of(asked || kept_out(), live_moved)
    }
}

/// Whether two values of a field are the same, apart from the form that Webex gives them.
pub(super) fn same(
    address: &Address,
    path: &Path,
    one: Option<&Value>,
    other: Option<&Value>,
) -> bool {
    let text = |value: Option<&Value>| match value {
        None => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    };
    if one == other {
        return true;
    }
    match (text(one), text(other)) {
        (Some(one), Some(other)) => {
            let (kind, _) = address.parts();
            let Some(field) = kinds::field(kind, path) else {
                return false;
            };
            let alike = |ours: &Option<String>, theirs: &Option<String>| {
                field.same(ours.as_deref().unwrap_or_default(), theirs.as_deref())
            };
            alike(&one, &other) || alike(&other, &one)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn same(address: &str, path: &str, one: Option<&Value>, other: Option<&Value>) -> bool {
        super::same(&address.into(), &path.into(), one, other)
    }

    #[test]
    fn forms_of_one_value_are_the_same() {
        let (upper, lower) = (json!("en_US"), json!("en_us"));
        assert!(same(
            "location/Dallas",
            "preferredLanguage",
            Some(&upper),
            Some(&lower)
        ));
        assert!(same(
            "location/Dallas",
            "preferredLanguage",
            Some(&lower),
            Some(&upper)
        ));
        assert!(!same(
            "user/ana@acme.com",
            "extension",
            Some(&upper),
            Some(&lower)
        ));
        let empty = json!("");
        assert!(same(
            "location/Dallas",
            "address/address2",
            Some(&empty),
            None
        ));
        assert!(same(
            "location/Dallas",
            "address/address2",
            None,
            Some(&empty)
        ));
        assert!(!same(
            "user/ana@acme.com",
            "displayName",
            None,
            Some(&upper)
        ));
        assert!(same(
            "user/ana@acme.com",
            "roles",
            Some(&json!(["a"])),
            Some(&json!(["a"]))
        ));
        assert!(!same(
            "user/ana@acme.com",
            "roles",
            Some(&json!(["a"])),
            Some(&json!([]))
        ));
    }
}
