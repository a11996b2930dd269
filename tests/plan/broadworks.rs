//! Plans of service providers: how planning grows with the number of subscribers.

use std::time::{Duration, Instant};

use crate::common::law;
use crate::common::organisation::Organisation;
use serde_json::{Map, Value, json};

/// A provider whose subscribers are in ten enterprises, a tenth of them with another package.
fn provider(subscribers: usize) -> Organisation {
    provider_with(subscribers, 10)
}

fn provider_with(subscribers: usize, enterprises: usize) -> Organisation {
    let home = |at: usize| format!("SP+{}", at % enterprises);
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
    let homes: Map<String, Value> = (0..enterprises)
        .map(|at| (home(at), json!({"template": "gold"})))
        .collect();
    let enterprises: Vec<Value> = (0..enterprises)
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

#[test]
fn planning_grows_with_the_enterprises_and_no_faster() {
    let (small, _) = shortest(&provider_with(1000, 250));
    let (large, _) = shortest(&provider_with(8000, 2000));
    assert!(large < small * 24, "{small:?} for 250, {large:?} for 2000");
}

/// A provider with one enterprise, whose synchronisation has made this many people.
fn synchronised(now: bool, wanted: bool, people: Option<u64>, agreed: Option<u64>) -> Organisation {
    let mut provider = provider(0);
    provider.config["broadworks"]["enterprises"] =
        json!({"SP+0": {"template": "gold", "enableDirSync": wanted}});
    provider.snapshot["broadworks"]["enterprises"] = json!([
        {"spEnterpriseId": "SP+0", "template": "gold", "provisioningId": "P", "enableDirSync": now,
         "directorySync": {"status": "COMPLETE", "users": people}}
    ]);
    if let Some(agreed) = agreed {
        provider.config["acknowledgements"] = json!([
            {"code": "broadworks-directory-sync-deletion", "subjects": ["SP+0"], "people": agreed, "reason": "C-17"}
        ]);
    }
    provider
}

#[test]
fn switching_synchronisation_is_a_change_of_its_value() {
    for (now, wanted) in [(true, false), (false, true)] {
        let plan = law::plan(&synchronised(now, wanted, Some(12), Some(12)), 0).unwrap();
        let field = &plan["changes"][0]["fields"][0];
        assert_eq!(field["path"], "enableDirSync");
        assert_eq!(field["action"], "change", "{field}");
        assert_eq!(
            (&field["before"], &field["after"]),
            (&json!(now), &json!(wanted))
        );
    }
}

#[test]
fn an_acknowledgement_covers_as_many_people_as_it_names() {
    let covered = |people, agreed| {
        let plan = law::plan(&synchronised(true, false, people, agreed), 0).unwrap();
        plan["changes"][0]["acknowledged"].clone()
    };
    assert_eq!(covered(Some(12), Some(12)), true);
    assert_eq!(covered(Some(11), Some(12)), true);
    assert_eq!(
        covered(Some(13), Some(12)),
        false,
        "more people than were acknowledged"
    );
    assert_eq!(covered(None, Some(12)), false, "nobody knows how many");
    assert_eq!(covered(Some(12), None), false);
    let plan = law::plan(&synchronised(true, false, Some(13), Some(12)), 0).unwrap();
    let findings = plan["findings"].as_array().unwrap().iter();
    let mut errors = findings.filter(|it| it["code"] == "broadworks-directory-sync-deletion");
    let error = errors.next().unwrap();
    let message = error["message"].as_str().unwrap();
    assert!(
        message.ends_with("the acknowledgement names 12"),
        "{message}"
    );
    assert_eq!(
        error["help"],
        "if this is intended, write `people: 13` there"
    );
}
