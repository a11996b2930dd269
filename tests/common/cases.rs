//! The cases of `tests/golden/`: where they are, and how one is brought into a directory to be run.

use std::path::{Path, PathBuf};

use git2::{IndexAddOption, Repository, RepositoryInitOptions, Signature, Time};

use super::{copy, root, sorted};

/// What a case expects.
const EXPECTED: [&str; 4] = ["plan.txt", "plan.json", "findings.txt", "exit"];
/// The arguments of a case that has no `args`.
const USUAL: [&str; 5] = [
    "plan",
    "org",
    "--snapshot",
    "snapshot.json",
    "--detailed-exitcode",
];

/// Every case.
pub fn cases() -> Vec<PathBuf> {
    let cases: Vec<PathBuf> = sorted(&root().join("tests/golden"))
        .into_iter()
        .filter(|path| path.is_dir())
        .collect();
    assert!(cases.len() > 60, "golden cases are missing");
    cases
}

/// Every snapshot that is an example or belongs to a case, if it is JSON.
pub fn snapshots() -> Vec<PathBuf> {
    let examples = sorted(&root().join("examples"));
    let folders = examples.into_iter().chain(cases());
    let files = folders.map(|folder| folder.join("snapshot.json"));
    let whole = |path: &PathBuf| {
        let text = std::fs::read(path).unwrap_or_default();
        serde_json::from_slice::<serde_json::Value>(&text).is_ok()
    };
    files.filter(whole).collect()
}

/// Brings a case into a directory outside of any repository; gives the arguments of its run.
pub fn prepare(case: &Path, directory: &Path) -> Vec<String> {
    for entry in sorted(case) {
        let name = entry.file_name().unwrap().to_str().unwrap();
        if entry.is_dir() && name != "base" {
            copy(&entry, &directory.join(name));
        } else if entry.is_dir() {
            continue;
        } else if !EXPECTED.contains(&name) && name != "args" {
            std::fs::copy(&entry, directory.join(name)).unwrap();
        }
    }
    let usual = || USUAL.map(str::to_owned).to_vec();
    let args = std::fs::read_to_string(case.join("args"));
    let mut args = args.map_or_else(|_| usual(), |it| it.lines().map(str::to_owned).collect());
    if case.join("base").is_dir() {
        commit(directory, &case.join("base"));
        args.extend(["--base", "HEAD"].map(str::to_owned));
    }
    for example in args
        .iter()
        .filter(|arg| arg.starts_with("examples/") && !arg.ends_with(".json"))
    {
        copy(&root().join(example), &directory.join(example));
    }
    args
}

/// Makes the directory a repository whose only commit, always the same one, has these files as `org/`.
fn commit(directory: &Path, files: &Path) {
    let mut options = RepositoryInitOptions::new();
    let repository = Repository::init_opts(directory, options.initial_head("main")).unwrap();
    let mut index = repository.index().unwrap();
    let here = directory.join("org");
    let now = directory.join("now");
    std::fs::rename(&here, &now).unwrap();
    copy(files, &here);
    index
        .add_all(["org"], IndexAddOption::DEFAULT, None)
        .unwrap();
    index.write().unwrap();
    let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
    let who = Signature::new("Ana Silva", "ana@acme.com", &Time::new(1_790_000_000, 0)).unwrap();
    repository
        .commit(Some("HEAD"), &who, &who, "base", &tree, &[])
        .unwrap();
    std::fs::remove_dir_all(&here).unwrap();
    std::fs::rename(&now, &here).unwrap();
}
