//! A validator for the part of JSON Schema that our schema uses. A keyword that it does not know fails the test.
//!
//! Small on purpose: the crate would be forty more to build. `tests/tools/schema_names.rs` has Python's validator agree with it.

use serde_json::{Map, Value};

/// What is wrong with a document, each with its JSON pointer; empty where it is valid.
pub fn errors(schema: &Value, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, document, "", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let keywords = match schema {
        Value::Bool(true) => return,
        Value::Bool(false) => return found.push(format!("{at}: not wanted")),
        Value::Object(keywords) => keywords,
        other => panic!("no schema: {other}"),
    };
    for (keyword, wanted) in keywords {
        let right = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" => true,
            "type" => is(wanted.as_str().unwrap(), value),
            "const" => wanted == value,
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => value
                .as_i64()
                .is_none_or(|it| it >= wanted.as_i64().unwrap()),
            "maximum" => value
                .as_i64()
                .is_none_or(|it| it <= wanted.as_i64().unwrap()),
            "pattern" => value
                .as_str()
                .is_none_or(|it| matches(wanted.as_str().unwrap(), it)),
            "required" => {
                let names = wanted.as_array().unwrap().iter();
                let mut names = names.map(|name| name.as_str().unwrap());
                value
                    .as_object()
                    .is_none_or(|it| names.all(|name| it.contains_key(name)))
            }
            "$ref" => {
                let target = root.pointer(wanted.as_str().unwrap().trim_start_matches('#'));
                check(root, target.unwrap(), value, at, found);
                true
            }
            "anyOf" => valid(root, wanted, value) > 0,
            "oneOf" => valid(root, wanted, value) == 1,
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, wanted, item, &format!("{at}/{index}"), found);
                }
                true
            }
            "properties" | "additionalProperties" => {
                if keyword == "properties" || !keywords.contains_key("properties") {
                    members(root, keywords, value, at, found);
                }
                true
            }
            unknown => panic!("the keyword {unknown} is not known here"),
        };
        if !right {
            found.push(format!("{at}: {keyword}"));
        }
    }
}

fn members(
    root: &Value,
    keywords: &Map<String, Value>,
    value: &Value,
    at: &str,
    found: &mut Vec<String>,
) {
    let named = keywords.get("properties");
    let other = keywords
        .get("additionalProperties")
        .unwrap_or(&Value::Bool(true));
    for (name, member) in value.as_object().into_iter().flatten() {
        let schema = named.and_then(|named| named.get(name)).unwrap_or(other);
        check(root, schema, member, &format!("{at}/{name}"), found);
    }
}

fn valid(root: &Value, schemas: &Value, value: &Value) -> usize {
    let schemas = schemas.as_array().unwrap().iter();
    let fits = |schema: &&Value| {
        let mut found = Vec::new();
        check(root, schema, value, "", &mut found);
        found.is_empty()
    };
    schemas.filter(fits).count()
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        unknown => panic!("the type {unknown} is not known here"),
    }
}

/// The patterns of our schema; there is no crate for others.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern {
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => {
            let shape: String = text
                .chars()
                .map(|c| if c.is_ascii_digit() { '0' } else { c })
                .collect();
            shape == "0000-00-00"
        }
        "^(meetings|other)/.+$" => {
            let rest = text
                .strip_prefix("meetings/")
                .or_else(|| text.strip_prefix("other/"));
            rest.is_some_and(|rest| !rest.is_empty())
        }
        "^(env/[A-Za-z_][A-Za-z0-9_]*|file/[A-Za-z0-9/._-]*[A-Za-z0-9._-])$" => {
            let name = |it: char| it.is_ascii_alphanumeric() || it == '_';
            let variable = text.strip_prefix("env/").is_some_and(|it| {
                !it.is_empty()
                    && it.chars().all(name)
                    && !it.starts_with(|it: char| it.is_ascii_digit())
            });
            let path = text.strip_prefix("file/").is_some_and(|it| {
                let part = |it: char| name(it) || "/.-".contains(it);
                !it.is_empty() && it.chars().all(part) && !it.ends_with('/')
            });
            variable || path
        }
        unknown => panic!("the pattern {unknown} is not known here"),
    }
}
