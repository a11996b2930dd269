//! A plan for spreadsheets: a row for each field that changes, and one for an object that changes without any.
//!
//! Owns the columns, and what a spreadsheet must not run. Must not know what other formats fold: every object has its own rows.

use std::io::{self, Write};

use super::style::escape;
use super::values::{some_of, whole};
use super::view::View;
use crate::change::{Change, Field};

/// The columns, in order: the names of the plan file.
const COLUMNS: [&str; 16] = [
    "address",
    "kind",
    "key",
    "action",
    "risk",
    "acknowledged",
    "path",
    "fieldAction",
    "fieldRisk",
    "before",
    "after",
    "losses",
    "acknowledgement",
    "file",
    "line",
    "held",
];

/// RFC 4180, with a header; changes in the plan's order.
pub(super) fn plan(view: &View<'_>, to: impl Write) -> io::Result<()> {
    let mut table = Table::new(to, &COLUMNS)?;
    for change in &view.plan.changes {
        for field in &change.fields {
            table.row(&row(change, Some(field)))?;
        }
        // A group without members is still a change.
        if change.fields.is_empty() {
            table.row(&row(change, None))?;
        }
    }
    table.finish()
}

fn row(change: &Change, field: Option<&Field>) -> [String; COLUMNS.len()] {
    let of = |cell: &dyn Fn(&Field) -> String| field.map(cell).unwrap_or_default();
    let value = |value: &serde_json::Value| match value {
        serde_json::Value::Null => String::new(),
        value => whole(value),
    };
    let acknowledged = change.acknowledged.map(|yes| yes.to_string());
    [
        change.address.to_string(),
        change.kind.clone(),
        change.key.clone(),
        change.action.to_string(),
        change.risk.to_string(),
        acknowledged.unwrap_or_default(),
        of(&|field| field.path.to_string()),
        of(&|field| field.action.to_string()),
        of(&|field| field.risk.to_string()),
        of(&|field| value(&field.before)),
        of(&|field| value(&field.after)),
        of(&|field| some_of(field.losses.iter().map(String::as_str), usize::MAX)),
        of(&|field| {
            let reason = field.acknowledgement.as_ref().map(|it| it.reason.trim());
            reason.unwrap_or_default().to_owned()
        }),
        of(&|field| field.source.file.clone().unwrap_or_default()),
        of(&|field| {
            let line = field.source.line.map(|line| line.to_string());
            line.unwrap_or_default()
        }),
        of(&|field| field.held.clone().unwrap_or_default()),
    ]
}

/// A table of objects; every row has a cell for each column.
pub fn table_csv(columns: &[&str], rows: &[Vec<String>]) -> io::Result<String> {
    let mut text = Vec::new();
    let mut table = Table::new(&mut text, columns)?;
    for row in rows {
        table.row(row)?;
    }
    table.finish()?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// A table under construction.
pub(super) struct Table<W: Write>(csv::Writer<W>);

impl<W: Write> Table<W> {
    /// A table with these columns.
    pub(super) fn new(to: W, columns: &[&str]) -> io::Result<Table<W>> {
        let mut writer = csv::Writer::from_writer(to);
        writer.write_record(columns)?;
        Ok(Table(writer))
    }

    pub(super) fn row(&mut self, cells: &[String]) -> io::Result<()> {
        Ok(self
            .0
            .write_record(cells.iter().map(|cell| no_formula(&escape(cell))))?)
    }

    /// Writes what is not yet written.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A cell that a spreadsheet would run as a formula gets a quotation mark in front; phone numbers stay as they are.
fn no_formula(cell: &str) -> String {
    let phone = cell
        .strip_prefix('+')
        .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !phone {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}
