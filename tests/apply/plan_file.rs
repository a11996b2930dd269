//! What a saved plan is worth: a file that says anything else than the plan that was made is refused, no matter who changed it,
//! and an object that is no longer the one that was planned is left alone.

use std::collections::BTreeMap;
use std::path::Path;

use crate::common::cases::cases;
use crate::common::live::{How, World, apply, verdict, writes};
use crate::common::{run, write};
use serde_json::{Value, json};
use trunkline::apply::{Report, Verdict, consistent};
use trunkline::plan::Plan;
use trunkline::render::checksum;
use trunkline::sim::{self, Simulator};

/// Otto gives up his phone, Ines moves to Austin, the workshop has another extension, the fitters another description.
const FILES: &str = r#"
version: 1
org: {name: Kessler, id: org-k, assignmentMode: group}
users:
  ines@kessler.test: {location: Austin}
  otto@kessler.test: {licenses: {remove: [calling]}}
  petra@kessler.test: {displayName: Petra Lang}
groups:
  Fitters: {description: Everybody with a van}
workspaces:
  Workshop: {extension: "1950"}
acknowledgements:
  - {code: calling-loss, subjects: [otto@kessler.test], reason: "has a mobile, OPS-7"}
"#;

fn snapshot() -> Value {
    let person = |id: &str, key: &str, name: &str, extension: Option<&str>| {
        let calls = extension.is_some();
        json!({"id": id, "email": format!("{key}@kessler.test"), "displayName": name,
            "licenses": if calls { json!(["L-PRO"]) } else { json!([]) },
            "location": calls.then_some("Dallas"), "extension": extension, "voicemail": {"enabled": false}})
    };
    let place = |id: &str, name: &str| {
        json!({"id": id, "name": name, "timeZone": "America/Chicago", "preferredLanguage": "en_US",
            "address": {"country": "US"}, "calling": {"mainNumber": null, "pstn": "Cisco PSTN"}})
    };
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "org-k", "name": "Kessler"},
        "subscriptions": [{"id": "Sub-9", "createdAt": "2024-03-01", "status": "active"}],
        "licenses": [
            {"id": "L-PRO", "name": "Webex Calling - Professional", "subscriptionId": "Sub-9", "siteUrl": null,
                "totalUnits": 20, "consumedUnits": 2},
            {"id": "L-WS", "name": "Webex Calling - Workspaces", "subscriptionId": "Sub-9", "siteUrl": null,
                "totalUnits": 5, "consumedUnits": 1}],
        "sites": [], "locations": [place("loc-a", "Austin"), place("loc-d", "Dallas")], "numbers": [],
        "groups": [{"id": "g-1", "name": "Fitters", "source": "webex", "kind": "security",
            "description": "Vans", "members": ["petra@kessler.test"]}],
        "users": [person("p-1", "ines", "Ines Roth", Some("1001")), person("p-2", "otto", "Otto Hahn", Some("1002")),
            person("p-3", "petra", "Petra Klein", None)],
        "workspaces": [{"id": "w-1", "name": "Workshop", "location": "Dallas", "phoneNumber": null,
            "extension": "1900", "licenses": ["L-WS"]}],
        "devices": []
    })
}

fn organisation(directory: &Path, files: &str) -> World {
    write(&directory.join("org.yaml"), files);
    write(&directory.join("snapshot.json"), snapshot().to_string());
    World::of(directory)
}

/// The plan, applied to what has become of the organisation.
fn applied_to(become_of: impl FnOnce(&mut Value)) -> (Report, Vec<String>) {
    files_applied_to(FILES, become_of)
}

fn files_applied_to(files: &str, become_of: impl FnOnce(&mut Value)) -> (Report, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let world = organisation(directory.path(), files);
    let mut now = world.snapshot.clone();
    become_of(&mut now);
    let simulator = std::sync::Arc::new(Simulator::new(now, &sim::Options::default()));
    let report = apply(&world.plan, &simulator, &How::usual(directory.path()));
    let sent = writes(&simulator)
        .iter()
        .map(|it| format!("{} {}", it.method, it.path))
        .collect();
    (report, sent)
}

fn stale<'r>(report: &'r Report, address: &str) -> &'r str {
    match verdict(report, address) {
        Verdict::Stale { why, .. } => why,
        other => panic!("{address}: {other:?}"),
    }
}

#[test]
fn as_it_was_planned_it_is_done() {
    let (report, _) = applied_to(|_| ());
    assert!(report.is_whole(), "{report:#?}");
    assert_eq!(report.changes.len(), 5);
}

#[test]
fn voicemail_that_was_switched_on_meanwhile_is_not_destroyed() {
    let (report, sent) = applied_to(|now| now["users"][0]["voicemail"]["enabled"] = json!(true));
    let why = stale(&report, "user/ines@kessler.test");
    assert!(why.contains("voicemail is on now"), "{why}");
    let moved = sent.iter().any(|it| it.contains("moveLocation"));
    assert!(!moved, "{sent:?}");
    assert_eq!(report.summary.stale, 1, "{report:#?}");
}

#[test]
fn nor_is_that_of_a_person_who_gives_up_a_phone() {
    let (report, sent) = applied_to(|now| now["users"][1]["voicemail"]["enabled"] = json!(true));
    let why = stale(&report, "user/otto@kessler.test");
    assert!(why.contains("voicemail is on now"), "{why}");
    assert!(
        !sent.iter().any(|it| it.contains("/licenses/users")),
        "{sent:?}"
    );
}

#[test]
fn a_new_device_is_a_loss_that_is_not_acknowledged() {
    let device = json!({"id": "d-1", "displayName": "Desk phone", "product": "Cisco 8845",
        "owner": {"kind": "user", "key": "otto@kessler.test"}});
    let (report, _) = applied_to(|now| now["devices"] = json!([device]));
    let why = stale(&report, "user/otto@kessler.test");
    assert!(why.contains("1 device"), "{why}");
}

#[test]
fn who_is_deleted_loses_no_more_than_the_plan_names() {
    const FILES: &str = "
version: 1
org: {name: Kessler, id: org-k, assignmentMode: group}
users:
  otto@kessler.test: {state: absent}
acknowledgements:
  - {code: user-deletion, subjects: [otto@kessler.test], reason: left}
";
    let device = json!({"id": "d-1", "displayName": "Desk phone", "product": "Cisco 8845",
        "owner": {"kind": "user", "key": "otto@kessler.test"}});
    let (report, sent) = files_applied_to(FILES, |now| now["devices"] = json!([device]));
    let why = stale(&report, "user/otto@kessler.test");
    assert!(why.contains("1 device"), "{why}");
    assert!(sent.is_empty(), "{sent:?}");
    let on = |now: &mut Value| now["users"][1]["voicemail"]["enabled"] = json!(true);
    let (report, sent) = files_applied_to(FILES, on);
    let why = stale(&report, "user/otto@kessler.test");
    assert!(why.contains("voicemail is on now"), "{why}");
    assert!(sent.is_empty(), "{sent:?}");
    let (report, _) = files_applied_to(FILES, |_| ());
    assert!(report.is_whole(), "{report:#?}");
}

#[test]
fn what_was_created_again_is_something_else() {
    for (section, at, address) in [
        ("users", 0, "user/ines@kessler.test"),
        ("users", 1, "user/otto@kessler.test"),
        ("users", 2, "user/petra@kessler.test"),
        ("groups", 0, "group/Fitters"),
        ("workspaces", 0, "workspace/Workshop"),
    ] {
        let (report, _) = applied_to(|now| now[section][at]["id"] = json!("made-anew"));
        let why = stale(&report, address);
        assert!(why.contains("id changed"), "{address}: {why}");
        assert_eq!(report.summary.stale, 1, "{address}: {report:#?}");
    }
}

#[test]
fn every_plan_that_is_made_is_believed() {
    let mut seen = 0;
    for case in cases() {
        let text = std::fs::read_to_string(case.join("plan.json")).unwrap();
        let Ok(plan) = serde_json::from_str::<Plan>(&text) else {
            continue;
        };
        assert_eq!(plan.checksum, Some(checksum(&plan).unwrap()), "{case:?}");
        assert_eq!(consistent(&plan), Ok(()), "{case:?}");
        seen += 1;
    }
    assert!(seen > 60, "only {seen} plans");
}

/// Pointers to every value of a document that has no others below it.
fn leaves(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                leaves(value, format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (n, value) in items.iter().enumerate() {
                leaves(value, format!("{at}/{n}"), found);
            }
        }
        _ => found.push(at),
    }
}

/// Other values for a leaf.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::String(text) => vec![json!("x"), json!(format!("{text}1")), json!(null), json!(7)],
        Value::Number(_) => vec![json!(0), json!(4_000_000_000_u32), json!(-1), json!("x")],
        Value::Bool(is) => vec![json!(!is), json!(null)],
        Value::Null => vec![json!("x"), json!(true), json!({})],
        Value::Array(_) => vec![json!(["x"]), json!([1])],
        Value::Object(_) => vec![json!({"x": 1})],
    }
}

/// Words of the plan that stand for other words of it.
fn exchanged(pointer: &str, value: &Value) -> Option<Value> {
    let name = pointer.rsplit('/').next()?;
    let other = match (name, value.as_str()?) {
        ("risk", "irreversible" | "disruptive") => "reversible",
        ("action", "remove") => "add",
        ("action", "update") => "create",
        ("path", "displayName") => "roles",
        ("severity", "error" | "hold") => "info",
        _ => return None,
    };
    Some(json!(other))
}

/// The file with the checksum that it would have had.
fn resealed(mut file: Value) -> Value {
    if let Ok(plan) = serde_json::from_value::<Plan>(file.clone())
        && let Ok(checksum) = checksum(&plan)
    {
        file["checksum"] = json!(checksum);
    }
    file
}

/// Members that only people read, and the values that a change gives.
fn may_be_applied(pointer: &str) -> bool {
    let parts: Vec<&str> = pointer.split('/').collect();
    let last = parts.last().copied().unwrap_or_default();
    let told = [
        "generator",
        "org",
        "config",
        "snapshot",
        "applied",
        "guardrails",
        "summary",
        "pools",
        "findings",
        "targets",
    ];
    told.contains(&parts[1])
        || pointer.contains("/source/")
        || pointer.contains("/losses")
        || pointer.contains("/acknowledgement/")
        || pointer.contains("/after")
        || ["reason", "dependsOn"].contains(&last)
        || pointer.contains("/dependsOn")
}

/// What the organisation has, without what is counted.
fn comparable(path: &Path) -> Value {
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    snapshot["capturedAt"] = json!(null);
    snapshot
}

#[test]
fn a_file_that_was_changed_is_refused_or_does_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let world = organisation(directory.path(), FILES);
    let before = world.snapshot.to_string();
    let at = |name: &str| directory.path().join(name);
    let saved = run(directory.path(), &["plan", "--out", "plan.json"]);
    assert_eq!(saved.exit, 0, "{}", saved.all());
    let file: Value = serde_json::from_slice(&std::fs::read(at("plan.json")).unwrap()).unwrap();
    let applied = |file: &Value| {
        write(&at("plan.json"), file.to_string());
        write(&at("snapshot.json"), &before);
        let _ = std::fs::remove_dir_all(at(".trunkline"));
        let run = run(
            directory.path(),
            &["apply", "plan.json", "--yes", "--no-capture"],
        );
        (run.exit, run.all())
    };
    let (exit, said) = applied(&file);
    assert_eq!(exit, 0, "{said}");
    let honest = comparable(&at("snapshot.json"));
    let holders = |snapshot: &Value| -> BTreeMap<String, bool> {
        let all = ["users", "workspaces"].into_iter();
        let all = all.flat_map(|it| snapshot[it].as_array().cloned().unwrap_or_default());
        all.map(|it| (it["id"].to_string(), it["licenses"] != json!([])))
            .collect()
    };
    let mut pointers = Vec::new();
    leaves(&file, String::new(), &mut pointers);
    pointers.retain(|it| it != "/checksum");
    let every = std::env::var("TAMPER_EVERY")
        .ok()
        .and_then(|it| it.parse().ok());
    let every: usize = every.unwrap_or(7);
    let mut tried = 0;
    let mut wrong = Vec::new();
    for (n, pointer) in pointers.iter().enumerate() {
        let value = file.pointer(pointer).unwrap();
        let changed = exchanged(pointer, value).into_iter().chain(others(value));
        for (m, other) in changed.enumerate() {
            let important =
                m == 0 && exchanged(pointer, value).is_some() || pointer.ends_with("/id");
            if other == *value || !important && (n + m) % every != 0 {
                continue;
            }
            tried += 1;
            let mut tampered = file.clone();
            *tampered.pointer_mut(pointer).unwrap() = other.clone();
            let (exit, said) = applied(&tampered);
            if exit != 1 || comparable(&at("snapshot.json")) != comparable_of(&before) {
                wrong.push(format!("{pointer} = {other}: exit {exit}\n{said}"));
            }
            let (exit, said) = applied(&resealed(tampered));
            let now = comparable(&at("snapshot.json"));
            let good = match exit {
                0 => {
                    holders(&now) == holders(&honest) && (now == honest || may_be_applied(pointer))
                }
                1 | 4 | 5 | 6 => true,
                _ => false,
            };
            if !good {
                wrong.push(format!(
                    "resealed, {pointer} = {other}: exit {exit}\n{said}"
                ));
            }
        }
    }
    assert!(tried > 50, "only {tried} files");
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn comparable_of(text: &str) -> Value {
    let mut snapshot: Value = serde_json::from_str(text).unwrap();
    snapshot["capturedAt"] = json!(null);
    snapshot
}

#[test]
fn an_acknowledgement_only_in_the_file_covers_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let files = FILES.split("acknowledgements:").next().unwrap();
    write(&at("org.yaml"), files);
    write(&at("snapshot.json"), snapshot().to_string());
    let planned = run(directory.path(), &["plan", "--format", "json"]);
    assert_eq!(planned.exit, 4, "{}", planned.all());
    let file = planned.json();
    let tampered = |risk: &str, acknowledged: Value| {
        let mut file = file.clone();
        let otto = |it: &&mut Value| it["key"] == "otto@kessler.test";
        let mut changes = file["changes"].as_array_mut().unwrap().iter_mut();
        let change = changes.find(otto).unwrap();
        change["acknowledged"] = acknowledged;
        change["risk"] = json!(risk);
        change["fields"][0]["risk"] = json!(risk);
        file["summary"]["unacknowledged"] = json!(0);
        file["summary"]["irreversible"] = json!(usize::from(risk == "irreversible"));
        file["findings"] = json!([]);
        resealed(file)
    };
    for (file, said) in [
        (
            tampered("irreversible", json!(true)),
            "the plan contradicts the files",
        ),
        (tampered("reversible", json!(null)), "cannot be undone"),
        (tampered("disruptive", json!(true)), "cannot be undone"),
        (
            tampered("irreversible", json!(null)),
            "the plan contradicts the files",
        ),
    ] {
        write(&at("forged.json"), file.to_string());
        let run = run(directory.path(), &["apply", "forged.json", "--yes"]);
        assert_eq!(run.exit, 1, "{}", run.all());
        assert!(run.stderr.contains(said), "{}", run.stderr);
        let after = comparable(&at("snapshot.json"));
        assert_eq!(after, comparable_of(&snapshot().to_string()));
    }
}

#[test]
fn no_calling_is_taken_under_the_name_of_another_service() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    write(&at("org.yaml"), FILES);
    write(&at("snapshot.json"), snapshot().to_string());
    let file = run(directory.path(), &["plan", "--format", "json"]).json();
    let calling = |field: &Value| field["path"] == "licenses/calling" && !field["before"].is_null();
    let of = |file: &Value| {
        let changes = file["changes"].as_array().unwrap().iter();
        let mut all = changes.map(|change| {
            change["fields"]
                .as_array()
                .unwrap()
                .iter()
                .position(calling)
        });
        let at = all.position(|it| it.is_some()).unwrap();
        (
            at,
            file["changes"][at]["fields"]
                .as_array()
                .unwrap()
                .iter()
                .position(calling)
                .unwrap(),
        )
    };
    let (change, field) = of(&file);
    let address = file["changes"][change]["address"].clone();
    for path in [
        "licenses/messaging",
        "licenses/other/Webex Calling - Professional",
    ] {
        let mut forged = file.clone();
        forged["changes"][change]["risk"] = json!("reversible");
        let field = &mut forged["changes"][change]["fields"][field];
        (field["path"], field["risk"]) = (json!(path), json!("reversible"));
        (field["action"], field["after"]) = (json!("remove"), Value::Null);
        for operation in forged["operations"].as_array_mut().unwrap() {
            if operation["subject"] == address {
                operation["fields"] = json!([path]);
            }
        }
        write(&at("forged.json"), resealed(forged).to_string());
        let run = run(directory.path(), &["apply", "forged.json", "--yes"]);
        assert_eq!(run.exit, 1, "{}", run.all());
        assert!(run.stderr.contains("cannot be that"), "{}", run.stderr);
        assert_eq!(
            comparable(&at("snapshot.json")),
            comparable_of(&snapshot().to_string())
        );
    }
}
