//! Domains of addresses that an organisation has.

use serde::{Deserialize, Serialize};

/// A domain of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Domain {
    /// Such as `acme.com`.
    pub name: String,
    /// Whether the organisation has shown that it is its own; unknown without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    /// Whether no other organisation may have people in it; unknown without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<bool>,
}

impl Domain {
    /// Whether it is known to be the organisation's own.
    pub fn is_own(&self) -> bool {
        self.verified == Some(true) || self.claimed == Some(true)
    }
}
