//! The notation of the table of settings: one value is at once the default, the type, and what may be written.
//!
//! A member's name may carry marks: `read<write` when a PUT calls the member by another name, `#key` for a list whose items
//! are known by that member, and at the end `!` (told, never written), `^` (written, never told), `?` (absent until written),
//! `~` (null until written), `*` (a PUT must have it). A value is the default: a text with bars is an enum whose first word is the default,
//! `$name` is a fact of the holder or, in a list, a link to another holder.
//!
//! Knows JSON alone: no holder, no request.

use serde_json::{Map, Value};

/// What the shapes ask of the holder of a setting.
pub trait Facts {
    /// A fact by name; `None` leaves the member out.
    fn fact(&self, name: &str) -> Option<Value>;
    /// What is told of another holder in a given style; `None` where there is no such holder, or it has no Calling.
    fn link(&self, style: &str, id: &str) -> Option<Value>;
}

/// Why a PUT or POST is refused: the platform's code and its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// As in webex-api.md section 1.7.
    pub code: u32,
    /// For people.
    pub message: String,
}

impl Refusal {
    /// With a message.
    pub fn new(code: u32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// A member's name in the table, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Member<'a> {
    read: &'a str,
    write: &'a str,
    key: Option<&'a str>,
    mark: Option<char>,
}

impl<'a> Member<'a> {
    fn parse(text: &'a str) -> Self {
        let (text, mark) = match text.strip_suffix(['!', '^', '?', '~', '*']) {
            Some(name) => (name, text.chars().last()),
            None => (text, None),
        };
        let (text, key) = match text.split_once('#') {
            Some((name, key)) => (name, Some(key)),
            None => (text, None),
        };
        let (read, write) = text.split_once('<').unwrap_or((text, text));
        Self {
            read,
            write,
            key,
            mark,
        }
    }
}

fn shape_members(shape: &Value) -> impl Iterator<Item = (Member<'_>, &Value)> {
    shape
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, shape)| (Member::parse(name), shape))
}

/// What a GET tells: the defaults, with what was written laid over them.
pub fn render(shape: &Value, stored: &Value, facts: &dyn Facts) -> Value {
    let mut told = Map::new();
    for (member, shape) in shape_members(shape) {
        let written = stored.get(member.read);
        let value = match (member.mark, written) {
            (Some('!'), _) => constant(shape, facts),
            (Some('^'), _) | (Some('?'), None) => None,
            (Some('~'), None) => Some(Value::Null),
            _ => value_of(member, shape, written, facts),
        };
        if let Some(value) = value {
            told.insert(member.read.to_owned(), value);
        }
    }
    Value::Object(told)
}

/// A member that is never written.
fn constant(shape: &Value, facts: &dyn Facts) -> Option<Value> {
    match shape.as_str().and_then(|text| text.strip_prefix('$')) {
        Some(name) => facts.fact(name),
        None => Some(shape.clone()),
    }
}

fn value_of(
    member: Member<'_>,
    shape: &Value,
    written: Option<&Value>,
    facts: &dyn Facts,
) -> Option<Value> {
    if written == Some(&Value::Null) {
        return Some(Value::Null);
    }
    match shape {
        Value::Object(_) => Some(render(shape, written.unwrap_or(&Value::Null), facts)),
        Value::Array(items) => Some(list(member, items, written, facts)),
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) if is_link(name) => {
                let linked = written.and_then(Value::as_str);
                let linked = linked.and_then(|id| facts.link(name, id));
                Some(linked.unwrap_or_else(|| Value::Object(Map::new())))
            }
            Some(name) => written.cloned().or_else(|| facts.fact(name)),
            None => Some(written.cloned().unwrap_or_else(|| default_text(text))),
        },
        _ => Some(written.unwrap_or(shape).clone()),
    }
}

/// Styles of links, as against facts of the holder itself.
fn is_link(name: &str) -> bool {
    matches!(
        name,
        "member" | "agent" | "monitored" | "assistant" | "executive" | "line" | "feature" | "moded"
    )
}

fn default_text(text: &str) -> Value {
    Value::from(text.split('|').next().unwrap_or_default())
}

fn list(member: Member<'_>, items: &[Value], written: Option<&Value>, facts: &dyn Facts) -> Value {
    let written = written.and_then(Value::as_array);
    if let Some(key) = member.key {
        let defaults = items.iter().map(|item| {
            let name = &item[key];
            let written = written
                .into_iter()
                .flatten()
                .find(|written| &written[key] == name);
            render(item, written.unwrap_or(&Value::Null), facts)
        });
        return defaults.collect();
    }
    let Some(shape) = items.first() else {
        return Value::Array(Vec::new());
    };
    let written = written.into_iter().flatten();
    match shape {
        Value::String(text) if text.starts_with('$') => written
            .filter_map(|id| facts.link(text.trim_start_matches('$'), id.as_str()?))
            .collect(),
        Value::Object(_) => written
            .filter_map(|item| linked_item(shape, item, facts))
            .collect(),
        _ => written.cloned().collect(),
    }
}

/// An item of a list of objects; one that names a holder tells what is known of it.
fn linked_item(shape: &Value, item: &Value, facts: &dyn Facts) -> Option<Value> {
    let Some((member, style)) = link_member(shape) else {
        return Some(render(shape, item, facts));
    };
    let told = facts.link(style, item[member.read].as_str()?)?;
    let mut rendered = render(shape, item, facts);
    if let (Some(rendered), Value::Object(told)) = (rendered.as_object_mut(), told) {
        rendered.remove(member.read);
        for (name, value) in told {
            rendered.entry(name).or_insert(value);
        }
    }
    Some(rendered)
}

fn link_member(shape: &Value) -> Option<(Member<'_>, &str)> {
    shape_members(shape).find_map(|(member, shape)| {
        let style = shape.as_str()?.strip_prefix('$')?;
        is_link(style).then_some((member, style))
    })
}

/// How strictly a body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strictness {
    /// Members that are only told are refused instead of passed over.
    pub refuse_read_only: bool,
}

/// Takes a PUT's or POST's body: what is stored afterwards.
///
/// Unknown members are passed over, as the service does. Lists are replaced, objects are merged, null takes back what was
/// written.
///
/// # Errors
/// A member that must be there and is not, a wrong type, a word that the enum lacks, a link to nobody.
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Ana;

    impl Facts for Ana {
        fn fact(&self, name: &str) -> Option<Value> {
            (name == "number").then(|| json!("+14085550132"))
        }
        fn link(&self, _: &str, id: &str) -> Option<Value> {
            (id == "bo").then(|| json!({"id": "bo", "displayName": "Bo Li"}))
        }
    }

    const LENIENT: Strictness = Strictness {
        refuse_read_only: false,
    };

    fn shape() -> Value {
        json!({
            "enabled": false, "mode": "ONE|TWO", "number!": "$number", "extension!": "$extension", "destination?": "",
            "profile~": "A|B", "parked<enableParked": true, "members": ["$member"],
            "lines": [{"id*": "$line", "port": 1}],
            "calls#type": [{"type": "IN", "action": "ALLOW|BLOCK"}, {"type": "OUT", "action": "BLOCK|ALLOW"}],
            "inner": {"rings": 3, "max!": 20}
        })
    }

    fn put(stored: &Value, body: Value) -> Result<Value, Refusal> {
        accept(&shape(), &body, stored, &Ana, LENIENT)
    }

    #[test]
    fn the_table_s_value_is_the_default() {
        let expected = json!({
            "enabled": false, "mode": "ONE", "number": "+14085550132", "profile": null, "parked": true, "members": [],
            "lines": [], "calls": [{"type": "IN", "action": "ALLOW"}, {"type": "OUT", "action": "BLOCK"}],
            "inner": {"rings": 3, "max": 20}
        });
        assert_eq!(render(&shape(), &Value::Null, &Ana), expected);
    }

    #[test]
    fn what_is_written_is_told_under_the_names_of_reading() {
        let body = json!({
            "mode": "TWO", "enableParked": false, "members": ["bo"], "lines": [{"id": "bo", "port": 2}],
            "calls": [{"type": "OUT", "action": "ALLOW"}], "inner": {"rings": 5, "max": 7}, "unheard": 1, "number": "x"
        });
        let stored = put(&Value::Null, body).unwrap();
        let told = render(&shape(), &stored, &Ana);
        assert_eq!(told["mode"], "TWO");
        assert_eq!(told["parked"], false);
        assert_eq!(
            told["members"],
            json!([{"id": "bo", "displayName": "Bo Li"}])
        );
        assert_eq!(
            told["lines"],
            json!([{"id": "bo", "displayName": "Bo Li", "port": 2}])
        );
        assert_eq!(told["calls"][0]["action"], "ALLOW");
        assert_eq!(told["calls"][1]["action"], "ALLOW");
        assert_eq!(told["inner"], json!({"rings": 5, "max": 20}));
        assert_eq!(told["number"], "+14085550132");
        let stored = put(&stored, json!({"mode": null, "inner": {}})).unwrap();
        let told = render(&shape(), &stored, &Ana);
        assert_eq!(
            (&told["mode"], &told["inner"]["rings"]),
            (&json!("ONE"), &json!(5))
        );
    }

    #[test]
    fn a_body_that_does_not_fit_is_refused() {
        for body in [
            json!({"enabled": "yes"}),
            json!({"mode": "THREE"}),
            json!({"members": ["nobody"]}),
            json!({"lines": [{"port": 1}]}),
            json!({"calls": [{"type": "UP"}]}),
            json!([]),
        ] {
            assert!(put(&Value::Null, body.clone()).is_err(), "{body}");
        }
        let strict = Strictness {
            refuse_read_only: true,
        };
        let body = json!({"number": "1"});
        assert!(accept(&shape(), &body, &Value::Null, &Ana, strict).is_err());
    }

    #[test]
    fn what_is_on_needs_its_destination() {
        let with = |body: Value| {
            let stored = put(&Value::Null, body).unwrap();
            consistent(&shape(), &render(&shape(), &stored, &Ana))
        };
        assert!(with(json!({"enabled": true})).is_err());
        assert!(with(json!({"enabled": true, "destination": "4100"})).is_ok());
        assert!(with(json!({"enabled": false})).is_ok());
    }
}
