//! Laws of apply that hold for every organisation, tried on random ones: the executor against the simulator in process, with
//! nothing in its way, then with faults and with another person at work.
//!
//! The cases are the same in each run. `PROPTEST_CASES` asks for more of them, `PROPTEST_RNG_SEED` for others.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::agree::{agree, table};
use crate::common::apply;
use crate::common::apply::{callers, list, text};
use crate::common::exchange::taken_for_nothing;
use crate::common::hold::hold;
use crate::common::law::{agreed, brief, fields};
use crate::common::live::{self, How, direct, once};
use crate::common::organisation;
use crate::common::organisation::{Organisation, Shape, make, tapes};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use trunkline::apply::{Report, Verdict};
use trunkline::plan::Plan;
use trunkline::sim::{self, Simulator};

/// Whether a plan may be applied at all.
fn may_be_applied(plan: &Value) -> bool {
    let guarded = |finding: &Value| {
        finding["severity"] == "error" && text(&finding["code"]).starts_with("guardrail-")
    };
    // Numbers cannot move to a location that has no connection yet.
    let has = |kind: &str, path: &str, action: &str| {
        list(&plan["changes"]).any(|change| {
            let mut fields = list(&change["fields"]);
            change["kind"] == kind && fields.any(|it| it["path"] == path && it["action"] == action)
        })
    };
    let unconnected = has("location", "calling", "add") && has("number", "location", "change");
    !unconnected && plan["summary"]["unacknowledged"] == 0 && !list(&plan["findings"]).any(guarded)
}

/// Applies a plan to a simulator, without backups before moves.
fn run(plan: &Value, simulator: &Arc<Simulator>, workers: usize) -> Report {
    let state = tempfile::tempdir().unwrap();
    let mut how = How::usual(state.path());
    how.options.backup_moves = false;
    how.options.workers = workers;
    let plan: Plan = serde_json::from_value(plan.clone()).unwrap();
    live::apply(&plan, simulator, &how)
}

pub fn simulator(organisation: &Organisation) -> Arc<Simulator> {
    let snapshot = organisation.snapshot.clone();
    let simulator = Arc::new(Simulator::new(snapshot, &sim::Options::default()));
    let overage = list(&organisation.config["guardrails"]["allowOverage"]).next();
    direct(
        &simulator,
        json!({"switches": {"overage": overage.is_some()}}),
    );
    simulator
}

/// Who loses Calling by a plan, as it says itself.
fn losers(plan: &Value) -> BTreeSet<String> {
    let loses = |change: &&Value| {
        apply::sent(change).any(|field| {
            ["licenses/calling", "state"].contains(&text(&field["path"]))
                && field["after"].is_null()
        })
    };
    let losing = list(&plan["changes"]).filter(loses);
    losing
        .map(|change| text(&change["address"]).to_owned())
        .collect()
}

/// The end that an applier has which shares no code with the program.
fn end(organisation: &Organisation, plan: &Value) -> Result<Value, TestCaseError> {
    let overage: Vec<&str> = list(&organisation.snapshot["licenses"])
        .map(|licence| text(&licence["name"]))
        .collect();
    let applied = apply::apply(&organisation.snapshot, plan, &overage);
    Ok(applied.map_err(TestCaseError::fail)?.snapshot)
}

/// What a report says of what did not go well.
fn bad(report: &Report) -> String {
    let bad = report.changes.iter().filter(|it| !it.verdict.is_good());
    bad.map(|outcome| format!("{outcome:?}\n")).collect()
}

fn all_good(report: &Report) -> bool {
    let left = |verdict: &Verdict| matches!(verdict, Verdict::Waiting { .. });
    let mut all = report.changes.iter();
    all.all(|it| it.verdict.is_good() || left(&it.verdict))
}

/// No one loses Calling whom the plan does not name.
fn keeps_calling(before: &Value, now: &Value, plan: &Value) -> Result<(), String> {
    let named = losers(plan);
    let (before, now) = (callers(before), callers(now));
    match before.difference(&now).find(|it| !named.contains(*it)) {
        Some(lost) => Err(format!("{lost} lost Calling")),
        None => Ok(()),
    }
}

/// An organisation that could be: what the laws of planning need not care for, and Webex does. Locations have a language and a
/// state; roles are roles; all is in one country; no one has paid messaging without the free one, so that there is none of it;
/// hot desks, which have no numbers, are nowhere.
pub fn possible(tapes: &organisation::Tapes) -> Organisation {
    let made = make(tapes, Shape::Any);
    let real = |value: &Value| -> Value {
        let text = value.to_string();
        let text = text.replace("\"auditor\"", "\"Support Administrator\"");
        let text = text.replace("\"helpdesk\"", "\"Device Administrator\"");
        // Numbers do not move to other countries.
        serde_json::from_str(&text.replace("\"FR\"", "\"US\"")).unwrap()
    };
    let mut organisation = Organisation {
        config: real(&made.config),
        snapshot: real(&made.snapshot),
        baseline: made.baseline.as_ref().map(real),
    };
    if let Some(places) = organisation.config.get_mut("locations") {
        entries(places).into_iter().for_each(in_texas);
    }
    // What the files say of a subscription does not change what Webex does with it.
    if let Some(subscriptions) = organisation.config.get_mut("subscriptions") {
        for subscription in entries(subscriptions) {
            if let Some(members) = subscription.as_object_mut() {
                members.remove("status");
            }
        }
    }
    for snapshot in std::iter::once(&mut organisation.snapshot).chain(&mut organisation.baseline) {
        could_be(snapshot);
    }
    organisation
}

fn entries(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(members) => members.values_mut().collect(),
        _ => Vec::new(),
    }
}

fn in_texas(place: &mut Value) {
    if place.pointer("/address/country") == Some(&json!("US")) {
        place["address"]["state"] = json!("TX");
    }
}

fn could_be(snapshot: &mut Value) {
    let is_gone = |licence: &Value| {
        let mut names = ["Basic Messaging", "Webex Calling - Hot desk only"].iter();
        names.any(|name| licence["name"] == *name)
    };
    let gone = list(&snapshot["licenses"]).filter(|it| is_gone(it));
    let gone: Vec<Value> = gone.map(|licence| licence["id"].clone()).collect();
    // Only a location that is enabled for Calling has numbers.
    let with_numbers: BTreeSet<String> = list(&snapshot["numbers"])
        .map(|number| text(&number["location"]).to_owned())
        .collect();
    for place in entries(&mut snapshot["locations"]) {
        place["preferredLanguage"] = json!("en_us");
        in_texas(place);
        if place["calling"].is_null() && with_numbers.contains(text(&place["name"])) {
            place["calling"] = json!({"mainNumber": null, "pstn": "Cisco"});
        }
    }
    let licences = snapshot["licenses"].as_array_mut().unwrap();
    licences.retain(|licence| !is_gone(licence));
    for section in ["users", "workspaces"] {
        for holder in entries(&mut snapshot[section]) {
            holder["licenses"]
                .as_array_mut()
                .unwrap()
                .retain(|id| !gone.contains(id));
        }
    }
    // Only with Calling the API tells where a person is.
    let callers = callers(snapshot);
    for (at, user) in entries(&mut snapshot["users"]).into_iter().enumerate() {
        if !callers.contains(&format!("user/{}", text(&user["email"]))) {
            user["location"] = Value::Null;
        } else if user["phoneNumber"].is_null() && user["extension"].is_null() {
            // Webex changes nothing of a person whose Calling was never finished.
            user["extension"] = json!(format!("99{at:02}"));
        }
    }
    let homeless: Vec<Value> = entries(&mut snapshot["workspaces"])
        .into_iter()
        .filter(|room| room["licenses"] == json!([]))
        .map(|room| {
            room["extension"] = Value::Null;
            room["phoneNumber"].take()
        })
        .collect();
    for number in entries(&mut snapshot["numbers"]) {
        // What is not active cannot move.
        number["state"] = json!("active");
        if homeless.contains(&number["phoneNumber"]) {
            number["owner"] = Value::Null;
        }
    }
}

#[test]
fn a_plan_that_nothing_disturbs_reaches_its_end() {
    let any = tapes().prop_map(|tapes| possible(&tapes));
    hold(40, any, |mut organisation| {
        let plan = agreed(&mut organisation)?;
        if !may_be_applied(&plan) || apply::to_send(&plan).next().is_none() {
            return Ok(());
        }
        let expected = end(&organisation, &plan)?;
        for workers in [1, 4] {
            let simulator = simulator(&organisation);
            let report = run(&plan, &simulator, workers);
            let said = |why: String| {
                TestCaseError::fail(format!("{workers} workers: {why}\n{}", brief(&plan)))
            };
            if !all_good(&report) {
                return Err(said(bad(&report)));
            }
            let now = simulator.snapshot();
            agree(&now, &expected).map_err(said)?;
            keeps_calling(&organisation.snapshot, &now, &plan).map_err(said)?;
            if let Some(why) = taken_for_nothing(&organisation, &now) {
                return Err(said(why));
            }
            once(&simulator).map_err(said)?;
            let next = |snapshot: &Value| {
                let mut after = organisation.clone();
                after.snapshot = snapshot.clone();
                agreed(&mut after).map(|plan| fields(&plan))
            };
            let (left, other) = (next(&now)?, next(&expected)?);
            if left != other {
                return Err(said(format!("the next plan has {left:?}, not {other:?}")));
            }
        }
        Ok(())
    });
}

/// What can go wrong with one request, as the simulator is told.
const FAULTS: [&str; 13] = [
    r#"{"status": 429, "retryAfter": 7}"#,
    r#"{"status": 423, "retryAfter": 3}"#,
    r#"{"status": 500}"#,
    r#"{"status": 500, "when": "after"}"#,
    r#"{"status": 503}"#,
    r#"{"status": 502, "when": "after"}"#,
    r#"{"status": 504, "when": "after"}"#,
    r#"{"drop": true}"#,
    r#"{"drop": true, "when": "after"}"#,
    r#"{"truncate": true, "when": "after"}"#,
    r#"{"refuse": "add"}"#,
    r#"{"refuse": "remove"}"#,
    r#"{"refuse": "all"}"#,
];

/// What an organisation goes through.
#[derive(Clone, Debug)]
struct Trial {
    faults: Vec<Value>,
    /// Seconds until a write shows.
    lag: u32,
    /// Who is changed by another person, and at which write.
    meddled: Option<(prop::sample::Index, u32)>,
    workers: usize,
    /// Whether half a move by PATCH that is refused loses the old licence as well.
    loses: bool,
}

fn trial() -> impl Strategy<Value = Trial> {
    let method = prop::sample::select(vec!["POST", "PATCH", "PUT", "DELETE"]);
    let fault = (0..FAULTS.len(), method, 1..6u32, 1..3u32).prop_map(|(at, method, nth, times)| {
        let mut fault: Value = serde_json::from_str(FAULTS[at]).unwrap();
        if fault["refuse"].is_string() {
            fault["path"] = json!("/licenses/users");
        } else {
            fault["method"] = json!(method);
        }
        fault["nth"] = json!(nth);
        fault["times"] = json!(times);
        fault
    });
    let meddled = prop::option::weighted(0.3, (any::<prop::sample::Index>(), 1..8u32));
    let lag = prop::sample::select(vec![0, 0, 0, 30, 60]);
    let workers = prop::sample::select(vec![1, 4]);
    let faults = prop::collection::vec(fault, 0..3);
    (faults, lag, meddled, workers, any::<bool>()).prop_map(
        |(faults, lag, meddled, workers, loses)| Trial {
            faults,
            lag,
            meddled,
            workers,
            loses,
        },
    )
}

/// Addresses of changes that the faulty run calls done, and are not.
fn claimed(report: &Report, plan: &Value, now: &Value, expected: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for change in list(&plan["changes"]) {
        let outcome = report
            .changes
            .iter()
            .find(|it| change["address"] == it.address.as_str());
        if !outcome.unwrap().verdict.is_good() {
            continue;
        }
        let members: Vec<&str> = list(&change["fields"])
            .map(|field| text(&field["path"]).split('/').next().unwrap())
            .collect();
        let (section, key): (&str, &str) = match text(&change["kind"]) {
            "user" => ("users", "email"),
            "workspace" => ("workspaces", "name"),
            "number" => ("numbers", "phoneNumber"),
            "group" => ("groups", "name"),
            // The other applier writes locations in another form.
            _ => continue,
        };
        for member in members {
            // Those of the others that were not deleted are still in the group.
            if ["state", "members"].contains(&member) && section != "numbers" {
                continue;
            }
            let of = |snapshot: &Value| {
                let name = text(&change["key"]).to_lowercase();
                table(snapshot, section, key, &[member]).remove(&name)
            };
            if of(now) != of(expected) {
                let (now, expected) = (of(now), of(expected));
                wrong.push(format!(
                    "{}: {member} is {now:?}, not {expected:?}",
                    change["address"]
                ));
            }
        }
        for field in list(&change["fields"]) {
            let Some(member) = text(&field["path"]).strip_prefix("members/") else {
                continue;
            };
            let mut group = list(&now["groups"]).filter(|it| it["name"] == change["key"]);
            let is_in = group.any(|group| list(&group["members"]).any(|it| it == member));
            if is_in == field["after"].is_null() {
                wrong.push(format!("{}: {member} is in it: {is_in}", change["address"]));
            }
        }
    }
    wrong
}

/// Whether any change that was not tried shows nevertheless: its person is as before.
fn tried(report: &Report, before: &Value, now: &Value, meddled: Option<&str>) -> Vec<String> {
    let members = [
        "displayName",
        "licenses",
        "attendeeSites",
        "phoneNumber",
        "extension",
    ];
    let (before, now) = (
        table(before, "users", "email", &members),
        table(now, "users", "email", &members),
    );
    let skipped = report.changes.iter().filter(|outcome| {
        let mine = meddled.is_some_and(|email| outcome.address == format!("user/{email}"));
        matches!(outcome.verdict, Verdict::Skipped { .. }) && !mine
    });
    skipped
        .filter_map(|outcome| {
            let email = outcome.address.strip_prefix("user/")?;
            let (was, is) = (before.get(email), now.get(email));
            (was != is).then(|| format!("{email} was {was:?} and is {is:?}"))
        })
        .collect()
}

#[test]
fn whatever_goes_wrong_the_report_is_exact_and_going_on_converges() {
    let any = tapes().prop_map(|tapes| possible(&tapes));
    hold(60, (any, trial()), |(mut organisation, trial)| {
        let plan = agreed(&mut organisation)?;
        if !may_be_applied(&plan) || apply::to_send(&plan).next().is_none() {
            return Ok(());
        }
        let expected = end(&organisation, &plan)?;
        let simulator = simulator(&organisation);
        let users: Vec<&str> = list(&organisation.snapshot["users"])
            .map(|user| text(&user["email"]))
            .collect();
        let meddled = trial.meddled.as_ref().filter(|_| !users.is_empty());
        let meddled = meddled.map(|(who, when)| (*who.get(&users), *when));
        let mut faults = trial.faults.clone();
        if let Some((email, nth)) = meddled {
            let change = json!({"section": "users", "key": email, "set": {"displayName": "Else"}});
            faults.push(json!({"nth": nth, "change": change}));
        }
        let switches = json!({"readLag": {"*": trial.lag}, "failedMoveLosesCalling": trial.loses});
        direct(&simulator, json!({"faults": faults, "switches": switches}));
        let report = run(&plan, &simulator, trial.workers);
        let said = |why: String| {
            let trial = json!({"faults": faults, "lag": trial.lag, "workers": trial.workers});
            TestCaseError::fail(format!(
                "{why}\n{trial}\n{}\n\n{}",
                bad(&report),
                brief(&plan)
            ))
        };
        let now = simulator.snapshot();
        keeps_calling(&organisation.snapshot, &now, &plan).map_err(said)?;
        if let Some(why) = taken_for_nothing(&organisation, &now) {
            return Err(said(why));
        }
        if trial.lag == 0 {
            once(&simulator).map_err(said)?;
        }
        let meddled = meddled.map(|(email, _)| email);
        let mut wrong = claimed(&report, &plan, &now, &expected);
        wrong.retain(|it| meddled.is_none_or(|email| !it.contains(email)));
        wrong.extend(tried(&report, &organisation.snapshot, &now, meddled));
        if !wrong.is_empty() {
            return Err(said(format!("the report is not exact: {wrong:?}")));
        }
        // Everything is well again, and a person plans again.
        direct(
            &simulator,
            json!({"clearFaults": true, "switches": {"readLag": {}}, "advance": 120.0}),
        );
        let mut after = organisation.clone();
        for _ in 0..5 {
            after.snapshot = simulator.snapshot();
            let plan = agreed(&mut after)?;
            if apply::to_send(&plan).next().is_none() || !may_be_applied(&plan) {
                return Ok(());
            }
            let again = run(&plan, &simulator, trial.workers);
            if !all_good(&again) {
                return Err(said(format!(
                    "going on fails: {}\n{}\nafter",
                    bad(&again),
                    brief(&plan)
                )));
            }
            keeps_calling(&after.snapshot, &simulator.snapshot(), &plan).map_err(said)?;
        }
        Err(said("no end".to_owned()))
    });
}
