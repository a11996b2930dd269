//! `init` on a terminal, which `script` of util-linux makes: the questions, and what follows the answers.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{SMALL_SNAPSHOT, run, trunkline, write};
use trunkline::sim::{self, Simulator};

/// Whether there is a `script` that takes the options of util-linux.
pub fn terminal() -> bool {
    let told = Command::new("script").arg("--version").output();
    let is = told.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains("util-linux"));
    if !is {
        eprintln!("omitted: there is no `script` of util-linux");
    }
    is
}

/// Types on a terminal; gives the exit code and what was shown.
pub fn typed(
    directory: &Path,
    args: &str,
    keys: &str,
    environment: &[(&str, &str)],
) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_trunkline");
    let mut command = Command::new("script");
    // The environment of other tests, which says nothing.
    for (name, value) in trunkline(directory).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut child = command
        .current_dir(directory)
        .args(["-q", "-e", "-c", &format!("{program} {args}"), "/dev/null"])
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(keys.as_bytes())
        .unwrap();
    let told = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&told.stdout).replace('\r', "");
    (told.status.code().unwrap(), text)
}

#[test]
fn the_example_is_planned_at_once() {
    if !terminal() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (exit, said) = typed(directory.path(), "init tour", "3\n", &[]);
    assert_eq!(exit, 0, "{said}");
    for words in [
        "Where does the organisation come from?",
        "$ trunkline plan tour",
        "Plan: 0 to create",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let planned = run(directory.path(), &["plan", "tour"]);
    assert_eq!(planned.exit, 0, "{}", planned.all());
}

#[test]
fn with_a_token_up_to_the_first_plan() {
    if !terminal() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let options = sim::Options {
        real_time: true,
        ..Default::default()
    };
    let snapshot = serde_json::from_str(SMALL_SNAPSHOT).unwrap();
    let simulator = std::sync::Arc::new(Simulator::new(snapshot, &options));
    let url = sim::serve(simulator, "127.0.0.1:0").unwrap() + "/v1";
    let token = [
        ("TRUNKLINE_API_URL", url.as_str()),
        ("WEBEX_ACCESS_TOKEN", "any"),
    ];
    let (exit, said) = typed(directory.path(), "init org", "1\ngithub\n", &token);
    assert_eq!(exit, 0, "{said}");
    for words in [
        "$ trunkline snapshot --live --out org/snapshot.json",
        "$ trunkline import",
        "$ trunkline plan org",
        "No changes",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let org = std::fs::read_to_string(directory.path().join("org/org.yaml")).unwrap();
    assert!(org.contains("name: Acme"), "{org}");
    assert!(
        directory
            .path()
            .join("org/.github/workflows/trunkline-plan.yml")
            .exists()
    );

    // A snapshot that is there is used, and said; not that of another organisation.
    let again = directory.path().join("again/snapshot.json");
    write(&again, SMALL_SNAPSHOT);
    let (exit, said) = typed(directory.path(), "init again", "1\nnone\n", &token);
    assert_eq!(exit, 0, "{said}");
    for words in [
        "again/snapshot.json already exists",
        "Acme (org-1)",
        "2026-11-20",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    write(
        &directory.path().join("other/snapshot.json"),
        SMALL_SNAPSHOT.replace("org-1", "org-2"),
    );
    let (exit, said) = typed(directory.path(), "init other", "1\nnone\n", &token);
    assert_eq!(exit, 1, "{said}");
    assert!(
        said.contains("org-2") && said.contains("the token is of"),
        "{said}"
    );
    assert!(!directory.path().join("other/org.yaml").exists());
}

#[test]
fn unanswered_questions_write_nothing() {
    if !terminal() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (exit, said) = typed(directory.path(), "init org", "\u{4}", &[]);
    assert_eq!(exit, 1, "{said}");
    assert!(said.contains("nothing was written"), "{said}");
    assert!(!directory.path().join("org").exists());
    let (exit, said) = typed(directory.path(), "init org --ci none", "", &[]);
    assert!(exit == 0 && !said.contains("Where does"), "{said}");
}

#[test]
fn nothing_is_asked_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    write(&directory.path().join("keys"), "3\n");
    let told = trunkline(directory.path())
        .args(["init", "org"])
        .stdin(std::fs::File::open(directory.path().join("keys")).unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&told.stderr);
    assert!(
        told.status.success() && !said.contains("Where does"),
        "{said}"
    );
    assert!(directory.path().join("org/examples.yaml").exists());
}

/// Exports do not name the organisation, so it is asked for, and nothing has the name of an example.
#[test]
fn from_exports_with_the_name_that_is_typed() {
    if !terminal() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let users = "First Name,Last Name,User ID/Email (Required),Webex Teams [Sub1]\nAna,Silva,ana@elm.example,TRUE\n";
    write(&directory.path().join("users.csv"), users);
    let (_, said) = typed(
        directory.path(),
        "init webex",
        "2\nusers.csv\nElm Street\nnone\n",
        &[],
    );
    let org = std::fs::read_to_string(directory.path().join("webex/org.yaml"));
    let org = org.unwrap_or_else(|error| panic!("{error}: {said}"));
    assert!(org.contains("\n  name: Elm Street\n"), "{org}");
    assert!(!said.contains("and Webex has"), "{said}");
}
