//! Every golden case, applied by the binary to its snapshot file through the embedded simulator: the next plan has nothing to
//! change, and the file says what an applier says that shares no code with it.

use std::path::{Path, PathBuf};

use crate::agree::agree;
use crate::common::apply;
use crate::common::apply::{list, text};
use crate::common::cases::{cases, prepare};
use crate::common::{copy, root, run};
use rayon::prelude::*;
use serde_json::Value;

/// Cases in which Webex refuses what the plan wants, with the reason.
const REFUSED: [(&str, &str); 6] = [
    (
        "implicit-free-licences-untouched",
        "the free screen share cannot be taken away, even where the files say so (700006)",
    ),
    (
        "webex-go-removed",
        "that Webex Go devices can be deleted is not confirmed: the simulator refuses it unless told otherwise",
    ),
    (
        "target-person-with-webex-go",
        "the same: the person's Webex Go device goes first",
    ),
    ("webex-go-before-a-part", "the same, so that Calling stays"),
    (
        "deletion-names-the-number",
        "settings of someone who has a number and no Calling cannot be backed up, so nothing is sent",
    ),
    (
        "language-unknown",
        "a language that trunkline does not know, and Webex does not know either",
    ),
];

/// The snapshot that a case plans from.
fn snapshot(directory: &Path, args: &[String]) -> PathBuf {
    let beside = directory.join("snapshot.json");
    match beside.exists() {
        true => beside,
        false => directory.join(&args[1]).join("snapshot.json"),
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
    let file = snapshot(directory, &args);
    args.extend(["--format", "json", "--out", "saved.json"].map(str::to_owned));
    let first = run(directory, &args);
    let plan = serde_json::from_str::<Value>(&first.stdout).ok();
    let Some(plan) = plan.filter(|plan| plan["changes"].is_array()) else {
        return Ok(false);
    };
    let before = std::fs::read(&file).unwrap_or_default();
    let refused = |finding: &Value| text(&finding["code"]).starts_with("guardrail-");
    let applies = plan["summary"]["unacknowledged"] == 0 && !list(&plan["findings"]).any(refused);
    let mut apply = vec![
        "apply",
        "saved.json",
        args[1].as_str(),
        "--snapshot",
        file.to_str().unwrap(),
        "--yes",
        "--partial",
    ];
    for option in ["--ref", "--applied", "--baseline"] {
        if let Some(at) = args.iter().position(|arg| arg == option) {
            apply.extend([option, args[at + 1].as_str()]);
        }
    }
    let done = run(directory, &apply);
    if !applies {
        let untouched = std::fs::read(&file).unwrap_or_default() == before;
        return match (done.exit, untouched) {
            (4, true) => Ok(false),
            _ => Err(format!(
                "a blocked plan was applied: {}\n{}",
                done.exit,
                done.all()
            )),
        };
    }
    let errors = list(&plan["findings"]).any(|finding| finding["severity"] == "error");
    let expected = if errors { 6 } else { 0 };
    if done.exit != expected {
        return Err(format!(
            "exit {} instead of {expected}\n{}",
            done.exit,
            done.all()
        ));
    }
    if apply::to_send(&plan).count() == 0 {
        return Ok(false);
    }
    let now: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let overage: Vec<String> = list(&now["licenses"])
        .map(|licence| text(&licence["name"]).to_owned())
        .collect();
    let overage: Vec<&str> = overage.iter().map(String::as_str).collect();
    let before: Value = serde_json::from_slice(&before).unwrap();
    let other = apply::apply(&before, &plan, &overage)?.snapshot;
    agree(&now, &other)?;
    let again = run(directory, &args).json();
    let left: Vec<String> = apply::left(&again, &plan)
        .map(|change| format!("{} {}", text(&change["address"]), change["fields"]))
        .collect();
    match left.is_empty() {
        true => Ok(true),
        false => Err(format!(
            "still to change: {}\n{}",
            left.join("\n"),
            done.all()
        )),
    }
}

#[test]
fn every_case_is_applied_to_its_file() {
    let only = std::env::var("CASE").ok();
    let results: Vec<(String, Result<bool, String>)> = cases()
        .par_iter()
        .map(|case| (case.file_name().unwrap().display().to_string(), case))
        .filter(|(name, _)| only.as_ref().is_none_or(|only| name == only))
        .map(|(name, case)| (name, check(case)))
        .collect();
    let refused = |name: &str| REFUSED.iter().any(|(refused, _)| *refused == name);
    for (name, result) in results.iter().filter(|(name, _)| refused(name)) {
        assert!(
            matches!(result, Err(why) if why.starts_with("exit 6")),
            "{name} is not refused any more"
        );
    }
    let results: Vec<_> = results
        .into_iter()
        .filter(|(name, _)| !refused(name))
        .collect();
    let wrong: Vec<String> = results
        .iter()
        .filter_map(|(name, result)| Some(format!("== {name}\n{}", result.as_ref().err()?)))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        results.len(),
        wrong.join("\n")
    );
    let applied = results
        .iter()
        .filter(|(_, result)| *result == Ok(true))
        .count();
    assert!(
        applied > 40 || only.is_some(),
        "only {applied} cases have something to apply"
    );
}

#[test]
fn the_examples_are_applied_and_leave_nothing_to_plan() {
    for example in ["quickstart", "acme"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(example);
        copy(&root().join("examples").join(example), &path);
        let applied = run(&path, &["apply", "--yes"]);
        assert_eq!(applied.exit, 0, "{example}\n{}", applied.all());
        let again = run(&path, &["plan", "--detailed-exitcode"]);
        assert_eq!(again.exit, 0, "{example}\n{}", again.all());
    }
}
