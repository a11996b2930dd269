//! Desired state: YAML in git -> [`Config`], with the place of every value.
//!
//! Owns text, git revisions, parsing and writing of YAML, checks that need no snapshot, and the JSON Schema. Knows nothing
//! of the API or the snapshot.

pub mod checks;
pub mod claims;
pub mod edit;
pub mod files;
pub mod fleet;
pub mod fmt;
mod foreign;
pub mod history;
mod load;
mod merge;
pub mod model;
pub mod schema;
pub mod secrets;
pub mod sections;
mod several;
pub mod write;
pub mod yaml;

pub use load::{Loaded, load};
pub use merge::{Config, Declared, Section, Spot, dropped};
