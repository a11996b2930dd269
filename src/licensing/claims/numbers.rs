//! Claims of numbers: explicit ones first, then work phones, then `auto`, each in order of address.

use rustc_hash::FxHashMap;

use super::Desk;
use crate::licensing::callers::{Extension, Source};
use crate::licensing::faults::Fault;
use crate::licensing::holder::Holder;
use crate::licensing::identity::Applicant;
use crate::licensing::inventory::Owner;

impl<'w> Desk<'w, '_> {
    /// The fault of a number that needs no other applicant, in the order of rule 5, save `calling-number-in-use`.
    fn number_unknown(&self, number: &str) -> Option<Fault> {
        if self.inventory.number(number).is_some() {
            return None;
        }
        let number = number.to_owned();
        Some(match self.inventory.is_to_be_ordered(&number) {
            true => Fault::NumberWaits(number),
            false => Fault::NumberUnknown(number),
        })
    }

    /// Faults of the location, which come after those of the number.
    fn location_fault(&self, applicant: &Applicant<'w>) -> Option<Fault> {
        let number = match applicant.caller.number {
            Source::Explicit(number) | Source::WorkPhone(number) => Some(number),
            _ => None,
        };
        let facts = number.and_then(|number| self.inventory.number(number));
        let unknown = facts.as_ref().is_some_and(|it| it.location.is_none());
        let of_number = facts.and_then(|facts| facts.location);
        let Some(location) = applicant.location.as_deref() else {
            let claims = !matches!(applicant.caller.number, Source::Keep | Source::Drop)
                || !matches!(applicant.caller.extension, Extension::Keep);
            return (claims || !applicant.bare).then_some(Fault::LocationRequired);
        };
        let wanted = match applicant.caller.number {
            Source::WorkPhone(_) => applicant
                .caller
                .named
                .map(|(named, _)| named)
                .unwrap_or(location),
            _ => location,
        };
        if let Some(number) = number.filter(|_| unknown) {
            return Some(Fault::NumberKept {
                number: number.to_owned(),
                what: "in a location that is not known".to_owned(),
            });
        }
        if let (Some(number), Some(of_number)) = (number, of_number)
            && of_number != wanted
        {
            return Some(Fault::LocationMismatch {
                number: number.to_owned(),
                of_number: of_number.to_owned(),
                wanted: wanted.to_owned(),
            });
        }
        let arrives = applicant.change.is_some() || applicant.moves;
        (arrives && !self.inventory.calls_from(location))
            .then(|| self.inventory.no_calling(location))
    }

    /// Why `holder` cannot have a number: another has it and keeps it, or it cannot be assigned. Else the holder that frees it
    /// for an explicit claim.
    fn owner_of(&self, holder: Holder, number: &str) -> Result<Option<Holder>, Fault> {
        let owner = self.inventory.number(number).and_then(|facts| facts.owner);
        let giver = match owner {
            None => None,
            Some(Owner::Holder(owner)) if owner == holder => return Ok(None),
            Some(Owner::Holder(owner)) => {
                let applicant = self.index.get(&owner).map(|&at| &self.applicants[at]);
                // Whoever changes the first number keeps the others.
                let gives_up = |it: &Applicant<'w>| {
                    it.gives_up_number() && it.caller.seen.number == Some(number)
                };
                match (self.freed)(Owner::Holder(owner)) || applicant.is_some_and(gives_up) {
                    true => Some(owner),
                    false => return Err(self.in_use(number, Owner::Holder(owner))),
                }
            }
            Some(other) if (self.freed)(other) => None,
            Some(other) => return Err(self.in_use(number, other)),
        };
        match self.kept(holder, number) {
            Some(fault) => Err(fault),
            None => Ok(giver),
        }
    }

    fn in_use(&self, number: &str, owner: Owner<'_>) -> Fault {
        Fault::NumberInUse {
            number: number.to_owned(),
            owner: self.inventory.owner_name(owner),
        }
    }

    /// Why a number without an owner cannot be assigned.
    fn kept(&self, holder: Holder, number: &str) -> Option<Fault> {
        let mobile = || self.inventory.number(number).is_some_and(|it| it.mobile);
        let at = self.index.get(&holder);
        let standard = at.is_some_and(|&at| !self.applicants[at].professional);
        let needs = || {
            let needs = matches!(holder, Holder::User(_)) && standard && mobile();
            needs.then(|| "a mobile number, which needs Webex Calling Professional".to_owned())
        };
        let what = self.inventory.kept_from(holder, number);
        let what = what.or_else(needs)?;
        Some(Fault::NumberKept {
            number: number.to_owned(),
            what,
        })
    }

    pub(super) fn explicit_numbers(&mut self) {
        let claims: Vec<usize> = (0..self.applicants.len())
            .filter(|&at| self.claims_number(at))
            .collect();
        self.refuse_numbers(&claims);
        for ring in self.rings(&claims) {
            if let Some(at) = self.steps_aside(&ring) {
                self.applicants[at].steps_aside = true;
            }
        }
        self.take_numbers(&claims);
        // A grant with a location but no explicit number has the location's faults still to be looked at.
        for at in 0..self.applicants.len() {
            let applicant = &self.applicants[at];
            let other = matches!(
                applicant.caller.number,
                Source::Keep | Source::Drop | Source::Auto
            );
            if applicant.change.is_some() && other && applicant.fault.is_none() {
                self.applicants[at].fault = self.location_fault(&self.applicants[at]);
            }
        }
    }

    /// Whether an applicant names a number that is not held yet.
    fn claims_number(&self, at: usize) -> bool {
        let applicant = &self.applicants[at];
        let held = applicant
            .caller
            .seen
            .number
            .filter(|_| applicant.change.is_none());
        matches!(applicant.caller.number, Source::Explicit(number) if held != Some(number))
            && applicant.fault.is_none()
    }

    /// The number that an applicant names, and why they cannot have it or from whom it comes.
    fn explicit(&self, at: usize) -> (&'w str, Result<Option<Holder>, Fault>) {
        let applicant = &self.applicants[at];
        let number = match applicant.caller.number {
            Source::Explicit(number) => number,
            _ => "",
        };
        (number, self.owner_of(applicant.holder(), number))
    }

    /// Finds the claims that fail, with the first reason of each.
    fn refuse_numbers(&mut self, claims: &[usize]) {
        let mut late = vec![None; self.applicants.len()];
        for &at in claims {
            let applicant = &self.applicants[at];
            let fault = match applicant.caller.number {
                Source::Explicit(number) => self.number_unknown(number),
                _ => None,
            };
            late[at] = self.location_fault(applicant);
            self.applicants[at].fault = fault;
        }
        // A holder that fails frees nothing, which may make others fail: until nothing changes.
        loop {
            let mut changed = false;
            for &at in claims {
                if self.applicants[at].fault.is_some() {
                    continue;
                }
                let fault = match self.explicit(at) {
                    (_, Err(fault)) => Some(fault),
                    (_, Ok(_)) => late[at].clone(),
                };
                if fault.is_some() {
                    self.applicants[at].fault = fault;
                    changed = true;
                }
            }
            if !changed && !self.break_ring(claims) {
                break;
            }
        }
        // A number that turned out to stay in use is the first reason, before the location's.
        for &at in claims {
            let late = late[at].is_some() && self.applicants[at].fault == late[at];
            if let (true, (_, Err(fault))) = (late, self.explicit(at)) {
                self.applicants[at].fault = Some(fault);
            }
        }
    }

    /// Gives each claim that did not fail its number.
    fn take_numbers(&mut self, claims: &[usize]) {
        for &at in claims {
            if self.applicants[at].faulty() {
                continue;
            }
            let (wanted, owner) = self.explicit(at);
            if let Ok(Some(owner)) = owner {
                // Who steps aside gives the number up at once, and no one has to wait for the rest.
                let aside = self
                    .index
                    .get(&owner)
                    .is_some_and(|&at| self.applicants[at].steps_aside);
                let applicant = &mut self.applicants[at];
                match aside {
                    true => applicant.after_step.push(owner),
                    false => applicant.after.push(owner),
                }
            }
            let owner = self.inventory.number(wanted).and_then(|facts| facts.owner);
            self.waits_for_feature(at, owner);
            self.taken.insert(wanted.to_owned());
            self.applicants[at].got_number = Some(wanted.to_owned());
        }
    }

    /// What a feature has is free once it is deleted.
    pub(super) fn waits_for_feature(&mut self, at: usize, owner: Option<Owner<'_>>) {
        if let Some(Owner::Other(kind, name)) = owner {
            let feature = (kind.to_owned(), name.to_owned());
            self.applicants[at].after_features.push(feature);
        }
    }

    /// Rings in which each person takes the number of the next, in order of address.
    fn rings(&self, claims: &[usize]) -> Vec<Vec<usize>> {
        let next = |at: usize| {
            let applicant = &self.applicants[at];
            let Source::Explicit(number) = applicant.caller.number else {
                return None;
            };
            if applicant.fault.is_some() {
                return None;
            }
            let owner = self.owner_of(applicant.holder(), number).ok()??;
            let owner = self.index.get(&owner).copied()?;
            self.applicants[owner].fault.is_none().then_some(owner)
        };
        let mut rings = Vec::new();
        let mut seen = vec![false; self.applicants.len()];
        for &start in claims {
            let mut path = Vec::new();
            let mut at = Some(start);
            while let Some(here) = at.filter(|&here| !seen[here]) {
                seen[here] = true;
                path.push(here);
                at = next(here);
            }
            let begin = at.and_then(|end| path.iter().position(|&member| member == end));
            rings.extend(begin.map(|begin| path.split_off(begin)));
        }
        rings
    }

    /// Who of a ring can be without a number for a moment: the first with an extension, held or certain to be had.
    fn steps_aside(&self, ring: &[usize]) -> Option<usize> {
        let has_extension = |&&at: &&usize| {
            let applicant = &self.applicants[at];
            applicant.caller.seen.extension.is_some()
                || match applicant.caller.extension {
                    Extension::Keep => false,
                    Extension::Auto => true,
                    Extension::Explicit(extension) => self.unclaimed(at, extension),
                }
        };
        ring.iter().filter(has_extension).min().copied()
    }

    /// Whether no one has an extension where the person will be, and no one else may get it.
    fn unclaimed(&self, at: usize, extension: &str) -> bool {
        let Some(location) = &self.applicants[at].location else {
            return false;
        };
        let wants = |other: &Applicant<'w>| match other.caller.extension {
            Extension::Explicit(wanted) => wanted == extension,
            Extension::Keep => other.moves && other.caller.seen.extension == Some(extension),
            Extension::Auto => false,
        };
        let mut others = self.applicants.iter().enumerate();
        self.inventory.extension(location, extension).is_empty()
            && !others.any(|(other, applicant)| other != at && wants(applicant))
    }

    /// A ring of swaps goes through a step without number, so that one of its people needs an extension.
    fn break_ring(&mut self, claims: &[usize]) -> bool {
        let rings = self.rings(claims);
        let Some(ring) = rings.iter().find(|ring| self.steps_aside(ring).is_none()) else {
            return false;
        };
        let name = |&at: &usize| self.name(self.applicants[at].holder());
        let names: Vec<String> = ring.iter().map(name).collect();
        for &at in ring {
            self.applicants[at].fault = Some(Fault::SwapNeedsExtension(names.join(", ")));
        }
        true
    }

    pub(super) fn work_phones(&mut self) {
        for at in 0..self.applicants.len() {
            let applicant = &self.applicants[at];
            let Source::WorkPhone(phone) = applicant.caller.number else {
                continue;
            };
            if applicant.fault.is_some() || applicant.change.is_none() {
                continue;
            }
            let in_use = || {
                let owner = self.inventory.number(phone)?.owner;
                match owner {
                    Some(owner) if owner != Owner::Holder(applicant.holder()) => {
                        Some(self.in_use(phone, owner))
                    }
                    _ if self.taken.contains(phone) => Some(Fault::NumberInUse {
                        number: phone.to_owned(),
                        owner: "another person or workspace in this plan".to_owned(),
                    }),
                    Some(_) => None,
                    None => self.kept(self.applicants[at].holder(), phone),
                }
            };
            let fault = self
                .number_unknown(phone)
                .or_else(in_use)
                .or_else(|| self.location_fault(applicant));
            match fault {
                Some(fault) => self.applicants[at].fault = Some(fault),
                None => {
                    self.taken.insert(phone.to_owned());
                    self.applicants[at].got_number = Some(phone.to_owned());
                }
            }
        }
    }

    /// The lowest free numbers. Gives those who cannot move because there is none.
    pub(super) fn auto_numbers(&mut self) -> FxHashMap<usize, Fault> {
        let mut late = FxHashMap::default();
        let inventory = self.inventory;
        let mut pools: FxHashMap<String, Box<dyn Iterator<Item = String> + '_>> =
            FxHashMap::default();
        for at in 0..self.applicants.len() {
            let applicant = &self.applicants[at];
            let held = applicant.caller.seen.number.is_some();
            let kept = applicant.change.is_none() && held && !applicant.moves;
            if !matches!(applicant.caller.number, Source::Auto) || applicant.faulty() || kept {
                continue;
            }
            let Some(location) = applicant.location.clone() else {
                self.applicants[at].fault = Some(Fault::LocationRequired);
                continue;
            };
            let pool = pools
                .entry(location.clone())
                .or_insert_with(|| Box::new(inventory.free_numbers(&location)));
            match pool.find(|number| !self.taken.contains(number)) {
                Some(number) => {
                    self.taken.insert(number.clone());
                    self.applicants[at].got_number = Some(number);
                }
                None => {
                    let applicant = &mut self.applicants[at];
                    let fault = Fault::NoFreeNumber(location);
                    if applicant.moves {
                        late.insert(at, fault.clone());
                    }
                    applicant.fault = Some(fault);
                }
            }
        }
        late
    }
}
