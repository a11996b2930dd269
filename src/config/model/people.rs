//! People and workspaces: overrides, numbers, roles.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LicenseOverrides, LicenseSet, UserWebexGo};
use crate::config::yaml::{At, Nullable};

/// What differs from the templates and from the directory for one person.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct User {
    /// The display name. Required to create a person whom the snapshot does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<At<String>>,
    /// The Calling location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<At<String>>,
    /// The phone number in E.164 form, `auto` for the lowest free one of the location, or null to remove it.
    #[serde(skip_serializing_if = "Nullable::is_absent")]
    pub phone_number: Nullable<At<String>>,
    /// The extension, or `auto` for the lowest free one from 1000 up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<At<String>>,
    /// Licences that differ from the templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licenses: Option<LicenseOverrides>,
    /// All administrative roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<At<Vec<At<String>>>>,
    /// A mobile phone with Webex Go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webex_go: Option<Box<At<UserWebexGo>>>,
    /// `absent` deletes the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<At<UserState>>,
}

impl User {
    /// Whether the person is to be deleted.
    pub fn is_absent(&self) -> bool {
        self.state
            .as_ref()
            .is_some_and(|state| state.value == UserState::Absent)
    }
}

/// Whether a person is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum UserState {
    /// Wanted.
    Present,
    /// To be deleted.
    Absent,
}

/// A shared room, desk or phone.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Workspace {
    /// Its former name: it is renamed, not deleted and created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formerly: Option<At<String>>,
    /// The location, which Webex never changes once it is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<At<String>>,
    /// The phone number in E.164 form, `auto`, or null to remove it.
    #[serde(skip_serializing_if = "Nullable::is_absent")]
    pub phone_number: Nullable<At<String>>,
    /// The extension, or `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<At<String>>,
    /// Its Calling licence: `calling: workspace`, `professional` or `hotDesk`, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licenses: Option<At<LicenseSet>>,
    /// The subscription that its licences come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<At<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// There may be as many as there are people, and most say little.
    #[test]
    fn what_people_override_is_small() {
        assert!(size_of::<User>() <= 320, "{}", size_of::<User>());
        assert!(
            size_of::<LicenseSet>() <= 200,
            "{}",
            size_of::<LicenseSet>()
        );
    }
}
