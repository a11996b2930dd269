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

use std::collections::BTreeSet;

use facts::{Facts, Held, list, text};
use law::{brief, hold, plan};
use organisation::{Organisation, Shape, make, tapes};
use proptest::prelude::*;
use seats::{Outcome, Outcomes, pinned_move_left_out, settle};
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
        let Outcome::Changes(after) = outcome else {
            continue;
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

#[test]
fn the_plan_changes_the_licences_that_the_contract_says() {
    let any = tapes().prop_map(|tapes| without_rooms(make(&tapes, Shape::Any)));
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
        if pinned_move_left_out(&facts, &outcomes) {
            return Ok(());
        }
        let (planned, expected) = (planned(&plan), expected(&facts, &outcomes));
        let more: Vec<_> = planned.difference(&expected).collect();
        let missing: Vec<_> = expected.difference(&planned).collect();
        prop_assert!(
            more.is_empty() && missing.is_empty(),
            "only the plan: {more:#?}\nonly the oracle: {missing:#?}\n{}",
            brief(&plan)
        );
        Ok(())
    });
}
