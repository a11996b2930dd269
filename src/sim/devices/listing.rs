//! `/devices`: the list, a device that is added by its address, tags, and activation codes.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call, Done, items, text};
use super::super::clock::stamp;
use super::super::products::Product;
use super::super::table::Slot;
use super::super::world::{Device, Owner, World};
use super::super::{errors, ids, org, paging, save};
use super::mobile;
use super::models::{self, Onboarding};

/// How long an activation code of a phone lives, in milliseconds: seven days.
const CODE_LIFE: i64 = 7 * 24 * 3600 * 1000;

/// A device as the API shows one.
pub fn show(world: &World, device: &Device) -> Value {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    let text = |name: &str| device.attributes.get(name).and_then(Value::as_str);
    put("id", json!(device.id));
    put("orgId", json!(world.org.id));
    let name = device.name.as_deref().or(device.product.as_deref());
    put("displayName", json!(name.unwrap_or(&device.id)));
    match device.holder {
        Some(holder @ Owner::Person(_)) => put("personId", json!(world.holder_id(holder))),
        Some(holder @ Owner::Workspace(_)) => put("workspaceId", json!(world.holder_id(holder))),
        _ => None,
    };
    put(
        "product",
        json!(device.product.as_deref().unwrap_or("unknown")),
    );
    put("type", json!(device.kind.as_deref().unwrap_or("unknown")));
    put(
        "connectionStatus",
        json!(text("connectionStatus").unwrap_or("connected")),
    );
    put(
        "tags",
        device.attributes.get("tags").cloned().unwrap_or(json!([])),
    );
    put("created", json!(stamp(device.created)));
    put("firstSeen", json!(stamp(device.created)));
    put("errorCodes", json!([]));
    put("managedBy", json!("CISCO"));
    put("devicePlatform", json!("cisco"));
    if let Some(mac) = &device.mac {
        put("mac", json!(mac));
    }
    for name in ["serial", "ip", "software"] {
        if let Some(value) = text(name) {
            put(name, json!(value));
        }
    }
    let location = device.holder.and_then(|holder| world.location_of(holder));
    if let Some(location) = location.and_then(|slot| world.locations.get(slot)) {
        put("locationId", json!(location.id));
    }
    Value::Object(shown)
}

/// A hardware address without what parts its digits.
pub fn bare_mac(mac: &str) -> String {
    let digits = mac.chars().filter(char::is_ascii_hexdigit);
    digits.map(|digit| digit.to_ascii_uppercase()).collect()
}

/// GET of all.
pub fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let world = &*call.world;
    let id = |name: &str| call.query(name).map(ids::decoded);
    let (person, place, location) = (id("personId"), id("workspaceId"), id("locationId"));
    let mac = call.query("mac").map(bare_mac);
    let name = call.query("displayName").map(str::to_lowercase);
    let fits = |shown: &Value| {
        let same = |name: &str, wanted: &Option<String>| {
            let have = shown[name].as_str().map(ids::decoded);
            wanted.is_none() || have == *wanted
        };
        let plain = [
            "product",
            "type",
            "connectionStatus",
            "serial",
            "software",
            "devicePlatform",
        ];
        same("personId", &person)
            && same("workspaceId", &place)
            && same("locationId", &location)
            && plain
                .iter()
                .all(|name| call.query(name).is_none_or(|it| shown[*name] == it))
            && mac
                .as_ref()
                .is_none_or(|it| shown["mac"].as_str().map(bare_mac).as_ref() == Some(it))
            && name.as_ref().is_none_or(|it| {
                let have = shown["displayName"].as_str().unwrap_or_default();
                have.to_lowercase().contains(it.as_str())
            })
            && call
                .query("tag")
                .is_none_or(|tag| items(&shown["tags"]).iter().any(|it| it == tag))
    };
    let there = world.devices.iter().map(|(_, device)| device);
    let there = there.filter(|device| mobile::appears(call.rules, device, call.now));
    let all = there.map(|device| show(world, device));
    let (page, next) = paging::by_start(call, 100, 1000, all.filter(fits), |shown| shown);
    Ok(paging::list("items", page, next))
}

/// GET of one.
pub fn read(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call)?;
    let device = call.world.devices.get(slot);
    Answer::ok(device.map_or(Value::Null, |device| show(call.world, device)))
}

/// A device by the id in the path.
pub fn find(call: &Call<'_>) -> Result<Slot, Answer> {
    let found = call.world.devices.find(call.param(0));
    found.ok_or_else(|| errors::not_found("device"))
}

/// DELETE of one.
pub fn delete(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call)?;
    let device = call.world.devices.get(slot);
    let go = device.is_some_and(|it| it.kind.as_deref() == Some("webexgo"));
    if go && !call.rules.delete_webex_go {
        return Err(errors::generic(
            403,
            "Webex Go devices are managed in Control Hub.",
        ));
    }
    if let Some(device) = call.world.devices.remove(slot) {
        let name = device.name.or(device.product).unwrap_or_default();
        call.about("DEVICE", &device.id, &name);
    }
    Answer::no_content()
}

/// PATCH: tags, and nothing else.
pub fn patch(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    if !call
        .asked
        .media_type
        .starts_with("application/json-patch+json")
    {
        return Err(errors::generic(
            415,
            "The media type must be application/json-patch+json.",
        ));
    }
    let slot = find(call)?;
    let kept = call
        .world
        .devices
        .get(slot)
        .and_then(|it| it.attributes.get("tags"));
    let mut tags = items(kept.unwrap_or(&Value::Null)).to_vec();
    for change in items(call.body()) {
        let (op, path) = (text(&change["op"]), text(&change["path"]));
        let path = path.map(|path| path.trim_start_matches('/'));
        let given = match &change["value"] {
            Value::Array(list) => list.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        match (op, path) {
            (Some("replace"), Some("tags")) => tags = given,
            (Some("add"), Some("tags")) => {
                for tag in given {
                    if !tags.contains(&tag) {
                        tags.push(tag);
                    }
                }
            }
            (Some("remove"), Some("tags")) => match given.is_empty() {
                true => tags.clear(),
                false => tags.retain(|tag| !given.contains(tag)),
            },
            _ => return Err(errors::bad("Only tags can be added, replaced and removed.")),
        }
    }
    let Some(device) = call.world.devices.get_mut(slot) else {
        return Err(errors::not_found("device"));
    };
    device
        .attributes
        .insert("tags".to_owned(), Value::Array(tags));
    let device = device.clone();
    call.about(
        "DEVICE",
        &device.id,
        device.name.as_deref().unwrap_or_default(),
    );
    Answer::ok(show(call.world, &device))
}

/// The one person or workspace that a body names as owner.
fn owner(call: &Call<'_>) -> Result<Owner, Answer> {
    match (call.text("personId"), call.text("workspaceId")) {
        (Some(id), None) => {
            let found = call.world.people.find(id).map(Owner::Person);
            found.ok_or_else(|| errors::not_found("person"))
        }
        (None, Some(id)) => {
            let found = call.world.places.find(id).map(Owner::Workspace);
            found.ok_or_else(|| errors::not_found("workspace"))
        }
        _ => Err(errors::bad(
            "Exactly one of personId and workspaceId is required.",
        )),
    }
}

/// Whether the owner has the licence for a phone.
fn calls(world: &World, owner: Owner) -> bool {
    match owner {
        Owner::Person(slot) => world.people.get(slot).is_some_and(|person| {
            let mut products = person.licenses.iter().map(|it| world.product(*it));
            products.any(Product::is_calling)
        }),
        Owner::Workspace(slot) => world
            .places
            .get(slot)
            .is_some_and(|it| it.calling == "webexCalling"),
        Owner::Feature(_) => false,
    }
}

/// POST of one, by its hardware address.
pub fn create(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let holder = owner(call)?;
    let mac = bare_mac(call.text("mac").unwrap_or_default());
    if mac.len() != 12 {
        return Err(errors::bad(
            "mac must be a hardware address of 12 hexadecimal digits.",
        ));
    }
    let model = call.text("model").and_then(models::find);
    let by_mac =
        model.filter(|it| matches!(it.onboarding, Onboarding::Mac | Onboarding::MacOrCode));
    let Some(model) = by_mac else {
        return Err(errors::bad(
            "model is not known, or is not added by its hardware address.",
        ));
    };
    let world = &mut *call.world;
    let taken = |device: &Device| device.mac.as_deref().map(bare_mac).as_ref() == Some(&mac);
    if world.devices.iter().any(|(_, device)| taken(device)) {
        return Err(errors::generic(409, "A device with this mac exists."));
    }
    if !calls(world, holder) {
        return Err(errors::bad("The owner has no Webex Calling."));
    }
    let uuid = world.new_uuid(&mac);
    let pairs: Vec<String> = mac
        .as_bytes()
        .chunks(2)
        .map(|it| String::from_utf8_lossy(it).into_owned())
        .collect();
    let device = Device {
        id: ids::public("DEVICE", &uuid),
        holder: Some(holder),
        name: Some(model.display_name.to_owned()),
        product: Some(model.display_name.to_owned()),
        mac: Some(pairs.join(":")),
        kind: Some("phone".to_owned()),
        attributes: Map::new(),
        created: call.now,
        source: save::blank("devices"),
    };
    settle_workspace(world, holder);
    let shown = show(world, &device);
    world.devices.insert(device.clone());
    call.about("DEVICE", &device.id, model.display_name);
    Answer::ok(shown)
}

/// A device makes a workspace without calls, or with those of others, one with free calls.
fn settle_workspace(world: &mut World, holder: Owner) {
    if let Owner::Workspace(slot) = holder
        && let Some(place) = world.places.get_mut(slot)
        && matches!(place.calling.as_str(), "none" | "thirdPartySipCalling")
    {
        place.calling = "freeCalling".to_owned();
    }
}

/// POST of an activation code. It is returned once, and cannot be revoked.
pub fn activation_code(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let holder = owner(call)?;
    if let Some(name) = call.text("model") {
        let by_code = models::find(name)
            .filter(|it| matches!(it.onboarding, Onboarding::MacOrCode | Onboarding::Code));
        let Some(model) = by_code else {
            return Err(errors::bad(
                "model is not known, or is not added by an activation code.",
            ));
        };
        if model.kind == "ESIM"
            && !(call.rules.webex_go_codes && matches!(holder, Owner::Person(_)))
        {
            return Err(errors::bad("Webex Go devices are added in Control Hub."));
        }
        if !calls(call.world, holder) {
            return Err(errors::bad("The owner has no Webex Calling."));
        }
    }
    settle_workspace(call.world, holder);
    let seed = call.world.new_uuid("activation code");
    let digits: String = (0..16_u32)
        .map(|at| char::from_digit(ids::dice(&format!("{seed} {at}"), 10), 10).unwrap_or('0'))
        .collect();
    let id = call.world.holder_id(holder).to_owned();
    call.about("DEVICE", &id, "");
    Answer::ok(json!({"code": digits, "expiryTime": stamp(call.now + CODE_LIFE)}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hardware_address_is_its_digits() {
        assert_eq!(bare_mac("aa:bb:cc:00:11:22"), "AABBCC001122");
        assert_eq!(bare_mac("AABB.CC00.1122"), "AABBCC001122");
    }
}
