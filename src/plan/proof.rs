//! What the losses of a saved plan need, computed again from the files: what the plan says of it proves nothing.

use std::iter;

use rustc_hash::{FxHashMap, FxHashSet};

use super::model::*;
use crate::change::{Acknowledgements, Change, Risk};
use crate::config::Config;
use crate::kinds;
use crate::snapshot::{self, Snapshot};

/// A contradiction in a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct Contradiction {
    /// The member, such as `operations[3].fields`.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

/// Who had which address in the applied snapshot, as far as it concerns those who lose something by a plan.
#[derive(Debug, Default)]
pub struct Had {
    /// The addresses of a person then, by what a pre-image says of the id: the files may name the person so.
    addresses: FxHashMap<String, Vec<String>>,
    /// Whose address it was, by address: an acknowledgement for a previous owner does not apply to the current one.
    whose: FxHashMap<String, String>,
}

impl Had {
    /// Looks for those who lose something by this plan.
    pub fn of(plan: &Plan, applied: &Snapshot) -> Had {
        let losing = || plan.changes.iter().filter(|it| it.acknowledged.is_some());
        let mut had = Had::default();
        let ids = losing().filter_map(id_of);
        had.addresses = ids.map(|id| (id.to_owned(), Vec::new())).collect();
        if had.addresses.is_empty() {
            return had;
        }
        let keys: FxHashSet<&str> = losing().map(|it| it.key.as_str()).collect();
        for (email, id) in snapshot::addresses(applied) {
            let id = snapshot::id_member(&id);
            if keys.contains(email.as_str()) {
                had.whose.insert(email.clone(), id.clone());
            }
            if let Some(emails) = had.addresses.get_mut(&id) {
                emails.push(email);
            }
        }
        had
    }

    /// The names by which the files may mean the object of a change.
    fn names<'n>(&'n self, change: &'n Change) -> impl Iterator<Item = &'n String> {
        let id = id_of(change);
        let another = self
            .whose
            .get(&change.key)
            .is_some_and(|then| Some(then.as_str()) != id);
        let earlier = id
            .and_then(|id| self.addresses.get(id))
            .into_iter()
            .flatten();
        let key = iter::once(&change.key).filter(move |_| !another);
        key.chain(earlier)
    }
}

/// What the pre-image of a change says of the id.
fn id_of(change: &Change) -> Option<&str> {
    let mut members = change.preimage_members.as_deref()?.split_whitespace();
    members.find(|member| member.starts_with("id:"))
}

/// Computes again which losses are acknowledged, and refuses a plan that says something else. Who was renamed since the
/// last apply may be named by the address of then.
///
/// # Errors
///
/// The first change whose acknowledgement is not what the files say.
pub fn acknowledged(plan: &Plan, config: &Config, had: &Had) -> Result<(), Contradiction> {
    let captured = plan.snapshot.captured_at.get(..10);
    let day = captured.and_then(|day| day.parse().ok());
    let agreed = Acknowledgements::new(config, day, kinds::deletion_code);
    for (at, change) in plan.changes.iter().enumerate() {
        let mut covered = None;
        for field in change
            .fields
            .iter()
            .filter(|it| it.risk == Risk::Irreversible)
        {
            let loss = kinds::field(&change.kind, &field.path).and_then(|it| it.loss);
            let entry = loss.and_then(|it| {
                had.names(change)
                    .find_map(|key| agreed.covers_with(it.code, &change.kind, key, field.people))
            });
            covered = Some(covered.unwrap_or(true) && entry.is_some());
        }
        if change.acknowledged != covered {
            let address = &change.address;
            let plan = match change.acknowledged {
                Some(true) => format!("the loss for {address} as acknowledged"),
                Some(false) => format!("the loss for {address} as not acknowledged"),
                None => format!("no loss for {address}"),
            };
            let files = match covered {
                Some(true) => "acknowledge it",
                Some(false) => "do not acknowledge it",
                None => "need no acknowledgement",
            };
            let why = format!("it has {plan}, but the files {files}");
            return Err(Contradiction {
                place: format!("changes[{at}].acknowledged"),
                why,
            });
        }
    }
    Ok(())
}
