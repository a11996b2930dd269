//! Which losses somebody has agreed to (contract sections 2 and 4).

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};

use super::draft::DraftChange;
use crate::config::{Config, Spot};
use crate::finding::{
    ACKNOWLEDGEMENT_EXPIRED, ACKNOWLEDGEMENT_UNUSED, CALLING_LOSS, Code, Finding, USER_DELETION,
    WORKSPACE_DELETION,
};
use crate::licensing::Consent;
use crate::snapshot::Snapshot;

/// The acknowledgements, looked up by code and subject.
#[derive(Debug)]
pub struct Acknowledgements<'a> {
    /// By code and subject: those that have not expired.
    valid: FxHashMap<&'a str, FxHashMap<String, &'a str>>,
    subjects: Vec<Subject<'a>>,
}

/// One subject of one acknowledgement.
#[derive(Debug)]
struct Subject<'a> {
    /// The acknowledgement, by index.
    entry: usize,
    /// Where the acknowledgement stands.
    entry_spot: Spot,
    code: &'a str,
    text: String,
    spot: Spot,
    expired: Option<Date>,
}

impl<'a> Acknowledgements<'a> {
    /// Reads the acknowledgements of a configuration; they expire against the day of the snapshot. If that is unknown,
    /// whatever can expire has.
    pub fn new(config: &'a Config, today: Option<Date>) -> Acknowledgements<'a> {
        let mut valid: FxHashMap<&str, FxHashMap<String, &str>> = FxHashMap::default();
        let mut subjects = Vec::new();
        for (entry, declared) in config.acknowledgements.iter().enumerate() {
            let ack = &declared.value;
            let expired = ack
                .expires
                .as_ref()
                .map(|at| at.value.0)
                .filter(|last| today.is_none_or(|today| today > *last));
            for subject in ack.subjects.iter() {
                let text = normal(&subject.value);
                if expired.is_none() {
                    let of_code = valid.entry(&ack.code.value).or_default();
                    of_code.entry(text.clone()).or_insert(&ack.reason.value);
                }
                subjects.push(Subject {
                    entry,
                    entry_spot: declared.spot(&ack.code),
                    code: &ack.code.value,
                    text,
                    spot: declared.spot(subject),
                    expired,
                });
            }
        }
        Acknowledgements { valid, subjects }
    }

    /// The reason of the acknowledgement that covers a loss: by key or by address, and not expired.
    pub fn covers(&self, code: Code, kind: &str, key: &str) -> Option<&'a str> {
        let of_code = self.valid.get(code.as_str())?;
        of_code
            .get(key)
            .or_else(|| of_code.get(&format!("{kind}/{key}")))
            .copied()
    }

    /// What has to be said of acknowledgements that cover nothing, or would if they had not expired.
    /// `waiting` are the people whose loss of Calling waits.
    pub fn findings(
        &self,
        config: &Config,
        changes: &[DraftChange],
        waiting: &FxHashSet<&str>,
        snapshot: &Snapshot,
    ) -> Vec<Finding> {
        let losses = self.losses(changes);
        let mut said = FxHashSet::default();
        let mut findings = Vec::new();
        for subject in &self.subjects {
            let covered = losses.get(&(subject.code, subject.text.clone())).copied();
            let about = match subject.text.contains('@') && !subject.text.contains('/') {
                true => format!("user/{}", subject.text),
                false => subject.text.clone(),
            };
            let finding = match subject.expired {
                // One that was renewed is only in the way.
                Some(day) if covered == Some(false) => {
                    if !said.insert(subject.entry) {
                        continue;
                    }
                    has_expired(day).at(config.place(subject.entry_spot))
                }
                None if covered.is_some() => continue,
                // Whether it is needed shows when the object is known.
                None if snapshot.is_not_known(&about) => continue,
                None if subject.code == CALLING_LOSS.as_str()
                    && waiting.contains(about.trim_start_matches("user/")) =>
                {
                    not_needed_yet(subject).at(config.place(subject.spot))
                }
                _ => unused(subject).at(config.place(subject.spot)),
            };
            findings.push(finding.about(about));
        }
        findings
    }

    /// By code and subject: whether every loss that the subject names is covered.
    fn losses(&self, changes: &[DraftChange]) -> FxHashMap<(&'static str, String), bool> {
        let mut losses = FxHashMap::default();
        for change in changes {
            let mut add = |code: Code| {
                let covered = self.covers(code, change.kind, &change.key).is_some();
                for name in [change.key.clone(), change.address()] {
                    *losses.entry((code.as_str(), name)).or_insert(true) &= covered;
                }
            };
            change
                .fields
                .iter()
                .flat_map(|field| field.loss.into_iter().chain(field.beside))
                .for_each(&mut add);
        }
        losses
    }
}

fn has_expired(day: Date) -> Finding {
    let message = format!("this acknowledgement expired on {day} and covers nothing any more");
    Finding::error(ACKNOWLEDGEMENT_EXPIRED, message)
        .help("ask again, and write a new day under `expires`")
}

fn not_needed_yet(subject: &Subject<'_>) -> Finding {
    let message = format!(
        "`{}` for {} is not needed yet: the removal waits",
        subject.code, subject.text
    );
    Finding::warning(ACKNOWLEDGEMENT_UNUSED, message).help(
        "keep the entry if the removal is still meant once the licences of the new group are there",
    )
}

fn unused(subject: &Subject<'_>) -> Finding {
    let message = format!("nothing here needs `{}` for {}", subject.code, subject.text);
    Finding::warning(ACKNOWLEDGEMENT_UNUSED, message)
        .help("take the entry out: it would cover a later loss that nobody meant")
}

impl Consent for Acknowledgements<'_> {
    fn deletion(&self, kind: &str, key: &str) -> bool {
        let code = match kind {
            "workspace" => WORKSPACE_DELETION,
            _ => USER_DELETION,
        };
        self.covers(code, kind, key).is_some()
    }

    fn calling_loss(&self, kind: &str, key: &str) -> bool {
        self.covers(CALLING_LOSS, kind, key).is_some()
    }
}

/// E-mail addresses are compared in lower case; all other names are exact.
fn normal(subject: &str) -> String {
    if subject.contains('@') {
        subject.to_lowercase()
    } else {
        subject.to_owned()
    }
}
