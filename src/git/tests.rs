//! Tests of revisions, files and the state of the work tree.

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
