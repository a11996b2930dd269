//! Why a licence changes, for people: templates, groups, overrides and the places that say so.

use super::ask::{Facts, Reason};
use super::catalogue::{Service, Slot};
use super::intent::{Entry, Override};
use super::memberships::Reach;
use super::subscriptions::SubIx;
use crate::config::Spot;

impl Facts<'_> {
    /// The template and the group by which an item comes to somebody.
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
    pub(super) fn pin_reason(&self, slot: Slot, reaches: &[Reach]) -> Vec<String> {
        let pinned = reaches.iter().find(|reach| {
            let entries = &self.intent.templates[reach.template as usize].entries;
            reach.counts
                && entries
                    .iter()
                    .any(|entry| entry.slot == slot && entry.pin.is_some())
        });
        pinned
            .map(|&reach| self.chain(slot, reach))
            .unwrap_or_default()
    }

    /// Why nobody keeps what their templates do not give; `transition_off` is where the organisation says so.
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

    /// Why a licence moves that nobody pinned.
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
pub(super) type Named<'o> = (Option<&'o Entry>, Spot, &'static str);

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
