//! Whatever a network and a server can do to an apply: it converges, or stops with an exact report.

use crate::common;
use crate::common::live::{How, World, apply, comparable, direct, once, writes};
use crate::common::{copy, root};
use serde_json::{Value, json};
use trunkline::apply::{Report, Resume, Verdict};

/// The example with everything in it: moves, grants, a deletion, a loss that a person agreed to, groups, numbers, workspaces.
fn acme(directory: &std::path::Path) -> World {
    let path = directory.join("acme");
    copy(&root().join("examples/acme"), &path);
    World::of(&path)
}

/// The faults of the issue, as a scenario that meets the n-th request of the kind.
fn faults() -> Vec<(&'static str, Value)> {
    let status = |status: u16, when: &str| json!({"status": status, "when": when});
    vec![
        ("429", json!({"status": 429, "retryAfter": 7})),
        ("423", json!({"status": 423, "retryAfter": 3})),
        ("500 before", status(500, "before")),
        ("500 after", status(500, "after")),
        ("502 before", status(502, "before")),
        ("502 after", status(502, "after")),
        ("503 before", status(503, "before")),
        ("503 after", status(503, "after")),
        ("504 before", status(504, "before")),
        ("504 after", status(504, "after")),
        ("reset before", json!({"drop": true, "when": "before"})),
        ("reset after", json!({"drop": true, "when": "after"})),
        ("truncated", json!({"truncate": true, "when": "after"})),
        ("slow", json!({"slowMs": 20_000, "when": "after"})),
    ]
}

/// Without backups before moves, which read much and change nothing.
fn quick(state: &std::path::Path) -> How {
    let mut how = How::usual(state);
    how.options.backup_moves = false;
    how
}

/// What the simulator has in the end without any fault.
fn undisturbed(world: &World) -> Value {
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    let report = apply(&world.plan, &simulator, &How::usual(state.path()));
    assert!(report.is_whole(), "{}", bad(&report));
    comparable(&simulator.snapshot())
}

fn bad(report: &Report) -> String {
    let bad = report
        .changes
        .iter()
        .filter(|outcome| !outcome.verdict.is_good());
    bad.map(|outcome| format!("{outcome:?}\n")).collect()
}

#[test]
fn every_fault_at_every_write_converges() {
    let directory = tempfile::tempdir().unwrap();
    let world = acme(directory.path());
    let expected = undisturbed(&world);
    let count = {
        let state = tempfile::tempdir().unwrap();
        let simulator = world.simulator();
        apply(&world.plan, &simulator, &quick(state.path()));
        writes(&simulator).len()
    };
    let mut wrong = Vec::new();
    for (name, fault) in faults() {
        for method in ["POST", "PATCH", "PUT", "DELETE"] {
            for nth in 1..=count {
                let state = tempfile::tempdir().unwrap();
                let simulator = world.simulator();
                let mut fault = fault.clone();
                fault["method"] = json!(method);
                fault["nth"] = json!(nth);
                direct(&simulator, json!({"faults": [fault]}));
                let report = apply(&world.plan, &simulator, &quick(state.path()));
                let met = writes(&simulator)
                    .iter()
                    .filter(|entry| entry.method == method)
                    .count()
                    >= nth;
                if !met {
                    break;
                }
                let place = format!("{name} at {method} {nth}");
                if !report.is_whole() {
                    wrong.push(format!("{place}: {}", bad(&report)));
                } else if comparable(&simulator.snapshot()) != expected {
                    let now = comparable(&simulator.snapshot());
                    let text = |it: &Value| serde_json::to_string_pretty(it).unwrap();
                    wrong.push(format!(
                        "{place}: another end:\n{}",
                        common::difference(&text(&expected), &text(&now))
                    ));
                } else if let Err(why) = once(&simulator) {
                    wrong.push(format!("{place}: {why}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn reads_that_lag_by_a_minute_are_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let world = acme(directory.path());
    let expected = undisturbed(&world);
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    direct(&simulator, json!({"switches": {"readLag": {"*": 60}}}));
    let report = apply(&world.plan, &simulator, &How::usual(state.path()));
    assert!(report.is_whole(), "{}", bad(&report));
    assert_eq!(comparable(&simulator.snapshot()), expected);
    once(&simulator).unwrap();
}

#[test]
fn a_partial_move_leaves_no_one_without_calling() {
    let directory = tempfile::tempdir().unwrap();
    let world = acme(directory.path());
    let moves: Vec<&str> = world
        .plan
        .changes
        .iter()
        .filter(|change| {
            change.kind == "user"
                && change.fields.iter().any(|it| {
                    it.path == "licenses/calling"
                        && it.action == trunkline::change::FieldAction::Move
                })
        })
        .map(|change| change.key.as_str())
        .collect();
    assert!(!moves.is_empty());
    for refuse in ["add", "remove", "all"] {
        let state = tempfile::tempdir().unwrap();
        let simulator = world.simulator();
        direct(
            &simulator,
            json!({"faults": [{"method": "PATCH", "path": "/licenses/users", "refuse": refuse, "times": 1000,
                                "body": "\"operation\":\"remove\""}]}),
        );
        let report = apply(&world.plan, &simulator, &How::usual(state.path()));
        assert!(!report.is_whole());
        let after = simulator.snapshot();
        for email in &moves {
            let of = |snapshot: &Value| {
                let mut users = snapshot["users"].as_array().unwrap().iter();
                users.find(|user| user["email"] == *email).unwrap().clone()
            };
            let (before, after) = (of(&world.snapshot), of(&after));
            for member in ["location", "phoneNumber", "extension"] {
                let verdict = common::live::verdict(&report, &format!("user/{email}"));
                assert_eq!(
                    after[member], before[member],
                    "{refuse}: {member} of {email}: {verdict:?}"
                );
            }
            let address = format!("user/{email}");
            let verdict = common::live::verdict(&report, &address);
            if let (Verdict::Failed { why, .. }, "add") = (verdict, refuse) {
                assert!(
                    why.contains("the old licence was restored, the settings were restored"),
                    "{why}"
                );
            }
            assert!(
                matches!(verdict, Verdict::Failed { .. } | Verdict::Skipped { .. }),
                "{refuse}: {address}: {verdict:?}"
            );
        }
        // The fault passes, and going on brings everything to its end.
        direct(&simulator, json!({"clearFaults": true}));
        let left = world.left(&simulator.snapshot());
        assert!(!left.is_empty(), "{refuse}");
        let again = World::of(&world.directory);
        let how = How {
            journal: state.path().join("second.jsonl"),
            resume: Resume::No,
            ..How::usual(state.path())
        };
        let second = apply(&again.plan, &simulator, &how);
        assert!(second.is_whole(), "{refuse}: {}", bad(&second));
        std::fs::write(
            world.directory.join("snapshot.json"),
            world.snapshot.to_string(),
        )
        .unwrap();
    }
}

/// A person who moves to another subscription: address and id.
fn mover(world: &World) -> (String, Value) {
    let moves = |change: &&trunkline::change::Change| {
        let mut fields = change.fields.iter();
        change.kind == "user"
            && fields.any(|it| {
                it.path == "licenses/calling" && !it.before.is_null() && !it.after.is_null()
            })
    };
    let moved = world.plan.changes.iter().find(moves).unwrap().key.clone();
    let mut users = world.snapshot["users"].as_array().unwrap().iter();
    let id = users.find(|user| user["email"] == moved.as_str()).unwrap()["id"].clone();
    (moved, id)
}

#[test]
fn a_run_that_ended_in_the_middle_of_half_a_move_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let world = acme(directory.path());
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    // Half the move is done, and then nothing can be put back: as if the run had been killed there.
    let (moved, id) = mover(&world);
    let half = json!({"method": "PATCH", "path": "/licenses/users", "body": id, "refuse": "add"});
    let dead = json!({"method": "PATCH", "path": "/licenses/users", "body": id, "status": 400, "times": 1000, "nth": 2});
    direct(&simulator, json!({"faults": [half, dead]}));
    let report = apply(&world.plan, &simulator, &quick(state.path()));
    assert!(
        bad(&report).contains("NOTHING WAS RESTORED"),
        "{}",
        bad(&report)
    );
    direct(&simulator, json!({"clearFaults": true}));
    let how = How {
        resume: Resume::Yes,
        ..quick(state.path())
    };
    let second = apply(&world.plan, &simulator, &how);
    // The settings are gone, without a backup: no one calls that done, and no one else may lose theirs.
    let why = format!(
        "{:?}",
        common::live::verdict(&second, &format!("user/{moved}"))
    );
    assert!(
        why.contains("the old licence was restored, there is no backup"),
        "{why}"
    );
    assert_eq!(second.summary.failed, 1, "{}", bad(&second));
    let of = |snapshot: &Value| {
        let mut users = snapshot["users"].as_array().unwrap().iter();
        let user = users.find(|user| user["email"] == moved.as_str()).unwrap();
        ["location", "phoneNumber", "extension"].map(|member| user[member].clone())
    };
    assert_eq!(of(&simulator.snapshot()), of(&world.snapshot));
    world.left(&simulator.snapshot());
    let again = World::of(&world.directory);
    let how = How {
        resume: Resume::Fresh,
        ..quick(state.path())
    };
    let third = apply(&again.plan, &simulator, &how);
    assert!(third.is_whole(), "{}", bad(&third));
}

#[test]
fn what_is_restored_in_part_is_restored_again_even_where_reads_lag() {
    let directory = tempfile::tempdir().unwrap();
    let world = acme(directory.path());
    let (moved, id) = mover(&world);
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    let half = json!({"method": "PATCH", "path": "/licenses/users", "body": id, "refuse": "add", "times": 2});
    direct(
        &simulator,
        json!({"faults": [half], "switches": {"readLag": {"*": 30}}}),
    );
    let report = apply(&world.plan, &simulator, &quick(state.path()));
    let said = bad(&report);
    assert!(said.contains("the old licence was restored"), "{said}");
    let of = |snapshot: &Value| {
        let mut users = snapshot["users"].as_array().unwrap().iter();
        let user = users.find(|user| user["email"] == moved.as_str()).unwrap();
        ["location", "phoneNumber", "extension"].map(|member| user[member].clone())
    };
    assert_eq!(of(&simulator.snapshot()), of(&world.snapshot), "{said}");
}

#[test]
fn an_answer_that_claims_what_is_not_there_keeps_no_one_without_calling() {
    let directory = tempfile::tempdir().unwrap();
    let world = acme(directory.path());
    let (moved, id) = mover(&world);
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    let half = json!({"method": "PATCH", "path": "/licenses/users", "body": id, "refuse": "add"});
    direct(&simulator, json!({"faults": [half]}));
    let report = common::live::apply_claimed(&world.plan, &simulator, &quick(state.path()));
    let why = format!(
        "{:?}",
        common::live::verdict(&report, &format!("user/{moved}"))
    );
    assert!(why.contains("the old licence was restored"), "{why}");
    let of = |snapshot: &Value| {
        let mut users = snapshot["users"].as_array().unwrap().iter();
        let user = users.find(|user| user["email"] == moved.as_str()).unwrap();
        let calls = user["licenses"].as_array().unwrap().len();
        (
            calls,
            ["location", "phoneNumber", "extension"].map(|member| user[member].clone()),
        )
    };
    assert_eq!(of(&simulator.snapshot()), of(&world.snapshot), "{why}");
}

#[test]
fn who_holds_the_old_and_the_new_licence_stops_what_takes_from_others() {
    let directory = tempfile::tempdir().unwrap();
    let world = acme(directory.path());
    let (moved, id) = mover(&world);
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    let half =
        json!({"method": "PATCH", "path": "/licenses/users", "body": id, "refuse": "remove"});
    direct(&simulator, json!({"faults": [half]}));
    let report = apply(&world.plan, &simulator, &quick(state.path()));
    let said = bad(&report);
    assert!(said.contains("both the old and the new one"), "{said}");
    let because = format!("user/{moved} is neither as before nor as planned");
    let kept = report.changes.iter().filter(|outcome| {
        let change = world
            .plan
            .changes
            .iter()
            .find(|it| it.address == outcome.address);
        let mut fields = change.unwrap().fields.iter();
        let moves = fields
            .any(|it| it.path == "licenses/calling" && !it.before.is_null() && !it.after.is_null());
        moves && outcome.address != format!("user/{moved}").as_str()
    });
    let mut others = 0;
    for outcome in kept {
        let skipped =
            matches!(&outcome.verdict, Verdict::Skipped { because: why } if *why == because);
        assert!(skipped, "{outcome:?}");
        others += 1;
    }
    assert!(others > 3, "{said}");
    // The next plan takes the old one, and goes on with the others.
    world.left(&simulator.snapshot());
    let again = World::of(&world.directory);
    let how = How {
        resume: Resume::Fresh,
        ..quick(state.path())
    };
    let next = apply(&again.plan, &simulator, &how);
    assert!(next.is_whole(), "{}", bad(&next));
}

#[test]
fn who_is_gone_is_not_called_restored() {
    let directory = tempfile::tempdir().unwrap();
    let world = acme(directory.path());
    let (moved, id) = mover(&world);
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    let half = json!({"method": "PATCH", "path": "/licenses/users", "body": id, "refuse": "add"});
    let gone = json!({"method": "PATCH", "path": "/licenses/users", "body": id, "nth": 2,
                      "change": {"section": "users", "key": moved, "remove": true}});
    direct(&simulator, json!({"faults": [half, gone]}));
    let report = apply(&world.plan, &simulator, &quick(state.path()));
    let said = bad(&report);
    assert!(
        said.contains("NOTHING WAS RESTORED, act at once: it no longer exists"),
        "{said}"
    );
}

/// An organisation in which Ana attends a site, which has attendee accounts or has none any more, and has two other licences.
fn attending(attendees: bool) -> Value {
    let license = |id: &str, name: &str, site: Value| json!({"id": id, "name": name, "subscriptionId": "Sub-2024", "siteUrl": site, "totalUnits": 5, "consumedUnits": 1});
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-2024", "createdAt": "2024-03-01", "status": "active"}],
        "licenses": [license("L-HOST", "Webex Meetings Suite", json!("acme.webex.com")),
                     license("L-STD", "Webex Calling - Standard", json!(null)),
                     license("L-PRO", "Webex Calling - Professional", json!(null)),
                     license("L-AGENT", "Contact center Standard Agent", json!(null)),
                     license("L-PREMIUM", "Contact Center Premium Agent", json!(null))],
        "sites": [{"url": "acme.webex.com", "attendeeAccountEnabled": attendees}],
        "locations": [{"id": "loc-1", "name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
                       "address": {"country": "US"}, "calling": {"mainNumber": null}}],
        "users": [{"id": "u-1", "email": "ana@acme.com", "displayName": "Ana", "status": "active", "source": "webex",
                   "licenses": ["L-STD", "L-AGENT"], "location": "Dallas", "extension": "1001", "phoneNumber": null,
                   "attendeeSites": ["acme.webex.com"], "roles": [], "siteAdmin": []}],
        "numbers": [], "groups": [], "workspaces": [], "devices": [],
    })
}

/// The report, and what Ana is then, where the first request, for these licences, takes what they replace and is refused.
fn refused(attendees: bool, add: &str, lag: u64, more: &[Value]) -> (String, Value) {
    let directory = tempfile::tempdir().unwrap();
    let snapshot = directory.path().join("snapshot.json");
    common::write(&snapshot, attending(attendees).to_string());
    let org = "version: 1\norg: {id: org-1, name: Acme, assignmentMode: group}\nguardrails: {updates: {percent: 100}}\n";
    common::write(
        &directory.path().join("acme.yaml"),
        format!("{org}users:\n  ana@acme.com: {{licenses: {{add: {{{add}}}}}}}\n"),
    );
    let world = World::of(directory.path());
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    let mut faults = vec![json!({"path": "/licenses/users", "nth": 1, "refuse": "add"})];
    faults.extend_from_slice(more);
    direct(
        &simulator,
        json!({"faults": faults, "switches": {"readLag": {"*": lag}}}),
    );
    let report = apply(&world.plan, &simulator, &quick(state.path()));
    (bad(&report), simulator.snapshot()["users"][0].clone())
}

#[test]
fn what_no_licence_replaces_is_given_back() {
    // Alone, and in one request with others, which are refused as well; Calling is given back first.
    let host = "meetings: {acme.webex.com: host}";
    let agent = "contactCenter: premium";
    let cases = [
        host.to_owned(),
        agent.to_owned(),
        format!("{host}, {agent}"),
        format!("{host}, calling: professional"),
        format!("{host}, calling: professional, {agent}"),
    ];
    for add in cases {
        for lag in [0, 30] {
            let (said, user) = refused(true, &add, lag, &[]);
            let restored = match add.contains("calling") {
                true => "the old licence was restored",
                false => "what it took was restored",
            };
            assert!(said.contains(restored), "{add} {lag}: {said}");
            assert_eq!(user["attendeeSites"], json!(["acme.webex.com"]), "{said}");
            let mut held: Vec<&Value> = user["licenses"].as_array().unwrap().iter().collect();
            held.sort_by_key(|it| it.to_string());
            assert_eq!(
                json!(held),
                json!(["L-AGENT", "L-STD"]),
                "{add} {lag}: {said}"
            );
        }
    }
}

#[test]
fn an_attendee_account_that_webex_does_not_add_again_is_named() {
    let add = "meetings: {acme.webex.com: host}, contactCenter: premium";
    // The site takes no attendees any more: the person has the host licence of the plan instead.
    let (said, user) = refused(false, add, 0, &[]);
    let restored = "what it took was restored, as planned where Webex does not give it back (";
    assert!(said.contains(restored), "{said}");
    assert!(said.contains("invalid attendee siteUrls"), "{said}");
    assert!(user["licenses"].to_string().contains("L-HOST"), "{said}");
    // Nor does Webex give that.
    let host = json!({"path": "/licenses/users", "status": 400, "times": 1000,
                      "body": "\"licenses\":[{\"id\":\"L-HOST\""});
    let (said, user) = refused(false, add, 0, &[host]);
    assert_eq!(user["attendeeSites"], json!([]), "{said}");
    assert!(said.contains("what it took was NOT restored"), "{said}");
    assert!(said.contains("invalid attendee siteUrls"), "{said}");
    // What can be given back is.
    assert!(
        user["licenses"]
            .as_array()
            .unwrap()
            .contains(&json!("L-AGENT")),
        "{said}"
    );
}
