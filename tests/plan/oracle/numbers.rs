//! Whom rule 5 of contract section 3 refuses Calling, as far as it can be told without settling claims.
//!
//! Derived from the contract, not from the product's code. A person whose number anybody else may claim, or whose number
//! is on the move, is left to the product: what it says of them is taken as it is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::decide::decided;
use super::facts::{Facts, Person, list, object, text};

/// The codes with which rule 5 refuses Calling.
const CODES: [&str; 13] = [
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

/// Whom the plan refuses Calling by rule 5, with the code.
pub fn refused(plan: &Value) -> BTreeSet<(String, String)> {
    let findings = list(&plan["findings"]).filter(|it| CODES.contains(&text(&it["code"])));
    let pair = |finding: &Value| {
        let email = text(&finding["subject"]).trim_start_matches("user/");
        (email.to_owned(), text(&finding["code"]).to_owned())
    };
    findings.map(pair).collect()
}

/// Where the oracle and the plan disagree on who is refused, and why.
pub fn disagreement(
    facts: &Facts,
    config: &Value,
    snapshot: &Value,
    refused: &BTreeSet<(String, String)>,
) -> String {
    let mut lines = String::new();
    for person in &facts.people {
        let asks = !person.absent
            && !person.held.contains_key("licenses/calling")
            && (decided(facts, person).get("licenses/calling"))
                .is_some_and(|it| !it.conflict && it.pins.len() < 2);
        let Some(expected) = verdict(person, config, snapshot).filter(|_| asks) else {
            continue;
        };
        let of = refused.iter().filter(|(email, _)| *email == person.email);
        let planned: Vec<&str> = of.map(|(_, code)| code.as_str()).collect();
        if planned != Vec::from_iter(expected) {
            lines += &format!("{}: {planned:?}, the oracle {expected:?}\n", person.email);
        }
    }
    lines
}

/// Whether a person is refused; `None` where others decide on it.
#[expect(clippy::option_option, reason = "not told, not refused, refused")]
fn verdict(person: &Person, config: &Value, snapshot: &Value) -> Option<Option<&'static str>> {
    let block = &config["users"][&person.email];
    if block
        .get("phoneNumber")
        .or(block.get("extension"))
        .is_some()
    {
        return None;
    }
    if person.created {
        return Some(Some("calling-extension-or-number-required"));
    }
    let user = list(&snapshot["users"]).find(|it| it["email"] == *person.email)?;
    let Some(phone) = user["workPhone"].as_str() else {
        return Some(Some("calling-no-work-phone"));
    };
    let digits = phone.strip_prefix('+').unwrap_or_default();
    if digits.is_empty() || !digits.chars().all(|it| it.is_ascii_digit()) {
        return Some(Some("calling-number-format"));
    }
    let row = list(&snapshot["numbers"]).find(|row| row["phoneNumber"] == phone);
    let listed = list(&config["numbers"]).any(|it| list(&it["numbers"]).any(|it| it == phone));
    match row {
        _ if listed => None,
        None => Some(Some("calling-number-unknown")),
        Some(row) if !row["owner"].is_null() || row["use"].is_string() => {
            Some(Some("calling-number-in-use"))
        }
        Some(row) => free(person, row, config, snapshot),
    }
}

/// The same for a work phone number that no one owns.
#[expect(clippy::option_option, reason = "as above")]
fn free(
    person: &Person,
    row: &Value,
    config: &Value,
    snapshot: &Value,
) -> Option<Option<&'static str>> {
    let (phone, place) = (&row["phoneNumber"], &row["location"]);
    let claimed = object(&config["users"]).any(|(_, it)| it["phoneNumber"] == *phone)
        || list(&snapshot["users"])
            .any(|it| it["email"] != *person.email && it["workPhone"] == *phone);
    let locations = list(&snapshot["locations"]).map(|it| &it["calling"]);
    let blocks = object(&config["locations"]).map(|(_, it)| &it["calling"]);
    let main = locations.chain(blocks).any(|it| it["mainNumber"] == *phone);
    let plain = row["state"] == "active" && row["type"] == "did";
    if claimed || main || !plain || !config["locations"][text(place)]["calling"].is_null() {
        return None;
    }
    let enabled =
        list(&snapshot["locations"]).any(|it| it["name"] == *place && !it["calling"].is_null());
    let named = &config["users"][&person.email]["location"];
    Some(match enabled {
        _ if named.is_string() && named != place => Some("calling-location-mismatch"),
        true => None,
        false => Some("calling-location-unknown"),
    })
}
