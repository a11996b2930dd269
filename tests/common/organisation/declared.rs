//! What the configuration of a random organisation says.

use serde_json::{Map, Value, json};

use super::*;

impl Maker<'_> {
    pub(super) fn declared(&self, org: &mut Tape<'_>, snapshot: &mut Value) -> Value {
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
                users.extend(
                    self.person_block(index, created, &mut Tape(own.iter()))
                        .map(|block| (email(index), block)),
                );
            }
            for code in ["calling-loss", "voicemail-messages-loss", "user-deletion"] {
                if fate.chance(35) {
                    let mut entry =
                        json!({"code": code, "subjects": [email(index)], "reason": "HR-1"});
                    if index == 3 {
                        entry["expires"] = json!("2026-01-31");
                    }
                    acknowledgements.push(entry);
                }
            }
        }
        let mut rooms = Map::new();
        for (index, tape) in self.tapes.rooms.iter().enumerate() {
            let mut own = Tape(tape[20..].iter());
            if own.chance(35) {
                let entry =
                    json!({"code": "calling-loss", "subjects": [ROOMS[index]], "reason": "FM-1"});
                acknowledgements.push(entry);
            }
            let created = is_created(&mut Tape(tape.iter()));
            let there = list(&snapshot["workspaces"]).find(|room| room["name"] == ROOMS[index]);
            let place = there.map(|room| room["location"].clone());
            let block = self.room_block(index, place, &mut own);
            if created || own.chance(85) {
                rooms.insert(ROOMS[index].to_owned(), block);
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
        config.insert("workspaces".to_owned(), Value::Object(rooms));
        config.insert(
            "acknowledgements".to_owned(),
            Value::Array(acknowledgements),
        );
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
        if self.shape == Shape::Any {
            config.insert("locations".to_owned(), self.locations(snapshot, org));
        }
        config.retain(|_, section| {
            !section.as_object().is_some_and(Map::is_empty)
                && !section.as_array().is_some_and(Vec::is_empty)
        });
        Value::Object(config)
    }

    /// Blocks of some locations. The last one, if it has no Calling, may get it, or be a new one.
    fn locations(&self, snapshot: &mut Value, tape: &mut Tape<'_>) -> Value {
        let mut blocks = Map::new();
        for (at, &name) in self.places.iter().enumerate() {
            let mut block = Map::new();
            if tape.chance(25) {
                block.insert("timeZone".to_owned(), json!("America/Denver"));
            }
            let mut calling = Map::new();
            if tape.chance(30) {
                let main = number(tape.below(self.numbers.len() + 2));
                calling.insert("mainNumber".to_owned(), json!(main));
            }
            let begins = at >= self.enabled && tape.chance(70);
            if begins || !calling.is_empty() {
                block.insert("calling".to_owned(), Value::Object(calling));
            }
            if begins && tape.chance(60) {
                let country = if name == "Paris" { "FR" } else { "US" };
                block.insert("timeZone".to_owned(), json!("America/Denver"));
                block.insert("preferredLanguage".to_owned(), json!("en_US"));
                block.insert(
                    "address".to_owned(),
                    json!({"address1": "1 Main St", "city": name, "postalCode": "1", "country": country}),
                );
                let locations = snapshot["locations"].as_array_mut().unwrap();
                locations.retain(|location| location["name"] != name);
                let numbers = snapshot["numbers"].as_array_mut().unwrap();
                // Features of a location that is not there yet are not there either.
                numbers.retain(|row| !(row["phoneNumber"].is_null() && row["location"] == name));
                for number in numbers {
                    if number["location"] == name {
                        number["location"] = json!(self.places[0]);
                    }
                }
            }
            if !block.is_empty() {
                blocks.insert(name.to_owned(), Value::Object(block));
            }
        }
        Value::Object(blocks)
    }

    fn subscription_blocks(&self, tape: &mut Tape<'_>) -> Value {
        let mut blocks = Map::new();
        for &id in self.subscriptions {
            let mut block = Map::new();
            if let Some(by) = self.replaced.get(id) {
                block.insert("replacedBy".to_owned(), json!(by));
            }
            if tape.chance(8) {
                block.insert(
                    "status".to_owned(),
                    json!(tape.pick(&["active", "suspended", "cancelled"])),
                );
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
    fn group(
        &self,
        name: &str,
        by_group: bool,
        templates: &Map<String, Value>,
        absent: &[String],
        snapshot: &mut Value,
        tape: &mut Tape<'_>,
    ) -> Value {
        let mut block = Map::new();
        let (new, directory) = (tape.chance(15), tape.chance(12));
        if by_group && !templates.is_empty() && !tape.chance(10) {
            let names: Vec<&String> = templates.keys().collect();
            block.insert("template".to_owned(), json!(tape.pick(&names)));
        }
        let managed = tape.chance(75);
        let there = |index: usize| {
            snapshot["users"]
                .as_array()
                .unwrap()
                .iter()
                .any(|user| user["email"] == email(index).as_str())
        };
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
            let kind = if tape.chance(4) {
                "distribution"
            } else {
                "security"
            };
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
            block.insert(
                "displayName".to_owned(),
                json!(format!("Dr {}", PEOPLE[index])),
            );
        }
        if tape.chance(8) {
            block.insert(
                "roles".to_owned(),
                json!(tape.pick(&[&["auditor"][..], &[], &["auditor", "helpdesk"]])),
            );
        }
        (!block.is_empty()).then_some(Value::Object(block))
    }

    /// Whose number or extension a person or workspace wants: their own, that of another in a pair, the next one's in a ring of all, or
    /// the next one's in a row that ends with numbers that no one has. No two want the same.
    fn other(&self, index: usize, wants: usize) -> usize {
        let holders = self.tapes.people.len() + self.tapes.rooms.len();
        match wants {
            0 => index,
            1 => index ^ 1,
            2 => (index + 1) % holders,
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

    /// What `workspaces` says of a workspace, which is in `place` if it is there and anywhere.
    fn room_block(&self, index: usize, place: Option<Value>, tape: &mut Tape<'_>) -> Value {
        let mut block = Map::new();
        self.calling_block(self.tapes.people.len() + index, &mut block, tape);
        // Where it is; another place is refused, and none said at all would leave rooms without Calling.
        match (place, tape.chance(80)) {
            (Some(place), true) if !place.is_null() => {
                drop(block.insert("location".to_owned(), place))
            }
            (None, true) => drop(block.insert("location".to_owned(), json!(self.places[0]))),
            _ => {}
        }
        let pinnable: Vec<&&str> = self
            .subscriptions
            .iter()
            .filter(|id| !self.replaced.contains_key(**id))
            .collect();
        let mut calling = |words: &[&str]| {
            let word = *tape.pick(words);
            match tape.chance(20) {
                true => json!({"calling": {"tier": word, "subscription": tape.pick(&pinnable)}}),
                false => json!({"calling": word}),
            }
        };
        let words = ["workspace", "workspace", "professional", "hotDesk"];
        let licences = calling(&words);
        match tape.below(6) {
            0 => {}
            2..=5 if self.focus == Focus::Numbers => {}
            1 => drop(block.insert("licenses".to_owned(), json!({}))),
            _ => drop(block.insert("licenses".to_owned(), licences)),
        }
        if tape.chance(15) {
            block.insert("subscription".to_owned(), json!(tape.pick(&pinnable)));
        }
        Value::Object(block)
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
                1..=4 => added.extend(
                    self.licence_set(tape, &[service], 30)
                        .as_object()
                        .unwrap()
                        .clone(),
                ),
                _ if service == "meetings" => {
                    removed.push(format!("meetings/{}", tape.pick(self.sites)))
                }
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
        let pinnable: Vec<&&str> = self
            .subscriptions
            .iter()
            .filter(|id| !self.replaced.contains_key(**id))
            .collect();
        let long = |tape: &mut Tape<'_>, field: &str, words: &[&str]| {
            let word = *tape.pick(words);
            match (tape.chance(pinned), tape.pick(&pinnable)) {
                (true, subscription) if word != "attendee" && word != "basic" => {
                    json!({field: word, "subscription": subscription})
                }
                _ => json!(word),
            }
        };
        let mut set = Map::new();
        for service in services {
            if services.len() > 1
                && tape.chance(if self.focus == Focus::Templates {
                    10
                } else {
                    50
                })
            {
                continue;
            }
            let words = match *service {
                "calling" => long(
                    tape,
                    "tier",
                    &["professional", "professional", "professional", "standard"],
                ),
                "messaging" => long(
                    tape,
                    "tier",
                    &["advanced", "advanced", "advanced", "advanced", "basic"],
                ),
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

fn guardrails(tape: &mut Tape<'_>) -> Value {
    let mut guardrails = Map::new();
    if tape.chance(15) {
        guardrails.insert("removals".to_owned(), json!({"percent": 10, "minimum": 1}));
        guardrails.insert("irreversible".to_owned(), json!(0));
        guardrails.insert("protect".to_owned(), json!([format!("user/{}", email(0))]));
    }
    if tape.chance(15) {
        guardrails.insert(
            "allowOverage".to_owned(),
            json!([tape.pick(&[MESSAGING, PROFESSIONAL, SUITE])]),
        );
    }
    Value::Object(guardrails)
}
