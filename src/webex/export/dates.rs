//! When an export was made. No file says it: the date of the file is a guess, and is said.

use jiff::{SignedDuration, Timestamp};

use super::files::Files;
use super::table::Table;
use crate::webex::capture;

/// What is known of the time of an export.
#[derive(Debug, Clone, Copy)]
pub struct When {
    /// When it was made, as the user says.
    pub made: Option<Timestamp>,
    /// The time now.
    pub now: Timestamp,
}

impl When {
    /// What is said of it, and the time of the computer.
    pub fn now(made: Option<Timestamp>) -> When {
        When {
            made,
            now: Timestamp::now(),
        }
    }
}

/// Control Hub has exported licences of Calling since then.
const FIRST: &str = "2018-01-01T00:00:00Z";
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The time of the export, RFC 3339: what the user says, else the date of the oldest file of people. Files of other days get a note. A
/// date that cannot be right makes the snapshot incomplete: what has expired depends on it.
pub fn captured_at(
    files: &Files,
    when: When,
    notes: &mut Vec<String>,
    unknown: &mut Vec<String>,
) -> String {
    let Some(oldest) = files.people.iter().min_by_key(|table| table.written) else {
        return String::new();
    };
    let (made, file) = (when.made.unwrap_or(oldest.written), &oldest.file);
    let text = capture::second(made);
    if when.made.is_none() {
        let first: Option<Timestamp> = FIRST.parse().ok();
        let odd = first.is_some_and(|first| made < first) || made.duration_since(when.now) > DAY;
        match odd {
            true => unknown.push(format!(
                "{file}: the date of the file is {text}, so it is unknown when the export was made: say so with --captured-at"
            )),
            false => notes.push(format!(
                "the export counts as of {text}, the date of {file}: if it was made at another time, say so with --captured-at"
            )),
        }
    }
    let others = files.tables().filter(|table| table.file != *file);
    notes.extend(others.filter_map(|table| other_day(table, made, file)));
    text
}

/// A note about a file that is more than a day older or newer than the export.
fn other_day(table: &Table, made: Timestamp, than: &str) -> Option<String> {
    let apart = table.written.duration_since(made);
    (apart.abs() > DAY).then(|| {
        let (days, word) = (apart.abs().as_hours() / 24, match apart.is_negative() {
            true => "older",
            false => "newer",
        });
        let days = match days {
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        format!("{} is {days} {word} than {than}: both describe the organisation of one moment only if nothing has changed since", table.file)
    })
}
