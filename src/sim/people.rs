//! `/people` (webex-api.md 4.1).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done};
use super::clock::stamp;
use super::errors;
use super::ids;
use super::org;
use super::paging;
use super::products::Product;
use super::route::{Route, route};
use super::save;
use super::table::Slot;
use super::world::{Person, Source};

const READ: &[&str] = &["spark-admin:people_read", "spark-admin:people_write"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("GET", "/people", READ, "people", list),
    route("GET", "/people/me", &[], "people", me),
    route("GET", "/people/{}", READ, "people", get),
];

/// A person as the API shows one.
pub fn show(call: &Call<'_>, slot: Slot, calling: bool) -> Value {
    let world = &*call.world;
    let Some(person) = world.people.get(slot) else {
        return Value::Null;
    };
    let (first, last) = names(person);
    let roles = person.roles.iter();
    let roles: Vec<&str> = roles
        .map(|role| world.roles.get(role).map_or(role.as_str(), String::as_str))
        .collect();
    let licenses = person.licenses.iter();
    let licenses: Vec<&str> = licenses
        .filter_map(|it| Some(world.licenses.get(*it)?.id.as_str()))
        .collect();
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("id", json!(person.id));
    put("emails", json!([person.email]));
    put("displayName", json!(person.display_name));
    put("nickName", json!(first));
    put("firstName", json!(first));
    put("lastName", json!(last));
    put("orgId", json!(world.org.id));
    put("roles", json!(roles));
    put("licenses", json!(licenses));
    put("created", json!(stamp(person.created)));
    put("lastModified", json!(stamp(person.modified)));
    put("invitePending", json!(person.invite_pending));
    put("loginEnabled", json!(person.login_enabled));
    put("type", json!("person"));
    put("siteUrls", json!(sites(call, person)));
    let local = person.email.split('@').next().unwrap_or_default();
    put(
        "sipAddresses",
        json!([{"type": "cloud-calling", "value": format!("{local}@{}.calls.webex.com", sub_domain(call)), "primary": true}]),
    );
    if !call.flag("excludeStatus") {
        put("status", json!("unknown"));
    }
    if !person.invite_pending {
        put("lastActivity", json!(stamp(person.created)));
    }
    let numbers = numbers(call, person);
    if !numbers.is_empty() {
        put("phoneNumbers", Value::Array(numbers));
    }
    if calling {
        if let Some(extension) = &person.extension {
            put("extension", json!(extension));
        }
        if let Some(location) = person.location.and_then(|it| world.locations.get(it)) {
            put("locationId", json!(location.id));
        }
    }
    for (name, value) in &person.attributes {
        put(name, value.clone());
    }
    Value::Object(shown)
}

fn sub_domain(call: &Call<'_>) -> String {
    let name = call.world.org.name.to_lowercase();
    name.replace(|it: char| !it.is_ascii_alphanumeric(), "-")
}

/// A person who was just made, and has nothing but an address.
pub fn newcomer(uuid: &str, email: &str, now: i64) -> Person {
    Person {
        id: ids::public("PEOPLE", uuid),
        email: email.to_owned(),
        display_name: email.to_owned(),
        first_name: None,
        last_name: None,
        login_enabled: true,
        invite_pending: true,
        directory: false,
        work_phone: None,
        location: None,
        number: None,
        extension: None,
        licenses: Vec::new(),
        attendee: BTreeSet::new(),
        roles: Vec::new(),
        voicemail: true,
        attributes: Source::new(),
        settings: BTreeMap::new(),
        groups: BTreeSet::new(),
        created: now,
        modified: now,
        source: save::blank("users"),
    }
}

/// First and last name; split at the first blank where none were given.
pub fn names(person: &Person) -> (String, String) {
    let (first, last) = match person.display_name.split_once(' ') {
        Some((first, last)) => (first, last),
        None => (person.display_name.as_str(), ""),
    };
    let or =
        |given: &Option<String>, derived: &str| given.clone().unwrap_or_else(|| derived.to_owned());
    (or(&person.first_name, first), or(&person.last_name, last))
}

/// Sites of licences, and `site#attendee`.
fn sites(call: &Call<'_>, person: &Person) -> Vec<String> {
    let licenses = person.licenses.iter();
    let hosts = licenses
        .filter_map(|it| call.world.licenses.get(*it))
        .filter(|license| license.product == Product::Meetings)
        .filter_map(|license| license.site.clone());
    let attendee = person
        .attendee
        .iter()
        .map(|site| format!("{site}#attendee"));
    hosts.chain(attendee).collect()
}

/// The numbers of a person: those of Calling where they have it, else what the directory says.
fn numbers(call: &Call<'_>, person: &Person) -> Vec<Value> {
    let calls = person.location.is_some();
    let work = match calls {
        true => person.number.as_ref(),
        false => person.work_phone.as_ref(),
    };
    let format = call.rules.number_format;
    let work =
        work.map(|number| json!({"type": "work", "value": format.write(number), "primary": true}));
    let extension = person.extension.as_ref().filter(|_| calls);
    let extension = extension.map(|extension| {
        let prefix = person.location.and_then(|it| call.world.routing_prefix(it));
        let mut it = json!({"type": "work_extension", "value": format!("{}{extension}", prefix.unwrap_or_default())});
        if work.is_none() {
            it["primary"] = json!(true);
        }
        it
    });
    work.into_iter().chain(extension).collect()
}

/// The people with these ids, and the ids that no one has.
fn by_ids(call: &Call<'_>, wanted: &str, calling: bool) -> Done {
    let wanted: Vec<&str> = wanted.split(',').filter(|it| !it.is_empty()).collect();
    if wanted.len() > 85 {
        return Err(errors::bad("At most 85 ids can be asked for."));
    }
    let mut missing = Vec::new();
    let mut items = Vec::new();
    for id in wanted {
        match call.world.person(id) {
            Some(slot) => items.push(show(call, slot, calling)),
            None => missing.push(id),
        }
    }
    if call.rules.people_by_id_bare {
        let members = items.iter_mut().filter_map(Value::as_object_mut);
        members.for_each(|it| it.retain(|name, _| !["licenses", "roles"].contains(&&**name)));
    }
    let missing = (!missing.is_empty()).then_some(missing);
    Answer::ok(json!({"notFoundIds": missing, "items": items}))
}

fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let calling = call.flag("callingData");
    if let Some(email) = call.query("email") {
        let found = call.world.person_by_email(email);
        let items: Vec<Value> = found
            .map(|it| show(call, it, calling))
            .into_iter()
            .collect();
        return Answer::ok(json!({"notFoundIds": null, "items": items}));
    }
    if let Some(wanted) = call.query("id") {
        return by_ids(call, wanted, calling);
    }
    let location = match call.query("locationId") {
        Some(id) => Some(call.world.locations.find(id).ok_or_else(|| {
            errors::coded(400, "Location not found.", 4152, "Location not found.")
        })?),
        None => None,
    };
    let prefix = call.query("displayName").map(str::to_lowercase);
    let role = call.query("roles").map(ids::decoded);
    let most = match (location, calling) {
        (Some(_), _) => 50,
        (None, true) => 100,
        (None, false) => 1000,
    };
    let at = paging::cursor(call, "max", 100, most);
    let world = &*call.world;
    let has_role = |person: &Person, wanted: &str| {
        let mut ids = person.roles.iter().filter_map(|it| world.roles.get(it));
        ids.any(|id| ids::decoded(id) == wanted)
    };
    let fits = |person: &Person| {
        location.is_none_or(|it| person.location == Some(it))
            && prefix
                .as_ref()
                .is_none_or(|it| person.display_name.to_lowercase().starts_with(it))
            && role.as_ref().is_none_or(|it| has_role(person, it))
    };
    let entries = world.people.iter_from(at.from);
    let entries = entries
        .filter(|(_, person)| fits(person))
        .map(|(slot, _)| (slot, slot));
    let (page, next) = paging::by_cursor(call, at, "max", entries, |it| show(call, it, calling));
    let mut answer = paging::list("items", page, next);
    answer.body["notFoundIds"] = Value::Null;
    Ok(answer)
}

fn get(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    Answer::ok(show(call, slot, call.flag("callingData")))
}

/// The first full administrator; the app itself where there is none, or by switch.
fn me(call: &mut Call<'_>) -> Done {
    let is_admin = |roles: &[String]| roles.iter().any(|role| role == "Full Administrator");
    let admin = (call.world.people.iter()).find(|(_, person)| is_admin(&person.roles));
    let known = &call.world.roles;
    let said = call.roles.iter().filter_map(|role| known.get(role));
    let said: Vec<&String> = said.collect();
    if let Some((slot, _)) = admin
        && !call.rules.me_is_app
    {
        let mut shown = show(call, slot, call.flag("callingData"));
        if !said.is_empty() {
            shown["roles"] = json!(said);
        }
        return Answer::ok(shown);
    }
    let org = &call.world.org;
    let full = ids::public("ROLE", "id_full_admin");
    let roles = match said.is_empty() {
        true => vec![&full],
        false => said,
    };
    Answer::ok(json!({
        "id": ids::public("PEOPLE", &ids::uuid(&format!("app of {}", org.uuid))),
        "emails": ["trunkline@serviceapp.example"],
        "displayName": "trunkline",
        "orgId": org.id,
        "roles": roles,
        "licenses": [],
        "created": stamp(1_600_000_000_000),
        "status": "unknown",
        "type": if call.rules.me_is_app { "appuser" } else { "person" },
    }))
}

/// A person by id; 404 without.
pub fn find(call: &Call<'_>, id: &str) -> Result<Slot, Answer> {
    let found = call.world.person(id);
    found.ok_or_else(|| errors::not_found("person"))
}
