//! Workspaces: so far, their licences move when a subscription is replaced or named. The rest of the section is not planned
//! yet.

use super::{Context, Kind, Rename, all_keys, former, licenses, loses_or_changes, pending};
use crate::config::model;
use crate::licensing::Holder;
use crate::plan::{ChangeAction, Draft, DraftChange, Fact, Request, Turn, preimage};
use crate::snapshot::Snapshot;

/// Workspaces.
pub const KIND: Kind = Kind {
    name: "workspace",
    section: "workspaces",
    plan,
    rename: Some(Rename {
        former: |config| former(&config.workspaces, |place| place.formerly.as_ref()),
        has: |snapshot, name| snapshot.workspaces().iter().any(|place| place.name == name),
        apply,
    }),
    observed: |snapshot| snapshot.workspaces().len(),
    considered: |config, _| config.workspaces.len(),
    considers: |config, _, key| config.workspaces.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed = snapshot.workspaces().iter().map(|place| &place.name);
        all_keys(config.workspaces.keys(), observed)
    },
    facts,
    holder: |context, key| {
        let at = position(context, key)?;
        Some(Holder::Workspace(at as u32))
    },
};

/// Whether a workspace is there and nothing but its subscription is managed.
fn only_moves(context: &Context<'_>, name: &str, entry: &model::Workspace) -> bool {
    let model::Workspace {
        location,
        phone_number,
        extension,
        licenses,
        subscription: _,
        formerly: _,
    } = entry;
    let managed = location.is_some()
        || !phone_number.is_absent()
        || extension.is_some()
        || licenses.is_some();
    let observed = context.snapshot.workspaces();
    let observed = observed
        .binary_search_by(|seen| seen.name.as_str().cmp(name))
        .is_ok();
    observed && !managed
}

fn position(context: &Context<'_>, key: &str) -> Option<usize> {
    let mut places = context.snapshot.workspaces().iter();
    places.position(|place| place.name == key)
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let Some(at) = position(context, key) else {
        return vec![Fact::new("status", "status", "not in the organisation")];
    };
    let seen = &context.snapshot.workspaces()[at];
    vec![
        Fact::new("location", "location", seen.location.clone()),
        Fact::new("phoneNumber", "number", seen.phone_number.clone()),
        Fact::new("extension", "extension", seen.extension.clone()),
    ]
}

/// Gives a workspace another name wherever one is named.
fn apply(snapshot: &mut Snapshot, old: &str, now: &str) {
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
    for owner in numbers
        .chain(devices)
        .filter(|owner| owner.kind == KIND.name && owner.key == old)
    {
        owner.key = now.to_owned();
    }
    snapshot.sort();
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
    pending::say(
        context,
        draft,
        "workspaces",
        context
            .config
            .workspaces
            .iter()
            .filter(|(name, entry)| !only_moves(context, name, &entry.value))
            .map(|(_, entry)| entry.key),
    );
    let facts = context.world.facts();
    let values = licenses::Values::new(&facts);
    for ask in &context.decisions.asks {
        let Holder::Workspace(index) = ask.holder else {
            continue;
        };
        let Some(field) = licenses::field(&facts, &values, ask) else {
            continue;
        };
        let workspace = &context.snapshot.workspaces()[index as usize];
        match draft
            .changes
            .last_mut()
            .filter(|last| last.kind == KIND.name && last.key == workspace.name)
        {
            Some(last) => last.fields.push(field),
            None => draft.changes.push(DraftChange {
                kind: KIND.name,
                key: workspace.name.clone(),
                action: ChangeAction::Update,
                fields: vec![field],
                preimage: preimage(workspace),
                turn: Turn::Move,
                depends_on: Vec::new(),
                requests: vec![Request::new("PUT", "/workspaces/{workspaceId}")],
            }),
        }
    }
}
