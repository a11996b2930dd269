//! The tour of the README over HTTP: plan, apply and drift of the examples against the simulator on a socket; and what only
//! reads sends nothing but GET.

use std::path::Path;
use std::sync::Arc;

use crate::common::live::{World, direct, writes};
use crate::common::{copy, root, trunkline};
use serde_json::json;
use trunkline::apply::{Report, Verdict};
use trunkline::sim::{self, Simulator};

/// An example, and the simulator on a socket that has what its snapshot has.
struct Live {
    world: World,
    simulator: Arc<Simulator>,
    url: String,
}

impl Live {
    fn new(example: &str, directory: &Path) -> Live {
        let path = directory.join(example);
        copy(&root().join("examples").join(example), &path);
        let world = World::of(&path);
        let options = sim::Options {
            real_time: true,
            ..Default::default()
        };
        let simulator = Arc::new(Simulator::new(world.snapshot.clone(), &options));
        let url = sim::serve(simulator.clone(), "127.0.0.1:0").unwrap();
        Live {
            world,
            simulator,
            url: format!("{url}/v1"),
        }
    }

    /// Runs the binary in the example, with a token.
    fn run(&self, args: &[&str]) -> (i32, String) {
        let ended = trunkline(&self.world.directory)
            .args(args)
            .env("TRUNKLINE_API_URL", &self.url)
            .env("WEBEX_ACCESS_TOKEN", "any")
            .env("TMPDIR", &self.world.directory)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            ended.status.code().unwrap(),
            text(&ended.stdout) + &text(&ended.stderr),
        )
    }
}

#[test]
fn the_examples_are_planned_applied_and_looked_at_live() {
    for example in ["quickstart", "acme"] {
        let directory = tempfile::tempdir().unwrap();
        let live = Live::new(example, directory.path());
        let facts = ["--live", "--facts", "snapshot.json"];
        let with = |args: &[&'static str]| [args, &facts].concat();
        for reading in [
            with(&["plan", "--out", "plan.json"]),
            with(&["drift"]),
            with(&["snapshot", "--out", "now.json"]),
            vec!["validate"],
            vec!["explain", "guardrail-removals"],
        ] {
            let (exit, said) = live.run(&reading);
            assert!(
                [0, 2, 3].contains(&exit),
                "{example} {reading:?}: {exit}\n{said}"
            );
        }
        assert!(
            writes(&live.simulator).is_empty(),
            "{example}: {:?}",
            writes(&live.simulator)
        );

        let (exit, said) = live.run(&with(&["apply", "plan.json", "--yes", "--no-move-backups"]));
        assert_eq!(exit, 0, "{example}\n{said}");
        let sent = writes(&live.simulator).len();
        for reading in [with(&["plan", "--detailed-exitcode"]), with(&["drift"])] {
            let (exit, said) = live.run(&reading);
            assert_eq!(exit, 0, "{example} {reading:?}\n{said}");
        }
        assert_eq!(writes(&live.simulator).len(), sent, "{example}");
    }
}

#[test]
fn a_token_that_ends_stops_the_run_and_a_new_one_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let live = Live::new("acme", directory.path());
    let facts = ["--live", "--facts", "snapshot.json"];
    let (exit, said) = live.run(&[&["plan", "--out", "plan.json"][..], &facts].concat());
    assert_eq!(exit, 0, "{said}");
    direct(
        &live.simulator,
        json!({"faults": [{"method": "PATCH", "nth": 4, "status": 401, "times": 100_000}, {"method": "GET", "status": 401, "nth": 160, "times": 100_000}]}),
    );
    let apply = [
        &[
            "apply",
            "plan.json",
            "--yes",
            "--no-move-backups",
            "--report",
            "report.json",
        ][..],
        &facts,
    ]
    .concat();
    let (exit, said) = live.run(&apply);
    assert_eq!(exit, 6, "{said}");
    let report: Report =
        serde_json::from_slice(&std::fs::read(live.world.directory.join("report.json")).unwrap())
            .unwrap();
    let now = live.simulator.snapshot();
    // Whatever the report calls done is done.
    for outcome in report
        .changes
        .iter()
        .filter(|outcome| outcome.verdict == Verdict::Done)
    {
        let change = live
            .world
            .plan
            .changes
            .iter()
            .find(|change| change.address == outcome.address)
            .unwrap();
        if change.kind != "user" || change.fields.iter().any(|field| field.path == "state") {
            continue;
        }
        let user = now["users"]
            .as_array()
            .unwrap()
            .iter()
            .find(|user| user["email"] == change.key)
            .unwrap();
        for field in change
            .fields
            .iter()
            .filter(|field| field.path == "phoneNumber" || field.path == "extension")
        {
            assert_eq!(
                user[field.path.as_str()],
                *field.after,
                "{}",
                outcome.address
            );
        }
    }
    assert!(
        report.summary.done > 0 && report.summary.failed > 0,
        "{report:?}"
    );
    direct(&live.simulator, json!({"clearFaults": true}));
    let (exit, said) = live.run(&[&apply[..], &["--resume"]].concat());
    assert_eq!(exit, 0, "{said}");
    let (exit, said) = live.run(&[&["plan", "--detailed-exitcode"][..], &facts].concat());
    assert_eq!(exit, 0, "{said}");
}

#[test]
fn a_clock_that_is_wrong_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let live = Live::new("quickstart", directory.path());
    direct(
        &live.simulator,
        json!({"switches": {"clockSkew": 86_400}, "faults": [{"method": "PATCH", "status": 429, "retryAfter": 1}]}),
    );
    let (exit, said) = live.run(&[
        "apply",
        "--live",
        "--facts",
        "snapshot.json",
        "--yes",
        "--without",
        "voicemail",
    ]);
    assert_eq!(exit, 0, "{said}");
}

#[test]
#[cfg(unix)]
fn a_first_interrupt_finishes_what_is_on_its_way_and_stops() {
    let directory = tempfile::tempdir().unwrap();
    let live = Live::new("acme", directory.path());
    let facts = ["--live", "--facts", "snapshot.json"];
    let (exit, said) = live.run(&[&["plan", "--out", "plan.json"][..], &facts].concat());
    assert_eq!(exit, 0, "{said}");
    // Each write takes a while, so that the signal meets one of them.
    direct(
        &live.simulator,
        json!({"faults": [{"method": "PATCH", "slowMs": 400, "when": "after", "times": 1000}]}),
    );
    let apply = [
        "apply",
        "plan.json",
        "--live",
        "--yes",
        "--no-move-backups",
        "--no-capture",
        "--parallel",
        "1",
        "--report",
        "report.json",
    ];
    let child = trunkline(&live.world.directory)
        .args(apply)
        .env("TRUNKLINE_API_URL", &live.url)
        .env("WEBEX_ACCESS_TOKEN", "any")
        .env("TMPDIR", &live.world.directory)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while !live
        .simulator
        .log()
        .iter()
        .any(|entry| entry.method == "PATCH")
    {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let kill = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(6));
    let report: Report =
        serde_json::from_slice(&std::fs::read(live.world.directory.join("report.json")).unwrap())
            .unwrap();
    // Of a change with several requests some may be left; nothing else is half done.
    let finished = |outcome: &trunkline::apply::Outcome| match &outcome.verdict {
        Verdict::Failed { why, .. } => why == "done in part: the run was stopped before",
        _ => true,
    };
    assert!(
        report.stopped && report.changes.iter().all(finished),
        "{report:?}"
    );
    assert!(
        report.summary.done > 0 && report.summary.skipped > 0,
        "{report:?}"
    );
    direct(&live.simulator, json!({"clearFaults": true}));
    let (exit, said) = live.run(&[&apply[..], &["--resume"]].concat());
    assert_eq!(exit, 0, "{said}");
}

/// Journal, log and state directory name people, numbers and licences.
#[test]
#[cfg(unix)]
fn what_a_run_writes_is_only_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let live = Live::new("quickstart", directory.path());
    let apply = [
        "apply",
        "--live",
        "--yes",
        "--facts",
        "snapshot.json",
        "--log",
        "requests.log",
    ];
    let (exit, said) = live.run(&apply);
    assert_eq!(exit, 0, "{said}");
    for (name, wanted) in [
        (".trunkline", 0o700),
        (".trunkline/journal.jsonl", 0o600),
        ("requests.log", 0o600),
    ] {
        let found = std::fs::metadata(live.world.directory.join(name)).unwrap();
        let mode = found.permissions().mode() & 0o777;
        assert_eq!(mode, wanted, "{name}: {mode:o}");
    }
}

#[test]
#[cfg(unix)]
fn neither_tmpdir_nor_a_name_of_loopback_is_a_way_round_the_lock() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let live = Live::new("acme", directory.path());
    // The first one is at it for as long as the others try.
    direct(
        &live.simulator,
        json!({"faults": [{"method": "PATCH", "slowMs": 3000, "when": "after", "times": 1000}]}),
    );
    let apply = |temporary: &str, state: &str, url: &str| {
        std::fs::create_dir_all(at(temporary)).unwrap();
        let mut command = trunkline(&live.world.directory);
        command
            .args(["apply", "--live", "--yes", "--facts", "snapshot.json"])
            .args(["--no-move-backups", "--no-capture", "--parallel", "1"])
            .arg("--state")
            .arg(at(state))
            .env("TRUNKLINE_API_URL", url)
            .env("WEBEX_ACCESS_TOKEN", "any")
            .env("TMPDIR", at(temporary))
            .env("HOME", at("home"))
            .env_remove("XDG_RUNTIME_DIR");
        command
    };
    let mut first = apply("tmp-1", "state-1", &live.url)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while writes(&live.simulator).is_empty() && first.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let localhost = live.url.replace("127.0.0.1", "localhost");
    for (temporary, state, url) in [
        ("tmp-2", "state-1", &live.url),
        ("tmp-3", "state-2", &live.url),
        ("tmp-1", "state-3", &localhost),
    ] {
        let second = apply(temporary, state, url).output().unwrap();
        let said = String::from_utf8(second.stderr).unwrap();
        assert_eq!(
            second.status.code(),
            Some(1),
            "{temporary} {state} {url}: {said}"
        );
        assert!(
            said.contains("another apply of this organisation is running"),
            "{said}"
        );
    }
    first.kill().unwrap();
    first.wait().unwrap();
    // Others can write to a directory for temporary files, and put links there.
    for temporary in ["tmp-1", "tmp-2", "tmp-3"] {
        let left = std::fs::read_dir(at(temporary)).unwrap().count();
        assert_eq!(left, 0, "{temporary}");
    }
}
