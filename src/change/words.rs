//! What happens to objects and fields, and how much harm that can do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeAction {
    /// It comes into being.
    Create,
    /// It changes.
    Update,
    /// It goes.
    Delete,
}

/// What happens to a field of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldAction {
    /// It gets a value.
    Add,
    /// It gets another value.
    Change,
    /// The same licence from another subscription; nothing is lost.
    Move,
    /// It loses its value.
    Remove,
}

/// How much harm a change can do (contract section 4), from least to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Risk {
    /// Something is added.
    Additive,
    /// Can be taken back.
    Reversible,
    /// Service or identity changes; no data is destroyed.
    Disruptive,
    /// Data is permanently destroyed.
    Irreversible,
}

// The words of the plan file, for the formats that are not JSON.

impl fmt::Display for ChangeAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ChangeAction::Create => "create",
            ChangeAction::Update => "update",
            ChangeAction::Delete => "delete",
        })
    }
}

impl fmt::Display for FieldAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FieldAction::Add => "add",
            FieldAction::Change => "change",
            FieldAction::Move => "move",
            FieldAction::Remove => "remove",
        })
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Risk::Additive => "additive",
            Risk::Reversible => "reversible",
            Risk::Disruptive => "disruptive",
            Risk::Irreversible => "irreversible",
        })
    }
}
