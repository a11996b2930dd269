//! How a single value is written: in which quotes, on which lines.
//!
//! Owns those rules. What a value is, text or number, never changes. Must not know where it is.

use std::borrow::Cow;

use granit_parser::ScalarStyle;

use super::layout::{Kind, Node};
use crate::config::write::{is_bare, quoted};
use crate::config::yaml::{Plain, is_plain_text, resolve};

/// A value, ready to be written.
pub(super) enum Written<'n> {
    /// On one line.
    Line(Cow<'n, str>),
    /// On several lines, as they are, but for the space before and after.
    Lines(Vec<&'n str>),
    /// Lines of text below a header such as `|-`.
    Text(String, Vec<&'n str>),
}

/// A scalar as it is written. `source` is the whole text of the file.
pub(super) fn write<'n>(node: &'n Node<'_>, source: &'n str) -> Written<'n> {
    let Kind::Scalar(text, style) = &node.kind else {
        return Written::Line(Cow::Borrowed(""));
    };
    match style {
        ScalarStyle::Literal | ScalarStyle::Folded => block(node, source, text, *style),
        _ if source[node.start..node.end].contains('\n') && !is_marker(text) => {
            Written::Lines(lines(&source[node.start..node.end], *style))
        }
        _ => Written::Line(line(node, source)),
    }
}

/// A scalar on one line.
pub(super) fn line<'n>(node: &'n Node<'_>, source: &'n str) -> Cow<'n, str> {
    let Kind::Scalar(text, style) = &node.kind else {
        return Cow::Borrowed("");
    };
    if *style == ScalarStyle::Plain {
        match resolve(text) {
            Plain::Bool(true) => return Cow::Borrowed("true"),
            Plain::Bool(false) => return Cow::Borrowed("false"),
            Plain::Null if !node.is_nothing() => return Cow::Borrowed("null"),
            _ => {}
        }
    }
    key(node, source)
}

/// A key: as other values, but `True` is a name there.
pub(super) fn key<'n>(node: &'n Node<'_>, source: &'n str) -> Cow<'n, str> {
    let Kind::Scalar(text, style) = &node.kind else {
        return Cow::Borrowed("");
    };
    let raw = &source[node.start..node.end];
    let one_line = !raw.contains('\n');
    match style {
        // What would begin another document at the beginning of a line.
        ScalarStyle::Plain if is_marker(text) => Cow::Owned(quoted(text)),
        // Words that readers of YAML 1.1 take for something else.
        ScalarStyle::Plain if resolve(text) == Plain::Text && !is_plain_text(text) => {
            Cow::Owned(quoted(text))
        }
        ScalarStyle::Plain if one_line => Cow::Borrowed(raw),
        _ if is_bare(text) => Cow::Borrowed(text),
        // The author of escapes in double quotes, or of single quotes to avoid them, had a reason.
        ScalarStyle::DoubleQuoted if one_line => Cow::Borrowed(raw),
        ScalarStyle::SingleQuoted if one_line && text.contains(['"', '\\']) => Cow::Borrowed(raw),
        _ => Cow::Owned(quoted(text)),
    }
}

fn is_marker(text: &str) -> bool {
    text.starts_with("---") || text.starts_with("...")
}

/// The lines of a scalar that goes on below, without the space around them, which says nothing.
fn lines(raw: &str, style: ScalarStyle) -> Vec<&str> {
    let mut lines: Vec<&str> = raw.split('\n').collect();
    let last = lines.len() - 1;
    for (index, line) in lines.iter_mut().enumerate() {
        if index > 0 {
            *line = line.trim_start_matches([' ', '\t']);
        }
        if index < last {
            let end = line.trim_end_matches([' ', '\t']);
            let slashes = end.len() - end.trim_end_matches('\\').len();
            let escaped = style == ScalarStyle::DoubleQuoted && slashes % 2 == 1;
            // An escaped space is one that counts.
            let kept = end.len() + usize::from(escaped && end.len() < line.len());
            *line = &line[..kept];
        }
    }
    lines
}

/// A text below its header.
fn block<'n>(node: &Node<'_>, source: &'n str, text: &str, style: ScalarStyle) -> Written<'n> {
    if text.trim_matches('\n').is_empty() {
        return Written::Line(Cow::Owned(quoted(text)));
    }
    // Its lines begin below the last line above it that is not blank: that of the header.
    let above = source[..node.start]
        .trim_end_matches([' ', '\n', '\t'])
        .len();
    let from = source[above..]
        .find('\n')
        .map_or(source.len(), |at| above + at + 1);
    let body = &source[from..node.end.max(from)];
    let mut lines: Vec<&str> = body.split('\n').collect();
    let blank = |line: &str| line.trim_matches(' ').is_empty();
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    // What of the indentation belongs to the text shows in its first line.
    let first = |mut lines: std::slice::Iter<'_, &str>| {
        lines
            .find(|line| !blank(line))
            .map_or(0, |line| spaces(line))
    };
    let own: Vec<&str> = text.split('\n').collect();
    let indent = first(lines.iter()).saturating_sub(first(own.iter()));
    for line in &mut lines {
        *line = line.get(indent.min(spaces(line))..).unwrap_or_default();
    }
    let ends = text.len() - text.trim_end_matches('\n').len();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    let mut header = String::from(match style {
        ScalarStyle::Folded => ">",
        _ => "|",
    });
    let leading = lines
        .iter()
        .take_while(|line| blank(line))
        .any(|line| !line.is_empty());
    if leading || first(lines.iter()) > 0 {
        header.push('2');
    }
    match ends {
        0 => header.push('-'),
        1 => {}
        _ => {
            header.push('+');
            lines.extend(std::iter::repeat_n("", ends - 1));
        }
    }
    Written::Text(header, lines)
}
