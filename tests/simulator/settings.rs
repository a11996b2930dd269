//! Settings of people and workspaces: when they exist, what they take, when they are lost.

use serde_json::{Value, json};
use trunkline::sim::Simulator;

use crate::client::{direct, get, number, send, simulator, user};

fn put(simulator: &Simulator, path: &str, body: Value) -> u16 {
    send(simulator, "PUT", path, body).status
}

fn status(simulator: &Simulator, path: &str) -> u16 {
    send(simulator, "GET", path, Value::Null).status
}

/// Changes the licences of a person.
fn licenses(simulator: &Simulator, person: &str, changes: Value) {
    let body = json!({"personId": person, "licenses": changes});
    let got = send(simulator, "PATCH", "/licenses/users", body);
    assert_eq!(got.status, 200, "{}", got.body);
}

fn place() -> Value {
    json!({"locationId": "loc-a", "phoneNumber": "+12145550101", "extension": "1001"})
}

#[test]
fn settings_are_of_those_who_call() {
    let simulator = simulator();
    assert_eq!(status(&simulator, "/people/nobody/features/bargeIn"), 404);
    assert_eq!(status(&simulator, "/people/eve/features/bargeIn"), 404);
    assert_eq!(status(&simulator, "/people/ana/features/bargeIn"), 200);
    direct(
        &simulator,
        json!({"switches": {"settingsAbsentStatus": 403}}),
    );
    assert_eq!(status(&simulator, "/people/eve/features/bargeIn"), 403);
    let of_lobby = |name: &str| {
        status(
            &simulator,
            &format!("/telephony/config/workspaces/w-lobby/{name}"),
        )
    };
    assert_eq!((of_lobby("musicOnHold"), of_lobby("voicemail")), (200, 405));
    direct(
        &simulator,
        json!({"switches": {"settingsStandardStatus": 400}}),
    );
    assert_eq!(
        of_lobby("voicemail"),
        400,
        "the licence is not Professional"
    );
    let caller = get(&simulator, "/people/ana/features/callerId");
    assert_eq!(caller["directNumber"], "+12145550101");
    assert_eq!(caller["locationNumber"], "+12145550100");
    assert_eq!(caller["extensionNumber"], "1001");
}

#[test]
fn a_body_that_makes_no_sense_is_refused() {
    let simulator = simulator();
    for (path, body) in [
        ("/people/ana/features/bargeIn", json!({"enabled": 1})),
        ("/people/ana/features/callerId", json!({})),
        (
            "/people/ana/features/callerId",
            json!({"selected": "CUSTOM", "customNumber": "+12145550105"}),
        ),
        (
            "/people/ana/features/callForwarding",
            json!({"callForwarding": {"always": {"enabled": true}}}),
        ),
        (
            "/people/ana/features/callForwarding",
            json!({"callForwarding": {"noAnswer": {"numberOfRings": 40}}}),
        ),
        (
            "/people/ana/features/reception",
            json!({"receptionEnabled": true, "monitoredMembers": ["eve"]}),
        ),
        (
            "/telephony/config/people/ana",
            json!({"timeZone": "Mars/Base"}),
        ),
        (
            "/telephony/config/people/ana/preferredAnswerEndpoint",
            json!({"preferredAnswerEndpointId": "gone"}),
        ),
        (
            "/telephony/config/people/ana/emergencyCallbackNumber",
            json!({"selected": "LOCATION_MEMBER_NUMBER"}),
        ),
        (
            "/telephony/config/people/ana/voicemail/passcode",
            json!({"passcode": "1111111"}),
        ),
    ] {
        assert_eq!(put(&simulator, path, body.clone()), 400, "{path} {body}");
    }
    let told = json!({"enabled": true, "effectiveBehaviorType": "x"});
    assert_eq!(
        put(
            &simulator,
            "/people/ana/features/callingBehavior",
            told.clone()
        ),
        204
    );
    direct(
        &simulator,
        json!({"switches": {"settingsRefuseReadOnly": true}}),
    );
    assert_eq!(
        put(&simulator, "/people/ana/features/callingBehavior", told),
        400
    );
}

#[test]
fn voicemail_of_the_file_and_of_the_setting_are_one() {
    let simulator = simulator();
    let path = "/people/ana/features/voicemail";
    assert_eq!(get(&simulator, path)["enabled"], false);
    assert_eq!(
        put(
            &simulator,
            path,
            json!({"enabled": true, "sendAllCalls": {"enabled": true}})
        ),
        204
    );
    assert_eq!(
        user(&simulator, "ana@acme.com")["voicemail"]["enabled"],
        true
    );
    assert_eq!(get(&simulator, path)["sendAllCalls"]["enabled"], true);
    assert_eq!(put(&simulator, path, json!({"enabled": false})), 204);
    assert_eq!(
        user(&simulator, "ana@acme.com")["voicemail"]["enabled"],
        false
    );
}

/// Writes something of each sort for ana, and has bob look at her.
fn furnish(simulator: &Simulator) {
    assert_eq!(
        put(
            simulator,
            "/people/ana/features/bargeIn",
            json!({"enabled": true})
        ),
        204
    );
    let schedule = json!({"name": "hours", "type": "businessHours"});
    assert_eq!(
        send(
            simulator,
            "POST",
            "/people/ana/features/schedules",
            schedule
        )
        .status,
        201
    );
    let criteria = json!({"callsFrom": "ANY_PHONE_NUMBER", "acceptEnabled": true, "scheduleName": "hours", "scheduleLevel": "PEOPLE"});
    let path = "/telephony/config/people/ana/selectiveAccept/criteria";
    assert_eq!(send(simulator, "POST", path, criteria).status, 201);
    let alternate = json!({"phoneNumbers": [{"primary": false, "action": "ADD", "directNumber": "+12145550103"}]});
    assert_eq!(
        put(simulator, "/telephony/config/people/ana/numbers", alternate),
        204
    );
    assert_eq!(
        number(simulator, "+12145550103")["owner"]["key"],
        "ana@acme.com"
    );
    let watch = json!({"enableCallParkNotification": true, "monitoredElements": ["ana"]});
    assert_eq!(
        put(simulator, "/people/bob/features/monitoring", watch),
        204
    );
    let call_back = json!({"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": "ana"});
    assert_eq!(
        put(
            simulator,
            "/telephony/config/people/bob/emergencyCallbackNumber",
            call_back
        ),
        204
    );
    let used = get(
        simulator,
        "/telephony/config/people/ana/emergencyCallbackNumber/dependencies",
    );
    assert_eq!(used["dependentMemberCount"], 1);
}

/// What of it is left: barge-in, schedules, criteria, numbers, and how many bob watches.
fn left(simulator: &Simulator) -> (bool, usize, usize, usize, usize) {
    let count = |path: &str, list: &str| get(simulator, path)[list].as_array().unwrap().len();
    (
        get(simulator, "/people/ana/features/bargeIn")["enabled"] == true,
        count("/people/ana/features/schedules", "schedules"),
        count("/telephony/config/people/ana/selectiveAccept", "criteria"),
        count("/people/ana/features/numbers", "phoneNumbers"),
        count("/people/bob/features/monitoring", "monitoredElements"),
    )
}

#[test]
fn a_move_in_one_request_keeps_everything() {
    let simulator = simulator();
    furnish(&simulator);
    let before = left(&simulator);
    let changes = json!([
        {"id": "L-PRO-24", "operation": "add", "properties": place()},
        {"id": "L-PRO-21", "operation": "remove"}
    ]);
    licenses(&simulator, "ana", changes);
    assert_eq!(left(&simulator), before);
    assert_eq!(before, (true, 1, 1, 2, 1));
}

#[test]
fn a_removal_loses_everything_and_the_place_in_the_lists_of_others() {
    let simulator = simulator();
    furnish(&simulator);
    licenses(
        &simulator,
        "ana",
        json!([{"id": "L-PRO-21", "operation": "remove"}]),
    );
    assert_eq!(status(&simulator, "/people/ana/features/bargeIn"), 404);
    assert_eq!(number(&simulator, "+12145550103")["owner"], Value::Null);
    licenses(
        &simulator,
        "ana",
        json!([{"id": "L-PRO-21", "operation": "add", "properties": place()}]),
    );
    assert_eq!(left(&simulator), (false, 0, 0, 1, 0));
    assert_eq!(
        user(&simulator, "ana@acme.com")["voicemail"]["enabled"],
        true,
        "as of a new user"
    );
    let used = get(
        &simulator,
        "/telephony/config/people/ana/emergencyCallbackNumber/dependencies",
    );
    assert_eq!(used["dependentMemberCount"], 0);
}

#[test]
fn a_person_who_goes_is_in_no_list_any_more() {
    let simulator = simulator();
    furnish(&simulator);
    assert_eq!(
        send(&simulator, "DELETE", "/people/ana", Value::Null).status,
        204
    );
    let watched = get(&simulator, "/people/bob/features/monitoring");
    assert_eq!(watched["monitoredElements"], json!([]));
    assert_eq!(number(&simulator, "+12145550103")["owner"], Value::Null);
}

#[test]
fn criteria_name_a_schedule_that_there_is_and_get_new_ids() {
    let simulator = simulator();
    let path = "/telephony/config/people/ana/selectiveAccept";
    let body = json!({"callsFrom": "SELECT_PHONE_NUMBERS", "phoneNumbers": ["+12145550150"], "acceptEnabled": true,
        "scheduleName": "hours", "scheduleType": "businessHours", "scheduleLevel": "PEOPLE"});
    let make = || {
        send(
            &simulator,
            "POST",
            &format!("{path}/criteria"),
            body.clone(),
        )
    };
    assert_eq!(make().status, 400, "there is no such schedule");
    let schedule = json!({"name": "hours", "type": "businessHours"});
    send(
        &simulator,
        "POST",
        "/people/ana/features/schedules",
        schedule,
    );
    let first = make().body["id"].clone();
    let told = get(&simulator, path);
    assert_eq!(
        told["criteria"],
        json!([{"id": first, "scheduleName": "hours", "source": "SPECIFIC_NUMBERS", "acceptEnabled": true}])
    );
    let one = format!("{path}/criteria/{}", first.as_str().unwrap());
    assert_eq!(
        get(&simulator, &one)["phoneNumbers"],
        json!(["+12145550150"])
    );
    assert_eq!(
        put(
            &simulator,
            &one,
            json!({"callsFrom": "ANY_PHONE_NUMBER", "acceptEnabled": false})
        ),
        204
    );
    assert_eq!(
        get(&simulator, path)["criteria"][0]["source"],
        "ALL_NUMBERS"
    );
    assert_eq!(send(&simulator, "DELETE", &one, Value::Null).status, 204);
    assert_eq!(status(&simulator, &one), 404);
    assert_ne!(make().body["id"], first);
    let empty = json!({"callsFrom": "SELECT_PHONE_NUMBERS", "acceptEnabled": true});
    assert_eq!(
        send(&simulator, "POST", &format!("{path}/criteria"), empty).status,
        400
    );
}

#[test]
fn a_workspace_that_is_no_longer_professional_loses_what_that_brings() {
    let simulator = simulator();
    let calling = |license: &str| {
        json!({"displayName": "Lobby", "calling": {"type": "webexCalling", "webexCalling": {
            "locationId": "loc-a", "phoneNumber": "+12145550102", "extension": "1002", "licenses": [license]}}})
    };
    let change = |license: &str| {
        assert_eq!(
            put(&simulator, "/workspaces/w-lobby", calling(license)),
            200
        )
    };
    let barge = "/telephony/config/workspaces/w-lobby/bargeIn";
    let waiting = "/workspaces/w-lobby/features/callWaiting";
    change("L-PRO-24");
    assert_eq!(put(&simulator, barge, json!({"enabled": true})), 204);
    assert_eq!(put(&simulator, waiting, json!({"enabled": false})), 204);
    change("L-WS-24");
    change("L-PRO-24");
    assert_eq!(get(&simulator, barge)["enabled"], false);
    assert_eq!(
        get(&simulator, waiting)["enabled"],
        false,
        "every licence has this one"
    );
}

#[test]
fn codes_and_patterns_are_known_by_what_they_are() {
    let simulator = simulator();
    let codes = "/telephony/config/people/ana/outgoingPermission/accessCodes";
    let make = |code: &str| {
        send(
            &simulator,
            "POST",
            codes,
            json!({"code": code, "description": "x"}),
        )
        .status
    };
    assert_eq!((make("4856"), make("4856"), make("x")), (201, 409, 400));
    assert_eq!(
        put(&simulator, codes, json!({"deleteCodes": ["4856"]})),
        204
    );
    assert_eq!(get(&simulator, codes)["accessCodes"], json!([]));
    let patterns = "/telephony/config/people/ana/outgoingPermission/digitPatterns";
    let make = |name: &str, pattern: &str| {
        let body =
            json!({"name": name, "pattern": pattern, "action": "BLOCK", "transferEnabled": false});
        send(&simulator, "POST", patterns, body).status
    };
    assert_eq!(
        (make("a", "1XXX"), make("a", "2XXX"), make("b", "call")),
        (201, 400, 400)
    );
}

#[test]
fn a_greeting_is_uploaded_and_never_told() {
    let simulator = simulator();
    let path = "/people/ana/features/voicemail/actions/uploadBusyGreeting/invoke";
    assert_eq!(
        send(&simulator, "POST", path, json!({"not": "a form"})).status,
        415
    );
    let form = http::Request::builder()
        .method("POST")
        .uri(format!("http://webex.test/v1{path}"))
        .header("authorization", "Bearer any")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(b"--x--".to_vec())
        .unwrap();
    let trunkline::sim::Reply::Response(response) = simulator.answer(form) else {
        panic!("no answer");
    };
    assert_eq!(response.status(), 201);
    let told = get(&simulator, "/people/ana/features/voicemail");
    assert_eq!(told["sendBusyCalls"]["greetingUploaded"], true);
}
