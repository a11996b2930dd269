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

/// Who may have Calling is not claimed to be without it.
#[test]
fn nobody_is_without_what_they_may_have() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let path = directory.path().join("snapshot.json");
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let mut license = |id: &str, name: &str| {
        let row = serde_json::json!({"id": id, "name": name, "subscriptionId": "Sub-1", "totalUnits": 5, "consumedUnits": 1});
        snapshot["licenses"].as_array_mut().unwrap().push(row);
    };
    license("L-CALL", "Webex Calling - Professional");
    license("L-NEW", "Webex Calling - Diamond");
    license("L-TOP", "Webex Calling - Attendant Console");
    license("L-VOICE", "Voice of Tomorrow");
    let mut person = |name: &str, held: &str, extension: Option<&str>| {
        let row = serde_json::json!({"id": name, "email": format!("{name}@acme.com"), "licenses": [held], "extension": extension});
        snapshot["users"].as_array_mut().unwrap().push(row);
    };
    person("calls", "L-CALL", Some("1001"));
    person("diamond", "L-NEW", None);
    person("on-top", "L-TOP", None);
    person("reached", "L-VOICE", Some("1002"));
    person("silent", "L-VOICE", None);
    person("unlisted", "L-GONE", None);
    person("odd", "L-MSG", None);
    snapshot["notKnown"] = serde_json::json!([
        {"address": "user/odd@acme.com", "reason": "holders"}, {"address": "user/unseen@acme.com", "reason": "403"},
        {"address": "user/calls@acme.com", "reason": "members"}]);
    write(&path, snapshot.to_string());
    let emails = |told: &crate::common::Run| -> Vec<String> {
        let items = told.json()["items"].as_array().unwrap().clone();
        let email = |it: &Value| it["email"].as_str().unwrap().replace("@acme.com", "");
        items.iter().map(email).collect()
    };
    let list = |args: &[&str]| {
        let all = [&["list", "users", "--format", "json"], args].concat();
        let told = run(directory.path(), &all);
        assert_eq!(told.exit, 7, "{args:?}: {}", told.all());
        told
    };
    let without = list(&["--without", "calling"]);
    assert_eq!(emails(&without), ["ana", "bob", "on-top", "silent"]);
    let unknown = without.json()["unknown"].as_array().unwrap().clone();
    assert_eq!(unknown.len(), 4, "{unknown:?}");
    for name in ["diamond", "reached", "unlisted", "odd"] {
        let named = format!("{name}@acme.com");
        assert!(without.stderr.contains(&named), "{}", without.all());
    }
    assert!(
        without.stderr.contains("unseen@acme.com"),
        "{}",
        without.all()
    );
    assert_eq!(emails(&list(&["--with", "calling"])), ["calls"]);
    assert_eq!(
        emails(&list(&["--where", "licenses=unlisted/L-GONE"])),
        ["unlisted"]
    );
    let messaging = list(&["--without", "messaging"]);
    assert!(!emails(&messaging).contains(&"unlisted".to_owned()));
    let shown = run(directory.path(), &["list", "users", "--with", "extension"]);
    assert!(shown.stdout.contains("reached"), "{}", shown.all());
}

/// Members of a group that could not be read may be anybody.
#[test]
fn groups_and_features_that_are_known_in_part() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let path = directory.path().join("snapshot.json");
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    snapshot["groups"] = serde_json::json!([{"name": "Sales", "members": ["ana@acme.com"]}]);
    snapshot["notKnown"] = serde_json::json!([{"address": "group/Sales", "reason": "members"}]);
    snapshot["features"] = serde_json::json!([{"kind": "callQueue", "id": "q", "name": "Support"}]);
    snapshot["featuresNotRead"] = serde_json::json!([{"kind": "huntGroup", "reason": "403"}]);
    write(&path, snapshot.to_string());
    let told = run(
        directory.path(),
        &["list", "users", "--where", "groups=Sales"],
    );
    assert_eq!(told.exit, 7, "{}", told.all());
    assert!(told.stdout.contains("ana@acme.com"), "{}", told.all());
    assert!(
        told.stderr.contains("1 left out") && told.stderr.contains("bob@acme.com"),
        "{}",
        told.all()
    );
    let told = run(directory.path(), &["list", "features"]);
    assert_eq!(told.exit, 7, "{}", told.all());
    assert!(
        told.stdout.contains("Support") && told.stderr.contains("huntGroup"),
        "{}",
        told.all()
    );
    assert_eq!(run(directory.path(), &["list", "callQueues"]).exit, 0);
}

/// The same in every format: a number that Webex does not tell is not 0.
#[test]
fn units_that_are_unknown() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let path = directory.path().join("snapshot.json");
    let text = std::fs::read_to_string(&path).unwrap();
    write(
        &path,
        text.replace("\"consumedUnits\": 1", "\"consumedUnits\": null"),
    );
    let list = |args: &[&str]| run(directory.path(), &[&["list", "licenses"], args].concat());
    let told = list(&[]);
    assert!(told.stdout.contains(" unknown      5\n"), "{}", told.all());
    let item = list(&["--format", "json"]).json()["items"][0].clone();
    assert_eq!((&item["used"], &item["total"]), (&Value::Null, &5.into()));
    let csv = list(&["--format", "csv"]);
    assert!(csv.stdout.ends_with(",Sub-1,,,5\n"), "{}", csv.all());
    let filtered = list(&["--where", "used=0"]);
    assert_eq!(filtered.exit, 7, "{}", filtered.all());
    let licenses = run(directory.path(), &["licenses"]);
    assert!(
        licenses.stdout.contains("unknown of 5"),
        "{}",
        licenses.all()
    );
    let licenses = run(directory.path(), &["licenses", "--format", "json"]).json();
    assert_eq!(licenses["licenses"][0]["consumedUnits"], Value::Null);
}

/// The page of words does not pretend that an organisation has no licences.
#[test]
fn licences_that_were_not_captured() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    assert_eq!(run(directory.path(), &["licenses"]).exit, 0);
    let path = directory.path().join("snapshot.json");
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    snapshot.as_object_mut().unwrap().remove("licenses");
    write(&path, snapshot.to_string());
    let told = run(directory.path(), &["licenses"]);
    assert_eq!(told.exit, 7, "{}", told.all());
    assert!(told.stderr.contains("does not say"), "{}", told.all());
}

#[test]
fn a_location_that_does_not_exist() {
    let path = root().join("examples/acme");
    let path = path.to_str().unwrap();
    for (location, words) in [
        ("Dalas", "Did you mean `Dallas`?"),
        ("Atlantis", "list locations"),
    ] {
        let told = run(root(), &["list", "users", path, "--location", location]);
        assert_eq!(told.exit, 1, "{}", told.all());
        assert!(
            told.stderr.contains(location) && told.stderr.contains(words),
            "{}",
            told.all()
        );
    }
    // As names are compared everywhere: with any kind of blank, in no particular case.
    let odd = run(root(), &["list", "users", path, "--location", "DALLAS"]);
    assert_eq!(odd.exit, 0, "{}", odd.all());
}

#[test]
fn words_that_mean_nothing() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let cases: [(&[&str], &str); 8] = [
        (
            &["list", "users", "--without", "caling"],
            "Did you mean `calling`?",
        ),
        (
            &["list", "users", "--with", "advanced mesaging"],
            "Did you mean `advanced messaging`?",
        ),
        (&["list", "usres"], "Did you mean `users`? Kinds: "),
        (
            &["list", "users", "--without", "calls"],
            "no licence or column `calls`",
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
