//! `trunkline list`: the objects of a snapshot as a table, with filters. Nothing is planned from it.

mod filter;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::licenses::{numbers, table, tidy};
use super::output::{self, Failure, note, print};
use super::{Exit, input, pager};
use crate::finding::did_you_mean;
use crate::licensing::catalogue::{Recognised, Service, recognise};
use crate::render::{self, Detail, Options, TableFormat, escape};
use crate::snapshot::tables::{self, Cell, Table};
use crate::snapshot::{License, Snapshot, feature_words};
use filter::{Doubt, Filter};

/// How many names a note has.
const SHOWN: usize = 20;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to list: users, workspaces, numbers, locations, groups, licenses, subscriptions, devices, features, or a kind of
    /// feature such as callQueues
    kind: String,
    /// The directory with the snapshot, or the snapshot itself
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
        let message = format!("`{}` is not a kind that can be listed", args.kind);
        let names = tables::names();
        let near = did_you_mean(&args.kind, names.iter().map(String::as_str));
        let near = near.map(|near| format!("{near} ")).unwrap_or_default();
        return Err(Failure::new(message).help(format!("{near}Kinds: {}", names.join(", "))));
    };
    let path = input::snapshot_alone(&args.path, args.snapshot.as_deref())?;
    let (snapshot, _) = input::snapshot(&path).map_err(|finding| {
        let failure = Failure::new(&finding.message).exit(input::exit_of(finding.code));
        failure.help(finding.help.unwrap_or_default())
    })?;
    let filters = filters(args, table, feature.as_deref(), &snapshot)?;
    let rows = rows(table, feature.as_deref(), &snapshot)?;
    if let Some(location) = &args.location {
        known_location(location, table, &snapshot, &rows)?;
    }
    let kind = feature.as_deref().unwrap_or(table.kind);
    let listed = listed(table, kind, &snapshot, &filters, rows);
    let text = shown(args.format, table, &snapshot, &listed)?;
    match args.format {
        TableFormat::Text => pager::show(&text)?,
        TableFormat::Json | TableFormat::Csv => print(&text)?,
    }
    say(table, feature.as_deref(), &snapshot, &listed)
}

/// What is listed, and what may belong to it.
#[derive(Default)]
struct Listed {
    rows: Vec<Vec<Cell>>,
    /// Objects of which the snapshot does not say what the filters ask.
    unknown: Vec<String>,
    /// Objects that it names and does not have.
    unseen: Vec<String>,
}

fn listed(
    table: &Table,
    of: &str,
    snapshot: &Snapshot,
    filters: &[Filter],
    rows: Vec<Vec<Cell>>,
) -> Listed {
    let odd = snapshot.not_known.iter().map(|it| it.address.as_str());
    let mut odd: BTreeSet<&str> = odd.collect();
    let groups = tables::groups_are_open(snapshot);
    let mut listed = Listed::default();
    for row in rows {
        let address = table.address(&row);
        let object = address.is_some_and(|it| odd.remove(it.as_str()));
        match filter::all(filters, table, &row, Doubt { object, groups }) {
            Some(true) => listed.rows.push(row),
            Some(false) => {}
            None => listed.unknown.push(flat(&row[0], "?", "?")),
        }
    }
    let unseen = odd.into_iter().filter_map(|it| it.split_once('/'));
    let unseen = unseen.filter(|(kind, _)| *kind == of);
    listed.unseen = unseen.map(|(_, key)| key.to_owned()).collect();
    listed
}

/// A location that neither the snapshot nor a row has is a typo: nothing would be in it.
fn known_location(
    wanted: &str,
    table: &Table,
    snapshot: &Snapshot,
    rows: &[Vec<Cell>],
) -> Result<(), Failure> {
    let names = snapshot.locations().iter().map(|it| it.name.clone());
    let mut names: BTreeSet<String> = names.collect();
    if let Some(column) = table.place().and_then(|name| table.column(name)) {
        let cells = rows.iter().filter_map(|row| row.get(column)?.values());
        names.extend(cells.flatten().map(Cow::into_owned));
    }
    let wanted_folded = tables::folded(wanted);
    if names.iter().any(|it| tables::folded(it) == wanted_folded) {
        return Ok(());
    }
    let near = did_you_mean(wanted, names.iter().map(String::as_str));
    let help = "`trunkline list locations` prints those that there are".to_owned();
    let message = format!("the snapshot has no location `{wanted}`");
    Err(Failure::new(message).help(near.unwrap_or(help)))
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
            let message = format!(
                "`--location` cannot be used with `list {0}`: {0} do not belong to a location",
                table.name
            );
            return Err(Failure::new(message).help("remove `--location`"));
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
            let what = feature.map_or(table.name, feature_words);
            let message = format!("the snapshot has no list of {what}: they were not captured");
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
    listed: &Listed,
) -> Result<String, Failure> {
    let rows = &listed.rows;
    Ok(match format {
        TableFormat::Text => text(
            table,
            rows,
            &output::options(&std::io::stdout(), Detail::Short),
        ),
        TableFormat::Json => {
            serde_json::to_string_pretty(&as_json(table, snapshot, listed))? + "\n"
        }
        TableFormat::Csv => {
            let rows = rows.iter().map(|row| {
                let cells = row.iter().map(|cell| flat(cell, "unknown", ""));
                cells.collect()
            });
            let rows: Vec<Vec<String>> = rows.collect();
            render::table_csv(table.columns, &rows)?
        }
    })
}

/// Empty columns are left out. A table that is wider than the terminal is a block for each row instead.
fn text(table: &Table, rows: &[Vec<Cell>], options: &Options) -> String {
    let used: Vec<usize> = (0..table.columns.len())
        .filter(|&at| at == 0 || rows.iter().any(|row| row[at].values() != Some(Vec::new())))
        .collect();
    let header: Vec<&str> = used.iter().map(|&at| table.columns[at]).collect();
    let cells = |row: &Vec<Cell>| -> Vec<String> {
        let cells = used.iter();
        cells
            .map(|&at| flat(&row[at], "unknown", "unknown"))
            .collect()
    };
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let mut out = self::table(&header);
    for row in &cells {
        out.add_row(row.iter().map(|cell| escape(cell).into_owned()));
    }
    for (column, &at) in used.iter().enumerate() {
        if rows.iter().any(|row| matches!(row[at], Cell::Count(_))) {
            numbers(&mut out, column);
        }
    }
    let out = tidy(&out);
    let wide = |line: &str| line.chars().count() > options.width;
    match options.terminal && out.lines().any(wide) {
        true => render::records(&header, &cells, options),
        false => format!("{out}\n"),
    }
}

/// A cell in one text, with the words for what is unknown and for a number that is.
fn flat(cell: &Cell, unknown: &str, number: &str) -> String {
    match (cell, cell.values()) {
        (_, Some(values)) => values.join(", "),
        (Cell::Count(_), None) => number.to_owned(),
        (_, None) => unknown.to_owned(),
    }
}

/// What is unknown is absent; what there is not is null, or an empty list. Of a number, null is unknown: there always is one.
fn as_json(table: &Table, snapshot: &Snapshot, listed: &Listed) -> Value {
    let item = |row: &Vec<Cell>| {
        let cells = table.columns.iter().zip(row);
        let members = cells.filter_map(|(name, cell)| {
            let value = match cell {
                Cell::One(value) => json!(value),
                Cell::Many(values) => json!(values),
                Cell::Count(number) => json!(number),
                Cell::Unknown => return None,
            };
            Some(((*name).to_owned(), value))
        });
        Value::Object(members.collect::<Map<String, Value>>())
    };
    json!({
        "formatVersion": 1, "kind": table.name, "capturedAt": snapshot.captured_at, "complete": snapshot.complete,
        "items": listed.rows.iter().map(item).collect::<Vec<_>>(),
        "unknown": listed.unknown, "unseen": listed.unseen,
    })
}

/// What the table does not show.
fn say(
    table: &Table,
    feature: Option<&str>,
    snapshot: &Snapshot,
    listed: &Listed,
) -> Result<Exit, Failure> {
    let Listed {
        unknown, unseen, ..
    } = listed;
    let mut exit = Exit::Fine;
    if !unknown.is_empty() {
        note(&format!(
            "note: {} left out, because the snapshot does not say what the filter asks: {}\n",
            unknown.len(),
            some(unknown)
        ))?;
        exit = Exit::Incomplete;
    }
    if !unseen.is_empty() {
        note(&format!(
            "note: the snapshot could not read {} of the {}: {}\n",
            unseen.len(),
            table.name,
            some(unseen)
        ))?;
        exit = Exit::Incomplete;
    }
    let odd = snapshot.not_known_of(feature.unwrap_or(table.kind)).count() - unseen.len();
    if odd > 0 {
        note(&format!(
            "note: {odd} of the {} could not be read completely\n",
            table.name
        ))?;
    }
    if table.name == "features" && feature.is_none() {
        for kind in &snapshot.features_not_read {
            note(&format!(
                "note: features of the kind {} could not be read: {}\n",
                kind.kind,
                escape(&kind.reason)
            ))?;
            exit = Exit::Incomplete;
        }
    }
    if !snapshot.complete {
        note("the snapshot is incomplete: objects may be missing from the list\n")?;
        exit = Exit::Incomplete;
    }
    Ok(exit)
}

/// The first few names.
fn some(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(SHOWN).map(|it| escape(it)).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        rest => format!("{} and {rest} more", shown.join(", ")),
    }
}
