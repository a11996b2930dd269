//! Snapshots and the state directory: how old they are, what they lack, and what earlier runs left behind.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::super::{Exit, applied, input};
use super::Args;
use super::files::counted;
use super::report::{Mark, Report};
use crate::apply::{self, Debt, Interrupted, Journal, Owed, Place};
use crate::config::{Config, Loaded};
use crate::disk::quoted;
use crate::finding::{NAME_AMBIGUOUS, ORG_MISMATCH, SNAPSHOT_INCOMPLETE, Severity};
use crate::plan::preflight;
use crate::snapshot::{Snapshot, tables};

const SNAPSHOT: &str = "Snapshot";
const APPLIED: &str = "Last apply";

/// A snapshot is old after so long: people change things every day.
const OLD: SignedDuration = SignedDuration::from_hours(24);

/// How far clocks differ without anybody minding.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Looks at the snapshot, the applied snapshot and the journals.
pub fn check(args: &Args, loaded: Option<&Loaded>, report: &mut Report) {
    let snapshot = observed(args, loaded, report);
    before(args, loaded, snapshot.as_ref(), report);
    let state = input::state(&args.path, args.state.as_deref());
    let place = Place {
        journals: &state,
        files: &args.path,
        state: args.state.as_deref(),
    };
    journals(place, snapshot.as_ref(), report);
}

fn observed(args: &Args, loaded: Option<&Loaded>, report: &mut Report) -> Option<Snapshot> {
    let path = input::snapshot_path(&args.path, args.snapshot.as_deref());
    if args.snapshot.is_none() && !path.exists() {
        let text = format!("{} is missing: `plan` needs --live", path.display());
        let help = format!(
            "`trunkline snapshot --live --out {}` takes one",
            quoted(&path)
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
    gates(&snapshot, loaded, report);
    Some(snapshot)
}

/// What prevents a plan, as `plan` itself decides it; and another name of the organisation, which prevents one with --live.
fn gates(snapshot: &Snapshot, loaded: Option<&Loaded>, report: &mut Report) {
    let Some(loaded) = loaded else { return };
    let mut findings = preflight::check(&loaded.config, None, snapshot);
    findings.extend(preflight::other_name(&loaded.config, snapshot));
    // Files with errors do not say for sure what they manage, but of which organisation they are.
    findings.retain(|it| !loaded.has_errors() || it.code == ORG_MISMATCH);
    // This was said with the contents.
    findings.retain(|it| it.code != SNAPSHOT_INCOMPLETE);
    for finding in findings {
        let mark = match finding.severity {
            Severity::Error => Mark::Error(input::exit_of(finding.code)),
            _ => Mark::Warning,
        };
        let text = match (&finding.subject, finding.code) {
            (Some(subject), NAME_AMBIGUOUS) => format!("{subject}: {}", finding.message),
            _ => finding.message,
        };
        report.advise(SNAPSHOT, mark, text, finding.help.unwrap_or_default());
    }
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
        false if age.ahead => report.advise(
            SNAPSHOT,
            Mark::Warning,
            text,
            "correct the clock of this machine or of the one that took it: acknowledgements expire by the time of the snapshot",
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
    let Some(file) = args.applied.at(&state).file() else {
        let text = "there is no applied snapshot: nobody is treated as new, renamed or gone";
        return report.add(APPLIED, Mark::Note, text);
    };
    let nothing = Config::default();
    let config = loaded.map_or(&nothing, |it| &it.config);
    // The snapshot may be of another organisation than the files, too.
    let read = applied::of_files(&file, config).and_then(|then| match now {
        Some(now) => applied::read(&file, config, now).map(|_| then),
        None => Ok(then),
    });
    match read {
        Ok(then) => {
            let text = format!("applied snapshot {}, {}", file.display(), age(&then).words);
            report.add(APPLIED, Mark::Fine, text);
            if let Some(finding) = preflight::other_name(config, &then).filter(|_| now.is_none()) {
                let help = finding.help.unwrap_or_default();
                report.advise(APPLIED, Mark::Warning, finding.message, help);
            }
        }
        Err(finding) => {
            let help = finding.help.clone().unwrap_or_default();
            let exit = input::exit_of(finding.code);
            report.advise(APPLIED, Mark::Error(exit), finding.message, help);
        }
    }
}

/// What the journals of earlier runs say: whether the last one did everything, and whom any of them owes something.
fn journals(place: Place<'_>, snapshot: Option<&Snapshot>, report: &mut Report) {
    let state = place.journals;
    let interrupted = Journal::interrupted(&state.join("journal.jsonl"));
    let owed = apply::owed(state, true);
    let mut unknown = BTreeSet::new();
    unknown.extend(interrupted.as_ref().err().map(ToString::to_string));
    unknown.extend(owed.as_ref().err().map(ToString::to_string));
    for error in unknown {
        let text = format!("what earlier runs did is unknown: {error}");
        let help = "make sure that the journal can be read, or name another directory with --state";
        report.advise(APPLIED, Mark::Error(Exit::Error), text, help);
    }
    if let Ok(Some(Interrupted { begun, settled })) = interrupted {
        let text = format!(
            "the last apply did not do everything: {} begun, {} known",
            counted(begun, "request"),
            counted(settled, "result")
        );
        let help = "resume it with `trunkline apply … --resume`, or make a new plan";
        report.advise(APPLIED, Mark::Warning, text, help);
    }
    if let Ok(owed) = owed {
        self::owed(&owed, place, snapshot, report);
    }
}

/// People whom an apply left without something. Each makes every plan end with 4.
fn owed(owed: &[Owed], place: Place<'_>, snapshot: Option<&Snapshot>, report: &mut Report) {
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
    for Debt { finding, .. } in apply::debts(owed, snapshot, place) {
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
    /// Whether it lies in the future.
    ahead: bool,
}

fn age(snapshot: &Snapshot) -> Age {
    let Some(moment) = snapshot.captured_moment() else {
        return Age {
            words: "of unknown age".to_owned(),
            old: true,
            ahead: false,
        };
    };
    let age = Timestamp::now().duration_since(moment);
    let ahead = age < -SKEW;
    Age {
        words: match ahead {
            true => format!(
                "captured in the future: {} from now by the clock here",
                lasting(-age)
            ),
            false => format!("captured {} ago", lasting(age)),
        },
        old: age > OLD,
        ahead,
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
