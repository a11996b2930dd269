//! Who gets which number and extension, where several want the same: the claims of rule 5, settled in one order.

use rustc_hash::{FxHashMap, FxHashSet};

use super::ask::Holder;
use super::faults::Fault;
use super::identity::{Applicant, Extension, Source};
use super::inventory::{Inventory, Owner};
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
        desk.auto_numbers();
        // Whoever cannot move after all frees no number: then all has to be settled once more without that.
        let late = desk.extensions();
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
                if let (true, Some(location)) = (applicant.moves, location) {
                    applicant.fault = relocation_fault(inventory, applicant, observed, location);
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

    /// The fault of a number that needs no other applicant, in the order of rule 5, save `calling-number-in-use`.
    fn number_unknown(&self, number: &str) -> Option<Fault> {
        self.inventory
            .number(number)
            .is_none()
            .then(|| Fault::NumberUnknown(number.to_owned()))
    }

    /// Faults of the location, which come after those of the number.
    fn location_fault(&self, applicant: &Applicant<'w>) -> Option<Fault> {
        let number = match applicant.number {
            Source::Explicit(number) | Source::WorkPhone(number) => Some(number),
            _ => None,
        };
        let of_number = number
            .and_then(|number| self.inventory.number(number))
            .and_then(|facts| facts.location);
        let Some(location) = applicant.location.as_deref() else {
            return Some(Fault::LocationRequired);
        };
        let wanted = match applicant.number {
            Source::WorkPhone(_) => applicant.named.map(|(named, _)| named).unwrap_or(location),
            _ => location,
        };
        if let (Some(number), Some(of_number)) = (number, of_number)
            && of_number != wanted
        {
            return Some(Fault::LocationMismatch {
                number: number.to_owned(),
                of_number: of_number.to_owned(),
                wanted: wanted.to_owned(),
            });
        }
        (applicant.ask.is_some() && !self.inventory.calls_from(location))
            .then(|| Fault::LocationUnknown(location.to_owned()))
    }

    /// Whether somebody other than `user` has a number and keeps it; with whoever frees it for an explicit claim.
    fn holder_of(&self, user: UserIx, number: &str) -> Result<Option<UserIx>, String> {
        match self.inventory.number(number).and_then(|facts| facts.owner) {
            None => Ok(None),
            Some(Owner::Holder(Holder::User(owner))) if owner == user => Ok(None),
            Some(Owner::Holder(Holder::User(owner))) => {
                let frees = (self.freed)(owner)
                    || self
                        .index
                        .get(&owner)
                        .is_some_and(|&at| self.applicants[at].gives_up_number());
                if frees {
                    Ok(Some(owner))
                } else {
                    Err(self.name(Holder::User(owner)))
                }
            }
            Some(Owner::Holder(holder)) => Err(self.name(holder)),
            Some(Owner::Other(kind, key)) => Err(format!("{kind}/{key}")),
        }
    }

    fn name(&self, holder: Holder) -> String {
        self.inventory.address(holder)
    }

    fn explicit_numbers(&mut self) {
        let claims: Vec<usize> = (0..self.applicants.len())
            .filter(|&at| {
                let applicant = &self.applicants[at];
                let held = applicant.held_number().filter(|_| applicant.ask.is_none());
                matches!(applicant.number, Source::Explicit(number) if held != Some(number))
                    && applicant.fault.is_none()
            })
            .collect();
        let number = |applicant: &Applicant<'w>| match applicant.number {
            Source::Explicit(number) => number,
            _ => "",
        };
        let mut late = vec![None; self.applicants.len()];
        for &at in &claims {
            let applicant = &self.applicants[at];
            let fault = self.number_unknown(number(applicant));
            late[at] = self.location_fault(applicant);
            self.applicants[at].fault = fault;
        }
        // Whoever fails frees nothing, which may make others fail: until nothing changes.
        loop {
            let mut changed = false;
            for &at in &claims {
                if self.applicants[at].fault.is_some() {
                    continue;
                }
                let wanted = number(&self.applicants[at]).to_owned();
                let fault = match self.holder_of(self.applicants[at].user, &wanted) {
                    Err(owner) => Some(Fault::NumberInUse {
                        number: wanted,
                        owner,
                    }),
                    Ok(_) => late[at].take(),
                };
                if fault.is_some() {
                    self.applicants[at].fault = fault;
                    changed = true;
                }
            }
            if !changed && !self.break_ring(&claims) {
                break;
            }
        }
        for &at in &claims {
            if self.applicants[at].fault.is_some() {
                continue;
            }
            let wanted = number(&self.applicants[at]).to_owned();
            if self.applicants[at].barred.is_some() {
                continue;
            }
            if let Ok(Some(owner)) = self.holder_of(self.applicants[at].user, &wanted) {
                self.applicants[at].after.push(owner);
            }
            self.taken.insert(wanted.clone());
            self.applicants[at].got_number = Some(wanted);
        }
        // A grant with a location but no explicit number has the location's faults still to be looked at.
        for at in 0..self.applicants.len() {
            let applicant = &self.applicants[at];
            let other = matches!(applicant.number, Source::Keep | Source::Drop | Source::Auto);
            if applicant.ask.is_some() && other && applicant.fault.is_none() {
                self.applicants[at].fault = self.location_fault(&self.applicants[at]);
            }
        }
    }

    /// A ring of swaps goes through a step without number, so that one of its people needs an extension.
    fn break_ring(&mut self, claims: &[usize]) -> bool {
        let next = |at: usize| {
            let Source::Explicit(number) = self.applicants[at].number else {
                return None;
            };
            if self.applicants[at].fault.is_some() {
                return None;
            }
            let owner = self.holder_of(self.applicants[at].user, number).ok()??;
            self.index
                .get(&owner)
                .copied()
                .filter(|at| self.applicants[*at].fault.is_none())
        };
        let mut seen = vec![false; self.applicants.len()];
        for &start in claims {
            let mut path = Vec::new();
            let mut at = start;
            while !seen[at] {
                seen[at] = true;
                path.push(at);
                match next(at) {
                    Some(following) => at = following,
                    None => break,
                }
            }
            let Some(begin) = path
                .iter()
                .position(|&member| member == at && next(path[path.len() - 1]) == Some(at))
            else {
                continue;
            };
            let ring = &path[begin..];
            let has_extension = |&at: &usize| {
                let applicant = &self.applicants[at];
                applicant
                    .observed
                    .is_some_and(|user| user.extension.is_some())
                    || applicant.extension_spot.is_some()
            };
            if !ring.iter().any(has_extension) {
                let names: Vec<String> = ring
                    .iter()
                    .map(|&at| self.name(Holder::User(self.applicants[at].user)))
                    .collect();
                for &at in ring {
                    self.applicants[at].fault = Some(Fault::SwapNeedsExtension(names.join(", ")));
                }
                return true;
            }
        }
        false
    }

    fn work_phones(&mut self) {
        for at in 0..self.applicants.len() {
            let applicant = &self.applicants[at];
            let Source::WorkPhone(phone) = applicant.number else {
                continue;
            };
            if applicant.fault.is_some() || applicant.ask.is_none() {
                continue;
            }
            let in_use = || {
                let owner = self.inventory.number(phone)?.owner;
                let owner = match owner {
                    Some(Owner::Holder(Holder::User(owner))) if owner == applicant.user => None,
                    Some(Owner::Holder(holder)) => Some(self.name(holder)),
                    Some(Owner::Other(kind, key)) => Some(format!("{kind}/{key}")),
                    None => None,
                };
                let owner = owner.or_else(|| {
                    self.taken
                        .contains(phone)
                        .then(|| "somebody else in this plan".to_owned())
                });
                owner.map(|owner| Fault::NumberInUse {
                    number: phone.to_owned(),
                    owner,
                })
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

    fn auto_numbers(&mut self) {
        let inventory = self.inventory;
        let mut pools: FxHashMap<String, Box<dyn Iterator<Item = String> + '_>> =
            FxHashMap::default();
        for at in 0..self.applicants.len() {
            let applicant = &self.applicants[at];
            let held =
                applicant.ask.is_none() && applicant.held_number().is_some() && !applicant.moves;
            let faulty = applicant.fault.is_some() || applicant.barred.is_some();
            if !matches!(applicant.number, Source::Auto) || faulty || held {
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
                None => self.applicants[at].fault = Some(Fault::NoFreeNumber(location)),
            }
        }
    }

    /// Extensions: explicit ones and those that people take along to another location, then `auto`.
    ///
    /// Gives those who cannot move because of theirs.
    fn extensions(&mut self) -> FxHashMap<usize, Fault> {
        for applicant in &mut self.applicants {
            let has_extension = applicant.extension_spot.is_some()
                || applicant
                    .observed
                    .is_some_and(|user| user.extension.is_some());
            if matches!(applicant.number, Source::Drop)
                && applicant.fault.is_none()
                && !has_extension
            {
                applicant.fault = Some(Fault::NumberRequired);
            }
        }
        let mut claims: Vec<(usize, String, String)> = Vec::new();
        for (at, applicant) in self.applicants.iter().enumerate() {
            let refused = applicant.fault.is_some() || applicant.barred.is_some();
            if refused && (applicant.ask.is_some() || applicant.moves) {
                continue;
            }
            let held = applicant
                .observed
                .and_then(|user| user.extension.as_deref());
            let wanted = match applicant.extension {
                Extension::Explicit(extension)
                    if applicant.ask.is_some() || applicant.moves || held != Some(extension) =>
                {
                    Some(extension)
                }
                Extension::Keep if applicant.moves => held,
                _ => None,
            };
            if let (Some(extension), Some(location)) = (wanted, &applicant.location) {
                claims.push((at, location.clone(), extension.to_owned()));
            }
        }
        let mut granted: FxHashMap<(String, String), usize> = FxHashMap::default();
        for (at, location, extension) in &claims {
            granted
                .entry((location.clone(), extension.clone()))
                .or_insert(*at);
        }
        loop {
            let mut changed = false;
            for (at, location, extension) in &claims {
                if self.applicants[*at].extension_fault.is_some() {
                    continue;
                }
                let winner = granted[&(location.clone(), extension.clone())];
                let owner = match winner == *at {
                    false => Some(self.name(Holder::User(self.applicants[winner].user))),
                    true => self.extension_owner(self.applicants[*at].user, location, extension),
                };
                if let Some(owner) = owner {
                    let (extension, location) = (extension.clone(), location.clone());
                    self.applicants[*at].extension_fault = Some(Fault::ExtensionInUse {
                        extension,
                        location,
                        owner,
                    });
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        let mut late = FxHashMap::default();
        let mut taken: FxHashSet<(String, String)> = FxHashSet::default();
        for (at, location, extension) in claims {
            let applicant = &mut self.applicants[at];
            match &applicant.extension_fault {
                None => {
                    applicant.got_extension = Some(extension.clone());
                    taken.insert((location, extension));
                }
                Some(fault) if applicant.moves => {
                    late.insert(at, fault.clone());
                }
                Some(_) => {}
            }
        }
        self.auto_extensions(taken);
        late
    }

    fn auto_extensions(&mut self, mut taken: FxHashSet<(String, String)>) {
        let mut next: FxHashMap<String, u64> = FxHashMap::default();
        for at in 0..self.applicants.len() {
            let applicant = &self.applicants[at];
            let held = applicant
                .observed
                .is_some_and(|user| user.extension.is_some());
            let kept = applicant.ask.is_none() && held && !applicant.moves;
            let faulty = applicant.fault.is_some() || applicant.barred.is_some();
            let refused = faulty && (applicant.ask.is_some() || applicant.moves);
            if !matches!(applicant.extension, Extension::Auto) || kept || refused {
                continue;
            }
            let Some(location) = applicant.location.clone() else {
                continue;
            };
            let cursor = next.entry(location.clone()).or_insert(1000);
            // Ten digits are the longest extension; long before that a location is full.
            while *cursor < 10_000_000_000 {
                let extension = cursor.to_string();
                *cursor += 1;
                let free = self.inventory.extension(&location, &extension).is_empty();
                if free && taken.insert((location.clone(), extension.clone())) {
                    self.applicants[at].got_extension = Some(extension);
                    break;
                }
            }
        }
    }

    /// Who other than `user` has an extension and keeps it.
    fn extension_owner(&self, user: UserIx, location: &str, extension: &str) -> Option<String> {
        let keeps = |holder: &&Holder| match holder {
            Holder::User(owner) if *owner == user => false,
            Holder::User(owner) => {
                let frees = (self.freed)(*owner) || self.index.get(owner).is_some_and(|&at| {
                    let applicant = &self.applicants[at];
                    let changes =
                        matches!(applicant.extension, Extension::Explicit(new) if new != extension);
                    let faulty = applicant.fault.is_some() || applicant.barred.is_some();
                    let fails = faulty && applicant.moves || applicant.extension_fault.is_some();
                    applicant.ask.is_none() && !fails && (changes || applicant.moves)
                });
                !frees
            }
            Holder::Workspace(_) => true,
        };
        let owner = self
            .inventory
            .extension(location, extension)
            .iter()
            .find(keeps)?;
        Some(self.name(*owner))
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
