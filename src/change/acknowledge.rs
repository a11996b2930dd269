//! Which losses are acknowledged (contract sections 2 and 4).

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};

use super::draft::{DraftChange, People};
use crate::config::model::Acknowledgement;
use crate::config::sections::SECTIONS;
use crate::config::{Config, Spot};
use crate::finding::{
    ACKNOWLEDGEMENT_EXPIRED, ACKNOWLEDGEMENT_UNUSED, CALLING_LOSS, Code, Finding,
};
use crate::licensing::Consent;

/// The acknowledgements, looked up by code and subject.
#[derive(Debug)]
pub struct Acknowledgements<'a> {
    /// By code and name: those that have not expired.
    valid: FxHashMap<&'a str, FxHashMap<Name, &'a Acknowledgement>>,
    subjects: Vec<Subject<'a>>,
    deletion: DeletionCode,
}

/// The code that covers the deletion of an object of a kind, if something is lost with it.
pub type DeletionCode = fn(&str) -> Option<Code>;

/// One subject of one acknowledgement.
#[derive(Debug)]
struct Subject<'a> {
    /// The acknowledgement, by index.
    entry: usize,
    /// Where the acknowledgement is.
    entry_spot: Spot,
    code: &'a str,
    text: String,
    /// As the files have it.
    exact: &'a str,
    spot: Spot,
    expired: Option<Date>,
}

impl<'a> Acknowledgements<'a> {
    /// Reads the acknowledgements of a configuration; they expire against the day of the snapshot. If that is unknown,
    /// whatever can expire has.
    pub fn new(
        config: &'a Config,
        today: Option<Date>,
        deletion: DeletionCode,
    ) -> Acknowledgements<'a> {
        let mut valid: FxHashMap<&str, FxHashMap<Name, &Acknowledgement>> = FxHashMap::default();
        let mut subjects = Vec::new();
        for (entry, declared) in config.acknowledgements.iter().enumerate() {
            let ack = &declared.value;
            let expired = ack
                .expires
                .as_ref()
                .map(|at| at.value.0)
                .filter(|last| today.is_none_or(|today| today > *last));
            for subject in ack.subjects.iter() {
                let text = &subject.value;
                if expired.is_none() {
                    let of_code = valid.entry(&ack.code.value).or_default();
                    for name in [Name::Exact(text.clone()), Name::caseless(text)] {
                        let known = of_code.entry(name).or_insert(ack);
                        if people(ack) > people(known) {
                            *known = ack;
                        }
                    }
                }
                subjects.push(Subject {
                    entry,
                    entry_spot: declared.spot(&ack.code),
                    code: &ack.code.value,
                    text: normal(text),
                    exact: text,
                    spot: declared.spot(subject),
                    expired,
                });
            }
        }
        Acknowledgements {
            valid,
            subjects,
            deletion,
        }
    }

    /// The reason of the acknowledgement that covers a loss: by key or by address, and not expired.
    pub fn covers(&self, code: Code, kind: &str, key: &str) -> Option<&'a str> {
        Some(&self.entry(code, kind, key)?.reason.value)
    }

    /// The same of a loss that deletes this number of people. Where the code wants their number, the entry has to name at
    /// least as many; nothing covers an unknown number.
    pub fn covers_with(
        &self,
        code: Code,
        kind: &str,
        key: &str,
        deleted: Option<u64>,
    ) -> Option<&'a str> {
        let entry = self.entry(code, kind, key)?;
        let enough = !code.wants_people() || people(entry)? >= deleted?;
        enough.then_some(&entry.reason.value)
    }

    /// How many people the acknowledgement of a loss names, enough or not.
    pub fn people(&self, code: Code, kind: &str, key: &str) -> Option<u64> {
        people(self.entry(code, kind, key)?)
    }

    fn entry(&self, code: Code, kind: &str, key: &str) -> Option<&'a Acknowledgement> {
        let of_code = self.valid.get(code.as_str())?;
        let mut names = Name::of(kind, key).into_iter();
        names.find_map(|name| of_code.get(&name)).copied()
    }

    /// What has to be said of acknowledgements that cover nothing, or would if they had not expired.
    /// `waiting` are the people whose loss of Calling waits, `unknown` the addresses of which something is unknown, or of what
    /// they need.
    pub fn findings(
        &self,
        config: &Config,
        changes: &[DraftChange],
        waiting: &FxHashSet<&str>,
        unknown: &FxHashSet<&str>,
    ) -> Vec<Finding> {
        // A subject may be the key alone.
        let unknown: FxHashSet<&str> = unknown
            .iter()
            .flat_map(|&it| [it, it.split_once('/').map_or(it, |(_, key)| key)])
            .collect();
        let losses = self.covered(changes);
        let mut said = FxHashSet::default();
        let findings = self.subjects.iter().filter_map(|subject| {
            let covered = losses.get(&(subject.code, Name::caseless(subject.exact)));
            let exact = losses.get(&(subject.code, Name::Exact(subject.exact.to_owned())));
            let covered = covered.or(exact);
            let about = subject.about(self.deletion);
            match (subject.expired, covered) {
                // One that was renewed is only in the way.
                (Some(day), Some(false)) => {
                    let first = said.insert(subject.entry);
                    first.then(|| {
                        subject
                            .expired_on(day, about)
                            .at(config.place(subject.entry_spot))
                    })
                }
                (None, Some(_)) => None,
                // Whether it is needed shows when the object is known.
                (None, None) if unknown.contains(about.as_str()) => None,
                (expired, _) => {
                    let waits = expired.is_none()
                        && subject.code == CALLING_LOSS.as_str()
                        && waiting.contains(about.trim_start_matches("user/"));
                    Some(subject.unused(waits, about).at(config.place(subject.spot)))
                }
            }
        });
        findings.collect()
    }

    /// By code and subject: whether every loss that the subject names is covered.
    fn covered(&self, changes: &[DraftChange]) -> FxHashMap<(&'static str, Name), bool> {
        let mut losses = FxHashMap::default();
        for change in changes {
            let fields = change.fields.iter();
            let codes = fields.flat_map(|field| {
                let codes = field.loss.into_iter().chain(field.beside);
                codes.map(|code| (code, field.people))
            });
            for (code, people) in codes {
                let people = people.and_then(People::known);
                let covered = self.covers_with(code, change.kind, &change.key, people);
                let covered = covered.is_some();
                for name in Name::of(change.kind, &change.key) {
                    *losses.entry((code.as_str(), name)).or_insert(true) &= covered;
                }
            }
        }
        losses
    }
}

impl Subject<'_> {
    /// The address: what has the form of an e-mail address is a person, unless the code is about deletions of another kind.
    fn about(&self, deletion: DeletionCode) -> String {
        if !self.text.contains('@') || self.text.contains('/') {
            return self.text.clone();
        }
        let mut kinds = SECTIONS.iter().map(|section| section.kind);
        let own = |kind: &&str| deletion(kind).is_some_and(|code| code.as_str() == self.code);
        format!("{}/{}", kinds.find(own).unwrap_or("user"), self.text)
    }

    fn expired_on(&self, day: Date, about: String) -> Finding {
        let message =
            format!("this acknowledgement expired on {day} and no longer covers anything");
        Finding::error(ACKNOWLEDGEMENT_EXPIRED, message)
            .about(about)
            .help("if the loss is still intended, write a new date under `expires`; if not, remove the entry")
    }

    /// It covers nothing; `waits`: not yet.
    fn unused(&self, waits: bool, about: String) -> Finding {
        let Subject { code, text, .. } = self;
        let (message, help) = match waits {
            true => (
                format!("`{code}` for {text} is not needed yet: the removal waits"),
                "keep the entry if the removal is still intended when the licences of the new group are assigned",
            ),
            false => (
                format!("nothing here needs `{code}` for {text}"),
                "remove the entry: it would cover a later loss that no one intended",
            ),
        };
        Finding::warning(ACKNOWLEDGEMENT_UNUSED, message)
            .about(about)
            .help(help)
    }
}

impl Consent for Acknowledgements<'_> {
    fn deletion(&self, kind: &str, key: &str) -> bool {
        let code = (self.deletion)(kind);
        code.is_some_and(|code| self.covers(code, kind, key).is_some())
    }

    fn calling_loss(&self, kind: &str, key: &str) -> bool {
        self.covers(CALLING_LOSS, kind, key).is_some()
    }
}

/// A subject, or what it names. E-mail addresses and user ids of BroadWorks have no case; all other names are exact, also those
/// with an `@` in them.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Name {
    Exact(String),
    Caseless(String),
}

impl Name {
    fn caseless(text: &str) -> Name {
        Name::Caseless(text.to_lowercase())
    }

    /// By what names a subject may name an object: its key, or its address.
    fn of(kind: &str, key: &str) -> [Name; 2] {
        let address = format!("{kind}/{key}");
        let mut sections = SECTIONS.iter();
        match sections.any(|section| section.kind == kind && section.caseless) {
            true => [Name::caseless(key), Name::caseless(&address)],
            false => [Name::Exact(key.to_owned()), Name::Exact(address)],
        }
    }
}

/// How many people an entry names.
fn people(entry: &Acknowledgement) -> Option<u64> {
    entry.people.as_ref().map(|at| at.value)
}

/// E-mail addresses are compared in lower case; all other names are exact.
fn normal(subject: &str) -> String {
    if subject.contains('@') {
        subject.to_lowercase()
    } else {
        subject.to_owned()
    }
}
