//! From a value that was read to the requests that write it back.

use http::Method;
use serde_json::Value;

use super::digest::{agrees_setting, covers, covers_setting};
use super::read::{OWN_ID, filled, replace};
use super::{HolderKind, Setting, Write};
use crate::webex::{Call, encode};

/// The requests that give the holder with this kind (`user` or `workspace`) and id the value that a backup has of a setting,
/// in order. None where the value holds nothing to write.
pub fn restore_calls(
    kind: &str,
    id: &str,
    setting: &str,
    value: &Value,
) -> Result<Vec<Call>, String> {
    remaining_calls(kind, id, setting, value, &Value::Null)
}

/// What is left of [`restore_calls`] for a holder who has this value now (null: nothing is known): entries that are there are
/// not made a second time.
pub fn remaining_calls(
    kind: &str,
    id: &str,
    setting: &str,
    value: &Value,
    now: &Value,
) -> Result<Vec<Call>, String> {
    let holder = HolderKind::of(kind).ok_or_else(|| format!("{kind} has no settings"))?;
    let setting = holder
        .find(setting)
        .ok_or_else(|| format!("{kind} has no setting {setting}"))?;
    if !value.is_object() {
        return Err(format!("the value of {} is not an object", setting.name));
    }
    let value = written(setting, id, value);
    match same_written(setting, id, &value, now) {
        true => Ok(Vec::new()),
        false => Ok(calls(setting, id, &value, &written(setting, id, now))),
    }
}

/// Whether the holder with this id has what a backup has of a setting: what was read now, against what was read then.
pub fn same(setting: &Setting, id: &str, then: &Value, now: &Value) -> bool {
    same_written(setting, id, &written(setting, id, then), now)
}

/// Whether a setting that was written says nothing but what a backup has of it. Members that Webex returns for one and not for the
/// other do not count: it created the object again.
pub fn agrees(setting: &Setting, id: &str, then: &Value, now: &Value) -> bool {
    agrees_setting(
        setting,
        written(setting, id, now),
        written(setting, id, then),
    )
}

fn same_written(setting: &Setting, id: &str, then: &Value, now: &Value) -> bool {
    covers_setting(setting, written(setting, id, now), then.clone())
}

/// What is written of a value.
fn written(setting: &Setting, id: &str, value: &Value) -> Value {
    let mut value = value.clone();
    replace(&mut value, OWN_ID, id);
    for edit in setting.edits {
        edit.apply(&mut value);
    }
    value
}

fn calls(setting: &Setting, id: &str, value: &Value, now: &Value) -> Vec<Call> {
    if let Some(member) = setting.needs
        && is_empty(&value[member])
    {
        return Vec::new();
    }
    let entries = |value: &Value, list: &str| value[list].as_array().cloned().unwrap_or_default();
    let call = |method: Method, path: &str, entry: &Value, body: Value| {
        Call::new(method, filled(&path.replace("{id}", &encode(id)), entry)).with(body)
    };
    let mut calls = Vec::new();
    for write in setting.writes {
        match *write {
            Write::Put(path) => {
                let body = without_lists(setting, value);
                if !is_empty(&body) {
                    calls.push(call(Method::PUT, path, &Value::Null, body));
                }
            }
            Write::PostEach(list, path) => {
                let there = entries(now, list);
                for entry in entries(value, list) {
                    if !there.iter().any(|there| covers(there, &entry)) {
                        calls.push(call(Method::POST, path, &Value::Null, entry));
                    }
                }
            }
            Write::PutEach(list, path) => {
                let entries = entries(value, list).into_iter();
                calls.extend(entries.map(|entry| call(Method::PUT, path, &Value::Null, entry)));
            }
            Write::PutPart(list, part, path) => {
                for entry in entries(value, list) {
                    if entry[part].is_object() {
                        calls.push(call(Method::PUT, path, &entry, entry[part].clone()));
                    }
                }
            }
        }
    }
    calls
}

/// A value without the lists whose entries are sent one by one.
fn without_lists(setting: &Setting, value: &Value) -> Value {
    let mut value = value.clone();
    if let Value::Object(members) = &mut value {
        for write in setting.writes {
            if let Write::PostEach(list, _) | Write::PutEach(list, _) = write {
                members.remove(*list);
            }
        }
    }
    value
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(entries) => entries.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
