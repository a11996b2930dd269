//! Groups on the wire (webex-api.md 4.6).

use http::Method;
use serde_json::{Map, Value, json};

use super::fields::{CREATED, FIELDS, MEMBERS, UPDATED};
use super::{KIND, essence};
use crate::change::{Change, ChangeAction, EXISTENCE};
use crate::kinds::field;
use crate::kinds::wire::{Live, Request, Seen, Then, Wire, found, one_by_one};
use crate::webex::{Call, Error, Names, Paging, encode, observed};

/// How groups are read and written.
pub const LIVE: Live = Live {
    read: |names, keys| one_by_one(keys, |key| read(names, key)),
    wires: &[
        Wire::new("POST", "/groups", create)
            .carrying(CREATED)
            .then(Then::Created)
            .clicking("Management > Groups > Create group > enter the name > Add members"),
        Wire::new("PATCH", "/groups/{groupId}", update).carrying(UPDATED)
            .clicking("Management > Groups > the group > Members > add and remove the people listed > Save"),
        Wire::new("DELETE", "/groups/{groupId}", delete)
            .carrying(&[EXISTENCE])
            .clicking("Management > Groups > the group > Actions > Delete group"),
    ],
    reads,
    lists: &["group", "user"],
    has_settings: false,
};

fn read(names: &Names, key: &str) -> Result<Option<Seen>, Error> {
    let Some((id, raw)) = found(names, KIND.name, key, "/groups/{id}")? else {
        return Ok(None);
    };
    let path = format!("/groups/{}/members?count=500", encode(&id));
    let members = match raw["memberSize"].as_u64() {
        Some(0) => Vec::new(),
        _ => names.reader().list(&path, "members", Paging::Scim)?,
    };
    let mut group = observed::group(&raw)?;
    group.members = observed::members(names, &members)?.into();
    let essence = essence(&group);
    Ok(Some(Seen::new(id, raw, &group, essence)))
}

/// The members are in a list of their own; a new group has none.
fn reads(changes: &[&Change], _: usize) -> usize {
    let each = |change: &&Change| match change.action {
        ChangeAction::Create => 1,
        _ => 2,
    };
    changes.iter().map(each).sum()
}

fn create(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let mut body = json!({"displayName": subject.change.key});
    for field in &subject.fields {
        if let Some(row) = field::row(&FIELDS, &field.path) {
            body[row.wire] = (*field.after).clone();
        }
    }
    Ok(vec![Call::new(Method::POST, "/groups").with(body)])
}

fn update(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let mut body = Map::new();
    let mut members = Vec::new();
    for field in &subject.fields {
        if let Some(email) = field.path.strip_prefix(MEMBERS) {
            let operation = match field.after.is_null() {
                true => "delete",
                false => "add",
            };
            let id = request.names.need("user", email)?;
            members.push(json!({"id": id, "operation": operation}));
        } else if let Some(row) = field::row(&FIELDS, &field.path) {
            let value = field.after.as_str().unwrap_or_default();
            body.insert(row.wire.to_owned(), json!(value));
        }
    }
    if !members.is_empty() {
        body.insert("members".to_owned(), json!(members));
    }
    let id = subject.id(request.names)?;
    Ok(vec![
        Call::new(Method::PATCH, format!("/groups/{}", encode(&id))).with(Value::from(body)),
    ])
}

fn delete(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let id = request.one()?.id(request.names)?;
    Ok(vec![Call::new(
        Method::DELETE,
        format!("/groups/{}", encode(&id)),
    )])
}
