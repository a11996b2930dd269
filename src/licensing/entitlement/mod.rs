//! What each person and workspace should hold, and why: rules 1 to 4 of contract section 3, and which subscription (rule 6).
//!
//! Nothing here looks at seats or numbers: the result is a list of [`LicenseChange`]s, one per licence that should change. A person
//! for whom nothing changes costs no allocation: the working lists are kept from one person to the next.

mod pins;
mod templates;
mod twice;
mod workspaces;

use std::collections::BTreeSet;

use super::catalogue::{Service, Slot, Tier};
use super::changes::{
    ChangeState, Facts, Held, LicenseAction, LicenseChange, LicenseChanges, Reason, Want,
};
use super::events::{Event, Part};
use super::holder::Holder;
use super::intent::{Granted, Override};
use super::memberships::Reach;
use super::people::UserIx;
use super::reasons::{Named, named_by};
use super::refusals::refusal;
use super::subscriptions::SubIx;
use crate::config::Spot;
use crate::finding::{
    Finding, LICENSE_AMBIGUOUS, NAME_AMBIGUOUS, NEW_USER_UNLICENSED, NOT_KNOWN, Severity,
};

/// Decides for everyone.
pub fn decide(facts: Facts<'_>, findings: &mut Vec<Finding>) -> LicenseChanges {
    let mut changes = LicenseChanges {
        list: Vec::new(),
        out_of_scope: vec![0; facts.intent.templates.len()],
    };
    let mut resolver = Resolver {
        facts,
        findings,
        changes: &mut changes,
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
    say_ambiguous(facts, &changes, findings);
    changes
}

/// Says which words could be several products, where a grant has to choose one: what is held satisfies the word (rule 4).
fn say_ambiguous(facts: Facts<'_>, changes: &LicenseChanges, findings: &mut Vec<Finding>) {
    let blocked = |change: &&LicenseChange| change.state == ChangeState::Blocked(LICENSE_AMBIGUOUS);
    let chooses = changes.list.iter().filter(blocked);
    let spots: BTreeSet<Spot> = chooses.filter_map(|change| change.reason.spot).collect();
    let ambiguous = facts.intent.ambiguous.iter();
    let said = ambiguous.filter(|(spot, _)| spots.contains(spot));
    findings.extend(said.map(|(_, finding)| finding.clone()));
}

struct Resolver<'w, 'o> {
    facts: Facts<'w>,
    findings: &'o mut Vec<Finding>,
    changes: &'o mut LicenseChanges,
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

impl Person<'_> {
    /// The same, but no template reaches the person.
    fn without_templates(self) -> Self {
        Person {
            reaches: &[],
            event: None,
            ..self
        }
    }
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

    fn change(&self, action: LicenseAction, reason: Reason) -> LicenseChange {
        LicenseChange {
            holder: self.holder(),
            slot: self.slot,
            before: self.best,
            action,
            reason,
            part: Part::default(),
            state: ChangeState::Open,
            seated: 0,
        }
    }
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
        // Licences of a subscriber of BroadWorks come with the package: no template gives or takes any.
        let subscribes = facts.people.subscribed.has(user);
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
        let asked = self.changes.list.len();

        let template = |reach: &Reach| &facts.intent.templates[reach.template as usize];
        let strip = left.is_some()
            || reaches
                .iter()
                .any(|reach| reach.counts && !template(reach).retain);
        let person = Person {
            user,
            reaches,
            over,
            strip: strip && !subscribes,
            left: left.filter(|_| !subscribes),
            event: facts.memberships.event(user),
        };
        self.collect_slots(person);
        self.results.clear();
        for at in 0..self.slots.len() {
            let slot = self.slots[at];
            match subscribes && slot.service != Service::Calling {
                true => self.slot(person.without_templates(), slot),
                false => self.slot(person, slot),
            }
        }
        if twice {
            let held = self.held.clone();
            self.held_twice(Holder::User(user), &held, asked);
        }
        if !subscribes {
            self.count_out_of_scope(reaches, over);
        }
        if observed.is_none() && self.changes.list.len() == asked {
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
            Finding::warning(
                NEW_USER_UNLICENSED,
                "nothing gives this new person a licence",
            )
            .about(self.facts.address(Holder::User(user)))
            .help("add the person to a group that has a template, or add licences under `users`")
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
                self.push(case.change(LicenseAction::Remove, reason()));
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
        let change = case.change(LicenseAction::get(best, want), reason());
        self.push(match entry.broken {
            Some(code) => change.blocked(code),
            None => change,
        });
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
                (target, part, reason)
            }
            _ => return,
        };
        self.push(LicenseChange {
            holder,
            slot: held.slot,
            before: Some(held),
            action: LicenseAction::Move(target),
            reason,
            part,
            state: ChangeState::Open,
            seated: 0,
        });
    }

    /// Records a change, or says at once why it cannot be.
    fn push(&mut self, mut change: LicenseChange) {
        if change.state == ChangeState::Open
            && let Some(finding) = refusal(self.facts, &change)
        {
            // Nobody is asked to do what is not known.
            let held = finding.severity == Severity::Hold
                && finding.code != NOT_KNOWN
                && self.facts.loses_calling(&change);
            change.state = match finding.severity {
                _ if held => ChangeState::Held(finding.code),
                Severity::Warning => ChangeState::Refused(finding.code),
                _ => ChangeState::Blocked(finding.code),
            };
            // Of those who share a name it is said once.
            if finding.code != NAME_AMBIGUOUS || !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
        self.changes.list.push(change);
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
            let gives = |entry: &&Granted| {
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
                self.changes.out_of_scope[reach.template as usize] += 1;
            }
        }
    }
}
