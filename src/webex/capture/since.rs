//! A capture that builds on an older one: what the audit trail and `lastModified` say changed is read again, the rest is taken
//! over, and the totals are proved against the live ones. Where that cannot be done, the reason is said, and everything is to
//! be read.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::places::{self, Places};
use super::{
    Basis, Bulk, Estimate, Old, Run, Watch, doubt, features, groups, people, pool, telephony, text,
};
use crate::canonical::{self, canonical};
use crate::snapshot::{Group, License, Snapshot, User, Workspace};
use crate::webex::error::Error;
use crate::webex::{Paging, audit, ids, observed};

/// The trail comes late, and clocks differ.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);
/// Everyone without what is slow: ten times as many on a page.
const LIGHT: &str = "/people?excludeStatus=true&max=1000";
/// From this many changed people on, the list of all costs little more.
const MANY: usize = 50;

/// What changed since then.
struct Changes {
    since: Timestamp,
    /// Bare uuids that the trail names, in lower case.
    named: FxHashSet<String>,
}

/// What was read, or why everything has to be.
type Fresh = Result<Bulk, String>;

fn id_of(raw: &Value) -> String {
    ids::plain(text(raw, "id").unwrap_or_default())
}

/// Whether a person has another address than in the older snapshot.
fn is_renamed(raw: &Value, known: &FxHashMap<String, &User>) -> bool {
    let kept = known.get(&id_of(raw));
    kept.is_some_and(|kept| email(raw) != kept.email)
}

impl Run<'_> {
    /// Reads what changed since an older snapshot.
    pub(super) fn refresh(
        &self,
        basis: &Basis,
        old: &Old,
        watch: &dyn Watch,
    ) -> Result<Fresh, Error> {
        if !old.snapshot.not_known.is_empty() {
            let why = "the older snapshot does not know everything".to_owned();
            return Ok(Err(why));
        }
        let changes = match self.changes(&old.snapshot)? {
            Ok(changes) => changes,
            Err(why) => return Ok(Err(why)),
        };
        let light = match self.light()? {
            Ok(light) => light,
            Err(why) => return Ok(Err(why)),
        };
        let (rooms, rows, features, mut places) = std::thread::scope(|scope| {
            let features = scope.spawn(|| features::read(self, basis));
            let rooms = scope.spawn(|| telephony::rooms(self));
            let rows = scope.spawn(|| telephony::numbers(self));
            let places = places::read(self, basis);
            let rooms = pool::join(rooms);
            (rooms, pool::join(rows), pool::join(features), places)
        });
        self.go_on()?;
        let known = by_id(old.snapshot.users());
        let lines = rows.as_deref().map(lines_of_people).unwrap_or_default();
        let is_stale = |raw: &&Value| {
            let id = id_of(raw);
            let kept = known.get(&id);
            kept.is_none_or(|kept| changes.concern_person(raw, kept, lines.get(&id)))
        };
        let stale: Vec<&Value> = light.iter().filter(is_stale).collect();
        if stale.len() > MANY.max(light.len() / 100) {
            return Ok(Err(format!("{} people changed", stale.len())));
        }
        let renamed = light.iter().any(|raw| is_renamed(raw, &known));
        if let Some(why) = self.lacking(&light, &known)? {
            return Ok(Err(why));
        }
        let stale_groups = changes.groups(basis, &old.snapshot, renamed);
        let voiceless = known.values().filter(|user| !user.voicemail_on()).count();
        watch.estimated(&self.estimate(basis, stale.len(), voiceless, stale_groups.len()));
        let users = match self.people_again(&light, &stale, &known)? {
            Ok(users) => users,
            Err(why) => return Ok(Err(why)),
        };
        let groups = self.groups_again(basis, &old.snapshot, &stale_groups);
        self.go_on()?;
        // No trail names them, so they are read every time.
        places.features = features::settle(self, features, rows.as_deref());
        telephony::settle(self, &mut places, rows, rooms);
        if let Some(workspaces) = &places.workspaces {
            doubt::rooms(self, basis, workspaces);
        }
        if let Some(why) = self.disproved(basis, &old.snapshot, &users, &places) {
            return Ok(Err(why));
        }
        Ok(Ok((Some(users), places, groups)))
    }

    /// How much there is to read.
    fn estimate(&self, basis: &Basis, stale: usize, voiceless: usize, groups: usize) -> Estimate {
        Estimate {
            people: stale as u64,
            callers: voiceless as u64,
            groups: groups as u64,
            numbers: basis.numbers.unwrap_or_default(),
            requests: self.reader.client().counts().total()
                + (3 * stale + voiceless + groups) as u64
                + super::proof::REQUESTS,
        }
    }

    /// Why the list of people cannot be whole: a person whom the older snapshot has is not in it, but exists.
    fn lacking(
        &self,
        light: &[Value],
        known: &FxHashMap<String, &User>,
    ) -> Result<Option<String>, Error> {
        let told: FxHashSet<String> = light.iter().map(id_of).collect();
        let lacking = known.iter().filter(|(id, _)| !told.contains(*id));
        let lacking: Vec<&User> = lacking.map(|(_, user)| *user).collect();
        if lacking.len() > MANY {
            return Ok(Some(format!(
                "the list of people lacks {} people",
                lacking.len()
            )));
        }
        let there = pool::map(&lacking, |user| people::one(self, &user.id));
        self.go_on()?;
        Ok(lacking
            .iter()
            .zip(there)
            .find_map(|(user, there)| match there {
                Ok(None) => None,
                Ok(Some(_)) => Some(format!("the list of people lacks {}", user.email)),
                Err(error) => Some(format!("{} could not be read: {error}", user.email)),
            }))
    }

    /// What the audit trail names since then.
    fn changes(&self, old: &Snapshot) -> Result<Result<Changes, String>, Error> {
        if !old.complete || old.users.is_none() || old.groups.is_none() {
            return Ok(Err("the older snapshot is incomplete".to_owned()));
        }
        let Ok(captured) = old.captured_at.parse::<Timestamp>() else {
            return Ok(Err("the older snapshot does not say when it was".to_owned()));
        };
        let since = captured.checked_sub(MARGIN).unwrap_or(captured);
        let now = self.reader.client().server_time();
        let now = now.unwrap_or_else(Timestamp::now);
        let until = now.checked_add(MARGIN).unwrap_or(now);
        match audit::events(self.reader, &self.me.org, since, until) {
            Ok(events) => Ok(Ok(Changes {
                since,
                named: events.into_iter().map(|event| event.target).collect(),
            })),
            Err(error @ Error::Stopped(_)) => Err(error),
            Err(error) => Ok(Err(format!("the audit trail could not be read: {error}"))),
        }
    }

    /// Everyone, without calling data.
    fn light(&self) -> Result<Result<Vec<Value>, String>, Error> {
        let mut light = Vec::new();
        let read = self.reader.each(LIGHT, "items", Paging::Link, &mut |raw| {
            if people::is_person(&raw) {
                self.names
                    .learn("user", &email(&raw), text(&raw, "id").unwrap_or_default());
                light.push(raw);
            }
        });
        self.names.know_all("user");
        match read {
            Ok(()) => Ok(Ok(light)),
            Err(error @ Error::Stopped(_)) => Err(error),
            Err(error) => Ok(Err(format!("people could not be read: {error}"))),
        }
    }

    /// People as they were, but for those who changed; and voicemail of those who had none, as a location change is dearer
    /// than planned if they have now.
    fn people_again(
        &self,
        light: &[Value],
        stale: &[&Value],
        known: &FxHashMap<String, &User>,
    ) -> Result<Result<Vec<User>, String>, Error> {
        let read = pool::map(stale, |raw| {
            people::one(self, text(raw, "id").unwrap_or_default())
        });
        self.go_on()?;
        let mut fresh = FxHashMap::default();
        for user in read {
            match user {
                Ok(Some(user)) => drop(fresh.insert(ids::plain(&user.id), user)),
                // Gone since the list was read.
                Ok(None) => {}
                Err(error) => return Ok(Err(format!("a person could not be read: {error}"))),
            }
        }
        let gone: FxHashSet<String> = stale
            .iter()
            .map(|raw| id_of(raw))
            .filter(|id| !fresh.contains_key(id))
            .collect();
        let mut again: Vec<User> = fresh.into_values().collect();
        let mut users = Vec::with_capacity(light.len());
        let read: FxHashSet<String> = again.iter().map(|user| ids::plain(&user.id)).collect();
        for raw in light {
            let id = id_of(raw);
            if read.contains(&id) || gone.contains(&id) {
                continue;
            }
            match known.get(&id) {
                Some(user) if user.voicemail_on() => users.push((*user).clone()),
                Some(user) => again.push((*user).clone()),
                None => {}
            }
        }
        people::voicemail(self, Some(&mut again));
        users.append(&mut again);
        Ok(Ok(users))
    }

    /// Groups as they were, but for those that changed.
    fn groups_again(&self, basis: &Basis, old: &Snapshot, stale: &[Value]) -> Option<Vec<Group>> {
        let fresh = groups::read(self, Some(stale))?;
        let mut groups = Vec::new();
        let fresh: FxHashMap<String, Group> = fresh
            .into_iter()
            .map(|it| (ids::plain(&it.id), it))
            .collect();
        let kept = groups_by_id(old.groups());
        for raw in basis.groups.as_deref()? {
            let id = id_of(raw);
            groups.extend(fresh.get(&id).or_else(|| kept.get(&id).copied()).cloned());
        }
        Some(groups)
    }

    /// Why the totals do not prove what was taken over: holders and units in use must differ as they did then.
    fn disproved(
        &self,
        basis: &Basis,
        old: &Snapshot,
        users: &[User],
        places: &Places,
    ) -> Option<String> {
        let live: Result<Vec<License>, Error> = basis
            .licenses
            .as_ref()?
            .iter()
            .map(observed::license)
            .collect();
        let live = match live {
            Ok(live) => live,
            Err(error) => return Some(format!("a licence could not be read: {error}")),
        };
        let now = holders(users, places.workspaces.as_deref().unwrap_or_default());
        let then = holders(old.users(), old.workspaces());
        for license in live.iter().filter(|it| it.subscription_id.is_some()) {
            let id = ids::plain(&license.id);
            let before = old.licenses().iter().find(|it| ids::plain(&it.id) == id)?;
            let gap = |units: i64, holders: &FxHashMap<String, i64>| {
                units - holders.get(&id).copied().unwrap_or_default()
            };
            let (was, is) = (gap(before.consumed(), &then), gap(license.consumed(), &now));
            if was != is {
                return Some(format!(
                    "{} has {} units in use, which its holders do not explain",
                    license.name,
                    license.consumed()
                ));
            }
        }
        None
    }
}

impl Changes {
    /// Whether a person has to be read again.
    fn concern_person(&self, raw: &Value, kept: &User, line: Option<&Line<'_>>) -> bool {
        let mut before: Vec<String> = kept.licenses.iter().map(|id| ids::plain(id)).collect();
        let licenses = raw["licenses"].as_array().into_iter().flatten();
        let mut now: Vec<String> = licenses
            .filter_map(|id| Some(ids::plain(id.as_str()?)))
            .collect();
        before.sort_unstable();
        now.sort_unstable();
        // The list of numbers is fresh: it shows a number or an extension that differs.
        let moved = kept.location.is_some()
            && line.is_none_or(|line| {
                line.number != kept.phone_number || line.extension != kept.extension.as_deref()
            });
        before != now
            || moved
            || email(raw) != kept.email
            || named(raw).as_deref() != kept.display_name.as_deref()
            || self.names(raw)
    }

    /// The groups that have to be read again.
    fn groups(&self, basis: &Basis, old: &Snapshot, renamed: bool) -> Vec<Value> {
        let kept = groups_by_id(old.groups());
        let all = basis.groups.iter().flatten();
        let stale = all.filter(|raw| {
            let id = id_of(raw);
            renamed
                || kept.get(&id).is_none_or(|kept| {
                    raw["memberSize"].as_u64() != Some(kept.members.len() as u64)
                        || named(raw).as_deref() != Some(kept.name.as_str())
                        || self.names(raw)
                })
        });
        stale.cloned().collect()
    }

    /// Whether the trail names an object, or it says itself that it changed.
    fn names(&self, raw: &Value) -> bool {
        let modified = text(raw, "lastModified").and_then(|it| it.parse::<Timestamp>().ok());
        let uuid = ids::uuid(text(raw, "id").unwrap_or_default()).to_lowercase();
        modified.is_some_and(|modified| modified >= self.since) || self.named.contains(&uuid)
    }
}

/// The primary line of a person.
struct Line<'a> {
    number: Option<String>,
    extension: Option<&'a str>,
}

fn lines_of_people(rows: &[Value]) -> FxHashMap<String, Line<'_>> {
    let people = rows.iter().filter(|row| {
        let primary = text(row, "phoneNumberType").is_none_or(|kind| kind == "PRIMARY");
        row["owner"]["type"] == "PEOPLE" && primary
    });
    people
        .filter_map(|row| {
            let number = text(row, "phoneNumber");
            let number =
                number.map(|it| crate::phone::read_back(it).unwrap_or_else(|| it.to_owned()));
            let line = Line {
                number,
                extension: text(row, "extension"),
            };
            Some((ids::plain(text(&row["owner"], "id")?), line))
        })
        .collect()
}

/// The name, as snapshots have it.
fn named(raw: &Value) -> Option<Cow<'_, str>> {
    text(raw, "displayName").map(canonical)
}

fn email(raw: &Value) -> String {
    let first = raw["emails"][0].as_str();
    canonical::address(first.unwrap_or_default())
}

fn by_id(users: &[User]) -> FxHashMap<String, &User> {
    users.iter().map(|it| (ids::plain(&it.id), it)).collect()
}

fn groups_by_id(groups: &[Group]) -> FxHashMap<String, &Group> {
    groups.iter().map(|it| (ids::plain(&it.id), it)).collect()
}

fn holders(users: &[User], workspaces: &[Workspace]) -> FxHashMap<String, i64> {
    let mut holders = FxHashMap::default();
    let people = users.iter().flat_map(|user| &*user.licenses);
    let rooms = workspaces.iter().flat_map(|room| &*room.licenses);
    for id in people.chain(rooms) {
        *holders.entry(ids::plain(id)).or_insert(0) += 1;
    }
    holders
}
