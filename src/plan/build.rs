//! Both states -> [`Plan`]: decisions, changes of every kind, order, risk, losses, seats, guardrails, counts.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::model::*;
use super::operations::operations;
use super::{
    guards, lookalikes, not_known, people, pools, preflight, references, renames, rings, target,
};
use crate::change::{
    Acknowledged, Acknowledgements, Change, ChangeAction, Draft, DraftChange, DraftField, Field,
    FieldAction, Risk, Source,
};
use crate::config::Config;
use crate::finding::{Finding, Severity, sort_findings};
use crate::kinds::{Context, KINDS};
use crate::licensing::{History, World};
use crate::snapshot::{Applied, Snapshot};

/// What a plan is made from.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// The desired state.
    pub config: &'a Config,
    /// The configuration whose guardrails judge the plan; usually the same.
    pub policy: &'a Config,
    /// The observed state.
    pub snapshot: &'a Snapshot,
    /// The state after the last apply: whoever it lacks is a newcomer.
    pub applied: Option<&'a Applied>,
    /// What an earlier revision declared: what it has and `config` lacks is deleted.
    pub base: Option<&'a Config>,
    /// Addresses of a part that is asked for alone; none for the whole plan.
    pub targets: BTreeSet<String>,
    /// Where the desired state came from.
    pub config_ref: ConfigRef,
    /// Where the observed state came from.
    pub snapshot_ref: SnapshotRef,
    /// Where the applied state came from.
    pub applied_ref: Option<SnapshotRef>,
    /// Where `policy` came from, if it is not the desired state itself.
    pub policy_ref: Option<PolicyRef>,
    /// Warnings and infos of the files.
    pub findings: Vec<Finding>,
}

/// The revision that guardrails were taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRef {
    /// As it was asked for.
    pub reference: Option<String>,
    /// The commit.
    pub commit: Option<String>,
}

/// Makes the plan. Pure: the same inputs give the same plan.
pub fn build(inputs: Inputs<'_>) -> Plan {
    build_and(inputs, |_, _| ()).0
}

/// Makes the plan, and looks at what was decided on the way.
pub(super) fn build_and<T>(
    inputs: Inputs<'_>,
    look: impl FnOnce(&Context<'_>, &Draft) -> T,
) -> (Plan, T) {
    let Inputs {
        config,
        policy,
        snapshot: captured,
        applied,
        base,
        targets,
        config_ref,
        snapshot_ref,
        applied_ref,
        policy_ref,
        findings,
    } = inputs;
    let judge = policy_ref.unwrap_or_else(|| PolicyRef {
        reference: config_ref.reference.clone(),
        commit: config_ref.commit.clone(),
    });
    let mut draft = Draft {
        findings,
        ..Draft::default()
    };
    let read = people::follow(config, applied, &mut draft.findings);
    let config = &*read;
    let judging = people::protect(policy, applied);
    let policy = &*judging;
    let (snapshot, old_names) = renames::apply(config, captured, &mut draft);
    let snapshot = &*snapshot;
    let baseline = applied.map(|applied| renames::follow(config, applied.settled()));
    let baseline = baseline.as_deref();
    draft.findings.extend(references::check(config, snapshot));
    draft
        .findings
        .extend(preflight::other_name(config, captured));
    let acknowledgements = Acknowledgements::new(config, snapshot.captured_on());
    let history = History { baseline, base };
    let world = World::new(config, policy, snapshot, history, &mut draft.findings);
    let decisions = world.decide(&acknowledgements, &mut draft.findings);
    draft.blocked += decisions.blocked;
    let context = Context {
        config,
        snapshot,
        world: &world,
        base,
        captured,
        old_names: &old_names,
        decisions: &decisions,
        acknowledgements: &acknowledgements,
        applied,
    };
    for kind in KINDS {
        (kind.plan)(&context, &mut draft);
    }
    not_known::hold(snapshot, &mut draft);
    let alike = lookalikes::find(&context, &draft);
    draft.findings.extend(alike);
    let seen = look(&context, &draft);
    for change in &mut draft.changes {
        change.fields.sort_by(|a, b| a.path.cmp(&b.path));
    }

    let overage: FxHashSet<&str> = policy
        .guardrails
        .iter()
        .flat_map(|declared| &declared.value.allow_overage)
        .map(|at| at.value.as_str())
        .collect();
    let licenses = snapshot.licenses();
    let order = rings::settle(&mut draft, licenses, &overage);
    let waiting = world.losses_that_wait(&decisions);
    let covering = acknowledgements.findings(config, &draft.changes, &waiting, snapshot);
    draft.findings.extend(covering);
    let order = target::restrict(&mut draft, order, &targets, licenses, &overage);
    let catalogue = world.facts().catalogue;
    let limits = guards::check(policy, snapshot, catalogue, &draft.changes);
    draft.findings.extend(limits);
    let pools = pools::lines(&draft.changes, &order, snapshot);
    let operations = operations(&draft.changes, &order);
    let mut slots: Vec<Option<DraftChange>> = draft.changes.into_iter().map(Some).collect();
    let addresses: Vec<String> = slots.iter().flatten().map(DraftChange::address).collect();
    let mut changes = Vec::with_capacity(slots.len());
    for &index in &order.sequence {
        if let Some(change) = slots[index].take() {
            let mut on: Vec<String> = order.waits[index]
                .iter()
                .map(|&on| addresses[on].clone())
                .collect();
            on.sort_unstable();
            let findings = &mut draft.findings;
            changes.push(finish(change, on, config, &acknowledgements, findings));
        }
    }

    sort_findings(&mut draft.findings);
    let plan = Plan {
        format_version: 1,
        generator: concat!("trunkline ", env!("CARGO_PKG_VERSION")).to_owned(),
        org: OrgRef {
            id: snapshot.org.id.clone(),
            name: org_name(config, snapshot),
        },
        config: config_ref,
        snapshot: snapshot_ref,
        applied: applied_ref,
        guardrails: GuardrailsRef {
            reference: judge.reference,
            commit: judge.commit,
            digest: policy.guardrails_digest(),
            partial_apply: policy.guardrails.as_ref().is_some_and(|declared| {
                let partial = declared.value.partial_apply.as_ref();
                partial.is_some_and(|at| at.value)
            }),
        },
        checksum: None,
        summary: summary(config, snapshot, &changes, draft.blocked, &targets),
        targets: targets.into_iter().collect(),
        changes,
        pools,
        findings: draft.findings.into_iter().map(FindingLine::from).collect(),
        operations,
    };
    (plan, seen)
}

fn org_name(config: &Config, snapshot: &Snapshot) -> String {
    config.org.as_ref().map_or_else(
        || snapshot.org.name.clone(),
        |org| org.value.name.value.clone(),
    )
}

/// A draft's change as the plan has it, and the findings of what it destroys.
fn finish(
    change: DraftChange,
    depends_on: Vec<String>,
    config: &Config,
    acknowledgements: &Acknowledgements<'_>,
    findings: &mut Vec<Finding>,
) -> Change {
    let address = change.address();
    let DraftChange {
        kind,
        key,
        action,
        fields,
        preimage,
        ..
    } = change;
    let mut acknowledged = None;
    let fields: Vec<Field> = fields
        .into_iter()
        .map(|field| {
            let covered = field.loss.map(|code| (code, acknowledgements.covers(code, kind, &key)));
            if let Some((code, entry)) = covered {
                acknowledged = Some(acknowledged.unwrap_or(true) && entry.is_some());
                let lost = field.losses.join(", ");
                let when = if field.is_sent() { "" } else { " when a person removes it" };
                let (severity, message, help) = match entry {
                    Some(reason) => (Severity::Info, format!("lost for good{when}: {lost}; acknowledged: {reason}"), None),
                    None => (
                        Severity::Error,
                        format!("would be lost for good{when}: {lost}"),
                        Some(format!(
                            "if it is meant, add to `acknowledgements`: {{code: {code}, subjects: [{key}], reason: …}}"
                        )),
                    ),
                };
                findings.push(Finding {
                    code,
                    severity,
                    subject: Some(address.clone()),
                    message,
                    help,
                    place: field.reason.spot.map(|spot| config.place(spot)),
                });
            }
            let acknowledgement = covered.and_then(|(code, entry)| {
                Some(Acknowledged { code: code.to_string(), reason: entry?.to_owned() })
            });
            into_field(field, config, acknowledgement)
        })
        .collect();
    Change {
        address,
        kind: kind.to_owned(),
        key,
        action,
        risk: fields
            .iter()
            .map(|field| field.risk)
            .max()
            .unwrap_or(Risk::Additive),
        acknowledged,
        preimage: preimage.as_ref().map(|it| it.digest.clone()),
        preimage_members: preimage.map(|it| it.members),
        depends_on,
        fields,
    }
}

fn into_field(field: DraftField, config: &Config, acknowledgement: Option<Acknowledged>) -> Field {
    let place = field.reason.spot.map(|spot| config.place(spot));
    Field {
        path: field.path,
        action: field.action,
        risk: field.risk,
        before: field.before,
        after: field.after,
        losses: field.losses,
        acknowledgement,
        held: field.held.map(|code| code.to_string()),
        source: Source {
            file: place.as_ref().map(|place| place.file.to_string()),
            line: place.as_ref().map(|place| place.line),
            column: place.as_ref().map(|place| place.column),
            commit: None,
            author: None,
            because: field.reason.because,
        },
    }
}

fn summary(
    config: &Config,
    snapshot: &Snapshot,
    changes: &[Change],
    blocked: usize,
    targets: &BTreeSet<String>,
) -> Summary {
    let count = |action: ChangeAction| {
        changes
            .iter()
            .filter(|change| change.action == action)
            .count()
    };
    let moved = |change: &&Change| {
        change.action == ChangeAction::Update
            && change
                .fields
                .iter()
                .any(|field| field.action == FieldAction::Move)
    };
    let unchanged = KINDS.iter().map(|kind| {
        let changed = changes.iter().filter(|change| change.kind == kind.name);
        let of_these = changed
            .filter(|change| (kind.considers)(config, snapshot, &change.key))
            .count();
        (kind.considered)(config, snapshot).saturating_sub(of_these)
    });
    // Of a part, only what was asked for is known to stay as it is.
    let unchanged = match targets.len() {
        0 => unchanged.sum(),
        targeted => {
            let mut changed = changes.iter().map(|change| &change.address);
            targeted - changed.by_ref().filter(|it| targets.contains(*it)).count()
        }
    };
    Summary {
        create: count(ChangeAction::Create),
        update: count(ChangeAction::Update),
        delete: count(ChangeAction::Delete),
        moves: changes.iter().filter(moved).count(),
        unchanged,
        irreversible: changes
            .iter()
            .filter(|change| change.risk == Risk::Irreversible)
            .count(),
        unacknowledged: changes
            .iter()
            .filter(|change| change.acknowledged == Some(false))
            .count(),
        blocked,
    }
}

impl From<Finding> for FindingLine {
    fn from(finding: Finding) -> FindingLine {
        FindingLine {
            code: finding.code.to_string(),
            severity: finding.severity,
            subject: finding.subject,
            message: finding.message,
            help: finding.help,
            file: finding.place.as_ref().map(|place| place.file.to_string()),
            line: finding.place.as_ref().map(|place| place.line),
            column: finding.place.as_ref().map(|place| place.column),
        }
    }
}

impl Plan {
    /// Whether an uncovered loss, a guardrail or another error blocks the plan.
    pub fn is_blocked(&self) -> bool {
        self.summary.unacknowledged > 0
            || self
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error)
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
