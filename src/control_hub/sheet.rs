//! The files: their rows, their columns, how many rows each has.
//!
//! A cell that a spreadsheet would run as a formula is in none of them: with a quotation mark in front, Control Hub would take
//! another value.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::steps::Step;
use crate::change::{Field, Risk};

/// The most rows that Control Hub takes in a file (webex-api.md 12.1).
const ROWS: usize = 20_000;
/// The most numbers that are pasted at once.
const NUMBERS: usize = 1_000;

/// What rows of one file have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// People who are created.
    New,
    /// What can be undone.
    Usual,
    /// What cannot be undone. Never in one file with anything else.
    Irreversible,
}

impl Class {
    /// The class of a row with these fields.
    pub fn of(fields: &[&Field], created: bool) -> Class {
        let mut fields = fields.iter();
        match fields.any(|field| field.risk == Risk::Irreversible) {
            true => Class::Irreversible,
            false if created => Class::New,
            false => Class::Usual,
        }
    }
}

/// A column: those of attributes come first, in order, then those of services, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// Which attribute; services have the last place.
    pub place: usize,
    /// The header.
    pub header: String,
}

/// A row of the file of people.
#[derive(Debug)]
pub struct Row {
    /// In which file.
    pub class: Class,
    /// Its cells; others are empty.
    pub cells: BTreeMap<Column, String>,
    /// Columns of services that are FALSE for it where the file has them and it says nothing else.
    pub excludes: bool,
    /// What is lost with it, in words.
    pub losses: Vec<String>,
}

/// A file that is written.
#[derive(Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its content.
    pub text: String,
    /// How many rows it has, without its header.
    pub rows: usize,
    /// What it is.
    pub is: Is,
    /// What is lost with its rows, in words.
    pub losses: Vec<String>,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Is {
    /// The checklist.
    Checklist,
    /// A file of people, of this class; whether it takes services away.
    People(Class, bool),
    /// A file of workspaces.
    Workspaces(Class),
    /// Numbers to be pasted, with what is chosen in the dialog.
    Numbers(String),
}

/// The rows of one level.
#[derive(Debug, Default)]
pub struct Sheets {
    people: BTreeMap<Class, Vec<Row>>,
    workspaces: BTreeMap<Class, Vec<Vec<String>>>,
    numbers: BTreeMap<String, Vec<String>>,
}

/// Names of files, behind the number of their turn.
const NUMBERS_TXT: &str = "numbers.txt";
const NEW_USERS: &str = "new-users.csv";
const USERS: &str = "users.csv";
const USERS_IRREVERSIBLE: &str = "users-irreversible.csv";
const WORKSPACES: &str = "workspaces.csv";
const WORKSPACES_IRREVERSIBLE: &str = "workspaces-irreversible.csv";

/// Whether one of these files may have such a name.
pub fn is_name(name: &str) -> bool {
    let parts = name.split_once('-');
    parts.is_some_and(|(turn, rest)| {
        let of = [
            NUMBERS_TXT,
            NEW_USERS,
            USERS,
            USERS_IRREVERSIBLE,
            WORKSPACES,
            WORKSPACES_IRREVERSIBLE,
        ];
        turn.len() >= 2 && turn.bytes().all(|it| it.is_ascii_digit()) && of.contains(&rest)
    })
}

/// Whether a cell says the same in a spreadsheet and in Control Hub: no formula, no control character. A telephone number is
/// no formula.
pub fn is_plain(cell: &str) -> bool {
    let number = cell
        .strip_prefix('+')
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let formula = cell.starts_with(['=', '+', '-', '@']) && !number;
    !formula && !cell.chars().any(char::is_control) && cell.trim() == cell
}

/// Why a row is not written.
pub fn not_plain(cell: &str) -> String {
    format!("a spreadsheet would change or run `{cell}`")
}

impl Sheets {
    /// Adds a row of a person.
    pub fn person(&mut self, row: Row) {
        self.people.entry(row.class).or_default().push(row);
    }

    /// Adds a row of a workspace.
    pub fn workspace(&mut self, cells: Vec<String>, class: Class) {
        self.workspaces.entry(class).or_default().push(cells);
    }

    /// Adds a number, with those that are entered in the same dialog; `called` is the name that a location has by then.
    pub fn number<'n>(&mut self, step: &'n Step<'_>, called: impl Fn(&'n str) -> &'n str) {
        let after = |path: &str| {
            let field = step.fields.iter().find(|field| field.path == path);
            let value = field?.after.as_str()?;
            Some(if path == "location" {
                called(value)
            } else {
                value
            })
        };
        let parts =
            ["location", "type", "state"].map(|path| Some(format!("{path} {}", after(path)?)));
        let dialog: Vec<String> = parts.into_iter().flatten().collect();
        let numbers = self.numbers.entry(dialog.join(", ")).or_default();
        numbers.push(step.change.key.to_string());
    }

    /// Writes the files, each with the number of its turn.
    pub fn write(self, workspaces: &[String], files: &mut Vec<File>) -> io::Result<()> {
        for (dialog, numbers) in self.numbers {
            for numbers in numbers.chunks(NUMBERS) {
                let text = numbers.join("\n") + "\n";
                push(
                    files,
                    NUMBERS_TXT,
                    text,
                    numbers.len(),
                    Is::Numbers(dialog.clone()),
                );
            }
        }
        for (class, rows) in &self.people {
            for rows in rows.chunks(ROWS) {
                let (text, takes) = people(rows)?;
                let name = match class {
                    Class::New => NEW_USERS,
                    Class::Usual => USERS,
                    Class::Irreversible => USERS_IRREVERSIBLE,
                };
                push(files, name, text, rows.len(), Is::People(*class, takes));
                let losses = rows.iter().flat_map(|row| row.losses.iter().cloned());
                files
                    .last_mut()
                    .into_iter()
                    .for_each(|file| file.losses = losses.clone().collect());
            }
        }
        for (class, rows) in &self.workspaces {
            for rows in rows.chunks(ROWS) {
                let mut table = csv::Writer::from_writer(Vec::new());
                table.write_record(workspaces)?;
                for row in rows {
                    table.write_record(row)?;
                }
                let name = match class {
                    Class::Irreversible => WORKSPACES_IRREVERSIBLE,
                    Class::New | Class::Usual => WORKSPACES,
                };
                push(
                    files,
                    name,
                    finish(table)?,
                    rows.len(),
                    Is::Workspaces(*class),
                );
            }
        }
        Ok(())
    }
}

fn push(files: &mut Vec<File>, name: &str, text: String, rows: usize, is: Is) {
    files.push(File {
        name: format!("{:02}-{name}", files.len() + 1),
        text,
        rows,
        is,
        losses: Vec::new(),
    });
}

/// The text of a file of people, and whether it takes a service away.
fn people(rows: &[Row]) -> io::Result<(String, bool)> {
    let columns: BTreeSet<&Column> = rows.iter().flat_map(|row| row.cells.keys()).collect();
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(columns.iter().map(|column| &column.header))?;
    let mut takes = false;
    for row in rows {
        let cells = columns.iter().map(|column| match row.cells.get(*column) {
            Some(cell) => cell.as_str(),
            None if row.excludes && column.place == SERVICES => "FALSE",
            None => "",
        });
        let gives =
            |(column, cell): (&Column, &String)| column.place != SERVICES || cell != "FALSE";
        takes |= !row.cells.iter().all(gives);
        table.write_record(cells)?;
    }
    Ok((finish(table)?, takes))
}

/// The place of columns of services.
pub const SERVICES: usize = usize::MAX;

fn finish(table: csv::Writer<Vec<u8>>) -> io::Result<String> {
    let bytes = table.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(email: &str, cells: &[(&str, &str)]) -> Row {
        let column = |place, header: &str| Column {
            place,
            header: header.to_owned(),
        };
        let services = cells
            .iter()
            .map(|(header, cell)| (column(SERVICES, header), (*cell).to_owned()));
        let address = [(column(3, "Email"), email.to_owned())];
        Row {
            class: Class::Usual,
            cells: address.into_iter().chain(services).collect(),
            excludes: false,
            losses: Vec::new(),
        }
    }

    fn written(rows: Vec<Row>) -> Vec<File> {
        let mut sheets = Sheets::default();
        rows.into_iter().for_each(|row| sheets.person(row));
        let mut files = Vec::new();
        sheets.write(&[], &mut files).unwrap();
        files
    }

    #[test]
    fn a_file_has_at_most_20_000_rows() {
        let rows =
            (0..20_001).map(|at| row(&format!("p{at}@acme.com"), &[("Webex Teams [S]", "TRUE")]));
        let files = written(rows.collect());
        let shown: Vec<(&str, usize, usize)> = files
            .iter()
            .map(|it| (it.name.as_str(), it.rows, it.text.lines().count()))
            .collect();
        assert_eq!(
            shown,
            [("01-users.csv", 20_000, 20_001), ("02-users.csv", 1, 2)]
        );
        assert!(files.iter().all(|it| is_name(&it.name)));
    }

    #[test]
    fn a_file_has_the_columns_of_its_rows_and_says_whether_it_takes() {
        let given = row("a@x", &[("A [S]", "TRUE")]);
        let taken = row("b@x", &[("B [S]", "FALSE")]);
        let files = written(vec![given, taken]);
        assert_eq!(files[0].text, "Email,A [S],B [S]\na@x,TRUE,\nb@x,,FALSE\n");
        assert_eq!(files[0].is, Is::People(Class::Usual, true));
        let mut new = row("c@x", &[("A [S]", "TRUE")]);
        new.excludes = true;
        let files = written(vec![new, row("d@x", &[("B [S]", "TRUE")])]);
        assert_eq!(
            files[0].text,
            "Email,A [S],B [S]\nc@x,TRUE,FALSE\nd@x,,TRUE\n"
        );
        assert_eq!(files[0].is, Is::People(Class::Usual, false));
    }

    #[test]
    fn what_cannot_be_undone_is_never_in_a_file_with_anything_else() {
        let mut lost = row("b@x", &[("A [S]", "FALSE")]);
        lost.class = Class::Irreversible;
        let files = written(vec![row("a@x", &[("A [S]", "TRUE")]), lost]);
        let names: Vec<&str> = files.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["01-users.csv", "02-users-irreversible.csv"]);
    }

    #[test]
    fn numbers_are_no_formulas() {
        for cell in [
            "+12145550101",
            "PRIMARY|+12145550101,REMOVE|+12145550102",
            "Ana",
            "",
            "1003",
        ] {
            assert!(is_plain(cell), "{cell}");
        }
        for cell in ["=1", "+1-1", "-1", "@x", "a\u{7}b", " x", "a\nb"] {
            assert!(!is_plain(cell), "{cell}");
        }
    }
}
