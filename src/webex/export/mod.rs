//! CSV files that Control Hub exports -> a snapshot with the lists that they have (webex-api.md 12.1).
//!
//! The list of people is needed; locations, numbers, groups and workspaces are read from files of these names where they are there. What
//! no file has is absent. Units bought are in no export: without an older snapshot no licence has a free one.

mod agree;
mod cells;
mod columns;
mod dates;
mod encoding;
mod files;
mod lists;
mod people;
mod problem;
mod services;
mod spelling;
mod table;
mod workspaces;

use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};

use self::agree::Lists;
use self::columns::{Meaning, Renames};
pub use self::dates::When;
use self::files::Files;
use self::people::Countries;
use self::problem::Problem;
pub use self::problem::Problems;
use self::services::Service;
pub use self::spelling::{Attribute, Named, NoColumn, Spelling, Workspaces};
use self::table::Table;
use super::capture::{self, Old};
use super::error::Error;
use crate::snapshot::{
    License, Location, Organization, Site, Snapshot, Subscription, User, partial,
};

/// Why there is no snapshot. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A directory or a file.
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// No list of people.
    #[error("{}", no_users(.0))]
    NoUsers(Vec<PathBuf>),
    /// A list of people without what they hold.
    #[error("{0} has no column for a service, so the licences of people are unknown")]
    NoServices(String),
    /// `--column` is not as it should be.
    #[error("{0}")]
    Column(String),
    /// Rows and cells that are wrong.
    #[error("{0}")]
    Problems(Problems),
    /// A file says not how columns are spelled.
    #[error("{0} {1}")]
    Odd(String, NotAnExport),
    /// The snapshot cannot be made of it.
    #[error(transparent)]
    Document(#[from] Error),
}

/// Why a file does not say how Control Hub spells its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnExport {
    /// It has other columns.
    #[error(
        "is neither a user export (with an e-mail address column and services) nor a workspace download (with a column that says \
         whether only the subscription is updated)"
    )]
    Neither,
    /// There is one already.
    #[error("is a second {0}; --export takes at most one user export and one workspace download")]
    Second(&'static str),
}

impl ExportError {
    /// What to do about it, where the text does not say it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            ExportError::NoUsers(_) | ExportError::NoServices(_) => Some(
                "in Control Hub, export users (Users, Manage users) with all attributes and services, and give that CSV file",
            ),
            ExportError::Odd(_, NotAnExport::Second(_)) => Some("remove one of the files"),
            ExportError::Odd(_, NotAnExport::Neither) => {
                Some("give the CSV files as Control Hub exports them")
            }
            _ => None,
        }
    }
}

fn no_users(paths: &[PathBuf]) -> String {
    let files = listed(paths);
    match paths {
        [file] if file.is_file() => {
            format!("{files} is not a user export: it has no e-mail address column")
        }
        _ => format!("there is no user export in {files}: no file has an e-mail address column"),
    }
}

fn listed(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|it| it.display().to_string()).collect();
    paths.join(", ")
}

/// The result.
#[derive(Debug)]
pub struct Exported {
    /// The file's content.
    pub document: Value,
    /// How many people.
    pub users: usize,
    /// What is worth a word.
    pub notes: Vec<String>,
    /// Whether all that the files say was understood.
    pub complete: bool,
}

/// Makes a snapshot of files, and of the CSV files in directories. `renames` are
/// columns with unknown names: `HEADER=NAME`, `HEADER=-`.
pub fn from_csv(
    paths: &[PathBuf],
    renames: &[String],
    facts: Option<&Old>,
    when: When,
) -> Result<Exported, ExportError> {
    let mut problems = Problems::default();
    let files = files(paths, renames, &mut problems)?;
    let mut notes = files.notes();
    let mut held = Held::default();
    let locations = lists::locations(&files.locations, &mut held.unknown, &mut problems);
    let countries = countries(locations.as_deref(), facts);
    let users = users(
        &files,
        &countries,
        facts,
        &mut held,
        &mut notes,
        &mut problems,
    )?;
    let mut licenses = std::mem::take(&mut held.licenses);
    let has_workspaces = !files.workspaces.is_empty();
    notes.extend(facts.and_then(|old| use_of_before(&mut licenses, has_workspaces, &old.snapshot)));
    let mut known = workspaces::Known {
        licenses: &mut licenses,
        subscriptions: &held.subscriptions,
    };
    let workspaces = workspaces::read(&files.workspaces, &mut known, &countries, &mut problems);
    held.unknown.extend(workspaces.unknown);
    let owners = (
        users.as_slice(),
        workspaces.list.as_deref().unwrap_or_default(),
    );
    let unknown = &mut held.unknown;
    let numbers = lists::numbers(&files.numbers, owners, &countries, unknown, &mut problems);
    let lists = Lists::of(owners, numbers.as_deref(), locations.as_deref());
    held.unknown.extend(lists.contradictions());
    let groups = lists::groups(&files.groups, &mut problems);
    problems.none().map_err(ExportError::Problems)?;
    let captured_at = dates::captured_at(&files, when, &mut notes, &mut held.unknown);
    let mut snapshot = Snapshot {
        captured_at,
        complete: held.unknown.is_empty(),
        org: facts.map_or_else(Organization::default, |old| old.snapshot.org.clone()),
        sites: Some(held.sites),
        subscriptions: Some(held.subscriptions),
        licenses: Some(licenses),
        locations,
        numbers,
        groups,
        users: Some(users),
        workspaces: workspaces.list,
        ..partial::nothing()
    };
    let extras = complete(&mut snapshot, facts);
    notes.push(devices(&mut snapshot, facts));
    snapshot.normalize();
    notes.extend(absent(&snapshot, facts));
    notes.extend(facts.and_then(|old| missing(&snapshot, &old.snapshot)));
    notes.extend(held.unknown);
    Ok(Exported {
        users: snapshot.users().len(),
        complete: snapshot.complete,
        document: capture::document(&snapshot, extras)?,
        notes,
    })
}

/// The files, with the columns that the user names.
fn files(
    paths: &[PathBuf],
    renames: &[String],
    problems: &mut Problems,
) -> Result<Files, ExportError> {
    let renames = Renames::new(renames).map_err(|pair| {
        ExportError::Column(format!(
            "--column `{pair}` must be HEADER=NAME, each header once"
        ))
    })?;
    let files = files::read(paths, &renames, problems)?;
    match renames.unused() {
        Some(header) => Err(ExportError::Column(format!(
            "--column: no file has the column `{header}`"
        ))),
        None => Ok(files),
    }
}

/// What the services of all exports of people are.
#[derive(Default)]
struct Held {
    licenses: Vec<License>,
    subscriptions: Vec<Subscription>,
    sites: Vec<Site>,
    /// Columns and cells that are not understood, as a text each.
    unknown: Vec<String>,
}

/// The people of all files; no one is there twice.
fn users(
    files: &Files,
    countries: &Countries,
    facts: Option<&Old>,
    held: &mut Held,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> Result<Vec<User>, ExportError> {
    let mut users: Vec<User> = Vec::new();
    let mut places: FxHashMap<String, (String, u64)> = FxHashMap::default();
    let all: Vec<Service> = files.people.iter().flat_map(people::services).collect();
    for table in &files.people {
        let services = people::services(table);
        let unknown = people::not_understood(table, &services);
        let any = unknown.iter().any(|it| it.people > 0);
        if services.is_empty() && !any {
            return Err(ExportError::NoServices(table.file.clone()));
        }
        for it in unknown {
            let (file, header, people) = (&table.file, it.header, it.people);
            match people {
                0 => notes.push(format!(
                    "{file}: the column `{header}` is not understood; it is TRUE for no one"
                )),
                _ => held.unknown.push(format!(
                    "{file}: the column `{header}` is TRUE for {people} of {} people and is not understood, so the snapshot is \
                     not complete: name the licence with --column '{header}=NAME', or --column '{header}=-' if it is none",
                    table.rows.len()
                )),
            }
        }
        misnamed(table, &services, facts)?;
        let told = people::not_told(table, &services, &all).into_iter();
        held.unknown
            .extend(told.map(|it| format!("{}: {it}", table.file)));
        let ids = held.add_licenses(&services, facts);
        let licenses = &mut held.licenses;
        let read = people::read(table, &services, &ids, licenses, countries, problems);
        notes.extend(people::shorter(&read, &table.file));
        held.add_sites(&services);
        held.add_subscriptions(&services);
        for (line, user) in read {
            if let Some((file, first)) = places.get(&user.email) {
                problems.add(Problem {
                    file: table.file.clone(),
                    line: Some(line),
                    column: None,
                    reason: format!("{} is also in {file}, line {first}", user.email),
                });
                continue;
            }
            places.insert(user.email.clone(), (table.file.clone(), line));
            users.push(user);
        }
    }
    Ok(users)
}

/// A column that the user has given a name which is neither that of an attribute nor of a licence.
fn misnamed(table: &Table, services: &[Service], facts: Option<&Old>) -> Result<(), ExportError> {
    let known = facts.map(|old| old.snapshot.licenses()).unwrap_or_default();
    let wrong = services.iter().find(|service| {
        table.meanings[service.column] == Meaning::Named
            && !service.attendee
            && !services::is_licence(&service.name)
            && !known.iter().any(|it| it.name == service.name)
    });
    match wrong {
        Some(service) => Err(ExportError::Column(format!(
            "--column: `{}` is neither an attribute of people nor a licence that is known",
            service.name
        ))),
        None => Ok(()),
    }
}

/// The countries of locations, as far as a file or an older snapshot has them.
fn countries(locations: Option<&[Location]>, facts: Option<&Old>) -> Countries {
    let old = facts.and_then(|old| old.snapshot.locations.as_deref());
    let all = old.into_iter().chain(locations).flatten();
    all.filter_map(|location| {
        let country = location.address.as_ref()?.country.clone()?;
        Some((location.name.clone(), country))
    })
    .collect()
}

/// Units in use of which the export of people says nothing, as the older snapshot has them.
fn use_of_before(
    licenses: &mut Vec<License>,
    has_workspaces: bool,
    old: &Snapshot,
) -> Option<String> {
    if !has_workspaces {
        add_workspaces(licenses, old);
    }
    add_unheld(licenses, old.licenses())
}

/// Licences that no column is about, such as those of workspaces: how many units are in use is what the older snapshot says. Gives
/// a note of them.
fn add_unheld(licenses: &mut Vec<License>, elsewhere: &[License]) -> Option<String> {
    let columns: Vec<String> = licenses.iter().map(|it| it.id.clone()).collect();
    let unheld = elsewhere.iter().filter(|it| !columns.contains(&it.id));
    let unheld: Vec<License> = unheld.cloned().collect();
    let names: Vec<&str> = unheld.iter().map(|it| it.name.as_str()).collect();
    let note = (!names.is_empty()).then(|| {
        let names = names.join(", ");
        format!("no column is about {names}: the units in use are those of the older snapshot")
    });
    licenses.extend(unheld);
    note
}

/// Units that workspaces hold, where no file of the export lists them: those of the older snapshot. If that has no list either, as
/// many units are in use as there were.
fn add_workspaces(licenses: &mut [License], old: &Snapshot) {
    for license in licenses {
        let before = old.licenses().iter().find(|it| it.id == license.id);
        let before = before.map_or(0, License::consumed);
        let consumed = license.consumed();
        license.consumed_units = Some(match &old.workspaces {
            None => consumed.max(before),
            Some(workspaces) => {
                let ids = workspaces.iter().flat_map(|it| it.licenses.iter());
                let holders = ids.filter(|id| ***id == *license.id).count();
                consumed + i64::try_from(holders).unwrap_or_default()
            }
        });
    }
}

/// What an older snapshot says. Of suspensions the export is the only witness.
fn complete(snapshot: &mut Snapshot, facts: Option<&Old>) -> Map<String, Value> {
    let mut extras = Map::new();
    let suspended: Vec<Option<String>> = snapshot
        .subscriptions
        .iter()
        .flatten()
        .map(|it| it.status.clone())
        .collect();
    if let Some(old) = facts {
        capture::carry_over(old, snapshot, &mut extras);
    }
    for (subscription, status) in snapshot.subscriptions.iter_mut().flatten().zip(suspended) {
        let old = subscription.status.take().filter(|it| it != "suspended");
        subscription.status = status.or(old);
    }
    extras
}

/// Devices as the facts state them, unless these are older than the export: who has got Webex Go since then would lose Calling.
/// Gives a note of them.
fn devices(snapshot: &mut Snapshot, facts: Option<&Old>) -> String {
    let stated = facts.and_then(|old| Some((old, old.snapshot.devices.as_ref()?)));
    let Some((old, devices)) = stated else {
        return "exports contain no devices: unless --facts has `devices`, no one loses Calling or is deleted, because they may have \
                Webex Go"
            .to_owned();
    };
    let (then, now) = (old.snapshot.captured_on(), snapshot.captured_on());
    let day = then.map_or_else(String::new, |day| day.to_string());
    if then < now {
        let now = now.map_or_else(String::new, |day| day.to_string());
        return format!(
            "the `devices` of --facts are of {day} and the export is of {now}, so they are not used: check them, and set \
             `capturedAt` of that file"
        );
    }
    snapshot.devices = Some(devices.clone());
    format!("devices are those of --facts, of {day}: {}", devices.len())
}

/// A note about people whom the older snapshot has and the export does not: they left, or the export was filtered.
fn missing(snapshot: &Snapshot, old: &Snapshot) -> Option<String> {
    let here: FxHashSet<&str> = snapshot
        .users()
        .iter()
        .map(|it| it.email.as_str())
        .collect();
    let gone = old.users().iter().map(|it| it.email.as_str());
    let gone: Vec<&str> = gone.filter(|email| !here.contains(email)).collect();
    let (first, others) = gone.split_first()?;
    let more = match others.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "{first}{more} of the older snapshot: not in the export. Check that it is an export of all users"
    ))
}

/// Notes about what is in no file.
fn absent(snapshot: &Snapshot, facts: Option<&Old>) -> Vec<String> {
    let mut notes = Vec::new();
    if facts.is_none() {
        notes.push("exports do not contain how many units were bought: without --facts no licence has a free one, and the organisation has no id".to_owned());
    }
    let lists = [
        ("locations", snapshot.locations.is_none()),
        ("numbers", snapshot.numbers.is_none()),
        ("groups", snapshot.groups.is_none()),
        ("workspaces", snapshot.workspaces.is_none()),
    ];
    let absent: Vec<&str> = lists.iter().filter(|it| it.1).map(|it| it.0).collect();
    if !absent.is_empty() {
        notes.push(format!("not in these files: {}", absent.join(", ")));
    }
    notes
}

impl Held {
    /// The licences that columns name; gives their ids by column.
    fn add_licenses(
        &mut self,
        services: &[Service],
        facts: Option<&Old>,
    ) -> FxHashMap<usize, String> {
        let known = facts.map(|old| old.snapshot.licenses()).unwrap_or_default();
        let mut ids = FxHashMap::default();
        for service in services.iter().filter(|service| !service.attendee) {
            let twin = known.iter().find(|license| {
                license.name == service.name
                    && license.subscription_id == service.subscription
                    && license.site_url == service.site
            });
            let mut license = service.license();
            if let Some(twin) = twin {
                license.id.clone_from(&twin.id);
                license.total_units = twin.total_units;
            }
            ids.insert(service.column, license.id.clone());
            if !self.licenses.iter().any(|it| it.id == license.id) {
                self.licenses.push(license);
            }
        }
        ids
    }

    fn add_sites(&mut self, services: &[Service]) {
        for service in services {
            let Some(url) = &service.site else { continue };
            match self.sites.iter_mut().find(|site| site.url == *url) {
                Some(site) => site.attendee_account_enabled |= service.attendee,
                None => self.sites.push(Site {
                    url: url.clone(),
                    attendee_account_enabled: service.attendee,
                }),
            }
        }
    }

    fn add_subscriptions(&mut self, services: &[Service]) {
        for service in services {
            let Some(id) = &service.subscription else {
                continue;
            };
            let status = service.suspended.then(|| "suspended".to_owned());
            match self.subscriptions.iter_mut().find(|it| it.id == *id) {
                Some(known) => known.status = known.status.take().or(status),
                None => self.subscriptions.push(Subscription {
                    id: id.clone(),
                    created_at: None,
                    status,
                }),
            }
        }
    }
}
