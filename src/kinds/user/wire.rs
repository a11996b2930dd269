//! People on the wire (webex-api.md 2.1, 4.1, 6.7).

mod bulk;
mod restore;

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};

use super::fields::{CREATED, DISPLAY_NAME, FIELDS, PHONE_NUMBER, ROLES, UPDATED};
use super::{KIND, essence};
use crate::change::{EXISTENCE, Field, FieldAction};
use crate::kinds::field;
use crate::kinds::licenses::wire as licenses;
use crate::kinds::wire::manual::Sheet;
use crate::kinds::wire::{
    Live, Request, Seen, Subject, Then, Wire, found, not_sent, one_by_one, one_each, risk,
};
use crate::webex::{Call, Error, Names, Refusal, encode, moves, observed};

/// How people are read and written.
pub const LIVE: Live = Live {
    read: |names, keys| one_by_one(keys, |key| read(names, key)),
    wires: &[
        Wire::new("POST", "/people", create)
            .carrying(CREATED)
            .then(Then::Created)
            .importing(Sheet::People, &[DISPLAY_NAME])
            .clicking("Management > Users > the person > Summary > Administrator roles > select the roles > Save"),
        Wire::new("PATCH", "/licenses/users", licences)
            .carrying(&["licenses/", "location", "phoneNumber", "extension"])
            .looking(risk::of_calling, risk::asked_of_calling)
            .repairing(restore::restore)
            .in_bulk(bulk::read, bulk::told)
            .importing(
                Sheet::People,
                &["licenses/", "location", "phoneNumber", "extension"],
            )
            .clicking(
                "Management > Users > the person > Summary > Licenses > Edit Licenses > choose the service on the left > make all \
                 changes listed below in the same dialog: clear what is removed, select what is added > Save",
            ),
        Wire::new("PUT", "/people/{personId}", update)
            .carrying(UPDATED)
            .or(without_refused)
            .repairing(restore::kept)
            .importing(Sheet::People, &[DISPLAY_NAME, PHONE_NUMBER, "extension"])
            .clicking(
                "Management > Users > the person > Summary for names and administrator roles, Calling for number and extension > \
                 Save",
            ),
        Wire::new(
            "POST",
            "/telephony/config/jobs/person/moveLocation",
            move_location,
        )
        .carrying(&["location", "phoneNumber", "extension"])
        .looking(risk::of_a_move, risk::asked_of_a_move)
        .repairing(restore::kept)
        .then(Then::Job("/telephony/config/jobs/person/moveLocation/"))
        .clicking(
            "Management > Users > the menu in the row of the person > Move User > choose the location, keep or change extension and \
             number as listed > Move",
        ),
        Wire::new("DELETE", "/people/{personId}", delete)
            .carrying(&[EXISTENCE])
            .looking(risk::of_deletion, risk::asked_of_deletion)
            .destroying()
            .clicking("Management > Users > the menu in the row of the person > Delete User"),
    ],
    reads: one_each,
    lists: &["location"],
    has_settings: true,
};

/// The person with this address, as `GET /people/{id}?callingData=true` has it.
fn read(names: &Names, key: &str) -> Result<Option<Seen>, Error> {
    let found = found(names, KIND.name, key, "/people/{id}?callingData=true")?;
    let Some((id, raw)) = found else {
        return Ok(None);
    };
    seen(names, id, raw).map(Some)
}

/// A person as Webex has it.
fn seen(names: &Names, id: String, raw: Value) -> Result<Seen, Error> {
    let user = observed::user(names, &raw)?;
    let essence = essence(&user);
    Ok(Seen::new(id, raw, &user, essence))
}

/// Without licences, so that a refusal of one does not create half a person; they follow in a separate request.
fn create(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let name = subject.after(DISPLAY_NAME).unwrap_or(&subject.change.key);
    let mut body = json!({"emails": [subject.change.key], "displayName": name});
    if let Some((first, last)) = name.split_once(' ') {
        body["firstName"] = json!(first);
        body["lastName"] = json!(last);
    }
    for field in subject
        .fields
        .iter()
        .filter(|field| field.path != DISPLAY_NAME)
    {
        set(request.names, &mut body, field)?;
    }
    Ok(vec![Call::new(Method::POST, "/people").with(body)])
}

fn roles_of(names: &Names, field: &Field) -> Result<Value, Error> {
    let roles = field.after.as_array().into_iter().flatten();
    let mut ids = Vec::new();
    for role in roles.filter_map(Value::as_str) {
        let known = names.id("role", role)?;
        ids.push(known.ok_or_else(|| not_sent(format!("the organisation has no role {role}")))?);
    }
    Ok(json!(ids))
}

/// Everything of one person in one request: a move never takes before it gives.
fn licences(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let (mut adds, mut removes, mut sites) = (Vec::new(), Vec::new(), Vec::new());
    for field in subject
        .fields
        .iter()
        .filter(|field| field.path.starts_with("licenses/"))
    {
        let site = field
            .path
            .strip_prefix("licenses/meetings/")
            .unwrap_or_default();
        if licenses::is_attendee(&field.before) {
            sites.push(json!({"siteUrl": site, "accountType": "attendee", "operation": "remove"}));
        }
        if licenses::is_attendee(&field.after) {
            sites.push(json!({"siteUrl": site, "accountType": "attendee", "operation": "add"}));
        }
        if let Some(license) = licenses::license(request.names, &field.path, &field.after)? {
            let mut add = json!({"id": license.id, "operation": "add"});
            let properties = properties(request.names, subject, field, &license.name)?;
            let complete = properties
                .as_ref()
                .is_some_and(|it| it["locationId"].is_string());
            match properties {
                // Without a location Webex would give Calling to no one in particular, and still remove the old licence.
                _ if field.path == "licenses/calling" && !complete => {
                    return Err(Error::Malformed {
                        call: "PATCH /licenses/users".to_owned(),
                        why: "Webex shows no location of the person: nothing was sent".to_owned(),
                    });
                }
                Some(properties) => add["properties"] = properties,
                None => {}
            }
            adds.push(add);
        }
        if let Some(license) = licenses::license(request.names, &field.path, &field.before)? {
            removes.push(json!({"id": license.id, "operation": "remove"}));
        }
    }
    adds.append(&mut removes);
    let mut body = Map::new();
    body.insert("personId".to_owned(), json!(subject.id(request.names)?));
    if !adds.is_empty() {
        body.insert("licenses".to_owned(), json!(adds));
    }
    if !sites.is_empty() {
        body.insert("siteUrls".to_owned(), json!(sites));
    }
    Ok(vec![patch(body.into())])
}

fn patch(body: Value) -> Call {
    Call::new(Method::PATCH, "/licenses/users").with(body)
}

/// Location, number and extension, which each Calling licence needs: those of the plan where Calling is new, else those that
/// the person has.
fn properties(
    names: &Names,
    subject: &Subject<'_>,
    field: &Field,
    license: &str,
) -> Result<Option<Value>, Error> {
    let beside_calling = ["Customer Experience", "Customer Assist", "Webex Calling"];
    if field.path != "licenses/calling" && !beside_calling.iter().any(|it| license.starts_with(it))
    {
        return Ok(None);
    }
    let fresh = field.path == "licenses/calling" && field.action == FieldAction::Add;
    let seen = subject.seen.as_ref();
    let value = |path: &str| match fresh {
        true => subject.after(path).or_else(|| seen?.text(path)),
        false => seen.and_then(|seen| seen.text(path)),
    };
    let mut properties = Map::new();
    if let Some(location) = value("location") {
        properties.insert(
            "locationId".to_owned(),
            json!(names.need("location", location)?),
        );
    }
    for path in ["phoneNumber", "extension"] {
        if let Some(value) = value(path) {
            properties.insert(path.to_owned(), json!(value));
        }
    }
    Ok((!properties.is_empty()).then(|| properties.into()))
}

/// Read-only members.
const READ_ONLY: [&str; 13] = [
    "id",
    "orgId",
    "created",
    "lastModified",
    "lastActivity",
    "status",
    "sipAddresses",
    "xmppFederationJid",
    "type",
    "timezone",
    "invitePending",
    "notFoundIds",
    "nickName",
];

/// Members that a change only repeats, and that Webex may not accept from everyone.
const REPEATED: [&str; 3] = ["manager", "managerId", "avatar"];

/// `PUT` replaces the whole person, so all that is there is sent again (webex-api.md 4.1).
fn update(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let seen = subject
        .seen
        .as_ref()
        .ok_or_else(|| not_sent("the person does not exist"))?;
    let mut body = repeated(seen);
    for field in &subject.fields {
        set(request.names, &mut body, field)?;
    }
    if request.without.iter().any(|path| path == PHONE_NUMBER) {
        work_phone(&mut body, None);
    }
    Ok(vec![put(seen, body)])
}

/// All that a person has and a request can send.
fn repeated(seen: &Seen) -> Value {
    let mut body = seen.raw.clone();
    if let Some(members) = body.as_object_mut() {
        // The id says who the manager is; the name next to it is Webex's own.
        let named = members.contains_key("managerId");
        members.retain(|name, _| {
            let told = READ_ONLY.contains(&name.as_str());
            !(told || named && name == "manager")
        });
    }
    drop_numbers(&mut body, &["work_extension"]);
    body
}

fn put(seen: &Seen, body: Value) -> Call {
    let path = format!("/people/{}?callingData=true", encode(&seen.id));
    Call::new(Method::PUT, path).with(body)
}

/// Puts a field into a person: most are one member.
fn set(names: &Names, body: &mut Value, field: &Field) -> Result<(), Error> {
    let row = field::row(&FIELDS, &field.path).filter(|_| UPDATED.contains(&&*field.path));
    let row = row.ok_or_else(|| not_sent(format!("PUT /people cannot carry {}", field.path)))?;
    match row.field.path {
        ROLES => body[row.wire] = roles_of(names, field)?,
        PHONE_NUMBER => work_phone(body, field.after.as_str()),
        _ if field.after.is_null() => {
            body.as_object_mut().map(|body| body.remove(row.wire));
        }
        _ => body[row.wire] = (*field.after).clone(),
    }
    Ok(())
}

/// Sets the work number.
fn work_phone(body: &mut Value, number: Option<&str>) {
    drop_numbers(body, &["work"]);
    let kept = body["phoneNumbers"].as_array().into_iter().flatten();
    let number = number.map(|number| json!({"type": "work", "value": number}));
    body["phoneNumbers"] = kept.cloned().chain(number).collect();
}

/// Removes numbers of these types. The one that is made of prefix and extension (`work_extension`) is Webex's own: sent again,
/// its old value would contradict a new extension.
fn drop_numbers(body: &mut Value, types: &[&str]) {
    if let Some(numbers) = body["phoneNumbers"].as_array_mut() {
        numbers.retain(|it| {
            !it["type"]
                .as_str()
                .is_some_and(|kind| types.contains(&kind))
        });
    }
}

/// The request without a member that Webex refuses and that is only repeated: refused, it cannot be changed by it either.
fn without_refused(refusal: &Refusal, call: &Call) -> Option<Vec<Call>> {
    let mut other = call.clone();
    let members = other.body.as_mut()?.as_object_mut()?;
    let repeated = REPEATED.iter().filter(|name| members.contains_key(**name));
    let refused = repeated.copied().find(|name| refusal.names(name));
    members.remove(refused.filter(|_| refusal.status == 400)?);
    Some(vec![other])
}

/// The job takes the number along where the plan names no other.
fn move_location(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let mut by_location: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for subject in request.subjects {
        let (person, location) = subject.moved(request.names)?;
        let entry = moves::Move {
            person: &person,
            location: &location,
            number: subject.becomes("phoneNumber"),
            extension: subject.becomes("extension"),
        };
        let entry = entry.entry();
        by_location.entry(location).or_default().push(entry);
    }
    let lists = by_location.into_iter();
    Ok(lists
        .map(|(location, users)| moves::request(&location, users, false))
        .collect())
}

fn delete(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let id = request.one()?.id(request.names)?;
    Ok(vec![Call::new(
        Method::DELETE,
        format!("/people/{}", encode(&id)),
    )])
}
