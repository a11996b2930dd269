//! One CSV file with a header: its delimiter, its rows with their lines, its columns by what their headers mean.

use std::fmt::Display;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use jiff::Timestamp;
use rustc_hash::FxHashMap;

use super::ExportError;
use super::columns::{Meaning, Renames};
use super::encoding;
use super::problem::{Problem, Problems};
use crate::disk;

/// A file.
#[derive(Debug)]
pub struct Table {
    /// The file, as messages name it.
    pub file: String,
    /// The name of the file without its ending, in lower case.
    pub stem: String,
    /// The header. A column that was renamed has its new name.
    pub headers: Vec<String>,
    /// What the user says of each column.
    pub meanings: Vec<Meaning>,
    /// The rows; none is blank, and each has as many cells as the header.
    pub rows: Vec<Row>,
    /// When the file was written.
    pub written: Timestamp,
    /// How the file was read, where that is worth a note.
    pub notes: Vec<String>,
    /// Columns by their headers without blanks and punctuation.
    columns: FxHashMap<String, usize>,
}

/// A row.
#[derive(Debug)]
pub struct Row {
    cells: StringRecord,
    /// Its line in the file.
    pub line: u64,
}

impl Row {
    /// The text of a cell; empty where it is.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or_default().trim()
    }
}

impl Table {
    /// Reads a file.
    pub fn read(
        path: &Path,
        renames: &Renames,
        problems: &mut Problems,
    ) -> Result<Table, ExportError> {
        let unreadable = |reason: &dyn Display| ExportError::Unreadable {
            path: path.to_owned(),
            reason: reason.to_string(),
        };
        let bytes = disk::read(path, disk::LARGEST).map_err(|why| unreadable(&why))?;
        let (text, note) = encoding::decode(&bytes).map_err(|why| unreadable(&why))?;
        let modified = std::fs::metadata(path).and_then(|it| it.modified());
        let modified = modified.map_err(|why| unreadable(&why))?;
        let written = Timestamp::try_from(modified).map_err(|why| unreadable(&why))?;
        if let Some(line) = unclosed(&text) {
            let why = format!(
                "a quotation mark is not closed: look at the cell that begins in line {line}"
            );
            return Err(unreadable(&why));
        }
        let (delimiter, start) = delimiter(&text);
        let divided = match delimiter {
            b',' => None,
            b'\t' => Some("the delimiter is a tab, not a comma".to_owned()),
            other => Some(format!(
                "the delimiter is `{}`, not a comma",
                char::from(other)
            )),
        };
        let mut rows = rows(&text, delimiter, start).map_err(|why| unreadable(&why))?;
        let header = match rows.is_empty() {
            true => StringRecord::new(),
            false => rows.remove(0).cells,
        };
        let (headers, meanings) = header.iter().map(|it| renames.of(it.trim())).unzip();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let mut table = Table {
            file: path.display().to_string(),
            stem: stem.to_lowercase(),
            headers,
            meanings,
            rows,
            written,
            notes: note.map(str::to_owned).into_iter().chain(divided).collect(),
            columns: FxHashMap::default(),
        };
        table.check(problems);
        Ok(table)
    }

    /// Each column has a unique name, and each row a cell for each column.
    fn check(&mut self, problems: &mut Problems) {
        for (column, header) in self.headers.iter().enumerate() {
            let bare = bare(header);
            if self.meanings[column] == Meaning::Ignored {
                continue;
            }
            if bare.is_empty() {
                if let Some(row) = self.rows.iter().find(|row| !row.cell(column).is_empty()) {
                    let reason = format!("cell {} has a text and no header", column + 1);
                    problems.add(self.problem(row, None, reason));
                }
            } else if self.columns.insert(bare, column).is_some() {
                problems.add(Problem {
                    file: self.file.clone(),
                    line: None,
                    column: Some(header.clone()),
                    reason: "two columns have this header: remove one".to_owned(),
                });
            }
        }
        if self.headers.is_empty() {
            problems.add(Problem {
                file: self.file.clone(),
                line: None,
                column: None,
                reason: "the file is empty: it has no header".to_owned(),
            });
        }
        for row in &self.rows {
            if let Some(column) = row
                .cells
                .iter()
                .position(|cell| cell.contains(['\n', '\r']))
            {
                let reason = "the cell continues on the next line: a quotation mark is not closed, or one too many";
                let column = (column < self.headers.len()).then_some(column);
                problems.add(self.problem(row, column, reason.to_owned()));
            }
        }
        let width = self.headers.len();
        for row in self.rows.iter().filter(|row| row.cells.len() != width) {
            let reason = format!(
                "the row has {} cells and the header {width}: a text with a comma needs quotation marks",
                row.cells.len()
            );
            problems.add(self.problem(row, None, reason));
        }
        // What is in the wrong column is not worth a second message.
        self.rows.retain(|row| row.cells.len() == width);
    }

    /// The first of these columns that there is, by headers without blanks and punctuation.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        names
            .iter()
            .find_map(|name| self.columns.get(*name).copied())
    }

    /// The text in the first of these columns that there is; `None` where it is empty.
    pub fn text<'t>(&self, row: &'t Row, names: &[&str]) -> Option<&'t str> {
        let text = row.cell(self.column(names)?);
        (!text.is_empty()).then_some(text)
    }

    /// What is wrong in a row, and in which column.
    pub fn problem(&self, row: &Row, column: Option<usize>, reason: String) -> Problem {
        Problem {
            file: self.file.clone(),
            line: Some(row.line),
            column: column.map(|column| self.headers[column].clone()),
            reason,
        }
    }

    /// The text in one of these columns, read; a text that cannot be read is a problem.
    pub fn read_as<T>(
        &self,
        row: &Row,
        names: &[&str],
        problems: &mut Problems,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(row, names)?;
        match read(text) {
            Ok(value) => Some(value),
            Err(reason) => {
                problems.add(self.problem(row, self.column(names), reason));
                None
            }
        }
    }
}

/// The line of the first cell whose quotation mark is not closed where the cell ends, if the marks of the text do not add up.
fn unclosed(text: &str) -> Option<usize> {
    if text.matches('"').count().is_multiple_of(2) {
        return None;
    }
    let mut open = None;
    for (at, line) in text.lines().enumerate() {
        if line.matches('"').count() % 2 != 0 {
            // A cell may go on in the next line: the first that does not end there is the one.
            let begins = line.contains(",\"")
                || line.contains(";\"")
                || line.contains("\t\"")
                || line.starts_with('"');
            open = match open {
                Some(first) if begins => return Some(first),
                Some(_) => None,
                None => Some(at + 1),
            };
        }
    }
    open
}

/// The rows that are not blank.
fn rows(text: &str, delimiter: u8, start: usize) -> Result<Vec<Row>, csv::Error> {
    let mut lines = Lines::new(text, start);
    let records = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(&text.as_bytes()[start..])
        .into_records();
    let mut rows = Vec::new();
    for record in records {
        let cells = record?;
        let line = lines.of(cells.position().map_or(0, csv::Position::byte));
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(Row { cells, line });
        }
    }
    Ok(rows)
}

/// What divides the cells, and where the header begins: spreadsheets may say it in a first line `sep=;`.
fn delimiter(text: &str) -> (u8, usize) {
    let first = text.lines().next().unwrap_or_default();
    if let Some(&[delimiter]) = first.strip_prefix("sep=").map(str::as_bytes) {
        return (delimiter, first.len());
    }
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            _ if quoted => {}
            other => counts
                .iter_mut()
                .filter(|it| it.0 == other)
                .for_each(|it| it.1 += 1),
        }
    }
    let most = counts.iter().rev().max_by_key(|it| it.1);
    (most.map_or(b',', |it| it.0), 0)
}

/// The lines of a text, asked for in order of their bytes.
struct Lines<'t> {
    bytes: &'t [u8],
    start: usize,
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str, start: usize) -> Lines<'t> {
        Lines {
            bytes: text.as_bytes(),
            start,
            at: 0,
            line: 1,
        }
    }

    /// The line of a record that begins there, behind the line ends before it.
    fn of(&mut self, byte: u64) -> u64 {
        let begin = usize::try_from(byte).unwrap_or(usize::MAX);
        let begin = begin.saturating_add(self.start).min(self.bytes.len());
        while self.at < self.bytes.len()
            && (self.at < begin || matches!(self.bytes[self.at], b'\r' | b'\n'))
        {
            let next = self.bytes.get(self.at + 1);
            match self.bytes[self.at] {
                b'\n' => self.line += 1,
                b'\r' if next != Some(&b'\n') => self.line += 1,
                _ => {}
            }
            self.at += 1;
        }
        self.line
    }
}

/// A header without blanks and punctuation, in lower case.
pub fn bare(header: &str) -> String {
    let letters = header.chars().filter(|it| it.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Table, Problems) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("users.csv");
        std::fs::write(&path, text).unwrap();
        let mut problems = Problems::default();
        let table = Table::read(&path, &Renames::default(), &mut problems).unwrap();
        (table, problems)
    }

    #[test]
    fn every_delimiter_and_line_end_gives_the_same_rows() {
        for delimiter in [",", ";", "\t"] {
            for end in ["\n", "\r\n", "\r"] {
                let lines = ["A,B", "1,\"x, y; z\"", "", ",", "2,b"];
                let text: Vec<String> = lines
                    .iter()
                    .map(|it| match it.starts_with("1,") {
                        true => it.replacen(',', delimiter, 1),
                        false => it.replace(',', delimiter),
                    })
                    .collect();
                let (table, problems) = read(&text.join(end));
                assert_eq!(problems.none(), Ok(()), "{delimiter:?} {end:?}");
                let rows: Vec<(u64, &str, &str)> = table
                    .rows
                    .iter()
                    .map(|row| (row.line, row.cell(0), row.cell(1)))
                    .collect();
                assert_eq!(
                    rows,
                    [(2, "1", "x, y; z"), (5, "2", "b")],
                    "{delimiter:?} {end:?}"
                );
            }
        }
        let (table, _) = read("sep=|\nA|B\n1|2\n");
        assert_eq!((table.headers.len(), table.rows[0].line), (2, 3));
    }

    #[test]
    fn rows_of_another_width_and_headers_that_occur_twice_are_named() {
        let (table, problems) = read("A,B,a\n1,2,3\n1,2\n1,2,3,4\n");
        assert_eq!(table.rows.len(), 1);
        let said = problems.none().unwrap_err().lines().join("\n");
        for part in [
            "two columns have this header",
            "line 3: the row has 2 cells and the header 3",
            "line 4: the row has 4 cells",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
}
