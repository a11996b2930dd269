//! Subscribers that are removed now and added again by the next plan: for another enterprise or customer template, or because a
//! changed template is to reach them.
//!
//! Between the two the person has no service, so nobody is removed who could not be added again as the files are.

use std::cmp::Ordering;

use super::KIND;
use super::plan::{DeclaredSubscriber, Subscribers};
use super::removal::{Person, removal};
use super::states::State;
use crate::change::{Draft, DraftChange};
use crate::config::Spot;
use crate::config::model::Reprovision;
use crate::config::yaml::At;
use crate::finding::*;
use crate::kinds::broadworks::template;
use crate::licensing::Reason;
use crate::snapshot::broadworks::{Subscriber, in_time};

/// Whether one is removed and added again.
pub enum Again {
    /// It stays.
    Not,
    /// This plan removes it.
    Removed(Box<DraftChange>),
    /// It would be, and something is in the way, which was said.
    Refused,
}

/// Why one is removed and added again.
struct Cause {
    /// Why, as the hold says it.
    why: String,
    /// What comes after it.
    then: String,
    /// What in the files says so.
    path: &'static str,
    spot: Spot,
}

impl<'a> Subscribers<'a> {
    /// The removal of one that the next plan adds again.
    pub(super) fn replacement(
        &mut self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        seen: &'a Subscriber,
        draft: &mut Draft,
    ) -> Again {
        let moved = self.moved(entry, seen);
        let cause = match (moved, &entry.value.reprovision) {
            (Some(cause), _) => cause,
            (None, None) => return Again::Not,
            (None, Some(block)) => match self.old(user_id, entry, block, seen, draft) {
                Some(cause) => cause,
                None => return Again::Not,
            },
        };
        if !self.comes_back(user_id, entry, seen, draft) {
            return Again::Refused;
        }
        let message = format!(
            "{}: the subscriber is removed, and the next plan adds it {}",
            cause.why, cause.then
        );
        let finding = Finding::hold(BROADWORKS_REPLACEMENT, message.trim_end())
            .help("apply this plan, take a new snapshot, and plan again");
        self.say(draft, finding, user_id, cause.spot);
        self.going.insert(&seen.user_id);
        let reason = Reason {
            spot: Some(cause.spot),
            because: vec![format!("{}/{user_id} {}", KIND.section, cause.path)],
        };
        let replaced = format!("the next plan adds the subscriber again {}", cause.then);
        Again::Removed(Box::new(removal(
            seen,
            reason,
            Person::Stays,
            Some(replaced.trim_end()),
        )))
    }

    /// Why one is to be of another enterprise or template, if it is.
    fn moved(&self, entry: &DeclaredSubscriber, seen: &Subscriber) -> Option<Cause> {
        let home = &entry.value.enterprise;
        let (is, becomes) = match home.value == seen.enterprise {
            false => (
                format!("enterprise {}", seen.enterprise),
                home.value.clone(),
            ),
            true => {
                let known = self.customers.written_id(&home.value)?;
                let own = self.customers.enterprise(&seen.enterprise);
                let own = seen
                    .provisioning_id
                    .as_deref()
                    .or(own?.provisioning_id.as_deref())?;
                if own == known {
                    return None;
                }
                let declared = self.context.config.enterprises.get(&home.value)?;
                let template = &declared.value.template.value;
                (
                    format!("provisioning id {own}"),
                    format!("the customer template {template}"),
                )
            }
        };
        Some(Cause {
            why: format!("it has the {is}, which cannot be changed"),
            then: format!("for {becomes}"),
            path: "enterprise",
            spot: entry.spot(home),
        })
    }

    /// Why one is provisioned again, if it was provisioned before the time that the files say (BWKS-101, BWKS-103); says why
    /// that is unknown, or may not be yet.
    fn old(
        &self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        block: &At<Reprovision>,
        seen: &Subscriber,
        draft: &mut Draft,
    ) -> Option<Cause> {
        let refuse = |draft: &mut Draft, finding: Finding| {
            self.say(draft, finding, user_id, entry.spot(block));
            None
        };
        let Reprovision { created_before, .. } = &block.value;
        let before = created_before.value.0.to_string();
        let order = in_time(&before, &self.context.snapshot.captured_at);
        if !order.is_some_and(Ordering::is_le) {
            let message = format!(
                "`createdBefore` is {before}, after the snapshot was taken: it would be provisioned again with every plan"
            );
            let help = "write a time that is over, after the change of the customer template";
            return refuse(draft, Finding::error(INVALID_VALUE, message).help(help));
        }
        let created = seen.created.as_deref();
        let Some((created, order)) = created.and_then(|it| Some((it, in_time(it, &before)?)))
        else {
            let message =
                "the snapshot does not say when it was provisioned, so it is not provisioned again";
            return refuse(
                draft,
                Finding::hold(BROADWORKS_NOT_CAPTURED, message)
                    .help("take a new snapshot with --live"),
            );
        };
        if order != Ordering::Less {
            return None;
        }
        // Webex is working on it, or waits for the person: that was said.
        if !State::of(seen).takes_changes() || self.closed.contains(seen.enterprise.as_str()) {
            draft.blocked += 1;
            return None;
        }
        if let Some(why) = template::not_first(self.context, &entry.value.enterprise.value) {
            let message = format!("{why}, so reprovisioning may have no effect");
            let help = "change the customer template in Partner Hub first, then in the file for `--facts`, and take a new snapshot";
            return refuse(
                draft,
                Finding::error(BROADWORKS_TEMPLATE_FIRST, message).help(help),
            );
        }
        Some(Cause {
            why: format!(
                "it was provisioned {created}, before {before}, and is provisioned again ({})",
                block.value.reason.value
            ),
            then: String::new(),
            path: "reprovision",
            spot: entry.spot(block),
        })
    }

    /// Whether the files have all that it takes to add it again.
    fn comes_back(
        &self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        seen: &Subscriber,
        draft: &mut Draft,
    ) -> bool {
        if entry.value.email.is_none() {
            let known = seen.email.as_deref();
            let missing = "the subscriber is to be removed and added again, but `email` is missing in the files";
            let (message, help) = match known {
                Some(email) => (missing.to_owned(), format!("add `email: {email}`")),
                None => (
                    format!("{missing}, and Webex does not return it"),
                    "ask the customer for the address and add `email`".to_owned(),
                ),
            };
            let finding = Finding::error(BROADWORKS_INCOMPLETE, message).help(help);
            self.say(draft, finding, user_id, entry.key);
            return false;
        }
        self.is_complete(user_id, entry, draft)
            && self.provisioning_id(user_id, entry, draft).is_some()
    }
}
