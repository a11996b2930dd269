//! The files and the snapshot that a row stands for.

use serde_json::{Map, Value, json};

use super::row::{Fact, Row};
use super::words::{Item, NUMBERS, WORDS, number};

pub const ANA: &str = "ana@acme.com";
/// An override keeps Bob out of everything; he is there so that the snapshot is never without people.
const BOB: &str = "bob@acme.com";
/// The number of everyone who holds Calling and has no other.
pub const USUAL: &str = "01";
/// Units in use, of every licence.
const USED: i64 = 10;

/// The number and the extension of a person who holds this.
pub fn line_of(item: &Item) -> (Option<String>, Option<String>) {
    match &item.line {
        None => (Some(number(USUAL)), None),
        Some(_) => (item.number(), item.extension().map(str::to_owned)),
    }
}

/// The files, as one document.
pub fn configuration(row: &Row, acknowledged: &[&str]) -> Value {
    let mode = if row.by_group {
        "group"
    } else {
        "organization"
    };
    let mut org = json!({"name": "Acme", "assignmentMode": mode});
    let mut templates = Map::new();
    let mut groups = Map::new();
    if let Some(licenses) = &row.org_template {
        org["template"] = "org".into();
        templates.insert("org".to_owned(), template(row, "org", licenses));
    }
    if row.has(&Fact::TransitionOff) {
        org["groupTransition"] = json!({"retainLicenses": false});
    }
    for name in row.groups_before.iter().chain(&row.groups_after) {
        groups.insert(
            name.clone(),
            json!({"members": members(name, &row.groups_after)}),
        );
    }
    for (name, licenses) in &row.group_templates {
        templates.insert(name.clone(), template(row, name, licenses));
        let members = members(name, &row.groups_after);
        groups.insert(name.clone(), json!({"template": name, "members": members}));
    }
    let acknowledgements: Vec<Value> = acknowledged
        .iter()
        .map(|code| json!({"code": code, "subjects": [ANA], "reason": "agreed"}))
        .collect();
    let forbidden: Vec<&str> = row
        .facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Forbidden(word) => Some(word.as_str()),
            _ => None,
        })
        .collect();
    let mut config = json!({
        "version": 1, "org": org, "templates": templates, "groups": groups,
        "users": {BOB: {"licenses": {"only": {}}}},
        "acknowledgements": acknowledgements, "guardrails": {"forbid": forbidden},
    });
    if let Some(ana) = person(row) {
        config["users"][ANA] = ana;
    }
    if row.has(&Fact::Replaced) {
        config["subscriptions"] = json!({"old": {"replacedBy": "new"}});
    }
    config
}

fn template(row: &Row, name: &str, licenses: &[Item]) -> Value {
    let applies = |named: &Option<String>| named.as_deref().is_none_or(|named| named == name);
    let mut template = json!({"licenses": license_set(licenses)});
    for fact in &row.facts {
        match fact {
            Fact::Existing(named) if applies(named) => template["existingUsers"] = true.into(),
            Fact::RetainOff(named) if applies(named) => {
                template["existingUsers"] = true.into();
                template["retainLicenses"] = false.into();
            }
            _ => {}
        }
    }
    template
}

/// A set of licences; one of the subscription `new` is pinned to it.
fn license_set(items: &[Item]) -> Value {
    let mut set = json!({});
    for Item { word, new, .. } in items {
        let key = if word.service == "meetings" {
            "role"
        } else {
            "tier"
        };
        let grant = match new {
            true => json!({key: word.value, "subscription": "new"}),
            false => json!(word.value),
        };
        match word.site {
            Some(site) => set[word.service][site] = grant,
            None => set[word.service] = grant,
        }
    }
    set
}

/// What stands under `users` for Ana, if anything.
fn person(row: &Row) -> Option<Value> {
    let mut person = Map::new();
    if row.created {
        person.insert("displayName".to_owned(), "Ana Silva".into());
    }
    if row.over.deleted {
        person.insert("state".to_owned(), "absent".into());
    }
    for item in row.over.add.iter().filter(|item| item.line.is_some()) {
        person.insert("location".to_owned(), "Dallas".into());
        if let Some(phone) = item.number() {
            person.insert("phoneNumber".to_owned(), phone.into());
        }
        if let Some(extension) = item.extension() {
            person.insert("extension".to_owned(), extension.into());
        }
    }
    let mut licenses = Map::new();
    if !row.over.add.is_empty() {
        licenses.insert("add".to_owned(), license_set(&row.over.add));
    }
    if !row.over.remove.is_empty() {
        let paths: Vec<String> = row
            .over
            .remove
            .iter()
            .map(|item| item.word.path())
            .collect();
        licenses.insert("remove".to_owned(), json!(paths));
    }
    if !licenses.is_empty() {
        person.insert("licenses".to_owned(), licenses.into());
    }
    (!person.is_empty()).then(|| person.into())
}

fn members(group: &str, of_ana: &[String]) -> Vec<&'static str> {
    match of_ana.iter().any(|name| name == group) {
        true => vec![ANA],
        false => Vec::new(),
    }
}

/// The snapshot, or one from the time before Ana.
pub fn observed(row: &Row, with_ana: bool) -> Value {
    let ana = with_ana && !row.created;
    let mut users =
        vec![json!({"id": "u-bob", "email": BOB, "displayName": "Bob Stone", "licenses": []})];
    if ana {
        users.push(ana_observed(row));
    }
    let names = row.groups_before.iter().chain(&row.groups_after);
    let mut names: Vec<&String> = names
        .chain(row.group_templates.iter().map(|(name, _)| name))
        .collect();
    names.sort();
    names.dedup();
    let before: &[String] = if ana { &row.groups_before } else { &[] };
    let groups: Vec<Value> = names
        .into_iter()
        .map(|name| {
            let distribution = row.has(&Fact::Distribution(name.clone()));
            let kind = if distribution { "distribution" } else { "security" };
            json!({"id": format!("g-{name}"), "name": name, "kind": kind, "members": members(name, before)})
        })
        .collect();
    let ids: &[&str] = if row.two_subscriptions {
        &["old", "new"]
    } else {
        &["old"]
    };
    let subscriptions: Vec<Value> = ids
        .iter()
        .map(|id| {
            let suspended = *id == "old" && row.has(&Fact::Suspended);
            let status = if suspended { "suspended" } else { "active" };
            let created = if *id == "old" {
                "2021-03-01"
            } else {
                "2024-03-01"
            };
            json!({"id": id, "createdAt": created, "status": status})
        })
        .collect();
    let verified = !row.has(&Fact::DomainNotVerified);
    let devices = match row.has(&Fact::WebexGo) {
        true => {
            json!([{"id": "d-1", "type": "webexgo", "product": "Webex Go", "owner": {"kind": "user", "key": ANA}}])
        }
        false => json!([]),
    };
    json!({
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "org-1", "name": "Acme", "domains": [{"name": "acme.com", "verified": verified}]},
        "subscriptions": subscriptions, "licenses": licenses(row, ids),
        "sites": [
            {"url": "acme.webex.com", "attendeeAccountEnabled": !row.has(&Fact::WithoutAttendees)},
            {"url": "emea.webex.com", "attendeeAccountEnabled": true},
        ],
        "locations": [{"id": "l-1", "name": "Dallas", "address": {"country": "US"}, "calling": {"mainNumber": "+12145550100"}}],
        "numbers": numbers(row, ana), "groups": groups, "users": users, "workspaces": [], "devices": devices,
    })
}

fn ana_observed(row: &Row) -> Value {
    let licenses: Vec<String> = row
        .holds
        .iter()
        .filter(|item| item.word.license.is_some())
        .map(|item| license_id(item.word.word, item.subscription()))
        .collect();
    let attendee = row
        .holds
        .iter()
        .filter(|item| item.word.value == "attendee");
    let sites: Vec<_> = attendee.map(|item| item.word.site).collect();
    let status = if row.has(&Fact::Inactive) {
        "inactive"
    } else {
        "active"
    };
    let mut ana = json!({
        "id": "u-ana", "email": ANA, "displayName": "Ana Silva", "status": status,
        "licenses": licenses, "attendeeSites": sites,
    });
    if let Some(calling) = row.holds.iter().find(|item| item.word.service == "calling") {
        let (phone, extension) = line_of(calling);
        ana["location"] = "Dallas".into();
        ana["phoneNumber"] = phone.into();
        ana["extension"] = extension.into();
    }
    for fact in &row.facts {
        match fact {
            Fact::WorkPhone(digits) => {
                ana["source"] = "directory".into();
                ana["workPhone"] = number(digits).into();
            }
            Fact::NoWorkPhone => ana["source"] = "directory".into(),
            Fact::SiteAdmin => ana["siteAdmin"] = json!(["acme.webex.com"]),
            _ => {}
        }
    }
    ana
}

fn license_id(word: &str, subscription: &str) -> String {
    format!("{word} of {subscription}")
}

fn licenses(row: &Row, subscriptions: &[&str]) -> Vec<Value> {
    let mut licenses = Vec::new();
    for subscription in subscriptions {
        for word in WORDS.iter().filter(|word| word.license.is_some()) {
            let left = row.facts.iter().find_map(|fact| match fact {
                Fact::Left { of, new, units } => {
                    (*of == word.word && *new == (*subscription == "new")).then_some(*units)
                }
                _ => None,
            });
            licenses.push(json!({
                "id": license_id(word.word, subscription), "name": word.license, "subscriptionId": subscription,
                "siteUrl": word.site, "totalUnits": USED + left.unwrap_or(100), "consumedUnits": USED,
            }));
        }
    }
    licenses
}

/// The numbers of Dallas; one is Ana's if she has Calling.
fn numbers(row: &Row, with_ana: bool) -> Vec<Value> {
    let calling = row.holds.iter().find(|item| item.word.service == "calling");
    let of_ana = calling
        .filter(|_| with_ana)
        .and_then(|item| line_of(item).0);
    NUMBERS
        .into_iter()
        .map(|digits| {
            let phone = number(digits);
            let owner = match row.has(&Fact::Taken(digits.to_owned())) {
                true => json!({"kind": "user", "key": BOB}),
                false if of_ana.as_ref() == Some(&phone) => json!({"kind": "user", "key": ANA}),
                false => Value::Null,
            };
            json!({"phoneNumber": phone, "location": "Dallas", "state": "active", "type": "did", "owner": owner})
        })
        .collect()
}
