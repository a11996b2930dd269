//! Nothing is removed in exchange for something that is not given: whether a state keeps that law.
//!
//! Written from contract section 3.1 alone. It looks at the files, at the state before and the one afterwards, and knows
//! neither plans nor requests: so it judges what was planned and what a run left behind in the same way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::common::apply::{list, text};
use crate::common::organisation::Organisation;

/// A service, with its site, and how good a tier of it is: less is better.
type Item = ((String, String), usize);

/// What a name of a licence is, or a word of the files.
fn word(service: &str, site: &str, word: &str) -> Item {
    let tier = match word {
        "professional" | "advanced" | "host" | "premium" => 0,
        _ => 1,
    };
    // Any Calling protects and satisfies any other.
    let tier = if service == "calling" { 0 } else { tier };
    ((service.to_owned(), site.to_owned()), tier)
}

fn of_licence(licence: &Value) -> Option<Item> {
    let site = licence["siteUrl"].as_str().unwrap_or("");
    Some(match text(&licence["name"]) {
        name if name.starts_with("Webex Calling") => word("calling", "", "professional"),
        "Advanced Messaging" => word("messaging", "", "advanced"),
        "Basic Messaging" => word("messaging", "", "basic"),
        "Contact Center Premium Agent" => word("contactCenter", "", "premium"),
        "Contact center Standard Agent" => word("contactCenter", "", "standard"),
        "Webex Meetings Suite" => word("meetings", site, "host"),
        _ => return None,
    })
}

/// The items of a licence set of the files.
fn of_set(set: &Value) -> Vec<Item> {
    let mut items = Vec::new();
    for (service, entry) in set.as_object().into_iter().flatten() {
        let short = |entry: &Value| {
            let long = entry.get("tier").or(entry.get("role"));
            text(long.unwrap_or(entry)).to_owned()
        };
        match service.as_str() {
            "other" => {}
            "meetings" => {
                let sites = entry.as_object().into_iter().flatten();
                items.extend(sites.map(|(site, entry)| word(service, site, &short(entry))));
            }
            _ => items.push(word(service, "", &short(entry))),
        }
    }
    items
}

/// What a person holds in a snapshot.
fn held(snapshot: &Value, user: &Value) -> Vec<Item> {
    let licence = |id: &Value| list(&snapshot["licenses"]).find(|licence| licence["id"] == *id);
    let licences = list(&user["licenses"])
        .filter_map(licence)
        .filter_map(of_licence);
    let sites = list(&user["attendeeSites"]).map(|site| word("meetings", text(site), "attendee"));
    licences.chain(sites).collect()
}

fn has(items: &[Item], item: &Item) -> bool {
    items
        .iter()
        .any(|(slot, tier)| *slot == item.0 && *tier <= item.1)
}

/// Whether an override decides on a slot.
fn decided(over: &Value, (service, site): &(String, String)) -> bool {
    let in_set = |set: &Value| match service.as_str() {
        "meetings" => !set["meetings"][site].is_null(),
        _ => !set[service].is_null(),
    };
    let removed = list(&over["remove"]).any(|path| match service.as_str() {
        "meetings" => text(path) == format!("meetings/{site}"),
        _ => text(path) == service,
    });
    over["only"].is_object() || in_set(&over["add"]) || removed
}

fn members(groups: &Value, name: &str) -> Option<BTreeSet<String>> {
    let mut named = list(&groups["groups"]).filter(|group| group["name"] == name);
    let group = named.next()?;
    Some(
        list(&group["members"])
            .map(|it| text(it).to_owned())
            .collect(),
    )
}

/// Whether it is an attendee account of a site that has none any more: Webex does not add it again, and the report says so.
fn only_kept(snapshot: &Value, ((service, site), tier): &Item) -> bool {
    let mut sites = list(&snapshot["sites"]).filter(|it| it["url"] == site.as_str());
    let site = sites.next();
    service == "meetings"
        && *tier == 1
        && site.is_some_and(|it| it["attendeeAccountEnabled"] == false)
}

/// A person from whom something was taken in exchange for something that is not there; `None` if no one.
pub fn taken_for_nothing(organisation: &Organisation, after: &Value) -> Option<String> {
    let Organisation {
        config,
        snapshot,
        baseline,
    } = organisation;
    if config["org"]["assignmentMode"] != "group" {
        return None;
    }
    let templates = &config["templates"];
    // Groups with a template: who was in it, is in it, and should be.
    let mut groups: BTreeMap<&str, (&Value, [BTreeSet<String>; 3])> = BTreeMap::new();
    for (name, block) in config["groups"].as_object().into_iter().flatten() {
        let seen = list(&snapshot["groups"]).find(|group| group["name"] == *name);
        let distribution = seen.is_some_and(|seen| seen["kind"] == "distribution");
        if block["template"].is_null() || distribution {
            continue;
        }
        let now = members(snapshot, name).unwrap_or_default();
        let was = match baseline {
            Some(baseline) => {
                let known: BTreeSet<&str> = list(&baseline["users"])
                    .map(|user| text(&user["email"]))
                    .collect();
                let mut was = members(baseline, name).unwrap_or_default();
                was.retain(|email| known.contains(email.as_str()));
                was
            }
            None => now.clone(),
        };
        let directory = seen.is_some_and(|seen| seen["source"] == "directory");
        let wanted = match block["members"].is_array() && !directory {
            true => list(&block["members"])
                .map(text)
                .map(str::to_owned)
                .collect(),
            false => now.clone(),
        };
        groups.insert(
            name,
            (&templates[text(&block["template"])], [was, now, wanted]),
        );
    }
    let users = list(&after["users"]).filter(|user| {
        let entry = &config["users"][text(&user["email"])];
        entry["state"] != "absent"
    });
    for user in users {
        let email = text(&user["email"]);
        let over = &config["users"][email]["licenses"];
        let of = |which: usize| {
            let here = groups
                .values()
                .filter(move |(_, sets)| sets[which].contains(email));
            here.map(|(template, _)| *template).collect::<Vec<_>>()
        };
        let joined = groups.values().filter(|(_, [was, now, wanted])| {
            wanted.contains(email) && !(was.contains(email) && now.contains(email))
        });
        let given = joined.flat_map(|(template, _)| of_set(&template["licenses"]));
        let now = held(after, user);
        let attends = |item: &Item| {
            let (slot, _) = item;
            let attendee = (slot.clone(), 1);
            let gives = |template: &&Value| of_set(&template["licenses"]).contains(&attendee);
            slot.0 == "meetings" && has(&now, &attendee) && of(2).iter().any(gives)
        };
        // What a group gives that the person is in all along has its own reason.
        let all_along = groups
            .values()
            .filter(|(_, sets)| sets.iter().all(|set| set.contains(email)));
        let all_along: Vec<Item> = all_along
            .flat_map(|(template, _)| of_set(&template["licenses"]))
            .collect();
        let outdone = |(slot, tier): &Item| {
            all_along
                .iter()
                .any(|(of, other)| of == slot && other < tier)
        };
        let mut missing = given.filter(|item| {
            !decided(over, &item.0) && !has(&now, item) && !attends(item) && !outdone(item)
        });
        let Some(missing) = missing.next() else {
            continue;
        };
        let before = list(&snapshot["users"]).find(|before| before["email"] == email);
        let was = of(0);
        let strips = was.iter().any(|template| {
            template["existingUsers"] == true && template["retainLicenses"] == false
        });
        let gives = |item: &&Item| {
            was.iter()
                .any(|template| of_set(&template["licenses"]).contains(item))
        };
        let before = before
            .map(|before| held(snapshot, before))
            .unwrap_or_default();
        let mut stays = before.iter().filter(|item| {
            !decided(over, &item.0) && (!strips || gives(item)) && !only_kept(snapshot, item)
        });
        if let Some(lost) = stays.find(|item| !has(&now, item)) {
            return Some(format!("{email} lost {lost:?}, and has no {missing:?}"));
        }
        for (name, (_, [_, before, _])) in &groups {
            let inside = members(after, name).is_some_and(|members| members.contains(email));
            if inside != before.contains(email) {
                return Some(format!(
                    "{email} joined or left {name}, and has no {missing:?}"
                ));
            }
        }
    }
    None
}
