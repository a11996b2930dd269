//! Numbers that the base had and no block names now.

use rustc_hash::FxHashSet;

use super::{KIND, by_hand_alone, essence};
use crate::change::{
    ChangeAction, Draft, DraftChange, DraftField, FieldAction, Need, Request, Risk, Turn, nothing,
    text,
};
use crate::config::dropped;
use crate::finding::{Finding, NOT_DELETED, STILL_IN_USE};
use crate::kinds::{Context, no_longer};
use crate::licensing::catalogue::Service;
use crate::licensing::{AskState, Consent, Holder};
use crate::phone::e164;
use crate::snapshot::Number;

/// Webex deletes at most so many numbers in one request.
const DELETED_PER_REQUEST: usize = 5;

/// Numbers that the base had and no block names now.
pub fn deletions(context: &Context<'_>, draft: &mut Draft) {
    let Some(base) = context.base.filter(|base| !base.numbers.is_empty()) else {
        return;
    };
    let inventory = context.world.inventory();
    let locations = &context.config.locations;
    let closing: FxHashSet<&str> =
        dropped(Some(&base.locations), locations, |it| it.formerly.as_ref())
            .map(|(name, _)| name)
            .collect();
    // A main number cannot go before its location does.
    let goes_with_its_location = |seen: &Number| {
        let here = seen
            .location
            .as_deref()
            .filter(|here| closing.contains(here));
        here.is_some_and(|here| inventory.main_number(here) == Some(&seen.phone_number))
    };
    for seen in context.snapshot.numbers() {
        let gone = e164(&seen.phone_number)
            .is_some_and(|number| base.has_number(number) && !context.config.has_number(number));
        if !gone || goes_with_its_location(seen) {
            continue;
        }
        let Some(here) = seen.location.as_deref() else {
            draft.findings.push(
                Finding::info(
                    NOT_DELETED,
                    "it has no location from which it could be given back",
                )
                .about(format!("number/{}", seen.phone_number)),
            );
            continue;
        };
        if inventory.by_hand(here) {
            draft.blocked += 1;
            let what = format!("{} to be given back", seen.phone_number);
            draft.findings.push(by_hand_alone(here, &what));
            continue;
        }
        let mut depends_on = Vec::new();
        match user_of(context, seen) {
            Ok(None) => {}
            Ok(Some(releasing)) => depends_on.push(Need::Done(releasing)),
            Err(by) => {
                draft.blocked += 1;
                let message = format!("{} cannot be deleted: it is {by}", seen.phone_number);
                draft.findings.push(
                    Finding::error(STILL_IN_USE, message)
                        .about(format!("number/{}", seen.phone_number))
                        .help("free it first, or list it under `numbers` again"),
                );
                continue;
            }
        }
        let field = DraftField::new(
            "state",
            FieldAction::Remove,
            Risk::Disruptive,
            text(seen.state.as_deref().unwrap_or("active")),
            nothing(),
        );
        draft.changes.push(DraftChange {
            kind: KIND.name,
            key: seen.phone_number.clone(),
            action: ChangeAction::Delete,
            fields: vec![field.because(no_longer("numbers", &seen.phone_number))],
            preimage: Some(essence(seen)),
            turn: Turn::Follow,
            depends_on,
            requests: vec![
                Request::new("DELETE", "/telephony/config/locations/{locationId}/numbers").shared(
                    seen.location.clone().unwrap_or_default(),
                    DELETED_PER_REQUEST,
                ),
            ],
        });
    }
}

/// What uses a number: nothing, or a change of this plan that frees it, or what keeps it.
fn user_of(context: &Context<'_>, seen: &Number) -> Result<Option<String>, String> {
    let number = seen.phone_number.as_str();
    let main = |location: &&crate::snapshot::Location| {
        let calling = location.calling.as_ref();
        calling.is_some_and(|calling| calling.main_number.as_deref() == Some(number))
    };
    if let Some(location) = context.snapshot.locations().iter().find(main) {
        return Err(format!("the main number of {}", location.name));
    }
    let Some(owner) = &seen.owner else {
        return Ok(None);
    };
    let facts = context.world.facts();
    let keeper = format!("{}/{}", owner.kind, owner.key);
    let holder = match owner.kind.as_str() {
        "user" => facts.people.find(&owner.key).map(Holder::User),
        "workspace" => facts.workspaces.find(&owner.key).map(Holder::Workspace),
        _ => None,
    };
    let Some(holder) = holder else {
        return Err(format!("in use by {keeper}"));
    };
    let agreed = context.acknowledgements;
    let deleted = facts.is_deleted(holder) && agreed.deletion(&owner.kind, &owner.key);
    let without_calling = context.decisions.asks.iter().any(|ask| {
        ask.holder == holder
            && ask.slot.service == Service::Calling
            && ask.state == AskState::Settled(None)
            && agreed.calling_loss(&owner.kind, &owner.key)
    });
    let identity = context.decisions.identities.get(&holder);
    let changed = identity.is_some_and(|identity| {
        let mut changes = identity.changes.iter();
        changes
            .any(|change| change.path == "phoneNumber" && change.before.as_deref() == Some(number))
    });
    match deleted || without_calling || changed {
        true => Ok(Some(keeper)),
        false => Err(format!("in use by {keeper}")),
    }
}
