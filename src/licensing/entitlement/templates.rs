//! What the templates of a person give, and what is held and stays: rules 1, 2 and 4 of contract section 3.

use super::{Case, Person, Resolver};
use crate::finding::CALLING_TYPE_CONFLICT;
use crate::licensing::catalogue::{Service, Slot, Tier};
use crate::licensing::changes::{Held, LicenseAction, Reason, Want};
use crate::licensing::events::Part;
use crate::licensing::intent::Granted;
use crate::licensing::memberships::Reach;

/// What the templates and what is held come to for one slot, before overrides.
struct ByTemplates<'w> {
    /// The best that is held and stays.
    kept: Option<Held>,
    /// The best that is granted, and by which template.
    granted: Option<(&'w Granted, Reach)>,
    /// Two Calling tiers from two templates.
    conflict: bool,
}

impl<'w> Resolver<'w, '_> {
    /// What the templates give, and what is held and stays (rules 1, 2 and 4).
    pub(super) fn by_template(&mut self, case: Case<'w>) {
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
                    self.push(case.change(LicenseAction::Remove, reason).with_part(part));
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
        let granted = best.is_none_or(better);
        let unclear = granted || best.is_some_and(|held| self.elsewhere(held, reaches));
        // A move is no grant: what is held is held before and after it.
        let part = Part::grant(granted && self.joined(person, slot, |_| true));
        if let Some(held) = best.filter(|held| replaced(held).is_some()) {
            self.stay(case.holder(), held, None, part, Vec::new);
        } else if unclear {
            let change = case.change(LicenseAction::Unclear, Reason::default());
            self.push(change.blocked(CALLING_TYPE_CONFLICT).with_part(part));
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
            self.push(
                case.change(LicenseAction::Change(want), reason)
                    .with_part(part),
            );
            return;
        }
        // A move is no grant: what is held is held before and after it.
        let part = Part::default();
        match self.pin(person.user, slot, kept.tier, person.reaches) {
            Ok(pin) => self.stay(case.holder(), kept, pin, part, || {
                facts.pin_reason(slot, kept.tier, person.reaches)
            }),
            Err(code) => {
                let change = case
                    .change(LicenseAction::Unclear, Reason::default())
                    .blocked(code);
                self.push(change.with_part(part));
            }
        }
    }

    /// A template gives what is not held, or something better than what is.
    fn grant(&mut self, case: Case<'w>, entry: &Granted, reach: Reach) {
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
        let change = case
            .change(LicenseAction::get(best, want), reason)
            .with_part(part);
        self.push(match pin.err().or(entry.broken) {
            Some(code) => change.blocked(code),
            None => change,
        });
    }

    /// Whether a template of a group that the person joined gives a slot, by such an entry.
    fn joined(&self, person: Person<'w>, slot: Slot, such: impl Fn(&Granted) -> bool) -> bool {
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
            follows: self.facts.memberships.may_stay(person.user)
                || self.facts.would_stay(event, held),
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

    /// Whether a person who should be host may be attendee (rule 4).
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
}
