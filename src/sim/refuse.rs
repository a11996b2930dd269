//! What a fault keeps a request from doing.

use serde::{Deserialize, Serialize};

/// Which half of a request is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Refuse {
    /// Nothing is added; removals are carried out.
    Add,
    /// Nothing is removed; additions are carried out.
    Remove,
    /// Nothing is carried out.
    All,
}
