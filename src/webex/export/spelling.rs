//! How Control Hub spells the columns of its CSV files: as an export has them, else as its documents do (webex-api.md 12.1).
//! Must not know what is written into them, or why.

use std::path::PathBuf;

use rustc_hash::FxHashMap;

use super::cells;
use super::columns::{Renames, people};
use super::people as rows;
use super::problem::Problems;
use super::services::{self, Service};
use super::table::{Table, bare};
use super::{ExportError, NotAnExport};
use crate::canonical;

/// An attribute of people that has a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attribute {
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The display name.
    DisplayName,
    /// The e-mail address, by which a row finds its person.
    Email,
    /// The extension.
    Extension,
    /// The number.
    Phone,
    /// The location.
    Location,
}

impl Attribute {
    /// The header in the documents, and its forms in exports.
    fn names(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Attribute::FirstName => ("First Name", people::FIRST_NAME),
            Attribute::LastName => ("Last Name", people::LAST_NAME),
            Attribute::DisplayName => ("Display Name", people::DISPLAY_NAME),
            Attribute::Email => ("User ID/Email (Required)", people::EMAIL),
            Attribute::Extension => ("Extension", people::EXTENSION),
            Attribute::Phone => ("Phone Number", people::PHONE),
            Attribute::Location => ("Location", people::LOCATION),
        }
    }
}

/// A licence, or the account of an attendee, as a column names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// The licence's name; none for the account of an attendee.
    pub license: Option<&'a str>,
    /// The subscription.
    pub subscription: Option<&'a str>,
    /// The meeting site.
    pub site: Option<&'a str>,
}

/// Why a cell cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoColumn {
    /// The export has no such column.
    #[error("{file} has no column for {what}")]
    Absent {
        /// The export.
        file: String,
        /// What was looked for.
        what: String,
    },
    /// Two columns fit.
    #[error("{file} has several columns for {what}")]
    Several {
        /// The export.
        file: String,
        /// What was looked for.
        what: String,
    },
    /// Such licences are managed person by person.
    #[error("{file} marks this service as suspended (`{header}`); an import cannot assign it")]
    Suspended {
        /// The export.
        file: String,
        /// The column.
        header: String,
    },
}

/// How columns are spelled.
#[derive(Debug, Default)]
pub struct Spelling {
    people: Option<Table>,
    services: Vec<Service>,
    /// The rows of people, by address.
    rows: FxHashMap<String, usize>,
    /// The download of workspaces.
    pub workspaces: Option<Workspaces>,
}

impl Spelling {
    /// Reads current exports: one of people, one of workspaces, in any order.
    ///
    /// # Errors
    /// A file that cannot be read, is damaged, or is neither.
    pub fn read(paths: &[PathBuf]) -> Result<Spelling, ExportError> {
        let (mut spelling, mut problems) = (Spelling::default(), Problems::default());
        let none = Renames::default();
        for path in paths {
            let table = Table::read(path, &none, &mut problems)?;
            let refused = |why| ExportError::Odd(table.file.clone(), why);
            let has_address = table.column(people::EMAIL).is_some();
            if has_address && !rows::services(&table).is_empty() {
                if spelling.people.is_some() {
                    return Err(refused(NotAnExport::Second("user export")));
                }
                spelling.services = rows::services(&table);
                spelling.rows = by_address(&table, &mut problems);
                doubt(&table, &spelling.services, &mut problems);
                spelling.people = Some(table);
            } else if let Some(workspaces) = Workspaces::of(&table) {
                if spelling.workspaces.is_some() {
                    return Err(refused(NotAnExport::Second("workspace download")));
                }
                doubt(&table, &workspaces.services, &mut problems);
                spelling.workspaces = Some(Workspaces {
                    table: Some(table),
                    ..workspaces
                });
            } else {
                return Err(refused(NotAnExport::Neither));
            }
        }
        problems.none().map_err(ExportError::Problems)?;
        Ok(spelling)
    }

    /// Whether an export of people says how columns are spelled.
    pub fn is_from_an_export(&self) -> bool {
        self.people.is_some()
    }

    /// The column of an attribute.
    ///
    /// # Errors
    /// The export has none.
    pub fn attribute(&self, attribute: Attribute) -> Result<String, NoColumn> {
        let (documented, forms) = attribute.names();
        let Some(table) = &self.people else {
            return Ok(documented.to_owned());
        };
        match table.column(forms) {
            Some(column) => Ok(table.headers[column].clone()),
            None => Err(NoColumn::Absent {
                file: table.file.clone(),
                what: documented.to_owned(),
            }),
        }
    }

    /// The column of a licence that is not suspended: the others are managed person by person.
    ///
    /// # Errors
    /// The export has none, or not one alone.
    pub fn service(&self, named: Named<'_>) -> Result<String, NoColumn> {
        match &self.people {
            None => Ok(documented(named)),
            Some(table) => {
                let service = find(table, &self.services, named)?;
                Ok(table.headers[service.column].clone())
            }
        }
    }

    /// What the export says of a person in the column of this licence; `None` where it does not have the person. Without an
    /// export nothing is known.
    pub fn says(&self, email: &str, header: &str) -> Option<Option<bool>> {
        let table = self.people.as_ref()?;
        let column = table.headers.iter().position(|it| it == header)?;
        let row = self.rows.get(email).map(|at| &table.rows[*at]);
        // What is neither TRUE nor FALSE was refused when the file was read.
        Some(row.map(|row| cells::switch(row.cell(column)).unwrap_or(false)))
    }

    /// Whether the export has a person; `None` without an export.
    pub fn has(&self, email: &str) -> Option<bool> {
        self.people.as_ref()?;
        Some(self.rows.contains_key(email))
    }

    /// What the export says in the column of an attribute, as snapshots have it; `None` where it says nothing that can be read.
    pub fn text(&self, email: &str, attribute: Attribute) -> Option<String> {
        let table = self.people.as_ref()?;
        let row = &table.rows[*self.rows.get(email)?];
        let cell = table.text(row, attribute.names().1)?;
        match attribute {
            Attribute::Phone => cells::number(cell, None).ok(),
            Attribute::Extension => cells::extension(cell).ok(),
            _ => Some(canonical::canonical(cells::bare(cell)).into_owned()),
        }
    }

    /// The columns of Calling for people.
    pub fn calling(&self) -> Vec<String> {
        let table = self.people.as_ref();
        let services = self.services.iter().filter(|it| it.is_calling());
        let headers = services.filter_map(|it| Some(table?.headers[it.column].clone()));
        headers.collect()
    }
}

/// The rows of people by address. Of two with one address it is unknown which is right.
fn by_address(table: &Table, problems: &mut Problems) -> FxHashMap<String, usize> {
    let mut rows = FxHashMap::default();
    for (at, row) in table.rows.iter().enumerate() {
        let reason = match table.text(row, people::EMAIL).map(canonical::address) {
            None => "the e-mail address is missing",
            Some(address) => match rows.insert(address, at) {
                Some(_) => "the person is in the file twice",
                None => continue,
            },
        };
        problems.add(table.problem(row, None, reason.to_owned()));
    }
    rows
}

/// Cells of services that say neither TRUE nor FALSE are problems; nothing is FALSE.
fn doubt(table: &Table, services: &[Service], problems: &mut Problems) {
    for row in &table.rows {
        for service in services {
            let cell = row.cell(service.column);
            if !cell.is_empty() && cells::switch(cell).is_none() {
                let reason = format!("`{cell}` is neither TRUE nor FALSE");
                problems.add(table.problem(row, Some(service.column), reason));
            }
        }
    }
}

/// The column of a licence in a file.
fn find<'s>(
    table: &Table,
    services: &'s [Service],
    named: Named<'_>,
) -> Result<&'s Service, NoColumn> {
    let fits = |service: &&Service| {
        let same = match named.license {
            Some(name) => !service.attendee && service.name == name,
            None => service.attendee,
        };
        same && service.site.as_deref() == named.site
            && (service.subscription.as_deref() == named.subscription || service.attendee)
    };
    let (file, what) = (table.file.clone(), documented(named));
    let mut fitting = services.iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (None, _) => Err(NoColumn::Absent { file, what }),
        (Some(_), Some(_)) => Err(NoColumn::Several { file, what }),
        (Some(service), None) if service.suspended => Err(NoColumn::Suspended {
            file,
            header: table.headers[service.column].clone(),
        }),
        (Some(service), None) => Ok(service),
    }
}

/// A column as the documents spell it: `<service> [<subscription>]`, `<site> - <service> [<subscription>]`.
fn documented(named: Named<'_>) -> String {
    let name = named.license.map_or("Attendee account", services::exported);
    let site = named.site.map(|site| format!("{site} - "));
    let subscription = named.subscription.map(|it| format!(" [{it}]"));
    let (site, subscription) = (site.unwrap_or_default(), subscription.unwrap_or_default());
    format!("{site}{name}{subscription}")
}

/// The download of workspaces. No document has its headers, so that only an export says them (webex-api.md 12.3).
#[derive(Debug)]
pub struct Workspaces {
    table: Option<Table>,
    services: Vec<Service>,
    name: usize,
    only: usize,
}

impl Workspaces {
    /// What is special about the columns; `None` where it is no such file: it names workspaces, has columns of services, and
    /// one that says whether only the subscription is updated.
    fn of(table: &Table) -> Option<Workspaces> {
        let name = table.column(&["name", "displayname", "workspace", "workspacename"])?;
        let services = services::of(&table.headers, |_| false);
        let says_only = |at: &usize| {
            let bare = bare(&table.headers[*at]);
            bare.contains("only") && bare.contains("subscription")
        };
        // "Hot desk only [Subscription…]" is a licence.
        let licence = |at: &usize| services.iter().any(|it| it.column == *at);
        let columns = 0..table.headers.len();
        let mut fitting = columns.filter(|at| says_only(at) && !licence(at));
        let (Some(only), None) = (fitting.next(), fitting.next()) else {
            return None;
        };
        (!services.is_empty()).then_some(Workspaces {
            table: None,
            services,
            name,
            only,
        })
    }

    /// The header of the file.
    pub fn header(&self) -> Vec<String> {
        let table = self.table.as_ref();
        table.map(|table| table.headers.clone()).unwrap_or_default()
    }

    /// The row of a workspace with other licences, and nothing but these changed. `Err` says why there is none.
    ///
    /// # Errors
    /// In words: the file does not have the workspace or a column, or says something else of it.
    pub fn row(&self, key: &str, edits: &[(Named<'_>, bool)]) -> Result<Vec<String>, String> {
        let table = self.table.as_ref().ok_or("there is no download")?;
        let file = &table.file;
        let mut named = table.rows.iter().filter(|row| row.cell(self.name) == key);
        let row = match (named.next(), named.next()) {
            (Some(row), None) => row,
            (None, _) => return Err(format!("{file} does not have the workspace")),
            (Some(_), Some(_)) => {
                return Err(format!("{file} has several workspaces of this name"));
            }
        };
        let columns = 0..table.headers.len();
        let mut cells: Vec<String> = columns.map(|it| row.cell(it).to_owned()).collect();
        // The whole row is written back: what a spreadsheet damaged would reach Webex.
        if let Some(note) = table.notes.first() {
            return Err(format!("{file}: {note}"));
        }
        if let Some(why) = cells.iter().find_map(|cell| cells::intact(cell).err()) {
            return Err(format!("{file}: {why}"));
        }
        for (license, granted) in edits {
            let service = find(table, &self.services, *license);
            let service = service.map_err(|why| why.to_string())?;
            let header = &table.headers[service.column];
            let holds = cells::switch(row.cell(service.column)).unwrap_or(false);
            if holds == *granted {
                let is = if holds { "TRUE" } else { "not TRUE" };
                return Err(format!("{file} says {is} in the column `{header}` already"));
            }
            cells[service.column] = if *granted { "TRUE" } else { "FALSE" }.to_owned();
        }
        cells[self.only] = "TRUE".to_owned();
        Ok(cells)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const CALLING: Named<'_> = Named {
        license: Some("Webex Calling - Professional"),
        subscription: Some("Sub1"),
        site: None,
    };

    fn spelling(files: &[(&str, &str)]) -> Result<Spelling, ExportError> {
        let directory = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|(name, text)| {
                let path = directory.path().join(name);
                fs::write(&path, text).unwrap();
                path
            })
            .collect();
        Spelling::read(&paths)
    }

    #[test]
    fn without_an_export_columns_are_those_of_the_documents() {
        let spelling = Spelling::default();
        let host = Named {
            license: Some("Webex Meetings Suite"),
            site: Some("acme.webex.com"),
            ..CALLING
        };
        let attendee = Named {
            license: None,
            subscription: None,
            ..host
        };
        let column = |named| spelling.service(named).unwrap();
        assert_eq!(column(CALLING), "Webex Calling VAR Professional [Sub1]");
        assert_eq!(
            column(host),
            "acme.webex.com - WebEx Enterprise Edition [Sub1]"
        );
        assert_eq!(column(attendee), "acme.webex.com - Attendee account");
    }

    #[test]
    fn an_export_says_how_columns_are_spelled() {
        let text = "UserID/Email (Required),Webex Calling SP Enterprise [Sub1],Webex Teams (Suspended) [Sub1]\na@x.y,TRUE,\n";
        let spelling = spelling(&[("users.csv", text)]).unwrap();
        let email = spelling.attribute(Attribute::Email);
        assert_eq!(email.unwrap(), "UserID/Email (Required)");
        let column = spelling.service(CALLING).unwrap();
        assert_eq!(column, "Webex Calling SP Enterprise [Sub1]");
        assert_eq!(spelling.says("a@x.y", &column), Some(Some(true)));
        assert_eq!(spelling.says("b@x.y", &column), Some(None));
        let messaging = Named {
            license: Some("Advanced Messaging"),
            ..CALLING
        };
        let suspended = spelling.service(messaging).unwrap_err();
        assert!(
            matches!(suspended, NoColumn::Suspended { .. }),
            "{suspended}"
        );
        let other = Named {
            subscription: Some("Sub2"),
            ..CALLING
        };
        let absent = spelling.service(other).unwrap_err().to_string();
        assert!(
            absent.contains("no column for Webex Calling VAR Professional [Sub2]"),
            "{absent}"
        );
        assert!(spelling.attribute(Attribute::Location).is_err());
    }

    #[test]
    fn a_row_of_a_workspace_keeps_what_does_not_change() {
        let text = "Workspace Name,Notes,Update Workspace Subscription Only,Webex Calling - Workspaces [S1],Webex Calling - Workspaces [S2]\nLobby,by the door,FALSE,TRUE,\n";
        let spelling = spelling(&[("workspaces.csv", text)]).unwrap();
        let workspaces = spelling.workspaces.unwrap();
        let of = |subscription| Named {
            license: Some("Webex Calling - Workspaces"),
            subscription: Some(subscription),
            site: None,
        };
        let moved = [(of("S1"), false), (of("S2"), true)];
        let row = workspaces.row("Lobby", &moved).unwrap();
        assert_eq!(row, ["Lobby", "by the door", "TRUE", "FALSE", "TRUE"]);
        let stale = workspaces.row("Lobby", &[(of("S1"), true)]).unwrap_err();
        assert!(stale.contains("says TRUE"), "{stale}");
        let unknown = workspaces.row("Hall", &moved).unwrap_err();
        assert!(unknown.contains("does not have the workspace"), "{unknown}");
    }

    #[test]
    fn a_file_that_is_no_export_is_an_error() {
        let people = ("users.csv", "Email,Webex Teams [S]\na@x.y,TRUE\n");
        let other = ("other.csv", "Name,Colour\na,b\n");
        let neither = spelling(&[people, other]).unwrap_err().to_string();
        assert!(neither.contains("other.csv is neither"), "{neither}");
        let twice = spelling(&[people, ("more.csv", people.1)]).unwrap_err();
        let twice = twice.to_string();
        assert!(
            twice.contains("more.csv is a second user export"),
            "{twice}"
        );
    }
    #[test]
    fn what_cannot_be_told_apart_is_an_error() {
        for (rows, expected) in [
            (
                "a@x.y,TRUE\nA@X.Y,FALSE\n",
                "the person is in the file twice",
            ),
            (",TRUE\n", "the e-mail address is missing"),
            ("a@x.y,yes?\n", "`yes?` is neither TRUE nor FALSE"),
        ] {
            let text = format!("Email,Webex Teams [S]\n{rows}");
            let refused = spelling(&[("users.csv", &text)]).unwrap_err();
            let said = format!("{refused} {refused:?}");
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn a_licence_of_hot_desking_only_is_not_the_switch_of_workspaces() {
        let text = "Name,Hot desk only [Subscription S1],Webex Calling - Workspaces [S1],Update Subscription Only\nLobby,TRUE,FALSE,FALSE\n";
        let spelling = spelling(&[("workspaces.csv", text)]).unwrap();
        let given = [(
            Named {
                license: Some("Webex Calling - Workspaces"),
                subscription: Some("S1"),
                site: None,
            },
            true,
        )];
        let row = spelling.workspaces.unwrap().row("Lobby", &given).unwrap();
        assert_eq!(row, ["Lobby", "TRUE", "TRUE", "TRUE"]);
    }
}
