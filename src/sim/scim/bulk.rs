//! Many operations in one request; each is done or refused by itself, until too many were refused.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Done, items, text};
use super::super::{errors, ids};
use super::{groups, location, own_org, users};

/// Most operations of one request.
const MOST: usize = 100;

/// POST.
pub fn bulk(call: &mut Call<'_>) -> Done {
    own_org(call)?;
    let body = call.body().clone();
    // documented in lower case; RFC 7644 has the capital
    let operations = match &body["operations"] {
        Value::Array(list) => list.clone(),
        _ => items(&body["Operations"]).to_vec(),
    };
    let limit = body["failOnErrors"]
        .as_u64()
        .filter(|it| (1..=100).contains(it));
    let Some(limit) = limit else {
        return Err(errors::scim(
            400,
            Some("invalidValue"),
            "failOnErrors must be 1 to 100.",
        ));
    };
    if operations.is_empty() || operations.len() > MOST {
        return Err(errors::scim(
            400,
            Some("tooMany"),
            "1 to 100 operations are taken.",
        ));
    }
    let mut done = Vec::new();
    let mut failed = 0;
    for operation in &operations {
        if failed >= limit {
            break;
        }
        let answer = one(call, operation);
        if answer["response"].is_object() {
            failed += 1;
        } else {
            call.applied = Some(true);
        }
        done.push(answer);
    }
    Answer::ok(json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
        "Operations": done,
    }))
}

fn one(call: &mut Call<'_>, operation: &Value) -> Value {
    let method = text(&operation["method"])
        .unwrap_or_default()
        .to_uppercase();
    let path = text(&operation["path"]).unwrap_or_default();
    let data = match &operation["data"] {
        // documented as text, sent as an object
        Value::String(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        other => other.clone(),
    };
    let mut told = json!({"method": method});
    if let Some(id) = text(&operation["bulkId"]) {
        told["bulkId"] = json!(id);
    }
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let outcome = match told["bulkId"].is_null() && method == "POST" {
        true => Err(errors::scim(
            400,
            Some("invalidValue"),
            "bulkId is required of POST.",
        )),
        false => carry_out(call, &method, &segments, &data),
    };
    match outcome {
        Ok((status, kind, id)) => {
            told["location"] = json!(location(call, kind, &id));
            told["status"] = json!(status.to_string());
            if status != 204 {
                let version = ids::uuid(&format!("{id} {}", call.now));
                told["version"] = json!(format!("W/\"{}\"", version.get(..8).unwrap_or_default()));
            }
        }
        Err(answer) => {
            told["status"] = json!(answer.status.to_string());
            told["response"] = answer.body;
        }
    }
    told
}

/// Carries out one operation: the status, and the kind and id of what it was about.
fn carry_out(
    call: &mut Call<'_>,
    method: &str,
    segments: &[&str],
    data: &Value,
) -> Result<(u16, &'static str, String), Answer> {
    match (method, segments) {
        ("POST", ["Users"]) => {
            let slot = users::create_from(call, data)?;
            let person = call.world.people.get(slot);
            let id = person.map(|person| ids::bare(&person.id));
            Ok((201, "User", id.unwrap_or_default()))
        }
        ("POST", ["Groups"]) => {
            let slot = groups::create_from(call, data)?;
            let group = call.world.groups.get(slot);
            let id = group.map(|group| ids::bare(&group.id));
            Ok((201, "Group", id.unwrap_or_default()))
        }
        ("PATCH" | "DELETE", ["Users", id]) => match call.world.people.find_any(id) {
            None => Err(errors::scim(404, None, "The user is not found.")),
            Some(slot) if method == "DELETE" => {
                users::remove(call, slot);
                Ok((204, "User", (*id).to_owned()))
            }
            Some(slot) => {
                users::patch_with(call, slot, data).map(|()| (200, "User", (*id).to_owned()))
            }
        },
        ("PATCH" | "DELETE", ["Groups", id]) => match call.world.groups.find_any(id) {
            None => Err(errors::scim(404, None, "The group is not found.")),
            Some(slot) if method == "DELETE" => {
                groups::remove(call, slot).map(|()| (204, "Group", (*id).to_owned()))
            }
            Some(slot) => {
                groups::patch_with(call, slot, data).map(|()| (200, "Group", (*id).to_owned()))
            }
        },
        _ => Err(errors::scim(
            400,
            Some("invalidPath"),
            "The operation is not known.",
        )),
    }
}
