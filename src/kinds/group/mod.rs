//! Groups: creation and membership. Which template a group carries is decided elsewhere; it is never written to Webex.

mod fields;
mod import;
mod plan;
mod wire;

use serde_json::json;

use self::fields::{FIELDS, MEMBERS};
use crate::change::{DraftChange, DraftField, Fact, FieldAction, Observed};
use crate::config::model::AssignmentMode;
use crate::config::schema;
use crate::config::sections::GROUP;
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Kind, List, Rename, all_keys, field, only_by_key};
use crate::snapshot::{Essence, Group, Snapshot};

/// Groups.
pub const KIND: Kind = Kind {
    name: GROUP.kind,
    section: GROUP.name,
    declared: GROUP,
    list: Some(List {
        name: GROUP.name,
        captured: |snapshot| snapshot.groups.is_some(),
        needed: |config| config.mode() == AssignmentMode::Group,
    }),
    completes: Some(schema::Kind::Group),
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    called: None,
    waits: None,
    includes: None,
    live: wire::LIVE,
    import: Some(import::import),
    rename: Some(Rename {
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
    known_as: only_by_key,
    facts,
    observe,
    adopt,
    holders: None,
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
    let address = format!("{}/{key}", KIND.name);
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
            observed.map(|group| match context.snapshot.is_not_known(&address) {
                true => json!("unknown"),
                false => json!(group.members.len()),
            }),
        ),
    ]
}

/// What a group has now, as the entry says it.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    field::adopt(&FIELDS, KIND.section, &wanted.config.groups, wanted)
}

/// What the snapshot says of the group, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let groups = context.snapshot.groups();
    let at = groups.binary_search_by(|group| group.name.as_str().cmp(key));
    let seen = &groups[at.ok()?];
    let old = context.old_name(KIND.name, key).unwrap_or(key);
    let observed = Observed::new(&seen.id, [old.to_owned()]).text("name", Some(old));
    Some(field::observe(&FIELDS, seen, observed))
}

/// What is compared of a group between a plan and its execution.
fn essence(seen: &Group) -> Essence {
    field::essence(&FIELDS, &seen.id, seen)
}

/// A group counts when it is deleted, gets another name or description, or loses more than a tenth of its members.
fn loses_a_tenth(change: &DraftChange, snapshot: &Snapshot) -> bool {
    let (members, own): (Vec<&DraftField>, Vec<&DraftField>) = change
        .fields
        .iter()
        .filter(|field| matches!(field.action, FieldAction::Change | FieldAction::Remove))
        .partition(|field| field.path.starts_with(MEMBERS));
    let groups = snapshot.groups();
    let before = groups
        .binary_search_by(|group| group.name.cmp(&change.key))
        .map(|at| groups[at].members.len());
    !own.is_empty() || members.len() * 10 > before.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_created_again_is_another_group() {
        let of = |id: &str| {
            let json = format!(r#"{{"id": "{id}", "name": "Sales"}}"#);
            let group: Group = serde_json::from_str(&json).unwrap();
            essence(&group)
        };
        assert_ne!(of("G1"), of("G2"));
    }
}
