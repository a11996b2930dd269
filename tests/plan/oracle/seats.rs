//! Who gets a seat, and what waits: contract 3, rules 3.1, 4, 6 and 8.
//!
//! Derived from the contract, not from the product's code.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{Target, Targets, decided, rank, takes, without_event};
use super::facts::{Facts, Held, Person, Product};

/// What becomes of a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Another product, an attendee account, or nothing.
    Changes(Option<Held>),
    /// An attendee account for want of a host unit.
    Falls,
    /// Left out, with the code of the finding.
    LeftOut(&'static str),
    /// Waits with the event.
    Waits,
}

/// Outcomes by person and slot.
pub type Outcomes = BTreeMap<(usize, String), Outcome>;

/// Whether templates disagree on Calling for a holder whose subscription is replaced.
pub fn conflict_in_a_replaced_subscription(facts: &Facts) -> bool {
    facts.people.iter().any(|person| {
        let target = decided(facts, person).remove("licenses/calling");
        let held = person.held.get("licenses/calling");
        let of = held.and_then(|held| held.product);
        let of = of.and_then(|it| facts.products[it].subscription.as_ref());
        let replaced = of.is_some_and(|it| facts.orders[it].replaced_by.is_some());
        replaced && target.is_some_and(|it| it.conflict)
    })
}

/// Everything that becomes of the slots of everyone; those whom rule 5 refuses get no Calling.
pub fn settle(facts: &Facts, refused: &BTreeSet<String>) -> Outcomes {
    let wanted: Vec<Targets> = facts
        .people
        .iter()
        .map(|person| decided(facts, person))
        .collect();
    let stays: Vec<Targets> = (facts.people.iter())
        .map(|person| without_event(facts, person))
        .collect();
    let all = |waiting: &BTreeSet<usize>| {
        let mut hall = Hall {
            facts,
            wanted: &wanted,
            stays: &stays,
            waiting,
            refused,
            free: facts
                .products
                .iter()
                .map(|it| it.total - it.consumed)
                .collect(),
            outcomes: Outcomes::new(),
        };
        hall.settle();
        // What is held already is not granted, so that its move is no part of the event.
        let blocked = |at: usize, no_unit_helps: bool| {
            let held = |slot: &String| facts.people[at].held.get(slot).map(|it| &it.tier);
            wanted[at].iter().any(|(slot, it)| {
                let left_out = |outcome: &Outcome| match outcome {
                    Outcome::LeftOut("pool-exhausted") => !no_unit_helps,
                    Outcome::LeftOut(code) => *code != "host-pool-short",
                    _ => false,
                };
                let outcome = hall.outcomes.get(&(at, slot.clone()));
                it.with_event && held(slot) != Some(&it.tier) && outcome.is_some_and(left_out)
            })
        };
        let takes = |at: usize| {
            facts.people[at].held.iter().any(|(slot, held)| {
                let outcome = hall.outcomes.get(&(at, slot.clone()));
                let seat = outcome.is_some_and(|it| matches!(it, Outcome::Changes(Some(now)) if now.product.is_some() && rank(&now.tier) < rank(&held.tier)));
                seat && hall.follows(at, slot, held)
            })
        };
        // Those whom no unit helps come first, then those who leave one while they wait.
        let new: BTreeSet<usize> = (0..facts.people.len())
            .filter(|&at| !waiting.contains(&at) && blocked(at, false))
            .collect();
        let some = |such: &dyn Fn(usize) -> bool| -> Option<BTreeSet<usize>> {
            let some: BTreeSet<usize> = new.iter().copied().filter(|&at| such(at)).collect();
            (!some.is_empty()).then_some(some)
        };
        let next = some(&|at| blocked(at, true)).or_else(|| some(&takes));
        let next = next.unwrap_or(new);
        (hall.outcomes, next)
    };
    let mut waiting = BTreeSet::new();
    loop {
        let (outcomes, next) = all(&waiting);
        if next.is_empty() {
            return outcomes;
        }
        waiting.extend(next);
    }
}

struct Hall<'f> {
    facts: &'f Facts,
    wanted: &'f [Targets],
    stays: &'f [Targets],
    waiting: &'f BTreeSet<usize>,
    refused: &'f BTreeSet<String>,
    free: Vec<i64>,
    outcomes: Outcomes,
}

/// Where a unit can be taken.
enum Seat {
    At(usize),
    Never(&'static str),
    /// None at present.
    Full,
}

impl Hall<'_> {
    fn settle(&mut self) {
        let people = self.facts.people.iter().enumerate();
        let (mut exchanges, mut grants) = (Vec::new(), Vec::new());
        for (at, person) in people {
            if person.absent {
                self.leave(person);
                continue;
            }
            for (slot, held) in &person.held {
                match self.wanted[at].get(slot) {
                    None => self.remove(at, slot, held),
                    Some(target) if held.product.is_none() => {
                        if target.tier != held.tier {
                            grants.push((at, slot.clone()));
                        }
                    }
                    Some(target) if target.tier == "attendee" => self.demote(at, slot, held),
                    Some(_) => exchanges.push((at, slot.clone())),
                }
            }
            let new = self.wanted[at].keys();
            grants.extend(
                new.filter(|slot| !person.held.contains_key(*slot))
                    .map(|slot| (at, slot.clone())),
            );
        }
        loop {
            let before = exchanges.len();
            exchanges.retain(|(at, slot)| !self.exchange(*at, slot));
            if exchanges.len() == before {
                break;
            }
        }
        for (at, slot) in exchanges {
            self.outcomes
                .insert((at, slot), Outcome::LeftOut("pool-exhausted"));
        }
        grants.sort();
        let mut short = Vec::new();
        for (at, slot) in grants {
            if !self.grant(at, &slot) {
                short.push((at, slot));
            }
        }
        for (at, slot) in short {
            let outcome = self.fall_back(at, &slot);
            self.outcomes.insert((at, slot), outcome);
        }
    }

    fn leave(&mut self, person: &Person) {
        if !person.directory && self.facts.covers("user-deletion", &person.email) {
            (person.held.values()).for_each(|held| self.give_back(held));
        }
    }

    fn give_back(&mut self, held: &Held) {
        if let Some(product) = held.product.filter(|_| !self.facts.suspended(held)) {
            self.free[product] += 1;
        }
    }

    /// Whether something that is removed follows from an event that waits. Nothing is taken by templates of which it is unknown
    /// whether they count.
    fn waits(&self, at: usize, slot: &str, held: &Held) -> bool {
        let person = &self.facts.people[at];
        let unsure = person.may_leave && !takes(&person.licences, slot);
        unsure || self.waiting.contains(&at) && self.follows(at, slot, held)
    }

    /// Whether something that is removed follows from an event.
    fn follows(&self, at: usize, slot: &str, held: &Held) -> bool {
        let stays = self.stays[at].get(slot);
        stays.is_some_and(|it| slot == "licenses/calling" || rank(&it.tier) >= rank(&held.tier))
    }

    fn put(&mut self, at: usize, slot: &str, outcome: Outcome) {
        self.outcomes.insert((at, slot.to_owned()), outcome);
    }

    fn remove(&mut self, at: usize, slot: &str, held: &Held) {
        let calling = slot == "licenses/calling";
        let covered = || {
            let email = &self.facts.people[at].email;
            !calling || self.facts.covers("calling-loss", email)
        };
        let outcome = if self.waits(at, slot, held) {
            Outcome::Waits
        } else if self.facts.suspended(held) && !calling {
            Outcome::LeftOut("suspended-manual-control-hub")
        } else {
            if covered() {
                self.give_back(held);
            }
            Outcome::Changes(None)
        };
        self.put(at, slot, outcome);
    }

    /// Why a person cannot be an attendee.
    fn no_attendee(&self, at: usize, slot: &str) -> Option<&'static str> {
        let site = slot.trim_start_matches("licenses/meetings/");
        if self.facts.people[at].administers.contains(site) {
            Some("attendee-site-admin")
        } else {
            (!self.facts.attendee_sites.contains(site)).then_some("attendee-feature-off")
        }
    }

    fn demote(&mut self, at: usize, slot: &str, held: &Held) {
        // What the event itself gives, and cannot, is why the event waits.
        let given = self.wanted[at].get(slot).is_some_and(|it| it.with_event);
        let outcome = if let Some(code) = self.no_attendee(at, slot) {
            Outcome::LeftOut(code)
        } else if given && self.facts.suspended(held) {
            Outcome::LeftOut("suspended-manual-control-hub")
        } else if self.waits(at, slot, held) {
            Outcome::Waits
        } else if self.facts.suspended(held) {
            Outcome::LeftOut("suspended-manual-control-hub")
        } else {
            self.give_back(held);
            Outcome::Changes(Some(Held::attendee()))
        };
        self.put(at, slot, outcome);
    }

    /// Moves and changes of tier. Whether it is settled.
    fn exchange(&mut self, at: usize, slot: &str) -> bool {
        let facts = self.facts;
        let held = &facts.people[at].held[slot];
        let target = &self.wanted[at][slot];
        let Some(old) = held.product.map(|it| &facts.products[it]) else {
            return true;
        };
        let own = old.subscription.as_deref().unwrap_or_default();
        if target.pins.len() > 1 {
            self.put(at, slot, Outcome::LeftOut("pin-conflict"));
            return true;
        }
        let worse = rank(&target.tier) < rank(&held.tier);
        let pin = target.pins.first().map(String::as_str);
        let replaced_by = facts
            .orders
            .get(own)
            .and_then(|it| it.replaced_by.as_deref());
        let seat = if target.tier == held.tier || target.conflict {
            match pin.or(replaced_by) {
                Some(there) if there != own => self.seat_in(there, slot, &held.tier),
                _ => {
                    if target.conflict {
                        self.put(at, slot, Outcome::LeftOut("calling-type-conflict"));
                    }
                    return true;
                }
            }
        } else if slot == "licenses/calling" && worse {
            self.put(at, slot, Outcome::LeftOut("calling-downgrade-unsupported"));
            return true;
        } else {
            self.seat(slot, &target.tier, pin, old.subscription.as_deref())
        };
        if self.facts.suspended(held) {
            self.put(at, slot, Outcome::LeftOut("suspended-manual-control-hub"));
            return true;
        }
        if slot == "licenses/calling" && facts.people[at].incomplete {
            self.put(at, slot, Outcome::LeftOut("calling-incomplete"));
            return true;
        }
        match seat {
            Seat::Full => return false,
            Seat::Never(code) => self.put(at, slot, Outcome::LeftOut(code)),
            Seat::At(_) if worse && self.waits(at, slot, held) => {
                self.put(at, slot, Outcome::Waits)
            }
            Seat::At(product) => {
                self.give_back(held);
                self.take(at, slot, product);
            }
        }
        true
    }

    fn take(&mut self, at: usize, slot: &str, product: usize) {
        self.free[product] -= 1;
        let tier = self.facts.products[product].tier.clone();
        let held = Held {
            tier,
            product: Some(product),
        };
        self.put(at, slot, Outcome::Changes(Some(held)));
    }

    fn product(&self, subscription: &str, slot: &str, tier: &str) -> Option<usize> {
        let of = Some(subscription.to_owned());
        (self.facts.products.iter())
            .position(|it| it.subscription == of && it.slot == slot && it.tier == tier)
    }

    fn has_unit(&self, product: usize) -> bool {
        self.free[product] > 0
            || self
                .facts
                .overage
                .contains(&self.facts.products[product].name)
    }

    /// A seat in one subscription and in no other.
    fn seat_in(&self, subscription: &str, slot: &str, tier: &str) -> Seat {
        match self.product(subscription, slot, tier) {
            None => Seat::Never("subscription-kind-mismatch"),
            Some(_) if !self.facts.orders[subscription].active => {
                Seat::Never("subscription-inactive")
            }
            Some(product) if self.has_unit(product) => Seat::At(product),
            Some(_) => Seat::Full,
        }
    }

    /// A seat where a pin says, in its own subscription, or in the oldest that has one.
    fn seat(&self, slot: &str, tier: &str, pin: Option<&str>, own: Option<&str>) -> Seat {
        if let Some(pin) = pin {
            return self.seat_in(pin, slot, tier);
        }
        let free = |it: &Product| it.subscription.is_none() && it.slot == slot && it.tier == tier;
        if let Some(product) = self.facts.products.iter().position(free) {
            return Seat::At(product);
        }
        let usable = |id: &str| {
            let order = &self.facts.orders[id];
            order.active && order.replaced_by.is_none()
        };
        if let Some(own) = own.filter(|own| usable(own))
            && let Some(product) = self.product(own, slot, tier)
            && self.has_unit(product)
        {
            return Seat::At(product);
        }
        let ids = self.facts.orders.keys().filter(|id| usable(id));
        let products: Vec<usize> = ids.filter_map(|id| self.product(id, slot, tier)).collect();
        let free: Vec<usize> = (products.iter().copied())
            .filter(|it| self.free[*it] > 0)
            .collect();
        let over = products
            .into_iter()
            .filter(|it| self.has_unit(*it))
            .collect();
        let choice: Vec<usize> = if free.is_empty() { over } else { free };
        let created = |product: &usize| {
            let subscription = self.facts.products[*product].subscription.as_deref();
            self.facts.orders[subscription.unwrap_or_default()]
                .created
                .clone()
        };
        if choice.len() > 1 && choice.iter().any(|it| created(it).is_empty()) {
            return Seat::Never("subscription-age-unknown");
        }
        (choice.into_iter().min_by_key(created)).map_or(Seat::Full, Seat::At)
    }

    /// Whether it is settled, given or not.
    fn grant(&mut self, at: usize, slot: &str) -> bool {
        let target: &Target = &self.wanted[at][slot];
        let person = &self.facts.people[at];
        let outcome = if target.tier == "attendee" {
            (self.no_attendee(at, slot))
                .map_or(Outcome::Changes(Some(Held::attendee())), Outcome::LeftOut)
        } else if target.conflict {
            Outcome::LeftOut("calling-type-conflict")
        } else if slot == "licenses/calling" && self.refused.contains(&person.email) {
            Outcome::LeftOut("rule 5")
        } else if target.pins.len() > 1 {
            Outcome::LeftOut("pin-conflict")
        } else {
            let pin = target.pins.first().map(String::as_str);
            match self.seat(slot, &target.tier, pin, None) {
                Seat::At(product) => {
                    self.take(at, slot, product);
                    return true;
                }
                Seat::Never(code) => Outcome::LeftOut(code),
                Seat::Full => return false,
            }
        };
        self.put(at, slot, outcome);
        true
    }

    fn fall_back(&self, at: usize, slot: &str) -> Outcome {
        let attends = self.facts.people[at].held.contains_key(slot);
        match self.no_attendee(at, slot) {
            _ if !self.wanted[at][slot].falls_back => Outcome::LeftOut("pool-exhausted"),
            _ if attends => Outcome::LeftOut("host-pool-short"),
            Some(code) => Outcome::LeftOut(code),
            None => Outcome::Falls,
        }
    }
}
