//! What an apply promises beside reaching its end: stale objects are named and left alone, a canary goes first, a risk can be
//! too high, a wish to stop is heard, two at a time are one too many, and no more is sent than has to be.

use std::collections::BTreeMap;
use std::path::Path;

use crate::common::live::{How, World, apply, direct, put, verdict, writes};
use crate::common::{copy, root, run, trunkline, write};
use serde_json::{Value, json};
use trunkline::apply::{Lock, Report, Verdict};
use trunkline::change::{FieldAction, Risk};
use trunkline::plan::Plan;

fn example(name: &str, directory: &Path) -> World {
    let path = directory.join(name);
    copy(&root().join("examples").join(name), &path);
    World::of(&path)
}

fn moved(plan: &Plan) -> Vec<&str> {
    let moves = plan.changes.iter().filter(|change| {
        change.kind == "user"
            && change
                .fields
                .iter()
                .any(|field| field.action == FieldAction::Move)
    });
    moves.map(|change| change.key.as_str()).collect()
}

/// Ids of people.
fn ids(world: &World, emails: &[&str]) -> Vec<String> {
    let users = world.snapshot["users"].as_array().unwrap().iter();
    let wanted = users.filter(|user| emails.iter().any(|email| user["email"] == *email));
    wanted
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .collect()
}

fn applied(
    world: &World,
    how: impl FnOnce(&mut How),
    scenario: Value,
) -> (Report, std::sync::Arc<trunkline::sim::Simulator>) {
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    direct(&simulator, scenario);
    let mut usual = How::usual(state.path());
    how(&mut usual);
    (apply(&world.plan, &simulator, &usual), simulator)
}

#[test]
fn a_change_by_another_is_named_and_everything_else_continues() {
    let directory = tempfile::tempdir().unwrap();
    let world = example("acme", directory.path());
    let person = moved(&world.plan)[0].to_owned();
    let change =
        json!({"section": "users", "key": person, "set": {"displayName": "Somebody Else"}});
    let (report, simulator) = applied(&world, |_| (), json!({"changes": [change]}));
    let address = format!("user/{person}");
    match verdict(&report, &address) {
        Verdict::Stale { fields, .. } => assert_eq!(fields, &["displayName"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(report.summary.stale, 1);
    for outcome in report
        .changes
        .iter()
        .filter(|outcome| outcome.address != address)
    {
        let depends = |address: &str| {
            let change = world
                .plan
                .changes
                .iter()
                .find(|change| change.address == outcome.address)
                .unwrap();
            change.depends_on.iter().any(|on| on == address)
        };
        match &outcome.verdict {
            Verdict::Done | Verdict::AlreadySo => {}
            Verdict::Skipped { because } => assert!(because.contains('/'), "{because}"),
            other => panic!(
                "{}: {other:?} (needs it: {})",
                outcome.address,
                depends(&address)
            ),
        }
    }
    let touched = writes(&simulator)
        .iter()
        .any(|entry| entry.path.contains(&person));
    assert!(!touched);
}

#[test]
fn the_binary_ends_with_five_where_something_is_stale() {
    let directory = tempfile::tempdir().unwrap();
    let world = example("acme", directory.path());
    let planned = run(&world.directory, &["plan", "--out", "plan.json"]);
    assert_eq!(planned.exit, 0, "{}", planned.all());
    let mut snapshot = world.snapshot.clone();
    let person = moved(&world.plan)[0];
    for user in snapshot["users"].as_array_mut().unwrap() {
        if user["email"] == person {
            user["extension"] = json!("7777");
        }
    }
    write(&world.directory.join("snapshot.json"), snapshot.to_string());
    let ended = run(&world.directory, &["apply", "plan.json", "--yes"]);
    assert_eq!(ended.exit, 5, "{}", ended.all());
    assert!(
        ended.stdout.contains(&format!("stale      user/{person}")),
        "{}",
        ended.stdout
    );
    assert!(
        ended
            .stdout
            .contains("extension changed since the plan was made"),
        "{}",
        ended.stdout
    );
    // Other files than those that were reviewed are refused whole.
    write(
        &world.directory.join("more.yaml"),
        "users: {one.more@acme.com: {displayName: One More}}\n",
    );
    let ended = run(&world.directory, &["apply", "plan.json", "--yes"]);
    assert_eq!(ended.exit, 5, "{}", ended.all());
    assert!(
        ended
            .stderr
            .contains("the files have changed since the plan was made"),
        "{}",
        ended.stderr
    );
}

/// MOVE-012: what moves is the licence that the plan saw, and no one gets another instead.
#[test]
fn a_licence_that_is_not_held_any_more_is_not_moved() {
    let directory = tempfile::tempdir().unwrap();
    let world = example("acme", directory.path());
    let calling = |name: &str, subscription: &str| {
        let mut licenses = world.snapshot["licenses"].as_array().unwrap().iter();
        let found = licenses.find(|it| it["name"] == name && it["subscriptionId"] == subscription);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let old = calling("Webex Calling - Professional", "Sub-2021");
    let other = calling("Webex Calling - Standard", "Sub-2024");
    let held = |snapshot: &Value| {
        let mut users = snapshot["users"].as_array().unwrap().iter();
        let grace = users
            .find(|user| user["email"] == "grace@acme.com")
            .unwrap();
        grace["licenses"].as_array().unwrap().clone()
    };
    let swapped: Vec<Value> = held(&world.snapshot)
        .into_iter()
        .map(|id| if id == *old { json!(other) } else { id })
        .collect();
    assert_ne!(swapped, held(&world.snapshot));
    let change = json!({"section": "users", "key": "grace@acme.com", "set": {"licenses": swapped}});
    let (report, simulator) = applied(&world, |_| (), json!({"changes": [change]}));
    match verdict(&report, "user/grace@acme.com") {
        Verdict::Stale { fields, .. } => assert_eq!(fields, &["licenses"]),
        other => panic!("{other:?}"),
    }
    let mut now = held(&simulator.snapshot());
    let mut expected = swapped;
    for list in [&mut now, &mut expected] {
        list.sort_by_key(ToString::to_string);
    }
    assert_eq!(now, expected, "nothing was sent for her");
}

/// CALL-016: whom Webex refuses Calling is named, and the next plan tries again.
#[test]
fn who_is_refused_calling_is_named_and_planned_again() {
    let directory = tempfile::tempdir().unwrap();
    let world = example("acme", directory.path());
    let kwame = ids(&world, &["kwame@acme.com"]).remove(0);
    let refused = json!({"errors": [{"description": "Provisioning of Calling failed."}]});
    let fault = json!({"method": "PATCH", "path": "/licenses/users", "body": kwame, "status": 400,
                       "answer": refused, "times": 1000});
    let (report, simulator) = applied(&world, |_| (), json!({"faults": [fault]}));
    assert!(!report.is_whole());
    match verdict(&report, "user/kwame@acme.com") {
        Verdict::Failed { why, .. } => {
            assert!(why.contains("Provisioning of Calling failed."), "{why}");
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        verdict(&report, "user/noor@acme.com"),
        Verdict::Done
    ));
    let left = world.left(&simulator.snapshot());
    let again = |email: &str| {
        left.iter()
            .any(|change| change.contains(email) && change.contains("licenses/calling"))
    };
    assert!(again("kwame@acme.com"), "{left:?}");
    assert!(!again("noor@acme.com"), "{left:?}");
}

#[test]
fn what_is_there_already_is_not_sent() {
    let directory = tempfile::tempdir().unwrap();
    let world = example("quickstart", directory.path());
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    let first = apply(&world.plan, &simulator, &How::usual(state.path()));
    assert!(first.is_whole(), "{first:?}");
    let sent = writes(&simulator).len();
    let how = How {
        journal: state.path().join("again.jsonl"),
        ..How::usual(state.path())
    };
    let second = apply(&world.plan, &simulator, &how);
    assert_eq!(
        second.summary.already_so,
        second.changes.len(),
        "{second:?}"
    );
    assert_eq!(writes(&simulator).len(), sent);
}

#[test]
fn the_canary_goes_first_and_stops_everything_when_something_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let world = example("acme", directory.path());
    let (report, _) = applied(&world, |how| how.options.canary = 2, json!({}));
    assert!(report.is_whole(), "{report:?}");

    let lossy = json!({"switches": {"moveKeepsSettings": false}});
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    direct(&simulator, lossy);
    let busy = json!({"enabled": true, "ringSplashEnabled": true, "webexGoOverrideEnabled": false});
    for id in ids(&world, &moved(&world.plan)) {
        put(
            &simulator,
            &format!("/people/{id}/features/doNotDisturb"),
            &busy,
        );
    }
    let before = writes(&simulator).len();
    let mut how = How::usual(state.path());
    how.options.canary = 1;
    let report = apply(&world.plan, &simulator, &how);
    let failed: Vec<&str> = report
        .changes
        .iter()
        .filter(|outcome| matches!(outcome.verdict, Verdict::Failed { .. }))
        .map(|outcome| outcome.address.as_str())
        .collect();
    let [canary] = failed[..] else {
        panic!("{report:?}")
    };
    assert!(
        moved(&world.plan)
            .iter()
            .any(|email| canary == format!("user/{email}")),
        "{canary}"
    );
    let patched = writes(&simulator)[before..]
        .iter()
        .filter(|entry| entry.method == "PATCH" && entry.path == "/licenses/users")
        .count();
    assert!(
        patched <= 2,
        "{patched} people were changed after the canary had lost something"
    );
}

#[test]
fn what_is_too_risky_is_skipped_with_all_that_needs_it() {
    let directory = tempfile::tempdir().unwrap();
    let world = example("acme", directory.path());
    let (report, _) = applied(
        &world,
        |how| how.options.max_risk = Some(Risk::Reversible),
        json!({}),
    );
    for (change, outcome) in world.plan.changes.iter().zip(&report.changes) {
        assert_eq!(change.address, outcome.address);
        if change.risk > Risk::Reversible {
            assert!(
                matches!(outcome.verdict, Verdict::Skipped { .. }),
                "{outcome:?}"
            );
        }
    }
    assert!(
        report.summary.failed == 0 && report.summary.done > 0,
        "{report:?}"
    );
}

#[test]
fn a_wish_to_stop_is_heard_between_two_requests() {
    let directory = tempfile::tempdir().unwrap();
    let world = example("acme", directory.path());
    let (report, simulator) = applied(&world, |how| how.stop.set(), json!({}));
    assert!(report.stopped && report.summary.skipped == report.changes.len());
    assert!(writes(&simulator).is_empty());
}

#[test]
fn two_at_a_time_are_one_too_many() {
    let directory = tempfile::tempdir().unwrap();
    let world = example("quickstart", directory.path());
    let temporary = directory.path().join("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    // Whatever the organisation is called: who applies the same files shares their state.
    let state = world.directory.join(".trunkline");
    let lock = Lock::take(&state, &[], "any", "on tower").unwrap().unwrap();
    let apply = || {
        trunkline(&world.directory)
            .args(["apply", "--yes"])
            .env("TMPDIR", &temporary)
            .env("HOME", &temporary)
            .output()
            .unwrap()
    };
    let second = apply();
    let stderr = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains("another apply of this organisation is running: process"),
        "{stderr}"
    );
    drop(lock);
    assert_eq!(apply().status.code(), Some(0));
}

#[test]
fn there_is_no_prompt_without_a_terminal() {
    let directory = tempfile::tempdir().unwrap();
    let world = example("quickstart", directory.path());
    let ended = run(&world.directory, &["apply"]);
    assert_eq!(ended.exit, 1);
    assert!(ended.stderr.contains("use --yes"), "{}", ended.stderr);
    let now: Value =
        serde_json::from_slice(&std::fs::read(world.directory.join("snapshot.json")).unwrap())
            .unwrap();
    assert_eq!(now, world.snapshot);
}

/// The least requests that a plan can be carried out with: one for each that it names, since it shares what can be shared.
#[test]
fn no_more_is_written_than_has_to_be() {
    for name in ["acme", "quickstart"] {
        let directory = tempfile::tempdir().unwrap();
        let world = example(name, directory.path());
        let (report, simulator) = applied(&world, |_| (), json!({}));
        assert!(report.is_whole(), "{report:?}");
        let sent = writes(&simulator).len();
        let least = world.plan.operations.len();
        assert!(
            sent * 100 <= least * 105,
            "{name}: {sent} requests, and {least} would do"
        );
        let mut patched: BTreeMap<&str, usize> = BTreeMap::new();
        for operation in world
            .plan
            .operations
            .iter()
            .filter(|it| it.path == "/licenses/users")
        {
            *patched.entry(operation.subject.as_str()).or_default() += 1;
        }
        let twice = patched.values().filter(|count| **count > 1).count();
        assert_eq!(
            twice, 0,
            "{name}: one PATCH for each person whose licences change"
        );
    }
}

/// Webex deletes number and extension of a workspace that becomes a hot desk, so it is not planned.
#[test]
fn a_workspace_with_an_extension_is_not_made_a_hot_desk() {
    let directory = tempfile::tempdir().unwrap();
    let yaml = "version: 1
org: {name: Acme, id: org-1, assignmentMode: organization}
workspaces:
  Lobby: {location: Dallas, licenses: {calling: hotDesk}}
";
    let licence = |id: &str, name: &str, used: usize| json!({"id": id, "name": name, "subscriptionId": "Sub-1", "siteUrl": null, "totalUnits": 5, "consumedUnits": used});
    let snapshot = json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2024-01-01"}],
        "licenses": [licence("L-WORK", "Webex Calling - Workspaces", 1), licence("L-HOT", "Webex Calling - Hot desk only", 0)],
        "sites": [], "numbers": [], "groups": [], "devices": [],
        "locations": [{"id": "loc-d", "name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
                       "address": {"address1": "1 Main St", "city": "Dallas", "state": "TX", "postalCode": "75201", "country": "US"},
                       "calling": {"mainNumber": null, "pstn": null}}],
        "users": [{"id": "u-1", "email": "ana@acme.com", "displayName": "Ana", "licenses": []}],
        "workspaces": [{"id": "w-1", "name": "Lobby", "location": "Dallas", "phoneNumber": null, "extension": "1900", "licenses": ["L-WORK"]}]
    });
    write(&directory.path().join("org.yaml"), yaml);
    write(
        &directory.path().join("snapshot.json"),
        snapshot.to_string(),
    );
    let world = World::of(directory.path());
    assert!(world.plan.changes.is_empty(), "{:?}", world.plan.changes);
    let held = world
        .plan
        .findings
        .iter()
        .find(|it| it.code == "hot-desk-identity-loss");
    assert!(held.unwrap().message.contains("extension 1900"));
    let (_, simulator) = applied(&world, |_| (), json!({}));
    assert!(writes(&simulator).is_empty());
    assert_eq!(simulator.snapshot()["workspaces"][0]["extension"], "1900");
}
