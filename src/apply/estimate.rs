//! What carrying out a plan takes, from the plan alone: nothing is asked.
//!
//! What differs by kind is in the rows of the kinds. Not counted is what nobody knows before: how often Webex is asked until
//! what was sent shows, what is sent again, and what is restored.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ahead::{AT_ONCE, Ahead};
use super::check;
use super::guard::{is_saved, keeps_calling};
use super::pace::Pace;
use super::run::members;
use super::sending::wire;
use super::state::index;
use crate::change::{Address, Change, ChangeAction, Operation, Risk};
use crate::kinds::wire::{Subject, Then, settings as setting};
use crate::kinds::{self, Form};
use crate::plan::Plan;
use crate::webex::settings::{self, HolderKind};
use crate::webex::{LookUps, features};

/// What of the options of an apply decides how much is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caution {
    /// Changes with a higher risk are skipped.
    pub max_risk: Option<Risk>,
    /// How many of those who keep Calling under another licence go first.
    pub canary: usize,
    /// Whether settings are saved before Calling moves to another licence.
    pub backup_moves: bool,
}

/// The usual caution of a live apply.
impl Default for Caution {
    fn default() -> Caution {
        Caution {
            max_risk: None,
            canary: 1,
            backup_moves: true,
        }
    }
}

/// About how many requests a plan takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Estimate {
    /// All of them.
    pub requests: usize,
    /// How many people and workspaces have their settings saved; where Calling stays, they are compared as well.
    pub saved: usize,
    /// How many of the requests do that.
    pub settings: usize,
}

impl Estimate {
    /// What a plan takes.
    pub fn of(plan: &Plan, caution: Caution) -> Estimate {
        let changes = plan.changes.iter().map(|it| (&it.address, it)).collect();
        let summary = &plan.summary;
        let mut count = Count {
            plan,
            caution,
            changes,
            ahead: Ahead::new(plan),
            people: summary.unchanged + summary.update + summary.delete,
            undone: FxHashSet::default(),
            plain: 0,
            features: false,
            sum: Estimate::default(),
        };
        for operation in &plan.operations {
            count.operation(operation);
        }
        count.sum.requests += count.sum.settings + count.many_at_a_time() + count.once();
        count.sum
    }

    /// In words, with the time.
    pub fn words(&self, pace: Pace) -> String {
        let Estimate {
            requests,
            saved,
            settings,
        } = self;
        let whose = match saved {
            0 => String::new(),
            1 => format!(", {settings} of them for the settings of one person or workspace"),
            some => {
                format!(", {settings} of them for the settings of {some} people and workspaces")
            }
        };
        let time = span(pace.seconds(*requests));
        let time = match pace {
            Pace::Seen(rate) => {
                format!("about {time} at {rate:.1} requests/s, as in the last apply")
            }
            Pace::Most(rate) => {
                format!("at least {time} at {rate} requests/s, the maximum rate")
            }
        };
        format!("about {requests} requests{whose}: {time}")
    }
}

/// A time in words, rounded up.
fn span(seconds: f64) -> String {
    let (unit, one) = match seconds {
        ..=90.0 => ("second", 1.0),
        ..=5400.0 => ("minute", 60.0),
        _ => ("hour", 3600.0),
    };
    let count = (seconds / one).ceil().max(1.0);
    let plural = if count == 1.0 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// A plan that is being counted.
struct Count<'a> {
    plan: &'a Plan,
    /// `canary`: what is left of it.
    caution: Caution,
    changes: FxHashMap<&'a Address, &'a Change>,
    ahead: Ahead<'a>,
    /// About how many people the organisation has: the plan counts them with other objects.
    people: usize,
    /// Changes that are skipped.
    undone: FxHashSet<&'a Address>,
    /// How many changes have their objects read many at a time.
    plain: usize,
    /// Whether a backup has the calling features.
    features: bool,
    sum: Estimate,
}

impl<'a> Count<'a> {
    /// One request of the plan, with what is read before and after it.
    fn operation(&mut self, operation: &'a Operation) {
        let mut changes = Vec::new();
        for subject in operation.subjects() {
            let Some(&change) = self.changes.get(subject) else {
                continue;
            };
            match self.is_skipped(operation, change) {
                true => _ = self.undone.insert(&change.address),
                false => changes.push(change),
            }
        }
        if changes.is_empty() {
            return;
        }
        self.sum.requests += 1;
        if changes.iter().any(|it| self.ahead.has(&it.address)) {
            self.plain += 1;
            return;
        }
        self.sum.requests += self.around(operation, &changes);
        for change in changes {
            let subject = Subject {
                change,
                fields: check::fields(operation, change),
                seen: None,
            };
            if let Some(wire) = wire(&change.kind, operation) {
                self.sum.requests += (wire.asks)(&subject);
            }
            self.backup(&subject);
        }
    }

    /// Whether nothing is sent for a change because it is too risky, or something that it needs is.
    fn is_skipped(&self, operation: &Operation, change: &Change) -> bool {
        let Some(most) = self.caution.max_risk else {
            return false;
        };
        let needs = operation.depends_on.iter();
        let mut needs = needs.filter_map(|&id| self.plan.operations.get(index(id)));
        let undone = |it: &Operation| it.subjects().iter().any(|it| self.undone.contains(it));
        change.risk > most || self.undone.contains(&change.address) || needs.any(undone)
    }

    /// What is read around one request.
    fn around(&self, operation: &Operation, changes: &[&Change]) -> usize {
        let [first, ..] = changes else {
            return 0;
        };
        let read = kinds::find(&first.kind).map_or(0, |it| (it.live.reads)(changes, self.people));
        let wire = wire(&first.kind, operation);
        let then = wire.map_or(Then::Done, |it| it.then);
        // That something is not there, or not any more, takes one request.
        let before = match then {
            Then::Created => changes.len(),
            Then::Done | Then::Job(_) => read,
        };
        let after = match first.action {
            ChangeAction::Delete => changes.len(),
            // What Webex does afterwards shows in the second look at the earliest.
            _ if wire.is_some_and(|it| it.outcome.is_some()) => 2 * read,
            ChangeAction::Create | ChangeAction::Update => read,
        };
        // Its state, and what it could not do.
        let job = if matches!(then, Then::Job(_)) { 2 } else { 0 };
        // A setting is read by itself: to compare it, to send what is missing, to see it.
        let setting = if setting::is_setting(operation) { 3 } else { 0 };
        before + after + job + setting
    }

    /// The settings of an object that could lose something: saved, and compared where Calling stays.
    fn backup(&mut self, subject: &Subject<'_>) {
        let moves = self.caution.backup_moves || self.caution.canary > 0;
        let holder = HolderKind::of(&subject.change.kind);
        let Some(holder) = holder.filter(|_| is_saved(subject, moves)) else {
            return;
        };
        let keeps = keeps_calling(subject);
        if keeps {
            self.caution.canary = self.caution.canary.saturating_sub(1);
        }
        // Devices are in a list of their own, and so are the groups that a deleted person leaves.
        let lists = 1 + usize::from(subject.change.action == ChangeAction::Delete);
        let readings = 1 + usize::from(keeps);
        self.features |= subject.change.risk == Risk::Irreversible;
        self.sum.saved += 1;
        self.sum.settings += lists + readings * settings::requests(holder);
    }

    /// Objects that are read many at a time, before and at the end; one alone is read by itself.
    fn many_at_a_time(&self) -> usize {
        2 * self.plain.div_ceil(AT_ONCE)
    }

    /// What is read once, for all: names, licences, calling features.
    fn once(&self) -> usize {
        let planned: Vec<&Change> = self.plan.changes.iter().collect();
        let mut sent = planned.clone();
        sent.retain(|it| !self.undone.contains(&it.address));
        let members = |all: &[&Change]| all.iter().map(|it| members(it)).sum::<usize>();
        let kinds: BTreeSet<&str> = sent.iter().map(|it| it.kind.as_str()).collect();
        let live = kinds.iter().filter_map(|it| Some(&kinds::find(it)?.live));
        let lists: BTreeSet<&str> = live.flat_map(|it| it.lists).copied().collect();
        let is_there = |it: &&&Change| it.action != ChangeAction::Create;
        let objects = sent.iter().filter(is_there).map(|it| it.kind.as_str());
        let look_ups = LookUps {
            // A run expects those of skipped changes too.
            expected: planned.len() + members(&planned),
            objects: &objects.collect::<Vec<_>>(),
            members: members(&sent),
            lists: &lists.into_iter().collect::<Vec<_>>(),
            people: self.people,
        };
        let licenses = usize::from(sent.iter().any(|it| has_license(it)));
        // How many locations have a list of their own, a plan does not say.
        let features = if self.features { features::lists(1) } else { 0 };
        look_ups.requests() + licenses + features
    }
}

/// Whether a change names a licence.
fn has_license(change: &Change) -> bool {
    let rows = change
        .fields
        .iter()
        .filter_map(|field| kinds::field(&change.kind, &field.path));
    rows.into_iter().any(|row| row.form == Form::License)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_as_in_the_last_run_or_at_least_what_is_allowed() {
        let few = Estimate {
            requests: 6,
            ..Estimate::default()
        };
        let most = Pace::Most(100.0);
        assert_eq!(
            few.words(most),
            "about 6 requests: at least 1 second at 100 requests/s, the maximum rate"
        );
        let many = Estimate {
            requests: 3000,
            saved: 25,
            settings: 2700,
        };
        assert_eq!(
            many.words(Pace::Seen(8.0)),
            "about 3000 requests, 2700 of them for the settings of 25 people and workspaces: about 7 minutes at 8.0 requests/s, \
             as in the last apply"
        );
        assert_eq!(span(90.0), "90 seconds");
        assert_eq!(span(91.0), "2 minutes");
        assert_eq!(span(5401.0), "2 hours");
    }
}
