//! What is there before a request and after it, and what it says of the objects.

use super::afterwards::Afterwards;
use super::check::{self, Todo};
use super::guard::lost_on_the_way;
use super::mutex::lock;
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
                    || lock(self.touched).contains(&part.change.address),
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
                        Some(before) => self.unless_lost(verdict, before, seen.as_ref())?,
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
        verdict: Verdict,
        before: &Subject<'a>,
        seen: Option<&Seen>,
    ) -> Result<Verdict, SendError> {
        let lost = match lost_on_the_way(before, seen) {
            None => self.taken_beside(before, seen)?,
            lost => lost,
        };
        let Some(why) = lost.filter(|_| verdict.is_good()) else {
            return Ok(verdict);
        };
        // Nothing restores it from here: no one else may lose as much.
        let address = &before.change.address;
        self.gate.suspect(address).has_lost();
        self.journal.owed(self.operation.id, address, &why)?;
        Ok(Verdict::failed(why))
    }
}

/// Whether the object itself shows that a request is done.
fn is_done(wire: &Wire, operation: &Operation, seen: &Seen) -> bool {
    match operation.without.as_slice() {
        [] => wire.is_done.is_some_and(|is_done| is_done(seen)),
        without => without.iter().all(|path| seen.text(path).is_none()),
    }
}
