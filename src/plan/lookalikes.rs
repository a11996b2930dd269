//! Objects that the plan creates although there is one of almost the same name (contract section 2): `looks-like`.
//!
//! Knows no kind by name: kinds whose objects can be renamed are those that are identified by a name that people type.

use crate::change::{ChangeAction, Draft, DraftChange};
use crate::config::Config;
use crate::finding::{Finding, LOOKS_LIKE, near_miss};
use crate::kinds::{Context, KINDS};

/// A warning for each object that is created next to one that no file names, if the two names differ only in case, spaces or
/// one or two letters.
pub fn find(context: &Context<'_>, draft: &Draft) -> Vec<Finding> {
    let (config, snapshot) = (context.config, context.snapshot);
    let mut findings = Vec::new();
    for kind in KINDS.iter().filter(|kind| kind.rename.is_some()) {
        let created: Vec<&DraftChange> = draft
            .changes
            .iter()
            .filter(|change| change.kind == kind.name && change.action == ChangeAction::Create)
            .collect();
        if created.is_empty() {
            continue;
        }
        let mut others = (kind.keys)(config, snapshot);
        others.retain(|key| !(kind.considers)(config, snapshot, key));
        let names: Vec<&str> = created.iter().map(|change| change.key.as_str()).collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        for (at, other) in near_miss::pairs(&names, &others) {
            findings.push(finding(config, kind.section, created[at], other));
        }
    }
    findings
}

fn finding(config: &Config, section: &str, change: &DraftChange, other: &str) -> Finding {
    let spot = change.fields.iter().find_map(|field| field.reason.spot);
    let message =
        format!("it would be created, but looks like `{other}`, which exists and is in no file");
    let help = format!(
        "if they are the same, write the existing name, or `formerly: {other}` in {section}/{}",
        change.key
    );
    let finding = Finding::warning(LOOKS_LIKE, message).about(change.address());
    let finding = finding.help(help);
    match spot {
        Some(spot) => finding.at(config.place(spot)),
        None => finding,
    }
}
