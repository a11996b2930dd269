//! What the snapshot of a random organisation has.

use serde_json::{Value, json};

use super::*;

impl Maker<'_> {
    pub(super) fn licences(&mut self, tape: &mut Tape<'_>) {
        let products = CALLING
            .iter()
            .chain(&AGENT)
            .chain(&[MESSAGING, WORKSPACES, HOT_DESK, OTHER])
            .map(|&name| (name, None));
        let products: Vec<(&str, Option<&str>)> = products
            .chain(self.sites.iter().map(|&site| (SUITE, Some(site))))
            .collect();
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
        let fits = |licence: &&Value| {
            names.contains(&licence["name"].as_str().unwrap())
                && licence["siteUrl"].as_str() == site
        };
        let fitting: Vec<&Value> = self.licenses.iter().filter(fits).collect();
        tape.pick(&fitting)["id"].clone()
    }

    pub(super) fn observed(&mut self, org: &mut Tape<'_>) -> Value {
        let status = |tape: &mut Tape<'_>| {
            *tape.pick(&[
                "active",
                "active",
                "active",
                "active",
                "active",
                "active",
                "suspended",
                "cancelled",
            ])
        };
        let subscriptions: Vec<Value> = self
            .subscriptions
            .iter()
            .map(|id| {
                let created = if org.chance(10) {
                    Value::Null
                } else {
                    json!(format!("{}-03-01", &id[4..]))
                };
                json!({"id": id, "createdAt": created, "status": status(org)})
            })
            .collect();
        let mut users = Vec::new();
        for (index, (seen, _)) in self.tapes.people.iter().enumerate() {
            let (user, number) = self.person(index, &mut Tape(seen.iter()));
            users.extend(user);
            self.numbers.push(number);
        }
        let (mut workspaces, mut devices) = (Vec::new(), Vec::new());
        for (index, tape) in self.tapes.rooms.iter().enumerate() {
            let (room, device, number) = self.room(index, &mut Tape(tape.iter()));
            workspaces.extend(room);
            devices.extend(device);
            self.numbers.push(number);
        }
        for index in self.numbers.len()..self.tapes.people.len() + 3 {
            let owner = org
                .chance(15)
                .then(|| json!({"kind": "huntGroup", "key": "Desk"}));
            let mut row = json!({"phoneNumber": number(index), "location": org.pick(self.places), "state": "active", "type": "did", "owner": owner});
            if owner.is_none() && self.seldom(index, 6) {
                row["use"] = json!(["reserved", "service", "emergency"][index % 3]);
            }
            self.numbers.push(row);
        }
        let main = self.numbers.last().filter(|_| org.chance(40)).cloned();
        let locations: Vec<Value> = self.places.iter().enumerate().map(|(at, name)| {
            let main = main.as_ref().filter(|main| main["location"] == *name).map(|main| &main["phoneNumber"]);
            let calling = if at < self.enabled { json!({"mainNumber": main, "pstn": "Cisco"}) } else { Value::Null };
            json!({"id": name, "name": name, "timeZone": "America/Chicago", "address": {"country": if *name == "Paris" { "FR" } else { "US" }}, "calling": calling})
        }).collect();
        let sites: Vec<Value> = self
            .sites
            .iter()
            .map(|url| json!({"url": url, "attendeeAccountEnabled": !org.chance(15)}))
            .collect();
        let slack: &[i64] = match self.focus {
            Focus::Seats => &[0],
            Focus::Templates => &[1, 0, 0],
            _ if self.shape == Shape::Alone || org.chance(25) => &[30],
            _ => &[8, 2, 1, 1, 0, 0, 0, -1],
        };
        let holders = || users.iter().chain(&workspaces);
        for licence in &mut self.licenses {
            let held = holders()
                .filter(|holder| {
                    holder["licenses"]
                        .as_array()
                        .unwrap()
                        .contains(&licence["id"])
                })
                .count();
            licence["consumedUnits"] = json!(held + org.below(20) / 18);
            if !licence["subscriptionId"].is_null() {
                licence["totalUnits"] =
                    json!((licence["consumedUnits"].as_i64().unwrap() + org.pick(slack)).max(0));
            }
        }
        let mut numbers = self.numbers.clone();
        numbers.extend(self.features(&users, &workspaces));
        json!({"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "org-1", "name": "Acme"},
               "subscriptions": subscriptions, "licenses": self.licenses, "sites": sites, "locations": locations, "numbers": numbers,
               "groups": [], "users": users, "workspaces": workspaces, "devices": devices})
    }

    /// A number that the organisation's tape and a salt decide. It moves no tape, so that the rest of an organisation is the same
    /// with and without what it decides.
    pub(super) fn dice(&self, salt: usize) -> usize {
        let mut hash = 0u32;
        for &value in &self.tapes.org {
            hash = hash.wrapping_mul(31).wrapping_add(u32::from(value));
        }
        let mixed = hash.wrapping_mul(0x9E37_79B9).rotate_left(salt as u32 % 32);
        (mixed.wrapping_mul(0x85EB_CA6B) >> 8) as usize
    }

    /// Once in so many; never on a blank tape.
    pub(super) fn seldom(&self, salt: usize, once_in: usize) -> bool {
        let dice = self.dice(salt);
        dice > 0 && dice % once_in == 1
    }

    /// Extensions of features, which no one else has: among those that people and workspaces want, and that `auto` comes by.
    fn features(&self, users: &[Value], rooms: &[Value]) -> Vec<Value> {
        let holders = self.tapes.people.len() + self.tapes.rooms.len();
        let mut features = Vec::new();
        for (at, place) in self.places.iter().enumerate() {
            if !self.seldom(100 + at, 4) {
                continue;
            }
            let extension = (1000 + self.dice(200 + at) % (holders + 3)).to_string();
            let mut all = users.iter().chain(rooms);
            if all.any(|it| it["location"] == *place && it["extension"] == *extension) {
                continue;
            }
            let owner = json!({"kind": "autoAttendant", "key": "Greeting"});
            features.push(json!({"phoneNumber": null, "extension": extension, "location": place, "state": "active",
                                 "type": null, "owner": owner}));
        }
        features
    }

    /// A workspace as the snapshot has it, unless this plan is to create it; its device; and the number that is its or free.
    fn room(&self, index: usize, tape: &mut Tape<'_>) -> (Option<Value>, Option<Value>, Value) {
        let (name, at) = (ROOMS[index], self.tapes.people.len() + index);
        let created = is_created(tape);
        let place = &self.places[tape.below(self.enabled)];
        let mut location = json!(place);
        let (mut phone, mut extension, mut held) = (Value::Null, Value::Null, Vec::new());
        let swaps = self.focus == Focus::Numbers;
        match tape.below(8) {
            0 if !swaps => {}
            1 if !swaps => location = Value::Null,
            kind => {
                let product = [WORKSPACES, WORKSPACES, PROFESSIONAL, HOT_DESK][kind % 4];
                held.push(self.licence(tape, &[product], None));
                let has = tape.below(if product == HOT_DESK { 5 } else { 4 });
                if has < 3 {
                    phone = json!(number(at));
                }
                if has > 0 && has < 4 {
                    extension = json!((1000 + at).to_string());
                }
            }
        }
        let device = tape.chance(12).then(|| {
            json!({"id": name, "product": "Cisco 8845", "type": "phone", "owner": {"kind": "workspace", "key": name}})
        });
        let owner =
            (!created && !phone.is_null()).then(|| json!({"kind": "workspace", "key": name}));
        let number = json!({"phoneNumber": number(at), "location": place, "state": "active", "type": "did", "owner": owner});
        let room = json!({"id": name, "name": name, "location": location, "phoneNumber": phone, "extension": extension,
                          "licenses": held});
        (
            (!created).then_some(room),
            device.filter(|_| !created),
            number,
        )
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
            phone = if has < 3 {
                json!(number(index))
            } else {
                Value::Null
            };
            extension = if has > 0 {
                json!((1000 + index).to_string())
            } else {
                Value::Null
            };
            // Provisioning that failed halfway.
            if self.seldom(300 + index, 40) {
                match self.dice(index) % 2 {
                    0 => location = Value::Null,
                    _ => (phone, extension) = (Value::Null, Value::Null),
                }
            }
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
        let voicemail = if tape.chance(15) {
            Value::Null
        } else {
            json!({"enabled": !tape.chance(40)})
        };
        let roles: &[&str] = if tape.chance(15) { &["helpdesk"] } else { &[] };
        let owner =
            (!created && !phone.is_null()).then(|| json!({"kind": "user", "key": email(index)}));
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
}
