//! What a workspace should hold: what its entry says of Calling, and where subscriptions and `replacedBy` want the rest.

use super::Resolver;
use crate::config::Spot;
use crate::finding::{Finding, MOVE_SOURCE_MISMATCH};
use crate::licensing::catalogue::Service;
use crate::licensing::changes::{ChangeState, Held, LicenseAction, LicenseChange, Reason, Want};
use crate::licensing::events::Part;
use crate::licensing::holder::Holder;
use crate::licensing::intent::WorkspaceIntent;
use crate::licensing::workspaces::PlaceIx;

impl Resolver<'_, '_> {
    /// `licenses`, where it is given, is all that the workspace should have of Calling. Anything else stays, in the
    /// subscription where it should be (rule 6).
    pub(super) fn workspace(&mut self, index: PlaceIx) {
        let facts = self.facts;
        if facts.workspaces.deleted(index) || facts.workspaces.not_known(index) {
            return;
        }
        let holder = Holder::Workspace(index);
        let name = facts.workspaces.name(index);
        let declared = facts.workspaces.declared(index);
        let place = declared.and_then(|_| facts.intent.workspaces.get(name));
        let held = facts.held_by_workspace(index);
        let twice = super::twice::any(facts, &held).then(|| held.clone());
        let asked = self.changes.list.len();
        let calling = facts.catalogue.slot(Service::Calling, "");
        let managed = place.and_then(|place| Some((place, place.licenses?)));
        let movable = |held: &Held| {
            held.license
                .is_some_and(|license| facts.subscription_of(license).is_some())
        };
        if let Some((place, spot)) = managed {
            self.calling_of(holder, place, spot, &held);
        } else if let Some((_, spot)) = place.and_then(|place| place.pin)
            && !held.iter().any(movable)
        {
            self.say_nothing_to_move(holder, spot);
        }
        let kept: Vec<Held> = held
            .iter()
            .enumerate()
            .filter(|(at, it)| {
                let product = facts.product_of(**it);
                let mut before = held[..*at].iter();
                product.is_none() || !before.any(|other| facts.product_of(*other) == product)
            })
            .map(|(_, held)| *held)
            .collect();
        for held in kept {
            if managed.is_none() || held.slot != calling {
                let pin = place.and_then(|place| place.pin(held.slot));
                self.stay(holder, held, pin, Part::default(), || {
                    vec![format!("workspaces/{name} subscription")]
                });
            }
        }
        if let Some(held) = twice {
            self.held_twice(holder, &held, asked);
        }
    }

    /// The Calling of a workspace whose entry says what it should be.
    fn calling_of(
        &mut self,
        holder: Holder,
        place: &WorkspaceIntent,
        licenses: Spot,
        held: &[Held],
    ) {
        let facts = self.facts;
        let slot = facts.catalogue.slot(Service::Calling, "");
        let entry = facts.entry(holder);
        let best = held.iter().copied().find(|held| held.slot == slot);
        let change = |action, spot, word| LicenseChange {
            holder,
            slot,
            before: best,
            action,
            reason: Reason {
                spot: Some(spot),
                because: vec![format!("{entry} {word}")],
            },
            part: Part::default(),
            state: ChangeState::Open,
            seated: 0,
        };
        let Some(wanted) = place.entries.iter().find(|entry| entry.slot == slot) else {
            if best.is_some() {
                self.push(change(LicenseAction::Remove, licenses, "licenses"));
            }
            return;
        };
        let same = held.iter().copied().find(|held| {
            let product = !wanted.names_product || facts.product_of(*held) == wanted.product;
            held.slot == slot && held.tier == wanted.tier && product
        });
        let pin = place.pin(slot);
        if let Some(same) = same {
            let because = || vec![format!("{entry} subscription")];
            self.stay(holder, same, pin, Part::default(), because);
            return;
        }
        let want = Want {
            pin: pin.map(|(pin, _)| pin),
            ..Want::of(wanted)
        };
        let change = change(
            LicenseAction::get(best, want),
            wanted.spot,
            "licenses.calling",
        );
        self.push(match wanted.broken {
            Some(code) => change.blocked(code),
            None => change,
        });
    }

    /// A workspace without licences names a subscription.
    fn say_nothing_to_move(&mut self, holder: Holder, spot: Spot) {
        self.findings.push(
            Finding::error(
                MOVE_SOURCE_MISMATCH,
                "the workspace has no Calling licence that could move to this subscription",
            )
            .about(self.facts.address(holder))
            .help("grant Calling under `licenses`, or remove `subscription`")
            .at(self.facts.config.place(spot)),
        );
        self.changes.list.push(LicenseChange {
            holder,
            slot: self.facts.catalogue.slot(Service::Calling, ""),
            before: None,
            action: LicenseAction::Unclear,
            reason: Reason::default(),
            part: Part::default(),
            state: ChangeState::Blocked(MOVE_SOURCE_MISMATCH),
            seated: 0,
        });
    }
}
