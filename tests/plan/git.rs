//! Plans from a git revision: nothing is checked out, and a pull request cannot loosen the rule that judges it.

use std::path::Path;

use crate::common;
use crate::common::{SMALL_YAML, run, small, write};
use git2::{Commit, IndexAddOption, Repository, RepositoryInitOptions, Signature, Time};
use tempfile::TempDir;

/// A repository with the small organisation in `webex/`, committed on `main`.
struct Team {
    directory: TempDir,
    repository: Repository,
}

impl Team {
    fn new() -> Team {
        let directory = tempfile::tempdir().unwrap();
        small(&directory.path().join("webex"));
        let mut options = RepositoryInitOptions::new();
        let repository =
            Repository::init_opts(directory.path(), options.initial_head("main")).unwrap();
        let team = Team {
            directory,
            repository,
        };
        team.commit("first");
        team
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Commits the work tree; gives the id.
    fn commit(&self, message: &str) -> String {
        self.commit_as("Ana Silva", 0, message)
    }

    /// Commits the work tree as a person, this many days later.
    fn commit_as(&self, name: &str, days: i64, message: &str) -> String {
        let mut index = self.repository.index().unwrap();
        index.add_all(["*"], IndexAddOption::DEFAULT, None).unwrap();
        index.write().unwrap();
        let tree = self
            .repository
            .find_tree(index.write_tree().unwrap())
            .unwrap();
        let when = Time::new(1_790_000_000 + days * 86_400, -300);
        let who = Signature::new(name, "who@acme.com", &when).unwrap();
        let parents: Vec<Commit<'_>> = self
            .repository
            .head()
            .iter()
            .map(|head| head.peel_to_commit().unwrap())
            .collect();
        let parents: Vec<&Commit<'_>> = parents.iter().collect();
        self.repository
            .commit(Some("HEAD"), &who, &who, message, &tree, &parents)
            .unwrap()
            .to_string()
    }

    fn write(&self, file: &str, text: &str) {
        write(&self.path().join(file), text);
    }

    fn plan(&self, more: &[&str]) -> serde_json::Value {
        let args = [&["plan", "webex", "--format", "json"], more].concat();
        run(self.path(), &args).json()
    }
}

/// Takes messaging from the one who has it.
const REMOVAL: &str = "version: 1\norg: {name: Acme, id: org-1, assignmentMode: group}\nusers:\n  ana@acme.com: {licenses: {remove: [messaging]}}\n";

#[test]
fn outside_of_git_there_is_no_commit() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let plan = run(directory.path(), &["plan", "--format", "json"]).json();
    assert!(plan["config"]["commit"].is_null() && plan["config"]["ref"].is_null());
    assert_eq!(plan["config"]["dirty"], false);
}

#[test]
fn a_clean_work_tree_is_its_commit() {
    let team = Team::new();
    let head = team
        .repository
        .head()
        .unwrap()
        .target()
        .unwrap()
        .to_string();
    let plan = team.plan(&[]);
    assert_eq!(plan["config"]["commit"], head);
    assert_eq!(plan["config"]["ref"], "main");
    assert_eq!(plan["config"]["dirty"], false);
    let text = run(team.path(), &["plan", "webex"]).stdout;
    assert!(
        text.lines()
            .next()
            .unwrap()
            .contains(&format!("config {} (main)", &head[..7])),
        "{text}"
    );
}

#[test]
fn a_changed_work_tree_is_dirty() {
    let team = Team::new();
    team.write("README.md", "not part of the configuration");
    assert_eq!(
        team.plan(&[])["config"]["dirty"],
        false,
        "only YAML files below PATH count"
    );
    team.write("webex/new.yaml", "users: {}\n");
    let plan = team.plan(&[]);
    assert_eq!(plan["config"]["dirty"], true);
    let text = run(team.path(), &["plan", "webex"]).stdout;
    assert!(
        text.lines().next().unwrap().contains("dirty"),
        "the first line says so: {text}"
    );
}

#[test]
fn a_revision_is_read_without_a_checkout() {
    let team = Team::new();
    let first = team.plan(&[]);
    let head = team
        .repository
        .head()
        .unwrap()
        .target()
        .unwrap()
        .to_string();
    team.write("webex/org.yaml", REMOVAL);
    team.write("webex/broken.yaml", "users: [\n");
    assert_eq!(
        run(team.path(), &["plan", "webex"]).exit,
        1,
        "the work tree is broken"
    );

    for revision in ["HEAD", "main", &head[..8], "main~0"] {
        let plan = team.plan(&["--ref", revision]);
        assert_eq!(plan["changes"], first["changes"], "{revision}");
        assert_eq!(plan["config"]["digest"], first["config"]["digest"]);
        assert_eq!(plan["config"]["commit"], head);
        assert_eq!(plan["config"]["ref"], revision);
        assert_eq!(plan["config"]["dirty"], false, "a revision is never dirty");
    }
    assert_eq!(
        run(team.path(), &["validate", "webex", "--ref", "HEAD"]).exit,
        0
    );
    assert_eq!(
        std::fs::read_to_string(team.path().join("webex/org.yaml")).unwrap(),
        REMOVAL,
        "nothing was checked out"
    );
}

#[test]
fn an_older_revision_whose_files_are_gone() {
    let team = Team::new();
    std::fs::remove_file(team.path().join("webex/org.yaml")).unwrap();
    team.write("webex/other.yaml", REMOVAL);
    team.commit("second");
    let old = team.plan(&["--ref", "main~1"]);
    assert_eq!(old["changes"][0]["address"], "user/bob@acme.com");
    assert_eq!(old["changes"][0]["fields"][0]["source"]["file"], "org.yaml");
    let new = team.plan(&["--ref", "main"]);
    assert_eq!(new["changes"][0]["address"], "user/ana@acme.com");
    assert_eq!(
        new["changes"][0]["fields"][0]["source"]["file"],
        "other.yaml"
    );
}

#[test]
fn unknown_revisions() {
    let team = Team::new();
    for args in [
        ["plan", "webex", "--ref", "gone"],
        ["validate", "webex", "--ref", "gone"],
        ["plan", "webex", "--policy-ref", "gone"],
    ] {
        let run = run(team.path(), &args);
        assert_eq!(run.exit, 1, "{}", run.all());
        assert!(run.stderr.contains("gone"), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    let nowhere = run(team.path(), &["validate", "elsewhere", "--ref", "main"]);
    assert_ne!(nowhere.exit, 0, "{}", nowhere.all());
    assert!(!nowhere.all().is_empty());
}

/// A pull request on a branch `change`: it takes a licence from everyone, and raises the limit that forbids it.
fn pull_request() -> Team {
    let team = Team::new();
    let strict = "guardrails: {removals: {percent: 30, minimum: 1}, updates: {percent: 100}}\n";
    team.write("webex/guardrails.yaml", strict);
    let base = team.commit("guardrails");
    let base = team.repository.find_commit(base.parse().unwrap()).unwrap();
    team.repository.branch("change", &base, false).unwrap();
    team.repository.set_head("refs/heads/change").unwrap();
    team.write("webex/org.yaml", REMOVAL);
    team.write(
        "webex/guardrails.yaml",
        "guardrails: {removals: {percent: 100}, updates: {percent: 100}}\n",
    );
    team.commit("take messaging away, and raise the limit");
    drop(base);
    team
}

#[test]
fn a_pull_request_cannot_loosen_its_guardrails() {
    let team = pull_request();
    let alone = run(team.path(), &["plan", "webex", "--detailed-exitcode"]);
    assert_eq!(alone.exit, 2, "its own rule lets it pass: {}", alone.all());

    let judged = run(
        team.path(),
        &[
            "plan",
            "webex",
            "--policy-ref",
            "main",
            "--detailed-exitcode",
        ],
    );
    assert_eq!(judged.exit, 4, "{}", judged.all());
    assert!(
        judged.stdout.contains("guardrail-removals"),
        "{}",
        judged.stdout
    );
    let same = run(
        team.path(),
        &["plan", "webex", "--ref", "change", "--policy-ref", "main"],
    );
    assert_eq!(same.exit, 4, "{}", same.all());

    let plan = team.plan(&["--policy-ref", "main"]);
    let finding = plan["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["code"] == "guardrail-removals")
        .unwrap();
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["subject"], "Advanced Messaging");
    assert_eq!(
        plan["changes"].as_array().unwrap().len(),
        1,
        "the changes stay printed"
    );
}

#[test]
fn deleting_the_guardrails_does_not_help_either() {
    let team = pull_request();
    std::fs::remove_file(team.path().join("webex/guardrails.yaml")).unwrap();
    assert_eq!(run(team.path(), &["plan", "webex"]).exit, 0);
    assert_eq!(
        run(team.path(), &["plan", "webex", "--policy-ref", "main"]).exit,
        4
    );
}

#[test]
fn forbidden_licences_come_from_the_base_too() {
    let team = Team::new();
    team.write(
        "webex/guardrails.yaml",
        "guardrails: {forbid: [calling/professional]}\n",
    );
    team.commit("forbid");
    team.write("webex/guardrails.yaml", "");
    team.write(
        "webex/org.yaml",
        &SMALL_YAML.replace(
            "messaging: advanced",
            "messaging: advanced, calling: professional",
        ),
    );
    let judged = run(team.path(), &["plan", "webex", "--policy-ref", "HEAD"]);
    assert!(
        [1, 4].contains(&judged.exit),
        "the rule of the base forbids it: {}",
        judged.all()
    );
    assert!(
        judged.all().contains("forbidden-license"),
        "{}",
        judged.all()
    );
}

#[test]
fn overage_is_a_guardrail_of_the_base() {
    let team = Team::new();
    let snapshot = common::SMALL_SNAPSHOT.replace("\"totalUnits\": 5", "\"totalUnits\": 1");
    team.write("webex/snapshot.json", &snapshot);
    team.write(
        "webex/guardrails.yaml",
        "guardrails: {allowOverage: [Advanced Messaging]}\n",
    );
    assert_eq!(
        run(team.path(), &["plan", "webex"]).exit,
        0,
        "the head allows it"
    );
    let judged = run(team.path(), &["plan", "webex", "--policy-ref", "main"]);
    assert_eq!(judged.exit, 4, "the base does not: {}", judged.all());
}

#[test]
fn acknowledgements_come_from_the_head() {
    let team = Team::new();
    let deletion = "users: {bob@acme.com: {state: absent}}\nacknowledgements:\n  - {code: user-deletion, subjects: [bob@acme.com], reason: HR-1}\n";
    team.write("webex/leavers.yaml", deletion);
    team.commit("bob leaves");
    let judged = run(
        team.path(),
        &[
            "plan",
            "webex",
            "--policy-ref",
            "main~1",
            "--detailed-exitcode",
        ],
    );
    assert_eq!(judged.exit, 3, "{}", judged.all());
}

#[test]
fn a_base_with_errors_cannot_judge() {
    let team = Team::new();
    team.write("webex/org.yaml", "version: 1\norg: {nmae: Acme}\n");
    team.commit("broken");
    team.write("webex/org.yaml", SMALL_YAML);
    let judged = run(team.path(), &["plan", "webex", "--policy-ref", "HEAD"]);
    assert_eq!(judged.exit, 1, "{}", judged.all());
    assert!(judged.stderr.contains("HEAD"), "{}", judged.stderr);
}

#[test]
fn a_revision_without_configuration_cannot_judge() {
    let team = Team::new();
    std::fs::rename(team.path().join("webex"), team.path().join("moved")).unwrap();
    team.commit("another directory");
    // The directory was not there, or has no file with org.
    for (path, revision) in [("moved", "HEAD~1"), ("other", "HEAD")] {
        team.write("other/snapshot.json", common::SMALL_SNAPSHOT);
        team.write("other/org.yaml", SMALL_YAML);
        let judged = run(team.path(), &["plan", path, "--policy-ref", revision]);
        assert_eq!(judged.exit, 1, "{}", judged.all());
        assert!(
            judged.stderr.contains("there is no configuration at"),
            "{}",
            judged.stderr
        );
    }
}

/// A repository with a second commit, by Bob, which takes messaging from Ana; and the two ids.
fn signed() -> (Team, String, String) {
    let team = Team::new();
    let first = team
        .repository
        .head()
        .unwrap()
        .target()
        .unwrap()
        .to_string();
    let removal = "users:\n  ana@acme.com: {licenses: {remove: [messaging]}}\n";
    team.write("webex/people/ana.yaml", removal);
    let second = team.commit_as("Bob Stone", 2, "Ana leaves the chat");
    (team, first, second)
}

fn messaging(team: &Team, more: &[&str]) -> serde_json::Value {
    let args = [
        "explain",
        "user/ana@acme.com",
        "webex",
        "--license",
        "messaging",
    ];
    let args = [&args[..], &["--format", "json"], more].concat();
    let told = run(team.path(), &args).json();
    told["licenses"][0].clone()
}

/// The sources of the links, each as file, line and author, or why there is none.
fn sources(license: &serde_json::Value) -> Vec<String> {
    let links = license["links"].as_array().unwrap().iter();
    let sources = links
        .map(|link| &link["source"])
        .filter(|source| !source.is_null());
    let text = |source: &serde_json::Value| {
        let by = match (&source["committed"], source["author"].as_str()) {
            (serde_json::Value::Bool(true), Some(author)) => author,
            (serde_json::Value::Bool(false), None) => "not committed",
            (serde_json::Value::Null, None) => "unknown",
            _ => "odd",
        };
        format!(
            "{}:{} {by}",
            source["file"].as_str().unwrap(),
            source["line"]
        )
    };
    sources.map(text).collect()
}

#[test]
fn each_reason_has_its_commit() {
    let (team, first, second) = signed();
    let license = messaging(&team, &[]);
    assert_eq!(
        sources(&license),
        [
            "org.yaml:6 Ana Silva",
            "org.yaml:2 Ana Silva",
            "people/ana.yaml:2 Bob Stone"
        ]
    );
    let links = license["links"].as_array().unwrap();
    assert_eq!(links[0]["source"]["commit"], first);
    assert_eq!(links[0]["source"]["date"], "2026-09-21T09:13:20-05:00");
    assert_eq!(links[2]["source"]["commit"], second);
    assert_eq!(links[2]["source"]["date"], "2026-09-23T09:13:20-05:00");

    let text = run(team.path(), &["explain", "ana@acme.com", "webex"]).stdout;
    let line = format!(
        "people/ana.yaml:2:38  {}  Bob Stone  2026-09-23\n",
        &second[..7]
    );
    assert!(text.contains(&line), "{text}");
    assert!(!text.contains("not committed"), "{text}");
    let from_inside = run(&team.path().join("webex"), &["explain", "ana@acme.com"]);
    assert_eq!(from_inside.stdout, text);
}

#[test]
fn a_revision_has_its_own_history() {
    let (team, first, _) = signed();
    team.write("webex/org.yaml", "broken: [");
    for revision in ["main~1", &first] {
        let license = messaging(&team, &["--ref", revision]);
        assert_eq!(license["outcome"], "kept");
        assert_eq!(
            sources(&license),
            ["org.yaml:6 Ana Silva", "org.yaml:2 Ana Silva"]
        );
    }
    let license = messaging(&team, &["--ref", "main"]);
    assert_eq!(
        sources(&license).last().unwrap(),
        "people/ana.yaml:2 Bob Stone"
    );
}

#[test]
fn a_line_that_is_not_committed_says_so() {
    let (team, ..) = signed();
    // One file is new, the other has two lines more at its head and one that differs.
    let changed = SMALL_YAML.replace("messaging: advanced", "messaging: {tier: advanced}");
    team.write("webex/org.yaml", &format!("# ours\n\n{changed}"));
    std::fs::rename(
        team.path().join("webex/people/ana.yaml"),
        team.path().join("webex/people/new.yaml"),
    )
    .unwrap();
    assert_eq!(
        sources(&messaging(&team, &[])),
        [
            "org.yaml:8 not committed",
            "org.yaml:4 Ana Silva",
            "people/new.yaml:2 not committed"
        ]
    );
    let text = run(team.path(), &["explain", "ana@acme.com", "webex"]).stdout;
    assert!(text.contains("org.yaml:8:27  not committed\n"), "{text}");
}

#[test]
fn nothing_is_said_of_authors_where_there_is_no_history() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let run = run(directory.path(), &["explain", "bob@acme.com"]);
    assert_eq!(run.exit, 0);
    assert!(run.stdout.contains("  org.yaml:6:27\n"), "{}", run.stdout);
    assert!(!run.stdout.contains("committed"), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn a_file_outside_of_the_repository_has_no_author() {
    let (team, ..) = signed();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("ana.yaml");
    std::fs::rename(team.path().join("webex/people/ana.yaml"), &file).unwrap();
    std::os::unix::fs::symlink(&file, team.path().join("webex/people/ana.yaml")).unwrap();
    assert_eq!(
        sources(&messaging(&team, &[]))[2],
        "people/ana.yaml:2 unknown"
    );
}

const NUMBERS: &str = "numbers: [{location: Dallas, numbers: [\"+12145550105\"]}]\n";

/// A team whose first commit lists a number that the organisation has; now no file does.
fn without_its_number() -> Team {
    let team = Team::new();
    let path = team.path().join("webex/snapshot.json");
    let snapshot = std::fs::read_to_string(&path).unwrap().replace(
        "\"locations\": [], \"numbers\": []",
        "\"locations\": [{\"name\": \"Dallas\", \"calling\": {\"mainNumber\": null}}], \"numbers\": [{\"phoneNumber\": \"+12145550105\", \"location\": \"Dallas\"}]",
    );
    std::fs::write(path, snapshot).unwrap();
    team.write("webex/numbers.yaml", NUMBERS);
    team.commit("a number");
    std::fs::remove_file(team.path().join("webex/numbers.yaml")).unwrap();
    team
}

fn deleted(plan: &serde_json::Value) -> Vec<&str> {
    let changes = plan["changes"].as_array().unwrap().iter();
    changes
        .filter(|change| change["action"] == "delete")
        .map(|change| change["address"].as_str().unwrap())
        .collect()
}

#[test]
fn only_a_base_deletes_what_no_file_declares() {
    let team = without_its_number();
    assert!(deleted(&team.plan(&[])).is_empty());
    assert_eq!(
        deleted(&team.plan(&["--base", "HEAD"])),
        ["number/+12145550105"]
    );
    // A base of before the number was declared says nothing of it.
    assert!(deleted(&team.plan(&["--base", "HEAD~1"])).is_empty());
    team.write("webex/numbers.yaml", NUMBERS);
    assert!(deleted(&team.plan(&["--base", "HEAD"])).is_empty());
}

#[test]
fn the_applied_revision_is_a_base() {
    let team = without_its_number();
    let unknown = run(
        team.path(),
        &["plan", "webex", "--base", "refs/trunkline/applied"],
    );
    assert_eq!((unknown.exit, unknown.stdout.as_str()), (1, ""));
    let head = team.repository.head().unwrap().target().unwrap();
    team.repository
        .reference("refs/trunkline/applied", head, false, "applied")
        .unwrap();
    let plan = team.plan(&["--base", "refs/trunkline/applied"]);
    assert_eq!(deleted(&plan), ["number/+12145550105"]);
}

#[test]
fn a_base_that_cannot_be_read_deletes_nothing() {
    let team = without_its_number();
    team.write("webex/broken.yaml", "users: [\n");
    team.commit("broken");
    std::fs::remove_file(team.path().join("webex/broken.yaml")).unwrap();
    let broken = run(team.path(), &["plan", "webex", "--base", "HEAD"]);
    assert_eq!((broken.exit, broken.stdout.as_str()), (1, ""));
    assert!(
        broken.stderr.contains("what is to be deleted is unknown"),
        "{}",
        broken.stderr
    );
    // A directory that the base does not have yet declared nothing there.
    std::fs::rename(team.path().join("webex"), team.path().join("moved")).unwrap();
    let moved = run(
        team.path(),
        &["plan", "moved", "--base", "HEAD", "--format", "json"],
    );
    assert_eq!(moved.exit, 0);
    assert!(deleted(&moved.json()).is_empty());
}
