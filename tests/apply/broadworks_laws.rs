//! Laws of service providers, on random ones: a plan after the other is applied, with faults and kills, until nothing changes.
//! Nobody is deleted who was not named, no organisation is made by anybody but its first subscriber, and what is left is
//! covered by a hold, a warning or an error.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::common::apply::{list, text};
use crate::common::hold::hold;
use crate::common::law;
use crate::common::live::{self, How, direct, writes};
use crate::common::organisation::Organisation;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Map, Value, json};
use trunkline::apply::Resume;
use trunkline::plan::Plan;
use trunkline::sim::{self, Simulator};

const HOMES: [&str; 3] = ["SP+one", "SP+two", "SP+six"];
const PACKAGES: [&str; 4] = ["softphone", "basic", "standard", "premium"];
const STATES: [&str; 7] = [
    "provisioned",
    "provisioned",
    "error",
    "provisioning",
    "pending_email_input",
    "pending_user_migration",
    "updating",
];

/// Everyone who is to be provisioned again was provisioned before this time.
const SINCE: &str = "2026-11-19T00:00:00Z";

/// A person: where, how Webex has it, and what the files say.
#[derive(Debug, Clone)]
struct Person {
    home: usize,
    state: Option<usize>,
    package: usize,
    wish: Wish,
}

#[derive(Debug, Clone)]
enum Wish {
    Nothing,
    Same,
    Package(usize),
    Absent,
    Home(usize),
    /// The same person under another user id; the old one goes.
    Other,
    /// The same, provisioned again.
    Again,
}

/// What happens on the way.
#[derive(Debug, Clone)]
struct Trial {
    listed: [bool; 3],
    kill: Option<(usize, bool)>,
    fails: bool,
    lag: u32,
    drop: bool,
}

fn person() -> impl Strategy<Value = Person> {
    let wish = prop_oneof![
        1 => Just(Wish::Nothing),
        3 => Just(Wish::Same),
        2 => (0..4usize).prop_map(Wish::Package),
        1 => Just(Wish::Absent),
        1 => (0..3usize).prop_map(Wish::Home),
        1 => Just(Wish::Other),
        1 => Just(Wish::Again),
    ];
    (0..3usize, proptest::option::of(0..7usize), 0..4usize, wish).prop_map(
        |(home, state, package, wish)| Person {
            home,
            state,
            package,
            wish,
        },
    )
}

fn trial() -> impl Strategy<Value = Trial> {
    let kill = proptest::option::of((1..30usize, any::<bool>()));
    (
        any::<[bool; 3]>(),
        kill,
        any::<bool>(),
        0..3u32,
        any::<bool>(),
    )
        .prop_map(|(listed, kill, fails, lag, drop)| Trial {
            listed,
            kill,
            fails,
            lag: lag * 20,
            drop,
        })
}

fn provider(people: &[Person], trial: &Trial) -> Organisation {
    let mut subscribers = Map::new();
    let (mut seen, mut agreed) = (Vec::new(), Vec::new());
    for (at, person) in people.iter().enumerate() {
        let id = format!("{}@voice.example", 100 + at);
        let email = format!("p{at}@customer.example");
        let entry = |home: usize, package: usize| {
            json!({"enterprise": HOMES[home], "email": email, "firstName": "A", "lastName": "B",
                   "package": PACKAGES[package], "extension": format!("{}", 100 + at)})
        };
        if let Some(state) = person.state {
            let mut row = entry(person.home, person.package);
            row["userId"] = json!(id);
            row["status"] = json!(STATES[state]);
            row["created"] = json!("2026-03-01T00:00:00Z");
            seen.push(row);
        }
        let wanted = match person.wish {
            Wish::Nothing => None,
            Wish::Same | Wish::Other => Some(entry(person.home, person.package)),
            Wish::Again => {
                let mut entry = entry(person.home, person.package);
                entry["reprovision"] = json!({"createdBefore": SINCE, "reason": "C-2"});
                agreed.push(id.clone());
                Some(entry)
            }
            Wish::Package(package) => Some(entry(person.home, package)),
            Wish::Absent => {
                let mut entry = entry(person.home, person.package);
                entry["state"] = json!("absent");
                agreed.push(id.clone());
                Some(entry)
            }
            Wish::Home(home) => {
                agreed.push(id.clone());
                Some(entry(home, person.package))
            }
        };
        let Some(mut wanted) = wanted else { continue };
        if matches!(person.wish, Wish::Other) {
            subscribers.insert(format!("9{id}"), wanted.clone());
            wanted["state"] = json!("absent");
            agreed.push(id.clone());
        }
        subscribers.insert(id, wanted);
    }
    let listed = (0..3).filter(|at| {
        trial.listed[*at] || people.iter().any(|it| it.home == *at && it.state.is_some())
    });
    let enterprises: Vec<Value> = listed
        .map(|at| json!({"spEnterpriseId": HOMES[at], "template": "gold", "provisioningId": "P"}))
        .collect();
    let homes: Map<String, Value> = HOMES
        .iter()
        .map(|it| ((*it).to_owned(), json!({"template": "gold"})))
        .collect();
    let mut config = json!({
        "version": 1, "org": {"name": "Harbor", "id": "O", "assignmentMode": "group"},
        "broadworks": {"clusters": {"xsp": {}}, "customerTemplates": {"gold": {"cluster": "xsp", "provisioningId": "P"}},
                       "enterprises": homes, "subscribers": subscribers},
        "guardrails": {"irreversible": 1000, "updates": {"percent": 100}}
    });
    if !agreed.is_empty() {
        config["acknowledgements"] = json!([{"code": "broadworks-subscriber-deletion", "subjects": agreed, "reason": "C-1"}]);
    }
    let snapshot = json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "O", "name": "Harbor"},
        "subscriptions": [], "licenses": [], "sites": [], "groups": [], "users": [],
        "broadworks": {"enterprises": enterprises, "subscribers": seen}
    });
    Organisation {
        config,
        snapshot,
        baseline: None,
    }
}

fn user_ids(snapshot: &Value) -> BTreeSet<String> {
    let all = list(&snapshot["broadworks"]["subscribers"]);
    all.map(|it| text(&it["userId"]).to_owned()).collect()
}

fn enterprises(snapshot: &Value) -> BTreeSet<String> {
    let all = list(&snapshot["broadworks"]["enterprises"]);
    all.map(|it| text(&it["spEnterpriseId"]).to_owned())
        .collect()
}

/// The keys of a plan's changes with an action.
fn keys(plan: &Value, action: &str) -> BTreeSet<String> {
    let all = list(&plan["changes"]).filter(|it| it["action"] == action);
    all.map(|it| text(&it["key"]).to_owned()).collect()
}

/// Applies a plan, with the kill of this round, and goes on until the run has an end.
fn carry_out(plan: &Value, simulator: &Arc<Simulator>, kill: Option<(usize, bool)>) {
    let state = tempfile::tempdir().unwrap();
    let mut how = How::usual(state.path());
    how.options.workers = 2;
    let plan: Plan = serde_json::from_value(plan.clone()).unwrap();
    if let Some((at, after)) = kill {
        how.options.workers = 1;
        if live::apply_killed(&plan, simulator, &how, at, after).is_some() {
            return;
        }
        how.resume = Resume::Yes;
    }
    live::apply(&plan, simulator, &how);
}

/// What a round may have done, by what its plan says.
fn only_what_was_named(plan: &Value, before: &Value, now: &Value) -> Result<(), TestCaseError> {
    let gone: BTreeSet<String> = user_ids(before)
        .difference(&user_ids(now))
        .cloned()
        .collect();
    prop_assert!(
        gone.is_subset(&keys(plan, "delete")),
        "{gone:?} went unnamed"
    );
    let come: BTreeSet<String> = user_ids(now)
        .difference(&user_ids(before))
        .cloned()
        .collect();
    prop_assert!(
        come.is_subset(&keys(plan, "create")),
        "{come:?} came unnamed"
    );
    let made: BTreeSet<String> = enterprises(now)
        .difference(&enterprises(before))
        .cloned()
        .collect();
    for home in made {
        let firsts = list(&plan["changes"]).filter(|it| {
            let mut fields = list(&it["fields"]);
            it["action"] == "create"
                && fields.any(|field| field["path"] == "enterprise" && field["after"] == home)
        });
        let firsts: Vec<&str> = firsts.map(|it| text(&it["address"])).collect();
        let named =
            |it: &Value| it["code"] == "broadworks-first-subscriber" && it["subject"] == firsts[0];
        prop_assert!(
            firsts.len() == 1 && list(&plan["findings"]).any(named),
            "{home} was made by {firsts:?}"
        );
    }
    Ok(())
}

/// Whatever is not as the files say is covered by something that the plan says.
fn what_is_left_is_said(organisation: &Organisation, plan: &Value) -> Result<(), TestCaseError> {
    let said: BTreeSet<&str> = list(&plan["findings"])
        .map(|it| text(&it["subject"]))
        .collect();
    let wanted = organisation.config["broadworks"]["subscribers"]
        .as_object()
        .unwrap();
    for (user_id, entry) in wanted {
        let seen = list(&organisation.snapshot["broadworks"]["subscribers"])
            .find(|it| it["userId"] == user_id.as_str());
        let is_so = match seen {
            None => entry["state"] == "absent",
            Some(seen) => {
                entry["state"] != "absent"
                    && seen["status"] == "provisioned"
                    && (entry["reprovision"].is_null() || text(&seen["created"]) > SINCE)
                    && ["enterprise", "package", "email", "extension"]
                        .iter()
                        .all(|it| entry[*it] == seen[*it])
            }
        };
        let (one, home) = (
            format!("broadworksSubscriber/{user_id}"),
            format!("broadworksEnterprise/{}", text(&entry["enterprise"])),
        );
        prop_assert!(
            is_so || said.contains(&*one) || said.contains(&*home),
            "{user_id} is {seen:?}, and nothing says why"
        );
    }
    Ok(())
}

#[test]
fn a_provider_converges_or_stops_with_its_holds() {
    let people = proptest::collection::vec(person(), 1..9);
    hold(60, (people, trial()), |(people, trial)| {
        let mut organisation = provider(&people, &trial);
        let simulator = Arc::new(Simulator::new(
            organisation.snapshot.clone(),
            &sim::Options::default(),
        ));
        direct(
            &simulator,
            json!({"switches": {"readLag": {"broadworks": trial.lag}}}),
        );
        if trial.drop {
            let fault = json!({"path": "/broadworks/**", "nth": 5, "when": "after", "drop": true});
            direct(&simulator, json!({"faults": [fault]}));
        }
        let mut rounds = 0;
        loop {
            simulator.advance(Duration::from_secs(120));
            organisation.snapshot = simulator.snapshot();
            let plan = law::plan(&organisation, rounds)?;
            prop_assert_eq!(&plan["summary"]["unacknowledged"], 0);
            if list(&plan["changes"]).next().is_none() {
                what_is_left_is_said(&organisation, &plan)?;
                break;
            }
            rounds += 1;
            prop_assert!(rounds < 9, "still to change: {}", law::brief(&plan));
            let fails = trial.fails && rounds == 1;
            let code = if fails { json!(1001) } else { Value::Null };
            direct(&simulator, json!({"switches": {"broadworksError": code}}));
            carry_out(&plan, &simulator, trial.kill.filter(|_| rounds < 3));
            only_what_was_named(&plan, &organisation.snapshot, &simulator.snapshot())?;
        }
        let refused = writes(&simulator).into_iter().find(|it| it.status == 409);
        prop_assert!(
            refused.is_none(),
            "a stage has overtaken another: {refused:?}"
        );
        Ok(())
    });
}
