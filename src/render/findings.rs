//! Findings as text: each with its place, the source line underlined, and what to do.
//!
//! Owns the report's form and its length. Must not know where files come from: [`Sources`] gives their text.

use std::fmt::Write;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use rustc_hash::FxHashSet;

use super::Options;
use super::style::{Brush, Style, escape, escape_lines};
use super::verdict::count;
use crate::finding::{Finding, Place, Severity};

/// At most this many findings are shown; the rest is counted.
const SHOWN: usize = 50;
/// Longer source lines are shown from around the place on.
const LINE: usize = 160;

/// Gives the text of a file that findings have places in, by the name that they call it. With `None` a finding is shown
/// without its line.
pub type Sources<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

/// All findings, in the order that they are given in.
pub(super) fn text(findings: &[Finding], options: &Options, sources: &Sources<'_>) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let theme = if options.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::none()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(options.width)
        .with_break_words(false)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .with_context_lines(1)
        .without_syntax_highlighting();

    let mut out = String::new();
    for finding in findings.iter().take(SHOWN) {
        let report = Report::new(finding, sources);
        if handler.render_report(&mut out, &report).is_err() {
            // Only a place outside of its source could do this, and `Report` makes none.
            let _ = writeln!(out, "{}: {}", finding.code, escape(&finding.message));
        }
        out.push('\n');
    }
    let brush = Brush::new(options.color);
    if let Some(rest) = findings.get(SHOWN..).filter(|rest| !rest.is_empty()) {
        let _ = writeln!(out, "... and {} more: {}", rest.len(), by_code(rest));
    }
    let style = if findings.iter().any(|f| f.severity == Severity::Error) {
        Style::Alarm
    } else {
        Style::Bold
    };
    let _ = writeln!(out, "{}", brush.paint(style, totals(findings)));
    out
}

/// `3 errors, 1 warning in 2 files`
fn totals(findings: &[Finding]) -> String {
    let number = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let parts: Vec<String> = [
        (Severity::Error, "error", "errors"),
        (Severity::Hold, "hold", "holds"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "info", "infos"),
    ]
    .into_iter()
    .filter(|(severity, ..)| number(*severity) > 0)
    .map(|(severity, one, many)| count(number(severity), one, many))
    .collect();
    let files: FxHashSet<&str> = findings
        .iter()
        .filter_map(|finding| finding.place.as_ref())
        .map(|place| &*place.file)
        .collect();
    match files.len() {
        0 => parts.join(", "),
        n => format!("{} in {}", parts.join(", "), count(n, "file", "files")),
    }
}

/// `100 unknown-field, 13 wrong-type`: the most frequent first.
fn by_code(findings: &[Finding]) -> String {
    let mut counts: Vec<(usize, &str)> = Vec::new();
    for finding in findings {
        match counts
            .iter_mut()
            .find(|(_, code)| *code == finding.code.as_str())
        {
            Some((n, _)) => *n += 1,
            None => counts.push((1, finding.code.as_str())),
        }
    }
    counts.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    counts
        .iter()
        .map(|(n, code)| format!("{n} {code}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Report {
    diagnostic: MietteDiagnostic,
    excerpt: Option<Excerpt>,
}

impl Report {
    fn new(finding: &Finding, sources: &Sources<'_>) -> Report {
        let place = finding.place.as_ref();
        let excerpt = place.and_then(|place| Excerpt::new(place, sources(&place.file)?));
        let mut message = lines(&finding.message);
        if let Some(subject) = &finding.subject
            && !finding.message.contains(subject.as_str())
        {
            message = format!("{}: {message}", escape(subject));
        }
        if let Some(place) = place.filter(|_| excerpt.is_none()) {
            // There is no line to point at, so the place is printed.
            message = format!(
                "{}:{}:{}: {message}",
                escape(&place.file),
                place.line,
                place.column
            );
        }
        let mut diagnostic = MietteDiagnostic::new(message)
            .with_code(format!("{}[{}]", finding.severity, finding.code))
            .with_severity(match finding.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Hold | Severity::Warning => miette::Severity::Warning,
                Severity::Info => miette::Severity::Advice,
            });
        if let Some(help) = &finding.help {
            diagnostic = diagnostic.with_help(lines(help));
        }
        if let Some(excerpt) = &excerpt {
            diagnostic =
                diagnostic.with_label(LabeledSpan::new_primary_with_span(None, excerpt.span));
        }
        Report {
            diagnostic,
            excerpt,
        }
    }
}

fn lines(text: &str) -> String {
    escape_lines(text).collect::<Vec<_>>().join("\n")
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.diagnostic.fmt(f)
    }
}

impl std::error::Error for Report {}

impl Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.diagnostic.code()
    }

    fn severity(&self) -> Option<miette::Severity> {
        self.diagnostic.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.diagnostic.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.diagnostic.labels()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt
            .as_ref()
            .map(|excerpt| excerpt as &dyn SourceCode)
    }
}

/// The line of a place and its neighbours, made safe: miette would read the whole file for every finding, and count bytes.
#[derive(Debug)]
struct Excerpt {
    file: String,
    text: String,
    /// The number of its first line, from 0.
    first: usize,
    count: usize,
    /// The place, counted from 0.
    line: usize,
    column: usize,
    /// The marked part of `text`.
    span: SourceSpan,
}

impl Excerpt {
    fn new(place: &Place, source: &str) -> Option<Excerpt> {
        let line = (place.line as usize).checked_sub(1)?;
        let first = line.saturating_sub(1);
        let lines = source.lines().skip(first).take(line - first + 2);
        let shown: Vec<String> = lines.map(str::to_owned).collect();
        let meant = shown.get(line - first)?.as_str();

        let column = (place.column as usize).saturating_sub(1);
        let start = meant
            .char_indices()
            .nth(column)
            .map_or(meant.len(), |(at, _)| at);
        let mut end = start
            .saturating_add(place.len.max(1) as usize)
            .min(meant.len());
        while !meant.is_char_boundary(end) {
            end += 1;
        }

        let mut text = String::new();
        let mut span = SourceSpan::from(0..0);
        for (at, line_text) in shown.iter().enumerate() {
            if at == line - first {
                // A very long line is cut around the marked part.
                let from = floor(meant, start.saturating_sub(LINE / 2));
                let to = floor(meant, from + LINE).max(end.min(floor(meant, start + LINE)));
                let end = end.min(to);
                text.push_str(if from > 0 { "…" } else { "" });
                text.push_str(&escape_source(&meant[from..start]));
                let begin = text.len();
                text.push_str(&escape_source(&meant[start..end]));
                span = SourceSpan::from(begin..text.len());
                text.push_str(&escape_source(&meant[end..to]));
                text.push_str(if to < meant.len() { "…" } else { "" });
            } else {
                let to = floor(line_text, LINE);
                text.push_str(&escape_source(&line_text[..to]));
                text.push_str(if to < line_text.len() { "…" } else { "" });
            }
            text.push('\n');
        }
        Some(Excerpt {
            file: escape(&place.file).into_owned(),
            text,
            first,
            count: shown.len(),
            line,
            column,
            span,
        })
    }
}

/// The nearest character boundary at or before.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Escaped, except tabs, which miette handles.
fn escape_source(text: &str) -> String {
    text.split('\t').map(escape).collect::<Vec<_>>().join("\t")
}

impl SourceCode for Excerpt {
    /// Without context lines miette asks only for the place, else for what to show.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (data, span, line, column) = if before == 0 {
            let end = span.offset().saturating_add(span.len());
            let data = self
                .text
                .get(span.offset()..end)
                .ok_or(MietteError::OutOfBounds)?;
            (data, *span, self.line, self.column)
        } else {
            (
                self.text.as_str(),
                SourceSpan::from(0..self.text.len()),
                self.first,
                0,
            )
        };
        let file = self.file.clone();
        Ok(Box::new(MietteSpanContents::new_named(
            file,
            data.as_bytes(),
            span,
            line,
            column,
            self.count,
        )))
    }
}
