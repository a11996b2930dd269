//! What changes of the numbers that the files list: creation, location, state.

use rustc_hash::FxHashMap;

use super::{KIND, deletion, essence, mobile, only_manually};
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, FieldAction, Need, Request, Risk, Turn,
    nothing, text, text_or_nothing,
};
use crate::config::model::{NumberBlock, NumberState, NumberType};
use crate::config::{Declared, Spot};
use crate::finding::{
    CALLING_LOCATION_MISMATCH, CALLING_LOCATION_UNKNOWN, CALLING_NUMBER_NOT_MOVABLE, Finding,
    NOT_KNOWN, NUMBER_TYPE_MISMATCH,
};
use crate::kinds::Context;
use crate::licensing::{Holder, Inventory, MobileOrder, Reason};
use crate::phone::interval;
use crate::snapshot::{Number, Owner};

/// Webex takes at most this many new numbers in one request.
const CREATED_PER_REQUEST: usize = 100;

/// Webex switches at most this many numbers on or off in one request.
const SWITCHED_PER_REQUEST: usize = 500;

/// Webex moves at most this many numbers to another location in one job.
const MOVED_PER_JOB: usize = 1000;

/// How many numbers a message names.
const NAMED: usize = 10;

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
        let order = mobile::order(context, block);
        let by_hand = order.is_none() && inventory.by_hand(&location.value);
        let (mut refused, mut waiting) = (0, 0);
        let mut ordered = Vec::new();
        for at in block.value.numbers.iter() {
            let Ok(interval) = interval(&at.value) else {
                continue;
            };
            let entry = Block {
                context,
                inventory: &inventory,
                block,
                spot: block.spot(at),
            };
            for number in interval.low..=interval.high {
                let number = format!("+{number}");
                match observed.get(number.as_str()) {
                    None if entry.is_held(&number, draft) => {}
                    None if !calls => refused += 1,
                    None if by_hand => ordered.push(number),
                    None if matches!(order, Some(Err(_))) => waiting += 1,
                    Some(seen) if !calls && entry.comes(seen) => refused += 1,
                    None => draft.changes.push(match order {
                        Some(Ok(order)) => entry.order(number, order),
                        _ => entry.creation(number),
                    }),
                    Some(seen) => entry.compare(seen, draft),
                }
            }
        }
        say_left_out(context, block, refused, &ordered, draft);
        if let Some(Err(finding)) = order {
            mobile::say_waiting(context, block, waiting, *finding, draft);
        }
    }
}

/// Says how many numbers of a block cannot be there, and which a person has to order.
fn say_left_out(
    context: &Context<'_>,
    block: &Declared<NumberBlock>,
    refused: usize,
    ordered: &[String],
    draft: &mut Draft,
) {
    let location = &block.value.location;
    let place = || context.config.place(block.spot(location));
    draft.blocked += ordered.len() + refused;
    if !ordered.is_empty() {
        let named = ordered.iter().take(NAMED).map(String::as_str);
        let named = named.collect::<Vec<_>>().join(", ");
        let more = match ordered.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let finding = only_manually(location, &format!("to order: {named}{more}"));
        draft.findings.push(finding.at(place()));
    }
    if refused > 0 && context.world.locations().not_known(location) {
        let message = format!(
            "numbers to be added: {refused}; they wait until everything is known of {location}"
        );
        let finding = Finding::hold(NOT_KNOWN, message).about(Address::new("location", location));
        draft.findings.push(finding.at(place()));
    } else if refused > 0 {
        let message = format!("{location} is not enabled for Calling, so it can have no numbers");
        draft.findings.push(
            Finding::error(CALLING_LOCATION_UNKNOWN, message)
                .about(Address::new("location", location))
                .help("give the location a `calling` block under `locations`")
                .at(place()),
        );
    }
}

/// What changes of a number that Webex has.
#[derive(Default)]
struct Differences {
    fields: Vec<DraftField>,
    requests: Vec<Request>,
    depends_on: Vec<Need>,
}

/// One range or single number of a block.
struct Block<'a> {
    context: &'a Context<'a>,
    inventory: &'a Inventory<'a>,
    block: &'a Declared<NumberBlock>,
    spot: Spot,
}

impl Block<'_> {
    fn reason(&self) -> Reason {
        Reason {
            spot: Some(self.spot),
            because: vec!["numbers".to_owned()],
        }
    }

    /// Whether someone has a number that the list of numbers lacks, which is said.
    fn is_held(&self, number: &str, draft: &mut Draft) -> bool {
        let Some(holder) = self.inventory.holder(number) else {
            return false;
        };
        let message = format!(
            "{number} is not in the list of numbers, and {} has it",
            self.inventory.address(holder)
        );
        let finding = Finding::hold(NOT_KNOWN, message)
            .about(Address::new(KIND.name, number))
            .help("take a new snapshot");
        draft
            .findings
            .push(finding.at(self.context.config.place(self.spot)));
        draft.blocked += 1;
        true
    }

    fn creation(&self, number: String) -> DraftChange {
        let block = &self.block.value;
        let state = block
            .state
            .as_ref()
            .map_or(NumberState::Active, |at| at.value);
        let kind = block.kind.as_ref().map_or(NumberType::Did, |at| at.value);
        let (state, kind, location) = (state_word(state), type_word(kind), &block.location.value);
        let fields = [("location", &**location), ("state", state), ("type", kind)];
        let with = format!("{state} {kind} {location}");
        self.created(number, &fields, with, CREATED_PER_REQUEST)
    }

    /// A mobile number, which an operator brings: without a state, since it is active once it is assigned.
    fn order(&self, number: String, order: MobileOrder<'_>) -> DraftChange {
        let location = &self.block.value.location.value;
        let kind = type_word(NumberType::Mobile);
        let fields = [
            ("carrier", order.carrier),
            ("location", location),
            ("operatorAccount", order.account),
            ("paidBy", order.subscription),
            ("type", kind),
        ];
        let with = format!("{kind} {location} {}", order.account);
        self.created(number, &fields, with, mobile::ORDERED_PER_REQUEST)
    }

    /// A number that Webex does not have, with these fields; as many as `most` go in one request.
    fn created(
        &self,
        number: String,
        fields: &[(&str, &str)],
        with: String,
        most: usize,
    ) -> DraftChange {
        let (action, risk) = (FieldAction::Add, Risk::Additive);
        let add = |&(path, value): &(&str, &str)| {
            DraftField::new(path, action, risk, nothing(), text(value)).because(self.reason())
        };
        let request = Request::new("POST", "/telephony/config/locations/{locationId}/numbers");
        DraftChange {
            kind: KIND.name,
            key: number,
            action: ChangeAction::Create,
            fields: fields.iter().map(add).collect(),
            preimage: None,
            turn: Turn::Give,
            depends_on: self.location_begins(),
            requests: vec![request.shared(with, most)],
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
        let need = begins.then(|| Need::Begun(Address::new("location", location)));
        need.into_iter().collect()
    }

    fn compare(&self, seen: &Number, draft: &mut Draft) {
        let mut found = Differences::default();
        self.location(seen, &mut found, draft);
        self.state(seen, &mut found);
        self.kind(seen, draft);
        if found.fields.is_empty() {
            return;
        }
        let begins = self.location_begins().into_iter();
        draft.changes.push(DraftChange {
            kind: KIND.name,
            key: seen.phone_number.clone(),
            action: ChangeAction::Update,
            fields: found.fields,
            preimage: Some(essence(seen)),
            turn: Turn::Give,
            depends_on: begins.chain(found.depends_on).collect(),
            requests: found.requests,
        });
    }

    /// A free number goes to the location of the block. One that is owned stays where it is, unless its owner moves.
    fn location(&self, seen: &Number, change: &mut Differences, draft: &mut Draft) {
        let wanted = self.block.value.location.value.as_str();
        let here = seen.location.as_deref();
        if here == Some(wanted) {
            return;
        }
        let number = &seen.phone_number;
        if seen.owner.is_some() {
            if !self.taken_along(seen, wanted) {
                let here = here.unwrap_or("no location");
                let message = format!(
                    "the files list {number} under {wanted}, but it belongs to {here} and is in use there"
                );
                let help = format!("list it under {here}, or move its owner to {wanted}");
                let finding = Finding::error(CALLING_LOCATION_MISMATCH, message);
                self.say(draft, finding.help(help), seen);
            }
            return;
        }
        if let Some(here) = here.filter(|here| self.inventory.stays_main(number, here)) {
            let message = format!(
                "the files list {number} under {wanted}, but it is the main number of {here}"
            );
            let help = format!("list it under {here}, or give {here} another `mainNumber` first");
            let finding = Finding::error(CALLING_LOCATION_MISMATCH, message);
            return self.say(draft, finding.help(help), seen);
        }
        if let Some((here, why)) =
            here.and_then(|here| Some((here, self.inventory.unmovable(here, wanted)?)))
        {
            // Webex moves it only within a country and a connection (webex-api.md 6.2).
            let message = why.message(number, here, wanted);
            let help = format!("{}list it under {here}", why.remedy());
            let finding = Finding::error(CALLING_NUMBER_NOT_MOVABLE, message);
            return self.say(draft, finding.help(help), seen);
        }
        let action = match here {
            None => FieldAction::Add,
            Some(_) => FieldAction::Change,
        };
        let (before, after) = (text_or_nothing(here), text(wanted));
        let field = DraftField::new("location", action, Risk::Reversible, before, after);
        change.fields.push(field.because(self.reason()));
        let job = Request::new("POST", "/telephony/config/jobs/numbers/manageNumbers");
        change
            .requests
            .push(job.sending(&["location"]).shared(wanted, MOVED_PER_JOB));
        // A main number can leave once its location has another one.
        let main = here.filter(|here| self.inventory.is_main(number, here));
        let needs = main.map(|here| Need::Done(Address::new("location", here)));
        change.depends_on.extend(needs);
    }

    /// Only an active number can be moved: it is activated where it is, and deactivated where it arrives.
    fn state(&self, seen: &Number, change: &mut Differences) {
        // A mobile number is active once it is assigned, and cannot be switched (webex-api.md 6.2).
        let Some(state) = self
            .block
            .value
            .state
            .as_ref()
            .filter(|_| !mobile::is(self.block))
        else {
            return;
        };
        let before = seen.state.as_deref().unwrap_or("active");
        let after = state_word(state.value);
        if before == after {
            return;
        }
        let (action, risk) = (FieldAction::Change, Risk::Disruptive);
        let field = DraftField::new("state", action, risk, text(before), text(after));
        change.fields.push(field.because(self.reason()));
        let active = state.value == NumberState::Active;
        let moved = !change.requests.is_empty();
        let there = match (moved, active) {
            (true, true) => seen.location.as_deref().unwrap_or_default(),
            _ => self.block.value.location.value.as_str(),
        };
        let switch = Request::new("PUT", "/telephony/config/locations/{locationId}/numbers")
            .sending(&["state"])
            .shared(format!("{after} {there}"), SWITCHED_PER_REQUEST)
            .after(self.release(seen).filter(|_| !active));
        match moved && active {
            true => change.requests.insert(0, switch),
            false => change.requests.push(switch),
        }
    }

    /// The type of a number cannot be changed.
    fn kind(&self, seen: &Number, draft: &mut Draft) {
        let Some(kind) = &self.block.value.kind else {
            return;
        };
        let (before, after) = (seen.kind.as_deref().unwrap_or("did"), type_word(kind.value));
        if before != after {
            let message = format!("{} is of type {before}, not {after}", seen.phone_number);
            let help = "Webex cannot change the type of a number: correct `type`, or omit it";
            let finding = Finding::error(NUMBER_TYPE_MISMATCH, message);
            self.say(draft, finding.help(help), seen);
        }
    }

    /// The change in which the owner gives the number up: one that has an owner cannot be deactivated.
    fn release(&self, seen: &Number) -> Option<Need> {
        let owner = seen.owner.as_ref()?.as_user()?;
        let user = self.context.world.facts().people.find(owner)?;
        let identity = self.context.decisions.identities.get(&Holder::User(user));
        let address = Address::new("user", owner);
        Some(match identity.is_some_and(|it| it.steps_aside) {
            true => Need::Begun(address),
            false => Need::Done(address),
        })
    }

    /// Whether the owner moves to the location and takes the number along (rule 7).
    fn taken_along(&self, seen: &Number, wanted: &str) -> bool {
        let people = self.context.world.facts().people;
        let owner = seen.owner.as_ref().and_then(Owner::as_user);
        let identity = owner.and_then(|owner| people.find(owner)).and_then(|user| {
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
                .about(Address::new("number", &seen.phone_number))
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
