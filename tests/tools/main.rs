//! What needs programs of others, or data from outside of the repository.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    missing_docs,
    reason = "a test fails by panicking, and says what it leaves out"
)]

#[path = "../common/mod.rs"]
mod common;

mod html;
mod openapi;
mod policies;
mod real_data;
mod wxc_sdk;
