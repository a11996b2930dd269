//! `/groups` (webex-api.md 4.6).

use serde_json::{Value, json};

use super::call::{Answer, Call, Done, items, text};
use super::clock::stamp;
use super::errors;
use super::ids;
use super::org;
use super::paging::{self, ScimPage};
use super::route::{Route, route};
use super::save;
use super::switches::{DirectoryGroups, Switches};
use super::table::Slot;
use super::templates;
use super::world::{Group, World};

const READ: &[&str] = &["identity:groups_read", "identity:groups_rw"];
const WRITE: &[&str] = &["identity:groups_rw"];
/// Most members in one page, and in one POST.
const MOST: usize = 500;

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("GET", "/groups", READ, "groups", list),
    route("POST", "/groups", WRITE, "groups", create),
    route("GET", "/groups/{}", READ, "groups", get),
    route("GET", "/groups/{}/members", READ, "groups", members),
    // so wxc_sdk writes it, and the service takes it
    route("GET", "/groups/{}/Members", READ, "groups", members),
    route("PATCH", "/groups/{}", WRITE, "groups", change),
    route("DELETE", "/groups/{}", WRITE, "groups", delete),
];

/// A group as the API shows one, without members.
fn show(world: &World, group: &Group) -> Value {
    let mut shown = json!({
        "id": group.id,
        "displayName": group.name,
        "orgId": world.org.id,
        "created": stamp(group.created),
        "lastModified": stamp(group.modified),
        "memberSize": group.people.len() + group.strangers.len(),
    });
    if let Some(description) = &group.description {
        shown["description"] = json!(description);
    }
    shown
}

/// A member of a group.
#[derive(Clone)]
enum Member<'w> {
    Person(Slot),
    Stranger(&'w str),
}

fn members_of(group: &Group) -> impl Iterator<Item = Member<'_>> {
    let people = group.people.iter().map(|slot| Member::Person(*slot));
    let strangers = group.strangers.iter().map(|email| Member::Stranger(email));
    people.chain(strangers)
}

fn show_member(world: &World, member: &Member<'_>) -> Value {
    match member {
        Member::Person(slot) => {
            let person = world.people.get(*slot);
            json!({
                "id": person.map(|it| it.id.as_str()),
                "type": "user",
                "displayName": person.map(|it| it.display_name.as_str()),
            })
        }
        Member::Stranger(email) => json!({
            "id": ids::public("PEOPLE", &ids::uuid(&format!("stranger {email}"))),
            "type": "user",
            "displayName": email,
        }),
    }
}

fn page_of_members(call: &Call<'_>, group: &Group, default: usize) -> ScimPage<Value> {
    let page = paging::scim(call, default, MOST, members_of(group));
    let shown = page.entries.iter();
    ScimPage {
        entries: shown
            .map(|member| show_member(call.world, member))
            .collect(),
        start: page.start,
        total: page.total,
    }
}

/// A group by id; 404 without.
pub fn find(call: &Call<'_>, id: &str) -> Result<Slot, Answer> {
    let found = call.world.groups.find(id);
    found.ok_or_else(|| errors::not_found("group"))
}

fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let filter = call.query("filter").map(read_filter).transpose()?;
    let with_members = call.flag("includeMembers");
    let world = &*call.world;
    let mut groups: Vec<&Group> = world.groups.iter().map(|(_, it)| it).collect();
    groups.retain(|group| match &filter {
        Some((Comparison::Equal, name)) => group.name.to_lowercase() == *name,
        Some((Comparison::Begins, name)) => group.name.to_lowercase().starts_with(name),
        None => true,
    });
    match call.query("sortBy") {
        Some("displayName") => groups.sort_by(|one, other| one.name.cmp(&other.name)),
        Some("id") => groups.sort_by(|one, other| one.id.cmp(&other.id)),
        _ => {}
    }
    if call.query("sortOrder") == Some("descending") {
        groups.reverse();
    }
    let page = paging::scim(call, 100, 1000, groups.into_iter());
    let shown = page.entries.iter().map(|group| {
        let mut shown = show(world, group);
        if with_members {
            let members = members_of(group).take(MOST);
            let members: Vec<Value> = members.map(|it| show_member(world, &it)).collect();
            shown["members"] = Value::Array(members);
        }
        shown
    });
    let page = ScimPage {
        entries: shown.collect(),
        start: page.start,
        total: page.total,
    };
    let next = paging::scim_next(call, &page);
    let answer = Answer::json(200, paging::scim_list("groups", &page));
    Ok(paging::linked(answer, next))
}

/// How a filter compares.
enum Comparison {
    Equal,
    Begins,
}

/// `displayName eq "X"` or `displayName sw "X"`; names are compared in lower case.
fn read_filter(filter: &str) -> Result<(Comparison, String), Answer> {
    let wrong = || errors::bad("filter must compare displayName by eq or sw.");
    let rest = filter
        .trim()
        .strip_prefix("displayName")
        .ok_or_else(wrong)?;
    let (word, value) = rest.trim().split_once(' ').ok_or_else(wrong)?;
    let value = value
        .trim()
        .strip_prefix('"')
        .and_then(|it| it.strip_suffix('"'));
    let value = value.ok_or_else(wrong)?.to_lowercase();
    match word {
        "eq" => Ok((Comparison::Equal, value)),
        "sw" => Ok((Comparison::Begins, value)),
        _ => Err(wrong()),
    }
}

fn get(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let world = &*call.world;
    let group = world.groups.get(slot);
    let group = group.ok_or_else(|| errors::not_found("group"))?;
    let mut shown = show(world, group);
    if call.flag("includeMembers") {
        let members = members_of(group).take(MOST);
        let members: Vec<Value> = members.map(|it| show_member(world, &it)).collect();
        shown["members"] = Value::Array(members);
    }
    Answer::ok(shown)
}

fn members(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let world = &*call.world;
    let group = world.groups.get(slot);
    let group = group.ok_or_else(|| errors::not_found("group"))?;
    let page = page_of_members(call, group, MOST);
    let mut shown = show(world, group);
    shown["startIndex"] = json!(page.start);
    shown["itemsPerPage"] = json!(page.entries.len());
    shown["totalResults"] = json!(page.total);
    let next = paging::scim_next(call, &page);
    shown["members"] = Value::Array(page.entries);
    Ok(paging::linked(Answer::json(200, shown), next))
}

/// Members of a body, and whether they come or go.
fn read_members(call: &Call<'_>) -> Result<Vec<(Slot, bool)>, Answer> {
    let mut read = Vec::new();
    for item in items(&call.body()["members"]) {
        let id = text(&item["id"]).ok_or_else(|| errors::bad("members.id is required."))?;
        let by_bare = || call.world.people.find_bare(&ids::bare(id));
        let person = call.world.person(id).or_else(by_bare);
        let person = person.ok_or_else(|| errors::bad(&format!("Member {id} was not found.")))?;
        match item["operation"].as_str().unwrap_or("add") {
            "add" => read.push((person, true)),
            "delete" => read.push((person, false)),
            _ => return Err(errors::bad("operation must be add or delete.")),
        }
    }
    Ok(read)
}

fn check_name(call: &Call<'_>, own: Option<Slot>, name: &str) -> Result<(), Answer> {
    let mut others = call.world.groups.iter();
    let taken = others.any(|(slot, it)| Some(slot) != own && it.name == name);
    match taken && call.rules.unique_group_names {
        true => Err(errors::generic(
            409,
            "A group with this name exists already.",
        )),
        false => Ok(()),
    }
}

fn create(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let name = call.text("displayName").map(str::to_owned);
    let name = name.ok_or_else(|| errors::bad("displayName is required."))?;
    check_name(call, None, &name)?;
    let members = read_members(call)?;
    if members.len() > MOST {
        return Err(errors::bad(
            "A group can be created with at most 500 members.",
        ));
    }
    let uuid = call.world.new_uuid(&name);
    let id = ids::public("SCIM_GROUP", &format!("{uuid}:{}", call.world.org.uuid));
    let group = Group {
        id: id.clone(),
        name: name.clone(),
        description: call.text("description").map(str::to_owned),
        directory: false,
        people: members.iter().map(|(person, _)| *person).collect(),
        strangers: Default::default(),
        created: call.now,
        modified: call.now,
        source: save::blank("groups"),
    };
    let slot = call.world.settle_group(group);
    call.about("GROUP", &id, &name);
    templates::members_changed(call, &members);
    let shown = call.world.groups.get(slot).map(|group| {
        let mut shown = show(call.world, group);
        let members: Vec<Value> = members_of(group)
            .map(|it| show_member(call.world, &it))
            .collect();
        shown["members"] = Value::Array(members);
        shown
    });
    Ok(Answer::json(201, shown.unwrap_or(Value::Null)))
}

fn change(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let mut members = read_members(call)?;
    let Some(group) = call.world.groups.get(slot) else {
        return Err(errors::not_found("group"));
    };
    if group.directory {
        match call.rules.directory_groups {
            DirectoryGroups::Accept => {}
            DirectoryGroups::Ignore => return Answer::ok(show(call.world, group)),
            DirectoryGroups::Refuse => {
                return Err(errors::generic(403, "The group is managed by a directory."));
            }
        }
    }
    check_members(call.rules, group, &members)?;
    let purged = super::call::texts(&call.body()["purgeAllValues"]["attributes"]);
    if purged.contains(&"members") {
        members.extend(group.people.iter().map(|person| (*person, false)));
    }
    if let Some(name) = call.text("displayName") {
        check_name(call, Some(slot), name)?;
    }
    let name = call.text("displayName").map(str::to_owned);
    let description = call
        .body()
        .get("description")
        .map(|it| text(it).map(str::to_owned));
    for (person, add) in &members {
        if let Some(person) = call.world.people.get_mut(*person) {
            match add {
                true => person.groups.insert(slot),
                false => person.groups.remove(&slot),
            };
        }
    }
    let now = call.now;
    if let Some(group) = call.world.groups.get_mut(slot) {
        for (person, add) in &members {
            match add {
                true => group.people.insert(*person),
                false => group.people.remove(person),
            };
        }
        group.name = name.unwrap_or_else(|| group.name.clone());
        group.description = description.unwrap_or_else(|| group.description.clone());
        group.modified = now;
        let (id, name) = (group.id.clone(), group.name.clone());
        call.about("GROUP", &id, &name);
    }
    templates::members_changed(call, &members);
    let group = call.world.groups.get(slot);
    Answer::ok(group.map_or(Value::Null, |group| show(call.world, group)))
}

/// Whether these members can be added and taken in one request.
fn check_members(rules: &Switches, group: &Group, members: &[(Slot, bool)]) -> Result<(), Answer> {
    let most = rules.group_chunk;
    if members.len() > most {
        return Err(errors::bad(&format!(
            "At most {most} members can be changed at once."
        )));
    }
    let odd = |(person, add): &(Slot, bool)| group.people.contains(person) == *add;
    match rules.strict_members && members.iter().any(odd) {
        true => Err(errors::bad("A member is there already, or is not there.")),
        false => Ok(()),
    }
}

fn delete(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = find(call, call.param(0))?;
    let directory = call
        .world
        .groups
        .get(slot)
        .is_some_and(|group| group.directory);
    if directory && call.rules.directory_groups != DirectoryGroups::Accept {
        return Err(errors::generic(403, "The group is managed by a directory."));
    }
    if let Some(group) = call.world.groups.remove(slot) {
        call.about("GROUP", &group.id, &group.name);
        for person in group.people {
            if let Some(person) = call.world.people.get_mut(person) {
                person.groups.remove(&slot);
            }
        }
    }
    Answer::no_content()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters() {
        assert!(matches!(
            read_filter("displayName eq \"Sales\""),
            Ok((Comparison::Equal, name)) if name == "sales"
        ));
        assert!(matches!(
            read_filter("displayName sw \"Sa\""),
            Ok((Comparison::Begins, _))
        ));
        assert!(read_filter("id eq \"x\"").is_err());
    }
}
