//! `snapshot --live --probe`: every point of docs/unconfirmed.md is judged or said to be beyond reading; each judgement can be another
//! one; and nothing of an organisation enters the report.

mod cases;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use crate::common;
use crate::common::webex::Embedded;
use cases::{Case, Change, PEOPLE, spoilt};
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use trunkline::webex::probe::Verdict::{self, Compare, Confirmed, Contradicted, NotSeen};
use trunkline::webex::probe::{self, NOT_BY_READING, POINTS, Report};
use trunkline::webex::{Client, Options, Reader, Transport};

fn acme() -> Value {
    let path = common::root().join("examples/acme/snapshot.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A simulator with answers that are changed on the way.
struct Odd {
    webex: Arc<Embedded>,
    /// How the address begins, or with `$` all of it, and what becomes of the answer.
    changes: Vec<(&'static str, Change)>,
    /// The link to the next page of people.
    link: Option<&'static str>,
    heard: Mutex<Vec<Value>>,
}

impl fmt::Debug for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Odd")
    }
}

impl Transport for Odd {
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        let address = request.uri().to_string();
        let address = address
            .trim_start_matches("http://webex.test")
            .trim_start_matches("/v1")
            .to_owned();
        let mut response = self.webex.send(request)?;
        let mut body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        for (part, change) in &self.changes {
            let meets = match part.strip_suffix('$') {
                Some(whole) => address == whole,
                None => address.starts_with(part),
            };
            if meets {
                change(&mut body);
                *response.body_mut() = body.to_string().into_bytes();
                *response.status_mut() = StatusCode::OK;
            }
        }
        if let Some(link) = self.link.filter(|_| address.starts_with(PEOPLE)) {
            let headers = response.headers_mut();
            headers.insert("link", link.parse().unwrap());
        }
        self.heard.lock().unwrap().push(body);
        Ok(response)
    }
}

/// A probe of the organisation of an example, and everything that was answered.
fn probe(
    scenario: Value,
    changes: &[(&'static str, Change)],
) -> (Report, Vec<Value>, Arc<Embedded>) {
    linked(scenario, changes, None)
}

/// The same with a link to the next page of people.
fn linked(
    scenario: Value,
    changes: &[(&'static str, Change)],
    link: Option<&'static str>,
) -> (Report, Vec<Value>, Arc<Embedded>) {
    let webex = Embedded::new(acme());
    webex.direct(scenario);
    let odd = Arc::new(Odd {
        webex: webex.clone(),
        changes: changes.to_vec(),
        link,
        heard: Mutex::default(),
    });
    let options = Options::new("http://webex.test/v1", "any");
    let options = Options { seed: 7, ..options };
    let client = Client::new(odd.clone(), webex.clone(), options);
    let report = probe::run_at(&Reader::new(&client), webex.simulator.now()).unwrap();
    let heard = odd.heard.lock().unwrap().clone();
    (report, heard, webex)
}

fn verdict(report: &Report, heading: &str) -> (Verdict, String) {
    let row = report
        .points
        .iter()
        .find(|row| row.point == heading)
        .unwrap();
    (row.verdict, row.facts.join("; "))
}

/// The headings of the points on the page.
fn headings() -> Vec<String> {
    let page = std::fs::read_to_string(common::root().join("docs/unconfirmed.md")).unwrap();
    let headings = page.lines().filter_map(|line| line.strip_prefix("### "));
    headings.map(str::to_owned).collect()
}

#[test]
fn every_point_of_the_page_is_judged_or_beyond_reading() {
    let page = headings();
    let judged: Vec<&str> = POINTS.iter().map(|point| point.heading).collect();
    let beyond: Vec<&str> = NOT_BY_READING.iter().map(|(heading, _)| *heading).collect();
    let both: BTreeSet<&str> = judged.iter().chain(&beyond).copied().collect();
    assert_eq!(both.len(), judged.len() + beyond.len(), "one appears twice");
    let known: BTreeSet<&str> = page.iter().map(String::as_str).collect();
    assert_eq!(known, both);
    for table in [judged, beyond] {
        let in_order = page.iter().filter(|it| table.contains(&it.as_str()));
        assert_eq!(in_order.collect::<Vec<_>>(), table);
    }
    assert!(NOT_BY_READING.iter().all(|(_, why)| !why.is_empty()));
}

#[test]
fn a_probe_sends_few_requests_and_all_are_get() {
    let (report, heard, webex) = probe(json!({}), &[]);
    let log = webex.simulator.log();
    assert!(log.iter().all(|entry| entry.method == "GET"));
    assert_eq!(log.len(), heard.len());
    assert_eq!(report.requests, heard.len() as u64);
    assert!((50..90).contains(&report.requests), "{}", report.requests);
    // What is asked is asked once, and in the table.
    let sent: BTreeSet<&str> = report.answers.iter().map(|it| it.request).collect();
    assert_eq!(sent.into_iter().collect::<Vec<_>>(), probe::requests());
    assert_eq!(report.points.len(), POINTS.len());
}

/// The text of a report that comes from answers.
fn told(report: &Report) -> String {
    let facts = report.points.iter().flat_map(|row| row.facts.clone());
    let answers = report.answers.iter().flat_map(|it| {
        let members = it.members.iter().map(|(name, is)| format!("{name} {is}"));
        let members: Vec<String> = members.collect();
        let headers = it.headers.join(" ");
        [
            it.statuses.clone(),
            headers,
            it.next.clone().unwrap_or_default(),
            members.join("\n"),
        ]
    });
    facts.chain(answers).collect::<Vec<_>>().join("\n")
}

/// Every text of a value, with the name of its member.
fn texts(name: &str, value: &Value, all: &mut BTreeSet<(String, String)>) {
    match value {
        Value::String(text) => {
            all.insert((name.to_owned(), text.clone()));
        }
        Value::Array(entries) => entries.iter().for_each(|it| texts(name, it, all)),
        Value::Object(members) => members.iter().for_each(|(name, it)| texts(name, it, all)),
        _ => {}
    }
}

/// Whether a text stands in another as a word of its own.
fn stands_in(text: &str, whole: &str) -> bool {
    whole.match_indices(text).any(|(at, _)| {
        let before = whole[..at].chars().next_back();
        let after = whole[at + text.len()..].chars().next();
        let parts = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
        !parts(before) && !parts(after)
    })
}

/// Members that hold words of Webex's and nothing of an organisation.
const WORDS: [&str; 12] = [
    "type",
    "state",
    "owner",
    "phoneNumberType",
    "pstnConnectionType",
    "supportedDevices",
    "hotdeskingStatus",
    "provisionSource",
    "eventCategory",
    "code",
    "latestExecutionStatus",
    "productName",
];

/// Words that stand in the report by themselves: of ours, of headers, names of members, and how many rows are asked for.
const OURS: [&str; 6] = [
    "cisco",
    "User",
    "workspace",
    "directory",
    "urn:scim:schemas:extension:cisco:webexidentity:2.0:User",
    "1000",
];

#[test]
fn nothing_of_an_organisation_enters_the_report() {
    let habits = json!({"habits": true, "switches": {"numberFormat": "spaced"}});
    let (report, heard, _) = probe(
        habits,
        &[
            (PEOPLE, |page| {
                page["items"][0]["errors"] = json!({
                    "ana@acme.com": {"code": "Ana Silva", "reason": "+12145550101"},
                    "12145550101": {"Y2lzY29zcGFyazovL3VzL1BFT1BMRS9hYmM": 1},
                });
                page["items"][1]["Bob Stone"] = json!({"bob@acme.com": ["Dallas"]});
                page["items"][2]["siteUrls"] = json!(["acme.webex.com#Greg Hall"]);
            }),
            ("/licenses$", |page| {
                page["items"][3]["name"] = json!("For ana@acme.com")
            }),
        ],
    );
    let mut all = BTreeSet::new();
    for value in heard.iter().chain([&acme()]) {
        texts("", value, &mut all);
    }
    for text in ["Bob Stone", "bob@acme.com", "Greg Hall", "12145550101"] {
        all.insert((String::new(), text.to_owned()));
    }
    let products: BTreeSet<String> = heard
        .iter()
        .flat_map(|page| page["items"].as_array().cloned().unwrap_or_default())
        .filter(|row| row["totalUnits"].is_number())
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .filter(|name| !name.contains('@'))
        .collect();
    let words: BTreeSet<&str> = all
        .iter()
        .filter(|(name, _)| WORDS.contains(&name.as_str()))
        .map(|(_, text)| text.as_str())
        .collect();
    let report = told(&report);
    let found: Vec<_> = all
        .iter()
        .filter(|(_, text)| {
            text.len() > 1
                && !products.contains(text)
                && !words.contains(text.as_str())
                && !OURS.contains(&text.as_str())
        })
        .filter(|(_, text)| stands_in(text, &report))
        .collect();
    assert!(found.is_empty(), "{found:?}");
    assert!(all.len() > 900, "{}", all.len());
}

fn switched(heading: &'static str, switches: Value, verdict: Verdict, fact: &'static str) -> Case {
    Case {
        heading,
        scenario: json!({"switches": switches}),
        changes: Vec::new(),
        verdict,
        fact,
    }
}

/// What switches of the simulator turn.
fn switches() -> Vec<Case> {
    vec![
        switched(
            "Numbers in other forms",
            json!({"numberFormat": "spaced"}),
            Confirmed,
            "+# ### ### ####",
        ),
        switched(
            "Numbers in other forms",
            json!({"numberFormat": "national"}),
            Confirmed,
            " ########## (",
        ),
        switched(
            "Missing settings",
            json!({"settingsAbsentStatus": 409}),
            Contradicted,
            "without Calling: 409",
        ),
        switched(
            "Missing settings",
            json!({"settingsStandardStatus": 410}),
            Contradicted,
            "without Professional: 410",
        ),
        switched(
            "Voicemail",
            json!({"settingsAbsentStatus": 410}),
            Contradicted,
            "without Calling: 410",
        ),
        switched(
            "Control Hub's own automatic assignment",
            json!({"templateEndpoint": true}),
            Contradicted,
            "it answers, with 0 templates",
        ),
        switched(
            "Unknown members",
            json!({"unknownMembers": false}),
            NotSeen,
            "",
        ),
        switched(
            "The organisation of a service app",
            json!({"meIsApp": true}),
            Confirmed,
            "type appuser",
        ),
        switched(
            "Clocks",
            json!({"clockSkew": 600}),
            Compare,
            "ahead of this machine by 600 s",
        ),
        switched(
            "Limits",
            json!({"rateLimit": 5.0, "burst": 2.0}),
            Compare,
            "were held back",
        ),
        switched(
            "Pages",
            json!({"emptyLastPage": true}),
            Confirmed,
            "/people: 60 rows of 100, no link",
        ),
        Case {
            heading: "Deleted people and objects",
            scenario: json!({"faults": [{"path": "/workspaces/*", "times": 99, "status": 403}]}),
            changes: Vec::new(),
            verdict: Contradicted,
            fact: "403 (1), 404",
        },
    ]
}

#[test]
fn the_report_says_what_the_answers_say() {
    let (usual, ..) = probe(json!({}), &[]);
    let mut seen: BTreeMap<&str, BTreeSet<Verdict>> = BTreeMap::new();
    for row in &usual.points {
        seen.entry(row.point).or_default().insert(row.verdict);
    }
    let mut wrong = Vec::new();
    for case in switches().into_iter().chain(spoilt()) {
        let (report, ..) = probe(case.scenario, &case.changes);
        let (verdict, facts) = verdict(&report, case.heading);
        if verdict != case.verdict || !facts.contains(case.fact) {
            wrong.push(format!(
                "{}: {verdict:?} {facts}, not {:?} {}",
                case.heading, case.verdict, case.fact
            ));
        }
        seen.entry(case.heading).or_default().insert(verdict);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // A judgement that is always the same would be none.
    let always: Vec<_> = seen
        .iter()
        .filter(|(_, verdicts)| verdicts.len() < 2)
        .collect();
    assert!(always.is_empty(), "{always:?}");
}

#[test]
fn what_is_odd_about_a_link_is_told() {
    for (link, fact) in [
        (
            "<https://webexapis.com/v1/people?cursor=x&max=null>; rel=\"next\"",
            "60 rows of 100, an absolute link that lacks callingData, excludeStatus, with null",
        ),
        (
            "</v1/people?callingData=true&excludeStatus=true&max=100&cursor=x>; rel=\"next\"",
            "60 rows of 100, a relative link;",
        ),
    ] {
        let (report, ..) = linked(json!({}), &[], Some(link));
        let (verdict, facts) = verdict(&report, "Pages");
        assert_eq!(verdict, Confirmed);
        assert!(facts.contains(fact), "{facts}");
        assert!(!facts.contains("cursor"), "{facts}");
    }
}

#[test]
fn a_token_that_may_read_nothing_gets_a_report_all_the_same() {
    let refuse = json!({"faults": [{"path": "/licenses", "times": 99, "status": 403}, {"path": "/groups", "times": 99, "status": 403}]});
    let (report, ..) = probe(refuse, &[]);
    let (verdict, facts) = verdict(&report, "A licence by its name");
    assert_eq!(verdict, NotSeen);
    assert!(facts.contains("`/licenses` answered 403"), "{facts}");
    assert_eq!(report.points.len(), POINTS.len());
}
