//! Objects of which something is unknown (contract section 6): a hold each, nothing is planned for them, and what has to come
//! after them waits.

use rustc_hash::FxHashSet;

use crate::change::{Address, Draft, DraftChange, Need};
use crate::finding::{Finding, NOT_KNOWN};
use crate::snapshot::NotKnown;

/// Reports what is unknown, and removes from the draft what would change such an object, or needs a change of one. The kinds
/// plan nothing for most of them; this holds for all.
pub fn hold(all: &[NotKnown], draft: &mut Draft) {
    if all.is_empty() {
        return;
    }
    for unknown in all {
        let finding =
            Finding::hold(NOT_KNOWN, unknown.reason.clone()).about(unknown.address.clone());
        draft.findings.push(finding.help(
            "no changes are planned for this object. Take a new snapshot; if the problem persists, check the object in Control Hub",
        ));
    }
    let unknown = all.iter().map(|it| it.address.as_str());
    let mut held: FxHashSet<String> = unknown.map(str::to_owned).collect();
    let before = draft.changes.len();
    keep(draft, &held);
    loop {
        let more = waits(draft, &held);
        if more.is_empty() {
            break;
        }
        for (address, first) in more {
            let message = format!("waits for {first}, of which not everything is known");
            let finding = Finding::hold(NOT_KNOWN, message).about(address.clone());
            draft.findings.push(finding);
            held.insert(address.to_string());
        }
        keep(draft, &held);
    }
    draft.blocked += before - draft.changes.len();
}

fn keep(draft: &mut Draft, held: &FxHashSet<String>) {
    let kept = |change: &DraftChange| !held.contains(change.address().as_str());
    draft.changes.retain(kept);
}

/// The changes that need one of what is held, each with what it needs.
fn waits(draft: &Draft, held: &FxHashSet<String>) -> Vec<(Address, Address)> {
    let first = |change| needs(change).find(|address| held.contains(address.as_str()));
    let changes = draft.changes.iter();
    let waiting = changes.filter_map(|change| Some((change.address(), first(change)?.clone())));
    waiting.collect()
}

fn needs(change: &DraftChange) -> impl Iterator<Item = &Address> {
    let later = change.requests.iter().flat_map(|request| &request.after);
    let all = change.depends_on.iter().chain(later);
    all.map(|need| {
        let (Need::Done(address) | Need::Begun(address)) = need;
        address
    })
}
