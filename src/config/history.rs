//! Who wrote a line of the configuration: the commit, its author and the day, as git knows them.
//!
//! Must not know what is on the line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Loaded;
use super::files::SourceError;
use crate::git::{Repo, Written};

/// Lines by file, and how each came to be.
pub type History = BTreeMap<String, BTreeMap<u32, Written>>;

/// Looks up lines of files, both as the configuration names them. Without a repository there is no history. What a file
/// outside of the repository says is not known to git either.
pub fn look_up(
    path: &Path,
    revision: Option<&str>,
    loaded: &Loaded,
    wanted: BTreeMap<String, BTreeSet<u32>>,
) -> Result<History, SourceError> {
    let mut history = History::new();
    let Some(repo) = Repo::discover(path)? else {
        return Ok(history);
    };
    if repo.is_bare() && revision.is_none() {
        return Ok(history);
    }
    let at = revision
        .map(|revision| repo.resolve(revision))
        .transpose()?;
    for (file, lines) in wanted {
        let Some(source) = loaded.files.iter().find(|source| *source.path == *file) else {
            continue;
        };
        let relative = match at {
            Some(_) => repo.relative(path)?.join(&file),
            // A link may lead out of the repository.
            None => match repo.relative(&path.join(&file)) {
                Ok(relative) => relative,
                Err(crate::git::GitError::Outside { .. }) => continue,
                Err(error) => return Err(error.into()),
            },
        };
        let lines: Vec<u32> = lines.into_iter().collect();
        history.insert(file, repo.blame(at, &relative, &source.bytes, &lines)?);
    }
    Ok(history)
}
