//! Who holds one product from two subscriptions: where `replacedBy` says which one goes, it does (rule 6).

use super::Resolver;
use crate::finding::{Finding, HELD_TWICE};
use crate::licensing::catalogue::Service;
use crate::licensing::changes::{ChangeState, Facts, Held, LicenseAction, LicenseChange};
use crate::licensing::events::Part;
use crate::licensing::holder::Holder;
use crate::licensing::subscriptions::SubIx;

/// Whether some product is held from two subscriptions. `held` has the licences of a slot and tier together.
pub(super) fn any(facts: Facts<'_>, held: &[Held]) -> bool {
    (1..held.len()).any(|at| {
        let product = facts.product_of(held[at]);
        product.is_some() && held[..at].iter().any(|it| facts.product_of(*it) == product)
    })
}

impl Resolver<'_, '_> {
    /// Says what is held twice, and lets the one go whose subscription is replaced by that of the other, unless something is
    /// asked for in its place already; `asked` is where the changes of this holder begin.
    pub(super) fn held_twice(&mut self, holder: Holder, held: &[Held], asked: usize) {
        for (at, &one) in held.iter().enumerate() {
            let same = |other: &&Held| self.facts.product_of(**other) == self.facts.product_of(one);
            let group: Vec<Held> = held.iter().filter(same).copied().collect();
            let first = held.iter().position(|it| same(&it)) == Some(at);
            if one.license.is_some() && first && group.len() > 1 {
                self.one_of(holder, &group, asked);
            }
        }
    }

    fn one_of(&mut self, holder: Holder, group: &[Held], asked: usize) {
        let facts = self.facts;
        let sub = |held: &Held| facts.subscription_of(held.license?);
        let replaced = |held: &Held| self.replaced[held.license? as usize];
        let old = group.iter().copied().find_map(|held| {
            let (target, spot) = replaced(&held)?;
            let other =
                sub(&held) != Some(target) && group.iter().any(|it| sub(it) == Some(target));
            other.then_some((held, target, spot))
        });
        let id = |sub: SubIx| facts.subscriptions.get(sub).id.as_str();
        let from: Vec<&str> = group.iter().filter_map(sub).map(id).collect();
        let Some(slot) = group.first().map(|held| held.slot) else {
            return;
        };
        let product = facts.product_of(group[0]);
        let name = product.map_or("", |it| facts.catalogue.product(it).name.as_str());
        let on = match slot.service {
            Service::Meetings => format!(" on {}", facts.catalogue.slot_name(slot)),
            _ => String::new(),
        };
        let message = format!(
            "{name}{on} is held more than once: from {}",
            from.join(" and ")
        );
        let current = old.and_then(|(held, ..)| sub(&held));
        let goes = old.and_then(|(held, target, _)| Some((sub(&held)?, target)));
        let help = help(facts, group, goes);
        let finding = Finding::warning(HELD_TWICE, message)
            .about(facts.address(holder))
            .help(help)
            .at_opt(old.map(|(.., spot)| facts.config.place(spot)));
        self.findings.push(finding);
        let settled = self.changes.list[asked..]
            .iter()
            .any(|change| change.slot == slot);
        if let (Some((held, target, spot)), Some(current), false) = (old, current, settled) {
            self.push(LicenseChange {
                holder,
                slot,
                before: Some(held),
                action: LicenseAction::Move(target),
                reason: facts.why_replaced(current, target, spot),
                part: Part::default(),
                state: ChangeState::Open,
                seated: 0,
            });
        }
    }
}

/// What becomes of licences that are held twice; `goes`: the subscription of one, and that which replaces it.
fn help(facts: Facts<'_>, group: &[Held], goes: Option<(SubIx, SubIx)>) -> String {
    let known = |held: &Held| held.license.is_none_or(|it| facts.catalogue.kind(it).known);
    let id = |sub: SubIx| facts.subscriptions.get(sub).id.as_str();
    match goes {
        Some(_) if !group.iter().all(known) => {
            "nothing is removed while not everything is known of these licences".to_owned()
        }
        Some((from, to)) => format!(
            "the one from {} is removed, as `replacedBy` says; the one from {} stays, and nothing is lost",
            id(from),
            id(to)
        ),
        None => {
            "declare under `subscriptions` which one is `replacedBy` the other, or clear one in Control Hub".to_owned()
        }
    }
}
