//! What of a plan the token may not do, said before the first request: a run that ends in refusals halfway helps nobody.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::change::Address;
use crate::plan::Plan;
use crate::webex::org::Whoami;
use crate::webex::rights::{Lack, Rights};
use crate::webex::{Error, Reader};

/// How many changes a message names.
const NAMED: usize = 5;

/// Changes that would be refused for one reason.
#[derive(Debug, PartialEq, Eq)]
pub struct Denied<'p> {
    /// Why.
    pub lack: Lack,
    /// Whose requests would be.
    pub changes: Vec<&'p Address>,
}

/// What a token may not do of a plan, by reason.
///
/// # Errors
///
/// What ends a run.
pub fn denied<'p>(plan: &'p Plan, reader: &Reader, me: &Whoami) -> Result<Vec<Denied<'p>>, Error> {
    let rights = Rights::new(reader, me);
    let mut known: BTreeMap<(&str, &str), Option<Lack>> = BTreeMap::new();
    let mut denied: BTreeMap<Lack, Vec<&Address>> = BTreeMap::new();
    for operation in &plan.operations {
        let lack = match known.entry((&operation.method, &operation.path)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(rights.lack(&operation.method, &operation.path)?),
        };
        if let Some(lack) = lack {
            let changes = denied.entry(lack.clone()).or_default();
            changes.extend(operation.subjects());
        }
    }
    let denied = denied.into_iter().map(|(lack, mut changes)| {
        changes.sort_unstable();
        changes.dedup();
        Denied { lack, changes }
    });
    Ok(denied.collect())
}

impl Denied<'_> {
    /// How many changes, and some of them by name.
    pub fn words(&self) -> String {
        let named: Vec<&str> = self
            .changes
            .iter()
            .take(NAMED)
            .map(|it| it.as_str())
            .collect();
        let named = named.join(", ");
        match self.changes.len() {
            1 => format!("the change of {named}"),
            some if some <= NAMED => format!("{some} changes ({named})"),
            some => format!("{some} changes ({named} and {} more)", some - NAMED),
        }
    }
}
