//! Rooms that do not know each other: holds the "must not know" column of `src/lib.rs` by reading the sources.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use common::{root, sorted};

/// A room, and the rooms that its files may not name as `crate::<room>`.
const MUST_NOT_KNOW: &[(&str, &[&str])] = &[
    (
        "finding",
        &[
            "drift",
            "cli",
            "config",
            "git",
            "import",
            "kinds",
            "licensing",
            "plan",
            "render",
            "snapshot",
        ],
    ),
    (
        "git",
        &[
            "drift",
            "cli",
            "config",
            "finding",
            "import",
            "kinds",
            "licensing",
            "plan",
            "render",
            "snapshot",
        ],
    ),
    (
        "snapshot",
        &[
            "drift",
            "cli",
            "config",
            "git",
            "import",
            "kinds",
            "licensing",
            "plan",
            "render",
        ],
    ),
    (
        "config",
        &[
            "drift",
            "cli",
            "import",
            "kinds",
            "licensing",
            "plan",
            "render",
            "snapshot",
        ],
    ),
    (
        "licensing",
        &["drift", "cli", "git", "import", "kinds", "plan", "render"],
    ),
    ("plan", &["drift", "cli", "git", "import", "render"]),
    ("import", &["drift", "cli", "git", "plan", "render"]),
    (
        "render",
        &[
            "cli",
            "config",
            "git",
            "import",
            "kinds",
            "licensing",
            "snapshot",
        ],
    ),
    ("drift", &["cli", "git", "import", "render", "apply", "sim"]),
    (
        "apply",
        &[
            "cli",
            "config",
            "git",
            "import",
            "drift",
            "licensing",
            "render",
            "restore",
            "sim",
        ],
    ),
    ("kinds", &["cli", "drift", "git", "render"]),
    (
        "backup",
        &[
            "cli",
            "config",
            "finding",
            "git",
            "import",
            "kinds",
            "licensing",
            "plan",
            "render",
        ],
    ),
    (
        "sim",
        &[
            "apply",
            "backup",
            "cli",
            "config",
            "drift",
            "finding",
            "git",
            "import",
            "kinds",
            "licensing",
            "plan",
            "render",
            "snapshot",
            "webex",
        ],
    ),
    (
        "webex",
        &[
            "apply",
            "backup",
            "cli",
            "drift",
            "finding",
            "git",
            "import",
            "kinds",
            "licensing",
            "plan",
            "render",
            "sim",
        ],
    ),
    (
        "restore",
        &["cli", "drift", "git", "import", "kinds", "render"],
    ),
    ("cli", &["kinds"]),
    (
        "main.rs",
        &[
            "drift",
            "config",
            "finding",
            "git",
            "import",
            "kinds",
            "licensing",
            "plan",
            "render",
            "snapshot",
        ],
    ),
];

/// Paths of crates and of std that a room may not use.
const MUST_NOT_USE: &[(&str, &[&str])] = &[
    (
        "finding",
        &[
            "std::fs",
            "fs_err",
            "std::io",
            "std::time",
            "git2",
            "serde_saphyr",
            "clap",
        ],
    ),
    (
        "licensing",
        &[
            "std::fs",
            "fs_err",
            "std::io",
            "std::time",
            "std::env",
            "git2",
            "serde_saphyr",
            "clap",
            "rayon",
        ],
    ),
    (
        "plan",
        &[
            "std::fs",
            "fs_err",
            "std::io",
            "std::time",
            "std::env",
            "git2",
            "serde_saphyr",
            "clap",
            "comfy_table",
        ],
    ),
    (
        "kinds",
        &[
            "std::fs",
            "fs_err",
            "std::io",
            "std::time",
            "std::env",
            "git2",
            "serde_saphyr",
            "clap",
            "comfy_table",
        ],
    ),
    (
        "import",
        &[
            "std::fs",
            "fs_err",
            "std::io",
            "std::time",
            "std::env",
            "git2",
            "serde_saphyr",
            "clap",
            "comfy_table",
        ],
    ),
    (
        "drift",
        &[
            "std::fs",
            "fs_err",
            "std::io",
            "std::time",
            "std::env",
            "git2",
            "serde_saphyr",
            "clap",
            "comfy_table",
            "http",
        ],
    ),
    (
        "render",
        &["std::fs", "fs_err", "std::time", "git2", "serde_saphyr"],
    ),
    ("snapshot", &["git2", "serde_saphyr", "clap"]),
    (
        "sim",
        &[
            "std::fs",
            "fs_err",
            "std::env",
            "std::process",
            "git2",
            "serde_saphyr",
            "clap",
            "ureq",
            "phonenumber",
        ],
    ),
    (
        "backup",
        &["git2", "serde_saphyr", "clap", "std::time", "std::env"],
    ),
    (
        "restore",
        &[
            "std::fs",
            "fs_err",
            "std::io",
            "std::time",
            "std::env",
            "git2",
            "http",
            "serde_saphyr",
            "clap",
            "comfy_table",
        ],
    ),
    ("webex", &["git2", "serde_saphyr", "clap", "std::env"]),
    (
        "config",
        &["clap", "comfy_table", "std::time", "std::process"],
    ),
    (
        "cli",
        &["git2", "serde_saphyr", "granit_parser", "std::process"],
    ),
];

/// The files of `plan` that may ask the kinds: those that go through `KINDS`.
const PLAN_FILES_THAT_READ_KINDS: [&str; 8] = [
    "plan/address.rs",
    "plan/build.rs",
    "plan/explain/mod.rs",
    "plan/guards.rs",
    "plan/lookalikes.rs",
    "plan/observed.rs",
    "plan/proof.rs",
    "plan/renames.rs",
];

/// Files of `plan` with the name of a kind in them, and why.
const KIND_NAMES_IN_PLAN: [(&str, &str); 7] = [
    (
        "drift/actors.rs",
        "first parts of paths, and words of the audit trail",
    ),
    (
        "drift/people.rs",
        "only people have an address that the files name and that can change without their doing",
    ),
    (
        "plan/people.rs",
        "only people have an address that the files name and that can change without their doing",
    ),
    (
        "change/acknowledge.rs",
        "a subject that is an e-mail address alone is a user, compared in lower case",
    ),
    (
        "plan/guards.rs",
        "an address of a user is compared in lower case",
    ),
    (
        "plan/references.rs",
        "findings of names that only the snapshot can confirm have the address as subject",
    ),
    (
        "render/failures.rs",
        "the columns of the CSV form are the members of the JSON form, which is about people alone",
    ),
];

/// Files of `kinds` that use the file of another kind, and why.
const KINDS_THAT_USE_KINDS: [(&str, &str, &str); 0] = [];

struct Source {
    /// Relative to `src`, with `/`.
    name: String,
    /// Without comments.
    code: String,
}

fn sources() -> Vec<Source> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        for path in sorted(directory) {
            match path.is_dir() {
                true => walk(&path, found),
                false if path.extension().is_some_and(|extension| extension == "rs") => {
                    found.push(path)
                }
                false => {}
            }
        }
    }
    let src = root().join("src");
    let mut found = Vec::new();
    walk(&src, &mut found);
    assert!(found.len() > 40, "the sources are elsewhere");
    let read = |path: &PathBuf| Source {
        name: path
            .strip_prefix(&src)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/"),
        code: std::fs::read_to_string(path)
            .unwrap()
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(|line| format!("{line}\n"))
            .collect(),
    };
    found.iter().map(read).collect()
}

fn in_room(source: &Source, room: &str) -> bool {
    source.name == room || source.name.starts_with(&format!("{room}/"))
}

/// Whether a file holds tests alone.
fn is_test(source: &Source) -> bool {
    source.name.contains("/tests/")
        || ["tests.rs", "_tests.rs", "testing.rs", "samples.rs"]
            .iter()
            .any(|end| source.name.ends_with(end))
}

/// The code without the tests at its foot.
fn without_tests(source: &Source) -> &str {
    let code = source.code.as_str();
    if is_test(source) {
        return "";
    }
    code.find("#[cfg(test)]\n")
        .filter(|&at| code[at..].contains("mod tests {"))
        .map_or(code, |at| &code[..at])
}

/// Whether a path is named as a whole: not as the beginning of a longer name.
fn names(code: &str, path: &str) -> bool {
    let word =
        |character: Option<char>| character.is_some_and(|it| it.is_alphanumeric() || it == '_');
    code.match_indices(path).any(|(at, _)| {
        !word(code[..at].chars().next_back())
            && !code[..at].ends_with("::")
            && !word(code[at + path.len()..].chars().next())
    })
}

/// The rooms that a file names, be it as `crate::room` or inside `use crate::{…}`.
fn rooms(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let mut word = String::new();
                for character in list.chars() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' | ':' if depth == 0 => {
                            rooms.insert(std::mem::take(&mut word));
                        }
                        it if depth == 0 && (it.is_alphanumeric() || it == '_') => word.push(it),
                        _ => {}
                    }
                }
                rooms.insert(word);
            }
            None => {
                rooms.insert(
                    rest.chars()
                        .take_while(|it| it.is_alphanumeric() || *it == '_')
                        .collect(),
                );
            }
        }
    }
    rooms
}

#[test]
fn rooms_do_not_know_what_they_must_not() {
    let mut wrong = Vec::new();
    for source in sources() {
        let known = rooms(&source.code);
        for (room, forbidden) in MUST_NOT_KNOW
            .iter()
            .filter(|(room, _)| in_room(&source, room))
        {
            for other in forbidden.iter().filter(|other| known.contains(**other)) {
                wrong.push(format!(
                    "src/{} names crate::{other}, which {room} must not know",
                    source.name
                ));
            }
        }
        let asks_kinds = in_room(&source, "plan") && known.contains("kinds");
        if asks_kinds && !PLAN_FILES_THAT_READ_KINDS.contains(&source.name.as_str()) {
            wrong.push(format!(
                "src/{} names crate::kinds; of plan, only {PLAN_FILES_THAT_READ_KINDS:?} may",
                source.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn plan_asks_the_kinds_through_their_table() {
    for source in sources().iter().filter(|source| in_room(source, "plan")) {
        for line in source
            .code
            .lines()
            .filter(|line| line.contains("crate::kinds"))
        {
            let listed = line
                .trim()
                .trim_start_matches("use crate::kinds::")
                .trim_end_matches(';');
            let listed: BTreeSet<&str> = listed
                .trim_matches(['{', '}'])
                .split(',')
                .map(str::trim)
                .collect();
            let allowed = BTreeSet::from(["KINDS", "Context", "Kind"]);
            assert!(listed.is_subset(&allowed), "src/{}: {line}", source.name);
        }
    }
}

#[test]
fn rooms_do_not_use_what_they_must_not() {
    let mut wrong = Vec::new();
    for source in sources() {
        let code = without_tests(&source);
        for (_, forbidden) in MUST_NOT_USE
            .iter()
            .filter(|(room, _)| in_room(&source, room))
        {
            for path in forbidden.iter().filter(|path| names(code, path)) {
                wrong.push(format!("src/{} uses {path}", source.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The rooms that live at the edge: `webex` talks to Webex, `sim` answers in its place.
const EDGE: [&str; 2] = ["webex", "sim"];

fn at_the_edge(source: &Source) -> bool {
    EDGE.iter().any(|room| in_room(source, room))
}

#[test]
fn nothing_but_the_edge_reaches_for_the_network() {
    for source in sources().iter().filter(|source| !at_the_edge(source)) {
        for path in [
            "std::net",
            "TcpStream",
            "UdpSocket",
            "TcpListener",
            "UnixStream",
            "ureq",
            "tiny_http",
        ] {
            assert!(
                !names(&source.code, path),
                "src/{} names {path}",
                source.name
            );
        }
    }
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for client in ["reqwest", "hyper", "curl", "tokio"] {
        assert!(
            !manifest.lines().any(|line| line.starts_with(client)),
            "Cargo.toml has {client}"
        );
    }
}

/// Commands that say when something happened.
const CLOCK: [&str; 1] = ["cli/connection.rs"];

#[test]
fn only_apply_is_given_a_writer() {
    for source in sources()
        .iter()
        .filter(|source| names(&source.code, "Writer"))
    {
        let may = ["webex", "apply"].iter().any(|room| in_room(source, room));
        assert!(
            may || source.name == "cli/apply.rs",
            "src/{} names Writer",
            source.name
        );
    }
}

#[test]
fn nothing_but_the_edge_asks_a_clock_or_chance() {
    let clockless =
        |source: &&Source| !at_the_edge(source) && !CLOCK.contains(&source.name.as_str());
    for source in sources().iter().filter(clockless) {
        let code = without_tests(source);
        for word in [
            "SystemTime",
            "Instant::now",
            "Timestamp::now",
            "Zoned::now",
            "rand::",
            "RandomState",
            "thread_rng",
        ] {
            assert!(
                !code.contains(word),
                "src/{} uses {word}: a plan is a function of its inputs",
                source.name
            );
        }
    }
}

/// The names of the kinds, from the sources of `kinds`.
fn kind_names() -> Vec<String> {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| in_room(source, "kinds")) {
        for line in source.code.lines() {
            if let Some(name) = line.trim().strip_prefix("name: \"") {
                found.push(name.trim_end_matches("\",").to_owned());
            }
        }
    }
    for kind in ["user", "group", "number", "workspace", "location"] {
        assert!(
            found.iter().any(|name| name == kind),
            "{found:?} lacks {kind}"
        );
    }
    found
}

#[test]
fn plan_render_import_and_cli_name_no_kind() {
    let kinds = kind_names();
    let mut wrong = Vec::new();
    for source in sources() {
        let here = ["change", "plan", "drift", "render", "import", "cli"]
            .into_iter()
            .any(|room| in_room(&source, room));
        let excepted = KIND_NAMES_IN_PLAN
            .iter()
            .any(|(file, _)| *file == source.name);
        if !here || excepted {
            continue;
        }
        let code = without_tests(&source);
        for kind in &kinds {
            for literal in [format!("\"{kind}\""), format!("\"{kind}/")] {
                for line in code.lines().filter(|line| line.contains(&literal)) {
                    wrong.push(format!("src/{}: {}", source.name, line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_kind_does_not_use_the_file_of_another() {
    let all = sources();
    let kinds: Vec<&Source> = all
        .iter()
        .filter(|source| in_room(source, "kinds"))
        .collect();
    let stem = |source: &Source| {
        source
            .name
            .trim_start_matches("kinds/")
            .trim_end_matches(".rs")
            .to_owned()
    };
    let with_kind: Vec<String> = kinds
        .iter()
        .filter(|it| it.code.contains(": Kind ="))
        .map(|it| stem(it))
        .collect();
    assert!(with_kind.len() >= 4, "{with_kind:?}");
    for source in kinds.iter().filter(|source| source.name != "kinds/mod.rs") {
        for other in with_kind.iter().filter(|other| **other != stem(source)) {
            let excepted = KINDS_THAT_USE_KINDS
                .iter()
                .any(|(file, used, _)| *file == source.name && used == other);
            let inside = source
                .code
                .lines()
                .any(|line| line.starts_with("use super::") && names(line, other));
            let used = inside
                || source.code.contains(&format!("super::{other}::"))
                || names(&source.code, &format!("kinds::{other}"));
            assert!(
                !used || excepted,
                "src/{} uses kinds/{other}.rs",
                source.name
            );
        }
    }
}

#[test]
fn every_kind_is_a_row_of_the_table() {
    let all = sources();
    let table = all
        .iter()
        .find(|source| source.name == "kinds/mod.rs")
        .unwrap();
    for source in all.iter().filter(|source| in_room(source, "kinds")) {
        let stem = source
            .name
            .trim_start_matches("kinds/")
            .trim_end_matches(".rs");
        for line in source
            .code
            .lines()
            .filter(|line| line.starts_with("pub const ") && line.contains(": Kind ="))
        {
            let name = line
                .trim_start_matches("pub const ")
                .split(':')
                .next()
                .unwrap();
            assert!(
                table.code.contains(&format!("{stem}::{name},")),
                "{stem}::{name} is not in KINDS"
            );
        }
    }
}

#[test]
fn every_module_says_what_it_owns() {
    for path in sources()
        .iter()
        .map(|source| root().join("src").join(&source.name))
    {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("//! ") || text.starts_with("//!\n"),
            "{} does not open with `//!`",
            path.display()
        );
    }
    for path in sorted(&root().join("tests"))
        .iter()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
    {
        assert!(
            std::fs::read_to_string(path).unwrap().starts_with("//! "),
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_table_of_rooms_lists_them_all() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for line in lib.lines().filter(|line| line.starts_with("pub mod ")) {
        let room = line.trim_start_matches("pub mod ").trim_end_matches(';');
        assert!(
            room == "git" || lib.contains(&format!("//! | [`{room}`]")),
            "the table of src/lib.rs lacks {room}"
        );
    }
}

#[test]
fn exceptions_are_still_needed() {
    let all = sources();
    let code = |file: &str| &all.iter().find(|source| source.name == file).unwrap().code;
    let kinds = kind_names();
    for (file, reason) in KIND_NAMES_IN_PLAN {
        let needed = kinds.iter().any(|kind| {
            code(file).contains(&format!("\"{kind}/"))
                || code(file).contains(&format!("\"{kind}\""))
        });
        assert!(
            needed,
            "{file} names no kind any more: take it out ({reason})"
        );
    }
    for (file, used, reason) in KINDS_THAT_USE_KINDS {
        assert!(
            code(file).contains(used),
            "{file} does not use {used} any more: take it out ({reason})"
        );
    }
}
