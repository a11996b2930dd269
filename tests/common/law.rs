//! What tests of laws share: trying a law on random organisations, planning them, agreeing to losses, and saying it in few words.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use trunkline::change::Address;
use trunkline::config::files::{Origin, SourceFile, Sources};
use trunkline::plan::{ConfigRef, Inputs, SnapshotRef, build, preflight};
use trunkline::snapshot::{self, Applied, Snapshot};

use crate::common::apply::{list, sent, subjects, text};
use crate::common::organisation::Organisation;
use crate::common::yaml;

/// What a plan leaves open until it is applied, by the finding that says so; all else must be settled by one plan.
///
/// A number that the plan releases is free for work phones and `auto` from the next plan on, and one that is owned no longer
/// can then move to the location that the files give it. People who wait for each other in a ring with an extension in it
/// need two plans. Where the age of a subscription is not known, it matters no more once the others have no unit left.
pub const LATER: [&str; 8] = [
    "location-no-free-number",
    "calling-number-in-use",
    "calling-location-mismatch",
    "calling-extension-in-use",
    "calling-extension-or-number-required",
    // The number that makes it complete may be in the same plan.
    "calling-incomplete",
    // The number that someone gives up in this plan may be the main number of another location in the next one.
    "main-number-unknown",
    "subscription-age-unknown",
];

pub fn read(snapshot: &Value) -> (Snapshot, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), snapshot.to_string()).unwrap();
    snapshot::read(file.path()).unwrap()
}

/// The plan, as the plan file has it; `order` deals the entries out to files in another way.
pub fn plan(organisation: &Organisation, order: u64) -> Result<Value, TestCaseError> {
    plan_of(organisation, order, BTreeSet::new())
}

/// The plan for these targets; for none, the whole.
pub fn plan_of(
    organisation: &Organisation,
    order: u64,
    targets: BTreeSet<Address>,
) -> Result<Value, TestCaseError> {
    let files = yaml::files(&organisation.config, order);
    let files = files.into_iter().map(|(path, text)| SourceFile {
        path: path.into(),
        bytes: text.into_bytes(),
    });
    let loaded = trunkline::config::load(Sources {
        files: files.collect(),
        origin: Origin::default(),
    });
    prop_assert!(
        !loaded.has_errors(),
        "the files have errors: {:?}",
        loaded.findings
    );
    let (snapshot, digest) = read(&organisation.snapshot);
    let applied = organisation.baseline.as_ref().map(|baseline| {
        let (then, digest) = read(baseline);
        let captured_at = then.captured_at.clone();
        (
            Applied::new(then, &snapshot).unwrap(),
            SnapshotRef {
                digest,
                captured_at,
            },
        )
    });
    let incomplete = preflight::check(&loaded.config, None, &snapshot);
    if !incomplete.is_empty() {
        return Err(TestCaseError::reject(format!("{incomplete:?}")));
    }
    let plan = build(Inputs {
        config: &loaded.config,
        policy: &loaded.config,
        snapshot: &snapshot,
        applied: applied.as_ref().map(|(applied, _)| applied),
        base: None,
        targets,
        config_ref: ConfigRef {
            digest: loaded.config.digest(),
            commit: None,
            reference: None,
            dirty: false,
        },
        snapshot_ref: SnapshotRef {
            digest,
            captured_at: snapshot.captured_at.clone(),
        },
        applied_ref: applied.as_ref().map(|(_, reference)| reference.clone()),
        policy_ref: None,
        reserved: &[],
        findings: loaded.findings,
    });
    Ok(serde_json::to_value(&plan).unwrap())
}

/// The codes of losses.
const LOSSES: [&str; 3] = ["calling-loss", "user-deletion", "voicemail-messages-loss"];

/// The plan once every loss that it shows is acknowledged.
pub fn agreed(organisation: &mut Organisation) -> Result<Value, TestCaseError> {
    loop {
        let plan = plan(organisation, 0)?;
        let uncovered = list(&plan["findings"])
            .filter(|finding| finding["severity"] == "error" && LOSSES.contains(&text(&finding["code"])))
            .map(|finding| json!({"code": finding["code"], "subjects": [finding["subject"]], "reason": "HR-1"}));
        let mut entries: Vec<Value> = list(&organisation.config["acknowledgements"])
            .cloned()
            .collect();
        let before = entries.len();
        entries.extend(uncovered);
        if entries.len() == before {
            prop_assert_eq!(&plan["summary"]["unacknowledged"], 0);
            return Ok(plan);
        }
        organisation.config["acknowledgements"] = json!(entries);
    }
}

pub fn overage(organisation: &Organisation) -> Vec<&str> {
    list(&organisation.config["guardrails"]["allowOverage"])
        .map(text)
        .collect()
}

/// Every field of a plan that requests send, as address and path.
pub fn fields(plan: &Value) -> BTreeSet<(String, String)> {
    let of = |change: &Value| {
        let address = text(&change["address"]).to_owned();
        sent(change)
            .map(|field| (address.clone(), text(&field["path"]).to_owned()))
            .collect::<Vec<_>>()
    };
    list(&plan["changes"]).flat_map(of).collect()
}

/// A plan in few words.
pub fn brief(plan: &Value) -> String {
    let mut lines = Vec::new();
    for change in list(&plan["changes"]) {
        for field in list(&change["fields"]) {
            lines.push(format!(
                "{} {} {}: {} -> {}",
                text(&change["address"]),
                text(&field["action"]),
                text(&field["path"]),
                field["before"],
                field["after"]
            ));
        }
    }
    for finding in list(&plan["findings"]) {
        lines.push(format!(
            "{} {} {}: {}",
            text(&finding["severity"]),
            text(&finding["code"]),
            text(&finding["subject"]),
            text(&finding["message"])
        ));
    }
    for operation in list(&plan["operations"]) {
        lines.push(format!(
            "{} {} {} {} {} {} after {}",
            operation["id"],
            text(&operation["method"]),
            text(&operation["path"]),
            subjects(operation).join(" "),
            operation["fields"],
            operation["without"],
            operation["dependsOn"]
        ));
    }
    lines.join("\n")
}
