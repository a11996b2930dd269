//! What has which name: ids to keys and back. A plan uses names; ids are only on the wire.
//!
//! Lists are read once, when they are first asked for. People are looked up one by one, until so many are expected that a
//! list is cheaper.

use std::iter;
use std::sync::{Mutex, MutexGuard};

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::access::Reader;
use super::call::{encode, query};
use super::error::Error;
use super::ids::plain;
use super::observed;
use super::org::whoami;
use super::paging::Paging;
use crate::canonical::{self, canonical};
use crate::snapshot::License;

/// From how many look-ups of people on, all of them are listed.
const MANY_PEOPLE: usize = 40;

/// What a run looks up, in numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct LookUps<'a> {
    /// What [`Names::expect_people`] is told.
    pub expected: usize,
    /// The kinds of the objects that are looked up by their names, one for each.
    pub objects: &'a [&'a str],
    /// How many members are looked up besides.
    pub members: usize,
    /// The kinds whose lists are read, each once.
    pub lists: &'a [&'a str],
    /// About how many people the organisation has.
    pub people: usize,
}

impl LookUps<'_> {
    /// About how many requests that takes.
    pub fn requests(&self) -> usize {
        let [people, ..] = &LISTS;
        let is_list = |kind: &&&str| **kind == people.kind;
        let others = self.lists.iter().filter(|it| !is_list(it)).count();
        let looked_up = self.members + self.objects.iter().filter(is_list).count();
        let listed = self.lists.iter().any(|it| is_list(&it)) || self.expected >= MANY_PEOPLE;
        others
            + match listed {
                true => self.people.div_ceil(1000).max(1),
                false => looked_up,
            }
    }
}

/// A list that gives names to ids.
struct List {
    /// The kind of the keys.
    kind: &'static str,
    path: &'static str,
    key: &'static str,
    paging: Paging,
    /// The member with the name.
    name: &'static str,
}

const LISTS: [List; 5] = [
    List {
        kind: "user",
        path: "/people?max=1000",
        key: "items",
        paging: Paging::Link,
        name: "emails",
    },
    List {
        kind: "group",
        path: "/groups?count=500",
        key: "groups",
        paging: Paging::Scim,
        name: "displayName",
    },
    List {
        kind: "location",
        path: "/locations?max=1000",
        key: "items",
        paging: Paging::Link,
        name: "name",
    },
    List {
        kind: "workspace",
        path: "/workspaces?max=1000",
        key: "items",
        paging: Paging::Link,
        name: "displayName",
    },
    List {
        kind: "role",
        path: "/roles",
        key: "items",
        paging: Paging::None,
        name: "name",
    },
];

/// Names and ids of one organisation.
#[derive(Debug)]
pub struct Names {
    reader: Reader,
    state: Mutex<State>,
    /// Held while a list is read, so that those who ask meanwhile wait for it instead of reading it too.
    reading: [Mutex<()>; LISTS.len()],
    /// The same of licences.
    reading_licenses: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    /// By kind: keys to ids.
    ids: FxHashMap<String, FxHashMap<String, String>>,
    /// By kind: plain ids to keys.
    keys: FxHashMap<String, FxHashMap<String, String>>,
    /// By kind: keys that several have.
    ambiguous: FxHashSet<(String, String)>,
    /// Kinds of which everything is known.
    whole: FxHashSet<&'static str>,
    /// How many people will be looked up.
    expected: usize,
    /// Names that differ from what Webex says, by kind and the name there.
    renamed: FxHashMap<(String, String), String>,
    licenses: Option<Vec<License>>,
    org: Option<String>,
}

impl Names {
    /// Nothing is read yet.
    pub fn new(reader: Reader) -> Names {
        Names {
            reader,
            state: Mutex::default(),
            reading: Default::default(),
            reading_licenses: Mutex::default(),
        }
    }

    /// The reader behind it.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Says how many people will be looked up: of many, a list is read instead.
    pub fn expect_people(&self, count: usize) {
        self.state().expected = count;
    }

    /// The organisation's id.
    pub fn org(&self) -> Result<String, Error> {
        if let Some(org) = &self.state().org {
            return Ok(org.clone());
        }
        let org = whoami(&self.reader)?.org;
        self.state().org = Some(org.clone());
        Ok(org)
    }

    /// The id of what is called so.
    pub fn id(&self, kind: &str, key: &str) -> Result<Option<String>, Error> {
        self.certain(kind, key)?;
        if let Some(id) = self.known(kind, key) {
            return Ok(Some(id));
        }
        // A person may have come since the list was read.
        if kind == "user" && (self.is_read(kind) || self.state().expected < MANY_PEOPLE) {
            // Whether Webex looks for the domain in the form that it has itself, no document says.
            let readable = canonical::readable_domain(key);
            for address in iter::once(key).chain(readable.as_deref()) {
                let path = query("/people", &[("email", Some(address))]);
                for person in self.reader.list(&path, "items", Paging::Link)? {
                    self.note(&LISTS[0], &person);
                }
            }
        } else if let Some(list) = self.unread(kind) {
            self.read(list)?;
        }
        self.certain(kind, key)?;
        Ok(self.known(kind, key))
    }

    /// An error if several have this name: it is unknown which one was meant.
    fn certain(&self, kind: &str, key: &str) -> Result<(), Error> {
        let both = (kind.to_owned(), key.to_owned());
        match self.state().ambiguous.contains(&both) {
            false => Ok(()),
            true => Err(Error::Malformed {
                call: format!("looking for {kind}/{key}"),
                why: "the organisation has several objects with this name".to_owned(),
            }),
        }
    }

    /// The id of what is called so; an error where there is none.
    pub fn need(&self, kind: &str, key: &str) -> Result<String, Error> {
        self.id(kind, key)?.ok_or_else(|| Error::Malformed {
            call: format!("looking for {kind}/{key}"),
            why: "the organisation has none of this name".to_owned(),
        })
    }

    /// The key of what has this id.
    pub fn key(&self, kind: &str, id: &str) -> Result<Option<String>, Error> {
        let plain_id = plain(id);
        if let Some(key) = self.called(kind, &plain_id) {
            return Ok(Some(key));
        }
        let Some(list) = self.unread(kind) else {
            // Someone else may have read the list between the two questions.
            return Ok(self.called(kind, &plain_id));
        };
        if list.kind == "user" && self.state().expected < MANY_PEOPLE {
            if let Some(person) = self.reader.find(&format!("/people/{}", encode(id)))? {
                self.note(list, &person);
            }
        } else {
            self.read(list)?;
        }
        Ok(self.called(kind, &plain_id))
    }

    /// Reads the keys of people with these ids together, if they are not known yet.
    pub fn meet(&self, kind: &str, ids: &[&str]) -> Result<(), Error> {
        let unknown: Vec<&str> = {
            let state = self.state();
            let known = state.keys.get(kind);
            let is_known = |id: &&str| known.is_some_and(|known| known.contains_key(&plain(id)));
            ids.iter().copied().filter(|id| !is_known(id)).collect()
        };
        let Some(list) = self.unread(kind).filter(|_| !unknown.is_empty()) else {
            return Ok(());
        };
        if unknown.len() > MANY_PEOPLE {
            return self.read(list);
        }
        let path = query("/people", &[("id", Some(&unknown.join(",")))]);
        for person in self.reader.list(&path, list.key, list.paging)? {
            self.note(list, &person);
        }
        Ok(())
    }

    /// The licences, read once.
    pub fn licenses(&self) -> Result<Vec<License>, Error> {
        let _reading = lock(&self.reading_licenses);
        if let Some(licenses) = &self.state().licenses {
            return Ok(licenses.clone());
        }
        let items = self.reader.list("/licenses", "items", Paging::None)?;
        let licenses: Result<Vec<License>, Error> = items.iter().map(observed::license).collect();
        let licenses = licenses?;
        self.state().licenses = Some(licenses.clone());
        Ok(licenses)
    }

    /// Remembers the id of what was created, or was met on the way.
    pub fn learn(&self, kind: &str, key: &str, id: &str) {
        let mut state = self.state();
        let key = state.name_of(kind, key);
        let ids = state.ids.entry(kind.to_owned()).or_default();
        let known = ids.entry(key.clone()).or_insert_with(|| id.to_owned());
        if plain(known) != plain(id) {
            let both = (kind.to_owned(), key.clone());
            state.ambiguous.insert(both);
        }
        state
            .keys
            .entry(kind.to_owned())
            .or_default()
            .insert(plain(id), key);
    }

    /// Whether something of this name was met so far; nothing is asked.
    pub fn is_known(&self, kind: &str, key: &str) -> bool {
        self.known(kind, key).is_some()
    }

    /// Everything of this kind is known: it is not asked for any more.
    pub fn know_all(&self, kind: &'static str) {
        self.state().whole.insert(kind);
    }

    /// Reads the list of a kind once more when it is next asked: something may have come since. People are asked for one
    /// by one.
    pub fn read_again(&self, kind: &str) {
        self.state()
            .whole
            .retain(|whole| *whole == "user" || *whole != kind);
    }

    /// From now on, what Webex calls `old` is called `new` here: a plan that renames it knows it only by its new name.
    pub fn rename(&self, kind: &str, old: &str, new: &str) {
        let renamed = (kind.to_owned(), old.to_owned());
        self.state().renamed.insert(renamed, new.to_owned());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn known(&self, kind: &str, key: &str) -> Option<String> {
        self.state().ids.get(kind)?.get(key).cloned()
    }

    fn called(&self, kind: &str, plain_id: &str) -> Option<String> {
        self.state().keys.get(kind)?.get(plain_id).cloned()
    }

    fn unread(&self, kind: &str) -> Option<&'static List> {
        let list = LISTS.iter().find(|list| list.kind == kind)?;
        (!self.is_read(kind)).then_some(list)
    }

    fn is_read(&self, kind: &str) -> bool {
        self.state().whole.contains(kind)
    }

    /// Reads a list, unless someone else has read it since. Of a list that ends early nothing is learned: a name in it may
    /// not be the only one.
    fn read(&self, list: &'static List) -> Result<(), Error> {
        let place = LISTS.iter().zip(&self.reading);
        let mut place = place.filter(|(other, _)| other.kind == list.kind);
        let _reading = place.next().map(|(_, reading)| lock(reading));
        if self.is_read(list.kind) {
            return Ok(());
        }
        let mut names = Vec::new();
        let mut sink = |entry: Value| names.push(list.name_and_id(&entry));
        self.reader
            .each(list.path, list.key, list.paging, &mut sink)?;
        for (name, id) in names {
            self.learn(list.kind, &name, &id);
        }
        self.state().whole.insert(list.kind);
        Ok(())
    }

    fn note(&self, list: &List, entry: &Value) {
        let (name, id) = list.name_and_id(entry);
        self.learn(list.kind, &name, &id);
    }
}

impl List {
    /// What an entry is called, and its id.
    fn name_and_id(&self, entry: &Value) -> (String, String) {
        let name = match self.kind {
            "user" => canonical::address(text(&entry[self.name][0])),
            _ => canonical(text(&entry[self.name])).into_owned(),
        };
        (name, text(&entry["id"]).to_owned())
    }
}

impl State {
    fn name_of(&self, kind: &str, name: &str) -> String {
        let renamed = self.renamed.get(&(kind.to_owned(), name.to_owned()));
        renamed.cloned().unwrap_or_else(|| name.to_owned())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
