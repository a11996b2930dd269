//! Somebody else changes an object, or makes it, or takes it away, in the words of snapshot files: no request, no rules.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::features;
use super::load::Names;
use super::people_write;
use super::save;
use super::scenario::Change;
use super::switches::Switches;
use super::table::Slot;
use super::workspaces;
use super::world::{Source, World};

/// Carries out a change.
///
/// # Errors
/// A text that says what is not there.
pub fn carry_out(
    world: &mut World,
    rules: &Switches,
    change: &Change,
    now: i64,
) -> Result<(), String> {
    let Change {
        section,
        key,
        set,
        remove,
    } = change;
    let unknown = || format!("{section} has no {key}");
    let mut names = Names::of(world);
    match (section.as_str(), *remove) {
        ("users", remove) => {
            let found = world.person_by_email(key);
            if remove {
                let slot = found.ok_or_else(unknown)?;
                people_write::remove(world, rules, slot, now);
                return Ok(());
            }
            let before =
                found.and_then(|it| world.people.get(it).map(|it| save::person(world, it)));
            let row = merged(before, "users", "email", key, set);
            let mut person = world.person_row(row, &mut names);
            person.modified = now;
            match found {
                Some(slot) => {
                    world.forget_person(slot);
                    if let Some(old) = world.people.get(slot) {
                        person.groups.clone_from(&old.groups);
                        person.settings.clone_from(&old.settings);
                        person.created = old.created;
                    }
                    world.people.replace(slot, person);
                    world.index_person(slot);
                }
                None => {
                    person.created = now;
                    world.settle_person(person);
                }
            }
        }
        ("workspaces", remove) => {
            let found = world
                .places
                .iter()
                .find(|(_, it)| it.name == *key || it.id == *key);
            let found = found.map(|(slot, _)| slot);
            if remove {
                let slot = found.ok_or_else(unknown)?;
                workspaces::remove(world, slot, now);
                return Ok(());
            }
            let before = found.and_then(|it| world.places.get(it).map(|it| save::place(world, it)));
            let row = merged(before, "workspaces", "name", key, set);
            let place = world.place_row(row, &mut names);
            match found {
                Some(slot) => {
                    world.forget_place(slot);
                    world.places.replace(slot, place);
                    world.index_place(slot);
                }
                None => drop(world.settle_place(place)),
            }
        }
        ("groups", remove) => {
            let found = world
                .groups
                .iter()
                .find(|(_, it)| it.name == *key || it.id == *key);
            let found = found.map(|(slot, _)| slot);
            let before = found.and_then(|it| world.groups.get(it).map(|it| save::group(world, it)));
            if let Some(slot) = found {
                forget_group(world, slot);
            }
            if remove {
                return found.map(|_| ()).ok_or_else(unknown);
            }
            let row = merged(before, "groups", "name", key, set);
            let mut group = world.group_row(row);
            group.modified = now;
            world.settle_group(group);
        }
        ("locations", false) => {
            let found = world
                .locations
                .iter()
                .find(|(_, it)| it.name == *key || it.id == *key);
            let found = found.map(|(slot, _)| slot);
            let before = found.and_then(|it| world.locations.get(it).map(save::location));
            let row = merged(before, "locations", "name", key, set);
            let location = world.location_row(row);
            match found {
                Some(slot) => world.locations.replace(slot, location),
                None => drop(world.locations.insert(location)),
            }
        }
        ("numbers", true) => {
            world.numbers.remove(key).ok_or_else(unknown)?;
        }
        ("numbers", false) => {
            let before = world.numbers.get_key_value(key);
            let before = before.map(|(key, it)| save::number(world, key, it));
            let row = merged(before, "numbers", "phoneNumber", key, set);
            let places = places(world);
            let read = world.number_row(row, &places, &mut names);
            let (key, number) = read.ok_or_else(unknown)?;
            world.numbers.insert(key, number);
        }
        ("licenses", false) => {
            let slot = world.licenses.find(key).ok_or_else(unknown)?;
            let license = world.licenses.get_mut(slot).ok_or_else(unknown)?;
            if let Some(total) = set.get("totalUnits").and_then(Value::as_i64) {
                license.total = total;
            }
            if let Some(consumed) = set.get("consumedUnits").and_then(Value::as_i64) {
                license.others += consumed - license.consumed();
            }
        }
        ("subscriptions", false) => {
            let found = world.subscriptions.iter_mut().find(|it| it.id == *key);
            let subscription = found.ok_or_else(unknown)?;
            subscription.source.extend(set.clone());
            let status = set
                .get("status")
                .and_then(Value::as_str)
                .unwrap_or_default();
            subscription.stopped = status.starts_with("suspend") || status.starts_with("cancel");
        }
        ("features", remove) => {
            let found = world
                .features
                .iter()
                .find(|(_, it)| it.name == *key || it.id == *key)
                .map(|(slot, it)| (slot, features::save(world, it)));
            if let Some((slot, _)) = found {
                world.remove_feature(slot);
            }
            if remove {
                return found.map(|_| ()).ok_or_else(unknown);
            }
            let before = found.and_then(|(_, row)| row);
            let row = merged(before, "features", "name", key, set);
            let places = places(world);
            world.feature_row(row, &places, &mut names);
        }
        ("devices", remove) => {
            let found = world.devices.find(key);
            let before =
                found.and_then(|it| world.devices.get(it).map(|it| save::device(world, it)));
            if let Some(slot) = found {
                world.devices.remove(slot);
            }
            if remove {
                return found.map(|_| ()).ok_or_else(unknown);
            }
            let row = merged(before, "devices", "id", key, set);
            let places = places(world);
            let device = world.device_row(row, &places);
            world.devices.insert(device);
        }
        _ => return Err(format!("{section} cannot be changed like this")),
    }
    world.changed_at = Some(now);
    Ok(())
}

/// The object as it was, with the members that are set; a new one has its key.
fn merged(
    before: Option<Source>,
    section: &str,
    key_name: &str,
    key: &str,
    set: &Map<String, Value>,
) -> Source {
    let mut row = before.unwrap_or_else(|| {
        let mut row = save::blank(section);
        row.insert(key_name.to_owned(), Value::from(key));
        row
    });
    row.extend(set.clone());
    row
}

fn places(world: &World) -> FxHashMap<String, Slot> {
    let places = world.places.iter();
    places.map(|(slot, it)| (it.name.clone(), slot)).collect()
}

fn forget_group(world: &mut World, slot: Slot) {
    if let Some(group) = world.groups.remove(slot) {
        for person in group.people {
            if let Some(person) = world.people.get_mut(person) {
                person.groups.remove(&slot);
            }
        }
    }
}

impl World {
    /// Takes a person out of the indices over people; the person stays.
    fn forget_person(&mut self, slot: Slot) {
        let Some(person) = self.people.get(slot) else {
            return;
        };
        self.by_email.remove(&person.email.to_lowercase());
        if let (Some(location), Some(extension)) = (person.location, &person.extension) {
            let holder = super::world::Holder::Person(slot);
            self.extensions
                .remove(&(location, extension.clone(), holder));
        }
        for license in &person.licenses {
            if let Some(license) = self.licenses.get_mut(*license) {
                license.people.remove(&slot);
            }
        }
    }

    /// Takes a workspace out of the indices; the workspace stays.
    fn forget_place(&mut self, slot: Slot) {
        let Some(place) = self.places.get(slot) else {
            return;
        };
        if let (Some(location), Some(extension)) = (place.location, &place.extension) {
            let holder = super::world::Holder::Place(slot);
            self.extensions
                .remove(&(location, extension.clone(), holder));
        }
        for license in &place.licenses {
            if let Some(license) = self.licenses.get_mut(*license) {
                license.places.remove(&slot);
            }
        }
    }
}
