//! Who wrote a line, and when.
//!
//! A line of the work tree that the commit does not have is not committed; for the others the commit's history is asked,
//! and of that only the stretch of lines that is needed. libgit2's own blame of a buffer is not used: it loses its way in
//! files whose lines were all replaced.

use std::collections::BTreeMap;
use std::path::Path;

use git2::{BlameOptions, DiffOptions, ErrorCode, ObjectType, Oid, Patch};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::{CommitId, GitError, Repo};

/// How a line came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A commit brought it.
    Committed(Author),
    /// No commit has it yet.
    Uncommitted,
    /// It is older than the history that was fetched.
    Unknown,
}

/// Who committed a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The full id of the commit.
    pub commit: String,
    /// The name of the author.
    pub name: String,
    /// When it was written, RFC 3339 in the author's time zone.
    pub date: String,
}

impl Repo {
    /// Who wrote these lines (from 1) of a file. `contents` is the file as it was read; with `at` it is that of this
    /// commit, else it is compared with the current one. `path` is relative to the work tree.
    pub fn blame(
        &self,
        at: Option<CommitId>,
        path: &Path,
        contents: &[u8],
        lines: &[u32],
    ) -> Result<BTreeMap<u32, Written>, GitError> {
        let nobody = || {
            lines
                .iter()
                .map(|&line| (line, Written::Uncommitted))
                .collect()
        };
        let commit = match (at, self.head()?.commit) {
            (Some(commit), _) => commit.0,
            (None, Some(commit)) => {
                Oid::from_str(&commit).map_err(|e| self.library("read HEAD", &e))?
            }
            (None, None) => return Ok(nobody()),
        };
        let Some(committed) = self.blob(commit, path)? else {
            return Ok(nobody());
        };
        let mut old = BTreeMap::new();
        for &line in lines {
            old.insert(line, Some(line));
        }
        if committed != contents {
            self.follow(&committed, contents, &mut old)?;
        }
        let found: Vec<usize> = old.values().flatten().map(|&line| line as usize).collect();
        let (Some(&first), Some(&last)) = (found.iter().min(), found.iter().max()) else {
            return Ok(nobody());
        };
        let failed = |e: git2::Error| self.library("find out who wrote a line", &e);
        let mut options = BlameOptions::new();
        options.newest_commit(commit).min_line(first).max_line(last);
        let blame = self
            .inner
            .blame_file(path, Some(&mut options))
            .map_err(failed)?;
        let mut written = BTreeMap::new();
        for (line, old) in old {
            let hunk = old.and_then(|old| blame.get_line(old as usize));
            let by = match hunk {
                Some(hunk) => self.written(hunk.final_commit_id()).map_err(failed)?,
                None => Written::Uncommitted,
            };
            written.insert(line, by);
        }
        Ok(written)
    }

    /// The file as a commit has it, if it does.
    fn blob(&self, commit: Oid, path: &Path) -> Result<Option<Vec<u8>>, GitError> {
        let failed = |e: git2::Error| self.library("read a commit", &e);
        let tree = self
            .inner
            .find_commit(commit)
            .and_then(|commit| commit.tree());
        let entry = match tree.map_err(failed)?.get_path(path) {
            Ok(entry) => entry,
            Err(e) if e.code() == ErrorCode::NotFound => return Ok(None),
            Err(e) => return Err(failed(e)),
        };
        if entry.kind() != Some(ObjectType::Blob) {
            return Ok(None);
        }
        let blob = self.inner.find_blob(entry.id()).map_err(failed)?;
        Ok(Some(blob.content().to_vec()))
    }

    /// Where lines of the work tree are in the commit; those that it lacks are removed.
    fn follow(
        &self,
        committed: &[u8],
        contents: &[u8],
        lines: &mut BTreeMap<u32, Option<u32>>,
    ) -> Result<(), GitError> {
        let failed = |e: git2::Error| self.library("compare a file with its commit", &e);
        // Line ends may have been changed by the checkout.
        let mut options = DiffOptions::new();
        options
            .context_lines(0)
            .force_text(true)
            .ignore_whitespace_eol(true);
        let patch = Patch::from_buffers(committed, None, contents, None, Some(&mut options))
            .map_err(failed)?;
        let mut hunks = Vec::with_capacity(patch.num_hunks());
        for index in 0..patch.num_hunks() {
            let (hunk, _) = patch.hunk(index).map_err(failed)?;
            // Without new lines, a hunk names the line before the place.
            let start = hunk.new_start() + u32::from(hunk.new_lines() == 0);
            hunks.push((start, hunk.new_lines(), hunk.old_lines()));
        }
        for (&line, old) in lines.iter_mut() {
            let inside =
                |&&(start, new, _): &&(u32, u32, u32)| (start..start + new).contains(&line);
            if hunks.iter().any(|hunk| inside(&hunk)) {
                *old = None;
                continue;
            }
            let before = hunks.iter().filter(|(start, new, _)| start + new <= line);
            let shift: i64 = before
                .map(|&(_, new, old)| i64::from(old) - i64::from(new))
                .sum();
            *old = u32::try_from(i64::from(line) + shift).ok();
        }
        Ok(())
    }

    fn written(&self, commit: Oid) -> Result<Written, git2::Error> {
        let commit = self.inner.find_commit(commit)?;
        // In a shallow clone everything older is attributed to the last commit that was fetched.
        if self.inner.is_shallow() && commit.parent_count() == 0 {
            return Ok(Written::Unknown);
        }
        let author = commit.author();
        Ok(Written::Committed(Author {
            commit: commit.id().to_string(),
            name: String::from_utf8_lossy(author.name_bytes()).into_owned(),
            date: rfc3339(author.when()),
        }))
    }
}

fn rfc3339(time: git2::Time) -> String {
    let offset = Offset::from_seconds(time.offset_minutes() * 60).unwrap_or(Offset::UTC);
    let written = Timestamp::from_second(time.seconds()).unwrap_or(Timestamp::UNIX_EPOCH);
    let written = written.to_zoned(TimeZone::fixed(offset));
    written.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use git2::{Repository, Signature, Time};

    use super::super::testing::{init, write};
    use super::*;

    /// Commits one file, by this person, this many days after the beginning.
    fn commit(git: &Repository, name: &str, day: i64, text: &str) -> String {
        let root = git.workdir().unwrap().to_owned();
        write(&root, "org/a.yaml", text);
        let mut index = git.index().unwrap();
        index
            .add_all(["*"], git2::IndexAddOption::DEFAULT, None)
            .unwrap();
        let tree = git.find_tree(index.write_tree().unwrap()).unwrap();
        let when = Time::new(1_790_000_000 + day * 86_400, 120);
        let who = Signature::new(name, "who@acme.com", &when).unwrap();
        let parents: Vec<_> = git
            .head()
            .iter()
            .map(|head| head.peel_to_commit().unwrap())
            .collect();
        let parents: Vec<_> = parents.iter().collect();
        let id = git.commit(Some("HEAD"), &who, &who, "test", &tree, &parents);
        id.unwrap().to_string()
    }

    fn names(repo: &Repo, at: Option<CommitId>, text: &str, lines: &[u32]) -> Vec<String> {
        let written = repo
            .blame(at, Path::new("org/a.yaml"), text.as_bytes(), lines)
            .unwrap();
        assert_eq!(written.len(), lines.len());
        let name = |by: &Written| match by {
            Written::Committed(author) => author.name.clone(),
            other => format!("{other:?}"),
        };
        written.values().map(name).collect()
    }

    #[test]
    fn each_line_has_its_commit() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        let first = commit(&git, "Ana", 0, "one\ntwo\nthree\nfour\n");
        let second = "one\nTWO\nthree\nfour\nfive\n";
        commit(&git, "Zoë", 1, second);
        let repo = Repo::discover(dir.path()).unwrap().unwrap();
        assert_eq!(
            names(&repo, None, second, &[1, 2, 3, 5]),
            ["Ana", "Zoë", "Ana", "Zoë"]
        );
        assert_eq!(names(&repo, None, second, &[4]), ["Ana"]);
        let written = repo.blame(None, Path::new("org/a.yaml"), second.as_bytes(), &[3]);
        assert_eq!(
            written.unwrap()[&3],
            Written::Committed(Author {
                commit: first.clone(),
                name: "Ana".into(),
                date: "2026-09-21T16:13:20+02:00".into(),
            })
        );
        let old = repo.resolve(&first).unwrap();
        let text = "one\ntwo\nthree\nfour\n";
        assert_eq!(names(&repo, Some(old), text, &[2]), ["Ana"]);
    }

    #[test]
    fn lines_of_a_changed_file() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        commit(&git, "Ana", 0, "one\ntwo\nthree\nfour\nfive\n");
        let repo = Repo::discover(dir.path()).unwrap().unwrap();
        let no = "Uncommitted";
        for (text, expected) in [
            ("zero\none\ntwo\n", vec![no, "Ana", "Ana"]),
            ("two\nthree\nfour\nfive\n", vec!["Ana"; 4]),
            ("one\n2\nthree\n", vec!["Ana", no, "Ana"]),
            ("all\nis\nnew\n", vec![no; 3]),
            ("one\r\ntwo\r\n", vec!["Ana"; 2]),
            ("one\nfive\nsix", vec!["Ana", "Ana", no]),
        ] {
            let lines: Vec<u32> = (1..=expected.len() as u32).collect();
            assert_eq!(names(&repo, None, text, &lines), expected, "{text:?}");
        }
    }

    #[test]
    fn what_no_commit_has() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        write(dir.path(), "org/a.yaml", "one\n");
        let repo = Repo::discover(dir.path()).unwrap().unwrap();
        assert_eq!(names(&repo, None, "one\n", &[1]), ["Uncommitted"]);
        commit(&git, "Ana", 0, "one\n");
        let other = repo.blame(None, Path::new("org/new.yaml"), b"x\n", &[1]);
        assert_eq!(other.unwrap()[&1], Written::Uncommitted);
    }

    #[test]
    fn a_shallow_clone_does_not_blame_its_last_commit() {
        let dir = tempfile::tempdir().unwrap();
        let git = init(dir.path());
        let first = commit(&git, "Ana", 0, "one\n");
        let second = commit(&git, "Bob", 1, "one\ntwo\n");
        commit(&git, "Eve", 2, "one\ntwo\nthree\n");
        assert_ne!(first, second);
        write(dir.path(), ".git/shallow", format!("{second}\n"));
        let repo = Repo::discover(dir.path()).unwrap().unwrap();
        assert_eq!(
            names(&repo, None, "one\ntwo\nthree\n", &[1, 3]),
            ["Unknown", "Eve"]
        );
    }
}
