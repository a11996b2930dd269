//! What files and snapshot say, in the oracle's own form.
//!
//! Derived from contract sections 2, 3 and 6, not from the product's code: files and snapshot are read from their JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub const FOUR: [&str; 4] = ["calling", "messaging", "meetings", "contactCenter"];

pub fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A word of a licence set: the slot it fills, the tier or role, and the subscription that is pinned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    pub slot: String,
    pub tier: String,
    pub pin: Option<String>,
}

/// The words of a licence set.
pub fn words(set: &Value) -> Vec<Word> {
    let mut words = Vec::new();
    let word = |slot: String, value: &Value| Word {
        slot,
        tier: match value {
            Value::String(word) => word.clone(),
            long => text(if long["tier"].is_string() {
                &long["tier"]
            } else {
                &long["role"]
            })
            .to_owned(),
        },
        pin: value["subscription"].as_str().map(str::to_owned),
    };
    for (service, value) in object(set) {
        match service.as_str() {
            "meetings" => words.extend(
                object(value).map(|(site, value)| word(format!("licenses/meetings/{site}"), value)),
            ),
            "other" => words.extend(list(value).map(|name| Word {
                slot: format!("licenses/other/{}", text(name)),
                tier: text(name).to_owned(),
                pin: None,
            })),
            service => words.push(word(format!("licenses/{service}"), value)),
        }
    }
    words
}

/// A licence of the organisation.
#[derive(Clone, Debug)]
pub struct Product {
    pub id: String,
    pub subscription: Option<String>,
    pub slot: String,
    pub tier: String,
    pub name: String,
    pub total: i64,
    pub consumed: i64,
}

fn product(licence: &Value) -> Product {
    let name = text(&licence["name"]);
    let (slot, tier) = match name {
        "Webex Calling - Professional" => ("licenses/calling".to_owned(), "professional"),
        "Webex Calling - Standard" => ("licenses/calling".to_owned(), "standard"),
        "Advanced Messaging" => ("licenses/messaging".to_owned(), "advanced"),
        "Basic Messaging" => ("licenses/messaging".to_owned(), "basic"),
        "Contact Center Premium Agent" => ("licenses/contactCenter".to_owned(), "premium"),
        "Contact center Standard Agent" => ("licenses/contactCenter".to_owned(), "standard"),
        "Webex Meetings Suite" => (
            format!("licenses/meetings/{}", text(&licence["siteUrl"])),
            "host",
        ),
        other => (format!("licenses/other/{other}"), other),
    };
    Product {
        id: text(&licence["id"]).to_owned(),
        subscription: licence["subscriptionId"].as_str().map(str::to_owned),
        slot,
        tier: tier.to_owned(),
        name: name.to_owned(),
        total: licence["totalUnits"].as_i64().unwrap_or(0),
        consumed: licence["consumedUnits"].as_i64().unwrap_or(0),
    }
}

/// A subscription: when it began, whether it may be used, and what replaces it in the end.
#[derive(Clone, Debug)]
pub struct Order {
    pub created: String,
    pub active: bool,
    pub replaced_by: Option<String>,
}

/// What a person holds in a slot: a unit of a product, or an attendee account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub tier: String,
    pub product: Option<usize>,
}

impl Held {
    pub fn attendee() -> Held {
        Held {
            tier: "attendee".to_owned(),
            product: None,
        }
    }
}

/// A person.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub email: String,
    pub created: bool,
    pub absent: bool,
    pub directory: bool,
    pub new_to_org: bool,
    /// No location, or neither number nor extension: Webex refuses to change such a Calling licence.
    pub incomplete: bool,
    pub held: BTreeMap<String, Held>,
    pub administers: BTreeSet<String>,
    /// Groups with a template: those of the applied snapshot (without one: of now), and those after the change.
    pub before: BTreeSet<String>,
    pub after: BTreeSet<String>,
    /// Those to which the person is new, of `after`.
    pub joined: BTreeSet<String>,
    pub leaves: bool,
    pub licences: Value,
    /// Whether a list with an unknown member omits the person, so that it is unknown which templates count.
    pub may_leave: bool,
}

/// Everything that decides.
pub struct Facts {
    pub products: Vec<Product>,
    pub orders: BTreeMap<String, Order>,
    pub attendee_sites: BTreeSet<String>,
    pub templates: BTreeMap<String, Value>,
    /// The template of each group that carries one.
    pub carried: BTreeMap<String, String>,
    pub everyone: Option<String>,
    pub keeps_on_transition: bool,
    pub overage: BTreeSet<String>,
    pub acknowledged: BTreeSet<(String, String)>,
    pub people: Vec<Person>,
}

impl Facts {
    pub fn read(config: &Value, snapshot: &Value, applied: Option<&Value>) -> Facts {
        let products: Vec<Product> = list(&snapshot["licenses"]).map(product).collect();
        let by_group = config["org"]["assignmentMode"] == "group";
        let groups = &config["groups"];
        let observed = |name: &str| list(&snapshot["groups"]).find(|group| group["name"] == name);
        let mut carried = BTreeMap::new();
        for (name, block) in object(groups).filter(|_| by_group) {
            let distribution = observed(name).is_some_and(|group| group["kind"] == "distribution");
            if let Some(template) = block["template"].as_str().filter(|_| !distribution) {
                carried.insert(name.clone(), template.to_owned());
            }
        }
        let everyone = config["org"]["template"].as_str().filter(|_| !by_group);
        let mut facts = Facts {
            orders: orders(config, snapshot),
            attendee_sites: list(&snapshot["sites"])
                .filter(|site| site["attendeeAccountEnabled"] == true)
                .map(|site| text(&site["url"]).to_owned())
                .collect(),
            templates: object(&config["templates"])
                .map(|(name, it)| (name.clone(), it.clone()))
                .collect(),
            carried,
            everyone: everyone.map(str::to_owned),
            keeps_on_transition: config["org"]["groupTransition"]["retainLicenses"] != false,
            overage: list(&config["guardrails"]["allowOverage"])
                .map(|name| text(name).to_owned())
                .collect(),
            acknowledged: acknowledged(config, snapshot),
            people: Vec::new(),
            products,
        };
        let mut emails: BTreeSet<&str> = list(&snapshot["users"])
            .map(|user| text(&user["email"]))
            .collect();
        // Where people come from a directory, YAML creates no one.
        if config["org"]["directorySync"] != true {
            let named = object(&config["users"]).filter(|(_, it)| it["displayName"].is_string());
            emails.extend(named.map(|(email, _)| email.as_str()));
        }
        let person = |email: &&str| facts.person(email, &emails, config, snapshot, applied);
        facts.people = emails.iter().map(person).collect();
        facts
    }

    /// Whether an acknowledgement covers what this person loses.
    pub fn covers(&self, code: &str, email: &str) -> bool {
        let covers = |subject: String| self.acknowledged.contains(&(code.to_owned(), subject));
        covers(email.to_owned()) || covers(format!("user/{email}"))
    }

    /// Whether its subscription is suspended or cancelled.
    pub fn suspended(&self, held: &Held) -> bool {
        let of = held
            .product
            .and_then(|it| self.products[it].subscription.as_ref());
        of.is_some_and(|it| !self.orders[it].active)
    }

    fn person(
        &self,
        email: &str,
        known: &BTreeSet<&str>,
        config: &Value,
        snapshot: &Value,
        applied: Option<&Value>,
    ) -> Person {
        let of = |snapshot: &Value| {
            list(&snapshot["users"])
                .find(|user| user["email"] == email)
                .cloned()
        };
        let user = of(snapshot);
        let block = config["users"].get(email).cloned().unwrap_or_default();
        let mut person = Person {
            email: email.to_owned(),
            created: user.is_none(),
            absent: block["state"] == "absent",
            licences: block["licenses"].clone(),
            ..Person::default()
        };
        let user = user.unwrap_or_default();
        person.directory = !person.created
            && (user["source"] == "directory" || config["org"]["directorySync"] == true);
        let mut free = BTreeMap::new();
        for id in list(&user["licenses"]) {
            if let Some(at) = self
                .products
                .iter()
                .position(|product| product.id == text(id))
            {
                let product = &self.products[at];
                let tier = product.tier.clone();
                let held = Held {
                    tier,
                    product: Some(at),
                };
                match product.subscription {
                    Some(_) => person.held.insert(product.slot.clone(), held),
                    None => free.insert(product.slot.clone(), held),
                };
            }
        }
        for site in list(&user["attendeeSites"]) {
            let slot = format!("licenses/meetings/{}", text(site));
            person.held.entry(slot).or_insert(Held {
                tier: "attendee".to_owned(),
                product: None,
            });
        }
        person.administers = list(&user["siteAdmin"])
            .map(|site| text(site).to_owned())
            .collect();
        // The id tells whether the applied snapshot had this person.
        let earlier = applied.map(|applied| {
            list(&applied["users"])
                .find(|then| then["id"] == user["id"])
                .cloned()
        });
        person.new_to_org = person.created || matches!(&earlier, Some(None));
        let members = |snapshot: &Value, group: &str, email: &str| {
            list(&snapshot["groups"])
                .any(|it| it["name"] == group && list(&it["members"]).any(|member| member == email))
        };
        for group in self.carried.keys() {
            let there = list(&snapshot["groups"]).find(|it| it["name"] == group.as_str());
            let now = members(snapshot, group, email);
            let directory = there.is_some_and(|it| it["source"] == "directory");
            let declared = config["groups"][group]["members"]
                .as_array()
                .filter(|_| !directory);
            // A list of which a member is not known is no whole set: no one leaves.
            let whole = |members: &&Vec<Value>| members.iter().all(|it| known.contains(text(it)));
            let listed = declared.is_none_or(|members| members.iter().any(|it| it == email));
            let unsure = declared.is_some_and(|members| !listed && now && !whole(&members));
            person.may_leave |= unsure;
            let after = declared.map_or(now, |_| listed || unsure);
            let then = match (applied, &earlier) {
                (Some(applied), Some(Some(then))) => members(applied, group, text(&then["email"])),
                (Some(_), _) => false,
                (None, _) => now,
            };
            if then {
                person.before.insert(group.clone());
            }
            if after {
                person.after.insert(group.clone());
                if !now || !then {
                    person.joined.insert(group.clone());
                }
            } else if there.is_some() && (now || then) {
                person.leaves = true;
            }
        }
        // Free licences are no one's business, unless the person's templates or override name them.
        let groups = person.after.iter().map(|group| &self.carried[group]);
        let templates = groups.chain(&self.everyone);
        let mut sets: Vec<&Value> = templates
            .map(|it| &self.templates[it]["licenses"])
            .collect();
        sets.extend([&person.licences["only"], &person.licences["add"]]);
        let named: Vec<Word> = sets.into_iter().flat_map(words).collect();
        free.retain(|slot, held| {
            (named.iter()).any(|word| word.slot == *slot && word.tier == held.tier)
        });
        for (slot, held) in free {
            person.held.entry(slot).or_insert(held);
        }
        let blank = |field: &str| !user[field].is_string();
        person.incomplete = blank("location") || blank("phoneNumber") && blank("extension");
        person
    }
}

fn orders(config: &Value, snapshot: &Value) -> BTreeMap<String, Order> {
    let blocks = &config["subscriptions"];
    let end = |id: &str| {
        let mut end = None;
        let mut at = id.to_owned();
        while let Some(next) = blocks[&at]["replacedBy"].as_str() {
            at = next.to_owned();
            end = Some(at.clone());
        }
        end
    };
    let order = |seen: &Value| {
        let id = text(&seen["id"]);
        let said = |field: &str| blocks[id][field].as_str().or(seen[field].as_str());
        let order = Order {
            created: said("createdAt").unwrap_or_default().to_owned(),
            active: said("status").is_none_or(|status| status == "active"),
            replaced_by: end(id),
        };
        (id.to_owned(), order)
    };
    list(&snapshot["subscriptions"]).map(order).collect()
}

fn acknowledged(config: &Value, snapshot: &Value) -> BTreeSet<(String, String)> {
    let today = &text(&snapshot["capturedAt"])[..10];
    let valid = |entry: &&Value| entry["expires"].as_str().is_none_or(|day| day >= today);
    let pairs = |entry: &Value| -> Vec<(String, String)> {
        let code = text(&entry["code"]).to_owned();
        list(&entry["subjects"])
            .map(|subject| (code.clone(), text(subject).to_owned()))
            .collect()
    };
    list(&config["acknowledgements"])
        .filter(valid)
        .flat_map(pairs)
        .collect()
}
