//! What a GET returns of a setting.

use serde_json::{Map, Value};

use super::{Facts, Member, is_link, link_member, shape_members};

/// What a GET returns: the defaults, overlaid with what was written.
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

/// An item of a list of objects; one that names a holder returns what is known of it.
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
