//! Tests of `files.rs`.

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
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("s.yaml")).unwrap();
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
            dirty: true,
            directory: "conf".into(),
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
            dirty: false,
            directory: "conf".into(),
        }
    );
    write(&conf, "new.yaml", "n");
    let sources = from_directory(&conf).unwrap();
    assert_eq!(paths(&sources), ["a.yaml", "new.yaml"]);
    assert!(sources.origin.dirty);
    assert_eq!(sources.origin.commit, Some(id));

    // Its path from the top of the repository, with slashes.
    assert_eq!(in_repository(&conf).unwrap(), "conf");
    assert_eq!(in_repository(dir.path()).unwrap(), "");
    write(&conf, "deep/er/d.yaml", "d");
    let deeper = from_directory(conf.join("deep/er")).unwrap().origin;
    assert_eq!(deeper.directory, "conf/deep/er");
    let outside = tempfile::tempdir().unwrap();
    assert_eq!(in_repository(outside.path()).unwrap(), "");
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
            dirty: false,
            directory: "conf".into(),
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
