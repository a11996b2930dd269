//! Subscribers: provisioning, package, names, number and extension, removal. Each is one request, and Webex works on it
//! afterwards.

mod creation;
mod fields;
mod import;
mod plan;
mod remarks;
mod removal;
mod states;
mod wire;

use self::fields::FIELDS;
use crate::change::{Fact, Observed};
use crate::config::schema;
use crate::config::sections::BROADWORKS_SUBSCRIBER;
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::broadworks::{Customers, Organisation};
use crate::kinds::{Context, Kind, all_keys, field, loses_or_changes};
use crate::phone;
use crate::snapshot::broadworks::Subscriber;
use crate::snapshot::{Essence, Snapshot};

/// Subscribers.
pub const KIND: Kind = Kind {
    name: BROADWORKS_SUBSCRIBER.kind,
    section: BROADWORKS_SUBSCRIBER.name,
    declared: BROADWORKS_SUBSCRIBER,
    // Where it was not captured, the rest of the organisation is planned.
    list: None,
    completes: Some(schema::Kind::Subscriber),
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    rename: None,
    observed: |snapshot| all(snapshot).len(),
    considered: |config, _| config.subscribers.len(),
    considers: |config, _, key| config.subscribers.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed = all(snapshot).iter().map(|it| &it.user_id);
        all_keys(config.subscribers.keys(), observed)
    },
    known_as,
    facts,
    observe,
    adopt,
    holders: None,
    live: wire::LIVE,
    import: Some(import::import),
};

fn all(snapshot: &Snapshot) -> &[Subscriber] {
    snapshot
        .broadworks
        .as_ref()
        .map_or(&[], |it| it.subscribers())
}

/// The subscriber with this user id.
fn find<'a>(snapshot: &'a Snapshot, key: &str) -> Option<&'a Subscriber> {
    let all = all(snapshot);
    let at = all.binary_search_by(|it| it.user_id.as_str().cmp(key));
    at.ok().map(|at| &all[at])
}

/// What is compared of a subscriber between a plan and its execution.
fn essence(seen: &Subscriber) -> Essence {
    // Files and Webex name it by the user id, which never changes.
    field::essence(&FIELDS, "", seen)
}

/// By address, number or extension. The address of a person of this organisation is that person.
fn known_as(snapshot: &Snapshot, text: &str) -> Vec<String> {
    let email = text.to_lowercase();
    let known = all(snapshot).iter().filter(|seen| {
        let number = seen.primary_phone_number.as_deref();
        seen.email.as_deref() == Some(email.as_str())
            || seen.extension.as_deref() == Some(text)
            || number.is_some_and(|number| phone::reads_as(text, number))
    });
    known.map(|seen| seen.user_id.clone()).collect()
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let captured = context.snapshot.broadworks.as_ref();
    if captured.is_none_or(|it| it.subscribers.is_none()) {
        return vec![Fact::new("status", "status", "not captured")];
    }
    let Some(seen) = find(context.snapshot, key) else {
        return vec![Fact::new("status", "status", to_come(context, key))];
    };
    let mut facts: Vec<Fact> = field::facts(&FIELDS, Some(seen)).collect();
    facts.push(Fact::new("status", "status", seen.status.clone()));
    let since = seen.status_since.clone();
    facts.extend(since.map(|since| Fact::new("statusSince", "since", since)));
    if let Some(failure) = seen.failure() {
        facts.push(Fact::new("errors", "failure", failure));
    }
    facts
}

/// What is to become of one that is not there.
fn to_come(context: &Context<'_>, key: &str) -> String {
    let declared = context.config.subscribers.get(key);
    let home = declared.map(|entry| entry.value.enterprise.value.as_str());
    let customers = Customers::new(context.config, context.snapshot);
    let waits = home.zip(customers).and_then(|(home, customers)| {
        let first = match customers.organisation(home) {
            Organisation::There => None,
            Organisation::Coming(first) => Some(first.user_id.as_str()),
            Organisation::Missing => customers.first(home),
        };
        first.filter(|first| *first != key).map(str::to_owned)
    });
    match waits {
        Some(first) => format!("waits until {first} is provisioned"),
        None => "not provisioned".to_owned(),
    }
}

/// What a subscriber has now, as the entry says it.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    field::adopt(&FIELDS, KIND.section, &wanted.config.subscribers, wanted)
}

/// What the snapshot says of the subscriber, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let seen = find(context.snapshot, key)?;
    let names = [seen.user_id.clone()].into_iter().chain(seen.email.clone());
    Some(field::observe(
        &FIELDS,
        seen,
        Observed::new(&seen.id, names),
    ))
}
