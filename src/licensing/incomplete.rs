//! Holders of Calling who lack what Calling needs: a location, and a number or an extension.
//!
//! Webex leaves people so when provisioning fails halfway. It refuses to move such Calling, so none is planned.

use rustc_hash::FxHashSet;

use super::callers::{Caller, Extension, Source};
use super::catalogue::Service;
use super::changes::{ChangeState, Facts, LicenseAction, LicenseChange, LicenseChanges};
use super::holder::Holder;
use super::identity::{Applicant, Identity};
use super::people::UserIx;
use crate::config::Spot;
use crate::finding::{CALLING_INCOMPLETE, Finding};

/// What to do about it.
const HELP: &str = "fix it in Control Hub (the person or workspace, Calling): give it a location and a number or an \
                    extension, or remove Calling there; then take a new snapshot";

impl Facts<'_> {
    /// What the Calling that a person holds lacks, if anything.
    pub fn lacks_of_calling(&self, holder: Holder) -> Option<&'static str> {
        let seen = self.caller(holder).seen;
        let bare = matches!(holder, Holder::Workspace(place) if self.is_hot_desk(place));
        if !seen.calls || bare {
            return None;
        }
        match (seen.location, seen.number.or(seen.extension)) {
            (Some(_), Some(_)) => None,
            (None, Some(_)) => Some("no location"),
            (Some(_), None) => Some("no number and no extension"),
            (None, None) => Some("no location, number or extension"),
        }
    }

    /// Why a change of incomplete Calling is not asked for.
    pub(super) fn incomplete(&self, holder: Holder, spot: Option<Spot>) -> Option<Finding> {
        let lacks = self.lacks_of_calling(holder)?;
        let message = format!(
            "Calling is not changed: it is incomplete ({lacks}), and Webex refuses to change it"
        );
        Some(
            Finding::hold(CALLING_INCOMPLETE, message)
                .about(self.address(holder))
                .help(HELP)
                .at_opt(spot.map(|spot| self.config.place(spot))),
        )
    }

    /// Why something that is sent together with Calling is not changed either: Webex refuses the whole request.
    pub fn refused_with_calling(&self, holder: Holder, what: &str) -> Option<Finding> {
        let lacks = self.lacks_of_calling(holder)?;
        let message = format!(
            "{what} not changed: the Calling held is incomplete ({lacks}), and Webex refuses to change such a person"
        );
        let finding = Finding::hold(CALLING_INCOMPLETE, message).help(HELP);
        Some(finding.about(self.address(holder)))
    }

    /// People whose Calling is incomplete and stays so.
    pub(super) fn incomplete_people(&self, changes: &[LicenseChange]) -> Vec<UserIx> {
        let losing = losing(changes);
        let people = 0..self.people.observed.len() as UserIx;
        people
            .filter(|&user| {
                let holder = Holder::User(user);
                !self.people.deleted(user)
                    && !losing.contains(&holder)
                    && self.lacks_of_calling(holder).is_some()
            })
            .collect()
    }
}

/// Whether no request does what files change of a holder whose Calling is incomplete: none gives a location to who has none, and
/// none takes to another one who has neither number nor extension.
fn is_out_of_reach(facts: Facts<'_>, caller: &Caller<'_>) -> bool {
    let seen = caller.seen;
    if facts.lacks_of_calling(caller.holder).is_none() {
        return false;
    }
    let moves = caller
        .named
        .is_some_and(|(to, _)| seen.location != Some(to));
    let gets = !matches!(caller.number, Source::Keep | Source::Drop)
        || !matches!(caller.extension, Extension::Keep);
    seen.location.is_none() || moves && seen.number.or(seen.extension).is_none() && !gets
}

/// Removes everyone who has incomplete Calling that no request can change as the files say.
pub(super) fn withhold(
    facts: Facts<'_>,
    applicants: &mut Vec<Applicant<'_>>,
    changes: &LicenseChanges,
    findings: &mut Vec<Finding>,
) -> Vec<Identity> {
    let said = |holder| {
        let mut blocked = changes.list.iter();
        blocked.any(|change| {
            change.holder == holder && change.state == ChangeState::Blocked(CALLING_INCOMPLETE)
        })
    };
    let mut identities = Vec::new();
    applicants.retain(|applicant| {
        let caller = &applicant.caller;
        let ready = applicant.change.is_some() || applicant.is_fixed();
        if ready || !is_out_of_reach(facts, caller) {
            return true;
        }
        if let Some(place) = caller.place() {
            if !said(caller.holder) {
                findings.extend(facts.incomplete(caller.holder, Some(place)));
            }
            identities.push(Identity {
                incomplete: true,
                ..Identity::withheld(caller.holder)
            });
        }
        false
    });
    identities
}

/// Who is to lose Calling, which needs nothing.
fn losing(changes: &[LicenseChange]) -> FxHashSet<Holder> {
    let losing = changes.iter().filter(|change| {
        change.slot.service == Service::Calling && matches!(change.action, LicenseAction::Remove)
    });
    losing.map(|change| change.holder).collect()
}

/// Says who has incomplete Calling, where nothing has said so yet. `held` are those for whom a hold did.
pub fn say(
    facts: Facts<'_>,
    changes: &[LicenseChange],
    held: &FxHashSet<Holder>,
    findings: &mut Vec<Finding>,
) {
    let blocked = changes
        .iter()
        .filter(|change| change.state == ChangeState::Blocked(CALLING_INCOMPLETE));
    let said: FxHashSet<Holder> = blocked.map(|change| change.holder).collect();
    let losing = losing(changes);
    let people = facts
        .incomplete_people(changes)
        .into_iter()
        .map(Holder::User);
    let places = facts.snapshot.workspaces().iter().zip(0..);
    let places = places
        .filter(|(_, place)| !facts.workspaces.deleted(*place))
        .map(|(_, place)| Holder::Workspace(place))
        .filter(|holder| !losing.contains(holder));
    for holder in people.chain(places) {
        if said.contains(&holder) || held.contains(&holder) {
            continue;
        }
        if let Some(lacks) = facts.lacks_of_calling(holder) {
            let message = format!("Webex Calling is incomplete: there is {lacks}");
            findings.push(
                Finding::warning(CALLING_INCOMPLETE, message)
                    .about(facts.address(holder))
                    .help(HELP),
            );
        }
    }
}
