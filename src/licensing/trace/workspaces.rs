//! The links of the licences of a workspace: what its entry says, what is held, which subscription.

use super::{Link, LinkKind, Outcome, Trace, Traced, Tracer, calling, links};
use crate::licensing::ask::{Ask, Held, Holder, Wish};
use crate::licensing::catalogue::{Service, Slot};
use crate::licensing::intent::Place;
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
            let ask = self.ask(holder, slot);
            let mut traced = self.traced(slot, held, ask);
            self.explain_workspace(&mut traced, holder, place, slot, ask);
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
        place: Option<&Place>,
        slot: Slot,
        ask: Option<&Ask>,
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
        match ask {
            Some(ask) if matches!(ask.wish, Wish::Move(_)) => {
                links.push(links::moved(self.facts, ask));
            }
            Some(ask) => links.extend(links::chosen(self.facts, ask)),
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
            if ask.is_some_and(|ask| matches!(ask.wish, Wish::Grant(_))) {
                traced.links.extend(self.number(holder));
            }
        }
    }
}
