//! Webex for BroadWorks, carried out: what Webex does afterwards, who goes first, and what a killed run leaves.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::common::live::{How, World, apply, apply_killed, direct, once, verdict, writes};
use crate::common::write;
use serde_json::{Value, json};
use trunkline::apply::{Report, Resume, Verdict};
use trunkline::sim::Simulator;

fn snapshot(enterprises: &Value, subscribers: &Value) -> Value {
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "O", "name": "Harbor"},
        "subscriptions": [], "licenses": [], "sites": [], "groups": [], "users": [],
        "broadworks": {"enterprises": enterprises, "subscribers": subscribers}
    })
}

/// Files with these subscribers, in the flow style of YAML.
fn world(directory: &Path, subscribers: &[(&str, &str)], more: &str, snapshot: &Value) -> World {
    let mut yaml = String::from(
        "version: 1
org: {name: Harbor, id: O, assignmentMode: group}
broadworks:
  clusters: {xsp: {}}
  customerTemplates: {gold: {cluster: xsp, provisioningId: P-gold}}
  enterprises:
    SP+one: {template: gold}
    SP+two: {template: gold}
  subscribers:
",
    );
    for (user_id, fields) in subscribers {
        yaml += &format!("    {user_id}: {{{fields}}}\n");
    }
    yaml += more;
    write(&directory.join("org.yaml"), yaml);
    write(&directory.join("snapshot.json"), snapshot.to_string());
    World::of(directory)
}

fn one(user_id: &str, package: &str, status: &str) -> Value {
    json!({"userId": user_id, "enterprise": "SP+one", "firstName": "Ana", "lastName": "Silva", "email": format!("{user_id}.example"),
           "extension": "101", "package": package, "status": status})
}

const ONE: &str = "enterprise: SP+one, package: premium";

fn listed() -> Value {
    json!([{"spEnterpriseId": "SP+one", "provisioningId": "P-gold", "template": "gold", "enableDirSync": false}])
}

fn run(world: &World, simulator: &Arc<Simulator>) -> Report {
    let state = tempfile::tempdir().unwrap();
    apply(&world.plan, simulator, &How::usual(state.path()))
}

fn subscribers(simulator: &Simulator) -> Vec<Value> {
    let snapshot = simulator.snapshot();
    snapshot["broadworks"]["subscribers"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

#[test]
fn a_change_of_package_ends_when_webex_has_made_it() {
    let directory = tempfile::tempdir().unwrap();
    let before = snapshot(&listed(), &json!([one("1@x", "standard", "provisioned")]));
    let world = world(directory.path(), &[("1@x", ONE)], "", &before);
    let simulator = world.simulator();
    let report = run(&world, &simulator);
    assert_eq!(verdict(&report, "broadworksSubscriber/1@x"), &Verdict::Done);
    let now = &subscribers(&simulator)[0];
    assert_eq!(
        (&now["package"], &now["status"]),
        (&json!("premium"), &json!("provisioned"))
    );
    assert_eq!(world.left(&simulator.snapshot()), [""; 0]);
    let reads = simulator
        .log()
        .iter()
        .filter(|it| it.path.contains("/broadworks/subscribers") && it.method == "GET")
        .count();
    assert!(reads <= 6, "{reads} reads for one change");
}

#[test]
fn each_change_is_one_request_and_a_few_looks() {
    const MANY: usize = 30;
    let ids: Vec<String> = (0..MANY).map(|at| format!("{at}@x")).collect();
    let seen = ids.iter().zip(101..);
    let seen = seen.map(|(id, extension)| {
        let mut row = one(id, "standard", "provisioned");
        row["extension"] = json!(extension.to_string());
        row
    });
    let before = snapshot(&listed(), &seen.collect());
    let wanted: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), ONE)).collect();
    let directory = tempfile::tempdir().unwrap();
    let all = "guardrails: {updates: {percent: 100}}\n";
    let world = world(directory.path(), &wanted, all, &before);
    // Where Webex takes its time, it is asked again at growing intervals.
    for (seconds, looks) in [(0, 2), (20, 7)] {
        let simulator = world.simulator();
        direct(
            &simulator,
            json!({"switches": {"broadworksSeconds": seconds}}),
        );
        let report = run(&world, &simulator);
        assert_eq!(report.summary.done, MANY, "{report:?}");
        assert_eq!(writes(&simulator).len(), MANY);
        let log = simulator.log();
        let reads = log.iter().filter(|it| it.method == "GET").count();
        assert!(
            reads <= looks * MANY,
            "{reads} reads for {MANY} changes in {seconds} s"
        );
    }
}

#[test]
fn what_webex_fails_at_afterwards_is_told_in_its_words() {
    let directory = tempfile::tempdir().unwrap();
    let before = snapshot(&listed(), &json!([one("1@x", "standard", "provisioned")]));
    let world = world(directory.path(), &[("1@x", ONE)], "", &before);
    let simulator = world.simulator();
    direct(&simulator, json!({"switches": {"broadworksError": 1234}}));
    let report = run(&world, &simulator);
    let Verdict::Failed { why, .. } = verdict(&report, "broadworksSubscriber/1@x") else {
        panic!("{report:?}")
    };
    assert!(why.contains("[1234]"), "{why}");
    // The next plan says it, too, and tries again: the package is still another.
    assert_eq!(world.left(&simulator.snapshot()).len(), 1);
    direct(&simulator, json!({"switches": {"broadworksError": null}}));
    let again = World::of(directory.path());
    let report = run(&again, &simulator);
    assert_eq!(
        verdict(&report, "broadworksSubscriber/1@x"),
        &Verdict::Done,
        "{report:?}"
    );
    assert_eq!(subscribers(&simulator)[0]["package"], "premium");
}

#[test]
fn success_means_started_where_webex_takes_long() {
    let directory = tempfile::tempdir().unwrap();
    let new = "enterprise: SP+one, package: basic, firstName: Bo, lastName: Lee, email: bo@one.example, extension: \"102\"";
    let before = snapshot(&listed(), &json!([one("1@x", "premium", "provisioned")]));
    let world = world(directory.path(), &[("1@x", ONE), ("2@x", new)], "", &before);
    let simulator = world.simulator();
    direct(&simulator, json!({"switches": {"broadworksSeconds": 3600}}));
    let report = run(&world, &simulator);
    assert_eq!(verdict(&report, "broadworksSubscriber/2@x"), &Verdict::Done);
    assert_eq!(subscribers(&simulator)[1]["status"], "provisioning");
    assert_eq!(
        world.left(&simulator.snapshot()),
        [""; 0],
        "it waits, and nothing is sent twice"
    );
    let again = crate::common::run(directory.path(), &["plan"]);
    assert!(
        again.all().contains("broadworks-provisioning"),
        "{}",
        again.all()
    );
    simulator.advance(Duration::from_secs(4000));
    assert_eq!(world.left(&simulator.snapshot()), [""; 0]);
    let again = crate::common::run(directory.path(), &["plan"]);
    assert!(
        !again.all().contains("broadworks-provisioning"),
        "{}",
        again.all()
    );
}

#[test]
fn the_first_of_an_enterprise_goes_alone_and_the_others_follow() {
    let directory = tempfile::tempdir().unwrap();
    let of = |name: &str| {
        format!(
            "enterprise: SP+two, package: basic, firstName: {name}, lastName: Lee, email: {name}@two.example, extension: \"1\""
        )
    };
    let (a, b, c) = (of("a"), of("b"), of("c"));
    let people = [
        ("1@x", a.as_str()),
        ("2@x", b.as_str()),
        ("3@x", c.as_str()),
    ];
    let before = snapshot(&json!([]), &json!([]));
    let first = world(directory.path(), &people, "", &before);
    let simulator = first.simulator();
    let report = run(&first, &simulator);
    assert_eq!(report.summary.done, 1);
    assert_eq!(subscribers(&simulator).len(), 1);
    assert_eq!(first.left(&simulator.snapshot()).len(), 2);
    let second = World::of(directory.path());
    let report = run(&second, &simulator);
    assert_eq!(report.summary.done, 2, "{report:?}");
    assert_eq!(second.left(&simulator.snapshot()), [""; 0]);
    assert!(writes(&simulator).iter().all(|it| it.status == 200));
    let log = simulator.log();
    assert!(
        log.iter().all(|it| !it.path.contains("billing")),
        "BWKS-129"
    );
}

#[test]
fn another_enterprise_is_removed_and_then_added_again() {
    let directory = tempfile::tempdir().unwrap();
    let moved = "enterprise: SP+two, package: basic, firstName: Ana, lastName: Silva, email: 1@x.example, extension: \"101\"";
    let agreed = "acknowledgements: [{code: broadworks-subscriber-deletion, subjects: [1@x], reason: moved to another company}]\n";
    let before = snapshot(&listed(), &json!([one("1@x", "basic", "provisioned")]));
    let first = world(directory.path(), &[("1@x", moved)], agreed, &before);
    let simulator = first.simulator();
    let report = run(&first, &simulator);
    assert_eq!(report.summary.done, 1, "{report:?}");
    assert_eq!(subscribers(&simulator), [Value::Null; 0]);
    assert_eq!(
        first.left(&simulator.snapshot()).len(),
        1,
        "it is added again"
    );
    let second = World::of(directory.path());
    let report = run(&second, &simulator);
    assert_eq!(report.summary.done, 1, "{report:?}");
    assert_eq!(subscribers(&simulator)[0]["enterprise"], "SP+two");
    assert_eq!(second.left(&simulator.snapshot()), [""; 0]);
}

#[test]
fn who_is_provisioned_again_is_removed_and_comes_back_once() {
    let directory = tempfile::tempdir().unwrap();
    let again = "enterprise: SP+one, package: basic, firstName: Ana, lastName: Silva, email: 1@x.example, extension: \"101\", \
                 reprovision: {createdBefore: 2026-11-19T00:00:00Z, reason: free calls are off}";
    let agreed = "acknowledgements: [{code: broadworks-subscriber-deletion, subjects: [1@x], reason: agreed}]\n";
    let mut seen = one("1@x", "basic", "provisioned");
    seen["created"] = json!("2026-03-01T09:00:00Z");
    let before = snapshot(&listed(), &json!([seen]));
    let first = world(directory.path(), &[("1@x", again)], agreed, &before);
    let simulator = first.simulator();
    let report = run(&first, &simulator);
    assert_eq!(report.summary.done, 1, "{report:?}");
    assert_eq!(subscribers(&simulator), [Value::Null; 0]);
    assert_eq!(
        first.left(&simulator.snapshot()).len(),
        1,
        "it is added again"
    );
    let second = World::of(directory.path());
    let report = run(&second, &simulator);
    assert_eq!(report.summary.done, 1, "{report:?}");
    assert!(subscribers(&simulator)[0]["created"].as_str().unwrap() > "2026-11-19");
    assert_eq!(second.left(&simulator.snapshot()), [""; 0]);
    let sent: Vec<String> = writes(&simulator).into_iter().map(|it| it.method).collect();
    assert_eq!(sent, ["DELETE", "POST"]);
}

#[test]
fn a_killed_run_goes_on_and_sends_nothing_twice() {
    let new = "enterprise: SP+one, package: basic, firstName: Bo, lastName: Lee, email: bo@one.example, extension: \"102\"";
    let people = [
        ("1@x", ONE),
        ("2@x", new),
        ("3@x", "enterprise: SP+one, package: basic, state: absent"),
    ];
    let agreed = "acknowledgements: [{code: broadworks-subscriber-deletion, subjects: [3@x], reason: left}]\n";
    let before = snapshot(
        &listed(),
        &json!([
            one("1@x", "standard", "provisioned"),
            one("3@x", "basic", "provisioned")
        ]),
    );
    for (at, after) in (1..24).flat_map(|at| [(at, false), (at, true)]) {
        let directory = tempfile::tempdir().unwrap();
        let world = world(directory.path(), &people, agreed, &before);
        let simulator = world.simulator();
        let state = tempfile::tempdir().unwrap();
        let mut how = How::usual(state.path());
        if apply_killed(&world.plan, &simulator, &how, at, after).is_none() {
            how.resume = Resume::Yes;
            let report = apply(&world.plan, &simulator, &how);
            assert_eq!(
                report.summary.failed, 0,
                "killed at {at}, {after}: {report:?}"
            );
        }
        once(&simulator).unwrap();
        let refused = writes(&simulator).into_iter().find(|it| it.status >= 400);
        assert!(refused.is_none(), "killed at {at}, {after}: {refused:?}");
        assert_eq!(
            world.left(&simulator.snapshot()),
            [""; 0],
            "killed at {at}, {after}"
        );
    }
}

#[test]
fn a_switched_off_synchronisation_deletes_as_many_as_were_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let mut enterprises = listed();
    enterprises[0]["enableDirSync"] = json!(true);
    enterprises[0]["directorySync"] = json!({"status": "COMPLETE", "users": 25});
    let off = |agreed: &str| {
        let before = snapshot(&enterprises, &json!([one("1@x", "premium", "provisioned")]));
        let yaml = format!("{agreed}guardrails: {{directorySync: 25}}\n");
        write(&directory.path().join("more.yaml"), "broadworks: {}\n");
        let file = directory.path().join("org.yaml");
        let _ = world(directory.path(), &[("1@x", ONE)], &yaml, &before);
        let text = std::fs::read_to_string(&file).unwrap();
        write(
            &file,
            text.replace(
                "SP+one: {template: gold}",
                "SP+one: {template: gold, enableDirSync: false}",
            ),
        );
    };
    off("");
    let blocked = crate::common::run(directory.path(), &["plan"]);
    assert_eq!(blocked.exit, 4);
    assert!(
        blocked.all().contains("25 synchronised people are deleted"),
        "{}",
        blocked.all()
    );
    off(
        "acknowledgements: [{code: broadworks-directory-sync-deletion, subjects: [SP+one], people: 25, reason: contract ended}]\n",
    );
    let mut agreed = World::of(directory.path());
    // One more person since the plan: nobody has acknowledged that one.
    agreed.snapshot["broadworks"]["enterprises"][0]["directorySync"]["users"] = json!(26);
    let simulator = agreed.simulator();
    let report = run(&agreed, &simulator);
    assert_eq!(writes(&simulator).len(), 0, "{report:?}");
    agreed.snapshot["broadworks"]["enterprises"][0]["directorySync"]["users"] = json!(25);
    let simulator = agreed.simulator();
    let report = run(&agreed, &simulator);
    assert_eq!(report.summary.done, 1, "{report:?}");
    assert_eq!(
        simulator.snapshot()["broadworks"]["enterprises"][0]["enableDirSync"],
        false
    );
    assert_eq!(agreed.left(&simulator.snapshot()), [""; 0]);
    // One more person than the guardrail allows, or it is unknown how many.
    for users in [json!(26), Value::Null] {
        enterprises[0]["directorySync"]["users"] = users;
        let text = std::fs::read_to_string(directory.path().join("org.yaml")).unwrap();
        let before = snapshot(&enterprises, &json!([one("1@x", "premium", "provisioned")]));
        write(&directory.path().join("snapshot.json"), before.to_string());
        write(&directory.path().join("org.yaml"), text);
        let stopped = crate::common::run(directory.path(), &["plan"]);
        assert_eq!(stopped.exit, 4);
        assert!(
            stopped.all().contains("guardrail-directory-sync"),
            "{}",
            stopped.all()
        );
    }
}

/// The example, carried out until only its holds are left, over a file and over HTTP.
#[test]
fn the_service_provider_of_the_examples_comes_to_its_holds() {
    for live in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        crate::common::copy(
            &crate::common::root().join("examples/service-provider"),
            directory.path(),
        );
        let path = directory.path();
        let snapshot = path.join("snapshot.json");
        let before = serde_json::from_slice(&std::fs::read(&snapshot).unwrap()).unwrap();
        let options = trunkline::sim::Options {
            real_time: true,
            ..Default::default()
        };
        let simulator = Arc::new(Simulator::new(before, &options));
        direct(&simulator, json!({"switches": {"broadworksSeconds": 1}}));
        let url = format!(
            "{}/v1",
            trunkline::sim::serve(simulator.clone(), "127.0.0.1:0").unwrap()
        );
        for round in 0..2 {
            let plan = crate::common::run(path, &["plan", "--out", "plan.json"]);
            assert_eq!(plan.exit, 0, "{}", plan.all());
            let mut args = vec!["apply", "plan.json", "--yes"];
            if live {
                args.extend(["--live", "--no-capture"]);
            }
            let done = crate::common::trunkline(path)
                .args(&args)
                .env("TRUNKLINE_API_URL", &url)
                .env("WEBEX_ACCESS_TOKEN", "token")
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&done.stderr);
            assert!(
                done.status.success(),
                "{round} {live}: {said}\n{}",
                String::from_utf8_lossy(&done.stdout)
            );
            if live {
                std::thread::sleep(Duration::from_millis(1200));
                write(&snapshot, simulator.snapshot().to_string());
            }
        }
        let again = crate::common::run(path, &["plan", "--format", "json"]).json();
        assert_eq!(
            again["summary"]["create"].as_u64(),
            Some(0),
            "{}",
            again["changes"]
        );
        assert_eq!(again["changes"], json!([]));
        let now: Value = serde_json::from_slice(&std::fs::read(&snapshot).unwrap()).unwrap();
        let all = now["broadworks"]["subscribers"].as_array().unwrap();
        assert_eq!(
            all.iter()
                .filter(|it| it["enterprise"] == "Northlight+lakeside-law")
                .count(),
            11
        );
        // Each hold closes when its condition comes true.
        let waits = |plan: &Value| {
            plan["findings"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|it| it["severity"] == "hold")
                .count()
        };
        assert!(waits(&again) >= 4, "{}", again["findings"]);
        let simulator = Arc::new(Simulator::new(now, &trunkline::sim::Options::default()));
        for (key, set) in [
            (
                "7205550104@voice.northlight.example",
                json!({"email": "dmitri.orlov@harbor-dental.example"}),
            ),
            (
                "7205550107@voice.northlight.example",
                json!({"email": "greta@harbor-dental.example", "status": "provisioned"}),
            ),
            (
                "7205550108@voice.northlight.example",
                json!({"status": "provisioned"}),
            ),
            (
                "7205550111@voice.northlight.example",
                json!({"status": "provisioned"}),
            ),
            (
                "7205550112@voice.northlight.example",
                json!({"status": "provisioned"}),
            ),
        ] {
            direct(
                &simulator,
                json!({"changes": [{"section": "broadworks.subscribers", "key": key, "set": set}]}),
            );
        }
        simulator.advance(Duration::from_secs(60));
        write(&snapshot, simulator.snapshot().to_string());
        let last = crate::common::run(path, &["plan", "--format", "json"]).json();
        assert_eq!(waits(&last), 0, "{}", last["findings"]);
    }
}
