//! Changes of groups as events (rule 1): who joined or left a group that carries a template, now or since the last apply,
//! and what would be if the groups had not changed.

use rustc_hash::{FxHashMap, FxHashSet};

use super::ask::{AskState, Asks, Facts, Held, Holder};
use super::catalogue::Service;
use super::people::UserIx;
use crate::finding::HOST_POOL_SHORT;
use crate::snapshot::Snapshot;

/// What part an ask has in a change of groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// It is given by the template of a group that the person joined.
    pub grant: bool,
    /// It takes away what would stay if the groups had not changed.
    pub follows: bool,
    /// It takes away what nobody would take away once the change of groups is over.
    pub passing: bool,
}

impl Part {
    /// The part of what is granted, and takes nothing away.
    pub(super) fn grant(grant: bool) -> Part {
        Part {
            grant,
            ..Part::default()
        }
    }
}

/// Somebody whose groups with a template change, or changed since the last apply.
#[derive(Debug, Default)]
pub struct Event {
    /// The templates of the groups before, see [`Facts::template`].
    was: Vec<u32>,
    /// A group that the person leaves or left, as an index into [`super::memberships::Memberships::groups`].
    pub left: Option<u32>,
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

    /// The members that a group had; `None` where nothing tells, so that they count as unchanged.
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
    /// Somebody was in a group with this template.
    pub fn was(&mut self, user: UserIx, template: u32) {
        self.was.push((user, template));
    }

    /// Somebody joins or joined a group with a template.
    pub fn joined(&mut self, user: UserIx) {
        self.changed.entry(user).or_default();
    }

    /// Somebody leaves or left a group with a template.
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

impl Facts<'_> {
    /// Whether what is held, or something better in its place, would be there, as far as templates go, if the person's groups had
    /// not changed.
    pub(super) fn would_stay(&self, event: &Event, held: Held) -> bool {
        let templates = || event.was.iter().map(|&template| self.template(template));
        let strip = templates().any(|template| template.existing_users && !template.retain);
        let service = held.slot.service;
        let gives = || {
            let mut entries = templates().flat_map(|template| &template.entries);
            entries.any(|entry| {
                entry.slot == held.slot && (service == Service::Calling || entry.tier <= held.tier)
            })
        };
        !strip || service == Service::Other || gives()
    }
}

impl Asks {
    /// People of whom a grant that comes with a change of groups is left out, so that all of that change waits.
    pub(super) fn hindered(&self) -> impl Iterator<Item = UserIx> + '_ {
        let left_out = |state| match state {
            AskState::Blocked(_) => true,
            AskState::Refused(code) => code != HOST_POOL_SHORT,
            AskState::Held(_) => true,
            AskState::Open | AskState::Waits | AskState::Settled(_) => false,
        };
        let asks = self.list.iter();
        asks.filter(move |ask| ask.part.grant && left_out(ask.state))
            .filter_map(|ask| match ask.holder {
                Holder::User(user) => Some(user),
                Holder::Workspace(_) => None,
            })
    }

    /// People of whom a removal is held that nobody would ask for once the change of groups is over.
    pub(super) fn held_up(&self) -> impl Iterator<Item = UserIx> + '_ {
        let held = |state| {
            use AskState::{Blocked, Held, Refused};
            matches!(state, Blocked(_) | Held(_) | Refused(_))
        };
        let asks = self.list.iter();
        asks.filter(move |ask| ask.part.passing && held(ask.state))
            .filter_map(|ask| match ask.holder {
                Holder::User(user) => Some(user),
                Holder::Workspace(_) => None,
            })
    }

    /// Lets the removals wait that follow from the changes of groups of these people.
    pub(super) fn wait(&mut self, waiting: &FxHashSet<UserIx>) {
        for ask in &mut self.list {
            let waits = matches!(ask.holder, Holder::User(user) if waiting.contains(&user));
            let sent = matches!(ask.state, AskState::Open | AskState::Held(_));
            if waits && ask.part.follows && sent {
                ask.state = AskState::Waits;
            }
        }
    }
}
