//! The state of a run: what waits, what may be sent, the results, and who goes first.

use std::collections::{BTreeMap, BTreeSet};

use super::report::Verdict;
use crate::change::{Address, Change, Operation};

/// The state of a run.
#[derive(Debug)]
pub struct State {
    /// By operation: how many of its needs are open.
    pub unmet: Vec<usize>,
    /// Operations whose needs are met.
    pub ready: BTreeSet<usize>,
    /// By operation: the objects for which it failed, if any.
    pub bad: Vec<BTreeSet<Address>>,
    pub settled: usize,
    pub running: usize,
    /// Operations on their way that begin jobs: Webex refuses a second one of the same kind (webex-api.md 6.4).
    pub jobs: BTreeSet<usize>,
    /// By address: how it went so far.
    pub verdicts: BTreeMap<Address, Verdict>,
    pub canaries: Canaries,
    /// Why nothing more is begun.
    pub halted: Option<String>,
}

/// Those who go first.
#[derive(Debug, Default)]
pub struct Canaries {
    /// How many are still to be proven.
    pub wanted: usize,
    /// Those who can go first, in order.
    pub left: Vec<usize>,
    /// Those who are on their way.
    pub first: BTreeSet<usize>,
    /// These, and whatever they need: nothing else may be sent. Empty: everything may.
    pub only: BTreeSet<usize>,
}

impl Canaries {
    /// Sends the next ones first, as many as are still to be proven.
    pub fn choose(&mut self, operations: &[Operation]) {
        while self.first.len() < self.wanted && !self.left.is_empty() {
            self.first.insert(self.left.remove(0));
        }
        let mut wanted: Vec<usize> = self.first.iter().copied().collect();
        self.only.clear();
        while let Some(at) = wanted.pop() {
            if self.only.insert(at) {
                wanted.extend(operations[at].depends_on.iter().map(|&id| index(id)));
            }
        }
    }
}

impl State {
    /// Whether an operation goes first.
    pub fn is_canary(&self, at: usize) -> bool {
        self.canaries.first.contains(&at)
    }

    /// Whether every request of a change was settled.
    pub fn is_settled(&self, change: &Change, sent: &BTreeMap<&Address, BTreeSet<u32>>) -> bool {
        let mut ids = sent.get(&change.address).into_iter().flatten();
        ids.all(|&id| {
            let at = index(id);
            self.unmet[at] == 0 && !self.ready.contains(&at)
        })
    }
}

/// The index of the operation with this id.
pub(super) fn index(id: u32) -> usize {
    (id as usize).saturating_sub(1)
}
