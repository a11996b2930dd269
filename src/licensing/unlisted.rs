//! Holders of a licence that the list of licences lacks, which may be Calling: of them not everything is known (contract
//! section 6).

use super::catalogue::{Catalogue, Service};
use super::people::UserIx;
use super::workspaces::PlaceIx;
use crate::snapshot::{NotKnown, Snapshot, Word};

/// Who has a number, an extension or a location, which Calling gives, and no listed licence of Calling, but one that is not
/// listed.
#[derive(Debug, Default)]
pub struct Unlisted<'a> {
    pub(super) users: Vec<(UserIx, &'a str)>,
    pub(super) workspaces: Vec<(PlaceIx, &'a str)>,
}

impl<'a> Unlisted<'a> {
    /// Looks for them, if the licences were captured.
    pub fn new(snapshot: &'a Snapshot, catalogue: &Catalogue) -> Unlisted<'a> {
        if snapshot.licenses.is_none() {
            return Unlisted::default();
        }
        let users = snapshot.users().iter().zip(0..);
        let users = users.filter_map(|(user, index)| {
            let reached = [&user.phone_number, &user.extension];
            let called = reached.into_iter().any(Option::is_some) || user.location.is_some();
            Some((index, may_be(catalogue, &user.licenses, called)?))
        });
        let places = snapshot.workspaces().iter().zip(0..);
        let places = places.filter_map(|(place, index)| {
            let reached = [&place.phone_number, &place.extension];
            let called = reached.into_iter().any(Option::is_some);
            Some((index, may_be(catalogue, &place.licenses, called)?))
        });
        Unlisted {
            users: users.collect(),
            workspaces: places.collect(),
        }
    }

    /// The same as objects of which something is not known.
    pub fn not_known(&self, snapshot: &Snapshot) -> Vec<NotKnown> {
        let users = self.users.iter().map(|&(index, license)| {
            let email = &snapshot.users()[index as usize].email;
            (format!("user/{email}"), license)
        });
        let places = self.workspaces.iter().map(|&(index, license)| {
            let name = &snapshot.workspaces()[index as usize].name;
            (format!("workspace/{name}"), license)
        });
        let all = users.chain(places).map(|(address, license)| NotKnown {
            address,
            reason: format!(
                "the licence {license}, which may be Calling, is not in the list of licences"
            ),
        });
        all.collect()
    }
}

/// The first licence that may be the Calling of a holder who can be called, and is not in the list.
pub(super) fn may_be<'s>(catalogue: &Catalogue, held: &'s [Word], called: bool) -> Option<&'s str> {
    if !called {
        return None;
    }
    let listed = |id: &&Word| catalogue.by_id(id);
    let calling = |license| catalogue.kind(license).slot.service == Service::Calling;
    if held.iter().filter_map(|id| listed(&id)).any(calling) {
        return None;
    }
    held.iter().find(|id| listed(id).is_none()).map(|id| &**id)
}
