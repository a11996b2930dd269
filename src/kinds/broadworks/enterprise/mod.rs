//! Enterprises: directory synchronisation. An enterprise is created with its first subscriber.

mod called;
mod fields;
mod import;
mod plan;
mod restricted;
mod wire;

use self::fields::FIELDS;
use crate::change::{Address, Fact, Observed};
use crate::config::schema;
use crate::config::sections::{BROADWORKS_ENTERPRISE, BROADWORKS_SUBSCRIBER};
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Kind, all_keys, field, loses_or_changes};
use crate::snapshot::broadworks::{Enterprise, said};
use crate::snapshot::{Essence, Snapshot};

/// Enterprises.
pub const KIND: Kind = Kind {
    name: BROADWORKS_ENTERPRISE.kind,
    section: BROADWORKS_ENTERPRISE.name,
    declared: BROADWORKS_ENTERPRISE,
    // Where it was not captured, the rest of the organisation is planned.
    list: None,
    completes: Some(schema::Kind::Enterprise),
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    rename: None,
    observed: |snapshot| all(snapshot).len(),
    considered: |config, _| config.enterprises.len(),
    considers: |config, _, key| config.enterprises.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed = all(snapshot).iter().map(|it| &it.sp_enterprise_id);
        all_keys(config.enterprises.keys(), observed)
    },
    known_as: |_, snapshot, text| {
        let name = text.to_lowercase();
        let known = all(snapshot).iter().filter(|seen| {
            let called = seen.name.as_deref();
            called.is_some_and(|it| it.to_lowercase() == name)
        });
        known.map(|seen| seen.sp_enterprise_id.clone()).collect()
    },
    facts,
    observe,
    adopt,
    holders: None,
    called: None,
    waits: None,
    includes: Some(subscribers),
    live: wire::LIVE,
    import: Some(import::import),
};

fn all(snapshot: &Snapshot) -> &[Enterprise] {
    snapshot
        .broadworks
        .as_ref()
        .map_or(&[], |it| it.enterprises())
}

/// The enterprise of this name.
fn find<'a>(snapshot: &'a Snapshot, key: &str) -> Option<&'a Enterprise> {
    let all = all(snapshot);
    let at = all.binary_search_by(|it| it.sp_enterprise_id.as_str().cmp(key));
    at.ok().map(|at| &all[at])
}

/// The subscribers of an enterprise, as the files declare them and as they are.
fn subscribers(context: &Context<'_>, name: &str) -> Vec<Address> {
    let declared = context.config.subscribers.iter();
    let declared = declared.filter(|(_, entry)| entry.value.enterprise.value == name);
    let seen = context.snapshot.broadworks.as_ref();
    let seen = seen.map_or(&[][..], |it| it.subscribers()).iter();
    let seen = seen.filter(|it| it.enterprise == name);
    let ids = declared
        .map(|(user_id, _)| user_id)
        .chain(seen.map(|it| &it.user_id));
    ids.map(|user_id| Address::new(BROADWORKS_SUBSCRIBER.kind, user_id))
        .collect()
}

/// What is compared of an enterprise between a plan and its execution.
fn essence(seen: &Enterprise) -> Essence {
    field::essence(&FIELDS, "", seen)
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let Some(seen) = find(context.snapshot, key) else {
        let listed = context.snapshot.broadworks.as_ref();
        let status = match listed.is_some_and(|it| it.enterprises.is_some()) {
            true => "is created with its first subscriber",
            false => "not captured",
        };
        return vec![Fact::new("status", "status", status)];
    };
    let sync = match seen.enable_dir_sync {
        Some(true) => "on",
        Some(false) => "off",
        None => "unknown",
    };
    let of = seen.directory_sync.as_ref();
    vec![
        Fact::new("name", "name", seen.name.clone()),
        Fact::new("orgId", "organisation", seen.org_id.clone()),
        Fact::new("template", "template", seen.template.clone()),
        Fact::new("enableDirSync", "directory sync", sync),
        Fact::new(
            "restrictedByPartner",
            "restricted by partner",
            seen.restricted_by_partner,
        ),
        Fact::new(
            "syncedUsers",
            "synchronised people",
            of.and_then(|it| it.users),
        ),
        Fact::new(
            "lastSync",
            "last sync",
            of.and_then(|it| it.last_success.clone()),
        ),
        Fact::new(
            "syncErrors",
            "sync failure",
            of.and_then(|it| said(&it.errors)),
        ),
    ]
}

/// What an enterprise has now, as the entry says it.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    field::adopt(&FIELDS, KIND.section, &wanted.config.enterprises, wanted)
}

/// What the snapshot says of the enterprise, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let seen = find(context.snapshot, key)?;
    let names = [seen.sp_enterprise_id.clone()]
        .into_iter()
        .chain(seen.name.clone());
    let id = seen.org_id.as_deref().unwrap_or_default();
    Some(field::observe(&FIELDS, seen, Observed::new(id, names)))
}
