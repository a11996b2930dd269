//! Users of SCIM.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::super::assignment;
use super::super::call::{Answer, Call, Done, items, text};
use super::super::people_write;
use super::super::table::Slot;
use super::super::world::{Holder, Person, Source};
use super::super::{audit, errors, ids, paging, people, save};
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
    let number = person.work_phone.as_ref().or(person.number.as_ref());
    let mut numbers: Vec<Value> = number
        .map(|number| json!({"value": number, "type": "work", "primary": true}))
        .into_iter()
        .collect();
    numbers.extend(
        items(kept.get("phoneNumbers").unwrap_or(&Value::Null))
            .iter()
            .cloned(),
    );
    if !numbers.is_empty() {
        put("phoneNumbers", Value::Array(numbers));
    }
    let roles: Vec<Value> = person
        .roles
        .iter()
        .filter_map(|name| {
            let id = ids::bare(world.roles.get(name)?);
            Some(json!({"value": id, "type": "cirole", "display": name}))
        })
        .collect();
    if !roles.is_empty() {
        put("roles", Value::Array(roles));
    }
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
    if !enterprise.is_empty() {
        put(ENTERPRISE, Value::Object(enterprise));
    }
    let status = match (person.login_enabled, person.invite_pending) {
        (false, _) => "disabled",
        (true, true) => "pending",
        (true, false) => "active",
    };
    let mut webex = kept
        .get(WEBEX_USER)
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    webex.insert("accountStatus".to_owned(), json!([status]));
    put(WEBEX_USER, Value::Object(webex));
    if with_groups {
        let groups: Vec<Value> = person
            .groups
            .iter()
            .filter_map(|slot| world.groups.get(*slot))
            .map(|group| {
                let id = ids::bare(&group.id);
                json!({"value": id, "display": group.name, "$ref": location(call, "Group", &id)})
            })
            .collect();
        put("groups", Value::Array(groups));
    }
    put(
        "meta",
        meta(call, "User", &id, person.created, person.modified),
    );
    Value::Object(shown)
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

/// POST of one. It has no licences but those that everybody has; templates may add more.
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
    let slot = call.world.settle_person(Person {
        id: ids::public("PEOPLE", &uuid),
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
        created: call.now,
        modified: call.now,
        source: save::blank("users"),
    });
    call.applied = true;
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
    let email = text(&body["userName"]).map(str::to_owned);
    let Some(email) = email.filter(|email| email.contains('@')) else {
        return Err(errors::scim(
            400,
            Some("invalidValue"),
            "userName is required.",
        ));
    };
    let other = call.world.person_by_email(&email);
    if other.is_some_and(|other| other != slot) {
        return Err(errors::scim(409, Some("uniqueness"), "userName is in use."));
    }
    let primary = items(&body["emails"])
        .iter()
        .find(|it| it["primary"] == true && it["type"] == "work");
    let primary = primary.and_then(|it| text(&it["value"]));
    if primary.is_some_and(|primary| !primary.eq_ignore_ascii_case(&email)) {
        return Err(errors::scim(
            400,
            Some("invalidValue"),
            "The primary work e-mail address must be the userName.",
        ));
    }
    let roles = roles(call, body)?;
    let (extension, webex) = (&body[ENTERPRISE], &body[WEBEX_USER]);
    let manager = text(&extension["manager"]["value"]);
    let manager = manager.and_then(|id| call.world.people.find_any(id));
    let manager = manager.map(|slot| call.world.holder_id(Holder::Person(slot)).to_owned());
    let before = call
        .world
        .people
        .get(slot)
        .map(|person| person.email.to_lowercase());
    let now = call.now;
    if let Some(person) = call.world.people.get_mut(slot) {
        let owned = |value: &Value| text(value).map(str::to_owned);
        person.email.clone_from(&email);
        person.first_name = owned(&body["name"]["givenName"]);
        person.last_name = owned(&body["name"]["familyName"]);
        let full = [&person.first_name, &person.last_name]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join(" ");
        let named = owned(&body["displayName"]).or(Some(full).filter(|full| !full.is_empty()));
        person.display_name = named.unwrap_or_else(|| email.clone());
        person.login_enabled = body["active"] != false;
        if webex["accountStatus"] == json!(["active"]) || webex["accountStatus"] == "active" {
            person.invite_pending = false;
        }
        person.roles = roles;
        person.modified = now;
        let work = items(&body["phoneNumbers"])
            .iter()
            .find(|it| it["type"] == "work");
        person.work_phone = work.and_then(|it| owned(&it["value"]));
        let attributes = [
            ("title", owned(&body["title"]).map(Value::from)),
            (
                "addresses",
                Some(body["addresses"].clone()).filter(Value::is_array),
            ),
            (
                "department",
                owned(&extension["department"]).map(Value::from),
            ),
            ("managerId", manager.map(Value::from)),
        ];
        for (name, value) in attributes {
            match value {
                Some(value) => person.attributes.insert(name.to_owned(), value),
                None => person.attributes.remove(name),
            };
        }
    }
    if let Some(before) = before {
        call.world.by_email.remove(&before);
    }
    call.world.by_email.insert(email.to_lowercase(), slot);
    call.world.scim.insert(slot, kept(body, extension, webex));
    about(call, slot);
    Ok(())
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
