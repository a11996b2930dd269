//! A plan applied in process: the executor of the program on one side, the simulator on the other, and a clock that only moves
//! when a person waits.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use http::{Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use trunkline::apply::{Backups, Journal, Live, Options, Report, Resume, Run, Verdict, Watch};
use trunkline::plan::Plan;
use trunkline::sim::{self, LoggedRequest, Reply, Scenario, Simulator};
use trunkline::webex::{self, Client, Clock, Limits, Names, Reader, Stop, Transport, Writer};

use super::run;

/// A directory with files, a snapshot and the plan that they make.
pub struct World {
    pub directory: PathBuf,
    pub snapshot: Value,
    pub plan: Plan,
}

impl World {
    /// Plans what is in a directory.
    pub fn of(directory: &Path) -> World {
        let planned = run(directory, &["plan", "--format", "json"]);
        assert_eq!(planned.exit, 0, "{}", planned.all());
        let snapshot = std::fs::read(directory.join("snapshot.json")).unwrap();
        World {
            directory: directory.to_owned(),
            snapshot: serde_json::from_slice(&snapshot).unwrap(),
            plan: serde_json::from_str(&planned.stdout).unwrap(),
        }
    }

    /// A simulator that has what the snapshot has.
    pub fn simulator(&self) -> Arc<Simulator> {
        Arc::new(Simulator::new(
            self.snapshot.clone(),
            &sim::Options::default(),
        ))
    }

    /// Writes a snapshot to the directory and plans again; gives what is still to change.
    pub fn left(&self, snapshot: &Value) -> Vec<String> {
        std::fs::write(self.directory.join("snapshot.json"), snapshot.to_string()).unwrap();
        let again = run(&self.directory, &["plan", "--format", "json"]).json();
        let changes = again["changes"].as_array().cloned().unwrap_or_default();
        changes
            .iter()
            .map(|change| format!("{} {}", change["address"], change["fields"]))
            .collect()
    }
}

/// How a plan is applied.
pub struct How {
    pub options: Options,
    pub resume: Resume,
    pub stop: Stop,
    pub journal: PathBuf,
}

impl How {
    /// The usual way, with journal and backups in a directory.
    pub fn usual(state: &Path) -> How {
        How {
            options: Options {
                max_risk: None,
                canary: 0,
                backup_moves: true,
                refused: None,
                backups: Backups {
                    directory: state.join("backups"),
                    recipients: Vec::new(),
                    identity: None,
                    at: Timestamp::UNIX_EPOCH,
                    features: Default::default(),
                },
                workers: 1,
            },
            resume: Resume::No,
            stop: Stop::default(),
            journal: state.join("journal.jsonl"),
        }
    }
}

/// Applies a plan.
pub fn apply(plan: &Plan, simulator: &Arc<Simulator>, how: &How) -> Report {
    apply_by(plan, &client(simulator), how)
}

/// Applies a plan with a program that dies at its n-th request: before Webex has it, or before the answer is there. `None`: it
/// died.
pub fn apply_killed(
    plan: &Plan,
    simulator: &Arc<Simulator>,
    how: &How,
    at: usize,
    after: bool,
) -> Option<Report> {
    let death = Some((AtomicUsize::new(at), after));
    let client = client_of(Wire {
        death,
        ..Wire::of(simulator)
    });
    let run = std::panic::AssertUnwindSafe(|| apply_by(plan, &client, how));
    std::panic::catch_unwind(run).ok()
}

/// Applies a plan whose first changes of licences are on their way at the same time, one for each worker, before all their answers are
/// lost: before Webex has them, or after.
pub fn apply_together(plan: &Plan, simulator: &Arc<Simulator>, how: &How, after: bool) -> Report {
    let workers = how.options.workers;
    let together = Together {
        barrier: Barrier::new(workers),
        left: AtomicUsize::new(workers),
        after,
    };
    let client = client_of(Wire {
        together: Some(together),
        ..Wire::of(simulator)
    });
    apply_by(plan, &client, how)
}

/// Applies a plan while every answer to half a change of licences claims that all of it was done.
pub fn apply_claimed(plan: &Plan, simulator: &Arc<Simulator>, how: &How) -> Report {
    let client = client_of(Wire {
        claims: true,
        ..Wire::of(simulator)
    });
    apply_by(plan, &client, how)
}

/// The answer with all licences that a request adds.
fn claim(request: &[u8], response: &mut Response<Vec<u8>>) {
    let asked: Value = serde_json::from_slice(request).unwrap_or_default();
    let mut answer: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let Some(licenses) = answer["licenses"].as_array_mut() else {
        return;
    };
    let adds = asked["licenses"].as_array().into_iter().flatten();
    licenses.extend(
        adds.filter(|it| it["operation"] == "add")
            .map(|it| it["id"].clone()),
    );
    *response.status_mut() = http::StatusCode::OK;
    *response.body_mut() = answer.to_string().into_bytes();
}

fn apply_by(plan: &Plan, client: &Arc<Client>, how: &How) -> Report {
    let names = Names::new(Reader::new(client));
    let writer = Writer::new(client);
    let live = Live {
        names: &names,
        writer: &writer,
    };
    let opened = Journal::open(
        &how.journal,
        "PLAN",
        &plan.org.id,
        "http://127.0.0.1/v1",
        "2026-11-20T08:00:00Z",
        how.resume,
        false,
    );
    let (journal, progress) = opened.unwrap();
    let report = Run::new(plan, live, &journal, &how.options, progress, &how.stop)
        .run("PLAN", &Nobody)
        .unwrap();
    journal.finish(report.is_whole(), None, None).unwrap();
    report
}

/// A client whose waiting takes no time.
pub fn client(simulator: &Arc<Simulator>) -> Arc<Client> {
    client_of(Wire::of(simulator))
}

fn client_of(wire: Wire) -> Arc<Client> {
    let wire = Arc::new(wire);
    let mut options = webex::Options::new("http://127.0.0.1/v1", "token");
    options.limits = Limits {
        per_second: 1e9,
        ..Limits::default()
    };
    options.seed = 7;
    Client::new(wire.clone(), wire, options)
}

/// No one watches.
struct Nobody;

impl Watch for Nobody {
    fn settled(&self, _: usize, _: usize) {}
}

/// The simulator as a transport and as a clock.
#[derive(Debug)]
struct Wire {
    simulator: Arc<Simulator>,
    /// How many requests are left before the program dies, and whether Webex has the last one.
    death: Option<(AtomicUsize, bool)>,
    together: Option<Together>,
    /// Whether an answer to half a change of licences claims all of it.
    claims: bool,
}

/// Requests that are on their way at the same time, and whose answers are lost.
#[derive(Debug)]
struct Together {
    barrier: Barrier,
    left: AtomicUsize,
    /// Whether Webex has them.
    after: bool,
}

impl Wire {
    fn of(simulator: &Arc<Simulator>) -> Wire {
        Wire {
            simulator: simulator.clone(),
            death: None,
            together: None,
            claims: false,
        }
    }
}

impl Together {
    /// Whether a request is one of them; waits for the others.
    fn lose(&self, request: &Request<Vec<u8>>) -> bool {
        let one_less = |left: usize| left.checked_sub(1);
        let lost =
            request.method() == "PATCH" && self.left.fetch_update(SeqCst, SeqCst, one_less).is_ok();
        if lost {
            self.barrier.wait();
        }
        lost
    }
}

impl Transport for Wire {
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        if let Some(together) = self.together.as_ref().filter(|it| it.lose(&request)) {
            if together.after {
                self.simulator.answer(request);
            }
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let left = self.death.as_ref().map(|(left, after)| {
            let was = left.fetch_update(SeqCst, SeqCst, |left| Some(left.saturating_sub(1)));
            (was.unwrap_or_default(), *after)
        });
        let dead = || std::panic::resume_unwind(Box::new("killed"));
        if left.is_some_and(|(left, after)| left == 0 || left == 1 && !after) {
            dead();
        }
        let body = self.claims.then(|| request.body().clone());
        let mut reply = self.simulator.answer(request);
        if let (Some(body), Reply::Response(response)) = (body, &mut reply)
            && response.status() == 206
        {
            claim(&body, response);
        }
        if left.is_some_and(|(left, _)| left == 1) {
            dead();
        }
        match reply {
            Reply::Response(response) => Ok(response),
            Reply::Slow(time, response) => {
                self.simulator.advance(time);
                Ok(response)
            }
            Reply::Dropped => Err(io::ErrorKind::ConnectionReset.into()),
            Reply::Truncated(_) => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl Clock for Wire {
    fn now(&self) -> Duration {
        self.simulator
            .now()
            .duration_since(Timestamp::UNIX_EPOCH)
            .try_into()
            .unwrap()
    }

    fn sleep(&self, time: Duration) {
        // The simulator counts milliseconds: less would be no time at all.
        self.simulator.advance(time.max(Duration::from_millis(1)));
    }
}

/// Sets something through the API, as an administrator would.
pub fn put(simulator: &Arc<Simulator>, path: &str, body: &Value) {
    let call = webex::Call::new(http::Method::PUT, path).with(body.clone());
    Writer::new(&client(simulator)).send(&call).unwrap();
}

/// Tells the simulator what is to happen, in the words of a scenario file.
pub fn direct(simulator: &Simulator, scenario: Value) {
    let scenario: Scenario = serde_json::from_value(scenario).unwrap();
    simulator.direct(scenario).unwrap();
}

/// The requests that changed something, or tried to. Asking what a move would do is a POST and answers 200; moving answers 201.
pub fn writes(simulator: &Simulator) -> Vec<LoggedRequest> {
    let asks = |entry: &LoggedRequest| {
        let moves = entry.path.ends_with("/moveLocation") && entry.status == 200;
        moves || entry.path.ends_with("/actions/validateNumbers/invoke")
    };
    let mut all = simulator.log();
    all.retain(|entry| entry.method != "GET" && !asks(entry));
    all
}

/// Nothing was carried out twice. What was carried out in part may be sent again, as a restore is.
pub fn once(simulator: &Simulator) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let whole = |entry: &&LoggedRequest| entry.applied && !entry.in_part;
    for entry in writes(simulator).iter().filter(whole) {
        if !seen.insert((
            entry.method.clone(),
            entry.path.clone(),
            entry.digest.clone(),
        )) {
            return Err(format!(
                "{} {} was carried out twice",
                entry.method, entry.path
            ));
        }
    }
    Ok(())
}

/// A snapshot without what differs from run to run: ids of what was created, and the time.
pub fn comparable(snapshot: &Value) -> Value {
    let mut snapshot = snapshot.clone();
    snapshot["capturedAt"] = json!(null);
    for section in ["users", "groups", "locations", "workspaces"] {
        for entry in snapshot[section].as_array_mut().into_iter().flatten() {
            entry["id"] = json!(null);
        }
    }
    snapshot
}

/// The verdict on one change.
pub fn verdict<'r>(report: &'r Report, address: &str) -> &'r Verdict {
    let found = report
        .changes
        .iter()
        .find(|outcome| outcome.address == address);
    &found
        .unwrap_or_else(|| panic!("{address} does not change: {report:?}"))
        .verdict
}
