//! Calling features: a capture of the simulator has what it began with, a kind or a feature that cannot be read is named, and anyone who
//! loses Calling is out of them.

use std::sync::Arc;

use crate::common::webex::Embedded;
use serde_json::{Value, json};
use trunkline::backup::{Features, Subject};
use trunkline::snapshot;
use trunkline::webex::capture::{self, Captured, Estimate, Wanted, Watch};

struct Quiet;

impl Watch for Quiet {
    fn estimated(&self, _: &Estimate) {}
}

fn take(webex: &Arc<Embedded>) -> Captured {
    let wanted = Wanted {
        voicemail: false,
        features: true,
        facts: None,
        since: false,
    };
    capture::capture(&webex.reader(), wanted, &Quiet).unwrap()
}

/// A feature of Dallas.
fn feature(
    kind: &str,
    name: &str,
    number: Option<&str>,
    extension: Option<&str>,
    members: Value,
) -> Value {
    json!({"kind": kind, "id": format!("F-{kind}-{name}"), "name": name, "location": "Dallas",
           "phoneNumber": number, "extension": extension, "members": members})
}

fn user(key: &str, role: &str) -> Value {
    json!({"kind": "user", "key": key, "role": role})
}

/// Ana and Bob of Dallas, the workspace Lobby, and features of every kind.
fn organisation() -> Value {
    let number = |number: &str| json!({"phoneNumber": number, "location": "Dallas", "state": "active", "type": "did", "owner": null});
    let lobby = json!({"kind": "workspace", "key": "Lobby", "role": "agent"});
    let mut assist = feature(
        "callQueue",
        "Assist",
        None,
        Some("2001"),
        json!([user("bob@acme.com", "agent")]),
    );
    assist["customerAssist"] = json!(true);
    let supervisor = json!({"kind": "supervisor", "id": "P-BOB", "name": "Bob Stone",
        "members": [user("ana@acme.com", "agent"), user("bob@acme.com", "supervisor")]});
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "O", "name": "Acme"},
        "subscriptions": [{"id": "S", "status": "active"}],
        "licenses": [{"id": "L-PRO", "name": "Webex Calling - Professional", "subscriptionId": "S", "totalUnits": 10, "consumedUnits": 2},
                     {"id": "L-ROOM", "name": "Webex Calling - Workspaces", "subscriptionId": "S", "totalUnits": 10, "consumedUnits": 1}],
        "sites": [], "groups": [], "devices": [],
        "locations": [{"id": "LOC", "name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
                       "address": {"country": "US"}, "calling": {"mainNumber": "+12145550100"}}],
        "numbers": [number("+12145550100"), number("+12145550101"), number("+12145550150"),
            {"phoneNumber": "+12145550160", "location": "Dallas", "state": "active", "type": "did",
             "owner": {"kind": "callQueue", "key": "Support"}}],
        "users": [
            {"id": "P-ANA", "email": "ana@acme.com", "displayName": "Ana Silva", "licenses": ["L-PRO"], "location": "Dallas",
             "phoneNumber": "+12145550101", "extension": "1001"},
            {"id": "P-BOB", "email": "bob@acme.com", "displayName": "Bob Stone", "licenses": ["L-PRO"], "location": "Dallas",
             "phoneNumber": null, "extension": "1002"}],
        "workspaces": [{"id": "W-LOBBY", "name": "Lobby", "location": "Dallas", "phoneNumber": null, "extension": "1900", "licenses": ["L-ROOM"]}],
        "features": [
            feature("autoAttendant", "Main", Some("+12145550150"), Some("2100"),
                json!([user("ana@acme.com", "key"), {"kind": "workspace", "key": "Lobby", "role": "key"}])),
            feature("callPark", "Floor", None, None, json!([user("ana@acme.com", "member")])),
            feature("callPickup", "Floor", None, None, json!([user("ana@acme.com", "member"), user("bob@acme.com", "member")])),
            assist,
            feature("callQueue", "Support", Some("+12145550160"), Some("2000"), json!([user("ana@acme.com", "agent"), lobby])),
            feature("huntGroup", "Desk", None, Some("2200"), json!([user("bob@acme.com", "agent")])),
            feature("pagingGroup", "All", None, Some("2300"), json!([user("ana@acme.com", "originator"), user("bob@acme.com", "target")])),
            supervisor,
            feature("virtualLine", "Door", None, Some("2400"), json!([])),
            feature("voicemailGroup", "Box", None, Some("2500"), json!([user("ana@acme.com", "recipient"), user("bob@acme.com", "target")])),
        ],
    })
}

/// `kind name: members` of each feature, without what the simulator alone has.
fn features(document: &Value) -> Vec<Value> {
    let mut features = document["features"].as_array().unwrap().clone();
    for feature in &mut features {
        let members = feature.as_object_mut().unwrap();
        members.remove("customerAssist");
        members.retain(|_, value| !value.is_null());
    }
    features
}

#[test]
fn what_the_simulator_began_with_comes_back() {
    let began = organisation();
    let webex = Embedded::new(began.clone());
    let captured = take(&webex);
    assert_eq!(captured.missing, []);
    assert_eq!(captured.notes, Vec::<String>::new());
    assert_eq!(features(&captured.document), features(&began));
    // And once more from what was captured, but for what no answer tells apart.
    assert_eq!(features(&webex.simulator.snapshot()), features(&began));
    let again = take(&Embedded::new(captured.document.clone()));
    assert_eq!(features(&again.document), features(&began));
}

/// What features have counts as owned, without a row twice.
#[test]
fn numbers_and_extensions_of_features_are_owned_once() {
    let captured = take(&Embedded::new(organisation()));
    let rows = captured.snapshot.number_rows();
    let owner = |number: &str, extension: &str| {
        let mut found = rows.iter().filter(|row| {
            row.phone_number == number && row.extension.as_deref().unwrap_or_default() == extension
        });
        let row = found
            .next()
            .unwrap_or_else(|| panic!("{number} {extension}: {rows:?}"));
        assert!(found.next().is_none(), "{number} {extension} appears twice");
        row.owner
            .as_ref()
            .map(|it| format!("{}/{}", it.kind.word(), it.key))
    };
    assert_eq!(
        owner("+12145550150", "2100").as_deref(),
        Some("autoAttendant/Main")
    );
    assert_eq!(
        owner("+12145550160", "2000").as_deref(),
        Some("callQueue/Support")
    );
    assert_eq!(owner("", "2200").as_deref(), Some("huntGroup/Desk"));
    assert_eq!(owner("", "2400").as_deref(), Some("virtualLine/Door"));
    assert_eq!(owner("+12145550100", ""), None);
}

#[test]
fn features_of_customer_assist_are_read_once_whatever_the_list_has() {
    for all in [false, true] {
        let webex = Embedded::new(organisation());
        webex.direct(json!({"switches": {"assistListsAll": all}}));
        assert_eq!(
            features(&take(&webex).document),
            features(&organisation()),
            "{all}"
        );
    }
}

/// One person supervises agents of both sorts: two lists and two details make one team.
#[test]
fn a_supervisor_of_both_sorts_has_the_agents_of_both() {
    let webex = Embedded::new(organisation());
    let rows = json!({"supervisors": [{"id": "P-BOB", "displayName": "Bob Stone"}]});
    let agents = json!({"agents": [{"id": "W-LOBBY", "type": "PLACE"}]});
    // Which list and which detail meet the fault does not matter.
    for fault in [
        json!({"path": "/telephony/config/supervisors", "nth": 2, "status": 200, "answer": rows}),
        json!({"path": "/telephony/config/supervisors/P-BOB", "nth": 2, "status": 200, "answer": agents}),
    ] {
        webex.fault(fault);
    }
    let captured = take(&webex);
    let features = captured.snapshot.features().iter();
    let teams: Vec<_> = features.filter(|it| it.kind == "supervisor").collect();
    assert_eq!(teams.len(), 1);
    let members = teams[0].members.iter().flatten();
    let keys: Vec<&str> = members.map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["ana@acme.com", "bob@acme.com", "Lobby"]);
}

#[test]
fn a_kind_that_is_refused_is_named_and_not_empty() {
    for status in [403, 404] {
        let webex = Embedded::new(organisation());
        webex.fault(
            json!({"path": "/telephony/config/huntGroups", "times": 1000, "status": status}),
        );
        let captured = take(&webex);
        assert!(captured.snapshot.complete);
        let not_read = &captured.snapshot.features_not_read;
        assert_eq!(not_read.len(), 1, "{not_read:?}");
        assert_eq!(not_read[0].kind, "huntGroup");
        assert!(
            not_read[0].reason.contains(&status.to_string()),
            "{not_read:?}"
        );
        assert!(
            captured.notes[0].contains("hunt groups"),
            "{:?}",
            captured.notes
        );
        assert_eq!(captured.snapshot.features().len(), 9);
        // The file says it too, and is read again as it was.
        let read = snapshot::of_document(&captured.document).unwrap();
        assert_eq!(&read.features_not_read, not_read);
    }
}

#[test]
fn a_list_that_lacks_the_owner_of_a_number_is_not_whole() {
    for (path, key, kind) in [
        ("/telephony/config/queues", "queues", "callQueue"),
        ("/telephony/config/huntGroups", "huntGroups", "huntGroup"),
    ] {
        let mut organisation = organisation();
        let numbers = organisation["numbers"].as_array_mut().unwrap();
        numbers.push(json!({"phoneNumber": "+12145550161", "location": "Dallas", "state": "active", "type": "did",
            "owner": {"kind": "huntGroup", "key": "Sales"}}));
        let webex = Embedded::new(organisation);
        let whole = take(&webex).document;
        assert_eq!(whole.get("featuresNotRead"), None, "{kind}: {whole}");
        webex.fault(
            json!({"method": "GET", "path": path, "status": 200, "answer": {key: []}, "times": 9}),
        );
        let cut = take(&webex).document;
        let not_read = cut["featuresNotRead"].as_array().unwrap();
        assert_eq!(not_read.len(), 1, "{not_read:?}");
        assert_eq!(not_read[0]["kind"], kind);
        let reason = not_read[0]["reason"].as_str().unwrap();
        assert!(reason.contains("its list lacks"), "{reason}");
    }
}

#[test]
fn where_no_kind_can_be_read_features_are_not_captured() {
    let webex = Embedded::new(organisation());
    for list in [
        "queues",
        "huntGroups",
        "autoAttendants",
        "voicemailGroups",
        "paging",
        "virtualLines",
        "supervisors",
        "locations/*/callPickups",
        "locations/*/callParks",
    ] {
        webex.fault(
            json!({"path": format!("/telephony/config/{list}"), "times": 1000, "status": 403}),
        );
    }
    let captured = take(&webex);
    assert!(captured.snapshot.features.is_none() && captured.snapshot.features_not_read.is_empty());
    assert_eq!(captured.document.get("features"), None);
    assert_eq!(captured.notes.len(), 1, "{:?}", captured.notes);
}

#[test]
fn what_does_not_apply_is_empty() {
    let webex = Embedded::new(organisation());
    let answer = json!({"errorCode": 25409, "message": "[Error 25409] Not applicable",
                        "errors": [{"errorCode": 25409, "description": "[Error 25409] Not applicable"}]});
    webex.fault(json!({"path": "/telephony/config/supervisors", "times": 1000, "status": 405, "answer": answer}));
    let captured = take(&webex);
    assert_eq!(captured.snapshot.features_not_read, []);
    assert_eq!(captured.snapshot.features().len(), 9);
}

#[test]
fn one_odd_feature_stops_nothing() {
    let detail =
        json!({"id": "F-callQueue-Support", "name": "Support", "agents": {"first": "P-ANA"}});
    let silent = json!({"id": "F-callQueue-Support", "name": "Support"});
    let faults = [
        json!({"path": "/telephony/config/locations/*/queues/F-callQueue-Support", "times": 1000, "status": 200, "answer": silent}),
        json!({"path": "/telephony/config/locations/*/queues/F-callQueue-Support", "times": 1000, "status": 200, "answer": detail}),
        json!({"path": "/telephony/config/locations/*/queues/F-callQueue-Support", "times": 1000, "status": 403}),
    ];
    for fault in faults {
        let webex = Embedded::new(organisation());
        webex.fault(fault.clone());
        let captured = take(&webex);
        assert!(captured.snapshot.complete && captured.missing.is_empty());
        let support = captured
            .snapshot
            .features()
            .iter()
            .find(|it| it.name == "Support")
            .unwrap();
        assert_eq!(support.members, None, "{fault}");
        assert!(
            captured.notes[0].contains("call queue Support (Dallas)"),
            "{:?}",
            captured.notes
        );
        let others = captured
            .snapshot
            .features()
            .iter()
            .filter(|it| it.members.is_some());
        assert_eq!(others.count(), 9);
    }
}

#[test]
fn a_row_without_an_id_is_one_odd_feature() {
    let webex = Embedded::new(organisation());
    let rows =
        json!({"huntGroups": [{"name": "Strange", "locationId": "LOC", "locationName": "Dallas"}]});
    webex.fault(
        json!({"path": "/telephony/config/huntGroups", "times": 1, "status": 200, "answer": rows}),
    );
    let captured = take(&webex);
    let strange = captured
        .snapshot
        .features()
        .iter()
        .find(|it| it.name == "Strange")
        .unwrap();
    assert_eq!(strange.members, None);
    // Desk, whom this list lacks, has an extension.
    let not_read = &captured.snapshot.features_not_read;
    let kinds: Vec<&str> = not_read.iter().map(|it| &*it.kind).collect();
    assert_eq!(kinds, ["huntGroup"]);
}

fn subject(kind: &str, key: &str, id: &str, number: Option<&str>, extension: &str) -> Subject {
    Subject {
        kind: kind.to_owned(),
        key: key.to_owned(),
        id: id.to_owned(),
        location: Some("Dallas".to_owned()),
        phone_number: number.map(str::to_owned),
        extension: Some(extension.to_owned()),
        ..Subject::default()
    }
}

fn memberships(features: &Features, subject: &Subject) -> Vec<String> {
    let of = features.of(subject);
    let words = of.iter().map(|it| {
        format!(
            "{} of {} {}",
            it.role.as_deref().unwrap(),
            it.feature,
            it.name
        )
    });
    words.collect()
}

#[test]
fn a_backup_has_the_memberships_of_all_kinds() {
    let features = Features::read(&Embedded::new(organisation()).reader());
    assert_eq!((features.unread.len(), features.not_told.len()), (0, 0));
    let ana = subject(
        "user",
        "ana@acme.com",
        "P-ANA",
        Some("+12145550101"),
        "1001",
    );
    assert_eq!(
        memberships(&features, &ana),
        [
            "key of auto attendant Main",
            "member of call park group Floor",
            "member of call pickup group Floor",
            "agent of call queue Support",
            "originator of paging group All",
            "agent of team supervised by Bob Stone",
            "recipient of voicemail group Box",
        ]
    );
    let lobby = subject("workspace", "Lobby", "W-LOBBY", None, "1900");
    assert_eq!(
        memberships(&features, &lobby),
        ["key of auto attendant Main", "agent of call queue Support"]
    );
    // An extension elsewhere is that of another person.
    let other = Subject {
        location: Some("Austin".to_owned()),
        ..subject("user", "zoe@acme.com", "P-ZOE", None, "1001")
    };
    assert_eq!(memberships(&features, &other), Vec::<String>::new());
}

#[test]
fn a_backup_names_what_webex_does_not_tell_and_waits_for_what_failed() {
    let webex = Embedded::new(organisation());
    webex.fault(json!({"path": "/telephony/config/huntGroups", "times": 1000, "status": 403}));
    let features = Features::read(&webex.reader());
    assert_eq!(features.not_told, ["hunt groups"]);
    assert!(features.unread.is_empty());
    let webex = Embedded::new(organisation());
    webex.fault(json!({"path": "/telephony/config/huntGroups", "times": 1000, "status": 500}));
    let features = Features::read(&webex.reader());
    assert_eq!(features.unread.len(), 1, "{:?}", features.unread);
    assert_eq!(features.unread[0].what, "hunt groups");
}

/// The features that a person is in after a change behind the client's back.
fn left(webex: &Arc<Embedded>, key: &str) -> Vec<String> {
    let captured = take(webex);
    let features = captured.snapshot.features().iter();
    let of = features.filter(|it| it.members.iter().flatten().any(|member| member.key == key));
    of.map(|it| format!("{} {}", it.kind, it.name)).collect()
}

#[test]
fn a_person_who_loses_calling_leaves_all_features_but_mail() {
    let webex = Embedded::new(organisation());
    let request = http::Request::patch("http://webex.test/v1/licenses/users")
        .header("authorization", "Bearer any")
        .header("content-type", "application/json");
    let body =
        json!({"email": "ana@acme.com", "licenses": [{"id": "L-PRO", "operation": "remove"}]});
    webex
        .simulator
        .answer(request.body(serde_json::to_vec(&body).unwrap()).unwrap());
    assert_eq!(left(&webex, "ana@acme.com"), ["voicemailGroup Box"]);
    assert!(!left(&webex, "bob@acme.com").is_empty());
    webex.direct(json!({"changes": [{"section": "users", "key": "bob@acme.com", "remove": true}]}));
    assert_eq!(left(&webex, "bob@acme.com"), Vec::<String>::new());
}

/// A snapshot of before has none, and that is not the same as having no features.
#[test]
fn a_snapshot_without_features_is_read_as_before() {
    let mut document = organisation();
    document.as_object_mut().unwrap().remove("features");
    let read = snapshot::of_document(&document).unwrap();
    assert!(read.features.is_none());
    assert_eq!(read.number_rows().len(), 4);
    document["features"] = Value::Null;
    assert!(snapshot::of_document(&document).unwrap().features.is_none());
}
