//! Who had Calling in an earlier state and is still there without it, whatever the files say.

use rustc_hash::{FxHashMap, FxHashSet};

use super::catalogue::Catalogue;
use super::losses::may_be_calling;
use super::unlisted;
use crate::snapshot::{Snapshot, Word, ids};

/// Somebody who lost Calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostCalling {
    /// Who: a person or a workspace.
    pub address: String,
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

/// Who lost Calling between two states. People and workspaces that one of the states lacks, or does not know, are not among
/// them.
pub fn lost_calling(then: &Snapshot, now: &Snapshot) -> Vec<LostCalling> {
    let before = Catalogue::new(then, []);
    let after = Catalogue::new(now, []);
    let people = (of_people(then), of_people(now), "user");
    let places = (of_workspaces(then), of_workspaces(now), "workspace");
    let mut lost = Vec::new();
    for (then_has, now_has, kind) in [people, places] {
        let unknown: FxHashSet<&str> = now.not_known_of(kind).collect();
        let now_has = Present::new(&now_has);
        for (key, had) in then_has {
            let Some((now_key, has)) = now_has.find(key, &had) else {
                continue;
            };
            if unknown.contains(now_key) {
                continue;
            }
            let licence = calling(&before, then, &had);
            if let (Some(name), None) = (licence, calling(&after, now, &has)) {
                let number = had.number.map(|number| format!("number {number}"));
                let extension = had.extension.map(|it| format!("extension {it}"));
                let all = [Some(name.to_owned()), number, extension];
                lost.push(LostCalling {
                    address: format!("{kind}/{now_key}"),
                    had: all.into_iter().flatten().collect(),
                });
            }
        }
    }
    lost
}

/// Who is there now. The id decides who is who; where one of the states has none, the name does, if it is the only one.
struct Present<'s> {
    by_id: FxHashMap<String, (&'s str, HeldCalling<'s>)>,
    by_key: FxHashMap<&'s str, Option<HeldCalling<'s>>>,
}

impl<'s> Present<'s> {
    fn new(now: &[(&'s str, HeldCalling<'s>)]) -> Present<'s> {
        let mut by_key = FxHashMap::default();
        for &(key, has) in now {
            by_key
                .entry(key)
                .and_modify(|it| *it = None)
                .or_insert(Some(has));
        }
        let with_id = now.iter().filter(|(_, has)| !has.id.is_empty());
        Present {
            by_id: with_id
                .map(|&(key, has)| (ids::plain(has.id), (key, has)))
                .collect(),
            by_key,
        }
    }

    fn find(&self, key: &'s str, had: &HeldCalling<'_>) -> Option<(&'s str, HeldCalling<'s>)> {
        if !had.id.is_empty()
            && let Some(&found) = self.by_id.get(&ids::plain(had.id))
        {
            return Some(found);
        }
        let has = self.by_key.get(key).copied().flatten()?;
        // Another id under the old name is another person.
        (had.id.is_empty() || has.id.is_empty()).then_some((key, has))
    }
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
