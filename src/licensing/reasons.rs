//! Why a licence changes, for people: templates, groups, overrides and the places that say so.

use super::catalogue::{Service, Slot, Tier};
use super::changes::{Facts, Held, Reason};
use super::intent::{Granted, Override};
use super::memberships::Reach;
use super::subscriptions::SubIx;
use super::workspaces::PlaceIx;
use crate::config::Spot;
use crate::snapshot;

impl<'w> Facts<'w> {
    /// Fills a list with what a person holds, the best of each slot first. Of what Webex gives to everyone, only what a
    /// template or the override of this person names: what is said of one person changes no one else.
    pub(super) fn hold(
        &self,
        observed: Option<&snapshot::User>,
        reaches: &[Reach],
        over: Option<&Override>,
        held: &mut Vec<Held>,
    ) {
        held.clear();
        let Some(observed) = observed else { return };
        let named = |slot: Slot, tier: Tier| {
            let templates = reaches
                .iter()
                .flat_map(|reach| &self.intent.templates[reach.template as usize].entries);
            let grants = over.into_iter().flat_map(|over| &over.grants);
            let mut removals = over.into_iter().flat_map(|over| &over.removals);
            templates
                .chain(grants)
                .any(|entry| (entry.slot, entry.tier) == (slot, tier))
                || tier == Tier::Single && removals.any(|(removed, _)| *removed == slot)
        };
        for id in &observed.licenses {
            let Some(license) = self.catalogue.by_id(id) else {
                continue;
            };
            let kind = self.catalogue.kind(license);
            if kind.implicit && !named(kind.slot, kind.tier) {
                continue;
            }
            held.push(Held {
                slot: kind.slot,
                tier: kind.tier,
                license: Some(license),
            });
        }
        for site in &observed.attendee_sites {
            let slot = self.catalogue.slot(Service::Meetings, site);
            held.push(Held {
                slot,
                tier: Tier::Attendee,
                license: None,
            });
        }
        held.sort_unstable_by_key(|held| (held.slot, held.tier, held.license));
    }

    /// What a workspace holds, the best of each slot first.
    pub(super) fn held_by_workspace(&self, place: PlaceIx) -> Vec<Held> {
        let observed = self.workspaces.snapshot(place).into_iter();
        let licenses = observed.flat_map(|place| &place.licenses);
        let mut held: Vec<Held> = licenses
            .filter_map(|id| self.catalogue.by_id(id))
            .map(|license| {
                let kind = self.catalogue.kind(license);
                Held {
                    slot: kind.slot,
                    tier: kind.tier,
                    license: Some(license),
                }
            })
            .collect();
        held.sort_unstable_by_key(|held| (held.slot, held.tier, held.license));
        held
    }

    /// What the templates that reach a person say of a slot.
    pub(super) fn entries<'r>(
        &self,
        reaches: &'r [Reach],
        slot: Slot,
    ) -> impl Iterator<Item = (&'w Granted, Reach)> + use<'w, 'r> {
        let intent = self.intent;
        reaches.iter().flat_map(move |&reach| {
            let template = &intent.templates[reach.template as usize];
            let entries = template.entries.iter();
            entries
                .filter(move |entry| entry.slot == slot)
                .map(move |entry| (entry, reach))
        })
    }

    /// Whether what is held stays where only what templates give is kept (rule 2).
    pub(super) fn protected(&self, reaches: &[Reach], held: &Held) -> bool {
        let service = held.slot.service;
        service == Service::Other
            || self
                .entries(reaches, held.slot)
                .any(|(entry, _)| service == Service::Calling || entry.tier == held.tier)
    }

    /// Where the organisation says that people who leave a group keep nothing.
    pub(super) fn transition_off(&self) -> Option<Spot> {
        let org = self.config.org.as_ref()?;
        let transition = org.value.group_transition.as_ref()?;
        let retain = transition.retain_licenses.as_ref()?;
        (!retain.value).then(|| org.spot(retain))
    }

    /// The template and the group through which a person gets an item.
    pub(super) fn chain(&self, slot: Slot, reach: Reach) -> Vec<String> {
        let template = &self.intent.templates[reach.template as usize];
        let path = self.catalogue.path(slot).replacen('/', ".", 1);
        let mut because = vec![format!("template {} {path}", template.name)];
        because.extend(
            reach
                .group
                .map(|group| format!("group {}", self.memberships.groups[group as usize].name)),
        );
        because
    }

    /// The template and the group whose pin counts.
    pub(super) fn pin_reason(&self, slot: Slot, tier: Tier, reaches: &[Reach]) -> Vec<String> {
        let pinned = reaches.iter().find(|reach| {
            let entries = &self.intent.templates[reach.template as usize].entries;
            reach.counts
                && entries
                    .iter()
                    .any(|entry| (entry.slot, entry.tier) == (slot, tier) && entry.pin.is_some())
        });
        pinned
            .map(|&reach| self.chain(slot, reach))
            .unwrap_or_default()
    }

    /// Why people do not keep what their templates do not give; `transition_off` is where the organisation says so.
    pub(super) fn why_removed(
        &self,
        reaches: &[Reach],
        left: Option<u32>,
        transition_off: Option<Spot>,
    ) -> Reason {
        let templates = &self.intent.templates;
        let off = reaches
            .iter()
            .find(|reach| reach.counts && !templates[reach.template as usize].retain);
        if let Some(reach) = off {
            let template = &templates[reach.template as usize];
            let mut because = vec![format!("template {} retainLicenses: false", template.name)];
            let group = reach
                .group
                .map(|group| self.memberships.groups[group as usize].name);
            because.extend(group.map(|group| format!("group {group}")));
            return Reason {
                spot: Some(template.retain_spot),
                because,
            };
        }
        let group = left.map(|group| self.memberships.groups[group as usize].name);
        let mut because = vec!["org groupTransition.retainLicenses: false".to_owned()];
        because.extend(group.map(|group| format!("left group {group}")));
        Reason {
            spot: transition_off,
            because,
        }
    }

    /// Why a licence moves that is not pinned.
    pub(super) fn why_replaced(&self, from: SubIx, to: SubIx, spot: Spot) -> Reason {
        let (from, to) = (
            &self.subscriptions.get(from).id,
            &self.subscriptions.get(to).id,
        );
        Reason {
            spot: Some(spot),
            because: vec![format!("subscription {from} replacedBy {to}")],
        }
    }
}

/// What an override says of a slot: the entry or nothing, where, and by which word.
pub(super) type Named<'o> = (Option<&'o Granted>, Spot, &'static str);

/// What an override says of a slot, if it says anything.
pub(super) fn named_by(over: &Override, slot: Slot) -> Option<Named<'_>> {
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
