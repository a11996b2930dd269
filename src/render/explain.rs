//! The explanation of one object for people: what is known of it, what happens, and why, link by link.
//!
//! Owns layout and words; the JSON form is the [`Explanation`] as it is. Must not know how the reasons came about, or any
//! kind by name.

use serde_json::Value;

use super::Options;
use super::page::{Page, place, width};
use super::style::{Style, escape, escape_lines};
use super::values::{Changed, describe, whole};
use super::verdict::acknowledgeable;
use super::view::{Note, Sign, Symbol};
use crate::change::{Acknowledged, ChangeAction, FieldAction, Risk};
use crate::finding::Severity;
use crate::plan::explain::{
    ChangeLine, Explanation, FieldLine, LicenseLine, Line, LinkLine, Membership, OutcomeWord,
};
use crate::plan::{FindingLine, PoolLine};

/// Where what becomes of something stands, where its reasons do, and where their places do.
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
        let facts = explanation
            .facts
            .iter()
            .filter(|fact| fact.name != "displayName");
        let mut rows: Vec<(&str, String, Option<&Line>)> = facts
            .map(|fact| (fact.label, whole(&fact.value), None))
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
            rows.push(("groups", text, group.source.as_ref().filter(|_| changes)));
        }
        if !explanation.free.is_empty() {
            let free: Vec<_> = explanation.free.iter().map(|name| escape(name)).collect();
            let text = format!("{} (for everybody, left alone)", free.join(", "));
            rows.push(("free", text, None));
        }
        if explanation.holds && explanation.licenses.is_empty() {
            rows.push(("licences", "none held, and none wanted".to_owned(), None));
        }
        rows.push(("plan", in_short(explanation.change.as_ref()), None));
        let labels = rows
            .iter()
            .map(|(label, ..)| width(label))
            .max()
            .unwrap_or(0);
        let mut last = "";
        for (label, text, source) in rows {
            self.page.to(OUTCOME, 0);
            if label != last {
                self.page.put(Style::Dim, label);
            }
            let column = OUTCOME + labels + 2;
            for (at, part) in self.parts(column, &text).into_iter().enumerate() {
                if at > 0 {
                    self.page.end();
                }
                self.page.to(column, 0);
                self.page.put(Style::Plain, part);
            }
            if let Some(source) = source {
                // A long name of a file or an author has a line of its own.
                let source = in_file(source);
                match column + width(&text) + 2 + width(&source) > self.width {
                    true => {
                        self.page.end();
                        self.page.to(column + 2, 0);
                    }
                    false => self.page.to(0, 2),
                }
                self.page.put(Style::Dim, source);
            }
            self.page.end();
            last = label;
        }
    }

    /// What changes beside licences.
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
        let held = whole(&license.before);
        let after = whole(&license.after);
        let code = license.code.as_deref().unwrap_or("");
        let now = match license.held.is_empty() {
            true => "not given".to_owned(),
            false => format!("stays {held}"),
        };
        let (sign, text) = match license.outcome {
            OutcomeWord::Kept => ("=", format!("kept: {held}")),
            OutcomeWord::Granted => ("+", format!("granted: {after}")),
            OutcomeWord::Moved => {
                let moved = Changed {
                    path: &license.path,
                    action: FieldAction::Move,
                    before: &license.before,
                    after: &license.after,
                };
                let text = describe(moved, ChangeAction::Update, true);
                (">", format!("moved: {}, {text}", product(&license.before)))
            }
            OutcomeWord::Changed => {
                let changed = Changed {
                    path: &license.path,
                    action: FieldAction::Change,
                    before: &license.before,
                    after: &license.after,
                };
                (
                    "~",
                    format!("changed: {}", describe(changed, ChangeAction::Update, true)),
                )
            }
            OutcomeWord::Removed if license.losses.is_empty() => ("-", format!("removed: {held}")),
            OutcomeWord::Removed => ("-!", format!("removed: {held}")),
            OutcomeWord::Deleted => ("-!", format!("goes with the person: {held}")),
            OutcomeWord::Blocked => ("x", format!("{now}, blocked by {code}")),
            OutcomeWord::Held => (
                "-!",
                format!("left to a person to remove by {code}: {held}"),
            ),
            OutcomeWord::Refused => ("x", format!("{now}, refused by {code}")),
            OutcomeWord::Missing => ("x", "not held, and not given".to_owned()),
        };
        let style = match license.outcome {
            OutcomeWord::Kept | OutcomeWord::Missing => Style::Plain,
            OutcomeWord::Granted => Style::Green,
            OutcomeWord::Moved => Style::Cyan,
            OutcomeWord::Changed | OutcomeWord::Refused => Style::Yellow,
            OutcomeWord::Removed if license.losses.is_empty() => Style::Red,
            OutcomeWord::Removed
            | OutcomeWord::Deleted
            | OutcomeWord::Blocked
            | OutcomeWord::Held => Style::Alarm,
        };
        self.signed(style, sign, &text);
        for other in license.held.iter().skip(1) {
            let text = format!("held as well: {}", whole(other));
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
        let mut last = None;
        for link in &license.links {
            let LinkLine { text, source, .. } = link;
            self.prose(REASON, Style::Plain, text);
            if source.is_some() && source.as_ref() != last {
                self.source(source.as_ref());
            }
            last = source.as_ref();
        }
        let changes = license.code.is_none();
        for pool in &license.pools {
            self.prose(REASON, Style::Plain, &units(pool, changes));
        }
        // What is lost stands above.
        let codes = acknowledgeable();
        let said = license.findings.iter();
        for finding in said.filter(|finding| !codes.contains(finding.code.as_str())) {
            self.finding(finding, REASON);
        }
    }

    /// What has to be said beside licences. Losses stand among the changes.
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

    /// What to do about losses that nobody acknowledged.
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

/// `file:line:column`, and who wrote it.
fn in_file(line: &Line) -> String {
    let mut text = format!("{}:{}", place(&line.file, Some(line.line)), line.column);
    match (line.committed, &line.commit) {
        (Some(false), _) => text += "  not committed",
        (Some(true), Some(commit)) => {
            let short: String = commit.chars().take(7).collect();
            let author = line.author.as_deref().unwrap_or("");
            let day: String = line
                .date
                .iter()
                .flat_map(|date| date.chars())
                .take(10)
                .collect();
            text += &format!("  {short}  {}  {day}", escape(author));
        }
        _ => {}
    }
    text
}

/// What the plan does to it, in a few words.
fn in_short(change: Option<&ChangeLine>) -> String {
    let Some(change) = change else {
        return "nothing changes".to_owned();
    };
    let action = match change.action {
        ChangeAction::Create => "created",
        ChangeAction::Update => "updated",
        ChangeAction::Delete => "deleted",
    };
    match (change.risk, change.acknowledged) {
        (Risk::Irreversible, Some(true)) => format!("{action}; cannot be undone, acknowledged"),
        (Risk::Irreversible, _) => format!("{action}; cannot be undone, NOT ACKNOWLEDGED"),
        _ => action.to_owned(),
    }
}

/// The name of a licence, without its subscription.
fn product(license: &Value) -> String {
    whole(&license["license"])
}

/// The units of a pool; `changes` tells whether the plan takes or gives back one of them here.
fn units(pool: &PoolLine, changes: bool) -> String {
    let site = pool
        .site
        .as_ref()
        .map(|site| format!(" on {site}"))
        .unwrap_or_default();
    let after = match pool.before == pool.after {
        true if changes => " before the plan and after it".to_owned(),
        true => String::new(),
        false => format!(" before the plan, {} after it", pool.after),
    };
    format!(
        "units of {}{site} in {}: {} of {} in use{after}",
        pool.license, pool.subscription, pool.before, pool.total
    )
}
