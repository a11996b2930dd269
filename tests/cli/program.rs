//! The command line: help texts (golden files in `tests/golden-help/`, and `docs/cli.md`), exit codes, saved plans, colours, completions.

use std::path::Path;
use std::process::Stdio;

use crate::common;
use crate::common::{
    SMALL_SNAPSHOT, SMALL_YAML, copy, golden, root, run, small, sorted, trunkline, write,
};

const COMMANDS: [&str; 22] = [
    "validate",
    "plan",
    "drift",
    "show",
    "restore",
    "apply",
    "licenses",
    "explain",
    "broadworks",
    "fleet",
    "list",
    "doctor",
    "snapshot",
    "init",
    "import",
    "fmt",
    "schema",
    "simulate",
    "completions",
    "complete",
    "man",
    "version",
];

/// Commands below another.
const BELOW: [[&str; 2]; 3] = [
    ["broadworks", "billing"],
    ["broadworks", "consent-mail"],
    ["fleet", "plan"],
];

#[test]
fn help_texts() {
    let directory = root().join("tests/golden-help");
    let mut wrong = String::new();
    let mut check = |name: &str, args: &[&str]| {
        let help = run(root(), args);
        assert_eq!((help.exit, help.stderr.as_str()), (0, ""), "{args:?}");
        if let Err(difference) = golden(&directory.join(format!("{name}.txt")), &help.stdout) {
            wrong += &difference;
        }
    };
    check("trunkline", &["--help"]);
    check("trunkline-short", &["-h"]);
    for command in COMMANDS {
        check(command, &[command, "--help"]);
    }
    for [above, command] in BELOW {
        check(&format!("{above}-{command}"), &[above, command, "--help"]);
    }
    assert!(wrong.is_empty(), "{wrong}");
    let below = BELOW.map(|names| names.join("-"));
    let names = COMMANDS.iter().chain(&["trunkline", "trunkline-short"]);
    let known: Vec<String> = names
        .map(|name| (*name).to_owned())
        .chain(below)
        .map(|name| format!("{name}.txt"))
        .collect();
    for path in sorted(&directory) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(known.contains(&name), "{name} belongs to no command");
    }
}

#[test]
fn every_command_has_a_help_text() {
    let names: Vec<String> = trunkline::cli::command()
        .get_subcommands()
        .map(|it| it.get_name().to_owned())
        .collect();
    assert_eq!(
        names, COMMANDS,
        "a new command gets its golden help: add it to COMMANDS"
    );
}

#[test]
fn every_argument_says_what_it_is() {
    let program = trunkline::cli::command();
    let below: Vec<&clap::Command> = program
        .get_subcommands()
        .flat_map(|it| it.get_subcommands())
        .collect();
    let names: Vec<&str> = below.iter().map(|it| it.get_name()).collect();
    assert_eq!(names, BELOW.map(|[_, name]| name));
    for command in program.get_subcommands().chain(below) {
        assert!(command.get_about().is_some(), "{}", command.get_name());
        for argument in command
            .get_arguments()
            .filter(|argument| !argument.is_hide_set())
        {
            assert!(
                argument.get_help().is_some(),
                "{} {}",
                command.get_name(),
                argument.get_id()
            );
        }
    }
}

#[test]
fn version() {
    for word in ["--version", "-V", "version"] {
        let version = run(root(), &[word]);
        assert_eq!(
            (version.exit, version.stdout.as_str()),
            (0, concat!("trunkline ", env!("CARGO_PKG_VERSION"), "\n"))
        );
    }
}

#[test]
fn completions() {
    for (shell, word) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef trunkline"),
        ("fish", "complete -c trunkline"),
    ] {
        let script = run(root(), &["completions", shell]);
        assert_eq!((script.exit, script.stderr.as_str()), (0, ""));
        assert!(script.stdout.contains(word), "{shell}");
        for command in COMMANDS {
            assert!(script.stdout.contains(command), "{shell} lacks {command}");
        }
    }
}

#[test]
fn no_escape_codes_without_a_terminal() {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/blocked"), directory.path());
    write(
        &directory.path().join("broken/x.yaml"),
        "users: {ana@acme.com: {colour: blue}}\n",
    );
    let invocations: [&[&str]; 6] = [
        &["plan"],
        &["plan", "--format", "json"],
        &["validate", "broken"],
        &["validate"],
        &["licenses"],
        &["plan", "gone"],
    ];
    for args in invocations {
        for no_color in [None, Some("1"), Some("")] {
            let mut command = trunkline(directory.path());
            match no_color {
                Some(value) => command.env("NO_COLOR", value),
                None => command.env_remove("NO_COLOR"),
            };
            let output = command
                .env("TERM", "xterm-256color")
                .args(args)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            assert!(
                !output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b),
                "{args:?} with {no_color:?}"
            );
            assert!(!output.stdout.is_empty() || !output.stderr.is_empty());
        }
    }
}

#[test]
fn a_saved_plan_shows_the_same() {
    for example in ["acme", "blocked", "quickstart", "service-provider"] {
        let directory = tempfile::tempdir().unwrap();
        copy(&root().join("examples").join(example), directory.path());
        let plan = run(directory.path(), &["plan", "--out", "saved.plan"]);
        let saved = std::fs::read_to_string(directory.path().join("saved.plan")).unwrap();
        assert_eq!(
            run(directory.path(), &["plan", "--format", "json"]).stdout,
            saved,
            "{example}"
        );
        for (args, expected) in [
            (vec!["show", "saved.plan"], plan.stdout),
            (vec!["show", "saved.plan", "--format", "json"], saved),
            (
                vec!["show", "saved.plan", "--detail", "full"],
                run(directory.path(), &["plan", "--detail", "full"]).stdout,
            ),
        ] {
            let shown = run(directory.path(), &args);
            assert_eq!((shown.exit, shown.stderr.as_str()), (0, ""), "{example}");
            assert!(
                shown.stdout == expected,
                "{example} {args:?}\n{}",
                common::difference(&expected, &shown.stdout)
            );
        }
    }
}

#[test]
fn out_leaves_no_file_behind_when_there_is_no_plan() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    write(&directory.path().join("snapshot.json"), "{");
    assert_eq!(
        run(directory.path(), &["plan", "--out", "saved.plan"]).exit,
        7
    );
    assert!(!directory.path().join("saved.plan").exists());
    let nowhere = run(
        directory.path(),
        &["plan", "--snapshot", "s.json", "--out", "gone/saved.plan"],
    );
    assert_ne!(nowhere.exit, 0);
    assert_eq!(sorted(directory.path()).len(), 2, "no temporary file stays");
}

#[test]
fn out_that_cannot_be_written() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let run = run(directory.path(), &["plan", "--out", "gone/saved.plan"]);
    assert_eq!(run.exit, 1, "{}", run.all());
    assert!(run.stderr.contains("gone/saved.plan"), "{}", run.stderr);
}

/// Exit codes with and without `--detailed-exitcode`.
#[track_caller]
fn exits(directory: &Path, plain: i32, detailed: i32) {
    assert_eq!(run(directory, &["plan"]).exit, plain);
    assert_eq!(
        run(directory, &["plan", "--detailed-exitcode"]).exit,
        detailed
    );
    assert_eq!(
        run(
            directory,
            &["plan", "--format", "json", "--detailed-exitcode"]
        )
        .exit,
        detailed
    );
}

#[test]
fn exit_codes() {
    let directory = tempfile::tempdir().unwrap();
    let path = small(directory.path());
    exits(&path, 0, 2);
    let yaml = |more: &str| write(&path.join("org.yaml"), format!("{SMALL_YAML}{more}"));

    write(
        &path.join("snapshot.json"),
        SMALL_SNAPSHOT.replace("\"licenses\": []", "\"licenses\": [\"L-MSG\"]"),
    );
    exits(&path, 0, 0);

    let deletion = "users: {bob@acme.com: {state: absent}}\n";
    let covered =
        "acknowledgements: [{code: user-deletion, subjects: [bob@acme.com], reason: HR-1}]\n";
    yaml(&format!("{deletion}{covered}"));
    exits(&path, 0, 3);
    yaml(deletion);
    exits(&path, 4, 4);
    yaml("users: {bop@acme.com: {}}\n");
    exits(&path, 4, 4);
    yaml(&format!(
        "{deletion}{covered}guardrails: {{protect: [user/bob@acme.com]}}\n"
    ));
    exits(&path, 4, 4);
    yaml("colour: blue\n");
    exits(&path, 1, 1);
    yaml("");
    std::fs::remove_file(path.join("snapshot.json")).unwrap();
    exits(&path, 7, 7);
    // An error of the files comes before a snapshot that is not there.
    yaml("colour: blue\n");
    exits(&path, 1, 1);
}

#[test]
fn warnings_and_infos_do_not_change_the_code() {
    let directory = tempfile::tempdir().unwrap();
    let path = small(directory.path());
    write(
        &path.join("org.yaml"),
        SMALL_YAML.replace("    existingUsers: true\n", ""),
    );
    write(
        &path.join("more.yaml"),
        "acknowledgements: [{code: calling-loss, subjects: [ana@acme.com], reason: HR-1}]\n",
    );
    let plan = run(&path, &["plan", "--detailed-exitcode"]);
    assert_eq!(plan.exit, 0, "{}", plan.all());
    assert!(
        plan.stdout.contains("acknowledgement-unused")
            && plan.stdout.contains("existing-users-not-in-scope")
    );
}

#[test]
fn validate_needs_no_snapshot() {
    let directory = tempfile::tempdir().unwrap();
    let path = small(directory.path());
    std::fs::remove_file(path.join("snapshot.json")).unwrap();
    let fine = run(&path, &["validate"]);
    assert_eq!(
        (fine.exit, fine.stdout.as_str(), fine.stderr.as_str()),
        (0, "1 file is valid.\n", "")
    );
    let json = run(&path, &["validate", "--format", "json"]);
    assert_eq!(json.exit, 0);
    assert_eq!(
        json.json(),
        serde_json::json!({"formatVersion": 1, "findings": []})
    );
    for example in ["acme", "blocked", "quickstart", "service-provider"] {
        let validate = run(root(), &["validate", &format!("examples/{example}")]);
        assert_eq!(validate.exit, 0, "{example}: {}", validate.all());
    }
}

#[test]
fn licenses_with_and_without_a_snapshot() {
    let directory = tempfile::tempdir().unwrap();
    let path = small(directory.path());
    let with = run(&path, &["licenses"]);
    assert_eq!((with.exit, with.stderr.as_str()), (0, ""));
    assert!(
        with.stdout.contains("Advanced Messaging") && with.stdout.contains("Sub-1"),
        "{}",
        with.stdout
    );
    assert!(
        with.stdout.lines().all(|line| line.trim_end() == line),
        "no blanks at line ends"
    );
    std::fs::remove_file(path.join("snapshot.json")).unwrap();
    let without = run(&path, &["licenses"]);
    assert_eq!(without.exit, 0);
    assert!(without.stdout.contains("professional") && !without.stdout.contains("Sub-1"));
    let json = run(&path, &["licenses", "--format", "json"]).json();
    assert!(json["words"].as_array().unwrap().len() > 5);
}

#[test]
fn an_unknown_target_is_an_error() {
    let run = |target| run(root(), &["plan", "examples/acme", "--target", target]);
    for (target, help) in [
        ("user/kwamee@acme.com", "Did you mean `kwame@acme.com`?"),
        ("usr/kwame@acme.com", "Did you mean `user`?"),
    ] {
        let run = run(target);
        assert_eq!((run.exit, run.stdout.as_str()), (1, ""), "{target}");
        assert!(run.stderr.contains(help), "{}", run.stderr);
    }
    let found = run("KWAME@acme.com");
    assert_eq!((found.exit, found.stderr.as_str()), (0, ""));
    let head = "trunkline plan --target user/kwame@acme.com · Acme";
    assert!(found.stdout.starts_with(head), "{}", found.stdout);
}

#[test]
fn without_a_token_the_help_says_what_to_set() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let snapshot = ["snapshot", "--live", "--out", "new.json"];
    for args in [&["plan", "--live"][..], &snapshot] {
        let run = run(directory.path(), args);
        assert_eq!((run.exit, run.stdout.as_str()), (1, ""));
        assert!(run.stderr.contains("WEBEX_ACCESS_TOKEN"), "{}", run.stderr);
    }
}
