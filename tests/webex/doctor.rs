//! `doctor --live` and the table of scopes, against the simulator: the scopes of the table are enough, each is needed, and a
//! refusal names the one that is missing.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::common::live::{direct, writes};
use crate::common::{copy, root, trunkline};
use serde_json::{Value, json};
use trunkline::sim::{self, Simulator};
use trunkline::webex::checkup::is_of_providers;
use trunkline::webex::scopes::{NEEDS, RULES, Task, Without};

/// An example, and a simulator on a socket that has what its snapshot has.
struct World {
    directory: tempfile::TempDir,
    simulator: Arc<Simulator>,
    url: String,
}

impl World {
    fn new() -> World {
        let directory = tempfile::tempdir().unwrap();
        copy(&root().join("examples/quickstart"), directory.path());
        let snapshot = std::fs::read(directory.path().join("snapshot.json")).unwrap();
        let options = sim::Options {
            real_time: true,
            ..Default::default()
        };
        let simulator = Simulator::new(serde_json::from_slice(&snapshot).unwrap(), &options);
        let simulator = Arc::new(simulator);
        let url = sim::serve(simulator.clone(), "127.0.0.1:0").unwrap();
        World {
            directory,
            simulator,
            url: format!("{url}/v1"),
        }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The token `some` has these scopes from here on.
    fn grant(&self, scopes: &BTreeSet<&str>) {
        direct(
            &self.simulator,
            json!({"tokens": {"some": {"scopes": scopes}}}),
        );
    }

    fn run(&self, args: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
        let ended = trunkline(self.path())
            .args(args)
            .env("TRUNKLINE_API_URL", &self.url)
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            ended.status.code().unwrap(),
            text(&ended.stdout),
            text(&ended.stderr),
        )
    }

    fn with_token(&self, args: &[&str]) -> (i32, String, String) {
        self.run(args, &[("WEBEX_ACCESS_TOKEN", "some")])
    }
}

fn reading(fails: bool) -> BTreeSet<&'static str> {
    let needs = NEEDS.iter().filter(|need| need.task == Task::Read);
    let needs = needs.filter(|need| !fails || need.without == Without::Fails);
    needs.map(|need| need.scope).collect()
}

fn of<'a>(report: &'a Value, scope: &str) -> &'a Value {
    let scopes = report["scopes"].as_array().unwrap();
    scopes
        .iter()
        .find(|it| it["scope"] == scope)
        .unwrap_or_else(|| panic!("no {scope}: {report:#}"))
}

/// With the scopes of the table a snapshot is complete; without any one of those that it fails without it is not, and the
/// message and `doctor` name that scope.
#[test]
fn the_scopes_to_read_are_enough_and_each_is_needed() {
    let world = World::new();
    let needed = reading(true);
    world.grant(&needed);
    let (exit, _, said) = world.with_token(&["snapshot", "--live", "--out", "now.json"]);
    assert_eq!(exit, 0, "{said}");
    let (exit, out, said) = world.with_token(&["doctor", "--live", "--format", "json"]);
    assert_eq!(exit, 0, "{out}{said}");
    for scope in &needed {
        let mut less = needed.clone();
        less.remove(scope);
        world.grant(&less);
        let (exit, _, said) = world.with_token(&["snapshot", "--live", "--out", "now.json"]);
        // Another one of the token allows the same.
        let mut rules = RULES.iter().filter(|rule| rule.read.first() == Some(scope));
        if rules.all(|rule| rule.read.iter().any(|it| less.contains(it))) {
            assert_eq!(exit, 0, "{scope}: {said}");
            continue;
        }
        assert_ne!(exit, 0, "{scope} is not needed");
        assert!(said.contains(scope), "{scope} is not named: {said}");
        let (exit, out, said) = world.with_token(&["doctor", "--live", "--format", "json"]);
        assert_eq!(exit, 7, "{scope}: {out}{said}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let told = &of(&report, scope)["state"];
        // The connection of a location is asked for where a location is known.
        let hidden = *scope == "spark-admin:telephony_config_read";
        for other in reading(false).iter().filter(|it| !is_of_providers(it)) {
            let state = of(&report, other)["state"].as_str().unwrap();
            // What the table says that one of these allows shows when it is asked for.
            let granted = less.contains(other)
                || *other == "spark-admin:locations_read"
                    && less.contains("spark-admin:people_read");
            let expected = match granted {
                true if hidden && other.ends_with("pstn_read") => "unknown",
                true => "has",
                false => "lacks",
            };
            assert_eq!(state, expected, "{other} without {scope}");
        }
        assert_eq!(told, "lacks", "{scope}");
    }
    assert!(writes(&world.simulator).is_empty());
}

/// What only writing would show is unknown; a service app's own token says it.
#[test]
fn scopes_to_write() {
    let world = World::new();
    let (_, out, _) = world.with_token(&["doctor", "--live", "--format", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(of(&report, "identity:groups_rw")["state"], "unknown");
    let app = [
        ("WEBEX_CLIENT_ID", "C"),
        ("WEBEX_CLIENT_SECRET", "secret-4711"),
        ("WEBEX_REFRESH_TOKEN", "refresh-4711"),
    ];
    let (exit, out, said) = world.run(&["doctor", "--live", "--format", "json"], &app);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        of(&report, "spark-admin:people_write")["state"],
        "has",
        "{out}{said}"
    );
    assert_eq!(of(&report, "identity:groups_rw")["state"], "lacks");
    assert_eq!(exit, 0, "{out}{said}");
    let lacks = report["commands"].as_array().unwrap().iter();
    let apply = lacks
        .into_iter()
        .find(|it| it["commands"] == Task::Apply.commands())
        .unwrap();
    assert!(
        apply["lacks"]
            .as_array()
            .unwrap()
            .contains(&json!("identity:groups_rw"))
    );
    for secret in ["4711", "Bearer"] {
        assert!(!(out.clone() + &said).contains(secret), "{out}{said}");
    }
    let sent = world.simulator.log();
    let other = sent.iter().filter(|entry| entry.method != "GET");
    let other: Vec<_> = other
        .filter(|entry| !entry.path.ends_with("/access_token"))
        .collect();
    assert!(other.is_empty(), "{other:?}");
}

#[test]
fn whose_token_it_is_and_of_which_organisation() {
    let world = World::new();
    let (exit, out, said) = world.with_token(&["doctor", "--live"]);
    assert_eq!(exit, 0, "{out}{said}");
    for words in ["it is ", "id_full_admin", "as in org.id", "requests in"] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(!out.contains("some\n"), "{out}");

    let files = world.path().join("bakery.yaml");
    let text = std::fs::read_to_string(&files).unwrap();
    let id = text
        .lines()
        .find(|line| line.trim_start().starts_with("id:"));
    let other = text.replace(id.unwrap(), "  id: another");
    std::fs::write(&files, other).unwrap();
    let (exit, out, _) = world.with_token(&["doctor", "--live"]);
    assert_eq!(exit, 1, "{out}");
    assert!(out.contains("org.id is another"), "{out}");
}

#[test]
fn a_token_that_is_not_accepted() {
    let world = World::new();
    direct(
        &world.simulator,
        json!({"tokens": {"some": {"expires": 1}}}),
    );
    let (exit, out, said) = world.with_token(&["doctor", "--live"]);
    assert_eq!(exit, 1, "{out}{said}");
    assert!(out.contains("does not accept the token"), "{out}{said}");
    let (exit, out, _) = world.run(&["doctor", "--live"], &[]);
    assert_eq!(exit, 1);
    assert!(out.contains("there is no token"), "{out}");
}

/// `-v` shows each request, and no secret.
#[test]
fn requests_are_shown_with_verbose() {
    let world = World::new();
    let (exit, _, said) = world.with_token(&["snapshot", "--live", "--out", "now.json", "-v"]);
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("GET /people/me: 200, "), "{said}");
    let lines = said.lines().filter(|line| line.starts_with("GET "));
    assert_eq!(lines.count(), world.simulator.log().len(), "{said}");
    let quiet = world
        .with_token(&["snapshot", "--live", "--out", "now.json"])
        .2;
    assert!(!quiet.contains("GET /people/me"), "{quiet}");
}
