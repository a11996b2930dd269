//! The result of a plan: for people, for scripts, and as a summary in Markdown for a CI run.

use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::fmt::Write;

use rustc_hash::FxHashMap;

use super::html;
use super::json;
use super::markdown::{code_in_cell, prose, prose_in_cell};
use super::page::Page;
use super::style::{Style, escape};
use super::{Detail, Options, RunFormat};
use crate::apply::{Outcome, Report, Verdict};

/// A report in this format, ready to be printed, with its last newline.
///
/// # Errors
///
/// Only if the report cannot be written as JSON.
pub fn report(
    report: &Report,
    format: RunFormat,
    options: &Options,
) -> Result<String, serde_json::Error> {
    match format {
        RunFormat::Text => Ok(text(report, options)),
        RunFormat::Json => json::pretty(report),
        RunFormat::Markdown => Ok(markdown(report)),
        RunFormat::Html => Ok(html::report::page(report)),
    }
}

/// Where reasons begin.
const INDENT: &str = "       ";

fn text(report: &Report, options: &Options) -> String {
    let mut page = Page::new(options, 256 + report.changes.len() * 32);
    page.put(
        Style::Bold,
        format!("trunkline apply · {}", escape(&report.org)),
    );
    page.end();
    // A tracking id is copied whole.
    let lines = textwrap::Options::new(options.width.saturating_sub(INDENT.len()))
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    let good = |outcome: &&Outcome| outcome.verdict.is_good();
    if options.detail != Detail::Short {
        for outcome in report.changes.iter().filter(good) {
            line(&mut page, outcome);
        }
    }
    for group in groups(report, options.detail) {
        page.end();
        match group.as_slice() {
            [outcome] => line(&mut page, outcome),
            several => line_of_many(&mut page, several),
        }
        for line in textwrap::wrap(&reason(&group[0].verdict), &lines) {
            page.put(Style::Plain, format!("{INDENT}{}", escape(&line)));
            page.end();
        }
    }
    page.end();
    page.put(Style::Bold, sentence(report));
    page.end();
    if let Some(next) = next(report) {
        page.put(
            if report.is_whole() {
                Style::Green
            } else {
                Style::Alarm
            },
            next,
        );
        page.end();
    }
    page.out
}

/// What was not done, by the reason: a run that is stopped leaves thousands for the same one, which is told once.
pub(super) fn groups(report: &Report, detail: Detail) -> Vec<Vec<&Outcome>> {
    let mut groups: Vec<Vec<&Outcome>> = Vec::new();
    let mut of_reason: FxHashMap<String, usize> = FxHashMap::default();
    let bad = report.changes.iter().filter(|it| !it.verdict.is_good());
    for outcome in bad {
        let folds = matches!(
            outcome.verdict,
            Verdict::Skipped { .. } | Verdict::Later { .. }
        );
        if !folds || detail == Detail::Full {
            groups.push(vec![outcome]);
            continue;
        }
        let reason = format!("{} {}", word(&outcome.verdict).1, reason(&outcome.verdict));
        match of_reason.entry(reason) {
            Occupied(group) => groups[*group.get()].push(outcome),
            Vacant(group) => {
                group.insert(groups.len());
                groups.push(vec![outcome]);
            }
        }
    }
    let few = |group: &Vec<&Outcome>| group.len() <= FEW;
    let groups = groups.into_iter();
    let groups = groups.flat_map(|group| match few(&group) {
        true => group.into_iter().map(|outcome| vec![outcome]).collect(),
        false => vec![group],
    });
    groups.collect()
}

/// So many with the same reason are told one by one.
const FEW: usize = 5;

fn line_of_many(page: &mut Page, outcomes: &[&Outcome]) {
    let (style, word) = word(&outcomes[0].verdict);
    page.put(style, format!("  {word:<11}"));
    let first: Vec<_> = outcomes
        .iter()
        .take(FEW)
        .map(|it| escape(&it.address))
        .collect();
    let more = outcomes.len() - first.len();
    let first = first.join(", ");
    page.put(
        Style::Plain,
        format!("{first} and {more} more (`--detail full` lists them)"),
    );
    page.end();
}

fn line(page: &mut Page, outcome: &Outcome) {
    let (style, word) = word(&outcome.verdict);
    page.put(style, format!("  {word:<11}"));
    page.put(Style::Plain, escape(&outcome.address));
    page.end();
}

pub(super) fn word(verdict: &Verdict) -> (Style, &'static str) {
    match verdict {
        Verdict::Done => (Style::Green, "done"),
        Verdict::AlreadySo => (Style::Dim, "already so"),
        Verdict::Skipped { .. } => (Style::Yellow, "skipped"),
        Verdict::Waiting { .. } => (Style::Yellow, "waiting"),
        Verdict::Later { .. } => (Style::Yellow, "later"),
        Verdict::Failed { .. } => (Style::Alarm, "failed"),
        Verdict::Stale { .. } => (Style::Alarm, "stale"),
    }
}

pub(super) fn reason(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Done | Verdict::AlreadySo => String::new(),
        Verdict::Skipped { because }
        | Verdict::Waiting { because }
        | Verdict::Later { because } => because.clone(),
        Verdict::Stale { why, .. } => why.clone(),
        Verdict::Failed {
            why,
            tracking_id: None,
        } => why.clone(),
        Verdict::Failed {
            why,
            tracking_id: Some(id),
        } => format!("{why} (tracking id {id})"),
    }
}

/// The counts in one sentence.
pub(super) fn sentence(report: &Report) -> String {
    let counted = &report.summary;
    let stale = match counted.stale {
        0 => String::new(),
        stale => format!(" ({stale} changed since the plan was made)"),
    };
    let sent: u64 = report.requests.values().sum();
    let reads = report.requests.get("GET").copied().unwrap_or(0);
    let writes = match sent - reads {
        1 => "1 write".to_owned(),
        some => format!("{some} writes"),
    };
    let requests = match sent {
        0 => String::new(),
        1 => format!(" 1 request ({writes})."),
        some => format!(" {some} requests ({writes})."),
    };
    let waiting = match counted.waiting {
        0 => String::new(),
        1 => ", 1 needs manual work".to_owned(),
        some => format!(", {some} need manual work"),
    };
    let later = match counted.later {
        0 => String::new(),
        some => format!(", {some} to do later"),
    };
    format!(
        "Applied: {} done, {} already so, {} failed{stale}, {} skipped{waiting}{later}.{requests}",
        counted.done, counted.already_so, counted.failed, counted.skipped
    )
}

/// What to do next.
pub(super) fn next(report: &Report) -> Option<String> {
    if report.stopped {
        return Some("Stopped. Resume with --resume.".to_owned());
    }
    if report.summary.stale > 0 {
        return Some("An object has changed since the plan was made. Make a new plan.".to_owned());
    }
    if report.summary.failed + report.summary.skipped > 0 {
        return Some(
            "Applied in part. Fix the causes and make a new plan; completed changes are kept."
                .to_owned(),
        );
    }
    if report.summary.later > 0 {
        return Some(
            "Applied in part. Nothing needs fixing: apply the plan again later, with --resume."
                .to_owned(),
        );
    }
    if report.left_out == 0 && report.summary.waiting > 0 {
        return Some(
            "The rest needs manual work in Control Hub; plans list it until it is done.".to_owned(),
        );
    }
    (report.left_out > 0).then(|| {
        let fields = if report.left_out == 1 {
            "field was"
        } else {
            "fields were"
        };
        format!(
            "Applied in part: {} {fields} left out of the plan by its errors.",
            report.left_out
        )
    })
}

fn markdown(report: &Report) -> String {
    let mut out = String::new();
    let verdict = if report.is_whole() {
        "Applied"
    } else {
        "Applied in part"
    };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "### {verdict}: {}\n", prose(&report.org));
    let _ = writeln!(out, "{}", sentence(report));
    if let Some(next) = next(report) {
        let _ = write!(out, "\n**{next}**\n");
    }
    let bad: Vec<&Outcome> = report
        .changes
        .iter()
        .filter(|outcome| !outcome.verdict.is_good())
        .collect();
    if !bad.is_empty() {
        out.push_str("\n| | change | why |\n|---|---|---|\n");
        for outcome in bad.iter().take(ROWS) {
            let (_, word) = word(&outcome.verdict);
            let _ = writeln!(
                out,
                "| {word} | {} | {} |",
                code_in_cell(&outcome.address),
                prose_in_cell(&reason(&outcome.verdict))
            );
        }
        if let Some(more) = bad.len().checked_sub(ROWS).filter(|more| *more > 0) {
            let _ = write!(out, "\nand {more} more; `--format json` has all of them.\n");
        }
    }
    out
}

/// How many rows fit well into a summary.
const ROWS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Report {
        let outcome = |address: &str, verdict| Outcome {
            address: address.into(),
            verdict,
        };
        let changes = vec![
            outcome("user/ana@acme.com", Verdict::Done),
            outcome(
                "user/bob@acme.com",
                Verdict::Failed {
                    why: "PATCH /licenses/users answered 400: no | pipe".to_owned(),
                    tracking_id: Some("T_1".to_owned()),
                },
            ),
            outcome(
                "user/eve@acme.com",
                Verdict::Stale {
                    fields: vec!["extension".to_owned()],
                    why: "extension changed since the plan was made".to_owned(),
                },
            ),
            outcome(
                "group/Sales",
                Verdict::Skipped {
                    because: "it needs user/bob@acme.com, which was not done".to_owned(),
                },
            ),
        ];
        Report {
            format_version: 1,
            org: "Acme".to_owned(),
            plan: "sha256:00".to_owned(),
            summary: Report::count(&changes),
            changes,
            left_out: 0,
            stopped: false,
            requests: [("PATCH".to_owned(), 2)].into(),
            before: Default::default(),
        }
    }

    #[test]
    fn what_went_wrong_is_told_with_its_reason() {
        let text = report(&sample(), RunFormat::Text, &Options::default()).unwrap();
        let expected = "\
trunkline apply · Acme

  failed     user/bob@acme.com
       PATCH /licenses/users answered 400: no | pipe (tracking id T_1)

  stale      user/eve@acme.com
       extension changed since the plan was made

  skipped    group/Sales
       it needs user/bob@acme.com, which was not done

Applied: 1 done, 0 already so, 2 failed (1 changed since the plan was made), 1 skipped. 2 requests (2 writes).
An object has changed since the plan was made. Make a new plan.
";
        assert_eq!(text, expected);
    }

    #[test]
    fn what_a_stopped_run_did_not_begin_is_told_once() {
        let mut stopped = sample();
        stopped.changes.extend((0..1000).map(|at| Outcome {
            address: format!("user/{at}@acme.com").into(),
            verdict: Verdict::Skipped {
                because: "the run was stopped before it began".to_owned(),
            },
        }));
        let short = report(&stopped, RunFormat::Text, &Options::default()).unwrap();
        assert!(short.contains("skipped    group/Sales\n"), "{short}");
        assert!(short.contains("user/4@acme.com and 995 more"), "{short}");
        assert!(short.lines().count() < 20, "{short}");
        let options = Options {
            detail: Detail::Full,
            ..Options::default()
        };
        let full = report(&stopped, RunFormat::Text, &options).unwrap();
        assert_eq!(full.matches("the run was stopped").count(), 1000);
    }

    #[test]
    fn a_page_tells_what_went_wrong_and_runs_nothing() {
        let mut odd = sample();
        odd.org = "<script>alert(1)</script>".to_owned();
        let page = report(&odd, RunFormat::Html, &Options::default()).unwrap();
        assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
        assert!(!page.contains("<script"), "{page}");
        for words in [
            "applied in part",
            "PATCH /licenses/users answered 400: no | pipe (tracking id T_1)",
            "it needs user/bob@acme.com, which was not done",
            "Make a new plan",
            "Applied: 1 done",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }

    #[test]
    fn a_cell_stays_a_cell() {
        let text = report(&sample(), RunFormat::Markdown, &Options::default()).unwrap();
        assert!(text.contains("| failed | `user/bob@acme.com` | PATCH /licenses/users answered 400: no `\\|` pipe (tracking id `T_1`) |"));
        assert_eq!(
            text.matches("\n| ").count(),
            4,
            "a head and three rows: {text}"
        );
    }
}
