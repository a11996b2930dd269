//! The terms of the resolver: what a person holds and should hold, what changes, the result, and what decisions are made from.

use super::catalogue::{Catalogue, LicenseIx, ProductIx, Service, Slot, Tier};
use super::devices::Devices;
use super::events::Part;
use super::holder::Holder;
use super::intent::{Granted, Intent, Template};
use super::memberships::Memberships;
use super::people::People;
use super::places::Locations;
use super::reserved::Reserved;
use super::subscriptions::{SubIx, Subscriptions};
use super::workspaces::Workspaces;
use crate::config::{Config, Spot};
use crate::finding::Code;
use crate::snapshot::{Applied, Device, Owner, OwnerKind, Snapshot};

/// A licence or account that a person has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// What it is for.
    pub slot: Slot,
    /// Which tier.
    pub tier: Tier,
    /// The licence; `None` for an attendee account.
    pub license: Option<LicenseIx>,
}

/// A licence that a person should get.
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
}

impl Want {
    /// A tier, with nothing else said.
    pub fn tier(tier: Tier) -> Want {
        Want {
            tier,
            product: None,
            pin: None,
            fallback: false,
        }
    }

    /// What an entry grants, save its pin.
    pub fn of(entry: &Granted) -> Want {
        Want {
            product: entry.product,
            ..Want::tier(entry.tier)
        }
    }
}

/// What should happen to one licence of one holder.
#[derive(Debug, Clone, Copy)]
pub enum LicenseAction {
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

impl LicenseAction {
    /// A grant to who has nothing, else a change.
    pub fn get(best: Option<Held>, want: Want) -> LicenseAction {
        match best {
            Some(_) => LicenseAction::Change(want),
            None => LicenseAction::Grant(want),
        }
    }
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
pub struct LicenseChange {
    /// Whose.
    pub holder: Holder,
    /// What it is for.
    pub slot: Slot,
    /// What is held now.
    pub before: Option<Held>,
    /// What should happen.
    pub action: LicenseAction,
    /// Why.
    pub reason: Reason,
    /// What part it has in a change of groups.
    pub part: Part,
    /// How it ended.
    pub state: ChangeState,
    /// When it got its unit, counted from 1: one after the other, there was a unit for each. 0 if it takes none.
    pub seated: u32,
}

impl LicenseChange {
    /// Whether what is held is to go, and does not wait for anything.
    pub(super) fn takes_away(&self) -> bool {
        matches!(self.action, LicenseAction::Remove) && self.state != ChangeState::Waits
    }

    /// The same, with its part in a change of groups.
    pub(super) fn with_part(self, part: Part) -> LicenseChange {
        LicenseChange { part, ..self }
    }

    /// The same, kept out of the plan by a finding.
    pub(super) fn blocked(mut self, by: Code) -> LicenseChange {
        self.state = ChangeState::Blocked(by);
        self
    }
}

/// How a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeState {
    /// Not settled yet.
    Open,
    /// It follows from a change of groups that waits.
    Waits,
    /// Done: this is held afterwards.
    Settled(Option<Held>),
    /// An error or a hold keeps it out of the plan.
    Blocked(Code),
    /// It removes Calling, and a hold leaves that to a person: the loss is in the plan, and no request carries it out.
    Held(Code),
    /// A warning keeps it out of the plan: it is not done, but nothing waits for it.
    Refused(Code),
}

/// The changes of everyone, and how many people each template that does not count would have given something.
#[derive(Debug, Default)]
pub struct LicenseChanges {
    /// In order of address and path; workspaces after people.
    pub list: Vec<LicenseChange>,
    /// By template.
    pub out_of_scope: Vec<u32>,
}

/// What the decisions are made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'w> {
    /// The desired state.
    pub config: &'w Config,
    /// The configuration whose guardrails judge.
    pub policy: &'w Config,
    /// An earlier revision: what it declared and the files no longer do is deleted.
    pub base: Option<&'w Config>,
    /// The applied snapshot.
    pub applied: Option<&'w Applied>,
    /// The observed state.
    pub snapshot: &'w Snapshot,
    /// The licences, understood.
    pub catalogue: &'w Catalogue,
    /// The subscriptions.
    pub subscriptions: &'w Subscriptions,
    /// The licence sets, looked up.
    pub intent: &'w Intent<'w>,
    /// The templates of an earlier revision, for groups that are deleted.
    pub former: &'w [Template<'w>],
    /// Everyone.
    pub people: &'w People<'w>,
    /// Every workspace.
    pub workspaces: &'w Workspaces<'w>,
    /// Who has which devices.
    pub devices: &'w Devices<'w>,
    /// Whose groups carry what.
    pub memberships: &'w Memberships<'w>,
    /// Which locations there will be.
    pub locations: &'w Locations<'w>,
    /// What earlier applies owe.
    pub reserved: &'w [Reserved],
}

impl<'w> Facts<'w> {
    /// The person or workspace that has something.
    pub fn holder(&self, owner: &Owner) -> Option<Holder> {
        match owner.kind {
            OwnerKind::User => self.people.find(&owner.key).map(Holder::User),
            OwnerKind::Workspace => self.workspaces.find(&owner.key).map(Holder::Workspace),
            OwnerKind::Feature(_) => None,
        }
    }

    /// The kind and the key of a holder.
    pub fn named(&self, holder: Holder) -> (&'static str, &'w str) {
        match holder {
            Holder::User(user) => ("user", self.people.email(user)),
            Holder::Workspace(place) => ("workspace", self.workspaces.name(place)),
        }
    }

    /// The devices of a holder.
    pub fn devices_of(&self, holder: Holder) -> impl Iterator<Item = &'w Device> + use<'w> {
        let (kind, key) = self.named(holder);
        self.devices.find(kind, key)
    }

    /// The address of a holder.
    pub fn address(&self, holder: Holder) -> String {
        let (kind, key) = self.named(holder);
        format!("{kind}/{key}")
    }

    /// Whether this plan deletes a holder.
    pub fn is_deleted(&self, holder: Holder) -> bool {
        match holder {
            Holder::User(user) => self.people.deleted(user),
            Holder::Workspace(place) => self.workspaces.deleted(place),
        }
    }

    /// What a holder is, in findings.
    pub(super) fn noun(&self, holder: Holder) -> &'static str {
        match holder {
            Holder::User(_) => "person",
            Holder::Workspace(_) => "workspace",
        }
    }

    /// The entry of a holder, as reasons name it.
    pub(super) fn entry(&self, holder: Holder) -> String {
        let (_, key) = self.named(holder);
        match holder {
            Holder::User(_) => format!("override users/{key}"),
            Holder::Workspace(_) => format!("workspaces/{key}"),
        }
    }

    /// A template by its index; those that only an earlier revision has come after the others.
    pub(super) fn template(&self, index: u32) -> &'w Template<'w> {
        let templates = &self.intent.templates;
        let index = index as usize;
        match index.checked_sub(templates.len()) {
            Some(former) => &self.former[former],
            None => &templates[index],
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

    /// All that a holder has, licences that everyone has too, the best of each slot first.
    pub fn has(&self, holder: Holder) -> Vec<Held> {
        let (licenses, sites) = match holder {
            Holder::User(user) => {
                let seen = self.people.snapshot(user);
                (
                    seen.map(|user| &user.licenses),
                    seen.map(|user| &user.attendee_sites),
                )
            }
            Holder::Workspace(place) => {
                let seen = self.workspaces.snapshot(place);
                (seen.map(|place| &place.licenses), None)
            }
        };
        let licenses = licenses
            .into_iter()
            .flatten()
            .filter_map(|id| self.catalogue.by_id(id));
        let licenses = licenses.map(|license| {
            let kind = self.catalogue.kind(license);
            Held {
                slot: kind.slot,
                tier: kind.tier,
                license: Some(license),
            }
        });
        let accounts = sites.into_iter().flatten().map(|site| Held {
            slot: self.catalogue.slot(Service::Meetings, site),
            tier: Tier::Attendee,
            license: None,
        });
        let mut held: Vec<Held> = licenses.chain(accounts).collect();
        held.sort_unstable_by_key(|held| (held.slot, held.tier, held.license));
        held
    }

    /// What a holder has of the same product from another subscription.
    pub fn held_there(&self, holder: Holder, held: Held, target: SubIx) -> Option<Held> {
        let same = |other: &Held| {
            self.product_of(*other) == self.product_of(held)
                && other.license != held.license
                && other.license.and_then(|it| self.subscription_of(it)) == Some(target)
        };
        self.has(holder).into_iter().find(same)
    }

    /// The product of what is held; `None` for attendee accounts.
    pub fn product_of(&self, held: Held) -> Option<ProductIx> {
        held.license
            .map(|license| self.catalogue.kind(license).product)
    }
}
