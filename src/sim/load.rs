//! A snapshot file -> the organisation. What the file names without having it is kept apart, so that it is written back
//! as it was.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::broadworks;
use super::org;
use super::rows::{Names, organization, site, subscription, take_text};
use super::table::Slot;
use super::world::{Group, Number, Owner, Person, Source, Workspace, World};

/// Reads a snapshot file.
pub fn world(file: Value) -> World {
    let Value::Object(mut file) = file else {
        return World::default();
    };
    let mut world = World::default();
    let mut sections = take_sections(&mut world, &mut file);
    let captured_at = file.get("capturedAt").and_then(Value::as_str);
    let captured_at = captured_at.and_then(|text| text.parse::<Timestamp>().ok());
    world.captured_at = captured_at.map_or(0, Timestamp::as_millisecond);
    world.org = organization(file.get("org").unwrap_or(&Value::Null));
    world.roles = org::known_roles();
    let file = Value::Object(file);
    world.broadworks = broadworks::load(&file, world.captured_at);
    if let Value::Object(file) = file {
        world.source = file;
    }
    let mut take = |name: &str| sections.remove(name).unwrap_or_default();
    world.subscriptions = take("subscriptions")
        .into_iter()
        .map(subscription)
        .collect();
    world.sites = take("sites").into_iter().map(site).collect();
    for row in take("licenses") {
        let license = world.license_row(row);
        world.licenses.insert(license);
    }
    for row in take("locations") {
        let location = world.location_row(row);
        world.locations.insert(location);
    }
    let mut names = Names::of(&world);
    for row in take("users") {
        let person = world.person_row(row, &mut names);
        world.settle_person(person);
    }
    for row in take("workspaces") {
        let place = world.place_row(row, &mut names);
        world.settle_place(place);
    }
    for row in take("groups") {
        let group = world.group_row(row);
        world.settle_group(group);
    }
    let places: FxHashMap<String, Slot> = world
        .places
        .iter()
        .map(|(slot, place)| (place.name.clone(), slot))
        .collect();
    for row in take("features") {
        world.feature_row(row, &places, &mut names);
    }
    for row in take("numbers") {
        world.take_number(row, &places, &mut names);
    }
    for row in take("devices") {
        let device = world.device_row(row, &places);
        world.devices.insert(device);
    }
    world.imply_numbers();
    world.count_others();
    world
}

/// Moves the lists out of a file, and notes which it has.
fn take_sections(world: &mut World, file: &mut Source) -> BTreeMap<&'static str, Vec<Source>> {
    let mut sections = BTreeMap::new();
    for name in SECTIONS {
        if let Some(Value::Array(rows)) = file.remove(*name) {
            world.captured.insert((*name).to_owned());
            let objects = rows.into_iter().filter_map(|row| match row {
                Value::Object(object) => Some(object),
                _ => None,
            });
            sections.insert(*name, objects.collect());
        }
    }
    sections
}

/// The lists of a snapshot file that are understood.
pub const SECTIONS: &[&str] = &[
    "subscriptions",
    "licenses",
    "sites",
    "locations",
    "numbers",
    "groups",
    "users",
    "workspaces",
    "devices",
    "features",
];

impl World {
    /// Takes up a row of the list of numbers: a number, or an extension without one.
    fn take_number(&mut self, row: Source, places: &FxHashMap<String, Slot>, names: &mut Names) {
        if take_text(&row, "phoneNumber").is_none() {
            self.line_row(row, places, names);
        } else if let Some((key, number)) = self.number_row(row, places, names) {
            self.numbers.insert(key, number);
        }
    }

    /// Adds a person with all that points to them.
    pub(super) fn settle_person(&mut self, person: Person) -> Slot {
        let slot = self.people.insert(person);
        self.index_person(slot);
        slot
    }

    /// Enters a person into the indices.
    pub(super) fn index_person(&mut self, slot: Slot) {
        let Some(person) = self.people.get(slot) else {
            return;
        };
        self.by_email.insert(person.email.to_lowercase(), slot);
        if let (Some(location), Some(extension)) = (person.location, &person.extension) {
            let key = (location, extension.clone(), Owner::Person(slot));
            self.extensions.insert(key);
        }
        for license in &person.licenses {
            if let Some(license) = self.licenses.get_mut(*license) {
                license.people.insert(slot);
            }
        }
    }

    /// Adds a workspace with all that points to it.
    pub(super) fn settle_place(&mut self, place: Workspace) -> Slot {
        let slot = self.places.insert(place);
        self.index_place(slot);
        slot
    }

    /// Enters a workspace into the indices.
    pub(super) fn index_place(&mut self, slot: Slot) {
        let Some(place) = self.places.get(slot) else {
            return;
        };
        if let (Some(location), Some(extension)) = (place.location, &place.extension) {
            let key = (location, extension.clone(), Owner::Workspace(slot));
            self.extensions.insert(key);
        }
        for license in &place.licenses {
            if let Some(license) = self.licenses.get_mut(*license) {
                license.places.insert(slot);
            }
        }
    }

    /// Adds a group, and adds it to its members.
    pub(super) fn settle_group(&mut self, group: Group) -> Slot {
        let members: Vec<Slot> = group.people.iter().copied().collect();
        let slot = self.groups.insert(group);
        for member in members {
            if let Some(person) = self.people.get_mut(member) {
                person.groups.insert(slot);
            }
        }
        slot
    }

    /// Numbers and owners that only people and workspaces name.
    fn imply_numbers(&mut self) {
        let people = self.people.iter();
        let people = people
            .filter_map(|(slot, it)| Some((Owner::Person(slot), it.number.clone()?, it.location)));
        let places = self.places.iter();
        let places = places.filter_map(|(slot, it)| {
            Some((Owner::Workspace(slot), it.number.clone()?, it.location))
        });
        let features = self.features.iter();
        let features = features
            .filter_map(|(slot, it)| Some((Owner::Feature(slot), it.number.clone()?, it.location)));
        let held: Vec<(Owner, String, Option<Slot>)> =
            people.chain(places).chain(features).collect();
        for (holder, number, location) in held {
            let entry = self.numbers.entry(number).or_insert_with(|| Number {
                location,
                active: true,
                kind: "did".to_owned(),
                implied: true,
                ..Number::default()
            });
            if entry.owner.is_none() {
                entry.owner = Some(holder);
                entry.owner_implied = true;
            }
        }
    }

    /// Units in use that no one in the file accounts for.
    fn count_others(&mut self) {
        for slot in 0..self.licenses.next() {
            if let Some(license) = self.licenses.get_mut(slot)
                && let Some(consumed) = license.source.get("consumedUnits").and_then(Value::as_i64)
            {
                license.others = 0;
                license.others = consumed - license.consumed();
            }
        }
    }

    /// Whether a file has a list that is not empty.
    pub fn has(&self, section: &str) -> bool {
        self.captured.contains(section)
    }
}
