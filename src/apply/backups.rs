//! Settings of people and workspaces: saved before something could be lost, compared afterwards, restored.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::Value;

use crate::backup::{self, Features, Subject};
use crate::change::{Address, Change, ChangeAction, Risk};
use crate::kinds::licenses::wire as licenses;
use crate::kinds::wire::Seen;
use crate::snapshot::ids;
use crate::webex::settings::{self, HolderKind, Reading, Setting, Settings};
use crate::webex::{Call, Error, Names};

/// How and where backups are kept.
#[derive(Debug, Clone)]
pub struct Backups {
    /// The directory.
    pub directory: PathBuf,
    /// Who can read them (`age1…`); none: they are not encrypted.
    pub recipients: Vec<String>,
    /// A file with the age key of encrypted ones, for a run that resumes.
    pub identity: Option<PathBuf>,
    /// When the run began.
    pub at: Timestamp,
    /// Calling features and their members, once someone is about to lose something.
    pub features: OnceLock<Features>,
}

/// What may differ after a change of the Calling licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differ {
    /// Nothing: it is the same product.
    Nothing,
    /// What belongs only to a product, such as its services.
    Services,
    /// That, and what ends with the old product, as the plan says.
    Endings,
}

/// A backup that was made.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Whose settings.
    pub address: Address,
    /// The kind.
    pub kind: String,
    /// Webex's id.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// The digest of the file.
    pub digest: String,
    /// What was saved; or why that is unknown.
    settings: Result<Settings, String>,
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
            // A move removes no one from a queue.
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
            settings: Ok(taken.settings),
        })
    }

    /// A backup that an earlier run has made.
    pub fn kept(&self, path: &Path, change: &Change, seen: &Seen) -> Option<Saved> {
        let holder = HolderKind::of(&change.kind)?;
        let found = backup::locate(path, &self.directory);
        let opened = backup::open(&found, self.identity.as_deref());
        let opened = opened.map_err(|error| error.to_string());
        let opened = opened.and_then(|bundle| {
            let of = &bundle.subject;
            match of.kind == change.kind && ids::plain(&of.id) == ids::plain(&seen.id) {
                true => Ok(bundle),
                false => Err(format!(
                    "{} is a backup of {}/{}",
                    found.display(),
                    of.kind,
                    of.key
                )),
            }
        });
        let settings = opened.map(|bundle| {
            let readings = holder.settings().iter().filter_map(|setting| {
                let name = setting.name;
                match bundle.settings.get(name) {
                    Some(value) => Some((name, Reading::Value(value.clone()))),
                    None => {
                        let none = bundle.not_applicable.iter().any(|it| it == name);
                        none.then_some((name, Reading::NotApplicable))
                    }
                }
            });
            Settings {
                holder,
                readings: readings.collect(),
            }
        });
        Some(Saved {
            address: change.address.clone(),
            kind: change.kind.clone(),
            id: seen.id.clone(),
            path: found,
            digest: String::new(),
            settings,
        })
    }
}

/// How the settings of a subject compare with those that were saved, by name.
#[derive(Debug, Default)]
pub struct Compared {
    /// They are different.
    pub lost: Vec<&'static str>,
    /// They could not be read, so that it is unknown.
    pub unread: Vec<&'static str>,
}

impl Saved {
    /// Why the settings cannot be read from it, if so.
    pub fn unreadable(&self) -> Option<&str> {
        self.settings.as_ref().err().map(String::as_str)
    }

    /// Compares the settings with those that were saved, except what may differ.
    pub fn compare(&self, names: &Names, may: Differ) -> Compared {
        let Ok(then) = &self.settings else {
            return Compared::default();
        };
        let now = settings::read_all(names.reader(), then.holder, &self.id);
        let mut lost = settings::differences(then, &now);
        lost.retain(|name| {
            let ended = matches!(now.readings.get(name), Some(Reading::NotApplicable));
            let had = matches!(then.readings.get(name), Some(Reading::Value(_)));
            let setting = then.holder.find(name);
            let written = setting.is_some_and(Setting::is_written);
            had && match may {
                Differ::Nothing => true,
                Differ::Services => written,
                Differ::Endings => written && !ended,
            }
        });
        let (unread, lost) = lost
            .into_iter()
            .partition(|name| matches!(now.readings.get(name), Some(Reading::Failed(_)) | None));
        Compared { lost, unread }
    }

    /// The requests that restore what is missing, by name of the setting, in order. `reset`: Calling was gone, and with it all of them,
    /// whatever reading still shows.
    pub fn calls(&self, names: &Names, reset: bool) -> Vec<(&'static str, Vec<Call>)> {
        let Ok(then) = &self.settings else {
            return Vec::new();
        };
        let now = (!reset).then(|| settings::read_all(names.reader(), then.holder, &self.id));
        let calls = then.holder.settings().iter().filter_map(|setting| {
            let value = then.value(setting.name)?;
            let now = match &now {
                None => &Value::Null,
                // What cannot be read is not overwritten: it may be as it was.
                Some(now) => match now.readings.get(setting.name)? {
                    Reading::Value(now) => now,
                    Reading::NotApplicable => &Value::Null,
                    Reading::Failed(_) => return None,
                },
            };
            let calls =
                settings::remaining_calls(&self.kind, &self.id, setting.name, value, now).ok()?;
            (!calls.is_empty()).then_some((setting.name, calls))
        });
        calls.collect()
    }

    /// Of these settings, those that a request can restore.
    pub fn owed(&self, lost: &[&'static str]) -> Vec<&'static str> {
        let holder = HolderKind::of(&self.kind);
        let can = |name: &&str| {
            let setting = holder.and_then(|it| it.find(name));
            setting.is_some_and(|it| it.is_written() && !it.is_about_devices())
        };
        lost.iter().copied().filter(|it| can(it)).collect()
    }

    /// Whether nothing that could be restored is different or unknown.
    pub fn is_whole(&self, compared: &Compared) -> bool {
        self.owed(&compared.lost).is_empty() && self.owed(&compared.unread).is_empty()
    }
}

/// The saved subject, as in the backup.
fn subject(names: &Names, change: &Change, seen: &Seen) -> Result<Subject, Error> {
    let mut held = names.licenses()?;
    held.retain(|license| licenses::holds(seen, license));
    let live = backup::Live {
        kind: &change.kind,
        key: &change.key,
        id: &seen.id,
        raw: &seen.raw,
        object: &seen.object,
        licenses: held,
    };
    let mut subject = Subject::live(names.reader(), live)?;
    if change.action == ChangeAction::Delete {
        subject.read_groups(names.reader(), &names.org()?)?;
    }
    Ok(subject)
}
