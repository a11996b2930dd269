//! CSV files that Control Hub exports -> a snapshot with the lists that they tell (webex-api.md 12.1).
//!
//! The list of people is needed; locations, numbers, groups and workspaces are taken from files of these names where they are there. What
//! no file tells is absent. Units bought are in no export: without an older snapshot no licence has a free one.

mod lists;
mod services;
mod table;

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use self::services::Service;
use self::table::Table;
use super::capture::{self, Old};
use super::error::Error;
use crate::canonical;
use crate::phone;
use crate::snapshot::{License, Organization, Site, Snapshot, Subscription, User};

/// Why there is no snapshot. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The directory or a file.
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// No list of people.
    #[error("there is no export of users in {}: a CSV file with a column for the e-mail address, as Control Hub writes it under Users, Manage users", .0.display())]
    NoUsers(PathBuf),
    /// A row without what it needs.
    #[error("{}, line {line}: {reason}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The snapshot cannot be made of it.
    #[error(transparent)]
    Document(#[from] Error),
}

/// What came of it.
#[derive(Debug)]
pub struct Exported {
    /// The file's content.
    pub document: Value,
    /// How many people.
    pub users: usize,
    /// What is worth a word.
    pub notes: Vec<String>,
}

/// Columns of people, by the header without blanks and punctuation, in lower case. Spellings differ between exports.
mod columns {
    pub const EMAIL: &[&str] = &["useridemailrequired", "useridemail", "email", "useremail"];
    pub const DISPLAY_NAME: &[&str] = &["displayname"];
    pub const FIRST_NAME: &[&str] = &["firstname"];
    pub const LAST_NAME: &[&str] = &["lastname"];
    pub const STATUS: &[&str] = &["userstatus", "userstatusro", "status"];
    pub const EXTENSION: &[&str] = &["extension"];
    pub const PHONE: &[&str] = &["phonenumber"];
    pub const LOCATION: &[&str] = &["location"];
}

/// Makes a snapshot of the files in a directory. It is as old as the export of people.
pub fn from_csv(directory: &Path, facts: Option<&Old>) -> Result<Exported, ExportError> {
    let tables = table::read_all(directory)?;
    let people = tables.iter().find(|it| it.is_export_of_people());
    let people = people.ok_or_else(|| ExportError::NoUsers(directory.to_owned()))?;
    let services = services::of(&people.headers);
    let mut licenses = licenses(&services, facts);
    let users = users(people, &services, &mut licenses)?;
    let mut licenses: Vec<License> = licenses.into_values().collect();
    let mut subscriptions: Vec<Subscription> = Vec::new();
    for service in services.iter() {
        let Some(id) = &service.subscription else {
            continue;
        };
        let status = service.suspended.then(|| "suspended".to_owned());
        match subscriptions.iter_mut().find(|it| it.id == *id) {
            Some(known) => known.status = known.status.take().or(status),
            None => subscriptions.push(Subscription {
                id: id.clone(),
                created_at: None,
                status,
            }),
        }
    }
    let mut snapshot = Snapshot {
        format_version: 1,
        captured_at: people.written()?,
        complete: true,
        org: facts.map_or_else(Organization::default, |old| old.snapshot.org.clone()),
        sites: Some(sites(&services)),
        subscriptions: Some(subscriptions),
        workspaces: lists::workspaces(&tables, &mut licenses)?,
        licenses: Some(licenses),
        locations: lists::locations(&tables)?,
        numbers: lists::numbers(&tables, &users)?,
        groups: lists::groups(&tables)?,
        users: Some(users),
        devices: None,
        features: None,
        features_not_read: Vec::new(),
        not_known: Vec::new(),
        applied: None,
    };
    let suspended: Vec<(String, Option<String>)> = snapshot
        .subscriptions
        .iter()
        .flatten()
        .map(|it| (it.id.clone(), it.status.clone()))
        .collect();
    let mut extras = Map::new();
    if let Some(old) = facts {
        capture::carry_over(old, &mut snapshot, &mut extras);
    }
    // Of suspensions the export is the only witness.
    for (subscription, (_, status)) in snapshot.subscriptions.iter_mut().flatten().zip(suspended) {
        subscription.status = status.or(subscription.status.take());
    }
    snapshot.normalize();
    let mut notes = Vec::new();
    if facts.is_none() {
        notes.push("how many units were bought is in no export: without --facts no licence has a free one, and the organisation has no id".to_owned());
    }
    let lists = [
        ("locations", snapshot.locations.is_none()),
        ("numbers", snapshot.numbers.is_none()),
        ("groups", snapshot.groups.is_none()),
        ("workspaces", snapshot.workspaces.is_none()),
    ];
    let absent: Vec<&str> = lists.iter().filter(|it| it.1).map(|it| it.0).collect();
    if !absent.is_empty() {
        notes.push(format!("not told by these files: {}", absent.join(", ")));
    }
    Ok(Exported {
        users: snapshot.users().len(),
        document: capture::document(&snapshot, extras)?,
        notes,
    })
}

/// The licences that columns name, by the place of their column.
fn licenses(services: &[Service], facts: Option<&Old>) -> FxHashMap<usize, License> {
    let known = facts.map(|old| old.snapshot.licenses()).unwrap_or_default();
    let licences = services.iter().filter(|service| !service.attendee);
    licences
        .map(|service| {
            let twin = known.iter().find(|license| {
                license.name == service.name
                    && license.subscription_id == service.subscription
                    && license.site_url == service.site
            });
            let made = || {
                let parts = [
                    Some(service.name.as_str()),
                    service.subscription.as_deref(),
                    service.site.as_deref(),
                ];
                let parts: Vec<&str> = parts.into_iter().flatten().collect();
                format!("csv:{}", parts.join("/"))
            };
            let license = License {
                id: twin.map_or_else(made, |twin| twin.id.clone()),
                name: service.name.clone(),
                subscription_id: service.subscription.clone(),
                site_url: service.site.clone(),
                total_units: twin.map_or(0, |twin| twin.total_units),
                consumed_units: 0,
            };
            (service.column, license)
        })
        .collect()
}

fn sites(services: &[Service]) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    for service in services {
        let Some(url) = &service.site else { continue };
        match sites.iter_mut().find(|site| site.url == *url) {
            Some(site) => site.attendee_account_enabled |= service.attendee,
            None => sites.push(Site {
                url: url.clone(),
                attendee_account_enabled: service.attendee,
            }),
        }
    }
    sites
}

fn users(
    people: &Table,
    services: &[Service],
    licenses: &mut FxHashMap<usize, License>,
) -> Result<Vec<User>, ExportError> {
    let mut users = Vec::with_capacity(people.rows.len());
    for row in &people.rows {
        let text = |names: &[&str]| people.text(row, names).map(str::to_owned);
        let email = text(columns::EMAIL)
            .ok_or_else(|| people.wrong(row, "the e-mail address is missing"))?;
        let held: Vec<&Service> = services
            .iter()
            .filter(|service| people.is_true(row, service.column))
            .collect();
        let calls = held.iter().any(|service| service.is_calling());
        let number = text(columns::PHONE).map(|number| with_plus(&number));
        let canonical = number
            .as_deref()
            .and_then(phone::read_back)
            .or_else(|| number.clone());
        let ids = held.iter().filter_map(|service| {
            let license = licenses.get_mut(&service.column)?;
            license.consumed_units += 1;
            license.total_units = license.total_units.max(license.consumed_units);
            Some(license.id.as_str().into())
        });
        let licenses: Vec<Box<str>> = ids.collect();
        let attendee = held.iter().filter(|service| service.attendee);
        let attendee_sites: Vec<Box<str>> = attendee
            .filter_map(|service| Some(service.site.as_deref()?.into()))
            .collect();
        let name = || {
            let parts = [text(columns::FIRST_NAME), text(columns::LAST_NAME)];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        };
        users.push(User {
            id: String::new(),
            email: canonical::address(&email),
            display_name: text(columns::DISPLAY_NAME).or_else(name),
            status: text(columns::STATUS).map(|status| lifecycle(&status)),
            source: None,
            work_phone: number,
            location: text(columns::LOCATION).filter(|_| calls),
            phone_number: canonical.filter(|_| calls),
            extension: text(columns::EXTENSION).filter(|_| calls),
            licenses: licenses.into(),
            attendee_sites: attendee_sites.into(),
            site_admin: Box::default(),
            roles: Box::default(),
            voicemail: None,
        });
    }
    Ok(users)
}

/// Spreadsheets take the plus sign away.
fn with_plus(number: &str) -> String {
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    match digits && number.len() > 10 {
        true => format!("+{number}"),
        false => number.to_owned(),
    }
}

/// Control Hub's words for the state of a person.
fn lifecycle(status: &str) -> String {
    let lower = status.to_lowercase();
    match lower.as_str() {
        "not verified" | "verified" | "invite pending" => "pending".to_owned(),
        "suspended" | "deactivated" => "inactive".to_owned(),
        _ => lower,
    }
}
