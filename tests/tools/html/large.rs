//! A plan of many changes: nearly half of them alike, the rest each with fields of its own.

use std::sync::Arc;

use serde_json::{Value, json};
use trunkline::change::{
    Address, Change, ChangeAction, Field, FieldAction, Risk, Shared, Source, nothing,
};
use trunkline::finding::Severity;
use trunkline::plan::{ConfigRef, FindingLine, GuardrailsRef, OrgRef, Plan, SnapshotRef, Summary};

/// How many warnings there are.
pub const WARNINGS: usize = 350;
/// How many infos there are.
pub const INFOS: usize = 170;
const CITIES: [&str; 3] = ["London", "Dallas", "Chicago"];

/// A plan of so many people.
pub fn plan(people: usize) -> Plan {
    let licence: Shared =
        Arc::new(json!({"license": "Advanced Messaging", "subscription": "Sub-2024"}));
    let changes = (0..people).map(|number| change(number, &licence)).collect();
    Plan {
        format_version: 1,
        generator: "trunkline".into(),
        org: OrgRef {
            id: "org".into(),
            name: "Large".into(),
        },
        config: ConfigRef {
            digest: "sha256:0123456789".into(),
            commit: None,
            reference: None,
            dirty: false,
        },
        snapshot: SnapshotRef {
            digest: "sha256:0".into(),
            captured_at: "2026-11-20T08:00:00Z".into(),
        },
        applied: None,
        guardrails: GuardrailsRef {
            reference: None,
            commit: None,
            digest: "sha256:2".into(),
            partial_apply: false,
        },
        checksum: None,
        targets: vec![],
        summary: Summary {
            update: people,
            ..Summary::default()
        },
        changes,
        pools: vec![],
        findings: findings(),
        operations: vec![],
    }
}

/// More than the markup holds: some that differ, and some that say the same.
fn findings() -> Vec<FindingLine> {
    let one = |code: &str, severity, number: usize, message: String| FindingLine {
        code: code.into(),
        severity,
        subject: Some(format!("user/person{number:06}@large.example")),
        message,
        help: None,
        file: None,
        line: None,
        column: None,
    };
    let differ = (0..WARNINGS).map(|it| {
        let message = format!("no host licence is left on site{it}");
        one("host-pool-short", Severity::Warning, it, message)
    });
    let alike = (0..INFOS).map(|it| one("still-in-use", Severity::Info, it, "is in use".into()));
    differ.chain(alike).collect()
}

fn change(number: usize, licence: &Shared) -> Change {
    let key = format!("person{number:06}@large.example");
    let city = CITIES[number % CITIES.len()];
    let fields = match number % 20 {
        0..9 => vec![add(
            "licenses/messaging",
            licence.clone(),
            "templates.yaml",
            7,
        )],
        _ => vec![
            add(
                "extension",
                text(number.to_string()),
                &format!("people/{city}.yaml"),
                number,
            ),
            add("licenses/messaging", licence.clone(), "templates.yaml", 7),
            add(
                "phoneNumber",
                text(format!("+1214{number:07}")),
                &format!("people/{city}.yaml"),
                number + 1,
            ),
        ],
    };
    Change {
        address: Address::new("user", &key),
        kind: "user".into(),
        key,
        name: None,
        action: ChangeAction::Update,
        risk: Risk::Additive,
        acknowledged: None,
        preimage: None,
        preimage_members: None,
        depends_on: vec![],
        fields,
    }
}

fn text(text: String) -> Shared {
    Arc::new(Value::from(text))
}

fn add(path: &str, after: Shared, file: &str, line: usize) -> Field {
    Field {
        path: path.into(),
        action: FieldAction::Add,
        risk: Risk::Additive,
        before: nothing(),
        after,
        losses: vec![],
        acknowledgement: None,
        held: None,
        people: None,
        source: Source {
            file: Some(file.into()),
            line: Some(line as u32),
            ..Source::default()
        },
    }
}
