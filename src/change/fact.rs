//! What is known of an object, for people and for JSON.

use serde_json::Value;

/// One thing that is known of an object.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What it is now; null for nothing.
    pub value: Value,
}

impl Fact {
    /// A fact.
    pub fn new(name: &'static str, label: &'static str, value: impl Into<Value>) -> Fact {
        let value = value.into();
        Fact { name, label, value }
    }
}
