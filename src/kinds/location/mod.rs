//! Locations: creation, address, time zone, language, Calling, main number. The connection to the public network is only
//! compared.

mod closing;
mod fields;
mod import;
mod leaving;
mod plan;
mod wire;

use self::fields::FIELDS;
use crate::change::{Fact, Observed};
use crate::config::Config;
use crate::config::schema;
use crate::config::sections::LOCATION;
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Kind, List, Rename, all_keys, field, loses_or_changes, only_by_key};
use crate::snapshot::{Essence, Location, Snapshot};

/// Locations.
pub const KIND: Kind = Kind {
    name: LOCATION.kind,
    section: LOCATION.name,
    declared: LOCATION,
    list: Some(List {
        name: LOCATION.name,
        captured: |snapshot| snapshot.locations.is_some(),
        needed: Config::manages_calling,
    }),
    completes: Some(schema::Kind::Location),
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    called: None,
    waits: None,
    includes: None,
    live: wire::LIVE,
    import: Some(import::import),
    rename: Some(Rename {
        has: |snapshot, name| {
            let mut locations = snapshot.locations().iter();
            locations.any(|location| location.name == name)
        },
        apply: rename,
    }),
    observed: |snapshot| snapshot.locations().len(),
    considered: |config, _| config.locations.len(),
    considers: |config, _, key| config.locations.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed = snapshot.locations().iter().map(|location| &location.name);
        all_keys(config.locations.keys(), observed)
    },
    known_as: only_by_key,
    facts,
    observe,
    adopt,
    holders: None,
};

/// What is compared of a location between a plan and its execution.
fn essence(seen: &Location) -> Essence {
    field::essence(&FIELDS, &seen.id, seen)
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let locations = context.world.locations();
    let Some(seen) = locations.observed(key) else {
        let status = match locations.exists(key) {
            true => "created by this plan",
            false => "not in the organisation",
        };
        return vec![Fact::new("status", "status", status)];
    };
    field::facts(&FIELDS, Some(seen)).collect()
}

/// What a location has now, as the entry says it.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    field::adopt(&FIELDS, KIND.section, &wanted.config.locations, wanted)
}

/// What the snapshot says of the location, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let seen = context.world.locations().observed(key)?;
    let old = context.old_name(KIND.name, key).unwrap_or(key);
    let observed = Observed::new(&seen.id, [old.to_owned()]).text("name", Some(old));
    Some(field::observe(&FIELDS, seen, observed))
}

/// Gives a location another name wherever one is named.
fn rename(snapshot: &mut Snapshot, old: &str, now: &str) {
    let locations = snapshot.locations.iter_mut().flatten();
    for location in locations.filter(|location| location.name == old) {
        location.name = now.to_owned();
    }
    let users = snapshot.users.iter_mut().flatten();
    let numbers = snapshot.numbers.iter_mut().flatten();
    let places = snapshot.workspaces.iter_mut().flatten();
    let features = snapshot.features.iter_mut().flatten();
    let named = users
        .map(|user| &mut user.location)
        .chain(numbers.map(|number| &mut number.location))
        .chain(places.map(|place| &mut place.location))
        .chain(features.map(|feature| &mut feature.location));
    for name in named.filter(|name| name.as_deref() == Some(old)) {
        *name = Some(now.into());
    }
    snapshot.sort();
}
