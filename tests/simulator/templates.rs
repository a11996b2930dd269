//! Control Hub's licence templates, which nothing in the API tells of.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{direct, send, simulator, user};

fn person(email: &str, licenses: Value) -> Value {
    json!({"emails": [email], "displayName": "New", "licenses": licenses})
}

#[test]
fn the_organisations_is_for_those_who_come_without_licences() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"templates": [{"name": "Everybody", "licenses": ["Webex Meetings Suite"]}]}),
    );
    let got = send(
        &simulator,
        "POST",
        "/people",
        person("one@acme.com", json!([])),
    );
    assert_eq!(
        got.body["licenses"],
        json!(["L-FMS", "L-FSS"]),
        "it comes after the answer"
    );
    assert_eq!(
        user(&simulator, "one@acme.com")["licenses"],
        json!(["L-FMS", "L-FSS", "L-EE"])
    );
    send(
        &simulator,
        "POST",
        "/people",
        person("two@acme.com", json!(["L-MSG"])),
    );
    assert_eq!(
        user(&simulator, "two@acme.com")["licenses"],
        json!(["L-FMS", "L-FSS", "L-MSG"])
    );
}

#[test]
fn the_oldest_that_can_be_had_and_calling_by_the_work_phone() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"switches": {"templateDelay": 30}, "templates": [
        {"name": "Sales", "groups": ["Sales"], "licenses": ["Webex Calling - Professional"], "attendeeSites": ["acme.webex.com"]}]}),
    );
    let members = json!({"members": [{"id": "tom"}, {"id": "eve"}]});
    assert_eq!(
        send(&simulator, "PATCH", "/groups/g-sales", members).status,
        200
    );
    assert_eq!(user(&simulator, "tom@acme.com")["phoneNumber"], Value::Null);
    simulator.advance(Duration::from_secs(31));
    let tom = user(&simulator, "tom@acme.com");
    assert_eq!(
        (&tom["licenses"], &tom["phoneNumber"], &tom["location"]),
        (
            &json!(["L-FMS", "L-FSS", "L-PRO-21"]),
            &json!("+12145550103"),
            &json!("Austin")
        )
    );
    assert_eq!(tom["attendeeSites"], json!(["acme.webex.com"]));
    let eve = user(&simulator, "eve@acme.com");
    assert_eq!(
        eve["licenses"],
        json!(["L-FMS", "L-FSS", "L-EE"]),
        "no work phone, no Calling, no word"
    );
    assert_eq!(eve["attendeeSites"], json!([]), "host beats attendee");
}

#[test]
fn they_give_again_what_was_taken() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"templates": [{"name": "Everybody", "licenses": ["L-EE"]}]}),
    );
    let take = json!({"personId": "eve", "licenses": [{"id": "L-EE", "operation": "remove"}]});
    send(&simulator, "PATCH", "/licenses/users", take);
    assert_eq!(
        user(&simulator, "eve@acme.com")["licenses"],
        json!(["L-FMS", "L-FSS"])
    );
    direct(&simulator, json!({"carryOutTemplates": true}));
    assert_eq!(
        user(&simulator, "eve@acme.com")["licenses"],
        json!(["L-FMS", "L-FSS", "L-EE"])
    );
}

#[test]
fn leaving_a_group_takes_all_where_nothing_is_preserved() {
    for (preserve, left) in [
        (true, json!(["L-FMS", "L-FSS", "L-PRO-21"])),
        (false, json!(["L-FMS", "L-FSS"])),
    ] {
        let simulator = simulator();
        direct(
            &simulator,
            json!({"switches": {"preserveLicenses": preserve}, "templates": [
            {"name": "Sales", "groups": ["g-sales"], "licenses": ["Webex Calling - Professional"]}]}),
        );
        send(
            &simulator,
            "PATCH",
            "/groups/g-sales",
            json!({"members": [{"id": "ana", "operation": "delete"}]}),
        );
        let ana = user(&simulator, "ana@acme.com");
        assert_eq!(ana["licenses"], left);
        assert_eq!(ana["phoneNumber"].is_null(), !preserve);
    }
}

#[test]
fn the_endpoint_answers_only_by_switch() {
    let simulator = simulator();
    let path = "/organization/licenseTemplates";
    assert_eq!(send(&simulator, "GET", path, Value::Null).status, 404);
    direct(&simulator, json!({"switches": {"templateEndpoint": true}}));
    let made = send(
        &simulator,
        "POST",
        path,
        json!({"templateName": "T", "licenses": ["L-EE"], "templateType": "ORG"}),
    );
    assert_eq!(made.status, 200);
    let listed = send(&simulator, "GET", path, Value::Null).body;
    assert_eq!(listed["items"][0]["licenses"], json!(["L-EE"]));
}
