//! Who should have Calling and does not get it.
//!
//! Owns the question, not the words: the finding that says why is named by its code.

use super::catalogue::Service;
use super::changes::{ChangeState, LicenseAction, LicenseChange, Reason};
use super::decisions::Decisions;
use super::holder::Holder;
use super::people::UserIx;
use super::reasons::named_by;
use super::world::World;
use crate::finding::{CALLING_INCOMPLETE, Code, EXISTING_USERS_NOT_IN_SCOPE};

/// A person who should have Calling and does not get it.
#[derive(Debug)]
pub struct Failure {
    /// Who.
    pub user: UserIx,
    /// The finding that says why not.
    pub code: Code,
    /// Why there should be Calling.
    pub wanted: Reason,
}

impl World<'_> {
    /// Everyone who should have Calling and does not get it, in order of address (CALL-010, CALL-019 to CALL-021).
    ///
    /// These are the people to whom something that counts gives Calling, and those who are in the reach of a template with
    /// Calling that counts for newcomers only: perhaps it failed when they were new. Who holds Calling that is incomplete has it
    /// in name only.
    pub fn calling_failures(&self, decisions: &Decisions) -> Vec<Failure> {
        let wanted = |change: &&LicenseChange| {
            change.slot.service == Service::Calling && change.before.is_none()
        };
        let mut failures: Vec<Failure> = decisions
            .changes
            .iter()
            .filter(wanted)
            .filter_map(|change| {
                let (ChangeState::Blocked(code) | ChangeState::Refused(code)) = change.state else {
                    return None;
                };
                match (change.holder, change.action) {
                    (Holder::User(user), LicenseAction::Grant(_) | LicenseAction::Unclear) => {
                        Some(Failure {
                            user,
                            code,
                            wanted: change.reason.clone(),
                        })
                    }
                    _ => None,
                }
            })
            .collect();
        let out_of_scope = self
            .people
            .by_email()
            .filter_map(|user| self.left_out(user));
        failures.extend(out_of_scope);
        let incomplete = self
            .facts()
            .incomplete_people(&decisions.changes)
            .into_iter();
        failures.extend(incomplete.map(|user| Failure {
            user,
            code: CALLING_INCOMPLETE,
            wanted: Reason {
                spot: None,
                because: vec!["Calling is held but incomplete".to_owned()],
            },
        }));
        failures.sort_by_key(|failure| self.people.email(failure.user));
        failures
    }

    /// A person without Calling whose templates give it only to newcomers.
    fn left_out(&self, user: UserIx) -> Option<Failure> {
        let facts = self.facts();
        let calling = self.catalogue.slot(Service::Calling, "");
        let observed = self.people.snapshot(user)?;
        let overridden = self.intent.overrides.get(self.people.email(user));
        if !self.people.may_have_calling(user)
            || overridden.is_some_and(|over| named_by(over, calling).is_some())
            || facts.calls(&observed.licenses)
        {
            return None;
        }
        let gives = |template: u32| {
            let entries = &self.intent.templates[template as usize].entries;
            entries.iter().find(|entry| entry.slot == calling)
        };
        let mut reaches = self.memberships.of(user).iter();
        let mut giving = reaches
            .clone()
            .filter(|reach| gives(reach.template).is_some());
        let first = *giving.next()?;
        if reaches.any(|reach| reach.counts && gives(reach.template).is_some()) {
            return None;
        }
        Some(Failure {
            user,
            code: EXISTING_USERS_NOT_IN_SCOPE,
            wanted: Reason {
                spot: gives(first.template).map(|entry| entry.spot),
                because: facts.chain(calling, first),
            },
        })
    }
}
