//! Workspaces: creation, Calling licence, location, number and extension. Each is one request.

mod fields;
mod import;
mod plan;
mod wire;

use serde_json::json;

use self::fields::FIELDS;
use crate::change::{Fact, Observed};
use crate::config::Config;
use crate::config::schema;
use crate::config::sections::WORKSPACE;
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{
    Context, Holders, Kind, List, Rename, all_keys, field, licenses, loses_or_changes,
};
use crate::licensing::Holder;
use crate::phone;
use crate::snapshot::{Essence, OwnerKind, Snapshot, Workspace, ids};

/// Workspaces.
pub const KIND: Kind = Kind {
    name: WORKSPACE.kind,
    section: WORKSPACE.name,
    declared: WORKSPACE,
    list: Some(List {
        name: WORKSPACE.name,
        captured: |snapshot| snapshot.workspaces.is_some(),
        needed: Config::manages_calling,
    }),
    completes: Some(schema::Kind::Workspace),
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    called: None,
    waits: None,
    includes: None,
    live: wire::LIVE,
    import: Some(import::import),
    rename: Some(Rename {
        has: |snapshot, name| snapshot.workspaces().iter().any(|place| place.name == name),
        apply: rename,
    }),
    observed: |snapshot| snapshot.workspaces().len(),
    considered: |config, _| config.workspaces.len(),
    considers: |config, _, key| config.workspaces.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed = snapshot.workspaces().iter().map(|place| &place.name);
        all_keys(config.workspaces.keys(), observed)
    },
    known_as,
    facts,
    observe,
    adopt,
    holders: Some(Holders {
        holder: |context, key| {
            let workspaces = context.world.facts().workspaces;
            workspaces.find(key).map(Holder::Workspace)
        },
        with_id: |snapshot, id| {
            let mut places = snapshot.workspaces().iter();
            let place = places.find(|place| ids::plain(&place.id) == id)?;
            Some((place.name.clone(), json!(place)))
        },
        with_key: |snapshot, key| {
            let mut places = snapshot.workspaces().iter();
            let place = places.find(|place| place.name == key)?;
            // No id tells two of the same name apart.
            (!places.any(|place| place.name == key)).then(|| json!(place))
        },
        essence: |snapshot, key| {
            let mut places = snapshot.workspaces().iter();
            places.find(|place| place.name == key).map(essence)
        },
    }),
};

/// Which workspaces have this number or extension.
fn known_as(_: &Config, snapshot: &Snapshot, text: &str) -> Vec<String> {
    let known = snapshot.workspaces().iter().filter(|place| {
        let number = place.phone_number.as_deref();
        let number = number.filter(|_| snapshot.numbers.is_none());
        place.extension.as_deref() == Some(text)
            || number.is_some_and(|number| phone::reads_as(text, number))
    });
    known.map(|place| place.name.clone()).collect()
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let workspaces = context.world.facts().workspaces;
    let place = workspaces.find(key);
    let Some(seen) = place.and_then(|place| workspaces.snapshot(place)) else {
        let status = match place {
            Some(_) => "created by this plan",
            None => "not in the organisation",
        };
        return vec![Fact::new("status", "status", status)];
    };
    let mut facts: Vec<Fact> = field::facts(&FIELDS, Some(seen)).collect();
    let devices = context.world.devices().find(KIND.name, key);
    let devices: Vec<String> = devices.map(|device| device.label().to_owned()).collect();
    if !devices.is_empty() {
        facts.push(Fact::new("devices", "devices", devices));
    }
    facts
}

/// What a workspace has now, as the entry says it.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    field::adopt(&FIELDS, KIND.section, &wanted.config.workspaces, wanted)
}

/// What the snapshot says of the workspace, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let facts = context.world.facts();
    let place = facts.workspaces.find(key)?;
    let seen = facts.workspaces.snapshot(place)?;
    let old = context.old_name(KIND.name, key).unwrap_or(key);
    let observed = Observed::new(&seen.id, [old.to_owned()]).text("name", Some(old));
    let observed = field::observe(&FIELDS, seen, observed);
    Some(observed.with(licenses::observed(&facts, Holder::Workspace(place))))
}

/// What is compared of a workspace between a plan and its execution.
fn essence(seen: &Workspace) -> Essence {
    field::essence(&FIELDS, &seen.id, seen)
}

/// Gives a workspace another name wherever one is named.
fn rename(snapshot: &mut Snapshot, old: &str, now: &str) {
    for place in snapshot
        .workspaces
        .iter_mut()
        .flatten()
        .filter(|place| place.name == old)
    {
        place.name = now.to_owned();
    }
    let numbers = snapshot
        .numbers
        .iter_mut()
        .flatten()
        .filter_map(|number| number.owner.as_mut());
    let devices = snapshot
        .devices
        .iter_mut()
        .flatten()
        .filter_map(|device| device.owner.as_mut());
    let members = snapshot.features.iter_mut().flatten();
    let members = members.flat_map(|feature| feature.members.iter_mut().flatten());
    for member in members.filter(|it| it.kind == OwnerKind::Workspace && it.key == old) {
        member.key = now.to_owned();
    }
    for owner in numbers
        .chain(devices)
        .filter(|owner| owner.as_workspace() == Some(old))
    {
        owner.key = now.to_owned();
    }
    snapshot.sort();
}
