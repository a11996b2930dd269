//! What people and scripts get to see of a plan or of findings: one file per format over one [`View`].
//!
//! Owns the formats, the layout, the words of the text form, colours, and the escaping of foreign text. Must not know
//! how a plan came about, the API, where files come from, or any kind by name.
//!
//! A new format is a file here, a row in [`PlanFormat`] or [`FindingsFormat`], and an arm in [`plan`] or [`findings`].

mod drift;
mod explain;
mod failures;
mod findings;
mod fold;
mod json;
mod order;
mod page;
mod report;
mod style;
mod text;
mod values;
mod verdict;
mod view;

#[cfg(test)]
mod findings_tests;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use findings::Sources;
pub use report::{ApplyFormat, report};
pub use style::escape;
pub use verdict::Verdict;
pub use view::{Block, Entry, Note, Origin, Row, Seat, Sign, Symbol, View};

use std::io;

use crate::drift::{Adoption, Drift};
use crate::finding::Finding;
use crate::plan::explain::Explanation;
use crate::plan::{CallingFailure, Plan};

/// The formats of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum PlanFormat {
    /// For people, on a terminal or in a log.
    #[default]
    Text,
    /// The plan file itself.
    Json,
}

/// The formats of findings without a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum FindingsFormat {
    /// For people.
    #[default]
    Text,
    /// For scripts.
    Json,
}

/// The formats of a report about people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportFormat {
    /// For people.
    #[default]
    Text,
    /// For scripts.
    Json,
    /// For spreadsheets.
    Csv,
}

/// How much a plan shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Detail {
    /// Equal changes are folded and long values cut.
    #[default]
    Short,
    /// Every object, every value.
    Full,
    /// The requests in the order in which they are sent, and what each waits for.
    Order,
}

/// What a caller may choose beside the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// ANSI colours, and drawing characters beyond ASCII.
    pub color: bool,
    /// How much to show.
    pub detail: Detail,
    /// The width at which the prose of findings is broken. 100 wherever there is no terminal, so that logs are all alike.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            color: false,
            detail: Detail::Short,
            width: 100,
        }
    }
}

/// A plan in this format, ready to be printed, with its last newline.
///
/// # Errors
///
/// Only if the plan cannot be written as JSON.
pub fn plan(
    plan: &Plan,
    format: PlanFormat,
    options: &Options,
) -> Result<String, serde_json::Error> {
    match format {
        PlanFormat::Text => Ok(text::plan(&View::new(plan, options.detail), options)),
        PlanFormat::Json => json::plan(plan),
    }
}

/// Who should have Calling and does not get it, in this format, with its last newline.
///
/// # Errors
///
/// Only if the rows cannot be written in the format.
pub fn calling_failures(
    plan: &Plan,
    rows: &[CallingFailure],
    format: ReportFormat,
    options: &Options,
) -> io::Result<String> {
    match format {
        ReportFormat::Text => Ok(failures::text(plan, rows, options)),
        ReportFormat::Json => failures::json(rows),
        ReportFormat::Csv => failures::csv(rows),
    }
}

/// What drifted, in this format, with its last newline.
///
/// # Errors
///
/// Only if it cannot be written as JSON.
pub fn drift(
    drift: &Drift,
    format: PlanFormat,
    options: &Options,
) -> Result<String, serde_json::Error> {
    match format {
        PlanFormat::Text => Ok(drift::text(drift, options)),
        PlanFormat::Json => json::pretty(drift),
    }
}

/// What drifted and what of it was taken into the files, in this format, with its last newline.
///
/// # Errors
///
/// Only if it cannot be written as JSON.
pub fn adoption(
    drift: &Drift,
    adoption: &Adoption,
    format: PlanFormat,
    options: &Options,
) -> Result<String, serde_json::Error> {
    match format {
        PlanFormat::Text => Ok(drift::text(drift, options) + &drift::adoption(adoption, options)),
        PlanFormat::Json => drift::adoption_json(drift, adoption),
    }
}

/// Findings in this format, ready to be printed, with their last newline. No findings give an empty text.
///
/// # Errors
///
/// Only if the findings cannot be written as JSON.
pub fn findings(
    findings: &[Finding],
    format: FindingsFormat,
    options: &Options,
    sources: &Sources<'_>,
) -> Result<String, serde_json::Error> {
    match format {
        FindingsFormat::Text => Ok(findings::text(findings, options, sources)),
        FindingsFormat::Json => json::findings(findings),
    }
}

/// The explanation of one object in this format, ready to be printed, with its last newline.
///
/// # Errors
///
/// Only if the explanation cannot be written as JSON.
pub fn explanation(
    explanation: &Explanation,
    format: PlanFormat,
    options: &Options,
) -> Result<String, serde_json::Error> {
    match format {
        PlanFormat::Text => Ok(explain::text(explanation, options)),
        PlanFormat::Json => json::pretty(explanation),
    }
}
