//! What live clients saw and no document says: refusals for something beside the matter, refusals that pass by themselves,
//! answers of another form. The switches of the simulator have both sides (docs/simulate.md).

use std::path::Path;

use crate::common;
use crate::common::live::{How, World, apply, direct, verdict, writes};
use crate::common::{root, run, write};
use serde_json::{Value, json};
use trunkline::apply::{Report, Resume, Verdict};
use trunkline::sim::Simulator;
use trunkline::webex::Reader;
use trunkline::webex::moves::{self, Move};

fn place(id: &str, name: &str) -> Value {
    json!({"id": id, "name": name, "timeZone": "America/Chicago", "preferredLanguage": "en_US",
           "address": {"address1": "1 Main St", "city": name, "state": "TX", "postalCode": "75201", "country": "US"},
           "calling": {"mainNumber": null, "pstn": "Premises"}})
}

fn person(name: &str, extension: &str) -> Value {
    json!({"id": format!("u-{name}"), "email": format!("{name}@acme.com"), "displayName": name, "status": "active",
           "location": "Dallas", "phoneNumber": null, "extension": extension, "licenses": ["L-CALL"],
           "attendeeSites": [], "roles": [], "voicemail": {"enabled": false}})
}

fn organisation() -> Value {
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2021-01-01"}],
        "licenses": [{"id": "L-CALL", "name": "Webex Calling - Professional", "subscriptionId": "Sub-1", "siteUrl": null,
                      "totalUnits": 50, "consumedUnits": 2}],
        "sites": [], "locations": [place("loc-d", "Dallas"), place("loc-a", "Austin")], "numbers": [], "groups": [],
        "users": [person("ana", "1001"), person("bob", "1002")], "workspaces": [], "devices": []
    })
}

/// An organisation and what its files say beside the head.
fn world(directory: &Path, snapshot: &Value, yaml: &str) -> World {
    let head = "version: 1\norg: {name: Acme, id: org-1, assignmentMode: group}\n";
    write(&directory.join("org.yaml"), format!("{head}{yaml}"));
    write(&directory.join("snapshot.json"), snapshot.to_string());
    World::of(directory)
}

/// Applies to a simulator that a scenario directs.
fn applied(world: &World, scenario: Value) -> (Report, std::sync::Arc<Simulator>) {
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    direct(&simulator, scenario);
    let report = apply(&world.plan, &simulator, &How::usual(state.path()));
    (report, simulator)
}

fn why(report: &Report, address: &str) -> String {
    match verdict(report, address) {
        Verdict::Failed { why, .. } => why.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_manager_that_is_refused_hinders_no_change_and_the_picture_stays() {
    let directory = tempfile::tempdir().unwrap();
    let mut snapshot = organisation();
    let picture = json!("https://example.com/ana.png");
    snapshot["users"][0]["avatar"] = picture.clone();
    snapshot["users"][0]["managerId"] = json!("u-bob");
    let world = world(
        directory.path(),
        &snapshot,
        "users:\n  ana@acme.com: {displayName: Ana Silva}\n",
    );
    for (refused, puts) in [(false, 1), (true, 2)] {
        let (report, simulator) = applied(&world, json!({"switches": {"managerRefused": refused}}));
        assert!(report.is_whole(), "{report:#?}");
        assert_eq!(writes(&simulator).len(), puts);
        let ana = &simulator.snapshot()["users"][0];
        assert_eq!(ana["displayName"], "Ana Silva");
        assert_eq!(ana["avatar"], picture);
    }
}

#[test]
fn who_cannot_be_moved_is_asked_about_before_anything_is_sent() {
    let directory = tempfile::tempdir().unwrap();
    let world = world(
        directory.path(),
        &organisation(),
        "users:\n  ana@acme.com: {location: Austin}\n  bob@acme.com: {location: Austin}\n",
    );
    for documented in [false, true] {
        // The Webex Go device has come since the snapshot.
        let device = json!({"section": "devices", "key": "d-1", "set": {"name": "Mobile", "product": "Webex Go",
            "type": "webexgo", "owner": {"kind": "user", "key": "ana@acme.com"}}});
        let (report, simulator) = applied(
            &world,
            json!({"changes": [device], "switches": {"moveAnswersAsDocumented": documented}}),
        );
        let why = why(&report, "user/ana@acme.com");
        assert!(
            why.contains("nothing was sent") && why.contains("Webex Go"),
            "{why}"
        );
        assert_eq!(verdict(&report, "user/bob@acme.com"), &Verdict::Done);
        let after = simulator.snapshot();
        assert_eq!(after["users"][0]["location"], "Dallas");
        assert_eq!(after["users"][1]["location"], "Austin");
        assert_eq!(writes(&simulator).len(), 1, "one job, for Bob alone");
    }
}

#[test]
fn what_a_move_takes_besides_is_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let mut snapshot = organisation();
    snapshot["features"] = json!([{"kind": "huntGroup", "id": "hg-1", "name": "Support", "location": "Dallas",
        "phoneNumber": null, "extension": "1900",
        "members": [{"kind": "user", "key": "ana@acme.com", "role": "agent"}]}]);
    let world = world(
        directory.path(),
        &snapshot,
        "users:\n  ana@acme.com: {location: Austin}\n",
    );
    let simulator = world.simulator();
    let client = common::live::client(&simulator);
    let question = Move {
        person: "u-ana",
        location: "loc-a",
        number: None,
        extension: None,
    };
    let forecast = moves::forecast(&Reader::new(&client), question)
        .unwrap()
        .unwrap();
    assert_eq!(forecast.errors, Vec::<String>::new());
    let leaves = forecast.impacts.iter().find(|(code, _)| *code == 19705);
    assert!(
        leaves.is_some_and(|(_, words)| words.contains("Support")),
        "{forecast:?}"
    );
    assert!(writes(&simulator).is_empty(), "asking changes nothing");
    // Asked for or not, the plan has said it.
    let said = run(directory.path(), &["plan"]).stdout;
    assert!(
        said.contains("features-left") && said.contains("Support"),
        "{said}"
    );
}

#[test]
fn a_person_of_whom_webex_does_not_tell_everything_keeps_calling() {
    let directory = tempfile::tempdir().unwrap();
    let world = world(
        directory.path(),
        &organisation(),
        "users:\n  ana@acme.com:\n    licenses: {remove: [calling]}\n\
         acknowledgements:\n  - {code: calling-loss, subjects: [ana@acme.com], reason: leaves}\n",
    );
    let reason = json!({"callingData": {"code": "calling_failure", "reason": "calling data cannot be read"}});
    for (errors, said) in [
        (reason, "Webex could not read callingData"),
        (
            json!([{"description": "calling data"}]),
            "Webex could not read calling data",
        ),
        (json!("partial"), "Webex could not read everything"),
    ] {
        let told = json!({"id": world.snapshot["users"][0]["id"], "emails": ["ana@acme.com"], "displayName": "ana",
            "licenses": ["L-CALL"], "extension": "1001", "locationId": "loc-d", "errors": errors});
        let fault = json!({"method": "GET", "path": "/people/*", "status": 200, "answer": told, "times": 9});
        let (report, simulator) = applied(&world, json!({"faults": [fault]}));
        let why = why(&report, "user/ana@acme.com");
        assert!(why.contains(said), "{why}");
        let kept = simulator.snapshot()["users"][0]["licenses"].clone();
        assert_eq!(kept, json!(["L-CALL"]));
        assert!(writes(&simulator).is_empty());
    }
}

#[test]
fn a_closed_location_that_is_still_referenced_is_deleted_by_a_later_run() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let case = root().join("tests/golden/base-office-closed");
    let mut args = common::cases::prepare(&case, here);
    args.extend(["--format", "json"].map(str::to_owned));
    let snapshot = std::fs::read(here.join("snapshot.json")).unwrap();
    let world = World {
        directory: here.to_owned(),
        snapshot: serde_json::from_slice(&snapshot).unwrap(),
        plan: serde_json::from_str(&run(here, &args).stdout).unwrap(),
    };
    let simulator = world.simulator();
    direct(
        &simulator,
        json!({"switches": {"closedLocationSeconds": 7200}}),
    );
    let state = tempfile::tempdir().unwrap();
    let mut how = How::usual(state.path());
    let report = apply(&world.plan, &simulator, &how);
    let Verdict::Later { because } = verdict(&report, "location/Austin") else {
        panic!("{report:#?}");
    };
    assert!(because.contains("ends by itself"), "{because}");
    assert_eq!((report.summary.failed, report.summary.later), (0, 1));
    assert!(!report.is_whole(), "else nobody would ever delete it");
    simulator.advance(std::time::Duration::from_secs(7200));
    how.resume = Resume::Yes;
    let report = apply(&world.plan, &simulator, &how);
    assert_eq!(verdict(&report, "location/Austin"), &Verdict::Done);
    let locations = simulator.snapshot()["locations"].to_string();
    assert!(!locations.contains("Austin"), "{locations}");
}

#[test]
fn a_job_of_which_the_answer_names_no_id_is_followed() {
    let directory = tempfile::tempdir().unwrap();
    let world = world(
        directory.path(),
        &organisation(),
        "users:\n  ana@acme.com: {location: Austin}\n",
    );
    // The question comes first. The job takes longer than a write may take to show, and longer than it takes to begin.
    let silent = json!({"method": "POST", "path": "/telephony/config/jobs/person/moveLocation", "nth": 2, "when": "after",
        "status": 201, "answer": {"response": {}}});
    let scenario =
        json!({"faults": [silent], "switches": {"jobSeconds": [5, 600], "readLag": {"jobs": 3}}});
    let (report, simulator) = applied(&world, scenario);
    assert!(report.is_whole(), "{report:#?}");
    assert_eq!(simulator.snapshot()["users"][0]["location"], "Austin");
}

#[test]
fn an_answer_about_a_move_that_is_not_understood_moves_no_one() {
    let directory = tempfile::tempdir().unwrap();
    let world = world(
        directory.path(),
        &organisation(),
        "users:\n  ana@acme.com: {location: Austin}\n  bob@acme.com: {location: Austin}\n",
    );
    for (status, answer) in [
        (200, json!({"response": {}})),
        (200, json!({"response": [{"errors": "some"}]})),
        (403, json!({"message": "not yours"})),
    ] {
        let odd = json!({"method": "POST", "path": "/telephony/config/jobs/person/moveLocation", "nth": 1,
            "status": status, "answer": answer});
        let (report, simulator) = applied(&world, json!({"faults": [odd]}));
        let why = why(&report, "user/ana@acme.com");
        assert!(why.contains("nothing was sent"), "{why}");
        assert_eq!(verdict(&report, "user/bob@acme.com"), &Verdict::Done);
        assert_eq!(simulator.snapshot()["users"][0]["location"], "Dallas");
    }
}

#[test]
fn numbers_move_one_by_one_where_webex_takes_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let mut snapshot = organisation();
    let numbers = ["+12145550150", "+12145550151", "+12145550152"];
    let free = |number: &&str| json!({"phoneNumber": number, "location": "Dallas", "state": "active", "type": "did", "owner": null});
    snapshot["numbers"] = numbers.iter().map(free).collect();
    let world = world(
        directory.path(),
        &snapshot,
        "numbers:\n  - {location: Austin, numbers: [\"+12145550150..+12145550152\"]}\n",
    );
    for (single, jobs) in [(false, 1), (true, 3)] {
        let (report, simulator) =
            applied(&world, json!({"switches": {"singleNumberMove": single}}));
        assert!(report.is_whole(), "{report:#?}");
        let began = writes(&simulator);
        assert_eq!(began.iter().filter(|it| it.applied).count(), jobs);
        let after = simulator.snapshot();
        let moved = after["numbers"].as_array().unwrap().iter();
        assert!(
            moved.clone().all(|it| it["location"] == "Austin"),
            "{after}"
        );
    }
}

#[test]
fn a_location_whose_language_announcements_do_not_have() {
    for language in ["en_CA", "es_MX", "ar_SA", "de_DE"] {
        let directory = tempfile::tempdir().unwrap();
        let files = format!(
            "locations:\n  Branch:\n    timeZone: America/Chicago\n    preferredLanguage: {language}\n    \
             address: {{address1: 1 Main St, city: Dallas, state: TX, postalCode: \"75201\", country: US}}\n    calling: {{}}\n"
        );
        let world = world(directory.path(), &organisation(), &files);
        let (report, _) = applied(&world, json!({}));
        assert!(report.is_whole(), "{language}: {report:#?}");
    }
}
