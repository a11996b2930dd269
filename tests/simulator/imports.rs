//! CSV files as Control Hub takes them (webex-api.md 12.1).

use serde_json::{Value, json};
use trunkline::sim::{Import, List, RefusedRow, Simulator};

use crate::client::{consumed, direct, simulator, user};

const HEADER: &str = "User ID/Email (Required),Extension,Phone Number,Location,Webex Calling VAR Professional [Sub-2021],\
Webex Calling VAR Professional [Sub-2024]";

fn import(
    simulator: &Simulator,
    header: &str,
    rows: &[&str],
    removes: bool,
) -> Result<Vec<RefusedRow>, String> {
    let text = format!("{header}\n{}\n", rows.join("\n"));
    simulator.import(Import {
        list: List::Users,
        text: &text,
        removes,
        reversed: false,
    })
}

/// Why the one row was refused.
fn refused(simulator: &Simulator, row: &str) -> String {
    let rows = import(simulator, HEADER, &[row], true).unwrap();
    let [row] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    row.why.clone()
}

#[test]
fn a_move_in_one_row_loses_nothing() {
    let simulator = simulator();
    let before = user(&simulator, "ana@acme.com");
    let row = "ana@acme.com,1001,+12145550101,Austin,FALSE,TRUE";
    assert_eq!(import(&simulator, HEADER, &[row], true), Ok(Vec::new()));
    let after = user(&simulator, "ana@acme.com");
    let kept = ["location", "phoneNumber", "extension", "voicemail"];
    assert_eq!(kept.map(|it| &before[it]), kept.map(|it| &after[it]));
    let held: Vec<&Value> = after["licenses"].as_array().unwrap().iter().collect();
    assert!(
        held.contains(&&json!("L-PRO-24")) && !held.contains(&&json!("L-PRO-21")),
        "{held:?}"
    );
    assert_eq!(
        (
            consumed(&simulator, "L-PRO-21"),
            consumed(&simulator, "L-PRO-24")
        ),
        (0, 2)
    );
}

#[test]
fn false_alone_takes_calling_with_all_that_was_theirs() {
    let simulator = simulator();
    let row = "ana@acme.com,,,,FALSE,";
    let added = import(&simulator, HEADER, &[row], false).unwrap();
    assert_eq!(
        added[0].why, "Location is missing",
        "services are only added"
    );
    assert_eq!(user(&simulator, "ana@acme.com")["extension"], "1001");
    assert_eq!(import(&simulator, HEADER, &[row], true), Ok(Vec::new()));
    let after = user(&simulator, "ana@acme.com");
    assert_eq!(
        (&after["phoneNumber"], &after["extension"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn a_row_of_a_caller_has_licence_location_and_number() {
    let simulator = simulator();
    for (row, why) in [
        ("ana@acme.com,1001,,,TRUE,", "Location is missing"),
        ("ana@acme.com,,,Austin,TRUE,", "Phone Number and Extension"),
        ("ana@acme.com,1002,,Austin,,", "no Calling licence is TRUE"),
        ("ana@acme.com,1001,,Nowhere,TRUE,", "no location Nowhere"),
        (
            "ana@acme.com,1001,,Austin,TRUE,TRUE",
            "two Calling licences",
        ),
        ("ana@acme.com,1001,,Austin,YES,", "neither TRUE nor FALSE"),
        ("ana@acme.com,1001,+12145550103,Austin,TRUE,", "two numbers"),
        (
            "ana@acme.com,REMOVE|7,,Austin,TRUE,",
            "not there to be removed",
        ),
        (",1001,,Austin,TRUE,", "no e-mail address"),
    ] {
        let said = refused(&simulator, row);
        assert!(said.contains(why), "{row}: {said}");
    }
    assert_eq!(user(&simulator, "ana@acme.com")["extension"], "1001");
    let replaced = "ana@acme.com,1009,\"PRIMARY|+12145550103,REMOVE|+12145550101\",Austin,TRUE,";
    assert_eq!(
        import(&simulator, HEADER, &[replaced], true),
        Ok(Vec::new())
    );
    let ana = user(&simulator, "ana@acme.com");
    assert_eq!(
        (&ana["phoneNumber"], &ana["extension"]),
        (&json!("+12145550103"), &json!("1009"))
    );
    let removed = "ana@acme.com,1009,REMOVE|+12145550103,Austin,TRUE,";
    assert_eq!(import(&simulator, HEADER, &[removed], true), Ok(Vec::new()));
    assert_eq!(user(&simulator, "ana@acme.com")["phoneNumber"], Value::Null);
}

#[test]
fn a_file_that_is_not_as_it_should_be_is_refused_whole() {
    let simulator = simulator();
    let unknown = import(
        &simulator,
        "User ID/Email (Required),Colour",
        &["a@x.y,red"],
        true,
    );
    assert_eq!(unknown, Err("the column `Colour` is not known".to_owned()));
    let nobody = import(&simulator, "Location", &["Austin"], true);
    assert!(nobody.unwrap_err().contains("e-mail address"));
    let rows = vec!["ana@acme.com"; 20_001];
    let many = import(&simulator, "User ID/Email (Required)", &rows, true);
    assert!(many.unwrap_err().contains("20000 rows"));
    let change = json!({"changes": [{"section": "subscriptions", "key": "Sub-2021", "set": {"status": "suspended"}}]});
    direct(&simulator, change);
    let header = "User ID/Email (Required),Webex Calling VAR Professional (Suspended) [Sub-2021]";
    let suspended = import(&simulator, header, &["ana@acme.com,TRUE"], true);
    assert!(suspended.unwrap_err().contains("suspended"));
}

#[test]
fn whom_nobody_knows_is_created() {
    let simulator = simulator();
    let header = format!("First Name,Last Name,Display Name,{HEADER}");
    let row = "Zoe,Fox,Zoe Fox,zoe@acme.com,1077,,Austin,,TRUE";
    assert_eq!(import(&simulator, &header, &[row], false), Ok(Vec::new()));
    let zoe = user(&simulator, "zoe@acme.com");
    assert_eq!(
        (&zoe["displayName"], &zoe["extension"]),
        (&json!("Zoe Fox"), &json!("1077"))
    );
}

#[test]
fn an_export_imported_changes_nothing() {
    let simulator = simulator();
    let before = simulator.snapshot();
    for list in [List::Users, List::Workspaces] {
        let text = simulator.export(list).unwrap();
        let text = match list {
            List::Users => text,
            List::Workspaces => {
                let rows = text.lines().enumerate();
                let only = |(at, row): (usize, &str)| match at {
                    0 => row.to_owned(),
                    _ => row.replacen("FALSE", "TRUE", 1),
                };
                rows.map(only).collect::<Vec<_>>().join("\n")
            }
        };
        let rows = simulator.import(Import {
            list,
            text: &text,
            removes: true,
            reversed: true,
        });
        assert_eq!(rows, Ok(Vec::new()), "{text}");
    }
    let after = simulator.snapshot();
    for list in ["users", "workspaces", "licenses", "numbers"] {
        assert_eq!(before[list], after[list], "{list}");
    }
}
