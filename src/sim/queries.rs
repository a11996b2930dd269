//! What the organisation is asked: who has what, and where.

use super::ids;
use super::products::Product;
use super::table::Slot;
use super::world::{License, Owner, World};

impl World {
    /// A new uuid; the same sequence of requests gives the same ones.
    pub fn new_uuid(&mut self, seed: &str) -> String {
        self.serial += 1;
        ids::uuid(&format!("{} {} {seed}", self.org.uuid, self.serial))
    }

    /// A person by public id.
    pub fn person(&self, id: &str) -> Option<Slot> {
        self.people.find_any(id)
    }

    /// A person by e-mail address.
    pub fn person_by_email(&self, email: &str) -> Option<Slot> {
        self.by_email.get(&email.to_lowercase()).copied()
    }

    /// The number of a holder.
    pub fn number_of(&self, holder: Owner) -> Option<&str> {
        match holder {
            Owner::Person(slot) => self.people.get(slot)?.number.as_deref(),
            Owner::Workspace(slot) => self.places.get(slot)?.number.as_deref(),
            Owner::Feature(slot) => self.features.get(slot)?.number.as_deref(),
        }
    }

    /// The extension of a holder.
    pub fn extension_of(&self, holder: Owner) -> Option<&str> {
        match holder {
            Owner::Person(slot) => self.people.get(slot)?.extension.as_deref(),
            Owner::Workspace(slot) => self.places.get(slot)?.extension.as_deref(),
            Owner::Feature(slot) => self.features.get(slot)?.extension.as_deref(),
        }
    }

    /// The location of a holder.
    pub fn location_of(&self, holder: Owner) -> Option<Slot> {
        match holder {
            Owner::Person(slot) => self.people.get(slot)?.location,
            Owner::Workspace(slot) => self.places.get(slot)?.location,
            Owner::Feature(slot) => self.features.get(slot)?.location,
        }
    }

    /// The public id of a holder.
    pub fn holder_id(&self, holder: Owner) -> &str {
        let id = match holder {
            Owner::Person(slot) => self.people.get(slot).map(|it| it.id.as_str()),
            Owner::Workspace(slot) => self.places.get(slot).map(|it| it.id.as_str()),
            Owner::Feature(slot) => self.features.get(slot).map(|it| it.id.as_str()),
        };
        id.unwrap_or_default()
    }

    /// The devices of a holder.
    pub fn devices_of(&self, holder: Owner) -> Vec<Slot> {
        let all = self.devices.iter();
        all.filter(|(_, device)| device.holder == Some(holder))
            .map(|(slot, _)| slot)
            .collect()
    }

    /// The prefix before extensions of a location.
    pub fn routing_prefix(&self, location: Slot) -> Option<&str> {
        let calling = self.locations.get(location)?.calling.as_ref()?;
        calling.attributes.get("routingPrefix")?.as_str()
    }

    /// Whether a location has Calling.
    pub fn calls(&self, location: Slot) -> bool {
        let location = self.locations.get(location);
        location.is_some_and(|location| location.calling.is_some())
    }

    /// A licence.
    pub fn product(&self, license: Slot) -> Product {
        let license = self.licenses.get(license);
        license.map_or(Product::Other, |license| license.product)
    }

    /// The subscription of a licence is suspended or cancelled.
    pub fn stopped(&self, license: &License) -> bool {
        let mut all = self.subscriptions.iter();
        all.any(|it| it.stopped && Some(&it.id) == license.subscription.as_ref())
    }
}
