//! Who has which devices.

use std::sync::OnceLock;

use super::faults::BY_HAND;
use super::owned::Owned;
use super::webex_go::{GoDevice, NoGoDevice};
use crate::snapshot::{Device, OwnerKind, Snapshot};

/// The devices of a snapshot by owner.
#[derive(Debug)]
pub struct Devices<'a> {
    snapshot: &'a Snapshot,
    all: &'a [Device],
    /// Of the devices of which the snapshot does not say whose they are.
    without_owner: OnceLock<WithoutOwner>,
    owned: Owned<'a, Device>,
}

impl<'a> Devices<'a> {
    /// Those of a snapshot.
    pub fn of(snapshot: &'a Snapshot) -> Devices<'a> {
        Devices {
            snapshot,
            all: snapshot.devices(),
            without_owner: OnceLock::new(),
            owned: Owned::of(snapshot.devices(), |device| device.owner.as_ref()),
        }
    }

    /// The devices of the object of this kind and key, in the order of the snapshot.
    pub fn find<'s>(
        &'s self,
        kind: &'s str,
        key: &'s str,
    ) -> impl Iterator<Item = &'a Device> + use<'a, 's> {
        self.owned.find(kind, key)
    }

    /// The Webex Go device of the person with this address, as far as it is known.
    pub fn webex_go(&self, email: &str) -> GoDevice<'a> {
        if self.snapshot.devices.is_none() {
            return GoDevice::Unknown(NoGoDevice::NotCaptured);
        }
        let mut devices = self.find("user", email);
        let may_be = |device: &&Device| device.webex_go() != Some(false);
        let (go, other) = (devices.find(may_be), devices.find(may_be));
        let mut unknown = self.snapshot.not_known_of("device");
        let unread = (self.snapshot.not_known_of("webexGoDevice")).any(|it| it == email)
            || go.is_some_and(|device| unknown.any(|it| it == device.id));
        match go {
            _ if unread => GoDevice::Unknown(NoGoDevice::NotKnown),
            Some(_) if other.is_some() => GoDevice::Unknown(NoGoDevice::Several),
            Some(device) if !device.is_webex_go() => GoDevice::Unknown(NoGoDevice::NotTold),
            Some(device) => GoDevice::There(device),
            None if self.without_owner().go => GoDevice::Unknown(NoGoDevice::WithoutOwner),
            None => GoDevice::None,
        }
    }

    /// A device of a workspace, or why it is unknown whether there is one.
    pub fn of_workspace(&self, name: &str) -> WorkspaceDevice<'a> {
        if self.snapshot.devices.is_none() {
            return WorkspaceDevice::NotCaptured;
        }
        match (
            self.find("workspace", name).next(),
            self.without_owner().other,
        ) {
            (Some(device), _) => WorkspaceDevice::There(device),
            (None, Some(at)) => WorkspaceDevice::WithoutOwner(&self.all[at]),
            (None, None) => WorkspaceDevice::None,
        }
    }

    fn without_owner(&self) -> &WithoutOwner {
        let list = || {
            let without = |it: &&Device| self.has_no_owner(it);
            let mut all = self.all.iter().filter(without);
            let other = |it: &Device| !it.is_webex_go() && self.has_no_owner(it);
            WithoutOwner {
                go: all.any(|it| it.webex_go() != Some(false)),
                other: self.all.iter().position(other),
            }
        };
        self.without_owner.get_or_init(list)
    }

    /// Whether the snapshot has nobody whose the device is.
    fn has_no_owner(&self, device: &Device) -> bool {
        let Some(owner) = &device.owner else {
            return true;
        };
        let (users, places) = (self.snapshot.users(), self.snapshot.workspaces());
        let known = match owner.kind {
            // Lists are in order of key.
            OwnerKind::User => users.binary_search_by(|it| it.email.as_str().cmp(&owner.key)),
            OwnerKind::Workspace => places.binary_search_by(|it| it.name.as_str().cmp(&owner.key)),
            OwnerKind::Feature(_) => return true,
        };
        known.is_err()
    }
}

/// Of the devices of which the snapshot does not say whose they are.
#[derive(Debug)]
struct WithoutOwner {
    /// Whether one may have Webex Go.
    go: bool,
    /// Where one is that may be that of a workspace.
    other: Option<usize>,
}

/// What is known of the devices of a workspace.
#[derive(Debug, Clone, Copy)]
pub enum WorkspaceDevice<'a> {
    /// It has none.
    None,
    /// It has this one.
    There(&'a Device),
    /// There is one of which the snapshot does not say whose it is.
    WithoutOwner(&'a Device),
    /// Devices were not captured.
    NotCaptured,
}

impl WorkspaceDevice<'_> {
    /// Why Calling of the workspace is not changed, if so.
    pub fn why(self) -> Option<String> {
        Some(match self {
            WorkspaceDevice::None => return None,
            WorkspaceDevice::There(device) => {
                format!("the workspace has the device {}", device.label())
            }
            WorkspaceDevice::WithoutOwner(device) => format!(
                "the snapshot does not say whose the device {} is, which may be that of the workspace",
                device.label()
            ),
            WorkspaceDevice::NotCaptured => {
                "the snapshot has no devices, so it is unknown whether the workspace has one"
                    .to_owned()
            }
        })
    }

    /// What to do.
    pub fn help(self) -> &'static str {
        match self {
            WorkspaceDevice::None | WorkspaceDevice::There(_) => BY_HAND,
            WorkspaceDevice::WithoutOwner(_) => NoGoDevice::WithoutOwner.help(),
            WorkspaceDevice::NotCaptured => NoGoDevice::NotCaptured.help(),
        }
    }
}
