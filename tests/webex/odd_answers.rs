//! Answers that no server should give: rows that cannot be read, times and totals beyond all measure, pages without end. Nothing
//! is dropped, nothing panics, nothing waits endlessly.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common;
use crate::common::webex::Embedded;
use http::{Request, Response};
use serde_json::{Value, json};
use trunkline::webex::capture::{self, Captured, Estimate, Wanted, Watch};
use trunkline::webex::{
    Client, Clock, Error, Keep, Names, Options, Paging, Reader, ServiceApp, Tell, Tokens, Transport,
};

type Rewrite = dyn Fn(&str, &mut Response<Vec<u8>>) + Send + Sync;

/// A simulator whose answers are rewritten by their paths.
struct Odd {
    webex: Arc<Embedded>,
    rewrite: Box<Rewrite>,
}

impl fmt::Debug for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Odd")
    }
}

impl Transport for Odd {
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        let path = request.uri().path().trim_start_matches("/v1").to_owned();
        let mut response = self.webex.send(request)?;
        (self.rewrite)(&path, &mut response);
        Ok(response)
    }
}

fn acme() -> Value {
    let path = common::root().join("examples/acme/snapshot.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn odd(
    options: Options,
    rewrite: impl Fn(&str, &mut Response<Vec<u8>>) + Send + Sync + 'static,
) -> (Arc<Embedded>, Arc<Client>) {
    let webex = Embedded::new(acme());
    let transport = Odd {
        webex: webex.clone(),
        rewrite: Box::new(rewrite),
    };
    let options = Options { seed: 7, ..options };
    let client = Client::new(Arc::new(transport), webex.clone(), options);
    (webex, client)
}

fn usual() -> Options {
    Options::new("http://webex.test/v1", "any")
}

struct Quiet;

impl Watch for Quiet {
    fn estimated(&self, _: &Estimate) {}
}

fn take(client: &Arc<Client>) -> Captured {
    let wanted = Wanted {
        voicemail: true,
        features: true,
        facts: None,
        since: false,
    };
    capture::capture(&Reader::new(client), wanted, &Quiet).unwrap()
}

/// Rewrites the rows of one list.
fn rows(
    of: &'static str,
    key: &'static str,
    change: impl Fn(&mut Vec<Value>) + Send + Sync + 'static,
) -> impl Fn(&str, &mut Response<Vec<u8>>) + Send + Sync + 'static {
    move |path, response| {
        let Ok(mut page) = serde_json::from_slice::<Value>(response.body()) else {
            return;
        };
        if path == of && response.status() == 200 {
            if let Some(rows) = page[key].as_array_mut() {
                change(rows);
            }
            *response.body_mut() = page.to_string().into_bytes();
        }
    }
}

/// What is wrong with a row, and how it is made so.
type Spoil = (&'static str, fn(&mut Value));

const SPOILT: [Spoil; 4] = [
    ("a number instead of a row", |row| *row = json!(7)),
    ("no id", |row| {
        row.as_object_mut().unwrap().remove("id");
    }),
    ("a number for an id", |row| row["id"] = json!(12)),
    ("null", |row| *row = Value::Null),
];

#[test]
fn a_row_that_cannot_be_read_is_never_dropped() {
    let lists = [
        ("/people", "items", "users"),
        ("/locations", "items", "locations"),
        ("/workspaces", "items", "workspaces"),
        ("/devices", "items", "devices"),
        ("/groups", "groups", "groups"),
        ("/licenses", "items", "licenses"),
    ];
    for (path, key, list) in lists {
        for (what, spoil) in SPOILT {
            let (_, client) = odd(usual(), rows(path, key, move |rows| spoil(&mut rows[0])));
            let captured = take(&client);
            assert!(!captured.snapshot.complete, "{path}: {what}");
            assert!(captured.document.get(list).is_none(), "{path}: {what}");
            let named = captured.missing.iter().any(|it| it.why.contains("no id"));
            assert!(named, "{path}: {what}: {:?}", captured.missing);
        }
    }
}

#[test]
fn an_object_without_its_name_or_with_an_odd_list_is_never_taken_for_less() {
    type Spoil = fn(&mut Value);
    let spoilt: [(&str, &str, &str, Spoil); 4] = [
        ("/locations", "items", "locations", |row| {
            row["name"] = json!("")
        }),
        ("/workspaces", "items", "workspaces", |row| {
            row["displayName"] = json!(4)
        }),
        ("/groups", "groups", "groups", |row| {
            row["displayName"] = Value::Null
        }),
        ("/licenses", "items", "licenses", |row| {
            row["totalUnits"] = json!("many")
        }),
    ];
    for (path, key, list, spoil) in spoilt {
        let (_, client) = odd(usual(), rows(path, key, move |rows| spoil(&mut rows[0])));
        let captured = take(&client);
        assert!(!captured.snapshot.complete, "{path}");
        assert!(captured.document.get(list).is_none(), "{path}: {list}");
        let named = captured
            .missing
            .iter()
            .any(|it| it.why.contains("cannot be understood"));
        assert!(named, "{path}: {:?}", captured.missing);
    }
}

#[test]
fn a_token_may_live_for_ever() {
    for life in [
        json!(u64::MAX),
        json!(u64::MAX - 1),
        json!(1e300),
        json!(-5),
    ] {
        let app = ServiceApp {
            client_id: "C1".to_owned(),
            client_secret: "secret".into(),
            refresh_token: "old".into(),
            keep: Keep::Nowhere,
        };
        let options = Options::with_tokens("http://webex.test/v1", Tokens::service_app(app, None));
        let told = life.clone();
        let (webex, client) = odd(options, move |path, response| {
            if path == "/access_token" {
                *response = Response::new(Vec::new());
                let answer = json!({"access_token": "any", "expires_in": told});
                *response.body_mut() = answer.to_string().into_bytes();
            }
        });
        // The clock must not be at its beginning, as it is not in the run of a machine.
        webex.sleep(Duration::from_secs(5));
        let read = Reader::new(&client).get("/licenses");
        assert!(read.is_ok(), "{life}: {read:?}");
    }
}

/// A server that holds every request back.
fn limited(asked: &'static str, options: Options) -> (Arc<Embedded>, Result<Value, Error>) {
    let (webex, client) = odd(options, move |_, response| {
        *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
        let headers = response.headers_mut();
        headers.insert("retry-after", http::HeaderValue::from_static(asked));
        *response.body_mut() = json!({"message": "slow down"}).to_string().into_bytes();
    });
    webex.sleep(Duration::from_secs(1));
    let read = Reader::new(&client).get("/licenses");
    (webex, read)
}

#[test]
fn no_one_waits_longer_than_is_allowed() {
    for asked in ["1000000000", "1e18", "18446744073709551615", "1e300", "inf"] {
        let (webex, read) = limited(asked, usual());
        let error = read.unwrap_err().to_string();
        assert!(error.contains("slow down"), "{error}");
        assert!(error.contains("--max-wait allows 30 min"), "{error}");
        assert!(webex.now() < Duration::from_secs(5), "{asked}");
    }
    // Many waits that are each short enough count together.
    let (webex, read) = limited("600", usual());
    assert!(read.unwrap_err().is(429));
    assert!(webex.now() < Duration::from_secs(1900), "{:?}", webex.now());
    let patient = Options {
        max_wait: Duration::from_secs(7200),
        ..usual()
    };
    let (webex, read) = limited("600", patient);
    assert!(read.unwrap_err().is(429));
    assert!(webex.now() > Duration::from_secs(7000), "{:?}", webex.now());
}

#[test]
fn a_server_that_always_says_at_once_is_not_asked_without_end() {
    for asked in ["0", "0.0001", "-7", "NaN"] {
        let (webex, read) = limited(asked, usual());
        assert!(read.unwrap_err().is(429), "{asked}");
        assert!(webex.simulator.log().len() <= 12, "{asked}");
        assert!(webex.now() < Duration::from_secs(200), "{asked}");
    }
}

#[test]
fn a_broken_server_may_not_ask_for_more_either() {
    let (webex, client) = odd(usual(), |_, response| {
        *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
        let headers = response.headers_mut();
        headers.insert("retry-after", http::HeaderValue::from_static("86400"));
    });
    let error = Reader::new(&client).get("/licenses").unwrap_err();
    assert!(error.to_string().contains("24 h in total"), "{error}");
    assert!(webex.now() < Duration::from_secs(5));
}

#[test]
fn a_long_wait_is_told_once() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let to = told.clone();
    let options = Options {
        tell: Tell::new(move |line| to.lock().unwrap().push(line.to_owned())),
        ..usual()
    };
    let (webex, client) = odd(options, |_, _| {});
    webex.fault(json!({"path": "/licenses", "status": 429, "retryAfter": 120}));
    webex.fault(json!({"path": "/locations", "status": 429, "retryAfter": 2}));
    let reader = Reader::new(&client);
    reader.get("/licenses").unwrap();
    reader.get("/locations").unwrap();
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("waiting 2 min: GET /licenses answered 429"),
        "{told:?}"
    );
}

#[test]
fn pages_that_bring_nothing_new_end() {
    let pages = Arc::new(Mutex::new(0));
    let count = pages.clone();
    let (_, client) = odd(usual(), move |path, response| {
        if path == "/people" {
            let mut count = count.lock().unwrap();
            *count += 1;
            let link = format!("<http://webex.test/v1/people?cursor={count}>; rel=\"next\"");
            let rows = json!({"items": [{"id": "P1"}, {"id": "P2"}]});
            *response = Response::new(rows.to_string().into_bytes());
            response.headers_mut().insert("link", link.parse().unwrap());
        }
    });
    let error = Reader::new(&client)
        .list("/people?max=100", "items", Paging::Link)
        .unwrap_err();
    assert!(
        error.to_string().contains("a page contains nothing new"),
        "{error}"
    );
    assert_eq!(*pages.lock().unwrap(), 2);
}

#[test]
fn totals_beyond_all_measure_end() {
    for total in [json!(u64::MAX), json!(null)] {
        let (_, client) = odd(usual(), move |path, response| {
            if path == "/groups" {
                let mut rows = json!({"groups": [{"id": "G1"}]});
                rows["totalResults"] = total.clone();
                *response = Response::new(rows.to_string().into_bytes());
            }
        });
        let reader = Reader::new(&client);
        let read = reader.list("/groups?count=100", "groups", Paging::Scim);
        assert!(read.is_err());
        // The pages of the audit trail: full ones, always the same.
        let (_, client) = odd(usual(), |path, response| {
            if path == "/events" {
                let rows = json!({"items": [{"id": "E1"}, {"id": "E2"}]});
                *response = Response::new(rows.to_string().into_bytes());
            }
        });
        let read = Reader::new(&client).list("/events?max=2", "items", Paging::Offset);
        assert!(read.is_err());
    }
}

/// Rewrites every answer that is JSON, whatever its path.
fn answers(
    change: impl Fn(&str, &mut Value) + Send + Sync + 'static,
) -> impl Fn(&str, &mut Response<Vec<u8>>) + Send + Sync + 'static {
    move |path, response| {
        if let Ok(mut body) = serde_json::from_slice::<Value>(response.body())
            && response.status() == 200
        {
            change(path, &mut body);
            *response.body_mut() = body.to_string().into_bytes();
        }
    }
}

/// The person of an answer, of a list or alone.
fn person<'v>(path: &str, body: &'v mut Value, email: &str) -> Option<&'v mut Value> {
    let is = |it: &Value| it["emails"][0] == email;
    match path.strip_prefix("/people")? {
        "" => body["items"].as_array_mut()?.iter_mut().find(|it| is(it)),
        _ => Some(body).filter(|it| is(it)),
    }
}

fn not_known(captured: &Captured) -> Vec<String> {
    let all = captured.snapshot.not_known.iter();
    all.map(|it| format!("{}: {}", it.address, it.reason))
        .collect()
}

const CALLER: &str = "carlos@acme.com";

#[test]
fn a_person_who_shows_another_line_than_the_list_of_numbers_is_not_known() {
    type Spoil = fn(&mut Value);
    let spoilt: [(Spoil, &str); 6] = [
        (|it| it["phoneNumbers"] = json!([]), "the person shows none"),
        (
            |it| it["phoneNumbers"] = Value::Null,
            "the person shows none",
        ),
        (
            |it| it["phoneNumbers"] = json!([{"type": "work", "value": "+12145550199"}]),
            "the person shows +12145550199",
        ),
        (|it| it["phoneNumbers"] = json!({}), "is not a list"),
        (
            |it| drop(it.as_object_mut().unwrap().remove("extension")),
            "the person shows none",
        ),
        (|it| it["extension"] = json!(1007), "is not a text"),
    ];
    for (spoil, why) in spoilt {
        let (_, client) = odd(
            usual(),
            answers(move |path, body| {
                person(path, body, CALLER).into_iter().for_each(spoil);
            }),
        );
        let found = not_known(&take(&client));
        let named = |it: &&String| it.starts_with(&format!("user/{CALLER}: ")) && it.contains(why);
        assert!(found.iter().any(|it| named(&it)), "{why}: {found:?}");
    }
    // A list that is behind is settled by the person alone.
    let (_, client) = odd(
        usual(),
        rows("/people", "items", |rows| {
            let rows = rows.iter_mut().filter(|it| it["emails"][0] == CALLER);
            rows.for_each(|it| it["phoneNumbers"] = json!([]));
        }),
    );
    assert_eq!(not_known(&take(&client)), [] as [&str; 0]);
}

#[test]
fn a_row_that_a_list_lacks_and_others_name_is_missing() {
    for (path, key, what) in [
        ("/locations", "items", "locations"),
        (
            "/telephony/config/locations",
            "locations",
            "locations with Calling",
        ),
        ("/workspaces", "items", "workspaces"),
    ] {
        let (_, client) = odd(usual(), rows(path, key, |rows| drop(rows.drain(..1))));
        let captured = take(&client);
        let named = captured.missing.iter().any(|it| it.what == what);
        assert!(
            named && !captured.snapshot.complete,
            "{path}: {:?}",
            captured.missing
        );
    }
}

#[test]
fn a_connection_is_absent_only_where_webex_says_so() {
    for body in [
        json!({}),
        json!(null),
        json!([]),
        json!({"message": "later"}),
    ] {
        let (_, client) = odd(
            usual(),
            answers(move |path, answer| {
                if path.ends_with("/connection") {
                    *answer = body.clone();
                }
            }),
        );
        let captured = take(&client);
        let named = captured
            .missing
            .iter()
            .any(|it| it.what.starts_with("the PSTN connection"));
        assert!(named, "{:?}", captured.missing);
    }
}

#[test]
fn the_list_of_numbers_says_which_is_a_main_number_and_whose_an_extension_is() {
    let without_main = |path: &str, body: &mut Value| {
        if path == "/telephony/config/locations" {
            let rows = body["locations"].as_array_mut().into_iter().flatten();
            rows.for_each(|it| drop(it.as_object_mut().unwrap().remove("callingLineId")));
        }
    };
    let (_, client) = odd(usual(), answers(without_main));
    let (main, given) = (take(&client), acme());
    let mains = |all: &Value| -> Vec<Value> {
        let all = all["locations"].as_array().unwrap().iter();
        all.map(|it| it["calling"]["mainNumber"].clone()).collect()
    };
    assert_eq!(mains(&main.document), mains(&given));

    let (_, client) = odd(
        usual(),
        rows("/telephony/config/numbers", "phoneNumbers", |rows| {
            let rooms = rows.iter_mut().filter(|it| it["owner"]["type"] == "PEOPLE");
            let lines =
                rooms.filter(|it| it["extension"].is_string() && it["phoneNumber"].is_string());
            lines.for_each(|it| drop(it.as_object_mut().unwrap().remove("owner")));
        }),
    );
    let found = not_known(&take(&client));
    assert!(
        found
            .iter()
            .any(|it| it.contains("does not say whose it is")),
        "{found:?}"
    );
}

#[test]
fn an_answer_about_another_object_is_not_believed() {
    for (kind, key, list) in [
        ("user", CALLER, "/people/"),
        ("workspace", "Dallas Lobby", "/workspaces/"),
        ("group", "Leadership", "/groups/"),
        ("location", "Dallas", "/locations/"),
    ] {
        let read = trunkline::kinds::find(kind).unwrap().live.read;
        let (_, client) = odd(usual(), |_, _| {});
        let names = Names::new(Reader::new(&client));
        assert!(read(&names, &[key]).unwrap()[0].is_some(), "{kind}");
        let (_, client) = odd(
            usual(),
            answers(move |path, body| {
                if path.starts_with(list) {
                    body["id"] = json!("Y2lzY29zcGFyazovL3VzL09USEVSLzE");
                }
            }),
        );
        let names = Names::new(Reader::new(&client));
        let error = read(&names, &[key]).unwrap_err().to_string();
        assert!(error.contains("another object"), "{kind}: {error}");
    }
}
