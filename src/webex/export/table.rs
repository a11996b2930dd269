//! CSV files with a header, as spreadsheets leave them: with or without a byte order mark, columns in any order.

use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use jiff::Timestamp;

use super::ExportError;
use super::capture;

/// A file.
#[derive(Debug)]
pub struct Table {
    path: PathBuf,
    /// The name of the file without its ending, in lower case.
    pub name: String,
    /// The header.
    pub headers: Vec<String>,
    /// The rows.
    pub rows: Vec<StringRecord>,
}

/// Every CSV file in a directory, in order of name.
pub fn read_all(directory: &Path) -> Result<Vec<Table>, ExportError> {
    let unreadable = |reason: String| ExportError::Unreadable {
        path: directory.to_owned(),
        reason,
    };
    let entries = std::fs::read_dir(directory).map_err(|why| unreadable(why.to_string()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|why| unreadable(why.to_string()))?.path();
        let ending = path.extension().map(|it| it.to_ascii_lowercase());
        if ending.is_some_and(|ending| ending == "csv") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| Table::read(path)).collect()
}

impl Table {
    fn read(path: &Path) -> Result<Table, ExportError> {
        let unreadable = |reason: String| ExportError::Unreadable {
            path: path.to_owned(),
            reason,
        };
        let bytes = std::fs::read(path).map_err(|why| unreadable(why.to_string()))?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(bytes);
        let headers = reader
            .headers()
            .map_err(|why| unreadable(why.to_string()))?;
        let headers = headers.iter().map(|it| it.trim().to_owned()).collect();
        let rows: Result<Vec<StringRecord>, _> = reader.records().collect();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Table {
            path: path.to_owned(),
            name: name.to_lowercase(),
            headers,
            rows: rows.map_err(|why| unreadable(why.to_string()))?,
        })
    }

    /// Whether it is Control Hub's list of people.
    pub fn is_export_of_people(&self) -> bool {
        let has = |names: &[&str]| self.column(names).is_some();
        has(&["useridemailrequired", "useridemail"])
            || (["users", "user", "exported_users"].contains(&self.name.as_str())
                && has(super::columns::EMAIL))
    }

    /// When the file was written, RFC 3339.
    pub fn written(&self) -> Result<String, ExportError> {
        let unreadable = |reason: String| ExportError::Unreadable {
            path: self.path.clone(),
            reason,
        };
        let modified = std::fs::metadata(&self.path).and_then(|it| it.modified());
        let modified = modified.map_err(|why| unreadable(why.to_string()))?;
        let time = Timestamp::try_from(modified).map_err(|why| unreadable(why.to_string()))?;
        Ok(capture::second(time))
    }

    /// What stands in the first of these columns that there is; `None` where nothing does.
    pub fn text<'t>(&self, row: &'t StringRecord, names: &[&str]) -> Option<&'t str> {
        let text = row.get(self.column(names)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Whether a column says TRUE.
    pub fn is_true(&self, row: &StringRecord, column: usize) -> bool {
        let text = row.get(column).unwrap_or_default();
        text.trim().eq_ignore_ascii_case("true")
    }

    /// An error in a row.
    pub fn wrong(&self, row: &StringRecord, reason: &str) -> ExportError {
        ExportError::Row {
            path: self.path.clone(),
            line: row.position().map_or(0, csv::Position::line),
            reason: reason.to_owned(),
        }
    }

    fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| {
            let mut headers = self.headers.iter();
            headers.position(|header| bare(header) == *name)
        })
    }
}

/// A header without blanks and punctuation, in lower case.
fn bare(header: &str) -> String {
    let letters = header.chars().filter(|it| it.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
