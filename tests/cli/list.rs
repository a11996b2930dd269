//! `list`: tables of a snapshot, their filters and formats, and what a snapshot does not say.

use crate::common::{root, run, small, write};
use serde_json::Value;

/// The first column of what a list of the example company has.
fn keys(args: &[&str]) -> Vec<String> {
    let path = root().join("examples/acme");
    let all = [
        &["list", args[0], path.to_str().unwrap(), "--format", "json"],
        &args[1..],
    ]
    .concat();
    let told = run(root(), &all);
    assert_eq!(told.exit, 0, "{args:?}: {}", told.all());
    let items = told.json()["items"].as_array().unwrap().clone();
    let key = |item: &Value| {
        let members = item.as_object().unwrap();
        let key = ["email", "id", "number", "name"]
            .iter()
            .find_map(|it| members.get(*it)?.as_str());
        key.unwrap_or_default().to_owned()
    };
    items.iter().map(key).collect()
}

fn snapshot() -> Value {
    let bytes = std::fs::read(root().join("examples/acme/snapshot.json")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Whether the snapshot gives a person a Calling licence.
fn calls(user: &Value, snapshot: &Value) -> bool {
    let licenses = snapshot["licenses"].as_array().unwrap();
    let calling = |id: &Value| {
        let of = licenses.iter().find(|it| it["id"] == *id).unwrap();
        of["name"].as_str().unwrap().starts_with("Webex Calling")
    };
    user["licenses"].as_array().unwrap().iter().any(calling)
}

#[test]
fn people_with_and_without() {
    let snapshot = snapshot();
    let users = snapshot["users"].as_array().unwrap();
    let expected = |wanted: bool| -> Vec<String> {
        let some = users.iter().filter(|it| calls(it, &snapshot) == wanted);
        some.map(|it| it["email"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(keys(&["users"]).len(), users.len());
    assert_eq!(keys(&["users", "--with", "calling"]), expected(true));
    assert_eq!(keys(&["people", "--without", "calling"]), expected(false));
    let product = [
        "users",
        "--with",
        "Webex Calling - Professional",
        "--without",
        "calling/standard",
    ];
    let word = ["users", "--license", "professional"];
    assert_eq!(keys(&product), keys(&word));
    let dallas = keys(&["users", "--location", "dallas", "--with", "calling"]);
    assert!(!dallas.is_empty() && dallas.len() < expected(true).len());
    let old = keys(&[
        "users",
        "--license",
        "calling/professional",
        "--license",
        "Sub-2021",
    ]);
    assert!(old.contains(&"ana@acme.com".to_owned()), "{old:?}");
    let by_hand = keys(&["users", "--where", "groups=Sales"]);
    let sales = snapshot["groups"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "Sales");
    assert_eq!(
        by_hand.len(),
        sales.unwrap()["members"].as_array().unwrap().len()
    );
}

#[test]
fn every_table_has_the_rows_of_its_list() {
    let snapshot = snapshot();
    for list in [
        "users",
        "workspaces",
        "numbers",
        "locations",
        "groups",
        "licenses",
        "subscriptions",
        "devices",
    ] {
        let rows = snapshot[list].as_array().unwrap().len();
        assert_eq!(keys(&[list]).len(), rows, "{list}");
        assert!(rows > 0, "{list} is empty");
    }
    let free = snapshot["numbers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["owner"].is_null());
    assert_eq!(keys(&["numbers", "--without", "owner"]).len(), free.count());
    assert_eq!(
        keys(&["numbers", "--where", "owner="]),
        keys(&["numbers", "--without", "owner"])
    );
}

#[test]
fn formats() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let text = run(directory.path(), &["list", "users"]);
    assert_eq!(
        text.stdout,
        " email         name       licenses\n ana@acme.com  Ana Silva  messaging/advanced (Sub-1)\n bob@acme.com  Bob Stone\n",
        "{}",
        text.all()
    );
    let csv = run(
        directory.path(),
        &["list", "users", "--format", "csv", "--with", "messaging"],
    );
    assert_eq!(
        csv.stdout,
        "email,name,location,number,extension,licenses,groups,voicemail,directory,roles\n\
         ana@acme.com,Ana Silva,,,,messaging/advanced (Sub-1),,,,\n"
    );
}

/// What was not captured is not an empty list, and no filter takes it for none.
#[test]
fn what_the_snapshot_does_not_say() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let path = directory.path().join("snapshot.json");
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let told = run(directory.path(), &["list", "callQueues"]);
    assert_eq!(told.exit, 7, "{}", told.all());
    assert!(told.stderr.contains("were not captured"), "{}", told.all());

    snapshot["features"] = serde_json::json!([{"kind": "callQueue", "id": "q", "name": "Support"}]);
    write(&path, snapshot.to_string());
    let told = run(
        directory.path(),
        &[
            "list",
            "callQueues",
            "--without",
            "members",
            "--format",
            "json",
        ],
    );
    assert_eq!(
        told.json()["items"],
        serde_json::json!([]),
        "{}",
        told.all()
    );
    assert!(told.stderr.contains("1 left out"), "{}", told.all());

    snapshot["featuresNotRead"] = serde_json::json!([{"kind": "huntGroup", "reason": "403"}]);
    snapshot.as_object_mut().unwrap().remove("licenses");
    snapshot["complete"] = false.into();
    write(&path, snapshot.to_string());
    assert_eq!(run(directory.path(), &["list", "huntGroups"]).exit, 7);
    let told = run(
        directory.path(),
        &["list", "users", "--without", "messaging"],
    );
    assert_eq!(told.exit, 7, "{}", told.all());
    assert!(!told.stdout.contains("bob@acme.com"), "{}", told.all());
    assert!(
        told.stderr.contains("2 left out") && told.stderr.contains("incomplete"),
        "{}",
        told.all()
    );
}

#[test]
fn words_that_mean_nothing() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let cases: [(&[&str], &str); 5] = [
        (
            &["list", "users", "--without", "calls"],
            "no licence is called `calls`",
        ),
        (&["list", "cars"], "huntGroups"),
        (
            &["list", "users", "--where", "colour=red"],
            "no column `colour`",
        ),
        (&["list", "users", "--where", "email"], "COLUMN=VALUE"),
        (
            &["list", "groups", "--with", "calling"],
            "no column `calling`",
        ),
    ];
    for (args, words) in cases {
        let told = run(directory.path(), args);
        assert_eq!(told.exit, 1, "{args:?}: {}", told.all());
        assert!(told.stderr.contains(words), "{args:?}: {}", told.all());
    }
}
