//! Numbers, extensions, and the jobs that move numbers and people.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline::sim::{Options, Simulator};

use crate::client::{Got, direct, get, number, pages, send, simulator, small, user};

const LOCATION: &str = "/telephony/config/locations/loc-a/numbers";
const MANAGE: &str = "/telephony/config/jobs/numbers/manageNumbers";
const MOVE: &str = "/telephony/config/jobs/person/moveLocation";

fn numbers(ends: &[&str]) -> Value {
    json!({"phoneNumbers": ends.iter().map(|end| format!("+121455501{end}")).collect::<Vec<_>>()})
}

/// With a hunt group, a virtual line with a number, and a number that is kept for each purpose.
fn with_features() -> Simulator {
    let mut snapshot = small();
    let row = |number: Value, extension: Value, owner: Value, purpose: Value| json!({"phoneNumber": number, "extension": extension, "location": "Austin", "state": "active", "type": "did", "use": purpose, "owner": owner});
    let feature = |kind: &str| json!({"kind": kind, "key": "Front desk"});
    let none = Value::Null;
    let rows = snapshot["numbers"].as_array_mut().unwrap();
    rows.push(row(
        none.clone(),
        json!("5001"),
        feature("huntGroup"),
        none.clone(),
    ));
    rows.push(row(
        json!("+12145550171"),
        json!("5002"),
        feature("virtualLine"),
        none.clone(),
    ));
    for (end, purpose) in [
        ("172", "reserved"),
        ("173", "service"),
        ("174", "emergency"),
    ] {
        let number = json!(format!("+12145550{end}"));
        rows.push(row(number, none.clone(), none.clone(), json!(purpose)));
    }
    Simulator::new(snapshot, &Options::default())
}

#[test]
fn features_and_reserved_numbers_are_listed_and_not_assigned() {
    let simulator = with_features();
    let rows = |query: &str| {
        let path = format!("/telephony/config/numbers?{query}");
        pages(&simulator, &path, "phoneNumbers")
    };
    let hunt = &rows("ownerType=HUNT_GROUP")[0];
    assert_eq!(
        (
            hunt.get("phoneNumber"),
            &hunt["extension"],
            &hunt["owner"]["firstName"]
        ),
        (None, &json!("5001"), &json!("Front desk"))
    );
    let line = &rows("ownerType=VIRTUAL_LINE")[0];
    assert_eq!(
        (&line["phoneNumber"], &line["extension"]),
        (&json!("+12145550171"), &json!("5002"))
    );
    assert_eq!(
        rows("phoneNumber=%2B12145550172")[0]["isReservedNumber"],
        true
    );
    assert_eq!(
        rows("phoneNumber=%2B12145550173")[0]["isServiceNumber"],
        true
    );
    assert_eq!(rows("phoneNumber=%2B12145550174")[0]["elinEnabled"], true);

    let give = |what: Value| {
        let mut properties = what;
        properties["locationId"] = json!("loc-a");
        let body = json!({"email": "tom@acme.com", "licenses": [{"id": "L-PRO-24", "operation": "add", "properties": properties}]});
        let got = send(&simulator, "PATCH", "/licenses/users", body);
        (
            got.status,
            user(&simulator, "tom@acme.com")["licenses"]
                .as_array()
                .map(Vec::len),
        )
    };
    let before = user(&simulator, "tom@acme.com")["licenses"]
        .as_array()
        .map(Vec::len);
    for refused in [
        json!({"extension": "5001"}),
        json!({"extension": "5002"}),
        json!({"phoneNumber": "2145550172"}),
        json!({"phoneNumber": "2145550173"}),
        json!({"phoneNumber": "2145550174"}),
    ] {
        let (status, licenses) = give(refused.clone());
        assert!(status != 200 && licenses == before, "{refused}: {status}");
    }
    // Nothing of it is lost where the organisation is saved.
    let saved = simulator.snapshot();
    let saved = saved["numbers"].as_array().unwrap();
    assert!(
        saved
            .iter()
            .any(|row| row["extension"] == "5001" && row["phoneNumber"].is_null())
    );
    assert_eq!(number(&simulator, "+12145550172")["use"], "reserved");
}

#[test]
fn the_list_has_numbers_and_extensions_with_their_owners() {
    let simulator = simulator();
    let rows = |query: &str| {
        pages(
            &simulator,
            &format!("/telephony/config/numbers?{query}"),
            "phoneNumbers",
        )
    };
    assert_eq!(rows("max=2").len(), 7, "six numbers, and Bob's extension");
    let ana = &rows("ownerId=ana")[0];
    assert_eq!(
        (&ana["phoneNumber"], &ana["extension"]),
        (&json!("+12145550101"), &json!("1001"))
    );
    assert_eq!(ana["owner"]["type"], "PEOPLE");
    let bob = &rows("numberType=EXTENSION")[0];
    assert_eq!(
        (bob.get("phoneNumber"), &bob["extension"]),
        (None, &json!("1003"))
    );
    assert_eq!(rows("available=true&locationId=loc-a").len(), 3);
    assert_eq!(rows("state=INACTIVE").len(), 1);
    assert_eq!(rows("phoneNumber=%2B12145550100")[0]["mainNumber"], true);
    assert_eq!(rows("ownerType=PLACE")[0]["owner"]["firstName"], "Lobby");
    assert_eq!(rows("extension=1002").len(), 1);
    let refused = |query: &str| {
        send(
            &simulator,
            "GET",
            &format!("/telephony/config/numbers?{query}"),
            Value::Null,
        )
        .status
    };
    assert_eq!(refused("available=true&ownerType=PEOPLE"), 400);
    assert_eq!(refused("state=ACTIVE&numberType=EXTENSION"), 400);
    let count = get(&simulator, "/telephony/config/numbers?details=true")["count"].clone();
    assert_eq!(
        (
            &count["assigned"],
            &count["unAssigned"],
            &count["extensionOnly"],
            &count["total"]
        ),
        (&json!(2), &json!(4), &json!(1), &json!(7))
    );
}

#[test]
fn adding_and_activating() {
    let simulator = simulator();
    assert_eq!(
        send(&simulator, "POST", LOCATION, numbers(&["10"])).status,
        201
    );
    let there = send(&simulator, "POST", LOCATION, numbers(&["03"]));
    assert_eq!((there.status, there.code()), (409, json!(8363)));
    let short = json!({"phoneNumbers": ["12345"]});
    assert_eq!(send(&simulator, "POST", LOCATION, short).status, 400);
    assert_eq!(
        number(&simulator, "+12145550110"),
        json!({"phoneNumber": "+12145550110", "location": "Austin", "state": "inactive", "type": "did", "owner": null})
    );
    let taken = send(&simulator, "POST", LOCATION, numbers(&["05"]));
    assert_eq!(
        (taken.status, &taken.body["errorCode"], taken.code()),
        (409, &json!(25223), json!(8363))
    );
    assert_eq!(
        send(&simulator, "PUT", LOCATION, numbers(&["10"])).status,
        204
    );
    assert_eq!(number(&simulator, "+12145550110")["state"], "active");
    let off = |end: &str| {
        let mut body = numbers(&[end]);
        body["action"] = json!("DEACTIVATE");
        send(&simulator, "PUT", LOCATION, body).status
    };
    assert_eq!((off("10"), off("01"), off("00")), (204, 400, 400));
    let many: Vec<String> = (0..101).map(|it| format!("{it:03}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(
        send(&simulator, "POST", LOCATION, numbers(&many)).status,
        400
    );
}

#[test]
fn numbers_that_are_ordered_manually() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"changes": [{"section": "locations", "key": "Austin", "set": {"calling": {"pstn": "CISCO_PSTN"}}}]}),
    );
    assert_eq!(
        send(&simulator, "POST", LOCATION, numbers(&["10"])).status,
        400
    );
    direct(&simulator, json!({"switches": {"damageNumbers": true}}));
    assert_eq!(
        send(&simulator, "POST", LOCATION, numbers(&["10"])).status,
        201
    );
}

#[test]
fn deleting() {
    let simulator = simulator();
    let delete = |ends: &[&str]| send(&simulator, "DELETE", LOCATION, numbers(ends));
    assert_eq!(delete(&["03", "04"]).status, 204);
    assert_eq!(delete(&["00"]).status, 400, "the main number");
    assert_eq!(delete(&["01"]).status, 400, "somebody has it");
    assert_eq!(delete(&["10", "11", "12", "13", "14", "15"]).status, 400);
    let gone = delete(&["03"]);
    assert_eq!(
        (gone.status, gone.header("cisco-spark-error-codes")),
        (502, Some("4251"))
    );
    assert_eq!(gone.body, Value::Null);
    send(&simulator, "DELETE", "/people/ana", Value::Null);
    assert_eq!(delete(&["01"]).status, 502, "given up a moment ago");
    simulator.advance(Duration::from_secs(30));
    assert_eq!(delete(&["01"]).status, 204);
}

#[test]
fn validation() {
    let simulator = simulator();
    let body = json!({"phoneNumbers": ["+12145550199", "+12145550101", "+12145550199", "12"]});
    let got = send(
        &simulator,
        "POST",
        "/telephony/config/actions/validateNumbers/invoke",
        body,
    )
    .body;
    let states: Vec<&str> = got["numbers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["state"].as_str().unwrap())
        .collect();
    assert_eq!(
        (got["status"].as_str(), states),
        (
            Some("ERRORS"),
            vec!["Available", "Duplicate", "Duplicate In List", "Invalid"]
        )
    );
    let states = |path: &str| -> Vec<String> {
        let body = json!({"extensions": ["1001", "1005", "1005", "911"]});
        let got = send(&simulator, "POST", path, body).body;
        let rows = got["extensionStatus"].as_array().unwrap().clone();
        rows.iter()
            .map(|it| it["state"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        states("/telephony/config/locations/loc-a/actions/validateExtensions/invoke"),
        ["DUPLICATE", "VALID", "DUPLICATE_IN_LIST", "INVALID"]
    );
    assert_eq!(
        states("/telephony/config/actions/validateExtensions/invoke")[0],
        "VALID",
        "the organisation's does not look at use"
    );
    let free = get(
        &simulator,
        "/telephony/config/people/primary/availableNumbers?locationId=loc-b",
    );
    assert_eq!(free["phoneNumbers"].as_array().unwrap().len(), 1);
}

fn manage(simulator: &Simulator, ends: &[&str]) -> Got {
    let list = json!([{"locationId": "loc-a", "numbers": numbers(ends)["phoneNumbers"]}]);
    let body = json!({"operation": "MOVE", "targetLocationId": "loc-b", "numberList": list});
    send(simulator, "POST", MANAGE, body)
}

#[test]
fn a_job_begins_runs_and_ends_by_the_clock() {
    let simulator = simulator();
    let job = manage(&simulator, &["03", "01"]);
    assert_eq!(
        (job.status, &job.body["latestExecutionStatus"]),
        (201, &json!("STARTING"))
    );
    let path = format!("{MANAGE}/{}", job.body["id"].as_str().unwrap());
    assert_eq!(manage(&simulator, &["04"]).status, 409);
    let status = || get(&simulator, &path)["latestExecutionStatus"].clone();
    simulator.advance(Duration::from_secs(2));
    assert_eq!(status(), "STARTED");
    assert_eq!(number(&simulator, "+12145550103")["location"], "Austin");
    simulator.advance(Duration::from_secs(4));
    let done = get(&simulator, &path);
    assert_eq!(
        (
            &done["latestExecutionStatus"],
            &done["latestExecutionExitCode"]
        ),
        (&json!("COMPLETED"), &json!("COMPLETED_WITH_ERRORS"))
    );
    assert_eq!(
        (
            &done["counts"]["numbersMoved"],
            &done["counts"]["numbersFailed"]
        ),
        (&json!(1), &json!(1))
    );
    assert_eq!(number(&simulator, "+12145550103")["location"], "Boston");
    let failed = get(&simulator, &format!("{path}/errors"));
    assert_eq!(
        failed["items"][0]["error"]["message"][0]["code"],
        "BATCH-1017023"
    );
    assert_eq!(failed["items"][0]["item"], "+12145550101");
}

#[test]
fn a_job_that_is_paused_waits() {
    let simulator = simulator();
    let job = manage(&simulator, &["03"]);
    let path = format!("{MANAGE}/{}", job.body["id"].as_str().unwrap());
    let act = |action: &str| {
        send(
            &simulator,
            "POST",
            &format!("{path}/actions/{action}/invoke"),
            Value::Null,
        )
        .status
    };
    assert_eq!(act("pause"), 204);
    simulator.advance(Duration::from_secs(60));
    assert_eq!(get(&simulator, &path)["latestExecutionStatus"], "STARTED");
    assert_eq!(act("resume"), 204);
    simulator.advance(Duration::from_secs(6));
    assert_eq!(get(&simulator, &path)["latestExecutionStatus"], "COMPLETED");
}

fn move_people(simulator: &Simulator, validate: bool, users: Value) -> Got {
    let body =
        json!({"usersList": [{"locationId": "loc-b", "validate": validate, "users": users}]});
    send(simulator, "POST", MOVE, body)
}

#[test]
fn a_person_moves_with_the_number() {
    let simulator = simulator();
    let said = move_people(&simulator, true, json!([{"userId": "ana"}]));
    assert_eq!(said.status, 200);
    let told = &said.body["response"]["usersList"][0];
    assert_eq!(told["errors"], json!([]));
    let codes: Vec<&Value> = told["impacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["code"])
        .collect();
    assert!(
        codes.contains(&&json!(19716)),
        "voice messages are lost: {codes:?}"
    );
    assert_eq!(user(&simulator, "ana@acme.com")["location"], "Austin");
    let job = move_people(
        &simulator,
        false,
        json!([{"userId": "ana", "extension": "2001"}, {"userId": "bob"}]),
    );
    assert_eq!(
        (job.status, &job.body["response"]["jobDetails"]["name"]),
        (201, &json!("moveusers"))
    );
    assert_eq!(
        manage(&simulator, &["03"]).status,
        409,
        "one move at a time"
    );
    simulator.advance(Duration::from_secs(10));
    let ana = user(&simulator, "ana@acme.com");
    assert_eq!(
        (&ana["location"], &ana["extension"], &ana["phoneNumber"]),
        (&json!("Boston"), &json!("2001"), &json!("+12145550101"))
    );
    assert_eq!(number(&simulator, "+12145550101")["location"], "Boston");
    assert_eq!(ana["voicemail"], json!({"enabled": false}));
    assert_eq!(user(&simulator, "bob@acme.com")["location"], "Boston");
}

#[test]
fn another_number_of_the_target_and_none_at_all() {
    let simulator = simulator();
    move_people(
        &simulator,
        false,
        json!([{"userId": "ana", "phoneNumber": "+12145550105"}]),
    );
    simulator.advance(Duration::from_secs(10));
    assert_eq!(
        user(&simulator, "ana@acme.com")["phoneNumber"],
        "+12145550105"
    );
    assert_eq!(
        number(&simulator, "+12145550101"),
        json!({"phoneNumber": "+12145550101", "location": "Austin", "state": "active", "type": "did", "owner": null})
    );
    let refused = move_people(
        &simulator,
        false,
        json!([{"userId": "bob", "extension": ""}]),
    );
    assert_eq!(refused.code(), 1_026_016);
}

#[test]
fn what_cannot_be_asked_of_a_move() {
    let simulator = simulator();
    let code = |validate, users: Value| move_people(&simulator, validate, users).code();
    assert_eq!(code(false, json!([])), 1_026_012);
    assert_eq!(code(false, json!([{"userId": "nobody"}])), 2_150_012);
    assert_eq!(code(false, json!([{"userId": "tom"}])), 1_026_010);
    assert_eq!(
        code(true, json!([{"userId": "ana"}, {"userId": "bob"}])),
        1_026_020
    );
    assert_eq!(
        code(false, json!([{"userId": "ana"}, {"userId": "ana"}])),
        1_026_019
    );
    assert_eq!(
        code(
            false,
            json!([{"userId": "ana", "phoneNumber": "2145550105"}])
        ),
        1_026_017
    );
    let many = vec![json!({"userId": "ana"}); 101];
    assert_eq!(code(false, json!(many)), 1_026_018);
    let here = json!({"usersList": [{"locationId": "loc-a", "validate": true, "users": [{"userId": "ana"}]}]});
    assert_eq!(send(&simulator, "POST", MOVE, here).code(), 1_026_013);
    let unsaid = json!({"usersList": [{"locationId": "loc-b", "users": [{"userId": "ana"}]}]});
    assert_eq!(send(&simulator, "POST", MOVE, unsaid).code(), 1_026_006);
}

#[test]
fn a_move_that_fails_is_told_by_the_job() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"changes": [{"section": "users", "key": "tom@acme.com", "set": {"location": "Boston", "extension": "1001", "licenses": ["L-PRO-21"]}}]}),
    );
    let said = move_people(&simulator, true, json!([{"userId": "ana"}]));
    let told = &said.body["response"]["usersList"][0];
    assert_eq!(told["errors"][0]["code"], 4202);
    let job = move_people(&simulator, false, json!([{"userId": "ana"}]));
    simulator.advance(Duration::from_secs(10));
    let id = job.body["response"]["jobDetails"]["id"].as_str().unwrap();
    let path = format!("{MOVE}/{id}");
    assert_eq!(get(&simulator, &path)["counts"]["failed"], 1);
    assert_eq!(
        get(&simulator, &format!("{path}/errors"))["items"][0]["error"]["message"][0]["code"],
        "4202"
    );
    assert_eq!(user(&simulator, "ana@acme.com")["location"], "Austin");
}
