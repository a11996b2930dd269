//! Calling features: queues, groups, attendants, virtual lines, supervisors. What lists and details return, who is in them, and how
//! people leave them. Only queues are made and changed by requests (`queues`).

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done};
use super::errors;
use super::ids;
use super::org;
use super::paging;
use super::people;
use super::queues;
use super::route::{Route, route};
use super::table::Slot;
use super::telephony;
use super::world::{Feature, Owner, Part, World};

const READ: &[&str] = &["spark-admin:telephony_config_read"];

/// Kinds as snapshots have them, the part of the path, and the member that holds a list.
const KINDS: &[(&str, &str, &str)] = &[
    ("callQueue", "queues", "queues"),
    ("huntGroup", "huntGroups", "huntGroups"),
    ("autoAttendant", "autoAttendants", "autoAttendants"),
    ("voicemailGroup", "voicemailGroups", "voicemailGroups"),
    ("pagingGroup", "paging", "locationPaging"),
    ("callPickup", "callPickups", "callPickups"),
    ("callPark", "callParks", "callParks"),
    ("virtualLine", "virtualLines", "virtualLines"),
    ("supervisor", "supervisors", "supervisors"),
];

/// A role that does not depend on Calling.
const RECIPIENT: &str = "recipient";

const fn get(path: &'static str, handler: fn(&mut Call<'_>) -> Done) -> Route {
    route("GET", path, READ, "features", handler)
}

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    get("/telephony/config/queues", list),
    get("/telephony/config/huntGroups", list),
    get("/telephony/config/autoAttendants", list),
    get("/telephony/config/voicemailGroups", list),
    get("/telephony/config/paging", list),
    get("/telephony/config/virtualLines", list),
    get("/telephony/config/supervisors", list),
    get("/telephony/config/locations/{}/callPickups", list_here),
    get("/telephony/config/locations/{}/callParks", list_here),
    get("/telephony/config/locations/{}/queues/{}", one_here),
    get("/telephony/config/locations/{}/huntGroups/{}", one_here),
    get("/telephony/config/locations/{}/autoAttendants/{}", one_here),
    get(
        "/telephony/config/locations/{}/voicemailGroups/{}",
        one_here,
    ),
    get("/telephony/config/locations/{}/paging/{}", one_here),
    get("/telephony/config/locations/{}/callPickups/{}", one_here),
    get("/telephony/config/locations/{}/callParks/{}", one_here),
    get("/telephony/config/virtualLines/{}", one),
    get("/telephony/config/supervisors/{}", one),
];

/// The kind that the path is about.
fn kind_of(call: &Call<'_>) -> (&'static str, &'static str) {
    let named = |part: &str| call.asked.path.split('/').any(|it| it == part);
    let found = KINDS.iter().find(|(_, part, _)| named(part));
    found.map_or(("", ""), |(kind, _, key)| (kind, key))
}

fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let location = match call.query("locationId") {
        Some(id) => Some(telephony::find(call, id)?),
        None => None,
    };
    Ok(listed(call, location))
}

fn list_here(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let location = telephony::find(call, call.param(0))?;
    Ok(listed(call, Some(location)))
}

/// Without the parameter, features of Customer Assist are hidden; with it, the others are, unless a switch says otherwise.
fn listed(call: &Call<'_>, location: Option<Slot>) -> Answer {
    let (kind, key) = kind_of(call);
    let assist = call.flag("hasCxEssentials");
    let all = assist && call.rules.assist_lists_all;
    let name = call.query("name").map(str::to_lowercase);
    let mut found: Vec<&Feature> = call
        .world
        .features
        .iter()
        .map(|(_, feature)| feature)
        .filter(|it| it.kind == kind && (all || it.assist == assist))
        .filter(|it| location.is_none() || it.location == location)
        .filter(|it| (name.as_ref()).is_none_or(|name| it.name.to_lowercase().contains(name)))
        .collect();
    found.sort_by(|a, b| (&a.name, a.location).cmp(&(&b.name, b.location)));
    let entries = found.into_iter();
    let (page, next) = paging::by_start(call, 100, 2000, entries, |it| entry(call.world, it));
    paging::list(key, page, next)
}

/// What a list returns of a feature.
fn entry(world: &World, feature: &Feature) -> Value {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("id", json!(feature.id));
    let location = feature.location.and_then(|it| world.locations.get(it));
    let (number, extension) = (&feature.number, &feature.extension);
    match feature.kind.as_str() {
        "virtualLine" => {
            put("displayName", json!(feature.name));
            put("firstName", json!(feature.name));
            put("lastName", json!("."));
            put(
                "number",
                json!({"external": number, "extension": extension, "primary": true}),
            );
            if let Some(location) = location {
                put(
                    "location",
                    json!({"id": location.id, "name": location.name}),
                );
            }
        }
        "supervisor" => {
            put("displayName", json!(feature.name));
            put("agentCount", json!(parts(feature, "agent").count()));
        }
        _ => {
            put("name", json!(feature.name));
            if let Some(location) = location {
                put("locationName", json!(location.name));
                put("locationId", json!(location.id));
            }
            if !matches!(feature.kind.as_str(), "callPickup" | "callPark") {
                put("enabled", json!(true));
            }
        }
    }
    if matches!(feature.kind.as_str(), "callQueue" | "supervisor") {
        put("hasCxEssentials", json!(feature.assist));
    }
    let mut shown = Value::Object(shown);
    if !matches!(feature.kind.as_str(), "virtualLine" | "supervisor") {
        lines(&mut shown, feature);
    }
    shown
}

fn one_here(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let location = telephony::find(call, call.param(0))?;
    detail(call, call.param(1), Some(location))
}

fn one(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    detail(call, call.param(0), None)
}

fn detail(call: &Call<'_>, id: &str, location: Option<Slot>) -> Done {
    let (kind, _) = kind_of(call);
    let world = &*call.world;
    let found = world
        .features
        .find(id)
        .and_then(|it| world.features.get(it));
    let hidden = |it: &&Feature| it.assist && !call.flag("hasCxEssentials");
    let found =
        found.filter(|it| it.kind == kind && (location.is_none() || it.location == location));
    let Some(feature) = found.filter(|it| !hidden(it)) else {
        return Err(errors::telephony(404, 25018, 4302, "Not found."));
    };
    let mut shown = entry(world, feature);
    let who = |role: &str| -> Vec<Value> {
        parts(feature, role)
            .filter_map(|it| shown_part(world, it))
            .collect()
    };
    match kind {
        "callQueue" | "huntGroup" | "supervisor" => shown["agents"] = json!(who("agent")),
        "callPickup" | "callPark" => {
            let members: Vec<Value> = who("member").into_iter().map(with_numbers).collect();
            shown["agents"] = json!(members);
        }
        "pagingGroup" => {
            shown["targets"] = json!(who("target"));
            shown["originators"] = json!(who("originator"));
        }
        "autoAttendant" => {
            let menu = |keys: Vec<Value>| json!({"greeting": "DEFAULT", "extensionEnabled": true, "keyConfigurations": keys});
            let numbers =
                parts(feature, "key").filter_map(|it| number_of(world, it, feature.location));
            let keys = (1..).zip(numbers).map(|(key, number)| {
                json!({"key": (key % 10).to_string(), "action": "TRANSFER_WITHOUT_PROMPT", "value": number})
            });
            shown["businessHoursMenu"] = menu(keys.collect());
            shown["afterHoursMenu"] = menu(vec![json!({"key": "0", "action": "EXIT"})]);
        }
        "voicemailGroup" => shown = voicemail_group(world, feature),
        _ => {}
    }
    if kind == "callQueue" {
        queues::show(&mut shown, feature);
    }
    Answer::ok(shown)
}

/// A voicemail group: mail goes to its recipients, calls to its target.
fn voicemail_group(world: &World, feature: &Feature) -> Value {
    let mut mails = parts(feature, RECIPIENT).filter_map(|it| mail_of(world, it));
    let targets = parts(feature, "target");
    let target = targets
        .filter_map(|it| number_of(world, it, feature.location))
        .next();
    let to = |name: &str, value: Option<String>| {
        let mut shown = json!({"enabled": value.is_some()});
        if let Some(value) = value {
            shown[name] = json!(value);
        }
        shown
    };
    let (copy, notified, stored) = (mails.next(), mails.next(), mails.next());
    let mut storage =
        json!({"storageType": if stored.is_some() { "EXTERNAL" } else { "INTERNAL" }});
    if let Some(stored) = stored {
        storage["externalEmail"] = json!(stored);
    }
    let mut shown = json!({
        "id": feature.id,
        "name": feature.name,
        "enabled": true,
        "firstName": feature.name,
        "lastName": feature.name,
        "languageCode": "en_us",
        "greeting": "DEFAULT",
        "greetingUploaded": false,
        "emailCopyOfMessage": to("emailId", copy),
        "notifications": to("destination", notified),
        "messageStorage": storage,
        "transferToNumber": to("destination", target),
        "faxMessage": {"enabled": false},
        "voiceMessageForwardingEnabled": false,
    });
    lines(&mut shown, feature);
    shown
}

/// Number and extension, as far as there are any.
fn lines(shown: &mut Value, feature: &Feature) {
    for (name, value) in [
        ("phoneNumber", &feature.number),
        ("extension", &feature.extension),
    ] {
        if let Some(value) = value {
            shown[name] = json!(value);
        }
    }
}

fn parts<'f>(feature: &'f Feature, role: &'f str) -> impl Iterator<Item = &'f Part> {
    feature.members.iter().filter(move |it| it.role == role)
}

/// A person in a feature, as a detail shows them; no one who is gone.
pub fn shown_part(world: &World, part: &Part) -> Option<Value> {
    let (id, kind, (first, last)) = match part.holder {
        Some(holder @ Owner::Person(slot)) => {
            let person = world.people.get(slot)?;
            (
                world.holder_id(holder).to_owned(),
                "PEOPLE",
                people::names(person),
            )
        }
        Some(holder @ Owner::Workspace(slot)) => {
            let place = world.places.get(slot)?;
            (
                world.holder_id(holder).to_owned(),
                "PLACE",
                (place.name.clone(), String::new()),
            )
        }
        _ => {
            let id = ids::public(
                &part.kind.to_uppercase(),
                &ids::uuid(&format!("{} {}", part.kind, part.key)),
            );
            let kind = if part.kind == "virtualLine" {
                "VIRTUAL_LINE"
            } else {
                "PEOPLE"
            };
            (id, kind, (part.key.clone(), String::new()))
        }
    };
    let mut shown = json!({"id": id, "type": kind, "firstName": first, "lastName": last});
    if let Some(holder) = part.holder {
        shown["phoneNumber"] = json!(world.number_of(holder));
        shown["extension"] = json!(world.extension_of(holder));
    }
    Some(shown)
}

/// The same as pickup and park groups show a person: the numbers are a list.
fn with_numbers(mut shown: Value) -> Value {
    let line =
        json!({"external": shown["phoneNumber"], "extension": shown["extension"], "primary": true});
    if let Some(members) = shown.as_object_mut() {
        members.remove("phoneNumber");
        members.remove("extension");
        members.insert("numbers".to_owned(), json!([line]));
    }
    shown
}

/// What is dialled to reach a person: in the location of the feature the extension, from elsewhere the number.
fn number_of(world: &World, part: &Part, from: Option<Slot>) -> Option<String> {
    let holder = part.holder?;
    let near = world.location_of(holder) == from;
    let (number, extension) = (world.number_of(holder), world.extension_of(holder));
    let first = if near {
        extension.or(number)
    } else {
        number.or(extension)
    };
    first.map(str::to_owned)
}

fn mail_of(world: &World, part: &Part) -> Option<String> {
    match part.holder {
        Some(Owner::Person(slot)) => world.people.get(slot).map(|it| it.email.clone()),
        _ => Some(part.key.clone()),
    }
}

impl World {
    /// The id of a feature of which the file has none.
    pub(super) fn feature_id(&self, kind: &str, name: &str, location: Option<Slot>) -> String {
        let place = location.and_then(|slot| self.locations.get(slot));
        let place = place.map(|it| it.name.as_str()).unwrap_or_default();
        let seed = format!("feature {kind} {name} {place}");
        ids::public(&kind.to_uppercase(), &ids::uuid(&seed))
    }

    /// The names of the features of a location that a person is in, but for those that only send mail.
    pub fn features_of(&self, holder: Owner, location: Option<Slot>) -> Vec<&str> {
        let here = self
            .features
            .iter()
            .filter(|(_, feature)| feature.location == location);
        let own = here.filter(|(_, feature)| {
            let mut members = feature.members.iter();
            members.any(|it| it.holder == Some(holder) && it.role != RECIPIENT)
        });
        own.map(|(_, feature)| feature.name.as_str()).collect()
    }

    /// Removes a person from all features: only of one location where it says so. Mail continues to come.
    pub fn leave_features(&mut self, holder: Owner, location: Option<Slot>) {
        let id = self.holder_id(holder).to_owned();
        let of: Vec<Slot> = self.features.iter().map(|(slot, _)| slot).collect();
        for slot in of {
            let Some(feature) = self.features.get_mut(slot) else {
                continue;
            };
            if location.is_some() && feature.location != location {
                continue;
            }
            feature
                .members
                .retain(|it| it.holder != Some(holder) || it.role == RECIPIENT);
            if feature.kind == "supervisor" && feature.id == id && location.is_none() {
                self.remove_feature(slot);
            }
        }
    }

    /// A feature goes; its number is free.
    pub fn remove_feature(&mut self, slot: Slot) {
        let Some(feature) = self.features.remove(slot) else {
            return;
        };
        let holder = Owner::Feature(slot);
        self.features_by_name
            .remove(&(feature.kind, feature.name, feature.location));
        if let (Some(location), Some(extension)) = (feature.location, feature.extension) {
            self.extensions.remove(&(location, extension, holder));
        }
        for number in self
            .numbers
            .values_mut()
            .filter(|it| it.owner == Some(holder))
        {
            number.owner = None;
        }
        self.lines.retain(|line| line.owner != Some(holder));
    }
}
