//! The applied snapshot: where it is, and whether it can be trusted to say who is new.

use std::io;
use std::path::{Path, PathBuf};

use super::input;
use crate::config::Config;
use crate::config::model::AssignmentMode;
use crate::finding::{Finding, ORG_MISMATCH, SNAPSHOT_INCOMPLETE, SNAPSHOT_UNREADABLE};
use crate::plan::SnapshotRef;
use crate::snapshot::{Applied, Snapshot};
use crate::webex::ids;

/// What every command takes that has to know who is new.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// The snapshot of the last apply, from which it is known who is new [default: .trunkline/applied.json.zst in PATH]
    #[arg(long, alias = "baseline", value_name = "FILE")]
    applied: Option<PathBuf>,
}

/// What to do about one that cannot be used.
const HELP: &str = "name the right one with --applied, or move it away: then nobody counts as new, renamed or gone";

impl Args {
    /// The file that is meant: the one that is named, else the one in this state directory, if there is one.
    pub fn at(&self, state: &Path) -> Option<PathBuf> {
        let mut kept = ["applied.json.zst", "applied.json"]
            .map(|name| state.join(name))
            .into_iter();
        self.applied
            .clone()
            .or_else(|| kept.find(|file| may_exist(file)))
    }

    /// Whether a file is named.
    pub fn is_named(&self) -> bool {
        self.applied.is_some()
    }

    /// The file that is meant, where the state directory is the usual one.
    pub fn of(&self, path: &Path) -> Option<PathBuf> {
        self.at(&path.join(".trunkline"))
    }
}

/// Whether there is something. What cannot be looked at is there: it will fail to be read, rather than be taken for nothing.
fn may_exist(file: &Path) -> bool {
    !matches!(std::fs::symlink_metadata(file), Err(error) if error.kind() == io::ErrorKind::NotFound)
}

/// Reads it and compares it with the state of now. Whatever is wrong with it is an error: without it everybody who is new
/// would be taken for somebody who was there before.
pub fn read(
    file: &Path,
    config: &Config,
    now: &Snapshot,
) -> Result<(Applied, SnapshotRef), Box<Finding>> {
    let unusable = |code, why: &str| {
        let message = format!(
            "the applied snapshot {} cannot be used: {why}",
            file.display()
        );
        Box::new(Finding::error(code, message).help(HELP))
    };
    let (then, digest) =
        input::snapshot(file).map_err(|finding| unusable(finding.code, &finding.message))?;
    if ids::plain(&then.org.id) != ids::plain(&now.org.id) {
        let why = match then.org.id.as_str() {
            "" => "it names no organisation".to_owned(),
            id => format!("it is of {id}, the snapshot of {}", now.org.id),
        };
        return Err(unusable(ORG_MISMATCH, &why));
    }
    if !then.complete {
        return Err(unusable(
            SNAPSHOT_INCOMPLETE,
            "it says that it is not complete",
        ));
    }
    let groups = config.mode() == AssignmentMode::Group || !config.groups.is_empty();
    let lacks = [
        ("users", then.users.is_none()),
        ("groups", groups && then.groups.is_none()),
    ];
    if let Some((section, _)) = lacks.into_iter().find(|(_, lacks)| *lacks) {
        let why = format!("it has no `{section}`");
        return Err(unusable(SNAPSHOT_INCOMPLETE, &why));
    }
    let reference = SnapshotRef {
        digest,
        captured_at: then.captured_at.clone(),
    };
    let applied = Applied::new(then, now).map_err(|why| unusable(SNAPSHOT_UNREADABLE, &why))?;
    Ok((applied, reference))
}
