//! What was carried out in part: reported, and restored if possible.

use std::time::Duration;

use serde_json::Value;

use super::backups::{Differ, Saved};
use super::check;
use super::gate::Suspect;
use super::guard::keeps_calling;
use super::jobs::JobFailure;
use super::report::{Verdict, Verdicts};
use super::sending::{ATTEMPTS, SendError, Sending, Suspects, wire, words};
use crate::change::Change;
use crate::kinds::licenses::wire as licenses;
use crate::kinds::wire::{Request, Seen, Standing, Subject, Wire, stands};
use crate::webex::{Answer, Call, Error};

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
                self.journal.whole(self.operation.id, address, false)?;
                suspect.clear();
            }
            return Ok(ending.failed(subject, format!("{why}; {put}")));
        }
        let put = self.give_back(wire, subject, now.as_ref(), told)?;
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
        let (subject, now, lost) = loop {
            let Some(now) = self.read(&[change])?.pop().flatten() else {
                return Ok(None);
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
        let owed = self.earlier.owed.get(&key).cloned();
        let halved = self.earlier.halved.contains(&self.operation.id);
        let settings = || {
            let lost = saved.as_ref()?.lost(self.names(), Differ::Nothing);
            (!lost.is_empty()).then(|| format!("settings differ: {}", lost.join(", ")))
        };
        let lost = match (lost, owed) {
            (Some(lost), _) | (None, Some(lost)) => lost,
            (None, None) if halved => match settings() {
                Some(lost) => lost,
                None => return Ok(None),
            },
            (None, None) => return Ok(None),
        };
        let suspect = self.gate.suspect(&change.address);
        suspect.has_lost();
        self.journal.owed(key.0, &key.1, &lost)?;
        let (put, whole) = match keeps_calling(&subject) {
            true => self.repair(wire, &subject, &now, None, saved.as_ref())?,
            false => self.give_back_kept(wire, &subject, &now, None)?,
        };
        if whole {
            self.journal.whole(key.0, &key.1, false)?;
            suspect.clear();
        }
        Ok(Some(Verdict::Failed {
            why: format!("an earlier run ended in the middle of it ({lost}); {put}"),
            tracking_id: None,
        }))
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

    /// The requests that give back what a subject should have, and has not.
    fn missing(
        &self,
        wire: &Wire,
        subject: &Subject<'_>,
        now: &Seen,
    ) -> Result<Vec<Call>, SendError> {
        let Some(repair) = wire.repair else {
            return Ok(Vec::new());
        };
        let subjects = [subject.clone()];
        let request = Request {
            names: self.names(),
            subjects: &subjects,
            without: &self.operation.without,
        };
        Ok(repair(&request, now)?)
    }

    /// Gives back what half a request has taken and nothing destroys for ever. Returns the result in words, if there was anything.
    fn give_back(
        &self,
        wire: &Wire,
        subject: &Subject<'a>,
        now: Option<&Seen>,
        told: Option<Value>,
    ) -> Result<Option<String>, SendError> {
        let Some(now) = now else {
            return Ok(None);
        };
        let calls = self.missing(wire, subject, now)?;
        if calls.is_empty() {
            return Ok(None);
        }
        let address = &subject.change.address;
        let suspect = self.gate.suspect(address);
        if let Some(half) = self.half_exchanged(subject, Some(now))? {
            suspect.has_lost();
            self.owe(subject, &half)?;
        }
        Ok(Some(match self.put_back(wire, subject, calls, told)? {
            None => {
                if !self.is_in_between(subject, Some(now))? {
                    self.journal.whole(self.operation.id, address, false)?;
                }
                suspect.clear();
                "what it took was restored".to_owned()
            }
            Some(why) => format!("what it took was NOT restored: {why}"),
        }))
    }

    /// Gives back what someone lost who keeps the Calling licence, as far as a request of the change can. Returns the result in words,
    /// and whether nothing is owed any more.
    pub(super) fn give_back_kept(
        &self,
        wire: &Wire,
        subject: &Subject<'a>,
        now: &Seen,
        told: Option<Value>,
    ) -> Result<(String, bool), SendError> {
        let calls = self.missing(wire, subject, now)?;
        let why = match calls.is_empty() {
            true => None,
            false => self.put_back(wire, subject, calls, told)?,
        };
        let now = self.read(&[subject.change])?.pop().flatten();
        let lost = match now {
            None => Some("it does not exist any more".to_owned()),
            now => self.lost(subject, now.as_ref())?,
        };
        Ok(match (lost, why) {
            (None, None) => ("it was restored".to_owned(), true),
            (None, Some(why)) => (format!("restored except for: {why}"), true),
            (Some(_), why) => {
                let why = why.map_or_else(String::new, |why| format!(": {why}"));
                (format!("NOT RESTORED, act at once{why}"), false)
            }
        })
    }

    /// Restores what was lost: the licence, with what belongs to it, then the settings from the backup; `told` as in
    /// [`Sending::put_back`]. Returns the result in words, and whether nothing is owed any more.
    fn repair(
        &self,
        wire: &Wire,
        subject: &Subject<'a>,
        now: &Seen,
        told: Option<Value>,
        saved: Option<&Saved>,
    ) -> Result<(String, bool), SendError> {
        let backup = saved.map_or_else(String::new, |it| {
            format!("; the backup is {}", it.path.display())
        });
        let calls = self.missing(wire, subject, now)?;
        let put = match calls.is_empty() {
            true => "",
            false => match self.put_back(wire, subject, calls, told)? {
                None => "the old licence was restored, ",
                Some(why) => {
                    let why = format!("NOTHING WAS RESTORED, act at once: {why}{backup}");
                    return Ok((why, false));
                }
            },
        };
        let now = self.read(&[subject.change])?.pop().flatten();
        if put.is_empty()
            && let Some(lost) = self.lost(subject, now.as_ref())?
        {
            let why = format!("NOTHING WAS RESTORED, act at once: {lost}{backup}");
            return Ok((why, false));
        }
        let (settings, whole) = self.restore_settings(subject, saved, Differ::Nothing)?;
        Ok((format!("{put}{settings}"), whole))
    }

    /// Restores the settings from a backup, and compares. Returns the result in words, and whether nothing is owed any more.
    pub(super) fn restore_settings(
        &self,
        subject: &Subject<'_>,
        saved: Option<&Saved>,
        may: Differ,
    ) -> Result<(String, bool), SendError> {
        let Some(saved) = saved else {
            let why = "there is no backup of the settings: they are lost";
            return Ok((why.to_owned(), false));
        };
        let file = saved.path.display();
        if let Some(why) = saved.unreadable() {
            let why = format!(
                "the settings were NOT restored: {why}; run `trunkline restore {file}`, with the age identity for it"
            );
            return Ok((why, false));
        }
        for (_, calls) in saved.calls(self.names()) {
            for call in calls {
                match self.persistently(&call, subject) {
                    Ok(_) => {}
                    Err(SendError::Webex(_)) => break,
                    Err(other) => return Err(other),
                }
            }
        }
        let clock = self.names().reader().clock();
        let mut waited = Duration::ZERO;
        let lost = loop {
            let lost = saved.lost(self.names(), may);
            if saved.owed(&lost).is_empty() || waited >= Duration::from_secs(90) {
                break lost;
            }
            clock.sleep(LOOK * 5);
            waited += LOOK * 5;
        };
        let whole = saved.owed(&lost).is_empty();
        Ok(match lost.as_slice() {
            [] => (
                "the settings were restored from the backup".to_owned(),
                whole,
            ),
            some => (
                format!(
                    "the settings were restored except {} (the backup is {file})",
                    some.join(", ")
                ),
                whole,
            ),
        })
    }

    /// Sends the requests that restore what is missing, with retries; returns the reason if that fails. `told` is what the last
    /// answer says.
    fn put_back(
        &self,
        wire: &Wire,
        subject: &Subject<'_>,
        mut calls: Vec<Call>,
        mut told: Option<Value>,
    ) -> Result<Option<String>, SendError> {
        let clock = self.names().reader().clock();
        let mut why = None;
        for attempt in 1..=ATTEMPTS {
            for call in &calls {
                // Where an answer is lost, reading shows whether it has to be sent again.
                let address = subject.change.address.clone();
                match self.journaled(call, attempt, vec![address]) {
                    Ok(answer) => told = licenses::newer(told, call, &answer.body),
                    Err(SendError::Webex(error)) => {
                        why = Some(words(&error));
                        told = told.filter(|_| !matches!(error, Error::Lost { .. }));
                    }
                    Err(other) => return Err(other),
                }
            }
            let mut now = self.read(&[subject.change])?.pop().flatten();
            // The answers are newer than what is read: this, too, may have been done in part.
            if let (Some(now), Some(held)) = (&mut now, told.clone()) {
                licenses::now(now, held);
            }
            let Some(now) = now else {
                return Ok(Some("it does not exist any more".to_owned()));
            };
            calls = self.missing(wire, subject, &now)?;
            if calls.is_empty() {
                return Ok(None);
            }
            clock.sleep(Duration::from_secs(u64::from(attempt)));
        }
        Ok(Some(why.unwrap_or_else(|| {
            "Webex accepts it, but it has no effect".to_owned()
        })))
    }

    /// Sends a call with retries.
    fn persistently(&self, call: &Call, subject: &Subject<'_>) -> Result<Answer, SendError> {
        let clock = self.names().reader().clock();
        let mut attempt = 1;
        loop {
            match self.journaled(call, attempt, vec![subject.change.address.clone()]) {
                Err(SendError::Webex(Error::Lost { .. })) if attempt < ATTEMPTS => {
                    clock.sleep(Duration::from_secs(u64::from(attempt)));
                    attempt += 1;
                }
                other => return other,
            }
        }
    }
}
