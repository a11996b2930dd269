//! The Webex Go device that comes with a mobile number: Webex assigns it to the person by itself, a while after the number.

use serde_json::{Map, json};

use super::super::switches::Switches;
use super::super::table::Slot;
use super::super::world::{Device, Owner, World};
use super::super::{ids, save};

/// What marks a device that came with a mobile number.
const BROUGHT: &str = "broughtByNumber";

/// Assigns a device to a person whose number is a mobile one now. One that is there stays.
pub fn bring(world: &mut World, person: Slot, now: i64) {
    let holder = Owner::Person(person);
    let devices = world.devices_of(holder).into_iter();
    let mut devices = devices.filter_map(|slot| world.devices.get(slot));
    if devices.any(|device| device.kind.as_deref() == Some("webexgo")) {
        return;
    }
    let uuid = world.new_uuid("mobile device");
    let mut attributes = Map::new();
    attributes.insert(BROUGHT.to_owned(), json!(true));
    world.devices.insert(Device {
        id: ids::public("DEVICE", &uuid),
        holder: Some(holder),
        name: Some("Webex Go".to_owned()),
        product: Some("Webex Go".to_owned()),
        mac: None,
        kind: Some("webexgo".to_owned()),
        attributes,
        created: now,
        source: save::blank("devices"),
    });
}

/// Whether a device is shown already.
pub fn appears(rules: &Switches, device: &Device, now: i64) -> bool {
    if !device.attributes.contains_key(BROUGHT) {
        return true;
    }
    let seconds = rules.mobile_device_seconds.map(i64::from);
    seconds.is_some_and(|seconds| device.created + seconds * 1000 <= now)
}
