//! The bundle: what there is to know of one person or workspace at one moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::disk;

/// One person or workspace, with everything that could be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bundle {
    /// Always 1.
    pub format_version: u32,
    /// The program that made it, such as `trunkline 0.1.0`.
    pub generator: String,
    /// When it was made, RFC 3339.
    pub captured_at: String,
    /// The organisation's id.
    pub org: String,
    /// Whose backup it is.
    pub subject: Subject,
    /// What the person or workspace is a part of.
    pub memberships: Vec<Membership>,
    /// Calling features whose members Webex does not return.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memberships_not_told: Vec<String>,
    /// The settings that were read, by name. The holder's own id is in them as `{id}`.
    pub settings: BTreeMap<String, Value>,
    /// The names of settings that Webex says the holder does not have.
    pub not_applicable: Vec<String>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

/// A person or workspace as a backup has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// `user` or `workspace`.
    pub kind: String,
    /// The e-mail address, or the name.
    pub key: String,
    /// Webex's id.
    pub id: String,
    /// The display name.
    pub display_name: Option<String>,
    /// The Calling location, by name.
    pub location: Option<String>,
    /// The Calling number.
    pub phone_number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// The licences.
    pub licenses: Vec<Held>,
    /// Sites with an attendee account.
    pub attendee_sites: Vec<String>,
    /// Administrative roles.
    pub roles: Vec<String>,
    /// The devices.
    pub devices: Vec<Device>,
    /// The groups, by name.
    pub groups: Vec<String>,
}

/// A licence that a person holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// Webex's id of it.
    pub id: String,
    /// Its name.
    pub license: String,
    /// The subscription.
    pub subscription: Option<String>,
    /// The meeting site.
    pub site: Option<String>,
}

/// A device that a person has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Webex's id.
    pub id: String,
    /// What people know it by.
    pub label: String,
    /// The hardware address.
    pub mac: Option<String>,
}

/// A calling feature that the subject is a part of, such as a call queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// What it is, such as `call queue`.
    pub feature: String,
    /// Its name.
    pub name: String,
    /// Its location, by name.
    pub location: Option<String>,
    /// Webex's id of it.
    pub id: String,
    /// As what: `agent`, `member`, `target` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The name of the setting, or what else it is.
    pub what: String,
    /// Why not.
    pub why: String,
}

/// The member with the checksum.
const CHECKSUM: &str = "checksum";

/// Why bytes are not a bundle.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// Not JSON, or not with these members.
    #[error("it is not a backup: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// No JSON at all.
    #[error("{0}")]
    Other(&'static str),
    /// Of another version.
    #[error("it has formatVersion {0}; this trunkline reads 1")]
    Version(u64),
    /// Without a checksum, or with another one.
    #[error("it was changed after it was written: its checksum does not match")]
    Changed,
}

impl Bundle {
    /// The bytes of its file: JSON with sorted members, and a checksum over every byte but its own.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut value = serde_json::to_value(self)?;
        if let Value::Object(members) = &mut value {
            members.insert(CHECKSUM.to_owned(), unsealed().into());
        }
        let mut text = serde_json::to_string_pretty(&value)?;
        text.push('\n');
        let seal = seal(&text);
        Ok(text.replacen(&unsealed(), &seal, 1).into_bytes())
    }

    /// Reads the bytes of a file, and verifies that they are what was written, to the last blank.
    pub fn from_bytes(bytes: &[u8]) -> Result<Bundle, Damage> {
        if let Some(why) = disk::no_object(bytes) {
            return Err(Damage::Other(why));
        }
        let value: Value = serde_json::from_slice(bytes)?;
        if let Some(version) = value["formatVersion"].as_u64().filter(|it| *it != 1) {
            return Err(Damage::Version(version));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Damage::Changed)?;
        let found = value[CHECKSUM].as_str().ok_or(Damage::Changed)?;
        if seal(&text.replacen(found, &unsealed(), 1)) != found {
            return Err(Damage::Changed);
        }
        Ok(serde_json::from_value(value)?)
    }
}

/// What replaces the checksum while it is made.
fn unsealed() -> String {
    format!("sha256:{}", "0".repeat(64))
}

/// The checksum of a text in which it is not yet.
fn seal(text: &str) -> String {
    format!("sha256:{:x}", Sha256::digest(text))
}
