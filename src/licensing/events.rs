//! Changes of groups as events (rule 1): who joined or left a group that carries a template, now or since the last apply.

use rustc_hash::{FxHashMap, FxHashSet};

use super::people::UserIx;
use super::reserved::Reserved;
use crate::config::Config;
use crate::snapshot::{Applied, Snapshot};

/// Earlier states that say what happened since.
#[derive(Debug, Clone, Copy, Default)]
pub struct History<'a> {
    /// The people and groups that the applied snapshot has, as far as they are settled, with the addresses and names of
    /// today: a person whom it lacks is a newcomer, and what differs is an event.
    pub baseline: Option<&'a Snapshot>,
    /// The applied snapshot itself: it knows who is not settled.
    pub applied: Option<&'a Applied>,
    /// An earlier desired state: a group that it has and the configuration lacks is deleted, and everyone leaves it.
    pub base: Option<&'a Config>,
    /// What earlier applies owe: no one else gets it.
    pub reserved: &'a [Reserved],
}

/// What part a change of licences has in a change of groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// It is given by the template of a group that the person joined.
    pub grant: bool,
    /// It takes away what would stay if the groups had not changed.
    pub follows: bool,
    /// It removes what would not be removed once the change of groups is over.
    pub passing: bool,
}

impl Part {
    /// The part of what is granted; removes nothing.
    pub(super) fn grant(grant: bool) -> Part {
        Part {
            grant,
            ..Part::default()
        }
    }
}

/// A person whose groups with a template change, or changed since the last apply.
#[derive(Debug, Default)]
pub struct Event {
    /// The templates of the groups before, see [`super::changes::Facts::template`].
    was: Vec<u32>,
    /// A group that the person leaves or left, as an index into [`super::memberships::Memberships::groups`].
    pub left: Option<u32>,
}

impl Event {
    /// The templates of the groups before, see [`super::changes::Facts::template`].
    pub(super) fn templates_before(&self) -> &[u32] {
        &self.was
    }
}

/// Who was in which group before: in the applied snapshot; without one, now.
#[derive(Debug)]
pub(super) struct Before<'a> {
    people: Option<FxHashSet<&'a str>>,
    groups: Option<FxHashMap<&'a str, Option<FxHashSet<&'a str>>>>,
}

impl<'a> Before<'a> {
    pub fn new(applied: Option<&'a Snapshot>) -> Before<'a> {
        let people = applied.and_then(|applied| applied.users.as_ref());
        let groups = applied.and_then(|applied| applied.groups.as_ref());
        let groups = groups.map(|groups| {
            let mut named = FxHashMap::default();
            for group in groups {
                let members = group.members.iter().map(String::as_str).collect();
                // Of two groups of one name it is unknown which of them this is.
                named
                    .entry(group.name.as_str())
                    .and_modify(|known| *known = None)
                    .or_insert(Some(members));
            }
            // Who was in a group that was not read then is unknown.
            for name in applied.iter().flat_map(|it| it.not_known_of("group")) {
                named.insert(name, None);
            }
            named
        });
        Before {
            people: people.map(|users| {
                let known = users.iter().map(|user| user.email.as_str());
                let unread = applied.iter().flat_map(|it| it.not_known_of("user"));
                known.chain(unread).collect()
            }),
            groups,
        }
    }

    /// Whether there is an applied snapshot, and it lacks the person.
    pub fn lacks(&self, email: &str) -> bool {
        self.people
            .as_ref()
            .is_some_and(|known| !known.contains(email))
    }

    /// The members that a group had; `None` where it is unknown, so that they count as unchanged.
    pub fn members(&self, group: &str) -> Option<FxHashSet<&'a str>> {
        let groups = self.groups.as_ref()?;
        match groups.get(group) {
            Some(members) => {
                let members = members.as_ref()?.iter().copied();
                Some(members.filter(|email| !self.lacks(email)).collect())
            }
            None => Some(FxHashSet::default()),
        }
    }
}

/// Collects the events while the groups are looked at.
#[derive(Debug, Default)]
pub(super) struct Events {
    was: Vec<(UserIx, u32)>,
    changed: FxHashMap<UserIx, Option<u32>>,
}

impl Events {
    /// A person was in a group with this template.
    pub fn was(&mut self, user: UserIx, template: u32) {
        self.was.push((user, template));
    }

    /// A person joins or joined a group with a template.
    pub fn joined(&mut self, user: UserIx) {
        self.changed.entry(user).or_default();
    }

    /// A person leaves or left a group with a template.
    pub fn left(&mut self, user: UserIx, group: u32) {
        self.changed.insert(user, Some(group));
    }

    /// The events by person.
    pub fn finish(self) -> FxHashMap<UserIx, Event> {
        let event = |(user, left)| {
            (
                user,
                Event {
                    was: Vec::new(),
                    left,
                },
            )
        };
        let mut events: FxHashMap<UserIx, Event> = self.changed.into_iter().map(event).collect();
        for (user, template) in self.was {
            if let Some(event) = events.get_mut(&user) {
                event.was.push(template);
            }
        }
        events
    }
}
