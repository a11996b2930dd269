//! What changes of the numbers that the files list: creation, location, state.

use rustc_hash::FxHashMap;

use super::{KIND, by_hand_alone, deletion, essence};
use crate::change::{
    ChangeAction, Draft, DraftChange, DraftField, FieldAction, Need, Request, Risk, Turn, nothing,
    text, text_or_nothing,
};
use crate::config::model::{NumberBlock, NumberState, NumberType};
use crate::config::{Declared, Spot};
use crate::finding::{
    CALLING_LOCATION_MISMATCH, CALLING_LOCATION_UNKNOWN, Finding, NUMBER_TYPE_MISMATCH,
};
use crate::kinds::Context;
use crate::licensing::{Holder, Inventory, Reason};
use crate::phone::interval;
use crate::snapshot::Number;

/// Webex takes at most this many new numbers in one request.
const CREATED_PER_REQUEST: usize = 100;

/// Webex switches at most this many numbers on or off in one request.
const SWITCHED_PER_REQUEST: usize = 500;

/// Webex moves at most this many numbers to another location in one job.
const MOVED_PER_JOB: usize = 1000;

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    deletion::deletions(context, draft);
    if context.config.numbers.is_empty() {
        return;
    }
    let observed: FxHashMap<&str, &Number> = context
        .snapshot
        .numbers()
        .iter()
        .map(|number| (number.phone_number.as_str(), number))
        .collect();
    let locations = context.world.locations();
    let inventory = context.world.inventory();
    for block in &context.config.numbers {
        let location = &block.value.location;
        if !locations.exists(&location.value) {
            continue;
        }
        let calls = locations.calls_from(&location.value);
        let by_hand = inventory.by_hand(&location.value);
        let (mut refused, mut ordered) = (0, 0);
        for at in block.value.numbers.iter() {
            let Ok(interval) = interval(&at.value) else {
                continue;
            };
            let entry = Entry {
                context,
                inventory: &inventory,
                block,
                spot: block.spot(at),
            };
            for number in interval.low..=interval.high {
                let number = format!("+{number}");
                match observed.get(number.as_str()) {
                    None if !calls => refused += 1,
                    None if by_hand => ordered += 1,
                    Some(seen) if !calls && entry.comes(seen) => refused += 1,
                    None => draft.changes.push(entry.creation(number)),
                    Some(seen) => entry.compare(seen, draft),
                }
            }
        }
        if ordered > 0 {
            draft.blocked += ordered;
            let finding = by_hand_alone(location, &format!("{ordered} to be ordered"));
            draft
                .findings
                .push(finding.at(context.config.place(block.spot(location))));
        }
        if refused > 0 {
            draft.blocked += refused;
            let message =
                format!("{location} is not enabled for Calling, so it can have no numbers");
            draft.findings.push(
                Finding::error(CALLING_LOCATION_UNKNOWN, message)
                    .about(format!("location/{location}"))
                    .help("give the location a `calling` block under `locations`")
                    .at(context.config.place(block.spot(location))),
            );
        }
    }
}

/// One range or single number of a block.
struct Entry<'a> {
    context: &'a Context<'a>,
    inventory: &'a Inventory<'a>,
    block: &'a Declared<NumberBlock>,
    spot: Spot,
}

impl Entry<'_> {
    fn reason(&self) -> Reason {
        Reason {
            spot: Some(self.spot),
            because: vec!["numbers".to_owned()],
        }
    }

    fn creation(&self, number: String) -> DraftChange {
        let block = &self.block.value;
        let state = block
            .state
            .as_ref()
            .map_or(NumberState::Active, |at| at.value);
        let kind = block.kind.as_ref().map_or(NumberType::Did, |at| at.value);
        let add = |path: &str, value: &str| {
            DraftField::new(
                path,
                FieldAction::Add,
                Risk::Additive,
                nothing(),
                text(value),
            )
            .because(self.reason())
        };
        DraftChange {
            kind: KIND.name,
            key: number,
            action: ChangeAction::Create,
            fields: vec![
                add("location", &block.location.value),
                add("state", state_word(state)),
                add("type", type_word(kind)),
            ],
            preimage: None,
            turn: Turn::Give,
            depends_on: self.location_begins(),
            requests: vec![
                Request::new("POST", "/telephony/config/locations/{locationId}/numbers").shared(
                    format!(
                        "{} {} {}",
                        state_word(state),
                        type_word(kind),
                        block.location.value
                    ),
                    CREATED_PER_REQUEST,
                ),
            ],
        }
    }

    /// Whether a free number would come here from another location.
    fn comes(&self, seen: &Number) -> bool {
        let wanted = self.block.value.location.value.as_str();
        seen.owner.is_none() && seen.location.as_deref() != Some(wanted)
    }

    /// The location, if the plan creates it or enables it for Calling.
    fn location_begins(&self) -> Vec<Need> {
        let location = &self.block.value.location.value;
        let begins = self.context.world.locations().begins(location);
        let need = begins.then(|| Need::Begun(format!("location/{location}")));
        need.into_iter().collect()
    }

    fn compare(&self, seen: &Number, draft: &mut Draft) {
        let block = &self.block.value;
        let mut fields = Vec::new();
        let mut requests = Vec::new();
        let mut depends_on = self.location_begins();
        let wanted = block.location.value.as_str();
        if seen.location.as_deref() != Some(wanted) {
            let here = seen.location.as_deref();
            let stays = |here| self.inventory.stays_main(&seen.phone_number, here);
            if let Some(here) = here.filter(|here| seen.owner.is_none() && stays(here)) {
                let message = format!("{} is the main number of {here}", seen.phone_number);
                let help = format!("give {here} another main number, or list this one there");
                self.say(
                    draft,
                    Finding::error(CALLING_LOCATION_MISMATCH, message).help(help),
                    seen,
                );
            } else if seen.owner.is_none() {
                let before = text_or_nothing(seen.location.as_deref());
                let action = if before.is_null() {
                    FieldAction::Add
                } else {
                    FieldAction::Change
                };
                fields.push(DraftField::new(
                    "location",
                    action,
                    Risk::Reversible,
                    before,
                    text(wanted),
                ));
                let job = Request::new("POST", "/telephony/config/jobs/numbers/manageNumbers")
                    .sending(&["location"])
                    .shared(wanted, MOVED_PER_JOB);
                requests.push(job);
                // A main number can leave once its location has another one.
                let main = here.filter(|here| self.inventory.is_main(&seen.phone_number, here));
                depends_on.extend(main.map(|here| Need::Done(format!("location/{here}"))));
            } else if !self.taken_along(seen, wanted) {
                let here = seen.location.as_deref().unwrap_or("no location");
                let message = format!(
                    "{} belongs to {here} and is in use there",
                    seen.phone_number
                );
                let help = format!("list it under {here}, or move its owner to {wanted}");
                self.say(
                    draft,
                    Finding::error(CALLING_LOCATION_MISMATCH, message).help(help),
                    seen,
                );
            }
        }
        if let Some(state) = &block.state {
            let before = seen.state.as_deref().unwrap_or("active");
            if before != state_word(state.value) {
                let after = text(state_word(state.value));
                fields.push(DraftField::new(
                    "state",
                    FieldAction::Change,
                    Risk::Disruptive,
                    text(before),
                    after,
                ));
                let active = state.value == NumberState::Active;
                let moved = !requests.is_empty();
                // Only an active number can be moved: it is activated where it is, and switched off where it arrives.
                let there = match (moved, active) {
                    (true, true) => seen.location.as_deref().unwrap_or_default(),
                    _ => wanted,
                };
                let switch =
                    Request::new("PUT", "/telephony/config/locations/{locationId}/numbers")
                        .sending(&["state"])
                        .shared(
                            format!("{} {there}", state_word(state.value)),
                            SWITCHED_PER_REQUEST,
                        )
                        .after(self.release(seen).filter(|_| !active));
                match moved && active {
                    true => requests.insert(0, switch),
                    false => requests.push(switch),
                }
            }
        }
        if let Some(kind) = &block.kind {
            let before = seen.kind.as_deref().unwrap_or("did");
            if before != type_word(kind.value) {
                let message = format!(
                    "{} is of type {before}, not {}",
                    seen.phone_number,
                    type_word(kind.value)
                );
                let help =
                    "Webex cannot change the type of a number: correct `type`, or leave it out";
                self.say(
                    draft,
                    Finding::error(NUMBER_TYPE_MISMATCH, message).help(help),
                    seen,
                );
            }
        }
        if !fields.is_empty() {
            draft.changes.push(DraftChange {
                kind: KIND.name,
                key: seen.phone_number.clone(),
                action: ChangeAction::Update,
                fields: fields
                    .into_iter()
                    .map(|field| field.because(self.reason()))
                    .collect(),
                preimage: Some(essence(seen)),
                turn: Turn::Give,
                depends_on,
                requests,
            });
        }
    }

    /// The change in which the owner gives the number up: one that is owned cannot be switched off.
    fn release(&self, seen: &Number) -> Option<Need> {
        let owner = seen.owner.as_ref().filter(|owner| owner.kind == "user")?;
        let user = self.context.world.facts().people.find(&owner.key)?;
        let identity = self.context.decisions.identities.get(&Holder::User(user));
        let address = format!("user/{}", owner.key);
        Some(match identity.is_some_and(|it| it.steps_aside) {
            true => Need::Begun(address),
            false => Need::Done(address),
        })
    }

    /// Whether the owner moves to the location and takes the number along (rule 7).
    fn taken_along(&self, seen: &Number, wanted: &str) -> bool {
        let people = self.context.world.facts().people;
        let owner = seen.owner.as_ref().filter(|owner| owner.kind == "user");
        let identity = owner
            .and_then(|owner| people.find(&owner.key))
            .and_then(|user| {
                let holder = Holder::User(user);
                self.context.decisions.identities.get(&holder)
            });
        identity.is_some_and(|identity| {
            let moves = identity
                .changes
                .iter()
                .any(|it| it.path == "location" && it.after.as_deref() == Some(wanted));
            moves && identity.changes.iter().all(|it| it.path != "phoneNumber")
        })
    }

    fn say(&self, draft: &mut Draft, finding: Finding, seen: &Number) {
        draft.blocked += 1;
        let place = self.context.config.place(self.spot);
        draft.findings.push(
            finding
                .about(format!("number/{}", seen.phone_number))
                .at(place),
        );
    }
}

fn state_word(state: NumberState) -> &'static str {
    match state {
        NumberState::Active => "active",
        NumberState::Inactive => "inactive",
    }
}

fn type_word(kind: NumberType) -> &'static str {
    match kind {
        NumberType::Did => "did",
        NumberType::TollFree => "tollFree",
        NumberType::Mobile => "mobile",
    }
}
