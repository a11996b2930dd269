//! Groups as YAML that plans to nothing, with templates of what the members of each have in common.

use std::collections::{BTreeMap, BTreeSet};

use super::KIND;
use crate::config::model::AssignmentMode;
use crate::config::write::Node;
use crate::kinds::imports::{Draft, Source};
use crate::kinds::licenses::import as licenses;
use crate::licensing::catalogue::{ProductIx, Service, Tier};
use crate::snapshot::{self, User};

/// A group of fewer says little about what its next member needs.
const MEMBERS_FOR_A_TEMPLATE: usize = 3;

pub fn import(source: &Source<'_>, draft: &mut Draft) {
    let snapshot = source.snapshot;
    let by_email = snapshot.users_by_email();
    let mut templates = Vec::new();
    let mut entries = Vec::new();
    for seen in draft.named(snapshot.groups(), |seen| &seen.name, KIND.name) {
        let mut emails: Vec<&str> = seen.members.iter().map(String::as_str).collect();
        emails.dedup();
        let members: Vec<&User> = emails
            .iter()
            .filter_map(|email| by_email.get(email))
            .map(|&at| &snapshot.users()[at])
            .collect();
        let common = template_allowed(source, seen)
            .then(|| in_common(source, &members))
            .flatten();
        let template = common.is_some();
        templates.extend(common.map(|licenses| {
            let fields = Node::fields([
                ("existingUsers", Some(Node::Flag(false))),
                ("licenses", Some(licenses)),
            ]);
            (seen.name.clone(), Node::Block(fields))
        }));
        let strangers = emails.len() - members.len();
        let fields = fields(seen, template, &emails, strangers, draft);
        entries.push((seen.name.clone(), Node::Block(fields)));
    }
    draft.section(
        "templates",
        "Templates: for each group of three people or more, the licences that all its members hold today.\n\
         They count only for newcomers, so no one changes. `existingUsers: true` gives them to all members.\n\
         A proposal: give them better names, let groups share them, remove what is not a rule.",
        templates,
    );
    draft.section(
        KIND.section,
        "Groups. `members` is the whole set: a person who is removed leaves the group. Without it, as for groups from a\n\
         directory, the members are those that Webex has.",
        entries,
    );
}

/// What an entry says of a group. Members whom the snapshot does not list as people leave the list out.
fn fields(
    seen: &snapshot::Group,
    template: bool,
    emails: &[&str],
    strangers: usize,
    draft: &mut Draft,
) -> Vec<(String, Node)> {
    let directory = seen.source.as_deref() == Some("directory");
    if !directory && strangers > 0 {
        let why = format!(
            "of group {} whom the snapshot does not list as people: its members are omitted",
            seen.name
        );
        draft.leave_out(strangers, "member", &why);
    }
    let kind = seen.kind.as_deref();
    let kind = kind.filter(|kind| ["security", "distribution", "unknown"].contains(kind));
    let list = emails.iter().map(|email| Node::text(*email)).collect();
    let listed = !directory && strangers == 0;
    Node::fields([
        ("template", template.then(|| Node::text(&seen.name))),
        ("source", directory.then(|| Node::text("directory"))),
        ("kind", kind.map(Node::text)),
        ("members", listed.then_some(Node::List(list))),
    ])
}

/// Whether a template of the group would count, without a doubt about what kind of group it is.
fn template_allowed(source: &Source<'_>, seen: &snapshot::Group) -> bool {
    let kind = seen.kind.as_deref();
    source.mode == AssignmentMode::Group
        && kind != Some("distribution")
        && (seen.source.as_deref() != Some("directory") || kind == Some("security"))
}

/// What all of them hold and a template can give; the better tier where they hold two.
fn in_common(source: &Source<'_>, members: &[&User]) -> Option<Node> {
    if members.len() < MEMBERS_FOR_A_TEMPLATE {
        return None;
    }
    let held = |user: &User| -> BTreeSet<_> {
        let kinds = licenses::kinds(source, &user.licenses);
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
    licenses::set(source, &products)
}
