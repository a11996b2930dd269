//! `trunkline licenses`: how the words of YAML map to the licences of an organisation.

use std::path::PathBuf;

use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Value, json};

use super::output::{Failure, note, print};
use super::{Exit, input};
use crate::licensing::catalogue::{IMPLICIT, Recognised, Service, WORDS, id_code, recognise};
use crate::render::{ObjectFormat, escape};
use crate::snapshot::License;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory with the snapshot, or the snapshot itself
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The observed state [default: snapshot.json in PATH, if it is there]
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// How to print the table
    #[arg(long, value_enum, default_value_t)]
    format: ObjectFormat,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if !args.path.exists() {
        let message = format!("there is no directory `{}`", args.path.display());
        return Err(Failure::new(message).help("name the one with snapshot.json"));
    }
    let path = input::snapshot_alone(&args.path, args.snapshot.as_deref())?;
    let mut exit = Exit::Fine;
    let licenses = match args.snapshot.is_some() || path.exists() {
        true => {
            let (snapshot, _) = input::snapshot(&path).map_err(|finding| {
                Failure::new(&finding.message).exit(input::exit_of(finding.code))
            })?;
            if snapshot.licenses.is_none() || !snapshot.complete {
                note(
                    "note: the snapshot does not say which licences there are, or not all of them\n",
                )?;
                exit = Exit::Incomplete;
            }
            snapshot.licenses.unwrap_or_default()
        }
        false => Vec::new(),
    };
    match args.format {
        ObjectFormat::Text => print(&text(&licenses))?,
        ObjectFormat::Json => print(&(serde_json::to_string_pretty(&as_json(&licenses))? + "\n"))?,
    }
    Ok(exit)
}

/// How YAML names a licence, or why it does not.
fn yaml_name(license: &License) -> String {
    match (recognise(license), &license.site_url) {
        (Recognised::Word(row), Some(site)) if row.service == Service::Meetings => {
            format!("meetings: {{{site}: {}}}", row.word)
        }
        (Recognised::Word(row), _) if row.service == Service::Meetings => {
            "other (no site)".to_owned()
        }
        (Recognised::Word(row), _) => format!("{}: {}", row.service.name(), row.word),
        (Recognised::Implicit, _) => "free for everyone, not touched".to_owned(),
        (Recognised::Unknown, _) => "other".to_owned(),
    }
}

fn text(licenses: &[License]) -> String {
    let mut words = table(&["YAML", "code in the id", "licence", "other names"]);
    for row in WORDS {
        let free = if row.implicit { " (free)" } else { "" };
        let yaml = match row.service {
            Service::Meetings => format!("meetings: {{<site>: {}}}", row.word),
            service => format!("{}: {}", service.name(), row.word),
        };
        words.add_row([
            yaml,
            row.codes.join(", "),
            format!("{}{free}", row.name),
            row.aliases.join(", "),
        ]);
    }
    let free: Vec<&str> = IMPLICIT.iter().map(|(_, name)| *name).collect();
    let mut out = format!(
        "{}\n\nattendee accounts need no licence: meetings: {{<site>: attendee}}\n\
         not touched unless named: {}\nanything else: other: [<exact name>]\n",
        tidy(&words),
        free.join(", ")
    );
    if licenses.is_empty() {
        return out;
    }
    let mut rows = table(&[
        "licence of the organisation",
        "subscription",
        "units",
        "YAML",
    ]);
    let mut sorted: Vec<&License> = licenses.iter().collect();
    sorted.sort_by(|a, b| {
        (&a.name, &a.site_url, &a.subscription_id).cmp(&(&b.name, &b.site_url, &b.subscription_id))
    });
    for license in sorted {
        rows.add_row([
            escape(&license.name).into_owned(),
            escape(license.subscription_id.as_deref().unwrap_or("none")).into_owned(),
            format!(
                "{} of {}",
                units(license.consumed_units),
                units(license.total_units)
            ),
            escape(&yaml_name(license)).into_owned(),
        ]);
    }
    out += &format!("\n{}\n", tidy(&rows));
    out
}

/// A number of units for people.
fn units(told: Option<i64>) -> String {
    told.map_or_else(|| "unknown".to_owned(), |units| units.to_string())
}

/// A table without lines.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    table
}

/// Numbers end at the right side of their column.
pub fn numbers(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// Without the spaces that tables leave at line ends.
pub fn tidy(table: &Table) -> String {
    table
        .to_string()
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

fn as_json(licenses: &[License]) -> Value {
    let words: Vec<Value> = WORDS
        .iter()
        .map(|row| {
            json!({
                "service": row.service.name(), "word": row.word, "codes": row.codes,
                "license": row.name, "aliases": row.aliases, "implicit": row.implicit,
            })
        })
        .collect();
    let licenses: Vec<Value> = licenses
        .iter()
        .map(|license| {
            let (service, word) = match recognise(license) {
                Recognised::Word(row) => (Some(row.service.name()), Some(row.word)),
                Recognised::Implicit => (Some("implicit"), None),
                Recognised::Unknown => (None, None),
            };
            json!({
                "license": license.name, "subscription": license.subscription_id, "site": license.site_url,
                "code": id_code(&license.id), "service": service, "word": word,
                "totalUnits": license.total_units, "consumedUnits": license.consumed_units,
            })
        })
        .collect();
    json!({"formatVersion": 1, "words": words, "licenses": licenses})
}
