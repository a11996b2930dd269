//! How a plan ends: the summary line and what blocks it.
//!
//! Owns the words of both. Must not know layout. It judges nothing: it distinguishes what the findings of the plan already say.

use rustc_hash::{FxHashMap, FxHashSet};

use super::style::escape;
use super::values::some_of;
use crate::change::Address;
use crate::drift::{Agreement, Drift, UNKNOWN, is_different, is_unknown};
use crate::finding::{BROADWORKS_NOT_TOLD, CODES, Code, DRIFT_CALLING_LOST, Severity};
use crate::plan::{FindingLine, Plan, Summary};

/// What a reader may expect of `apply`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing differs.
    NoChanges {
        /// The code that says what was not compared with the organisation.
        except: Option<Code>,
        /// How many warnings there are.
        warnings: usize,
    },
    /// Nothing differs in the part that was asked for.
    NothingInPart,
    /// Nothing can be applied now: fields that differ need manual work.
    Waiting {
        /// How many holds there are.
        holds: usize,
        /// Whether the plan shows a loss that the manual work would cause.
        losses: bool,
    },
    /// Of a drift: nothing can be applied, and yet the organisation is not as the files say.
    Differs {
        /// How many lost Calling live, and no file says anything of them.
        lost: usize,
        /// How many warnings say that something is not as the files want it.
        warnings: usize,
        /// How many holds there are, without those of what is unknown.
        holds: usize,
        /// How many findings say that something is unknown.
        unknown: usize,
    },
    /// Of a drift: nothing that is known differs, and not everything is known.
    Unknown {
        /// The codes of the findings that say so.
        codes: Vec<Code>,
    },
    /// All of it can be applied.
    Ready,
    /// It can be applied without the fields that have errors.
    InPart {
        /// How many errors there are.
        errors: usize,
        /// Whether anything is left to apply.
        changes: bool,
    },
    /// `apply` refuses it.
    Refused {
        /// Changes with unacknowledged losses.
        unacknowledged: usize,
        /// The guardrails that it touches, such as `guardrail-updates (user)`.
        guardrails: Vec<String>,
        /// Errors other than these two.
        errors: usize,
    },
}

impl Verdict {
    /// Whether something has to be fixed first (exit code 4).
    pub fn is_blocked(&self) -> bool {
        matches!(self, Verdict::InPart { .. } | Verdict::Refused { .. })
    }

    /// The verdict in words; none where the changes speak for themselves.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Verdict::Ready => None,
            Verdict::NoChanges {
                except: Some(code), ..
            } => Some(format!(
                "No changes in what was compared; see {code} above."
            )),
            Verdict::NoChanges { warnings: 0, .. } => {
                Some("No changes. The organisation matches the configuration.".to_owned())
            }
            // One may say that something is not as the files have it.
            Verdict::NoChanges { warnings, .. } => Some(format!(
                "No changes, with {}.",
                count(*warnings, "warning", "warnings")
            )),
            Verdict::NothingInPart => Some("No changes in this part.".to_owned()),
            Verdict::Waiting { holds, losses } => Some(format!(
                "{} now: {} manual work.",
                if *losses {
                    "Nothing to apply"
                } else {
                    "No changes"
                },
                count(*holds, "hold needs", "holds need")
            )),
            Verdict::Differs {
                lost,
                warnings,
                holds,
                unknown,
            } => Some(differs(*lost, *warnings, *holds, *unknown)),
            Verdict::Unknown { codes } => {
                let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
                Some(format!(
                    "It is unknown whether the organisation matches the configuration; see {} above.",
                    codes.join(" and ")
                ))
            }
            Verdict::InPart { errors, changes } => {
                let errors = count(*errors, "error", "errors");
                Some(if *changes {
                    format!(
                        "BLOCKED: {errors}. With --partial, apply does the changes above without the fields that the errors name."
                    )
                } else {
                    format!("BLOCKED: {errors}, and nothing else to change.")
                })
            }
            Verdict::Refused {
                unacknowledged,
                guardrails,
                errors,
            } => {
                let why = reasons(*unacknowledged, guardrails, *errors);
                Some(format!(
                    "BLOCKED, apply refuses this plan: {}.",
                    why.join(", ")
                ))
            }
        }
    }
}

/// What differs though nothing can be applied, and what is unknown besides.
fn differs(lost: usize, warnings: usize, holds: usize, unknown: usize) -> String {
    let parts = [
        (lost, "lost Calling", "lost Calling"),
        (warnings, "warning", "warnings"),
        (holds, "hold needs manual work", "holds need manual work"),
        (unknown, "thing is unknown", "things are unknown"),
    ];
    let parts = parts.into_iter().filter(|(n, ..)| *n > 0);
    let parts: Vec<String> = parts.map(|(n, one, many)| count(n, one, many)).collect();
    format!(
        "The organisation differs from the configuration, and nothing can be applied: {}.",
        parts.join(", ")
    )
}

/// How many guardrails the verdict names.
const GUARDRAILS: usize = 10;

/// A plan at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Light {
    /// Nothing to worry about.
    Fine,
    /// It can be applied, and something is permanently lost.
    Care,
    /// Manual work is needed first.
    Waiting,
    /// Something blocks it.
    Blocked,
}

/// Why `apply` refuses a plan.
fn reasons(unacknowledged: usize, guardrails: &[String], errors: usize) -> Vec<String> {
    let mut why = Vec::new();
    if unacknowledged > 0 {
        why.push(count(
            unacknowledged,
            "irreversible change not acknowledged",
            "irreversible changes not acknowledged",
        ));
    }
    why.extend(guardrails.iter().take(GUARDRAILS).cloned());
    if let Some(more) = guardrails.len().checked_sub(GUARDRAILS).filter(|n| *n > 0) {
        why.push(count(more, "more guardrail", "more guardrails"));
    }
    if errors > 0 {
        why.push(count(errors, "error", "errors"));
    }
    why
}

/// The verdict in a light and a few words, such as `26 changes, 2 cannot be undone`.
pub(super) fn at_a_glance(plan: &Plan, verdict: &Verdict) -> (Light, String) {
    let changes = count(plan.changes.len(), "change", "changes");
    let irreversible = plan.summary.irreversible;
    let lost = match irreversible {
        0 => String::new(),
        n => format!(", {n} cannot be undone"),
    };
    match verdict {
        Verdict::NoChanges { .. } | Verdict::NothingInPart => {
            (Light::Fine, "no changes".to_owned())
        }
        Verdict::Waiting { losses: false, .. } => (Light::Waiting, "no changes now".to_owned()),
        Verdict::Waiting { losses: true, .. } => {
            (Light::Waiting, format!("nothing to apply now{lost}"))
        }
        Verdict::Differs { lost: 0, .. } => {
            (Light::Waiting, "differs, needs manual work".to_owned())
        }
        Verdict::Differs { lost, .. } => (Light::Care, format!("{lost} lost Calling")),
        Verdict::Unknown { .. } => (Light::Care, "unknown whether anything differs".to_owned()),
        Verdict::Ready if irreversible > 0 => (Light::Care, format!("{changes}{lost}")),
        Verdict::Ready => (Light::Fine, changes),
        Verdict::InPart { .. } => (Light::Blocked, format!("blocked in part, {changes}{lost}")),
        Verdict::Refused { .. } => (Light::Blocked, format!("blocked, {changes}{lost}")),
    }
}

/// The same of a drift: whatever differs is worth a look.
pub(super) fn of_drift(plan: &Plan, verdict: &Verdict) -> (Light, String) {
    match at_a_glance(plan, verdict) {
        (Light::Fine, said) if !plan.is_empty() => (Light::Care, said),
        other => other,
    }
}

/// The guardrails that a plan touches, in its order: each once, with how many times.
fn guardrails(plan: &Plan) -> Vec<String> {
    let (mut hit, mut places) = (Vec::new(), FxHashMap::default());
    for finding in plan.findings.iter().filter(|it| is_guardrail(it)) {
        let name = match &finding.subject {
            Some(subject) => format!("{} ({})", escape(&finding.code), escape(subject)),
            None => escape(&finding.code).into_owned(),
        };
        let at = *places.entry(name.clone()).or_insert(hit.len());
        match hit.get_mut(at) {
            Some((_, times)) => *times += 1,
            None => hit.push((name, 1)),
        }
    }
    let said = hit.into_iter().map(|(name, times)| match times {
        1 => name,
        _ => format!("{name} {times} times"),
    });
    said.collect()
}

/// The verdict on this plan.
pub(super) fn of(plan: &Plan) -> Verdict {
    let answerable = acknowledgeable();
    let guardrails = guardrails(plan);
    let (mut errors, mut holds) = (0, 0);
    for finding in &plan.findings {
        match finding.severity {
            Severity::Error if is_guardrail(finding) => {}
            // Counted as changes, as readers know them.
            Severity::Error
                if plan.summary.unacknowledged > 0
                    && answerable.contains(finding.code.as_str()) => {}
            Severity::Error => errors += 1,
            Severity::Hold => holds += 1,
            Severity::Warning | Severity::Info => {}
        }
    }
    let unacknowledged = plan.summary.unacknowledged;
    let losses = !plan.changes.is_empty();
    let changes = plan.changes.iter().any(|change| {
        let mut fields = change.fields.iter();
        change.fields.is_empty() || fields.any(|field| field.held.is_none())
    });
    if unacknowledged > 0 || !guardrails.is_empty() {
        Verdict::Refused {
            unacknowledged,
            guardrails,
            errors,
        }
    } else if errors > 0 {
        Verdict::InPart { errors, changes }
    } else if changes {
        Verdict::Ready
    } else if holds > 0 {
        Verdict::Waiting { holds, losses }
    } else if !plan.targets.is_empty() {
        Verdict::NothingInPart
    } else {
        let said = |code: &Code| plan.findings.iter().any(|it| it.code == code.as_str());
        let except = Some(BROADWORKS_NOT_TOLD).filter(said);
        let warnings = plan.findings.iter();
        let warnings = warnings.filter(|it| it.severity == Severity::Warning);
        Verdict::NoChanges {
            except,
            warnings: warnings.count(),
        }
    }
}

/// The verdict on what drifted. An exit code of 0 means that nothing can be applied, not that nothing differs.
pub(super) fn on_drift(drift: &Drift) -> Verdict {
    let verdict = of(&drift.plan);
    let findings = || drift.plan.findings.iter();
    if !drift.plan.changes.is_empty() || verdict.is_blocked() {
        return verdict;
    }
    match drift.agreement() {
        Agreement::Matches => verdict,
        Agreement::Differs => Verdict::Differs {
            lost: findings()
                .filter(|it| it.code == DRIFT_CALLING_LOST.as_str())
                .count(),
            warnings: findings()
                .filter(|it| it.severity == Severity::Warning && is_different(it))
                .filter(|it| it.code != DRIFT_CALLING_LOST.as_str())
                .count(),
            holds: findings()
                .filter(|it| it.severity == Severity::Hold && !is_unknown(it))
                .count(),
            unknown: findings().filter(|it| is_unknown(it)).count(),
        },
        Agreement::Unknown => Verdict::Unknown {
            codes: UNKNOWN
                .into_iter()
                .filter(|code| findings().any(|it| it.code == code.as_str()))
                .collect(),
        },
    }
}

/// Whether a finding is a guardrail that the plan touches.
pub(super) fn is_guardrail(finding: &FindingLine) -> bool {
    finding.severity == Severity::Error && finding.code.starts_with("guardrail-")
}

/// Targets that are as they should be: nothing changes, and nothing blocks a change.
pub(super) fn settled(plan: &Plan) -> impl Iterator<Item = &str> {
    let changes = |target: &Address| plan.changes.iter().any(|it| it.address == *target);
    let blocked = |target: &Address| {
        plan.findings.iter().any(|finding| {
            matches!(finding.severity, Severity::Error | Severity::Hold)
                && finding.subject.as_deref() == Some(target.as_str())
        })
    };
    let settled = move |target: &&Address| !changes(target) && !blocked(target);
    plan.targets.iter().filter(settled).map(Address::as_str)
}

/// What to do about unacknowledged losses of one code, naming at most this many of their subjects.
pub(super) fn way_on(findings: &[&FindingLine], subjects: usize) -> String {
    let code = findings.first().map_or("", |finding| finding.code.as_str());
    let key = |finding: &&'_ FindingLine| {
        let subject = finding.subject.clone()?;
        Some(match subject.split_once('/') {
            Some((_, key)) => key.to_owned(),
            None => subject,
        })
    };
    let keys: Vec<String> = findings.iter().filter_map(key).collect();
    let counted = Code::find(code).is_some_and(|page| page.code.wants_people());
    if let (true, [one]) = (counted, findings) {
        return one.help.clone().unwrap_or_default();
    }
    let people = if counted { ", people: …" } else { "" };
    format!(
        "if this is intended, add to `acknowledgements`: {{code: {code}, subjects: [{}]{people}, reason: …}}",
        some_of(keys.iter().map(String::as_str), subjects)
    )
}

/// The names of the codes that an acknowledgement may answer.
pub(super) fn acknowledgeable() -> FxHashSet<&'static str> {
    CODES
        .iter()
        .filter(|page| page.acknowledgeable)
        .map(|page| page.code.as_str())
        .collect()
}

/// `Plan: 1 to create, 414 to update (1 move), 0 to delete. Irreversible: 1 (all acknowledged). Left out: 0.`
pub(super) fn summary(summary: &Summary) -> String {
    let Summary {
        create,
        update,
        delete,
        moves,
        unchanged: _,
        irreversible,
        unacknowledged,
        blocked,
    } = summary;
    let moves = match moves {
        0 => String::new(),
        n => format!(" ({})", count(*n, "move", "moves")),
    };
    let acknowledged = match (irreversible, unacknowledged) {
        (0, _) => String::new(),
        (_, 0) => " (all acknowledged)".to_owned(),
        (_, n) => format!(" ({n} NOT acknowledged)"),
    };
    format!(
        "Plan: {create} to create, {update} to update{moves}, {delete} to delete. \
         Irreversible: {irreversible}{acknowledged}. Left out: {blocked}."
    )
}

/// `1 move`, `2 moves`.
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
