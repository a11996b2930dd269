//! SCIM 2: users, groups and bulk next to `/v1`, with bare uuids (webex-api.md 4.2, 4.3, 4.5).
//!
//! A resource is made of the organisation's objects, changed as JSON, and taken in again: PUT, PATCH and bulk are one path.
//! Must not know licences, but for those that everyone has.

mod bulk;
mod filter;
mod groups;
mod patch;
mod users;

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::clock::stamp;
use super::route::{Route, route};
use super::{errors, ids, org};

type Scopes = &'static [&'static str];

const READ: Scopes = &["identity:people_read", "identity:people_rw"];
const WRITE: Scopes = &["identity:people_rw"];
const GROUPS_READ: Scopes = &[
    "identity:groups_read",
    "identity:groups_rw",
    "identity:people_read",
    "identity:people_rw",
];
const GROUPS_WRITE: Scopes = &["identity:groups_rw", "identity:people_rw"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route(
        "GET",
        "/identity/scim/v2/Users/me",
        &[],
        "people",
        users::me,
    ),
    route(
        "GET",
        "/identity/scim/{}/v2/Users",
        READ,
        "people",
        users::list,
    ),
    route(
        "POST",
        "/identity/scim/{}/v2/Users",
        WRITE,
        "people",
        users::create,
    ),
    route(
        "GET",
        "/identity/scim/{}/v2/Users/{}",
        READ,
        "people",
        users::read,
    ),
    route(
        "PUT",
        "/identity/scim/{}/v2/Users/{}",
        WRITE,
        "people",
        users::replace,
    ),
    route(
        "PATCH",
        "/identity/scim/{}/v2/Users/{}",
        WRITE,
        "people",
        users::patch,
    ),
    route(
        "DELETE",
        "/identity/scim/{}/v2/Users/{}",
        WRITE,
        "people",
        users::delete,
    ),
    route(
        "GET",
        "/identity/scim/{}/v2/Groups",
        GROUPS_READ,
        "groups",
        groups::list,
    ),
    route(
        "POST",
        "/identity/scim/{}/v2/Groups",
        GROUPS_WRITE,
        "groups",
        groups::create,
    ),
    route(
        "GET",
        "/identity/scim/{}/v2/Groups/{}",
        GROUPS_READ,
        "groups",
        groups::read,
    ),
    route(
        "PUT",
        "/identity/scim/{}/v2/Groups/{}",
        GROUPS_WRITE,
        "groups",
        groups::replace,
    ),
    route(
        "PATCH",
        "/identity/scim/{}/v2/Groups/{}",
        GROUPS_WRITE,
        "groups",
        groups::patch,
    ),
    route(
        "DELETE",
        "/identity/scim/{}/v2/Groups/{}",
        GROUPS_WRITE,
        "groups",
        groups::delete,
    ),
    route(
        "GET",
        "/identity/scim/{}/v2/Groups/{}/Members",
        GROUPS_READ,
        "groups",
        groups::members,
    ),
    route(
        "POST",
        "/identity/scim/{}/v2/Bulk",
        WRITE,
        "people",
        bulk::bulk,
    ),
];

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const WEBEX_USER: &str = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const WEBEX_GROUP: &str = "urn:scim:schemas:extension:cisco:webexidentity:2.0:Group";
const MEMBERS: &str = "urn:scim:schemas:extension:cisco:webexidentity:2.0:GroupMembers";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// Refuses another organisation in the path, with SCIM's shape.
fn own_org(call: &Call<'_>) -> Result<(), Answer> {
    let world = &*call.world;
    let id = call.param(0);
    match id == world.org.uuid || ids::decoded(id) == ids::decoded(&world.org.id) {
        true => Ok(()),
        false => Err(errors::scim(
            org::foreign(call).status,
            None,
            "The organization is not known.",
        )),
    }
}

/// Where a resource is.
fn location(call: &Call<'_>, kind: &str, id: &str) -> String {
    format!(
        "{}/identity/scim/{}/v2/{kind}s/{id}",
        call.asked.origin, call.world.org.uuid
    )
}

fn meta(call: &Call<'_>, kind: &str, id: &str, created: i64, modified: i64) -> Value {
    let version = ids::uuid(&format!("{id} {modified}"));
    json!({
        "resourceType": kind,
        "created": stamp(created),
        "lastModified": stamp(modified),
        "version": format!("W/\"{}\"", version.get(..8).unwrap_or_default()),
        "location": location(call, kind, id),
    })
}

/// A refusal of [`patch`] as an answer.
fn refused(refusal: &patch::Refusal) -> Answer {
    errors::scim(400, Some(refusal.kind), &refusal.detail)
}

/// Leaves out what `attributes` and `excludedAttributes` say; ids stay.
fn select(call: &Call<'_>, resource: &mut Value) {
    let names = |text: &str| -> Vec<String> {
        text.split(',').map(|it| it.trim().to_lowercase()).collect()
    };
    let wanted = call.query("attributes").map(names);
    let gone = call.query("excludedAttributes").map(names);
    let Some(map) = resource.as_object_mut() else {
        return;
    };
    map.retain(|name, _| {
        let lower = name.to_lowercase();
        let fits = |it: &String| *it == lower || it.starts_with(&format!("{lower}."));
        let always = matches!(name.as_str(), "id" | "schemas" | "meta");
        always
            || (wanted.as_ref().is_none_or(|names| names.iter().any(fits))
                && gone.as_ref().is_none_or(|names| !names.contains(&lower)))
    });
}

/// The filter of a query; a filter that cannot be read is refused.
fn asked_filter(call: &Call<'_>) -> Result<Option<filter::Filter>, Answer> {
    match call.query("filter").filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => match filter::parse(text) {
            Some(filter) => Ok(Some(filter)),
            None => Err(errors::scim(
                400,
                Some("invalidFilter"),
                "The filter cannot be read.",
            )),
        },
    }
}
