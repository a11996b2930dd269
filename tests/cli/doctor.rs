//! `doctor` without Webex: files, git, snapshots, journals, workflows; and the page of scopes, which is made from the table.

use std::fmt::Write as _;
use std::path::Path;

use crate::common::{golden, root, run, small, trunkline, write};
use serde_json::Value;
use trunkline::webex::scopes::{NEEDS, Needed, RULES, Task, Without, needed};

/// The checks of an area: result and message.
fn checks(report: &Value, area: &str) -> Vec<(String, String)> {
    let checks = report["checks"].as_array().unwrap().iter();
    let of_area = checks.filter(|check| check["area"] == area);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    of_area
        .map(|check| (text(&check["result"]), text(&check["message"])))
        .collect()
}

pub fn has(report: &Value, area: &str, result: &str, words: &str) -> bool {
    let found = checks(report, area);
    found
        .iter()
        .any(|(mark, text)| mark == result && text.contains(words))
}

#[test]
fn a_healthy_directory() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let told = run(directory.path(), &["doctor", "--format", "json"]);
    assert_eq!(told.exit, 0, "{}", told.all());
    let report = told.json();
    assert!(has(&report, "files", "ok", "no errors"), "{report:#}");
    assert!(
        has(&report, "git", "warning", "not in a git repository"),
        "{report:#}"
    );
    assert!(
        has(&report, "last apply", "note", "nobody is treated as new"),
        "{report:#}"
    );
    assert!(
        has(&report, "token", "note", "there is no token"),
        "{report:#}"
    );
    assert!(
        has(&report, "workflows", "note", "no workflow"),
        "{report:#}"
    );
    let text = run(directory.path(), &["doctor"]);
    assert!(text.stdout.contains("\nSnapshot\n"), "{}", text.all());
}

#[test]
fn what_is_wrong_has_its_exit_code() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let path = directory.path().join("snapshot.json");
    let whole: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();

    let mut partial = whole.clone();
    partial["complete"] = false.into();
    partial.as_object_mut().unwrap().remove("groups");
    write(&path, partial.to_string());
    let told = run(directory.path(), &["doctor", "--format", "json"]);
    assert_eq!(told.exit, 7, "{}", told.all());
    let report = told.json();
    assert_eq!(report["exitCode"], 7);
    assert!(
        has(&report, "snapshot", "error", "incomplete"),
        "{report:#}"
    );
    assert!(has(&report, "snapshot", "note", "groups"), "{report:#}");

    write(&path, whole.to_string());
    write(&directory.path().join("extra.yaml"), "users: 3\n");
    let told = run(directory.path(), &["doctor"]);
    assert_eq!(told.exit, 1, "{}", told.all());
    assert!(told.stdout.contains("1 error"), "{}", told.all());

    let empty = tempfile::tempdir().unwrap();
    let told = run(empty.path(), &["doctor"]);
    assert_eq!(told.exit, 7, "{}", told.all());
    assert!(told.stdout.contains("trunkline init"), "{}", told.all());
    assert_eq!(run(empty.path(), &["doctor", "gone"]).exit, 1);
    let named = run(empty.path(), &["doctor", "--snapshot", "gone.json"]);
    assert!(named.stdout.contains("gone.json"), "{}", named.all());
}

#[test]
fn runs_that_did_not_end_are_named() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let journal = directory.path().join(".trunkline/journal.jsonl");
    std::fs::create_dir(journal.parent().unwrap()).unwrap();
    let run_line = r#"{"record":"run","formatVersion":1,"plan":"P","org":"O","target":"t","at":"2026-11-20T08:00:00Z"}"#;
    let begin = r#"{"record":"begin","operation":1,"attempt":1,"method":"PUT","path":"/people/x","subjects":[]}"#;
    write(&journal, format!("{run_line}\n{begin}\n"));
    let told = run(directory.path(), &["doctor", "--format", "json"]);
    assert_eq!(told.exit, 0, "{}", told.all());
    let report = told.json();
    assert!(
        has(&report, "last apply", "warning", "1 request begun"),
        "{report:#}"
    );

    write(&journal, format!("{run_line}\nnonsense\n{begin}\n"));
    let told = run(directory.path(), &["doctor"]);
    assert_eq!(told.exit, 1, "{}", told.all());
    assert!(told.stdout.contains("journal.jsonl:2"), "{}", told.all());
}

/// Whom an earlier run owes something, only all journals together tell.
#[test]
fn journals_that_cannot_be_read_are_named() {
    let run_line = r#"{"record":"run","formatVersion":1,"plan":"P","org":"O","target":"t","at":"2026-11-20T08:00:00Z"}"#;
    type Damage<'a> = (&'a str, &'a dyn Fn(&Path));
    let damage: [Damage<'_>; 4] = [
        ("journal.1.jsonl", &|path| {
            std::fs::create_dir(path).unwrap()
        }),
        ("journal.2.jsonl:2", &|path| {
            write(
                &path.with_file_name("journal.1.jsonl"),
                format!("{run_line}\n"),
            );
            write(path, format!("{run_line}\nnonsense\n{run_line}\n"));
        }),
        ("journal.jsonl:2", &|path| {
            write(path, format!("{run_line}\n{{\"record\":\"fin\n"));
        }),
        ("journal.3.jsonl:1", &|path| write(path, "nonsense\n")),
    ];
    for (name, make) in damage {
        let directory = tempfile::tempdir().unwrap();
        small(directory.path());
        let state = directory.path().join(".trunkline");
        std::fs::create_dir(&state).unwrap();
        make(&state.join(name.split(':').next().unwrap()));
        let told = run(directory.path(), &["doctor", "--format", "json"]);
        assert_eq!(told.exit, 1, "{name}: {}", told.all());
        assert!(
            has(&told.json(), "last apply", "error", name),
            "{}",
            told.all()
        );
        assert_eq!(run(directory.path(), &["plan"]).exit, 1, "{name}");
    }
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let journal = directory.path().join(".trunkline/journal.1.jsonl");
    std::fs::create_dir(journal.parent().unwrap()).unwrap();
    write(&journal, format!("{run_line}\n{{\"record\":\"fin"));
    let told = run(directory.path(), &["doctor"]);
    assert_eq!(told.exit, 0, "a line that a kill has cut: {}", told.all());
}

/// What `plan` refuses, `doctor` has said before, with the same exit code.
#[test]
fn doctor_has_the_gates_of_plan() {
    type Change = fn(&mut Value);
    let cases: [(Change, i32, &str); 6] = [
        (
            |it| it["org"]["id"] = "org-2".into(),
            1,
            "the snapshot is of org-2",
        ),
        (|it| it["capturedAt"] = "yesterday".into(), 1, "capturedAt"),
        (
            |it| drop(it.as_object_mut().unwrap().remove("subscriptions")),
            7,
            "no `subscriptions`",
        ),
        (
            |it| {
                let first = it["users"][0].clone();
                it["users"].as_array_mut().unwrap().push(first);
            },
            1,
            "user/ana@acme.com: the snapshot has it 2 times",
        ),
        (|it| it["complete"] = false.into(), 7, "incomplete"),
        (
            |it| *it = serde_json::json!({"formatVersion": 1}),
            1,
            "is not a snapshot",
        ),
    ];
    for (change, exit, words) in cases {
        let directory = tempfile::tempdir().unwrap();
        small(directory.path());
        let path = directory.path().join("snapshot.json");
        let mut snapshot: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut snapshot);
        write(&path, snapshot.to_string());
        let told = run(directory.path(), &["doctor", "--format", "json"]);
        assert_eq!(told.exit, exit, "{words}: {}", told.all());
        assert!(
            has(&told.json(), "snapshot", "error", words),
            "{}",
            told.all()
        );
        let plan = run(directory.path(), &["plan"]);
        assert_eq!(plan.exit, exit, "{words}: {}", plan.all());
    }
}

#[test]
fn a_snapshot_from_the_future_or_of_another_name() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let yaml = directory.path().join("org.yaml");
    let text = std::fs::read_to_string(&yaml).unwrap();
    write(&yaml, text.replace("name: Acme, id: org-1", "name: Akme"));
    let path = directory.path().join("snapshot.json");
    let text = std::fs::read_to_string(&path).unwrap();
    write(&path, text.replace("2026-11-20T", "2999-11-20T"));
    let told = run(directory.path(), &["doctor", "--format", "json"]);
    assert_eq!(told.exit, 0, "{}", told.all());
    let report = told.json();
    for words in ["in the future", "the snapshot is of `Acme`"] {
        assert!(has(&report, "snapshot", "warning", words), "{report:#}");
    }
}

/// With a snapshot of the right organisation, with one of the wrong one, and without any.
#[test]
fn an_applied_snapshot_of_another_organisation() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let path = directory.path().join("snapshot.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let other = text.replace("org-1", "org-2");
    let applied = directory.path().join(".trunkline/applied.json");
    std::fs::create_dir(applied.parent().unwrap()).unwrap();
    write(&applied, &other);
    for now in [Some(&text), Some(&other), None] {
        match now {
            Some(text) => write(&path, text),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let told = run(directory.path(), &["doctor", "--format", "json"]);
        assert_eq!(told.exit, 1, "{}", told.all());
        assert!(
            has(&told.json(), "last apply", "error", "it is of org-2, but"),
            "{}",
            told.all()
        );
    }
    // Without org.id only the name is left.
    let yaml = directory.path().join("org.yaml");
    let text = std::fs::read_to_string(&yaml).unwrap();
    write(&yaml, text.replace("name: Acme, id: org-1", "name: Akme"));
    let told = run(directory.path(), &["doctor", "--format", "json"]);
    assert!(
        has(&told.json(), "last apply", "warning", "`Acme`"),
        "{}",
        told.all()
    );
}

#[test]
fn no_secret_is_printed() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let told = trunkline(directory.path())
        .args(["doctor"])
        .envs([
            ("WEBEX_CLIENT_ID", "client-4711"),
            ("WEBEX_CLIENT_SECRET", "secret-4711"),
            ("WEBEX_REFRESH_TOKEN", "refresh-4711"),
        ])
        .output()
        .unwrap();
    let text = String::from_utf8([told.stdout, told.stderr].concat()).unwrap();
    assert!(
        text.contains("whose new refresh token is not kept"),
        "{text}"
    );
    assert!(!text.contains("4711"), "{text}");
}

/// Every scope of the rules has a need, and every need a rule: a scope that no command needs is not asked for.
#[test]
fn rules_and_needs_agree() {
    for need in &NEEDS {
        let scope = need.scope;
        let of = |rule: &&trunkline::webex::scopes::Rule| {
            rule.read.contains(&scope) || rule.write.contains(&scope)
        };
        assert!(
            RULES.iter().any(|rule| of(&rule)),
            "no request needs {scope}"
        );
    }
    let needed = |scope: &str| NEEDS.iter().any(|need| need.scope == scope);
    // Not sent by any command: licence templates and the directory are only read, PSTN connections are set in Control Hub.
    let unused = [
        "spark-admin:licenses_write",
        "spark-admin:telephony_pstn_write",
        "identity:people_rw",
    ];
    for rule in &RULES {
        for scope in rule.read.first().into_iter().chain(rule.write) {
            assert!(
                needed(scope) || unused.contains(scope),
                "{scope} of {}",
                rule.path
            );
        }
    }
}

/// A request that a kind sends has a row in the table.
#[test]
fn every_request_of_a_plan_has_its_scopes() {
    for kind in trunkline::kinds::KINDS {
        for wire in kind.live.wires {
            assert!(
                matches!(needed(wire.method, wire.path), Some(Needed::All(_))),
                "{} {}",
                wire.method,
                wire.path
            );
        }
    }
}

const HEAD: &str = "\
# Scopes

Which scopes a token needs. Give a service app those of the commands that it is for, or ask what a token has:

```sh
trunkline doctor --live
```

Besides the scopes, the owner of a token needs an administrator role: a read-only administrator can read everything, and a full administrator
can also write. Webex answers a request without its scope with 403; the message then names the scope.

This page is made from the table in [`src/webex/scopes/`](../src/webex/scopes/mod.rs). Do not edit it. What is derived and not said by Cisco is in
[unconfirmed](unconfirmed.md#scopes).
";

#[test]
fn the_page_of_scopes_is_the_table() {
    let mut page = HEAD.to_owned();
    for task in Task::ALL {
        write!(
            page,
            "\n## {}\n\n| scope | for | without it |\n|---|---|---|\n",
            task.commands()
        )
        .unwrap();
        for need in NEEDS.iter().filter(|need| need.task == task) {
            let without = match need.without {
                Without::Fails => {
                    "the command fails, or its snapshot is incomplete (exit code 7)".to_owned()
                }
                Without::Changes(changes) => format!("{changes} fail"),
                Without::Lacks(lost) => lost.to_owned(),
            };
            writeln!(page, "| `{}` | {} | {without} |", need.scope, need.what).unwrap();
        }
        if task == Task::Apply {
            page += "\n`apply` also reads, so it needs the scopes of the first table as well.\n";
        }
    }
    page += "\n## By request\n\nThe first row that fits counts.\n\n| path | GET: one of | other methods: all of |\n|---|---|---|\n";
    let cell = |scopes: &[&str]| {
        let scopes = scopes.iter().map(|scope| format!("`{scope}`"));
        scopes.collect::<Vec<_>>().join(", ")
    };
    for rule in &RULES {
        let (read, written) = (cell(rule.read), cell(rule.write));
        let any = if read.is_empty() {
            "any token".to_owned()
        } else {
            read
        };
        writeln!(page, "| `{}` | {any} | {written} |", rule.path).unwrap();
    }
    golden(&root().join("docs/scopes.md"), &page).unwrap_or_else(|difference| {
        panic!("UPDATE_GOLDEN=1 cargo test --test cli doctor rewrites it\n{difference}")
    });
    assert!(Path::new(&root().join("docs/scopes.md")).exists());
}

/// Commands in helps can be copied into a shell.
#[test]
fn helps_quote_paths() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("two words");
    std::fs::create_dir(&path).unwrap();
    write(&path.join("org.yaml"), "version: 1\norg: {}\n");
    let told = run(directory.path(), &["doctor", "two words"]);
    for words in [
        "see them with `trunkline validate 'two words'`",
        "`trunkline snapshot --live --out 'two words/snapshot.json'`",
    ] {
        assert!(told.stdout.contains(words), "{words}: {}", told.all());
    }
}
