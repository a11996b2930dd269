//! The findings below the changes.

use crate::finding::Severity;
use crate::plan::FindingLine;
use crate::render::Detail;
use crate::render::page::{Page, place};
use crate::render::style::{Style, escape, escape_lines};
use crate::render::values::some_of;
use crate::render::verdict::{count, way_on};
use crate::render::view::FindingGroup;

/// All findings, under a heading for each severity.
pub(super) fn list(page: &mut Page, groups: &[FindingGroup<'_>], detail: Detail) {
    let mut headed = None;
    for group in groups {
        let severity = group.severity();
        if headed != Some(severity) {
            let number: usize = groups
                .iter()
                .filter(|other| other.severity() == severity)
                .map(|other| other.findings().len())
                .sum();
            page.end();
            page.put(Style::Bold, heading(severity, number));
            let of_infos = || groups.iter().filter(|it| it.severity() == Severity::Info);
            let helps = || of_infos().any(|it| it.findings().iter().any(|it| it.help.is_some()));
            if severity == Severity::Info && detail != Detail::Full && helps() {
                page.put(Style::Plain, " (--detail full says what to do)");
            }
            page.end();
            headed = Some(severity);
        }
        match group {
            FindingGroup::One(finding) if severity == Severity::Info && detail != Detail::Full => {
                finding_head(page, finding);
                page.to(0, 2);
                let message = escape_lines(&finding.message).collect::<Vec<_>>().join(" ");
                page.flow(Style::Plain, message, 6);
                page.end();
            }
            FindingGroup::One(finding) => {
                finding_head(page, finding);
                if let Some(file) = &finding.file {
                    page.source(&place(file, finding.line), 0, 6);
                }
                page.end();
                prose(page, "", &finding.message);
                if let Some(help) = &finding.help {
                    prose(page, "help: ", help);
                }
            }
            FindingGroup::Many(findings) => several(page, findings),
            FindingGroup::Losses(findings) => losses(page, findings),
        }
    }
}

/// How many subjects one folded finding names; an info fewer.
const SUBJECTS: usize = 10;
const SUBJECTS_OF_INFO: usize = 3;

/// Findings that say the same: one head with all subjects, then what they say.
fn several(page: &mut Page, findings: &[&FindingLine]) {
    let Some(first) = findings.first() else {
        return;
    };
    severity_and_code(page, first);
    page.to(0, 2);
    page.put(Style::Plain, format!("{} times", findings.len()));
    let info = first.severity == Severity::Info;
    let most = if info { SUBJECTS_OF_INFO } else { SUBJECTS };
    let line = |finding: &FindingLine| Some(place(finding.file.as_deref()?, finding.line));
    let together = findings.iter().all(|it| line(it) == line(first));
    let subject = |finding: &&FindingLine| {
        let subject = finding.subject.as_deref()?;
        Some(match line(finding).filter(|_| !together && !info) {
            Some(line) => format!("{subject} ({line})"),
            None => subject.to_owned(),
        })
    };
    let subjects: Vec<String> = findings.iter().filter_map(subject).collect();
    if !subjects.is_empty() {
        let subjects = some_of(subjects.iter().map(String::as_str), most);
        page.flow(Style::Plain, format!(": {subjects}"), 6);
    }
    if let Some(line) = line(first).filter(|_| together) {
        page.source(&line, 0, 6);
    }
    page.end();
    if findings.iter().all(|it| it.message == first.message) {
        prose(page, "", &first.message);
        if let Some(help) = first.help.as_ref().filter(|_| !info) {
            prose(page, "help: ", help);
        }
    }
}

/// Unacknowledged losses: their facts are among the changes, here is what to do.
fn losses(page: &mut Page, findings: &[&FindingLine]) {
    let Some(first) = findings.first() else {
        return;
    };
    severity_and_code(page, first);
    page.to(0, 2);
    page.put(
        Style::Plain,
        format!("{} times, as shown above", findings.len()),
    );
    page.end();
    prose(page, "help: ", &way_on(findings, SUBJECTS));
}

fn heading(severity: Severity, n: usize) -> String {
    match severity {
        Severity::Error => count(n, "error", "errors"),
        Severity::Hold => count(n, "hold (manual work)", "holds (manual work)"),
        Severity::Warning => count(n, "warning", "warnings"),
        Severity::Info => count(n, "info", "infos"),
    }
}

fn finding_head(page: &mut Page, finding: &FindingLine) {
    severity_and_code(page, finding);
    if let Some(subject) = &finding.subject {
        page.word(Style::Bold, escape(subject), 2, 6);
    }
}

fn severity_and_code(page: &mut Page, finding: &FindingLine) {
    let style = match finding.severity {
        Severity::Error => Style::Alarm,
        Severity::Hold | Severity::Warning => Style::Yellow,
        Severity::Info => Style::Cyan,
    };
    page.to(2, 0);
    page.put(style, finding.severity.to_string());
    page.to(0, 1);
    page.put(style, escape(&finding.code));
}

fn prose(page: &mut Page, label: &str, text: &str) {
    for (at, line) in escape_lines(text).enumerate() {
        page.to(6, 0);
        if at == 0 {
            page.put(Style::Cyan, label);
        } else {
            page.to(0, label.len());
        }
        page.flow(Style::Plain, line, 6 + label.len());
        page.end();
    }
}
