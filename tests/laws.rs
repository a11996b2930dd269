//! Laws that hold for every organisation, tried on random ones.
//!
//! The cases are the same in each run. `PROPTEST_CASES` asks for more of them, `PROPTEST_RNG_SEED` for others.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "common/apply.rs"]
mod apply;
#[path = "common/organisation.rs"]
mod organisation;
#[path = "common/yaml.rs"]
mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use apply::{apply, callers, list, text};
use organisation::{Organisation, Shape, Tapes, email, make, tape, tapes};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError, TestRunner};
use serde_json::{Value, json};
use trunkline::config::files::{Origin, SourceFile, Sources};
use trunkline::plan::{self, ConfigRef, Inputs, SnapshotRef, preflight};
use trunkline::snapshot::{self, Snapshot};

/// Tries a law on so many organisations, unless the environment asks for more.
fn hold<S: Strategy>(cases: u32, strategy: S, law: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let asked = ProptestConfig::default();
    let config = ProptestConfig {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { cases },
        rng_seed: if asked.rng_seed == RngSeed::Random { RngSeed::Fixed(1) } else { asked.rng_seed },
        failure_persistence: None,
        ..asked
    };
    TestRunner::new(config).run(&strategy, law).unwrap_or_else(|error| panic!("{error}"));
}

fn read(snapshot: &Value) -> (Snapshot, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), snapshot.to_string()).unwrap();
    snapshot::read(file.path()).unwrap()
}

/// The plan, as the plan file has it; `order` deals the entries out to files in another way.
fn plan(organisation: &Organisation, order: u64) -> Result<Value, TestCaseError> {
    let files = yaml::files(&organisation.config, order);
    let files = files.into_iter().map(|(path, text)| SourceFile { path: path.into(), bytes: text.into_bytes() });
    let loaded = trunkline::config::load(Sources { files: files.collect(), origin: Origin::default() });
    prop_assert!(!loaded.has_errors(), "the files have errors: {:?}", loaded.findings);
    let (snapshot, digest) = read(&organisation.snapshot);
    let baseline = organisation.baseline.as_ref().map(read);
    let incomplete = preflight::check(&loaded.config, &snapshot);
    if !incomplete.is_empty() {
        return Err(TestCaseError::reject(format!("{incomplete:?}")));
    }
    let plan = plan::build(Inputs {
        config: &loaded.config,
        policy: &loaded.config,
        snapshot: &snapshot,
        baseline: baseline.as_ref().map(|(baseline, _)| baseline),
        config_ref: ConfigRef { digest: loaded.config.digest(), commit: None, reference: None, dirty: false },
        snapshot_ref: SnapshotRef { digest, captured_at: snapshot.captured_at.clone() },
        findings: loaded.findings,
    });
    Ok(serde_json::to_value(&plan).unwrap())
}

/// The codes of losses.
const LOSSES: [&str; 3] = ["calling-loss", "user-deletion", "voicemail-messages-loss"];

/// The plan once every loss that it shows is acknowledged.
fn agreed(organisation: &mut Organisation) -> Result<Value, TestCaseError> {
    loop {
        let plan = plan(organisation, 0)?;
        let uncovered = list(&plan["findings"])
            .filter(|finding| finding["severity"] == "error" && LOSSES.contains(&text(&finding["code"])))
            .map(|finding| json!({"code": finding["code"], "subjects": [finding["subject"]], "reason": "HR-1"}));
        let mut entries: Vec<Value> = list(&organisation.config["acknowledgements"]).cloned().collect();
        let before = entries.len();
        entries.extend(uncovered);
        if entries.len() == before {
            prop_assert_eq!(&plan["summary"]["unacknowledged"], 0);
            return Ok(plan);
        }
        organisation.config["acknowledgements"] = json!(entries);
    }
}

fn overage(organisation: &Organisation) -> Vec<&str> {
    list(&organisation.config["guardrails"]["allowOverage"]).map(text).collect()
}

/// Every field of a plan, as address and path.
fn fields(plan: &Value) -> BTreeSet<(String, String)> {
    let of = |change: &Value| {
        let address = text(&change["address"]).to_owned();
        list(&change["fields"]).map(|field| (address.clone(), text(&field["path"]).to_owned())).collect::<Vec<_>>()
    };
    list(&plan["changes"]).flat_map(of).collect()
}

/// What a plan leaves open only until it is applied: what it releases is free for work phones and `auto` from the next plan
/// on, and a number without its old owner can move; a pool that it empties settles which subscription is the oldest.
const LATER: [&str; 0] = [];

#[test]
fn a_plan_applied_leaves_nothing_to_plan_and_each_step_is_safe() {
    let any = tapes().prop_map(|tapes| make(&tapes, Shape::Any));
    hold(300, any, |mut organisation| {
        let mut done = BTreeSet::new();
        let mut open = BTreeSet::new();
        for round in 0..5 {
            let plan = agreed(&mut organisation)?;
            if round > 0 {
                let late: Vec<_> = list(&plan["changes"]).filter(|change| change["kind"] != "group" && !open.contains(text(&change["address"]))).collect();
                prop_assert!(late.is_empty(), "round {round}: {late:#?}");
            }
            let changed = fields(&plan);
            prop_assert!(done.is_disjoint(&changed), "round {round} changes what an earlier one had set: {:?}", done.intersection(&changed));
            if changed.is_empty() && list(&plan["changes"]).count() == 0 {
                return Ok(());
            }
            let waits = list(&plan["findings"]).filter(|finding| LATER.contains(&text(&finding["code"])));
            open = waits.map(|finding| text(&finding["subject"]).to_owned()).collect();
            done.extend(changed);
            let applied = apply(&organisation.snapshot, &plan, &overage(&organisation)).map_err(TestCaseError::fail)?;
            organisation.snapshot = applied.snapshot;
        }
        Err(TestCaseError::fail("no end after five rounds"))
    });
}
