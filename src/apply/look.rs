//! What is there before a request and after it, and what it says of the objects.

use std::time::Duration;

use super::afterwards::Afterwards;
use super::check::{self, Todo};
use super::guard::keeps_calling;
use super::mutex::lock;
use super::repair::{LOOK, SHOWS};
use super::report::{Verdict, Verdicts};
use super::sending::{Part, SendError, Sending};
use crate::change::{Change, Operation};
use crate::kinds::wire::{Seen, Subject, Wire};

impl<'a> Sending<'a> {
    /// Reads the objects and settles those for which nothing is to be sent any more. `before` is what was there before
    /// anything was sent; `last`: what Webex still works on is not waited for any longer.
    pub(super) fn look(
        &self,
        wire: &Wire,
        parts: &[Part<'a>],
        before: &[Subject<'a>],
        last: bool,
        verdicts: &mut Verdicts,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let changes: Vec<&Change> = parts.iter().map(|part| part.change).collect();
        let seen = self.read(&changes)?;
        self.judge(wire, parts, seen, before, last, verdicts)
    }

    /// The same with what was read.
    pub(super) fn judge(
        &self,
        wire: &Wire,
        parts: &[Part<'a>],
        seen: Vec<Option<Seen>>,
        before: &[Subject<'a>],
        last: bool,
        verdicts: &mut Verdicts,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let mut open = Vec::new();
        for (part, seen) in parts.iter().zip(seen) {
            match self.afterwards(wire, part.change, seen.as_ref(), before, last) {
                Afterwards::Ended => {}
                Afterwards::Verdict(verdict) => {
                    verdicts.push((part.change.address.clone(), verdict));
                    continue;
                }
                Afterwards::Open(subject) => {
                    open.push(subject);
                    continue;
                }
            }
            let context = check::Context {
                names: self.names(),
                touched: part.touched
                    || self.doubtful
                    || lock(self.touched).contains_key(&part.change.address),
                sent: !before.is_empty(),
                doubtful: self.doubtful,
                leaving: self.leaving,
                aside: self.aside,
                is_done: &|seen| is_done(wire, self.operation, seen),
            };
            match check::todo(context, self.operation, part.change, seen.as_ref())? {
                Todo::Nothing(verdict) => {
                    let before = before
                        .iter()
                        .find(|it| it.change.address == part.change.address);
                    let verdict = match before {
                        Some(before) => self.unless_lost(wire, verdict, before, seen.as_ref())?,
                        None => verdict,
                    };
                    verdicts.push((part.change.address.clone(), verdict));
                }
                Todo::Send(fields) => open.push(Subject {
                    change: part.change,
                    fields,
                    seen,
                }),
            }
        }
        Ok(open)
    }

    /// The verdict on what was sent, which is a failure if something went with it that the plan does not remove.
    fn unless_lost(
        &self,
        wire: &Wire,
        verdict: Verdict,
        before: &Subject<'a>,
        seen: Option<&Seen>,
    ) -> Result<Verdict, SendError> {
        if !verdict.is_good() {
            return Ok(verdict);
        }
        let Some((now, why)) = self.gone_with_it(before, seen)? else {
            return Ok(verdict);
        };
        let address = &before.change.address;
        let suspect = self.gate.suspect(address);
        suspect.has_lost();
        self.owe(before, &why)?;
        // From here nothing restores what belongs to a licence: no one else may lose as much.
        if keeps_calling(before) {
            return Ok(Verdict::failed(why));
        }
        let (put, whole) = self.give_back_kept(wire, before, &now, None)?;
        if whole {
            self.journal.whole(self.operation.id, address)?;
            suspect.clear();
        }
        Ok(Verdict::failed(format!("{why}; {put}")))
    }

    /// What a subject has no more after a request that does not take it, in words, and how it is then.
    fn gone_with_it(
        &self,
        before: &Subject<'a>,
        seen: Option<&Seen>,
    ) -> Result<Option<(Seen, String)>, SendError> {
        let clock = self.names().reader().clock();
        let (mut now, mut waited) = (seen.cloned(), Duration::ZERO);
        loop {
            let lost = match self.taken_beside(before, now.as_ref())? {
                None => self.lost_on_the_way(before, now.as_ref())?,
                lost => lost,
            };
            let (Some(lost), Some(is)) = (lost, now) else {
                return Ok(None);
            };
            // Where a person moves to another place, it may show a moment later.
            if waited >= SHOWS {
                return Ok(Some((is, lost)));
            }
            clock.sleep(LOOK);
            waited += LOOK;
            now = self.read(&[before.change])?.pop().flatten();
        }
    }
}

/// Whether the object itself shows that a request is done.
fn is_done(wire: &Wire, operation: &Operation, seen: &Seen) -> bool {
    match operation.without.as_slice() {
        [] => wire.is_done.is_some_and(|is_done| is_done(seen)),
        without => without.iter().all(|path| seen.text(path).is_none()),
    }
}
