//! What `restore` plans, case by case: one folder of `tests/golden-restore/` each.
//!
//! A case holds `org/` (the YAML files), `snapshot.json` and `backup.json` (without its checksum, so that people can write
//! it), and what is expected: `plan.txt`, `plan.json`, `findings.txt` (stderr) and `exit`. `UPDATE_GOLDEN=1 cargo test
//! --test apply restore` rewrites what is expected: read the difference before you commit it.

use std::path::{Path, PathBuf};

use crate::common;
use crate::common::{copy, golden, root, run, sorted};
use serde_json::Value;
use trunkline::backup::Bundle;
use trunkline::webex::settings::restore_calls;

fn cases() -> Vec<PathBuf> {
    let cases = sorted(&root().join("tests/golden-restore"));
    assert!(cases.len() > 10, "cases are missing");
    cases
}

/// The backup of a case.
fn bundle(case: &Path) -> Bundle {
    serde_json::from_slice(&std::fs::read(case.join("backup.json")).unwrap()).unwrap()
}

/// Brings a case into a directory; its backup gets its checksum.
fn prepare(case: &Path, directory: &Path) {
    copy(&case.join("org"), &directory.join("org"));
    std::fs::copy(case.join("snapshot.json"), directory.join("snapshot.json")).unwrap();
    let sealed = bundle(case).to_bytes().unwrap();
    std::fs::write(directory.join("backup.json"), sealed).unwrap();
}

const ARGS: [&str; 6] = [
    "restore",
    "backup.json",
    "org",
    "--snapshot",
    "snapshot.json",
    "--detailed-exitcode",
];

fn check(case: &Path) -> Result<(), String> {
    let directory = tempfile::tempdir().unwrap();
    prepare(case, directory.path());
    // Those who were deleted.
    let gone = ["person-gone", "workspace-gone", "memberships"];
    let recreate: &[&str] = match gone.iter().any(|it| case.ends_with(it)) {
        true => &["--recreate"],
        false => &[],
    };
    let args = [&ARGS[..], recreate].concat();
    let text = run(directory.path(), &args);
    let json = run(
        directory.path(),
        &[&args[..], &["--format", "json", "--out", "saved.json"]].concat(),
    );
    let mut wrong = String::new();
    let mut compare = |name: &str, actual: &str| {
        if let Err(difference) = golden(&case.join(name), actual) {
            wrong += &difference;
        }
    };
    compare("plan.txt", &text.stdout);
    compare("plan.json", &json.stdout);
    compare("findings.txt", &text.stderr);
    compare("exit", &format!("{}\n", text.exit));
    if text.exit != json.exit {
        wrong += &format!("exit {} as text, {} as JSON\n", text.exit, json.exit);
    }
    let plan = json.json();
    if plan.get("changes").is_some() {
        laws(&plan, &bundle(case)).iter().for_each(|law| {
            wrong += &format!("law: {law}\n");
        });
        if run(directory.path(), &["show", "saved.json"]).stdout != text.stdout {
            wrong += "show of the saved plan differs\n";
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("== {}\n{wrong}", case.display())),
    }
}

/// What holds of every restore: nothing is removed, each setting can be sent by exactly one request that comes after the
/// licence, and no secret is in the plan.
fn laws(plan: &Value, bundle: &Bundle) -> Vec<String> {
    let mut broken = Vec::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let fields: Vec<Value> = list(&plan["changes"])
        .iter()
        .flat_map(|change| list(&change["fields"]))
        .collect();
    let operations = list(&plan["operations"]);
    for field in &fields {
        let path = field["path"].as_str().unwrap();
        if field["action"] != "add" {
            broken.push(format!("{path} is not added"));
        }
        let carried = operations
            .iter()
            .filter(|it| list(&it["fields"]).contains(&field["path"]))
            .count();
        if carried != 1 {
            broken.push(format!("{path} is sent by {carried} requests"));
        }
        let Some(setting) = path.strip_prefix("settings/") else {
            continue;
        };
        let value = &bundle.settings[setting];
        let calls = restore_calls(&bundle.subject.kind, "NEW", setting, value).unwrap();
        if calls.is_empty() {
            broken.push(format!("{path} sends nothing"));
        }
        let licence = operations
            .iter()
            .find(|it| list(&it["fields"]).contains(&"licenses/calling".into()));
        let request = operations
            .iter()
            .find(|it| list(&it["fields"]).contains(&field["path"]));
        if let (Some(licence), Some(request)) = (licence, request)
            && !list(&request["dependsOn"]).contains(&licence["id"])
        {
            broken.push(format!("{path} does not wait for the licence"));
        }
    }
    let text = plan.to_string();
    for code in list(&bundle.settings.get("accessCodes").unwrap_or(&Value::Null)["accessCodes"]) {
        if text.contains(code["code"].as_str().unwrap()) {
            broken.push("an access code is in the plan".to_owned());
        }
    }
    broken
}

#[test]
fn golden_cases() {
    let wrong: Vec<String> = cases()
        .iter()
        .filter_map(|case| check(case).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_backup_that_was_changed_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    prepare(&cases()[0], directory.path());
    let file = directory.path().join("backup.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("Dallas", "Austin", 1)).unwrap();
    let run = run(directory.path(), &ARGS);
    assert_eq!(run.exit, 1, "{}", run.all());
    assert!(run.stderr.contains("checksum"), "{}", run.stderr);
}

/// Runs the binary with temporary files, and so its locks, of this test alone; gives what it printed.
fn works(here: &Path, args: &[&str]) -> String {
    let temporary = here.join("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    let mut command = common::trunkline(here);
    let output = command
        .args(args)
        .env("TMPDIR", temporary)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{args:?}\n{out}\n{error}");
    out
}

/// Applies a golden case of a plan, restores everyone who lost something from the backups, and applies that; gives the
/// snapshot before and after.
fn there_and_back(case: &str, files: Option<&str>) -> (Value, Value, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let args = common::cases::prepare(&root().join("tests/golden").join(case), here);
    if let Some(files) = files {
        common::write(&here.join("org/acme.yaml"), files);
    }
    let base: Vec<&str> = match args.iter().any(|arg| arg == "--base") {
        true => vec!["--base", "HEAD"],
        false => Vec::new(),
    };
    let snapshot = || -> Value {
        serde_json::from_slice(&std::fs::read(here.join("snapshot.json")).unwrap()).unwrap()
    };
    let before = snapshot();
    let usual = ["org", "--snapshot", "snapshot.json"];
    works(here, &[&["apply", "--yes"][..], &usual, &base].concat());
    assert_ne!(snapshot(), before);
    let mut texts = Vec::new();
    for backup in sorted(&here.join("org/.trunkline/rehearsal/backups")) {
        let backup = backup.to_str().unwrap();
        let restore = ["restore", backup, "--recreate", "--out", "back.json"];
        texts.push(works(here, &[&restore[..], &usual].concat()));
        works(
            here,
            &[&["apply", "back.json", "--yes"][..], &usual].concat(),
        );
    }
    (before, snapshot(), texts)
}

/// What a snapshot says of everyone's Calling, by name.
fn calling(snapshot: &Value, section: &str, key: &str) -> Vec<String> {
    let all = snapshot[section].as_array().cloned().unwrap_or_default();
    let line = |it: &Value| {
        let mut licenses: Vec<String> = serde_json::from_value(it["licenses"].clone()).unwrap();
        licenses.sort();
        let (location, number, extension) = (&it["location"], &it["phoneNumber"], &it["extension"]);
        format!("{} {location} {number} {extension} {licenses:?}", it[key])
    };
    all.iter().map(line).collect()
}

#[test]
fn what_an_apply_took_away_a_restore_gives_back() {
    let (before, after, texts) = there_and_back("calling-loss-covered", None);
    assert_eq!(texts.len(), 1, "a backup for each who lost something");
    assert!(texts[0].contains("settings"), "{}", texts[0]);
    assert_eq!(
        calling(&after, "users", "email"),
        calling(&before, "users", "email")
    );
    assert_eq!(after["numbers"], before["numbers"]);
}

#[test]
fn a_deleted_person_comes_back_with_number_and_licences() {
    let files = "version: 1\norg: {name: Acme, assignmentMode: group}\nusers:\n  ana@acme.com: {state: absent}\n\
        acknowledgements:\n  - {code: user-deletion, subjects: [ana@acme.com], reason: a test}\n";
    let (before, after, texts) = there_and_back("calling-loss-covered", Some(files));
    assert!(texts[0].contains("(new)"), "{}", texts[0]);
    assert!(texts[0].contains("state: absent"), "{}", texts[0]);
    assert_eq!(
        calling(&after, "users", "email"),
        calling(&before, "users", "email")
    );
    assert_eq!(after["numbers"], before["numbers"]);
}

#[test]
fn a_deleted_workspace_comes_back() {
    let (before, after, texts) = there_and_back("base-workspace-deleted", None);
    assert!(texts[0].contains("(new)"), "{}", texts[0]);
    assert_eq!(
        calling(&after, "workspaces", "name"),
        calling(&before, "workspaces", "name")
    );
}
