//! Another administrator changes, creates or removes an object, in the words of snapshot files: no request, no rules.

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::broadworks;
use super::people_write;
use super::rows::Names;
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
    let names = Names::of(world);
    let mut edit = Edit {
        world,
        change,
        names,
        now,
    };
    match (change.section.as_str(), change.remove) {
        ("users", true) => return edit.remove_person(rules),
        ("users", false) => edit.set_person(),
        ("workspaces", true) => return edit.remove_place(),
        ("workspaces", false) => edit.set_place(),
        ("groups", true) => return edit.forget_group().ok_or_else(|| edit.unknown()),
        ("groups", false) => edit.set_group(),
        ("locations", false) => edit.set_location(),
        ("numbers", true) => edit.remove_number()?,
        ("numbers", false) => edit.set_number()?,
        ("licenses", false) => edit.set_license()?,
        ("subscriptions", false) => edit.set_subscription()?,
        ("features", true) => return edit.remove_feature(),
        ("features", false) => edit.set_feature(),
        ("devices", true) => return edit.remove_device(),
        ("devices", false) => edit.set_device(),
        ("broadworks.subscribers", _) => {
            broadworks::change(edit.world, change, now).ok_or_else(|| edit.unknown())?;
        }
        (section, _) => return Err(format!("{section} cannot be changed like this")),
    }
    world.changed_at = Some(now);
    Ok(())
}

/// One change, while it is carried out.
struct Edit<'a> {
    world: &'a mut World,
    change: &'a Change,
    names: Names,
    now: i64,
}

impl Edit<'_> {
    fn unknown(&self) -> String {
        format!("{} has no {}", self.change.section, self.change.key)
    }

    /// The object as it was, with the members that are set; a new one has its key.
    fn merged(&self, before: Option<Source>, key_name: &str) -> Source {
        let mut row = before.unwrap_or_else(|| {
            let mut row = save::blank(&self.change.section);
            row.insert(key_name.to_owned(), Value::from(self.change.key.as_str()));
            row
        });
        row.extend(self.change.set.clone());
        row
    }

    fn remove_person(&mut self, rules: &Switches) -> Result<(), String> {
        let found = self.world.person_by_email(&self.change.key);
        let slot = found.ok_or_else(|| self.unknown())?;
        people_write::remove(self.world, rules, slot, self.now);
        Ok(())
    }

    fn set_person(&mut self) {
        let found = self.world.person_by_email(&self.change.key);
        let before = found.and_then(|it| self.world.people.get(it));
        let row = self.merged(before.map(|it| save::person(self.world, it)), "email");
        let world = &mut *self.world;
        let mut person = world.person_row(row, &mut self.names);
        person.modified = self.now;
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
                person.created = self.now;
                world.settle_person(person);
            }
        }
    }

    fn place(&self) -> Option<Slot> {
        let key = &self.change.key;
        let mut places = self.world.places.iter();
        let found = places.find(|(_, it)| it.name == *key || it.id == *key);
        found.map(|(slot, _)| slot)
    }

    fn remove_place(&mut self) -> Result<(), String> {
        let slot = self.place().ok_or_else(|| self.unknown())?;
        workspaces::remove(self.world, slot, self.now);
        Ok(())
    }

    fn set_place(&mut self) {
        let found = self.place();
        let before = found.and_then(|it| self.world.places.get(it));
        let row = self.merged(before.map(|it| save::place(self.world, it)), "name");
        let world = &mut *self.world;
        let place = world.place_row(row, &mut self.names);
        match found {
            Some(slot) => {
                world.forget_place(slot);
                world.places.replace(slot, place);
                world.index_place(slot);
            }
            None => drop(world.settle_place(place)),
        }
    }

    fn group(&self) -> Option<Slot> {
        let key = &self.change.key;
        let mut groups = self.world.groups.iter();
        let found = groups.find(|(_, it)| it.name == *key || it.id == *key);
        found.map(|(slot, _)| slot)
    }

    /// Removes a group, and every membership of it; `None` if there is no such group.
    fn forget_group(&mut self) -> Option<()> {
        let slot = self.group()?;
        if let Some(group) = self.world.groups.remove(slot) {
            for person in group.people {
                if let Some(person) = self.world.people.get_mut(person) {
                    person.groups.remove(&slot);
                }
            }
        }
        Some(())
    }

    fn set_group(&mut self) {
        let before = self.group().and_then(|it| self.world.groups.get(it));
        let before = before.map(|it| save::group(self.world, it));
        self.forget_group();
        let row = self.merged(before, "name");
        let mut group = self.world.group_row(row);
        group.modified = self.now;
        self.world.settle_group(group);
    }

    fn set_location(&mut self) {
        let key = &self.change.key;
        let locations = self.world.locations.iter();
        let found = { locations }.find(|(_, it)| it.name == *key || it.id == *key);
        let (slot, before) = found.map(|(slot, it)| (slot, save::location(it))).unzip();
        let row = self.merged(before, "name");
        let location = self.world.location_row(row);
        match slot {
            Some(slot) => self.world.locations.replace(slot, location),
            None => drop(self.world.locations.insert(location)),
        }
    }

    fn remove_number(&mut self) -> Result<(), String> {
        let removed = self.world.numbers.remove(&self.change.key);
        removed.map(drop).ok_or_else(|| self.unknown())
    }

    fn set_number(&mut self) -> Result<(), String> {
        let before = self.world.numbers.get_key_value(&self.change.key);
        let before = before.map(|(key, it)| save::number(self.world, key, it));
        let row = self.merged(before, "phoneNumber");
        let places = places(self.world);
        let read = self.world.number_row(row, &places, &mut self.names);
        let (key, number) = read.ok_or_else(|| self.unknown())?;
        self.world.numbers.insert(key, number);
        Ok(())
    }

    fn set_license(&mut self) -> Result<(), String> {
        let set = &self.change.set;
        let slot = self.world.licenses.find(&self.change.key);
        let slot = slot.ok_or_else(|| self.unknown())?;
        let unknown = self.unknown();
        let license = self.world.licenses.get_mut(slot).ok_or(unknown)?;
        if let Some(total) = set.get("totalUnits").and_then(Value::as_i64) {
            license.total = total;
        }
        if let Some(consumed) = set.get("consumedUnits").and_then(Value::as_i64) {
            license.others += consumed - license.consumed();
        }
        Ok(())
    }

    fn set_subscription(&mut self) -> Result<(), String> {
        let Change { key, set, .. } = self.change;
        let unknown = self.unknown();
        let mut subscriptions = self.world.subscriptions.iter_mut();
        let subscription = subscriptions.find(|it| it.id == *key).ok_or(unknown)?;
        subscription.source.extend(set.clone());
        let status = set
            .get("status")
            .and_then(Value::as_str)
            .unwrap_or_default();
        subscription.stopped = status.starts_with("suspend") || status.starts_with("cancel");
        Ok(())
    }

    /// Removes a feature; `None` if there is none, else its row, as far as it is known.
    fn take_feature(&mut self) -> Option<Option<Source>> {
        let key = &self.change.key;
        let features = self.world.features.iter();
        let found = { features }.find(|(_, it)| it.name == *key || it.id == *key);
        let (slot, row) = found.map(|(slot, it)| (slot, save::feature(self.world, it)))?;
        self.world.remove_feature(slot);
        Some(row)
    }

    fn remove_feature(&mut self) -> Result<(), String> {
        let taken = self.take_feature();
        taken.map(drop).ok_or_else(|| self.unknown())
    }

    fn set_feature(&mut self) {
        let before = self.take_feature().flatten();
        let row = self.merged(before, "name");
        let places = places(self.world);
        self.world.feature_row(row, &places, &mut self.names);
    }

    /// Removes a device; `None` if there is none, else its row.
    fn take_device(&mut self) -> Option<Source> {
        let slot = self.world.devices.find(&self.change.key)?;
        let device = self.world.devices.get(slot)?;
        let row = save::device(self.world, device);
        self.world.devices.remove(slot);
        Some(row)
    }

    fn remove_device(&mut self) -> Result<(), String> {
        let taken = self.take_device();
        taken.map(drop).ok_or_else(|| self.unknown())
    }

    fn set_device(&mut self) {
        let before = self.take_device();
        let row = self.merged(before, "id");
        let places = places(self.world);
        let device = self.world.device_row(row, &places);
        self.world.devices.insert(device);
    }
}

fn places(world: &World) -> FxHashMap<String, Slot> {
    let places = world.places.iter();
    places.map(|(slot, it)| (it.name.clone(), slot)).collect()
}

impl World {
    /// Removes a person from the indices over people; the person stays.
    fn forget_person(&mut self, slot: Slot) {
        let Some(person) = self.people.get(slot) else {
            return;
        };
        self.by_email.remove(&person.email.to_lowercase());
        if let (Some(location), Some(extension)) = (person.location, &person.extension) {
            let holder = super::world::Owner::Person(slot);
            self.extensions
                .remove(&(location, extension.clone(), holder));
        }
        for license in &person.licenses {
            if let Some(license) = self.licenses.get_mut(*license) {
                license.people.remove(&slot);
            }
        }
    }

    /// Removes a workspace from the indices; the workspace stays.
    fn forget_place(&mut self, slot: Slot) {
        let Some(place) = self.places.get(slot) else {
            return;
        };
        if let (Some(location), Some(extension)) = (place.location, &place.extension) {
            let holder = super::world::Owner::Workspace(slot);
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
