//! What `import` writes: it reads without an error, plans to nothing, and is the same each time.
//!
//! A folder of `tests/golden-import/` holds a `snapshot.json`, or `args` that name another, and what is expected: `files/` and
//! `said.txt` (stderr). `UPDATE_GOLDEN=1 cargo test --test cli import` rewrites what is expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::common::hold::hold;
use crate::common::organisation::{Shape, make, tapes};
use crate::common::{
    Run, SMALL_SNAPSHOT, copy, golden, root, run, sorted, trunkline, update, write,
};
use proptest::prelude::*;
use rayon::prelude::*;
use serde_json::{Value, json};
use trunkline::config;
use trunkline::config::files::{Origin, SourceFile, Sources};
use trunkline::config::model::AssignmentMode;
use trunkline::finding::Severity;
use trunkline::import::{self, Extent, People};
use trunkline::plan::{self, ConfigRef, Inputs, Plan, SnapshotRef, preflight};
use trunkline::snapshot::{self, Snapshot};

pub fn run_import(directory: &Path, snapshot: &str, more: &[&str]) -> Run {
    let args = ["import", "--snapshot", snapshot, "--out", "out"];
    run(directory, &[&args, more].concat())
}

pub fn run_plan(directory: &Path, files: &str, snapshot: &str) -> Run {
    let args = [
        "plan",
        files,
        "--snapshot",
        snapshot,
        "--detailed-exitcode",
        "--format",
        "json",
    ];
    run(directory, &args)
}

/// The files of a directory and those below it, by path.
pub fn files(directory: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for path in sorted(directory) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            let inner = files(&path).into_iter();
            found.extend(inner.map(|(path, text)| (format!("{name}/{path}"), text)));
        } else {
            found.insert(name.to_owned(), std::fs::read_to_string(&path).unwrap());
        }
    }
    found
}

/// A plan of files that are not written anywhere.
pub fn planned(files: Vec<SourceFile>, snapshot: &Snapshot) -> Result<Plan, String> {
    let loaded = config::load(Sources {
        files,
        origin: Origin::default(),
    });
    if loaded.has_errors() {
        return Err(format!("{:#?}", loaded.findings));
    }
    let incomplete = preflight::check(&loaded.config, None, snapshot);
    if !incomplete.is_empty() {
        return Err(format!("{incomplete:#?}"));
    }
    Ok(plan::build(Inputs {
        reserved: Default::default(),
        config: &loaded.config,
        policy: &loaded.config,
        snapshot,
        applied: None,
        applied_ref: None,
        base: None,
        targets: std::collections::BTreeSet::new(),
        config_ref: ConfigRef {
            digest: String::new(),
            commit: None,
            reference: None,
            dirty: false,
        },
        snapshot_ref: SnapshotRef {
            digest: String::new(),
            captured_at: String::new(),
        },
        policy_ref: None,
        findings: loaded.findings,
    }))
}

/// A configuration that says nothing: what its plan says, the snapshot says.
fn bare(snapshot: &Snapshot) -> Result<Plan, String> {
    let text = "version: 1\norg: {name: Bare, assignmentMode: organization}\n";
    let bytes = text.as_bytes().to_vec();
    planned(
        vec![SourceFile {
            path: "org.yaml".into(),
            bytes,
        }],
        snapshot,
    )
}

pub fn source_files(snapshot: &Snapshot, extent: &Extent) -> Vec<SourceFile> {
    let files = import::import(snapshot, extent).files.into_iter();
    files.map(|file| file.source).collect()
}

/// Imports a snapshot in each way, and holds the results against the laws. Gives what is broken.
fn laws(snapshot: &Snapshot) -> String {
    let bare = bare(snapshot);
    let broken = extents().into_iter().map(|extent| {
        let broken = law(snapshot, &extent, &bare);
        match broken.is_empty() {
            true => broken,
            false => format!("{extent:?}\n{broken}\n"),
        }
    });
    broken.collect()
}

fn law(snapshot: &Snapshot, extent: &Extent, bare: &Result<Plan, String>) -> String {
    let files = source_files(snapshot, extent);
    if files != source_files(snapshot, extent) {
        return "the second import differs from the first".to_owned();
    }
    let (bare, plan) = match (bare, planned(files.clone(), snapshot)) {
        (Ok(bare), Ok(plan)) => (bare, plan),
        (Err(_), Err(_)) => return String::new(),
        (_, Err(error)) => return error,
        (Err(error), _) => return error.clone(),
    };
    let mut new = grave(&plan);
    new.retain(|finding| !grave(bare).contains(finding) && !STATES.contains(&finding.0.as_str()));
    if plan.is_empty() && plan.is_blocked() == bare.is_blocked() && new.is_empty() {
        return String::new();
    }
    let mut broken = format!("{new:?}\n{:#?}\n", plan.changes);
    for file in files {
        write!(
            broken,
            "--- {}\n{}",
            file.path,
            String::from_utf8_lossy(&file.bytes)
        )
        .unwrap();
    }
    broken
}

/// What is said of the state that a declared object is in, or of a list that contradicts itself, whatever the files want.
const STATES: [&str; 5] = [
    "broadworks-consent",
    "broadworks-not-captured",
    "broadworks-provisioning",
    "broadworks-subscriber-failed",
    "broadworks-subscriber-input",
];

/// Errors and warnings, as code and subject.
pub fn grave(plan: &Plan) -> BTreeSet<(String, Option<String>)> {
    let findings = plan.findings.iter();
    let grave = findings.filter(|finding| finding.severity != Severity::Info);
    grave
        .map(|finding| (finding.code.to_string(), finding.subject.clone()))
        .collect()
}

/// Each way to import.
fn extents() -> Vec<Extent> {
    let modes = [None, Some(AssignmentMode::Organization)];
    let people = [People::Omitted, People::WithCalling, People::Flat];
    let all = modes
        .iter()
        .flat_map(|&mode| people.map(|people| (mode, people)));
    let extent = |(mode, people)| Extent {
        mode,
        people,
        ..Extent::default()
    };
    let cautious = Extent {
        newcomers_only: true,
        ..Extent::default()
    };
    all.map(extent).chain([cautious]).collect()
}

/// The snapshots of the examples and of golden cases.
pub fn snapshots() -> Vec<(PathBuf, Snapshot)> {
    let folders = [
        "tests/golden",
        "tests/golden-explain",
        "tests/golden-import",
        "examples",
    ];
    let folders = folders
        .iter()
        .flat_map(|folder| sorted(&root().join(folder)));
    let snapshots: Vec<(PathBuf, Snapshot)> = folders
        .map(|folder| folder.join("snapshot.json"))
        .filter_map(|path| Some((path.clone(), snapshot::read(&path).ok()?.0)))
        .collect();
    assert!(snapshots.len() > 80, "only {} snapshots", snapshots.len());
    snapshots
}

/// A snapshot that is read from a file, as any is.
pub fn parsed(snapshot: &Value) -> Snapshot {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), snapshot.to_string()).unwrap();
    snapshot::read(file.path()).unwrap().0
}

#[test]
fn what_is_imported_plans_to_nothing() {
    let snapshots = snapshots();
    let broken: Vec<String> = snapshots
        .par_iter()
        .map(|(path, snapshot)| (path, laws(snapshot)))
        .filter(|(_, broken)| !broken.is_empty())
        .map(|(path, broken)| format!("== {}\n{broken}", path.display()))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn what_is_imported_of_random_organisations_plans_to_nothing() {
    let organisations = tapes().prop_map(|tapes| make(&tapes, Shape::Any));
    hold(100, organisations, |organisation| {
        let broken = laws(&parsed(&organisation.snapshot));
        prop_assert!(broken.is_empty(), "{}", broken);
        Ok(())
    });
}

#[test]
fn golden_files() {
    let mut wrong = String::new();
    for case in sorted(&root().join("tests/golden-import")) {
        let directory = tempfile::tempdir().unwrap();
        copy(&root().join("examples"), &directory.path().join("examples"));
        let mut args: Vec<String> = vec!["import".into(), "--out".into(), "out".into()];
        match std::fs::read_to_string(case.join("args")) {
            Ok(more) => args.extend(more.lines().map(str::to_owned)),
            Err(_) => {
                std::fs::copy(
                    case.join("snapshot.json"),
                    directory.path().join("snapshot.json"),
                )
                .unwrap();
                args.extend(["--snapshot".to_owned(), "snapshot.json".to_owned()]);
            }
        }
        let imported = run(directory.path(), &args);
        assert_eq!(
            (imported.exit, imported.stdout.as_str()),
            (0, ""),
            "{}",
            imported.stderr
        );
        let mut check = |name: &str, text: &str| {
            wrong += &golden(&case.join(name), text).err().unwrap_or_default();
        };
        check("said.txt", &imported.stderr);
        let written = files(&directory.path().join("out"));
        if update() {
            let _ = std::fs::remove_dir_all(case.join("files"));
        }
        for (name, text) in &written {
            let place = case.join("files").join(name);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            check(&format!("files/{name}"), text);
        }
        let validated = run(directory.path(), &["validate", "out"]);
        assert_eq!(validated.exit, 0, "{}", validated.all());
        let snapshot = &args[args.len() - 1];
        assert_eq!(run_plan(directory.path(), "out", snapshot).exit, 0);
        let expected: Vec<String> = files(&case.join("files")).into_keys().collect();
        assert_eq!(
            expected,
            written.into_keys().collect::<Vec<_>>(),
            "{}",
            case.display()
        );
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn an_import_never_overwrites() {
    let directory = tempfile::tempdir().unwrap();
    let there = directory.path().join("out/deep/mine.yml");
    write(&directory.path().join("snapshot.json"), SMALL_SNAPSHOT);
    write(&there, "version: 1\n");
    let refused = run_import(directory.path(), "snapshot.json", &[]);
    assert_eq!(refused.exit, 1);
    assert!(
        refused
            .stderr
            .contains("out has YAML files already, such as out/deep/mine.yml"),
        "{}",
        refused.stderr
    );
    assert_eq!(sorted(&directory.path().join("out")).len(), 1);
    std::fs::remove_dir_all(directory.path().join("out")).unwrap();

    // Beside other files it can be, such as the snapshot itself.
    write(&directory.path().join("out/snapshot.json"), SMALL_SNAPSHOT);
    assert_eq!(run_import(directory.path(), "snapshot.json", &[]).exit, 0);
    let before = files(&directory.path().join("out"));
    assert_eq!(run_import(directory.path(), "snapshot.json", &[]).exit, 1);
    assert_eq!(files(&directory.path().join("out")), before);
    assert_eq!(
        run(directory.path(), &["plan", "out", "--detailed-exitcode"]).exit,
        0
    );

    std::fs::write(directory.path().join("file"), "").unwrap();
    let args = ["import", "--snapshot", "snapshot.json", "--out", "file"];
    let refused = run(directory.path(), &args);
    assert_eq!(refused.exit, 1);
    assert!(
        refused.stderr.contains("is not a directory"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_snapshot_that_forbids_a_plan_forbids_an_import() {
    let directory = tempfile::tempdir().unwrap();
    let snapshot = |change: &dyn Fn(&mut Value)| {
        let mut snapshot: Value = serde_json::from_str(SMALL_SNAPSHOT).unwrap();
        change(&mut snapshot);
        snapshot.to_string()
    };
    let cases = [
        (
            "incomplete",
            snapshot(&|it| it["complete"] = json!(false)),
            7,
        ),
        ("no people", snapshot(&|it| it["users"] = Value::Null), 7),
        ("cut", SMALL_SNAPSHOT[..200].to_owned(), 7),
        ("version", snapshot(&|it| it["formatVersion"] = json!(2)), 1),
        ("something else", "[]".to_owned(), 1),
    ];
    for (name, text, exit) in cases {
        write(&directory.path().join("snapshot.json"), text);
        let refused = run_import(directory.path(), "snapshot.json", &[]);
        assert_eq!(refused.exit, exit, "{name}: {}", refused.stderr);
        assert!(
            refused.stderr.starts_with("error") || refused.stderr.contains("error "),
            "{name}: {}",
            refused.stderr
        );
    }
    assert_eq!(run_import(directory.path(), "nowhere.json", &[]).exit, 7);
    assert!(!directory.path().join("out").exists());
}

#[test]
fn the_mode_can_be_chosen() {
    let directory = tempfile::tempdir().unwrap();
    copy(
        &root().join("examples/acme"),
        &directory.path().join("acme"),
    );
    let imported = run_import(
        directory.path(),
        "acme/snapshot.json",
        &["--assignment-mode", "organization"],
    );
    assert_eq!(imported.exit, 0, "{}", imported.stderr);
    let files = files(&directory.path().join("out"));
    assert!(files["org.yaml"].contains("assignmentMode: organization\n"));
    assert!(!files.contains_key("templates.yaml"));
    assert!(!files["groups.yaml"].contains("template:"));
    assert_eq!(
        run_plan(directory.path(), "out", "acme/snapshot.json").exit,
        0
    );

    // Groups decide only where they are known.
    let snapshot = root().join("tests/golden-import/not-captured/snapshot.json");
    std::fs::copy(snapshot, directory.path().join("bare.json")).unwrap();
    std::fs::remove_dir_all(directory.path().join("out")).unwrap();
    let refused = run_import(
        directory.path(),
        "bare.json",
        &["--assignment-mode", "group"],
    );
    assert_eq!(refused.exit, 7);
    assert!(refused.stderr.contains("groups"), "{}", refused.stderr);
}

#[test]
fn a_reader_that_stops_reading_does_no_harm() {
    let directory = tempfile::tempdir().unwrap();
    write(&directory.path().join("snapshot.json"), SMALL_SNAPSHOT);
    let args = ["import", "--snapshot", "snapshot.json", "--out", "out"];
    let status = trunkline(directory.path())
        .args(args)
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}
