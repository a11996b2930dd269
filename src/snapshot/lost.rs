//! Calling that people and workspaces lost although no plan took it: kept beside the applied state, so that it stays a loss that has come
//! since.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::applied::Kept;
use super::{Listed, Snapshot, Word};

/// What a person or workspace had of Calling.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LostCalling {
    /// Webex's id.
    pub id: String,
    /// The location.
    pub location: Option<Word>,
    /// The number.
    pub phone_number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// Ids of the licences.
    pub licenses: Listed<Word>,
}

/// A loss that no plan took is not what was applied: it counts as one that has come since.
pub(super) fn restore_calling(then: &mut Snapshot, kept: &Kept) {
    let of = |lost: &[LostCalling]| -> FxHashMap<String, LostCalling> {
        let all = lost.iter().filter(|it| !it.id.is_empty());
        all.map(|it| (it.id.clone(), it.clone())).collect()
    };
    let (people, places) = (of(&kept.lost_users), of(&kept.lost_workspaces));
    if people.is_empty() && places.is_empty() {
        return;
    }
    for user in then.users.iter_mut().flatten() {
        if let Some(had) = people.get(&user.id) {
            user.location.clone_from(&had.location);
            user.phone_number.clone_from(&had.phone_number);
            user.extension.clone_from(&had.extension);
            user.licenses.clone_from(&had.licenses);
        }
    }
    for place in then.workspaces.iter_mut().flatten() {
        if let Some(had) = places.get(&place.id) {
            place.location.clone_from(&had.location);
            place.phone_number.clone_from(&had.phone_number);
            place.extension.clone_from(&had.extension);
            place.licenses.clone_from(&had.licenses);
        }
    }
}

/// What the people and workspaces with these ids had of Calling.
pub(super) fn had_calling(
    then: &Snapshot,
    lost: &BTreeSet<String>,
) -> (Vec<LostCalling>, Vec<LostCalling>) {
    let users = then.users().iter().filter(|it| lost.contains(&it.id));
    let users = users.map(|it| LostCalling {
        id: it.id.clone(),
        location: it.location.clone(),
        phone_number: it.phone_number.clone(),
        extension: it.extension.clone(),
        licenses: it.licenses.clone(),
    });
    let places = then.workspaces().iter();
    let places = places.filter(|it| lost.contains(&it.id));
    let places = places.map(|it| LostCalling {
        id: it.id.clone(),
        location: it.location.clone(),
        phone_number: it.phone_number.clone(),
        extension: it.extension.clone(),
        licenses: it.licenses.clone(),
    });
    (users.collect(), places.collect())
}
