//! Claims of extensions, once numbers are settled: explicit ones first, then `auto`, each in order of address.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Desk;
use crate::licensing::callers::{Extension, Source};
use crate::licensing::faults::Fault;
use crate::licensing::holder::Holder;
use crate::licensing::inventory::Owner;

/// An applicant, a location, and the extension that the applicant is to have there.
type Claim = (usize, String, String);

impl Desk<'_, '_> {
    /// Extensions: explicit ones and those that people take along to another location, then `auto`.
    ///
    /// Gives those who cannot move, or cannot give up their number, because of theirs.
    pub(super) fn extensions(&mut self) -> FxHashMap<usize, Fault> {
        let claims = self.extension_claims();
        self.refuse_extensions(&claims);
        let mut late = FxHashMap::default();
        let mut taken: FxHashSet<(String, String)> = FxHashSet::default();
        for (at, location, extension) in claims {
            let applicant = &mut self.applicants[at];
            match &applicant.extension_fault {
                None => {
                    applicant.got_extension = Some(extension.clone());
                    let holder = applicant.holder();
                    let before = self.extension_giver(holder, &location, &extension);
                    self.applicants[at].after.extend(before);
                    let owners = self.inventory.extension(&location, &extension).to_vec();
                    owners
                        .into_iter()
                        .for_each(|owner| self.waits_for_feature(at, Some(owner)));
                    taken.insert((location, extension));
                }
                Some(fault) if applicant.moves => {
                    late.insert(at, fault.clone());
                }
                // Without the new extension, the number is all that there is.
                Some(fault)
                    if matches!(applicant.caller.number, Source::Drop)
                        && !applicant.faulty()
                        && !applicant.bare
                        && applicant.caller.seen.extension.is_none() =>
                {
                    late.insert(
                        at,
                        match applicant.change {
                            Some(_) => fault.clone(),
                            None => Fault::NumberRequired,
                        },
                    );
                }
                Some(_) => {}
            }
        }
        self.auto_extensions(taken);
        late
    }

    /// Who is to have which extension in which location.
    fn extension_claims(&self) -> Vec<Claim> {
        let mut claims = Vec::new();
        for (at, applicant) in self.applicants.iter().enumerate() {
            if applicant.faulty() && (applicant.change.is_some() || applicant.moves) {
                continue;
            }
            let held = applicant.caller.seen.extension;
            let wanted = match applicant.caller.extension {
                Extension::Explicit(extension)
                    if applicant.change.is_some() || applicant.moves || held != Some(extension) =>
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
        claims
    }

    /// Finds the claims that fail: another was first, a person keeps the extension, or people wait for each other in a cycle.
    fn refuse_extensions(&mut self, claims: &[Claim]) {
        let mut granted: FxHashMap<(String, String), usize> = FxHashMap::default();
        for (at, location, extension) in claims {
            granted
                .entry((location.clone(), extension.clone()))
                .or_insert(*at);
        }
        loop {
            let mut changed = false;
            for (at, location, extension) in claims {
                if self.applicants[*at].extension_fault.is_some() {
                    continue;
                }
                let winner = granted[&(location.clone(), extension.clone())];
                let owner = match winner == *at {
                    false => Some(self.name(self.applicants[winner].holder())),
                    true => {
                        self.extension_owner(self.applicants[*at].holder(), location, extension)
                    }
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
            if !changed && !self.break_extension_ring(claims) {
                break;
            }
        }
    }

    fn auto_extensions(&mut self, mut taken: FxHashSet<(String, String)>) {
        let mut next: FxHashMap<String, u64> = FxHashMap::default();
        for at in 0..self.applicants.len() {
            let applicant = &self.applicants[at];
            let held = applicant.caller.seen.extension.is_some();
            let kept = applicant.change.is_none() && held && !applicant.moves;
            let refused = applicant.faulty() && (applicant.change.is_some() || applicant.moves);
            if !matches!(applicant.caller.extension, Extension::Auto) || kept || refused {
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

    /// Who other than `holder` has an extension, and gives it up where no one keeps it.
    fn extension_giver(&self, holder: Holder, location: &str, extension: &str) -> Option<Holder> {
        let owners = self.inventory.extension(location, extension).iter();
        let mut holders = owners.filter_map(|owner| match owner {
            Owner::Holder(holder) => Some(*holder),
            Owner::Other(..) => None,
        });
        holders.find(|&owner| owner != holder)
    }

    /// People who wait for each other in a ring: the first claim of an extension in it fails, as there is no step without
    /// an extension.
    fn break_extension_ring(&mut self, claims: &[Claim]) -> bool {
        let mut waits: Vec<Vec<usize>> = self
            .applicants
            .iter()
            .map(|applicant| {
                let owners = applicant.after.iter();
                owners
                    .filter_map(|owner| self.index.get(owner).copied())
                    .collect()
            })
            .collect();
        let open = claims
            .iter()
            .filter(|(at, _, _)| self.applicants[*at].extension_fault.is_none());
        let edges: Vec<(usize, usize, &String, &String)> = open
            .filter_map(|(at, location, extension)| {
                let owner =
                    self.extension_giver(self.applicants[*at].holder(), location, extension)?;
                Some((*at, *self.index.get(&owner)?, location, extension))
            })
            .collect();
        edges
            .iter()
            .for_each(|(at, owner, _, _)| waits[*at].push(*owner));
        let ring = edges.into_iter().find(|&(at, owner, _, _)| {
            let (mut seen, mut next) = (vec![false; waits.len()], vec![owner]);
            while let Some(here) = next.pop() {
                if !std::mem::replace(&mut seen[here], true) {
                    next.extend(&waits[here]);
                }
            }
            seen[at]
        });
        let Some((at, owner, location, extension)) = ring else {
            return false;
        };
        self.applicants[at].extension_fault = Some(Fault::ExtensionInUse {
            extension: extension.clone(),
            location: location.clone(),
            owner: self.name(self.applicants[owner].holder()),
        });
        true
    }

    /// Who other than `holder` has an extension and keeps it. A feature does unless it is deleted.
    fn extension_owner(&self, holder: Holder, location: &str, extension: &str) -> Option<String> {
        let keeps = |owner: Holder| {
            let applicant = self.index.get(&owner).map(|&at| &self.applicants[at]);
            let changes = applicant.is_some_and(|applicant| {
                let other = matches!(applicant.caller.extension, Extension::Explicit(new) if new != extension);
                let fails = applicant.faulty() && applicant.moves
                    || applicant.extension_fault.is_some();
                applicant.change.is_none() && !fails && (other || applicant.moves)
            });
            owner != holder && !(self.freed)(Owner::Holder(owner)) && !changes
        };
        let mut owners = self.inventory.extension(location, extension).iter();
        owners
            .find(|owner| match owner {
                Owner::Holder(owner) => keeps(*owner),
                Owner::Other(..) => !(self.freed)(**owner),
            })
            .map(|&owner| self.inventory.owner_name(owner))
    }
}
