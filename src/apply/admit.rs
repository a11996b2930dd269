//! Whether a plan may be applied at all.

use crate::finding::Severity;
use crate::plan::Plan;

/// Why a plan is not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A loss that nobody has acknowledged, or a guardrail.
    #[error("{0}")]
    Blocked(String),
    /// It was made for another organisation, or from other files.
    #[error("{0}")]
    Stale(String),
}

/// Takes a plan only if the organisation is the one that it was made for, the files are those that it was made from, and
/// nothing blocks the whole of it. `digest` is that of the files now; `org` the id of the live organisation.
pub fn admit(plan: &Plan, digest: &str, org: &str) -> Result<(), Refused> {
    let same =
        |one: &str, other: &str| crate::webex::ids::plain(one) == crate::webex::ids::plain(other);
    if !same(&plan.org.id, org) {
        return Err(Refused::Stale(format!(
            "the plan is for the organisation {} ({}), and this is {org}",
            plan.org.name, plan.org.id
        )));
    }
    if plan.config.digest != digest {
        return Err(Refused::Stale(
            "the files have changed since the plan was made".to_owned(),
        ));
    }
    let losses = plan.summary.unacknowledged;
    if losses > 0 {
        let plural = if losses == 1 { "a loss" } else { "losses" };
        return Err(Refused::Blocked(format!(
            "{losses} of its changes destroy something, and nobody has acknowledged {plural}"
        )));
    }
    let guard = plan.findings.iter().find(|finding| {
        finding.severity == Severity::Error && finding.code.starts_with("guardrail-")
    });
    match guard {
        Some(finding) => Err(Refused::Blocked(format!(
            "{}: {}",
            finding.code, finding.message
        ))),
        None => Ok(()),
    }
}
