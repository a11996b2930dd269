//! Whole organisations: what they say and what is planned for them stays as it was.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;
use trunkline::config::files::{Origin, SourceFile, Sources, below};
use trunkline::config::fmt::{Outcome, format};
use trunkline::config::{self, Loaded};
use trunkline::import;
use trunkline::plan::{self, ConfigRef, Inputs, SnapshotRef, preflight};
use trunkline::snapshot::{self, Snapshot};

use crate::common::cases::{cases, snapshots};
use crate::common::organisation::{Shape, make, tapes};
use crate::common::{hold::hold, yaml};
use crate::common::{root, run, sorted};

fn load(files: &[SourceFile]) -> Loaded {
    config::load(Sources {
        files: files.to_vec(),
        origin: Origin::default(),
    })
}

/// The files as `fmt` writes them; those that are no YAML as they are.
fn formatted(files: &[SourceFile]) -> Vec<SourceFile> {
    let one = |file: &SourceFile| match format(file) {
        Outcome::Changed(text) => {
            let new = SourceFile {
                path: file.path.clone(),
                bytes: text.into_bytes(),
            };
            assert_eq!(format(&new), Outcome::Same, "{}", file.path);
            new
        }
        Outcome::Same => file.clone(),
        Outcome::Left(why) => {
            let codes: Vec<&str> = why.iter().map(|finding| finding.code.as_str()).collect();
            assert!(
                codes.iter().all(|code| *code == "yaml-syntax"),
                "{}: {why:#?}",
                file.path
            );
            file.clone()
        }
    };
    files.iter().map(one).collect()
}

/// The plan without the places in the files; none where the files or the snapshot forbid one.
fn planned(loaded: &Loaded, snapshot: &Snapshot) -> Option<Value> {
    if loaded.has_errors() || !preflight::check(&loaded.config, None, snapshot).is_empty() {
        return None;
    }
    let plan = plan::build(Inputs {
        reserved: Default::default(),
        config: &loaded.config,
        policy: &loaded.config,
        snapshot,
        applied: None,
        applied_ref: None,
        base: None,
        targets: Default::default(),
        config_ref: ConfigRef {
            digest: loaded.config.digest(),
            commit: None,
            reference: None,
            dirty: false,
        },
        snapshot_ref: SnapshotRef {
            digest: String::new(),
            captured_at: snapshot.captured_at.clone(),
        },
        policy_ref: None,
        findings: loaded.findings.clone(),
    });
    let mut plan = serde_json::to_value(&plan).unwrap();
    without_places(&mut plan);
    Some(plan)
}

fn without_places(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| name != "line" && name != "column");
            members.values_mut().for_each(without_places);
            // Findings stand in order of their places.
            if let Some(Value::Array(findings)) = members.get_mut("findings") {
                findings.sort_by_key(Value::to_string);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_places),
        _ => {}
    }
}

/// What has to be said of the files, without places, in any order.
fn findings(loaded: &Loaded) -> Vec<String> {
    let said = |finding: &trunkline::finding::Finding| {
        let file = finding.place.as_ref().map(|place| place.file.to_string());
        format!(
            "{} {:?} {:?} {file:?}",
            finding.code, finding.severity, finding.subject
        )
    };
    let mut all: Vec<String> = loaded.findings.iter().map(said).collect();
    all.sort();
    all
}

/// Holds that formatting changes neither what the files say nor the plan; gives whether there was one.
fn hold_for(files: &[SourceFile], snapshot: Option<&Snapshot>, name: &str) -> bool {
    let (before, after) = (load(files), load(&formatted(files)));
    assert_eq!(before.config.digest(), after.config.digest(), "{name}");
    assert_eq!(findings(&before), findings(&after), "{name}");
    let numbers = |loaded: &Loaded| {
        let blocks = loaded.config.numbers.iter();
        blocks
            .map(|block| serde_json::to_string(block).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(&before), numbers(&after), "{name}");
    let Some(snapshot) = snapshot else {
        return false;
    };
    let plan = planned(&before, snapshot);
    assert_eq!(plan, planned(&after, snapshot), "{name}");
    plan.is_some()
}

fn folders(of: &str) -> Vec<PathBuf> {
    let entries = sorted(&root().join(of)).into_iter();
    entries.filter(|path| path.is_dir()).collect()
}

#[test]
fn examples_and_golden_cases_mean_the_same() {
    let mut plans = 0;
    let mut folders: Vec<PathBuf> = folders("examples");
    folders.extend(cases());
    for folder in folders {
        let files = match folder.join("org").is_dir() {
            true => folder.join("org"),
            false => folder.clone(),
        };
        let snapshot = snapshot::read(&folder.join("snapshot.json")).ok();
        let snapshot = snapshot.map(|(snapshot, _)| snapshot);
        plans += usize::from(hold_for(
            &below(&files).unwrap(),
            snapshot.as_ref(),
            &folder.display().to_string(),
        ));
    }
    assert!(plans > 60, "only {plans} plans were compared");
}

#[test]
fn examples_are_formatted() {
    for example in folders("examples") {
        // Beside its organisations there are manifests of Kubernetes and pipelines of GitLab.
        let example = match example.ends_with("fleet") {
            true => example.join("customers"),
            false => example,
        };
        let path = example.strip_prefix(root()).unwrap().to_str().unwrap();
        let check = run(root(), &["fmt", "--check", path]);
        assert_eq!((check.exit, check.all().as_str()), (0, ""), "{path}");
    }
}

#[test]
fn what_import_writes_is_formatted() {
    let mut files = 0;
    for path in snapshots() {
        let Ok((snapshot, _)) = snapshot::read(&path) else {
            continue;
        };
        for mode in [None, Some(config::model::AssignmentMode::Organization)] {
            let extent = import::Extent {
                mode,
                ..import::Extent::default()
            };
            for file in import::import(&snapshot, &extent).files {
                assert_eq!(
                    format(&file.source),
                    Outcome::Same,
                    "{}: {}",
                    path.display(),
                    file.source.path
                );
                files += 1;
            }
        }
    }
    assert!(files > 300, "only {files} files were compared");
}

#[test]
fn what_init_writes_is_formatted() {
    let directory = tempfile::tempdir().unwrap();
    let init = run(directory.path(), &["init", "new"]);
    assert_eq!(init.exit, 0, "{}", init.all());
    let check = run(directory.path(), &["fmt", "--check", "new"]);
    assert_eq!((check.exit, check.all().as_str()), (0, ""));
}

#[test]
fn random_organisations_mean_the_same() {
    let strategy = (tapes(), any::<u64>());
    hold(100, strategy, |(tapes, order)| {
        let organisation = make(&tapes, Shape::Any);
        let files = yaml::files(&organisation.config, order).into_iter();
        let files: Vec<SourceFile> = files
            .map(|(path, text)| SourceFile {
                path: path.into(),
                bytes: text.into_bytes(),
            })
            .collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), organisation.snapshot.to_string()).unwrap();
        let (snapshot, _) = snapshot::read(file.path()).unwrap();
        hold_for(&files, Some(&snapshot), "a random organisation");
        Ok::<(), TestCaseError>(())
    });
}

#[test]
fn organisations_of_the_test_data_mean_the_same() {
    let Some(data) = std::env::var_os("TRUNKLINE_TEST_DATA") else {
        eprintln!(
            "TRUNKLINE_TEST_DATA is not set: no data outside of the repository was formatted"
        );
        return;
    };
    let mut files = 0;
    for folder in sorted(&Path::new(&data).join("data")) {
        if !folder.is_dir() {
            continue;
        }
        let sources = below(&folder).unwrap();
        let snapshot = snapshot::read(&folder.join("snapshot.json")).ok();
        hold_for(
            &sources,
            snapshot.as_ref().map(|(snapshot, _)| snapshot),
            &folder.display().to_string(),
        );
        files += sources.len();
    }
    assert!(files > 0, "no YAML in {}", data.display());
}
