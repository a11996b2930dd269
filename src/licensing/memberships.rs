//! Whose groups carry which template: members of every group after the change, and whom each template reaches (rule 1).

use rustc_hash::{FxHashMap, FxHashSet};

use super::events::{Event, History};
use super::groups::Group;
use super::intent::{Intent, Template};
use super::people::{People, UserIx};
pub use super::survey::Reach;
use super::survey::{States, Survey, Surveyed};
use crate::config::{Config, dropped};
use crate::finding::Finding;
use crate::snapshot::Snapshot;

/// All groups of the configuration, and which templates reach whom.
#[derive(Debug)]
pub struct Memberships<'a> {
    /// The groups, in order of name; then those that are deleted.
    pub groups: Vec<Group<'a>>,
    /// Memberships that errors keep out of the plan.
    pub blocked: usize,
    offsets: Vec<u32>,
    reaches: Vec<Reach>,
    /// People whose groups with a template change, or changed since the last apply.
    events: FxHashMap<UserIx, Event>,
    /// Those of them of whom it is unknown which groups they are in, with a group that says so.
    doubts: FxHashMap<UserIx, u32>,
}

impl<'a> Memberships<'a> {
    /// Works out every group's members after the change, and whom each template reaches.
    pub fn new(
        config: &'a Config,
        snapshot: &'a Snapshot,
        history: History<'a>,
        people: &People<'a>,
        intent: &Intent<'a>,
        former: &[Template<'a>],
        findings: &mut Vec<Finding>,
    ) -> Memberships<'a> {
        let states = States::new(snapshot, history);
        let mut survey = Survey::new(config, &states, people, intent, findings);
        survey.organisation();
        for (name, declared) in &config.groups {
            survey.declared(name, declared);
        }
        let base = history.base.map(|base| &base.groups);
        let dropped = dropped(base, &config.groups, |group| group.formerly.as_ref());
        for (name, declared) in dropped {
            survey.dropped(name, declared, former);
        }
        let Surveyed {
            groups,
            blocked,
            mut reaches,
            events,
        } = survey.finish();

        // By person; within one person in order of group name, so that reasons do not depend on file order.
        reaches.sort_by_key(|(user, reach)| (*user, reach.group));
        let mut offsets = vec![0u32; people.len() + 1];
        reaches
            .iter()
            .for_each(|(user, _)| offsets[*user as usize + 1] += 1);
        (1..offsets.len()).for_each(|at| offsets[at] += offsets[at - 1]);
        let events = events.finish();
        Memberships {
            doubts: doubts(&groups, &events, snapshot, people),
            groups,
            blocked,
            offsets,
            reaches: reaches.into_iter().map(|(_, reach)| reach).collect(),
            events,
        }
    }

    /// The templates that reach a person after the change.
    pub fn of(&self, user: UserIx) -> &[Reach] {
        let at = user as usize;
        &self.reaches[self.offsets[at] as usize..self.offsets[at + 1] as usize]
    }

    /// What changed in the groups of a person that carry a template, now or since the last apply.
    pub fn event(&self, user: UserIx) -> Option<&Event> {
        self.events.get(&user)
    }

    /// People of whose change of groups a part would go ahead alone, so that all of it waits (rule 1).
    pub fn in_doubt(&self) -> impl Iterator<Item = UserIx> + '_ {
        self.doubts.keys().copied()
    }

    /// The group that makes a person's change of groups wait.
    pub fn doubt(&self, user: UserIx) -> Option<&Group<'a>> {
        let group = self.doubts.get(&user)?;
        self.groups.get(*group as usize)
    }

    /// Whether it is unknown if a person leaves a group, so that no template takes anything yet.
    pub fn may_stay(&self, user: UserIx) -> bool {
        self.doubt(user).is_some_and(|group| group.incomplete)
    }

    /// A group with a template that the person leaves or left, as an index into [`Memberships::groups`].
    pub fn left(&self, user: UserIx) -> Option<u32> {
        self.event(user)?.left
    }
}

/// People whose groups change while not everything is known of a group with a template that they may be in, or that they may
/// leave; each with the first such group.
fn doubts(
    groups: &[Group<'_>],
    events: &FxHashMap<UserIx, Event>,
    snapshot: &Snapshot,
    people: &People<'_>,
) -> FxHashMap<UserIx, u32> {
    let unread: FxHashSet<&str> = snapshot.not_known_of("group").collect();
    let mut doubts = FxHashMap::default();
    for (group, index) in groups.iter().zip(0..) {
        let declared = group.declared.map(|it| &it.value);
        let leavers = group.leaves.iter().filter_map(|leave| leave.user);
        let mut affected: Vec<UserIx> = Vec::new();
        if group.ambiguous || unread.contains(group.name) {
            if declared.is_none_or(|it| it.template.is_none()) {
                continue;
            }
            match declared.and_then(|it| it.members.as_ref()) {
                Some(list) => {
                    let seen = group.observed.iter().flat_map(|seen| &seen.members);
                    affected.extend(seen.filter_map(|email| people.find(email)));
                    let wanted = list.value.iter();
                    affected.extend(wanted.filter_map(|it| people.find(&it.value.to_lowercase())));
                    affected.extend(leavers);
                }
                // Members that come from a directory may be anyone.
                None => affected.extend(events.keys()),
            }
        }
        affected.retain(|user| events.contains_key(user));
        for user in affected {
            doubts.entry(user).or_insert(index);
        }
    }
    // Last, as these take precedence: nothing at all is taken from them.
    for (group, index) in groups.iter().zip(0..).filter(|(it, _)| it.incomplete) {
        let leavers = group.leaves.iter().filter_map(|leave| leave.user);
        doubts.extend(leavers.map(|user| (user, index)));
    }
    doubts
}
