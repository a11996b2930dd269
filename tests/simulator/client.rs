//! A client without sockets, and a small organisation to try things on.

use http::{Method, Request};
use serde_json::{Value, json};
use trunkline::sim::{Options, Reply, Scenario, Simulator};

/// Status, headers and body of an answer.
pub struct Got {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Value,
}

impl Got {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|it| it.to_str().unwrap())
    }

    /// The code of a refusal, whatever its shape.
    pub fn code(&self) -> Value {
        let body = &self.body;
        let places = [
            "/errors/0/errorCode",
            "/error/0/code",
            "/error/message/0/code",
        ];
        let found = places.into_iter().find_map(|it| body.pointer(it));
        found.cloned().unwrap_or(Value::Null)
    }
}

pub fn request(method: &str, path: &str, body: &Value) -> Request<Vec<u8>> {
    let bytes = match body {
        Value::Null => Vec::new(),
        body => body.to_string().into_bytes(),
    };
    let uri = match path.starts_with("http") {
        true => path.to_owned(),
        false => format!("http://webex.test/v1{path}"),
    };
    Request::builder()
        .method(method.parse::<Method>().unwrap())
        .uri(uri)
        .header("authorization", "Bearer any")
        .header("content-type", "application/json")
        .body(bytes)
        .unwrap()
}

/// What answering gives, for tests of what is no answer.
pub fn reply(simulator: &Simulator, method: &str, path: &str, body: Value) -> Reply {
    simulator.answer(request(method, path, &body))
}

pub fn send(simulator: &Simulator, method: &str, path: &str, body: Value) -> Got {
    match reply(simulator, method, path, body) {
        Reply::Response(response) => Got {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: serde_json::from_slice(response.body()).unwrap_or(Value::Null),
        },
        other => panic!("{other:?}"),
    }
}

pub fn get(simulator: &Simulator, path: &str) -> Value {
    let got = send(simulator, "GET", path, Value::Null);
    assert_eq!(got.status, 200, "{path}: {}", got.body);
    got.body
}

/// All entries of a list that is paged by Link headers.
pub fn pages(simulator: &Simulator, path: &str, key: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let mut got = send(simulator, "GET", &path, Value::Null);
        assert_eq!(got.status, 200, "{path}: {}", got.body);
        let page: Vec<Value> = serde_json::from_value(got.body[key].take()).unwrap();
        let link = got.header("link").map(|link| {
            let (url, rel) = link.trim_start_matches('<').split_once('>').unwrap();
            assert_eq!(rel, "; rel=\"next\"");
            url.to_owned()
        });
        next = link.filter(|_| !page.is_empty());
        all.extend(page);
    }
    all
}

pub fn direct(simulator: &Simulator, scenario: Value) {
    let scenario: Scenario = serde_json::from_value(scenario).unwrap();
    simulator.direct(scenario).unwrap();
}

/// One object of a list of the snapshot.
pub fn saved(simulator: &Simulator, section: &str, key: &str, value: &str) -> Value {
    let snapshot = simulator.snapshot();
    let list = snapshot[section].as_array().unwrap();
    let found = list.iter().find(|it| it[key] == value);
    found.cloned().unwrap_or(Value::Null)
}

pub fn user(simulator: &Simulator, email: &str) -> Value {
    saved(simulator, "users", "email", email)
}

pub fn number(simulator: &Simulator, number: &str) -> Value {
    saved(simulator, "numbers", "phoneNumber", number)
}

pub fn consumed(simulator: &Simulator, id: &str) -> i64 {
    let license = saved(simulator, "licenses", "id", id);
    license["consumedUnits"].as_i64().unwrap()
}

/// The simulator over [`small`].
pub fn simulator() -> Simulator {
    Simulator::new(small(), &Options::default())
}

/// Two subscriptions, three locations of which two have Calling, four people, a workspace.
pub fn small() -> Value {
    let license = |id: &str,
                   name: &str,
                   subscription: Value,
                   site: Value,
                   total: i64,
                   used: i64| {
        json!({"id": id, "name": name, "subscriptionId": subscription, "siteUrl": site, "totalUnits": total, "consumedUnits": used})
    };
    let person = |id: &str, rest: Value| {
        let mut row = json!({
            "id": id, "email": format!("{id}@acme.com"), "displayName": format!("{id} Doe"), "status": "active",
            "source": "manual", "workPhone": null, "location": null, "phoneNumber": null, "extension": null,
            "licenses": [], "attendeeSites": [], "siteAdmin": [], "roles": [], "voicemail": {"enabled": true},
        });
        for (name, value) in rest.as_object().unwrap() {
            row[name] = value.clone();
        }
        row
    };
    let number = |end: &str, location: &str, state: &str, owner: Value| json!({"phoneNumber": format!("+121455501{end}"), "location": location, "state": state, "type": "did", "owner": owner});
    let (old, new) = (json!("Sub-2021"), json!("Sub-2024"));
    let none = Value::Null;
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "org-1", "name": "Acme"},
        "subscriptions": [
            {"id": "Sub-2021", "createdAt": "2021-03-01", "status": "active"},
            {"id": "Sub-2024", "createdAt": "2024-03-01", "status": "active"}],
        "licenses": [
            license("L-ATT", "Webex Calling - Attendant Console", new.clone(), none.clone(), 5, 0),
            license("L-CX", "Customer Experience - Essential", new.clone(), none.clone(), 5, 0),
            license("L-EE", "Webex Meetings Suite", new.clone(), json!("acme.webex.com"), 5, 1),
            license("L-FMS", "Basic Messaging", none.clone(), none.clone(), 4, 4),
            license("L-FSS", "Free screen share", none.clone(), none.clone(), 4, 4),
            license("L-HD", "Webex Calling - Hot desk only", none.clone(), none.clone(), 9, 0),
            license("L-MSG", "Advanced Messaging", new.clone(), none.clone(), 1, 0),
            license("L-PRO-21", "Webex Calling - Professional", old.clone(), none.clone(), 5, 1),
            license("L-PRO-24", "Webex Calling - Professional", new.clone(), none.clone(), 2, 1),
            license("L-RLC", "Webex Calling - Route List Calls", new.clone(), none.clone(), 2, 0),
            license("L-STD", "Webex Calling - Standard", new.clone(), none.clone(), 5, 0),
            license("L-WS-21", "Webex Calling - Workspaces", old, none.clone(), 1, 1),
            license("L-WS-24", "Webex Calling - Workspaces", new, none.clone(), 3, 0)],
        "sites": [{"url": "acme.webex.com", "attendeeAccountEnabled": true}],
        "locations": [
            {"id": "loc-a", "name": "Austin", "timeZone": "America/Chicago", "preferredLanguage": "en_US",
             "address": {"address1": "1 Main St", "city": "Austin", "state": "TX", "postalCode": "78701", "country": "US"},
             "calling": {"mainNumber": "+12145550100", "pstn": "Premises-based PSTN"}},
            {"id": "loc-b", "name": "Boston", "timeZone": "America/New_York", "preferredLanguage": "en_US",
             "address": {"address1": "2 Main St", "city": "Boston", "state": "MA", "postalCode": "02101", "country": "US"},
             "calling": {"mainNumber": null, "pstn": "Premises-based PSTN"}},
            {"id": "loc-c", "name": "Camp", "timeZone": "Europe/Berlin", "preferredLanguage": "de_DE",
             "address": {"address1": "Weg 3", "city": "Bonn", "postalCode": "53111", "country": "DE"}, "calling": null}],
        "numbers": [
            number("00", "Austin", "active", none.clone()),
            number("01", "Austin", "active", json!({"kind": "user", "key": "ana@acme.com"})),
            number("02", "Austin", "active", json!({"kind": "workspace", "key": "Lobby"})),
            number("03", "Austin", "active", none.clone()),
            number("04", "Austin", "inactive", none.clone()),
            number("05", "Boston", "active", none.clone())],
        "groups": [
            {"id": "g-dir", "name": "Directory", "source": "directory", "kind": "security", "members": ["ana@acme.com"]},
            {"id": "g-sales", "name": "Sales", "source": "webex", "kind": "security", "members": ["ana@acme.com", "bob@acme.com"]}],
        "users": [
            person("ana", json!({"location": "Austin", "phoneNumber": "+12145550101", "extension": "1001", "workPhone": "+12145550101",
                "licenses": ["L-FMS", "L-FSS", "L-PRO-21"], "voicemail": {"enabled": false}})),
            person("bob", json!({"location": "Austin", "extension": "1003", "licenses": ["L-FMS", "L-FSS", "L-PRO-24"]})),
            person("eve", json!({"licenses": ["L-FMS", "L-FSS", "L-EE"], "roles": ["Full Administrator"]})),
            person("tom", json!({"licenses": ["L-FMS", "L-FSS"], "workPhone": "+12145550103"}))],
        "workspaces": [
            {"id": "w-lobby", "name": "Lobby", "location": "Austin", "phoneNumber": "+12145550102", "extension": "1002", "licenses": ["L-WS-21"]}],
        "devices": [
            {"id": "d-1", "name": "Phone", "product": "Cisco 8865", "type": "phone", "mac": "00005E005302", "owner": {"kind": "user", "key": "ana@acme.com"}},
            {"id": "d-2", "name": "Lobby phone", "product": "Cisco 8845", "type": "phone", "mac": "00005E005303", "owner": {"kind": "workspace", "key": "Lobby"}}],
        "operatorAccounts": [], "broadworks": {},
    })
}
