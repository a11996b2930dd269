//! What commands read: the configuration from files or a revision, and snapshots.

use std::path::{Path, PathBuf};

use super::output::Failure;
use crate::config::{self, Loaded, files};
use crate::finding::{
    Code, Finding, SNAPSHOT_INCOMPLETE, SNAPSHOT_MISSING, SNAPSHOT_UNREADABLE, VERSION_UNSUPPORTED,
};
use crate::snapshot::{self, Snapshot, SnapshotError};

/// Loads the configuration in `path`, from the files or from a git revision.
pub fn configuration(path: &Path, revision: Option<&str>) -> Result<Loaded, Failure> {
    let sources = match revision {
        Some(revision) => files::from_revision(path, revision)?,
        None => files::from_directory(path)?,
    };
    Ok(config::load(sources))
}

/// The snapshot that is meant: the one that is named, else `snapshot.json` (or its compressed form) beside the files.
pub fn snapshot_path(path: &Path, named: Option<&Path>) -> PathBuf {
    let plain = path.join("snapshot.json");
    let compressed = path.join("snapshot.json.zst");
    match named {
        Some(named) => named.to_owned(),
        None if !plain.exists() && compressed.exists() => compressed,
        None => plain,
    }
}

/// Reads a snapshot; what is wrong with it is a finding.
pub fn snapshot(path: &Path) -> Result<(Snapshot, String), Box<Finding>> {
    snapshot::read(path).map_err(|error| {
        let (code, help) = match &error {
            SnapshotError::Missing(_) => (
                SNAPSHOT_MISSING,
                "take a snapshot, or name one with --snapshot",
            ),
            SnapshotError::Truncated { .. } => (SNAPSHOT_INCOMPLETE, "take a new snapshot"),
            SnapshotError::Unreadable { .. } => (
                SNAPSHOT_UNREADABLE,
                "take a new snapshot, or name the right file",
            ),
            SnapshotError::Version { .. } => (
                VERSION_UNSUPPORTED,
                "take a new snapshot with this version of trunkline",
            ),
        };
        Box::new(Finding::error(code, error.to_string()).help(help))
    })
}

/// Whether a finding says that input is missing rather than wrong.
pub fn is_incomplete(code: Code) -> bool {
    use crate::finding::{CONFIGURATION_EMPTY, SNAPSHOT_SECTION_MISSING, SNAPSHOT_WITHOUT_USERS};
    let codes = [
        CONFIGURATION_EMPTY,
        SNAPSHOT_MISSING,
        SNAPSHOT_INCOMPLETE,
        SNAPSHOT_SECTION_MISSING,
        SNAPSHOT_WITHOUT_USERS,
    ];
    codes.contains(&code)
}
