//! Lines of text with columns and colours, and the head line of every report.
//!
//! Must not know what is shown.

use std::fmt::{Display, Write};

use super::style::{Brush, Style, escape};
use crate::plan::Plan;

/// A text under construction that knows its column.
pub(super) struct Page {
    out: String,
    brush: Brush,
    column: usize,
}

impl Page {
    /// An empty page; `room` is how many bytes it may well take.
    pub(super) fn new(brush: Brush, room: usize) -> Page {
        Page {
            out: String::with_capacity(room),
            brush,
            column: 0,
        }
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Writes foreign text that is escaped already.
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

    /// Ends the line.
    pub(super) fn end(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn add(&mut self, text: impl Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.out, "{text}");
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

/// The head line: what it is, of which organisation, from which files and which snapshot.
pub(super) fn header(page: &mut Page, title: &str, plan: &Plan) {
    let config = &plan.config;
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
    let captured = &plan.snapshot.captured_at;
    let captured = match captured.parse::<jiff::Timestamp>() {
        Ok(time) => time.strftime("%Y-%m-%d %H:%MZ").to_string(),
        Err(_) => captured.clone(),
    };
    page.put(Style::Bold, title);
    page.put(
        Style::Plain,
        format!(
            " · {} · config {} · snapshot {}",
            escape(&plan.org.name),
            escape(&name),
            escape(&captured)
        ),
    );
    page.end();
}
