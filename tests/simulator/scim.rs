//! SCIM 2: users, groups, bulk.

use serde_json::{Value, json};
use trunkline::sim::Simulator;

use crate::client::{Got, direct, get, send, simulator, user};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn scim(simulator: &Simulator, method: &str, path: &str, body: Value) -> Got {
    let url = format!("http://webex.test/identity/scim/org-1/v2{path}");
    send(simulator, method, &url, body)
}

fn patch(simulator: &Simulator, path: &str, operations: Value) -> Got {
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    scim(simulator, "PATCH", path, body)
}

#[test]
fn users_are_found_by_filter_and_in_pages() {
    let simulator = simulator();
    let names = |query: &str| -> Vec<String> {
        let got = scim(&simulator, "GET", &format!("/Users?{query}"), Value::Null);
        assert_eq!(got.status, 200, "{}", got.body);
        let resources = got.body["Resources"].as_array().unwrap();
        resources
            .iter()
            .map(|it| it["userName"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names("filter=userName%20eq%20%22ANA@acme.com%22"),
        ["ana@acme.com"]
    );
    assert_eq!(
        names("filter=userName%20sw%20%22b%22%20or%20displayName%20sw%20%22tom%22"),
        ["bob@acme.com", "tom@acme.com"]
    );
    assert_eq!(
        names("startIndex=2&count=2"),
        ["bob@acme.com", "eve@acme.com"]
    );
    assert_eq!(
        names("sortBy=userName&sortOrder=descending&count=1"),
        ["tom@acme.com"]
    );
    let wrong = scim(&simulator, "GET", "/Users?filter=what", Value::Null);
    assert_eq!(
        (wrong.status, &wrong.body["scimType"]),
        (400, &json!("invalidFilter"))
    );
    let with = scim(&simulator, "GET", "/Users?returnGroups=true", Value::Null).body;
    let groups: Vec<&str> = with["Resources"][0]["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["display"].as_str().unwrap())
        .collect();
    assert_eq!(groups, ["Directory", "Sales"]);
    let foreign = send(
        &simulator,
        "GET",
        "http://webex.test/identity/scim/other/v2/Users",
        Value::Null,
    );
    assert_eq!(foreign.status, 403);
}

#[test]
fn a_user_from_the_first_request_to_the_last() {
    let simulator = simulator();
    let body = json!({
        "schemas": [CORE], "userName": "ned@acme.com", "userType": "user", "name": {"givenName": "Ned", "familyName": "Fox"},
        "nickName": "N", ENTERPRISE: {"department": "Sales", "costCenter": "7", "manager": {"value": "ana"}}
    });
    let made = scim(&simulator, "POST", "/Users", body.clone());
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].as_str().unwrap().to_owned();
    assert_eq!(scim(&simulator, "POST", "/Users", body).status, 409);
    let person = &get(&simulator, "/people?email=ned@acme.com")["items"][0];
    assert_eq!(
        (
            &person["displayName"],
            &person["department"],
            &person["managerId"]
        ),
        (&json!("Ned Fox"), &json!("Sales"), &json!("ana"))
    );
    assert_eq!(
        person["licenses"],
        json!(["L-FMS", "L-FSS"]),
        "what everybody has"
    );
    let operations = json!([
        {"op": "replace", "path": "active", "value": false}, {"op": "add", "path": "title", "value": "Lead"},
        {"op": "add", "path": "roles", "value": [{"value": "id_user_admin", "type": "cirole"}]}
    ]);
    let got = patch(&simulator, &format!("/Users/{id}"), operations);
    assert_eq!(got.status, 200, "{}", got.body);
    assert_eq!(
        (&got.body["nickName"], &got.body[ENTERPRISE]["costCenter"]),
        (&json!("N"), &json!("7"))
    );
    let saved = user(&simulator, "ned@acme.com");
    assert_eq!(
        (&saved["status"], &saved["roles"]),
        (
            &json!("inactive"),
            &json!(["User and Device Administrator"])
        )
    );
    let refused = patch(
        &simulator,
        &format!("/Users/{id}"),
        json!([{"op": "remove"}]),
    );
    assert_eq!(
        (refused.status, &refused.body["scimType"]),
        (400, &json!("noTarget"))
    );
    let new = json!({"schemas": [CORE], "userName": "ned@acme.com", "userType": "user", "displayName": "Ned"});
    let replaced = scim(&simulator, "PUT", &format!("/Users/{id}"), new).body;
    assert_eq!(
        replaced.get("title"),
        None,
        "PUT takes away what it does not name"
    );
    assert_eq!(
        scim(&simulator, "DELETE", &format!("/Users/{id}"), Value::Null).status,
        204
    );
    assert_eq!(
        scim(&simulator, "GET", &format!("/Users/{id}"), Value::Null).status,
        404
    );
}

#[test]
fn an_address_can_change_and_stays_unique() {
    let simulator = simulator();
    let change = |email: &str| {
        let operations = json!([{"op": "replace", "path": "userName", "value": email}, {"op": "replace", "path": "emails[type eq \"work\"].value", "value": email}]);
        patch(&simulator, "/Users/bob", operations).status
    };
    assert_eq!(
        (change("ana@acme.com"), change("robert@acme.com")),
        (409, 200)
    );
    assert_eq!(
        get(&simulator, "/people?email=robert@acme.com")["items"][0]["id"],
        "bob"
    );
    assert_eq!(
        get(&simulator, "/people?email=bob@acme.com")["items"],
        json!([])
    );
}

#[test]
fn members_of_groups_come_and_go() {
    let simulator = simulator();
    let members = |path: &str| -> Vec<String> {
        let got = scim(&simulator, "GET", path, Value::Null).body;
        got["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["value"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(members("/Groups/g-sales/Members"), ["ana", "bob"]);
    let operations = json!([{"op": "add", "path": "members", "value": [{"value": "tom", "type": "user"}]}, {"op": "remove", "path": "members[value eq \"ana\"]"}]);
    assert_eq!(
        patch(&simulator, "/Groups/g-sales", operations.clone()).status,
        200
    );
    assert_eq!(members("/Groups/g-sales"), ["bob", "tom"]);
    assert_eq!(get(&simulator, "/groups/g-sales")["memberSize"], 2);
    let directory = scim(&simulator, "GET", "/Groups/g-dir", Value::Null).body;
    assert_eq!(
        directory["urn:scim:schemas:extension:cisco:webexidentity:2.0:Group"]["provisionSource"],
        "AD"
    );
    let answers = ["refuse", "ignore", "accept"].map(|word| {
        direct(&simulator, json!({"switches": {"directoryGroups": word}}));
        let status = patch(&simulator, "/Groups/g-dir", operations.clone()).status;
        (status, members("/Groups/g-dir"))
    });
    let ana = vec!["ana".to_owned()];
    assert_eq!(
        answers,
        [
            (403, ana.clone()),
            (200, ana),
            (200, vec!["tom".to_owned()])
        ]
    );
}

#[test]
fn bulk_goes_on_until_too_much_has_failed() {
    let simulator = simulator();
    let post = |id: &str, email: &str| json!({"method": "POST", "path": "/Users", "bulkId": id, "data": {"schemas": [CORE], "userName": email, "userType": "user"}});
    let bulk = |operations: Value, limit: u64| {
        let body = json!({"schemas": ["x"], "failOnErrors": limit, "operations": operations});
        scim(&simulator, "POST", "/Bulk", body)
    };
    let operations = json!([post("1", "a@acme.com"), post("2", "ana@acme.com"), {"method": "DELETE", "path": "/Users/tom"}]);
    let statuses = |got: &Got| -> Vec<Value> {
        got.body["Operations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["status"].clone())
            .collect()
    };
    assert_eq!(
        statuses(&bulk(operations.clone(), 2)),
        ["201", "409", "204"]
    );
    assert_eq!(
        statuses(&bulk(operations.clone(), 1)),
        ["409"],
        "the first fails now"
    );
    assert_eq!(bulk(operations, 0).status, 400);
    let many: Vec<Value> = (0..101)
        .map(|at| post(&at.to_string(), &format!("m{at}@acme.com")))
        .collect();
    assert_eq!(bulk(Value::Array(many), 1).status, 400);
    assert_eq!(
        get(&simulator, "/people?email=tom@acme.com")["items"],
        json!([])
    );
}
