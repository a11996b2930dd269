//! Subscribers: provisioning, package, names, number and extension, removal. Each is one request, and Webex works on it
//! afterwards.

mod again;
mod creation;
mod fields;
mod import;
mod plan;
mod remarks;
mod removal;
mod states;
mod taken;
mod wire;

use self::fields::FIELDS;
use crate::change::{Fact, Observed};
use crate::config::sections::BROADWORKS_SUBSCRIBER;
use crate::config::{Config, schema};
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::broadworks::{Customers, Organisation, is_wanted};
use crate::kinds::{Context, Kind, all_keys, field, loses_or_changes};
use crate::phone;
use crate::snapshot::broadworks::{Subscriber, full_name};
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
    called: Some(called),
    waits: Some(waits),
    includes: None,
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

/// By address, number or extension: those that there are, and those that the files add. The address of a person of this
/// organisation is that person.
fn known_as(config: &Config, snapshot: &Snapshot, text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let is = |email: Option<&str>, extension: Option<&str>, number: Option<&str>| {
        email.is_some_and(|email| email.to_lowercase() == lower)
            || extension == Some(text)
            || number.is_some_and(|number| phone::reads_as(text, number))
    };
    let seen = all(snapshot).iter().filter(|it| {
        let number = it.primary_phone_number.as_deref();
        is(it.email.as_deref(), it.extension.as_deref(), number)
    });
    let new = config.subscribers.iter().filter(|(user_id, entry)| {
        let entry = &entry.value;
        let email = entry.email.as_ref().map(|at| at.value.as_str());
        let extension = entry.extension.as_ref().map(|at| at.value.as_str());
        let number = entry.primary_phone_number.as_ref();
        is(email, extension, number.map(|at| at.value.as_str()))
            && find(snapshot, user_id).is_none()
    });
    let seen = seen.map(|it| it.user_id.clone());
    seen.chain(new.map(|(user_id, _)| user_id.clone()))
        .collect()
}

/// The name of the person: a BroadWorks user id tells nobody who it is.
fn called(context: &Context<'_>, key: &str) -> Option<String> {
    find(context.snapshot, key)
        .and_then(Subscriber::name)
        .or_else(|| {
            let entry = &context.config.subscribers.get(key)?.value;
            let names = [&entry.first_name, &entry.last_name];
            let names = names.into_iter().flatten().map(|at| at.value.as_str());
            full_name(names)
        })
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let captured = context.snapshot.broadworks.as_ref();
    if captured.is_none_or(|it| it.subscribers.is_none()) {
        return vec![Fact::new("status", "status", "not captured")];
    }
    let name = called(context, key).map(|name| Fact::new("name", "name", name));
    let mut facts: Vec<Fact> = name.into_iter().collect();
    let Some(seen) = find(context.snapshot, key) else {
        let status = match waits(context, key) {
            Some(until) => format!("waits {until}"),
            None => "not provisioned".to_owned(),
        };
        facts.push(Fact::new("status", "status", status));
        return facts;
    };
    facts.extend(field::facts(&FIELDS, Some(seen)));
    facts.push(Fact::new("status", "status", seen.status.clone()));
    let created = seen.created.clone();
    facts.extend(created.map(|time| Fact::new("created", "provisioned", time)));
    let since = seen.status_since.clone();
    facts.extend(since.map(|since| Fact::new("statusSince", "since", since)));
    if let Some(failure) = seen.failure() {
        facts.push(Fact::new("errors", "failure", failure));
    }
    facts
}

/// For whom one that is not there waits.
fn waits(context: &Context<'_>, key: &str) -> Option<String> {
    let entry = &context.config.subscribers.get(key)?.value;
    if find(context.snapshot, key).is_some() || !is_wanted(entry) {
        return None;
    }
    let customers = Customers::new(context.config, context.snapshot)?;
    let home = entry.enterprise.value.as_str();
    let first = match customers.organisation(home) {
        Organisation::There => return None,
        Organisation::Coming(first) => first.user_id.as_str(),
        Organisation::Missing => customers.first(home)?,
    };
    (first != key).then(|| format!("until {first} is provisioned"))
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
