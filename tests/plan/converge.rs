//! Every golden case, carried out: its plan is applied to its snapshot in process, and the next plan has nothing to change.
//!
//! A plan that `apply` would refuse is left out. What errors and holds keep out of a plan may be kept out of the next one too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common;
use crate::common::apply::{apply, apply_as_late_as_possible, left, list, text, to_send};
use crate::common::cases::{cases, prepare};
use crate::common::run;
use rayon::prelude::*;
use serde_json::Value;

/// Cases that need a second plan, with the reason.
const LATER: [(&str, &str); 0] = [];

/// The plan as JSON, where there is one that may be applied.
fn plan(directory: &Path, args: &[String]) -> Option<Value> {
    let plan: Value = serde_json::from_str(&run(directory, args).stdout).ok()?;
    let refused = |finding: &Value| text(&finding["code"]).starts_with("guardrail-");
    let applies = plan["summary"]["unacknowledged"] == 0 && !list(&plan["findings"]).any(refused);
    applies.then_some(plan)
}

/// The snapshot that a case plans from.
fn snapshot(directory: &Path, args: &[String]) -> PathBuf {
    let beside = directory.join("snapshot.json");
    match beside.exists() {
        true => beside,
        false => directory.join(&args[1]).join("snapshot.json"),
    }
}

/// Licences of which the case allows more than there are.
fn overage(directory: &Path, args: &[String], snapshot: &Value) -> Vec<String> {
    let allows = |path: &PathBuf| {
        std::fs::read_to_string(path)
            .unwrap()
            .contains("allowOverage")
    };
    let organisation = directory.join(&args[1]);
    let files = common::sorted(&organisation);
    let mut yaml = files
        .iter()
        .filter(|path| path.extension().is_some_and(|it| it == "yaml"));
    let names = list(&snapshot["licenses"]).map(|licence| text(&licence["name"]).to_owned());
    match yaml.any(allows) {
        true => names.collect(),
        false => Vec::new(),
    }
}

/// Carries a case out and plans again. `Ok(false)`: there is nothing to apply.
fn check(case: &Path) -> Result<bool, String> {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let mut args = prepare(case, directory);
    if args[0] != "plan" || args.iter().any(|arg| arg == "--only") {
        return Ok(false);
    }
    args.extend(["--format".to_owned(), "json".to_owned()]);
    let Some(first) = plan(directory, &args).filter(|plan| to_send(plan).count() > 0) else {
        return Ok(false);
    };
    let path = snapshot(directory, &args);
    let before: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let overage = overage(directory, &args, &before);
    let overage: Vec<&str> = overage.iter().map(String::as_str).collect();
    let applied = apply(&before, &first, &overage)?;
    applied.agrees_with_pools(&first)?;
    apply_as_late_as_possible(&before, &first, &overage)
        .map_err(|why| format!("as late as possible: {why}"))?;
    std::fs::write(&path, applied.snapshot.to_string()).unwrap();
    let again = run(directory, &args).json();
    let left: Vec<String> = left(&again, &first)
        .map(|change| format!("{} {}", text(&change["address"]), change["fields"]))
        .collect();
    match left.is_empty() {
        true => Ok(true),
        false => Err(format!("still to change: {}", left.join("\n"))),
    }
}

#[test]
fn a_plan_applied_leaves_nothing_to_plan() {
    let mut results: BTreeMap<String, Result<bool, String>> = cases()
        .par_iter()
        .map(|case| (case.file_name().unwrap().display().to_string(), check(case)))
        .collect();
    for (name, reason) in LATER {
        let result = results.remove(name);
        assert!(
            matches!(result, Some(Err(_))),
            "{name} converges, or is not there; take it out of LATER: {reason}"
        );
    }
    let wrong: Vec<String> = results
        .iter()
        .filter_map(|(name, result)| Some(format!("== {name}\n{}", result.as_ref().err()?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let applied = results
        .values()
        .filter(|result| **result == Ok(true))
        .count();
    assert!(applied > 40, "only {applied} cases have something to apply");
}
