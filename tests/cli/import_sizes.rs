//! How much `import` writes: as little as says everything, and nothing of what is not known.

use std::path::Path;

use crate::common::{self, SMALL_SNAPSHOT, root, write};
use crate::import::{files, run_import, run_plan};
use serde_json::{Value, json};

#[test]
fn many_numbers_are_few_lines() {
    let directory = tempfile::tempdir().unwrap();
    let mut snapshot: Value = serde_json::from_str(SMALL_SNAPSHOT).unwrap();
    snapshot["locations"] = json!([{"name": "Dallas", "calling": {}}]);
    let number = |n: u64| json!({"phoneNumber": format!("+1214{n:07}"), "location": "Dallas", "state": "active", "type": "did"});
    let numbers: Vec<Value> = (5_550_000..5_660_000).map(number).collect();
    snapshot["numbers"] = json!(numbers);
    write(
        &directory.path().join("snapshot.json"),
        snapshot.to_string(),
    );
    let imported = run_import(directory.path(), "snapshot.json", &[]);
    assert_eq!(imported.exit, 0, "{}", imported.stderr);
    assert!(
        imported.stderr.contains("(numbers: 110000)"),
        "{}",
        imported.stderr
    );
    assert!(imported.took < common::PATIENCE, "{:?}", imported.took);
    let text = files(&directory.path().join("out"))["numbers.yaml"].clone();
    assert!(
        text.contains(
            "numbers:\n      - \"+12145550000..+12145649999\"\n      - \"+12145650000..+12145659999\"\n    state:"
        ),
        "{text}"
    );
    let planned = run_plan(directory.path(), "out", "snapshot.json");
    assert_eq!(
        (
            planned.exit,
            planned.json()["changes"].as_array().unwrap().len()
        ),
        (0, 0)
    );
}

/// What was not captured is not known: nothing is written of it, and that is said.
#[test]
fn nothing_is_written_of_what_was_not_captured() {
    let text = std::fs::read_to_string(root().join("examples/acme/snapshot.json")).unwrap();
    let whole: Value = serde_json::from_str(&text).unwrap();
    let cases = [
        (
            &["numbers"][..],
            &["numbers", "48 users with Calling"][..],
            &["people", "calling:"][..],
        ),
        (
            &["locations"],
            &["locations", "48 users"],
            &["people", "calling:"],
        ),
        (
            &["workspaces"],
            &["workspaces", "48 users"],
            &["people", "calling:"],
        ),
        (
            &["sites"],
            &["sites", "of licences of a user"],
            &["meetings:"],
        ),
        (&["groups"], &["groups"], &["members:", "existingUsers:"]),
    ];
    for (lacks, said, unsaid) in cases {
        let mut snapshot = whole.clone();
        for list in lacks {
            snapshot.as_object_mut().unwrap().remove(*list);
        }
        let directory = tempfile::tempdir().unwrap();
        write(&directory.path().join("part.json"), snapshot.to_string());
        let imported = run_import(directory.path(), "part.json", &[]);
        assert_eq!(imported.exit, 0, "{lacks:?}: {}", imported.stderr);
        for words in said {
            let mut lines = imported.stderr.lines();
            let line = lines.find(|it| it.starts_with("left out: ") && it.contains(words));
            assert!(line.is_some(), "{lacks:?}, {words}: {}", imported.stderr);
        }
        for (name, text) in files(&directory.path().join("out")) {
            for words in unsaid {
                assert!(!name.contains(words), "{lacks:?}: {name}");
                let mut lines = text.lines().filter(|line| !line.trim().starts_with('#'));
                // Locations that are enabled have `calling` too.
                let here = lines.any(|line| line.contains(words));
                assert!(
                    !here || name == "locations.yaml",
                    "{lacks:?}: {name}: {text}"
                );
            }
        }
        let planned = run_plan(directory.path(), "out", "part.json");
        assert_eq!(planned.exit, 0, "{lacks:?}: {}", planned.all());
    }
}

/// An organisation that was made from templates: each group is one job, and its members hold what the job needs.
fn made_from_templates(people: usize, calling: bool) -> Value {
    let license = |id: &str, name: &str, site: Value| json!({"id": id, "name": name, "subscriptionId": "Sub-1", "siteUrl": site, "totalUnits": 9999, "consumedUnits": 0});
    let mut licenses = vec![
        license("MSG", "Advanced Messaging", Value::Null),
        license("HOST", "Webex Meetings Suite", json!("acme.webex.com")),
        license("CC", "Contact Center Premium Agent", Value::Null),
        license("PRO", "Webex Calling - Professional", Value::Null),
    ];
    let jobs: [&[&str]; 3] = [&["MSG"], &["MSG", "HOST"], &["MSG", "HOST", "CC"]];
    let email = |person: usize| format!("person{person:05}@acme.com");
    let groups = 30;
    let users: Vec<Value> = (0..people)
        .map(|person| {
            let mut held = jobs[person % groups % jobs.len()].to_vec();
            let mut user =
                json!({"id": person.to_string(), "email": email(person), "displayName": "Any"});
            if calling {
                held.push("PRO");
                user["location"] = json!("Dallas");
                user["phoneNumber"] = json!(format!("+1214555{person:04}"));
                user["extension"] = json!((10_000 + person).to_string());
            }
            user["licenses"] = json!(held);
            user
        })
        .collect();
    for license in &mut licenses {
        let held = users.iter().filter(|user| {
            user["licenses"]
                .as_array()
                .unwrap()
                .contains(&license["id"])
        });
        license["consumedUnits"] = json!(held.count());
    }
    let groups: Vec<Value> = (0..groups)
        .map(|group| {
            let members = (0..people).filter(|person| person % groups == group).map(email);
            json!({"id": group.to_string(), "name": format!("Job {group}"), "source": "directory", "kind": "security",
                   "members": members.collect::<Vec<_>>()})
        })
        .collect();
    let numbers = users.iter().filter(|user| calling && user["phoneNumber"].is_string()).map(|user| {
        json!({"phoneNumber": user["phoneNumber"], "location": "Dallas", "state": "active", "type": "did",
               "owner": {"kind": "user", "key": user["email"]}})
    });
    json!({"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "o", "name": "Acme"},
           "subscriptions": [{"id": "Sub-1", "createdAt": "2021-03-01", "status": "active"}], "licenses": licenses,
           "sites": [{"url": "acme.webex.com"}], "locations": [{"id": "l", "name": "Dallas", "address": {"country": "US"}, "calling": {}}],
           "numbers": numbers.collect::<Vec<_>>(), "groups": groups, "users": users, "workspaces": [], "devices": []})
}

/// How many bytes an import writes, all files together.
fn size(directory: &Path, more: &[&str]) -> usize {
    let _ = std::fs::remove_dir_all(directory.join("out"));
    let imported = run_import(directory, "snapshot.json", more);
    assert_eq!(imported.exit, 0, "{}", imported.stderr);
    let planned = run_plan(directory, "out", "snapshot.json");
    assert_eq!(planned.exit, 0, "{}", planned.all());
    files(&directory.join("out"))
        .values()
        .map(String::len)
        .sum()
}

#[test]
fn what_templates_give_is_not_said_of_each_person() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("snapshot.json");
    write(&place, made_from_templates(1500, false).to_string());
    let (small, flat) = (
        size(directory.path(), &[]),
        size(directory.path(), &["--flat"]),
    );
    assert!(small * 100 < flat * 5, "{small} of {flat} bytes");
    // Equal sets are one template.
    let templates = files(&directory.path().join("out"));
    assert!(!templates.contains_key("templates.yaml"));
    size(directory.path(), &[]);
    let text = files(&directory.path().join("out"))["templates.yaml"].clone();
    assert_eq!(text.matches("existingUsers: true\n").count(), 3, "{text}");

    // Each phone is a line, whatever else there is.
    write(&place, made_from_templates(1500, true).to_string());
    let (small, flat) = (
        size(directory.path(), &[]),
        size(directory.path(), &["--flat"]),
    );
    let without = size(directory.path(), &["--without-people"]);
    assert!(small * 100 < flat * 50, "{small} of {flat} bytes");
    assert!(without * 100 < flat * 5, "{without} of {flat} bytes");
}
