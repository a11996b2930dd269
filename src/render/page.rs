//! A text page for a terminal or a log, line by line, and the head line that every page begins with.
//!
//! Owns columns and the head line. Must not know what is shown.

use std::fmt::{Display, Write};

use super::Options;
use super::style::{Brush, Style, escape};
use crate::plan::{ConfigRef, OrgRef, Plan, SnapshotRef};

/// A text under construction that knows its column.
pub(super) struct Page {
    pub(super) out: String,
    brush: Brush,
    column: usize,
}

impl Page {
    /// An empty text, with room for so many bytes.
    pub(super) fn new(options: &Options, capacity: usize) -> Page {
        Page {
            out: String::with_capacity(capacity),
            brush: Brush::new(options.color),
            column: 0,
        }
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
        self.out.push('\n');
        self.column = 0;
    }

    fn add(&mut self, text: impl Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.out, "{text}");
    }

    /// The first line: what is shown, of which organisation, from which states.
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
        self.put(
            Style::Plain,
            format!(
                " · {} · config {} · snapshot {}",
                escape(&org.name),
                escape(&named(config)),
                minute(&snapshot.captured_at)
            ),
        );
    }
}

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
