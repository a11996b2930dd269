//! Who has which devices.

use std::sync::OnceLock;

use super::faults::BY_HAND;
use super::go_device::{GoDevice, NoGoDevice};
use super::owned::Owned;
use crate::snapshot::{Device, OwnerKind, Snapshot};

/// The devices of a snapshot by owner.
#[derive(Debug)]
pub struct Devices<'a> {
    snapshot: &'a Snapshot,
    all: &'a [Device],
    /// Whether one may have Webex Go of which the snapshot does not say whose it is.
    go_without_owner: OnceLock<bool>,
    /// Where one is of which the snapshot does not say whose it is, and which may be that of a workspace.
    other_without_owner: OnceLock<Option<usize>>,
    owned: Owned<'a, Device>,
}

impl<'a> Devices<'a> {
    /// Those of a snapshot.
    pub fn of(snapshot: &'a Snapshot) -> Devices<'a> {
        Devices {
            snapshot,
            all: snapshot.devices(),
            go_without_owner: OnceLock::new(),
            other_without_owner: OnceLock::new(),
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
            None if self.go_without_owner() => GoDevice::Unknown(NoGoDevice::WithoutOwner),
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
            self.other_without_owner(),
        ) {
            (Some(device), _) => WorkspaceDevice::There(device),
            (None, Some(at)) => WorkspaceDevice::WithoutOwner(&self.all[at]),
            (None, None) => WorkspaceDevice::None,
        }
    }

    fn go_without_owner(&self) -> bool {
        let is = |it: &Device| it.webex_go() != Some(false) && self.has_no_owner(it);
        let all = || self.all.iter().any(is);
        *self.go_without_owner.get_or_init(all)
    }

    fn other_without_owner(&self) -> Option<usize> {
        let is = |it: &Device| !it.is_webex_go() && self.has_no_owner(it);
        let all = || self.all.iter().position(is);
        *self.other_without_owner.get_or_init(all)
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
