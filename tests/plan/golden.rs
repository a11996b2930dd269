//! What a plan looks like, case by case: one folder of `tests/golden/` each, one runner for all.
//!
//! A case holds `org/` (the YAML files) and `snapshot.json`, and what is expected: `plan.txt` (stdout), `plan.json` (stdout
//! with `--format json`), `plan.md` (with `--format markdown`), `findings.txt` (stderr) and `exit`. `args`, one argument a line, replaces the usual ones; an
//! argument `examples/<name>` takes the files of that example. A folder `base/` holds the files of an earlier commit: the
//! case runs in a repository, with `--base HEAD`. `UPDATE_GOLDEN=1 cargo test --test plan golden` rewrites what is
//! expected: read the difference before you commit it. `CASE=suspended` tries only the cases with that in their name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::common::apply;
use crate::common::cases::{cases, prepare};
use crate::common::{golden, run};
use rayon::prelude::*;
use serde_json::Value;

/// Laws that a case breaks today: each is a bug that is known. The fix of one removes its line.
const OPEN: [(&str, &str); 0] = [];

fn check(case: &Path) -> Result<(), String> {
    let directory = tempfile::tempdir().unwrap();
    let args = prepare(case, directory.path());
    let text = run(directory.path(), &args);
    let mut args_json = args.clone();
    args_json.extend(["--format".to_owned(), "json".to_owned()]);
    let json = run(directory.path(), &args_json);

    // A report has no Markdown.
    let markdown = (!args.iter().any(|arg| arg == "--only")).then(|| {
        let mut args = args.clone();
        args.extend(["--format".to_owned(), "markdown".to_owned()]);
        run(directory.path(), &args)
    });

    let mut wrong = String::new();
    let mut compare = |name: &str, actual: &str| {
        if let Err(difference) = golden(&case.join(name), actual) {
            wrong += &difference;
        }
    };
    compare("plan.txt", &text.stdout);
    compare("plan.json", &json.stdout);
    if let Some(markdown) = &markdown {
        compare("plan.md", &markdown.stdout);
    }
    compare("findings.txt", &text.stderr);
    compare("exit", &format!("{}\n", text.exit));
    if json.exit != text.exit {
        wrong += &format!("exit {} as text, {} as JSON\n", text.exit, json.exit);
    }
    if let Some(markdown) = markdown.filter(|it| it.exit != text.exit) {
        wrong += &format!(
            "exit {} as text, {} as Markdown\n",
            text.exit, markdown.exit
        );
    }
    if json.json().get("changes").is_some() {
        let name = case.file_name().unwrap().to_str().unwrap();
        let open: BTreeSet<String> = OPEN
            .iter()
            .filter(|open| open.0 == name)
            .map(|open| open.1.to_owned())
            .collect();
        let broken: BTreeSet<String> = laws(&json.json()).into_iter().collect();
        broken
            .difference(&open)
            .for_each(|law| wrong += &format!("law: {law}\n"));
        open.difference(&broken)
            .for_each(|law| wrong += &format!("mended, take it out of OPEN: {law}\n"));
        if text.exit < 4
            && let Err(why) = converges(directory.path(), &args_json, &json.json())
        {
            wrong += &format!("{why}\n");
        }
        std::fs::write(directory.path().join("saved.json"), &json.stdout).unwrap();
        let detail = args.iter().position(|arg| arg == "--detail");
        let detail = detail.map_or("short", |at| args[at + 1].as_str());
        let show = ["show", "saved.json", "--detail", detail];
        if run(directory.path(), &show).stdout != text.stdout {
            wrong += "show of the saved plan differs from plan\n";
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "== {}\n{wrong}",
            case.file_name().unwrap().display()
        )),
    }
}

/// Carries the plan out on the snapshot, in the order of the plan and as late as possible, and plans again: nothing is left.
fn converges(directory: &Path, args: &[String], plan: &Value) -> Result<(), String> {
    let named = args.iter().position(|arg| arg == "--snapshot");
    let Some(name) = named
        .map(|at| &args[at + 1])
        .filter(|name| name.ends_with(".json"))
    else {
        return Ok(());
    };
    let file = directory.join(name);
    let snapshot: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let overage: Vec<&str> = apply::list(&snapshot["licenses"])
        .map(|licence| apply::text(&licence["name"]))
        .filter(|name| {
            let over = |pool: &Value| {
                pool["license"] == *name && pool["peak"].as_i64() > pool["total"].as_i64()
            };
            apply::list(&plan["pools"]).any(over)
        })
        .collect();
    let applied = apply::apply(&snapshot, plan, &overage)
        .map_err(|why| format!("it cannot be carried out: {why}"))?;
    applied.agrees_with_pools(plan)?;
    apply::apply_as_late_as_possible(&snapshot, plan, &overage)
        .map_err(|why| format!("it cannot be carried out as late as possible: {why}"))?;
    let after = directory.join("after.json");
    std::fs::write(&after, applied.snapshot.to_string()).unwrap();
    let again: Vec<String> = args
        .iter()
        .map(|arg| {
            if arg == name {
                "after.json".to_owned()
            } else {
                arg.clone()
            }
        })
        .collect();
    let again = run(directory, &again).json();
    if held(&again) != held(plan) {
        return Err(format!(
            "planned again, a person is left {:?}",
            held(&again)
        ));
    }
    match apply::left(&again, plan).next() {
        None => Ok(()),
        Some(change) => Err(format!(
            "carried out and planned again, there is {change:#}"
        )),
    }
}

/// What a plan leaves to a person, as address and path.
fn held(plan: &Value) -> BTreeSet<String> {
    let of = |change: &Value| {
        let held = apply::list(&change["fields"]).filter(|field| !field["held"].is_null());
        let name = |field: &Value| format!("{} {}", change["address"], field["path"]);
        held.map(name).collect::<Vec<_>>()
    };
    apply::list(&plan["changes"]).flat_map(of).collect()
}

#[test]
fn golden_cases() {
    let only = std::env::var("CASE").unwrap_or_default();
    let named = |case: &&std::path::PathBuf| case.to_string_lossy().contains(&only);
    let wrong: Vec<String> = cases()
        .par_iter()
        .filter(named)
        .filter_map(|case| check(case).err())
        .collect();
    assert!(
        wrong.is_empty(),
        "{} cases differ\n\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What holds of every plan, whatever the case shows (contract section 7). Gives what is broken.
fn laws(plan: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    let mut law = |holds: bool, what: String| {
        if !holds {
            broken.push(what);
        }
    };
    let list = |name: &str| {
        plan[name]
            .as_array()
            .unwrap_or_else(|| panic!("no list {name}"))
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (changes, findings, operations) = (list("changes"), list("findings"), list("operations"));

    let ranks = ["additive", "reversible", "disruptive", "irreversible"];
    let rank = |value: &Value| ranks.iter().position(|rank| value == rank);
    let mut addresses = BTreeSet::new();
    let all: BTreeSet<String> = changes
        .iter()
        .map(|change| text(&change["address"]))
        .collect();
    for change in changes {
        let address = text(&change["address"]);
        for on in change["dependsOn"]
            .as_array()
            .unwrap()
            .iter()
            .map(text)
            .filter(|on| all.contains(on))
        {
            law(
                addresses.contains(&on),
                format!("{address} does not stand after {on}, on which it depends"),
            );
        }
        law(
            addresses.insert(address.clone()),
            format!("{address} appears twice"),
        );
        law(
            address == format!("{}/{}", text(&change["kind"]), text(&change["key"])),
            format!("{address} is odd"),
        );
        let fields = change["fields"].as_array().unwrap();
        law(
            rank(&change["risk"]).is_some(),
            format!("{address} has an unknown risk"),
        );
        let worst = fields
            .iter()
            .map(|field| rank(&field["risk"]))
            .max()
            .flatten();
        law(
            fields.is_empty() || worst == rank(&change["risk"]),
            format!("{address} has not the risk of its worst field"),
        );
        law(
            change["acknowledged"].is_null() == (change["risk"] != "irreversible"),
            format!("{address}: acknowledged is set exactly where the risk is irreversible"),
        );
        law(
            change["preimage"].is_null() == (change["action"] == "create"),
            format!("{address}: there is a pre-image exactly where the object exists"),
        );
        let mut paths = BTreeSet::new();
        for field in fields {
            let path = text(&field["path"]);
            law(
                paths.insert(path.clone()),
                format!("{address} {path} appears twice"),
            );
            let losses = field["losses"]
                .as_array()
                .is_some_and(|losses| !losses.is_empty());
            law(
                losses == (field["risk"] == "irreversible"),
                format!("{address} {path}: losses go with irreversible"),
            );
            let (before, after) = (!field["before"].is_null(), !field["after"].is_null());
            let fits = match field["action"].as_str() {
                Some("add") => !before && after,
                Some("remove") => before && !after,
                Some("change" | "move") => before && after,
                _ => false,
            };
            law(
                fits,
                format!(
                    "{address} {path}: {} does not fit before and after",
                    field["action"]
                ),
            );
            if field["action"] == "move" {
                law(
                    field["risk"] == "reversible",
                    format!("{address} {path}: a move loses nothing"),
                );
                law(
                    field["before"]["license"] == field["after"]["license"]
                        && field["before"]["subscription"] != field["after"]["subscription"],
                    format!("{address} {path}: a move is another subscription of the same product"),
                );
            }
            // What is deleted because no file names it any more stands nowhere.
            let because = text(&field["source"]["because"][0]);
            let no_longer = path == "state" && because.ends_with("no longer in the configuration");
            law(
                field["source"]["file"].is_string() || no_longer,
                format!("{address} {path} has no source"),
            );
        }
    }

    let count =
        |test: &dyn Fn(&Value) -> bool| changes.iter().filter(|change| test(change)).count();
    let moved = |change: &Value| {
        change["action"] == "update"
            && change["fields"]
                .as_array()
                .unwrap()
                .iter()
                .any(|field| field["action"] == "move")
    };
    for (name, counted) in [
        ("create", count(&|change| change["action"] == "create")),
        ("update", count(&|change| change["action"] == "update")),
        ("delete", count(&|change| change["action"] == "delete")),
        ("move", count(&moved)),
        (
            "irreversible",
            count(&|change| change["risk"] == "irreversible"),
        ),
        (
            "unacknowledged",
            count(&|change| change["acknowledged"] == false),
        ),
    ] {
        law(
            plan["summary"][name] == counted,
            format!("summary.{name} is {}, not {counted}", plan["summary"][name]),
        );
    }

    let words = |value: &Value| -> BTreeSet<String> {
        value.as_array().into_iter().flatten().map(text).collect()
    };
    let mut left: BTreeMap<String, BTreeSet<String>> = changes
        .iter()
        .map(|change| {
            let paths = apply::sent(change).map(|field| text(&field["path"]));
            let paths = paths.collect();
            (text(&change["address"]), paths)
        })
        .collect();
    let mut last = BTreeMap::new();
    for (index, operation) in operations.iter().enumerate() {
        let id = index as u64 + 1;
        law(
            operation["id"] == id,
            format!("operation {id} has the id {}", operation["id"]),
        );
        let before = operation["dependsOn"]
            .as_array()
            .unwrap()
            .iter()
            .all(|on| on.as_u64().is_some_and(|on| on < id));
        law(before, format!("operation {id} depends on a later one"));
        let sent: BTreeSet<String> = words(&operation["fields"]);
        let without = words(&operation["without"]);
        let subjects = match operation.get("subjects") {
            Some(several) => words(several),
            None => BTreeSet::from([text(&operation["subject"])]),
        };
        law(
            subjects.contains(&text(&operation["subject"])),
            format!("operation {id} is not about its subject"),
        );
        let mut known = BTreeSet::new();
        for subject in subjects {
            law(
                addresses.contains(&subject),
                format!("operation {id} is about {subject}, which has no change"),
            );
            let left = left.entry(subject.clone()).or_default();
            known.extend(sent.iter().filter(|path| left.remove(*path)).cloned());
            law(
                without.is_subset(left),
                format!("operation {id} takes away from {subject} what is not sent later"),
            );
            last.insert(subject, id);
        }
        law(
            known == sent,
            format!("operation {id} sends {sent:?}, of which only {known:?} is left to be sent"),
        );
    }
    let to_send: BTreeSet<String> = apply::to_send(plan)
        .map(|change| text(&change["address"]))
        .collect();
    for (address, left) in left {
        law(
            left.is_empty() && last.contains_key(&address) == to_send.contains(&address),
            format!("no request sends {left:?} of {address}"),
        );
    }
    let order: Vec<u64> = changes
        .iter()
        .filter_map(|change| last.get(&text(&change["address"])).copied())
        .collect();
    law(
        order.is_sorted(),
        "changes do not stand in the order of their last requests".to_owned(),
    );

    for pool in list("pools") {
        let units = |name: &str| pool[name].as_i64().unwrap();
        let (before, peak, after) = (units("before"), units("peak"), units("after"));
        law(
            peak >= before.max(after),
            format!("pool {pool}: the peak is the highest"),
        );
    }
    for finding in findings {
        let code = text(&finding["code"]);
        law(
            trunkline::finding::Code::find(&code).is_some(),
            format!("{code} is not in the table of codes"),
        );
        let at = (&finding["file"], &finding["line"], &finding["column"]);
        law(
            at.0.is_null() == at.1.is_null() && at.1.is_null() == at.2.is_null(),
            format!("{code}: half a place"),
        );
    }
    let place = |finding: &Value| {
        (
            text(&finding["file"]),
            finding["line"].as_u64().unwrap_or(0),
            finding["column"].as_u64().unwrap_or(0),
        )
    };
    let placed: Vec<_> = findings
        .iter()
        .filter(|finding| finding["file"].is_string())
        .map(place)
        .collect();
    law(
        placed.is_sorted(),
        "findings do not stand in order of file, line, column".to_owned(),
    );
    broken
}
