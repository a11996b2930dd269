//! The links of the licences of a workspace: what its entry says, what is held, which subscription.

use super::{Link, LinkKind, Outcome, Trace, Traced, Tracer, calling, links};
use crate::licensing::catalogue::{Service, Slot};
use crate::licensing::changes::{Held, LicenseAction, LicenseChange};
use crate::licensing::holder::Holder;
use crate::licensing::intent::WorkspaceIntent;
use crate::licensing::workspaces::PlaceIx;

impl Tracer<'_> {
    pub(super) fn workspace(&self, index: PlaceIx, one: Option<Slot>) -> Trace {
        let facts = self.facts;
        let holder = Holder::Workspace(index);
        let declared = facts.workspaces.declared(index);
        let name = facts.workspaces.name(index);
        let place = declared.and_then(|_| facts.intent.workspaces.get(name));
        let held = facts.held_by_workspace(index);
        let given = place.iter().flat_map(|place| &place.entries);
        let mut slots: Vec<Slot> = match one {
            Some(slot) => vec![slot],
            None => {
                let held = held.iter().map(|held| held.slot);
                held.chain(given.map(|entry| entry.slot)).collect()
            }
        };
        slots.sort_unstable();
        slots.dedup();
        let licenses = slots.into_iter().map(|slot| {
            let held: Vec<Held> = held.iter().copied().filter(|it| it.slot == slot).collect();
            let change = self.change(holder, slot);
            let mut traced = self.traced(slot, held, change);
            self.explain_workspace(&mut traced, holder, place, slot, change);
            traced
        });
        Trace {
            licenses: licenses.collect(),
            ..Trace::default()
        }
    }

    fn explain_workspace(
        &self,
        traced: &mut Traced,
        holder: Holder,
        place: Option<&WorkspaceIntent>,
        slot: Slot,
        change: Option<&LicenseChange>,
    ) {
        let entry = self.facts.entry(holder);
        let calling = slot.service == Service::Calling;
        let wanted = place.and_then(|place| place.entries.iter().find(|it| it.slot == slot));
        let licenses = place.and_then(|place| place.licenses).filter(|_| calling);
        let links = &mut traced.links;
        if let Some(wanted) = wanted {
            let mut text = format!(
                "{entry} licenses gives {}",
                links::gives(self.facts, wanted)
            );
            if let Some(code) = wanted.broken {
                text += &format!("; it cannot be granted ({code})");
            }
            links.push(Link::new(LinkKind::Override, text).at(wanted.spot));
        } else if let Some(spot) = licenses {
            let text = format!("{entry} licenses omits it");
            links.push(Link::new(LinkKind::Override, text).at(spot));
        }
        match change {
            Some(change) if matches!(change.action, LicenseAction::Move(_)) => {
                links.push(links::moved(self.facts, change));
            }
            Some(change) => links.extend(links::chosen(self.facts, change)),
            None if traced.outcome == Outcome::Kept => {
                let text = match wanted {
                    Some(_) => "held already, so nothing has to be given",
                    None => "held already, and nothing removes it",
                };
                links.push(Link::new(LinkKind::Retention, text));
            }
            None if licenses.is_none() => {
                let text = match calling {
                    true => format!(
                        "{entry} has no `licenses`, and nothing else gives any to a workspace"
                    ),
                    false => {
                        "the workspace has none; trunkline gives workspaces only Calling".to_owned()
                    }
                };
                links.push(Link::new(LinkKind::State, text));
            }
            None => {}
        }
        if calling {
            traced.codes.extend(calling::CODES);
            if change.is_some_and(|change| matches!(change.action, LicenseAction::Grant(_))) {
                traced.links.extend(self.number(holder));
            }
        }
    }
}
