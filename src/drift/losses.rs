//! Calling that was taken away live from those of whom the files say nothing: the plan has no word of it, and it is the loss
//! that cannot be undone.

use std::collections::BTreeSet;

use crate::change::Field;
use crate::finding::{DRIFT_CALLING_LOST, DRIFT_LOSSES_UNKNOWN, Finding};
use crate::licensing::{Doubt, lost_calling};
use crate::plan::Plan;
use crate::snapshot::Snapshot;

/// The field of Calling.
const CALLING: &str = "licenses/calling";

const HELP: &str = "if that was a mistake, give it back in Control Hub before the number goes to another one, and see that an entry has location, \
     number, extension and licence, so that a plan gives it back next time; if not, add an entry with `licenses: {remove: [calling]}`, which \
     says that it is meant";

/// Losses that neither plan mentions. `then` is the applied state, and `before` the plan of the files against it: what that
/// takes away, the files want to be away.
pub fn unmanaged_losses(
    plan: &Plan,
    before: &Plan,
    then: &Snapshot,
    now: &Snapshot,
) -> Vec<Finding> {
    let lost = lost_calling(then, now);
    if lost.certain.is_empty() && lost.unclear.is_empty() {
        return Vec::new();
    }
    let said: BTreeSet<&str> = mentioned(plan).chain(takers(before)).collect();
    let certain = lost.certain.iter();
    let certain = certain.filter(|it| !said.contains(it.address.as_str()));
    let certain = certain.map(|it| {
        let message = format!(
            "lost Calling in Webex since the last apply, and this plan does not give it back: {}",
            it.had.join(", ")
        );
        Finding::warning(DRIFT_CALLING_LOST, message)
            .about(it.address.clone())
            .help(HELP)
    });
    let unclear = lost.unclear.iter().map(|(address, doubt)| {
        let (why, help) = match doubt {
            Doubt::Namesakes(count) => (
                format!("{count} have this name and no ids, and not all of them have Calling"),
                "compare them in Control Hub; rename all but one, or use snapshots with ids, as `trunkline snapshot --live` takes them",
            ),
            Doubt::License(name) => (
                format!("not everything is known of the licence {name}"),
                "look at it in Control Hub, or take a new snapshot",
            ),
        };
        let message =
            format!("it is unknown whether it lost Calling in Webex since the last apply: {why}");
        Finding::info(DRIFT_LOSSES_UNKNOWN, message)
            .about(address.clone())
            .help(help)
    });
    certain.chain(unclear).collect()
}

/// The ids of those who lost Calling since the last apply, by address, except those from whom this plan has taken it: no one knows whether
/// that was meant.
pub fn losses_to_keep(plan: &Plan, then: &Snapshot, now: &Snapshot) -> Vec<(String, String)> {
    let lost = lost_calling(then, now);
    let taken: BTreeSet<&str> = takers(plan).collect();
    let certain = lost.certain.into_iter().map(|it| (it.address, it.id));
    let all = certain.chain(lost.doubted);
    all.filter(|(address, id)| !id.is_empty() && !taken.contains(address.as_str()))
        .collect()
}

/// From whom a plan takes Calling, and who is deleted.
fn takers(plan: &Plan) -> impl Iterator<Item = &str> {
    let takes = |field: &Field| field.path == CALLING && field.after.is_null() || field.deletes();
    let changes = plan.changes.iter();
    let changes = changes.filter(move |change| change.fields.iter().any(takes));
    changes.map(|change| change.address.as_str())
}

/// That the applied state cannot be compared, and why.
pub fn unknown_losses(why: &str) -> Finding {
    let message = format!("it is unknown whether somebody whom no file names lost Calling: {why}");
    Finding::info(DRIFT_LOSSES_UNKNOWN, message)
        .help("the next apply keeps a snapshot that can be compared, if its own is complete")
}

/// Whose Calling a plan changes, and who is deleted. That something else is wrong with someone says nothing of Calling.
fn mentioned(plan: &Plan) -> impl Iterator<Item = &str> {
    let changes = plan.changes.iter().filter(|change| {
        let mut fields = change.fields.iter();
        fields.any(|field| field.path == CALLING || field.path == crate::change::EXISTENCE)
    });
    changes.map(|change| change.address.as_str())
}
