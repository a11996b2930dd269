//! Laws that hold for every organisation, tried on random ones.
//!
//! The cases are the same in each run. `PROPTEST_CASES` asks for more of them, `PROPTEST_RNG_SEED` for others.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::common::apply::{
    apply, apply_as_late_as_possible, callers, list, subjects, text, to_send,
};
use crate::common::exchange::taken_for_nothing;
use crate::common::hold::hold;
use crate::common::law::{LATER, agreed, brief, fields, overage, plan, plan_of};
use crate::common::organisation::{Organisation, Shape, Tapes, email, make, tape, tapes};
use crate::common::yaml;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use trunkline::change::Address;

#[test]
fn a_plan_applied_leaves_nothing_to_plan_and_each_step_is_safe() {
    let any = tapes().prop_map(|tapes| make(&tapes, Shape::Any));
    hold(300, any, |mut organisation| {
        let mut done = BTreeSet::new();
        let mut open = BTreeSet::new();
        let mut before = String::new();
        for round in 0..5 {
            let plan = agreed(&mut organisation)?;
            let said = || format!("round {round}, after\n{before}\n\nstill\n{}", brief(&plan));
            for change in to_send(&plan).filter(|change| round > 0 && change["kind"] != "group") {
                prop_assert!(
                    open.contains(text(&change["address"])),
                    "{} was settled: {}",
                    change["address"],
                    said()
                );
            }
            let changed = fields(&plan);
            let again: Vec<_> = done.intersection(&changed).collect();
            prop_assert!(again.is_empty(), "{again:?} was set before: {}", said());
            if to_send(&plan).count() == 0 {
                return Ok(());
            }
            let waits =
                list(&plan["findings"]).filter(|finding| LATER.contains(&text(&finding["code"])));
            open = waits
                .map(|finding| text(&finding["subject"]).to_owned())
                .collect();
            // All of a cycle wait for each other.
            let cycles = list(&plan["findings"]).filter(|it| it["code"] == "order-cycle");
            let cycles = cycles.flat_map(|it| {
                let others = text(&it["message"]).split(" -> ");
                others.chain([text(&it["subject"])])
            });
            open.extend(cycles.map(str::to_owned));
            // Who gets Calling only then can be an agent only then.
            let without = list(&plan["findings"])
                .filter(|finding| finding["code"] == "call-queue-agent-without-calling")
                .filter(|finding| {
                    let agent = text(&finding["message"]).split(' ').next();
                    agent.is_some_and(|agent| open.contains(agent))
                });
            let queues: Vec<_> = without.map(|it| text(&it["subject"]).to_owned()).collect();
            open.extend(queues);
            done.extend(changed);
            let applied = apply(&organisation.snapshot, &plan, &overage(&organisation));
            let applied =
                applied.map_err(|why| TestCaseError::fail(format!("{why}: {}", said())))?;
            apply_as_late_as_possible(&organisation.snapshot, &plan, &overage(&organisation))
                .map_err(|why| {
                    TestCaseError::fail(format!("as late as possible, {why}: {}", said()))
                })?;
            applied
                .agrees_with_pools(&plan)
                .map_err(|why| TestCaseError::fail(format!("{why}: {}", said())))?;
            organisation.snapshot = applied.snapshot;
            before = brief(&plan);
        }
        Err(TestCaseError::fail("no end after five rounds"))
    });
}

/// Whether a plan takes something away because groups change or have changed.
fn is_exchange(plan: &Value) -> bool {
    list(&plan["findings"]).any(|finding| finding["code"] == "membership-waits")
        || list(&plan["operations"]).any(|one| {
            let again = |other: &Value| {
                other["subject"] == one["subject"]
                    && other["path"] == "/licenses/users"
                    && other["id"] != one["id"]
            };
            one["path"] == "/licenses/users" && list(&plan["operations"]).any(again)
        })
}

#[test]
fn nothing_is_taken_away_in_exchange_for_something_that_is_not_given() {
    let any = tapes().prop_map(|tapes| make(&tapes, Shape::Any));
    let exchanges = RefCell::new(0);
    hold(600, any, |mut organisation| {
        let plan = agreed(&mut organisation)?;
        *exchanges.borrow_mut() += usize::from(is_exchange(&plan));
        let applied = apply(&organisation.snapshot, &plan, &overage(&organisation));
        let applied =
            applied.map_err(|why| TestCaseError::fail(format!("{why}: {}", brief(&plan))))?;
        match taken_for_nothing(&organisation, &applied.snapshot) {
            Some(why) => Err(TestCaseError::fail(format!("{why}\n{}", brief(&plan)))),
            None => Ok(()),
        }
    });
    assert!(exchanges.into_inner() > 20, "the law is idle");
}

/// The changes of a plan by address, each with its fields.
fn by_address(plan: &Value) -> BTreeMap<&str, &Value> {
    let changes = list(&plan["changes"]);
    changes
        .map(|change| (text(&change["address"]), &change["fields"]))
        .collect()
}

/// Whether a group is joined or left by someone of whom a person has to remove something: that is one event (contract 3.1), and
/// no request shows it.
fn is_event_of(fields: &Value, held: &BTreeSet<&str>) -> bool {
    list(fields).any(|field| {
        let member = text(&field["path"]).strip_prefix("members/");
        member.is_some_and(|member| held.contains(&*format!("user/{member}")))
    })
}

/// The addresses in a plan that no target needs, neither itself nor through others.
fn needless<'p>(part: &'p Value, targets: &BTreeSet<Address>) -> Vec<&'p str> {
    let operations: Vec<&Value> = list(&part["operations"]).collect();
    let mut needed: BTreeSet<&str> = targets.iter().map(Address::as_str).collect();
    let changes = by_address(part).into_iter().filter(|(_, fields)| {
        let mut fields = list(fields);
        fields.any(|field| !field["held"].is_null())
    });
    let held: BTreeSet<&str> = changes.map(|(address, _)| address).collect();
    loop {
        let before = needed.len();
        for operation in &operations {
            if subjects(operation).iter().any(|it| needed.contains(it)) {
                let on = list(&operation["dependsOn"]).filter_map(Value::as_u64);
                on.for_each(|on| needed.extend(subjects(operations[on as usize - 1])));
            }
        }
        if needed.len() == before {
            let events = by_address(part).into_iter();
            let events = events.filter(|(_, fields)| is_event_of(fields, &held));
            let groups: BTreeSet<&str> = events.map(|(group, _)| group).collect();
            let of_event = |address: &str| groups.contains(address) || held.contains(address);
            let changes = by_address(part).into_keys();
            let more = changes.filter(|it| !needed.contains(it) && !of_event(it));
            return more.collect();
        }
    }
}

#[test]
fn a_part_of_a_plan_is_safe_and_the_rest_follows() {
    let whole = tapes().prop_map(|tapes| make(&tapes, Shape::Any));
    let which = prop::collection::vec(any::<prop::sample::Index>(), 1..3);
    hold(200, (whole, which), |(mut organisation, which)| {
        let whole = agreed(&mut organisation)?;
        let changes = by_address(&whole);
        if changes.is_empty() {
            return Ok(());
        }
        let addresses: Vec<&str> = changes.keys().copied().collect();
        let targets = which
            .iter()
            .map(|index| Address::from(*index.get(&addresses)));
        let targets: BTreeSet<Address> = targets.collect();
        let part = plan_of(&organisation, 0, targets.clone())?;
        let said = || format!("{targets:?}\n{}\n\nof\n{}", brief(&part), brief(&whole));
        prop_assert_eq!(&part["targets"], &json!(targets));
        let parts = by_address(&part);
        for target in &targets {
            prop_assert!(
                parts.contains_key(target.as_str()),
                "no {target}: {}",
                said()
            );
        }
        for (address, fields) in &parts {
            prop_assert_eq!(
                Some(fields),
                changes.get(address),
                "{}: {}",
                address,
                said()
            );
        }
        // A shared request takes others along that no one needs, so that only the graph of the planner can tell.
        let shared = list(&part["operations"]).any(|it| subjects(it).len() > 1);
        let more = needless(&part, &targets);
        prop_assert!(
            shared || more.is_empty(),
            "{more:?} are needless: {}",
            said()
        );
        let mut fields = fields(&part);
        let overage = overage(&organisation);
        let applied = apply(&organisation.snapshot, &part, &overage)
            .and_then(|applied| {
                apply_as_late_as_possible(&organisation.snapshot, &part, &overage).map(|_| applied)
            })
            .map_err(|why| TestCaseError::fail(format!("{why}: {}", said())))?;
        organisation.snapshot = applied.snapshot;
        for _ in 0..6 {
            let rest = agreed(&mut organisation)?;
            if to_send(&rest).next().is_none() {
                return Ok(());
            }
            let again: Vec<_> = fields.intersection(&self::fields(&rest)).cloned().collect();
            prop_assert!(
                again.is_empty(),
                "{again:?} was set before: {}\n\nthen\n{}",
                said(),
                brief(&rest)
            );
            fields.extend(self::fields(&rest));
            let applied = apply(&organisation.snapshot, &rest, &self::overage(&organisation));
            let applied = applied.map_err(|why| {
                TestCaseError::fail(format!("{why}: {}\n\nthen\n{}", said(), brief(&rest)))
            })?;
            organisation.snapshot = applied.snapshot;
        }
        Err(TestCaseError::fail(format!("no end: {}", said())))
    });
}

/// A plan without what depends on where things stand in files: places, and the order and wording that follow from them.
fn meaning(mut plan: Value) -> Value {
    for change in plan["changes"].as_array_mut().unwrap() {
        for field in change["fields"].as_array_mut().unwrap() {
            for name in ["file", "line", "column"] {
                field["source"][name] = Value::Null;
            }
        }
    }
    let findings = plan["findings"].as_array_mut().unwrap();
    for finding in findings.iter_mut() {
        for name in ["file", "line", "column"] {
            finding[name] = Value::Null;
        }
    }
    findings.sort_by_key(Value::to_string);
    for state in ["snapshot", "applied"] {
        plan[state] = Value::Null;
    }
    plan
}

/// Every list of the snapshot, and every list of members, in another order.
fn shuffled(snapshot: &Value, order: u64) -> Value {
    let shuffle = |value: &mut Value| {
        if let Some(list) = value.as_array_mut() {
            list.sort_by_key(|entry| yaml::mixed(order, &entry.to_string()));
        }
    };
    let mut snapshot = snapshot.clone();
    for group in snapshot["groups"].as_array_mut().unwrap() {
        shuffle(&mut group["members"]);
    }
    snapshot
        .as_object_mut()
        .unwrap()
        .values_mut()
        .for_each(shuffle);
    snapshot
}

#[test]
fn order_decides_nothing() {
    let any = tapes().prop_map(|tapes| make(&tapes, Shape::Any));
    hold(150, (any, 1..u64::MAX), |(organisation, order)| {
        let mut other = organisation.clone();
        other.snapshot = shuffled(&organisation.snapshot, order);
        other.baseline = organisation
            .baseline
            .as_ref()
            .map(|baseline| shuffled(baseline, order));
        let (one, two) = (
            meaning(plan(&organisation, 0)?),
            meaning(plan(&other, order)?),
        );
        prop_assert!(
            one == two,
            "{}\n\nin another order\n{}",
            brief(&one),
            brief(&two)
        );
        Ok(())
    });
}

/// A person's override, and another one.
fn overridden(shape: Shape) -> impl Strategy<Value = (String, Organisation, Organisation)> {
    (tapes(), any::<prop::sample::Index>(), tape(40)).prop_map(move |(tapes, who, other)| {
        let who = who.index(tapes.people.len());
        let mut changed: Tapes = tapes.clone();
        changed.people[who].1 = other;
        (email(who), make(&tapes, shape), make(&changed, shape))
    })
}

/// What a plan says of everyone but one person: fields without their place, findings without those of the whole plan.
fn of_others(plan: &Value, email: &str) -> BTreeMap<(String, String), Value> {
    let mut said = BTreeMap::new();
    for change in list(&plan["changes"]) {
        for field in list(&change["fields"]) {
            let mut field = field.clone();
            field["source"] = field["source"]["because"].clone();
            said.insert(
                (
                    text(&change["address"]).to_owned(),
                    text(&field["path"]).to_owned(),
                ),
                field,
            );
        }
    }
    for finding in list(&plan["findings"]) {
        let (code, subject) = (text(&finding["code"]), text(&finding["subject"]));
        if !code.starts_with("guardrail-") && code != "existing-users-not-in-scope" {
            // How many are short is said of the whole pool.
            let message = if code == "pool-exhausted" {
                &Value::Null
            } else {
                &finding["message"]
            };
            let line = json!([finding["severity"], message, finding["help"]]);
            let all = said
                .entry((subject.to_owned(), code.to_owned()))
                .or_insert_with(|| json!([]));
            all.as_array_mut().unwrap().push(line);
            all.as_array_mut().unwrap().sort_by_key(Value::to_string);
        }
    }
    said.retain(|(subject, path), _| {
        subject.strip_prefix("user/") != Some(email) && path.strip_prefix("members/") != Some(email)
    });
    said
}

/// What differs: subjects, with paths or codes.
fn differences(
    one: &BTreeMap<(String, String), Value>,
    two: &BTreeMap<(String, String), Value>,
) -> BTreeSet<(String, String)> {
    let keys = one.keys().chain(two.keys());
    keys.filter(|key| one.get(key) != two.get(key))
        .cloned()
        .collect()
}

#[test]
fn an_override_changes_only_one_person() {
    hold(200, overridden(Shape::Alone), |(email, one, two)| {
        let (one, two) = (plan(&one, 0)?, plan(&two, 0)?);
        let differ = differences(&of_others(&one, &email), &of_others(&two, &email));
        prop_assert!(
            differ.is_empty(),
            "{email}: {differ:?}\n{}\n\nwith another override\n{}",
            brief(&one),
            brief(&two)
        );
        Ok(())
    });
}

/// The services in which a person may take units, numbers or extensions: those that override and plan name.
fn touched(organisation: &Organisation, plan: &Value, email: &str) -> BTreeSet<String> {
    let own = &organisation.config["users"][email];
    let mut services = BTreeSet::new();
    let licences = &own["licenses"];
    for set in [&licences["add"], &licences["only"]] {
        services.extend(
            set.as_object()
                .into_iter()
                .flat_map(|set| set.keys().cloned()),
        );
    }
    if licences["only"].is_object() {
        services.extend(["calling", "messaging", "meetings", "contactCenter"].map(str::to_owned));
    }
    services.extend(
        list(&licences["remove"]).map(|path| text(path).split('/').next().unwrap().to_owned()),
    );
    let identity = ["location", "phoneNumber", "extension"];
    if identity.iter().any(|name| own.get(name).is_some()) {
        services.insert("calling".to_owned());
    }
    for (address, path) in fields(plan) {
        if address.strip_prefix("user/") == Some(email) {
            let mut parts = path.split('/');
            let service = match (parts.next(), parts.next()) {
                (Some("licenses"), service) => service,
                (Some(name), _) if identity.contains(&name) => Some("calling"),
                _ => None,
            };
            services.extend(service.map(str::to_owned));
        }
    }
    services
}

#[test]
fn an_override_reaches_others_only_through_seats_and_numbers() {
    hold(200, overridden(Shape::Any), |(email, one, two)| {
        let plans = (plan(&one, 0)?, plan(&two, 0)?);
        let mut services = touched(&one, &plans.0, &email);
        services.extend(touched(&two, &plans.1, &email));
        let differ = differences(&of_others(&plans.0, &email), &of_others(&plans.1, &email));
        let calling = services.contains("calling");
        // A unit decides whether a change of groups waits, and with it all that follows from it.
        let waits = |subject: &String| {
            let waits = (subject.clone(), "membership-waits".to_owned());
            differ.contains(&waits) && !services.is_empty()
        };
        for (subject, what) in &differ {
            let may = match what.split('/').collect::<Vec<_>>()[..] {
                ["licenses", service, ..] => services.contains(service) || waits(subject),
                ["calling-loss"] => calling || waits(subject),
                // What nobody removes needs nobody to remove it.
                ["suspended-manual-control-hub"] => waits(subject),
                // Anyone who gets or keeps another licence joins or leaves groups in another plan.
                ["members", ..] | ["membership-waits"] => !services.is_empty(),
                ["location" | "phoneNumber" | "extension"] => calling,
                // A number that moves with its owner may become the main number there.
                ["calling", "mainNumber"] => calling,
                ["agents", ..] | ["call-queue-agent-without-calling"] => calling,
                [
                    "pool-exhausted"
                    | "subscription-age-unknown"
                    | "subscription-inactive"
                    | "subscription-kind-mismatch",
                ] => !services.is_empty(),
                ["host-pool-short" | "attendee-site-admin" | "attendee-feature-off"] => {
                    services.contains("meetings")
                }
                [code]
                    if code.starts_with("calling-")
                        || code.starts_with("number-")
                        || code.starts_with("main-number-")
                        || code.starts_with("location-") =>
                {
                    calling
                }
                ["workspace-downgrade"] => calling,
                // Only where a licence is given is there a template to speak of.
                ["template-not-automatic"] => !services.is_empty(),
                // Anyone who moves loses voice messages, which asks for an acknowledgement.
                [
                    "voicemail-messages-loss"
                    | "acknowledgement-unused"
                    | "acknowledgement-expired",
                ] => calling,
                _ => false,
            };
            prop_assert!(
                may,
                "{email} touches {services:?}, and yet {subject} {what} differs\n{}\n\nwith another override\n{}",
                brief(&plans.0),
                brief(&plans.1)
            );
        }
        Ok(())
    });
}

#[test]
fn calling_is_lost_only_where_the_plan_says_so_and_it_is_acknowledged() {
    let any = tapes().prop_map(|tapes| make(&tapes, Shape::Any));
    hold(300, any, |organisation| {
        let plan = plan(&organisation, 0)?;
        let agreed = |code: &str, change: &Value| {
            list(&organisation.config["acknowledgements"]).any(|entry| {
                let names =
                    |subject: &Value| *subject == change["key"] || *subject == change["address"];
                entry["code"] == code
                    && entry["expires"].is_null()
                    && list(&entry["subjects"]).any(names)
            })
        };
        let callers = callers(&organisation.snapshot);
        for change in list(&plan["changes"]) {
            let mut covered = Vec::new();
            for field in list(&change["fields"]) {
                let code = match (text(&field["path"]), text(&field["action"])) {
                    ("licenses/calling", "remove") => "calling-loss",
                    ("state", "remove") => "user-deletion",
                    ("location", _) if field["risk"] == "irreversible" => "voicemail-messages-loss",
                    _ => {
                        prop_assert!(
                            field["risk"] != "irreversible" && field["losses"] == json!([]),
                            "{field:#}"
                        );
                        continue;
                    }
                };
                prop_assert!(
                    field["risk"] == "irreversible" && list(&field["losses"]).count() > 0,
                    "{field:#}"
                );
                prop_assert!(
                    code != "calling-loss" || callers.contains(text(&change["address"])),
                    "{change:#}"
                );
                let severity = if agreed(code, change) {
                    "info"
                } else {
                    "error"
                };
                let says = |finding: &Value| {
                    finding["code"] == code
                        && finding["subject"] == change["address"]
                        && finding["severity"] == severity
                };
                prop_assert!(
                    list(&plan["findings"]).any(says),
                    "no {severity} {code} for {change:#}"
                );
                covered.push(agreed(code, change));
            }
            let acknowledged = if covered.is_empty() {
                Value::Null
            } else {
                json!(covered.iter().all(|covered| *covered))
            };
            prop_assert_eq!(&change["acknowledged"], &acknowledged, "{}", change);
        }
        Ok(())
    });
}

/// What would leave the laws idle if no organisation had it.
const REACHED: [&str; 53] = [
    "/licenses/users twice",
    "/people/{personId} twice",
    "attendee-feature-off",
    "attendee-site-admin",
    "calling-downgrade-unsupported",
    "calling-extension-in-use",
    "calling-loss",
    "calling-number-in-use",
    "calling-type-conflict",
    "existing-users-not-in-scope",
    "group add members",
    "group create",
    "group remove members",
    "host-pool-short",
    "location add calling",
    "location add calling/mainNumber",
    "location change calling/mainNumber",
    "location change timeZone",
    "location create",
    "location update",
    "location-no-free-number",
    "main-number-unknown",
    "membership-waits",
    "number change location",
    "number create",
    "pin-conflict",
    "pool-exhausted",
    "subscription-age-unknown",
    "subscription-kind-mismatch",
    "suspended-manual-control-hub",
    "user add licenses/calling",
    "user change extension",
    "user change licenses/calling",
    "user change location",
    "user change phoneNumber",
    "user create",
    "user move licenses/calling",
    "user remove licenses/calling",
    "user-deletion",
    "voicemail-messages-loss",
    "workspace add extension",
    "workspace add licenses/calling",
    "workspace add location",
    "workspace add phoneNumber",
    "workspace change extension",
    "workspace change licenses/calling",
    "workspace change phoneNumber",
    "workspace create",
    "workspace move licenses/calling",
    "workspace remove licenses/calling",
    "workspace-downgrade",
    "workspace-has-devices",
    "workspace-location-fixed",
];

#[test]
fn the_organisations_reach_what_the_laws_are_about() {
    // What rare organisations have is promised for the usual seed alone.
    if std::env::var_os("PROPTEST_RNG_SEED").is_some() {
        return;
    }
    let seen = RefCell::new(BTreeMap::<String, usize>::new());
    let any = tapes().prop_map(|tapes| make(&tapes, Shape::Any));
    hold(400, any, |mut organisation| {
        let plan = agreed(&mut organisation)?;
        let mut here = BTreeSet::new();
        here.extend(list(&plan["findings"]).map(|finding| text(&finding["code"]).to_owned()));
        for change in list(&plan["changes"]) {
            let kind = text(&change["kind"]);
            here.insert(format!("{kind} {}", text(&change["action"])));
            for field in list(&change["fields"]) {
                let path = text(&field["path"]).split('/').take(2).collect::<Vec<_>>();
                let path = if ["members", "other"].contains(&path[0])
                    || path.get(1) == Some(&"meetings")
                {
                    path[0]
                } else {
                    text(&field["path"])
                };
                here.insert(format!("{kind} {} {path}", text(&field["action"])));
            }
        }
        let operations: Vec<&Value> = list(&plan["operations"]).collect();
        for (at, operation) in operations.iter().enumerate() {
            let again = operations[..at].iter().any(|one| {
                one["subject"] == operation["subject"] && one["path"] == operation["path"]
            });
            here.extend(again.then(|| format!("{} twice", text(&operation["path"]))));
        }
        let mut seen = seen.borrow_mut();
        here.into_iter()
            .for_each(|what| *seen.entry(what).or_default() += 1);
        Ok(())
    });
    let seen = seen.into_inner();
    let missing: Vec<_> = REACHED
        .iter()
        .filter(|what| !seen.contains_key(**what))
        .collect();
    assert!(
        missing.is_empty(),
        "no organisation has {missing:?}, but\n{seen:#?}"
    );
}
