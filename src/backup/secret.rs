//! Secrets of a backup stay in it: a plan has a reference in place of the value.

use std::path::Path;

use serde_json::{Value, json};

use super::error::Error;
use super::file::open;

/// The member by which a reference is known.
const MARK: &str = "inBackup";

/// What a plan has in place of a secret value.
pub fn reference(file: &Path, setting: &str) -> Value {
    json!({ MARK: { "file": file.to_string_lossy(), "setting": setting } })
}

/// The value that a plan's field stands for: itself, or what the backup has that it refers to. `None`: the backup does not
/// have it.
pub fn resolve(value: &Value, identity: Option<&Path>) -> Result<Option<Value>, Error> {
    let reference = &value[MARK];
    let (Some(file), Some(setting)) = (reference["file"].as_str(), reference["setting"].as_str())
    else {
        return Ok(Some(value.clone()));
    };
    Ok(open(Path::new(file), identity)?.settings.remove(setting))
}
