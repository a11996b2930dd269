//! The workflows, as a runner would run them: their conditions, their steps, their shell. A small HTTP server replaces
//! the forge's API, the simulator instead of Webex, folders instead of artifacts.
//!
//! What this does not emulate it does not know: an expression, an action or a key that is new to it is a failure.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "a test fails by panicking, and is one story from start to end"
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
mod fleet;
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

use std::process::ExitCode;

use common::needs::Need;

/// The programs that the scripts use.
const TOOLS: &[Need] = &[
    Need::Program(&["bash"]),
    Need::Program(&["git"]),
    Need::Program(&["curl"]),
    Need::Program(&["jq"]),
    Need::Program(&["sha256sum"]),
    Need::Program(&["base64"]),
];

fn main() -> ExitCode {
    common::needs::run(&[
        ("apply", apply::TESTS),
        ("chosen", chosen::TESTS),
        ("drift", drift::TESTS),
        ("errors", errors::TESTS),
        ("expression", expression::tests::TESTS),
        ("fleet", fleet::TESTS),
        ("gitlab", gitlab::TESTS),
        ("handed", handed::TESTS),
        ("plan", plan::TESTS),
        ("rules", rules::TESTS),
    ])
}
