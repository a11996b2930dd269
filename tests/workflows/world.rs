//! A repository with pull requests, the forge that has it, and the organisation that it is about.

use std::cell::Cell;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};
use trunkline::sim::{self, Simulator};

use super::api::Api;
use super::forge::GitHub;
use crate::common::{copy, root};

/// Where the configuration is in the repository.
pub const PATH: &str = "org";
/// A token for Webex. Nothing but a step that asks Webex may know it.
pub const WEBEX_TOKEN: &str = "webex-token-of-the-repository";
/// That of the environment.
pub const WEBEX_WRITE_TOKEN: &str = "webex-token-of-the-environment";
/// An age recipient. No one needs its identity.
pub const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

pub struct World {
    directory: tempfile::TempDir,
    pub github: Arc<GitHub>,
    pub api: Api,
    pub simulator: Arc<Simulator>,
    pub webex: String,
    runs: Cell<u64>,
}

/// A pull request.
#[derive(Debug, Clone)]
pub struct Pull {
    pub number: u64,
    pub head: String,
    pub branch: String,
}

/// A commit of the main branch, and the one before it.
#[derive(Debug, Clone)]
pub struct Pushed {
    pub before: String,
    pub sha: String,
}

impl World {
    pub fn new() -> World {
        World::of("quickstart")
    }

    /// The organisation and the files of an example.
    pub fn of(example: &str) -> World {
        let directory = tempfile::tempdir().unwrap();
        let files = directory.path().join("scratch").join(PATH);
        copy(&root().join("examples").join(example), &files);
        let snapshot = std::fs::read(files.join("snapshot.json")).unwrap();
        let options = sim::Options {
            real_time: true,
            ..Default::default()
        };
        let simulator = Simulator::new(serde_json::from_slice(&snapshot).unwrap(), &options);
        let simulator = Arc::new(simulator);
        let webex = format!(
            "{}/v1",
            sim::serve(simulator.clone(), "127.0.0.1:0").unwrap()
        );
        let github = Arc::new(GitHub::default());
        let api = Api::serve(github.clone());
        github.url.lock().unwrap().clone_from(&api.url);
        let mut state = github.state.lock().unwrap();
        state.environments.insert("webex".to_owned(), true);
        drop(state);
        let world = World {
            directory,
            github,
            api,
            simulator,
            webex,
            runs: Cell::new(100),
        };
        world.git_at(
            world.directory.path(),
            &["init", "-q", "--bare", "-b", "main", "origin"],
        );
        world.git(&["init", "-q", "-b", "main"]);
        let origin = world.origin();
        world.github.origin.lock().unwrap().clone_from(&origin);
        world.git(&["remote", "add", "origin", origin.to_str().unwrap()]);
        world.push("the files");
        world.tool();
        world
    }

    /// A place for a job, or for anything.
    pub fn place(&self, name: &str) -> PathBuf {
        let place = self.directory.path().join(name);
        std::fs::create_dir_all(&place).unwrap();
        place
    }

    pub fn origin(&self) -> PathBuf {
        self.directory.path().join("origin")
    }

    /// The work tree in which people make commits.
    pub fn scratch(&self) -> PathBuf {
        self.directory.path().join("scratch")
    }

    pub fn git(&self, args: &[&str]) -> String {
        self.git_at(&self.scratch(), args)
    }

    pub fn git_at(&self, directory: &Path, args: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=Ana",
                "-c",
                "user.email=ana@acme.example",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(args)
            .current_dir(directory)
            .env_remove("GIT_DIR")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        assert!(
            output.status.success(),
            "git {args:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    /// The repository that the workflows and their action come from.
    pub fn tool(&self) -> (PathBuf, String) {
        let tool = self.directory.path().join("tool");
        if !tool.exists() {
            copy(
                &root().join(".github/actions"),
                &tool.join(".github/actions"),
            );
            std::fs::copy(root().join("Cargo.toml"), tool.join("Cargo.toml")).unwrap();
            self.git_at(&tool, &["init", "-q", "-b", "main"]);
            self.git_at(&tool, &["add", "-A"]);
            self.git_at(&tool, &["commit", "-qm", "trunkline"]);
        }
        let sha = self.git_at(&tool, &["rev-parse", "HEAD"]);
        (tool, sha)
    }

    /// Commits what lies there, on the main branch.
    pub fn push(&self, message: &str) -> Pushed {
        let before = Command::new("git")
            .args(["rev-parse", "-q", "--verify", "HEAD"])
            .current_dir(self.scratch())
            .output();
        let before = String::from_utf8(before.unwrap().stdout)
            .unwrap()
            .trim()
            .to_owned();
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.pushed(before)
    }

    fn pushed(&self, before: String) -> Pushed {
        self.git(&["push", "-q", "origin", "main"]);
        let sha = self.git(&["rev-parse", "HEAD"]);
        let mut state = self.github.state.lock().unwrap();
        state.refs.insert("heads/main".to_owned(), sha.clone());
        Pushed { before, sha }
    }

    /// A person opens a pull request, or pushes to it: the files as `edit` leaves them, beginning with those of main.
    pub fn pull_request(&self, number: u64, branch: &str, edit: impl FnOnce(&Path)) -> Pull {
        self.git(&["checkout", "-q", "--detach", "main"]);
        edit(&self.scratch());
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "a change"]);
        let head = self.git(&["rev-parse", "HEAD"]);
        self.git(&[
            "push",
            "-q",
            "-f",
            "origin",
            &format!("HEAD:refs/pull/{number}/head"),
        ]);
        self.git(&["checkout", "-q", "main"]);
        let pull = Pull {
            number,
            head,
            branch: branch.to_owned(),
        };
        self.merge_ref(&pull);
        pull
    }

    /// What GitHub keeps as `refs/pull/N/merge`: the merge into main as it is now.
    pub fn merge_ref(&self, pull: &Pull) {
        self.git(&["checkout", "-q", "--detach", "main"]);
        self.git(&["merge", "-q", "--no-ff", "-m", "merge", &pull.head]);
        self.git(&[
            "push",
            "-q",
            "-f",
            "origin",
            &format!("HEAD:refs/pull/{}/merge", pull.number),
        ]);
        self.git(&["checkout", "-q", "main"]);
    }

    /// A pull request is merged.
    pub fn merge(&self, pull: &Pull) -> Pushed {
        let before = self.git(&["rev-parse", "main"]);
        self.git(&["merge", "-q", "--no-ff", "-m", "merge", &pull.head]);
        let pushed = self.pushed(before);
        let mut state = self.github.state.lock().unwrap();
        let other = json!({"number": 1, "merged_at": null, "merge_commit_sha": "0", "base": {"ref": "main"}});
        for _ in 0..3 {
            state.pulls.push((pushed.sha.clone(), other.clone()));
        }
        let merged = json!({"number": pull.number, "merged_at": "2026-11-20T10:00:00Z",
            "merge_commit_sha": pushed.sha, "base": {"ref": "main"}});
        state.pulls.push((pushed.sha.clone(), merged));
        pushed
    }

    pub fn next_run(&self) -> u64 {
        self.runs.set(self.runs.get() + 1);
        self.runs.get()
    }

    /// What the simulated organisation is now, as a snapshot that a person would take.
    pub fn person(&self, email: &str) -> Value {
        let snapshot = self.simulator.snapshot();
        let users = snapshot["users"].as_array().unwrap().clone();
        let found = users.into_iter().find(|user| user["email"] == email);
        found.unwrap_or(Value::Null)
    }

    /// A program that a runner finds before any other.
    pub fn program(&self, name: &str, script: &str) {
        let file = self.place("programs").join(name);
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        let all = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&file, all).unwrap();
    }

    /// Where the artifact of a run lies.
    pub fn artifact(&self, run: u64, name: &str) -> PathBuf {
        self.directory
            .path()
            .join("artifacts")
            .join(run.to_string())
            .join(name)
    }
}
