//! The simulator by its answers, as a client sees them, without sockets.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use http::{Method, Request};
use serde_json::{Value, json};
use trunkline::sim::{Options, Reply, Scenario, Simulator};

mod common;

/// An organisation to begin with.
fn acme() -> Value {
    let path = common::root().join("examples/acme/snapshot.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn simulator() -> Simulator {
    Simulator::new(acme(), &Options::default())
}

/// Status, headers and body of an answer.
struct Got {
    status: u16,
    link: Option<String>,
    retry_after: Option<String>,
    body: Value,
}

fn request(method: Method, path: &str, body: &Value) -> Request<Vec<u8>> {
    let bytes = match body {
        Value::Null => Vec::new(),
        body => body.to_string().into_bytes(),
    };
    let uri = match path.starts_with("http") {
        true => path.to_owned(),
        false => format!("http://webex.test/v1{path}"),
    };
    Request::builder()
        .method(method)
        .uri(uri)
        .header("authorization", "Bearer any")
        .header("content-type", "application/json")
        .body(bytes)
        .unwrap()
}

fn send(simulator: &Simulator, method: Method, path: &str, body: Value) -> Got {
    match simulator.answer(request(method, path, &body)) {
        Reply::Response(response) => {
            let header = |name: &str| {
                let value = response.headers().get(name);
                value.map(|value| value.to_str().unwrap().to_owned())
            };
            Got {
                status: response.status().as_u16(),
                link: header("link"),
                retry_after: header("retry-after"),
                body: serde_json::from_slice(response.body()).unwrap_or(Value::Null),
            }
        }
        other => panic!("{other:?}"),
    }
}

fn get(simulator: &Simulator, path: &str) -> Value {
    let got = send(simulator, Method::GET, path, Value::Null);
    assert_eq!(got.status, 200, "{path}: {}", got.body);
    got.body
}

/// All entries of a list that is paged by Link headers.
fn pages(simulator: &Simulator, path: &str, key: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let mut got = send(simulator, Method::GET, &path, Value::Null);
        assert_eq!(got.status, 200, "{path}: {}", got.body);
        let page: Vec<Value> = serde_json::from_value(got.body[key].take()).unwrap();
        let link = got.link.map(|link| {
            let (url, _) = link.trim_start_matches('<').split_once('>').unwrap();
            url.to_owned()
        });
        next = link.filter(|_| !page.is_empty());
        all.extend(page);
    }
    all
}

fn direct(simulator: &Simulator, scenario: Value) {
    let scenario: Scenario = serde_json::from_value(scenario).unwrap();
    simulator.direct(scenario).unwrap();
}

#[test]
fn nothing_done_is_the_same_file() {
    for path in common::cases::snapshots() {
        let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let simulator = Simulator::new(file.clone(), &Options::default());
        simulator.advance(Duration::from_secs(60));
        let now = simulator.snapshot();
        for (section, before) in file.as_object().unwrap() {
            let rows = |value: &Value| {
                let mut rows = value.as_array().cloned().unwrap_or(vec![value.clone()]);
                // Not every file of a case is sorted as captures are.
                rows.sort_by_key(ToString::to_string);
                rows
            };
            let (before, after) = (rows(before), rows(&now[section]));
            assert_eq!(before.len(), after.len(), "{} {section}", path.display());
            for (before, after) in before.iter().zip(&after) {
                assert_eq!(before, after, "{} {section}", path.display());
            }
        }
    }
}

#[test]
fn people_come_in_pages() {
    let simulator = simulator();
    let people = pages(&simulator, "/people?callingData=true&max=7", "items");
    assert_eq!(people.len(), acme()["users"].as_array().unwrap().len());
    let ana = get(&simulator, "/people?email=ANA@acme.com&callingData=true");
    assert_eq!(ana["notFoundIds"], Value::Null);
    assert_eq!(ana["items"][0]["extension"], "1002");
    direct(&simulator, json!({"switches": {"emptyLastPage": true}}));
    assert_eq!(
        pages(&simulator, "/people?max=2", "items").len(),
        people.len()
    );
}

#[test]
fn a_fault_meets_the_request_that_it_is_for() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"faults": [{"method": "GET", "path": "/licenses", "nth": 2, "status": 429, "retryAfter": 7}]}),
    );
    let status = || send(&simulator, Method::GET, "/licenses", Value::Null);
    assert_eq!(status().status, 200);
    let limited = status();
    assert_eq!(
        (limited.status, limited.retry_after.as_deref()),
        (429, Some("7"))
    );
    assert_eq!(status().status, 200);
}

#[test]
fn a_limit_asks_for_the_time_that_it_takes() {
    let simulator = simulator();
    direct(
        &simulator,
        json!({"switches": {"rateLimit": 2.0, "burst": 1.0}}),
    );
    let licenses = || send(&simulator, Method::GET, "/licenses", Value::Null);
    let mut burst = 0;
    while licenses().status == 200 {
        burst += 1;
    }
    assert!(burst >= 1);
    let wait = licenses().retry_after.unwrap().parse().unwrap();
    simulator.advance(Duration::from_secs(wait));
    assert_eq!(licenses().status, 200);
}
