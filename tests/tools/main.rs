//! What needs programs of others, or data from outside of the repository.

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

mod age;
mod completions;
mod html;
mod openapi;
mod policies;
mod real_data;
mod sarif;
mod schema;
mod schema_names;
mod wxc_sdk;

use std::process::ExitCode;

fn main() -> ExitCode {
    common::needs::run(&[
        ("age", age::TESTS),
        ("completions", completions::TESTS),
        ("html", html::TESTS),
        ("openapi", openapi::TESTS),
        ("openapi::schema", openapi::schema::tests::TESTS),
        ("policies", policies::TESTS),
        ("real_data", real_data::TESTS),
        ("sarif", sarif::TESTS),
        ("schema", schema::TESTS),
        ("schema_names", schema_names::TESTS),
        ("wxc_sdk", wxc_sdk::TESTS),
    ])
}
