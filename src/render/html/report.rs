//! The report of an apply as a page: what went wrong first, with its reason, then what was done.
//!
//! Owns the layout. The words are those of the text.

use maud::{Markup, html};

use super::document;
use crate::apply::{Outcome, Report, Verdict};
use crate::render::Detail;
use crate::render::report::{groups, next, reason, sentence, word};
use crate::render::style::escape;
use crate::render::values::some_of;

/// How many changes with the same reason are named.
const NAMED: usize = 50;
/// What makes the page.
const GENERATOR: &str = concat!("trunkline ", env!("CARGO_PKG_VERSION"));

/// The whole page.
pub(in crate::render) fn page(report: &Report) -> String {
    let light = match (report.is_whole(), report.summary.failed) {
        (true, _) if report.summary.waiting > 0 => ("waiting", "‖"),
        (true, _) => ("fine", "✓"),
        (false, 0) => ("care", "!"),
        (false, _) => ("blocked", "✕"),
    };
    let title = match report.is_whole() {
        true => "applied",
        false => "applied in part",
    };
    let what = format!("trunkline apply · {}", escape(&report.org));
    let more = html! {
        @if let Some(next) = next(report) { p.sentence { (next) } }
        (tiles(report))
        p.summary { (sentence(report)) }
        p.states { span { "plan " code { (escape(&report.plan)) } } }
    };
    let head = document::head(light, &what, title, &more);
    let done: Vec<&Outcome> = report
        .changes
        .iter()
        .filter(|outcome| outcome.verdict.is_good())
        .collect();
    let parts = html! {
        (not_done(report))
        @if !done.is_empty() {
            section aria-labelledby="done-title" {
                h2 #done-title { "Done " span.count { (done.len()) } }
                details open[done.len() <= NAMED] {
                    summary { "All of them" }
                    ul.about {
                        @for outcome in &done {
                            li {
                                span.subject { (escape(&outcome.address)) }
                                @if outcome.verdict == Verdict::AlreadySo { " already so" }
                            }
                        }
                    }
                }
            }
        }
    };
    document::page(&format!("{what}: {title}"), GENERATOR, &head, &parts)
}

fn not_done(report: &Report) -> Markup {
    let groups = groups(report, Detail::Short);
    let number: usize = groups.iter().map(Vec::len).sum();
    html! {
        @if number > 0 {
            section aria-labelledby="open-title" {
                h2 #open-title { "Not done " span.count { (number) } }
                ul.findings {
                    @for group in &groups {
                        @if let Some(first) = group.first() {
                            li class=(class(&first.verdict)) {
                                p {
                                    span.severity { (word(&first.verdict).1) } " "
                                    span.subject { (some_of(group.iter().map(|it| it.address.as_str()), NAMED)) }
                                }
                                p { (escape(&reason(&first.verdict))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn class(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Failed { .. } | Verdict::Stale { .. } => "error",
        Verdict::Waiting { .. } => "hold",
        _ => "warning",
    }
}

fn tiles(report: &Report) -> Markup {
    let it = &report.summary;
    let tiles = [
        ("add", it.done, "done"),
        ("same", it.already_so, "already so"),
        ("remove", it.failed, "failed"),
        ("change", it.skipped, "skipped"),
        ("held", it.waiting, "manual work"),
        ("change", it.later, "later"),
    ];
    html! {
        ul.tiles {
            @for (class, number, words) in tiles {
                li class=(if number == 0 { "none" } else { class }) {
                    div { b { (number) } " " span { (words) } }
                }
            }
        }
    }
}
