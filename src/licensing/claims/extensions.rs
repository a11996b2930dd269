//! Claims of extensions, once numbers are settled: explicit ones first, then `auto`, each in order of address.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Desk;
use crate::licensing::ask::Holder;
use crate::licensing::faults::Fault;
use crate::licensing::identity::{Extension, Source};
use crate::licensing::people::UserIx;

impl Desk<'_, '_> {
    /// Extensions: explicit ones and those that people take along to another location, then `auto`.
    ///
    /// Gives those who cannot move, or cannot give up their number, because of theirs.
    pub(super) fn extensions(&mut self) -> FxHashMap<usize, Fault> {
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
            if !changed && !self.break_extension_ring(&claims) {
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
                    let user = applicant.user;
                    let before = self.extension_giver(user, &location, &extension);
                    self.applicants[at].after.extend(before);
                    taken.insert((location, extension));
                }
                Some(fault) if applicant.moves => {
                    late.insert(at, fault.clone());
                }
                // Without the new extension, the number is all that this person has.
                Some(_)
                    if matches!(applicant.number, Source::Drop)
                        && applicant.fault.is_none()
                        && applicant.barred.is_none()
                        && applicant
                            .observed
                            .is_some_and(|user| user.extension.is_none()) =>
                {
                    late.insert(at, Fault::NumberRequired);
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

    /// Who other than `user` has an extension, and gives it up where nobody keeps it.
    fn extension_giver(&self, user: UserIx, location: &str, extension: &str) -> Option<UserIx> {
        let holders = self.inventory.extension(location, extension).iter();
        holders
            .filter_map(|holder| match holder {
                Holder::User(owner) if *owner != user => Some(*owner),
                _ => None,
            })
            .next()
    }

    /// People who wait for each other in a ring: the first claim of an extension in it fails, as there is no step without
    /// an extension.
    fn break_extension_ring(&mut self, claims: &[(usize, String, String)]) -> bool {
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
                let owner = self.extension_giver(self.applicants[*at].user, location, extension)?;
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
            owner: self.name(Holder::User(self.applicants[owner].user)),
        });
        true
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
