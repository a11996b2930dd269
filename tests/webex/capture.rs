//! A live capture against the simulator: what it began with comes back, and what is missing is named.

use std::sync::Arc;

use crate::common;
use crate::common::webex::Embedded;
use serde_json::{Value, json};
use trunkline::webex::capture::{self, Captured, Estimate, Old, Wanted, Watch};

fn example(name: &str) -> Value {
    let path = common::root().join(format!("examples/{name}/snapshot.json"));
    let mut example: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    // The example does not say whether there are calling features; the simulator has none then.
    example["features"] = json!([]);
    example
}

fn old(document: &Value) -> Old {
    Old {
        snapshot: serde_json::from_value(document.clone()).unwrap(),
        document: document.clone(),
    }
}

struct Quiet;

impl Watch for Quiet {
    fn estimated(&self, _: &Estimate) {}
}

fn take(webex: &Arc<Embedded>, facts: Option<&Old>) -> Captured {
    let wanted = Wanted {
        voicemail: true,
        features: true,
        facts,
        since: false,
    };
    capture::capture(&webex.reader(), wanted, &Quiet).unwrap()
}

/// Takes out what the moment decides.
fn timeless(mut document: Value) -> Value {
    document.as_object_mut().unwrap().remove("capturedAt");
    // Files need not have them: ids, and what is always the same in a simulator that has not synchronised.
    let unsaid = [
        "provisioningId",
        "orgId",
        "id",
        "statusSince",
        "created",
        "directorySync",
    ];
    for section in ["enterprises", "subscribers"] {
        let rows = document.pointer_mut(&format!("/broadworks/{section}"));
        for row in rows
            .into_iter()
            .filter_map(Value::as_array_mut)
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            row.retain(|name, _| !unsaid.contains(&name.as_str()));
        }
    }
    document
}

/// The first places where two documents differ.
fn differences(path: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                differences(&format!("{path}/{key}"), &one[key], &other[key], found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                differences(&format!("{path}/{at}"), a, b, found);
            }
        }
        _ if one == other => {}
        _ => found.push(format!("{path}: {one} -> {other}")),
    }
}

#[test]
fn what_the_simulator_began_with_comes_back() {
    for name in ["acme", "quickstart", "blocked", "service-provider"] {
        let began = example(name);
        let webex = Embedded::new(began.clone());
        // What Webex works on goes on for as long as the test.
        webex.direct(json!({"switches": {"broadworksSeconds": 86_400}}));
        let captured = take(&webex, Some(&old(&began)));
        assert_eq!(captured.missing, [], "{name}");
        assert_eq!(captured.notes, Vec::<String>::new(), "{name}");
        let mut found = Vec::new();
        differences(
            "",
            &timeless(began),
            &timeless(captured.document),
            &mut found,
        );
        assert!(found.is_empty(), "{name}: {found:#?}");
        let log = webex.simulator.log();
        assert!(log.iter().all(|entry| entry.method == "GET"));
    }
}

#[test]
fn numbers_in_any_form_come_back_in_one() {
    for form in ["spaced", "national"] {
        let began = example("acme");
        let webex = Embedded::new(began.clone());
        webex.direct(json!({"switches": {"numberFormat": form, "emptyLastPage": true, "groupPagingDefect": true}}));
        let captured = take(&webex, Some(&old(&began)));
        assert_eq!(captured.missing, [], "{form}");
        let users = |document: &Value| document["users"].as_array().unwrap().clone();
        for (before, after) in users(&began).iter().zip(users(&captured.document)) {
            assert_eq!(before["phoneNumber"], after["phoneNumber"], "{form}");
        }
        assert_eq!(began["groups"], captured.document["groups"]);
        assert_eq!(began["numbers"], captured.document["numbers"]);
    }
}

#[test]
fn numbers_that_cannot_be_assigned_are_returned_with_their_owner() {
    let mut began = example("acme");
    let place = began["locations"][0]["name"].clone();
    let feature = |kind: &str, key: &str| json!({"kind": kind, "key": key});
    let person = began["users"][0]["email"].clone();
    let rows = [
        json!({"phoneNumber": null, "extension": "7001", "owner": feature("huntGroup", "Main desk"), "type": null}),
        json!({"phoneNumber": null, "extension": "7002", "owner": feature("autoAttendant", "Main desk"), "type": null}),
        json!({"phoneNumber": "+19995550101", "extension": "7003", "owner": feature("virtualLine", "Night line"), "type": "did"}),
        json!({"phoneNumber": "+19995550102", "owner": null, "type": "did", "use": "reserved"}),
        json!({"phoneNumber": "+19995550103", "owner": null, "type": "did", "use": "service"}),
        json!({"phoneNumber": "+19995550104", "owner": null, "type": "did", "use": "emergency"}),
        // A further line of a person, who says only the first.
        json!({"phoneNumber": "+19995550105", "extension": "7004", "owner": feature("user", person.as_str().unwrap()), "type": "did"}),
    ];
    let numbers = began["numbers"].as_array_mut().unwrap();
    for mut row in rows {
        row["location"] = place.clone();
        row["state"] = json!("active");
        numbers.push(row);
    }
    numbers.sort_by_key(|row| row["phoneNumber"].as_str().unwrap_or_default().to_owned());
    let captured = take(&Embedded::new(began.clone()), Some(&old(&began)));
    assert_eq!(captured.missing, []);
    let mut found = Vec::new();
    differences(
        "",
        &began["numbers"],
        &captured.document["numbers"],
        &mut found,
    );
    assert_eq!(found, [""; 0]);
    assert_eq!(captured.snapshot.numbers().len() + 2, numbers_of(&began));
}

fn numbers_of(document: &Value) -> usize {
    list(document, "numbers").count()
}

#[test]
fn without_facts_nothing_is_made_up() {
    let webex = Embedded::new(example("acme"));
    let captured = take(&webex, None);
    assert_eq!(captured.missing, []);
    let document = captured.document;
    assert_eq!(document["operatorAccounts"], Value::Null);
    assert!(list(&document, "subscriptions").all(|it| it["createdAt"].is_null()));
    // A person has an attendee account, so there are some.
    assert_eq!(document["sites"][0]["attendeeAccountEnabled"], true);
    let owned = list(&document, "users").filter(|user| user["source"] == "directory");
    assert_eq!(owned.count(), 41);
}

fn list<'v>(document: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    document[name].as_array().unwrap().iter()
}

#[test]
fn what_is_broken_for_a_while_leaves_no_gap() {
    let began = example("acme");
    for fault in [
        json!({"nth": 3, "times": 3, "status": 429, "retryAfter": 20}),
        json!({"nth": 5, "times": 4, "status": 503}),
        json!({"nth": 9, "times": 3, "drop": true}),
        json!({"nth": 20, "times": 3, "truncate": true}),
        json!({"nth": 30, "times": 2, "slowMs": 70_000}),
    ] {
        let webex = Embedded::new(began.clone());
        webex.fault(fault.clone());
        let captured = take(&webex, Some(&old(&began)));
        assert_eq!(captured.missing, [], "{fault}");
        let mut found = Vec::new();
        let (one, other) = (timeless(began.clone()), timeless(captured.document));
        differences("", &one, &other, &mut found);
        assert!(found.is_empty(), "{fault}: {found:?} {:?}", captured.notes);
    }
}

#[test]
fn what_cannot_be_read_is_named_and_left_out() {
    for (path, list, what) in [
        ("/licenses", "licenses", "licenses"),
        ("/people", "users", "people"),
        ("/groups/*/members", "groups", "members of the group Care"),
        ("/locations", "locations", "locations"),
        ("/telephony/config/numbers", "numbers", "numbers"),
        ("/workspaces", "workspaces", "workspaces"),
        ("/devices", "devices", "devices"),
        (
            "/telephony/pstn/locations/*/connection",
            "locations",
            "the PSTN connection of Chicago",
        ),
    ] {
        let webex = Embedded::new(example("acme"));
        webex.fault(json!({"path": path, "times": 1000, "status": 403}));
        let captured = take(&webex, None);
        assert!(!captured.snapshot.complete, "{path}");
        assert_eq!(captured.document["complete"], false);
        assert_eq!(captured.document[list], Value::Null, "{path}");
        let missing = captured.missing.iter().find(|missing| missing.what == what);
        let missing = missing.unwrap_or_else(|| panic!("{path}: {:?}", captured.missing));
        assert!(
            missing.why.contains("403") && missing.why.contains("tracking id"),
            "{}",
            missing.why
        );
    }
}

/// What is read live is compared as what a file has.
#[test]
fn names_and_addresses_are_captured_in_one_form() {
    let mut began = example("acme");
    let renamed = began
        .to_string()
        .replace("abdul@acme.com", "abdul@b\u{fc}cher.de")
        .replace("\"Front Desk\"", "\"Front\u{a0}Desk\"")
        .replace("\"Chicago\"", "\"Chica\u{301}go\"");
    began = serde_json::from_str(&renamed).unwrap();
    let captured = take(&Embedded::new(began), None);
    assert_eq!(captured.missing, []);
    let snapshot = &captured.snapshot;
    let address = "abdul@xn--bcher-kva.de";
    assert!(snapshot.users().iter().any(|user| user.email == address));
    assert!(
        snapshot
            .locations()
            .iter()
            .any(|it| it.name == "Chic\u{e1}go")
    );
    assert!(snapshot.groups().iter().any(|it| it.name == "Front Desk"));
    let text = captured.document.to_string();
    for raw in ["b\u{fc}cher.de", "Front\u{a0}Desk", "Chica\u{301}go"] {
        assert!(!text.contains(raw), "{raw:?}");
    }
}

#[test]
fn an_organisation_that_moves_while_it_is_read_is_told() {
    let webex = Embedded::new(example("acme"));
    webex.fault(json!({"path": "/telephony/config/numbers", "nth": 2,
        "change": {"section": "users", "key": "abdul@acme.com", "set": {"licenses": []}}}));
    let captured = take(&webex, None);
    assert_eq!(captured.missing, []);
    let told = |note: &String| note.contains("licenses: Advanced Messaging");
    assert!(captured.notes.iter().any(told), "{:?}", captured.notes);
}

#[test]
fn the_estimate_is_near() {
    struct Near(std::sync::Mutex<u64>);
    impl Watch for Near {
        fn estimated(&self, estimate: &Estimate) {
            *self.0.lock().unwrap() = estimate.requests;
        }
    }
    let webex = Embedded::new(example("acme"));
    let client = webex.client();
    let reader = trunkline::webex::Reader::new(&client);
    let wanted = Wanted {
        voicemail: true,
        features: true,
        facts: None,
        since: false,
    };
    let watch = Near(Default::default());
    capture::capture(&reader, wanted, &watch).unwrap();
    let (estimated, sent) = (
        *watch.0.lock().unwrap() as f64,
        client.counts().total() as f64,
    );
    assert!(
        (0.8..1.2).contains(&(sent / estimated)),
        "{sent} of {estimated}"
    );
}

/// An organisation in which everyone has Calling, a number and a group of a hundred, with a workspace for every ten people and a
/// queue for every fifty.
fn large(people: usize) -> Value {
    let email = |at: usize| format!("p{at}@acme.com");
    let number = |at: usize| format!("+1214555{at:04}");
    let users = (0..people).map(|at| {
        json!({"id": format!("u-{at}"), "email": email(at), "displayName": format!("Person {at}"), "status": "active",
               "location": "Dallas", "phoneNumber": number(at), "licenses": ["L-CALL"], "attendeeSites": [], "roles": [],
               "voicemail": {"enabled": false}})
    });
    let numbers = (0..people).map(|at| {
        json!({"phoneNumber": number(at), "location": "Dallas", "state": "active", "type": "did",
               "owner": {"kind": "user", "key": email(at)}})
    });
    let groups = (0..people / 100).map(|at| {
        let members: Vec<String> = (at * 100..at * 100 + 100).map(email).collect();
        json!({"id": format!("g-{at}"), "name": format!("Group {at}"), "source": "webex", "kind": "security", "members": members})
    });
    let workspaces = (0..people / 10).map(|at| {
        json!({"id": format!("w-{at}"), "name": format!("Room {at}"), "location": "Dallas", "phoneNumber": null,
               "extension": format!("{}", 10_000 + at), "licenses": ["L-ROOM"]})
    });
    let features = (0..people / 50).map(|at| {
        json!({"kind": "callQueue", "id": format!("q-{at}"), "name": format!("Queue {at}"), "location": "Dallas",
               "phoneNumber": null, "extension": format!("{}", 50_000 + at),
               "members": [{"kind": "user", "key": email(at), "role": "agent"}]})
    });
    let license = |id: &str, name: &str, used: usize| json!({"id": id, "name": name, "subscriptionId": "Sub-1", "siteUrl": null, "totalUnits": 9999, "consumedUnits": used});
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [{"id": "Sub-1"}], "sites": [],
        "licenses": [license("L-CALL", "Webex Calling - Professional", people),
                     license("L-ROOM", "Webex Calling - Workspaces", people / 10)],
        "locations": [{"id": "loc-d", "name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
                       "address": {"country": "US"}, "calling": {"mainNumber": null, "pstn": null}}],
        "numbers": numbers.collect::<Vec<_>>(), "groups": groups.collect::<Vec<_>>(), "users": users.collect::<Vec<_>>(),
        "workspaces": workspaces.collect::<Vec<_>>(), "features": features.collect::<Vec<_>>(), "devices": []
    })
}

#[test]
fn a_capture_asks_for_pages_not_for_people() {
    let requests = |people: usize, voicemail: bool| {
        let webex = Embedded::new(large(people));
        let client = webex.client();
        let wanted = Wanted {
            voicemail,
            features: true,
            facts: None,
            since: false,
        };
        let reader = trunkline::webex::Reader::new(&client);
        let captured = capture::capture(&reader, wanted, &Quiet).unwrap();
        assert_eq!(captured.missing, []);
        assert_eq!(captured.snapshot.not_known.len(), 0);
        client.counts().total()
    };
    let [one, two, four] = [500, 1000, 2000].map(|people| requests(people, false));
    assert_eq!(
        [one, two, four],
        [56, 82, 133],
        "docs/performance.md has these"
    );
    // A page of people, and what each group and queue needs, for every hundred people; nothing for each of them. Where a list
    // ends at a round number, one request more looks behind it.
    assert!((four - two).abs_diff(2 * (two - one)) <= 3, "linear");
    assert!(four - two <= 60, "{}", four - two);
    // Voicemail is one request for each who has Calling.
    assert_eq!(requests(1000, true), two + 1000);
}

/// A capture that builds on an older one, with the paths that it asked for.
fn refresh(webex: &Arc<Embedded>, old: &Old) -> (Captured, Vec<String>) {
    let wanted = Wanted {
        voicemail: true,
        features: true,
        facts: Some(old),
        since: true,
    };
    let before = webex.simulator.log().len();
    let captured = capture::capture(&webex.reader(), wanted, &Quiet).unwrap();
    let log = webex.simulator.log();
    let paths = log[before..].iter().map(|entry| entry.path.clone());
    (captured, paths.collect())
}

#[test]
fn only_what_changed_is_read_again() {
    let webex = Embedded::new(example("acme"));
    let first = take(&webex, Some(&old(&example("acme"))));
    webex.direct(json!({"advance": 86_400.0}));
    let began = old(&first.document);
    let (captured, paths) = refresh(&webex, &began);
    assert_eq!(captured.missing, []);
    assert_eq!(captured.notes, Vec::<String>::new());
    let mut found = Vec::new();
    let (one, other) = (
        timeless(first.document.clone()),
        timeless(captured.document),
    );
    differences("", &one, &other, &mut found);
    assert!(found.is_empty(), "{found:#?}");
    // Of these, 15 are lists of calling features, which are read every time.
    assert!(paths.len() < 50, "{} requests", paths.len());
    assert!(
        !paths.iter().any(|path| path.contains("callingData=true&")),
        "{paths:#?}"
    );
    // Another person changes things.
    webex.direct(json!({"changes": [
        {"section": "users", "key": "bob@acme.com", "set": {"displayName": "Robert"}},
        {"section": "groups", "key": "Care", "set": {"members": ["fatima@acme.com", "bob@acme.com"]}},
    ]}));
    let (captured, paths) = refresh(&webex, &began);
    assert_eq!(captured.notes, Vec::<String>::new());
    let bob = list(&captured.document, "users").find(|user| user["email"] == "bob@acme.com");
    assert_eq!(bob.unwrap()["displayName"], "Robert");
    let care = list(&captured.document, "groups").find(|group| group["name"] == "Care");
    assert_eq!(
        care.unwrap()["members"],
        json!(["bob@acme.com", "fatima@acme.com"])
    );
    let reread = paths
        .iter()
        .filter(|path| path.contains("callingData=true"));
    assert_eq!(reread.count(), 1, "{paths:#?}");
    let whole = timeless(take(&webex, Some(&began)).document);
    let mut found = Vec::new();
    differences("", &whole, &timeless(captured.document), &mut found);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn where_the_proof_fails_everything_is_read() {
    let webex = Embedded::new(example("acme"));
    let first = take(&webex, Some(&old(&example("acme")))).document;
    // The older snapshot says that a person holds a licence whose unit was never in use.
    let mut wrong = first.clone();
    wrong["licenses"][1]["consumedUnits"] = json!(3);
    let (captured, _) = refresh(&webex, &old(&wrong));
    assert!(
        captured.notes[0].starts_with("everything was read: Advanced Messaging"),
        "{:?}",
        captured.notes
    );
    assert!(timeless(captured.document) == timeless(first.clone()));
    // Nor is anything taken over without the audit trail.
    webex.fault(json!({"path": "/adminAudit/events", "times": 9, "status": 403}));
    let (captured, _) = refresh(&webex, &old(&first));
    assert!(
        captured.notes[0].contains("audit trail"),
        "{:?}",
        captured.notes
    );
    assert!(captured.snapshot.complete);
}
