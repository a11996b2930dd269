//! PATCH of SCIM resources (RFC 7644 section 3.5.2): operations on a resource as JSON, in order.
//!
//! Knows nothing of people or groups.

use serde_json::{Map, Value};

use super::filter::{self, Filter};

/// Why an operation is refused, in the words of RFC 7644.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `noTarget`, `invalidPath`, `invalidValue`, `invalidSyntax`.
    pub kind: &'static str,
    /// For people.
    pub detail: String,
}

impl Refusal {
    fn new(kind: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }
}

/// A path of an operation: where, which items of the list there, and which member of those.
struct Target {
    path: Vec<String>,
    items: Option<Filter>,
    member: Option<String>,
}

/// Does the operations of a body, in order; the resource is as before when one is refused.
///
/// # Errors
/// `remove` without a path, a path that cannot be read, an operation that is none.
pub fn apply(resource: &mut Value, body: &Value) -> Result<(), Refusal> {
    let operations = body["Operations"]
        .as_array()
        .or(body["operations"].as_array());
    let Some(operations) = operations else {
        return Err(Refusal::new("invalidSyntax", "Operations is missing"));
    };
    let mut changed = resource.clone();
    for operation in operations {
        one(&mut changed, operation)?;
    }
    *resource = changed;
    Ok(())
}

fn one(resource: &mut Value, operation: &Value) -> Result<(), Refusal> {
    let value = &operation["value"];
    let name = operation["op"].as_str().unwrap_or_default().to_lowercase();
    let path = operation["path"].as_str().filter(|path| !path.is_empty());
    match (name.as_str(), path) {
        ("add" | "replace", None) => {
            let Some(members) = value.as_object() else {
                return Err(Refusal::new(
                    "invalidValue",
                    "value must be an object where path is missing",
                ));
            };
            for (member, value) in members {
                let target = Target {
                    path: filter::path(member),
                    items: None,
                    member: None,
                };
                write(resource, &target, value, name == "add");
            }
            Ok(())
        }
        ("remove", None) => Err(Refusal::new("noTarget", "path is missing of remove")),
        ("add" | "replace", Some(path)) => {
            write(resource, &target(path)?, value, name == "add");
            Ok(())
        }
        ("remove", Some(path)) => {
            remove(resource, &target(path)?, value);
            Ok(())
        }
        _ => Err(Refusal::new(
            "invalidSyntax",
            format!("no such operation: {name}"),
        )),
    }
}

fn target(text: &str) -> Result<Target, Refusal> {
    let refused = || Refusal::new("invalidPath", format!("path cannot be read: {text}"));
    let Some((list, rest)) = text.split_once('[') else {
        return Ok(Target {
            path: filter::path(text),
            items: None,
            member: None,
        });
    };
    let (inner, after) = rest.rsplit_once(']').ok_or_else(refused)?;
    let member = after.strip_prefix('.').map(str::to_owned);
    if member.is_none() && !after.is_empty() {
        return Err(refused());
    }
    Ok(Target {
        path: filter::path(list),
        items: Some(filter::parse(inner).ok_or_else(refused)?),
        member,
    })
}

/// The place that a path leads to; objects on the way are made.
fn place<'a>(resource: &'a mut Value, path: &[String]) -> &'a mut Value {
    let mut place = resource;
    for name in path {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[name.as_str()];
    }
    place
}

fn write(resource: &mut Value, target: &Target, value: &Value, add: bool) {
    let place = place(resource, &target.path);
    let Some(items) = &target.items else {
        match (place, value) {
            (Value::Array(list), value) if add => add_to(list, value),
            (Value::Object(map), Value::Object(more)) => {
                map.extend(
                    more.iter()
                        .map(|(name, value)| (name.clone(), value.clone())),
                );
            }
            (place, value) => *place = value.clone(),
        }
        return;
    };
    let Value::Array(list) = place else {
        return;
    };
    for item in list.iter_mut().filter(|item| items.holds(item)) {
        match (&target.member, value) {
            (Some(member), value) => item[member.as_str()] = value.clone(),
            (None, Value::Object(more)) => {
                if let Some(map) = item.as_object_mut() {
                    map.extend(
                        more.iter()
                            .map(|(name, value)| (name.clone(), value.clone())),
                    );
                }
            }
            (None, value) => *item = value.clone(),
        }
    }
}

/// Adds one or several items; one with the same `value` is replaced, so that adding twice is adding once.
fn add_to(list: &mut Vec<Value>, value: &Value) {
    let more = match value {
        Value::Array(more) => more.as_slice(),
        one => std::slice::from_ref(one),
    };
    for item in more {
        let known = |known: &Value| {
            known == item || (item["value"].is_string() && known["value"] == item["value"])
        };
        match list.iter_mut().find(|item| known(item)) {
            Some(known) => *known = item.clone(),
            None => list.push(item.clone()),
        }
    }
}

fn remove(resource: &mut Value, target: &Target, value: &Value) {
    if let Some(items) = &target.items {
        let place = place(resource, &target.path);
        let Value::Array(list) = place else {
            return;
        };
        match &target.member {
            Some(member) => {
                for item in list.iter_mut().filter(|item| items.holds(item)) {
                    if let Some(map) = item.as_object_mut() {
                        map.remove(member);
                    }
                }
            }
            None => list.retain(|item| !items.holds(item)),
        }
        return;
    }
    let Some((last, before)) = target.path.split_last() else {
        return;
    };
    let place = place(resource, before);
    // some clients name the items to be removed in `value`
    if let (Some(list), Some(gone)) = (place[last.as_str()].as_array_mut(), value.as_array()) {
        list.retain(|item| !gone.iter().any(|gone| gone["value"] == item["value"]));
        return;
    }
    if let Some(map) = place.as_object_mut() {
        map.remove(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(operations: Value) -> Result<Value, Refusal> {
        let mut resource = json!({
            "title": "Clerk", "name": {"givenName": "Ana"}, "members": [{"value": "a"}, {"value": "b", "type": "user"}],
            "phoneNumbers": [{"type": "work", "value": "1"}]
        });
        apply(&mut resource, &json!({"Operations": operations}))?;
        Ok(resource)
    }

    #[test]
    fn operations_are_done_in_order() {
        let resource = patched(json!([
            {"op": "replace", "path": "title", "value": "Lead"},
            {"op": "Replace", "path": "name.familyName", "value": "Diaz"},
            {"op": "add", "path": "members", "value": [{"value": "c"}, {"value": "a"}]},
            {"op": "remove", "path": "members[value eq \"b\"]"},
            {"op": "replace", "path": "phoneNumbers[type eq \"work\"].value", "value": "2"},
            {"op": "add", "value": {"nickName": "An"}},
            {"op": "remove", "path": "title"}
        ]))
        .unwrap();
        assert_eq!(
            resource,
            json!({
                "name": {"givenName": "Ana", "familyName": "Diaz"}, "members": [{"value": "a"}, {"value": "c"}],
                "phoneNumbers": [{"type": "work", "value": "2"}], "nickName": "An"
            })
        );
    }

    #[test]
    fn a_member_can_be_named_in_the_value_of_remove() {
        let resource =
            patched(json!([{"op": "remove", "path": "members", "value": [{"value": "a"}]}]))
                .unwrap();
        assert_eq!(resource["members"], json!([{"value": "b", "type": "user"}]));
    }

    #[test]
    fn an_operation_without_target_is_refused_and_nothing_is_done() {
        let refused =
            patched(json!([{"op": "replace", "path": "title", "value": "x"}, {"op": "remove"}]));
        assert_eq!(refused.unwrap_err().kind, "noTarget");
        for operation in [
            json!({"op": "swap"}),
            json!({"op": "add", "path": "a[b"}),
            json!({"op": "add", "value": 1}),
        ] {
            assert!(patched(json!([operation])).is_err());
        }
    }
}
