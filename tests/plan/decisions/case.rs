//! The plan for one row, and what it comes to for Ana.

use std::collections::BTreeMap;

use serde_json::Value;
use trunkline::change::{ChangeAction, Risk};
use trunkline::config::{
    self,
    files::{Origin, SourceFile, Sources},
};
use trunkline::finding::Severity;
use trunkline::plan::{self, ConfigRef, Inputs, Plan, SnapshotRef, preflight};
use trunkline::snapshot::{self, Applied, Snapshot};

use super::row::{Fact, Row, in_order};
use super::words::{Item, WORDS, number};
use super::world::{ANA, USUAL, configuration, line_of, observed};

/// What a plan comes to, in the words of the table.
#[derive(Debug)]
pub struct Outcome {
    pub ends: String,
    pub risk: String,
    pub findings: Vec<String>,
}

/// Plans a row, with these losses acknowledged. What is not acknowledged does not happen.
pub fn run(row: &Row, acknowledged: &[&str]) -> Result<Outcome, String> {
    let file = SourceFile {
        path: "org.yaml".into(),
        bytes: configuration(row, acknowledged).to_string().into_bytes(),
    };
    let loaded = config::load(Sources {
        files: vec![file],
        origin: Origin::default(),
    });
    if loaded.has_errors() {
        return Ok(Outcome {
            ends: row.before.clone(),
            risk: "none".to_owned(),
            findings: in_words(
                loaded
                    .findings
                    .iter()
                    .map(|it| (it.severity, it.code.as_str())),
            ),
        });
    }
    let snapshot = read(observed(row, true));
    let baseline = row
        .has(&Fact::NotInTheBaseline)
        .then(|| Applied::new(read(observed(row, false)), &snapshot).unwrap());
    let missing = preflight::check(&loaded.config, None, &snapshot);
    if !missing.is_empty() {
        return Err(format!("row {}: {missing:?}", row.number));
    }
    let plan = plan::build(Inputs {
        config: &loaded.config,
        policy: &loaded.config,
        snapshot: &snapshot,
        applied: baseline.as_ref(),
        base: None,
        targets: Default::default(),
        config_ref: ConfigRef {
            digest: loaded.config.digest(),
            commit: None,
            reference: None,
            dirty: false,
        },
        snapshot_ref: SnapshotRef {
            digest: String::new(),
            captured_at: snapshot.captured_at.clone(),
        },
        applied_ref: None,
        policy_ref: None,
        reserved: &[],
        findings: loaded.findings.clone(),
    });
    Ok(Outcome {
        ends: ends_with(row, &plan),
        risk: risk(&plan),
        findings: in_words(
            plan.findings
                .iter()
                // Whether anything was applied before is no part of a decision.
                .filter(|it| it.code != "applied-snapshot-missing")
                .map(|it| (it.severity, it.code.as_str())),
        ),
    })
}

/// Findings as the table says them, in order.
fn in_words<'a>(findings: impl Iterator<Item = (Severity, &'a str)>) -> Vec<String> {
    let mut words: Vec<String> = findings
        .map(|(severity, code)| format!("{severity} {code}"))
        .collect();
    words.sort();
    words
}

/// The worst that happens to Ana; that she is created does not count.
fn risk(plan: &Plan) -> String {
    let ana = plan
        .changes
        .iter()
        .filter(|change| change.kind == "user" && change.key == ANA);
    let fields = ana
        .flat_map(|change| &change.fields)
        .filter(|field| field.path != "displayName");
    let worst = fields.map(|field| field.risk).max();
    match worst {
        None => "none",
        Some(Risk::Additive) => "additive",
        Some(Risk::Reversible) => "reversible",
        Some(Risk::Disruptive) => "disruptive",
        Some(Risk::Irreversible) => "irreversible",
    }
    .to_owned()
}

/// What Ana holds after the plan, in the words of the table and in order.
fn ends_with(row: &Row, plan: &Plan) -> String {
    let mut held: BTreeMap<String, String> = row
        .holds
        .iter()
        .map(|item| (item.word.path(), word_of(item)))
        .collect();
    let calling = row.holds.iter().find(|item| item.word.service == "calling");
    let mut line = calling.map(line_of).unwrap_or_default();
    let done = plan
        .changes
        .iter()
        .filter(|change| change.kind == "user" && change.key == ANA)
        .filter(|change| change.acknowledged != Some(false));
    for change in done {
        if change.action == ChangeAction::Delete {
            return "gone".to_owned();
        }
        for field in &change.fields {
            let value = || field.after.as_str().map(str::to_owned);
            match field.path.as_str() {
                "phoneNumber" => line.0 = value(),
                "extension" => line.1 = value(),
                path => {
                    let Some(path) = path.strip_prefix("licenses/") else {
                        continue;
                    };
                    match word_after(path, &field.after) {
                        Some(word) => held.insert(path.to_owned(), word),
                        None => held.remove(path),
                    };
                }
            }
        }
    }
    let words: Vec<String> = held
        .iter()
        .map(|(path, word)| match path.as_str() {
            "calling" => with_line(word, &line),
            _ => word.clone(),
        })
        .collect();
    in_order(&words.join(", "))
}

/// An item without its number or extension.
fn word_of(item: &Item) -> String {
    let new = if item.new { " (new)" } else { "" };
    format!("{}{new}", item.word.word)
}

/// The word for a value of a plan; none for none.
fn word_after(path: &str, value: &Value) -> Option<String> {
    if value.is_null() {
        return None;
    }
    let word = WORDS
        .iter()
        .find(|word| {
            word.path() == path
                && word.license == value["license"].as_str()
                && value["role"].as_str().is_none_or(|role| role == word.value)
        })
        .unwrap_or_else(|| panic!("the table has no word for {path}: {value}"));
    Some(match value["subscription"].as_str() {
        Some("new") => format!("{} (new)", word.word),
        _ => word.word.to_owned(),
    })
}

/// Calling with its number or extension, where that is not the usual one.
fn with_line(word: &str, line: &(Option<String>, Option<String>)) -> String {
    let said = match line {
        (Some(phone), None) if *phone == number(USUAL) => return word.to_owned(),
        (Some(phone), None) => phone.trim_start_matches("+121455501").to_owned(),
        (None, Some(extension)) => format!("x{extension}"),
        (phone, extension) => format!("{phone:?} {extension:?}"),
    };
    match word.strip_suffix(" (new)") {
        Some(word) => format!("{word} {said} (new)"),
        None => format!("{word} {said}"),
    }
}

/// Reads a snapshot as the program does.
fn read(snapshot: Value) -> Snapshot {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("snapshot.json");
    std::fs::write(&path, snapshot.to_string()).unwrap();
    snapshot::read(&path).unwrap().0
}
