//! Live values -> the texts of the files, so that the files match the live state.
//!
//! A kind says how a value can be written, `config::edit` writes it, and the files are planned again: the field must be
//! gone from the plan and nothing else may have changed, else the edit is refused. Owns that proof.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use serde_json::Value;
use similar::TextDiff;

use super::{Cause, Drift};
use crate::change::{Address, Change, Field, Path, Shared};
use crate::config::Config;
use crate::config::edit::{self, Edit};
use crate::config::files::SourceFile;
use crate::config::secrets::Secrets;
use crate::finding::Severity;
use crate::kinds;
use crate::kinds::adopt::{Adopted as WaysOrNot, Wanted, Ways};
use crate::licensing::catalogue::Catalogue;
use crate::plan::Plan;
use crate::snapshot::Snapshot;

/// A value that the files say now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Taken {
    /// The address of the object.
    pub address: Address,
    /// The path of the field.
    pub path: Path,
    /// The file, and the first line that changed; none where it went together with another one.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What the files said.
    pub was: Shared,
    /// What they say now.
    pub now: Shared,
    /// Whether that gives rights in the organisation, which somebody gave outside of any review.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rights: bool,
}

/// A value that was not written, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The address of the object.
    pub address: Address,
    /// The path of the field.
    pub path: Path,
    /// Why not.
    pub why: String,
    /// What to do.
    pub help: String,
    /// The edit that was refused, as a unified diff.
    pub diff: Option<String>,
}

/// Its result.
#[derive(Debug)]
pub struct Adoption {
    /// The files that changed, whole.
    pub files: Vec<SourceFile>,
    /// What was adopted into them, in the order of the plan.
    pub taken: Vec<Taken>,
    /// What was not.
    pub left: Vec<Left>,
    /// The plan of the files as they are then.
    pub plan: Plan,
}

/// Plans these files against the same organisation; an error of the files in words.
pub type Replan<'a> = &'a dyn Fn(&[SourceFile]) -> Result<Plan, String>;

/// Writes the live value of each field that was changed only live into the files.
pub fn adopt(
    drift: &Drift,
    files: &[SourceFile],
    config: &Config,
    snapshot: &Snapshot,
    replan: Replan<'_>,
) -> Adoption {
    let mut desk = Desk {
        catalogue: Catalogue::new(snapshot, []),
        config,
        snapshot,
        replan,
        may_go: drift
            .lines
            .iter()
            .filter(|line| line.cause == Cause::LiveChanged)
            .map(|line| (&line.address, &line.path))
            .collect(),
        files: files.to_vec(),
        plan: drift.plan.clone(),
    };
    let mut left = Vec::new();
    let mut todo: Vec<Todo<'_>> = Vec::new();
    for (change, field, line) in drift.fields() {
        match line.cause {
            Cause::LiveChanged => todo.push(Todo { change, field }),
            Cause::Both => left.push(Left {
                address: change.address.clone(),
                path: field.path.clone(),
                why: "the files have changed too since the last apply".to_owned(),
                help: "decide which of the two is right, and write it manually".to_owned(),
                diff: None,
            }),
            Cause::GitAhead | Cause::Unknown => {}
        }
    }
    let (mut taken, refused) = desk.all(&todo);
    left.extend(refused);
    let place: FxHashMap<(&Address, &Path), usize> = todo
        .iter()
        .enumerate()
        .map(|(at, it)| (it.key(), at))
        .collect();
    taken.sort_by_key(|it| place.get(&(&it.address, &it.path)).copied());
    let changed = desk.files.iter().zip(files);
    let changed = changed.filter(|(now, before)| now.bytes != before.bytes);
    Adoption {
        files: changed.map(|(now, _)| now.clone()).collect(),
        taken,
        left,
        plan: desk.plan,
    }
}

/// A field to be written.
struct Todo<'a> {
    change: &'a Change,
    field: &'a Field,
}

/// The files and the plan so far.
struct Desk<'a> {
    catalogue: Catalogue,
    config: &'a Config,
    snapshot: &'a Snapshot,
    replan: Replan<'a>,
    /// Fields that may vanish with another one.
    may_go: FxHashSet<(&'a Address, &'a Path)>,
    files: Vec<SourceFile>,
    plan: Plan,
}

impl Desk<'_> {
    /// Writes as much as can be written: what was taken, and what was not.
    fn all(&mut self, todo: &[Todo<'_>]) -> (Vec<Taken>, Vec<Left>) {
        let mut taken = Vec::new();
        let mut refused = Vec::new();
        let mut open: Vec<&Todo<'_>> = todo.iter().collect();
        // One plan instead of many, if all of it fits.
        if let Some(all) = self.together(&open) {
            taken.extend(all);
            open.clear();
        }
        // What one edit cannot do by itself may be possible after another one, such as a licence after a membership.
        while !open.is_empty() {
            refused.clear();
            let before = open.len();
            let mut still = Vec::new();
            for of_one in open.chunk_by(|a, b| a.change.address == b.change.address) {
                // Some belong together, such as a location and its number.
                if let Some(all) = self.together(of_one) {
                    taken.extend(all);
                    continue;
                }
                for &one in of_one {
                    match self.one(one) {
                        Ok(done) => taken.push(done),
                        Err(why) => {
                            refused.push(why);
                            still.push(one);
                        }
                    }
                }
            }
            open = still;
            if open.len() == before {
                break;
            }
        }
        (taken, refused)
    }

    fn ways(&self, todo: &Todo<'_>) -> WaysOrNot {
        let wanted = Wanted {
            config: self.config,
            snapshot: self.snapshot,
            catalogue: &self.catalogue,
            key: &todo.change.key,
            action: todo.change.action,
            field: todo.field,
        };
        match kinds::find(&todo.change.kind) {
            Some(kind) => (kind.adopt)(&wanted),
            None => Err(kinds::adopt::NoPlace {
                why: "this kind of object is unknown".to_owned(),
                help: "change the files manually".to_owned(),
            }),
        }
    }

    /// Writes several fields in the simplest way, if that is right as a whole.
    fn together(&mut self, todo: &[&Todo<'_>]) -> Option<Vec<Taken>> {
        if todo.len() < 2 {
            return None;
        }
        let mut files = self.files.clone();
        let mut taken = Vec::new();
        for one in todo {
            if !fields(&self.plan).contains_key(&one.key()) {
                taken.push(one.taken(None));
                continue;
            }
            let Ways { file, ways } = self.ways(one).ok()?;
            let (written, line) = write(&files, &file, ways.first()?).ok()?;
            files = written;
            taken.push(one.taken(Some((&file, line))));
        }
        self.plan = self.proved(&files, todo).ok()?;
        self.files = files;
        Some(taken)
    }

    /// Writes one field in the first way that is right.
    fn one(&mut self, todo: &Todo<'_>) -> Result<Taken, Left> {
        if !fields(&self.plan).contains_key(&todo.key()) {
            return Ok(todo.taken(None));
        }
        let Ways { file, ways } = self
            .ways(todo)
            .map_err(|not| todo.left(not.why, not.help, None))?;
        let mut refused: Option<(String, Option<String>)> = None;
        for way in &ways {
            let (why, diff) = match write(&self.files, &file, way) {
                Err(why) => (why, None),
                Ok((files, line)) => match self.proved(&files, &[todo]) {
                    Ok(plan) => {
                        self.files = files;
                        self.plan = plan;
                        return Ok(todo.taken(Some((&file, line))));
                    }
                    Err(why) => (why, diff(&self.files, &files)),
                },
            };
            // An edit that could be written says more than one that could not.
            if refused
                .as_ref()
                .is_none_or(|(_, earlier)| diff.is_some() && earlier.is_none())
            {
                refused = Some((why, diff));
            }
        }
        let (why, diff) =
            refused.unwrap_or_else(|| ("there is no way to write it".to_owned(), None));
        let help = match &diff {
            Some(_) => format!("if all of that is intended, change {file} manually:"),
            None => format!("change {file} manually"),
        };
        Err(todo.left(why, help, diff))
    }

    /// The plan of these files, if the wanted fields are gone and nothing else is another one.
    fn proved(&self, files: &[SourceFile], wanted: &[&Todo<'_>]) -> Result<Plan, String> {
        let plan = (self.replan)(files)?;
        let (before, after) = (fields(&self.plan), fields(&plan));
        if wanted.iter().any(|it| after.contains_key(&it.key())) {
            return Err("the plan would still change it".to_owned());
        }
        let mut news: Vec<_> = after
            .iter()
            .filter(|(key, what)| before.get(*key) != Some(*what))
            .map(|(key, _)| key)
            .collect();
        news.sort_unstable();
        if let Some((address, path)) = news.first() {
            return Err(format!("the plan would then also change {address} {path}"));
        }
        let mut gone: Vec<_> = before
            .keys()
            .filter(|key| !after.contains_key(*key) && !self.may_go.contains(*key))
            .collect();
        gone.sort_unstable();
        if let Some((address, path)) = gone.first() {
            return Err(format!(
                "the plan would then no longer change {address} {path}"
            ));
        }
        let said: FxHashSet<(&str, Option<&str>)> =
            blocks(&self.plan).map(|(key, _)| key).collect();
        let mut blocks = blocks(&plan).filter(|(key, _)| !said.contains(key));
        match blocks.next() {
            Some((_, message)) => Err(message.to_owned()),
            None => {
                drop(blocks);
                Ok(plan)
            }
        }
    }
}

impl<'a> Todo<'a> {
    fn key(&self) -> (&'a Address, &'a Path) {
        (&self.change.address, &self.field.path)
    }

    fn taken(&self, place: Option<(&str, usize)>) -> Taken {
        Taken {
            address: self.change.address.clone(),
            path: self.field.path.clone(),
            file: place.map(|(file, _)| file.to_owned()),
            line: place.map(|(_, line)| line),
            was: self.field.after.clone(),
            now: self.field.before.clone(),
            rights: kinds::field(&self.change.kind, &self.field.path)
                .is_some_and(|it| it.rights && !self.field.before.is_null()),
        }
    }

    fn left(&self, why: String, help: String, diff: Option<String>) -> Left {
        Left {
            address: self.change.address.clone(),
            path: self.field.path.clone(),
            why,
            help,
            diff,
        }
    }
}

/// What a plan does to each field.
pub(super) fn fields(plan: &Plan) -> FxHashMap<(&Address, &Path), (&Value, &Value)> {
    let changes = plan.changes.iter();
    let fields = changes.flat_map(|change| change.fields.iter().map(move |field| (change, field)));
    fields
        .map(|(change, field)| {
            let key = (&change.address, &field.path);
            (key, (&*field.before, &*field.after))
        })
        .collect()
}

/// Errors and holds of a plan: code and subject, and the words.
fn blocks(plan: &Plan) -> impl Iterator<Item = ((&str, Option<&str>), &str)> {
    let blocks = plan
        .findings
        .iter()
        .filter(|finding| matches!(finding.severity, Severity::Error | Severity::Hold));
    blocks.map(|it| {
        (
            (it.code.as_str(), it.subject.as_deref()),
            it.message.as_str(),
        )
    })
}

/// The files with these edits in one of them, and the first line that changes.
pub(super) fn write(
    files: &[SourceFile],
    name: &str,
    edits: &[Edit],
) -> Result<(Vec<SourceFile>, usize), String> {
    let mut files = files.to_vec();
    let file = files.iter_mut().find(|file| &*file.path == name);
    let file = file.ok_or_else(|| format!("{name} does not exist"))?;
    let text = std::str::from_utf8(&file.bytes).map_err(|error| error.to_string())?;
    let edited = edit::edit(text, edits).map_err(|misfit| misfit.to_string())?;
    let same = text.lines().zip(edited.lines());
    let line = same.take_while(|(old, new)| old == new).count() + 1;
    file.bytes = edited.into_bytes();
    Ok((files, line))
}

/// What differs between two states of the files.
fn diff(before: &[SourceFile], after: &[SourceFile]) -> Option<String> {
    let changed = before.iter().zip(after).find(|(a, b)| a.bytes != b.bytes)?;
    let text = |file: &SourceFile| String::from_utf8_lossy(&file.bytes).into_owned();
    let (old, new) = (text(changed.0), text(changed.1));
    let secrets = Secrets::of([old.as_str(), &new].into_iter());
    let (old, new) = (secrets.cover(&old), secrets.cover(&new));
    let diff = TextDiff::from_lines(&*old, &*new);
    let name = &*changed.0.path;
    Some(
        diff.unified_diff()
            .context_radius(1)
            .header(name, name)
            .to_string(),
    )
}
