//! The number and the extension of a queue: whether it can have them, and what frees them.

use super::KIND;
use super::fields::{EXTENSION, NUMBER};
use crate::change::{Address, Need};
use crate::finding::{
    CALLING_EXTENSION_IN_USE, CALLING_LOCATION_MISMATCH, CALLING_NUMBER_IN_USE,
    CALLING_NUMBER_UNKNOWN, Finding,
};
use crate::kinds::{Context, calling};
use crate::licensing::{Inventory, Owner};

/// What is free for a queue.
#[derive(Clone, Copy)]
pub struct Lines<'a, 'w> {
    pub context: &'a Context<'w>,
    pub inventory: &'a Inventory<'w>,
    /// The queue.
    pub name: &'a str,
    /// Its location.
    pub location: &'a str,
}

impl Lines<'_, '_> {
    /// What must be done before the queue can have a number, or why it cannot.
    pub fn number(&self, number: &str) -> Result<Vec<Need>, Box<Finding>> {
        let Some(facts) = self.inventory.number(number) else {
            let message = format!("the number {number} is not in the inventory");
            let finding = Finding::error(CALLING_NUMBER_UNKNOWN, message);
            return Err(finding.help("add it under `numbers`, or correct it").into());
        };
        let here = self.location;
        if let Some(other) = facts.location.filter(|location| *location != here) {
            let message =
                format!("the number {number} belongs to {other}, and the call queue to {here}");
            let finding = Finding::error(CALLING_LOCATION_MISMATCH, message);
            return Err(finding.help(format!("choose a number of {here}")).into());
        }
        // Service numbers are for features.
        if let Some(purpose) = facts.purpose.filter(|purpose| *purpose != "service") {
            let message =
                format!("the number {number} cannot be assigned: Webex keeps it as `{purpose}`");
            let finding = Finding::error(CALLING_NUMBER_IN_USE, message);
            return Err(finding.help("choose a free number").into());
        }
        if self.is_given_back(number) {
            let message = format!(
                "the number {number} is no longer listed under `numbers`, so that it is deleted"
            );
            let finding = Finding::error(CALLING_NUMBER_IN_USE, message);
            return Err(finding
                .help("choose a free number, or list this one again")
                .into());
        }
        let mut needs = vec![Need::Done(Address::new("number", number))];
        if let Some(owner) = facts.owner {
            let giver = self.giver(owner, NUMBER, number).map_err(|owner| {
                let message = format!("the number {number} belongs to {owner}");
                Finding::error(CALLING_NUMBER_IN_USE, message)
                    .help("choose a free number, or free this one first")
            })?;
            needs.extend(giver);
        }
        Ok(needs)
    }

    /// Whether the plan deletes a number that is not the queue's own.
    fn is_given_back(&self, number: &str) -> bool {
        let facts = self.context.world.facts();
        let features = facts.snapshot.features().iter();
        let mut own = features.filter(|it| it.kind == KIND.name && it.name == self.name);
        facts.returns(number) && !own.any(|it| it.phone_number.as_deref() == Some(number))
    }

    /// What must be done before the queue can have an extension, or why it cannot.
    pub fn extension(&self, extension: &str) -> Result<Vec<Need>, Box<Finding>> {
        let owners = self.inventory.extension(self.location, extension).iter();
        let mut needs = Vec::new();
        for &owner in owners {
            let giver = self.giver(owner, EXTENSION, extension).map_err(|owner| {
                let message = format!(
                    "the extension {extension} in {} belongs to {owner}",
                    self.location
                );
                Finding::error(CALLING_EXTENSION_IN_USE, message)
                    .help("choose a free extension, or free this one first")
            })?;
            needs.extend(giver);
        }
        Ok(needs)
    }

    /// The change by which an owner gives something up, none where the queue has it itself; or who keeps it.
    fn giver(&self, owner: Owner<'_>, path: &str, value: &str) -> Result<Option<Need>, String> {
        let (context, agreed) = (self.context, self.context.acknowledgements);
        let (gives, kind, key) = match owner {
            Owner::Holder(holder) => {
                let (kind, key) = context.world.facts().named(holder);
                (calling::gives_up(context, holder, path, value), kind, key)
            }
            Owner::Other(kind, key) if (kind, key) == (KIND.name, self.name) => return Ok(None),
            Owner::Other(kind, key) => (context.world.closes(kind, key, agreed), kind, key),
        };
        match gives {
            true => Ok(Some(Need::Done(Address::new(kind, key)))),
            false => Err(self.inventory.owner_name(owner)),
        }
    }
}
