//! Long texts on a terminal go through a pager, which is `sed` here, so that one sees that they did. `script` of util-linux
//! makes the terminal.

use std::path::Path;
use std::process::{Command, Stdio};

use super::init_terminal::terminal;
use crate::common::{copy, root, run, trunkline};

/// Marks each line that went through it.
const MARK: (&str, &str) = ("TRUNKLINE_PAGER", "sed 's/^/paged: /'");

/// Runs the program on a terminal of 80 columns with this many lines; gives the exit code and what was shown.
fn shown(
    directory: &Path,
    lines: usize,
    args: &str,
    environment: &[(&str, &str)],
) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_trunkline");
    let mut command = Command::new("script");
    for (name, value) in trunkline(directory).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    for name in ["CI", "LESS", "PAGER", "TRUNKLINE_PAGER"] {
        command.env_remove(name);
    }
    let script = format!("stty rows {lines} cols 80; {program} {args}");
    let told = command
        .current_dir(directory)
        .args(["-q", "-e", "-c", &script, "/dev/null"])
        .env("TERM", "xterm")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&told.stdout).replace('\r', "");
    (told.status.code().unwrap(), text)
}

/// At 80 columns a wide table is a block for each row, and places of the files end at the edge.
#[test]
fn a_narrow_terminal() {
    if !terminal() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/acme"), directory.path());
    let (_, users) = shown(directory.path(), 40, "--no-pager list users", &[]);
    assert!(users.contains("ana@acme.com\n  name "), "{users}");
    let (_, plan) = shown(directory.path(), 40, "--no-pager plan", &[]);
    let places = plan
        .lines()
        .filter(|line| line.contains(".yaml:") && line.starts_with("       "));
    let ends: Vec<usize> = places.map(|line| line.chars().count()).collect();
    assert!(
        ends.len() > 20 && ends.iter().all(|end| *end == 80),
        "{plan}"
    );
    for text in [users, plan] {
        let long = text.lines().find(|line| line.chars().count() > 80);
        assert_eq!(long, None, "{text}");
    }
}

#[test]
fn what_is_longer_than_the_screen_is_paged() {
    if !terminal() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/blocked"), directory.path());
    for (args, exit) in [
        ("plan", 4),
        ("plan --summary", 4),
        ("drift", 4),
        ("explain user/adaeze@lakeside.example", 0),
        ("list users", 0),
    ] {
        let (code, text) = shown(directory.path(), 6, args, &[MARK]);
        assert_eq!(code, exit, "{args}: {text}");
        assert!(text.contains("paged: "), "{args}: {text}");
        let (code, text) = shown(directory.path(), 900, args, &[MARK]);
        assert_eq!(code, exit, "{args}: {text}");
        assert!(!text.contains("paged: "), "{args}: {text}");
    }
    for args in [
        "--no-pager plan",
        "plan --json",
        "list users -o csv",
        "version",
    ] {
        let (_, text) = shown(directory.path(), 6, args, &[MARK]);
        assert!(!text.contains("paged: "), "{args}: {text}");
    }
    let (_, whole) = shown(directory.path(), 6, "plan --no-pager", &[MARK]);
    assert_eq!(whole.trim_end().lines().last().unwrap(), {
        let (_, paged) = shown(directory.path(), 6, "plan", &[MARK]);
        paged
            .trim_end()
            .lines()
            .last()
            .unwrap()
            .trim_start_matches("paged: ")
            .to_owned()
    });
}

#[test]
fn the_environment_decides() {
    if !terminal() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/blocked"), directory.path());
    let end = "BLOCKED, apply refuses this plan";
    for (environment, paged) in [
        (&[("PAGER", "sed 's/^/paged: /'")][..], true),
        (&[("PAGER", "false"), MARK], true),
        (&[MARK, ("CI", "true")], false),
        (&[MARK, ("TERM", "dumb")], false),
        (
            &[("PAGER", "sed 's/^/paged: /'"), ("TRUNKLINE_PAGER", "")],
            false,
        ),
        (&[("TRUNKLINE_PAGER", "cat")], false),
        // One that is not there: the text is printed all the same.
        (&[("TRUNKLINE_PAGER", "trunkline-has-no-such-pager")], false),
    ] {
        let (code, text) = shown(directory.path(), 6, "plan", environment);
        assert_eq!(code, 4, "{environment:?}: {text}");
        assert!(text.contains(end), "{environment:?}: {text}");
        assert_eq!(text.contains("paged: "), paged, "{environment:?}: {text}");
    }
    // Whoever quits early has read enough: no error, and the exit code is that of the plan.
    let quits = [("TRUNKLINE_PAGER", "head -n 2; exit 1")];
    let (code, text) = shown(directory.path(), 6, "plan --detail full", &quits);
    assert_eq!(code, 4, "{text}");
    assert!(!text.contains(end) && !text.contains("error:"), "{text}");
}

#[test]
fn nothing_is_paged_where_a_program_reads() {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/blocked"), directory.path());
    let plain = run(directory.path(), &["plan"]);
    let output = trunkline(directory.path())
        .args(["plan"])
        .envs([MARK, ("TERM", "xterm")])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), plain.stdout);
}
