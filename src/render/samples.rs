//! Plans and findings for this room's tests.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::change::*;
use crate::finding::{Place, Severity};
use crate::plan::*;

pub(super) fn place(file: &str, line: u32, column: u32, len: u32) -> Place {
    Place {
        file: Arc::from(file),
        line,
        column,
        len,
    }
}

/// A plan in which nothing changes.
pub(super) fn empty() -> Plan {
    Plan {
        format_version: 1,
        generator: "trunkline 0.1.0".into(),
        org: OrgRef {
            id: "Y2lz".into(),
            name: "Acme".into(),
        },
        config: ConfigRef {
            digest: "sha256:0123456789abcdef".into(),
            commit: Some("a1b2c3d4e5f60718".into()),
            reference: Some("main".into()),
            dirty: false,
        },
        snapshot: SnapshotRef {
            digest: "sha256:ff".into(),
            captured_at: "2026-11-20T08:00:00Z".into(),
        },
        applied: None,
        guardrails: GuardrailsRef {
            reference: Some("main".into()),
            commit: Some("a1b2c3d4e5f60718".into()),
            digest: "sha256:9876543210fedcba".into(),
            partial_apply: false,
        },
        checksum: None,
        summary: Summary::default(),
        changes: vec![],
        pools: vec![],
        findings: vec![],
        targets: vec![],
        operations: vec![],
    }
}

/// The plan of contract section 8.
pub(super) fn example() -> Plan {
    let mut plan = empty();
    plan.changes = vec![moved("ana")];
    for n in 0..412 {
        let field = from(
            &["template sales licenses.messaging", "group Sales"],
            "templates.yaml",
            7,
            add("licenses/messaging", messaging()),
        );
        plan.changes
            .push(update(&format!("carl{n:03}@acme.com"), vec![field]));
    }
    let mut lost = from(
        &["override users/bob@acme.com licenses.remove"],
        "users.yaml",
        12,
        remove("licenses/calling", calling("Sub-2021")),
    );
    lost.risk = Risk::Irreversible;
    lost.losses = [
        "number +12145550107",
        "extension 1007",
        "voicemail settings",
        "calling services",
    ]
    .map(String::from)
    .to_vec();
    lost.acknowledgement = Some(Acknowledged {
        code: "calling-loss".into(),
        reason: "left the company, HR-123\n".into(),
    });
    let mut bob = update("bob@acme.com", vec![lost]);
    bob.acknowledged = Some(true);
    plan.changes.push(bob);
    plan.summary = Summary {
        create: 1,
        update: 414,
        moves: 1,
        irreversible: 1,
        ..Summary::default()
    };
    plan.pools = vec![pool(
        "Webex Calling - Professional",
        "Sub-2021",
        [97, 97, 95, 100],
    )];
    plan.findings = vec![finding(
        Severity::Info,
        "calling-loss",
        "user/bob@acme.com",
        "acknowledged",
    )];
    plan
}

/// A user who moves to another subscription.
pub(super) fn moved(name: &str) -> Change {
    let mut field = from(
        &[],
        "subscriptions.yaml",
        4,
        change("licenses/calling", calling("Sub-2021"), calling("Sub-2024")),
    );
    field.action = FieldAction::Move;
    update(&format!("{name}@acme.com"), vec![field])
}

pub(super) fn calling(subscription: &str) -> Value {
    json!({"license": "Webex Calling - Professional", "subscription": subscription})
}

pub(super) fn messaging() -> Value {
    json!({"license": "Advanced Messaging", "subscription": "Sub-2021"})
}

pub(super) fn add(path: &str, after: Value) -> Field {
    field(path, FieldAction::Add, Risk::Additive, Value::Null, after)
}

pub(super) fn change(path: &str, before: Value, after: Value) -> Field {
    field(path, FieldAction::Change, Risk::Reversible, before, after)
}

pub(super) fn remove(path: &str, before: Value) -> Field {
    field(
        path,
        FieldAction::Remove,
        Risk::Reversible,
        before,
        Value::Null,
    )
}

fn field(path: &str, action: FieldAction, risk: Risk, before: Value, after: Value) -> Field {
    Field {
        path: path.into(),
        action,
        risk,
        before: before.into(),
        after: after.into(),
        losses: vec![],
        acknowledgement: None,
        held: None,
        people: None,
        source: Source::default(),
    }
}

pub(super) fn from(because: &[&str], file: &str, line: u32, mut field: Field) -> Field {
    field.source = Source {
        file: Some(file.into()),
        line: Some(line),
        column: Some(3),
        because: because.iter().map(|reason| String::from(*reason)).collect(),
        ..Source::default()
    };
    field
}

pub(super) fn update(email: &str, fields: Vec<Field>) -> Change {
    object("user", email, ChangeAction::Update, fields)
}

pub(super) fn object(kind: &str, key: &str, action: ChangeAction, fields: Vec<Field>) -> Change {
    Change {
        address: Address::new(kind, key),
        kind: kind.into(),
        key: key.into(),
        name: None,
        action,
        risk: fields
            .iter()
            .map(|field| field.risk)
            .max()
            .unwrap_or(Risk::Additive),
        acknowledged: None,
        preimage: None,
        preimage_members: None,
        depends_on: vec![],
        fields,
    }
}

pub(super) fn pool(
    license: &str,
    subscription: &str,
    [before, peak, after, total]: [i64; 4],
) -> PoolLine {
    PoolLine {
        license: license.into(),
        subscription: subscription.into(),
        site: None,
        total,
        before,
        peak,
        after,
    }
}

pub(super) fn finding(severity: Severity, code: &str, subject: &str, message: &str) -> FindingLine {
    FindingLine {
        code: code.into(),
        severity,
        subject: Some(subject.into()),
        message: message.into(),
        help: None,
        file: None,
        line: None,
        column: None,
    }
}
