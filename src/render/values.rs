//! What a field's values look like to a reader: licences, moves, lists, names.
//!
//! Owns the words for values, and how long ones are cut. Must not know layout, colours, or what a kind's fields mean.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::style::escape;
use crate::change::{ChangeAction, Field, FieldAction};

/// Where a value is cut, in characters, unless everything is asked for.
const CUT: usize = 72;

/// The path prefix of a group's members, each a separate field.
pub(super) const MEMBERS: &str = "members/";

/// The path prefix of settings from a backup.
pub(super) const SETTINGS: &str = "settings/";

/// What happens to a field, for its description.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changed<'p> {
    pub(super) path: &'p str,
    pub(super) action: FieldAction,
    pub(super) before: &'p Value,
    pub(super) after: &'p Value,
}

impl<'p> From<&'p Field> for Changed<'p> {
    fn from(field: &'p Field) -> Changed<'p> {
        Changed {
            path: &field.path,
            action: field.action,
            before: &field.before,
            after: &field.after,
        }
    }
}

/// A value in words, whole.
pub(super) fn whole(value: &Value) -> String {
    self::value(value, usize::MAX)
}

/// What happens to a field, in words: `Sub-2021 -> Sub-2024 (nothing lost)`.
pub(super) fn describe(field: Changed<'_>, action: ChangeAction, full: bool) -> String {
    let limit = if full { usize::MAX } else { CUT };
    match field.action {
        FieldAction::Remove if action == ChangeAction::Delete && field.path == "state" => {
            "deleted".to_owned()
        }
        FieldAction::Add if field.path.starts_with(MEMBERS) => "added".to_owned(),
        FieldAction::Remove if field.path.starts_with(MEMBERS) => "removed".to_owned(),
        // A setting can be large; all of it is in the JSON form and in full detail.
        FieldAction::Add if field.path.starts_with(SETTINGS) && !full => {
            "as in the backup".to_owned()
        }
        FieldAction::Add => value(field.after, limit),
        FieldAction::Remove => value(field.before, limit),
        FieldAction::Change => pair(field.before, field.after, limit),
        FieldAction::Move => match (subscription(field.before), subscription(field.after)) {
            (Some(from), Some(to)) => format!("{} -> {} (nothing lost)", escape(from), escape(to)),
            _ => format!("{} (nothing lost)", pair(field.before, field.after, limit)),
        },
    }
}

/// The first names and how many more there are: `ana@acme.com, bob@acme.com, and 10 more`.
pub(super) fn some_of<'a>(names: impl ExactSizeIterator<Item = &'a str>, show: usize) -> String {
    let more = names.len().saturating_sub(show);
    let mut text = String::new();
    for (at, name) in names.take(show).enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(&escape(name));
    }
    if more > 0 {
        // Writing to a String cannot fail.
        let _ = write!(text, ", and {more} more");
    }
    text
}

fn pair(before: &Value, after: &Value, limit: usize) -> String {
    match (before, after) {
        (Value::Object(from), Value::Object(to)) if is_license(from) && is_license(to) => {
            if text_of(from, "subscription").is_some()
                && text_of(from, "subscription") == text_of(to, "subscription")
            {
                format!(
                    "{} -> {}",
                    cut(&license(from, false), limit),
                    value(after, limit)
                )
            } else {
                format!("{} -> {}", value(before, limit), value(after, limit))
            }
        }
        (Value::Object(from), Value::Object(to)) => {
            let mut parts: Vec<(&String, String)> = to
                .iter()
                .filter(|(key, new)| from.get(*key) != Some(new))
                .map(|(key, new)| (key, pair(from.get(key).unwrap_or(&Value::Null), new, limit)))
                .chain(
                    from.iter()
                        .filter(|(key, _)| !to.contains_key(*key))
                        .map(|(key, old)| (key, pair(old, &Value::Null, limit))),
                )
                .collect();
            parts.sort();
            join(
                parts
                    .iter()
                    .map(|(key, text)| format!("{}: {text}", escape(key))),
                usize::MAX,
            )
        }
        _ => format!("{} -> {}", value(before, limit), value(after, limit)),
    }
}

fn value(value: &Value, limit: usize) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => cut(&escape(text), limit),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => join(items.iter().map(|item| self::value(item, limit)), limit),
        Value::Object(map) if is_license(map) => cut(&license(map, true), limit),
        Value::Object(map) if map.is_empty() => "none".to_owned(),
        Value::Object(map) => join(
            map.iter()
                .map(|(key, item)| format!("{}: {}", escape(key), self::value(item, limit))),
            limit,
        ),
    }
}

fn is_license(map: &Map<String, Value>) -> bool {
    map.contains_key("license")
}

fn license(map: &Map<String, Value>, with_subscription: bool) -> String {
    let role = text_of(map, "role");
    let Some(name) = text_of(map, "license") else {
        return match role {
            Some(role) => format!("{} account", escape(role)),
            None => "none".to_owned(),
        };
    };
    let mut text = escape(name).into_owned();
    if let Some(subscription) = text_of(map, "subscription").filter(|_| with_subscription) {
        let _ = write!(text, " ({})", escape(subscription));
    }
    if let Some(role) = role {
        let _ = write!(text, ", {}", escape(role));
    }
    text
}

fn subscription(value: &Value) -> Option<&str> {
    value
        .as_object()
        .and_then(|map| text_of(map, "subscription"))
}

fn text_of<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    map.get(key).and_then(Value::as_str)
}

/// Joined by commas; what goes beyond the limit is counted.
fn join(items: impl Iterator<Item = String>, limit: usize) -> String {
    let items: Vec<String> = items.collect();
    let mut text = String::new();
    let mut length = 0;
    for (at, item) in items.iter().enumerate() {
        let added = item.chars().count() + 2;
        if at > 0 && length + added > limit {
            let _ = write!(text, ", and {} more", items.len() - at);
            break;
        }
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(item);
        length += added;
    }
    text
}

/// The first characters of a text, with `…` where more follow.
pub(super) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => {
            let end = text
                .char_indices()
                .nth(limit.saturating_sub(1))
                .map_or(0, |(at, _)| at);
            format!("{}…", &text[..end])
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn licences_are_said_in_words() {
        let held = json!({"license": "Webex Calling - Professional", "subscription": "Sub-2021"});
        assert_eq!(value(&held, CUT), "Webex Calling - Professional (Sub-2021)");
        let host =
            json!({"license": "Webex Meetings Suite", "subscription": "Sub-2021", "role": "host"});
        let attendee = json!({"license": null, "role": "attendee"});
        assert_eq!(
            pair(&attendee, &host, CUT),
            "attendee account -> Webex Meetings Suite (Sub-2021), host"
        );
        let standard = json!({"license": "Webex Calling - Standard", "subscription": "Sub-2021"});
        assert_eq!(
            pair(&standard, &held, CUT),
            "Webex Calling - Standard -> Webex Calling - Professional (Sub-2021)"
        );
        let free = json!({"license": "Webex Calling - Standard", "subscription": null});
        assert_eq!(
            pair(&free, &standard, CUT),
            "Webex Calling - Standard -> Webex Calling - Standard (Sub-2021)"
        );
    }

    #[test]
    fn other_values_are_said_plainly() {
        assert_eq!(
            pair(&json!(null), &json!("Ana\nSilva"), CUT),
            "none -> Ana\\u{a}Silva"
        );
        assert_eq!(pair(&json!(["a", "b"]), &json!([]), CUT), "a, b -> none");
        assert_eq!(
            value(&json!({"city": "Dallas", "state": "TX"}), CUT),
            "city: Dallas, state: TX"
        );
        assert_eq!(
            pair(
                &json!({"city": "Dallas", "old": 1, "state": "TX"}),
                &json!({"city": "Austin", "state": "TX", "zip": "1"}),
                CUT
            ),
            "city: Dallas -> Austin, old: 1 -> none, zip: none -> 1"
        );
        assert_eq!(value(&json!(""), CUT), "\"\"");
    }

    #[test]
    fn long_values_are_cut() {
        let long = "é".repeat(100);
        assert_eq!(value(&json!(long), CUT), format!("{}…", "é".repeat(71)));
        assert_eq!(value(&json!(long), usize::MAX), long);
        let many: Vec<String> = (0..30).map(|n| format!("role-{n}")).collect();
        assert_eq!(
            value(&json!(many), CUT),
            "role-0, role-1, role-2, role-3, role-4, role-5, role-6, role-7, role-8, and 21 more"
        );
        assert_eq!(some_of(["a", "b", "c"].into_iter(), 2), "a, b, and 1 more");
    }
}
