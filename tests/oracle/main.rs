//! The oracle: a second implementation of how licences are decided, compared with the plan on random organisations.
//!
//! It is derived from the contract (sections 2, 3, 4 and 7), not from the product's code, so that it can contradict it.
//! `PROPTEST_CASES` asks for more organisations, `PROPTEST_RNG_SEED` for others.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod decide;
mod facts;
mod seats;

#[path = "../common/apply.rs"]
#[allow(dead_code, reason = "these laws read plans and carry none out")]
mod apply;
#[path = "../common/law.rs"]
mod law;
#[path = "../common/organisation/mod.rs"]
#[allow(dead_code, reason = "a part of the helpers is used")]
mod organisation;
#[path = "../common/yaml.rs"]
#[allow(dead_code, reason = "a part of the helpers is used")]
mod yaml;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use facts::{Facts, Held, list, text};
use law::{brief, hold, plan};
use organisation::{Organisation, Shape, make, tapes};
use proptest::prelude::*;
use seats::{Outcome, Outcomes, conflict_in_a_replaced_subscription, pinned_move_left_out, settle};
use serde_json::{Value, json};

/// The codes with which rule 5 refuses Calling.
const RULE_5: [&str; 13] = [
    "calling-no-work-phone",
    "calling-number-format",
    "calling-number-unknown",
    "calling-number-in-use",
    "calling-location-required",
    "calling-location-unknown",
    "calling-location-mismatch",
    "calling-extension-in-use",
    "calling-extension-or-number-required",
    "location-no-free-number",
    "number-swap-needs-extension",
    "number-type-mismatch",
    "extension-claimed-twice",
];

/// Takes the workspaces out of an organisation, with all that is theirs.
fn without_rooms(mut organisation: Organisation) -> Organisation {
    organisation
        .config
        .as_object_mut()
        .unwrap()
        .remove("workspaces");
    let mut snapshots = vec![&mut organisation.snapshot];
    snapshots.extend(organisation.baseline.as_mut());
    for snapshot in snapshots {
        let rooms = snapshot["workspaces"].take();
        snapshot["workspaces"] = json!([]);
        snapshot["devices"] = json!([]);
        for id in list(&rooms).flat_map(|room| list(&room["licenses"])) {
            let mut licences = snapshot["licenses"].as_array_mut().unwrap().iter_mut();
            let licence = licences.find(|licence| licence["id"] == *id).unwrap();
            for units in ["consumedUnits", "totalUnits"] {
                licence[units] = json!(licence[units].as_i64().unwrap() - 1);
            }
        }
        let numbers = snapshot["numbers"].as_array_mut().unwrap();
        numbers.retain(|row| row["owner"]["kind"] != "workspace");
    }
    organisation
}

/// The changes of licences that the plan has.
fn planned(plan: &Value) -> BTreeSet<String> {
    let value = |value: &Value| match (&value["license"], &value["role"]) {
        _ if value.is_null() => "-".to_owned(),
        (Value::Null, role) => text(role).to_owned(),
        (name, _) => format!("{} ({})", text(name), text(&value["subscription"])),
    };
    let mut lines = BTreeSet::new();
    for change in list(&plan["changes"]).filter(|change| change["kind"] == "user") {
        for field in
            list(&change["fields"]).filter(|field| text(&field["path"]).starts_with("licenses/"))
        {
            lines.insert(format!(
                "{} {} {}: {} -> {}{}",
                text(&change["key"]),
                text(&field["action"]),
                text(&field["path"]),
                value(&field["before"]),
                value(&field["after"]),
                if field["risk"] == "irreversible" {
                    ", lost for good"
                } else {
                    ""
                },
            ));
        }
    }
    lines
}

/// The changes of licences that the contract asks for.
fn expected(facts: &Facts, outcomes: &Outcomes) -> BTreeSet<String> {
    let product = |held: &Held| match held.product {
        Some(at) => {
            let product = &facts.products[at];
            (
                product.name.as_str(),
                product.subscription.as_deref().unwrap_or_default(),
            )
        }
        None => ("", ""),
    };
    let value = |held: Option<&Held>| match held {
        None => "-".to_owned(),
        Some(held) if held.product.is_none() => held.tier.clone(),
        Some(held) => format!("{} ({})", product(held).0, product(held).1),
    };
    let mut lines = BTreeSet::new();
    for ((at, slot), outcome) in outcomes {
        let after = match outcome {
            Outcome::Changes(after) => after,
            Outcome::Falls => &Some(Held::attendee()),
            Outcome::LeftOut(_) | Outcome::Waits => continue,
        };
        let person = &facts.people[*at];
        let before = person.held.get(slot);
        let action = match (before, after) {
            (None, _) => "add",
            (_, None) => "remove",
            (Some(before), Some(after)) if product(before).0 == product(after).0 => "move",
            _ => "change",
        };
        let lost = if after.is_none() && slot == "licenses/calling" {
            ", lost for good"
        } else {
            ""
        };
        let (before, after) = (value(before), value(after.as_ref()));
        lines.insert(format!(
            "{} {action} {slot}: {before} -> {after}{lost}",
            person.email
        ));
    }
    lines
}

/// The findings that say why a licence stays as it is, or what is lost with one.
const REASONS: [&str; 12] = [
    "pool-exhausted",
    "subscription-kind-mismatch",
    "subscription-inactive",
    "subscription-age-unknown",
    "pin-conflict",
    "calling-type-conflict",
    "calling-downgrade-unsupported",
    "attendee-site-admin",
    "attendee-feature-off",
    "suspended-manual-control-hub",
    "host-pool-short",
    "calling-loss",
];

/// What the plan says of licences that stay as they are.
fn said(plan: &Value) -> BTreeSet<String> {
    let of_licences = list(&plan["findings"]).filter(|it| REASONS.contains(&text(&it["code"])));
    let line = |finding: &Value| {
        let subject = text(&finding["subject"]).trim_start_matches("user/");
        format!(
            "{} {} {subject}",
            text(&finding["severity"]),
            text(&finding["code"])
        )
    };
    of_licences.map(line).collect()
}

/// What the contract asks to say of them.
fn reasons(facts: &Facts, outcomes: &Outcomes) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for ((at, slot), outcome) in outcomes {
        let person = &facts.people[*at];
        let mut say = |severity: &str, code: &str| {
            if REASONS.contains(&code) {
                lines.insert(format!("{severity} {code} {}", person.email));
            }
        };
        match outcome {
            Outcome::LeftOut("suspended-manual-control-hub") => {
                say("hold", "suspended-manual-control-hub")
            }
            Outcome::LeftOut("host-pool-short") => say("warning", "host-pool-short"),
            Outcome::LeftOut(code) => say("error", code),
            Outcome::Falls => say("warning", "host-pool-short"),
            Outcome::Changes(None) if slot == "licenses/calling" => {
                let covered = facts.covers("calling-loss", &person.email);
                say(if covered { "info" } else { "error" }, "calling-loss");
                if person
                    .held
                    .get(slot)
                    .is_some_and(|held| facts.suspended(held))
                {
                    say("hold", "suspended-manual-control-hub");
                }
            }
            Outcome::Changes(_) | Outcome::Waits => {}
        }
    }
    lines
}

/// What only one of two sets has; nothing where they are the same.
fn differences(planned: &BTreeSet<String>, expected: &BTreeSet<String>) -> String {
    let more: Vec<_> = planned.difference(expected).collect();
    let missing: Vec<_> = expected.difference(planned).collect();
    match more.is_empty() && missing.is_empty() {
        true => String::new(),
        false => format!("only the plan: {more:#?}\nonly the oracle: {missing:#?}\n"),
    }
}

#[test]
fn the_plan_changes_the_licences_that_the_contract_says() {
    let any = tapes().prop_map(|tapes| without_rooms(make(&tapes, Shape::Any)));
    let (seen, tally) = (RefCell::new(0), RefCell::new(BTreeMap::new()));
    hold(150, any, |organisation| {
        let plan = plan(&organisation, 0)?;
        let refusals =
            list(&plan["findings"]).filter(|finding| RULE_5.contains(&text(&finding["code"])));
        let refused =
            refusals.map(|it| text(&it["subject"]).trim_start_matches("user/").to_owned());
        let facts = Facts::read(
            &organisation.config,
            &organisation.snapshot,
            organisation.baseline.as_ref(),
        );
        let outcomes = settle(&facts, &refused.collect());
        if pinned_move_left_out(&facts, &outcomes) || conflict_in_a_replaced_subscription(&facts) {
            return Ok(());
        }
        *seen.borrow_mut() += 1;
        for outcome in outcomes.values() {
            let kind = match outcome {
                Outcome::LeftOut(code) => code,
                Outcome::Changes(_) => "changes",
                Outcome::Falls => "falls back",
                Outcome::Waits => "waits",
            };
            *tally.borrow_mut().entry(kind).or_insert(0) += 1;
        }
        let changes = differences(&planned(&plan), &expected(&facts, &outcomes));
        let findings = differences(&said(&plan), &reasons(&facts, &outcomes));
        prop_assert!(
            changes.is_empty() && findings.is_empty(),
            "{changes}{findings}{}",
            brief(&plan)
        );
        Ok(())
    });
    let (seen, tally) = (seen.into_inner(), tally.into_inner());
    assert!(seen > 100, "too few organisations are compared: {seen}");
    for kind in ["changes", "falls back", "waits", "pool-exhausted", "rule 5"] {
        assert!(tally.contains_key(kind), "no {kind}: {tally:?}");
    }
}
