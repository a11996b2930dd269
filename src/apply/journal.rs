//! The journal: one line before and one after each request, on disk before anything else happens, so that a run that was
//! killed can resume without sending anything twice.

use std::collections::BTreeSet;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;

use super::mutex::lock;
use super::pace::Took;
use super::progress::{JournalError, Line, Of, Progress, read};
use super::report::Verdict;
use super::target::Target;
use crate::change::Address;
use crate::disk;

/// Whether to resume an interrupted run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// Start a new run.
    No,
    /// Resume.
    Yes,
    /// Start a new run even if one was interrupted: its effect was discarded.
    Fresh,
}

/// A run that ended before everything was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted {
    /// Requests that were sent, or may have been.
    pub begun: usize,
    /// Results for objects that are known.
    pub settled: usize,
}

/// The journal of one run.
#[derive(Debug)]
pub struct Journal {
    file: Mutex<std::fs::File>,
    /// Whether each line is on disk before its writer continues.
    durable: bool,
    /// By operation and subject: those whose state before is in it.
    remembered: Mutex<BTreeSet<(u32, Address)>>,
    /// The directory that it is in.
    directory: PathBuf,
    /// What the run writes to.
    target: String,
}

/// What an earlier run of a plan to a target has done, if it is resumed; otherwise its journal is set aside.
fn going_on(
    path: &Path,
    (plan, target): (&str, &str),
    resume: Resume,
    of: Of,
    progress: Progress,
) -> Result<Progress, JournalError> {
    let here = Target::of(&of.target) == Target::of(target);
    let open = !progress.whole && !progress.begun.is_empty();
    match resume {
        Resume::Yes if of.plan != plan => Err(JournalError::OtherPlan(path.to_owned())),
        Resume::Yes if !here => Err(JournalError::OtherTarget {
            path: path.to_owned(),
            target: of.target,
        }),
        Resume::Yes => Ok(progress),
        Resume::No if of.plan == plan && here && open => Err(JournalError::Interrupted),
        Resume::No | Resume::Fresh => {
            set_aside(path)?;
            Ok(Progress::default())
        }
    }
}

impl Journal {
    /// The digest of the snapshot file that the last run of this journal wrote, if it wrote one.
    pub fn wrote(path: &Path) -> Result<Option<String>, JournalError> {
        let file = disk::open(path)?;
        Ok(read(path, BufReader::new(file))?.1.wrote)
    }

    /// Whether the run of this journal left something undone; `None` without a journal, too.
    pub fn interrupted(path: &Path) -> Result<Option<Interrupted>, JournalError> {
        let file = match disk::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (_, progress) = read(path, BufReader::new(file))?;
        let open = !progress.whole && !progress.begun.is_empty();
        Ok(open.then_some(Interrupted {
            begun: progress.begun.len(),
            settled: progress.settled.len(),
        }))
    }

    /// Opens the journal of a plan: a new one, or with [`Resume::Yes`] that of an interrupted run, with what it has done.
    /// `target` is what is written to, such as a base URL. `durable` journals survive a loss of power.
    pub fn open(
        path: &Path,
        plan: &str,
        org: &str,
        target: &str,
        at: &str,
        resume: Resume,
        durable: bool,
    ) -> Result<(Journal, Progress), JournalError> {
        let earlier = match disk::open(path) {
            Ok(file) => Some(read(path, BufReader::new(file))?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        let progress = match earlier {
            Some((of, progress)) => going_on(path, (plan, target), resume, of, progress)?,
            // It was interrupted before it had done anything.
            None => Progress::default(),
        };
        if let Some(directory) = path.parent() {
            disk::private_directory(directory)?;
        }
        let first = Line::Run {
            format_version: 1,
            plan: plan.to_owned(),
            org: org.to_owned(),
            target: target.to_owned(),
            at: at.to_owned(),
        };
        let is_new = !path.exists();
        if is_new {
            begin(path, &first)?;
        }
        let file = disk::private_file(path, std::fs::OpenOptions::new().append(true))?;
        if resume == Resume::Yes {
            repair(path, &file)?;
        }
        let journal = Journal {
            file: Mutex::new(file),
            durable,
            remembered: Mutex::new(progress.before.keys().cloned().collect()),
            directory: path.parent().unwrap_or(Path::new("")).to_owned(),
            target: target.to_owned(),
        };
        if !is_new {
            journal.write(&first)?;
        }
        Ok((journal, progress))
    }

    /// A request is about to be sent. `seen` is how many seconds ago its object was read, if that was not right before.
    pub fn begin(
        &self,
        operation: u32,
        attempt: u32,
        (method, path): (&str, &str),
        subjects: Vec<Address>,
        seen: Option<u64>,
    ) -> std::io::Result<()> {
        let remembered = {
            let known = lock(&self.remembered);
            let known = |it: &Address| known.contains(&(operation, it.clone()));
            !subjects.is_empty() && subjects.iter().all(known)
        };
        self.write(&Line::Begin {
            operation,
            attempt,
            method: method.to_owned(),
            path: path.to_owned(),
            subjects,
            remembered,
            seen_seconds_ago: seen,
        })
    }

    /// It was answered; without a status, the answer was lost.
    pub fn end(
        &self,
        operation: u32,
        attempt: u32,
        status: Option<u16>,
        tracking_id: Option<&str>,
    ) -> std::io::Result<()> {
        self.write(&Line::End {
            operation,
            attempt,
            status,
            tracking_id: tracking_id.map(str::to_owned),
        })
    }

    /// A backup was made.
    pub fn backup(
        &self,
        operation: u32,
        subject: &Address,
        file: &str,
        digest: &str,
        recipients: &[String],
    ) -> std::io::Result<()> {
        self.write(&Line::Backup {
            operation,
            subject: subject.clone(),
            file: file.to_owned(),
            digest: digest.to_owned(),
            recipients: recipients.to_vec(),
        })
    }

    /// The state of an object right before a request. `beside`: it leaves Calling alone; `exchanges` are the licences that it replaces. It is
    /// on disk with the next line.
    pub fn before(
        &self,
        operation: u32,
        subject: &Address,
        object: &Value,
        beside: bool,
        exchanges: Vec<(String, String)>,
    ) -> std::io::Result<()> {
        lock(&self.remembered).insert((operation, subject.clone()));
        let line = Line::Before {
            operation,
            subject: subject.clone(),
            object: object.clone(),
            beside,
            exchanges,
        };
        self.append(&line, false)
    }

    /// Something was lost that the plan does not remove: written before anything is sent to restore it.
    pub fn owed(&self, operation: u32, subject: &Address, lost: &str) -> std::io::Result<()> {
        self.write(&Line::Owed {
            operation,
            subject: subject.clone(),
            lost: lost.to_owned(),
        })
    }

    /// An object is as before or as planned.
    pub fn whole(&self, operation: u32, subject: &Address) -> std::io::Result<()> {
        self.write(&Line::Whole {
            operation,
            subject: subject.clone(),
            restored: None,
        })
    }

    /// Whatever earlier runs owed whoever has this id was given back, or given up on purpose.
    pub(super) fn paid(&self, subject: &Address, id: &str) -> std::io::Result<()> {
        self.write(&Line::Whole {
            operation: 0,
            subject: subject.clone(),
            restored: Some(id.to_owned()),
        })
    }

    /// What is written to.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// The directory that it is in.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The result of a request for one object.
    pub fn settled(
        &self,
        operation: u32,
        subject: &Address,
        verdict: &Verdict,
    ) -> std::io::Result<()> {
        self.write(&Line::Settled {
            operation,
            subject: subject.clone(),
            verdict: verdict.clone(),
        })
    }

    /// The run ended by itself.
    pub fn finish(
        &self,
        whole: bool,
        digest: Option<String>,
        took: Option<Took>,
    ) -> std::io::Result<()> {
        self.write(&Line::Finish {
            whole,
            digest,
            took,
        })
    }

    fn write(&self, line: &Line) -> std::io::Result<()> {
        self.append(line, self.durable)
    }

    fn append(&self, line: &Line, durable: bool) -> std::io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        let mut file = self
            .file
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        file.write_all(text.as_bytes())?;
        if durable { file.sync_data() } else { Ok(()) }
    }
}

/// Begins a journal with its first line, at once or not at all: an empty one says nothing of the run that it is of.
fn begin(path: &Path, first: &Line) -> std::io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new("")))?;
    let mut text = serde_json::to_string(first)?;
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.as_file().sync_data()?;
    file.persist(path)?;
    Ok(())
}

/// Ends the last line of a journal: a part of one does not count, and is removed.
fn repair(path: &Path, mut file: &std::fs::File) -> std::io::Result<()> {
    let text = fs_err::read(path)?;
    let whole = text.iter().rposition(|&byte| byte == b'\n');
    let whole = whole.map_or(0, |at| at + 1);
    let last = &text[whole..];
    match serde_json::from_slice::<Line>(last) {
        Ok(_) => file.write_all(b"\n"),
        Err(_) => file.set_len(whole as u64),
    }
}

/// Keeps the journal of an earlier plan under the name that follows those of all earlier ones: a gap that was deleted stays one, as
/// the order of the names is that of the runs.
fn set_aside(path: &Path) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new(""));
    let earlier = earlier(directory)?.into_iter().map(|(at, _)| at);
    let at = earlier.max().map_or(1, |at| at.saturating_add(1));
    fs_err::rename(path, path.with_extension(format!("{at}.jsonl")))
}

/// The journals that were set aside, by the number in their names: `journal.1.jsonl`, `journal.2.jsonl`, …
pub fn earlier(directory: &Path) -> std::io::Result<Vec<(u64, PathBuf)>> {
    let entries = match fs_err::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|it| it.to_str());
        let number = name
            .and_then(|it| it.strip_prefix("journal.")?.strip_suffix(".jsonl"))
            .map(str::parse);
        if let Some(Ok(at)) = number {
            found.push((at, path));
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: &str = "user/ana@acme.com";

    fn open(path: &Path, plan: &str, resume: Resume) -> Result<(Journal, Progress), JournalError> {
        Journal::open(
            path,
            plan,
            "ORG",
            "http://127.0.0.1/v1",
            "2026-11-20T08:00:00Z",
            resume,
            true,
        )
    }

    #[test]
    fn what_was_done_is_known_after_a_kill() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state/journal.jsonl");
        let (journal, _) = open(&path, "P", Resume::No).unwrap();
        let ana = || vec![ANA.into()];
        journal
            .begin(1, 1, ("PATCH", "/licenses/users"), ana(), None)
            .unwrap();
        journal.end(1, 1, Some(200), Some("T_1")).unwrap();
        journal.settled(1, &ANA.into(), &Verdict::Done).unwrap();
        journal
            .begin(2, 1, ("PUT", "/people/x"), ana(), Some(7))
            .unwrap();
        drop(journal);
        // The kill came in the middle of a line.
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap();
        file.write_all(b"{\"record\":\"end\",\"oper").unwrap();

        assert!(matches!(
            open(&path, "P", Resume::No),
            Err(JournalError::Interrupted)
        ));
        assert!(matches!(
            open(&path, "Q", Resume::Yes),
            Err(JournalError::OtherPlan(_))
        ));
        let (_, progress) = open(&path, "P", Resume::Yes).unwrap();
        assert_eq!(progress.settled.len(), 1);
        assert_eq!(progress.begun, BTreeSet::from([1, 2]));
        assert!(progress.touched.contains(ANA));
        let (_, again) = open(&path, "P", Resume::Yes).unwrap();
        assert_eq!(again, progress, "the cut line is gone");
    }

    #[test]
    fn a_line_that_lacks_only_its_line_break_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        let (journal, _) = open(&path, "P", Resume::No).unwrap();
        journal
            .begin(3, 1, ("PUT", "/x"), Vec::new(), None)
            .unwrap();
        drop(journal);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.trim_end()).unwrap();
        for _ in 0..2 {
            let (_, progress) = open(&path, "P", Resume::Yes).unwrap();
            assert_eq!(progress.begun, BTreeSet::from([3]));
        }
    }

    #[test]
    fn another_plan_begins_a_new_journal_and_keeps_the_old_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        let (journal, _) = open(&path, "P", Resume::No).unwrap();
        journal
            .begin(1, 1, ("PATCH", "/licenses/users"), Vec::new(), None)
            .unwrap();
        let (_, progress) = open(&path, "Q", Resume::No).unwrap();
        assert_eq!(progress, Progress::default());
        assert!(directory.path().join("journal.1.jsonl").exists());
        let (_, progress) = open(&directory.path().join("none"), "P", Resume::Yes).unwrap();
        assert_eq!(
            progress,
            Progress::default(),
            "interrupted before its first line"
        );
    }
}
