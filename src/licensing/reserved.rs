//! Numbers and extensions that have no owner now, and that are not free: an earlier apply owes them someone.

use serde::Deserialize;

use super::holder::Holder;
use crate::snapshot::Snapshot;

/// What someone had before an apply took it by accident, as a snapshot has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reserved {
    /// The id of the person or workspace, as in the snapshot of today.
    id: String,
    /// Where the extension was.
    pub location: Option<String>,
    /// The number.
    pub phone_number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
}

impl Reserved {
    /// For whom it is, if it is someone in the snapshot.
    pub fn holder(&self, snapshot: &Snapshot) -> Option<Holder> {
        let users = snapshot.users().iter().zip(0..);
        let users = users.filter_map(|(user, at)| (user.id == self.id).then_some(Holder::User(at)));
        let places = snapshot.workspaces().iter().zip(0..);
        let places =
            places.filter_map(|(place, at)| (place.id == self.id).then_some(Holder::Workspace(at)));
        users.chain(places).next()
    }
}
