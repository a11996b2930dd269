//! The order of changes: what gives back comes before what takes, and no pool passes its total on the way.
//!
//! Requests are few because each object's licences change in one of them. Only where two objects each wait for what the
//! other gives back is one split: it gives back first, and takes when its turn comes.

use rustc_hash::{FxHashMap, FxHashSet};

use super::draft::DraftChange;
use crate::licensing::catalogue::LicenseIx;
use crate::snapshot::License;

/// The order in which changes run, and the most units of each licence in use on the way.
#[derive(Debug)]
pub struct Order {
    /// Indices of the changes, in the order in which their last request is sent.
    pub sequence: Vec<usize>,
    /// Changes that give back their units first, and take later.
    pub split: FxHashSet<usize>,
    /// By licence: the most units in use.
    pub peak: Vec<i64>,
    /// By licence: units in use in the end.
    pub after: Vec<i64>,
}

/// What one change does to the pools.
#[derive(Debug, Default)]
struct Effect {
    gives: Vec<LicenseIx>,
    takes: Vec<LicenseIx>,
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

    let mut used: Vec<i64> = licenses
        .iter()
        .map(|license| license.consumed_units)
        .collect();
    let mut peak = used.clone();
    let mut done = vec![false; changes.len()];
    let mut split = FxHashSet::default();
    let mut sequence = Vec::with_capacity(changes.len());
    let fits = |used: &[i64], effect: &Effect| {
        effect.takes.iter().all(|&license| {
            let pool = &licenses[license as usize];
            let net = effect
                .takes
                .iter()
                .filter(|&&other| other == license)
                .count() as i64
                - effect
                    .gives
                    .iter()
                    .filter(|&&other| other == license)
                    .count() as i64;
            pool.subscription_id.is_none()
                || net <= 0
                || used[license as usize] + net <= pool.total_units
                || overage.contains(pool.name.as_str())
        })
    };
    let mut run = |index: usize, used: &mut Vec<i64>, effect: &Effect, done: &mut Vec<bool>| {
        effect
            .gives
            .iter()
            .for_each(|&license| used[license as usize] -= 1);
        effect
            .takes
            .iter()
            .for_each(|&license| used[license as usize] += 1);
        for &license in &effect.takes {
            let top = &mut peak[license as usize];
            *top = (*top).max(used[license as usize]);
        }
        done[index] = true;
        sequence.push(index);
    };
    let mut effects = effects;
    while !pending.is_empty() {
        let mut left = Vec::new();
        let before = pending.len();
        for index in pending {
            let ready = waits[index].iter().all(|&on| done[on]);
            match ready && fits(&used, &effects[index]) {
                true => run(index, &mut used, &effects[index], &mut done),
                false => left.push(index),
            }
        }
        pending = left;
        if pending.len() < before || pending.is_empty() {
            continue;
        }
        // Nobody can go: let somebody give back first, else break a ring of dependencies at its first member.
        let giver = pending.iter().copied().find(|&index| {
            !split.contains(&index)
                && !effects[index].gives.is_empty()
                && !fits(&used, &effects[index])
        });
        match giver {
            Some(index) => {
                split.insert(index);
                for license in std::mem::take(&mut effects[index].gives) {
                    used[license as usize] -= 1;
                }
            }
            None => {
                let first = pending
                    .iter()
                    .position(|&index| fits(&used, &effects[index]))
                    .unwrap_or(0);
                let index = pending.remove(first);
                run(index, &mut used, &effects[index], &mut done);
            }
        }
    }
    Order {
        sequence,
        split,
        peak,
        after: used,
    }
}

fn effect(change: &DraftChange) -> Effect {
    let mut effect = Effect::default();
    for field in &change.fields {
        effect.gives.extend(&field.gives);
        effect.takes.extend(field.takes);
    }
    effect
}
