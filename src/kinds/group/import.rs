//! Groups as YAML that plans to nothing, and their templates.

use std::collections::BTreeSet;

use super::KIND;
use crate::config::write::Node;
use crate::kinds::imports::{Draft, Source};
use crate::snapshot;

pub fn import(source: &Source<'_>, draft: &mut Draft) {
    let snapshot = source.snapshot;
    let by_email = snapshot.users_by_email();
    let mut entries = Vec::new();
    for seen in draft.named(snapshot.groups(), |seen| &seen.name, KIND.name) {
        let emails: BTreeSet<&str> = seen.members.iter().map(String::as_str).collect();
        let strangers = emails
            .iter()
            .filter(|email| !by_email.contains_key(*email))
            .count();
        let template = source.templates.of_group(&seen.name);
        let template = template.map(|template| template.name.as_str());
        let fields = fields(seen, template, &emails, strangers, draft);
        entries.push((seen.name.clone(), Node::Block(fields)));
    }
    templates(source, draft);
    draft.section(
        KIND.section,
        "Groups. `members` is the whole set: a person who is removed leaves the group. Without it, as for groups from a\n\
         directory, the members are those that Webex has.",
        entries,
    );
}

fn templates(source: &Source<'_>, draft: &mut Draft) {
    let templates = source.templates.by_name();
    let newcomers = templates
        .iter()
        .filter(|template| !template.existing_users)
        .count();
    let entries = templates.iter().map(|template| {
        let fields = Node::fields([
            ("existingUsers", Some(Node::Flag(template.existing_users))),
            ("licenses", Some(template.licenses.clone())),
        ]);
        (template.name.clone(), Node::Block(fields))
    });
    let entries = entries.collect();
    let mut about = "Templates: for groups of three people or more, the licences that all members hold today. Groups with the same\n\
                     licences share one.\n\
                     `existingUsers: true`: a member who loses one of them gets it back, and newcomers get all of them.\n"
        .to_owned();
    if newcomers > 0 {
        about += "`existingUsers: false`: only newcomers get them, since the members differ, or hold two tiers.\n";
    }
    about += "A proposal: give them better names, remove what is not a rule.";
    draft.section("templates", about, entries);
}

/// What an entry says of a group. Members whom the snapshot does not list as people leave the list out.
fn fields(
    seen: &snapshot::Group,
    template: Option<&str>,
    emails: &BTreeSet<&str>,
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
        ("template", template.map(Node::text)),
        ("source", directory.then(|| Node::text("directory"))),
        ("kind", kind.map(Node::text)),
        ("members", listed.then_some(Node::List(list))),
    ])
}
