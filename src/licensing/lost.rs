//! Who had Calling in an earlier state and is still there without it, whatever the files say.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::catalogue::{Catalogue, Service};
use super::losses::may_be_calling;
use super::unknown_licenses::UnknownLicenses;
use super::unlisted;
use crate::snapshot::{Snapshot, Word, ids};

/// Somebody who lost Calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostCalling {
    /// Who: a person or a workspace.
    pub address: String,
    /// Webex's id; empty where a snapshot has none.
    pub id: String,
    /// What there was: the licence, the number, the extension.
    pub had: Vec<String>,
}

/// What a person or workspace has of Calling.
#[derive(Clone, Copy)]
struct HeldCalling<'s> {
    id: &'s str,
    licenses: &'s [Word],
    number: Option<&'s str>,
    extension: Option<&'s str>,
}

/// Who lost Calling between two states, and of whom nobody can tell.
#[derive(Debug, Default)]
pub struct Lost {
    /// Who lost it.
    pub certain: Vec<LostCalling>,
    /// Of whom it is unknown, by address, and why.
    pub unclear: Vec<(String, Doubt)>,
    /// The ids of those of them who have no licence that is known to be of Calling, by address.
    pub doubted: Vec<(String, String)>,
}

/// Why it is unknown whether Calling was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// This number of objects share the name and have no ids, and some of them have no Calling.
    Namesakes(usize),
    /// Not everything is known now of the licence that was held.
    License(String),
}

/// Who lost Calling between two states. People and workspaces that one of the states lacks, or does not know, are not among
/// them.
pub fn lost_calling(then: &Snapshot, now: &Snapshot) -> Lost {
    let before = Catalogue::new(then, []);
    let after = Catalogue::new(now, []);
    let people = (of_people(then), of_people(now), "user");
    let places = (of_workspaces(then), of_workspaces(now), "workspace");
    let mut lost = Lost::default();
    for (then_has, now_has, kind) in [people, places] {
        let unknown: FxHashSet<&str> = now.not_known_of(kind).collect();
        let vague = UnknownLicenses::of(now);
        let pairs = Pairs::new(&then_has, &now_has);
        let mut unclear = BTreeMap::new();
        for &(key, had) in &then_has {
            let Some(name) = calling(&before, then, &had) else {
                continue;
            };
            let holds = |has: &HeldCalling<'_>| calling(&after, now, has).is_some();
            match pairs.of(key, &had) {
                Now::Gone => {}
                Now::One(now_key, _) if unknown.contains(now_key) => {}
                Now::One(now_key, has) if holds(&has) => {
                    // What is called so that it may be Calling was there before, too, or may be something else.
                    let other = is_known(&before, &had).then(|| calling(&after, now, &has));
                    if let Some(name) = other.flatten().filter(|_| !is_known(&after, &has)) {
                        let address = format!("{kind}/{now_key}");
                        lost.doubted.push((address.clone(), had.id.to_owned()));
                        unclear.insert(address, Doubt::License(name.to_owned()));
                    }
                }
                Now::One(now_key, _) if had.licenses.iter().any(|id| vague.has(id, name)) => {
                    let doubt = Doubt::License(name.to_owned());
                    let address = format!("{kind}/{now_key}");
                    lost.doubted.push((address.clone(), had.id.to_owned()));
                    unclear.insert(address, doubt);
                }
                Now::One(now_key, _) => {
                    let number = had.number.map(|number| format!("number {number}"));
                    let extension = had.extension.map(|it| format!("extension {it}"));
                    let all = [Some(name.to_owned()), number, extension];
                    lost.certain.push(LostCalling {
                        address: format!("{kind}/{now_key}"),
                        id: had.id.to_owned(),
                        had: all.into_iter().flatten().collect(),
                    });
                }
                Now::Several(all) if unknown.contains(key) || all.iter().all(holds) => {}
                Now::Several(all) => {
                    let doubt = Doubt::Namesakes(all.len());
                    unclear.insert(format!("{kind}/{key}"), doubt);
                }
            }
        }
        lost.unclear.extend(unclear);
    }
    lost
}

/// Who somebody of then is now.
enum Now<'p, 's> {
    /// Nobody.
    Gone,
    /// This one, with the key now.
    One(&'s str, HeldCalling<'s>),
    /// One of these: no ids tell them apart.
    Several(&'p [HeldCalling<'s>]),
}

/// Who is who. The id decides; where one of the states has none, the name does, if there is only one of it in both.
struct Pairs<'s> {
    by_id: FxHashMap<String, (&'s str, HeldCalling<'s>)>,
    /// By key, those whom no id matches: how many there were, and who there is now.
    by_key: FxHashMap<&'s str, (usize, Vec<HeldCalling<'s>>)>,
}

impl<'s> Pairs<'s> {
    fn new(then: &[(&'s str, HeldCalling<'s>)], now: &[(&'s str, HeldCalling<'s>)]) -> Pairs<'s> {
        let ids =
            |all: &[(&'s str, HeldCalling<'s>)]| -> FxHashMap<String, (&'s str, HeldCalling<'s>)> {
                let with_id = all.iter().filter(|(_, it)| !it.id.is_empty());
                with_id.map(|it| (ids::plain(it.1.id), *it)).collect()
            };
        let (before, by_id) = (ids(then), ids(now));
        let matched = |id: &str, others: &FxHashMap<String, _>| {
            !id.is_empty() && others.contains_key(&ids::plain(id))
        };
        let mut by_key: FxHashMap<&str, (usize, Vec<HeldCalling<'_>>)> = FxHashMap::default();
        for (key, had) in then {
            if !matched(had.id, &by_id) {
                by_key.entry(key).or_default().0 += 1;
            }
        }
        for &(key, has) in now {
            if !matched(has.id, &before)
                && let Some((_, all)) = by_key.get_mut(key)
            {
                all.push(has);
            }
        }
        Pairs { by_id, by_key }
    }

    fn of(&self, key: &'s str, had: &HeldCalling<'_>) -> Now<'_, 's> {
        if !had.id.is_empty()
            && let Some(&(key, has)) = self.by_id.get(&ids::plain(had.id))
        {
            return Now::One(key, has);
        }
        match self.by_key.get(key) {
            // Another id under the old name is another person.
            Some((_, all)) if all.iter().all(|it| !had.id.is_empty() && !it.id.is_empty()) => {
                Now::Gone
            }
            Some((1, all)) if all.len() == 1 => Now::One(key, all[0]),
            Some((_, all)) => Now::Several(all),
            None => Now::Gone,
        }
    }
}

/// Whether someone holds a licence that the table has as Calling.
fn is_known(catalogue: &Catalogue, held: &HeldCalling<'_>) -> bool {
    let mut known = held.licenses.iter().filter_map(|id| catalogue.by_id(id));
    known.any(|it| catalogue.kind(it).slot.service == Service::Calling)
}

/// The name of the Calling licence that someone holds, of whatever tier.
fn calling<'s>(
    catalogue: &Catalogue,
    snapshot: &'s Snapshot,
    held: &HeldCalling<'s>,
) -> Option<&'s str> {
    let reached = || held.number.is_some() || held.extension.is_some();
    let known = held.licenses.iter().filter_map(|id| catalogue.by_id(id));
    let mut calling = known.filter(|it| may_be_calling(catalogue, snapshot, *it, reached));
    let listed = calling.next();
    let listed = listed.map(|license| snapshot.licenses()[license as usize].name.as_str());
    listed.or_else(|| unlisted::may_be(catalogue, held.licenses, reached()))
}

fn of_people(snapshot: &Snapshot) -> Vec<(&str, HeldCalling<'_>)> {
    let people = snapshot.users().iter().map(|user| {
        let holder = HeldCalling {
            id: &user.id,
            licenses: &user.licenses,
            number: user.phone_number.as_deref(),
            extension: user.extension.as_deref(),
        };
        (user.email.as_str(), holder)
    });
    people.collect()
}

fn of_workspaces(snapshot: &Snapshot) -> Vec<(&str, HeldCalling<'_>)> {
    let places = snapshot.workspaces().iter().map(|place| {
        let holder = HeldCalling {
            id: &place.id,
            licenses: &place.licenses,
            number: place.phone_number.as_deref(),
            extension: place.extension.as_deref(),
        };
        (place.name.as_str(), holder)
    });
    places.collect()
}
