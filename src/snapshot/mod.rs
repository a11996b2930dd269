//! Observed state: what the live organisation looked like at one moment (contract section 6).
//!
//! Owns the snapshot's types and its file. Knows nothing of desired state, git or HTTP.

mod age;
mod agreed;
mod applied;
pub mod broadworks;
mod devices;
mod domain;
mod doubts;
mod essence;
mod features;
pub mod ids;
mod lacking;
mod listed;
mod lost;
mod member;
mod misfit;
mod owner;
pub mod partial;
mod pieces;
mod read;
mod renamed;
mod repeated;
pub mod tables;
mod word;
mod write;

pub use age::Age;
pub use applied::{Applied, Former, Kept, Moved, Unsettled, addresses};
pub use broadworks::Broadworks;
pub use devices::Device;
pub use domain::Domain;
pub use essence::{Essence, Members, id_member};
pub use features::{
    Feature, FeatureKindNotRead, FeatureMember, FeatureMemberships, RECIPIENT, feature_word,
    feature_words, kinds as feature_kinds,
};
pub use listed::Listed;
pub use owner::{Owner, OwnerKind};
pub use read::{SnapshotError, digest, of_document, read, read_whole};
pub use renamed::RenamedObject;
pub use word::Word;
pub use write::{bytes, write};

use member::{count, null_if_empty, or_default};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A list that a snapshot may lack: `None` was not captured, an empty one was captured and is empty.
pub type Captured<T> = Option<Vec<T>>;

/// The whole observed state. Lists are sorted by key.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Always 1.
    pub format_version: u32,
    /// When it was captured, RFC 3339.
    pub captured_at: String,
    /// False when any part could not be read.
    pub complete: bool,
    /// The organisation.
    pub org: Organization,
    /// Subscriptions, by id.
    pub subscriptions: Captured<Subscription>,
    /// Licences, by id.
    pub licenses: Captured<License>,
    /// Meeting sites, by address.
    pub sites: Captured<Site>,
    /// Locations, by name.
    pub locations: Captured<Location>,
    /// Phone numbers.
    pub numbers: Captured<Number>,
    /// Groups, by name.
    pub groups: Captured<Group>,
    /// People, by e-mail address.
    pub users: Captured<User>,
    /// Workspaces, by name.
    pub workspaces: Captured<Workspace>,
    /// Devices.
    pub devices: Captured<Device>,
    /// Calling features that hold numbers and people, by kind and name.
    #[serde(default)]
    pub features: Captured<Feature>,
    /// Kinds of features that could not be read: it is unknown who is in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features_not_read: Vec<FeatureKindNotRead>,
    /// What a service provider has of Webex for BroadWorks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broadworks: Option<Broadworks>,
    /// Objects of which something could not be read, or does not add up: nothing is planned for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_known: Vec<NotKnown>,
    /// What else an apply keeps, where this is an applied snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<Kept>,
}

/// An object of which something is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct NotKnown {
    /// `<kind>/<key>`.
    pub address: String,
    /// What could not be read, or does not add up.
    pub reason: String,
}

/// The organisation.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct Organization {
    /// Webex's id.
    pub id: String,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// Its domains; `None` where that is not known: no list of the API has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<Domain>>,
}

/// A subscription.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Its id, such as `Sub-2021`.
    pub id: String,
    /// The day on which it began.
    pub created_at: Option<String>,
    /// `active`, `suspended` or `cancelled`; absent counts as active.
    pub status: Option<String>,
}

/// A licence: one product of one subscription, on one site.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct License {
    /// Webex's id.
    pub id: String,
    /// The product's name.
    pub name: String,
    /// The subscription; free and hybrid licences have none.
    pub subscription_id: Option<String>,
    /// The meeting site.
    pub site_url: Option<String>,
    /// Units bought; `None` where that is unknown.
    #[serde(default, deserialize_with = "count")]
    pub total_units: Option<i64>,
    /// Units in use; `None` where that is unknown.
    #[serde(default, deserialize_with = "count")]
    pub consumed_units: Option<i64>,
}

impl License {
    /// A number of units. One that no organisation has (below zero, above a billion) is unknown: Webex uses such numbers as
    /// marks, and reckoning with them gives units to people for whom there are none.
    pub fn plausible(units: i64) -> Option<i64> {
        (0..=1_000_000_000).contains(&units).then_some(units)
    }

    /// Whether a count is missing, so that none of its units counts as free.
    pub fn units_unknown(&self) -> bool {
        self.total_units.is_none() || self.consumed_units.is_none()
    }

    /// Units bought, as far as known: one of which that is unknown is taken to have none left to give.
    pub fn total(&self) -> i64 {
        self.total_units.unwrap_or_default()
    }

    /// Units in use, as far as known: where that is unknown, all of them.
    pub fn consumed(&self) -> i64 {
        self.consumed_units.unwrap_or_else(|| self.total().max(0))
    }

    /// Counts one more holder; there are at least as many units as holders.
    pub fn hold(&mut self) {
        let consumed = self.consumed_units.unwrap_or_default() + 1;
        self.consumed_units = Some(consumed);
        self.total_units = Some(self.total().max(consumed));
    }
}

/// A meeting site.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Site {
    /// Its address, such as `acme.webex.com`.
    pub url: String,
    /// Whether attendee accounts are turned on; absent counts as off.
    #[serde(default, deserialize_with = "or_default")]
    pub attendee_account_enabled: bool,
}

/// A location.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Webex's id.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// The time zone.
    pub time_zone: Option<String>,
    /// The language of e-mails from Webex.
    pub preferred_language: Option<String>,
    /// The street address.
    pub address: Option<Address>,
    /// Present where the location is enabled for Webex Calling.
    pub calling: Option<LocationCalling>,
}

/// A street address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Street and house number.
    pub address1: Option<String>,
    /// A second line.
    pub address2: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The state or province.
    pub state: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The country, two letters.
    pub country: Option<String>,
}

/// A location's Webex Calling.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LocationCalling {
    /// The number that callers see by default.
    pub main_number: Option<String>,
    /// The PSTN connection of the location.
    pub pstn: Option<String>,
}

/// A phone number, or an extension without one, as features have them.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Number {
    /// In E.164 form; empty for a mere extension, which the file writes as `null`.
    #[serde(
        default,
        deserialize_with = "or_default",
        serialize_with = "null_if_empty"
    )]
    pub phone_number: String,
    /// The extension of the owner, where neither a person nor a workspace of the snapshot says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// The location that it belongs to.
    pub location: Option<Word>,
    /// `active` or `inactive`.
    pub state: Option<Word>,
    /// `did`, `tollFree` or `mobile`.
    #[serde(rename = "type")]
    pub kind: Option<Word>,
    /// `reserved`, `service` or `emergency`: Webex keeps it, and neither person nor workspace may have it.
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Who has it; free without.
    pub owner: Option<Owner>,
}

/// A group.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Webex's id.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// `webex` or `directory`.
    pub source: Option<String>,
    /// `security`, `distribution` or `unknown`.
    pub kind: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The direct members, by e-mail address.
    #[serde(default = "Listed::absent")]
    pub members: Listed<String>,
}

/// A person.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Webex's id.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// The e-mail address.
    pub email: String,
    /// The display name.
    pub display_name: Option<String>,
    /// `active`, `inactive` …
    pub status: Option<Word>,
    /// `directory` for people that a directory owns.
    pub source: Option<Word>,
    /// The work phone number, as the directory or a person wrote it.
    pub work_phone: Option<String>,
    /// The Calling location.
    pub location: Option<Word>,
    /// The Calling number.
    pub phone_number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// Ids of the licences.
    #[serde(default = "Listed::absent")]
    pub licenses: Listed<Word>,
    /// Sites with an attendee account.
    #[serde(default, deserialize_with = "or_default")]
    pub attendee_sites: Box<[Word]>,
    /// Sites that the person administers.
    #[serde(default, deserialize_with = "or_default")]
    pub site_admin: Box<[Word]>,
    /// Administrative roles. A CSV export does not have them.
    #[serde(default = "Listed::absent")]
    pub roles: Listed<Word>,
    /// Voicemail; absent counts as on.
    pub voicemail: Option<Voicemail>,
}

impl LocationCalling {
    /// Whether numbers are ordered and returned only manually: Cisco warns that requests damage the data behind its own
    /// calling plans and integrated providers.
    pub fn numbers_by_hand(&self) -> bool {
        let by_hand = |pstn: &str| matches!(pstn, "CISCO_PSTN" | "INTEGRATED_CCP");
        self.pstn.as_deref().is_some_and(by_hand)
    }
}

impl User {
    /// Whether a directory owns the person, as far as the snapshot shows.
    pub fn from_directory(&self) -> bool {
        self.source.as_deref() == Some("directory")
    }

    /// Whether voice messages may be stored.
    pub fn voicemail_on(&self) -> bool {
        self.voicemail
            .as_ref()
            .is_none_or(|voicemail| voicemail.enabled)
    }
}

/// Voicemail of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub struct Voicemail {
    /// Whether it is on.
    #[serde(default = "on")]
    pub enabled: bool,
}

fn on() -> bool {
    true
}

/// A shared room, desk or phone.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    /// Webex's id.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// The Calling location.
    pub location: Option<Word>,
    /// The Calling number.
    pub phone_number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// Ids of the licences.
    #[serde(default = "Listed::absent")]
    pub licenses: Listed<Word>,
    /// `phones` or `collaborationDevices`, which is fixed when a workspace is created; unknown without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_devices: Option<Box<str>>,
}

impl Snapshot {
    /// The subscriptions, or none where they were not captured.
    pub fn subscriptions(&self) -> &[Subscription] {
        self.subscriptions.as_deref().unwrap_or_default()
    }
    /// The licences, or none where they were not captured.
    pub fn licenses(&self) -> &[License] {
        self.licenses.as_deref().unwrap_or_default()
    }
    /// The meeting sites, or none where they were not captured.
    pub fn sites(&self) -> &[Site] {
        self.sites.as_deref().unwrap_or_default()
    }
    /// The locations, or none where they were not captured.
    pub fn locations(&self) -> &[Location] {
        self.locations.as_deref().unwrap_or_default()
    }
    /// The phone numbers, or none where they were not captured.
    pub fn numbers(&self) -> &[Number] {
        let rows = self.number_rows();
        // Extensions without a number are sorted before the numbers.
        &rows[rows.partition_point(|row| row.phone_number.is_empty())..]
    }
    /// The phone numbers, and before them the extensions without one; or none where they were not captured.
    pub fn number_rows(&self) -> &[Number] {
        self.numbers.as_deref().unwrap_or_default()
    }
    /// The groups, or none where they were not captured.
    pub fn groups(&self) -> &[Group] {
        self.groups.as_deref().unwrap_or_default()
    }
    /// The people, or none where they were not captured.
    pub fn users(&self) -> &[User] {
        self.users.as_deref().unwrap_or_default()
    }
    /// The workspaces, or none where they were not captured.
    pub fn workspaces(&self) -> &[Workspace] {
        self.workspaces.as_deref().unwrap_or_default()
    }
    /// The devices, or none where they were not captured.
    pub fn devices(&self) -> &[Device] {
        self.devices.as_deref().unwrap_or_default()
    }

    /// People by e-mail address in lower case, as indices into [`Snapshot::users`].
    pub fn users_by_email(&self) -> FxHashMap<&str, usize> {
        self.users()
            .iter()
            .enumerate()
            .map(|(index, user)| (user.email.as_str(), index))
            .collect()
    }

    /// The moment of the capture: what is "now" for a plan, which has no clock.
    pub fn captured_moment(&self) -> Option<jiff::Timestamp> {
        self.captured_on()?;
        self.captured_at.parse().ok()
    }

    /// The day of the capture, `YYYY-MM-DD`.
    pub fn captured_on(&self) -> Option<jiff::civil::Date> {
        // Strict on purpose: a form that is half understood would decide what has expired.
        let shape = self.captured_at.bytes().take(11).enumerate();
        let mut shape = shape.map(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            10 => matches!(byte, b'T' | b't' | b' '),
            _ => byte.is_ascii_digit(),
        });
        if !shape.all(|fits| fits) || self.captured_at.len() < 16 {
            return None;
        }
        let at: jiff::Timestamp = self.captured_at.parse().ok()?;
        Some(at.to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_counts_as_absent() {
        let user: User = serde_json::from_str(
            r#"{"email": "ana@acme.com", "licenses": null, "roles": null, "voicemail": null}"#,
        )
        .unwrap();
        assert!(!user.licenses.is_captured() && user.roles.is_empty() && user.voicemail_on());
    }
}
