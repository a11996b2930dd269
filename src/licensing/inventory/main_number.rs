//! Which number is the main number of a location: that of the files, else that of the snapshot.

use super::Inventory;

impl<'w> Inventory<'w> {
    /// The main number of a location.
    pub fn main_number(&self, location: &str) -> Option<&'w str> {
        let declared = self
            .facts
            .config
            .locations
            .get(location)
            .and_then(|declared| {
                Some(
                    declared
                        .value
                        .calling
                        .as_ref()?
                        .value
                        .main_number
                        .as_ref()?
                        .value
                        .as_str(),
                )
            });
        declared.or_else(|| {
            self.observed_location(location)?
                .calling
                .as_ref()?
                .main_number
                .as_deref()
        })
    }

    /// Whether a number is the main number of a location before the plan.
    pub fn is_main(&self, number: &str, here: &str) -> bool {
        let calling = self
            .observed_location(here)
            .and_then(|location| location.calling.as_ref());
        let main = calling.and_then(|calling| calling.main_number.as_deref());
        main == Some(number)
    }

    /// Whether a number is the main number of a location, and no other one is to be.
    pub fn stays_main(&self, number: &str, here: &str) -> bool {
        if !self.is_main(number, here) {
            return false;
        }
        let next = self.main_number(here).filter(|next| *next != number);
        next.is_none_or(|next| {
            let observed = self.numbers().get(next);
            let observed = observed.and_then(|next| next.location.as_deref());
            observed != Some(here) && self.declared_location(next) != Some(here)
        })
    }
}
