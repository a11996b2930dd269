//! Changes that take nothing from anyone: hardly more than one request each, and no less certain.

use std::sync::Arc;

use crate::common::live::{How, World, apply, direct, verdict};
use crate::common::write;
use serde_json::{Value, json};
use trunkline::apply::{Report, Verdict};
use trunkline::sim::{LoggedRequest, Simulator};

const PEOPLE: usize = 120;

fn email(at: usize) -> String {
    format!("p{at:03}@acme.com")
}

/// An organisation in which everyone gets or gives back Advanced Messaging.
fn messaging(word: &str, held: &[&str]) -> (tempfile::TempDir, World) {
    let directory = tempfile::tempdir().unwrap();
    let users: Vec<Value> = (0..PEOPLE)
        .map(|at| {
            let calls = held.contains(&"L-CALL");
            json!({"id": format!("u-{at:03}"), "email": email(at), "displayName": format!("P {at}"), "status": "active",
                   "source": "webex", "licenses": held, "attendeeSites": [], "roles": [], "siteAdmin": [],
                   "location": calls.then_some("Dallas"), "phoneNumber": null,
                   "extension": calls.then(|| format!("1{at:03}")), "workPhone": null})
        })
        .collect();
    let snapshot = json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-2024", "createdAt": "2024-03-01", "status": "active"}],
        "licenses": [{"id": "L-MSG", "name": "Advanced Messaging", "subscriptionId": "Sub-2024", "siteUrl": null,
                      "totalUnits": 500, "consumedUnits": held.len() * PEOPLE},
                     {"id": "L-CALL", "name": "Webex Calling - Professional", "subscriptionId": "Sub-2024",
                      "siteUrl": null, "totalUnits": 500, "consumedUnits": held.len() * PEOPLE}],
        "locations": [{"id": "loc-1", "name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
                       "address": {"country": "US"}, "calling": {"mainNumber": null}}],
        "sites": [], "numbers": [], "groups": [], "users": users, "workspaces": [], "devices": [],
    });
    write(
        &directory.path().join("snapshot.json"),
        snapshot.to_string(),
    );
    let lines: String = (0..PEOPLE)
        .map(|at| format!("  {}: {{licenses: {{{word}}}}}\n", email(at)))
        .collect();
    let org = "version: 1\norg: {id: org-1, name: Acme, assignmentMode: group}\nguardrails: {updates: {percent: 100}, removals: {percent: 100}}\nusers:\n";
    write(&directory.path().join("acme.yaml"), format!("{org}{lines}"));
    let world = World::of(directory.path());
    (directory, world)
}

fn applied(world: &World, workers: usize, scenario: Value) -> (Report, Arc<Simulator>) {
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    direct(&simulator, scenario);
    let mut how = How::usual(state.path());
    how.options.workers = workers;
    (apply(&world.plan, &simulator, &how), simulator)
}

fn done(report: &Report) -> usize {
    let done = |it: &&trunkline::apply::Outcome| it.verdict == Verdict::Done;
    report.changes.iter().filter(done).count()
}

/// Requests about people, by whether they read one of them.
fn reads(simulator: &Simulator) -> (usize, usize) {
    let log = simulator.log();
    let about = |it: &&LoggedRequest| it.method == "GET" && it.path.starts_with("/people");
    let log: Vec<&LoggedRequest> = log.iter().filter(about).collect();
    let one = |it: &&&LoggedRequest| it.path.starts_with("/people/");
    (log.iter().filter(one).count(), log.len())
}

#[test]
fn changes_that_take_nothing_need_hardly_more_than_a_request_each() {
    for workers in [1, 4] {
        let (_directory, world) = messaging("add: {messaging: advanced}", &[]);
        let (report, simulator) = applied(&world, workers, json!({}));
        assert_eq!(done(&report), PEOPLE, "{report:?}");
        let all = simulator.log().len();
        assert!(all * 5 <= PEOPLE * 6, "{all} requests for {PEOPLE} changes");
        // A worker that the reader of the next fifty overtakes reads its person alone.
        assert!(reads(&simulator).0 < workers);
    }
}

#[test]
fn what_lists_and_answers_omit_is_not_taken_for_nothing() {
    let cases = [
        ("add: {messaging: advanced}", vec![]),
        ("remove: [messaging]", vec!["L-MSG"]),
    ];
    for (word, held) in cases {
        for switch in ["peopleByIdBare", "licenseAnswersBare"] {
            let (_directory, world) = messaging(word, &held);
            let (report, simulator) = applied(&world, 1, json!({"switches": {switch: true}}));
            assert_eq!(done(&report), PEOPLE, "{word}, {switch}");
            // Each is read by itself, before or afterwards.
            assert!(reads(&simulator).0 >= PEOPLE, "{word}, {switch}");
        }
    }
}

#[test]
fn a_change_by_another_is_seen_in_a_list_too() {
    let (_directory, world) = messaging("add: {messaging: advanced}", &[]);
    let change =
        json!({"section": "users", "key": email(7), "set": {"displayName": "Somebody Else"}});
    let (report, simulator) = applied(&world, 1, json!({"changes": [change]}));
    assert_eq!(done(&report), PEOPLE - 1);
    let stale = verdict(&report, &format!("user/{}", email(7)));
    assert!(matches!(stale, Verdict::Stale { .. }), "{stale:?}");
    assert_eq!(simulator.snapshot()["users"][7]["licenses"], json!([]));
}

/// Another administrator changes a person after fifty were read and before the request: only Webex's refusal tells.
#[test]
fn a_change_by_another_that_a_refusal_shows_is_stale_too() {
    let renamed =
        json!({"section": "users", "key": email(7), "set": {"displayName": "Somebody Else"}});
    let gone = json!({"section": "users", "key": email(7), "remove": true});
    let request = json!({"method": "PATCH", "path": "/licenses/users", "nth": 8});
    let with = |more: Value| {
        let mut fault = request.clone();
        let more = more.as_object().unwrap().clone();
        fault.as_object_mut().unwrap().extend(more);
        fault
    };
    for (fault, words) in [
        (
            with(json!({"change": renamed, "status": 400})),
            "displayName changed since the plan was made",
        ),
        (
            with(json!({"change": gone})),
            "it was created or deleted since the plan was made",
        ),
    ] {
        let (_directory, world) = messaging("add: {messaging: advanced}", &[]);
        let (report, _) = applied(&world, 1, json!({"faults": [fault]}));
        let stale = verdict(&report, &format!("user/{}", email(7)));
        let Verdict::Stale { why, .. } = stale else {
            panic!("{fault}: {stale:?}");
        };
        assert!(why.contains(words) && why.contains("refused"), "{why}");
        assert_eq!(done(&report), PEOPLE - 1);
    }
    // A refusal of what is as it was when the plan was made is a failure.
    let (_directory, world) = messaging("add: {messaging: advanced}", &[]);
    let fault = with(json!({"status": 400}));
    let (report, _) = applied(&world, 1, json!({"faults": [fault]}));
    let failed = verdict(&report, &format!("user/{}", email(7)));
    assert!(matches!(failed, Verdict::Failed { .. }), "{failed:?}");
}

#[test]
fn what_was_read_ahead_is_at_most_a_minute_old() {
    let (_directory, world) = messaging("add: {messaging: advanced}", &[]);
    let slow = json!({"method": "PATCH", "path": "/licenses/users", "slowMs": 7000, "times": 1000});
    let (report, simulator) = applied(&world, 1, json!({"faults": [slow]}));
    assert_eq!(done(&report), PEOPLE, "{report:?}");
    let log = simulator.log();
    let mut read = 0;
    let mut lists = 0;
    for entry in &log {
        match entry.method.as_str() {
            "GET" if entry.path.starts_with("/people") => (read, lists) = (entry.at, lists + 1),
            "PATCH" => assert!(entry.at - read <= 60_000 + 7_000, "{}", entry.at - read),
            _ => {}
        }
    }
    assert!(lists > PEOPLE / 9, "{lists} reads");
}

#[test]
fn calling_that_goes_beside_a_request_stops_the_run() {
    let gone = json!({"section": "users", "key": email(3), "set": {"licenses": []}});
    let whole = json!({"nth": 4, "change": gone});
    // The answer shows it, only reading shows it, or the request itself fails.
    let cases = [
        (vec![whole.clone()], json!({})),
        (vec![whole.clone()], json!({"licenseAnswersBare": true})),
        (
            vec![
                whole,
                json!({"path": "/licenses/users", "nth": 4, "refuse": "add"}),
            ],
            json!({}),
        ),
    ];
    for (faults, switches) in cases {
        let (_directory, world) = messaging("add: {messaging: advanced}", &["L-CALL"]);
        let scenario = json!({"faults": faults, "switches": switches});
        let (report, _) = applied(&world, 1, scenario.clone());
        let failed = verdict(&report, &format!("user/{}", email(3)));
        let gone = "Webex Calling - Professional is gone";
        assert!(
            matches!(failed, Verdict::Failed { .. }),
            "{scenario}: {failed:?}"
        );
        assert_eq!(done(&report), 3, "nothing is sent after it: {scenario}");
        let said = format!("{failed:?}");
        assert!(said.contains(gone), "{scenario}: {said}");
    }
}

#[test]
fn what_an_answer_has_proven_is_looked_at_when_a_stopped_run_goes_on() {
    let (_directory, world) = messaging("add: {messaging: advanced}", &[]);
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    let mut how = How::usual(state.path());
    let whole = apply(&world.plan, &simulator, &how);
    assert_eq!(done(&whole), PEOPLE);
    // The journal as it is when the run is killed before its last look; and Webex has not kept what it answered.
    let journal = std::fs::read_to_string(&how.journal).unwrap();
    let lines: Vec<&str> = journal
        .lines()
        .filter(|it| !it.contains("\"whole\""))
        .collect();
    write(&how.journal, lines[..lines.len() - 1].join("\n") + "\n");
    let lost = json!({"section": "users", "key": email(9), "set": {"licenses": []}});
    direct(&simulator, json!({"changes": [lost]}));
    how.resume = trunkline::apply::Resume::Yes;
    let again = apply(&world.plan, &simulator, &how);
    let failed = verdict(&again, &format!("user/{}", email(9)));
    assert!(
        matches!(failed, Verdict::Failed { why, .. } if why.contains("does not show it")),
        "{failed:?}"
    );
    assert_eq!(done(&again), PEOPLE - 1);
}
