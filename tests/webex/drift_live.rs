//! `drift --live` against the simulator: only GET is sent, and who changed something is named.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::common::{Run, trunkline, write};
use http::Request;
use serde_json::{Value, json};
use trunkline::sim::{Options, Reply, Simulator, serve};

const ORG: &str = "\
version: 1
org: {name: Acme, assignmentMode: organization, template: everyone}
templates:
  everyone:
    existingUsers: true
    licenses: {messaging: advanced}
users:
  bob@acme.com: {displayName: Bob Stone}   # our Bob
";

fn organisation() -> Value {
    let user = |n: u32, email: &str, name: &str, roles: &[&str]| {
        json!({"id": "", "email": email, "displayName": name, "status": "active", "licenses": ["L-MSG"], "roles": roles,
               "attendeeSites": [], "workPhone": null, "externalId": n})
    };
    json!({
        "formatVersion": 1, "capturedAt": "2024-02-01T08:00:00Z", "complete": true,
        "org": {"id": "a723b1cb-c5bb-40e3-a35d-31048d3d5ab8", "name": "Acme", "domains": []},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2023-01-01", "status": "active"}],
        "licenses": [{"id": "L-MSG", "name": "Advanced Messaging", "subscriptionId": "Sub-1", "siteUrl": null,
                      "totalUnits": 10, "consumedUnits": 2}],
        "sites": [], "locations": [], "numbers": [], "groups": [],
        "users": [user(1, "ana@acme.com", "Ana Silva", &["Full Administrator"]), user(2, "bob@acme.com", "Bob Stone", &[])],
        "workspaces": [], "devices": [], "operatorAccounts": [], "broadworks": {}
    })
}

/// The simulator on loopback, the files beside the applied snapshot, and the base URL.
struct Acme {
    simulator: Arc<Simulator>,
    directory: tempfile::TempDir,
    url: String,
}

impl Acme {
    fn new() -> Acme {
        Acme::of(ORG, organisation())
    }

    fn of(files: &str, organisation: Value) -> Acme {
        let simulator = Arc::new(Simulator::new(organisation, &Options::default()));
        let directory = tempfile::tempdir().unwrap();
        write(&directory.path().join("org.yaml"), files);
        // As `apply` leaves it.
        let applied = simulator.snapshot().to_string();
        write(&directory.path().join(".trunkline/applied.json"), applied);
        let url = serve(simulator.clone(), "127.0.0.1:0").unwrap() + "/v1";
        simulator.advance(Duration::from_secs(500 * 24 * 3600));
        Acme {
            simulator,
            directory,
            url,
        }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://webex.test/v1{path}"))
            .header("authorization", "Bearer somebody")
            .header("content-type", "application/json");
        let bytes = match body {
            Value::Null => Vec::new(),
            body => body.to_string().into_bytes(),
        };
        let request = request.body(bytes).unwrap();
        let Reply::Response(response) = self.simulator.answer(request) else {
            unreachable!("no fault waits");
        };
        assert!(response.status().is_success(), "{response:?}");
        serde_json::from_slice(response.body()).unwrap_or(Value::Null)
    }

    fn direct(&self, scenario: Value) {
        let scenario = serde_json::from_value(scenario).unwrap();
        self.simulator.direct(scenario).unwrap();
    }

    /// Takes messaging away from Bob, as a person with Control Hub would.
    fn change(&self) {
        self.simulator.advance(Duration::from_secs(3600));
        let found = self.send("GET", "/people?email=bob@acme.com", &Value::Null);
        let bob = found["items"][0]["id"].as_str().unwrap();
        let licence = &found["items"][0]["licenses"][0];
        let operation = json!({"operation": "remove", "id": licence});
        self.send(
            "PATCH",
            "/licenses/users",
            &json!({"personId": bob, "licenses": [operation]}),
        );
        self.simulator.advance(Duration::from_secs(600));
    }

    fn drift(&self, more: &[&str]) -> Run {
        let begun = std::time::Instant::now();
        let output = trunkline(self.path())
            .args(["drift", "--live"])
            .args(more)
            .env("WEBEX_ACCESS_TOKEN", "drift")
            .env("TRUNKLINE_API_URL", &self.url)
            .output()
            .unwrap();
        Run {
            exit: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            took: begun.elapsed(),
        }
    }
}

#[test]
fn only_get_is_sent_and_the_actor_is_named() {
    let acme = Acme::new();
    let nothing = acme.drift(&[]);
    assert_eq!(nothing.exit, 0, "{}{}", nothing.stdout, nothing.stderr);
    acme.change();
    let before = acme.simulator.log().len();
    let report = acme.drift(&[]);
    assert_eq!(report.exit, 2, "{}{}", report.stdout, report.stderr);
    assert!(
        report
            .stdout
            .contains("user/bob@acme.com  live-changed by ana@acme.com 2025-06-15 09:00Z"),
        "{}",
        report.stdout
    );
    let json = acme.drift(&["--format", "json"]).json();
    let line = &json["drift"][0];
    assert_eq!(line["path"], "licenses/messaging");
    assert_eq!(
        (&line["cause"], &line["actor"]),
        (&json!("live-changed"), &json!("ana@acme.com"))
    );
    let log = acme.simulator.log();
    assert!(log.len() > before + 10);
    for entry in &log[before..] {
        assert_eq!(entry.method, "GET", "{}", entry.path);
    }
    // More than a year since the last apply is asked for in two parts.
    let trail = |entry: &&trunkline::sim::LoggedRequest| entry.path.contains("/adminAudit/events");
    assert_eq!(log[before..].iter().filter(trail).count(), 4);
    assert!(
        !log.iter()
            .any(|entry| entry.path.contains("licenseTemplates"))
    );
}

#[test]
fn a_token_that_may_not_read_the_trail_still_gets_the_report() {
    let acme = Acme::new();
    acme.change();
    let scenario = json!({"faults": [{"path": "/adminAudit/events", "status": 403, "times": 9}]});
    acme.direct(scenario);
    let report = acme.drift(&[]);
    assert_eq!(report.exit, 2, "{}", report.stderr);
    assert!(report.stdout.contains("user/bob@acme.com  live-changed\n"));
    let said = "drift-actors-unreadable  it is unknown who changed what: the token may not read the audit trail";
    assert!(report.stdout.contains(said), "{}", report.stdout);
}

#[test]
fn templates_are_looked_for_only_when_asked() {
    let acme = Acme::new();
    let absent = acme.drift(&["--probe-templates"]);
    assert_eq!(absent.exit, 0, "{}{}", absent.stdout, absent.stderr);
    let probes = |acme: &Acme| {
        let log = acme.simulator.log();
        let probes = log.iter().filter(|it| it.path.contains("licenseTemplates"));
        probes.map(|it| it.method.clone()).collect::<Vec<_>>()
    };
    assert_eq!(probes(&acme), ["GET"]);
    acme.direct(json!({
        "switches": {"templateEndpoint": true},
        "templates": [{"name": "Default", "licenses": ["Advanced Messaging"]}]
    }));
    let seen = acme.drift(&["--probe-templates"]);
    let said = "Control Hub has the licence template `Default`, which gives Advanced Messaging to everyone";
    assert!(seen.stdout.contains(said), "{}", seen.stdout);
    assert_eq!(seen.exit, 0, "a warning changes no code");
}

/// What drift says where a template of Control Hub gives back what the files take, with or without a trace in the audit trail.
fn fought(trail: bool) -> String {
    let people = ["ana", "bob", "cid", "dan"].map(|name| format!("{name}@acme.com"));
    let mut before = organisation();
    before["users"] = people
        .iter()
        .map(|email| json!({"id": "", "email": email, "displayName": email, "licenses": [], "roles": []}))
        .collect();
    before["users"][0]["roles"] = json!(["Full Administrator"]);
    before["licenses"][0]["consumedUnits"] = json!(0);
    before["groups"] =
        json!([{"id": "", "name": "Sales", "source": "webex", "members": people[1..]}]);
    let mut files = "version: 1\norg: {name: Acme, assignmentMode: group}\nusers:\n".to_owned();
    for email in &people {
        files += &format!("  {email}: {{licenses: {{remove: [messaging]}}}}\n");
    }
    let acme = Acme::of(&files, before);
    assert_eq!(acme.drift(&[]).exit, 0);
    acme.direct(json!({
        "switches": {"templateTrail": trail},
        "templates": [{"name": "Sales", "groups": ["Sales"], "licenses": ["Advanced Messaging"]}],
        "carryOutTemplates": true
    }));
    acme.simulator.advance(Duration::from_secs(600));
    let report = acme.drift(&[]);
    assert_eq!(report.exit, 2, "{}{}", report.stdout, report.stderr);
    report.stdout
}

#[test]
fn a_template_that_fights_us_is_named_without_any_probe() {
    let said = "Advanced Messaging is back for 3 people of group Sales, which looks like a licence template of Control Hub: \
                bob@acme.com, cid@acme.com, dan@acme.com";
    let report = fought(false);
    assert!(report.contains(said), "{report}");
    let said = "Control Hub has automatically assigned Advanced Messaging to 3 people of group Sales: bob@acme.com, cid@acme.com, dan@acme.com";
    let report = fought(true);
    assert!(report.contains(said), "{report}");
}

#[test]
fn what_was_changed_live_is_adopted_and_then_nothing_differs() {
    let acme = Acme::new();
    acme.change();
    let adopted = acme.drift(&["--adopt"]);
    assert_eq!(adopted.exit, 0, "{}{}", adopted.stdout, adopted.stderr);
    let text = std::fs::read_to_string(acme.path().join("org.yaml")).unwrap();
    let entry =
        "  bob@acme.com: {displayName: Bob Stone, licenses: {remove: [messaging]}}   # our Bob\n";
    assert!(text.ends_with(entry), "{text}");
    assert_eq!(acme.drift(&[]).exit, 0);
}
