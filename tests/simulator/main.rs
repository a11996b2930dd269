//! The simulator by its answers, as a client sees them: without sockets, but for the one test of the server.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "a test fails by panicking, and is one story from start to end"
)]
#![allow(missing_docs, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

mod billing;
mod client;
mod faults;
mod imports;
mod licenses;
mod mobile;
mod numbers;
mod people;

mod places;
mod provider;
mod queues;
mod scim;
mod settings;
mod switches;
mod templates;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trunkline::sim::{self, Options, Simulator};

use client::{direct, get, pages, send, simulator, small};

#[test]
fn nothing_done_is_the_same_file() {
    let files = common::cases::snapshots();
    assert!(files.len() > 60);
    for path in files {
        let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let simulator = Simulator::new(file.clone(), &Options::default());
        for list in [
            "/licenses",
            "/people",
            "/groups",
            "/workspaces",
            "/telephony/config/numbers",
        ] {
            get(&simulator, list);
        }
        simulator.advance(Duration::from_secs(60));
        let now = simulator.snapshot();
        for (section, before) in file.as_object().unwrap() {
            let rows = |value: &Value| {
                let mut rows = value.as_array().cloned().unwrap_or(vec![value.clone()]);
                // Not every file of a case is sorted as captures are.
                rows.sort_by_key(ToString::to_string);
                rows
            };
            let (mut before, after) = (rows(before), rows(&now[section]));
            // Not every file says how many units are in use; Webex does.
            let units = before
                .iter_mut()
                .filter_map(|row| row.get_mut("consumedUnits"));
            units
                .filter(|it| it.is_null())
                .for_each(|it| *it = 0.into());
            before.sort_by_key(ToString::to_string);
            for (before, after) in before.iter().zip(&after) {
                assert_eq!(before, after, "{} {section}", path.display());
            }
            assert_eq!(before.len(), after.len(), "{} {section}", path.display());
        }
    }
}

#[test]
fn what_was_done_begins_the_next_simulator() {
    let simulator = simulator();
    simulator.advance(Duration::from_secs(60));
    send(
        &simulator,
        "POST",
        "/people",
        json!({"emails": ["ned@acme.com"], "displayName": "Ned"}),
    );
    let saved = simulator.snapshot();
    assert_eq!(saved["capturedAt"], "2026-11-20T08:01:00Z");
    let next = Simulator::new(saved.clone(), &Options::default());
    assert_eq!(next.snapshot(), saved);
    let ned = |simulator: &Simulator| {
        let found = get(simulator, "/people?email=ned@acme.com")["items"][0].clone();
        (found["id"].clone(), found["licenses"].clone())
    };
    assert_eq!(ned(&next), ned(&simulator));
}

#[test]
fn unknown_members_are_there_by_switch() {
    let simulator = simulator();
    let members = || {
        let licenses = get(&simulator, "/licenses")["items"].clone();
        let all = licenses.as_array().unwrap().iter();
        all.map(|it| it.as_object().unwrap().len()).sum::<usize>()
    };
    let with = members();
    direct(&simulator, json!({"switches": {"unknownMembers": false}}));
    assert!(with > members());
}

#[test]
fn an_empty_page_may_end_a_list() {
    let simulator = simulator();
    direct(&simulator, json!({"switches": {"emptyLastPage": true}}));
    assert_eq!(pages(&simulator, "/people?max=2", "items").len(), 4);
}

#[test]
fn a_hundred_thousand_people() {
    let mut file = small();
    let people = file["users"].as_array_mut().unwrap();
    for nth in 0..100_000 {
        people.push(json!({"id": format!("p{nth}"), "email": format!("p{nth}@acme.com"), "displayName": format!("Person {nth}"),
            "licenses": ["L-FMS", "L-FSS", "L-PRO-21"], "location": "Austin", "extension": format!("{:06}", 100_000 + nth), "roles": []}));
    }
    let begin = Instant::now();
    let simulator = Simulator::new(file, &Options::default());
    for nth in (0..100_000).step_by(100) {
        let got = send(
            &simulator,
            "PATCH",
            "/licenses/users",
            json!({"personId": format!("p{nth}"), "licenses": [{"id": "L-FSS", "operation": "add"}]}),
        );
        assert_eq!(got.status, 200);
        get(&simulator, &format!("/people/p{nth}?callingData=true"));
        get(
            &simulator,
            &format!("/telephony/config/numbers?ownerId=p{nth}"),
        );
    }
    // Seconds; without the indices a quarter of an hour. How fast it is on a quiet machine, no test can tell.
    assert!(
        begin.elapsed() < Duration::from_secs(300),
        "{:?}",
        begin.elapsed()
    );
}

/// What a server says to one request, as text.
fn say(url: &str, text: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut said = Vec::new();
    // A connection that breaks has said what it has said.
    let _ = stream.read_to_end(&mut said);
    String::from_utf8(said).unwrap()
}

#[test]
fn the_server_answers_on_loopback_and_breaks_off_on_demand() {
    let simulator = Arc::new(simulator());
    let url = sim::serve(simulator.clone(), "127.0.0.1:0").unwrap();
    let host = url.trim_start_matches("http://");
    let ask = |path: &str| {
        say(
            &url,
            &format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n"
            ),
        )
    };
    let whole = ask("/v1/people?max=2");
    assert!(whole.starts_with("HTTP/1.1 200 OK\r\n"), "{whole}");
    assert!(
        whole.contains(&format!("link: <{url}/v1/people?max=2&cursor=")),
        "{whole}"
    );
    direct(
        &simulator,
        json!({"faults": [{"drop": true}, {"nth": 2, "truncate": true}]}),
    );
    assert_eq!(ask("/v1/people"), "");
    let half = ask("/v1/people");
    let (head, body) = half.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    assert!(body.len() < length.parse().unwrap());
    assert!(ask("/v1/people").starts_with("HTTP/1.1 200"));
}

#[test]
fn the_page_names_switches_that_are() {
    let page = std::fs::read_to_string(common::root().join("docs/simulate.md")).unwrap();
    let (_, table) = page.split_once("| switch |").unwrap();
    let known = serde_json::to_value(sim::Switches::default()).unwrap();
    let cells = table.lines().filter_map(|line| line.split('|').nth(1));
    let named: Vec<&str> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert!(named.len() > 5, "{named:?}");
    for switch in named {
        assert!(known.get(switch).is_some(), "{switch}");
    }
}
