//! Requests that many share: a large group, many numbers, many people who move together. No more is sent than has to be, with
//! one worker and with several, and one that cannot be done fails alone.

use std::fmt::Write;
use std::path::Path;

use crate::common;
use crate::common::live::{How, World, apply, direct, writes};
use crate::common::write;
use serde_json::{Value, json};
use trunkline::apply::{Report, Verdict};

const MEMBERS: usize = 1200;
const MOVED: usize = 230;

fn email(at: usize) -> String {
    format!("p{at:04}@acme.com")
}

/// Everyone joins a group, some move from Dallas to Austin, and numbers come.
fn organisation(directory: &Path) -> World {
    let mut yaml = String::from(
        "version: 1
org: {name: Acme, id: org-1, assignmentMode: group}
locations: {Dallas: {}, Austin: {}}
numbers:
  - {location: Dallas, numbers: [\"+12145550000..+12145550249\"]}
",
    );
    yaml.push_str("groups:\n  Everybody:\n    members: [");
    for at in 0..MEMBERS {
        let _ = write!(yaml, "{}, ", email(at));
    }
    yaml.push_str("]\nusers:\n");
    for at in 0..MOVED {
        let _ = writeln!(yaml, "  {}: {{location: Austin}}", email(at));
    }
    let user = |at: usize| {
        let moves = at < MOVED;
        json!({
            "id": format!("u-{at}"), "email": email(at), "displayName": format!("Person {at}"), "status": "active",
            "location": moves.then_some("Dallas"), "phoneNumber": null,
            "extension": moves.then(|| (10_000 + at).to_string()),
            "licenses": if moves { vec!["L-CALL"] } else { vec![] },
            "attendeeSites": [], "roles": [], "voicemail": {"enabled": false}
        })
    };
    let users: Vec<Value> = (0..MEMBERS).map(user).collect();
    let place = |id: &str, name: &str| {
        json!({"id": id, "name": name, "timeZone": "America/Chicago", "preferredLanguage": "en_US",
               "address": {"address1": "1 Main St", "city": name, "state": "TX", "postalCode": "75201", "country": "US"},
               "calling": {"mainNumber": null, "pstn": null}})
    };
    let snapshot = json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2021-01-01"}],
        "licenses": [{"id": "L-CALL", "name": "Webex Calling - Professional", "subscriptionId": "Sub-1", "siteUrl": null,
                      "totalUnits": 500, "consumedUnits": MOVED}],
        "sites": [], "locations": [place("loc-d", "Dallas"), place("loc-a", "Austin")],
        "numbers": [], "groups": [{"id": "g-1", "name": "Everybody", "source": "webex", "kind": "security", "description": null, "members": []}], "users": users, "workspaces": [], "devices": []
    });
    write(&directory.join("org.yaml"), yaml);
    write(&directory.join("snapshot.json"), snapshot.to_string());
    World::of(directory)
}

fn bad(report: &Report) -> Vec<String> {
    let bad = report.changes.iter().filter(|it| !it.verdict.is_good());
    bad.map(|outcome| format!("{outcome:?}")).collect()
}

#[test]
fn many_share_a_request() {
    let directory = tempfile::tempdir().unwrap();
    let world = organisation(directory.path());
    for workers in [1, 4] {
        let state = tempfile::tempdir().unwrap();
        let simulator = world.simulator();
        let mut how = How::usual(state.path());
        how.options.workers = workers;
        let report = apply(&world.plan, &simulator, &how);
        assert!(report.is_whole(), "{workers}: {:#?}", bad(&report));
        let count = |method: &str, part: &str| {
            let all = writes(&simulator);
            let mine = all
                .iter()
                .filter(|it| it.method == method && it.path.contains(part));
            mine.count()
        };
        let sent = [
            count("POST", "/groups"),
            count("PATCH", "/groups/"),
            count("POST", "/numbers"),
            count("POST", "/jobs/person/moveLocation"),
        ];
        assert_eq!(sent, [0, 3, 3, 3], "{workers} workers");
        assert_eq!(writes(&simulator).len(), 9, "{workers} workers");
        assert!(world.left(&simulator.snapshot()).is_empty());
        let before = world.snapshot.to_string();
        write(&world.directory.join("snapshot.json"), before);
    }
}

#[test]
fn only_one_of_many_fails() {
    let directory = tempfile::tempdir().unwrap();
    let world = organisation(directory.path());
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    // A person has come to Austin with the extension of one who moves there, and another person has another name.
    let other = json!({"section": "users", "key": email(1199), "set":
        {"location": "Austin", "extension": "10007", "licenses": ["L-CALL"]}});
    let changed = json!({"section": "users", "key": email(9), "set": {"displayName": "Else"}});
    direct(&simulator, json!({"changes": [other, changed]}));
    let report = apply(&world.plan, &simulator, &How::usual(state.path()));
    let failed: Vec<&str> = report
        .changes
        .iter()
        .filter(|it| !it.verdict.is_good())
        .map(|it| it.address.as_str())
        .collect();
    let expected = [format!("user/{}", email(7)), format!("user/{}", email(9))];
    for address in &expected {
        assert!(
            failed.contains(&address.as_str()),
            "{address} is not among {failed:?}"
        );
    }
    let others: Vec<&&str> = failed
        .iter()
        .filter(|it| it.starts_with("user/") || it.starts_with("number/"))
        .collect();
    assert_eq!(others.len(), expected.len(), "{:#?}", bad(&report));
    let stale = common::live::verdict(&report, &expected[1]);
    assert!(matches!(stale, Verdict::Stale { .. }), "{stale:?}");
}
