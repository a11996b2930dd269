//! Which request is sent next: what it needs is done, no other job of its kind runs, and the canary has been verified.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex};

use super::guard::is_calling;
use super::mutex::lock;
use super::report::{Verdict, Verdicts};
use super::run::Run;
use super::state::{Canaries, State, index};
use crate::change::{Address, Operation};

impl Run<'_> {
    pub(super) fn begin(&self) -> State {
        let operations = &self.plan.operations;
        let unmet: Vec<usize> = operations
            .iter()
            .map(|operation| operation.depends_on.len())
            .collect();
        let ready = (0..operations.len()).filter(|&at| unmet[at] == 0).collect();
        let mut canaries = Canaries {
            wanted: self.options.canary,
            left: self.movers(),
            ..Canaries::default()
        };
        canaries.choose(operations);
        State {
            unmet,
            ready,
            bad: vec![BTreeSet::new(); operations.len()],
            settled: 0,
            running: 0,
            jobs: BTreeSet::new(),
            verdicts: BTreeMap::new(),
            canaries,
            halted: None,
        }
    }

    /// Requests by which Calling moves to another licence.
    fn movers(&self) -> Vec<usize> {
        let moves = |operation: &&Operation| {
            let mut subjects = operation.subjects().iter();
            subjects.any(|subject| {
                let change = self.changes.get(subject);
                change.is_some_and(|change| {
                    let mut fields = change.fields.iter();
                    self.is_too_risky(change).is_none()
                        && fields.any(|field| {
                            is_calling(change, field)
                                && !field.before.is_null()
                                && !field.after.is_null()
                                && operation.fields.contains(&field.path)
                        })
                })
            })
        };
        let all = self.plan.operations.iter().filter(moves);
        all.map(|operation| index(operation.id)).collect()
    }

    /// The next operation that may be sent; waits while others could still make one ready.
    pub(super) fn next(&self, state: &Mutex<State>, changed: &Condvar) -> Option<usize> {
        let mut state = lock(state);
        loop {
            if self.stop.is_set() || state.halted.is_some() {
                return None;
            }
            let mut free = state.ready.iter().filter(|&&at| {
                let only = &state.canaries.only;
                let first = only.is_empty() || only.contains(&at);
                first && !state.jobs.iter().any(|&job| self.collides(at, job))
            });
            if let Some(&at) = free.next() {
                state.ready.remove(&at);
                state.running += 1;
                if self.plan.operations[at].path.contains("/jobs/") {
                    state.jobs.insert(at);
                }
                return Some(at);
            }
            if state.running == 0 {
                return None;
            }
            state = changed
                .wait(state)
                .unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    /// Whether both start a job of the same kind.
    fn collides(&self, at: usize, job: usize) -> bool {
        self.plan.operations[at].path == self.plan.operations[job].path
    }

    pub(super) fn settle(&self, at: usize, verdicts: Verdicts, state: &mut State) {
        if state.canaries.first.remove(&at) {
            let proven = |(_, verdict): &(Address, Verdict)| *verdict == Verdict::Done;
            let lost = verdicts.iter().find(|it| self.gate.had_lost(&it.0));
            if let Some((address, _)) = lost {
                state.halted = Some(format!(
                    "{address} was moved first to verify that nothing is lost, and something was lost"
                ));
            }
            // A subject that was refused, stale or already so has proven nothing: another one goes first.
            if verdicts.iter().any(proven) {
                state.canaries.wanted -= 1;
            }
        }
        for (address, verdict) in verdicts {
            if !verdict.is_good() {
                state.bad[at].insert(address.clone());
            }
            let so_far = state.verdicts.remove(&address);
            let verdict = so_far.map_or(verdict.clone(), |so_far| so_far.and(verdict));
            state.verdicts.insert(address, verdict);
        }
        state.settled += 1;
        if let Some(why) = self.gate.tripped() {
            state.halted.get_or_insert(why);
        }
        state.canaries.choose(&self.plan.operations);
        for &next in &self.unlocks[at] {
            state.unmet[next] -= 1;
            if state.unmet[next] == 0 {
                state.ready.insert(next);
            }
        }
    }
}
