//! One long story in which every call is made at least once.

use serde_json::{Value, json};

use super::session::Session;

/// Makes every call.
pub fn tell(session: &mut Session) {
    names(session);
    settings(session);
    schedules(session);
    criteria(session);
    codes(session);
    numbers_of_holders(session);
    devices(session);
    people(session);
    groups(session);
    locations(session);
    numbers(session);
    workspaces(session);
    queues(session);
    scim(session);
    broadworks(session);
    templates(session);
    reads(session);
    endings(session);
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not text: {value}"))
        .to_owned()
}

fn items<'a>(value: &'a Value, list: &str) -> &'a [Value] {
    value[list].as_array().map_or(&[], Vec::as_slice)
}

/// The uuid at the end of a public id.
fn bare(id: &str) -> String {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD
        .decode(id)
        .unwrap();
    let decoded = String::from_utf8(bytes).unwrap();
    let last = decoded.rsplit('/').next().unwrap();
    last.split(':').next().unwrap().to_owned()
}

/// Chooses whom the paths are about: a person, a workspace, a location, all with Calling.
fn names(session: &mut Session) {
    let people = session.get("/people?callingData=true");
    let named = |name: &str| {
        let mut all = items(&people, "items").iter();
        text(
            &all.find(|it| it["emails"][0] == format!("{name}@acme.com"))
                .unwrap()["id"],
        )
    };
    let (ana, bob) = (named("ana"), named("bob"));
    let workspaces = session.get("/workspaces");
    let room = items(&workspaces, "items")
        .iter()
        .find(|it| it["displayName"] == "Dallas Boardroom")
        .unwrap();
    let locations = session.get("/telephony/config/locations");
    let dallas = items(&locations, "locations")
        .iter()
        .find(|it| it["name"] == "Dallas")
        .unwrap();
    let groups = session.get("/groups");
    let licenses = session.get("/licenses");
    let org = session.get("/organizations");
    let org = text(&org["items"][0]["id"]);
    let devices = session.get(&format!("/devices?personId={ana}"));
    let roles = session.get("/roles");
    let group = text(&groups["groups"][0]["id"]);
    session.names.extend([
        ("scim", bare(&org)),
        ("Users", bare(&ana)),
        ("Groups", bare(&group)),
        ("groups", group),
        ("organizations", org),
        ("people", ana),
        ("other", bob),
        ("workspaces", text(&room["id"])),
        ("locations", text(&dallas["id"])),
        ("licenses", text(&licenses["items"][0]["id"])),
        ("devices", text(&devices["items"][0]["id"])),
        ("roles", text(&roles["items"][0]["id"])),
        ("countries", "US".to_owned()),
        ("actions", "pause".to_owned()),
    ]);
    let mine = session.get(&session.path("/people/{}/features/applications"));
    session
        .names
        .insert("applications", text(&mine["desktopClientId"]));
}

/// Every document of a person and of a workspace is read and written back.
fn settings(session: &mut Session) {
    let other = session.names["other"].clone();
    session.send(
        "PUT",
        &session.path("/people/{}/features/monitoring"),
        json!({"enableCallParkNotification": true, "monitoredElements": [other]}),
    );
    session.send(
        "PUT",
        &session.path("/workspaces/{}/features/monitoring"),
        json!({"enableCallParkNotification": true, "monitoredElements": [other]}),
    );
    session.send(
        "PUT",
        &session.path("/people/{}/features/reception"),
        json!({"receptionEnabled": true, "monitoredMembers": [other]}),
    );
    session.send(
        "PUT",
        &session.path("/people/{}/features/pushToTalk"),
        json!({"members": [other]}),
    );
    session.send(
        "PUT",
        &session.path("/people/{}/features/privacy"),
        json!({"monitoringAgents": [other]}),
    );
    session.send(
        "PUT",
        &session.path("/telephony/config/people/{}/executive/assignedAssistants"),
        json!({"assistantIds": [other]}),
    );
    let also = |path: &str| {
        if path.ends_with("/features/monitoring") {
            json!({"enableCallParkNotification": true})
        } else {
            json!({})
        }
    };
    let found = session.get(&session.path("/telephony/config/people/{}/agent/availableCallerIds"));
    let caller_id = session.path("/telephony/config/people/{}/agent/callerId");
    session.get(&caller_id);
    session.send(
        "PUT",
        &caller_id,
        json!({"selectedCallerId": found["availableCallerIds"][0]["id"]}),
    );
    session.get(&caller_id);
    session.send(
        "PUT",
        &session.path("/telephony/config/people/{}/modeManagement/features"),
        json!({"featureIds": [found["availableCallerIds"][0]["id"]]}),
    );
    let endpoints =
        session.get(&session.path("/telephony/config/people/{}/preferredAnswerEndpoint"));
    session.send(
        "PUT",
        &session.path("/telephony/config/people/{}/preferredAnswerEndpoint"),
        json!({"preferredAnswerEndpointId": endpoints["endpoints"][0]["id"]}),
    );
    session.send(
        "PUT",
        &session.path("/telephony/config/people/{}/settings/msTeams"),
        json!({"settingName": "HIDE_WEBEX_APP", "value": true}),
    );
    let documents: Vec<&str> = session
        .left("PUT")
        .into_iter()
        .filter(|path| {
            path.starts_with("/people/{}/features/")
                || path.contains("config/people/{}")
                || path.contains("/workspaces/{}/")
        })
        .filter(|path| {
            path.matches("{}").count() == 1
                && !path.ends_with("/numbers")
                && !path.ends_with("/passcode")
        })
        .filter(|path| {
            !path.contains("/devices")
                && !path.ends_with("accessCodes")
                && !path.ends_with("digitPatterns")
        })
        .filter(|path| !path.ends_with("/agent/callerId"))
        .collect();
    for path in documents {
        session.write_back(path, also(path));
    }
    session.write_back(
        "/telephony/config/people/{}/applications/{}/members",
        json!({}),
    );
    for kind in ["people", "workspaces"] {
        let path = session.path(&format!("/telephony/config/{kind}/{{}}/voicemail/passcode"));
        session.send("PUT", &path, json!({"passcode": "739154"}));
    }
    session.send(
        "POST",
        &session.path("/people/{}/features/voicemail/actions/resetPin/invoke"),
        Value::Null,
    );
    let form = json!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n--x--"
    );
    for path in session.left("POST") {
        if path.contains("upload") || path.contains("Upload") {
            session.upload(&session.path(path), &form);
        }
    }
    session.send(
        "PUT",
        &session.path("/telephony/config/locations/{}/features/emergencyCallbackNumber"),
        json!({"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": other}),
    );
    session.get(&session.path("/telephony/config/people/{}/emergencyCallbackNumber"));
}

fn schedules(session: &mut Session) {
    let base = session.path("/people/{}/features/schedules");
    let event = json!({
        "name": "Day", "startDate": "2026-12-01", "endDate": "2026-12-01", "startTime": "08:00", "endTime": "17:00",
        "allDayEnabled": false, "recurrence": {"recurForEver": true, "recurWeekly": {"recurInterval": 1, "monday": true}}
    });
    let made = session.send(
        "POST",
        &base,
        json!({"name": "hours", "type": "businessHours", "events": [event]}),
    );
    session.names.extend([
        ("schedules", "businessHours".to_owned()),
        ("{}", text(&made["id"])),
    ]);
    let one = session.path("/people/{}/features/schedules/{}/{}");
    session.get(&one);
    session.send(
        "PUT",
        &one,
        json!({"name": "hours", "newName": "office", "type": "businessHours"}),
    );
    let late = json!({"name": "Late", "startDate": "2026-12-24", "endDate": "2026-12-24", "startTime": "08:00", "endTime": "12:00"});
    let made = session.send("POST", &format!("{one}/events"), late);
    session.names.insert("events", text(&made["id"]));
    let event = session.path("/people/{}/features/schedules/{}/{}/events/{}");
    session.get(&event);
    let body = json!({
        "name": "Late", "newName": "Early", "startDate": "2026-12-24", "endDate": "2026-12-24", "startTime": "07:00", "endTime": "12:00"
    });
    session.send("PUT", &event, body);
    session.send("DELETE", &event, Value::Null);
    session.get(&base);
}

/// The criteria of each selective setting, from the first to the last request.
fn criteria(session: &mut Session) {
    for path in session.left("POST") {
        let Some(setting) = path.strip_suffix("/criteria") else {
            continue;
        };
        let place = session.path(setting);
        let mut body =
            json!({"callsFrom": "SELECT_PHONE_NUMBERS", "phoneNumbers": ["+14085550150"]});
        let enabled = [
            ("selectiveAccept", "acceptEnabled"),
            ("selectiveReject", "rejectEnabled"),
            ("selectiveForward", "forwardEnabled"),
            ("Ring", "ringEnabled"),
            ("priorityAlert", "notificationEnabled"),
            ("callFiltering", "filterEnabled"),
        ];
        let (_, name) = enabled
            .iter()
            .find(|(end, _)| setting.ends_with(end))
            .unwrap();
        body[*name] = json!(true);
        if setting.contains("/people/") && !setting.contains("executive") {
            body["scheduleName"] = json!("office");
            body["scheduleType"] = json!("businessHours");
            body["scheduleLevel"] = json!("PEOPLE");
        } else if setting.contains("/workspaces/") {
            body["scheduleName"] = json!("Holidays");
            body["scheduleType"] = json!("holidays");
            body["scheduleLevel"] = json!("GROUP");
        }
        if setting.ends_with("selectiveForward") {
            body["forwardToPhoneNumber"] = json!("+14085550199");
            body["sendToVoicemailEnabled"] = json!(false);
        }
        if setting.contains("/workspaces/{}/selectiveForward") {
            body["numbers"] = body["phoneNumbers"].take();
            body["destinationVoicemailEnabled"] = body["sendToVoicemailEnabled"].take();
            if let Some(body) = body.as_object_mut() {
                body.retain(|_, value| !value.is_null());
            }
        }
        if setting.ends_with("callFiltering") {
            body["filterName"] = json!("important");
        }
        let made = session.send("POST", &format!("{place}/criteria"), body.clone());
        let one = format!("{place}/criteria/{}", text(&made["id"]));
        session.get(&one);
        session.get(&place);
        let mut change = body;
        if let Some(change) = change.as_object_mut() {
            change.remove("filterName");
        }
        session.send("PUT", &one, change);
        session.send("DELETE", &one, Value::Null);
    }
}

fn codes(session: &mut Session) {
    for base in [
        "/telephony/config/people/{}/outgoingPermission/accessCodes",
        "/workspaces/{}/features/outgoingPermission/accessCodes",
    ] {
        let place = session.path(base);
        for code in ["4856", "4857"] {
            session.send(
                "POST",
                &place,
                json!({"code": code, "description": "sales"}),
            );
        }
        session.get(&place);
        session.send("PUT", &place, json!({"deleteCodes": ["4856"]}));
        if base.starts_with("/workspaces") {
            session.send(
                "DELETE",
                &session.path("/telephony/config/workspaces/{}/features/accessCodes/4857"),
                Value::Null,
            );
        }
        session.send("DELETE", &place, Value::Null);
    }
    for holder in ["people", "workspaces"] {
        let place = session.path(&format!(
            "/telephony/config/{holder}/{{}}/outgoingPermission/digitPatterns"
        ));
        let body =
            json!({"name": "one", "pattern": "1XXX", "action": "BLOCK", "transferEnabled": false});
        let made = session.send("POST", &place, body);
        let one = format!("{place}/{}", text(&made["id"]));
        session.get(&one);
        session.get(&place);
        session.send("PUT", &one, json!({"name": "two", "pattern": "2XXX"}));
        session.send("PUT", &place, json!({"useCustomDigitPatterns": true}));
        session.send("DELETE", &one, Value::Null);
        session.send("DELETE", &place, Value::Null);
    }
    let place = session.path("/telephony/config/people/{}/singleNumberReach/numbers");
    let made = session.send(
        "POST",
        &place,
        json!({"phoneNumber": "+14085550188", "enabled": true, "name": "mobile"}),
    );
    let one = format!("{place}/{}", text(&made["id"]));
    session.send(
        "PUT",
        &one,
        json!({"phoneNumber": "+14085550188", "enabled": false, "name": "mobile"}),
    );
    session.get(&session.path("/telephony/config/people/{}/singleNumberReach"));
    session.send("DELETE", &one, Value::Null);
}

/// A free number of the location.
fn free(session: &mut Session) -> String {
    let location = session.names["locations"].clone();
    let path = format!(
        "/telephony/config/numbers?locationId={location}&available=true&state=ACTIVE&includedTelephonyTypes=PSTN_NUMBER"
    );
    let found = session.get(&path);
    text(&found["phoneNumbers"][0]["phoneNumber"])
}

fn numbers_of_holders(session: &mut Session) {
    for (holder, read) in [
        ("people", "/people/{}/features/numbers"),
        ("workspaces", "/workspaces/{}/features/numbers"),
    ] {
        let number = free(session);
        let change = |action: &str| {
            json!({"distinctiveRingEnabled": true, "phoneNumbers": [
                {"primary": false, "action": action, "directNumber": number, "ringPattern": "LONG_LONG"}]})
        };
        let place = session.path(&format!("/telephony/config/{holder}/{{}}/numbers"));
        session.send("PUT", &place, change("ADD"));
        session.get(&session.path(read));
        session.send("PUT", &place, change("DELETE"));
    }
}

fn devices(session: &mut Session) {
    let ana = session.names["people"].clone();
    let made = session.send(
        "POST",
        "/devices",
        json!({"mac": "AABBCCDDEEFF", "model": "DMS Cisco 8865", "personId": ana}),
    );
    let device = format!("/devices/{}", text(&made["id"]));
    session.get(&device);
    let tags = json!([{"op": "replace", "path": "tags", "value": ["lobby"]}]);
    session.send_as("PATCH", &device, "application/json-patch+json", &tags);
    session.send(
        "POST",
        "/devices/activationCode",
        json!({"personId": ana, "model": "DMS Cisco 8865"}),
    );
    let telephony = format!("/telephony/config{device}");
    session.get(&telephony);
    let members = session.get(&format!("{telephony}/members"));
    let line = &members["members"][0];
    let own = json!({"members": [{
        "id": line["id"], "port": 1, "primaryOwner": true, "lineType": "PRIMARY", "lineWeight": 1, "hotlineEnabled": false,
        "hotlineDestination": "", "allowCallDeclineEnabled": true}]});
    session.send("PUT", &format!("{telephony}/members"), own);
    let layout = session.get(&format!("{telephony}/layout"));
    session.send("PUT", &format!("{telephony}/layout"), layout);
    session.send(
        "POST",
        &format!("{telephony}/actions/applyChanges/invoke"),
        Value::Null,
    );
    session.send(
        "POST",
        "/telephony/config/devices/actions/validateMacs/invoke",
        json!({"macs": ["AABBCCDDEEFF", "112233445566"]}),
    );
    session.send(
        "PUT",
        &session.path("/telephony/config/people/{}/devices/settings/hoteling"),
        json!({"hoteling": {"enabled": true, "limitGuestUse": true, "guestHoursLimit": 5}}),
    );
    session.send(
        "PUT",
        &session.path("/telephony/config/workspaces/{}/devices"),
        json!({"enabled": true, "limitGuestUse": true, "guestHoursLimit": 24}),
    );
    for holder in ["people", "workspaces"] {
        let place = session.path(&format!("/telephony/config/{holder}/{{}}/devices/settings"));
        session.get(&place);
        session.send("PUT", &place, json!({"compression": "ON"}));
    }
    session.get(&session.path("/telephony/config/people/{}/devices"));
    session.send("DELETE", &device, Value::Null);
}

fn people(session: &mut Session) {
    let made = session.send(
        "POST",
        "/people",
        json!({"emails": ["new@acme.com"], "displayName": "New One", "firstName": "New", "lastName": "One"}),
    );
    let id = text(&made["id"]);
    let number = free(session);
    let licenses = session.get("/licenses");
    let pools: Vec<String> = items(&licenses, "items")
        .iter()
        .filter(|it| it["name"] == "Webex Calling - Professional")
        .map(|it| text(&it["id"]))
        .collect();
    let location = session.names["locations"].clone();
    let properties = json!({"locationId": location, "phoneNumber": number, "extension": "7711"});
    let add = json!({"personId": id, "licenses": [{"id": pools[0], "operation": "add", "properties": properties}]});
    session.send("PATCH", "/licenses/users", add);
    let swap = json!({"personId": id, "licenses": [
        {"id": pools[1], "operation": "add", "properties": properties}, {"id": pools[0], "operation": "remove"}],
        "siteUrls": [{"siteUrl": "acme.webex.com", "accountType": "attendee", "operation": "add"}]});
    session.send("PATCH", "/licenses/users", swap);
    let person = session.get(&format!("/people/{id}?callingData=true"));
    let mut change = json!({});
    for name in [
        "displayName",
        "emails",
        "firstName",
        "lastName",
        "licenses",
        "roles",
        "siteUrls",
        "extension",
        "locationId",
        "phoneNumbers",
    ] {
        change[name] = person[name].clone();
    }
    change["title"] = json!("Lead");
    change["phoneNumbers"] = json!([{"type": "work", "value": number}]);
    session.send(
        "PUT",
        &format!("/people/{id}?callingData=true&showAllTypes=true"),
        change,
    );
    let locations = session.get("/telephony/config/locations");
    let chicago = items(&locations, "locations")
        .iter()
        .find(|it| it["name"] == "Chicago")
        .map(|it| text(&it["id"]))
        .unwrap();
    let moved = |validate: bool| json!({"usersList": [{"locationId": chicago, "validate": validate, "users": [{"userId": id}]}]});
    let moves = "/telephony/config/jobs/person/moveLocation";
    session.send("POST", moves, moved(true));
    let job = session.send("POST", moves, moved(false));
    session
        .names
        .insert("moveLocation", text(&job["response"]["id"]));
    jobs(session, moves);
    let free_of_charge = format!("/people/{id}");
    session.send("DELETE", &free_of_charge, Value::Null);
}

/// What can be done with a job that was begun.
fn jobs(session: &mut Session, place: &str) {
    let one = session.path(&format!("{place}/{{}}"));
    session.get(&one);
    for action in ["pause", "resume"] {
        session.send(
            "POST",
            &format!("{one}/actions/{action}/invoke"),
            Value::Null,
        );
    }
    session.wait(60);
    session.get(&one);
    session.get(place);
    session.get(&format!("{one}/errors"));
}

fn groups(session: &mut Session) {
    let (ana, bob) = (
        session.names["people"].clone(),
        session.names["other"].clone(),
    );
    let made = session.send(
        "POST",
        "/groups",
        json!({"displayName": "story", "members": [{"id": ana}]}),
    );
    let one = format!("/groups/{}", text(&made["id"]));
    session.get(&format!("{one}?includeMembers=true"));
    session.get(&format!("{one}/members"));
    session.get(&format!("{one}/Members"));
    let change = json!({"displayName": "story 2", "members": [{"id": ana, "operation": "delete"}, {"id": bob, "operation": "add"}]});
    session.send("PATCH", &one, change);
    session.send("DELETE", &one, Value::Null);
}

fn address() -> Value {
    json!({"address1": "771 Alder Drive", "city": "Milpitas", "state": "CA", "postalCode": "95035", "country": "US"})
}

fn locations(session: &mut Session) {
    let made = session.send(
        "POST",
        "/locations",
        json!({"name": "Milpitas", "timeZone": "America/Los_Angeles", "preferredLanguage": "en_us", "announcementLanguage": "en_us", "address": address()}),
    );
    let id = text(&made["id"]);
    let one = format!("/locations/{id}");
    session.get(&one);
    session.send("PUT", &one, json!({"name": "Milpitas North"}));
    let floor = session.send("POST", &format!("{one}/floors"), json!({"floorNumber": 1}));
    let floor = format!("{one}/floors/{}", text(&floor["id"]));
    session.get(&floor);
    session.get(&format!("{one}/floors"));
    session.send(
        "PUT",
        &floor,
        json!({"floorNumber": 2, "displayName": "Second"}),
    );
    session.send("DELETE", &floor, Value::Null);
    session.send(
        "POST",
        "/telephony/config/locations",
        json!({"id": id, "name": "Milpitas North", "timeZone": "America/Los_Angeles", "preferredLanguage": "en_us", "announcementLanguage": "en_us", "address": address()}),
    );
    let calling = format!("/telephony/config/locations/{id}");
    session.get(&calling);
    session.send(
        "PUT",
        &calling,
        json!({"externalCallerIdName": "Acme", "outsideDialDigit": "9"}),
    );
    let prefix = session.send("PUT", &calling, json!({"routingPrefix": "811"}));
    if let Some(job) = prefix["batchJobId"].as_str() {
        session.names.insert("updateRoutingPrefix", job.to_owned());
        session.wait(60);
        let one = session.path("/telephony/config/jobs/updateRoutingPrefix/{}");
        session.get(&one);
        session.get(&format!("{one}/errors"));
        session.get("/telephony/config/jobs/updateRoutingPrefix");
    }
    session.send(
        "POST",
        &format!("{calling}/actions/modifyAnnouncementLanguage/invoke"),
        json!({"agentEnabled": true, "serviceEnabled": true, "announcementLanguageCode": "en_us"}),
    );
    let pstn = format!("/telephony/pstn/locations/{id}");
    let options = session.get(&format!("{pstn}/connectionOptions"));
    let option = items(&options, "items")
        .iter()
        .find(|it| !text(&it["displayName"]).contains("remise"))
        .unwrap();
    session.send(
        "PUT",
        &format!("{pstn}/connection"),
        json!({"id": option["id"]}),
    );
    session.get(&format!("{pstn}/connection"));
    session.names.insert("closing", id);
}

fn numbers(session: &mut Session) {
    let id = session.names["closing"].clone();
    let place = format!("/telephony/config/locations/{id}/numbers");
    let fresh = ["+14085557100", "+14085557101"];
    session.send(
        "POST",
        "/telephony/config/actions/validateNumbers/invoke",
        json!({"phoneNumbers": fresh}),
    );
    session.send(
        "POST",
        &place,
        json!({"phoneNumbers": fresh, "numberType": "DID", "state": "INACTIVE"}),
    );
    session.send(
        "PUT",
        &place,
        json!({"phoneNumbers": fresh, "action": "ACTIVATE"}),
    );
    session.send(
        "POST",
        &place,
        json!({
            "phoneNumbers": ["+14085557190"], "numberType": "MOBILE", "subscriptionId": "Sub-2024",
            "carrierId": "123e4567-e89b-12d3-a456-426614174000",
        }),
    );
    session.get("/devices?type=webexgo");
    session.get(&format!(
        "/telephony/config/numbers?locationId={id}&details=true"
    ));
    session.send(
        "POST",
        "/telephony/config/actions/validateExtensions/invoke",
        json!({"extensions": ["7001", "911"]}),
    );
    session.send(
        "POST",
        &format!("/telephony/config/locations/{id}/actions/validateExtensions/invoke"),
        json!({"extensions": ["7001"]}),
    );
    let jobs_place = "/telephony/config/jobs/numbers/manageNumbers";
    let usage = json!({"operation": "NUMBER_USAGE_CHANGE", "numberUsageType": "SERVICE", "numberList": [{"locationId": id, "numbers": [fresh[0]]}]});
    let job = session.send("POST", jobs_place, usage);
    session.names.insert("manageNumbers", text(&job["id"]));
    jobs(session, jobs_place);
    session.send("DELETE", &place, json!({"phoneNumbers": [fresh[1]]}));
}

fn workspaces(session: &mut Session) {
    let licenses = session.get("/licenses");
    let pool = items(&licenses, "items")
        .iter()
        .find(|it| it["name"] == "Webex Calling - Workspaces")
        .unwrap()["id"]
        .clone();
    let location = session.names["locations"].clone();
    let calling = json!({"type": "webexCalling", "webexCalling": {"locationId": location, "extension": "7755", "licenses": [pool]}});
    let made = session.send(
        "POST",
        "/workspaces",
        json!({"displayName": "Story", "locationId": location, "calling": calling}),
    );
    let one = format!("/workspaces/{}", text(&made["id"]));
    session.get(&one);
    session.get(&format!("{one}/capabilities"));
    session.send("PUT", &one, json!({"displayName": "Story 2", "capacity": 3, "type": "open", "notes": "by the door", "calling": calling}));
    session.send("DELETE", &one, Value::Null);
}

fn queues(session: &mut Session) {
    let queues = session.path("/telephony/config/locations/{}/queues");
    let queue = json!({
        "name": "Story", "extension": "7799", "agents": [],
        "callPolicies": {"routingType": "PRIORITY_BASED", "policy": "CIRCULAR", "callBounce": {"callBounceEnabled": true},
            "distinctiveRing": {"enabled": true}},
        "queueSettings": {"queueSize": 10, "overflow": {"action": "PERFORM_BUSY_TREATMENT", "greeting": "DEFAULT"}}
    });
    let made = session.send("POST", &queues, queue);
    let one = format!("{queues}/{}", text(&made["id"]));
    session.get(&one);
    let change = json!({"name": "Story 2", "queueSettings": {"queueSize": 20}});
    session.send("PUT", &one, change);
    session.send("DELETE", &one, Value::Null);
}

fn scim(session: &mut Session) {
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let users = session.path("/identity/scim/{}/v2/Users");
    let user = json!({
        "schemas": [core], "userName": "scim@acme.com", "userType": "user", "displayName": "Scim One", "active": true, "title": "Lead",
        "emails": [{"value": "scim@acme.com", "type": "work", "primary": true}],
        "phoneNumbers": [{"value": "+14085550111", "type": "work", "primary": true}],
        "roles": [{"value": "id_user_admin", "type": "cirole"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales", "costCenter": "1"}
    });
    let made = session.send("POST", &users, user.clone());
    let id = text(&made["id"]);
    session.get(&users);
    session.get(&format!(
        "{users}?returnGroups=true&filter=userName%20sw%20%22scim%22"
    ));
    session.get(&format!("{users}/{id}"));
    session.send("PUT", &format!("{users}/{id}"), user);
    let patch = |operation: Value| json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
    let roles = json!({"op": "add", "path": "roles", "value": [{"value": "id_full_admin", "type": "cirole", "display": "Full"}]});
    session.send("PATCH", &format!("{users}/{id}"), patch(roles));
    session.get("/identity/scim/v2/Users/me");
    let groups = session.path("/identity/scim/{}/v2/Groups");
    let group = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "scim group", "externalId": "x",
        "members": [{"value": id, "type": "user"}],
        "urn:scim:schemas:extension:cisco:webexidentity:2.0:Group": {"usage": "policy", "owners": [{"value": id}]}
    });
    let made = session.send("POST", &groups, group.clone());
    let one = format!("{groups}/{}", text(&made["id"]));
    session.get(&format!("{groups}?includeMembers=true"));
    session.get(&one);
    session.get(&format!("{one}/Members"));
    session.send("PUT", &one, group);
    let inheritances = json!({"op": "add", "path": "urn:scim:schemas:extension:cisco:webexidentity:2.0:Group.inheritances",
        "value": [{"type": "role", "value": "id_user_admin", "nested": false, "scope": ["user"]}]});
    session.send("PATCH", &one, patch(inheritances));
    session.send("DELETE", &one, Value::Null);
    let data = json!({"schemas": [core], "userName": "bulk@acme.com", "userType": "user"});
    session.send(
        "POST",
        &session.path("/identity/scim/{}/v2/Bulk"),
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "failOnErrors": 1, "operations": [
            {"method": "POST", "path": "/Users", "bulkId": "u1", "data": data.to_string()}]}),
    );
    session.send("DELETE", &format!("{users}/{id}"), Value::Null);
    session.send(
        "PATCH",
        &session.path("/identity/organizations/{}"),
        json!({"schemas": ["urn:cisco:codev:identity:organization:core:1.0"], "displayName": "Acme 2"}),
    );
}

fn broadworks(session: &mut Session) {
    let enterprises = session.get("/broadworks/enterprises");
    let enterprise = &enterprises["items"][0];
    let (provisioning, home) = (
        enterprise["provisioningId"].clone(),
        enterprise["spEnterpriseId"].clone(),
    );
    let subscriber = json!({
        "provisioningId": provisioning, "userId": "9@sp.example", "spEnterpriseId": home, "firstName": "Ana", "lastName": "Diaz",
        "package": "standard", "primaryPhoneNumber": "+1-408-555-0132", "extension": "4132", "email": "ana@harbor.example"
    });
    session.send(
        "POST",
        "/broadworks/subscribers/validate",
        subscriber.clone(),
    );
    let made = session.send("POST", "/broadworks/subscribers", subscriber.clone());
    let one = format!("/broadworks/subscribers/{}", text(&made["id"]));
    session.get(&one);
    session.wait(10);
    session.get(&one);
    session.send("PUT", &one, json!({"package": "premium"}));
    session.wait(10);
    let mut moving = subscriber;
    moving["userId"] = json!("10@sp.example");
    moving["email"] = json!("bob@acme.com");
    let waiting = session.send("POST", "/broadworks/subscribers", moving);
    session.wait(10);
    session.get("/broadworks/subscribers?max=2");
    session.get("/broadworks/subscribers?email=bob@acme.com");
    session.get("/broadworks/subscribers?userId=10@sp.example");
    session.get("/broadworks/enterprises?max=1");
    session.send(
        "POST",
        &format!("/subscribers/{}/emails/consentMove", text(&waiting["id"])),
        Value::Null,
    );
    session.send("DELETE", &one, Value::Null);
    let sync = format!(
        "/broadworks/enterprises/{}/broadworksDirectorySync",
        text(&enterprise["id"])
    );
    session.send("PUT", &sync, json!({"enableDirSync": true}));
    session.send("POST", &sync, json!({"syncStatus": "SYNC_NOW"}));
    session.get(&sync);
    session.wait(10);
    session.get(&sync);
    session.send(
        "POST",
        &format!("{sync}/externalUser"),
        json!({"userId": "3125550171@voice.harbor.example"}),
    );
    let room = json!({"provisioningId": provisioning, "userId": "11@sp.example", "spEnterpriseId": home, "displayName": "Desk", "extension": "411"});
    let made = session.send("POST", "/broadworks/workspaces", room);
    let one = format!("/broadworks/workspaces/{}", text(&made["id"]));
    session.send("PUT", &one, json!({"extension": "412"}));
    session.send("DELETE", &one, Value::Null);
    let report = session.send(
        "POST",
        "/broadworks/billing/reports",
        json!({"billingPeriod": "2026-01"}),
    );
    let one = format!("/broadworks/billing/reports/{}", text(&report["id"]));
    session.get(&one);
    session.wait(10);
    session.get(&one);
    session.get("/broadworks/billing/reports");
    session.send("DELETE", &one, Value::Null);
}

fn templates(session: &mut Session) {
    let license = session.names["licenses"].clone();
    let made = session.send(
        "POST",
        "/organization/licenseTemplates",
        json!({"templateName": "all", "licenses": [license], "templateType": "ORG"}),
    );
    let one = format!("/organization/licenseTemplates/{}", text(&made["id"]));
    session.get("/organization/licenseTemplates");
    session.get("/organization/groups");
    session.send(
        "PUT",
        &one,
        json!({"templateName": "nobody", "licenses": []}),
    );
    session.send("DELETE", &one, Value::Null);
}

/// Every call that only reads and was not made yet.
fn reads(session: &mut Session) {
    for pattern in session.left("GET") {
        // what goes away at the end is read there
        if pattern.contains("deleteCallingLocation") || pattern == "/adminAudit/events" {
            continue;
        }
        let path = session.path(pattern);
        session.get(&path);
    }
    let org = session.names["organizations"].clone();
    session.get(&format!(
        "/adminAudit/events?orgId={org}&from=2026-01-01T00:00:00.000Z&to=2026-12-31T00:00:00.000Z"
    ));
}

/// A location is closed and goes.
fn endings(session: &mut Session) {
    session.send(
        "DELETE",
        &session.path("/people/{}/features/schedules/{}/{}"),
        Value::Null,
    );
    let id = session.names["closing"].clone();
    session.send(
        "POST",
        &format!("/telephony/config/locations/{id}/actions/precheckForDeletion/invoke"),
        Value::Null,
    );
    let place = "/telephony/config/jobs/locations/deleteCallingLocation";
    let body = json!({"locationId": id, "locationName": "Milpitas North", "forceDelete": false});
    let job = session.send("POST", place, body);
    session
        .names
        .insert("deleteCallingLocation", text(&job["id"]));
    jobs(session, place);
    session.send("DELETE", &format!("/locations/{id}"), Value::Null);
}
