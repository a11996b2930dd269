//! What an object has now, under the paths that fields have: for whoever compares two observed states.
//!
//! Makes the plan on the way, since only then names are looked up. Knows no kind by name: values are each kind's to tell.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::build::{Inputs, build_and};
use super::model::{Plan, Shared, text};
use crate::kinds::KINDS;

/// An object as a snapshot has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// Webex's id; empty where there is none.
    pub id: String,
    /// What people call it, such as an address and a name.
    pub names: Vec<String>,
    /// Its values by the paths of fields; what has no value is absent.
    pub values: BTreeMap<String, Shared>,
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
            self.values.insert(path.to_owned(), text(value));
        }
        self
    }

    /// Gives it values under their paths.
    pub fn with(mut self, values: impl IntoIterator<Item = (String, Shared)>) -> Observed {
        self.values.extend(values);
        self
    }
}

/// Objects by address.
pub type ObservedObjects = FxHashMap<String, Observed>;

/// Makes the plan, and says what the objects that it changes have now, and these besides.
pub fn with_observed(inputs: Inputs<'_>, besides: &BTreeSet<&str>) -> (Plan, ObservedObjects) {
    build_and(inputs, |context, draft| {
        let changed = draft
            .changes
            .iter()
            .map(|change| (change.kind, change.key.as_str()));
        let besides = besides.iter().filter_map(|address| address.split_once('/'));
        let mut objects = ObservedObjects::default();
        for (name, key) in changed.chain(besides) {
            let kind = KINDS.iter().find(|kind| kind.name == name);
            let observed = kind.and_then(|kind| (kind.observe)(context, key));
            objects.extend(observed.map(|observed| (format!("{name}/{key}"), observed)));
        }
        objects
    })
}
