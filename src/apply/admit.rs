//! Whether a plan may be applied at all.

use crate::finding::Severity;
use crate::plan::{Contradiction, Plan};

/// Why a plan is not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// An unacknowledged loss, or a guardrail.
    #[error("{0}")]
    Blocked(String),
    /// Errors left something out of it, and applying the rest was not requested.
    #[error("{}", left_out(*.0))]
    Errors(usize),
    /// It was made for another organisation, or from other files.
    #[error("{0}")]
    Stale(String),
    /// It contradicts the files that it was made from.
    #[error("{0}")]
    Contradicted(String),
}

fn left_out(errors: usize) -> String {
    match errors {
        1 => "the plan has 1 error, and the field that it names was left out".to_owned(),
        _ => format!("the plan has {errors} errors, and the fields that they name were left out"),
    }
}

/// Takes a plan only if the organisation is the one that it was made for, the files are those that it was made from, and
/// nothing blocks it. Unacknowledged losses and guardrails always block it, other errors unless `partial`, or the
/// guardrails that judged it, say that it may be applied without what they left out. `digest` is that of the files now,
/// `losses` what they say of what its losses need; `org` the id of the live organisation.
pub fn admit(
    plan: &Plan,
    digest: &str,
    losses: Result<(), Contradiction>,
    org: &str,
    partial: bool,
) -> Result<(), Refused> {
    let same =
        |one: &str, other: &str| crate::webex::ids::plain(one) == crate::webex::ids::plain(other);
    if !same(&plan.org.id, org) {
        return Err(Refused::Stale(format!(
            "the plan is for the organisation {} ({}), but this is {org}",
            plan.org.name, plan.org.id
        )));
    }
    if plan.config.digest != digest {
        return Err(Refused::Stale(
            "the files have changed since the plan was made".to_owned(),
        ));
    }
    losses.map_err(|Contradiction { place, why }| {
        Refused::Contradicted(format!("the plan contradicts the files: {why} (`{place}`)"))
    })?;
    unblocked(plan, partial)
}

/// Whether nothing blocks a plan: unacknowledged losses and guardrails always do, other errors unless `partial`, or the
/// guardrails that judged it, say otherwise.
pub fn unblocked(plan: &Plan, partial: bool) -> Result<(), Refused> {
    let losses = plan.summary.unacknowledged;
    if losses > 0 {
        let are = if losses == 1 { "is" } else { "are" };
        return Err(Refused::Blocked(format!(
            "{losses} of its changes destroy something and {are} not acknowledged"
        )));
    }
    let guard = plan.findings.iter().find(|finding| {
        finding.severity == Severity::Error && finding.code.starts_with("guardrail-")
    });
    if let Some(finding) = guard {
        return Err(Refused::Blocked(format!(
            "{}: {}",
            finding.code, finding.message
        )));
    }
    let errors = plan.findings.iter();
    let errors = errors.filter(|finding| finding.severity == Severity::Error);
    match errors.count() {
        0 => Ok(()),
        _ if partial || plan.guardrails.partial_apply => Ok(()),
        errors => Err(Refused::Errors(errors)),
    }
}
