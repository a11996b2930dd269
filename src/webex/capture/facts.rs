//! What the API does not provide, taken over from an older snapshot: when subscriptions began, who administers sites, where people
//! come from, what groups are, operators' accounts …

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::Old;
use crate::snapshot::Snapshot;
use crate::webex::ids;
use crate::webex::org::same_org;

/// Sections of the file that no list of the API has.
const SECTIONS: [&str; 1] = ["operatorAccounts"];
/// Lists whose objects have ids.
const LISTS: [&str; 6] = [
    "licenses",
    "locations",
    "groups",
    "users",
    "workspaces",
    "devices",
];
/// Parts of `broadworks` that no list of the API has.
const BROADWORKS: [&str; 3] = ["clusters", "customerTemplates", "workspaces"];

/// Completes a snapshot. What the API returned stays; objects that the old snapshot lacks stay as they are.
pub fn carry_over(old: &Old, snapshot: &mut Snapshot, extras: &mut Map<String, Value>) {
    subscriptions(&old.snapshot, snapshot);
    sites(&old.snapshot, snapshot);
    groups(&old.snapshot, snapshot);
    people(&old.snapshot, snapshot);
    for name in SECTIONS {
        if let Some(section) = given(&old.document[name]) {
            extras.insert(name.to_owned(), section.clone());
        }
    }
    if let Some(domains) = given(&old.document["org"]["domains"]) {
        extras.insert("domains".to_owned(), domains.clone());
    }
    broadworks(&old.document["broadworks"], extras);
}

/// Members that neither the API nor the program knows, of objects that are in both: from the old file into the new one.
pub fn members(old: &Value, document: &mut Value) {
    for name in LISTS {
        let known: FxHashMap<String, &Value> = list(&old[name]).filter_map(keyed).collect();
        let entries = document.get_mut(name).and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            let Some((key, _)) = keyed(entry) else {
                continue;
            };
            let twin = known.get(&key).and_then(|twin| twin.as_object());
            let (Some(twin), Some(entry)) = (twin, entry.as_object_mut()) else {
                continue;
            };
            for (name, value) in twin {
                entry.entry(name).or_insert_with(|| value.clone());
            }
        }
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn keyed(entry: &Value) -> Option<(String, &Value)> {
    Some((ids::plain(entry["id"].as_str()?), entry))
}

fn subscriptions(old: &Snapshot, snapshot: &mut Snapshot) {
    let known: FxHashMap<_, _> = old
        .subscriptions()
        .iter()
        .map(|it| (it.id.as_str(), it))
        .collect();
    for subscription in snapshot.subscriptions.iter_mut().flatten() {
        if let Some(old) = known.get(subscription.id.as_str()) {
            subscription.created_at.clone_from(&old.created_at);
            subscription.status.clone_from(&old.status);
        }
    }
}

fn sites(old: &Snapshot, snapshot: &mut Snapshot) {
    for site in snapshot.sites.iter_mut().flatten() {
        let old = old.sites().iter().find(|old| old.url == site.url);
        site.attendee_account_enabled |= old.is_some_and(|old| old.attendee_account_enabled);
    }
}

fn groups(old: &Snapshot, snapshot: &mut Snapshot) {
    let known = old.groups().iter();
    let known: FxHashMap<String, _> = known.flat_map(|it| keys(&it.id, &it.name, it)).collect();
    for group in snapshot.groups.iter_mut().flatten() {
        if let Some(old) = known.get(&key(&group.id, &group.name)) {
            fill(&mut group.id, &old.id);
            group.kind.clone_from(&old.kind);
            if group.source.as_deref() != Some("directory") && old.source.is_some() {
                group.source.clone_from(&old.source);
            }
        }
    }
}

/// What an object is looked up by: its id, or its name where an export has no ids.
fn key(id: &str, name: &str) -> String {
    match id.is_empty() {
        true => format!("name {name}"),
        false => ids::plain(id),
    }
}

fn keys<T: Copy>(id: &str, name: &str, it: T) -> [(String, T); 2] {
    [(key(id, name), it), (key("", name), it)]
}

fn fill(id: &mut String, old: &str) {
    if id.is_empty() {
        old.clone_into(id);
    }
}

fn people(old: &Snapshot, snapshot: &mut Snapshot) {
    let known = old.users().iter();
    let known: FxHashMap<String, _> = known.flat_map(|it| keys(&it.id, &it.email, it)).collect();
    for user in snapshot.users.iter_mut().flatten() {
        if let Some(old) = known.get(&key(&user.id, &user.email)) {
            fill(&mut user.id, &old.id);
            if user.source.is_none() {
                user.source.clone_from(&old.source);
            }
            user.site_admin.clone_from(&old.site_admin);
            // A person without Calling has none that could be read.
            if user.voicemail.is_none() && user.location.is_none() {
                user.voicemail = old.voicemail;
            }
        }
    }
}

fn broadworks(old: &Value, extras: &mut Map<String, Value>) {
    let Some(old) = old.as_object() else { return };
    let Some(new) = extras.get_mut("broadworks").and_then(Value::as_object_mut) else {
        extras.insert("broadworks".to_owned(), Value::Object(old.clone()));
        return;
    };
    for name in BROADWORKS {
        if let Some(part) = old.get(name).and_then(given) {
            new.insert(name.to_owned(), part.clone());
        }
    }
    organizations(old.get("organizations"), new);
    let before = old.get("enterprises").and_then(Value::as_array);
    let enterprises = new.get_mut("enterprises").and_then(Value::as_array_mut);
    for enterprise in enterprises.into_iter().flatten() {
        let twin = before
            .into_iter()
            .flatten()
            .find(|it| it["spEnterpriseId"] == enterprise["spEnterpriseId"]);
        let (Some(twin), Some(members)) = (twin, enterprise.as_object_mut()) else {
            continue;
        };
        for name in ["template", "name", "restrictedByPartner"] {
            if let Some(fact) = given(&twin[name]) {
                members.insert(name.to_owned(), fact.clone());
            }
        }
    }
}

/// Organisations of customers: what the API tells of them, and what was recorded; those that it does not show are kept
/// without access.
fn organizations(old: Option<&Value>, new: &mut Map<String, Value>) {
    let Some(old) = old.and_then(Value::as_array) else {
        return;
    };
    let entry = new
        .entry("organizations")
        .or_insert_with(|| Value::Array(Vec::new()));
    let Some(all) = entry.as_array_mut() else {
        return;
    };
    for one in old {
        let id = one["id"].as_str().unwrap_or_default();
        let twin = all
            .iter_mut()
            .find(|it| it["id"].as_str().is_some_and(|it| same_org(it, id)));
        match twin.and_then(Value::as_object_mut) {
            Some(twin) => {
                for name in ["users", "domains", "people"] {
                    if let Some(fact) = given(&one[name]) {
                        twin.insert(name.to_owned(), fact.clone());
                    }
                }
            }
            None => {
                let mut one = one.clone();
                if let Some(members) = one.as_object_mut() {
                    members.insert("access".to_owned(), Value::Bool(false));
                }
                all.push(one);
            }
        }
    }
}

fn given(value: &Value) -> Option<&Value> {
    (!value.is_null()).then_some(value)
}
