//! Who has which devices.

use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::OnceLock;

use rustc_hash::FxHasher;

use crate::snapshot::{Device, Owner, Snapshot};

/// The devices of a snapshot by owner. They are sorted when the first owner is looked up, so that a plan that takes nothing
/// away does not pay for it.
#[derive(Debug)]
pub struct Devices<'a> {
    all: &'a [Device],
    /// The hash of each owner, and where the device is; sorted.
    by_owner: OnceLock<Vec<(u64, u32)>>,
}

impl<'a> Devices<'a> {
    /// Those of a snapshot.
    pub fn of(snapshot: &'a Snapshot) -> Devices<'a> {
        Devices {
            all: snapshot.devices(),
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
