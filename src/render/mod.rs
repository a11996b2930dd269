//! The output of plans and findings for people and scripts: one file per format over one [`View`].
//!
//! Owns the formats, the layout, the words of the text form, colours, and the escaping of foreign text. Must not know
//! how a plan was made, the API, where files come from, or any kind by name.
//!
//! A new format is a file here, a row in [`PlanFormat`] or [`FindingsFormat`], and an arm in [`plan`] or [`findings`].

mod csv;
mod diff;
mod drift;
mod explain;
mod failures;
mod findings;
mod fold;
mod formats;
mod github;
mod html;
mod json;
mod markdown;
mod page;
mod records;
mod report;
mod requests;
mod sarif;
mod style;
mod text;
mod tfplan;
mod unified;
mod values;
mod verdict;
mod view;

#[cfg(test)]
mod findings_tests;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use csv::table_csv;
pub use findings::Sources;
pub use formats::{
    COMMENT, Detail, FindingsFormat, Next, ObjectFormat, Options, PlanFormat, ReportFormat,
    RunFormat, TableFormat,
};
pub use report::report;
pub use style::escape;
pub use verdict::Verdict;
pub use view::{Block, FindingGroup, Note, Origin, Row, Seat, Sign, Symbol, View};

use std::io::{self, Write};

use crate::change::{ChangeAction, Field};
use crate::drift::{Adoption, Drift};
use crate::finding::Finding;
use crate::plan::explain::Explanation;
use crate::plan::{CallingFailure, FindingLine, Plan, Summary};

/// A plan in this format, ready to be printed, with its last newline.
///
/// # Errors
///
/// Only if the plan cannot be written in the format.
pub fn plan(plan: &Plan, format: PlanFormat, options: &Options) -> io::Result<String> {
    let mut bytes = Vec::new();
    write(plan, format, options, &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes a plan in this format, with its last newline. What a machine reads is never in memory as a whole.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(
    plan: &Plan,
    format: PlanFormat,
    options: &Options,
    to: &mut dyn Write,
) -> io::Result<()> {
    let view = || View::new(plan, options.detail);
    let text = match format {
        PlanFormat::Json => return json::plan(plan, to),
        PlanFormat::Csv => return csv::plan(&view(), to),
        PlanFormat::Text => return text::plan(&view(), options, to),
        PlanFormat::Tfplan => return tfplan::plan(plan, to),
        PlanFormat::Markdown => markdown::plan(&view(), options)?,
        PlanFormat::Html => html::plan(plan, options)?,
        PlanFormat::Sarif => sarif::log(&plan.findings, options)?,
        PlanFormat::Github => github::annotations(&plan.findings, options),
    };
    to.write_all(text.as_bytes())
}

/// What everyone asks of a plan, as a short text: counts, what cannot be undone, guardrails, how it ends.
pub fn summary(plan: &Plan, options: &Options) -> String {
    text::summary(&View::new(plan, options.detail), options)
}

/// What happens to a field, in words, whole.
pub fn field(field: &Field, action: ChangeAction) -> String {
    values::describe(field.into(), action, true)
}

/// What a reader may expect of `apply`.
pub fn verdict(plan: &Plan) -> Verdict {
    verdict::of(plan)
}

/// The line with which the text of a plan ends, such as `Plan: 1 to create, …`.
pub fn summary_line(summary: &Summary) -> String {
    verdict::summary(summary)
}

/// Foreign text in a cell of a table of Markdown, as code or as a sentence.
pub fn markdown_cell(text: &str, code: bool) -> String {
    match code {
        true => markdown::code_in_cell(text),
        false => markdown::prose_in_cell(text),
    }
}

/// The checksum that the file of a plan has.
///
/// # Errors
///
/// Only if the plan cannot be written as JSON.
pub fn checksum(plan: &Plan) -> io::Result<String> {
    Ok(json::checksum(plan)?)
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

/// Rows that a table has no room for, each as a block of lines.
pub fn records(columns: &[&str], rows: &[Vec<String>], options: &Options) -> String {
    records::text(columns, rows, options)
}

/// What would change in a file, as a unified diff.
pub fn diff(name: &str, before: &str, after: &str, options: &Options) -> String {
    unified::diff(name, before, after, options)
}

/// What drifted, in this format, with its last newline.
///
/// # Errors
///
/// Only if it cannot be written as JSON.
pub fn drift(
    drift: &Drift,
    format: RunFormat,
    options: &Options,
) -> Result<String, serde_json::Error> {
    match format {
        RunFormat::Text => Ok(drift::text(drift, options)),
        RunFormat::Markdown => markdown::drift(drift, None, options),
        RunFormat::Json => drift::json(drift),
        RunFormat::Html => Ok(html::drift::page(drift, None, options)),
    }
}

/// What drifted and what of it was adopted into the files, in this format, with its last newline.
///
/// # Errors
///
/// Only if it cannot be written as JSON.
pub fn adoption(
    drift: &Drift,
    adoption: &Adoption,
    format: RunFormat,
    options: &Options,
) -> Result<String, serde_json::Error> {
    match format {
        RunFormat::Text => Ok(drift::text(drift, options) + &drift::adoption(adoption, options)),
        RunFormat::Markdown => markdown::drift(drift, Some(adoption), options),
        RunFormat::Json => drift::adoption_json(drift, adoption),
        RunFormat::Html => Ok(html::drift::page(drift, Some(adoption), options)),
    }
}

/// Findings in this format, ready to be printed, with their last newline. No findings give an empty text, or an empty list
/// in a format that has an envelope.
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
    let lines =
        || -> Vec<FindingLine> { findings.iter().cloned().map(FindingLine::from).collect() };
    match format {
        FindingsFormat::Text => Ok(findings::text(findings, options, sources)),
        FindingsFormat::Markdown => Ok(markdown::findings(findings, options)),
        FindingsFormat::Json => json::findings(findings),
        FindingsFormat::Sarif => sarif::log(&lines(), options),
        FindingsFormat::Github => Ok(github::annotations(&lines(), options)),
    }
}

/// The explanation of one object in this format, ready to be printed, with its last newline.
///
/// # Errors
///
/// Only if the explanation cannot be written as JSON.
pub fn explanation(
    explanation: &Explanation,
    format: ObjectFormat,
    options: &Options,
) -> Result<String, serde_json::Error> {
    match format {
        ObjectFormat::Text => Ok(explain::text(explanation, options)),
        ObjectFormat::Json => json::pretty(explanation),
    }
}
