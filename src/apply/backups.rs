//! Settings of people and workspaces: saved before something could be lost, compared afterwards, brought back.

use std::path::PathBuf;
use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::Value;

use crate::backup::{self, Device, Features, Held, Subject};
use crate::kinds::wire::{Seen, licenses};
use crate::plan::{Change, ChangeAction, Risk};
use crate::webex::settings::{self, Holder, Settings};
use crate::webex::{Call, Error, Names, Paging, query};

/// How and where backups are kept.
#[derive(Debug, Clone)]
pub struct Backups {
    /// The directory.
    pub directory: PathBuf,
    /// Whoever can read them (`age1…`); none: they are not encrypted.
    pub recipients: Vec<String>,
    /// When the run began.
    pub at: Timestamp,
    /// Calling features and who is in them, once somebody is about to lose something.
    pub features: OnceLock<Features>,
}

/// A backup that was made.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Whose settings.
    pub address: String,
    /// `user` or `workspace`.
    pub kind: String,
    /// Webex's id.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// The digest of the file.
    pub digest: String,
    settings: Settings,
}

impl Backups {
    /// Saves every readable setting. An error says what could not be read: nothing may be destroyed then.
    pub fn take(&self, names: &Names, change: &Change, seen: &Seen) -> Result<Saved, String> {
        let subject = subject(names, change, seen).map_err(|error| error.to_string())?;
        let options = backup::Options {
            directory: self.directory.clone(),
            recipients: self.recipients.clone(),
            org: names.org().map_err(|error| error.to_string())?,
            at: self.at,
            // A move takes nobody out of a queue.
            features: (change.risk == Risk::Irreversible).then(|| {
                let features = || Features::read(names.reader());
                self.features.get_or_init(features).clone()
            }),
        };
        let taken =
            backup::take(names.reader(), &subject, &options).map_err(|error| error.to_string())?;
        if let Some(unread) = taken.unread.first() {
            let more = taken.unread.len() - 1;
            let more = if more == 0 {
                String::new()
            } else {
                format!(", and {more} more")
            };
            return Err(format!(
                "{} could not be read: {}{more}",
                unread.what, unread.why
            ));
        }
        Ok(Saved {
            address: change.address.clone(),
            kind: change.kind.clone(),
            id: seen.id.clone(),
            path: taken.path,
            digest: taken.digest,
            settings: taken.settings,
        })
    }

    /// Names of settings that are not as they were saved.
    pub fn differing(&self, names: &Names, saved: &Saved) -> Vec<&'static str> {
        let now = settings::read_all(names.reader(), saved.settings.holder, &saved.id);
        settings::differences(&saved.settings, &now)
    }
}

impl Saved {
    /// The requests that bring the settings back, by name of the setting, in order. What cannot be written is left out.
    pub fn calls(&self) -> Vec<(&'static str, Vec<Call>)> {
        let all = Holder::of(&self.kind).map_or(&[][..], Holder::settings);
        let calls = all.iter().filter_map(|setting| {
            let value = self.settings.value(setting.name)?;
            let calls = settings::restore_calls(&self.kind, &self.id, setting.name, value).ok()?;
            (!calls.is_empty()).then_some((setting.name, calls))
        });
        calls.collect()
    }
}

/// Whoever is saved, as the backup has it.
fn subject(names: &Names, change: &Change, seen: &Seen) -> Result<Subject, Error> {
    let texts = |name: &str| {
        let all = seen.object[name].as_array().into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let held = names
        .licenses()?
        .into_iter()
        .filter(|license| licenses::holds(seen, license));
    let owner = if change.kind == "workspace" {
        "workspaceId"
    } else {
        "personId"
    };
    let devices = names.reader().list(
        &query("/devices", &[(owner, Some(&seen.id))]),
        "items",
        Paging::Link,
    )?;
    let text = |raw: &Value, name: &str| raw[name].as_str().map(str::to_owned);
    Ok(Subject {
        kind: change.kind.clone(),
        key: change.key.clone(),
        id: seen.id.clone(),
        display_name: text(&seen.raw, "displayName"),
        location: seen.text("location").map(str::to_owned),
        phone_number: seen.text("phoneNumber").map(str::to_owned),
        extension: seen.text("extension").map(str::to_owned),
        licenses: held
            .map(|license| Held {
                id: license.id,
                license: license.name,
                subscription: license.subscription_id,
                site: license.site_url,
            })
            .collect(),
        attendee_sites: texts("attendeeSites"),
        roles: texts("roles"),
        devices: devices
            .iter()
            .map(|raw| Device {
                id: text(raw, "id").unwrap_or_default(),
                label: text(raw, "product")
                    .or(text(raw, "displayName"))
                    .unwrap_or_default(),
                mac: text(raw, "mac"),
            })
            .collect(),
        groups: match change.action {
            ChangeAction::Delete if change.kind != "workspace" => {
                backup::groups(names.reader(), &names.org()?, &seen.id)?
            }
            _ => Vec::new(),
        },
    })
}
