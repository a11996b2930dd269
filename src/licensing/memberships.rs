//! Whose groups carry which template: members of every group after the change, and whom each template reaches (rule 1).

use rustc_hash::{FxHashMap, FxHashSet};

use super::History;
use super::events::{Before, Event, Events};
use super::groups::{Group, Leave, group_of, kind_unknown, twins};
use super::intent::{Intent, Template};
use super::people::{People, UserIx};
use crate::config::model::AssignmentMode;
use crate::config::{Config, dropped};
use crate::finding::{
    self, AD_GROUP_KIND_UNKNOWN, DISTRIBUTION_GROUP_TEMPLATE, Finding, NOT_DELETED,
};
use crate::snapshot::{self, Snapshot};

/// One template that reaches a person.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// The template, as an index into [`Intent::templates`].
    pub template: u32,
    /// The group that carries it, as an index into [`Memberships::groups`]; `None` for the organisation's.
    pub group: Option<u32>,
    /// Whether it counts for this person (rule 1).
    pub counts: bool,
    /// Whether the person joined the group since the last apply, or joins it now.
    pub joined: bool,
}

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
        let History { baseline, base } = history;
        let observed: FxHashMap<&str, &snapshot::Group> = snapshot
            .groups()
            .iter()
            .map(|group| (group.name.as_str(), group))
            .collect();
        let twins = twins(snapshot);
        let unread: FxHashSet<&str> = snapshot.not_known_of("group").collect();
        let before = Before::new(baseline);
        let several = |name: &str| {
            let same = snapshot.groups().iter().filter(|group| group.name == name);
            let ids: Vec<&str> = same.map(|group| group.id.as_str()).collect();
            finding::several("groups", name, &ids).about(format!("group/{name}"))
        };

        let mut pairs: Vec<(UserIx, Reach)> = Vec::new();
        let mut events = Events::default();
        let mut groups: Vec<Group<'a>> = Vec::new();
        let mut blocked = 0;
        let template_of = |name: &str| {
            intent
                .templates
                .binary_search_by(|known| known.name.cmp(name))
                .ok()
        };

        if let (AssignmentMode::Organization, Some(org)) = (config.mode(), &config.org)
            && let Some(template) = org
                .value
                .template
                .as_ref()
                .and_then(|at| template_of(&at.value))
        {
            let existing = intent.templates[template].existing_users;
            pairs.extend((0..people.len() as UserIx).map(|user| {
                let newcomer = people.snapshot(user).is_none() || before.lacks(people.email(user));
                (
                    user,
                    Reach {
                        template: template as u32,
                        group: None,
                        counts: existing || newcomer,
                        joined: false,
                    },
                )
            }));
        }

        for (name, declared) in &config.groups {
            let seen = observed.get(name.as_str()).copied();
            let template = declared
                .value
                .template
                .as_ref()
                .filter(|_| config.mode() == AssignmentMode::Group);
            let known = template
                .and_then(|at| template_of(&at.value))
                .map(|index| index as u32);
            // What can neither give nor take protects all the same what it gave.
            let protects = |template, group| {
                move |user| {
                    let reach = Reach {
                        template,
                        group,
                        counts: false,
                        joined: false,
                    };
                    (user, reach)
                }
            };
            if unread.contains(name.as_str()) {
                blocked += 1;
                // Anybody may be in it, and keeps what it gives.
                if let Some(template) = known {
                    let all = 0..people.len() as UserIx;
                    pairs.extend(all.map(protects(template, Some(groups.len() as u32))));
                }
                groups.push(Group {
                    template: known,
                    ambiguous: true,
                    ..Group::new(name, Some(declared), None)
                });
                continue;
            }
            if let Some(members) = twins.get(name.as_str()) {
                blocked += 1;
                findings.push(several(name).at(config.place(declared.key)));
                if let Some(template) = known {
                    let members = members.iter().filter_map(|email| people.find(email));
                    pairs.extend(members.map(protects(template, Some(groups.len() as u32))));
                }
                groups.push(Group {
                    template: known,
                    ambiguous: true,
                    ..Group::new(name, Some(declared), None)
                });
                continue;
            }
            let Some(mut group) =
                group_of(config, people, name, declared, seen, &mut blocked, findings)
            else {
                let members = before.members(name).into_iter().flatten();
                if let Some(template) = known {
                    let members = members.filter_map(|email| people.find(email));
                    pairs.extend(members.map(protects(template, None)));
                }
                continue;
            };
            let distribution =
                seen.is_some_and(|seen| seen.kind.as_deref() == Some("distribution"));
            if let Some(at) = template
                && distribution
            {
                findings.push(
                    Finding::error(
                        DISTRIBUTION_GROUP_TEMPLATE,
                        format!("{name} is a distribution group"),
                    )
                    .about(format!("group/{name}"))
                    .help("a distribution group cannot carry a template; use a security group")
                    .at(config.place(declared.spot(at))),
                );
            }
            group.template = known.filter(|_| !distribution);
            if let (Some(_), Some(at)) = (group.template, template)
                && kind_unknown(declared, seen)
            {
                findings.push(
                    Finding::warning(
                        AD_GROUP_KIND_UNKNOWN,
                        format!("nothing says whether {name} is a security group"),
                    )
                    .about(format!("group/{name}"))
                    .help("look it up in the directory, and write `kind: security` or `kind: distribution`")
                    .at(config.place(declared.spot(at))),
                );
            }
            group.carries = group.template.is_some();
            if let Some(template) = group.template {
                let existing = intent.templates[template as usize].existing_users;
                let index = groups.len() as u32;
                let leaving: FxHashSet<&str> =
                    group.leaves.iter().map(|leave| leave.email).collect();
                let joining: FxHashSet<UserIx> =
                    group.joins.iter().map(|&(user, _)| user).collect();
                let had = before.members(name);
                let mut reach = |user: UserIx, joined: bool| {
                    if joined {
                        events.joined(user);
                    }
                    let reach = Reach {
                        template,
                        group: Some(index),
                        counts: existing || joined || people.snapshot(user).is_none(),
                        joined,
                    };
                    pairs.push((user, reach));
                };
                let members = || seen.iter().flat_map(|seen| &seen.members);
                for email in members() {
                    let Some(user) = people.find(email) else {
                        continue;
                    };
                    if !leaving.contains(email.as_str()) {
                        let had = had.as_ref();
                        reach(user, had.is_some_and(|had| !had.contains(email.as_str())));
                    }
                }
                group.joins.iter().for_each(|&(user, _)| reach(user, true));
                match &had {
                    Some(had) => {
                        let inside: FxHashSet<&str> = members().map(String::as_str).collect();
                        for &email in had {
                            let Some(user) = people.find(email) else {
                                continue;
                            };
                            events.was(user, template);
                            // Of a group that the snapshot lacks nobody knows who left it.
                            let gone = !inside.contains(email) && !joining.contains(&user);
                            if gone && seen.is_some() {
                                events.left(user, index);
                            }
                        }
                    }
                    None => members()
                        .filter_map(|email| people.find(email))
                        .for_each(|user| events.was(user, template)),
                }
                let leavers = group.leaves.iter().filter_map(|leave| leave.user);
                leavers.for_each(|user| events.left(user, index));
            }
            groups.push(group);
        }

        let gone = dropped(base.map(|base| &base.groups), &config.groups, |group| {
            group.formerly.as_ref()
        });
        for (name, declared) in gone {
            let Some(&seen) = observed.get(name) else {
                continue;
            };
            if unread.contains(name) {
                blocked += 1;
                continue;
            }
            if twins.contains_key(name) {
                blocked += 1;
                findings.push(several(name));
                continue;
            }
            if seen.source.as_deref() == Some("directory") {
                findings.push(
                    Finding::info(
                        NOT_DELETED,
                        "it comes from a directory, and is only not managed here any more",
                    )
                    .about(format!("group/{name}")),
                );
                continue;
            }
            // In the other mode groups give nothing, so leaving one takes nothing either (LIC-006).
            let by_groups = config.mode() == AssignmentMode::Group
                && base.is_some_and(|base| base.mode() == AssignmentMode::Group);
            let members = seen.members.iter().map(String::as_str);
            let leaves = members.map(|email| Leave {
                email,
                user: people.find(email),
            });
            let group = Group {
                carries: by_groups && declared.value.template.is_some(),
                leaves: leaves.collect(),
                ..Group::new(name, None, Some(seen))
            };
            if group.carries {
                let index = groups.len() as u32;
                let named = declared.value.template.as_ref();
                let template = named.and_then(|at| {
                    let at = former.iter().position(|known| known.name == at.value)?;
                    Some((intent.templates.len() + at) as u32)
                });
                let inside = || group.leaves.iter().filter_map(|leave| leave.user);
                let had = before.members(name);
                let had: Vec<UserIx> = match &had {
                    Some(had) => had.iter().filter_map(|email| people.find(email)).collect(),
                    None => inside().collect(),
                };
                for &user in &had {
                    template.iter().for_each(|&it| events.was(user, it));
                }
                let everybody = had.into_iter().chain(inside());
                everybody.for_each(|user| events.left(user, index));
            }
            groups.push(group);
        }

        // By person; within one person in order of group name, so that reasons do not depend on file order.
        pairs.sort_by_key(|(user, reach)| (*user, reach.group));
        let mut offsets = vec![0u32; people.len() + 1];
        pairs
            .iter()
            .for_each(|(user, _)| offsets[*user as usize + 1] += 1);
        (1..offsets.len()).for_each(|at| offsets[at] += offsets[at - 1]);
        let reaches = pairs.into_iter().map(|(_, reach)| reach).collect();
        Memberships {
            groups,
            blocked,
            offsets,
            reaches,
            events: events.finish(),
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

    /// A group with a template that the person leaves or left, as an index into [`Memberships::groups`].
    pub fn left(&self, user: UserIx) -> Option<u32> {
        self.event(user)?.left
    }
}
