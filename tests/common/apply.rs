//! Carries a plan out on a snapshot, request by request, and holds the laws of every step.
//!
//! It reads the two JSON documents alone, as somebody who has only the description of the plan file (contract section 7)
//! would: `operations` say when, `changes` say what. It shares no code with the planner, so that it can contradict it.
//!
//! The laws of a step: `before` is what is there. Nobody loses Calling but by an irreversible field with losses. A number
//! has one owner, an extension one holder in its location. Whoever has Calling has a number or an extension, in the location
//! of the number. No pool passes its total, unless overage is allowed; one that is over already does not grow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

type Outcome<T = ()> = Result<T, String>;

/// What came of it.
pub struct Applied {
    /// The organisation afterwards.
    pub snapshot: Value,
    /// By licence id: the most units that were in use, the beginning included.
    pub peak: BTreeMap<String, i64>,
}

/// Carries out every change of a plan.
pub fn apply(snapshot: &Value, plan: &Value, overage: &[&str]) -> Outcome<Applied> {
    let mut live = Live {
        snapshot: snapshot.clone(),
        overage,
        peak: BTreeMap::new(),
        aside: BTreeSet::new(),
    };
    live.pools(&snapshot["licenses"].clone())?;
    let mut open: BTreeMap<&str, Change<'_>> = BTreeMap::new();
    for change in list(&plan["changes"]) {
        open.insert(
            text(&change["address"]),
            Change {
                plan: change,
                fields: list(&change["fields"]).collect(),
            },
        );
    }
    let operations: Vec<&Value> = list(&plan["operations"]).collect();
    for (at, operation) in operations.iter().enumerate() {
        let subject = text(&operation["subject"]);
        let request = |operation: &Value| {
            (
                text(&operation["method"]).to_owned(),
                text(&operation["path"]).to_owned(),
            )
        };
        let later: Vec<(String, String)> = operations[at + 1..]
            .iter()
            .filter(|later| text(&later["subject"]) == subject)
            .map(|later| request(later))
            .collect();
        let change = open
            .get_mut(subject)
            .ok_or_else(|| format!("a request for {subject}, which does not change"))?;
        let (method, path) = request(operation);
        live.request(change, &method, &path, &later)
            .map_err(|why| format!("{method} {path} for {subject}: {why}"))?;
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

fn remove(list: &mut Value, item: &str) -> Outcome {
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
    let items = list.as_array_mut().ok_or("no list")?;
    if items.iter().any(|have| have == item) {
        return Err(format!("{item} is there already"));
    }
    items.push(json!(item));
    Ok(())
}

impl Live<'_> {
    /// Sends one request: everything of it at once, then the laws.
    fn request(
        &mut self,
        change: &mut Change<'_>,
        method: &str,
        path: &str,
        later: &[(String, String)],
    ) -> Outcome {
        let licence = |field: &&Value| text(&field["path"]).starts_with("licenses/");
        let named = |names: &'static [&'static str]| {
            move |field: &&Value| names.contains(&text(&field["path"]))
        };
        let again = later.iter().any(|(_, later)| later == path);
        let moves = "/telephony/config/jobs/person/moveLocation";
        let before = self.snapshot.clone();
        let fields: Vec<&Value> = match (method, path) {
            ("POST", "/people") => {
                self.create_person(text(&change.plan["key"]));
                change.take(named(&["displayName", "roles"]))
            }
            ("PATCH", "/licenses/users") if again => self.part(change),
            ("PATCH", "/licenses/users") => {
                let mut fields = change.take(licence);
                if fields
                    .iter()
                    .any(|field| field["path"] == "licenses/calling" && field["action"] == "add")
                {
                    fields.extend(change.take(named(&["location", "phoneNumber", "extension"])));
                }
                fields
            }
            ("PUT", "/people/{personId}")
                if again || later.iter().any(|(_, later)| later == moves) =>
            {
                self.step_aside(change)?
            }
            ("PUT", "/people/{personId}") => {
                change.take(named(&["displayName", "roles", "phoneNumber", "extension"]))
            }
            ("POST", path) if path == moves => {
                change.take(named(&["location", "phoneNumber", "extension"]))
            }
            ("DELETE", "/people/{personId}") => change.take(named(&["state"])),
            ("POST", "/telephony/config/locations/{locationId}/numbers") => {
                let number = json!({"phoneNumber": change.plan["key"], "location": null, "state": null, "type": null, "owner": null});
                self.snapshot["numbers"]
                    .as_array_mut()
                    .ok_or("no numbers")?
                    .push(number);
                std::mem::take(&mut change.fields)
            }
            ("POST", "/telephony/config/jobs/numbers/manageNumbers") => {
                change.take(named(&["location"]))
            }
            ("PUT", "/telephony/config/locations/{locationId}/numbers") => {
                change.take(named(&["state"]))
            }
            ("POST", "/groups") => {
                let group = json!({"id": "", "name": change.plan["key"], "source": "webex", "kind": "security", "members": []});
                self.snapshot["groups"]
                    .as_array_mut()
                    .ok_or("no groups")?
                    .push(group);
                Vec::new()
            }
            ("POST", "/workspaces") => {
                let room = json!({"id": "", "name": change.plan["key"], "location": null, "phoneNumber": null, "extension": null,
                                  "licenses": []});
                self.snapshot["workspaces"]
                    .as_array_mut()
                    .ok_or("no workspaces")?
                    .push(room);
                std::mem::take(&mut change.fields)
            }
            ("PUT", "/workspaces/{workspaceId}") if again => self.step_aside(change)?,
            ("PUT", "/workspaces/{workspaceId}") => {
                self.has_no_device(change)?;
                std::mem::take(&mut change.fields)
            }
            ("PATCH", "/groups/{groupId}") => std::mem::take(&mut change.fields),
            _ => return Err("an unknown request".to_owned()),
        };
        for field in &fields {
            self.field(&before, change.plan, field)
                .map_err(|why| format!("{}: {why}", field["path"]))?;
        }
        self.units(&before);
        self.laws(&before, change.plan, &fields)
    }

    /// The number is given up for a moment. Who has no extension yet gets the new one for that.
    fn step_aside<'p>(&mut self, change: &mut Change<'p>) -> Outcome<Vec<&'p Value>> {
        let (kind, key) = (text(&change.plan["kind"]), text(&change.plan["key"]));
        self.aside.insert(key.to_owned());
        self.set_number(kind, key, &Value::Null)?;
        let without = self.holder(kind, key)?["extension"].is_null();
        Ok(match without {
            true => change.take(|field| field["path"] == "extension"),
            false => Vec::new(),
        })
    }

    /// Webex refuses changes of Calling where a workspace has a device; a move to another subscription is tried.
    fn has_no_device(&self, change: &Change<'_>) -> Outcome {
        let owner = json!({"kind": "workspace", "key": change.plan["key"]});
        let device = list(&self.snapshot["devices"]).find(|device| device["owner"] == owner);
        let touches = |field: &&&Value| field["action"] != "move" && field["path"] != "location";
        match (device, change.fields.iter().find(touches)) {
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

    /// What goes first where a change goes in parts: all that gives back, as far as what it takes is free.
    fn part<'p>(&self, change: &mut Change<'p>) -> Vec<&'p Value> {
        let held = |value: &Value| !value["license"].is_null();
        let room = |id: &str| {
            let licence = list(&self.snapshot["licenses"]).find(|licence| licence["id"] == id);
            licence.is_some_and(|licence| {
                licence["subscriptionId"].is_null()
                    || licence["consumedUnits"].as_i64() < licence["totalUnits"].as_i64()
                    || self.overage.contains(&text(&licence["name"]))
            })
        };
        change.take(|field| {
            let fits = || self.licence(field, "after").is_ok_and(|id| room(&id));
            held(&field["before"]) && (!held(&field["after"]) || fits())
        })
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
        // Somebody who gets Calling has no identity before, whatever the snapshot remembers.
        let granted = carries("licenses/calling", "add")
            && ["location", "phoneNumber", "extension"].contains(&path);
        let aside = path == "phoneNumber" && now.is_null() && self.aside.contains(key);
        if path != "state" && kind != "group" && *now != field["before"] && !granted && !aside {
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
        match (after, attends("after")) {
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

    fn laws(&mut self, before: &Value, change: &Value, fields: &[&Value]) -> Outcome {
        let said = |field: &&Value| {
            ["licenses/calling", "state"].contains(&text(&field["path"]))
                && field["risk"] == "irreversible"
                && list(&field["losses"]).count() > 0
        };
        let callers = callers(&self.snapshot);
        for lost in self::callers(before).difference(&callers) {
            if text(&change["address"]) != lost
                || !fields.iter().any(said)
                || change["acknowledged"] != true
            {
                return Err(format!(
                    "{lost} loses Calling, and no acknowledged field says so"
                ));
            }
        }
        let mut numbers = BTreeSet::new();
        let mut extensions = BTreeSet::new();
        let users = list(&self.snapshot["users"])
            .map(|user| (format!("user/{}", text(&user["email"])), user));
        let places = list(&self.snapshot["workspaces"])
            .map(|place| (format!("workspace/{}", text(&place["name"])), place));
        for (name, holder) in users.chain(places) {
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
            let number = list(&self.snapshot["numbers"])
                .find(|number| number["phoneNumber"] == holder["phoneNumber"]);
            if number.is_some_and(|number| number["location"] != holder["location"]) {
                return Err(format!(
                    "{name} is in {}, the number is not",
                    holder["location"]
                ));
            }
            let hot_desk = |id: &Value| {
                let mut licences = list(&self.snapshot["licenses"]);
                licences.any(|it| it["id"] == *id && text(&it["name"]).contains("Hot desk"))
            };
            if callers.contains(&name)
                && !list(&holder["licenses"]).any(hot_desk)
                && (holder["location"].is_null()
                    || holder["phoneNumber"].is_null() && holder["extension"].is_null())
            {
                return Err(format!("{name} has Calling without a place or a number"));
            }
        }
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
