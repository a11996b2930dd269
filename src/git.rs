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
pub(crate) mod testing {
    use std::path::Path;

    use git2::{Oid, Repository, RepositoryInitOptions, Signature};

    /// Writes a file, with its directories.
    pub(crate) fn write(root: &Path, path: &str, text: impl AsRef<[u8]>) {
        let path = root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    /// An empty repository on branch `main`.
    pub(crate) fn init(root: &Path) -> Repository {
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        let repo = Repository::init_opts(root, &options).unwrap();
        repo.config()
            .unwrap()
            .set_bool("core.autocrlf", false)
            .unwrap();
        repo
    }

    /// Commits everything in the work tree, removals too; the full id.
    pub(crate) fn commit_all(repo: &Repository) -> String {
        let mut index = repo.index().unwrap();
        index
            .add_all(["*"], git2::IndexAddOption::DEFAULT, None)
            .unwrap();
        index.update_all(["*"], None).unwrap();
        index.write().unwrap();
        let tree = index.write_tree().unwrap();
        commit_tree(repo, tree)
    }

    /// Commits this tree on HEAD.
    pub(crate) fn commit_tree(repo: &Repository, tree: Oid) -> String {
        let who = Signature::now("Test", "test@example.com").unwrap();
        let parents: Vec<_> = repo
            .head()
            .ok()
            .and_then(|head| head.peel_to_commit().ok())
            .into_iter()
            .collect();
        let parents: Vec<_> = parents.iter().collect();
        let tree = repo.find_tree(tree).unwrap();
        repo.commit(Some("HEAD"), &who, &who, "test", &tree, &parents)
            .unwrap()
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::*;
    use super::*;

    fn open(path: &Path) -> Repo {
        Repo::discover(path).unwrap().unwrap()
    }

    fn paths(files: &[(String, Vec<u8>)]) -> Vec<&str> {
        files.iter().map(|(path, _)| path.as_str()).collect()
    }

    #[test]
    fn no_repository() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Repo::discover(dir.path()).unwrap().is_none());
        assert!(Repo::discover(&dir.path().join("a/b")).unwrap().is_none());
    }

    #[test]
    fn found_from_a_directory_that_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        init(dir.path());
        let repo = open(&dir.path().join("gone/deeper"));
        assert_eq!(
            repo.relative(&dir.path().join("gone/./x/../deeper"))
                .unwrap(),
            Path::new("gone/deeper")
        );
        assert_eq!(repo.relative(dir.path()).unwrap(), Path::new(""));
        assert!(matches!(
            repo.relative(Path::new("/")),
            Err(GitError::Outside { .. })
        ));
        // Out of a directory that does not exist.
        assert!(matches!(
            repo.relative(&dir.path().join("gone/../../other")),
            Err(GitError::Outside { .. })
        ));
    }

    #[test]
    fn no_commits_yet() {
        let dir = tempfile::tempdir().unwrap();
        init(dir.path());
        let repo = open(dir.path());
        assert_eq!(
            repo.head().unwrap(),
            Head {
                commit: None,
                branch: Some("main".into())
            }
        );
        assert!(!repo.is_dirty(Path::new("")).unwrap());
        write(dir.path(), "a.yaml", "a");
        assert!(repo.is_dirty(Path::new("")).unwrap());
        let error = repo.resolve("HEAD").unwrap_err();
        assert!(error.to_string().contains("has no commits yet"), "{error}");
    }

    #[test]
    fn files_of_a_commit() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        for path in [
            "conf/b.yaml",
            "conf/a/x.yml",
            "conf/a.yaml",
            "conf/.github/w.yaml",
            "conf/.dot.yaml",
            "top.yaml",
        ] {
            write(dir.path(), path, path);
        }
        write(
            dir.path(),
            "conf/d.yaml/e.yaml",
            "in a directory with the ending",
        );
        for path in ["conf/README.md", "conf/UP.YAML"] {
            write(dir.path(), path, "no");
        }
        commit_all(&git);
        write(dir.path(), "conf/b.yaml", "later");
        fs_err::remove_file(dir.path().join("conf/a.yaml")).unwrap();
        let last = commit_all(&git);

        let repo = open(dir.path());
        let first = repo.resolve("HEAD~1").unwrap();
        let files = repo.files_at(first, Path::new("conf")).unwrap();
        assert_eq!(
            paths(&files),
            [".dot.yaml", "a.yaml", "a/x.yml", "b.yaml", "d.yaml/e.yaml"]
        );
        assert_eq!(files[3].1, b"conf/b.yaml");
        let head = repo.resolve("main").unwrap();
        assert_eq!(head.to_string(), last);
        assert_eq!(repo.resolve(&last[..8]).unwrap(), head);
        let files = repo.files_at(head, Path::new("conf/")).unwrap();
        assert_eq!(
            paths(&files),
            [".dot.yaml", "a/x.yml", "b.yaml", "d.yaml/e.yaml"]
        );
        assert_eq!(files[2].1, b"later");
        assert_eq!(
            paths(&repo.files_at(head, Path::new("conf/.github")).unwrap()),
            ["w.yaml"]
        );
        assert_eq!(repo.files_at(head, Path::new("")).unwrap().len(), 5);

        let error = repo.files_at(head, Path::new("conf/nowhere")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("no directory `conf/nowhere` at commit"),
            "{error}"
        );
        let error = repo.files_at(head, Path::new("conf/b.yaml")).unwrap_err();
        assert!(
            error.to_string().contains("is a file, not a directory"),
            "{error}"
        );
    }

    #[test]
    fn links_submodules_and_odd_names_in_a_commit() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        write(dir.path(), "a.yaml", "a");
        let commit = Oid::from_str(&commit_all(&git)).unwrap();
        let blob = git.blob(b"a.yaml").unwrap();
        let mut tree = git.treebuilder(None).unwrap();
        tree.insert("real.yaml", blob, 0o100644).unwrap();
        tree.insert("run.yaml", blob, 0o100755).unwrap();
        tree.insert("link.yaml", blob, 0o120000).unwrap();
        tree.insert("sub.yaml", commit, 0o160000).unwrap();
        commit_tree(&git, tree.write().unwrap());
        let repo = open(dir.path());
        let head = repo.resolve("HEAD").unwrap();
        assert_eq!(
            paths(&repo.files_at(head, Path::new("")).unwrap()),
            ["real.yaml", "run.yaml"]
        );
        for (name, what) in [
            ("link.yaml", "a symbolic link"),
            ("sub.yaml", "a submodule"),
        ] {
            let error = repo.files_at(head, Path::new(name)).unwrap_err();
            assert!(error.to_string().contains(what), "{error}");
        }

        tree.insert(b"bad\xff.yaml".as_slice(), blob, 0o100644)
            .unwrap();
        commit_tree(&git, tree.write().unwrap());
        let error = repo
            .files_at(repo.resolve("HEAD").unwrap(), Path::new(""))
            .unwrap_err();
        assert!(matches!(error, GitError::FileName { .. }), "{error}");
    }

    #[test]
    fn revisions() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        write(dir.path(), "a.yaml", "a");
        let id = commit_all(&git);
        let commit = git.find_object(Oid::from_str(&id).unwrap(), None).unwrap();
        git.tag(
            "v1",
            &commit,
            &git2::Signature::now("T", "t@example.com").unwrap(),
            "tag",
            false,
        )
        .unwrap();
        let repo = open(dir.path());
        assert_eq!(repo.resolve("v1").unwrap().to_string(), id);
        for rev in ["nope", "HEAD~9", "no such", "", "deadbeef", "a\0b"] {
            let error = repo.resolve(rev).unwrap_err();
            assert!(
                error.to_string().contains("no revision `"),
                "{rev}: {error}"
            );
        }
        for rev in ["HEAD:a.yaml", "HEAD^{tree}", "main..main"] {
            let error = repo.resolve(rev).unwrap_err();
            assert!(
                matches!(error, GitError::NotACommit { .. }),
                "{rev}: {error}"
            );
        }
    }

    #[test]
    fn dirty_is_about_the_yaml_files_of_the_directory() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        let root = dir.path();
        write(root, "conf[1]/a.yaml", "a");
        write(root, "conf1/a.yaml", "a");
        write(root, ".gitignore", "ignored*\n");
        commit_all(&git);
        let repo = open(root);
        let dirty = || repo.is_dirty(Path::new("conf[1]")).unwrap();
        assert!(!dirty());
        for path in [
            "conf1/a.yaml",
            "conf[1]/notes.txt",
            "conf[1]/.cache/x.yaml",
            "conf[1]/ignored.yaml",
            "conf[1]x.yaml",
        ] {
            write(root, path, "new");
            assert!(!dirty(), "{path}");
        }
        assert!(repo.is_dirty(Path::new("")).unwrap());
        write(root, "conf[1]/new/deep/x.yml", "new");
        assert!(dirty());
        fs_err::remove_dir_all(root.join("conf[1]/new")).unwrap();
        assert!(!dirty());
        write(root, "conf[1]/a.yaml", "b");
        assert!(dirty());
        let mut index = git.index().unwrap();
        index.add_path(Path::new("conf[1]/a.yaml")).unwrap();
        index.write().unwrap();
        assert!(dirty(), "staged");
        write(root, "conf[1]/a.yaml", "a");
        index.add_path(Path::new("conf[1]/a.yaml")).unwrap();
        index.write().unwrap();
        assert!(!dirty());
        fs_err::remove_file(root.join("conf[1]/a.yaml")).unwrap();
        assert!(dirty(), "deleted");
    }

    #[test]
    fn detached_head_and_linked_work_tree() {
        let dir = tempfile::tempdir().unwrap();
        let main = dir.path().join("main");
        let git = init(&main);
        write(&main, "conf/a.yaml", "a");
        let id = commit_all(&git);
        git.worktree("side", &dir.path().join("side"), None)
            .unwrap();
        let side = open(&dir.path().join("side/conf"));
        assert_eq!(
            side.head().unwrap(),
            Head {
                commit: Some(id.clone()),
                branch: Some("side".into())
            }
        );
        assert!(!side.is_dirty(Path::new("conf")).unwrap());
        assert!(side.root().ends_with("side"));
        git.set_head_detached(Oid::from_str(&id).unwrap()).unwrap();
        assert_eq!(
            open(&main).head().unwrap(),
            Head {
                commit: Some(id),
                branch: None
            }
        );
    }

    #[test]
    fn bare_repository() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(&dir.path().join("w"));
        write(&dir.path().join("w"), "conf/a.yaml", "a");
        let id = commit_all(&git);
        let bare = dir.path().join("bare.git");
        git2::build::RepoBuilder::new()
            .bare(true)
            .clone(&dir.path().join("w").display().to_string(), &bare)
            .unwrap();
        let repo = open(&bare);
        assert!(repo.is_bare() && !repo.is_dirty(Path::new("")).unwrap());
        let head = repo.resolve("HEAD").unwrap();
        assert_eq!(head.to_string(), id);
        assert_eq!(
            paths(&repo.files_at(head, Path::new("conf")).unwrap()),
            ["a.yaml"]
        );
    }

    #[test]
    fn partial_clone_says_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        let mut config = git.config().unwrap();
        config.set_i32("core.repositoryformatversion", 1).unwrap();
        config.set_str("extensions.partialclone", "origin").unwrap();
        let error = Repo::discover(dir.path()).unwrap_err();
        assert!(
            error.to_string().contains("clone without `--filter`"),
            "{error}"
        );
    }

    /// Gives everything below `path` to a user; false where that is not allowed (tests not run by root).
    #[cfg(unix)]
    fn give(path: &Path, user: u32) -> bool {
        use std::os::unix::fs::lchown;
        if lchown(path, Some(user), None).is_err() {
            return false;
        }
        if fs_err::symlink_metadata(path).unwrap().is_dir() {
            for entry in fs_err::read_dir(path).unwrap() {
                give(&entry.unwrap().path(), user);
            }
        }
        true
    }

    #[cfg(unix)]
    #[test]
    fn repository_of_another_user() {
        let dir = tempfile::tempdir().unwrap();
        let main = dir.path().join("main");
        let git = init(&main);
        write(&main, "conf/a.yaml", "a");
        let id = commit_all(&git);
        git.worktree("side", &dir.path().join("side"), None)
            .unwrap();
        if !give(dir.path(), 12345) {
            return;
        }
        match Repository::open(&main) {
            Err(e) => assert_eq!(e.code(), ErrorCode::Owner),
            Ok(_) => return, // `safe.directory` allows everything here
        }
        for (work_tree, branch) in [("main", "main"), ("side", "side")] {
            let work_tree = dir.path().join(work_tree);
            let repo = open(&work_tree.join("conf/none"));
            assert_eq!(repo.root(), fs_err::canonicalize(&work_tree).unwrap());
            assert_eq!(
                repo.head().unwrap(),
                Head {
                    commit: Some(id.clone()),
                    branch: Some(branch.into())
                }
            );
            let head = repo.resolve("HEAD").unwrap();
            assert_eq!(
                paths(&repo.files_at(head, Path::new("conf")).unwrap()),
                ["a.yaml"]
            );
            assert!(!repo.is_dirty(Path::new("conf")).unwrap());
            write(&work_tree, "conf/a.yaml", "b");
            assert!(repo.is_dirty(Path::new("conf")).unwrap());
        }
        // A git directory that a third user has put there.
        give(&main.join(".git"), 54321);
        let error = Repo::discover(&main).unwrap_err();
        assert!(error.to_string().contains("safe.directory"), "{error}");
    }
}
