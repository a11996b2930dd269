//! The policies of docs/policies.md, as written there, judged by the tools that they are for.
//!
//! Needs a python3 with regopy (Rego), terraform-compliance or checkov; `TRUNKLINE_TEST_PYTHON` names another interpreter,
//! such as that of a virtual environment. What is missing is said on stderr, and its test passes.

use crate::common::needs::{self, Need, Test};
use crate::tests;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common;
use crate::common::{copy, root, run, write};
use serde_json::{Value, json};

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![&[Need::Module("regopy")] => rego_judges_plans; &[Need::Module("terraform_compliance")] => terraform_compliance_judges_plans; &[Need::Module("checkov")] => checkov_judges_plans; &[] => the_document_shows_what_is_printed];

fn document() -> String {
    std::fs::read_to_string(root().join("docs/policies.md")).unwrap()
}

/// The only block of the document in this language.
fn block(language: &str) -> String {
    let document = document();
    let fence = format!("```{language}\n");
    let (_, rest) = document.split_once(&fence).unwrap();
    assert!(!rest.contains(&fence), "several blocks of {language}");
    rest.split_once("```").unwrap().0.to_owned()
}

/// The plan of an example as a tool gets it, with what a test wants otherwise in the files.
fn tfplan(directory: &Path, example: &str, yaml: &str) -> PathBuf {
    let path = directory.join(example);
    copy(&root().join("examples").join(example), &path);
    if !yaml.is_empty() {
        write(&path.join("zz.yaml"), yaml);
    }
    let planned = run(directory, &["plan", example, "--format", "tfplan"]);
    assert!([0, 4].contains(&planned.exit), "{}", planned.all());
    let file = directory.join(format!("{example}.json"));
    write(&file, &planned.stdout);
    file
}

/// Who is the CEO here: a person whom no file of the example names, and whose address is that of the policy.
fn with_ceo(directory: &Path, change: &str) -> PathBuf {
    let place = tempfile::tempdir_in(directory).unwrap();
    let path = common::small(place.path());
    let snapshot = common::SMALL_SNAPSHOT.replace("ana@acme.com", "ceo@acme.com");
    write(&path.join("snapshot.json"), snapshot);
    write(
        &path.join("people.yaml"),
        format!("users:\n  ceo@acme.com: {change}\n"),
    );
    let planned = run(&path, &["plan", "--format", "tfplan"]);
    assert!([0, 4].contains(&planned.exit), "{}", planned.all());
    let file = directory.join("ceo.json");
    write(&file, &planned.stdout);
    file
}

fn python(args: &[&str]) -> std::io::Result<Output> {
    let mut command = Command::new(needs::python());
    command
        .args(args)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
}

const REGO: &str = "
import json, sys, regopy
rego = regopy.Interpreter()
rego.add_module('policy', open(sys.argv[1], encoding='utf-8').read())
rego.set_input(json.load(open(sys.argv[2], encoding='utf-8')))
said = json.loads(str(rego.query('[data.main.deny, data.main.warn]')))
print(json.dumps(said['expressions'][0]))
";

/// What the Rego of the document denies, and what it warns of.
fn rego(directory: &Path, plan: &Path) -> [Vec<String>; 2] {
    let policy = directory.join("policy.rego");
    write(&policy, block("rego"));
    let (policy, plan) = (policy.to_str().unwrap(), plan.to_str().unwrap());
    let output = python(&["-c", REGO, policy, plan]).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{errors}");
    let said: [Vec<String>; 2] =
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    said.map(|mut messages| {
        messages.sort();
        messages
    })
}

fn rego_judges_plans() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path();
    // The loss of the example is acknowledged, and its seats are wide enough.
    let [denied, warned] = rego(directory, &tfplan(directory, "acme", ""));
    assert_eq!((denied, warned), (vec![], vec![]));
    // Nine people would lose Calling, and no one has said that this is meant.
    let [denied, _] = rego(directory, &tfplan(directory, "blocked", ""));
    assert_eq!(denied.len(), 9, "{denied:?}");
    assert_eq!(
        denied[0],
        "user/adaeze@lakeside.example loses Calling, and nobody has answered for it"
    );
    for change in ["{displayName: Ana}", "{state: absent}"] {
        let [denied, _] = rego(directory, &with_ceo(directory, change));
        assert_eq!(denied, ["user/ceo@acme.com: only by hand"], "{change}");
    }
    let premium = "users:\n  yusuf@acme.com: {licenses: {add: {contactCenter: premium}}}\n";
    let place = tempfile::tempdir().unwrap();
    let plan = tfplan(place.path(), "acme", premium);
    let [denied, _] = rego(directory, &plan);
    assert_eq!(
        denied,
        ["user/yusuf@acme.com: zz.yaml:2 grants Premium by hand"]
    );
    // A pool that is nearly full.
    let mut full: Value = serde_json::from_slice(&std::fs::read(&plan).unwrap()).unwrap();
    let pool = &mut full["trunkline"]["pools"][0];
    pool["after"] = pool["total"].clone();
    let file = directory.join("full.json");
    write(&file, full.to_string());
    let [_, warned] = rego(directory, &file);
    assert_eq!(warned.len(), 1, "{warned:?}");
}

const COMPLIANCE: &str = "
import sys
from terraform_compliance.main import cli
sys.exit(cli())
";

/// Whether the features of the document pass, and what was said.
fn compliance(directory: &Path, plan: &Path) -> (bool, String) {
    let features = directory.join("features");
    write(&features.join("trunkline.feature"), block("gherkin"));
    let arguments = [
        "-c",
        COMPLIANCE,
        "--no-ansi",
        "--features",
        features.to_str().unwrap(),
        "--planfile",
        plan.to_str().unwrap(),
    ];
    let output = python(&arguments).unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = said + &String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("2 scenarios"), "{said}");
    (output.status.success(), said)
}

fn terraform_compliance_judges_plans() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path();
    let (passed, said) = compliance(directory, &tfplan(directory, "acme", ""));
    assert!(
        passed && said.contains("2 scenarios (1 passed, 1 skipped)"),
        "{said}"
    );
    let (passed, said) = compliance(directory, &tfplan(directory, "blocked", ""));
    let lost = "Can not find true in trunkline_acknowledged property of trunkline_user.this[\"adaeze@lakeside.example\"]";
    assert!(!passed && said.contains(lost), "{said}");
    let (passed, said) = compliance(directory, &with_ceo(directory, "{displayName: Ana}"));
    let touched = "trunkline_user.this[\"ceo@acme.com\"]";
    assert!(
        !passed && said.contains(touched) && said.contains("1 failed"),
        "{said}"
    );
}

fn checkov_judges_plans() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path();
    write(&directory.join("checks/loss.yaml"), block("yaml"));
    for (example, expected) in [
        ("acme", "Failed checks: 0"),
        ("blocked", "Failed checks: 9"),
    ] {
        let plan = tfplan(directory, example, "");
        let arguments = [
            "-m",
            "checkov.main",
            "--framework",
            "terraform_plan",
            "--file",
            plan.to_str().unwrap(),
            "--external-checks-dir",
            directory.join("checks").to_str().unwrap(),
            "--check",
            "CKV2_TRUNKLINE_1",
            "--compact",
            "--skip-download",
        ]
        .map(str::to_owned);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = python(&arguments).unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(expected), "{example}: {said}");
        assert!(!said.contains("Passed checks: 0,"), "{example}: {said}");
        assert_eq!(output.status.success(), example == "acme", "{said}");
    }
}

/// Whether all that is shown is there; lists may be shown in part, from their beginning.
fn shows(shown: &Value, whole: &Value) -> bool {
    match (shown, whole) {
        (Value::Object(shown), Value::Object(whole)) => shown
            .iter()
            .all(|(name, value)| whole.get(name).is_some_and(|it| shows(value, it))),
        (Value::Array(shown), Value::Array(whole)) => {
            shown.len() <= whole.len() && shown.iter().zip(whole).all(|(a, b)| shows(a, b))
        }
        _ => shown == whole,
    }
}

fn the_document_shows_what_is_printed() {
    let place = tempfile::tempdir().unwrap();
    let plan = std::fs::read(tfplan(place.path(), "acme", "")).unwrap();
    let plan: Value = serde_json::from_slice(&plan).unwrap();
    let shown: Value = serde_json::from_str(&block("json")).unwrap();
    let changes = plan["resource_changes"].as_array().unwrap();
    assert!(
        changes.iter().any(|change| shows(&shown, change)),
        "no such change: {shown:#}"
    );
    let mut other = shown;
    other["change"]["before"]["licenses"]["calling"]["license"] = json!("another");
    assert!(!changes.iter().any(|change| shows(&other, change)));
    // Every member that the document tells of.
    for member in [
        "planned_values",
        "prior_state",
        "configuration",
        "applyable",
        "complete",
        "errored",
        "trunkline",
    ] {
        assert!(
            document().contains(&format!("`{member}`")) && plan.get(member).is_some(),
            "{member}"
        );
    }
}
