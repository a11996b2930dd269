//! Control Hub's CSV files: what it exports, and what it does with a file that is imported (webex-api.md 12.1).

mod people;
mod services;
mod workspaces;

use super::switches::Switches;
use super::world::World;

/// The most rows of a file.
const ROWS: usize = 20_000;

/// What a file lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Users.
    Users,
    /// Workspaces.
    Workspaces,
}

/// A file that somebody imports.
#[derive(Debug, Clone, Copy)]
pub struct Import<'a> {
    /// What it lists.
    pub list: List,
    /// The file.
    pub text: &'a str,
    /// "Add and remove services" instead of "Add services only".
    pub removes: bool,
    /// In which order rows are carried out is not documented: the last one first.
    pub reversed: bool,
}

/// A row that was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Whom it names.
    pub key: String,
    /// Why.
    pub why: String,
}

/// Carries out a file, row by row.
///
/// # Errors
/// Why the whole file is refused.
pub fn import(
    world: &mut World,
    rules: &Switches,
    import: Import<'_>,
    now: i64,
) -> Result<Vec<RefusedRow>, String> {
    let table = Table::read(import.text)?;
    let mut rows: Vec<&Vec<String>> = table.rows.iter().collect();
    if import.reversed {
        rows.reverse();
    }
    world.changed_at = Some(now);
    match import.list {
        List::Users => people::import(world, rules, (&table.header, &rows), import.removes, now),
        List::Workspaces => workspaces::import(world, rules, (&table.header, &rows)),
    }
}

/// What Control Hub exports.
///
/// # Errors
/// If it cannot be written.
pub fn export(world: &World, list: List) -> Result<String, String> {
    let rows = match list {
        List::Users => people::export(world),
        List::Workspaces => workspaces::export(world),
    };
    let mut table = csv::Writer::from_writer(Vec::new());
    for row in rows {
        table.write_record(row).map_err(|error| error.to_string())?;
    }
    let bytes = table.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// A header and its rows.
type Rows<'a> = (&'a [String], &'a [&'a Vec<String>]);

#[derive(Debug)]
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(text: &str) -> Result<Table, String> {
        let mut records = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes())
            .into_records()
            .map(|record| {
                let record = record.map_err(|error| error.to_string())?;
                Ok(record.iter().map(str::to_owned).collect::<Vec<String>>())
            });
        let header = records
            .next()
            .unwrap_or_else(|| Err("the file is empty".to_owned()))?;
        let rows: Result<Vec<_>, String> = records.collect();
        let rows = rows?;
        match rows.len() > ROWS {
            true => Err(format!("the file has more than {ROWS} rows")),
            false => Ok(Table { header, rows }),
        }
    }
}
