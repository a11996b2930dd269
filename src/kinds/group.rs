//! Groups: creation and membership. Which template a group carries is decided elsewhere; it is never written to Webex.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, Kind, all_keys};
use crate::config::Spot;
use crate::config::model::AssignmentMode;
use crate::config::write::Node;
use crate::finding::{Finding, MEMBERSHIP_WAITS};
use crate::import;
use crate::licensing::catalogue::{ProductIx, Service, Tier};
use crate::licensing::{Group, Reason};
use crate::plan::{
    ChangeAction, Draft, DraftChange, DraftField, Fact, FieldAction, Request, Risk, Shared, Turn,
    nothing, preimage, text,
};
use crate::snapshot::{self, Snapshot, User};

/// Webex takes at most this many members in one request.
const MEMBERS_PER_REQUEST: usize = 500;

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
    import,
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
        let mut depends_on = Vec::new();
        for &(user, spot) in &group.joins {
            let email = people.email(user);
            if waits(user) {
                waiting
                    .entry(email)
                    .or_default()
                    .push(format!("joins {}", group.name));
                continue;
            }
            depends_on.push(format!("user/{email}"));
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
                depends_on.push(format!("user/{}", leave.email));
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
        let patches = fields.len().div_ceil(MEMBERS_PER_REQUEST);
        draft.changes.push(DraftChange {
            kind: KIND.name,
            key: group.name.to_owned(),
            action: if create {
                ChangeAction::Create
            } else {
                ChangeAction::Update
            },
            fields,
            preimage: group.observed.and_then(preimage),
            turn: if create && patches == 0 {
                Turn::Give
            } else {
                Turn::Follow
            },
            depends_on,
            after_early: Vec::new(),
            early: if create {
                vec![Request::new("POST", "/groups")]
            } else {
                Vec::new()
            },
            requests: vec![Request::new("PATCH", "/groups/{groupId}"); patches],
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
    DraftField::new(format!("members/{email}"), action, risk, before, after)
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

/// A group of fewer says little about what its next member needs.
const MEMBERS_FOR_A_TEMPLATE: usize = 3;

fn import(source: &import::Source<'_>, draft: &mut import::Draft) {
    let snapshot = source.snapshot;
    let by_email = snapshot.users_by_email();
    let mut templates = Vec::new();
    let mut entries = Vec::new();
    for seen in draft.named(snapshot.groups(), |seen| &seen.name, KIND.name) {
        let directory = seen.source.as_deref() == Some("directory");
        let mut emails: Vec<&str> = seen.members.iter().map(String::as_str).collect();
        emails.dedup();
        let members: Vec<&User> = emails
            .iter()
            .filter_map(|email| by_email.get(email))
            .map(|&at| &snapshot.users()[at])
            .collect();
        let strangers = emails.len() - members.len();
        if !directory && strangers > 0 {
            let why = format!(
                "of group {} whom the snapshot does not list as people",
                seen.name
            );
            draft.leave_out(strangers, "member", &(why + ": its members are left out"));
        }
        let common = template_allowed(source, seen)
            .then(|| in_common(source, &members))
            .flatten();
        let template = common.is_some().then(|| Node::text(&seen.name));
        templates.extend(common.map(|licenses| {
            let fields = Node::fields([
                ("existingUsers", Some(Node::Flag(false))),
                ("licenses", Some(licenses)),
            ]);
            (seen.name.clone(), Node::Block(fields))
        }));
        let kind = seen.kind.as_deref();
        let kind = kind.filter(|kind| ["security", "distribution", "unknown"].contains(kind));
        let list = emails.iter().map(|email| Node::text(*email)).collect();
        let fields = Node::fields([
            ("template", template),
            ("source", directory.then(|| Node::text("directory"))),
            ("kind", kind.map(Node::text)),
            (
                "members",
                (!directory && strangers == 0).then_some(Node::List(list)),
            ),
        ]);
        entries.push((seen.name.clone(), Node::Block(fields)));
    }
    draft.section(
        "templates",
        "Templates: for each group of three people or more, the licences that all its members hold today.\n\
         They count for newcomers alone, so nobody changes. `existingUsers: true` gives them to all members.\n\
         A proposal: give them better names, let groups share them, take out what is no rule.",
        templates,
    );
    draft.section(
        KIND.section,
        "Groups. `members` is the whole set: who is taken out leaves the group. Without it, as for groups from a\n\
         directory, the members are those that Webex has.",
        entries,
    );
}

/// Whether a template of the group would count, without a doubt about what kind of group it is.
fn template_allowed(source: &import::Source<'_>, seen: &snapshot::Group) -> bool {
    let kind = seen.kind.as_deref();
    source.mode == AssignmentMode::Group
        && kind != Some("distribution")
        && (seen.source.as_deref() != Some("directory") || kind == Some("security"))
}

/// What all of them hold and a template can give; the better tier where they hold two.
fn in_common(source: &import::Source<'_>, members: &[&User]) -> Option<Node> {
    if members.len() < MEMBERS_FOR_A_TEMPLATE {
        return None;
    }
    let held = |user: &User| -> BTreeSet<_> {
        let kinds = import::licenses::kinds(source, &user.licenses);
        let granted = kinds.filter(|kind| {
            kind.slot.service != Service::Other
                && !matches!(kind.tier, Tier::Workspace | Tier::HotDesk)
        });
        granted
            .map(|kind| (kind.slot, kind.tier, kind.product))
            .collect()
    };
    let sets = members.iter().map(|user| held(user));
    let common = sets.reduce(|all, next| all.intersection(&next).copied().collect())?;
    let mut best = BTreeMap::new();
    for (slot, _, product) in common {
        best.entry(slot).or_insert(product);
    }
    let products: Vec<ProductIx> = best.into_values().collect();
    import::licenses::set(source, &products)
}
