//! `/workspaces` (webex-api.md 7). What GET returns does not include number, extension and calling location.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done, text, texts};
use super::calling::{Refusal, Wanted};
use super::clock::stamp;
use super::e164::e164;
use super::errors;
use super::ids;
use super::locations;
use super::org;
use super::paging;
use super::products::Product;
use super::route::{Route, route};
use super::rows::PLACE_ATTRIBUTES;
use super::save;
use super::settings;
use super::table::Slot;
use super::world::{License, Owner, Workspace, World};

const READ: &[&str] = &["spark-admin:workspaces_read"];
const WRITE: &[&str] = &["spark-admin:workspaces_write"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("GET", "/workspaces", READ, "workspaces", list),
    route("POST", "/workspaces", WRITE, "workspaces", create),
    route("GET", "/workspaces/{}", READ, "workspaces", get),
    route("PUT", "/workspaces/{}", WRITE, "workspaces", change),
    route("DELETE", "/workspaces/{}", WRITE, "workspaces", delete),
];

/// Types that a PUT can come from and go to.
const CHANGEABLE: &[&str] = &[
    "freeCalling",
    "none",
    "thirdPartySipCalling",
    "webexCalling",
];

/// What a PUT that does not name it takes away.
const DROPPED: &[&str] = &["capacity", "type", "notes"];

/// A workspace as the API shows one.
fn show(world: &World, place: &Workspace) -> Value {
    let word = place.name.to_lowercase();
    let word = word.replace(|it: char| !it.is_ascii_alphanumeric(), "_");
    let calls = place.calling == "webexCalling";
    let mut shown = json!({
        "id": place.id,
        "orgId": world.org.id,
        "displayName": place.name,
        "sipAddress": format!("{word}@{}.rooms.webex.com", world.org.name.to_lowercase().replace(' ', "-")),
        "created": stamp(place.created),
        "type": "notSet",
        "calendar": {"type": "none"},
        "hotdeskingStatus": "off",
        "supportedDevices": "collaborationDevices",
        "devicePlatform": "cisco",
        "deviceHostedMeetings": {"enabled": false},
        "calling": {"type": place.calling},
    });
    if calls {
        let licenses = place.licenses.iter();
        let licenses: Vec<&str> = licenses
            .filter_map(|it| Some(world.licenses.get(*it)?.id.as_str()))
            .collect();
        shown["calling"]["webexCalling"] = json!({"licenses": licenses});
    }
    if let Some(location) = place.location.and_then(|it| world.locations.get(it)) {
        shown["locationId"] = json!(location.id);
    }
    for (name, value) in &place.attributes {
        shown[name] = value.clone();
    }
    shown
}

/// A workspace by id; 404 without.
pub fn find(call: &Call<'_>, id: &str) -> Result<Slot, Answer> {
    let found = call.world.places.find(id);
    found.ok_or_else(|| errors::not_found("workspace"))
}

fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let world = &*call.world;
    let location = match call.query("locationId") {
        Some(id) => Some(locations::find(call, id)?),
        None => None,
    };
    let named = |name: &str, shown: &Value| call.query(name).is_none_or(|it| *shown == it);
    let prefix = call.query("displayName").map(str::to_lowercase);
    let begins = |name: &str| {
        let prefix = prefix.as_deref();
        prefix.is_none_or(|it| name.to_lowercase().starts_with(it))
    };
    let capacity = call.query("capacity").and_then(|it| it.parse::<i64>().ok());
    let shown = world
        .places
        .iter()
        .map(|(_, place)| (place, show(world, place)));
    let fitting = shown.filter(|(place, shown)| {
        location.is_none_or(|it| place.location == Some(it))
            && begins(&place.name)
            && named("type", &shown["type"])
            && named("calling", &shown["calling"]["type"])
            && named("calendar", &shown["calendar"]["type"])
            && named("supportedDevices", &shown["supportedDevices"])
            && named("devicePlatform", &shown["devicePlatform"])
            && capacity.is_none_or(|it| shown["capacity"].as_i64().unwrap_or(-1) == it)
    });
    let (page, next) = paging::by_start(call, 100, 1000, fitting, |(_, shown)| shown);
    Ok(paging::list("items", page, next))
}

fn get(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let place = call.world.places.get(slot);
    Answer::ok(place.map_or(Value::Null, |it| show(call.world, it)))
}

/// What a body says of calling.
struct Said {
    kind: String,
    place: Option<Wanted>,
    licenses: Vec<Slot>,
}

/// Reads the `calling` of a body. A location may be named outside, and has to be that of the workspace.
fn calling(call: &Call<'_>, own: Option<Slot>) -> Result<Option<Said>, Answer> {
    let said = &call.body()["calling"];
    let Some(kind) = text(&said["type"]) else {
        return Ok(None);
    };
    let known =
        CHANGEABLE.contains(&kind) || ["hybridCalling", "webexEdgeForDevices"].contains(&kind);
    if !known {
        return Err(errors::bad("calling.type is not known."));
    }
    let detail = &said["webexCalling"];
    let world = &*call.world;
    let mut licenses = Vec::new();
    for id in texts(&detail["licenses"]) {
        let license = world.licenses.find(id);
        let license = license.ok_or_else(|| errors::bad("A license is not known."))?;
        if !world.product(license).is_for_workspaces() {
            return Err(errors::bad("A license is not for workspaces."));
        }
        licenses.push(license);
    }
    let named = text(&detail["locationId"]);
    let named = named.map(|id| locations::find(call, id)).transpose()?;
    let number = text(&detail["phoneNumber"]).map(e164);
    let extension = text(&detail["extension"]).map(str::to_owned);
    if let (Some(own), Some(named)) = (own, named)
        && own != named
    {
        return Err(errors::bad(
            "The location of a workspace cannot be changed.",
        ));
    }
    let complete = number.is_some() || extension.is_some();
    let place = named.filter(|_| complete).map(|location| Wanted {
        location,
        number,
        extension,
    });
    Ok(Some(Said {
        kind: kind.to_owned(),
        place,
        licenses,
    }))
}

/// The licence that a workspace gets: of several the oldest that can be had, of none named the oldest of all; what it has
/// already is kept where none is named.
fn choose(call: &Call<'_>, said: &Said, held: &[Slot]) -> Result<Option<Slot>, Answer> {
    let world = &*call.world;
    let kept = held
        .iter()
        .copied()
        .find(|it| world.product(*it).is_for_workspaces());
    if said.licenses.is_empty()
        && let Some(kept) = kept
    {
        return Ok(Some(kept));
    }
    if let Some(kept) = kept.filter(|kept| said.licenses.contains(kept)) {
        return Ok(Some(kept));
    }
    let named = |slot: Slot, license: &License| match said.licenses.is_empty() {
        true => license.listed && license.product == Product::CommonArea,
        false => said.licenses.contains(&slot),
    };
    let can_be_had = |license: &License| {
        !world.stopped(license)
            && (call.rules.overage
                || license.consumed() < license.total
                || license.product == Product::HotDesk)
    };
    let all = world.licenses.iter();
    let mut fitting: Vec<(Slot, &License)> = all
        .filter(|(slot, license)| named(*slot, license) && can_be_had(license))
        .collect();
    fitting.sort_by_key(|(_, license)| (age(world, license), license.id.clone()));
    match fitting.first() {
        Some((slot, _)) => Ok(Some(*slot)),
        None => Err(errors::coded(
            400,
            "License conflict",
            400_402,
            "No suitable license is available for the workspace.",
        )),
    }
}

/// When the subscription of a licence began; those that do not say come last.
fn age<'w>(world: &'w World, license: &License) -> (bool, &'w str) {
    let mut all = world.subscriptions.iter();
    let found = all.find(|it| Some(&it.id) == license.subscription.as_ref());
    let created = found.and_then(|it| it.created.as_deref());
    (created.is_none(), created.unwrap_or_default())
}

fn attributes(body: &Value) -> Map<String, Value> {
    let given = PLACE_ATTRIBUTES.iter().filter_map(|name| {
        let value = body.get(*name).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    });
    given.collect()
}

fn create(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let name = call.text("displayName").map(str::to_owned);
    let name = name.ok_or_else(|| errors::bad("displayName is required."))?;
    let location = call.text("locationId");
    if location.is_some() && call.text("workspaceLocationId").is_some() {
        return Err(errors::bad(
            "locationId and workspaceLocationId cannot be used together.",
        ));
    }
    let location = location.map(|id| locations::find(call, id)).transpose()?;
    let said = calling(call, location)?;
    let attributes = attributes(call.body());
    let hot = attributes.get("hotdeskingStatus") == Some(&json!("on"));
    let mut license = None;
    if let Some(said) = said.as_ref().filter(|said| said.kind == "webexCalling") {
        license = choose(call, said, &[])?;
        suits(call, None, said, license, hot)?;
    }
    let uuid = call.world.new_uuid(&name);
    let id = ids::public("PLACE", &uuid);
    let at = said
        .as_ref()
        .and_then(|said| Some(said.place.as_ref()?.location));
    let kind = said
        .as_ref()
        .map_or("freeCalling", |said| said.kind.as_str());
    let slot = call.world.settle_place(Workspace {
        id: id.clone(),
        name: name.clone(),
        location: location.or(at),
        number: None,
        extension: None,
        licenses: Vec::new(),
        calling: kind.to_owned(),
        attributes,
        settings: BTreeMap::new(),
        created: call.now,
        source: save::blank("workspaces"),
    });
    set_license(call.world, slot, license);
    if let Some(wanted) = said.and_then(|said| said.place) {
        call.world.settle(Owner::Workspace(slot), &wanted, call.now);
    }
    call.about("WORKSPACE", &id, &name);
    let place = call.world.places.get(slot);
    let shown = place.map_or(Value::Null, |it| show(call.world, it));
    Ok(Answer::json(201, shown))
}

/// Whether a workspace can have what is said, with the licence that was chosen.
fn suits(
    call: &Call<'_>,
    slot: Option<Slot>,
    said: &Said,
    license: Option<Slot>,
    hot: bool,
) -> Result<(), Answer> {
    let product = license.map(|license| call.world.product(license));
    if product == Some(Product::HotDesk) {
        return match hot {
            true => Ok(()),
            false => Err(errors::bad("Hot desk only needs hotdeskingStatus on.")),
        };
    }
    let Some(wanted) = &said.place else {
        return Err(errors::bad(
            "locationId and phoneNumber or extension are required.",
        ));
    };
    let holder = slot.map(Owner::Workspace);
    let mobile = wanted
        .number
        .as_ref()
        .and_then(|it| call.world.numbers.get(it));
    if mobile.is_some_and(|number| number.kind == "mobile") {
        let why = Refusal::new(8361, "DN is unavailable : mobile numbers are for people.");
        return Err(why.answer());
    }
    let possible = call.world.can_have(call.rules, holder, wanted);
    possible.map_err(|why| why.answer())
}

/// Exchanges the Calling licence; others stay.
pub fn set_license(world: &mut World, slot: Slot, license: Option<Slot>) {
    let Some(place) = world.places.get(slot) else {
        return;
    };
    let held = place.licenses.clone();
    let gone: Vec<Slot> = held
        .iter()
        .copied()
        .filter(|it| world.product(*it).is_for_workspaces() && Some(*it) != license)
        .collect();
    for old in &gone {
        if let Some(old) = world.licenses.get_mut(*old) {
            old.places.remove(&slot);
        }
    }
    if let Some(new) = license.and_then(|it| world.licenses.get_mut(it)) {
        new.places.insert(slot);
    }
    if let Some(place) = world.places.get_mut(slot) {
        place.licenses.retain(|it| !gone.contains(it));
        if let Some(license) = license.filter(|it| !place.licenses.contains(it)) {
            place.licenses.push(license);
        }
    }
}

fn change(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let Some(before) = call.world.places.get(slot).cloned() else {
        return Err(errors::not_found("workspace"));
    };
    let location = call.text("locationId");
    if location.is_some() && call.text("workspaceLocationId").is_some() {
        return Err(errors::bad(
            "locationId and workspaceLocationId cannot be used together.",
        ));
    }
    let location = location.map(|id| locations::find(call, id)).transpose()?;
    if before.location.is_some() && location.is_some() && location != before.location {
        return Err(errors::bad(
            "The location of a workspace cannot be changed.",
        ));
    }
    let said = calling(call, before.location.or(location))?;
    let mut attributes = attributes(call.body());
    if attributes
        .get("supportedDevices")
        .is_some_and(|it| *it != shown_devices(call, &before))
    {
        return Err(errors::bad("supportedDevices cannot be changed."));
    }
    let hot = attributes
        .get("hotdeskingStatus")
        .or(before.attributes.get("hotdeskingStatus"));
    let hot = hot == Some(&json!("on"));
    let mut license = None;
    if let Some(said) = &said {
        may_change(call, slot, &before, said)?;
        if said.kind == "webexCalling" {
            license = choose(call, said, &before.licenses)?;
            suits(call, Some(slot), said, license, hot)?;
        }
    }
    for (name, value) in &before.attributes {
        let dropped = DROPPED.contains(&name.as_str()) && call.rules.workspace_drops_omitted;
        if !dropped && !attributes.contains_key(name) {
            attributes.insert(name.clone(), value.clone());
        }
    }
    let name = call.text("displayName").map(str::to_owned);
    let now = call.now;
    if let Some(place) = call.world.places.get_mut(slot) {
        place.name = name.unwrap_or_else(|| place.name.clone());
        place.attributes = attributes;
        place.location = place.location.or(location);
        let (id, name) = (place.id.clone(), place.name.clone());
        call.about("WORKSPACE", &id, &name);
    }
    if let Some(said) = said {
        become_kind(call, slot, said, license, now);
    }
    let place = call.world.places.get(slot);
    Answer::ok(place.map_or(Value::Null, |it| show(call.world, it)))
}

fn shown_devices(call: &Call<'_>, place: &Workspace) -> Value {
    show(call.world, place)["supportedDevices"].clone()
}

/// Whether the calling of a workspace can become what is said.
fn may_change(call: &Call<'_>, slot: Slot, before: &Workspace, said: &Said) -> Result<(), Answer> {
    let devices = !call.world.devices_of(Owner::Workspace(slot)).is_empty();
    let phones = shown_devices(call, before) == "phones" && before.calling == "webexCalling";
    if phones && said.kind != "webexCalling" && !call.rules.phones_without_calling {
        return Err(errors::bad(
            "A workspace for phones has to have Webex Calling.",
        ));
    }
    if said.kind != before.calling {
        if !CHANGEABLE.contains(&before.calling.as_str()) {
            return Err(errors::bad(
                "The calling of this workspace cannot be changed.",
            ));
        }
        let to = ["none", "thirdPartySipCalling", "webexCalling"].contains(&said.kind.as_str());
        if devices && to {
            return Err(errors::bad(
                "The calling of a workspace with devices cannot be changed.",
            ));
        }
    }
    let exchange =
        !said.licenses.is_empty() && !before.licenses.iter().any(|it| said.licenses.contains(it));
    match devices && exchange && call.rules.devices_block_licence {
        true => Err(errors::bad(
            "The license of a workspace with devices cannot be changed.",
        )),
        false => Ok(()),
    }
}

/// Carries out what was found possible. Hot desk only has no number; without Calling nothing of it is left.
fn become_kind(call: &mut Call<'_>, slot: Slot, said: Said, license: Option<Slot>, now: i64) {
    let holder = Owner::Workspace(slot);
    let calls = said.kind == "webexCalling";
    set_license(call.world, slot, license);
    let hot = license.is_some_and(|it| call.world.product(it) == Product::HotDesk);
    let location = call.world.location_of(holder);
    match said.place.filter(|_| calls && !hot) {
        Some(wanted) => call.world.settle(holder, &wanted, now),
        None => {
            call.world.set_number(holder, None, now);
            call.world.set_place_and_extension(holder, location, None);
            call.world.leave_features(holder, None);
        }
    }
    if let Some(place) = call.world.places.get_mut(slot) {
        place.calling = said.kind;
    }
    let professional = license.is_some_and(|it| call.world.product(it) == Product::Professional);
    match (calls, professional) {
        (false, _) => settings::wipe(call.world, holder),
        (true, false) => settings::lose_professional(call.world, holder),
        (true, true) => {}
    }
}

/// Its devices go with it.
fn delete(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let now = call.now;
    if let Some(place) = remove(call.world, slot, now) {
        call.about("WORKSPACE", &place.id, &place.name);
    }
    Answer::no_content()
}

/// A workspace goes, with its devices; its number is free.
pub fn remove(world: &mut World, slot: Slot, now: i64) -> Option<Workspace> {
    let holder = Owner::Workspace(slot);
    world.unsettle(holder, now);
    settings::wipe(world, holder);
    for device in world.devices_of(holder) {
        world.devices.remove(device);
    }
    let place = world.places.remove(slot)?;
    for license in &place.licenses {
        if let Some(license) = world.licenses.get_mut(*license) {
            license.places.remove(&slot);
        }
    }
    Some(place)
}
