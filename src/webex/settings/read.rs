//! Reading every setting of one person or workspace, several at a time.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::{HolderKind, Setting};
use crate::webex::{Error, Reader, encode, ids};

/// How many settings of one holder are requested at a time. The client decides how fast they go out.
const AT_A_TIME: usize = 8;

/// Webex's code for a setting of a workspace that has no Professional licence.
const NOT_PROFESSIONAL: &str = "25409";

/// The placeholder for the id of the holder inside values, so that they fit any holder that gets them back.
pub const OWN_ID: &str = "{id}";

/// The settings of one person or workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Whose they are.
    pub holder: HolderKind,
    /// The result of each, by name.
    pub readings: BTreeMap<&'static str, Reading>,
}

/// The result of reading a setting.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// Its value, with the details of its entries. The holder's own id is in it as `{id}`.
    Value(Value),
    /// Webex says that the holder has no such setting (400, 403, 404, or 405 with its own code).
    NotApplicable,
    /// It could not be read, and why.
    Failed(String),
}

impl Settings {
    /// The value of a setting, where it was read.
    pub fn value(&self, name: &str) -> Option<&Value> {
        match self.readings.get(name)? {
            Reading::Value(value) => Some(value),
            _ => None,
        }
    }

    /// How many have a value.
    pub fn values(&self) -> usize {
        let readings = self.readings.values();
        readings
            .filter(|it| matches!(it, Reading::Value(_)))
            .count()
    }

    /// What could not be read, and why.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.readings
            .iter()
            .filter_map(|(name, reading)| match reading {
                Reading::Failed(why) => Some((*name, why.as_str())),
                _ => None,
            })
    }
}

/// Reads every setting of the holder with this id. Whatever could not be read is named.
pub fn read_all(reader: &Reader, holder: HolderKind, id: &str) -> Settings {
    let all = holder.settings();
    let next = AtomicUsize::new(0);
    let readings = Mutex::new(BTreeMap::new());
    let work = || {
        while let Some(setting) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let reading = read_one(reader, setting, id);
            // A thread that panicked while it held the lock would end the run anyhow.
            let mut readings = readings.lock().unwrap_or_else(|broken| broken.into_inner());
            readings.insert(setting.name, reading);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..AT_A_TIME {
            scope.spawn(work);
        }
        work();
    });
    let readings = readings.into_inner();
    Settings {
        holder,
        readings: readings.unwrap_or_else(|broken| broken.into_inner()),
    }
}

/// How many requests read every setting, without the details of entries.
pub fn requests(holder: HolderKind) -> usize {
    holder.settings().len()
}

/// Reads one setting.
pub fn read_one(reader: &Reader, setting: &Setting, id: &str) -> Reading {
    let path = setting.read.replace("{id}", &encode(id));
    let mut value = match reader.get(&path) {
        Ok(value) => value,
        Err(error) if is_absent(&error) => return Reading::NotApplicable,
        Err(error) => return Reading::Failed(error.to_string()),
    };
    for detail in setting.details {
        let mut failed = None;
        let entries = value.get_mut(detail.list).and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            let path = filled(&detail.path.replace("{id}", &encode(id)), entry);
            match (reader.get(&path), detail.into) {
                (Ok(answer), Some(member)) => {
                    if let Value::Object(entry) = entry {
                        entry.insert(member.to_owned(), answer);
                    }
                }
                (Ok(answer), None) => merge(entry, answer),
                // Not every phone has lines or keys to set.
                (Err(error), Some(_)) if is_absent(&error) => {}
                (Err(error), _) => failed = Some(error.to_string()),
            }
        }
        if let Some(why) = failed {
            return Reading::Failed(why);
        }
    }
    replace(&mut value, id, OWN_ID);
    Reading::Value(value)
}

/// Whether Webex says that there is no such thing here. A Standard user answers so for much (webex-api.md 10), and a workspace
/// without Professional with 405 and its own code.
fn is_absent(error: &Error) -> bool {
    let place = || {
        let refusal = error.refusal();
        let mut details = refusal.into_iter().flat_map(|refusal| &refusal.details);
        details.any(|detail| detail.code == NOT_PROFESSIONAL)
    };
    [400, 403, 404].iter().any(|&status| error.is(status)) || error.is(405) && place()
}

/// A path with the members of an entry in it.
pub fn filled(path: &str, entry: &Value) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once("{item.") {
        let (member, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&encode(entry[member].as_str().unwrap_or_default()));
        rest = after;
    }
    out + rest
}

/// Adds the members of one object to another.
fn merge(entry: &mut Value, answer: Value) {
    match (entry, answer) {
        (Value::Object(entry), Value::Object(answer)) => entry.extend(answer),
        (entry, answer) => *entry = answer,
    }
}

/// Replaces an id by a text, wherever it appears as a whole.
pub fn replace(value: &mut Value, id: &str, new: &str) {
    fn walk(value: &mut Value, is_it: &dyn Fn(&str) -> bool, new: &str) {
        match value {
            Value::String(text) if is_it(text) => *text = new.to_owned(),
            Value::Array(entries) => entries.iter_mut().for_each(|it| walk(it, is_it, new)),
            Value::Object(members) => members.values_mut().for_each(|it| walk(it, is_it, new)),
            _ => {}
        }
    }
    let plain = ids::plain(id);
    // Most texts are no ids, and short.
    let is_it = |text: &str| text == id || (text.len() >= 24 && ids::plain(text) == plain);
    walk(value, &is_it, new);
}
