//! The graph of steps: which request of which change needs which other, and their ranks.

use rustc_hash::FxHashMap;

use super::{Part, Rank};
use crate::change::{Address, ChangeAction, DraftChange, Need, Request, Sends};

/// Steps, in order of rank: by turn, then address, then as the change has them.
pub struct Graph<'a> {
    changes: &'a [DraftChange],
    pub steps: Vec<Step>,
    /// By change: its steps, in order.
    of_change: Vec<Vec<usize>>,
    /// Changes without any, in order of address.
    unsent: Vec<usize>,
}

impl Rank<'_> {
    /// The place of a change, by its index, before its turn decides, and before its address does.
    fn place(self, index: usize, change: &DraftChange) -> (bool, u32) {
        let seated = change.fields.iter().map(|field| field.seated);
        let seated = seated.max().unwrap_or_default();
        match self {
            Rank::Address => (false, 0),
            Rank::Seated => (false, seated),
            Rank::First(first) => (!first.contains(&index), seated),
        }
    }
}

/// One request of one change.
#[derive(Debug)]
pub struct Step {
    pub change: usize,
    request: usize,
    /// The fields of the change that it sends.
    pub fields: Vec<usize>,
    /// Steps that must be done before.
    pub needs: Vec<usize>,
    /// Steps that need this one.
    pub unlocks: Vec<usize>,
    /// Whether it needs a change that is left out.
    pub barred: bool,
}

impl<'a> Graph<'a> {
    /// The steps of the changes that are kept. What needs one that is not is barred.
    pub fn new(changes: &'a [DraftChange], kept: &[bool], rank: Rank<'_>) -> Graph<'a> {
        let addresses: Vec<Address> = changes.iter().map(DraftChange::address).collect();
        let mut by_address: Vec<usize> = (0..changes.len()).collect();
        by_address.sort_by(|&a, &b| addresses[a].cmp(&addresses[b]));
        let without_requests =
            |&change: &usize| kept[change] && changes[change].requests.is_empty();
        let unsent = by_address
            .iter()
            .copied()
            .filter(without_requests)
            .collect();
        let ranks = ranked(changes, kept, &by_address, rank);
        let mut of_change: Vec<Vec<usize>> = changes
            .iter()
            .map(|change| vec![0; change.requests.len()])
            .collect();
        for (step, &(change, request)) in ranks.iter().enumerate() {
            of_change[change][request] = step;
        }
        let mut fields: Vec<Vec<Vec<usize>>> = changes.iter().map(fields_of_requests).collect();
        let steps = ranks.into_iter().map(|(change, request)| Step {
            change,
            request,
            fields: std::mem::take(&mut fields[change][request]),
            needs: Vec::new(),
            unlocks: Vec::new(),
            barred: false,
        });
        let mut graph = Graph {
            steps: steps.collect(),
            changes,
            of_change,
            unsent,
        };
        let index: FxHashMap<&Address, usize> = addresses
            .iter()
            .enumerate()
            .map(|(change, address)| (address, change))
            .collect();
        for step in 0..graph.steps.len() {
            graph.link(step, &index, kept);
        }
        graph
    }

    fn link(&mut self, step: usize, index: &FxHashMap<&Address, usize>, kept: &[bool]) {
        let request = self.request(step);
        let change = &self.changes[self.steps[step].change];
        let general = change.depends_on.iter().filter(|_| !request.early);
        let mut needs: Vec<usize> = self.own_before(step).into_iter().collect();
        for need in general.chain(&request.after) {
            let (Need::Done(address) | Need::Begun(address)) = need;
            match index.get(address) {
                Some(&on) if !kept[on] => self.steps[step].barred = true,
                Some(&on) if on != self.steps[step].change => {
                    needs.extend(self.end(on, matches!(need, Need::Begun(_))));
                }
                _ => {}
            }
        }
        needs.sort_unstable();
        needs.dedup();
        for &need in &needs {
            self.steps[need].unlocks.push(step);
        }
        self.steps[step].needs = needs;
    }

    /// The step after which a change is done, or begun.
    fn end(&self, change: usize, begun: bool) -> Option<usize> {
        let draft = &self.changes[change];
        let early = draft.requests.iter().rposition(|request| request.early);
        match early.filter(|_| begun) {
            Some(early) => Some(self.of_change[change][early]),
            None if begun && draft.action != ChangeAction::Create => None,
            None => self.of_change[change].last().copied(),
        }
    }

    /// The changes that are kept and have no request, in order of address.
    pub fn without_requests(&self) -> impl Iterator<Item = usize> {
        self.unsent.iter().copied()
    }

    /// The request of a step.
    pub fn request(&self, step: usize) -> &'a Request {
        let Step {
            change, request, ..
        } = self.steps[step];
        &self.changes[change].requests[request]
    }

    /// What steps have in common that may share a request with this one.
    pub fn like(&self, step: usize) -> Option<(&'static str, &'static str, &'a str)> {
        let request = self.request(step);
        let (with, _) = request.shared.as_ref()?;
        Some((request.method, request.path, with))
    }

    /// The step before this one in the same change.
    pub fn own_before(&self, step: usize) -> Option<usize> {
        let Step {
            change, request, ..
        } = self.steps[step];
        Some(self.of_change[change][request.checked_sub(1)?])
    }

    /// Whether no step of the same change comes after this one.
    pub fn is_last(&self, step: usize) -> bool {
        self.of_change[self.steps[step].change].last() == Some(&step)
    }

    /// Whether a part of the step may go ahead: if its request allows it, and what comes before it in the change is done.
    pub fn may_part(&self, step: usize, done: &[Option<usize>]) -> bool {
        let own = self.own_before(step);
        self.request(step).divisible && own.is_none_or(|own| done[own].is_some())
    }

    /// A part of a request that carries out these fields of the step.
    pub fn part(&self, step: usize, fields: Vec<usize>) -> Part {
        let Step {
            change, request, ..
        } = self.steps[step];
        Part {
            change,
            request,
            fields,
        }
    }
}

/// The requests of the changes that are kept, each as its change and which of its requests, the first in rank first.
fn ranked(
    changes: &[DraftChange],
    kept: &[bool],
    by_address: &[usize],
    rank: Rank<'_>,
) -> Vec<(usize, usize)> {
    let mut place = vec![0; changes.len()];
    for (at, &change) in by_address.iter().enumerate() {
        place[change] = at;
    }
    let mut ranks: Vec<(usize, usize)> = (0..changes.len())
        .filter(|&change| kept[change])
        .flat_map(|change| (0..changes[change].requests.len()).map(move |at| (change, at)))
        .collect();
    let all = changes.iter().enumerate();
    let seated: Vec<(bool, u32)> = all.map(|(at, it)| rank.place(at, it)).collect();
    ranks.sort_by_key(|&(change, request)| {
        let turn = changes[change].requests[request].turn;
        let (later, seated) = seated[change];
        (
            later,
            turn.unwrap_or(changes[change].turn),
            seated,
            place[change],
            request,
        )
    });
    ranks
}

/// By request: the fields of a change that it sends. Each field is sent once, except those that need manual work because of
/// a hold.
fn fields_of_requests(change: &DraftChange) -> Vec<Vec<usize>> {
    let named = |field: usize, names: &[&str]| {
        let path = change.fields[field].path.as_str();
        let is_it = |name: &&str| match name.ends_with('/') {
            true => path.starts_with(name),
            false => path == *name,
        };
        names.iter().any(is_it)
    };
    let mut left: Vec<usize> = (0..change.fields.len()).collect();
    left.retain(|&field| change.fields[field].is_sent());
    let mut sent = vec![Vec::new(); change.requests.len()];
    for (fields, request) in sent.iter_mut().zip(&change.requests) {
        if let Sends::Stage(stage) = request.sends {
            fields.extend(left.extract_if(.., |&mut field| change.fields[field].stage == stage));
        }
    }
    for (fields, request) in sent.iter_mut().zip(&change.requests) {
        if let Sends::Named(names) = request.sends {
            fields.extend(left.extract_if(.., |&mut field| named(field, names)));
        }
    }
    for (fields, request) in sent.iter_mut().zip(&change.requests) {
        if let Sends::Next(most) = request.sends {
            fields.extend(left.drain(..most.min(left.len())));
        }
    }
    let rest = change
        .requests
        .iter()
        .position(|request| request.sends == Sends::Rest);
    if let Some(rest) = rest {
        sent[rest] = left;
    }
    sent
}
