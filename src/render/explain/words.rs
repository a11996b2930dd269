//! The words of an explanation.

use serde_json::Value;

use crate::change::{Address, ChangeAction, FieldAction, Risk};
use crate::finding::Severity;
use crate::plan::PoolLine;
use crate::plan::explain::{Explanation, LicenseLine, Line, OutcomeWord};
use crate::render::page::place;
use crate::render::style::escape;
use crate::render::values::{Changed, describe, some_of, whole};

/// The sign and the words for what becomes of a licence.
pub(super) fn outcome(license: &LicenseLine) -> (&'static str, String) {
    let held = whole(&license.before);
    let after = whole(&license.after);
    let code = license.code.as_deref().unwrap_or("");
    let now = match license.held.is_empty() {
        true => "not given".to_owned(),
        false => format!("stays {held}"),
    };
    let changed = |action| {
        let changed = Changed {
            path: &license.path,
            action,
            before: &license.before,
            after: &license.after,
        };
        describe(changed, ChangeAction::Update, true)
    };
    match license.outcome {
        OutcomeWord::Kept => ("=", format!("kept: {held}")),
        OutcomeWord::Granted => ("+", format!("granted: {after}")),
        OutcomeWord::Moved => {
            let text = changed(FieldAction::Move);
            (">", format!("moved: {}, {text}", product(&license.before)))
        }
        OutcomeWord::Changed => ("~", format!("changed: {}", changed(FieldAction::Change))),
        OutcomeWord::Removed if license.losses.is_empty() => ("-", format!("removed: {held}")),
        OutcomeWord::Removed => ("-!", format!("removed: {held}")),
        OutcomeWord::Deleted => ("-!", format!("deleted with the person: {held}")),
        OutcomeWord::Blocked => ("x", format!("{now}, blocked by {code}")),
        OutcomeWord::Held => (
            "-!",
            format!("to be removed in Control Hub ({code}): {held}"),
        ),
        OutcomeWord::Refused => ("x", format!("{now}, refused by {code}")),
        OutcomeWord::Missing => ("x", "not held and not given".to_owned()),
    }
}

/// `file:line:column`, and who wrote it.
pub(super) fn in_file(line: &Line) -> String {
    let mut text = format!("{}:{}", place(&line.file, Some(line.line)), line.column);
    match (line.committed, &line.commit) {
        (Some(false), _) => text += "  not committed",
        (Some(true), Some(commit)) => {
            let short: String = commit.chars().take(7).collect();
            let author = line.author.as_deref().unwrap_or("");
            let day: String = line
                .date
                .iter()
                .flat_map(|date| date.chars())
                .take(10)
                .collect();
            text += &format!("  {short}  {}  {day}", escape(author));
        }
        _ => {}
    }
    text
}

/// What the plan does to it, in a few words.
pub(super) fn in_short(explanation: &Explanation) -> String {
    let Some(change) = &explanation.change else {
        return not_yet(explanation);
    };
    let action = match change.action {
        ChangeAction::Create => "created",
        ChangeAction::Update => "updated",
        ChangeAction::Delete => "deleted",
    };
    match (change.risk, change.acknowledged) {
        (Risk::Irreversible, Some(true)) => format!("{action}; cannot be undone, acknowledged"),
        (Risk::Irreversible, _) => format!("{action}; cannot be undone, NOT ACKNOWLEDGED"),
        _ => action.to_owned(),
    }
}

/// How many objects are named whose changes are about this one.
const NAMED: usize = 3;

/// Why nothing changes.
fn not_yet(explanation: &Explanation) -> String {
    let of_licenses = explanation.licenses.iter().flat_map(|it| &it.findings);
    let findings = explanation.findings.iter().chain(of_licenses);
    let severities: Vec<Severity> = findings.map(|it| it.severity).collect();
    match &explanation.waits {
        _ if severities.contains(&Severity::Error) => {
            "nothing until the error below is fixed".to_owned()
        }
        Some(until) => format!("nothing {}", escape(until)),
        None if severities.contains(&Severity::Hold) => {
            "nothing until the hold below ends".to_owned()
        }
        None if !explanation.named_by.is_empty() => {
            let named_by = explanation.named_by.iter();
            let named_by = named_by.map(Address::as_str);
            let others = some_of(named_by, NAMED);
            format!("nothing of its own; it is part of the changes of {others}")
        }
        None => "nothing changes".to_owned(),
    }
}

/// The name of a licence, without its subscription.
fn product(license: &Value) -> String {
    whole(&license["license"])
}

/// The units of a pool; `changes`: whether the plan takes or returns one of them here.
pub(super) fn units(pool: &PoolLine, changes: bool) -> String {
    let site = pool
        .site
        .as_ref()
        .map(|site| format!(" on {site}"))
        .unwrap_or_default();
    let after = match pool.before == pool.after {
        true if changes => " before the plan and after it".to_owned(),
        true => String::new(),
        false => format!(" before the plan, {} after it", pool.after),
    };
    format!(
        "units of {}{site} in {}: {} of {} in use{after}",
        pool.license, pool.subscription, pool.before, pool.total
    )
}
