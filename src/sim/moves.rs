//! People to another location: checked first, then by a job (webex-api.md 6.7).

use serde_json::{Value, json};

use super::call::{Answer, Call, Done, items};
use super::calling::{Wanted, touch};
use super::e164::{e164, is_e164};
use super::errors;
use super::jobs;
use super::org;
use super::route::{Route, route};
use super::settings;
use super::state::jobs::{Failure, Move, Moves, Outcome, Work};
use super::switches::Switches;
use super::table::Slot;
use super::telephony;
use super::world::{Owner, World};

/// The calls of this area.
pub const ROUTES: &[Route] = &[route(
    "POST",
    "/telephony/config/jobs/person/moveLocation",
    &[
        "spark-admin:telephony_config_write",
        "spark-admin:people_write",
        "identity:groups_rw",
    ],
    "jobs",
    request,
)];

fn request(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let list = users_list(call.body())?;
    let validate = list["validate"].as_bool();
    let validate = validate
        .ok_or_else(|| errors::validation(1_026_006, "Attribute 'Validate' is required."))?;
    let (target, people) = moves(call, list)?;
    match (validate, people.as_slice()) {
        (true, [one]) => {
            call.applied = Some(false);
            let report = report(call, target, one);
            Answer::ok(match call.rules.move_answers_as_documented {
                true => json!({"response": [report]}),
                false => json!({"response": {"usersList": [report]}}),
            })
        }
        (true, _) => Err(errors::validation(
            1_026_020,
            "Validate 'true' is supported only for single user.",
        )),
        (false, _) => {
            let moves = Work::MovePeople(Moves { target, people });
            let job = jobs::begin(call, moves)?;
            let answer = match call.rules.move_answers_as_documented {
                true => json!({"response": job}),
                false => json!({"response": {"jobDetails": job}}),
            };
            Ok(Answer::json(201, answer))
        }
    }
}

/// The one list of users that a request has.
fn users_list(body: &Value) -> Result<&Value, Answer> {
    match items(&body["usersList"]) {
        [] => Err(errors::validation(
            1_026_011,
            "Users list should not be empty.",
        )),
        [list] => Ok(list),
        _ => Err(errors::validation(
            1_026_014,
            "One users list at a time is supported.",
        )),
    }
}

/// Where people are to go, and who.
fn moves(call: &Call<'_>, list: &Value) -> Result<(Slot, Vec<Move>), Answer> {
    let users = items(&list["users"]);
    if users.is_empty() {
        return Err(errors::validation(1_026_012, "Users should not be empty."));
    }
    if users.len() > 100 {
        return Err(errors::validation(
            1_026_018,
            "Selected Users list exceeds the maximum limit.",
        ));
    }
    let id = list["locationId"].as_str().unwrap_or_default();
    let target = call.world.locations.find(id);
    let target = target.filter(|it| call.world.calls(*it));
    let target = target.ok_or_else(|| {
        errors::validation(
            1_026_021,
            "Attribute location id is required for Calling user.",
        )
    })?;
    let mut people: Vec<Move> = Vec::new();
    for user in users {
        let it = read(call.world, target, user)?;
        if people.iter().any(|other| other.person == it.person) {
            return Err(errors::validation(
                1_026_019,
                "Duplicate entry for user is not allowed.",
            ));
        }
        people.push(it);
    }
    Ok((target, people))
}

fn read(world: &World, target: Slot, user: &Value) -> Result<Move, Answer> {
    let unknown = || errors::validation(2_150_012, "User was not found");
    let id = user["userId"].as_str().ok_or_else(unknown)?;
    let person = world.person(id).ok_or_else(unknown)?;
    let Some(from) = world.location_of(Owner::Person(person)) else {
        return Err(errors::validation(
            1_026_010,
            "User is not a valid Calling User.",
        ));
    };
    if from == target {
        return Err(errors::validation(
            1_026_013,
            "The source and the target location cannot be the same.",
        ));
    }
    let number = user["phoneNumber"].as_str();
    if number.is_some_and(|number| !number.is_empty() && !is_e164(number)) {
        return Err(errors::validation(
            1_026_017,
            "Phone number is not in e164 format.",
        ));
    }
    let it = Move {
        person,
        number: number.map(|number| {
            if number.is_empty() {
                String::new()
            } else {
                e164(number)
            }
        }),
        extension: user["extension"].as_str().map(str::to_owned),
    };
    let (number, extension) = it.last(world);
    match number.is_none() && extension.is_none() {
        true => Err(errors::validation(
            1_026_016,
            "User should have either phone number or extension.",
        )),
        false => Ok(it),
    }
}

impl Move {
    /// Number and extension in the end.
    fn last(&self, world: &World) -> (Option<String>, Option<String>) {
        let holder = Owner::Person(self.person);
        let or_kept = |said: &Option<String>, kept: Option<&str>| match said {
            None => kept.map(str::to_owned),
            Some(said) if said.is_empty() => None,
            Some(said) => Some(said.clone()),
        };
        (
            or_kept(&self.number, world.number_of(holder)),
            or_kept(&self.extension, world.extension_of(holder)),
        )
    }

    /// Why the move cannot be: code and text.
    fn why_not(&self, world: &World, rules: &Switches, target: Slot) -> Option<(u32, String)> {
        let holder = Owner::Person(self.person);
        if let Some(stays) = stays(world, holder) {
            return Some(stays);
        }
        let (number, extension) = self.last(world);
        let from = world.location_of(holder);
        let kept = number
            .as_deref()
            .filter(|it| world.number_of(holder) == Some(it));
        if let (Some(kept), Some(from)) = (kept, from)
            && telephony::main_number(world, from) == Some(kept)
        {
            return Some((10_030_005, format!("The number is a main number: {kept}.")));
        }
        // A number that is kept moves along, so it need not belong to the target yet.
        let wanted = Wanted {
            location: target,
            number: number.clone().filter(|_| kept.is_none()),
            extension: extension.clone(),
        };
        if wanted.number.is_none() && wanted.extension.is_none() {
            return None;
        }
        let possible = world.can_have(rules, Some(holder), &wanted);
        possible.err().map(|why| (why.code, why.text))
    }
}

/// What keeps a person where they are (webex-api.md 1.7 and 6.7): alternate numbers, and devices that cannot move along.
fn stays(world: &World, holder: Owner) -> Option<(u32, String)> {
    if settings::has_alternates(world, holder) {
        let text = "The user has alternate numbers, which cannot be moved.";
        return Some((27966, text.to_owned()));
    }
    world.devices_of(holder).into_iter().find_map(|slot| {
        let device = world.devices.get(slot)?;
        let product = device.product.as_deref().unwrap_or_default();
        let is_go = device.kind.as_deref() == Some("webexgo");
        let (code, what) = match product {
            _ if is_go => (27970, "a Webex Go device"),
            it if it.contains("ATA") => (27971, "an ATA device"),
            it if it.contains("DECT") || it.contains("DBS") => (27969, "a DECT handset"),
            it if it.contains("Customer Managed") => (27970, "a customer-managed device"),
            _ => return None,
        };
        Some((code, format!("The user has {what} and cannot be moved.")))
    })
}

/// What a move would do, and why it cannot be.
fn report(call: &Call<'_>, target: Slot, it: &Move) -> Value {
    let informational = |code: u32, text: &str| json!({"code": code, "message": format!("[Informational {code}] {text}")});
    let mut impacts = vec![
        informational(
            19701,
            "The identity/device profile the user is using is moved to the new group.",
        ),
        informational(
            19716,
            "Previously stored voice messages of the user are no longer available.",
        ),
    ];
    if it.extension.is_some() {
        impacts.push(informational(19713, "The extension of the user is reset."));
    }
    let holder = Owner::Person(it.person);
    let left = call
        .world
        .features_of(holder, call.world.location_of(holder));
    if !left.is_empty() {
        let left = left.join(", ");
        let text = format!("User is removed from following group services: {left}.");
        impacts.push(informational(19705, &text));
    }
    match telephony::main_number(call.world, target) {
        Some(number) => {
            let text =
                format!("User CLID number is set to use the new group CLID number: {number}.");
            impacts.push(informational(19722, &text));
        }
        None => impacts.push(informational(
            19723,
            "New group CLID number is not configured.",
        )),
    }
    let failed = it.why_not(call.world, call.rules, target);
    let failed = failed
        .map(|(code, text)| json!({"code": code, "message": format!("[Error {code}] {text}")}));
    let person = call.world.people.get(it.person);
    json!({
        "userId": person.map(|person| person.id.as_str()),
        "impacts": impacts,
        "errors": failed.into_iter().collect::<Vec<_>>(),
    })
}

/// The move, when its time has come: person by person.
pub fn carry_out(world: &mut World, rules: &Switches, moves: &Moves, now: i64) -> Outcome {
    let mut outcome = Outcome::default();
    let location = world.locations.get(moves.target).map(|it| it.id.clone());
    for it in &moves.people {
        let holder = Owner::Person(it.person);
        let Some(id) = world.people.get(it.person).map(|person| person.id.clone()) else {
            continue;
        };
        let failed = match world.calls(moves.target) && world.location_of(holder).is_some() {
            true => it.why_not(world, rules, moves.target),
            false => Some((1_026_010, "User is not a valid Calling User.".to_owned())),
        };
        if let Some((code, description)) = failed {
            outcome.failed.push(Failure {
                item: super::ids::bare(&id),
                code: code.to_string(),
                description: format!("[Error {code}] {description}"),
                location: location.clone(),
            });
            continue;
        }
        let (number, extension) = it.last(world);
        let kept = number
            .clone()
            .filter(|it| world.number_of(holder) == Some(it));
        if let Some(number) = kept.and_then(|kept| world.numbers.get_mut(&kept)) {
            number.location = Some(moves.target);
            touch(number);
        }
        let wanted = Wanted {
            location: moves.target,
            number,
            extension,
        };
        // 19705: the person leaves the features of the old location.
        let old = world.location_of(holder);
        world.leave_features(holder, old);
        world.settle(holder, &wanted, now);
        if let Some(person) = world.people.get_mut(it.person) {
            person.modified = now;
        }
        outcome.done += 1;
    }
    outcome
}
