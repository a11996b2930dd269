//! Webex for BroadWorks: what its kinds have in common. Each kind has a folder.
//!
//! Owns which enterprises there are, whose organisation exists, and what is said where nothing was captured.

mod attach;
pub mod cluster;
mod customers;
mod detach;
pub mod enterprise;
mod partner_hub;
pub mod subscriber;
pub mod template;
pub mod workspace;

use customers::{Customers, Organisation, is_wanted};

use rustc_hash::FxHashSet;

use crate::change::Draft;
use crate::config::{Declared, Spot};
use crate::finding::{BROADWORKS_NOT_CAPTURED, Finding, INVALID_VALUE};
use crate::kinds::Context;
use crate::snapshot::Snapshot;

/// The enterprises that files can have: their customer template and its cluster are known.
fn importable(snapshot: &Snapshot) -> FxHashSet<&str> {
    let Some(all) = &snapshot.broadworks else {
        return FxHashSet::default();
    };
    let clusters = all.clusters.iter().flatten();
    let clusters: FxHashSet<&str> = clusters.map(|it| it.name.as_str()).collect();
    let templates = all.customer_templates.iter().flatten();
    let templates: FxHashSet<&str> = templates
        .filter(|it| {
            it.cluster
                .as_deref()
                .is_some_and(|it| clusters.contains(it))
        })
        .map(|it| it.name.as_str())
        .collect();
    let enterprises = all.enterprises().iter();
    let known = enterprises.filter(|it| {
        it.template
            .as_deref()
            .is_some_and(|it| templates.contains(it))
    });
    known.map(|it| it.sp_enterprise_id.as_str()).collect()
}

/// An id that the files write in another case than Webex: BroadWorks does not tell them apart, so it is the same enterprise or
/// subscriber, and nothing is planned as if it were another one.
fn other_case(webex: &str, files: &str) -> Finding {
    let message = format!("Webex has `{webex}`, and the files say `{files}`");
    Finding::error(INVALID_VALUE, message)
        .help(format!("write `{webex}`: upper and lower case count here"))
}

/// Says that nothing of a section is planned, because the snapshot does not say what there is.
fn not_captured<'a, T: 'a>(
    context: &Context<'_>,
    draft: &mut Draft,
    section: &'static str,
    entries: impl Iterator<Item = &'a Declared<T>>,
) {
    let spots: Vec<Spot> = entries.map(|entry| entry.key).collect();
    let Some(first) = spots.iter().min() else {
        return;
    };
    draft.blocked += spots.len();
    let message =
        format!("the snapshot does not have all of `{section}`, so none of them is planned");
    draft.findings.push(
        Finding::hold(BROADWORKS_NOT_CAPTURED, message)
            .about(section)
            .help("take the snapshot with the token of a partner's administrator; what Webex has no list of comes from --facts")
            .at(context.config.place(*first)),
    );
}
