//! How close an apply comes to what the server's limit allows.
//!
//! `cargo bench --bench apply` moves people to a new subscription against the simulator on a socket, which lets so many
//! requests through in a second and refuses the rest with 429, and measures the share of these that were used.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a report for people; a failure stops it"
)]
#![allow(missing_docs, reason = "a program")]

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use trunkline::sim::{self, Scenario, Simulator};

const LEAST_SHARE: f64 = 0.95;
/// Requests in a second, and people who move: each takes three requests, one before, one that writes, and one after.
const RUNS: [(f64, usize); 3] = [(5.0, 60), (20.0, 250), (50.0, 600)];

fn main() -> ExitCode {
    // `cargo test --all-targets` runs this too, without the argument.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("nothing measured: run `cargo bench --bench apply`");
        return ExitCode::SUCCESS;
    }
    let shares: Vec<f64> = RUNS
        .iter()
        .map(|&(limit, people)| measure(limit, people))
        .collect();
    match shares.iter().all(|share| *share >= LEAST_SHARE) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The share of the requests that the server would have let through in the time that the apply took.
fn measure(limit: f64, people: usize) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let snapshot = organisation(directory, people);
    let planned = trunkline(directory, "")
        .args(["plan", "--out", "plan.json"])
        .status()
        .unwrap();
    assert!(planned.success());
    let simulator = Arc::new(Simulator::new(
        snapshot,
        &sim::Options {
            real_time: true,
            ..Default::default()
        },
    ));
    let limits = json!({"switches": {"rateLimit": limit, "burst": limit}});
    simulator
        .direct(serde_json::from_value::<Scenario>(limits).unwrap())
        .unwrap();
    let url = sim::serve(simulator.clone(), "127.0.0.1:0").unwrap();
    let began = Instant::now();
    let applied = trunkline(directory, &format!("{url}/v1"))
        .args([
            "apply",
            "plan.json",
            "--live",
            "--yes",
            "--no-move-backups",
            "--no-capture",
        ])
        .status()
        .unwrap();
    let took = began.elapsed().as_secs_f64();
    assert!(applied.success(), "{applied}");
    let log = simulator.log();
    let refused = log.iter().filter(|entry| entry.status == 429).count();
    let sent = log.len() - refused;
    // What the bucket holds at the beginning comes on top.
    let allowed = limit * took + limit;
    let share = sent as f64 / allowed;
    println!(
        "{limit:>4} requests/s: {people} people moved with {sent} requests in {took:.1} s, {refused} refused; {:.1} % of what is allowed",
        share * 100.0
    );
    share
}

fn trunkline(directory: &Path, url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trunkline"));
    command
        .current_dir(directory)
        .env("TRUNKLINE_API_URL", url)
        .env("WEBEX_ACCESS_TOKEN", "any")
        .env("TMPDIR", directory)
        .stdout(Stdio::null());
    command
}

/// People who all move from one subscription to the next.
fn organisation(directory: &Path, people: usize) -> Value {
    let yaml = "version: 1
org: {name: Acme, id: org-1, assignmentMode: organization}
subscriptions:
  Sub-1: {createdAt: 2021-01-01, replacedBy: Sub-2}
  Sub-2: {createdAt: 2024-01-01}
";
    std::fs::write(directory.join("org.yaml"), yaml).unwrap();
    let users = (0..people).map(|at| {
        json!({
            "id": format!("u-{at}"), "email": format!("p{at:05}@acme.com"), "displayName": format!("Person {at}"),
            "location": "Dallas", "extension": format!("{}", 10_000 + at), "licenses": ["L-1"], "attendeeSites": [], "roles": []
        })
    });
    let licence = |id: &str, subscription: &str, used: usize| {
        json!({"id": id, "name": "Webex Calling - Professional", "subscriptionId": subscription, "siteUrl": null,
               "totalUnits": people, "consumedUnits": used})
    };
    let snapshot = json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2021-01-01"}, {"id": "Sub-2", "createdAt": "2024-01-01"}],
        "licenses": [licence("L-1", "Sub-1", people), licence("L-2", "Sub-2", 0)],
        "sites": [], "numbers": [], "groups": [], "workspaces": [], "devices": [],
        "locations": [{"id": "loc-d", "name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
                       "address": {"address1": "1 Main St", "city": "Dallas", "state": "TX", "postalCode": "75201", "country": "US"},
                       "calling": {"mainNumber": null, "pstn": null}}],
        "users": users.collect::<Vec<_>>()
    });
    std::fs::write(directory.join("snapshot.json"), snapshot.to_string()).unwrap();
    snapshot
}
