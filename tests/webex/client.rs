//! The client against the simulator: limits, faults, tokens, lost answers. Time is the simulator's, so nothing waits.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common;
use crate::common::webex::Embedded;
use http::Method;
use serde_json::{Value, json};
use trunkline::webex::{
    Call, Client, Clock, Error, Https, Keep, Names, Network, Options, Paging, Reader, RequestLog,
    Secret, ServiceApp, Stop, SystemClock, Tokens, Writer,
};

fn acme() -> Value {
    let path = common::root().join("examples/acme/snapshot.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn embedded() -> Arc<Embedded> {
    Embedded::new(acme())
}

/// Seconds since the beginning at which each request came.
fn times(webex: &Embedded) -> Vec<f64> {
    let log = webex.simulator.log();
    let first = log[0].at;
    log.iter()
        .map(|entry| (entry.at - first) as f64 / 1000.0)
        .collect()
}

#[test]
fn retry_after_is_kept_within_a_tenth() {
    for (status, seconds) in [(429, 1), (429, 7), (423, 30), (429, 120)] {
        let webex = embedded();
        webex.fault(json!({"path": "/licenses", "status": status, "retryAfter": seconds}));
        webex.reader().get("/licenses").unwrap();
        let waited = times(&webex)[1];
        let asked = f64::from(seconds);
        assert!(
            (asked..=asked * 1.1).contains(&waited),
            "{status}: {waited} for {asked}"
        );
    }
}

/// Which requests are on their way when the refusal arrives depends on the machine. Under every schedule, a read that begins
/// after the client knows of the refusal waits for the whole pause; so each thread has one request on its way at most.
#[test]
fn one_refusal_holds_everyone_back() {
    let webex = embedded();
    webex.fault(json!({"path": "/licenses", "nth": 5, "status": 429, "retryAfter": 20}));
    let client = webex.client();
    let reader = Reader::new(&client);
    let done_late: Mutex<Vec<Duration>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let late = client.counts().limited > 0;
                    reader.get("/licenses").unwrap();
                    if late {
                        done_late.lock().unwrap().push(webex.now());
                    }
                }
            });
        }
    });
    let log = webex.simulator.log();
    let refused = log.iter().find(|entry| entry.status == 429).unwrap();
    let over = Duration::from_millis((refused.at - log[0].at) as u64 + 20_000);
    let done_late = done_late.into_inner().unwrap();
    // The one that was refused has more to read.
    assert!(!done_late.is_empty());
    for done in done_late {
        assert!(done >= over, "{done:?}, the pause ends at {over:?}");
    }
    assert_eq!(log.len(), 81);
}

/// One thread alone, so that the clock that moves by sleeps tells the same each time; many threads are for the benchmarks.
#[test]
fn a_server_with_a_limit_is_kept_busy() {
    for rate in [5.0, 40.0] {
        let webex = embedded();
        webex.direct(json!({"switches": {"rateLimit": rate, "burst": 10.0}}));
        let count = (rate * 120.0) as usize;
        let reader = webex.reader();
        for _ in 0..count {
            reader.get("/people/me").unwrap();
        }
        let reached = count as f64 / webex.now().as_secs_f64() / rate;
        assert!(reached >= 0.9, "{rate}/s: {reached}");
    }
}

/// Twenty threads, so many requests each.
fn many(reader: &Reader, each: usize) {
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                for _ in 0..each {
                    reader.get("/people/me").unwrap();
                }
            });
        }
    });
}

#[test]
#[ignore = "five minutes by the clock of the machine"]
fn a_server_with_a_limit_is_kept_busy_by_the_clock_of_the_machine() {
    for rate in [60.0, 20.0] {
        let simulator = trunkline::sim::Simulator::new(acme(), &real_time());
        let scenario = json!({"switches": {"rateLimit": rate, "burst": 10.0}});
        simulator
            .direct(serde_json::from_value(scenario).unwrap())
            .unwrap();
        let address = trunkline::sim::serve(Arc::new(simulator), "127.0.0.1:0");
        let url = format!("{}/v1", address.unwrap());
        let transport = Https::new(&url, &Network::default()).unwrap();
        let clock = Arc::new(SystemClock::default());
        let transport = Arc::new(transport);
        let client = Client::new(transport, clock, Options::new(url, "any"));
        let each = (rate * 150.0 / 20.0) as usize;
        let begun = std::time::Instant::now();
        many(&Reader::new(&client), each);
        let reached = (each * 20) as f64 / begun.elapsed().as_secs_f64() / rate;
        let counts = client.counts();
        assert!(reached >= 0.95, "{rate}/s: {reached:.3} {counts}");
    }
}

fn real_time() -> trunkline::sim::Options {
    trunkline::sim::Options {
        real_time: true,
        ..Default::default()
    }
}

#[test]
fn a_storm_of_refusals_ends() {
    let webex = embedded();
    webex.fault(json!({"path": "/licenses", "times": 40, "status": 429, "retryAfter": 3}));
    webex.reader().get("/licenses").unwrap();
    assert_eq!(webex.simulator.log().len(), 41);
    // Without a time five seconds are waited; so is it for half of a date.
    webex.fault(json!({"path": "/licenses", "status": 429}));
    let before = webex.now();
    webex.reader().get("/licenses").unwrap();
    let waited = (webex.now() - before).as_secs_f64();
    assert!((5.0..5.5).contains(&waited), "{waited}");
}

#[test]
fn reads_survive_whatever_is_broken_for_a_while() {
    let faults = [
        json!({"status": 500}),
        json!({"status": 502}),
        json!({"status": 503, "retryAfter": 9}),
        json!({"status": 504, "when": "after"}),
        json!({"drop": true}),
        json!({"drop": true, "when": "after"}),
        json!({"truncate": true}),
        json!({"slowMs": 90_000}),
        json!({"slowMs": 20_000}),
    ];
    for fault in faults {
        let webex = embedded();
        let mut three = fault.clone();
        three["times"] = json!(3);
        webex.fault(three);
        let client = webex.client();
        let read = Reader::new(&client).list("/licenses", "items", Paging::None);
        assert_eq!(read.unwrap().len(), 14, "{fault}");
    }
}

#[test]
fn a_server_that_stays_broken_is_an_error_with_its_tracking_id() {
    let webex = embedded();
    webex.fault(json!({"path": "/licenses", "times": 100, "status": 503}));
    let error = webex.reader().get("/licenses").unwrap_err();
    assert!(
        matches!(error, Error::Lost { .. }) && error.is(503),
        "{error}"
    );
    assert!(error.to_string().contains("tracking id SIM_"), "{error}");
    assert_eq!(webex.simulator.log().len(), 8);
    assert!(webex.now() < Duration::from_secs(90));
    // A connection that breaks has no tracking id but ours.
    webex.fault(json!({"path": "/roles", "times": 100, "drop": true}));
    let error = webex.reader().get("/roles").unwrap_err();
    assert!(
        error.to_string().contains("tracking id TRUNKLINE_"),
        "{error}"
    );
}

#[test]
fn what_may_have_been_written_is_never_sent_twice() {
    let acme = acme();
    let all = |name: &str| acme[name].as_array().unwrap().iter();
    let messaging = all("licenses").find(|it| it["name"] == "Advanced Messaging");
    let messaging = &messaging.unwrap()["id"];
    let holds = |user: &&Value| user["licenses"].as_array().unwrap().contains(messaging);
    let person = all("users").find(holds).unwrap();
    let call = Call::new(Method::PATCH, "/licenses/users").with(json!({
        "personId": person["id"], "licenses": [{"id": messaging, "operation": "remove"}]}));
    for (fault, applied) in [
        (json!({"status": 502}), false),
        (json!({"status": 504, "when": "after"}), true),
        (json!({"drop": true}), false),
        (json!({"drop": true, "when": "after"}), true),
        (json!({"truncate": true}), true),
        (json!({"slowMs": 90_000}), true),
    ] {
        let webex = embedded();
        webex.fault(fault.clone());
        let error = Writer::new(&webex.client()).send(&call).unwrap_err();
        assert!(matches!(error, Error::Lost { .. }), "{fault}: {error}");
        let log = webex.simulator.log();
        assert_eq!((log.len(), log[0].applied), (1, applied), "{fault}");
    }
    // What was certainly not carried out is sent again.
    for fault in [
        json!({"status": 429, "retryAfter": 2}),
        json!({"status": 423, "retryAfter": 2}),
    ] {
        let webex = embedded();
        webex.fault(fault);
        let answer = Writer::new(&webex.client()).send(&call).unwrap();
        assert_eq!(answer.status, 200);
        let log = webex.simulator.log();
        assert_eq!(
            (log.len(), log[0].applied, log[1].applied),
            (2, false, true)
        );
    }
    // Webex's last word is not asked for twice.
    let webex = embedded();
    let wrong = Call::new(Method::PATCH, "/licenses/users")
        .with(json!({"personId": person["id"], "licenses": [{"id": "nonsense"}]}));
    let error = Writer::new(&webex.client()).send(&wrong).unwrap_err();
    assert!(matches!(error, Error::Refused(_)), "{error}");
    assert_eq!(webex.simulator.log().len(), 1);
}

/// After a long wait, its own or with others, a request is only sent if what it was made from is still so.
#[test]
fn what_waited_is_checked_before_it_is_sent() {
    let call = Call::new(Method::PATCH, "/licenses/users").with(json!({"personId": "x"}));
    let changed = || {
        Err(Error::Malformed {
            call: "PATCH /licenses/users".to_owned(),
            why: "it was changed meanwhile".to_owned(),
        })
    };
    let wait = json!({"status": 429, "retryAfter": 60, "times": 2});
    let webex = embedded();
    webex.fault(wait.clone());
    let error = Writer::new(&webex.client())
        .send_while(&call, &changed)
        .unwrap_err();
    assert!(error.to_string().contains("changed meanwhile"), "{error}");
    assert_eq!(webex.simulator.log().len(), 1);
    // Another request was held back, and gave up: everyone waits.
    let webex = embedded();
    webex.fault(wait);
    let client = webex.client_with(Options {
        max_wait: Duration::from_secs(90),
        ..Options::new("http://webex.test/v1", "any")
    });
    Reader::new(&client).get("/people/me").unwrap_err();
    assert_eq!(webex.simulator.log().len(), 2);
    let error = Writer::new(&client)
        .send_while(&call, &changed)
        .unwrap_err();
    assert!(error.to_string().contains("changed meanwhile"), "{error}");
    assert_eq!(webex.simulator.log().len(), 2);
}

fn app(refresh: &str, keep: Keep) -> Tokens {
    let app = ServiceApp {
        client_id: "C1".to_owned(),
        client_secret: "shhh".into(),
        refresh_token: refresh.into(),
        keep,
    };
    Tokens::service_app(app, Some(Secret::from("first")))
}

const APP: &str = r#"{"clientId": "C1", "clientSecret": "shhh", "refreshToken": "R1"}"#;

#[test]
fn an_expired_token_is_refreshed_once_by_the_first_that_meets_it() {
    let webex = embedded();
    let app_of: Value = serde_json::from_str(APP).unwrap();
    webex.direct(json!({"app": app_of, "tokens": {"first": {}}}));
    let directory = tempfile::tempdir().unwrap();
    let kept = directory.path().join("refresh");
    let tokens = app("R1", Keep::File(kept.clone()));
    let options = Options::with_tokens("http://webex.test/v1", tokens);
    let client = webex.client_with(options);
    let reader = Reader::new(&client);
    reader.get("/people/me").unwrap();
    webex.fault(json!({"path": "/people/me", "expireToken": true}));
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| reader.get("/people/me").unwrap());
        }
    });
    let log = webex.simulator.log();
    let refreshes = log.iter().filter(|entry| entry.path == "/access_token");
    assert_eq!(refreshes.count(), 1);
    let rotated = std::fs::read_to_string(&kept).unwrap();
    assert!(!rotated.trim().is_empty() && rotated.trim() != "R1");
    // The next run begins with what was kept.
    let tokens = app(rotated.trim(), Keep::Nowhere);
    webex.fault(json!({"expireToken": true}));
    let client = webex.client_with(Options::with_tokens("http://webex.test/v1", tokens));
    Reader::new(&client).get("/people/me").unwrap();
}

#[test]
fn a_refresh_that_is_refused_ends_it() {
    let webex = embedded();
    let app_of: Value = serde_json::from_str(APP).unwrap();
    webex.direct(json!({"app": app_of, "tokens": {"other": {}}}));
    let tokens = app("wrong", Keep::Nowhere);
    webex.fault(json!({"expireToken": true}));
    let client = webex.client_with(Options::with_tokens("http://webex.test/v1", tokens));
    for _ in 0..3 {
        let error = Reader::new(&client).get("/people/me").unwrap_err();
        assert!(matches!(error, Error::Token(_)), "{error}");
    }
    let log = webex.simulator.log();
    let refreshes = log.iter().filter(|entry| entry.path == "/access_token");
    assert_eq!(refreshes.count(), 1);
}

#[test]
fn a_token_that_cannot_be_refreshed_is_an_error() {
    let webex = embedded();
    webex.direct(json!({"tokens": {"good": {}}}));
    webex.fault(json!({"expireToken": true}));
    let error = webex.reader().get("/people/me").unwrap_err();
    assert!(matches!(error, Error::Unauthorized(_)), "{error}");
    assert_eq!(webex.simulator.log().len(), 1);
}

#[test]
fn waiting_ends_when_the_time_is_over_or_someone_stops_it() {
    let webex = embedded();
    webex.fault(json!({"times": 9, "status": 429, "retryAfter": 100}));
    let options = Options {
        time: Some(Duration::from_secs(250)),
        ..Options::new("http://webex.test/v1", "any")
    };
    let client = webex.client_with(options);
    let error = Reader::new(&client).get("/licenses").unwrap_err();
    assert!(matches!(error, Error::OutOfTime(_)), "{error}");
    assert_eq!(webex.simulator.log().len(), 3);

    let stop = Stop::default();
    let options = Options {
        stop: stop.clone(),
        ..Options::new("http://webex.test/v1", "any")
    };
    let client = webex.client_with(options);
    stop.set();
    let error = Reader::new(&client).get("/licenses").unwrap_err();
    assert!(matches!(error, Error::Stopped(_)), "{error}");
    assert_eq!(webex.simulator.log().len(), 3);
}

#[test]
fn clocks_that_differ_do_no_harm() {
    let webex = embedded();
    webex.direct(json!({"switches": {"clockSkew": 86_400}}));
    webex.fault(json!({"path": "/licenses", "status": 429, "retryAfter": 10}));
    webex.reader().get("/licenses").unwrap();
    let waited = times(&webex)[1];
    assert!((10.0..=11.0).contains(&waited), "{waited}");
}

#[test]
fn the_log_has_everything_but_secrets() {
    let webex = embedded();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("requests.jsonl");
    let options = Options {
        log: Some(RequestLog::create(&path).unwrap()),
        ..Options::new("http://webex.test/v1", "tell-nobody")
    };
    let client = webex.client_with(options);
    let reader = Reader::new(&client);
    webex.fault(json!({"path": "/people", "drop": true}));
    reader
        .list("/people?max=40&accessCode=17", "items", Paging::Link)
        .unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        !text.contains("tell-nobody") && !text.contains("=17"),
        "{text}"
    );
    let lines: Vec<Value> = text
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["status"], Value::Null);
    assert_eq!(
        (&lines[1]["status"], &lines[1]["method"]),
        (&json!(200), &json!("GET"))
    );
    assert!(lines[1]["trackingId"].as_str().unwrap().starts_with("SIM_"));
    assert!(
        lines[2]["path"].as_str().unwrap().starts_with("/people?"),
        "{}",
        lines[2]
    );
    let counts = client.counts();
    assert_eq!(counts.to_string(), "3 requests, 1 repeated");
}

#[test]
fn workers_that_need_the_same_list_wait_for_it_instead_of_reading_it_too() {
    // Which of them comes first is a matter of luck, so it is tried often.
    for _ in 0..40 {
        let webex = embedded();
        let names = Names::new(webex.reader());
        let barrier = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    assert!(names.id("location", "London").unwrap().is_some());
                    assert!(names.licenses().is_ok());
                });
            }
        });
        let log = webex.simulator.log();
        let count = |path: &str| {
            let of = log.iter().filter(|entry| entry.path.starts_with(path));
            of.count()
        };
        assert_eq!((count("/locations"), count("/licenses")), (1, 1));
    }
}

#[test]
fn a_name_is_found_while_another_worker_reads_the_list() {
    let webex = embedded();
    let london = Names::new(webex.reader()).need("location", "London");
    let london = london.unwrap();
    // The moment between a worker's question and the end of another's reading is short, so it is tried often.
    for _ in 0..400 {
        let names = Names::new(webex.reader());
        let reading = std::sync::atomic::AtomicBool::new(true);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while reading.load(std::sync::atomic::Ordering::Relaxed) {
                        let name = names.key("location", &london).unwrap();
                        assert_eq!(name.as_deref(), Some("London"));
                    }
                });
            }
            assert!(names.id("location", "London").unwrap().is_some());
            reading.store(false, std::sync::atomic::Ordering::Relaxed);
        });
    }
}
