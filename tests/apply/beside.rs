//! What goes beside a request that does not take it: a number, an extension, Calling, another licence. It is given back in the same run,
//! or it is a failure that every later plan and drift names.

use std::path::Path;
use std::sync::Arc;

use crate::common::live::{How, World, apply, apply_killed, direct, verdict, writes};
use crate::common::{self, write};
use crate::lost::{harbour, is_settled, organisation, person, planned, settle};
use serde_json::{Value, json};
use trunkline::apply::{Journal, Resume, Touched, Verdict, losses_since};
use trunkline::sim::Simulator;
use trunkline::snapshot::of_document;

const MATE: &str = "mate@harbour.example";

/// Mate, at the pier, with these entries in the files. There is a second place, the Quay.
fn mate(directory: &Path, entry: &str) -> World {
    let nothing = "version: 1\norg: {name: Harbour, id: org-h, assignmentMode: organization}\n";
    let user = json!({"id": "u-mate", "email": MATE, "displayName": "Mate", "status": "active",
        "location": "Pier", "phoneNumber": "+12065550142", "extension": "4142", "licenses": ["L-NEW", "L-MSG"], "attendeeSites": [],
        "roles": [], "voicemail": {"enabled": false}});
    organisation(directory, nothing, vec![user], 0);
    let file = directory.join("snapshot.json");
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let licence = |id: &str, of: &str, used: usize| json!({"id": id, "name": "Advanced Messaging", "subscriptionId": of, "siteUrl": null, "totalUnits": 9, "consumedUnits": used});
    let licences = snapshot["licenses"].as_array_mut().unwrap();
    licences[1]["consumedUnits"] = json!(1);
    licences.extend([licence("L-MSG", "Old", 1), licence("L-MSG2", "New", 0)]);
    snapshot["locations"][0]["calling"]["pstn"] = json!("Cisco PSTN");
    let mut quay = snapshot["locations"][0].clone();
    (quay["id"], quay["name"]) = (json!("loc-q"), json!("Quay"));
    snapshot["locations"].as_array_mut().unwrap().push(quay);
    let free = json!({"phoneNumber": "+12065550900", "location": "Pier", "state": "active", "type": "did", "owner": null});
    snapshot["numbers"].as_array_mut().unwrap().push(free);
    write(&file, snapshot.to_string());
    write(&directory.join("org.yaml"), format!("{nothing}{entry}"));
    World::of(directory)
}

fn entry(fields: &str) -> String {
    format!("users:\n  {MATE}: {{{fields}}}\n")
}

/// Sets something of the mate after a request.
fn after(method: &str, path: &str, set: &Value) -> Value {
    json!({"method": method, "path": path, "when": "after", "change": {"section": "users", "key": MATE, "set": set}})
}

fn why(world: &World, simulator: &Arc<Simulator>, state: &Path) -> String {
    let report = apply(&world.plan, simulator, &How::usual(state));
    match verdict(&report, &format!("user/{MATE}")) {
        Verdict::Failed { why, .. } => why.clone(),
        other => panic!("{other:?}"),
    }
}

const JOB: &str = "/telephony/config/jobs/person/moveLocation";

#[test]
fn a_number_that_goes_beside_a_request_is_given_back() {
    let (none, nowhere) = (json!({"phoneNumber": null}), json!({"extension": null}));
    for (entry, fault, lost) in [
        (
            "displayName: Other Name",
            after("PUT", "/people/*", &none),
            "phoneNumber",
        ),
        (
            "phoneNumber: \"+12065550900\"",
            after("PUT", "/people/*", &nowhere),
            "extension",
        ),
        ("location: Quay", after("POST", JOB, &nowhere), "extension"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let world = mate(directory.path(), &self::entry(entry));
        let simulator = world.simulator();
        direct(&simulator, json!({"faults": [fault]}));
        let state = directory.path().join("state");
        let why = why(&world, &simulator, &state);
        assert!(
            why.contains(lost) && why.contains("it was restored"),
            "{entry}: {why}"
        );
        let (then, now) = (
            person(&world.snapshot, "u-mate"),
            person(&simulator.snapshot(), "u-mate"),
        );
        assert_eq!(now[lost], then[lost], "{entry}");
        let next = planned(&world, &simulator, &state);
        assert!(!next.all().contains("put-back-owed"), "{}", next.all());
    }
}

#[test]
fn a_number_that_cannot_be_given_back_is_named_until_it_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let world = mate(directory.path(), &entry("location: Quay"));
    let simulator = world.simulator();
    direct(
        &simulator,
        json!({"faults": [after("POST", JOB, &json!({"phoneNumber": null, "extension": null})),
            {"method": "PUT", "path": "/people/*", "status": 400, "times": 99}]}),
    );
    let state = directory.path().join("state");
    let why = why(&world, &simulator, &state);
    assert!(
        why.contains("NOT RESTORED") && why.contains("phoneNumber was +12065550142"),
        "{why}"
    );
    for command in ["plan", "drift"] {
        let next = named(&world, &simulator, &state, command);
        assert!(
            next.contains("put-back-owed") && next.contains("extension was 4142"),
            "{command}: {next}"
        );
    }
    let back = json!({"section": "users", "key": MATE, "set": {"phoneNumber": "+12065550142", "extension": "4142"}});
    direct(&simulator, json!({"clearFaults": true, "changes": [back]}));
    let next = named(&world, &simulator, &state, "plan");
    assert!(!next.contains("put-back-owed"), "{next}");
}

/// What a command says of the organisation as it is now.
fn named(world: &World, simulator: &Arc<Simulator>, state: &Path, command: &str) -> String {
    let now = world.directory.join("now.json");
    write(&now, simulator.snapshot().to_string());
    let state = state.to_str().unwrap();
    let arguments = [command, "--snapshot", "now.json", "--state", state];
    common::run(&world.directory, &arguments).all()
}

const MOVE: &str = "subscriptions:
  Old: {createdAt: 2021-01-01, replacedBy: New}
  New: {createdAt: 2024-01-01}
";

/// Only the messaging licence goes to the other subscription.
fn messaging(directory: &Path) -> World {
    mate(directory, MOVE)
}

#[test]
fn calling_that_goes_beside_a_request_is_named_by_every_later_plan() {
    let directory = tempfile::tempdir().unwrap();
    let world = messaging(directory.path());
    let simulator = world.simulator();
    let gone =
        json!({"licenses": ["L-MSG"], "location": null, "phoneNumber": null, "extension": null});
    let mut fault = after("PATCH", "/licenses/users", &gone);
    fault["when"] = json!("before");
    direct(&simulator, json!({"faults": [fault]}));
    let state = directory.path().join("state");
    let why = why(&world, &simulator, &state);
    assert!(
        why.contains("Webex Calling - Professional is gone"),
        "{why}"
    );
    for command in ["plan", "drift"] {
        let next = named(&world, &simulator, &state, command);
        assert!(
            next.contains("put-back-owed") && next.contains("the Calling licence is gone"),
            "{command}: {next}"
        );
    }
}

#[test]
fn a_licence_that_half_a_request_takes_is_named_by_every_later_plan() {
    let directory = tempfile::tempdir().unwrap();
    let world = messaging(directory.path());
    let refused =
        json!({"method": "PATCH", "path": "/licenses/users", "refuse": "add", "times": 99});
    let state = directory.path().join("state");
    let simulator = world.simulator();
    direct(&simulator, json!({"faults": [refused]}));
    let said = why(&world, &simulator, &state);
    assert!(said.contains("NOT restored"), "{said}");
    let next = named(&world, &simulator, &state, "plan");
    assert!(
        next.contains("put-back-owed") && next.contains("Advanced Messaging is gone"),
        "{next}"
    );

    // The same, if the program dies before it can give it back.
    let mut deaths = 0;
    for at in 1.. {
        let state = directory.path().join(format!("state-{at}"));
        let simulator = world.simulator();
        direct(&simulator, json!({"faults": [refused]}));
        if apply_killed(&world.plan, &simulator, &How::usual(&state), at, true).is_some() {
            break;
        }
        let held = person(&simulator.snapshot(), "u-mate")["licenses"].clone();
        let next = named(&world, &simulator, &state, "plan");
        let named = next.contains("Advanced Messaging is gone");
        assert_eq!(
            named,
            held == json!(["L-NEW"]),
            "killed at {at}: {held}: {next}"
        );
        deaths += usize::from(named);
        let mut how = How::usual(&state);
        how.resume = Resume::Yes;
        direct(&simulator, json!({"clearFaults": true}));
        apply(&world.plan, &simulator, &how);
        let next = self::named(&world, &simulator, &state, "plan");
        assert!(!next.contains("put-back-owed"), "killed at {at}: {next}");
        if writes(&simulator).len() > 3 {
            break;
        }
    }
    assert!(deaths > 0);
}

/// The move of a person whose settings go with it, done in part: both licences are there.
fn half_moved(directory: &Path) -> (World, Arc<Simulator>) {
    let world = harbour(directory, 1);
    let simulator = world.simulator();
    settle(&simulator, "u-0");
    let half =
        json!({"method": "PATCH", "path": "/licenses/users", "refuse": "remove", "times": 1});
    direct(
        &simulator,
        json!({"switches": {"moveKeepsSettings": false}, "faults": [half]}),
    );
    let report = apply(
        &world.plan,
        &simulator,
        &How::usual(&directory.join("state")),
    );
    assert!(!report.is_whole(), "{report:?}");
    assert!(!is_settled(&simulator, "u-0"));
    (world, simulator)
}

#[test]
fn a_move_done_in_part_is_compared_with_the_first_backup() {
    let directory = tempfile::tempdir().unwrap();
    let (world, simulator) = half_moved(directory.path());
    let mut how = How::usual(&directory.path().join("state"));
    how.resume = Resume::Yes;
    let report = apply(&world.plan, &simulator, &how);
    assert!(!report.is_whole(), "{report:?}");
    assert!(is_settled(&simulator, "u-0"), "{report:?}");
}

#[test]
fn a_move_that_was_not_compared_stays_named_after_another_one() {
    let directory = tempfile::tempdir().unwrap();
    let (world, simulator) = half_moved(directory.path());
    let state = directory.path().join("state");
    let next = named(&world, &simulator, &state, "plan");
    assert!(next.contains("change-not-compared"), "{next}");
    write(
        &world.directory.join("snapshot.json"),
        simulator.snapshot().to_string(),
    );
    let again = World::of(&world.directory);
    let mut how = How::usual(&state);
    how.resume = Resume::Fresh;
    let report = apply(&again.plan, &simulator, &how);
    assert!(report.is_whole(), "{report:?}");
    let next = named(&world, &simulator, &state, "plan");
    assert!(next.contains("change-not-compared"), "{next}");
}

/// Two mates who exchange their numbers.
fn ring(directory: &Path) -> World {
    let nothing = "version: 1\norg: {name: Harbour, id: org-h, assignmentMode: organization}\n";
    let user = |name: &str, at: u32| {
        json!({"id": format!("u-{name}"), "email": format!("{name}@harbour.example"), "displayName": name, "status": "active",
            "location": "Pier", "phoneNumber": format!("+1206555{at:04}"), "extension": at.to_string(), "licenses": ["L-OLD"],
            "attendeeSites": [], "roles": [], "voicemail": {"enabled": false}})
    };
    organisation(
        directory,
        nothing,
        vec![user("ana", 4101), user("bo", 4102)],
        2,
    );
    let yaml = format!(
        "{nothing}users:\n  ana@harbour.example: {{phoneNumber: \"+12065554102\"}}\n  bo@harbour.example: {{phoneNumber: \"+12065554101\"}}\n"
    );
    write(&directory.join("org.yaml"), yaml);
    World::of(directory)
}

/// Calling goes while a number is given up for a moment: that is not the state to go back to.
#[test]
fn who_loses_calling_while_stepping_aside_is_owed_it() {
    let directory = tempfile::tempdir().unwrap();
    let world = ring(directory.path());
    let simulator = world.simulator();
    let gone = json!({"licenses": [], "location": null, "phoneNumber": null, "extension": null});
    let change = json!({"section": "users", "key": "ana@harbour.example", "set": gone});
    let fault = json!({"method": "PUT", "path": "/people/u-bo", "when": "after", "change": change});
    direct(&simulator, json!({"faults": [fault]}));
    let state = directory.path().join("state");
    let report = apply(&world.plan, &simulator, &How::usual(&state));
    assert!(person(&simulator.snapshot(), "u-ana")["phoneNumber"].is_null());
    match verdict(&report, "user/ana@harbour.example") {
        Verdict::Failed { why, .. } => assert!(why.contains("NOT RESTORED"), "{why}"),
        other => panic!("{other:?}"),
    }
    for command in ["plan", "drift"] {
        let next = named(&world, &simulator, &state, command);
        assert!(next.contains("put-back-owed"), "{command}: {next}");
    }
}

#[test]
fn nobody_steps_aside_for_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let world = ring(directory.path());
    let other =
        json!({"section": "users", "key": "bo@harbour.example", "set": {"displayName": "Other"}});
    let refused = json!({"method": "PUT", "path": "/people/u-bo", "status": 400, "times": 99});
    for (at, scenario, exchanges) in [
        (0, json!({"changes": [other]}), 0),
        (1, json!({"faults": [refused]}), 2),
    ] {
        let simulator = world.simulator();
        direct(&simulator, scenario);
        let state = directory.path().join(format!("state-{at}"));
        let report = apply(&world.plan, &simulator, &How::usual(&state));
        let now = simulator.snapshot();
        for id in ["u-ana", "u-bo"] {
            let (then, now) = (person(&world.snapshot, id), person(&now, id));
            assert_eq!(now["phoneNumber"], then["phoneNumber"], "{report:?}");
        }
        let mine = writes(&simulator)
            .iter()
            .filter(|it| it.path.contains("u-ana"))
            .count();
        assert_eq!(mine, exchanges, "{report:?}");
        assert_eq!(report.summary.stale > 0, at == 0, "{report:?}");
        let next = named(&world, &simulator, &state, "plan");
        assert!(!next.contains("put-back-owed"), "{next}");
    }
    // Killed in between, it is named, and the run goes on where it was.
    let mut bare = 0;
    for at in 1.. {
        let simulator = world.simulator();
        let state = directory.path().join(format!("killed-{at}"));
        if apply_killed(&world.plan, &simulator, &How::usual(&state), at, true).is_some() {
            break;
        }
        let lacks = person(&simulator.snapshot(), "u-ana")["phoneNumber"].is_null();
        let next = named(&world, &simulator, &state, "plan");
        assert_eq!(
            next.contains("put-back-owed"),
            lacks,
            "killed at {at}: {next}"
        );
        bare += usize::from(lacks);
        let mut how = How::usual(&state);
        how.resume = Resume::Yes;
        let report = apply(&world.plan, &simulator, &how);
        assert!(report.is_whole(), "killed at {at}: {report:?}");
    }
    assert!(bare > 0);
}

/// Takes Calling from Bo in a snapshot file, as another administrator does.
fn take_from_bo(file: &Path) {
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let users = snapshot["users"].as_array_mut().unwrap();
    let bo = users.iter_mut().find(|it| it["id"] == "u-bo").unwrap();
    bo["licenses"] = json!([]);
    for path in ["location", "phoneNumber", "extension"] {
        bo[path] = json!(null);
    }
    for number in snapshot["numbers"].as_array_mut().unwrap() {
        if number["owner"]["key"] == "bo@harbour.example" {
            number["owner"] = json!(null);
        }
    }
    write(file, snapshot.to_string());
}

#[test]
fn an_apply_does_not_end_the_warning_about_a_loss_of_calling() {
    let directory = tempfile::tempdir().unwrap();
    let world = ring(directory.path());
    let here = &world.directory;
    let file = here.join("snapshot.json");
    let apply = |name: &str, more: &str| {
        let yaml = format!(
            "version: 1\norg: {{name: Harbour, id: org-h, assignmentMode: organization}}\nusers:\n  ana@harbour.example: {{displayName: {name}}}\n{more}"
        );
        write(&here.join("org.yaml"), yaml);
        // The file was changed in between, as Webex is: its rehearsals have to be named.
        let applied = ".trunkline/rehearsal/applied.json.zst";
        let with = |mut arguments: Vec<&'static str>| {
            if here.join(applied).exists() {
                arguments.extend(["--applied", applied]);
            }
            common::run(here, &arguments)
        };
        let ended = with(vec!["apply", "--yes"]);
        assert_eq!(ended.exit, 0, "{}", ended.all());
        let drift = with(vec!["drift"]).all();
        (ended.all(), drift)
    };
    apply("One", "");
    take_from_bo(&file);
    let (ended, drift) = apply("Two", "");
    assert!(
        ended.contains("user/bo@harbour.example lost Calling"),
        "{ended}"
    );
    assert!(drift.contains("drift-calling-lost"), "{drift}");
    let (ended, drift) = apply("Three", "");
    assert!(
        !ended.contains("user/bo@harbour.example lost Calling"),
        "{ended}"
    );
    assert!(
        drift.contains("drift-calling-lost") && drift.contains("extension 4102"),
        "{drift}"
    );
    let meant = "  bo@harbour.example: {licenses: {remove: [calling]}}\n";
    let (_, drift) = apply("Four", meant);
    assert!(!drift.contains("drift-calling-lost"), "{drift}");
    let (_, drift) = apply("Five", "");
    assert!(drift.contains("drift-calling-lost"), "{drift}");
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    snapshot["users"] = world.snapshot["users"].clone();
    snapshot["numbers"] = world.snapshot["numbers"].clone();
    write(&file, snapshot.to_string());
    apply("Six", "");
    let (_, drift) = apply("Seven", "");
    assert!(!drift.contains("drift-calling-lost"), "{drift}");
}

#[test]
fn what_only_the_last_capture_shows_is_owed() {
    let directory = tempfile::tempdir().unwrap();
    let world = messaging(directory.path());
    let state = directory.path().join("state");
    let opened = Journal::open(
        &state.join("journal.jsonl"),
        "PLAN",
        &world.plan.org.id,
        "http://127.0.0.1/v1",
        "2026-11-20T08:00:00Z",
        Resume::No,
        false,
    );
    let simulator = world.simulator();
    let gone =
        json!({"licenses": ["L-MSG2"], "location": null, "phoneNumber": null, "extension": null});
    let change = json!({"section": "users", "key": MATE, "set": gone});
    direct(&simulator, json!({"changes": [change]}));
    let (then, now) = (
        of_document(&world.snapshot),
        of_document(&simulator.snapshot()),
    );
    let (then, now) = (then.unwrap(), now.unwrap());
    let (journal, _) = opened.unwrap();
    let whole = losses_since(&world.plan, &Touched::new(), &then, &then, &journal).unwrap();
    assert!(whole.is_empty(), "{whole:?}");
    let lost = losses_since(&world.plan, &Touched::new(), &then, &now, &journal).unwrap();
    assert!(
        lost[0].1.contains("the Calling licence is gone"),
        "{lost:?}"
    );
    let next = named(&world, &simulator, &state, "plan");
    assert!(next.contains("put-back-owed"), "{next}");
}
