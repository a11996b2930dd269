//! What a request could lose: saved before, compared after.

use super::backups::{Compared, Differ, Saved};
use super::report::{Verdict, Verdicts};
use super::sending::{SendError, Sending};
use crate::change::{Address, Change, ChangeAction, Field, Operation, Risk};
use crate::kinds::licenses::wire as licenses;
use crate::kinds::wire::{Seen, Standing, Subject, stands};
use crate::kinds::{self, Calling, Form};
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

/// Whether a request replaces the licence of a field by another one.
fn is_exchange(subject: &Subject<'_>, field: &Field) -> bool {
    let row = kinds::field(&subject.change.kind, &field.path);
    let license = row.is_some_and(|row| row.form == Form::License);
    license && !field.before.is_null() && !field.after.is_null()
}

/// Whether a request replaces any licence by another one.
pub(super) fn exchanges(subject: &Subject<'_>) -> bool {
    subject
        .fields
        .iter()
        .any(|field| is_exchange(subject, field))
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

/// Paths of the fields that anyone who has Calling keeps.
pub(super) fn kept(kind: &str) -> impl Iterator<Item = &'static str> {
    let fields = kinds::find(kind).map_or(&[][..], |kind| kind.fields);
    let kept = fields.iter().filter(|it| it.calling == Calling::Kept);
    kept.map(|field| field.path)
}

impl<'a> Sending<'a> {
    /// Records the state of those who get a licence instead of another one. A resumed run, and anyone who asks later, finds there what half
    /// a request has removed: licence, location, number and extension.
    pub(super) fn remember(&self, open: &mut [Subject<'a>]) -> Result<(), SendError> {
        for subject in open {
            let exchanges = self.exchanges(subject)?;
            if exchanges.is_empty() && !keeps_calling(subject) {
                continue;
            }
            let beside = !keeps_calling(subject);
            let address = &subject.change.address;
            let Some(seen) = &mut subject.seen else {
                continue;
            };
            let key = (self.operation.id, address.clone());
            match self.earlier.before.get(&key) {
                Some(object) => seen.object = object.clone(),
                None => self
                    .journal
                    .before(key.0, address, &seen.object, beside, exchanges)?,
            }
        }
        Ok(())
    }

    /// The licences that a request replaces, each with the new one, by id.
    fn exchanges(&self, subject: &Subject<'_>) -> Result<Vec<(String, String)>, Error> {
        let mut exchanges = Vec::new();
        for field in subject.fields.iter().filter(|it| is_exchange(subject, it)) {
            let of = |value| licenses::license(self.names(), &field.path, value);
            if let (Some(old), Some(new)) = (of(&field.before)?, of(&field.after)?) {
                exchanges.push((old.id, new.id));
            }
        }
        Ok(exchanges)
    }

    /// The licences that a request was to replace and of which the subject has neither, in words.
    pub(super) fn half_exchanged(
        &self,
        subject: &Subject<'_>,
        now: Option<&Seen>,
    ) -> Result<Option<String>, Error> {
        let mut half = Vec::new();
        for field in subject.fields.iter().filter(|it| is_exchange(subject, it)) {
            let standing = stands(self.names(), &subject.change.kind, now, field)?;
            if let Standing::Other(words) = standing
                && words.starts_with("neither")
            {
                half.push(format!("{} is {words}", field.path));
            }
        }
        Ok((!half.is_empty()).then(|| half.join(", ")))
    }

    /// A backup of everyone who could lose something by this request.
    pub(super) fn save(&self, open: &[Subject<'a>]) -> Result<Vec<Saved>, SendError> {
        let mut saved = Vec::new();
        for subject in open {
            let moves = self.canary || self.options.backup_moves;
            if !is_saved(subject, moves) {
                continue;
            }
            let Some(seen) = &subject.seen else {
                continue;
            };
            // What an earlier run saved is from before anything was sent.
            let key = (self.operation.id, subject.change.address.clone());
            let earlier = self.earlier.backups.get(&key);
            let backups = &self.options.backups;
            let kept = earlier.and_then(|path| backups.kept(path, subject.change, seen));
            if let Some(kept) = kept.filter(|_| keeps_calling(subject)) {
                saved.push(kept);
                continue;
            }
            let made = backups
                .take(self.names(), subject.change, seen)
                .map_err(SendError::Backup)?;
            let file = made.path.display().to_string();
            self.journal.backup(
                key.0,
                &made.address,
                &file,
                &made.digest,
                &backups.recipients,
            )?;
            saved.push(made);
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
            if let Some(why) = saved.unreadable() {
                self.gate.doubt(address);
                let why = format!("done, but it is unknown whether settings were kept: {why}");
                *verdict = Verdict::failed(why);
                continue;
            }
            let may = may_differ(subject);
            let Compared { lost, unread } = saved.compare(self.names(), may);
            let unread = saved.owed(&unread);
            if lost.is_empty() && !unread.is_empty() {
                self.gate.doubt(address);
                let why = format!("{} could not be read", unread.join(", "));
                let why = format!("done, but it is unknown whether settings were kept: {why}");
                *verdict = Verdict::failed(why);
            }
            if lost.is_empty() {
                continue;
            }
            let suspect = self.gate.suspect(address);
            suspect.has_lost();
            let lost = format!("settings differ after it: {}", lost.join(", "));
            self.journal.owed(self.operation.id, address, &lost)?;
            let (why, whole) = self.restore_settings(subject, Some(saved), may, false)?;
            if whole {
                self.journal.whole(self.operation.id, address)?;
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

    /// Whoever has Calling keeps location, number and extension, except what the request changes: what is gone, in words.
    pub(super) fn lost_on_the_way(
        &self,
        before: &Subject<'_>,
        now: Option<&Seen>,
    ) -> Result<Option<String>, Error> {
        let (Some(seen), Some(now)) = (&before.seen, now) else {
            return Ok(None);
        };
        let change = before.change;
        let mut fields = change.fields.iter();
        // They end with Calling, as the plan says.
        if fields.any(|field| is_calling(change, field) && field.after.is_null()) {
            return Ok(None);
        }
        let lost = kept(&change.kind).filter_map(|path| {
            let (was, is) = (seen.text(path)?, now.text(path));
            let meant = before.field(path).is_some() || is == Some(was);
            let aside = self.operation.without.iter().any(|it| it == path);
            (!meant && !aside)
                .then(|| format!("{path} was {was} and is {}", is.unwrap_or("nothing")))
        });
        let lost: Vec<String> = lost.collect();
        // What someone without Calling has there may come from a directory.
        if lost.is_empty() || !licenses::calls(self.names(), seen)? {
            return Ok(None);
        }
        Ok(Some(format!("something was lost: {}", lost.join(", "))))
    }

    /// Records that something was lost, with what was there before.
    pub(super) fn owe(&self, before: &Subject<'_>, lost: &str) -> Result<(), SendError> {
        let (id, address) = (self.operation.id, &before.change.address);
        let key = (id, address.clone());
        if let Some(seen) = &before.seen
            && !keeps_calling(before)
            && !self.earlier.before.contains_key(&key)
        {
            let exchanges = self.exchanges(before)?;
            if exchanges.is_empty() {
                self.journal
                    .before(id, address, &seen.object, true, exchanges)?;
            }
        }
        Ok(self.journal.owed(id, address, lost)?)
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

    /// What is missing of a subject with Calling, if anything: in no state that the plan knows.
    pub(super) fn lost(
        &self,
        before: &Subject<'_>,
        now: Option<&Seen>,
    ) -> Result<Option<String>, Error> {
        let (true, Some(field), Some(now)) = (keeps_calling(before), calling(before), now) else {
            return match self.taken_beside(before, now)? {
                None => self.lost_on_the_way(before, now),
                gone => Ok(gone),
            };
        };
        match stands(self.names(), &before.change.kind, Some(now), field)? {
            Standing::Other(words) if words.starts_with("neither") => {
                Ok(Some(format!("{} is {words}", field.path)))
            }
            _ => self.lost_on_the_way(before, Some(now)),
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
