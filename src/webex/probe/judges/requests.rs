//! Points about requests and answers as such.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::ask::Reply;
use super::super::requests::{
    AUDIT, CALLING, DEVICES, GROUPS, LICENSES, LOCATIONS, LONG_AUDIT, ME, MEMBERS, NUMBERS,
    ORGANIZATIONS, PEOPLE, PEOPLE_LONG, TEMPLATES, WORKSPACES,
};
use super::super::words::{self, Tally};
use super::super::{Judgement, Verdict, View};
use super::{by, judged, text};

/// Webex's clock may be off by this many seconds.
const SKEW: i64 = 5;

/// The members that documents name, by list.
const KNOWN: [(&str, &str, &str); 8] = [
    (
        LICENSES,
        "items",
        "id name totalUnits consumedUnits consumedByUsers consumedByWorkspaces subscriptionId siteUrl siteType",
    ),
    (
        PEOPLE,
        "items",
        "id emails phoneNumbers extension locationId displayName nickName firstName lastName avatar orgId roles licenses department \
         manager managerId title addresses created lastModified timezone lastActivity siteUrls sipAddresses xmppFederationJid status \
         invitePending loginEnabled type errors",
    ),
    (
        LOCATIONS,
        "items",
        "id name orgId address timeZone preferredLanguage latitude longitude notes",
    ),
    (
        CALLING,
        "locations",
        "id name outsideDialDigit enforceOutsideDialDigit routingPrefix callingLineId e911SetupRequired",
    ),
    (
        GROUPS,
        "groups",
        "id displayName orgId created lastModified memberSize members description usage provisionSource",
    ),
    (
        NUMBERS,
        "phoneNumbers",
        "phoneNumber extension routingPrefix esn state phoneNumberType mainNumber includedTelephonyTypes mobileNetwork routingProfile \
         tollFreeNumber isServiceNumber isReservedNumber elinEnabled location owner",
    ),
    (
        WORKSPACES,
        "items",
        "id orgId locationId workspaceLocationId floorId displayName capacity type sipAddress created calling calendar notes \
         hotdeskingStatus supportedDevices deviceHostedMeetings devicePlatform indoorNavigation health devices capabilities \
         plannedMaintenance",
    ),
    (
        DEVICES,
        "items",
        "id callingDeviceId webexDeviceId displayName placeId workspaceId personId orgId capabilities permissions connectionStatus product \
         type tags ip activeInterface mac primarySipUrl sipUrls serial software upgradeChannel created locationId workspaceLocationId \
         errorCodes firstSeen lastSeen managedBy devicePlatform plannedMaintenance",
    ),
];

/// Lists that come in pages, with how many rows are asked for.
const PAGES: [(&str, &str, usize); 5] = [
    (PEOPLE, "items", 100),
    (PEOPLE_LONG, "items", 1000),
    (GROUPS, "groups", 500),
    (MEMBERS, "members", 500),
    (NUMBERS, "phoneNumbers", 2000),
];

/// Whether a limit was met.
pub fn limits(view: &View<'_>) -> Judgement {
    let (sent, limited) = view.evidence.requests;
    let headers = view.all().flat_map(|reply| &reply.headers);
    let telling: BTreeSet<String> = headers
        .filter(|name| {
            ["rate", "limit", "retry"]
                .iter()
                .any(|it| name.contains(it))
        })
        .map(|name| words::member(name))
        .collect();
    let telling: Vec<String> = telling.into_iter().collect();
    let verdict = match limited {
        0 => Verdict::NotSeen,
        _ => Verdict::Compare,
    };
    judged(
        verdict,
        [
            format!("{limited} of {sent} requests were held back (429 or 423)"),
            format!("headers that may state a limit: {}", or_none(&telling)),
        ],
    )
}

/// What an object that is not there answers.
pub fn gone(view: &View<'_>) -> Judgement {
    let (mut right, mut wrong) = (0, 0);
    for reply in view.all() {
        match reply.status {
            Some(404) => right += 1,
            _ => wrong += 1,
        }
    }
    let statuses: Tally = view.all().map(Reply::status).collect();
    by(
        right,
        wrong,
        [format!(
            "a person and a workspace that are not there: {statuses}"
        )],
    )
}

/// How long pages are, and what leads to the next.
pub fn pages(view: &View<'_>) -> Judgement {
    let (mut right, mut wrong, mut facts) = (0, 0, Vec::new());
    for (request, key, asked) in PAGES {
        let Some(reply) = view.of(request).first() else {
            continue;
        };
        let name = request.split('?').next().unwrap_or(request);
        if !reply.is_fine() {
            wrong += 1;
            facts.push(format!(
                "{name} with {asked} rows a page: {}",
                reply.status()
            ));
            continue;
        }
        let rows = view.rows(request, key);
        let ids: BTreeSet<&str> = rows.iter().map(|it| text(it, "id")).collect();
        let twice = if key == "phoneNumbers" {
            0
        } else {
            rows.len() - ids.len()
        };
        let total = [&reply.body["totalResults"], &reply.body["memberSize"]];
        let total = total.into_iter().find_map(Value::as_u64);
        // A page that is not full, has no next one, and has fewer rows than there are.
        let short = total.is_some_and(|total| rows.len() < asked && (rows.len() as u64) < total);
        match reply.next.is_none() && short || twice > 0 {
            true => wrong += 1,
            false => right += 1,
        }
        let total = total.map_or(String::new(), |total| format!(", of {total}"));
        let twice = if twice > 0 {
            format!(", {twice} of them twice")
        } else {
            String::new()
        };
        facts.push(format!(
            "{name}: {} rows of {asked}{total}{twice}{}",
            rows.len(),
            link(request, reply)
        ));
    }
    by(right, wrong, facts)
}

/// What is to be known of the link to the next page.
fn link(request: &str, reply: &Reply) -> String {
    let Some(next) = &reply.next else {
        return ", no link".to_owned();
    };
    let asked = request.split_once('?').map_or("", |(_, query)| query);
    let asked = asked.split('&').filter_map(|pair| pair.split('=').next());
    let lacking: Vec<&str> = asked
        .filter(|name| next.parameters.iter().all(|it| it != name))
        .collect();
    let kind = if next.absolute {
        "an absolute"
    } else {
        "a relative"
    };
    let null = if next.null { ", with null" } else { "" };
    let lacking = match lacking.is_empty() {
        true => String::new(),
        false => format!(" that lacks {}", lacking.join(", ")),
    };
    format!(", {kind} link{lacking}{null}")
}

/// Members that no document names.
pub fn unknown_members(view: &View<'_>) -> Judgement {
    let mut unknown: BTreeMap<&str, Tally> = BTreeMap::new();
    for (request, key, known) in KNOWN {
        let known: BTreeSet<&str> = known.split_whitespace().collect();
        for row in view.rows(request, key) {
            for (name, value) in row.as_object().into_iter().flatten() {
                if !known.contains(name.as_str()) {
                    let name = format!("{}: {}", words::member(name), words::shape(value));
                    let path = request.split('?').next().unwrap_or(request);
                    unknown.entry(path).or_default().add(name);
                }
            }
        }
    }
    let facts = unknown
        .iter()
        .map(|(path, names)| format!("{path}: {names}"));
    by(unknown.len(), 0, facts.collect::<Vec<_>>())
}

/// What the audit trail contains.
pub fn audit(view: &View<'_>) -> Judgement {
    let events = view.rows(AUDIT, "items");
    let data = || events.iter().map(|it| &it["data"]);
    let categories: Tally = data().map(|it| words::word(&it["eventCategory"])).collect();
    let targets: Tally = data().map(|it| target(text(it, "targetId"))).collect();
    let nobody =
        data().filter(|it| text(it, "actorEmail").is_empty() && text(it, "actorName").is_empty());
    let long = view.of(LONG_AUDIT).first();
    let taken = long.is_some_and(Reply::is_fine);
    let odd = targets.of("another form");
    let told = events.len() - targets.of("none") - odd;
    by(
        told,
        odd + usize::from(taken),
        [
            format!(
                "{} events of a month; categories: {categories}",
                events.len()
            ),
            format!("`targetId`: {targets}"),
            format!("{} have no actor", nobody.count()),
            long.map_or(String::new(), |reply| {
                format!("two years in one request: {}", reply.status())
            }),
        ],
    )
}

/// In which form an event names its object.
fn target(id: &str) -> &'static str {
    let is_uuid =
        |text: &str| text.len() == 36 && text.bytes().filter(|it| *it == b'-').count() == 4;
    match id {
        "" => "none",
        id if is_uuid(id) => "a uuid",
        id if crate::webex::ids::plain(id) != id => "a public id",
        id if is_uuid(&crate::webex::audit::target(id)) => "base64 of a uuid",
        _ => "another form",
    }
}

/// Licence templates do not answer.
pub fn templates(view: &View<'_>) -> Judgement {
    let Some(reply) = view.of(TEMPLATES).first() else {
        return judged(Verdict::NotSeen, []);
    };
    match reply.status {
        Some(403 | 404) => judged(Verdict::Confirmed, ["there is no such request".to_owned()]),
        Some(200) => {
            let count = view.rows(TEMPLATES, "items").len();
            judged(
                Verdict::Contradicted,
                [format!("it answers, with {count} templates")],
            )
        }
        _ => judged(Verdict::NotSeen, []),
    }
}

/// Who a service app is.
pub fn service_app(view: &View<'_>) -> Judgement {
    let Some(me) = view.of(ME).first() else {
        return judged(Verdict::NotSeen, []);
    };
    let count = view.rows(ORGANIZATIONS, "items").len();
    let kind = words::word(&me.body["type"]);
    let facts = [
        format!("{ME}: {}, type {kind}", me.status()),
        format!("{ORGANIZATIONS}: {count}"),
    ];
    let verdict = match (me.is_fine(), kind.as_str()) {
        (true, "person") => Verdict::NotSeen,
        (true, _) if text(&me.body, "orgId").is_empty() => Verdict::Contradicted,
        // It was found out by another way, or nothing would have been asked.
        _ => Verdict::Confirmed,
    };
    judged(verdict, facts)
}

/// Webex's clock and ours.
pub fn clocks(view: &View<'_>) -> Judgement {
    let Some(skew) = view.evidence.skew else {
        return judged(Verdict::Contradicted, ["answers have no `Date`".to_owned()]);
    };
    let seconds = skew.as_secs();
    let verdict = match seconds.abs() <= SKEW {
        true => Verdict::Confirmed,
        false => Verdict::Compare,
    };
    judged(
        verdict,
        [format!("`Date` is ahead of this machine by {seconds} s")],
    )
}

fn or_none(names: &[String]) -> String {
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    }
}
