//! What each person should hold, and why: rules 1 to 4 of contract section 3, and which subscription (rule 6).
//!
//! Nothing here looks at seats or numbers: the result is a list of [`Ask`]s, one per licence that should change. A person
//! for whom nothing changes costs no allocation: the working lists are kept from one person to the next.

use super::catalogue::{Catalogue, LicenseIx, ProductIx, Service, Slot, Tier};
use super::intent::{Entry, Intent, Override, Template};
use super::people::{Memberships, People, Reach, UserIx};
use super::subscriptions::{SubIx, Subscriptions};
use crate::config::{Config, Spot};
use crate::finding::{
    ATTENDEE_FEATURE_OFF, ATTENDEE_SITE_ADMIN, CALLING_DOWNGRADE_UNSUPPORTED,
    CALLING_TYPE_CONFLICT, Finding, PIN_CONFLICT, SUSPENDED_MANUAL_CONTROL_HUB,
};
use crate::snapshot::{self, Snapshot};

/// A licence or account that somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// What it is for.
    pub slot: Slot,
    /// Which tier.
    pub tier: Tier,
    /// The licence; `None` for an attendee account.
    pub license: Option<LicenseIx>,
}

/// Who holds licences: a person or a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A person.
    User(UserIx),
    /// A workspace, as an index into the snapshot's.
    Workspace(u32),
}

/// A licence that somebody should get.
#[derive(Debug, Clone, Copy)]
pub struct Want {
    /// Which tier.
    pub tier: Tier,
    /// Which product; `None` for attendee accounts.
    pub product: Option<ProductIx>,
    /// The subscription that it must come from.
    pub pin: Option<SubIx>,
    /// Whether an attendee account will do when no host licence is left.
    pub fallback: bool,
    /// Whether an override names it.
    pub named: bool,
}

/// What should happen to one licence of one holder.
#[derive(Debug, Clone, Copy)]
pub enum Wish {
    /// It should go.
    Remove,
    /// There is none yet.
    Grant(Want),
    /// Another tier, role or product.
    Change(Want),
    /// The same product from another subscription.
    Move(SubIx),
    /// Templates disagree, so that nothing can be said.
    Unclear,
}

/// Why, for people: the place, and the chain of reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    /// The place that says so.
    pub spot: Option<Spot>,
    /// Such as `template sales licenses.calling` and `group Sales`.
    pub because: Vec<String>,
}

/// One licence that should change.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Whose.
    pub holder: Holder,
    /// What it is for.
    pub slot: Slot,
    /// What is held now.
    pub before: Option<Held>,
    /// What should happen.
    pub wish: Wish,
    /// Why.
    pub reason: Reason,
    /// How it ended.
    pub state: AskState,
}

impl Ask {
    fn blocked(mut self) -> Ask {
        self.state = AskState::Blocked;
        self
    }
}

/// How an ask ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskState {
    /// Not settled yet.
    Open,
    /// Done: this is held afterwards.
    Settled(Option<Held>),
    /// An error or a hold keeps it out of the plan.
    Blocked,
    /// A warning keeps it out of the plan: it is not done, but nothing waits for it.
    Refused,
}

/// The asks of everybody, and how many people each template that does not count would have given something.
#[derive(Debug, Default)]
pub struct Asks {
    /// In order of address and path; workspaces after people.
    pub list: Vec<Ask>,
    /// By template.
    pub out_of_scope: Vec<u32>,
}

/// What the decisions are made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'w> {
    /// The desired state.
    pub config: &'w Config,
    /// The observed state.
    pub snapshot: &'w Snapshot,
    /// The licences, understood.
    pub catalogue: &'w Catalogue,
    /// The subscriptions.
    pub subscriptions: &'w Subscriptions,
    /// The licence sets, looked up.
    pub intent: &'w Intent<'w>,
    /// Everybody.
    pub people: &'w People<'w>,
    /// Whose groups carry what.
    pub memberships: &'w Memberships<'w>,
}

impl<'w> Facts<'w> {
    /// The address of a holder.
    pub fn address(&self, holder: Holder) -> String {
        match holder {
            Holder::User(user) => format!("user/{}", self.people.email(user)),
            Holder::Workspace(index) => format!(
                "workspace/{}",
                self.snapshot.workspaces()[index as usize].name
            ),
        }
    }

    /// The subscription of a licence.
    pub fn subscription_of(&self, license: LicenseIx) -> Option<SubIx> {
        self.subscriptions.find(
            self.snapshot.licenses()[license as usize]
                .subscription_id
                .as_deref()?,
        )
    }

    /// Whether a person wants or has Calling, in whatever tier.
    pub fn holds_calling(&self, user: &snapshot::User) -> bool {
        user.licenses
            .iter()
            .filter_map(|id| self.catalogue.by_id(id))
            .any(|license| self.catalogue.kind(license).slot.service == Service::Calling)
    }
}

/// Decides for everybody.
pub fn decide(facts: Facts<'_>, findings: &mut Vec<Finding>) -> Asks {
    let mut asks = Asks {
        list: Vec::new(),
        out_of_scope: vec![0; facts.intent.templates.len()],
    };
    let transition = facts
        .config
        .org
        .as_ref()
        .and_then(|org| org.value.group_transition.as_ref());
    let keep_on_leave = transition.and_then(|transition| transition.retain_licenses.as_ref());
    let mut resolver = Resolver {
        facts,
        findings,
        asks: &mut asks,
        transition_off: keep_on_leave
            .filter(|at| !at.value)
            .zip(facts.config.org.as_ref())
            .map(|(at, org)| org.spot(at)),
        replaced: facts
            .snapshot
            .licenses()
            .iter()
            .map(|license| {
                let sub = facts
                    .subscriptions
                    .find(license.subscription_id.as_deref()?)?;
                facts.subscriptions.get(sub).replaced_by
            })
            .collect(),
        implicit_named: implicit_named(facts),
        held: Vec::new(),
        slots: Vec::new(),
        results: Vec::new(),
    };
    for user in facts.people.by_email() {
        if !facts.people.deleted(user) {
            resolver.user(user);
        }
    }
    for (index, workspace) in facts.snapshot.workspaces().iter().enumerate() {
        resolver.workspace(Holder::Workspace(index as u32), workspace);
    }
    asks
}

/// The implicit licences that the configuration names: only these are looked at.
fn implicit_named(facts: Facts<'_>) -> Vec<(Slot, Tier)> {
    let templates = facts
        .intent
        .templates
        .iter()
        .flat_map(|template| &template.entries);
    let overrides = facts
        .intent
        .overrides
        .values()
        .flat_map(|over| &over.grants);
    let removed = facts
        .intent
        .overrides
        .values()
        .flat_map(|over| &over.removals);
    let named = templates
        .chain(overrides)
        .map(|entry| (entry.slot, entry.tier));
    let named = named.chain(removed.map(|(slot, _)| (*slot, Tier::Single)));
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    named.dedup();
    named
}

struct Resolver<'w, 'o> {
    facts: Facts<'w>,
    findings: &'o mut Vec<Finding>,
    asks: &'o mut Asks,
    /// Where the organisation says that people who leave a group keep nothing.
    transition_off: Option<Spot>,
    /// By licence: what its subscription is replaced by.
    replaced: Vec<Option<(SubIx, Spot)>>,
    implicit_named: Vec<(Slot, Tier)>,
    // Working lists, kept from one person to the next.
    held: Vec<Held>,
    slots: Vec<Slot>,
    results: Vec<(Slot, Option<Tier>, bool)>,
}

/// What the templates and what is held come to for one slot, before overrides.
struct ByTemplates<'w> {
    /// The best that is held and stays.
    kept: Option<Held>,
    /// The best that is granted, and by which template.
    granted: Option<(&'w Entry, Reach)>,
    /// Two Calling tiers from two templates.
    conflict: bool,
}

impl<'w> Resolver<'w, '_> {
    fn user(&mut self, user: UserIx) {
        let facts = self.facts;
        let reaches = facts.memberships.of(user);
        let over = facts.intent.overrides.get(facts.people.email(user));
        let left = facts
            .memberships
            .left(user)
            .filter(|_| self.transition_off.is_some());
        let observed = facts.people.snapshot(user);
        self.hold(observed);
        let moves = self.held.iter().any(|held| {
            held.license
                .is_some_and(|ix| self.replaced[ix as usize].is_some())
        });
        if reaches.is_empty() && over.is_none() && left.is_none() && !moves {
            return;
        }

        let template = |reach: &Reach| &facts.intent.templates[reach.template as usize];
        let strip = left.is_some()
            || reaches
                .iter()
                .any(|reach| reach.counts && !template(reach).retain);
        self.slots.clear();
        self.slots.extend(self.held.iter().map(|held| held.slot));
        let counted = reaches.iter().filter(|reach| reach.counts);
        self.slots.extend(
            counted
                .flat_map(|reach| &template(reach).entries)
                .map(|entry| entry.slot),
        );
        if let Some(over) = over {
            self.slots
                .extend(over.grants.iter().map(|entry| entry.slot));
        }
        self.slots.sort_unstable();
        self.slots.dedup();
        self.results.clear();
        for at in 0..self.slots.len() {
            self.slot(user, self.slots[at], reaches, over, strip, left);
        }
        self.count_out_of_scope(reaches, over);
    }

    /// Fills the working list of what is held, the best of each slot first.
    fn hold(&mut self, observed: Option<&snapshot::User>) {
        self.held.clear();
        let Some(observed) = observed else { return };
        let catalogue = self.facts.catalogue;
        for id in &observed.licenses {
            let Some(license) = catalogue.by_id(id) else {
                continue;
            };
            let kind = catalogue.kind(license);
            if kind.implicit
                && self
                    .implicit_named
                    .binary_search(&(kind.slot, kind.tier))
                    .is_err()
            {
                continue;
            }
            self.held.push(Held {
                slot: kind.slot,
                tier: kind.tier,
                license: Some(license),
            });
        }
        for site in &observed.attendee_sites {
            let slot = catalogue.slot(Service::Meetings, site);
            self.held.push(Held {
                slot,
                tier: Tier::Attendee,
                license: None,
            });
        }
        self.held
            .sort_unstable_by_key(|held| (held.slot, held.tier, held.license));
    }

    fn slot(
        &mut self,
        user: UserIx,
        slot: Slot,
        reaches: &'w [Reach],
        over: Option<&'w Override>,
        strip: bool,
        left: Option<u32>,
    ) {
        let facts = self.facts;
        let best = self.held.iter().copied().find(|held| held.slot == slot);
        let ask = |wish, reason| Ask {
            holder: Holder::User(user),
            slot,
            before: best,
            wish,
            reason,
            state: AskState::Open,
        };

        if let Some((named, spot, word)) = over.and_then(|over| named_by(over, slot)) {
            self.results
                .push((slot, named.map(|entry| entry.tier), true));
            let because = || {
                let email = facts.people.email(user);
                vec![format!("override users/{email} licenses.{word}")]
            };
            match (best, named) {
                (None, None) => {}
                (Some(_), None) => self.push(ask(
                    Wish::Remove,
                    Reason {
                        spot: Some(spot),
                        because: because(),
                    },
                )),
                (best, Some(entry)) => {
                    let same = self.held.iter().copied().find(|held| {
                        let product = held
                            .license
                            .map(|license| facts.catalogue.kind(license).product);
                        held.slot == slot
                            && held.tier == entry.tier
                            && (!entry.names_product || product == entry.product)
                    });
                    if let Some(same) = same {
                        self.stay(user, same, entry.pin.map(|pin| (pin, entry.spot)), because);
                        return;
                    }
                    let want = Want {
                        tier: entry.tier,
                        product: entry.product,
                        pin: entry.pin,
                        fallback: false,
                        named: true,
                    };
                    let wish = if best.is_some() {
                        Wish::Change(want)
                    } else {
                        Wish::Grant(want)
                    };
                    let ask = ask(
                        wish,
                        Reason {
                            spot: Some(spot),
                            because: because(),
                        },
                    );
                    self.push(if entry.broken { ask.blocked() } else { ask });
                }
            }
            return;
        }

        let by = self.by_templates(slot, reaches, strip);
        if by.conflict {
            self.results.push((slot, best.map(|held| held.tier), false));
            self.type_conflict(user, reaches);
            // Who has the best of them already, where it should be, would not change anyway.
            let better = |held: Held| by.granted.is_some_and(|(entry, _)| entry.tier < held.tier);
            if best.is_none_or(|held| better(held) || self.elsewhere(held, reaches)) {
                self.asks
                    .list
                    .push(ask(Wish::Unclear, Reason::default()).blocked());
            }
            return;
        }
        match (by.kept, by.granted) {
            (None, None) => {
                self.results.push((slot, None, false));
                if best.is_some() {
                    self.push(ask(Wish::Remove, self.why_removed(reaches, left)));
                }
            }
            (Some(kept), granted) if granted.is_none_or(|(entry, _)| kept.tier <= entry.tier) => {
                self.results.push((slot, Some(kept.tier), false));
                // A better licence that is stripped still goes, and this one stays.
                match best {
                    Some(best) if best.tier != kept.tier => {
                        let product = kept
                            .license
                            .map(|license| facts.catalogue.kind(license).product);
                        let want = Want {
                            tier: kept.tier,
                            product,
                            pin: None,
                            fallback: false,
                            named: false,
                        };
                        self.push(ask(Wish::Change(want), self.why_removed(reaches, left)));
                    }
                    _ => match self.pin(user, slot, kept.tier, reaches) {
                        Ok(pin) => {
                            let because = || self.pin_reason(slot, reaches);
                            let because = because();
                            self.stay(user, kept, pin, || because);
                        }
                        Err(()) => self
                            .asks
                            .list
                            .push(ask(Wish::Unclear, Reason::default()).blocked()),
                    },
                }
            }
            (_, Some((entry, reach))) => {
                self.results.push((slot, Some(entry.tier), false));
                let reason = Reason {
                    spot: Some(entry.spot),
                    because: self.chain(slot, reach),
                };
                let pin = self.pin(user, slot, entry.tier, reaches);
                let fallback = entry.tier == Tier::Host && self.attendee_will_do(slot, reaches);
                let want = Want {
                    tier: entry.tier,
                    product: entry.product,
                    pin: pin.unwrap_or(None).map(|(pin, _)| pin),
                    fallback,
                    named: false,
                };
                let wish = if best.is_some() {
                    Wish::Change(want)
                } else {
                    Wish::Grant(want)
                };
                let ask = ask(wish, reason);
                self.push(if pin.is_err() || entry.broken {
                    ask.blocked()
                } else {
                    ask
                });
            }
            (Some(_), None) => {}
        }
    }

    fn by_templates(&self, slot: Slot, reaches: &'w [Reach], strip: bool) -> ByTemplates<'w> {
        let entries = |counted: bool| {
            reaches
                .iter()
                .filter(move |reach| reach.counts || !counted)
                .flat_map(move |&reach| {
                    let template = &self.facts.intent.templates[reach.template as usize];
                    template
                        .entries
                        .iter()
                        .filter(move |entry| entry.slot == slot)
                        .map(move |entry| (entry, reach))
                })
        };
        let protected = |held: &Held| {
            !strip
                || slot.service == Service::Other
                || entries(false)
                    .any(|(entry, _)| slot.service == Service::Calling || entry.tier == held.tier)
        };
        let kept = self
            .held
            .iter()
            .copied()
            .filter(|held| held.slot == slot)
            .find(|held| protected(held));
        // The better tier wins; among equals an entry that can be granted, then the first group in order.
        let granted = entries(true).min_by_key(|(entry, _)| (entry.tier, entry.broken));
        let conflict = slot.service == Service::Calling
            && granted
                .is_some_and(|(first, _)| entries(true).any(|(entry, _)| entry.tier != first.tier));
        ByTemplates {
            kept,
            granted,
            conflict,
        }
    }

    /// The subscription that the templates pin for an item; `Err` where two of them differ.
    fn pin(
        &mut self,
        user: UserIx,
        slot: Slot,
        tier: Tier,
        reaches: &'w [Reach],
    ) -> Result<Option<(SubIx, Spot)>, ()> {
        let mut found: Option<(SubIx, Spot)> = None;
        for (entry, _) in self.pinning(slot, tier, reaches) {
            let Some(pin) = entry.pin else { continue };
            match found {
                Some((other, spot)) if other != pin => {
                    let (a, b) = (
                        self.facts.subscriptions.get(other),
                        self.facts.subscriptions.get(pin),
                    );
                    let path = self.facts.catalogue.path(slot);
                    let message = format!("two templates pin {path} to {} and to {}", a.id, b.id);
                    self.findings.push(
                        Finding::error(PIN_CONFLICT, message)
                            .about(self.facts.address(Holder::User(user)))
                            .help(
                                "let the templates agree, or name the subscription in an override",
                            )
                            .at(self.facts.config.place(spot.max(entry.spot))),
                    );
                    return Err(());
                }
                Some(_) => {}
                None => found = Some((pin, entry.spot)),
            }
        }
        Ok(found)
    }

    /// Whether a pin of a template or `replacedBy` wants a held licence in another subscription.
    fn elsewhere(&self, held: Held, reaches: &'w [Reach]) -> bool {
        let Some(license) = held.license else {
            return false;
        };
        let pin = self
            .pinning(held.slot, held.tier, reaches)
            .find_map(|(entry, _)| entry.pin);
        let target = pin.or(self.replaced[license as usize].map(|(target, _)| target));
        target.is_some_and(|target| {
            self.facts
                .subscription_of(license)
                .is_some_and(|current| current != target)
        })
    }

    fn pinning(
        &self,
        slot: Slot,
        tier: Tier,
        reaches: &'w [Reach],
    ) -> impl Iterator<Item = (&'w Entry, Reach)> + use<'w> {
        let templates: &'w [Template<'w>] = &self.facts.intent.templates;
        reaches
            .iter()
            .filter(|reach| reach.counts)
            .flat_map(move |&reach| {
                let entries = templates[reach.template as usize].entries.iter();
                let same = move |entry: &&Entry| {
                    entry.slot == slot && (slot.service == Service::Calling || entry.tier == tier)
                };
                entries.filter(same).map(move |entry| (entry, reach))
            })
    }

    /// A held licence stays: in its subscription, unless a pin or `replacedBy` says otherwise (rule 6).
    fn stay(
        &mut self,
        user: UserIx,
        held: Held,
        pin: Option<(SubIx, Spot)>,
        because: impl FnOnce() -> Vec<String>,
    ) {
        let Some(license) = held.license else { return };
        let Some(current) = self.facts.subscription_of(license) else {
            return;
        };
        let (target, reason) = match (pin, self.replaced[license as usize]) {
            (Some((pin, spot)), _) if pin != current => (
                pin,
                Reason {
                    spot: Some(spot),
                    because: because(),
                },
            ),
            (None, Some((target, spot))) if target != current => {
                (target, self.why_replaced(current, target, spot))
            }
            _ => return,
        };
        self.push(Ask {
            holder: Holder::User(user),
            slot: held.slot,
            before: Some(held),
            wish: Wish::Move(target),
            reason,
            state: AskState::Open,
        });
    }

    fn workspace(&mut self, holder: Holder, workspace: &snapshot::Workspace) {
        let catalogue = self.facts.catalogue;
        let mut held: Vec<LicenseIx> = workspace
            .licenses
            .iter()
            .filter_map(|id| catalogue.by_id(id))
            .collect();
        held.sort_by_key(|&license| (catalogue.kind(license).slot, license));
        for license in held {
            let Some((target, spot)) = self.replaced[license as usize] else {
                continue;
            };
            let Some(current) = self.facts.subscription_of(license) else {
                continue;
            };
            let kind = catalogue.kind(license);
            self.push(Ask {
                holder,
                slot: kind.slot,
                before: Some(Held {
                    slot: kind.slot,
                    tier: kind.tier,
                    license: Some(license),
                }),
                wish: Wish::Move(target),
                reason: self.why_replaced(current, target, spot),
                state: AskState::Open,
            });
        }
    }

    /// Takes an ask up, or says at once why it cannot be.
    fn push(&mut self, mut ask: Ask) {
        if ask.state == AskState::Open
            && let Some(finding) = self.refusal(&ask)
        {
            self.findings.push(finding);
            ask.state = AskState::Blocked;
        }
        self.asks.list.push(ask);
    }

    fn refusal(&self, ask: &Ask) -> Option<Finding> {
        let facts = self.facts;
        let place = ask.reason.spot.map(|spot| facts.config.place(spot));
        let address = facts.address(ask.holder);
        if let Wish::Change(want) = ask.wish
            && want.tier == Tier::Standard
            && ask
                .before
                .is_some_and(|held| held.tier == Tier::Professional)
        {
            let help = "Webex refuses it in one step. Removing Calling and granting Standard afterwards works, but \
                        deletes voicemail settings, number and calling services: `remove: [calling]` with an \
                        acknowledgement `calling-loss`, apply, then `add: {calling: standard}`";
            let message = "Professional cannot become Standard while the person keeps Calling";
            return Some(
                Finding::error(CALLING_DOWNGRADE_UNSUPPORTED, message)
                    .about(address)
                    .help(help)
                    .at_opt(place),
            );
        }
        let held_in = ask
            .before
            .and_then(|held| held.license)
            .and_then(|license| facts.subscription_of(license));
        if let Some(sub) = held_in.map(|sub| facts.subscriptions.get(sub))
            && !sub.active()
        {
            let what = match ask.wish {
                Wish::Remove => "cannot be removed",
                Wish::Move(_) => "cannot be moved",
                Wish::Grant(_) | Wish::Change(_) | Wish::Unclear => "cannot be changed",
            };
            let status = super::subscriptions::word(sub.status);
            let path = facts.catalogue.path(ask.slot);
            let message = format!("{path} {what} by a request: {} is {status}", sub.id);
            let help = "change it by hand in Control Hub: open the person or workspace, Licenses, Edit licenses; \
                        then take a new snapshot";
            return Some(
                Finding::hold(SUSPENDED_MANUAL_CONTROL_HUB, message)
                    .about(address)
                    .help(help)
                    .at_opt(place),
            );
        }
        let (Wish::Grant(want) | Wish::Change(want)) = ask.wish else {
            return None;
        };
        if want.tier == Tier::Attendee
            && let Holder::User(user) = ask.holder
        {
            return attendee_refusal(facts, user, ask.slot).map(|finding| finding.at_opt(place));
        }
        None
    }

    fn type_conflict(&mut self, user: UserIx, reaches: &'w [Reach]) {
        let slot = self.facts.catalogue.slot(Service::Calling, "");
        let mut names: Vec<&str> = Vec::new();
        let mut spot = Spot::default();
        for (entry, reach) in self.pinning(slot, Tier::Professional, reaches) {
            names.push(self.facts.intent.templates[reach.template as usize].name);
            spot = spot.max(entry.spot);
        }
        names.dedup();
        let message = format!(
            "the templates {} give different kinds of Calling",
            names.join(" and ")
        );
        self.findings.push(
            Finding::error(CALLING_TYPE_CONFLICT, message)
                .about(self.facts.address(Holder::User(user)))
                .help("name one in an override: `licenses: {add: {calling: professional}}`")
                .at(self.facts.config.place(spot)),
        );
    }

    /// Whether somebody who should be host may be attendee (rule 4).
    fn attendee_will_do(&self, slot: Slot, reaches: &[Reach]) -> bool {
        let holds = self
            .held
            .iter()
            .any(|held| held.slot == slot && held.tier == Tier::Attendee);
        reaches.iter().any(|reach| {
            let entries = &self.facts.intent.templates[reach.template as usize].entries;
            (reach.counts || holds)
                && entries
                    .iter()
                    .any(|entry| entry.slot == slot && entry.tier == Tier::Attendee)
        })
    }

    fn count_out_of_scope(&mut self, reaches: &[Reach], over: Option<&Override>) {
        for (at, reach) in reaches.iter().enumerate() {
            let same = |other: &Reach| other.template == reach.template;
            let counted = reaches.iter().any(|other| other.counts && same(other));
            if reach.counts || counted || reaches[..at].iter().any(same) {
                continue;
            }
            let gives = |entry: &&Entry| {
                let named = over.is_some_and(|over| named_by(over, entry.slot).is_some());
                let result = self
                    .results
                    .iter()
                    .find(|(slot, ..)| *slot == entry.slot)
                    .and_then(|(_, tier, _)| *tier);
                !named && result.is_none_or(|tier| entry.tier < tier)
            };
            if self.facts.intent.templates[reach.template as usize]
                .entries
                .iter()
                .any(|entry| gives(&entry))
            {
                self.asks.out_of_scope[reach.template as usize] += 1;
            }
        }
    }

    fn chain(&self, slot: Slot, reach: Reach) -> Vec<String> {
        let template = &self.facts.intent.templates[reach.template as usize];
        let path = self.facts.catalogue.path(slot).replacen('/', ".", 1);
        let mut because = vec![format!("template {} {path}", template.name)];
        because.extend(reach.group.map(|group| {
            format!(
                "group {}",
                self.facts.memberships.groups[group as usize].name
            )
        }));
        because
    }

    fn pin_reason(&self, slot: Slot, reaches: &'w [Reach]) -> Vec<String> {
        let pinned = reaches.iter().find(|reach| {
            let entries = &self.facts.intent.templates[reach.template as usize].entries;
            reach.counts
                && entries
                    .iter()
                    .any(|entry| entry.slot == slot && entry.pin.is_some())
        });
        pinned
            .map(|&reach| self.chain(slot, reach))
            .unwrap_or_default()
    }

    fn why_removed(&self, reaches: &[Reach], left: Option<u32>) -> Reason {
        let templates = &self.facts.intent.templates;
        let off = reaches
            .iter()
            .find(|reach| reach.counts && !templates[reach.template as usize].retain);
        if let Some(reach) = off {
            let template = &templates[reach.template as usize];
            let mut because = vec![format!("template {} retainLicenses: false", template.name)];
            let group = reach
                .group
                .map(|group| self.facts.memberships.groups[group as usize].name);
            because.extend(group.map(|group| format!("group {group}")));
            return Reason {
                spot: Some(template.retain_spot),
                because,
            };
        }
        let group = left.map(|group| self.facts.memberships.groups[group as usize].name);
        let mut because = vec!["org groupTransition.retainLicenses: false".to_owned()];
        because.extend(group.map(|group| format!("left group {group}")));
        Reason {
            spot: self.transition_off,
            because,
        }
    }

    fn why_replaced(&self, from: SubIx, to: SubIx, spot: Spot) -> Reason {
        let (from, to) = (
            &self.facts.subscriptions.get(from).id,
            &self.facts.subscriptions.get(to).id,
        );
        Reason {
            spot: Some(spot),
            because: vec![format!("subscription {from} replacedBy {to}")],
        }
    }
}

/// What an override says of a slot: the entry or nothing, where, and by which word.
fn named_by(over: &Override, slot: Slot) -> Option<(Option<&Entry>, Spot, &'static str)> {
    let grant = over.grants.iter().find(|entry| entry.slot == slot);
    if over.only && (slot.service != Service::Other || over.only_other) {
        return Some((
            grant,
            grant.map_or(over.only_spot, |entry| entry.spot),
            "only",
        ));
    }
    if let Some(entry) = grant {
        return Some((Some(entry), entry.spot, "add"));
    }
    let removal = over.removals.iter().find(|(removed, _)| *removed == slot)?;
    Some((None, removal.1, "remove"))
}

/// Why somebody cannot be attendee of a site, if so (rule 4).
pub fn attendee_refusal(facts: Facts<'_>, user: UserIx, slot: Slot) -> Option<Finding> {
    let site = facts.catalogue.slot_name(slot);
    let address = facts.address(Holder::User(user));
    let administers = |user: &snapshot::User| user.site_admin.iter().any(|admin| &**admin == site);
    if facts.people.snapshot(user).is_some_and(administers) {
        let message = format!("a site administrator of {site} cannot be attendee there");
        let help =
            "take the administrator's role for the site away first, or let the person be host";
        return Some(
            Finding::error(ATTENDEE_SITE_ADMIN, message)
                .about(address)
                .help(help),
        );
    }
    let enabled = facts
        .snapshot
        .sites()
        .iter()
        .find(|known| known.url == site);
    if enabled.is_some_and(|known| !known.attendee_account_enabled) {
        let message = format!("{site} has no attendee accounts");
        let help = "Cisco TAC can switch attendee accounts on for the site; until then let the person be host";
        return Some(
            Finding::error(ATTENDEE_FEATURE_OFF, message)
                .about(address)
                .help(help),
        );
    }
    None
}
