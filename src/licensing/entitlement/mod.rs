//! What each person and workspace should hold, and why: rules 1 to 4 of contract section 3, and which subscription (rule 6).
//!
//! Nothing here looks at seats or numbers: the result is a list of [`Ask`]s, one per licence that should change. A person
//! for whom nothing changes costs no allocation: the working lists are kept from one person to the next.

mod pins;
mod twice;
mod workspaces;

use super::ask::{Ask, AskState, Asks, Facts, Held, Holder, Reason, Want, Wish};
use super::catalogue::{Service, Slot, Tier};
use super::events::{Event, Part};
use super::intent::{Entry, Override};
use super::memberships::Reach;
use super::people::UserIx;
use super::reasons::{Named, named_by};
use super::refusals::refusal;
use super::subscriptions::SubIx;
use crate::config::Spot;
use crate::finding::{CALLING_TYPE_CONFLICT, Finding, NEW_USER_UNLICENSED, Severity};

/// Decides for everybody.
pub fn decide(facts: Facts<'_>, findings: &mut Vec<Finding>) -> Asks {
    let mut asks = Asks {
        list: Vec::new(),
        out_of_scope: vec![0; facts.intent.templates.len()],
    };
    let mut resolver = Resolver {
        facts,
        findings,
        asks: &mut asks,
        transition_off: facts.transition_off(),
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
        held: Vec::new(),
        slots: Vec::new(),
        results: Vec::new(),
    };
    for user in facts.people.by_email() {
        if facts.people.stays(user) {
            resolver.user(user);
        }
    }
    for place in facts.workspaces.by_name() {
        resolver.workspace(place);
    }
    asks
}

struct Resolver<'w, 'o> {
    facts: Facts<'w>,
    findings: &'o mut Vec<Finding>,
    asks: &'o mut Asks,
    /// Where the organisation says that people who leave a group keep nothing.
    transition_off: Option<Spot>,
    /// By licence: what its subscription is replaced by.
    replaced: Vec<Option<(SubIx, Spot)>>,
    // Working lists, kept from one person to the next.
    held: Vec<Held>,
    slots: Vec<Slot>,
    results: Vec<(Slot, Option<Tier>)>,
}

/// One person, while their licences are decided.
#[derive(Clone, Copy)]
struct Person<'w> {
    user: UserIx,
    /// The templates that reach the person.
    reaches: &'w [Reach],
    over: Option<&'w Override>,
    /// Whether only what the templates give is kept (rule 2).
    strip: bool,
    /// A group with a template that the person leaves, where leaving costs licences.
    left: Option<u32>,
    /// What changed in the person's groups.
    event: Option<&'w Event>,
}

/// One slot of one person.
#[derive(Clone, Copy)]
struct Case<'w> {
    person: Person<'w>,
    slot: Slot,
    /// The best that is held.
    best: Option<Held>,
}

impl Case<'_> {
    fn holder(&self) -> Holder {
        Holder::User(self.person.user)
    }

    fn ask(&self, wish: Wish, reason: Reason) -> Ask {
        Ask {
            holder: self.holder(),
            slot: self.slot,
            before: self.best,
            wish,
            reason,
            part: Part::default(),
            state: AskState::Open,
        }
    }
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
        facts.hold(observed, reaches, over, &mut self.held);
        let twice = twice::any(facts, &self.held);
        let moves = twice
            || self.held.iter().any(|held| {
                held.license
                    .is_some_and(|ix| self.replaced[ix as usize].is_some())
            });
        if reaches.is_empty() && over.is_none() && left.is_none() && !moves {
            if observed.is_none() {
                self.say_unlicensed(user);
            }
            return;
        }
        let asked = self.asks.list.len();

        let template = |reach: &Reach| &facts.intent.templates[reach.template as usize];
        let strip = left.is_some()
            || reaches
                .iter()
                .any(|reach| reach.counts && !template(reach).retain);
        let person = Person {
            user,
            reaches,
            over,
            strip,
            left,
            event: facts.memberships.event(user),
        };
        self.collect_slots(person);
        self.results.clear();
        for at in 0..self.slots.len() {
            self.slot(person, self.slots[at]);
        }
        if twice {
            let held = self.held.clone();
            self.held_twice(Holder::User(user), &held, asked);
        }
        self.count_out_of_scope(reaches, over);
        if observed.is_none() && self.asks.list.len() == asked {
            self.say_unlicensed(user);
        }
    }

    /// The slots in which the person holds or is given something, each once, in order.
    fn collect_slots(&mut self, person: Person<'w>) {
        let templates = &self.facts.intent.templates;
        let counted = person.reaches.iter().filter(|reach| reach.counts);
        let given = counted.flat_map(|reach| &templates[reach.template as usize].entries);
        let added = person.over.iter().flat_map(|over| &over.grants);
        self.slots.clear();
        self.slots.extend(self.held.iter().map(|held| held.slot));
        self.slots
            .extend(given.chain(added).map(|entry| entry.slot));
        self.slots.sort_unstable();
        self.slots.dedup();
    }

    /// Nothing gives a new person anything.
    fn say_unlicensed(&mut self, user: UserIx) {
        let declared = self.facts.people.declared(user);
        let place = declared.map(|declared| self.facts.config.place(declared.key));
        self.findings.push(
            Finding::warning(NEW_USER_UNLICENSED, "nothing gives this new person a licence")
                .about(self.facts.address(Holder::User(user)))
                .help("put the person into a group that carries a template, or add licences under `users`")
                .at_opt(place),
        );
    }

    fn slot(&mut self, person: Person<'w>, slot: Slot) {
        let case = Case {
            person,
            slot,
            best: self.held.iter().copied().find(|held| held.slot == slot),
        };
        match person.over.and_then(|over| named_by(over, slot)) {
            Some(named) => self.by_override(case, named),
            None => self.by_template(case),
        }
    }

    /// Overrides always win (rule 3).
    fn by_override(&mut self, case: Case<'w>, (entry, spot, word): Named<'w>) {
        let facts = self.facts;
        let Case { person, slot, best } = case;
        self.results.push((slot, entry.map(|entry| entry.tier)));
        let because = || {
            let email = facts.people.email(person.user);
            vec![format!("override users/{email} licenses.{word}")]
        };
        let reason = || Reason {
            spot: Some(spot),
            because: because(),
        };
        let Some(entry) = entry else {
            if best.is_some() {
                self.push(case.ask(Wish::Remove, reason()));
            }
            return;
        };
        let same = self.held.iter().copied().find(|held| {
            held.slot == slot
                && held.tier == entry.tier
                && (!entry.names_product || facts.product_of(*held) == entry.product)
        });
        if let Some(same) = same {
            let pin = entry.pin.map(|pin| (pin, entry.spot));
            let part = Part::default();
            self.stay(Holder::User(person.user), same, pin, part, because);
            return;
        }
        let want = Want {
            pin: entry.pin,
            ..Want::of(entry)
        };
        let ask = case.ask(Wish::get(best, want), reason());
        self.push(match entry.broken {
            Some(code) => ask.blocked(code),
            None => ask,
        });
    }

    /// What the templates give, and what is held and stays (rules 1, 2 and 4).
    fn by_template(&mut self, case: Case<'w>) {
        let by = self.sum(case.person, case.slot);
        if by.conflict {
            return self.conflict(case, by);
        }
        match (by.kept, by.granted) {
            (Some(kept), granted) if granted.is_none_or(|(entry, _)| kept.tier <= entry.tier) => {
                self.keep(case, kept);
            }
            (_, Some((entry, reach))) => self.grant(case, entry, reach),
            (_, None) => {
                self.results.push((case.slot, None));
                if case.best.is_some() {
                    let reason = self.why_removed(case.person);
                    let part = self.removal(case.person, case.best);
                    self.push(case.ask(Wish::Remove, reason).with_part(part));
                }
            }
        }
    }

    fn why_removed(&self, person: Person<'w>) -> Reason {
        self.facts
            .why_removed(person.reaches, person.left, self.transition_off)
    }

    /// Two templates give Calling of different tiers, and no rule settles which is meant.
    fn conflict(&mut self, case: Case<'w>, by: ByTemplates<'w>) {
        let facts = self.facts;
        let Case { person, slot, best } = case;
        let Person { user, reaches, .. } = person;
        self.results.push((slot, best.map(|held| held.tier)));
        self.type_conflict(user, reaches);
        // Who has the best of them already, where it should be, would not change anyway.
        let better = |held: Held| by.granted.is_some_and(|(entry, _)| entry.tier < held.tier);
        // Whichever tier is meant, what is held leaves a subscription that is replaced.
        let replaced = |held: &Held| {
            let license = held.license?;
            let (target, _) = self.replaced[license as usize]?;
            (facts.subscription_of(license) != Some(target)).then_some(())
        };
        if let Some(held) = best.filter(|held| replaced(held).is_some()) {
            self.stay(case.holder(), held, None, Part::default(), Vec::new);
        } else if best.is_none_or(|held| better(held) || self.elsewhere(held, reaches)) {
            let ask = case.ask(Wish::Unclear, Reason::default());
            let grant = self.joined(person, slot, |_| true);
            let part = Part::grant(grant);
            self.push(ask.blocked(CALLING_TYPE_CONFLICT).with_part(part));
        }
    }

    /// What is held stays, since no template gives anything better.
    fn keep(&mut self, case: Case<'w>, kept: Held) {
        let facts = self.facts;
        let Case { person, slot, best } = case;
        self.results.push((slot, Some(kept.tier)));
        if best.is_some_and(|best| best.tier != kept.tier) {
            // A better licence that is stripped goes, and this one stays.
            let want = Want {
                product: facts.product_of(kept),
                ..Want::tier(kept.tier)
            };
            let reason = self.why_removed(person);
            let part = self.removal(person, best);
            self.push(case.ask(Wish::Change(want), reason).with_part(part));
            return;
        }
        // A move is no grant: what is held is held before and after it.
        let part = Part::default();
        match self.pin(person.user, slot, kept.tier, person.reaches) {
            Ok(pin) => self.stay(case.holder(), kept, pin, part, || {
                facts.pin_reason(slot, kept.tier, person.reaches)
            }),
            Err(code) => {
                let ask = case.ask(Wish::Unclear, Reason::default()).blocked(code);
                self.push(ask.with_part(part));
            }
        }
    }

    /// A template gives what is not held, or something better than what is.
    fn grant(&mut self, case: Case<'w>, entry: &Entry, reach: Reach) {
        let facts = self.facts;
        let Case { person, slot, best } = case;
        let Person { user, reaches, .. } = person;
        self.results.push((slot, Some(entry.tier)));
        let reason = Reason {
            spot: Some(entry.spot),
            because: facts.chain(slot, reach),
        };
        let pin = self.pin(user, slot, entry.tier, reaches);
        let want = Want {
            pin: pin.unwrap_or(None).map(|(pin, _)| pin),
            fallback: entry.tier == Tier::Host && self.attendee_will_do(slot, reaches),
            ..Want::of(entry)
        };
        let removal = match best.filter(|best| best.tier < entry.tier) {
            Some(best) => self.removal(person, Some(best)),
            None => Part::default(),
        };
        let part = Part {
            grant: self.joined(person, slot, |given| given.tier == entry.tier),
            ..removal
        };
        let ask = case.ask(Wish::get(best, want), reason).with_part(part);
        self.push(match pin.err().or(entry.broken) {
            Some(code) => ask.blocked(code),
            None => ask,
        });
    }

    /// Whether a template of a group that the person joined gives a slot, by such an entry.
    fn joined(&self, person: Person<'w>, slot: Slot, such: impl Fn(&Entry) -> bool) -> bool {
        let mut entries = self.facts.entries(person.reaches, slot);
        entries.any(|(entry, reach)| reach.counts && reach.joined && such(entry))
    }

    /// What part taking away what is held has in the person's change of groups.
    fn removal(&self, person: Person<'w>, held: Option<Held>) -> Part {
        let (Some(event), Some(held)) = (person.event, held) else {
            return Part::default();
        };
        let templates = &self.facts.intent.templates;
        let off = |reach: &Reach| reach.counts && !templates[reach.template as usize].retain;
        Part {
            grant: false,
            follows: self.facts.would_stay(event, held),
            passing: !person.reaches.iter().any(off),
        }
    }

    /// The union of what is held and what is granted, as far as templates go.
    fn sum(&self, person: Person<'w>, slot: Slot) -> ByTemplates<'w> {
        let Person { reaches, strip, .. } = person;
        let facts = self.facts;
        let counted = || {
            facts
                .entries(reaches, slot)
                .filter(|(_, reach)| reach.counts)
        };
        let protected = |held: &Held| !strip || facts.protected(reaches, held);
        let kept = self
            .held
            .iter()
            .copied()
            .filter(|held| held.slot == slot)
            .find(|held| protected(held));
        // The better tier wins; among equals an entry that can be granted, then the first group in order.
        let granted = counted().min_by_key(|(entry, _)| (entry.tier, entry.broken.is_some()));
        let conflict = slot.service == Service::Calling
            && granted
                .is_some_and(|(first, _)| counted().any(|(entry, _)| entry.tier != first.tier));
        ByTemplates {
            kept,
            granted,
            conflict,
        }
    }

    /// A held licence stays: in its subscription, unless a pin or `replacedBy` says otherwise (rule 6).
    fn stay(
        &mut self,
        holder: Holder,
        held: Held,
        pin: Option<(SubIx, Spot)>,
        part: Part,
        because: impl FnOnce() -> Vec<String>,
    ) {
        let Some(license) = held.license else { return };
        let Some(current) = self.facts.subscription_of(license) else {
            return;
        };
        let (target, part, reason) = match (pin, self.replaced[license as usize]) {
            (Some((pin, spot)), _) if pin != current => (
                pin,
                part,
                Reason {
                    spot: Some(spot),
                    because: because(),
                },
            ),
            (None, Some((target, spot))) if target != current => {
                let reason = self.facts.why_replaced(current, target, spot);
                (target, Part::default(), reason)
            }
            _ => return,
        };
        self.push(Ask {
            holder,
            slot: held.slot,
            before: Some(held),
            wish: Wish::Move(target),
            reason,
            part,
            state: AskState::Open,
        });
    }

    /// Takes an ask up, or says at once why it cannot be.
    fn push(&mut self, mut ask: Ask) {
        if ask.state == AskState::Open
            && let Some(finding) = refusal(self.facts, &ask)
        {
            let held = finding.severity == Severity::Hold && self.facts.loses_calling(&ask);
            ask.state = match held {
                true => AskState::Held(finding.code),
                false => AskState::Blocked(finding.code),
            };
            self.findings.push(finding);
        }
        self.asks.list.push(ask);
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
            let unclear = |at: u32| self.facts.memberships.groups[at as usize].ambiguous;
            if reach.group.is_some_and(unclear) {
                continue;
            }
            if reach.counts || counted || reaches[..at].iter().any(same) {
                continue;
            }
            let gives = |entry: &&Entry| {
                let named = over.is_some_and(|over| named_by(over, entry.slot).is_some());
                let result = self
                    .results
                    .iter()
                    .find(|(slot, _)| *slot == entry.slot)
                    .and_then(|(_, tier)| *tier);
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
}
