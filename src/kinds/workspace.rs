//! Workspaces: so far, their licences move when a subscription is replaced or named. The rest of the section is not planned
//! yet.

use super::{Context, Kind, licenses, loses_or_changes, pending};
use crate::config::model;
use crate::licensing::Holder;
use crate::plan::{ChangeAction, Draft, DraftChange, Request, Turn, preimage};

/// Workspaces.
pub const KIND: Kind = Kind {
    name: "workspace",
    plan,
    observed: |snapshot| snapshot.workspaces().len(),
    considered: |config, _| config.workspaces.len(),
    considers: |config, _, key| config.workspaces.contains_key(key),
    counts_as_update: loses_or_changes,
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
