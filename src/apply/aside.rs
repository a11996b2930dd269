//! Somebody steps aside: a request takes a number away for a moment, so that others can have it, and a later one gives the new one. Before
//! that all who take part are compared, and anyone who is left without in the end gets the number back.

use std::collections::BTreeSet;

use serde_json::Value;

use super::mutex::lock;
use super::report::{Verdict, Verdicts};
use super::run::Run;
use super::sending::{Part, SendError, Sending, wire};
use super::state::{State, index};
use crate::change::{Address, Change, Operation, Path};
use crate::kinds::licenses::wire as licenses;
use crate::kinds::wire::{Seen, Subject};
use crate::webex::Error;

impl<'a> Run<'a> {
    /// The request of the same change that follows one that takes something away for a moment.
    pub(super) fn later(&self, aside: &Operation) -> Option<&'a Operation> {
        let mut own = self.unlocks[index(aside.id)].iter();
        own.find_map(|&at| {
            let next = &self.plan.operations[at];
            next.subjects().contains(&aside.subject).then_some(next)
        })
    }

    /// What an earlier request of the same change removed for a moment, and that request.
    pub(super) fn aside(&self, operation: &Operation) -> Option<&'a Operation> {
        let before = operation.depends_on.iter();
        let mut earlier = before.filter_map(|&id| self.plan.operations.get(index(id)));
        earlier.find(|it| it.subject == operation.subject && !it.without.is_empty())
    }

    /// Why somebody does not step aside: another one of those who take part is not as planned any more.
    pub(super) fn not_worth_it(&self, aside: &Operation) -> Result<Option<Verdict>, SendError> {
        let later = self.later(aside).filter(|_| !aside.without.is_empty());
        let Some(later) = later else {
            return Ok(None);
        };
        for at in self.between(index(aside.id), index(later.id)) {
            let operation = &self.plan.operations[at];
            for subject in operation
                .subjects()
                .iter()
                .filter(|it| **it != aside.subject)
            {
                let Some(&change) = self.changes.get(subject) else {
                    continue;
                };
                let why = match self.sending(operation, false).cannot(change)? {
                    Some(Verdict::Stale { why, .. }) => why,
                    Some(Verdict::Failed { why, .. }) => why,
                    _ => continue,
                };
                return Ok(Some(Verdict::Stale {
                    fields: Vec::new(),
                    why: format!("it takes part in an exchange with {subject}: {why}"),
                }));
            }
        }
        Ok(None)
    }

    /// The requests that wait for one and that another one waits for.
    fn between(&self, first: usize, last: usize) -> Vec<usize> {
        let needs = |at: usize| {
            let needs = self.plan.operations[at].depends_on.iter();
            needs.map(|&id| index(id))
        };
        let mut after = BTreeSet::from([first]);
        for at in first + 1..last {
            // Requests wait only for earlier ones.
            if needs(at).any(|need| after.contains(&need)) {
                after.insert(at);
            }
        }
        after.remove(&first);
        let (mut found, mut open) = (BTreeSet::new(), vec![last]);
        while let Some(at) = open.pop() {
            let new = needs(at).filter(|it| after.contains(it) && found.insert(*it));
            open.extend(new);
        }
        found.into_iter().collect()
    }

    /// What follows from the results of a request for those who step aside, and for those who have done so.
    pub(super) fn stepped_aside(
        &self,
        operation: &Operation,
        verdicts: &Verdicts,
    ) -> std::io::Result<()> {
        if !operation.without.is_empty() {
            let sent =
                |it: &&(Address, Verdict)| matches!(it.1, Verdict::Done | Verdict::Failed { .. });
            let sent = verdicts
                .iter()
                .filter(sent)
                .map(|(address, _)| address.clone());
            lock(&self.asides).extend(sent);
        }
        if let Some(aside) = self.aside(operation) {
            let mut mine = verdicts
                .iter()
                .filter(|it| it.0 == aside.subject && it.1.is_good());
            mine.try_for_each(|(address, _)| self.journal.whole(operation.id, address))?;
        }
        Ok(())
    }

    /// At the end: who stepped aside, and whose later request was not done, gets back what was taken.
    pub(super) fn step_back(&self, state: &mut State) -> Result<(), std::io::Error> {
        // A run that is resumed goes on from there.
        if self.stop.is_set() {
            return Ok(());
        }
        for aside in self
            .plan
            .operations
            .iter()
            .filter(|it| !it.without.is_empty())
        {
            let (Some(later), Some(&change)) =
                (self.later(aside), self.changes.get(&aside.subject))
            else {
                continue;
            };
            let address = &aside.subject;
            if !lock(&self.asides).contains(address) || self.is_done(later, address, state) {
                continue;
            }
            let put = match self.sending(later, false).step_back(aside, change) {
                Ok(None) => continue,
                Ok(Some(put)) => put,
                Err(SendError::Journal(error)) => return Err(error),
                Err(error) => {
                    format!("what it gave up for a moment was NOT restored, act at once: {error}")
                }
            };
            // A run that is resumed begins the exchange anew.
            let failed = Verdict::failed(put.clone());
            self.journal.settled(aside.id, address, &failed)?;
            let so_far = state.verdicts.remove(address);
            let verdict = match so_far {
                Some(Verdict::Failed { why, tracking_id }) => Verdict::Failed {
                    why: format!("{why}; {put}"),
                    tracking_id,
                },
                Some(Verdict::Stale { fields, why }) => Verdict::Stale {
                    fields,
                    why: format!("{why}; {put}"),
                },
                Some(Verdict::Skipped { because }) => Verdict::failed(format!("{because}; {put}")),
                _ => failed,
            };
            state.verdicts.insert(address.clone(), verdict);
        }
        Ok(())
    }

    /// Whether a request was carried out for an object.
    fn is_done(&self, operation: &Operation, address: &Address, state: &State) -> bool {
        let at = index(operation.id);
        let settled = state.unmet[at] == 0 && !state.ready.contains(&at);
        settled && !state.bad[at].contains(address)
    }
}

impl<'a> Sending<'a> {
    /// Why the request cannot be sent for an object as it is now.
    fn cannot(&self, change: &'a Change) -> Result<Option<Verdict>, SendError> {
        let Some(wire) = wire(&change.kind, self.operation) else {
            return Ok(None);
        };
        let part = Part {
            change,
            touched: false,
        };
        let mut verdicts = Verdicts::new();
        self.look(wire, &[part], &[], false, &mut verdicts)?;
        let mut verdicts = verdicts.into_iter().map(|(_, verdict)| verdict);
        Ok(verdicts.find(|verdict| !verdict.is_good()))
    }

    /// Records what somebody gives up for a moment: until the later request of the change is done, it is owed.
    pub(super) fn stand_aside(&self, subject: &Subject<'_>) -> Result<(), SendError> {
        let (Some(later), Some(seen)) = (self.later, &subject.seen) else {
            return Ok(());
        };
        let address = &subject.change.address;
        let paths = self.operation.without.iter();
        let given: Vec<String> = paths
            .filter_map(|path| Some(format!("{path} was {}", seen.text(path)?)))
            .collect();
        if given.is_empty() {
            return Ok(());
        }
        let given = format!("it gave up for a moment: {}", given.join(", "));
        self.journal
            .before(later, address, &seen.object, true, Vec::new())?;
        self.journal.owed(later, address, &given)?;
        Ok(())
    }

    /// Gives back what an earlier request took for a moment; the result, in words.
    fn step_back(
        &self,
        aside: &Operation,
        change: &'a Change,
    ) -> Result<Option<String>, SendError> {
        let Some(now) = self.read(&[change])?.pop().flatten() else {
            return Ok(None);
        };
        let taken = |path: &&Path| now.text(path).is_none();
        let taken: Vec<&Path> = aside.without.iter().filter(taken).collect();
        if taken.is_empty() {
            self.journal.whole(self.operation.id, &change.address)?;
            return Ok(None);
        }
        // Anyone who has lost Calling since then is owed all of it.
        let earlier = self.before_all(&change.address);
        let mut before = match earlier {
            Some(object) if self.has_lost_calling(&object, &now)? => object,
            _ => now.object.clone(),
        };
        for path in &taken {
            let mut fields = change.fields.iter();
            let field = fields.find(|field| field.path == **path);
            before[path.as_str()] = field.map_or(Value::Null, |field| (*field.before).clone());
        }
        let subject = Subject {
            change,
            fields: Vec::new(),
            seen: Some(Seen {
                object: before,
                ..now.clone()
            }),
        };
        let Some(wire) = wire(&change.kind, self.operation) else {
            return Ok(None);
        };
        let (put, whole) = self.give_back_kept(wire, &subject, &now, None)?;
        if whole {
            self.journal.whole(self.operation.id, &change.address)?;
        }
        Ok(Some(format!("what it gave up for a moment: {put}")))
    }

    /// What was there before the first request of this run, or of the one that it resumes.
    fn before_all(&self, address: &Address) -> Option<Value> {
        let key = (self.operation.id, address.clone());
        let earlier = self.earlier.before.get(&key).cloned();
        earlier.or_else(|| {
            let touched = lock(self.touched);
            serde_json::from_str(touched.get(address)?.as_deref()?).ok()
        })
    }

    fn has_lost_calling(&self, before: &Value, now: &Seen) -> Result<bool, Error> {
        let before = Seen {
            object: before.clone(),
            ..now.clone()
        };
        let called = licenses::calls(self.names(), &before)?;
        Ok(called && !licenses::calls(self.names(), now)?)
    }
}
