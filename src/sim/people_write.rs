//! POST, PUT and DELETE of people (webex-api.md 4.1): several services behind one call, so that a refusal may come after
//! half of the work.

use std::collections::BTreeSet;

use serde_json::json;

use super::assignment::{self, LicenseEdit};
use super::call::{Answer, Call, Done, items, text, texts};
use super::calling::Wanted;
use super::e164::e164;
use super::errors;
use super::ids;
use super::org;
use super::people;
use super::products::Product;
use super::route::{Route, route};
use super::rows::PERSON_ATTRIBUTES;
use super::table::Slot;
use super::world::{Owner, Person, Source, World};

const WRITE: &[&str] = &["spark-admin:people_write"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("POST", "/people", WRITE, "people", create),
    route("PUT", "/people/{}", WRITE, "people", replace),
    route("DELETE", "/people/{}", WRITE, "people", delete),
];

/// What a body says of a person.
struct Said {
    email: Option<String>,
    display_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    roles: Vec<String>,
    licenses: Vec<Slot>,
    attendee: BTreeSet<String>,
    number: Option<String>,
    extension: Option<String>,
    location: Option<Slot>,
    login_enabled: Option<bool>,
    attributes: Source,
}

fn said(call: &Call<'_>) -> Result<Said, Answer> {
    let body = call.body();
    let world = &*call.world;
    let owned = |name: &str| text(&body[name]).map(str::to_owned);
    let mut licenses = Vec::new();
    for id in texts(&body["licenses"]) {
        let found = world.licenses.find(id);
        licenses.push(found.ok_or_else(|| {
            errors::coded(
                400,
                "Invalid license",
                400_000,
                "The license id is not recognized.",
            )
        })?);
    }
    let mut roles = Vec::new();
    for id in texts(&body["roles"]) {
        let mut known = world.roles.iter();
        let found = known.find(|(_, known)| ids::decoded(known) == ids::decoded(id));
        let (name, _) = found.ok_or_else(|| errors::bad("A role is not known."))?;
        roles.push(name.clone());
    }
    let location = text(&body["locationId"]).map(|id| {
        let unknown = || errors::coded(400, "Location not found.", 4152, "Location not found.");
        world.locations.find(id).ok_or_else(unknown)
    });
    let attendee = texts(&body["siteUrls"]);
    let attendee = attendee
        .iter()
        .filter_map(|it| it.strip_suffix("#attendee"));
    let work = items(&body["phoneNumbers"]).iter();
    let work = work
        .filter(|it| it["type"] == "work")
        .find_map(|it| text(&it["value"]));
    let attributes = PERSON_ATTRIBUTES.iter().filter_map(|name| {
        let value = body.get(*name).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    });
    Ok(Said {
        email: texts(&body["emails"]).first().map(|it| (*it).to_owned()),
        display_name: owned("displayName"),
        first_name: owned("firstName"),
        last_name: owned("lastName"),
        roles,
        licenses,
        attendee: attendee.map(str::to_owned).collect(),
        number: work.map(e164),
        extension: owned("extension"),
        location: location.transpose()?,
        login_enabled: body["loginEnabled"].as_bool(),
        attributes: attributes.collect(),
    })
}

fn create(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let said = said(call)?;
    let email = new_email(call, &said)?;
    let names = [&said.display_name, &said.first_name, &said.last_name];
    let Some(name) = names.into_iter().flatten().next().cloned() else {
        return Err(errors::bad(
            "displayName, firstName or lastName is required.",
        ));
    };
    let edit = LicenseEdit {
        add: with_wanted(call.world, &said, &said.licenses),
        remove: Vec::new(),
    };
    let calling = said.licenses.iter();
    let incomplete = calling
        .copied()
        .any(|it| call.world.product(it).is_calling())
        && edit.add.iter().all(|(_, wanted)| wanted.is_none());
    let refused = incomplete.then(|| {
        errors::bad("A Webex Calling license needs phoneNumbers or extension, and locationId.")
    });
    if let (Some(refused), false) = (&refused, call.rules.people_partial) {
        return Err(refused.clone());
    }
    let uuid = call.world.new_uuid(&email);
    let slot = call.world.settle_person(Person {
        display_name: said.display_name.clone().unwrap_or(name),
        first_name: said.first_name,
        last_name: said.last_name,
        login_enabled: said.login_enabled.unwrap_or(true),
        attendee: said.attendee,
        roles: said.roles,
        attributes: said.attributes,
        ..people::newcomer(&uuid, &email, call.now)
    });
    call.applied = Some(true);
    about(call, slot);
    assignment::grant_implicit(call.world, slot);
    if let Some(refused) = refused {
        return Err(refused);
    }
    if said.licenses.is_empty() {
        let due = call.now + i64::from(call.rules.template_delay) * 1000;
        call.world.waiting_for_templates.push((due, slot));
    }
    give(call, slot, &edit)?;
    if call.flag("minResponse") {
        let person = call.world.people.get(slot);
        return Answer::ok(json!({"id": person.map(|person| person.id.as_str())}));
    }
    Answer::ok(people::show(call, slot, call.flag("callingData")))
}

/// The address of a new person, which no one may have yet.
fn new_email(call: &Call<'_>, said: &Said) -> Result<String, Answer> {
    let email = said.email.clone().filter(|it| it.contains('@'));
    let email = email.ok_or_else(|| errors::bad("emails: one valid address is required."))?;
    match call.world.person_by_email(&email) {
        Some(_) => Err(errors::generic(
            409,
            "A user with this email address exists already.",
        )),
        None => Ok(email),
    }
}

/// Licences to give, Calling with what the body says the person is to have.
fn with_wanted(world: &World, said: &Said, licenses: &[Slot]) -> Vec<(Slot, Option<Wanted>)> {
    let complete = said.number.is_some() || said.extension.is_some();
    let wanted = said.location.filter(|_| complete).map(|location| Wanted {
        location,
        number: said.number.clone(),
        extension: said.extension.clone(),
    });
    let mut give: Vec<(Slot, Option<Wanted>)> = Vec::new();
    for license in licenses {
        let product = world.product(*license);
        let calls = product.is_calling() || product == Product::Essentials;
        give.push((*license, wanted.clone().filter(|_| calls)));
    }
    give
}

/// Carries out what can be; what is not available is silently omitted, what is impossible is refused.
fn give(call: &mut Call<'_>, slot: Slot, edit: &LicenseEdit) -> Result<(), Answer> {
    assignment::check(call.world, slot, edit)?;
    let (rules, now) = (call.rules, call.now);
    assignment::carry_out(call.world, rules, slot, edit, call.refuse, now);
    Ok(())
}

fn about(call: &mut Call<'_>, slot: Slot) {
    if let Some(person) = call.world.people.get(slot) {
        let (id, name) = (person.id.clone(), person.display_name.clone());
        call.about("PERSON", &id, &name);
    }
}

fn replace(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = people::find(call, call.param(0))?;
    let said = said(call)?;
    let Some(before) = call.world.people.get(slot).cloned() else {
        return Err(errors::not_found("person"));
    };
    let Some(display_name) = said.display_name.clone() else {
        return Err(errors::bad("displayName is required."));
    };
    let email = said.email.clone().unwrap_or_else(|| before.email.clone());
    let other = call.world.person_by_email(&email);
    if other.is_some_and(|other| other != slot) {
        return Err(errors::generic(
            409,
            "A user with this email address exists already.",
        ));
    }
    let refused = calling_refused(call, slot, &before, &said);
    if let (Some(refused), false) = (&refused, call.rules.people_partial) {
        return Err(refused.clone());
    }
    let body = call.body();
    let manages = ["manager", "managerId"]
        .into_iter()
        .find(|it| body.get(it).is_some());
    if let (Some(name), true) = (manages, call.rules.manager_refused) {
        return Err(errors::bad(&format!("'{name}' cannot be set.")));
    }
    about(call, slot);
    call.world.by_email.remove(&before.email.to_lowercase());
    call.world.by_email.insert(email.to_lowercase(), slot);
    let (all_types, now) = (call.flag("showAllTypes"), call.now);
    if let Some(person) = call.world.people.get_mut(slot) {
        person.email = email;
        person.display_name = display_name;
        person.first_name.clone_from(&said.first_name);
        person.last_name.clone_from(&said.last_name);
        person.roles.clone_from(&said.roles);
        person.attributes.clone_from(&said.attributes);
        person.login_enabled = said.login_enabled.unwrap_or(person.login_enabled);
        person.modified = now;
        if all_types {
            person.attendee.clone_from(&said.attendee);
        }
    }
    call.applied = Some(true);
    if let Some(refused) = refused {
        return Err(refused);
    }
    let edit = difference(call.world, &before, &said);
    assignment::check(call.world, slot, &edit)?;
    give(call, slot, &edit)?;
    if call.flag("callingData") {
        renumber(call, slot, &said)?;
    }
    match call.flag("minResponse") {
        true => Answer::no_content(),
        false => Answer::ok(people::show(call, slot, call.flag("callingData"))),
    }
}

/// What makes a person's licences those of the body. Screen share stays whatever the body says.
fn difference(world: &World, before: &Person, said: &Said) -> LicenseEdit {
    let new: Vec<Slot> = (said.licenses.iter().copied())
        .filter(|it| !before.licenses.contains(it))
        .collect();
    let gone = before
        .licenses
        .iter()
        .copied()
        .filter(|it| !said.licenses.contains(it) && world.product(*it) != Product::ScreenShare);
    let mut said_with_place = with_wanted(world, said, &new);
    for (license, wanted) in &mut said_with_place {
        // Who calls already keeps the place, number and extension that they have unless the body has others.
        let calls = world.product(*license).is_calling();
        if let (None, true, Some(location)) = (&wanted, calls, before.location) {
            *wanted = Some(Wanted {
                location,
                number: said.number.clone().or(before.number.clone()),
                extension: said.extension.clone().or(before.extension.clone()),
            });
        }
    }
    LicenseEdit {
        add: said_with_place,
        remove: gone.collect(),
    }
}

/// Why the Calling part of a PUT cannot be.
fn calling_refused(call: &Call<'_>, slot: Slot, before: &Person, said: &Said) -> Option<Answer> {
    let world = &*call.world;
    let calls = |licenses: &[Slot]| licenses.iter().any(|it| world.product(*it).is_calling());
    let (did, will) = (calls(&before.licenses), calls(&said.licenses));
    if !will {
        let asked = call.flag("callingData") && did;
        return asked
            .then(|| errors::bad("With callingData the licenses must include Webex Calling."));
    }
    if said.number.is_none() && said.extension.is_none() && (call.flag("callingData") || !did) {
        return Some(errors::bad("phoneNumbers or extension is required."));
    }
    let moved = said.location.is_some() && said.location != before.location;
    if did && moved && !call.rules.ignore_location_on_put {
        return Some(errors::bad(
            "The location of a Webex Calling user cannot be changed.",
        ));
    }
    let location = match did {
        true => before.location,
        false => said.location,
    };
    let Some(location) = location else {
        return Some(errors::bad("locationId is required."));
    };
    if did && !call.flag("callingData") {
        return None;
    }
    let wanted = Wanted {
        location,
        number: said.number.clone(),
        extension: said.extension.clone(),
    };
    let possible = world.can_have(call.rules, Some(Owner::Person(slot)), &wanted);
    possible.err().map(|why| why.answer())
}

/// Number and extension as the body has them, one of which may be missing.
fn renumber(call: &mut Call<'_>, slot: Slot, said: &Said) -> Result<(), Answer> {
    let person = call.world.people.get(slot);
    let Some(location) = person.and_then(|person| person.location) else {
        return Ok(());
    };
    let wanted = Wanted {
        location,
        number: said.number.clone(),
        extension: said.extension.clone(),
    };
    let holder = Owner::Person(slot);
    let possible = call.world.can_have(call.rules, Some(holder), &wanted);
    possible.map_err(|why| why.answer())?;
    call.world.settle(holder, &wanted, call.now);
    Ok(())
}

fn delete(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = people::find(call, call.param(0))?;
    about(call, slot);
    let (rules, now) = (call.rules, call.now);
    remove(call.world, rules, slot, now);
    Answer::no_content()
}

/// A person goes, with all that was theirs; nothing brings them back under the same id.
pub fn remove(world: &mut World, rules: &super::switches::Switches, slot: Slot, now: i64) {
    world.wipe_calling(rules, slot, now);
    for device in world.devices_of(Owner::Person(slot)) {
        world.devices.remove(device);
    }
    let Some(person) = world.people.remove(slot) else {
        return;
    };
    world.by_email.remove(&person.email.to_lowercase());
    for license in person.licenses {
        if let Some(license) = world.licenses.get_mut(license) {
            license.people.remove(&slot);
            if license.product.is_implicit() {
                license.total -= 1;
            }
        }
    }
    for group in person.groups {
        if let Some(group) = world.groups.get_mut(group) {
            group.people.remove(&slot);
            group.modified = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_a_body_lacks_is_taken_away() {
        let file = json!({"formatVersion": 1, "licenses": [
            {"id": "L-MSG", "name": "Advanced Messaging", "totalUnits": 5},
            {"id": "L-FSS", "name": "Free screen share"}],
            "users": [{"email": "a@x", "licenses": ["L-MSG", "L-FSS"]}]});
        let world = super::super::load::world(file);
        let before: &Person = world.people.get(0).unwrap();
        let said = Said {
            email: None,
            display_name: None,
            first_name: None,
            last_name: None,
            roles: Vec::new(),
            licenses: Vec::new(),
            attendee: BTreeSet::new(),
            number: None,
            extension: None,
            location: None,
            login_enabled: None,
            attributes: Source::new(),
        };
        let edit = difference(&world, before, &said);
        let kept: Value = json!(edit.remove);
        assert_eq!(kept, json!([0]), "screen share stays");
    }
}
