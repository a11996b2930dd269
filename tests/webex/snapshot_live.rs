//! Commands with `--live`, by HTTP, against the simulator on this machine.

use std::path::Path;
use std::sync::Arc;

use crate::common::{Run, root, trunkline};
use serde_json::{Value, json};
use trunkline::sim::{Options, Simulator, serve};

/// A simulator with the organisation of an example, and its address.
fn simulator(example: &str) -> (Arc<Simulator>, String) {
    let path = root().join(format!("examples/{example}/snapshot.json"));
    let snapshot = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let options = Options {
        token: Some("good".to_owned()),
        real_time: true,
    };
    let simulator = Arc::new(Simulator::new(snapshot, &options));
    let address = serve(simulator.clone(), "127.0.0.1:0").unwrap();
    (simulator, format!("{address}/v1"))
}

fn live(directory: &Path, url: &str, token: &str, args: &[&str]) -> Run {
    let output = trunkline(directory)
        .env("TRUNKLINE_API_URL", url)
        .env("WEBEX_ACCESS_TOKEN", token)
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run {
        exit: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        took: Default::default(),
    }
}

/// A plan without what names the snapshot: its digest, and the checksum, which covers the digest.
fn without_snapshot(mut plan: Value) -> Value {
    plan["snapshot"] = Value::Null;
    plan["checksum"] = Value::Null;
    plan
}

#[test]
fn a_snapshot_is_captured_and_refreshed() {
    let (simulator, url) = simulator("acme");
    let directory = tempfile::tempdir().unwrap();
    let facts = root().join("examples/acme/snapshot.json");
    let facts = facts.to_string_lossy();
    let args = [
        "snapshot",
        "--live",
        "--out",
        "a.json.zst",
        "--facts",
        &facts,
        "--log",
        "log.jsonl",
    ];
    let run = live(directory.path(), &url, "good", &args);
    assert_eq!((run.exit, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert!(
        run.stderr.contains("about 101 requests for 60 people"),
        "{}",
        run.stderr
    );
    let log = std::fs::read_to_string(directory.path().join("log.jsonl")).unwrap();
    assert_eq!(log.lines().count(), simulator.log().len());
    assert!(!log.contains("good"), "{log}");
    let args = [
        "snapshot",
        "--live",
        "--out",
        "b.json",
        "--since",
        "a.json.zst",
    ];
    let run = live(directory.path(), &url, "good", &args);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert!(
        !run.stderr.contains("everything was read"),
        "{}",
        run.stderr
    );
    assert!(simulator.log().iter().all(|entry| entry.method == "GET"));
    // What was captured plans as what was written manually.
    let acme = root().join("examples/acme");
    let plan = |snapshot: &str| {
        let plan = live(
            &acme,
            &url,
            "",
            &["plan", "--format", "json", "--snapshot", snapshot],
        );
        without_snapshot(plan.json())
    };
    let captured = directory.path().join("b.json");
    assert!(plan(&facts) == plan(&captured.to_string_lossy()));
}

#[test]
fn a_probe_writes_a_report_and_captures_nothing() {
    let (simulator, url) = simulator("acme");
    let directory = tempfile::tempdir().unwrap();
    let probe = |more: &[&str]| {
        let args: Vec<&str> = ["snapshot", "--live", "--probe"]
            .iter()
            .chain(more)
            .copied()
            .collect();
        live(directory.path(), &url, "good", &args)
    };
    let run = probe(&[]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert!(
        run.stdout.starts_with("# What this organisation answers"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.starts_with("asked "), "{}", run.stderr);
    assert!(simulator.log().iter().all(|entry| entry.method == "GET"));
    let run = probe(&["--out", "report.md"]);
    assert_eq!((run.exit, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let run = probe(&["--out", "report.json"]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
    assert!(read("report.md").contains("| confirmed |"));
    let report: Value = serde_json::from_str(&read("report.json")).unwrap();
    assert!(report["points"][0]["verdict"].is_string());
    // It is no capture.
    for more in [&["--since", "report.json"][..], &["--without", "voicemail"]] {
        assert_eq!(probe(more).exit, 1, "{more:?}");
    }
    let run = probe(&["--time-limit", "0"]);
    assert_eq!(run.exit, 1, "{}", run.stdout);
    assert!(run.stderr.contains("--time-limit"), "{}", run.stderr);
    assert_eq!(
        live(directory.path(), &url, "good", &["snapshot", "--live"]).exit,
        1
    );
}

#[test]
fn a_place_that_cannot_be_written_is_noticed_before_the_capture() {
    let (simulator, url) = simulator("acme");
    let directory = tempfile::tempdir().unwrap();
    for (out, why) in [
        ("away/s.json", "the directory `away` does not exist"),
        (".", "it is a directory"),
    ] {
        let run = live(
            directory.path(),
            &url,
            "good",
            &["snapshot", "--live", "--out", out],
        );
        assert_eq!(run.exit, 1, "{}", run.stderr);
        assert!(run.stderr.contains(why), "{}", run.stderr);
        assert!(!run.stderr.contains("os error"), "{}", run.stderr);
    }
    assert!(simulator.log().is_empty());
}

#[test]
fn a_plan_of_the_live_organisation_only_reads() {
    let (simulator, url) = simulator("acme");
    let acme = root().join("examples/acme");
    let args = [
        "plan",
        "--live",
        "--facts",
        "snapshot.json",
        "--format",
        "json",
    ];
    let run = live(&acme, &url, "good", &args);
    let plan = without_snapshot(run.json());
    let from_file = without_snapshot(live(&acme, &url, "", &["plan", "--format", "json"]).json());
    assert!(simulator.log().len() > 80);
    assert!(simulator.log().iter().all(|entry| entry.method == "GET"));
    assert!(plan == from_file);
}

#[test]
fn what_is_missing_is_exit_7() {
    let (simulator, url) = simulator("acme");
    let refuse = json!({"faults": [{"path": "/groups/*/members", "times": 99, "status": 403}]});
    simulator
        .direct(serde_json::from_value(refuse).unwrap())
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let run = live(
        directory.path(),
        &url,
        "good",
        &["snapshot", "--live", "--out", "a.json"],
    );
    assert_eq!(run.exit, 7, "{}", run.stderr);
    assert!(
        run.stderr
            .contains("missing: members of the group Care: GET /groups/"),
        "{}",
        run.stderr
    );
    let written = std::fs::read(directory.path().join("a.json")).unwrap();
    let written: Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(
        (&written["complete"], &written["groups"]),
        (&json!(false), &Value::Null)
    );
    let acme = root().join("examples/acme");
    simulator
        .direct(
            serde_json::from_value(
                json!({"faults": [{"path": "/groups/*/members", "times": 99, "status": 403}]}),
            )
            .unwrap(),
        )
        .unwrap();
    let run = live(&acme, &url, "good", &["plan", "--live"]);
    assert_eq!(run.exit, 7, "{}", run.stderr);
}

#[test]
fn a_wrong_token_and_a_wrong_organisation_stop_at_once() {
    let (simulator, url) = simulator("quickstart");
    let directory = tempfile::tempdir().unwrap();
    let run = live(
        directory.path(),
        &url,
        "bad",
        &["snapshot", "--live", "--out", "a.json"],
    );
    assert_eq!(run.exit, 1);
    assert!(
        run.stderr.contains("does not accept the token"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("bad"), "{}", run.stderr);
    assert_eq!(simulator.log().len(), 1);
    let run = live(
        &root().join("examples/acme"),
        &url,
        "good",
        &["plan", "--live"],
    );
    assert_eq!(run.exit, 1);
    assert!(
        run.stderr.contains("the token is of the organisation"),
        "{}",
        run.stderr
    );
    assert!(!directory.path().join("a.json").exists());
    // No one is there.
    let run = live(
        directory.path(),
        "http://127.0.0.1:9/v1",
        "good",
        &["snapshot", "--live", "--out", "a.json", "--time-limit", "1"],
    );
    assert_eq!(run.exit, 1);
    assert!(run.stderr.contains("GET /people/me"), "{}", run.stderr);
    let run = live(
        directory.path(),
        "http://webexapis.com/v1",
        "good",
        &["snapshot", "--live", "--out", "a.json"],
    );
    assert!(run.stderr.contains("not encrypted"), "{}", run.stderr);
}
