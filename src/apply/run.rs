//! All requests of a plan: which may be sent now, by whom, and what follows from a failure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Condvar, Mutex};

use rustc_hash::FxHashMap;

use super::ahead::Ahead;
use super::check::Leaving;
use super::gate::Gate;
use super::journal::Journal;
use super::mutex::lock;
use super::options::{Live, Options};
use super::progress::Progress;
use super::report::{Outcome, Report, Touched, Verdict, Verdicts};
use super::sending::{Part, SendError, Sending, failed};
use super::state::{State, index};
use crate::change::{Address, Change, Field, Operation, Risk};
use crate::finding::Severity;
use crate::kinds::{self, Form};
use crate::plan::{FindingLine, Plan};
use crate::webex::{Names, Stop};

/// An observer of the progress.
pub trait Watch: Sync {
    /// This many requests of the plan are settled.
    fn settled(&self, done: usize, of: usize);
}

/// A plan that is being carried out.
#[derive(Debug)]
pub struct Run<'a> {
    pub(super) plan: &'a Plan,
    live: Live<'a>,
    pub(super) journal: &'a Journal,
    pub(super) options: &'a Options,
    pub(super) progress: Progress,
    pub(super) changes: FxHashMap<&'a Address, &'a Change>,
    /// By operation: those that wait for it.
    pub(super) unlocks: Vec<Vec<usize>>,
    /// Why members of lists leave by themselves.
    leaving: Leaving,
    /// Addresses of objects for which something was sent, by this run or the one that it resumes.
    touched: Mutex<Touched>,
    /// Addresses of those who gave up something for a moment.
    pub(super) asides: Mutex<BTreeSet<Address>>,
    /// Objects of changes that take nothing, read many at a time.
    pub(super) ahead: Ahead<'a>,
    /// The breaker.
    pub(super) gate: Gate,
    pub(super) stop: &'a Stop,
}

/// An operation under way. However it ends, the others learn of it: they may wait for it.
struct Running<'r> {
    at: usize,
    state: &'r Mutex<State>,
    changed: &'r Condvar,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut state = lock(self.state);
        if std::thread::panicking() {
            let why = "a request ended unexpectedly".to_owned();
            state.halted.get_or_insert(why);
        }
        state.running -= 1;
        state.jobs.remove(&self.at);
        self.changed.notify_all();
    }
}

impl<'a> Run<'a> {
    /// Prepares to carry a plan out, or to resume it. When `stop` is set, what is on its way is finished and
    /// nothing else is begun.
    pub fn new(
        plan: &'a Plan,
        live: Live<'a>,
        journal: &'a Journal,
        options: &'a Options,
        progress: Progress,
        stop: &'a Stop,
    ) -> Run<'a> {
        let changes = plan
            .changes
            .iter()
            .map(|change| (&change.address, change))
            .collect();
        let mut unlocks = vec![Vec::new(); plan.operations.len()];
        for operation in &plan.operations {
            for &need in &operation.depends_on {
                if let Some(unlocks) = unlocks.get_mut(index(need)) {
                    unlocks.push(index(operation.id));
                }
            }
        }
        let touched = progress.touched.iter().map(|it| (it.clone(), None));
        let touched = Mutex::new(touched.collect());
        Run {
            plan,
            live,
            journal,
            options,
            progress,
            changes,
            unlocks,
            leaving: Leaving::of(&plan.changes),
            touched,
            asides: Mutex::default(),
            ahead: Ahead::new(plan),
            gate: Gate::default(),
            stop,
        }
    }

    /// Carries it out. `plan_digest` names the plan in the report.
    pub fn run(self, plan_digest: &str, watch: &dyn Watch) -> Result<Report, std::io::Error> {
        let operations = &self.plan.operations;
        self.prepare();
        self.doubt_settled();
        let mut begun = self.begin();
        self.repair_earlier(&mut begun)?;
        let state = Mutex::new(begun);
        let changed = Condvar::new();
        let broken: Mutex<Option<std::io::Error>> = Mutex::new(None);
        let workers = self.options.workers.clamp(1, operations.len().max(1));
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    while let Some(at) = self.next(&state, &changed) {
                        let _running = Running {
                            at,
                            state: &state,
                            changed: &changed,
                        };
                        let done = self.one(at, &state);
                        let mut state = lock(&state);
                        match done {
                            Ok(verdicts) => self.settle(at, verdicts, &mut state),
                            Err(error) => {
                                state.halted =
                                    Some(format!("the journal cannot be written: {error}"));
                                *lock(&broken) = Some(error);
                            }
                        }
                        watch.settled(state.settled, operations.len());
                    }
                });
            }
        });
        if let Some(error) = lock(&broken).take() {
            return Err(error);
        }
        let mut state = state
            .into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        for unshown in self.not_shown() {
            let verdict = Verdict::failed(unshown.why);
            let operation = &self.plan.operations[unshown.operation];
            for subject in operation.subjects() {
                self.journal.settled(operation.id, subject, &verdict)?;
                state.verdicts.insert(subject.clone(), verdict.clone());
            }
        }
        self.step_back(&mut state)?;
        let report = self.report(plan_digest, state);
        self.settle_debts(&report)?;
        Ok(report)
    }

    /// Before anything else, whatever would hinder the change: what an earlier run removed by accident.
    fn repair_earlier(&self, state: &mut State) -> Result<(), std::io::Error> {
        for (id, subject) in self.progress.before.keys() {
            let operation = self.plan.operations.iter().find(|it| it.id == *id);
            let change = self.changes.get(subject);
            let (Some(operation), Some(&change)) = (operation, change) else {
                continue;
            };
            // Who stepped aside is given the new number by the rest of the run.
            if self.aside(operation).is_some() {
                continue;
            }
            let settled = self.progress.settled.get(&(*id, subject.clone()));
            let owed = self.progress.owed.contains_key(&(*id, subject.clone()));
            if settled.is_some_and(Verdict::is_good) && !owed {
                continue;
            }
            let verdict = match self.sending(operation, false).repair_earlier(change) {
                Ok(None) => continue,
                Ok(Some(verdict)) => verdict,
                Err(SendError::Journal(error)) => return Err(error),
                Err(error) => {
                    // Their state is unknown.
                    drop(self.gate.suspect(subject));
                    Verdict::failed(error.to_string())
                }
            };
            self.journal.settled(*id, subject, &verdict)?;
            state.verdicts.insert(subject.clone(), verdict);
        }
        let tripped = self.gate.tripped();
        state.halted = tripped.or_else(|| self.options.refused.clone());
        Ok(())
    }

    /// One request, with what it has to know of the run.
    pub(super) fn sending<'s>(&'s self, operation: &'s Operation, canary: bool) -> Sending<'s> {
        Sending {
            live: &self.live,
            journal: self.journal,
            options: self.options,
            operation,
            doubtful: self.progress.begun.contains(&operation.id),
            earlier: &self.progress,
            gate: &self.gate,
            stop: self.stop,
            leaving: self.leaving,
            touched: &self.touched,
            ahead: &self.ahead,
            aside: self.aside(operation).map_or(&[], |it| &it.without),
            later: self
                .later(operation)
                .filter(|_| !operation.without.is_empty())
                .map(|it| it.id),
            canary,
        }
    }

    pub(super) fn names(&self) -> &'a Names {
        self.live.names
    }

    /// Objects that the plan renames have their new names here from the beginning.
    fn prepare(&self) {
        let names = self.live.names;
        let mut people = 0;
        for change in &self.plan.changes {
            people += 1 + members(change);
            if let Some((old, new)) = change.renamed() {
                names.rename(&change.kind, old, new);
            }
        }
        names.expect_people(people);
    }

    /// One operation, for all of its objects.
    fn one(&self, at: usize, state: &Mutex<State>) -> Result<Verdicts, std::io::Error> {
        let operation = &self.plan.operations[at];
        let mut verdicts = Verdicts::new();
        let mut parts = Vec::new();
        for subject in operation.subjects() {
            let Some(&change) = self.changes.get(subject) else {
                continue;
            };
            if let Some(verdict) = self.progress.settled.get(&(operation.id, subject.clone()))
                && verdict.is_good()
            {
                verdicts.push((subject.clone(), verdict.clone()));
                continue;
            }
            let hindrance = self.hindrance(operation, change, &lock(state));
            match hindrance {
                Some(because) => verdicts.push((subject.clone(), Verdict::Skipped { because })),
                None => parts.push(Part {
                    change,
                    touched: false,
                }),
            }
        }
        if parts.is_empty() {
            self.stepped_aside(operation, &verdicts)?;
            return Ok(verdicts);
        }
        let canary = lock(state).is_canary(at);
        let sending = self.sending(operation, canary);
        let done = match self.not_worth_it(operation) {
            Ok(Some(stale)) => Ok(for_all(&parts, &stale)),
            Ok(None) => sending.run(&parts),
            Err(error) => Err(error),
        };
        let done = match done {
            Ok(done) => done,
            Err(SendError::Journal(error)) => return Err(error),
            Err(SendError::Webex(error)) => for_all(&parts, &failed(&error)),
            Err(error @ SendError::Backup(_)) => {
                for_all(&parts, &Verdict::failed(error.to_string()))
            }
            Err(SendError::Halted(because)) => for_all(&parts, &Verdict::Skipped { because }),
        };
        self.stepped_aside(operation, &done)?;
        for (subject, verdict) in &done {
            self.journal.settled(operation.id, subject, verdict)?;
        }
        verdicts.extend(done);
        Ok(verdicts)
    }

    /// The most that may be risked, if a change risks more.
    pub(super) fn is_too_risky(&self, change: &Change) -> Option<Risk> {
        self.options.max_risk.filter(|&most| change.risk > most)
    }

    /// Why a change is not tried.
    fn hindrance(&self, operation: &Operation, change: &Change, state: &State) -> Option<String> {
        if let Some(most) = self.is_too_risky(change) {
            return Some(format!(
                "its risk is {}, and --max-risk is {}",
                word(change.risk),
                word(most)
            ));
        }
        if let Some(verdict) = state
            .verdicts
            .get(&change.address)
            .filter(|verdict| !verdict.is_good())
        {
            return Some(match verdict {
                Verdict::Skipped { because } => because.clone(),
                _ => "an earlier request of it failed".to_owned(),
            });
        }
        let needs = operation.depends_on.iter().map(|&id| index(id));
        for need in needs {
            let bad = &state.bad[need];
            // Of a request for many objects, only what was for those that are waited for counts.
            let whole = self.plan.operations[need].subjects().len() == bad.len();
            let mine = bad
                .iter()
                .find(|address| whole || change.depends_on.contains(*address));
            if let Some(address) = mine {
                return Some(format!("it needs {address}, which was not done"));
            }
        }
        None
    }

    fn report(&self, plan_digest: &str, mut state: State) -> Report {
        let stopped = self.stop.is_set();
        let because = match (&state.halted, stopped) {
            (Some(why), _) => why.clone(),
            (None, true) => "the run was stopped before".to_owned(),
            (None, false) => "a change that it waits for was not done".to_owned(),
        };
        let mut sent: BTreeMap<&Address, BTreeSet<u32>> = BTreeMap::new();
        for operation in &self.plan.operations {
            for subject in operation.subjects() {
                sent.entry(subject).or_default().insert(operation.id);
            }
        }
        let mut changes = Vec::with_capacity(self.plan.changes.len());
        for change in &self.plan.changes {
            let verdict = state.verdicts.remove(&change.address);
            let whole = state.is_settled(change, &sent);
            let verdict = match verdict {
                Some(verdict) if !verdict.is_good() => verdict,
                Some(verdict) if whole => self.left_to_a_person(change).unwrap_or(verdict),
                Some(_) => Verdict::in_part(&because),
                None => {
                    let unsent = !sent.contains_key(&change.address);
                    let waiting = self.left_to_a_person(change).filter(|_| unsent);
                    let because = because.clone();
                    waiting.unwrap_or(Verdict::Skipped { because })
                }
            };
            changes.push(Outcome {
                address: change.address.clone(),
                verdict,
            });
        }
        let errors = self
            .plan
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        Report {
            format_version: 1,
            org: self.plan.org.name.clone(),
            plan: plan_digest.to_owned(),
            summary: Report::count(&changes),
            changes,
            left_out: if errors {
                self.plan.summary.blocked.max(1)
            } else {
                0
            },
            stopped,
            requests: BTreeMap::new(),
            before: std::mem::take(&mut lock(&self.touched)),
        }
    }

    /// The manual work of a change whose requests succeeded, if any.
    fn left_to_a_person(&self, change: &Change) -> Option<Verdict> {
        let mut fields = change.fields.iter();
        let (field, code) = fields.find_map(|field| Some((field, field.held.as_deref()?)))?;
        let says = |finding: &&FindingLine| {
            finding.severity == Severity::Hold
                && finding.code == code
                && finding.subject.as_deref() == Some(&*change.address)
        };
        let because = match self.plan.findings.iter().find(says) {
            Some(FindingLine {
                message,
                help: Some(help),
                ..
            }) => format!("{message}; {help}"),
            Some(finding) => finding.message.clone(),
            None => format!("{} must be changed in Control Hub ({code})", field.path),
        };
        Some(Verdict::Waiting { because })
    }
}

fn for_all(parts: &[Part<'_>], verdict: &Verdict) -> Verdicts {
    parts
        .iter()
        .map(|part| (part.change.address.clone(), verdict.clone()))
        .collect()
}

fn word(risk: Risk) -> &'static str {
    match risk {
        Risk::Additive => "additive",
        Risk::Reversible => "reversible",
        Risk::Disruptive => "disruptive",
        Risk::Irreversible => "irreversible",
    }
}

/// How many members join or leave by a change.
pub(super) fn members(change: &Change) -> usize {
    let fields = change.fields.iter();
    fields.filter(|field| is_member(change, field)).count()
}

/// Whether a field is one of many of its kind, such as a member of a group.
fn is_member(change: &Change, field: &Field) -> bool {
    let row = kinds::field(&change.kind, &field.path);
    row.is_some_and(|row| row.form == Form::Member)
}
