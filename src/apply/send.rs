//! One request of a plan: check, save what could be lost, send, read back.

use std::collections::VecDeque;
use std::time::Duration;

use super::backups::Saved;
use super::check;
use super::gate::Suspect;
use super::guard::{exchanges, keeps_calling, takes};
use super::jobs::JobFailure;
use super::mutex::lock;
use super::repair::Ending;
use super::report::{Verdict, Verdicts};
use super::sending::{ATTEMPTS, LAG, Part, SendError, Sending, Suspects, failed, wire};
use crate::change::Address;
use crate::kinds;
use crate::kinds::wire::{Objection, Request, Subject, Then, Wire, not_sent, settings};
use crate::webex::{Answer, Call, Error};

/// How long a write may take to be visible that was carried out in part.
const HALVED: Duration = Duration::from_secs(5);
/// How long to wait for the end of what Webex does afterwards; a later plan says what is still in progress.
const ENDS: Duration = Duration::from_secs(20);
/// How long to look for the effect of a write whose answer was lost, before it is sent again.
const LOST: Duration = Duration::from_secs(15);
/// The same for one that must not be sent twice.
const LOST_ONCE: Duration = Duration::from_secs(75);
impl<'a> Sending<'a> {
    /// Carries the request out.
    pub fn run(&self, parts: &[Part<'a>]) -> Result<Verdicts, SendError> {
        let kind = parts.first().map_or("", |part| part.change.kind.as_str());
        let Some(wire) = wire(kind, self.operation) else {
            let why = format!(
                "this trunkline cannot send {} {}",
                self.operation.method, self.operation.path
            );
            return Ok(all(
                parts,
                &Verdict::Failed {
                    why,
                    tracking_id: None,
                },
            ));
        };
        let mut verdicts = Verdicts::new();
        let earlier = self.as_before(parts)?;
        let mut open = self.first_look(wire, parts, &mut verdicts)?;
        if self.doubtful && !open.is_empty() {
            self.wait_for_jobs(wire)?;
            let time = wire.outcome.map_or(self.time_after(true), |_| LOST_ONCE);
            open = self.look_again(wire, open, &mut verdicts, time)?;
        }
        // A move that an earlier run sent and did not compare.
        let sent = |it: &&(Subject<'a>, Option<Saved>)| {
            !open
                .iter()
                .any(|open| open.change.address == it.0.change.address)
        };
        for (subject, saved) in earlier.iter().filter(sent) {
            let saved: Vec<Saved> = saved.iter().cloned().collect();
            let subject = std::slice::from_ref(subject);
            self.compare_settings(&saved, subject, &mut verdicts)?;
            self.found_whole(subject, &verdicts)?;
        }
        if open.is_empty() {
            return Ok(verdicts);
        }
        let mut open = self.no_worse(wire, open, &mut verdicts)?;
        if open.is_empty() {
            return Ok(verdicts);
        }
        self.remember(&mut open)?;
        open.iter().try_for_each(|it| self.stand_aside(it))?;
        let saved = self.save(&open)?;
        self.touch(&open);
        let before = open.clone();
        self.until_done(wire, open, &saved, &mut verdicts)?;
        self.compare_settings(&saved, &before, &mut verdicts)?;
        self.found_whole(&before, &verdicts)?;
        Ok(verdicts)
    }

    /// The earlier state of those whom an earlier run has begun to move, with their backups.
    fn as_before(
        &self,
        parts: &[Part<'a>],
    ) -> Result<Vec<(Subject<'a>, Option<Saved>)>, SendError> {
        let mut found = Vec::new();
        for part in parts {
            let key = (self.operation.id, part.change.address.clone());
            let Some(object) = self.earlier.before.get(&key) else {
                continue;
            };
            let Some(mut seen) = self.read(&[part.change])?.pop().flatten() else {
                continue;
            };
            let path = self.earlier.backups.get(&key);
            let saved = path.and_then(|it| self.options.backups.kept(it, part.change, &seen));
            seen.object = object.clone();
            let subject = Subject {
                change: part.change,
                fields: check::fields(self.operation, part.change),
                seen: Some(seen),
            };
            found.push((subject, saved));
        }
        Ok(found)
    }

    /// Records in the journal that nothing is owed to those who lost nothing.
    fn found_whole(&self, subjects: &[Subject<'a>], verdicts: &Verdicts) -> Result<(), SendError> {
        for subject in subjects {
            let address = &subject.change.address;
            let Some((_, verdict)) = verdicts.iter().find(|(of, _)| of == address) else {
                continue;
            };
            // Where Calling is left alone, a good result says it all.
            let said = !keeps_calling(subject) && (verdict.is_good() || !exchanges(subject));
            if !said && !self.gate.had_lost(address) {
                self.journal.whole(self.operation.id, address)?;
            }
        }
        Ok(())
    }

    /// Those that lose nothing now but what the plan names, and whom Webex does not refuse beforehand.
    fn no_worse(
        &self,
        wire: &Wire,
        open: Vec<Subject<'a>>,
        verdicts: &mut Verdicts,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let open = self.not_refused(wire, open, verdicts)?;
        let Some(look) = wire.look else {
            return Ok(open);
        };
        let mut left = Vec::new();
        for subject in open {
            let verdict = match look(self.names(), &subject)? {
                Some(Objection::Worse(why)) => {
                    let fields = subject
                        .fields
                        .iter()
                        .map(|it| it.path.to_string())
                        .collect();
                    Verdict::Stale { fields, why }
                }
                Some(Objection::Refused(why)) => Verdict::failed(why),
                None => {
                    left.push(subject);
                    continue;
                }
            };
            verdicts.push((subject.change.address.clone(), verdict));
        }
        Ok(left)
    }

    /// Those whom Webex, asked about all of them beforehand, does not refuse.
    fn not_refused(
        &self,
        wire: &Wire,
        mut open: Vec<Subject<'a>>,
        verdicts: &mut Verdicts,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let Some(validate) = wire.validate else {
            return Ok(open);
        };
        for (key, why) in validate(self.names(), &open)? {
            let refused = open.extract_if(.., |it| it.change.key == key);
            let refused =
                refused.map(|it| (it.change.address.clone(), Verdict::failed(why.clone())));
            verdicts.extend(refused);
        }
        Ok(open)
    }

    /// Checks until nothing is open any more, or the time is over.
    pub(super) fn look_again(
        &self,
        wire: &Wire,
        mut open: Vec<Subject<'a>>,
        verdicts: &mut Verdicts,
        time: Duration,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let clock = self.names().reader().clock();
        let begun = clock.now();
        let end = begun + time;
        // What Webex does afterwards takes seconds at least.
        let slow = wire.outcome.is_some();
        let mut pause = Duration::from_millis(if slow { 2000 } else { 250 });
        loop {
            // The last check starts when the time is over: a busy machine or a slow answer is not a failure.
            let last = clock.now() >= end;
            let parts: Vec<Part<'a>> = open
                .iter()
                .map(|it| Part {
                    change: it.change,
                    touched: true,
                })
                .collect();
            if wire.then == Then::Created {
                let kinds = open.iter().map(|it| &it.change.kind);
                kinds.for_each(|kind| self.names().read_again(kind));
            }
            let before = open;
            let over = last || clock.now() >= begun + ENDS;
            open = self.look(wire, &parts, &before, over, verdicts)?;
            open.iter_mut().for_each(|it| keep_what_was(it, &before));
            if open.is_empty() || last {
                return Ok(open);
            }
            clock.sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    fn until_done(
        &self,
        wire: &Wire,
        mut open: Vec<Subject<'a>>,
        saved: &[Saved],
        verdicts: &mut Verdicts,
    ) -> Result<(), SendError> {
        let clock = self.names().reader().clock();
        let mut suspects = Suspects::new();
        for attempt in 1..=ATTEMPTS {
            let calls = match self.calls(wire, &open) {
                Ok(calls) => calls,
                Err(error) => {
                    let all = open.iter().map(|it| it.change.address.clone());
                    verdicts.extend(all.map(|it| (it, failed(&error))));
                    return Ok(());
                }
            };
            let sent = self.send_all(wire, &open, calls, attempt);
            if sent
                .as_ref()
                .map_or(true, |(answer, _)| is_partial(answer.as_ref()))
            {
                self.suspect(&open, &mut suspects);
            }
            let error = match sent {
                Ok((answer, jobs)) => {
                    let left = self.not_shown(wire, open, answer.as_ref(), verdicts)?;
                    let ending = Ending::not_shown(answer.as_ref(), jobs);
                    clear(&mut suspects, &left);
                    return self.fail(wire, left, &ending, saved, &mut suspects, verdicts);
                }
                Err(SendError::Webex(error)) => error,
                Err(other) => return Err(other),
            };
            let lost = matches!(error, Error::Lost { .. });
            let busy = error.is(409) && matches!(wire.then, Then::Job(_));
            if lost || busy {
                self.wait_for_jobs(wire)?;
            }
            open = self.look_after(wire, open, verdicts, &error, attempt)?;
            clear(&mut suspects, &open);
            put_off(wire, &error, &mut open, verdicts);
            if open.is_empty() {
                return Ok(());
            }
            let again = attempt < ATTEMPTS && (lost || busy);
            if !again || !self.as_they_were(&open, &mut suspects)? {
                let ending = Ending::refused(&error);
                return self.fail(wire, open, &ending, saved, &mut suspects, verdicts);
            }
            open = self.as_sent(open, verdicts)?;
            if open.is_empty() {
                return Ok(());
            }
            clock.sleep(Duration::from_secs(u64::from(attempt).min(5) * 2));
        }
        Ok(())
    }

    /// Those whom Webex does not show as planned after a request has failed.
    fn look_after(
        &self,
        wire: &Wire,
        open: Vec<Subject<'a>>,
        verdicts: &mut Verdicts,
        error: &Error,
        attempt: u32,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let lost = matches!(error, Error::Lost { .. });
        // What was sent before may have had an effect that does not show yet.
        let time = match attempt > 1 && !lost {
            true => LAG,
            false => self.time_after(lost),
        };
        let open = self.look_again(wire, open, verdicts, time)?;
        match time.is_zero() && matches!(error, Error::Refused(_)) {
            true => self.refused_as_it_was(wire, open, verdicts),
            false => Ok(open),
        }
    }

    /// Those whom Webex does not show as planned after it has answered.
    fn not_shown(
        &self,
        wire: &Wire,
        open: Vec<Subject<'a>>,
        answer: Option<&Answer>,
        verdicts: &mut Verdicts,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let time = if is_partial(answer) { HALVED } else { LAG };
        let open = self.told(wire, open, answer, verdicts)?;
        match (open.is_empty(), settings::is_setting(self.operation)) {
            (true, _) => Ok(open),
            (_, true) => self.settings_shown(open, verdicts, time),
            (_, false) => self.look_again(wire, open, verdicts, time),
        }
    }

    /// Remembers that something is sent for these, and what they were before the first request.
    fn touch(&self, open: &[Subject<'a>]) {
        let mut touched = lock(self.touched);
        for subject in open {
            let held = kinds::find(&subject.change.kind).is_some_and(|it| it.holders.is_some());
            let seen = subject.seen.as_ref().filter(|_| held);
            touched
                .entry(subject.change.address.clone())
                .or_insert_with(|| seen.map(|it| it.object.to_string().into()));
        }
    }

    /// The calls of the request for these.
    fn calls(&self, wire: &Wire, open: &[Subject<'a>]) -> Result<Vec<Call>, Error> {
        (wire.calls)(&Request {
            names: self.names(),
            subjects: open,
            without: &self.operation.without,
            planned: false,
        })
    }

    /// How long to look for effects that a failed request may still have had.
    fn time_after(&self, lost: bool) -> Duration {
        match (lost, self.operation.method == "POST") {
            (true, true) => LOST_ONCE,
            (true, false) => LOST,
            // People and locations can be changed in part, and the refusal says nothing of it (webex-api.md 4.1).
            (false, _) => Duration::ZERO,
        }
    }

    /// A subject that keeps Calling may have lost it by what was just sent.
    fn suspect(&self, open: &[Subject<'a>], suspects: &mut Suspects<'a>) {
        for subject in open.iter().filter(|it| keeps_calling(it)) {
            let address = &subject.change.address;
            if !suspects.contains_key(address) {
                suspects.insert(address.clone(), self.gate.suspect(address));
            }
        }
    }

    /// Sends the calls of a request one after the other; gives the last answer, and what jobs could not do.
    fn send_all(
        &self,
        wire: &Wire,
        open: &[Subject<'a>],
        calls: Vec<Call>,
        attempt: u32,
    ) -> Result<(Option<Answer>, Vec<JobFailure>), SendError> {
        let subjects: Vec<Address> = open.iter().map(|it| it.change.address.clone()).collect();
        let (mut last, mut failures) = (None, Vec::new());
        let mut calls = VecDeque::from(calls);
        while let Some(call) = calls.pop_front() {
            if open.iter().any(|it| takes(self.operation, it)) {
                let passed = self.gate.pass(&subjects, self.stop);
                passed.map_err(|why| match attempt == 1 && last.is_none() {
                    true => SendError::Halted(why),
                    false => SendError::Webex(not_sent(why)),
                })?;
            }
            let check = || self.still_as_read(open);
            let answer = match self.journaled(&call, attempt, subjects.clone(), &check) {
                Ok(answer) => answer,
                Err(failure) => {
                    let said = failure.to_string();
                    let Some(others) = instead(wire, &failure, &call) else {
                        return Err(failure);
                    };
                    failures.extend(left_out(open, &call, &others, &failure));
                    let who = subjects.join(", ");
                    let reader = self.names().reader();
                    reader.say(&format!(
                        "{who}: retrying without the part that Webex refused: {said}"
                    ));
                    others.into_iter().rev().for_each(|it| calls.push_front(it));
                    continue;
                }
            };
            match (wire.then, open) {
                (Then::Created, [subject, ..]) => {
                    if let Some(id) = answer.body["id"].as_str() {
                        self.names()
                            .learn(&subject.change.kind, &subject.change.key, id);
                    }
                }
                (Then::Job(path), _) => failures.extend(self.follow(path, &answer)?),
                _ => {}
            }
            last = Some(answer);
        }
        Ok((last, failures))
    }
}

/// Whether Webex has carried a request out in part.
fn is_partial(answer: Option<&Answer>) -> bool {
    answer.is_some_and(|it| it.status == 206)
}

/// A request is made from what was there before anything was sent: a partial move removes facts. Where none has changed, what is
/// read now is newer.
fn keep_what_was(subject: &mut Subject<'_>, before: &[Subject<'_>]) {
    let earlier = before
        .iter()
        .find(|it| it.change.address == subject.change.address);
    let Some(earlier) = earlier.and_then(|it| it.seen.as_ref()) else {
        return;
    };
    let now = subject.seen.as_ref();
    if now.is_none_or(|now| now.essence.digest != earlier.essence.digest) {
        subject.seen = Some(earlier.clone());
    }
}

/// Settles those for whom a refusal is temporary.
fn put_off(wire: &Wire, error: &Error, open: &mut Vec<Subject<'_>>, verdicts: &mut Verdicts) {
    let (Some(later), Some(refusal)) = (wire.later, error.refusal()) else {
        return;
    };
    open.retain(|subject| {
        let Some(because) = later(refusal, subject) else {
            return true;
        };
        verdicts.push((subject.change.address.clone(), Verdict::Later { because }));
        false
    });
}

/// What is sent instead of a call that Webex has refused, if there is something.
fn instead(wire: &Wire, failure: &SendError, call: &Call) -> Option<Vec<Call>> {
    match failure {
        SendError::Webex(Error::Refused(refusal)) => (wire.instead?)(refusal, call),
        _ => None,
    }
}

/// Those whom a refused call named and what is sent instead does not: the refusal is theirs.
fn left_out(
    open: &[Subject<'_>],
    call: &Call,
    others: &[Call],
    failure: &SendError,
) -> Vec<JobFailure> {
    let names = |call: &Call, key: &str| {
        let body = call.body.as_ref();
        body.is_some_and(|body| body.to_string().contains(&format!("\"{key}\"")))
    };
    let keys = open.iter().map(|it| it.change.key.as_str());
    let out = keys.filter(|key| names(call, key) && !others.iter().any(|it| names(it, key)));
    out.map(|key| JobFailure::new(key, failure.to_string()))
        .collect()
}

/// A subject that is no longer open is as planned.
fn clear(suspects: &mut Suspects<'_>, open: &[Subject<'_>]) {
    let is_open = |address: &Address| open.iter().any(|it| it.change.address == *address);
    let gone: Vec<Address> = suspects.keys().filter(|it| !is_open(it)).cloned().collect();
    for address in gone {
        suspects
            .remove(&address)
            .into_iter()
            .for_each(Suspect::clear);
    }
}

fn all(parts: &[Part<'_>], verdict: &Verdict) -> Verdicts {
    parts
        .iter()
        .map(|part| (part.change.address.clone(), verdict.clone()))
        .collect()
}
