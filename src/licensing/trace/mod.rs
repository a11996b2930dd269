//! Why one holder has, gets, loses or lacks licences: the decisions of the other files, explained link by link.
//!
//! Decides nothing: what becomes of a licence is read from [`Decisions`]. It is worked out for one holder, afterwards, so
//! that planning pays nothing for it.

mod calling;
mod links;
mod membership;
mod missing;
mod slots;
mod workspaces;

use super::catalogue::{LicenseIx, Service, Slot};
use super::changes::{ChangeState, Facts, Held, LicenseAction, LicenseChange};
use super::decisions::Decisions;
use super::holder::Holder;
use super::people::UserIx;
use super::reasons::named_by;
use super::world::World;
use crate::config::Spot;
use crate::finding::{Code, MEMBERSHIP_WAITS, POOL_EXHAUSTED};
use links::Person;
pub use slots::UnknownLicense;

/// Everything about the licences of one holder.
#[derive(Debug, Default)]
pub struct Trace {
    /// The groups of a person.
    pub groups: Vec<Membership>,
    /// One entry for each licence path, in order.
    pub licenses: Vec<Traced>,
    /// What Webex gives to everyone, and is not touched.
    pub free: Vec<LicenseIx>,
}

/// A group that a person is in, joins or leaves.
#[derive(Debug)]
pub struct Membership {
    /// The group.
    pub group: String,
    /// The template that it carries.
    pub template: Option<String>,
    /// What happens to the membership.
    pub how: How,
    /// The line that names the person, or the group's.
    pub spot: Option<Spot>,
}

/// What happens to a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It stays.
    Stays,
    /// The person joins.
    Joins,
    /// The person leaves.
    Leaves,
    /// The configuration does not have the group.
    Unmanaged,
}

/// One licence path of one holder.
#[derive(Debug)]
pub struct Traced {
    /// Such as `licenses/calling`.
    pub path: String,
    /// What is held, the best first.
    pub held: Vec<Held>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why, in the order of the rules.
    pub links: Vec<Link>,
    /// The licences whose units matter: given back, taken, or short.
    pub pools: Vec<LicenseIx>,
    /// Findings of these codes belong here.
    pub codes: Vec<Code>,
    /// The place that decided.
    pub spot: Option<Spot>,
}

/// What becomes of a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is held and stays as it is.
    Kept,
    /// There was none, and now there is.
    Granted,
    /// The same from another subscription.
    Moved,
    /// Another tier, role or product.
    Changed,
    /// It is removed.
    Removed,
    /// It is deleted with the person.
    Deleted,
    /// An error or a hold keeps a change out of the plan.
    Blocked(Code),
    /// It is lost, once a person does what a hold leaves to people.
    Held(Code),
    /// A warning does.
    Refused(Code),
    /// It is neither held nor given.
    Missing,
}

/// One reason, with its place.
#[derive(Debug, Default)]
pub struct Link {
    /// What sort of reason.
    pub kind: LinkKind,
    /// In words.
    pub text: String,
    /// The template that it is about.
    pub template: Option<String>,
    /// The group that it is about.
    pub group: Option<String>,
    /// Of a template or group: whether it counts for this person.
    pub counts: Option<bool>,
    /// Where it is.
    pub spot: Option<Spot>,
}

/// What sort of reason a link is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LinkKind {
    /// What is held, and where it is declared.
    #[default]
    State,
    /// A template.
    Template,
    /// A group, or the organisation, through which a template comes.
    Group,
    /// An override of the person, or the entry of the workspace.
    Override,
    /// Why what is held stays or goes.
    Retention,
    /// Which of several tiers or roles wins.
    Precedence,
    /// A subscription that is asked for by name.
    Pin,
    /// A subscription that replaces another.
    Replacement,
    /// The subscription that is chosen.
    Subscription,
    /// An attendee account instead of a host licence.
    Fallback,
    /// Where a phone number comes from.
    Number,
    /// Where a location comes from.
    Location,
    /// Where an extension comes from.
    Extension,
    /// Who could have given it.
    Elsewhere,
}

impl LinkKind {
    /// The word for it, in camelCase.
    pub fn word(self) -> &'static str {
        match self {
            LinkKind::State => "state",
            LinkKind::Template => "template",
            LinkKind::Group => "group",
            LinkKind::Override => "override",
            LinkKind::Retention => "retention",
            LinkKind::Precedence => "precedence",
            LinkKind::Pin => "pin",
            LinkKind::Replacement => "replacement",
            LinkKind::Subscription => "subscription",
            LinkKind::Fallback => "fallback",
            LinkKind::Number => "number",
            LinkKind::Location => "location",
            LinkKind::Extension => "extension",
            LinkKind::Elsewhere => "elsewhere",
        }
    }
}

impl Link {
    /// A link with this text.
    fn new(kind: LinkKind, text: impl Into<String>) -> Link {
        Link {
            kind,
            text: text.into(),
            ..Link::default()
        }
    }

    /// Says where it is.
    fn at(mut self, spot: impl Into<Option<Spot>>) -> Link {
        self.spot = spot.into();
        self
    }
}

impl World<'_> {
    /// Why a holder has, gets, loses or lacks each licence; or only `one`, even if no rule asks for it.
    pub fn trace(&self, decisions: &Decisions, holder: Holder, one: Option<Slot>) -> Trace {
        let tracer = Tracer {
            facts: self.facts(),
            decisions,
        };
        match holder {
            Holder::User(user) => tracer.user(user, one),
            Holder::Workspace(place) => tracer.workspace(place, one),
        }
    }
}

struct Tracer<'w> {
    facts: Facts<'w>,
    decisions: &'w Decisions,
}

impl<'w> Tracer<'w> {
    fn user(&self, user: UserIx, one: Option<Slot>) -> Trace {
        let facts = self.facts;
        let observed = facts.people.snapshot(user);
        let person = Person {
            facts,
            user,
            reaches: facts.memberships.of(user),
            over: facts.intent.overrides.get(facts.people.email(user)),
        };
        let mut held = Vec::new();
        facts.hold(observed, person.reaches, person.over, &mut held);
        let catalogue = facts.catalogue;
        let free: Vec<LicenseIx> = observed
            .iter()
            .flat_map(|user| &user.licenses)
            .filter_map(|id| catalogue.by_id(id))
            .filter(|&license| catalogue.kind(license).implicit)
            .filter(|&license| held.iter().all(|held| held.license != Some(license)))
            .collect();

        let given = person
            .reaches
            .iter()
            .flat_map(|reach| &facts.intent.templates[reach.template as usize].entries);
        let added = person.over.iter().flat_map(|over| &over.grants);
        let mut slots: Vec<Slot> = match one {
            Some(slot) => vec![slot],
            None => held
                .iter()
                .map(|held| held.slot)
                .chain(given.chain(added).map(|entry| entry.slot))
                .collect(),
        };
        slots.sort_unstable();
        slots.dedup();
        let licenses = slots
            .into_iter()
            .map(|slot| {
                let held = held.iter().copied().filter(|held| held.slot == slot);
                let mut traced = self.of_person(&person, slot, held.collect());
                if traced.outcome == Outcome::Missing {
                    let left_alone = free
                        .iter()
                        .filter(|&&license| catalogue.kind(license).slot == slot);
                    traced
                        .links
                        .extend(left_alone.map(|&license| self.left_alone(license)));
                }
                traced
            })
            .collect();
        Trace {
            groups: person.groups(),
            licenses,
            free: match one {
                Some(_) => Vec::new(),
                None => free,
            },
        }
    }

    /// One licence of a person, with its links.
    fn of_person(&self, person: &Person<'_>, slot: Slot, held: Vec<Held>) -> Traced {
        let holder = Holder::User(person.user);
        let change = self.change(holder, slot);
        let mut traced = self.traced(slot, held, change);
        if self.facts.people.deleted(person.user) && !traced.held.is_empty() {
            traced.outcome = Outcome::Deleted;
        }
        person.explain(&mut traced, slot, change);
        if slot.service == Service::Calling {
            traced.codes.extend(calling::CODES);
            if change.is_some_and(|change| matches!(change.action, LicenseAction::Grant(_))) {
                traced.links.extend(self.number(holder));
            }
        }
        traced
    }

    fn change(&self, holder: Holder, slot: Slot) -> Option<&'w LicenseChange> {
        let mut changes = self.decisions.changes.iter();
        changes.find(|change| change.holder == holder && change.slot == slot)
    }

    /// What becomes of a licence, without its links.
    fn traced(&self, slot: Slot, held: Vec<Held>, change: Option<&LicenseChange>) -> Traced {
        let outcome = match change.map(|change| (change.action, change.before, change.state)) {
            Some((_, _, ChangeState::Waits)) => Outcome::Blocked(MEMBERSHIP_WAITS),
            Some((_, _, ChangeState::Blocked(code))) => Outcome::Blocked(code),
            Some((_, _, ChangeState::Held(code))) => Outcome::Held(code),
            Some((_, _, ChangeState::Refused(code))) => Outcome::Refused(code),
            Some((LicenseAction::Move(_), _, ChangeState::Settled(Some(_)))) => Outcome::Moved,
            Some((_, None, ChangeState::Settled(Some(_)))) => Outcome::Granted,
            Some((_, Some(_), ChangeState::Settled(Some(_)))) => Outcome::Changed,
            Some((_, Some(_), ChangeState::Settled(None))) => Outcome::Removed,
            _ if held.is_empty() => Outcome::Missing,
            _ => Outcome::Kept,
        };
        let code = match outcome {
            Outcome::Blocked(code) | Outcome::Held(code) | Outcome::Refused(code) => Some(code),
            _ => None,
        };
        Traced {
            path: self.facts.catalogue.path(slot),
            held,
            outcome,
            links: Vec::new(),
            pools: change.map(|change| self.pools(change)).unwrap_or_default(),
            codes: code.into_iter().collect(),
            spot: change.and_then(|change| change.reason.spot),
        }
    }

    /// The licences whose units a change gives back, takes or lacks.
    fn pools(&self, change: &LicenseChange) -> Vec<LicenseIx> {
        let facts = self.facts;
        let product = |change: &LicenseChange| match change.action {
            LicenseAction::Move(_) => facts.product_of(change.before?),
            LicenseAction::Grant(want) | LicenseAction::Change(want) => want.product,
            LicenseAction::Remove | LicenseAction::Unclear => None,
        };
        let target = match change.action {
            LicenseAction::Move(target) => Some(target),
            LicenseAction::Grant(want) | LicenseAction::Change(want) => want.pin,
            LicenseAction::Remove | LicenseAction::Unclear => None,
        };
        // A host who became attendee found no unit either.
        let fell_back = |after: Held| {
            after.license.is_none()
                && matches!(change.action, LicenseAction::Grant(want) | LicenseAction::Change(want) if want.product.is_some())
        };
        let short = match change.state {
            ChangeState::Blocked(code) => code == POOL_EXHAUSTED,
            ChangeState::Refused(code) => code == crate::finding::HOST_POOL_SHORT,
            ChangeState::Settled(after) => after.is_some_and(fell_back),
            ChangeState::Open | ChangeState::Held(_) | ChangeState::Waits => false,
        };
        let before = change.before.and_then(|held| held.license);
        let mut pools: Vec<LicenseIx> = match change.state {
            ChangeState::Settled(after) => before
                .into_iter()
                .chain(after.and_then(|held| held.license))
                .collect(),
            _ => Vec::new(),
        };
        if short && let Some(product) = product(change) {
            let of_target = |license: &LicenseIx| {
                target.is_none_or(|target| facts.subscription_of(*license) == Some(target))
            };
            let licenses = &facts.catalogue.product(product).licenses;
            pools.extend(licenses.iter().copied().filter(of_target));
        }
        pools
    }

    fn left_alone(&self, license: LicenseIx) -> Link {
        let name = &self.facts.snapshot.licenses()[license as usize].name;
        let text = format!("{name} is held: it is free for everyone, and not touched");
        Link::new(LinkKind::State, text)
    }
}

/// Whether an override says anything of a slot.
fn overridden(person: &Person<'_>, slot: Slot) -> bool {
    person
        .over
        .is_some_and(|over| named_by(over, slot).is_some())
}
