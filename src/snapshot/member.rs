//! How single members of a snapshot are read and written.

use serde::{Deserialize, Deserializer, Serializer};

use super::License;

/// A value that may be null, which counts as absent.
pub fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A number of units, or nothing if it cannot be one.
pub fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let told: Option<i64> = Option::deserialize(deserializer)?;
    Ok(told.and_then(License::plausible))
}

/// `null` for an empty text.
pub fn null_if_empty<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match text {
        "" => serializer.serialize_none(),
        text => serializer.serialize_str(text),
    }
}
