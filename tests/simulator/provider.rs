//! Webex for BroadWorks, the audit trail, and devices.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline::sim::{Options, Simulator};

use crate::client::{direct, get, pages, send, simulator, small};

fn subscriber(user: &str) -> Value {
    json!({
        "provisioningId": "p", "userId": user, "spEnterpriseId": "SP+one", "firstName": "A", "lastName": "B", "package": "basic",
        "extension": "100", "email": "a@customer.example"
    })
}

fn wait(simulator: &Simulator) {
    simulator.advance(Duration::from_secs(6));
}

#[test]
fn a_subscriber_is_provisioned_in_the_background() {
    let simulator = simulator();
    let made = send(
        &simulator,
        "POST",
        "/broadworks/subscribers",
        subscriber("1@x"),
    )
    .body;
    assert_eq!(
        (&made["status"], made.get("personId")),
        (&json!("provisioning"), None)
    );
    let one = format!("/broadworks/subscribers/{}", made["id"].as_str().unwrap());
    let change = |body: Value| send(&simulator, "PUT", &one, body);
    assert_eq!(
        change(json!({"package": "premium"})).status,
        409,
        "not before it is provisioned"
    );
    wait(&simulator);
    assert_eq!(get(&simulator, &one)["status"], "provisioned");
    assert!(get(&simulator, &one)["personId"].is_string());
    assert_eq!(
        change(json!({"extension": ""})).status,
        400,
        "a number or an extension stays"
    );
    let told = change(json!({"package": "premium"})).body;
    assert_eq!(
        (&told["status"], &told["package"]),
        (&json!("updating"), &json!("basic"))
    );
    wait(&simulator);
    assert_eq!(get(&simulator, &one)["package"], "premium");
    direct(&simulator, json!({"switches": {"broadworksError": 1001}}));
    change(json!({"package": "standard"}));
    wait(&simulator);
    let told = get(&simulator, &one);
    assert_eq!(
        (&told["status"], &told["package"]),
        (&json!("error"), &json!("premium"))
    );
    assert_eq!(told["errors"][0]["errorCode"], 1001);
    change(json!({"package": "standard"}));
    direct(&simulator, json!({"switches": {"broadworksError": null}}));
    wait(&simulator);
    let saved = simulator.snapshot()["broadworks"]["subscribers"][0].clone();
    assert_eq!(
        (&saved["status"], &saved["package"]),
        (&json!("provisioned"), &json!("standard"))
    );
    assert_eq!(
        (&saved["userId"], &saved["enterprise"]),
        (&json!("1@x"), &json!("SP+one"))
    );
    assert_eq!(send(&simulator, "DELETE", &one, Value::Null).status, 204);
    assert_eq!(simulator.snapshot()["broadworks"]["subscribers"], json!([]));
}

#[test]
fn what_a_subscriber_waits_for() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"switches": {"broadworksFirstAlone": false}}),
    );
    let status = |change: Value| {
        let mut body = subscriber(&format!("{change}@x"));
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let made = send(&simulator, "POST", "/broadworks/subscribers", body).body;
        wait(&simulator);
        let one = get(
            &simulator,
            &format!("/broadworks/subscribers/{}", made["id"].as_str().unwrap()),
        );
        (
            one["id"].as_str().unwrap().to_owned(),
            one["status"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(status(json!({"email": null})).1, "pending_email_input");
    let (moving, waits) = status(json!({"email": "ana@acme.com"}));
    assert_eq!(waits, "pending_user_migration");
    let consent = format!("/subscribers/{moving}/emails/consentMove");
    // It is a mail: the subscriber waits as before.
    for _ in 0..2 {
        assert_eq!(send(&simulator, "POST", &consent, Value::Null).status, 204);
    }
    let waiting = get(&simulator, &format!("/broadworks/subscribers/{moving}"));
    assert_eq!(waiting["status"], "pending_user_migration");
    direct(
        &simulator,
        json!({"switches": {"broadworksMailShows": true}}),
    );
    simulator.advance(Duration::from_secs(60));
    assert_eq!(send(&simulator, "POST", &consent, Value::Null).status, 204);
    let again = get(&simulator, &format!("/broadworks/subscribers/{moving}"));
    assert_eq!(again["status"], "pending_user_migration");
    assert_ne!(again["lastStatusChange"], waiting["lastStatusChange"]);
    let (ready, _) = status(json!({"userId": "ready@x", "email": "ready@customer.example"}));
    let refused = format!("/subscribers/{ready}/emails/consentMove");
    assert_eq!(send(&simulator, "POST", &refused, Value::Null).status, 400);
    direct(
        &simulator,
        json!({"switches": {"broadworksValidatesEmail": true}}),
    );
    assert_eq!(
        status(json!({"email": "z@customer.example"})).1,
        "pending_email_validation"
    );
    assert_eq!(
        status(json!({"userId": "same@x"})).1,
        "pending_email_validation"
    );
    let (second, failed) = status(json!({"userId": "same@x", "firstName": "Z"}));
    assert_eq!(failed, "error");
    let found = get(&simulator, "/broadworks/subscribers?status=error")["items"].clone();
    assert_eq!(
        (&found[0]["id"], &found[0]["errors"][0]["errorCode"]),
        (&json!(second), &json!(10022))
    );
    assert_eq!(
        pages(&simulator, "/broadworks/subscribers?max=2", "items").len(),
        6
    );
    let lacking = send(
        &simulator,
        "POST",
        "/broadworks/subscribers",
        json!({"userId": "q"}),
    );
    assert_eq!((lacking.status, lacking.code()), (400, json!(1001)));
    let taken = send(
        &simulator,
        "POST",
        "/broadworks/subscribers/validate",
        subscriber("same@x"),
    );
    assert_eq!((taken.status, taken.code()), (400, json!(10022)));
}

#[test]
fn a_directory_is_synchronised_when_it_is_on() {
    let mut file = small();
    file["broadworks"] = json!({"enterprises": [{"spEnterpriseId": "SP+one", "template": "t"}]});
    let simulator = Simulator::new(file, &Options::default());
    let enterprise = get(&simulator, "/broadworks/enterprises?startsWith=SP")["items"][0].clone();
    let sync = format!(
        "/broadworks/enterprises/{}/broadworksDirectorySync",
        enterprise["id"].as_str().unwrap()
    );
    let order = || send(&simulator, "POST", &sync, json!({"syncStatus": "SYNC_NOW"})).status;
    assert_eq!(order(), 400, "it is off");
    assert_eq!(
        send(&simulator, "PUT", &sync, json!({"enableDirSync": true})).status,
        200
    );
    assert_eq!((order(), order()), (200, 409));
    let status = || get(&simulator, &sync)["directorySyncStatus"]["syncStatus"].clone();
    assert_eq!(status(), "IN_PROGRESS");
    wait(&simulator);
    assert_eq!(status(), "COMPLETE");
}

fn trail(simulator: &Simulator, more: &str) -> Vec<Value> {
    let path = format!(
        "/adminAudit/events?orgId=org-1&from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z{more}"
    );
    pages(simulator, &path, "items")
}

#[test]
fn the_trail_has_what_was_done_and_what_was_refused() {
    let simulator = simulator();
    assert!(trail(&simulator, "").is_empty());
    get(&simulator, "/people");
    let done = send(
        &simulator,
        "PUT",
        "/people/ana/features/bargeIn",
        json!({"enabled": true}),
    );
    let refused = send(
        &simulator,
        "PATCH",
        "/licenses/users",
        json!({"personId": "ana", "licenses": [{"id": "L-NO", "operation": "add"}]}),
    );
    let events = trail(&simulator, "");
    assert_eq!(events.len(), 2, "reads leave no trace");
    let (newest, first) = (&events[0]["data"], &events[1]["data"]);
    assert_eq!(first["trackingId"], done.header("trackingid").unwrap());
    assert_eq!(
        (&first["targetId"], &first["targetType"]),
        (&json!("ana"), &json!("PERSON"))
    );
    assert_eq!(first.get("errorCode"), None);
    assert_eq!(newest["trackingId"], refused.header("trackingid").unwrap());
    assert_eq!(newest["errorCode"], refused.code().to_string());
    assert_eq!(
        (&first["actorEmail"], &first["eventCategory"]),
        (&json!("eve@acme.com"), &json!("CALLING"))
    );
    assert_eq!(trail(&simulator, "&eventCategories=LICENSE").len(), 1);
    assert_eq!(trail(&simulator, "&max=1").len(), 2, "by pages");
    assert_eq!(trail(&simulator, "&actorId=ana").len(), 0);
    let span = "/adminAudit/events?orgId=org-1&from=2020-01-01T00:00:00Z&to=2026-12-31T00:00:00Z";
    assert_eq!(send(&simulator, "GET", span, Value::Null).status, 400);
}

#[test]
fn the_trail_can_be_late() {
    let simulator = simulator();
    direct(&simulator, json!({"switches": {"auditDelay": 120}}));
    send(
        &simulator,
        "PUT",
        "/people/ana/features/bargeIn",
        json!({"enabled": true}),
    );
    assert_eq!(trail(&simulator, "").len(), 0);
    simulator.advance(Duration::from_secs(121));
    assert_eq!(trail(&simulator, "").len(), 1);
}

#[test]
fn devices_have_one_owner_who_calls() {
    let simulator = simulator();
    let add = |body: Value| send(&simulator, "POST", "/devices", body).status;
    let phone = |mac: &str, owner: Value| {
        let mut body = json!({"mac": mac, "model": "DMS Cisco 8865"});
        body.as_object_mut()
            .unwrap()
            .extend(owner.as_object().unwrap().clone());
        body
    };
    assert_eq!(add(phone("AABBCCDDEEFF", json!({}))), 400);
    assert_eq!(
        add(phone("AABBCCDDEEFF", json!({"personId": "eve"}))),
        400,
        "no Calling"
    );
    assert_eq!(add(phone("AA", json!({"personId": "ana"}))), 400);
    assert_eq!(add(phone("AABBCCDDEEFF", json!({"personId": "ana"}))), 200);
    assert_eq!(
        add(phone("aa:bb:cc:dd:ee:ff", json!({"personId": "bob"}))),
        409
    );
    let of = |query: &str| {
        get(&simulator, &format!("/devices?{query}"))["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(
        (
            of("personId=ana"),
            of("mac=AABBCCDDEEFF"),
            of("type=phone"),
            of("workspaceId=w-lobby")
        ),
        (2, 1, 3, 1)
    );
    let code = |model: &str| {
        send(
            &simulator,
            "POST",
            "/devices/activationCode",
            json!({"personId": "ana", "model": model}),
        )
        .status
    };
    assert_eq!(
        (
            code("DMS Cisco 8865"),
            code("DMS Cisco 191"),
            code("Webex Go")
        ),
        (200, 400, 400)
    );
    direct(&simulator, json!({"switches": {"webexGoCodes": true}}));
    assert_eq!(code("Webex Go"), 200);
    let tags = json!([{"op": "add", "path": "tags", "value": ["a"]}]);
    assert_eq!(
        send(&simulator, "PATCH", "/devices/d-1", tags).status,
        415,
        "the media type is another"
    );
    assert_eq!(
        send(&simulator, "DELETE", "/devices/d-1", Value::Null).status,
        204
    );
    assert_eq!(
        send(&simulator, "GET", "/devices/d-1", Value::Null).status,
        404
    );
}

#[test]
fn webex_go_is_looked_at_and_by_switch_deleted() {
    let mut file = small();
    let owner = json!({"kind": "user", "key": "ana@acme.com"});
    let go = json!({"id": "d-go", "name": "Go", "product": "Webex Go", "type": "webexgo", "mac": null, "owner": owner});
    file["devices"].as_array_mut().unwrap().push(go);
    let simulator = Simulator::new(file, &Options::default());
    assert_eq!(
        get(&simulator, "/devices?type=webexgo")["items"][0]["id"],
        "d-go"
    );
    let delete = || send(&simulator, "DELETE", "/devices/d-go", Value::Null).status;
    assert_eq!(delete(), 403);
    direct(&simulator, json!({"switches": {"deleteWebexGo": true}}));
    assert_eq!(delete(), 204);
}

#[test]
fn lines_of_a_device_are_those_of_people_who_call() {
    let simulator = simulator();
    let path = "/telephony/config/devices/d-1/members";
    assert_eq!(get(&simulator, path)["members"][0]["id"], "ana");
    let lines = |ids: &[&str]| {
        let lines: Vec<Value> = ids
            .iter()
            .zip(1..)
            .map(|(id, port)| json!({"id": id, "port": port, "lineType": "PRIMARY"}))
            .collect();
        send(&simulator, "PUT", path, json!({"members": lines})).status
    };
    assert_eq!((lines(&["ana", "eve"]), lines(&["ana", "bob"])), (400, 204));
    let gone = json!({"personId": "bob", "licenses": [{"id": "L-PRO-24", "operation": "remove"}]});
    assert_eq!(
        send(&simulator, "PATCH", "/licenses/users", gone).status,
        200
    );
    assert_eq!(
        get(&simulator, path)["members"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn the_trail_names_other_hands() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({
            "changes": [{"section": "users", "key": "bob@acme.com", "set": {"displayName": "Rob"}}],
            "templates": [{"name": "all", "licenses": ["Advanced Messaging"]}]
        }),
    );
    send(
        &simulator,
        "POST",
        "/people",
        json!({"emails": ["ned@acme.com"], "displayName": "Ned"}),
    );
    get(&simulator, "/people");
    let events = trail(&simulator, "");
    let told = |name: &str| {
        let found = events.iter().find(|it| it["data"]["actorName"] == name);
        let data = &found.unwrap_or_else(|| panic!("{name}: {events:?}"))["data"];
        (data["targetName"].clone(), data["eventCategory"].clone())
    };
    assert_eq!(
        told("Somebody Else"),
        (json!("bob@acme.com"), json!("USERS"))
    );
    assert_eq!(told("Control Hub").1, "LICENSE");
    assert_eq!(told("eve Doe"), (json!("Ned"), json!("USERS")));
}

#[test]
fn the_first_of_an_enterprise_goes_alone() {
    let simulator = simulator();
    let make = |user: &str| {
        send(
            &simulator,
            "POST",
            "/broadworks/subscribers",
            subscriber(user),
        )
        .status
    };
    assert_eq!(make("1@x"), 200);
    assert_eq!(make("2@x"), 409, "its organisation is not there yet");
    wait(&simulator);
    assert_eq!(make("2@x"), 200);
    direct(
        &simulator,
        json!({"switches": {"broadworksFirstAlone": false}}),
    );
    let mut other = subscriber("3@x");
    other["spEnterpriseId"] = json!("SP+two");
    let send = |body: Value| send(&simulator, "POST", "/broadworks/subscribers", body).status;
    assert_eq!(send(other.clone()), 200);
    other["userId"] = json!("4@x");
    assert_eq!(send(other), 200, "without the switch");
}
