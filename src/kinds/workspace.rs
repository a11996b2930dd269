//! Workspaces: so far, their licences move when a subscription is replaced or named. The rest of the section is not planned
//! yet.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{Context, Kind, all_keys, licenses, loses_or_changes, pending};
use crate::config::model;
use crate::config::write::Node;
use crate::import;
use crate::licensing::Holder;
use crate::licensing::catalogue::ProductIx;
use crate::plan::{ChangeAction, Draft, DraftChange, Fact, Request, Turn, preimage};
use crate::snapshot;

/// Workspaces.
pub const KIND: Kind = Kind {
    name: "workspace",
    section: "workspaces",
    plan,
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
    import,
};

/// Whether a workspace is there and nothing but its subscription is managed.
fn only_moves(context: &Context<'_>, name: &str, entry: &model::Workspace) -> bool {
    let model::Workspace {
        location,
        phone_number,
        extension,
        licenses,
        subscription: _,
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
                after_early: Vec::new(),
                early: Vec::new(),
                requests: vec![Request::new("PUT", "/workspaces/{workspaceId}")],
            }),
        }
    }
}

/// Without `subscription`: naming the present one would change nothing now, and stop `replacedBy` later.
fn import(source: &import::Source<'_>, draft: &mut import::Draft) {
    let snapshot = source.snapshot;
    let known: FxHashSet<&str> = snapshot
        .locations()
        .iter()
        .map(|location| location.name.as_str())
        .collect();
    let (mut nowhere, mut unsaid) = (0, 0);
    let mut numbers: FxHashSet<&str> = FxHashSet::default();
    let mut extensions: FxHashSet<(&str, &str)> = FxHashSet::default();
    let mut entries = Vec::new();
    for seen in draft.named(snapshot.workspaces(), |seen| &seen.name, KIND.name) {
        let place = seen.location.as_deref();
        let place = place.filter(|place| known.contains(place));
        nowhere += usize::from(seen.location.is_some() && place.is_none());
        let number = seen.phone_number.as_deref();
        let number = number.filter(|number| numbers.insert(number));
        let extension = seen.extension.as_deref();
        let extension =
            extension.filter(|extension| extensions.insert((place.unwrap_or_default(), extension)));
        let products = products_of(source, seen);
        unsaid += usize::from(products.is_none());
        let licenses = products.and_then(|products| import::licenses::set(source, &products));
        let fields = Node::fields([
            ("location", place.map(Node::text)),
            ("phoneNumber", number.map(Node::text)),
            ("extension", extension.map(Node::text)),
            ("licenses", licenses),
        ]);
        entries.push((seen.name.clone(), Node::Block(fields)));
    }
    let what = KIND.name;
    draft.leave_out(
        nowhere,
        &format!("location of a {what}"),
        "that the snapshot lacks",
    );
    draft.leave_out(
        unsaid,
        &format!("set of licences of a {what}"),
        "that no file could say",
    );
    draft.section(
        KIND.section,
        "Workspaces: shared rooms, desks and phones.",
        entries,
    );
}

/// What the licences are, one for each service; `None` if there are two for one, or if one is not known.
fn products_of(source: &import::Source<'_>, seen: &snapshot::Workspace) -> Option<Vec<ProductIx>> {
    let known = |id: &str| source.catalogue.by_id(id).is_some();
    if !seen.licenses.iter().all(|id| known(id)) {
        return None;
    }
    let mut products = BTreeMap::new();
    for kind in import::licenses::kinds(source, &seen.licenses) {
        let earlier = products.insert(kind.slot, kind.product);
        if earlier.is_some_and(|earlier| earlier != kind.product) {
            return None;
        }
    }
    Some(products.into_values().collect())
}
