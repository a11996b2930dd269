//! What drift says: case by case, and laws over every golden case of plans.
//!
//! A folder of `tests/golden-drift/` holds `org/`, `snapshot.json` and, where there is one, `applied.json`; `args`, one
//! argument a line, are added to the usual ones. Expected are `drift.txt` (stdout), `drift.json` (with `--format json`),
//! `said.txt` (stderr), `exit`, and with `--adopt` the files afterwards in `adopted/`. `UPDATE_GOLDEN=1 cargo test --test
//! drift` rewrites what is expected.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::common::apply;
use crate::common::cases::{cases, prepare};
use crate::common::{Run, copy, golden, root, run, sorted, update, write};
use rayon::prelude::*;
use serde_json::{Value, json};

fn drift_cases() -> Vec<PathBuf> {
    let folders = sorted(&root().join("tests/golden-drift")).into_iter();
    let cases: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    assert!(cases.len() >= 6, "golden cases are missing");
    cases
}

/// Brings a case into a directory; gives the arguments.
fn prepared(case: &Path, directory: &Path) -> Vec<String> {
    copy(&case.join("org"), &directory.join("org"));
    let mut args = vec!["drift", "org", "--snapshot", "snapshot.json"];
    for name in ["snapshot.json", "applied.json"] {
        if let Ok(text) = std::fs::read(case.join(name)) {
            write(&directory.join(name), text);
        }
    }
    if case.join("applied.json").exists() {
        args.extend(["--applied", "applied.json"]);
    }
    let more = std::fs::read_to_string(case.join("args")).unwrap_or_default();
    args.extend(more.lines());
    args.into_iter().map(str::to_owned).collect()
}

fn check(case: &Path) -> Result<(), String> {
    let mut wrong = String::new();
    let mut compare = |name: &str, actual: &str| {
        wrong += &golden(&case.join(name), actual).err().unwrap_or_default();
    };
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let args = prepared(case, here.path());
    let text = run(here.path(), &args);
    let mut args_json = prepared(case, there.path());
    args_json.extend(["--format".to_owned(), "json".to_owned()]);
    let json = run(there.path(), &args_json);
    compare("drift.txt", &text.stdout);
    compare("drift.json", &json.stdout);
    compare("said.txt", &text.stderr);
    compare("exit", &format!("{}\n", text.exit));
    if json.exit != text.exit {
        wrong += &format!("exit {} as text, {} as JSON\n", text.exit, json.exit);
    }
    if args.iter().any(|arg| arg == "--adopt") {
        wrong += &adopted(&case.join("adopted"), &here.path().join("org"));
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "== {}\n{wrong}",
            case.file_name().unwrap().display()
        )),
    }
}

/// Compares the files after `--adopt` with what is expected.
fn adopted(expected: &Path, actual: &Path) -> String {
    if update() {
        let _ = std::fs::remove_dir_all(expected);
    }
    let files = sorted(actual).into_iter().filter(|path| path.is_file());
    let wrong = files.map(|file| {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = expected.join(file.file_name().unwrap());
        golden(&name, &text).err().unwrap_or_default()
    });
    wrong.collect()
}

/// The commands that follow work where the report was made.
#[test]
fn the_commands_that_follow_have_the_arguments_of_the_report() {
    let directory = tempfile::tempdir().unwrap();
    let case = root().join("tests/golden-drift/calling-lost");
    prepared(&case, directory.path());
    let moved = directory.path().join("my files");
    std::fs::rename(directory.path().join("org"), &moved).unwrap();
    let same = "'my files' --snapshot snapshot.json --applied applied.json";
    let args = [
        "drift",
        "my files",
        "--snapshot",
        "snapshot.json",
        "--applied",
        "applied.json",
    ];
    for format in ["text", "markdown", "html"] {
        let told = run(
            directory.path(),
            &[&args[..], &["--format", format]].concat(),
        );
        let text = told.stdout.replace("&#39;", "'");
        for command in [
            format!("trunkline apply {same}"),
            format!("trunkline drift {same} --adopt"),
        ] {
            assert!(text.contains(&command), "{format}: {command}\n{text}");
        }
    }
}

#[test]
fn golden_cases() {
    let cases = drift_cases();
    let wrong: Vec<String> = cases.par_iter().filter_map(|it| check(it).err()).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What nobody reads because of a limit is the lesser thing.
#[test]
fn a_loss_is_shown_before_a_thousand_lesser_warnings() {
    let directory = tempfile::tempdir().unwrap();
    let mut args = prepared(
        &root().join("tests/golden-drift/calling-lost"),
        directory.path(),
    );
    let nobody = (0..1_000).map(|n| format!("      - nobody-{n}@acme.com\n"));
    let text: String = [
        "acknowledgements:\n  - code: user-deletion\n    reason: of old\n    subjects:\n"
            .to_owned(),
    ]
    .into_iter()
    .chain(nobody)
    .collect();
    write(&directory.path().join("org/nobody.yaml"), text);
    args.extend(["--format".to_owned(), "markdown".to_owned()]);
    args.extend(["--out".to_owned(), "drift-report.json".to_owned()]);
    let told = run(directory.path(), &args);
    assert!(told.stdout.len() <= 60_000, "{}", told.stdout.len());
    assert!(
        told.stdout.contains("Left out, because of the limit"),
        "{}",
        told.stdout
    );
    let (head, _) = told.stdout.split_once("acknowledgement-unused").unwrap();
    for lost in ["user/bob@acme.com", "workspace/Lobby"] {
        assert!(
            head.contains(&format!("**`drift-calling-lost`** `{lost}`")),
            "{head}"
        );
    }
    let report = std::fs::read_to_string(directory.path().join("drift-report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["agreement"], "differs");
    assert!(report["findings"].as_array().unwrap().len() > 1_000);
}

/// Whatever is printed says what the report says.
#[test]
fn no_report_claims_a_match_that_is_none() {
    for (case, agreement) in [
        ("nothing", "matches"),
        ("calling-lost", "differs"),
        ("hold-changed-live", "differs"),
        ("not-known", "unknown"),
        ("calling-lost-workspaces-unknown", "unknown"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let args = prepared(
            &root().join("tests/golden-drift").join(case),
            directory.path(),
        );
        let as_format = |format: &str| {
            let more = ["--format".to_owned(), format.to_owned()];
            run(directory.path(), &[&args[..], &more].concat()).stdout
        };
        let report: Value = serde_json::from_str(&as_format("json")).unwrap();
        assert_eq!(report["agreement"], agreement, "{case}");
        for format in ["text", "markdown", "html"] {
            let text = as_format(format);
            let claims = [
                "The organisation matches",
                "No changes.",
                "Acme: no changes",
            ];
            let claims = claims.iter().any(|words| text.contains(words));
            assert_eq!(claims, agreement == "matches", "{case} as {format}\n{text}");
        }
        assert_eq!(
            as_format("markdown").contains("✅"),
            agreement == "matches",
            "{case}"
        );
    }
}

/// The causes of a drift, by address and path.
fn causes(drift: &Value) -> BTreeMap<(String, String), String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lines = drift["drift"].as_array().unwrap().iter();
    lines
        .map(|line| {
            let key = (text(&line["address"]), text(&line["path"]));
            (key, text(&line["cause"]))
        })
        .collect()
}

/// The arguments of a golden case of plans as drift takes them, if it does.
fn as_drift(args: &[String]) -> Option<Vec<String>> {
    let taken = [
        "--snapshot",
        "--base",
        "--policy-ref",
        "--detailed-exitcode",
    ];
    let takes = |arg: &String| !arg.starts_with("--") || taken.contains(&arg.as_str());
    if args.first().is_none_or(|first| first != "plan") || !args.iter().all(takes) {
        return None;
    }
    let mut args: Vec<String> = args
        .iter()
        .filter(|arg| *arg != "--detailed-exitcode")
        .cloned()
        .collect();
    args[0] = "drift".to_owned();
    args.extend(["--format".to_owned(), "json".to_owned()]);
    Some(args)
}

/// What was applied is what there is: the files alone have moved. And the other way round: what is live is as before the
/// apply that the files ask for, so that all of it moved live.
fn both_ways(case: &Path) -> Result<bool, String> {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let usual = prepare(case, directory);
    let named = usual.iter().position(|arg| arg == "--snapshot");
    let (Some(args), Some(named)) = (as_drift(&usual), named) else {
        return Ok(false);
    };
    let name = &usual[named + 1];
    let with = |more: &[&str]| {
        let mut args = args.clone();
        args.push("--applied".to_owned());
        args.extend(more.iter().map(|it| it.to_string()));
        run(directory, &args)
    };
    let same = with(&[name]);
    if same.exit == 1 || same.exit == 7 {
        return Ok(false);
    }
    let drift = same.json();
    for (key, cause) in causes(&drift) {
        if cause != "git-ahead" {
            return Err(format!("nothing moved live, and {key:?} is {cause}"));
        }
    }
    if same.exit >= 4 || !name.ends_with(".json") {
        return Ok(true);
    }
    let snapshot: Value =
        serde_json::from_slice(&std::fs::read(directory.join(name)).unwrap()).unwrap();
    let licenses = apply::list(&snapshot["licenses"]).map(|it| apply::text(&it["name"]));
    let licenses: Vec<&str> = licenses.collect();
    let Ok(applied) = apply::apply(&snapshot, &drift, &licenses) else {
        return Ok(true);
    };
    write(&directory.join("after.json"), applied.snapshot.to_string());
    let after = with(&["after.json"]).json();
    // No one has done yet what a hold leaves to a person.
    let to_send: Vec<(String, String)> = apply::list(&after["changes"])
        .flat_map(|change| apply::sent(change).map(move |field| (change, field)))
        .map(|(change, field)| (change["address"].to_string(), field["path"].to_string()))
        .collect();
    let sent = |key: &(String, String)| {
        let key = (format!("{:?}", key.0), format!("{:?}", key.1));
        to_send.contains(&key)
    };
    for (key, cause) in causes(&after) {
        if cause != "live-changed" && sent(&key) {
            return Err(format!("the files did not move, and {key:?} is {cause}"));
        }
    }
    adopting_leaves_the_rest(&with)
}

/// After `--adopt` the plan has what was refused, as it was, and nothing else.
fn adopting_leaves_the_rest(with: &dyn Fn(&[&str]) -> Run) -> Result<bool, String> {
    let adopted = with(&["after.json", "--adopt"]);
    if adopted.exit == 1 {
        return Err(adopted.all());
    }
    let report = adopted.json();
    let key = |it: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&it["address"]), text(&it["path"]))
    };
    let keys = |name: &str| -> BTreeSet<(String, String)> {
        report[name].as_array().unwrap().iter().map(key).collect()
    };
    let (all, taken, refused) = (keys("drift"), keys("adopted"), keys("refused"));
    let again = with(&["after.json"]).json();
    let left: BTreeSet<_> = causes(&again).into_keys().collect();
    // What a hold leaves to a person is neither taken nor refused: no one has done it yet.
    let held: BTreeSet<_> = apply::list(&again["changes"])
        .flat_map(|change| apply::list(&change["fields"]).map(move |field| (change, field)))
        .filter(|(_, field)| field["held"].is_string())
        .map(|(change, field)| key(&json!({"address": change["address"], "path": field["path"]})))
        .collect();
    if &all - &taken != left || refused != &left - &held {
        return Err(format!(
            "of {all:?}\ntaken {taken:?}\nrefused {refused:?}\nleft {left:?}"
        ));
    }
    Ok(true)
}

#[test]
fn causes_go_both_ways_for_every_golden_plan() {
    let results: Vec<(PathBuf, Result<bool, String>)> = cases()
        .into_par_iter()
        .map(|case| (case.clone(), both_ways(&case)))
        .collect();
    let wrong: Vec<String> = results
        .iter()
        .filter_map(|(case, result)| {
            let why = result.as_ref().err()?;
            Some(format!("{}: {why}", case.file_name()?.display()))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} cases\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let looked_at = results.iter().filter(|(_, it)| *it == Ok(true)).count();
    assert!(looked_at > 60, "only {looked_at} cases");
}

#[test]
fn a_value_before_is_the_value_that_the_object_has() {
    let paths: BTreeSet<String> = cases()
        .into_par_iter()
        .flat_map_iter(|case| {
            let directory = tempfile::tempdir().unwrap();
            let args = prepare(&case, directory.path());
            let named = args.iter().position(|arg| arg == "--snapshot");
            let Some(named) = named.filter(|_| args[0] == "plan") else {
                return Vec::new();
            };
            observed_as_planned(
                &directory.path().join(&args[1]),
                &directory.path().join(&args[named + 1]),
            )
        })
        .collect();
    for path in [
        "members",
        "licenses",
        "displayName",
        "extension",
        "timeZone",
        "state",
        "roles",
    ] {
        assert!(paths.contains(path), "no case has {path}: {paths:?}");
    }
}

/// Plans, and compares each value before with what the object has; gives the first parts of the paths that it saw.
fn observed_as_planned(org: &Path, snapshot: &Path) -> Vec<String> {
    use trunkline::plan::{ConfigRef, Inputs, SnapshotRef};
    let Ok(sources) = trunkline::config::files::from_directory(org) else {
        return Vec::new();
    };
    let loaded = trunkline::config::load(sources);
    let Ok((snapshot, digest)) = trunkline::snapshot::read(snapshot) else {
        return Vec::new();
    };
    if loaded.has_errors() || loaded.config.org.is_none() {
        return Vec::new();
    }
    let inputs = Inputs {
        config: &loaded.config,
        policy: &loaded.config,
        snapshot: &snapshot,
        applied: None,
        applied_ref: None,
        base: None,
        targets: BTreeSet::new(),
        config_ref: ConfigRef {
            digest: String::new(),
            commit: None,
            reference: None,
            dirty: false,
        },
        snapshot_ref: SnapshotRef {
            digest,
            captured_at: snapshot.captured_at.clone(),
        },
        policy_ref: None,
        reserved: &[],
        findings: Vec::new(),
    };
    let (plan, objects) = trunkline::plan::with_observed(inputs, &BTreeSet::new());
    let mut seen = Vec::new();
    for change in &plan.changes {
        for field in change.fields.iter().filter(|it| !it.before.is_null()) {
            let has = objects
                .get(&change.address)
                .and_then(|it| it.values.get(&field.path));
            assert_eq!(
                has,
                Some(&field.before),
                "{} {}",
                change.address,
                field.path
            );
            seen.push(field.path.split('/').next().unwrap().to_owned());
        }
    }
    seen
}

/// What was sent for a field, and in which form it comes back: a row for each row of the table of quirks.
type Form = fn(&str) -> (String, Option<String>);
const FORMS: [Form; 6] = [
    |value| (value.to_owned(), Some(format!(" {value} "))),
    |value| (value.to_owned(), Some(value.to_lowercase())),
    |value| (value.to_owned(), Some(value.to_lowercase())),
    |value| (value.to_owned(), None),
    |value| (value.to_owned(), Some("(214) 555-0100".to_owned())),
    |value| (value.to_owned(), Some(value.to_uppercase())),
];

/// A location, to be changed at one path.
fn location() -> Value {
    json!({
        "timeZone": "America/Chicago", "preferredLanguage": "en_US",
        "address": {"address1": "1 Main St", "address2": "Suite 4", "city": "Dallas", "state": "TX", "postalCode": "75201",
                    "country": "US"},
        "calling": {"mainNumber": "+12145550100", "pstn": "Premises-based PSTN"}
    })
}

fn organisation(mut location: Value) -> String {
    location["name"] = json!("Dallas");
    let number = json!({"phoneNumber": "+12145550100", "location": "Dallas", "state": "active", "type": "did"});
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "o", "name": "Acme"},
        "subscriptions": [], "licenses": [], "sites": [], "locations": [location], "numbers": [number], "groups": [],
        "users": [{"email": "ana@acme.com", "licenses": []}], "workspaces": [], "devices": []
    })
    .to_string()
}

#[test]
fn no_quirk_shows_as_drift() {
    use trunkline::kinds::quirks::QUIRKS;
    assert_eq!(QUIRKS.len(), FORMS.len(), "a form for each row");
    let rows = QUIRKS.iter().zip(FORMS);
    let fields = rows.flat_map(|(quirk, form)| quirk.paths().map(move |path| (quirk, form, path)));
    let fields: Vec<_> = fields.collect();
    fields.par_iter().for_each(|(quirk, form, path)| {
            let pointer = format!("/{path}");
            let with = |value: Value| {
                let mut location = location();
                *location.pointer_mut(&pointer).unwrap() = value;
                location
            };
            let (sent, back) = form(location().pointer(&pointer).unwrap().as_str().unwrap());
            let (ours, theirs) = (with(json!(sent)), with(json!(back)));
            let directory = tempfile::tempdir().unwrap();
            let files = json!({
                "version": 1, "org": {"name": "Acme", "assignmentMode": "group"}, "locations": {"Dallas": ours}
            });
            // JSON is YAML.
            write(&directory.path().join("org.yaml"), files.to_string());
            write(
                &directory.path().join("sent.json"),
                organisation(ours.clone()),
            );
            write(&directory.path().join("back.json"), organisation(theirs));
            for (live, applied) in [("back.json", "sent.json"), ("sent.json", "back.json")] {
                let args = ["drift", "--snapshot", live, "--applied", applied];
                let report = run(directory.path(), &args);
                let whole = format!(
                    "{path}: {}\n{}{}",
                    quirk.reason, report.stdout, report.stderr
                );
                assert_eq!(report.exit, 0, "{whole}");
                assert!(report.stdout.contains("No changes."), "{whole}");
            }
    });
}
