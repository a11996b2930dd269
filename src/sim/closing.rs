//! A location gives up Calling: the check beforehand and the job (webex-api.md 5.5).

use serde_json::{Value, json};

use super::call::{Answer, Call, Done};
use super::jobs;
use super::org;
use super::route::{Route, route};
use super::state::jobs::{Closing, Failure, Outcome, Work};
use super::table::Slot;
use super::telephony;
use super::world::{Owner, World};

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route(
        "POST",
        "/telephony/config/locations/{}/actions/precheckForDeletion/invoke",
        &["spark-admin:telephony_config_read"],
        "locations",
        precheck,
    ),
    route(
        "POST",
        "/telephony/config/jobs/locations/deleteCallingLocation",
        &["spark-admin:telephony_config_write"],
        "jobs",
        close,
    ),
];

/// What prevents it.
#[derive(Debug)]
struct InTheWay {
    last: bool,
    people: usize,
    places: usize,
    numbers: bool,
    features: bool,
}

fn in_the_way(world: &World, slot: Slot) -> InTheWay {
    let here = |location: Option<Slot>| location == Some(slot);
    let calling = world
        .locations
        .iter()
        .filter(|(_, it)| it.listed && it.calling.is_some());
    let people = world.people.iter().filter(|(_, it)| here(it.location));
    let places = world
        .places
        .iter()
        .filter(|(_, it)| here(it.location) && it.calling == "webexCalling");
    let mut numbers = world.numbers.values().filter(|it| here(it.location));
    let features = numbers
        .clone()
        .any(|it| matches!(it.owner, Some(Owner::Feature(_))))
        || world.features.iter().any(|(_, it)| here(it.location));
    InTheWay {
        last: calling.count() <= 1,
        people: people.count(),
        places: places.count(),
        numbers: numbers.next().is_some(),
        features,
    }
}

impl InTheWay {
    fn status(&self) -> &'static str {
        match (self.last || self.people + self.places > 0, self.features) {
            (true, _) => "BLOCKED",
            (false, true) => "FORCE_REQUIRED",
            (false, false) => "UNBLOCKED",
        }
    }

    /// Codes and texts of what blocks.
    fn failures(&self, force: bool) -> Vec<(&'static str, String)> {
        let (people, places) = (self.people, self.places);
        let table = [
            (
                self.last,
                "BATCH-1012012",
                "The last calling location cannot be disabled.".to_owned(),
            ),
            (
                people > 0,
                "BATCH-1012007",
                format!("{people} users are in use."),
            ),
            (
                places > 0,
                "BATCH-1012008",
                format!("{places} workspaces are in use."),
            ),
            (
                self.features && !force,
                "BATCH-1012011",
                "Features are in use.".to_owned(),
            ),
        ];
        let broken = table.into_iter().filter(|(broken, ..)| *broken);
        broken.map(|(_, code, text)| (code, text)).collect()
    }
}

fn precheck(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = telephony::find(call, call.param(0))?;
    let found = in_the_way(call.world, slot);
    Answer::ok(json!({
        "locationDeleteStatus": found.status(),
        "blocking": {
            "lastLocation": found.last,
            "trunksInUseCount": 0,
            "usersInUseCount": found.people,
            "workspacesInUseCount": found.places,
            "virtualLineInUseCount": 0,
            "numbersOrderPending": false,
        },
        "nonBlocking": {"numbersPresent": found.numbers},
        "blockingUnlessForced": {"nonUserEntitiesInUse": found.features, "trunksCount": 0},
    }))
}

fn close(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let id = jobs::required(call.body(), "locationId")?;
    let location = telephony::find(call, id)?;
    let name = call.world.locations.get(location).map(|it| it.name.clone());
    let work = Work::Close(Closing {
        location,
        name: name.unwrap_or_default(),
        force: call.body()["forceDelete"] == Value::Bool(true),
    });
    Ok(Answer::json(202, jobs::begin(call, work)?))
}

/// The job, when its time has come. What has come into the way meanwhile fails it; numbers that are left go too.
pub fn carry_out(world: &mut World, closing: &Closing, now: i64) -> Outcome {
    let slot = closing.location;
    let mut outcome = Outcome::default();
    let failures = match world.calls(slot) {
        true => in_the_way(world, slot).failures(closing.force),
        false => vec![("BATCH-1012014", "The location was not found.".to_owned())],
    };
    if !failures.is_empty() {
        outcome.refused = true;
        let id = world.locations.get(slot).map(|it| it.id.clone());
        outcome.failed = failures
            .into_iter()
            .map(|(code, description)| Failure {
                item: closing.name.clone(),
                code: code.to_owned(),
                description,
                location: id.clone(),
            })
            .collect();
        return outcome;
    }
    world
        .numbers
        .retain(|_, number| number.location != Some(slot));
    let features = world.features.iter();
    let here = features.filter(|(_, it)| it.location == Some(slot));
    let here: Vec<Slot> = here.map(|(feature, _)| feature).collect();
    here.into_iter().for_each(|it| world.remove_feature(it));
    if let Some(location) = world.locations.get_mut(slot) {
        location.calling = None;
        location.closed = Some(now);
    }
    outcome.done = 1;
    outcome
}
