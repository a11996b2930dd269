//! PATCH /licenses/users: what is refused, what is lost, what is kept.

use serde_json::{Value, json};
use trunkline::sim::Simulator;

use crate::client::{Got, consumed, direct, get, number, pages, send, simulator, user};

fn patch(simulator: &Simulator, email: &str, licenses: Value) -> Got {
    let body = json!({"email": format!("{email}@acme.com"), "licenses": licenses});
    send(simulator, "PATCH", "/licenses/users", body)
}

fn add(id: &str) -> Value {
    json!({"id": id, "operation": "add"})
}

fn remove(id: &str) -> Value {
    json!({"id": id, "operation": "remove"})
}

fn calling(id: &str, location: &str, phone: Value, extension: Value) -> Value {
    let mut properties = json!({"locationId": location});
    if !phone.is_null() {
        properties["phoneNumber"] = phone;
    }
    if !extension.is_null() {
        properties["extension"] = extension;
    }
    json!({"id": id, "operation": "add", "properties": properties})
}

fn ana_again(id: &str) -> Value {
    calling(id, "loc-a", json!("+12145550101"), json!("1001"))
}

#[test]
fn a_move_in_one_request_keeps_everything() {
    let simulator = simulator();
    direct(&simulator, json!({"habits": true}));
    let settings = || get(&simulator, "/people/ana/features/callForwarding");
    let forwarding = settings();
    let before = user(&simulator, "ana@acme.com");
    let got = patch(
        &simulator,
        "ana",
        json!([ana_again("L-PRO-24"), remove("L-PRO-21")]),
    );
    assert_eq!(got.status, 200, "{}", got.body);
    assert_eq!(got.body["licenses"], json!(["L-FMS", "L-FSS", "L-PRO-24"]));
    let after = user(&simulator, "ana@acme.com");
    for kept in [
        "location",
        "phoneNumber",
        "extension",
        "voicemail",
        "workPhone",
    ] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    assert_eq!(
        number(&simulator, "+12145550101")["owner"]["key"],
        "ana@acme.com"
    );
    assert_eq!(consumed(&simulator, "L-PRO-21"), 0);
    assert_eq!(consumed(&simulator, "L-PRO-24"), 2);
    assert_eq!(settings(), forwarding);
    assert_eq!(simulator.snapshot()["devices"].as_array().unwrap().len(), 2);
}

#[test]
fn unless_the_switch_says_that_settings_are_lost() {
    let simulator = simulator();
    let lossy = json!({"habits": true, "switches": {"moveKeepsSettings": false}});
    direct(&simulator, lossy);
    let waiting = || get(&simulator, "/people/ana/features/callWaiting")["enabled"].clone();
    assert_eq!(waiting(), false);
    patch(
        &simulator,
        "ana",
        json!([ana_again("L-PRO-24"), remove("L-PRO-21")]),
    );
    let after = user(&simulator, "ana@acme.com");
    assert_eq!(after["voicemail"], json!({"enabled": true}));
    assert_eq!(after["phoneNumber"], "+12145550101");
    assert_eq!(waiting(), true);
}

#[test]
fn a_removal_of_its_own_wipes_calling() {
    let simulator = simulator();
    let got = patch(&simulator, "ana", json!([remove("L-PRO-21")]));
    assert_eq!(got.status, 200);
    let after = user(&simulator, "ana@acme.com");
    for lost in ["location", "phoneNumber", "extension"] {
        assert_eq!(after[lost], Value::Null, "{lost}");
    }
    assert_eq!(after["voicemail"], json!({"enabled": true}));
    assert_eq!(number(&simulator, "+12145550101")["owner"], Value::Null);
    assert_eq!(number(&simulator, "+12145550101")["location"], "Austin");
    let devices = simulator.snapshot()["devices"].clone();
    assert_eq!(devices.as_array().unwrap().len(), 1, "{devices}");
    let shown = get(&simulator, "/people/ana?callingData=true");
    assert_eq!(shown["locationId"], Value::Null);
    // What was a Calling number is free for the next one, extension included.
    let got = patch(&simulator, "tom", json!([ana_again("L-PRO-21")]));
    assert_eq!(got.status, 200, "{}", got.body);
}

#[test]
fn every_refusal_has_its_code() {
    let cases = [
        ("ana", json!([add("L-NONE")]), 400_000),
        ("tom", json!([add("L-WS-21")]), 400_000),
        (
            "ana",
            json!([
                calling("L-STD", "loc-a", json!("+12145550101"), json!("1001")),
                remove("L-PRO-21")
            ]),
            400_112,
        ),
        (
            "ana",
            json!([calling("L-STD", "loc-a", Value::Null, json!("1009"))]),
            400_404,
        ),
        (
            "tom",
            json!([
                calling("L-STD", "loc-a", Value::Null, json!("1009")),
                calling("L-PRO-24", "loc-a", Value::Null, json!("1009"))
            ]),
            400_404,
        ),
        (
            "tom",
            json!([
                calling("L-STD", "loc-a", Value::Null, json!("1009")),
                add("L-ATT")
            ]),
            400_406,
        ),
        (
            "tom",
            json!([
                calling("L-STD", "loc-a", Value::Null, json!("1009")),
                calling("L-CX", "loc-a", Value::Null, json!("1009"))
            ]),
            400_407,
        ),
        ("tom", json!([add("L-ATT")]), 400_408),
        ("tom", json!([add("L-PRO-24")]), 400_411),
        ("ana", json!([ana_again("L-PRO-24")]), 400_413),
        ("ana", json!([remove("L-FSS")]), 700_006),
        ("tom", json!([remove("L-FMS"), add("L-MSG")]), 700_003),
        (
            "tom",
            json!([calling("L-PRO-24", "loc-x", Value::Null, json!("1009"))]),
            400,
        ),
    ];
    for (who, licenses, code) in cases {
        let simulator = simulator();
        let before = simulator.snapshot();
        let got = patch(&simulator, who, licenses.clone());
        assert_eq!(
            (got.status, got.code()),
            (400, json!(code)),
            "{licenses}: {}",
            got.body
        );
        assert!(
            got.body["trackingId"]
                .as_str()
                .is_some_and(|it| it.len() > 20)
        );
        assert_eq!(simulator.snapshot(), before, "{licenses}");
    }
}

#[test]
fn essentials_are_for_those_who_call() {
    let simulator = simulator();
    let got = patch(&simulator, "ana", json!([ana_again("L-CX")]));
    assert_eq!(got.status, 200, "{}", got.body);
    let got = patch(
        &simulator,
        "ana",
        json!([ana_again("L-STD"), remove("L-CX"), remove("L-PRO-21")]),
    );
    assert_eq!(got.code(), 400_410);
    assert_eq!(
        user(&simulator, "ana@acme.com")["phoneNumber"],
        "+12145550101"
    );
}

#[test]
fn what_can_be_had_is_done_and_the_rest_is_told_by_206() {
    let simulator = simulator();
    patch(&simulator, "bob", json!([add("L-MSG")]));
    // The only unit is gone; the site has some.
    let got = patch(&simulator, "tom", json!([add("L-MSG"), add("L-EE")]));
    assert_eq!(got.status, 206);
    assert_eq!(got.body["licenses"], json!(["L-FMS", "L-FSS", "L-EE"]));
    let got = patch(&simulator, "tom", json!([add("L-MSG")]));
    assert_eq!(got.status, 400, "nothing at all was done");
    direct(&simulator, json!({"switches": {"overage": true}}));
    assert_eq!(patch(&simulator, "tom", json!([add("L-MSG")])).status, 200);
    assert_eq!(consumed(&simulator, "L-MSG"), 2);
}

#[test]
fn a_move_that_fails_keeps_the_old_licence() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"changes": [{"section": "licenses", "key": "L-PRO-24", "set": {"totalUnits": 1}}]}),
    );
    let before = user(&simulator, "ana@acme.com");
    let wish = json!([ana_again("L-PRO-24"), remove("L-PRO-21")]);
    assert_eq!(patch(&simulator, "ana", wish.clone()).status, 400);
    assert_eq!(user(&simulator, "ana@acme.com"), before);
    direct(
        &simulator,
        json!({"switches": {"failedMoveLosesCalling": true}}),
    );
    let got = patch(&simulator, "ana", wish);
    assert_eq!(
        (got.status, &got.body["licenses"]),
        (206, &json!(["L-FMS", "L-FSS"]))
    );
    assert_eq!(user(&simulator, "ana@acme.com")["phoneNumber"], Value::Null);
}

#[test]
fn a_suspended_subscription_gives_nothing() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"changes": [{"section": "subscriptions", "key": "Sub-2024", "set": {"status": "suspended"}}]}),
    );
    assert_eq!(patch(&simulator, "tom", json!([add("L-MSG")])).status, 400);
}

#[test]
fn half_of_a_request_on_demand() {
    for (refuse, left) in [
        ("add", json!(["L-FMS", "L-FSS"])),
        ("remove", json!(["L-FMS", "L-FSS", "L-PRO-21", "L-PRO-24"])),
        ("all", json!(["L-FMS", "L-FSS", "L-PRO-21"])),
    ] {
        let simulator = simulator();
        direct(
            &simulator,
            json!({"faults": [{"method": "PATCH", "path": "/licenses/users", "refuse": refuse}]}),
        );
        let got = patch(
            &simulator,
            "ana",
            json!([ana_again("L-PRO-24"), remove("L-PRO-21")]),
        );
        assert_eq!(
            (got.status, &got.body["licenses"]),
            (206, &left),
            "{refuse}"
        );
        let gone = user(&simulator, "ana@acme.com")["phoneNumber"].is_null();
        assert_eq!(gone, refuse == "add");
    }
}

#[test]
fn numbers_and_extensions_have_one_owner() {
    let simulator = simulator();
    for (phone, extension, code) in [
        (json!("+12145550101"), json!("1009"), 8361),
        (json!("+12145550105"), json!("1009"), 8361),
        (json!("+12145559999"), json!("1009"), 8361),
        (Value::Null, json!("1001"), 4202),
        (Value::Null, json!("1002"), 4202),
        (Value::Null, json!("911"), 4911),
        (Value::Null, json!("12ab"), 4910),
        (Value::Null, json!("1"), 25058),
    ] {
        let got = patch(
            &simulator,
            "tom",
            json!([calling("L-PRO-24", "loc-a", phone, extension.clone())]),
        );
        assert_eq!((got.status, got.code()), (400, json!(code)), "{extension}");
    }
    // The same extension lives in another location.
    let got = patch(
        &simulator,
        "tom",
        json!([calling(
            "L-PRO-24",
            "loc-b",
            json!("+12145550105"),
            json!("1001")
        )]),
    );
    assert_eq!(got.status, 200, "{}", got.body);
    assert_eq!(user(&simulator, "tom@acme.com")["location"], "Boston");
}

#[test]
fn the_licence_that_is_held_brings_another_number() {
    let simulator = simulator();
    let got = patch(
        &simulator,
        "ana",
        json!([calling(
            "L-PRO-21",
            "loc-a",
            json!("+12145550103"),
            json!("1001")
        )]),
    );
    assert_eq!(got.status, 200, "{}", got.body);
    assert_eq!(number(&simulator, "+12145550101")["owner"], Value::Null);
    assert_eq!(
        number(&simulator, "+12145550103")["owner"]["key"],
        "ana@acme.com"
    );
    assert_eq!(
        user(&simulator, "ana@acme.com")["voicemail"],
        json!({"enabled": false})
    );
}

#[test]
fn attendees_and_hosts() {
    let simulator = simulator();
    let site = |operation: &str, site: &str| json!({"siteUrl": site, "accountType": "ATTENDEE", "operation": operation});
    let send_sites = |who: &str, licenses: Value, sites: Value| {
        let body = json!({"personId": who, "licenses": licenses, "siteUrls": sites});
        send(&simulator, "PATCH", "/licenses/users", body)
    };
    let got = send_sites("tom", json!([]), json!([site("add", "acme.webex.com")]));
    // the answer spells the type as the request did
    assert_eq!(
        got.body["siteUrls"],
        json!([{"siteUrl": "acme.webex.com", "accountType": "ATTENDEE"}])
    );
    assert_eq!(
        get(&simulator, "/people/tom")["siteUrls"],
        json!(["acme.webex.com#attendee"])
    );
    assert_eq!(
        send_sites("eve", json!([]), json!([site("add", "acme.webex.com")])).code(),
        400_216
    );
    assert_eq!(
        send_sites("tom", json!([]), json!([site("add", "other.webex.com")])).code(),
        400_216
    );
    let got = send_sites(
        "eve",
        json!([remove("L-EE")]),
        json!([site("add", "acme.webex.com")]),
    );
    assert_eq!(got.status, 200, "{}", got.body);
    let got = send_sites(
        "tom",
        json!([add("L-EE")]),
        json!([site("remove", "acme.webex.com")]),
    );
    assert_eq!(got.status, 200, "{}", got.body);
    assert_eq!(
        get(&simulator, "/people/tom")["siteUrls"],
        json!(["acme.webex.com"])
    );
}

#[test]
fn who_is_not_there() {
    let simulator = simulator();
    assert_eq!(
        patch(&simulator, "nobody", json!([add("L-MSG")])).status,
        404
    );
    direct(
        &simulator,
        json!({"switches": {"unknownPersonStatus": 400}}),
    );
    assert_eq!(
        patch(&simulator, "nobody", json!([add("L-MSG")])).status,
        400
    );
    let both = json!({"email": "tom@acme.com", "personId": "ana", "licenses": [add("L-MSG")]});
    assert_eq!(
        send(&simulator, "PATCH", "/licenses/users", both).status,
        400
    );
}

#[test]
fn what_the_list_says_of_holders() {
    let simulator = simulator();
    let list = get(&simulator, "/licenses")["items"].clone();
    let one = |id: &str| {
        list.as_array()
            .unwrap()
            .iter()
            .find(|it| it["id"] == id)
            .unwrap()
            .clone()
    };
    assert_eq!(one("L-RLC")["consumedByUsers"], Value::Null);
    assert_eq!(one("L-WS-21")["consumedByWorkspaces"], 1);
    assert_eq!(one("L-WS-21")["consumedByUsers"], 0);
    assert_eq!(
        one("L-FMS").get("subscriptionId"),
        None,
        "what does not apply is not there"
    );
    assert_eq!(one("L-EE")["siteUrl"], "acme.webex.com");
    let users = pages(
        &simulator,
        "/licenses/L-FMS?includeAssignedTo=user&limit=3",
        "users",
    );
    assert_eq!(users.len(), 4);
    assert_eq!(users[0]["email"], "ana@acme.com");
}
