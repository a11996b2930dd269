//! Who has which devices.

use std::sync::OnceLock;

use super::owned::Owned;
use super::webex_go::{GoDevice, NoGoDevice};
use crate::snapshot::{Device, Snapshot};

/// The devices of a snapshot by owner.
#[derive(Debug)]
pub struct Devices<'a> {
    snapshot: &'a Snapshot,
    all: &'a [Device],
    /// Whether there is a Webex Go device of which the snapshot does not say whose it is.
    go_without_owner: OnceLock<bool>,
    owned: Owned<'a, Device>,
}

impl<'a> Devices<'a> {
    /// Those of a snapshot.
    pub fn of(snapshot: &'a Snapshot) -> Devices<'a> {
        Devices {
            snapshot,
            all: snapshot.devices(),
            go_without_owner: OnceLock::new(),
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
        let go = devices.find(|device| device.is_webex_go());
        let mut unknown = self.snapshot.not_known_of("device");
        let unread = (self.snapshot.not_known_of("webexGoDevice")).any(|it| it == email)
            || go.is_some_and(|device| unknown.any(|it| it == device.id));
        match go {
            _ if unread => GoDevice::Unknown(NoGoDevice::NotKnown),
            Some(device) => GoDevice::There(device),
            None if self.go_without_owner() => GoDevice::Unknown(NoGoDevice::WithoutOwner),
            None => GoDevice::None,
        }
    }

    fn go_without_owner(&self) -> bool {
        let without = |it: &Device| it.owner.as_ref().is_none_or(|owner| owner.key.is_empty());
        let mut all = self.all.iter();
        let any = || all.any(|it| it.is_webex_go() && without(it));
        *self.go_without_owner.get_or_init(any)
    }
}
