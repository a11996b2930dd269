//! What a PUT or POST may write, and what is stored afterwards.

use serde_json::Value;

use super::{Facts, Member, Refusal, is_link, link_member, shape_members};

/// How strictly a body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strictness {
    /// Read-only members are refused instead of ignored.
    pub refuse_read_only: bool,
}

/// Takes a PUT's or POST's body: what is stored afterwards.
///
/// Unknown members are passed over, as the service does. Lists are replaced, objects are merged, null takes back what was
/// written.
///
/// # Errors
/// A member that must be there and is not, a wrong type, a word that the enum lacks, a link to no one.
pub fn accept(
    shape: &Value,
    body: &Value,
    stored: &Value,
    facts: &dyn Facts,
    strictness: Strictness,
) -> Result<Value, Refusal> {
    let Some(body) = body.as_object() else {
        return Err(Refusal::new(25008, "missing mandatory field: request body"));
    };
    let mut kept = stored.as_object().cloned().unwrap_or_default();
    for (member, shape) in shape_members(shape) {
        let Some(value) = body.get(member.write) else {
            if member.mark == Some('*') {
                let message = format!("missing mandatory field: {}", member.write);
                return Err(Refusal::new(25008, message));
            }
            continue;
        };
        if member.mark == Some('!') {
            if strictness.refuse_read_only {
                let message = format!("field is read only: {}", member.write);
                return Err(Refusal::new(25008, message));
            }
            continue;
        }
        if value.is_null() {
            if member.mark == Some('~') {
                kept.insert(member.read.to_owned(), Value::Null);
            } else {
                kept.remove(member.read);
            }
            continue;
        }
        let before = kept.get(member.read).unwrap_or(&Value::Null);
        let value = taken(member, shape, value, before, facts, strictness)?;
        kept.insert(member.read.to_owned(), value);
    }
    Ok(Value::Object(kept))
}

fn taken(
    member: Member<'_>,
    shape: &Value,
    value: &Value,
    before: &Value,
    facts: &dyn Facts,
    strictness: Strictness,
) -> Result<Value, Refusal> {
    let name = member.write;
    match (shape, value) {
        (Value::Object(_), Value::Object(_)) => accept(shape, value, before, facts, strictness),
        (Value::Array(items), Value::Array(values)) => {
            taken_list(member, items, values, before, facts, strictness)
        }
        (Value::Bool(_), Value::Bool(_)) => Ok(value.clone()),
        // some clients write switches as text
        (Value::Bool(_), Value::String(text)) if text == "true" || text == "false" => {
            Ok(Value::from(text == "true"))
        }
        (Value::Number(_), Value::Number(number)) => {
            let rings = matches!(name, "numberOfRings" | "nextAssistantNumberOfRings");
            let fits = number.as_i64().is_some_and(|count| {
                (0..1_000_000).contains(&count) && (!rings || (2..=20).contains(&count))
            });
            if fits {
                Ok(value.clone())
            } else {
                Err(Refusal::new(
                    25110,
                    format!("{name} out of range: {number}"),
                ))
            }
        }
        (Value::String(shape), Value::String(text)) => {
            if let Some(style) = shape.strip_prefix('$').filter(|style| is_link(style)) {
                linked(style, name, text, facts)?;
            }
            if !shape.starts_with('$')
                && shape.contains('|')
                && !shape.split('|').any(|word| word == text)
            {
                let message = format!("invalid value for {name}: {text}");
                return Err(Refusal::new(25008, message));
            }
            Ok(value.clone())
        }
        // what is a fact until it is written has the type of the fact
        (Value::String(fact), Value::Bool(_))
            if fact
                .strip_prefix('$')
                .is_some_and(|fact| is_switch(fact, facts)) =>
        {
            Ok(value.clone())
        }
        _ => Err(Refusal::new(25008, format!("invalid type of {name}"))),
    }
}

fn is_switch(fact: &str, facts: &dyn Facts) -> bool {
    facts.fact(fact).is_some_and(|fact| fact.is_boolean())
}

fn linked(style: &str, name: &str, id: &str, facts: &dyn Facts) -> Result<(), Refusal> {
    match facts.link(style, id) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(4003, format!("{name}: not found: {id}"))),
    }
}

fn taken_list(
    member: Member<'_>,
    items: &[Value],
    values: &[Value],
    before: &Value,
    facts: &dyn Facts,
    strictness: Strictness,
) -> Result<Value, Refusal> {
    let name = member.write;
    let Some(shape) = items.first() else {
        return Ok(Value::from(values));
    };
    if let Some(key) = member.key {
        return keyed_list(key, items, values, before, facts, strictness);
    }
    let mut kept = Vec::new();
    for value in values {
        let item = match (shape, value) {
            (Value::Object(_), Value::Object(_)) => {
                let item = accept(shape, value, &Value::Null, facts, strictness)?;
                if let Some((member, style)) = link_member(shape) {
                    let id = item[member.read].as_str().unwrap_or_default();
                    linked(style, name, id, facts)?;
                }
                item
            }
            (Value::String(style), Value::String(id)) if style.starts_with('$') => {
                linked(style.trim_start_matches('$'), name, id, facts)?;
                value.clone()
            }
            // newer clients name others by objects with a type
            (Value::String(style), Value::Object(_)) if style.starts_with('$') => {
                let id = value["id"].as_str().unwrap_or_default();
                linked(style.trim_start_matches('$'), name, id, facts)?;
                Value::from(id)
            }
            (Value::String(_), Value::String(_)) => value.clone(),
            _ => return Err(Refusal::new(25008, format!("invalid type of {name}"))),
        };
        kept.push(item);
    }
    Ok(Value::Array(kept))
}

/// A list whose items are known by a member: those that the body has replace theirs, the others stay.
fn keyed_list(
    key: &str,
    items: &[Value],
    values: &[Value],
    before: &Value,
    facts: &dyn Facts,
    strictness: Strictness,
) -> Result<Value, Refusal> {
    let mut kept = before.as_array().cloned().unwrap_or_default();
    for value in values {
        let Some(shape) = items.iter().find(|item| item[key] == value[key]) else {
            let message = format!("invalid value for {key}: {}", value[key]);
            return Err(Refusal::new(25008, message));
        };
        let place = kept.iter().position(|kept| kept[key] == value[key]);
        let before = place.map_or(Value::Null, |place| kept.swap_remove(place));
        kept.push(accept(shape, value, &before, facts, strictness)?);
    }
    Ok(Value::Array(kept))
}

/// What a whole setting must hold: where something is switched on, the number that it goes to is there.
///
/// # Errors
/// Names the member that lacks its destination.
pub fn consistent(shape: &Value, told: &Value) -> Result<(), Refusal> {
    const PAIRS: &[(&str, &str)] = &[
        ("enabled", "destination"),
        ("transferEnabled", "destination"),
        ("transferEnabled", "transferNumber"),
    ];
    let Some(map) = told.as_object() else {
        return Ok(());
    };
    let known = |name: &str| shape_members(shape).any(|(member, _)| member.read == name);
    for (switch, target) in PAIRS {
        let on = told[switch] == true && told["destinationVoicemailEnabled"] != true;
        let empty = told[target].as_str().is_none_or(str::is_empty);
        if on && known(switch) && known(target) && empty {
            let message = format!("missing mandatory field: {target}");
            return Err(Refusal::new(25008, message));
        }
    }
    for (member, shape) in shape_members(shape) {
        if let Some(value) = map.get(member.read).filter(|_| shape.is_object()) {
            consistent(shape, value)?;
        }
    }
    Ok(())
}
