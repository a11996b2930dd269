//! Plans of service providers: how planning grows with the number of subscribers.

use std::time::{Duration, Instant};

use crate::common::law;
use crate::common::organisation::Organisation;
use serde_json::{Map, Value, json};

/// A provider whose subscribers are in ten enterprises, a tenth of them with another package.
fn provider(subscribers: usize) -> Organisation {
    let home = |at: usize| format!("SP+{}", at % 10);
    let (mut declared, mut seen) = (Map::new(), Vec::new());
    for at in 0..subscribers {
        let id = format!("{:06}@voice.example", at);
        let mut entry = json!({"enterprise": home(at), "email": format!("p{at}@customer.example"), "firstName": "A", "lastName": "B",
                               "package": "basic", "extension": format!("{:06}", at)});
        let mut row = entry.clone();
        row["userId"] = json!(id);
        row["status"] = json!("provisioned");
        if at % 10 == 0 {
            entry["package"] = json!("standard");
        }
        if at % 100 != 1 {
            seen.push(row);
        }
        declared.insert(id, entry);
    }
    let homes: Map<String, Value> = (0..10)
        .map(|at| (home(at), json!({"template": "gold"})))
        .collect();
    let enterprises: Vec<Value> = (0..10)
        .map(|at| json!({"spEnterpriseId": home(at), "template": "gold", "provisioningId": "P"}))
        .collect();
    Organisation {
        config: json!({
            "version": 1, "org": {"name": "Harbor", "id": "O", "assignmentMode": "group"},
            "broadworks": {"clusters": {"xsp": {}}, "customerTemplates": {"gold": {"cluster": "xsp"}}, "enterprises": homes,
                           "subscribers": declared}
        }),
        snapshot: json!({
            "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "O", "name": "Harbor"},
            "subscriptions": [], "licenses": [], "sites": [], "groups": [], "users": [],
            "broadworks": {"enterprises": enterprises, "subscribers": seen}
        }),
        baseline: None,
    }
}

/// The shortest of several times: what else the machine does only adds to it.
fn shortest(organisation: &Organisation) -> (Duration, Value) {
    let mut best = (Duration::MAX, Value::Null);
    for _ in 0..3 {
        let begun = Instant::now();
        let plan = law::plan(organisation, 0).unwrap();
        best = (best.0.min(begun.elapsed()), plan);
    }
    best
}

#[test]
fn planning_grows_with_the_subscribers_and_no_faster() {
    let (small, few) = shortest(&provider(1000));
    let (large, many) = shortest(&provider(8000));
    let changes = |plan: &Value| plan["changes"].as_array().unwrap().len();
    assert_eq!((changes(&few), changes(&many)), (110, 880));
    assert_eq!(
        many["operations"].as_array().unwrap().len(),
        880,
        "one request each"
    );
    // Eight times as many: what grows with the square would take sixty-four times as long.
    assert!(large < small * 24, "{small:?} for 1000, {large:?} for 8000");
}
