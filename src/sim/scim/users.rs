//! Users of SCIM.

use serde_json::{Map, Value, json};

use super::super::assignment;
use super::super::call::{Answer, Call, Done, items, text};
use super::super::people_write;
use super::super::table::Slot;
use super::super::world::{Owner, Person, Source, World};
use super::super::{audit, errors, ids, paging, people};
use super::{
    ENTERPRISE, LIST, USER, WEBEX_USER, asked_filter, location, meta, own_org, patch as patching,
    refused, select,
};

/// Attributes that nothing in the organisation depends on; they are kept as they come.
const KEPT: &[&str] = &[
    "nickName",
    "preferredLanguage",
    "locale",
    "timezone",
    "profileUrl",
    "externalId",
    "photos",
    "userType",
];

/// What of the extensions is kept as it comes.
const ENTERPRISE_KEPT: &[&str] = &["costCenter", "organization", "division", "employeeNumber"];

/// A person as SCIM shows one.
pub fn show(call: &Call<'_>, slot: Slot, with_groups: bool) -> Value {
    let world = &*call.world;
    let Some(person) = world.people.get(slot) else {
        return Value::Null;
    };
    let empty = Source::new();
    let kept = world.scim.get(&slot).unwrap_or(&empty);
    let (first, last) = people::names(person);
    let id = ids::bare(&person.id);
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("schemas", json!([USER, WEBEX_USER, ENTERPRISE]));
    put("id", json!(id));
    put("userName", json!(person.email));
    put("active", json!(person.login_enabled));
    put("userType", json!("user"));
    put("displayName", json!(person.display_name));
    put("name", json!({"givenName": first, "familyName": last}));
    put(
        "emails",
        json!([{"value": person.email, "type": "work", "primary": true}]),
    );
    for (name, value) in kept {
        if KEPT.contains(&name.as_str()) {
            put(name, value.clone());
        }
    }
    if person.directory && !kept.contains_key("externalId") {
        put(
            "externalId",
            json!(ids::uuid(&format!("directory {}", person.email))),
        );
    }
    for (name, from) in [("title", "title"), ("addresses", "addresses")] {
        if let Some(value) = person.attributes.get(from) {
            put(name, value.clone());
        }
    }
    for (name, value) in [
        ("phoneNumbers", Value::Array(phone_numbers(person, kept))),
        ("roles", Value::Array(held_roles(world, person))),
        (ENTERPRISE, Value::Object(enterprise(person, kept))),
    ] {
        let empty = value.as_array().is_some_and(Vec::is_empty)
            || value.as_object().is_some_and(Map::is_empty);
        if !empty {
            put(name, value);
        }
    }
    put(WEBEX_USER, Value::Object(webex(person, kept)));
    if with_groups {
        put("groups", Value::Array(groups_of(call, person)));
    }
    put(
        "meta",
        meta(call, "User", &id, person.created, person.modified),
    );
    Value::Object(shown)
}

/// The work phone first, then what else was given.
fn phone_numbers(person: &Person, kept: &Source) -> Vec<Value> {
    let number = person.work_phone.as_ref().or(person.number.as_ref());
    let work = number.map(|number| json!({"value": number, "type": "work", "primary": true}));
    let others = items(kept.get("phoneNumbers").unwrap_or(&Value::Null));
    work.into_iter().chain(others.iter().cloned()).collect()
}

fn held_roles(world: &World, person: &Person) -> Vec<Value> {
    let roles = person.roles.iter().filter_map(|name| {
        let id = ids::bare(world.roles.get(name)?);
        Some(json!({"value": id, "type": "cirole", "display": name}))
    });
    roles.collect()
}

/// The extension of enterprises.
fn enterprise(person: &Person, kept: &Source) -> Source {
    let mut enterprise = Map::new();
    for name in ENTERPRISE_KEPT {
        if let Some(value) = kept.get(*name) {
            enterprise.insert((*name).to_owned(), value.clone());
        }
    }
    if let Some(department) = person.attributes.get("department") {
        enterprise.insert("department".to_owned(), department.clone());
    }
    if let Some(manager) = person.attributes.get("managerId").and_then(Value::as_str) {
        enterprise.insert("manager".to_owned(), json!({"value": ids::bare(manager)}));
    }
    enterprise
}

/// The extension of Webex.
fn webex(person: &Person, kept: &Source) -> Source {
    let status = match (person.login_enabled, person.invite_pending) {
        (false, _) => "disabled",
        (true, true) => "pending",
        (true, false) => "active",
    };
    let known = kept.get(WEBEX_USER).and_then(Value::as_object);
    let mut webex = known.cloned().unwrap_or_default();
    webex.insert("accountStatus".to_owned(), json!([status]));
    webex
}

fn groups_of(call: &Call<'_>, person: &Person) -> Vec<Value> {
    let groups = person.groups.iter();
    let groups = groups.filter_map(|slot| call.world.groups.get(*slot));
    let shown = groups.map(|group| {
        let id = ids::bare(&group.id);
        json!({"value": id, "display": group.name, "$ref": location(call, "Group", &id)})
    });
    shown.collect()
}

fn find(call: &Call<'_>) -> Result<Slot, Answer> {
    own_org(call)?;
    let found = call.world.people.find_any(call.param(1));
    found.ok_or_else(|| errors::scim(404, None, &format!("User {} is not found.", call.param(1))))
}

/// GET of who the token is.
pub fn me(call: &mut Call<'_>) -> Done {
    let id = audit::actor(call.world).id;
    match call.world.people.find_any(&id) {
        Some(slot) => Answer::ok(show(call, slot, false)),
        None => Err(errors::scim(404, None, "The token is no user.")),
    }
}

/// GET of all that pass the filter.
pub fn list(call: &mut Call<'_>) -> Done {
    own_org(call)?;
    let filter = asked_filter(call)?;
    let groups = call.flag("returnGroups") || call.flag("includeGroupDetails");
    let world = &*call.world;
    let exact = filter.as_ref().and_then(|filter| filter.exact("userName"));
    let slots: Vec<Slot> = match exact {
        Some(email) => world.person_by_email(email).into_iter().collect(),
        None => world.people.iter().map(|(slot, _)| slot).collect(),
    };
    let mut found: Vec<Slot> = match &filter {
        None => slots,
        Some(filter) => slots
            .into_iter()
            .filter(|slot| filter.holds(&show(call, *slot, false)))
            .collect(),
    };
    sort(call, &mut found);
    let page = paging::scim(call, 100, 1000, found.into_iter());
    let resources: Vec<Value> = page
        .entries
        .iter()
        .map(|slot| {
            let mut shown = show(call, *slot, groups);
            select(call, &mut shown);
            shown
        })
        .collect();
    Answer::ok(json!({
        "schemas": [LIST],
        "totalResults": page.total,
        "itemsPerPage": resources.len(),
        "startIndex": page.start,
        "Resources": resources,
    }))
}

fn sort(call: &Call<'_>, found: &mut [Slot]) {
    let world = &*call.world;
    let key = |slot: &Slot| {
        let person = world.people.get(*slot);
        person.map(|person| match call.query("sortBy") {
            Some("userName") => person.email.clone(),
            Some("meta.lastModified") => format!("{:020}", person.modified),
            _ => ids::bare(&person.id),
        })
    };
    if call.query("sortBy").is_some() {
        found.sort_by_cached_key(key);
        if call.query("sortOrder") == Some("descending") {
            found.reverse();
        }
    }
}

/// GET of one.
pub fn read(call: &mut Call<'_>) -> Done {
    let slot = find(call)?;
    let mut shown = show(call, slot, call.flag("returnGroups"));
    select(call, &mut shown);
    Answer::ok(shown)
}

/// POST of one. It has no licences but those that everyone has; templates may add more.
pub fn create(call: &mut Call<'_>) -> Done {
    own_org(call)?;
    let body = call.body().clone();
    let slot = create_from(call, &body)?;
    let shown = show(call, slot, false);
    Ok(Answer::json(201, shown))
}

/// Adds the user that a resource describes.
pub fn create_from(call: &mut Call<'_>, body: &Value) -> Result<Slot, Answer> {
    let has = |schema: &str| items(&body["schemas"]).iter().any(|it| it == schema);
    if !has(USER) {
        return Err(errors::scim(
            400,
            Some("invalidValue"),
            "schemas lacks the core schema of users.",
        ));
    }
    let name = text(&body["userName"]).filter(|name| name.contains('@'));
    let (Some(email), Some(_)) = (name, text(&body["userType"])) else {
        return Err(errors::scim(
            400,
            Some("invalidValue"),
            "userName and userType are required.",
        ));
    };
    if call.world.person_by_email(email).is_some() {
        return Err(errors::scim(409, Some("uniqueness"), "userName is in use."));
    }
    let uuid = call.world.new_uuid(email);
    let newcomer = people::newcomer(&uuid, email, call.now);
    let slot = call.world.settle_person(newcomer);
    call.applied = Some(true);
    take_in(call, slot, body)?;
    assignment::grant_implicit(call.world, slot);
    let due = call.now + i64::from(call.rules.template_delay) * 1000;
    call.world.waiting_for_templates.push((due, slot));
    Ok(slot)
}

/// PUT of one: what it does not name is gone.
pub fn replace(call: &mut Call<'_>) -> Done {
    let slot = find(call)?;
    let body = call.body().clone();
    take_in(call, slot, &body)?;
    Answer::ok(show(call, slot, false))
}

/// PATCH of one.
pub fn patch(call: &mut Call<'_>) -> Done {
    let slot = find(call)?;
    let body = call.body().clone();
    patch_with(call, slot, &body)?;
    Answer::ok(show(call, slot, false))
}

/// Carries out the operations of a PATCH.
pub fn patch_with(call: &mut Call<'_>, slot: Slot, body: &Value) -> Result<(), Answer> {
    let mut resource = show(call, slot, false);
    patching::apply(&mut resource, body).map_err(|refusal| refused(&refusal))?;
    take_in(call, slot, &resource)
}

/// DELETE of one.
pub fn delete(call: &mut Call<'_>) -> Done {
    let slot = find(call)?;
    remove(call, slot);
    Answer::no_content()
}

/// Takes a user away, with all that was theirs.
pub fn remove(call: &mut Call<'_>, slot: Slot) {
    about(call, slot);
    let (rules, now) = (call.rules, call.now);
    people_write::remove(call.world, rules, slot, now);
    call.world.scim.remove(&slot);
}

fn about(call: &mut Call<'_>, slot: Slot) {
    if let Some(person) = call.world.people.get(slot) {
        let (id, name) = (person.id.clone(), person.display_name.clone());
        call.about("PERSON", &id, &name);
    }
}

/// Makes a person what a resource says. Read-only and unknown attributes are passed over.
fn take_in(call: &mut Call<'_>, slot: Slot, body: &Value) -> Result<(), Answer> {
    let email = checked_email(call, slot, body)?;
    let roles = roles(call, body)?;
    let (extension, webex) = (&body[ENTERPRISE], &body[WEBEX_USER]);
    let manager = text(&extension["manager"]["value"]);
    let manager = manager.and_then(|id| call.world.people.find_any(id));
    let manager = manager.map(|slot| call.world.holder_id(Owner::Person(slot)).to_owned());
    let before = call
        .world
        .people
        .get(slot)
        .map(|person| person.email.to_lowercase());
    let now = call.now;
    if let Some(person) = call.world.people.get_mut(slot) {
        take_names(person, body, &email);
        person.login_enabled = body["active"] != false;
        if webex["accountStatus"] == json!(["active"]) || webex["accountStatus"] == "active" {
            person.invite_pending = false;
        }
        person.roles = roles;
        person.modified = now;
        take_attributes(person, body, manager);
    }
    if let Some(before) = before {
        call.world.by_email.remove(&before);
    }
    call.world.by_email.insert(email.to_lowercase(), slot);
    call.world.scim.insert(slot, kept(body, extension, webex));
    about(call, slot);
    Ok(())
}

/// The address of a resource, which no one else may have.
fn checked_email(call: &Call<'_>, slot: Slot, body: &Value) -> Result<String, Answer> {
    let invalid = |why: &str| errors::scim(400, Some("invalidValue"), why);
    let email = text(&body["userName"]).filter(|email| email.contains('@'));
    let email = email.ok_or_else(|| invalid("userName is required."))?;
    let other = call.world.person_by_email(email);
    if other.is_some_and(|other| other != slot) {
        return Err(errors::scim(409, Some("uniqueness"), "userName is in use."));
    }
    let primary = items(&body["emails"])
        .iter()
        .find(|it| it["primary"] == true && it["type"] == "work");
    let primary = primary.and_then(|it| text(&it["value"]));
    match primary.is_some_and(|primary| !primary.eq_ignore_ascii_case(email)) {
        true => Err(invalid(
            "The primary work e-mail address must be the userName.",
        )),
        false => Ok(email.to_owned()),
    }
}

fn owned(value: &Value) -> Option<String> {
    text(value).map(str::to_owned)
}

/// The address and the names; without a display name, it is the full one, or the address.
fn take_names(person: &mut Person, body: &Value, email: &str) {
    email.clone_into(&mut person.email);
    person.first_name = owned(&body["name"]["givenName"]);
    person.last_name = owned(&body["name"]["familyName"]);
    let full = [&person.first_name, &person.last_name]
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    let named = owned(&body["displayName"]).or(Some(full).filter(|full| !full.is_empty()));
    person.display_name = named.unwrap_or_else(|| email.to_owned());
}

/// The work phone, and what nothing depends on.
fn take_attributes(person: &mut Person, body: &Value, manager: Option<String>) {
    let work = items(&body["phoneNumbers"])
        .iter()
        .find(|it| it["type"] == "work");
    person.work_phone = work.and_then(|it| owned(&it["value"]));
    let addresses = Some(body["addresses"].clone());
    let department = owned(&body[ENTERPRISE]["department"]);
    let attributes = [
        ("title", owned(&body["title"]).map(Value::from)),
        ("addresses", addresses.filter(Value::is_array)),
        ("department", department.map(Value::from)),
        ("managerId", manager.map(Value::from)),
    ];
    for (name, value) in attributes {
        match value {
            Some(value) => person.attributes.insert(name.to_owned(), value),
            None => person.attributes.remove(name),
        };
    }
}

/// What of a resource is kept as it came.
fn kept(body: &Value, extension: &Value, webex: &Value) -> Source {
    let mut kept = Source::new();
    let plain = KEPT.iter().map(|name| (*name, &body[*name]));
    let enterprise = ENTERPRISE_KEPT
        .iter()
        .map(|name| (*name, &extension[*name]));
    for (name, value) in plain.chain(enterprise) {
        if !value.is_null() && name != "userType" {
            kept.insert(name.to_owned(), value.clone());
        }
    }
    let others = items(&body["phoneNumbers"])
        .iter()
        .filter(|it| it["type"] != "work");
    let others: Vec<Value> = others.cloned().collect();
    if !others.is_empty() {
        kept.insert("phoneNumbers".to_owned(), Value::Array(others));
    }
    if let Some(webex) = webex.as_object() {
        let mut webex = webex.clone();
        webex.remove("accountStatus");
        kept.insert(WEBEX_USER.to_owned(), Value::Object(webex));
    }
    kept
}

/// Names of the roles of a resource. Those of locations and sites cannot be set here.
fn roles(call: &Call<'_>, body: &Value) -> Result<Vec<String>, Answer> {
    let mut names = Vec::new();
    for role in items(&body["roles"]) {
        let id = text(&role["value"]).unwrap_or_default();
        let known = call
            .world
            .roles
            .iter()
            .find(|(_, known)| ids::bare(known) == id);
        match known {
            Some((name, _)) if id != "id_location_admin" => names.push(name.clone()),
            _ => {
                return Err(errors::scim(
                    400,
                    Some("invalidValue"),
                    &format!("The role cannot be set: {id}"),
                ));
            }
        }
    }
    Ok(names)
}
