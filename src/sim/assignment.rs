//! Licences of a person: which sets can be (webex-api.md 2.3, 2.4), and what giving and taking does (2.5, 2.6).

use super::call::Answer;
use super::calling::{Refusal, Wanted};
use super::errors;
use super::faults::Refuse;
use super::products::Product;
use super::switches::Switches;
use super::table::Slot;
use super::world::{Holder, World};

/// What is to become of a person's licences.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Licences to give; Calling with what the person is to have.
    pub add: Vec<(Slot, Option<Wanted>)>,
    /// Licences to take.
    pub remove: Vec<Slot>,
}

/// How it went.
#[derive(Debug, Default)]
pub struct Went {
    /// How many operations were carried out, or needed nothing.
    pub done: usize,
    /// Why others were not.
    pub failed: Vec<Refusal>,
}

fn conflict(code: u32, description: &str, licenses: &[&str]) -> Answer {
    let listed = licenses.join(",");
    let description = match licenses.is_empty() {
        true => description.to_owned(),
        false => format!("{description}: {listed}"),
    };
    errors::coded(400, "License conflict", code, &description)
}

/// Whether the licences that a person would have in the end can be.
pub fn check(world: &World, person: Slot, wish: &Wish) -> Result<(), Answer> {
    let before = world.people.get(person);
    let before = before.map(|person| person.licenses.clone());
    let before = before.unwrap_or_default();
    let id = |slot: Slot| world.licenses.get(slot).map_or("", |it| it.id.as_str());
    let product = |slot: Slot| world.product(slot);
    let new: Vec<Slot> = (wish.add.iter().map(|(slot, _)| *slot))
        .filter(|slot| !before.contains(slot))
        .collect();
    let gone = |slot: &Slot| wish.remove.contains(slot);
    let mut last: Vec<Slot> = before.iter().copied().filter(|it| !gone(it)).collect();
    last.extend(&new);
    let had = |it: Product| before.iter().any(|slot| product(*slot) == it);
    let has = |it: Product| last.iter().any(|slot| product(*slot) == it);
    let adds = |it: Product| new.iter().any(|slot| product(*slot) == it);
    let removes = |it: Product| {
        let mut taken = before.iter().filter(|slot| gone(slot));
        taken.any(|slot| product(*slot) == it)
    };
    let added: Vec<&str> = new.iter().map(|slot| id(*slot)).collect();
    let listed = |it: Product| {
        let mut all = world.licenses.iter();
        all.any(|(_, license)| license.listed && license.product == it)
    };

    let named = wish.add.iter().map(|(slot, _)| slot).chain(&wish.remove);
    if let Some(slot) = named
        .copied()
        .find(|slot| product(*slot) == Product::Messenger)
    {
        return Err(conflict(
            400_118,
            "User management of Messenger license is not supported",
            &[id(slot)],
        ));
    }
    if removes(Product::ScreenShare) {
        return Err(conflict(
            700_006,
            "Screen Share is implicitly assigned and cannot be removed",
            &[],
        ));
    }
    if let Some(slot) = new.iter().find(|slot| !product(**slot).is_for_people()) {
        return Err(conflict(
            400_000,
            "The license cannot be assigned to a user",
            &[id(*slot)],
        ));
    }
    let table: &[(bool, u32, &str)] = &[
        (
            adds(Product::Standard) && had(Product::Essentials),
            400_410,
            "Changing a user's license from CX Essential to Webex Calling Standard is not allowed",
        ),
        (
            adds(Product::Standard) && removes(Product::Professional),
            400_112,
            "Changing a user's Webex Calling license from Professional to Standard is not allowed",
        ),
        (
            (adds(Product::Standard) || adds(Product::Professional))
                && has(Product::Standard)
                && has(Product::Professional),
            400_404,
            "User cannot have both Webex Calling Professional and Standard License together",
        ),
        (
            (adds(Product::Standard) || adds(Product::Attendant))
                && has(Product::Standard)
                && has(Product::Attendant),
            400_406,
            "User cannot have both Webex Calling Standard and Webex Attendant Console licenses together",
        ),
        (
            (adds(Product::Standard) || adds(Product::Essentials))
                && has(Product::Standard)
                && has(Product::Essentials),
            400_407,
            "User cannot have both Webex Calling Standard and CX Essential licenses together",
        ),
        (
            (adds(Product::Attendant) || removes(Product::Professional))
                && has(Product::Attendant)
                && !has(Product::Professional),
            400_408,
            "User needs Webex Calling Professional license to be assigned before assigning Webex Attendant Console",
        ),
        (
            (adds(Product::Messaging) && !had(Product::Messaging)
                || removes(Product::FreeMessaging))
                && has(Product::Messaging)
                && !has(Product::FreeMessaging)
                && listed(Product::FreeMessaging),
            700_003,
            "Free teams messaging mandatory for paid teams messaging license",
        ),
        (
            (adds(Product::SpaceMeetings) && !had(Product::SpaceMeetings)
                || removes(Product::FreeMeetings))
                && has(Product::SpaceMeetings)
                && !has(Product::FreeMeetings)
                && listed(Product::FreeMeetings),
            700_004,
            "Free teams meeting mandatory for paid teams meeting license",
        ),
        (
            adds(Product::SpaceMeetings)
                && !had(Product::SpaceMeetings)
                && !has(Product::FreeMessaging)
                && listed(Product::FreeMessaging),
            700_005,
            "Free teams messaging mandatory for teams meeting license",
        ),
    ];
    if let Some((_, code, description)) = table.iter().find(|(broken, ..)| *broken) {
        return Err(conflict(*code, description, &added));
    }
    let exclusive = |one: Slot, other: Slot| one != other && excludes(world, one, other);
    if (new.iter()).any(|one| last.iter().any(|other| exclusive(*one, *other))) {
        return Err(conflict(
            400_413,
            "The user can be assigned only one of licenses with the offer code from the list",
            &added,
        ));
    }
    let bare = wish.add.iter().find(|(slot, wanted)| {
        wanted.is_none()
            && new.contains(slot)
            && (product(*slot).is_calling() || product(*slot) == Product::Essentials)
    });
    match bare {
        Some((slot, _)) => Err(conflict(
            400_411,
            "Each Webex Calling license should contain its own calling properties. The following license(s) do not have properties",
            &[id(*slot)],
        )),
        None => Ok(()),
    }
}

/// Two licences of which a person can have one: the same product twice, a site's meetings twice, two kinds of agent.
fn excludes(world: &World, one: Slot, other: Slot) -> bool {
    let (Some(one), Some(other)) = (world.licenses.get(one), world.licenses.get(other)) else {
        return false;
    };
    let agent = |it: Product| matches!(it, Product::PremiumAgent | Product::StandardAgent);
    match (one.product, other.product) {
        (Product::Other, Product::Other) => one.name == other.name && one.site == other.site,
        (a, b) if agent(a) && agent(b) => true,
        (a, b) => a == b && one.site == other.site,
    }
}

/// Whether a unit can be had now.
fn available(world: &World, rules: &Switches, slot: Slot) -> Result<(), Refusal> {
    let Some(license) = world.licenses.get(slot) else {
        return Err(Refusal::new(400_000, "The license id is not recognized."));
    };
    if license.product.is_implicit() {
        return Ok(());
    }
    if world.stopped(license) {
        return Err(Refusal::new(
            400_401,
            format!("The subscription of license {} is not active.", license.id),
        ));
    }
    if !rules.overage && license.consumed() >= license.total {
        return Err(Refusal::new(
            400_402,
            format!("No unit of license {} is available.", license.id),
        ));
    }
    Ok(())
}

/// Gives and takes. What was checked before can still fail for want of a unit, a number or an extension.
pub fn carry_out(
    world: &mut World,
    rules: &Switches,
    slot: Slot,
    wish: &Wish,
    refuse: Option<Refuse>,
    now: i64,
) -> Went {
    let mut went = Went::default();
    let holder = Holder::Person(slot);
    let by_order = || Refusal::new(400_499, "The license could not be applied.");
    let no_add = matches!(refuse, Some(Refuse::Add | Refuse::All));
    let no_remove = matches!(refuse, Some(Refuse::Remove | Refuse::All));
    let calls = |world: &World| {
        let person = world.people.get(slot);
        person.is_some_and(|it| it.licenses.iter().any(|it| world.product(*it).is_calling()))
    };
    let called = calls(world);
    // The old Calling licence goes last, so that there is never a moment without one.
    let mut lost_the_new = false;
    for (license, wanted) in &wish.add {
        let product = world.product(*license);
        let held = world.licenses.get(*license);
        let held = held.is_some_and(|license| license.people.contains(&slot));
        let mut possible = match (no_add, held) {
            (true, _) => Err(by_order()),
            (false, true) => Ok(()),
            (false, false) => available(world, rules, *license),
        };
        let own_location = world.location_of(holder).filter(|_| called);
        if let (Ok(()), Some(wanted)) = (&possible, wanted) {
            possible = match own_location {
                Some(own) if own != wanted.location => Err(Refusal::new(
                    400,
                    "The location of a Webex Calling user cannot be changed.",
                )),
                _ => world.can_have(rules, Some(holder), wanted),
            };
        }
        if let Err(why) = possible {
            lost_the_new |= product.is_calling() && !held;
            went.failed.push(why);
            continue;
        }
        grant(world, slot, *license);
        if let Some(wanted) = wanted {
            world.settle(holder, wanted, now);
        }
        if product.is_calling() && called && !held && !rules.move_keeps_settings {
            world.wipe_settings(slot);
        }
        went.done += 1;
    }
    for license in &wish.remove {
        let product = world.product(*license);
        let spared = lost_the_new
            && product.is_calling()
            && !rules.failed_move_loses_calling
            && refuse != Some(Refuse::Add);
        let held = world.licenses.get(*license);
        let held = held.is_some_and(|license| license.people.contains(&slot));
        if held && (no_remove || spared) {
            went.failed.push(by_order());
            continue;
        }
        revoke(world, slot, *license);
        went.done += 1;
    }
    if called && !calls(world) {
        world.wipe_calling(rules, slot, now);
    }
    if let Some(person) = world.people.get_mut(slot) {
        person.modified = now;
    }
    went
}

/// Gives a licence; host beats attendee.
pub fn grant(world: &mut World, slot: Slot, license: Slot) {
    let Some(row) = world.licenses.get_mut(license) else {
        return;
    };
    let site = row
        .site
        .clone()
        .filter(|_| row.product == Product::Meetings);
    row.people.insert(slot);
    if let Some(person) = world.people.get_mut(slot) {
        if !person.licenses.contains(&license) {
            person.licenses.push(license);
        }
        if let Some(site) = site {
            person.attendee.remove(&site);
        }
    }
}

/// Takes a licence, and nothing else.
pub fn revoke(world: &mut World, slot: Slot, license: Slot) {
    if let Some(row) = world.licenses.get_mut(license) {
        row.people.remove(&slot);
    }
    if let Some(person) = world.people.get_mut(slot) {
        person.licenses.retain(|it| *it != license);
    }
}

/// Gives what everybody has.
pub fn grant_implicit(world: &mut World, slot: Slot) {
    let implicit = world.licenses.iter();
    let implicit: Vec<Slot> = implicit
        .filter(|(_, license)| license.listed && license.product.is_implicit())
        .map(|(license, _)| license)
        .collect();
    for license in implicit {
        if let Some(row) = world.licenses.get_mut(license)
            && row.total < row.consumed() + 1
        {
            // The total of a free licence is the number of people.
            row.total = row.consumed() + 1;
        }
        grant(world, slot, license);
    }
}
