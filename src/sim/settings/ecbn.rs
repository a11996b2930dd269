//! Emergency call-back numbers: which number a rescuer calls back, of a holder and of a location.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call, Done};
use super::super::world::{Number, Owner as Who, World};
use super::super::{errors, ids, numbers, paging};
use super::around::{entitled, holder as holder_of};
use super::holder::put;
use super::shape::Refusal;
use super::{Kind, SettingsHolder};

/// What the setting of a holder returns in addition to what was written.
pub fn fact(world: &World, holder: &SettingsHolder, name: &str) -> Option<Value> {
    match name {
        "ecbnDirect" => Some(info(
            holder,
            holder.number.as_deref(),
            "DIRECT_LINE",
            holder.place.number.as_deref(),
        )),
        "ecbnLocation" => {
            let member = holder
                .place
                .slot
                .and_then(|slot| location_member(world, slot));
            match member {
                Some(member) => {
                    let number = member.number.as_deref();
                    Some(info(
                        &member,
                        number,
                        "LOCATION_ECBN",
                        holder.place.number.as_deref(),
                    ))
                }
                None => {
                    let names = SettingsHolder {
                        first_name: holder.place.name.clone(),
                        last_name: ".".to_owned(),
                        ..holder.clone()
                    };
                    let number = holder.place.number.as_deref();
                    Some(info(&names, None, "LOCATION_NUMBER", number))
                }
            }
        }
        "ecbnMember" => {
            let member = member(world, holder)?;
            let mut told = info(
                &member,
                member.number.as_deref(),
                "LOCATION_MEMBER_NUMBER",
                None,
            );
            told["memberId"] = json!(member.id);
            told["memberType"] = json!(member.kind.word());
            Some(told)
        }
        _ => {
            let mut told = Map::new();
            put(&mut told, "effectiveValue", holder.place.number.as_deref());
            let quality = if told.is_empty() {
                "INVALID"
            } else {
                "NOT_RECOMMENDED"
            };
            put(&mut told, "quality", Some(quality));
            Some(Value::Object(told))
        }
    }
}

/// A number with the level that it is of; where there is none, the location's own takes its place.
fn info(of: &SettingsHolder, number: Option<&str>, level: &str, instead: Option<&str>) -> Value {
    let mut told = Map::new();
    put(&mut told, "phoneNumber", number);
    put(&mut told, "firstName", Some(&of.first_name));
    put(&mut told, "lastName", Some(&of.last_name));
    let (level, value, quality) = match (number, instead) {
        (Some(number), _) => (level, Some(number), "RECOMMENDED"),
        (None, Some(number)) => ("LOCATION_NUMBER", Some(number), "NOT_RECOMMENDED"),
        (None, None) => ("NONE", None, "INVALID"),
    };
    put(&mut told, "effectiveLevel", Some(level));
    put(&mut told, "effectiveValue", value);
    put(&mut told, "quality", Some(quality));
    Value::Object(told)
}

/// The other holder whose number was chosen.
fn member(world: &World, holder: &SettingsHolder) -> Option<SettingsHolder> {
    let own = match holder.kind {
        Kind::Person => "emergencyCallbackNumber",
        Kind::Workspace => "workspaceEmergencyCallbackNumber",
    };
    let id = super::written(world, holder.who, own)["locationMemberId"].as_str()?;
    by_id(world, id)
}

fn by_id(world: &World, id: &str) -> Option<SettingsHolder> {
    let person = world.people.find(id).map(Who::Person);
    let who = person.or_else(|| world.places.find(id).map(Who::Workspace))?;
    holder_of(world, who)
}

/// Whether a choice can be made: the other must be in the same location and have a number.
///
/// # Errors
/// It cannot.
pub fn check(world: &World, holder: &SettingsHolder, written: &Value) -> Result<(), Refusal> {
    if written["selected"] != "LOCATION_MEMBER_NUMBER" {
        return Ok(());
    }
    let Some(id) = written["locationMemberId"].as_str() else {
        return Err(Refusal::new(
            25008,
            "missing mandatory field: locationMemberId",
        ));
    };
    match by_id(world, id) {
        Some(other) if other.number.is_some() && other.place.slot == holder.place.slot => Ok(()),
        Some(_) => Err(Refusal::new(
            25008,
            "the member has no number in the location",
        )),
        None => Err(Refusal::new(
            4003,
            format!("locationMemberId: not found: {id}"),
        )),
    }
}

/// GET of what uses the holder's number for emergencies.
pub fn dependencies(call: &mut Call<'_>) -> Done {
    let kind = match call.asked.path.contains("/workspaces/") {
        true => Kind::Workspace,
        false => Kind::Person,
    };
    let id = call.param(0).to_owned();
    let holder = entitled(call, kind, &id, false)?;
    let world = &*call.world;
    let own = ids::decoded(&holder.id);
    let chosen = |settings: &std::collections::BTreeMap<String, Value>| {
        let names = [
            "emergencyCallbackNumber",
            "workspaceEmergencyCallbackNumber",
        ];
        let mut written = names.iter().filter_map(|name| settings.get(*name));
        written.any(|written| {
            let id = written["locationMemberId"].as_str();
            written["selected"] == "LOCATION_MEMBER_NUMBER"
                && id.map(ids::decoded).as_ref() == Some(&own)
        })
    };
    let people = world
        .people
        .iter()
        .filter(|(_, it)| chosen(&it.settings))
        .count();
    let places = world
        .places
        .iter()
        .filter(|(_, it)| chosen(&it.settings))
        .count();
    let location = holder
        .place
        .slot
        .and_then(|slot| location_member(world, slot));
    let itself = super::written(world, holder.who, "emergencyCallbackNumber");
    let itself = itself["selected"].as_str().unwrap_or("DIRECT_LINE") == "DIRECT_LINE";
    Answer::ok(json!({
        "isLocationEcbnDefault": location.is_some_and(|member| member.id == holder.id),
        "isSelfEcbnDefault": itself && holder.number.is_some(),
        "dependentMemberCount": people + places,
    }))
}

/// GET of the numbers of a holder's location that can be called back, or that calls can go to: those with an owner.
pub fn available(call: &mut Call<'_>) -> Done {
    let kind = match call.asked.path.contains("/workspaces/") {
        true => Kind::Workspace,
        false => Kind::Person,
    };
    let id = call.param(0).to_owned();
    let holder = entitled(call, kind, &id, false)?;
    let world = &*call.world;
    let numbers = world.numbers.iter().filter_map(|(key, number)| {
        let owner = number.owner.and_then(|who| holder_of(world, who))?;
        (number.location == holder.place.slot && number.kind != "mobile")
            .then_some((key, number, owner))
    });
    let show = |(key, number, owner): (&String, &Number, SettingsHolder)| {
        let mut told = numbers::show_available(call, key, number);
        told["tollFreeNumber"] = json!(number.kind == "tollFree");
        let mut owned = Map::new();
        put(&mut owned, "id", Some(&owner.id));
        put(&mut owned, "type", Some(owner.kind.word()));
        match owner.kind {
            Kind::Person => {
                put(&mut owned, "firstName", Some(&owner.first_name));
                put(&mut owned, "lastName", Some(&owner.last_name));
            }
            Kind::Workspace => put(&mut owned, "displayName", Some(&owner.display_name)),
        }
        told["owner"] = Value::Object(owned);
        told
    };
    let (page, next) = paging::by_start(call, 2000, 2000, numbers, show);
    Ok(paging::list("phoneNumbers", page, next))
}

/// The holder whose number a location uses.
fn location_member(world: &World, slot: u32) -> Option<SettingsHolder> {
    by_id(world, world.emergency.get(&slot)?.as_str())
}

/// GET of a location's emergency call-back number.
pub fn read_location(call: &mut Call<'_>) -> Done {
    let slot = calling_location(call)?;
    let world = &*call.world;
    let location = world.locations.get(slot);
    let main = location.and_then(|it| it.calling.as_ref()?.main_number.clone());
    let mut told = json!({
        "locationInfo": number_info(main.as_deref(), "LOCATION_NUMBER", location.map(|it| it.name.as_str())),
        "selected": "LOCATION_NUMBER",
        "elinExpiryTimeMinutes": 60,
    });
    if let Some(member) = location_member(world, slot) {
        let mut info = info(
            &member,
            member.number.as_deref(),
            "LOCATION_MEMBER_NUMBER",
            None,
        );
        info["memberId"] = json!(member.id);
        info["memberType"] = json!(member.kind.word());
        told["locationMemberInfo"] = info;
        told["selected"] = json!("LOCATION_MEMBER_NUMBER");
    }
    Answer::ok(told)
}

fn number_info(number: Option<&str>, level: &str, name: Option<&str>) -> Value {
    let mut told = Map::new();
    put(&mut told, "phoneNumber", number);
    put(&mut told, "name", name);
    put(
        &mut told,
        "effectiveLevel",
        Some(if number.is_some() { level } else { "NONE" }),
    );
    put(&mut told, "effectiveValue", number);
    put(
        &mut told,
        "quality",
        Some(if number.is_some() {
            "RECOMMENDED"
        } else {
            "INVALID"
        }),
    );
    Value::Object(told)
}

/// PUT of a location's emergency call-back number.
pub fn write_location(call: &mut Call<'_>) -> Done {
    let slot = calling_location(call)?;
    match call.text("selected") {
        Some("LOCATION_NUMBER") => {
            call.world.emergency.remove(&slot);
        }
        Some("LOCATION_MEMBER_NUMBER") => {
            let id = call.text("locationMemberId").unwrap_or_default().to_owned();
            let member = by_id(call.world, &id)
                .filter(|member| member.number.is_some() && member.place.slot == Some(slot));
            let member = member.ok_or_else(|| {
                errors::telephony(
                    400,
                    25008,
                    25008,
                    "the member has no number in the location",
                )
            })?;
            call.world.emergency.insert(slot, member.id);
        }
        _ => {
            return Err(errors::telephony(
                400,
                25008,
                25008,
                "missing mandatory field: selected",
            ));
        }
    }
    Answer::no_content()
}

fn calling_location(call: &Call<'_>) -> Result<u32, Answer> {
    let slot = call.world.locations.find(call.param(0));
    let slot = slot.filter(|slot| call.world.calls(*slot));
    slot.ok_or_else(|| errors::telephony(404, 4152, 4152, "Location not found"))
}
