//! What the telephony API returns of devices: lines, layout, hoteling, whose they are.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call, Done, items, text};
use super::super::table::Slot;
use super::super::world::{Device, Owner, World};
use super::super::{errors, org, settings};
use super::listing::{bare_mac, find};
use super::models;

/// GET of one.
pub fn read(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call)?;
    let Some(device) = call.world.devices.get(slot) else {
        return Err(errors::not_found("device"));
    };
    let model = model(device);
    let mut shown = json!({
        "id": device.id,
        "model": model,
        "manufacturer": "CISCO",
        "managedBy": "CISCO",
        "ip": device.attributes.get("ip").and_then(Value::as_str).unwrap_or("192.0.2.100"),
        "activationState": "activated",
        "description": tags(device),
        "upgradeChannelEnabled": true,
    });
    if let Some(mac) = &device.mac {
        shown["mac"] = json!(bare_mac(mac));
    }
    Answer::ok(shown)
}

/// As requests name the model.
fn model(device: &Device) -> String {
    let product = device.product.as_deref().unwrap_or("unknown");
    models::find(product).map_or_else(|| product.to_owned(), |model| model.name.to_owned())
}

fn tags(device: &Device) -> Value {
    device.attributes.get("tags").cloned().unwrap_or(json!([]))
}

/// POST: whether hardware addresses can be added.
pub fn validate_macs(call: &mut Call<'_>) -> Done {
    let known: Vec<String> = call
        .world
        .devices
        .iter()
        .filter_map(|(_, device)| device.mac.as_deref().map(bare_mac))
        .collect();
    let mut wrong = Vec::new();
    for mac in items(&call.body()["macs"]) {
        let given = mac.as_str().unwrap_or_default();
        let bare = bare_mac(given);
        let state = match (bare.len(), known.contains(&bare)) {
            (12, false) => continue,
            (12, true) => ("UNAVAILABLE", 5675, "[Error 5675] MAC Address is in use."),
            _ => ("INVALID", 5674, "[Error 5674] MAC Address is invalid."),
        };
        wrong.push(
            json!({"mac": given, "state": state.0, "errorCode": state.1, "message": state.2}),
        );
    }
    let status = if wrong.is_empty() { "OK" } else { "ERRORS" };
    let mut body = json!({"status": status});
    if !wrong.is_empty() {
        body["macStatus"] = json!(wrong);
    }
    Answer::ok(body)
}

/// GET of the lines.
pub fn read_members(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call)?;
    let Some(device) = call.world.devices.get(slot) else {
        return Err(errors::not_found("device"));
    };
    let lines = models::find(device.product.as_deref().unwrap_or_default());
    Answer::ok(json!({
        "model": model(device),
        "members": members(call.world, device),
        "maxLineCount": lines.map_or(1, |model| model.lines),
    }))
}

/// The lines of a device: those that were written, else its owner's.
fn members(world: &World, device: &Device) -> Vec<Value> {
    let own = device.holder.map(|holder| {
        json!([{"id": world.holder_id(holder), "port": 1, "primaryOwner": true, "lineType": "PRIMARY", "lineWeight": 1}])
    });
    let own = own.unwrap_or_default();
    let kept = device.attributes.get("members").unwrap_or(&own);
    let told = |member: &Value| {
        let mut told = settings::line(world, member["id"].as_str()?)?;
        told["port"] = member["port"].clone();
        told["primaryOwner"] = json!(member["primaryOwner"] == true);
        told["lineType"] = json!(text(&member["lineType"]).unwrap_or("PRIMARY"));
        told["lineWeight"] = json!(member["lineWeight"].as_u64().unwrap_or(1));
        told["hotlineEnabled"] = json!(member["hotlineEnabled"] == true);
        told["hotlineDestination"] = json!(text(&member["hotlineDestination"]).unwrap_or_default());
        told["allowCallDeclineEnabled"] = json!(member["allowCallDeclineEnabled"] != false);
        told["t38FaxCompressionEnabled"] = json!(member["t38FaxCompressionEnabled"] == true);
        if let Some(label) = text(&member["lineLabel"]) {
            told["lineLabel"] = json!(label);
        }
        Some(told)
    };
    items(kept).iter().filter_map(told).collect()
}

/// PUT of the lines: the list is replaced.
pub fn write_members(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call)?;
    let members = items(&call.body()["members"]).to_vec();
    let most = call
        .world
        .devices
        .get(slot)
        .and_then(|it| models::find(it.product.as_deref()?));
    if members.len() > most.map_or(1, |model| model.lines as usize) {
        return Err(errors::telephony(400, 25008, 25008, "too many lines"));
    }
    for member in &members {
        let id = member["id"].as_str().unwrap_or_default();
        if settings::line(call.world, id).is_none() {
            return Err(errors::telephony(400, 4003, 4003, "member is not found"));
        }
    }
    keep(call, slot, "members", Value::Array(members))
}

/// GET of what the keys do.
pub fn read_layout(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call)?;
    let Some(device) = call.world.devices.get(slot) else {
        return Err(errors::not_found("device"));
    };
    let kept = device.attributes.get("layout").cloned();
    Answer::ok(kept.unwrap_or_else(|| {
        json!({
            "layoutMode": "DEFAULT",
            "userReorderEnabled": false,
            "lineKeys": [{"lineKeyIndex": 1, "lineKeyType": "PRIMARY_LINE"}],
        })
    }))
}

/// PUT of what the keys do.
pub fn write_layout(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call)?;
    let body = call.body();
    let known = matches!(body["layoutMode"].as_str(), Some("DEFAULT" | "CUSTOM"));
    if !known || !body["lineKeys"].is_array() {
        return Err(errors::telephony(
            400,
            25008,
            25008,
            "layoutMode and lineKeys are required",
        ));
    }
    let layout = body.clone();
    keep(call, slot, "layout", layout)
}

fn keep(call: &mut Call<'_>, slot: Slot, name: &str, value: Value) -> Done {
    let Some(device) = call.world.devices.get_mut(slot) else {
        return Err(errors::not_found("device"));
    };
    device.attributes.insert(name.to_owned(), value);
    let (id, name) = (device.id.clone(), device.name.clone());
    call.about("DEVICE", &id, name.as_deref().unwrap_or_default());
    Answer::no_content()
}

/// POST: the device fetches what was changed.
pub fn apply_changes(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    find(call)?;
    Answer::no_content()
}

/// GET of a person's devices.
pub fn of_person(call: &mut Call<'_>) -> Done {
    let holder = settings::person(call)?;
    let hoteling = settings::hoteling(call.world, &holder);
    of(call, &holder, hoteling, 35)
}

/// GET of a workspace's devices.
pub fn of_workspace(call: &mut Call<'_>) -> Done {
    let holder = settings::workspace(call)?;
    let hoteling = settings::hoteling(call.world, &holder);
    of(call, &holder, hoteling, 5)
}

fn of(call: &mut Call<'_>, holder: &settings::SettingsHolder, hoteling: Value, most: u32) -> Done {
    let world = &*call.world;
    let devices = world.devices_of(holder.who);
    let devices = devices
        .into_iter()
        .filter_map(|slot| world.devices.get(slot));
    let show = |device: &Device| {
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
        put("id", json!(device.id));
        put("description", tags(device));
        put("model", json!(model(device)));
        if matches!(holder.who, Owner::Person(_)) {
            put(
                "modelType",
                json!(
                    models::find(device.product.as_deref().unwrap_or_default())
                        .map_or("MPP", |it| it.kind)
                ),
            );
        }
        if let Some(mac) = &device.mac {
            put("mac", json!(bare_mac(mac)));
        }
        put("primaryOwner", json!(true));
        put("type", json!("PRIMARY"));
        put("hoteling", hoteling.clone());
        put(
            "owner",
            json!({"id": holder.id, "type": holder.kind.word(), "firstName": holder.first_name, "lastName": holder.last_name}),
        );
        put("activationState", json!("ACTIVATED"));
        Value::Object(shown)
    };
    let devices: Vec<Value> = devices.map(show).collect();
    Answer::ok(json!({"devices": devices, "maxDeviceCount": most, "maxOwnedDeviceCount": most}))
}

/// GET of how many devices and applications a person has.
pub fn count_of_person(call: &mut Call<'_>) -> Done {
    let holder = settings::person(call)?;
    let devices = call.world.devices_of(holder.who).len();
    Answer::ok(json!({"totalDeviceCount": devices, "applicationsCount": 4}))
}

/// PUT of hoteling: others may use the holder's device.
pub fn write_hoteling(call: &mut Call<'_>) -> Done {
    let workspace = call.asked.path.contains("/workspaces/");
    let holder = match workspace {
        true => settings::workspace(call)?,
        false => settings::person(call)?,
    };
    let body = match workspace {
        true => call.body(),
        false => &call.body()["hoteling"],
    };
    let Some(enabled) = body["enabled"].as_bool() else {
        return Err(errors::telephony(
            400,
            25008,
            25008,
            "missing mandatory field: enabled",
        ));
    };
    let limited = body["limitGuestUse"] == true;
    let hours = body["guestHoursLimit"].as_u64();
    if limited && !hours.is_some_and(|hours| (1..=999).contains(&hours)) {
        return Err(errors::telephony(
            400,
            25008,
            25008,
            "missing mandatory field: guestHoursLimit",
        ));
    }
    let mut kept = json!({"enabled": enabled, "limitGuestUse": limited});
    if let Some(hours) = hours {
        kept["guestHoursLimit"] = json!(hours);
    }
    settings::set_hoteling(call.world, &holder, kept);
    Answer::no_content()
}

/// GET of what all devices of a holder keep to.
pub fn read_settings(call: &mut Call<'_>) -> Done {
    let holder = either(call)?;
    let kept = settings::compression(call.world, &holder);
    Answer::ok(json!({"compression": kept}))
}

/// PUT of it.
pub fn write_settings(call: &mut Call<'_>) -> Done {
    let holder = either(call)?;
    let Some(word @ ("ON" | "OFF")) = call.text("compression") else {
        return Err(errors::telephony(
            400,
            25008,
            25008,
            "invalid value for compression",
        ));
    };
    let word = word.to_owned();
    settings::set_compression(call.world, &holder, &word);
    Answer::no_content()
}

fn either(call: &mut Call<'_>) -> Result<settings::SettingsHolder, Answer> {
    match call.asked.path.contains("/workspaces/") {
        true => settings::workspace(call),
        false => settings::person(call),
    }
}
