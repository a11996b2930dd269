//! Who has which devices.

use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::OnceLock;

use rustc_hash::FxHasher;

use super::webex_go::{GoDevice, NoGoDevice};
use crate::snapshot::{Device, Owner, Snapshot};

/// The devices of a snapshot by owner. They are sorted when the first owner is looked up, so that a plan that takes nothing
/// away does not pay for it.
#[derive(Debug)]
pub struct Devices<'a> {
    snapshot: &'a Snapshot,
    all: &'a [Device],
    /// Whether there is a Webex Go device of which the snapshot does not say whose it is.
    go_without_owner: OnceLock<bool>,
    /// The hash of each owner, and where the device is; sorted.
    by_owner: OnceLock<Vec<(u64, u32)>>,
}

impl<'a> Devices<'a> {
    /// Those of a snapshot.
    pub fn of(snapshot: &'a Snapshot) -> Devices<'a> {
        Devices {
            snapshot,
            all: snapshot.devices(),
            go_without_owner: OnceLock::new(),
            by_owner: OnceLock::new(),
        }
    }

    /// The devices of the object of this kind and key, in the order of the snapshot.
    pub fn find<'s>(
        &'s self,
        kind: &'s str,
        key: &'s str,
    ) -> impl Iterator<Item = &'a Device> + use<'a, 's> {
        let by_owner = self.by_owner.get_or_init(|| by_owner(self.all));
        let wanted = hash(kind, key);
        let begin = by_owner.partition_point(|&(hash, _)| hash < wanted);
        let same = by_owner[begin..].iter();
        let same = same.take_while(move |(hash, _)| *hash == wanted);
        let devices = same.map(|&(_, at)| &self.all[at as usize]);
        let owned = move |owner: &Owner| owner.is(kind, key);
        devices.filter(move |device| device.owner.as_ref().is_some_and(owned))
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

fn by_owner(devices: &[Device]) -> Vec<(u64, u32)> {
    let owners = devices.iter().zip(0..).filter_map(|(device, at)| {
        let owner = device.owner.as_ref()?;
        Some((hash(owner.kind.word(), &owner.key), at))
    });
    let mut owners: Vec<(u64, u32)> = owners.collect();
    owners.sort_unstable();
    owners
}

fn hash(kind: &str, key: &str) -> u64 {
    BuildHasherDefault::<FxHasher>::default().hash_one((kind, key))
}
