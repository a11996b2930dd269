//! What each user should hold and why (contract section 3), and who gets the seats.
//!
//! Pure functions from desired and observed state to [`Decisions`]. Owns the catalogue of licences, the resolver, numbers
//! and pools. Knows nothing of HTTP, files or formats; places in files pass through it unread.

mod ask;
mod callers;
pub mod catalogue;
mod claims;
mod entitlement;
mod events;
mod failures;
mod faults;
mod groups;
mod identity;
mod incomplete;
mod intent;
mod inventory;
mod lookup;
mod losses;
mod memberships;
mod people;
mod places;
mod reasons;
mod refusals;
mod remarks;
mod seats;
mod subscriptions;
mod survey;
mod trace;
mod workspaces;

pub use ask::{Ask, AskState, Facts, Held, Holder, Reason, Wish};
pub use events::Part;
pub use failures::Failure;
pub use groups::{Group, Leave};
pub use identity::{Identity, IdentityChange};
pub use inventory::{Inventory, NumberFacts, Owner};
pub use people::{People, UserIx};
pub use places::{Locations, Obstacle};
pub use remarks::waiting_domain;
pub use trace::{How, Link, LinkKind, Membership, Outcome, Trace, Traced, UnknownLicense};
pub use workspaces::{PlaceIx, Workspaces};

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use crate::config::Config;
use crate::config::model::AssignmentMode;
use crate::finding::{APPLIED_SNAPSHOT_MISSING, EXISTING_USERS_NOT_IN_SCOPE, Finding, Severity};
use crate::snapshot::{FeatureMemberships, Snapshot};
use ask::Asks;
use catalogue::{Catalogue, Service};
use intent::{Intent, Template};
use memberships::Memberships;
use subscriptions::Subscriptions;

/// Both states, with every name looked up.
#[derive(Debug)]
pub struct World<'a> {
    config: &'a Config,
    policy: &'a Config,
    snapshot: &'a Snapshot,
    catalogue: Catalogue,
    subscriptions: Subscriptions,
    intent: Intent<'a>,
    former: Vec<Template<'a>>,
    people: People<'a>,
    workspaces: Workspaces<'a>,
    memberships: Memberships<'a>,
    locations: Locations<'a>,
    features: FeatureMemberships<'a>,
}

/// Earlier states that say what happened since.
#[derive(Debug, Clone, Copy, Default)]
pub struct History<'a> {
    /// The people and groups that the applied snapshot has, as far as they are settled, with the addresses and names of
    /// today: whoever it lacks is a newcomer, and what differs is an event.
    pub baseline: Option<&'a Snapshot>,
    /// An earlier desired state: a group that it has and the configuration lacks is deleted, and everybody leaves it.
    pub base: Option<&'a Config>,
}

/// What a deletion or a removal of Calling needs before what it gives back counts as free.
pub trait Consent {
    /// Whether the deletion of a person or workspace is acknowledged.
    fn deletion(&self, kind: &str, key: &str) -> bool;
    /// Whether the loss of Calling is acknowledged, of whoever has this kind and key.
    fn calling_loss(&self, kind: &str, key: &str) -> bool;
}

/// What should happen to licences and numbers.
#[derive(Debug, Default)]
pub struct Decisions {
    /// Every licence that should change, in order of address and path; workspaces after people.
    pub asks: Vec<Ask>,
    /// Calling identities that change.
    pub identities: BTreeMap<Holder, Identity>,
    /// People whose changes of groups wait, since a grant that comes with them is left out, or a removal is held (rule 1).
    pub waiting: FxHashSet<UserIx>,
    /// Fields that errors and holds keep out of the plan.
    pub blocked: usize,
}

impl Decisions {
    /// The addresses of people whose licences are not all as they should be yet, whatever the reason.
    pub fn open(&self, people: &People<'_>) -> BTreeSet<String> {
        let users = self.asks.iter().filter_map(|ask| match ask.holder {
            Holder::User(user) => Some(people.email(user).to_owned()),
            Holder::Workspace(_) => None,
        });
        users.collect()
    }
}

impl<'a> World<'a> {
    /// Looks up every name of the configuration in the organisation; says which there are not. `policy` is the
    /// configuration whose guardrails judge.
    pub fn new(
        config: &'a Config,
        policy: &'a Config,
        snapshot: &'a Snapshot,
        history: History<'a>,
        findings: &mut Vec<Finding>,
    ) -> World<'a> {
        let named = history.base.map(intent::names).unwrap_or_default();
        let catalogue = Catalogue::new(snapshot, intent::names(config).into_iter().chain(named));
        let subscriptions = Subscriptions::new(config, snapshot, findings);
        let intent = lookup::look_up(config, snapshot, &catalogue, &subscriptions, findings);
        let former = history.base.map_or_else(Vec::new, |base| {
            lookup::former(base, snapshot, &catalogue, &subscriptions)
        });
        let people = People::new(config, snapshot, findings);
        let workspaces = Workspaces::new(config, snapshot, history.base, findings);
        let memberships = Memberships::new(
            config, snapshot, history, &people, &intent, &former, findings,
        );
        if history.baseline.is_none() {
            findings.extend(nobody_is_new(config, &intent));
        }
        World {
            config,
            policy,
            snapshot,
            catalogue,
            subscriptions,
            intent,
            former,
            people,
            workspaces,
            memberships,
            locations: Locations::new(config, snapshot),
            features: FeatureMemberships::of(snapshot),
        }
    }

    /// The parts, for reading.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            config: self.config,
            policy: self.policy,
            snapshot: self.snapshot,
            catalogue: &self.catalogue,
            subscriptions: &self.subscriptions,
            intent: &self.intent,
            former: &self.former,
            people: &self.people,
            workspaces: &self.workspaces,
            memberships: &self.memberships,
            locations: &self.locations,
        }
    }

    /// Who is in which calling feature.
    pub fn features(&self) -> &FeatureMemberships<'a> {
        &self.features
    }

    /// The groups of the configuration, with joins and leaves.
    pub fn groups(&self) -> &[Group<'a>] {
        &self.memberships.groups
    }

    /// The locations that there are after the plan.
    pub fn locations(&self) -> &Locations<'a> {
        &self.locations
    }

    /// Phone numbers as they are before the plan, where the configuration wants them.
    pub fn inventory(&self) -> Inventory<'_> {
        Inventory::new(self.facts())
    }

    /// The people whose loss of Calling waits with a change of groups.
    pub fn losses_that_wait(&self, decisions: &Decisions) -> FxHashSet<&'a str> {
        let asks = decisions.asks.iter();
        let waits = asks.filter(|ask| {
            ask.state == AskState::Waits
                && ask.slot.service == Service::Calling
                && matches!(ask.wish, Wish::Remove)
        });
        waits
            .filter_map(|ask| match ask.holder {
                Holder::User(user) => Some(self.people.email(user)),
                Holder::Workspace(_) => None,
            })
            .collect()
    }

    /// Decides every licence, number and seat.
    pub fn decide(&self, consent: &impl Consent, findings: &mut Vec<Finding>) -> Decisions {
        let facts = self.facts();
        let mut asks = entitlement::decide(facts, findings);
        self.say_out_of_scope(&asks, findings);
        subscriptions::still_consumed(facts, findings);

        let deleted: Vec<UserIx> = (0..self.people.observed.len() as UserIx)
            .filter(|&user| self.people.deleted(user))
            .collect();
        // A change of groups waits as a whole where a grant of it is left out (rule 1), and what waits gives nothing back: so
        // all is settled again without it, until nothing more has to wait.
        let open: Vec<AskState> = asks.list.iter().map(|ask| ask.state).collect();
        let mut waiting: FxHashSet<UserIx> = asks.hindered().collect();
        let identities = loop {
            asks.wait(&waiting);
            let mut said = Vec::new();
            let identities = self.settle(&mut asks, &deleted, consent, &mut said);
            let known = waiting.len();
            waiting.extend(asks.hindered());
            if waiting.len() == known {
                findings.append(&mut said);
                break identities;
            }
            let states = asks.list.iter_mut().zip(&open);
            states.for_each(|(ask, &state)| ask.state = state);
        };

        self.take_back(&asks, &open, findings);
        remarks::say(self.facts(), &asks.list, findings);
        let blocked = |ask: &&Ask| matches!(ask.state, AskState::Blocked(_));
        waiting.extend(asks.held_up());
        Decisions {
            waiting,
            blocked: self.people.blocked
                + self.workspaces.blocked
                + self.memberships.blocked
                + asks.list.iter().filter(blocked).count()
                + identities
                    .values()
                    .map(|identity| identity.blocked)
                    .sum::<usize>(),
            asks: asks.list,
            identities,
        }
    }

    /// Nobody is asked to take away by hand what waits.
    fn take_back(&self, asks: &Asks, before: &[AskState], findings: &mut Vec<Finding>) {
        let facts = self.facts();
        let now = asks.list.iter().zip(before);
        let waits = now.filter(|(ask, before)| {
            ask.state == AskState::Waits && matches!(before, AskState::Held(_))
        });
        for (ask, _) in waits {
            let (address, path) = (facts.address(ask.holder), facts.catalogue.path(ask.slot));
            findings.retain(|finding| {
                let about = finding.subject.as_ref() == Some(&address);
                let hold = finding.severity == Severity::Hold;
                !(hold && about && finding.message.starts_with(&path))
            });
        }
    }

    /// Settles identities and seats of all asks that are open.
    fn settle(
        &self,
        asks: &mut Asks,
        deleted: &[UserIx],
        consent: &impl Consent,
        findings: &mut Vec<Finding>,
    ) -> BTreeMap<Holder, Identity> {
        let facts = self.facts();
        let calling = |ask: &&Ask| ask.slot.service == Service::Calling;
        let losing: FxHashSet<Holder> = asks
            .list
            .iter()
            .filter(calling)
            .filter(|ask| ask.state == AskState::Open && matches!(ask.wish, Wish::Remove))
            .map(|ask| ask.holder)
            .collect();
        let is_deleted = |holder| facts.is_deleted(holder);
        let agreed = |holder: Holder| {
            let (kind, key) = facts.named(holder);
            match is_deleted(holder) {
                true => consent.deletion(kind, key),
                false => consent.calling_loss(kind, key),
            }
        };
        let freed = |holder| (is_deleted(holder) || losing.contains(&holder)) && agreed(holder);
        let identities = identity::settle(facts, asks, &freed, findings);
        let held = identities.iter().filter(|identity| identity.incomplete);
        let held: FxHashSet<Holder> = held.map(|identity| identity.holder).collect();
        incomplete::say(facts, &asks.list, &held, findings);
        seats::settle(facts, asks, deleted, agreed, findings);

        // Who got no unit gets no number either; a claim stands all the same (rule 5).
        let without: FxHashSet<Holder> = asks
            .list
            .iter()
            .filter(calling)
            .filter(|ask| !matches!(ask.state, AskState::Settled(_)))
            .map(|ask| ask.holder)
            .collect();
        identities
            .into_iter()
            .filter(|identity| !(identity.fresh && without.contains(&identity.holder)))
            .map(|identity| (identity.holder, identity))
            .collect()
    }

    fn say_out_of_scope(&self, asks: &Asks, findings: &mut Vec<Finding>) {
        for (template, &count) in self.intent.templates.iter().zip(&asks.out_of_scope) {
            if count == 0 {
                continue;
            }
            let people = if count == 1 {
                "1 person".to_owned()
            } else {
                format!("{count} people")
            };
            let message = format!(
                "template {} would give {people} something, but counts only for newcomers",
                template.name
            );
            findings.push(
                Finding::info(EXISTING_USERS_NOT_IN_SCOPE, message)
                    .about(format!("template/{}", template.name))
                    .help("to reach people who are already there, set `existingUsers: true`")
                    .at(self.config.place(template.key)),
            );
        }
    }
}

/// Says that nobody counts as new, where that means something: a template in use counts only for newcomers, or who leaves a
/// group loses what it gave.
fn nobody_is_new(config: &Config, intent: &Intent<'_>) -> Option<Finding> {
    let org = &config.org.as_ref()?.value;
    let used: Vec<&str> = match config.mode() {
        AssignmentMode::Organization => org.template.iter().map(|at| at.value.as_str()).collect(),
        AssignmentMode::Group => {
            let templates = config
                .groups
                .values()
                .filter_map(|group| group.value.template.as_ref());
            templates.map(|at| at.value.as_str()).collect()
        }
    };
    let known = intent
        .templates
        .iter()
        .filter(|template| used.contains(&template.name));
    let newcomers = known.clone().any(|template| !template.existing_users);
    let transition = org
        .group_transition
        .as_ref()
        .and_then(|it| it.retain_licenses.as_ref());
    let leavers = config.mode() == AssignmentMode::Group
        && transition.is_some_and(|it| !it.value)
        && known.count() > 0;
    (newcomers || leavers).then(|| {
        let message = "there is no applied snapshot, so nobody counts as new but who is created or joins a group in this plan, and \
                       what a directory or an administrator has done since the last apply is no event";
        Finding::info(APPLIED_SNAPSHOT_MISSING, message).help(
            "`apply` leaves one in .trunkline/applied.json.zst; until then, name an earlier snapshot with --applied",
        )
    })
}
