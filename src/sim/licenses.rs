//! `/licenses` (webex-api.md 2).

use serde_json::{Map, Value, json};

use super::assignment::{self, LicenseEdit, Went};
use super::call::{Answer, Call, Done, items, text};
use super::calling::Wanted;
use super::e164::e164;
use super::errors;
use super::org;
use super::paging;
use super::products::Product;
use super::route::{Route, route};
use super::table::Slot;
use super::world::License;

const READ: &[&str] = &["spark-admin:licenses_read"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("GET", "/licenses", READ, "licenses", list),
    route("GET", "/licenses/{}", READ, "licenses", get),
    route(
        "PATCH",
        "/licenses/users",
        &["spark-admin:people_write"],
        "licenses",
        patch,
    ),
];

/// A licence as the API shows one; members that do not apply are not there.
fn show(license: &License) -> Value {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("id", json!(license.id));
    put("name", json!(license.name));
    put("totalUnits", json!(license.total));
    put("consumedUnits", json!(license.consumed()));
    let (people, places) = match license.product {
        Product::RouteList => (Value::Null, Value::Null),
        _ => {
            let places = i64::try_from(license.places.len()).unwrap_or(i64::MAX);
            (json!(license.consumed() - places), json!(places))
        }
    };
    put("consumedByUsers", people);
    put("consumedByWorkspaces", places);
    if let Some(subscription) = &license.subscription {
        put("subscriptionId", json!(subscription));
    }
    if let Some(site) = &license.site {
        put("siteUrl", json!(site));
        put("siteType", json!("Control Hub managed site"));
    }
    Value::Object(shown)
}

fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let listed = call.world.licenses.iter().filter(|(_, it)| it.listed);
    let items: Vec<Value> = listed.map(|(_, it)| show(it)).collect();
    Answer::ok(json!({"items": items}))
}

fn get(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let world = &*call.world;
    let found = world.licenses.find(call.param(0));
    let license = found.and_then(|slot| world.licenses.get(slot));
    let license = license.filter(|it| it.listed);
    let license = license.ok_or_else(|| errors::not_found("license"))?;
    let mut shown = show(license);
    if call.query("includeAssignedTo") != Some("user") {
        return Answer::ok(shown);
    }
    let at = paging::cursor(call, "limit", 300, 300);
    let holders = license.people.range(at.from..).map(|slot| (*slot, *slot));
    let (users, next) = paging::by_cursor(call, at, "limit", holders, |slot| {
        let person = world.people.get(slot);
        person.map_or(Value::Null, |person| {
            json!({"id": person.id, "type": "INTERNAL", "displayName": person.display_name, "email": person.email})
        })
    });
    shown["users"] = Value::Array(users);
    Ok(paging::linked(Answer::json(200, shown), next))
}

/// Several operations on one person (webex-api.md 2.1 to 2.6).
fn patch(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = whom(call)?;
    let edit = edit(call)?;
    let sites = sites(call)?;
    if edit.add.is_empty() && edit.remove.is_empty() && sites.is_empty() {
        return Err(errors::bad("licenses or siteUrls are required."));
    }
    assignment::check(call.world, slot, &edit)?;
    check_sites(call, slot, &edit, &sites)?;
    let (rules, refuse, now) = (call.rules, call.refuse, call.now);
    let mut went = assignment::carry_out(call.world, rules, slot, &edit, refuse, now);
    if let Some(person) = call.world.people.get_mut(slot) {
        for (site, add) in sites {
            match add {
                true => person.attendee.insert(site),
                false => person.attendee.remove(&site),
            };
            went.done += 1;
        }
        let (id, name) = (person.id.clone(), person.display_name.clone());
        call.about("PERSON", &id, &name);
    }
    answer(call, slot, &went)
}

/// The full resulting list; 206 where something failed, 400 where all did.
fn answer(call: &Call<'_>, slot: Slot, went: &Went) -> Done {
    if let (0, Some(why), None) = (went.done, went.failed.first(), call.refuse) {
        return Err(errors::coded(
            400,
            "License operation failed",
            why.code,
            &why.text,
        ));
    }
    let world = &*call.world;
    let person = world.people.get(slot);
    let person = person.ok_or_else(|| errors::not_found("person"))?;
    let licenses = person.licenses.iter();
    let licenses: Vec<&str> = licenses
        .filter_map(|it| Some(world.licenses.get(*it)?.id.as_str()))
        .collect();
    let status = if went.failed.is_empty() { 200 } else { 206 };
    let mut told = json!({
        "orgId": world.org.id,
        "personId": person.id,
        "email": person.email,
        "licenses": licenses,
        "pendingLicenses": [],
        "pendingSiteUrls": [],
    });
    if call.rules.license_answers_bare {
        told["licenses"].take();
    }
    // The document and clients spell the type in different cases, so the answer has that of the request.
    if let Some(kind) = call.body()["siteUrls"][0]["accountType"].as_str() {
        let sites = person.attendee.iter();
        told["siteUrls"] = sites
            .map(|site| json!({"siteUrl": site, "accountType": kind}))
            .collect();
    }
    Ok(Answer::json(status, told))
}

/// The person, by id, e-mail address or both.
fn whom(call: &Call<'_>) -> Result<Slot, Answer> {
    let unknown = || errors::generic(call.rules.unknown_person_status, "User not found.");
    let by_id = call.text("personId").map(|id| call.world.person(id));
    let by_email = call.text("email").map(|it| call.world.person_by_email(it));
    match (by_id, by_email) {
        (None, None) => Err(errors::bad("email or personId is required.")),
        (Some(Some(one)), Some(Some(other))) if one != other => {
            Err(errors::bad("email and personId are of different users."))
        }
        (Some(None), _) | (_, Some(None)) => Err(unknown()),
        (Some(Some(slot)), _) | (_, Some(Some(slot))) => Ok(slot),
    }
}

/// The operations; `add` where none is named.
fn edit(call: &Call<'_>) -> Result<LicenseEdit, Answer> {
    let mut edit = LicenseEdit::default();
    for item in items(&call.body()["licenses"]) {
        let id = text(&item["id"]).ok_or_else(|| errors::bad("licenses.id is required."))?;
        let found = call.world.licenses.find(id);
        let listed = found.filter(|it| call.world.licenses.get(*it).is_some_and(|it| it.listed));
        let license = listed.ok_or_else(|| {
            errors::coded(
                400,
                "Invalid license",
                400_000,
                "The license id is not recognized.",
            )
        })?;
        match item["operation"].as_str().unwrap_or("add") {
            "add" => {
                let wanted = wanted(call, &item["properties"])?;
                edit.add.push((license, wanted));
            }
            "remove" => edit.remove.push(license),
            _ => return Err(errors::bad("operation must be add or remove.")),
        }
    }
    Ok(edit)
}

/// The properties of a Calling licence: a number or an extension, and a location; a number brings its own.
fn wanted(call: &Call<'_>, properties: &Value) -> Result<Option<Wanted>, Answer> {
    if !properties.is_object() {
        return Ok(None);
    }
    let no_location = || errors::coded(400, "Invalid location", 400, "Unable to find location.");
    let number = text(&properties["phoneNumber"]).map(e164);
    let extension = text(&properties["extension"]).map(str::to_owned);
    let named = text(&properties["locationId"]);
    let named = named.map(|id| call.world.locations.find(id).ok_or_else(no_location));
    let of_number = number
        .as_ref()
        .and_then(|it| call.world.numbers.get(it)?.location);
    if number.is_none() && extension.is_none() {
        return Err(errors::bad("phoneNumber or extension is required."));
    }
    let location = match named.transpose()? {
        Some(location) => location,
        None => of_number.ok_or_else(no_location)?,
    };
    Ok(Some(Wanted {
        location,
        number,
        extension,
    }))
}

fn sites(call: &Call<'_>) -> Result<Vec<(String, bool)>, Answer> {
    let mut sites = Vec::new();
    for item in items(&call.body()["siteUrls"]) {
        let site = text(&item["siteUrl"]).ok_or_else(|| errors::bad("siteUrl is required."))?;
        let kind = item["accountType"].as_str().unwrap_or_default();
        if !kind.eq_ignore_ascii_case("attendee") {
            return Err(errors::bad("accountType must be attendee."));
        }
        match item["operation"].as_str().unwrap_or("add") {
            "add" => sites.push((site.to_owned(), true)),
            "remove" => sites.push((site.to_owned(), false)),
            _ => return Err(errors::bad("operation must be add or remove.")),
        }
    }
    Ok(sites)
}

/// Attendees exist on known sites that allow them, and are no hosts there.
fn check_sites(
    call: &Call<'_>,
    slot: Slot,
    edit: &LicenseEdit,
    sites: &[(String, bool)],
) -> Result<(), Answer> {
    let world = &*call.world;
    let person = world.people.get(slot);
    let held = person.map(|it| it.licenses.clone()).unwrap_or_default();
    let kept = held.iter().filter(|it| !edit.remove.contains(it));
    let added = edit.add.iter().map(|(license, _)| license);
    let hosts: Vec<&str> = kept
        .chain(added)
        .filter_map(|it| world.licenses.get(*it))
        .filter(|license| license.product == Product::Meetings)
        .filter_map(|license| license.site.as_deref())
        .collect();
    for (site, add) in sites.iter().filter(|(_, add)| *add) {
        let allowed = world.sites.iter().any(|it| it.url == *site && it.attendees);
        if !allowed || (*add && hosts.contains(&site.as_str())) {
            return Err(errors::coded(
                400,
                "Invalid site",
                400_216,
                &format!("Request contains invalid attendee siteUrls: {site}"),
            ));
        }
    }
    Ok(())
}
