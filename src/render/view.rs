//! One [`View`] of a plan, which every format for people shows: what is where, what is folded, what is said.
//!
//! Owns the shape of a view, symbols, seats, and the order and folding of findings. Must not know columns, colours,
//! markup, or any kind by name. Its own texts are [`escape`]d; what it borrows unchanged from the plan is not.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Detail;
use super::diff::Diff;
use super::drift::origins;
use super::fold::{self, Origins};
use super::style::escape;
use super::verdict::{self, Verdict, acknowledgeable, is_guardrail};
use crate::change::{Change, ChangeAction, Field, FieldAction, Risk};
use crate::drift::{Cause, Drift};
use crate::finding::{Code, DRIFT_CALLING_LOST, PUT_BACK_OWED, Severity};
use crate::plan::{FindingLine, Plan, PoolLine};

/// More equal infos than this share a line.
const INFOS_APART: usize = 10;

/// A plan as a reader sees it.
#[derive(Debug)]
pub struct View<'p> {
    /// The plan itself, for what has no other form here.
    pub plan: &'p Plan,
    /// Changes, in display order: irreversible ones first, then by address.
    pub blocks: Vec<Block<'p>>,
    /// Licence pools, in the plan's order.
    pub seats: Vec<Seat<'p>>,
    /// Findings: errors, holds, warnings, infos; within these the gravest first, then in the plan's order. Infos about a loss that is acknowledged
    /// are left out, since its block says so.
    pub findings: Vec<FindingGroup<'p>>,
    /// How it ends.
    pub verdict: Verdict,
}

/// One object that changes, or several with exactly equal changes.
#[derive(Debug)]
pub struct Block<'p> {
    /// What happens, in a sign.
    pub symbol: Symbol,
    /// The changes that it represents, in order of address; more than one if it is folded.
    pub members: Vec<&'p Change>,
    /// What changes, in the plan's order.
    pub rows: Vec<Row<'p>>,
    /// Of a folded block: who its members are, such as `in group Sales; --detail full lists them`.
    pub common: Option<String>,
}

/// One field that changes, or several members of a group.
#[derive(Debug)]
pub struct Row<'p> {
    /// What happens, in a sign.
    pub symbol: Symbol,
    /// The field.
    pub path: Cow<'p, str>,
    /// What happens, in words.
    pub text: String,
    /// The difference of long values; the names, if it represents several fields.
    pub diff: Option<Diff>,
    /// Whether it represents several fields.
    pub folded: bool,
    /// `file:line` of the configuration.
    pub place: Option<String>,
    /// Why it differs, if that was asked.
    pub origin: Option<Origin>,
    /// Its notes.
    pub notes: Vec<Note>,
}

/// Why a field differs, and who is behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// What moved.
    pub cause: Cause,
    /// Who changed it live, if that is known.
    pub actor: Option<String>,
    /// The first and the last moment, RFC 3339, if they are known.
    pub times: Option<(String, String)>,
}

/// A note about a field that cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// What is lost, joined by commas.
    Lost(String),
    /// No request sends it: the code of the hold because of which it needs manual work.
    Held(String),
    /// Acknowledged, with the reason if it is known.
    Acknowledged(Option<String>),
    /// Not acknowledged; the codes that would be needed.
    NotAcknowledged(Vec<String>),
}

impl Note {
    /// The note in words.
    pub fn sentence(&self) -> String {
        match self {
            // The words of contract section 8.
            Note::Lost(what) => format!("lost for good: {what}"),
            Note::Held(code) => format!("not sent: do this in Control Hub ({code})"),
            Note::Acknowledged(Some(reason)) => format!("acknowledged: {reason}"),
            Note::Acknowledged(None) => "acknowledged".to_owned(),
            Note::NotAcknowledged(codes) if codes.is_empty() => {
                "NOT ACKNOWLEDGED: needs an acknowledgement".to_owned()
            }
            Note::NotAcknowledged(codes) => {
                format!(
                    "NOT ACKNOWLEDGED: needs an acknowledgement with code {}",
                    codes.join(" and one with code ")
                )
            }
        }
    }
}

/// The first half of a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `+`
    Add,
    /// `~`
    Change,
    /// `>`: another subscription, nothing lost.
    Move,
    /// `-`
    Remove,
}

/// What happens, at a glance: `+`, `~`, `>`, `-`, and with `!` what cannot be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbol {
    /// What happens.
    pub sign: Sign,
    /// Whether it cannot be undone.
    pub irreversible: bool,
}

impl Symbol {
    /// One or two characters.
    pub fn as_str(self) -> &'static str {
        match (self.sign, self.irreversible) {
            (Sign::Add, false) => "+",
            (Sign::Add, true) => "+!",
            (Sign::Change, false) => "~",
            (Sign::Change, true) => "~!",
            (Sign::Move, false) => ">",
            (Sign::Move, true) => ">!",
            (Sign::Remove, false) => "-",
            (Sign::Remove, true) => "-!",
        }
    }

    pub(super) fn of_field(field: &Field) -> Symbol {
        Symbol {
            sign: match field.action {
                FieldAction::Add => Sign::Add,
                FieldAction::Change => Sign::Change,
                FieldAction::Move => Sign::Move,
                FieldAction::Remove => Sign::Remove,
            },
            irreversible: field.risk == Risk::Irreversible,
        }
    }

    /// That of an object: `+` and `-` only where it is created and deleted, whatever its fields do.
    pub(super) fn of_change(change: &Change) -> Symbol {
        let mut fields = change.fields.iter();
        let moves = !change.fields.is_empty() && fields.all(|it| it.action == FieldAction::Move);
        let sign = match change.action {
            ChangeAction::Create => Sign::Add,
            ChangeAction::Delete => Sign::Remove,
            ChangeAction::Update if moves => Sign::Move,
            ChangeAction::Update => Sign::Change,
        };
        Symbol {
            sign,
            irreversible: change.risk == Risk::Irreversible,
        }
    }
}

/// A licence pool.
#[derive(Debug)]
pub struct Seat<'p> {
    /// The pool.
    pub pool: &'p PoolLine,
    /// The licence, with its site if it has one.
    pub name: String,
    /// The peak, where it is above both ends.
    pub peak: Option<i64>,
    /// By how many units it goes over its total, if it does.
    pub over: Option<i64>,
}

/// One finding, or several that say the same.
#[derive(Debug)]
pub enum FindingGroup<'p> {
    /// A finding.
    One(&'p FindingLine),
    /// Findings with the same code and message, or many infos with the same code.
    Many(Vec<&'p FindingLine>),
    /// Unacknowledged losses with the same code; each is shown among the changes.
    Losses(Vec<&'p FindingLine>),
}

impl<'p> FindingGroup<'p> {
    /// What it represents; never empty.
    pub fn findings(&self) -> &[&'p FindingLine] {
        match self {
            FindingGroup::One(finding) => std::slice::from_ref(finding),
            FindingGroup::Many(findings) | FindingGroup::Losses(findings) => findings,
        }
    }

    /// The severity of all of them.
    pub fn severity(&self) -> Severity {
        self.findings()
            .first()
            .map_or(Severity::Info, |finding| finding.severity)
    }
}

impl<'p> View<'p> {
    /// The view of this plan.
    pub fn new(plan: &'p Plan, detail: Detail) -> View<'p> {
        View::with_origins(plan, detail, &Origins::default())
    }

    /// The view of what drifted.
    pub(super) fn of_drift(drift: &'p Drift, detail: Detail) -> View<'p> {
        View {
            verdict: verdict::on_drift(drift),
            ..View::with_origins(&drift.plan, detail, &origins(drift))
        }
    }

    /// The view of a plan whose fields have these origins.
    fn with_origins(plan: &'p Plan, detail: Detail, origins: &Origins<'p>) -> View<'p> {
        let full = detail == Detail::Full;
        View {
            plan,
            blocks: fold::blocks(plan, full, origins),
            seats: plan.pools.iter().map(seat).collect(),
            findings: groups(plan, full),
            verdict: verdict::of(plan),
        }
    }

    /// The signs that occur, each with its meaning, for one line under the plan; none where nothing changes.
    pub fn signs(&self) -> Vec<(&'static str, &'static str)> {
        let blocks = self.blocks.iter();
        let shown = |of: fn(&Symbol) -> bool| {
            blocks
                .clone()
                .any(|it| of(&it.symbol) || it.rows.iter().any(|row| of(&row.symbol)))
        };
        let all = [
            ("+", "add", shown(|it| it.sign == Sign::Add)),
            ("~", "change", shown(|it| it.sign == Sign::Change)),
            (
                ">",
                "move (nothing lost)",
                shown(|it| it.sign == Sign::Move),
            ),
            ("-", "remove", shown(|it| it.sign == Sign::Remove)),
            ("!", "cannot be undone", shown(|it| it.irreversible)),
        ];
        let occur = all.into_iter().filter(|(.., occurs)| *occurs);
        occur.map(|(sign, meaning, _)| (sign, meaning)).collect()
    }

    /// `Plan: 1 to create, …`: the one line that everyone reads.
    pub fn summary(&self) -> String {
        verdict::summary(&self.plan.summary)
    }
}

fn seat(pool: &PoolLine) -> Seat<'_> {
    let highest = pool.peak.max(pool.after);
    Seat {
        pool,
        name: match &pool.site {
            Some(site) => format!("{} ({})", escape(&pool.license), escape(site)),
            None => escape(&pool.license).into_owned(),
        },
        peak: (pool.peak > pool.before.max(pool.after)).then_some(pool.peak),
        over: (highest > pool.total).then_some(highest - pool.total),
    }
}

/// How grave a finding is among those of its severity. Where a text has a limit, the gravest are the last to be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gravity {
    /// Somebody has lost something already.
    Lost,
    /// Somebody would lose something for good.
    Loss,
    /// A guardrail.
    Guardrail,
    /// Anything else.
    Other,
}

impl Gravity {
    pub(super) fn of(finding: &FindingLine) -> Gravity {
        let code = finding.code.as_str();
        if [PUT_BACK_OWED, DRIFT_CALLING_LOST]
            .map(|it| it.as_str())
            .contains(&code)
        {
            Gravity::Lost
        } else if Code::find(code).is_some_and(|page| page.acknowledgeable) {
            Gravity::Loss
        } else if is_guardrail(finding) {
            Gravity::Guardrail
        } else {
            Gravity::Other
        }
    }
}

fn groups(plan: &Plan, full: bool) -> Vec<FindingGroup<'_>> {
    let answerable = acknowledgeable();
    let shown: FxHashSet<&str> = plan
        .changes
        .iter()
        .filter(|change| change.risk == Risk::Irreversible)
        .map(|change| change.address.as_str())
        .collect();
    let said_by_block = |finding: &FindingLine| {
        finding.severity == Severity::Info
            && answerable.contains(finding.code.as_str())
            && finding
                .subject
                .as_deref()
                .is_some_and(|subject| shown.contains(subject))
    };
    let mut order: Vec<&FindingLine> = plan
        .findings
        .iter()
        .filter(|finding| !said_by_block(finding))
        .collect();
    order.sort_by_key(|finding| (finding.severity, Gravity::of(finding)));

    let mut alike: FxHashMap<Likeness<'_>, usize> = FxHashMap::default();
    for &finding in &order {
        let infos = Likeness::Info(&finding.code);
        let key = Likeness::of(finding, &answerable, &shown);
        *alike.entry(key).or_default() += 1;
        if finding.severity == Severity::Info {
            *alike.entry(infos).or_default() += 1;
        }
    }
    let mut groups: Vec<FindingGroup<'_>> = Vec::new();
    let mut folded: FxHashMap<Likeness<'_>, usize> = FxHashMap::default();
    for finding in order {
        let mut key = Likeness::of(finding, &answerable, &shown);
        let infos = Likeness::Info(&finding.code);
        let many = alike
            .get(&infos)
            .is_some_and(|number| *number > INFOS_APART);
        if finding.severity == Severity::Info && many {
            key = infos;
        }
        if full || alike.get(&key).is_none_or(|number| *number < 2) {
            groups.push(FindingGroup::One(finding));
            continue;
        }
        let at = *folded.entry(key).or_insert(groups.len());
        match (groups.get_mut(at), key) {
            (Some(FindingGroup::Many(same) | FindingGroup::Losses(same)), _) => same.push(finding),
            (_, Likeness::Loss(_)) => groups.push(FindingGroup::Losses(vec![finding])),
            _ => groups.push(FindingGroup::Many(vec![finding])),
        }
    }
    groups
}

/// What makes findings say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Likeness<'p> {
    /// Infos of one code.
    Info(&'p str),
    /// Losses of one code, each shown among the changes.
    Loss(&'p str),
    /// Everything but the subject.
    Text(Severity, &'p str, &'p str, Option<&'p str>),
}

impl<'p> Likeness<'p> {
    fn of(
        finding: &'p FindingLine,
        answerable: &FxHashSet<&str>,
        shown: &FxHashSet<&str>,
    ) -> Likeness<'p> {
        let subject = finding.subject.as_deref();
        let loss = finding.severity == Severity::Error
            && answerable.contains(finding.code.as_str())
            && subject.is_some_and(|subject| shown.contains(subject));
        match loss {
            true => Likeness::Loss(&finding.code),
            false => {
                let help = finding.help.as_deref();
                Likeness::Text(finding.severity, &finding.code, &finding.message, help)
            }
        }
    }
}
