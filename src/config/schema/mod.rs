//! The JSON Schema of a document (draft 2020-12), made from the types, for editors.
//!
//! Owns its form, and where real names appear in it. Where the names come from is not known here.

mod names;

pub use names::{Kind, MOST, Names};

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::model::Document;

/// The schema with the names of one organisation, pretty printed, with a final newline.
///
/// # Errors
///
/// Only if the schema cannot be written as JSON.
pub fn text(names: &Names) -> Result<String, serde_json::Error> {
    let schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Document>();
    let mut schema = serde_json::to_value(schema)?;
    strip_null(&mut schema);
    names::put(names, &mut schema);
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}

/// schemars lets every optional field be null; our files leave such fields out instead. `Nullable` says `const: null`,
/// which stays.
fn strip_null(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
                if choices.len() == 1
                    && let Some(Value::Object(only)) = choices.pop()
                {
                    object.remove("anyOf");
                    only.into_iter().for_each(|(key, value)| {
                        object.entry(key).or_insert(value);
                    });
                }
            }
            object.remove("default");
            object.values_mut().for_each(strip_null);
        }
        Value::Array(list) => list.iter_mut().for_each(strip_null),
        _ => {}
    }
}
