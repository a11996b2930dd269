//! Both states -> [`Plan`]: decisions, changes of every kind, order, risk, losses, seats, guardrails, counts.

use rustc_hash::{FxHashMap, FxHashSet};

use super::acknowledge::Acknowledgements;
use super::draft::{Draft, DraftChange, DraftField};
use super::model::*;
use super::order::{Order, order};
use super::{guards, pools, references};
use crate::config::Config;
use crate::finding::{Finding, Severity, sort_findings};
use crate::kinds::{Context, KINDS};
use crate::licensing::World;
use crate::snapshot::Snapshot;

/// What a plan is made from.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// The desired state.
    pub config: &'a Config,
    /// The configuration whose guardrails judge the plan; usually the same.
    pub policy: &'a Config,
    /// The observed state.
    pub snapshot: &'a Snapshot,
    /// An earlier state: whoever it lacks is a newcomer.
    pub baseline: Option<&'a Snapshot>,
    /// Where the desired state came from.
    pub config_ref: ConfigRef,
    /// Where the observed state came from.
    pub snapshot_ref: SnapshotRef,
    /// Warnings and infos of the files.
    pub findings: Vec<Finding>,
}

/// Makes the plan. Pure: the same inputs give the same plan.
pub fn build(inputs: Inputs<'_>) -> Plan {
    build_and(inputs, |_| ()).0
}

/// Makes the plan, and looks at what was decided on the way.
pub(super) fn build_and<T>(inputs: Inputs<'_>, look: impl FnOnce(&Context<'_>) -> T) -> (Plan, T) {
    let Inputs {
        config,
        policy,
        snapshot,
        baseline,
        config_ref,
        snapshot_ref,
        findings,
    } = inputs;
    let mut draft = Draft {
        findings,
        ..Draft::default()
    };
    draft.findings.extend(references::check(config, snapshot));
    let acknowledgements = Acknowledgements::new(config, snapshot.captured_on());
    let world = World::new(config, policy, snapshot, baseline, &mut draft.findings);
    let decisions = world.decide(&acknowledgements, &mut draft.findings);
    draft.blocked += decisions.blocked;
    let context = Context {
        config,
        snapshot,
        world: &world,
        decisions: &decisions,
        acknowledgements: &acknowledgements,
    };
    for kind in KINDS {
        (kind.plan)(&context, &mut draft);
    }
    let seen = look(&context);
    draft
        .findings
        .extend(acknowledgements.findings(config, &draft.changes));
    draft.findings.extend(guards::check(
        policy,
        snapshot,
        world.facts().catalogue,
        &draft.changes,
    ));
    for change in &mut draft.changes {
        change.fields.sort_by(|a, b| a.path.cmp(&b.path));
    }

    let overage: FxHashSet<&str> = policy
        .guardrails
        .iter()
        .flat_map(|declared| &declared.value.allow_overage)
        .map(|at| at.value.as_str())
        .collect();
    let order = order(&draft.changes, snapshot.licenses(), &overage);
    let pools = pools::lines(&draft.changes, &order, snapshot);
    let operations = operations(&draft.changes, &order);
    let mut slots: Vec<Option<DraftChange>> = draft.changes.into_iter().map(Some).collect();
    let addresses: FxHashSet<String> = slots.iter().flatten().map(DraftChange::address).collect();
    let mut changes = Vec::with_capacity(slots.len());
    for &index in &order.sequence {
        if let Some(change) = slots[index].take() {
            changes.push(finish(
                change,
                config,
                &acknowledgements,
                &addresses,
                &mut draft.findings,
            ));
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
        summary: summary(config, snapshot, &changes, draft.blocked),
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
    config: &Config,
    acknowledgements: &Acknowledgements<'_>,
    addresses: &FxHashSet<String>,
    findings: &mut Vec<Finding>,
) -> Change {
    let address = change.address();
    let DraftChange {
        kind,
        key,
        action,
        fields,
        preimage,
        mut depends_on,
        ..
    } = change;
    depends_on.retain(|on| addresses.contains(on) && *on != address);
    depends_on.sort();
    depends_on.dedup();
    let mut acknowledged = None;
    let fields: Vec<Field> = fields
        .into_iter()
        .map(|field| {
            let covered = field.loss.map(|code| (code, acknowledgements.covers(code, kind, &key)));
            if let Some((code, entry)) = covered {
                acknowledged = Some(acknowledged.unwrap_or(true) && entry.is_some());
                let lost = field.losses.join(", ");
                let (severity, message, help) = match entry {
                    Some(reason) => (Severity::Info, format!("lost for good: {lost}; acknowledged: {reason}"), None),
                    None => (
                        Severity::Error,
                        format!("would be lost for good: {lost}"),
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
        preimage,
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

fn summary(config: &Config, snapshot: &Snapshot, changes: &[Change], blocked: usize) -> Summary {
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
    Summary {
        create: count(ChangeAction::Create),
        update: count(ChangeAction::Update),
        delete: count(ChangeAction::Delete),
        moves: changes.iter().filter(moved).count(),
        unchanged: unchanged.sum(),
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

/// The requests, in order: what must come before all licences, then each change in its turn, in two parts where it has to.
fn operations(changes: &[DraftChange], order: &Order) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    let mut last: FxHashMap<String, u32> = FxHashMap::default();
    let mut first: FxHashMap<String, u32> = FxHashMap::default();
    let mut push = |request: &super::draft::Request, subject: &str, on: Vec<u32>| {
        let id = operations.len() as u32 + 1;
        operations.push(Operation {
            id,
            method: request.method.to_owned(),
            path: request.path.to_owned(),
            subject: subject.to_owned(),
            depends_on: on,
        });
        id
    };
    let early = order
        .sequence
        .iter()
        .map(|&index| &changes[index])
        .filter(|change| !change.early.is_empty());
    for change in early {
        for request in &change.early {
            let id = push(request, &change.address(), Vec::new());
            last.insert(change.address(), id);
            first.insert(change.address(), id);
        }
    }
    let mut parts: FxHashMap<usize, Vec<&DraftChange>> = FxHashMap::default();
    for (&index, &before) in &order.split {
        parts.entry(before).or_default().push(&changes[index]);
    }
    for (at, &index) in order.sequence.iter().enumerate() {
        for change in parts.remove(&at).unwrap_or_default() {
            let mut requests = change.requests.iter();
            if let Some(request) = requests.find(|request| request.path == "/licenses/users") {
                let id = push(request, &change.address(), Vec::new());
                last.insert(change.address(), id);
            }
        }
        let change = &changes[index];
        let address = change.address();
        for request in &change.requests {
            let mut on: Vec<u32> = change
                .depends_on
                .iter()
                .filter_map(|on| last.get(on).copied())
                .collect();
            on.extend(
                change
                    .after_early
                    .iter()
                    .filter_map(|on| first.get(on).copied()),
            );
            on.extend(last.get(&address).copied());
            on.sort_unstable();
            on.dedup();
            let id = push(request, &address, on);
            last.insert(address.clone(), id);
        }
    }
    operations
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
