//! What the capture after an apply shows that no request has seen: somebody whom the plan changes lost Calling, number or extension right
//! after the request for it.

use serde_json::Value;

use super::guard::{is_calling, kept};
use super::journal::Journal;
use super::report::Touched;
use crate::change::{Address, Change, ChangeAction};
use crate::kinds::licenses::wire as licenses;
use crate::kinds::{self, Holders};
use crate::licensing::is_named_calling;
use crate::plan::Plan;
use crate::snapshot::Snapshot;
use crate::webex::ids;

/// Names those whom a plan changes and who have lost since then what it does not take, and records in the journal that they are owed
/// it. They are compared with what was there right `before` the first request; anyone who is not among these, with `then`, the state after
/// the last apply, if it is what the plan was made from.
///
/// # Errors
///
/// The journal cannot be written.
pub fn losses_since(
    plan: &Plan,
    before: &Touched,
    then: &Snapshot,
    now: &Snapshot,
    journal: &Journal,
) -> std::io::Result<Vec<(Address, String)>> {
    let listed = of_calling(now);
    let calling = [of_calling(then), listed.clone()].concat();
    let mut found = Vec::new();
    for change in &plan.changes {
        let kind = kinds::find(&change.kind);
        let Some(holders) = kind.and_then(|kind| kind.holders.as_ref()) else {
            continue;
        };
        let before = match before.get(&change.address) {
            Some(Some(seen)) => serde_json::from_str(seen).ok(),
            _ => {
                (holders.with_key)(then, &change.key).filter(|_| as_planned(holders, change, then))
            }
        };
        let (Some(before), Some(after)) = (before, (holders.with_key)(now, &change.key)) else {
            continue;
        };
        let calls = (
            holds(&before, &calling),
            holds(&after, &listed) || listed.is_empty(),
        );
        let lost = lost(change, &before, &after, calls);
        if lost.is_empty() {
            continue;
        }
        let lost = lost.join(", ");
        journal.before(0, &change.address, &before, true, Vec::new())?;
        journal.owed(0, &change.address, &lost)?;
        found.push((change.address.clone(), lost));
    }
    Ok(found)
}

/// What is missing, in words; `calls`: whether there was Calling, and is.
fn lost(change: &Change, before: &Value, after: &Value, calls: (bool, bool)) -> Vec<String> {
    let mut fields = change.fields.iter();
    let taken = fields.any(|field| is_calling(change, field) && field.after.is_null());
    if !calls.0 || taken || change.action != ChangeAction::Update {
        return Vec::new();
    }
    let mut lost = Vec::new();
    if !calls.1 {
        lost.push("the Calling licence is gone".to_owned());
    }
    let named = |path: &str| change.fields.iter().any(|field| field.path == path);
    for path in kept(&change.kind).filter(|path| !named(path)) {
        if let (Some(was), true) = (before[path].as_str(), after[path].is_null()) {
            lost.push(format!("{path} was {was}"));
        }
    }
    lost
}

/// Whether the object was in the last applied state what the plan was made from.
fn as_planned(holders: &Holders, change: &Change, then: &Snapshot) -> bool {
    let essence = (holders.essence)(then, &change.key);
    essence.is_some_and(|it| Some(&it.digest) == change.preimage.as_ref())
}

/// The ids of the Calling licences.
fn of_calling(snapshot: &Snapshot) -> Vec<String> {
    let calling = snapshot.licenses().iter();
    let calling = calling.filter(|license| is_named_calling(&license.name));
    calling.map(|license| ids::plain(&license.id)).collect()
}

fn holds(object: &Value, calling: &[String]) -> bool {
    let held = licenses::ids_of(object);
    held.iter().any(|id| calling.contains(&ids::plain(id)))
}
