//! An independent client, wxc_sdk, against the simulator: `tests/tools/wxc_sdk/trial.py` is run on `trunkline simulate`.
//!
//! Needs python3 with wxc_sdk; `TRUNKLINE_TEST_PYTHON` names another interpreter, such as that of a virtual environment.
//! Without it the test says so on stderr and passes.

use crate::common::needs::{Need, Test, data, python};
use crate::tests;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::common::{root, trunkline};
use serde_json::{Value, json};

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![&[Need::Module("wxc_sdk")] => the_examples_parse, features_of_every_kind_parse; &[Need::Module("wxc_sdk"), Need::Data("data/rust-team/snapshot.json")] => a_made_organisation_parses];

/// A simulator in a process of its own, which ends with this.
struct Simulator {
    process: Child,
    address: String,
}

impl Simulator {
    fn over(snapshot: &Path) -> Self {
        let mut process = trunkline(root())
            .args(["simulate", "--token", "trial", "--snapshot"])
            .arg(snapshot)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let address = line.trim().strip_suffix("/v1").unwrap().to_owned();
        Self { process, address }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn tried(snapshot: &Path) {
    let trial = root().join("tests/tools/wxc_sdk/trial.py");
    let simulator = Simulator::over(snapshot);
    let output = Command::new(python())
        .arg(trial)
        .args([&simulator.address, "trial"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let wrong: Vec<&str> = said.lines().filter(|line| line.starts_with("NO")).collect();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{errors}", wrong.join("\n"));
    assert!(
        said.lines().count() > 200,
        "hardly anything was tried:\n{said}"
    );
}

fn the_examples_parse() {
    for example in ["acme", "quickstart"] {
        tried(&root().join("examples").join(example).join("snapshot.json"));
    }
}

fn features_of_every_kind_parse() {
    let path = root().join("examples/acme/snapshot.json");
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let users = snapshot["users"].as_array().unwrap().iter();
    let callers = users.filter(|user| user["location"] == "Dallas");
    let callers: Vec<String> = callers
        .take(2)
        .map(|user| user["email"].as_str().unwrap().to_owned())
        .collect();
    let kinds = [
        ("autoAttendant", ["key", "key"]),
        ("callPark", ["member", "member"]),
        ("callPickup", ["member", "member"]),
        ("callQueue", ["agent", "agent"]),
        ("huntGroup", ["agent", "agent"]),
        ("pagingGroup", ["target", "originator"]),
        ("supervisor", ["supervisor", "agent"]),
        ("virtualLine", ["", ""]),
        ("voicemailGroup", ["recipient", "target"]),
    ];
    let features = kinds.iter().flat_map(|(kind, roles)| {
        let members = callers.iter().zip(roles);
        let members: Vec<Value> = members
            .map(|(key, role)| json!({"kind": "user", "key": key, "role": role}))
            .collect();
        [false, true].map(|assist| {
            let name = if assist { "Second" } else { "First" };
            json!({"kind": kind, "name": name, "location": "Dallas", "customerAssist": assist && *kind == "callQueue",
                   "members": members})
        })
    });
    // One person supervises one team.
    let features = features.filter(|it| it["kind"] != "supervisor" || it["name"] == "First");
    snapshot["features"] = features.collect();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("snapshot.json");
    std::fs::write(&file, snapshot.to_string()).unwrap();
    tried(&file);
}

fn a_made_organisation_parses() {
    tried(&data("data/rust-team/snapshot.json").unwrap());
}
