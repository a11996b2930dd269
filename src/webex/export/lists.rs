//! Lists that stand beside the export of people: `locations.csv`, `numbers.csv`, `groups.csv`,
//! `workspaces.csv`. A list without a file is absent.

use super::table::Table;
use super::{ExportError, with_plus};
use crate::canonical;
use crate::phone;
use crate::snapshot::{
    Address, Group, License, Location, LocationCalling, Number, Owner, User, Workspace,
};

fn named<'t>(tables: &'t [Table], name: &str) -> Option<&'t Table> {
    tables.iter().find(|table| table.name == name)
}

/// Name, Time Zone, Preferred Language, Address 1, Address 2, City, State, Postal Code, Country, Calling (TRUE or FALSE), Main
/// Number, PSTN. A main number means Calling.
pub fn locations(tables: &[Table]) -> Result<Option<Vec<Location>>, ExportError> {
    let Some(table) = named(tables, "locations") else {
        return Ok(None);
    };
    let mut locations = Vec::new();
    for row in &table.rows {
        let text = |names: &[&str]| table.text(row, names).map(str::to_owned);
        let name = text(&["name", "location", "locationname"])
            .ok_or_else(|| table.wrong(row, "the name is missing"))?;
        let main_number = text(&["mainnumber"]).map(|it| number(&it));
        let calls = text(&["calling"]).is_some_and(|it| it.eq_ignore_ascii_case("true"));
        let address = Address {
            address1: text(&["address1", "address", "street"]),
            address2: text(&["address2"]),
            city: text(&["city"]),
            state: text(&["state", "province"]),
            postal_code: text(&["postalcode", "zipcode", "zip"]),
            country: text(&["country"]),
        };
        locations.push(Location {
            id: String::new(),
            name,
            time_zone: text(&["timezone"]),
            preferred_language: text(&["preferredlanguage", "language"]),
            address: (address != Address::default()).then_some(address),
            calling: (calls || main_number.is_some()).then(|| LocationCalling {
                main_number,
                pstn: text(&["pstn", "pstnconnection"]),
            }),
        });
    }
    Ok(Some(locations))
}

/// Phone Number, Location, State, Type. Owners are those people of the export who have the number.
pub fn numbers(tables: &[Table], users: &[User]) -> Result<Option<Vec<Number>>, ExportError> {
    let Some(table) = named(tables, "numbers") else {
        return Ok(None);
    };
    let mut numbers = Vec::new();
    for row in &table.rows {
        let text = |names: &[&str]| table.text(row, names).map(str::to_owned);
        let phone_number = text(&["phonenumber", "number"])
            .ok_or_else(|| table.wrong(row, "the phone number is missing"))?;
        let phone_number = number(&phone_number);
        let owner = users
            .iter()
            .find(|user| user.phone_number.as_ref() == Some(&phone_number));
        let state = text(&["state", "status"]).unwrap_or_else(|| "active".to_owned());
        let kind = text(&["type", "numbertype"]).map(|kind| match kind.to_lowercase().as_str() {
            "tollfree" | "toll free" | "toll-free" => "tollFree".to_owned(),
            "mobile" => "mobile".to_owned(),
            _ => "did".to_owned(),
        });
        numbers.push(Number {
            owner: owner.map(|user| Owner {
                kind: "user".to_owned(),
                key: user.email.clone(),
            }),
            phone_number,
            location: text(&["location", "locationname"]),
            state: Some(state.to_lowercase()),
            kind: kind.or_else(|| Some("did".to_owned())),
            extension: None,
            purpose: None,
        });
    }
    Ok(Some(numbers))
}

/// A row for each membership: Group, Member (an e-mail address, empty for a group without members), Source, Kind.
pub fn groups(tables: &[Table]) -> Result<Option<Vec<Group>>, ExportError> {
    let Some(table) = named(tables, "groups") else {
        return Ok(None);
    };
    let mut groups: Vec<Group> = Vec::new();
    for row in &table.rows {
        let text = |names: &[&str]| table.text(row, names).map(str::to_owned);
        let name = text(&["group", "groupname", "name"])
            .ok_or_else(|| table.wrong(row, "the name of the group is missing"))?;
        let at = groups.iter().position(|group| group.name == name);
        let at = at.unwrap_or_else(|| {
            groups.push(Group {
                id: String::new(),
                name,
                source: text(&["source"]).map(|it| it.to_lowercase()),
                kind: text(&["kind", "type"]).map(|it| it.to_lowercase()),
                description: text(&["description"]),
                members: Vec::new(),
            });
            groups.len() - 1
        });
        if let Some(member) = text(&["member", "email", "useridemail"]) {
            groups[at].members.push(canonical::address(&member));
        }
    }
    for group in &mut groups {
        group.members.sort_unstable();
        group.members.dedup();
    }
    Ok(Some(groups))
}

/// Name, Location, Phone Number, Extension, License (the name of the licence or its column in the export of people).
pub fn workspaces(
    tables: &[Table],
    licenses: &mut [License],
) -> Result<Option<Vec<Workspace>>, ExportError> {
    let Some(table) = named(tables, "workspaces") else {
        return Ok(None);
    };
    let mut workspaces = Vec::new();
    for row in &table.rows {
        let text = |names: &[&str]| table.text(row, names).map(str::to_owned);
        let name = text(&["name", "displayname", "workspace", "workspacename"])
            .ok_or_else(|| table.wrong(row, "the name is missing"))?;
        let mut held: Vec<Box<str>> = Vec::new();
        if let Some(wanted) = text(&["license", "licence"]) {
            let license = licenses.iter_mut().find(|it| it.name == wanted);
            let license = license.ok_or_else(|| {
                table.wrong(row, "no column of the export of users is this licence")
            })?;
            license.consumed_units += 1;
            license.total_units = license.total_units.max(license.consumed_units);
            held.push(license.id.as_str().into());
        }
        workspaces.push(Workspace {
            id: String::new(),
            name,
            location: text(&["location", "locationname"]),
            phone_number: text(&["phonenumber"]).map(|it| number(&it)),
            extension: text(&["extension"]),
            licenses: held.into(),
            supported_devices: None,
        });
    }
    Ok(Some(workspaces))
}

fn number(text: &str) -> String {
    let number = with_plus(text);
    phone::read_back(&number).unwrap_or(number)
}
