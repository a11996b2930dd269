//! Whether a JSON value fits a schema of an OpenAPI 3.0 document: types, required members, enums, nothing undocumented.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::{Body, members, resolve};

/// How deep a schema is followed; documents that refer to themselves end here.
const DEEPEST: usize = 24;

/// What does not fit, as `where: what`, with `[]` for any index. Empty when all fits.
///
/// What the document's own examples do wrong as well is left out: the document contradicts itself there.
pub fn problems(body: &Body<'_>, value: &Value) -> BTreeSet<String> {
    let mut found = check(body, value);
    if found.is_empty() {
        return found;
    }
    for example in &body.examples {
        let shown = check(body, example);
        let shown_members = paths(example);
        found.retain(|problem| {
            let undocumented = problem
                .strip_suffix(": undocumented")
                .is_some_and(|path| shown_members.contains(path));
            !shown.contains(problem) && !undocumented
        });
    }
    found
}

fn check(body: &Body<'_>, value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    fits(body.document, body.schema, value, "$", 0, &mut found);
    found
}

/// All members that a value has, as the problems name them.
fn paths(value: &Value) -> BTreeSet<String> {
    fn walk(value: &Value, path: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    let path = format!("{path}.{name}");
                    walk(value, &path, found);
                    found.insert(path);
                }
            }
            Value::Array(list) => {
                for value in list {
                    walk(value, &format!("{path}[]"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(value, "$", &mut found);
    found
}

fn fits(
    document: &Value,
    schema: &Value,
    value: &Value,
    path: &str,
    depth: usize,
    found: &mut BTreeSet<String>,
) {
    let schema = resolve(document, schema);
    if depth > DEEPEST || !schema.is_object() {
        return;
    }
    for word in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[word].as_array() {
            let tries: Vec<BTreeSet<String>> = choices
                .iter()
                .map(|choice| {
                    let mut tried = BTreeSet::new();
                    fits(document, choice, value, path, depth + 1, &mut tried);
                    tried
                })
                .collect();
            if let Some(best) = tries.into_iter().min_by_key(BTreeSet::len) {
                found.extend(best);
            }
            return;
        }
    }
    if value.is_null() {
        let listed = schema["enum"]
            .as_array()
            .is_some_and(|list| list.iter().any(|item| item.is_null() || item == "null"));
        if schema["nullable"] != true && !listed {
            found.insert(format!("{path}: null"));
        }
        return;
    }
    let object = Object::of(document, schema, depth);
    match (object.kind.as_str(), value) {
        ("object", Value::Object(map)) => {
            for name in &object.required {
                if !map.contains_key(name) {
                    found.insert(format!("{path}.{name}: missing"));
                }
            }
            for (name, value) in map {
                let path = format!("{path}.{name}");
                match object.properties.iter().find(|(known, _)| known == name) {
                    Some((_, schema)) => fits(document, schema, value, &path, depth + 1, found),
                    None if object.open => {}
                    None => {
                        found.insert(format!("{path}: undocumented"));
                    }
                }
            }
        }
        ("array", Value::Array(list)) => {
            let path = format!("{path}[]");
            for value in list {
                fits(document, &schema["items"], value, &path, depth + 1, found);
            }
        }
        ("string", Value::String(text)) => {
            let fits = schema["enum"]
                .as_array()
                .is_none_or(|list| list.iter().any(|item| item == text));
            if !fits {
                found.insert(format!("{path}: not in the enum: {text}"));
            }
        }
        ("number" | "integer", Value::Number(_)) | ("boolean", Value::Bool(_)) | ("", _) => {}
        (kind, _) => {
            found.insert(format!("{path}: not of type {kind}"));
        }
    }
}

/// An object's schema with what `allOf` adds to it.
#[derive(Default)]
struct Object<'a> {
    kind: String,
    properties: Vec<(&'a str, &'a Value)>,
    required: Vec<String>,
    /// Whether the schema says nothing of members, or allows any.
    open: bool,
}

impl<'a> Object<'a> {
    fn of(document: &'a Value, schema: &'a Value, depth: usize) -> Self {
        let mut object = Self {
            kind: schema["type"].as_str().unwrap_or_default().to_owned(),
            properties: members(&schema["properties"]).collect(),
            ..Self::default()
        };
        let required = schema["required"].as_array().into_iter().flatten();
        object.required = required
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let additional = &schema["additionalProperties"];
        object.open = additional.is_object() || additional == true;
        for part in schema["allOf"].as_array().into_iter().flatten() {
            if depth < DEEPEST {
                let part = Self::of(document, resolve(document, part), depth + 1);
                object.open |= part.open && part.properties.is_empty();
                object.properties.extend(part.properties);
                object.required.extend(part.required);
                if object.kind.is_empty() {
                    object.kind = part.kind;
                }
            }
        }
        if object.kind.is_empty() && !object.properties.is_empty() {
            object.kind = "object".to_owned();
        }
        object.open |= object.properties.is_empty();
        object
    }
}

pub mod tests {
    use super::*;
    use crate::common::needs::Test;
    use crate::tests;
    use serde_json::json;

    /// What is tested here, and what it needs.
    pub const TESTS: &[Test] = &tests![&[] => a_value_is_held_to_types_required_members_and_enums, what_the_example_does_wrong_is_allowed, all_of_is_one_object_and_one_of_is_the_nearest];

    fn of(schema: Value, examples: &[Value], value: Value) -> Vec<String> {
        let document = json!({"components": {"schemas": {"Named": {
            "type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]
        }}}});
        let body = Body {
            document: &document,
            schema: &schema,
            examples: examples.iter().collect(),
        };
        problems(&body, &value).into_iter().collect()
    }

    fn a_value_is_held_to_types_required_members_and_enums() {
        let schema = json!({"type": "object", "required": ["id"], "properties": {
            "id": {"type": "string"}, "kind": {"type": "string", "enum": ["a", "b"]},
            "list": {"type": "array", "items": {"$ref": "#/components/schemas/Named"}}
        }});
        let good = json!({"id": "1", "kind": "a", "list": [{"name": "x"}]});
        assert_eq!(of(schema.clone(), &[], good), Vec::<String>::new());
        let bad = json!({"kind": "c", "list": [{"name": 1}, {}], "more": true});
        let expected = [
            "$.id: missing",
            "$.kind: not in the enum: c",
            "$.list[].name: missing",
            "$.list[].name: not of type string",
            "$.more: undocumented",
        ];
        assert_eq!(of(schema, &[], bad), expected);
    }

    fn what_the_example_does_wrong_is_allowed() {
        let schema =
            json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}});
        let example = json!({"number": 1});
        assert_eq!(
            of(schema, &[example], json!({"number": 2})),
            Vec::<String>::new()
        );
    }

    fn all_of_is_one_object_and_one_of_is_the_nearest() {
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/Named"},
            {"type": "object", "properties": {"age": {"oneOf": [{"type": "string"}, {"type": "number"}]}}}
        ]});
        assert_eq!(
            of(schema.clone(), &[], json!({"name": "x", "age": 3})),
            Vec::<String>::new()
        );
        assert_eq!(
            of(schema, &[], json!({"age": true})),
            ["$.age: not of type string", "$.name: missing"]
        );
    }
}
