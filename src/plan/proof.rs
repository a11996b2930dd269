//! What the losses of a saved plan need, worked out anew from the files: what the plan says of it proves nothing.

use super::acknowledge::Acknowledgements;
use super::model::*;
use crate::config::Config;
use crate::kinds::KINDS;

/// What a plan says that it cannot mean.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct Contradiction {
    /// The member, such as `operations[3].fields`.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

/// Works out anew which losses somebody has agreed to, and refuses a plan that says otherwise.
///
/// # Errors
///
/// The first change whose acknowledgement is not what the files say.
pub fn acknowledged(plan: &Plan, config: &Config) -> Result<(), Contradiction> {
    let captured = plan.snapshot.captured_at.get(..10);
    let day = captured.and_then(|day| day.parse().ok());
    let agreed = Acknowledgements::new(config, day);
    for (at, change) in plan.changes.iter().enumerate() {
        let kind = KINDS.iter().find(|kind| kind.name == change.kind);
        let mut covered = None;
        for field in change
            .fields
            .iter()
            .filter(|it| it.risk == Risk::Irreversible)
        {
            let losses = kind.into_iter().flat_map(|kind| kind.losses);
            let loss = losses.into_iter().find(|loss| loss.is_of(&field.path));
            let entry = loss.and_then(|it| agreed.covers(it.code, &change.kind, &change.key));
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
