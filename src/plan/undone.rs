//! What was removed from the files and waits for a person: only a plan with the same base knows of it, so the next base must not be
//! a later one. What an error keeps from being deleted is not said again.
//!
//! Compares the holds of two drafts, with and without the base. Knows no kind.

use rustc_hash::FxHashSet;

use super::build::{Inputs, build_and};
use crate::change::Draft;
use crate::finding::{Finding, NOT_KNOWN, REMOVAL_WAITS, Severity};

/// How many removals the message names.
const NAMED: usize = 5;

/// Says that removals wait, if any do. `bare` is what the draft was made from, without the base.
pub(super) fn removals(draft: &Draft, bare: Inputs<'_>) -> Option<Finding> {
    holds(draft).next()?;
    let (_, others) = build_and(bare, |_, draft| Others {
        holds: holds(draft).map(key).collect(),
        errors: errors(draft),
        blocked: draft.blocked,
    });
    let waiting = holds(draft).filter(|it| !others.holds.contains(&key(it)));
    let mut said: Vec<&str> = waiting.map(|it| it.message.as_str()).collect();
    if said.is_empty() && others.keeps_nothing_out(draft) {
        return None;
    }
    said.sort_unstable();
    said.dedup();
    let more = match said.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    said.truncate(NAMED);
    let what = match said.is_empty() {
        true => "not everything is known of it".to_owned(),
        false => said.join("; "),
    };
    let message =
        format!("something was removed from the files and is not deleted yet: {what}{more}");
    let help = "keep this --base until it is done: a plan with a later one no longer knows that it was removed";
    Some(Finding::info(REMOVAL_WAITS, message).help(help))
}

/// What the draft without the base says.
struct Others {
    holds: FxHashSet<(String, Option<String>, String)>,
    errors: usize,
    blocked: usize,
}

impl Others {
    /// Whether nothing is kept out of the draft with the base but what is kept out of this one. An object of which something is
    /// unknown has the same hold in both, whether or not it would be deleted.
    fn keeps_nothing_out(&self, draft: &Draft) -> bool {
        let unknown = holds(draft).any(|it| it.code == NOT_KNOWN);
        !unknown || errors(draft) > self.errors || draft.blocked <= self.blocked
    }
}

fn holds(draft: &Draft) -> impl Iterator<Item = &Finding> {
    let findings = draft.findings.iter();
    findings.filter(|it| it.severity == Severity::Hold)
}

fn errors(draft: &Draft) -> usize {
    let findings = draft.findings.iter();
    findings.filter(|it| it.severity == Severity::Error).count()
}

fn key(finding: &Finding) -> (String, Option<String>, String) {
    let code = finding.code.as_str().to_owned();
    (code, finding.subject.clone(), finding.message.clone())
}
