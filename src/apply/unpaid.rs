//! Whether a plan may be carried out while somebody is owed something: nothing is taken from anybody else until then.

use rustc_hash::FxHashMap;

use super::check;
use super::guard::takes;
use super::owed::{Owed, Place};
use crate::change::{Address, Change};
use crate::kinds;
use crate::kinds::wire::{Seen, Subject};
use crate::plan::Plan;
use crate::webex::{Error, Names, ids};

/// Why a plan may not be carried out yet.
#[derive(Debug, thiserror::Error)]
#[error(
    "an earlier apply has not restored everything for {owed}, and the plan takes something from {other}"
)]
pub struct Unpaid {
    /// The address of someone who is owed something.
    owed: Address,
    /// The address of someone else.
    other: Address,
    /// How to put it right.
    pub help: String,
}

/// Whether the plan takes something although somebody else is owed something, as the organisation is now.
pub fn unpaid(
    plan: &Plan,
    owed: &[Owed],
    names: &Names,
    place: Place<'_>,
) -> Result<Option<Unpaid>, Error> {
    if owed.is_empty() {
        return Ok(None);
    }
    let taken = taken(plan);
    let org = ids::plain(&plan.org.id);
    let here = owed.iter().filter(|it| it.is_in(&org) && it.may_be_owed());
    for owed in here.filter(|_| !taken.is_empty()) {
        let Some((address, now)) = today(owed, names)? else {
            continue;
        };
        let other = taken.iter().find(|it| ***it != address);
        if let Some(other) = other
            && owed.owes(&now.object, &names.licenses()?).is_some()
        {
            return Ok(Some(Unpaid {
                owed: address,
                other: (*other).clone(),
                help: owed.way_out(place),
            }));
        }
    }
    Ok(None)
}

/// Addresses from which the plan takes something.
fn taken(plan: &Plan) -> Vec<&Address> {
    let changes: FxHashMap<&Address, &Change> =
        plan.changes.iter().map(|it| (&it.address, it)).collect();
    let mut taken = Vec::new();
    for operation in &plan.operations {
        for address in operation.subjects() {
            let subject = changes.get(address).map(|&change| Subject {
                change,
                fields: check::fields(operation, change),
                seen: None,
            });
            if subject.is_some_and(|it| takes(operation, &it)) {
                taken.push(address);
            }
        }
    }
    taken
}

/// The subject as it is now, by id, with its address; `None`: it was deleted, or its kind has none.
fn today(owed: &Owed, names: &Names) -> Result<Option<(Address, Seen)>, Error> {
    let Some(kind) = kinds::find(owed.kind()) else {
        return Ok(None);
    };
    let Some(key) = names.key(kind.name, owed.written_id())? else {
        return Ok(None);
    };
    let now = (kind.live.read)(names, &[&key])?.pop().flatten();
    Ok(now.map(|now| (Address::new(kind.name, &key), now)))
}
