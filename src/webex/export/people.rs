//! The export of users -> people, and what of it is not understood.

use rustc_hash::FxHashMap;

use super::cells;
use super::columns::{Meaning, people as columns};
use super::problem::Problems;
use super::services::{self, Service};
use super::table::{Row, Table};
use crate::canonical;
use crate::snapshot::{License, Listed, User, Word};

/// The countries of locations, by name.
pub type Countries = FxHashMap<String, String>;

/// The services of one file.
pub fn services(people: &Table) -> Vec<Service> {
    let kept = |column: &usize| people.meanings[*column] != Meaning::Ignored;
    let named = |column: usize| {
        people.meanings[column] == Meaning::Named && !is_attribute(&people.headers[column])
    };
    let services = services::of(&people.headers, named);
    services.into_iter().filter(|it| kept(&it.column)).collect()
}

fn is_attribute(header: &str) -> bool {
    let bare = super::table::bare(header);
    let attributes = [
        columns::EMAIL,
        columns::DISPLAY_NAME,
        columns::FIRST_NAME,
        columns::LAST_NAME,
        columns::STATUS,
        columns::EXTENSION,
        columns::PHONE,
        columns::LOCATION,
    ];
    attributes.concat().contains(&bare.as_str())
}

/// The people of one file. `ids` are the licences of its services, by column; what is held counts in `licenses`.
pub fn read(
    people: &Table,
    services: &[Service],
    ids: &FxHashMap<usize, String>,
    licenses: &mut [License],
    countries: &Countries,
    problems: &mut Problems,
) -> Vec<(u64, User)> {
    let mut users = Vec::with_capacity(people.rows.len());
    for row in &people.rows {
        let Some(email) = address(people, row, problems) else {
            continue;
        };
        let held: Vec<&Service> = services
            .iter()
            .filter(|service| holds(people, row, service.column, problems))
            .collect();
        let phones = phones(people, row, &held, countries, problems);
        // Two columns may be one licence, by its names of then and now.
        let columns = held.iter().filter_map(|service| ids.get(&service.column));
        let mut held_ids: Vec<&String> = columns.collect();
        held_ids.sort_unstable();
        held_ids.dedup();
        for license in licenses.iter_mut().filter(|it| held_ids.contains(&&it.id)) {
            license.hold();
        }
        let attendee = held.iter().filter(|service| service.attendee);
        let attendee_sites: Vec<Word> = attendee
            .filter_map(|service| Some(service.site.as_deref()?.into()))
            .collect();
        let user = User {
            id: String::new(),
            email,
            display_name: display_name(people, row),
            status: people
                .text(row, columns::STATUS)
                .map(lifecycle)
                .map(Word::from),
            source: None,
            work_phone: phones.work_phone,
            location: phones.location.map(Word::from),
            phone_number: phones.number,
            extension: phones.extension,
            licenses: held_ids.into_iter().map(|id| id.as_str().into()).collect(),
            attendee_sites: attendee_sites.into(),
            site_admin: Box::default(),
            roles: Listed::absent(),
            voicemail: None,
        };
        users.push((row.line, user));
    }
    users
}

fn address(people: &Table, row: &Row, problems: &mut Problems) -> Option<String> {
    let column = people.column(columns::EMAIL);
    let Some(text) = people.text(row, columns::EMAIL) else {
        let reason = "the e-mail address is missing".to_owned();
        problems.add(people.problem(row, None, reason));
        return None;
    };
    if !canonical::is_address(text) {
        let reason = match text.chars().find(|&it| canonical::is_unseen(it)) {
            Some(it) => format!(
                "the e-mail address contains a character that does not show (U+{:04X})",
                it as u32
            ),
            None => format!("`{text}` is not an e-mail address"),
        };
        problems.add(people.problem(row, column, reason));
        return None;
    }
    Some(canonical::address(text))
}

/// Whether a cell of a service says TRUE; anything but TRUE, FALSE and nothing is a problem.
fn holds(people: &Table, row: &Row, column: usize, problems: &mut Problems) -> bool {
    let cell = row.cell(column);
    if cell.is_empty() {
        return false;
    }
    cells::switch(cell).unwrap_or_else(|| {
        let reason = format!("`{cell}` is neither TRUE nor FALSE");
        problems.add(people.problem(row, Some(column), reason));
        false
    })
}

#[derive(Default)]
struct Phones {
    work_phone: Option<String>,
    location: Option<String>,
    number: Option<String>,
    extension: Option<String>,
}

/// Number, extension and location are those of Calling where a person holds that; otherwise the number is the work phone as the
/// directory has it, well written or not.
fn phones(
    people: &Table,
    row: &Row,
    held: &[&Service],
    countries: &Countries,
    problems: &mut Problems,
) -> Phones {
    let location = people.text(row, columns::LOCATION).map(str::to_owned);
    let country = location
        .as_ref()
        .and_then(|location| countries.get(location));
    if !held.iter().any(|service| service.is_calling()) {
        let work_phone = people.read_as(row, columns::PHONE, problems, |cell| {
            let text = cells::bare(cell);
            cells::intact(text)?;
            // Only a plus sign that a spreadsheet removed comes back: what else is wrong with it is why Webex gave no Calling.
            let read = cells::number(text, country.map(String::as_str));
            let plus = format!("+{text}");
            Ok(match read {
                Ok(number) if number == plus => number,
                _ => text.to_owned(),
            })
        });
        return Phones {
            work_phone,
            ..Phones::default()
        };
    }
    let number = people.read_as(row, columns::PHONE, problems, |cell| {
        cells::number(cell, country.map(String::as_str))
    });
    Phones {
        work_phone: number.clone(),
        location,
        number,
        extension: people.read_as(row, columns::EXTENSION, problems, cells::extension),
    }
}

fn display_name(people: &Table, row: &Row) -> Option<String> {
    let text = |names: &[&str]| people.text(row, names).map(str::to_owned);
    text(columns::DISPLAY_NAME).or_else(|| {
        let parts = [text(columns::FIRST_NAME), text(columns::LAST_NAME)];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    })
}

/// Control Hub's words for the state of a person.
fn lifecycle(status: &str) -> String {
    let lower = status.to_lowercase();
    match lower.as_str() {
        "not verified" | "verified" | "invite pending" => "pending".to_owned(),
        "suspended" | "deactivated" => "inactive".to_owned(),
        _ => lower,
    }
}

/// A column of TRUE and FALSE that is neither a service nor known to be something else.
#[derive(Debug)]
pub struct Unknown {
    /// Its header.
    pub header: String,
    /// For how many people it is TRUE.
    pub people: usize,
}

/// Columns of TRUE and FALSE that are not understood.
pub fn not_understood(people: &Table, services: &[Service]) -> Vec<Unknown> {
    let columns = people.headers.iter().enumerate();
    let open = columns.filter(|(column, header)| {
        people.meanings[*column] == Meaning::Header
            && !services.iter().any(|service| service.column == *column)
            && !services::is_setting(header)
    });
    let unknown = open.filter_map(|(column, header)| {
        let cells = people.rows.iter().map(|row| row.cell(column));
        let filled = cells.filter(|cell| !cell.is_empty());
        // One odd cell does not hide the others.
        let switches: Vec<bool> = filled.filter_map(cells::switch).collect();
        (!switches.is_empty()).then(|| Unknown {
            header: header.clone(),
            people: switches.into_iter().filter(|it| *it).count(),
        })
    });
    unknown.collect()
}

/// What the file does not say of the people in it: services whose cells are all empty, services that other files of the export
/// have, and what people with Calling have.
pub fn not_told(people: &Table, services: &[Service], all: &[Service]) -> Vec<String> {
    let mut texts = Vec::new();
    let filled = |column: usize| people.rows.iter().any(|row| !row.cell(column).is_empty());
    for service in services.iter().filter(|it| !it.attendee) {
        let header = &people.headers[service.column];
        let empty = people
            .rows
            .iter()
            .filter(|row| row.cell(service.column).is_empty())
            .count();
        if !people.rows.is_empty() && !filled(service.column) {
            texts.push(format!("the column `{header}` is empty"));
        } else if service.is_calling() && empty > 0 {
            let all = people.rows.len();
            texts.push(format!(
                "the column `{header}` is empty for {empty} of {all} people, so whether they have Calling is unknown"
            ));
        }
    }
    for other in all {
        if !services.iter().any(|service| service.is_same(other)) {
            let name = &other.name;
            texts.push(format!(
                "it has no column of `{name}`, which another file has"
            ));
        }
    }
    let calls = |row: &Row| {
        let mut calling = services.iter().filter(|service| service.is_calling());
        calling.any(|service| cells::switch(row.cell(service.column)) == Some(true))
    };
    if people.rows.iter().any(calls) {
        let wanted = [
            ("Location", columns::LOCATION),
            ("Phone Number", columns::PHONE),
            ("Extension", columns::EXTENSION),
        ];
        for (name, headers) in wanted {
            if people.column(headers).is_none() {
                texts.push(format!(
                    "people have Calling, and there is no column {name}"
                ));
            }
        }
    }
    texts
}

/// Extensions that are shorter than all others of their location: a spreadsheet may have removed zeros before them.
pub fn shorter(people: &[(u64, User)], file: &str) -> Vec<String> {
    let mut lengths: FxHashMap<&str, FxHashMap<usize, usize>> = FxHashMap::default();
    for (_, user) in people {
        if let (Some(location), Some(extension)) = (&user.location, &user.extension) {
            *lengths
                .entry(location)
                .or_default()
                .entry(extension.len())
                .or_default() += 1;
        }
    }
    let mut notes = Vec::new();
    for (line, user) in people {
        let (Some(location), Some(extension)) = (&user.location, &user.extension) else {
            continue;
        };
        let of = &lengths[&**location];
        let usual = of.iter().max_by_key(|(length, count)| (**count, **length));
        if let Some((usual, count)) = usual
            && extension.len() < *usual
            && *count >= 3 * of[&extension.len()]
        {
            notes.push(format!(
                "{file}, line {line}: extension {extension} is shorter than the others of {location}, which have {usual} digits. \
                 A spreadsheet may have removed a zero"
            ));
        }
    }
    notes
}
