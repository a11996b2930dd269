//! A text page for a terminal or a log, line by line, and the head line that every page begins with.
//!
//! Owns columns and the head line. Must not know what is shown.

use std::fmt::{Display, Write};
use std::io;

use super::Options;
use super::style::{Brush, Style, escape};
use crate::plan::{ConfigRef, OrgRef, Plan, SnapshotRef};

/// A text of more bytes is written in parts.
const MUCH: usize = 64 * 1024;

/// A text under construction that knows its column.
pub(super) struct Page {
    pub(super) out: String,
    brush: Brush,
    column: usize,
    width: usize,
    breaks: bool,
}

impl Page {
    /// An empty text, with room for this many bytes.
    pub(super) fn new(options: &Options, capacity: usize) -> Page {
        Page {
            out: String::with_capacity(capacity),
            brush: Brush::new(options.color),
            column: 0,
            width: options.width,
            breaks: options.terminal,
        }
    }

    /// Whether this many more columns fit on the line, from a column on that may be the current one.
    pub(super) fn fits(&self, column: usize, more: usize) -> bool {
        column.max(self.column) + more <= self.width
    }

    /// Text from the current column on, broken between words where the line of a terminal ends; it continues at `indent`. In a
    /// log it stays whole, for those who search it.
    pub(super) fn flow(&mut self, style: Style, text: impl AsRef<str>, indent: usize) {
        let text = text.as_ref();
        if !self.breaks || self.fits(0, width(text)) {
            return self.put(style, text);
        }
        let first = self.width.saturating_sub(self.column);
        for (at, line) in broken(text, first, self.width.saturating_sub(indent))
            .into_iter()
            .enumerate()
        {
            if at > 0 {
                self.end();
                self.to(indent, 0);
            }
            self.put(style, line);
        }
    }

    /// A word behind a gap, or on a separate line where the one of a terminal has no room for it.
    pub(super) fn word(&mut self, style: Style, word: impl AsRef<str>, gap: usize, indent: usize) {
        let word = word.as_ref();
        if self.breaks && !self.fits(self.column + gap, width(word)) {
            self.end();
            self.to(indent, 0);
        } else {
            self.to(0, gap);
        }
        self.put(style, word);
    }

    /// A place in the configuration at the right edge, on a separate line if it does not fit.
    pub(super) fn at_edge(&mut self, place: &str) {
        let start = self.width.saturating_sub(width(place));
        if self.column + 2 > start {
            self.end();
        }
        self.to(start, 0);
        self.put(Style::Dim, place);
    }

    /// A place in the configuration: at this column, or right behind, or on a separate line if it does not fit.
    pub(super) fn source(&mut self, place: &str, column: usize, indent: usize) {
        let wide = width(place);
        if self.fits(column.max(self.column + 2), wide) {
            self.to(column, 2);
        } else if self.fits(self.column + 2, wide) {
            self.to(0, 2);
        } else {
            self.end();
            self.to(indent.min(self.width.saturating_sub(wide)), 0);
        }
        self.put(Style::Dim, place);
    }

    pub(super) fn put(&mut self, style: Style, text: impl AsRef<str>) {
        let text = text.as_ref();
        self.column += width(text);
        self.add(self.brush.paint(style, text));
    }

    /// Goes to this column, or at least `gap` further.
    pub(super) fn to(&mut self, column: usize, gap: usize) {
        let spaces = column.saturating_sub(self.column).max(gap);
        self.add(format_args!("{:spaces$}", ""));
        self.column += spaces;
    }

    pub(super) fn end(&mut self) {
        // Text that belongs behind a gap may have gone to the next line.
        self.out.truncate(self.out.trim_end_matches(' ').len());
        // A runner reads a line with this beginning as a command, also after spaces.
        let line = self.out.rfind('\n').map_or(0, |at| at + 1);
        let begin = self.out.len() - self.out[line..].trim_start().len();
        if self.out[begin..].starts_with("::") {
            self.out.insert(begin, '\\');
        }
        self.out.push('\n');
        self.column = 0;
    }

    /// Writes what is done, once it is much: all but the line under construction.
    pub(super) fn pour(&mut self, to: &mut dyn io::Write) -> io::Result<()> {
        if self.out.len() < MUCH {
            return Ok(());
        }
        let done = self.out.rfind('\n').map_or(0, |at| at + 1);
        to.write_all(&self.out.as_bytes()[..done])?;
        self.out.drain(..done);
        Ok(())
    }

    fn add(&mut self, text: impl Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.out, "{text}");
    }

    /// The first line: the command, the organisation and the states.
    pub(super) fn header(
        &mut self,
        title: &str,
        org: &OrgRef,
        config: &ConfigRef,
        snapshot: &SnapshotRef,
    ) {
        self.head(title, org, config, snapshot);
        self.end();
    }

    /// The same for a plan, with the snapshot of the last apply.
    pub(super) fn states(&mut self, title: &str, plan: &Plan, applied: Option<&SnapshotRef>) {
        self.head(title, &plan.org, &plan.config, &plan.snapshot);
        if let Some(applied) = applied {
            let captured = minute(&applied.captured_at);
            self.put(Style::Plain, format!(" · applied {captured}"));
        }
        self.end();
    }

    fn head(&mut self, title: &str, org: &OrgRef, config: &ConfigRef, snapshot: &SnapshotRef) {
        self.put(Style::Bold, title);
        let states = format!(
            " · {} · config {} · snapshot {}",
            escape(&org.name),
            escape(&named(config)),
            minute(&snapshot.captured_at)
        );
        self.flow(Style::Plain, states, 2);
    }
}

/// The lines of a text, with the width of the first line and of the others. A word that is longer stays whole.
pub(super) fn broken(text: &str, first: usize, others: usize) -> Vec<String> {
    let others = others.max(NARROWEST);
    let (mut lines, mut line, mut room) = (Vec::new(), None::<String>, first);
    for word in text.split(' ') {
        line = Some(match line.take() {
            None if width(word) > room && width(word) <= others => {
                lines.push(String::new());
                room = others;
                word.to_owned()
            }
            None => word.to_owned(),
            Some(line) if width(&line) + 1 + width(word) > room => {
                lines.push(line);
                room = others;
                word.to_owned()
            }
            Some(line) => line + " " + word,
        });
    }
    lines.extend(line);
    lines
}

/// No column of prose is narrower than this, whatever the terminal.
const NARROWEST: usize = 20;

/// The state of the files in a few characters: `a1b2c3d dirty (main)`, or a digest outside of git.
pub(super) fn named(config: &ConfigRef) -> String {
    let mut name: String = match &config.commit {
        Some(commit) => commit.chars().take(7).collect(),
        None => config.digest.chars().take("sha256:".len() + 7).collect(),
    };
    if config.commit.is_some() {
        if config.dirty {
            name.push_str(" dirty");
        }
        if let Some(reference) = &config.reference {
            name.push_str(" (");
            name.push_str(reference);
            name.push(')');
        }
    }
    name
}

/// A moment to the minute, as people read it.
pub(super) fn minute(time: &str) -> String {
    match time.parse::<jiff::Timestamp>() {
        Ok(time) => time.strftime("%Y-%m-%d %H:%MZ").to_string(),
        Err(_) => escape(time).into_owned(),
    }
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

/// `file:line`, as people and editors write it.
pub(super) fn place(file: &str, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{}:{line}", escape(file)),
        None => escape(file).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_where_they_fit() {
        assert_eq!(broken("one two three", 8, 30), ["one two", "three"]);
        assert_eq!(broken(" · Acme · config", 7, 20), [" · Acme", "· config"]);
        let long = "a-word-longer-than-any-line";
        assert_eq!(broken(long, 4, 20), [long]);
        assert_eq!(broken("a word", 0, 20), ["", "a word"]);
        assert_eq!(broken("", 4, 20), [""]);
    }

    #[test]
    fn a_word_goes_to_the_next_line_only_in_a_terminal() {
        for (terminal, expected) in [
            (true, "a-hold  a-code\n      kind/of-an-object\n"),
            (false, "a-hold  a-code  kind/of-an-object\n"),
        ] {
            let options = Options {
                width: 30,
                terminal,
                ..Options::default()
            };
            let mut page = Page::new(&options, 0);
            page.put(Style::Plain, "a-hold  a-code");
            page.word(Style::Bold, "kind/of-an-object", 2, 6);
            page.end();
            assert_eq!(page.out, expected);
        }
    }

    #[test]
    fn a_source_that_does_not_fit_has_a_line_of_its_own() {
        let options = Options {
            width: 30,
            ..Options::default()
        };
        let mut page = Page::new(&options, 0);
        for text in [
            "short",
            "a somewhat longer one",
            "one that leaves no room at all",
        ] {
            page.put(Style::Plain, text);
            page.source("a.yaml:1", 20, 4);
            page.end();
        }
        assert_eq!(
            page.out,
            "short               a.yaml:1\na somewhat longer one\n    a.yaml:1\n\
             one that leaves no room at all\n    a.yaml:1\n"
        );
    }

    #[test]
    fn a_text_that_is_poured_is_the_same() {
        let options = Options::default();
        let (mut whole, mut poured) = (Page::new(&options, 0), Page::new(&options, 0));
        let mut written = Vec::new();
        for at in 0..9000 {
            for page in [&mut whole, &mut poured] {
                page.put(Style::Plain, format!("line {at}   "));
                page.end();
                page.put(Style::Plain, "begun ");
            }
            poured.pour(&mut written).unwrap();
            assert!(poured.out.len() < 2 * MUCH);
        }
        assert!(written.len() > MUCH && !poured.out.is_empty());
        written.extend(poured.out.into_bytes());
        assert_eq!(String::from_utf8(written).unwrap(), whole.out);
    }
}
