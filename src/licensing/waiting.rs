//! What a change of groups makes wait (rule 1), and what would be if the groups had not changed.

use rustc_hash::FxHashSet;

use super::catalogue::Service;
use super::changes::{ChangeState, Facts, Held, LicenseChange, LicenseChanges};
use super::events::Event;
use super::holder::Holder;
use super::people::UserIx;
use crate::finding::{HOST_POOL_SHORT, POOL_EXHAUSTED, SUSPENDED_MANUAL_CONTROL_HUB};

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

/// Whether a removal waits with the change of groups that it follows from: one that has to be done manually, too, unless it gives
/// something in exchange and is itself why all of that waits.
pub(super) fn may_wait(change: &LicenseChange, state: ChangeState) -> bool {
    match state {
        ChangeState::Open | ChangeState::Held(_) => true,
        ChangeState::Blocked(code) => code == SUSPENDED_MANUAL_CONTROL_HUB && !change.part.grant,
        ChangeState::Waits | ChangeState::Settled(_) | ChangeState::Refused(_) => false,
    }
}

/// Whether what a change gives is not given.
fn left_out(state: ChangeState) -> bool {
    match state {
        ChangeState::Blocked(_) => true,
        ChangeState::Refused(code) => code != HOST_POOL_SHORT,
        ChangeState::Held(_) => true,
        ChangeState::Open | ChangeState::Waits | ChangeState::Settled(_) => false,
    }
}

impl LicenseChanges {
    /// People of whom a grant that comes with a change of groups is left out, so that all of that change waits.
    pub(super) fn hindered(&self) -> impl Iterator<Item = UserIx> + '_ {
        let changes = self.list.iter();
        changes
            .filter(move |change| change.part.grant && left_out(change.state))
            .filter_map(|change| match change.holder {
                Holder::User(user) => Some(user),
                Holder::Workspace(_) => None,
            })
    }

    /// Those who have to wait besides those who do. A person who waits takes no unit either, so first come those whom no unit would
    /// help, then those who take one for another that they give back, and last the others who lack one: so no one waits for
    /// the want of a unit that someone else leaves.
    pub(super) fn next_to_wait(&self, waiting: &FxHashSet<UserIx>) -> FxHashSet<UserIx> {
        let mut new: FxHashSet<UserIx> = self.hindered().collect();
        new.retain(|user| !waiting.contains(user));
        if new.is_empty() {
            return new;
        }
        let of = |such: &dyn Fn(&LicenseChange) -> bool| {
            let changes = self.list.iter().filter(|change| such(change));
            let users = changes.filter_map(|change| match change.holder {
                Holder::User(user) => Some(user).filter(|it| new.contains(it)),
                Holder::Workspace(_) => None,
            });
            users.collect::<FxHashSet<UserIx>>()
        };
        let helpless = of(&|change| {
            let short = matches!(change.state, ChangeState::Refused(code) | ChangeState::Blocked(code) if code == POOL_EXHAUSTED);
            change.part.grant && left_out(change.state) && !short
        });
        if !helpless.is_empty() {
            return helpless;
        }
        let takers = of(&|change| {
            let takes = |state| {
                matches!(
                    state,
                    ChangeState::Settled(Some(Held {
                        license: Some(_),
                        ..
                    }))
                )
            };
            change.part.follows && takes(change.state)
        });
        match takers.is_empty() {
            true => new,
            false => takers,
        }
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
            if waits && change.part.follows && may_wait(change, change.state) {
                change.state = ChangeState::Waits;
            }
        }
    }
}
