//! The order of changes: what gives back comes before what takes, and no pool passes its total on the way.
//!
//! Requests are few because each object's licences change in one of them. Only where two objects each wait for what the
//! other gives back is one split: what gives back goes first, and the rest when its turn comes. A move stays whole.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::draft::DraftChange;
use crate::licensing::catalogue::LicenseIx;
use crate::snapshot::License;

/// The order in which changes run, and the most units of each licence in use on the way.
#[derive(Debug)]
pub struct Order {
    /// Indices of the changes, in the order in which their last request is sent.
    pub sequence: Vec<usize>,
    /// Changes of which a part goes first: what gives back, never half of a move. With how many of the sequence go before it.
    pub split: BTreeMap<usize, usize>,
    /// By licence: the most units in use.
    pub peak: Vec<i64>,
    /// By licence: units in use in the end.
    pub after: Vec<i64>,
}

/// What is left of a change's effect on the pools, a field each.
type Effect = Vec<Step>;

/// One field: what it gives back and takes, always in one request.
#[derive(Debug, Clone)]
struct Step {
    gives: Vec<LicenseIx>,
    takes: Option<LicenseIx>,
}

/// Units in use while changes run.
struct Pools<'a> {
    licenses: &'a [License],
    overage: &'a FxHashSet<&'a str>,
    used: Vec<i64>,
    peak: Vec<i64>,
}

impl Pools<'_> {
    /// Whether these steps, in one request, pass no total.
    fn fit(&self, steps: &[Step]) -> bool {
        steps.iter().filter_map(|step| step.takes).all(|license| {
            let pool = &self.licenses[license as usize];
            let takes = steps
                .iter()
                .filter(|step| step.takes == Some(license))
                .count() as i64;
            let gives = steps.iter().flat_map(|step| &step.gives);
            let net = takes - gives.filter(|&&given| given == license).count() as i64;
            pool.subscription_id.is_none()
                || net <= 0
                || self.used[license as usize] + net <= pool.total_units
                || self.overage.contains(pool.name.as_str())
        })
    }

    fn run(&mut self, steps: &[Step]) {
        for &license in steps.iter().flat_map(|step| &step.gives) {
            self.used[license as usize] -= 1;
        }
        for license in steps.iter().filter_map(|step| step.takes) {
            self.used[license as usize] += 1;
        }
        for license in steps.iter().filter_map(|step| step.takes) {
            let top = &mut self.peak[license as usize];
            *top = (*top).max(self.used[license as usize]);
        }
    }
}

/// Finds the order. Losses that nobody acknowledged give nothing back.
pub fn order(changes: &[DraftChange], licenses: &[License], overage: &FxHashSet<&str>) -> Order {
    let effects: Vec<Effect> = changes.iter().map(effect).collect();
    let mut pending: Vec<usize> = (0..changes.len()).collect();
    let address: Vec<String> = changes.iter().map(DraftChange::address).collect();
    pending.sort_by(|&a, &b| (changes[a].turn, &address[a]).cmp(&(changes[b].turn, &address[b])));
    let by_address: FxHashMap<&str, usize> = address
        .iter()
        .enumerate()
        .map(|(index, address)| (address.as_str(), index))
        .collect();
    let waits: Vec<Vec<usize>> = changes
        .iter()
        .map(|change| {
            change
                .depends_on
                .iter()
                .filter_map(|on| by_address.get(on.as_str()).copied())
                .collect()
        })
        .collect();

    let used: Vec<i64> = licenses
        .iter()
        .map(|license| license.consumed_units)
        .collect();
    let peak = used.clone();
    let mut pools = Pools {
        licenses,
        overage,
        used,
        peak,
    };
    let mut done = vec![false; changes.len()];
    let mut split = BTreeMap::new();
    let mut sequence = Vec::with_capacity(changes.len());
    let mut effects = effects;
    while !pending.is_empty() {
        let mut left = Vec::new();
        let before = pending.len();
        for index in pending {
            let ready = waits[index].iter().all(|&on| done[on]);
            if ready && pools.fit(&effects[index]) {
                pools.run(&effects[index]);
                done[index] = true;
                sequence.push(index);
            } else {
                left.push(index);
            }
        }
        pending = left;
        if pending.len() < before || pending.is_empty() {
            continue;
        }
        // Nobody can go whole: let somebody go in part, whom the pools hold up or, failing that, what others do; else break
        // a ring of dependencies at its first member.
        let first_part = |held_up: &dyn Fn(usize) -> bool| {
            let held_up = pending.iter().filter(|&&index| held_up(index));
            held_up
                .filter_map(|&index| Some((index, part(&pools, &effects[index])?)))
                .next()
        };
        let part = first_part(&|index| !pools.fit(&effects[index]))
            .or_else(|| first_part(&|index| pools.fit(&effects[index])));
        match part {
            Some((index, at)) => {
                let step = effects[index].remove(at);
                pools.run(&[step]);
                split.entry(index).or_insert(sequence.len());
            }
            None => {
                let first = pending
                    .iter()
                    .position(|&index| pools.fit(&effects[index]))
                    .unwrap_or(0);
                let index = pending.remove(first);
                pools.run(&effects[index]);
                done[index] = true;
                sequence.push(index);
            }
        }
    }
    let Pools { used, peak, .. } = pools;
    Order {
        sequence,
        split,
        peak,
        after: used,
    }
}

fn effect(change: &DraftChange) -> Effect {
    let steps = change.fields.iter().map(|field| Step {
        gives: field.gives.clone(),
        takes: field.takes,
    });
    steps
        .filter(|step| step.takes.is_some() || !step.gives.is_empty())
        .collect()
}

/// A field of a change that may go before the rest: one that gives back. What a field gives and
/// takes stays in one request, whatever waits: a move taken apart would destroy what it is there to save.
fn part(pools: &Pools<'_>, effect: &Effect) -> Option<usize> {
    let gives = |step: &Step| !step.gives.is_empty() && pools.fit(std::slice::from_ref(step));
    let removal = effect
        .iter()
        .position(|step| step.takes.is_none() && gives(step));
    removal.or_else(|| effect.iter().position(gives))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ChangeAction, DraftField, FieldAction, Risk, Turn, nothing};

    /// A change of a person, with what each field gives and takes.
    fn change(key: &str, fields: &[(&[LicenseIx], Option<LicenseIx>)]) -> DraftChange {
        let field = |&(gives, takes): &(&[LicenseIx], Option<LicenseIx>)| {
            let mut field = DraftField::new(
                "licenses",
                FieldAction::Move,
                Risk::Reversible,
                nothing(),
                nothing(),
            );
            field.gives = gives.to_vec();
            field.takes = takes;
            field
        };
        DraftChange {
            kind: "user",
            key: key.to_owned(),
            action: ChangeAction::Update,
            fields: fields.iter().map(field).collect(),
            preimage: None,
            turn: Turn::Move,
            depends_on: Vec::new(),
            after_early: Vec::new(),
            early: Vec::new(),
            requests: Vec::new(),
        }
    }

    fn full(pools: usize) -> Vec<License> {
        let pool = |index: usize| {
            serde_json::json!({"id": index.to_string(), "name": "x", "subscriptionId": index.to_string(),
                               "totalUnits": 1, "consumedUnits": 1})
        };
        (0..pools)
            .map(|index| serde_json::from_value(pool(index)).unwrap())
            .collect()
    }

    #[test]
    fn removals_go_first_where_two_wait_for_each_other() {
        let changes = [
            change("ana", &[(&[0], None), (&[], Some(1))]),
            change("bob", &[(&[1], None), (&[], Some(0))]),
        ];
        let order = order(&changes, &full(2), &FxHashSet::default());
        assert_eq!((order.peak, order.after), (vec![1, 1], vec![1, 1]));
        assert_eq!(order.split, BTreeMap::from([(0, 0)]));
        assert_eq!(order.sequence, [1, 0]);
    }

    #[test]
    fn a_move_is_never_taken_apart() {
        // Ana moves from 0 to 1, which only Bob can free; Bob moves from 1 to 2, and wants what Ana frees.
        let changes = [
            change("ana", &[(&[0], Some(1))]),
            change("bob", &[(&[1], Some(2)), (&[], Some(0))]),
        ];
        let mut licenses = full(3);
        licenses[2].consumed_units = 0;
        let found = order(&changes, &licenses, &FxHashSet::default());
        // Bob's move goes first, whole; then Ana's; then what Bob gets besides.
        assert_eq!((found.peak, found.after), (vec![1, 1, 1], vec![1, 1, 1]));
        assert_eq!(
            (found.split, found.sequence),
            (BTreeMap::from([(1, 0)]), vec![0, 1])
        );
        // A lone move into a full pool has nothing to go before.
        let pools = full(2);
        let overage = FxHashSet::default();
        let used = vec![1, 1];
        let pools = Pools {
            licenses: &pools,
            overage: &overage,
            peak: used.clone(),
            used,
        };
        assert_eq!(part(&pools, &effect(&changes[0])), None);
    }
}
