//! The organisations of a repository: which directories hold one, and what could not be told.
//!
//! Owns what makes a directory an organisation, and its slug. Must not know what is planned, nor any format.
//!
//! A directory is an organisation if a YAML file directly in it has a document with `org`. What is below it belongs to it, so
//! the search does not go further down. Directories whose name begins with a dot, `target` and `node_modules` are left out.
//! What is unknown is a [`Problem`]: an organisation is never left out silently.

mod slug;
mod tree;

pub use slug::slug;
pub use tree::{Folder, Tree};

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::IgnoredAny;

use super::files::SourceError;
use super::foreign;
use super::model::Document;
use super::yaml::{self, Entries};
use crate::git::{GitError, Repo};

/// The most directories that are searched. More are hardly one repository of organisations.
pub const MOST_DIRECTORIES: usize = 100_000;

/// An organisation of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its directory relative to the root that was searched, with `/`; empty for the root itself.
    pub path: String,
    /// Its name, unless the file with `org` has an error there.
    pub name: Option<String>,
    /// Its id, where the files give one.
    pub id: Option<String>,
    /// A name for artifacts, state directories and jobs, from the path alone: it does not change when others are added.
    pub slug: String,
}

/// Something that could not be read, or belongs to no organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, relative to the root, with `/`; empty for the root itself.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

/// What a search found, each in byte order of path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fleet {
    /// The organisations.
    pub organisations: Vec<Organisation>,
    /// What could not be told.
    pub problems: Vec<Problem>,
}

/// Searches a directory, or a directory as it is in a git revision, which needs no checkout.
///
/// # Errors
///
/// If there is no such directory or revision. What is wrong below it is a [`Problem`].
pub fn find(root: &Path, revision: Option<&str>) -> Result<Fleet, SourceError> {
    let tree = match revision {
        Some(revision) => Tree::revision(root, revision)?,
        None => Tree::directory(root)?,
    };
    let mut search = Search {
        tree: &tree,
        fleet: Fleet::default(),
        stray: Vec::new(),
        seen: 0,
    };
    search.folder(String::new());
    Ok(search.end())
}

/// Only the organisations whose directory differs between two revisions, snapshots and all, and the paths of those that only
/// the first has. Directories that did not exist yet have changed.
///
/// # Errors
///
/// If a revision cannot be read.
pub fn changed(
    root: &Path,
    since: &str,
    revision: &str,
    mut fleet: Fleet,
) -> Result<(Fleet, Vec<String>), SourceError> {
    let then = match find(root, Some(since)) {
        Err(SourceError::Git(GitError::NoDirectory { .. })) => Fleet::default(),
        then => then?,
    };
    let Some(repo) = Repo::discover(root)? else {
        return Err(SourceError::NoRepository {
            path: root.to_owned(),
            rev: since.to_owned(),
        });
    };
    let (before, after) = (repo.resolve(since)?, repo.resolve(revision)?);
    let root = repo.relative(root)?;
    let has = |fleet: &Fleet, path: &str| fleet.organisations.iter().any(|it| it.path == path);
    let gone = then.organisations.iter().map(|it| it.path.clone());
    let gone = gone.filter(|path| !has(&fleet, path)).collect();
    let mut kept = Vec::new();
    for organisation in fleet.organisations {
        let directory = root.join(&organisation.path);
        if !repo.is_same(before, after, &directory)? {
            kept.push(organisation);
        }
    }
    fleet.organisations = kept;
    Ok((fleet, gone))
}

struct Search<'a> {
    tree: &'a Tree,
    fleet: Fleet,
    /// Files with sections of a configuration that are in no organisation's directory.
    stray: Vec<String>,
    seen: usize,
}

/// What a file says about the organisation.
enum Told {
    /// It is not a file of a configuration.
    Other,
    /// It has sections, and no `org`.
    Sections,
    /// It has `org`.
    Org(Option<String>, Option<String>),
    /// It is unknown, and why.
    Unknown(String),
}

impl Search<'_> {
    fn folder(&mut self, path: String) {
        self.seen += 1;
        if self.seen > MOST_DIRECTORIES {
            if self.seen == MOST_DIRECTORIES + 1 {
                let message = format!("the search ends after {MOST_DIRECTORIES} directories");
                self.problem(path, message, "name a directory further down");
            }
            return;
        }
        let Folder {
            files,
            folders,
            odd,
        } = match self.tree.list(&path) {
            Ok(folder) => folder,
            Err(why) => return self.problem(path, why, "make it readable"),
        };
        for (path, why, help) in odd {
            self.problem(path, why, help);
        }
        let (mut org, mut stray, mut unknown) = (None, Vec::new(), Vec::new());
        for file in files {
            match self.told(&file) {
                Told::Other => {}
                Told::Sections => stray.push(file),
                // Two of them are an error of its own plan.
                Told::Org(name, id) => org = org.or(Some((file, name, id))),
                Told::Unknown(why) => unknown.push((file, why)),
            }
        }
        let Some((file, name, id)) = org else {
            self.stray.append(&mut stray);
            for (file, why) in unknown {
                let why = format!("{why}; so it is unknown whether an organisation is here");
                self.problem(file, why, "fix the file, or move it elsewhere");
            }
            for folder in folders {
                self.folder(folder);
            }
            return;
        };
        if name.is_none() {
            let help = "`trunkline validate` of the directory shows the error";
            self.problem(file, "`org` has no name that can be read".to_owned(), help);
        }
        let slug = slug(&path);
        self.fleet.organisations.push(Organisation {
            path,
            name,
            id,
            slug,
        });
    }

    fn told(&self, file: &str) -> Told {
        let bytes = match self.tree.read(file) {
            Ok(bytes) => bytes,
            Err(why) => return Told::Unknown(why),
        };
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Told::Unknown("the file is not UTF-8 text".to_owned());
        };
        told(text)
    }

    fn problem(&mut self, path: String, message: String, help: &'static str) {
        self.fleet.problems.push(Problem {
            path,
            message,
            help,
        });
    }

    /// Files that organisations reach through symbolic links belong to them; the other stray ones are problems.
    fn end(mut self) -> Fleet {
        let stray = std::mem::take(&mut self.stray);
        let linked: BTreeSet<_> = match stray.is_empty() {
            true => BTreeSet::new(),
            false => self.tree.linked(&self.fleet.organisations),
        };
        for file in stray {
            if self
                .tree
                .canonical(&file)
                .is_some_and(|it| linked.contains(&it))
            {
                continue;
            }
            let message = "it has sections of a configuration, and belongs to no organisation";
            let help =
                "a file with `org` directly in the directory of an organisation makes it one";
            self.problem(file, message.to_owned(), help);
        }
        let path = |problem: &Problem| (problem.path.clone(), problem.message.clone());
        self.fleet.problems.sort_by_key(path);
        self.fleet.organisations.sort_by(|a, b| a.path.cmp(&b.path));
        self.fleet
    }
}

/// Other YAML than ours is common in a repository: workflows, manifests. [`foreign::has_sections`] says which is ours.
fn told(text: &str) -> Told {
    let top = yaml::read::<Entries<IgnoredAny>>(text);
    let names = || {
        top.documents
            .iter()
            .flat_map(Entries::iter)
            .map(|(key, _)| key.value.as_str())
    };
    if names().any(|name| name == "org") {
        let documents = yaml::read::<Document>(text).documents;
        let org = documents.into_iter().find_map(|document| document.org);
        let org = org.map(|org| org.value);
        let id = org
            .as_ref()
            .and_then(|org| org.id.as_ref())
            .map(|id| id.value.clone());
        return Told::Org(org.map(|org| org.name.value), id);
    }
    match top.problems.first() {
        Some(problem) if !top.complete => {
            let line = problem.pos.line;
            Told::Unknown(format!("line {line}: {}", problem.message))
        }
        _ if foreign::has_sections(text) => Told::Sections,
        _ => Told::Other,
    }
}

#[cfg(test)]
mod tests;
