//! Who holds licences.

use super::people::UserIx;
use super::workspaces::PlaceIx;

/// Who holds licences: a person or a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A person.
    User(UserIx),
    /// A workspace.
    Workspace(PlaceIx),
}
