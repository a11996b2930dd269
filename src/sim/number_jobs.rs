//! The manage-numbers job: numbers to another location, or to another use (webex-api.md 6.4).

use super::call::{Answer, Call, Done, items, texts};
use super::calling::touch;
use super::e164::e164;
use super::errors;
use super::jobs;
use super::org;
use super::pstn;
use super::route::{Route, route};
use super::state::jobs::{Failure, Numbers, Outcome, Work};
use super::table::Slot;
use super::telephony;
use super::world::World;

/// The calls of this area.
pub const ROUTES: &[Route] = &[route(
    "POST",
    "/telephony/config/jobs/numbers/manageNumbers",
    &["spark-admin:telephony_config_write"],
    "jobs",
    manage,
)];

fn manage(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let body = call.body();
    let operation = jobs::required(body, "operation")?;
    let mut list = Vec::new();
    for entry in items(&body["numberList"]) {
        let location = telephony::find(call, jobs::required(entry, "locationId")?)?;
        let numbers = texts(&entry["numbers"]);
        list.extend(numbers.into_iter().map(|number| (location, e164(number))));
    }
    if list.is_empty() {
        return Err(errors::job(
            400,
            "BATCH-1017017",
            "Numbers are required.",
            None,
        ));
    }
    if list.len() > 1000 || (call.rules.single_number_move && list.len() > 1) {
        let text = match call.rules.single_number_move {
            true => "Only single number move is supported.",
            false => "At most 1000 numbers can be managed in one job.",
        };
        return Err(errors::job(400, "BATCH-1017031", text, None));
    }
    let numbers = |target, service| Numbers {
        target,
        service,
        list,
    };
    let work = match operation {
        "MOVE" => {
            let target = telephony::find(call, jobs::required(body, "targetLocationId")?)?;
            Work::MoveNumbers(numbers(Some(target), false))
        }
        "NUMBER_USAGE_CHANGE" => {
            let usage = jobs::required(body, "numberUsageType")?;
            Work::UseNumbers(numbers(None, usage == "SERVICE"))
        }
        _ => {
            return Err(errors::bad(
                "operation must be MOVE or NUMBER_USAGE_CHANGE.",
            ));
        }
    };
    Ok(Answer::json(201, jobs::begin(call, work)?))
}

/// Why a number cannot be moved: code and text.
fn why_not(
    world: &World,
    from: Slot,
    target: Slot,
    number: &str,
) -> Option<(&'static str, &'static str)> {
    let found = world.numbers.get(number);
    let Some(found) = found.filter(|it| it.location == Some(from)) else {
        return Some(("BATCH-1017017", "Invalid phone number."));
    };
    let country = |slot: Slot| {
        let location = world.locations.get(slot)?;
        location.address.get("country").cloned()
    };
    let main = telephony::main_number(world, from) == Some(number);
    let network = |slot| pstn::network(world, slot);
    let table = [
        (
            found.owner.is_some(),
            "BATCH-1017023",
            "Failed because it is not an unassigned number.",
        ),
        (
            main,
            "BATCH-1017024",
            "Failed because it is the main number.",
        ),
        (
            !found.active,
            "BATCH-1017021",
            "Failed because it is not an active number.",
        ),
        (
            network(from) != network(target),
            "BATCH-1017022",
            "Failed because the provider of the target location differs.",
        ),
        (
            country(from) != country(target),
            "BATCH-1017027",
            "Failed because the move is not supported.",
        ),
    ];
    let broken = table.into_iter().find(|(broken, ..)| *broken);
    broken.map(|(_, code, text)| (code, text))
}

/// The move, when its time has come.
pub fn carry_out_move(world: &mut World, numbers: &Numbers) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(target) = numbers.target.filter(|target| world.calls(*target)) else {
        outcome.refused = true;
        return outcome;
    };
    let id = world.locations.get(target).map(|it| it.id.clone());
    for (from, number) in &numbers.list {
        match why_not(world, *from, target, number) {
            None => {
                if let Some(found) = world.numbers.get_mut(number) {
                    found.location = Some(target);
                    touch(found);
                }
                outcome.done += 1;
            }
            Some((code, description)) => outcome.failed.push(Failure {
                item: number.clone(),
                code: code.to_owned(),
                description: description.to_owned(),
                location: id.clone(),
            }),
        }
    }
    outcome
}

/// The change of use, when its time has come.
pub fn carry_out_use(world: &mut World, numbers: &Numbers) -> Outcome {
    let mut outcome = Outcome::default();
    for (location, number) in &numbers.list {
        let found = world.numbers.get_mut(number);
        match found.filter(|it| it.location == Some(*location)) {
            Some(found) => {
                found.service = numbers.service;
                outcome.done += 1;
            }
            None => outcome.failed.push(Failure {
                item: number.clone(),
                code: "BATCH-1017017".to_owned(),
                description: "Invalid phone number.".to_owned(),
                location: None,
            }),
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_moved() {
        let file = json!({"formatVersion": 1,
            "locations": [
                {"name": "A", "address": {"country": "US"}, "calling": {"mainNumber": "+12145550100"}},
                {"name": "B", "address": {"country": "US"}, "calling": {}},
                {"name": "C", "address": {"country": "DE"}, "calling": {}}],
            "numbers": [
                {"phoneNumber": "+12145550100", "location": "A", "state": "active"},
                {"phoneNumber": "+12145550101", "location": "A", "state": "active"},
                {"phoneNumber": "+12145550102", "location": "A", "state": "inactive"},
                {"phoneNumber": "+12145550103", "location": "A", "state": "active", "owner": {"kind": "huntGroup", "key": "x"}}]});
        let world = super::super::load::world(file);
        let code = |target, end: &str| {
            why_not(&world, 0, target, &format!("+121455501{end}")).map(|(code, _)| code)
        };
        assert_eq!(code(1, "01"), None);
        assert_eq!(code(1, "00"), Some("BATCH-1017024"));
        assert_eq!(code(1, "02"), Some("BATCH-1017021"));
        assert_eq!(code(1, "03"), Some("BATCH-1017023"));
        assert_eq!(code(2, "01"), Some("BATCH-1017027"));
        assert_eq!(code(1, "99"), Some("BATCH-1017017"));
    }
}
