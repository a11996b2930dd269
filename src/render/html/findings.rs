//! Findings: what stops a plan in sight, the rest folded away.
//!
//! Owns their layout, and how many of very many are in the markup; the script adds the others when they are asked for.

use maud::{Markup, html};

use super::prose;
use crate::finding::Severity;
use crate::plan::FindingLine;
use crate::render::page::place;
use crate::render::style::escape;
use crate::render::verdict::{count, way_on};
use crate::render::view::FindingGroup;

/// How many of each severity are in the markup.
const ENTRIES: usize = 100;
/// How many of those that an acknowledgement has to name are named.
const SUBJECTS: usize = 500;
/// How many of those that say the same.
const ALIKE: usize = 50;

/// How many findings of this severity are shown.
pub(super) fn number(groups: &[FindingGroup<'_>], severity: Severity) -> usize {
    of(groups, severity)
        .map(|(_, group)| group.findings().len())
        .sum()
}

/// Errors and holds.
pub(super) fn pressing(groups: &[FindingGroup<'_>]) -> Markup {
    html! {
        (section(groups, Severity::Error, "errors", "Errors"))
        (section(groups, Severity::Hold, "holds", "Manual work"))
    }
}

/// Warnings and infos.
pub(super) fn others(groups: &[FindingGroup<'_>]) -> Markup {
    html! {
        (section(groups, Severity::Warning, "warnings", "Warnings"))
        (section(groups, Severity::Info, "infos", "Infos"))
    }
}

/// Each group with its number among all.
fn of<'e, 'p>(
    groups: &'e [FindingGroup<'p>],
    severity: Severity,
) -> impl Iterator<Item = (usize, &'e FindingGroup<'p>)> {
    let all = groups.iter().enumerate();
    all.filter(move |(_, group)| group.severity() == severity)
}

fn section(groups: &[FindingGroup<'_>], severity: Severity, id: &str, title: &str) -> Markup {
    let number = number(groups, severity);
    let rest = of(groups, severity).count().saturating_sub(ENTRIES);
    html! {
        @if number > 0 {
            section id=(id) aria-labelledby={ (id) "-title" } {
                h2 id={ (id) "-title" } { (title) " " span.count { (number) } }
                ul.findings data-severity=(severity) {
                    @for (at, group) in of(groups, severity).take(ENTRIES) { (item(at, group)) }
                }
                @if rest > 0 {
                    p.rest { "and " (rest) " more" }
                }
            }
        }
    }
}

fn item(at: usize, group: &FindingGroup<'_>) -> Markup {
    let findings = group.findings();
    let Some(first) = findings.first() else {
        return html! {};
    };
    let alike = findings.iter().all(|it| it.message == first.message);
    let help = findings.iter().all(|it| it.help == first.help);
    let help = match group {
        FindingGroup::Losses(findings) => Some(way_on(findings, SUBJECTS)),
        _ => first.help.clone().filter(|_| help),
    };
    html! {
        li class=(group.severity()) data-entry=(at) {
            p {
                span.severity { (group.severity()) } " " code.code { (escape(&first.code)) } " "
                @match findings {
                    [one] => (subject(one)),
                    several => span.count { (count(several.len(), "time", "times")) },
                }
            }
            @if matches!(group, FindingGroup::Losses(_)) {
                p { "as shown among the changes" }
            } @else if alike {
                p { (prose(&escape(&first.message))) }
            }
            @if let Some(help) = help {
                p.help { (prose(&escape(&help))) }
            }
            @if findings.len() > 1 {
                details open[findings.len() <= 10 && !matches!(group, FindingGroup::Losses(_))] {
                    summary { (count(findings.len(), "subject", "subjects")) }
                    ul.about {
                        @for it in findings.iter().take(ALIKE) {
                            li {
                                (subject(it))
                                @if !alike { " " span { (prose(&escape(&it.message))) } }
                            }
                        }
                    }
                    @if findings.len() > ALIKE {
                        p.rest { "and " (findings.len() - ALIKE) " more" }
                    }
                }
            }
        }
    }
}

/// What a finding is about, and where.
fn subject(finding: &FindingLine) -> Markup {
    html! {
        @if let Some(subject) = &finding.subject {
            span.subject { (escape(subject)) } " "
        }
        @if let Some(file) = &finding.file {
            span.place { (place(file, finding.line)) }
        }
    }
}
