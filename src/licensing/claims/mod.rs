//! Who gets which number and extension, where several want the same: the claims of rule 5, settled in one order.

mod extensions;
mod numbers;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ask::Holder;
use super::faults::Fault;
use super::identity::{Applicant, Source};
use super::inventory::Inventory;
use super::people::UserIx;

/// Settles every claim. `freed` tells whose number is given back by an acknowledged deletion or removal of Calling.
pub fn settle<'w>(
    inventory: &Inventory<'w>,
    applicants: Vec<Applicant<'w>>,
    freed: &dyn Fn(UserIx) -> bool,
) -> Vec<Applicant<'w>> {
    let index: FxHashMap<UserIx, usize> = applicants
        .iter()
        .enumerate()
        .map(|(at, applicant)| (applicant.user, at))
        .collect();
    let mut barred: FxHashMap<usize, Fault> = FxHashMap::default();
    loop {
        let mut fresh = applicants.clone();
        barred
            .iter()
            .for_each(|(&at, fault)| fresh[at].barred = Some(fault.clone()));
        let mut desk = Desk {
            inventory,
            applicants: fresh,
            index: index.clone(),
            freed,
            taken: FxHashSet::default(),
        };
        desk.locations();
        desk.explicit_numbers();
        desk.work_phones();
        // Whoever cannot move after all frees no number: then all has to be settled once more without that.
        let mut late = desk.auto_numbers();
        late.extend(desk.extensions());
        if late.is_empty() {
            for applicant in &mut desk.applicants {
                applicant.fault = applicant.fault.take().or(applicant.barred.take());
            }
            return desk.applicants;
        }
        barred.extend(late);
    }
}

/// Where claims are settled.
struct Desk<'w, 'd> {
    inventory: &'d Inventory<'w>,
    applicants: Vec<Applicant<'w>>,
    index: FxHashMap<UserIx, usize>,
    freed: &'d dyn Fn(UserIx) -> bool,
    taken: FxHashSet<String>,
}

impl<'w> Desk<'w, '_> {
    /// Where each applicant will be, and faults that need no other applicant.
    fn locations(&mut self) {
        let inventory = self.inventory;
        for applicant in &mut self.applicants {
            let observed = applicant.observed.and_then(|user| user.location.as_deref());
            let named = applicant.named.map(|(location, _)| location);
            let held = applicant.held_number().filter(|_| applicant.ask.is_none());
            let of_number = match applicant.number {
                Source::Explicit(number) if held == Some(number) => None,
                Source::Explicit(number) | Source::WorkPhone(number) => {
                    inventory.number(number).and_then(|n| n.location)
                }
                _ => None,
            };
            if applicant.ask.is_none() {
                let location = named.or(of_number).or(observed);
                applicant.location = location.map(str::to_owned);
                applicant.moves = location.is_some() && location != observed;
                // Another number than the held one is looked at first, with the location's faults after it.
                let other =
                    matches!(applicant.number, Source::Explicit(number) if held != Some(number));
                if let (true, Some(location)) = (applicant.moves && !other, location) {
                    applicant.fault = relocation_fault(inventory, applicant, observed, location);
                }
                let bare = applicant.extension_spot.is_none()
                    && applicant
                        .observed
                        .is_none_or(|user| user.extension.is_none());
                if matches!(applicant.number, Source::Drop) && bare {
                    applicant.fault.get_or_insert(Fault::NumberRequired);
                }
                continue;
            }
            let observed = match applicant.number {
                Source::WorkPhone(_) => None,
                _ => observed,
            };
            applicant.location = match applicant.number {
                Source::WorkPhone(_) => of_number.or(named),
                _ => named.or(of_number).or(observed),
            }
            .map(str::to_owned);
        }
    }

    fn name(&self, holder: Holder) -> String {
        self.inventory.address(holder)
    }
}

/// Why somebody with Calling cannot change location (rule 7), as far as it needs nobody else.
fn relocation_fault(
    inventory: &Inventory<'_>,
    applicant: &Applicant<'_>,
    from: Option<&str>,
    to: &str,
) -> Option<Fault> {
    if !inventory.calls_from(to) {
        return Some(Fault::LocationUnknown(to.to_owned()));
    }
    let number = applicant.held_number()?;
    let taken_along = match applicant.number {
        Source::Keep => true,
        Source::Explicit(named) => named == number,
        _ => false,
    };
    if !taken_along {
        return None;
    }
    let from = from.unwrap_or("");
    if inventory.main_number(from) == Some(number) {
        return Some(Fault::MainNumber {
            number: number.to_owned(),
            location: from.to_owned(),
        });
    }
    if !inventory.movable(from, to) {
        return Some(Fault::NotMovable {
            number: number.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        });
    }
    let declared = inventory
        .declared_location(number)
        .filter(|declared| *declared != to)?;
    Some(Fault::LocationMismatch {
        number: number.to_owned(),
        of_number: declared.to_owned(),
        wanted: to.to_owned(),
    })
}
