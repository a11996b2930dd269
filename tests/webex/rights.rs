//! A token that may not do what a plan says: `apply` says so before the first request, and who has to act.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::common::live::{direct, writes};
use crate::common::{copy, root, trunkline};
use serde_json::{Value, json};
use trunkline::sim::{self, Simulator};

/// An example with a saved plan, and a simulator on a socket.
struct World {
    directory: tempfile::TempDir,
    simulator: Arc<Simulator>,
    url: String,
}

impl World {
    fn new(example: &str) -> World {
        let directory = tempfile::tempdir().unwrap();
        copy(&root().join("examples").join(example), directory.path());
        let snapshot = std::fs::read(directory.path().join("snapshot.json")).unwrap();
        let options = sim::Options {
            real_time: true,
            ..Default::default()
        };
        let snapshot: Value = serde_json::from_slice(&snapshot).unwrap();
        let simulator = Arc::new(Simulator::new(snapshot, &options));
        let url = sim::serve(simulator.clone(), "127.0.0.1:0").unwrap();
        let world = World {
            directory,
            simulator,
            url: format!("{url}/v1"),
        };
        let plan = [
            "plan",
            "--live",
            "--facts",
            "snapshot.json",
            "--out",
            "plan.json",
        ];
        let (exit, said) = world.run(&plan, &[("WEBEX_ACCESS_TOKEN", "any")]);
        assert_eq!(exit, 0, "{said}");
        world
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn run(&self, args: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
        let ended = trunkline(self.path())
            .args(args)
            .env("TRUNKLINE_API_URL", &self.url)
            .env("TMPDIR", self.path())
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = text(&ended.stdout) + &text(&ended.stderr);
        (ended.status.code().unwrap(), said)
    }

    /// Applies the saved plan with the token `some`.
    fn apply(&self, token: Value) -> (i32, String) {
        direct(&self.simulator, json!({"tokens": {"some": token}}));
        self.run(&APPLY, &[("WEBEX_ACCESS_TOKEN", "some")])
    }

    fn state(&self) -> PathBuf {
        self.path().join(".trunkline")
    }
}

const APPLY: [&str; 7] = [
    "apply",
    "plan.json",
    "--live",
    "--yes",
    "--no-move-backups",
    "--facts",
    "snapshot.json",
];

#[test]
fn a_customers_token_is_refused_before_anything_is_sent() {
    let world = World::new("service-provider");
    let (exit, said) = world.apply(json!({"customer": true}));
    assert_eq!(exit, 4, "{said}");
    for words in [
        "nothing was sent",
        "not the token of a partner's administrator: GET /broadworks/subscribers?max=1 answered 403",
        "broadworksSubscriber/",
        "an administrator of the partner (the service provider) has to apply it",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    assert!(writes(&world.simulator).is_empty());
    assert!(
        !world.state().exists(),
        "no journal of a run that never was"
    );
    let (exit, said) = world.apply(json!({}));
    assert_eq!(exit, 0, "{said}");
}

#[test]
fn who_may_only_read_is_refused_before_anything_is_sent() {
    let world = World::new("quickstart");
    let (exit, said) = world.apply(json!({"roles": ["Read-only Administrator"]}));
    assert_eq!(exit, 4, "{said}");
    let words = "the only role of its owner is id_readonly_admin, which changes nothing";
    assert!(said.contains(words), "{said}");
    assert!(said.contains("use the token of a full administrator"));
    let (_, said) = world.run(&["doctor", "--live"], &[("WEBEX_ACCESS_TOKEN", "some")]);
    assert!(said.contains("its owner may only read"), "{said}");
    assert!(writes(&world.simulator).is_empty());
    // Another role beside it may be enough: Webex decides.
    let both = ["Read-only Administrator", "User and Device Administrator"];
    let (exit, said) = world.apply(json!({"roles": both}));
    assert_eq!(exit, 0, "{said}");
}

#[test]
fn scopes_that_webex_did_not_name_are_told_before_anything_is_sent() {
    let world = World::new("acme");
    let app = json!({"clientId": "c", "clientSecret": "s", "refreshToken": "r"});
    direct(&world.simulator, json!({ "app": app }));
    let environment = [
        ("WEBEX_CLIENT_ID", "c"),
        ("WEBEX_CLIENT_SECRET", "s"),
        ("WEBEX_REFRESH_TOKEN", "r"),
    ];
    // The table of scopes is derived in part: Webex decides, and has given this token all of them.
    let (exit, said) = world.run(&APPLY, &environment);
    assert_eq!(exit, 0, "{said}");
    let words = "it does not have the scope identity:groups_rw; Webex decides";
    assert!(said.contains(words), "{said}");
}
