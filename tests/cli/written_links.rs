//! Directories that the command line names: nothing is written through a symbolic link, and nothing behind it is removed.

use std::os::unix::fs::symlink;
use std::path::Path;

use crate::common::{copy, root, run, small, sorted};

#[track_caller]
fn refuses(directory: &Path, args: &[&str], link: &str) {
    let told = run(directory, args);
    assert_eq!(told.exit, 1, "{args:?}: {}", told.all());
    let words: Vec<&str> = told.stderr.split_whitespace().collect();
    let words = format!("{} {}", words.join(" "), told.stdout);
    assert!(
        words.contains(&format!("{link} is a symbolic link")),
        "{args:?}: {}",
        told.all()
    );
}

#[test]
fn fleet_plans_are_not_written_through_links() {
    let (directory, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    small(&directory.path().join("acme"));
    std::fs::write(elsewhere.path().join("plan.json"), "precious").unwrap();
    symlink(elsewhere.path(), directory.path().join("out")).unwrap();
    std::fs::create_dir(directory.path().join("plans")).unwrap();
    symlink(elsewhere.path(), directory.path().join("plans/acme")).unwrap();
    refuses(directory.path(), &["fleet", "plan", "--out", "out"], "out");
    refuses(directory.path(), &["fleet", "plan", "--out", "out/"], "out");
    refuses(
        directory.path(),
        &["fleet", "plan", "--out", "plans"],
        "plans/acme",
    );
    // A plan that cannot be made removes an earlier one, and not behind a link.
    std::fs::remove_file(directory.path().join("acme/snapshot.json")).unwrap();
    refuses(
        directory.path(),
        &["fleet", "plan", "--out", "plans"],
        "plans/acme",
    );
    assert_eq!(sorted(elsewhere.path()).len(), 1);
    let kept = std::fs::read_to_string(elsewhere.path().join("plan.json")).unwrap();
    assert_eq!(kept, "precious");
}

#[test]
fn other_directories_are_not_links_either() {
    let (directory, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    copy(&root().join("examples/acme"), directory.path());
    std::fs::write(elsewhere.path().join("1-numbers.csv"), "precious").unwrap();
    symlink(elsewhere.path(), directory.path().join("out")).unwrap();
    let hub = ["plan", "--format", "control-hub", "--out", "out"];
    refuses(directory.path(), &hub, "out");
    refuses(directory.path(), &["schema", "--out", "out"], "out");
    refuses(directory.path(), &["init", "out", "--ci", "none"], "out");
    let import = ["import", "--snapshot", "snapshot.json", "--out", "out"];
    refuses(directory.path(), &import, "out");
    // Workflows go beside the directory.
    let repository = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), repository.path().join(".github")).unwrap();
    git2::Repository::init(repository.path()).unwrap();
    refuses(
        repository.path(),
        &["init", "webex", "--ci", "github"],
        ".github",
    );
    assert_eq!(sorted(elsewhere.path()).len(), 1);
}

/// A file is replaced as a whole: what a link of its name leads to stays as it is.
#[test]
fn a_file_replaces_a_link_of_its_name() {
    let (directory, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    small(directory.path());
    let precious = elsewhere.path().join("precious");
    std::fs::write(&precious, "precious").unwrap();
    symlink(&precious, directory.path().join("saved.json")).unwrap();
    let told = run(directory.path(), &["plan", "--out", "saved.json"]);
    assert_eq!(told.exit, 0, "{}", told.all());
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "precious");
}
