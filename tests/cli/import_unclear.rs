//! `import` of what a snapshot leaves open, and to where it does not write.

use crate::common::{root, run, small};
use crate::import::files;

/// Nothing is written about people that the snapshot does not say, in a file for each person either.
#[test]
fn who_may_have_calling_is_not_among_those_without() {
    let directory = tempfile::tempdir().unwrap();
    let snapshot = root().join("tests/golden-import/calling-unclear/snapshot.json");
    let args = ["import", "--flat", "--out", "out", "--snapshot"];
    let told = run(
        directory.path(),
        &[&args[..], &[snapshot.to_str().unwrap()]].concat(),
    );
    assert_eq!(told.exit, 0, "{}", told.all());
    let files = files(&directory.path().join("out"));
    let unclear = &files["people/calling-unclear.yaml"];
    assert!(unclear.contains("gone@acme.com"), "{unclear}");
    for name in ["gone@acme.com", "diamond@acme.com"] {
        assert!(told.stderr.contains(name), "{}", told.all());
        let without = files.get("people/without-calling.yaml");
        assert!(without.is_none_or(|text| !text.contains(name)));
    }
    let plan = ["plan", "out", "--detailed-exitcode", "--snapshot"];
    let planned = run(
        directory.path(),
        &[&plan[..], &[snapshot.to_str().unwrap()]].concat(),
    );
    assert_eq!(planned.exit, 0, "{}", planned.all());
}

/// Files that name people go where the command line says.
#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;

    let snapshot = root().join("examples/acme/snapshot.json");
    let import = |directory: &std::path::Path, out: &str| {
        let args = [
            "import",
            "--snapshot",
            snapshot.to_str().unwrap(),
            "--out",
            out,
        ];
        let told = run(directory, &args);
        assert_eq!(told.exit, 1, "{out}: {}", told.all());
        let words: Vec<&str> = told.stderr.split_whitespace().collect();
        assert!(
            words.join(" ").contains("is a symbolic link"),
            "{out}: {}",
            told.all()
        );
    };
    let elsewhere = tempfile::tempdir().unwrap();
    let directory = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), directory.path().join("out")).unwrap();
    symlink("nowhere", directory.path().join("dangling")).unwrap();
    std::fs::create_dir(directory.path().join("real")).unwrap();
    symlink(elsewhere.path(), directory.path().join("real/people")).unwrap();
    for out in ["out", "out/", "./out", "dangling", "real"] {
        import(directory.path(), out);
    }
    assert_eq!(files(elsewhere.path()).len(), 0);
    assert!(files(&directory.path().join("real")).is_empty());
    // A link above it is a place like any other.
    small(elsewhere.path());
    let told = run(
        directory.path(),
        &[
            "import",
            "--snapshot",
            "out/snapshot.json",
            "--out",
            "out/below",
        ],
    );
    assert_eq!(told.exit, 0, "{}", told.all());
}
