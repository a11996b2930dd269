//! What half a request has taken is given back: licences, number and extension, then the settings from the backup.

use std::time::Duration;

use serde_json::Value;

use super::backups::{Differ, Saved};
use super::repair::LOOK;
use super::sending::{ATTEMPTS, LAG, SendError, Sending, words};
use crate::kinds::licenses::wire as licenses;
use crate::kinds::wire::{Request, Seen, Subject, Wire};
use crate::webex::{Answer, Call, Error};

/// How what was lost was restored.
enum Back {
    /// As it was.
    AsItWas,
    /// As planned, since Webex refuses what there was, for this reason.
    Planned(String),
}

impl<'a> Sending<'a> {
    /// The requests that give back what a subject should have, and has not; `planned`: as the plan has it, not as it was.
    fn missing(
        &self,
        wire: &Wire,
        subject: &Subject<'_>,
        now: &Seen,
        planned: bool,
    ) -> Result<Vec<Call>, SendError> {
        let Some(repair) = wire.repair else {
            return Ok(Vec::new());
        };
        let subjects = [subject.clone()];
        let request = Request {
            names: self.names(),
            subjects: &subjects,
            without: &self.operation.without,
            planned,
        };
        Ok(repair(&request, now)?)
    }

    /// Gives back what half a request has taken and nothing destroys for ever. Returns the result in words, if there was anything.
    pub(super) fn give_back(
        &self,
        wire: &Wire,
        subject: &Subject<'a>,
        now: Option<&Seen>,
        told: Option<Value>,
    ) -> Result<Option<String>, SendError> {
        let Some(now) = now else {
            return Ok(None);
        };
        let calls = self.missing(wire, subject, now, false)?;
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
            Ok(back) => {
                if !self.is_in_between(subject, Some(now))? {
                    self.journal.whole(self.operation.id, address)?;
                }
                suspect.clear();
                match back {
                    Back::AsItWas => "what it took was restored".to_owned(),
                    Back::Planned(why) => format!(
                        "what it took was restored, as planned where Webex does not give it back ({why})"
                    ),
                }
            }
            Err(why) => format!("what it took was NOT restored: {why}"),
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
        let calls = self.missing(wire, subject, now, false)?;
        let why = match calls.is_empty() {
            true => None,
            false => self.put_back(wire, subject, calls, told)?.err(),
        };
        let now = self.read(&[subject.change])?.pop().flatten();
        let lost = match now {
            None => Some("it no longer exists".to_owned()),
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
    pub(super) fn repair(
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
        let mut calls = self.missing(wire, subject, now, false)?;
        let (mut told, mut seen) = (told, None);
        if calls.is_empty() {
            // Whatever the answer said: by now it would show.
            seen = self.read(&[subject.change])?.pop().flatten();
            if let (Some(seen), Some(_)) = (&seen, self.lost(subject, seen.as_ref())?) {
                calls = self.missing(wire, subject, seen, false)?;
                told = None;
            }
        }
        let put = match calls.is_empty() {
            true => String::new(),
            false => match self.put_back(wire, subject, calls, told)? {
                Ok(Back::AsItWas) => "the old licence was restored, ".to_owned(),
                Ok(Back::Planned(why)) => {
                    format!(
                        "the planned licence was given, since Webex does not give the old one back ({why}), "
                    )
                }
                Err(why) => {
                    let why = format!("NOTHING WAS RESTORED, act at once: {why}{backup}");
                    return Ok((why, false));
                }
            },
        };
        if put.is_empty()
            && let Some(lost) = self.lost(subject, seen.as_ref())?
        {
            let why = format!("NOTHING WAS RESTORED, act at once: {lost}{backup}");
            return Ok((why, false));
        }
        let reset = !put.is_empty();
        let (settings, whole) = self.restore_settings(subject, saved, Differ::Nothing, reset)?;
        Ok((format!("{put}{settings}"), whole))
    }

    /// Restores the settings from a backup, and compares; `reset`: Calling was gone. Returns the result in words, and whether nothing is
    /// owed any more.
    pub(super) fn restore_settings(
        &self,
        subject: &Subject<'_>,
        saved: Option<&Saved>,
        may: Differ,
        reset: bool,
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
        let clock = self.names().reader().clock();
        let refused = self.send_settings(subject, saved, reset)?;
        // Reading may still show what was there before Calling was gone.
        if reset && refused {
            clock.sleep(LAG);
        }
        let mut waited = Duration::ZERO;
        let compared = loop {
            let compared = saved.compare(self.names(), may);
            if saved.is_whole(&compared) || waited >= Duration::from_secs(90) {
                break compared;
            }
            clock.sleep(LOOK * 5);
            waited += LOOK * 5;
        };
        let whole = saved.is_whole(&compared);
        if !saved.owed(&compared.unread).is_empty() {
            let unread = compared.unread.join(", ");
            let why = format!(
                "it is unknown whether the settings are those of the backup {file}: {unread} could not be read"
            );
            return Ok((why, false));
        }
        Ok(match compared.lost.as_slice() {
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

    /// Sends the settings of a backup; says whether any request failed.
    fn send_settings(
        &self,
        subject: &Subject<'_>,
        saved: &Saved,
        reset: bool,
    ) -> Result<bool, SendError> {
        let mut refused = false;
        for (_, calls) in saved.calls(self.names(), reset) {
            for call in calls {
                match self.persistently(&call, subject) {
                    Ok(_) => {}
                    Err(SendError::Webex(_)) => {
                        refused = true;
                        break;
                    }
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(refused)
    }

    /// Sends the requests that restore what is missing, with retries; returns the reason if that fails. What Webex refuses to give
    /// back is given as planned on every second attempt: the old subscription may have fewer units than it gave out. `told` is what
    /// the last answer says.
    fn put_back(
        &self,
        wire: &Wire,
        subject: &Subject<'_>,
        mut calls: Vec<Call>,
        mut told: Option<Value>,
    ) -> Result<Result<Back, String>, SendError> {
        let clock = self.names().reader().clock();
        let (mut why, mut planned) = (None, false);
        let at = clock.now();
        // What the last answer says, until one is lost, and what it has said before.
        let mut said = told.clone().map(|_| at);
        for attempt in 1..=ATTEMPTS {
            let mut refused = false;
            for call in &calls {
                // Where an answer is lost, reading shows whether it has to be sent again.
                let address = subject.change.address.clone();
                match self.journaled(call, attempt, vec![address], &|| Ok(())) {
                    Ok(answer) => {
                        told = licenses::newer(told, call, &answer.body);
                        said = told.as_ref().map(|_| clock.now());
                    }
                    Err(SendError::Webex(error)) => {
                        refused |= matches!(error, Error::Refused(_));
                        // That of the old licence says more than that of what was tried instead.
                        why = why.filter(|_| planned).or_else(|| Some(words(&error)));
                        told = told.filter(|_| !matches!(error, Error::Lost { .. }));
                    }
                    Err(other) => return Err(other),
                }
            }
            let mut now = self.read(&[subject.change])?.pop().flatten();
            // What is read may be from before the last answer, which said that something was missing.
            if let (None, Some(at), Some(seen)) = (&told, said, &now)
                && self.missing(wire, subject, seen, false)?.is_empty()
            {
                clock.sleep((at + LAG).saturating_sub(clock.now()));
                now = self.read(&[subject.change])?.pop().flatten();
            }
            // The answers are newer than what is read: this, too, may have been done in part.
            if let (Some(now), Some(held)) = (&mut now, told.clone()) {
                licenses::now(now, held);
            }
            let Some(now) = now else {
                return Ok(Err("it no longer exists".to_owned()));
            };
            if self.missing(wire, subject, &now, false)?.is_empty() {
                return Ok(Ok(match why.filter(|_| planned) {
                    Some(why) => Back::Planned(why),
                    None => Back::AsItWas,
                }));
            }
            planned = refused && !planned;
            calls = self.missing(wire, subject, &now, planned)?;
            clock.sleep(Duration::from_secs(u64::from(attempt)));
        }
        Ok(Err(why.unwrap_or_else(|| {
            "Webex accepts it, but it has no effect".to_owned()
        })))
    }

    /// Sends a call with retries.
    fn persistently(&self, call: &Call, subject: &Subject<'_>) -> Result<Answer, SendError> {
        let clock = self.names().reader().clock();
        let mut attempt = 1;
        loop {
            let address = subject.change.address.clone();
            match self.journaled(call, attempt, vec![address], &|| Ok(())) {
                Err(SendError::Webex(Error::Lost { .. })) if attempt < ATTEMPTS => {
                    clock.sleep(Duration::from_secs(u64::from(attempt)));
                    attempt += 1;
                }
                other => return other,
            }
        }
    }
}
