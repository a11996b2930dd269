//! The git repository around a configuration directory: revisions, files at a revision, the state of the work tree.
//!
//! Owns every use of `git2`; no type of that crate leaves this file. Only reads: it writes nothing, not even the index,
//! and runs no program. Must not know what the files mean.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

use git2::{
    ErrorClass, ErrorCode, ObjectType, Oid, Repository, RepositoryOpenFlags, StatusOptions,
};

/// Why git could not answer. Each message says what to do, where something can be done.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The parts of the repository belong to different users, none of whom is the one running.
    #[error(
        "the repository at `{}` belongs to another user, and its work tree and its git directory do not belong to the \
         same one; if you trust it, run `git config --global --add safe.directory {}`", repo.display(), repo.display()
    )]
    Owner {
        /// The work tree, or the git directory of a bare repository.
        repo: PathBuf,
    },
    /// The repository uses something that libgit2 cannot read.
    #[error(
        "the repository at `{}` cannot be read ({reason}); partial clones are not supported: clone without `--filter`",
        repo.display()
    )]
    Unsupported {
        /// Where the search began.
        repo: PathBuf,
        /// What libgit2 says.
        reason: String,
    },
    /// The revision is unknown.
    #[error(
        "no revision `{rev}` in the repository at `{}`; check its spelling, and fetch it if it is only on the server \
         (checkouts in CI often hold a single branch or commit)", repo.display()
    )]
    UnknownRevision {
        /// As asked.
        rev: String,
        /// The repository.
        repo: PathBuf,
    },
    /// There is nothing to ask for yet.
    #[error("no revision `{rev}` in the repository at `{}`: it has no commits yet", repo.display())]
    NoCommits {
        /// As asked.
        rev: String,
        /// The repository.
        repo: PathBuf,
    },
    /// A short id that fits several objects.
    #[error("the revision `{rev}` fits more than one object in the repository at `{}`; give more digits", repo.display())]
    AmbiguousRevision {
        /// As asked.
        rev: String,
        /// The repository.
        repo: PathBuf,
    },
    /// A range, or something that does not lead to a commit.
    #[error("`{rev}` does not name one commit in the repository at `{}`; give a branch, a tag or a commit id", repo.display())]
    NotACommit {
        /// As asked.
        rev: String,
        /// The repository.
        repo: PathBuf,
    },
    /// The directory is not in the commit.
    #[error("no directory `{}` at commit {commit} of the repository at `{}`", dir.display(), repo.display())]
    NoDirectory {
        /// The directory, relative to the work tree.
        dir: PathBuf,
        /// The full id.
        commit: String,
        /// The repository.
        repo: PathBuf,
    },
    /// The path is in the commit, but is not a directory there.
    #[error(
        "`{}` is {what}, not a directory, at commit {commit} of the repository at `{}`", path.display(), repo.display()
    )]
    NotADirectory {
        /// The path, relative to the work tree.
        path: PathBuf,
        /// "a file", "a symbolic link" or "a submodule".
        what: &'static str,
        /// The full id.
        commit: String,
        /// The repository.
        repo: PathBuf,
    },
    /// The path is not in the work tree.
    #[error("`{}` is not inside the work tree of the repository at `{}`", path.display(), repo.display())]
    Outside {
        /// The path.
        path: PathBuf,
        /// The repository.
        repo: PathBuf,
    },
    /// A name that is not UTF-8.
    #[error("the name of the file `{name}` at commit {commit} is not UTF-8; rename it")]
    FileName {
        /// The path, as well as it can be shown.
        name: String,
        /// The full id.
        commit: String,
    },
    /// The file system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Anything else that libgit2 says.
    #[error("cannot {doing} in the repository at `{}`: {reason}", repo.display())]
    Library {
        /// What was being done.
        doing: &'static str,
        /// The repository.
        repo: PathBuf,
        /// What libgit2 says.
        reason: String,
    },
}

/// The id of a commit; shown as the full hexadecimal id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitId(Oid);

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a repository stands.
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
    /// The repository around `path`, if there is one. `path` need not exist: the search begins at its nearest parent
    /// that does, and stops where git does, at the border of a file system.
    ///
    /// Repositories of other users, usual in containers of CI, are opened too, as long as work tree and git directory
    /// belong to the same user. git refuses them because their configuration can name programs to run (hooks, filters,
    /// monitors); here none is run. A git directory that a third user has put into somebody's directory (`/tmp/.git`)
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

    fn library(&self, doing: &'static str, e: &git2::Error) -> GitError {
        library(doing, &self.root, e)
    }
}

fn library(doing: &'static str, repo: &Path, e: &git2::Error) -> GitError {
    GitError::Library {
        doing,
        repo: repo.to_path_buf(),
        reason: e.message().to_owned(),
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

/// The longest part of `path` that exists, absolute, and the rest, without `.` and `..`.
fn nearest_existing(path: &Path) -> Result<(PathBuf, PathBuf), GitError> {
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
/// The check can be switched off only by an `unsafe` function, but libgit2 leaves it out for a git directory that is
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

/// Whether all of these belong to one user: not known here, so git's own rule stands.
#[cfg(not(unix))]
fn same_owner(_: &[PathBuf]) -> Result<bool, GitError> {
    Ok(false)
}

/// Repositories for tests, made without the git program.
#[cfg(test)]
#[path = "git_testing.rs"]
pub(crate) mod testing;
#[cfg(test)]
#[path = "git_tests.rs"]
mod tests;
