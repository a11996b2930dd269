//! The order of execution for people: each request with its number, what it sends, and what it waits for.
//!
//! Owns how requests are listed. Must not know the reasons of their order.

use std::io::{self, Write};

use rustc_hash::FxHashMap;

use super::Options;
use super::page::Page;
use super::style::{Style, escape};
use super::text::colour;
use super::values::{Changed, describe, some_of, whole};
use super::verdict::count;
use super::view::{Sign, Symbol};
use crate::change::{Address, Change, Field, Operation};
use crate::plan::Plan;

/// Where what a request sends begins.
const ROW: usize = 10;
/// How many rows of one request are shown.
const ROWS: usize = 10;

/// All requests, in order.
pub(super) fn list(
    page: &mut Page,
    plan: &Plan,
    options: &Options,
    to: &mut dyn Write,
) -> io::Result<()> {
    let changes: FxHashMap<&Address, &Change> = plan
        .changes
        .iter()
        .map(|change| (&change.address, change))
        .collect();
    page.end();
    page.put(Style::Bold, "Order");
    page.to(8, 1);
    let requests = count(plan.operations.len(), "request", "requests");
    let of = count(plan.changes.len(), "change", "changes");
    page.put(Style::Plain, format!("{requests} for {of}"));
    page.end();
    for operation in &plan.operations {
        request(page, operation, &changes);
        page.pour(to)?;
    }
    if let Some(cost) = &options.cost {
        page.end();
        page.put(Style::Bold, "Apply");
        page.to(8, 1);
        page.flow(Style::Plain, cost, 8);
        page.end();
    }
    Ok(())
}

fn request(page: &mut Page, operation: &Operation, changes: &FxHashMap<&Address, &Change>) {
    let Operation {
        id, method, path, ..
    } = operation;
    page.end();
    page.put(Style::Bold, format!("{id:>5}"));
    page.put(
        Style::Plain,
        format!("  {} {}", escape(method), escape(path)),
    );
    let subjects = operation.subjects();
    if let [subject] = subjects {
        page.word(Style::Plain, escape(subject), 2, ROW);
    } else {
        page.put(Style::Plain, format!("  {} together", subjects.len()));
    }
    page.end();
    if !operation.depends_on.is_empty() {
        page.to(7, 0);
        let after = format!("after {}", ranges(&operation.depends_on));
        page.flow(Style::Dim, after, ROW);
        page.end();
    }
    let rows = rows(operation, changes);
    let wide = rows.iter().take(ROWS).map(|row| row.name.len()).max();
    for row in rows.iter().take(ROWS) {
        page.to(7, 0);
        page.put(colour(row.symbol), row.symbol.as_str());
        page.to(ROW, 1);
        page.put(Style::Plain, &row.name);
        page.to(ROW + wide.unwrap_or_default() + 2, 2);
        page.flow(Style::Plain, &row.text, ROW + 2);
        page.end();
    }
    if rows.len() > ROWS {
        page.to(ROW, 0);
        page.put(Style::Dim, format!("and {} more", rows.len() - ROWS));
        page.end();
    }
}

/// What a request sends: each field of one object, or a line for each of several.
fn rows(operation: &Operation, changes: &FxHashMap<&Address, &Change>) -> Vec<Row> {
    let fields = |subject: &Address| {
        let change = changes.get(subject).copied();
        let fields = change.into_iter().flat_map(|change| &change.fields);
        fields.filter_map(move |field| Some((change?, field)))
    };
    match operation.subjects() {
        [subject] => {
            let sent = fields(subject).filter(|(_, field)| operation.fields.contains(&field.path));
            let without = fields(subject).filter(|(_, it)| operation.without.contains(&it.path));
            let sent = sent.map(|(change, field)| Row::sent(change, field));
            without
                .map(|(_, field)| Row::without(field))
                .chain(sent)
                .collect()
        }
        several => several
            .iter()
            .map(|subject| {
                let sent = fields(subject).filter(|(_, it)| operation.fields.contains(&it.path));
                Row::together(subject, &sent.collect::<Vec<_>>())
            })
            .collect(),
    }
}

/// One line of what a request sends.
struct Row {
    symbol: Symbol,
    name: String,
    text: String,
}

impl Row {
    fn sent(change: &Change, field: &Field) -> Row {
        Row {
            symbol: Symbol::of_field(field),
            name: escape(&field.path).into_owned(),
            text: describe(Changed::from(field), change.action, false),
        }
    }

    fn without(field: &Field) -> Row {
        Row {
            symbol: Symbol {
                sign: Sign::Remove,
                irreversible: false,
            },
            name: escape(&field.path).into_owned(),
            text: format!("{} removed for a moment", whole(&field.before)),
        }
    }

    fn together(subject: &Address, sent: &[(&Change, &Field)]) -> Row {
        let texts: Vec<String> = sent
            .iter()
            .map(|(change, field)| {
                let text = describe(Changed::from(*field), change.action, false);
                format!("{} {text}", escape(&field.path))
            })
            .collect();
        let symbol = sent.first().map(|(change, _)| Symbol::of_change(change));
        Row {
            symbol: symbol.unwrap_or(Symbol {
                sign: Sign::Change,
                irreversible: false,
            }),
            name: escape(subject).into_owned(),
            text: texts.join(", "),
        }
    }
}

/// Numbers in order, neighbours as a range: `1-3, 7`.
fn ranges(ids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &id in ids {
        match ranges.last_mut() {
            Some((_, to)) if *to + 1 == id => *to = id,
            _ => ranges.push((id, id)),
        }
    }
    let words: Vec<String> = ranges
        .iter()
        .map(|(from, to)| match to - from {
            0 => from.to_string(),
            1 => format!("{from}, {to}"),
            _ => format!("{from}-{to}"),
        })
        .collect();
    some_of(words.iter().map(String::as_str), ROWS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_a_range() {
        assert_eq!(ranges(&[1, 2, 4, 5, 6, 9]), "1, 2, 4-6, 9");
    }
}
