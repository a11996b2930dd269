//! Who had Calling in an earlier state and is still there without it, whatever the files say.

use rustc_hash::{FxHashMap, FxHashSet};

use super::catalogue::{Catalogue, Service};
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
        let now_has: FxHashMap<&str, HeldCalling<'_>> = now_has.into_iter().collect();
        for (key, had) in then_has {
            let Some(has) = now_has.get(key).filter(|_| !unknown.contains(key)) else {
                continue;
            };
            let same = ids::plain(had.id) == ids::plain(has.id);
            let licence = calling(&before, then, had.licenses);
            if let (true, Some(name), None) = (same, licence, calling(&after, now, has.licenses)) {
                let number = had.number.map(|number| format!("number {number}"));
                let extension = had.extension.map(|it| format!("extension {it}"));
                let all = [Some(name.to_owned()), number, extension];
                lost.push(LostCalling {
                    address: format!("{kind}/{key}"),
                    had: all.into_iter().flatten().collect(),
                });
            }
        }
    }
    lost
}

/// The name of the Calling licence among these, of whatever tier.
fn calling<'s>(
    catalogue: &Catalogue,
    snapshot: &'s Snapshot,
    licenses: &[Word],
) -> Option<&'s str> {
    let known = licenses.iter().filter_map(|id| catalogue.by_id(id));
    let mut calling = known.filter(|it| catalogue.kind(*it).slot.service == Service::Calling);
    calling
        .next()
        .map(|license| snapshot.licenses()[license as usize].name.as_str())
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
