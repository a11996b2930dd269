//! What an apply takes, said before it starts.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::connection::Connection;
use super::live;
use super::output::{Failure, aside};
use crate::apply::{Caution, Estimate, Pace, Took};
use crate::plan::Plan;
use crate::render::Detail;

/// The journal of the last run.
pub fn journal(state: &Path) -> PathBuf {
    state.join("journal.jsonl")
}

/// What the usual live apply of a plan takes, where the order of its requests is shown.
pub fn of_plan(plan: &Plan, detail: Detail, state: &Path) -> Option<String> {
    let is_shown = detail == Detail::Order && !plan.operations.is_empty();
    is_shown.then(|| {
        let pace = Pace::of(&journal(state), &live::url());
        let words = Estimate::of(plan, Caution::default()).words(pace);
        format!("{words}; {}", not_counted(true))
    })
}

/// Says what a live apply takes.
pub fn say(
    plan: &Plan,
    caution: Caution,
    connection: &Connection,
    journal: &Path,
    captures: bool,
) -> Result<(), Failure> {
    // Nothing waits for a file.
    if !connection.is_live() {
        return Ok(());
    }
    let pace = Pace::of(journal, &connection.target);
    let words = Estimate::of(plan, caution).words(pace);
    aside(&format!("Estimate: {words}; {}\n", not_counted(captures)))
}

/// What is not in the estimate.
fn not_counted(captures: bool) -> &'static str {
    match captures {
        true => "waits, retries and the capture afterwards are not counted",
        false => "waits and retries are not counted",
    }
}

/// What a live run took; `began` is its start, and `before` the number of requests sent until then.
pub fn took(connection: &Connection, began: Timestamp, before: u64) -> Option<Took> {
    let time = connection.now().duration_since(began).as_millis();
    connection.is_live().then(|| Took {
        requests: connection.client.counts().total().saturating_sub(before),
        milliseconds: time.try_into().unwrap_or_default(),
    })
}
