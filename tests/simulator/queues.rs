//! Call queues: made, changed, refused, deleted.

use serde_json::{Value, json};
use trunkline::sim::{Options, Simulator};

use crate::client::{direct, get, number, saved, send, small};

const LISTED: &str = "/telephony/config/queues";

/// The organisation, without any feature so far.
fn organisation() -> Simulator {
    let mut file = small();
    file["features"] = json!([]);
    Simulator::new(file, &Options::default())
}

/// The id of a location with Calling, and those of two people with Calling and of one without.
fn ids(simulator: &Simulator) -> (String, [String; 3]) {
    let id = |list: &Value| list["items"][0]["id"].as_str().unwrap().to_owned();
    let person = |name: &str| id(&get(simulator, &format!("/people?email={name}@acme.com")));
    let location = id(&get(simulator, "/locations?name=Austin"));
    (location, [person("ana"), person("bob"), person("eve")])
}

fn body(name: &str, agents: &[&String]) -> Value {
    let agents: Vec<Value> = agents.iter().map(|id| json!({"id": id})).collect();
    json!({
        "name": name, "extension": "7700",
        "callPolicies": {"routingType": "PRIORITY_BASED", "policy": "CIRCULAR",
            "callBounce": {"callBounceEnabled": true}, "distinctiveRing": {"enabled": true}},
        "queueSettings": {"queueSize": 10, "overflow": {"action": "PERFORM_BUSY_TREATMENT", "greeting": "DEFAULT"}},
        "agents": agents,
    })
}

#[test]
fn a_queue_is_made_changed_and_deleted() {
    let simulator = organisation();
    let (location, [ana, bob, _]) = ids(&simulator);
    let queues = format!("/telephony/config/locations/{location}/queues");
    let made = send(&simulator, "POST", &queues, body("Story", &[&ana]));
    assert_eq!(made.status, 201, "{}", made.body);
    let one = format!("{queues}/{}", made.body["id"].as_str().unwrap());
    let shown = get(&simulator, &one);
    assert_eq!(shown["agents"][0]["id"], ana.as_str());
    assert_eq!(shown["queueSettings"]["queueSize"], 10);
    assert_eq!(get(&simulator, LISTED)["queues"][0]["extension"], "7700");

    let change = json!({"queueSettings": {"queueSize": 25}, "agents": [{"id": ana, "weight": "40"}, {"id": bob}]});
    assert_eq!(send(&simulator, "PUT", &one, change).status, 204);
    let shown = get(&simulator, &one);
    assert_eq!(shown["name"], "Story", "what a PUT omits stays");
    assert_eq!(shown["agents"].as_array().unwrap().len(), 2);
    assert_eq!(shown["agents"][0]["weight"], "40");
    assert_eq!(
        saved(&simulator, "features", "name", "Story")["extension"],
        "7700"
    );

    assert_eq!(send(&simulator, "DELETE", &one, Value::Null).status, 204);
    assert_eq!(send(&simulator, "GET", &one, Value::Null).status, 404);
    assert_eq!(saved(&simulator, "features", "name", "Story"), Value::Null);
}

#[test]
fn what_documents_require_is_required() {
    let simulator = organisation();
    let (location, [ana, _, dan]) = ids(&simulator);
    let queues = format!("/telephony/config/locations/{location}/queues");
    let refused = |body: Value| send(&simulator, "POST", &queues, body);
    for path in [
        "name",
        "callPolicies",
        "queueSettings",
        "agents",
        "extension",
    ] {
        let mut body = body("Story", &[&ana]);
        body.as_object_mut().unwrap().remove(path);
        assert_eq!(refused(body).status, 400, "without {path}");
    }
    let without = refused(body("Story", &[&dan]));
    assert_eq!(
        without.status, 400,
        "an agent without Calling: {}",
        without.body
    );
    assert_eq!(refused(body("Story", &[&"nobody".to_owned()])).status, 400);
    assert_eq!(refused(body("Story", &[&ana, &ana])).status, 400);
    let mut taken = body("Story", &[]);
    taken["extension"] = json!(small()["users"][0]["extension"]);
    assert_eq!(refused(taken).status, 400, "the extension of a person");
    let mut unknown = body("Story", &[]);
    unknown["phoneNumber"] = json!("+19995550100");
    assert_eq!(refused(unknown).status, 400, "a number that is not there");

    assert_eq!(refused(body("Story", &[])).status, 201);
    let mut second = body("Story", &[]);
    second["extension"] = json!("7701");
    assert_eq!(refused(second).status, 409, "the name is in use");
    let id = get(&simulator, LISTED)["queues"][0]["id"].clone();
    let one = format!("{queues}/{}", id.as_str().unwrap());
    let change = json!({"name": "Tale"});
    assert_eq!(
        send(&simulator, "PUT", &one, change).status,
        400,
        "no queueSettings"
    );
    let read_only =
        json!({"queueSettings": {"queueSize": 1, "overflow": {"isTransferNumberSet": true}}});
    assert_eq!(send(&simulator, "PUT", &one, read_only).status, 400);
}

#[test]
fn what_is_open_is_a_switch() {
    let simulator = organisation();
    let (location, [ana, bob, _]) = ids(&simulator);
    let queues = format!("/telephony/config/locations/{location}/queues");
    direct(&simulator, json!({"switches": {"queueAgents": 1}}));
    let two = send(&simulator, "POST", &queues, body("Story", &[&ana, &bob]));
    assert_eq!(two.status, 400, "more agents than Webex takes");
    let made = send(&simulator, "POST", &queues, body("Story", &[&ana]));
    let one = format!("{queues}/{}", made.body["id"].as_str().unwrap());

    direct(
        &simulator,
        json!({"switches": {"queuePutDropsOmitted": true}}),
    );
    let change = json!({"queueSettings": {"queueSize": 25}, "extension": "7700"});
    assert_eq!(send(&simulator, "PUT", &one, change).status, 204);
    let shown = get(&simulator, &one);
    assert_eq!(shown["agents"], json!([]), "agents were omitted");
}

#[test]
fn a_number_has_one_owner() {
    let simulator = organisation();
    let free = "+12145550103";
    let (location, [ana, ..]) = ids(&simulator);
    let queues = format!("/telephony/config/locations/{location}/queues");
    let mut story = body("Story", &[&ana]);
    story["phoneNumber"] = json!(free);
    assert_eq!(send(&simulator, "POST", &queues, story).status, 201);
    assert_eq!(
        number(&simulator, free)["owner"],
        json!({"kind": "callQueue", "key": "Story"})
    );
    let mut second = body("Tale", &[&ana]);
    (second["phoneNumber"], second["extension"]) = (json!(free), json!("7701"));
    assert_eq!(send(&simulator, "POST", &queues, second).status, 400);
    let id = get(&simulator, LISTED)["queues"][0]["id"].clone();
    let one = format!("{queues}/{}", id.as_str().unwrap());
    assert_eq!(send(&simulator, "DELETE", &one, Value::Null).status, 204);
    assert_eq!(number(&simulator, free)["owner"], Value::Null);
}
