//! Which licence a change gets: from which subscription, and whether a unit is there (rule 6 of contract section 3).

use super::{Fail, Seats};
use crate::licensing::catalogue::{LicenseIx, ProductIx};
use crate::licensing::changes::{Held, LicenseAction, LicenseChange, Want};
use crate::licensing::subscriptions::SubIx;
use crate::licensing::turns::Line;

impl Seats<'_> {
    /// What [`Seats::find`] goes by: changes with the same find the same.
    pub(super) fn line(&self, change: &LicenseChange) -> Line {
        let held = change.before;
        let (product, only) = match change.action {
            LicenseAction::Move(target) => (held.and_then(|held| self.product(held)), Some(target)),
            LicenseAction::Grant(want) | LicenseAction::Change(want) => (want.product, want.pin),
            LicenseAction::Remove | LicenseAction::Unclear => (None, None),
        };
        let own = held.and_then(|held| self.facts.subscription_of(held.license?));
        Line {
            product,
            only,
            first: own.filter(|_| only.is_none()),
        }
    }

    /// The licence that a change would get now.
    pub(super) fn find(&self, change: &LicenseChange) -> Result<LicenseIx, Fail> {
        match change.action {
            LicenseAction::Move(target) => {
                self.of_subscription(change.before.and_then(|held| self.product(held)), target)
            }
            LicenseAction::Grant(want) => self.choose(want),
            LicenseAction::Change(want) => {
                let own = change
                    .before
                    .and_then(|held| self.facts.subscription_of(held.license?));
                let own = own.filter(|&own| {
                    want.pin.is_none() && self.facts.subscriptions.get(own).replaced_by.is_none()
                });
                match own.map(|own| self.of_subscription(want.product, own)) {
                    Some(Ok(license)) if self.has_unit(license) => Ok(license),
                    Some(Err(fail @ Fail::NotKnown(_))) => Err(fail),
                    _ => self.choose(want),
                }
            }
            LicenseAction::Remove | LicenseAction::Unclear => Err(Fail::Exhausted),
        }
    }

    /// The licence of a product in one subscription.
    fn of_subscription(&self, product: Option<ProductIx>, sub: SubIx) -> Result<LicenseIx, Fail> {
        let product = product.ok_or(Fail::KindMismatch(sub))?;
        let licenses = &self.facts.catalogue.product(product).licenses;
        let license = licenses
            .iter()
            .copied()
            .find(|&license| self.facts.subscription_of(license) == Some(sub));
        let license = license.ok_or(Fail::KindMismatch(sub))?;
        if !self.facts.subscriptions.get(sub).active() {
            return Err(Fail::Inactive(sub));
        }
        match self.has_unit(license) || self.may_exceed(license) {
            _ if !self.is_known(license) => Err(Fail::NotKnown(license)),
            true => Ok(license),
            false => Err(Fail::Exhausted),
        }
    }

    /// The pinned licence, else the oldest active one with a free unit.
    fn choose(&self, want: Want) -> Result<LicenseIx, Fail> {
        if let Some(pin) = want.pin {
            return self.of_subscription(want.product, pin);
        }
        let product = want.product.ok_or(Fail::Exhausted)?;
        let open = |license: &LicenseIx| match self.facts.subscription_of(*license) {
            Some(sub) => {
                let sub = self.facts.subscriptions.get(sub);
                sub.active() && sub.replaced_by.is_none()
            }
            None => true,
        };
        let licenses = self
            .facts
            .catalogue
            .product(product)
            .licenses
            .iter()
            .copied()
            .filter(open);
        // One of which not everything is known may have a unit.
        let free = |license: &LicenseIx| self.has_unit(*license) || !self.is_known(*license);
        match self.oldest(licenses.clone().filter(free))? {
            Some(license) if !self.is_known(license) => Err(Fail::NotKnown(license)),
            Some(license) => Ok(license),
            None => self
                .oldest(licenses.filter(|&license| self.may_exceed(license)))?
                .ok_or(Fail::Exhausted),
        }
    }

    fn oldest(
        &self,
        candidates: impl Iterator<Item = LicenseIx> + Clone,
    ) -> Result<Option<LicenseIx>, Fail> {
        let age = |license: LicenseIx| {
            self.facts
                .subscription_of(license)
                .map(|sub| (sub, self.facts.subscriptions.get(sub).created))
        };
        let several = candidates
            .clone()
            .filter(|&license| age(license).is_some())
            .nth(1)
            .is_some();
        let unknown = candidates
            .clone()
            .find_map(|license| age(license).filter(|(_, created)| created.is_none()));
        if let (true, Some((sub, _))) = (several, unknown) {
            return Err(Fail::AgeUnknown(sub));
        }
        // Licences without a subscription come last; subscriptions of one day go by id, which is the order of `SubIx`.
        Ok(candidates.min_by_key(|&license| match age(license) {
            Some((sub, created)) => (0, created, sub, license),
            None => (1, None, 0, license),
        }))
    }

    fn product(&self, held: Held) -> Option<ProductIx> {
        held.license
            .map(|license| self.facts.catalogue.kind(license).product)
    }

    fn is_known(&self, license: LicenseIx) -> bool {
        self.facts.catalogue.kind(license).known
    }

    fn has_unit(&self, license: LicenseIx) -> bool {
        let pool = &self.facts.snapshot.licenses()[license as usize];
        // A unit that someone returns is a free one only if the pool is known not to be over its total.
        let known = !pool.units_unknown();
        pool.subscription_id.is_none() || known && self.used[license as usize] < pool.total()
    }

    fn may_exceed(&self, license: LicenseIx) -> bool {
        self.overage.contains(
            self.facts.snapshot.licenses()[license as usize]
                .name
                .as_str(),
        )
    }
}
