//! Call queues: how one is made, changed and deleted, and what a detail returns beside name, line and agents.
//!
//! What Cisco's documents of Features, Call Queue, leave open is a switch: what a PUT does with members that it omits.

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done, items, text};
use super::calling::{Refusal, Wanted};
use super::e164::e164;
use super::errors;
use super::features;
use super::ids;
use super::org;
use super::route::{Route, route};
use super::table::Slot;
use super::telephony;
use super::world::{Feature, Owner, Part, Source, World};

const WRITE: &[&str] = &["spark-admin:telephony_config_write"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route(
        "POST",
        "/telephony/config/locations/{}/queues",
        WRITE,
        "features",
        create,
    ),
    route(
        "PUT",
        "/telephony/config/locations/{}/queues/{}",
        WRITE,
        "features",
        change,
    ),
    route(
        "DELETE",
        "/telephony/config/locations/{}/queues/{}",
        WRITE,
        "features",
        delete,
    ),
];

/// As snapshots name the kind.
const KIND: &str = "callQueue";

/// Members that are kept as they are written.
const SETTINGS: [&str; 12] = [
    "enabled",
    "languageCode",
    "timeZone",
    "alternateNumberSettings",
    "callPolicies",
    "callingLineIdPolicy",
    "queueSettings",
    "allowCallWaitingForAgentsEnabled",
    "allowAgentJoinEnabled",
    "phoneNumberForOutgoingCallsEnabled",
    "directLineCallerIdName",
    "dialByName",
];

/// What documents require of a new queue, below its body.
const REQUIRED: [&str; 9] = [
    "/name",
    "/callPolicies/routingType",
    "/callPolicies/policy",
    "/callPolicies/callBounce",
    "/callPolicies/distinctiveRing/enabled",
    "/queueSettings/queueSize",
    "/queueSettings/overflow/action",
    "/queueSettings/overflow/greeting",
    "/agents",
];

/// What a queue has of which nothing was said.
fn defaults() -> Source {
    let all = json!({
        "enabled": true,
        "languageCode": "en_us",
        "timeZone": "America/Chicago",
        "alternateNumberSettings": {"distinctiveRingEnabled": false, "alternateNumbers": []},
        "callPolicies": {
            "routingType": "PRIORITY_BASED",
            "policy": "CIRCULAR",
            "callBounce": {"callBounceEnabled": true, "callBounceMaxRings": 8},
            "distinctiveRing": {"enabled": true, "ringPattern": "NORMAL"},
        },
        "queueSettings": {
            "queueSize": 10,
            "overflow": {
                "action": "PERFORM_BUSY_TREATMENT",
                "greeting": "DEFAULT",
                "isTransferNumberSet": false,
            },
        },
        "allowCallWaitingForAgentsEnabled": false,
        "allowAgentJoinEnabled": false,
        "phoneNumberForOutgoingCallsEnabled": false,
    });
    all.as_object().cloned().unwrap_or_default()
}

/// Adds to a detail what a queue has beside its name, line and agents.
pub fn show(shown: &mut Value, feature: &Feature) {
    for (name, value) in defaults().into_iter().chain(feature.settings.clone()) {
        shown[name] = value;
    }
    let weights = feature.agents.iter();
    for (id, said) in weights {
        let agents = shown["agents"].as_array_mut().into_iter().flatten();
        for agent in agents.filter(|agent| agent["id"] == *id) {
            for (name, value) in said {
                agent[name] = value.clone();
            }
        }
    }
}

fn refused(code: u32, why: &str) -> Answer {
    Refusal::new(code, why).answer()
}

/// What a body asks for.
struct Said {
    name: Option<String>,
    number: Option<String>,
    extension: Option<String>,
    agents: Option<Agents>,
    settings: Source,
}

/// Reads a body; `now` are the agents so far.
fn said(call: &Call<'_>, now: &[Part]) -> Result<Said, Answer> {
    let body = call.body();
    let number = text(&body["phoneNumber"]).map(e164);
    let settings = body.as_object().into_iter().flatten();
    let settings = settings.filter(|(name, _)| SETTINGS.contains(&name.as_str()));
    if !body["queueSettings"]["overflow"]["isTransferNumberSet"].is_null() {
        return Err(errors::bad("isTransferNumberSet is read-only."));
    }
    Ok(Said {
        name: text(&body["name"]).map(str::to_owned),
        number,
        extension: text(&body["extension"]).map(str::to_owned),
        agents: match body["agents"].is_array() {
            true => Some(agents(call, items(&body["agents"]), now)?),
            false => None,
        },
        settings: settings
            .map(|(name, it)| (name.clone(), it.clone()))
            .collect(),
    })
}

/// Who is in a queue, and what was said of each, by id.
type Agents = (Vec<Part>, Vec<(String, Source)>);

/// Agents are people and workspaces with Calling; virtual lines and others stay where they are.
fn agents(call: &Call<'_>, rows: &[Value], now: &[Part]) -> Result<Agents, Answer> {
    if rows.len() > call.rules.queue_agents {
        return Err(refused(26012, "The maximum number of agents is exceeded."));
    }
    let (mut parts, mut kept): Agents = (Vec::new(), Vec::new());
    for row in rows {
        let id = text(&row["id"]).unwrap_or_default();
        let part = agent(call.world, id, now)?;
        if parts
            .iter()
            .any(|it| (&it.kind, &it.key) == (&part.kind, &part.key))
        {
            return Err(refused(26013, "An agent is given twice."));
        }
        let mut said: Map<String, Value> = row.as_object().cloned().unwrap_or_default();
        said.retain(|name, _| matches!(name.as_str(), "weight" | "skillLevel" | "joinEnabled"));
        kept.push((id.to_owned(), said));
        parts.push(part);
    }
    Ok((parts, kept))
}

fn agent(world: &World, id: &str, now: &[Part]) -> Result<Part, Answer> {
    let is_shown = |part: &&Part| {
        let shown = features::shown_part(world, part);
        part.holder.is_none() && shown.is_some_and(|shown| shown["id"] == id)
    };
    if let Some(stays) = now.iter().find(is_shown) {
        return Ok(stays.clone());
    }
    let person = world.people.find(id).map(Owner::Person);
    let place = || world.places.find(id).map(Owner::Workspace);
    let Some(holder) = person.or_else(place) else {
        return Err(refused(25018, "An agent is not found."));
    };
    if !has_calling(world, holder) {
        return Err(refused(25020, "An agent is not enabled for Webex Calling."));
    }
    let (kind, key) = match holder {
        Owner::Person(slot) => ("user", world.people.get(slot).map(|it| it.email.clone())),
        Owner::Workspace(slot) => (
            "workspace",
            world.places.get(slot).map(|it| it.name.clone()),
        ),
        Owner::Feature(_) => ("", None),
    };
    Ok(Part {
        holder: Some(holder),
        kind: kind.to_owned(),
        key: key.unwrap_or_default(),
        role: "agent".to_owned(),
    })
}

fn has_calling(world: &World, holder: Owner) -> bool {
    let there = world.location_of(holder).is_some();
    match holder {
        Owner::Workspace(slot) => {
            let place = world.places.get(slot);
            there && place.is_some_and(|it| it.calling == "webexCalling")
        }
        Owner::Person(_) | Owner::Feature(_) => there,
    }
}

/// Names are unique within a location.
fn name_free(call: &Call<'_>, location: Slot, name: &str, own: Option<Slot>) -> Result<(), Answer> {
    let key = (KIND.to_owned(), name.to_owned(), Some(location));
    let other = call.world.features_by_name.get(&key);
    match other.is_some_and(|other| Some(*other) != own) {
        true => Err(errors::telephony(409, 25409, 4405, "The name is in use.")),
        false => Ok(()),
    }
}

fn create(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let location = telephony::find(call, call.param(0))?;
    let lacks = REQUIRED
        .iter()
        .find(|it| call.body().pointer(it).is_none_or(Value::is_null));
    if let Some(lacks) = lacks {
        return Err(errors::bad(&format!(
            "{} is required.",
            lacks.trim_start_matches('/')
        )));
    }
    let said = said(call, &[])?;
    let name = said.name.clone().unwrap_or_default();
    name_free(call, location, &name, None)?;
    let wanted = Wanted {
        location,
        number: said.number.clone(),
        extension: said.extension.clone(),
    };
    let uuid = call.world.new_uuid(&name);
    let id = ids::public("CALL_QUEUE", &uuid);
    // All of a new queue is known, also that no one is its agent.
    let source = json!({"kind": KIND, "phoneNumber": null, "extension": null, "members": []});
    let slot = call.world.features.insert(Feature {
        id: id.clone(),
        kind: KIND.to_owned(),
        name: name.clone(),
        location: Some(location),
        number: None,
        extension: None,
        members: Vec::new(),
        assist: call.flag("hasCxEssentials"),
        settings: said.settings.clone(),
        agents: Vec::new(),
        source: source.as_object().cloned(),
    });
    let holder = Owner::Feature(slot);
    if let Err(why) = call.world.can_have(call.rules, Some(holder), &wanted) {
        call.world.features.remove(slot);
        return Err(why.answer());
    }
    let key = (KIND.to_owned(), name.clone(), Some(location));
    call.world.features_by_name.insert(key, slot);
    call.world.settle(holder, &wanted, call.now);
    if let Some((members, agents)) = said.agents
        && let Some(feature) = call.world.features.get_mut(slot)
    {
        (feature.members, feature.agents) = (members, agents);
    }
    call.about("CALL_QUEUE", &id, &name);
    Ok(Answer::json(201, json!({"id": id})))
}

/// The queue that the path names.
fn find(call: &Call<'_>) -> Result<(Slot, Slot), Answer> {
    let location = telephony::find(call, call.param(0))?;
    let slot = call.world.features.find(call.param(1));
    let feature = slot.and_then(|slot| Some((slot, call.world.features.get(slot)?)));
    let here = feature.filter(|(_, it)| it.kind == KIND && it.location == Some(location));
    match here {
        Some((slot, _)) => Ok((slot, location)),
        None => Err(errors::telephony(404, 25018, 4302, "Not found.")),
    }
}

fn change(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let (slot, location) = find(call)?;
    if call.body()["queueSettings"].is_null() {
        return Err(errors::bad("queueSettings is required."));
    }
    let Some(before) = call.world.features.get(slot).cloned() else {
        return Err(errors::not_found("call queue"));
    };
    let said = said(call, &before.members)?;
    let drops = call.rules.queue_put_drops_omitted;
    let name = said.name.clone().unwrap_or_else(|| before.name.clone());
    name_free(call, location, &name, Some(slot))?;
    let keep = |was: &Option<String>| was.clone().filter(|_| !drops);
    let wanted = Wanted {
        location,
        number: said.number.or_else(|| keep(&before.number)),
        extension: said.extension.or_else(|| keep(&before.extension)),
    };
    let holder = Owner::Feature(slot);
    let possible = call.world.can_have(call.rules, Some(holder), &wanted);
    possible.map_err(|why| why.answer())?;
    call.world.settle(holder, &wanted, call.now);
    let key = |name: &str| (KIND.to_owned(), name.to_owned(), Some(location));
    call.world.features_by_name.remove(&key(&before.name));
    call.world.features_by_name.insert(key(&name), slot);
    if let Some(feature) = call.world.features.get_mut(slot) {
        feature.name.clone_from(&name);
        if drops {
            feature.settings.clear();
        }
        feature.settings.extend(said.settings);
        match said.agents {
            Some((members, agents)) => (feature.members, feature.agents) = (members, agents),
            None if drops => feature.members.clear(),
            None => {}
        }
    }
    call.about("CALL_QUEUE", &before.id, &name);
    Answer::no_content()
}

fn delete(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let (slot, _) = find(call)?;
    if let Some(Feature { id, name, .. }) = call.world.features.get(slot).cloned() {
        call.about("CALL_QUEUE", &id, &name);
    }
    call.world.set_number(Owner::Feature(slot), None, call.now);
    call.world.remove_feature(slot);
    Answer::no_content()
}
