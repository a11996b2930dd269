//! The program by its commands: help, documents, and everything that reads or writes files; and what holds for the sources.

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

mod architecture;
mod completion;
mod control_hub;
mod damaged_csv;
mod docs;
mod doctor;
mod doctor_workflows;
mod explain;
mod explain_address;
mod first_plan;
mod fleet;
mod fmt;
mod from_csv;
mod given;
mod habits;
mod import;
mod import_drift;
mod import_sizes;
mod import_unclear;
mod init;
mod init_terminal;
mod list;
mod missing_in_csv;
mod pager;
mod pages;
mod program;
mod reference;
mod rules;
mod schema;
mod secrets;
mod summary;
#[cfg(unix)]
mod written_links;
