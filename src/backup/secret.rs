//! Secrets of a backup stay in it: a plan has a reference instead of the value.

use std::path::Path;

use serde_json::{Value, json};

use super::error::Error;
use super::file::open;

/// The member by which a reference is known.
const MARK: &str = "inBackup";

/// What a plan has instead of a secret value.
pub fn reference(file: &Path) -> Value {
    json!({ MARK: file.to_string_lossy() })
}

/// The value that a plan's field represents: itself, or what the backup has of this setting that it refers to. `None`: the
/// backup does not have it.
pub fn resolve(
    setting: &str,
    value: &Value,
    identity: Option<&Path>,
) -> Result<Option<Value>, Error> {
    match value[MARK].as_str() {
        Some(file) => Ok(open(Path::new(file), identity)?.settings.remove(setting)),
        None => Ok(Some(value.clone())),
    }
}
