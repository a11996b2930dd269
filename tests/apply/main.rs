//! What is done: applying, taking up again, restoring, and why an organisation differs.

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

mod agree;
mod backup;
mod beside;
mod broadworks;
mod broadworks_laws;
mod broadworks_stages;
mod bulk;
mod cases;
mod control_hub;
mod debts;
mod drift;
mod estimate;
mod faults;
mod killed;
mod laws;
mod lost;
mod owed;
mod plan_file;
mod promises;
mod queues;
mod refusals;
mod restore;
mod settings;
mod shared;
mod targets;
mod webex_go;
