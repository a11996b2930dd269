//! Webex Go, applied: a device goes before its owner's Calling or stays with it, mobile numbers that are refused hinder no other,
//! the device of a mobile number appears by itself, and no output has the id of an operator account.

use std::path::Path;
use std::sync::Arc;

use crate::common::live::{How, World, apply, apply_killed, direct, once, verdict, writes};
use crate::common::{root, run};
use serde_json::{Value, json};
use trunkline::apply::{Report, Resume, Verdict};
use trunkline::sim::Simulator;

/// A golden case as an organisation of its own.
fn case(name: &str, directory: &Path) -> World {
    let from = root().join("tests/golden").join(name);
    for (file, to) in [
        ("org/acme.yaml", "acme.yaml"),
        ("snapshot.json", "snapshot.json"),
    ] {
        std::fs::copy(from.join(file), directory.join(to)).unwrap();
    }
    World::of(directory)
}

/// Applies to a simulator with these switches.
fn applied(world: &World, switches: &Value) -> (Report, Arc<Simulator>) {
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    direct(&simulator, json!({"switches": switches}));
    let report = apply(&world.plan, &simulator, &How::usual(state.path()));
    (report, simulator)
}

/// The requests that were carried out, in order: method and path.
fn done(simulator: &Simulator) -> Vec<(String, String)> {
    let all = writes(simulator).into_iter().filter(|it| it.applied);
    all.map(|it| (it.method.to_string(), it.path.clone()))
        .collect()
}

fn position(done: &[(String, String)], method: &str, part: &str) -> usize {
    let is = |it: &(String, String)| it.0 == method && it.1.contains(part);
    let at = done.iter().position(is);
    at.unwrap_or_else(|| panic!("no {method} {part} in {done:?}"))
}

fn devices(snapshot: &Value, email: &str) -> usize {
    let devices = snapshot["devices"].as_array().into_iter().flatten();
    let of = |it: &&Value| it["type"] == "webexgo" && it["owner"]["key"] == email;
    devices.filter(of).count()
}

#[test]
fn a_device_goes_first_and_all_that_waits_for_it_follows() {
    let directory = tempfile::tempdir().unwrap();
    let world = case("webex-go-removed", directory.path());
    let (report, simulator) = applied(&world, &json!({"deleteWebexGo": true}));
    assert!(report.is_whole(), "{report:#?}");
    let done = done(&simulator);
    for (device, after) in [
        ("d-1", position(&done, "PATCH", "/licenses/users")),
        ("d-2", position(&done, "DELETE", "/people/")),
        ("d-3", position(&done, "POST", "/moveLocation")),
    ] {
        let before = position(&done, "DELETE", &format!("/devices/{device}"));
        assert!(before < after, "{device}: {done:?}");
    }
    once(&simulator).unwrap();
    assert_eq!(world.left(&simulator.snapshot()), [""; 0]);
}

#[test]
fn where_a_device_cannot_be_deleted_its_owner_keeps_everything() {
    let directory = tempfile::tempdir().unwrap();
    let world = case("webex-go-removed", directory.path());
    let (report, simulator) = applied(&world, &json!({}));
    for email in ["ana", "bea", "carl", "dora"].map(|it| format!("{it}@acme.com")) {
        match verdict(&report, &format!("webexGoDevice/{email}")) {
            Verdict::Failed { why, .. } => {
                assert!(why.contains("managed in Control Hub"), "{why}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(devices(&simulator.snapshot(), &email), 1);
    }
    for email in ["ana", "bea", "carl"] {
        let verdict = verdict(&report, &format!("user/{email}@acme.com"));
        assert!(matches!(verdict, Verdict::Skipped { .. }), "{verdict:?}");
    }
    assert_eq!(done(&simulator), []);
    assert_eq!(simulator.snapshot()["users"], world.snapshot["users"]);
}

/// One request removes one device: where another one has come since the plan, both stay, and so does Calling.
#[test]
fn of_several_devices_none_goes() {
    let directory = tempfile::tempdir().unwrap();
    let world = case("webex-go-removed", directory.path());
    let state = tempfile::tempdir().unwrap();
    let simulator = world.simulator();
    let device = json!({"section": "devices", "key": "d-9", "set": {"name": "Second", "product": "Webex Go",
        "type": "webexgo", "owner": {"kind": "user", "key": "ana@acme.com"}}});
    direct(
        &simulator,
        json!({"switches": {"deleteWebexGo": true}, "changes": [device]}),
    );
    let report = apply(&world.plan, &simulator, &How::usual(state.path()));
    for address in ["webexGoDevice/ana@acme.com", "user/ana@acme.com"] {
        let verdict = verdict(&report, address);
        assert!(!matches!(verdict, Verdict::Done), "{address}: {verdict:?}");
    }
    let now = simulator.snapshot();
    assert_eq!(devices(&now, "ana@acme.com"), 2);
    let ana = |snapshot: &Value| {
        let mut users = snapshot["users"].as_array().unwrap().iter();
        users
            .find(|it| it["email"] == "ana@acme.com")
            .unwrap()
            .clone()
    };
    assert_eq!(ana(&now), ana(&world.snapshot));
}

/// The numbers of each order, and whether it was carried out.
fn orders(simulator: &Simulator) -> Vec<bool> {
    let all = writes(simulator).into_iter();
    let orders = all.filter(|it| it.method == "POST" && it.path.ends_with("/numbers"));
    orders.map(|it| it.applied).collect()
}

#[test]
fn mobile_numbers_are_ordered_and_the_device_appears() {
    let directory = tempfile::tempdir().unwrap();
    let world = case("mobile-numbers", directory.path());
    let (report, simulator) = applied(&world, &json!({}));
    assert!(report.is_whole(), "{report:#?}");
    // 45 numbers: 20, 20 and 5.
    assert_eq!(orders(&simulator), [true; 3]);
    let now = simulator.snapshot();
    let number = |wanted: &str| {
        let mut numbers = now["numbers"].as_array().unwrap().iter();
        numbers
            .find(|it| it["phoneNumber"] == wanted)
            .unwrap()
            .clone()
    };
    assert_eq!(number("+12145550201")["owner"]["key"], "bea@acme.com");
    assert_eq!(number("+12145550244")["type"], "mobile");
    // The number that was displaced is back in the pool, and nobody else got it.
    assert_eq!(number("+12145550101")["owner"], Value::Null);
    assert_eq!(devices(&now, "bea@acme.com"), 1);
    assert_eq!(world.left(&now), [""; 0]);
}

#[test]
fn mobile_numbers_that_are_refused_hinder_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let world = case("mobile-numbers", directory.path());
    let why = "not on the account";
    // Known beforehand, or only by the order itself.
    for late in [false, true] {
        let refused = json!({"+12145550203": why, "+12145550210": why, "+12145550222": why});
        let switches = json!({"refusedMobiles": refused, "mobilesRefusedLate": late});
        let (report, simulator) = applied(&world, &switches);
        for number in 200..=244 {
            let address = format!("number/+12145550{number}");
            let verdict = verdict(&report, &address);
            match ([203, 210, 222].contains(&number), verdict) {
                (false, Verdict::Done) => {}
                (true, Verdict::Failed { why: said, .. }) => assert!(said.contains(why), "{said}"),
                (_, other) => panic!("{address}, late: {late}: {other:?}"),
            }
        }
        let refusals = orders(&simulator).into_iter().filter(|done| !done).count();
        assert_eq!(refusals, if late { 3 } else { 0 });
        let left = world.left(&simulator.snapshot());
        assert_eq!(left.len(), 3, "{left:?}");
        std::fs::write(
            directory.path().join("snapshot.json"),
            world.snapshot.to_string(),
        )
        .unwrap();
    }
}

#[test]
fn an_order_that_was_killed_is_taken_up_and_sent_once() {
    let directory = tempfile::tempdir().unwrap();
    let world = case("mobile-numbers", directory.path());
    for (at, after) in [(8, false), (8, true), (14, true), (20, false), (26, true)] {
        let state = tempfile::tempdir().unwrap();
        let simulator = world.simulator();
        let usual = How::usual(state.path());
        if apply_killed(&world.plan, &simulator, &usual, at, after).is_none() {
            let resume = How {
                resume: Resume::Yes,
                ..How::usual(state.path())
            };
            let report = apply(&world.plan, &simulator, &resume);
            assert!(report.is_whole(), "killed at {at}: {report:#?}");
        }
        once(&simulator).unwrap();
        assert_eq!(world.left(&simulator.snapshot()), [""; 0], "killed at {at}");
        std::fs::write(
            directory.path().join("snapshot.json"),
            world.snapshot.to_string(),
        )
        .unwrap();
    }
}

/// A device that does not come with its number is a hold, and after an hour an error.
#[test]
fn a_device_that_does_not_appear_is_missed_after_an_hour() {
    let directory = tempfile::tempdir().unwrap();
    let world = case("mobile-numbers", directory.path());
    let (report, simulator) = applied(&world, &json!({}));
    assert!(report.is_whole(), "{report:#?}");
    let mut now = simulator.snapshot();
    let devices = now["devices"].as_array_mut().unwrap();
    devices.retain(|it| it["owner"]["key"] != "bea@acme.com");
    now["capturedAt"] = json!("2026-11-20T10:00:00Z");
    let file = directory.path().join("applied.json");
    std::fs::write(&file, now.to_string()).unwrap();
    let said = |captured: &str, applied: bool| {
        let mut now = now.clone();
        now["capturedAt"] = json!(captured);
        let snapshot = directory.path().join("snapshot.json");
        std::fs::write(snapshot, now.to_string()).unwrap();
        let mut args = vec!["plan", "--format", "json"];
        if applied {
            args.extend(["--applied", "applied.json"]);
        }
        let plan = run(directory.path(), &args).json();
        let findings = plan["findings"].as_array().unwrap().iter();
        let mut missing = findings.filter(|it| it["code"] == "go-device-missing");
        let missing = missing.next().unwrap();
        assert_eq!(missing["subject"], "webexGoDevice/bea@acme.com");
        missing["severity"].as_str().unwrap().to_owned()
    };
    assert_eq!(said("2026-11-20T11:00:00Z", true), "hold");
    assert_eq!(said("2026-11-20T11:00:01Z", true), "error");
    assert_eq!(said("2026-11-21T10:00:00Z", false), "hold");
}

/// The id is in the files, and in nothing that the program prints or writes.
#[test]
fn the_id_of_an_operator_account_is_in_no_output() {
    const ID: &str = "LSM-4471-20";
    let directory = tempfile::tempdir().unwrap();
    for name in ["operator-account-states", "operator-account-refused"] {
        let from = root().join("tests/golden").join(name);
        std::fs::copy(
            from.join("org/acme.yaml"),
            directory.path().join("acme.yaml"),
        )
        .unwrap();
        std::fs::copy(
            from.join("snapshot.json"),
            directory.path().join("snapshot.json"),
        )
        .unwrap();
        let formats = ["text", "markdown", "json", "html", "csv", "sarif", "github"];
        let mut commands: Vec<Vec<&str>> = formats.map(|it| vec!["plan", "--format", it]).into();
        commands.push(vec!["plan", "--detail", "full"]);
        commands.push(vec!["plan", "--out", "saved.json"]);
        commands.push(vec!["show", "saved.json"]);
        commands.push(vec!["drift"]);
        commands.push(vec!["fmt", "--check"]);
        commands.push(vec!["explain", "operatorAccount/a-new"]);
        commands.push(vec!["validate"]);
        commands.push(vec!["apply", "--snapshot", "snapshot.json", "--yes"]);
        for args in commands {
            let said = run(directory.path(), &args).all();
            assert!(!said.contains(ID), "{args:?}\n{said}");
        }
        let saved = std::fs::read_to_string(directory.path().join("saved.json")).unwrap();
        assert!(!saved.contains(ID));
    }
    // Mistakes in and around it.
    for mistake in [
        "accountId: LSM-4471-20, confirmAccountId: LSM-4471-2",
        "accountId: [LSM-4471-20], confirmAccountId: LSM-4471-20",
        "accountId: LSM-4471-20",
        "acountId: LSM-4471-20, confirmAccountId: LSM-4471-20",
        "accountId: LSM-4471-20, confirmAccountId: LSM-4471-20, carrier: x",
        "accountId: LSM-4471-20, confirmAccountId: LSM-4471-20, authorization: LSM",
    ] {
        let text = format!(
            "version: 1\norg: {{name: Acme}}\nwebexGo:\n  operatorAccounts:\n    a: {{operator: O, {mistake}}}\n"
        );
        std::fs::write(directory.path().join("acme.yaml"), text).unwrap();
        let done = run(directory.path(), &["validate"]);
        assert_eq!(done.exit, 1, "{mistake}");
        assert!(!done.all().contains(ID), "{}", done.all());
    }
    let text = "version: 1\norg: {name: Acme}\nwebexGo:\n  operatorAccounts:\n    a: {operator: O, accountId: 447120}\n";
    std::fs::write(directory.path().join("acme.yaml"), text).unwrap();
    let done = run(directory.path(), &["validate"]);
    assert!(!done.all().contains("447120"), "{}", done.all());
}
