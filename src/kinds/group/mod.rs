//! Groups: creation and membership. Which template a group carries is decided elsewhere; it is never written to Webex.

mod import;
mod wire;

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::change::{
    ChangeAction, Draft, DraftChange, DraftField, Fact, FieldAction, Need, Observed, Request, Risk,
    Shared, Turn, nothing, preimage, text, text_or_nothing,
};
use crate::config::{Declared, Spot, model};
use crate::finding::{DIRECTORY_OWNED_FIELD, Finding, MEMBERSHIP_WAITS};
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Kind, Rename, all_keys, former, no_longer};
use crate::licensing::{AskState, Group, Reason, UserIx, Wish};
use crate::snapshot::{self, Snapshot};

/// Webex takes at most this many members in one request.
const MEMBERS_PER_REQUEST: usize = 500;

/// How the path of a member begins.
const MEMBERS: &str = "members/";

/// Groups.
pub const KIND: Kind = Kind {
    name: "group",
    section: "groups",
    plan,
    losses: &[],
    live: wire::LIVE,
    import: import::import,
    rename: Some(Rename {
        former: |config| former(&config.groups, |group| group.formerly.as_ref()),
        has: |snapshot, name| snapshot.groups().iter().any(|group| group.name == name),
        apply: |snapshot, old, now| {
            let groups = snapshot.groups.iter_mut().flatten();
            groups
                .filter(|group| group.name == old)
                .for_each(|group| group.name = now.to_owned());
            snapshot.sort();
        },
    }),
    observed: |snapshot| snapshot.groups().len(),
    considered: |config, _| config.groups.len(),
    considers: |config, _, key| config.groups.contains_key(key),
    counts_as_update: loses_a_tenth,
    keys: |config, snapshot| {
        let observed = snapshot.groups().iter().map(|group| &group.name);
        all_keys(config.groups.keys(), observed)
    },
    facts,
    observe,
    adopt,
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

/// What a group has now, as the entry says it.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    let entry = wanted.config.groups.get(wanted.key);
    match wanted.field.path.as_str() {
        "name" | "state" => Err(wanted.by_hand("names and deletions are decided in the files")),
        path if path.starts_with(MEMBERS) => wanted.member(KIND.section, entry),
        _ => wanted.plain(KIND.section, entry),
    }
}

/// What the snapshot says of the group, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let groups = context.snapshot.groups();
    let at = groups.binary_search_by(|group| group.name.as_str().cmp(key));
    let seen = &groups[at.ok()?];
    let old = context.old_name(KIND.name, key).unwrap_or(key);
    let description = seen.description.as_deref();
    let members = seen
        .members
        .iter()
        .map(|member| (format!("{MEMBERS}{member}"), text(member)));
    let observed = Observed::new(&seen.id, [old.to_owned()])
        .text("state", Some("present"))
        .text("name", Some(old))
        .text(
            "description",
            description.filter(|description| !description.is_empty()),
        );
    Some(observed.with(members))
}

/// A group counts when it is deleted, gets another name or description, or loses more than a tenth of its members.
fn loses_a_tenth(change: &DraftChange, snapshot: &Snapshot) -> bool {
    let (members, own): (Vec<&DraftField>, Vec<&DraftField>) = change
        .fields
        .iter()
        .filter(|field| matches!(field.action, FieldAction::Change | FieldAction::Remove))
        .partition(|field| field.path.starts_with("members/"));
    let groups = snapshot.groups();
    let before = groups
        .binary_search_by(|group| group.name.cmp(&change.key))
        .map(|at| groups[at].members.len());
    !own.is_empty() || members.len() * 10 > before.unwrap_or(0)
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
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
            preimage: captured(context, group).and_then(preimage),
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
    if let Some(description) = &declared.value.description {
        let before = group.observed.and_then(|seen| seen.description.as_deref());
        let before = before.filter(|before| !before.is_empty());
        let after = Some(description.value.as_str()).filter(|after| !after.is_empty());
        let (action, risk) = match (before, after) {
            (None, _) => (FieldAction::Add, Risk::Additive),
            (_, None) => (FieldAction::Remove, Risk::Reversible),
            _ => (FieldAction::Change, Risk::Reversible),
        };
        if before != after {
            let field = DraftField::new(
                "description",
                action,
                risk,
                text_or_nothing(before),
                text_or_nothing(after),
            );
            fields.push(field.because(because(declared.spot(description), "description")));
        }
    }
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
        preimage: group.observed.and_then(preimage),
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
