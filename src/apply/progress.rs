//! The lines of a journal, and what they say of an earlier run.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::pace::Took;
use super::report::Verdict;
use crate::change::Address;

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It belongs to another plan.
    #[error("{} belongs to another plan", .0.display())]
    OtherPlan(PathBuf),
    /// It belongs to this plan, and the run wrote to something else.
    #[error("{} is of a run that wrote to {target}", path.display())]
    OtherTarget {
        /// The file.
        path: PathBuf,
        /// What it wrote to.
        target: String,
    },
    /// A run of this plan was interrupted, and --resume was not given.
    #[error("an apply of this plan was interrupted")]
    Interrupted,
    /// A line is invalid that was not cut off.
    #[error("{}:{line}: this is not a journal: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "camelCase")]
pub enum Line {
    /// A run begins, or is resumed.
    #[serde(rename_all = "camelCase")]
    Run {
        format_version: u32,
        plan: String,
        org: String,
        target: String,
        at: String,
    },
    /// A request is about to be sent.
    #[serde(rename_all = "camelCase")]
    Begin {
        operation: u32,
        attempt: u32,
        method: String,
        path: String,
        subjects: Vec<Address>,
        /// Whether the state of all of them before is in the journal.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        remembered: bool,
        /// How many seconds ago the object was read; absent where that was right before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen_seconds_ago: Option<u64>,
    },
    /// It was answered, or its answer was lost.
    #[serde(rename_all = "camelCase")]
    End {
        operation: u32,
        attempt: u32,
        /// The HTTP status; none where the answer was lost.
        status: Option<u16>,
        #[serde(skip_serializing_if = "Option::is_none")]
        tracking_id: Option<String>,
    },
    /// The settings of a subject were saved before a request.
    #[serde(rename_all = "camelCase")]
    Backup {
        operation: u32,
        subject: Address,
        file: String,
        digest: String,
        /// Who can read it (`age1…`); none: it is not encrypted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        recipients: Vec<String>,
    },
    /// How an object was before a request that could carry out a move in part, or that has taken more than it should.
    #[serde(rename_all = "camelCase")]
    Before {
        operation: u32,
        subject: Address,
        object: Value,
        /// Whether the request leaves Calling alone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        beside: bool,
        /// The licences that it replaces, by id, each with the new one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        exchanges: Vec<(String, String)>,
    },
    /// Something was lost that the plan does not remove, and must be restored.
    #[serde(rename_all = "camelCase")]
    Owed {
        operation: u32,
        subject: Address,
        lost: String,
    },
    /// An object is as before or as planned, and nothing of this request is owed to it any more.
    #[serde(rename_all = "camelCase")]
    Whole {
        operation: u32,
        subject: Address,
        /// Whoever has this id is owed nothing by any earlier request either.
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "text_or_none"
        )]
        restored: Option<String>,
    },
    /// The result of a request for one object.
    #[serde(rename_all = "camelCase")]
    Settled {
        operation: u32,
        subject: Address,
        verdict: Verdict,
    },
    /// The run ended by itself; `digest` is that of the snapshot file that it wrote, if it wrote one.
    #[serde(rename_all = "camelCase")]
    Finish {
        whole: bool,
        digest: Option<String>,
        /// What it took, if it was live.
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "lenient"
        )]
        took: Option<Took>,
    },
}

/// Only an estimate needs it: what is odd about it makes no journal unreadable.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Took>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(Took::deserialize(value).ok())
}

/// What an earlier run has done already.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// By operation and subject: the result.
    pub settled: BTreeMap<(u32, Address), Verdict>,
    /// Operations of which a request was sent, or may have been, by an earlier run.
    pub begun: BTreeSet<u32>,
    /// Addresses of the objects of these.
    pub touched: BTreeSet<Address>,
    /// By operation and subject: the first backup. Later ones may have been made after the loss.
    pub backups: BTreeMap<(u32, Address), PathBuf>,
    /// By operation and subject: how the object was before the first request, where a move may have been done in part and
    /// the object has not been found whole since.
    pub before: BTreeMap<(u32, Address), Value>,
    /// By operation and subject: what was lost, if a loss was found.
    pub owed: BTreeMap<(u32, Address), String>,
    /// Operations whose last answer was 206.
    pub halved: BTreeSet<u32>,
    /// The digest of the snapshot file that the last run wrote.
    pub wrote: Option<String>,
    /// Whether a run ended with everything done.
    pub whole: bool,
}

/// Which plan a journal is of, and what was done. The last line may be cut off.
pub fn read(path: &Path, file: impl BufRead) -> Result<(Of, Progress), JournalError> {
    let mut progress = Progress::default();
    let mut of = Of::default();
    lines(path, file, |line| progress.take(line, &mut of))?;
    Ok((of, progress))
}

/// What a run is of.
#[derive(Debug, Default)]
pub struct Of {
    /// The digest of the plan.
    pub plan: String,
    /// What it wrote to.
    pub target: String,
}

/// Each line of a journal. Only what follows the last line break may have been cut off by a kill: a line that was written
/// whole and cannot be read is damage, wherever it is, since what it said is unknown.
pub fn lines(
    path: &Path,
    mut file: impl BufRead,
    mut each: impl FnMut(Line),
) -> Result<(), JournalError> {
    let mut text = Vec::new();
    let mut known = Known::default();
    for at in 1.. {
        text.clear();
        if file.read_until(b'\n', &mut text)? == 0 {
            break;
        }
        let whole = text.last() == Some(&b'\n');
        if whole && text.len() == 1 {
            continue;
        }
        let unreadable = |why: String| JournalError::Unreadable {
            path: path.to_owned(),
            line: at,
            why,
        };
        match serde_json::from_slice(&text) {
            Ok(Line::Run { format_version, .. }) if format_version != 1 => {
                return Err(unreadable(format!(
                    "formatVersion {format_version} is not supported"
                )));
            }
            Ok(line) => {
                known.meet(&line).map_err(unreadable)?;
                each(line);
            }
            Err(error) if !whole && error.is_eof() => break,
            Err(error) => return Err(unreadable(error.to_string())),
        }
    }
    match known.begun {
        true => Ok(()),
        false => Err(JournalError::Unreadable {
            path: path.to_owned(),
            line: 1,
            why: "it is empty or cut off".to_owned(),
        }),
    }
}

/// A text, or nothing for anything else: earlier journals had `true` or `false` here. Without an id nobody is paid.
fn text_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(value.as_str().map(str::to_owned))
}

/// What a journal has said so far. A line that lacks what it needs would mean that nobody is owed anything.
#[derive(Default)]
struct Known {
    begun: bool,
    /// By operation and subject: those whose state before is known.
    before: BTreeSet<(u32, Address)>,
}

impl Known {
    /// Takes in a line, or says what it lacks.
    fn meet(&mut self, line: &Line) -> Result<(), String> {
        match line {
            Line::Run { .. } => self.begun = true,
            // Without it nobody could say of which organisation the others are.
            _ if !self.begun => return Err("it does not begin with a run".to_owned()),
            Line::Before {
                operation,
                subject,
                object,
                ..
            } => {
                if object["id"].as_str().is_none_or(str::is_empty) {
                    return Err(format!("the state of {subject} before has no id"));
                }
                self.before.insert((*operation, subject.clone()));
            }
            Line::Owed {
                operation, subject, ..
            } => self.need(*operation, subject)?,
            Line::Begin {
                operation,
                subjects,
                remembered: true,
                ..
            } => subjects
                .iter()
                .try_for_each(|subject| self.need(*operation, subject))?,
            _ => {}
        }
        Ok(())
    }

    /// The state of a subject before is needed to say what is owed to it.
    fn need(&self, operation: u32, subject: &Address) -> Result<(), String> {
        match self.before.contains(&(operation, subject.clone())) {
            true => Ok(()),
            false => Err(format!("the state of {subject} before is not in it")),
        }
    }
}

impl Progress {
    fn take(&mut self, line: Line, of: &mut Of) {
        match line {
            Line::Run { plan, target, .. } => {
                *of = Of { plan, target };
                self.whole = false;
            }
            Line::Begin {
                operation,
                subjects,
                ..
            } => {
                self.begun.insert(operation);
                self.touched.extend(subjects);
            }
            Line::End {
                operation, status, ..
            } => self.ended(operation, status),
            Line::Backup {
                operation,
                subject,
                file,
                ..
            } => {
                let key = (operation, subject);
                self.backups.entry(key).or_insert(file.into());
            }
            Line::Before {
                operation,
                subject,
                object,
                ..
            } => {
                self.before.entry((operation, subject)).or_insert(object);
            }
            Line::Owed {
                operation,
                subject,
                lost,
            } => {
                self.owed.insert((operation, subject), lost);
            }
            Line::Whole {
                operation, subject, ..
            } => self.found_whole(operation, subject),
            Line::Settled {
                operation,
                subject,
                verdict,
            } => {
                self.settled.insert((operation, subject), verdict);
            }
            Line::Finish { whole, digest, .. } => {
                self.whole = whole;
                self.wrote = digest;
            }
        }
    }

    /// A request was answered: in part, or as a whole.
    fn ended(&mut self, operation: u32, status: Option<u16>) {
        match status {
            Some(206) => self.halved.insert(operation),
            _ => self.halved.remove(&operation),
        };
    }

    /// Nothing is owed to a subject any more.
    fn found_whole(&mut self, operation: u32, subject: Address) {
        let key = (operation, subject);
        self.before.remove(&key);
        self.backups.remove(&key);
        self.owed.remove(&key);
        self.halved.remove(&operation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = r#"{"record":"run","formatVersion":1,"plan":"P","org":"O","target":"t","at":"2026-11-20T08:00:00Z"}"#;
    const FINISH: &str = r#"{"record":"finish","whole":true,"digest":null}"#;

    /// How many lines there are, or which one is wrong.
    fn count(text: &[u8]) -> Result<usize, usize> {
        let mut count = 0;
        match lines(Path::new("journal.jsonl"), text, |_| count += 1) {
            Ok(()) => Ok(count),
            Err(JournalError::Unreadable { line, .. }) => Err(line),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn only_what_has_no_line_break_was_cut() {
        let text = format!("{RUN}\n{FINISH}\n");
        let first = RUN.len() + 1;
        for end in 0..=text.len() {
            let expected = match end {
                // A line of which only the line break is missing says everything.
                end if end + 1 >= text.len() => 2,
                end if end + 1 >= first => 1,
                _ => 0,
            };
            let expected = match expected {
                // Without a run nobody knows what there was.
                0 => Err(1),
                count => Ok(count),
            };
            assert_eq!(count(&text.as_bytes()[..end]), expected, "{end}");
        }
        assert_eq!(count(format!("{RUN}\n\n{FINISH}").as_bytes()), Ok(2));
        for (last, line) in [
            ("{\"record\":\"finish\",\"wh\n", 2),
            ("nonsense\n", 2),
            ("nonsense", 2),
            ("{}", 2),
            ("\0\0\0\0", 2),
            ("{\"record\":\"other\"}\n", 2),
        ] {
            let text = format!("{RUN}\n{last}");
            assert_eq!(count(text.as_bytes()), Err(line), "{last:?}");
        }
    }

    #[test]
    fn journals_of_earlier_builds_are_read() {
        for restored in ["true", "false", "null", r#""u-a""#] {
            let whole = format!(
                r#"{{"record":"whole","operation":1,"subject":"user/a@acme.com","restored":{restored}}}"#
            );
            let text = format!("{RUN}\n{whole}\n");
            assert_eq!(count(text.as_bytes()), Ok(2), "{restored}");
        }
    }

    #[test]
    fn nobody_is_owed_anything_without_the_state_before() {
        let line = |record: &str, more: &str| {
            format!(r#"{{"record":"{record}","operation":1,"subject":"user/a@acme.com",{more}}}"#)
        };
        let before = line("before", r#""object":{"id":"u-a"}"#);
        let owed = line("owed", r#""lost":"all""#);
        let begin = r#"{"record":"begin","operation":1,"attempt":1,"method":"PATCH","path":"/x","subjects":["user/a@acme.com"],"remembered":true}"#;
        let read = |all: &[&str]| count(format!("{RUN}\n{}\n", all.join("\n")).as_bytes());
        assert_eq!(read(&[&before, begin, &owed]), Ok(4));
        assert_eq!(read(&[begin, &before, &owed]), Err(2));
        assert_eq!(read(&[&owed]), Err(2));
        for object in ["{}", r#"{"id":null}"#, r#"{"id":""}"#, "null"] {
            let empty = line("before", &format!(r#""object":{object}"#));
            assert_eq!(read(&[&empty, begin]), Err(2), "{object}");
        }
    }

    #[test]
    fn a_journal_begins_with_a_run_of_this_format() {
        assert_eq!(count(format!("{FINISH}\n").as_bytes()), Err(1));
        let newer = RUN.replace("\"formatVersion\":1", "\"formatVersion\":2");
        assert_eq!(count(format!("{RUN}\n{newer}\n").as_bytes()), Err(2));
    }
}
