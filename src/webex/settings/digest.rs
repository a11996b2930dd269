//! Whether two readings say the same: a digest without what changes by itself, and where they differ.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::edit::drop_at;
use super::{Reading, Setting, Settings, Write};

/// A digest of all that was read. The same settings give the same digest, whoever has them and however their parts are
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

/// The names of the settings in which two readings differ.
pub fn differences(one: &Settings, other: &Settings) -> Vec<&'static str> {
    let all = one.holder.settings().iter();
    let differs = |setting: &&Setting| {
        compared(setting, one.readings.get(setting.name))
            != compared(setting, other.readings.get(setting.name))
    };
    all.filter(differs).map(|setting| setting.name).collect()
}

/// What counts of a reading, as text.
fn compared(setting: &Setting, reading: Option<&Reading>) -> String {
    match reading {
        Some(Reading::Value(value)) => canonical(setting, value.clone()).to_string(),
        Some(Reading::NotApplicable) => "none".to_owned(),
        // What was not read is never taken for the same.
        Some(Reading::Failed(why)) => format!("unread: {why}"),
        None => "unread".to_owned(),
    }
}

/// A value without what changes by itself, and with the entries that have no order of their own in one.
pub fn canonical(setting: &Setting, mut value: Value) -> Value {
    for path in setting.volatile {
        drop_at(&mut value, path);
    }
    for write in setting.writes {
        if let Write::PostEach(list, _) | Write::PutEach(list, _) | Write::PutPart(list, _, _) =
            write
            && let Some(Value::Array(entries)) = value.get_mut(*list)
        {
            entries.sort_by_cached_key(Value::to_string);
        }
    }
    value
}
