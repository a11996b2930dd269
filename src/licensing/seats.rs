//! Who gets a unit, and from which subscription: rules 6 and 8 of contract section 3.
//!
//! Units are given back first, then moves and tier changes are settled, then grants, then attendee accounts for those who
//! found no host licence. Each group goes in order of address and path, so that who goes without is never a matter of luck.

mod choice;

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::catalogue::{LicenseIx, ProductIx, Service, Tier};
use super::changes::{
    ChangeState, Facts, Held, LicenseAction, LicenseChange, LicenseChanges, Want,
};
use super::holder::Holder;
use super::people::UserIx;
use super::refusals::{attendee_refusal, waits_for};
use super::subscriptions::SubIx;
use super::turns::Turns;
use crate::finding::{
    Finding, HOST_POOL_SHORT, POOL_EXHAUSTED, SUBSCRIPTION_AGE_UNKNOWN, SUBSCRIPTION_INACTIVE,
    SUBSCRIPTION_KIND_MISMATCH,
};

/// Why a licence cannot be had.
enum Fail {
    /// No unit is left.
    Exhausted,
    /// The pinned or replacing subscription lacks the product.
    KindMismatch(SubIx),
    /// The pinned or replacing subscription is not active.
    Inactive(SubIx),
    /// It is unknown which subscription is the oldest.
    AgeUnknown(SubIx),
    /// Not everything is known of the licence that it would be.
    NotKnown(LicenseIx),
}

/// Units in use, while changes are settled.
struct Seats<'w> {
    facts: Facts<'w>,
    used: Vec<i64>,
    /// How many have got a unit so far.
    seated: u32,
    overage: FxHashSet<&'w str>,
}

/// Settles every open change. `agreed` says whether a holder's deletion, or else the loss of Calling, is acknowledged, so
/// that the units count as given back.
pub fn settle(
    facts: Facts<'_>,
    changes: &mut LicenseChanges,
    deleted: &[UserIx],
    agreed: impl Fn(Holder) -> bool,
    findings: &mut Vec<Finding>,
) {
    let guardrails = facts.policy.guardrails.as_ref();
    let mut seats = Seats {
        facts,
        used: facts
            .snapshot
            .licenses()
            .iter()
            .map(|license| license.consumed())
            .collect(),
        seated: 0,
        overage: guardrails
            .iter()
            .flat_map(|guardrails| &guardrails.value.allow_overage)
            .map(|name| name.value.as_str())
            .collect(),
    };
    for &user in deleted {
        if agreed(Holder::User(user))
            && let Some(observed) = facts.people.snapshot(user)
        {
            observed
                .licenses
                .iter()
                .filter_map(|id| facts.catalogue.by_id(id))
                .for_each(|ix| seats.free(ix));
        }
    }
    seats.removals(changes, &agreed);
    let mut short = seats.moves(changes, findings);
    short.extend(seats.grants(changes, findings));
    short.extend(seats.waiting(changes, findings));
    let short = seats.fallback(changes, short, findings);
    seats.report(changes, &short, findings);
}

impl Seats<'_> {
    fn removals(&mut self, changes: &mut LicenseChanges, agreed: &impl Fn(Holder) -> bool) {
        for change in changes
            .list
            .iter_mut()
            .filter(|change| change.state == ChangeState::Open)
        {
            let Some(held) = change.before else { continue };
            let after = match change.action {
                LicenseAction::Remove => None,
                // Held there already: the old one goes, and no unit is taken.
                LicenseAction::Move(target) => {
                    match self.facts.held_there(change.holder, held, target) {
                        Some(there) => Some(there),
                        None => continue,
                    }
                }
                LicenseAction::Change(want) if want.tier == Tier::Attendee => Some(Held {
                    slot: change.slot,
                    tier: Tier::Attendee,
                    license: None,
                }),
                _ => continue,
            };
            change.state = ChangeState::Settled(after);
            let kept = self.facts.loses_calling(change) && !agreed(change.holder);
            if let (false, Some(license)) = (kept, held.license) {
                self.free(license);
            }
        }
    }

    /// Round after round, until a round settles none.
    fn moves(&mut self, changes: &mut LicenseChanges, findings: &mut Vec<Finding>) -> Vec<usize> {
        let takes_turn = |change: &LicenseChange| {
            let host = |want: Want| {
                change
                    .before
                    .is_some_and(|held| held.tier == Tier::Attendee)
                    && want.tier == Tier::Host
            };
            change.state == ChangeState::Open
                && match change.action {
                    LicenseAction::Move(_) => true,
                    LicenseAction::Change(want) => !host(want),
                    _ => false,
                }
        };
        let waiting = changes.list.iter().enumerate();
        let waiting = waiting.filter(|(_, change)| takes_turn(change));
        let mut turns = Turns::new(waiting.map(|(at, change)| (at, self.line(change))));
        while let Some((at, line)) = turns.next() {
            let change = &mut changes.list[at];
            match self.find(change) {
                Ok(license) => {
                    let before = change.before.and_then(|held| held.license);
                    self.take(change, license);
                    turns.leaves(at, line);
                    let products = before.into_iter().chain([license]);
                    products.for_each(|it| turns.changed(self.facts.catalogue.kind(it).product));
                }
                Err(Fail::Exhausted | Fail::AgeUnknown(_)) => {}
                Err(fail) => {
                    self.block(change, fail, findings);
                    turns.leaves(at, line);
                }
            }
        }
        let mut pending = turns.left();
        pending.retain(|&at| match self.find(&changes.list[at]) {
            Err(fail @ Fail::AgeUnknown(_)) => {
                self.block(&mut changes.list[at], fail, findings);
                false
            }
            _ => true,
        });
        pending
    }

    fn grants(&mut self, changes: &mut LicenseChanges, findings: &mut Vec<Finding>) -> Vec<usize> {
        let mut short = Vec::new();
        for (at, change) in changes.list.iter_mut().enumerate() {
            let want = match change.action {
                LicenseAction::Grant(want) => want,
                LicenseAction::Change(want)
                    if change
                        .before
                        .is_some_and(|held| held.tier == Tier::Attendee) =>
                {
                    want
                }
                _ => continue,
            };
            if change.state != ChangeState::Open {
                continue;
            }
            if want.tier == Tier::Attendee {
                change.state = ChangeState::Settled(Some(Held {
                    slot: change.slot,
                    tier: Tier::Attendee,
                    license: None,
                }));
                continue;
            }
            match self.find(change) {
                Ok(license) => self.take(change, license),
                Err(Fail::Exhausted) => short.push(at),
                Err(fail) => self.block(change, fail, findings),
            }
        }
        short
    }

    /// What another tier would take of those whose change of groups waits: nothing is taken, but what lacks a unit is said.
    fn waiting(&self, changes: &mut LicenseChanges, findings: &mut Vec<Finding>) -> Vec<usize> {
        let mut short = Vec::new();
        for (at, change) in changes.list.iter_mut().enumerate() {
            let attendee =
                matches!(change.action, LicenseAction::Change(want) if want.tier == Tier::Attendee);
            if change.state != ChangeState::Waits || !change.part.grant || attendee {
                continue;
            }
            match self.find(change) {
                Ok(_) => {}
                Err(Fail::Exhausted) => short.push(at),
                Err(fail) => self.block(change, fail, findings),
            }
        }
        short
    }

    /// Attendee accounts for those who found no host licence, where one will do; gives back the rest.
    fn fallback(
        &mut self,
        changes: &mut LicenseChanges,
        short: Vec<usize>,
        findings: &mut Vec<Finding>,
    ) -> Vec<usize> {
        let mut left = Vec::new();
        for at in short {
            let change = &mut changes.list[at];
            let (LicenseAction::Grant(want) | LicenseAction::Change(want)) = change.action else {
                left.push(at);
                continue;
            };
            let (true, Holder::User(user)) = (want.fallback, change.holder) else {
                left.push(at);
                continue;
            };
            let place = change.reason.spot.map(|spot| self.facts.config.place(spot));
            let holds = change
                .before
                .is_some_and(|held| held.tier == Tier::Attendee);
            if let Some(refusal) =
                attendee_refusal(self.facts, user, change.slot).filter(|_| !holds)
            {
                let site = self.facts.catalogue.slot_name(change.slot);
                let message = format!("no host licence is left on {site}, and {}", refusal.message);
                let refusal = Finding { message, ..refusal };
                change.state = ChangeState::Blocked(refusal.code);
                findings.push(
                    refusal
                        .help("free or buy a host licence for this person")
                        .at_opt(place),
                );
                continue;
            }
            let site = self.facts.catalogue.slot_name(change.slot);
            let keeps = if holds { "remains" } else { "becomes" };
            findings.push(
                Finding::warning(
                    HOST_POOL_SHORT,
                    format!("no host licence is left on {site}; the person {keeps} an attendee"),
                )
                .about(self.facts.address(change.holder))
                .help("free or buy a host licence; the next plan then makes the person a host")
                .at_opt(place),
            );
            change.state = match holds {
                true => ChangeState::Refused(HOST_POOL_SHORT),
                false => ChangeState::Settled(Some(Held {
                    slot: change.slot,
                    tier: Tier::Attendee,
                    license: None,
                })),
            };
        }
        left
    }

    /// What is left gets none: one error each, with how many are short.
    fn report(&self, changes: &mut LicenseChanges, short: &[usize], findings: &mut Vec<Finding>) {
        let key = |change: &LicenseChange| {
            let line = self.line(change);
            (line.product, line.only)
        };
        let mut counts: BTreeMap<(Option<ProductIx>, Option<SubIx>), usize> = BTreeMap::new();
        short
            .iter()
            .for_each(|&at| *counts.entry(key(&changes.list[at])).or_default() += 1);
        for &at in short {
            let change = &mut changes.list[at];
            let (product, pin) = key(change);
            let missing = counts[&(product, pin)];
            let name = product.map_or("", |product| &self.facts.catalogue.product(product).name);
            let site = match change.slot.service {
                Service::Meetings => format!(" on {}", self.facts.catalogue.slot_name(change.slot)),
                _ => String::new(),
            };
            let from = pin
                .map(|pin| format!(" in {}", self.facts.subscriptions.get(pin).id))
                .unwrap_or_default();
            let mut pools = self.facts.snapshot.licenses().iter();
            let unknown = pools.any(|license| license.name == *name && license.units_unknown());
            let message = match unknown {
                true => format!(
                    "it is unknown how many units of {name}{site} are left{from}, so none counts: {missing} short"
                ),
                false => format!("no unit of {name}{site} is left{from}: {missing} short"),
            };
            let help = match change.action {
                LicenseAction::Move(_) => {
                    "nothing is removed; buy units for the target, or free some there"
                }
                _ => {
                    "buy units, free some, or allow overage for this licence in `guardrails.allowOverage`"
                }
            };
            findings.push(
                Finding::error(POOL_EXHAUSTED, message)
                    .about(self.facts.address(change.holder))
                    .help(help)
                    .at_opt(change.reason.spot.map(|spot| self.facts.config.place(spot))),
            );
            change.state = ChangeState::Blocked(POOL_EXHAUSTED);
        }
    }

    fn block(&self, change: &mut LicenseChange, fail: Fail, findings: &mut Vec<Finding>) {
        let path = self.facts.catalogue.path(change.slot);
        let name = |sub: SubIx| self.facts.subscriptions.get(sub).id.as_str();
        let finding = match fail {
            Fail::Exhausted => return,
            Fail::NotKnown(license) => waits_for(self.facts, license, change.slot),
            Fail::KindMismatch(sub) => Finding::error(
                SUBSCRIPTION_KIND_MISMATCH,
                format!("{} has no licence for {path} of the same kind", name(sub)),
            )
            .help("nothing is removed; name a subscription that has the same product"),
            Fail::Inactive(sub) => {
                let status = super::subscriptions::word(self.facts.subscriptions.get(sub).status);
                Finding::error(
                    SUBSCRIPTION_INACTIVE,
                    format!("{} is {status}; {path} cannot come from it", name(sub)),
                )
                .help("name an active subscription")
            }
            Fail::AgeUnknown(sub) => Finding::error(
                SUBSCRIPTION_AGE_UNKNOWN,
                format!(
                    "several subscriptions could provide `{path}`, and the creation date of {} is unknown",
                    name(sub)
                ),
            )
            .help(format!(
                "look up the date in Control Hub and write it under `subscriptions`: `{}: {{createdAt: YYYY-MM-DD}}`; or name a \
                 subscription at the entry",
                name(sub)
            )),
        };
        change.state = ChangeState::Blocked(finding.code);
        findings.push(
            finding
                .about(self.facts.address(change.holder))
                .at_opt(change.reason.spot.map(|spot| self.facts.config.place(spot))),
        );
    }

    fn take(&mut self, change: &mut LicenseChange, license: LicenseIx) {
        self.used[license as usize] += 1;
        self.seated += 1;
        change.seated = self.seated;
        if let Some(old) = change.before.and_then(|held| held.license) {
            self.free(old);
        }
        let kind = self.facts.catalogue.kind(license);
        change.state = ChangeState::Settled(Some(Held {
            slot: change.slot,
            tier: kind.tier,
            license: Some(license),
        }));
    }

    fn free(&mut self, license: LicenseIx) {
        self.used[license as usize] -= 1;
    }
}
