//! Whether four times the people cost four times the work, whatever the organisation is like.
//!
//! `cargo bench --bench growth` plans each shape at two sizes under valgrind, which counts instructions: the same count on every
//! machine, however busy. It fails beyond 4.6 times the instructions. `TRUNKLINE_BIN` names another binary to measure, and
//! `SHAPE=name` a single shape.
//!
//! `cargo bench --profile dev --bench growth -- budget` plans 10,000 people of whom one in a hundred changes, and fails if that
//! takes 5 % more instructions than `benches/instructions` says for the version of rustc there. `.ci/run` does so.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a report for people; a failure stops it"
)]
#![allow(missing_docs, reason = "a program")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The people of the smaller organisation. A list that everyone searches costs little in a small one.
const PEOPLE: usize = 5_000;
/// How many times the work four times the people may cost: sorting and maps cost a little more than four times.
const MOST: f64 = 4.6;

/// An organisation: what differs from one in which nothing changes.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    /// Groups of ten people each, which the files list, for this number of people.
    groups: fn(usize) -> usize,
    /// The files list everyone in one group, which has nobody.
    everyone: bool,
    /// Groups with a template that the first person is in.
    of_first: fn(usize) -> usize,
    /// Groups with a template that everyone is in.
    of_all: usize,
    locations: fn(usize) -> usize,
    /// More of `org.yaml`.
    org: &'static str,
    /// The override of a person.
    override_: fn(usize) -> Option<String>,
}

const USUAL: Shape = Shape {
    name: "nothing changes",
    groups: |_| 50,
    everyone: false,
    of_first: |_| 0,
    of_all: 1,
    locations: |_| 20,
    org: "",
    override_: |_| None,
};

const SHAPES: [Shape; 11] = [
    USUAL,
    Shape {
        name: "many groups",
        groups: |people| people / 4,
        ..USUAL
    },
    Shape {
        name: "one huge group",
        everyone: true,
        ..USUAL
    },
    Shape {
        name: "a person in many groups",
        of_first: |people| people / 25,
        ..USUAL
    },
    Shape {
        name: "many locations",
        locations: |people| people / 5,
        ..USUAL
    },
    Shape {
        name: "all move",
        org: "subscriptions:\n  Sub-2021: {replacedBy: Sub-2024}\n",
        ..USUAL
    },
    Shape {
        name: "all lose Calling",
        override_: |person| {
            Some(format!(
                "  {}:\n    licenses: {{remove: [calling]}}\n",
                email(person)
            ))
        },
        ..USUAL
    },
    Shape {
        name: "all unknown",
        override_: |person| {
            Some(format!(
                "  q{person:07}@nowhere.example:\n    extension: \"7{person:06}\"\n"
            ))
        },
        ..USUAL
    },
    Shape {
        name: "swaps",
        override_: |person| {
            let other = SUBSCRIPTIONS[usize::from(person % 2 == 0)];
            let wanted = format!("{{tier: professional, subscription: {other}}}");
            Some(format!(
                "  {}:\n    licenses: {{add: {{calling: {wanted}}}}}\n",
                email(person)
            ))
        },
        ..USUAL
    },
    Shape {
        name: "errors",
        override_: |person| {
            Some(format!(
                "  {}:\n    extention: \"7{person:06}\"\n",
                email(person)
            ))
        },
        ..USUAL
    },
    Shape {
        name: "deep reasons",
        of_all: 20,
        override_: |person| {
            Some(format!(
                "  {}:\n    displayName: New Name {person}\n",
                email(person)
            ))
        },
        ..USUAL
    },
];

const SUBSCRIPTIONS: [&str; 2] = ["Sub-2021", "Sub-2024"];

fn main() -> ExitCode {
    // `cargo test --all-targets` runs this too, without the argument.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("nothing measured: run `cargo bench --bench growth`");
        return ExitCode::SUCCESS;
    }
    let binary = std::env::var_os("TRUNKLINE_BIN")
        .map_or_else(|| env!("CARGO_BIN_EXE_trunkline").into(), PathBuf::from);
    if std::env::args().any(|argument| argument == "budget") {
        return budget(&binary);
    }
    let only = std::env::var("SHAPE").ok();
    let mut fine = true;
    for shape in SHAPES {
        if only.as_deref().is_some_and(|only| only != shape.name) {
            continue;
        }
        // What an organisation of a few people costs is no matter of growth.
        let [none, small, large] =
            [8, PEOPLE, 4 * PEOPLE].map(|people| work(&binary, &shape, people));
        let times = (large - none) / (small - none);
        let verdict = if times <= MOST { "PASS" } else { "FAIL" };
        println!(
            "{verdict} {}: {times:.2} times the work, {:.0} thousand instructions a person",
            shape.name,
            (large - none) / (4 * PEOPLE) as f64 / 1e3
        );
        fine &= times <= MOST;
    }
    if fine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Compares a usual plan with what it may cost.
fn budget(binary: &Path) -> ExitCode {
    let shape = Shape {
        override_: |person| {
            let changed = person % 100 == 0;
            changed.then(|| format!("  {}:\n    displayName: New Name {person}\n", email(person)))
        },
        ..USUAL
    };
    let (compiler, stored) = include_str!("instructions").trim().split_once(' ').unwrap();
    let output = Command::new("rustc").arg("--version").output().unwrap();
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    if version.split(' ').nth(1) != Some(compiler) {
        println!("nothing compared: the budget is that of rustc {compiler}");
        return ExitCode::SUCCESS;
    }
    let count = work(binary, &shape, 10_000);
    let ratio = count / stored.parse::<f64>().unwrap();
    println!("{count:.0} instructions, {ratio:.3} of benches/instructions");
    if ratio > 1.05 {
        println!("FAIL: find out why, or store the new count if the work is worth it");
        return ExitCode::FAILURE;
    }
    if ratio < 0.95 {
        println!("store the new count, so that the gain is kept");
    }
    ExitCode::SUCCESS
}

/// The instructions of a plan.
fn work(binary: &Path, shape: &Shape, people: usize) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("org.yaml"), files(shape, people)).unwrap();
    std::fs::write(
        directory.path().join("snapshot.json"),
        snapshot(shape, people),
    )
    .unwrap();
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(binary)
        .arg("plan")
        .env("RAYON_NUM_THREADS", "1")
        .current_dir(directory.path())
        .output()
        .unwrap_or_else(|error| panic!("valgrind, which counts the instructions: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    let count = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .unwrap_or_else(|| panic!("no count of instructions in {said}"));
    // Errors of the files and losses that no one agreed to are what some shapes are for.
    assert!(
        [0, 1, 4].contains(&output.status.code().unwrap_or(-1)),
        "{said}"
    );
    count.1.trim().parse().unwrap()
}

fn email(person: usize) -> String {
    format!("p{person:07}@large.example")
}

/// The members of a group of ten, spread over all people.
fn members(group: usize, people: usize) -> impl Iterator<Item = String> {
    let mut members: Vec<usize> = (0..10)
        .map(|at| (group * 10 + at * 7_919) % people)
        .collect();
    members.sort_unstable();
    members.dedup();
    members.into_iter().map(email)
}

fn files(shape: &Shape, people: usize) -> String {
    let mut yaml = format!(
        "version: 1\norg: {{name: Large, id: org-large, assignmentMode: group}}\n{}templates:\n  everyone:\n    existingUsers: true\n    \
         licenses: {{messaging: advanced}}\nguardrails:\n  updates: {{percent: 100}}\n  removals: {{percent: 100}}\ngroups:\n",
        shape.org
    );
    for group in 0..(shape.groups)(people) {
        let _ = write!(
            yaml,
            "  Group {group:06}:\n    source: webex\n    members:\n"
        );
        for member in members(group, people) {
            let _ = writeln!(yaml, "      - {member}");
        }
    }
    if shape.everyone {
        yaml += "  Everyone:\n    source: webex\n    members:\n";
        for person in 0..people {
            let _ = writeln!(yaml, "      - {}", email(person));
        }
    }
    for group in 0..(shape.of_first)(people) {
        let _ = writeln!(yaml, "  First {group:06}: {{template: everyone}}");
    }
    for group in 0..shape.of_all {
        let _ = writeln!(yaml, "  All {group:06}: {{template: everyone}}");
    }
    let overrides: String = (0..people).filter_map(shape.override_).collect();
    if !overrides.is_empty() {
        yaml = yaml + "users:\n" + &overrides;
    }
    yaml
}

#[expect(clippy::too_many_lines, reason = "a snapshot, written out")]
fn snapshot(shape: &Shape, people: usize) -> String {
    let locations = (shape.locations)(people);
    let subscriptions = SUBSCRIPTIONS.map(|id| {
        format!(
            r#"{{"id":"{id}","createdAt":"{}-03-01","status":"active"}}"#,
            &id[4..]
        )
    });
    let license = |code: &str, name: &str, id: &str, free: usize| {
        let used = people / 2;
        format!(
            r#"{{"id":"L-{code}-{id}","name":"{name}","subscriptionId":"{id}","totalUnits":{},"consumedUnits":{used}}}"#,
            used + free
        )
    };
    // Swaps find a single free unit; who moves needs as many as there are people.
    let free = if shape.name == "swaps" { 1 } else { people };
    let licenses = SUBSCRIPTIONS.iter().flat_map(|id| {
        [
            license("CALL", "Webex Calling - Professional", id, free),
            license("MSG", "Advanced Messaging", id, people),
        ]
    });
    let places = (0..locations).map(|at| {
        format!(r#"{{"id":"loc-{at}","name":"Location {at:05}","address":{{"country":"US"}},"calling":{{"pstn":"Cisco PSTN"}}}}"#)
    });
    let numbers = (0..people).map(|person| {
        format!(
            r#"{{"phoneNumber":"+1214{:07}","location":"Location {:05}","state":"active","type":"did","owner":{{"kind":"user","key":"{}"}}}}"#,
            2_000_000 + person,
            person % locations,
            email(person)
        )
    });
    let group = |name: String, members: &mut dyn Iterator<Item = String>| {
        let members: Vec<String> = members.map(|it| format!("\"{it}\"")).collect();
        format!(
            r#"{{"id":"g-{name}","name":"{name}","source":"webex","kind":"security","members":[{}]}}"#,
            members.join(",")
        )
    };
    let mut groups: Vec<String> = Vec::new();
    groups.extend(
        (0..(shape.groups)(people))
            .map(|at| group(format!("Group {at:06}"), &mut members(at, people))),
    );
    groups.extend(
        shape
            .everyone
            .then(|| group("Everyone".to_owned(), &mut std::iter::empty())),
    );
    groups.extend(
        (0..(shape.of_first)(people))
            .map(|at| group(format!("First {at:06}"), &mut std::iter::once(email(0)))),
    );
    groups.extend(
        (0..shape.of_all).map(|at| group(format!("All {at:06}"), &mut (0..people).map(email))),
    );
    let users = (0..people).map(|person| {
        let id = SUBSCRIPTIONS[person % 2];
        let number = 2_000_000 + person;
        format!(
            r#"{{"id":"P-{person:050}","email":"{}","displayName":"User Number {person}","status":"active","location":"Location {:05}",
                "phoneNumber":"+1214{number}","workPhone":"+1214{number}","extension":"{number}","licenses":["L-MSG-{id}","L-CALL-{id}"]}}"#,
            email(person),
            person % locations
        )
    });
    let devices = (0..people).step_by(3).map(|person| {
        format!(
            r#"{{"id":"D-{person:050}","product":"Cisco 8845","type":"phone","owner":{{"kind":"user","key":"{}"}}}}"#,
            email(person)
        )
    });
    let lists: [(&str, Vec<String>); 7] = [
        ("subscriptions", subscriptions.into()),
        ("licenses", licenses.collect()),
        ("locations", places.collect()),
        ("numbers", numbers.collect()),
        ("groups", groups),
        ("users", users.collect()),
        ("devices", devices.collect()),
    ];
    let mut json = r#"{"formatVersion":1,"capturedAt":"2026-11-20T08:00:00Z","complete":true,"org":{"id":"org-large","name":"Large"},
        "sites":[],"workspaces":[]"#
        .to_owned();
    for (name, entries) in lists {
        let _ = write!(json, ",\n\"{name}\":[\n{}]", entries.join(",\n"));
    }
    json + "}\n"
}
