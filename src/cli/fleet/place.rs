//! Where the organisations are, and which of them a run is about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::output::Failure;
use crate::cli::{Exit, given};
use crate::config::fleet::{self, Fleet, Organisation, Problem};
use crate::webex::ids;

/// Options of every command about several organisations.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Place {
    /// The directory below which the organisations are
    #[arg(default_value = ".")]
    pub root: PathBuf,
    /// Read the files of this git revision, without a checkout
    #[arg(long = "ref", value_name = "REV")]
    pub revision: Option<String>,
    /// With --ref: only organisations whose directory differs from this git revision
    #[arg(long, value_name = "REV", requires = "revision")]
    pub changed_since: Option<String>,
    /// Only the Nth of M parts of the organisations, such as 1/3
    #[arg(long, value_name = "N/M", value_parser = shard)]
    pub shard: Option<Shard>,
}

/// One of several parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

fn shard(text: &str) -> Result<Shard, String> {
    let number = |text: &str| text.parse::<usize>().ok();
    let parts = text.split_once('/');
    match parts.and_then(|(index, count)| Some((number(index)?, number(count)?))) {
        Some((index, count)) if (1..=count).contains(&index) => Ok(Shard { index, count }),
        _ => Err("write it such as 1/3, from 1/3 to 3/3".to_owned()),
    }
}

/// An organisation, with the path by which commands reach it from here.
#[derive(Debug, Clone)]
pub struct Member {
    /// The directory, beginning with the root as it was given.
    pub path: String,
    /// Its name, if it can be read.
    pub name: Option<String>,
    /// Its id, if the files give one.
    pub id: Option<String>,
    /// Its name for artifacts, state directories and jobs.
    pub slug: String,
}

impl Member {
    /// Its name, or nothing.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// The organisations of a run.
#[derive(Debug)]
pub struct Found {
    /// Those that can be worked with, in order of path.
    pub members: Vec<Member>,
    /// The paths of those that only the earlier revision has.
    pub gone: Vec<String>,
    /// What is unknown, or is refused.
    pub problems: Vec<Problem>,
    /// The slugs that the organisations of these problems have or would have, each with what is wrong.
    pub refused: Vec<(String, String)>,
}

impl Place {
    /// Finds them.
    ///
    /// # Errors
    ///
    /// If there are none at all, or the directory or a revision cannot be read.
    pub fn find(&self) -> Result<Found, Failure> {
        let revision = self.revision.as_deref();
        if revision.is_none() {
            given::directory(&self.root)?;
            if !self.root.exists() {
                let message = format!("there is no directory `{}`", self.root.display());
                return Err(Failure::new(message).help(
                    "name the directory below which the organisations are; `trunkline fleet plan ROOT` plans them, other commands take one at a time",
                ));
            }
        }
        let mut fleet = fleet::find(&self.root, revision)?;
        if fleet.organisations.is_empty() && fleet.problems.is_empty() {
            let message = format!("there is no organisation below {}", self.root.display());
            let help = "a directory counts as an organisation if a YAML file directly in it has a document with `org`";
            return Err(Failure::new(message).help(help).exit(Exit::Incomplete));
        }
        // Before any is left out: which of two belongs to the organisation, no one can tell.
        refuse_twins(&mut fleet);
        let mut gone = Vec::new();
        if let (Some(since), Some(revision)) = (self.changed_since.as_deref(), revision) {
            (fleet, gone) = fleet::changed(&self.root, since, revision, fleet)?;
        }
        let shard = self.shard.unwrap_or(Shard { index: 1, count: 1 });
        let members = fleet.organisations.into_iter().enumerate();
        let members = members.filter(|(at, _)| at % shard.count == shard.index - 1);
        let members = members.map(|(_, it)| self.member(it)).collect();
        let refused = fleet.problems.iter().flat_map(|problem| {
            // What cannot be read may be a file of an organisation.
            let directory = problem.path.rsplit_once('/').map_or("", |(above, _)| above);
            let slugs = [problem.path.as_str(), directory].map(fleet::slug);
            slugs.map(|slug| (slug, problem.message.clone()))
        });
        let refused = refused.collect();
        let here = |path: String| below(&self.root, &path);
        Ok(Found {
            members,
            refused,
            gone: gone.into_iter().map(here).collect(),
            problems: fleet
                .problems
                .into_iter()
                .map(|problem| Problem {
                    path: below(&self.root, &problem.path),
                    ..problem
                })
                .collect(),
        })
    }

    fn member(&self, organisation: Organisation) -> Member {
        Member {
            path: below(&self.root, &organisation.path),
            name: organisation.name,
            id: organisation.id,
            slug: organisation.slug,
        }
    }
}

/// A path below the root as commands are given it.
fn below(root: &Path, path: &str) -> String {
    let root = root.to_string_lossy();
    match (root.trim_end_matches('/'), path) {
        ("", "") => "/".to_owned(),
        ("", path) => format!("/{path}"),
        (root, "") => root.to_owned(),
        (".", path) => path.to_owned(),
        (root, path) => format!("{root}/{path}"),
    }
}

/// Two directories with the id of one organisation would be applied side by side, each undoing what the other does.
fn refuse_twins(fleet: &mut Fleet) {
    let mut by_id: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for organisation in &fleet.organisations {
        if let Some(id) = &organisation.id {
            let paths = by_id.entry(ids::plain(id)).or_default();
            paths.push(organisation.path.clone());
        }
    }
    for paths in by_id.into_values().filter(|paths| paths.len() > 1) {
        fleet.organisations.retain(|it| !paths.contains(&it.path));
        for path in &paths {
            let other = paths.iter().find(|it| *it != path);
            let other = other.map_or("", |other| other.as_str());
            let more = match paths.len() {
                2 => "; both are refused".to_owned(),
                n => format!(" and {} more; all of them are refused", n - 2),
            };
            fleet.problems.push(Problem {
                path: path.clone(),
                message: format!("it has the same org.id as {other}{more}"),
                help: "one directory holds one organisation: remove the others, or give them their own ids",
            });
        }
    }
    fleet
        .problems
        .sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_command_line() {
        assert_eq!(shard("2/3"), Ok(Shard { index: 2, count: 3 }));
        for wrong in ["0/3", "4/3", "1/0", "1", "a/b", "1/3/5", "-1/3"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
        let cases = [
            (".", "a/b", "a/b"),
            (".", "", "."),
            ("./x/", "a", "./x/a"),
            ("/", "a", "/a"),
            ("x", "", "x"),
        ];
        for (root, path, expected) in cases {
            assert_eq!(below(Path::new(root), path), expected);
        }
    }
}
