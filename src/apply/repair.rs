//! What was carried out in part: reported, and restored if possible.

use std::time::Duration;

use serde_json::Value;

use super::backups::{Differ, Saved};
use super::check;
use super::gate::Suspect;
use super::guard::keeps_calling;
use super::jobs::JobFailure;
use super::report::{Verdict, Verdicts};
use super::sending::{SendError, Sending, Suspects, wire, words};
use crate::change::Change;
use crate::kinds::licenses::wire as licenses;
use crate::kinds::wire::{Seen, Standing, Subject, Wire, stands};
use crate::webex::{Answer, Error, ids};

/// How long something that seems lost is looked for before it is restored.
pub(super) const SHOWS: Duration = Duration::from_secs(2);
/// The time between two checks.
pub(super) const LOOK: Duration = Duration::from_millis(500);

/// How a request ended that is not done.
#[derive(Debug)]
pub struct Ending {
    /// The answer of Webex, if any.
    pub said: String,
    /// The id that Cisco support can search for.
    pub tracking_id: Option<String>,
    /// The licences that the subject has afterwards, if the answer lists them.
    pub licenses: Option<Value>,
    /// What its job could not do.
    pub jobs: Vec<JobFailure>,
    /// Whether Webex refused it.
    pub refused: bool,
}

impl Ending {
    /// It was answered, but has no effect.
    pub fn not_shown(answer: Option<&Answer>, jobs: Vec<JobFailure>) -> Ending {
        let partial = answer.is_some_and(|answer| answer.status == 206);
        let said = match partial {
            true => "Webex carried it out in part (206)",
            false => "Webex accepted it, but it has no effect",
        };
        Ending {
            said: said.to_owned(),
            tracking_id: answer.and_then(|answer| answer.tracking_id.clone()),
            licenses: answer.and_then(|answer| licenses::listed(&answer.body)),
            jobs,
            refused: false,
        }
    }

    /// It was refused, or its answer was lost once too often.
    pub fn refused(error: &Error) -> Ending {
        Ending {
            said: words(error),
            tracking_id: error
                .refusal()
                .and_then(|refusal| refusal.tracking_id.clone()),
            licenses: None,
            jobs: Vec::new(),
            refused: matches!(error, Error::Refused(_)),
        }
    }

    /// What is known of its failure for one subject, in words.
    fn about(&self, subject: &Subject<'_>) -> String {
        let job = self.jobs.iter().find(|job| job.is_about(subject));
        job.map_or(&self.said, |job| &job.said).clone()
    }

    fn failed(&self, subject: &Subject<'_>, why: String) -> Verdict {
        let job = self.jobs.iter().find(|job| job.is_about(subject));
        let tracking_id = job.and_then(|job| job.tracking_id.clone());
        Verdict::Failed {
            why,
            tracking_id: tracking_id.or_else(|| self.tracking_id.clone()),
        }
    }
}

impl<'a> Sending<'a> {
    /// Fails what is open. Before that, what the plan does not remove is restored.
    pub(super) fn fail(
        &self,
        wire: &Wire,
        open: Vec<Subject<'a>>,
        ending: &Ending,
        saved: &[Saved],
        suspects: &mut Suspects<'_>,
        verdicts: &mut Verdicts,
    ) -> Result<(), SendError> {
        let changes: Vec<&Change> = open.iter().map(|it| it.change).collect();
        let now = self.read(&changes)?;
        for (subject, now) in open.iter().zip(now) {
            let verdict = self.failure(wire, subject, now, ending, saved, suspects)?;
            verdicts.push((subject.change.address.clone(), verdict));
        }
        Ok(())
    }

    /// The verdict on one of them.
    fn failure(
        &self,
        wire: &Wire,
        subject: &Subject<'a>,
        mut now: Option<Seen>,
        ending: &Ending,
        saved: &[Saved],
        suspects: &mut Suspects<'_>,
    ) -> Result<Verdict, SendError> {
        // The answer is newer than what is read.
        if let (Some(now), Some(held)) = (&mut now, &ending.licenses) {
            licenses::now(now, held.clone());
        }
        let address = &subject.change.address;
        let suspect = suspects.remove(address);
        let mut why = ending.about(subject);
        if let Some(fields) = self.still_open(subject, now.as_ref())? {
            why = format!("{why}: {fields}");
        }
        let told = ending.licenses.clone();
        let lost = self.lost(subject, now.as_ref())?;
        if let (Some(lost), Some(now)) = (lost, &now) {
            let suspect = suspect.unwrap_or_else(|| self.gate.suspect(address));
            suspect.has_lost();
            self.owe(subject, &lost)?;
            let saved = saved.iter().find(|saved| saved.address == *address);
            let (put, whole) = match keeps_calling(subject) {
                true => self.repair(wire, subject, now, told, saved)?,
                false => {
                    let (put, whole) = self.give_back_kept(wire, subject, now, told)?;
                    (format!("{lost}; {put}"), whole)
                }
            };
            if whole {
                self.journal.whole(self.operation.id, address)?;
                suspect.clear();
            }
            return Ok(ending.failed(subject, format!("{why}; {put}")));
        }
        let put = self.give_back(wire, subject, now.as_ref(), told)?;
        if now.is_none() && keeps_calling(subject) {
            why.push_str("; Webex does not show it any more: what it has is unknown, act at once");
        }
        match self.is_in_between(subject, now.as_ref())? {
            // Either may be removed next, and no one has compared.
            true => suspect
                .unwrap_or_else(|| self.gate.suspect(address))
                .is_in_between(),
            false => suspect.into_iter().for_each(Suspect::clear),
        }
        match put {
            Some(put) => why = format!("{why}; {put}"),
            None => {
                if let Some(stale) = self.outdated(subject, now.as_ref(), ending)? {
                    return Ok(stale);
                }
            }
        }
        Ok(ending.failed(subject, why))
    }

    /// That another administrator changed an object after it was read ahead, which the refusal of a request has shown. Where a field is as
    /// planned, the request may have been carried out in part.
    fn outdated(
        &self,
        subject: &Subject<'_>,
        now: Option<&Seen>,
        ending: &Ending,
    ) -> Result<Option<Verdict>, SendError> {
        let change = subject.change;
        if !ending.refused || self.ahead.age(&change.address).is_none() {
            return Ok(None);
        }
        for field in &subject.fields {
            if matches!(
                stands(self.names(), &change.kind, now, field)?,
                Standing::After
            ) {
                return Ok(None);
            }
        }
        Ok(check::outdated(self.leaving, change, now, &ending.said))
    }

    /// What an earlier run removed by accident is restored, before anything else and whatever else would hinder the
    /// change. `None`: nothing was left.
    pub(super) fn repair_earlier(&self, change: &'a Change) -> Result<Option<Verdict>, SendError> {
        let key = (self.operation.id, change.address.clone());
        let (Some(wire), Some(object)) = (
            wire(&change.kind, self.operation),
            self.earlier.before.get(&key),
        ) else {
            return Ok(None);
        };
        let clock = self.names().reader().clock();
        let mut waited = Duration::ZERO;
        let owed = self.earlier.owed.get(&key).cloned();
        let (subject, now, lost) = loop {
            let Some(now) = self.see_again(change, object)? else {
                return Ok(match self.doubtful || owed.is_some() {
                    true => Some(self.unseen(change, object)),
                    false => None,
                });
            };
            let mut before = now.clone();
            before.object = object.clone();
            let subject = Subject {
                change,
                fields: check::fields(self.operation, change),
                seen: Some(before),
            };
            let lost = self.lost(&subject, Some(&now))?;
            // What was sent a moment before the end may not show yet.
            if lost.is_none() || waited >= SHOWS {
                break (subject, now, lost);
            }
            clock.sleep(LOOK);
            waited += LOOK;
        };
        let path = self.earlier.backups.get(&key);
        let saved = path.and_then(|path| self.options.backups.kept(path, change, &now));
        let halved = self.earlier.halved.contains(&self.operation.id);
        let settings = || {
            let lost = saved.as_ref()?.compare(self.names(), Differ::Nothing).lost;
            (!lost.is_empty()).then(|| format!("settings differ: {}", lost.join(", ")))
        };
        let lost = lost.or(owed);
        let Some(lost) = lost.or_else(|| halved.then(settings).flatten()) else {
            return Ok(None);
        };
        let suspect = self.gate.suspect(&change.address);
        suspect.has_lost();
        self.journal.owed(key.0, &key.1, &lost)?;
        let (put, whole) = match keeps_calling(&subject) {
            true => self.repair(wire, &subject, &now, None, saved.as_ref())?,
            false => self.give_back_kept(wire, &subject, &now, None)?,
        };
        if whole {
            self.journal.whole(key.0, &key.1)?;
            suspect.clear();
        }
        Ok(Some(Verdict::Failed {
            why: format!("an earlier run ended in the middle of it ({lost}); {put}"),
            tracking_id: None,
        }))
    }

    /// The subject of an earlier run as it is now, by the id that it had then. If it was renamed since, this run knows it by the address
    /// of the plan.
    fn see_again(&self, change: &'a Change, before: &Value) -> Result<Option<Seen>, SendError> {
        let id = before["id"].as_str().unwrap_or_default();
        let names = self.names();
        let Some(key) = names.key(&change.kind, id)? else {
            return Ok(None);
        };
        if key != change.key {
            names.rename(&change.kind, &key, &change.key);
            names.learn(&change.kind, &key, id);
        }
        let now = self.read(&[change])?.pop().flatten();
        Ok(now.filter(|now| ids::plain(&now.id) == ids::plain(id)))
    }

    /// Nobody knows what a subject lacks that is not seen: that is no proof that it is whole, and the debt stays.
    fn unseen(&self, change: &Change, before: &Value) -> Verdict {
        drop(self.gate.suspect(&change.address));
        let id = before["id"].as_str().unwrap_or_default();
        Verdict::failed(format!(
            "an earlier run ended in the middle of it, and Webex shows nobody with the id {id} now: whether something is missing is \
             unknown, and nothing was restored"
        ))
    }

    /// The fields that are not as planned, in words.
    fn still_open(
        &self,
        subject: &Subject<'_>,
        now: Option<&Seen>,
    ) -> Result<Option<String>, SendError> {
        let mut open = Vec::new();
        for field in &subject.fields {
            match stands(self.names(), &subject.change.kind, now, field)? {
                Standing::After => {}
                Standing::Before => open.push(format!("{} is as it was", field.path)),
                Standing::Other(now) => open.push(format!("{} is {now}", field.path)),
            }
        }
        Ok((!open.is_empty()).then(|| open.join(", ")))
    }
}
