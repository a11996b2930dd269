//! Input that is missing, broken or hostile: the right exit code, a message that helps, and never a panic.

use std::fmt::Write as _;
use std::path::Path;

use crate::common;
use crate::common::{Run, SMALL_SNAPSHOT, SMALL_YAML, run, small, write};
use tempfile::TempDir;

/// A directory with one YAML file of these bytes, beside a good snapshot.
fn with(yaml: impl AsRef<[u8]>) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(&directory.path().join("org.yaml"), yaml);
    write(&directory.path().join("snapshot.json"), SMALL_SNAPSHOT);
    directory
}

/// A directory with good YAML and a snapshot of these bytes.
fn observed(snapshot: impl AsRef<[u8]>) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(&directory.path().join("org.yaml"), SMALL_YAML);
    write(&directory.path().join("snapshot.json"), snapshot);
    directory
}

/// Plans, and looks for the code of a finding and a word of its message on stderr; JSON must say the same.
#[track_caller]
fn stops(directory: &Path, exit: i32, code: &str, word: &str) -> Run {
    let plan = run(directory, &["plan"]);
    assert_eq!(plan.exit, exit, "{}", plan.all());
    assert_eq!(plan.stdout, "", "there is no plan, so stdout is empty");
    assert!(
        plan.stderr.contains(code) && plan.stderr.contains(word),
        "no {code} with {word:?}:\n{}",
        plan.stderr
    );
    let json = run(directory, &["plan", "--format", "json"]);
    assert_eq!(json.exit, exit, "{}", json.all());
    let findings = json.json();
    assert_eq!(findings["formatVersion"], 1);
    let list = findings["findings"].as_array().unwrap();
    assert!(
        list.iter().any(|finding| finding["code"] == code),
        "{findings}"
    );
    plan
}

/// The same of `validate`, which prints its findings to stdout.
#[track_caller]
fn invalid(directory: &Path, exit: i32, code: &str) -> Run {
    let validate = run(directory, &["validate"]);
    assert_eq!(validate.exit, exit, "{}", validate.all());
    assert!(
        validate.stdout.contains(code),
        "no {code}:\n{}",
        validate.all()
    );
    validate
}

/// A failure that has no code: a word on stderr.
#[track_caller]
fn fails(run: &Run, word: &str) {
    assert_eq!(run.exit, 1, "{}", run.all());
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains(word), "no {word:?}:\n{}", run.stderr);
}

#[test]
fn an_empty_directory_is_incomplete_input() {
    let directory = tempfile::tempdir().unwrap();
    stops(directory.path(), 7, "configuration-empty", "org");
    invalid(directory.path(), 7, "configuration-empty");
}

#[test]
fn an_empty_file_is_incomplete_input() {
    for text in [
        "",
        "\n\n",
        "# only a comment\n",
        "---\n",
        "---\n---\n",
        "\u{feff}",
    ] {
        let directory = with(text);
        stops(directory.path(), 7, "configuration-empty", "org");
    }
}

#[test]
fn a_missing_directory_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    fails(&run(directory.path(), &["plan", "nowhere"]), "nowhere");
    fails(&run(directory.path(), &["validate", "nowhere"]), "nowhere");
}

#[test]
fn a_file_is_no_directory() {
    let directory = with(SMALL_YAML);
    fails(&run(directory.path(), &["plan", "org.yaml"]), "org.yaml");
    fails(
        &run(directory.path(), &["validate", "org.yaml"]),
        "org.yaml",
    );
}

#[test]
fn broken_text() {
    let cases: [(&str, &[u8]); 8] = [
        ("NUL bytes", b"version: 1\0\0\0"),
        (
            "a picture",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06",
        ),
        ("invalid UTF-8", b"version: 1\norg: {name: \xff\xfe}\n"),
        ("UTF-16", b"\xff\xfev\0e\0r\0s\0i\0o\0n\0"),
        ("a tab", b"version: 1\norg:\n\tname: Acme\n"),
        ("an open quote", b"version: 1\norg: {name: \"Acme}\n"),
        ("an open bracket", b"version: 1\norg: {name: [Acme}\n"),
        ("an unknown alias", b"version: 1\norg: {name: *nobody}\n"),
    ];
    for (what, bytes) in cases {
        let directory = with(bytes);
        let plan = stops(directory.path(), 1, "yaml-syntax", "org.yaml:");
        invalid(directory.path(), 1, "yaml-syntax");
        assert!(
            plan.stderr.contains("help:") || plan.stderr.contains("   :  "),
            "{what}:\n{}",
            plan.stderr
        );
    }
}

#[test]
fn keys_that_appear_twice() {
    let directory = with(format!(
        "{SMALL_YAML}users:\n  ana@acme.com: {{}}\n  ANA@acme.com: {{}}\nusers: {{}}\n"
    ));
    let validate = invalid(directory.path(), 1, "duplicate-key");
    assert_eq!(
        validate.stdout.matches("error[duplicate-key]").count(),
        2,
        "{}",
        validate.stdout
    );
}

/// One message for one mistake, and it says what to write.
#[test]
fn typing_mistakes_say_what_to_write() {
    let cases = [
        (
            "users: {ana@acme.com: {phoneNumber: 12145550101}}",
            "write \"+12145550101\" if it is a phone number",
        ),
        (
            "numbers: [{location: D, numbers: [\"12145550100..12145550199\"]}]",
            "help: write \"+12145550100..+12145550199\"",
        ),
        (
            "users: {ana@acme.com: {extension: “1001”}}",
            "write `\"1001\"`",
        ),
        (
            "users: {ana@acme.com: {phoneNumber: “+12145550101”}}",
            "write `\"+12145550101\"`",
        ),
        (
            "locations: {L: {address: {country: France}}}",
            "help: write `FR`",
        ),
        (
            "locations: {L: {timeZone: Europe/Hamburg}}",
            "Europe/London, Europe/Paris",
        ),
        (
            "users: {ana@acme.com: {delete: true}}",
            "help: write `state: absent`, which deletes it",
        ),
        (
            "users: {ana@acme.com: {licenses: {calling: professional}}}",
            "help: write it below `add:`",
        ),
        (
            "groups: {Sales: {members: [\" ana@acme.com\"]}}",
            "help: write `ana@acme.com`",
        ),
        (
            "users: {ana@acme.com: {licenses: {add: {messaging: Advanced Messaging}}}}",
            "Did you mean `advanced`?",
        ),
        ("users:\n\tana@acme.com: {}", "[more.yaml:2:1]"),
        (
            "users:\n  ana@acme.com:\n  \textension: \"1001\"",
            "[more.yaml:3:3]",
        ),
        (
            "users:\n  ana@acme.com:\n    displayName: \"Ana\n    location: Dallas\n    extension: \"1001\"",
            "this quote is not closed on its line ,-[more.yaml:3:18]",
        ),
        (
            "numbers: [{location: D, numbers: [\"+12145550100-+12145550199\"]}]",
            "help: write \"+12145550100..+12145550199\"",
        ),
        (
            "workspaces: {L: {licenses: {calling: true}}}",
            "help: write which one, such as `professional`",
        ),
    ];
    for (text, said) in cases {
        let directory = with(SMALL_YAML);
        write(&directory.path().join("more.yaml"), format!("{text}\n"));
        let validate = run(directory.path(), &["validate"]);
        let joined = validate
            .stdout
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!(
            validate.stdout.matches("error[").count(),
            1,
            "{}",
            validate.stdout
        );
        assert!(joined.contains(said), "{said}: {}", validate.stdout);
    }
}

/// A user who forgot PATH gets one error, not one for each section.
#[test]
fn a_directory_above_several_organisations() {
    let directory = tempfile::tempdir().unwrap();
    let whole = format!("{SMALL_YAML}subscriptions: {{Sub-1: {{}}}}\n");
    for name in ["north/files", "south"] {
        let at = directory.path().join(name);
        std::fs::create_dir_all(&at).unwrap();
        write(&at.join("org.yaml"), &whole);
    }
    write(&directory.path().join("ci.yml"), "stages: [plan]\n");
    let validate = invalid(directory.path(), 1, "duplicate-key");
    assert_eq!(
        validate.stdout.matches("error[").count(),
        1,
        "{}",
        validate.stdout
    );
    for part in [
        "there are 2 organisations below this directory, in `north/files`, `south`",
        "give the directory of one of them, such as `north/files`",
        "`trunkline fleet plan`",
    ] {
        let joined = validate.stdout.split_whitespace().collect::<Vec<_>>();
        assert!(
            joined.join(" ").contains(part),
            "{part}: {}",
            validate.stdout
        );
    }
    // A second `org` further down is a mistake of the first organisation.
    write(&directory.path().join("org.yaml"), &whole);
    let validate = invalid(directory.path(), 1, "duplicate-key");
    assert!(
        validate.stdout.contains("`org` appears twice"),
        "{}",
        validate.stdout
    );
}

#[test]
fn documents_of_the_wrong_shape() {
    for text in [
        "- a\n- list\n",
        "just text\n",
        "42\n",
        "null: 1\n",
        "? [a, b]\n: c\n",
        "{}\n---\n[]\n",
    ] {
        let directory = with(text);
        let validate = run(directory.path(), &["validate"]);
        assert_eq!(validate.exit, 1, "{text:?}\n{}", validate.all());
        assert!(
            validate.stdout.contains("org.yaml:"),
            "{text:?}\n{}",
            validate.all()
        );
    }
}

#[test]
fn one_line_of_60_megabytes() {
    let mut yaml = SMALL_YAML.to_owned();
    yaml += "colour: \"";
    yaml.extend(std::iter::repeat_n('x', 60_000_000));
    yaml += "\"\n";
    let directory = with(yaml);
    let validate = invalid(directory.path(), 1, "unknown-field");
    assert!(validate.took < common::PATIENCE, "took {:?}", validate.took);
    assert!(
        validate.stdout.len() < 10_000,
        "the line is cut in the excerpt: {} bytes",
        validate.stdout.len()
    );
}

#[test]
fn an_alias_bomb_does_not_go_off() {
    let mut yaml = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (now, before) in ('b'..='i').zip('a'..='h') {
        let aliases = vec![format!("*{before}"); 9].join(", ");
        writeln!(yaml, "{now}: &{now} [{aliases}]").unwrap();
    }
    let directory = with(format!("{SMALL_YAML}{yaml}"));
    let validate = run(directory.path(), &["validate"]);
    assert_eq!(validate.exit, 1);
    assert!(validate.took < common::PATIENCE, "took {:?}", validate.took);
    assert!(
        validate.stdout.len() < 100_000 && validate.stdout.contains("error["),
        "{}",
        validate.stdout.len()
    );
}

#[test]
fn deep_nesting_does_not_overflow() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let yaml = format!(
            "{SMALL_YAML}users: {}{}\n",
            open.repeat(50_000),
            close.repeat(50_000)
        );
        let directory = with(yaml);
        let validate = run(directory.path(), &["validate"]);
        assert_eq!(validate.exit, 1, "{}", validate.all());
        assert!(validate.stdout.contains("error[") && validate.stdout.len() < 100_000);
        assert!(validate.took < common::PATIENCE, "took {:?}", validate.took);
    }
    let snapshot = SMALL_SNAPSHOT.replace(
        "\"devices\": []",
        &format!("\"extra\": {}", "[".repeat(200_000)),
    );
    let directory = observed(snapshot);
    let plan = run(directory.path(), &["plan"]);
    assert!([1, 7].contains(&plan.exit), "{}", plan.all());
    assert!(!plan.stderr.is_empty());
}

#[test]
#[cfg(unix)]
fn links_that_lead_back() {
    let directory = with(SMALL_YAML);
    std::fs::create_dir(directory.path().join("people")).unwrap();
    std::os::unix::fs::symlink("..", directory.path().join("people/again")).unwrap();
    fails(&run(directory.path(), &["validate"]), "again");
    fails(&run(directory.path(), &["plan"]), "again");
}

#[test]
#[cfg(unix)]
fn links_that_lead_nowhere() {
    let directory = with(SMALL_YAML);
    std::os::unix::fs::symlink("gone.yaml", directory.path().join("people.yaml")).unwrap();
    fails(&run(directory.path(), &["validate"]), "people.yaml");
}

#[test]
fn a_missing_snapshot_is_incomplete_input() {
    let directory = with(SMALL_YAML);
    std::fs::remove_file(directory.path().join("snapshot.json")).unwrap();
    stops(directory.path(), 7, "snapshot-missing", "snapshot.json");
    let named = run(directory.path(), &["plan", "--snapshot", "other.json"]);
    assert_eq!(named.exit, 7);
    assert!(named.stderr.contains("other.json"));
}

#[test]
fn a_truncated_snapshot_is_incomplete_input_wherever_it_ends() {
    let end = SMALL_SNAPSHOT.trim_end().len();
    for cut in (0..end).step_by(37).chain([1, end - 1]) {
        let directory = observed(&SMALL_SNAPSHOT[..cut]);
        let plan = run(directory.path(), &["plan"]);
        assert_eq!(plan.exit, 7, "cut at {cut}: {}", plan.all());
        assert!(
            plan.stderr.contains("snapshot-incomplete"),
            "cut at {cut}: {}",
            plan.stderr
        );
    }
}

#[test]
fn a_snapshot_that_is_something_else() {
    let cases: [(&str, &[u8]); 6] = [
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("YAML", SMALL_YAML.as_bytes()),
        (
            "invalid UTF-8",
            b"{\"formatVersion\": 1, \"capturedAt\": \"\xff\"}",
        ),
        ("another shape", b"[]"),
        (
            "JSON of something else",
            b"{\"name\": \"package\", \"version\": \"1.0.0\"}",
        ),
        ("text after the end", b"{\"formatVersion\": 1} trailing"),
    ];
    for (what, bytes) in cases {
        let directory = observed(bytes);
        let plan = stops(directory.path(), 1, "snapshot-unreadable", "snapshot.json");
        assert!(plan.stderr.contains("help:"), "{what}");
    }
}

/// Some editors write a byte order mark, which says nothing.
#[test]
fn a_snapshot_with_a_byte_order_mark() {
    let directory = observed(format!("\u{feff}{SMALL_SNAPSHOT}"));
    let plan = run(directory.path(), &["plan"]);
    assert_eq!(plan.exit, 0, "{}", plan.all());
}

#[test]
fn a_snapshot_that_is_a_directory() {
    let directory = with(SMALL_YAML);
    let plan = run(directory.path(), &["plan", "--snapshot", "."]);
    assert_eq!(plan.exit, 1, "{}", plan.all());
    assert!(!plan.stderr.is_empty());
}

#[test]
fn a_snapshot_of_another_organisation() {
    let directory = observed(SMALL_SNAPSHOT.replace("org-1", "org-2"));
    stops(directory.path(), 1, "org-mismatch", "org-2");
}

#[test]
fn a_snapshot_that_says_it_is_incomplete() {
    let directory = observed(SMALL_SNAPSHOT.replace("\"complete\": true", "\"complete\": false"));
    stops(directory.path(), 7, "snapshot-incomplete", "complete");
}

#[test]
fn a_snapshot_without_a_section_that_is_managed() {
    for (section, from) in [
        ("users", "\"users\""),
        ("licenses", "\"licenses\""),
        ("subscriptions", "\"subscriptions\""),
    ] {
        let directory = observed(SMALL_SNAPSHOT.replacen(from, &format!("\"not-{section}\""), 1));
        stops(directory.path(), 7, "snapshot-section-missing", section);
    }
    let yaml = [
        ("groups", "groups: {Sales: {}}\n"),
        ("locations", "locations: {Dallas: {}}\n"),
        (
            "numbers",
            "numbers: [{location: Dallas, numbers: [\"+12145550101\"]}]\n",
        ),
        ("workspaces", "workspaces: {Lobby: {}}\n"),
        (
            "sites",
            "users: {ana@acme.com: {licenses: {add: {meetings: {acme.webex.com: host}}}}}\n",
        ),
        (
            "locations",
            "users: {ana@acme.com: {licenses: {add: {calling: professional}}}}\n",
        ),
    ];
    for (section, yaml) in yaml {
        let directory = with(format!("{SMALL_YAML}{yaml}"));
        let without = SMALL_SNAPSHOT.replacen(&format!("\"{section}\""), "\"elsewhere\"", 1);
        write(&directory.path().join("snapshot.json"), without);
        stops(directory.path(), 7, "snapshot-section-missing", section);
    }
}

#[test]
fn a_snapshot_without_people_while_the_configuration_names_some() {
    let at = SMALL_SNAPSHOT.find("\"users\": [").unwrap();
    let end = at + SMALL_SNAPSHOT[at..].find("\n  ]").unwrap();
    let empty = format!(
        "{}\"users\": [{}",
        &SMALL_SNAPSHOT[..at],
        &SMALL_SNAPSHOT[end..]
    );
    for yaml in [
        "users: {ana@acme.com: {}}\n",
        "groups: {Sales: {members: [ana@acme.com]}}\n",
    ] {
        let directory = with(format!("{SMALL_YAML}{yaml}"));
        write(&directory.path().join("snapshot.json"), &empty);
        stops(directory.path(), 7, "snapshot-without-users", "people");
    }
}

#[test]
fn versions() {
    let missing = with(SMALL_YAML.replace("version: 1\n", ""));
    stops(missing.path(), 1, "missing-field", "version");
    invalid(missing.path(), 1, "missing-field");
    let two = with(SMALL_YAML.replace("version: 1", "version: 2"));
    stops(two.path(), 1, "version-unsupported", "2");
    let text = with(SMALL_YAML.replace("version: 1", "version: \"1\""));
    stops(text.path(), 1, "wrong-type", "version");
    let snapshot = observed(SMALL_SNAPSHOT.replace("\"formatVersion\": 1", "\"formatVersion\": 2"));
    stops(snapshot.path(), 1, "version-unsupported", "2");
}

#[test]
fn compressed_snapshots() {
    let directory = with(SMALL_YAML);
    let compressed = zstd::stream::encode_all(SMALL_SNAPSHOT.as_bytes(), 3).unwrap();
    let plain = run(directory.path(), &["plan"]);
    std::fs::remove_file(directory.path().join("snapshot.json")).unwrap();

    write(&directory.path().join("snapshot.json.zst"), &compressed);
    let packed = run(directory.path(), &["plan"]);
    assert_eq!(
        (packed.exit, &packed.stdout),
        (0, &plain.stdout),
        "{}",
        packed.all()
    );
    let named = run(
        directory.path(),
        &["plan", "--snapshot", "snapshot.json.zst"],
    );
    assert_eq!(
        (named.exit, &named.stdout),
        (0, &plain.stdout),
        "{}",
        named.all()
    );

    for cut in [0, 1, 3, compressed.len() / 2, compressed.len() - 1] {
        write(
            &directory.path().join("snapshot.json.zst"),
            &compressed[..cut],
        );
        let plan = run(directory.path(), &["plan"]);
        assert_eq!(plan.exit, 7, "cut at {cut}: {}", plan.all());
        assert!(
            plan.stderr.contains("snapshot-incomplete"),
            "cut at {cut}: {}",
            plan.stderr
        );
    }
    write(&directory.path().join("snapshot.json.zst"), SMALL_SNAPSHOT);
    stops(
        directory.path(),
        1,
        "snapshot-unreadable",
        "snapshot.json.zst",
    );
}

#[test]
fn baselines_are_read_with_the_same_care() {
    let directory = with(SMALL_YAML);
    let missing = run(directory.path(), &["plan", "--baseline", "gone.json"]);
    assert_eq!(missing.exit, 7, "{}", missing.all());
    assert!(missing.stderr.contains("gone.json"));
    write(&directory.path().join("cut.json"), &SMALL_SNAPSHOT[..200]);
    let cut = run(directory.path(), &["plan", "--baseline", "cut.json"]);
    assert_eq!(cut.exit, 7, "{}", cut.all());
    assert!(cut.stderr.contains("cut.json"));
}

#[test]
fn usage_errors() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let wrong: [&[&str]; 10] = [
        &[],
        &["paln"],
        &["plan", "--snapshoot", "x"],
        &["plan", ".", "too", "many"],
        &["plan", "--format", "papyrus"],
        &["plan", "--snapshot"],
        &["show"],
        &["explain"],
        &["completions", "tcl"],
        &["validate", "--detail"],
    ];
    for args in wrong {
        let usage = run(directory.path(), args);
        assert_eq!(usage.exit, 1, "{args:?}: {}", usage.all());
        assert_eq!(usage.stdout, "", "{args:?}");
        assert!(
            usage.stderr.contains("Usage:") || usage.stderr.contains("help"),
            "{args:?}: {}",
            usage.stderr
        );
    }
    let typo = run(directory.path(), &["paln"]);
    assert!(
        typo.stderr.contains("plan"),
        "a typo gets a suggestion: {}",
        typo.stderr
    );
}

#[test]
fn revisions_without_a_repository() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    fails(&run(directory.path(), &["plan", "--ref", "main"]), "main");
    fails(
        &run(directory.path(), &["validate", "--ref", "main"]),
        "main",
    );
    fails(
        &run(directory.path(), &["plan", "--policy-ref", "main"]),
        "main",
    );
}

#[test]
fn show_wants_a_plan() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    write(&directory.path().join("empty.json"), "");
    for file in ["snapshot.json", "org.yaml", "empty.json"] {
        fails(&run(directory.path(), &["show", file]), file);
    }
    fails(&run(directory.path(), &["show", "gone.json"]), "gone.json");
    let plan = run(directory.path(), &["plan", "--format", "json"]);
    write(
        &directory.path().join("newer.json"),
        plan.stdout
            .replace("\"formatVersion\": 1", "\"formatVersion\": 9"),
    );
    fails(&run(directory.path(), &["show", "newer.json"]), "9");
    write(
        &directory.path().join("cut.json"),
        &plan.stdout[..plan.stdout.len() / 2],
    );
    fails(&run(directory.path(), &["show", "cut.json"]), "cut.json");
}

#[test]
fn control_characters_never_reach_a_terminal() {
    let yaml = format!(
        "{SMALL_YAML}users:\n  ana@acme.com: {{displayName: \"\\e[2J\\x07evil\"}}\n  \"\\e[31m@acme.com\": {{}}\n"
    );
    let directory = with(yaml);
    let plan = run(directory.path(), &["plan"]);
    assert!(
        !plan.all().contains('\u{1b}') && !plan.all().contains('\u{7}'),
        "{:?}",
        plan.all()
    );
    let validate = run(directory.path(), &["validate"]);
    assert!(
        !validate.all().contains('\u{1b}') && !validate.all().contains('\u{7}'),
        "{:?}",
        validate.all()
    );
}

#[test]
fn a_reader_that_stops_reading_is_no_error() {
    let directory = tempfile::tempdir().unwrap();
    small(directory.path());
    let mut child = common::trunkline(directory.path())
        .args(["schema"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(output.status.code(), Some(0), "{stderr}");
}

/// No one waits for a writer of a pipe.
#[test]
#[cfg(unix)]
fn pipes_are_not_waited_for() {
    let cases: [(&str, &[&str]); 7] = [
        ("snapshot.json", &["plan"]),
        ("people.yaml", &["validate"]),
        ("plan.json", &["show", "plan.json"]),
        ("backup.json", &["restore", "backup.json"]),
        ("applied.json", &["plan", "--baseline", "applied.json"]),
        (".trunkline/journal.jsonl", &["plan"]),
        (".trunkline/journal.jsonl", &["apply", "--yes"]),
    ];
    for (name, args) in cases {
        let directory = tempfile::tempdir().unwrap();
        small(directory.path());
        let pipe = directory.path().join(name);
        std::fs::create_dir_all(pipe.parent().unwrap()).unwrap();
        let _ = std::fs::remove_file(&pipe);
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let ended = within(directory.path(), args);
        let (exit, said) = ended.unwrap_or_else(|| panic!("{args:?} waits for {name}"));
        assert_eq!(exit, Some(1), "{args:?}, {name}: {said}");
        // The lines of a message are as wide as the terminal.
        let words: Vec<&str> = said.split_whitespace().filter(|it| *it != "|").collect();
        let said = words.join(" ");
        let file = name.rsplit('/').next().unwrap();
        assert!(
            said.contains(file) && said.contains("regular file"),
            "{args:?}, {name}: {said}"
        );
    }
}

/// How a run ended, and what it said on stderr; `None` where it took longer.
fn within(directory: &Path, args: &[&str]) -> Option<(Option<i32>, String)> {
    let mut child = common::trunkline(directory)
        .args(args)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > common::PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    Some((ended.status.code(), said))
}

#[test]
fn what_is_read_has_limits() {
    let directory = with(SMALL_YAML);
    let line = format!("# {}\n", "x".repeat(1021));
    write(&directory.path().join("more.yaml"), line.repeat(65 << 10));
    fails(&run(directory.path(), &["plan"]), "larger than 64 MiB");

    // Few bytes that are many once they are decompressed.
    let directory = with(SMALL_YAML);
    std::fs::remove_file(directory.path().join("snapshot.json")).unwrap();
    let blanks = std::io::Read::take(std::io::repeat(b' '), (1 << 30) + 1);
    let bomb = zstd::stream::encode_all(blanks, 1).unwrap();
    assert!(bomb.len() < 1_000_000);
    write(&directory.path().join("snapshot.json.zst"), bomb);
    stops(
        directory.path(),
        1,
        "snapshot-unreadable",
        "larger than 1024 MiB",
    );
}

/// Each of many wrong names is looked for among many right ones.
#[test]
fn many_names_that_are_almost_right() {
    let mut yaml = SMALL_YAML.to_owned();
    for at in 0..5000 {
        writeln!(
            yaml,
            "  template-{at:05}: {{licenses: {{messaging: advanced}}}}"
        )
        .unwrap();
    }
    yaml += "groups:\n";
    for at in 0..5000 {
        writeln!(yaml, "  Group {at}: {{template: tmeplate-{at:05}}}").unwrap();
    }
    let directory = with(yaml);
    let validate = invalid(directory.path(), 1, "template-unknown");
    assert!(
        validate.stdout.contains("Did you mean `template-"),
        "{}",
        validate.stdout
    );
    assert!(validate.took < common::PATIENCE, "took {:?}", validate.took);
}

/// What is written in a wrong form gets the form that works: followed to the letter, the next run has no such error.
#[test]
fn helps_can_be_followed() {
    let head = "version: 1\norg: {name: Acme, id: org-1, assignmentMode: group}\n";
    let cases: [(&str, &str); 16] = [
        (
            "numbers:\n- location: Dallas\n  numbers: \"+12145550100\"\n",
            "write a list, even of one: `[\"+12145550100\"]`",
        ),
        (
            "users:\n  ana@acme.com:\n    location:New York\n",
            "write `location: New York`, with a space after the colon",
        ),
        (
            "users:\n  ana@acme.com:\n  location: New York\n",
            "`location` is a field of the entries here: indent it under the entry",
        ),
        (
            "users:\n  ana@acme.com:\n  location: New York\n",
            "indent its fields below it",
        ),
        (
            "users:\n  ana@acme.com: New York\n",
            "write fields indented below it, such as `displayName: …`",
        ),
        (
            "users:\n  ana@acme.com:\n    location: \"New York\n    extension: \"1003\"\n",
            "write `\\\"` for a quote that belongs to the text",
        ),
        (
            "users:\n  ana@acme.com:\n    location: 'New York\n    extension: '1003'\n",
            "double a quote that belongs to the text",
        ),
        (
            "users:\n  ana@acme.com: {location: \"a\"b\"}\n",
            "write `\\\"` for a quote",
        ),
        (
            "<<<<<<< HEAD\nusers: {}\n=======\nusers: {a@b.c: {}}\n>>>>>>> b\n",
            "resolve the merge conflict",
        ),
        (
            "users:\n  a@b.c: {}\n=======\n  b@b.c: {}\n>>>>>>> theirs\n",
            "resolve the merge conflict",
        ),
        (
            "users:\n  a@b.c:\n    location: {{ office }}\n",
            "there are no placeholders such as `{{ name }}`",
        ),
        (
            "guardrails: {removals: {percent: 30%}}\n",
            "write 30, without the sign",
        ),
        (
            "guardrails: {forbid: [calling]}\n",
            "name each tier or role of it: `calling/professional`, `calling/standard`",
        ),
        (
            "templates:\n  t: {calling: professional}\n",
            "write it below `licenses:`",
        ),
        (
            "workspaces:\n  Lobby: {calling: workspace}\n",
            "write it below `licenses:`",
        ),
        (
            "users:\n  a@b.c: {licenses: {calling: professional}}\n",
            "write it below `add:`",
        ),
    ];
    for (text, help) in cases {
        let directory = with(format!("{head}{text}"));
        let said = run(directory.path(), &["validate"]);
        assert_eq!(said.exit, 1, "{text}{}", said.all());
        // Helps are broken into lines.
        let words: Vec<&str> = said.stdout.split_whitespace().collect();
        assert!(words.join(" ").contains(help), "{text}{}", said.stdout);
    }
}
