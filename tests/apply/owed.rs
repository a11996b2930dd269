//! Someone is owed something by an apply: what later commands of the program make of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::common::live::{World, direct};
use crate::common::{Run, ran, trunkline};
use crate::lost::{half, harbour, is_whole, settle};
use serde_json::json;
use tempfile::TempDir;
use trunkline::sim::{self, Simulator};

pub const FIRST: &str = "user/m00@harbour.example";

/// An office whose people move to another subscription, and the simulator on a socket.
pub struct Office {
    directory: TempDir,
    world: World,
    pub simulator: Arc<Simulator>,
    url: String,
}

impl Office {
    pub fn new(people: usize) -> Office {
        let directory = tempfile::tempdir().unwrap();
        let world = harbour(directory.path(), people);
        let options = sim::Options {
            real_time: true,
            ..Default::default()
        };
        let simulator = Arc::new(Simulator::new(world.snapshot.clone(), &options));
        (0..people).for_each(|at| settle(&simulator, &format!("u-{at}")));
        let url = sim::serve(simulator.clone(), "127.0.0.1:0").unwrap();
        Office {
            directory,
            world,
            simulator,
            url: format!("{url}/v1"),
        }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = trunkline(self.path());
        command
            .args(args)
            .env("TRUNKLINE_API_URL", &self.url)
            .env("WEBEX_ACCESS_TOKEN", "any")
            .env("TMPDIR", self.path());
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        ran(&mut self.command(args))
    }

    /// Plans some people's part.
    pub fn plan(&self, file: &str, targets: &[&str]) {
        let targets = targets.iter().flat_map(|it| ["--target", it]);
        let mut args = vec!["plan", "--live", "--out", file];
        args.extend(targets);
        let planned = self.run(&args);
        assert!([0, 4].contains(&planned.exit), "{}", planned.all());
    }

    /// The move of the first one is carried out in part, and the run is killed before it has restored anything.
    pub fn lose(&self, state: &str) {
        let mut fault = half();
        fault["times"] = json!(10_000);
        fault.as_object_mut().unwrap().remove("body");
        direct(&self.simulator, json!({"faults": [fault]}));
        let apply = ["apply", "a.json", "--live", "--yes", "--no-capture"];
        let mut command = self.command(&[&apply[..], &["--state", state]].concat());
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut run = quiet.spawn().unwrap();
        let journal = self.path().join(state).join("journal.jsonl");
        let end = Instant::now() + Duration::from_secs(60);
        while !std::fs::read_to_string(&journal).is_ok_and(|it| it.contains("\"record\":\"owed\""))
        {
            assert!(Instant::now() < end, "nobody is owed anything");
            std::thread::sleep(Duration::from_millis(20));
        }
        run.kill().unwrap();
        run.wait().unwrap();
        assert!(!self.is_whole());
        direct(&self.simulator, json!({"clearFaults": true}));
    }

    /// Whether the first one has everything.
    pub fn is_whole(&self) -> bool {
        is_whole(&self.world, &self.simulator, "u-0")
    }

    /// The backup of the first one.
    pub fn backup(&self, state: &str) -> PathBuf {
        let backups = std::fs::read_dir(self.path().join(state).join("backups")).unwrap();
        let mut backups: Vec<PathBuf> = backups.map(|it| it.unwrap().path()).collect();
        backups.retain(|it| it.to_str().unwrap().contains("user-m00@"));
        backups.sort();
        backups.swap_remove(0)
    }

    /// What a plan says now.
    pub fn names(&self, args: &[&str]) -> bool {
        let planned = self.run(&[&["plan", "--live"], args].concat());
        let named = planned.all().contains("put-back-owed");
        assert_eq!(named, planned.exit == 4, "{}", planned.all());
        named
    }
}

/// What is tried on a snapshot file pays nothing that is owed in Webex, and leaves the run there as it is.
#[test]
fn a_rehearsal_touches_no_live_run() {
    let office = Office::new(1);
    office.plan("a.json", &[FIRST]);
    office.lose(".trunkline");
    assert!(office.names(&[]));
    let taken = office.run(&["snapshot", "--live", "--out", "snapshot.json"]);
    assert_eq!(taken.exit, 0, "{}", taken.all());
    let backup = office.backup(".trunkline");
    for tried in [
        vec!["restore", backup.to_str().unwrap(), "--out", "r.json"],
        vec!["apply", "r.json", "--yes"],
        vec!["apply", "--yes", "--partial"],
    ] {
        let ended = office.run(&tried);
        assert!([0, 6].contains(&ended.exit), "{tried:?}: {}", ended.all());
    }
    assert!(office.names(&[]), "it was paid by a rehearsal");
    let resumed = office.run(&["apply", "a.json", "--live", "--yes", "--resume"]);
    assert_eq!(resumed.exit, 6, "{}", resumed.all());
    assert!(office.is_whole(), "{}", resumed.all());
}

#[test]
fn what_is_owed_to_a_person_is_explained() {
    let office = Office::new(2);
    office.plan("a.json", &[FIRST]);
    office.lose("runs");
    let taken = office.run(&["snapshot", "--live", "--out", "snapshot.json"]);
    assert_eq!(taken.exit, 0, "{}", taken.all());
    let explained = |args: &[&str]| office.run(&[&["explain"], args].concat()).all();
    let owed = explained(&[FIRST, "--state", "runs"]);
    assert!(owed.contains("put-back-owed"), "{owed}");
    assert!(owed.contains("trunkline restore"), "{owed}");
    for args in [
        &[FIRST][..],
        &["user/m01@harbour.example", "--state", "runs"],
    ] {
        let other = explained(args);
        assert!(!other.contains("put-back-owed"), "{args:?}: {other}");
    }
}

/// Journals are read in the order of the runs, even when one that was settled has been deleted.
#[test]
fn a_deleted_journal_does_not_change_the_order() {
    let office = Office::new(2);
    let state = office.path().join(".trunkline");
    office.plan("a.json", &[FIRST]);
    office.lose(".trunkline");
    let backup = office.backup(".trunkline");
    let live = ["--live", "--yes", "--no-capture"];
    let restore = ["restore", backup.to_str().unwrap(), "--live"];
    let restored = office.run(&[&restore[..], &["--out", "r.json"]].concat());
    assert_eq!(restored.exit, 0, "{}", restored.all());
    let restored = office.run(&[&["apply", "r.json"], &live[..]].concat());
    assert_eq!(restored.exit, 0, "{}", restored.all());
    assert!(office.is_whole() && !office.names(&[]));
    // The loss is journal.1, and the restore will be journal.2; what is settled is deleted.
    let yaml = office.path().join("org.yaml");
    let text = std::fs::read_to_string(&yaml).unwrap();
    let stays = text.replace(", replacedBy: New", "");
    let back = stays.replace("2024-01-01", "2024-01-01, replacedBy: Old");
    std::fs::write(&yaml, back).unwrap();
    office.plan("a.json", &[FIRST]);
    office.lose(".trunkline");
    std::fs::remove_file(state.join("journal.1.jsonl")).unwrap();
    assert!(office.names(&[]));
    let mate = "users: {m01@harbour.example: {displayName: Mate}}\n";
    std::fs::write(&yaml, format!("{stays}{mate}")).unwrap();
    let other = office.run(&[&["apply", "--partial"], &live[..]].concat());
    assert!([0, 6].contains(&other.exit), "{}", other.all());
    let names: Vec<String> = ["journal.1.jsonl", "journal.2.jsonl", "journal.3.jsonl"]
        .into_iter()
        .filter(|name| state.join(name).exists())
        .map(str::to_owned)
        .collect();
    assert_eq!(names, ["journal.2.jsonl", "journal.3.jsonl"]);
    assert!(office.names(&[]), "an old restore paid a new debt");
}

/// Nobody else gets the number and the extension, and no part of a plan is silent.
#[test]
fn what_is_owed_is_not_free() {
    let office = Office::new(2);
    office.plan("a.json", &[FIRST]);
    office.lose(".trunkline");
    let yaml = office.path().join("org.yaml");
    let text = std::fs::read_to_string(&yaml).unwrap();
    let new = "displayName: Nell, location: Pier, licenses: {add: {calling: professional}}";
    for (person, entry) in [
        // The number is the only one without an owner.
        ("nell", format!("{new}, phoneNumber: auto, extension: auto")),
        (
            "nell",
            format!("{new}, phoneNumber: \"+12065550100\", extension: \"4200\""),
        ),
        ("m01", "extension: \"4100\"".to_owned()),
    ] {
        let user = format!("users: {{{person}@harbour.example: {{{entry}}}}}\n");
        std::fs::write(&yaml, format!("{text}{user}")).unwrap();
        let target = format!("user/{person}@harbour.example");
        let target = ["--target", &target];
        assert!(office.names(&target), "hidden by --target");
        let json = ["plan", "--live", "--format", "json"];
        let plan = office.run(&[&json[..], &target].concat()).json();
        let changes = plan["changes"].to_string();
        for taken in ["+12065550100", "\"4100\""] {
            assert!(!changes.contains(taken), "{entry}: {plan:#}");
        }
        let why = plan["findings"].to_string();
        let why = why.contains("for whom an earlier apply has to restore it");
        assert_eq!(why, !entry.contains("auto"), "{entry}: {plan:#}");
    }
}

/// A saved plan takes nothing from others until it is put right; the restore passes.
#[test]
fn nothing_is_taken_while_someone_is_owed_something() {
    let office = Office::new(3);
    office.plan("a.json", &[FIRST]);
    office.plan("b.json", &["user/m01@harbour.example"]);
    office.lose(".trunkline");
    let live = ["--live", "--yes", "--no-capture"];
    for more in [&[][..], &["--partial"]] {
        let refused = office.run(&[&["apply", "b.json"], &live[..], more].concat());
        assert_eq!(refused.exit, 4, "{}", refused.all());
        for text in [FIRST, "trunkline restore ", "m01@harbour.example"] {
            assert!(refused.all().contains(text), "{text}: {}", refused.all());
        }
    }
    let partial = office.run(&[&["apply", "--partial"], &live[..]].concat());
    assert_eq!(partial.exit, 4, "{}", partial.all());
    let backup = office.backup(".trunkline");
    let restore = ["restore", backup.to_str().unwrap(), "--live"];
    let restored = office.run(&[&restore[..], &["--out", "r.json"]].concat());
    assert_eq!(restored.exit, 0, "{}", restored.all());
    let restored = office.run(&[&["apply", "r.json"], &live[..]].concat());
    assert_eq!(restored.exit, 0, "{}", restored.all());
    assert!(office.is_whole());
    let applied = office.run(&[&["apply", "b.json"], &live[..]].concat());
    assert_eq!(applied.exit, 0, "{}", applied.all());
}

#[test]
fn a_run_is_resumed_where_its_journal_is() {
    let office = Office::new(2);
    office.plan("a.json", &[FIRST]);
    office.plan("b.json", &["user/m01@harbour.example"]);
    office.lose(".trunkline");
    let resume = ["--live", "--yes", "--no-capture", "--resume"];
    let state = ["--state", "elsewhere"];
    let refused = office.run(&[&["apply", "a.json"], &resume[..], &state].concat());
    assert_eq!(refused.exit, 1, "{}", refused.all());
    assert!(
        refused
            .all()
            .contains("there is no run to resume in elsewhere"),
        "{}",
        refused.all()
    );
    // One that is refused leaves the plan of the run where it is.
    let plan = || std::fs::read(office.path().join(".trunkline/plan.json")).unwrap();
    let before = plan();
    let refused = office.run(&[&["apply", "b.json"], &resume[..]].concat());
    assert_ne!(refused.exit, 0, "{}", refused.all());
    assert!(plan() == before);
    let resumed = office.run(&[&["apply"], &resume[..]].concat());
    assert_eq!(resumed.exit, 6, "{}", resumed.all());
    assert!(office.is_whole(), "{}", resumed.all());
}

/// The commands of the help work as they stand.
#[test]
fn the_help_names_files_and_state() {
    let office = Office::new(1);
    office.plan("a.json", &[FIRST]);
    office.lose("kept here");
    let named = office.run(&["plan", "--live", "--state", "kept here", "--format", "json"]);
    let plan = named.json();
    let findings = plan["findings"].as_array().unwrap();
    let owed = findings.iter().find(|it| it["code"] == "put-back-owed");
    let help = owed.unwrap()["help"].as_str().unwrap();
    for command in [
        "trunkline apply restore.json --live --state 'kept here'",
        "trunkline apply --resume --live --state 'kept here'",
    ] {
        assert!(help.contains(command), "{help}");
    }
}
