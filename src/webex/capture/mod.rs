//! The whole observed state of a live organisation -> a snapshot (contract section 6, webex-api.md 13).
//!
//! Lists are read side by side through the one limiter of the client. What cannot be read is named and makes the snapshot
//! incomplete; nothing is guessed. Must not know where the file goes or how it is shown.

mod doubt;
mod estimate;
mod facts;
mod features;
mod groups;
mod people;
mod places;
pub(super) mod pool;
mod proof;
mod since;
mod telephony;
mod unlisted;

pub use estimate::Estimate;
pub use facts::carry_over;

use std::sync::Mutex;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::access::Reader;
use super::error::Error;
use super::names::Names;
use super::observed;
use super::org::{self, Whoami};
use super::paging::Paging;
use crate::snapshot::{Group, License, NotKnown, Organization, Snapshot, Subscription, User};

/// An older snapshot.
#[derive(Debug)]
pub struct Old {
    /// As the program knows it.
    pub snapshot: Snapshot,
    /// As the file has it, with what the program does not know.
    pub document: Value,
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Whether each person with Calling has voicemail; a request for each.
    pub voicemail: bool,
    /// Calling features with who is in them; a request for each, and two for each location with Calling.
    pub features: bool,
    /// What the API does not provide is taken from here.
    pub facts: Option<&'a Old>,
    /// Whether what did not change since then is taken from there too.
    pub since: bool,
}

/// A part that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The list, or a part of one.
    pub what: String,
    /// Why, with Webex's tracking id.
    pub why: String,
}

/// The result.
#[derive(Debug)]
pub struct Captured {
    /// The snapshot, sorted.
    pub snapshot: Snapshot,
    /// The file's content: the snapshot, and what it does not know.
    pub document: Value,
    /// What is missing; the snapshot is incomplete when anything is.
    pub missing: Vec<Missing>,
    /// What is worth a word and makes nothing incomplete.
    pub notes: Vec<String>,
}

/// An observer of a capture.
pub trait Watch: Sync {
    /// What is about to be asked, before the expensive part begins.
    fn estimated(&self, estimate: &Estimate);
}

/// A capture under way.
struct Run<'a> {
    reader: &'a Reader,
    names: Names,
    me: Whoami,
    wanted: Wanted<'a>,
    missing: Mutex<Vec<Missing>>,
    /// Objects of which something is not known.
    doubts: Mutex<Vec<NotKnown>>,
    notes: Mutex<Vec<String>>,
}

/// The cheap lists that everything else builds on, as Webex answers them.
struct Basis {
    org_name: Option<String>,
    licenses: Option<Vec<Value>>,
    locations: Option<Vec<Value>>,
    /// Locations with Calling.
    calling: Option<Vec<Value>>,
    groups: Option<Vec<Value>>,
    /// Rows of the list of numbers.
    numbers: Option<u64>,
}

/// People, places and groups.
type Bulk = (Option<Vec<User>>, places::Places, Option<Vec<Group>>);

/// Reads everything, or what changed.
pub fn capture(reader: &Reader, wanted: Wanted<'_>, watch: &dyn Watch) -> Result<Captured, Error> {
    let me = org::whoami(reader)?;
    // Before anything is read: what changes from now on is younger than the snapshot.
    let captured_at = reader.client().server_time();
    let captured_at = captured_at.unwrap_or_else(Timestamp::now);
    let run = Run {
        reader,
        names: Names::new(reader.clone()),
        me,
        wanted,
        missing: Mutex::default(),
        doubts: Mutex::default(),
        notes: Mutex::default(),
    };
    let basis = run.basis()?;
    let fresh = match wanted.facts.filter(|_| wanted.since) {
        Some(old) => Some(run.refresh(&basis, old, watch)?),
        None => None,
    };
    let bulk = match fresh {
        Some(Ok(bulk)) => bulk,
        whole => {
            if let Some(Err(why)) = whole {
                run.note(format!("everything was read: {why}"));
            }
            watch.estimated(&estimate::estimate(&run, &basis));
            run.bulk(&basis)?
        }
    };
    run.prove(&basis)?;
    run.finish(captured_at, &basis, bulk)
}

/// A list that is read whole.
struct List {
    what: &'static str,
    path: &'static str,
    key: &'static str,
    paging: Paging,
}

const BASIS: [List; 5] = [
    List {
        what: "licenses",
        path: "/licenses",
        key: "items",
        paging: Paging::None,
    },
    List {
        what: "locations",
        path: "/locations?max=1000",
        key: "items",
        paging: Paging::Link,
    },
    List {
        what: "locations with Calling",
        path: "/telephony/config/locations?max=1000",
        key: "locations",
        paging: Paging::Link,
    },
    List {
        what: "groups",
        path: "/groups?count=500",
        key: "groups",
        paging: Paging::Scim,
    },
    List {
        what: "roles",
        path: "/roles",
        key: "items",
        paging: Paging::None,
    },
];

impl<'a> Run<'a> {
    fn basis(&self) -> Result<Basis, Error> {
        let (lists, org_name, numbers) = std::thread::scope(|scope| {
            let org_name = scope.spawn(|| org::name(self.reader, &self.me.org));
            let numbers = scope.spawn(|| telephony::count(self.reader));
            let lists = pool::map(&BASIS, |list| {
                self.reader.list(list.path, list.key, list.paging)
            });
            (lists, pool::join(org_name), pool::join(numbers))
        });
        let mut lists = BASIS
            .iter()
            .zip(lists)
            .map(|(list, read)| self.keep(list.what, read));
        let mut next = || lists.next().flatten();
        let basis = Basis {
            licenses: next(),
            locations: next(),
            calling: next(),
            groups: next(),
            org_name: self.keep("the organisation's name", org_name).flatten(),
            // Whether the list itself can be read shows later.
            numbers: numbers.unwrap_or_default(),
        };
        let roles = next();
        for (what, rows) in [
            ("licenses", &basis.licenses),
            ("locations", &basis.locations),
            ("locations with Calling", &basis.calling),
        ] {
            let why = rows.iter().flatten().find_map(observed::unread);
            why.into_iter().for_each(|why| self.miss(what, why));
        }
        self.learn("location", "name", basis.locations.as_deref());
        self.learn("group", "displayName", basis.groups.as_deref());
        self.learn("role", "name", roles.as_deref());
        self.go_on()?;
        Ok(basis)
    }

    /// Gives names to ids. A list that could not be read is not asked for again.
    fn learn(&self, kind: &'static str, name: &str, list: Option<&[Value]>) {
        for entry in list.unwrap_or_default() {
            if let (Some(id), Some(name)) = (entry["id"].as_str(), entry[name].as_str()) {
                self.names.learn(kind, name, id);
            }
        }
        self.names.know_all(kind);
    }

    /// People, places and groups, read whole.
    fn bulk(&self, basis: &Basis) -> Result<Bulk, Error> {
        let (mut users, rooms, features, mut places) = std::thread::scope(|scope| {
            let features = scope.spawn(|| features::read(self, basis));
            let users = scope.spawn(|| people::read(self));
            let rooms = scope.spawn(|| telephony::rooms(self));
            let places = places::read(self, basis);
            let users = pool::join(users);
            (users, pool::join(rooms), pool::join(features), places)
        });
        self.go_on()?;
        // Owners and members are known from here on.
        let (numbers, groups) = std::thread::scope(|scope| {
            let numbers = scope.spawn(|| telephony::numbers(self));
            let groups = scope.spawn(|| groups::read(self, basis.groups.as_deref()));
            people::voicemail(self, users.as_deref_mut());
            (pool::join(numbers), pool::join(groups))
        });
        if let Some(users) = &mut users {
            doubt::people(self, basis, numbers.as_deref(), users);
        }
        self.go_on()?;
        unlisted::look(
            self,
            basis,
            numbers.as_deref(),
            users.as_deref(),
            rooms.workspaces(),
        );
        places.features = features::settle(self, features, numbers.as_deref());
        telephony::settle(self, &mut places, numbers, rooms);
        if let Some(workspaces) = &places.workspaces {
            doubt::rooms(self, basis, workspaces);
        }
        Ok((users, places, groups))
    }

    fn finish(
        self,
        captured_at: Timestamp,
        basis: &Basis,
        (users, places, groups): Bulk,
    ) -> Result<Captured, Error> {
        let licenses = basis.licenses.as_ref().and_then(|raw| {
            let read: Result<Vec<License>, Error> = raw.iter().map(observed::license).collect();
            self.keep("licenses", read)
        });
        let mut missing = unlock(self.missing);
        missing.sort_by(|a, b| a.what.cmp(&b.what));
        let mut doubts = unlock(self.doubts);
        doubts.sort();
        let mut snapshot = Snapshot {
            format_version: 1,
            captured_at: second(captured_at),
            complete: missing.is_empty(),
            org: Organization {
                id: self.me.org,
                name: basis.org_name.clone().unwrap_or_default(),
                domains: None,
            },
            subscriptions: licenses.as_deref().map(subscriptions),
            sites: licenses
                .as_deref()
                .map(|licenses| places::sites(licenses, users.as_deref().unwrap_or_default())),
            licenses,
            locations: places.locations,
            numbers: places.numbers,
            groups,
            users,
            workspaces: places.workspaces,
            devices: places.devices,
            features: places.features.found,
            features_not_read: places.features.not_read,
            broadworks: None,
            not_known: doubts,
            applied: None,
        };
        let mut extras = Map::new();
        if let Some(broadworks) = places.broadworks {
            extras.insert("broadworks".to_owned(), broadworks);
        }
        if let Some(old) = self.wanted.facts {
            facts::carry_over(old, &mut snapshot, &mut extras);
        }
        let broadworks = extras.remove("broadworks");
        snapshot.broadworks = broadworks.and_then(|it| serde_json::from_value(it).ok());
        snapshot.normalize();
        let mut document = document(&snapshot, extras)?;
        if let Some(old) = self.wanted.facts {
            facts::members(&old.document, &mut document);
        }
        Ok(Captured {
            document,
            snapshot,
            missing,
            notes: unlock(self.notes),
        })
    }

    /// What was read; what was not is noted and left out.
    fn keep<T>(&self, what: &str, read: Result<T, Error>) -> Option<T> {
        match read {
            Ok(read) => Some(read),
            Err(error) => {
                lock(&self.missing).push(Missing {
                    what: what.to_owned(),
                    why: error.to_string(),
                });
                None
            }
        }
    }

    /// Notes that a list is in doubt.
    fn miss(&self, what: &str, why: String) {
        let what = what.to_owned();
        lock(&self.missing).push(Missing { what, why });
    }

    fn note(&self, note: String) {
        lock(&self.notes).push(note);
    }

    /// Ends the capture where someone asked for it.
    fn go_on(&self) -> Result<(), Error> {
        match self.reader.client().stop().is_set() {
            true => Err(Error::Stopped("the snapshot was whole".to_owned())),
            false => Ok(()),
        }
    }
}

/// The subscriptions that licences name; the API returns no more of them.
fn subscriptions(licenses: &[License]) -> Vec<Subscription> {
    let mut ids: Vec<&str> = licenses
        .iter()
        .filter_map(|license| license.subscription_id.as_deref())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .map(|id| Subscription {
            id: id.to_owned(),
            created_at: None,
            status: None,
        })
        .collect()
}

/// The file's content. A list that was not captured is absent.
pub fn document(snapshot: &Snapshot, extras: Map<String, Value>) -> Result<Value, Error> {
    let mut document = serde_json::to_value(snapshot).map_err(|why| Error::Malformed {
        call: "the snapshot".to_owned(),
        why: why.to_string(),
    })?;
    if let Some(members) = document.as_object_mut() {
        members.retain(|_, value| !value.is_null());
        if let Some(domains) = extras.get("domains") {
            members["org"]["domains"] = domains.clone();
        }
        members.extend(extras.into_iter().filter(|(name, _)| name != "domains"));
    }
    Ok(document)
}

/// RFC 3339, in whole seconds.
pub fn second(time: Timestamp) -> String {
    let whole = Timestamp::from_second(time.as_second()).unwrap_or(time);
    whole.to_string()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn unlock<T>(mutex: Mutex<T>) -> T {
    mutex
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The text of a member, if there is any.
fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value[name].as_str().filter(|text| !text.is_empty())
}
