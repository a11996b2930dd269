//! Findings as annotations of a GitHub workflow: lines of a log that GitHub shows at the files of a pull request.
//!
//! Owns the form of workflow commands, their escaping, and how many of a kind are shown. Must not know where the findings
//! came from.

use std::fmt::Write;

use super::Options;
use super::style::{escape, escape_lines};
use super::verdict::count;
use crate::finding::Severity;
use crate::plan::FindingLine;

/// GitHub shows this many annotations of a kind and step, and silently drops the others.
const SHOWN: usize = 10;

/// The kinds of GitHub, and the severities that map to them, worst first.
const KINDS: [(&str, &[Severity]); 3] = [
    ("error", &[Severity::Error]),
    ("warning", &[Severity::Hold, Severity::Warning]),
    ("notice", &[Severity::Info]),
];

/// A line for each finding; of each kind at most ten, of which the last counts the rest.
pub(super) fn annotations(findings: &[FindingLine], options: &Options) -> String {
    let mut out = String::new();
    for (kind, severities) in KINDS {
        let of = |severity: &Severity| {
            let severity = *severity;
            findings.iter().filter(move |it| it.severity == severity)
        };
        let lines: Vec<&FindingLine> = severities.iter().flat_map(of).collect();
        let shown = match lines.len() {
            all if all <= SHOWN => all,
            _ => SHOWN - 1,
        };
        for line in &lines[..shown] {
            annotation(&mut out, kind, line, options);
        }
        if let Some(rest) = lines.get(shown..).filter(|rest| !rest.is_empty()) {
            // Writing to a String cannot fail.
            let _ = writeln!(
                out,
                "::{kind} title=trunkline::and {}; `--format text` shows all",
                more(rest)
            );
        }
    }
    out
}

/// `3 more holds and 20 more warnings`
fn more(rest: &[&FindingLine]) -> String {
    let words = [
        (Severity::Error, "more error", "more errors"),
        (Severity::Hold, "more hold", "more holds"),
        (Severity::Warning, "more warning", "more warnings"),
        (Severity::Info, "more info", "more infos"),
    ];
    let counted = words.map(|(severity, one, many)| {
        let number = rest.iter().filter(|it| it.severity == severity).count();
        (number > 0).then(|| count(number, one, many))
    });
    let counted: Vec<String> = counted.into_iter().flatten().collect();
    counted.join(" and ")
}

fn annotation(out: &mut String, kind: &str, finding: &FindingLine, options: &Options) {
    let _ = write!(out, "::{kind} ");
    if let Some(file) = &finding.file {
        let _ = write!(out, "file={},", property(&options.in_repository(file)));
        if let Some(line) = finding.line {
            let _ = write!(out, "line={line},");
        }
        if let Some(column) = finding.column {
            let _ = write!(out, "col={column},");
        }
    }
    let title = match (&finding.subject, finding.severity) {
        (Some(subject), Severity::Hold) => format!("hold: {} ({subject})", finding.code),
        (None, Severity::Hold) => format!("hold: {}", finding.code),
        (Some(subject), _) => format!("{} ({subject})", finding.code),
        (None, _) => finding.code.clone(),
    };
    let mut lines: Vec<String> = safe(&finding.message);
    if let Some(help) = &finding.help {
        let help = safe(help);
        lines.extend(help.first().map(|first| format!("help: {first}")));
        lines.extend(help.into_iter().skip(1));
    }
    let _ = writeln!(
        out,
        "title={}::{}",
        property(&title),
        data(&lines.join("\n"))
    );
}

fn safe(text: &str) -> Vec<String> {
    escape_lines(text).map(|line| line.into_owned()).collect()
}

/// The message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property: what could end it, or the line, is escaped too.
fn property(text: &str) -> String {
    data(&escape(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::finding;

    fn at(mut finding: FindingLine, file: &str, line: u32, column: u32) -> FindingLine {
        finding.file = Some(file.to_owned());
        finding.line = Some(line);
        finding.column = Some(column);
        finding
    }

    fn saying(severity: Severity, code: &str) -> FindingLine {
        FindingLine {
            subject: None,
            ..finding(severity, code, "", "message")
        }
    }

    #[test]
    fn a_finding_is_an_annotation_at_its_place_in_the_repository() {
        let options = Options {
            directory: "orgs/acme".to_owned(),
            ..Options::default()
        };
        let mut loss = at(
            finding(
                Severity::Error,
                "calling-loss",
                "user/bob@acme.com",
                "100 % of it\nis lost",
            ),
            "people/bob.yaml",
            4,
            9,
        );
        loss.help = Some("acknowledge it".to_owned());
        let hold = saying(Severity::Hold, "still-by-hand");
        assert_eq!(
            annotations(&[hold, loss], &options),
            "::error file=orgs/acme/people/bob.yaml,line=4,col=9,title=calling-loss (user/bob@acme.com)::\
             100 %25 of it%0Ais lost%0Ahelp: acknowledge it\n\
             ::warning title=hold%3A still-by-hand::message\n"
        );
        assert_eq!(annotations(&[], &options), "");
    }

    #[test]
    fn foreign_text_gives_no_command_of_its_own() {
        let hostile =
            "a\n::set-output name=x::y\r\n::error::b\u{1b}[2J%0A::warning::c,d=e\u{2028}f";
        let mut line = at(
            finding(Severity::Error, "calling-loss", hostile, hostile),
            hostile,
            1,
            1,
        );
        line.help = Some(hostile.to_owned());
        let said = annotations(&[line], &Options::default());
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!said.contains(['\r', '\u{1b}', '\u{2028}']), "{said:?}");
        let (head, message) = said
            .trim_end()
            .split_once("::")
            .unwrap()
            .1
            .split_once("::")
            .unwrap();
        // What the runner does: a name, then properties separated by commas, each with one `=`.
        let names: Vec<&str> = head
            .split_once(' ')
            .unwrap()
            .1
            .split(',')
            .map(|property| property.split_once('=').unwrap().0)
            .collect();
        assert_eq!(names, ["file", "line", "col", "title"]);
        assert!(message.contains("%250A::warning::c,d=e"), "{message}");
    }

    #[test]
    fn ten_of_a_kind_are_shown_and_the_rest_is_counted() {
        let mut findings = Vec::new();
        for number in 0..12 {
            findings.push(saying(Severity::Error, "pool-exhausted"));
            findings.push(saying(Severity::Warning, "calling-no-work-phone"));
            if number < 10 {
                findings.push(saying(Severity::Info, "membership-waits"));
            }
            if number < 3 {
                findings.push(saying(Severity::Hold, "pstn-manual-control-hub"));
            }
        }
        let said = annotations(&findings, &Options::default());
        let of = |kind: &str| said.lines().filter(|line| line.starts_with(kind)).count();
        assert_eq!(
            (of("::error "), of("::warning "), of("::notice ")),
            (10, 10, 10)
        );
        assert!(
            said.contains("::error title=trunkline::and 3 more errors; "),
            "{said}"
        );
        assert!(
            said.contains("::warning title=trunkline::and 6 more warnings; "),
            "{said}"
        );
        // Manual work comes before warnings.
        assert!(
            said.find("title=hold%3A").unwrap() < said.find("title=calling-no-work-phone").unwrap()
        );
        findings.extend((0..20).map(|_| saying(Severity::Hold, "pstn-manual-control-hub")));
        let said = annotations(&findings, &Options::default());
        assert!(
            said.contains("::and 14 more holds and 12 more warnings; "),
            "{said}"
        );
    }
}
