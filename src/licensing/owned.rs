//! Which objects of a list belong to whom.

use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::OnceLock;

use rustc_hash::FxHasher;

use crate::snapshot::Owner;

/// A list of a snapshot by owner. It is sorted when the first owner is looked up, so that a plan that takes nothing away does not pay
/// for it.
#[derive(Debug)]
pub struct Owned<'a, T> {
    all: &'a [T],
    owner: fn(&T) -> Option<&Owner>,
    /// The hash of each owner, and where the object is; sorted.
    by_owner: OnceLock<Vec<(u64, u32)>>,
}

impl<'a, T> Owned<'a, T> {
    /// The objects of a list.
    pub fn of(all: &'a [T], owner: fn(&T) -> Option<&Owner>) -> Owned<'a, T> {
        Owned {
            all,
            owner,
            by_owner: OnceLock::new(),
        }
    }

    /// What belongs to the object of this kind and key, in the order of the list.
    pub fn find<'s>(
        &'s self,
        kind: &'s str,
        key: &'s str,
    ) -> impl Iterator<Item = &'a T> + use<'a, 's, T> {
        let by_owner = self.by_owner.get_or_init(|| self.by_owner());
        let wanted = hash(kind, key);
        let begin = by_owner.partition_point(|&(hash, _)| hash < wanted);
        let same = by_owner[begin..].iter();
        let same = same.take_while(move |(hash, _)| *hash == wanted);
        let objects = same.map(|&(_, at)| &self.all[at as usize]);
        objects.filter(move |it| (self.owner)(it).is_some_and(|owner| owner.is(kind, key)))
    }

    fn by_owner(&self) -> Vec<(u64, u32)> {
        let owners = self.all.iter().zip(0..).filter_map(|(object, at)| {
            let owner = (self.owner)(object)?;
            Some((hash(owner.kind.word(), &owner.key), at))
        });
        let mut owners: Vec<(u64, u32)> = owners.collect();
        owners.sort_unstable();
        owners
    }
}

fn hash(kind: &str, key: &str) -> u64 {
    BuildHasherDefault::<FxHasher>::default().hash_one((kind, key))
}
