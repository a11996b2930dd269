//! Values of fields.

use std::sync::{Arc, LazyLock};

use serde_json::Value;

/// A value of a field. Many people get the same licence, so the value is kept once.
pub type Shared = Arc<Value>;

/// No value.
pub fn nothing() -> Shared {
    static NOTHING: LazyLock<Shared> = LazyLock::new(|| Arc::new(Value::Null));
    NOTHING.clone()
}

/// A value for a text.
pub fn text(text: &str) -> Shared {
    Arc::new(text.into())
}

/// A value for a text that may be missing.
pub fn text_or_nothing(given: Option<&str>) -> Shared {
    given.map_or_else(nothing, text)
}
