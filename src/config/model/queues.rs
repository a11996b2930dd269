//! Call queues.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::claims::Members;
use crate::config::yaml::At;

/// A call queue of Webex Calling. What is not written here stays as it is in Webex.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CallQueue {
    /// Its former name: it is renamed, not deleted and created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formerly: Option<At<String>>,
    /// The location that it belongs to, which cannot change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<At<String>>,
    /// The phone number, strict E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<At<String>>,
    /// The extension, 2 to 10 digits in quotation marks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<At<String>>,
    /// All agents: people by e-mail address, workspaces by name. Absent: who is an agent is not managed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agents: Members,
}
