//! Numbers, workspaces and devices. The list of numbers is the backbone: it says who has which number and extension.

use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::places::Places;
use super::{Run, pool, text};
use crate::canonical::canonical;
use crate::phone;
use crate::webex::access::Reader;
use crate::webex::error::Error;
use crate::webex::{Paging, ids, observed};

/// Details have the counts with which the list is checked.
const NUMBERS: &str = "/telephony/config/numbers?details=true&max=2000";

/// Workspaces and devices as Webex answers them.
pub struct Rooms {
    workspaces: Option<Vec<Value>>,
    devices: Option<Vec<Value>>,
}

impl Rooms {
    /// The workspaces, if they could be read.
    pub fn workspaces(&self) -> Option<&[Value]> {
        self.workspaces.as_deref()
    }
}

/// How many rows the list of numbers has.
pub fn count(reader: &Reader) -> Result<Option<u64>, Error> {
    let page = reader.get("/telephony/config/numbers?details=true&max=1")?;
    Ok(page["count"]["total"].as_u64())
}

/// Reads workspaces and devices; names the workspaces.
pub fn rooms(run: &Run<'_>) -> Rooms {
    let (workspaces, devices) = std::thread::scope(|scope| {
        let devices = scope.spawn(|| run.reader.list("/devices?max=1000", "items", Paging::Link));
        let workspaces = run
            .reader
            .list("/workspaces?max=1000", "items", Paging::Link);
        (workspaces, pool::join(devices))
    });
    let rooms = Rooms {
        workspaces: run.keep("workspaces", workspaces),
        devices: run.keep("devices", devices),
    };
    run.learn("workspace", "displayName", rooms.workspaces.as_deref());
    rooms
}

/// The rows of the list of numbers.
pub fn numbers(run: &Run<'_>) -> Option<Vec<Value>> {
    let rows = run.reader.list(NUMBERS, "phoneNumbers", Paging::Link);
    run.keep("numbers", rows)
}

/// Rows and rooms as snapshots have them, now that people and workspaces have names.
pub fn settle(run: &Run<'_>, places: &mut Places, rows: Option<Vec<Value>>, rooms: Rooms) {
    let lines = rows.as_deref().map(lines_of_workspaces);
    if let Some(rows) = &rows {
        main_numbers(run, places, rows);
        without_owner(run, rows);
    }
    places.numbers = rows.and_then(|rows| {
        let numbers: Result<Vec<_>, Error> = rows
            .iter()
            .map(|row| observed::number(&run.names, row))
            .collect();
        let numbers = run.keep("numbers", numbers)?;
        Some(numbers.into_iter().flatten().collect())
    });
    // A workspace does not say its number; without the list nothing is known of it.
    places.workspaces = rooms.workspaces.zip(lines).and_then(|(rooms, lines)| {
        let rooms: Result<Vec<_>, Error> = rooms
            .iter()
            .map(|raw| {
                let id = ids::plain(text(raw, "id").unwrap_or_default());
                let place = observed::workspace(&run.names, raw, lines.get(&id))?;
                if let Some(why) = observed::unread(raw) {
                    run.doubt(format!("workspace/{}", place.name), why);
                }
                Ok(place)
            })
            .collect();
        run.keep("workspaces", rooms)
    });
    places.devices = rooms.devices.and_then(|devices| {
        let devices: Result<Vec<_>, Error> = devices
            .iter()
            .map(|raw| observed::device(&run.names, raw))
            .collect();
        run.keep("devices", devices)
    });
}

/// The list of numbers says which is the main number of a location too: nobody may get it.
fn main_numbers(run: &Run<'_>, places: &mut Places, rows: &[Value]) {
    for row in rows.iter().filter(|row| row["mainNumber"] == true) {
        let (Some(number), Some(name)) = (text(row, "phoneNumber"), text(&row["location"], "name"))
        else {
            continue;
        };
        let number = phone::read_back(number).unwrap_or_else(|| number.to_owned());
        let name = canonical(name);
        let mut locations = places.locations.iter_mut().flatten();
        let calling = locations.find(|it| canonical(&it.name) == name);
        let Some(calling) = calling.and_then(|it| it.calling.as_mut()) else {
            continue;
        };
        match &calling.main_number {
            None => calling.main_number = Some(number),
            Some(main) if *main != number => run.doubt(
                format!("location/{name}"),
                format!("its main number is {main}, and {number} by the list of numbers"),
            ),
            Some(_) => {}
        }
    }
}

/// A number with an extension belongs to someone, whoever that is.
fn without_owner(run: &Run<'_>, rows: &[Value]) {
    for row in rows.iter().filter(|row| !row["owner"].is_object()) {
        if let (Some(number), Some(extension)) = (text(row, "phoneNumber"), text(row, "extension"))
        {
            let number = phone::read_back(number).unwrap_or_else(|| number.to_owned());
            run.doubt(
                format!("number/{number}"),
                format!("it has the extension {extension}, and Webex does not say whose it is"),
            );
        }
    }
}

/// Per workspace what `GET /workspaces/{id}/features/numbers` would answer.
fn lines_of_workspaces(rows: &[Value]) -> FxHashMap<String, Value> {
    let mut lines: FxHashMap<String, Value> = FxHashMap::default();
    for row in rows.iter().filter(|row| row["owner"]["type"] == "PLACE") {
        let Some(id) = text(&row["owner"], "id") else {
            continue;
        };
        let primary = text(row, "phoneNumberType").is_none_or(|kind| kind == "PRIMARY");
        let line = json!({
            "external": row["phoneNumber"],
            "extension": row["extension"],
            "primary": primary,
        });
        let entry = lines
            .entry(ids::plain(id))
            .or_insert_with(|| json!({"phoneNumbers": [], "location": row["location"]}));
        if let Some(all) = entry["phoneNumbers"].as_array_mut() {
            all.push(line);
        }
    }
    lines
}
