//! Secrets of a backup stay in it: a plan has a reference instead of the value.

use std::path::Path;

use serde_json::{Value, json};

use super::bundle::Bundle;
use super::error::Error;
use super::file::open;

/// The member by which a reference is known.
const MARK: &str = "inBackup";

/// What a plan has instead of a secret value: where it is, of whom, and when it was taken. A digest of the backup could be tried out
/// until the few digits of a code fit.
pub fn reference(bundle: &Bundle, file: &Path) -> Value {
    json!({
        MARK: file.to_string_lossy(),
        "of": bundle.subject.id,
        "capturedAt": bundle.captured_at,
    })
}

/// The value that a plan's field represents: itself, or what the backup has of this setting that it refers to. `None`: the
/// backup does not have it.
///
/// # Errors
///
/// If the backup cannot be read, or is another one than the plan was made from.
pub fn resolve(
    setting: &str,
    value: &Value,
    identity: Option<&Path>,
) -> Result<Option<Value>, Error> {
    let Some(file) = value[MARK].as_str().map(Path::new) else {
        return Ok(Some(value.clone()));
    };
    let mut bundle = open(file, identity)?;
    match reference(&bundle, file) == *value {
        true => Ok(bundle.settings.remove(setting)),
        false => Err(Error::Other(file.to_owned())),
    }
}
