//! Call queues on the wire: Features, Call Queue, of Cisco's documents.
//!
//! A `PUT` replaces the list of agents, and documents do not say what happens to what it omits: so all that was read and can be
//! written is sent back with it (docs/unconfirmed.md).

use http::Method;
use serde_json::{Map, Value, json};

use super::fields::{CREATED, EXTENSION, LOCATION, NUMBER, UPDATED};
use super::observed::{AGENT, Queue};
use super::{KIND, essence};
use crate::canonical::canonical;
use crate::change::{EXISTENCE, NAME};
use crate::kinds::wire::{Live, Request, Seen, Subject, Then, Wire, not_sent, one_by_one};
use crate::snapshot::{Feature, FeatureMember, OwnerKind};
use crate::webex::features::dialled;
use crate::webex::{Call, Error, Names, Paging, encode, ids};

/// How call queues are read and written.
pub const LIVE: Live = Live {
    read: |names, keys| one_by_one(keys, |key| read(names, key)),
    wires: &[
        Wire::new(
            "POST",
            "/telephony/config/locations/{locationId}/queues",
            create,
        )
        .carrying(CREATED)
        .then(Then::Created)
        .clicking("Services > Calling > Features > Call Queue > Create new"),
        Wire::new(
            "PUT",
            "/telephony/config/locations/{locationId}/queues/{queueId}",
            update,
        )
        .carrying(UPDATED)
        .clicking(
            "Services > Calling > Features > Call Queue > the queue > edit what is listed > Save",
        ),
        Wire::new(
            "DELETE",
            "/telephony/config/locations/{locationId}/queues/{queueId}",
            delete,
        )
        .carrying(&[EXISTENCE])
        .destroying()
        .clicking("Services > Calling > Features > Call Queue > the queue > Delete"),
    ],
    reads: |changes, _| 3 * changes.len(),
    lists: &["location", "user"],
    has_settings: false,
};

/// The lists that together have all queues, and what a detail of theirs needs.
const LISTS: [(&str, &str); 2] = [
    ("/telephony/config/queues?max=200", ""),
    (
        "/telephony/config/queues?max=200&hasCxEssentials=true",
        "?hasCxEssentials=true",
    ),
];

/// What of a queue a request can write, as a detail has it.
const WRITTEN: &[&str] = &[
    "enabled",
    "name",
    "languageCode",
    "firstName",
    "lastName",
    "timeZone",
    "phoneNumber",
    "extension",
    "alternateNumberSettings",
    "callPolicies",
    "callingLineIdPolicy",
    "callingLineIdPhoneNumber",
    "queueSettings",
    "allowCallWaitingForAgentsEnabled",
    "allowAgentJoinEnabled",
    "phoneNumberForOutgoingCallsEnabled",
    "directLineCallerIdName",
    "dialByName",
];

/// What of an agent a request can write.
const WRITTEN_OF_AGENTS: [&str; 4] = ["id", "weight", "skillLevel", "joinEnabled"];

/// How many calls wait in a new queue at most. Webex asks for it, and files do not say it.
const QUEUE_SIZE: u32 = 10;
/// After how many rings a call goes to the next agent of a new queue.
const RINGS: u32 = 8;

/// The queue of this name, in whatever location. Lists have the location of each, which its path needs.
fn read(names: &Names, key: &str) -> Result<Option<Seen>, Error> {
    let mut entries: Vec<(Value, &str)> = Vec::new();
    for (list, query) in LISTS {
        for entry in names.reader().lines(list, "queues", Paging::Link)? {
            let (id, name) = (text(&entry["id"]), text(&entry["name"]));
            if entries.iter().any(|(known, _)| known["id"] == entry["id"]) {
                continue;
            }
            names.learn(KIND.name, &canonical(name), id);
            entries.push((entry, query));
        }
    }
    let Some(id) = names.id(KIND.name, key)? else {
        return Ok(None);
    };
    let is_it = |(entry, _): &&(Value, &str)| ids::plain(text(&entry["id"])) == ids::plain(&id);
    let Some((entry, query)) = entries.iter().find(is_it) else {
        return Ok(None);
    };
    let location = text(&entry["locationId"]).to_owned();
    let Some(mut raw) = names
        .reader()
        .find(&format!("{}{query}", path(&location, &id)))?
    else {
        return Ok(None);
    };
    let queue = Queue::of(&feature(names, &id, &location, entry, &raw)?);
    raw["locationId"] = json!(location);
    let essence = essence(&queue);
    Ok(Some(Seen::new(id, raw, &queue, essence)))
}

/// A queue as snapshots have it.
fn feature(
    names: &Names,
    id: &str,
    location: &str,
    entry: &Value,
    raw: &Value,
) -> Result<Feature, Error> {
    let odd = || Error::Malformed {
        call: format!("the request for the call queue {id}"),
        why: "agents cannot be read".to_owned(),
    };
    // One whose list is not returned is not one without agents.
    let rows = raw["agents"].as_array().ok_or_else(odd)?;
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row["id"].as_str().ok_or_else(odd)?;
        members.push(member(names, id, row)?);
    }
    let place = names.key("location", location)?;
    Ok(Feature {
        kind: KIND.name.to_owned(),
        id: id.to_owned(),
        name: canonical(text(&entry["name"])).into_owned(),
        location: Some(place.unwrap_or_else(|| location.to_owned()).into()),
        phone_number: given(&raw["phoneNumber"]).map(dialled),
        extension: given(&raw["extension"]).map(str::to_owned),
        members: Some(members),
    })
}

fn member(names: &Names, id: &str, row: &Value) -> Result<FeatureMember, Error> {
    let of = |kind, key| FeatureMember {
        kind,
        key,
        role: AGENT.to_owned(),
    };
    let place = text(&row["type"]) == "PLACE";
    let (kind, word) = match place {
        true => (OwnerKind::Workspace, "workspace"),
        false => (OwnerKind::User, "user"),
    };
    let known = match text(&row["type"]) {
        "PEOPLE" | "PLACE" | "" => names.key(word, id)?,
        _ => None,
    };
    Ok(match known {
        Some(key) => of(kind, key),
        None => of(OwnerKind::from("unknown"), id.to_owned()),
    })
}

fn create(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let location = subject.after(LOCATION);
    let location = location.ok_or_else(|| not_sent("a call queue without a location"))?;
    let location = request.names.need("location", location)?;
    let mut body = json!({
        "name": subject.change.key,
        "callPolicies": {
            "routingType": "PRIORITY_BASED",
            "policy": "CIRCULAR",
            "callBounce": {"callBounceEnabled": true, "callBounceMaxRings": RINGS},
            "distinctiveRing": {"enabled": true, "ringPattern": "NORMAL"},
        },
        "queueSettings": {
            "queueSize": QUEUE_SIZE,
            "overflow": {"action": "PERFORM_BUSY_TREATMENT", "greeting": "DEFAULT"},
        },
        "agents": agents(request.names, subject, &Value::Null)?,
    });
    for path in [NUMBER, EXTENSION] {
        if let Some(value) = subject.after(path) {
            body[path] = json!(value);
        }
    }
    let path = format!("/telephony/config/locations/{}/queues", encode(&location));
    Ok(vec![Call::new(Method::POST, path).with(body)])
}

fn update(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let seen = there(subject)?;
    let mut body = Map::new();
    for name in WRITTEN {
        if !seen.raw[*name].is_null() {
            body.insert((*name).to_owned(), seen.raw[*name].clone());
        }
    }
    let mut body = Value::Object(body);
    without_read_only(&mut body);
    for path in [NAME, NUMBER, EXTENSION] {
        if let Some(value) = subject.after(path) {
            body[path] = json!(value);
        }
    }
    body["agents"] = agents(request.names, subject, &seen.raw["agents"])?;
    Ok(vec![Call::new(Method::PUT, own_path(seen)).with(body)])
}

/// What a detail has and a request may not.
fn without_read_only(body: &mut Value) {
    let drop = |value: &mut Value, name: &str| {
        if let Some(members) = value.as_object_mut() {
            members.remove(name);
        }
    };
    if let Some(overflow) = body.pointer_mut("/queueSettings/overflow") {
        drop(overflow, "isTransferNumberSet");
    }
    let numbers = body.pointer_mut("/alternateNumberSettings/alternateNumbers");
    let numbers = numbers.and_then(Value::as_array_mut).into_iter().flatten();
    numbers.for_each(|number| drop(number, "tollFreeNumber"));
}

/// The agents that a queue is to have: those that it has, without who leaves, with who joins.
fn agents(names: &Names, subject: &Subject<'_>, now: &Value) -> Result<Value, Error> {
    let mut agents: Vec<Value> = Vec::new();
    let (mut joining, mut leaving) = (Vec::new(), Vec::new());
    for field in &subject.fields {
        let Some(key) = field.path.strip_prefix(super::fields::AGENTS) else {
            continue;
        };
        let person = match key.contains('@') {
            true => names.id("user", key)?,
            false => None,
        };
        let id = match person {
            Some(id) => id,
            None => names.need("workspace", key)?,
        };
        match field.after.is_null() {
            true => leaving.push(ids::plain(&id)),
            false => joining.push(id),
        }
    }
    for agent in now.as_array().into_iter().flatten() {
        let id = ids::plain(text(&agent["id"]));
        if leaving.contains(&id) {
            continue;
        }
        joining.retain(|new| ids::plain(new) != id);
        let members = WRITTEN_OF_AGENTS
            .iter()
            .filter(|name| !agent[**name].is_null());
        let members = members.map(|name| ((*name).to_owned(), agent[*name].clone()));
        agents.push(Value::Object(members.collect()));
    }
    agents.extend(joining.into_iter().map(|id| json!({"id": id})));
    Ok(agents.into())
}

fn delete(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let seen = there(request.one()?)?;
    Ok(vec![Call::new(Method::DELETE, own_path(seen))])
}

fn there<'s>(subject: &'s Subject<'_>) -> Result<&'s Seen, Error> {
    let seen = subject.seen.as_ref();
    seen.ok_or_else(|| not_sent("the call queue does not exist"))
}

fn own_path(seen: &Seen) -> String {
    path(text(&seen.raw["locationId"]), &seen.id)
}

fn path(location: &str, id: &str) -> String {
    let (location, id) = (encode(location), encode(id));
    format!("/telephony/config/locations/{location}/queues/{id}")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn given(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}
