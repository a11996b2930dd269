//! What could be lost on the way: saved before, compared after.

use super::backups::Saved;
use super::report::Verdict;
use super::send::{Sending, Trouble, Verdicts};
use crate::kinds::KINDS;
use crate::kinds::wire::{Seen, Subject};
use crate::plan::{FieldAction, Risk};

impl<'a> Sending<'a> {
    /// Writes down how those are whose Calling moves. A run that goes on finds there what half a move has taken away:
    /// licence, location, number and extension.
    pub(super) fn remember(&self, open: &mut [Subject<'a>]) -> Result<(), Trouble> {
        let moves = |subject: &&mut Subject<'_>| {
            let calling = subject.field("licenses/calling");
            calling.is_some_and(|field| !field.before.is_null() && !field.after.is_null())
        };
        for subject in open.iter_mut().filter(moves) {
            let address = &subject.change.address;
            let Some(seen) = &mut subject.seen else {
                continue;
            };
            match self.before.get(&(self.operation.id, address.clone())) {
                Some(object) => seen.object = object.clone(),
                None => self
                    .journal
                    .before(self.operation.id, address, &seen.object)?,
            }
        }
        Ok(())
    }

    /// A backup of everybody who could lose something by this request.
    pub(super) fn save(&self, open: &[Subject<'a>]) -> Result<Vec<Saved>, Trouble> {
        let mut saved = Vec::new();
        for subject in open {
            let kind = KINDS.iter().find(|kind| kind.name == subject.change.kind);
            if !kind.is_some_and(|kind| kind.live.has_settings) || !self.could_lose(subject) {
                continue;
            }
            if let Some(seen) = &subject.seen {
                let made = self
                    .options
                    .backups
                    .take(self.names(), subject.change, seen)
                    .map_err(Trouble::Backup)?;
                let file = made.path.display().to_string();
                self.journal
                    .backup(self.operation.id, &made.address, &file, &made.digest)?;
                saved.push(made);
            }
        }
        Ok(saved)
    }

    /// Whoever goes first has the same settings afterwards.
    pub(super) fn compare_settings(&self, saved: &[Saved], verdicts: &mut Verdicts) {
        for saved in saved {
            let mine = |(address, verdict): &&mut (String, Verdict)| {
                *address == saved.address && verdict.is_good()
            };
            let Some((_, verdict)) = verdicts.iter_mut().find(mine) else {
                continue;
            };
            let differing = self.options.backups.differing(self.names(), saved);
            if !differing.is_empty() {
                let why = format!(
                    "settings differ after the move: {} (the backup is {})",
                    differing.join(", "),
                    saved.path.display()
                );
                *verdict = Verdict::Failed {
                    why,
                    tracking_id: None,
                };
            }
        }
    }

    pub(super) fn could_lose(&self, subject: &Subject<'_>) -> bool {
        let calling = |path: &str| path == "licenses/calling";
        subject.fields.iter().any(|field| {
            field.risk == Risk::Irreversible
                || self.canary
                || self.options.backup_moves
                    && calling(&field.path)
                    && field.action == FieldAction::Move
        })
    }
}

/// Whoever keeps Calling in another subscription or tier keeps location, number and extension: what is gone, in words.
pub(super) fn lost_on_the_way(before: &Subject<'_>, now: Option<&Seen>) -> Option<String> {
    let calling = before.field("licenses/calling")?;
    let (seen, now) = (before.seen.as_ref()?, now?);
    if calling.before.is_null() || calling.after.is_null() {
        return None;
    }
    let lost = ["location", "phoneNumber", "extension"]
        .into_iter()
        .filter_map(|path| {
            let (was, is) = (seen.text(path)?, now.text(path));
            let meant = before.field(path).is_some() || is == Some(was);
            (!meant).then(|| format!("{path} was {was} and is {}", is.unwrap_or("nothing")))
        });
    let lost: Vec<String> = lost.collect();
    (!lost.is_empty()).then(|| {
        format!(
            "the licence was moved, and something was lost: {}",
            lost.join(", ")
        )
    })
}
