//! The files of the desired state: from a directory, or from a git revision without a checkout.
//!
//! Owns which files belong to a configuration, and where they came from. Must not know what is in them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    #[error("no directory `{}`; give the directory that holds the configuration", path.display())]
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
    /// A symbolic link to a directory in which it lies.
    #[error(
        "the symbolic link `{}` leads back to the directory `{}` in which it lies; remove the link", link.display(),
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
        "the symbolic link `{}` leads to `{}`, which cannot be read ({reason}); mend or remove the link", link.display(),
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
    #[error("`{}` is not in a git repository, so there is no revision `{rev}`; leave the revision out", path.display())]
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

/// Reads every `*.yaml` and `*.yml` below a directory. Directories below it whose name begins with a dot are left out,
/// files whose name does are not. Symbolic links are followed; one that leads back to a directory in which it lies is an
/// error.
pub fn from_directory(path: impl AsRef<Path>) -> Result<Sources, SourceError> {
    let path = path.as_ref();
    match fs_err::metadata(path) {
        Ok(meta) if meta.is_dir() => {}
        Ok(_) => {
            return Err(SourceError::NotADirectory {
                path: path.to_path_buf(),
            });
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(SourceError::Missing {
                path: path.to_path_buf(),
            });
        }
        Err(e) if e.kind() == io::ErrorKind::NotADirectory => {
            return Err(SourceError::NotADirectory {
                path: path.to_path_buf(),
            });
        }
        Err(e) => return Err(e.into()),
    }
    let mut found = Vec::new();
    let mut above = vec![(path.to_path_buf(), fs_err::canonicalize(path)?)];
    walk("", &mut above, &mut found)?;
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut files = Vec::with_capacity(found.len());
    for (name, full) in found {
        files.push(SourceFile {
            path: name.into(),
            bytes: fs_err::read(full)?,
        });
    }
    Ok(Sources {
        files,
        origin: origin_of_directory(path)?,
    })
}

/// Reads the `*.yaml` and `*.yml` below a directory as they are in a revision of the repository around it. The
/// directory need not exist in the work tree; a bare repository itself stands for the top of the commit.
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
    let files = repo.files_at(commit, &repo.relative(path)?)?;
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
        },
    })
}

fn origin_of_directory(path: &Path) -> Result<Origin, SourceError> {
    match Repo::discover(path)? {
        Some(repo) if !repo.is_bare() => {
            let head = repo.head()?;
            let dirty = repo.is_dirty(&repo.relative(path)?)?;
            Ok(Origin {
                commit: head.commit,
                reference: head.branch,
                dirty,
            })
        }
        _ => Ok(Origin::default()),
    }
}

/// Collects the YAML files of the last directory of `above` and below it, as path relative to the first and path to
/// read. `above` holds each directory on the way, as reached and canonical; `prefix` ends with `/` or is empty.
fn walk(
    prefix: &str,
    above: &mut Vec<(PathBuf, PathBuf)>,
    found: &mut Vec<(String, PathBuf)>,
) -> Result<(), SourceError> {
    let Some((dir, canonical)) = above.last().cloned() else {
        return Ok(());
    };
    for entry in fs_err::read_dir(&dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let (bytes, path) = (name.as_encoded_bytes(), entry.path());
        let kind = entry.file_type()?;
        let is_link = kind.is_symlink();
        let (is_dir, is_file) = if is_link {
            match fs_err::metadata(&path) {
                Ok(meta) => (meta.is_dir(), meta.is_file()),
                Err(e) if is_yaml(bytes) => {
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
            if is_dot(bytes) {
                continue;
            }
            let below = if is_link {
                fs_err::canonicalize(&path)?
            } else {
                canonical.join(&name)
            };
            if is_link && let Some((target, _)) = above.iter().find(|(_, up)| *up == below) {
                return Err(SourceError::Loop {
                    link: path,
                    target: target.clone(),
                });
            }
            let Some(name) = name.to_str() else {
                // Only its YAML files would matter; those are looked for to keep other directories out of this.
                above.push((path.clone(), below));
                let mut inside = Vec::new();
                walk("", above, &mut inside)?;
                above.pop();
                if inside.is_empty() {
                    continue;
                }
                return Err(SourceError::FileName { path });
            };
            above.push((path, below));
            walk(&format!("{prefix}{name}/"), above, found)?;
            above.pop();
        } else if is_yaml(bytes) {
            if !is_file {
                return Err(SourceError::Special { path });
            }
            match name.to_str() {
                Some(name) => found.push((format!("{prefix}{name}"), path)),
                None => return Err(SourceError::FileName { path }),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::*;

    fn paths(sources: &Sources) -> Vec<&str> {
        sources.files.iter().map(|file| &*file.path).collect()
    }

    #[test]
    fn which_files() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join(".conf");
        for path in [
            "b.yaml",
            "a/x.yml",
            "a.yaml",
            "a-b.yaml",
            ".dot.yaml",
            "d.yaml/e.yaml",
            "É.yaml",
        ] {
            write(&root, path, path);
        }
        for path in [
            ".git2/x.yaml",
            "a/.b/c/x.yaml",
            "README.md",
            "UP.YAML",
            "x.yaml.bak",
            "yaml",
        ] {
            write(&root, path, "no");
        }
        let sources = from_directory(&root).unwrap();
        assert_eq!(
            paths(&sources),
            [
                ".dot.yaml",
                "a-b.yaml",
                "a.yaml",
                "a/x.yml",
                "b.yaml",
                "d.yaml/e.yaml",
                "É.yaml"
            ]
        );
        assert_eq!(sources.files[3].bytes, b"a/x.yml");
        assert_eq!(sources.origin, Origin::default());
    }

    #[test]
    fn no_directory() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(from_directory(dir.path()).unwrap(), Sources::default());
        write(dir.path(), "f.yaml", "");
        assert!(matches!(
            from_directory(dir.path().join("none")),
            Err(SourceError::Missing { .. })
        ));
        for file in ["f.yaml", "f.yaml/below"] {
            assert!(
                matches!(
                    from_directory(dir.path().join(file)),
                    Err(SourceError::NotADirectory { .. })
                ),
                "{file}"
            );
        }
        let error = from_revision(dir.path(), "main").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("is not in a git repository, so there is no revision `main`"),
            "{error}"
        );
    }

    #[cfg(unix)]
    mod links {
        use super::*;
        use std::os::unix::fs::symlink;

        #[test]
        fn are_followed() {
            let dir = tempfile::tempdir().unwrap();
            let root = dir.path().join("conf");
            write(dir.path(), "shared/s.yaml", "s");
            write(&root, "a/x.yaml", "x");
            symlink("../shared", root.join("linked")).unwrap();
            symlink("../shared", root.join(".hidden")).unwrap();
            symlink("a", root.join("again")).unwrap();
            symlink("../shared/s.yaml", root.join("one.yaml")).unwrap();
            symlink("nowhere", root.join("dangling")).unwrap();
            symlink("conf", dir.path().join("way")).unwrap();
            let sources = from_directory(dir.path().join("way")).unwrap();
            assert_eq!(
                paths(&sources),
                ["a/x.yaml", "again/x.yaml", "linked/s.yaml", "one.yaml"]
            );
            assert_eq!(sources.files[3].bytes, b"s");
        }

        #[test]
        fn loops() {
            let dir = tempfile::tempdir().unwrap();
            let root = dir.path();
            write(root, "a/b/x.yaml", "x");
            symlink("../..", root.join("a/b/up")).unwrap();
            let error = from_directory(root).unwrap_err().to_string();
            let (link, top) = (root.join("a/b/up"), root.display());
            assert!(
                error.contains(&format!(
                    "`{}` leads back to the directory `{top}`",
                    link.display()
                )),
                "{error}"
            );
            fs_err::remove_file(link).unwrap();

            // Two links that lead into each other.
            write(root, "c/x.yaml", "x");
            symlink("../c", root.join("a/c")).unwrap();
            symlink("../a", root.join("c/a")).unwrap();
            let error = from_directory(root).unwrap_err().to_string();
            let ends = [("a/c/a", "a"), ("c/a/c", "c")].map(|(link, up)| {
                format!(
                    "`{}` leads back to the directory `{}`",
                    root.join(link).display(),
                    root.join(up).display()
                )
            });
            assert!(ends.iter().any(|end| error.contains(end)), "{error}");
            fs_err::remove_file(root.join("c/a")).unwrap();

            symlink("self.yaml", root.join("self.yaml")).unwrap();
            assert!(matches!(
                from_directory(root),
                Err(SourceError::Dangling { .. })
            ));
        }

        #[test]
        fn to_nothing() {
            let dir = tempfile::tempdir().unwrap();
            symlink("user@host.1", dir.path().join(".#users.yaml")).unwrap();
            let error = from_directory(dir.path()).unwrap_err().to_string();
            assert!(
                error.contains(".#users.yaml` leads to `user@host.1`"),
                "{error}"
            );
        }

        #[test]
        fn special_files_are_not_opened() {
            let dir = tempfile::tempdir().unwrap();
            let _socket =
                std::os::unix::net::UnixListener::bind(dir.path().join("s.yaml")).unwrap();
            assert!(matches!(
                from_directory(dir.path()),
                Err(SourceError::Special { .. })
            ));
        }

        #[test]
        fn unreadable_files_are_named() {
            use std::os::unix::fs::PermissionsExt;
            let dir = tempfile::tempdir().unwrap();
            write(dir.path(), "secret.yaml", "");
            let file = dir.path().join("secret.yaml");
            fs_err::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
            if fs_err::File::open(&file).is_ok() {
                return; // root reads everything
            }
            let error = from_directory(dir.path()).unwrap_err().to_string();
            assert!(error.contains("secret.yaml"), "{error}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_not_utf8() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        let odd = dir.path().join(OsStr::from_bytes(b"bad\xff"));
        write(&odd, "notes.txt", "");
        assert_eq!(from_directory(dir.path()).unwrap(), Sources::default());
        write(&odd, "x.yaml", "");
        let error = from_directory(dir.path()).unwrap_err();
        assert!(error.to_string().contains("is not UTF-8"), "{error}");
        fs_err::remove_dir_all(&odd).unwrap();
        write(dir.path(), "ok.yaml", "");
        fs_err::write(dir.path().join(OsStr::from_bytes(b"bad\xff.yaml")), "").unwrap();
        assert!(matches!(
            from_directory(dir.path()),
            Err(SourceError::FileName { .. })
        ));
    }

    #[test]
    fn directory_in_git() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        let conf = dir.path().join("conf");
        write(&conf, "a.yaml", "a");
        let origin = from_directory(&conf).unwrap().origin;
        assert_eq!(
            origin,
            Origin {
                commit: None,
                reference: Some("main".into()),
                dirty: true
            }
        );
        let id = commit_all(&git);
        write(dir.path(), "outside.yaml", "not in the directory");
        let origin = from_directory(&conf).unwrap().origin;
        assert_eq!(
            origin,
            Origin {
                commit: Some(id.clone()),
                reference: Some("main".into()),
                dirty: false
            }
        );
        write(&conf, "new.yaml", "n");
        let sources = from_directory(&conf).unwrap();
        assert_eq!(paths(&sources), ["a.yaml", "new.yaml"]);
        assert!(sources.origin.dirty);
        assert_eq!(sources.origin.commit, Some(id));
    }

    #[test]
    fn revision() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        let conf = dir.path().join("conf");
        write(&conf, "a.yaml", "old");
        write(&conf, "b/c.yml", "c");
        let id = commit_all(&git);
        fs_err::remove_dir_all(&conf).unwrap();
        write(dir.path(), "other.yaml", "o");
        commit_all(&git);

        let sources = from_revision(&conf, "HEAD~1").unwrap();
        assert_eq!(paths(&sources), ["a.yaml", "b/c.yml"]);
        assert_eq!(sources.files[0].bytes, b"old");
        assert_eq!(
            sources.origin,
            Origin {
                commit: Some(id),
                reference: Some("HEAD~1".into()),
                dirty: false
            }
        );
        assert_eq!(
            paths(&from_revision(conf.join("b"), "HEAD~1").unwrap()),
            ["c.yml"]
        );
        assert_eq!(
            paths(&from_revision(dir.path(), "HEAD~1").unwrap()),
            ["conf/a.yaml", "conf/b/c.yml"]
        );
        let error = from_revision(&conf, "HEAD").unwrap_err().to_string();
        assert!(
            error.starts_with("no directory `conf` at commit "),
            "{error}"
        );
        let error = from_revision(&conf, "feature").unwrap_err().to_string();
        assert!(
            error.starts_with("no revision `feature` in the repository at `"),
            "{error}"
        );
    }

    #[test]
    fn directory_and_revision_agree() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        for path in [
            "b.yaml",
            "a/x.yml",
            "a.yaml",
            "a-b.yaml",
            ".dot.yaml",
            ".yaml",
            "d.yaml/e.yaml",
            ".d/no.yaml",
        ] {
            write(dir.path(), path, path);
        }
        commit_all(&git);
        let (now, then) = (
            from_directory(dir.path()).unwrap(),
            from_revision(dir.path(), "main").unwrap(),
        );
        assert_eq!(now, then);
        assert_eq!(now.files.len(), 7);
    }
}
