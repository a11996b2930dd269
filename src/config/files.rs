//! The files of the desired state: from a directory, or from a git revision without a checkout.
//!
//! Owns which files belong to a configuration, and where they came from. Must not know what is in them.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{self, LARGEST_TREE};
use crate::git::{GitError, Repo, is_dot, is_yaml};

/// One file of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the configuration directory, with `/`.
    pub path: Arc<str>,
    /// The contents, not checked for UTF-8.
    pub bytes: Vec<u8>,
}

/// Where the files came from, as far as git knows; all empty outside git.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The full id of the commit: that of the revision, or of HEAD for a directory; none before the first commit.
    pub commit: Option<String>,
    /// The revision as asked, or the branch for a directory; none when the head is detached.
    pub reference: Option<String>,
    /// Whether YAML files of the directory differ from the commit; always false for a revision. Ignored files, and what
    /// symbolic links lead to outside the directory, do not count.
    pub dirty: bool,
    /// The configuration directory within the repository, with `/`; empty for its top.
    pub directory: String,
}

/// All files of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// In byte order of path.
    pub files: Vec<SourceFile>,
    /// Where they came from.
    pub origin: Origin,
}

/// Why the files could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such directory.
    #[error("there is no directory `{}`", path.display())]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// The path is not a directory.
    #[error("`{}` is not a directory; give the directory that holds the configuration", path.display())]
    NotADirectory {
        /// The path as given.
        path: PathBuf,
    },
    /// A symbolic link to a directory that contains it.
    #[error(
        "the symbolic link `{}` leads back to the directory `{}` that contains it; remove the link", link.display(),
        target.display()
    )]
    Loop {
        /// The link.
        link: PathBuf,
        /// The directory above it.
        target: PathBuf,
    },
    /// A symbolic link with the name of a YAML file, and nothing at its end.
    #[error(
        "the symbolic link `{}` leads to `{}`, which cannot be read ({reason}); fix or remove the link", link.display(),
        target.display()
    )]
    Dangling {
        /// The link.
        link: PathBuf,
        /// What it names.
        target: PathBuf,
        /// What the file system says.
        reason: io::ErrorKind,
    },
    /// A pipe, socket or device with the name of a YAML file.
    #[error("`{}` is not a regular file; move it out of the configuration directory", path.display())]
    Special {
        /// The path.
        path: PathBuf,
    },
    /// With this file there is more than a real configuration has.
    #[error("with `{}` the YAML files are larger than {} MiB together, which is the limit; is it meant to be part of the configuration?", path.display(), LARGEST_TREE >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A name that is not UTF-8.
    #[error("the path `{}` is not UTF-8; rename it", path.display())]
    FileName {
        /// The path, as well as it can be shown.
        path: PathBuf,
    },
    /// A file or directory that cannot be read; the message names it.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// There is no repository to look up a revision in.
    #[error("`{}` is not in a git repository, so there is no revision `{rev}`; omit the revision", path.display())]
    NoRepository {
        /// The path as given.
        path: PathBuf,
        /// The revision as asked.
        rev: String,
    },
    /// git could not answer.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl SourceError {
    /// What to do about it, where the text does not say it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            SourceError::Missing { .. } => Some(
                "name the directory with the YAML files; `trunkline init DIR` starts a new one",
            ),
            _ => None,
        }
    }
}

/// Reads every `*.yaml` and `*.yml` below a directory, and where they came from; see [`below`].
pub fn from_directory(path: impl AsRef<Path>) -> Result<Sources, SourceError> {
    let path = path.as_ref();
    Ok(Sources {
        files: below(path)?,
        origin: origin_of_directory(path)?,
    })
}

/// Reads every `*.yaml` and `*.yml` below a directory, in byte order of path. Directories below it whose name begins with a
/// dot are left out, files whose name does are not. Symbolic links are followed; one that leads back to a directory in
/// which it is located is an error.
pub fn below(path: &Path) -> Result<Vec<SourceFile>, SourceError> {
    let found = found(path)?;
    let mut left = LARGEST_TREE;
    let mut files = Vec::with_capacity(found.len());
    for (name, full) in found {
        files.push(SourceFile {
            path: name.into(),
            bytes: disk::read(&full, left).map_err(|error| match error.kind() {
                io::ErrorKind::FileTooLarge => SourceError::TooLarge { path: full.clone() },
                _ => io::Error::new(error.kind(), format!("{}: {error}", full.display())).into(),
            })?,
        });
        let size = files.last().map_or(0, |file| file.bytes.len());
        left = left.saturating_sub(size as u64);
    }
    Ok(files)
}

/// Whether this is a directory; the error says what else it is.
pub(super) fn directory(path: &Path) -> Result<(), SourceError> {
    match fs_err::metadata(path) {
        Ok(meta) if meta.is_dir() => Ok(()),
        Ok(_) => Err(SourceError::NotADirectory {
            path: path.to_path_buf(),
        }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(SourceError::Missing {
            path: path.to_path_buf(),
        }),
        Err(e) if e.kind() == io::ErrorKind::NotADirectory => Err(SourceError::NotADirectory {
            path: path.to_path_buf(),
        }),
        Err(e) => Err(e.into()),
    }
}

/// The YAML files of [`below`], without reading them.
pub(super) fn paths_below(path: &Path) -> Result<Vec<PathBuf>, SourceError> {
    Ok(found(path)?.into_iter().map(|(_, full)| full).collect())
}

/// Each file of [`below`], relative to the directory and as it is reached.
fn found(path: &Path) -> Result<Vec<(String, PathBuf)>, SourceError> {
    directory(path)?;
    let mut walk = Walk {
        above: vec![(path.to_path_buf(), fs_err::canonicalize(path)?)],
        found: Vec::new(),
    };
    walk.walk("")?;
    let mut found = walk.found;
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// Reads the `*.yaml` and `*.yml` below a directory as they are in a revision of the repository around it. The
/// directory need not exist in the work tree; a bare repository itself represents the top of the commit.
///
/// Symbolic links are skipped, other than by [`from_directory`]: git stores only the text of a link, and what it leads to
/// may lie outside the revision. Submodules are skipped too.
pub fn from_revision(path: impl AsRef<Path>, rev: &str) -> Result<Sources, SourceError> {
    let path = path.as_ref();
    let Some(repo) = Repo::discover(path)? else {
        return Err(SourceError::NoRepository {
            path: path.to_path_buf(),
            rev: rev.to_owned(),
        });
    };
    let commit = repo.resolve(rev)?;
    let directory = repo.relative(path)?;
    let files = repo.files_at(commit, &directory)?;
    let mut left = LARGEST_TREE;
    for (path, bytes) in &files {
        match left.checked_sub(bytes.len() as u64) {
            Some(rest) => left = rest,
            None => return Err(SourceError::TooLarge { path: path.into() }),
        }
    }
    Ok(Sources {
        files: files
            .into_iter()
            .map(|(path, bytes)| SourceFile {
                path: path.into(),
                bytes,
            })
            .collect(),
        origin: Origin {
            commit: Some(commit.to_string()),
            reference: Some(rev.to_owned()),
            dirty: false,
            directory: with_slashes(&directory),
        },
    })
}

/// The path of a directory in the repository around it, with `/`; empty for its top, and without a repository.
pub fn in_repository(path: impl AsRef<Path>) -> Result<String, SourceError> {
    match Repo::discover(path.as_ref())? {
        Some(repo) => Ok(with_slashes(&repo.relative(path.as_ref())?)),
        None => Ok(String::new()),
    }
}

fn with_slashes(path: &Path) -> String {
    let parts = path.iter().map(|part| part.to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

fn origin_of_directory(path: &Path) -> Result<Origin, SourceError> {
    match Repo::discover(path)? {
        Some(repo) if !repo.is_bare() => {
            let head = repo.head()?;
            let directory = repo.relative(path)?;
            let dirty = repo.is_dirty(&directory)?;
            Ok(Origin {
                commit: head.commit,
                reference: head.branch,
                dirty,
                directory: with_slashes(&directory),
            })
        }
        _ => Ok(Origin::default()),
    }
}

/// Collects the YAML files of a directory and below it.
struct Walk {
    /// Each directory on the way, as reached and canonical.
    above: Vec<(PathBuf, PathBuf)>,
    /// Path relative to the first directory, and path to read.
    found: Vec<(String, PathBuf)>,
}

impl Walk {
    /// Walks the last directory of `above`. `prefix` ends with `/` or is empty.
    fn walk(&mut self, prefix: &str) -> Result<(), SourceError> {
        let Some((dir, _)) = self.above.last().cloned() else {
            return Ok(());
        };
        for entry in fs_err::read_dir(&dir)? {
            let entry = entry?;
            let (name, path) = (entry.file_name(), entry.path());
            let yaml = is_yaml(name.as_encoded_bytes());
            let kind = entry.file_type()?;
            let is_link = kind.is_symlink();
            let (is_dir, is_file) = if is_link {
                match fs_err::metadata(&path) {
                    Ok(meta) => (meta.is_dir(), meta.is_file()),
                    Err(e) if yaml => {
                        let target = fs_err::read_link(&path)?;
                        return Err(SourceError::Dangling {
                            link: path,
                            target,
                            reason: e.kind(),
                        });
                    }
                    Err(_) => continue,
                }
            } else {
                (kind.is_dir(), kind.is_file())
            };

            if is_dir {
                self.directory(prefix, &name, path, is_link)?;
            } else if yaml {
                if !is_file {
                    return Err(SourceError::Special { path });
                }
                match name.to_str() {
                    Some(name) => self.found.push((format!("{prefix}{name}"), path)),
                    None => return Err(SourceError::FileName { path }),
                }
            }
        }
        Ok(())
    }

    /// Walks a directory inside of the last of `above`.
    fn directory(
        &mut self,
        prefix: &str,
        name: &OsStr,
        path: PathBuf,
        is_link: bool,
    ) -> Result<(), SourceError> {
        if is_dot(name.as_encoded_bytes()) {
            return Ok(());
        }
        let below = match self.above.last() {
            Some((_, canonical)) if !is_link => canonical.join(name),
            _ => fs_err::canonicalize(&path)?,
        };
        if is_link && let Some((target, _)) = self.above.iter().find(|(_, up)| *up == below) {
            return Err(SourceError::Loop {
                link: path,
                target: target.clone(),
            });
        }
        self.above.push((path.clone(), below));
        match name.to_str() {
            Some(name) => self.walk(&format!("{prefix}{name}/"))?,
            None => {
                // Only its YAML files would matter; those are looked for to keep other directories out of this.
                let before = self.found.len();
                self.walk("")?;
                if self.found.len() > before {
                    return Err(SourceError::FileName { path });
                }
            }
        }
        self.above.pop();
        Ok(())
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
