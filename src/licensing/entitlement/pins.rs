//! Where templates that reach one person disagree: pins to different subscriptions, different kinds of Calling.

use super::Resolver;
use crate::config::Spot;
use crate::finding::{CALLING_TYPE_CONFLICT, Code, Finding, PIN_CONFLICT};
use crate::licensing::catalogue::{Service, Slot, Tier};
use crate::licensing::changes::Held;
use crate::licensing::holder::Holder;
use crate::licensing::intent::{Granted, Template};
use crate::licensing::memberships::Reach;
use crate::licensing::people::UserIx;
use crate::licensing::subscriptions::SubIx;

impl<'w> Resolver<'w, '_> {
    /// The subscription that the templates pin for an item; `Err` where two of them differ.
    pub(super) fn pin(
        &mut self,
        user: UserIx,
        slot: Slot,
        tier: Tier,
        reaches: &'w [Reach],
    ) -> Result<Option<(SubIx, Spot)>, Code> {
        let mut found: Option<(SubIx, Spot)> = None;
        for (entry, _) in self.pinning(slot, Some(tier), reaches) {
            let Some(pin) = entry.pin else { continue };
            match found {
                Some((other, spot)) if other != pin => {
                    let (a, b) = (
                        self.facts.subscriptions.get(other),
                        self.facts.subscriptions.get(pin),
                    );
                    let path = self.facts.catalogue.path(slot);
                    let message = format!("two templates pin {path} to {} and to {}", a.id, b.id);
                    self.findings.push(
                        Finding::error(PIN_CONFLICT, message)
                            .about(self.facts.address(Holder::User(user)))
                            .help(
                                "make the templates agree, or name the subscription in an override",
                            )
                            .at(self.facts.config.place(spot.max(entry.spot))),
                    );
                    return Err(PIN_CONFLICT);
                }
                Some(_) => {}
                None => found = Some((pin, entry.spot)),
            }
        }
        Ok(found)
    }

    /// Whether a pin of a template or `replacedBy` wants a held licence in another subscription.
    pub(super) fn elsewhere(&self, held: Held, reaches: &'w [Reach]) -> bool {
        let Some(license) = held.license else {
            return false;
        };
        let pin = self
            .pinning(held.slot, Some(held.tier), reaches)
            .find_map(|(entry, _)| entry.pin);
        let target = pin.or(self.replaced[license as usize].map(|(target, _)| target));
        target.is_some_and(|target| {
            self.facts
                .subscription_of(license)
                .is_some_and(|current| current != target)
        })
    }

    /// The entries of templates that count: of one tier, whose pin says where that tier comes from, or of all.
    fn pinning(
        &self,
        slot: Slot,
        tier: Option<Tier>,
        reaches: &'w [Reach],
    ) -> impl Iterator<Item = (&'w Granted, Reach)> + use<'w> {
        let templates: &'w [Template<'w>] = &self.facts.intent.templates;
        reaches
            .iter()
            .filter(|reach| reach.counts)
            .flat_map(move |&reach| {
                let entries = templates[reach.template as usize].entries.iter();
                let same = move |entry: &&Granted| {
                    entry.slot == slot && tier.is_none_or(|it| entry.tier == it)
                };
                entries.filter(same).map(move |entry| (entry, reach))
            })
    }

    /// Says that two templates give different kinds of Calling.
    pub(super) fn type_conflict(&mut self, user: UserIx, reaches: &'w [Reach]) {
        let slot = self.facts.catalogue.slot(Service::Calling, "");
        let mut names: Vec<&str> = Vec::new();
        let mut spot = Spot::default();
        for (entry, reach) in self.pinning(slot, None, reaches) {
            names.push(self.facts.intent.templates[reach.template as usize].name);
            spot = spot.max(entry.spot);
        }
        names.dedup();
        let message = format!(
            "the templates {} give different kinds of Calling",
            names.join(" and ")
        );
        self.findings.push(
            Finding::error(CALLING_TYPE_CONFLICT, message)
                .about(self.facts.address(Holder::User(user)))
                .help("choose one for this person under `users`: `licenses: {add: {calling: professional}}`")
                .at(self.facts.config.place(spot)),
        );
    }
}
