//! The live side of kinds: how an object is read, and what a request of the plan sends.
//!
//! A wire decides nothing: what is sent is what the fields of the plan say, with ids instead of names, and with what Webex
//! wants to have repeated. It must not know how requests are journaled, retried or verified.

pub mod manual;
pub(super) mod risk;
pub mod settings;
mod standing;

use self::manual::{Manual, Sheet};
use serde::Serialize;
use serde_json::Value;

use crate::change::{Change, Field, Operation, Path};
use crate::kinds::Kind;
use crate::snapshot::Essence;
use crate::webex::{Answer, Call, Error, Names, Refusal, encode, ids};
pub use standing::{NOTHING_THERE, Standing, stands};

/// Reads objects: for each key what is there, or nothing.
pub type Read = fn(&Names, &[&str]) -> Result<Vec<Option<Seen>>, Error>;

/// What a request of a plan sends.
pub type Calls = fn(&Request<'_>) -> Result<Vec<Call>, Error>;

/// What sets things right where Webex carried a request out in part: from what was there before and what is there now.
pub type Repair = fn(&Request<'_>, &Seen) -> Result<Vec<Call>, Error>;

/// Why a request is not sent after all, looked at right before.
pub type Look = fn(&Names, &Subject<'_>) -> Result<Option<Objection>, Error>;

/// How many requests a [`Look`] takes.
pub type Asks = fn(&Subject<'_>) -> usize;

/// Which of several objects Webex says beforehand that it will refuse, and why; by key.
pub type Validate = fn(&Names, &[Subject<'_>]) -> Result<Vec<(String, String)>, Error>;

/// What is sent instead of a request that Webex refuses for an unrelated reason.
pub type Instead = fn(&Refusal, &Call) -> Option<Vec<Call>>;

/// Why a refusal passes by itself, in words.
pub type Later = fn(&Refusal, &Subject<'_>) -> Option<String>;

/// How far Webex is with what it has accepted: from what is there now, and what was there before the request.
pub type HowItEnds = fn(&Seen, Option<&Seen>) -> Outcome;

/// What an object is after a request, as far as the answer says all of it; `None` where it does not.
pub type Tells = fn(&Names, &Subject<'_>, &Answer) -> Result<Option<Seen>, Error>;

/// How a change that takes nothing from anyone needs hardly more than its one request.
#[derive(Debug, Clone, Copy)]
pub struct Bulk {
    /// Reads many objects with few requests. What it says is believed only where it is what the plan was made from.
    pub read: Read,
    /// What the answer says of the object.
    pub tells: Tells,
}

/// Why a request is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// It would take something now that the plan does not name.
    Worse(String),
    /// Webex, asked beforehand, says that it will not do it.
    Refused(String),
}

/// How far Webex is with what it has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It works on it.
    GoesOn,
    /// It does no more by itself.
    Ended,
    /// It has failed, in its own words.
    Failed(String),
}

/// How objects of a kind are read and written.
#[derive(Debug)]
pub struct Live {
    /// Reads objects: for each key what is there, or nothing.
    pub read: Read,
    /// The requests that carry out its changes.
    pub wires: &'static [Wire],
    /// About how many requests read the objects of these changes in an organisation with this number of people, once their ids are known.
    pub reads: fn(&[&Change], usize) -> usize,
    /// The kinds whose lists are read once, for the names in these objects.
    pub lists: &'static [&'static str],
    /// Whether the objects have settings of Calling that are worth a backup.
    pub has_settings: bool,
}

/// One request reads one object.
pub(super) fn one_each(changes: &[&Change], _: usize) -> usize {
    changes.len()
}

/// Two requests read one object.
pub(super) fn two_each(changes: &[&Change], _: usize) -> usize {
    2 * changes.len()
}

/// Nothing is written yet.
pub const NOTHING: Live = Live {
    read: |_, keys| Ok(keys.iter().map(|_| None).collect()),
    wires: &[],
    reads: one_each,
    lists: &[],
    has_settings: false,
};

/// An object as it is now.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Webex's id.
    pub id: String,
    /// As Webex has it.
    pub raw: Value,
    /// As a snapshot has it.
    pub object: Value,
    /// What a plan compares.
    pub essence: Essence,
}

impl Seen {
    /// An object as Webex has it, and as a snapshot has it.
    pub(super) fn new(id: String, raw: Value, object: &impl Serialize, essence: Essence) -> Seen {
        Seen {
            id,
            raw,
            object: serde_json::to_value(object).unwrap_or_default(),
            essence,
        }
    }

    /// A member of the object that is a text, by the path of its field.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.object[name].as_str().filter(|text| !text.is_empty())
    }
}

/// A request of a plan, by method and path as the plan has them.
#[derive(Debug)]
pub struct Wire {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with names in braces for ids.
    pub path: &'static str,
    /// What is sent. It may read, to check what has to be checked right before.
    pub calls: Calls,
    /// What comes after the answer.
    pub then: Then,
    /// What sets things right where Webex carried it out in part: from what was there before and what is there now.
    pub repair: Option<Repair>,
    /// Whether it is done, as the object itself shows; for a request that sends no field.
    pub is_done: Option<fn(&Seen) -> bool>,
    /// Why it is not sent after all.
    pub look: Option<Look>,
    /// How many requests that takes.
    pub asks: Asks,
    /// Whom Webex, asked beforehand about all, will refuse: the others go on.
    pub validate: Option<Validate>,
    /// What is sent instead where Webex refuses it.
    pub instead: Option<Instead>,
    /// Why a refusal passes by itself, so that a later run goes on.
    pub later: Option<Later>,
    /// Whether Webex still works on what it has accepted; for a request whose work is done afterwards.
    pub outcome: Option<HowItEnds>,
    /// How changes that take nothing are sent with few requests.
    pub bulk: Option<Bulk>,
    /// The paths of the fields that it can carry; one that ends in `/` includes all below it.
    pub carries: &'static [&'static str],
    /// Whether what it does cannot be undone, whatever it carries.
    pub destroys: bool,
    /// How it is carried out without the API.
    pub manual: Manual,
}

/// The request of a kind for an operation of a plan.
pub fn wire(kind: &Kind, operation: &Operation) -> Option<&'static Wire> {
    let mut wires = kind.live.wires.iter();
    wires.find(|wire| wire.method == operation.method && wire.path == operation.path)
}

/// Whether a request can carry the field with this path.
pub fn carries(wire: &Wire, path: &str) -> bool {
    let mut known = wire.carries.iter();
    known.any(|known| match known.ends_with('/') {
        true => path.len() > known.len() && path.starts_with(known),
        false => path == *known,
    })
}

impl Wire {
    /// A request that is done with its answer.
    pub(super) const fn new(method: &'static str, path: &'static str, calls: Calls) -> Wire {
        Wire {
            method,
            path,
            calls,
            then: Then::Done,
            repair: None,
            is_done: None,
            look: None,
            asks: |_| 0,
            validate: None,
            instead: None,
            later: None,
            outcome: None,
            bulk: None,
            carries: &[],
            destroys: false,
            manual: manual::UNKNOWN,
        }
    }

    /// Changes that take nothing are sent with few requests.
    pub(super) const fn in_bulk(mut self, read: Read, tells: Tells) -> Wire {
        self.bulk = Some(Bulk { read, tells });
        self
    }

    /// It can carry the fields with these paths.
    pub(super) const fn carrying(mut self, paths: &'static [&'static str]) -> Wire {
        self.carries = paths;
        self
    }

    /// What decides how much it destroys is read immediately before the request, with this number of requests.
    pub(super) const fn looking(mut self, look: Look, asks: Asks) -> Wire {
        self.look = Some(look);
        self.asks = asks;
        self
    }

    /// Webex is asked beforehand about all whom it is for.
    pub(super) const fn validating(mut self, validate: Validate) -> Wire {
        self.validate = Some(validate);
        self
    }

    /// Where Webex refuses it for an unrelated reason, something else is sent.
    pub(super) const fn or(mut self, instead: Instead) -> Wire {
        self.instead = Some(instead);
        self
    }

    /// Some refusals pass by themselves.
    pub(super) const fn passing(mut self, later: Later) -> Wire {
        self.later = Some(later);
        self
    }

    /// Webex accepts it, and does it afterwards: the object shows how that ends.
    pub(super) const fn going_on(mut self, outcome: HowItEnds) -> Wire {
        self.outcome = Some(outcome);
        self
    }

    /// What it does cannot be undone.
    pub(super) const fn destroying(mut self) -> Wire {
        self.destroys = true;
        self
    }

    /// Something comes after the answer.
    pub(super) const fn then(mut self, then: Then) -> Wire {
        self.then = then;
        self
    }

    /// Where to click in Control Hub instead.
    pub(super) const fn clicking(mut self, clicks: &'static str) -> Wire {
        self.manual.clicks = clicks;
        self
    }

    /// A row of this file carries the fields with these paths.
    pub(super) const fn importing(
        mut self,
        sheet: Sheet,
        imports: &'static [&'static str],
    ) -> Wire {
        self.manual.sheet = Some(sheet);
        self.manual.imports = imports;
        self
    }

    /// What is done in part can be set right.
    pub(super) const fn repairing(mut self, repair: Repair) -> Wire {
        self.repair = Some(repair);
        self
    }

    /// The object itself shows that it is done.
    pub(super) const fn done_when(mut self, is_done: fn(&Seen) -> bool) -> Wire {
        self.is_done = Some(is_done);
        self
    }
}

/// What comes after the answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing: it is done.
    Done,
    /// The answer has the id of a new object.
    Created,
    /// The answer has the id of a job; its state is at this path.
    Job(&'static str),
}

/// A request on its way.
#[derive(Debug)]
pub struct Request<'a> {
    /// Names and ids.
    pub names: &'a Names,
    /// The objects that it is for.
    pub subjects: &'a [Subject<'a>],
    /// Paths of fields whose values it takes away for a moment.
    pub without: &'a [Path],
    /// What a person was left without is given as planned, not as it was: Webex has refused the latter.
    pub planned: bool,
}

/// One object of a request.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// Its change.
    pub change: &'a Change,
    /// The fields that the request sends.
    pub fields: Vec<&'a Field>,
    /// As it is now, right before the request.
    pub seen: Option<Seen>,
}

impl<'a> Request<'a> {
    /// The one object of a request that has no other.
    pub(super) fn one(&self) -> Result<&Subject<'a>, Error> {
        self.subjects
            .first()
            .ok_or_else(|| not_sent("a request without a subject"))
    }
}

impl Subject<'_> {
    /// The field with this path.
    pub fn field(&self, path: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.path == path).copied()
    }

    /// The text that a field is to have; `None` where it is not sent.
    pub(super) fn after(&self, path: &str) -> Option<&str> {
        self.field(path)?.after.as_str()
    }

    /// What a field becomes: nothing keeps it, an empty text removes it.
    pub(super) fn becomes(&self, path: &str) -> Option<&str> {
        let field = self.field(path)?;
        Some(field.after.as_str().unwrap_or_default())
    }

    /// The id of what moves, and of the location.
    pub(super) fn moved(&self, names: &Names) -> Result<(String, String), Error> {
        let location = self.after("location");
        let location = location.ok_or_else(|| not_sent("a move without a location"))?;
        Ok((self.id(names)?, names.need("location", location)?))
    }

    /// The object's id.
    pub(super) fn id(&self, names: &Names) -> Result<String, Error> {
        match &self.seen {
            Some(seen) => Ok(seen.id.clone()),
            None => names.need(&self.change.kind, &self.change.key),
        }
    }
}

/// The id of what has this name, and what is at the path that the id is put into.
pub(super) fn found(
    names: &Names,
    kind: &str,
    key: &str,
    path: &str,
) -> Result<Option<(String, Value)>, Error> {
    let Some(id) = names.id(kind, key)? else {
        return Ok(None);
    };
    let path = path.replace("{id}", &encode(&id));
    let raw = names.reader().find(&path)?;
    if let Some(other) = raw.as_ref().and_then(|raw| raw["id"].as_str())
        && ids::uuid(other) != ids::uuid(&id)
    {
        return Err(Error::Malformed {
            call: format!("GET {path}"),
            why: format!("it is about another object, {other}"),
        });
    }
    Ok(raw.map(|raw| (id, raw)))
}

/// Reads objects one by one, several at a time.
pub(super) fn one_by_one(
    keys: &[&str],
    read: impl Fn(&str) -> Result<Option<Seen>, Error> + Sync,
) -> Result<Vec<Option<Seen>>, Error> {
    const AT_ONCE: usize = 8;
    if let [key] = keys {
        return Ok(vec![read(key)?]);
    }
    let size = keys.len().div_ceil(AT_ONCE).max(1);
    let read = &read;
    std::thread::scope(|scope| {
        let threads: Vec<_> = keys
            .chunks(size)
            .map(|chunk| {
                scope.spawn(move || {
                    chunk
                        .iter()
                        .map(|key| read(key))
                        .collect::<Result<Vec<_>, _>>()
                })
            })
            .collect();
        let mut seen = Vec::with_capacity(keys.len());
        for thread in threads {
            let part = thread.join().map_err(|_| not_sent("a reader failed"))?;
            seen.extend(part?);
        }
        Ok(seen)
    })
}

/// An error of a request that was never sent.
pub fn not_sent(why: impl Into<String>) -> Error {
    Error::NotSent(why.into())
}
