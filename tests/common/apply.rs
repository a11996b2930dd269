//! Carries a plan out on a snapshot, request by request, and holds the laws of every step.
//!
//! It reads only the two JSON documents, as a person who has only the description of the plan file (contract section 7)
//! would: `operations` say when, `changes` say what. It shares no code with the planner, so that it can contradict it.
//!
//! The laws of a step: `before` is what is there. No one loses Calling but by an irreversible field with losses. A number
//! has one owner, an extension one holder in its location. Anyone who has Calling has a number or an extension, in the location
//! of the number. Anyone who comes to a location finds it there, with Calling, and its main number is one of its own. No pool passes its total, unless overage is allowed; one that is over already does not grow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::broadworks;
use super::queues;

type Outcome<T = ()> = Result<T, String>;

/// What came of it.
pub struct Applied {
    /// The organisation afterwards.
    pub snapshot: Value,
    /// By licence id: the most units that were in use, the beginning included.
    pub peak: BTreeMap<String, i64>,
}

/// Carries out every change of a plan, request by request.
pub fn apply(snapshot: &Value, plan: &Value, overage: &[&str]) -> Outcome<Applied> {
    let operations: Vec<&Value> = list(&plan["operations"]).collect();
    apply_in_order(snapshot, plan, overage, &operations)
}

/// Carries out every change of a plan in another order: each time the last request of the plan whose `dependsOn` are done.
/// What a plan says of dependencies is complete if this is as safe as the order of the plan.
pub fn apply_as_late_as_possible(
    snapshot: &Value,
    plan: &Value,
    overage: &[&str],
) -> Outcome<Applied> {
    let mut left: Vec<&Value> = list(&plan["operations"]).collect();
    let mut done: BTreeSet<u64> = BTreeSet::new();
    let mut order = Vec::new();
    while !left.is_empty() {
        let ready = |operation: &&Value| {
            list(&operation["dependsOn"]).all(|on| on.as_u64().is_some_and(|on| done.contains(&on)))
        };
        let at = left
            .iter()
            .rposition(ready)
            .ok_or("no request can be next")?;
        let operation = left.remove(at);
        done.extend(operation["id"].as_u64());
        order.push(operation);
    }
    apply_in_order(snapshot, plan, overage, &order)
}

fn apply_in_order(
    snapshot: &Value,
    plan: &Value,
    overage: &[&str],
    operations: &[&Value],
) -> Outcome<Applied> {
    let mut live = Live {
        snapshot: snapshot.clone(),
        overage,
        peak: BTreeMap::new(),
        aside: BTreeSet::new(),
    };
    live.complete();
    live.pools(&snapshot["licenses"].clone())?;
    let mut open: BTreeMap<&str, Change<'_>> = BTreeMap::new();
    for change in list(&plan["changes"]) {
        open.insert(
            text(&change["address"]),
            Change {
                plan: change,
                fields: sent(change).collect(),
            },
        );
    }
    for operation in operations {
        live.request(&mut open, operation).map_err(|why| {
            let (method, path) = (text(&operation["method"]), text(&operation["path"]));
            format!("{method} {path} for {}: {why}", operation["subject"])
        })?;
    }
    match open.values().find(|change| !change.fields.is_empty()) {
        Some(change) => Err(format!(
            "no request carries {:?} of {}",
            change.fields, change.plan["address"]
        )),
        None => Ok(Applied {
            snapshot: live.snapshot,
            peak: live.peak,
        }),
    }
}

impl Applied {
    /// Whether the pools of the plan say what happened.
    pub fn agrees_with_pools(&self, plan: &Value) -> Outcome {
        for pool in list(&plan["pools"]) {
            let is_it = |licence: &&Value| {
                licence["name"] == pool["license"]
                    && licence["subscriptionId"] == pool["subscription"]
                    && licence["siteUrl"] == pool["site"]
            };
            let licence = list(&self.snapshot["licenses"])
                .find(is_it)
                .ok_or_else(|| format!("no licence for {pool}"))?;
            let seen = json!([licence["consumedUnits"], self.peak[text(&licence["id"])]]);
            if json!([pool["after"], pool["peak"]]) != seen {
                return Err(format!(
                    "{pool}, but in the end and at most there are {seen}"
                ));
            }
        }
        Ok(())
    }
}

/// The addresses that a request is about.
pub fn subjects(operation: &Value) -> Vec<&str> {
    match list(&operation["subjects"]).map(text).collect::<Vec<_>>() {
        several if several.is_empty() => vec![text(&operation["subject"])],
        several => several,
    }
}

/// A change, and what of it is still to be done.
struct Change<'p> {
    plan: &'p Value,
    fields: Vec<&'p Value>,
}

struct Live<'p> {
    snapshot: Value,
    overage: &'p [&'p str],
    peak: BTreeMap<String, i64>,
    /// Keys of those who are without their number for a moment, so that a ring of swaps can turn.
    aside: BTreeSet<String>,
}

pub fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The fields of a change that requests send: not what a hold leaves to a person.
pub fn sent(change: &Value) -> impl Iterator<Item = &Value> {
    list(&change["fields"]).filter(|field| field["held"].is_null())
}

/// The changes that need a request. What a hold leaves to a person is planned again until it is done.
pub fn to_send(plan: &Value) -> impl Iterator<Item = &Value> {
    let empty = |change: &Value| list(&change["fields"]).next().is_none();
    list(&plan["changes"]).filter(move |change| empty(change) || sent(change).next().is_some())
}

/// The changes that a plan leaves, after an earlier one was carried out, without those that the earlier one has announced.
pub fn left<'v>(plan: &'v Value, earlier: &'v Value) -> impl Iterator<Item = &'v Value> {
    let announced = broadworks::announces(earlier);
    to_send(plan).filter(move |it| !announced || !text(&it["kind"]).starts_with("broadworks"))
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The entry of a list of the snapshot with a key.
fn find<'v>(list: &'v mut Value, name: &str, key: &str) -> Outcome<&'v mut Value> {
    let found = list
        .as_array_mut()
        .and_then(|list| list.iter_mut().find(|entry| entry[name] == key));
    found.ok_or_else(|| format!("nothing has the {name} {key}"))
}

/// A list that a snapshot may leave out where it is empty.
fn present(list: &mut Value) {
    if list.is_null() {
        *list = json!([]);
    }
}

fn remove(list: &mut Value, item: &str) -> Outcome {
    present(list);
    let items = list.as_array_mut().ok_or("no list")?;
    let before = items.len();
    items.retain(|have| have != item);
    if items.len() + 1 == before {
        Ok(())
    } else {
        Err(format!("{item} is not there to be taken away"))
    }
}

fn insert(list: &mut Value, item: &str) -> Outcome {
    present(list);
    let items = list.as_array_mut().ok_or("no list")?;
    if items.iter().any(|have| have == item) {
        return Err(format!("{item} is there already"));
    }
    items.push(json!(item));
    Ok(())
}

/// Gives an object another name wherever one is named.
fn rename(snapshot: &mut Value, kind: &str, old: &str, now: &str) -> Outcome {
    if kind == "callQueue" {
        return queues::rename(snapshot, old, now);
    }
    let section = format!("{kind}s");
    if find(&mut snapshot[&section], "name", now).is_ok() {
        return Err(format!("{now} is there already"));
    }
    find(&mut snapshot[&section], "name", old)?["name"] = json!(now);
    for section in ["users", "numbers", "workspaces", "features"] {
        for entry in snapshot[section].as_array_mut().into_iter().flatten() {
            if kind == "location" && entry["location"] == old {
                entry["location"] = json!(now);
            }
            let is = |who: &Value| who["kind"] == kind && who["key"] == old;
            if is(&entry["owner"]) {
                entry["owner"]["key"] = json!(now);
            }
            let members = entry["members"].as_array_mut().into_iter().flatten();
            for member in members.filter(|it| is(it)) {
                member["key"] = json!(now);
            }
        }
    }
    Ok(())
}

impl Live<'_> {
    /// Lists that the file leaves away are empty.
    fn complete(&mut self) {
        let lists = ["attendeeSites", "siteAdmin", "roles"];
        for section in ["users", "workspaces"] {
            for holder in self.snapshot[section].as_array_mut().into_iter().flatten() {
                for name in lists {
                    if holder[name].is_null() {
                        holder[name] = json!([]);
                    }
                }
            }
        }
    }

    /// Webex refuses changes of Calling where a workspace has a device; a move to another subscription is tried.
    fn has_no_device(&self, change: &Value, fields: &[&Value]) -> Outcome {
        let owner = json!({"kind": "workspace", "key": change["key"]});
        let device = list(&self.snapshot["devices"]).find(|device| device["owner"] == owner);
        let touches = |field: &&&Value| {
            field["action"] != "move" && !["location", "name"].contains(&text(&field["path"]))
        };
        match (device, fields.iter().find(touches)) {
            (Some(device), Some(field)) => {
                Err(format!("{} changes beside {device}", field["path"]))
            }
            _ => Ok(()),
        }
    }

    fn holder(&mut self, kind: &str, key: &str) -> Outcome<&mut Value> {
        match kind {
            "user" => find(&mut self.snapshot["users"], "email", key),
            _ => find(&mut self.snapshot["workspaces"], "name", key),
        }
    }

    /// Sends one request: everything of it at once, then the laws.
    fn request(&mut self, open: &mut BTreeMap<&str, Change<'_>>, operation: &Value) -> Outcome {
        let (method, path) = (text(&operation["method"]), text(&operation["path"]));
        let paths: BTreeSet<&str> = list(&operation["fields"]).map(text).collect();
        let without: Vec<&str> = list(&operation["without"]).map(text).collect();
        let subjects = subjects(operation);
        let most = match (method, path) {
            ("POST", "/telephony/config/locations/{locationId}/numbers")
                if paths.contains("carrier") =>
            {
                20
            }
            ("POST", "/telephony/config/locations/{locationId}/numbers") => 100,
            ("PUT", "/telephony/config/locations/{locationId}/numbers") => 500,
            ("DELETE", "/telephony/config/locations/{locationId}/numbers") => 5,
            ("POST", "/telephony/config/jobs/person/moveLocation") => 100,
            ("POST", "/telephony/config/jobs/numbers/manageNumbers") => 1000,
            _ => 1,
        };
        if subjects.len() > most {
            return Err(format!("{} in one request", subjects.len()));
        }
        if paths.len() > 500 {
            return Err(format!("{} fields in one request", paths.len()));
        }
        let mut before = self.snapshot.clone();
        let mut sent: Vec<(&Value, Vec<&Value>)> = Vec::new();
        for subject in subjects {
            let change = open
                .get_mut(subject)
                .ok_or_else(|| format!("{subject} does not change"))?;
            let fields = change.take(|field| paths.contains(text(&field["path"])));
            let key = text(&change.plan["key"]);
            match (method, path) {
                ("POST", "/people") => self.create_person(key),
                ("POST", "/groups") => self.push(
                    "groups",
                    json!({"id": "", "name": key, "source": "webex", "kind": "security", "members": []}),
                )?,
                ("POST", "/locations") => self.create_location(key)?,
                ("POST", "/telephony/config/locations/{locationId}/queues") => {
                    queues::create(&mut self.snapshot, key)?;
                }
                ("POST", "/workspaces") => self.push(
                    "workspaces",
                    json!({"id": "", "name": key, "location": null, "phoneNumber": null, "extension": null,
                           "licenses": []}),
                )?,
                ("PUT", "/workspaces/{workspaceId}") => self.has_no_device(change.plan, &fields)?,
                ("POST", "/telephony/config/locations/{locationId}/numbers") => self.push(
                    "numbers",
                    json!({"phoneNumber": key, "location": null, "state": null, "type": null, "owner": null}),
                )?,
                _ => {}
            }
            carries(method, path, &fields)?;
            for field in fields.iter().filter(|field| field["path"] == "name") {
                let (old, now) = (text(&field["before"]), text(&field["after"]));
                let kind = text(&change.plan["kind"]);
                rename(&mut self.snapshot, kind, old, now)?;
                // What else changes is compared with what was there, whatever it is called.
                rename(&mut before, kind, old, now)?;
            }
            sent.push((change.plan, fields));
        }
        for path in &paths {
            let has =
                |(_, fields): &(&Value, Vec<&Value>)| fields.iter().any(|it| it["path"] == *path);
            if !sent.iter().any(has) {
                return Err(format!("no subject has {path} to be sent"));
            }
        }
        self.one_place(&sent)?;
        for (change, fields) in &sent {
            if broadworks::request(&mut self.snapshot, operation, change, fields)? {
                continue;
            }
            for path in &without {
                if *path != "phoneNumber" {
                    return Err(format!("nobody can be without {path}"));
                }
                self.aside.insert(text(&change["key"]).to_owned());
                self.set_number(text(&change["kind"]), text(&change["key"]), &Value::Null)?;
            }
            for field in fields {
                self.field(&before, change, field)
                    .map_err(|why| format!("{}: {why}", field["path"]))?;
            }
        }
        queues::leave(&mut self.snapshot, &before);
        self.units(&before);
        self.laws(&before, &sent)
    }

    fn push(&mut self, section: &str, entry: Value) -> Outcome {
        let list = self.snapshot[section].as_array_mut();
        list.ok_or_else(|| format!("no {section}"))?.push(entry);
        Ok(())
    }

    /// What is sent together goes to one location and one state, which the request names once.
    fn one_place(&self, sent: &[(&Value, Vec<&Value>)]) -> Outcome {
        for path in ["location", "state", "type", "carrier", "paidBy"] {
            let values: BTreeSet<String> = sent
                .iter()
                .flat_map(|(_, fields)| fields.iter().filter(|field| field["path"] == path))
                .map(|field| field["after"].to_string())
                .collect();
            if sent.len() > 1 && values.len() > 1 {
                return Err(format!("one request sends {values:?} as {path}"));
            }
        }
        let places = |(change, fields): &(&Value, Vec<&Value>)| {
            let state = fields.len() == 1 && fields[0]["path"] == "state";
            let numbers = list(&self.snapshot["numbers"]);
            let mut numbers = numbers.filter(|it| state && it["phoneNumber"] == change["key"]);
            numbers.next().map(|number| number["location"].to_string())
        };
        match sent
            .iter()
            .filter_map(places)
            .collect::<BTreeSet<_>>()
            .len()
            > 1
        {
            true => Err("one request switches numbers of two locations".to_owned()),
            false => Ok(()),
        }
    }

    fn field(&mut self, before: &Value, change: &Value, field: &Value) -> Outcome {
        let (kind, key, path) = (
            text(&change["kind"]),
            text(&change["key"]),
            text(&field["path"]),
        );
        if path.starts_with("licenses/") {
            return self.change_licence(kind, key, field);
        }
        if kind == "location" {
            return self.change_location(key, path, field);
        }
        if kind == "callQueue" {
            return queues::field(&mut self.snapshot, key, field);
        }
        if kind == "webexGoDevice" {
            return self.remove_webex_go(key);
        }
        if ["carrier", "operatorAccount", "paidBy"].contains(&path) {
            return Ok(());
        }
        if kind == "number" && path == "type" && field["after"] == "mobile" {
            // Not switched on by anyone: the one to whom it is assigned does that.
            find(&mut self.snapshot["numbers"], "phoneNumber", key)?["state"] = json!("inactive");
        }
        let (section, name) = match kind {
            "user" => ("users", "email"),
            "number" => ("numbers", "phoneNumber"),
            "workspace" => ("workspaces", "name"),
            _ => ("groups", "name"),
        };
        let entry = list(&before[section]).find(|entry| entry[name] == key);
        let now = entry.map_or(&Value::Null, |entry| &entry[path]);
        let value = &field["after"];
        let carries = |path: &str, action: &str| {
            list(&change["fields"]).any(|field| {
                field["path"] == path && (action.is_empty() || field["action"] == action)
            })
        };
        // A person who gets Calling has no identity before, whatever the snapshot remembers.
        let granted = carries("licenses/calling", "add")
            && ["location", "phoneNumber", "extension"].contains(&path);
        let aside = path == "phoneNumber" && now.is_null() && self.aside.contains(key);
        if !["state", "name"].contains(&path)
            && kind != "group"
            && *now != field["before"]
            && !granted
            && !aside
        {
            return Err(format!("{now} was there, not {}", field["before"]));
        }
        match (kind, path) {
            ("user", "state") => self.delete_person(key),
            ("user" | "workspace", "phoneNumber") => self.set_number(kind, key, value),
            ("workspace", "location") if !now.is_null() => {
                Err("a workspace stays where it is".to_owned())
            }
            ("user", "location") => self.set_location(key, value, !carries("phoneNumber", "")),
            ("number", "location") if entry.is_some_and(|entry| !entry["owner"].is_null()) => {
                Err("the number has an owner".to_owned())
            }
            (_, "name") => Ok(()),
            ("number", "state") if value.is_null() => {
                if entry.is_some_and(|entry| !entry["owner"].is_null()) {
                    return Err("the number has an owner".to_owned());
                }
                self.delete(section, name, key)
            }
            ("workspace", "state") => {
                self.set_number(kind, key, &Value::Null)?;
                self.delete(section, name, key)
            }
            ("group", "state") => self.delete(section, name, key),
            ("group", "description") => {
                find(&mut self.snapshot["groups"], "name", key)?["description"] = value.clone();
                Ok(())
            }
            ("group", _) => {
                let gone = !list(&before["users"]).any(|user| user["email"] == field["before"]);
                let members = &mut find(&mut self.snapshot["groups"], "name", key)?["members"];
                match value.is_null() {
                    true if gone => Ok(()),
                    true => remove(members, text(&field["before"])),
                    false => insert(members, text(value)),
                }
            }
            _ => {
                find(&mut self.snapshot[section], name, key)?[path] = value.clone();
                Ok(())
            }
        }
    }

    /// A person gives back the Webex Go device.
    fn remove_webex_go(&mut self, email: &str) -> Outcome {
        let owner = json!({"kind": "user", "key": email});
        let devices = self.snapshot["devices"].as_array_mut();
        let devices = devices.ok_or("no devices")?;
        let before = devices.len();
        devices.retain(|it| it["type"] != "webexgo" || it["owner"] != owner);
        match devices.len() < before {
            true => Ok(()),
            false => Err(format!("{email} has no Webex Go device to be removed")),
        }
    }

    fn delete(&mut self, section: &str, name: &str, key: &str) -> Outcome {
        let list = self.snapshot[section].as_array_mut().ok_or("no list")?;
        let before = list.len();
        list.retain(|entry| entry[name] != key);
        match list.len() + 1 == before {
            true => Ok(()),
            false => Err(format!("{key} is not there to be deleted")),
        }
    }

    fn create_location(&mut self, name: &str) -> Outcome {
        let location = json!({"id": "", "name": name, "timeZone": null, "preferredLanguage": null, "address": {}, "calling": null});
        if find(&mut self.snapshot["locations"], "name", name).is_ok() {
            return Err("the location is there already".to_owned());
        }
        self.snapshot["locations"]
            .as_array_mut()
            .ok_or("no locations")?
            .push(location);
        Ok(())
    }

    /// A field of a location, in the form in which Webex reads it back.
    fn change_location(&mut self, name: &str, path: &str, field: &Value) -> Outcome {
        if path == "name" {
            return Ok(());
        }
        if path == "state" {
            let users =
                list(&self.snapshot["users"]).filter(|user| !text(&user["location"]).is_empty());
            let places = list(&self.snapshot["workspaces"]);
            if let Some(there) = users.chain(places).find(|it| it["location"] == name) {
                return Err(format!("somebody is there: {there}"));
            }
            let numbers = self.snapshot["numbers"]
                .as_array_mut()
                .into_iter()
                .flatten();
            let left = numbers.filter(|number| number["location"] == name);
            left.for_each(|number| number["location"] = Value::Null);
            return self.delete("locations", "name", name);
        }
        let place = find(&mut self.snapshot["locations"], "name", name)?;
        let pointer = format!("/{path}");
        let blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
        let now = place.pointer(&pointer).cloned().unwrap_or_default();
        if now != field["before"] && !(blank(&now) && field["before"].is_null()) {
            return Err(format!("{now} was there, not {}", field["before"]));
        }
        if path == "calling" {
            place["calling"] = json!({"mainNumber": null, "pstn": null});
            return Ok(());
        }
        let (parent, member) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = match parent {
            "" => place,
            parent => &mut place[parent],
        };
        if path == "address/country" && !now.is_null() {
            return Err("the country of a location is fixed".to_owned());
        }
        if parent.is_null() && path == "calling/mainNumber" {
            return Err("the location has no Calling".to_owned());
        }
        let sent = text(&field["after"]).trim();
        parent[member] = match path {
            "preferredLanguage" => json!(sent.to_lowercase()),
            _ if sent.is_empty() => Value::Null,
            _ => json!(sent),
        };
        let address = &mut find(&mut self.snapshot["locations"], "name", name)?["address"];
        if ["DE", "GB"].contains(&text(&address["country"])) {
            address["state"] = Value::Null;
        }
        Ok(())
    }

    /// Who moved or came goes where Calling is; a main number is among the numbers of its location.
    fn places(&self, before: &Value) -> Outcome {
        let calls = |name: &Value| {
            list(&self.snapshot["locations"])
                .any(|place| place["name"] == *name && !place["calling"].is_null())
        };
        let callers = callers(&self.snapshot);
        let exists =
            |name: &Value| list(&self.snapshot["locations"]).any(|place| place["name"] == *name);
        let lists = [
            ("users", "email"),
            ("workspaces", "name"),
            ("numbers", "phoneNumber"),
        ];
        for (section, key) in lists {
            let old: BTreeMap<&str, &Value> = list(&before[section])
                .map(|entry| (text(&entry[key]), &entry["location"]))
                .collect();
            for entry in list(&self.snapshot[section]) {
                let (name, here) = (text(&entry[key]), &entry["location"]);
                let comes = !here.is_null() && old.get(name) != Some(&here);
                let without =
                    section == "workspaces" && !callers.contains(&format!("workspace/{name}"));
                if comes && !(calls(here) || without && exists(here)) {
                    return Err(format!("{name} comes to {here}, which has no Calling"));
                }
            }
        }
        let misplaced = |snapshot: &Value, place: &Value| {
            let main = &place["calling"]["mainNumber"];
            let is_there = |number: &Value| {
                number["phoneNumber"] == *main && number["location"] == place["name"]
            };
            !main.is_null() && !list(&snapshot["numbers"]).any(is_there)
        };
        for place in list(&self.snapshot["locations"]) {
            let old = list(&before["locations"]).find(|old| old["name"] == place["name"]);
            let was =
                old.is_some_and(|old| old["calling"] == place["calling"] && misplaced(before, old));
            if misplaced(&self.snapshot, place) && !was {
                return Err(format!("the main number of {} is not there", place["name"]));
            }
        }
        Ok(())
    }

    fn create_person(&mut self, email: &str) {
        let person = json!({"id": "", "email": email, "displayName": null, "status": "active", "source": "manual", "workPhone": null,
                            "location": null, "phoneNumber": null, "extension": null, "licenses": [], "attendeeSites": [],
                            "siteAdmin": [], "roles": [], "voicemail": null});
        if let Some(users) = self.snapshot["users"].as_array_mut() {
            users.push(person);
        }
    }

    fn delete_person(&mut self, email: &str) -> Outcome {
        self.set_number("user", email, &Value::Null)?;
        self.snapshot["users"]
            .as_array_mut()
            .ok_or("no users")?
            .retain(|user| user["email"] != email);
        for group in self.snapshot["groups"].as_array_mut().ok_or("no groups")? {
            group["members"]
                .as_array_mut()
                .ok_or("no members")?
                .retain(|member| member != email);
        }
        Ok(())
    }

    /// The id of the licence that a field names.
    fn licence(&self, field: &Value, side: &str) -> Outcome<String> {
        let site = text(&field["path"]).strip_prefix("licenses/meetings/");
        let fits = |licence: &&Value| {
            licence["name"] == field[side]["license"]
                && licence["subscriptionId"] == field[side]["subscription"]
                && licence["siteUrl"].as_str() == site
        };
        let fitting: Vec<&Value> = list(&self.snapshot["licenses"]).filter(fits).collect();
        match fitting[..] {
            [licence] => Ok(text(&licence["id"]).to_owned()),
            _ => Err(format!(
                "{} licences are called {}",
                fitting.len(),
                field[side]
            )),
        }
    }

    fn change_licence(&mut self, kind: &str, key: &str, field: &Value) -> Outcome {
        let site = text(&field["path"])
            .strip_prefix("licenses/meetings/")
            .unwrap_or_default();
        let id = |side: &str| match field[side]["license"].is_null() {
            true => Ok(None),
            false => self.licence(field, side).map(Some),
        };
        let (before, after) = (id("before")?, id("after")?);
        let holder = self.holder(kind, key)?;
        let attends = |side: &str| field[side]["role"] == "attendee";
        match (before, attends("before")) {
            (Some(id), _) => remove(&mut holder["licenses"], &id)?,
            (None, true) => remove(&mut holder["attendeeSites"], site)?,
            (None, false) => {}
        }
        // Who holds both already keeps the new one.
        let both = |id: &str| {
            field["action"] == "move" && list(&holder["licenses"]).any(|held| held == id)
        };
        match (after, attends("after")) {
            (Some(id), _) if both(&id) => {}
            (Some(id), _) => insert(&mut holder["licenses"], &id)?,
            (None, true) => insert(&mut holder["attendeeSites"], site)?,
            (None, false) => {}
        }
        if field["path"] == "licenses/calling" && field["after"].is_null() {
            holder["extension"] = Value::Null;
            if kind == "user" {
                holder["location"] = Value::Null;
            }
            self.set_number(kind, key, &Value::Null)?;
        }
        Ok(())
    }

    fn set_number(&mut self, kind: &str, key: &str, number: &Value) -> Outcome {
        let holder = self.holder(kind, key)?;
        let old = std::mem::replace(&mut holder["phoneNumber"], number.clone());
        if let Some(old) = old.as_str() {
            find(&mut self.snapshot["numbers"], "phoneNumber", old)?["owner"] = Value::Null;
        }
        if let Some(number) = number.as_str() {
            let entry = find(&mut self.snapshot["numbers"], "phoneNumber", number)?;
            if !entry["owner"].is_null() {
                return Err(format!("{number} belongs to {}", entry["owner"]));
            }
            entry["owner"] = json!({"kind": kind, "key": key});
            // A mobile number is active once a person has it, and no one else can.
            if entry["type"] == "mobile" {
                if kind != "user" {
                    return Err(format!("{number} is a mobile number"));
                }
                entry["state"] = json!("active");
            }
        }
        Ok(())
    }

    /// The number that is held moves along, unless the same request sets another.
    fn set_location(&mut self, email: &str, location: &Value, along: bool) -> Outcome {
        let user = find(&mut self.snapshot["users"], "email", email)?;
        user["location"] = location.clone();
        if let Some(number) = user["phoneNumber"]
            .as_str()
            .map(str::to_owned)
            .filter(|_| along)
        {
            find(&mut self.snapshot["numbers"], "phoneNumber", &number)?["location"] =
                location.clone();
        }
        Ok(())
    }

    /// Counts the units that are in use: as many more or fewer as there are holders.
    fn units(&mut self, before: &Value) {
        let holders = |snapshot: &Value, id: &Value| {
            let all = list(&snapshot["users"]).chain(list(&snapshot["workspaces"]));
            all.filter(|holder| list(&holder["licenses"]).any(|held| held == id))
                .count() as i64
        };
        let ids: Vec<Value> = list(&before["licenses"])
            .map(|licence| licence["id"].clone())
            .collect();
        for (at, id) in ids.iter().enumerate() {
            let more = holders(&self.snapshot, id) - holders(before, id);
            let used = &mut self.snapshot["licenses"][at]["consumedUnits"];
            *used = json!(used.as_i64().unwrap_or_default() + more);
        }
    }

    fn laws(&mut self, before: &Value, sent: &[(&Value, Vec<&Value>)]) -> Outcome {
        let said = |field: &&Value| {
            ["licenses/calling", "state"].contains(&text(&field["path"]))
                && field["risk"] == "irreversible"
                && list(&field["losses"]).count() > 0
        };
        let callers = callers(&self.snapshot);
        for device in list(&before["devices"]).filter(|it| it["type"] == "webexgo") {
            let owner = &device["owner"];
            let owner = format!("{}/{}", text(&owner["kind"]), text(&owner["key"]));
            if self::callers(before).contains(&owner) && !callers.contains(&owner) {
                return Err(format!("{owner} loses Calling beside the Webex Go device"));
            }
        }
        for lost in self::callers(before).difference(&callers) {
            let agreed = |(change, fields): &(&Value, Vec<&Value>)| {
                change["address"] == **lost
                    && fields.iter().any(said)
                    && change["acknowledged"] == true
            };
            if !sent.iter().any(agreed) {
                return Err(format!(
                    "{lost} loses Calling, and no acknowledged field says so"
                ));
            }
        }
        let mut numbers = BTreeSet::new();
        // Extensions of features, and lines of which no one else tells.
        let rows = || list(&self.snapshot["numbers"]).filter(|row| !row["extension"].is_null());
        let mut extensions: BTreeSet<(&str, &str)> = rows()
            .map(|row| (text(&row["location"]), text(&row["extension"])))
            .collect();
        let was = |section: &str, key: &str, name: &Value| {
            list(&before[section]).find(|old| old[key] == *name)
        };
        let users = list(&self.snapshot["users"]).map(|user| {
            (
                format!("user/{}", text(&user["email"])),
                user,
                was("users", "email", &user["email"]),
            )
        });
        let places = list(&self.snapshot["workspaces"]).map(|place| {
            (
                format!("workspace/{}", text(&place["name"])),
                place,
                was("workspaces", "name", &place["name"]),
            )
        });
        for (name, holder, was) in users.chain(places) {
            if !holder["phoneNumber"].is_null() && !numbers.insert(text(&holder["phoneNumber"])) {
                return Err(format!("{} has two owners", holder["phoneNumber"]));
            }
            if !holder["extension"].is_null()
                && !extensions.insert((text(&holder["location"]), text(&holder["extension"])))
            {
                return Err(format!(
                    "extension {} has two holders in {}",
                    holder["extension"], holder["location"]
                ));
            }
            let same = |path: &str| was.is_some_and(|was| was[path] == holder[path]);
            // What was half provisioned before stays so.
            let unfinished = ["location", "phoneNumber", "extension"]
                .iter()
                .all(|path| same(path));
            let number = list(&self.snapshot["numbers"])
                .find(|number| number["phoneNumber"] == holder["phoneNumber"])
                .filter(|_| !holder["phoneNumber"].is_null());
            if !unfinished && number.is_some_and(|number| number["location"] != holder["location"])
            {
                return Err(format!(
                    "{name} is in {}, the number is not",
                    holder["location"]
                ));
            }
            if !same("phoneNumber") && number.is_some_and(|number| !number["use"].is_null()) {
                return Err(format!(
                    "{name} has {}, which nobody may have",
                    holder["phoneNumber"]
                ));
            }
            let hot_desk = |id: &Value| {
                let mut licences = list(&self.snapshot["licenses"]);
                licences.any(|it| it["id"] == *id && text(&it["name"]).contains("Hot desk"))
            };
            if callers.contains(&name)
                && !unfinished
                && !list(&holder["licenses"]).any(hot_desk)
                && (holder["location"].is_null()
                    || holder["phoneNumber"].is_null() && holder["extension"].is_null())
            {
                return Err(format!("{name} has Calling without a place or a number"));
            }
        }
        self.places(before)?;
        self.pools(&before["licenses"])
    }

    fn pools(&mut self, before: &Value) -> Outcome {
        for (licence, before) in list(&self.snapshot["licenses"]).zip(list(before)) {
            let units = |licence: &Value, name: &str| licence[name].as_i64().unwrap_or_default();
            let (used, total) = (
                units(licence, "consumedUnits"),
                units(licence, "totalUnits"),
            );
            let peak = self
                .peak
                .entry(text(&licence["id"]).to_owned())
                .or_insert(used);
            *peak = used.max(*peak);
            let overage = licence["subscriptionId"].is_null()
                || self.overage.contains(&text(&licence["name"]));
            if used > total && used > units(before, "consumedUnits") && !overage {
                return Err(format!(
                    "{} has {used} of {total} units in use",
                    licence["id"]
                ));
            }
        }
        Ok(())
    }
}

/// Whether a request can carry these fields.
/// Requests that may carry nothing.
const EMPTY: [&str; 5] = [
    "/workspaces",
    "/workspaces/{workspaceId}",
    "/groups",
    "/people/{personId}",
    "/telephony/config/jobs/locations/deleteCallingLocation",
];

fn carries(method: &str, path: &str, fields: &[&Value]) -> Outcome {
    let licence = |path: &str| path.starts_with("licenses/");
    let grants = || {
        let mut fields = fields.iter();
        fields.any(|field| field["path"] == "licenses/calling" && field["action"] == "add")
    };
    let identity = ["location", "phoneNumber", "extension"];
    let fits = |name: &str| match (method, path) {
        _ if path.starts_with("/broadworks/") => {
            broadworks::fits(method, path, name).unwrap_or_default()
        }
        ("POST", "/people") => ["displayName", "roles"].contains(&name),
        ("PATCH", "/licenses/users") => licence(name) || identity.contains(&name) && grants(),
        ("PUT", "/people/{personId}") => {
            ["displayName", "roles", "phoneNumber", "extension"].contains(&name)
        }
        ("POST", "/telephony/config/jobs/person/moveLocation") => identity.contains(&name),
        ("DELETE", "/people/{personId}") => name == "state",
        ("POST", "/telephony/config/locations/{locationId}/numbers") => {
            let order = ["carrier", "operatorAccount", "paidBy"];
            let mobile = fields.iter().any(|field| field["after"] == "mobile");
            match name {
                "location" | "type" => true,
                // A mobile number is active once it is assigned; who brings it and who pays has to be said.
                "state" => !mobile,
                _ => mobile && order.contains(&name),
            }
        }
        ("POST", "/telephony/config/jobs/numbers/manageNumbers") => name == "location",
        ("PUT", "/telephony/config/locations/{locationId}/numbers") => name == "state",
        ("PATCH", "/groups/{groupId}") => {
            name.starts_with("members/") || ["name", "description"].contains(&name)
        }
        ("POST", "/groups") => name == "description",
        ("POST", "/telephony/config/locations/{locationId}/queues") => {
            identity.contains(&name) || name.starts_with("agents/")
        }
        ("PUT", "/telephony/config/locations/{locationId}/queues/{queueId}") => {
            ["name", "phoneNumber", "extension"].contains(&name) || name.starts_with("agents/")
        }
        ("DELETE", _) => name == "state",
        ("POST", "/locations") | ("PUT", "/locations/{locationId}") => {
            name.starts_with("address/")
                || ["name", "timeZone", "preferredLanguage"].contains(&name)
        }
        ("POST", "/telephony/config/locations") => name == "calling",
        ("PUT", "/telephony/config/locations/{locationId}") => name == "calling/mainNumber",
        ("PUT", "/workspaces/{workspaceId}") | ("POST", "/workspaces") => {
            licence(name) || identity.contains(&name) || name == "name"
        }
        _ => false,
    };
    match fields
        .iter()
        .map(|field| text(&field["path"]))
        .find(|name| !fits(name))
    {
        Some(name) => Err(format!("it cannot carry {name}")),
        // Anyone who is asked for nothing has an empty request, save where the request itself is what is asked for.
        None if fields.is_empty() && !EMPTY.contains(&path) => Err("it carries nothing".to_owned()),
        None => Ok(()),
    }
}

impl<'p> Change<'p> {
    /// Takes out the fields that a request carries.
    fn take(&mut self, carried: impl Fn(&&Value) -> bool) -> Vec<&'p Value> {
        let (taken, left) = std::mem::take(&mut self.fields)
            .into_iter()
            .partition(|field| carried(field));
        self.fields = left;
        taken
    }
}

/// The addresses of those who have Calling.
pub fn callers(snapshot: &Value) -> BTreeSet<String> {
    let ids: BTreeSet<&str> = list(&snapshot["licenses"])
        .filter(|licence| text(&licence["name"]).starts_with("Webex Calling"))
        .map(|licence| text(&licence["id"]))
        .collect();
    let has = |holder: &&Value| list(&holder["licenses"]).any(|id| ids.contains(text(id)));
    let users = list(&snapshot["users"])
        .filter(has)
        .map(|user| format!("user/{}", text(&user["email"])));
    let places = list(&snapshot["workspaces"])
        .filter(has)
        .map(|place| format!("workspace/{}", text(&place["name"])));
    users.chain(places).collect()
}
