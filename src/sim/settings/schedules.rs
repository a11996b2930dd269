//! Schedules of people with their events: when is business, when is holiday.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call, Done, text};
use super::super::{errors, paging};
use super::around::entitled;
use super::plain::refused;
use super::shape::Refusal;
use super::{Kind, SettingsHolder};

const SLOT: &str = "schedules";
const TYPES: &[&str] = &["businessHours", "holidays"];

/// GET of all.
pub fn list(call: &mut Call<'_>) -> Done {
    let (_, all) = kept(call)?;
    let name = call.query("name").map(str::to_lowercase);
    let kind = call.query("type");
    let fits = |schedule: &&Value| {
        let named = schedule["name"].as_str().unwrap_or_default().to_lowercase();
        name.as_ref()
            .is_none_or(|name| named.contains(name.as_str()))
            && kind.is_none_or(|kind| schedule["type"] == kind)
    };
    let show = |schedule: &Value| json!({"id": schedule["id"], "name": schedule["name"], "type": schedule["type"], "level": "PEOPLE"});
    let (page, next) = paging::by_start(call, 2000, 2000, all.iter().filter(fits), show);
    Ok(paging::list("schedules", page, next))
}

/// POST of one.
pub fn create(call: &mut Call<'_>) -> Done {
    let (holder, mut all) = kept(call)?;
    let mut schedule = Map::new();
    let named = name_and_type(call.body(), &all, None).map_err(|it| refused(&it))?;
    let events = events(call, &Value::Null)?;
    let id = super::new_id(call.world, "USER_SCHEDULE");
    schedule.insert("id".to_owned(), json!(id));
    schedule.extend(named);
    schedule.insert("events".to_owned(), events);
    all.push(Value::Object(schedule));
    keep(call, &holder, all);
    Ok(Answer::json(201, json!({"id": id})))
}

/// GET of one.
pub fn read(call: &mut Call<'_>) -> Done {
    let (_, all) = kept(call)?;
    let place = find(call, &all)?;
    Answer::ok(all.get(place).cloned().unwrap_or_default())
}

/// PUT of one; `newName` renames.
pub fn update(call: &mut Call<'_>) -> Done {
    let (holder, mut all) = kept(call)?;
    let place = find(call, &all)?;
    let mut body = call.body().clone();
    if let Some(name) = text(&body["newName"]).map(str::to_owned) {
        body["name"] = json!(name);
    }
    let named = name_and_type(&body, &all, Some(place)).map_err(|it| refused(&it))?;
    let before = all
        .get(place)
        .map_or(Value::Null, |it| it["events"].clone());
    let events = match call.body()["events"].is_array() {
        true => events(call, &before)?,
        false => before,
    };
    let Some(schedule) = all.get_mut(place) else {
        return Err(errors::not_found("schedule"));
    };
    for (name, value) in named {
        schedule[name.as_str()] = value;
    }
    schedule["events"] = events;
    let id = schedule["id"].clone();
    keep(call, &holder, all);
    Answer::ok(json!({"id": id}))
}

/// DELETE of one.
pub fn delete(call: &mut Call<'_>) -> Done {
    let (holder, mut all) = kept(call)?;
    let place = find(call, &all)?;
    all.remove(place);
    keep(call, &holder, all);
    Answer::no_content()
}

/// GET of an event.
pub fn read_event(call: &mut Call<'_>) -> Done {
    let (_, all) = kept(call)?;
    let place = find(call, &all)?;
    let (_, event) = find_event(call, all.get(place))?;
    Answer::ok(event)
}

/// POST of an event.
pub fn create_event(call: &mut Call<'_>) -> Done {
    let (holder, mut all) = kept(call)?;
    let place = find(call, &all)?;
    let body = call.body().clone();
    let event = event(call, &body, None).map_err(|it| refused(&it))?;
    let id = event["id"].clone();
    let events = all
        .get_mut(place)
        .and_then(|it| it["events"].as_array_mut());
    if let Some(events) = events {
        if events.iter().any(|known| known["name"] == event["name"]) {
            return Err(refused(&Refusal::new(25008, "event name is in use")));
        }
        events.push(event);
    }
    keep(call, &holder, all);
    Ok(Answer::json(201, json!({"id": id})))
}

/// PUT of an event.
pub fn update_event(call: &mut Call<'_>) -> Done {
    let (holder, mut all) = kept(call)?;
    let place = find(call, &all)?;
    let (at, before) = find_event(call, all.get(place))?;
    let mut body = call.body().clone();
    if let Some(name) = text(&body["newName"]).map(str::to_owned) {
        body["name"] = json!(name);
    }
    let id = before["id"].as_str().map(str::to_owned);
    let event = event(call, &body, id).map_err(|it| refused(&it))?;
    let id = event["id"].clone();
    let events = all
        .get_mut(place)
        .and_then(|it| it["events"].as_array_mut());
    if let Some(slot) = events.and_then(|events| events.get_mut(at)) {
        *slot = event;
    }
    keep(call, &holder, all);
    Answer::ok(json!({"id": id}))
}

/// DELETE of an event.
pub fn delete_event(call: &mut Call<'_>) -> Done {
    let (holder, mut all) = kept(call)?;
    let place = find(call, &all)?;
    let (at, _) = find_event(call, all.get(place))?;
    let events = all
        .get_mut(place)
        .and_then(|it| it["events"].as_array_mut());
    if let Some(events) = events {
        events.remove(at);
    }
    keep(call, &holder, all);
    Answer::no_content()
}

fn kept(call: &mut Call<'_>) -> Result<(SettingsHolder, Vec<Value>), Answer> {
    let id = call.param(0).to_owned();
    let holder = entitled(call, Kind::Person, &id, false)?;
    let kept = super::written(call.world, holder.who, SLOT);
    let all = kept.as_array().cloned().unwrap_or_default();
    Ok((holder, all))
}

fn keep(call: &mut Call<'_>, holder: &SettingsHolder, all: Vec<Value>) {
    super::write(call.world, holder.who, SLOT, Value::Array(all));
}

fn find(call: &Call<'_>, all: &[Value]) -> Result<usize, Answer> {
    let (kind, id) = (call.param(1), call.param(2));
    all.iter()
        .position(|schedule| schedule["id"] == id && schedule["type"] == kind)
        .ok_or_else(|| errors::not_found("schedule"))
}

fn find_event(call: &Call<'_>, schedule: Option<&Value>) -> Result<(usize, Value), Answer> {
    let id = call.param(3);
    let events = schedule.and_then(|schedule| schedule["events"].as_array());
    let found = events.and_then(|events| {
        let place = events.iter().position(|event| event["id"] == id)?;
        Some((place, events.get(place)?.clone()))
    });
    found.ok_or_else(|| errors::not_found("event"))
}

fn name_and_type(
    body: &Value,
    all: &[Value],
    place: Option<usize>,
) -> Result<Map<String, Value>, Refusal> {
    let missing = |name: &str| Refusal::new(25008, format!("missing mandatory field: {name}"));
    let name = text(&body["name"]).ok_or_else(|| missing("name"))?;
    let kind = text(&body["type"]).ok_or_else(|| missing("type"))?;
    if !TYPES.contains(&kind) {
        return Err(Refusal::new(
            25008,
            format!("invalid value for type: {kind}"),
        ));
    }
    let taken = |(at, known): (usize, &Value)| {
        Some(at) != place && known["name"] == name && known["type"] == kind
    };
    if all.iter().enumerate().any(taken) {
        return Err(Refusal::new(
            25008,
            format!("schedule name is in use: {name}"),
        ));
    }
    let mut named = Map::new();
    named.insert("name".to_owned(), json!(name));
    named.insert("type".to_owned(), json!(kind));
    Ok(named)
}

/// The events of a schedule's body; those that keep their name keep their id.
fn events(call: &mut Call<'_>, before: &Value) -> Result<Value, Answer> {
    let bodies = call.body()["events"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut events: Vec<Value> = Vec::new();
    for body in &bodies {
        let before = before.as_array().into_iter().flatten();
        let known = before.clone().find(|known| known["name"] == body["name"]);
        let id = known
            .and_then(|known| known["id"].as_str())
            .map(str::to_owned);
        let event = event(call, body, id).map_err(|it| refused(&it))?;
        if events.iter().any(|other| other["name"] == event["name"]) {
            return Err(refused(&Refusal::new(25008, "event name is in use")));
        }
        events.push(event);
    }
    Ok(Value::Array(events))
}

fn event(call: &mut Call<'_>, body: &Value, id: Option<String>) -> Result<Value, Refusal> {
    let all_day = body["allDayEnabled"] == true;
    let mut event = json!({"allDayEnabled": all_day});
    for (name, needed) in [
        ("name", true),
        ("startDate", true),
        ("endDate", true),
        ("startTime", !all_day),
        ("endTime", !all_day),
    ] {
        match text(&body[name]) {
            Some(value) => event[name] = json!(value),
            None if needed => {
                return Err(Refusal::new(
                    25008,
                    format!("missing mandatory field: {name}"),
                ));
            }
            None => {}
        }
    }
    let date = |name: &str| {
        event[name]
            .as_str()
            .and_then(|text| text.parse::<jiff::civil::Date>().ok())
    };
    match (date("startDate"), date("endDate")) {
        (Some(start), Some(end)) if start <= end => {}
        _ => {
            return Err(Refusal::new(
                25008,
                "invalid value for startDate or endDate",
            ));
        }
    }
    if body["recurrence"].is_object() {
        event["recurrence"] = body["recurrence"].clone();
    }
    let id = id.unwrap_or_else(|| super::new_id(call.world, "USER_SCHEDULE_EVENT"));
    event["id"] = json!(id);
    Ok(event)
}
