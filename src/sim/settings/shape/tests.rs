//! Shapes of settings, by the values that they take and refuse.

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
