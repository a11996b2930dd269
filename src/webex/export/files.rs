//! Which files of an export are lists of what.

use std::path::{Path, PathBuf};

use super::ExportError;
use super::columns::{self, Renames};
use super::people;
use super::problem::Problems;
use super::table::Table;

/// The files, by what they list. There may be several of one kind.
#[derive(Debug, Default)]
pub struct Files {
    /// People.
    pub people: Vec<Table>,
    /// Locations.
    pub locations: Vec<Table>,
    /// Numbers.
    pub numbers: Vec<Table>,
    /// Members of groups.
    pub groups: Vec<Table>,
    /// Workspaces.
    pub workspaces: Vec<Table>,
    /// Files that are none of these.
    pub others: Vec<String>,
}

/// Reads files, and the CSV files in directories.
pub fn read(
    paths: &[PathBuf],
    renames: &Renames,
    problems: &mut Problems,
) -> Result<Files, ExportError> {
    let mut files = Files::default();
    for path in all(paths)? {
        let table = Table::read(&path, renames, problems)?;
        if table.column(&columns::people::EMAIL[..2]).is_some() {
            files.people.push(table);
            continue;
        }
        // `numbers-2.csv`, `exported_workspaces (1).csv`
        let named = |word: &str| {
            let mut words = table.stem.split(|it: char| !it.is_alphabetic());
            words.any(|it| it == word || it.strip_suffix('s') == Some(word))
        };
        let has_address = table.column(columns::people::EMAIL).is_some();
        if has_address && !named("group") && !people::services(&table).is_empty() {
            files.people.push(table);
            continue;
        }
        let list = match () {
            () if named("location") => &mut files.locations,
            () if named("number") => &mut files.numbers,
            () if named("group") => &mut files.groups,
            () if named("workspace") => &mut files.workspaces,
            () if named("user") && has_address => &mut files.people,
            () => {
                files.others.push(table.file);
                continue;
            }
        };
        list.push(table);
    }
    match files.people.is_empty() {
        true => Err(ExportError::NoUsers(paths.to_vec())),
        false => Ok(files),
    }
}

impl Files {
    /// All files.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        let lists = [
            &self.people,
            &self.locations,
            &self.numbers,
            &self.groups,
            &self.workspaces,
        ];
        lists.into_iter().flatten()
    }

    /// All that were read, and what is worth a note about each.
    pub fn notes(&self) -> Vec<String> {
        let notes = self.tables().flat_map(|table| {
            let file = &table.file;
            table
                .notes
                .iter()
                .map(move |note| format!("{file}: {note}"))
        });
        let others = self.others.iter().map(|file| {
            format!(
                "{file} was not read: neither its columns are those of an export of users, nor does its name say locations, \
                 numbers, groups or workspaces"
            )
        });
        notes.chain(others).collect()
    }
}

/// The files named, and the CSV files of directories, in order of name.
fn all(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ExportError> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unreadable = |why: std::io::Error| ExportError::Unreadable {
            path: path.clone(),
            reason: why.to_string(),
        };
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            if is_csv(&file) {
                files.push(file);
            }
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// With commas or with tabs.
fn is_csv(path: &Path) -> bool {
    let ending = path.extension().map(|it| it.to_ascii_lowercase());
    ending.is_some_and(|ending| ending == "csv" || ending == "tsv")
}
