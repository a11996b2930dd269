//! Numbers that the base had and no block names now.

use rustc_hash::FxHashSet;

use super::{KIND, essence, only_manually};
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, EXISTENCE, FieldAction, Need, Request,
    Risk, Turn, nothing, text,
};
use crate::config::dropped;
use crate::finding::{Finding, NOT_DELETED, NOT_KNOWN, STILL_IN_USE, Severity};
use crate::kinds::{Context, calling, no_longer};
use crate::licensing::Inventory;
use crate::snapshot::Number;

/// The most numbers that Webex deletes in one request.
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
    let facts = context.world.facts();
    for seen in context.snapshot.numbers() {
        if facts.returns(&seen.phone_number) && !goes_with_its_location(seen) {
            match deletion(context, &inventory, seen) {
                Ok(change) => draft.changes.push(change),
                Err(finding) => {
                    draft.blocked += usize::from(finding.severity != Severity::Info);
                    draft.findings.push(*finding);
                }
            }
        }
    }
}

/// The deletion of one number, or why there is none.
fn deletion(
    context: &Context<'_>,
    inventory: &Inventory<'_>,
    seen: &Number,
) -> Result<DraftChange, Box<Finding>> {
    let number = &seen.phone_number;
    let about = |finding: Finding| finding.about(Address::new("number", number));
    let Some(here) = seen.location.as_deref() else {
        let message = "it has no location from which it could be returned";
        return Err(about(Finding::info(NOT_DELETED, message)).into());
    };
    if inventory.by_hand(here) {
        return Err(only_manually(here, &format!("to return: {number}")).into());
    }
    if !context.world.locations().knows_main_number(here) {
        let message = format!(
            "{number} is not deleted: it is unknown whether it is the main number of {here}"
        );
        let finding = about(Finding::hold(NOT_KNOWN, message));
        let help = "take a new snapshot, with the locations and their Calling";
        return Err(finding.help(help).into());
    }
    let releasing = user_of(context, inventory, seen).map_err(|by| {
        let message = format!("{number} cannot be deleted: it is {by}");
        let finding = about(Finding::error(STILL_IN_USE, message));
        finding.help("free it first, or list it under `numbers` again")
    })?;
    let field = DraftField::new(
        EXISTENCE,
        FieldAction::Remove,
        Risk::Disruptive,
        text(seen.state.as_deref().unwrap_or("active")),
        nothing(),
    );
    let request = Request::new("DELETE", "/telephony/config/locations/{locationId}/numbers");
    Ok(DraftChange {
        kind: KIND.name,
        key: number.clone(),
        action: ChangeAction::Delete,
        fields: vec![field.because(no_longer(KIND.section, number))],
        preimage: Some(essence(seen)),
        turn: Turn::Follow,
        depends_on: releasing.map(Need::Done).into_iter().collect(),
        requests: vec![request.shared(here, DELETED_PER_REQUEST)],
    })
}

/// What uses a number: nothing, or a change of this plan that frees it, or what keeps it.
fn user_of(
    context: &Context<'_>,
    inventory: &Inventory<'_>,
    seen: &Number,
) -> Result<Option<Address>, String> {
    let number = seen.phone_number.as_str();
    let mut locations = context.snapshot.locations().iter();
    if let Some(location) = locations.find(|it| inventory.is_main(number, &it.name)) {
        return Err(format!("the main number of {}", location.name));
    }
    let Some(owner) = &seen.owner else {
        return Ok(None);
    };
    let facts = context.world.facts();
    let keeper = owner.to_string();
    let Some(holder) = facts.holder(owner) else {
        let (kind, name) = (owner.kind.word(), &owner.key);
        return match context.world.closes(kind, name, context.acknowledgements) {
            true => Ok(Some(Address::new(kind, name))),
            false => Err(format!("in use by {keeper}")),
        };
    };
    let (kind, key) = facts.named(holder);
    match calling::gives_up(context, holder, "phoneNumber", number) {
        true => Ok(Some(Address::new(kind, key))),
        false => Err(format!("in use by {keeper}")),
    }
}
