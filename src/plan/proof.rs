//! What the losses of a saved plan need, worked out anew from the files: what the plan says of it proves nothing.

use std::iter;

use rustc_hash::FxHashMap;

use super::acknowledge::Acknowledgements;
use super::model::*;
use crate::config::Config;
use crate::kinds::KINDS;
use crate::snapshot::{self, Snapshot};

/// What a plan says that it cannot mean.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct Contradiction {
    /// The member, such as `operations[3].fields`.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

/// The addresses that people had in the applied snapshot, by what a pre-image says of their id: the files may name them so.
pub type Had = FxHashMap<String, Vec<String>>;

/// The addresses that those had who lose something by this plan.
pub fn had(plan: &Plan, applied: &Snapshot) -> Had {
    let losing = plan.changes.iter().filter(|it| it.acknowledged.is_some());
    let mut had: Had = losing
        .filter_map(id_of)
        .map(|id| (id.to_owned(), Vec::new()))
        .collect();
    if !had.is_empty() {
        for (email, id) in snapshot::addresses(applied) {
            if let Some(emails) = had.get_mut(&snapshot::id_member(&id)) {
                emails.push(email);
            }
        }
    }
    had
}

/// What the pre-image of a change says of the id.
fn id_of(change: &Change) -> Option<&str> {
    let mut members = change.preimage_members.as_deref()?.split_whitespace();
    members.find(|member| member.starts_with("id:"))
}

/// Works out anew which losses somebody has agreed to, and refuses a plan that says something else. Who was renamed since the
/// last apply may be named by the address of then.
///
/// # Errors
///
/// The first change whose acknowledgement is not what the files say.
pub fn acknowledged(plan: &Plan, config: &Config, had: &Had) -> Result<(), Contradiction> {
    let captured = plan.snapshot.captured_at.get(..10);
    let day = captured.and_then(|day| day.parse().ok());
    let agreed = Acknowledgements::new(config, day);
    for (at, change) in plan.changes.iter().enumerate() {
        let kind = KINDS.iter().find(|kind| kind.name == change.kind);
        let mut covered = None;
        let earlier = id_of(change).and_then(|id| had.get(id));
        let keys = || iter::once(&change.key).chain(earlier.into_iter().flatten());
        for field in change
            .fields
            .iter()
            .filter(|it| it.risk == Risk::Irreversible)
        {
            let losses = kind.into_iter().flat_map(|kind| kind.losses);
            let loss = losses.into_iter().find(|loss| loss.is_of(&field.path));
            let entry = loss
                .and_then(|it| keys().find_map(|key| agreed.covers(it.code, &change.kind, key)));
            covered = Some(covered.unwrap_or(true) && entry.is_some());
        }
        if change.acknowledged != covered {
            let word = |it: Option<bool>| it.map_or("null".to_owned(), |it| it.to_string());
            let why = format!(
                "the plan says {}, the acknowledgements of the files {} for {}",
                word(change.acknowledged),
                word(covered),
                change.address
            );
            return Err(Contradiction {
                place: format!("changes[{at}].acknowledged"),
                why,
            });
        }
    }
    Ok(())
}
