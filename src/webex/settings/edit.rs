//! What has to be done to a value that was read before it can be written: members that only reading has, objects that
//! writing wants as ids.
//!
//! Paths are members joined by dots; `[]` after one means each entry of the list.

use serde_json::{Map, Value};

/// One step.
#[derive(Debug, Clone, Copy)]
pub enum Edit {
    /// Takes a member away.
    Drop(&'static str),
    /// Takes a member away where it has this text.
    DropIf(&'static str, &'static str),
    /// Gives a member another name.
    Rename(&'static str, &'static str),
    /// Turns a list of objects into the list of their ids.
    Ids(&'static str),
    /// Turns an object into its id.
    Id(&'static str),
    /// Takes away all members but these.
    Keep(&'static str, &'static [&'static str]),
    /// Takes away the entries of a list in which a member has this text.
    Without(&'static str, &'static str, &'static str),
    /// Takes away the entries of a list in which a member is this.
    Unless(&'static str, &'static str, bool),
    /// Copies what is at a path to a member at the top.
    Copy(&'static str, &'static str),
    /// Gives each object this member.
    Set(&'static str, &'static str, &'static str),
    /// Puts an empty list next to an existing member.
    EmptyBeside(&'static str, &'static str),
}

impl Edit {
    /// Carries it out.
    pub fn apply(self, value: &mut Value) {
        match self {
            Edit::Drop(path) => drop_at(value, path),
            Edit::DropIf(path, text) => owners(value, path, &mut |object, member| {
                if object.get(member).and_then(Value::as_str) == Some(text) {
                    object.remove(member);
                }
            }),
            Edit::Rename(path, name) => owners(value, path, &mut |object, member| {
                if let Some(found) = object.remove(member) {
                    object.insert(name.to_owned(), found);
                }
            }),
            Edit::Ids(path) => each(value, path, &mut |list| {
                // A single entry has been seen without its list.
                let entries = match list.take() {
                    Value::Array(entries) => entries,
                    entry @ Value::Object(_) => vec![entry],
                    _ => Vec::new(),
                };
                *list = entries.iter().filter_map(id_of).collect();
            }),
            Edit::Id(path) => each(value, path, &mut |object| {
                if let Some(id) = id_of(object) {
                    *object = id;
                }
            }),
            Edit::Keep(path, members) => each(value, path, &mut |object| {
                if let Value::Object(object) = object {
                    object.retain(|member, _| members.contains(&member.as_str()));
                }
            }),
            Edit::Without(path, member, text) => each(value, path, &mut |list| {
                if let Value::Array(entries) = list {
                    entries.retain(|entry| entry[member].as_str() != Some(text));
                }
            }),
            Edit::Unless(path, member, is) => each(value, path, &mut |list| {
                if let Value::Array(entries) = list {
                    entries.retain(|entry| entry[member].as_bool() != Some(is));
                }
            }),
            Edit::Copy(from, to) => {
                let mut found = None;
                each(value, from, &mut |at| found = Some(at.clone()));
                if let (Some(found), Value::Object(object)) = (found, value) {
                    object.insert(to.to_owned(), found);
                }
            }
            Edit::EmptyBeside(path, list) => owners(value, path, &mut |object, member| {
                if object.contains_key(member) {
                    object.insert(list.to_owned(), Value::Array(Vec::new()));
                }
            }),
            Edit::Set(path, member, text) => each(value, path, &mut |object| {
                if let Value::Object(object) = object {
                    object.insert(member.to_owned(), text.into());
                }
            }),
        }
    }
}

/// Removes what is at a path.
pub fn drop_at(value: &mut Value, path: &str) {
    owners(value, path, &mut |object, member| {
        object.remove(member);
    });
}

/// The id of a member of a list, which may be wrapped in what kind of member it is.
fn id_of(object: &Value) -> Option<Value> {
    let id = match object {
        Value::String(_) => return Some(object.clone()),
        _ => &object["id"],
    };
    match id {
        Value::String(_) => Some(id.clone()),
        _ => object
            .as_object()?
            .values()
            .find_map(|inner| inner["id"].as_str().map(Value::from)),
    }
}

/// Every value at a path.
pub fn each(value: &mut Value, path: &str, visit: &mut dyn FnMut(&mut Value)) {
    if path.is_empty() {
        return visit(value);
    }
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let (member, listed) = match step.strip_suffix("[]") {
        Some(member) => (member, true),
        None => (step, false),
    };
    let Some(found) = value
        .as_object_mut()
        .and_then(|object| object.get_mut(member))
    else {
        return;
    };
    match (listed, found) {
        (true, Value::Array(entries)) => {
            for entry in entries {
                each(entry, rest, visit);
            }
        }
        (true, _) => {}
        (false, found) => each(found, rest, visit),
    }
}

/// Every object that may have the last member of a path, and that member's name.
fn owners(value: &mut Value, path: &str, visit: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    let (above, member) = path.rsplit_once('.').unwrap_or(("", path));
    each(value, above, &mut |at| {
        if let Value::Object(object) = at {
            visit(object, member);
        }
    });
}
