//! The links of one licence of one person, in the order of the rules: templates, overrides, what is held, which tier,
//! which subscription.

use super::{Link, LinkKind, Outcome, Traced, overridden};
use crate::config::model::AssignmentMode;
use crate::licensing::catalogue::{LicenseIx, Service, Slot, Tier};
use crate::licensing::changes::{ChangeState, Facts, Held, LicenseAction, LicenseChange};
use crate::licensing::intent::{Granted, Override, Template};
use crate::licensing::memberships::Reach;
use crate::licensing::people::UserIx;
use crate::licensing::reasons::named_by;
use crate::licensing::subscriptions::word as status_word;

/// One person, for the whole of the trace.
pub(super) struct Person<'w> {
    pub facts: Facts<'w>,
    pub user: UserIx,
    /// The templates that reach the person.
    pub reaches: &'w [Reach],
    pub over: Option<&'w Override>,
}

impl<'w> Person<'w> {
    pub(super) fn email(&self) -> &'w str {
        self.facts.people.email(self.user)
    }

    pub(super) fn template(&self, index: u32) -> &'w Template<'w> {
        &self.facts.intent.templates[index as usize]
    }

    /// All links of a licence that is held, wanted or refused; what is missing has its own file.
    pub(super) fn explain(&self, traced: &mut Traced, slot: Slot, change: Option<&LicenseChange>) {
        let links = &mut traced.links;
        if traced.outcome == Outcome::Deleted {
            let state = self.facts.people.declared(self.user).and_then(|declared| {
                let state = declared.value.state.as_ref()?;
                Some(declared.spot(state))
            });
            let text = format!(
                "override users/{} state: absent deletes the person, with everything held",
                self.email()
            );
            links.push(Link::new(LinkKind::Override, text).at(state));
            return;
        }
        self.templates(slot, links);
        self.left_templates(slot, links);
        let overridden = overridden(self, slot);
        match overridden {
            true => self.by_override(slot, links),
            false => self.retention(&traced.held, slot, links),
        }
        match change {
            Some(change) => self.subscription(change, links),
            None => self.pinned(&traced.held, slot, links),
        }
        if traced.outcome == Outcome::Missing && !overridden {
            self.missing(slot, links);
        }
    }

    /// Every template that reaches the person and has the slot, with the groups through which it comes.
    fn templates(&self, slot: Slot, links: &mut Vec<Link>) {
        let mut told: Vec<u32> = Vec::new();
        for (entry, reach) in self.facts.entries(self.reaches, slot) {
            if told.contains(&reach.template) {
                continue;
            }
            told.push(reach.template);
            let template = self.template(reach.template);
            let same: Vec<&Reach> = self
                .reaches
                .iter()
                .filter(|other| other.template == reach.template)
                .collect();
            let scope = match template.existing_users {
                true => "to everyone in its groups (existingUsers: true)",
                false => "to newcomers only (no existingUsers: true)",
            };
            let scope = match reach.group {
                None if template.existing_users => "to everyone (existingUsers: true)",
                _ => scope,
            };
            let mut text = format!(
                "template {} gives {}, {scope}",
                template.name,
                self.gives(entry)
            );
            if let Some(code) = entry.broken {
                text += &format!("; it cannot be granted ({code})");
            }
            links.push(Link {
                template: Some(template.name.to_owned()),
                counts: Some(same.iter().any(|reach| reach.counts)),
                ..Link::new(LinkKind::Template, text).at(entry.spot)
            });
            for reach in same {
                links.push(self.through(reach, template));
            }
        }
    }

    /// The tier of an entry, and what it is pinned to.
    pub(super) fn gives(&self, entry: &Granted) -> String {
        gives(self.facts, entry)
    }

    /// How a template comes to the person, and whether it counts.
    fn through(&self, reach: &Reach, template: &Template<'_>) -> Link {
        let created = self.facts.people.snapshot(self.user).is_none();
        let base = Link {
            template: Some(template.name.to_owned()),
            counts: Some(reach.counts),
            ..Link::new(LinkKind::Group, "")
        };
        let Some(index) = reach.group else {
            if self.by_groups() {
                let text = "through a group that the snapshot lacks: it gives nothing until the group exists \
                    again, and what it gave is not removed";
                return Link {
                    text: text.to_owned(),
                    ..base
                };
            }
            let org = self.facts.config.org.as_ref();
            let why = match (template.existing_users, reach.counts, created) {
                (true, ..) => "",
                (_, true, true) => ": the person is new, so it counts",
                (_, true, false) => ": the applied snapshot lacks the person, so it counts",
                (_, false, _) => ": the person was there before, so it does not count",
            };
            let spot = org.and_then(|org| Some(org.spot(org.value.template.as_ref()?)));
            return Link {
                text: format!("through org.template, which applies to everyone{why}"),
                spot,
                ..base
            };
        };
        let group = &self.facts.memberships.groups[index as usize];
        let joins = self.joins(group).is_some();
        let why = match (template.existing_users, reach.counts, joins) {
            (true, _, true) => ", which the person joins",
            (true, ..) => "",
            (_, true, _) if created => ": the person is new, so it counts",
            (_, true, true) => ", which the person joins, so it counts",
            (_, true, false) => {
                ": the applied snapshot does not have the person in it, so it counts"
            }
            (_, false, _) => ", of which the person was a member before, so it does not count",
        };
        Link {
            text: format!("through group {}{why}", group.name),
            group: Some(group.name.to_owned()),
            ..base.at(self.membership_spot(group))
        }
    }

    /// Templates with the slot whose groups the person leaves.
    fn left_templates(&self, slot: Slot, links: &mut Vec<Link>) {
        let groups = self.facts.memberships.groups.iter();
        for group in groups.filter(|group| self.leaves(group)) {
            let Some(template) = group.template.map(|index| self.template(index)) else {
                continue;
            };
            let Some(entry) = template.entries.iter().find(|entry| entry.slot == slot) else {
                continue;
            };
            let text = format!(
                "the person leaves group {}, whose template {} gives {}",
                group.name,
                template.name,
                self.gives(entry)
            );
            links.push(Link {
                template: Some(template.name.to_owned()),
                group: Some(group.name.to_owned()),
                counts: Some(false),
                ..Link::new(LinkKind::Group, text).at(self.membership_spot(group))
            });
        }
    }

    fn by_override(&self, slot: Slot, links: &mut Vec<Link>) {
        let Some((entry, spot, word)) = self.over.and_then(|over| named_by(over, slot)) else {
            return;
        };
        let what = match (entry, word) {
            (Some(entry), _) => format!("gives {}", self.gives(entry)),
            (None, "only") => "omits it".to_owned(),
            (None, _) => "removes it".to_owned(),
        };
        let wins = match self.facts.entries(self.reaches, slot).next() {
            Some(_) => ", and wins over the templates",
            None => "",
        };
        let mut text = format!(
            "override users/{} licenses.{word} {what}{wins}",
            self.email()
        );
        if let Some(code) = entry.and_then(|entry| entry.broken) {
            text += &format!("; it cannot be granted ({code})");
        }
        links.push(Link::new(LinkKind::Override, text).at(spot));
    }

    /// Why what is held stays or goes, and which tier wins (rules 2 and 4).
    fn retention(&self, held: &[Held], slot: Slot, links: &mut Vec<Link>) {
        let facts = self.facts;
        let mut tiers: Vec<Tier> = facts
            .entries(self.reaches, slot)
            .filter(|(_, reach)| reach.counts)
            .map(|(entry, _)| entry.tier)
            .collect();
        tiers.sort_unstable();
        tiers.dedup();
        let off = facts.transition_off();
        let left = facts.memberships.left(self.user).filter(|_| off.is_some());
        let strip = left.is_some()
            || self
                .reaches
                .iter()
                .any(|reach| reach.counts && !self.template(reach.template).retain);
        let stays = |held: &&Held| !strip || facts.protected(self.reaches, held);
        let kept = held.iter().find(stays).copied();
        if held.first().is_some_and(|_| slot.service == Service::Other) {
            let text = "held already; only an override removes licences of this kind";
            links.push(Link::new(LinkKind::Retention, text));
        } else if strip && !held.is_empty() {
            let why = facts.why_removed(self.reaches, left, off);
            let because = why.because.join(", ");
            let text = match kept {
                Some(_) => format!(
                    "held already; {because}: only what a template of the person gives stays, and this does"
                ),
                None => format!("{because}: what no template of the person gives is removed"),
            };
            links.push(Link::new(LinkKind::Retention, text).at(why.spot));
        } else if let Some(text) = kept.and_then(|held| why_kept(held, &tiers)) {
            links.push(Link::new(LinkKind::Retention, text));
        }
        let precedence = precedence(slot.service, kept, &tiers).into_iter();
        links.extend(precedence.map(|text| Link::new(LinkKind::Precedence, text)));
    }

    /// Which subscription a settled change takes, and why (rule 6).
    fn subscription(&self, change: &LicenseChange, links: &mut Vec<Link>) {
        let want = match change.action {
            LicenseAction::Move(_) => {
                links.push(moved(self.facts, change));
                return;
            }
            LicenseAction::Grant(want) | LicenseAction::Change(want) => want,
            LicenseAction::Remove | LicenseAction::Unclear => return,
        };
        let attendee = match change.state {
            ChangeState::Settled(Some(after)) => after.tier == Tier::Attendee,
            ChangeState::Refused(_) => true,
            _ => false,
        };
        if attendee && want.fallback && want.tier == Tier::Host {
            let text = "no host licence is left; an attendee account is used instead";
            links.push(Link::new(LinkKind::Fallback, text));
            return;
        }
        links.extend(chosen(self.facts, change));
    }

    /// That what is held is where it is pinned to.
    fn pinned(&self, held: &[Held], slot: Slot, links: &mut Vec<Link>) {
        let facts = self.facts;
        let Some(sub) = held
            .first()
            .and_then(|held| facts.subscription_of(held.license?))
        else {
            return;
        };
        let named = self.over.and_then(|over| named_by(over, slot));
        let by_override = named.and_then(|(entry, ..)| entry);
        let by_template = facts
            .entries(self.reaches, slot)
            .filter(|(_, reach)| reach.counts && named.is_none())
            .map(|(entry, _)| entry);
        let pinned = by_override
            .into_iter()
            .chain(by_template)
            .find(|entry| entry.pin == Some(sub));
        if let Some(entry) = pinned {
            let id = &facts.subscriptions.get(sub).id;
            let text = format!("pinned to {id}, where it is already");
            links.push(Link::new(LinkKind::Pin, text).at(entry.spot));
        }
    }

    /// Whether the organisation assigns licences through groups.
    pub(super) fn by_groups(&self) -> bool {
        self.facts.config.mode() == AssignmentMode::Group
    }
}

/// Why what is held stays, where nothing strips it; `None` where a template gives something better. `tiers` are what the
/// templates give, the best first.
fn why_kept(held: Held, tiers: &[Tier]) -> Option<&'static str> {
    match tiers.first() {
        None => Some("held already; no template that counts gives it, and nothing removes it"),
        Some(best) if *best < held.tier => None,
        Some(_) if tiers.contains(&held.tier) => Some("held already, so nothing has to be given"),
        Some(_) => Some("held already, and nothing removes it"),
    }
}

/// Which of several tiers wins, among those that templates give and the one that is held.
fn precedence(service: Service, kept: Option<Held>, tiers: &[Tier]) -> Vec<String> {
    let mut lines = Vec::new();
    if let [best, others @ ..] = tiers
        && !others.is_empty()
    {
        let words: Vec<&str> = others.iter().map(|tier| tier.word()).collect();
        lines.push(match service {
            Service::Calling => format!(
                "{} and {} contradict each other, and no rule settles it",
                best.word(),
                words.join(" and ")
            ),
            _ => format!("{} beats {}", best.word(), words.join(" and ")),
        });
    }
    if let (Some(held), Some(given)) = (kept, tiers.first()) {
        let (held, given) = (held.tier, *given);
        if held < given {
            lines.push(format!(
                "{}, which is held, beats {}",
                held.word(),
                given.word()
            ));
        } else if held > given && (tiers.len() < 2 || tiers[1] != held) {
            lines.push(format!(
                "{} beats {}, which is held",
                given.word(),
                held.word()
            ));
        }
    }
    lines
}

/// Why a licence moves to another subscription.
pub(super) fn moved(facts: Facts<'_>, change: &LicenseChange) -> Link {
    let target = match change.action {
        LicenseAction::Move(target) => facts.subscriptions.get(target).id.as_str(),
        _ => "",
    };
    let held_in = change
        .before
        .and_then(|held| held.license)
        .and_then(|license| facts.subscription_of(license));
    let replaced = held_in
        .map(|sub| facts.subscriptions.get(sub))
        .filter(|sub| {
            sub.replaced_by
                .is_some_and(|(_, spot)| Some(spot) == change.reason.spot)
        });
    let link = match replaced {
        Some(sub) => Link::new(
            LinkKind::Replacement,
            format!(
                "subscription {} is replaced by {target} (replacedBy): everything held from it moves",
                sub.id
            ),
        ),
        None => Link::new(LinkKind::Pin, format!("pinned to {target}: it moves there")),
    };
    link.at(change.reason.spot)
}

/// The tier of an entry, and what it is pinned to.
pub(super) fn gives(facts: Facts<'_>, entry: &Granted) -> String {
    let mut text = match entry.tier {
        Tier::Single => facts.catalogue.slot_name(entry.slot).to_owned(),
        tier => tier.word().to_owned(),
    };
    if let Some(pin) = entry.pin {
        text += &format!(" from {}", facts.subscriptions.get(pin).id);
    }
    text
}

/// Which subscription a grant or a change of tier takes, and why.
pub(super) fn chosen(facts: Facts<'_>, change: &LicenseChange) -> Option<Link> {
    let (
        LicenseAction::Grant(want) | LicenseAction::Change(want),
        ChangeState::Settled(Some(after)),
    ) = (change.action, change.state)
    else {
        return None;
    };
    let license = after.license?;
    let sub = facts.subscription_of(license)?;
    let id = &facts.subscriptions.get(sub).id;
    let own = change
        .before
        .and_then(|held| held.license)
        .and_then(|license| facts.subscription_of(license));
    let several = facts
        .catalogue
        .product(facts.catalogue.kind(license).product);
    let text = match (want.pin, own) {
        (Some(_), _) => format!("must come from {id}, to which it is pinned"),
        (None, Some(own)) if own == sub => format!("stays in {id}, which has a unit of it"),
        _ if several.licenses.len() > 1 => {
            let others = several.licenses.iter();
            let closed = others.filter_map(|&other| closed(facts, other));
            let closed: Vec<String> = closed.collect();
            match closed.is_empty() {
                true => format!("{id} is the oldest active subscription with a free unit"),
                false => format!(
                    "{id} is the oldest active subscription with a free unit ({})",
                    closed.join(", ")
                ),
            }
        }
        _ => return None,
    };
    let kind = match want.pin {
        Some(_) => LinkKind::Pin,
        None => LinkKind::Subscription,
    };
    Some(Link::new(kind, text))
}

/// Why nothing new comes from the subscription of a licence, if so.
fn closed(facts: Facts<'_>, license: LicenseIx) -> Option<String> {
    let sub = facts.subscriptions.get(facts.subscription_of(license)?);
    match (sub.active(), sub.replaced_by) {
        (false, _) => Some(format!("{} is {}", sub.id, status_word(sub.status))),
        (true, Some(_)) => Some(format!("{} is replaced", sub.id)),
        (true, None) => None,
    }
}
