//! `init`: what it writes is right at once and stays right with every example uncommented, and it overwrites nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::common;
use crate::common::json_schema;
use crate::common::{Run, SMALL_SNAPSHOT, root, run, sorted, write};
use git2::Repository;
use serde_json::Value;
use tempfile::TempDir;

/// The workflows for GitHub.
const WORKFLOWS: [&str; 3] = [
    "trunkline-apply.yml",
    "trunkline-drift.yml",
    "trunkline-plan.yml",
];

/// Every file below a directory, without those of git.
fn files(directory: &Path) -> BTreeMap<String, String> {
    fn walk(top: &Path, directory: &Path, found: &mut BTreeMap<String, String>) {
        for path in sorted(directory) {
            let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
            match path.is_dir() {
                true if name == ".git" => {}
                true => walk(top, &path, found),
                false => {
                    drop(found.insert(name, std::fs::read_to_string(&path).unwrap_or_default()))
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(directory, directory, &mut found);
    found
}

fn begun(args: &[&str]) -> (TempDir, Run) {
    let directory = tempfile::tempdir().unwrap();
    let run = run(directory.path(), &[&["init"], args].concat());
    assert_eq!((run.exit, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    (directory, run)
}

fn repository(remote: Option<&str>) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let repository = Repository::init(directory.path()).unwrap();
    if let Some(remote) = remote {
        repository.remote("origin", remote).unwrap();
    }
    directory
}

/// A snapshot that lacks this list, in a file.
fn snapshot_without(directory: &Path, list: &str) -> String {
    let mut snapshot: Value = serde_json::from_str(SMALL_SNAPSHOT).unwrap();
    snapshot.as_object_mut().unwrap().remove(list);
    let file = directory.join("observed.json");
    write(&file, snapshot.to_string());
    file.to_str().unwrap().to_owned()
}

/// A line of an example: a # without one blank after it.
fn is_example(line: &str) -> bool {
    let rest = line.strip_prefix('#').unwrap_or_default();
    rest.starts_with("  ") || rest.starts_with(|c: char| c != ' ' && c != '#')
}

/// A text with the examples of these paragraphs uncommented, and how many there are.
fn uncommented(text: &str, wanted: impl Fn(usize) -> bool) -> (String, usize) {
    let mut examples = 0;
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| {
            if !paragraph.lines().any(is_example) {
                return paragraph.to_owned();
            }
            let wanted = wanted(examples);
            examples += 1;
            let lines: Vec<&str> = paragraph.lines().collect();
            // A lone # before an example is the empty line between two.
            let between = |index: usize| {
                let next = lines.get(index + 1);
                lines[index] == "#" && next.is_some_and(|next| is_example(next))
            };
            let uncommented = lines.iter().enumerate().map(|(index, line)| {
                match wanted && (is_example(line) || between(index)) {
                    true => &line[1..],
                    false => line,
                }
            });
            uncommented.collect::<Vec<_>>().join("\n")
        })
        .collect();
    (
        paragraphs.join("\n\n").trim_end().to_owned() + "\n",
        examples,
    )
}

fn fine(directory: &Path, what: &str) {
    let checked = run(directory, &["validate"]);
    assert!(
        checked.exit == 0 && checked.all().lines().count() == 1,
        "{what}:\n{}",
        checked.all()
    );
    let formatted = run(directory, &["fmt", "--check"]);
    assert_eq!(formatted.exit, 0, "{what}:\n{}", formatted.all());
    let schema: Value = serde_json::from_str(&files(directory)["trunkline.schema.json"]).unwrap();
    for (name, text) in files(directory) {
        if name.ends_with(".yaml") {
            let documents: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
            for document in documents.iter().filter(|it| !it.is_null()) {
                assert_eq!(
                    json_schema::errors(&schema, document),
                    [""; 0],
                    "{what}, {name}"
                );
            }
        }
    }
}

#[test]
fn the_starter_is_right_with_and_without_each_example() {
    let elsewhere = tempfile::tempdir().unwrap();
    let without_groups = snapshot_without(elsewhere.path(), "groups");
    for more in [&[][..], &["--snapshot", &without_groups]] {
        let (directory, _) = begun(&[&["--ci", "none"], more].concat());
        fine(directory.path(), "as it is");
        // A schema with real names is right about the examples' names, which are others.
        let general = run(directory.path(), &["schema", "--out", "."]);
        assert_eq!(general.exit, 0);
        let starter = files(directory.path());
        let mut seen = 0;
        for (name, text) in starter.iter().filter(|(name, _)| name.ends_with(".yaml")) {
            let (_, examples) = uncommented(text, |_| false);
            for index in 0..examples {
                let (changed, _) = uncommented(text, |it| it == index);
                assert_ne!(changed, *text);
                write(&directory.path().join(name), changed);
                // The template that is named in one file stands in another.
                if name != "org.yaml" || more.is_empty() {
                    fine(directory.path(), &format!("{name}, example {index}"));
                }
                seen += 1;
            }
            write(&directory.path().join(name), text);
        }
        assert!(seen > 8, "only {seen} examples were found");
        for (name, text) in starter.iter().filter(|(name, _)| name.ends_with(".yaml")) {
            write(&directory.path().join(name), uncommented(text, |_| true).0);
        }
        fine(directory.path(), "all examples");
    }
}

/// Sections that the starter shows: all but those that are not planned yet.
#[test]
fn the_starter_shows_every_section() {
    let (directory, _) = begun(&["--ci", "none"]);
    let schema = run(root(), &["schema"]).json();
    let texts: String = files(directory.path())
        .into_iter()
        .filter(|(name, _)| name.ends_with(".yaml"))
        .map(|(_, text)| text)
        .collect();
    for section in schema["properties"].as_object().unwrap().keys() {
        if !["webexGo", "broadworks"].contains(&section.as_str()) {
            let shown = [format!("\n{section}:"), format!("\n#{section}:")];
            assert!(
                shown.iter().any(|it| texts.contains(it)),
                "{section} is not shown"
            );
        }
    }
}

#[test]
fn what_is_there_is_never_overwritten() {
    let names: BTreeSet<String> = files(begun(&["--ci", "github"]).0.path())
        .into_keys()
        .collect();
    assert_eq!(names.len(), 8, "{names:?}");
    for name in &names {
        let directory = tempfile::tempdir().unwrap();
        write(&directory.path().join(name), "mine");
        let run = run(directory.path(), &["init", "--ci", "github"]);
        let now = files(directory.path());
        assert_eq!(now[name], "mine");
        match name.as_str() {
            ".gitignore" => {
                assert_eq!((run.exit, now.len()), (0, 8), "{}", run.stderr);
                let said = ".gitignore exists already: it should have plan.json, *.plan.json, .trunkline/, .env, snapshot.json, snapshot.json.zst\n";
                assert!(run.stderr.contains(said), "{}", run.stderr);
            }
            name => {
                assert_eq!((run.exit, now.len()), (1, 1), "{name}: {}", run.stderr);
                assert!(run.stderr.contains(name), "{}", run.stderr);
            }
        }
    }
    let (directory, _) = begun(&[]);
    let before = files(directory.path());
    assert_eq!(run(directory.path(), &["init"]).exit, 1);
    assert_eq!(files(directory.path()), before);

    // YAML of others would be read as configuration.
    let directory = tempfile::tempdir().unwrap();
    write(
        &directory.path().join("docker/compose.yml"),
        "services: {}\n",
    );
    let refused = run(directory.path(), &["init"]);
    assert_eq!(refused.exit, 1);
    assert!(
        refused.stderr.contains("docker/compose.yml"),
        "{}",
        refused.stderr
    );
    assert_eq!(files(directory.path()).len(), 1);
}

/// What belongs into git is no secret of anyone who ran the command.
#[cfg(unix)]
#[test]
fn files_have_the_permissions_of_new_files() {
    use std::os::unix::fs::PermissionsExt;
    let (directory, _) = begun(&[]);
    write(&directory.path().join("usual"), "");
    let mode = |name: &str| {
        let meta = std::fs::metadata(directory.path().join(name)).unwrap();
        meta.permissions().mode()
    };
    for name in files(directory.path()).keys() {
        assert_eq!(mode(name), mode("usual"), "{name}");
    }
}

#[test]
fn workflows_run_a_release_of_this_version_by_its_checksum() {
    let written = |more: &[&str]| {
        let directory = repository(None);
        let run = run(
            directory.path(),
            &[&["init", "--ci", "github"], more].concat(),
        );
        (run.exit, run.stderr, files(directory.path()))
    };
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let home = format!("acme/lines@{commit}");
    let sum = "5".repeat(64);
    let (exit, stderr, files) = written(&["--trunkline", &home, "--sha256", &sum]);
    assert_eq!(exit, 0, "{stderr}");
    for name in WORKFLOWS {
        let text = &files[&format!(".github/workflows/{name}")];
        let workflow: Value = serde_saphyr::from_str(text).unwrap();
        let job = workflow["jobs"].as_object().unwrap().values().next();
        let job = job.unwrap();
        let file = name.trim_start_matches("trunkline-");
        let uses = format!("acme/lines/.github/workflows/{file}@{commit}");
        assert_eq!(job["uses"], uses);
        let with = (&job["with"]["version"], &job["with"]["sha256"]);
        assert_eq!(
            with,
            (&env!("CARGO_PKG_VERSION").into(), &sum.clone().into())
        );
    }
    // Some tools write digits in upper case.
    let (upper, big) = (
        format!("acme/lines@{}", commit.to_uppercase()),
        "AB".repeat(32),
    );
    let (exit, stderr, files) = written(&["--trunkline", &upper, "--sha256", &big]);
    assert_eq!(exit, 0, "{stderr}");
    let plan = &files[".github/workflows/trunkline-plan.yml"];
    assert!(
        plan.contains(commit) && plan.contains(&big.to_lowercase()),
        "{plan}"
    );
    let short = "acme/lines@0123456";
    let dots = ["..", "."].map(|it| {
        [
            format!("{it}/lines@{commit}"),
            format!("acme/{it}@{commit}"),
        ]
    });
    for home in dots.as_flattened() {
        let (exit, stderr, files) = written(&["--trunkline", home]);
        assert_eq!((exit, files.len()), (1, 0), "{home}: {stderr}");
    }
    for more in [
        ["--trunkline", "acme"],
        ["--trunkline", short],
        ["--sha256", "5"],
    ] {
        let (exit, stderr, files) = written(&more);
        assert_eq!((exit, files.len()), (1, 0), "{stderr}");
    }
}

/// What would have no effect is refused, before anything is written.
#[test]
fn a_release_is_only_for_github() {
    let home = format!("acme/lines@{}", "0".repeat(40));
    let sum = "5".repeat(64);
    for (ci, words) in [("gitlab", "digest"), ("none", "--ci github")] {
        for more in [["--trunkline", &home], ["--sha256", &sum]] {
            let directory = repository(None);
            let args = [&["init", "webex", "--ci", ci], &more[..]].concat();
            let run = run(directory.path(), &args);
            assert_eq!(run.exit, 1, "{args:?}: {}", run.stderr);
            assert!(
                run.stderr.contains(more[0]) && run.stderr.contains(words),
                "{}",
                run.stderr
            );
            assert!(files(directory.path()).is_empty());
        }
    }
    // The same where the forge is only told by the remote.
    let directory = repository(Some("https://gitlab.com/acme/webex.git"));
    let run = run(directory.path(), &["init", "webex", "--sha256", &sum]);
    assert_eq!(run.exit, 1, "{}", run.stderr);
}

#[test]
fn workflows_lie_at_the_top_of_the_repository() {
    let directory = repository(None);
    let run = run(directory.path(), &["init", "org: it's/webex"]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let files = files(directory.path());
    for name in WORKFLOWS {
        let text = &files[&format!(".github/workflows/{name}")];
        let workflow: Value = serde_saphyr::from_str(text).unwrap();
        let jobs = workflow["jobs"].as_object().unwrap();
        for job in jobs.values() {
            assert_eq!(job["with"]["path"], "org: it's/webex", "{name}");
        }
        assert!(
            run.stderr
                .contains(&format!("wrote .github/workflows/{name}\n")),
            "{}",
            run.stderr
        );
        // A pull request whose base becomes another one is planned again: other guardrails judge it.
        if let Some(events) = workflow["on"].get("pull_request_target") {
            let types = events["types"].as_array().unwrap();
            assert!(types.contains(&"edited".into()), "{name}: {types:?}");
        }
    }
    assert!(files.contains_key("org: it's/webex/org.yaml"));
    assert!(
        run.stderr.contains(r"trunkline plan 'org: it'\''s/webex'"),
        "{}",
        run.stderr
    );

    // The top itself, from a directory below it.
    let directory = repository(None);
    write(&directory.path().join("below/file"), "");
    let run = common::run(&directory.path().join("below"), &["init", ".."]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let text = std::fs::read_to_string(
        directory
            .path()
            .join(".github/workflows/trunkline-plan.yml"),
    );
    assert!(text.unwrap().contains("\n      path: .\n"));
}

#[test]
fn workflows_run_for_the_branch_of_the_repository() {
    let branches = |directory: &Path| {
        let file = directory.join(".github/workflows/trunkline-apply.yml");
        let text = std::fs::read_to_string(file).unwrap();
        let workflow: Value = serde_saphyr::from_str(&text).unwrap();
        workflow["on"]["push"]["branches"].clone()
    };
    // The branch of origin goes before the current one.
    for (current, origin, expected) in [
        ("main", None, "main"),
        ("master", None, "master"),
        ("feature/phones", Some("trunk"), "trunk"),
        ("a,b", None, "a,b"),
    ] {
        let directory = repository(None);
        let git = git2::Repository::open(directory.path()).unwrap();
        git.set_head(&format!("refs/heads/{current}")).unwrap();
        if let Some(origin) = origin {
            let target = format!("refs/remotes/origin/{origin}");
            let name = "refs/remotes/origin/HEAD";
            git.reference_symbolic(name, &target, true, "").unwrap();
        }
        let run = run(directory.path(), &["init", "webex", "--ci", "github"]);
        assert_eq!(run.exit, 0, "{}", run.stderr);
        assert_eq!(branches(directory.path()), serde_json::json!([expected]));
        // `doctor` says nothing of it then, and does once it differs.
        let doctor = || common::run(directory.path(), &["doctor", "webex", "--format", "json"]);
        let said = doctor();
        assert!(!said.all().contains("start it"), "{}", said.all());
        let file = directory
            .path()
            .join(".github/workflows/trunkline-apply.yml");
        let text = std::fs::read_to_string(&file).unwrap();
        let line = text
            .lines()
            .find(|it| it.starts_with("    branches: "))
            .unwrap();
        std::fs::write(&file, text.replace(line, "    branches: [old]")).unwrap();
        let said = doctor();
        let words =
            format!("pushes to old start it, and the branch of this repository is {expected}");
        assert!(said.all().contains(&words), "{}", said.all());
    }
}

#[test]
fn remotes_tell_the_forge() {
    let workflow = |remote, args: &[&str]| {
        let directory = repository(remote);
        let run = run(directory.path(), &[&["init", "webex"], args].concat());
        assert_eq!(run.exit, 0, "{}", run.stderr);
        let files = files(directory.path());
        let has = |name: &str| files.keys().any(|file| file.starts_with(name));
        assert_eq!(has(".github"), run.stderr.contains("wrote .github"));
        assert_eq!(
            has(".gitlab-ci.yml"),
            run.stderr.contains("wrote .gitlab-ci.yml")
        );
        let guessed = run
            .stderr
            .contains("alternatives are --ci gitlab and --ci none");
        if has(".gitlab-ci.yml") {
            let text = std::fs::read_to_string(directory.path().join(".gitlab-ci.yml")).unwrap();
            assert!(text.contains("\n  TRUNKLINE_PATH: webex\n"), "{text}");
        }
        (has(".github"), has(".gitlab-ci.yml"), guessed)
    };
    assert_eq!(workflow(None, &[]), (true, false, true));
    assert_eq!(
        workflow(Some("https://git.acme.com/a/b"), &[]),
        (true, false, true)
    );
    assert_eq!(
        workflow(Some("git@github.com:acme/webex.git"), &[]),
        (true, false, false)
    );
    assert_eq!(
        workflow(Some("https://gitlab.acme.com/a/b"), &[]),
        (false, true, false)
    );
    assert_eq!(
        workflow(Some("https://gitlab.acme.com/a/b"), &["--ci", "github"]),
        (true, false, false)
    );
    assert_eq!(
        workflow(Some("git@github.com:acme/webex.git"), &["--ci", "none"]),
        (false, false, false)
    );
}

#[test]
fn a_pipeline_of_gitlab_has_the_directory_and_its_snapshot() {
    let directory = repository(None);
    let run = run(directory.path(), &["init", "a b/webex", "--ci", "gitlab"]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let files = files(directory.path());
    let pipeline: Value = serde_saphyr::from_str(&files[".gitlab-ci.yml"]).unwrap();
    assert_eq!(pipeline["variables"]["TRUNKLINE_PATH"], "a b/webex");
    assert!(!files["a b/webex/.gitignore"].contains("snapshot"));
    let checked = common::run(directory.path(), &["validate", "a b/webex"]);
    assert_eq!(checked.exit, 0, "{}", checked.stderr);
}

/// A file whose name begins with a dot is configuration all the same (contract section 2).
#[test]
fn a_pipeline_of_gitlab_cannot_lie_among_the_files() {
    for directory in [repository(None), tempfile::tempdir().unwrap()] {
        let refused = run(directory.path(), &["init", "--ci", "gitlab"]);
        assert_eq!(refused.exit, 1, "{}", refused.stderr);
        assert!(
            refused
                .stderr
                .contains("the YAML files cannot be at the top"),
            "{}",
            refused.stderr
        );
        assert!(files(directory.path()).is_empty());
    }
}

#[test]
fn a_snapshot_tells_name_id_mode_and_names() {
    let directory = tempfile::tempdir().unwrap();
    let mut snapshot: Value = serde_json::from_str(SMALL_SNAPSHOT).unwrap();
    snapshot["org"]["name"] = "Acme: \"the\" #1".into();
    write(
        &directory.path().join("observed.json"),
        snapshot.to_string(),
    );
    let args = [
        "init",
        "webex",
        "--ci",
        "none",
        "--snapshot",
        "observed.json",
    ];
    let begun = run(directory.path(), &args);
    assert_eq!(begun.exit, 0, "{}", begun.stderr);
    let made = files(&directory.path().join("webex"));
    let org: Value = serde_saphyr::from_str(&made["org.yaml"]).unwrap();
    assert_eq!(org["org"]["name"], "Acme: \"the\" #1");
    assert_eq!(org["org"]["id"], "org-1");
    assert_eq!(org["org"]["assignmentMode"], "group");
    let schema = run(directory.path(), &["schema", "--snapshot", "observed.json"]);
    assert_eq!(made["trunkline.schema.json"], schema.stdout);

    let broken = run(
        root(),
        &["init", "/nowhere/at/all", "--snapshot", "missing.json"],
    );
    assert_eq!(broken.exit, 7, "{}", broken.stderr);
    assert!(
        broken.stderr.contains("snapshot-missing"),
        "{}",
        broken.stderr
    );
}

/// The commands that it names, one after the other.
#[test]
fn snapshot_import_and_plan_follow() {
    let directory = repository(None);
    let begun = run(directory.path(), &["init", "webex"]);
    let next: Vec<&str> = begun
        .stderr
        .lines()
        .skip_while(|line| *line != "Next:")
        .skip(1)
        .collect();
    let commands = next
        .iter()
        .map(|line| line.split(" # ").next().unwrap().trim());
    let commands: Vec<Vec<&str>> = commands
        .map(|line| line.split(' ').skip(1).collect())
        .collect();
    assert_eq!(commands.len(), 3);
    assert_eq!(
        commands[0],
        ["snapshot", "--live", "--out", "webex/snapshot.json"]
    );
    // What the first would have captured.
    let observed = root().join("examples/acme/snapshot.json");
    std::fs::copy(observed, directory.path().join("webex/snapshot.json")).unwrap();
    let imported = run(directory.path(), &commands[1]);
    assert_eq!(imported.exit, 0, "{}", imported.stderr);
    assert!(
        imported.stderr.contains("webex/org.yaml: add `id: Y2lz"),
        "{}",
        imported.stderr
    );
    for (name, text) in files(&directory.path().join("webex")) {
        let up = "../".repeat(name.matches('/').count());
        let line = format!("# yaml-language-server: $schema={up}trunkline.schema.json\n");
        assert_eq!(text.starts_with(&line), name.ends_with(".yaml"), "{name}");
    }
    let formatted = run(directory.path(), &["fmt", "--check", "webex"]);
    assert_eq!(formatted.exit, 0, "{}", formatted.all());
    let planned = run(directory.path(), &commands[2]);
    assert_eq!(planned.exit, 0, "{}", planned.stderr);
    assert!(planned.stdout.contains("No changes."), "{}", planned.stdout);
}

#[test]
fn git_keeps_nothing_of_what_apply_leaves() {
    let directory = repository(None);
    let path = directory.path().join("webex");
    assert_eq!(
        run(directory.path(), &["init", "webex", "--ci", "none"]).exit,
        0
    );
    common::copy(
        &root().join("examples/quickstart"),
        &directory.path().join("other"),
    );
    std::fs::copy(
        directory.path().join("webex/.gitignore"),
        directory.path().join("other/.gitignore"),
    )
    .unwrap();
    let before = files(&directory.path().join("other"));
    let planned = run(
        directory.path(),
        &["plan", "other", "--out", "other/plan.json"],
    );
    assert_eq!(planned.exit, 0, "{}", planned.stderr);
    let applied = run(directory.path(), &["apply", "other", "--yes"]);
    assert_eq!(applied.exit, 0, "{}", applied.stderr);
    let repository = Repository::open(directory.path()).unwrap();
    let left = files(&directory.path().join("other")).into_keys();
    let left: Vec<String> = left.filter(|name| !before.contains_key(name)).collect();
    assert!(left.len() > 2, "{left:?}");
    for name in left.iter().map(String::as_str).chain(["snapshot.json"]) {
        let file = Path::new("other").join(name);
        assert!(
            repository.is_path_ignored(&file).unwrap(),
            "{name} is not ignored"
        );
    }
    for name in files(&path).keys() {
        let file = Path::new("webex").join(name);
        assert!(
            !repository.is_path_ignored(&file).unwrap(),
            "{name} is ignored"
        );
    }
}

/// The help names a directory that can be used, not the one that was refused.
#[test]
fn another_directory_than_the_refused_one() {
    let directory = tempfile::tempdir().unwrap();
    let there = directory.path().join("webex");
    std::fs::create_dir(&there).unwrap();
    crate::common::write(&there.join("a.yaml"), "version: 1\n");
    let told = run(directory.path(), &["init", "webex"]);
    assert_eq!(told.exit, 1, "{}", told.all());
    let (message, help) = told.stderr.split_once("help: ").unwrap();
    assert!(
        message.contains("webex has YAML files already"),
        "{message}"
    );
    assert!(help.contains("`trunkline init organisation`"), "{help}");
}
