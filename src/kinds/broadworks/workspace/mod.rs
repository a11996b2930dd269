//! Workspaces of BroadWorks: compared only. Webex has requests for them and no way to read what is there, so that no request
//! could be checked before and after; what differs is left to a person.

mod import;
mod plan;
mod requests;

use serde_json::json;

use crate::change::{Fact, Observed};
use crate::config::sections::BROADWORKS_WORKSPACE;
use crate::kinds::{Context, Kind, all_keys, loses_or_changes, wire};
use crate::phone;
use crate::snapshot::Snapshot;
use crate::snapshot::broadworks::BroadworksWorkspace;

/// Workspaces of BroadWorks.
pub const KIND: Kind = Kind {
    name: BROADWORKS_WORKSPACE.kind,
    section: BROADWORKS_WORKSPACE.name,
    declared: BROADWORKS_WORKSPACE,
    // Where it was not captured, the rest of the organisation is planned.
    list: None,
    completes: None,
    fields: &[],
    plan: plan::plan,
    rename: None,
    observed: |snapshot| all(snapshot).len(),
    considered: |config, _| config.broadworks_workspaces.len(),
    considers: |config, _, key| config.broadworks_workspaces.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed = all(snapshot).iter().map(|it| &it.user_id);
        all_keys(config.broadworks_workspaces.keys(), observed)
    },
    known_as: |_, snapshot, text| {
        let known = all(snapshot).iter().filter(|seen| {
            let number = seen.primary_phone_number.as_deref();
            seen.display_name.as_deref() == Some(text)
                || seen.extension.as_deref() == Some(text)
                || number.is_some_and(|number| phone::reads_as(text, number))
        });
        known.map(|seen| seen.user_id.clone()).collect()
    },
    facts,
    observe,
    adopt: |wanted| Err(wanted.by_hand("workspaces of BroadWorks are changed manually")),
    holders: None,
    called: None,
    waits: None,
    includes: None,
    live: wire::NOTHING,
    import: Some(import::import),
};

fn all(snapshot: &Snapshot) -> &[BroadworksWorkspace] {
    snapshot
        .broadworks
        .as_ref()
        .map_or(&[], |it| it.workspaces())
}

fn find<'a>(snapshot: &'a Snapshot, key: &str) -> Option<&'a BroadworksWorkspace> {
    let all = all(snapshot);
    let at = all.binary_search_by(|it| it.user_id.as_str().cmp(key));
    at.ok().map(|at| &all[at])
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let Some(seen) = find(context.snapshot, key) else {
        let listed = context.snapshot.broadworks.as_ref();
        let status = match listed.is_some_and(|it| it.workspaces.is_some()) {
            true => "not provisioned",
            false => "not captured",
        };
        return vec![Fact::new("status", "status", status)];
    };
    vec![
        Fact::new("enterprise", "enterprise", json!(seen.enterprise)),
        Fact::new("displayName", "name", seen.display_name.clone()),
        Fact::new(
            "primaryPhoneNumber",
            "number",
            seen.primary_phone_number.clone(),
        ),
        Fact::new("extension", "extension", seen.extension.clone()),
    ]
}

fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let seen = find(context.snapshot, key)?;
    let names = [seen.user_id.clone()]
        .into_iter()
        .chain(seen.display_name.clone());
    Some(Observed::new(&seen.id, names))
}
