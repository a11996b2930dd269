//! What the plan does to licences and says of them, and what the oracle asks for, in the same words.
//!
//! Derived from contract section 7, not from the product's code.

use std::collections::BTreeSet;

use serde_json::Value;

use super::facts::{Facts, Held, list, text};
use super::seats::{Outcome, Outcomes};

/// The changes of licences that the plan has.
pub fn planned(plan: &Value) -> BTreeSet<String> {
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
                    ", permanently lost"
                } else {
                    ""
                },
            ));
        }
    }
    lines
}

/// The changes of licences that the contract asks for.
pub fn expected(facts: &Facts, outcomes: &Outcomes) -> BTreeSet<String> {
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
            ", permanently lost"
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
pub fn said(plan: &Value) -> BTreeSet<String> {
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
pub fn reasons(facts: &Facts, outcomes: &Outcomes) -> BTreeSet<String> {
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

/// Whom a plan may call short of a unit for a change that waits anyway: the contract leaves open when that is judged.
pub fn may_be_short(facts: &Facts, outcomes: &Outcomes) -> BTreeSet<String> {
    let waiting = outcomes
        .iter()
        .filter(|(_, outcome)| **outcome == Outcome::Waits);
    let line = |((at, _), _): (&(usize, String), _)| {
        format!("error pool-exhausted {}", facts.people[*at].email)
    };
    waiting.map(line).collect()
}

/// What only one of two sets has; nothing where they are the same.
pub fn differences(planned: &BTreeSet<String>, expected: &BTreeSet<String>) -> String {
    let more: Vec<_> = planned.difference(expected).collect();
    let missing: Vec<_> = expected.difference(planned).collect();
    match more.is_empty() && missing.is_empty() {
        true => String::new(),
        false => format!("only the plan: {more:#?}\nonly the oracle: {missing:#?}\n"),
    }
}
