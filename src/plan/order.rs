//! The order of requests: dependencies come first, requests that return units come before those that take them, and no pool
//! exceeds its total meanwhile.
//!
//! The graph is over steps, one for each request of a change. A step runs when all that it needs is done and the pools have
//! room, the first in rank first. Steps that may share a request run together. Only if everyone waits for what someone
//! else gives back does a step go in parts: what gives back first, and the rest when its turn comes. A move stays whole.
//! What then still waits, waits for itself: it is left to the caller, and nothing runs instead.

mod graph;
mod pools;

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::change::{DraftChange, DraftField};
use crate::licensing::catalogue::LicenseIx;
use crate::snapshot::License;
use graph::Graph;
use pools::Pools;

/// The order in which requests are sent, and the most units of each licence in use on the way.
#[derive(Debug)]
pub struct Order {
    /// The requests, in order.
    pub sent: Vec<Sent>,
    /// Indices of the changes, in the order in which their last request is sent.
    pub sequence: Vec<usize>,
    /// By change: the changes whose last request must be done before its own.
    pub waits: Vec<Vec<usize>>,
    /// Changes that cannot be finished, in order of address.
    pub stuck: Vec<Stuck>,
    /// By licence: the most units in use.
    pub peak: Vec<i64>,
    /// By licence: units in use in the end.
    pub after: Vec<i64>,
}

/// A change that cannot be finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// The change.
    pub change: usize,
    /// Changes that it needs, or whose units it lacks.
    pub on: Vec<usize>,
    /// The licence of which there is no unit for it.
    pub lacks: Option<LicenseIx>,
}

/// One request, for one change or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What it carries out.
    pub parts: Vec<Part>,
    /// Indices of the requests that must be done before.
    pub after: Vec<usize>,
}

/// What a request carries out of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The change.
    pub change: usize,
    /// Which of its requests.
    pub request: usize,
    /// Which of its fields.
    pub fields: Vec<usize>,
}

/// Finds the order of the changes that are kept. Unacknowledged losses free nothing. A change that needs one that is not
/// kept is never done.
pub fn order(
    changes: &[DraftChange],
    licenses: &[License],
    overage: &FxHashSet<&str>,
    kept: &[bool],
) -> Order {
    let order_by = |rank: Rank<'_>| order_by(changes, licenses, overage, kept, rank);
    let mut best = order_by(Rank::Address);
    let mut first = FxHashSet::default();
    // Someone may have taken the unit that others need to give back theirs. The seats were settled in an order in which there
    // is one for each (contract 3, rule 8); failing that, those who were stuck go before everyone else.
    for retry in 0..RETRIES {
        if best.stuck.is_empty() {
            break;
        }
        let order = match retry {
            0 => order_by(Rank::Seated),
            _ => order_by(Rank::First(&first)),
        };
        let known = first.len();
        first.extend(order.stuck.iter().map(|it| it.change));
        let more = first.len() > known;
        if order.stuck.len() < best.stuck.len() {
            best = order;
        } else if !more {
            break;
        }
    }
    best
}

/// How often another order is tried where changes wait for each other.
const RETRIES: usize = 8;

/// Which of two steps is tried first.
#[derive(Debug, Clone, Copy)]
enum Rank<'a> {
    /// Of one turn, the one whose address comes first.
    Address,
    /// Of one turn, the one that got its last unit first when the seats were settled, then as before.
    Seated,
    /// That of one of these changes, whatever the turn; of others, as when they were seated.
    First(&'a FxHashSet<usize>),
}

fn order_by(
    changes: &[DraftChange],
    licenses: &[License],
    overage: &FxHashSet<&str>,
    kept: &[bool],
    rank: Rank<'_>,
) -> Order {
    let graph = Graph::new(changes, kept, rank);
    let mut run = Run {
        changes,
        ready: BinaryHeap::new(),
        together: FxHashMap::default(),
        parked: vec![BTreeSet::new(); licenses.len()],
        pools: Pools::new(licenses, overage),
        done: vec![None; graph.steps.len()],
        unmet: graph.steps.iter().map(|step| step.needs.len()).collect(),
        fields: graph.steps.iter().map(|step| step.fields.clone()).collect(),
        earlier: vec![Vec::new(); graph.steps.len()],
        graph: &graph,
        sent: Vec::new(),
        sequence: Vec::new(),
        waits: vec![Vec::new(); changes.len()],
        last: vec![None; changes.len()],
    };
    for step in 0..graph.steps.len() {
        if run.unmet[step] == 0 && !graph.steps[step].barred {
            run.is_ready(step);
        }
    }
    run.finish()
}

/// Steps while they run. A step's index is its rank.
struct Run<'a> {
    changes: &'a [DraftChange],
    graph: &'a Graph<'a>,
    pools: Pools<'a>,
    /// Steps whose needs are met, the first in rank on top.
    ready: BinaryHeap<Reverse<usize>>,
    /// Of these, the ones that may share a request, by what they share.
    together: FxHashMap<(&'static str, &'static str, &'a str), BTreeSet<usize>>,
    /// By licence: steps whose needs are met, and that wait for a unit.
    parked: Vec<BTreeSet<usize>>,
    /// By step: needs that are not met yet.
    unmet: Vec<usize>,
    /// By step: fields that are not sent yet.
    fields: Vec<Vec<usize>>,
    /// By step: requests that sent a part of it ahead.
    earlier: Vec<Vec<usize>>,
    /// By step: the request that finished it.
    done: Vec<Option<usize>>,
    sent: Vec<Sent>,
    sequence: Vec<usize>,
    /// By change: changes that it waited for, each with the request that it waited for.
    waits: Vec<Vec<(usize, usize)>>,
    /// By change: its last request so far.
    last: Vec<Option<usize>>,
}

impl<'a> Run<'a> {
    fn finish(mut self) -> Order {
        loop {
            while let Some(Reverse(step)) = self.ready.pop() {
                if self.done[step].is_none() {
                    self.try_whole(step);
                }
            }
            let Some((step, fields)) = self.part() else {
                break;
            };
            self.send_part(step, fields);
        }
        // What is not sent comes last.
        let unsent = self.graph.without_requests();
        self.sequence.extend(unsent);
        let stuck = self.stuck();
        let (peak, after) = self.pools.totals();
        let last = self.last;
        let whole = |waits: Vec<(usize, usize)>| {
            let mut on: Vec<usize> = waits
                .into_iter()
                .filter(|&(on, request)| last[on] == Some(request))
                .map(|(on, _)| on)
                .collect();
            on.sort_unstable();
            on.dedup();
            on
        };
        Order {
            sent: self.sent,
            sequence: self.sequence,
            waits: self.waits.into_iter().map(whole).collect(),
            stuck,
            peak,
            after,
        }
    }

    fn field(&self, step: usize, field: usize) -> &'a DraftField {
        &self.changes[self.graph.steps[step].change].fields[field]
    }

    fn effect(&self, step: usize, fields: &[usize]) -> Vec<&'a DraftField> {
        let fields = fields.iter().map(|&field| self.field(step, field));
        fields
            .filter(|field| field.takes.is_some() || !field.gives.is_empty())
            .collect()
    }

    fn is_ready(&mut self, step: usize) {
        self.ready.push(Reverse(step));
        let alone = !self.effect(step, &self.fields[step]).is_empty();
        if let Some(like) = self.graph.like(step).filter(|_| !alone) {
            self.together.entry(like).or_default().insert(step);
        }
    }

    fn try_whole(&mut self, step: usize) {
        let effect = self.effect(step, &self.fields[step]);
        let lacking = self.pools.lacking(&effect);
        if let Some(license) = lacking {
            self.parked[license as usize].insert(step);
        } else {
            let steps = self.with_the_like(step);
            self.send(&steps, &effect);
        }
        self.wake(&effect, lacking);
    }

    /// The step and those that go in the same request.
    fn with_the_like(&mut self, step: usize) -> Vec<usize> {
        let most = self.graph.request(step).shared.as_ref();
        let like = self.graph.like(step);
        let like = like.and_then(|like| self.together.get_mut(&like));
        let (Some((_, most)), Some(like)) = (most, like) else {
            return vec![step];
        };
        let steps: Vec<usize> = like.range(step..).copied().take(*most).collect();
        if !steps.contains(&step) {
            return vec![step];
        }
        steps.iter().for_each(|step| _ = like.remove(step));
        steps
    }

    fn send(&mut self, steps: &[usize], effect: &[&DraftField]) {
        let id = self.sent.len();
        let mut after = self.pools.run(effect, id);
        for &giver in &after {
            for &step in steps {
                self.note(step, self.sent[giver].parts[0].change, giver);
            }
        }
        let mut parts = Vec::with_capacity(steps.len());
        for &step in steps {
            for &need in &self.graph.steps[step].needs {
                let Some(request) = self.done[need] else {
                    continue;
                };
                after.push(request);
                self.note(step, self.graph.steps[need].change, request);
            }
            after.append(&mut self.earlier[step]);
            parts.push(
                self.graph
                    .part(step, std::mem::take(&mut self.fields[step])),
            );
        }
        self.push(parts, after);
        for &step in steps {
            self.done[step] = Some(id);
            if self.graph.is_last(step) {
                self.sequence.push(self.graph.steps[step].change);
            }
        }
        for &step in steps {
            for &next in &self.graph.steps[step].unlocks {
                self.unmet[next] -= 1;
                if self.unmet[next] == 0 && !self.graph.steps[next].barred {
                    self.is_ready(next);
                }
            }
        }
    }

    /// Remembers that the change of a step waited for a request of another.
    fn note(&mut self, step: usize, on: usize, request: usize) {
        let change = self.graph.steps[step].change;
        if change != on {
            self.waits[change].push((on, request));
        }
    }

    fn push(&mut self, parts: Vec<Part>, mut after: Vec<usize>) {
        after.sort_unstable();
        after.dedup();
        for part in &parts {
            self.last[part.change] = Some(self.sent.len());
        }
        self.sent.push(Sent { parts, after });
    }

    /// Lets the next one try that waits for any of these licences but one, as long as there is room.
    fn wake(&mut self, effect: &[&DraftField], but: Option<LicenseIx>) {
        for license in effect.iter().flat_map(|field| units(field)) {
            if Some(license) != but
                && self.pools.has_room(license)
                && let Some(step) = self.parked[license as usize].pop_first()
            {
                self.ready.push(Reverse(step));
            }
        }
    }

    /// Who goes in part, when no one can go whole: the first whom the pools hold up or, failing that, what others do.
    fn part(&self) -> Option<(usize, Vec<usize>)> {
        let open = |step: &usize| {
            self.done[*step].is_none()
                && !self.graph.steps[*step].barred
                && self.graph.may_part(*step, &self.done)
        };
        let steps = || (0..self.done.len()).filter(open);
        let held_up = |step: &usize| self.unmet[*step] == 0;
        let part = |step: usize| Some((step, self.ahead(step)?));
        let first = steps().filter(held_up).find_map(part);
        first.or_else(|| steps().filter(|step| !held_up(step)).find_map(part))
    }

    /// The fields of a step that may go ahead of the rest: all that only give back, and what else fits of the ones that
    /// give and take. What a field gives and takes stays in one request, whatever waits: a move that is split would destroy
    /// what it is there to save.
    fn ahead(&self, step: usize) -> Option<Vec<usize>> {
        let gives = |&&at: &&usize| !self.field(step, at).gives.is_empty();
        let (only, swaps): (Vec<usize>, Vec<usize>) = self.fields[step]
            .iter()
            .filter(gives)
            .partition(|&&at| self.field(step, at).takes.is_none());
        let mut ahead = only;
        for at in swaps {
            ahead.push(at);
            if self.pools.lacking(&self.effect(step, &ahead)).is_some() {
                ahead.pop();
            }
        }
        ahead.sort_unstable();
        let some = !ahead.is_empty() && ahead.len() < self.fields[step].len();
        some.then_some(ahead)
    }

    fn send_part(&mut self, step: usize, fields: Vec<usize>) {
        let id = self.sent.len();
        let effect = self.effect(step, &fields);
        let mut after = self.pools.run(&effect, id);
        for &giver in &after {
            self.note(step, self.sent[giver].parts[0].change, giver);
        }
        // What the whole needs, and is done, goes before each part of it: a Webex Go device before its owner's Calling.
        let needs = self.graph.steps[step].needs.iter();
        after.extend(needs.filter_map(|&need| self.done[need]));
        after.append(&mut self.earlier[step]);
        self.fields[step].retain(|field| !fields.contains(field));
        self.push(vec![self.graph.part(step, fields)], after);
        self.earlier[step].push(id);
        self.parked
            .iter_mut()
            .for_each(|parked| _ = parked.remove(&step));
        if self.unmet[step] == 0 {
            self.ready.push(Reverse(step));
        }
        self.wake(&effect, None);
    }

    /// Changes with a step that is not done, and whom each waits for: changes that it needs or whose units it lacks.
    fn stuck(&self) -> Vec<Stuck> {
        let open: Vec<usize> = (0..self.done.len())
            .filter(|&step| self.done[step].is_none())
            .collect();
        let mut givers: FxHashMap<LicenseIx, BTreeSet<usize>> = FxHashMap::default();
        for &step in &open {
            for field in self.effect(step, &self.fields[step]) {
                for &license in &field.gives {
                    let change = self.graph.steps[step].change;
                    givers.entry(license).or_default().insert(change);
                }
            }
        }
        let mut waits: FxHashMap<usize, (BTreeSet<usize>, Option<LicenseIx>)> =
            FxHashMap::default();
        for step in open {
            let change = self.graph.steps[step].change;
            let (on, lacks) = waits.entry(change).or_default();
            let needs = self.graph.steps[step].needs.iter();
            let needs = needs.filter(|&&need| self.done[need].is_none());
            on.extend(needs.map(|&need| self.graph.steps[need].change));
            if self.unmet[step] == 0
                && let Some(license) = self.pools.lacking(&self.effect(step, &self.fields[step]))
            {
                on.extend(givers.get(&license).into_iter().flatten());
                *lacks = Some(license);
            }
            on.remove(&change);
        }
        let stuck = waits.into_iter().map(|(change, (on, lacks))| Stuck {
            change,
            on: on.into_iter().collect(),
            lacks,
        });
        let mut stuck: Vec<Stuck> = stuck.collect();
        stuck.sort_by_cached_key(|stuck| self.changes[stuck.change].address());
        stuck
    }
}

/// The licences of which a field gives back or takes units.
fn units(field: &DraftField) -> impl Iterator<Item = LicenseIx> + '_ {
    field.gives.iter().copied().chain(field.takes)
}

#[cfg(test)]
mod tests;
