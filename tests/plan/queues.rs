//! Call queues: what keeps them out of a plan as a whole, and that no one else gets what the files give to one.

use crate::common::{Run, run, write};
use serde_json::{Value, json};

fn user(at: usize) -> Value {
    json!({"id": format!("p-{at}"), "email": format!("p{at}@acme.com"), "displayName": format!("P {at}"), "status": "active",
           "location": "Dallas", "extension": (5000 + at).to_string(), "licenses": ["L-1"]})
}

/// An organisation of so many people with Calling, and of one without.
fn observed(people: usize) -> Value {
    let mut users: Vec<Value> = (0..people).map(user).collect();
    users.push(
        json!({"id": "new", "email": "zoe@acme.com", "displayName": "Zoe", "status": "active",
                      "workPhone": "+12145550100", "licenses": []}),
    );
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2024-01-01", "status": "active"}],
        "licenses": [{"id": "L-1", "name": "Webex Calling - Professional", "subscriptionId": "Sub-1", "siteUrl": null,
                      "totalUnits": people + 5, "consumedUnits": people}],
        "sites": [], "workspaces": [], "devices": [], "groups": [], "features": [], "users": users,
        "numbers": [{"phoneNumber": "+12145550100", "location": "Dallas", "state": "active", "type": "did", "owner": null}],
        "locations": [{"id": "loc-1", "name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
                       "address": {"country": "US"}, "calling": {"mainNumber": null}}],
    })
}

fn plan(files: &str, snapshot: &Value) -> Run {
    let directory = tempfile::tempdir().unwrap();
    let files = format!("version: 1\norg: {{name: Acme, assignmentMode: group}}\n{files}");
    write(&directory.path().join("org.yaml"), files);
    write(
        &directory.path().join("snapshot.json"),
        snapshot.to_string(),
    );
    run(directory.path(), &["plan", "--format", "json"])
}

/// The values that fields of a path get, by address.
fn after(plan: &Value, path: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for change in plan["changes"].as_array().unwrap() {
        for field in change["fields"].as_array().unwrap() {
            if field["path"] == path {
                let address = change["address"].as_str().unwrap().to_owned();
                found.push((address, field["after"].clone()));
            }
        }
    }
    found
}

fn codes(plan: &Value) -> Vec<&str> {
    let findings = plan["findings"].as_array().unwrap().iter();
    findings.map(|it| it["code"].as_str().unwrap()).collect()
}

const SUPPORT: &str = "callQueues:
  Support: {location: Dallas, phoneNumber: \"+12145550100\", extension: \"1000\"}
users:
";

#[test]
fn what_a_queue_is_given_no_one_gets_by_auto_or_from_the_directory() {
    let auto = "  zoe@acme.com: {location: Dallas, extension: auto, licenses: {add: {calling: professional}}}\n";
    let plan_of = |zoe: &str| plan(&format!("{SUPPORT}{zoe}"), &observed(1)).json();
    let by_auto = plan_of(auto);
    let extensions = after(&by_auto, "extension");
    assert!(extensions.contains(&("callQueue/Support".to_owned(), json!("1000"))));
    assert!(extensions.contains(&("user/zoe@acme.com".to_owned(), json!("1001"))));
    let by_phone = plan_of("  zoe@acme.com: {licenses: {add: {calling: professional}}}\n");
    assert!(
        codes(&by_phone).contains(&"calling-number-in-use"),
        "{by_phone:#}"
    );
    assert_eq!(after(&by_phone, "licenses/calling"), []);
    let number = after(&by_phone, "phoneNumber");
    assert_eq!(
        number,
        [("callQueue/Support".to_owned(), json!("+12145550100"))]
    );
    let lowest = plan_of(&auto.replace("extension: auto", "phoneNumber: auto"));
    assert!(
        codes(&lowest).contains(&"location-no-free-number"),
        "{lowest:#}"
    );
}

#[test]
fn more_agents_than_webex_takes_are_refused_as_a_whole() {
    let queue = |agents: usize| {
        let agents: Vec<String> = (0..agents).map(|at| format!("p{at}@acme.com")).collect();
        let agents = agents.join(", ");
        format!(
            "callQueues:\n  All: {{location: Dallas, extension: \"1000\", agents: [{agents}]}}\n"
        )
    };
    let snapshot = observed(1001);
    let most = plan(&queue(1000), &snapshot).json();
    assert!(
        codes(&most)
            .iter()
            .all(|code| !code.starts_with("call-queue"))
    );
    let fields = most["changes"][0]["fields"].as_array().unwrap().len();
    assert_eq!(fields, 1002, "location, extension and agents");
    let more = plan(&queue(1001), &snapshot);
    assert!(codes(&more.json()).contains(&"call-queue-too-many-agents"));
    assert_eq!(
        more.json()["changes"][0]["fields"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(more.exit, 4);
}

#[test]
fn features_that_were_not_captured_are_not_taken_for_none() {
    let mut snapshot = observed(1);
    snapshot["features"] = Value::Null;
    let planned = plan(
        "callQueues: {Support: {location: Dallas, extension: \"1000\"}}\n",
        &snapshot,
    );
    assert_eq!(planned.exit, 7);
    let finding = &planned.json()["findings"][0];
    assert_eq!(finding["code"], "snapshot-section-missing");
    assert_eq!(finding["subject"], "callQueues");
    let without = plan("users: {p0@acme.com: {displayName: P}}\n", &snapshot);
    assert_eq!(without.exit, 0, "no queue is declared: {}", without.all());
}
