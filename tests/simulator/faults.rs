//! Faults on demand, the clock, tokens, lag, and what another administrator does meanwhile.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline::sim::{Options, Reply, Simulator};

use crate::client::{direct, get, reply, request, send, simulator, small, user};

fn messaging() -> Value {
    json!({"email": "tom@acme.com", "licenses": [{"id": "L-MSG", "operation": "add"}]})
}

fn has_messaging(simulator: &Simulator) -> bool {
    let tom = user(simulator, "tom@acme.com");
    tom["licenses"]
        .as_array()
        .unwrap()
        .contains(&json!("L-MSG"))
}

#[test]
fn the_nth_request_meets_its_fault() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"faults": [{"method": "GET", "path": "/licenses", "nth": 2, "status": 429, "retryAfter": 7}]}),
    );
    let licenses = || send(&simulator, "GET", "/licenses", Value::Null);
    assert_eq!(licenses().status, 200);
    let limited = licenses();
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("7"))
    );
    assert_eq!(licenses().status, 200);
}

#[test]
fn before_the_write_and_after_it() {
    for (when, done) in [("before", false), ("after", true)] {
        for status in [423, 500, 502, 503, 504] {
            let simulator = simulator();
            direct(
                &simulator,
                json!({"faults": [{"method": "PATCH", "when": when, "status": status}]}),
            );
            assert_eq!(
                send(&simulator, "PATCH", "/licenses/users", messaging()).status,
                status
            );
            assert_eq!(has_messaging(&simulator), done, "{when} {status}");
            let entry = simulator.log().pop().unwrap();
            assert_eq!(
                (entry.status, entry.applied, entry.answered),
                (status, done, true)
            );
        }
    }
}

#[test]
fn connections_break_and_bodies_end_in_the_middle() {
    for (when, done) in [("before", false), ("after", true)] {
        let simulator = simulator();
        direct(
            &simulator,
            json!({"faults": [{"method": "PATCH", "when": when, "drop": true}]}),
        );
        assert!(matches!(
            reply(&simulator, "PATCH", "/licenses/users", messaging()),
            Reply::Dropped
        ));
        assert_eq!(has_messaging(&simulator), done, "{when}");
        assert!(!simulator.log().pop().unwrap().answered);
    }
    let simulator = simulator();
    direct(
        &simulator,
        json!({"faults": [{"truncate": true}, {"slowMs": 1500}]}),
    );
    let Reply::Truncated(half) = reply(&simulator, "PATCH", "/licenses/users", messaging()) else {
        panic!("it is whole");
    };
    let promised: usize = half.headers()["content-length"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(half.body().len() < promised && has_messaging(&simulator));
    assert!(
        matches!(reply(&simulator, "GET", "/licenses", Value::Null), Reply::Slow(time, _) if time == Duration::from_millis(1500))
    );
}

#[test]
fn a_limit_asks_for_the_time_that_it_takes() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"switches": {"rateLimit": 2.0, "burst": 3.0}}),
    );
    let licenses = || send(&simulator, "GET", "/licenses", Value::Null);
    let first: Vec<u16> = (0..4).map(|_| licenses().status).collect();
    assert_eq!(first, [200, 200, 200, 429]);
    let wait = licenses().header("retry-after").unwrap().parse().unwrap();
    simulator.advance(Duration::from_secs(wait));
    assert_eq!(licenses().status, 200);
    assert!(!simulator.log()[3].applied);
}

#[test]
fn tokens_expire_and_are_refreshed() {
    let options = Options {
        token: Some("any".to_owned()),
        ..Options::default()
    };
    let simulator = Simulator::new(small(), &options);
    direct(
        &simulator,
        json!({"app": {"clientId": "c", "clientSecret": "s", "refreshToken": "r1"},
        "faults": [{"nth": 2, "expireToken": true}]}),
    );
    let status = |token: &str| {
        let mut request = request("GET", "/licenses", &Value::Null);
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {token}").parse().unwrap());
        match simulator.answer(request) {
            Reply::Response(response) => response.status().as_u16(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        [status("any"), status("any"), status("any"), status("other")],
        [200, 401, 401, 401]
    );
    let refresh = |token: &str| {
        let form =
            format!("grant_type=refresh_token&client_id=c&client_secret=s&refresh_token={token}");
        let request = http::Request::post("http://webex.test/v1/access_token")
            .body(form.into_bytes())
            .unwrap();
        match simulator.answer(request) {
            Reply::Response(response) => (
                response.status().as_u16(),
                serde_json::from_slice::<Value>(response.body()).unwrap(),
            ),
            other => panic!("{other:?}"),
        }
    };
    let (code, fresh) = refresh("r1");
    assert_eq!(
        (code, status(fresh["access_token"].as_str().unwrap())),
        (200, 200)
    );
    assert_eq!(refresh("r1").0, 401, "it was rotated");
    assert_eq!(refresh(fresh["refresh_token"].as_str().unwrap()).0, 200);
}

#[test]
fn scopes_and_organisations() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"tokens": {"any": {"scopes": ["spark-admin:licenses_read"]}}}),
    );
    assert_eq!(
        send(&simulator, "GET", "/licenses", Value::Null).status,
        200
    );
    assert_eq!(send(&simulator, "GET", "/people", Value::Null).status, 403);
    assert_eq!(
        send(&simulator, "GET", "/licenses?orgId=other", Value::Null).status,
        403
    );
    direct(&simulator, json!({"switches": {"foreignIsNotFound": true}}));
    assert_eq!(
        send(&simulator, "GET", "/licenses?orgId=other", Value::Null).status,
        404
    );
    assert_eq!(
        send(&simulator, "GET", "/licenses?orgId=org-1", Value::Null).status,
        200
    );
    assert_eq!(
        send(&simulator, "PUT", "/licenses", Value::Null).status,
        405
    );
    assert_eq!(send(&simulator, "GET", "/nothing", Value::Null).status, 404);
}

#[test]
fn reads_lag_behind_writes() {
    let simulator = simulator();
    direct(&simulator, json!({"switches": {"readLag": {"people": 60}}}));
    send(&simulator, "PATCH", "/licenses/users", messaging());
    let shown = || {
        get(&simulator, "/people/tom")["licenses"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(shown(), 2, "as it was");
    assert_eq!(
        get(&simulator, "/licenses/L-MSG")["consumedUnits"],
        1,
        "licences do not lag"
    );
    simulator.advance(Duration::from_secs(59));
    assert_eq!(shown(), 2);
    simulator.advance(Duration::from_secs(2));
    assert_eq!(shown(), 3);
    assert!(has_messaging(&simulator));
}

#[test]
fn a_date_that_is_off() {
    let simulator = simulator();
    direct(&simulator, json!({"switches": {"clockSkew": -3600}}));
    let got = send(&simulator, "GET", "/licenses", Value::Null);
    assert_eq!(got.header("date"), Some("Fri, 20 Nov 2026 07:00:00 GMT"));
    let exp = get(&simulator, "/authorizations/tokenExpiry")["exp"]
        .as_i64()
        .unwrap();
    assert!(exp > simulator.now().as_millisecond());
}

#[test]
fn another_administrator_changes_something_in_between() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"faults": [{"method": "PATCH", "when": "after",
        "change": {"section": "users", "key": "ana@acme.com", "set": {"extension": "1077"}}}]}),
    );
    assert_eq!(
        send(&simulator, "PATCH", "/licenses/users", messaging()).status,
        200
    );
    assert_eq!(
        get(&simulator, "/people/ana?callingData=true")["extension"],
        "1077"
    );
    direct(
        &simulator,
        json!({"changes": [
        {"section": "users", "key": "new@acme.com", "set": {"displayName": "New"}},
        {"section": "users", "key": "bob@acme.com", "remove": true},
        {"section": "groups", "key": "Sales", "set": {"members": ["tom@acme.com"]}}]}),
    );
    assert_eq!(
        get(&simulator, "/people?email=new@acme.com")["items"][0]["displayName"],
        "New"
    );
    assert_eq!(
        send(&simulator, "GET", "/people/bob", Value::Null).status,
        404
    );
    assert_eq!(
        get(&simulator, "/groups/g-sales/members")["members"][0]["id"],
        "tom"
    );
    let wrong = serde_json::from_value(
        json!({"changes": [{"section": "users", "key": "x@acme.com", "remove": true}]}),
    )
    .unwrap();
    assert_eq!(
        simulator.direct(wrong),
        Err("users has no x@acme.com".to_owned())
    );
}

#[test]
fn the_control_endpoint_speaks_as_a_scenario() {
    let simulator = simulator();
    let control = |method: &str, path: &str, body: Value| {
        send(
            &simulator,
            method,
            &format!("http://webex.test/_control/{path}"),
            body,
        )
    };
    let said = control(
        "POST",
        "scenario",
        json!({"faults": [{"status": 500}], "advance": 90}),
    );
    assert_eq!(said.status, 204);
    assert_eq!(
        send(&simulator, "GET", "/licenses", Value::Null).status,
        500
    );
    let log = control("GET", "log", Value::Null).body;
    assert_eq!(
        (&log["entries"][0]["path"], &log["entries"][0]["status"]),
        (&json!("/licenses"), &json!(500))
    );
    assert_eq!(
        control("GET", "state", Value::Null).body["now"],
        "2026-11-20T08:01:30.000Z"
    );
    assert_eq!(
        control("GET", "snapshot", Value::Null).body,
        simulator.snapshot()
    );
    assert_eq!(
        control("POST", "scenario", json!({"fauls": []})).status,
        400
    );
    assert_eq!(simulator.log().len(), 1, "control is not in the log");
}
