//! Guardrails and acknowledgements.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Date;
use crate::config::yaml::At;

/// The percentage of a set that may change.
pub const PERCENT: u32 = 30;
/// Smaller sets are exempt.
pub const MINIMUM: u32 = 10;
/// How many changes may destroy something.
pub const IRREVERSIBLE: u32 = 25;
/// How many people may go with a directory synchronisation that is switched off.
pub const DIRECTORY_SYNC: u32 = 25;

/// Limits that a plan must keep (contract section 4).
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Guardrails {
    /// How many of the holders of a licence may lose it. Default: 30 percent, from 10 holders up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removals: Option<At<Limit>>,
    /// How many objects of a kind may change. Default: 30 percent, from 10 objects up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updates: Option<At<Limit>>,
    /// How many changes may destroy something, even when each is acknowledged. Default: 25.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irreversible: Option<At<u32>>,
    /// How many people may be deleted because directory synchronisation is switched off. Default: 25.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory_sync: Option<At<u32>>,
    /// Addresses that may not be updated or deleted, such as `user/ceo@acme.com`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub protect: Vec<At<String>>,
    /// Licences that no template may grant, such as `meetings/basic`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forbid: Vec<At<String>>,
    /// Names of licences that may be assigned beyond the units bought.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow_overage: Vec<At<String>>,
    /// Whether `apply` carries out a plan although error findings left fields out of it. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial_apply: Option<At<bool>>,
}

impl Guardrails {
    /// The rules in one form: with the defaults, without what says nothing, lists in order. Rules that judge alike are equal.
    pub fn canonical(&self) -> Value {
        let mut rules = match serde_json::to_value(self) {
            Ok(Value::Object(rules)) => rules,
            // Our own types always serialise; whatever else this were, it would be equal to nothing that does.
            other => return json!({"unreadable": other.err().map(|error| error.to_string())}),
        };
        for (name, default) in [
            ("removals", json!({"percent": PERCENT, "minimum": MINIMUM})),
            ("updates", json!({"percent": PERCENT, "minimum": MINIMUM})),
            ("irreversible", json!(IRREVERSIBLE)),
        ] {
            match (rules.get_mut(name), default) {
                (Some(Value::Object(limit)), Value::Object(default)) => {
                    for (part, value) in default {
                        limit.entry(part).or_insert(value);
                    }
                }
                (Some(_), _) => {}
                (None, default) => {
                    rules.insert(name.to_owned(), default);
                }
            }
        }
        // A rule that came later: without it, rules are what they were.
        if rules.get("directorySync") == Some(&json!(DIRECTORY_SYNC)) {
            rules.remove("directorySync");
        }
        for rule in rules.values_mut() {
            if let Value::Array(list) = rule {
                list.sort_by_key(Value::to_string);
                list.dedup();
            }
        }
        rules.retain(|_, rule| *rule != json!([]) && *rule != json!(false) && !rule.is_null());
        Value::Object(rules)
    }
}

/// A maximum share; small sets are exempt.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limit {
    /// More than this share blocks the plan; 100 turns the limit off. Default: 30.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub percent: Option<At<u32>>,
    /// Smaller sets are exempt. Default: 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<At<u32>>,
}

/// An acknowledged loss.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledgement {
    /// The finding code that it acknowledges, such as `calling-loss`.
    pub code: At<String>,
    /// Keys (`bob@acme.com`) or addresses (`user/bob@acme.com`), exact.
    pub subjects: Vec<At<String>>,
    /// The reason; the plan shows it.
    pub reason: At<String>,
    /// How many people may be deleted, at most. `broadworks-directory-sync-deletion` needs it, and nothing else has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<At<u64>>,
    /// The last day on which it is valid, compared with the day of the snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<At<Date>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(json: Value) -> Value {
        let rules: Guardrails = serde_json::from_value(json).unwrap();
        rules.canonical()
    }

    #[test]
    fn rules_that_judge_alike_are_equal() {
        let none = Guardrails::default().canonical();
        let written =
            rules(json!({"removals": {"percent": 30}, "irreversible": 25, "protect": []}));
        assert_eq!(written, none);
        let one =
            rules(json!({"protect": ["user/a@b.c", "user/d@e.f"], "forbid": ["meetings/basic"]}));
        let other =
            rules(json!({"forbid": ["meetings/basic"], "protect": ["user/d@e.f", "user/a@b.c"]}));
        assert_eq!(one, other);
        assert_ne!(one, none);
        assert_ne!(rules(json!({"updates": {"minimum": 11}})), none);
    }
}
