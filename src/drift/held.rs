//! The cause of each hold: manual work is no field of the plan, and yet it is there because something moved.
//!
//! A hold that the plan against the applied state has too, the files have asked for since the last apply. What the object
//! has now and had then shows whether it was changed live. A hold names no field, so any field counts.

use serde::Serialize;

use super::Cause;
use super::agreement::is_unknown;
use super::causes::{Side, same};
use crate::change::{Address, Observed};
use crate::finding::{BROADWORKS_PROVISIONING, Code, OPERATOR_ACCOUNT_PENDING, Severity};
use crate::plan::{FindingLine, Plan};

/// The cause of one hold of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The address of the object.
    pub address: Address,
    /// The code of the hold.
    pub code: String,
    /// What moved.
    pub cause: Cause,
    /// Who changed it live, where the audit trail can be read.
    pub actor: Option<String>,
    /// When, RFC 3339.
    pub at: Option<String>,
}

/// The addresses that holds are about, without those of which something is unknown, or that others are still working on.
pub fn held_addresses(plan: &Plan) -> impl Iterator<Item = Address> {
    holds(plan).map(|(_, address)| address)
}

/// A line for each hold of the plan, in its order. `applied` is the plan against the last applied state. A loss behind a
/// hold is a field of the plan, which has its own cause.
pub fn held(live: Side<'_>, applied: Option<Side<'_>>) -> Vec<Held> {
    let in_plan = |address: &Address, code: &str| {
        let mut changes = live.plan.changes.iter();
        changes.any(|change| {
            let mut fields = change.fields.iter();
            change.address == *address && fields.any(|it| it.held.as_deref() == Some(code))
        })
    };
    let lines = holds(live.plan).filter(|(hold, address)| !in_plan(address, &hold.code));
    let lines = lines.map(|(hold, address)| Held {
        cause: applied.map_or(Cause::Unknown, |applied| {
            let asked = holds(applied.plan).any(|(it, _)| is_same(it, hold));
            Cause::of(asked, moved(live, applied, &address))
        }),
        code: hold.code.clone(),
        address,
        actor: None,
        at: None,
    });
    lines.collect()
}

/// What others are still working on: it is there because something was asked for, and changes by itself.
const IN_PROGRESS: [Code; 2] = [BROADWORKS_PROVISIONING, OPERATOR_ACCOUNT_PENDING];

fn holds(plan: &Plan) -> impl Iterator<Item = (&FindingLine, Address)> {
    let in_progress = |it: &FindingLine| IN_PROGRESS.iter().any(|code| it.code == code.as_str());
    let holds = plan.findings.iter();
    let holds = holds.filter(|it| it.severity == Severity::Hold && !is_unknown(it));
    let holds = holds.filter(move |it| !in_progress(it));
    holds.filter_map(|hold| Some((hold, hold.subject.as_deref()?.into())))
}

fn is_same(one: &FindingLine, other: &FindingLine) -> bool {
    (&one.code, &one.subject) == (&other.code, &other.subject)
}

/// Whether an object has other values now than it had then.
fn moved(now: Side<'_>, then: Side<'_>, address: &Address) -> bool {
    match (now.objects.get(address), then.objects.get(address)) {
        (Some(now), Some(then)) => {
            let differs = |path| {
                let value = |of: &Observed| of.values.get(path).cloned();
                !same(address, path, value(now).as_deref(), value(then).as_deref())
            };
            now.values.keys().chain(then.values.keys()).any(differs)
        }
        (now, then) => now.is_some() != then.is_some(),
    }
}
