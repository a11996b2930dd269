//! Whether a plan may be carried out while somebody is owed something: nothing is taken from anybody else until then.

use rustc_hash::FxHashMap;

use super::check;
use super::guard::takes;
use super::owed::{Owed, Place};
use crate::change::{Address, Change};
use crate::kinds;
use crate::kinds::wire::Subject;
use crate::plan::Plan;
use crate::webex::{Error, Names};

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
    for owed in owed {
        let Some(other) = taken.iter().find(|it| **it != owed.address()) else {
            continue;
        };
        if lacks(owed, names)? {
            return Ok(Some(Unpaid {
                owed: owed.address().clone(),
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

/// Whether somebody still lacks something. Who is not found by the address of then may.
fn lacks(owed: &Owed, names: &Names) -> Result<bool, Error> {
    if owed.is_lost() {
        return Ok(true);
    }
    if !owed.is_begun() {
        return Ok(false);
    }
    let (kind, key) = owed.address().parts();
    let Some(kind) = kinds::find(kind) else {
        return Ok(true);
    };
    let now = (kind.live.read)(names, &[key])?.pop().flatten();
    Ok(now.is_none_or(|now| owed.lacks(&now.object)))
}
