//! Who calls through BroadWorks: a person calls there or with Webex Calling, never both (BWKS-140). So nothing of Calling is
//! planned for a subscriber but its removal, and a finding says what is not.

use super::catalogue::Service;
use super::changes::{ChangeState, Facts, LicenseAction, LicenseChange, LicenseChanges};
use super::holder::Holder;
use super::identity::{Applicant, Identity};
use crate::config::Spot;
use crate::finding::{CALLING_PLATFORM_CONFLICT, Finding};

impl Facts<'_> {
    /// Whether a holder has a subscription of BroadWorks.
    fn subscribes(&self, holder: Holder) -> bool {
        matches!(holder, Holder::User(user) if self.people.subscribed.has(user))
    }

    /// Why something of Calling does not happen to a subscriber: an error, or a warning where the subscription goes first.
    fn platform_conflict(&self, holder: Holder, what: &str, spot: Option<Spot>) -> Option<Finding> {
        let Holder::User(user) = holder else {
            return None;
        };
        let (user_id, goes) = self.people.subscribed.of(user)?;
        let finding = match goes {
            true => Finding::warning(
                CALLING_PLATFORM_CONFLICT,
                format!("{what} before the BroadWorks subscriber {user_id} is removed"),
            )
            .help("plan again after this plan is applied"),
            false => Finding::error(
                CALLING_PLATFORM_CONFLICT,
                format!(
                    "{what}: the person is the BroadWorks subscriber {user_id}, and cannot have both"
                ),
            )
            .help(match self.may_call(holder) {
                true => "remove the subscriber; or remove Webex Calling from the person: `licenses: {remove: [calling]}`",
                false => "remove the subscriber; or remove the entry or group template that gives the person Webex Calling",
            }),
        };
        let place = spot.map(|spot| self.config.place(spot));
        Some(finding.about(self.address(holder)).at_opt(place))
    }
}

/// Why a change of Calling is not planned for a subscriber.
pub(super) fn refusal(facts: Facts<'_>, change: &LicenseChange) -> Option<Finding> {
    if change.slot.service != Service::Calling {
        return None;
    }
    let what = match change.action {
        LicenseAction::Remove | LicenseAction::Unclear => return None,
        LicenseAction::Grant(_) => "Webex Calling is not assigned".to_owned(),
        LicenseAction::Change(_) => "Webex Calling is not changed".to_owned(),
        LicenseAction::Move(target) => {
            let target = &facts.subscriptions.get(target).id;
            format!("Webex Calling is not moved to {target}")
        }
    };
    facts.platform_conflict(change.holder, &what, change.reason.spot)
}

/// Removes subscribers, and says whose location, number or extension would change.
pub(super) fn withhold(
    facts: Facts<'_>,
    applicants: &mut Vec<Applicant<'_>>,
    changes: &LicenseChanges,
    findings: &mut Vec<Finding>,
) -> Vec<Identity> {
    let said = |holder| {
        changes.list.iter().any(|change| {
            let by = match change.state {
                ChangeState::Blocked(code) | ChangeState::Refused(code) => Some(code),
                _ => None,
            };
            change.holder == holder && by == Some(CALLING_PLATFORM_CONFLICT)
        })
    };
    let mut identities = Vec::new();
    applicants.retain(|applicant| {
        let caller = &applicant.caller;
        let holder = caller.holder;
        if !facts.subscribes(holder) {
            return true;
        }
        let moves = caller.named.map(|(to, _)| to);
        let moves = moves.is_some_and(|to| caller.seen.location != Some(to));
        if (moves || caller.asks_for_number() || caller.asks_for_extension()) && !said(holder) {
            let what = "location, number and extension of Webex Calling are not changed";
            let place = caller.place().or(caller.entry);
            findings.extend(facts.platform_conflict(holder, what, place));
            identities.push(Identity::withheld(holder));
        }
        false
    });
    identities
}
