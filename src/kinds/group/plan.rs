//! What changes of groups: creation, name and description, membership, deletion.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::fields::{FIELDS, MEMBERS};
use super::{KIND, essence};
use crate::change::{
    ChangeAction, Draft, DraftChange, DraftField, FieldAction, Need, Request, Risk, Shared, Turn,
    nothing, text,
};
use crate::config::{Declared, Spot, model};
use crate::finding::{DIRECTORY_OWNED_FIELD, Finding, MEMBERSHIP_WAITS};
use crate::kinds::field::Compared;
use crate::kinds::{Context, no_longer};
use crate::licensing::{AskState, Group, Reason, UserIx, Wish};
use crate::snapshot;

/// Webex takes at most this many members in one request.
const MEMBERS_PER_REQUEST: usize = 500;

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    let people = context.world.facts().people;
    let mut waiting: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for group in context.world.groups() {
        if group.ambiguous {
            continue;
        }
        let waits = |user| group.carries && context.decisions.waiting.contains(&user);
        let Some(declared) = group.declared else {
            draft.changes.extend(deletion(context, group, &mut waiting));
            continue;
        };
        let list = declared.value.members.as_ref();
        let spot = list.map(|list| declared.spot(list));
        let mut fields = own_fields(context, group, declared, draft);
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
        let sent: Vec<&DraftField> = fields
            .iter()
            .filter(|field| !create || field.path.starts_with(MEMBERS))
            .collect();
        let patches = sent.chunks(MEMBERS_PER_REQUEST).map(|chunk| {
            Request::new("PATCH", "/groups/{groupId}")
                .sending_next(chunk.len())
                .after(chunk.iter().copied().filter_map(person))
        });
        let creation = Request::new("POST", "/groups")
            .sending(&["description"])
            .early();
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
            preimage: captured(context, group).map(essence),
            turn: Turn::Follow,
            depends_on: Vec::new(),
        });
    }
    removals(context, &mut waiting);
    say_waiting(draft, waiting);
}

/// The group as the snapshot has it, under its old name.
fn captured<'a>(context: &Context<'a>, group: &Group<'_>) -> Option<&'a snapshot::Group> {
    let name = context
        .old_name(KIND.name, group.name)
        .unwrap_or(group.name);
    let mut groups = context.captured.groups().iter();
    groups.find(|seen| seen.name == name)
}

/// The name and the description.
fn own_fields(
    context: &Context<'_>,
    group: &Group<'_>,
    declared: &Declared<model::Group>,
    draft: &mut Draft,
) -> Vec<DraftField> {
    let because = |spot: Spot, what: &str| Reason {
        spot: Some(spot),
        because: vec![format!("groups/{} {what}", group.name)],
    };
    let mut fields = Vec::new();
    if let (Some(old), Some(former)) = (
        context.old_name(KIND.name, group.name),
        &declared.value.formerly,
    ) {
        let field = DraftField::new(
            "name",
            FieldAction::Change,
            Risk::Reversible,
            text(old),
            text(group.name),
        );
        fields.push(field.because(because(declared.spot(former), "formerly")));
    }
    let compared = Compared {
        section: KIND.section,
        key: group.name,
        declared,
        seen: group.observed,
    };
    fields.extend(FIELDS.iter().filter_map(|row| compared.field(row, false)));
    let from_directory = group
        .observed
        .is_some_and(|seen| seen.source.as_deref() == Some("directory"));
    if from_directory && !fields.is_empty() {
        draft.blocked += fields.len();
        draft.findings.push(
            Finding::error(
                DIRECTORY_OWNED_FIELD,
                format!(
                    "name and description of {} belong to the directory",
                    group.name
                ),
            )
            .about(format!("group/{}", group.name))
            .help("change them in the directory, and leave them out here")
            .at(context.config.place(declared.key)),
        );
        fields.clear();
    }
    fields
}

/// A group that an earlier revision had: it goes after the licences of its members, or waits with them.
fn deletion<'a>(
    context: &'a Context<'_>,
    group: &Group<'a>,
    waiting: &mut BTreeMap<&'a str, Vec<String>>,
) -> Option<DraftChange> {
    let waits = |user: &UserIx| group.carries && context.decisions.waiting.contains(user);
    let held_up: Vec<&str> = group
        .leaves
        .iter()
        .filter(|leave| leave.user.as_ref().is_some_and(waits))
        .map(|leave| leave.email)
        .collect();
    for email in &held_up {
        waiting
            .entry(email)
            .or_default()
            .push(format!("the deletion of {}", group.name));
    }
    if !held_up.is_empty() {
        return None;
    }
    let field = DraftField::new(
        "state",
        FieldAction::Remove,
        Risk::Disruptive,
        text("present"),
        nothing(),
    );
    let leaves = group.leaves.iter().filter(|leave| leave.user.is_some());
    Some(DraftChange {
        kind: KIND.name,
        key: group.name.to_owned(),
        action: ChangeAction::Delete,
        fields: vec![field.because(no_longer("groups", group.name))],
        preimage: group.observed.map(essence),
        turn: Turn::Follow,
        depends_on: leaves
            .map(|leave| Need::Done(format!("user/{}", leave.email)))
            .collect(),
        requests: vec![Request::new("DELETE", "/groups/{groupId}")],
    })
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

/// What would be taken away because of the changes of groups that wait.
fn removals<'a>(context: &'a Context<'_>, waiting: &mut BTreeMap<&'a str, Vec<String>>) {
    let facts = context.world.facts();
    let asks = context.decisions.asks.iter();
    for ask in asks.filter(|ask| ask.state == AskState::Waits) {
        let (_, email) = facts.named(ask.holder);
        let path = facts.catalogue.path(ask.slot);
        let what = match ask.wish {
            Wish::Remove => format!("removal of {path}"),
            _ => format!("change of {path}"),
        };
        waiting.entry(email).or_default().push(what);
    }
}

/// Joins, leaves and removals that wait until the person's licences can be changed (rule 1).
fn say_waiting(draft: &mut Draft, waiting: BTreeMap<&str, Vec<String>>) {
    for (email, what) in waiting {
        let message = format!(
            "{}: waits until the licences of this person can be changed",
            what.join(", ")
        );
        draft.findings.push(
            Finding::info(MEMBERSHIP_WAITS, message)
                .about(format!("user/{email}"))
                .help("fix what blocks the person's licences; the next plan then carries out all of it"),
        );
    }
}
