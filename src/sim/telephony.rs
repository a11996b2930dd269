//! The calling record of locations (webex-api.md 5.2), the main number (5.4), and the routing prefix.

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done, text};
use super::e164::e164;
use super::errors;
use super::jobs;
use super::locations;
use super::org;
use super::paging;
use super::route::{Route, route};
use super::rows::CALLING_ATTRIBUTES;
use super::state::jobs::{Failure, Outcome, Work};
use super::table::Slot;
use super::world::{Calling, Location, World};

const READ: &[&str] = &["spark-admin:telephony_config_read"];
const WRITE: &[&str] = &["spark-admin:telephony_config_write"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route(
        "GET",
        "/telephony/config/locations",
        READ,
        "locations",
        list,
    ),
    route(
        "POST",
        "/telephony/config/locations",
        WRITE,
        "locations",
        enable,
    ),
    route(
        "GET",
        "/telephony/config/locations/{}",
        READ,
        "locations",
        get,
    ),
    route(
        "PUT",
        "/telephony/config/locations/{}",
        WRITE,
        "locations",
        change,
    ),
    route(
        "POST",
        "/telephony/config/locations/{}/actions/modifyAnnouncementLanguage/invoke",
        WRITE,
        "locations",
        modify_language,
    ),
];

/// A location that has Calling, by id; 404 without.
pub fn find(call: &Call<'_>, id: &str) -> Result<Slot, Answer> {
    let slot = locations::find(call, id)?;
    match call.world.calls(slot) {
        true => Ok(slot),
        false => Err(errors::telephony(404, 25018, 4152, "Location not found.")),
    }
}

/// The main number of a location.
pub fn main_number(world: &World, location: Slot) -> Option<&str> {
    let calling = world.locations.get(location)?.calling.as_ref()?;
    calling.main_number.as_deref()
}

fn clid(call: &Call<'_>, location: &Location, calling: &Calling) -> Value {
    let mut shown = Map::new();
    shown.insert("name".to_owned(), json!(location.name));
    if let Some(number) = &calling.main_number {
        let number = call.rules.number_format.write(number);
        shown.insert("phoneNumber".to_owned(), json!(number));
    }
    Value::Object(shown)
}

fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let name = call.query("name").map(str::to_lowercase);
    let descending = call.query("order") == Some("name-desc");
    let world = &*call.world;
    let mut calling: Vec<(&Location, &Calling)> = world
        .locations
        .iter()
        .filter(|(_, location)| location.listed)
        .filter(|(_, location)| {
            let has = |name: &String| location.name.to_lowercase().contains(name);
            name.as_ref().is_none_or(has)
        })
        .filter_map(|(_, location)| Some((location, location.calling.as_ref()?)))
        .collect();
    calling.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
    if descending {
        calling.reverse();
    }
    let entries = calling.into_iter();
    let (page, next) = paging::by_start(call, 1000, 2000, entries, |(location, calling)| {
        let mut shown = json!({
            "id": location.id,
            "name": location.name,
            "callingLineId": clid(call, location, calling),
            "e911SetupRequired": false,
        });
        for name in [
            "outsideDialDigit",
            "enforceOutsideDialDigit",
            "routingPrefix",
        ] {
            if let Some(value) = calling.attributes.get(name) {
                shown[name] = value.clone();
            }
        }
        shown
    });
    Ok(paging::list("locations", page, next))
}

fn get(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let location = call.world.locations.get(slot);
    let shown = location.and_then(|it| Some(details(call, it, it.calling.as_ref()?)));
    Answer::ok(shown.unwrap_or(Value::Null))
}

fn details(call: &Call<'_>, location: &Location, calling: &Calling) -> Value {
    let mut shown = json!({
        "id": location.id,
        "name": location.name,
        "callingLineId": clid(call, location, calling),
        "userLimit": 500_000,
        "defaultDomain": "98079822.us10.bcld.webex.com",
        "enforceOutsideDialDigit": false,
        "useChargeNumberForPChargeInfo": false,
    });
    if let Some((kind, id)) = &calling.route {
        shown["connection"] = json!({"type": kind, "id": id});
    }
    for (name, value) in &calling.attributes {
        shown[name] = value.clone();
    }
    shown
}

/// Enables Calling; the body echoes the location.
fn enable(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let body = call.body();
    for name in [
        "id",
        "name",
        "timeZone",
        "preferredLanguage",
        "announcementLanguage",
    ] {
        jobs::required(body, name)?;
    }
    if !body["address"].is_object() {
        return Err(errors::telephony(
            400,
            25008,
            25008,
            "Missing Mandatory field name: address",
        ));
    }
    let slot = locations::find(call, body["id"].as_str().unwrap_or_default())?;
    let name = body["name"].as_str().unwrap_or_default().to_owned();
    let language = body["announcementLanguage"]
        .as_str()
        .unwrap_or_default()
        .to_lowercase();
    if call.world.calls(slot) {
        return Err(errors::generic(
            409,
            "The location is enabled for Webex Calling already.",
        ));
    }
    if name.chars().count() > 80 {
        return Err(errors::bad("name must have at most 80 characters."));
    }
    let mut id = String::new();
    if let Some(location) = call.world.locations.get_mut(slot) {
        if location.name != name {
            return Err(errors::bad("name is not that of the location."));
        }
        let mut attributes = Map::new();
        attributes.insert("announcementLanguage".to_owned(), json!(language));
        location.calling = Some(Calling {
            attributes,
            ..Calling::default()
        });
        id.clone_from(&location.id);
    }
    call.about("LOCATION", &id, &name);
    Ok(Answer::json(201, json!({"id": id})))
}

/// Members of the calling record. Another routing prefix is a job.
fn change(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let said = call.members();
    let main = main_number_said(call, slot, &said)?;
    let mut prefix = None;
    if let Some(said) = said.get("routingPrefix") {
        let wanted = said.as_str().unwrap_or_default().to_owned();
        let digits = wanted.bytes().all(|it| it.is_ascii_digit());
        if !digits || !(wanted.is_empty() || (2..=7).contains(&wanted.len())) {
            return Err(errors::bad("routingPrefix must have 2 to 7 digits."));
        }
        let before = call.world.routing_prefix(slot).unwrap_or_default();
        prefix = Some(wanted).filter(|wanted| wanted != before);
    }
    if let Some(prefix) = &prefix
        && call.world.jobs.busy(&Work::Prefix(slot, prefix.clone()))
    {
        return Err(errors::generic(
            409,
            "Another routing prefix job is in progress.",
        ));
    }
    if let Some(location) = call.world.locations.get_mut(slot) {
        let (id, name) = (location.id.clone(), location.name.clone());
        if let Some(calling) = &mut location.calling {
            for name in CALLING_ATTRIBUTES
                .iter()
                .filter(|it| **it != "routingPrefix")
            {
                match said.get(*name) {
                    Some(Value::Null) => drop(calling.attributes.remove(*name)),
                    Some(value) => {
                        calling.attributes.insert((*name).to_owned(), value.clone());
                    }
                    None => {}
                }
            }
            if let Some(main) = main {
                calling.main_number = main;
            }
            if let Some(connection) = said.get("connection").filter(|it| it.is_object()) {
                let kind = text(&connection["type"]).unwrap_or("TRUNK").to_owned();
                let id = text(&connection["id"]).unwrap_or_default().to_owned();
                calling.route = Some((kind, id));
            }
        }
        call.about("LOCATION", &id, &name);
    }
    match prefix {
        None => Answer::no_content(),
        Some(_) if call.rules.prefix_job_fails => {
            let why = "The routing prefix job could not be started.";
            Ok(Answer::json(206, json!({"failureReason": why})))
        }
        Some(prefix) => {
            let job = jobs::begin(call, Work::Prefix(slot, prefix))?;
            Answer::ok(json!({"batchJobId": job["id"]}))
        }
    }
}

/// What a body says of the main number: nothing, none, or one of the location's own.
fn main_number_said(
    call: &Call<'_>,
    slot: Slot,
    said: &Map<String, Value>,
) -> Result<Option<Option<String>>, Answer> {
    let Some(number) = said
        .get("callingLineId")
        .and_then(|it| it.get("phoneNumber"))
    else {
        return Ok(None);
    };
    let Some(number) = text(number).map(e164) else {
        return match call.rules.clear_main_number {
            true => Ok(Some(None)),
            false => Err(errors::telephony(
                400,
                25113,
                25113,
                "The main number of a location cannot be cleared.",
            )),
        };
    };
    let found = call.world.numbers.get(&number);
    match found.is_some_and(|it| it.location == Some(slot)) {
        true => Ok(Some(Some(number))),
        false => Err(errors::telephony(
            400,
            25012,
            8361,
            &format!("DN is unavailable : {number}"),
        )),
    }
}

fn modify_language(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    find(call, call.param(0))?;
    jobs::required(call.body(), "announcementLanguageCode")?;
    Answer::no_content()
}

/// The job of the routing prefix, when its time has come.
pub fn set_prefix(world: &mut World, slot: Slot, prefix: &str) -> Outcome {
    let mut outcome = Outcome::default();
    let location = world.locations.get_mut(slot);
    let name = location.as_ref().map(|it| it.name.clone());
    match location.and_then(|location| location.calling.as_mut()) {
        Some(calling) => {
            let prefix = json!(prefix);
            calling
                .attributes
                .insert("routingPrefix".to_owned(), prefix);
            outcome.done = 1;
        }
        None => outcome.failed.push(Failure {
            item: name.unwrap_or_default(),
            code: "BATCH-1012014".to_owned(),
            description: "The location was not found.".to_owned(),
            location: None,
        }),
    }
    outcome
}
