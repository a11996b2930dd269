//! Control Hub's automatic licence assignments (webex-api.md 3): nothing in the API shows them unless a switch says so,
//! and they fight us.
//!
//! A template is carried out when a person is made without licences (the organisation's), when a group's members change
//! (the group's), and when an administrator in Control Hub has all of them carried out.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::assignment;
use super::audit;
use super::call::{Answer, Call, Done, texts};
use super::calling::Wanted;
use super::errors;
use super::ids;
use super::org;
use super::products::Product;
use super::route::{Route, route};
use super::state::template::Template;
use super::switches::Switches;
use super::table::Slot;
use super::world::{License, Number, Owner, World};

const READ: &[&str] = &["spark-admin:licenses_read"];
const WRITE: &[&str] = &["spark-admin:licenses_write"];

/// The calls that a blueprint names and no document does; they answer only by switch.
pub const ROUTES: &[Route] = &[
    route(
        "GET",
        "/organization/licenseTemplates",
        READ,
        "templates",
        list,
    ),
    route(
        "POST",
        "/organization/licenseTemplates",
        WRITE,
        "templates",
        create,
    ),
    route(
        "PUT",
        "/organization/licenseTemplates/{}",
        WRITE,
        "templates",
        change,
    ),
    route(
        "DELETE",
        "/organization/licenseTemplates/{}",
        WRITE,
        "templates",
        delete,
    ),
    route("GET", "/organization/groups", READ, "templates", groups),
];

/// Who was given licences by templates, for what is taken when they leave a group.
type Given = BTreeSet<Slot>;

impl Template {
    /// Whether a person gets what it grants.
    fn is_for(&self, world: &World, person: Slot) -> bool {
        if self.groups.is_empty() {
            return true;
        }
        let groups = world.people.get(person).map(|it| it.groups.clone());
        let groups = groups.unwrap_or_default();
        let mut groups = groups.iter().filter_map(|it| world.groups.get(*it));
        groups.any(|group| {
            let same = |wanted: &String| {
                *wanted == group.name || ids::decoded(wanted) == ids::decoded(&group.id)
            };
            self.groups.iter().any(same)
        })
    }
}

/// People of a group came and went: templates look at them after their delay.
pub fn members_changed(call: &mut Call<'_>, members: &[(Slot, bool)]) {
    if call.world.templates.is_empty() {
        return;
    }
    let due = call.now + i64::from(call.rules.template_delay) * 1000;
    let people = members.iter().map(|(person, _)| (due, *person));
    call.world.waiting_for_templates.extend(people);
}

/// Whether templates have something to do.
pub fn due(world: &World, now: i64) -> bool {
    world.waiting_for_templates.iter().any(|(at, _)| *at <= now)
}

/// Carries out templates for those whose time has come. Whether there were any.
pub fn tick(world: &mut World, rules: &Switches, now: i64) -> bool {
    let (due, later) = std::mem::take(&mut world.waiting_for_templates)
        .into_iter()
        .partition(|(at, _)| *at <= now);
    world.waiting_for_templates = later;
    let people: BTreeSet<Slot> = Vec::into_iter(due).map(|(_, person)| person).collect();
    let mut changed = false;
    for person in people {
        changed |= carry_out(world, rules, person, now);
    }
    changed
}

/// Everyone is checked, as after a change of a template in Control Hub.
pub fn carry_out_all(world: &mut World, rules: &Switches, now: i64) -> bool {
    let everybody: Vec<Slot> = world.people.iter().map(|(slot, _)| slot).collect();
    let mut changed = false;
    for person in everybody {
        changed |= carry_out(world, rules, person, now);
    }
    changed
}

/// The union of the templates that are for a person is given; what they no longer grant is taken where licences are not
/// preserved. Whether anything changed.
fn carry_out(world: &mut World, rules: &Switches, person: Slot, now: i64) -> bool {
    let Some(before) = world.people.get(person).map(|it| it.licenses.clone()) else {
        return false;
    };
    let templates: Vec<Template> = world.templates.clone();
    let mine: Vec<&Template> = templates
        .iter()
        .filter(|it| it.is_for(world, person))
        .collect();
    let mut granted = Given::new();
    for template in &mine {
        for wanted in &template.licenses {
            granted.extend(give(world, rules, person, wanted, now));
        }
        for site in &template.attendee_sites {
            attend(world, person, site);
        }
    }
    if !rules.preserve_licenses && !templates.is_empty() {
        let taken: Vec<Slot> = before
            .iter()
            .copied()
            .filter(|it| !granted.contains(it) && !world.product(*it).is_implicit())
            .collect();
        for license in taken {
            assignment::revoke(world, person, license);
            if world.product(license).is_calling() {
                world.wipe_calling(rules, person, now);
            }
        }
    }
    let after = world.people.get(person).map(|it| it.licenses.clone());
    let changed = after.as_ref() != Some(&before);
    if let Some(person) = world.people.get_mut(person).filter(|_| changed) {
        person.modified = now;
    }
    if changed && rules.template_trail {
        audit::enter_template(world, person, now);
    }
    changed
}

/// Gives one product; the licence that the person has in the end, if any.
fn give(world: &mut World, rules: &Switches, person: Slot, wanted: &str, now: i64) -> Option<Slot> {
    let named = |license: &License| {
        license.listed
            && (license.name == wanted || ids::decoded(&license.id) == ids::decoded(wanted))
    };
    let (_, example) = world.licenses.iter().find(|(_, license)| named(license))?;
    let (name, site) = (example.name.clone(), example.site.clone());
    let same = |license: &License| license.listed && license.name == name && license.site == site;
    let held = world.people.get(person)?.licenses.clone();
    let has = |test: &dyn Fn(Product) -> bool| held.iter().any(|it| test(world.product(*it)));
    if let Some(held) = held
        .iter()
        .find(|it| world.licenses.get(**it).is_some_and(same))
    {
        return Some(*held);
    }
    let product = example.product;
    if product == Product::StandardAgent && has(&|it| it == Product::PremiumAgent) {
        return None;
    }
    let calling = match product.is_calling() {
        true if has(&Product::is_calling) => return None,
        true => Some(by_work_phone(world, person)?),
        false => None,
    };
    let chosen = oldest(world, rules, same)?;
    assignment::grant(world, person, chosen);
    if let Some(wanted) = calling {
        world.settle(Owner::Person(person), &wanted, now);
    }
    Some(chosen)
}

/// The oldest licence that has a unit and whose subscription is active.
fn oldest(world: &World, rules: &Switches, fits: impl Fn(&License) -> bool) -> Option<Slot> {
    let age = |license: &License| {
        let mut all = world.subscriptions.iter();
        let found = all.find(|it| Some(&it.id) == license.subscription.as_ref());
        found
            .and_then(|it| it.created.clone())
            .unwrap_or("9999".to_owned())
    };
    let free = |license: &License| {
        license.product.is_implicit()
            || (!world.stopped(license) && (rules.overage || license.consumed() < license.total))
    };
    let all = world.licenses.iter();
    let fitting = all.filter(|(_, license)| fits(license) && free(license));
    fitting
        .min_by_key(|(_, license)| age(license))
        .map(|(slot, _)| slot)
}

/// What a person has as Calling user by a template: the number that equals the work phone, if it is free. Without one
/// Calling is not granted, and nothing says so.
fn by_work_phone(world: &World, person: Slot) -> Option<Wanted> {
    let phone = world.people.get(person)?.work_phone.clone()?;
    let number: &Number = world.numbers.get(&phone)?;
    let location = number.location.filter(|it| world.calls(*it))?;
    (number.owner.is_none() && number.active).then_some(Wanted {
        location,
        number: Some(phone),
        extension: None,
    })
}

/// An attendee account, unless the person is a host there.
fn attend(world: &mut World, person: Slot, site: &str) {
    let hosts = |slot: &Slot| {
        let license = world.licenses.get(*slot);
        license
            .is_some_and(|it| it.product == Product::Meetings && it.site.as_deref() == Some(site))
    };
    let licenses = world.people.get(person).map(|it| it.licenses.clone());
    let host = licenses.unwrap_or_default().iter().any(hosts);
    let known = world.sites.iter().any(|it| it.url == site && it.attendees);
    if let Some(person) = world.people.get_mut(person)
        && !host
        && known
    {
        person.attendee.insert(site.to_owned());
    }
}

fn open(call: &Call<'_>) -> Result<(), Answer> {
    org::own(call)?;
    match call.rules.template_endpoint {
        true => Ok(()),
        false => Err(errors::not_found("resource")),
    }
}

fn show(world: &World, template: &Template) -> Value {
    let licenses = world.licenses.iter().filter(|(_, license)| {
        template
            .licenses
            .iter()
            .any(|it| *it == license.name || *it == license.id)
    });
    let licenses: Vec<&str> = licenses.map(|(_, license)| license.id.as_str()).collect();
    let groups = world.groups.iter().filter(|(_, group)| {
        template
            .groups
            .iter()
            .any(|it| *it == group.name || *it == group.id)
    });
    let groups: Vec<&str> = groups.map(|(_, group)| group.id.as_str()).collect();
    json!({
        "id": template.id,
        "templateName": template.name,
        "licenses": licenses,
        "templateType": if template.groups.is_empty() { "ORG" } else { "GROUP" },
        "groups": groups,
    })
}

fn list(call: &mut Call<'_>) -> Done {
    open(call)?;
    let templates = call.world.templates.iter();
    let items: Vec<Value> = templates.map(|it| show(call.world, it)).collect();
    Answer::ok(json!({"items": items}))
}

fn said(call: &Call<'_>) -> Result<Template, Answer> {
    let name = call.text("templateName");
    let name = name.ok_or_else(|| errors::bad("templateName is required."))?;
    let owned = |name: &str| {
        texts(&call.body()[name])
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    Ok(Template {
        name: name.to_owned(),
        groups: owned("groups"),
        licenses: owned("licenses"),
        attendee_sites: Vec::new(),
        id: String::new(),
    })
}

fn create(call: &mut Call<'_>) -> Done {
    open(call)?;
    let mut template = said(call)?;
    template.id = call.world.new_uuid(&template.name);
    let shown = show(call.world, &template);
    call.world.templates.push(template);
    Answer::ok(shown)
}

fn position(call: &Call<'_>) -> Result<usize, Answer> {
    let mut all = call.world.templates.iter();
    let found = all.position(|it| it.id == call.param(0));
    found.ok_or_else(|| errors::not_found("license template"))
}

fn change(call: &mut Call<'_>) -> Done {
    open(call)?;
    let at = position(call)?;
    let mut template = said(call)?;
    template.id = call.param(0).to_owned();
    let shown = show(call.world, &template);
    if let Some(place) = call.world.templates.get_mut(at) {
        *place = template;
    }
    let (rules, now) = (call.rules, call.now);
    carry_out_all(call.world, rules, now);
    Answer::ok(shown)
}

fn delete(call: &mut Call<'_>) -> Done {
    open(call)?;
    let at = position(call)?;
    call.world.templates.remove(at);
    Answer::no_content()
}

fn groups(call: &mut Call<'_>) -> Done {
    open(call)?;
    let named = call.query("displayName");
    let groups = call.world.groups.iter();
    let items: Vec<Value> = groups
        .filter(|(_, group)| named.is_none_or(|name| group.name == name))
        .map(|(_, group)| json!({"id": group.id, "displayName": group.name}))
        .collect();
    Answer::ok(json!({"items": items}))
}
