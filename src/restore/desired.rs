//! What was lost, as desired state: a document like the YAML files, for this one person or workspace.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Case;
use super::units::{Choice, choose};
use crate::backup::{Held, Subject};
use crate::config::files::{SourceFile, Sources};
use crate::config::{self, Loaded};
use crate::licensing::catalogue::{Recognised, Service, WordRow, recognise};
use crate::snapshot::License;
use crate::webex::settings::HolderKind;

/// What is to come back.
pub struct Desired {
    /// As configuration.
    pub loaded: Loaded,
    /// Licences that come back, and where from.
    pub licenses: Vec<(Held, Choice)>,
    /// Licences of the backup whose place another one has taken.
    pub kept: Vec<(Held, Held)>,
}

/// A place that one licence can have: the service and its site or name.
type Slot = (Service, String);

/// What a licence is.
fn slot(held: &Held) -> Option<(Slot, Option<&'static WordRow>)> {
    let license = License {
        id: held.id.clone(),
        name: held.license.clone(),
        subscription_id: held.subscription.clone(),
        site_url: held.site.clone(),
        total_units: Some(0),
        consumed_units: Some(0),
    };
    match (recognise(&license), &held.site) {
        (Recognised::Implicit, _) => None,
        (Recognised::Word(row), _) if row.implicit => None,
        (Recognised::Word(row), Some(site)) if row.service == Service::Meetings => {
            Some(((row.service, site.clone()), Some(row)))
        }
        (Recognised::Word(row), _) if row.service != Service::Meetings => {
            Some(((row.service, String::new()), Some(row)))
        }
        _ => Some(((Service::Other, held.license.clone()), None)),
    }
}

/// Whether a subject holds a licence for Calling.
pub fn calls(subject: &Subject) -> bool {
    let mut slots = subject.licenses.iter().filter_map(slot);
    slots.any(|((service, _), _)| service == Service::Calling)
}

/// Writes what the backup has and the snapshot lacks.
pub fn of(case: &Case<'_>) -> Desired {
    let then = &case.bundle.subject;
    let now = case.now.clone().unwrap_or_default();
    let taken: BTreeMap<Slot, &Held> = now
        .licenses
        .iter()
        .filter_map(|held| Some((slot(held)?.0, held)))
        .collect();
    let (mut lost, mut kept, mut grants) = (Vec::new(), Vec::new(), Grants::default());
    let mut seen = BTreeSet::new();
    for held in &then.licenses {
        let Some((slot, row)) = slot(held) else {
            continue;
        };
        match taken.get(&slot) {
            Some(other) if other.license != held.license => {
                kept.push((held.clone(), (*other).clone()));
            }
            Some(_) => {}
            None if !seen.insert(slot.clone()) => {}
            None => {
                let choice = choose(held, case.config, case.snapshot);
                grants.add(&slot, row, held, &choice);
                lost.push((held.clone(), choice));
            }
        }
    }
    for site in &then.attendee_sites {
        let host = (Service::Meetings, site.clone());
        let has = now.attendee_sites.contains(site) || taken.contains_key(&host);
        if !has && !seen.contains(&host) {
            grants.meetings.insert(site.clone(), json!("attendee"));
        }
    }
    let entry = match HolderKind::of(&then.kind) {
        Some(HolderKind::Workspace) => workspace(case, grants),
        _ => user(case, grants),
    };
    Desired {
        loaded: config::load(document(case, entry)),
        licenses: lost,
        kept,
    }
}

/// A set of licences as files have it.
#[derive(Default)]
struct Grants {
    services: Map<String, Value>,
    meetings: Map<String, Value>,
    other: Vec<Value>,
}

impl Grants {
    fn add(&mut self, slot: &Slot, row: Option<&WordRow>, held: &Held, choice: &Choice) {
        let (service, name) = slot;
        let long = |key: &str| {
            let mut grant = json!({key: row.map_or("", |row| row.word), "license": held.license});
            if let Some(subscription) = &choice.subscription {
                grant["subscription"] = json!(subscription);
            }
            grant
        };
        match service {
            Service::Other => self.other.push(json!(held.license)),
            Service::Meetings => {
                self.meetings.insert(name.clone(), long("role"));
            }
            service => {
                self.services
                    .insert(service.name().to_owned(), long("tier"));
            }
        }
    }

    fn calling(&self) -> bool {
        self.services.contains_key(Service::Calling.name())
    }

    /// All of it; nothing if there is none.
    fn written(self) -> Option<Value> {
        let mut set = self.services;
        if !self.meetings.is_empty() {
            set.insert(Service::Meetings.name().to_owned(), self.meetings.into());
        }
        if !self.other.is_empty() {
            set.insert(Service::Other.name().to_owned(), self.other.into());
        }
        (!set.is_empty()).then(|| set.into())
    }
}

/// Location, number and extension come back with the licence.
fn identity(case: &Case<'_>, entry: &mut Map<String, Value>) {
    let then = &case.bundle.subject;
    let parts = [
        ("location", &then.location),
        ("phoneNumber", &then.phone_number),
        ("extension", &then.extension),
    ];
    for (name, value) in parts {
        if let Some(value) = value {
            entry.insert(name.to_owned(), json!(value));
        }
    }
}

/// A number or an extension comes back to someone who has Calling there again, and has none: that replaces nothing.
fn missing(case: &Case<'_>, entry: &mut Map<String, Value>) {
    for (name, value) in case.missing() {
        entry.insert(name.to_owned(), json!(value));
        entry.insert("location".to_owned(), json!(case.bundle.subject.location));
    }
}

impl Case<'_> {
    /// Number and extension of the backup, where someone who has Calling at the same location has none.
    pub fn missing(&self) -> Vec<(&'static str, &str)> {
        let then = &self.bundle.subject;
        let now = self.now.as_ref().filter(|now| calls(now));
        let Some(now) = now.filter(|now| now.location == then.location) else {
            return Vec::new();
        };
        let parts = [
            ("phoneNumber", &then.phone_number, &now.phone_number),
            ("extension", &then.extension, &now.extension),
        ];
        let missing = parts.into_iter().filter(|(_, _, now)| now.is_none());
        let missing = missing.filter_map(|(name, then, _)| Some((name, then.as_deref()?)));
        missing.collect()
    }
}

fn user(case: &Case<'_>, grants: Grants) -> (&'static str, Option<Value>) {
    let then = &case.bundle.subject;
    let mut entry = Map::new();
    if case.now.is_none() {
        let name = then.display_name.as_ref().unwrap_or(&then.key);
        entry.insert("displayName".to_owned(), json!(name));
    }
    match grants.calling() {
        true => identity(case, &mut entry),
        false => missing(case, &mut entry),
    }
    if let Some(set) = grants.written() {
        entry.insert("licenses".to_owned(), json!({"add": set}));
    }
    ("users", (!entry.is_empty()).then(|| entry.into()))
}

/// A workspace has no other licences than those for Calling.
fn workspace(case: &Case<'_>, grants: Grants) -> (&'static str, Option<Value>) {
    let mut entry = Map::new();
    missing(case, &mut entry);
    if grants.calling() {
        identity(case, &mut entry);
        entry.insert("licenses".to_owned(), grants.services.into());
    }
    let there = case.now.is_some() && entry.is_empty();
    ("workspaces", (!there).then(|| entry.into()))
}

/// The whole document. Of subscriptions, what is known counts; what they move to is decided already.
fn document(case: &Case<'_>, (section, entry): (&str, Option<Value>)) -> Sources {
    let known: BTreeSet<&str> = case
        .snapshot
        .licenses()
        .iter()
        .filter_map(|license| license.subscription_id.as_deref())
        .collect();
    let mut subscriptions = Map::new();
    for (id, declared) in &case.config.subscriptions {
        if known.contains(id.as_str())
            && let Ok(Value::Object(mut facts)) = serde_json::to_value(&declared.value)
        {
            facts.remove("replacedBy");
            subscriptions.insert(id.clone(), facts.into());
        }
    }
    let mut document = json!({
        "version": 1,
        "org": {
            "name": case.snapshot.org.name,
            "id": case.snapshot.org.id,
            "assignmentMode": "organization",
            "directorySync": case.config.directory_sync(),
        },
        "subscriptions": subscriptions,
    });
    if let Some(entry) = entry {
        document[section] = json!({case.key(): entry});
    }
    Sources {
        files: vec![SourceFile {
            path: case.file.into(),
            bytes: document.to_string().into_bytes(),
        }],
        origin: Default::default(),
    }
}
