//! Whose groups carry which template: members of every group after the change, and whom each template reaches (rule 1).

use rustc_hash::{FxHashMap, FxHashSet};

use super::History;
use super::intent::Intent;
use super::people::{People, UserIx, nearest_address};
use crate::config::model::{AssignmentMode, GroupKind, GroupSource};
use crate::config::yaml::At;
use crate::config::{Config, Declared, Spot, dropped, model};
use crate::finding::{
    self, AD_GROUP_KIND_UNKNOWN, DIRECTORY_OWNED_FIELD, DISTRIBUTION_GROUP_TEMPLATE, Finding,
    GROUP_UNKNOWN, NOT_DELETED, USER_UNKNOWN, did_you_mean,
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
}

/// A group of the configuration and its members before and after.
#[derive(Debug)]
pub struct Group<'a> {
    /// Its name.
    pub name: &'a str,
    /// What the configuration says; `None` where this plan deletes it, because an earlier revision had it.
    pub declared: Option<&'a Declared<model::Group>>,
    /// What the snapshot has; `None` where this plan creates it.
    pub observed: Option<&'a snapshot::Group>,
    /// The template that it carries, as an index into [`Intent::templates`].
    pub template: Option<u32>,
    /// Whether the organisation has several of this name: then nothing is planned for it.
    pub ambiguous: bool,
    /// Whether it carries a template, or did before it was deleted: then changes of members wait for their licences.
    pub carries: bool,
    /// People who join, with the place of the entry.
    pub joins: Vec<(UserIx, Spot)>,
    /// People who leave.
    pub leaves: Vec<Leave<'a>>,
}

/// A member that a group loses.
#[derive(Debug, Clone, Copy)]
pub struct Leave<'a> {
    /// The address.
    pub email: &'a str,
    /// The person; `None` if the snapshot has no such person.
    pub user: Option<UserIx>,
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
    /// People who leave a group that carries a template.
    leavers: FxHashMap<UserIx, u32>,
}

impl<'a> Memberships<'a> {
    /// Works out every group's members after the change, and whom each template reaches.
    pub fn new(
        config: &'a Config,
        snapshot: &'a Snapshot,
        history: History<'a>,
        people: &People<'a>,
        intent: &Intent<'a>,
        findings: &mut Vec<Finding>,
    ) -> Memberships<'a> {
        let History { baseline, base } = history;
        let observed: FxHashMap<&str, &snapshot::Group> = snapshot
            .groups()
            .iter()
            .map(|group| (group.name.as_str(), group))
            .collect();
        let ids = |name: &str| -> Vec<&'a str> {
            let groups = snapshot.groups().iter();
            let same = groups.filter(|group| group.name == name);
            same.map(|group| group.id.as_str()).collect()
        };
        let ambiguous: FxHashSet<&str> = snapshot
            .groups()
            .windows(2)
            .filter(|pair| pair[0].name == pair[1].name)
            .map(|pair| pair[0].name.as_str())
            .collect();
        let before: FxHashMap<&str, FxHashSet<&str>> = baseline
            .iter()
            .flat_map(|baseline| baseline.groups())
            .map(|group| {
                (
                    group.name.as_str(),
                    group.members.iter().map(String::as_str).collect(),
                )
            })
            .collect();
        let known_before: Option<FxHashSet<&str>> = baseline.map(|baseline| {
            baseline
                .users()
                .iter()
                .map(|user| user.email.as_str())
                .collect()
        });

        let mut pairs: Vec<(UserIx, Reach)> = Vec::new();
        let mut leavers = FxHashMap::default();
        let mut groups = Vec::new();
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
                let email = people.email(user);
                let newcomer = people.snapshot(user).is_none()
                    || known_before
                        .as_ref()
                        .is_some_and(|known| !known.contains(email));
                (
                    user,
                    Reach {
                        template: template as u32,
                        group: None,
                        counts: existing || newcomer,
                    },
                )
            }));
        }

        for (name, declared) in &config.groups {
            if ambiguous.contains(name.as_str()) {
                blocked += 1;
                let finding = finding::several("groups", name, &ids(name));
                let finding = finding.about(format!("group/{name}"));
                findings.push(finding.at(config.place(declared.key)));
                let template = declared.value.template.as_ref();
                let template = template.filter(|_| config.mode() == AssignmentMode::Group);
                let Some(template) = template.and_then(|at| template_of(&at.value)) else {
                    continue;
                };
                // It gives nothing, and what it may have given stays: it reaches everybody whom one of them has.
                let index = groups.len() as u32;
                let all = snapshot.groups().iter().filter(|group| group.name == *name);
                let members: FxHashSet<UserIx> = all
                    .flat_map(|group| &group.members)
                    .filter_map(|email| people.find(email))
                    .collect();
                let reach = Reach {
                    template: template as u32,
                    group: Some(index),
                    counts: false,
                };
                pairs.extend(members.into_iter().map(|user| (user, reach)));
                groups.push(Group {
                    name,
                    declared: Some(declared),
                    observed: None,
                    template: Some(template as u32),
                    ambiguous: true,
                    carries: false,
                    joins: Vec::new(),
                    leaves: Vec::new(),
                });
                continue;
            }
            let seen = observed.get(name.as_str()).copied();
            let Some(mut group) =
                group_of(config, people, name, declared, seen, &mut blocked, findings)
            else {
                continue;
            };
            let template = declared
                .value
                .template
                .as_ref()
                .filter(|_| config.mode() == AssignmentMode::Group);
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
            group.template = template
                .filter(|_| !distribution)
                .and_then(|at| template_of(&at.value))
                .map(|index| index as u32);
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
                let joined: FxHashSet<UserIx> = group.joins.iter().map(|&(user, _)| user).collect();
                let left: FxHashSet<&str> = group.leaves.iter().map(|leave| leave.email).collect();
                let old = before.get(name.as_str());
                let newcomer = |user: UserIx| {
                    let email = people.email(user);
                    people.snapshot(user).is_none()
                        || joined.contains(&user)
                        || known_before.as_ref().is_some_and(|known| {
                            !known.contains(email) || !old.is_some_and(|old| old.contains(email))
                        })
                };
                let reach = |user: UserIx| {
                    (
                        user,
                        Reach {
                            template,
                            group: Some(index),
                            counts: existing || newcomer(user),
                        },
                    )
                };
                let stay = seen
                    .iter()
                    .flat_map(|seen| &seen.members)
                    .map(String::as_str);
                let stay = stay
                    .filter(|email| !left.contains(email))
                    .filter_map(|email| people.find(email));
                pairs.extend(stay.map(reach));
                pairs.extend(group.joins.iter().map(|&(user, _)| reach(user)));
                leavers.extend(
                    group
                        .leaves
                        .iter()
                        .filter_map(|leave| Some((leave.user?, index))),
                );
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
            if ambiguous.contains(name) {
                blocked += 1;
                let finding = finding::several("groups", name, &ids(name));
                findings.push(finding.about(format!("group/{name}")));
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
            let by_groups = base.is_some_and(|base| base.mode() == AssignmentMode::Group);
            let members = seen.members.iter().map(String::as_str);
            let leaves = members.map(|email| Leave {
                email,
                user: people.find(email),
            });
            let group = Group {
                name,
                declared: None,
                observed: Some(seen),
                template: None,
                ambiguous: false,
                carries: by_groups && declared.value.template.is_some(),
                joins: Vec::new(),
                leaves: leaves.collect(),
            };
            if group.carries {
                let leavers_here = group.leaves.iter().filter_map(|leave| leave.user);
                leavers.extend(leavers_here.map(|user| (user, groups.len() as u32)));
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
            leavers,
        }
    }

    /// The templates that reach a person after the change.
    pub fn of(&self, user: UserIx) -> &[Reach] {
        let at = user as usize;
        &self.reaches[self.offsets[at] as usize..self.offsets[at + 1] as usize]
    }

    /// A group with a template that the person leaves, as an index into [`Memberships::groups`].
    pub fn left(&self, user: UserIx) -> Option<u32> {
        self.leavers.get(&user).copied()
    }
}

/// Whether a group comes from a directory, and neither side says what kind it is there.
fn kind_unknown(declared: &Declared<model::Group>, observed: Option<&snapshot::Group>) -> bool {
    let from_directory = |seen: &snapshot::Group| seen.source.as_deref() == Some("directory");
    let known = |kind: &str| matches!(kind, "security" | "distribution");
    observed.is_some_and(|seen| from_directory(seen) && !seen.kind.as_deref().is_some_and(known))
        && declared
            .value
            .kind
            .as_ref()
            .is_none_or(|kind| kind.value == GroupKind::Unknown)
}

/// One group's joins and leaves; `None` where the group cannot be.
fn group_of<'a>(
    config: &'a Config,
    people: &People<'a>,
    name: &'a str,
    declared: &'a Declared<model::Group>,
    observed: Option<&'a snapshot::Group>,
    blocked: &mut usize,
    findings: &mut Vec<Finding>,
) -> Option<Group<'a>> {
    let mut group = Group {
        name,
        declared: Some(declared),
        observed,
        template: None,
        ambiguous: false,
        carries: false,
        joins: Vec::new(),
        leaves: Vec::new(),
    };
    let from_directory = |source: &At<GroupSource>| source.value == GroupSource::Directory;
    if observed.is_none() && declared.value.source.as_ref().is_some_and(from_directory) {
        findings.push(
            Finding::error(
                GROUP_UNKNOWN,
                format!("the organisation has no group `{name}` from a directory"),
            )
            .about(format!("group/{name}"))
            .help("synchronise it from the directory first, or correct the name")
            .at(config.place(declared.key)),
        );
        return None;
    }
    let Some(wanted) = &declared.value.members else {
        return Some(group);
    };
    if observed.is_some_and(|seen| seen.source.as_deref() == Some("directory")) {
        findings.push(
            Finding::error(
                DIRECTORY_OWNED_FIELD,
                format!("the members of {name} come from a directory"),
            )
            .about(format!("group/{name}"))
            .help("leave `members` out, and change them in the directory")
            .at(config.place(declared.spot(wanted))),
        );
        let seen: FxHashSet<&str> = observed
            .iter()
            .flat_map(|seen| &seen.members)
            .map(String::as_str)
            .collect();
        let named: FxHashSet<String> = wanted
            .value
            .iter()
            .map(|member| member.value.to_lowercase())
            .collect();
        let kept = seen.iter().filter(|email| named.contains(**email)).count();
        *blocked += seen.len() + named.len() - 2 * kept;
        return Some(group);
    }
    let before: FxHashSet<&str> = observed
        .iter()
        .flat_map(|seen| &seen.members)
        .map(String::as_str)
        .collect();
    let mut after: FxHashSet<String> = FxHashSet::default();
    let mut unknown = false;
    for member in &wanted.value {
        let email = member.value.to_lowercase();
        let spot = declared.spot(member);
        match people.find(&email) {
            Some(user) if !before.contains(email.as_str()) && !after.contains(&email) => {
                group.joins.push((user, spot));
            }
            Some(_) => {}
            None => {
                *blocked += 1;
                unknown = true;
                let help = nearest_address(&email, people.observed)
                    .map(|near| format!("Did you mean `{near}`?"))
                    .or_else(|| did_you_mean(&email, people.created.iter().copied()))
                    .unwrap_or_else(|| {
                        "create the person under `users`, with a `displayName`".into()
                    });
                findings.push(
                    Finding::error(
                        USER_UNKNOWN,
                        format!("the organisation has nobody with the address {email}"),
                    )
                    .about(format!("user/{email}"))
                    .help(help)
                    .at(config.place(spot)),
                );
            }
        }
        after.insert(email);
    }
    let gone = observed
        .iter()
        .flat_map(|seen| &seen.members)
        .map(String::as_str);
    let left_alone = |email: &&str| {
        people
            .find(email)
            .is_some_and(|user| people.left_alone(user))
    };
    // A list of which one member is not known is not a whole set: whoever is missing from it may be the one who is meant.
    let leaving = gone
        .filter(|_| !unknown)
        .filter(|email| !after.contains(*email) && !left_alone(email));
    group.leaves = leaving
        .map(|email| Leave {
            email,
            user: people.find(email),
        })
        .collect();
    Some(group)
}
