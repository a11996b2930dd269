//! A plan as files that Control Hub's own import takes, and a checklist for the rest (webex-api.md 12).
//!
//! Owns which change goes into which row of which file, in which order files and clicks follow, and when nothing may be
//! imported. Must not know how a plan came about, what a kind's requests are, or where the files go.

mod checklist;
mod people;
mod sheet;
mod steps;

use std::collections::BTreeMap;
use std::io;

use self::people::People;
use self::sheet::{Class, Sheets};
use self::steps::Step;
use crate::change::{Change, Field, NAME};
use crate::config::Config;
use crate::config::model::SubscriptionStatus;
use crate::config::sections::LOCATION;
use crate::kinds::wire::manual::Sheet;
use crate::plan::Plan;
use crate::snapshot::Snapshot;
use crate::webex::export::Spelling;

pub use self::checklist::{CHECKLIST, MARK};
pub use self::sheet::File;

/// Whether a file of such a plan may have this name.
pub fn is_name(name: &str) -> bool {
    name == CHECKLIST || sheet::is_name(name)
}

/// What the files are made from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The observed state that it was made from.
    pub snapshot: &'a Snapshot,
    /// The desired state, which knows what the API does not say of subscriptions.
    pub config: &'a Config,
    /// How columns are spelled.
    pub spelling: &'a Spelling,
    /// Why nothing of the plan may be carried out; `None` where it may.
    pub refused: Option<&'a str>,
}

/// Why there are no files.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The export says something else of people than the snapshot.
    #[error("the export and the snapshot differ")]
    Stale(Vec<String>),
    /// A file cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What has to be done, in order.
#[derive(Debug)]
enum Task<'p> {
    /// A file is imported.
    Import {
        /// Its index.
        file: usize,
    },
    /// Something is done by clicks.
    Click {
        /// Where to click; empty where that is unknown.
        clicks: &'static str,
        /// What changes of which objects, and why no file carries it.
        objects: Vec<Object<'p>>,
    },
}

/// What changes of one object by clicks.
#[derive(Debug)]
struct Object<'p> {
    change: &'p Change,
    fields: Vec<&'p Field>,
    /// Whether a number is only taken away for a moment.
    aside: bool,
    /// Why no file carries it, although files carry such changes.
    why: Option<String>,
}

/// All files, the checklist first.
///
/// # Errors
/// The export is not as old as the snapshot, or a text cannot be written.
pub fn files(inputs: &Inputs<'_>) -> Result<Vec<File>, Failed> {
    let mut files = Vec::new();
    let mut tasks = Vec::new();
    if inputs.refused.is_none() {
        let steps = steps::steps(inputs.plan);
        let mut people = People::new(inputs, renamed(&steps));
        let mut levels: BTreeMap<usize, Vec<Step<'_>>> = BTreeMap::new();
        for step in steps {
            levels.entry(step.level).or_default().push(step);
        }
        for steps in levels.into_values() {
            level(inputs, steps, &mut people, &mut files, &mut tasks)?;
        }
        let stale = people.stale();
        if !stale.is_empty() {
            return Err(Failed::Stale(stale));
        }
    }
    let list = checklist::text(inputs, &files, &tasks);
    files.insert(0, list);
    Ok(files)
}

/// A location that gets another name: until the level where that is done, Control Hub knows it by the old one.
#[derive(Debug)]
struct Renamed<'p> {
    old: &'p str,
    new: &'p str,
    level: usize,
}

fn renamed<'p>(steps: &[Step<'p>]) -> Vec<Renamed<'p>> {
    let names = |step: &&Step<'p>| step.fields.iter().any(|field| field.path == NAME);
    let locations = steps.iter().filter(|it| it.change.kind == LOCATION.kind);
    let renamed = locations.filter(names).filter_map(|step| {
        let (old, new) = step.change.renamed()?;
        let level = step.level;
        Some(Renamed { old, new, level })
    });
    renamed.collect()
}

/// The files and clicks of one level, in this order: what is done by clicks may belong to somebody whom a file creates.
fn level<'p>(
    inputs: &Inputs<'p>,
    steps: Vec<Step<'p>>,
    people: &mut People<'p>,
    files: &mut Vec<File>,
    tasks: &mut Vec<Task<'p>>,
) -> io::Result<()> {
    let mut sheets = Sheets::default();
    let mut by_person: BTreeMap<&str, Vec<&Step<'p>>> = BTreeMap::new();
    let mut clicks: Vec<(&'static str, Object<'p>)> = Vec::new();
    for step in &steps {
        match step.sheet {
            Some(Sheet::People) => by_person.entry(&step.change.key).or_default().push(step),
            Some(Sheet::Workspaces) => match workspace(inputs, step) {
                Ok(cells) => sheets.workspace(cells, Class::of(&step.fields, false)),
                Err(why) => clicks.push((step.clicks, step.by_hand(Some(why)))),
            },
            Some(Sheet::Numbers) => {
                sheets.number(step, |location| people.called(location, step.level))
            }
            None => clicks.push((step.clicks, step.by_hand(None))),
        }
    }
    for (_, steps) in by_person {
        match people.row(&steps) {
            Ok(row) => sheets.person(row),
            Err(why) => {
                let by_hand = |step: &&Step<'p>| (step.clicks, step.by_hand(Some(why.clone())));
                clicks.extend(steps.iter().map(by_hand));
            }
        }
    }
    for step in steps.iter().filter(|it| it.person && it.sheet.is_none()) {
        people.clicked(step);
    }
    let first = files.len();
    let header = inputs.spelling.workspaces.as_ref().map(|it| it.header());
    sheets.write(&header.unwrap_or_default(), files)?;
    tasks.extend((first..files.len()).map(|file| Task::Import { file }));
    clicks.sort_by(|one, other| {
        let key =
            |it: &(&str, Object<'_>)| (it.1.change.kind.to_string(), it.1.change.key.to_string());
        (one.0, key(one)).cmp(&(other.0, key(other)))
    });
    for (place, object) in clicks {
        match tasks.last_mut() {
            Some(Task::Click { clicks, objects }) if *clicks == place => objects.push(object),
            _ => tasks.push(Task::Click {
                clicks: place,
                objects: vec![object],
            }),
        }
    }
    Ok(())
}

/// The row of a workspace whose subscription changes and nothing else.
fn workspace(inputs: &Inputs<'_>, step: &Step<'_>) -> Result<Vec<String>, String> {
    let spelling = inputs.spelling.workspaces.as_ref();
    let spelling = spelling.ok_or(
        "no document has the columns of this file: name a download of all workspaces with --export",
    )?;
    let field = step
        .fields
        .iter()
        .find(|field| field.path == "licenses/calling");
    let field = field.filter(|it| !it.before.is_null() && !it.after.is_null());
    let field = field.ok_or("only a move to another licence goes into a file")?;
    let (before, after) = (
        people::named(inputs.snapshot, field, false),
        people::named(inputs.snapshot, field, true),
    );
    for named in [before, after].into_iter().flatten() {
        if let Some(stopped) = named.subscription.filter(|it| inputs.is_stopped(it)) {
            return Err(not_active(stopped));
        }
    }
    let edits: Vec<_> = [(before, false), (after, true)]
        .into_iter()
        .filter_map(|(named, granted)| Some((named?, granted)))
        .collect();
    let cells = spelling.row(&step.change.key, &edits)?;
    match cells.iter().find(|cell| !sheet::is_plain(cell)) {
        Some(cell) => Err(sheet::not_plain(cell)),
        None => Ok(cells),
    }
}

/// Why a subscription is in no file.
fn not_active(subscription: &str) -> String {
    format!("{subscription} is suspended or cancelled: its licences are managed person by person")
}

impl Inputs<'_> {
    /// Whether a subscription is suspended or cancelled, as the files say, else the snapshot. Licences of such
    /// ones are managed for one person at a time, and a file would lose what it moves.
    fn is_stopped(&self, subscription: &str) -> bool {
        let declared = self.config.subscriptions.get(subscription);
        let declared = declared.and_then(|it| it.value.status.as_ref());
        let mut seen = self.snapshot.subscriptions().iter();
        let seen = seen.find(|it| it.id == subscription);
        match declared {
            Some(status) => status.value != SubscriptionStatus::Active,
            None => seen
                .and_then(|it| it.status.as_deref())
                .is_some_and(|it| it != "active"),
        }
    }
}

impl<'p> Step<'p> {
    fn by_hand(&self, why: Option<String>) -> Object<'p> {
        Object {
            change: self.change,
            fields: self.fields.clone(),
            aside: self.aside,
            why,
        }
    }
}
