//! The file of users: only the address is needed; somebody with Calling is changed only with the Calling licence, the location,
//! and the number or the extension in the row; whom nobody knows is created.

use std::collections::BTreeMap;

use super::services::{self, Service};
use super::{RefusedRow, Rows};
use crate::sim::assignment::{self, LicenseEdit};
use crate::sim::calling::Wanted;
use crate::sim::people;
use crate::sim::switches::Switches;
use crate::sim::table::Slot;
use crate::sim::world::{Owner, Person, World};

/// Columns of attributes; the older export writes the address otherwise.
const EMAIL: [&str; 2] = ["User ID/Email (Required)", "UserID/Email (Required)"];
const ATTRIBUTES: [&str; 7] = [
    "First Name",
    "Last Name",
    "Display Name",
    "User Status",
    "Extension",
    "Phone Number",
    "Location",
];

/// What a column is.
enum Column {
    Email,
    Attribute(&'static str),
    Service(Service, bool),
}

/// Carries out rows; `Err` where the whole file is refused.
pub fn import(
    world: &mut World,
    rules: &Switches,
    (header, rows): Rows<'_>,
    removes: bool,
    now: i64,
) -> Result<Vec<RefusedRow>, String> {
    let columns = columns(world, header)?;
    let suspended = |row: &&Vec<String>| {
        let mut cells = columns.iter().zip(*row);
        cells.any(|(column, cell)| matches!(column, Column::Service(_, true)) && cell == "TRUE")
    };
    if rows.iter().any(suspended) {
        return Err("a suspended service is TRUE".to_owned());
    }
    let mut refused = Vec::new();
    for row in rows {
        let row = Row::read(&columns, row);
        let key = row.email.clone();
        if let Err(why) = row.carry_out(world, rules, removes, now) {
            refused.push(RefusedRow { key, why });
        }
    }
    Ok(refused)
}

fn columns(world: &World, header: &[String]) -> Result<Vec<Column>, String> {
    let services = services::columns(world, |license| license.product.is_for_people());
    let known = |name: &String| {
        if EMAIL.contains(&name.as_str()) {
            return Ok(Column::Email);
        }
        if let Some(attribute) = ATTRIBUTES.iter().find(|it| *it == name) {
            return Ok(Column::Attribute(attribute));
        }
        let service = services.iter().find(|(header, ..)| header == name);
        let service =
            service.map(|(_, service, stopped)| Column::Service(service.clone(), *stopped));
        service.ok_or_else(|| format!("the column `{name}` is not known"))
    };
    let columns: Result<Vec<Column>, String> = header.iter().map(known).collect();
    let columns = columns?;
    match columns.iter().any(|it| matches!(it, Column::Email)) {
        true => Ok(columns),
        false => Err("there is no column for the e-mail address".to_owned()),
    }
}

/// A row of the file.
#[derive(Debug, Default)]
struct Row {
    email: String,
    attributes: BTreeMap<&'static str, String>,
    services: Vec<(Service, String)>,
}

impl Row {
    fn read(columns: &[Column], cells: &[String]) -> Row {
        let mut row = Row::default();
        for (column, cell) in columns.iter().zip(cells) {
            match column {
                Column::Email => row.email.clone_from(cell),
                Column::Attribute(name) => drop(row.attributes.insert(name, cell.clone())),
                Column::Service(service, _) => row.services.push((service.clone(), cell.clone())),
            }
        }
        row
    }

    fn text(&self, name: &str) -> Option<&str> {
        let text = self.attributes.get(name)?;
        (!text.is_empty()).then_some(text.as_str())
    }

    fn carry_out(
        &self,
        world: &mut World,
        rules: &Switches,
        removes: bool,
        now: i64,
    ) -> Result<(), String> {
        if !self.email.contains('@') {
            return Err("there is no e-mail address".to_owned());
        }
        let found = world.person_by_email(&self.email);
        let asked = self.asked(removes)?;
        let held = found.and_then(|slot| world.people.get(slot));
        let held = held
            .map(|person| person.licenses.clone())
            .unwrap_or_default();
        let wanted = self.possible(world, rules, (found, &held), &asked)?;
        let slot = match found {
            Some(slot) => slot,
            None => self.create(world, &asked, rules, now),
        };
        self.rename(world, slot);
        let with = |license: &Slot| {
            let product = world.product(*license);
            let wants =
                product.is_calling() || product == crate::sim::products::Product::Essentials;
            (*license, wanted.clone().filter(|_| wants))
        };
        let edit = LicenseEdit {
            add: asked
                .add
                .iter()
                .filter(|it| !held.contains(it))
                .map(with)
                .collect(),
            remove: asked.remove.clone(),
        };
        assignment::check(world, slot, &edit).map_err(|answer| answer.body.to_string())?;
        let went = assignment::carry_out(world, rules, slot, &edit, None, now);
        self.attend(world, slot, &asked);
        if let Some(why) = went.failed.first() {
            return Err(why.text.clone());
        }
        if let Some(wanted) = wanted {
            world.settle(Owner::Person(slot), &wanted, now);
        }
        Ok(())
    }

    /// Whether the row can be carried out, and what somebody with Calling is to have.
    fn possible(
        &self,
        world: &World,
        rules: &Switches,
        (found, held): (Option<Slot>, &[Slot]),
        asked: &Asked,
    ) -> Result<Option<Wanted>, String> {
        let calls = |licenses: &[Slot]| {
            let calling = licenses
                .iter()
                .filter(|it| world.product(**it).is_calling());
            calling.count()
        };
        let mut last: Vec<Slot> = held.to_vec();
        last.retain(|it| !asked.remove.contains(it));
        last.extend(asked.add.iter().filter(|it| !held.contains(it)));
        if calls(&last) > 1 {
            return Err("a user cannot have two Calling licences".to_owned());
        }
        let wanted = match calls(&last) {
            0 => None,
            _ => Some(self.wanted(world, found)?),
        };
        let named = |it: &&Slot| world.product(**it).is_calling();
        if wanted.is_some() && asked.named.iter().filter(named).count() == 0 {
            return Err("no Calling licence is TRUE".to_owned());
        }
        if let Some(wanted) = &wanted {
            let holder = found.map(Owner::Person);
            let possible = world.can_have(rules, holder, wanted);
            possible.map_err(|why| why.text)?;
        }
        Ok(wanted)
    }

    /// What the cells of services ask for.
    fn asked(&self, removes: bool) -> Result<Asked, String> {
        let mut asked = Asked::default();
        for (service, cell) in &self.services {
            match (service, services::asks(cell)?) {
                (Service::License(slot), Some(true)) => {
                    asked.add.push(*slot);
                    asked.named.push(*slot);
                }
                (Service::License(slot), Some(false)) if removes => asked.remove.push(*slot),
                (Service::Attendee(site), Some(true)) => asked.sites.push((site.clone(), true)),
                (Service::Attendee(site), Some(false)) if removes => {
                    asked.sites.push((site.clone(), false));
                }
                (_, None) => continue,
                (_, Some(false)) => {}
            }
            asked.any = true;
        }
        Ok(asked)
    }

    /// Location, number and extension of somebody who is to have Calling.
    fn wanted(&self, world: &World, found: Option<Slot>) -> Result<Wanted, String> {
        let name = self.text("Location").ok_or("Location is missing")?;
        let mut locations = world.locations.iter();
        let location = locations.find(|(_, it)| it.name == name);
        let (location, _) = location.ok_or_else(|| format!("there is no location {name}"))?;
        let calls = |slot: &Slot| {
            let person = world.people.get(*slot);
            person.is_some_and(|it| it.licenses.iter().any(|it| world.product(*it).is_calling()))
        };
        let holder = found.filter(calls).map(Owner::Person);
        let own = holder.and_then(|holder| world.location_of(holder));
        if own.is_some_and(|own| own != location) {
            return Err("the location of a Calling user cannot be changed".to_owned());
        }
        if self.text("Phone Number").is_none() && self.text("Extension").is_none() {
            return Err("Phone Number and Extension are missing".to_owned());
        }
        let number = holder.and_then(|holder| world.number_of(holder));
        let extension = holder.and_then(|holder| world.extension_of(holder));
        Ok(Wanted {
            location,
            number: part(number, self.text("Phone Number"), true)?,
            extension: part(extension, self.text("Extension"), false)?,
        })
    }

    fn create(&self, world: &mut World, asked: &Asked, rules: &Switches, now: i64) -> Slot {
        let uuid = world.new_uuid(&self.email);
        let slot = world.settle_person(Person {
            display_name: self.email.clone(),
            ..people::newcomer(&uuid, &self.email, now)
        });
        assignment::grant_implicit(world, slot);
        // Who is given nothing and denied nothing gets what the organisation's templates say.
        if !asked.any {
            let due = now + i64::from(rules.template_delay) * 1000;
            world.waiting_for_templates.push((due, slot));
        }
        slot
    }

    fn rename(&self, world: &mut World, slot: Slot) {
        let Some(person) = world.people.get_mut(slot) else {
            return;
        };
        let text = |name: &str| self.text(name).map(str::to_owned);
        person.first_name = text("First Name").or(person.first_name.take());
        person.last_name = text("Last Name").or(person.last_name.take());
        if let Some(name) = text("Display Name") {
            person.display_name = name;
        }
    }

    fn attend(&self, world: &mut World, slot: Slot, asked: &Asked) {
        let Some(person) = world.people.get_mut(slot) else {
            return;
        };
        for (site, attends) in &asked.sites {
            match attends {
                true => drop(person.attendee.insert(site.clone())),
                false => drop(person.attendee.remove(site)),
            }
        }
    }
}

/// What a row asks for.
#[derive(Debug, Default)]
struct Asked {
    add: Vec<Slot>,
    /// Licences that are TRUE, held or not.
    named: Vec<Slot>,
    remove: Vec<Slot>,
    sites: Vec<(String, bool)>,
    /// Whether a cell of a service says something.
    any: bool,
}

/// A number or extension by its cell: `PRIMARY|<new>`, `REMOVE|<old>`, and a mere value. Of numbers there may be several, so that
/// one that is replaced has to be removed.
fn part(before: Option<&str>, cell: Option<&str>, several: bool) -> Result<Option<String>, String> {
    let Some(cell) = cell else {
        return Ok(before.map(str::to_owned));
    };
    let (mut new, mut removed) = (None, cell == "REMOVE");
    for token in cell.split(',').filter(|it| *it != "REMOVE") {
        match token.strip_prefix("REMOVE|") {
            Some(old) if before == Some(old) => removed = true,
            Some(old) => return Err(format!("{old} is not there to be removed")),
            None => new = Some(token.strip_prefix("PRIMARY|").unwrap_or(token)),
        }
    }
    let kept = before.filter(|_| !removed);
    match (kept, new) {
        (Some(kept), Some(new)) if several && kept != new => Err(format!(
            "{kept} has to be removed, or there are two numbers"
        )),
        (_, Some(new)) => Ok(Some(new.to_owned())),
        (kept, None) => Ok(kept.map(str::to_owned)),
    }
}

/// The export of all users.
pub fn export(world: &World) -> Vec<Vec<String>> {
    let services = services::columns(world, |license| license.product.is_for_people());
    let mut header: Vec<String> = ATTRIBUTES[..3].iter().map(ToString::to_string).collect();
    header.push(EMAIL[0].to_owned());
    header.extend(ATTRIBUTES[3..].iter().map(ToString::to_string));
    header.extend(services.iter().map(|(header, ..)| header.clone()));
    let person = |person: &Person| {
        let own = person.location.and_then(|it| world.locations.get(it));
        let mut row: Vec<String> = vec![
            person.first_name.clone().unwrap_or_default(),
            person.last_name.clone().unwrap_or_default(),
            person.display_name.clone(),
            person.email.clone(),
            "Active".to_owned(),
            person.extension.clone().unwrap_or_default(),
            person
                .number
                .clone()
                .or(person.work_phone.clone())
                .unwrap_or_default(),
            own.map(|it| it.name.clone()).unwrap_or_default(),
        ];
        row.extend(services.iter().map(|(_, service, _)| {
            let has = match service {
                Service::License(slot) => person.licenses.contains(slot),
                Service::Attendee(site) => person.attendee.contains(site),
            };
            if has { "TRUE" } else { "FALSE" }.to_owned()
        }));
        row
    };
    let people = world.people.iter().map(|(_, it)| person(it));
    [header].into_iter().chain(people).collect()
}
