//! Finding and opening the repository around a path, those of other users too.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use git2::{ErrorClass, ErrorCode, Repository, RepositoryOpenFlags};

use super::error::library;
use super::{GitError, Repo};

impl Repo {
    /// The repository around `path`, if there is one. `path` need not exist: the search begins at its nearest parent
    /// that does, and stops where git does, at the border of a file system.
    ///
    /// Repositories of other users, usual in containers of CI, are opened too, as long as work tree and git directory
    /// belong to the same user. git refuses them because their configuration can name programs to run (hooks, filters,
    /// monitors); here none is run. A git directory that a third user has put into another user's directory (`/tmp/.git`)
    /// is refused with [`GitError::Owner`], unless `safe.directory` allows it.
    pub fn discover(path: &Path) -> Result<Option<Repo>, GitError> {
        let (existing, _) = nearest_existing(path)?;
        let start = if existing.is_dir() {
            existing.as_path()
        } else {
            existing.parent().unwrap_or(&existing)
        };
        let none: [&OsStr; 0] = [];
        let inner = match Repository::open_ext(start, RepositoryOpenFlags::empty(), none) {
            Ok(inner) => inner,
            Err(e) if e.code() == ErrorCode::NotFound && e.class() == ErrorClass::Repository => {
                return Ok(None);
            }
            Err(e) if e.code() == ErrorCode::Owner => open_of_other_user(start)?,
            Err(e) if e.message().contains("unsupported extension") => {
                return Err(GitError::Unsupported {
                    repo: start.to_path_buf(),
                    reason: e.message().to_owned(),
                });
            }
            Err(e) => return Err(library("open the repository", start, &e)),
        };
        let root = fs_err::canonicalize(inner.workdir().unwrap_or_else(|| inner.path()))?;
        Ok(Some(Repo { inner, root }))
    }
}

/// The longest part of `path` that exists, absolute, and the rest, without `.` and `..`.
pub(super) fn nearest_existing(path: &Path) -> Result<(PathBuf, PathBuf), GitError> {
    // An empty path is the current directory.
    let full = std::path::absolute(if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    })?;
    let found = full
        .ancestors()
        .find(|p| fs_err::metadata(p).is_ok())
        .unwrap_or(&full);
    let mut existing = found.to_path_buf();
    let mut tail = PathBuf::new();
    for part in full
        .strip_prefix(found)
        .unwrap_or(Path::new(""))
        .components()
    {
        match part {
            Component::ParentDir if !tail.pop() => {
                existing.pop();
            }
            Component::Normal(name) => tail.push(name),
            _ => {}
        }
    }
    Ok((existing, tail))
}

/// Opens a repository that libgit2 refused because of its owner.
///
/// The check can be turned off only by an `unsafe` function, but libgit2 omits it for a git directory that is
/// named outright and opened as bare; the work tree is given to it afterwards.
fn open_of_other_user(start: &Path) -> Result<Repository, GitError> {
    let none: [&OsStr; 0] = [];
    let git_dir = Repository::discover_path(start, none)
        .map_err(|e| library("find the git directory", start, &e))?;
    let git_dir = fs_err::canonicalize(git_dir)?;
    // What is nearest above the start: the same `.git` that led to the git directory, directory or file.
    let work_tree = fs_err::canonicalize(start)?
        .ancestors()
        .find(|p| p.join(".git").exists())
        .map(Path::to_path_buf)
        .filter(|p| {
            !git_dir.is_dir() || p.join(".git").is_file() || is_same(&p.join(".git"), &git_dir)
        });
    let repo = Repository::open_bare(&git_dir)
        .map_err(|e| library("open the repository", &git_dir, &e))?;

    let mut parts = vec![git_dir.clone(), repo.commondir().to_path_buf()];
    if let Some(work_tree) = &work_tree {
        parts.push(work_tree.clone());
        parts.push(work_tree.join(".git"));
    }
    if !same_owner(&parts)? {
        return Err(GitError::Owner {
            repo: work_tree.unwrap_or(git_dir),
        });
    }
    if let Some(work_tree) = work_tree {
        repo.set_workdir(&work_tree, false)
            .map_err(|e| library("open the work tree", &work_tree, &e))?;
    }
    Ok(repo)
}

fn is_same(a: &Path, b: &Path) -> bool {
    fs_err::canonicalize(a).is_ok_and(|a| a == b)
}

/// Whether all of these belong to one user.
#[cfg(unix)]
fn same_owner(paths: &[PathBuf]) -> Result<bool, GitError> {
    use std::os::unix::fs::MetadataExt;
    let mut owners = Vec::new();
    for path in paths {
        owners.push(fs_err::symlink_metadata(path)?.uid());
    }
    Ok(owners.windows(2).all(|pair| pair[0] == pair[1]))
}

/// Whether all of these belong to one user: not known here, so git's own rule applies.
#[cfg(not(unix))]
fn same_owner(_: &[PathBuf]) -> Result<bool, GitError> {
    Ok(false)
}
