//! What a change of groups makes wait (rule 1), and what would be if the groups had not changed.

use rustc_hash::FxHashSet;

use super::catalogue::Service;
use super::changes::{ChangeState, Facts, Held, Holder, LicenseChanges};
use super::events::Event;
use super::people::UserIx;
use crate::finding::HOST_POOL_SHORT;

impl Facts<'_> {
    /// Whether what is held, or something better in its place, would be there, as far as templates go, if the person's groups had
    /// not changed.
    pub(super) fn would_stay(&self, event: &Event, held: Held) -> bool {
        let templates = || {
            event
                .templates_before()
                .iter()
                .map(|&template| self.template(template))
        };
        let strip = templates().any(|template| template.existing_users && !template.retain);
        let service = held.slot.service;
        // Each template protects the item that it names; only one that counts puts something better in its place.
        let gives = || {
            templates().any(|template| {
                let mut entries = template.entries.iter();
                entries.any(|entry| {
                    let same = service == Service::Calling || entry.tier == held.tier;
                    let better = template.existing_users && entry.tier < held.tier;
                    entry.slot == held.slot && (same || better)
                })
            })
        };
        !strip || service == Service::Other || gives()
    }
}

impl LicenseChanges {
    /// People of whom a grant that comes with a change of groups is left out, so that all of that change waits.
    pub(super) fn hindered(&self) -> impl Iterator<Item = UserIx> + '_ {
        let left_out = |state| match state {
            ChangeState::Blocked(_) => true,
            ChangeState::Refused(code) => code != HOST_POOL_SHORT,
            ChangeState::Held(_) => true,
            ChangeState::Open | ChangeState::Waits | ChangeState::Settled(_) => false,
        };
        let changes = self.list.iter();
        changes
            .filter(move |change| change.part.grant && left_out(change.state))
            .filter_map(|change| match change.holder {
                Holder::User(user) => Some(user),
                Holder::Workspace(_) => None,
            })
    }

    /// People whose removal is held that would not be needed once the change of groups is over.
    pub(super) fn held_up(&self) -> impl Iterator<Item = UserIx> + '_ {
        let held = |state| {
            use ChangeState::{Blocked, Held, Refused};
            matches!(state, Blocked(_) | Held(_) | Refused(_))
        };
        let changes = self.list.iter();
        changes
            .filter(move |change| change.part.passing && held(change.state))
            .filter_map(|change| match change.holder {
                Holder::User(user) => Some(user),
                Holder::Workspace(_) => None,
            })
    }

    /// Lets the removals wait that follow from the changes of groups of these people.
    pub(super) fn wait(&mut self, waiting: &FxHashSet<UserIx>) {
        for change in &mut self.list {
            let waits = matches!(change.holder, Holder::User(user) if waiting.contains(&user));
            let sent = matches!(change.state, ChangeState::Open | ChangeState::Held(_));
            if waits && change.part.follows && sent {
                change.state = ChangeState::Waits;
            }
        }
    }
}
