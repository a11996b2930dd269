//! The wording of what is wrong with a node.
//!
//! Owns the messages and helps. Must not know how the problems are found.

use super::nullable::NULLABLE_VALUE;
use super::scalar::{Plain, looks_like_a_switch, resolve};
use super::synonyms;
use super::tree::{Kind, Node};
use crate::finding::{NEAR, nearest};
use crate::phone::e164;

/// Source text for a message: on one line, and not too long.
pub fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == MOST {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// What a node is, as in "found …".
pub(super) fn found(node: Node<'_>) -> String {
    let Some(text) = node.text() else {
        return match node.kind() {
            Kind::Map { .. } => "a mapping".to_owned(),
            _ => "a list".to_owned(),
        };
    };
    if !node.is_plain() {
        return format!("the quoted text `{}`", shown(&text));
    }
    match resolve(&text) {
        Plain::Null if text.is_empty() => "nothing".to_owned(),
        Plain::Null => format!("`{text}`"),
        Plain::Bool(_) => format!("`{text}`"),
        Plain::Unsigned(_) | Plain::Signed(_) | Plain::Float(_) => {
            format!("the number `{}`", shown(&text))
        }
        Plain::Text => format!("text `{}`", shown(&text)),
    }
}

/// What serde calls the expected type, in the words of YAML.
pub(super) fn expected(serde: &str) -> String {
    let words = match serde {
        "a string" | "str" | "string" | "a borrowed string" => "text",
        "a character" => "one character",
        "a boolean" | "bool" => "true or false",
        "a map" => "a mapping",
        "a sequence" => "a list",
        "unit" => "nothing",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "u128" | "usize" => "a whole number, 0 or more",
        "i8" => "a whole number from -128 to 127",
        "i16" => "a whole number from -32768 to 32767",
        "i32" | "i64" | "i128" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "field identifier" => "the name of a field",
        "variant identifier" => "one of the allowed words",
        other if other.starts_with("struct ") => "a mapping",
        other if other.starts_with("enum ") => "one of the allowed words",
        other if other.starts_with("a tuple") || other.starts_with("tuple ") => "a list",
        other => other,
    };
    words.to_owned()
}

/// What to write instead of a node that has the wrong type and is the value of `key`.
pub(super) fn fix(
    node: Node<'_>,
    key: Option<Node<'_>>,
    expected: &str,
    fields: &[&str],
) -> Option<String> {
    let Some(text) = node.text() else {
        return reshape(node, expected, fields);
    };
    match (node.is_plain(), resolve(&text)) {
        (_, Plain::Text) if expected == "true or false" && looks_like_a_switch(&text) => {
            Some("write true or false".to_owned())
        }
        (_, Plain::Text | Plain::Unsigned(_) | Plain::Signed(_)) if expected == "a list" => {
            let quote = if node.is_plain() { "" } else { "\"" };
            let item = shown(&text);
            Some(format!(
                "write a list, even of one: `[{quote}{item}{quote}]`"
            ))
        }
        (_, it) if expected == "a mapping" && it != Plain::Null => {
            let named = || Some(format!("write `NAME: {}`, with a name", shown(&text)));
            let key = key.and_then(Node::text);
            fields_below(&text, key.as_deref(), fields).or_else(named)
        }
        (true, Plain::Text) if expected.contains("number") && text.ends_with('%') => {
            let number = text.trim_end_matches('%').trim_end();
            matches!(resolve(number), Plain::Unsigned(_))
                .then(|| format!("write {number}, without the sign"))
        }
        (_, Plain::Text) => None,
        (true, Plain::Null) => Some(nothing(&text, expected, fields)),
        (true, Plain::Unsigned(_))
            if expected.contains("text") && is_number_without_plus(&text) =>
        {
            Some(format!(
                "write \"+{text}\" if it is a phone number, and \"{text}\" if not"
            ))
        }
        // Where any text would do, quotes make it one.
        (true, _) if expected.contains("text") && !text.is_empty() => {
            Some(format!("write \"{}\"", shown(&text)))
        }
        (true, Plain::Bool(_)) if expected.starts_with("a word such as `") => {
            let word = expected.split('`').nth(1)?;
            Some(format!("write which one, such as `{word}`"))
        }
        (true, _) if expected == "true or false" => Some("write true or false".to_owned()),
        (true, _) => None,
        (false, Plain::Bool(_)) if expected == "true or false" => {
            Some(format!("write {text} without quotes"))
        }
        (false, Plain::Unsigned(_) | Plain::Signed(_))
            if expected.starts_with("a whole number") || expected == "a number" =>
        {
            without_quotes(&text)
        }
        (false, Plain::Float(_)) if expected == "a number" => without_quotes(&text),
        (false, _) => None,
    }
}

fn without_quotes(text: &str) -> Option<String> {
    Some(format!("write {} without quotes", shown(text)))
}

/// What to write where a value is due, and there is nothing or a word for nothing.
fn nothing(text: &str, expected: &str, fields: &[&str]) -> String {
    let written = match expected {
        "a list" => "write `[]` for an empty list, or remove the key",
        "a mapping" if !fields.is_empty() => {
            "indent its fields below it, write `{}` for an empty mapping, or remove the key"
        }
        "a mapping" => "write `{}` for an empty mapping, or remove the key",
        // Who writes it hardly ever means the word.
        _ if expected.contains("text") && !text.is_empty() => {
            let text = shown(text);
            return format!("remove the key, or write a value; \"{text}\" in quotes is the word");
        }
        NULLABLE_VALUE => {
            "write a value, or `null` to take away what is there; without the key, it stays"
        }
        _ => "write a value, or remove the key",
    };
    written.to_owned()
}

/// Whether a number of YAML is probably a phone number: a country code, and more than an extension has.
fn is_number_without_plus(text: &str) -> bool {
    const SHORTEST: usize = 10;
    text.len() >= SHORTEST && e164(&format!("+{text}")).is_some()
}

/// What to write instead of a mapping or a list where the other is due.
fn reshape(node: Node<'_>, expected: &str, fields: &[&str]) -> Option<String> {
    match (node.kind(), expected) {
        (Kind::Map { .. }, "a list") => {
            Some("write a list: each entry on a line of its own that begins with `- `".to_owned())
        }
        (Kind::List { .. }, "a mapping") => {
            let first = node.children().next().and_then(|item| item.text());
            mapping(fields).or_else(|| {
                let first = first.as_deref().map_or("name".into(), shown);
                Some(format!(
                    "write `{first}: …` on a line of its own, without `- `"
                ))
            })
        }
        (Kind::List { .. }, "text") => Some("write one value, not a list".to_owned()),
        (Kind::Map { .. }, "text") => Some(
            "write one value, not a mapping; put quotes around text that begins with `{`"
                .to_owned(),
        ),
        _ => None,
    }
}

/// How fields are written where there is only a text.
fn fields_below(text: &str, key: Option<&str>, fields: &[&str]) -> Option<String> {
    let first = fields.first()?;
    if let Some((name, value)) = text.split_once(':')
        && fields.contains(&name)
    {
        let value = shown(value);
        return Some(format!(
            "write `{name}: {value}`, with a space after the colon"
        ));
    }
    let Some(key) = key else {
        return mapping(fields);
    };
    if fields.contains(&key) {
        return Some(format!(
            "`{key}` is a field of the entries here: indent it under the entry that it belongs to"
        ));
    }
    Some(format!(
        "write fields indented below it, such as `{first}: …`. Known fields: {}",
        fields.join(", ")
    ))
}

/// How a mapping with these fields is written.
fn mapping(fields: &[&str]) -> Option<String> {
    let first = fields.first()?;
    Some(format!(
        "write `{first}: …`. Known fields: {}",
        fields.join(", ")
    ))
}

/// The names that are known, with the nearest to the wrong one in front.
pub(super) fn choices(wrong: &str, known: &[&str], what: &str) -> String {
    if known.is_empty() {
        return format!("there are no {what}");
    }
    let list = format!("{what}: {}", known.join(", "));
    match meant(wrong, known) {
        Some(meant) => format!("Did you mean `{meant}`? {list}"),
        None => list,
    }
}

/// The known name that is meant by a wrong one, if one is near.
pub fn meant<'k>(wrong: &str, known: &[&'k str]) -> Option<&'k str> {
    // The search for the nearest is quadratic in the length.
    const LONGEST: usize = 200;
    if wrong.len() > LONGEST {
        return None;
    }
    synonyms::meant(wrong, known).or_else(|| nearest(wrong, known.iter().copied(), NEAR))
}
