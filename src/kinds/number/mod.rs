//! Phone numbers: creation, location and state of those that the configuration lists, deletion of those that it lists no
//! longer.

mod import;
mod wire;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::change::{
    ChangeAction, Draft, DraftChange, DraftField, Fact, FieldAction, Need, Observed, Request, Risk,
    Turn, nothing, preimage, text, text_or_nothing,
};
use crate::config::model::{NumberBlock, NumberState, NumberType};
use crate::config::{Declared, Spot, dropped};
use crate::finding::{
    CALLING_LOCATION_MISMATCH, CALLING_LOCATION_UNKNOWN, Finding, NOT_DELETED,
    NUMBER_TYPE_MISMATCH, NUMBERS_MANUAL_CONTROL_HUB, STILL_IN_USE,
};
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Kind, loses_or_changes, no_longer};
use crate::licensing::catalogue::Service;
use crate::licensing::{AskState, Consent, Holder, Inventory, Reason};
use crate::phone::{e164, interval};
use crate::snapshot::Number;

/// Webex takes at most this many new numbers in one request.
const CREATED_PER_REQUEST: usize = 100;

/// Webex switches at most this many numbers on or off in one request.
const SWITCHED_PER_REQUEST: usize = 500;

/// Webex moves at most this many numbers to another location in one job.
const MOVED_PER_JOB: usize = 1000;

/// Webex deletes at most so many numbers in one request.
const DELETED_PER_REQUEST: usize = 5;

/// Phone numbers.
pub const KIND: Kind = Kind {
    name: "number",
    section: "numbers",
    plan,
    losses: &[],
    live: wire::LIVE,
    import: import::import,
    rename: None,
    observed: |snapshot| snapshot.numbers().len(),
    considered: |config, _| config.number_count(),
    considers: |config, _, key| {
        let number = e164(key);
        let numbers = config.numbers.iter();
        let mut numbers = numbers.flat_map(|block| &block.value.numbers);
        numbers.any(|at| {
            let interval = interval(&at.value).ok();
            interval
                .is_some_and(|it| number.is_some_and(|number| (it.low..=it.high).contains(&number)))
        })
    },
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let blocks = config
            .numbers
            .iter()
            .flat_map(|block| block.value.numbers.iter());
        let intervals = blocks.filter_map(|at| interval(&at.value).ok());
        let declared = intervals
            .flat_map(|it| it.low..=it.high)
            .map(|number| format!("+{number}"));
        let observed = snapshot
            .numbers()
            .iter()
            .map(|number| number.phone_number.clone());
        declared.chain(observed).collect()
    },
    facts,
    observe,
    adopt,
    holder: |_, _| None,
};

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let mut numbers = context.snapshot.numbers().iter();
    let Some(seen) = numbers.find(|number| number.phone_number == key) else {
        return vec![Fact::new("status", "status", "not in the organisation")];
    };
    let owner = seen.owner.as_ref();
    let owner = owner.map(|owner| format!("{}/{}", owner.kind, owner.key));
    vec![
        Fact::new("location", "location", seen.location.clone()),
        Fact::new("state", "state", seen.state.clone()),
        Fact::new("type", "type", seen.kind.clone()),
        Fact::new("owner", "owner", owner),
    ]
}

/// Numbers stand in blocks with others.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    let mut refused = wanted.by_hand("numbers stand in blocks and ranges with others");
    refused.help = format!(
        "give {} a block of its own under `{}`, or let `trunkline apply` put back what the files say",
        wanted.key, KIND.section
    );
    Err(refused)
}

/// What the snapshot says of the number, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let numbers = context.snapshot.numbers();
    let at = numbers.binary_search_by(|number| number.phone_number.as_str().cmp(key));
    let seen = &numbers[at.ok()?];
    let observed = Observed::new("", [seen.phone_number.clone()])
        .text("state", Some(seen.state.as_deref().unwrap_or("active")))
        .text("location", seen.location.as_deref())
        .text("type", seen.kind.as_deref());
    Some(observed)
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
    deletions(context, draft);
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

/// Cisco warns that requests for numbers of its own calling plans and of integrated providers damage the data behind them.
fn by_hand_alone(location: &str, what: &str) -> Finding {
    let message = format!("numbers of {location} are ordered and given back by hand alone: {what}");
    Finding::hold(NUMBERS_MANUAL_CONTROL_HUB, message)
        .about(format!("location/{location}"))
        .help("do it in Control Hub (Services, Calling, Numbers, Manage), and take a new snapshot")
}

/// Numbers that the base had and no block names now.
fn deletions(context: &Context<'_>, draft: &mut Draft) {
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
            preimage: preimage(seen),
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
                preimage: preimage(seen),
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
