//! Changes that wait for each other in a cycle: they are left out of the plan, with an error that shows the cycle.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::order::{Order, Stuck, order};
use crate::change::{Draft, DraftChange};
use crate::finding::{Finding, ORDER_CYCLE};
use crate::snapshot::License;

/// Finds the order of all changes, and removes from the draft those that no order can finish.
pub fn settle(draft: &mut Draft, licenses: &[License], overage: &FxHashSet<&str>) -> Order {
    let mut kept = vec![true; draft.changes.len()];
    loop {
        let order = order(&draft.changes, licenses, overage, &kept);
        if order.stuck.is_empty() {
            if kept.iter().all(|kept| *kept) {
                return order;
            }
            break;
        }
        draft.findings.extend(say(&draft.changes, &order.stuck));
        for stuck in &order.stuck {
            kept[stuck.change] = false;
            draft.blocked += draft.changes[stuck.change].fields.len().max(1);
        }
    }
    retain(&mut draft.changes, &kept);
    order(
        &draft.changes,
        licenses,
        overage,
        &vec![true; draft.changes.len()],
    )
}

/// Keeps the changes that are kept.
pub fn retain(changes: &mut Vec<DraftChange>, kept: &[bool]) {
    let mut kept = kept.iter();
    changes.retain(|_| kept.next() == Some(&true));
}

fn say(changes: &[DraftChange], stuck: &[Stuck]) -> Vec<Finding> {
    let address = |change: usize| changes[change].address();
    let on: FxHashMap<usize, &[usize]> = stuck
        .iter()
        .map(|stuck| (stuck.change, stuck.on.as_slice()))
        .collect();
    let mut said = FxHashSet::default();
    let mut findings = Vec::new();
    for Stuck { change, on: of, .. } in stuck {
        if said.contains(change) {
            continue;
        }
        let ring = ring(*change, &on).filter(|ring| ring.iter().all(|it| !said.contains(it)));
        let (message, help) = match ring {
            Some(ring) => {
                let names: Vec<String> = ring.iter().map(|&it| address(it).into()).collect();
                said.extend(ring);
                let message = format!(
                    "these changes wait for each other in a cycle and cannot be ordered: {} -> {}",
                    names.join(" -> "),
                    address(*change)
                );
                let help = "remove one of these changes from the files, apply the plan, then put the change back and apply again";
                let help = help.to_owned();
                (message, help)
            }
            None => {
                let (this, other) = (address(*change), of.first().map(|&first| address(first)));
                let other = other.map_or_else(|| "another change".to_owned(), String::from);
                let message = format!("{this} waits for {other}, which is left out of the plan");
                (message, format!("fix the finding for {other} first"))
            }
        };
        findings.push(
            Finding::error(ORDER_CYCLE, message)
                .about(address(*change))
                .help(help),
        );
    }
    findings
}

/// The shortest way from a change back to itself: each waits for the next, and the last for the first.
fn ring(start: usize, on: &FxHashMap<usize, &[usize]>) -> Option<Vec<usize>> {
    let mut from: FxHashMap<usize, usize> = FxHashMap::default();
    let mut queue = VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        for &next in on.get(&here).copied().unwrap_or_default() {
            if next == start {
                let mut ring = vec![here];
                while let Some(&before) = ring.last().and_then(|last| from.get(last)) {
                    ring.push(before);
                }
                ring.reverse();
                return Some(ring);
            }
            if next != here && !from.contains_key(&next) {
                from.insert(next, here);
                queue.push_back(next);
            }
        }
    }
    None
}
