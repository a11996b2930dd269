//! What holds for every workflow, read from the files: pinned actions, few permissions, no secret where it is not needed, no
//! expression in a script.

use crate::common::needs::{Need, Test};
use crate::tests;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::runner::read;
use crate::common::{root, sorted};

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![&[] => actions_of_others_are_pinned_by_a_hash_and_one_version_each, no_expression_is_in_a_script, checkouts_keep_no_credentials_and_none_is_of_a_pull_request, each_job_has_no_more_permissions_than_it_needs, a_secret_is_in_the_environment_of_one_step_and_nowhere_else, what_waits_for_approval_is_what_writes_to_webex, the_calling_workflows_fit_what_they_call, every_input_is_used_and_described, every_script_is_called_strict_and_says_what_it_does, every_script_of_gitlab_is_strict_and_uses_no_cache, both_forges_agree_on_what_journals_leave_open; &[Need::Program(&["shellcheck"])] => shellcheck_finds_nothing];

const REUSABLE: [&str; 3] = ["plan", "apply", "drift"];
/// Those for many organisations.
const MANY: &str = "examples/fleet/.github/workflows";
const ACTION: &str = ".github/actions/setup/action.yml";

fn workflow(name: &str) -> String {
    format!(".github/workflows/{name}.yml")
}

fn caller(name: &str) -> String {
    format!("src/cli/init/github/trunkline-{name}.yml")
}

/// Every YAML file that a runner of GitHub would read.
fn files() -> Vec<String> {
    let all = sorted(&root().join(".github/workflows"));
    let all = all.iter().map(|path| {
        path.strip_prefix(root())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    });
    all.chain(REUSABLE.map(caller))
        .chain([ACTION.to_owned()])
        .chain(sorted(&root().join(MANY)).iter().map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            format!("{MANY}/{name}")
        }))
        .collect()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The steps of a workflow or an action, each with the name of its job.
fn steps(file: &Value) -> Vec<(String, Value)> {
    let of = |name: &str, steps: &Value| {
        let steps = steps.as_array().cloned().unwrap_or_default();
        steps
            .into_iter()
            .map(|step| (name.to_owned(), step))
            .collect::<Vec<_>>()
    };
    match file["jobs"].as_object() {
        Some(jobs) => jobs
            .iter()
            .flat_map(|(name, job)| of(name, &job["steps"]))
            .collect(),
        None => of("", &file["runs"]["steps"]),
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 40
        && text
            .bytes()
            .all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it))
}

fn actions_of_others_are_pinned_by_a_hash_and_one_version_each() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in &files() {
        for line in text(file).lines() {
            let line = line.trim().trim_start_matches("- ");
            let Some(uses) = line.strip_prefix("uses: ") else {
                continue;
            };
            if uses.starts_with("./.trunkline-source/") || uses.starts_with("OWNER/trunkline/") {
                continue;
            }
            let (action, pin) = uses
                .split_once('@')
                .unwrap_or_else(|| panic!("{file}: {line}"));
            let (hash, version) = pin
                .split_once(" # v")
                .unwrap_or_else(|| panic!("{file}: {line}"));
            assert!(is_hash(hash), "{file}: {line}");
            assert_eq!(
                version
                    .split('.')
                    .filter(|it| it.parse::<u32>().is_ok())
                    .count(),
                3,
                "{file}: {line}"
            );
            // Our own checks are another matter than what others run with their tokens.
            if file.ends_with("/ci.yml") {
                continue;
            }
            versions
                .entry(action.to_owned())
                .or_default()
                .insert(pin.to_owned());
        }
    }
    assert!(versions.contains_key("actions/checkout"));
    for (action, pins) in versions {
        assert_eq!(pins.len(), 1, "{action}: {pins:?}");
    }
}

fn no_expression_is_in_a_script() {
    for file in files() {
        for (job, step) in steps(&read(&file)) {
            if let Some(run) = step["run"].as_str() {
                assert!(!run.contains("${{"), "{file}, {job}: {run}");
            }
        }
    }
}

fn checkouts_keep_no_credentials_and_none_is_of_a_pull_request() {
    for file in files() {
        for (job, step) in steps(&read(&file)) {
            if !step["uses"]
                .as_str()
                .is_some_and(|uses| uses.starts_with("actions/checkout@"))
            {
                continue;
            }
            assert_eq!(step["with"]["persist-credentials"], false, "{file}, {job}");
            let of_ours = [
                "",
                "refs/heads/${{ github.event.pull_request.base.ref }}",
                "${{ inputs.trunkline-ref || job.workflow_sha }}",
            ];
            let reference = step["with"]["ref"].as_str().unwrap_or("");
            assert!(of_ours.contains(&reference), "{file}, {job}: {reference}");
        }
    }
    // Without a `ref`, a run for a pull request would check out what the event names.
    for (job, step) in steps(&read(&workflow("plan"))) {
        let checkout = step["uses"]
            .as_str()
            .is_some_and(|uses| uses.starts_with("actions/checkout@"));
        assert!(!checkout || step["with"]["ref"].is_string(), "{job}");
    }
}

fn each_job_has_no_more_permissions_than_it_needs() {
    let writes = [
        ("comment", "pull-requests"),
        ("record", "contents"),
        ("issue", "issues"),
    ];
    for &name in REUSABLE.iter().chain(&["fleet"]) {
        let file = read(&workflow(name));
        assert_eq!(file["permissions"], serde_json::json!({}), "{name}");
        for (job, value) in file["jobs"].as_object().unwrap() {
            for (permission, level) in value["permissions"].as_object().unwrap() {
                match level.as_str().unwrap() {
                    "read" => assert!(
                        ["contents", "actions", "pull-requests"].contains(&permission.as_str())
                    ),
                    "write" => assert!(
                        writes.contains(&(job, permission)),
                        "{name}, {job}: {permission}"
                    ),
                    other => panic!("{name}, {job}: {permission}: {other}"),
                }
            }
            assert!(
                value["timeout-minutes"].is_number() || value["timeout-minutes"].is_string(),
                "{name}, {job}"
            );
        }
    }
}

fn a_secret_is_in_the_environment_of_one_step_and_nowhere_else() {
    let allowed = [
        ("observe", "Capture Webex"),
        ("plan", "Choose the plan"),
        ("apply", "Apply"),
        ("drift", "Compare"),
    ];
    for name in REUSABLE {
        for (job, step) in steps(&read(&workflow(name))) {
            let mut rest = step.clone();
            let has = step["env"].to_string().contains("secrets.");
            if let Some(step) = rest.as_object_mut() {
                step.remove("env");
            }
            assert!(!rest.to_string().contains("secrets."), "{name}, {job}");
            let title = step["name"].as_str().unwrap();
            assert_eq!(
                has,
                allowed.contains(&(job.as_str(), title)),
                "{name}, {job}, {title}"
            );
            // What has a secret for Webex in a run for a pull request has no file of the pull request.
            assert!(
                !(name == "plan" && has && step["env"].to_string().contains("HEAD_SHA")),
                "{job}"
            );
        }
    }
    // The secrets that a job of GitHub's has by itself count, too.
    for name in REUSABLE {
        assert!(!text(&workflow(name)).contains("secrets.GITHUB_TOKEN"));
        assert!(!text(&workflow(name)).contains("inherit"));
    }
}

fn what_waits_for_approval_is_what_writes_to_webex() {
    let file = read(&workflow("apply"));
    let jobs = file["jobs"].as_object().unwrap();
    for (name, job) in jobs {
        assert_eq!(job["environment"].is_string(), name == "apply");
        assert_eq!(job["concurrency"].is_object(), name == "apply");
    }
    assert_eq!(jobs["apply"]["environment"], "${{ inputs.environment }}");
    assert_eq!(jobs["apply"]["concurrency"]["cancel-in-progress"], false);
    for name in ["plan", "drift"] {
        for (job, step) in steps(&read(&workflow(name))) {
            assert!(
                !step["run"]
                    .as_str()
                    .unwrap_or("")
                    .contains("trunkline-ci-apply"),
                "{job}"
            );
        }
    }
}

/// A call has inputs and secrets that there are, all that are required, and just the permissions that are needed.
pub fn fits(name: &str, job: &Value, called: &Value) {
    let declared = &called["on"]["workflow_call"];
    for (what, given) in [("inputs", "with"), ("secrets", "secrets")] {
        for key in job[given].as_object().into_iter().flat_map(|it| it.keys()) {
            assert!(declared[what][key].is_object(), "{name}: {what} {key}");
        }
    }
    let required = declared["inputs"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, input)| input["required"] == true);
    for (key, _) in required {
        assert!(job["with"][key].is_string(), "{name}: {key}");
    }
    // A called job cannot have more than its caller; and what none of them needs, none gets.
    let mut needed: BTreeMap<String, String> = BTreeMap::new();
    for job in called["jobs"].as_object().unwrap().values() {
        for (permission, level) in job["permissions"].as_object().unwrap() {
            let level = level.as_str().unwrap().to_owned();
            let kept = needed
                .entry(permission.clone())
                .or_insert_with(|| level.clone());
            if level == "write" {
                *kept = level;
            }
        }
    }
    let given: BTreeMap<String, String> =
        serde_json::from_value(job["permissions"].clone()).unwrap();
    assert_eq!(given, needed, "{name}");
}

fn the_calling_workflows_fit_what_they_call() {
    for name in REUSABLE {
        let callers = read(&caller(name));
        let called = read(&workflow(name));
        let jobs = callers["jobs"].as_object().unwrap();
        assert_eq!(jobs.len(), 1);
        let job = jobs.values().next().unwrap();
        assert_eq!(
            job["uses"],
            format!("OWNER/trunkline/.github/workflows/{name}.yml@COMMIT")
        );
        let first = text(&caller(name));
        let first: String = first
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        assert!(
            first.contains("OWNER") && first.contains("COMMIT"),
            "{name}: {first}"
        );
        fits(name, job, &called);
    }
    let plan = read(&caller("plan"));
    assert_eq!(plan["on"].as_object().unwrap().len(), 1);
    // Another base has other guardrails: a pull request whose base is edited is planned again.
    let events = &plan["on"]["pull_request_target"]["types"];
    assert_eq!(
        *events,
        serde_json::json!(["opened", "synchronize", "reopened", "edited"])
    );
}

fn every_input_is_used_and_described() {
    for name in REUSABLE.iter().chain(&["fleet"]) {
        let file = read(&workflow(name));
        let text = text(&workflow(name));
        for (input, about) in file["on"]["workflow_call"]["inputs"].as_object().unwrap() {
            assert!(text.contains(&format!("inputs.{input}")), "{name}: {input}");
            assert!(about["description"].is_string(), "{name}: {input}");
        }
    }
}

/// The scripts beside the action.
fn scripts() -> Vec<PathBuf> {
    let mut all = sorted(&root().join(".github/actions/setup/bin"));
    all.retain(|path| !path.ends_with("lib.sh"));
    all
}

fn every_script_is_called_strict_and_says_what_it_does() {
    let everything: String = files().iter().map(|file| text(file)).collect();
    for script in scripts() {
        let name = script.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&script).unwrap();
        assert!(text.starts_with("#!/usr/bin/env bash\n# "), "{name}");
        assert!(text.contains("\nset -euo pipefail\n"), "{name}");
        assert!(everything.contains(name), "nothing calls {name}");
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&script.metadata().unwrap().permissions());
        assert_eq!(mode & 0o111, 0o111, "{name} cannot be executed");
    }
    for (_, step) in REUSABLE
        .iter()
        .flat_map(|name| steps(&read(&workflow(name))))
    {
        if let Some(run) = step["run"].as_str() {
            let name = run.rsplit('/').next().unwrap();
            assert!(
                scripts().iter().any(|script| script.ends_with(name)),
                "there is no {run}"
            );
        }
    }
}

/// A script as a runner of GitLab puts it together.
fn of_gitlab(file: &Value, name: &str) -> String {
    let job = &file[name];
    let before = &file[job["extends"].as_str().unwrap()]["before_script"];
    let lines = [before, &job["script"]].map(|it| it.as_array().unwrap().clone());
    let lines = lines.concat();
    let lines: Vec<&str> = lines.iter().map(|it| it.as_str().unwrap()).collect();
    lines.join("\n")
}

fn every_script_of_gitlab_is_strict_and_uses_no_cache() {
    let file = read(super::gitlab_runner::FILE);
    let mut seen = 0;
    for (name, job) in file.as_object().unwrap() {
        if job.get("script").is_some() {
            let script = of_gitlab(&file, name);
            assert!(script.starts_with("set -euo pipefail\n"), "{name}");
            assert_eq!(job["cache"], Value::Null, "{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, 6);
}

/// The program of jq that says whether journals leave anything open.
fn what_is_open(text: &str) -> String {
    let from = text.find("reduce (inputs").unwrap();
    let to = from + text[from..].find("| length'").unwrap();
    text[from..to]
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn both_forges_agree_on_what_journals_leave_open() {
    let github = text(".github/actions/setup/bin/trunkline-ci-gather");
    let gitlab = text(super::gitlab_runner::FILE);
    assert_eq!(what_is_open(&github), what_is_open(&gitlab));
}

fn shellcheck_finds_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = read(super::gitlab_runner::FILE);
    let jobs = file.as_object().unwrap().iter();
    let jobs = jobs.filter(|(_, job)| job.get("script").is_some());
    let of_gitlab = jobs.map(|(name, _)| {
        let path = directory.path().join(name);
        // A job need not use all that is there for it.
        let script = of_gitlab(&file, name);
        std::fs::write(&path, format!("# shellcheck disable=SC2034\n{script}")).unwrap();
        path
    });
    let of_ci = ["run", "tools", "zizmor"].map(|name| root().join(".ci").join(name));
    let found = Command::new("shellcheck")
        .args([
            "--external-sources",
            "--source-path=SCRIPTDIR",
            "--severity=warning",
            "--shell=bash",
        ])
        .args(scripts())
        .args(of_gitlab)
        .args(of_ci)
        .output()
        .unwrap();
    assert!(
        found.status.success(),
        "{}",
        String::from_utf8_lossy(&found.stdout)
    );
}
