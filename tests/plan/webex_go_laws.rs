//! Laws of Webex Go, on random organisations: a device goes before its owner's Calling, nobody's device or number goes without
//! a line, and nothing that the files say of Webex Go is passed over in silence.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::apply::{apply, apply_as_late_as_possible, list, text};
use crate::common::hold::hold;
use crate::common::law::{agreed, brief, overage};
use crate::common::organisation::{Organisation, Shape, make, tape, tapes};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

/// Gives people devices, and entries of Webex Go, as a tape says.
fn with_webex_go(organisation: &mut Organisation, tape: &[u16]) {
    let users: Vec<String> = list(&organisation.snapshot["users"])
        .map(|user| text(&user["email"]).to_owned())
        .collect();
    for (email, choice) in users.iter().zip(tape) {
        if choice % 3 > 0 {
            let device = json!({
                "id": format!("go-{email}"), "name": "Go", "product": "Webex Go", "type": "webexgo", "mac": null,
                "owner": {"kind": "user", "key": email},
            });
            let devices = organisation.snapshot["devices"].as_array_mut();
            devices.unwrap().push(device);
        }
        let mode = ["", "none", "byod", "mobileOperator"][usize::from(choice / 3 % 4)];
        if !mode.is_empty() {
            organisation.config["users"][email]["webexGo"] = json!({"mode": mode});
        }
    }
    if tape.first().is_some_and(|choice| choice % 7 == 6) {
        organisation.snapshot["devices"] = Value::Null;
    }
}

/// Who has a Webex Go device.
fn owners(snapshot: &Value) -> BTreeSet<String> {
    let devices = list(&snapshot["devices"]).filter(|it| it["type"] == "webexgo");
    devices
        .map(|it| text(&it["owner"]["key"]).to_owned())
        .collect()
}

/// The numbers of people.
fn numbers(snapshot: &Value) -> BTreeMap<String, Value> {
    let users = list(&snapshot["users"]);
    users
        .map(|it| (text(&it["email"]).to_owned(), it["phoneNumber"].clone()))
        .collect()
}

fn cases() -> impl Strategy<Value = Organisation> {
    (tapes(), tape(8)).prop_map(|(tapes, choices)| {
        let mut organisation = make(&tapes, Shape::Any);
        with_webex_go(&mut organisation, &choices);
        organisation
    })
}

#[test]
fn a_device_goes_before_its_owners_calling_and_nothing_goes_without_a_line() {
    let removed = std::cell::Cell::new(0);
    hold(300, cases(), |mut organisation| {
        let plan = agreed(&mut organisation)?;
        let fail = |why: String| TestCaseError::fail(format!("{why}: {}", brief(&plan)));
        // That no device outlives its owner's Calling is looked at after each request.
        let applied =
            apply(&organisation.snapshot, &plan, &overage(&organisation)).map_err(fail)?;
        apply_as_late_as_possible(&organisation.snapshot, &plan, &overage(&organisation))
            .map_err(fail)?;
        let changes = |address: &str, paths: &[&str]| {
            list(&plan["changes"]).any(|change| {
                let mut fields = list(&change["fields"]);
                change["address"] == address
                    && fields.any(|field| paths.contains(&text(&field["path"])))
            })
        };
        let now = owners(&applied.snapshot);
        for email in owners(&organisation.snapshot).difference(&now) {
            removed.set(removed.get() + 1);
            prop_assert!(
                changes(&format!("webexGoDevice/{email}"), &["state"]),
                "the device of {email} went without a line: {}",
                brief(&plan)
            );
        }
        let after = numbers(&applied.snapshot);
        for (email, number) in numbers(&organisation.snapshot) {
            let stays = number.is_null() || after.get(&email) == Some(&number);
            let said = ["phoneNumber", "licenses/calling", "state"];
            prop_assert!(
                stays || changes(&format!("user/{email}"), &said),
                "{number} of {email} went without a line: {}",
                brief(&plan)
            );
        }
        Ok(())
    });
    assert!(removed.get() > 20, "only {} devices went", removed.get());
}

#[test]
fn where_devices_were_not_captured_no_person_loses_calling() {
    hold(200, cases(), |mut organisation| {
        organisation.snapshot["devices"] = Value::Null;
        let plan = agreed(&mut organisation)?;
        for operation in list(&plan["operations"]) {
            let fields = || list(&operation["fields"]);
            let subject = text(&operation["subject"]);
            let change = list(&plan["changes"]).find(|it| it["address"] == subject);
            let removes = |path: &Value| {
                let mut fields = list(&change.unwrap_or(&Value::Null)["fields"]);
                fields.any(|it| it["path"] == *path && it["action"] == "remove")
            };
            let loses = fields().any(|path| *path == "licenses/calling" && removes(path));
            prop_assert!(
                !(subject.starts_with("user/") && loses),
                "{operation}: {}",
                brief(&plan)
            );
        }
        Ok(())
    });
}

#[test]
fn nothing_that_the_files_say_of_webex_go_is_passed_over() {
    hold(300, cases(), |mut organisation| {
        let plan = agreed(&mut organisation)?;
        let there = owners(&organisation.snapshot);
        let unknown = organisation.snapshot["devices"].is_null();
        let users: BTreeSet<String> = list(&organisation.snapshot["users"])
            .map(|it| text(&it["email"]).to_owned())
            .collect();
        let entries = organisation.config["users"].as_object().cloned();
        for (email, entry) in entries.unwrap_or_default() {
            let mode = text(&entry["webexGo"]["mode"]);
            let absent = entry["state"] == "absent";
            if mode.is_empty() || absent || !users.contains(&email) {
                continue;
            }
            let address = format!("webexGoDevice/{email}");
            let said = list(&plan["findings"]).any(|it| it["subject"] == *address);
            let changes = list(&plan["changes"]).any(|it| it["address"] == *address);
            let expected = match mode {
                _ if unknown => said,
                "none" => changes == there.contains(&email),
                "byod" => said || there.contains(&email),
                // Numbers of these organisations are not mobile.
                _ => said,
            };
            prop_assert!(expected, "{email} {mode}: {}", brief(&plan));
        }
        Ok(())
    });
}
