//! What a plan says, and how it is printed: from files and a snapshot, without Webex.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::print_stderr,
    missing_docs,
    reason = "a test fails by panicking, says what it omits, and is one story from start to end"
)]

#[path = "../common/mod.rs"]
mod common;

mod applied;
mod bad_input;
mod broadworks;
mod calling_failures;
mod converge;
mod decisions;
mod determinism;
mod formats;
mod gates;
mod git;
mod golden;
mod laws;
mod markdown;
mod oracle;
mod people_laws;
mod queues;
mod webex_go_laws;
