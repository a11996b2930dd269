//! What speaks with Webex: capturing, planning live, the client; against the simulator.

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

mod billing;
mod capture;
mod capture_proof;
mod client;
mod consent;
mod doctor;
mod drift_live;
mod features;
mod live;
mod odd_answers;
mod probe;
mod rights;
mod snapshot_live;
