//! What an apply takes is known before it starts: the estimate is compared with what the simulator counted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::common::cases::{cases, prepare};
use crate::common::live::{How, World, apply};
use crate::common::{copy, root, run, trunkline, write};
use rayon::prelude::*;
use serde_json::{Value, json};
use trunkline::apply::{Caution, Estimate};
use trunkline::change::Risk;
use trunkline::plan::Plan;
use trunkline::sim::{self, Simulator};

/// How far an estimate may be off: a share of what was sent, or in a small plan this many requests.
const OFF: (f64, f64) = (0.3, 3.0);
/// The same of many objects.
const OFF_MANY: f64 = 0.1;

/// Cases in which more or less is sent than what is estimated, with the reason.
const MORE: [(&str, &str); 4] = [
    (
        "base-numbers-deleted",
        "Webex refuses to delete a number that was unassigned a moment ago, so it is tried and read again",
    ),
    (
        "base-location-calling-unknown",
        "the plan is blocked, so that nobody applies it as it is",
    ),
    (
        "base-location-protected-number",
        "the plan is blocked, so that nobody applies it as it is",
    ),
    (
        "base-number-wanted",
        "the plan is blocked, so that nobody applies it as it is",
    ),
];

/// Everything is saved, no one goes first.
const ALL: Caution = Caution {
    max_risk: None,
    canary: 0,
    backup_moves: true,
};

/// The requests of an apply by the simulator's count, and whether everything was done. How often a job is asked whether it is
/// done depends on how long it takes: that counts as one.
fn sent(plan: &Plan, snapshot: Value, caution: Caution) -> (usize, bool) {
    let state = tempfile::tempdir().unwrap();
    let simulator = Arc::new(Simulator::new(snapshot, &sim::Options::default()));
    let mut how = How::usual(state.path());
    how.options.max_risk = caution.max_risk;
    how.options.canary = caution.canary;
    how.options.backup_moves = caution.backup_moves;
    let report = apply(plan, &simulator, &how);
    let mut jobs = BTreeSet::new();
    let log = simulator.log();
    let mut again = |method: &str, path: &str| {
        method == "GET" && path.contains("/jobs/") && !jobs.insert(path.to_owned())
    };
    let counted = log.iter().filter(|it| !again(&it.method, &it.path));
    let done = report.changes.iter().all(|it| it.verdict.is_good());
    (counted.count(), done)
}

/// The plan of a golden case, with its snapshot.
fn planned(case: &Path) -> Option<(Plan, Value)> {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let mut args = prepare(case, directory);
    if args[0] != "plan" || args.iter().any(|arg| arg == "--only") {
        return None;
    }
    args.extend(["--format", "json"].map(str::to_owned));
    let plan: Plan = serde_json::from_str(&run(directory, &args).stdout).ok()?;
    let beside = directory.join("snapshot.json");
    let file: PathBuf = match beside.exists() {
        true => beside,
        false => directory.join(&args[1]).join("snapshot.json"),
    };
    let snapshot = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    (!plan.operations.is_empty()).then_some((plan, snapshot))
}

#[test]
fn every_case_takes_about_as_many_requests_as_estimated() {
    let counted: Vec<(String, usize, usize)> = cases()
        .par_iter()
        .filter_map(|case| {
            let (plan, snapshot) = planned(case)?;
            let estimated = Estimate::of(&plan, ALL).requests;
            let (sent, done) = sent(&plan, snapshot, ALL);
            let name = case.file_name()?.to_str()?.to_owned();
            // What Webex refuses is not followed by the rest, or is given back.
            done.then_some((name, estimated, sent))
        })
        .collect();
    assert!(counted.len() > 150, "only {} cases", counted.len());
    let (mut all, mut wrong) = ((0, 0), Vec::new());
    for (name, estimated, sent) in &counted {
        let off = sent.abs_diff(*estimated) as f64;
        let far = off > OFF.1.max(OFF.0 * *sent as f64);
        if far != MORE.iter().any(|(more, _)| more == name) {
            wrong.push(format!("{name}: {sent} instead of about {estimated}"));
        }
        all = (all.0 + estimated, all.1 + sent);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let off = all.0.abs_diff(all.1) as f64;
    assert!(off < OFF_MANY * all.1 as f64, "{all:?}");
}

/// People of an organisation, in five groups, with what a case says of each; YAML follows the head.
fn organisation(people: usize, licenses: &[&str], yaml: &str) -> (tempfile::TempDir, World) {
    let directory = tempfile::tempdir().unwrap();
    let calls = licenses.contains(&"L-OLD");
    let users = (0..people).map(|at| {
        json!({"id": format!("u-{at:03}"), "email": email(at), "displayName": format!("P {at}"), "status": "active",
               "source": "webex", "licenses": licenses, "attendeeSites": [], "roles": [], "siteAdmin": [],
               "location": calls.then_some("Dallas"), "phoneNumber": null,
               "extension": calls.then(|| format!("1{at:03}")), "workPhone": null})
    });
    let license = |id: &str, name: &str, subscription: &str| {
        let used = if licenses.contains(&id) { people } else { 0 };
        json!({"id": id, "name": name, "subscriptionId": subscription, "siteUrl": null, "totalUnits": 900, "consumedUnits": used})
    };
    let groups = (0..5).map(|at| {
        let members: Vec<String> = (at * 10..at * 10 + 10).map(email).collect();
        json!({"id": format!("g-{at}"), "name": format!("G{at}"), "source": "webex", "members": members})
    });
    let snapshot = json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2021-03-01", "status": "active"},
                          {"id": "Sub-2", "createdAt": "2024-03-01", "status": "active"}],
        "licenses": [license("L-MSG", "Advanced Messaging", "Sub-2"),
                     license("L-OLD", "Webex Calling - Professional", "Sub-1"),
                     license("L-NEW", "Webex Calling - Professional", "Sub-2")],
        "locations": [{"id": "loc-1", "name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
                       "address": {"address1": "1 Main St", "city": "Dallas", "state": "TX", "postalCode": "75201", "country": "US"},
                       "calling": {"mainNumber": null}}],
        "sites": [], "numbers": [], "groups": groups.collect::<Vec<_>>(), "users": users.collect::<Vec<_>>(),
        "workspaces": [], "devices": [],
    });
    write(
        &directory.path().join("snapshot.json"),
        snapshot.to_string(),
    );
    let head = "version: 1\norg: {id: org-1, name: Acme, assignmentMode: group}\n\
                guardrails: {updates: {percent: 100}, removals: {percent: 100}, irreversible: 900}\n";
    write(&directory.path().join("acme.yaml"), format!("{head}{yaml}"));
    let world = World::of(directory.path());
    (directory, world)
}

fn email(at: usize) -> String {
    format!("p{at:03}@acme.com")
}

/// A line of YAML for each of the first people.
fn each(people: usize, line: impl Fn(usize) -> String) -> String {
    let lines = (0..people).map(|at| format!("  {}: {}\n", email(at), line(at)));
    format!("users:\n{}", lines.collect::<String>())
}

fn close(what: &str, world: &World, caution: Caution) -> Estimate {
    let estimate = Estimate::of(&world.plan, caution);
    let (sent, done) = sent(&world.plan, world.snapshot.clone(), caution);
    assert!(done, "{what}");
    let off = sent.abs_diff(estimate.requests) as f64;
    assert!(
        off <= OFF_MANY * sent as f64,
        "{what}: {sent} instead of about {}",
        estimate.requests
    );
    estimate
}

#[test]
fn plain_changes_of_licences_take_about_one_request_each() {
    let yaml = each(200, |_| {
        "{licenses: {add: {messaging: advanced}}}".to_owned()
    });
    let (_directory, world) = organisation(200, &[], &yaml);
    let estimate = close("plain changes", &world, ALL);
    assert!(estimate.requests < 220, "{estimate:?}");
    assert_eq!(estimate.saved, 0);
}

#[test]
fn moves_of_calling_take_the_settings_twice() {
    let yaml = "subscriptions: {Sub-1: {createdAt: 2021-03-01, replacedBy: Sub-2}, Sub-2: {createdAt: 2024-03-01}}\n";
    let (_directory, world) = organisation(60, &["L-OLD"], yaml);
    let all = close("moves", &world, ALL);
    assert_eq!(all.saved, 60);
    let canary = Caution {
        canary: 2,
        backup_moves: false,
        ..ALL
    };
    let few = close("moves after two", &world, canary);
    assert_eq!(few.saved, 2);
    assert!(few.requests * 10 < all.requests, "{few:?} {all:?}");
}

#[test]
fn names_members_numbers_and_deletions_are_read_before_and_after() {
    let named = each(80, |at| format!("{{displayName: Person {at}}}"));
    let deleted = format!(
        "{}acknowledgements: [{{code: user-deletion, reason: gone, subjects: [{}]}}]\n",
        each(20, |_| "{state: absent}".to_owned()),
        (0..20).map(email).collect::<Vec<_>>().join(", ")
    );
    // Everyone of a group goes to the next one.
    let groups: String = (0..5)
        .map(|at| {
            let next = (at + 1) % 5 * 10;
            let members: Vec<String> = (next..next + 10).map(email).collect();
            format!("  G{at}: {{members: [{}]}}\n", members.join(", "))
        })
        .collect();
    let groups = format!("groups:\n{groups}");
    let numbers = "numbers: [{location: Dallas, numbers: [\"+12145550100..+12145550699\"], state: active, type: did}]\n";
    let cases = [
        ("names", named, &[][..]),
        ("deletions", deleted, &["L-OLD"]),
        ("members", groups, &[]),
        ("numbers", numbers.to_owned(), &[]),
    ];
    for (what, yaml, licenses) in cases {
        let (_directory, world) = organisation(100, licenses, &yaml);
        close(what, &world, ALL);
    }
}

#[test]
fn what_is_too_risky_is_not_estimated() {
    let yaml = each(60, |at| match at % 2 {
        0 => "{licenses: {add: {messaging: advanced}}}".to_owned(),
        _ => format!("{{displayName: Person {at}}}"),
    });
    let (_directory, world) = organisation(60, &[], &yaml);
    let additive = Caution {
        max_risk: Some(Risk::Additive),
        ..ALL
    };
    let some = Estimate::of(&world.plan, additive);
    let (sent, done) = sent(&world.plan, world.snapshot.clone(), additive);
    assert!(!done, "the others are skipped");
    assert!(sent.abs_diff(some.requests) <= 3, "{sent} {some:?}");
}

/// What a command writes to the streams, with the simulator as Webex.
fn live(directory: &Path, url: &str, args: &[&str]) -> (String, String) {
    let output = trunkline(directory)
        .args(args)
        .env("TRUNKLINE_API_URL", format!("{url}/v1"))
        .env("WEBEX_ACCESS_TOKEN", "any")
        .env("HOME", directory)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    (stdout, stderr)
}

#[test]
fn an_apply_to_a_file_and_a_quiet_one_have_no_estimate() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("quickstart");
    copy(&root().join("examples/quickstart"), &path);
    let applied = run(&path, &["apply", "--yes"]);
    assert_eq!(applied.exit, 0, "{}", applied.all());
    assert!(!applied.stderr.contains("Estimate"), "{}", applied.all());
    let (live_path, world) = organisation(
        3,
        &[],
        &each(3, |_| "{licenses: {add: {messaging: advanced}}}".to_owned()),
    );
    let url = sim::serve(world.simulator(), "127.0.0.1:0").unwrap();
    let apply = ["apply", "--live", "--yes", "--no-capture", "--quiet"];
    let (_, said) = live(live_path.path(), &url, &apply);
    assert!(!said.contains("Estimate"), "{said}");
}

#[test]
fn the_rate_is_that_of_the_last_apply_to_the_same_address() {
    let yaml = each(150, |_| {
        "{licenses: {add: {messaging: advanced}}}".to_owned()
    });
    let (directory, world) = organisation(150, &[], &yaml);
    let directory = directory.path();
    let simulator = world.simulator();
    let url = sim::serve(simulator.clone(), "127.0.0.1:0").unwrap();
    let most = " at 100 requests/s, the maximum rate; waits";
    let order = ["plan", "--detail", "order"];
    let (plan, _) = live(directory, &url, &order);
    let last = plan.lines().find(|it| it.starts_with("Apply   about "));
    assert!(last.is_some_and(|it| it.contains(most)), "{plan}");
    live(directory, &url, &["plan", "--out", "plan.json"]);
    let apply = ["apply", "plan.json", "--live", "--yes", "--no-capture"];
    let (report, said) = live(directory, &url, &apply);
    assert!(
        said.contains("Estimate: about ")
            && said.contains(most)
            && said.contains("retries are not counted\n"),
        "{said}"
    );
    assert!(report.contains("150 done"), "{report}");
    let seen = " requests/s, as in the last apply; waits, retries and the capture afterwards are not counted";
    let (again, _) = live(directory, &url, &order);
    assert!(again.contains(seen), "{again}");
    let show = ["show", "plan.json", "--detail", "order"];
    assert!(live(directory, &url, &show).0.contains(seen));
    // That of another address says nothing of Webex.
    let other = run(directory, &order);
    assert!(other.stdout.contains(most), "{}", other.all());
}
