//! Which removals permanently destroy Calling (contract section 4), however the licence is called.

use super::catalogue::{Catalogue, LicenseIx, Service};
use super::changes::{Facts, LicenseAction, LicenseChange};
use super::holder::Holder;
use crate::snapshot::Snapshot;

/// Licences that come on top of Calling and take nothing of it along when they go (`webex-api.md` 2.2).
const ON_TOP: [&str; 1] = ["Webex Calling - Attendant Console"];

impl Facts<'_> {
    /// Whether a change removes Calling from its holder, or may do so.
    pub fn loses_calling(&self, change: &LicenseChange) -> bool {
        let license = change.before.and_then(|held| held.license);
        match (change.action, license) {
            (LicenseAction::Remove, Some(license)) => self.is_calling_of(license, change.holder),
            _ => false,
        }
    }

    /// Whether a person has Calling, or what may be Calling under a name that the table of licences does not have.
    pub fn may_call(&self, holder: Holder) -> bool {
        let held = self.has(holder);
        let mut licenses = held.iter().filter_map(|held| held.license);
        licenses.any(|license| self.is_calling_of(license, holder))
    }

    /// Whether a licence is Calling for who holds it.
    pub(super) fn is_calling_of(&self, license: LicenseIx, holder: Holder) -> bool {
        may_be_calling(self.catalogue, self.snapshot, license, || {
            self.can_be_called(holder)
        })
    }

    /// Whether a person has a number or an extension.
    fn can_be_called(&self, holder: Holder) -> bool {
        let reached = match holder {
            Holder::User(user) => {
                let seen = self.people.snapshot(user);
                seen.map(|user| (&user.phone_number, &user.extension))
            }
            Holder::Workspace(place) => {
                let seen = self.workspaces.snapshot(place);
                seen.map(|place| (&place.phone_number, &place.extension))
            }
        };
        reached.is_some_and(|(number, extension)| number.is_some() || extension.is_some())
    }
}

/// Whether a licence is Calling. Cisco may give Calling a new name at any time, so what is called so counts where the holder
/// has a number or an extension, which nothing but Calling gives.
pub(super) fn may_be_calling(
    catalogue: &Catalogue,
    snapshot: &Snapshot,
    license: LicenseIx,
    can_be_called: impl FnOnce() -> bool,
) -> bool {
    let kind = catalogue.kind(license);
    if kind.slot.service != Service::Other {
        return kind.slot.service == Service::Calling;
    }
    let name = &snapshot.licenses()[license as usize].name;
    is_named_calling(name) && !kind.implicit && can_be_called()
}

/// Whether a licence that the table does not have is called so that it may be Calling.
pub fn is_named_calling(name: &str) -> bool {
    name.to_lowercase().contains("calling") && !comes_on_top(name)
}

/// Whether a licence only comes on top of Calling.
pub fn comes_on_top(name: &str) -> bool {
    ON_TOP.contains(&name)
}
