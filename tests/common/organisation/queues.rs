//! Call queues of a random organisation. They move no tape: the rest of it is the same with and without them.

use serde_json::{Map, Value, json};

use super::*;

/// Where the queues are. No one else is there: a move takes people out of the queues of their old location, and the next plan
/// puts them back.
const HUB: &str = "Hub";

impl Maker<'_> {
    /// Gives some organisations a queue, and files that declare it and another one.
    pub(super) fn queues(&self, snapshot: &mut Value, config: &mut Value) {
        if self.shape != Shape::Any || !self.seldom(400, 3) {
            return;
        }
        let hub = json!({"id": HUB, "name": HUB, "timeZone": "America/Chicago", "address": {"country": "US"},
                         "calling": {"mainNumber": null, "pstn": "Cisco"}});
        snapshot["locations"].as_array_mut().unwrap().push(hub);
        let wants = |salt: usize, at: usize| self.dice(salt + at).is_multiple_of(2);
        let named: Vec<(&str, String, bool)> = self.named(snapshot, config);
        let members = named.iter().enumerate();
        let members = members.filter(|(at, (.., calls))| *calls && wants(500, *at));
        let members: Vec<Value> = members
            .map(|(_, (kind, key, _))| json!({"kind": kind, "key": key, "role": "agent"}))
            .collect();
        snapshot["features"] = json!([{"kind": "callQueue", "id": "q-1", "name": "Support", "location": HUB,
                                       "phoneNumber": null, "extension": "1001", "members": members}]);
        let listed = |salt: usize| -> Vec<&String> {
            let all = named.iter().enumerate();
            all.filter(|(at, _)| wants(salt, *at))
                .map(|(_, (_, key, _))| key)
                .collect()
        };
        let mut queues = Map::new();
        let mut support = json!({"agents": listed(600)});
        if self.seldom(401, 2) {
            support["extension"] = json!("1002");
        }
        queues.insert("Support".to_owned(), support);
        if self.seldom(402, 2) {
            let sales = json!({"location": HUB, "extension": "1003", "agents": listed(700)});
            queues.insert("Sales".to_owned(), sales);
        }
        config["callQueues"] = Value::Object(queues);
    }

    /// Everyone whom a list may name, and whether Webex takes them as agents today. Who is to be deleted is in no list, and of who
    /// has half of Calling it is not certain.
    fn named(&self, snapshot: &Value, config: &Value) -> Vec<(&'static str, String, bool)> {
        let calls = |holder: &Value| {
            let mut held = list(&holder["licenses"]);
            held.any(|id| {
                let mut licences = list(&snapshot["licenses"]);
                licences.any(|it| {
                    let name = it["name"].as_str().unwrap();
                    let calls = name.starts_with("Webex Calling") && !name.contains("Hot desk");
                    it["id"] == *id && calls
                })
            })
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut named = Vec::new();
        for user in list(&snapshot["users"]) {
            let absent = config["users"][text(&user["email"])]["state"] == "absent";
            let half = calls(user)
                && (user["location"].is_null()
                    || user["phoneNumber"].is_null() && user["extension"].is_null());
            if !absent && !half {
                named.push(("user", text(&user["email"]), calls(user)));
            }
        }
        for room in list(&snapshot["workspaces"]) {
            if !room["location"].is_null() {
                named.push(("workspace", text(&room["name"]), calls(room)));
            }
        }
        named
    }
}
