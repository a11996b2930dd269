//! The survey of groups: each one's members after the change, and whom its template reaches (rule 1).

use rustc_hash::{FxHashMap, FxHashSet};

use super::events::{Before, Events, History};
use super::groups::{Group, Leave, MemberLookup, kind_unknown, twins};
use super::intent::{Intent, Template};
use super::people::{People, UserIx};
use crate::config::model::{self, AssignmentMode};
use crate::config::yaml::At;
use crate::config::{Config, Declared};
use crate::finding::{
    self, AD_GROUP_KIND_UNKNOWN, DISTRIBUTION_GROUP_TEMPLATE, Finding, NOT_DELETED,
};
use crate::snapshot::{self, Snapshot};

/// One template that reaches a person.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// The template, as an index into [`Intent::templates`].
    pub template: u32,
    /// The group that carries it, as an index into [`Surveyed::groups`]; `None` for the organisation's.
    pub group: Option<u32>,
    /// Whether it counts for this person (rule 1).
    pub counts: bool,
    /// Whether the person joined the group since the last apply, or joins it now.
    pub joined: bool,
}

/// What the organisation has and had of groups.
pub(super) struct States<'a> {
    snapshot: &'a Snapshot,
    base: Option<&'a Config>,
    /// The groups of the snapshot by name.
    observed: FxHashMap<&'a str, &'a snapshot::Group>,
    /// Names that several groups have, with everyone who is in any of them.
    twins: FxHashMap<&'a str, FxHashSet<&'a str>>,
    /// Names of groups that could not be read.
    unread: FxHashSet<&'a str>,
    before: Before<'a>,
}

impl<'a> States<'a> {
    /// Looks up the groups of the snapshot and of the states before.
    pub fn new(snapshot: &'a Snapshot, history: History<'a>) -> States<'a> {
        let groups = snapshot.groups().iter();
        States {
            snapshot,
            base: history.base,
            observed: groups.map(|group| (group.name.as_str(), group)).collect(),
            twins: twins(snapshot),
            unread: snapshot.not_known_of("group").collect(),
            before: Before::new(history.baseline),
        }
    }

    /// Whether a group gave licences before: a group that had no template, or a mode in which groups give nothing, gave nothing, and
    /// leaving it takes nothing (LIC-006). Without an earlier revision what is declared now counts.
    fn carried(&self, name: &str, formerly: Option<&str>) -> bool {
        let Some(base) = self.base else {
            return true;
        };
        let named = |name: &str| base.groups.get(name);
        let before = named(name).or_else(|| named(formerly?));
        base.mode() == AssignmentMode::Group
            && before.is_some_and(|group| group.value.template.is_some())
    }

    /// Says that the organisation has several groups of one name.
    fn several(&self, name: &str) -> Finding {
        let groups = self.snapshot.groups().iter();
        let same = groups.filter(|group| group.name == name);
        let ids: Vec<&str> = same.map(|group| group.id.as_str()).collect();
        finding::several("groups", name, &ids).about(format!("group/{name}"))
    }
}

/// What the survey found.
pub(super) struct Surveyed<'a> {
    /// The groups, in order of name; then those that are deleted.
    pub groups: Vec<Group<'a>>,
    /// Memberships that errors keep out of the plan.
    pub blocked: usize,
    /// Whom a template reaches, in the order in which they were met.
    pub reaches: Vec<(UserIx, Reach)>,
    /// Changes of groups that carry a template.
    pub events: Events,
}

/// Goes through the groups one by one.
pub(super) struct Survey<'a, 'b> {
    lookup: MemberLookup<'a, 'b>,
    states: &'b States<'a>,
    intent: &'b Intent<'a>,
    groups: Vec<Group<'a>>,
    reaches: Vec<(UserIx, Reach)>,
    events: Events,
}

impl<'a, 'b> Survey<'a, 'b> {
    /// A survey that has seen no group yet.
    pub fn new(
        config: &'a Config,
        states: &'b States<'a>,
        people: &'b People<'a>,
        intent: &'b Intent<'a>,
        findings: &'b mut Vec<Finding>,
    ) -> Survey<'a, 'b> {
        Survey {
            lookup: MemberLookup {
                suggestions: crate::finding::Suggestions::default(),
                config,
                people,
                blocked: 0,
                findings,
            },
            states,
            intent,
            groups: Vec::new(),
            reaches: Vec::new(),
            events: Events::default(),
        }
    }

    /// Everything that was found.
    pub fn finish(self) -> Surveyed<'a> {
        Surveyed {
            groups: self.groups,
            blocked: self.lookup.blocked,
            reaches: self.reaches,
            events: self.events,
        }
    }

    /// Applies the organisation's own template to everyone.
    pub fn organisation(&mut self) {
        let MemberLookup { config, people, .. } = self.lookup;
        let named = || config.org.as_ref()?.value.template.as_ref();
        let (AssignmentMode::Organization, Some(named)) = (config.mode(), named()) else {
            return;
        };
        let Some(template) = self.template(&named.value) else {
            return;
        };
        let existing = self.intent.templates[template as usize].existing_users;
        let before = &self.states.before;
        let reach = |user| {
            let newcomer = people.snapshot(user).is_none() || before.lacks(people.email(user));
            let reach = Reach {
                template,
                group: None,
                counts: existing || newcomer,
                joined: false,
            };
            (user, reach)
        };
        let all = 0..people.len() as UserIx;
        self.reaches.extend(all.map(reach));
    }

    /// A template of the configuration, as an index into [`Intent::templates`].
    fn template(&self, name: &str) -> Option<u32> {
        let templates = &self.intent.templates;
        let found = templates.binary_search_by(|known| known.name.cmp(name));
        found.ok().map(|index| index as u32)
    }

    /// Takes up a group of the configuration.
    pub fn declared(&mut self, name: &'a str, declared: &'a Declared<model::Group>) {
        let MemberLookup { config, people, .. } = self.lookup;
        let states = self.states;
        let seen = states.observed.get(name).copied();
        let by_groups = config.mode() == AssignmentMode::Group;
        let template = declared.value.template.as_ref().filter(|_| by_groups);
        let known = template.and_then(|at| self.template(&at.value));
        let index = self.groups.len() as u32;
        if states.unread.contains(name) {
            // Anybody may be in it, and keeps what it gives.
            self.protect(known, Some(index), 0..people.len() as UserIx);
            return self.leave_alone(name, declared, known);
        }
        if let Some(members) = states.twins.get(name) {
            let several = states.several(name).at(config.place(declared.key));
            self.lookup.findings.push(several);
            let members = members.iter().filter_map(|email| people.find(email));
            self.protect(known, Some(index), members);
            return self.leave_alone(name, declared, known);
        }
        let Some(mut group) = self.lookup.group(name, declared, seen) else {
            let members = states.before.members(name).into_iter().flatten();
            self.protect(known, None, members.filter_map(|email| people.find(email)));
            return;
        };
        group.template = match template {
            Some(at) if !self.can_carry(&group, declared, at, known) => None,
            _ => known,
        };
        group.carries = group.template.is_some();
        if group.incomplete {
            // Who is missing from the list may be the one who is meant. Only leaves that carry licences can wait for it.
            let waits = |leave: &Leave<'_>| leave.user.is_some();
            group.leaves.retain(|leave| group.carries && waits(leave));
        }
        if let Some(template) = group.template {
            let had = states.before.members(name);
            self.reach_members(&group, template, had.as_ref());
            self.note_events(&group, template, had.as_ref());
        }
        self.groups.push(group);
    }

    /// Lets people keep what a group's template gave them: what can neither give nor take protects it all the same.
    fn protect(
        &mut self,
        template: Option<u32>,
        group: Option<u32>,
        members: impl Iterator<Item = UserIx>,
    ) {
        let Some(template) = template else {
            return;
        };
        let reach = Reach {
            template,
            group,
            counts: false,
            joined: false,
        };
        self.reaches.extend(members.map(|user| (user, reach)));
    }

    /// Plans nothing for a group, since it is unclear which it is or who is in it.
    fn leave_alone(
        &mut self,
        name: &'a str,
        declared: &'a Declared<model::Group>,
        template: Option<u32>,
    ) {
        self.lookup.blocked += 1;
        self.groups.push(Group {
            template,
            ambiguous: true,
            ..Group::new(name, Some(declared), None)
        });
    }

    /// Whether the group may carry its template; says where it may not, and where that is unclear.
    fn can_carry(
        &mut self,
        group: &Group<'a>,
        declared: &'a Declared<model::Group>,
        at: &At<String>,
        known: Option<u32>,
    ) -> bool {
        let (name, config) = (group.name, self.lookup.config);
        let kind = group.observed.and_then(|seen| seen.kind.as_deref());
        if kind == Some("distribution") {
            self.lookup.findings.push(
                Finding::error(
                    DISTRIBUTION_GROUP_TEMPLATE,
                    format!("{name} is a distribution group"),
                )
                .about(format!("group/{name}"))
                .help("a distribution group cannot have a template; use a security group")
                .at(config.place(declared.spot(at))),
            );
            return false;
        }
        if known.is_some() && kind_unknown(declared, group.observed) {
            self.lookup.findings.push(
                Finding::warning(
                    AD_GROUP_KIND_UNKNOWN,
                    format!("it is unknown whether {name} is a security group"),
                )
                .about(format!("group/{name}"))
                .help("check the directory, and write `kind: security` or `kind: distribution`")
                .at(config.place(declared.spot(at))),
            );
        }
        true
    }

    /// Lets a group's template reach those who are in it after the change.
    fn reach_members(
        &mut self,
        group: &Group<'a>,
        template: u32,
        had: Option<&FxHashSet<&'a str>>,
    ) {
        let people = self.lookup.people;
        let existing = self.intent.templates[template as usize].existing_users;
        let index = self.groups.len() as u32;
        // Nobody leaves a group whose list is not whole: the template still gives, and what would be taken waits.
        let leaving = group.leaves.iter().filter(|_| !group.incomplete);
        let leaving: FxHashSet<&str> = leaving.map(|leave| leave.email).collect();
        let mut reach = |user: UserIx, joined: bool| {
            if joined {
                self.events.joined(user);
            }
            let reach = Reach {
                template,
                group: Some(index),
                counts: existing || joined || people.snapshot(user).is_none(),
                joined,
            };
            self.reaches.push((user, reach));
        };
        for email in group.observed.iter().flat_map(|seen| &seen.members) {
            let Some(user) = people.find(email) else {
                continue;
            };
            if !leaving.contains(email.as_str()) {
                reach(user, had.is_some_and(|had| !had.contains(email.as_str())));
            }
        }
        group.joins.iter().for_each(|&(user, _)| reach(user, true));
    }

    /// Notes who was in a group that carries a template, and who leaves or left it.
    fn note_events(&mut self, group: &Group<'a>, template: u32, had: Option<&FxHashSet<&'a str>>) {
        let people = self.lookup.people;
        let index = self.groups.len() as u32;
        let members = || group.observed.iter().flat_map(|seen| &seen.members);
        let formerly = group.declared.and_then(|it| it.value.formerly.as_ref());
        let carried = (self.states).carried(group.name, formerly.map(|it| it.value.as_str()));
        match had {
            Some(had) => {
                let inside: FxHashSet<&str> = members().map(String::as_str).collect();
                let joining: FxHashSet<UserIx> =
                    group.joins.iter().map(|&(user, _)| user).collect();
                for &email in had {
                    let Some(user) = people.find(email) else {
                        continue;
                    };
                    self.events.was(user, template);
                    // It is unknown who left a group that the snapshot lacks.
                    let gone = !inside.contains(email) && !joining.contains(&user);
                    if carried && gone && group.observed.is_some() {
                        self.events.left(user, index);
                    }
                }
            }
            None => members()
                .filter_map(|email| people.find(email))
                .for_each(|user| self.events.was(user, template)),
        }
        let leaves = group.leaves.iter().filter(|_| carried);
        let leavers = leaves.filter_map(|leave| leave.user);
        leavers.for_each(|user| self.events.left(user, index));
    }

    /// Takes up a group that an earlier revision had and the configuration lacks: it is deleted, and everyone leaves it.
    pub fn dropped(
        &mut self,
        name: &'a str,
        declared: &'a Declared<model::Group>,
        former: &[Template<'a>],
    ) {
        let MemberLookup { config, people, .. } = self.lookup;
        let states = self.states;
        let Some(&seen) = states.observed.get(name) else {
            return;
        };
        if states.unread.contains(name) {
            self.lookup.blocked += 1;
            return;
        }
        if states.twins.contains_key(name) {
            self.lookup.blocked += 1;
            self.lookup.findings.push(states.several(name));
            return;
        }
        if seen.source.as_deref() == Some("directory") {
            self.lookup.findings.push(
                Finding::info(
                    NOT_DELETED,
                    "it comes from a directory, and is only no longer managed here",
                )
                .about(format!("group/{name}")),
            );
            return;
        }
        let carries = config.mode() == AssignmentMode::Group && states.carried(name, None);
        let members = seen.members.iter().map(String::as_str);
        let leaves = members.map(|email| Leave {
            email,
            user: people.find(email),
        });
        let group = Group {
            carries,
            leaves: leaves.collect(),
            ..Group::new(name, None, Some(seen))
        };
        if let (true, Some(named)) = (group.carries, &declared.value.template) {
            let at = former.iter().position(|known| known.name == named.value);
            let template = at.map(|at| (self.intent.templates.len() + at) as u32);
            self.everyone_leaves(&group, template);
        }
        self.groups.push(group);
    }

    /// Notes that everyone leaves a group that had a template: who is in it, and who was.
    fn everyone_leaves(&mut self, group: &Group<'a>, template: Option<u32>) {
        let people = self.lookup.people;
        let index = self.groups.len() as u32;
        let inside = || group.leaves.iter().filter_map(|leave| leave.user);
        let had: Vec<UserIx> = match self.states.before.members(group.name) {
            Some(had) => had.iter().filter_map(|email| people.find(email)).collect(),
            None => inside().collect(),
        };
        if let Some(template) = template {
            had.iter().for_each(|&user| self.events.was(user, template));
        }
        let everybody = had.into_iter().chain(inside());
        everybody.for_each(|user| self.events.left(user, index));
    }
}
