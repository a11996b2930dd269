//! `trunkline list`: the objects of a snapshot as a table, with filters. Nothing is planned from it.

mod filter;

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::licenses::{table, tidy};
use super::output::{Failure, note, print};
use super::{Exit, input};
use crate::licensing::catalogue::{Recognised, Service, recognise};
use crate::render::{self, TableFormat, escape};
use crate::snapshot::tables::{self, Cell, Table};
use crate::snapshot::{License, Snapshot};
use filter::Filter;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to list: users, workspaces, numbers, locations, groups, licenses, subscriptions, devices, features, or a kind of
    /// feature such as callQueues
    kind: String,
    /// The directory with the snapshot
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The observed state [default: snapshot.json in PATH]
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Only those that have this: a column that is not empty, or a licence (calling, messaging/advanced, a product's name); can
    /// be repeated
    #[arg(long, value_name = "WHAT")]
    with: Vec<String>,
    /// Only those that do not have this; can be repeated
    #[arg(long, value_name = "WHAT")]
    without: Vec<String>,
    /// Only those of this location
    #[arg(long, value_name = "NAME")]
    location: Option<String>,
    /// Only those with this licence, as `--with`
    #[arg(long, value_name = "LICENSE")]
    license: Vec<String>,
    /// Only those with this value in a column; can be repeated
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    equal: Vec<String>,
    /// How to print the table
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let Some((table, feature)) = tables::find(&args.kind) else {
        let message = format!("there is nothing called `{}` to list", args.kind);
        return Err(Failure::new(message).help(format!("one of {}", tables::names().join(", "))));
    };
    let path = input::snapshot_path(&args.path, args.snapshot.as_deref());
    let (snapshot, _) = input::snapshot(&path).map_err(|finding| {
        let failure = Failure::new(&finding.message).exit(input::exit_of(finding.code));
        failure.help(finding.help.unwrap_or_default())
    })?;
    let filters = filters(args, table, feature.as_deref(), &snapshot)?;
    let rows = rows(table, feature.as_deref(), &snapshot)?;
    let mut kept = Vec::new();
    let mut unknown = 0;
    for row in rows {
        match filter::all(&filters, &row) {
            Some(true) => kept.push(row),
            Some(false) => {}
            None => unknown += 1,
        }
    }
    print(&shown(args.format, table, &snapshot, &kept)?)?;
    say(table, &snapshot, unknown)
}

/// The filters of the command line.
fn filters(
    args: &Args,
    table: &Table,
    feature: Option<&str>,
    snapshot: &Snapshot,
) -> Result<Vec<Filter>, Failure> {
    let licenses = snapshot.licenses.as_deref();
    let licenses: Option<Vec<String>> = licenses.map(|all| all.iter().map(self::word).collect());
    let mut filters = Vec::new();
    for (words, wanted) in [
        (&args.with, true),
        (&args.without, false),
        (&args.license, true),
    ] {
        for word in words {
            filters.push(Filter::has(table, word, wanted, licenses.as_deref())?);
        }
    }
    if let Some(location) = &args.location {
        let Some(column) = table.place() else {
            return Err(Failure::new(format!("{} are in no location", table.name)));
        };
        filters.push(Filter::is(table, column, location)?);
    }
    for text in &args.equal {
        let Some((column, value)) = text.split_once('=') else {
            let message = format!("`{text}` is not COLUMN=VALUE");
            return Err(Failure::new(message).help("write it such as --where state=inactive"));
        };
        filters.push(Filter::is(table, column, value)?);
    }
    if let Some(feature) = feature {
        filters.push(Filter::is(table, "kind", feature)?);
    }
    Ok(filters)
}

/// The rows of the snapshot. A list that was not captured is not an empty one.
fn rows(
    table: &Table,
    feature: Option<&str>,
    snapshot: &Snapshot,
) -> Result<Vec<Vec<Cell>>, Failure> {
    let unread = snapshot.features_not_read.iter();
    let unread = unread
        .filter(|it| feature == Some(it.kind.as_str()))
        .count()
        > 0;
    match table.rows(snapshot, &word) {
        Some(rows) if !unread => Ok(rows),
        _ => {
            let what = feature.unwrap_or(table.name);
            let message = format!("the snapshot does not say: {what} were not captured");
            let help = "take a new one with `trunkline snapshot --live --out FILE`";
            Err(Failure::new(message).help(help).exit(Exit::Incomplete))
        }
    }
}

/// A licence as YAML names it, with its subscription.
fn word(license: &License) -> String {
    let word = match (recognise(license), &license.site_url) {
        (Recognised::Word(row), Some(site)) if row.service == Service::Meetings => {
            format!("meetings/{site}/{}", row.word)
        }
        (Recognised::Word(row), _) => format!("{}/{}", row.service.name(), row.word),
        (Recognised::Implicit, _) => format!("free/{}", license.name),
        (Recognised::Unknown, _) => format!("other/{}", license.name),
    };
    match &license.subscription_id {
        Some(subscription) => format!("{word} ({subscription})"),
        None => word,
    }
}

fn shown(
    format: TableFormat,
    table: &Table,
    snapshot: &Snapshot,
    rows: &[Vec<Cell>],
) -> Result<String, Failure> {
    Ok(match format {
        TableFormat::Text => text(table, rows),
        TableFormat::Json => serde_json::to_string_pretty(&as_json(table, snapshot, rows))? + "\n",
        TableFormat::Csv => {
            let rows: Vec<Vec<String>> = rows
                .iter()
                .map(|row| row.iter().map(|cell| flat(cell, "unknown")).collect())
                .collect();
            render::table_csv(table.columns, &rows)?
        }
    })
}

/// Empty columns are left out.
fn text(table: &Table, rows: &[Vec<Cell>]) -> String {
    let used: Vec<usize> = (0..table.columns.len())
        .filter(|&at| at == 0 || rows.iter().any(|row| row[at].values() != Some(Vec::new())))
        .collect();
    let header: Vec<&str> = used.iter().map(|&at| table.columns[at]).collect();
    let mut out = self::table(&header);
    for row in rows {
        let cells = used
            .iter()
            .map(|&at| escape(&flat(&row[at], "?")).into_owned());
        out.add_row(cells.collect::<Vec<_>>());
    }
    format!("{}\n", tidy(&out))
}

fn flat(cell: &Cell, unknown: &str) -> String {
    cell.values()
        .map_or_else(|| unknown.to_owned(), |values| values.join(", "))
}

/// What is unknown is absent; what there is not is null, or an empty list.
fn as_json(table: &Table, snapshot: &Snapshot, rows: &[Vec<Cell>]) -> Value {
    let item = |row: &Vec<Cell>| {
        let cells = table.columns.iter().zip(row);
        let members = cells.filter_map(|(name, cell)| {
            let value = match cell {
                Cell::One(value) => json!(value),
                Cell::Many(values) => json!(values),
                Cell::Unknown => return None,
            };
            Some(((*name).to_owned(), value))
        });
        Value::Object(members.collect::<Map<String, Value>>())
    };
    json!({
        "formatVersion": 1, "kind": table.name, "capturedAt": snapshot.captured_at, "complete": snapshot.complete,
        "items": rows.iter().map(item).collect::<Vec<_>>(),
    })
}

/// What the table does not show.
fn say(table: &Table, snapshot: &Snapshot, unknown: usize) -> Result<Exit, Failure> {
    if unknown > 0 {
        note(&format!(
            "note: {unknown} left out: the snapshot does not say what the filter asks\n"
        ))?;
    }
    let odd = snapshot.not_known_of(table.kind).count();
    if odd > 0 && !table.kind.is_empty() {
        note(&format!(
            "note: of {odd} {} something could not be read\n",
            table.name
        ))?;
    }
    if !snapshot.complete {
        note("the snapshot is incomplete: objects may be missing from the list\n")?;
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::Fine)
}
