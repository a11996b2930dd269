//! What a file is that was given where another one is meant, and what to do instead.

use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::output::Failure;
use crate::disk::{self, quoted};
use crate::snapshot;

/// Files that this program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// An observed state.
    Snapshot,
    /// A plan that was saved.
    Plan,
    /// A backup of a person or workspace.
    Backup,
}

/// What tells the files apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Marks {
    captured_at: Option<IgnoredAny>,
    changes: Option<IgnoredAny>,
    subject: Option<IgnoredAny>,
}

impl Given {
    /// What a file is; nothing if it is none of ours.
    pub fn of(path: &Path) -> Option<Given> {
        if path.extension().is_some_and(|it| it == "zst") {
            return snapshot::read(path).ok().map(|_| Given::Snapshot);
        }
        let bytes = disk::read(path, disk::LARGEST).ok()?;
        let marks: Marks = serde_json::from_slice(&bytes).ok()?;
        match marks {
            Marks {
                changes: Some(_), ..
            } => Some(Given::Plan),
            Marks {
                subject: Some(_), ..
            } => Some(Given::Backup),
            Marks {
                captured_at: Some(_),
                ..
            } => Some(Given::Snapshot),
            _ => None,
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Given::Snapshot => "a snapshot",
            Given::Plan => "a saved plan",
            Given::Backup => "a backup",
        }
    }

    /// Where it can be given.
    pub fn help(self, path: &Path) -> String {
        let path = quoted(path);
        match self {
            Given::Snapshot => format!(
                "commands that compare with a snapshot take it as --snapshot {path}, in addition to the directory with the YAML files"
            ),
            Given::Plan => format!(
                "`trunkline show {path}` prints it again, `trunkline apply {path}` carries it out"
            ),
            Given::Backup => format!("`trunkline restore {path}` plans from it"),
        }
    }
}

/// That a file is another one of ours than what is meant: one of them too, or none of them, a YAML file.
pub fn instead(path: &Path, meant: Option<Given>) -> Option<Failure> {
    let given = Given::of(path).filter(|it| Some(*it) != meant)?;
    let (meant, what) = (meant.map_or("a YAML file", Given::name), given.name());
    let message = format!("{} is not {meant}: it is {what}", path.display());
    Some(Failure::new(message).help(given.help(path)))
}

/// Refuses a file that is certainly no plan.
pub fn no_other(plan: &Path) -> Result<(), Failure> {
    instead(plan, Some(Given::Plan)).map_or(Ok(()), Err)
}

/// Refuses a file where the directory of an organisation is meant.
pub fn directory(path: &Path) -> Result<(), Failure> {
    if !path.is_file() {
        return Ok(());
    }
    let given = Given::of(path);
    let what = given.map_or("a file", Given::name);
    let help =
        "name the directory that it is in: all YAML files of an organisation are read together";
    let help = given.map_or_else(|| help.to_owned(), |it| it.help(path));
    let message = format!("`{}` is {what}, not a directory", path.display());
    Err(Failure::new(message).help(help))
}
