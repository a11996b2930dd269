//! Whether two snapshots say the same of everything that a plan changes.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::common::apply::{list, text};

/// What both appliers must agree on: lists, their keys, and members.
pub const SAME: [(&str, &str, &[&str]); 5] = [
    (
        "users",
        "email",
        &[
            "displayName",
            "location",
            "phoneNumber",
            "extension",
            "licenses",
            "attendeeSites",
            "roles",
        ],
    ),
    (
        "workspaces",
        "name",
        &["location", "phoneNumber", "extension", "licenses"],
    ),
    ("groups", "name", &["description", "members"]),
    ("numbers", "phoneNumber", &["location", "state", "owner"]),
    (
        "features",
        "name",
        &["kind", "location", "phoneNumber", "extension", "members"],
    ),
];

/// Whether two snapshots say the same of everything that a plan changes.
pub fn agree(now: &Value, other: &Value) -> Result<(), String> {
    for (section, key, members) in SAME {
        let (ours, theirs) = (
            table(now, section, key, members),
            table(other, section, key, members),
        );
        let keys = ours.keys().chain(theirs.keys());
        for key in keys {
            if ours.get(key) != theirs.get(key) {
                let (ours, theirs) = (ours.get(key), theirs.get(key));
                return Err(format!(
                    "{section} {key}: {ours:?}, and the other applier has {theirs:?}"
                ));
            }
        }
    }
    Ok(())
}

/// Members of the entries of a list, by key; lists in order, and nothing for what is empty. Left out are the free licences
/// that Webex gives to newcomers, numbers that have lost their location, and anyone who shares a name.
pub fn table(
    snapshot: &Value,
    section: &str,
    key: &str,
    members: &[&str],
) -> BTreeMap<String, Vec<Value>> {
    let bought = |id: &&Value| {
        let mut licences = list(&snapshot["licenses"]);
        licences.all(|licence| {
            let free = licence["subscriptionId"].is_null() || licence["name"] == "Basic Messaging";
            licence["id"] != **id || !free
        })
    };
    let plain = |member: &str, value: &Value| match value {
        Value::Array(items) => {
            let kept = items
                .iter()
                .filter(|item| member != "licenses" || bought(item));
            let mut items: Vec<Value> = kept.cloned().collect();
            items.sort_by_key(Value::to_string);
            if items.is_empty() {
                Value::Null
            } else {
                items.into()
            }
        }
        Value::String(text) if text.is_empty() => Value::Null,
        other => other.clone(),
    };
    let mut table: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut twice = Vec::new();
    for entry in
        list(&snapshot[section]).filter(|it| section != "numbers" || !it["location"].is_null())
    {
        let values = members
            .iter()
            .map(|member| plain(member, &entry[member]))
            .collect();
        let name = text(&entry[key]).to_lowercase();
        if table.insert(name.clone(), values).is_some() {
            twice.push(name);
        }
    }
    twice.iter().for_each(|name| _ = table.remove(name));
    table
}
