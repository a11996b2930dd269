//! Whether two readings say the same: a digest without what changes by itself, and where they differ.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::edit::drop_at;
use super::{Reading, Setting, Settings};

/// A digest of all that was read. The same settings give the same digest, no matter who has them and how their parts are
/// numbered.
pub fn digest(settings: &Settings) -> String {
    let mut hash = Sha256::new();
    for setting in settings.holder.settings() {
        hash.update(setting.name);
        hash.update([0]);
        hash.update(compared(setting, settings.readings.get(setting.name)));
        hash.update([0]);
    }
    format!("sha256:{:x}", hash.finalize())
}

/// The names of the settings of which something is not as it was. Additional data is no loss: Webex adds members to its
/// answers whenever it likes.
pub fn differences(then: &Settings, now: &Settings) -> Vec<&'static str> {
    let all = then.holder.settings().iter();
    let differs = |setting: &&Setting| {
        let readings = (
            then.readings.get(setting.name),
            now.readings.get(setting.name),
        );
        match readings {
            (Some(Reading::Value(then)), Some(Reading::Value(now))) => {
                !covers_setting(setting, now.clone(), then.clone())
            }
            // What was not read is never taken for the same.
            (Some(Reading::Failed(_)) | None, _) => true,
            (then, now) => then != now,
        }
    };
    all.filter(differs).map(|setting| setting.name).collect()
}

/// Whether a value of a setting has all that another has, and perhaps more.
pub fn covers_setting(setting: &Setting, value: Value, all: Value) -> bool {
    compare(setting, value, all, covers)
}

/// Whether two values of a setting say nothing different: members that only one of them has do not count.
pub fn agrees_setting(setting: &Setting, value: Value, other: Value) -> bool {
    compare(setting, value, other, agrees)
}

fn compare(
    setting: &Setting,
    value: Value,
    other: Value,
    like: fn(&Value, &Value) -> bool,
) -> bool {
    let (mut value, mut other) = (steady(setting, value), steady(setting, other));
    for list in setting.unordered() {
        let take = |from: &mut Value| match from.get_mut(list).map(Value::take) {
            Some(Value::Array(entries)) => entries,
            _ => Vec::new(),
        };
        let (mut there, wanted) = (take(&mut value), take(&mut other));
        if there.len() != wanted.len() {
            return false;
        }
        for wanted in wanted {
            match there.iter().position(|entry| like(entry, &wanted)) {
                Some(at) => drop(there.swap_remove(at)),
                None => return false,
            }
        }
    }
    like(&value, &other)
}

/// Whether a value has all that another has, and perhaps more.
pub fn covers(value: &Value, all: &Value) -> bool {
    like(value, all, false)
}

fn agrees(value: &Value, other: &Value) -> bool {
    like(value, other, true)
}

/// Whether a value has what another has; `lacking`: or lacks the member altogether.
fn like(value: &Value, all: &Value, lacking: bool) -> bool {
    match (value, all) {
        (Value::Object(value), Value::Object(all)) => all.iter().all(|(member, all)| {
            let value = value.get(member);
            value.map_or(lacking, |value| like(value, all, lacking))
        }),
        (Value::Array(value), Value::Array(all)) => {
            let mut pairs = value.iter().zip(all);
            value.len() == all.len() && pairs.all(|(value, all)| like(value, all, lacking))
        }
        _ => value == all,
    }
}

/// What counts of a reading, as text.
fn compared(setting: &Setting, reading: Option<&Reading>) -> String {
    match reading {
        Some(Reading::Value(value)) => {
            let mut value = steady(setting, value.clone());
            for list in setting.unordered() {
                if let Some(Value::Array(entries)) = value.get_mut(list) {
                    entries.sort_by_cached_key(Value::to_string);
                }
            }
            value.to_string()
        }
        Some(Reading::NotApplicable) => "none".to_owned(),
        Some(Reading::Failed(why)) => format!("unread: {why}"),
        None => "unread".to_owned(),
    }
}

/// A value without what changes by itself.
fn steady(setting: &Setting, mut value: Value) -> Value {
    for path in setting.volatile {
        drop_at(&mut value, path);
    }
    value
}
