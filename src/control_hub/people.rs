//! People as rows of Control Hub's file of users (webex-api.md 12.1).
//!
//! A row of a person with Calling is taken only with the Calling licence, the location, and the number or the extension; so these
//! are in each, whatever it changes. A move is one row: FALSE for the old subscription, TRUE for the new one.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::sheet::{Class, Column, Row, SERVICES, is_plain, not_plain};
use super::steps::Step;
use super::{Inputs, Renamed, not_active};
use crate::change::Field;
use crate::licensing::catalogue::{Recognised, Service, recognise};
use crate::snapshot::{License, Snapshot, User};
use crate::webex::export::{Attribute, Named, Spelling};

/// How the path of a licence begins.
const LICENSES: &str = "licenses/";
/// The same for those of Calling.
const CALLING: &str = "licenses/calling";

/// People, as they are before each row.
#[derive(Debug)]
pub struct People<'a> {
    inputs: Inputs<'a>,
    snapshot: &'a Snapshot,
    spelling: &'a Spelling,
    users: FxHashMap<&'a str, usize>,
    licenses: FxHashMap<&'a str, &'a License>,
    renamed: Vec<Renamed<'a>>,
    /// Those who have had a row.
    states: FxHashMap<&'a str, State>,
    stale: BTreeSet<String>,
}

/// What counts of a person for the next row.
#[derive(Debug, Clone, Default)]
struct State {
    /// Columns of the Calling licences held.
    calling: BTreeSet<String>,
    /// Why the Calling licence has no column.
    unknown: Option<String>,
    location: Option<String>,
    number: Option<String>,
    extension: Option<String>,
}

impl<'a> People<'a> {
    /// Everyone as the snapshot has them.
    pub fn new(inputs: &Inputs<'a>, renamed: Vec<Renamed<'a>>) -> People<'a> {
        let licenses = inputs.snapshot.licenses().iter();
        People {
            inputs: *inputs,
            snapshot: inputs.snapshot,
            spelling: inputs.spelling,
            users: inputs.snapshot.users_by_email(),
            licenses: licenses.map(|it| (it.id.as_str(), it)).collect(),
            renamed,
            states: FxHashMap::default(),
            stale: BTreeSet::new(),
        }
    }

    /// What the export says otherwise than the snapshot.
    pub fn stale(self) -> Vec<String> {
        self.stale.into_iter().collect()
    }

    /// The row of a person; `Err` says why these changes go into no file.
    pub fn row(&mut self, steps: &[&Step<'a>]) -> Result<Row, String> {
        let Some(change) = steps.first().map(|step| step.change) else {
            return Err("nothing changes".to_owned());
        };
        let email = change.key.as_str();
        let before = self.state(email);
        let first = !self.states.contains_key(email);
        let created = first && !self.users.contains_key(email);
        if first {
            self.doubt(email, &before, created);
        }
        let mut edit = Edit::new(before.clone());
        let fields: Vec<&Field> = steps
            .iter()
            .flat_map(|it| it.fields.iter().copied())
            .collect();
        let mut refused = None;
        for field in &fields {
            let done = match field.path.starts_with(LICENSES) {
                true => self.license(email, field, &mut edit),
                false => edit.set(field),
            };
            refused = refused.or(done.err());
        }
        if steps.iter().any(|step| step.aside) {
            edit.after.number = None;
        }
        if let Some(location) = &mut edit.after.location {
            let level = steps
                .iter()
                .map(|step| step.level)
                .max()
                .unwrap_or_default();
            *location = self.called(location, level).to_owned();
        }
        // The next row follows this one, by whatever means it is done.
        self.states.insert(email, edit.after.clone());
        if let Some(why) = refused.or_else(|| edit.after.unknown.clone()) {
            return Err(why);
        }
        let class = Class::of(&fields, created);
        let losses = losses(email, &fields);
        let cells = self.cells(email, &before, &edit, created)?;
        Ok(Row {
            class,
            cells,
            excludes: created,
            losses,
        })
    }

    /// Something of a person is done by clicks, behind the rows of its level.
    pub fn clicked(&mut self, step: &Step<'a>) {
        let email = step.change.key.as_str();
        let mut edit = Edit::new(self.state(email));
        for field in &step.fields {
            // What is no number, extension or location does not count for rows.
            let _ = edit.set(field);
        }
        self.states.insert(email, edit.after);
    }

    /// A person before the next row.
    fn state(&self, email: &str) -> State {
        if let Some(state) = self.states.get(email) {
            return state.clone();
        }
        let user = self.users.get(email).map(|at| &self.snapshot.users()[*at]);
        user.map(|user| self.observed(user)).unwrap_or_default()
    }

    /// A person as the snapshot has them.
    fn observed(&self, user: &User) -> State {
        let mut state = State::default();
        let held = user
            .licenses
            .iter()
            .filter_map(|id| self.licenses.get(&**id));
        for license in held.filter(|license| is_calling(license)) {
            let named = Named {
                license: Some(&license.name),
                subscription: license.subscription_id.as_deref(),
                site: license.site_url.as_deref(),
            };
            match self.column(named) {
                Ok(header) => drop(state.calling.insert(header)),
                Err(why) => state.unknown = Some(why),
            }
            state.location = user.location.as_deref().map(str::to_owned);
            state.number = user.phone_number.clone();
            state.extension = user.extension.clone();
        }
        state
    }

    /// The column of a licence.
    fn column(&self, named: Named<'_>) -> Result<String, String> {
        let mut sites = self.snapshot.sites().iter();
        let account = named.license.is_none() && !self.spelling.is_from_an_export();
        if let Some(site) = named.site.filter(|_| account)
            && !sites.any(|it| it.url == site && it.attendee_account_enabled)
        {
            // Then there is no such column (LIC-049).
            return Err(format!("{site} has no attendee accounts"));
        }
        match named.subscription.filter(|it| self.inputs.is_stopped(it)) {
            Some(stopped) => Err(not_active(stopped)),
            None => self.spelling.service(named).map_err(|why| why.to_string()),
        }
    }

    /// The name that a location has at this level.
    pub fn called<'n>(&'n self, location: &'n str, level: usize) -> &'n str {
        let mut renamed = self.renamed.iter();
        match renamed.find(|it| location == it.old || location == it.new) {
            Some(it) if level > it.level => it.new,
            Some(it) => it.old,
            None => location,
        }
    }

    /// An export that says of a person what the snapshot does not is stale: whether the person is there, what they hold of
    /// Calling, and what a row of somebody with Calling writes again.
    fn doubt(&mut self, email: &str, before: &State, created: bool) {
        match self.spelling.has(email) {
            None => return,
            Some(true) if created => {
                let why = format!("{email} is in it, and is not in the snapshot");
                self.stale.insert(why);
            }
            Some(false) if !created => drop(self.stale.insert(format!("{email} is not in it"))),
            Some(false) => return,
            Some(true) => {}
        }
        // Who holds what has no column of its own is left to the checklist.
        let known = before.unknown.is_none();
        for header in self.spelling.calling().into_iter().filter(|_| known) {
            self.compare(email, &header, before.calling.contains(&header));
        }
        if before.calling.is_empty() {
            return;
        }
        let held = [
            (Attribute::Location, &before.location),
            (Attribute::Phone, &before.number),
            (Attribute::Extension, &before.extension),
        ];
        for (attribute, held) in held {
            let Some(says) = self.spelling.text(email, attribute) else {
                continue;
            };
            // Who has no number of Calling may have the one for work in that column.
            let user = self.users.get(email).map(|at| &self.snapshot.users()[*at]);
            let work = user.and_then(|user| user.work_phone.as_deref());
            let is_work = attribute == Attribute::Phone && held.is_none();
            if is_work && work == Some(says.as_str()) {
                continue;
            }
            if held.as_deref() != Some(says.as_str()) {
                let has = held.as_deref().unwrap_or("nothing");
                let why = format!("{email} has `{says}` in it, and {has} in the snapshot");
                self.stale.insert(why);
            }
        }
    }

    /// Takes one licence and gives another.
    fn license(&mut self, email: &str, field: &Field, edit: &mut Edit) -> Result<(), String> {
        let calling = field.path == CALLING;
        let (before, after) = (
            named(self.snapshot, field, false),
            named(self.snapshot, field, true),
        );
        let other = |one: Named<'_>, other: Named<'_>| one.license != other.license;
        let exchanged = before.zip(after).is_some_and(|(one, two)| other(one, two));
        // The next row follows this one, by whatever means it is done.
        let mut refused = None;
        for (named, granted) in [(before, false), (after, true)] {
            let Some(named) = named else { continue };
            let header = match self.column(named) {
                Ok(header) => header,
                Err(why) => {
                    if calling {
                        edit.after.unknown = Some(why.clone());
                    }
                    refused = Some(why);
                    continue;
                }
            };
            self.compare(email, &header, self.holds(email, named));
            if calling {
                match granted {
                    true => drop(edit.after.calling.insert(header.clone())),
                    false => drop(edit.after.calling.remove(&header)),
                }
            }
            edit.services.insert(header, granted);
        }
        if calling && edit.after.calling.is_empty() {
            edit.after = State {
                unknown: edit.after.unknown.take(),
                ..State::default()
            };
        }
        if calling && exchanged && !self.spelling.is_from_an_export() {
            refused = Some("the old and the new licence have columns of different names: name a current export of users with --export, so \
                            that Calling is not taken away under one name and refused under the other".to_owned());
        }
        refused.map_or(Ok(()), Err)
    }

    /// Whether somebody has a licence or an account in the snapshot.
    fn holds(&self, email: &str, named: Named<'_>) -> bool {
        let user = self.users.get(email).map(|at| &self.snapshot.users()[*at]);
        let is = |license: &License| {
            named.license == Some(&license.name)
                && named.subscription == license.subscription_id.as_deref()
                && named.site == license.site_url.as_deref()
        };
        user.is_some_and(|user| {
            let mut held = user
                .licenses
                .iter()
                .filter_map(|id| self.licenses.get(&**id));
            match named.license {
                Some(_) => held.any(|license| is(license)),
                None => user
                    .attendee_sites
                    .iter()
                    .any(|it| Some(&**it) == named.site),
            }
        })
    }

    /// The export has to say what the snapshot does: whether somebody has a licence. Who is created is not in it.
    fn compare(&mut self, email: &str, header: &str, held: bool) {
        let Some(says) = self.spelling.says(email, header) else {
            return;
        };
        let is = match says {
            Some(says) if says == held => return,
            None if !held => return,
            None => "is not in it".to_owned(),
            Some(true) => format!("has TRUE in the column `{header}`"),
            Some(false) => format!("does not have TRUE in the column `{header}`"),
        };
        self.stale.insert(format!("{email} {is}"));
    }

    /// The cells of a row.
    fn cells(
        &self,
        email: &str,
        before: &State,
        edit: &Edit,
        created: bool,
    ) -> Result<BTreeMap<Column, String>, String> {
        let mut services = edit.services.clone();
        let after = &edit.after.calling;
        services.extend(after.iter().map(|header| (header.clone(), true)));
        let mut cells = BTreeMap::new();
        for (attribute, cell) in attributes(email, before, edit, created)? {
            let header = match self.spelling.attribute(attribute) {
                Ok(header) => header,
                // A column without a text is not missed.
                Err(_) if cell.is_empty() => continue,
                Err(why) => return Err(why.to_string()),
            };
            let place = attribute as usize;
            cells.insert(Column { place, header }, cell);
        }
        let services = services.into_iter().map(|(header, granted)| {
            let cell = if granted { "TRUE" } else { "FALSE" };
            (
                Column {
                    place: SERVICES,
                    header,
                },
                cell.to_owned(),
            )
        });
        cells.extend(services);
        let texts = cells
            .iter()
            .flat_map(|(column, cell)| [&column.header, cell]);
        let odd = texts.into_iter().find(|text| !is_plain(text)).cloned();
        odd.map_or(Ok(cells), |text| Err(not_plain(&text)))
    }
}

/// The cells of attributes.
fn attributes(
    email: &str,
    before: &State,
    edit: &Edit,
    created: bool,
) -> Result<Vec<(Attribute, String)>, String> {
    let name = edit.name.clone().unwrap_or_default();
    let (first, last) = match created {
        true => name.split_once(' ').unwrap_or((&name, "")),
        false => ("", ""),
    };
    let mut row = vec![
        (Attribute::FirstName, first.to_owned()),
        (Attribute::LastName, last.trim().to_owned()),
        (Attribute::DisplayName, name.clone()),
        (Attribute::Email, email.to_owned()),
    ];
    let after = &edit.after;
    if after.calling.is_empty() {
        return match before.calling.is_empty() && edit.calls {
            true => Err("the person has no Calling licence".to_owned()),
            false => Ok(row),
        };
    }
    let location = after.location.clone();
    let location = location.ok_or("the location of the person is unknown")?;
    if after.number.is_none() && after.extension.is_none() {
        return Err("the person has neither number nor extension".to_owned());
    }
    let extensions = (before.extension.as_deref(), after.extension.as_deref());
    let numbers = (before.number.as_deref(), after.number.as_deref());
    row.push((Attribute::Location, location));
    row.push((Attribute::Extension, part(extensions, false)));
    row.push((Attribute::Phone, part(numbers, true)));
    Ok(row)
}

/// What changes of a person in one row.
#[derive(Debug)]
struct Edit {
    after: State,
    services: BTreeMap<String, bool>,
    name: Option<String>,
    /// Whether something of Calling is set.
    calls: bool,
}

impl Edit {
    fn new(after: State) -> Edit {
        Edit {
            after,
            services: BTreeMap::new(),
            name: None,
            calls: false,
        }
    }

    /// Sets a field that is no licence.
    fn set(&mut self, field: &Field) -> Result<(), String> {
        let value = field.after.as_str().map(str::to_owned);
        let slot = match field.path.as_str() {
            "displayName" => {
                self.name = value;
                return Ok(());
            }
            "location" => &mut self.after.location,
            "phoneNumber" => &mut self.after.number,
            "extension" => &mut self.after.extension,
            other => return Err(format!("no column carries {other}")),
        };
        *slot = value;
        self.calls = true;
        Ok(())
    }
}

/// A number or an extension in a cell. What is replaced has to be named with it; what goes without another, too
/// (webex-api.md 12.1).
fn part(values: (Option<&str>, Option<&str>), several: bool) -> String {
    match values {
        (Some(old), Some(new)) if old != new && several => format!("PRIMARY|{new},REMOVE|{old}"),
        (_, Some(new)) => new.to_owned(),
        (Some(old), None) => format!("REMOVE|{old}"),
        (None, None) => String::new(),
    }
}

/// What is permanently lost, and who has agreed to it.
fn losses(email: &str, fields: &[&Field]) -> Vec<String> {
    let lost = fields.iter().filter(|field| !field.losses.is_empty());
    let lost = lost.map(|field| {
        let reason = field.acknowledgement.as_ref();
        let reason = reason.map(|it| format!(" (acknowledged: {})", it.reason.trim()));
        let (losses, reason) = (field.losses.join(", "), reason.unwrap_or_default());
        format!("{email} permanently loses: {losses}{reason}")
    });
    lost.collect()
}

/// Whether a licence is of Calling for people.
fn is_calling(license: &License) -> bool {
    matches!(recognise(license), Recognised::Word(row) if row.service == Service::Calling)
}

/// The licence of a field, before or after, as columns name it; `None` where it has none then.
pub fn named<'f>(snapshot: &'f Snapshot, field: &'f Field, after: bool) -> Option<Named<'f>> {
    let value: &Value = if after { &field.after } else { &field.before };
    let site = field.path.strip_prefix("licenses/meetings/");
    if value["role"] == "attendee" {
        return Some(Named {
            license: None,
            subscription: None,
            site,
        });
    }
    let license = value["license"].as_str()?;
    let subscription = value["subscription"].as_str();
    // The name of another licence does not say its site.
    let of_site = || {
        let mut fitting = snapshot
            .licenses()
            .iter()
            .filter(|it| it.name == license && it.subscription_id.as_deref() == subscription);
        fitting.next()?.site_url.as_deref()
    };
    Some(Named {
        license: Some(license),
        subscription,
        site: site.or_else(of_site),
    })
}
