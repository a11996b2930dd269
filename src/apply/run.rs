//! All requests of a plan: which may be sent now, by whom, and what follows from a failure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Condvar, Mutex, MutexGuard};

use rustc_hash::FxHashMap;

use super::backups::Backups;
use super::journal::{Journal, Progress};
use super::report::{Outcome, Report, Verdict};
use super::send::{Part, Sending, Trouble, Verdicts, failed};
use crate::finding::Severity;
use crate::plan::{Change, ChangeAction, FieldAction, FindingLine, Operation, Plan, Risk};
use crate::webex::{Names, Stop, Writer};

/// The live organisation.
#[derive(Debug, Clone, Copy)]
pub struct Live<'a> {
    /// Names and ids, with the reader behind them.
    pub names: &'a Names,
    /// The only one in the program.
    pub writer: &'a Writer,
}

/// How a plan is carried out.
#[derive(Debug)]
pub struct Options {
    /// Changes with a worse risk are left alone.
    pub max_risk: Option<Risk>,
    /// So many moves go first, and everything else waits until they are proven to have lost nothing.
    pub canary: usize,
    /// Whether settings are saved before Calling moves to another subscription, so that a move in part can be mended.
    pub backup_moves: bool,
    /// Who makes and reads backups.
    pub backups: Backups,
    /// Requests at the same time.
    pub workers: usize,
}

/// Somebody who watches how far it has come.
pub trait Watch: Sync {
    /// So many requests of the plan are settled.
    fn settled(&self, done: usize, of: usize);
}

/// A plan that is being carried out.
#[derive(Debug)]
pub struct Run<'a> {
    plan: &'a Plan,
    live: Live<'a>,
    journal: &'a Journal,
    options: &'a Options,
    progress: Progress,
    changes: FxHashMap<&'a str, &'a Change>,
    /// By operation: those that wait for it.
    unlocks: Vec<Vec<usize>>,
    /// Whether anybody is deleted, who then leaves every group.
    deletes: bool,
    /// Addresses of objects for which something was sent, by this run or the one that it goes on with.
    touched: Mutex<BTreeSet<String>>,
    stop: &'a Stop,
}

/// How far it has come.
#[derive(Debug)]
struct State {
    /// By operation: how many of its needs are open.
    unmet: Vec<usize>,
    /// Operations whose needs are met.
    ready: BTreeSet<usize>,
    /// By operation: the objects for which it went wrong, if any.
    bad: Vec<BTreeSet<String>>,
    settled: usize,
    running: usize,
    /// Operations on their way that begin jobs: Webex refuses a second of one sort (webex-api.md 6.4).
    jobs: BTreeSet<usize>,
    /// By address: how it went so far.
    verdicts: BTreeMap<String, Verdict>,
    /// Whether the canaries are still on their way; without any, they never were.
    canaries: BTreeSet<usize>,
    /// Why nothing more is begun.
    halted: Option<String>,
}

impl<'a> Run<'a> {
    /// Prepares to carry a plan out, or to go on with it. When `stop` is set, what is on its way is finished and
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
            .map(|change| (change.address.as_str(), change))
            .collect();
        let mut unlocks = vec![Vec::new(); plan.operations.len()];
        for operation in &plan.operations {
            for &need in &operation.depends_on {
                if let Some(unlocks) = unlocks.get_mut(index(need)) {
                    unlocks.push(index(operation.id));
                }
            }
        }
        let mut deletions = plan.changes.iter();
        let deletes = deletions.any(|change| change.action == ChangeAction::Delete);
        let touched = Mutex::new(progress.touched.clone());
        Run {
            plan,
            live,
            journal,
            options,
            progress,
            changes,
            unlocks,
            deletes,
            touched,
            stop,
        }
    }

    /// Carries it out. `plan_digest` names the plan in the report.
    pub fn run(self, plan_digest: &str, watch: &dyn Watch) -> Result<Report, std::io::Error> {
        let operations = &self.plan.operations;
        self.prepare();
        let state = Mutex::new(self.begin());
        let changed = Condvar::new();
        let broken: Mutex<Option<std::io::Error>> = Mutex::new(None);
        let workers = self.options.workers.clamp(1, operations.len().max(1));
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    while let Some(at) = self.next(&state, &changed) {
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
                        state.running -= 1;
                        state.jobs.remove(&at);
                        watch.settled(state.settled, operations.len());
                        changed.notify_all();
                    }
                });
            }
        });
        if let Some(error) = lock(&broken).take() {
            return Err(error);
        }
        let state = state
            .into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        Ok(self.report(plan_digest, state))
    }

    /// What is called otherwise in the plan is called so here from the beginning.
    fn prepare(&self) {
        let names = self.live.names;
        let mut people = 0;
        for change in &self.plan.changes {
            people += 1 + change
                .fields
                .iter()
                .filter(|field| field.path.starts_with("members/"))
                .count();
            let name = change.fields.iter().find(|field| field.path == "name");
            if let Some((old, new)) =
                name.and_then(|it| Some((it.before.as_str()?, it.after.as_str()?)))
            {
                names.rename(&change.kind, old, new);
            }
        }
        names.expect_people(people);
    }

    fn begin(&self) -> State {
        let operations = &self.plan.operations;
        let unmet = operations
            .iter()
            .map(|operation| operation.depends_on.len())
            .collect();
        let mut state = State {
            unmet,
            ready: BTreeSet::new(),
            bad: vec![BTreeSet::new(); operations.len()],
            settled: 0,
            running: 0,
            jobs: BTreeSet::new(),
            verdicts: BTreeMap::new(),
            canaries: self.canaries(),
            halted: None,
        };
        for at in 0..operations.len() {
            if state.unmet[at] == 0 {
                state.ready.insert(at);
            }
        }
        state
    }

    /// The first moves, and whatever they need.
    fn canaries(&self) -> BTreeSet<usize> {
        let operations = &self.plan.operations;
        let moves = |operation: &&Operation| {
            operation.subjects().iter().any(|subject| {
                self.changes.get(subject.as_str()).is_some_and(|change| {
                    let mut fields = change.fields.iter();
                    fields.any(|field| {
                        field.action == FieldAction::Move && operation.fields.contains(&field.path)
                    })
                })
            })
        };
        let too_risky = |operation: &&Operation| {
            operation.subjects().iter().any(|subject| {
                let change = self.changes.get(subject.as_str());
                change.is_some_and(|change| self.is_too_risky(change).is_some())
            })
        };
        let first = operations.iter().filter(moves);
        let first = first.filter(|it| !too_risky(it)).take(self.options.canary);
        let mut wanted: Vec<usize> = first.map(|operation| index(operation.id)).collect();
        let mut all = BTreeSet::new();
        while let Some(at) = wanted.pop() {
            if all.insert(at) {
                wanted.extend(operations[at].depends_on.iter().map(|&id| index(id)));
            }
        }
        all
    }

    /// The next operation that may be sent; waits while others could still make one ready.
    fn next(&self, state: &Mutex<State>, changed: &Condvar) -> Option<usize> {
        let mut state = lock(state);
        loop {
            if self.stop.is_set() || state.halted.is_some() {
                return None;
            }
            let mut free = state.ready.iter().filter(|&&at| {
                let first = state.canaries.is_empty() || state.canaries.contains(&at);
                first && !state.jobs.iter().any(|&job| self.collides(at, job))
            });
            if let Some(&at) = free.next() {
                state.ready.remove(&at);
                state.running += 1;
                if self.plan.operations[at].path.contains("/jobs/") {
                    state.jobs.insert(at);
                }
                return Some(at);
            }
            if state.running == 0 {
                return None;
            }
            state = changed
                .wait(state)
                .unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    /// Whether both begin a job of one sort.
    fn collides(&self, at: usize, job: usize) -> bool {
        self.plan.operations[at].path == self.plan.operations[job].path
    }

    /// One operation, for all of its objects.
    fn one(&self, at: usize, state: &Mutex<State>) -> Result<Verdicts, std::io::Error> {
        let operation = &self.plan.operations[at];
        let mut verdicts = Verdicts::new();
        let mut parts = Vec::new();
        for subject in operation.subjects() {
            let Some(&change) = self.changes.get(subject.as_str()) else {
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
            return Ok(verdicts);
        }
        let sending = Sending {
            live: &self.live,
            journal: self.journal,
            options: self.options,
            operation,
            doubtful: self.progress.begun.contains(&operation.id),
            before: &self.progress.before,
            deletes: self.deletes,
            touched: &self.touched,
            aside: self.aside(operation),
            canary: lock(state).canaries.contains(&at),
        };
        let done = match sending.run(&parts) {
            Ok(done) => done,
            Err(Trouble::Journal(error)) => return Err(error),
            Err(Trouble::Webex(error)) => for_all(&parts, &failed(&error)),
            Err(error @ Trouble::Backup(_)) => for_all(
                &parts,
                &Verdict::Failed {
                    why: error.to_string(),
                    tracking_id: None,
                },
            ),
        };
        for (subject, verdict) in &done {
            self.journal.settled(operation.id, subject, verdict)?;
        }
        verdicts.extend(done);
        Ok(verdicts)
    }

    /// What an earlier request of the same change took away for a moment.
    fn aside(&self, operation: &Operation) -> &'a [String] {
        let before = operation.depends_on.iter();
        let earlier = before.filter_map(|&id| self.plan.operations.get(index(id)));
        let mut own =
            earlier.filter(|it| it.subject == operation.subject && !it.without.is_empty());
        own.next().map_or(&[], |it| it.without.as_slice())
    }

    /// The most that may be risked, if a change risks more.
    fn is_too_risky(&self, change: &Change) -> Option<Risk> {
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

    fn settle(&self, at: usize, verdicts: Verdicts, state: &mut State) {
        let mut failed = None;
        for (address, verdict) in verdicts {
            if !verdict.is_good() {
                state.bad[at].insert(address.clone());
                failed = Some(address.clone());
            }
            let so_far = state.verdicts.remove(&address);
            let verdict = so_far.map_or(verdict.clone(), |so_far| so_far.and(verdict));
            state.verdicts.insert(address, verdict);
        }
        state.settled += 1;
        if state.canaries.remove(&at)
            && let Some(address) = failed
        {
            state.halted = Some(format!(
                "{address} went first to prove that nothing is lost, and was not done"
            ));
        }
        for &next in &self.unlocks[at] {
            state.unmet[next] -= 1;
            if state.unmet[next] == 0 {
                state.ready.insert(next);
            }
        }
    }

    fn report(&self, plan_digest: &str, mut state: State) -> Report {
        let stopped = self.stop.is_set();
        let because = match (&state.halted, stopped) {
            (Some(why), _) => why.clone(),
            (None, true) => "the run was stopped before".to_owned(),
            (None, false) => "what it waits for was not done".to_owned(),
        };
        let mut sent: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for operation in &self.plan.operations {
            for subject in operation.subjects() {
                sent.entry(subject).or_default().insert(operation.id);
            }
        }
        let mut changes = Vec::with_capacity(self.plan.changes.len());
        for change in &self.plan.changes {
            let verdict = state.verdicts.remove(&change.address);
            let whole = self.is_settled(change, &sent, &state);
            let verdict = match verdict {
                Some(verdict) if !verdict.is_good() => verdict,
                Some(verdict) if whole => self.left_to_a_person(change).unwrap_or(verdict),
                Some(_) => Verdict::in_part(&because),
                None => {
                    let unsent = !sent.contains_key(change.address.as_str());
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
        }
    }

    /// What waits for a person of a change whose requests went well, if it has any.
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
            None => format!("{} is left to a person by {code}", field.path),
        };
        Some(Verdict::Waiting { because })
    }

    /// Whether every request of a change was settled.
    fn is_settled(
        &self,
        change: &Change,
        sent: &BTreeMap<&str, BTreeSet<u32>>,
        state: &State,
    ) -> bool {
        let mut ids = sent.get(change.address.as_str()).into_iter().flatten();
        ids.all(|&id| {
            let at = index(id);
            state.unmet[at] == 0 && !state.ready.contains(&at)
        })
    }
}

fn for_all(parts: &[Part<'_>], verdict: &Verdict) -> Verdicts {
    parts
        .iter()
        .map(|part| (part.change.address.clone(), verdict.clone()))
        .collect()
}

/// Where the operation with this id stands.
fn index(id: u32) -> usize {
    (id as usize).saturating_sub(1)
}

fn word(risk: Risk) -> &'static str {
    match risk {
        Risk::Additive => "additive",
        Risk::Reversible => "reversible",
        Risk::Disruptive => "disruptive",
        Risk::Irreversible => "irreversible",
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
