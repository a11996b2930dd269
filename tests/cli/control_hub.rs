//! `plan --format control-hub`: what the files look like, where they may go, and when there are none.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::common::cases::{cases, prepare};
use crate::common::{Run, copy, golden, root, run, sorted, write};
use rayon::prelude::*;
use trunkline::sim::{self, List, Simulator};

/// Runs the command on an example outside of git, where the files have no commit.
fn hub(directory: &Path, more: &[&str]) -> Run {
    let mut args = vec!["plan", "files", "--format", "control-hub", "--out", "hub"];
    args.extend(more);
    run(directory, &args)
}

fn example(name: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    copy(
        &root().join("examples").join(name),
        &directory.path().join("files"),
    );
    directory
}

/// Exports of an example as the simulator writes them.
fn exports(directory: &Path) {
    let snapshot = std::fs::read(directory.join("files/snapshot.json")).unwrap();
    let snapshot = serde_json::from_slice(&snapshot).unwrap();
    let simulator = Simulator::new(snapshot, &sim::Options::default());
    for (name, list) in [
        ("users.csv", List::Users),
        ("workspaces.csv", List::Workspaces),
    ] {
        write(&directory.join(name), simulator.export(list).unwrap());
    }
}

const EXPORTS: [&str; 4] = ["--export", "workspaces.csv", "--export", "users.csv"];

fn names(directory: &Path) -> Vec<String> {
    let files = sorted(&directory.join("hub"));
    let names = files
        .iter()
        .map(|it| it.file_name().unwrap().to_str().unwrap());
    names.map(str::to_owned).collect()
}

#[test]
fn the_files_of_the_examples() {
    let mut wrong = String::new();
    for (name, exported) in [
        ("acme", false),
        ("acme", true),
        ("quickstart", false),
        ("blocked", false),
    ] {
        let directory = example(name);
        exports(directory.path());
        let more: &[&str] = if exported { &EXPORTS } else { &[] };
        let run = hub(directory.path(), more);
        let suffix = if exported { "-with-exports" } else { "" };
        let kept = root().join(format!("tests/golden-formats/{name}.control-hub{suffix}"));
        if crate::common::update() {
            let _ = std::fs::remove_dir_all(&kept);
        }
        wrong += &golden(&kept.join("stdout"), &run.stdout)
            .err()
            .unwrap_or_default();
        for file in sorted(&directory.path().join("hub")) {
            let text = std::fs::read_to_string(&file).unwrap();
            let name = file.file_name().unwrap();
            wrong += &golden(&kept.join(name), &text).err().unwrap_or_default();
        }
        let expected = sorted(&kept).len();
        assert_eq!(
            expected,
            names(directory.path()).len() + 1,
            "{}",
            kept.display()
        );
        assert_eq!(run.exit, i32::from(name == "blocked") * 4, "{}", run.all());
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn files_are_the_same_each_time_and_only_for_their_owner() {
    let directory = example("acme");
    let read = || -> Vec<(String, Vec<u8>)> {
        let files = sorted(&directory.path().join("hub")).into_iter();
        let files = files.map(|it| (it.display().to_string(), std::fs::read(&it).unwrap()));
        files.collect()
    };
    assert_eq!(hub(directory.path(), &["--detailed-exitcode"]).exit, 3);
    let first = read();
    assert_eq!(hub(directory.path(), &[]).exit, 0);
    assert_eq!(first, read());
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory.path().join("hub")), 0o700);
    for file in sorted(&directory.path().join("hub")) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_directory_with_anything_else_is_left_alone() {
    let directory = example("quickstart");
    let other = directory.path().join("hub/notes.csv");
    write(&other, "mine");
    let said = hub(directory.path(), &[]);
    assert_eq!(said.exit, 1);
    assert!(
        said.stderr.contains("contains `notes.csv`"),
        "{}",
        said.stderr
    );
    std::fs::rename(&other, directory.path().join("hub/01-users.csv")).unwrap();
    let said = hub(directory.path(), &[]);
    assert!(
        said.stderr.contains("no checklist of an earlier plan"),
        "{}",
        said.stderr
    );
    assert_eq!(names(directory.path()), ["01-users.csv"]);
    std::fs::remove_dir_all(directory.path().join("hub")).unwrap();
    write(&directory.path().join("hub"), "a file");
    let said = hub(directory.path(), &[]);
    assert!(
        said.stderr.contains("is not a directory"),
        "{}",
        said.stderr
    );
    assert_eq!(said.exit, 1);
}

#[test]
fn what_is_missing_or_misplaced_is_said() {
    let directory = example("quickstart");
    let path = directory.path();
    let without = run(path, &["plan", "files", "--format", "control-hub"]);
    assert_eq!(without.exit, 1);
    assert!(without.stderr.contains("--out DIR"), "{}", without.stderr);
    let other = run(path, &["plan", "files", "--export", "users.csv"]);
    assert!(
        other
            .stderr
            .contains("--export is only for --format control-hub"),
        "{}",
        other.stderr
    );
    let partial = run(path, &["plan", "files", "--partial"]);
    assert!(
        partial
            .stderr
            .contains("--partial is only for --format control-hub"),
        "{}",
        partial.stderr
    );
    let report = hub(path, &["--only", "calling-failures"]);
    assert!(
        report.stderr.contains("does not support this format"),
        "{}",
        report.stderr
    );
    run(path, &["plan", "files", "--out", "plan.json"]);
    let shown = run(path, &["show", "plan.json", "--format", "control-hub"]);
    assert_eq!(shown.exit, 1);
    assert!(
        shown.stderr.contains("invalid value 'control-hub'"),
        "{}",
        shown.stderr
    );
    let neither = hub(path, &["--export", "plan.json"]);
    assert_eq!(neither.exit, 1, "{}", neither.all());
    assert!(!path.join("hub").exists());
}

/// An administrator who imports files of yesterday's plan does what today's plan may forbid.
#[test]
fn files_of_an_earlier_plan_go_even_where_there_are_no_new_ones() {
    let directory = example("acme");
    let path = directory.path();
    exports(path);
    assert_eq!(hub(path, &[]).exit, 0);
    assert!(names(path).contains(&"02-users.csv".to_owned()));
    let users = std::fs::read_to_string(path.join("users.csv")).unwrap();
    let ana = users
        .lines()
        .find(|row| row.contains("ana@acme.com"))
        .unwrap();
    write(
        &path.join("users.csv"),
        users.replace(ana, &ana.replace("TRUE", "FALSE")),
    );
    let stale = hub(path, &EXPORTS);
    assert_eq!(stale.exit, 5, "{}", stale.all());
    assert!(
        stale.stderr.contains("ana@acme.com does not have TRUE"),
        "{}",
        stale.stderr
    );
    assert_eq!(names(path), [""; 0]);
    assert_eq!(hub(path, &[]).exit, 0);
    std::fs::remove_dir_all(path.join("files")).unwrap();
    copy(&root().join("examples/blocked"), &path.join("files"));
    let blocked = hub(path, &[]);
    assert_eq!(blocked.exit, 4, "{}", blocked.all());
    assert_eq!(names(path), ["checklist.txt"]);
    assert!(
        blocked
            .stdout
            .contains("BLOCKED, there is nothing to import"),
        "{}",
        blocked.stdout
    );
}

/// The files of a golden case by the exports of its snapshot, and what is wrong with them.
fn case(case: &Path) -> Result<usize, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let mut args = prepare(case, path);
    let named = args.iter().position(|it| it == "--snapshot");
    let named = named.map_or("snapshot.json", |at| args[at + 1].as_str());
    let snapshot = std::fs::read(path.join(named)).unwrap_or_default();
    let Ok(snapshot) = serde_json::from_slice::<serde_json::Value>(&snapshot) else {
        return Ok(0);
    };
    if args.iter().any(|it| it == "--only" || it == "--format") || args[0] != "plan" {
        return Ok(0);
    }
    let expected = run(path, &args).exit;
    let simulator = Simulator::new(snapshot, &sim::Options::default());
    args.extend(["--format", "control-hub", "--out", "hub"].map(str::to_owned));
    for (name, list) in [
        ("users.csv", List::Users),
        ("workspaces.csv", List::Workspaces),
    ] {
        let text = simulator.export(list).unwrap();
        // An organisation without licences has no columns that could be spelled.
        if text.lines().next().unwrap_or_default().contains(" [") {
            write(&path.join(name), text);
            args.extend(["--export", name].map(str::to_owned));
        }
    }
    let run = run(path, &args);
    if run.exit != expected {
        return Err(format!(
            "{}: exit {}, not {expected}: {}",
            case.display(),
            run.exit,
            run.all()
        ));
    }
    let files = match path.join("hub").is_dir() {
        true => names(path),
        false => Vec::new(),
    };
    for name in files.iter().filter(|it| it.ends_with(".csv")) {
        let text = std::fs::read_to_string(path.join("hub").join(name)).unwrap();
        let list = match name.contains("workspaces") {
            true => List::Workspaces,
            false => List::Users,
        };
        let refused = simulator.import(sim::Import {
            list,
            text: &text,
            removes: true,
            reversed: false,
        });
        refused.map_err(|why| format!("{}, {name}: {why}\n{text}", case.display()))?;
    }
    Ok(files.len())
}

#[test]
fn golden_cases_agree_with_exports_of_their_snapshots() {
    let all: Vec<Result<usize, String>> = cases().par_iter().map(|it| case(it)).collect();
    let wrong: Vec<&String> = all.iter().filter_map(|it| it.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let files: usize = all.iter().flatten().sum();
    assert!(files > 300, "{files}");
}

const ORG: &str = "\
version: 1
org: {name: Acme, assignmentMode: organization, template: all}
templates: {all: {existingUsers: true, licenses: {messaging: advanced}}}
";

fn small(users: &str, more: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let snapshot = format!(
        r#"{{"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {{"id": "o", "name": "Acme"}},
        "subscriptions": [{{"id": "S1", "createdAt": "2021-03-01", "status": "active"}}],
        "licenses": [{{"id": "M", "name": "Advanced Messaging", "subscriptionId": "S1", "siteUrl": null, "totalUnits": 50, "consumedUnits": 0}}],
        "sites": [], "locations": [], "numbers": [], "groups": [], "workspaces": [], "users": [{users}]}}"#
    );
    write(
        &directory.path().join("files/org.yaml"),
        format!("{ORG}{more}"),
    );
    write(&directory.path().join("files/snapshot.json"), snapshot);
    directory
}

/// With an apostrophe in front the name would be another one in Webex.
#[test]
fn what_a_spreadsheet_would_run_is_done_by_hand() {
    let names = [
        ("a@x.y", "=1+1"),
        ("b@x.y", "+CALL"),
        ("c@x.y", "@SUM"),
        ("d@x.y", "Dee"),
    ];
    let people: Vec<String> = names
        .iter()
        .map(|(email, _)| {
            format!(
                r#"{{"id": "{email}", "email": "{email}", "displayName": "x", "licenses": []}}"#
            )
        })
        .collect();
    let users: Vec<String> = names
        .iter()
        .map(|(email, name)| format!("  {email}: {{displayName: \"{name}\"}}\n"))
        .collect();
    let directory = small(&people.join(", "), &format!("users:\n{}", users.concat()));
    let run = hub(directory.path(), &[]);
    assert_eq!(run.exit, 0, "{}", run.all());
    let read =
        |name: &str| std::fs::read_to_string(directory.path().join("hub").join(name)).unwrap();
    let rows = read("01-users.csv");
    assert_eq!(
        rows,
        "First Name,Last Name,Display Name,User ID/Email (Required),Webex Teams [S1]\n,,Dee,d@x.y,TRUE\n"
    );
    let checklist = read("checklist.txt");
    for (email, name) in &names[..3] {
        assert!(
            checklist.contains(&format!("update user/{email}\n")),
            "{checklist}"
        );
        assert!(
            checklist.contains(&format!("would change or run `{name}`")),
            "{checklist}"
        );
    }
}

#[test]
fn errors_need_partial_and_are_named() {
    let person = r#"{"id": "a", "email": "a@x.y", "displayName": "A", "licenses": []}"#;
    let directory = small(person, "users: {nobody@x.y: {location: Dallas}}\n");
    let blocked = hub(directory.path(), &[]);
    assert_eq!(
        (blocked.exit, names(directory.path())),
        (4, vec!["checklist.txt".to_owned()])
    );
    let partial = hub(directory.path(), &["--partial"]);
    assert_eq!(partial.exit, 4, "{}", partial.all());
    assert_eq!(names(directory.path()), ["01-users.csv", "checklist.txt"]);
    let checklist = std::fs::read_to_string(directory.path().join("hub/checklist.txt")).unwrap();
    assert!(
        checklist.contains("\nLeft out\n\n- user/nobody@x.y (error, user-unknown)"),
        "{checklist}"
    );
}

/// What a row of somebody with Calling writes again must be what Webex has.
#[test]
fn an_export_that_disagrees_with_the_snapshot_is_stale() {
    for (from, to, expected) in [
        ("+12145550102", "+12145550199", "has `+12145550199` in it"),
        (
            "grace@acme.com",
            "gracie@acme.com",
            "grace@acme.com is not in it",
        ),
    ] {
        let directory = example("acme");
        let path = directory.path();
        exports(path);
        let users = std::fs::read_to_string(path.join("users.csv")).unwrap();
        assert!(users.contains(from), "{users}");
        write(&path.join("users.csv"), users.replace(from, to));
        let stale = hub(path, &EXPORTS);
        assert_eq!(stale.exit, 5, "{from}: {}", stale.all());
        assert!(stale.stderr.contains(expected), "{}", stale.stderr);
    }
}
