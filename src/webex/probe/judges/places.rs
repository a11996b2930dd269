//! Points about locations, workspaces, devices, queues and jobs.

use std::collections::{BTreeMap, BTreeSet};

use super::super::requests::{
    ASSIST_QUEUES, CLOSING_JOBS, CONNECTION, DEVICES, LANGUAGES, LOCATION, LOCATIONS, MORE_DEVICES,
    MOVE_JOBS, NUMBER_JOBS, QUEUES, WORKSPACES,
};
use super::super::words::{self, Tally};
use super::super::{Judgement, Verdict, View};
use super::{by, judged, text};

/// What `pstnConnectionType` may say.
const CONNECTIONS: [&str; 5] = [
    "LOCAL_GATEWAY",
    "NON_INTEGRATED_CCP",
    "INTEGRATED_CCP",
    "CISCO_PSTN",
    "null",
];
/// How a job is.
const STATUSES: [&str; 6] = [
    "STARTING",
    "STARTED",
    "COMPLETED",
    "FAILED",
    "ABANDONED",
    "UNKNOWN",
];
/// Where the list of devices was seen to end.
const CUT: usize = 100;

/// What workspaces are for.
pub fn supported(view: &View<'_>) -> Judgement {
    let all = view.rows(WORKSPACES, "items");
    let sorts: Tally = all
        .iter()
        .map(|it| {
            let calls = words::word(&it["calling"]["type"]);
            format!("{} with {calls}", words::word(&it["supportedDevices"]))
        })
        .collect();
    let told = all
        .iter()
        .filter(|it| it["supportedDevices"].is_string())
        .count();
    by(
        told,
        all.len() - told,
        [format!("`supportedDevices` and type of calling: {sorts}")],
    )
}

/// What a location's connection says.
pub fn connections(view: &View<'_>) -> Judgement {
    let (mut right, mut wrong) = (0, 0);
    let replies: Tally = view
        .of(CONNECTION)
        .iter()
        .map(|reply| {
            let kind = words::word(&reply.body["pstnConnectionType"]);
            let known = match reply.status {
                Some(404) => true,
                _ => reply.is_fine() && CONNECTIONS.contains(&kind.as_str()),
            };
            match known {
                true => right += 1,
                false => wrong += 1,
            }
            match reply.is_fine() {
                true => kind,
                false => reply.status(),
            }
        })
        .collect();
    by(
        right,
        wrong,
        [format!("the connection of some locations: {replies}")],
    )
}

/// States by country, and names.
pub fn reads_back(view: &View<'_>) -> Judgement {
    let all = view.rows(LOCATIONS, "items");
    let mut countries: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for location in &all {
        let address = &location["address"];
        let has = usize::from(!text(address, "state").is_empty());
        countries.entry(text(address, "country")).or_default()[has] += 1;
    }
    let without = countries.values().filter(|[_, with]| *with == 0).count();
    let mixed = countries
        .values()
        .filter(|it| it.iter().all(|count| *count > 0))
        .count();
    let names: BTreeSet<String> = all
        .iter()
        .map(|it| text(it, "name").to_lowercase())
        .collect();
    let same = all.len() - names.len();
    by(
        without,
        mixed + same,
        [
            format!(
                "{} countries: {without} without a state, {mixed} with states only for some locations",
                countries.len()
            ),
            format!(
                "{} locations, {same} have the name of another, in any case of letters",
                all.len()
            ),
        ],
    )
}

/// Whether each language of e-mails is one of announcements.
pub fn languages(view: &View<'_>) -> Judgement {
    let codes = view.rows(LANGUAGES, "languages");
    let codes: BTreeSet<&str> = codes.iter().map(|it| text(it, "code")).collect();
    let all = view.rows(LOCATIONS, "items");
    let languages: BTreeSet<String> = all
        .iter()
        .map(|it| text(it, "preferredLanguage").to_lowercase())
        .filter(|it| !it.is_empty())
        .collect();
    let lacking = languages
        .iter()
        .filter(|it| !codes.contains(it.as_str()))
        .count();
    let known = match codes.is_empty() {
        true => [0, 0],
        false => [languages.len() - lacking, lacking],
    };
    let one = view.of(LOCATION);
    let told = one
        .iter()
        .filter(|it| it.body["announcementLanguage"].is_string())
        .count();
    by(
        known[0],
        known[1],
        [
            format!(
                "{} languages of announcements; of {} of e-mails {} are none of them",
                codes.len(),
                languages.len(),
                known[1]
            ),
            format!(
                "{told} of {} locations return their `announcementLanguage`",
                one.len()
            ),
        ],
    )
}

/// What jobs of the past look like.
pub fn jobs(view: &View<'_>) -> Judgement {
    let (mut right, mut wrong, mut facts) = (0, 0, Vec::new());
    for (name, request) in [
        ("numbers", NUMBER_JOBS),
        ("people", MOVE_JOBS),
        ("locations", CLOSING_JOBS),
    ] {
        let rows = view.rows(request, "items");
        let states: Tally = rows
            .iter()
            .map(|job| {
                let state = words::word(&job["latestExecutionStatus"]);
                let known = job["id"].is_string() && STATUSES.contains(&state.as_str());
                match known {
                    true => right += 1,
                    false => wrong += 1,
                }
                match job["id"].is_string() {
                    true => state,
                    false => format!("{state}, without an id"),
                }
            })
            .collect();
        facts.push(format!("jobs of {name}: {states}"));
    }
    by(right, wrong, facts)
}

/// Whether the list of devices ends where it was cut.
pub fn devices(view: &View<'_>) -> Judgement {
    let rows = view.rows(DEVICES, "items").len();
    let linked = view.of(DEVICES).iter().any(|it| it.next.is_some());
    let more = view.rows(MORE_DEVICES, "items").len();
    let link = if linked { "a" } else { "no" };
    let facts = [format!(
        "{rows} rows of 1000 that were asked for, {link} link; {more} from the hundredth on"
    )];
    let verdict = match rows {
        ..=CUT if !linked && more > 0 => Verdict::Contradicted,
        ..=CUT if !linked => Verdict::NotSeen,
        _ => Verdict::Confirmed,
    };
    judged(verdict, facts)
}

/// Whether the list of Customer Assist has only its queues.
pub fn queues(view: &View<'_>) -> Judgement {
    let (plain, assist) = (
        view.rows(QUEUES, "queues"),
        view.rows(ASSIST_QUEUES, "queues"),
    );
    let both = assist
        .iter()
        .filter(|row| plain.iter().any(|it| it["id"] == row["id"]));
    let both = both.count();
    by(
        assist.len() - both,
        both,
        [format!(
            "{} queues, {} with `hasCxEssentials=true`, {both} in both",
            plain.len(),
            assist.len()
        )],
    )
}
