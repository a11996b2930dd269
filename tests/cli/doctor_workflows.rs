//! `doctor` on the workflows of a repository.

use crate::common::{run, small, write};
use crate::doctor::has;

#[test]
fn workflows_that_are_not_filled_in_or_pinned() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(
        run(directory.path(), &["init", ".", "--ci", "github"]).exit,
        0
    );
    let told = run(directory.path(), &["doctor", "--format", "json"]);
    assert!(
        has(
            &told.json(),
            "workflows",
            "warning",
            "trunkline-plan.yml:26"
        ),
        "{}",
        told.all()
    );
    assert!(
        has(
            &told.json(),
            "workflows",
            "warning",
            "the checksum of the release is not filled in"
        ),
        "{}",
        told.all()
    );
    let at = |name: &str| directory.path().join(".github/workflows").join(name);
    for (name, commit) in [
        (
            "trunkline-plan.yml",
            "0123456789abcdef0123456789abcdef01234567",
        ),
        (
            "trunkline-apply.yml",
            "0123456789abcdef0123456789abcdef01234567",
        ),
        ("trunkline-drift.yml", "main"),
    ] {
        let text = std::fs::read_to_string(at(name)).unwrap();
        let text = text
            .replace("OWNER/", "acme/")
            .replace("@COMMIT", &format!("@{commit}"))
            .replace("\"SHA256\"", &format!("\"{}\"", "0".repeat(64)));
        let text = match name {
            "trunkline-apply.yml" => text.replace("version: \"0.", "version: \"9."),
            _ => text,
        };
        write(&at(name), text);
    }
    let report = run(directory.path(), &["doctor", "--format", "json"]).json();
    assert!(
        has(&report, "workflows", "ok", "trunkline-plan.yml"),
        "{report:#}"
    );
    assert!(
        has(
            &report,
            "workflows",
            "warning",
            "main can be moved by others"
        ),
        "{report:#}"
    );
    assert!(
        has(&report, "workflows", "warning", "it runs trunkline 9."),
        "{report:#}"
    );
}

/// What cannot be read or seen is not called pinned.
#[test]
fn workflows_are_judged_by_what_they_say() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let ours = format!("uses: acme/trunkline/.github/workflows/plan.yml@{commit}");
    let head = "jobs:\n  a:\n    ";
    let version = env!("CARGO_PKG_VERSION");
    let with = |sum: &str| format!("{head}{ours}\n    with: {{version: '{version}', {sum}}}\n");
    let gitlab = "plan: {script: [trunkline plan], ";
    let digest = "0a".repeat(32);
    let cases = [
        (
            "x.yml",
            with(&format!("sha256: '{digest}'")),
            "ok",
            "pinned",
        ),
        (
            "x.yml",
            with("sha256: '0a0a'"),
            "warning",
            "x.yml:4: sha256 is not",
        ),
        (
            "x.yml",
            with("path: ."),
            "warning",
            "x.yml:4: version has no sha256",
        ),
        (
            "x.yml",
            format!("{head}'{ours}'\n"),
            "note",
            "nothing from elsewhere",
        ),
        (
            "x.yml",
            format!("# {ours}\na: 1\n"),
            "note",
            "no workflow runs",
        ),
        (
            "x.yml",
            format!("{head}{ours}\n  b: ["),
            "warning",
            "x.yml was not checked",
        ),
        ("x.yml/y", String::new(), "warning", "x.yml was not checked"),
        (
            "x.yml",
            format!("{head}steps: [{{run: trunkline plan}}, {{'uses' : actions/checkout@v4}}]\n"),
            "warning",
            "actions/checkout is not pinned: v4",
        ),
        (
            "gitlab",
            format!("{gitlab}image: {{name: 'x:{commit}'}}}}\n"),
            "warning",
            "can be moved",
        ),
        (
            "gitlab",
            format!("{gitlab}image: 'x@sha256:{digest}'}}\n"),
            "ok",
            "pinned",
        ),
        (
            "gitlab",
            format!("{gitlab}image: 'x@sha256:0a'}}\n"),
            "warning",
            "not pinned",
        ),
        (
            "gitlab",
            format!("{gitlab}image: $IMAGE}}\n"),
            "warning",
            "whether it is pinned is unknown",
        ),
        (
            "gitlab",
            format!("include: [{{project: a/b, ref: main, file: x.yml}}]\n{gitlab}}}\n"),
            "warning",
            "a/b is not pinned: main",
        ),
        (
            "gitlab",
            format!("{gitlab}}}\n"),
            "note",
            "nothing from elsewhere",
        ),
        (
            "gitlab/y",
            String::new(),
            "warning",
            ".gitlab-ci.yml was not checked",
        ),
    ];
    for (file, text, result, words) in cases {
        let directory = tempfile::tempdir().unwrap();
        small(&directory.path().join("webex"));
        let git = std::process::Command::new("git")
            .args(["init", "-q"])
            .current_dir(directory.path())
            .status();
        assert!(git.unwrap().success());
        let file = match file.strip_prefix("gitlab") {
            Some(below) => format!(".gitlab-ci.yml{below}"),
            None => format!(".github/workflows/{file}"),
        };
        write(&directory.path().join(file), &text);
        let told = run(directory.path(), &["doctor", "webex", "--format", "json"]);
        let report = told.json();
        assert!(has(&report, "workflows", result, words), "{text}{report:#}");
        let fine = has(&report, "workflows", "ok", "");
        assert_eq!(fine, result == "ok", "{text}{report:#}");
    }
}
