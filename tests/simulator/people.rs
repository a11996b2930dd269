//! POST, PUT and DELETE of people.

use serde_json::{Value, json};
use trunkline::sim::Simulator;

use crate::client::{consumed, direct, get, number, pages, send, simulator, user};

fn put(simulator: &Simulator, id: &str, change: Value, query: &str) -> crate::client::Got {
    let mut body = get(simulator, &format!("/people/{id}?callingData=true"));
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(name)),
            value => body[name] = value.clone(),
        }
    }
    send(simulator, "PUT", &format!("/people/{id}{query}"), body)
}

#[test]
fn a_list_by_each_of_its_filters() {
    let simulator = simulator();
    let emails = |query: &str| -> Vec<String> {
        let found = pages(&simulator, &format!("/people?{query}"), "items");
        let email = |it: &Value| it["emails"][0].as_str().unwrap().to_owned();
        found.iter().map(email).collect()
    };
    assert_eq!(emails("email=ANA@acme.com"), ["ana@acme.com"]);
    assert_eq!(emails("displayName=bo"), ["bob@acme.com"]);
    assert_eq!(emails("locationId=loc-a"), ["ana@acme.com", "bob@acme.com"]);
    let role = get(&simulator, "/people/eve")["roles"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(emails(&format!("roles={role}")), ["eve@acme.com"]);
    let some = get(&simulator, "/people?id=ana,nobody");
    assert_eq!(some["notFoundIds"], json!(["nobody"]));
    assert_eq!(
        get(&simulator, "/people?id=ana")["notFoundIds"],
        Value::Null
    );
    let many = vec!["x"; 86].join(",");
    assert_eq!(
        send(
            &simulator,
            "GET",
            &format!("/people?id={many}"),
            Value::Null
        )
        .status,
        400
    );
    let plain = get(&simulator, "/people/ana");
    assert_eq!(plain.get("locationId"), None);
    assert_eq!(
        get(&simulator, "/people/me")["emails"],
        json!(["eve@acme.com"])
    );
}

#[test]
fn nothing_changes_by_putting_back_what_was_read() {
    let simulator = simulator();
    let before = user(&simulator, "ana@acme.com");
    assert_eq!(
        put(&simulator, "ana", json!({}), "?callingData=true").status,
        200
    );
    assert_eq!(user(&simulator, "ana@acme.com"), before);
}

#[test]
fn what_a_put_leaves_out_is_gone() {
    let simulator = simulator();
    let got = put(
        &simulator,
        "eve",
        json!({"roles": null, "licenses": null}),
        "",
    );
    assert_eq!(got.status, 200);
    let eve = user(&simulator, "eve@acme.com");
    assert_eq!(eve["roles"], json!([]));
    assert_eq!(
        eve["licenses"],
        json!(["L-FSS"]),
        "screen share alone cannot go"
    );
    put(&simulator, "ana", json!({"licenses": []}), "");
    assert_eq!(user(&simulator, "ana@acme.com")["phoneNumber"], Value::Null);
}

#[test]
fn a_put_of_numbers() {
    let simulator = simulator();
    let work = |number: &str| json!([{"type": "work", "value": number}]);
    let got = put(
        &simulator,
        "ana",
        json!({"phoneNumbers": work("+1 214-555-0103"), "extension": "1010"}),
        "?callingData=true",
    );
    assert_eq!(got.status, 200, "{}", got.body);
    let ana = user(&simulator, "ana@acme.com");
    assert_eq!(
        (&ana["phoneNumber"], &ana["extension"]),
        (&json!("+12145550103"), &json!("1010"))
    );
    assert_eq!(ana["voicemail"], json!({"enabled": false}));
    let taken = put(
        &simulator,
        "ana",
        json!({"phoneNumbers": work("+12145550102")}),
        "?callingData=true",
    );
    assert_eq!((taken.status, taken.code()), (400, json!(8361)));
    let nothing = put(
        &simulator,
        "ana",
        json!({"phoneNumbers": null, "extension": null}),
        "?callingData=true",
    );
    assert_eq!(nothing.status, 400);
    let elsewhere = put(
        &simulator,
        "ana",
        json!({"locationId": "loc-b"}),
        "?callingData=true",
    );
    assert_eq!(elsewhere.status, 400);
    direct(
        &simulator,
        json!({"switches": {"ignoreLocationOnPut": true}}),
    );
    assert_eq!(
        put(
            &simulator,
            "ana",
            json!({"locationId": "loc-b"}),
            "?callingData=true"
        )
        .status,
        200
    );
    assert_eq!(user(&simulator, "ana@acme.com")["location"], "Austin");
}

#[test]
fn a_refused_put_may_have_done_half() {
    let simulator = simulator();
    let change = json!({"displayName": "Ana Maria", "phoneNumbers": [{"type": "work", "value": "+12145550102"}]});
    assert_eq!(
        put(&simulator, "ana", change.clone(), "?callingData=true").status,
        400
    );
    assert_eq!(user(&simulator, "ana@acme.com")["displayName"], "ana Doe");
    direct(&simulator, json!({"switches": {"peoplePartial": true}}));
    assert_eq!(
        put(&simulator, "ana", change, "?callingData=true").status,
        400
    );
    let ana = user(&simulator, "ana@acme.com");
    assert_eq!(
        (&ana["displayName"], &ana["phoneNumber"]),
        (&json!("Ana Maria"), &json!("+12145550101"))
    );
}

#[test]
fn a_new_person_has_what_everyone_has() {
    let simulator = simulator();
    let got = send(
        &simulator,
        "POST",
        "/people",
        json!({"emails": ["ned@acme.com"], "firstName": "Ned"}),
    );
    assert_eq!(got.status, 200, "{}", got.body);
    assert_eq!(got.body["licenses"], json!(["L-FMS", "L-FSS"]));
    assert_eq!(
        (
            consumed(&simulator, "L-FMS"),
            user(&simulator, "ned@acme.com")["source"].clone()
        ),
        (5, json!("manual"))
    );
    let free = get(&simulator, "/licenses/L-FMS");
    assert_eq!(
        free["totalUnits"], 5,
        "the total of a free licence is the number of people"
    );
    let again = send(
        &simulator,
        "POST",
        "/people",
        json!({"emails": ["ned@acme.com"], "firstName": "Ned"}),
    );
    assert_eq!(again.status, 409);
    assert_eq!(
        send(&simulator, "POST", "/people", json!({"firstName": "Ned"})).status,
        400
    );
    let least = send(
        &simulator,
        "POST",
        "/people?minResponse=true",
        json!({"emails": ["kim@acme.com"], "displayName": "Kim"}),
    );
    assert_eq!(least.body.get("emails"), None);
}

#[test]
fn a_new_person_is_invited_and_known_by_the_bare_id() {
    let simulator = simulator();
    let body = json!({"emails": ["ned@acme.com"], "displayName": "Ned"});
    let made = send(&simulator, "POST", "/people", body).body;
    assert_eq!(made["invitePending"], true);
    let bare = trunkline::webex::ids::uuid(made["id"].as_str().unwrap());
    let found = get(&simulator, &format!("/people/{bare}"));
    assert_eq!(found["id"], made["id"]);
}

#[test]
fn a_mere_extension_is_the_first_number() {
    let simulator = simulator();
    let body = json!({"personId": "tom", "licenses": [{"id": "L-PRO-24", "operation": "add",
        "properties": {"locationId": "loc-a", "extension": "1777"}}]});
    assert_eq!(
        send(&simulator, "PATCH", "/licenses/users", body).status,
        200
    );
    let numbers = get(&simulator, "/people/tom?callingData=true")["phoneNumbers"].clone();
    assert_eq!(
        (&numbers[0]["type"], &numbers[0]["primary"]),
        (&json!("work_extension"), &json!(true))
    );
}

#[test]
fn what_a_new_person_cannot_have_is_silently_omitted() {
    let simulator = simulator();
    let body = |email: &str| json!({"emails": [email], "displayName": "New", "licenses": ["L-MSG", "L-EE"]});
    send(&simulator, "POST", "/people", body("n1@acme.com"));
    let got = send(&simulator, "POST", "/people", body("n2@acme.com"));
    assert_eq!(
        (got.status, &got.body["licenses"]),
        (200, &json!(["L-FMS", "L-FSS", "L-EE"]))
    );
}

#[test]
fn a_calling_user_in_one_request() {
    let simulator = simulator();
    let body = json!({"emails": ["ned@acme.com"], "displayName": "Ned", "licenses": ["L-PRO-21"],
        "phoneNumbers": [{"type": "work", "value": "+12145550103"}], "extension": "1007", "locationId": "loc-a"});
    let got = send(&simulator, "POST", "/people?callingData=true", body);
    assert_eq!(got.status, 200, "{}", got.body);
    assert_eq!(got.body["locationId"], "loc-a");
    assert_eq!(
        number(&simulator, "+12145550103")["owner"]["key"],
        "ned@acme.com"
    );
    let bare = json!({"emails": ["kim@acme.com"], "displayName": "Kim", "licenses": ["L-PRO-21"]});
    assert_eq!(
        send(&simulator, "POST", "/people", bare.clone()).status,
        400
    );
    assert_eq!(user(&simulator, "kim@acme.com"), Value::Null);
    direct(&simulator, json!({"switches": {"peoplePartial": true}}));
    assert_eq!(send(&simulator, "POST", "/people", bare).status, 400);
    assert_eq!(
        user(&simulator, "kim@acme.com")["displayName"],
        "Kim",
        "refused, and made all the same"
    );
}

#[test]
fn who_is_deleted_takes_everything_along() {
    let simulator = simulator();
    assert_eq!(
        send(&simulator, "DELETE", "/people/ana", Value::Null).status,
        204
    );
    assert_eq!(
        send(&simulator, "GET", "/people/ana", Value::Null).status,
        404
    );
    assert_eq!(number(&simulator, "+12145550101")["owner"], Value::Null);
    let snapshot = simulator.snapshot();
    assert_eq!(snapshot["groups"][0]["members"], json!([]));
    assert_eq!(snapshot["devices"].as_array().unwrap().len(), 1);
    assert_eq!(
        (
            consumed(&simulator, "L-PRO-21"),
            consumed(&simulator, "L-FMS")
        ),
        (0, 3)
    );
    let again = send(
        &simulator,
        "POST",
        "/people",
        json!({"emails": ["ana@acme.com"], "displayName": "Ana"}),
    );
    assert_ne!(again.body["id"], "ana", "nothing brings back the id");
}

#[test]
fn numbers_in_other_forms() {
    let simulator = simulator();
    let value = || get(&simulator, "/people/ana")["phoneNumbers"][0]["value"].clone();
    assert_eq!(value(), "+12145550101");
    direct(&simulator, json!({"switches": {"numberFormat": "spaced"}}));
    assert_eq!(value(), "+1 214 555 0101");
    direct(
        &simulator,
        json!({"switches": {"numberFormat": "national"}}),
    );
    assert_eq!(value(), "2145550101");
}
