//! Lists next to the export of people: locations, numbers, groups, workspaces. A list without a file is absent.

use rustc_hash::{FxHashMap, FxHashSet};

use super::agree::may_mean;
use super::cells;
use super::people::Countries;
use super::problem::{Problem, Problems};
use super::table::{Row, Table};
use crate::canonical;
use crate::snapshot::{
    Address, Group, Location, LocationCalling, Number, Owner, User, Word, Workspace,
};

/// An object whose name a file has twice.
pub fn once(
    table: &Table,
    row: &Row,
    name: &str,
    seen: &mut FxHashSet<String>,
    problems: &mut Problems,
) -> bool {
    let new = seen.insert(name.to_lowercase());
    if !new {
        let reason = format!("`{name}` is in the list twice");
        problems.add(table.problem(row, None, reason));
    }
    new
}

/// The text that a row cannot be without.
pub fn needed<'t>(
    table: &'t Table,
    row: &'t Row,
    names: &[&str],
    what: &str,
    problems: &mut Problems,
) -> Option<&'t str> {
    let text = table.text(row, names);
    if text.is_none() {
        problems.add(table.problem(row, None, format!("{what} is missing")));
    }
    text
}

/// Name, Time Zone, Preferred Language, Address 1, Address 2, City, State, Postal Code, Country, Calling (TRUE or FALSE), Main
/// Number, PSTN. A main number means Calling.
pub fn locations(
    tables: &[Table],
    unknown: &mut Vec<String>,
    problems: &mut Problems,
) -> Option<Vec<Location>> {
    required(
        tables,
        &[("Name", &["name", "location", "locationname"])],
        problems,
    );
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        if table.column(&["calling", "mainnumber"]).is_none() {
            let file = &table.file;
            unknown.push(format!(
                "{file}: there is no column Calling or Main Number, so which locations have Calling is unknown"
            ));
        }
    }
    let mut locations = Vec::new();
    let mut seen = FxHashSet::default();
    for (table, row) in rows(tables) {
        let name = needed(
            table,
            row,
            &["name", "location", "locationname"],
            "the name",
            problems,
        );
        let Some(name) = name.filter(|name| once(table, row, name, &mut seen, problems)) else {
            continue;
        };
        let text = |names: &[&str]| table.text(row, names).map(str::to_owned);
        let country = text(&["country"]);
        let main_number = table.read_as(row, &["mainnumber"], problems, |cell| {
            cells::number(cell, country.as_deref())
        });
        let calls = table.read_as(row, &["calling"], problems, |cell| {
            cells::switch(cell).ok_or_else(|| format!("`{cell}` is neither TRUE nor FALSE"))
        });
        let address = Address {
            address1: text(&["address1", "address", "street"]),
            address2: text(&["address2"]),
            city: text(&["city"]),
            state: text(&["state", "province"]),
            postal_code: text(&["postalcode", "zipcode", "zip"]),
            country,
        };
        locations.push(Location {
            name: name.to_owned(),
            time_zone: text(&["timezone"]),
            preferred_language: text(&["preferredlanguage", "language"]),
            address: (address != Address::default()).then_some(address),
            calling: (calls == Some(true) || main_number.is_some()).then(|| LocationCalling {
                main_number,
                pstn: text(&["pstn", "pstnconnection"]),
            }),
            ..Location::default()
        });
    }
    (!tables.is_empty()).then_some(locations)
}

/// The columns that a list cannot be without.
pub fn required(tables: &[Table], columns: &[(&str, &[&str])], problems: &mut Problems) {
    for table in tables.iter().filter(|table| !table.headers.is_empty()) {
        for (name, headers) in columns {
            if table.column(headers).is_none() {
                problems.add(Problem {
                    file: table.file.clone(),
                    line: None,
                    column: None,
                    reason: format!(
                        "there is no column {name}; it has {}",
                        table.headers.join(", ")
                    ),
                });
            }
        }
    }
}

/// The rows of all files of a kind.
fn rows(tables: &[Table]) -> impl Iterator<Item = (&Table, &Row)> {
    tables
        .iter()
        .flat_map(|table| table.rows.iter().map(move |row| (table, row)))
}

/// Phone Number, Location, State, Type, Assigned To. Owners are the people and workspaces of the export that have the number; one
/// that is assigned to anything else is `unknown`, and so are state and type where no column has them.
pub fn numbers(
    tables: &[Table],
    (users, workspaces): (&[User], &[Workspace]),
    countries: &Countries,
    unknown: &mut Vec<String>,
    problems: &mut Problems,
) -> Option<Vec<Number>> {
    required(
        tables,
        &[
            ("Phone Number", &["phonenumber", "number"]),
            ("Location", &["location", "locationname"]),
        ],
        problems,
    );
    let people = users
        .iter()
        .filter_map(|user| Some((user.phone_number.as_deref()?, Owner::user(&user.email))));
    let places = workspaces
        .iter()
        .filter_map(|it| Some((it.phone_number.as_deref()?, Owner::workspace(&it.name))));
    let owners: FxHashMap<&str, Owner> = people.chain(places).collect();
    let mut numbers = Vec::new();
    let mut seen = FxHashSet::default();
    for (table, row) in rows(tables) {
        let columns = ["phonenumber", "number"];
        if needed(table, row, &columns, "the phone number", problems).is_none() {
            continue;
        }
        let location = table.text(row, &["location", "locationname"]);
        let country = location.and_then(|location| countries.get(location));
        let read = table.read_as(row, &columns, problems, |cell| {
            cells::number(cell, country.map(String::as_str))
        });
        let Some(number) = read.filter(|it| once(table, row, it, &mut seen, problems)) else {
            continue;
        };
        let state = table.read_as(row, &["state", "status"], problems, number_state);
        let kind = table.read_as(row, &["type", "numbertype"], problems, number_type);
        let owner = owners.get(number.as_str()).cloned();
        let contradicts = match (&owner, table.text(row, &OWNER)) {
            (None, _) => assigned(table, row).map(|assigned| {
                format!("{number} is {assigned}, and neither a person nor a workspace of the export has it")
            }),
            (Some(owner), Some(words)) if !may_mean(words, owner, users) => Some(format!(
                "{number} is assigned to `{words}` here, and {} has it in the other files",
                owner.key
            )),
            (Some(_), _) => None,
        };
        unknown.extend(contradicts.map(|text| table.problem(row, None, text).to_string()));
        numbers.push(Number {
            owner,
            phone_number: number,
            location: location.map(Word::from),
            state: state.map(Word::from),
            kind: kind.map(Word::from),
            extension: None,
            purpose: None,
        });
    }
    let table = tables.first()?;
    unknown.extend(not_listed(table, &owners, &seen));
    Some(numbers)
}

/// That people or workspaces have numbers that the list lacks.
fn not_listed(
    table: &Table,
    owners: &FxHashMap<&str, Owner>,
    seen: &FxHashSet<String>,
) -> Option<String> {
    let absent = owners.iter().filter(|(number, _)| !seen.contains(**number));
    // The first in order, so that the same files say the same.
    let (number, owner) = absent.clone().min_by_key(|(number, _)| **number)?;
    let more = match absent.count() - 1 {
        0 => String::new(),
        more => format!(" and {more} more of people and workspaces"),
    };
    Some(format!(
        "{}: {number}, which {} has in the other files{more}, is not in the list: export all numbers",
        table.file, owner.key
    ))
}

/// The headers of the column that says whose a number is.
const OWNER: [&str; 4] = ["assignedto", "owner", "ownername", "assignment"];

/// That a number has an owner, in the words of the list.
fn assigned(table: &Table, row: &Row) -> Option<String> {
    let owner = table.text(row, &OWNER);
    let state = table.text(row, &["state", "status"]);
    let state = state.filter(|state| state.eq_ignore_ascii_case("assigned"));
    owner
        .map(|owner| format!("assigned to `{owner}`"))
        .or_else(|| state.map(|_| "assigned".to_owned()))
}

/// What sort of number it is. A service number that is taken for an ordinary one could be assigned to a person.
fn number_type(cell: &str) -> Result<&'static str, String> {
    match super::table::bare(cell).as_str() {
        "did" | "pstn" | "geographic" | "standard" => Ok("did"),
        "tollfree" => Ok("tollFree"),
        "mobile" => Ok("mobile"),
        _ => Err(format!(
            "`{cell}` is not a type of number: DID, Toll-free or Mobile"
        )),
    }
}

/// Control Hub's words for the state of a number.
fn number_state(cell: &str) -> Result<&'static str, String> {
    match cell.to_lowercase().as_str() {
        "active" | "assigned" | "unassigned" | "available" => Ok("active"),
        "inactive" | "pending" => Ok("inactive"),
        _ => Err(format!(
            "`{cell}` is not the state of a number: Active or Inactive"
        )),
    }
}

/// Where a group is managed. One of a directory that is taken for one of Webex would be changed.
fn group_source(cell: &str) -> Result<&'static str, String> {
    match super::table::bare(cell).as_str() {
        "webex" | "controlhub" => Ok("webex"),
        "directory" => Ok("directory"),
        _ => Err(format!(
            "`{cell}` is not where a group is managed: write Webex, or Directory for one that a directory synchronises"
        )),
    }
}

/// What a directory means by a group.
fn group_kind(cell: &str) -> Result<&'static str, String> {
    match super::table::bare(cell).as_str() {
        "security" => Ok("security"),
        "distribution" => Ok("distribution"),
        "unknown" => Ok("unknown"),
        _ => Err(format!(
            "`{cell}` is not a kind of group: Security, Distribution or Unknown"
        )),
    }
}

/// A row for each membership: Group, Member (an e-mail address, empty for a group without members), Source, Kind.
pub fn groups(tables: &[Table], problems: &mut Problems) -> Option<Vec<Group>> {
    let member: (&str, &[&str]) = ("Member", &["member", "email", "useridemail"]);
    required(
        tables,
        &[("Group", &["group", "groupname", "name"]), member],
        problems,
    );
    let mut groups: Vec<Group> = Vec::new();
    let mut known: FxHashMap<String, usize> = FxHashMap::default();
    for (table, row) in rows(tables) {
        let columns = ["group", "groupname", "name"];
        let Some(name) = needed(table, row, &columns, "the name of the group", problems) else {
            continue;
        };
        let source = table.read_as(row, &["source"], problems, group_source);
        let kind = table.read_as(row, &["kind", "type"], problems, group_kind);
        let at = *known.entry(name.to_owned()).or_insert_with(|| {
            groups.push(Group {
                id: String::new(),
                name: name.to_owned(),
                source: source.map(str::to_owned),
                kind: kind.map(str::to_owned),
                description: table.text(row, &["description"]).map(str::to_owned),
                members: Vec::new().into(),
            });
            groups.len() - 1
        });
        for (column, there, here) in [
            ("Source", groups[at].source.as_deref(), source),
            ("Kind", groups[at].kind.as_deref(), kind),
        ] {
            if here.is_some() && here != there {
                let there = there.unwrap_or("nothing");
                let reason = format!("{column} of {name} is {there} in an earlier row");
                problems.add(table.problem(row, None, reason));
            }
        }
        let member = table.read_as(row, &["member", "email", "useridemail"], problems, |cell| {
            let address = canonical::is_address(cell).then(|| canonical::address(cell));
            address.ok_or_else(|| {
                format!("`{cell}` is not one e-mail address: write one member in a row")
            })
        });
        groups[at].members.extend(member);
    }
    for group in &mut groups {
        group.members.sort_unstable();
        group.members.dedup();
    }
    (!tables.is_empty()).then_some(groups)
}
