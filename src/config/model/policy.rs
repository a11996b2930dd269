//! Guardrails and acknowledgements.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Date;
use crate::config::yaml::At;

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
    /// Addresses that may not be updated or deleted, such as `user/ceo@acme.com`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub protect: Vec<At<String>>,
    /// Licences that no template may grant, such as `meetings/basic`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forbid: Vec<At<String>>,
    /// Licence names whose pools may go over their total.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow_overage: Vec<At<String>>,
}

/// A share that may not be passed; small sets are exempt.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limit {
    /// More than this share blocks the plan; 100 switches the limit off. Default: 30.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub percent: Option<At<u32>>,
    /// Sets smaller than this are exempt. Default: 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<At<u32>>,
}

/// A loss that somebody has agreed to.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledgement {
    /// The finding code that it answers, such as `calling-loss`.
    pub code: At<String>,
    /// Keys (`bob@acme.com`) or addresses (`user/bob@acme.com`), exact.
    pub subjects: Vec<At<String>>,
    /// Why; the plan shows it.
    pub reason: At<String>,
    /// The last day on which it counts, measured against the snapshot's day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<At<Date>>,
}
