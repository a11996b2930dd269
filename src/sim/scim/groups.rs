//! Groups of SCIM. Members are people; groups within groups are not kept here.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call, Done, items, text};
use super::super::switches::DirectoryGroups;
use super::super::table::Slot;
use super::super::world::{Group, Source};
use super::super::{errors, ids, paging, save};
use super::{
    GROUP, LIST, MEMBERS, WEBEX_GROUP, asked_filter, location, meta, own_org, patch as patching,
    refused, select,
};

/// Most members of one page.
const MOST: usize = 500;

fn show(call: &Call<'_>, slot: Slot, with_members: bool) -> Value {
    let world = &*call.world;
    let Some(group) = world.groups.get(slot) else {
        return Value::Null;
    };
    let empty = Source::new();
    let kept = world.scim_groups.get(&slot).unwrap_or(&empty);
    let id = ids::bare(&group.id);
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("schemas", json!([GROUP, WEBEX_GROUP]));
    put("id", json!(id));
    put("displayName", json!(group.name));
    if let Some(external) = kept.get("externalId") {
        put("externalId", external.clone());
    }
    if with_members {
        let members: Vec<Value> = group
            .people
            .iter()
            .map(|slot| member(call, *slot))
            .collect();
        put("members", Value::Array(members));
    }
    let mut webex = Map::new();
    webex.insert(
        "usage".to_owned(),
        kept.get("usage").cloned().unwrap_or(json!("policy")),
    );
    for name in ["owners", "managedBy", "inheritances"] {
        if let Some(value) = kept.get(name) {
            webex.insert(name.to_owned(), value.clone());
        }
    }
    if group.directory {
        webex.insert("provisionSource".to_owned(), json!("AD"));
    }
    webex.insert("meta".to_owned(), json!({"organizationID": world.org.uuid}));
    put(WEBEX_GROUP, Value::Object(webex));
    put(
        "meta",
        meta(call, "Group", &id, group.created, group.modified),
    );
    Value::Object(shown)
}

fn member(call: &Call<'_>, slot: Slot) -> Value {
    let Some(person) = call.world.people.get(slot) else {
        return Value::Null;
    };
    let id = ids::bare(&person.id);
    json!({"value": id, "type": "user", "display": person.display_name, "$ref": location(call, "User", &id)})
}

fn find(call: &Call<'_>) -> Result<Slot, Answer> {
    own_org(call)?;
    let found = call.world.groups.find_any(call.param(1));
    found.ok_or_else(|| errors::scim(404, None, &format!("Group {} is not found.", call.param(1))))
}

/// GET of all that pass the filter. Members are shown when asked for.
pub fn list(call: &mut Call<'_>) -> Done {
    own_org(call)?;
    let filter = asked_filter(call)?;
    let with_members = call.flag("includeMembers");
    let slots: Vec<Slot> = call.world.groups.iter().map(|(slot, _)| slot).collect();
    let mut found: Vec<Slot> = match &filter {
        None => slots,
        Some(filter) => slots
            .into_iter()
            .filter(|slot| filter.holds(&show(call, *slot, false)))
            .collect(),
    };
    if call.query("sortBy") == Some("displayName") {
        found.sort_by_cached_key(|slot| {
            call.world.groups.get(*slot).map(|group| group.name.clone())
        });
    }
    if call.query("sortOrder") == Some("descending") {
        found.reverse();
    }
    let page = paging::scim(call, 100, 1000, found.into_iter());
    let resources: Vec<Value> = page
        .entries
        .iter()
        .map(|slot| {
            let mut shown = show(call, *slot, with_members);
            select(call, &mut shown);
            shown
        })
        .collect();
    Answer::ok(json!({
        "schemas": [LIST],
        "totalResults": page.total,
        "itemsPerPage": resources.len(),
        "startIndex": page.start,
        "Resources": resources,
    }))
}

/// GET of one.
pub fn read(call: &mut Call<'_>) -> Done {
    let slot = find(call)?;
    let mut shown = show(call, slot, true);
    select(call, &mut shown);
    Answer::ok(shown)
}

/// GET of a page of members.
pub fn members(call: &mut Call<'_>) -> Done {
    let slot = find(call)?;
    let Some(group) = call.world.groups.get(slot) else {
        return Err(errors::scim(404, None, "The group is not found."));
    };
    let users = call.query("memberType").is_none_or(|kind| kind == "user");
    let people: Vec<Slot> = group.people.iter().copied().filter(|_| users).collect();
    let page = paging::scim(call, MOST, MOST, people.into_iter());
    let shown: Vec<Value> = page
        .entries
        .iter()
        .map(|slot| {
            let mut member = member(call, *slot);
            if let Some(member) = member.as_object_mut() {
                member.remove("$ref");
            }
            member
        })
        .collect();
    Answer::ok(json!({
        "schemas": [MEMBERS],
        "displayName": group.name,
        "memberSize": page.total,
        "itemsPerPage": shown.len(),
        "startIndex": page.start,
        "members": shown,
    }))
}

/// POST of one.
pub fn create(call: &mut Call<'_>) -> Done {
    own_org(call)?;
    let body = call.body().clone();
    let slot = create_from(call, &body)?;
    Ok(Answer::json(201, show(call, slot, true)))
}

/// Adds the group that a resource describes.
pub fn create_from(call: &mut Call<'_>, body: &Value) -> Result<Slot, Answer> {
    let Some(name) = text(&body["displayName"]) else {
        return Err(errors::scim(
            400,
            Some("invalidValue"),
            "displayName is required.",
        ));
    };
    let taken = call
        .world
        .groups
        .iter()
        .any(|(_, group)| group.name == name);
    if taken && call.rules.unique_group_names {
        return Err(errors::scim(
            409,
            Some("uniqueness"),
            "displayName is in use.",
        ));
    }
    let people = people(call, body)?;
    let uuid = call.world.new_uuid(name);
    let id = ids::public("SCIM_GROUP", &format!("{uuid}:{}", call.world.org.uuid));
    let slot = call.world.groups.insert(Group {
        id,
        name: name.to_owned(),
        description: None,
        directory: false,
        people: BTreeSet::new(),
        strangers: BTreeSet::new(),
        created: call.now,
        modified: call.now,
        source: save::blank("groups"),
    });
    call.applied = Some(true);
    call.world.scim_groups.insert(slot, kept(body));
    set_members(call, slot, people);
    about(call, slot);
    Ok(slot)
}

/// PUT of one: what it does not name is gone.
pub fn replace(call: &mut Call<'_>) -> Done {
    let slot = find(call)?;
    let body = call.body().clone();
    take_in(call, slot, &body)?;
    Answer::ok(show(call, slot, true))
}

/// PATCH of one.
pub fn patch(call: &mut Call<'_>) -> Done {
    let slot = find(call)?;
    let body = call.body().clone();
    patch_with(call, slot, &body)?;
    Answer::ok(show(call, slot, true))
}

/// Carries out the operations of a PATCH.
pub fn patch_with(call: &mut Call<'_>, slot: Slot, body: &Value) -> Result<(), Answer> {
    let mut resource = show(call, slot, true);
    patching::apply(&mut resource, body).map_err(|refusal| refused(&refusal))?;
    take_in(call, slot, &resource)
}

/// DELETE of one.
pub fn delete(call: &mut Call<'_>) -> Done {
    let slot = find(call)?;
    remove(call, slot)?;
    Answer::no_content()
}

/// Takes a group away.
pub fn remove(call: &mut Call<'_>, slot: Slot) -> Result<(), Answer> {
    if !may_change(call, slot)? {
        return Ok(());
    }
    about(call, slot);
    set_members(call, slot, BTreeSet::new());
    call.world.groups.remove(slot);
    call.world.scim_groups.remove(&slot);
    Ok(())
}

/// Whether a change takes effect; a directory's group may refuse it, or pass it over.
fn may_change(call: &Call<'_>, slot: Slot) -> Result<bool, Answer> {
    let directory = call
        .world
        .groups
        .get(slot)
        .is_some_and(|group| group.directory);
    match (directory, call.rules.directory_groups) {
        (false, _) | (true, DirectoryGroups::Accept) => Ok(true),
        (true, DirectoryGroups::Ignore) => Ok(false),
        (true, DirectoryGroups::Refuse) => Err(errors::scim(
            403,
            None,
            "The group is managed by a directory.",
        )),
    }
}

fn take_in(call: &mut Call<'_>, slot: Slot, body: &Value) -> Result<(), Answer> {
    let Some(name) = text(&body["displayName"]).map(str::to_owned) else {
        return Err(errors::scim(
            400,
            Some("invalidValue"),
            "displayName is required.",
        ));
    };
    let people = people(call, body)?;
    if !may_change(call, slot)? {
        return Ok(());
    }
    if let Some(group) = call.world.groups.get_mut(slot) {
        group.name = name;
    }
    call.world.scim_groups.insert(slot, kept(body));
    set_members(call, slot, people);
    about(call, slot);
    Ok(())
}

fn kept(body: &Value) -> Source {
    let webex = &body[WEBEX_GROUP];
    let mut kept = Source::new();
    for (name, value) in [
        ("externalId", &body["externalId"]),
        ("usage", &webex["usage"]),
        ("owners", &webex["owners"]),
        ("managedBy", &webex["managedBy"]),
        ("inheritances", &webex["inheritances"]),
    ] {
        if !value.is_null() {
            kept.insert(name.to_owned(), value.clone());
        }
    }
    kept
}

/// The people among a resource's members.
fn people(call: &Call<'_>, body: &Value) -> Result<BTreeSet<Slot>, Answer> {
    let mut people = BTreeSet::new();
    for member in items(&body["members"]) {
        let id = text(&member["value"]).unwrap_or_default();
        if member["type"] == "group" {
            continue;
        }
        match call.world.people.find_any(id) {
            Some(slot) => people.insert(slot),
            None => {
                return Err(errors::scim(
                    400,
                    Some("invalidValue"),
                    &format!("The member is not found: {id}"),
                ));
            }
        };
    }
    Ok(people)
}

/// Makes the members of a group these; templates look at who came and who left.
fn set_members(call: &mut Call<'_>, slot: Slot, people: BTreeSet<Slot>) {
    let now = call.now;
    let before = match call.world.groups.get_mut(slot) {
        Some(group) => {
            group.modified = now;
            std::mem::replace(&mut group.people, people.clone())
        }
        None => return,
    };
    let due = now + i64::from(call.rules.template_delay) * 1000;
    for changed in before.symmetric_difference(&people) {
        if let Some(person) = call.world.people.get_mut(*changed) {
            match people.contains(changed) {
                true => person.groups.insert(slot),
                false => person.groups.remove(&slot),
            };
        }
        call.world.waiting_for_templates.push((due, *changed));
    }
}

fn about(call: &mut Call<'_>, slot: Slot) {
    if let Some(group) = call.world.groups.get(slot) {
        let (id, name) = (group.id.clone(), group.name.clone());
        call.about("GROUP", &id, &name);
    }
}
