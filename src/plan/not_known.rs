//! Objects of which something is unknown (contract section 6): a hold each, and nothing is planned for them.

use crate::change::{Draft, Need};
use crate::finding::{Finding, NOT_KNOWN};
use crate::snapshot::Snapshot;

/// Reports what is unknown, and removes from the draft what would change such an object. The kinds plan nothing for most of
/// them; this holds for all.
pub fn hold(snapshot: &Snapshot, draft: &mut Draft) {
    if snapshot.not_known.is_empty() {
        return;
    }
    for unknown in &snapshot.not_known {
        let finding =
            Finding::hold(NOT_KNOWN, unknown.reason.clone()).about(unknown.address.clone());
        draft.findings.push(finding.help(
            "no changes are planned for this object. Take a new snapshot; if the problem persists, check the object in Control Hub",
        ));
    }
    let before = draft.changes.len();
    draft
        .changes
        .retain(|change| !snapshot.is_not_known(&change.address()));
    draft.blocked += before - draft.changes.len();
    for change in &mut draft.changes {
        change.depends_on.retain(|need| {
            let (Need::Done(address) | Need::Begun(address)) = need;
            !snapshot.is_not_known(address)
        });
    }
}
