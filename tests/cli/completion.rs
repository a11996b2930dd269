//! Completion of addresses: what the hidden command answers, and what the script for bash makes of it.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{copy, root, run, trunkline, write};

/// The answers for a command line.
fn answers(directory: &Path, words: &[&str]) -> Vec<String> {
    let told = run(directory, &[&["complete", "--"], words].concat());
    assert_eq!((told.exit, told.stderr.as_str()), (0, ""), "{words:?}");
    told.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn addresses_of_the_files_and_the_snapshot() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    copy(&root().join("examples/acme"), &place.join("org"));
    write(
        &place.join("org/people/new.yaml"),
        "users:\n  anabel@acme.com: {displayName: Anabel}\n",
    );
    let both = ["user/ana@acme.com", "user/anabel@acme.com"];
    assert_eq!(answers(place, &["-C", "org", "explain", "user/ana"]), both);
    assert_eq!(
        answers(place, &["plan", "org", "--target", "user/ana"]),
        both
    );
    assert_eq!(answers(place, &["apply", "org", "--target=user/ana"]), both);
    let keys = answers(place, &["-C", "org", "explain", "ana"]);
    assert_eq!(keys, ["ana@acme.com", "anabel@acme.com"]);
    assert_eq!(
        answers(place, &["plan", "org", "--target", "group/Serv"]),
        ["group/Service Desk"]
    );
    let kinds = answers(place, &["plan", "org", "--target", ""]);
    assert!(
        kinds.contains(&"user/".to_owned()) && kinds.iter().all(|kind| kind.ends_with('/')),
        "{kinds:?}"
    );
    // `explain` takes codes as well.
    let codes = answers(place, &["explain", "calling-los"]);
    assert_eq!(codes, ["calling-loss"]);
    assert!(answers(place, &["plan", "--target", "calling-los"]).is_empty());
    // Nothing to say is no error, and no message tears the command line.
    let empty = tempfile::tempdir().unwrap();
    for words in [
        &["explain", "user/"][..],
        &["plan", "gone", "--target", "user/"],
        &["plan", ""],
        &["list", "users", ""],
        &[],
    ] {
        assert!(answers(empty.path(), words).is_empty(), "{words:?}");
    }
    // Mistakes in the files leave the names, and a snapshot is not needed.
    write(&place.join("org/people/wrong.yaml"), "users: {x: }}\n");
    assert!(answers(place, &["plan", "org", "--target", "user/ana"]).contains(&both[0].to_owned()));
    std::fs::remove_file(place.join("org/people/wrong.yaml")).unwrap();
    std::fs::remove_file(place.join("org/snapshot.json")).unwrap();
    let found = answers(place, &["plan", "org", "--target", "user/anab"]);
    assert_eq!(found, ["user/anabel@acme.com"]);
}

#[test]
fn a_list_has_an_end() {
    let directory = tempfile::tempdir().unwrap();
    let people: String = (0..500)
        .map(|number| format!("  p{number:03}@acme.com: {{}}\n"))
        .collect();
    write(
        &directory.path().join("people.yaml"),
        format!("version: 1\norg: {{name: Acme}}\nusers:\n{people}"),
    );
    let found = answers(directory.path(), &["explain", "user/p"]);
    assert_eq!(found.len(), 200);
    assert_eq!(found[0], "user/p000@acme.com");
    assert_eq!(
        answers(directory.path(), &["explain", "user/p49"]).len(),
        10
    );
}

/// What bash would insert for the last word. `words` are as bash cuts them, the last one where the cursor is.
fn completed(directory: &Path, line: &str, words: &[&str], current: &str) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_trunkline"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let script = r#"
        source <(trunkline completions bash)
        COMP_LINE="$1"; COMP_POINT=${#1}; current="$2"; shift 2
        COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))
        previous=""
        (( COMP_CWORD )) && previous="${COMP_WORDS[COMP_CWORD - 1]}"
        $(complete -p trunkline | sed 's/.*-F \([^ ]*\).*/\1/') trunkline "$current" "$previous"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let mut command = Command::new("bash");
    for (name, value) in trunkline(directory).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let told = command
        .current_dir(directory)
        .env("PATH", path)
        .args(["--norc", "-c", script, "bash", line, current])
        .args(words)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&told.stderr);
    assert_eq!(stderr, "", "{line}");
    let text = String::from_utf8(told.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn bash() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    copy(&root().join("examples/acme"), place);
    let of = |line: &str, words: &[&str], current: &str| completed(place, line, words, current);
    assert_eq!(
        of(
            "trunkline explain user/ana",
            &["trunkline", "explain", "user/ana"],
            "user/ana"
        ),
        ["user/ana@acme.com"]
    );
    // bash cuts words at @ and =, and replaces only what follows.
    assert_eq!(
        of(
            "trunkline explain user/ana@ac",
            &["trunkline", "explain", "user/ana", "@", "ac"],
            "ac"
        ),
        ["acme.com"]
    );
    assert_eq!(
        of(
            "trunkline explain user/ana@",
            &["trunkline", "explain", "user/ana", "@"],
            ""
        ),
        ["acme.com"]
    );
    assert_eq!(
        of(
            "trunkline plan --target=user/ana",
            &["trunkline", "plan", "--target", "=", "user/ana"],
            "user/ana"
        ),
        ["user/ana@acme.com"]
    );
    // Blanks are escaped, unless the word is in quotes.
    let words = ["trunkline", "plan", "--target", "group/Service\\ De"];
    assert_eq!(
        of(
            "trunkline plan --target group/Service\\ De",
            &words,
            "group/Service\\ De"
        ),
        ["group/Service\\ Desk"]
    );
    let words = ["trunkline", "plan", "--target", "\"group/Service De"];
    assert_eq!(
        of(
            "trunkline plan --target \"group/Service De",
            &words,
            "group/Service De"
        ),
        ["group/Service Desk"]
    );
    // What `list` takes is no option, and a directory is none either.
    assert_eq!(
        of("trunkline list us", &["trunkline", "list", "us"], "us"),
        ["users"]
    );
    let kinds = of("trunkline list ", &["trunkline", "list", ""], "");
    assert!(
        kinds.contains(&"callQueues".to_owned()) && !kinds.iter().any(|it| it.starts_with('-')),
        "{kinds:?}"
    );
    assert_eq!(of("trunkline plan ", &["trunkline", "plan", ""], ""), [""]);
    // Everything else is completed as before.
    assert_eq!(
        of(
            "trunkline plan --detailed",
            &["trunkline", "plan", "--detailed"],
            "--detailed"
        ),
        ["--detailed-exitcode"]
    );
    assert_eq!(
        of("trunkline vers", &["trunkline", "vers"], "vers"),
        ["version"]
    );
}

#[test]
fn scripts_ask_the_program() {
    for (shell, places) in [("zsh", 5), ("fish", 4)] {
        let script = run(root(), &["completions", shell]).stdout;
        let asks = script.matches("trunkline complete -- ").count();
        assert_eq!(asks, 1, "{shell}");
        // Its definition, `explain`, `list` (for fish on that line), and --target of `plan` and `apply`.
        let uses = script.matches("_trunkline_addresses").count();
        assert_eq!(uses, places, "{shell}: {script}");
    }
}
