//! The organisation itself, roles, and who the token is (webex-api.md 11).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::broadworks;
use super::call::{Answer, Call, Done};
use super::clock::stamp;
use super::errors;
use super::ids;
use super::route::{Route, route};

const ORG: &[&str] = &["spark-admin:organizations_read"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("GET", "/organizations", ORG, "", organizations),
    route("GET", "/organizations/{}", ORG, "", organization),
    route(
        "GET",
        "/identity/organizations/{}",
        &["identity:organizations_read", "identity:organizations_rw"],
        "",
        identity,
    ),
    route(
        "PATCH",
        "/identity/organizations/{}",
        &["identity:organizations_rw"],
        "",
        rename,
    ),
    route("GET", "/roles", &["spark-admin:roles_read"], "", roles),
    route("GET", "/roles/{}", &["spark-admin:roles_read"], "", role),
];

/// Roles of Webex, by name.
const ROLES: &[(&str, &str)] = &[
    ("Full Administrator", "id_full_admin"),
    ("Read-only Administrator", "id_readonly_admin"),
    ("User and Device Administrator", "id_user_admin"),
    ("Device Administrator", "id_device_admin"),
    ("Support Administrator", "id_support_admin"),
    ("Group Administrator", "id_group_admin"),
    ("Compliance Officer", "id_compliance_officer"),
    ("Location Administrator", "id_location_admin"),
];

/// The roles that every organisation has, id by name.
pub fn known_roles() -> BTreeMap<String, String> {
    let roles = ROLES.iter();
    roles
        .map(|(name, suffix)| ((*name).to_owned(), ids::public("ROLE", suffix)))
        .collect()
}

/// Enters a role that a file names, by its name or by its id.
pub fn add_role(roles: &mut BTreeMap<String, String>, name: &str) {
    if roles.contains_key(name)
        || roles
            .values()
            .any(|id| ids::decoded(id) == ids::decoded(name))
    {
        return;
    }
    let word = name
        .to_lowercase()
        .replace(|it: char| !it.is_alphanumeric(), "_");
    let id = match ids::decoded(name) == name {
        true => ids::public("ROLE", &format!("id_{word}")),
        false => name.to_owned(),
    };
    roles.insert(name.to_owned(), id);
}

fn show(call: &Call<'_>) -> Value {
    let org = &call.world.org;
    json!({"id": org.id, "displayName": org.name, "created": stamp(1_600_000_000_000)})
}

fn organizations(call: &mut Call<'_>) -> Done {
    let customers = broadworks::administered(&call.world.broadworks);
    let all: Vec<Value> = [show(call)].into_iter().chain(customers).collect();
    Answer::ok(json!({"items": all}))
}

fn organization(call: &mut Call<'_>) -> Done {
    match ids::decoded(call.param(0)) == ids::decoded(&call.world.org.id) {
        true => Answer::ok(show(call)),
        false => Err(foreign(call)),
    }
}

fn identity(call: &mut Call<'_>) -> Done {
    let org = &call.world.org;
    if call.param(0) != org.uuid && ids::decoded(call.param(0)) != ids::decoded(&org.id) {
        return Err(foreign(call));
    }
    let changed = org.renamed.unwrap_or(1_600_000_000_000);
    Answer::ok(json!({
        "schemas": ["urn:cisco:codev:identity:organization:core:1.0"],
        "id": org.uuid,
        "displayName": org.name,
        "preferredLanguage": "en_US",
        "meta": {
            "created": stamp(1_600_000_000_000),
            "lastModified": stamp(changed),
            "version": format!("W/\"{changed}\""),
        },
    }))
}

/// PATCH: the organisation has another name.
fn rename(call: &mut Call<'_>) -> Done {
    let name = call.text("displayName").map(str::to_owned);
    let name = name.ok_or_else(|| errors::bad("displayName is required."))?;
    let mut answer = identity(call)?;
    answer.body["displayName"] = json!(name);
    call.world.org.name = name;
    call.world.org.renamed = Some(call.now);
    Ok(answer)
}

/// Another organisation than that of the token.
pub fn foreign(call: &Call<'_>) -> Answer {
    match call.rules.foreign_is_not_found {
        true => errors::not_found("organization"),
        false => errors::generic(
            403,
            "The organization is not managed by this administrator.",
        ),
    }
}

/// Refuses a request that names another organisation, in the query or the body.
pub fn own(call: &Call<'_>) -> Result<(), Answer> {
    let named = [call.query("orgId"), call.text("orgId")];
    let own = ids::decoded(&call.world.org.id);
    let other = |id: &&str| ids::decoded(id) != own && *id != call.world.org.uuid;
    match named.into_iter().flatten().find(other) {
        Some(_) => Err(foreign(call)),
        None => Ok(()),
    }
}

fn roles(call: &mut Call<'_>) -> Done {
    let roles = call.world.roles.iter();
    let items: Vec<Value> = roles
        .map(|(name, id)| json!({"id": id, "name": name}))
        .collect();
    Answer::ok(json!({"items": items}))
}

fn role(call: &mut Call<'_>) -> Done {
    let wanted = ids::decoded(call.param(0));
    let mut roles = call.world.roles.iter();
    match roles.find(|(_, id)| ids::decoded(id) == wanted) {
        Some((name, id)) => Answer::ok(json!({"id": id, "name": name})),
        None => Err(errors::not_found("role")),
    }
}
