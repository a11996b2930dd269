//! The applied snapshot: where it is read, that an unusable one stops every command, and who stays a newcomer after an apply.

use std::path::Path;

use crate::common::{Run, run, write};
use serde_json::{Value, json};
use tempfile::TempDir;

const ORG: &str = "\
version: 1
org: {name: Acme, id: org-1, assignmentMode: organization, template: everyone}
templates:
  everyone: {licenses: {messaging: advanced}}
";

/// An organisation with these people and that many units of messaging; each has it or not.
fn snapshot(units: usize, people: &[(&str, &str, bool)]) -> Value {
    let held = people.iter().filter(|(_, _, held)| *held).count();
    let users = people.iter().map(|(id, email, held)| {
        let licenses = if *held { vec!["L-MSG"] } else { vec![] };
        json!({"id": id, "email": email, "displayName": id, "licenses": licenses})
    });
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2024-01-01", "status": "active"}],
        "licenses": [{"id": "L-MSG", "name": "Advanced Messaging", "subscriptionId": "Sub-1", "siteUrl": null,
                      "totalUnits": units, "consumedUnits": held}],
        "sites": [], "locations": [], "numbers": [], "groups": [], "users": users.collect::<Vec<_>>(),
        "workspaces": [], "devices": []
    })
}

fn directory(org: &str, now: &Value, applied: Option<&str>) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(&directory.path().join("org.yaml"), org);
    write(&directory.path().join("snapshot.json"), now.to_string());
    if let Some(applied) = applied {
        write(&directory.path().join(".trunkline/applied.json"), applied);
    }
    directory
}

fn changes(directory: &Path) -> Vec<String> {
    let run = run(directory, &["plan", "--format", "json"]);
    let plan = run.json();
    let changes = plan["changes"].as_array().unwrap().iter();
    changes
        .map(|change| change["address"].as_str().unwrap().to_owned())
        .collect()
}

fn kept(directory: &Path) -> Value {
    let file = std::fs::read(directory.join(".trunkline/rehearsal/applied.json.zst")).unwrap();
    let bytes = zstd::stream::decode_all(&*file).unwrap();
    serde_json::from_slice::<Value>(&bytes).unwrap()["applied"].clone()
}

const ANA: (&str, &str, bool) = ("u-ana", "ana@acme.com", true);
const KIM: (&str, &str, bool) = ("u-kim", "kim@acme.com", false);

#[test]
fn the_applied_snapshot_of_the_state_directory_is_the_default() {
    let before = snapshot(5, &[ANA]).to_string();
    let directory = directory(ORG, &snapshot(5, &[ANA, KIM]), Some(&before));
    assert_eq!(changes(directory.path()), ["user/kim@acme.com"]);
    for args in [
        &["plan", "--baseline", "b.json", "--format", "json"][..],
        &["drift", "--applied", "b.json", "--format", "json"],
    ] {
        write(
            &directory.path().join("b.json"),
            snapshot(5, &[ANA, KIM]).to_string(),
        );
        let plan = run(directory.path(), args).json();
        assert_eq!(plan["changes"], json!([]), "{args:?}");
        assert!(plan["applied"]["digest"].is_string(), "{args:?}");
    }
}

#[test]
fn without_one_an_info_says_what_that_means() {
    let directory = directory(ORG, &snapshot(5, &[ANA, KIM]), None);
    let run = run(directory.path(), &["plan", "--format", "json"]);
    let plan = run.json();
    assert_eq!(plan["applied"], Value::Null);
    let told = plan["findings"].as_array().unwrap().iter();
    let told: Vec<&Value> = told
        .filter(|it| it["code"] == "applied-snapshot-missing")
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["severity"], "info");
}

/// Runs every command that reads it.
fn all(directory: &Path) -> Vec<(String, Run)> {
    let commands: [&[&str]; 5] = [
        &["plan"],
        &["drift"],
        &["drift", "--adopt"],
        &["apply", "--yes"],
        &["explain", "user/kim@acme.com"],
    ];
    commands
        .iter()
        .map(|args| (args.join(" "), run(directory, args)))
        .collect()
}

#[test]
fn one_that_cannot_be_used_stops_everything() {
    let good = snapshot(5, &[ANA]);
    let with = |key: &str, value: Value| {
        let mut other = good.clone();
        other[key] = value;
        other.to_string()
    };
    let half = good.to_string()[..200].to_owned();
    let strangers: Vec<(&str, &str, bool)> = vec![
        ("x-1", "ana@acme.com", true),
        ("x-2", "kim@acme.com", false),
        ("x-3", "leo@acme.com", false),
    ];
    let bad = [
        ("", 1, "cannot be used"),
        ("[]", 1, "cannot be used"),
        (&*half, 7, "cannot be used"),
        (
            &*with("org", json!({"id": "org-2", "name": "Other"})),
            1,
            "it is of org-2",
        ),
        (&*with("complete", json!(false)), 7, "incomplete"),
        (&*with("users", Value::Null), 7, "no `users`"),
        (&*with("formatVersion", json!(9)), 1, "formatVersion 9"),
        (
            &*snapshot(5, &strangers).to_string(),
            1,
            "other ids for everyone",
        ),
    ];
    let now = snapshot(5, &[ANA, KIM, ("u-leo", "leo@acme.com", false)]);
    for (applied, exit, word) in bad {
        let directory = directory(ORG, &now, Some(applied));
        for (command, run) in all(directory.path()) {
            let exit = if applied.is_empty() { run.exit } else { exit };
            assert!(
                [1, 7].contains(&run.exit) && run.exit == exit,
                "{command}: {}\n{applied}\n{}",
                run.exit,
                run.all()
            );
            assert!(run.all().contains(word), "{command}: {word}\n{}", run.all());
        }
        let there: Value =
            serde_json::from_slice(&std::fs::read(directory.path().join("snapshot.json")).unwrap())
                .unwrap();
        assert_eq!(there, now, "something was applied");
    }
}

#[test]
fn one_without_groups_stops_an_organisation_with_groups() {
    let org =
        "version: 1\norg: {name: Acme, assignmentMode: group}\ngroups: {Field: {members: []}}\n";
    let mut before = snapshot(5, &[ANA]);
    before["groups"] = Value::Null;
    let directory = directory(org, &snapshot(5, &[ANA, KIM]), Some(&before.to_string()));
    let run = run(directory.path(), &["plan"]);
    assert_eq!(run.exit, 7, "{}", run.all());
    assert!(run.all().contains("no `groups`"), "{}", run.all());
}

#[test]
fn a_plan_that_was_made_with_one_is_not_applied_without() {
    let before = snapshot(5, &[ANA]).to_string();
    let directory = directory(ORG, &snapshot(5, &[ANA, KIM]), Some(&before));
    assert_eq!(run(directory.path(), &["plan", "--out", "p.json"]).exit, 0);
    let file = directory.path().join(".trunkline/applied.json");
    std::fs::rename(&file, directory.path().join("elsewhere.json")).unwrap();
    let refused = run(directory.path(), &["apply", "p.json", "--yes"]);
    assert_eq!(refused.exit, 1, "{}", refused.all());
    assert!(
        refused.all().contains("--applied FILE"),
        "{}",
        refused.all()
    );
    let done = run(
        directory.path(),
        &["apply", "p.json", "--yes", "--applied", "elsewhere.json"],
    );
    assert_eq!(done.exit, 0, "{}", done.all());
    assert_eq!(
        kept(directory.path()),
        json!({"unsettled": [], "formerly": []})
    );
}

/// Where `apply` keeps its state elsewhere, `plan` and `drift` find the applied snapshot there.
#[test]
fn the_applied_snapshot_is_found_in_another_state_directory() {
    let before = snapshot(5, &[ANA]).to_string();
    let directory = directory(ORG, &snapshot(5, &[ANA, KIM]), None);
    write(&directory.path().join("state/applied.json"), before);
    for command in ["plan", "drift"] {
        let args = [command, "--state", "state", "--format", "json"];
        let compared = run(directory.path(), &args).all();
        assert!(!compared.contains("no-applied-snapshot"), "{compared}");
        assert!(compared.contains("user/kim@acme.com"), "{compared}");
        let without = run(directory.path(), &[command, "--format", "json"]).all();
        assert!(!without.contains("user/kim@acme.com"), "{without}");
    }
}

/// What was tried on a file has not been done in Webex.
#[test]
fn a_rehearsal_settles_no_newcomer() {
    let before = snapshot(5, &[ANA]).to_string();
    let now = snapshot(5, &[ANA, KIM]);
    let directory = directory(ORG, &now, Some(&before));
    let done = run(directory.path(), &["apply", "--yes"]);
    assert_eq!(done.exit, 0, "{}", done.all());
    assert_eq!(changes(directory.path()), [""; 0], "the file has it");
    let applied = std::fs::read(directory.path().join(".trunkline/applied.json")).unwrap();
    assert_eq!(String::from_utf8(applied).unwrap(), before);
    // Captured once more.
    write(&directory.path().join("snapshot.json"), now.to_string());
    assert_eq!(changes(directory.path()), ["user/kim@acme.com"]);
}

#[test]
fn a_newcomer_who_is_not_settled_stays_one() {
    // One unit for two newcomers: the second one is still new after the apply.
    let before = snapshot(2, &[ANA]).to_string();
    let now = snapshot(2, &[ANA, KIM, ("u-leo", "leo@acme.com", false)]);
    let directory = directory(ORG, &now, Some(&before));
    let file = directory.path().join("snapshot.json");
    let partial = run(directory.path(), &["plan", "--out", "p.json"]);
    assert_eq!(partial.exit, 4, "{}", partial.all());
    // Settled as far as it goes, no matter who decides that: the state is written down as an apply leaves it.
    let one = snapshot(
        2,
        &[
            ANA,
            ("u-kim", "kim@acme.com", true),
            ("u-leo", "leo@acme.com", false),
        ],
    );
    write(&file, one.to_string());
    let org = format!("{ORG}users: {{ana@acme.com: {{displayName: Ana}}}}\n");
    write(&directory.path().join("org.yaml"), org);
    let left = run(
        directory.path(),
        &["apply", "--yes", "--max-risk", "additive"],
    );
    let there = run(directory.path(), &["plan", "--format", "json"]).json();
    assert!(
        text(&there).contains("pool-exhausted"),
        "{}\n{there:#}",
        left.all()
    );
    // A unit comes free, weeks later.
    let mut more: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    more["licenses"][0]["totalUnits"] = json!(9);
    write(&file, more.to_string());
    assert!(changes(directory.path()).contains(&"user/leo@acme.com".to_owned()));
}

fn text(value: &Value) -> String {
    value.to_string()
}

#[test]
fn a_newcomer_whose_licence_waits_is_in_the_next_applied_snapshot() {
    // The licences of the plan are left out by --max-risk: nothing is settled.
    let org = "\
version: 1
org: {name: Acme, assignmentMode: group}
templates: {field: {licenses: {messaging: advanced}}}
groups: {Field: {template: field}}
users: {ana@acme.com: {licenses: {remove: [messaging]}}}
";
    let group = |members: &[&str]| json!([{"id": "g-1", "name": "Field", "source": "directory", "kind": "security", "members": members}]);
    let mut before = snapshot(5, &[ANA, ("u-leo", "leo@acme.com", false)]);
    before["groups"] = group(&[]);
    let mut now = snapshot(1, &[ANA, KIM, ("u-leo", "leo@acme.com", false)]);
    now["groups"] = group(&["kim@acme.com", "leo@acme.com"]);
    now["licenses"][0]["totalUnits"] = json!(1);
    let directory = directory(org, &now, Some(&before.to_string()));
    let run_ = run(directory.path(), &["apply", "--yes", "--partial"]);
    assert_eq!(run_.exit, 6, "{}", run_.all());
    let kept = kept(directory.path());
    let unsettled = kept["unsettled"].as_array().unwrap();
    // One of the two got the unit that Ana gave back.
    assert_eq!(unsettled.len(), 1, "{kept:#}");
    assert_eq!(unsettled[0]["email"], "leo@acme.com");
    assert_eq!(
        (&unsettled[0]["new"], &unsettled[0]["groups"]),
        (&json!(false), &json!([]))
    );
    let file = directory.path().join("snapshot.json");
    let mut more: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    more["licenses"][0]["totalUnits"] = json!(9);
    write(&file, more.to_string());
    assert_eq!(changes(directory.path()), ["user/leo@acme.com"]);
    let why = run(directory.path(), &["explain", "user/leo@acme.com"]);
    assert!(why.stdout.contains("applied snapshot"), "{}", why.all());
    assert_eq!(run(directory.path(), &["apply", "--yes"]).exit, 0);
    assert_eq!(self::kept(directory.path())["unsettled"], json!([]));
}

#[test]
fn a_person_whom_the_first_apply_creates_without_a_licence_is_still_new_after_it() {
    let org = format!("{ORG}users: {{kim@acme.com: {{displayName: Kim Ott}}}}\n");
    let directory = directory(&org, &snapshot(1, &[ANA]), None);
    let created = run(directory.path(), &["apply", "--yes", "--partial"]);
    assert_eq!(created.exit, 6, "{}", created.all());
    let kept = kept(directory.path());
    assert_eq!(kept["unsettled"][0]["email"], "kim@acme.com", "{kept:#}");
    assert_eq!(kept["unsettled"][0]["new"], true);
}

#[test]
fn old_addresses_are_kept_while_the_files_name_them() {
    let org = format!(
        "{ORG}users:\n  ana@acme.com: {{licenses: {{add: {{messaging: advanced}}}}}}\n  otto@acme.com: {{displayName: Otto}}\n"
    );
    let before = snapshot(5, &[ANA, ("u-otto", "otto@acme.com", true)]).to_string();
    let directory = directory(
        &org,
        &snapshot(5, &[("u-ana", "ana.b@acme.com", true)]),
        Some(&before),
    );
    for round in 0..3 {
        let plan = run(directory.path(), &["plan", "--format", "json"]);
        let said = text(&plan.json());
        assert!(
            said.contains("user-renamed") && said.contains("user-gone"),
            "{round}: {}",
            plan.all()
        );
        assert!(
            !said.contains("user-unknown") && plan.json()["changes"] == json!([]),
            "{round}: {}",
            plan.all()
        );
        assert_eq!(run(directory.path(), &["apply", "--yes"]).exit, 0);
        let kept = kept(directory.path());
        assert_eq!(
            kept["formerly"].as_array().unwrap().len(),
            2,
            "{round}: {kept:#}"
        );
    }
    let adopted = run(directory.path(), &["drift", "--adopt"]);
    assert_eq!(adopted.exit, 0, "{}", adopted.all());
    assert_eq!(run(directory.path(), &["apply", "--yes"]).exit, 0);
    assert_eq!(kept(directory.path())["formerly"], json!([]));
    assert!(!run(directory.path(), &["plan"]).all().contains("warning"));
}

#[test]
fn an_old_address_names_the_person_on_the_command_line() {
    let before = snapshot(5, &[("u-kim", "kim@acme.com", false)]).to_string();
    let org = ORG.replace("{licenses", "{existingUsers: true, licenses");
    let directory = directory(
        &org,
        &snapshot(5, &[("u-kim", "kim.b@acme.com", false)]),
        Some(&before),
    );
    for subject in ["kim@acme.com", "user/kim@acme.com"] {
        let why = run(directory.path(), &["explain", subject]);
        assert!(why.stdout.contains("user/kim.b@acme.com"), "{}", why.all());
    }
    let part = run(
        directory.path(),
        &["plan", "--target", "user/kim@acme.com", "--format", "json"],
    );
    assert_eq!(
        part.json()["targets"],
        json!(["user/kim.b@acme.com"]),
        "{}",
        part.all()
    );
}

/// Ana left, and another person has the address. That somebody else has no id does not make the two one.
#[test]
fn people_without_an_id_do_not_hide_a_successor() {
    let before = snapshot(5, &[ANA, KIM]).to_string();
    let successor = ("u-ana-2", "ana@acme.com", false);
    let org = format!(
        "{ORG}users: {{ana@acme.com: {{state: absent}}}}\nacknowledgements:\n  - {{code: user-deletion, subjects: [ana@acme.com], reason: left}}\n"
    );
    for lee in ["u-lee", ""] {
        let people = [successor, KIM, (lee, "lee@acme.com", false)];
        let directory = directory(&org, &snapshot(5, &people), Some(&before));
        let plan = run(directory.path(), &["plan", "--format", "json"]).json();
        assert_eq!(plan["summary"]["delete"], 0, "{lee}: {plan}");
        assert!(plan.to_string().contains("user-gone"), "{lee}: {plan}");
    }
}
