//! What changes of groups: creation, name and description, membership, deletion.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::fields::{CREATED, FIELDS, MEMBERS};
use super::{KIND, essence};
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, FieldAction, Need, Request, Risk,
    Shared, Turn, nothing, text,
};
use crate::config::{Declared, Spot, model};
use crate::finding::{DIRECTORY_OWNED_FIELD, Finding, MEMBERSHIP_WAITS};
use crate::kinds::field::Compared;
use crate::kinds::{Context, no_longer};
use crate::licensing::{ChangeState, Group, LicenseAction, Reason, UserIx};
use crate::snapshot;

/// Webex takes at most this many members in one request.
const MEMBERS_PER_REQUEST: usize = 500;

/// What waits for the licences of each person.
type Waiting<'a> = BTreeMap<&'a str, Vec<String>>;

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    let mut waiting = Waiting::new();
    for group in context.world.groups().iter().filter(|it| !it.ambiguous) {
        match group.declared {
            Some(declared) => update(context, group, declared, &mut waiting, draft),
            None => draft.changes.extend(deletion(context, group, &mut waiting)),
        }
    }
    removals(context, &mut waiting);
    say_waiting(context, draft, waiting);
}

/// A group that the files declare.
fn update<'a>(
    context: &'a Context<'_>,
    group: &Group<'a>,
    declared: &Declared<model::Group>,
    waiting: &mut Waiting<'a>,
    draft: &mut Draft,
) {
    let mut fields = own_fields(context, group, declared, draft);
    let named = memberships(context, group, declared, waiting, &mut fields);
    let action = match group.observed {
        None => ChangeAction::Create,
        Some(_) => ChangeAction::Update,
    };
    if fields.is_empty() && action == ChangeAction::Update {
        return;
    }
    fields.sort_by(|a, b| a.path.cmp(&b.path));
    draft.changes.push(DraftChange {
        kind: KIND.name,
        key: group.name.to_owned(),
        action,
        requests: requests(&fields, action, &named),
        fields,
        preimage: captured(context, group).map(essence),
        turn: Turn::Follow,
        depends_on: Vec::new(),
    });
}

/// Adds those who join and leave, unless that waits; gives the people among them.
fn memberships<'a>(
    context: &'a Context<'_>,
    group: &Group<'a>,
    declared: &Declared<model::Group>,
    waiting: &mut Waiting<'a>,
    fields: &mut Vec<DraftField>,
) -> FxHashSet<&'a str> {
    let people = context.world.facts().people;
    let waits = |user| group.carries && context.decisions.waiting.contains(&user);
    let mut named = FxHashSet::default();
    for &(user, spot) in &group.joins {
        let email = people.email(user);
        if waits(user) {
            let what = format!("joining {}", group.name);
            waiting.entry(email).or_default().push(what);
            continue;
        }
        named.insert(email);
        let after = text(email);
        let field = member(email, FieldAction::Add, Risk::Additive, nothing(), after);
        fields.push(field.because(reason(group, Some(spot))));
    }
    let list = declared.value.members.as_ref();
    let spot = list.map(|list| declared.spot(list));
    for leave in &group.leaves {
        let email = leave.email;
        if leave.user.is_some_and(waits) {
            let what = format!("leaving {}", group.name);
            waiting.entry(email).or_default().push(what);
            continue;
        }
        named.extend(leave.user.map(|_| email));
        let (action, before) = (FieldAction::Remove, text(email));
        let field = member(email, action, Risk::Reversible, before, nothing());
        fields.push(field.because(reason(group, spot)));
    }
    named
}

/// Each request waits for the people whom it names, and for no one else.
fn requests(fields: &[DraftField], action: ChangeAction, named: &FxHashSet<&str>) -> Vec<Request> {
    let person = |field: &DraftField| {
        let email = field.path.strip_prefix(MEMBERS)?;
        let waits = named.contains(email);
        waits.then(|| Need::Done(Address::new("user", email)))
    };
    let create = action == ChangeAction::Create;
    let sent: Vec<&DraftField> = fields
        .iter()
        .filter(|field| !create || field.path.starts_with(MEMBERS))
        .collect();
    let patches = sent.chunks(MEMBERS_PER_REQUEST).map(|chunk| {
        Request::new("PATCH", "/groups/{groupId}")
            .sending_next(chunk.len())
            .after(chunk.iter().copied().filter_map(person))
    });
    let creation = Request::new("POST", "/groups").sending(CREATED);
    let creation = create.then(|| creation.early());
    creation.into_iter().chain(patches).collect()
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
    let from_directory = group
        .observed
        .is_some_and(|seen| seen.source.as_deref() == Some("directory"));
    let former = declared.value.formerly.as_ref();
    let name = context.renamed(&KIND, group.name, declared, former, Risk::Reversible);
    // Only the directory gives its groups other names.
    let name = name.filter(|_| former.is_some() || !from_directory);
    let mut fields: Vec<DraftField> = name.into_iter().collect();
    let compared = Compared {
        section: KIND.section,
        key: group.name,
        declared,
        seen: group.observed,
    };
    fields.extend(FIELDS.iter().filter_map(|row| compared.field(row, false)));
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
            .about(Address::new("group", group.name))
            .help("change them in the directory, and omit them here")
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
    waiting: &mut Waiting<'a>,
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
            .map(|leave| Need::Done(Address::new("user", leave.email)))
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

/// What would be removed because of the changes of groups that wait.
fn removals<'a>(context: &'a Context<'_>, waiting: &mut Waiting<'a>) {
    let facts = context.world.facts();
    let changes = context.decisions.changes.iter();
    for change in changes.filter(|change| change.state == ChangeState::Waits) {
        let (_, email) = facts.named(change.holder);
        let path = facts.catalogue.path(change.slot);
        let what = match change.action {
            LicenseAction::Remove => format!("removal of {path}"),
            _ => format!("change of {path}"),
        };
        waiting.entry(email).or_default().push(what);
    }
}

/// Joins, leaves and removals that wait (rule 1), and for what.
fn say_waiting(context: &Context<'_>, draft: &mut Draft, waiting: Waiting<'_>) {
    for (email, what) in waiting {
        let (until, help) = reason_to_wait(context, email);
        let message = format!("held back until {until}: {}", what.join(", "));
        draft.findings.push(
            Finding::info(MEMBERSHIP_WAITS, message)
                .about(Address::new("user", email))
                .help(help),
        );
    }
}

/// What a person's change of groups waits for, and what to do about it.
fn reason_to_wait(context: &Context<'_>, email: &str) -> (String, String) {
    let facts = context.world.facts();
    let user = facts.people.find(email);
    match user.and_then(|user| facts.memberships.doubt(user)) {
        Some(group) if group.incomplete => (
            format!("every member of {} is known", group.name),
            "correct the unknown address in the list of members: it may be this person who is meant. The next plan then \
             includes these changes"
                .to_owned(),
        ),
        Some(group) => (
            format!("it is known who is in {}", group.name),
            format!(
                "see the finding about group/{}; once it is resolved, the plan includes these changes",
                group.name
            ),
        ),
        None => (
            "the licences of this person can be changed".to_owned(),
            "resolve the other findings about this person; the next plan then includes these changes".to_owned(),
        ),
    }
}
