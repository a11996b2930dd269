//! What a request could lose: saved before, compared after.

use super::backups::{Differ, Saved};
use super::report::{Verdict, Verdicts};
use super::sending::{SendError, Sending};
use crate::change::{Address, Change, ChangeAction, Field, Operation, Risk};
use crate::kinds::licenses::wire as licenses;
use crate::kinds::wire::{Seen, Standing, Subject, stands};
use crate::kinds::{self, Calling};
use crate::webex::Error;

/// Whether a field is the Calling licence, whose loss destroys data that cannot be restored.
pub(super) fn is_calling(change: &Change, field: &Field) -> bool {
    let row = kinds::field(&change.kind, &field.path);
    row.is_some_and(|row| row.calling == Calling::License)
}

/// The Calling licence, if the request sends it.
fn calling<'s>(subject: &Subject<'s>) -> Option<&'s Field> {
    let mut fields = subject.fields.iter();
    fields
        .find(|field| is_calling(subject.change, field))
        .copied()
}

/// Whether a request replaces the Calling licence by another one: a move, another tier.
pub(super) fn keeps_calling(subject: &Subject<'_>) -> bool {
    calling(subject).is_some_and(|field| !field.before.is_null() && !field.after.is_null())
}

/// Whether a request removes something that the breaker guards: a Calling licence, an object, or what is permanently lost.
pub(super) fn takes(operation: &Operation, subject: &Subject<'_>) -> bool {
    operation.method == "DELETE"
        || subject.change.action == ChangeAction::Delete
        || subject
            .fields
            .iter()
            .any(|field| field.risk == Risk::Irreversible)
        || calling(subject).is_some_and(|field| !field.before.is_null())
}

/// Whether the settings of a subject are saved before a request; `moves`: also where Calling only gets another licence.
pub(super) fn is_saved(subject: &Subject<'_>, moves: bool) -> bool {
    let mut fields = subject.fields.iter();
    let lost = fields.any(|field| field.risk == Risk::Irreversible);
    let kind = kinds::find(&subject.change.kind);
    kind.is_some_and(|kind| kind.live.has_settings) && (lost || moves && keeps_calling(subject))
}

impl<'a> Sending<'a> {
    /// Records the state of those whose Calling moves. A resumed run finds there what half a move has removed:
    /// licence, location, number and extension.
    pub(super) fn remember(&self, open: &mut [Subject<'a>]) -> Result<(), SendError> {
        for subject in open.iter_mut().filter(|it| keeps_calling(it)) {
            let address = &subject.change.address;
            let Some(seen) = &mut subject.seen else {
                continue;
            };
            match self
                .earlier
                .before
                .get(&(self.operation.id, address.clone()))
            {
                Some(object) => seen.object = object.clone(),
                None => self
                    .journal
                    .before(self.operation.id, address, &seen.object)?,
            }
        }
        Ok(())
    }

    /// A backup of everyone who could lose something by this request.
    pub(super) fn save(&self, open: &[Subject<'a>]) -> Result<Vec<Saved>, SendError> {
        let mut saved = Vec::new();
        for subject in open {
            let moves = self.canary || self.options.backup_moves;
            if !is_saved(subject, moves) {
                continue;
            }
            if let Some(seen) = &subject.seen {
                let made = self
                    .options
                    .backups
                    .take(self.names(), subject.change, seen)
                    .map_err(SendError::Backup)?;
                let file = made.path.display().to_string();
                let recipients = &self.options.backups.recipients;
                let (id, digest) = (self.operation.id, &made.digest);
                self.journal
                    .backup(id, &made.address, &file, digest, recipients)?;
                saved.push(made);
            }
        }
        Ok(saved)
    }

    /// Anyone who keeps Calling keeps the settings. What was lost is restored, and is still a failure: what no
    /// backup has, such as voice messages, may be gone with it.
    pub(super) fn compare_settings(
        &self,
        saved: &[Saved],
        open: &[Subject<'a>],
        verdicts: &mut Verdicts,
    ) -> Result<(), SendError> {
        for subject in open.iter().filter(|it| keeps_calling(it)) {
            let address = &subject.change.address;
            let Some(saved) = saved.iter().find(|it| it.address == *address) else {
                continue;
            };
            let mine = |(of, verdict): &&mut (Address, Verdict)| of == address && verdict.is_good();
            let Some((_, verdict)) = verdicts.iter_mut().find(mine) else {
                continue;
            };
            let may = may_differ(subject);
            let lost = saved.lost(self.names(), may);
            if lost.is_empty() {
                continue;
            }
            let suspect = self.gate.suspect(address);
            suspect.has_lost();
            let lost = format!("settings differ after it: {}", lost.join(", "));
            self.journal.owed(self.operation.id, address, &lost)?;
            let (why, whole) = self.restore_settings(subject, Some(saved), may)?;
            if whole {
                self.journal.whole(self.operation.id, address, false)?;
                suspect.clear();
            }
            *verdict = Verdict::Failed {
                why: format!("the licence was changed as planned, and {lost}; {why}"),
                tracking_id: None,
            };
        }
        Ok(())
    }

    /// Calling that is gone after a request, although no request of its change names it, in words.
    pub(super) fn taken_beside(
        &self,
        before: &Subject<'_>,
        now: Option<&Seen>,
    ) -> Result<Option<String>, Error> {
        let (Some(seen), Some(now)) = (&before.seen, now) else {
            return Ok(None);
        };
        // Another request of the same change may be on its way, and has its own guard.
        let change = before.change;
        if change.fields.iter().any(|field| is_calling(change, field)) {
            return Ok(None);
        }
        let gone = licenses::calling_gone(self.names(), seen, now)?;
        Ok(gone.map(|name| format!("{name} is gone, which the plan does not name")))
    }

    /// Whether the Calling of a subject is neither as before nor as planned.
    pub(super) fn is_in_between(
        &self,
        subject: &Subject<'_>,
        now: Option<&Seen>,
    ) -> Result<bool, Error> {
        let Some(field) = calling(subject) else {
            return Ok(false);
        };
        let standing = stands(self.names(), &subject.change.kind, now, field)?;
        Ok(matches!(standing, Standing::Other(_)))
    }

    /// What is missing of a subject that keeps Calling, if anything: in no state that the plan knows.
    pub(super) fn lost(
        &self,
        before: &Subject<'_>,
        now: Option<&Seen>,
    ) -> Result<Option<String>, Error> {
        if !keeps_calling(before) {
            return Ok(None);
        }
        let (Some(field), Some(now)) = (calling(before), now) else {
            return Ok(None);
        };
        match stands(self.names(), &before.change.kind, Some(now), field)? {
            Standing::Other(words) if words.starts_with("neither") => {
                Ok(Some(format!("{} is {words}", field.path)))
            }
            _ => Ok(lost_on_the_way(before, Some(now))),
        }
    }
}

/// What differs with the new licence of a subject that keeps Calling, and is not a loss.
fn may_differ(subject: &Subject<'_>) -> Differ {
    match calling(subject) {
        Some(field) if !field.losses.is_empty() => Differ::Endings,
        // From Professional down, a workspace's voicemail and the like end with the licence: `workspace-downgrade` says so.
        Some(field) if downgrades(field) => Differ::Endings,
        Some(field) if field.before["license"] != field.after["license"] => Differ::Services,
        _ => Differ::Nothing,
    }
}

/// Whether the new licence has less than Professional; Webex does that only for workspaces.
fn downgrades(field: &Field) -> bool {
    let professional = |license: &serde_json::Value| {
        let name = license["license"].as_str();
        name.is_some_and(|name| name.ends_with("Professional"))
    };
    professional(&field.before) && !professional(&field.after)
}

/// A subject that keeps Calling in another subscription or tier keeps location, number and extension: what is gone, in words.
pub(super) fn lost_on_the_way(before: &Subject<'_>, now: Option<&Seen>) -> Option<String> {
    let (seen, now) = (before.seen.as_ref()?, now?);
    if !keeps_calling(before) {
        return None;
    }
    let fields = kinds::find(&before.change.kind).map_or(&[][..], |kind| kind.fields);
    let lost = fields
        .iter()
        .filter(|field| field.calling == Calling::Kept)
        .filter_map(|&kinds::Field { path, .. }| {
            let (was, is) = (seen.text(path)?, now.text(path));
            let meant = before.field(path).is_some() || is == Some(was);
            (!meant).then(|| format!("{path} was {was} and is {}", is.unwrap_or("nothing")))
        });
    let lost: Vec<String> = lost.collect();
    (!lost.is_empty()).then(|| format!("something was lost: {}", lost.join(", ")))
}
