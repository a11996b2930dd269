//! Organisations attached and detached, against the simulator: with kills, step by step, and never one step too many.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use trunkline::apply::Verdict;
use trunkline::sim::Simulator;

use crate::common::live::{How, World, apply, apply_killed};
use crate::common::{run, write};

const FILES: &str = "\
version: 1
org: {name: Harbor, assignmentMode: group}
broadworks:
  clusters: {xsp: {}}
  customerTemplates: {gold: {cluster: xsp, partnerAdminEmail: pa@harbor.example, provisioningId: P-gold}}
";

fn snapshot(broadworks: Value) -> Value {
    let mut snapshot = json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "O", "name": "Harbor"},
        "subscriptions": [], "licenses": [], "sites": [], "groups": [], "users": [],
        "broadworks": {
            "clusters": [{"name": "xsp"}],
            "customerTemplates": [{"name": "gold", "cluster": "xsp", "provisioningId": "P-gold", "partnerAdminEmail": "pa@harbor.example"}],
            "enterprises": [], "subscribers": [], "workspaces": []
        }
    });
    for (name, value) in broadworks.as_object().unwrap() {
        snapshot["broadworks"][name] = value.clone();
    }
    snapshot
}

fn subscriber(user: &str, status: &str) -> Value {
    json!({
        "userId": user, "enterprise": "SP+one", "firstName": "A", "lastName": "B", "extension": "100", "package": "basic", "status": status
    })
}

/// Writes a snapshot; gives the plan as JSON.
fn plan(directory: &Path, snapshot: &Value) -> Value {
    write(&directory.join("snapshot.json"), snapshot.to_string());
    run(directory, &["plan", "--format", "json"]).json()
}

fn messages(plan: &Value, code: &str) -> Vec<String> {
    let findings = plan["findings"].as_array().unwrap().iter();
    let of_code = findings.filter(|it| it["code"] == code);
    of_code
        .map(|it| it["message"].as_str().unwrap().to_owned())
        .collect()
}

fn changes(plan: &Value) -> Vec<String> {
    let changes = plan["changes"].as_array().unwrap().iter();
    changes
        .map(|it| {
            format!(
                "{} {}",
                it["action"].as_str().unwrap(),
                it["key"].as_str().unwrap()
            )
        })
        .collect()
}

fn users(snapshot: &Value) -> Vec<&str> {
    let all = snapshot["broadworks"]["subscribers"]
        .as_array()
        .unwrap()
        .iter();
    all.map(|it| it["userId"].as_str().unwrap()).collect()
}

fn detaching() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let files = format!(
        "{FILES}  enterprises: {{SP+one: {{template: gold, detach: {{reason: contract ended}}}}}}\n\
         acknowledgements:\n  - {{code: broadworks-subscriber-deletion, subjects: [a@x, b@x], reason: \"contract ended, C-17\"}}\n"
    );
    write(&directory.path().join("sp.yaml"), &files);
    directory
}

fn enterprise() -> Value {
    json!([{"spEnterpriseId": "SP+one", "orgId": "O-one", "template": "gold", "provisioningId": "P-gold"}])
}

#[test]
fn a_detach_goes_stage_by_stage() {
    let directory = detaching();
    let here = directory.path();
    let people = json!([
        subscriber("a@x", "provisioned"),
        subscriber("b@x", "provisioned"),
        subscriber("c@x", "pending_email_input")
    ]);
    let room = json!([{"userId": "r@x", "enterprise": "SP+one", "displayName": "Lobby", "extension": "900"}]);
    let mut now =
        snapshot(json!({"enterprises": enterprise(), "subscribers": people, "workspaces": room}));
    let stage = |plan: &Value| messages(plan, "broadworks-detaching").join("");

    let planned = plan(here, &now);
    assert_eq!(changes(&planned), [""; 0], "a workspace is left");
    assert!(stage(&planned).contains("Lobby (r@x)"));

    now["broadworks"]["workspaces"] = json!([]);
    let planned = plan(here, &now);
    assert_eq!(changes(&planned), ["delete a@x", "delete b@x"]);
    let world = World::of(here);
    let simulator = world.simulator();
    let state = tempfile::tempdir().unwrap();
    let report = apply(&world.plan, &simulator, &How::usual(state.path()));
    assert!(report.is_whole(), "{report:?}");
    now = simulator.snapshot();
    assert_eq!(users(&now), ["c@x"]);

    let planned = plan(here, &now);
    assert_eq!(
        changes(&planned),
        [""; 0],
        "who never finished is removed manually"
    );
    assert!(stage(&planned).contains("c@x"));

    now["broadworks"]["subscribers"] = json!([]);
    assert!(stage(&plan(here, &now)).contains("configuration"));
    now["broadworks"]["enterprises"] = json!([]);
    let planned = plan(here, &now);
    assert_eq!(
        (changes(&planned), stage(&planned).as_str()),
        (Vec::new(), ""),
        "it is over"
    );
}

#[test]
fn an_interrupted_detach_goes_on() {
    let directory = detaching();
    let people = json!([
        subscriber("a@x", "provisioned"),
        subscriber("b@x", "provisioned"),
        subscriber("c@x", "pending_email_input")
    ]);
    let begin = snapshot(json!({"enterprises": enterprise(), "subscribers": people}));
    let mut died = 0;
    for at in 1..=8 {
        for after in [false, true] {
            plan(directory.path(), &begin);
            let world = World::of(directory.path());
            let simulator = world.simulator();
            let state = tempfile::tempdir().unwrap();
            let first = apply_killed(
                &world.plan,
                &simulator,
                &How::usual(state.path()),
                at,
                after,
            );
            died += usize::from(first.is_none());
            let left = simulator.snapshot();
            assert!(users(&left).contains(&"c@x"), "{at} {after}");
            plan(directory.path(), &left);
            let world = World::of(directory.path());
            let simulator = world.simulator();
            let state = tempfile::tempdir().unwrap();
            let report = apply(&world.plan, &simulator, &How::usual(state.path()));
            assert!(report.is_whole(), "{at} {after}: {report:?}");
            assert_eq!(users(&simulator.snapshot()), ["c@x"], "{at} {after}");
        }
    }
    assert!(died >= 4, "only {died} runs were killed");
}

#[test]
fn who_is_not_acknowledged_stops_a_detach() {
    let directory = detaching();
    let people = json!([
        subscriber("a@x", "provisioned"),
        subscriber("z@x", "provisioned")
    ]);
    let now = snapshot(json!({"enterprises": enterprise(), "subscribers": people}));
    write(&directory.path().join("snapshot.json"), now.to_string());
    let run = run(directory.path(), &["plan", "--format", "json"]);
    assert_eq!(run.exit, 4, "{}", run.all());
    assert_eq!(run.json()["summary"]["unacknowledged"], 1);
}

fn attaching(more: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let files = format!(
        "{FILES}  enterprises: {{SP+one: {{template: gold, attach: {{organization: O-one, firstUser: a@x{more}}}}}}}\n  subscribers:\n    \
         a@x: {{enterprise: SP+one, email: ana@one.example, firstName: A, lastName: B, package: basic, extension: \"101\"}}\n    \
         b@x: {{enterprise: SP+one, email: bob@one.example, firstName: B, lastName: B, package: basic, extension: \"102\"}}\n"
    );
    write(&directory.path().join("sp.yaml"), &files);
    directory
}

fn organisation(access: bool, people: &[&str]) -> Value {
    json!([{"id": "O-one", "access": access, "users": 140, "domains": [], "people": people}])
}

/// Plans on a snapshot and applies; gives the report's verdicts and the simulator.
fn carried_out(directory: &Path, now: &Value) -> (Vec<Verdict>, Arc<Simulator>) {
    plan(directory, now);
    let world = World::of(directory);
    let simulator = world.simulator();
    let state = tempfile::tempdir().unwrap();
    let report = apply(&world.plan, &simulator, &How::usual(state.path()));
    let verdicts = report.changes.iter().map(|it| it.verdict.clone());
    (verdicts.collect(), simulator)
}

#[test]
fn an_organisation_is_attached_when_it_has_approved() {
    let directory = attaching(", requestApproval: true");
    let here = directory.path();
    let now = snapshot(json!({"organizations": organisation(false, &["ana@one.example"])}));
    let planned = plan(here, &now);
    assert_eq!(changes(&planned), ["create a@x"], "the first goes alone");
    assert!(messages(&planned, "broadworks-attach-approval")[0].contains("140 people"));
    let (verdicts, simulator) = carried_out(here, &now);
    assert!(
        matches!(&verdicts[..], [Verdict::Later { .. }]),
        "{verdicts:?}"
    );
    let mut now = simulator.snapshot();
    assert_eq!(users(&now), [""; 0], "2017: nobody is there");
    let asked: Vec<String> = simulator
        .log()
        .iter()
        .filter(|it| it.method == "POST")
        .map(|it| it.path.clone())
        .collect();
    assert_eq!(
        asked,
        [
            "/broadworks/subscribers/validate",
            "/broadworks/subscribers"
        ]
    );

    now["broadworks"]["organizations"][0]["access"] = json!(true);
    let (verdicts, simulator) = carried_out(here, &now);
    assert!(matches!(&verdicts[..], [Verdict::Done]), "{verdicts:?}");
    simulator.advance(std::time::Duration::from_secs(60));
    let now = simulator.snapshot();
    assert_eq!(now["broadworks"]["enterprises"][0]["orgId"], "O-one");
    assert_eq!(users(&now), ["a@x"]);
    assert_eq!(
        changes(&plan(here, &now)),
        ["create b@x"],
        "the barrier is gone"
    );
}

#[test]
fn no_organisation_is_made_by_a_wrong_first_address() {
    let directory = attaching(", requestApproval: true");
    let wrong = [
        json!({"organizations": organisation(true, &["anna@one.example"])}),
        json!({"organizations": organisation(true, &[])}),
        json!({"organizations": [{"id": "O-one", "access": true, "users": 5, "domains": []}]}),
        json!({"organizations": [{"id": "O-two", "people": ["ana@one.example"]}]}),
        json!({}),
    ];
    for organizations in wrong {
        let planned = plan(directory.path(), &snapshot(organizations.clone()));
        assert_eq!(changes(&planned), [""; 0], "{organizations}");
        assert_eq!(
            messages(&planned, "broadworks-attach-address").len(),
            1,
            "{organizations}"
        );
    }
}

#[test]
fn an_enterprise_of_another_organisation_takes_nobody() {
    let directory = attaching("");
    let mut now = snapshot(json!({
        "organizations": organisation(true, &["ana@one.example"]), "enterprises": enterprise(),
        "subscribers": [subscriber("z@x", "provisioned")]
    }));
    assert_eq!(
        changes(&plan(directory.path(), &now)),
        ["create a@x", "create b@x"]
    );
    now["broadworks"]["enterprises"][0]["orgId"] = json!("O-new");
    let planned = plan(directory.path(), &now);
    assert_eq!(changes(&planned), [""; 0]);
    assert_eq!(messages(&planned, "broadworks-attach-elsewhere").len(), 2);
}
