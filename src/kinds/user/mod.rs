//! People: creation, licences, Calling identity, names, roles, deletion.

mod deletion;
mod facts;
mod fields;
mod plan;
mod profile;
mod wire;

use serde_json::json;

use self::fields::FIELDS;
use crate::change::Observed;
use crate::config::Config;
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Holders, Kind, all_keys, field, licenses, loses_or_changes};
use crate::licensing::Holder;
use crate::snapshot::{Essence, Snapshot, User, ids};

/// People.
pub const KIND: Kind = Kind {
    name: "user",
    section: "users",
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    live: wire::LIVE,
    rename: None,
    observed: |snapshot| snapshot.users().len(),
    considered: |_, snapshot| snapshot.users().len(),
    considers: |_, snapshot, key| {
        snapshot
            .users()
            .binary_search_by(|user| user.email.as_str().cmp(key))
            .is_ok()
    },
    counts_as_update: loses_or_changes,
    keys,
    facts: facts::facts,
    observe,
    adopt,
    holders: Some(Holders {
        holder: |context, key| {
            let people = context.world.facts().people;
            people.find(key).map(Holder::User)
        },
        with_id: |snapshot, id| {
            let mut users = snapshot.users().iter();
            let user = users.find(|user| ids::plain(&user.id) == id)?;
            Some((user.email.clone(), json!(user)))
        },
        essence: |snapshot, key| {
            let mut users = snapshot.users().iter();
            users.find(|user| user.email == key).map(essence)
        },
    }),
    // People come from the snapshot; a file has only what differs for them.
    import: |_, _| {},
};

/// People of the snapshot, of `users`, and of the members of groups.
fn keys(config: &Config, snapshot: &Snapshot) -> Vec<String> {
    let observed = snapshot.users().iter().map(|user| &user.email);
    let mut keys = all_keys(config.users.keys(), observed);
    let members = config.groups.values();
    let members = members.flat_map(|group| group.value.members.iter().flat_map(|list| &list.value));
    keys.extend(members.map(|member| member.value.to_lowercase()));
    keys
}

/// What a person has now, as the entry says it.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    field::adopt(&FIELDS, KIND.section, &wanted.config.users, wanted)
}

/// What the snapshot says of the person, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let facts = context.world.facts();
    let user = facts.people.find(key)?;
    let seen = facts.people.snapshot(user)?;
    let names = [Some(seen.email.clone()), seen.display_name.clone()];
    let observed = Observed::new(&seen.id, names.into_iter().flatten());
    let observed = field::observe(&FIELDS, seen, observed);
    Some(observed.with(licenses::observed(&facts, Holder::User(user))))
}

/// What is compared of a person between a plan and its execution.
fn essence(seen: &User) -> Essence {
    field::essence(&FIELDS, &seen.id, seen)
}
