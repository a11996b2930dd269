//! Calling settings of people and workspaces (webex-api.md section 10).
//!
//! Owns the table of what there is and the rules of each. What was written is stored with the person or workspace. Settings exist
//! while there is Calling: code that removes Calling calls [`wipe`]. Must not know how licences are assigned, nor what a plan or
//! a backup is.

mod around;
mod checks;
mod codes;
mod criteria;
mod ecbn;
pub mod habits;
mod holder;
mod lists;
mod numbers;
mod plain;
mod reach;
pub mod routes;
mod schedules;
mod shape;
mod table;
mod voice;

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::ids;
use super::world::{Owner as Who, World};

pub use holder::{HolderLocation, Kind, SettingsHolder};

/// What was written of a setting; null is nothing.
fn written<'w>(world: &'w World, who: Who, setting: &str) -> &'w Value {
    let all = match who {
        Who::Person(slot) => world.people.get(slot).map(|person| &person.settings),
        Who::Workspace(slot) => world.places.get(slot).map(|place| &place.settings),
        Who::Feature(_) => None,
    };
    let found = all.and_then(|all| all.get(setting));
    found.unwrap_or(&Value::Null)
}

/// Whether a person has alternate numbers.
pub fn has_alternates(world: &World, who: Who) -> bool {
    let kept = &written(world, who, "alternates")["numbers"];
    kept.as_array().is_some_and(|numbers| !numbers.is_empty())
}

/// Keeps what was written. Whether voice messages are stored is a fact of the person itself.
fn write(world: &mut World, who: Who, setting: &str, mut value: Value) {
    let all = match who {
        Who::Person(slot) => world.people.get_mut(slot).map(|person| {
            if setting == "voicemail"
                && let Some(enabled) = value.as_object_mut().and_then(|it| it.remove("enabled"))
            {
                person.voicemail = enabled != false;
            }
            &mut person.settings
        }),
        Who::Workspace(slot) => world.places.get_mut(slot).map(|place| &mut place.settings),
        Who::Feature(_) => None,
    };
    if let Some(all) = all {
        all.insert(setting.to_owned(), value);
    }
}

/// Calling has gone: everything of the holder is lost, and so is its place in the lists of others.
pub fn wipe(world: &mut World, who: Who) {
    numbers::release(world, who);
    match who {
        Who::Person(slot) => {
            if let Some(person) = world.people.get_mut(slot) {
                person.settings.clear();
                person.voicemail = true;
            }
        }
        Who::Workspace(slot) => {
            if let Some(place) = world.places.get_mut(slot) {
                place.settings.clear();
            }
        }
        Who::Feature(_) => {}
    }
    let id = ids::decoded(world.holder_id(who));
    let people: Vec<_> = world
        .people
        .iter()
        .filter(|(_, person)| person.settings.values().any(|value| names(value, &id)))
        .map(|(slot, _)| slot)
        .collect();
    for slot in people {
        if let Some(person) = world.people.get_mut(slot) {
            person
                .settings
                .values_mut()
                .for_each(|value| forget(value, &id));
        }
    }
    let devices: Vec<_> = world.devices.iter().map(|(slot, _)| slot).collect();
    for slot in devices {
        let lines = world
            .devices
            .get_mut(slot)
            .and_then(|it| it.attributes.get_mut("members"));
        if let Some(lines) = lines {
            forget(lines, &id);
        }
    }
    let places: Vec<_> = world
        .places
        .iter()
        .filter(|(_, place)| place.settings.values().any(|value| names(value, &id)))
        .map(|(slot, _)| slot)
        .collect();
    for slot in places {
        if let Some(place) = world.places.get_mut(slot) {
            place
                .settings
                .values_mut()
                .for_each(|value| forget(value, &id));
        }
    }
}

/// The licence is no longer Professional: what only that brings is lost.
pub fn lose_professional(world: &mut World, who: Who) {
    let kind = match who {
        Who::Person(_) => Kind::Person,
        _ => Kind::Workspace,
    };
    let gone = table::settings().filter(|setting| setting.professional.contains(&kind));
    let gone: Vec<&str> = gone.map(|setting| setting.name.as_str()).collect();
    let keep = |name: &str| {
        let setting = name.strip_prefix("criteria ").unwrap_or(name);
        !gone.contains(&setting)
    };
    match who {
        Who::Person(slot) => {
            if let Some(person) = world.people.get_mut(slot) {
                person.settings.retain(|name, _| keep(name));
            }
        }
        Who::Workspace(slot) => {
            if let Some(place) = world.places.get_mut(slot) {
                place.settings.retain(|name, _| keep(name));
            }
        }
        Who::Feature(_) => {}
    }
}

/// The person that a path names, with Calling.
///
/// # Errors
/// No one has the id, or there is no Calling.
pub fn person(call: &mut Call<'_>) -> Result<SettingsHolder, Answer> {
    let id = call.param(0).to_owned();
    around::entitled(call, Kind::Person, &id, false)
}

/// The workspace that a path names, with Calling.
///
/// # Errors
/// Nothing has the id, or there is no Calling.
pub fn workspace(call: &mut Call<'_>) -> Result<SettingsHolder, Answer> {
    let id = call.param(0).to_owned();
    around::entitled(call, Kind::Workspace, &id, false)
}

/// A person or workspace as a line of a device; `None` without Calling.
pub fn line(world: &World, id: &str) -> Option<Value> {
    let person = world.people.find(id).map(Who::Person);
    let who = person.or_else(|| world.places.find(id).map(Who::Workspace))?;
    Some(around::holder(world, who)?.told("line"))
}

/// Whether others may use the holder's device, and for how long.
pub fn hoteling(world: &World, holder: &SettingsHolder) -> Value {
    let kept = written(world, holder.who, "deviceHoteling");
    match kept.is_null() {
        true => json!({"enabled": false, "limitGuestUse": false}),
        false => kept.clone(),
    }
}

/// Sets it.
pub fn set_hoteling(world: &mut World, holder: &SettingsHolder, hoteling: Value) {
    write(world, holder.who, "deviceHoteling", hoteling);
}

/// Whether calls are compressed: `ON` or `OFF`.
pub fn compression(world: &World, holder: &SettingsHolder) -> String {
    let kept = written(world, holder.who, "deviceCompression").as_str();
    kept.unwrap_or("OFF").to_owned()
}

/// Sets it.
pub fn set_compression(world: &mut World, holder: &SettingsHolder, word: &str) {
    write(world, holder.who, "deviceCompression", json!(word));
}

/// A new id of a kind; no two are the same, not even for the same thing made again.
fn new_id(world: &mut World, kind: &str) -> String {
    let uuid = world.new_uuid(kind);
    ids::public(kind, &uuid)
}

/// Whether a value has the id of a holder anywhere.
fn names(value: &Value, holder: &str) -> bool {
    match value {
        Value::String(id) => ids::decoded(id) == holder,
        Value::Array(list) => list.iter().any(|value| names(value, holder)),
        Value::Object(map) => map.values().any(|value| names(value, holder)),
        _ => false,
    }
}

/// Removes a holder from all lists.
fn forget(value: &mut Value, holder: &str) {
    match value {
        Value::Array(list) => {
            list.retain(|item| {
                let id = item.as_str().or_else(|| item["id"].as_str());
                id.is_none_or(|id| ids::decoded(id) != holder)
            });
            list.iter_mut().for_each(|item| forget(item, holder));
        }
        Value::Object(map) => {
            map.retain(|_, value| value.as_str().is_none_or(|id| ids::decoded(id) != holder));
            map.values_mut().for_each(|value| forget(value, holder));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_removed_from_the_lists_of_others() {
        let ana = ids::public("PEOPLE", "ana");
        let bo = ids::public("PEOPLE", "bo");
        let mut value = json!({
            "monitoredElements": [ana, bo], "lines": [{"id": ana, "port": 1}, {"id": bo}],
            "selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": ana
        });
        let ana = ids::decoded(&ana);
        assert!(names(&value, &ana));
        forget(&mut value, &ana);
        let left = json!({"monitoredElements": [bo], "lines": [{"id": bo}], "selected": "LOCATION_MEMBER_NUMBER"});
        assert_eq!(value, left);
        assert!(!names(&value, &ana));
    }
}
