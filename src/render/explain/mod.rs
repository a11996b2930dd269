//! The explanation of one object for people: what is known of it, what happens, and why, link by link.
//!
//! Owns layout and words; the JSON form is the [`Explanation`] as it is. Must not know how the reasons were found, or any
//! kind by name.

mod words;

use super::Options;
use super::page::{Page, place, width};
use super::style::{Style, escape, escape_lines};
use super::values::{Changed, describe, whole};
use super::verdict::acknowledgeable;
use super::view::{Note, Sign, Symbol};
use crate::change::{Acknowledged, FieldAction, Risk};
use crate::finding::Severity;
use crate::plan::FindingLine;
use crate::plan::explain::{
    ChangeLine, Explanation, FieldLine, LicenseLine, Line, LinkLine, Membership, OutcomeWord,
};
use words::{in_file, in_short, units};

/// The columns of what becomes of something, of its reasons, and of their places.
const OUTCOME: usize = 2;
const REASON: usize = 5;
const PLACE: usize = 7;

/// The whole text.
pub(super) fn text(explanation: &Explanation, options: &Options) -> String {
    let mut paper = Paper {
        page: Page::new(options, 4096),
        width: options.width,
    };
    let Explanation {
        org,
        config,
        snapshot,
        licenses,
        ..
    } = explanation;
    paper
        .page
        .header("trunkline explain", org, config, snapshot);
    paper.subject(explanation);
    for license in licenses {
        paper.license(license, explanation.change.as_ref());
    }
    if !explanation.only {
        paper.fields(explanation);
        paper.findings(explanation);
    }
    paper.page.out
}

/// A page and the width at which its prose is broken.
struct Paper {
    page: Page,
    width: usize,
}

impl Paper {
    /// The lines of a text that begins in a column.
    fn parts(&self, column: usize, text: &str) -> Vec<String> {
        let options = textwrap::Options::new(self.width.saturating_sub(column).max(20))
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .break_words(false);
        let parts = textwrap::wrap(text, &options);
        parts.into_iter().map(|part| part.into_owned()).collect()
    }

    /// Prose from a column on, broken at the width.
    fn prose(&mut self, column: usize, style: Style, text: &str) {
        for line in escape_lines(text) {
            for part in self.parts(column, &line) {
                self.page.to(column, 0);
                self.page.put(style, part);
                self.page.end();
            }
        }
    }

    /// Who it is and what is known: the lines at the head.
    fn subject(&mut self, explanation: &Explanation) {
        let name = explanation
            .facts
            .iter()
            .find(|fact| fact.name == "displayName")
            .and_then(|fact| fact.value.as_str());
        self.page.end();
        self.page.put(Style::Bold, escape(&explanation.address));
        if let Some(name) = name {
            self.page.put(Style::Plain, format!("  {}", escape(name)));
        }
        self.page.end();
        if explanation.only {
            return;
        }
        let rows = rows(explanation);
        let labels = rows.iter().map(|row| width(row.label)).max().unwrap_or(0);
        let mut last = "";
        for row in rows {
            self.page.to(OUTCOME, 0);
            if row.label != last {
                self.page.put(Style::Dim, row.label);
            }
            self.row(&row, OUTCOME + labels + 2);
            last = row.label;
        }
    }

    /// What is known, from a column on, and where it is.
    fn row(&mut self, row: &Row<'_>, column: usize) {
        for (at, part) in self.parts(column, &row.text).into_iter().enumerate() {
            if at > 0 {
                self.page.end();
            }
            self.page.to(column, 0);
            self.page.put(Style::Plain, part);
        }
        if let Some(source) = row.source {
            // A long name of a file or an author has a separate line.
            let source = in_file(source);
            match column + width(&row.text) + 2 + width(&source) > self.width {
                true => {
                    self.page.end();
                    self.page.to(column + 2, 0);
                }
                false => self.page.to(0, 2),
            }
            self.page.put(Style::Dim, source);
        }
        self.page.end();
    }

    /// What changes besides licences.
    fn fields(&mut self, explanation: &Explanation) {
        let Some(change) = &explanation.change else {
            return;
        };
        let shown = |field: &&FieldLine| {
            let mut licenses = explanation.licenses.iter();
            !licenses.any(|license| license.path == field.path)
        };
        let fields: Vec<&FieldLine> = change.fields.iter().filter(shown).collect();
        if fields.is_empty() {
            return;
        }
        self.page.end();
        self.page.put(
            Style::Bold,
            match explanation.licenses.is_empty() {
                true => "Changes",
                false => "Other changes",
            },
        );
        self.page.end();
        for field in fields {
            let sign = match field.action {
                FieldAction::Add => Sign::Add,
                FieldAction::Change => Sign::Change,
                FieldAction::Move => Sign::Move,
                FieldAction::Remove => Sign::Remove,
            };
            let changed = Changed {
                path: &field.path,
                action: field.action,
                before: &field.before,
                after: &field.after,
            };
            let text = format!(
                "{}: {}",
                escape(&field.path),
                describe(changed, change.action, true)
            );
            self.outcome(sign, field.risk == Risk::Irreversible, &text);
            self.losses(&field.losses, field.acknowledgement.as_ref());
            if !field.losses.is_empty() {
                self.way_out(explanation.findings.iter());
            }
            if !field.because.is_empty() {
                self.prose(REASON, Style::Plain, &field.because.join(", "));
            }
            self.source(field.source.as_ref());
        }
    }

    fn license(&mut self, license: &LicenseLine, change: Option<&ChangeLine>) {
        self.page.end();
        self.page.put(Style::Bold, escape(&license.path));
        self.page.end();
        let (sign, text) = words::outcome(license);
        self.signed(style_of(license), sign, &text);
        for other in license.held.iter().skip(1) {
            let text = format!("also held: {}", whole(other));
            self.prose(REASON, Style::Plain, &text);
        }
        let deleted = license.outcome == OutcomeWord::Deleted;
        let state = change
            .filter(|_| deleted)
            .and_then(|change| change.fields.first());
        match state {
            Some(state) => self.acknowledged(&state.losses, state.acknowledgement.as_ref()),
            None => self.losses(&license.losses, license.acknowledgement.as_ref()),
        }
        self.way_out(license.findings.iter());
        self.links(&license.links);
        let changes = license.code.is_none();
        for pool in &license.pools {
            self.prose(REASON, Style::Plain, &units(pool, changes));
        }
        // What is lost is shown above.
        let codes = acknowledgeable();
        let said = license.findings.iter();
        for finding in said.filter(|finding| !codes.contains(finding.code.as_str())) {
            self.finding(finding, REASON);
        }
    }

    /// Why, link by link; a place once for those that share it.
    fn links(&mut self, links: &[LinkLine]) {
        let mut last = None;
        for link in links {
            let LinkLine { text, source, .. } = link;
            self.prose(REASON, Style::Plain, text);
            if source.is_some() && source.as_ref() != last {
                self.source(source.as_ref());
            }
            last = source.as_ref();
        }
    }

    /// Findings that are not about licences. Losses are shown among the changes.
    fn findings(&mut self, explanation: &Explanation) {
        let codes = acknowledgeable();
        let findings = explanation.findings.iter();
        let mut findings = findings
            .filter(|finding| !codes.contains(finding.code.as_str()))
            .peekable();
        if findings.peek().is_none() {
            return;
        }
        self.page.end();
        self.page.put(Style::Bold, "Findings");
        self.page.end();
        for finding in findings {
            self.finding(finding, OUTCOME);
        }
    }

    /// What to do about unacknowledged losses.
    fn way_out<'f>(&mut self, findings: impl Iterator<Item = &'f FindingLine>) {
        let codes = acknowledgeable();
        let losses = findings.filter(|finding| codes.contains(finding.code.as_str()));
        for help in losses.filter_map(|finding| finding.help.as_ref()) {
            self.prose(REASON, Style::Plain, &format!("help: {help}"));
        }
    }

    /// A sign and what becomes of something.
    fn outcome(&mut self, sign: Sign, irreversible: bool, text: &str) {
        let symbol = Symbol { sign, irreversible };
        let style = match sign {
            _ if irreversible => Style::Alarm,
            Sign::Add => Style::Green,
            Sign::Change => Style::Yellow,
            Sign::Move => Style::Cyan,
            Sign::Remove => Style::Red,
        };
        self.signed(style, symbol.as_str(), text);
    }

    fn signed(&mut self, style: Style, sign: &str, text: &str) {
        for (at, part) in self.parts(REASON, text).into_iter().enumerate() {
            if at == 0 {
                self.page.to(REASON - 1 - sign.len(), 0);
                self.page.put(style, sign);
            }
            self.page.to(REASON, 0);
            self.page.put(style, part);
            self.page.end();
        }
    }

    fn losses(&mut self, losses: &[String], acknowledgement: Option<&Acknowledged>) {
        if !losses.is_empty() {
            let note = Note::Lost(losses.join(", "));
            self.prose(REASON, Style::Red, &note.sentence());
            self.acknowledged(losses, acknowledgement);
        }
    }

    fn acknowledged(&mut self, losses: &[String], acknowledgement: Option<&Acknowledged>) {
        match acknowledgement {
            Some(entry) => {
                let note = Note::Acknowledged(Some(entry.reason.clone()));
                self.prose(REASON, Style::Plain, &note.sentence());
            }
            None if !losses.is_empty() => self.prose(REASON, Style::Alarm, "NOT ACKNOWLEDGED"),
            None => {}
        }
    }

    fn source(&mut self, source: Option<&Line>) {
        if let Some(source) = source {
            self.page.to(PLACE, 0);
            self.page.put(Style::Dim, in_file(source));
            self.page.end();
        }
    }

    fn finding(&mut self, finding: &FindingLine, column: usize) {
        let style = match finding.severity {
            Severity::Error => Style::Alarm,
            Severity::Hold | Severity::Warning => Style::Yellow,
            Severity::Info => Style::Cyan,
        };
        self.page.to(column, 0);
        let head = format!("{} {}", finding.severity, escape(&finding.code));
        self.page.put(style, head);
        if let Some(file) = &finding.file {
            self.page.to(0, 2);
            self.page.put(Style::Dim, place(file, finding.line));
        }
        self.page.end();
        self.prose(column + 2, Style::Plain, &finding.message);
        if let Some(help) = &finding.help {
            self.prose(column + 2, Style::Plain, &format!("help: {help}"));
        }
    }
}

/// One line of the head.
struct Row<'e> {
    label: &'e str,
    text: String,
    source: Option<&'e Line>,
}

/// What is known of the object: its facts, its groups, and what the plan does to it.
fn rows(explanation: &Explanation) -> Vec<Row<'_>> {
    let row = |label, text| Row {
        label,
        text,
        source: None,
    };
    let facts = explanation.facts.iter();
    let facts = facts.filter(|fact| fact.name != "displayName");
    let mut rows: Vec<Row<'_>> = facts
        .map(|fact| row(fact.label, whole(&fact.value)))
        .collect();
    for group in &explanation.groups {
        let mut text = escape(&group.group).into_owned();
        if let Some(template) = &group.template {
            text += &format!(" (template {})", escape(template));
        }
        text += match group.membership {
            Membership::Stays => "",
            Membership::Joins => ", joins",
            Membership::Leaves => ", leaves",
            Membership::Unmanaged => " (not in the configuration)",
        };
        let changes = matches!(group.membership, Membership::Joins | Membership::Leaves);
        rows.push(Row {
            label: "groups",
            text,
            source: group.source.as_ref().filter(|_| changes),
        });
    }
    if !explanation.free.is_empty() {
        let free: Vec<_> = explanation.free.iter().map(|name| escape(name)).collect();
        let text = format!("{} (for everyone, not touched)", free.join(", "));
        rows.push(row("free", text));
    }
    if explanation.holds && explanation.licenses.is_empty() {
        rows.push(row("licences", "none held and none wanted".to_owned()));
    }
    rows.push(row("plan", in_short(explanation)));
    rows
}

fn style_of(license: &LicenseLine) -> Style {
    match license.outcome {
        OutcomeWord::Kept | OutcomeWord::Missing => Style::Plain,
        OutcomeWord::Granted => Style::Green,
        OutcomeWord::Moved => Style::Cyan,
        OutcomeWord::Changed | OutcomeWord::Refused => Style::Yellow,
        OutcomeWord::Removed if license.losses.is_empty() => Style::Red,
        OutcomeWord::Removed | OutcomeWord::Deleted | OutcomeWord::Blocked | OutcomeWord::Held => {
            Style::Alarm
        }
    }
}
