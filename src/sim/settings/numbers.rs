//! The numbers of a holder: the first, which its licence brings, and alternates, which are added here.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call, Done, items, text};
use super::super::world::{Owner as Who, World};
use super::around::entitled;
use super::holder::put;
use super::plain::refused;
use super::shape::Refusal;
use super::{Kind, SettingsHolder};

const SLOT: &str = "alternates";
const PATTERNS: &[&str] = &[
    "NORMAL",
    "LONG_LONG",
    "SHORT_SHORT_LONG",
    "SHORT_LONG_SHORT",
];

/// Most alternates of one holder.
const MOST: usize = 10;

/// GET of a person's.
pub fn read_person(call: &mut Call<'_>) -> Done {
    let id = call.param(0).to_owned();
    let holder = entitled(call, Kind::Person, &id, false)?;
    let kept = super::written(call.world, holder.who, SLOT).clone();
    let mut numbers = Vec::new();
    if holder.number.is_some() || holder.extension.is_some() {
        numbers.push(number(
            call,
            &holder,
            true,
            "directNumber",
            &json!({
                "directNumber": holder.number, "extension": holder.extension
            }),
        ));
    }
    for alternate in items(&kept["numbers"]) {
        numbers.push(number(call, &holder, false, "directNumber", alternate));
    }
    Answer::ok(
        json!({"distinctiveRingEnabled": kept["distinctive"] == true, "phoneNumbers": numbers}),
    )
}

/// GET of a workspace's: other names for the same.
pub fn read_workspace(call: &mut Call<'_>) -> Done {
    let id = call.param(0).to_owned();
    let holder = entitled(call, Kind::Workspace, &id, false)?;
    let kept = super::written(call.world, holder.who, SLOT).clone();
    let mut numbers = Vec::new();
    if holder.number.is_some() || holder.extension.is_some() {
        let own = json!({"directNumber": holder.number, "extension": holder.extension});
        numbers.push(number(call, &holder, true, "external", &own));
    }
    for alternate in items(&kept["numbers"]) {
        numbers.push(number(call, &holder, false, "external", alternate));
    }
    Answer::ok(json!({
        "distinctiveRingEnabled": kept["distinctive"] == true,
        "phoneNumbers": numbers,
        "workspace": {"id": holder.id},
        "location": {"id": holder.place.id, "name": holder.place.name},
        "organization": {"id": call.world.org.id, "name": call.world.org.name},
    }))
}

fn number(
    call: &Call<'_>,
    holder: &SettingsHolder,
    primary: bool,
    word: &str,
    of: &Value,
) -> Value {
    let mut told = Map::new();
    told.insert("primary".to_owned(), json!(primary));
    let direct = text(&of["directNumber"]).map(|number| call.rules.number_format.write(number));
    put(&mut told, word, direct.as_deref());
    if let Some(extension) = text(&of["extension"]) {
        let prefix = holder.place.routing_prefix.as_deref();
        put(&mut told, "extension", Some(extension));
        put(&mut told, "routingPrefix", prefix);
        put(
            &mut told,
            "esn",
            Some(&format!("{}{extension}", prefix.unwrap_or_default())),
        );
    }
    if word == "directNumber" {
        let pattern = text(&of["ringPattern"]).unwrap_or("NORMAL");
        put(&mut told, "ringPattern", Some(pattern));
    }
    Value::Object(told)
}

/// PUT: alternates come and go.
pub fn write(call: &mut Call<'_>) -> Done {
    let workspace = call.asked.path.contains("/workspaces/");
    let kind = if workspace {
        Kind::Workspace
    } else {
        Kind::Person
    };
    let id = call.param(0).to_owned();
    let holder = entitled(call, kind, &id, workspace)?;
    let mut kept = super::written(call.world, holder.who, SLOT).clone();
    let mut numbers = items(&kept["numbers"]).to_vec();
    if !call.body()["phoneNumbers"].is_array() {
        return Err(refused(&Refusal::new(
            25008,
            "missing mandatory field: phoneNumbers",
        )));
    }
    let mut changes = Vec::new();
    for wanted in items(&call.body()["phoneNumbers"]) {
        let change = change(call.world, &holder, &mut numbers, wanted);
        changes.push(change.map_err(|refusal| refused(&refusal))?);
    }
    if numbers.len() > MOST {
        return Err(refused(&Refusal::new(25008, "too many alternate numbers")));
    }
    let distinctive = ["distinctiveRingEnabled", "enableDistinctiveRingPattern"]
        .iter()
        .find_map(|name| call.body()[*name].as_bool());
    for (number, taken) in changes {
        own(call.world, &number, taken.then_some(holder.who), call.now);
    }
    kept = json!({
        "distinctive": distinctive.unwrap_or(kept["distinctive"] == true),
        "numbers": numbers,
    });
    super::write(call.world, holder.who, SLOT, kept);
    Answer::no_content()
}

/// One addition or removal; the number, and whether it is taken.
fn change(
    world: &World,
    holder: &SettingsHolder,
    numbers: &mut Vec<Value>,
    wanted: &Value,
) -> Result<(String, bool), Refusal> {
    let direct = text(&wanted["directNumber"]).or_else(|| text(&wanted["external"]));
    let direct =
        direct.ok_or_else(|| Refusal::new(25008, "missing mandatory field: directNumber"))?;
    if wanted["primary"] == true {
        return Err(Refusal::new(
            25008,
            "the primary number cannot be changed here",
        ));
    }
    let place = numbers
        .iter()
        .position(|known| known["directNumber"] == direct);
    match wanted["action"].as_str() {
        Some("DELETE") => {
            let place = place
                .ok_or_else(|| Refusal::new(4251, format!("number is not there: {direct}")))?;
            numbers.remove(place);
            Ok((direct.to_owned(), false))
        }
        Some("ADD") => {
            let known = world.numbers.get(direct).filter(|number| {
                number.owner.is_none()
                    && number.location == holder.place.slot
                    && number.kind != "mobile"
            });
            if known.is_none() {
                return Err(Refusal::new(8361, format!("DN is unavailable : {direct}")));
            }
            let pattern = text(&wanted["ringPattern"]).unwrap_or("NORMAL");
            if !PATTERNS.contains(&pattern) {
                return Err(Refusal::new(
                    25008,
                    format!("invalid value for ringPattern: {pattern}"),
                ));
            }
            let mut alternate = json!({"directNumber": direct, "ringPattern": pattern});
            if let Some(extension) = text(&wanted["extension"]) {
                alternate["extension"] = json!(extension);
            }
            numbers.push(alternate);
            Ok((direct.to_owned(), true))
        }
        _ => Err(Refusal::new(25008, "missing mandatory field: action")),
    }
}

fn own(world: &mut World, number: &str, owner: Option<Who>, now: i64) {
    if let Some(number) = world.numbers.get_mut(number) {
        if owner.is_none() {
            number.released = Some(now);
        }
        number.owner = owner;
        number.owner_implied = false;
    }
}

/// Calling has gone: the alternates are free.
pub fn release(world: &mut World, who: Who) {
    let kept = super::written(world, who, SLOT).clone();
    for alternate in items(&kept["numbers"]) {
        let number = alternate["directNumber"].as_str().unwrap_or_default();
        if let Some(number) = world.numbers.get_mut(number) {
            number.owner = None;
        }
    }
}
