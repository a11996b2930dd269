//! What was carried out in part: said, and put right where that is possible.

use std::time::Duration;

use serde_json::Value;

use super::backups::Saved;
use super::jobs::JobFailure;
use super::report::Verdict;
use super::send::{ATTEMPTS, Sending, Trouble, Verdicts, words};
use crate::kinds::wire::{Errand, Seen, Standing, Subject, Wire, stands};
use crate::plan::Change;
use crate::webex::{Answer, Call, Error};

/// How a request ended that is not done.
#[derive(Debug)]
pub struct Ending {
    /// What Webex said, or did not say.
    pub said: String,
    /// What Cisco's support can search for.
    pub tracking_id: Option<String>,
    /// The licences that somebody has after it, where the answer lists them.
    pub licenses: Option<Value>,
    /// What its job could not do.
    pub jobs: Vec<JobFailure>,
}

impl Ending {
    /// It was answered, and what was asked for does not show.
    pub fn not_shown(answer: Option<&Answer>, jobs: Vec<JobFailure>) -> Ending {
        let partial = answer.is_some_and(|answer| answer.status == 206);
        let said = match partial {
            true => "Webex carried it out in part (206)",
            false => "Webex accepted it, but it does not show",
        };
        let listed = answer.map(|answer| answer.body["licenses"].clone());
        Ending {
            said: said.to_owned(),
            tracking_id: answer.and_then(|answer| answer.tracking_id.clone()),
            licenses: listed.filter(Value::is_array),
            jobs,
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
        }
    }
}

impl<'a> Sending<'a> {
    /// Fails what is open. Where something was carried out in part, first puts right what can be put right.
    pub(super) fn fail(
        &self,
        wire: &Wire,
        open: Vec<Subject<'a>>,
        ending: &Ending,
        saved: &[Saved],
        verdicts: &mut Verdicts,
    ) -> Result<(), Trouble> {
        let changes: Vec<&Change> = open.iter().map(|it| it.change).collect();
        let now = self.read(&changes)?;
        for (subject, mut now) in open.into_iter().zip(now) {
            // The answer is newer than what is read.
            if let (Some(now), Some(licenses)) = (&mut now, &ending.licenses) {
                now.object["licenses"] = licenses.clone();
            }
            let job = ending.jobs.iter().find(|job| job.is_about(&subject));
            let said = job.map_or(&ending.said, |job| &job.said);
            let tracking_id = job.and_then(|job| job.tracking_id.clone());
            let mut why = match self.still_open(&subject, now.as_ref())? {
                Some(fields) => format!("{said}: {fields}"),
                None => said.clone(),
            };
            let address = subject.change.address.clone();
            if let (Some(mend), Some(now)) = (wire.mend, &now) {
                let subjects = [subject];
                let errand = Errand {
                    names: self.names(),
                    subjects: &subjects,
                    without: &[],
                };
                let calls = mend(&errand, now)?;
                if !calls.is_empty() {
                    let [subject] = &subjects;
                    why = format!("{why}; {}", self.mend(wire, subject, calls, saved)?);
                }
            }
            verdicts.push((
                address,
                Verdict::Failed {
                    why,
                    tracking_id: tracking_id.or_else(|| ending.tracking_id.clone()),
                },
            ));
        }
        Ok(())
    }

    /// The fields that are not as they are to be, in words.
    fn still_open(
        &self,
        subject: &Subject<'_>,
        now: Option<&Seen>,
    ) -> Result<Option<String>, Trouble> {
        let mut open = Vec::new();
        for field in &subject.fields {
            match stands(self.names(), &subject.change.kind, now, field)? {
                Standing::After => {}
                Standing::Before => open.push(format!("{} is as it was", field.path)),
                Standing::Otherwise(now) => open.push(format!("{} is {now}", field.path)),
            }
        }
        Ok((!open.is_empty()).then(|| open.join(", ")))
    }

    /// Sends what sets things right until it shows, and brings the settings back from the backup.
    fn mend(
        &self,
        wire: &Wire,
        subject: &Subject<'_>,
        calls: Vec<Call>,
        saved: &[Saved],
    ) -> Result<String, Trouble> {
        let saved = saved
            .iter()
            .find(|saved| saved.address == subject.change.address);
        if let Some(why) = self.put_back(wire, subject, calls)? {
            let backup = saved.map_or_else(String::new, |it| {
                format!("; the backup is {}", it.path.display())
            });
            return Ok(format!(
                "NOTHING WAS PUT BACK, see to it at once: {why}{backup}"
            ));
        }
        let Some(saved) = saved else {
            return Ok(
                "the old licence was put back; there is no backup of the settings".to_owned(),
            );
        };
        let mut failed = Vec::new();
        for (name, calls) in saved.calls() {
            for call in calls {
                if self.persistently(&call, subject).is_err() {
                    failed.push(name);
                    break;
                }
            }
        }
        Ok(match failed.as_slice() {
            [] => "the old licence was put back, and the settings".to_owned(),
            some => format!(
                "the old licence was put back, and the settings but for {} (the backup is {})",
                some.join(", "),
                saved.path.display()
            ),
        })
    }

    /// Sends what sets things right, again and again; why it does not help, if it does not.
    fn put_back(
        &self,
        wire: &Wire,
        subject: &Subject<'_>,
        mut calls: Vec<Call>,
    ) -> Result<Option<String>, Trouble> {
        let clock = self.names().reader().clock();
        let mut why = None;
        for attempt in 1..=ATTEMPTS {
            let mut listed = None;
            for call in &calls {
                match self.persistently(call, subject) {
                    Ok(answer) => {
                        listed = Some(answer.body["licenses"].clone()).filter(Value::is_array);
                    }
                    Err(Trouble::Webex(error)) => why = Some(words(&error)),
                    Err(other) => return Err(other),
                }
            }
            let mut now = self.read(&[subject.change])?.pop().flatten();
            // The answer is newer than what is read: this, too, may have been done in part.
            if let (Some(now), Some(licenses)) = (&mut now, listed) {
                now.object["licenses"] = licenses;
            }
            let subjects = [Subject {
                change: subject.change,
                fields: subject.fields.clone(),
                seen: subject.seen.clone(),
            }];
            let errand = Errand {
                names: self.names(),
                subjects: &subjects,
                without: &[],
            };
            calls = match (wire.mend, &now) {
                (Some(mend), Some(now)) => mend(&errand, now)?,
                _ => Vec::new(),
            };
            if calls.is_empty() {
                return Ok(None);
            }
            clock.sleep(Duration::from_secs(u64::from(attempt)));
        }
        Ok(Some(why.unwrap_or_else(|| {
            "Webex accepts it, and it does not show".to_owned()
        })))
    }

    /// Sends what must not be given up easily.
    fn persistently(&self, call: &Call, subject: &Subject<'_>) -> Result<Answer, Trouble> {
        let clock = self.names().reader().clock();
        let mut attempt = 1;
        loop {
            match self.journaled(call, attempt, vec![subject.change.address.clone()]) {
                Err(Trouble::Webex(Error::Lost { .. })) if attempt < ATTEMPTS => {
                    clock.sleep(Duration::from_secs(u64::from(attempt)));
                    attempt += 1;
                }
                other => return other,
            }
        }
    }
}
