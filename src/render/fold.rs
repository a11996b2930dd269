//! Which changes share a block and which fields share a row, and what a row says.
//!
//! Owns display order, folding and the notes of irreversible fields. Must not know columns, colours or any kind by name.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHashSet};

use super::diff::{Diff, Fate};
use super::style::escape;
use super::values::{MEMBERS, SETTINGS, describe, some_of};
use super::verdict::{acknowledgeable, count};
use super::view::{Block, Note, Origin, Row, Symbol};
use crate::change::{Address, Change, Field, FieldAction, Path, Risk};
use crate::drift::{Cause, Line};
use crate::finding::Severity;
use crate::plan::Plan;

/// From this many members of a group on, they share a line; restored settings too.
const MEMBERS_FOLD: usize = 4;
/// Of folded objects, of their groups, and of losses of one sort, this many are named.
const KEYS: usize = 5;

/// Why fields differ, by address and path; none for a plan.
pub(super) type Origins<'p> = FxHashMap<(&'p Address, &'p Path), &'p Line>;

/// Equal for origins that look the same to a reader.
fn likeness<'p>(
    origins: &Origins<'p>,
    change: &'p Change,
    field: &'p Field,
) -> Option<(Cause, Option<&'p str>)> {
    let line = origins.get(&(&change.address, &field.path))?;
    Some((line.cause, line.actor.as_deref()))
}

/// Equal for changes that differ only in their keys for a reader.
struct FoldKey<'p, 'o>(&'p Change, &'o Origins<'p>);

impl<'p, 'o> FoldKey<'p, 'o> {
    fn fields(&self) -> impl Iterator<Item = impl Hash + PartialEq + use<'p, 'o>> + use<'p, 'o> {
        let FoldKey(change, origins) = *self;
        change.fields.iter().map(move |f| {
            (
                likeness(origins, change, f),
                &f.path,
                f.action,
                f.risk,
                &f.before,
                &f.after,
                &f.source.file,
                f.source.line,
            )
        })
    }
}

impl Hash for FoldKey<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.kind.hash(state);
        self.0.action.hash(state);
        self.fields().for_each(|field| field.hash(state));
    }
}

impl PartialEq for FoldKey<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.kind == other.0.kind
            && self.0.action == other.0.action
            && self.fields().eq(other.fields())
    }
}

impl Eq for FoldKey<'_, '_> {}

/// The blocks of a plan, in display order.
pub(super) fn blocks<'p>(plan: &'p Plan, full: bool, origins: &Origins<'p>) -> Vec<Block<'p>> {
    let mut order: Vec<&Change> = plan.changes.iter().collect();
    order.sort_by_key(|change| (change.risk != Risk::Irreversible, &change.address));

    let mut groups: Vec<Vec<&Change>> = Vec::new();
    let mut seen: FxHashMap<FoldKey<'_, '_>, usize> = FxHashMap::default();
    for change in order {
        if full || change.risk == Risk::Irreversible {
            groups.push(vec![change]);
            continue;
        }
        let at = *seen.entry(FoldKey(change, origins)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }

    let uncovered = uncovered(plan);
    groups
        .into_iter()
        .filter_map(|members| {
            let first = *members.first()?;
            Some(Block {
                symbol: Symbol::of_change(first),
                rows: rows(
                    first,
                    &members,
                    uncovered
                        .get(first.address.as_str())
                        .map_or(&[], Vec::as_slice),
                    full,
                    origins,
                ),
                common: (members.len() > 1).then(|| common(&members)),
                members,
            })
        })
        .collect()
}

/// The codes that each address still needs an acknowledgement for.
fn uncovered(plan: &Plan) -> FxHashMap<&str, Vec<&str>> {
    let answerable = acknowledgeable();
    let mut codes: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for finding in &plan.findings {
        if let Some(subject) = &finding.subject
            && finding.severity == Severity::Error
            && answerable.contains(finding.code.as_str())
        {
            codes.entry(subject).or_default().push(&finding.code);
        }
    }
    codes
}

/// The beginning of the paths of a list whose entries may share a line.
fn list_of(field: &Field) -> Option<&'static str> {
    let mut lists = [MEMBERS, SETTINGS].into_iter();
    lists.find(|list| field.path.starts_with(list))
}

fn rows<'p>(
    change: &'p Change,
    alike: &[&'p Change],
    uncovered: &[&str],
    full: bool,
    origins: &Origins<'p>,
) -> Vec<Row<'p>> {
    let folds =
        |field: &Field| !full && list_of(field).is_some() && field.risk != Risk::Irreversible;
    let sort = |field: &'p Field| {
        (
            list_of(field),
            field.action,
            likeness(origins, change, field),
        )
    };
    let mut members: FxHashMap<_, Vec<&Path>> = FxHashMap::default();
    for field in change.fields.iter().filter(|field| folds(field)) {
        members.entry(sort(field)).or_default().push(&field.path);
    }
    members.retain(|_, paths| paths.len() >= MEMBERS_FOLD);

    let mut rows = Vec::with_capacity(change.fields.len().min(16));
    let mut folded = FxHashSet::default();
    for field in &change.fields {
        let together = members.get(&sort(field)).filter(|_| folds(field));
        let (path, text, diff) = match together {
            Some(_) if !folded.insert(sort(field)) => continue,
            Some(paths) => folded_list(field, paths),
            None => match difference(field) {
                Some(diff) => (escape(&field.path), in_short(&diff), Some(diff)),
                None => {
                    let text = describe(field.into(), change.action, full);
                    (escape(&field.path), text, None)
                }
            },
        };
        rows.push(Row {
            symbol: Symbol::of_field(field),
            path,
            text,
            diff,
            folded: together.is_some(),
            place: place(field),
            origin: match together {
                Some(paths) => origin(origins, alike, paths),
                None => origin(origins, alike, &[&field.path]),
            },
            notes: notes(field, change, uncovered, full),
        });
    }
    second_acknowledgement(&mut rows, change, uncovered);
    rows
}

/// A change may need a second acknowledgement in addition to the one that a field shows.
fn second_acknowledgement(rows: &mut [Row<'_>], change: &Change, uncovered: &[&str]) {
    let silent = !rows.iter().any(|row| {
        row.notes
            .iter()
            .any(|note| matches!(note, Note::NotAcknowledged(_)))
    });
    if change.acknowledged == Some(false)
        && silent
        && let Some(row) = rows.iter_mut().rfind(|row| row.symbol.irreversible)
    {
        row.notes.push(not_acknowledged(uncovered));
    }
}

/// Entries of a list that share a line: its path, how many there are, and each of them as a difference. `field` is the first.
fn folded_list<'p>(field: &'p Field, paths: &[&'p Path]) -> (Cow<'p, str>, String, Option<Diff>) {
    let list = list_of(field).unwrap_or_default();
    let names: Vec<&str> = paths
        .iter()
        .map(|path| path.strip_prefix(list).unwrap_or(path))
        .collect();
    let what = match (list, field.action) {
        (SETTINGS, _) => "as in the backup",
        (_, FieldAction::Remove) => "removed",
        _ => "added",
    };
    let some = some_of(names.iter().copied(), 2);
    let fate = match field.action {
        FieldAction::Remove => Fate::Removed,
        _ => Fate::Added,
    };
    (
        Cow::Borrowed(list.trim_end_matches('/')),
        format!("{} {what}: {some}", names.len()),
        Some(Diff::list(fate, names.into_iter())),
    )
}

/// The difference of long values.
fn difference(field: &Field) -> Option<Diff> {
    match field.action {
        FieldAction::Change => Diff::of(&field.before, &field.after),
        FieldAction::Add | FieldAction::Move | FieldAction::Remove => None,
    }
}

/// `1 line added, 2 removed`.
fn in_short(diff: &Diff) -> String {
    match diff.counts() {
        (added, 0) => format!("{} added", count(added, "line", "lines")),
        (0, removed) => format!("{} removed", count(removed, "line", "lines")),
        (added, removed) => {
            format!("{} added, {removed} removed", count(added, "line", "lines"))
        }
    }
}

/// Why these fields of these changes differ, which do so for the same reason.
fn origin(origins: &Origins<'_>, alike: &[&Change], paths: &[&Path]) -> Option<Origin> {
    if origins.is_empty() {
        return None;
    }
    let keys = alike
        .iter()
        .flat_map(|change| paths.iter().map(|path| (&change.address, *path)));
    let lines: Vec<&Line> = keys.filter_map(|key| origins.get(&key).copied()).collect();
    let first = lines.first()?;
    let times = || lines.iter().filter_map(|line| line.at.as_ref());
    Some(Origin {
        cause: first.cause,
        actor: first.actor.clone(),
        times: times().min().cloned().zip(times().max().cloned()),
    })
}

fn notes(field: &Field, change: &Change, uncovered: &[&str], full: bool) -> Vec<Note> {
    let mut notes = Vec::new();
    if !field.losses.is_empty() {
        notes.push(Note::Lost(lost(&field.losses, full)));
    }
    if let Some(code) = &field.held {
        notes.push(Note::Held(escape(code).into_owned()));
    }
    if field.risk == Risk::Irreversible {
        notes.push(match &field.acknowledgement {
            Some(given) => Note::Acknowledged(Some(escape(given.reason.trim()).into_owned())),
            None if change.acknowledged == Some(true) => Note::Acknowledged(None),
            None => not_acknowledged(uncovered),
        });
    }
    notes
}

/// The losses; the first few of each sort, which the first word names, unless all are wanted.
fn lost(losses: &[String], full: bool) -> String {
    let most = if full { usize::MAX } else { KEYS };
    let sort = |loss: &String| loss.split(' ').next().map(str::to_owned);
    let runs = losses.chunk_by(|a, b| sort(a) == sort(b));
    let runs = runs.map(|run| some_of(run.iter().map(String::as_str), most));
    runs.collect::<Vec<String>>().join(", ")
}

fn not_acknowledged(codes: &[&str]) -> Note {
    Note::NotAcknowledged(codes.iter().map(|code| escape(code).into_owned()).collect())
}

fn place(field: &Field) -> Option<String> {
    let file = escape(field.source.file.as_deref()?);
    Some(match field.source.line {
        Some(line) => format!("{file}:{line}"),
        None => file.into_owned(),
    })
}

/// The groups that led to the change, else the first few affected objects.
fn common(members: &[&Change]) -> String {
    let mut seen = FxHashSet::default();
    let mut groups: Vec<&str> = members
        .iter()
        .flat_map(|change| &change.fields)
        .flat_map(|field| &field.source.because)
        .filter_map(|reason| reason.strip_prefix("group "))
        .filter(|group| seen.insert(*group))
        .collect();
    groups.sort_unstable();
    let what = match groups.as_slice() {
        [] => some_of(members.iter().map(|change| change.key.as_str()), KEYS),
        [one] => format!("in group {}", escape(one)),
        several => format!("in groups {}", some_of(several.iter().copied(), KEYS)),
    };
    if groups.is_empty() && members.len() <= KEYS {
        return what;
    }
    format!("{what}; --detail full lists them")
}
