//! What journals say of those who may be owed something, line by line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use super::Owed;
use crate::apply::progress::Line;
use crate::apply::target::Target;
use crate::change::Address;
use crate::kinds::licenses::wire as licenses;
use crate::webex::ids;

/// Journals, while they are read one after the other.
#[derive(Default)]
pub(super) struct Ledger {
    /// By target and id: the requests after which it has not been found whole, in order. An address may be somebody else's later.
    pub(super) open: BTreeMap<(Target, String), Vec<Owed>>,
    /// Whether the runs are wanted that wrote to no file.
    pub(super) live: bool,
    /// The journal that is read.
    journal: PathBuf,
    /// Whose state it has: the ids by operation and address.
    ids: BTreeMap<(u32, Address), String>,
    /// The organisation of its last run.
    org: String,
    /// What that run wrote to.
    target: String,
    /// When it began.
    at: Option<Timestamp>,
}

impl Ledger {
    /// Begins with the next journal.
    pub(super) fn begin(&mut self, journal: &Path) {
        self.journal = journal.to_owned();
        self.ids.clear();
        self.org.clear();
    }

    /// Reads a line.
    pub(super) fn take(&mut self, line: Line) {
        if let Line::Run {
            org, target, at, ..
        } = line
        {
            (self.org, self.target, self.at) = (org, target, at.parse().ok());
            return;
        }
        if self.live != (self.place() == Target::File) {
            self.take_of_run(line);
        }
    }

    /// Reads a line of a run that is wanted.
    fn take_of_run(&mut self, line: Line) {
        match line {
            Line::Before {
                operation,
                subject,
                object,
                beside,
                exchanges,
            } => {
                let new = self.new_entry(operation, subject);
                self.before(Owed {
                    before: object,
                    beside,
                    exchanges,
                    ..new
                });
            }
            Line::Begin {
                operation,
                subjects,
                ..
            } => {
                for subject in subjects {
                    self.with(&subject, operation, |it| it.begun = true);
                }
            }
            Line::Backup {
                operation,
                subject,
                file,
                recipients,
                ..
            } => self.with(&subject, operation, |it| {
                it.backups.push((file.into(), recipients));
            }),
            Line::Owed {
                operation,
                subject,
                lost,
            } => self.with(&subject, operation, |it| it.lost = Some(lost)),
            Line::Whole {
                operation,
                subject,
                restored,
            } => match restored {
                Some(id) => self.close(ids::plain(&id), |_| true),
                None => self.close_one(&subject, operation, |it, same| {
                    same || it.lost.is_none() && !it.begun
                }),
            },
            Line::Settled {
                operation,
                subject,
                verdict,
            } => self.close_one(&subject, operation, |it, same| {
                verdict.is_good() && same && it.lost.is_none()
            }),
            Line::Run { .. } | Line::End { .. } | Line::Finish { .. } => {}
        }
    }

    /// An entry of the run that is read, of which nothing is known yet.
    fn new_entry(&self, operation: u32, address: Address) -> Owed {
        Owed {
            org: self.org.clone(),
            target: self.target.clone(),
            at: self.at,
            address,
            journal: self.journal.clone(),
            operation,
            before: Value::Null,
            beside: false,
            exchanges: Vec::new(),
            backups: Vec::new(),
            begun: false,
            moved: false,
            lost: None,
        }
    }

    /// What the run that is read wrote to.
    fn place(&self) -> Target {
        Target::of(&self.target)
    }

    /// Adds a subject who is about to lose something, or has.
    fn before(&mut self, new: Owed) {
        let id = new.id();
        let key = (new.operation, new.address.clone());
        self.ids.insert(key, id.clone());
        let key = (self.place(), id);
        let mine = self.open.entry(key).or_default();
        if mine.iter().any(|it| it.is_by(new.operation, &new.journal)) {
            return;
        }
        // A request that has changed nothing is forgotten for this one. A debt stays, and so does what was not compared: the current
        // state is what was left.
        let held = licenses::ids_of(&new.before);
        mine.retain_mut(|it| {
            it.moved |= it.begun && licenses::ids_of(&it.before) != held;
            it.lost.is_some() || it.moved
        });
        mine.push(new);
    }

    /// Does something to the entry of a subject for this operation.
    fn with(&mut self, subject: &Address, operation: u32, change: impl FnOnce(&mut Owed)) {
        let Some(id) = self.ids.get(&(operation, subject.clone())) else {
            return;
        };
        let key = (self.place(), id.clone());
        let mut mine = self.open.get_mut(&key).into_iter().flatten();
        if let Some(mine) = mine.find(|it| it.is_by(operation, &self.journal)) {
            change(mine);
        }
    }

    /// Removes entries of the subject of an operation that are closed; `closes` gets whether one is of this operation.
    fn close_one(
        &mut self,
        subject: &Address,
        operation: u32,
        closes: impl Fn(&Owed, bool) -> bool,
    ) {
        if let Some(id) = self.ids.get(&(operation, subject.clone())) {
            let journal = self.journal.clone();
            self.close(id.clone(), |it| closes(it, it.is_by(operation, &journal)));
        }
    }

    /// Removes entries of somebody that are closed. What began before something was owed has not paid it, whatever the names of the
    /// journals say.
    fn close(&mut self, id: String, closes: impl Fn(&Owed) -> bool) {
        let later = |it: &Owed| it.journal == self.journal || self.at >= it.at;
        if let Some(mine) = self.open.get_mut(&(Target::of(&self.target), id)) {
            mine.retain(|it| !(later(it) && closes(it)));
        }
    }
}
