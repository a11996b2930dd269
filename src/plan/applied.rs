//! What an apply records for the next plan: who is not settled yet.

use std::collections::BTreeSet;

use super::build::{Inputs, build_and};
use super::model::Plan;
use crate::change::{ChangeAction, FieldAction};
use crate::snapshot::Snapshot;

/// The addresses of people for whose licences there is still something to do.
pub fn unsettled(inputs: Inputs<'_>) -> BTreeSet<String> {
    build_and(inputs, |context, _| {
        context.decisions.open(context.world.facts().people)
    })
    .1
}

/// The people and groups of now without whom the plan creates and puts into a group: what there was before the first apply.
pub fn before(plan: &Plan, now: &Snapshot) -> Snapshot {
    let mut before = now.clone();
    before.captured_at.clone_from(&plan.snapshot.captured_at);
    for change in &plan.changes {
        if change.action == ChangeAction::Create {
            let users = before.users.iter_mut();
            users.for_each(|users| users.retain(|user| user.email != change.key));
        }
        let joined = change
            .fields
            .iter()
            .filter(|field| field.action == FieldAction::Add);
        for email in joined.filter_map(|field| field.path.strip_prefix("members/")) {
            let groups = before.groups.iter_mut().flatten();
            for group in groups.filter(|group| group.name == change.key) {
                group.members.retain(|member| member != email);
            }
        }
    }
    before
}
