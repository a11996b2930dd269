//! Call queues as they are applied: what the files do not say stays, what another has changed is not overwritten, and who gets
//! Calling first joins later.

use std::path::Path;
use std::sync::Arc;

use crate::common::live::{How, World, apply, client, direct, put, verdict};
use crate::common::{copy, root, write};
use serde_json::{Value, json};
use trunkline::apply::{Report, Verdict};
use trunkline::sim::Simulator;
use trunkline::webex::Reader;

const SUPPORT: &str = "/telephony/config/locations/loc-1/queues/q-support";

/// The golden case of call queues.
fn world(directory: &Path) -> World {
    let case = root().join("tests/golden/call-queues");
    copy(&case.join("org"), directory);
    write(
        &directory.join("snapshot.json"),
        std::fs::read(case.join("snapshot.json")).unwrap(),
    );
    World::of(directory)
}

fn applied(world: &World, before: impl FnOnce(&Arc<Simulator>)) -> (Report, Arc<Simulator>) {
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    before(&simulator);
    let report = apply(&world.plan, &simulator, &How::usual(state.path()));
    (report, simulator)
}

/// The queue Support as Webex has it.
fn queue(simulator: &Arc<Simulator>) -> Value {
    Reader::new(&client(simulator)).get(SUPPORT).unwrap()
}

fn settings(agents: &Value) -> Value {
    json!({"queueSettings": {"queueSize": 25}, "callPolicies": {"policy": "WEIGHTED"}, "extension": "2000",
           "phoneNumber": "+12145550100", "agents": agents})
}

#[test]
fn what_the_files_do_not_say_stays_whatever_a_put_does_with_it() {
    for drops in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let world = world(directory.path());
        let (report, simulator) = applied(&world, |simulator| {
            let agents = json!([{"id": "u-ana", "weight": "40"}, {"id": "u-bob", "weight": "60"}]);
            put(simulator, SUPPORT, &settings(&agents));
            direct(
                simulator,
                json!({"switches": {"queuePutDropsOmitted": drops}}),
            );
        });
        assert_eq!(*verdict(&report, "callQueue/Support"), Verdict::Done);
        let now = queue(&simulator);
        assert_eq!(now["extension"], "2100");
        assert_eq!(now["phoneNumber"], "+12145550100", "{drops}");
        assert_eq!(now["queueSettings"]["queueSize"], 25, "{drops}");
        assert_eq!(now["callPolicies"]["policy"], "WEIGHTED", "{drops}");
        let agents = now["agents"].as_array().unwrap().iter();
        let agents: Vec<(&Value, &Value)> = agents.map(|it| (&it["id"], &it["weight"])).collect();
        assert_eq!(agents.len(), 2, "{agents:?}");
        assert_eq!(agents[0], (&json!("u-ana"), &json!("40")), "{drops}");
        assert_eq!(agents[1].0, "u-cay");
    }
}

#[test]
fn a_queue_that_another_has_changed_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let world = world(directory.path());
    let (report, simulator) = applied(&world, |simulator| {
        put(simulator, SUPPORT, &settings(&json!([{"id": "u-eve"}])));
    });
    let stale = verdict(&report, "callQueue/Support");
    let named = matches!(stale, Verdict::Stale { fields, .. } if fields == &["agents"]);
    assert!(named, "{stale:?}");
    assert_eq!(*verdict(&report, "callQueue/Sales"), Verdict::Done);
    let now = queue(&simulator);
    assert_eq!(now["agents"][0]["id"], "u-eve");
}

#[test]
fn only_who_did_not_get_calling_does_not_join() {
    let directory = tempfile::tempdir().unwrap();
    let world = world(directory.path());
    let (report, simulator) = applied(&world, |simulator| {
        let refused = json!({"method": "PATCH", "path": "/licenses/users", "status": 400});
        direct(simulator, json!({"faults": [refused]}));
    });
    let in_part = |address: &str| match verdict(&report, address) {
        Verdict::Failed { why, .. } => why.clone(),
        other => panic!("{address}: {other:?}"),
    };
    for address in ["callQueue/Sales", "callQueue/Service Desk"] {
        let why = in_part(address);
        assert!(why.contains("it needs user/dan@acme.com"), "{why}");
    }
    assert_eq!(*verdict(&report, "callQueue/Support"), Verdict::Done);
    let made = simulator.snapshot();
    let made = made["features"].as_array().unwrap().iter();
    let sales = made.clone().find(|it| it["name"] == "Sales").unwrap();
    assert_eq!(sales["extension"], "2200");
    let agents: Vec<&Value> = sales["members"].as_array().unwrap().iter().collect();
    assert_eq!(agents.len(), 2, "{agents:?}");
    assert!(made.clone().any(|it| it["name"] == "Service Desk"));
}
