//! What `explain` shows of a person.

use super::fields::FIELDS;
use crate::change::Fact;
use crate::kinds::{Context, field};
use crate::licensing::waiting_domain;
use crate::snapshot::{self, Word};

/// What the snapshot says of the person, in the order in which one asks.
pub fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let people = context.world.facts().people;
    let user = people.find(key);
    let observed = user.and_then(|user| people.snapshot(user));
    let declared = user.and_then(|user| people.declared(user));
    let text =
        |of: fn(&snapshot::User) -> &Option<String>| observed.and_then(|user| of(user).clone());
    let name = text(|user| &user.display_name);
    let given = declared.and_then(|declared| declared.value.display_name.as_ref());
    let status = match (observed, user) {
        (Some(user), _) => user.status.clone().map(String::from),
        (None, Some(_)) => Some("created by this plan".to_owned()),
        (None, None) => Some("not in the organisation".to_owned()),
    };
    let source = match user {
        Some(user) if people.from_directory(user) => "directory",
        _ => "webex",
    };
    let mut facts = vec![Fact::new(
        "displayName",
        "name",
        name.or(given.map(|at| at.value.clone())),
    )];
    facts.extend(status.map(|status| Fact::new("status", "status", status)));
    if user.is_none() {
        return facts;
    }
    let domain = waiting_domain(context.snapshot, observed, key);
    facts.extend(domain.map(|domain| {
        let wait = format!("licences wait for it: {domain} is not verified");
        Fact::new("signIn", "first sign-in", wait)
    }));
    let joined = context
        .applied
        .filter(|applied| observed.is_some() && applied.is_new(key));
    facts.extend(joined.map(|applied| {
        let since = format!(
            "after the applied snapshot of {}, which lacks the person",
            applied.since(key)
        );
        Fact::new("joined", "joined", since)
    }));
    facts.push(Fact::new("source", "source", source));
    facts.extend(field::facts(&FIELDS, observed));
    facts.push(Fact::new(
        "workPhone",
        "work phone",
        text(|user| &user.work_phone),
    ));
    facts.extend(lists(observed));
    facts
}

/// What a person administers, as far as there is something.
fn lists(observed: Option<&snapshot::User>) -> impl Iterator<Item = Fact> {
    let list = |name, label, all: &[Word]| {
        let all: Vec<String> = all.iter().map(|one| one.to_string()).collect();
        (!all.is_empty()).then(|| Fact::new(name, label, all))
    };
    let of = observed.map(|user| {
        [
            list("roles", "roles", &user.roles),
            list("siteAdmin", "site admin", &user.site_admin),
        ]
    });
    of.into_iter().flatten().flatten()
}
