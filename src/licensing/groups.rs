//! One group: its members after the change, and what of it is unclear.

use rustc_hash::{FxHashMap, FxHashSet};

use super::people::{People, UserIx, nearest_address};
use crate::config::model::{GroupKind, GroupSource};
use crate::config::yaml::{At, List};
use crate::config::{Config, Declared, Spot, model};
use crate::finding::{
    DIRECTORY_OWNED_FIELD, Finding, GROUP_UNKNOWN, Suggestions, USER_UNKNOWN, did_you_mean,
};
use crate::snapshot::{self, Snapshot};

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
    /// Whether a member of its list is unknown: then nobody leaves it yet, and what would follow waits.
    pub incomplete: bool,
    /// Whether it carries a template, or did before it was deleted: then changes of members wait for their licences.
    pub carries: bool,
    /// People who join, with the place of the entry.
    pub joins: Vec<(UserIx, Spot)>,
    /// People who leave.
    pub leaves: Vec<Leave<'a>>,
}

impl<'a> Group<'a> {
    /// A group without a template, whose members do not change.
    pub(super) fn new(
        name: &'a str,
        declared: Option<&'a Declared<model::Group>>,
        observed: Option<&'a snapshot::Group>,
    ) -> Group<'a> {
        Group {
            name,
            declared,
            observed,
            template: None,
            ambiguous: false,
            incomplete: false,
            carries: false,
            joins: Vec::new(),
            leaves: Vec::new(),
        }
    }
}

/// A member that a group loses.
#[derive(Debug, Clone, Copy)]
pub struct Leave<'a> {
    /// The address.
    pub email: &'a str,
    /// The person; `None` if the snapshot has no such person.
    pub user: Option<UserIx>,
}

/// Groups of one name, and everyone who is in any of them.
pub(super) fn twins(snapshot: &Snapshot) -> FxHashMap<&str, FxHashSet<&str>> {
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    for group in snapshot.groups() {
        *counts.entry(&group.name).or_default() += 1;
    }
    let mut twins: FxHashMap<&str, FxHashSet<&str>> = FxHashMap::default();
    for group in snapshot.groups() {
        if counts[group.name.as_str()] > 1 {
            let members = group.members.iter().map(String::as_str);
            twins.entry(&group.name).or_default().extend(members);
        }
    }
    twins
}

/// Whether a group comes from a directory, and neither side says what kind it is there.
pub(super) fn kind_unknown(
    declared: &Declared<model::Group>,
    observed: Option<&snapshot::Group>,
) -> bool {
    let from_directory = |seen: &snapshot::Group| seen.source.as_deref() == Some("directory");
    let known = |kind: &str| matches!(kind, "security" | "distribution");
    observed.is_some_and(|seen| from_directory(seen) && !seen.kind.as_deref().is_some_and(known))
        && declared
            .value
            .kind
            .as_ref()
            .is_none_or(|kind| kind.value == GroupKind::Unknown)
}

/// Looks up the members that the configuration gives to groups, and says what is wrong with them.
pub(super) struct MemberLookup<'a, 'b> {
    /// The configuration.
    pub config: &'a Config,
    /// Everyone there is.
    pub people: &'b People<'a>,
    /// What may still be spent on suggestions.
    pub suggestions: Suggestions,
    /// Memberships that errors keep out of the plan.
    pub blocked: usize,
    /// What has to be said.
    pub findings: &'b mut Vec<Finding>,
}

impl<'a> MemberLookup<'a, '_> {
    /// One group with its joins and leaves; `None` where the group cannot be.
    pub fn group(
        &mut self,
        name: &'a str,
        declared: &'a Declared<model::Group>,
        observed: Option<&'a snapshot::Group>,
    ) -> Option<Group<'a>> {
        let mut group = Group::new(name, Some(declared), observed);
        let from_directory = |source: &At<GroupSource>| source.value == GroupSource::Directory;
        if observed.is_none() && declared.value.source.as_ref().is_some_and(from_directory) {
            self.findings.push(
                Finding::error(
                    GROUP_UNKNOWN,
                    format!("the organisation has no group `{name}` from a directory"),
                )
                .about(format!("group/{name}"))
                .help("synchronise it from the directory first, or correct the name")
                .at(self.config.place(declared.key)),
            );
            return None;
        }
        let Some(wanted) = &declared.value.members else {
            return Some(group);
        };
        match observed {
            Some(seen) if seen.source.as_deref() == Some("directory") => {
                self.refuse_members(declared, wanted, seen);
            }
            _ => self.join_and_leave(&mut group, declared, wanted),
        }
        Some(group)
    }

    /// Says that members come from a directory, and counts those that would change.
    fn refuse_members(
        &mut self,
        declared: &'a Declared<model::Group>,
        wanted: &At<List<At<String>>>,
        observed: &'a snapshot::Group,
    ) {
        let name = &observed.name;
        self.findings.push(
            Finding::error(
                DIRECTORY_OWNED_FIELD,
                format!("the members of {name} come from a directory"),
            )
            .about(format!("group/{name}"))
            .help("omit `members`, and change them in the directory")
            .at(self.config.place(declared.spot(wanted))),
        );
        let seen: FxHashSet<&str> = observed.members.iter().map(String::as_str).collect();
        let named: FxHashSet<String> = wanted
            .value
            .iter()
            .map(|member| member.value.to_lowercase())
            .collect();
        let kept = seen.iter().filter(|email| named.contains(**email)).count();
        self.blocked += seen.len() + named.len() - 2 * kept;
    }

    /// Compares the members that are wanted with those that there are.
    fn join_and_leave(
        &mut self,
        group: &mut Group<'a>,
        declared: &'a Declared<model::Group>,
        wanted: &At<List<At<String>>>,
    ) {
        let people = self.people;
        let observed = group.observed;
        let members = || {
            let seen = observed.into_iter();
            seen.flat_map(|seen| &seen.members).map(String::as_str)
        };
        let before: FxHashSet<&str> = members().collect();
        let mut after: FxHashSet<String> = FxHashSet::default();
        for member in &wanted.value {
            let email = member.value.to_lowercase();
            let spot = declared.spot(member);
            match people.find(&email) {
                Some(user) if people.not_known(user) => self.blocked += 1,
                Some(user) if !before.contains(email.as_str()) && !after.contains(&email) => {
                    group.joins.push((user, spot));
                }
                Some(_) => {}
                // A hold says so.
                None if people.is_unread(&email) => self.blocked += 1,
                None => {
                    self.blocked += 1;
                    group.incomplete = true;
                    self.say_unknown(&email, spot);
                }
            }
            after.insert(email);
        }
        let left_alone = |user: &Option<UserIx>| user.is_some_and(|user| people.left_alone(user));
        let gone = members().filter(|email| !after.contains(*email));
        let leaves = gone.map(|email| Leave {
            email,
            user: people.find(email),
        });
        group.leaves = leaves.filter(|leave| !left_alone(&leave.user)).collect();
    }

    /// Says that no one has the address of a member.
    fn say_unknown(&mut self, email: &str, spot: Spot) {
        let people = self.people;
        let near = || {
            nearest_address(email, people.observed)
                .map(|near| format!("Did you mean `{near}`?"))
                .or_else(|| did_you_mean(email, people.created.iter().copied()))
        };
        let help = self
            .suggestions
            .among(people.len(), near)
            .unwrap_or_else(|| "create the person under `users`, with a `displayName`".into());
        self.findings.push(
            Finding::error(
                USER_UNKNOWN,
                format!("the organisation has no person with the address {email}"),
            )
            .about(format!("user/{email}"))
            .help(help)
            .at(self.config.place(spot)),
        );
    }
}
