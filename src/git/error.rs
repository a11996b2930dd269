//! Why git could not answer, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};

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
    #[error(
        "the name of the file `{name}` at commit {commit} is not UTF-8; rename it in a new commit, and name a revision that has the rename"
    )]
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

/// What libgit2 says, with what was being done.
pub(super) fn library(doing: &'static str, repo: &Path, e: &git2::Error) -> GitError {
    GitError::Library {
        doing,
        repo: repo.to_path_buf(),
        reason: e.message().to_owned(),
    }
}
