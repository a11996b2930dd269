//! What an administrator may choose from for a setting, and settings that are lists of names.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Done};
use super::super::clock::stamp;
use super::super::world::Owner as Who;
use super::super::{errors, paging};
use super::around::{entitled, feature, holder as holder_of, services as services_of};
use super::plain::refused;
use super::shape::Refusal;
use super::{Kind, SettingsHolder};

/// GET of the names of what a person's licence brings.
pub fn services(call: &mut Call<'_>) -> Done {
    let holder = person(call, false)?;
    Answer::ok(json!({"services": services_of(&holder)}))
}

/// GET of the flags for Microsoft Teams.
pub fn read_teams(call: &mut Call<'_>) -> Done {
    let holder = person(call, false)?;
    let kept = super::written(call.world, holder.who, "msTeams");
    let own = kept["HIDE_WEBEX_APP"].as_bool();
    let at = kept["at"].as_i64().unwrap_or(call.world.captured_at);
    Answer::ok(json!({
        "personId": holder.id,
        "orgId": call.world.org.id,
        "settings": [
            {
                "settingName": "HIDE_WEBEX_APP",
                "level": if own.is_some() { "PEOPLE" } else { "ORGANIZATION" },
                "value": own.unwrap_or(false),
                "lastModified": stamp(at),
            },
            {
                "settingName": "PRESENCE_SYNC",
                "level": "ORGANIZATION",
                "value": false,
                "lastModified": stamp(call.world.captured_at),
            },
        ],
    }))
}

/// PUT of one flag.
pub fn write_teams(call: &mut Call<'_>) -> Done {
    let holder = person(call, false)?;
    let value = call.body()["value"].as_bool();
    let (Some("HIDE_WEBEX_APP"), Some(value)) = (call.text("settingName"), value) else {
        return Err(refused(&Refusal::new(
            25008,
            "invalid value for settingName or value",
        )));
    };
    let kept = json!({"HIDE_WEBEX_APP": value, "at": call.now});
    super::write(call.world, holder.who, "msTeams", kept);
    Answer::no_content()
}

/// GET of those who can be assistants of executives.
pub fn assistants(call: &mut Call<'_>) -> Done {
    person(call, true)?;
    let name = call.query("name").map(str::to_lowercase);
    let mut others = others(call);
    others.retain(|other| {
        let kind = &super::written(call.world, other.who, "executiveAssistant")["type"];
        let named = other.display_name.to_lowercase();
        kind == "EXECUTIVE_ASSISTANT" && name.as_ref().is_none_or(|name| named.contains(name))
    });
    let show = |other: SettingsHolder| {
        let mut told = other.told("assistant");
        if let Some(told) = told.as_object_mut() {
            told.remove("location");
        }
        told
    };
    let (page, next) = paging::by_start(call, 2000, 2000, others.into_iter(), show);
    Ok(paging::list("assistants", page, next))
}

/// GET of those whose line can appear next to a person's own.
pub fn members(call: &mut Call<'_>) -> Done {
    let others = candidates(call)?;
    let show = |other: SettingsHolder| {
        let mut told = other.told("line");
        if let Some(told) = told.as_object_mut() {
            told.remove("memberType");
        }
        told["lineType"] = json!("SHARED_CALL_APPEARANCE");
        told
    };
    let (page, next) = paging::by_start(call, 50, 2000, others.into_iter(), show);
    Ok(paging::list("members", page, next))
}

/// GET of how many those are.
pub fn count_members(call: &mut Call<'_>) -> Done {
    let count = candidates(call)?.len();
    Answer::ok(json!({"totalCount": count}))
}

/// GET of those who can be monitored.
pub fn monitored(call: &mut Call<'_>) -> Done {
    person(call, true)?;
    let others = others(call);
    let show = |other: SettingsHolder| {
        json!({
            "id": other.id, "firstName": other.first_name, "lastName": other.last_name, "displayName": other.display_name,
            "type": other.kind.word(), "phoneNumber": other.number, "extension": other.extension,
            "location": {"id": other.place.id, "name": other.place.name},
        })
    };
    let (page, next) = paging::by_start(call, 50, 2000, others.into_iter(), show);
    Ok(paging::list("members", page, next))
}

/// GET of the caller ids of queues and hunt groups.
pub fn caller_ids(call: &mut Call<'_>) -> Done {
    person(call, true)?;
    let mut found = features(call);
    found.retain(|told| told["type"] != "AUTO_ATTENDANT");
    Answer::ok(json!({"availableCallerIds": found}))
}

/// GET of the features whose modes can be managed.
pub fn available_features(call: &mut Call<'_>) -> Done {
    person(call, true)?;
    let found = features(call);
    let (page, next) = paging::by_start(call, 2000, 2000, found.into_iter(), |it| it);
    Ok(paging::list("features", page, next))
}

fn features(call: &Call<'_>) -> Vec<Value> {
    let world = &*call.world;
    let all = world.features.iter();
    all.filter_map(|(slot, it)| feature(world, it, Who::Feature(slot)))
        .collect()
}

fn person(call: &mut Call<'_>, professional: bool) -> Result<SettingsHolder, Answer> {
    let id = call.param(0).to_owned();
    entitled(call, Kind::Person, &id, professional)
}

/// Everyone else who has Calling.
fn others(call: &Call<'_>) -> Vec<SettingsHolder> {
    let world = &*call.world;
    let own = world.people.find(call.param(0));
    let people = world.people.iter().filter(|(slot, _)| Some(*slot) != own);
    let people = people.map(|(slot, _)| Who::Person(slot));
    let places = world.places.iter().map(|(slot, _)| Who::Workspace(slot));
    people
        .chain(places)
        .filter_map(|who| holder_of(world, who))
        .collect()
}

fn candidates(call: &mut Call<'_>) -> Result<Vec<SettingsHolder>, Answer> {
    person(call, true)?;
    let location = match call.query("location").or(call.query("locationId")) {
        Some(id) => Some(
            call.world
                .locations
                .find(id)
                .ok_or_else(|| errors::not_found("location"))?,
        ),
        None => None,
    };
    let name = call
        .query("name")
        .or(call.query("memberName"))
        .map(str::to_lowercase);
    let number = call.query("phoneNumber").or(call.query("number"));
    let extension = call.query("extension");
    let has = |have: &Option<String>, part: Option<&str>| {
        part.is_none_or(|part| have.as_deref().is_some_and(|have| have.contains(part)))
    };
    let mut others = others(call);
    others.retain(|other| {
        let named = other.display_name.to_lowercase();
        (location.is_none() || other.place.slot == location)
            && name
                .as_ref()
                .is_none_or(|name| named.contains(name.as_str()))
            && has(&other.number, number)
            && has(&other.extension, extension)
    });
    Ok(others)
}
