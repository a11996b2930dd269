//! A licence template of Control Hub.

use serde::{Deserialize, Serialize};

/// A licence template, in the words of scenario files.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Template {
    /// The name.
    pub name: String,
    /// Names or ids of the groups whose members it is for; without any it is the organisation's.
    pub groups: Vec<String>,
    /// Names of products, or ids of licences, of which the oldest that can be had is taken.
    pub licenses: Vec<String>,
    /// Sites with an attendee account.
    pub attendee_sites: Vec<String>,
    /// The id in the API.
    #[serde(skip)]
    pub id: String,
}
