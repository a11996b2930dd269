//! Repositories for tests, made without the git program.

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
