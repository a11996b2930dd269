//! People: creation, licences, Calling identity, names, roles, deletion.

mod deletion;
mod facts;
mod fields;
mod import;
mod plan;
mod profile;
mod wire;

use serde_json::json;

use self::fields::FIELDS;
use crate::change::{Address, Observed};
use crate::config::Config;
use crate::config::schema;
use crate::config::sections::USER;
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Holders, Kind, List, all_keys, field, licenses, loses_or_changes};
use crate::licensing::Holder;
use crate::phone;
use crate::snapshot::{Essence, Snapshot, User, ids};

/// People.
pub const KIND: Kind = Kind {
    name: USER.kind,
    section: USER.name,
    declared: USER,
    list: Some(List {
        name: USER.name,
        captured: |snapshot| snapshot.users.is_some(),
        needed: |_| true,
    }),
    completes: Some(schema::Kind::Person),
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    called: None,
    waits: None,
    includes: Some(|_, email| vec![Address::new("webexGoDevice", email)]),
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
    known_as,
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
        with_key: |snapshot, key| {
            let users = snapshot.users();
            let at = users.binary_search_by(|user| user.email.as_str().cmp(key));
            at.ok().map(|at| json!(users[at]))
        },
        essence: |snapshot, key| {
            let users = snapshot.users();
            let at = users.binary_search_by(|user| user.email.as_str().cmp(key));
            at.ok().map(|at| essence(&users[at]))
        },
    }),
    import: Some(import::import),
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

/// Who has this name, number or extension. A number that the snapshot lists is an object of its own, which names its owner.
fn known_as(_: &Config, snapshot: &Snapshot, text: &str) -> Vec<String> {
    let name = text.to_lowercase();
    let known = snapshot.users().iter().filter(|user| {
        let called = user.display_name.as_deref();
        let number = user.phone_number.as_deref();
        let number = number.filter(|_| snapshot.numbers.is_none());
        user.extension.as_deref() == Some(text)
            || called.is_some_and(|it| it.to_lowercase() == name)
            || number.is_some_and(|number| phone::reads_as(text, number))
    });
    known.map(|user| user.email.clone()).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Essence {
        let user: User = serde_json::from_str(json).unwrap();
        essence(&user)
    }

    #[test]
    fn a_difference_has_a_name() {
        let planned = of(
            r#"{"email": "a@b.c", "displayName": "Ana", "location": "Dallas", "extension": "1001", "licenses": ["A", "B"]}"#,
        );
        let now = of(
            r#"{"email": "a@b.c", "displayName": "Ana", "location": "Dallas", "extension": "1002", "licenses": ["B", "A"], "roles": ["R"]}"#,
        );
        let differs = now.differs_from(&planned.members);
        assert_eq!(differs, ["extension", "roles"]);
        assert_ne!(now.digest, planned.digest);
    }

    #[test]
    fn a_location_without_calling_does_not_count() {
        let file = of(r#"{"email": "a@b.c", "location": "Dallas"}"#);
        let read = of(r#"{"email": "a@b.c"}"#);
        assert_eq!(file, read);
        let calls = of(r#"{"email": "a@b.c", "location": "Dallas", "extension": "1001"}"#);
        assert_ne!(calls, read);
    }

    #[test]
    fn empty_and_absent_are_the_same_and_order_does_not_count() {
        let one = of(r#"{"email": "a@b.c", "displayName": "", "licenses": ["A", "B"]}"#);
        let other = of(r#"{"email": "a@b.c", "licenses": ["B", "A"], "status": "active"}"#);
        assert_eq!(one, other);
    }

    #[test]
    fn a_person_created_again_is_another_person() {
        let one = of(r#"{"id": "P1", "email": "a@b.c", "displayName": "Ana"}"#);
        let other = of(r#"{"id": "P2", "email": "a@b.c", "displayName": "Ana"}"#);
        assert_eq!(other.differs_from(&one.members), ["id"]);
        let exported = of(r#"{"email": "a@b.c", "displayName": "Ana"}"#);
        assert!(other.differs_from(&exported.members).is_empty());
    }

    #[test]
    fn forms_of_one_id_are_one() {
        let padded = "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg==";
        let bare = "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg";
        let with = |id: &str| of(&format!(r#"{{"id": "{id}", "email": "a@b.c"}}"#));
        assert_eq!(with(padded), with(bare));
    }
}
