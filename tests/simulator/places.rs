//! Locations, workspaces and groups.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline::sim::Simulator;

use crate::client::{consumed, direct, get, number, pages, saved, send, simulator, user};

fn location(name: &str) -> Value {
    json!({"name": name, "timeZone": "America/Denver", "preferredLanguage": "en_us", "announcementLanguage": "en_us",
        "address": {"address1": "1 Way", "city": "Denver", "state": "CO", "postalCode": "80014", "country": "US"}})
}

#[test]
fn from_an_address_to_a_main_number() {
    let simulator = simulator();
    let made = send(&simulator, "POST", "/locations", location("Denver"));
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].as_str().unwrap().to_owned();
    let calling = format!("/telephony/config/locations/{id}");
    assert_eq!(
        send(&simulator, "GET", &calling, Value::Null).status,
        404,
        "it has no Calling yet"
    );
    let mut body = location("Denver");
    body["id"] = json!(id);
    assert_eq!(
        send(
            &simulator,
            "POST",
            "/telephony/config/locations",
            body.clone()
        )
        .status,
        201
    );
    assert_eq!(
        send(&simulator, "POST", "/telephony/config/locations", body).status,
        409
    );
    let pstn = format!("/telephony/pstn/locations/{id}/connection");
    assert_eq!(send(&simulator, "GET", &pstn, Value::Null).status, 404);
    assert_eq!(
        send(
            &simulator,
            "PUT",
            &pstn,
            json!({"premiseRouteType": "TRUNK", "premiseRouteId": "t-1"})
        )
        .status,
        204
    );
    assert_eq!(
        get(&simulator, &pstn)["pstnConnectionType"],
        "LOCAL_GATEWAY"
    );
    let main = json!({"callingLineId": {"phoneNumber": "+13035550100"}});
    assert_eq!(
        send(&simulator, "PUT", &calling, main.clone()).status,
        400,
        "the number is not there yet"
    );
    let numbers = json!({"phoneNumbers": ["+13035550100"], "state": "ACTIVE"});
    assert_eq!(
        send(&simulator, "POST", &format!("{calling}/numbers"), numbers).status,
        201
    );
    assert_eq!(send(&simulator, "PUT", &calling, main).status, 204);
    let kept = saved(&simulator, "locations", "name", "Denver");
    assert_eq!(
        kept["calling"],
        json!({"mainNumber": "+13035550100", "pstn": "Premises-based PSTN"})
    );
    assert_eq!(kept["address"]["state"], "CO");
    let clear = json!({"callingLineId": {"phoneNumber": null}});
    assert_eq!(send(&simulator, "PUT", &calling, clear.clone()).status, 400);
    direct(&simulator, json!({"switches": {"clearMainNumber": true}}));
    assert_eq!(send(&simulator, "PUT", &calling, clear).status, 204);
}

#[test]
fn options_of_a_connection() {
    let simulator = simulator();
    let options = get(
        &simulator,
        "/telephony/pstn/locations/loc-a/connectionOptions",
    )["items"]
        .clone();
    let id = |name: &str| {
        options
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["displayName"] == name)
            .unwrap()["id"]
            .clone()
    };
    let put = |id: Value| {
        send(
            &simulator,
            "PUT",
            "/telephony/pstn/locations/loc-a/connection",
            json!({"id": id}),
        )
        .status
    };
    assert_eq!(put(id("Cloud Connected PSTN")), 204);
    assert_eq!(
        put(id("Premises-based PSTN")),
        400,
        "that one goes by its trunk"
    );
    assert_eq!(put(json!("x")), 404);
}

#[test]
fn what_a_location_must_have() {
    let simulator = simulator();
    let status = |name: &str, value: Value| {
        let mut body = location("New");
        body[name] = value;
        send(&simulator, "POST", "/locations", body).status
    };
    for (name, value) in [
        ("timeZone", json!("America/Nowhere")),
        ("preferredLanguage", json!("xx_xx")),
        ("announcementLanguage", Value::Null),
        ("address", json!({"city": "Denver"})),
        ("name", json!("")),
        ("name", json!("x".repeat(257))),
    ] {
        assert_eq!(status(name, value), 400, "{name}");
    }
    assert_eq!(status("name", json!("Austin")), 409);
    let put = |body: Value| send(&simulator, "PUT", "/locations/loc-a", body).status;
    assert_eq!(put(json!({"name": "Austin HQ"})), 204);
    assert_eq!(
        put(json!({"name": "x".repeat(81)})),
        400,
        "eighty where there is Calling"
    );
    let mut address = saved(&simulator, "locations", "id", "loc-a")["address"].clone();
    address["country"] = json!("CA");
    assert_eq!(put(json!({"address": address})), 400);
    assert_eq!(
        user(&simulator, "ana@acme.com")["location"],
        "Austin HQ",
        "names follow"
    );
}

#[test]
fn another_routing_prefix_is_a_job() {
    let simulator = simulator();
    let put = |prefix: &str| {
        send(
            &simulator,
            "PUT",
            "/telephony/config/locations/loc-a",
            json!({"routingPrefix": prefix}),
        )
    };
    let got = put("800");
    assert_eq!(got.status, 200);
    assert_eq!(put("801").status, 409);
    let job = format!(
        "/telephony/config/jobs/updateRoutingPrefix/{}",
        got.body["batchJobId"].as_str().unwrap()
    );
    simulator.advance(Duration::from_secs(10));
    assert_eq!(get(&simulator, &job)["latestExecutionStatus"], "COMPLETED");
    let ana = &get(&simulator, "/telephony/config/numbers?ownerId=ana")["phoneNumbers"][0];
    assert_eq!(ana["esn"], "8001001");
    let extension = &get(&simulator, "/people/ana?callingData=true")["phoneNumbers"][1];
    assert_eq!(extension["value"], "8001001");
    direct(&simulator, json!({"switches": {"prefixJobFails": true}}));
    assert_eq!(put("802").status, 206);
}

#[test]
fn closing_a_location() {
    let simulator = simulator();
    let check = |id: &str| {
        send(
            &simulator,
            "POST",
            &format!("/telephony/config/locations/{id}/actions/precheckForDeletion/invoke"),
            json!({}),
        )
        .body
    };
    let found = check("loc-a");
    assert_eq!(
        (
            &found["locationDeleteStatus"],
            &found["blocking"]["usersInUseCount"],
            &found["blocking"]["workspacesInUseCount"]
        ),
        (&json!("BLOCKED"), &json!(2), &json!(1))
    );
    assert_eq!(check("loc-b")["locationDeleteStatus"], "UNBLOCKED");
    assert_eq!(
        send(&simulator, "DELETE", "/locations/loc-b", Value::Null).status,
        409,
        "Calling goes first"
    );
    let path = "/telephony/config/jobs/locations/deleteCallingLocation";
    let run = |id: &str| {
        let job = send(&simulator, "POST", path, json!({"locationId": id}));
        assert_eq!(job.status, 202);
        simulator.advance(Duration::from_secs(10));
        let job = format!("{path}/{}", job.body["id"].as_str().unwrap());
        (
            get(&simulator, &job)["latestExecutionStatus"].clone(),
            get(&simulator, &format!("{job}/errors"))["items"].clone(),
        )
    };
    let (status, failed) = run("loc-a");
    assert_eq!(
        (status, &failed[0]["error"]["message"][0]["code"]),
        (json!("FAILED"), &json!("BATCH-1012007"))
    );
    let (status, failed) = run("loc-b");
    assert_eq!((status, failed), (json!("COMPLETED"), json!([])));
    assert_eq!(number(&simulator, "+12145550105"), Value::Null);
    assert_eq!(
        send(&simulator, "DELETE", "/locations/loc-b", Value::Null).status,
        204
    );
    assert_eq!(check("loc-a")["blocking"]["lastLocation"], true);
}

fn licensed(license: &str) -> Value {
    json!({"displayName": "Lobby", "calling": {"type": "webexCalling", "webexCalling": {
        "locationId": "loc-a", "phoneNumber": "+12145550102", "extension": "1002", "licenses": [license]}}})
}

fn put_lobby(simulator: &Simulator, body: Value) -> crate::client::Got {
    send(simulator, "PUT", "/workspaces/w-lobby", body)
}

#[test]
fn a_workspace_changes_its_subscription() {
    let simulator = simulator();
    let shown = get(&simulator, "/workspaces/w-lobby");
    assert_eq!(
        shown["calling"]["webexCalling"],
        json!({"licenses": ["L-WS-21"]}),
        "and no number"
    );
    let got = put_lobby(&simulator, licensed("L-WS-24"));
    assert_eq!(got.status, 200, "{}", got.body);
    let lobby = saved(&simulator, "workspaces", "name", "Lobby");
    assert_eq!(
        (
            &lobby["licenses"],
            &lobby["phoneNumber"],
            &lobby["extension"]
        ),
        (&json!(["L-WS-24"]), &json!("+12145550102"), &json!("1002"))
    );
    assert_eq!(
        (
            consumed(&simulator, "L-WS-21"),
            consumed(&simulator, "L-WS-24")
        ),
        (0, 1)
    );
    direct(
        &simulator,
        json!({"switches": {"devicesBlockLicence": true}}),
    );
    assert_eq!(put_lobby(&simulator, licensed("L-WS-21")).status, 400);
    let bare =
        json!({"calling": {"type": "webexCalling", "webexCalling": {"licenses": ["L-WS-24"]}}});
    assert_eq!(
        put_lobby(&simulator, bare).status,
        400,
        "place and number come with every change"
    );
    let away = json!({"calling": {"type": "none"}});
    assert_eq!(put_lobby(&simulator, away).status, 400, "it has a device");
    let mut elsewhere = licensed("L-WS-24");
    elsewhere["locationId"] = json!("loc-b");
    assert_eq!(put_lobby(&simulator, elsewhere).status, 400);
}

#[test]
fn workspaces_are_found_by_the_beginning_of_their_name() {
    let simulator = simulator();
    let found = |name: &str| {
        let page = get(&simulator, &format!("/workspaces?displayName={name}"));
        page["items"].as_array().unwrap().len()
    };
    assert_eq!((found("lob"), found("Lobby"), found("obby")), (1, 1, 0));
}

#[test]
fn pages_of_groups_by_count_have_links() {
    let simulator = simulator();
    let first = send(&simulator, "GET", "/groups?count=1", Value::Null);
    let link = first.header("link").unwrap_or_default();
    assert!(link.contains("startIndex=2"), "{link}");
    let whole = send(&simulator, "GET", "/groups", Value::Null);
    assert_eq!(whole.header("link"), None);
}

#[test]
fn members_that_a_put_does_not_name() {
    let simulator = simulator();
    put_lobby(
        &simulator,
        json!({"displayName": "Lobby", "capacity": 5, "notes": "front", "hotdeskingStatus": "on"}),
    );
    put_lobby(&simulator, json!({"displayName": "Lobby"}));
    let shown = get(&simulator, "/workspaces/w-lobby");
    assert_eq!(
        (shown.get("capacity"), &shown["hotdeskingStatus"]),
        (None, &json!("on"))
    );
    direct(
        &simulator,
        json!({"switches": {"workspaceDropsOmitted": false}}),
    );
    put_lobby(&simulator, json!({"displayName": "Lobby", "capacity": 5}));
    put_lobby(&simulator, json!({"displayName": "Lobby"}));
    assert_eq!(get(&simulator, "/workspaces/w-lobby")["capacity"], 5);
}

#[test]
fn a_new_workspace_gets_the_oldest_licence() {
    let simulator = simulator();
    let body = |name: &str, extension: &str, licenses: Value| {
        json!({"displayName": name, "calling": {"type": "webexCalling",
        "webexCalling": {"locationId": "loc-b", "extension": extension, "licenses": licenses}}})
    };
    // The older pool is full.
    let got = send(
        &simulator,
        "POST",
        "/workspaces",
        body("One", "3001", json!([])),
    );
    assert_eq!(
        (got.status, &got.body["calling"]["webexCalling"]["licenses"]),
        (201, &json!(["L-WS-24"]))
    );
    direct(
        &simulator,
        json!({"changes": [{"section": "licenses", "key": "L-WS-21", "set": {"totalUnits": 9}}]}),
    );
    let got = send(
        &simulator,
        "POST",
        "/workspaces",
        body("Two", "3002", json!(["L-WS-24", "L-WS-21"])),
    );
    assert_eq!(
        got.body["calling"]["webexCalling"]["licenses"],
        json!(["L-WS-21"])
    );
    direct(
        &simulator,
        json!({"changes": [{"section": "subscriptions", "key": "Sub-2021", "set": {"status": "suspended"}}]}),
    );
    let got = send(
        &simulator,
        "POST",
        "/workspaces",
        body("Three", "3003", json!([])),
    );
    assert_eq!(
        got.body["calling"]["webexCalling"]["licenses"],
        json!(["L-WS-24"])
    );
    assert_eq!(
        send(
            &simulator,
            "POST",
            "/workspaces",
            body("Four", "3003", json!([]))
        )
        .code(),
        4202
    );
    assert_eq!(
        send(
            &simulator,
            "POST",
            "/workspaces",
            body("Five", "3005", json!(["L-HD"]))
        )
        .status,
        400
    );
    let id = got.body["id"].as_str().unwrap();
    assert_eq!(
        send(
            &simulator,
            "DELETE",
            &format!("/workspaces/{id}"),
            Value::Null
        )
        .status,
        204
    );
    assert_eq!(pages(&simulator, "/workspaces?max=2", "items").len(), 3);
}

#[test]
fn a_workspace_takes_its_devices_along() {
    let simulator = simulator();
    assert_eq!(
        send(&simulator, "DELETE", "/workspaces/w-lobby", Value::Null).status,
        204
    );
    assert_eq!(number(&simulator, "+12145550102")["owner"], Value::Null);
    assert_eq!(simulator.snapshot()["devices"].as_array().unwrap().len(), 1);
}

#[test]
fn members_come_and_go() {
    let simulator = simulator();
    let members = || get(&simulator, "/groups/g-sales/members")["members"].clone();
    let change = |members: Value| {
        send(
            &simulator,
            "PATCH",
            "/groups/g-sales",
            json!({"members": members}),
        )
        .status
    };
    assert_eq!(
        change(
            json!([{"id": "tom"}, {"id": "bob", "operation": "delete"}, {"id": "ana", "operation": "add"}])
        ),
        200
    );
    assert_eq!(
        saved(&simulator, "groups", "id", "g-sales")["members"],
        json!(["ana@acme.com", "tom@acme.com"])
    );
    assert_eq!(members().as_array().unwrap().len(), 2);
    direct(&simulator, json!({"switches": {"strictMembers": true}}));
    assert_eq!(change(json!([{"id": "tom"}])), 400);
    let many = vec![json!({"id": "tom"}); 501];
    assert_eq!(change(json!(many)), 400);
    assert_eq!(
        send(
            &simulator,
            "PATCH",
            "/groups/g-sales",
            json!({"purgeAllValues": {"attributes": ["members"]}})
        )
        .status,
        200
    );
    assert_eq!(get(&simulator, "/groups/g-sales")["memberSize"], 0);
}

#[test]
fn groups_of_a_directory() {
    let simulator = simulator();
    let change = || {
        send(
            &simulator,
            "PATCH",
            "/groups/g-dir",
            json!({"members": [{"id": "tom"}]}),
        )
        .status
    };
    let members = || {
        saved(&simulator, "groups", "id", "g-dir")["members"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((change(), members()), (403, 1));
    direct(
        &simulator,
        json!({"switches": {"directoryGroups": "ignore"}}),
    );
    assert_eq!((change(), members()), (200, 1));
    direct(
        &simulator,
        json!({"switches": {"directoryGroups": "accept"}}),
    );
    assert_eq!((change(), members()), (200, 2));
}

#[test]
fn pages_of_groups_and_their_defect() {
    let simulator = simulator();
    for nth in 0..5 {
        let made = send(
            &simulator,
            "POST",
            "/groups",
            json!({"displayName": format!("G{nth}"), "members": [{"id": "tom"}]}),
        );
        assert_eq!(made.status, 201);
    }
    let page = |start: usize| {
        let got = get(&simulator, &format!("/groups?startIndex={start}&count=3"));
        let names = got["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["displayName"].as_str().unwrap().to_owned());
        (
            got["totalResults"].as_u64().unwrap(),
            names.collect::<Vec<_>>(),
        )
    };
    assert_eq!(
        page(4),
        (7, vec!["G1".to_owned(), "G2".to_owned(), "G3".to_owned()])
    );
    direct(&simulator, json!({"switches": {"groupPagingDefect": true}}));
    assert_eq!(
        page(4),
        (7, vec!["G0".to_owned(), "G1".to_owned(), "G2".to_owned()])
    );
    let found = get(&simulator, "/groups?filter=displayName%20eq%20%22sales%22")["groups"].clone();
    assert_eq!(found[0]["id"], "g-sales");
    assert_eq!(found[0].get("members"), None);
    assert_eq!(
        send(&simulator, "POST", "/groups", json!({"displayName": "G0"})).status,
        201,
        "names are not unique"
    );
    direct(&simulator, json!({"switches": {"uniqueGroupNames": true}}));
    assert_eq!(
        send(&simulator, "POST", "/groups", json!({"displayName": "G0"})).status,
        409
    );
    assert_eq!(
        send(&simulator, "DELETE", "/groups/g-sales", Value::Null).status,
        204
    );
}
