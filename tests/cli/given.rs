//! A file where another one, or a directory, is meant: the command works, or says which argument or option it is for.

use crate::common::{Run, copy, root, run};

/// The example company, with a saved plan.
fn acme() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/acme"), directory.path());
    let saved = run(directory.path(), &["plan", "--out", "plan.json"]);
    assert_eq!(saved.exit, 0, "{}", saved.all());
    directory
}

#[track_caller]
fn says(told: &Run, exit: i32, words: &[&str]) {
    assert_eq!(told.exit, exit, "{}", told.all());
    for word in words {
        assert!(told.stderr.contains(word), "{word}: {}", told.stderr);
    }
    assert!(!told.stderr.contains("os error"), "{}", told.stderr);
}

#[test]
fn a_command_that_reads_only_the_snapshot_takes_its_file() {
    let directory = acme();
    for args in [&["list", "users"][..], &["licenses"]] {
        let usual = run(directory.path(), args);
        assert_eq!(usual.exit, 0, "{}", usual.all());
        let named = run(directory.path(), &[args, &["snapshot.json"]].concat());
        assert_eq!((named.exit, &named.stdout), (0, &usual.stdout));
        let both = [args, &["snapshot.json", "--snapshot", "snapshot.json"]].concat();
        let told = run(directory.path(), &both);
        says(&told, 1, &["two snapshots", "--snapshot"]);
        let told = run(directory.path(), &[args, &["plan.json"]].concat());
        says(
            &told,
            1,
            &["plan.json is not a snapshot", "it is a saved plan"],
        );
    }
    let told = run(directory.path(), &["licenses", "nowhere"]);
    says(&told, 1, &["no directory `nowhere`"]);
}

#[test]
fn a_command_that_reads_the_files_says_what_a_snapshot_is_for() {
    let directory = acme();
    for args in [
        &["plan"][..],
        &["validate"],
        &["drift"],
        &["explain", "user/bob@acme.com"],
        &["doctor"],
        &["fleet"],
        &["fleet", "plan"],
        &["init"],
    ] {
        let told = run(directory.path(), &[args, &["snapshot.json"]].concat());
        let words = [
            "`snapshot.json` is a snapshot, not a directory",
            "--snapshot snapshot.json",
        ];
        says(&told, 1, &words);
        assert!(told.stdout.is_empty(), "{}", told.stdout);
    }
    let told = run(directory.path(), &["plan", "plan.json"]);
    says(
        &told,
        1,
        &[
            "`plan.json` is a saved plan, not a directory",
            "trunkline show",
        ],
    );
    let told = run(directory.path(), &["plan", "people/dallas.yaml"]);
    let words = ["`people/dallas.yaml` is a file, not a directory"];
    says(&told, 1, &words);
    let told = run(directory.path(), &["plan", "org.yaml"]);
    says(
        &told,
        1,
        &[
            "`org.yaml` is a file, not a directory",
            "name the directory",
        ],
    );
}

#[test]
fn a_snapshot_is_no_plan_no_backup_and_no_yaml() {
    let directory = acme();
    for args in [
        &["apply", "snapshot.json"][..],
        &["apply", "snapshot.json", "--yes"],
    ] {
        let told = run(directory.path(), args);
        let words = [
            "snapshot.json is not a saved plan: it is a snapshot",
            "--snapshot snapshot.json",
        ];
        says(&told, 1, &words);
    }
    let told = run(directory.path(), &["show", "snapshot.json"]);
    says(
        &told,
        1,
        &["snapshot.json is not a saved plan: it is a snapshot"],
    );
    for (file, what) in [
        ("snapshot.json", "a snapshot"),
        ("plan.json", "a saved plan"),
    ] {
        let told = run(directory.path(), &["restore", file]);
        says(
            &told,
            1,
            &[&format!("{file} is not a backup: it is {what}")],
        );
    }
    // The snapshot is named before what is wrong with the files here.
    let elsewhere = tempfile::tempdir().unwrap();
    let file = directory.path().join("snapshot.json");
    let told = run(elsewhere.path(), &["apply", file.to_str().unwrap()]);
    says(&told, 1, &["it is a snapshot"]);
    let told = run(directory.path(), &["fmt", "snapshot.json"]);
    says(
        &told,
        1,
        &["snapshot.json is not a YAML file: it is a snapshot"],
    );
    let told = run(directory.path(), &["plan", "--snapshot", "plan.json"]);
    says(
        &told,
        1,
        &["plan.json is not a snapshot: it is a saved plan"],
    );
}

/// A file without its option, where no directory can be given either.
#[test]
fn a_file_without_its_option_is_told_the_option() {
    let directory = acme();
    for command in ["import", "simulate", "schema"] {
        let told = run(directory.path(), &[command, "snapshot.json"]);
        let words = ["snapshot.json", "--snapshot FILE"];
        says(&told, 1, &words);
    }
    let told = run(directory.path(), &["snapshot", "snapshot.json"]);
    says(&told, 1, &["--out FILE"]);
}
