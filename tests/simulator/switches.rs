//! Switches of which the other tests see one side alone: each is tried both ways.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline::sim::Simulator;

use crate::client::{direct, get, number, send, simulator};

/// A status with the switch as it is, and as it is then.
fn both<T>(switches: Value, status: impl Fn(&Simulator) -> T) -> [T; 2] {
    let turned = simulator();
    direct(&turned, json!({ "switches": switches }));
    [status(&simulator()), status(&turned)]
}

#[test]
fn members_and_numbers_in_one_request() {
    let members = json!({"members": [{"id": "tom"}, {"id": "eve"}]});
    let patch =
        |simulator: &Simulator| send(simulator, "PATCH", "/groups/g-sales", members.clone());
    assert_eq!(
        both(json!({"groupChunk": 1}), |it| patch(it).status),
        [200, 400]
    );
    let add = |simulator: &Simulator| {
        let body = json!({"phoneNumbers": ["+12145550190", "+12145550191"], "state": "ACTIVE"});
        let path = "/telephony/config/locations/loc-a/numbers";
        send(simulator, "POST", path, body).status
    };
    assert_eq!(both(json!({"numberChunk": 1}), add), [201, 400]);
    let job = |simulator: &Simulator| {
        let list = json!([{"locationId": "loc-a", "numbers": ["+12145550103", "+12145550104"]}]);
        let body = json!({"operation": "MOVE", "targetLocationId": "loc-b", "numberList": list});
        let path = "/telephony/config/jobs/numbers/manageNumbers";
        send(simulator, "POST", path, body).status
    };
    assert_eq!(both(json!({"singleNumberMove": true}), job), [201, 400]);
}

#[test]
fn a_number_that_is_there() {
    let add = |simulator: &Simulator| {
        let body = json!({"phoneNumbers": ["+12145550103"]});
        let path = "/telephony/config/locations/loc-a/numbers";
        send(simulator, "POST", path, body).status
    };
    let ignored = json!({"existingNumbersRefused": false});
    assert_eq!(both(ignored, add), [409, 201]);
}

#[test]
fn answers_about_moves() {
    let forms = |simulator: &Simulator| {
        let path = "/telephony/config/jobs/person/moveLocation";
        let ask = |validate: bool| {
            let list =
                json!({"locationId": "loc-b", "validate": validate, "users": [{"userId": "ana"}]});
            send(simulator, "POST", path, json!({"usersList": [list]})).body["response"].clone()
        };
        let (asked, moved) = (ask(true), ask(false));
        [
            asked["usersList"].is_array(),
            moved["jobDetails"]["id"].is_string(),
        ]
    };
    let documented = json!({"moveAnswersAsDocumented": true});
    assert_eq!(both(documented, forms), [[true, true], [false, false]]);
}

#[test]
fn calling_of_a_workspace_for_phones() {
    let take = |simulator: &Simulator| {
        let properties =
            json!({"locationId": "loc-a", "extension": "1777", "licenses": ["L-WS-24"]});
        let room = json!({"displayName": "Hall", "supportedDevices": "phones",
            "calling": {"type": "webexCalling", "webexCalling": properties}});
        let room = send(simulator, "POST", "/workspaces", room);
        assert_eq!(room.status, 201, "{}", room.body);
        let path = format!("/workspaces/{}", room.body["id"].as_str().unwrap());
        send(
            simulator,
            "PUT",
            &path,
            json!({"calling": {"type": "freeCalling"}}),
        )
        .status
    };
    let allowed = json!({"phonesWithoutCalling": true});
    assert_eq!(both(allowed, take), [400, 200]);
}

#[test]
fn a_manager_in_a_change_of_a_person() {
    let change = |simulator: &Simulator| {
        let mut person = get(simulator, "/people/ana?callingData=true");
        person["managerId"] = json!("bob");
        send(simulator, "PUT", "/people/ana?callingData=true", person).status
    };
    assert_eq!(both(json!({"managerRefused": true}), change), [200, 400]);
}

#[test]
fn a_number_without_a_state() {
    for (switch, state) in [(false, "inactive"), (true, "active")] {
        let simulator = simulator();
        direct(
            &simulator,
            json!({"switches": {"newNumbersActive": switch}}),
        );
        let body = json!({"phoneNumbers": ["+12145550190"]});
        let path = "/telephony/config/locations/loc-a/numbers";
        assert_eq!(send(&simulator, "POST", path, body).status, 201);
        assert_eq!(number(&simulator, "+12145550190")["state"], state);
    }
}

#[test]
fn a_number_that_was_just_given_up() {
    let give_up_and_delete = |simulator: &Simulator| {
        let remove =
            json!({"personId": "ana", "licenses": [{"id": "L-PRO-21", "operation": "remove"}]});
        assert_eq!(
            send(simulator, "PATCH", "/licenses/users", remove).status,
            200
        );
        let body = json!({"phoneNumbers": ["+12145550101"]});
        let path = "/telephony/config/locations/loc-a/numbers";
        send(simulator, "DELETE", path, body).status
    };
    let without = json!({"numberCooling": 0});
    assert_eq!(both(without, give_up_and_delete), [502, 204]);
}

#[test]
fn digits_of_an_extension() {
    let give = |simulator: &Simulator| {
        let properties = json!({"locationId": "loc-a", "extension": "1234567"});
        let add = json!({"id": "L-PRO-24", "operation": "add", "properties": properties});
        let body = json!({"personId": "tom", "licenses": [add]});
        send(simulator, "PATCH", "/licenses/users", body).status
    };
    let digits = json!({"extensionDigits": [2, 6]});
    let [usual, short] = both(digits, give);
    assert_eq!(usual, 200);
    assert_ne!(short, 200);
}

#[test]
fn locations_of_one_name_and_those_in_use() {
    let rename = |simulator: &Simulator| {
        send(
            simulator,
            "PUT",
            "/locations/loc-c",
            json!({"name": "Austin"}),
        )
        .status
    };
    let unique = json!({"uniqueLocationNames": false});
    assert_eq!(both(unique, rename), [409, 204]);
    let delete = |simulator: &Simulator| {
        let room = json!({"displayName": "Room", "locationId": "loc-c"});
        assert_eq!(send(simulator, "POST", "/workspaces", room).status, 201);
        send(simulator, "DELETE", "/locations/loc-c", Value::Null).status
    };
    assert_eq!(
        both(json!({"usedLocationsStay": false}), delete),
        [409, 204]
    );
}

#[test]
fn how_long_a_job_takes() {
    for (seconds, status) in [([1, 4], "COMPLETED"), ([1, 60], "STARTED")] {
        let simulator = simulator();
        direct(&simulator, json!({"switches": {"jobSeconds": seconds}}));
        let list = json!([{"locationId": "loc-a", "numbers": ["+12145550103"]}]);
        let body = json!({"operation": "MOVE", "targetLocationId": "loc-b", "numberList": list});
        let path = "/telephony/config/jobs/numbers/manageNumbers";
        let job = send(&simulator, "POST", path, body).body;
        simulator.advance(Duration::from_secs(10));
        let job = get(
            &simulator,
            &format!("{path}/{}", job["id"].as_str().unwrap()),
        );
        assert_eq!(job["latestExecutionStatus"], status);
    }
}

#[test]
fn who_the_token_is() {
    let simulator = simulator();
    assert_eq!(get(&simulator, "/people/me")["emails"][0], "eve@acme.com");
    direct(&simulator, json!({"switches": {"meIsApp": true}}));
    let me = get(&simulator, "/people/me");
    assert_eq!(
        (&me["type"], &me["orgId"]),
        (&json!("appuser"), &json!("org-1"))
    );
}

#[test]
fn a_refresh_token_that_stays() {
    let refreshed = |rotate: bool| {
        let simulator = simulator();
        direct(
            &simulator,
            json!({"app": {"clientId": "c", "clientSecret": "s", "refreshToken": "r1"},
                "switches": {"rotateRefreshToken": rotate, "tokenSeconds": 60}}),
        );
        let refresh = || {
            let form = "grant_type=refresh_token&client_id=c&client_secret=s&refresh_token=r1";
            let request = http::Request::post("http://webex.test/v1/access_token");
            match simulator.answer(request.body(form.as_bytes().to_vec()).unwrap()) {
                trunkline::sim::Reply::Response(answer) => answer,
                other => panic!("{other:?}"),
            }
        };
        let first: Value = serde_json::from_slice(refresh().body()).unwrap();
        assert_eq!(first["expires_in"], 60);
        (first["refresh_token"] == "r1", refresh().status().as_u16())
    };
    assert_eq!(refreshed(true), (false, 401));
    assert_eq!(refreshed(false), (true, 200));
}
