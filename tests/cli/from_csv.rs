//! `snapshot --from-csv`: what Control Hub exports, as a snapshot.

use std::path::Path;

use crate::common::run;
use serde_json::{Value, json};

const USERS: &str = "\u{feff}First Name,Last Name,Display Name,User ID/Email (Required),User Status,Extension,Phone Number,Location,\
Webex Calling VAR Professional [Sub11],Webex Teams (Suspended) [Sub12],acme.webex.com - WebEx Enterprise Edition [Sub11],acme.webex.com - Attendee account,Jabber Calling
Ana,Diaz,Ana Diaz,Ana@acme.com,Active,1001,12145550101,Dallas,TRUE,TRUE,FALSE,TRUE,FALSE
Bo,Li,,bo@acme.com,Not Verified,,+12145550102,,FALSE,FALSE,TRUE,,FALSE
Cy,Ito,Cy Ito,cy@acme.com,Active,,,,FALSE,,,,FALSE
";

fn write(directory: &Path, name: &str, text: &str) {
    std::fs::write(directory.join(name), text).unwrap();
}

fn snapshot(directory: &Path, more: &[&str]) -> Value {
    let mut args = vec!["snapshot", "--from-csv", "csv", "--out", "snapshot.json"];
    args.extend(more);
    let run = run(directory, &args);
    assert_eq!((run.exit, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    serde_json::from_slice(&std::fs::read(directory.join("snapshot.json")).unwrap()).unwrap()
}

#[test]
fn an_export_of_users_is_a_snapshot_of_what_it_tells() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    write(directory.path(), "csv/exported_users.csv", USERS);
    let read = snapshot(directory.path(), &[]);
    for absent in ["locations", "numbers", "groups", "workspaces", "devices"] {
        assert_eq!(read[absent], Value::Null, "{absent}");
    }
    let ana = &read["users"][0];
    assert_eq!(
        json!([
            ana["email"],
            ana["phoneNumber"],
            ana["extension"],
            ana["location"],
            ana["attendeeSites"]
        ]),
        json!([
            "ana@acme.com",
            "+12145550101",
            "1001",
            "Dallas",
            ["acme.webex.com"]
        ])
    );
    let bo = &read["users"][1];
    assert_eq!(
        json!([
            bo["displayName"],
            bo["status"],
            bo["workPhone"],
            bo["phoneNumber"]
        ]),
        json!(["Bo Li", "pending", "+12145550102", null])
    );
    let names: Vec<&str> = read["licenses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "Advanced Messaging",
            "Webex Calling - Professional",
            "Webex Meetings Suite"
        ]
    );
    assert_eq!(
        read["subscriptions"],
        json!([{"id": "Sub11", "createdAt": null, "status": null}, {"id": "Sub12", "createdAt": null, "status": "suspended"}])
    );
    assert_eq!(
        read["sites"],
        json!([{"url": "acme.webex.com", "attendeeAccountEnabled": true}])
    );
}

/// LIC-049.
#[test]
fn a_site_without_an_attendee_column_lacks_the_feature() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    let column = "acme.webex.com - Attendee account,";
    let without = USERS.replace(column, "");
    let without = without.replace("TRUE,TRUE,FALSE,TRUE,FALSE", "TRUE,TRUE,FALSE,FALSE");
    let without = without.replace("FALSE,FALSE,TRUE,,FALSE", "FALSE,FALSE,TRUE,FALSE");
    let without = without.replace("FALSE,,,,FALSE", "FALSE,,,FALSE");
    write(directory.path(), "csv/users.csv", &without);
    let read = snapshot(directory.path(), &[]);
    assert_eq!(
        read["sites"],
        json!([{"url": "acme.webex.com", "attendeeAccountEnabled": false}])
    );
    assert_eq!(read["users"][0]["attendeeSites"], json!([]));
}

#[test]
fn facts_bring_ids_and_units() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    write(directory.path(), "csv/users.csv", USERS);
    let facts = json!({"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "O1", "name": "Acme"},
        "subscriptions": [{"id": "Sub12", "createdAt": "2021-03-01", "status": "active"}],
        "licenses": [{"id": "L-MS", "name": "Advanced Messaging", "subscriptionId": "Sub12", "siteUrl": null, "totalUnits": 50, "consumedUnits": 1}],
        "users": [{"id": "U-ana", "email": "ana@acme.com", "source": "directory"}]});
    write(directory.path(), "old.json", &facts.to_string());
    let read = snapshot(directory.path(), &["--facts", "old.json"]);
    assert_eq!(read["org"]["id"], "O1");
    let ana = &read["users"][0];
    assert_eq!(
        json!([ana["id"], ana["source"]]),
        json!(["U-ana", "directory"])
    );
    let messaging = read["licenses"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["id"] == "L-MS")
        .unwrap();
    assert_eq!(
        json!([messaging["totalUnits"], messaging["consumedUnits"]]),
        json!([50, 1])
    );
    let suspended = &read["subscriptions"][1];
    assert_eq!(
        json!([suspended["createdAt"], suspended["status"]]),
        json!(["2021-03-01", "suspended"])
    );
}

/// Who has only exports states what they do not say: units, and that there is no Webex Go.
#[test]
fn facts_written_by_hand_say_what_no_export_says() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    write(directory.path(), "csv/users.csv", USERS);
    let facts = |day: &str| {
        json!({"formatVersion": 1, "capturedAt": format!("{day}T08:00:00Z"), "complete": true, "org": {"id": "O1"},
            "licenses": [{"id": "calling", "name": "Webex Calling - Professional", "subscriptionId": "Sub11", "totalUnits": 7}],
            "devices": [{"type": "webexgo", "owner": {"kind": "user", "key": "ana@acme.com"}}]})
    };
    write(
        directory.path(),
        "facts.json",
        &facts("2999-01-01").to_string(),
    );
    let read = snapshot(directory.path(), &["--facts", "facts.json"]);
    let calling = read["licenses"].as_array().unwrap().iter();
    let mut calling = calling.filter(|it| it["id"] == "calling");
    assert_eq!(calling.next().unwrap()["totalUnits"], 7);
    assert_eq!(read["devices"][0]["owner"]["key"], "ana@acme.com");
    // Devices of another time do not say who has Webex Go now.
    write(
        directory.path(),
        "facts.json",
        &facts("2020-01-01").to_string(),
    );
    let read = snapshot(directory.path(), &["--facts", "facts.json"]);
    assert_eq!(read["devices"], Value::Null);
}

#[test]
fn an_entry_of_the_facts_without_its_key_is_named() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    write(directory.path(), "csv/users.csv", USERS);
    let head = json!({"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true});
    for (members, said) in [
        (
            json!({"org": {"name": "Acme"}, "licenses": [{"id": "a", "name": "A"}, {"name": "Advanced Messaging"}]}),
            "there is no `id` in `org`, entry 2 of `licenses` (Advanced Messaging)",
        ),
        (
            json!({"org": {"id": "O1"}, "users": [{"displayName": "Ana Diaz"}]}),
            "there is no `email` in entry 1 of `users` (Ana Diaz)",
        ),
        (json!({}), "it has no `org`"),
    ] {
        let mut facts = head.clone();
        let of = facts.as_object_mut().unwrap();
        of.extend(members.as_object().unwrap().clone());
        write(directory.path(), "facts.json", &facts.to_string());
        let run = run(
            directory.path(),
            &[
                "snapshot",
                "--from-csv",
                "csv",
                "--out",
                "snapshot.json",
                "--facts",
                "facts.json",
            ],
        );
        assert!(
            run.exit == 1 && run.stderr.contains(said),
            "{said}: {}",
            run.stderr
        );
    }
}

/// CALL-018 and CALL-019: who is in scope and has no Calling.
#[test]
fn failures_are_reported_without_the_api() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    write(directory.path(), "csv/user.csv", USERS);
    write(
        directory.path(),
        "csv/locations.csv",
        "Name,Country,Main Number\nDallas,US,+12145550100\n",
    );
    write(
        directory.path(),
        "csv/numbers.csv",
        "Phone Number,Location\n+12145550100,Dallas\n12145550101,Dallas\n",
    );
    write(
        directory.path(),
        "csv/groups.csv",
        "Group,Member\nCallers,ana@acme.com\nCallers,bo@acme.com\n",
    );
    write(
        directory.path(),
        "csv/workspaces.csv",
        "Name,Location,Extension,License\nLobby,Dallas,1900,\n",
    );
    write(
        directory.path(),
        "org.yaml",
        "version: 1\norg: {name: Acme, assignmentMode: group, directorySync: true}\n\
templates: {calls: {licenses: {calling: professional}, existingUsers: true}}\ngroups: {Callers: {template: calls}}\n",
    );
    let read = snapshot(directory.path(), &[]);
    assert_eq!(
        read["numbers"][1]["owner"],
        json!({"kind": "user", "key": "ana@acme.com"})
    );
    let report = run(
        directory.path(),
        &["plan", "--only", "calling-failures", "--format", "json"],
    );
    let report: Value = report.json();
    let text = report.to_string();
    assert!(
        text.contains("bo@acme.com") && text.contains("calling-number-unknown"),
        "{text}"
    );
    assert!(
        !text.contains("ana@acme.com") && !text.contains("cy@acme.com"),
        "{text}"
    );
}

/// CALL-018 to CALL-022: the list of people alone tells who failed and why, as far as one list can tell it.
#[test]
fn the_list_of_people_is_enough_to_distinguish_the_reasons() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    let users = "\
Display Name,User ID/Email (Required),User Status,Extension,Phone Number,Location,Webex Calling VAR Professional [Sub1]
Ana,ana@acme.com,Active,,214-555-0101,,FALSE
Bob,bob@acme.com,Active,1001,+12145550102,Dallas,TRUE
Cy,cy@acme.com,Active,,,,FALSE
Dan,dan@acme.com,Active,,+12145550102,,FALSE
Eve,eve@acme.com,Active,,+12145550103,,FALSE
Fay,fay@acme.com,Active,,12145550104,,FALSE
Gus,gus@acme.com,Active,,2145550109,,FALSE
";
    write(directory.path(), "csv/user.csv", users);
    write(
        directory.path(),
        "org.yaml",
        "version: 1\norg: {name: Acme, assignmentMode: organization, template: calls}\n\
templates: {calls: {licenses: {calling: professional}, existingUsers: true}}\n",
    );
    let read = snapshot(directory.path(), &[]);
    // CALL-006: only the plus sign that a spreadsheet removed comes back.
    assert_eq!(read["users"][5]["workPhone"], "+12145550104");
    assert_eq!(read["users"][6]["workPhone"], "2145550109");
    let report = ["plan", "--only", "calling-failures", "--format", "json"];
    let told = run(directory.path(), &report);
    assert_eq!(told.exit, 0, "{}", told.all());
    let told_json = told.json();
    let rows = told_json["callingFailures"].as_array().unwrap().iter();
    let rows: Vec<(&str, &str)> = rows
        .map(|row| (row["user"].as_str().unwrap(), row["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        rows,
        [
            ("ana@acme.com", "calling-number-format"),
            ("cy@acme.com", "calling-no-work-phone"),
            ("dan@acme.com", "calling-number-in-use"),
            ("eve@acme.com", "calling-number-unknown"),
            ("fay@acme.com", "calling-number-unknown"),
            ("gus@acme.com", "calling-number-format"),
        ]
    );
    // The number may well be in the inventory: no list says that it is not.
    let reason = told_json["callingFailures"][3]["reason"].as_str().unwrap();
    assert!(
        reason.contains("+12145550103") && reason.contains("the snapshot has no `numbers`"),
        "{reason}"
    );
    assert!(
        told.stderr
            .contains("the snapshot has no locations, numbers, workspaces"),
        "{}",
        told.stderr
    );
    // A report is no plan: nothing is planned or saved from it.
    for args in [
        &["plan"][..],
        &["plan", "--only", "calling-failures", "--out", "saved.json"],
    ] {
        let refused = run(directory.path(), args);
        assert_eq!(refused.exit, 7, "{args:?}: {}", refused.all());
    }
    assert!(!directory.path().join("saved.json").exists());
    // Who is in a group is in no export of people: then no one knows who should have Calling.
    write(
        directory.path(),
        "org.yaml",
        "version: 1\norg: {name: Acme, assignmentMode: group}\n\
templates: {calls: {licenses: {calling: professional}, existingUsers: true}}\ngroups: {Callers: {template: calls}}\n",
    );
    let refused = run(directory.path(), &report);
    assert_eq!(refused.exit, 7, "{}", refused.all());
}

#[test]
fn what_is_no_export_says_so() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    let args = ["snapshot", "--from-csv", "csv", "--out", "snapshot.json"];
    let failed = run(directory.path(), &args);
    assert_eq!(failed.exit, 1);
    assert!(
        failed.stderr.contains("there is no user export in csv"),
        "{}",
        failed.stderr
    );
    write(
        directory.path(),
        "csv/users.csv",
        "Display Name,User ID/Email (Required),Messaging [Sub1]\nAna,,TRUE\n",
    );
    let failed = run(directory.path(), &args);
    assert!(
        failed
            .stderr
            .contains("line 2: the e-mail address is missing"),
        "{}",
        failed.stderr
    );
}
