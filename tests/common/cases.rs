//! The cases of `tests/golden/`: where they are, and how one is brought into a directory to be run.

use std::path::{Path, PathBuf};

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

/// Brings a case into a directory outside of any repository; gives the arguments of its run.
pub fn prepare(case: &Path, directory: &Path) -> Vec<String> {
    for entry in sorted(case) {
        let name = entry.file_name().unwrap().to_str().unwrap();
        if entry.is_dir() {
            copy(&entry, &directory.join(name));
        } else if !EXPECTED.contains(&name) && name != "args" {
            std::fs::copy(&entry, directory.join(name)).unwrap();
        }
    }
    let Ok(args) = std::fs::read_to_string(case.join("args")) else {
        return USUAL.map(str::to_owned).to_vec();
    };
    let args: Vec<String> = args.lines().map(str::to_owned).collect();
    for example in args
        .iter()
        .filter(|arg| arg.starts_with("examples/") && !arg.ends_with(".json"))
    {
        copy(&root().join(example), &directory.join(example));
    }
    args
}
