//! The applied snapshot: what the organisation looked like after the last apply, seen with the addresses and names of today.
//!
//! People are matched by id. Readers can compare by address: a person who was renamed has the current address, and
//! a person whose address now belongs to another person is omitted.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::lost::{LostCalling, had_calling, restore_calling};
use super::renamed::{self, RenamedObject};
use super::{Group, OwnerKind, Snapshot, User};

/// What an apply keeps in addition to the state that it reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Kept {
    /// People whose licences are not all settled: they count as they did before that apply.
    pub unsettled: Vec<Unsettled>,
    /// Addresses that the files name, of people who have another one or are gone.
    pub formerly: Vec<Former>,
    /// What people had of Calling who lost it, and no plan took it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost_users: Vec<LostCalling>,
    /// The same of workspaces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost_workspaces: Vec<LostCalling>,
}

impl Kept {
    /// Whether the person or workspace with this id lost Calling.
    pub fn has_lost(&self, id: &str) -> bool {
        let mut lost = self.lost_users.iter().chain(&self.lost_workspaces);
        lost.any(|it| it.id == id)
    }
}

/// A person who came, or changed groups, and does not have all licences yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unsettled {
    /// Webex's id of the person.
    pub id: String,
    /// The address.
    pub email: String,
    /// When the snapshot was captured that has the person as they were before.
    pub since: String,
    /// Whether that snapshot lacks the person.
    pub new: bool,
    /// The names of the groups in which it has the person.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// A former address of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Former {
    /// The address.
    pub email: String,
    /// Webex's id of the person.
    pub id: String,
}

/// Why an address of then is not that of the same person now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// The person has this address now.
    Renamed(String),
    /// No one has the id of the person any more, and no one the address.
    Gone,
    /// No one has the id of the person any more, and another person has the address.
    Replaced,
    /// The person has this address now, and another person has the former one.
    Split(String),
}

/// The applied snapshot, ready to be compared with a snapshot.
#[derive(Debug)]
pub struct Applied {
    /// What there was, with the addresses of today.
    then: Snapshot,
    /// People and groups as far as they are settled.
    settled: Snapshot,
    /// Since which snapshot a person is unsettled, by current address.
    since: FxHashMap<String, String>,
    /// Addresses that are not those of the same person now.
    moved: FxHashMap<String, Moved>,
    /// Who had these addresses, by id.
    had: FxHashMap<String, String>,
    /// Objects that have another name now.
    renamed: Vec<RenamedObject>,
}

impl Applied {
    /// Looks at an applied snapshot with the eyes of now.
    ///
    /// # Errors
    ///
    /// If it cannot be compared: then it is unknown who is new.
    pub fn new(mut then: Snapshot, now: &Snapshot) -> Result<Applied, String> {
        let strangers = Strangers::count(&then, now);
        if strangers.same == 0 && strangers.other > 2 {
            return Err(
                "it has other ids for everyone, as if the two were captured differently".to_owned(),
            );
        }
        let had = addresses(&then);
        let moved = moves(&had, now);
        let renamed = renamed::objects(&then, now);
        rename_people(&mut then, now);
        let mut kept = then.applied.clone().unwrap_or_default();
        restore_calling(&mut then, &kept);
        let mut settled = Snapshot {
            users: then
                .users
                .as_ref()
                .map(|users| users.iter().map(bare).collect()),
            groups: then.groups.clone(),
            not_known: then.not_known.clone(),
            ..Snapshot::empty(&then)
        };
        rename_groups(&mut settled, &mut kept, now);
        let today: FxHashMap<&str, &str> = with_id(now.users())
            .map(|user| (user.id.as_str(), user.email.as_str()))
            .collect();
        let mut since = FxHashMap::default();
        for person in &kept.unsettled {
            // A person who has gone since is settled in another way.
            let Some(&email) = today.get(person.id.as_str()) else {
                continue;
            };
            if person.new {
                settled
                    .users
                    .iter_mut()
                    .for_each(|users| users.retain(|user| user.email != email));
            }
            let had: FxHashSet<&str> = person.groups.iter().map(String::as_str).collect();
            for group in settled.groups.iter_mut().flatten() {
                group.members.retain(|member| member != email);
                if !person.new && had.contains(group.name.as_str()) {
                    group.members.push(email.to_owned());
                    group.members.sort_unstable();
                }
            }
            since.insert(email.to_owned(), person.since.clone());
        }
        forget_predecessors(&mut settled, now);
        Ok(Applied {
            then,
            settled,
            since,
            moved,
            had,
            renamed,
        })
    }

    /// The organisation after the last apply, with the addresses of today.
    pub fn then(&self) -> &Snapshot {
        &self.then
    }

    /// The people and groups of then, as far as they are settled: a person who is not in here is a newcomer.
    pub fn settled(&self) -> &Snapshot {
        &self.settled
    }

    /// Objects of a kind to which Webex has given another name since.
    pub fn renamed(&self, kind: &str) -> impl Iterator<Item = &RenamedObject> {
        self.renamed.iter().filter(move |it| it.kind == kind)
    }

    /// Whether any address is not that of the same person now.
    pub fn moves(&self) -> bool {
        !self.moved.is_empty()
    }

    /// What has become of the person who had this address, in lower case; nothing where it is still theirs, or was no one's.
    pub fn moved(&self, email: &str) -> Option<&Moved> {
        self.moved.get(email)
    }

    /// Whether a person is a newcomer: not there when licences were last settled.
    pub fn is_new(&self, email: &str) -> bool {
        let users = self.settled.users();
        users
            .binary_search_by(|user| user.email.as_str().cmp(email))
            .is_err()
    }

    /// Whether a person is in other groups than when licences were last settled.
    fn changed_groups(&self, email: &str, now: &Snapshot) -> Option<Vec<String>> {
        let of = |groups: &[Group]| -> Vec<String> {
            let has = groups
                .iter()
                .filter(|it| it.members.iter().any(|member| member == email));
            has.map(|group| group.name.clone()).collect()
        };
        let before = of(self.settled.groups());
        (before != of(now.groups())).then_some(before)
    }

    /// What the next applied snapshot keeps of this one: who came or changed groups and is not settled, as `open` says,
    /// the old addresses that the files name, and what those had of Calling who lost it, by id.
    pub fn keep(
        &self,
        now: &Snapshot,
        open: &BTreeSet<String>,
        lost: &BTreeSet<String>,
        named: impl Fn(&str) -> bool,
    ) -> Kept {
        let mut unsettled = Vec::new();
        for user in with_id(now.users()).filter(|user| open.contains(&user.email)) {
            let new = self.is_new(&user.email);
            let groups = self.changed_groups(&user.email, now);
            if new || groups.is_some() {
                unsettled.push(Unsettled {
                    id: user.id.clone(),
                    email: user.email.clone(),
                    since: self.since(&user.email).to_owned(),
                    new,
                    groups: groups.unwrap_or_default(),
                });
            }
        }
        let former = self.moved.keys().filter(|email| named(email));
        let mut formerly: Vec<Former> = former
            .filter_map(|email| {
                Some(Former {
                    email: email.clone(),
                    id: self.had.get(email)?.clone(),
                })
            })
            .collect();
        formerly.sort_by(|a, b| a.email.cmp(&b.email));
        let (lost_users, lost_workspaces) = had_calling(&self.then, lost);
        Kept {
            unsettled,
            formerly,
            lost_users,
            lost_workspaces,
        }
    }

    /// Whether a person was there at the last apply, but did not have all licences afterwards.
    pub fn is_unsettled(&self, email: &str) -> bool {
        self.since.contains_key(email)
    }

    /// The moment of the last snapshot in which a person was settled.
    pub fn since(&self, email: &str) -> &str {
        self.since
            .get(email)
            .map_or(&self.then.captured_at, |since| since)
    }
}

/// Whose an address was, by id. What the files still name of earlier times comes before what was there last.
pub fn addresses(then: &Snapshot) -> FxHashMap<String, String> {
    let users = with_id(then.users()).map(|user| (user.email.clone(), user.id.clone()));
    let formerly = then.applied.iter().flat_map(|kept| &kept.formerly);
    let formerly = formerly.map(|it| (it.email.to_lowercase(), it.id.clone()));
    users.chain(formerly).collect()
}

/// Addresses that are not those of the same person now.
fn moves(had: &FxHashMap<String, String>, now: &Snapshot) -> FxHashMap<String, Moved> {
    let today: FxHashMap<&str, &str> = with_id(now.users())
        .map(|user| (user.id.as_str(), user.email.as_str()))
        .collect();
    let holders = now.users_by_email();
    // Where a person has no id, it is unknown who has gone.
    let known = now.users().iter().all(|user| !user.id.is_empty());
    let unread: FxHashSet<&str> = now.not_known_of("user").collect();
    let mut moved = FxHashMap::default();
    for (email, id) in had {
        let holder = holders.get(email.as_str()).map(|&at| &now.users()[at]);
        let is = match (today.get(id.as_str()), holder) {
            (Some(&today), _) if today == email => continue,
            (Some(&today), None) => Moved::Renamed(today.to_owned()),
            (Some(&today), Some(_)) => Moved::Split(today.to_owned()),
            (None, _) if unread.contains(email.as_str()) => continue,
            (None, None) if known => Moved::Gone,
            // Whoever else has no id: this one has another.
            (None, Some(holder)) if !holder.id.is_empty() => Moved::Replaced,
            (None, _) => continue,
        };
        moved.insert(email.clone(), is);
    }
    moved
}

/// How many people have the same address in both snapshots and the same id, and how many have another.
#[derive(Debug, Default)]
struct Strangers {
    same: usize,
    other: usize,
}

impl Strangers {
    fn count(then: &Snapshot, now: &Snapshot) -> Strangers {
        let ids: FxHashMap<&str, &str> = with_id(then.users())
            .map(|user| (user.email.as_str(), user.id.as_str()))
            .collect();
        let mut count = Strangers::default();
        for user in with_id(now.users()) {
            match ids.get(user.email.as_str()) {
                Some(&id) if id == user.id => count.same += 1,
                Some(_) => count.other += 1,
                None => {}
            }
        }
        count
    }
}

fn with_id(users: &[User]) -> impl Iterator<Item = &User> {
    users.iter().filter(|user| !user.id.is_empty())
}

/// A person without anything but who they are.
fn bare(user: &User) -> User {
    User {
        id: user.id.clone(),
        email: user.email.clone(),
        ..User::default()
    }
}

/// Gives everyone the current address, wherever an address is; another person under an old address is dropped.
fn rename_people(then: &mut Snapshot, now: &Snapshot) {
    let today: FxHashMap<&str, &str> = with_id(now.users())
        .map(|user| (user.id.as_str(), user.email.as_str()))
        .collect();
    let holders: FxHashMap<&str, &str> = now
        .users()
        .iter()
        .map(|user| (user.email.as_str(), user.id.as_str()))
        .collect();
    // What a former address is today; `None`: it belongs to another person.
    let mut names: FxHashMap<String, Option<String>> = FxHashMap::default();
    for user in with_id(then.users()) {
        let old = user.email.as_str();
        match (today.get(user.id.as_str()), holders.get(old)) {
            (Some(&email), _) if email == old => {}
            (Some(&email), _) => {
                names.insert(old.to_owned(), Some(email.to_owned()));
            }
            (None, Some(holder)) if !holder.is_empty() => {
                names.insert(old.to_owned(), None);
            }
            (None, _) => {}
        }
    }
    if names.is_empty() {
        return;
    }
    let rename = |email: &mut String| match names.get(email.as_str()) {
        Some(Some(name)) => {
            email.clone_from(name);
            true
        }
        Some(None) => false,
        None => true,
    };
    let rename_owner = |owner: &mut Option<super::Owner>| {
        if let Some(person) = owner.as_mut().filter(|owner| owner.kind == OwnerKind::User)
            && !rename(&mut person.key)
        {
            *owner = None;
        }
    };
    then.users
        .iter_mut()
        .for_each(|users| users.retain_mut(|user| rename(&mut user.email)));
    for group in then.groups.iter_mut().flatten() {
        group.members.retain_mut(rename);
        group.members.sort_unstable();
    }
    let numbers = then.numbers.iter_mut().flatten();
    numbers.for_each(|number| rename_owner(&mut number.owner));
    let devices = then.devices.iter_mut().flatten();
    devices.for_each(|device| rename_owner(&mut device.owner));
    let features = then.features.iter_mut().flatten();
    for members in features.filter_map(|it| it.members.as_mut()) {
        members.retain_mut(|it| it.kind != OwnerKind::User || rename(&mut it.key));
    }
    then.sort();
}

/// Gives every group the name of today.
fn rename_groups(settled: &mut Snapshot, kept: &mut Kept, now: &Snapshot) {
    let today: FxHashMap<&str, &Group> = now
        .groups()
        .iter()
        .filter(|group| !group.id.is_empty())
        .map(|group| (group.id.as_str(), group))
        .collect();
    let mut names: FxHashMap<String, String> = FxHashMap::default();
    for group in settled.groups.iter_mut().flatten() {
        if let Some(&known) = today.get(group.id.as_str())
            && known.name != group.name
        {
            names.insert(
                std::mem::replace(&mut group.name, known.name.clone()),
                known.name.clone(),
            );
        }
    }
    if names.is_empty() {
        return;
    }
    for person in &mut kept.unsettled {
        for name in &mut person.groups {
            if let Some(now) = names.get(name) {
                name.clone_from(now);
            }
        }
    }
    settled.sort();
}

/// A group that is gone has nobody leaving it, although another one has its name now. Who is in both is no newcomer.
fn forget_predecessors(settled: &mut Snapshot, now: &Snapshot) {
    let mut named: FxHashMap<&str, Vec<&Group>> = FxHashMap::default();
    for group in now.groups() {
        named.entry(group.name.as_str()).or_default().push(group);
    }
    for group in settled.groups.iter_mut().flatten() {
        let Some(today) = named.get(group.name.as_str()) else {
            continue;
        };
        let other = |it: &&Group| !it.id.is_empty() && it.id != group.id;
        if !group.id.is_empty() && today.iter().all(other) {
            let stays = |email: &String| {
                let mut today = today.iter();
                today.any(|it| it.members.binary_search(email).is_ok())
            };
            group.members.retain(stays);
        }
    }
}

impl Snapshot {
    /// A snapshot of the same moment in which nothing was captured.
    fn empty(of: &Snapshot) -> Snapshot {
        Snapshot {
            format_version: 1,
            captured_at: of.captured_at.clone(),
            complete: of.complete,
            org: of.org.clone(),
            subscriptions: None,
            licenses: None,
            sites: None,
            locations: None,
            numbers: None,
            groups: None,
            users: None,
            workspaces: None,
            devices: None,
            features: None,
            features_not_read: Vec::new(),
            broadworks: None,
            not_known: Vec::new(),
            applied: None,
        }
    }
}
