//! Taking a backup: everything that can be read of one person or workspace, on disk before anything else happens.

use std::path::PathBuf;

use super::bundle::{Bundle, Subject, Unread};
use super::error::Error;
use super::file::{self, Options};
use crate::webex::Reader;
use crate::webex::settings::{self, HolderKind, Reading, Settings};

/// A backup that is on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The file.
    pub path: PathBuf,
    /// A digest of the file's bytes.
    pub digest: String,
    /// A digest of only the settings, without what changes by itself: the same before and after a move that lost nothing.
    pub settings_digest: String,
    /// What could not be read, and why. Unless this is empty, what comes next could destroy what no one has saved.
    pub unread: Vec<Unread>,
    /// The settings themselves, for a caller that has to restore them at once.
    pub settings: Settings,
}

/// Reads every setting of the subject, and writes the bundle.
pub fn take(reader: &Reader, subject: &Subject, options: &Options) -> Result<Taken, Error> {
    let holder =
        HolderKind::of(&subject.kind).ok_or_else(|| Error::NoSettings(subject.kind.clone()))?;
    let read = settings::read_all(reader, holder, &subject.id);
    let mut unread = unread(subject, &read);
    unread.extend(
        options
            .features
            .iter()
            .flat_map(|it| it.unread.iter().cloned()),
    );
    let bundle = bundle(subject, &read, unread, options);
    let (path, digest) = file::write(&bundle, options)?;
    Ok(Taken {
        path,
        digest,
        settings_digest: settings::digest(&read),
        unread: bundle.unread,
        settings: read,
    })
}

/// What is missing. If a person with Calling has none of what all have, it means that the token may not read it.
fn unread(subject: &Subject, read: &Settings) -> Vec<Unread> {
    let failures = read.failures().map(|(name, why)| Unread {
        what: name.to_owned(),
        why: why.to_owned(),
    });
    let mut unread: Vec<Unread> = failures.collect();
    for setting in read.holder.settings().iter().filter(|it| it.always) {
        let refused = read.readings.get(setting.name) == Some(&Reading::NotApplicable);
        if subject.calls() && refused {
            unread.push(Unread {
                what: setting.name.to_owned(),
                why: "everyone with Calling has it, and Webex says that there is none: the token may lack a scope"
                    .to_owned(),
            });
        }
    }
    unread
}

fn bundle(subject: &Subject, read: &Settings, unread: Vec<Unread>, options: &Options) -> Bundle {
    let features = options.features.as_ref();
    let mut bundle = Bundle {
        format_version: 1,
        generator: concat!("trunkline ", env!("CARGO_PKG_VERSION")).to_owned(),
        captured_at: options.at.to_string(),
        org: options.org.clone(),
        subject: subject.clone(),
        memberships: features.map(|it| it.of(subject)).unwrap_or_default(),
        memberships_not_told: features.map(|it| it.not_told.clone()).unwrap_or_default(),
        settings: Default::default(),
        not_applicable: Vec::new(),
        unread,
    };
    for (name, reading) in &read.readings {
        match reading {
            Reading::Value(value) => {
                bundle.settings.insert((*name).to_owned(), value.clone());
            }
            Reading::NotApplicable => bundle.not_applicable.push((*name).to_owned()),
            Reading::Failed(_) => {}
        }
    }
    bundle
}
