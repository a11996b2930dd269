//! Lists of workspaces, those that one makes oneself and Control Hub's own -> workspaces.

use rustc_hash::FxHashSet;

use super::cells;
use super::lists::{needed, once, required};
use super::people::Countries;
use super::problem::Problems;
use super::table::{Row, Table};
use crate::snapshot::{License, Word, Workspace};

/// What the column Calling of Control Hub says, and the licence that it means; `None` for no licence.
const CALLING: [(&str, Option<&str>); 8] = [
    (
        "cisco webex calling workspace",
        Some("Webex Calling - Workspaces"),
    ),
    (
        "cisco webex calling professional workspace",
        Some("Webex Calling - Professional"),
    ),
    (
        "cisco webex calling hot desk only",
        Some("Webex Calling - Hot desk only"),
    ),
    ("free calling", None),
    ("call on webex (1:1 call, non-pstn)", None),
    ("call on webex", None),
    ("none", None),
    ("-", None),
];

/// The workspaces, and what of them is not understood.
#[derive(Debug, Default)]
pub struct Workspaces {
    /// The list; absent without a file.
    pub list: Option<Vec<Workspace>>,
    /// Licences of which it is unknown which they are.
    pub unknown: Vec<String>,
}

/// Name, Location, Phone Number, Extension, License (the name of the licence or its column in the export of people), Calling
/// (Control Hub's words). `licenses` are all that are known.
pub fn read(
    tables: &[Table],
    licenses: &mut [License],
    countries: &Countries,
    problems: &mut Problems,
) -> Workspaces {
    let names: &[&str] = &["name", "displayname", "workspace", "workspacename"];
    required(tables, &[("Name", names)], problems);
    let mut result = Workspaces::default();
    let mut list = Vec::new();
    let mut seen = FxHashSet::default();
    for table in tables {
        let columns = ["license", "licence", "calling", "callingservice"];
        if !table.rows.is_empty() && table.column(&columns).is_none() {
            let file = &table.file;
            let text = format!(
                "{file}: there is no column License or Calling, so what workspaces hold is unknown"
            );
            result.unknown.push(text);
        }
        for row in &table.rows {
            let name = needed(table, row, names, "the name", problems);
            let Some(name) = name.filter(|name| once(table, row, name, &mut seen, problems)) else {
                continue;
            };
            let held = held(table, row, licenses, problems, &mut result.unknown);
            let location = table.text(row, &["location", "locationname"]);
            let country = location.and_then(|location| countries.get(location));
            list.push(Workspace {
                id: String::new(),
                name: name.to_owned(),
                location: location.map(Word::from),
                phone_number: table.read_as(row, &["phonenumber"], problems, |cell| {
                    cells::number(cell, country.map(String::as_str))
                }),
                extension: table.read_as(row, &["extension"], problems, cells::extension),
                licenses: held.into_iter().collect(),
                supported_devices: None,
            });
        }
    }
    result.list = (!tables.is_empty()).then_some(list);
    result
}

/// The licence of a workspace.
fn held(
    table: &Table,
    row: &Row,
    licenses: &mut [License],
    problems: &mut Problems,
    unknown: &mut Vec<String>,
) -> Option<Word> {
    let columns = ["license", "licence"];
    if let Some(wanted) = table.text(row, &columns) {
        if licenses.iter().filter(|it| it.name == wanted).count() > 1 {
            let reason =
                format!("`{wanted}` is in several subscriptions, and the row does not say which");
            let problem = table.problem(row, table.column(&columns), reason);
            unknown.push(problem.to_string());
            return None;
        }
        let license = licenses.iter_mut().find(|it| it.name == wanted);
        if license.is_none() {
            let reason = "no column of the export of users is this licence".to_owned();
            problems.add(table.problem(row, table.column(&columns), reason));
        }
        return license.map(take);
    }
    let words = table.text(row, &["calling", "callingservice"])?;
    let lower = words.to_lowercase();
    let meaning = CALLING.iter().find(|(known, _)| *known == lower);
    let place = |reason: String| {
        let column = table.column(&["calling", "callingservice"]);
        table.problem(row, column, reason).to_string()
    };
    let Some((_, name)) = meaning else {
        unknown.push(place(format!("`{words}` is not understood")));
        return None;
    };
    let name = (*name)?;
    let mut of_name = licenses.iter_mut().filter(|it| it.name == name);
    match (of_name.next(), of_name.next()) {
        (Some(license), None) => Some(take(license)),
        (None, _) => {
            unknown.push(place(format!(
                "no list names the subscription of `{name}`: add --facts with an older snapshot"
            )));
            None
        }
        (Some(_), Some(_)) => {
            unknown.push(place(format!(
                "`{name}` is in several subscriptions, and the row does not say which"
            )));
            None
        }
    }
}

fn take(license: &mut License) -> Word {
    license.hold();
    license.id.as_str().into()
}
