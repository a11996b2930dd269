//! An apply that is killed after any of its requests, and goes on: the end is that of an apply that no one disturbed, nothing is
//! written twice, and no one loses Calling whom the plan does not name.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::common::live::{World, comparable, writes};
use crate::common::{trunkline, write};
use serde_json::{Value, json};
use trunkline::sim::{self, Simulator};

/// So many people, of whom some come, some go and most move to a new subscription, with groups, numbers and workspaces beside.
const PEOPLE: usize = 60;

/// An organisation with a bit of everything, whose plan takes more than 200 requests with what is read before and after.
fn organisation(directory: &Path) -> World {
    let mut yaml = String::from(
        "version: 1
org: {name: Acme, id: org-1, assignmentMode: group}
templates:
  staff: {existingUsers: true, licenses: {calling: professional, messaging: advanced}}
groups:
  Staff:
    template: staff
    members: [",
    );
    let email = |at: usize| format!("p{at:02}@acme.com");
    for at in 0..PEOPLE {
        let _ = write!(yaml, "{}, ", email(at));
    }
    yaml.push_str(
        "]
subscriptions:
  Sub-1: {createdAt: 2021-01-01, replacedBy: Sub-2}
  Sub-2: {createdAt: 2024-01-01}
locations: {Dallas: {}, London: {}}
numbers:
  - {location: Dallas, numbers: [\"+12145550100..+12145550199\"]}
workspaces:
  Lobby: {location: Dallas, extension: \"7001\", licenses: {calling: workspace}}
users:
  gone@acme.com: {state: absent}
  p58@acme.com: {displayName: New Person, location: Dallas, phoneNumber: \"+12145550158\"}
  p59@acme.com: {displayName: Another One, location: Dallas, extension: \"1059\"}
  p00@acme.com: {location: Dallas, phoneNumber: \"+12145550190\"}
acknowledgements:
  - {code: user-deletion, subjects: [gone@acme.com], reason: left}
",
    );
    let user = |at: usize| {
        json!({
            "id": format!("u-{at}"), "email": email(at), "displayName": format!("Person {at}"), "status": "active",
            "location": "Dallas", "phoneNumber": format!("+1214555{:04}", 100 + at), "extension": format!("{}", 1000 + at),
            "licenses": ["L-CALL-1"], "attendeeSites": [], "roles": [], "voicemail": {"enabled": true}
        })
    };
    let mut users: Vec<Value> = (0..PEOPLE - 2).map(user).collect();
    users.push(
        json!({"id": "u-gone", "email": "gone@acme.com", "displayName": "Gone", "licenses": []}),
    );
    let numbers: Vec<Value> = (0..PEOPLE - 2)
        .map(|at| {
            json!({"phoneNumber": format!("+1214555{:04}", 100 + at), "location": "Dallas", "state": "active", "type": "did",
                   "owner": {"kind": "user", "key": email(at)}})
        })
        .collect();
    let licence = |id: &str, name: &str, subscription: &str, used: usize| json!({"id": id, "name": name, "subscriptionId": subscription, "siteUrl": null, "totalUnits": 100, "consumedUnits": used});
    let snapshot = json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2021-01-01"}, {"id": "Sub-2", "createdAt": "2024-01-01"}],
        "licenses": [
            licence("L-CALL-1", "Webex Calling - Professional", "Sub-1", PEOPLE - 2),
            licence("L-CALL-2", "Webex Calling - Professional", "Sub-2", 0),
            licence("L-MSG-2", "Advanced Messaging", "Sub-2", 0),
            licence("L-WORK-2", "Webex Calling - Workspaces", "Sub-2", 0),
        ],
        "sites": [],
        "locations": [
            {"id": "loc-d", "name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
             "address": {"address1": "1 Main St", "city": "Dallas", "state": "TX", "postalCode": "75201", "country": "US"},
             "calling": {"mainNumber": null, "pstn": null}},
            {"id": "loc-l", "name": "London", "timeZone": "Europe/London", "preferredLanguage": "en_GB",
             "address": {"address1": "2 High St", "city": "London", "postalCode": "EC1A 1BB", "country": "GB"}},
        ],
        "numbers": numbers, "groups": [], "users": users, "workspaces": [], "devices": []
    });
    write(&directory.join("org.yaml"), yaml);
    write(&directory.join("snapshot.json"), snapshot.to_string());
    World::of(directory)
}

/// A simulator on a socket.
fn serve(world: &World) -> (Arc<Simulator>, String) {
    let simulator = Arc::new(Simulator::new(
        world.snapshot.clone(),
        &sim::Options {
            real_time: true,
            ..Default::default()
        },
    ));
    let url = sim::serve(simulator.clone(), "127.0.0.1:0").unwrap();
    (simulator, format!("{url}/v1"))
}

fn start(directory: &Path, url: &str, state: &Path, more: &[&str]) -> Child {
    let state = state.to_str().unwrap();
    trunkline(directory)
        .args([
            "apply",
            "plan.json",
            "--live",
            "--yes",
            "--no-move-backups",
            "--no-capture",
            "--state",
            state,
        ])
        .args(more)
        .env("TRUNKLINE_API_URL", url)
        .env("WEBEX_ACCESS_TOKEN", "token")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Kills an apply as soon as so many requests have come in, and goes on with it.
fn killed_after(world: &World, requests: usize, expected: &Value) -> Result<(), String> {
    let state = tempfile::tempdir().unwrap();
    let (simulator, url) = serve(world);
    let mut child = start(&world.directory, &url, state.path(), &[]);
    while simulator.log().len() < requests && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // Before there is a journal, nothing has been sent.
    let begun = state.path().join("journal.jsonl").exists();
    let more: &[&str] = if begun { &["--resume"] } else { &[] };
    let resumed = start(&world.directory, &url, state.path(), more);
    let resumed = resumed.wait_with_output().unwrap();
    let ended = resumed.status;
    let mut seen = BTreeSet::new();
    for entry in writes(&simulator).iter().filter(|entry| entry.applied) {
        if !seen.insert((
            entry.method.clone(),
            entry.path.clone(),
            entry.digest.clone(),
        )) {
            return Err(format!(
                "killed after {requests}: {} {} was carried out twice",
                entry.method, entry.path
            ));
        }
    }
    if !ended.success() {
        return Err(format!(
            "killed after {requests}: the second run ended with {ended}: {}{}",
            String::from_utf8_lossy(&resumed.stdout),
            String::from_utf8_lossy(&resumed.stderr)
        ));
    }
    match comparable(&simulator.snapshot()) == *expected {
        true => Ok(()),
        false => Err(format!("killed after {requests}: another end")),
    }
}

#[test]
fn an_apply_that_was_killed_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let world = organisation(directory.path());
    let json = trunkline::render::PlanFormat::Json;
    let plan = trunkline::render::plan(&world.plan, json, &Default::default()).unwrap();
    write(&directory.path().join("plan.json"), plan);
    let (simulator, url) = serve(&world);
    let state = tempfile::tempdir().unwrap();
    let ended = start(&world.directory, &url, state.path(), &[])
        .wait()
        .unwrap();
    assert!(ended.success(), "{ended}");
    let expected = comparable(&simulator.snapshot());
    assert!(
        simulator.log().len() > 200,
        "only {} requests",
        simulator.log().len()
    );
    // A sample of the first 200; KILL_AT=1-200 takes all of them, which takes twenty minutes.
    let at = std::env::var("KILL_AT")
        .unwrap_or_else(|_| "1,2,8,21,34,55,72,89,110,121,144,160,178,199".to_owned());
    let wrong: Vec<String> = at
        .split(',')
        .flat_map(range)
        .filter_map(|requests| killed_after(&world, requests, &expected).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `7` or `7-9`.
fn range(text: &str) -> std::ops::RangeInclusive<usize> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    from.trim().parse().unwrap()..=to.trim().parse().unwrap()
}
