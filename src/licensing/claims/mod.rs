//! Who gets which number and extension, where several want the same: the claims of rule 5, settled in one order.

mod extensions;
mod numbers;

use rustc_hash::{FxHashMap, FxHashSet};

use super::callers::Source;
use super::faults::Fault;
use super::holder::Holder;
use super::identity::Applicant;
use super::inventory::{Inventory, Owner};

/// Settles every claim. `freed` says which owner gives its number back by an acknowledged deletion or removal of Calling.
pub fn settle<'w>(
    inventory: &Inventory<'w>,
    applicants: Vec<Applicant<'w>>,
    freed: &dyn Fn(Owner<'_>) -> bool,
) -> Vec<Applicant<'w>> {
    let index: FxHashMap<Holder, usize> = applicants
        .iter()
        .enumerate()
        .map(|(at, applicant)| (applicant.holder(), at))
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
        // A holder that cannot move after all frees no number: then all has to be settled once more without that.
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
    index: FxHashMap<Holder, usize>,
    freed: &'d dyn Fn(Owner<'_>) -> bool,
    taken: FxHashSet<String>,
}

impl<'w> Desk<'w, '_> {
    /// Where each applicant will be, and faults that need no other applicant.
    fn locations(&mut self) {
        let inventory = self.inventory;
        for applicant in &mut self.applicants {
            let caller = applicant.caller;
            let seen = caller.seen;
            let named = caller.named.map(|(location, _)| location);
            let held = seen.number.filter(|_| applicant.change.is_none());
            let of_number = match caller.number {
                Source::Explicit(number) if held == Some(number) => None,
                Source::Explicit(number) | Source::WorkPhone(number) => {
                    inventory.number(number).and_then(|n| n.location)
                }
                _ => None,
            };
            let location = match caller.number {
                Source::WorkPhone(_) => of_number.or(named),
                _ if applicant.is_fixed() => seen.location.or(named).or(of_number),
                // Who has Calling moves where the files say so; a mistyped number moves no one.
                _ if applicant.change.is_none() => named.or(seen.location),
                _ => named.or(of_number).or(seen.location),
            };
            applicant.location = location.map(str::to_owned);
            applicant.moves =
                applicant.change.is_none() && location.is_some() && location != seen.location;
            if applicant.is_fixed() {
                let fault = fixed_fault(inventory, applicant, named, seen.location);
                applicant.moves |= applicant.change.is_none() && fault.is_some();
                applicant.fault = fault.or(applicant.fault.take());
            } else if let Some(fault) = unknown_fault(inventory, applicant, named) {
                applicant.moves = true;
                applicant.fault = Some(fault);
            } else if let (true, Some(location)) = (applicant.moves, location) {
                // Another number than the held one is looked at first, with the location's faults after it.
                let other =
                    matches!(caller.number, Source::Explicit(number) if held != Some(number));
                applicant.fault = match inventory.keeps(applicant.holder()) {
                    Some(what) if inventory.calls_from(location) => Some(Fault::PersonStays {
                        to: location.to_owned(),
                        what,
                    }),
                    _ if other => None,
                    _ => relocation_fault(inventory, applicant, seen.location, location),
                };
            }
            let without = caller.extension_spot.is_none() && seen.extension.is_none();
            let drops = applicant.change.is_none() && matches!(caller.number, Source::Drop);
            if drops && without && !applicant.bare {
                applicant.fault.get_or_insert(Fault::NumberRequired);
            }
        }
    }

    fn name(&self, holder: Holder) -> String {
        self.inventory.address(holder)
    }
}

/// Why a workspace cannot have the location that is named for it: where it is once, it stays.
fn fixed_fault(
    inventory: &Inventory<'_>,
    applicant: &Applicant<'_>,
    named: Option<&str>,
    observed: Option<&str>,
) -> Option<Fault> {
    match (observed, named) {
        (Some(from), Some(to)) if from != to => Some(Fault::LocationFixed {
            from: from.to_owned(),
            to: to.to_owned(),
        }),
        (None, Some(to)) if applicant.change.is_none() && !inventory.exists(to) => {
            Some(inventory.no_calling(to))
        }
        _ => unknown_fault(inventory, applicant, named),
    }
}

/// Why number and extension wait: the location of the same entry is one that does not exist, although it is observed. One of
/// which not everything is known is another matter.
fn unknown_fault(
    inventory: &Inventory<'_>,
    applicant: &Applicant<'_>,
    named: Option<&str>,
) -> Option<Fault> {
    let named = named.filter(|named| {
        let seen = applicant.change.is_none() && applicant.caller.seen.location == Some(named);
        seen && !inventory.exists(named)
    })?;
    let fault = inventory.no_calling(named);
    (!matches!(fault, Fault::LocationNotKnown(_))).then_some(fault)
}

/// Why a person with Calling cannot change location (rule 7), as far as no one else is involved.
fn relocation_fault(
    inventory: &Inventory<'_>,
    applicant: &Applicant<'_>,
    from: Option<&str>,
    to: &str,
) -> Option<Fault> {
    if !inventory.calls_from(to) {
        return Some(inventory.no_calling(to));
    }
    let number = applicant.caller.seen.number?;
    let taken_along = match applicant.caller.number {
        Source::Keep => true,
        Source::Explicit(named) => named == number,
        _ => false,
    };
    if !taken_along {
        return None;
    }
    let of_number = || inventory.number(number).and_then(|it| it.location);
    let from = from.or_else(of_number).unwrap_or("an unknown location");
    if inventory.main_number(from) == Some(number) {
        return Some(Fault::MainNumber {
            number: number.to_owned(),
            location: from.to_owned(),
        });
    }
    if let Some(why) = inventory.unmovable(from, to) {
        return Some(Fault::NotMovable {
            number: number.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            why,
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
