//! The file of workspaces. No document has its headers; these are made up (webex-api.md 12.3).

use super::services::{self, Service};
use super::{RefusedRow, Rows};
use crate::sim::switches::Switches;
use crate::sim::table::Slot;
use crate::sim::workspaces;
use crate::sim::world::{License, World};

const NAME: &str = "Workspace Name";
const ONLY: &str = "Update Workspace Subscription Only";

/// Carries out rows; `Err` where the whole file is refused.
pub fn import(
    world: &mut World,
    rules: &Switches,
    (header, rows): Rows<'_>,
) -> Result<Vec<RefusedRow>, String> {
    let at = |name: &str| {
        let at = header.iter().position(|it| it == name);
        at.ok_or_else(|| format!("there is no column {name}"))
    };
    let (name, only) = (at(NAME)?, at(ONLY)?);
    let services = services::columns(world, of_workspaces);
    let mut refused = Vec::new();
    for row in rows {
        let cells = header.iter().zip(*row).filter_map(|(header, cell)| {
            let (_, service, stopped) = services.iter().find(|(known, ..)| known == header)?;
            Some((service.clone(), *stopped, cell.as_str()))
        });
        let cells: Vec<_> = cells.collect();
        if let Err(why) = carry_out(world, rules, (&row[name], &row[only]), &cells) {
            refused.push(RefusedRow {
                key: row[name].clone(),
                why,
            });
        }
    }
    Ok(refused)
}

fn of_workspaces(license: &License) -> bool {
    license.product.is_for_workspaces()
}

fn carry_out(
    world: &mut World,
    rules: &Switches,
    (name, only): (&str, &str),
    cells: &[(Service, bool, &str)],
) -> Result<(), String> {
    let places = world.places.iter().filter(|(_, it)| it.name == name);
    let places: Vec<(Slot, Vec<Slot>)> = places.map(|(at, it)| (at, it.licenses.clone())).collect();
    let [(slot, held)] = places.as_slice() else {
        return Err("there is not one workspace of this name".to_owned());
    };
    if only != "TRUE" {
        return Err("a new device needs its columns".to_owned());
    }
    let mut last: Vec<Slot> = held.clone();
    for (service, stopped, cell) in cells {
        let Service::License(license) = service else {
            continue;
        };
        match services::asks(cell)? {
            Some(true) if *stopped => return Err("a suspended service is TRUE".to_owned()),
            Some(true) if !last.contains(license) => last.push(*license),
            Some(false) => last.retain(|it| it != license),
            _ => {}
        }
    }
    let calls = |it: &&Slot| world.product(**it).is_for_workspaces();
    let licenses: Vec<Slot> = last.iter().filter(calls).copied().collect();
    let [license] = licenses.as_slice() else {
        return Err("a workspace has one Calling licence".to_owned());
    };
    let free = |it: &License| rules.overage || it.consumed() < it.total;
    let room = world.licenses.get(*license).is_some_and(free);
    if !held.contains(license) && !room {
        return Err("no unit is available".to_owned());
    }
    workspaces::set_license(world, *slot, Some(*license));
    Ok(())
}

/// The download of all workspaces.
pub fn export(world: &World) -> Vec<Vec<String>> {
    let services = services::columns(world, of_workspaces);
    let services: Vec<_> = services
        .into_iter()
        .filter(|(_, service, _)| matches!(service, Service::License(_)))
        .collect();
    let mut header = vec![NAME.to_owned(), "Location".to_owned(), ONLY.to_owned()];
    header.extend(services.iter().map(|(header, ..)| header.clone()));
    let mut rows = vec![header];
    for (_, place) in world.places.iter() {
        let location = place.location.and_then(|it| world.locations.get(it));
        let location = location.map(|it| it.name.clone()).unwrap_or_default();
        let mut row = vec![place.name.clone(), location, "FALSE".to_owned()];
        row.extend(services.iter().map(|(_, service, _)| {
            let has = matches!(service, Service::License(slot) if place.licenses.contains(slot));
            if has { "TRUE" } else { "FALSE" }.to_owned()
        }));
        rows.push(row);
    }
    rows
}
