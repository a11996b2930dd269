//! The organisation -> a snapshot file. Members that nothing changed stay as the file had them, in value and in form.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::broadworks;
use super::clock;
use super::rows::{
    CALLING_ATTRIBUTES, DEVICE_ATTRIBUTES, LOCATION_ATTRIBUTES, PERSON_ATTRIBUTES, PLACE_ATTRIBUTES,
};
use super::table::Slot;
use super::world::{
    Device, Feature, Group, License, Line, Location, Number, Owner, Person, Source, Workspace,
    World,
};

/// The snapshot file as it would be captured now.
pub fn snapshot(world: &World) -> Value {
    let mut file = world.source.clone();
    if let Some(at) = world.changed_at {
        file.insert("capturedAt".to_owned(), json!(clock::seconds(at)));
    }
    if let (Some(_), Some(org)) = (world.org.renamed, file.get_mut("org")) {
        org["name"] = json!(world.org.name);
    }
    broadworks::save(&world.broadworks, &mut file);
    for list in LISTS.iter().filter(|list| world.has(list.section)) {
        let mut rows = (list.rows)(world);
        let text = |row: &Source, name: &str| {
            let text = row.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let key = |row: &Source| list.key.iter().map(|name| text(row, name)).collect();
        rows.sort_by_cached_key(|row| -> Vec<String> { key(row) });
        let rows = rows.into_iter().map(Value::Object).collect();
        file.insert(list.section.to_owned(), Value::Array(rows));
    }
    Value::Object(file)
}

/// A list of the file: in which order it is, and what is in it.
struct List {
    section: &'static str,
    key: &'static [&'static str],
    rows: fn(&World) -> Vec<Source>,
}

/// Every list of the file, in the order in which they are written.
const LISTS: &[List] = &[
    List {
        section: "subscriptions",
        key: &["id"],
        rows: |world| {
            let rows = world.subscriptions.iter();
            rows.map(|it| it.source.clone()).collect()
        },
    },
    List {
        section: "sites",
        key: &["url"],
        rows: |world| world.sites.iter().map(|it| it.source.clone()).collect(),
    },
    List {
        section: "licenses",
        key: &["id"],
        rows: |world| {
            let listed = world.licenses.iter().filter(|(_, it)| it.listed);
            listed.map(|(_, it)| license(it)).collect()
        },
    },
    List {
        section: "locations",
        key: &["name"],
        rows: |world| {
            let listed = world.locations.iter().filter(|(_, it)| it.listed);
            listed.map(|(_, it)| location(it)).collect()
        },
    },
    List {
        section: "numbers",
        key: &["phoneNumber", "location", "extension"],
        rows: |world| {
            let lines = world.lines.iter().map(|it| line(world, it));
            let numbers = world.numbers.iter().filter(|(_, it)| !it.implied);
            let numbers = numbers.map(|(key, it)| number(world, key, it));
            lines.chain(numbers).collect()
        },
    },
    List {
        section: "groups",
        key: &["name"],
        rows: |world| {
            world
                .groups
                .iter()
                .map(|(_, it)| group(world, it))
                .collect()
        },
    },
    List {
        section: "users",
        key: &["email"],
        rows: |world| {
            let people = world.people.iter();
            people.map(|(_, it)| person(world, it)).collect()
        },
    },
    List {
        section: "workspaces",
        key: &["name", "id"],
        rows: |world| {
            world
                .places
                .iter()
                .map(|(_, it)| place(world, it))
                .collect()
        },
    },
    List {
        section: "devices",
        key: &["id"],
        rows: |world| {
            let devices = world.devices.iter();
            devices.map(|(_, it)| device(world, it)).collect()
        },
    },
    List {
        section: "features",
        key: &["kind", "name", "location", "id"],
        rows: |world| {
            let features = world.features.iter();
            let rows = features.filter_map(|(_, it)| feature(world, it));
            rows.collect()
        },
    },
];

/// Sets a member, unless what is there means the same.
fn set(row: &mut Source, name: &str, value: Value) {
    let nothing = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    match row.get(name) {
        None if nothing(&value) => {}
        Some(there) if *there == value || (nothing(there) && nothing(&value)) => {}
        _ => {
            row.insert(name.to_owned(), value);
        }
    }
}

/// Sets those of the attributes that the file has or that are there now.
fn attributes(row: &mut Source, names: &[&str], have: &Source) {
    for name in names {
        match have.get(*name) {
            Some(value) if row.contains_key(*name) => set(row, name, value.clone()),
            None if row.contains_key(*name) => set(row, name, Value::Null),
            _ => {}
        }
    }
}

/// A text, unless the file has it in another form that means the same.
pub fn set_text(row: &mut Source, name: &str, text: Option<&str>) {
    let there = row.get(name).and_then(Value::as_str).map(str::trim);
    if there.unwrap_or_default() != text.unwrap_or_default() {
        set(row, name, json!(text));
    }
}

fn license(license: &License) -> Source {
    let mut row = license.source.clone();
    set(&mut row, "id", json!(license.id));
    if row.contains_key("consumedUnits") || license.consumed() != 0 {
        set(&mut row, "consumedUnits", json!(license.consumed()));
    }
    if row.contains_key("totalUnits") || license.total != 0 {
        set(&mut row, "totalUnits", json!(license.total));
    }
    row
}

/// A location as the file has one.
pub fn location(location: &Location) -> Source {
    let mut row = location.source.clone();
    set_text(&mut row, "id", Some(&location.id));
    set_text(&mut row, "name", Some(&location.name));
    for (name, value, default) in [
        ("timeZone", &location.time_zone, "UTC"),
        ("preferredLanguage", &location.preferred_language, "en_US"),
    ] {
        if row.get(name).is_some_and(|it| !it.is_null()) || value != default {
            set_text(&mut row, name, Some(value));
        }
    }
    let address = Value::Object(location.address.clone());
    if row.get("address").is_some_and(Value::is_object) || !location.address.is_empty() {
        set(&mut row, "address", address);
    }
    attributes(&mut row, LOCATION_ATTRIBUTES, &location.attributes);
    match &location.calling {
        None => set(&mut row, "calling", Value::Null),
        Some(calling) => {
            let there = row.get("calling").and_then(Value::as_object);
            let mut record = there.cloned().unwrap_or_default();
            set_text(&mut record, "mainNumber", calling.main_number.as_deref());
            set_text(&mut record, "pstn", calling.pstn.as_deref());
            attributes(&mut record, CALLING_ATTRIBUTES, &calling.attributes);
            set(&mut row, "calling", Value::Object(record));
        }
    }
    row
}

/// A number as the file has one.
pub fn number(world: &World, key: &str, number: &Number) -> Source {
    let mut row = number.source.clone();
    set_text(&mut row, "phoneNumber", Some(key));
    set_text(&mut row, "location", name_of(world, number.location));
    let state = row.get("state").and_then(Value::as_str).map(str::to_owned);
    let was_active = state.is_none_or(|state| state == "active");
    if was_active != number.active || row.get("state").is_none() {
        let state = if number.active { "active" } else { "inactive" };
        set(&mut row, "state", json!(state));
    }
    if row.get("type").is_some_and(|it| !it.is_null()) || number.kind != "did" {
        set_text(&mut row, "type", Some(&number.kind));
    }
    let purpose = match number {
        Number { reserved: true, .. } => Some("reserved"),
        Number { elin: true, .. } => Some("emergency"),
        Number { service: true, .. } => Some("service"),
        _ => None,
    };
    set_text(&mut row, "use", purpose);
    let was_owned = row.get("owner").is_some_and(|it| !it.is_null());
    if was_owned && number.owner.is_none() {
        set_text(&mut row, "extension", None);
    }
    if !number.owner_implied {
        let owner = number.owner.and_then(|holder| owner(world, holder));
        set_owner(&mut row, owner);
    }
    row
}

/// An extension without a number as the file has one.
fn line(world: &World, line: &Line) -> Source {
    let mut row = line.source.clone();
    set_text(&mut row, "location", name_of(world, line.location));
    let owner = line.owner.and_then(|holder| owner(world, holder));
    set_owner(&mut row, owner);
    row
}

/// Sets the owner, unless the file names the same one.
fn set_owner(row: &mut Source, owner: Option<(String, String)>) {
    let there = row.get("owner").and_then(Value::as_object);
    let there = there.map(|it| {
        let text = |name| it.get(name).and_then(Value::as_str).unwrap_or_default();
        (text("kind").trim(), text("key").trim())
    });
    let same = match (&there, &owner) {
        (Some(there), Some((kind, key))) => {
            there.0 == kind && there.1.to_lowercase() == key.to_lowercase()
        }
        (None, None) => true,
        _ => false,
    };
    if !same {
        let owner = owner.map(|(kind, key)| json!({"kind": kind, "key": key}));
        set(row, "owner", owner.unwrap_or(Value::Null));
    }
}

/// Kind and key of a holder, as files have them.
pub fn owner(world: &World, holder: Owner) -> Option<(String, String)> {
    Some(match holder {
        Owner::Person(slot) => ("user".to_owned(), world.people.get(slot)?.email.clone()),
        Owner::Workspace(slot) => ("workspace".to_owned(), world.places.get(slot)?.name.clone()),
        Owner::Feature(slot) => {
            let feature = world.features.get(slot)?;
            (feature.kind.clone(), feature.name.clone())
        }
    })
}

fn name_of(world: &World, location: Option<Slot>) -> Option<&str> {
    let location = world.locations.get(location?)?;
    Some(location.name.as_str())
}

fn license_ids(world: &World, licenses: &[Slot]) -> Value {
    let ids = licenses.iter().filter_map(|it| world.licenses.get(*it));
    ids.map(|it| Value::from(it.id.as_str())).collect()
}

/// Sets a list that is a set, unless the file has the same members in another order.
fn set_list(row: &mut Source, name: &str, mut list: Vec<String>) {
    let there = row.get(name).and_then(Value::as_array);
    let there: BTreeSet<String> = there
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_lowercase)
        .collect();
    if there != list.iter().map(|it| it.to_lowercase()).collect() {
        list.sort();
        set(row, name, json!(list));
    }
}

/// A group as the file has one.
pub fn group(world: &World, group: &Group) -> Source {
    let mut row = group.source.clone();
    set_text(&mut row, "id", Some(&group.id));
    set_text(&mut row, "name", Some(&group.name));
    set_text(&mut row, "description", group.description.as_deref());
    let people = group.people.iter().filter_map(|it| world.people.get(*it));
    let members = people.map(|it| it.email.clone());
    let members = members.chain(group.strangers.iter().cloned()).collect();
    set_list(&mut row, "members", members);
    row
}

/// A person as the file has one.
pub fn person(world: &World, person: &Person) -> Source {
    let mut row = person.source.clone();
    set_text(&mut row, "id", Some(&person.id));
    set_text(&mut row, "email", Some(&person.email));
    if row.get("displayName").is_some_and(|it| !it.is_null()) || person.display_name != person.email
    {
        set_text(&mut row, "displayName", Some(&person.display_name));
    }
    let status = row
        .get("status")
        .and_then(Value::as_str)
        .unwrap_or("active");
    let same = (status != "inactive") == person.login_enabled
        && (status == "pending") == person.invite_pending;
    if !same {
        let status = match (person.login_enabled, person.invite_pending) {
            (false, _) => "inactive",
            (true, true) => "pending",
            (true, false) => "active",
        };
        set(&mut row, "status", json!(status));
    }
    set_text(&mut row, "workPhone", person.work_phone.as_deref());
    set_text(&mut row, "location", name_of(world, person.location));
    set_text(&mut row, "phoneNumber", person.number.as_deref());
    set_text(&mut row, "extension", person.extension.as_deref());
    set(&mut row, "licenses", license_ids(world, &person.licenses));
    let attendee = person.attendee.iter().cloned().collect();
    set_list(&mut row, "attendeeSites", attendee);
    set_list(&mut row, "roles", person.roles.clone());
    let voicemail = row.get("voicemail").and_then(|it| it.get("enabled"));
    if (voicemail != Some(&Value::Bool(false))) != person.voicemail {
        set(&mut row, "voicemail", json!({"enabled": person.voicemail}));
    }
    for (name, value) in [
        ("firstName", &person.first_name),
        ("lastName", &person.last_name),
    ] {
        if row.contains_key(name) {
            set_text(&mut row, name, value.as_deref());
        }
    }
    attributes(&mut row, PERSON_ATTRIBUTES, &person.attributes);
    row
}

/// A workspace as the file has one.
pub fn place(world: &World, place: &Workspace) -> Source {
    let mut row = place.source.clone();
    set_text(&mut row, "id", Some(&place.id));
    set_text(&mut row, "name", Some(&place.name));
    set_text(&mut row, "location", name_of(world, place.location));
    set_text(&mut row, "phoneNumber", place.number.as_deref());
    set_text(&mut row, "extension", place.extension.as_deref());
    set(&mut row, "licenses", license_ids(world, &place.licenses));
    attributes(&mut row, PLACE_ATTRIBUTES, &place.attributes);
    row
}

/// A device as the file has one.
pub fn device(world: &World, device: &Device) -> Source {
    let mut row = device.source.clone();
    set_text(&mut row, "id", Some(&device.id));
    for (name, value) in [
        ("name", &device.name),
        ("product", &device.product),
        ("mac", &device.mac),
        ("type", &device.kind),
    ] {
        set_text(&mut row, name, value.as_deref());
    }
    let owner = device.holder.and_then(|holder| owner(world, holder));
    set_owner(&mut row, owner);
    attributes(&mut row, DEVICE_ATTRIBUTES, &device.attributes);
    if device.kind.as_deref() == Some("webexgo") && !device.source.contains_key("id") {
        set_text(&mut row, "created", Some(&clock::seconds(device.created)));
    }
    row
}

/// The members that a new object of a list has before anything is set.
pub fn blank(section: &str) -> Source {
    let members = match section {
        "users" => json!({
            "displayName": null, "status": "active", "source": "manual", "workPhone": null, "location": null,
            "phoneNumber": null, "extension": null, "licenses": [], "attendeeSites": [], "siteAdmin": [],
            "roles": [], "voicemail": {"enabled": true},
        }),
        "workspaces" => {
            json!({"location": null, "phoneNumber": null, "extension": null, "licenses": []})
        }
        "groups" => json!({"source": "webex", "kind": null, "members": []}),
        "numbers" => json!({"location": null, "state": "active", "type": "did", "owner": null}),
        "locations" => {
            json!({"timeZone": "", "preferredLanguage": "", "address": null, "calling": null})
        }
        "devices" => {
            json!({"name": null, "product": null, "type": null, "mac": null, "owner": null})
        }
        _ => json!({}),
    };
    match members {
        Value::Object(members) => members,
        _ => Source::new(),
    }
}

/// A feature as the file has one; nothing for one that only its list of numbers names.
pub fn feature(world: &World, feature: &Feature) -> Option<Source> {
    let mut row = feature.source.clone()?;
    let location = feature.location.and_then(|it| world.locations.get(it));
    for (name, value) in [
        ("id", Some(feature.id.as_str())),
        ("name", Some(feature.name.as_str())),
        ("location", location.map(|it| it.name.as_str())),
        ("phoneNumber", feature.number.as_deref()),
        ("extension", feature.extension.as_deref()),
    ] {
        super::save::set_text(&mut row, name, value);
    }
    let members = feature.members.iter().filter_map(|it| {
        let (kind, key) = match it.holder {
            Some(holder) => super::save::owner(world, holder)?,
            None => (it.kind.clone(), it.key.clone()),
        };
        Some(json!({"kind": kind, "key": key, "role": it.role}))
    });
    let members: Vec<Value> = members.collect();
    if row.contains_key("members") || !members.is_empty() {
        row.insert("members".to_owned(), Value::Array(members));
    }
    Some(row)
}
