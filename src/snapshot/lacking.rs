//! Objects of a snapshot file without a member that they need, by the name that people know them by: an administrator who writes facts
//! themselves sees which entry it is.

use serde_json::Value;

/// The members without which an object cannot be read.
const NEEDED: [(&str, &[&str]); 7] = [
    ("subscriptions", &["id"]),
    ("licenses", &["id", "name"]),
    ("sites", &["url"]),
    ("locations", &["name"]),
    ("groups", &["name"]),
    ("users", &["email"]),
    ("workspaces", &["name"]),
];
/// What people know an object by, the best first.
const LABELS: [&str; 5] = ["name", "email", "displayName", "url", "subscriptionId"];
/// How many objects are named.
const NAMED: usize = 5;

/// The objects that lack what an error says is missing; `None` if it is about something else, or about a part of an object.
pub fn named(bytes: &[u8], error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let member = text.strip_prefix("missing field `")?.split('`').next()?;
    let whole: Value = serde_json::from_slice(bytes).ok()?;
    let lists = NEEDED.iter().filter(|(_, needed)| needed.contains(&member));
    let mut lacking: Vec<String> = lists
        .flat_map(|(list, _)| of(&whole, list, member))
        .collect();
    if member == "id" && whole["org"].is_object() && whole["org"]["id"].is_null() {
        lacking.insert(0, "`org`".to_owned());
    }
    let more = match lacking.len().checked_sub(NAMED).filter(|more| *more > 0) {
        Some(more) => format!(" and {more} more"),
        None => String::new(),
    };
    lacking.truncate(NAMED);
    (!lacking.is_empty()).then(|| {
        let lacking = lacking.join(", ");
        format!("there is no `{member}` in {lacking}{more}")
    })
}

/// The entries of a list that lack a member.
fn of(whole: &Value, list: &str, member: &str) -> Vec<String> {
    let entries = whole[list].as_array().into_iter().flatten().enumerate();
    let lacking = entries.filter(|(_, entry)| entry.is_object() && entry.get(member).is_none());
    let named = lacking.map(|(at, entry)| {
        let label = LABELS.iter().find_map(|label| entry[*label].as_str());
        let label = label.map_or_else(String::new, |label| format!(" ({label})"));
        format!("entry {} of `{list}`{label}", at + 1)
    });
    named.collect()
}
