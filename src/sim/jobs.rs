//! Jobs: what is carried out later, by the clock (webex-api.md 5.5, 6.4, 6.7). STARTING, STARTED, COMPLETED or FAILED.

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done, text};
use super::clock::stamp;
use super::errors;
use super::ids;
use super::org;
use super::paging;
use super::route::{Route, route};
use super::state::jobs::{Job, Jobs, Outcome, Work};
use super::table::Slot;
use super::world::World;

const READ: &[&str] = &["spark-admin:telephony_config_read"];
const WRITE: &[&str] = &["spark-admin:telephony_config_write"];

const NUMBERS: &str = "/telephony/config/jobs/numbers/manageNumbers";
const MOVES: &str = "/telephony/config/jobs/person/moveLocation";
const CLOSING: &str = "/telephony/config/jobs/locations/deleteCallingLocation";
const PREFIX: &str = "/telephony/config/jobs/updateRoutingPrefix";

/// Reading, pausing and resuming; each area begins its own.
pub const ROUTES: &[Route] = &[
    route("GET", NUMBERS, READ, "jobs", list),
    route(
        "GET",
        "/telephony/config/jobs/numbers/manageNumbers/{}",
        READ,
        "jobs",
        get,
    ),
    route(
        "GET",
        "/telephony/config/jobs/numbers/manageNumbers/{}/errors",
        READ,
        "jobs",
        failures,
    ),
    route(
        "POST",
        "/telephony/config/jobs/numbers/manageNumbers/{}/actions/{}/invoke",
        WRITE,
        "jobs",
        act,
    ),
    route("GET", MOVES, READ, "jobs", list),
    route(
        "GET",
        "/telephony/config/jobs/person/moveLocation/{}",
        READ,
        "jobs",
        get,
    ),
    route(
        "GET",
        "/telephony/config/jobs/person/moveLocation/{}/errors",
        READ,
        "jobs",
        failures,
    ),
    route(
        "POST",
        "/telephony/config/jobs/person/moveLocation/{}/actions/{}/invoke",
        WRITE,
        "jobs",
        act,
    ),
    route("GET", CLOSING, READ, "jobs", list),
    route(
        "GET",
        "/telephony/config/jobs/locations/deleteCallingLocation/{}",
        READ,
        "jobs",
        get,
    ),
    route(
        "GET",
        "/telephony/config/jobs/locations/deleteCallingLocation/{}/errors",
        READ,
        "jobs",
        failures,
    ),
    route(
        "POST",
        "/telephony/config/jobs/locations/deleteCallingLocation/{}/actions/{}/invoke",
        WRITE,
        "jobs",
        act,
    ),
    route("GET", PREFIX, READ, "jobs", list),
    route(
        "GET",
        "/telephony/config/jobs/updateRoutingPrefix/{}",
        READ,
        "jobs",
        get,
    ),
    route(
        "GET",
        "/telephony/config/jobs/updateRoutingPrefix/{}/errors",
        READ,
        "jobs",
        failures,
    ),
];

impl Work {
    fn path(&self) -> &'static str {
        match self {
            Work::MoveNumbers(_) | Work::UseNumbers(_) => NUMBERS,
            Work::MovePeople(_) => MOVES,
            Work::Close(_) => CLOSING,
            Work::Prefix(..) => PREFIX,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Work::MoveNumbers(_) | Work::UseNumbers(_) => "managenumbers",
            Work::MovePeople(_) => "moveusers",
            Work::Close(_) => "deletecallinglocation",
            Work::Prefix(..) => "updateroutingprefix",
        }
    }

    /// Moves of any kind exclude each other; others those of their own kind.
    fn excludes(&self, other: &Work) -> bool {
        let moves = |work: &Work| matches!(work, Work::MoveNumbers(_) | Work::MovePeople(_));
        (moves(self) && moves(other)) || self.path() == other.path()
    }

    fn counts(&self, outcome: &Outcome) -> Value {
        let (done, failed) = (outcome.done, outcome.failed.len());
        let moved = |yes: bool| if yes { done } else { 0 };
        match self {
            Work::MoveNumbers(_) | Work::UseNumbers(_) => {
                let moves = matches!(self, Work::MoveNumbers(_));
                json!({
                    "totalNumbers": done + failed, "numbersDeleted": 0, "numbersMoved": moved(moves),
                    "numbersFailed": failed, "numbersUsageChanged": moved(!moves),
                })
            }
            Work::MovePeople(_) => json!({
                "totalMoves": done + failed, "moved": done, "failed": failed, "pending": 0, "skipped": 0,
            }),
            Work::Close(_) => json!({
                "totalVirtualExtensionsAccount": 0, "virtualExtensionsDeleted": 0,
                "virtualExtensionsDeleteFailed": 0, "totalFeatureAccounts": 0,
                "featureAccountsDeleted": 0, "featureAccountsDeleteFailed": 0,
            }),
            Work::Prefix(..) => {
                json!({"routingPrefixUpdated": done, "routingPrefixFailed": failed})
            }
        }
    }
}

impl Jobs {
    /// Whether a job that excludes this work is under way.
    pub fn busy(&self, work: &Work) -> bool {
        let mut open = self.list.iter().filter(|job| job.outcome.is_none());
        open.any(|job| job.work.excludes(work))
    }
}

/// Begins a job; gives its public form. 409 while one that it excludes is under way.
pub fn begin(call: &mut Call<'_>, work: Work) -> Result<Value, Answer> {
    if call.world.jobs.busy(&work) {
        return Err(errors::job(
            409,
            "BATCH-1017006",
            "Another job of this kind is in progress.",
            None,
        ));
    }
    let id = ids::public("JOB_ID", &call.world.new_uuid("job"));
    let [start, run] = call.rules.job_seconds;
    let starts = call.now + i64::from(start) * 1000;
    let job = Job {
        id: id.clone(),
        work,
        created: call.now,
        starts,
        ends: starts + i64::from(run) * 1000,
        paused: None,
        outcome: None,
    };
    let shown = show(call.world, &job, call.now);
    call.world.jobs.list.push(job);
    call.about("JOB", &id, "job");
    Ok(shown)
}

impl Job {
    pub(super) fn is_due(&self, now: i64) -> bool {
        self.outcome.is_none() && self.paused.is_none() && self.ends <= now
    }
}

/// Whether a job is due.
pub fn due(world: &World, now: i64) -> bool {
    world.jobs.list.iter().any(|job| job.is_due(now))
}

/// A job as the API shows one.
fn show(world: &World, job: &Job, now: i64) -> Value {
    let (status, exit) = match &job.outcome {
        None if now < job.starts => ("STARTING", "UNKNOWN"),
        None => ("STARTED", "UNKNOWN"),
        Some(outcome) if outcome.refused => ("FAILED", "FAILED"),
        Some(outcome) if outcome.failed.is_empty() => ("COMPLETED", "COMPLETED"),
        Some(_) => ("COMPLETED", "COMPLETED_WITH_ERRORS"),
    };
    let mut step = Map::new();
    step.insert("id".to_owned(), json!(0));
    step.insert("createdTime".to_owned(), json!(stamp(job.created)));
    step.insert("startTime".to_owned(), json!(stamp(job.starts)));
    if job.outcome.is_some() {
        step.insert("endTime".to_owned(), json!(stamp(job.ends)));
    }
    let last = job.ends.min(now.max(job.created));
    let ran = (last - job.starts).max(0) / 1000;
    step.insert("lastUpdated".to_owned(), json!(stamp(last)));
    step.insert("statusMessage".to_owned(), json!(status));
    step.insert("exitCode".to_owned(), json!(exit));
    step.insert("timeElapsed".to_owned(), json!(format!("PT{ran}S")));
    step.insert("stepExecutionStatuses".to_owned(), json!([]));
    let org = &world.org.id;
    let none = Outcome::default();
    let mut shown = json!({
        "name": job.work.name(),
        "id": job.id,
        "jobType": job.work.name(),
        "trackingId": format!("NA_{}", ids::uuid(&job.id)),
        "sourceUserId": ids::public("PEOPLE", &ids::uuid(&format!("app of {}", world.org.uuid))),
        "sourceCustomerId": org,
        "targetCustomerId": org,
        "instanceId": 0,
        "jobExecutionStatus": [step],
        "latestExecutionStatus": status,
        "latestExecutionExitCode": exit,
        "counts": job.work.counts(job.outcome.as_ref().unwrap_or(&none)),
    });
    let bare = |slot: Slot| {
        let location = world.locations.get(slot);
        location.map(|location| ids::bare(&location.id))
    };
    match &job.work {
        Work::MoveNumbers(numbers) => {
            shown["operationType"] = json!("MOVE");
            let source = numbers.list.first().map(|(location, _)| *location);
            shown["sourceLocationId"] = json!(source.and_then(bare));
            shown["targetLocationId"] = json!(numbers.target.and_then(bare));
        }
        Work::UseNumbers(_) => shown["operationType"] = json!("NUMBER_USAGE_CHANGE"),
        Work::Close(closing) => shown["locationName"] = json!(closing.name),
        Work::MovePeople(_) | Work::Prefix(..) => {}
    }
    shown
}

/// The path of the kind of jobs that a request is about.
fn kind(call: &Call<'_>) -> &'static str {
    let mut all = [NUMBERS, MOVES, CLOSING, PREFIX].into_iter();
    let found = all.find(|path| call.asked.path.starts_with(path));
    found.unwrap_or_default()
}

fn find(call: &Call<'_>) -> Result<usize, Answer> {
    let wanted = ids::decoded(call.param(0));
    let mut jobs = call.world.jobs.list.iter();
    let same = |job: &Job| {
        job.work.path() == kind(call)
            && (ids::decoded(&job.id) == wanted || ids::bare(&job.id) == wanted)
    };
    jobs.position(same).ok_or_else(|| errors::not_found("job"))
}

fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let kind = kind(call);
    let world = &*call.world;
    let jobs = world.jobs.list.iter().rev();
    let jobs = jobs.filter(|job| job.work.path() == kind);
    let (page, next) = paging::by_start(call, 50, 1000, jobs, |job| show(world, job, call.now));
    Ok(paging::list("items", page, next))
}

fn get(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let at = find(call)?;
    let job = call.world.jobs.list.get(at);
    let job = job.ok_or_else(|| errors::not_found("job"))?;
    Answer::ok(show(call.world, job, call.now))
}

fn failures(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let at = find(call)?;
    let job = call.world.jobs.list.get(at);
    let job = job.ok_or_else(|| errors::not_found("job"))?;
    let failed = job.outcome.iter().flat_map(|outcome| &outcome.failed);
    let failed = failed.enumerate().map(|(at, failure)| {
        let location = failure.location.as_deref();
        json!({
            "itemNumber": at + 1,
            "item": failure.item,
            "errorType": "ERROR",
            "error": errors::job_error(400, &failure.code, &failure.description, location),
            "trackingId": format!("ROUTER_{}", ids::uuid(&format!("{} {at}", job.id))),
        })
    });
    let (page, next) = paging::by_start(call, 50, 1000, failed, |it| it);
    Ok(paging::list("items", page, next))
}

/// `pause` and `resume`: a job that is paused keeps the time that it has still to run.
fn act(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let at = find(call)?;
    let (now, action) = (call.now, call.param(1).to_owned());
    let job = call.world.jobs.list.get_mut(at);
    let job = job.ok_or_else(|| errors::not_found("job"))?;
    if job.outcome.is_some() {
        return Err(errors::bad("The job has ended."));
    }
    match (action.as_str(), job.paused) {
        ("pause", None) => job.paused = Some(now),
        ("resume", Some(since)) => {
            job.ends += now - since;
            job.paused = None;
        }
        ("pause" | "resume", _) => return Err(errors::bad("The job is in that state already.")),
        _ => return Err(errors::not_found("action")),
    }
    let status = if job.work.path() == NUMBERS { 204 } else { 202 };
    Ok(Answer::empty(status))
}

/// A member of an object of a job's body that must be there.
pub fn required<'v>(value: &'v Value, name: &str) -> Result<&'v str, Answer> {
    text(&value[name]).ok_or_else(|| {
        errors::telephony(
            400,
            25008,
            25008,
            &format!("Missing Mandatory field name: {name}"),
        )
    })
}
