//! `trunkline explain ADDRESS`, case by case: one folder of `tests/golden-explain/` each, one runner for all.
//!
//! A case holds `org/` and `snapshot.json`, or in `of` the name of a case of `tests/golden/` that does; `asks`, what is
//! asked of it, one command a line; and `answers.txt`, what each command printed. `UPDATE_GOLDEN=1 cargo test --test
//! explain_address` rewrites the answers: read the difference before you commit it.

use std::path::{Path, PathBuf};

use crate::common;
use crate::common::{copy, golden, root, run, sorted};
use rayon::prelude::*;
use serde_json::Value;
use trunkline::config::{self, Loaded, files};
use trunkline::plan::explain::{Question, explain};
use trunkline::plan::{ConfigRef, Inputs, SnapshotRef, build, preflight};
use trunkline::render::{ObjectFormat, Options, explanation};
use trunkline::snapshot::{self, Applied, Snapshot};

/// The arguments of a line: a subject, then options, whose values may have blanks in them.
fn arguments(ask: &str) -> Vec<String> {
    let mut parts = ask.split(" --");
    let mut args = vec!["explain".to_owned(), parts.next().unwrap().to_owned()];
    for option in parts {
        let (name, value) = option.split_once(' ').unwrap();
        args.extend([format!("--{name}"), value.to_owned()]);
    }
    args.insert(2, "org".to_owned());
    args.extend(["--snapshot", "snapshot.json"].map(str::to_owned));
    args
}

fn check(case: &Path) -> Result<(), String> {
    let directory = tempfile::tempdir().unwrap();
    let from = match std::fs::read_to_string(case.join("of")) {
        Ok(of) => root().join("tests/golden").join(of.trim()),
        Err(_) => case.to_owned(),
    };
    copy(&from, directory.path());
    let asks = std::fs::read_to_string(case.join("asks")).unwrap();
    let mut answers = String::new();
    for ask in asks.lines() {
        let run = run(directory.path(), &arguments(ask));
        let exit = match run.exit {
            0 => String::new(),
            exit => format!("[exit {exit}]\n"),
        };
        answers += &format!("$ trunkline explain {ask}\n{}{exit}\n", run.all());
        let longest = run.stdout.lines().map(|line| line.chars().count()).max();
        if !ask.contains("json") && longest > Some(100) {
            return Err(format!("{}: {ask}: a line is too long\n", case.display()));
        }
    }
    golden(&case.join("answers.txt"), &answers)
}

#[test]
fn golden_cases() {
    let cases: Vec<PathBuf> = sorted(&root().join("tests/golden-explain"));
    assert!(cases.len() > 20, "golden cases are missing");
    let wrong: Vec<String> = cases
        .par_iter()
        .filter_map(|case| check(case).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A configuration with the states that go with it.
struct Organisation {
    name: String,
    loaded: Loaded,
    snapshot: Snapshot,
    applied: Option<Applied>,
}

impl Organisation {
    /// The organisation in a folder, if a plan can be made of it.
    fn read(name: String, path: &Path, states: &Path) -> Option<Organisation> {
        let loaded = config::load(files::from_directory(path).ok()?);
        let (snapshot, _) = snapshot::read(&states.join("snapshot.json")).ok()?;
        let baseline = snapshot::read(&states.join("baseline.json")).ok();
        let fine =
            !loaded.has_errors() && preflight::check(&loaded.config, None, &snapshot).is_empty();
        fine.then_some(Organisation {
            name,
            loaded,
            applied: baseline.map(|(then, _)| Applied::new(then, &snapshot).unwrap()),
            snapshot,
        })
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs {
            reserved: Default::default(),
            config: &self.loaded.config,
            policy: &self.loaded.config,
            snapshot: &self.snapshot,
            applied: self.applied.as_ref(),
            applied_ref: None,
            base: None,
            targets: Default::default(),
            config_ref: ConfigRef {
                digest: self.loaded.config.digest(),
                commit: None,
                reference: None,
                dirty: false,
            },
            snapshot_ref: SnapshotRef {
                digest: String::new(),
                captured_at: self.snapshot.captured_at.clone(),
            },
            policy_ref: None,
            findings: self.loaded.findings.clone(),
        }
    }
}

fn organisations() -> Vec<Organisation> {
    let mut list = Vec::new();
    for folder in ["tests/golden", "tests/golden-explain", "examples"] {
        for path in sorted(&root().join(folder)) {
            let org = match folder {
                "examples" => path.clone(),
                _ => path.join("org"),
            };
            list.extend(Organisation::read(path.display().to_string(), &org, &path));
        }
    }
    assert!(list.len() > 60, "only {} can be planned", list.len());
    list
}

/// Explains one address both ways; gives the JSON.
fn told(organisation: &Organisation, subject: &str, license: Option<&str>) -> Value {
    let question = Question { subject, license };
    let explained = explain(organisation.inputs(), question)
        .unwrap_or_else(|unknown| panic!("{} {subject}: {unknown:?}", organisation.name));
    let options = Options::default();
    let text = explanation(&explained, ObjectFormat::Text, &options).unwrap();
    assert!(text.contains(subject), "{text}");
    let json = explanation(&explained, ObjectFormat::Json, &options).unwrap();
    serde_json::from_str(&json).unwrap()
}

/// What holds of the explanation of a person who holds licences, beside the plan's change of them.
fn agrees(organisation: &Organisation, address: &str, change: Option<&Value>) {
    let context = format!("{} {address}", organisation.name);
    let told = told(organisation, address, None);
    let fields = |of: Option<&Value>| -> Vec<Value> {
        let list = of.and_then(|change| change["fields"].as_array());
        list.cloned().unwrap_or_default()
    };
    let seen = fields(Some(&told["change"]));
    let planned = fields(change);
    let essence = |field: &Value| {
        ["path", "action", "risk", "before", "after", "losses"].map(|name| field[name].clone())
    };
    assert_eq!(
        seen.iter().map(essence).collect::<Vec<_>>(),
        planned.iter().map(essence).collect::<Vec<_>>(),
        "{context}"
    );
    let mut changed = Vec::new();
    for license in told["licenses"].as_array().unwrap() {
        let path = license["path"].as_str().unwrap();
        let field = planned.iter().find(|field| field["path"] == path);
        let outcome = license["outcome"].as_str().unwrap();
        let action = match outcome {
            "granted" => Some("add"),
            "moved" => Some("move"),
            "changed" => Some("change"),
            "removed" | "held" => Some("remove"),
            _ => None,
        };
        assert_eq!(
            action,
            field.map(|field| field["action"].as_str().unwrap()),
            "{context} {path}: {outcome}"
        );
        if let Some(field) = field {
            assert_eq!(license["before"], field["before"], "{context} {path}");
            assert_eq!(license["after"], field["after"], "{context} {path}");
            changed.push(path.to_owned());
        }
        assert!(
            !license["links"].as_array().unwrap().is_empty(),
            "{context} {path}: {outcome} without a reason"
        );
        // What the trace found, without the plan, is what the plan began with.
        let held = license["held"].as_array().unwrap();
        let now = held.first().cloned().unwrap_or_default();
        // Of what is held twice, another than the first may go.
        let now = match outcome == "moved" && held.contains(&license["before"]) {
            true => license["before"].clone(),
            false => now,
        };
        assert_eq!(license["before"], now, "{context} {path}");
        let same = license["after"] == now;
        assert_eq!(
            same,
            action.is_none() && outcome != "deleted",
            "{context} {path}"
        );
        let after = &license["after"];
        if action.is_some() && after["subscription"].is_string() {
            let pools = license["pools"].as_array().unwrap();
            let taken = |pool: &&Value| {
                pool["license"] == after["license"] && pool["subscription"] == after["subscription"]
            };
            assert!(pools.iter().any(|pool| taken(&pool)), "{context} {path}");
        }
        let out = matches!(outcome, "blocked" | "held" | "refused");
        let findings = license["findings"].as_array().unwrap();
        let by = findings
            .iter()
            .any(|finding| finding["code"] == license["code"]);
        assert_eq!(out, by, "{context} {path}: {outcome} {license:#}");
    }
    let paths = planned
        .iter()
        .map(|field| field["path"].as_str().unwrap().to_owned())
        .filter(|path| path.starts_with("licenses/"));
    assert_eq!(paths.collect::<Vec<_>>(), changed, "{context}");
}

#[test]
fn every_explanation_agrees_with_the_plan() {
    organisations().par_iter().for_each(|organisation| {
        let plan = serde_json::to_value(build(organisation.inputs())).unwrap();
        let changes = plan["changes"].as_array().unwrap();
        let change = |address: &str| changes.iter().find(|change| change["address"] == address);
        let people = organisation.snapshot.users().iter();
        let people = people.map(|user| format!("user/{}", user.email));
        let places = organisation.snapshot.workspaces().iter();
        let places = places.map(|place| format!("workspace/{}", place.name));
        let mut addresses: Vec<String> = people.chain(places).collect();
        let changed = changes
            .iter()
            .map(|change| change["address"].as_str().unwrap().to_owned());
        addresses.extend(changed);
        addresses.sort();
        addresses.dedup();
        for address in addresses {
            agrees(organisation, &address, change(&address));
        }
    });
}

#[test]
fn whatever_is_missing_has_a_reason() {
    organisations().par_iter().for_each(|organisation| {
        for user in organisation.snapshot.users() {
            let address = format!("user/{}", user.email);
            for word in ["calling", "messaging", "contactCenter"] {
                let told = told(organisation, &address, Some(word));
                let licenses = told["licenses"].as_array().unwrap();
                assert_eq!(licenses.len(), 1);
                assert_eq!(licenses[0]["path"], format!("licenses/{word}"));
                let links = licenses[0]["links"].as_array().unwrap();
                assert!(!links.is_empty(), "{} {address} {word}", organisation.name);
            }
        }
    });
}

#[test]
fn every_finding_about_a_person_is_shown() {
    organisations().par_iter().for_each(|organisation| {
        let plan = serde_json::to_value(build(organisation.inputs())).unwrap();
        for user in organisation.snapshot.users() {
            let address = format!("user/{}", user.email);
            let told = told(organisation, &address, None);
            let of = |value: &Value| value.as_array().cloned().unwrap();
            let licenses = of(&told["licenses"]);
            let mut shown = of(&told["findings"]);
            shown.extend(licenses.iter().flat_map(|license| of(&license["findings"])));
            for finding in of(&plan["findings"]) {
                if finding["subject"] == address {
                    let times = shown.iter().filter(|other| **other == finding).count();
                    // A change of groups that waits is the reason for each licence that it keeps.
                    let once = times == 1 || finding["code"] == "membership-waits" && times > 0;
                    assert!(once, "{} {address} {times}: {finding}", organisation.name);
                }
            }
        }
    });
}

#[test]
fn a_code_takes_no_other_arguments() {
    let code = run(root(), &["explain", "calling-loss", "examples/acme"]);
    assert_eq!((code.exit, code.stdout.as_str()), (1, ""));
    assert!(
        code.stderr.contains("is a finding code, not an address"),
        "{}",
        code.stderr
    );
}

#[test]
fn foreign_text_cannot_steer_a_terminal() {
    let directory = tempfile::tempdir().unwrap();
    common::small(directory.path());
    let snapshot = common::SMALL_SNAPSHOT.replace("Bob Stone", "Bob\\u001b[2J\\nStone");
    let snapshot = snapshot.replace(
        "\"groups\": []",
        r#""groups": [{"name": "Cl\u001b]0;ub", "members": ["bob@acme.com"]}]"#,
    );
    common::write(&directory.path().join("snapshot.json"), snapshot);
    let run = run(directory.path(), &["explain", "bob@acme.com"]);
    assert_eq!(run.exit, 0, "{}", run.all());
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    assert!(
        run.stdout.contains("Bob\\u{1b}[2J\\u{a}Stone"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("Cl\\u{1b}]0;ub"), "{}", run.stdout);
}

/// Who knows a part of a name is told whom it may be.
#[test]
fn a_part_of_a_name_suggests_people() {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/acme"), directory.path());
    for (part, said) in [
        ("Ana", "Did you mean `user/ana@acme.com`?"),
        ("lindqvist", "Did you mean `user/victor@acme.com`?"),
        ("Dallas L", "Did you mean `workspace/Dallas Lobby`?"),
        (
            "subscription/Sub-2021",
            "`trunkline list subscriptions` shows them",
        ),
    ] {
        let told = run(directory.path(), &["explain", part]);
        assert!(
            told.exit == 1 && told.stderr.contains(said),
            "{part}: {}",
            told.stderr
        );
    }
    let told = run(directory.path(), &["explain", "off"]);
    assert!(
        told.stderr.contains("Did you mean one of group/"),
        "{}",
        told.stderr
    );
}
