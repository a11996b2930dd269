//! Laws of people who were renamed or are gone, on random organisations.

use crate::common::apply::{list, text};
use crate::common::hold::hold;
use crate::common::law::{brief, plan};
use crate::common::organisation::{Organisation, Shape, email, make, tapes};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The same organisation with another address of a person; the new one sorts as the old one does.
fn renamed(organisation: &Organisation, person: usize) -> Organisation {
    let (old, new) = (email(person), format!("{}.au", email(person)));
    let snapshot = organisation.snapshot.to_string();
    let snapshot = snapshot.replace(&format!("\"{old}\""), &format!("\"{new}\""));
    Organisation {
        config: organisation.config.clone(),
        snapshot: serde_json::from_str(&snapshot).unwrap(),
        baseline: organisation.baseline.clone(),
    }
}

/// Everyone has an id, and what was applied is what there is.
fn settled(mut organisation: Organisation) -> Organisation {
    for user in organisation.snapshot["users"].as_array_mut().unwrap() {
        let id = format!("id of {}", text(&user["email"]));
        user["id"] = json!(id);
    }
    organisation.baseline = Some(organisation.snapshot.clone());
    organisation
}

/// A plan without what names the inputs, and without these findings.
fn essence(mut plan: Value, without: &[&str]) -> Value {
    for change in plan["changes"].as_array_mut().unwrap() {
        change["preimage"] = Value::Null;
        change["preimageMembers"] = Value::Null;
    }
    let findings = plan["findings"].as_array_mut().unwrap();
    findings.retain(|finding| !without.contains(&text(&finding["code"])));
    // Which address is nearest to an unknown one depends on all addresses.
    for finding in findings
        .iter_mut()
        .filter(|it| it["code"] == "user-unknown")
    {
        finding["help"] = Value::Null;
    }
    let parts = ["changes", "findings", "operations", "pools", "summary"];
    json!(parts.map(|part| plan[part].clone()))
}

#[test]
fn another_address_changes_nothing_but_the_address() {
    let any = (tapes(), 0..8usize)
        .prop_map(|(tapes, person)| (settled(make(&tapes, Shape::Any)), person));
    hold(200, any, |(organisation, person)| {
        let users = list(&organisation.snapshot["users"]);
        if !users
            .into_iter()
            .any(|user| text(&user["email"]) == email(person))
        {
            return Ok(());
        }
        let before = plan(&organisation, 0)?;
        let after = plan(&renamed(&organisation, person), 0)?;
        let new = format!("{}.au", email(person));
        let back = after.to_string().replace(&new, &email(person));
        let said = brief(&after);
        let back = essence(serde_json::from_str(&back).unwrap(), &["user-renamed"]);
        prop_assert_eq!(essence(before, &["user-renamed"]), back, "{}", said);
        Ok(())
    });
}

#[test]
fn a_person_who_is_gone_is_neither_missed_nor_created_again() {
    let any = (tapes(), 0..8usize)
        .prop_map(|(tapes, person)| (settled(make(&tapes, Shape::Any)), person));
    hold(200, any, |(mut organisation, person)| {
        let gone = email(person);
        let users = organisation.snapshot["users"].as_array_mut().unwrap();
        let there = users.len();
        users.retain(|user| text(&user["email"]) != gone);
        if users.len() == there || users.is_empty() {
            return Ok(());
        }
        for group in organisation.snapshot["groups"].as_array_mut().unwrap() {
            group["members"]
                .as_array_mut()
                .unwrap()
                .retain(|member| text(member) != gone);
        }
        let free = |list: &mut Value| {
            for it in list.as_array_mut().into_iter().flatten() {
                if it["owner"]["key"] == gone.as_str() {
                    it["owner"] = Value::Null;
                }
            }
        };
        free(&mut organisation.snapshot["numbers"]);
        free(&mut organisation.snapshot["devices"]);
        let plan = plan(&organisation, 0)?;
        let about = |finding: &&Value| text(&finding["subject"]) == format!("user/{gone}");
        let unknown = list(&plan["findings"])
            .filter(about)
            .any(|it| it["code"] == "user-unknown");
        prop_assert!(!unknown, "{}", brief(&plan));
        let present = organisation.config["users"][&gone]["state"] == "present";
        let made = list(&plan["changes"]).any(|change| text(&change["key"]) == gone);
        prop_assert!(present || !made, "{}", brief(&plan));
        Ok(())
    });
}
