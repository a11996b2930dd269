//! Members that no document names, strewn over answers so that clients have to be tolerant. The same path and object get
//! the same ones each time.

use serde_json::{Value, json};

use super::ids::dice;

/// Strews members over an answer and the entries of its lists.
pub fn strew(path: &str, body: &mut Value) {
    let Some(object) = body.as_object_mut() else {
        return;
    };
    for entries in object.values_mut().filter_map(Value::as_array_mut) {
        for entry in entries {
            let id = entry["id"].as_str().unwrap_or_default().to_owned();
            add(&format!("{path} {id}"), entry);
        }
    }
    add(path, body);
}

fn add(seed: &str, object: &mut Value) {
    let Some(object) = object.as_object_mut() else {
        return;
    };
    let (name, value) = match dice(seed, 9) {
        0 => ("x_beta", json!({"rollout": [1, 2], "since": null})),
        1 => ("futureFlag", json!(true)),
        2 => ("provisioningHint", json!("NEW_ENUM_VALUE")),
        _ => return,
    };
    object.entry(name).or_insert(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_each_time_and_never_over_what_is_there() {
        let body = || json!({"items": (0..40).map(|id| json!({"id": id.to_string()})).collect::<Vec<_>>()});
        let (mut one, mut two) = (body(), body());
        strew("/people", &mut one);
        strew("/people", &mut two);
        assert_eq!(one, two);
        assert_ne!(one, body());
    }
}
