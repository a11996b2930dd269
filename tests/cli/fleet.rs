//! `fleet`: the organisations of a repository as a list and as jobs, and the plans of all of them.

use std::path::Path;

use git2::{IndexAddOption, Repository, Signature};
use serde_json::{Value, json};

use crate::common::{Run, copy, root, run, small, sorted, write};

const CUSTOMERS: &str = "examples/fleet/customers";

fn example() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join(CUSTOMERS), &directory.path().join("customers"));
    directory
}

/// This many organisations, which have nothing but a name.
fn many(directory: &Path, count: usize) {
    for at in 0..count {
        let path = directory.join(format!("org-{at:03}/org.yaml"));
        write(&path, "version: 1\norg: {name: X, assignmentMode: group}\n");
    }
}

fn members(run: &Run) -> Vec<Value> {
    run.json()["organizations"].as_array().unwrap().clone()
}

fn texts(values: &[Value], name: &str) -> Vec<String> {
    let text = |value: &Value| value[name].as_str().unwrap().to_owned();
    values.iter().map(text).collect()
}

#[test]
fn the_list_in_every_format() {
    let directory = example();
    let json = run(
        directory.path(),
        &["fleet", "customers", "--format", "json"],
    );
    assert_eq!((json.exit, json.stderr.as_str()), (0, ""), "{}", json.all());
    let listed = members(&json);
    let paths = [
        "customers/emea/harbor-hotel",
        "customers/north-dental",
        "customers/oak-school",
    ];
    assert_eq!(texts(&listed, "path"), paths);
    assert_eq!(
        texts(&listed, "name"),
        ["Harbor Hotel", "North Dental", "Oak School"]
    );
    assert!(listed.iter().all(|it| it["id"].is_string()));

    let github = run(
        directory.path(),
        &["fleet", "customers", "--format", "github-matrix"],
    );
    assert_eq!(github.stdout.matches('\n').count(), 1, "{}", github.stdout);
    let slugs = ["emea--harbor-hotel", "north-dental", "oak-school"];
    let first = json!({
        "path": paths[0], "name": "Harbor Hotel", "slug": slugs[0], "key": "EMEA__HARBOR_HOTEL",
    });
    assert_eq!(github.json()["include"][0], first);

    let gitlab = run(
        directory.path(),
        &["fleet", "customers", "--format", "gitlab"],
    );
    let pipeline: Value = serde_saphyr::from_str(&gitlab.stdout).unwrap();
    let matrix = pipeline[".trunkline-fleet"]["parallel"]["matrix"]
        .as_array()
        .unwrap();
    assert_eq!(texts(matrix, "TRUNKLINE_PATH"), paths);
    assert_eq!(texts(matrix, "TRUNKLINE_SLUG"), slugs);

    let text = run(directory.path(), &["fleet", "customers"]);
    for word in paths.iter().chain(&slugs) {
        assert!(text.stdout.contains(word), "{word}: {}", text.stdout);
    }
    // One organisation is a fleet of one, with the name that the workflows have for it.
    let one = run(
        &directory.path().join(paths[1]),
        &["fleet", "--format", "json"],
    );
    let one = &members(&one)[0];
    assert_eq!((&one["path"], &one["slug"]), (&json!("."), &json!("webex")));
}

#[test]
fn what_a_forge_refuses_is_refused_first_and_shards_hold_all() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let list = |args: &[&str]| run(at, &[&["fleet", "."], args].concat());
    let none = list(&["--format", "github-matrix"]);
    assert_eq!((none.exit, none.stdout.as_str()), (7, ""), "{}", none.all());
    assert!(
        none.stderr.contains("there is no organisation below ."),
        "{}",
        none.all()
    );

    many(at, 256);
    let fits = list(&["--format", "github-matrix"]);
    assert_eq!(fits.json()["include"].as_array().unwrap().len(), 256);
    let gitlab = list(&["--format", "gitlab"]);
    assert_eq!((gitlab.exit, gitlab.stdout.as_str()), (1, ""));
    assert!(
        gitlab.stderr.contains("256 organisations") && gitlab.stderr.contains("at most 200"),
        "{}",
        gitlab.all()
    );
    write(
        &at.join("one-more/org.yaml"),
        "org: {name: Y, assignmentMode: group}\n",
    );
    let github = list(&["--format", "github-matrix"]);
    assert_eq!((github.exit, github.stdout.as_str()), (1, ""));
    assert!(
        github.stderr.contains("--shard 1/2 to --shard 2/2"),
        "{}",
        github.all()
    );

    let mut seen = Vec::new();
    for shard in ["1/2", "2/2"] {
        let part = list(&["--format", "github-matrix", "--shard", shard]);
        assert_eq!(part.exit, 0, "{}", part.all());
        seen.extend(texts(part.json()["include"].as_array().unwrap(), "path"));
    }
    seen.sort();
    assert_eq!(seen, texts(&members(&list(&["--format", "json"])), "path"));

    // More parts than organisations: nothing to do is no error, and the forge must not be given an empty matrix.
    let empty = list(&["--format", "github-matrix", "--shard", "300/300"]);
    assert_eq!(
        (empty.exit, empty.stdout.as_str()),
        (0, "{\"include\":[]}\n")
    );
    let empty = list(&["--format", "gitlab", "--shard", "300/300"]);
    let pipeline: Value = serde_saphyr::from_str(&empty.stdout).unwrap();
    assert_eq!(
        pipeline[".trunkline-fleet"]["rules"],
        json!([{"when": "never"}])
    );
    assert!(
        pipeline["nothing-to-do"]["script"].is_array(),
        "{}",
        empty.stdout
    );
    assert_eq!(list(&["--shard", "3/2"]).exit, 1);
}

#[test]
fn two_directories_of_one_organisation_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    small(&directory.path().join("a"));
    small(&directory.path().join("b"));
    let other = directory.path().join("c");
    write(
        &other.join("org.yaml"),
        "version: 1\norg: {name: C, id: org-3, assignmentMode: group}\n",
    );
    let list = run(directory.path(), &["fleet", "--format", "json"]);
    assert_eq!(list.exit, 1);
    assert_eq!(texts(&members(&list), "path"), ["c"]);
    assert_eq!(
        texts(list.json()["problems"].as_array().unwrap(), "path"),
        ["a", "b"]
    );
    assert!(
        list.stderr.contains("a: it has the same org.id as b"),
        "{}",
        list.all()
    );
}

/// An earlier plan of one that is refused must not be applied, whether two have one id or its file cannot be read.
#[test]
fn a_refused_organisation_has_no_plan_of_an_earlier_run() {
    for broken in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path();
        copy(&root().join("examples/quickstart"), &at.join("c/north"));
        let out = ["fleet", "plan", "c", "--out", "plans"];
        assert_eq!(run(at, &out).exit, 0);
        assert!(at.join("plans/north/plan.json").exists());
        match broken {
            true => {
                for name in ["bakery.yaml", "phones.yaml"] {
                    write(&at.join("c/north").join(name), "org: &a {\n");
                }
            }
            false => copy(&at.join("c/north"), &at.join("c/south")),
        }
        let refused = run(at, &out);
        assert_eq!(refused.exit, 1, "{}", refused.all());
        assert!(!at.join("plans/north/plan.json").exists());
        let why = std::fs::read_to_string(at.join("plans/north/plan.txt")).unwrap();
        assert!(why.starts_with("There is no plan.\n"), "{why}");
        assert!(!at.join("plans/south").exists());
    }
}

#[test]
fn each_plan_is_the_one_of_plan_alone() {
    let directory = example();
    let fleet = [
        "fleet",
        "plan",
        "customers",
        "--format",
        "json",
        "--out",
        "plans",
        "--detailed-exitcode",
    ];
    let all = run(directory.path(), &fleet);
    assert_eq!(all.exit, 4, "{}", all.all());
    let lines = members(&all);
    assert_eq!(lines.len(), 3);
    let mut exits = Vec::new();
    for line in &lines {
        let path = line["path"].as_str().unwrap();
        let alone = run(
            directory.path(),
            &["plan", path, "--format", "json", "--detailed-exitcode"],
        );
        assert_eq!(line["exit"], alone.exit, "{path}");
        assert_eq!(line["summary"], alone.json()["summary"], "{path}");
        let saved = directory
            .path()
            .join("plans")
            .join(line["slug"].as_str().unwrap());
        assert_eq!(
            std::fs::read_to_string(saved.join("plan.json")).unwrap(),
            alone.stdout,
            "{path}"
        );
        let text = run(directory.path(), &["plan", path]);
        assert_eq!(
            std::fs::read_to_string(saved.join("plan.txt")).unwrap(),
            text.stdout,
            "{path}"
        );
        exits.push(alone.exit);
    }
    assert_eq!(exits, [2, 0, 4]);
    assert_eq!(all.json()["summary"]["update"], 3);
    let blocked = run(directory.path(), &["fleet", "plan", "customers"]);
    assert_eq!(blocked.exit, 4);
    assert!(
        blocked.stdout.contains("blocked (calling-loss)"),
        "{}",
        blocked.stdout
    );
    let one = run(directory.path(), &[&fleet[..], &["--jobs", "1"]].concat());
    assert_eq!(one.stdout, all.stdout);
}

/// The first of the contract's codes that applies: 1, 7, 4, 3, 2, 0.
#[test]
fn one_that_fails_stops_no_other_and_the_first_code_counts() {
    let directory = example();
    let at = directory.path();
    let detailed = [
        "fleet",
        "plan",
        "customers",
        "--detailed-exitcode",
        "--format",
        "json",
        "--out",
        "plans",
    ];
    let exit = || run(at, &detailed).exit;
    assert_eq!(exit(), 4);
    std::fs::remove_file(at.join("customers/emea/harbor-hotel/snapshot.json")).unwrap();
    let incomplete = run(at, &detailed);
    assert_eq!(incomplete.exit, 7);
    let line = &members(&incomplete)[0];
    assert_eq!((&line["exit"], &line["summary"]), (&json!(7), &Value::Null));
    assert_eq!(line["noPlan"][0]["code"], "snapshot-missing");
    // The plan of the run before is not there to be taken for this one.
    let saved = at.join("plans/emea--harbor-hotel");
    assert!(!saved.join("plan.json").exists());
    let why = std::fs::read_to_string(saved.join("plan.txt")).unwrap();
    assert!(
        why.starts_with("There is no plan.\n") && why.contains("snapshot-missing"),
        "{why}"
    );

    write(
        &at.join("customers/north-dental/more.yaml"),
        "users: {a@b.example: {licence: x}}\n",
    );
    let wrong = run(at, &detailed);
    assert_eq!(wrong.exit, 1);
    let exits: Vec<Value> = members(&wrong)
        .iter()
        .map(|it| it["exit"].clone())
        .collect();
    assert_eq!(exits, [7, 1, 4]);
    let text = run(at, &["fleet", "plan", "customers"]);
    assert!(
        text.stdout
            .contains("customers/north-dental: no plan\n  error[unknown-field]"),
        "{}",
        text.stdout
    );
    assert!(
        text.stdout
            .contains("0 with changes, 0 without, 1 blocked, 2 without a plan"),
        "{}",
        text.stdout
    );

    std::fs::remove_dir_all(at.join("customers/oak-school")).unwrap();
    std::fs::remove_dir_all(at.join("customers/north-dental")).unwrap();
    copy(
        &root().join(CUSTOMERS).join("emea"),
        &at.join("customers/emea"),
    );
    assert_eq!(exit(), 2);
    assert_eq!(run(at, &["fleet", "plan", "customers"]).exit, 0);
    // What belongs to no organisation would be planned by no one.
    write(&at.join("customers/users.yaml"), "users: {}\n");
    let stray = run(at, &detailed);
    assert_eq!((stray.exit, members(&stray).len()), (1, 1));
    assert!(
        stray
            .stderr
            .contains("customers/users.yaml: it has sections"),
        "{}",
        stray.all()
    );
}

#[test]
fn each_has_its_own_state_directory() {
    let directory = example();
    let snapshot = directory
        .path()
        .join("customers/north-dental/snapshot.json");
    let kept = directory.path().join("state/north-dental");
    write(&kept.join("applied.json"), std::fs::read(snapshot).unwrap());
    let args = [
        "fleet",
        "plan",
        "customers",
        "--state",
        "state",
        "--out",
        "plans",
    ];
    assert_eq!(run(directory.path(), &args).exit, 4);
    for plan in sorted(&directory.path().join("plans")) {
        let text = std::fs::read(plan.join("plan.json")).unwrap();
        let json: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(
            json["applied"].is_object(),
            plan.ends_with("north-dental"),
            "{}",
            plan.display()
        );
    }
    // A journal that cannot be read stops this organisation alone.
    write(&kept.join("journal.jsonl/file"), "");
    let told = run(
        directory.path(),
        &[&args[..], &["--format", "json"]].concat(),
    );
    let exits: Vec<Value> = members(&told).iter().map(|it| it["exit"].clone()).collect();
    assert_eq!(exits, [0, 1, 4], "{}", told.all());
}

#[test]
fn markdown_fits_and_begins_with_what_needs_someone() {
    let directory = tempfile::tempdir().unwrap();
    many(directory.path(), 250);
    copy(&root().join(CUSTOMERS), &directory.path().join("x"));
    let args = [
        "fleet",
        "plan",
        "--format",
        "markdown",
        "--max-bytes",
        "10000",
    ];
    let told = run(directory.path(), &args);
    assert_eq!(told.exit, 7);
    assert!(told.stdout.len() <= 10_000, "{}", told.stdout.len());
    assert!(
        told.stdout.contains("250 without a plan") && told.stdout.contains("more lines do not fit"),
        "{}",
        told.stdout
    );
    let whole = run(directory.path(), &["fleet", "plan", "--format", "markdown"]).stdout;
    let place = |word: &str| {
        whole
            .find(word)
            .unwrap_or_else(|| panic!("{word}: {whole}"))
    };
    assert!(place("`org-000`") < place("`x/oak-school`"));
    assert!(place("`x/oak-school`") < place("`x/emea/harbor-hotel`"));
}

fn commit(repo: &Repository) -> String {
    let mut index = repo.index().unwrap();
    index.add_all(["*"], IndexAddOption::DEFAULT, None).unwrap();
    index.update_all(["*"], None).unwrap();
    let tree = repo.find_tree(index.write_tree().unwrap()).unwrap();
    index.write().unwrap();
    let who = Signature::now("Test", "test@example.com").unwrap();
    let parent = repo.head().ok().and_then(|head| head.peel_to_commit().ok());
    let parents: Vec<_> = parent.iter().collect();
    let id = repo
        .commit(Some("HEAD"), &who, &who, "test", &tree, &parents)
        .unwrap();
    id.to_string()
}

#[test]
fn only_what_a_revision_changes() {
    let directory = example();
    let at = directory.path();
    let repo = Repository::init(at).unwrap();
    let first = commit(&repo);
    let list = |args: &[&str]| {
        run(
            at,
            &[
                &["fleet", "customers", "--format", "json", "--ref", "HEAD"],
                args,
            ]
            .concat(),
        )
    };
    let same = list(&["--changed-since", &first]);
    assert_eq!((same.exit, members(&same).len()), (0, 0), "{}", same.all());
    std::fs::remove_dir_all(at.join("customers/oak-school")).unwrap();
    let org = at.join("customers/north-dental/org.yaml");
    let text = std::fs::read_to_string(&org).unwrap();
    write(
        &org,
        text.replace("messaging: advanced", "messaging: basic"),
    );
    write(&at.join("README.md"), "changed");
    commit(&repo);
    let changed = list(&["--changed-since", &first]);
    assert_eq!(
        texts(&members(&changed), "path"),
        ["customers/north-dental"]
    );
    assert_eq!(changed.json()["gone"], json!(["customers/oak-school"]));
    assert!(
        changed
            .stderr
            .contains("customers/oak-school is no longer an organisation"),
        "{}",
        changed.all()
    );
    assert_eq!(members(&list(&[])).len(), 2);
    // Not committed: a revision is what was asked for.
    std::fs::remove_file(&org).unwrap();
    assert_eq!(members(&list(&[])).len(), 2);
    assert_eq!(list(&["--changed-since", "nowhere"]).exit, 1);
    let plan = run(
        at,
        &[
            "fleet",
            "plan",
            "customers",
            "--ref",
            "HEAD",
            "--changed-since",
            &first,
            "--format",
            "json",
        ],
    );
    assert_eq!(texts(&members(&plan), "path"), ["customers/north-dental"]);
    assert_eq!(
        run(at, &["fleet", "customers", "--changed-since", &first]).exit,
        1
    );
}
