//! Changes that take nothing from anyone, with hardly more than one request each: their objects are read ahead, many at a time,
//! and the answer to the request proves it.
//!
//! What was read ahead is believed only if it is exactly what the plan was made from, and an answer only if it shows that all
//! is as planned. Whatever else they say, the object is read by itself, as for every other change. At the end of the run the
//! objects are read once more, many at a time, until they show what the answers said, so that the next reader finds it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Mutex;
use std::time::Duration;

use rustc_hash::{FxHashMap, FxHashSet};

use super::mutex::lock;
use super::report::{Verdict, Verdicts};
use super::run::Run;
use super::sending::{LAG, Part, SendError, Sending, wire};
use super::state::index;
use crate::change::{Address, Change, ChangeAction, Operation, Risk};
use crate::kinds::wire::{Bulk, Seen, Subject, Wire};
use crate::kinds::{self, Calling};
use crate::plan::Plan;
use crate::webex::{Answer, Names};

/// How many objects are read at once.
pub(super) const AT_ONCE: usize = 50;
/// How long before its request an object may have been read.
const FRESH: Duration = Duration::from_secs(60);

/// The objects of plain changes.
#[derive(Debug)]
pub struct Ahead<'a> {
    /// Plain changes, in the order of their requests.
    plain: Vec<&'a Change>,
    at: FxHashMap<&'a Address, usize>,
    shelf: Mutex<Shelf>,
    /// Operations that an answer has proven, as indexes.
    pub(super) told: Mutex<Vec<usize>>,
}

/// What was read and not used yet.
#[derive(Debug, Default)]
struct Shelf {
    /// By position: when it was read, and what.
    seen: BTreeMap<usize, (Duration, Option<Seen>)>,
    /// By position: how many seconds after that it was used.
    ages: FxHashMap<usize, u64>,
    /// Webex does not answer such questions.
    off: bool,
}

impl<'a> Ahead<'a> {
    /// The plain changes of a plan.
    pub fn new(plan: &'a Plan) -> Ahead<'a> {
        let changes: FxHashMap<&Address, &Change> =
            plan.changes.iter().map(|it| (&it.address, it)).collect();
        let mut ahead = Ahead {
            plain: Vec::new(),
            at: FxHashMap::default(),
            shelf: Mutex::default(),
            told: Mutex::default(),
        };
        let mut requests: FxHashMap<&Address, usize> = FxHashMap::default();
        let mut needed: FxHashSet<u32> = FxHashSet::default();
        for operation in &plan.operations {
            needed.extend(&operation.depends_on);
            let subjects = operation.subjects().iter();
            subjects.for_each(|it| *requests.entry(it).or_default() += 1);
        }
        for operation in &plan.operations {
            // The next request has to find what this one has done.
            let alone = |address| requests[address] == 1 && !needed.contains(&operation.id);
            if let [address] = operation.subjects()
                && alone(address)
                && let Some(&change) = changes.get(address)
                && is_plain(operation, change)
            {
                ahead.at.insert(&change.address, ahead.plain.len());
                ahead.plain.push(change);
            }
        }
        ahead
    }

    /// Whether the object with this address is read ahead.
    pub fn has(&self, address: &Address) -> bool {
        self.at.contains_key(address)
    }

    /// How many seconds ago an object had been read when it was used, if it was read ahead.
    pub fn age(&self, address: &Address) -> Option<u64> {
        let at = self.at.get(address)?;
        lock(&self.shelf).ages.get(at).copied()
    }

    /// The object of a plain change as it was read within the last minute; reads those of the next changes with it. `None`
    /// where it has to be read by itself.
    fn take(&self, names: &Names, bulk: Bulk, address: &Address) -> Option<Seen> {
        let &at = self.at.get(address)?;
        let clock = names.reader().clock();
        let mut shelf = lock(&self.shelf);
        let now = clock.now();
        shelf
            .seen
            .retain(|_, (read, _)| now.saturating_sub(*read) < FRESH);
        if !shelf.seen.contains_key(&at) && !shelf.off {
            let new = |at: &usize| !shelf.ages.contains_key(at) && !shelf.seen.contains_key(at);
            let next: Vec<usize> = (at..self.plain.len()).filter(new).take(AT_ONCE).collect();
            let keys: Vec<&str> = next.iter().map(|&at| &*self.plain[at].key).collect();
            // One alone is read by itself.
            let read = match keys.len() {
                0 | 1 => return None,
                _ => (bulk.read)(names, &keys),
            };
            match read {
                Ok(seen) => {
                    let seen = seen.into_iter().map(|seen| (now, seen));
                    shelf.seen.extend(next.into_iter().zip(seen));
                }
                // What is wrong shows when the object is read by itself.
                Err(_) => shelf.off = true,
            }
        }
        let (read, seen) = shelf.seen.remove(&at)?;
        let age = clock.now().saturating_sub(read);
        shelf.ages.insert(at, age.as_secs());
        seen.filter(|_| age < FRESH)
    }
}

/// Whether a change takes nothing that is hard to give back, and has nothing to do with Calling, so that what decides its risk is
/// all in its object.
fn is_plain(operation: &Operation, change: &Change) -> bool {
    let mut fields = change.fields.iter();
    change.action == ChangeAction::Update
        && operation.without.is_empty()
        && wire(&change.kind, operation).is_some_and(|wire| wire.bulk.is_some())
        && fields.all(|field| {
            let row = kinds::field(&change.kind, &field.path);
            field.risk <= Risk::Reversible && row.is_some_and(|it| it.calling == Calling::Apart)
        })
}

impl<'a> Sending<'a> {
    /// The subjects before anything is sent.
    pub(super) fn first_look(
        &self,
        wire: &Wire,
        parts: &[Part<'a>],
        verdicts: &mut Verdicts,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        match self.read_ahead(wire, parts)? {
            Some(open) => Ok(open),
            None => self.look(wire, parts, &[], false, verdicts),
        }
    }

    /// The subject as it was read ahead, if nothing has happened to it since the plan was made.
    fn read_ahead(
        &self,
        wire: &Wire,
        parts: &[Part<'a>],
    ) -> Result<Option<Vec<Subject<'a>>>, SendError> {
        let (Some(bulk), [part], false) = (wire.bulk, parts, self.doubtful) else {
            return Ok(None);
        };
        let change = part.change;
        if part.touched || lock(self.touched).contains_key(&change.address) {
            return Ok(None);
        }
        let Some(seen) = self.ahead.take(self.names(), bulk, &change.address) else {
            return Ok(None);
        };
        if change.preimage.as_ref() != Some(&seen.essence.digest) {
            return Ok(None);
        }
        let mut verdicts = Verdicts::new();
        let seen = vec![Some(seen)];
        let open = self.judge(wire, parts, seen, &[], false, &mut verdicts)?;
        Ok((verdicts.is_empty() && !open.is_empty()).then_some(open))
    }

    /// Settles the subject of a plain change whose answer shows that all is as planned; gives those that have to be read.
    pub(super) fn told(
        &self,
        wire: &Wire,
        open: Vec<Subject<'a>>,
        answer: Option<&Answer>,
        verdicts: &mut Verdicts,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let (Some(bulk), Some(answer), [subject]) = (wire.bulk, answer, open.as_slice()) else {
            return Ok(open);
        };
        let change = subject.change;
        if answer.status != 200 || !self.ahead.has(&change.address) {
            return Ok(open);
        }
        // What is wrong with the answer shows when the object is read.
        let Ok(Some(seen)) = (bulk.tells)(self.names(), subject, answer) else {
            return Ok(open);
        };
        if self.taken_beside(subject, Some(&seen))?.is_some() {
            return Ok(open);
        }
        let parts = [Part {
            change,
            touched: true,
        }];
        let mut told = Verdicts::new();
        let left = self.judge(wire, &parts, vec![Some(seen)], &open, false, &mut told)?;
        let done = told.iter().all(|(_, verdict)| *verdict == Verdict::Done);
        if !left.is_empty() || !done {
            return Ok(open);
        }
        verdicts.append(&mut told);
        lock(&self.ahead.told).push(index(self.operation.id));
        Ok(Vec::new())
    }
}

/// What is not shown of an operation at the end.
#[derive(Debug)]
pub(super) struct Unshown {
    /// The operation, as an index.
    pub operation: usize,
    /// Why, in words.
    pub why: String,
}

impl Run<'_> {
    /// Adds what an earlier run has called done: only an answer may have proven it.
    pub(super) fn doubt_settled(&self) {
        let settled = self.progress.settled.iter();
        let good = settled.filter(|((_, address), verdict)| {
            **verdict == Verdict::Done && self.ahead.has(address)
        });
        lock(&self.ahead.told).extend(good.map(|((id, _), _)| index(*id)));
    }

    /// Waits until everything that an answer has proven can be read; gives the operations whose effect cannot.
    pub(super) fn not_shown(&self) -> Vec<Unshown> {
        let mut open = std::mem::take(&mut *lock(&self.ahead.told));
        let clock = self.names().reader().clock();
        let end = clock.now() + LAG;
        let mut pause = Duration::from_millis(250);
        loop {
            // No one waits for a run that is to stop: resuming it looks again.
            if self.stop.is_set() {
                return Vec::new();
            }
            let last = clock.now() >= end;
            let left: Vec<Unshown> = open
                .chunks(AT_ONCE)
                .flat_map(|some| self.unshown(some))
                .collect();
            if left.is_empty() || last {
                return left;
            }
            open = left.iter().map(|it| it.operation).collect();
            clock.sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    /// Those operations whose objects do not show what was done.
    fn unshown(&self, some: &[usize]) -> Vec<Unshown> {
        let subjects = some.iter().filter_map(|&at| {
            let operation = &self.plan.operations[at];
            let change: &Change = self.changes.get(operation.subjects().first()?)?;
            let wire = wire(&change.kind, operation)?;
            Some((at, change, wire, wire.bulk?))
        });
        let subjects: Vec<_> = subjects.collect();
        let keys: Vec<&str> = subjects.iter().map(|(_, it, ..)| &*it.key).collect();
        let read = subjects
            .first()
            .map(|(.., bulk)| (bulk.read)(self.names(), &keys));
        let mut seen = read.and_then(Result::ok).map(Vec::into_iter);
        let mut open = Vec::new();
        for (at, change, wire, _) in subjects {
            let sending = self.sending(&self.plan.operations[at], false);
            // Where the list cannot be read, each is read by itself.
            let seen = match &mut seen {
                Some(seen) => Ok(seen.next().flatten()),
                None => sending.read(&[change]).map(|mut it| it.pop().flatten()),
            };
            let why = match seen.map(|seen| sending.shows(wire, change, seen)) {
                Ok(true) => continue,
                Ok(false) => "Webex answered that it was done, and does not show it".to_owned(),
                Err(error) => format!(
                    "Webex answered that it was done; whether it is, could not be read: {error}"
                ),
            };
            open.push(Unshown { operation: at, why });
        }
        open
    }
}

impl<'a> Sending<'a> {
    /// Whether an object shows what was done.
    fn shows(&self, wire: &Wire, change: &'a Change, seen: Option<Seen>) -> bool {
        let part = Part {
            change,
            touched: true,
        };
        let mut told = Verdicts::new();
        let left = self.judge(wire, &[part], vec![seen], &[], false, &mut told);
        let done = told.iter().all(|(_, verdict)| verdict.is_good());
        done && left.is_ok_and(|it| it.is_empty())
    }
}
