//! The workflows, as a runner would run them: their conditions, their steps, their shell. A small HTTP server stands in place of
//! the forge's API, the simulator in place of Webex, folders in place of artifacts.
//!
//! What this does not emulate it does not know: an expression, an action or a key that is new to it is a failure.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]
#![allow(missing_docs, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

mod api;
mod apply;
mod chosen;
mod drift;
mod errors;
mod expression;
mod forge;
mod gitlab;
mod gitlab_runner;
mod handed;
mod plan;
mod rules;
mod runner;
mod shell;
mod steps;
mod world;

/// Whether the programs are there that the scripts use. Says so loudly where they are not.
fn tools() -> bool {
    let missing: Vec<&str> = ["bash", "git", "curl", "jq", "sha256sum", "base64"]
        .into_iter()
        .filter(|tool| {
            let found = std::process::Command::new(tool).arg("--version").output();
            !found.is_ok_and(|output| output.status.success())
        })
        .collect();
    if !missing.is_empty() {
        eprintln!("!!! SKIPPED: a workflow, because this machine has no {missing:?}");
    }
    missing.is_empty()
}
