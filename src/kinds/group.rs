//! Groups: creation and membership. Which template a group carries is decided elsewhere; it is never written to Webex.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{Context, Kind, all_keys};
use crate::config::Spot;
use crate::finding::{Finding, MEMBERSHIP_WAITS};
use crate::licensing::{Group, Reason};
use crate::plan::{
    ChangeAction, Draft, DraftChange, DraftField, Fact, FieldAction, Need, Request, Risk, Shared,
    Turn, nothing, preimage, text,
};
use crate::snapshot::Snapshot;

/// Webex takes at most this many members in one request.
const MEMBERS_PER_REQUEST: usize = 500;

/// How the path of a member begins.
const MEMBERS: &str = "members/";

/// Groups.
pub const KIND: Kind = Kind {
    name: "group",
    section: "groups",
    plan,
    observed: |snapshot| snapshot.groups().len(),
    considered: |config, _| config.groups.len(),
    considers: |config, _, key| config.groups.contains_key(key),
    counts_as_update: loses_a_tenth,
    keys: |config, snapshot| {
        let observed = snapshot.groups().iter().map(|group| &group.name);
        all_keys(config.groups.keys(), observed)
    },
    facts,
    holder: |_, _| None,
};

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let mut groups = context.snapshot.groups().iter();
    let observed = groups.find(|group| group.name == key);
    let declared = context.config.groups.get(key);
    let template = declared.and_then(|declared| declared.value.template.as_ref());
    let status = match (observed, declared) {
        (Some(_), Some(_)) => "managed here",
        (Some(_), None) => "not in the configuration",
        (None, _) => "not in the organisation",
    };
    vec![
        Fact::new("status", "status", status),
        Fact::new(
            "source",
            "source",
            observed.and_then(|group| group.source.clone()),
        ),
        Fact::new(
            "kind",
            "kind",
            observed.and_then(|group| group.kind.clone()),
        ),
        Fact::new("template", "template", template.map(|at| at.value.clone())),
        Fact::new(
            "members",
            "members",
            observed.map(|group| group.members.len()),
        ),
    ]
}

/// A group counts when it is deleted or loses more than a tenth of its members.
fn loses_a_tenth(change: &DraftChange, snapshot: &Snapshot) -> bool {
    let lost = change
        .fields
        .iter()
        .filter(|field| field.action == FieldAction::Remove)
        .count();
    let groups = snapshot.groups();
    let before = groups
        .binary_search_by(|group| group.name.cmp(&change.key))
        .map(|at| groups[at].members.len());
    change.action == ChangeAction::Delete || lost * 10 > before.unwrap_or(0)
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
    let people = context.world.facts().people;
    let mut waiting: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for group in context.world.groups() {
        let waits = |user| group.template.is_some() && context.decisions.waiting.contains(&user);
        let list = group.declared.value.members.as_ref();
        let spot = list.map(|list| group.declared.spot(list));
        let mut fields = Vec::new();
        let mut members = FxHashSet::default();
        for &(user, spot) in &group.joins {
            let email = people.email(user);
            if waits(user) {
                waiting
                    .entry(email)
                    .or_default()
                    .push(format!("joins {}", group.name));
                continue;
            }
            members.insert(email);
            let field = member(
                email,
                FieldAction::Add,
                Risk::Additive,
                nothing(),
                text(email),
            );
            fields.push(field.because(reason(group, Some(spot))));
        }
        for leave in &group.leaves {
            if let Some(user) = leave.user {
                if waits(user) {
                    waiting
                        .entry(leave.email)
                        .or_default()
                        .push(format!("leaves {}", group.name));
                    continue;
                }
                members.insert(leave.email);
            }
            let before = text(leave.email);
            let field = member(
                leave.email,
                FieldAction::Remove,
                Risk::Reversible,
                before,
                nothing(),
            );
            fields.push(field.because(reason(group, spot)));
        }
        let create = group.observed.is_none();
        if fields.is_empty() && !create {
            continue;
        }
        // Each request waits for the people whom it names, and for nobody else.
        fields.sort_by(|a, b| a.path.cmp(&b.path));
        let person = |field: &DraftField| {
            let email = field.path.strip_prefix(MEMBERS)?;
            let waits = members.contains(email);
            waits.then(|| Need::Done(format!("user/{email}")))
        };
        let patches = fields.chunks(MEMBERS_PER_REQUEST).map(|chunk| {
            Request::new("PATCH", "/groups/{groupId}")
                .sending_next(chunk.len())
                .after(chunk.iter().filter_map(person))
        });
        let creation = Request::new("POST", "/groups").sending(&[]).early();
        let requests = create.then_some(creation).into_iter().chain(patches);
        draft.changes.push(DraftChange {
            kind: KIND.name,
            key: group.name.to_owned(),
            action: if create {
                ChangeAction::Create
            } else {
                ChangeAction::Update
            },
            requests: requests.collect(),
            fields,
            preimage: group.observed.and_then(preimage),
            turn: Turn::Follow,
            depends_on: Vec::new(),
        });
    }
    say_waiting(draft, waiting);
}

fn member(
    email: &str,
    action: FieldAction,
    risk: Risk,
    before: Shared,
    after: Shared,
) -> DraftField {
    DraftField::new(format!("{MEMBERS}{email}"), action, risk, before, after)
}

fn reason(group: &Group<'_>, spot: Option<Spot>) -> Reason {
    Reason {
        spot,
        because: vec![format!("groups/{} members", group.name)],
    }
}

/// Joins and leaves that wait until the person's licences can be decided (rule 1).
fn say_waiting(draft: &mut Draft, waiting: BTreeMap<&str, Vec<String>>) {
    for (email, what) in waiting {
        let message = format!(
            "{}: waits until the licences of this person can be changed",
            what.join(", ")
        );
        draft.findings.push(
            Finding::info(MEMBERSHIP_WAITS, message)
                .about(format!("user/{email}"))
                .help("mend what blocks the person's licences; the next plan then changes the group as well"),
        );
    }
}
