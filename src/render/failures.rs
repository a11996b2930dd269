//! Who should have Calling and does not get it: as text, JSON and CSV over the same rows.
//!
//! Owns the three layouts. Must not know where a row comes from.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::csv::Table;
use super::page::{Page, place, width};
use super::style::{Style, escape};
use super::verdict::count;
use super::{Detail, Options};
use crate::finding::{EXISTING_USERS_NOT_IN_SCOPE, Severity};
use crate::plan::{CallingFailure, Plan};

/// Where a line continues that a terminal is too narrow for.
const BELOW: usize = 6;
/// How many people of one reason are listed in the short form.
const LISTED: usize = 20;

/// People with the same reason, as far as one heading and one help fit them.
struct Group<'r> {
    code: &'r str,
    severity: Severity,
    fix: Option<&'r str>,
    rows: Vec<&'r CallingFailure>,
}

fn groups(rows: &[CallingFailure]) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(Severity, &str, Option<&str>), Vec<&CallingFailure>> =
        BTreeMap::new();
    for row in rows {
        let key = (row.severity, row.code.as_str(), row.fix.as_deref());
        groups.entry(key).or_default().push(row);
    }
    let groups = groups.into_iter();
    groups
        .map(|((severity, code, fix), rows)| Group {
            code,
            severity,
            fix,
            rows,
        })
        .collect()
}

/// Plain text: by reason, with what to do.
pub(super) fn text(plan: &Plan, rows: &[CallingFailure], options: &Options) -> String {
    let mut page = Page::new(options, 256 + rows.len() * 96);
    let title = "trunkline calling failures";
    page.header(title, &plan.org, &plan.config, &plan.snapshot);
    let address = rows
        .iter()
        .map(|row| width(&row.user))
        .max()
        .unwrap_or(0)
        .min(40);
    for group in groups(rows) {
        page.end();
        let style = match group.severity {
            Severity::Error => Style::Red,
            Severity::Info => Style::Plain,
            Severity::Warning | Severity::Hold => Style::Yellow,
        };
        page.to(2, 0);
        page.put(style, escape(group.code));
        page.put(
            Style::Plain,
            format!(" · {}", count(group.rows.len(), "person", "people")),
        );
        page.end();
        let shown = match options.detail {
            Detail::Short | Detail::Order => LISTED.min(group.rows.len()),
            Detail::Full => group.rows.len(),
        };
        for row in &group.rows[..shown] {
            page.to(4, 0);
            page.put(Style::Plain, escape(&row.user));
            page.to(4 + address + 2, 2);
            page.flow(Style::Plain, escape(&row.reason), BELOW);
            if let Some(file) = &row.file {
                page.word(Style::Dim, place(file, row.line), 2, BELOW);
            }
            page.end();
        }
        if shown < group.rows.len() {
            page.to(4, 0);
            let more = format!(
                "and {} more; --detail full lists them",
                group.rows.len() - shown
            );
            page.put(Style::Dim, more);
            page.end();
        }
        if let Some(fix) = group.fix {
            page.to(4, 0);
            page.flow(Style::Plain, format!("fix: {}", escape(fix)), BELOW);
            page.end();
        }
    }
    page.end();
    page.flow(Style::Bold, summary(rows), 2);
    page.end();
    page.out
}

fn summary(rows: &[CallingFailure]) -> String {
    let out_of_scope = |row: &&CallingFailure| row.code == EXISTING_USERS_NOT_IN_SCOPE.as_str();
    let newcomers_only = rows.iter().filter(out_of_scope).count();
    let failed = match rows.len() - newcomers_only {
        0 => "Everyone who should have Calling has it or gets it.".to_owned(),
        1 => "1 person should have Calling and does not get it.".to_owned(),
        n => format!("{n} people should have Calling and do not get it."),
    };
    match newcomers_only {
        0 => failed,
        n => format!(
            "{failed} {} in reach of a template with Calling that counts only for newcomers.",
            if n == 1 {
                "1 more is".to_owned()
            } else {
                format!("{n} more are")
            }
        ),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'r> {
    format_version: u32,
    calling_failures: &'r [CallingFailure],
}

/// For scripts: `{"formatVersion": 1, "callingFailures": […]}`.
pub(super) fn json(rows: &[CallingFailure]) -> io::Result<String> {
    let report = Report {
        format_version: 1,
        calling_failures: rows,
    };
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

/// The columns of the CSV form, in order: the members of the JSON form.
const COLUMNS: [&str; 12] = [
    "user",
    "displayName",
    "code",
    "severity",
    "reason",
    "fix",
    "because",
    "workPhone",
    "location",
    "file",
    "line",
    "column",
];

/// For spreadsheets: RFC 4180, with a header.
pub(super) fn csv(rows: &[CallingFailure]) -> io::Result<String> {
    let mut text = Vec::new();
    let mut table = Table::new(&mut text, &COLUMNS)?;
    for row in rows {
        let CallingFailure {
            user,
            display_name,
            code,
            severity,
            reason,
            fix,
            because,
            work_phone,
            location,
            file,
            line,
            column,
        } = row;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let number = |number: &Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
        let cells = [
            user.clone(),
            text(display_name),
            code.clone(),
            severity.to_string(),
            reason.clone(),
            text(fix),
            because.join(", "),
            text(work_phone),
            text(location),
            text(file),
            number(line),
            number(column),
        ];
        table.row(&cells)?;
    }
    table.finish()?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
