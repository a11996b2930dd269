//! What an object has now, under the paths that fields have.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::names::{Address, Path};
use super::value::{Shared, text};

/// An object as a snapshot has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// Webex's id; empty where there is none.
    pub id: String,
    /// What people call it, such as an address and a name.
    pub names: Vec<String>,
    /// Its values by the paths of fields; what has no value is absent.
    pub values: BTreeMap<Path, Shared>,
}

impl Observed {
    /// An object without values.
    pub fn new(id: &str, names: impl IntoIterator<Item = String>) -> Observed {
        Observed {
            id: id.to_owned(),
            names: names.into_iter().collect(),
            values: BTreeMap::new(),
        }
    }

    /// Gives it a text under a path, unless there is none.
    pub fn text(mut self, path: &str, value: Option<&str>) -> Observed {
        if let Some(value) = value {
            self.values.insert(path.into(), text(value));
        }
        self
    }

    /// Gives it values under their paths.
    pub fn with(mut self, values: impl IntoIterator<Item = (Path, Shared)>) -> Observed {
        self.values.extend(values);
        self
    }
}

/// Objects by address.
pub type ObservedObjects = FxHashMap<Address, Observed>;
