//! What should happen to licences and numbers: every licence, number and seat is settled together.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::catalogue::Service;
use super::changes::{ChangeState, LicenseAction, LicenseChange, LicenseChanges};
use super::holder::Holder;
use super::identity::Identity;
use super::inventory::Owner;
use super::people::{People, UserIx};
use super::waiting::may_wait;
use super::world::World;
use super::{consumed, entitlement, identity, incomplete, remarks, seats};
use crate::finding::{EXISTING_USERS_NOT_IN_SCOPE, Finding, Severity};

/// What a deletion or a removal of Calling needs before what it gives back counts as free.
pub trait Consent {
    /// Whether the deletion of an object is acknowledged.
    fn deletion(&self, kind: &str, key: &str) -> bool;
    /// Whether the loss of Calling is acknowledged, of the holder with this kind and key.
    fn calling_loss(&self, kind: &str, key: &str) -> bool;
}

/// What should happen to licences and numbers.
#[derive(Debug, Default)]
pub struct Decisions {
    /// Every licence that should change, in order of address and path; workspaces after people.
    pub changes: Vec<LicenseChange>,
    /// Calling identities that change.
    pub identities: BTreeMap<Holder, Identity>,
    /// People whose changes of groups wait, since a grant that comes with them is left out, or a removal is held (rule 1).
    pub waiting: FxHashSet<UserIx>,
    /// Fields that errors and holds keep out of the plan.
    pub blocked: usize,
}

impl Decisions {
    /// The addresses of people whose licences are not all as they should be yet, whatever the reason.
    pub fn open(&self, people: &People<'_>) -> BTreeSet<String> {
        let users = self
            .changes
            .iter()
            .filter_map(|change| match change.holder {
                Holder::User(user) => Some(people.email(user).to_owned()),
                Holder::Workspace(_) => None,
            });
        users.collect()
    }
}

impl<'a> World<'a> {
    /// The people whose loss of Calling waits with a change of groups.
    pub fn losses_that_wait(&self, decisions: &Decisions) -> FxHashSet<&'a str> {
        let changes = decisions.changes.iter();
        let waits = changes.filter(|change| {
            change.state == ChangeState::Waits
                && change.slot.service == Service::Calling
                && matches!(change.action, LicenseAction::Remove)
        });
        waits
            .filter_map(|change| match change.holder {
                Holder::User(user) => Some(self.people.email(user)),
                Holder::Workspace(_) => None,
            })
            .collect()
    }

    /// Decides every licence, number and seat.
    pub fn decide(&self, consent: &impl Consent, findings: &mut Vec<Finding>) -> Decisions {
        let facts = self.facts();
        let mut changes = entitlement::decide(facts, findings);
        self.say_out_of_scope(&changes, findings);
        consumed::say(facts, findings);

        let deleted: Vec<UserIx> = (0..self.people.observed.len() as UserIx)
            .filter(|&user| self.people.deleted(user))
            .collect();
        let open: Vec<ChangeState> = changes.list.iter().map(|change| change.state).collect();
        // A change of groups waits as a whole where a grant of it is left out (rule 1), and what waits gives nothing back: so
        // all is settled again without it, until nothing more has to wait.
        let mut waiting: FxHashSet<UserIx> = self.memberships.in_doubt().collect();
        waiting.extend(changes.hindered());
        let identities = loop {
            changes.wait(&waiting);
            let mut said = Vec::new();
            let identities = self.settle(&mut changes, &deleted, consent, &mut said);
            let more = changes.next_to_wait(&waiting);
            if more.is_empty() {
                findings.append(&mut said);
                break identities;
            }
            waiting.extend(more);
            let states = changes.list.iter_mut().zip(&open);
            states.for_each(|(change, &state)| change.state = state);
        };

        self.take_back(&changes, &open, findings);
        remarks::say(self.facts(), &changes.list, findings);
        let blocked = |change: &&LicenseChange| matches!(change.state, ChangeState::Blocked(_));
        waiting.extend(changes.held_up());
        Decisions {
            waiting,
            blocked: self.people.blocked
                + self.workspaces.blocked
                + self.memberships.blocked
                + changes.list.iter().filter(blocked).count()
                + identities
                    .values()
                    .map(|identity| identity.blocked)
                    .sum::<usize>(),
            changes: changes.list,
            identities,
        }
    }

    /// No one is asked to remove manually what waits.
    fn take_back(
        &self,
        changes: &LicenseChanges,
        before: &[ChangeState],
        findings: &mut Vec<Finding>,
    ) {
        let facts = self.facts();
        let now = changes.list.iter().zip(before);
        let waits = now.filter(|(change, before)| {
            let held = !matches!(before, ChangeState::Open) && may_wait(change, **before);
            change.state == ChangeState::Waits && held
        });
        for (change, _) in waits {
            let (address, path) = (
                facts.address(change.holder),
                facts.catalogue.path(change.slot),
            );
            findings.retain(|finding| {
                let about = finding.subject.as_ref() == Some(&address);
                let hold = finding.severity == Severity::Hold;
                !(hold && about && finding.message.starts_with(&path))
            });
        }
    }

    /// Settles identities and seats of all changes that are open.
    fn settle(
        &self,
        changes: &mut LicenseChanges,
        deleted: &[UserIx],
        consent: &impl Consent,
        findings: &mut Vec<Finding>,
    ) -> BTreeMap<Holder, Identity> {
        let facts = self.facts();
        let calling = |change: &&LicenseChange| change.slot.service == Service::Calling;
        let losing: FxHashSet<Holder> = changes
            .list
            .iter()
            .filter(calling)
            .filter(|change| {
                change.state == ChangeState::Open && matches!(change.action, LicenseAction::Remove)
            })
            .map(|change| change.holder)
            .collect();
        let is_deleted = |holder| facts.is_deleted(holder);
        let agreed = |holder: Holder| {
            let (kind, key) = facts.named(holder);
            match is_deleted(holder) {
                true => consent.deletion(kind, key),
                false => consent.calling_loss(kind, key),
            }
        };
        let freed = |owner: Owner<'_>| match owner {
            Owner::Holder(holder) => {
                (is_deleted(holder) || losing.contains(&holder)) && agreed(holder)
            }
            Owner::Other(kind, name) => self.closes(kind, name, consent),
        };
        let identities = identity::settle(facts, changes, &freed, findings);
        let held = identities.iter().filter(|identity| identity.incomplete);
        let held: FxHashSet<Holder> = held.map(|identity| identity.holder).collect();
        incomplete::say(facts, &changes.list, &held, findings);
        seats::settle(facts, changes, deleted, agreed, findings);

        // Who got no unit gets no number either; a claim remains anyway (rule 5).
        let without: FxHashSet<Holder> = changes
            .list
            .iter()
            .filter(calling)
            .filter(|change| !matches!(change.state, ChangeState::Settled(_)))
            .map(|change| change.holder)
            .collect();
        identities
            .into_iter()
            .filter(|identity| !(identity.fresh && without.contains(&identity.holder)))
            .map(|identity| (identity.holder, identity))
            .collect()
    }

    fn say_out_of_scope(&self, changes: &LicenseChanges, findings: &mut Vec<Finding>) {
        for (template, &count) in self.intent.templates.iter().zip(&changes.out_of_scope) {
            if count == 0 {
                continue;
            }
            let people = match count {
                1 => "1 existing person who would get licences from it does".to_owned(),
                _ => format!("{count} existing people who would get licences from it do"),
            };
            let message = format!(
                "template {} counts only for newcomers: {people} not get them",
                template.name
            );
            findings.push(
                Finding::info(EXISTING_USERS_NOT_IN_SCOPE, message)
                    .about(format!("template/{}", template.name))
                    .help("to include existing people, set `existingUsers: true` in the template")
                    .at(self.config.place(template.key)),
            );
        }
    }
}
