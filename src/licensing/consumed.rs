//! Subscriptions that end while a person still has Calling from them.

use std::collections::BTreeSet;

use super::catalogue::Service;
use super::changes::Facts;
use super::people::UserIx;
use super::subscriptions::{SubIx, Subscription, word};
use super::workspaces::PlaceIx;
use crate::finding::{Finding, SUBSCRIPTION_STILL_CONSUMED};
use crate::snapshot::Word;

/// Subscriptions that end while a person has Calling from them, and that nothing replaces: what has to be done manually,
/// before Cisco processes the end.
pub fn say(facts: Facts<'_>, findings: &mut Vec<Finding>) {
    let subscriptions = facts.subscriptions;
    let ends = |sub: &Subscription| !sub.active() && sub.replaced_by.is_none();
    if !subscriptions
        .all()
        .iter()
        .any(|sub| ends(sub) || sub.replaced_by.is_some())
    {
        return;
    }
    let calling = |ids: &[Word]| -> Vec<SubIx> {
        let licenses = ids.iter().filter_map(|id| facts.catalogue.by_id(id));
        licenses
            .filter(|&license| facts.catalogue.kind(license).slot.service == Service::Calling)
            .filter_map(|license| facts.subscription_of(license))
            .collect()
    };
    let mut holders = vec![Holders::default(); subscriptions.all().len()];
    for (index, user) in facts.snapshot.users().iter().enumerate() {
        let index = index as u32;
        let stays = why_it_stays(facts, index);
        if !facts.people.deleted(index) {
            let held = calling(&user.licenses).into_iter();
            held.filter(|sub| stays.is_some() || ends(subscriptions.get(*sub)))
                .for_each(|sub| {
                    holders[sub as usize].people += 1;
                    holders[sub as usize].causes.extend(stays);
                });
        }
    }
    for (index, workspace) in facts.snapshot.workspaces().iter().enumerate() {
        let stays = why_it_stays_there(facts, index as u32);
        let held = calling(&workspace.licenses).into_iter();
        held.filter(|sub| stays.is_some() || ends(subscriptions.get(*sub)))
            .for_each(|sub| {
                holders[sub as usize].workspaces += 1;
                holders[sub as usize].causes.extend(stays);
            });
    }
    for (sub, holders) in subscriptions.all().iter().zip(holders) {
        let stays = sub.active() && sub.replaced_by.is_none();
        if !stays && holders.people + holders.workspaces > 0 {
            findings.push(say_consumed(facts, sub, &holders));
        }
    }
}

/// Why nothing moves for a person, and what to do about it.
fn why_it_stays(facts: Facts<'_>, user: UserIx) -> Option<&'static str> {
    let people = facts.people;
    if people.not_known(user) {
        Some(NOT_KNOWN)
    } else if people.left_alone(user) && !people.from_directory(user) {
        Some("nothing is planned for people whose deletion waits: see the findings about them")
    } else if people.left_alone(user) {
        Some(
            "nothing is planned for people who are `state: absent` and come from a directory: let the directory delete them before \
             the subscription ends",
        )
    } else if people.subscribed.has(user) {
        Some(
            "the Webex Calling of people with a BroadWorks subscription does not move: see `calling-platform-conflict`",
        )
    } else {
        None
    }
}

/// The same for a workspace.
fn why_it_stays_there(facts: Facts<'_>, place: PlaceIx) -> Option<&'static str> {
    let places = facts.workspaces;
    if places.not_known(place) {
        Some(NOT_KNOWN)
    } else if places.ambiguous(place).is_some() {
        Some("nothing is planned for workspaces that have the same name: see `name-ambiguous`")
    } else {
        None
    }
}

/// Something could not be read.
const NOT_KNOWN: &str =
    "nothing is planned where not everything is known: see the holds `not-known`";

/// How many have Calling from a subscription.
#[derive(Clone, Default)]
struct Holders {
    people: usize,
    workspaces: usize,
    /// Why nothing moves for them, where that is known.
    causes: BTreeSet<&'static str>,
}

impl Holders {
    /// Such as `1 person and 2 workspaces still have`.
    fn still_have(&self) -> String {
        let count = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {many}")),
        };
        let holders = [
            count(self.people, "person", "people"),
            count(self.workspaces, "workspace", "workspaces"),
        ];
        let holders: Vec<String> = holders.into_iter().flatten().collect();
        let verb = match self.people + self.workspaces {
            1 => "has",
            _ => "have",
        };
        format!("{} still {verb}", holders.join(" and "))
    }
}

fn say_consumed(facts: Facts<'_>, sub: &Subscription, holders: &Holders) -> Finding {
    let state = match sub.replaced_by {
        Some((target, _)) => format!("replaced by {}", facts.subscriptions.get(target).id),
        None => word(sub.status).to_owned(),
    };
    let message = format!(
        "{} is {state}, and {} Calling from it",
        sub.id,
        holders.still_have()
    );
    let declared = facts.config.subscriptions.get(&sub.id);
    Finding::warning(SUBSCRIPTION_STILL_CONSUMED, message)
        .about(format!("subscription/{}", sub.id))
        .help(match sub.replaced_by.is_some() {
            true => {
                let causes: Vec<&str> = holders.causes.iter().copied().collect();
                causes.join("; ")
            }
            false => "before the subscription ends, edit the licences of each in Control Hub: clear the old subscription and choose \
                      the new one in the same edit. With `replacedBy` at the subscription the plan lists them, with the steps"
                .to_owned(),
        })
        .at_opt(declared.map(|declared| facts.config.place(declared.key)))
}
