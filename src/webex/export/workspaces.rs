//! Lists of workspaces, those that one makes oneself and Control Hub's own -> workspaces.

use rustc_hash::FxHashSet;

use super::cells;
use super::lists::{needed, once, required};
use super::people::Countries;
use super::problem::Problems;
use super::services;
use super::table::{Row, Table};
use crate::snapshot::{License, Subscription, Word, Workspace};

/// Headers of the licence, as [`Table::column`] takes them.
const LICENSE: [&str; 2] = ["license", "licence"];
/// Headers of Control Hub's own column of Calling.
const CALLING_COLUMN: [&str; 2] = ["calling", "callingservice"];

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

/// What files and facts say elsewhere.
pub struct Known<'k> {
    /// All licences. One that only workspaces have is added.
    pub licenses: &'k mut Vec<License>,
    /// The subscriptions of the columns.
    pub subscriptions: &'k [Subscription],
}

/// Name, Location, Phone Number, Extension, License (the name of the licence, or its column in the export of people), Calling
/// (Control Hub's words).
pub fn read(
    tables: &[Table],
    known: &mut Known<'_>,
    countries: &Countries,
    problems: &mut Problems,
) -> Workspaces {
    let names: &[&str] = &["name", "displayname", "workspace", "workspacename"];
    required(tables, &[("Name", names)], problems);
    let mut result = Workspaces::default();
    let mut list = Vec::new();
    let mut seen = FxHashSet::default();
    for table in tables {
        let columns = table.column(&LICENSE).or(table.column(&CALLING_COLUMN));
        if !table.rows.is_empty() && columns.is_none() {
            let file = &table.file;
            let text = format!(
                "{file}: there is no column License or Calling, so the licences of workspaces are unknown: add the column License"
            );
            result.unknown.push(text);
        }
        for row in &table.rows {
            let name = needed(table, row, names, "the name", problems);
            let Some(name) = name.filter(|name| once(table, row, name, &mut seen, problems)) else {
                continue;
            };
            let held = held(table, row, known, problems, &mut result.unknown);
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
    known: &mut Known<'_>,
    problems: &mut Problems,
    unknown: &mut Vec<String>,
) -> Option<Word> {
    if let Some(wanted) = table.text(row, &LICENSE) {
        let column = table.column(&LICENSE);
        return match named(wanted, known) {
            Ok(license) => {
                if let Some(words) = table.text(row, &CALLING_COLUMN)
                    && !agrees(words, &license.name)
                {
                    let (column, name) = (table.column(&CALLING_COLUMN), &license.name);
                    let reason =
                        format!("`{words}` and the licence `{name}` contradict each other");
                    unknown.push(table.problem(row, column, reason).to_string());
                }
                Some(take(license))
            }
            Err(Unclear::Several(reason)) => {
                unknown.push(table.problem(row, column, reason).to_string());
                None
            }
            Err(Unclear::None(reason)) => {
                problems.add(table.problem(row, column, reason));
                None
            }
        };
    }
    let words = table.text(row, &CALLING_COLUMN)?;
    let lower = words.to_lowercase();
    let meaning = CALLING.iter().find(|(known, _)| *known == lower);
    let place = |reason: String| {
        let column = table.column(&CALLING_COLUMN);
        table.problem(row, column, reason).to_string()
    };
    let Some((_, name)) = meaning else {
        unknown.push(place(format!("`{words}` is not understood")));
        return None;
    };
    let name = (*name)?;
    let mut of_name = known.licenses.iter_mut().filter(|it| it.name == name);
    match (of_name.next(), of_name.next()) {
        (Some(license), None) => Some(take(license)),
        (None, _) => {
            unknown.push(place(format!(
                "no list names the subscription of `{name}`: write `{name} [SUBSCRIPTION]` into a column License, or add \
                 --facts with an older snapshot"
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

/// Whether Control Hub's words about Calling are about a licence of this name, or there is no Calling in either.
fn agrees(words: &str, name: &str) -> bool {
    let lower = words.to_lowercase();
    match CALLING.iter().find(|(known, _)| *known == lower) {
        Some((_, Some(meant))) => meant.eq_ignore_ascii_case(name),
        Some((_, None)) => !name.starts_with("Webex Calling"),
        None => false,
    }
}

/// Why a text does not say which licence it means.
enum Unclear {
    /// It could be any of several.
    Several(String),
    /// There is none.
    None(String),
}

/// The licence that a text names, by its name or by its column in the export of people, with or without the subscription.
/// A licence that no person has is known by its column alone, such as those of workspaces.
fn named<'l>(wanted: &str, known: &'l mut Known<'_>) -> Result<&'l mut License, Unclear> {
    let column = services::named(wanted);
    let meant = |it: &License| {
        let of_column = column.as_ref().is_some_and(|column| {
            it.name.eq_ignore_ascii_case(&column.name)
                && (column.subscription.is_none() || it.subscription_id == column.subscription)
                && (column.site.is_none() || it.site_url == column.site)
        });
        of_column || it.name == wanted
    };
    let bought = |id: &String| known.subscriptions.iter().any(|it| it.id == *id);
    let new = column.as_ref().filter(|it| {
        services::is_licence(&it.name) && it.subscription.as_ref().is_some_and(bought)
    });
    if let Some(new) = new
        && !known.licenses.iter().any(&meant)
    {
        known.licenses.push(new.license());
    }
    let licenses = &mut *known.licenses;
    let found: Vec<usize> = (0..licenses.len())
        .filter(|at| meant(&licenses[*at]))
        .collect();
    let listed = |mut all: Vec<String>| {
        all.sort();
        all.join(", ")
    };
    match found.as_slice() {
        [one] => Ok(&mut licenses[*one]),
        [] => {
            let all = licenses.iter().map(written).collect();
            Err(Unclear::None(format!(
                "`{wanted}` is neither a licence nor a column of the export of users: write one of {}, with or without \
                 the subscription, or leave the cell empty",
                listed(all)
            )))
        }
        several => Err(Unclear::Several(format!(
            "`{wanted}` is in several subscriptions, and the row does not say which: write one of {}",
            listed(several.iter().map(|at| written(&licenses[*at])).collect())
        ))),
    }
}

/// A licence as its column in an export is called.
fn written(license: &License) -> String {
    let site = license.site_url.iter().map(|site| format!("{site} - "));
    let subscription = license.subscription_id.iter().map(|id| format!(" [{id}]"));
    let parts = site
        .chain([services::exported(&license.name).to_owned()])
        .chain(subscription);
    format!("`{}`", parts.collect::<String>())
}

fn take(license: &mut License) -> Word {
    license.hold();
    license.id.as_str().into()
}
