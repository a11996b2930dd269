//! Every gate closes on input that is unreadable, absent or odd: what cannot be read never lets anything through.

use std::path::Path;

use crate::common::{Run, run, write};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A person with Calling who is to lose it, acknowledged until a day that has passed.
const FILES: &str = "version: 1
org: {name: Acme, id: org-1, assignmentMode: group}
users:
  uma@acme.com: {licenses: {remove: [calling]}}
acknowledgements:
  - {code: calling-loss, subjects: [uma@acme.com], reason: HR-7, expires: 2020-01-31}
";

fn observed() -> Value {
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2024-01-01", "status": "active"}],
        "licenses": [{"id": "L-1", "name": "Webex Calling - Professional", "subscriptionId": "Sub-1", "siteUrl": null,
                      "totalUnits": 5, "consumedUnits": 1}],
        "sites": [], "numbers": [], "workspaces": [], "devices": [], "groups": [],
        "locations": [{"id": "loc-1", "name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
                       "address": {"country": "US"}, "calling": {"mainNumber": null}}],
        "users": [{"id": "p-1", "email": "uma@acme.com", "displayName": "Uma", "status": "active",
                   "location": "Dallas", "extension": "1001", "licenses": ["L-1"]}],
    })
}

fn organisation(files: &str, snapshot: &Value) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(&directory.path().join("org.yaml"), files);
    write(
        &directory.path().join("snapshot.json"),
        snapshot.to_string(),
    );
    directory
}

#[track_caller]
fn closes(directory: &Path, exit: i32, code: &str) -> Run {
    let plan = run(directory, &["plan"]);
    assert_eq!(plan.exit, exit, "{}", plan.all());
    assert!(plan.all().contains(code), "no {code}: {}", plan.all());
    let before = std::fs::read(directory.join("snapshot.json")).unwrap();
    let apply = run(directory, &["apply", "--yes"]);
    assert_eq!(apply.exit, exit, "{}", apply.all());
    let after = std::fs::read(directory.join("snapshot.json")).unwrap();
    assert!(before == after, "something was written");
    plan
}

#[test]
fn expiry_closes_on_every_time_that_cannot_be_read() {
    let expired = organisation(FILES, &observed());
    closes(expired.path(), 4, "acknowledgement-expired");
    for odd in [
        json!("yesterday"),
        json!(""),
        json!("2026/11/29 02:06"),
        json!("1764381974"),
        json!("2026-13-45"),
        json!("2026-11-20"),
        json!("20261129T020614Z"),
        json!("Sun, 29 Nov 2026 02:06:14 +0000"),
        json!("+002026-11-20T08:00:00Z"),
        json!(1_764_381_974),
        Value::Null,
    ] {
        let mut snapshot = observed();
        snapshot["capturedAt"] = odd;
        let directory = organisation(FILES, &snapshot);
        closes(directory.path(), 1, "snapshot-unreadable");
    }
    let mut snapshot = observed();
    snapshot.as_object_mut().unwrap().remove("capturedAt");
    closes(
        organisation(FILES, &snapshot).path(),
        1,
        "snapshot-unreadable",
    );
}

#[test]
fn an_organisation_that_is_not_certainly_the_same_closes() {
    for id in [json!("org-2"), json!(""), json!("ORG-1"), json!(" org-1")] {
        let mut snapshot = observed();
        snapshot["org"]["id"] = id;
        closes(organisation(FILES, &snapshot).path(), 1, "org-mismatch");
    }
    let mut snapshot = observed();
    snapshot["org"]["name"] = json!("Acme Sandbox");
    let files = FILES.replace(", id: org-1", "");
    closes(
        organisation(&files, &snapshot).path(),
        4,
        "warning org-mismatch",
    );
}

#[test]
fn an_acknowledgement_that_is_not_exact_covers_nothing() {
    let files = FILES.replace(", expires: 2020-01-31", "");
    for odd in ["uma@acme.org", "user/UMA", "group/uma@acme.com", "uma"] {
        let files = files.replace("[uma@acme.com], reason", &format!("[{odd}], reason"));
        closes(
            organisation(&files, &observed()).path(),
            4,
            "error calling-loss",
        );
    }
    for (odd, code) in [
        ("[\"*@acme.com\"]", "acknowledgement-wildcard"),
        ("uma@acme.com", "wrong-type"),
    ] {
        let files = files.replace("[uma@acme.com], reason", &format!("{odd}, reason"));
        closes(organisation(&files, &observed()).path(), 1, code);
    }
    for (from, to, code) in [
        (
            "calling-loss",
            "calling-los",
            "acknowledgement-unknown-code",
        ),
        (", reason: HR-7", "", "missing-field"),
        (
            "reason: HR-7",
            "reason: HR-7, expires: never",
            "invalid-value",
        ),
    ] {
        closes(
            organisation(&files.replace(from, to), &observed()).path(),
            1,
            code,
        );
    }
}

#[test]
fn guardrails_and_protection_close() {
    let files = FILES.replace(", expires: 2020-01-31", "");
    for (rule, exit, code) in [
        ("{irreversible: 0}", 4, "guardrail-irreversible"),
        ("{protect: [user/uma@acme.com]}", 4, "guardrail-protect"),
        ("{protect: [user/UMA@acme.com]}", 4, "guardrail-protect"),
        ("{irreversible: -1}", 1, "org.yaml"),
        ("{irreversible: many}", 1, "org.yaml"),
        ("{partialApply: perhaps}", 1, "org.yaml"),
    ] {
        let files = format!("{files}guardrails: {rule}\n");
        closes(organisation(&files, &observed()).path(), exit, code);
    }
    let files = format!("{files}guardrails: {{irreversible: 0, partialApply: true}}\n");
    let directory = organisation(&files, &observed());
    let apply = run(directory.path(), &["apply", "--yes", "--partial"]);
    assert_eq!(apply.exit, 4, "{}", apply.all());
}

#[test]
fn a_plan_of_other_files_is_stale() {
    let files = FILES.replace(", expires: 2020-01-31", "");
    let directory = organisation(&files, &observed());
    let here = directory.path();
    assert_eq!(run(here, &["plan", "--out", "p.json"]).exit, 0);
    write(
        &here.join("org.yaml"),
        files.replace("reason: HR-7", "reason: HR-8"),
    );
    let apply = run(here, &["apply", "p.json", "--yes"]);
    assert_eq!(apply.exit, 5, "{}", apply.all());
}

#[test]
fn what_errors_leave_out_is_applied_without_only_by_decision() {
    let files = "version: 1
org: {name: Acme, id: org-1, assignmentMode: group}
users:
  uma@acme.com: {displayName: Uma B, location: Nowhere}
";
    let directory = organisation(files, &observed());
    closes(directory.path(), 4, "location-unknown");
    let apply = run(directory.path(), &["apply", "--yes", "--partial"]);
    assert_eq!(apply.exit, 6, "{}", apply.all());
    let files = format!("{files}guardrails: {{partialApply: true}}\n");
    let directory = organisation(&files, &observed());
    let apply = run(directory.path(), &["apply", "--yes"]);
    assert_eq!(apply.exit, 6, "{}", apply.all());
}

#[test]
fn a_snapshot_that_has_one_key_twice_plans_nothing() {
    for (list, code) in [
        ("users", "user/uma@acme.com"),
        ("licenses", "license/L-1"),
        ("subscriptions", "subscription/Sub-1"),
    ] {
        let mut snapshot = observed();
        let mut twin = snapshot[list][0].clone();
        if list == "users" {
            twin["id"] = json!("p-2");
            twin["email"] = json!("Uma@Acme.com");
        }
        snapshot[list].as_array_mut().unwrap().push(twin);
        let directory = organisation(FILES, &snapshot);
        let plan = closes(directory.path(), 1, "name-ambiguous");
        assert!(plan.all().contains(code), "{}", plan.all());
    }
}
