//! The tables against webex-api.md 10, and what is written back against the shapes of webex-api.md 17.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::*;
use crate::webex::{Call, Client, Options, Reader, Transport, VirtualClock};

/// Answers what it was given; everything else is not there.
#[derive(Debug, Default)]
struct Canned {
    answers: BTreeMap<String, (u16, Value)>,
    asked: Mutex<Vec<String>>,
}

impl Transport for Canned {
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        assert_eq!(
            request.method(),
            Method::GET,
            "reading sends nothing but GET"
        );
        let path = request.uri().path_and_query().unwrap().to_string();
        let path = path.trim_start_matches("/v1").to_owned();
        let (status, body) = match self.answers.get(&path) {
            Some((status, body)) => (*status, body.clone()),
            None => (404, json!({"message": "not found"})),
        };
        self.asked.lock().unwrap().push(path);
        Ok(Response::builder()
            .status(status)
            .body(body.to_string().into_bytes())
            .unwrap())
    }
}

fn reader(answers: &[(&str, u16, Value)]) -> (Reader, Arc<Canned>) {
    let answers = answers.iter();
    let canned = Arc::new(Canned {
        answers: answers
            .map(|(path, status, body)| ((*path).to_owned(), (*status, body.clone())))
            .collect(),
        asked: Mutex::default(),
    });
    let options = Options::new("http://127.0.0.1/v1", "token");
    let client = Client::new(canned.clone(), Arc::new(VirtualClock::default()), options);
    (Reader::new(&client), canned)
}

const PEOPLE: &str = "bargeIn callForwarding intercept callRecording callWaiting callerId callingBehavior doNotDisturb \
    executiveAssistant executiveAlert executiveCallFiltering executiveAssignedAssistants executiveAssistantSettings \
    executiveScreening hoteling monitoring incomingPermission outgoingPermission accessCodes digitPatterns \
    autoTransferNumbers numbers privacy pushToTalk reception schedules voicemail musicOnHold preferredAnswerEndpoint \
    applications sharedLines agentCallerId callBridge msTeams modeManagement personalAssistant selectiveAccept \
    selectiveReject selectiveForward simultaneousRing anonymousCallReject hotDesking outboundBillingPlan \
    singleNumberReach emergencyCallbackNumber emergencyCallbackDependencies timeZone callCaptions permissions services \
    devices deviceSettings";

const WORKSPACES: &str = "callForwarding callWaiting callerId incomingPermission intercept monitoring numbers \
    outgoingPermission accessCodes autoTransferNumbers anonymousCallReject bargeIn callBridge callPolicies doNotDisturb \
    emergencyCallbackNumber emergencyCallbackDependencies callRecording musicOnHold digitPatterns priorityAlert privacy \
    pushToTalk selectiveAccept selectiveReject selectiveForward sequentialRing simultaneousRing voicemail devices \
    deviceSettings";

#[test]
fn every_row_of_the_reference_is_there() {
    for (holder, rows) in [
        (HolderKind::Person, PEOPLE),
        (HolderKind::Workspace, WORKSPACES),
    ] {
        let ours: BTreeSet<&str> = holder.settings().iter().map(|it| it.name).collect();
        assert_eq!(ours.len(), holder.settings().len(), "a name appears twice");
        assert_eq!(ours, rows.split_whitespace().collect(), "{holder:?}");
    }
}

#[test]
fn rows_are_of_one_piece() {
    for holder in [HolderKind::Person, HolderKind::Workspace] {
        let all = holder.settings();
        for (at, setting) in all.iter().enumerate() {
            let name = setting.name;
            let kind = match holder {
                HolderKind::Person => "/people/{id}",
                HolderKind::Workspace => "/workspaces/{id}",
            };
            assert!(setting.read.contains(kind), "{name}: {}", setting.read);
            for other in setting.after {
                let other = all.iter().position(|it| it.name == *other);
                assert!(
                    other.is_some_and(|other| other < at),
                    "{name} comes too early"
                );
            }
            for write in setting.writes {
                let (_, path) = write.shown();
                assert!(
                    path.contains("{id}") || path.contains("{item.id}"),
                    "{name}: {path}"
                );
                assert!(!path.contains('?'), "{name}: {path}");
            }
        }
    }
}

/// What is sent for a person with the id `NEW`.
fn sent(setting: &str, value: Value) -> Vec<Call> {
    restore_calls("user", "NEW", setting, &value).unwrap()
}

/// The one body that is sent.
fn body(setting: &str, value: Value) -> Value {
    let calls = sent(setting, value);
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(calls[0].method, Method::PUT);
    calls[0].body.clone().unwrap()
}

#[test]
fn members_that_only_reading_has_are_left_out() {
    let forwarding = json!({"callForwarding": {"always": {"enabled": false}, "noAnswer":
        {"enabled": true, "numberOfRings": 3, "systemMaxNumberOfRings": 20}}, "businessContinuity": {"enabled": false}});
    assert_eq!(
        body("callForwarding", forwarding),
        json!({"callForwarding": {"always": {"enabled": false}, "noAnswer": {"enabled": true, "numberOfRings": 3}},
            "businessContinuity": {"enabled": false}})
    );
    let caller = json!({"types": ["DIRECT_LINE", "CUSTOM"], "selected": "DIRECT_LINE", "directNumber": "+14085550132",
        "extensionNumber": "4132", "locationNumber": "+14085550100", "tollFreeLocationNumber": false,
        "locationExternalCallerIdName": "Acme", "firstName": "Ana", "blockInForwardCallsEnabled": false});
    assert_eq!(
        body("callerId", caller),
        json!({"selected": "DIRECT_LINE", "firstName": "Ana", "blockInForwardCallsEnabled": false})
    );
    let permission = json!({"useCustomEnabled": true, "callingPermissions": [{"callType": "INTERNAL_CALL", "action": "ALLOW",
        "transferEnabled": true, "isCallTypeRestrictionEnabled": false}]});
    assert_eq!(
        body("outgoingPermission", permission),
        json!({"useCustomEnabled": true,
            "callingPermissions": [{"callType": "INTERNAL_CALL", "action": "ALLOW", "transferEnabled": true}]})
    );
}

#[test]
fn a_recorded_greeting_is_neither_asked_for_nor_replaced() {
    let voicemail = json!({"enabled": true, "sendBusyCalls": {"enabled": true, "greeting": "DEFAULT", "greetingUploaded": false},
        "sendUnansweredCalls": {"enabled": true, "greeting": "CUSTOM", "greetingUploaded": true, "numberOfRings": 3,
        "systemMaxNumberOfRings": 20}, "notifications": {"enabled": false}});
    assert_eq!(
        body("voicemail", voicemail),
        json!({"enabled": true, "sendBusyCalls": {"enabled": true, "greeting": "DEFAULT"},
            "sendUnansweredCalls": {"enabled": true, "numberOfRings": 3}, "notifications": {"enabled": false}})
    );
}

#[test]
fn people_are_written_as_ids() {
    let monitoring = json!({"callParkNotificationEnabled": true, "monitoredElements": [
        {"member": {"id": "P-1", "displayName": "Bo Li", "numbers": [{"extension": "4140"}]}},
        {"callparkextension": {"id": "X-1", "name": "Park"}}]});
    assert_eq!(
        body("monitoring", monitoring),
        json!({"enableCallParkNotification": true, "monitoredElements": ["P-1", "X-1"]})
    );
    let privacy = json!({"aaNamingDialingEnabled": true, "monitoringAgents": [{"id": "P-1", "lastName": "Li"}]});
    assert_eq!(
        body("privacy", privacy),
        json!({"aaNamingDialingEnabled": true, "monitoringAgents": ["P-1"]})
    );
    assert_eq!(
        body(
            "executiveAssignedAssistants",
            json!({"assistants": [{"id": "P-1", "optInEnabled": true}]})
        ),
        json!({"assistantIds": ["P-1"]})
    );
    assert_eq!(
        body(
            "executiveAssistantSettings",
            json!({"forwardFilteredCallsEnabled": false, "executives": [{"id": "P-1", "firstName": "Bo", "optInEnabled": true}]})
        ),
        json!({"forwardFilteredCallsEnabled": false, "executives": [{"personId": "P-1", "optInEnabled": true}]})
    );
    let agent = json!({"selectedCallerId": {"id": "Q-1", "type": "CALL_QUEUE", "name": "Support"}});
    assert_eq!(
        body("agentCallerId", agent),
        json!({"selectedCallerId": "Q-1"})
    );
    let modes =
        json!({"features": [{"id": "A-1", "name": "Desk", "currentOperatingModeName": "Night"}]});
    assert_eq!(
        body("modeManagement", modes),
        json!({"featureIds": ["A-1"]})
    );
}

#[test]
fn a_workspace_has_been_seen_with_one_monitored_member_for_a_list() {
    let value = json!({"callParkNotificationEnabled": false, "monitoredElements": {"member": {"id": "P-1"}}});
    let calls = restore_calls("workspace", "W", "monitoring", &value).unwrap();
    assert_eq!(
        calls[0].body.as_ref().unwrap()["monitoredElements"],
        json!(["P-1"])
    );
}

#[test]
fn the_emergency_number_names_its_member() {
    let value = json!({"selected": "LOCATION_MEMBER_NUMBER", "directLineInfo": {"firstName": "Ana"},
        "locationMemberInfo": {"memberId": "P-2", "phoneNumber": "+14085550140"}, "defaultInfo": {"quality": "RECOMMENDED"}});
    assert_eq!(
        body("emergencyCallbackNumber", value),
        json!({"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": "P-2"})
    );
}

#[test]
fn only_further_numbers_are_added() {
    let first = json!({"primary": true, "directNumber": "+12145550101", "extension": "1001"});
    let further = json!({"primary": false, "directNumber": "+12145550150", "ringPattern": "LONG_LONG", "esn": "8001001"});
    let value = json!({"distinctiveRingEnabled": true, "phoneNumbers": [first, further]});
    let calls = sent("numbers", value);
    assert_eq!(calls[0].path, "/telephony/config/people/NEW/numbers");
    assert_eq!(
        calls[0].body,
        Some(
            json!({"distinctiveRingEnabled": true, "enableDistinctiveRingPattern": true,
            "phoneNumbers": [{"primary": false, "action": "ADD", "directNumber": "+12145550150", "ringPattern": "LONG_LONG"}]})
        )
    );
    assert_eq!(sent("numbers", json!({"phoneNumbers": [first]})), []);
}

#[test]
fn access_codes_come_back_and_are_switched_on() {
    let code = |level: &str| json!({"code": "4856", "description": "Marketing", "level": level});
    let value =
        json!({"useCustomAccessCodes": true, "accessCodes": [code("CUSTOM"), code("LOCATION")]});
    for (kind, path) in [
        (
            "user",
            "/telephony/config/people/NEW/outgoingPermission/accessCodes",
        ),
        (
            "workspace",
            "/workspaces/NEW/features/outgoingPermission/accessCodes",
        ),
    ] {
        let calls = restore_calls(kind, "NEW", "accessCodes", &value).unwrap();
        let posted = json!({"code": "4856", "description": "Marketing"});
        let switched = json!({"useCustomAccessCodes": true, "deleteCodes": []});
        let expected = [
            Call::new(Method::POST, path).with(posted),
            Call::new(Method::PUT, path).with(switched),
        ];
        assert_eq!(calls, expected);
        let half = json!({"useCustomAccessCodes": false, "accessCodes": [code("CUSTOM")]});
        let left = remaining_calls(kind, "NEW", "accessCodes", &value, &half).unwrap();
        assert_eq!(left, expected[1..]);
        assert_eq!(
            remaining_calls(kind, "NEW", "accessCodes", &value, &value).unwrap(),
            []
        );
    }
}

#[test]
fn what_only_reading_has_of_voicemail_is_not_sent() {
    let value = json!({"enabled": true, "voiceMessageForwardingEnabled": true});
    for kind in ["user", "workspace"] {
        let calls = restore_calls(kind, "NEW", "voicemail", &value).unwrap();
        assert_eq!(calls[0].body, Some(json!({"enabled": true})), "{kind}");
    }
}

#[test]
fn rules_are_created_again_before_they_are_turned_on() {
    let value = json!({"enabled": true, "defaultPhoneNumberToForward": "+14085550199", "criteria": [{"id": "C-1", "source": "ALL",
        "ringEnabled": true, "forwardEnabled": true, "callsFrom": "ANY_PHONE_NUMBER", "scheduleName": "Office"}]});
    let calls = sent("selectiveForward", value);
    let lines: Vec<String> = calls
        .iter()
        .map(|it| format!("{} {}", it.method, it.path))
        .collect();
    assert_eq!(
        lines,
        [
            "POST /telephony/config/people/NEW/selectiveForward/criteria",
            "PUT /telephony/config/people/NEW/selectiveForward"
        ]
    );
    assert_eq!(
        calls[0].body,
        Some(
            json!({"forwardEnabled": true, "callsFrom": "ANY_PHONE_NUMBER", "scheduleName": "Office"})
        )
    );
    assert_eq!(
        calls[1].body,
        Some(json!({"enabled": true, "defaultPhoneNumberToForward": "+14085550199"}))
    );
}

#[test]
fn what_is_there_is_not_made_a_second_time() {
    let value = json!({"useCustomDigitPatterns": true, "digitPatterns": [
        {"id": "D-1", "name": "a", "pattern": "1XX", "action": "BLOCK"}, {"id": "D-2", "name": "b", "pattern": "2XX", "action": "ALLOW"}]});
    let half = json!({"useCustomDigitPatterns": false, "digitPatterns": [
        {"id": "D-9", "name": "a", "pattern": "1XX", "action": "BLOCK"}]});
    let left = remaining_calls("user", "NEW", "digitPatterns", &value, &half).unwrap();
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(left[0].body.as_ref().unwrap()["name"], "b");
    let whole = json!({"useCustomDigitPatterns": true, "digitPatterns": [
        {"id": "D-10", "name": "b", "pattern": "2XX", "action": "ALLOW"}, {"id": "D-9", "name": "a", "pattern": "1XX", "action": "BLOCK"}]});
    assert_eq!(
        remaining_calls("user", "NEW", "digitPatterns", &value, &whole).unwrap(),
        []
    );
    let setting = HolderKind::Person.find("digitPatterns").unwrap();
    assert!(same(setting, "NEW", &value, &whole));
    assert!(!same(setting, "NEW", &value, &half));
}

#[test]
fn schedules_of_the_location_are_not_made_for_the_person() {
    let value = json!({"schedules": [
        {"id": "S-1", "name": "Mine", "type": "businessHours", "level": "PEOPLE", "events": [{"id": "E-1", "name": "Monday"}]},
        {"id": "S-2", "name": "Theirs", "type": "holidays", "level": "LOCATION", "events": []}]});
    let calls = sent("schedules", value);
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].method, Method::POST);
    assert_eq!(
        calls[0].body,
        Some(json!({"name": "Mine", "type": "businessHours", "events": [{"name": "Monday"}]}))
    );
}

#[test]
fn teams_flags_are_sent_one_by_one_and_only_the_persons_own() {
    let value = json!({"personId": "P", "settings": [
        {"settingName": "HIDE_WEBEX_APP", "level": "PEOPLE", "value": true, "lastModified": "2026-01-01T00:00:00Z"},
        {"settingName": "PRESENCE_SYNC", "level": "ORGANIZATION", "value": false}]});
    assert_eq!(
        body("msTeams", value),
        json!({"settingName": "HIDE_WEBEX_APP", "value": true})
    );
}

#[test]
fn lines_go_back_to_the_holders_own_phones() {
    let line = json!({"id": "{id}", "port": 1, "primaryOwner": true, "lineType": "PRIMARY", "lineWeight": 1, "firstName": "Ana",
        "hotlineEnabled": false, "allowCallDeclineEnabled": true});
    let value = json!({"devices": [
        {"id": "D-1", "model": "DMS Cisco 8845", "primaryOwner": true, "lines": {"model": "x", "members": [line]}},
        {"id": "D-2", "primaryOwner": false, "lines": {"members": []}}]});
    let calls = sent("devices", value);
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].path, "/telephony/config/devices/D-1/members");
    assert_eq!(
        calls[0].body,
        Some(
            json!({"members": [{"id": "NEW", "port": 1, "primaryOwner": true, "lineType": "PRIMARY", "lineWeight": 1,
            "hotlineEnabled": false, "allowCallDeclineEnabled": true}]})
        )
    );
}

#[test]
fn what_cannot_be_written_is_an_error_or_nothing() {
    assert!(restore_calls("group", "G", "voicemail", &json!({})).is_err());
    assert!(restore_calls("user", "P", "voiceMail", &json!({})).is_err());
    assert!(restore_calls("user", "P", "voicemail", &json!([])).is_err());
    assert_eq!(sent("services", json!({"services": []})), []);
    assert_eq!(
        sent(
            "preferredAnswerEndpoint",
            json!({"preferredAnswerEndpointId": "", "endpoints": []})
        ),
        []
    );
}

const ID: &str = "Y2lzY29zcGFyazovL3VzL1BFT1BMRS83ZDNhOWM1Mi0xZTRmLTRiN2EtOGMyMS1mMDVlNmI5ZDNhNDQ";

#[test]
fn reading_tells_values_from_what_does_not_apply_and_from_failures() {
    let of = |path: &str| path.replace("{id}", ID);
    let (waiting, barge, selective, rule, codes) = (
        of("/people/{id}/features/callWaiting"),
        of("/people/{id}/features/bargeIn"),
        of("/telephony/config/people/{id}/selectiveAccept"),
        of("/telephony/config/people/{id}/selectiveAccept/criteria/C-1"),
        of("/telephony/config/people/{id}/outgoingPermission/accessCodes"),
    );
    let (reader, canned) = reader(&[
        (&waiting, 200, json!({"enabled": true})),
        (&barge, 403, json!({})),
        (
            &selective,
            200,
            json!({"enabled": true, "criteria": [{"id": "C-1", "source": "ALL"}], "owner": format!("{ID}=")}),
        ),
        (
            &rule,
            200,
            json!({"id": "C-1", "callsFrom": "ANY_PHONE_NUMBER"}),
        ),
        (&codes, 401, json!({"message": "token"})),
    ]);
    let settings = read_all(&reader, HolderKind::Person, ID);
    assert_eq!(settings.readings.len(), HolderKind::Person.settings().len());
    assert_eq!(
        settings.value("callWaiting"),
        Some(&json!({"enabled": true}))
    );
    assert_eq!(settings.readings["bargeIn"], Reading::NotApplicable);
    assert_eq!(
        settings.value("selectiveAccept"),
        Some(&json!({"enabled": true, "owner": "{id}",
            "criteria": [{"id": "C-1", "source": "ALL", "callsFrom": "ANY_PHONE_NUMBER"}]}))
    );
    let failures: Vec<&str> = settings.failures().map(|it| it.0).collect();
    assert_eq!(failures, ["accessCodes"]);
    assert!(canned.asked.lock().unwrap().contains(&rule));
}

#[test]
fn the_digest_counts_what_people_set_and_nothing_else() {
    let with = |name: &'static str, value: Value| Settings {
        holder: HolderKind::Person,
        readings: [(name, Reading::Value(value))].into(),
    };
    let one = with(
        "schedules",
        json!({"schedules": [{"id": "S-1", "name": "A"}, {"id": "S-2", "name": "B"}]}),
    );
    let anew = with(
        "schedules",
        json!({"schedules": [{"id": "S-8", "name": "B"}, {"id": "S-9", "name": "A"}]}),
    );
    let other = with(
        "schedules",
        json!({"schedules": [{"id": "S-1", "name": "A"}]}),
    );
    assert_eq!(digest(&one), digest(&anew));
    let in_schedules =
        |one: &Settings, other: &Settings| differences(one, other).contains(&"schedules");
    assert!(!in_schedules(&one, &anew));
    assert_ne!(digest(&one), digest(&other));
    assert!(in_schedules(&one, &other));
    assert_eq!(
        differences(&one, &one).len(),
        HolderKind::Person.settings().len() - 1,
        "what was not read is never the same"
    );
    let greeting = |uploaded: bool| {
        with(
            "voicemail",
            json!({"sendBusyCalls": {"greetingUploaded": uploaded}}),
        )
    };
    assert_ne!(
        digest(&greeting(true)),
        digest(&greeting(false)),
        "a lost greeting is a difference"
    );
}
