//! `plan --format control-hub`: the files are imported by the simulator, by Control Hub's rules, and nothing is left but what the
//! checklist names.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::common::apply::{list, subjects, text, to_send};
use crate::common::hold::hold;
use crate::common::law::{LATER, agreed, brief, plan, read};
use crate::common::organisation::{Organisation, tapes};
use crate::common::yaml;
use crate::laws::{possible, simulator};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use trunkline::config::files::{Origin, SourceFile, Sources};
use trunkline::config::{self, Loaded};
use trunkline::control_hub::{self, File, Inputs};
use trunkline::plan::Plan;
use trunkline::sim::{Import, List, Simulator};
use trunkline::webex::export::Spelling;

fn loaded(organisation: &Organisation) -> Loaded {
    let files = yaml::files(&organisation.config, 0);
    let files = files.into_iter().map(|(path, text)| SourceFile {
        path: path.into(),
        bytes: text.into_bytes(),
    });
    config::load(Sources {
        files: files.collect(),
        origin: Origin::default(),
    })
}

/// Exports of the organisation as they are now.
fn exports(simulator: &Simulator) -> Spelling {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, list: List| {
        let path = directory.path().join(name);
        std::fs::write(&path, simulator.export(list).unwrap()).unwrap();
        path
    };
    let paths = [
        write("users.csv", List::Users),
        write("workspaces.csv", List::Workspaces),
    ];
    Spelling::read(&paths).unwrap()
}

/// Whether a file is imported with "Add and remove services", as the checklist says.
fn removes(checklist: &str, name: &str) -> bool {
    let step = checklist
        .split("\n[ ] ")
        .find(|step| step.contains(&format!("Import {name}")));
    step.unwrap().contains("Add and remove services")
}

/// Carries out the files; gives what was refused.
fn import(simulator: &Simulator, files: &[File], plan: &Value, reversed: bool) -> Vec<String> {
    let checklist = &files[0].text;
    let mut refused = Vec::new();
    for File {
        name, text: rows, ..
    } in &files[1..]
    {
        if name.ends_with("numbers.txt") {
            for number in rows.lines() {
                let mut changes = list(&plan["changes"]);
                let change = changes.find(|it| text(&it["key"]) == number).unwrap();
                let mut set = serde_json::Map::new();
                for field in list(&change["fields"]) {
                    set.insert(text(&field["path"]).to_owned(), field["after"].clone());
                }
                let change =
                    json!({"changes": [{"section": "numbers", "key": number, "set": set}]});
                simulator
                    .direct(serde_json::from_value(change).unwrap())
                    .unwrap();
            }
            continue;
        }
        let list = match name.contains("workspaces") {
            true => List::Workspaces,
            false => List::Users,
        };
        let removes = list == List::Users && removes(checklist, name);
        let rows = simulator.import(Import {
            list,
            text: rows,
            removes,
            reversed,
        });
        let rows = rows.unwrap_or_else(|why| panic!("{name}: {why}\n{}", files[0].text));
        refused.extend(
            rows.into_iter()
                .map(|row| format!("{name} {}: {}", row.key, row.why)),
        );
    }
    refused
}

/// Addresses that the checklist leaves to clicks, and those of changes that wait for them.
fn by_hand(checklist: &str, plan: &Value) -> BTreeSet<String> {
    let steps = checklist
        .split("\n[ ] ")
        .filter(|step| step.contains(". Manually"));
    let clicks: String = steps.collect();
    let left = checklist.split("\nLeft out\n").nth(1).unwrap_or_default();
    let all = list(&plan["changes"]).map(|change| text(&change["address"]));
    let mut named: BTreeSet<String> = all
        .filter(|address| {
            clicks.contains(&format!(" {address}\n")) || left.contains(&format!(" {address} ("))
        })
        .map(str::to_owned)
        .collect();
    let operations: Vec<&Value> = list(&plan["operations"]).collect();
    for operation in &operations {
        let on = list(&operation["dependsOn"]).filter_map(Value::as_u64);
        let mut on = on.flat_map(|id| subjects(operations[id as usize - 1]));
        if on.any(|address| named.contains(address)) {
            named.extend(subjects(operation).into_iter().map(str::to_owned));
        }
    }
    named
}

/// Number, extension, location and voicemail of everyone who has Calling.
fn callers(snapshot: &Value) -> BTreeMap<String, Value> {
    let calling: BTreeSet<&str> = list(&snapshot["licenses"])
        .filter(|it| text(&it["name"]).starts_with("Webex Calling"))
        .map(|it| text(&it["id"]))
        .collect();
    let users = list(&snapshot["users"]).filter(|user| {
        let mut held = list(&user["licenses"]);
        held.any(|id| calling.contains(text(id)))
    });
    let users = users.map(|user| (text(&user["email"]).to_owned(), user.clone()));
    users.collect()
}

#[derive(Default)]
struct Seen {
    imported: usize,
    moved: usize,
    lost: usize,
    created: usize,
    workspaces: usize,
}

fn law(
    organisation: &mut Organisation,
    exported: bool,
    reversed: bool,
    seen: &mut Seen,
) -> Result<(), TestCaseError> {
    let planned = agreed(organisation)?;
    let typed: Plan = serde_json::from_value(planned.clone()).unwrap();
    if trunkline::apply::unblocked(&typed, true).is_err() {
        return Ok(());
    }
    let (snapshot, _) = read(&organisation.snapshot);
    let loaded = loaded(organisation);
    let simulator = simulator(organisation);
    let spelling = match exported {
        true => exports(&simulator),
        false => Spelling::default(),
    };
    let files = control_hub::files(&Inputs {
        plan: &typed,
        snapshot: &snapshot,
        config: &loaded.config,
        spelling: &spelling,
        refused: None,
    });
    let files = files.map_err(|why| TestCaseError::fail(format!("{why:?}")))?;
    let all = || {
        files
            .iter()
            .map(|it| format!("== {}\n{}", it.name, it.text))
            .collect::<String>()
    };
    let checklist = &files[0].text;
    let named = by_hand(checklist, &planned);
    let refused = import(&simulator, &files, &planned, reversed);
    let odd: Vec<&String> = refused
        .iter()
        .filter(|row| {
            !named
                .iter()
                .any(|it| row.contains(&format!(" {}:", it.split_once('/').unwrap().1)))
        })
        .collect();
    prop_assert!(odd.is_empty(), "{odd:?}\n{}\n{}", all(), brief(&planned));
    let before = callers(&organisation.snapshot);
    organisation.snapshot = simulator.snapshot();
    let after = callers(&organisation.snapshot);
    for (email, person) in &before {
        let Some(now) = after.get(email) else {
            let irreversible = files.iter().filter(|it| it.name.contains("irreversible"));
            let mut irreversible = irreversible.map(|it| &it.text);
            prop_assert!(
                irreversible.any(|rows| rows.contains(&format!(",{email},"))),
                "{email} has lost Calling: {}",
                all()
            );
            seen.lost += 1;
            continue;
        };
        prop_assert_eq!(&person["voicemail"], &now["voicemail"], "{}", email);
        seen.moved += usize::from(person["licenses"] != now["licenses"]);
    }
    seen.created += files
        .iter()
        .filter(|it| it.name.contains("new-users"))
        .count();
    seen.workspaces += files
        .iter()
        .filter(|it| it.name.contains("workspaces"))
        .count();
    seen.imported += files.len() - 1;
    let again = plan(organisation, 0)?;
    let later: BTreeSet<&str> = list(&planned["findings"])
        .filter(|finding| LATER.contains(&text(&finding["code"])))
        .map(|finding| text(&finding["subject"]))
        .collect();
    let left: Vec<&str> = to_send(&again)
        .map(|change| text(&change["address"]))
        .filter(|address| !named.contains(*address) && !later.contains(address))
        .collect();
    prop_assert!(
        left.is_empty(),
        "{left:?} is left of\n{}\nwith\n{}\nthen\n{}\nrefused {refused:?}",
        brief(&planned),
        all(),
        brief(&again)
    );
    Ok(())
}

#[test]
fn what_is_imported_leaves_nothing_but_what_the_checklist_names() {
    let any = (
        tapes().prop_map(|tapes| possible(&tapes)),
        any::<bool>(),
        any::<bool>(),
    );
    let seen = RefCell::new(Seen::default());
    hold(200, any, |(mut organisation, exported, reversed)| {
        law(
            &mut organisation,
            exported,
            reversed,
            &mut seen.borrow_mut(),
        )
    });
    let Seen {
        imported,
        moved,
        lost,
        created,
        workspaces,
    } = seen.into_inner();
    let counts = [imported, moved, lost, created];
    let idle = counts.iter().any(|it| *it < 20) || workspaces == 0;
    assert!(!idle, "the law is idle: {counts:?}, {workspaces}");
}
