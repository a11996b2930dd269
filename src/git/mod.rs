//! The git repository around a configuration directory: revisions, files at a revision, the state of the work tree.
//!
//! Owns every use of `git2`; no type of that crate leaves this room. Only reads: it writes nothing, not even the index,
//! and runs no program. Must not know what the files mean.

mod blame;
mod error;
mod open;

pub use blame::{Author, Written};
pub use error::GitError;

use std::fmt;
use std::path::{Component, Path, PathBuf};

use git2::{ErrorCode, ObjectType, Oid, Repository, StatusOptions, Tree};

use open::nearest_existing;

/// The id of a commit; shown as the full hexadecimal id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitId(Oid);

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a repository is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// The full id of the current commit; none before the first commit.
    pub commit: Option<String>,
    /// The short name of the current branch; none when the head is detached.
    pub branch: Option<String>,
}

/// An open repository.
pub struct Repo {
    inner: Repository,
    /// The work tree, canonical; the git directory where there is no work tree.
    root: PathBuf,
}

impl fmt::Debug for Repo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repo")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl Repo {
    /// The work tree, or the git directory of a bare repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether there is no work tree.
    pub fn is_bare(&self) -> bool {
        self.inner.workdir().is_none()
    }

    /// `path` relative to [`Repo::root`]; empty for the root itself. Symbolic links on the way are followed as far as
    /// the path exists.
    pub fn relative(&self, path: &Path) -> Result<PathBuf, GitError> {
        let (existing, tail) = nearest_existing(path)?;
        let full = fs_err::canonicalize(&existing)?.join(tail);
        match full.strip_prefix(&self.root) {
            Ok(relative) => Ok(relative.to_path_buf()),
            Err(_) => Err(GitError::Outside {
                path: path.to_path_buf(),
                repo: self.root.clone(),
            }),
        }
    }

    /// The commit that a revision names: a branch, a tag, an id, `HEAD~2` and so on.
    pub fn resolve(&self, rev: &str) -> Result<CommitId, GitError> {
        let (owned, repo) = (rev.to_owned(), self.root.clone());
        let object = match self.inner.revparse_single(rev) {
            Ok(object) => object,
            Err(e) => {
                return Err(match e.code() {
                    ErrorCode::Ambiguous => GitError::AmbiguousRevision { rev: owned, repo },
                    ErrorCode::InvalidSpec if rev.contains("..") => {
                        GitError::NotACommit { rev: owned, repo }
                    }
                    // Not found, an impossible name, or a way (`~3`) beyond the first commit.
                    _ if self.head()?.commit.is_none() => GitError::NoCommits { rev: owned, repo },
                    ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::GenericError => {
                        GitError::UnknownRevision { rev: owned, repo }
                    }
                    _ => self.library("look up a revision", &e),
                });
            }
        };
        match object.peel(ObjectType::Commit) {
            Ok(commit) => Ok(CommitId(commit.id())),
            Err(_) => Err(GitError::NotACommit { rev: owned, repo }),
        }
    }

    /// The `*.yaml` and `*.yml` below `dir` (relative to the work tree, empty for all of it) in a commit: path relative
    /// to `dir`, with `/`, and contents as stored, in byte order of path. Needs no checkout. Directories whose name
    /// begins with a dot are left out, symbolic links and submodules skipped: the commit holds nothing of what they
    /// point to.
    pub fn files_at(
        &self,
        commit: CommitId,
        dir: &Path,
    ) -> Result<Vec<(String, Vec<u8>)>, GitError> {
        let read = |e: git2::Error| self.library("read a commit", &e);
        let tree = self.directory_at(commit, dir)?;
        let mut files = Vec::new();
        let mut todo = vec![(Vec::new(), tree)];
        while let Some((prefix, tree)) = todo.pop() {
            for entry in &tree {
                let name = entry.name_bytes();
                let path = || [prefix.as_slice(), name].concat();
                match entry.kind() {
                    Some(ObjectType::Tree) if !is_dot(name) => {
                        let below = self.inner.find_tree(entry.id()).map_err(read)?;
                        todo.push(([prefix.as_slice(), name, b"/"].concat(), below));
                    }
                    Some(ObjectType::Blob) if is_yaml(name) && !is_link(&entry) => {
                        let path = String::from_utf8(path()).map_err(|e| GitError::FileName {
                            name: String::from_utf8_lossy(e.as_bytes()).into_owned(),
                            commit: commit.to_string(),
                        })?;
                        let blob = self.inner.find_blob(entry.id()).map_err(read)?;
                        files.push((path, blob.content().to_vec()));
                    }
                    _ => {}
                }
            }
        }
        files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(files)
    }

    /// Whether a directory has the same contents in two commits, all files and modes. One that either lacks is not the same.
    pub fn is_same(&self, one: CommitId, other: CommitId, dir: &Path) -> Result<bool, GitError> {
        let id = |commit| match self.directory_at(commit, dir) {
            Err(GitError::NoDirectory { .. } | GitError::NotADirectory { .. }) => Ok(None),
            tree => tree.map(|tree| Some(tree.id())),
        };
        let (one, other) = (id(one)?, id(other)?);
        Ok(one.is_some() && one == other)
    }

    /// The tree of a directory in a commit. What is no directory there is an error that says what it is.
    fn directory_at(&self, commit: CommitId, dir: &Path) -> Result<Tree<'_>, GitError> {
        let read = |e: git2::Error| self.library("read a commit", &e);
        let mut tree = self
            .inner
            .find_commit(commit.0)
            .and_then(|c| c.tree())
            .map_err(read)?;
        for name in names(dir) {
            let Some(entry) = tree.get_name_bytes(name) else {
                return Err(GitError::NoDirectory {
                    dir: dir.to_path_buf(),
                    commit: commit.to_string(),
                    repo: self.root.clone(),
                });
            };
            let what = match entry.kind() {
                Some(ObjectType::Tree) => None,
                Some(ObjectType::Blob) if is_link(&entry) => Some("a symbolic link"),
                Some(ObjectType::Blob) => Some("a file"),
                _ => Some("a submodule"),
            };
            if let Some(what) = what {
                return Err(GitError::NotADirectory {
                    path: dir.to_path_buf(),
                    what,
                    commit: commit.to_string(),
                    repo: self.root.clone(),
                });
            }
            let id = entry.id();
            drop(entry);
            tree = self.inner.find_tree(id).map_err(read)?;
        }
        Ok(tree)
    }

    /// The current commit and branch.
    pub fn head(&self) -> Result<Head, GitError> {
        let failed = |e: git2::Error| self.library("read HEAD", &e);
        match self.inner.head() {
            Ok(head) => Ok(Head {
                commit: Some(head.peel_to_commit().map_err(failed)?.id().to_string()),
                branch: head
                    .is_branch()
                    .then(|| String::from_utf8_lossy(head.shorthand_bytes()).into_owned()),
            }),
            Err(e) if matches!(e.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
                let head = self.inner.find_reference("HEAD").map_err(failed)?;
                let branch = head
                    .symbolic_target_bytes()
                    .and_then(|target| target.strip_prefix(b"refs/heads/"));
                Ok(Head {
                    commit: None,
                    branch: branch.map(|name| String::from_utf8_lossy(name).into_owned()),
                })
            }
            Err(e) => Err(failed(e)),
        }
    }

    /// The branch that others start from: the one that the remote `origin` names, else the current one.
    pub fn main_branch(&self) -> Result<Option<String>, GitError> {
        let remote = self.inner.find_reference("refs/remotes/origin/HEAD").ok();
        let target = remote.as_ref().and_then(|it| it.symbolic_target_bytes());
        let named = target.and_then(|it| it.strip_prefix(b"refs/remotes/origin/"));
        match named {
            Some(name) => Ok(Some(String::from_utf8_lossy(name).into_owned())),
            None => Ok(self.head()?.branch),
        }
    }

    /// Whether YAML files below `dir` (relative to the work tree, empty for all of it) differ from the current commit:
    /// changed, staged, deleted, or untracked and not ignored. Directories whose name begins with a dot do not count.
    /// False without a work tree.
    pub fn is_dirty(&self, dir: &Path) -> Result<bool, GitError> {
        if self.is_bare() {
            return Ok(false);
        }
        let mut prefix = names(dir).collect::<Vec<_>>().join(&b'/');
        let mut options = StatusOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .include_ignored(false)
            .include_unmodified(false)
            .exclude_submodules(true)
            .update_index(false);
        if !prefix.is_empty() {
            options
                .disable_pathspec_match(true)
                .pathspec(prefix.as_slice());
            prefix.push(b'/');
        }
        let statuses = self
            .inner
            .statuses(Some(&mut options))
            .map_err(|e| self.library("compare the work tree with HEAD", &e))?;
        Ok(statuses.iter().any(|entry| {
            let Some(below) = entry.path_bytes().strip_prefix(prefix.as_slice()) else {
                return false;
            };
            let mut parts: Vec<&[u8]> = below.split(|&b| b == b'/').collect();
            let name = parts.pop().unwrap_or_default();
            is_yaml(name) && !parts.into_iter().any(is_dot)
        }))
    }

    /// Whether git ignores a path; `None` where that is unknown, as outside the repository.
    pub fn ignores(&self, path: &Path) -> Option<bool> {
        let relative = self.relative(path).ok()?;
        self.inner.is_path_ignored(relative).ok()
    }

    /// The addresses of the remotes.
    pub fn remotes(&self) -> Result<Vec<String>, GitError> {
        let failed = |e: git2::Error| self.library("read the remotes", &e);
        let names = self.inner.remotes().map_err(failed)?;
        let mut urls = Vec::new();
        for name in names.iter().flatten().flatten() {
            let remote = self.inner.find_remote(name).map_err(failed)?;
            urls.extend(remote.url().ok().map(str::to_owned));
        }
        Ok(urls)
    }

    fn library(&self, doing: &'static str, e: &git2::Error) -> GitError {
        error::library(doing, &self.root, e)
    }
}

/// Whether a file of this name is part of a configuration.
pub(crate) fn is_yaml(name: &[u8]) -> bool {
    name.ends_with(b".yaml") || name.ends_with(b".yml")
}

/// Whether a directory of this name is left out.
pub(crate) fn is_dot(name: &[u8]) -> bool {
    name.starts_with(b".")
}

fn is_link(entry: &git2::TreeEntry<'_>) -> bool {
    entry.filemode() == i32::from(git2::FileMode::Link)
}

/// The names in a relative path, as git has them.
fn names(dir: &Path) -> impl Iterator<Item = &[u8]> {
    dir.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.as_encoded_bytes()),
        _ => None,
    })
}

/// Repositories for tests, made without the git program.
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
