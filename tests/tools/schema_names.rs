//! The schema with real names: what it completes, what it refuses, and that it never refuses what `plan` accepts.

use crate::common::needs::{Need, Test, python};
use crate::tests;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::common::cases::{cases, prepare};
use crate::common::json_schema::errors;
use crate::common::organisation::{Shape, make, tapes};
use crate::common::yaml;
use crate::common::{root, run, small, sorted, write};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use rayon::prelude::*;
use serde_json::{Value, json};

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![
    &[] => what_plan_accepts_is_never_red, what_plan_accepts_of_random_organisations_is_never_red, closed_sets_refuse_and_open_sets_suggest, out_takes_names_too, many_people_are_left_out_and_it_says_so, a_snapshot_that_cannot_be_used_is_said;
    &[Need::Module("jsonschema")] => another_implementation_agrees
];

fn schema_of(snapshot: &Path) -> Value {
    let run = run(
        root(),
        &["schema", "--snapshot", snapshot.to_str().unwrap()],
    );
    assert_eq!(run.exit, 0, "{}", run.stderr);
    run.json()
}

/// The YAML files below a directory, relative to it.
fn yaml_files(directory: &Path) -> Vec<String> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        for path in sorted(directory) {
            let name = path.file_name().unwrap().to_str().unwrap();
            match path.is_dir() {
                true if name.starts_with('.') => {}
                true => walk(&path, found),
                false if name.ends_with(".yaml") || name.ends_with(".yml") => found.push(path),
                false => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(directory, &mut found);
    let relative = |path: &PathBuf| {
        path.strip_prefix(directory)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    found.iter().map(relative).collect()
}

/// The documents of a file; nothing if it is not YAML or has a mistake that only a reader of YAML sees.
fn documents(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let documents: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap_or_default();
    documents.into_iter().filter(|it| !it.is_null()).collect()
}

/// The files of a directory in which the schema finds something, each with what it finds.
fn refused(schema: &Value, directory: &Path, seen: &mut Vec<Value>) -> Vec<(String, Vec<String>)> {
    let mut refused = Vec::new();
    for file in yaml_files(directory) {
        let mut found = Vec::new();
        for document in documents(&directory.join(&file)) {
            let errors = errors(schema, &document);
            seen.push(json!({"document": document, "valid": errors.is_empty()}));
            found.extend(errors);
        }
        if !found.is_empty() {
            refused.push((file, found));
        }
    }
    refused
}

/// The files in which `plan` finds an error.
fn wrong(findings: &Value) -> BTreeSet<String> {
    let findings = findings["findings"].as_array().unwrap().iter();
    let errors = findings.filter(|finding| finding["severity"] == "error");
    errors
        .flat_map(|finding| finding["file"].as_str().map(str::to_owned))
        .collect()
}

/// What came of one case.
#[derive(Default)]
struct Verdict {
    /// Files that are red.
    red: usize,
    /// Those of them in which `plan` finds no error.
    wrongly: String,
    /// The schema and each document, for another validator.
    tried: Value,
}

fn judge(case: &Path) -> Verdict {
    let directory = tempfile::tempdir().unwrap();
    let mut args = prepare(case, directory.path());
    // A report of failures has no findings; its plan has.
    if let Some(only) = args.iter().position(|arg| arg == "--only") {
        args.drain(only..only + 2);
    }
    args.extend(["--format", "json"].map(str::to_owned));
    let named = args.iter().position(|arg| arg == "--snapshot");
    let snapshot = named.map(|at| args[at + 1].clone());
    let snapshot = snapshot.unwrap_or_else(|| format!("{}/snapshot.json", args[1]));
    let plan = run(directory.path(), &args);
    let schema = run(directory.path(), &["schema", "--snapshot", &snapshot]);
    if schema.exit != 0 {
        let said = format!("{}: {}", case.display(), schema.all());
        assert!(schema.exit == 7 && [1, 7].contains(&plan.exit), "{said}");
        return Verdict::default();
    }
    let mut verdict = Verdict::default();
    let mut seen = Vec::new();
    let schema = schema.json();
    let wrong = wrong(&plan.json());
    for (file, errors) in refused(&schema, &directory.path().join(&args[1]), &mut seen) {
        verdict.red += 1;
        if !wrong.contains(&file) {
            writeln!(verdict.wrongly, "{}, {file}: {errors:?}", case.display()).unwrap();
        }
    }
    verdict.tried = json!({"schema": schema, "documents": seen});
    verdict
}

/// What comes of every golden case; two tests need it.
fn verdicts() -> &'static [Verdict] {
    static VERDICTS: OnceLock<Vec<Verdict>> = OnceLock::new();
    VERDICTS.get_or_init(|| cases().par_iter().map(|case| judge(case)).collect())
}

fn what_plan_accepts_is_never_red() {
    let verdicts = verdicts();
    let wrongly: String = verdicts.iter().map(|it| it.wrongly.as_str()).collect();
    assert!(wrongly.is_empty(), "red, but accepted by plan:\n{wrongly}");
    let red: usize = verdicts.iter().map(|it| it.red).sum();
    assert!(
        red > 5,
        "{red} files are red: the test would accept anything"
    );
}

/// Python's `jsonschema` comes to the same verdicts.
fn another_implementation_agrees() {
    let tried = verdicts().iter().map(|it| &it.tried);
    let tried: Vec<&Value> = tried.filter(|it| !it.is_null()).collect();
    let script = r#"
import json, sys
import jsonschema
tried = json.load(open("tried.json"))
# All are made in one way, and to check one takes long.
jsonschema.Draft202012Validator.check_schema(max((case["schema"] for case in tried), key=lambda it: len(json.dumps(it))))
for case in tried:
    validator = jsonschema.Draft202012Validator(case["schema"])
    for it in case["documents"]:
        if validator.is_valid(it["document"]) != it["valid"]:
            sys.exit("says %s of %s" % (not it["valid"], json.dumps(it["document"])))
"#;
    let directory = tempfile::tempdir().unwrap();
    write(
        &directory.path().join("tried.json"),
        serde_json::to_string(&tried).unwrap(),
    );
    let output = std::process::Command::new(python())
        .args(["-c", script])
        .current_dir(directory.path())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

fn what_plan_accepts_of_random_organisations_is_never_red() {
    let config = ProptestConfig {
        cases: 16,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let any = tapes().prop_map(|tapes| make(&tapes, Shape::Any));
    TestRunner::new(config)
        .run(&any, |organisation| {
            let directory = tempfile::tempdir().unwrap();
            let snapshot = directory.path().join("snapshot.json");
            write(&snapshot, organisation.snapshot.to_string());
            for (file, text) in yaml::files(&organisation.config, 0) {
                write(&directory.path().join(file), text);
            }
            let plan = run(directory.path(), &["plan", "--format", "json"]);
            let wrong = wrong(&plan.json());
            for (file, errors) in refused(&schema_of(&snapshot), directory.path(), &mut Vec::new())
            {
                prop_assert!(wrong.contains(&file), "{file}: {errors:?}");
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

/// Sets of which `plan` has an error for every other name, and a document with another name.
const CLOSED: &[&str] = &[
    "subscriptions: {Sub-9: {}}",
    "subscriptions: {Sub-2021: {replacedBy: Sub-9}}",
    "templates: {x: {licenses: {calling: hotDesk}}}",
    "templates: {x: {licenses: {calling: {tier: professional, subscription: Sub-9}}}}",
    "templates: {x: {licenses: {calling: {tier: professional, license: Advanced Messaging}}}}",
    "templates: {x: {licenses: {meetings: {other.webex.com: host}}}}",
    "templates: {x: {licenses: {contactCenter: {tier: premium, license: Premium}}}}",
    "users: {ana@acme.com: {licenses: {add: {other: [Advanced Messaging]}}}}",
    "workspaces: {Lobby: {subscription: Sub-9}}",
    "org: {name: Acme, id: another, assignmentMode: group}",
    "acknowledgements: [{code: pool-exhausted, subjects: [ana@acme.com], reason: HR-1}]",
    "guardrails: {forbid: [calling/gold]}",
];

/// Names that the organisation lacks, where the files may bring them, or where nothing asks for them.
const OPEN: &[&str] = &[
    "groups: {New Group: {formerly: Old Group, members: [new.person@acme.com]}}",
    "locations: {Oslo: {formerly: Kristiania}}",
    "numbers: [{location: Oslo, numbers: []}]",
    "users: {new.person@acme.com: {displayName: New, location: Oslo}}",
    "users: {ana@acme.com: {licenses: {remove: [meetings/gone.webex.com, other/Gone]}}}",
    "users: {ana@acme.com: {webexGo: {mode: byod, subscription: Sub-9}}}",
    "templates: {x: {licenses: {meetings: {acme.webex.com: {role: attendee, license: Any}}}}}",
    "workspaces: {Attic: {formerly: Loft, location: Oslo}}",
    "webexGo: {operatorAccounts: {a: {operator: o, accountId: i, confirmAccountId: i, location: Oslo}}}",
    "guardrails: {protect: [user/new.person@acme.com], allowOverage: [Any]}",
    "acknowledgements: [{code: calling-loss, subjects: [workspace/Attic], reason: HR-1}]",
];

fn closed_sets_refuse_and_open_sets_suggest() {
    let schema = schema_of(&root().join("examples/acme/snapshot.json"));
    let valid = |text: &str| errors(&schema, &serde_saphyr::from_str::<Value>(text).unwrap());
    for text in CLOSED {
        assert!(!valid(text).is_empty(), "accepted: {text}");
    }
    for text in OPEN {
        assert_eq!(valid(text), Vec::<String>::new(), "{text}");
    }
    let has = |pointer: &str, name: &str| {
        let place = schema.pointer(pointer);
        let place = place.unwrap_or_else(|| panic!("{pointer} leads nowhere"));
        let named = place.get(name).is_some();
        let listed = place
            .as_array()
            .is_some_and(|list| list.contains(&name.into()));
        assert!(named || listed, "{pointer} lacks {name}");
    };
    has("/properties/groups/properties", "Sales");
    has("/properties/locations/properties", "Dallas");
    has("/properties/users/properties", "ana@acme.com");
    has("/properties/workspaces/properties", "Dallas Lobby");
    has("/properties/subscriptions/properties", "Sub-2024");
    has("/$defs/User/properties/location/anyOf/0/enum", "London");
    has(
        "/$defs/Group/properties/members/items/anyOf/0/enum",
        "bob@acme.com",
    );
    has(
        "/$defs/LicenseSet/properties/meetings/properties",
        "acme.webex.com",
    );
    has(
        "/$defs/LicenseSet/properties/other/items/enum",
        "Real-Time Translations",
    );
    has(
        "/$defs/LicenseOverrides/properties/remove/items/anyOf/0/enum",
        "meetings/acme.webex.com",
    );
}

fn out_takes_names_too() {
    let directory = tempfile::tempdir().unwrap();
    let snapshot = root().join("examples/acme/snapshot.json");
    let args = [
        "schema",
        "--out",
        "made",
        "--snapshot",
        snapshot.to_str().unwrap(),
    ];
    let run = run(directory.path(), &args);
    assert_eq!((run.exit, run.all().as_str()), (0, ""));
    let written = std::fs::read_to_string(directory.path().join("made/trunkline.schema.json"));
    let written: Value = serde_json::from_str(&written.unwrap()).unwrap();
    assert_eq!(written, schema_of(&snapshot));
}

fn many_people_are_left_out_and_it_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let folder = small(directory.path());
    let text = std::fs::read_to_string(folder.join("snapshot.json")).unwrap();
    let mut snapshot: Value = serde_json::from_str(&text).unwrap();
    let people = (0..6_000).map(|index| json!({"email": format!("p{index}@acme.com")}));
    snapshot["users"] = people.collect();
    write(&folder.join("snapshot.json"), snapshot.to_string());
    let run = run(&folder, &["schema", "--snapshot", "snapshot.json"]);
    let left_out =
        "omitted: 6000 e-mail addresses of people, because more than 5000 make editors slow\n";
    assert_eq!((run.exit, run.stderr.as_str()), (0, left_out));
    assert!(!run.stdout.contains("@acme.com\":"));
    assert!(run.stdout.contains("\"Sub-1\""));
}

fn a_snapshot_that_cannot_be_used_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let folder = small(directory.path());
    let text = std::fs::read_to_string(folder.join("snapshot.json")).unwrap();
    let cases = [
        ("missing.json", None, "snapshot-missing"),
        ("empty.json", Some(String::new()), "snapshot-incomplete"),
        (
            "half.json",
            Some(text[..300].to_owned()),
            "snapshot-incomplete",
        ),
        (
            "unfinished.json",
            Some(text.replace("\"complete\": true", "\"complete\": false")),
            "snapshot-incomplete",
        ),
        (
            "without.json",
            Some(text.replace("\"subscriptions\"", "\"unknown\"")),
            "snapshot-section-missing",
        ),
    ];
    for (name, text, code) in cases {
        if let Some(text) = text {
            write(&folder.join(name), text);
        }
        let run = run(&folder, &["schema", "--snapshot", name, "--out", "made"]);
        assert_eq!(run.exit, 7, "{name}: {}", run.all());
        assert!(run.stderr.contains(code), "{name}: {}", run.all());
        assert!(!folder.join("made").exists(), "{name} has left something");
    }
}
