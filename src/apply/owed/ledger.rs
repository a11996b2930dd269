//! What journals say of those who may be owed something, line by line.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::Value;

use super::Owed;
use crate::apply::progress::Line;
use crate::apply::target::Target;
use crate::change::Address;
use crate::kinds::licenses::wire as licenses;

/// Journals, while they are read one after the other.
#[derive(Default)]
pub(super) struct Ledger {
    /// By target and address: the requests after which it has not been found whole, in order.
    pub(super) open: BTreeMap<(Target, Address), Vec<Owed>>,
    /// Whether the runs are wanted that wrote to no file.
    pub(super) live: bool,
    /// The journal that is read.
    pub(super) journal: PathBuf,
    /// The organisation of its last run.
    pub(super) org: String,
    /// What that run wrote to.
    target: String,
    /// When it began.
    at: Option<Timestamp>,
}

impl Ledger {
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
            } => self.close(&subject, operation, |it, same| {
                restored || same || it.lost.is_none() && !it.begun
            }),
            Line::Settled {
                operation,
                subject,
                verdict,
            } => self.close(&subject, operation, |it, same| {
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

    /// The key of a subject of this run.
    fn key(&self, subject: &Address) -> (Target, Address) {
        (self.place(), subject.clone())
    }

    /// Adds a subject who is about to lose something, or has.
    fn before(&mut self, new: Owed) {
        let key = self.key(&new.address);
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
        let key = self.key(subject);
        let mut mine = self.open.get_mut(&key).into_iter().flatten();
        if let Some(mine) = mine.find(|it| it.is_by(operation, &self.journal)) {
            change(mine);
        }
    }

    /// Removes entries of a subject that are closed; `closes` gets whether one is of this operation. What began before something was owed has
    /// not paid it, whatever the names of the journals say.
    fn close(&mut self, subject: &Address, operation: u32, closes: impl Fn(&Owed, bool) -> bool) {
        let key = self.key(subject);
        let later = |it: &Owed| it.journal == self.journal || self.at >= it.at;
        if let Some(mine) = self.open.get_mut(&key) {
            mine.retain(|it| !(later(it) && closes(it, it.is_by(operation, &self.journal))));
        }
    }
}
