//! A part of a plan has what it needs to be carried out by itself.

use std::path::Path;

use crate::common::{self, write};
use crate::lost::organisation;
use serde_json::{Value, json};

/// A harbour whose place, room and queue get other names, and what the files add.
fn harbour(directory: &Path, more: &str) {
    let yaml = "version: 1\norg: {name: Harbour, id: org-h, assignmentMode: organization}\n";
    let mate = json!({"id": "u-mate", "email": "mate@harbour.example", "displayName": "Mate", "status": "active", "location": "Pier",
        "phoneNumber": "+12065550142", "extension": "4142", "licenses": ["L-NEW"], "attendeeSites": [], "roles": [],
        "voicemail": {"enabled": false}});
    organisation(directory, yaml, vec![mate], 0);
    let file = directory.join("snapshot.json");
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    snapshot["workspaces"] = json!([{"id": "w-1", "name": "Galley", "location": "Pier", "phoneNumber": null, "extension": "4200",
        "licenses": ["L-NEW"]}]);
    snapshot["features"] = json!([{"kind": "callQueue", "id": "q-1", "name": "Crew", "location": "Pier", "phoneNumber": null,
        "extension": "4300", "members": []}]);
    snapshot["locations"][0]["calling"]["pstn"] = json!("Cisco PSTN");
    let mut quay = snapshot["locations"][0].clone();
    (quay["id"], quay["name"]) = (json!("loc-q"), json!("Quay"));
    snapshot["locations"].as_array_mut().unwrap().push(quay);
    write(&file, snapshot.to_string());
    write(&directory.join("org.yaml"), format!("{yaml}{more}"));
}

#[test]
fn what_names_an_object_by_its_new_name_needs_the_new_name() {
    let cases = [
        (
            "user/mate@harbour.example",
            "locations: {Mole: {formerly: Quay}}\nusers: {mate@harbour.example: {location: Mole}}\n",
        ),
        (
            "callQueue/Crew",
            "workspaces: {Mess: {formerly: Galley}}\ncallQueues: {Crew: {agents: [Mess]}}\n",
        ),
        (
            "number/+12065550150",
            "locations: {Mole: {formerly: Quay}}\nnumbers: [{location: Mole, numbers: [\"+12065550150\"]}]\n",
        ),
    ];
    for (target, more) in cases {
        let directory = tempfile::tempdir().unwrap();
        let here = directory.path();
        harbour(here, &format!("{more}groups: {{Unrelated: {{}}}}\n"));
        let planned = common::run(here, &["plan", "--target", target, "--out", "p.json"]);
        assert_eq!(planned.exit, 0, "{}", planned.all());
        let applied = common::run(here, &["apply", "p.json", "--yes"]);
        assert_eq!(applied.exit, 0, "{}{}", planned.all(), applied.all());
        assert!(
            applied.all().contains("Applied: 2 done"),
            "{}",
            applied.all()
        );
        let left = common::run(here, &["plan", "--target", target]);
        assert!(left.all().contains("No changes"), "{}", left.all());
    }
}
