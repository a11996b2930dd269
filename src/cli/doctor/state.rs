//! Snapshots and the state directory: how old they are, what they lack, and what earlier runs left behind.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::super::{Exit, applied, input};
use super::Args;
use super::files::counted;
use super::report::{Mark, Report};
use crate::apply::{self, Interrupted, Journal};
use crate::config::Loaded;
use crate::finding::Severity;
use crate::snapshot::{Snapshot, tables};
use crate::webex::ids;

const SNAPSHOT: &str = "Snapshot";
const APPLIED: &str = "Last apply";

/// A snapshot is old after so long: people change things every day.
const OLD: SignedDuration = SignedDuration::from_hours(24);

/// Looks at the snapshot, the applied snapshot and the journals.
pub fn check(args: &Args, loaded: Option<&Loaded>, report: &mut Report) {
    let snapshot = observed(args, loaded, report);
    before(args, loaded, snapshot.as_ref(), report);
    let state = input::state(&args.path, args.state.as_deref());
    journal(&state, report);
    owed(&state, snapshot.as_ref(), report);
}

fn observed(args: &Args, loaded: Option<&Loaded>, report: &mut Report) -> Option<Snapshot> {
    let path = input::snapshot_path(&args.path, args.snapshot.as_deref());
    if args.snapshot.is_none() && !path.exists() {
        let text = format!("{} is missing: `plan` needs --live", path.display());
        let help = format!(
            "`trunkline snapshot --live --out {}` takes one",
            path.display()
        );
        report.advise(SNAPSHOT, Mark::Note, text, help);
        return None;
    }
    let snapshot = match input::snapshot(&path) {
        Ok((snapshot, _)) => snapshot,
        Err(finding) => {
            let exit = input::exit_of(finding.code);
            let help = finding.help.clone().unwrap_or_default();
            report.advise(SNAPSHOT, Mark::Error(exit), finding.message, help);
            return None;
        }
    };
    contents(&path, &snapshot, report);
    let declared = loaded.and_then(|it| it.config.org.as_ref()?.value.id.as_ref());
    if let Some(id) = declared
        && ids::plain(&id.value) != ids::plain(&snapshot.org.id)
    {
        report.add(
            SNAPSHOT,
            Mark::Error(Exit::Error),
            format!("it is of {}, but org.id is {}", snapshot.org.id, id.value),
        );
    }
    Some(snapshot)
}

/// How old it is, and what it lacks.
fn contents(path: &Path, snapshot: &Snapshot, report: &mut Report) {
    let age = age(snapshot);
    let people = counted_people(snapshot.users.as_ref().map(Vec::len));
    let text = format!("{}: {people}, {}", path.display(), age.words);
    match age.old {
        true => report.advise(
            SNAPSHOT,
            Mark::Warning,
            text,
            "take a new one, or use --live",
        ),
        false => report.add(SNAPSHOT, Mark::Fine, text),
    }
    if !snapshot.complete {
        report.advise(
            SNAPSHOT,
            Mark::Error(Exit::Incomplete),
            "it is incomplete: no plan can be made from it",
            "take a new one; `trunkline doctor --live` says which scopes the token lacks",
        );
    }
    let absent = tables::not_captured(snapshot);
    if !absent.is_empty() {
        let text = format!("not captured: {}", absent.join(", "));
        report.add(SNAPSHOT, Mark::Note, text);
    }
    if !snapshot.not_known.is_empty() {
        let text = format!(
            "of {} something is unknown, so nothing is planned for them",
            counted(snapshot.not_known.len(), "object")
        );
        report.add(SNAPSHOT, Mark::Warning, text);
    }
}

fn counted_people(people: Option<usize>) -> String {
    match people {
        None => "people not captured".to_owned(),
        Some(1) => "1 person".to_owned(),
        Some(number) => format!("{number} people"),
    }
}

/// The snapshot of the last apply, and whether plans can use it.
fn before(args: &Args, loaded: Option<&Loaded>, now: Option<&Snapshot>, report: &mut Report) {
    let state = input::state(&args.path, args.state.as_deref());
    let Some(file) = args.applied.at(&state) else {
        let text = "there is no applied snapshot: no one counts as new, renamed or gone";
        return report.add(APPLIED, Mark::Note, text);
    };
    let read = match (loaded, now) {
        (Some(loaded), Some(now)) => applied::read(&file, &loaded.config, now).map(|_| ()),
        _ => Ok(()),
    };
    let read = read.and_then(|()| input::snapshot(&file));
    match read {
        Ok((then, _)) => {
            let text = format!("applied snapshot {}, {}", file.display(), age(&then).words);
            report.add(APPLIED, Mark::Fine, text);
        }
        Err(finding) => {
            let help = finding.help.clone().unwrap_or_default();
            let exit = input::exit_of(finding.code);
            report.advise(APPLIED, Mark::Error(exit), finding.message, help);
        }
    }
}

fn journal(state: &Path, report: &mut Report) {
    let path = state.join("journal.jsonl");
    match Journal::interrupted(&path) {
        Ok(None) => {}
        Ok(Some(Interrupted { begun, settled })) => {
            let text = format!(
                "the last apply did not do everything: {} begun, {} known",
                counted(begun, "request"),
                counted(settled, "result")
            );
            let help = "resume it with `trunkline apply … --resume`, or make a new plan";
            report.advise(APPLIED, Mark::Warning, text, help);
        }
        Err(error) => {
            let text = format!("what earlier runs did is unknown: {error}");
            let help =
                "make sure that the journal can be read, or name another directory with --state";
            report.advise(APPLIED, Mark::Error(Exit::Error), text, help);
        }
    }
}

/// People whom an apply left without something. Each makes every plan end with 4.
fn owed(state: &Path, snapshot: Option<&Snapshot>, report: &mut Report) {
    // What cannot be read was said before.
    let Ok(owed) = apply::owed(state) else { return };
    let Some(snapshot) = snapshot else {
        if !owed.is_empty() {
            let text = format!(
                "{} of Calling in the journals without proof that nothing was lost",
                counted(owed.len(), "change")
            );
            let help = "take a snapshot, and run it again";
            report.advise(APPLIED, Mark::Warning, text, help);
        }
        return;
    };
    for finding in apply::owed_findings(&owed, snapshot, state, false) {
        let mark = match finding.severity {
            Severity::Error => Mark::Error(Exit::Blocked),
            _ => Mark::Warning,
        };
        let about = finding.subject.unwrap_or_default();
        let text = format!("{about}: {}", finding.message);
        report.advise(APPLIED, mark, text, finding.help.unwrap_or_default());
    }
}

struct Age {
    words: String,
    old: bool,
}

fn age(snapshot: &Snapshot) -> Age {
    let Some(moment) = snapshot.captured_moment() else {
        return Age {
            words: "of unknown age".to_owned(),
            old: true,
        };
    };
    let age = Timestamp::now().duration_since(moment);
    Age {
        words: format!("captured {} ago", lasting(age)),
        old: age > OLD,
    }
}

/// A duration in words.
pub fn lasting(time: SignedDuration) -> String {
    let minutes = time.as_mins().max(0);
    match minutes {
        0..120 => counted(usize::try_from(minutes).unwrap_or(0), "minute"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}
