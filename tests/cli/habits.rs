//! The command line as users of Terraform, kubectl and git expect it; global options; `apply` by its options.

use std::process::Stdio;

use super::init_terminal::{terminal, typed};
use crate::common::{copy, root, run, small, trunkline};

/// What users of other programs type does what they expect.
#[test]
fn habits_of_other_programs() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let json = run(directory.path(), &["plan", "--format", "json"]).stdout;
    let place = directory.path().to_str().unwrap();
    let chdir = format!("-chdir={place}");
    let same: [&[&str]; 6] = [
        &["plan", "-o", "json"],
        &["plan", "--output", "json"],
        &["plan", "--json"],
        &["-C", place, "plan", "--json"],
        &[&chdir, "plan", "-json"],
        &["plan", "-C", place, "--json", "-no-color", "-q"],
    ];
    for args in same {
        let at = match args.iter().any(|arg| arg.contains(place)) {
            true => root(),
            false => directory.path(),
        };
        let told = run(at, args);
        assert_eq!(
            (told.exit, &told.stdout),
            (0, &json),
            "{args:?}: {}",
            told.stderr
        );
    }
    let saved = run(
        directory.path(),
        &["plan", "-out=saved.json", "-detailed-exitcode"],
    );
    assert_eq!(saved.exit, 2, "{}", saved.all());
    assert_eq!(
        std::fs::read_to_string(directory.path().join("saved.json")).unwrap(),
        json
    );
    let drift = run(directory.path(), &["drift", "-detailed-exitcode"]);
    assert_eq!(
        drift.exit,
        run(directory.path(), &["drift"]).exit,
        "{}",
        drift.all()
    );
    let plain = run(directory.path(), &["plan", "-json=false", "-no-color=true"]);
    assert!(
        plain.exit == 0 && plain.stdout.starts_with("trunkline plan"),
        "{}",
        plain.all()
    );
    let version = run(directory.path(), &["-v"]);
    assert_eq!(version.stdout, run(directory.path(), &["version"]).stdout);
    let nowhere = run(directory.path(), &["-C", "gone", "plan"]);
    assert!(
        nowhere.exit == 1 && nowhere.stderr.contains("cannot run in the directory"),
        "{}",
        nowhere.all()
    );
}

#[test]
fn commands_of_other_programs_get_a_hint() {
    for (word, ours) in [
        ("destroy", "state: absent"),
        ("diff", "trunkline plan"),
        ("state", "there is no state file"),
        ("get", "trunkline explain"),
        ("lint", "trunkline validate"),
        ("login", "WEBEX_ACCESS_TOKEN"),
        ("status", "trunkline plan"),
        ("edit", "YAML"),
        ("history", "trunkline explain"),
        ("graph", "--detail order"),
        ("context", "-C DIR"),
    ] {
        let told = run(root(), &[word]);
        assert_eq!(told.exit, 1, "{word}");
        assert!(
            told.stderr
                .contains(&format!("trunkline has no command `{word}`"))
                && told.stderr.contains(ours),
            "{}",
            told.stderr
        );
    }
    for (args, ours) in [
        (&["apply", "--dry-run"][..], "trunkline plan"),
        (&["plan", "-input=false"], "without a terminal"),
        (&["plan", "-refresh-only"], "--live"),
        (&["plan", "-var", "x=y"], "no variables"),
        (&["fmt", "-recursive"], "always read"),
        (&["apply", "-f", "webex"], "trunkline apply PLANFILE"),
    ] {
        let told = run(root(), args);
        assert_eq!(told.exit, 1, "{args:?}");
        let blamed = format!("`trunkline {}` has no option `{}`", args[0], args[1]);
        let blamed = blamed.replace("=false", "");
        assert!(
            told.stderr.starts_with(&format!("error: {blamed}")) && told.stderr.contains(ours),
            "{}",
            told.stderr
        );
    }
    let told = run(root(), &["plan", "--no-such-option"]);
    assert!(
        told.exit == 1
            && told
                .stderr
                .contains("`trunkline plan` has no option `--no-such-option`"),
        "{}",
        told.stderr
    );
    for (args, words) in [
        (
            &["plan", "--formatt", "json"][..],
            "did you mean `--format`?",
        ),
        (&["schema", "x"], "`trunkline schema` takes no argument `x`"),
        (
            &["list"],
            "`trunkline list` needs <KIND>\n  help: What to list: users, workspaces",
        ),
        (&["snapshot"], "`trunkline snapshot --help` shows"),
    ] {
        let told = run(root(), args);
        assert!(
            told.exit == 1 && told.stderr.contains(words),
            "{}",
            told.stderr
        );
    }
    let told = run(root(), &["plon"]);
    assert!(
        told.exit == 1 && told.stderr.contains("plan"),
        "{}",
        told.stderr
    );
}

/// The message is about what was typed, and not about what this program has read instead.
#[test]
fn what_is_refused_is_what_was_typed() {
    let cases: [(&[&str], &str, &str); 12] = [
        (
            &["fmt", "-check", "-diff", "-recursive"],
            "`trunkline fmt` has no option `-diff`",
            "--check",
        ),
        (
            &["fmt", "--check", "--diff"],
            "`trunkline fmt` has no option `--diff`",
            "--check",
        ),
        (
            &["plan", "-parallelism=5"],
            "`trunkline plan` has no option `-parallelism`",
            "`trunkline apply` has `--parallel`",
        ),
        (
            &["plan", "--auto-approve"],
            "`trunkline plan` has no option `--auto-approve`",
            "`trunkline apply` has `--yes`",
        ),
        (
            &["plan", "--yes"],
            "`trunkline plan` has no option `--yes`",
            "`trunkline apply` has `--yes`",
        ),
        (
            &["version", "-json"],
            "`trunkline version` has no option `-json`",
            "`trunkline version --help`",
        ),
        (
            &["version", "-o", "x.json"],
            "`trunkline version` has no option `-o`",
            "`trunkline version --help`",
        ),
        (
            &["apply", "--export", "users.csv"],
            "`trunkline apply` has no option `--export`",
            "`trunkline plan` has `--export`",
        ),
        (
            &["plan", "--export", "users.csv"],
            "--export is only for --format control-hub",
            "--format control-hub --out DIR",
        ),
        (
            &["fleet", "apply", "two"],
            "there is no `trunkline fleet apply`",
            "`trunkline apply`",
        ),
        (
            &["fleet", "apply"],
            "there is no directory `apply`",
            "fleet plan",
        ),
        (&["snapshot", "--out", "s.json"], "--from-csv", "--live"),
    ];
    for (args, message, help) in cases {
        let told = run(&root().join("examples/quickstart"), args);
        assert_eq!(told.exit, 1, "{args:?}");
        for words in [message, help] {
            assert!(told.stderr.contains(words), "{args:?}: {}", told.stderr);
        }
        let wrong = ["--partial", "`--check`", "unexpected"];
        let wrong = wrong.iter().filter(|_| args[0] != "fmt");
        for words in wrong {
            assert!(!told.stderr.contains(words), "{args:?}: {}", told.stderr);
        }
    }
}

#[test]
fn an_apply_with_a_target_leaves_the_rest() {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/acme"), directory.path());
    let target = ["--target", "group/Service Desk"];
    let planned = run(directory.path(), &["plan", "--json", target[0], target[1]]).json();
    assert_ne!(planned["changes"], serde_json::json!([]));
    let applied = run(
        directory.path(),
        &["apply", "--auto-approve", target[0], target[1]],
    );
    assert_eq!(applied.exit, 0, "{}", applied.all());
    let left = run(directory.path(), &["plan", "--json", target[0], target[1]]).json();
    assert_eq!(left["changes"], serde_json::json!([]));
    let all = run(directory.path(), &["plan", "--json"]).json();
    assert_ne!(all["changes"], serde_json::json!([]));
    let saved = run(directory.path(), &["plan", "--out", "saved.json"]);
    assert_eq!(saved.exit, 0, "{}", saved.all());
    let refused = run(
        directory.path(),
        &["apply", "saved.json", "--yes", target[0], target[1]],
    );
    assert!(
        refused.exit == 1
            && refused
                .stderr
                .contains("a saved plan is applied as a whole"),
        "{}",
        refused.all()
    );
}

#[test]
fn colours_are_as_the_user_wants_them() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let colored = |args: &[&str], variables: &[(&str, &str)]| {
        let output = trunkline(directory.path())
            .env_remove("NO_COLOR")
            .envs(variables.iter().copied())
            .arg("plan")
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!colored(&[], &[]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "0")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&["--no-color"], &[("CLICOLOR_FORCE", "1")]));
    assert!(colored(
        &["--color=auto"],
        &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")]
    ));
}

/// Help and results follow the same variables.
#[test]
fn colours_can_be_turned_off_on_a_terminal() {
    if !terminal() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let xterm = ("TERM", "xterm");
    let colors = ("NO_COLOR", "");
    for (off, variables) in [
        (false, &[xterm, colors][..]),
        (true, &[xterm, colors, ("CLICOLOR", "0")]),
        (true, &[xterm, ("NO_COLOR", "1")]),
    ] {
        for args in ["plan --no-pager", "plan --help"] {
            let (_, said) = typed(directory.path(), args, "", variables);
            assert_eq!(
                said.contains('\u{1b}'),
                !off,
                "{args} {variables:?}: {said}"
            );
        }
    }
}

/// Whoever does not confirm has decided, which is no error; scripts see that nothing was applied.
#[test]
fn an_apply_that_is_not_confirmed_changes_nothing() {
    if !terminal() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/quickstart"), directory.path());
    let snapshot = || std::fs::read(directory.path().join("snapshot.json")).unwrap();
    let before = snapshot();
    let (exit, said) = typed(directory.path(), "apply", "y\n", &[]);
    assert_eq!(exit, 1, "{said}");
    assert!(
        said.contains("Cancelled: nothing was changed.") && !said.contains("error:"),
        "{said}"
    );
    assert_eq!(snapshot(), before);
    let (exit, said) = typed(directory.path(), "apply", "yes\n", &[]);
    assert_eq!(exit, 0, "{said}");
    for words in [
        "Apply these 3 changes to",
        "Applied: 3 done",
        " writes)",
        "took ",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_ne!(snapshot(), before);
}

#[test]
fn help_is_a_command_too() {
    for (words, option) in [
        (&["help"][..], &["--help"][..]),
        (&["help", "plan"], &["plan", "--help"]),
    ] {
        let (help, same) = (run(root(), words), run(root(), option));
        assert_eq!((help.exit, &help.stdout), (0, &same.stdout), "{words:?}");
    }
}

/// A recipient that is mistyped must not be found out half way, with the first change that needs a backup.
#[test]
fn recipients_of_backups_are_checked_before_the_run() {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/acme"), directory.path());
    let snapshot = || std::fs::read(directory.path().join("snapshot.json")).unwrap();
    let before = snapshot();
    let args = ["apply", "--yes", "--backup-recipient", "age1nobody"];
    let refused = run(directory.path(), &args);
    assert!(
        refused.exit == 1
            && refused
                .stderr
                .contains("age1nobody is not an age recipient"),
        "{}",
        refused.all()
    );
    assert_eq!(snapshot(), before);
    assert!(!directory.path().join(".trunkline").exists());
}

/// What is not there is said to be not there, and temporary names are nobody's business.
#[test]
fn files_that_are_missing() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    for (args, words) in [
        (
            &["apply", "gone.json", "--yes"][..],
            "there is no file or directory `gone.json`",
        ),
        (
            &["apply", "gone.json", ".", "--yes"],
            "there is no file or directory `gone.json`",
        ),
        (&["show", "gone.json"], "there is no file `gone.json`"),
        (
            &["plan", "--out", "gone/plan.json"],
            "cannot write gone/plan.json: the directory `gone` does not exist",
        ),
    ] {
        let told = run(directory.path(), args);
        assert_eq!(told.exit, 1, "{args:?}: {}", told.all());
        assert!(told.stderr.contains(words), "{args:?}: {}", told.all());
        assert!(!told.stderr.contains(".tmp"), "{args:?}: {}", told.all());
    }
}
