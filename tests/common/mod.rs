//! What several tests share: running the binary, copying folders, comparing texts, small organisations.

#![allow(dead_code, reason = "each test program uses a part of this")]
#![allow(missing_docs, reason = "helpers of tests")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

pub mod apply;
pub mod broadworks;
pub mod cases;
pub mod exchange;
pub mod hold;
pub mod json_schema;
pub mod law;
pub mod live;
pub mod needs;
pub mod organisation;
pub mod queues;
pub mod webex;
pub mod yaml;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How a run of the binary ended.
pub struct Run {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Run {
    /// stdout, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }

    /// stdout and stderr together.
    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The binary, with an environment that says nothing.
pub fn trunkline(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trunkline"));
    command
        .current_dir(directory)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env_remove("RUST_BACKTRACE");
    for name in [
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "TRUNKLINE_API_URL",
        "WEBEX_ACCESS_TOKEN",
        "GIT_DIR",
    ] {
        command.env_remove(name);
    }
    command
}

/// What never ended once takes seconds now. How fast it is on a quiet machine, no test can tell.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// Runs the binary in a directory.
pub fn run<S: AsRef<str>>(directory: &Path, args: &[S]) -> Run {
    ran(trunkline(directory).args(args.iter().map(AsRef::as_ref)))
}

/// What a command of the binary says.
pub fn ran(command: &mut Command) -> Run {
    let begun = Instant::now();
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what trunkline prints is UTF-8");
    let run = Run {
        exit: output
            .status
            .code()
            .unwrap_or_else(|| panic!("killed: {}", output.status)),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        took: begun.elapsed(),
    };
    assert!(
        !run.all().contains("panicked"),
        "trunkline panicked:\n{}",
        run.all()
    );
    run
}

/// Copies a folder and everything below it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in sorted(from) {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            std::fs::copy(&entry, &target).unwrap();
        }
    }
}

/// The entries of a directory, by name.
pub fn sorted(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// Writes a file, with the directories above it.
pub fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The difference of two texts, with a few lines around each place.
pub fn difference(expected: &str, actual: &str) -> String {
    similar::TextDiff::from_lines(expected, actual)
        .unified_diff()
        .header("expected", "actual")
        .to_string()
}

/// Whether golden files are to be rewritten.
pub fn update() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Compares a text with a golden file, or rewrites the file; says what differs.
pub fn golden(path: &Path, actual: &str) -> Result<(), String> {
    if update() {
        write(path, actual);
        return Ok(());
    }
    let name = path.strip_prefix(root()).unwrap_or(path).display();
    match std::fs::read_to_string(path) {
        Err(error) => Err(format!(
            "{name}: {error}; UPDATE_GOLDEN=1 cargo test writes it\n"
        )),
        Ok(expected) if expected == actual => Ok(()),
        Ok(expected) => Err(format!(
            "{name} differs:\n{}",
            difference(&expected, actual)
        )),
    }
}

/// The smallest organisation that plans: two people, one of whom lacks messaging. Returns the folder.
pub fn small(directory: &Path) -> PathBuf {
    write(&directory.join("org.yaml"), SMALL_YAML);
    write(&directory.join("snapshot.json"), SMALL_SNAPSHOT);
    directory.to_owned()
}

pub const SMALL_YAML: &str = "\
version: 1
org: {name: Acme, id: org-1, assignmentMode: organization, template: everyone}
templates:
  everyone:
    existingUsers: true
    licenses: {messaging: advanced}
";

pub const SMALL_SNAPSHOT: &str = r#"{
  "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
  "org": {"id": "org-1", "name": "Acme"},
  "subscriptions": [{"id": "Sub-1", "createdAt": "2024-01-01", "status": "active"}],
  "licenses": [{"id": "L-MSG", "name": "Advanced Messaging", "subscriptionId": "Sub-1", "siteUrl": null, "totalUnits": 5, "consumedUnits": 1}],
  "sites": [], "locations": [], "numbers": [], "groups": [],
  "users": [
    {"id": "u-1", "email": "ana@acme.com", "displayName": "Ana Silva", "licenses": ["L-MSG"]},
    {"id": "u-2", "email": "bob@acme.com", "displayName": "Bob Stone", "licenses": []}
  ],
  "workspaces": [], "devices": []
}
"#;
