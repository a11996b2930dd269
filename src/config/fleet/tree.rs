//! What a search goes through: directories on disk, or those of a git revision.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Organisation;
use crate::config::files::{self, SourceError};
use crate::disk::{self, LARGEST_TREE};
use crate::git::{Repo, is_dot, is_yaml};

/// Directories that hold what programs build or download.
const LEFT_OUT: [&str; 2] = ["node_modules", "target"];

/// One directory. All paths are relative to the root, with `/`.
#[derive(Debug, Default)]
pub struct Folder {
    /// Its YAML files, by name.
    pub files: Vec<String>,
    /// The directories to search below it, by name.
    pub folders: Vec<String>,
    /// What cannot be searched: where, why, and what to do.
    pub odd: Vec<(String, String, &'static str)>,
}

/// The directories below a root.
#[derive(Debug)]
pub enum Tree {
    /// On disk: the root as given, and canonical.
    Disk(PathBuf, PathBuf),
    /// In a revision: all YAML files.
    Revision(BTreeMap<String, Vec<u8>>),
}

impl Tree {
    /// The directories on disk.
    pub fn directory(root: &Path) -> Result<Tree, SourceError> {
        files::directory(root)?;
        Ok(Tree::Disk(root.to_owned(), fs_err::canonicalize(root)?))
    }

    /// The directories of a revision. Symbolic links are not followed, as in any plan of a revision.
    pub fn revision(root: &Path, revision: &str) -> Result<Tree, SourceError> {
        let Some(repo) = Repo::discover(root)? else {
            return Err(SourceError::NoRepository {
                path: root.to_owned(),
                rev: revision.to_owned(),
            });
        };
        // How large one configuration may be is no limit for all of them.
        let files = repo.files_at(repo.resolve(revision)?, &repo.relative(root)?)?;
        Ok(Tree::Revision(files.into_iter().collect()))
    }

    /// What is directly in a directory.
    pub fn list(&self, path: &str) -> Result<Folder, String> {
        let mut folder = match self {
            Tree::Disk(root, canonical) => on_disk(root, canonical, path)?,
            Tree::Revision(files) => in_revision(files, path),
        };
        folder.files.sort();
        folder.folders.sort();
        Ok(folder)
    }

    /// The bytes of a file.
    pub fn read(&self, file: &str) -> Result<Vec<u8>, String> {
        match self {
            Tree::Disk(root, _) => {
                disk::read(&root.join(file), LARGEST_TREE).map_err(|error| error.to_string())
            }
            Tree::Revision(files) => files
                .get(file)
                .cloned()
                .ok_or_else(|| "it is gone".to_owned()),
        }
    }

    /// A file by its one name, whatever links lead to it; none where links lead nowhere.
    pub fn canonical(&self, file: &str) -> Option<PathBuf> {
        match self {
            Tree::Disk(root, _) => fs_err::canonicalize(root.join(file)).ok(),
            Tree::Revision(_) => None,
        }
    }

    /// The files of these organisations, by their one name. What cannot be read is left to the plan of its organisation.
    pub fn linked(&self, organisations: &[Organisation]) -> BTreeSet<PathBuf> {
        let Tree::Disk(root, _) = self else {
            return BTreeSet::new();
        };
        let mut linked = BTreeSet::new();
        for organisation in organisations {
            let directory = root.join(&organisation.path);
            let paths = files::paths_below(&directory).unwrap_or_default();
            linked.extend(
                paths
                    .iter()
                    .filter_map(|path| fs_err::canonicalize(path).ok()),
            );
        }
        linked
    }
}

/// The path of an entry of a directory.
fn below(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}/{name}"),
    }
}

fn in_revision(files: &BTreeMap<String, Vec<u8>>, path: &str) -> Folder {
    let prefix = below(path, "");
    let mut folder = Folder::default();
    let inside = files.range(prefix.clone()..).map(|(file, _)| file);
    for file in inside.take_while(|file| file.starts_with(&prefix)) {
        match file[prefix.len()..].split_once('/') {
            None => folder.files.push(file.clone()),
            Some((name, _)) if LEFT_OUT.contains(&name) => {}
            Some((name, _)) => {
                let name = below(path, name);
                if folder.folders.last() != Some(&name) {
                    folder.folders.push(name);
                }
            }
        }
    }
    folder
}

fn on_disk(root: &Path, canonical: &Path, path: &str) -> Result<Folder, String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut folder = Folder::default();
    for entry in fs_err::read_dir(root.join(path)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (name, full) = (entry.file_name(), entry.path());
        let kind = entry.file_type().map_err(failed)?;
        let yaml = is_yaml(name.as_encoded_bytes());
        let Some(text) = name.to_str() else {
            let shown = below(path, &name.to_string_lossy());
            if yaml || kind.is_dir() {
                folder
                    .odd
                    .push((shown, "the name is not UTF-8".to_owned(), "rename it"));
            }
            continue;
        };
        let own = below(path, text);
        // What a link leads to is a file of this directory, as for a plan.
        let is_dir = match kind.is_symlink() {
            true => fs_err::metadata(&full).is_ok_and(|meta| meta.is_dir()),
            false => kind.is_dir(),
        };
        if !is_dir {
            if yaml {
                folder.files.push(own);
            }
        } else if is_dot(text.as_bytes()) || LEFT_OUT.contains(&text) {
        } else if !kind.is_symlink() {
            folder.folders.push(own);
        } else if !fs_err::canonicalize(&full).is_ok_and(|target| target.starts_with(canonical)) {
            // What is inside of the root is found by its own name.
            let why = "the symbolic link leads out of the directory, and is not followed";
            folder
                .odd
                .push((own, why.to_owned(), "move what it leads to here"));
        }
    }
    Ok(folder)
}
