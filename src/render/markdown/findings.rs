//! Findings in Markdown: what stops a plan in sight, the rest folded away.
//!
//! Owns their layout. What is certainly beyond the limit is only counted.

use super::document::{Rank, Section};
use super::words::{code, prose};
use crate::finding::Severity;
use crate::plan::FindingLine;
use crate::render::page::place;
use crate::render::verdict::way_on;
use crate::render::view::{FindingGroup, Gravity};

/// How many subjects one line names.
const SUBJECTS: usize = 10;

/// Losses that no change shows, errors and holds.
pub(super) fn pressing(groups: &[FindingGroup<'_>], limit: usize) -> [Section; 3] {
    [
        lost(groups, limit),
        section(
            groups,
            Severity::Error,
            "Errors",
            ("error", "errors"),
            limit,
        ),
        section(
            groups,
            Severity::Hold,
            "Manual work",
            ("hold", "holds"),
            limit,
        ),
    ]
}

/// Warnings about what somebody has lost already, one by one; what to do is said once.
fn lost(groups: &[FindingGroup<'_>], limit: usize) -> Section {
    let all = || of(groups, Severity::Warning).filter(|group| is_lost(group));
    let findings = || all().flat_map(|group| group.findings());
    let open = format!("### Lost in Webex ({})\n\n", findings().count());
    let help = findings().find_map(|it| it.help.as_deref());
    let help = help.map_or_else(String::new, |help| format!("\n→ {}\n", prose(help)));
    let what = ("loss in Webex", "losses in Webex");
    let mut section = Section::new(open, &format!("{help}\n"), what).within(limit);
    for finding in findings() {
        section.add(1, Rank::Lost, || {
            let subject = subject(finding).unwrap_or_default();
            let code = code(&finding.code);
            format!("- **{code}** {subject}<br>{}\n", prose(&finding.message))
        });
    }
    section
}

fn is_lost(group: &FindingGroup<'_>) -> bool {
    let mut findings = group.findings().iter();
    findings.any(|it| Gravity::of(it) == Gravity::Lost)
}

/// Warnings and infos, folded away.
pub(super) fn others(groups: &[FindingGroup<'_>], limit: usize) -> [Section; 2] {
    let folded = |severity, what: (&'static str, &'static str)| {
        let mut section = section(groups, severity, "", what, limit);
        let number = number(groups, severity);
        let word = if number == 1 { what.0 } else { what.1 };
        section.open = format!("<details><summary><b>{number} {word}</b></summary>\n\n");
        section.close = "\n</details>\n\n".to_owned();
        section
    };
    [
        folded(Severity::Warning, ("warning", "warnings")),
        folded(Severity::Info, ("info", "infos")),
    ]
}

fn section(
    groups: &[FindingGroup<'_>],
    severity: Severity,
    title: &str,
    what: (&'static str, &'static str),
    limit: usize,
) -> Section {
    let number = number(groups, severity);
    let open = format!("### {title} ({number})\n\n");
    let mut section = Section::new(open, "\n", what).within(limit);
    for group in shown(groups, severity) {
        let rank = match is_lost(group) {
            true => Rank::Lost,
            false => Rank::Usual,
        };
        section.add(group.findings().len(), rank, || item(group));
    }
    section
}

/// What the section of a severity shows: warnings about losses have one of their own.
fn shown<'e, 'p>(
    groups: &'e [FindingGroup<'p>],
    severity: Severity,
) -> impl Iterator<Item = &'e FindingGroup<'p>> {
    let groups = of(groups, severity);
    groups.filter(move |group| severity != Severity::Warning || !is_lost(group))
}

fn number(groups: &[FindingGroup<'_>], severity: Severity) -> usize {
    let groups = shown(groups, severity);
    groups.map(|group| group.findings().len()).sum()
}

fn of<'e, 'p>(
    groups: &'e [FindingGroup<'p>],
    severity: Severity,
) -> impl Iterator<Item = &'e FindingGroup<'p>> {
    groups
        .iter()
        .filter(move |group| group.severity() == severity)
}

fn item(group: &FindingGroup<'_>) -> String {
    let findings = group.findings();
    let Some(first) = findings.first() else {
        return String::new();
    };
    let mut out = format!("- **{}**", code(&first.code));
    if findings.len() > 1 {
        out += &format!(" {} times", findings.len());
    }
    if matches!(group, FindingGroup::Losses(_)) {
        return out
            + &format!(
                ", as shown above<br>→ {}\n",
                prose(&way_on(findings, SUBJECTS))
            );
    }
    let subjects: Vec<String> = findings.iter().filter_map(|it| subject(it)).collect();
    for (at, subject) in subjects.iter().take(SUBJECTS).enumerate() {
        out += if at == 0 { " " } else { ", " };
        out += subject;
    }
    if let Some(more) = subjects
        .len()
        .checked_sub(SUBJECTS)
        .filter(|more| *more > 0)
    {
        out += &format!(", and {more} more");
    }
    let alike = findings.iter().all(|it| it.message == first.message);
    if alike {
        out += &format!("<br>{}", prose(&first.message));
    }
    let help = findings.iter().all(|it| it.help == first.help);
    if let Some(help) = first.help.as_ref().filter(|_| help) {
        out += &format!("<br>→ {}", prose(help));
    }
    out + "\n"
}

/// What a finding is about, and where.
fn subject(finding: &FindingLine) -> Option<String> {
    let place = finding.file.as_ref().map(|file| place(file, finding.line));
    match (&finding.subject, place) {
        (Some(subject), Some(place)) => Some(format!("{} ({})", code(subject), code(&place))),
        (Some(subject), None) => Some(code(subject)),
        (None, Some(place)) => Some(code(&place)),
        (None, None) => None,
    }
}
