//! Both states -> [`Plan`]: decisions, changes of every kind, order, risk, losses, seats, guardrails, counts.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::finish::finish;
use super::model::*;
use super::operations::operations;
use super::order::Order;
use super::{
    cycles, guarded, guards, lookalikes, not_known, people, pools, preflight, references, renames,
    target, undone,
};
use crate::change::{
    Acknowledgements, Address, Change, ChangeAction, Draft, DraftChange, FieldAction, Risk,
};
use crate::config::Config;
use crate::finding::{Finding, NOT_KNOWN, Severity, sort_findings};
use crate::kinds::{self, Context, KINDS};
use crate::licensing::{Facts, History, Reserved, World};
use crate::snapshot::{Applied, Snapshot};

/// What a plan is made from.
#[derive(Debug, Clone)]
pub struct Inputs<'a> {
    /// The desired state.
    pub config: &'a Config,
    /// The configuration whose guardrails judge the plan; usually the same.
    pub policy: &'a Config,
    /// The observed state.
    pub snapshot: &'a Snapshot,
    /// The state after the last apply: anyone it lacks is a newcomer.
    pub applied: Option<&'a Applied>,
    /// What an earlier revision declared: what it has and `config` lacks is deleted.
    pub base: Option<&'a Config>,
    /// Addresses of the part that is asked for; none for the whole plan.
    pub targets: BTreeSet<Address>,
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
    /// Numbers and extensions that earlier applies owe.
    pub reserved: &'a [Reserved],
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

/// Makes the plan, and passes the decisions to a function.
pub(super) fn build_and<T>(
    inputs: Inputs<'_>,
    look: impl FnOnce(&Context<'_>, &Draft) -> T,
) -> (Plan, T) {
    let bare = inputs.base.map(|_| Inputs {
        base: None,
        ..inputs.clone()
    });
    let Inputs {
        config,
        policy,
        snapshot,
        applied,
        base,
        targets,
        config_ref,
        snapshot_ref,
        applied_ref,
        policy_ref,
        findings,
        reserved,
    } = inputs;
    let states = States {
        config,
        policy,
        captured: snapshot,
        applied,
        base,
        reserved,
    };
    let origin = Origin {
        config_ref,
        snapshot_ref,
        applied_ref,
        policy_ref,
    };
    let draft = Draft {
        findings,
        ..Draft::default()
    };
    compare(states, draft, |context, mut draft| {
        propose(context, &mut draft);
        let waiting = bare.and_then(|bare| undone::removals(&draft, bare));
        draft.findings.extend(waiting);
        let seen = look(context, &draft);
        let order = judge(context, &targets, &mut draft);
        (assemble(context, draft, &order, origin, targets), seen)
    })
}

/// The states that a plan compares, as they were read.
#[derive(Clone, Copy)]
struct States<'a> {
    config: &'a Config,
    policy: &'a Config,
    captured: &'a Snapshot,
    applied: Option<&'a Applied>,
    base: Option<&'a Config>,
    reserved: &'a [Reserved],
}

/// Where the states came from.
struct Origin {
    config_ref: ConfigRef,
    snapshot_ref: SnapshotRef,
    applied_ref: Option<SnapshotRef>,
    policy_ref: Option<PolicyRef>,
}

/// Follows people and objects to their new names, decides every licence and number, and hands on what kinds plan from.
fn compare<T>(
    states: States<'_>,
    mut draft: Draft,
    plan: impl FnOnce(&Context<'_>, Draft) -> T,
) -> T {
    let States {
        config,
        policy,
        captured,
        applied,
        base,
        reserved,
    } = states;
    let read = people::follow(config, applied, &mut draft.findings);
    let config = &*read;
    let judging = people::protect(policy, applied);
    let policy = &*judging;
    let (snapshot, old_names) = renames::apply(config, captured, applied, &mut draft);
    let snapshot = &*snapshot;
    let baseline = applied.map(|applied| renames::follow(config, Some(applied), applied.settled()));
    let baseline = baseline.as_deref();
    draft.findings.extend(references::check(config, snapshot));
    draft
        .findings
        .extend(preflight::other_name(config, captured));
    let known = guarded::Known {
        config,
        snapshot,
        captured,
        applied,
    };
    draft.findings.extend(guarded::check(&known, states.policy));
    let acknowledgements =
        Acknowledgements::new(config, snapshot.captured_on(), kinds::deletion_code);
    let history = History {
        baseline,
        applied,
        base,
        reserved,
    };
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
    plan(&context, draft)
}

/// Lets every kind propose its changes.
fn propose(context: &Context<'_>, draft: &mut Draft) {
    for kind in KINDS {
        (kind.plan)(context, draft);
    }
    not_known::hold(&context.world.not_known(), draft);
    let alike = lookalikes::find(context, draft);
    draft.findings.extend(alike);
}

/// Puts the changes in order, keeps those that were asked for, and applies acknowledgements and guardrails.
fn judge(context: &Context<'_>, targets: &BTreeSet<Address>, draft: &mut Draft) -> Order {
    let &Context {
        config,
        snapshot,
        world,
        acknowledgements,
        ..
    } = context;
    let Facts {
        policy, catalogue, ..
    } = world.facts();
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
    let order = cycles::settle(draft, licenses, &overage);
    let waiting = world.losses_that_wait(context.decisions);
    let covering = {
        let unknown = draft.findings.iter().filter(|it| it.code == NOT_KNOWN);
        let unknown = unknown.filter_map(|it| it.subject.as_deref()).collect();
        acknowledgements.findings(config, &draft.changes, &waiting, &unknown)
    };
    draft.findings.extend(covering);
    let targets = target::whole(context, targets);
    let order = target::restrict(draft, order, &targets, licenses, &overage);
    let limits = guards::check(policy, snapshot, catalogue, &draft.changes);
    draft.findings.extend(limits);
    order
}

/// The draft as a plan.
fn assemble(
    context: &Context<'_>,
    draft: Draft,
    order: &Order,
    origin: Origin,
    targets: BTreeSet<Address>,
) -> Plan {
    let &Context {
        config, snapshot, ..
    } = context;
    let Draft {
        changes,
        mut findings,
        blocked,
    } = draft;
    let pools = pools::lines(&changes, order, snapshot);
    let operations = operations(&changes, order);
    let changes = in_order(context, changes, order, &mut findings);
    sort_findings(&mut findings);
    Plan {
        format_version: 1,
        generator: concat!("trunkline ", env!("CARGO_PKG_VERSION")).to_owned(),
        org: OrgRef {
            id: snapshot.org.id.clone(),
            name: org_name(config, snapshot),
        },
        guardrails: guardrails(context, origin.policy_ref, &origin.config_ref),
        config: origin.config_ref,
        snapshot: origin.snapshot_ref,
        applied: origin.applied_ref,
        checksum: None,
        summary: summary(config, snapshot, &changes, blocked, &targets),
        targets: targets.into_iter().collect(),
        changes,
        pools,
        findings: findings.into_iter().map(FindingLine::from).collect(),
        operations,
    }
}

/// The changes in the order in which they are carried out.
fn in_order(
    context: &Context<'_>,
    changes: Vec<DraftChange>,
    order: &Order,
    findings: &mut Vec<Finding>,
) -> Vec<Change> {
    let addresses: Vec<Address> = changes.iter().map(DraftChange::address).collect();
    let mut slots: Vec<Option<DraftChange>> = changes.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(slots.len());
    for &index in &order.sequence {
        if let Some(change) = slots[index].take() {
            let mut on: Vec<Address> = order.waits[index]
                .iter()
                .map(|&on| addresses[on].clone())
                .collect();
            on.sort_unstable();
            let Context {
                config,
                acknowledgements,
                ..
            } = context;
            let mut change = finish(change, on, config, acknowledgements, findings);
            let called = kinds::find(&change.kind).and_then(|kind| kind.called);
            change.name = called.and_then(|called| called(context, &change.key));
            ordered.push(change);
        }
    }
    ordered
}

/// The rules that judged the plan, and where they came from.
fn guardrails(
    context: &Context<'_>,
    policy_ref: Option<PolicyRef>,
    config_ref: &ConfigRef,
) -> GuardrailsRef {
    let policy = context.world.facts().policy;
    let judge = policy_ref.unwrap_or_else(|| PolicyRef {
        reference: config_ref.reference.clone(),
        commit: config_ref.commit.clone(),
    });
    GuardrailsRef {
        reference: judge.reference,
        commit: judge.commit,
        digest: policy.guardrails_digest(),
        partial_apply: policy.guardrails.as_ref().is_some_and(|declared| {
            let partial = declared.value.partial_apply.as_ref();
            partial.is_some_and(|at| at.value)
        }),
    }
}

fn org_name(config: &Config, snapshot: &Snapshot) -> String {
    config.org.as_ref().map_or_else(
        || snapshot.org.name.clone(),
        |org| org.value.name.value.clone(),
    )
}

fn summary(
    config: &Config,
    snapshot: &Snapshot,
    changes: &[Change],
    blocked: usize,
    targets: &BTreeSet<Address>,
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
