//! From a backup to a plan: what was lost is restored, as far as Webex allows.
//!
//! A pure function of the backup, the files and the snapshot. What was lost becomes desired state and is planned like
//! any other, so that every rule about numbers, units and locations holds here too; the settings follow as separate fields.
//! Knows no kind's file, no HTTP, and not where the backup came from.

mod desired;
mod findings;
mod settings;
mod units;

use crate::backup::{Bundle, Subject};
use crate::change::{Address, Change, ChangeAction, Risk};
use crate::config::Config;
use crate::finding::{Finding, ORG_MISMATCH, RESTORE_GONE, Severity};
use crate::plan::{self, ConfigRef, Plan, SnapshotRef, preflight};
use crate::snapshot::Snapshot;
use crate::webex::ids;

/// What a restore is planned from.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// The backup.
    pub bundle: &'a Bundle,
    /// Its file, as it was named.
    pub file: &'a str,
    /// The desired state: what it says of subscriptions and its guardrails count, and what it would undo is said.
    pub config: &'a Config,
    /// The observed state.
    pub snapshot: &'a Snapshot,
    /// Whether someone who was deleted is created again.
    pub recreate: bool,
    /// Where the desired state came from.
    pub config_ref: ConfigRef,
    /// Where the observed state came from.
    pub snapshot_ref: SnapshotRef,
}

/// A subject then and now.
struct Case<'a> {
    bundle: &'a Bundle,
    file: &'a str,
    config: &'a Config,
    snapshot: &'a Snapshot,
    /// As the snapshot has it, by id; `None`: it is gone.
    now: Option<Subject>,
    /// The address of today.
    address: Address,
}

/// Makes the plan. Returns what prevents one instead.
pub fn plan(inputs: Inputs<'_>) -> Result<Plan, Vec<Finding>> {
    let Inputs {
        bundle,
        file,
        config,
        snapshot,
        recreate,
        config_ref,
        snapshot_ref,
    } = inputs;
    let Subject { kind, key, id, .. } = &bundle.subject;
    let now = Subject::find(snapshot, kind, id);
    let key = now.as_ref().map_or(key, |now| &now.key);
    let case = Case {
        address: Address::new(kind, key),
        now,
        bundle,
        file,
        config,
        snapshot,
    };
    if let Some(wrong) = other_organization(&case).or_else(|| gone(&case, recreate)) {
        return Err(vec![wrong]);
    }
    let desired = desired::of(&case);
    let wrong = preflight::check(&desired.loaded.config, None, snapshot);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut plan = plan::build(plan::Inputs {
        config: &desired.loaded.config,
        policy: config,
        snapshot,
        applied: None,
        base: None,
        targets: Default::default(),
        config_ref,
        snapshot_ref,
        applied_ref: None,
        policy_ref: None,
        findings: desired.loaded.findings.clone(),
        reserved: &[],
    });
    plan.org.name.clone_from(&snapshot.org.name);
    explain(&mut plan, &case, &desired);
    let calls = calls_now(&case) || granted(&plan, &case.address);
    let fields = settings::fields(&case);
    let mut found = findings::all(&case, &desired, calls, fields.len());
    if calls {
        add_settings(&mut plan, &case, fields);
    } else {
        plan.summary.blocked += fields.len();
    }
    plan.findings.append(&mut found);
    plan.findings
        .sort_by(|a, b| (a.severity, &a.code, &a.message).cmp(&(b.severity, &b.code, &b.message)));
    Ok(plan)
}

/// That the backup is of another organisation.
fn other_organization(case: &Case<'_>) -> Option<Finding> {
    let (theirs, ours) = (&case.bundle.org, &case.snapshot.org.id);
    let message = format!("the backup is of {theirs}, the snapshot of {ours}");
    let help = "take the snapshot of the right organisation, or another backup";
    let differ = ids::plain(theirs) != ids::plain(ours);
    differ.then(|| Finding::error(ORG_MISMATCH, message).help(help))
}

/// Why nothing is given to anybody: the one whose backup it is does not exist any more.
fn gone(case: &Case<'_>, recreate: bool) -> Option<Finding> {
    if case.now.is_some() {
        return None;
    }
    let Subject {
        id, display_name, ..
    } = &case.bundle.subject;
    let name = display_name.as_deref().unwrap_or(case.key());
    let address = &case.address;
    let (message, help) = match plan::essence(case.snapshot, case.kind(), case.key()) {
        Some(_) => (
            format!(
                "the backup is of another account ({name}, id {id}), which no longer exists; {address} is a different one now"
            ),
            "a backup is restored only to its own account; write what is missing in the files",
        ),
        None if !recreate => (
            format!("the account in this backup ({name}, id {id}) no longer exists"),
            "to create it again with a new id, add `--recreate`",
        ),
        None => return None,
    };
    Some(
        Finding::error(RESTORE_GONE, message)
            .about(&**address)
            .help(help),
    )
}

impl Case<'_> {
    fn kind(&self) -> &str {
        self.address.parts().0
    }

    /// The key of today.
    fn key(&self) -> &str {
        self.address.parts().1
    }
}

/// What to do where the planner would have the files changed, which a restore does not read for this.
fn help(code: &str) -> Option<&'static str> {
    Some(match code {
        "calling-number-in-use" | "calling-extension-in-use" | "calling-location-mismatch" => {
            "free it and restore again; or give Calling in the files, with another one, apply, and restore only the settings"
        }
        "calling-number-unknown" | "location-unknown" | "calling-location-unknown" => {
            "add it again and restore again; or give Calling in the files, with another one, apply, and restore only the settings"
        }
        _ => return None,
    })
}

/// Sets the backup as the reason of every field, and keeps the findings that are about the restore.
fn explain(plan: &mut Plan, case: &Case<'_>, desired: &desired::Desired) {
    for field in plan.changes.iter_mut().flat_map(|it| &mut it.fields) {
        field.source = settings::source(case);
    }
    plan.findings.retain(|finding| {
        let mine = finding.subject.as_deref() == Some(&*case.address);
        mine || finding.severity == Severity::Error
    });
    let ours = |file: &str| desired.loaded.files.iter().any(|it| &*it.path == file);
    for finding in &mut plan.findings {
        if finding.file.as_deref().is_some_and(ours) {
            (finding.file, finding.line, finding.column) = (None, None, None);
            if let Some(help) = help(&finding.code) {
                finding.help = Some(help.to_owned());
            }
        }
    }
}

/// Whether a subject has Calling in the snapshot.
fn calls_now(case: &Case<'_>) -> bool {
    case.now.as_ref().is_some_and(desired::calls)
}

/// Whether the plan gives the object Calling.
fn granted(plan: &Plan, address: &str) -> bool {
    let mut changes = plan.changes.iter().filter(|it| it.address == address);
    changes.any(|change| change.fields.iter().any(|it| it.path == "licenses/calling"))
}

/// Adds the settings to the change of the object, and a request for each.
fn add_settings(plan: &mut Plan, case: &Case<'_>, fields: Vec<settings::Restored>) {
    if fields.is_empty() {
        return;
    }
    let before: Vec<u32> = plan
        .operations
        .iter()
        .filter(|it| it.subjects().contains(&case.address))
        .map(|it| it.id)
        .collect();
    let change = match plan
        .changes
        .iter()
        .position(|it| it.address == case.address)
    {
        Some(at) => at,
        None => {
            plan.changes.push(untouched(case));
            plan.summary.update += 1;
            plan.summary.unchanged = plan.summary.unchanged.saturating_sub(1);
            plan.changes.len() - 1
        }
    };
    let first = plan.operations.iter().map(|it| it.id).max().unwrap_or(0) + 1;
    plan.operations
        .extend(settings::operations(case, &fields, first, &before));
    let change = &mut plan.changes[change];
    change.risk = change.risk.max(Risk::Reversible);
    change.fields.extend(fields.into_iter().map(|it| it.field));
}

/// A change without fields of an existing object.
fn untouched(case: &Case<'_>) -> Change {
    let (kind, key) = case.address.parts();
    let essence = plan::essence(case.snapshot, kind, key);
    Change {
        address: case.address.clone(),
        kind: kind.to_owned(),
        key: key.to_owned(),
        name: None,
        action: ChangeAction::Update,
        risk: Risk::Reversible,
        acknowledged: None,
        preimage: essence.as_ref().map(|it| it.digest.clone()),
        preimage_members: essence.map(|it| it.members),
        depends_on: Vec::new(),
        fields: Vec::new(),
    }
}
