//! The report of those who should have Calling and do not get it: the same rows in every format, and no one forgotten.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common::{Run, root, run, write};
use serde_json::{Value, json};

const REPORT: [&str; 5] = ["plan", ".", "--only", "calling-failures", "--format"];

fn report(directory: &Path, format: &str) -> Run {
    let args: Vec<&str> = REPORT.iter().copied().chain([format]).collect();
    run(directory, &args)
}

/// Everyone in an organisation should have Calling; anyone who has a work phone in the inventory can get it.
fn organisation(directory: &Path, people: &[(&str, &str, Option<&str>)]) {
    let yaml = "\
version: 1
org: {name: Acme, assignmentMode: organization, template: everyone}
templates:
  everyone:
    existingUsers: true
    licenses: {calling: professional}
";
    write(&directory.join("org.yaml"), yaml);
    let users: Vec<Value> = people
        .iter()
        .map(|(email, name, work_phone)| {
            json!({"id": email, "email": email, "displayName": name, "source": "directory", "workPhone": work_phone,
                   "licenses": []})
        })
        .collect();
    let snapshot = json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2024-01-01", "status": "active"}],
        "licenses": [{"id": "L-PRO", "name": "Webex Calling - Professional", "subscriptionId": "Sub-1", "totalUnits": 99,
                      "consumedUnits": 0}],
        "sites": [], "groups": [], "workspaces": [], "devices": [],
        "locations": [{"id": "loc-1", "name": "Dallas", "address": {"country": "US"}, "calling": {}}],
        "numbers": [{"phoneNumber": "+12145550101", "location": "Dallas", "state": "active", "type": "did"}],
        "users": users,
    });
    write(&directory.join("snapshot.json"), snapshot.to_string());
}

/// CALL-010, CALL-019: anyone who should have Calling either gets it in the plan or is in the report, and no one else does.
#[test]
fn report_and_plan_agree() {
    let case = root().join("tests/golden/calling-failures");
    let args = |more: &[&str]| {
        let mut args = vec!["plan", "org", "--snapshot", "snapshot.json", "--format"];
        args.extend(more);
        run(&case, &args)
    };
    let plan = args(&["json"]).json();
    let rows = args(&["json", "--only", "calling-failures"]).json();
    assert_eq!(rows["formatVersion"], 1);
    let failing: Vec<&str> = rows["callingFailures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["user"].as_str().unwrap())
        .collect();
    let granted: BTreeSet<&str> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| {
            let fields = change["fields"].as_array().unwrap();
            fields
                .iter()
                .any(|field| field["path"] == "licenses/calling")
        })
        .map(|change| change["key"].as_str().unwrap())
        .collect();
    // Of all people, Lea has Calling, Ana gets it, and nothing reaches Nia.
    let snapshot: Value =
        serde_json::from_str(&std::fs::read_to_string(case.join("snapshot.json")).unwrap())
            .unwrap();
    let rest: Vec<&str> = snapshot["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["email"].as_str().unwrap())
        .filter(|email| {
            !granted.contains(email) && !["lea@acme.com", "nia@acme.com"].contains(email)
        })
        .collect();
    assert_eq!(failing, rest);
    assert_eq!(granted, BTreeSet::from(["ana@acme.com"]));

    for row in rows["callingFailures"].as_array().unwrap() {
        let said = plan["findings"].as_array().unwrap().iter().any(|finding| {
            finding["code"] == row["code"]
                && (finding["message"] == row["reason"]
                    || finding["subject"] == "template/trainees")
        });
        assert!(said, "the plan does not say {row}");
        assert!(row["fix"].is_string(), "{row}");
    }
    let text = args(&["text", "--only", "calling-failures"]).stdout;
    assert!(
        text.contains("\n11 people should have Calling and do not get it. 1 more is in reach of ")
    );
}

#[test]
fn csv_has_the_rows_of_the_json() {
    let directory = tempfile::tempdir().unwrap();
    let people = [
        ("ana@acme.com", "Silva, \"Ana\"", Some("+12145550199")),
        ("bob@acme.com", "=HYPERLINK(\"x\")", None),
        ("eve@acme.com", "Eve Holt", Some("+12145550101")),
    ];
    organisation(directory.path(), &people);
    let rows = report(directory.path(), "json").json();
    let csv = report(directory.path(), "csv").stdout;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let rows = rows["callingFailures"].as_array().unwrap();
    assert_eq!(
        (records.len(), rows.len()),
        (2, 2),
        "Eve gets Calling:\n{csv}"
    );
    for (record, row) in records.iter().zip(rows) {
        assert_eq!(columns.len(), row.as_object().unwrap().len());
        for (column, cell) in columns.iter().zip(record) {
            let expected = match &row[column] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Array(list) => {
                    let texts: Vec<&str> = list.iter().map(|text| text.as_str().unwrap()).collect();
                    texts.join(", ")
                }
                other => other.to_string(),
            };
            // What a spreadsheet would run as a formula is made harmless; a phone number is none.
            let harmless = cell.strip_prefix('\'').filter(|text| text.starts_with('='));
            assert_eq!(harmless.unwrap_or(cell), expected, "{column}");
            assert!(!cell.starts_with('='), "{cell}");
        }
    }
    assert_eq!(&records[0][7], "+12145550199");
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let directory = tempfile::tempdir().unwrap();
    let addresses: Vec<String> = (1..=25).map(|n| format!("u{n:02}@acme.com")).collect();
    let people: Vec<_> = addresses
        .iter()
        .map(|email| (email.as_str(), "Somebody", None))
        .collect();
    organisation(directory.path(), &people);
    let short = report(directory.path(), "text").stdout;
    assert!(
        short.contains("  calling-no-work-phone · 25 people\n"),
        "{short}"
    );
    assert!(
        short.contains("    and 5 more; --detail full lists them\n"),
        "{short}"
    );
    assert!(!short.contains("u21@acme.com"), "{short}");
    let args: Vec<&str> = REPORT
        .iter()
        .copied()
        .chain(["text", "--detail", "full"])
        .collect();
    assert!(run(directory.path(), &args).stdout.contains("u25@acme.com"));
}

#[test]
fn nothing_failed() {
    let directory = tempfile::tempdir().unwrap();
    organisation(
        directory.path(),
        &[("eve@acme.com", "Eve Holt", Some("+12145550101"))],
    );
    let text = report(directory.path(), "text").stdout;
    assert!(
        text.ends_with("\n\nEveryone who should have Calling has it or gets it.\n"),
        "{text}"
    );
    assert_eq!(
        report(directory.path(), "json").json()["callingFailures"],
        json!([])
    );
}

#[test]
fn a_report_has_no_markdown() {
    let directory = tempfile::tempdir().unwrap();
    organisation(directory.path(), &[]);
    let refused = report(directory.path(), "markdown");
    assert_eq!((refused.exit, refused.stdout.as_str()), (1, ""));
    assert!(
        refused.stderr.contains("--format text, json or csv"),
        "{}",
        refused.stderr
    );
}
