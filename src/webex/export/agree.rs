//! Whether the files of an export agree with each other. What contradicts another file is unknown, not chosen from.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::canonical::address;
use crate::snapshot::{Location, Number, Owner, OwnerKind, User, Workspace};

/// The lists of an export.
#[derive(Clone, Copy)]
pub struct Lists<'e> {
    /// The people.
    users: &'e [User],
    /// The workspaces, or none.
    workspaces: &'e [Workspace],
    /// The numbers, where there is a file of them.
    numbers: Option<&'e [Number]>,
    /// The locations, where there is a file of them.
    locations: Option<&'e [Location]>,
}

impl<'e> Lists<'e> {
    /// Those of an export.
    pub fn of(
        (users, workspaces): (&'e [User], &'e [Workspace]),
        numbers: Option<&'e [Number]>,
        locations: Option<&'e [Location]>,
    ) -> Lists<'e> {
        Lists {
            users,
            workspaces,
            numbers,
            locations,
        }
    }

    /// Everything that contradicts another file, in words.
    pub fn contradictions(self) -> Vec<String> {
        let mut all = Vec::new();
        if self.users.is_empty() {
            all.push(
                "the export of people has no people: export all users in Control Hub".to_owned(),
            );
        }
        all.extend(self.held_twice());
        all.extend(self.elsewhere());
        all.extend(self.unlisted());
        all
    }

    /// Each person and workspace with a number: number, name, location.
    fn holders(self) -> impl Iterator<Item = (&'e str, &'e str, Option<&'e str>)> {
        let people = self.users.iter().filter_map(|user| {
            let number = user.phone_number.as_deref()?;
            Some((number, user.email.as_str(), user.location.as_deref()))
        });
        let places = self.workspaces.iter().filter_map(|it| {
            let number = it.phone_number.as_deref()?;
            Some((number, it.name.as_str(), it.location.as_deref()))
        });
        people.chain(places)
    }

    /// Numbers that two have: Webex knows no such thing, so one of them is wrong.
    fn held_twice(self) -> Vec<String> {
        let mut holders: FxHashMap<&str, &str> = FxHashMap::default();
        let twice = self.holders().filter_map(|(number, holder, _)| {
            let other = holders.insert(number, holder)?;
            Some(format!("{number} is the number of {other} and of {holder}"))
        });
        twice.collect()
    }

    /// Numbers of another location than their owner.
    fn elsewhere(self) -> Vec<String> {
        let numbers = self.numbers.into_iter().flatten();
        let numbers: FxHashMap<&str, &str> = numbers
            .filter_map(|it| Some((it.phone_number.as_str(), it.location.as_deref()?)))
            .collect();
        let differ = self.holders().filter_map(|(number, holder, here)| {
            let (there, here) = (numbers.get(number)?, here?);
            let words = || {
                format!("{number} belongs to {there} in the list of numbers, and {holder}, who has it, is in {here}")
            };
            (*there != here).then(words)
        });
        differ.collect()
    }

    /// Locations that the list of locations lacks.
    fn unlisted(self) -> Vec<String> {
        let Some(locations) = self.locations else {
            return Vec::new();
        };
        let listed: FxHashSet<&str> = locations.iter().map(|it| it.name.as_str()).collect();
        let people = self
            .users
            .iter()
            .map(|it| (it.location.as_deref(), it.email.as_str()));
        let places = self
            .workspaces
            .iter()
            .map(|it| (it.location.as_deref(), it.name.as_str()));
        let numbers = self.numbers.into_iter().flatten();
        let numbers = numbers.map(|it| (it.location.as_deref(), it.phone_number.as_str()));
        let mut unlisted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (location, of) in people.chain(places).chain(numbers) {
            if let Some(location) = location.filter(|it| !listed.contains(it)) {
                unlisted.entry(location).or_default().push(of);
            }
        }
        let words = |(location, of): (&str, Vec<&str>)| {
            let others = match of.len() {
                1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            format!(
                "`{location}`, the location of {}{others}, is not in the list of locations",
                of[0]
            )
        };
        unlisted.into_iter().map(words).collect()
    }
}

/// Whether the words of the list of numbers can mean the owner whom the number has in the other files: a name or an address.
pub fn may_mean(words: &str, owner: &Owner, users: &[User]) -> bool {
    let same = |name: &str| address(name) == address(words);
    if owner.kind != OwnerKind::User || words.contains('@') {
        let mut parts = words.split(['(', ')', '<', '>', ' ', ',', ';']);
        return same(&owner.key) || parts.any(|it| address(it) == owner.key);
    }
    let user = users.iter().find(|user| user.email == owner.key);
    user.is_none_or(|user| user.display_name.as_deref().is_none_or(same))
}
