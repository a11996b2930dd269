//! Licences of people and workspaces as values of fields.

use serde_json::{Value, json};

use crate::licensing::catalogue::{Catalogue, Tier};
use crate::licensing::{Ask, AskState, Facts, Held, Wish};
use crate::plan::{DraftField, FieldAction, Risk};

/// A licence or account as the plan shows it: `{"license", "subscription"}`, with the role for meetings.
pub fn value(facts: &Facts<'_>, held: Option<Held>) -> Value {
    let Some(held) = held else { return Value::Null };
    let Some(license) = held
        .license
        .map(|license| &facts.snapshot.licenses()[license as usize])
    else {
        return json!({"license": null, "role": "attendee"});
    };
    match held.tier {
        Tier::Host => {
            json!({"license": license.name, "subscription": license.subscription_id, "role": "host"})
        }
        _ => json!({"license": license.name, "subscription": license.subscription_id}),
    }
}

/// The field of a settled ask; `None` where nothing happens.
pub fn field(facts: &Facts<'_>, ask: &Ask) -> Option<DraftField> {
    let AskState::Settled(after) = ask.state else {
        return None;
    };
    let (action, risk) = match (ask.wish, ask.before, after) {
        (_, None, Some(_)) => (FieldAction::Add, Risk::Additive),
        (Wish::Move(_), _, Some(_)) => (FieldAction::Move, Risk::Reversible),
        (_, Some(_), None) => (FieldAction::Remove, Risk::Reversible),
        (_, Some(before), Some(after)) => (FieldAction::Change, risk_of_change(before, after)),
        (_, None, None) => return None,
    };
    let path = facts.catalogue.path(ask.slot);
    let mut field = DraftField::new(
        path,
        action,
        risk,
        value(facts, ask.before),
        value(facts, after),
    );
    field.gives.extend(ask.before.and_then(|held| held.license));
    field.takes = after.and_then(|held| held.license);
    Some(field.because(ask.reason.clone()))
}

fn risk_of_change(before: Held, after: Held) -> Risk {
    match (before.tier, after.tier) {
        (Tier::Attendee, Tier::Host) => Risk::Additive,
        (Tier::Host, Tier::Attendee) => Risk::Disruptive,
        _ => Risk::Reversible,
    }
}

/// The licences behind a list of ids.
pub fn held<'a>(catalogue: &'a Catalogue, ids: &'a [Box<str>]) -> impl Iterator<Item = u32> + 'a {
    ids.iter().filter_map(|id| catalogue.by_id(id))
}
