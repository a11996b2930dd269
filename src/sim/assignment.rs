//! Licences of a person: which sets can be (webex-api.md 2.3, 2.4), and what giving and taking does (2.5, 2.6).

use super::call::Answer;
use super::calling::{Refusal, Wanted};
use super::errors;
use super::products::Product;
use super::refuse::Refuse;
use super::switches::Switches;
use super::table::Slot;
use super::world::{Owner, World};

/// What is to become of a person's licences.
#[derive(Debug, Clone, Default)]
pub struct LicenseEdit {
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

/// The licences of a person before and after an edit.
struct Sets<'a> {
    world: &'a World,
    edit: &'a LicenseEdit,
    before: Vec<Slot>,
    /// What is added and was not held.
    new: Vec<Slot>,
    /// What is held in the end.
    last: Vec<Slot>,
}

impl<'a> Sets<'a> {
    fn new(world: &'a World, person: Slot, edit: &'a LicenseEdit) -> Sets<'a> {
        let before = world.people.get(person);
        let before = before.map(|person| person.licenses.clone());
        let before = before.unwrap_or_default();
        let new: Vec<Slot> = (edit.add.iter().map(|(slot, _)| *slot))
            .filter(|slot| !before.contains(slot))
            .collect();
        let stays = |slot: &Slot| !edit.remove.contains(slot);
        let mut last: Vec<Slot> = before.iter().copied().filter(stays).collect();
        last.extend(&new);
        Sets {
            world,
            edit,
            before,
            new,
            last,
        }
    }

    fn id(&self, slot: Slot) -> &'a str {
        let license = self.world.licenses.get(slot);
        license.map_or("", |it| it.id.as_str())
    }

    fn any(&self, slots: &[Slot], product: Product) -> bool {
        slots.iter().any(|it| self.world.product(*it) == product)
    }

    fn had(&self, product: Product) -> bool {
        self.any(&self.before, product)
    }

    fn has(&self, product: Product) -> bool {
        self.any(&self.last, product)
    }

    fn adds(&self, product: Product) -> bool {
        self.any(&self.new, product)
    }

    fn removes(&self, product: Product) -> bool {
        let mut taken = (self.before.iter()).filter(|slot| self.edit.remove.contains(slot));
        taken.any(|slot| self.world.product(*slot) == product)
    }

    /// Whether the organisation lists a licence of a product.
    fn listed(&self, product: Product) -> bool {
        let mut all = self.world.licenses.iter();
        all.any(|(_, license)| license.listed && license.product == product)
    }
}

/// Whether the licences that a person would have in the end can be.
pub fn check(world: &World, person: Slot, edit: &LicenseEdit) -> Result<(), Answer> {
    let sets = Sets::new(world, person, edit);
    assignable(&sets)?;
    let added: Vec<&str> = sets.new.iter().map(|slot| sets.id(*slot)).collect();
    let calling = calling_conflicts(&sets);
    let conflicts = calling.into_iter().chain(free_conflicts(&sets));
    if let Some((_, code, description)) = conflicts.into_iter().find(|(broken, ..)| *broken) {
        return Err(conflict(code, description, &added));
    }
    let exclusive = |one: Slot, other: Slot| one != other && excludes(world, one, other);
    let mut new = sets.new.iter();
    if new.any(|one| sets.last.iter().any(|other| exclusive(*one, *other))) {
        return Err(conflict(
            400_413,
            "The user can be assigned only one of licenses with the offer code from the list",
            &added,
        ));
    }
    let bare = edit.add.iter().find(|(slot, wanted)| {
        let product = world.product(*slot);
        wanted.is_none()
            && sets.new.contains(slot)
            && (product.is_calling() || product == Product::Essentials)
    });
    match bare {
        Some((slot, _)) => Err(conflict(
            400_411,
            "Each Webex Calling license should contain its own calling properties. The following license(s) do not have properties",
            &[sets.id(*slot)],
        )),
        None => Ok(()),
    }
}

/// Whether each licence of an edit is one that can be given or taken at all.
fn assignable(sets: &Sets<'_>) -> Result<(), Answer> {
    let product = |slot: Slot| sets.world.product(slot);
    let edit = sets.edit;
    let mut named = edit.add.iter().map(|(slot, _)| slot).chain(&edit.remove);
    if let Some(slot) = named.find(|slot| product(**slot) == Product::Messenger) {
        return Err(conflict(
            400_118,
            "User management of Messenger license is not supported",
            &[sets.id(*slot)],
        ));
    }
    if sets.removes(Product::ScreenShare) {
        return Err(conflict(
            700_006,
            "Screen Share is implicitly assigned and cannot be removed",
            &[],
        ));
    }
    let mut new = sets.new.iter();
    match new.find(|slot| !product(**slot).is_for_people()) {
        Some(slot) => Err(conflict(
            400_000,
            "The license cannot be assigned to a user",
            &[sets.id(*slot)],
        )),
        None => Ok(()),
    }
}

/// Whether a rule is broken, its code, and what Webex says of it.
type Conflict = (bool, u32, &'static str);

/// The Calling licences that exclude or need each other.
fn calling_conflicts(sets: &Sets<'_>) -> [Conflict; 6] {
    use Product::{Attendant, Essentials, Professional, Standard};
    let (had, has) = (|it| sets.had(it), |it| sets.has(it));
    let (adds, removes) = (|it| sets.adds(it), |it| sets.removes(it));
    [
        (
            adds(Standard) && had(Essentials),
            400_410,
            "Changing a user's license from CX Essential to Webex Calling Standard is not allowed",
        ),
        (
            adds(Standard) && removes(Professional),
            400_112,
            "Changing a user's Webex Calling license from Professional to Standard is not allowed",
        ),
        (
            (adds(Standard) || adds(Professional)) && has(Standard) && has(Professional),
            400_404,
            "User cannot have both Webex Calling Professional and Standard License together",
        ),
        (
            (adds(Standard) || adds(Attendant)) && has(Standard) && has(Attendant),
            400_406,
            "User cannot have both Webex Calling Standard and Webex Attendant Console licenses together",
        ),
        (
            (adds(Standard) || adds(Essentials)) && has(Standard) && has(Essentials),
            400_407,
            "User cannot have both Webex Calling Standard and CX Essential licenses together",
        ),
        (
            (adds(Attendant) || removes(Professional)) && has(Attendant) && !has(Professional),
            400_408,
            "User needs Webex Calling Professional license to be assigned before assigning Webex Attendant Console",
        ),
    ]
}

/// The paid licences that also need a free one, where the organisation lists it.
fn free_conflicts(sets: &Sets<'_>) -> [Conflict; 3] {
    use Product::{FreeMeetings, FreeMessaging, Messaging, SpaceMeetings};
    let (has, removes) = (|it| sets.has(it), |it| sets.removes(it));
    let starts = |it| sets.adds(it) && !sets.had(it);
    let lacks = |it| !sets.has(it) && sets.listed(it);
    [
        (
            (starts(Messaging) || removes(FreeMessaging)) && has(Messaging) && lacks(FreeMessaging),
            700_003,
            "Free teams messaging mandatory for paid teams messaging license",
        ),
        (
            (starts(SpaceMeetings) || removes(FreeMeetings))
                && has(SpaceMeetings)
                && lacks(FreeMeetings),
            700_004,
            "Free teams meeting mandatory for paid teams meeting license",
        ),
        (
            starts(SpaceMeetings) && lacks(FreeMessaging),
            700_005,
            "Free teams messaging mandatory for teams meeting license",
        ),
    ]
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
    edit: &LicenseEdit,
    refuse: Option<Refuse>,
    now: i64,
) -> Went {
    let mut went = Went::default();
    let mut assignment = Assignment {
        rules,
        slot,
        refuse,
        now,
        called: calls(world, slot),
        lost_the_new: false,
    };
    // The old Calling licence goes last, so that there is never a moment without one.
    for (license, wanted) in &edit.add {
        went.count(assignment.give(world, *license, wanted.as_ref()));
    }
    for license in &edit.remove {
        went.count(assignment.take(world, *license));
    }
    if assignment.called && !calls(world, slot) {
        world.wipe_calling(rules, slot, now);
    }
    if let Some(person) = world.people.get_mut(slot) {
        person.modified = now;
    }
    went
}

impl Went {
    fn count(&mut self, operation: Result<(), Refusal>) {
        match operation {
            Ok(()) => self.done += 1,
            Err(why) => self.failed.push(why),
        }
    }
}

/// Whether a person has Calling.
fn calls(world: &World, slot: Slot) -> bool {
    let person = world.people.get(slot);
    person.is_some_and(|it| it.licenses.iter().any(|it| world.product(*it).is_calling()))
}

/// Whether a person has a licence.
fn holds(world: &World, slot: Slot, license: Slot) -> bool {
    let license = world.licenses.get(license);
    license.is_some_and(|license| license.people.contains(&slot))
}

fn by_order() -> Refusal {
    Refusal::new(400_499, "The license could not be applied.")
}

/// One person's licences, while they are given and taken.
struct Assignment<'a> {
    rules: &'a Switches,
    slot: Slot,
    refuse: Option<Refuse>,
    now: i64,
    /// Whether the person had Calling before.
    called: bool,
    /// Whether new Calling was refused.
    lost_the_new: bool,
}

impl Assignment<'_> {
    fn give(
        &mut self,
        world: &mut World,
        license: Slot,
        wanted: Option<&Wanted>,
    ) -> Result<(), Refusal> {
        let fresh_calling =
            world.product(license).is_calling() && !holds(world, self.slot, license);
        if let Err(why) = self.possible(world, license, wanted) {
            self.lost_the_new |= fresh_calling;
            return Err(why);
        }
        grant(world, self.slot, license);
        if let Some(wanted) = wanted {
            world.settle(Owner::Person(self.slot), wanted, self.now);
        }
        if fresh_calling && self.called && !self.rules.move_keeps_settings {
            world.wipe_settings(self.slot);
        }
        Ok(())
    }

    /// Whether a licence can be given now, with what the person is to have.
    fn possible(
        &self,
        world: &World,
        license: Slot,
        wanted: Option<&Wanted>,
    ) -> Result<(), Refusal> {
        if matches!(self.refuse, Some(Refuse::Add | Refuse::All)) {
            return Err(by_order());
        }
        if !holds(world, self.slot, license) {
            available(world, self.rules, license)?;
        }
        let Some(wanted) = wanted else {
            return Ok(());
        };
        let holder = Owner::Person(self.slot);
        match world.location_of(holder).filter(|_| self.called) {
            Some(own) if own != wanted.location => Err(Refusal::new(
                400,
                "The location of a Webex Calling user cannot be changed.",
            )),
            _ => world.can_have(self.rules, Some(holder), wanted),
        }
    }

    fn take(&self, world: &mut World, license: Slot) -> Result<(), Refusal> {
        let refused = matches!(self.refuse, Some(Refuse::Remove | Refuse::All));
        let spared = self.lost_the_new
            && world.product(license).is_calling()
            && !self.rules.failed_move_loses_calling
            && self.refuse != Some(Refuse::Add);
        if holds(world, self.slot, license) && (refused || spared) {
            return Err(by_order());
        }
        revoke(world, self.slot, license);
        Ok(())
    }
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

/// Gives what everyone has.
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
