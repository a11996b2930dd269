//! Random organisations: a configuration and a snapshot that fit each other, made from tapes of numbers.
//!
//! Every choice reads one number, 0 being the plainest choice, so that a failing organisation shrinks to a small one by
//! shrinking its tapes. A person's override has a tape of its own and depends on no other person: two organisations that
//! differ in one override differ in nothing else.

use std::collections::BTreeMap;
use std::fmt;

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use serde_json::{Map, Value, json};

use super::yaml;

const PEOPLE: [&str; 8] = ["ana", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"];
const SITES: [&str; 2] = ["acme.webex.com", "east.webex.com"];
const PLACES: [&str; 3] = ["Austin", "Dallas", "Paris"];
const SUBSCRIPTIONS: [&str; 3] = ["Sub-2020", "Sub-2022", "Sub-2024"];
const PROFESSIONAL: &str = "Webex Calling - Professional";
const MESSAGING: &str = "Advanced Messaging";
const SUITE: &str = "Webex Meetings Suite";
const OTHER: &str = "Real-Time Translations";
const CALLING: [&str; 2] = [PROFESSIONAL, "Webex Calling - Standard"];
const AGENT: [&str; 2] = ["Contact Center Premium Agent", "Contact center Standard Agent"];
const WORKSPACES: &str = "Webex Calling - Workspaces";
const SERVICES: [&str; 4] = ["calling", "messaging", "meetings", "contactCenter"];

/// What an organisation is made from.
#[derive(Clone, Debug)]
pub struct Tapes {
    org: Vec<u16>,
    templates: Vec<Vec<u16>>,
    groups: Vec<Vec<u16>>,
    /// Of each person: what the snapshot has, and the override.
    pub people: Vec<(Vec<u16>, Vec<u16>)>,
}

/// Tapes of every kind of organisation.
pub fn tapes() -> impl Strategy<Value = Tapes> {
    let person = (tape(40), tape(40));
    (tape(64), vec(tape(24), 0..=3), vec(tape(20), 0..=3), vec(person, 1..=PEOPLE.len())).prop_map(
        |(org, templates, groups, people)| Tapes { org, templates, groups, people },
    )
}

/// A tape, such as that of an override.
pub fn tape(length: usize) -> impl Strategy<Value = Vec<u16>> {
    vec(any::<u16>(), length)
}

/// What organisations may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Everything.
    Any,
    /// Units for everybody, and nobody wants what somebody else has or wants: each person is decided alone.
    Alone,
}

/// Desired and observed state.
#[derive(Clone)]
pub struct Organisation {
    /// The sections of the configuration.
    pub config: Value,
    /// The snapshot.
    pub snapshot: Value,
    /// An earlier snapshot.
    pub baseline: Option<Value>,
}

impl fmt::Debug for Organisation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, text) in yaml::files(&self.config, 0) {
            writeln!(out, "\n--- {path}\n{text}")?;
        }
        writeln!(out, "--- snapshot.json\n{:#}", self.snapshot)?;
        match &self.baseline {
            Some(baseline) => writeln!(out, "--- baseline.json\n{baseline:#}"),
            None => Ok(()),
        }
    }
}

/// The address of a person.
pub fn email(person: usize) -> String {
    format!("{}@acme.com", PEOPLE[person])
}

fn number(index: usize) -> String {
    format!("+121455501{index:02}")
}

/// Reads a tape; 0 once it is at its end.
struct Tape<'t>(std::slice::Iter<'t, u16>);

impl Tape<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(*self.0.next().unwrap_or(&0)) * count / (usize::from(u16::MAX) + 1)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    fn pick<'v, T>(&mut self, from: &'v [T]) -> &'v T {
        &from[self.below(from.len())]
    }
}

/// What an organisation has more of than others: rules that meet seldom have to be brought together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Focus {
    Nothing,
    /// People who want each other's numbers and extensions.
    Numbers,
    /// Full pools, and overrides that give back and take.
    Seats,
    /// Templates that disagree.
    Templates,
}

struct Maker<'t> {
    shape: Shape,
    focus: Focus,
    tapes: &'t Tapes,
    sites: &'static [&'static str],
    places: &'static [&'static str],
    /// Locations that are enabled for Calling.
    enabled: usize,
    subscriptions: &'static [&'static str],
    replaced: BTreeMap<&'static str, &'static str>,
    licenses: Vec<Value>,
    numbers: Vec<Value>,
    /// Whose number and extension an override names ([`Maker::other`]).
    wants: (usize, usize),
}

/// Makes an organisation.
pub fn make(tapes: &Tapes, shape: Shape) -> Organisation {
    let mut org = Tape(tapes.org.iter());
    let focus = match shape {
        Shape::Any => *org.pick(&[Focus::Nothing, Focus::Nothing, Focus::Numbers, Focus::Seats, Focus::Templates]),
        Shape::Alone => Focus::Nothing,
    };
    let places = &PLACES[..1 + org.below(if focus == Focus::Numbers { 2 } else { 3 })];
    let subscriptions = &SUBSCRIPTIONS[..1 + org.below(3)];
    let mut replaced = BTreeMap::new();
    if subscriptions.len() > 1 && org.chance(35) {
        replaced.insert(subscriptions[0], subscriptions[1]);
        if subscriptions.len() > 2 && org.chance(30) {
            replaced.insert(subscriptions[1], subscriptions[2]);
        }
    }
    let wants = match shape {
        Shape::Any => (org.below(4), org.below(4)),
        Shape::Alone => (0, 0),
    };
    let mut maker = Maker {
        shape,
        focus,
        tapes,
        sites: &SITES[..1 + org.below(2)],
        places,
        enabled: (places.len() - usize::from(org.chance(15))).max(1),
        subscriptions,
        replaced,
        licenses: Vec::new(),
        numbers: Vec::new(),
        wants,
    };
    maker.licences(&mut org);
    let mut snapshot = maker.observed(&mut org);
    let config = maker.declared(&mut org, &mut snapshot);
    let baseline = org.chance(25).then(|| earlier(&snapshot, &mut org));
    Organisation { config, snapshot, baseline }
}

/// A snapshot of before some of the people were there, or in their groups.
fn earlier(snapshot: &Value, tape: &mut Tape<'_>) -> Value {
    let mut earlier = snapshot.clone();
    for list in ["users", "groups"] {
        earlier[list].as_array_mut().unwrap().retain(|_| !tape.chance(20));
    }
    for group in earlier["groups"].as_array_mut().unwrap() {
        group["members"].as_array_mut().unwrap().retain(|_| !tape.chance(20));
    }
    earlier
}

impl Maker<'_> {
    // What the snapshot has.

    fn licences(&mut self, tape: &mut Tape<'_>) {
        let products = CALLING.iter().chain(&AGENT).chain(&[MESSAGING, WORKSPACES, OTHER]).map(|&name| (name, None));
        let products: Vec<(&str, Option<&str>)> = products.chain(self.sites.iter().map(|&site| (SUITE, Some(site)))).collect();
        for (at, subscription) in self.subscriptions.iter().enumerate() {
            for (product, (name, site)) in products.iter().enumerate() {
                if at == 0 || !tape.chance(15) {
                    self.licenses.push(json!({"id": format!("L{product}-{subscription}"), "name": name, "subscriptionId": subscription,
                                              "siteUrl": site, "totalUnits": 0, "consumedUnits": 0}));
                }
            }
        }
        self.licenses.push(json!({"id": "L-BASIC", "name": "Basic Messaging", "subscriptionId": null, "siteUrl": null,
                                  "totalUnits": 99, "consumedUnits": 0}));
    }

    /// One of the licences with a name, for a site.
    fn licence(&self, tape: &mut Tape<'_>, names: &[&str], site: Option<&str>) -> Value {
        let fits = |licence: &&Value| names.contains(&licence["name"].as_str().unwrap()) && licence["siteUrl"].as_str() == site;
        let fitting: Vec<&Value> = self.licenses.iter().filter(fits).collect();
        tape.pick(&fitting)["id"].clone()
    }

    fn observed(&mut self, org: &mut Tape<'_>) -> Value {
        let people = self.tapes.people.len();
        let status = |tape: &mut Tape<'_>| *tape.pick(&["active", "active", "active", "active", "active", "active", "suspended", "cancelled"]);
        let subscriptions: Vec<Value> = self.subscriptions.iter().map(|id| {
            let created = if org.chance(10) { Value::Null } else { json!(format!("{}-03-01", &id[4..])) };
            json!({"id": id, "createdAt": created, "status": status(org)})
        }).collect();
        let mut users = Vec::new();
        for (index, (seen, _)) in self.tapes.people.iter().enumerate() {
            let (user, number) = self.person(index, &mut Tape(seen.iter()));
            users.extend(user);
            self.numbers.push(number);
        }
        let mut workspaces = Vec::new();
        for (index, name) in ["Lobby", "Studio"].iter().enumerate().take(org.below(3)) {
            let place = self.places[org.below(self.enabled)];
            let phone = org.chance(40).then(|| number(people + index));
            let calling = self.licence(org, &[WORKSPACES, PROFESSIONAL], None);
            workspaces.push(json!({"id": name, "name": name, "location": place, "phoneNumber": phone,
                                   "extension": (1000 + people + index).to_string(), "licenses": [calling]}));
            let owner = phone.is_some().then(|| json!({"kind": "workspace", "key": name}));
            self.numbers.push(json!({"phoneNumber": number(people + index), "location": place, "state": "active", "type": "did", "owner": owner}));
        }
        for index in self.numbers.len()..people + 3 {
            let owner = org.chance(15).then(|| json!({"kind": "huntGroup", "key": "Desk"}));
            self.numbers.push(json!({"phoneNumber": number(index), "location": org.pick(self.places), "state": "active", "type": "did", "owner": owner}));
        }
        let main = self.numbers.last().filter(|_| org.chance(40)).cloned();
        let locations: Vec<Value> = self.places.iter().enumerate().map(|(at, name)| {
            let main = main.as_ref().filter(|main| main["location"] == *name).map(|main| &main["phoneNumber"]);
            let calling = if at < self.enabled { json!({"mainNumber": main, "pstn": "Cisco"}) } else { Value::Null };
            json!({"id": name, "name": name, "address": {"country": if *name == "Paris" { "FR" } else { "US" }}, "calling": calling})
        }).collect();
        let sites: Vec<Value> = self.sites.iter().map(|url| json!({"url": url, "attendeeAccountEnabled": !org.chance(15)})).collect();
        let slack: &[i64] = match self.focus {
            Focus::Seats => &[0],
            Focus::Templates => &[1, 0, 0],
            _ if self.shape == Shape::Alone || org.chance(25) => &[30],
            _ => &[8, 2, 1, 1, 0, 0, 0, -1],
        };
        let holders = || users.iter().chain(&workspaces);
        for licence in &mut self.licenses {
            let held = holders().filter(|holder| holder["licenses"].as_array().unwrap().contains(&licence["id"])).count();
            licence["consumedUnits"] = json!(held + org.below(20) / 18);
            if !licence["subscriptionId"].is_null() {
                licence["totalUnits"] = json!((licence["consumedUnits"].as_i64().unwrap() + org.pick(slack)).max(0));
            }
        }
        json!({"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "org-1", "name": "Acme"},
               "subscriptions": subscriptions, "licenses": self.licenses, "sites": sites, "locations": locations, "numbers": self.numbers,
               "groups": [], "users": users, "workspaces": workspaces, "devices": []})
    }

    /// A person as the snapshot has them, unless this plan is to create them; and the number that is theirs or free.
    fn person(&self, index: usize, tape: &mut Tape<'_>) -> (Option<Value>, Value) {
        let mut held: Vec<Value> = Vec::new();
        let (mut attends, mut administers) = (Vec::new(), Vec::new());
        let (mut location, mut phone, mut extension) = (Value::Null, Value::Null, Value::Null);
        let created = is_created(tape);
        let mut place = tape.pick(self.places);
        let directory = tape.chance(35);
        if tape.chance(if self.focus == Focus::Numbers { 85 } else { 50 }) {
            let tier = CALLING[tape.below(4) / 3];
            held.push(self.licence(tape, &[tier], None));
            place = &self.places[tape.below(self.enabled)];
            location = json!(place);
            let has = tape.below(4);
            phone = if has < 3 { json!(number(index)) } else { Value::Null };
            extension = if has > 0 { json!((1000 + index).to_string()) } else { Value::Null };
        } else if tape.chance(15) {
            location = json!(place);
        }
        if tape.chance(50) {
            held.push(self.licence(tape, &[MESSAGING], None));
        } else if tape.chance(50) {
            held.push(json!("L-BASIC"));
        }
        if tape.chance(40) {
            let tier = tape.pick(&AGENT);
            held.push(self.licence(tape, &[tier], None));
        }
        for site in self.sites {
            match tape.below(4) {
                0 | 1 => {}
                2 => held.push(self.licence(tape, &[SUITE], Some(site))),
                _ => attends.push(site),
            }
            if tape.chance(10) && !attends.contains(&site) {
                administers.push(site);
            }
        }
        if tape.chance(15) {
            held.push(self.licence(tape, &[OTHER], None));
        }
        let work_phone = match (tape.below(6), self.shape) {
            (0 | 1, _) => Value::Null,
            (2 | 3, _) | (_, Shape::Alone) => json!(number(index)),
            (4, _) => json!(number(index + 1)),
            _ => json!("555-1212"),
        };
        let voicemail = if tape.chance(15) { Value::Null } else { json!({"enabled": !tape.chance(40)}) };
        let roles: &[&str] = if tape.chance(15) { &["helpdesk"] } else { &[] };
        let owner = (!created && !phone.is_null()).then(|| json!({"kind": "user", "key": email(index)}));
        let (state, kind) = (tape.chance(12), tape.chance(6));
        let number = json!({"phoneNumber": number(index), "location": place, "owner": owner,
                            "state": if state && owner.is_none() { "inactive" } else { "active" },
                            "type": if kind && owner.is_none() { "tollFree" } else { "did" }});
        let user = json!({"id": format!("u-{index}"), "email": email(index), "displayName": PEOPLE[index], "status": "active",
                          "source": if directory { "directory" } else { "manual" }, "workPhone": work_phone, "location": location,
                          "phoneNumber": phone, "extension": extension, "licenses": held, "attendeeSites": attends,
                          "siteAdmin": administers, "roles": roles, "voicemail": voicemail});
        ((!created).then_some(user), number)
    }

    // What the configuration says.

    fn declared(&self, org: &mut Tape<'_>, snapshot: &mut Value) -> Value {
        let mut config = Map::new();
        let by_group = !org.chance(30);
        let mut about = json!({"name": "Acme", "assignmentMode": if by_group { "group" } else { "organization" }});
        let retain = [None, Some(true), Some(false), Some(false)];
        if let Some(retain) = org.pick(&retain) {
            about["groupTransition"] = json!({"retainLicenses": retain});
        }
        if org.chance(5) {
            about["directorySync"] = json!(true);
        }
        let names = ["everyone", "extra", "sales"];
        let mut templates = Map::new();
        for (name, tape) in names.iter().zip(&self.tapes.templates) {
            templates.insert((*name).to_owned(), self.template(&mut Tape(tape.iter())));
        }
        if !by_group && !templates.is_empty() {
            about["template"] = json!(names[org.below(templates.len())]);
        }
        let mut users = Map::new();
        let mut acknowledgements = Vec::new();
        let mut absent = Vec::new();
        for (index, (seen, own)) in self.tapes.people.iter().enumerate() {
            let created = is_created(&mut Tape(seen.iter()));
            let mut fate = Tape(seen[seen.len() - 5..].iter());
            if !created && fate.chance(8) {
                absent.push(email(index));
                users.insert(email(index), json!({"state": "absent"}));
            } else {
                users.extend(self.person_block(index, created, &mut Tape(own.iter())).map(|block| (email(index), block)));
            }
            for code in ["calling-loss", "voicemail-messages-loss", "user-deletion"] {
                if fate.chance(35) {
                    let mut entry = json!({"code": code, "subjects": [email(index)], "reason": "HR-1"});
                    if index == 3 {
                        entry["expires"] = json!("2026-01-31");
                    }
                    acknowledgements.push(entry);
                }
            }
        }
        let mut groups = Map::new();
        for (name, tape) in ["Lab", "Sales", "Staff"].iter().zip(&self.tapes.groups) {
            let mut tape = Tape(tape.iter());
            let block = self.group(name, by_group, &templates, &absent, snapshot, &mut tape);
            if !tape.chance(8) {
                groups.insert((*name).to_owned(), block);
            }
        }
        config.insert("version".to_owned(), json!(1));
        config.insert("org".to_owned(), about);
        config.insert("templates".to_owned(), Value::Object(templates));
        config.insert("groups".to_owned(), Value::Object(groups));
        config.insert("users".to_owned(), Value::Object(users));
        config.insert("acknowledgements".to_owned(), Value::Array(acknowledgements));
        config.insert("subscriptions".to_owned(), self.subscription_blocks(org));
        config.insert("guardrails".to_owned(), guardrails(org));
        if self.shape == Shape::Any && org.chance(35) {
            let listed = [org.below(self.numbers.len() + 1), self.numbers.len() + 1].map(number);
            let mut block = json!({"location": org.pick(self.places), "numbers": listed});
            if org.chance(30) {
                block["state"] = json!("active");
            }
            config.insert("numbers".to_owned(), json!([block]));
        }
        config.retain(|_, section| !section.as_object().is_some_and(Map::is_empty) && !section.as_array().is_some_and(Vec::is_empty));
        Value::Object(config)
    }

    fn subscription_blocks(&self, tape: &mut Tape<'_>) -> Value {
        let mut blocks = Map::new();
        for &id in self.subscriptions {
            let mut block = Map::new();
            if let Some(by) = self.replaced.get(id) {
                block.insert("replacedBy".to_owned(), json!(by));
            }
            if tape.chance(8) {
                block.insert("status".to_owned(), json!(tape.pick(&["active", "suspended", "cancelled"])));
            }
            if !block.is_empty() {
                blocks.insert(id.to_owned(), Value::Object(block));
            }
        }
        Value::Object(blocks)
    }

    fn template(&self, tape: &mut Tape<'_>) -> Value {
        let mut template = json!({"licenses": self.licence_set(tape, &SERVICES, if self.focus == Focus::Templates { 40 } else { 15 })});
        if tape.chance(70) {
            template["existingUsers"] = json!(true);
            if tape.chance(35) {
                template["retainLicenses"] = json!(false);
            }
        }
        template
    }

    /// The block of a group; puts the group in the snapshot too, unless it is new.
    fn group(&self, name: &str, by_group: bool, templates: &Map<String, Value>, absent: &[String], snapshot: &mut Value, tape: &mut Tape<'_>) -> Value {
        let mut block = Map::new();
        let (new, directory) = (tape.chance(15), tape.chance(12));
        if by_group && !templates.is_empty() && !tape.chance(10) {
            let names: Vec<&String> = templates.keys().collect();
            block.insert("template".to_owned(), json!(tape.pick(&names)));
        }
        let managed = tape.chance(75);
        let there = |index: usize| snapshot["users"].as_array().unwrap().iter().any(|user| user["email"] == email(index).as_str());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for index in 0..self.tapes.people.len() {
            let at = tape.below(8);
            // Out, in, joins, leaves.
            if [1, 2, 3, 4, 7].contains(&at) && there(index) {
                before.push(email(index));
            }
            if [1, 2, 3, 4, 5, 6].contains(&at) && !absent.contains(&email(index)) {
                after.push(email(index));
            }
        }
        if managed && (new || !directory) {
            block.insert("members".to_owned(), json!(after));
        }
        if !new {
            let kind = if tape.chance(4) { "distribution" } else { "security" };
            let group = json!({"id": name, "name": name, "source": if directory { "directory" } else { "webex" }, "kind": kind, "members": before});
            snapshot["groups"].as_array_mut().unwrap().push(group);
        }
        Value::Object(block)
    }

    /// What `users` says of a person.
    fn person_block(&self, index: usize, created: bool, tape: &mut Tape<'_>) -> Option<Value> {
        let mut block = Map::new();
        if created {
            block.insert("displayName".to_owned(), json!(PEOPLE[index]));
        }
        if tape.chance(if self.focus == Focus::Numbers { 80 } else { 45 }) {
            self.calling_block(index, &mut block, tape);
        }
        if tape.chance(if self.focus == Focus::Seats { 80 } else { 40 }) {
            block.insert("licenses".to_owned(), self.override_of(tape));
        }
        if tape.chance(8) && !created {
            block.insert("displayName".to_owned(), json!(format!("Dr {}", PEOPLE[index])));
        }
        if tape.chance(8) {
            block.insert("roles".to_owned(), json!(tape.pick(&[&["auditor"][..], &[], &["auditor", "helpdesk"]])));
        }
        (!block.is_empty()).then_some(Value::Object(block))
    }

    /// Whose number or extension a person wants: their own, that of another in a pair, the next one's in a ring of all, or
    /// the next one's in a row that ends with numbers that nobody has. No two people want the same.
    fn other(&self, index: usize, wants: usize) -> usize {
        let people = self.tapes.people.len();
        match wants {
            0 => index,
            1 => index ^ 1,
            2 => (index + 1) % people,
            _ => index + 1,
        }
    }

    fn calling_block(&self, index: usize, block: &mut Map<String, Value>, tape: &mut Tape<'_>) {
        let alone = self.shape == Shape::Alone;
        let swaps = self.focus == Focus::Numbers;
        let phone = match tape.below(8) {
            0 => None,
            1 | 2 if !swaps => None,
            1..=5 => Some(json!(number(self.other(index, self.wants.0)))),
            6 if !alone => Some(json!("auto")),
            _ => Some(Value::Null),
        };
        let extension = match tape.below(6) {
            0 | 1 => None,
            2 if !alone => Some(json!("auto")),
            _ => Some(json!((1000 + self.other(index, self.wants.1)).to_string())),
        };
        block.extend(phone.map(|phone| ("phoneNumber".to_owned(), phone)));
        block.extend(extension.map(|extension| ("extension".to_owned(), extension)));
        if tape.chance(if swaps { 15 } else { 55 }) {
            block.insert("location".to_owned(), json!(tape.pick(self.places)));
        }
    }

    fn override_of(&self, tape: &mut Tape<'_>) -> Value {
        if tape.chance(20) {
            let mut only = self.licence_set(tape, &SERVICES, 15);
            if tape.chance(20) {
                only["other"] = json!([OTHER]);
            }
            return json!({"only": only});
        }
        let mut added = Map::new();
        let mut removed = Vec::new();
        for service in SERVICES {
            match tape.below(6) {
                0 => {}
                1 | 2 if self.focus != Focus::Seats => {}
                1..=4 => added.extend(self.licence_set(tape, &[service], 30).as_object().unwrap().clone()),
                _ if service == "meetings" => removed.push(format!("meetings/{}", tape.pick(self.sites))),
                _ => removed.push(service.to_owned()),
            }
        }
        match tape.below(8) {
            6 => drop(added.insert("other".to_owned(), json!([OTHER]))),
            7 => removed.push(format!("other/{OTHER}")),
            _ => {}
        }
        let mut licences = Map::new();
        if !added.is_empty() {
            licences.insert("add".to_owned(), Value::Object(added));
        }
        if !removed.is_empty() {
            licences.insert("remove".to_owned(), json!(removed));
        }
        Value::Object(licences)
    }

    /// Words for services: of several each with a chance, of one always.
    fn licence_set(&self, tape: &mut Tape<'_>, services: &[&str], pinned: usize) -> Value {
        let pinnable: Vec<&&str> = self.subscriptions.iter().filter(|id| !self.replaced.contains_key(**id)).collect();
        let long = |tape: &mut Tape<'_>, field: &str, words: &[&str]| {
            let word = *tape.pick(words);
            match (tape.chance(pinned), tape.pick(&pinnable)) {
                (true, subscription) if word != "attendee" && word != "basic" => json!({field: word, "subscription": subscription}),
                _ => json!(word),
            }
        };
        let mut set = Map::new();
        for service in services {
            if services.len() > 1 && tape.chance(if self.focus == Focus::Templates { 10 } else { 50 }) {
                continue;
            }
            let words = match *service {
                "calling" => long(tape, "tier", &["professional", "professional", "professional", "standard"]),
                "messaging" => long(tape, "tier", &["advanced", "advanced", "advanced", "advanced", "basic"]),
                "contactCenter" => long(tape, "tier", &["premium", "standard"]),
                _ => {
                    let site = tape.pick(self.sites);
                    json!({*site: long(tape, "role", &["host", "host", "attendee"])})
                }
            };
            set.insert((*service).to_owned(), words);
        }
        Value::Object(set)
    }
}

/// Whether a person is one whom the configuration creates: the first choice of the tape.
fn is_created(tape: &mut Tape<'_>) -> bool {
    tape.chance(12)
}

fn guardrails(tape: &mut Tape<'_>) -> Value {
    let mut guardrails = Map::new();
    if tape.chance(15) {
        guardrails.insert("removals".to_owned(), json!({"percent": 10, "minimum": 1}));
        guardrails.insert("irreversible".to_owned(), json!(0));
        guardrails.insert("protect".to_owned(), json!([format!("user/{}", email(0))]));
    }
    if tape.chance(15) {
        guardrails.insert("allowOverage".to_owned(), json!([tape.pick(&[MESSAGING, PROFESSIONAL, SUITE])]));
    }
    Value::Object(guardrails)
}
