//! Changes of whole lines.

use std::ops::Range;

use granit_parser::ScalarStyle;

use super::{Misfit, Sheet, Splice, place_among};
use crate::config::write::{self, Node as Value};
use crate::config::yaml::tree::{Kind, Node};

/// Adds an entry after the last one of a mapping, on separate lines.
pub(super) fn add_entry(
    sheet: &Sheet<'_>,
    map: Node<'_>,
    key: &str,
    value: &Value,
) -> Result<Vec<Splice>, Misfit> {
    let (Some((first, _)), Some((last_key, last))) = (map.entries().next(), map.entries().last())
    else {
        return Err(Misfit::new(
            "there is no entry next to which it could be added",
        ));
    };
    let end = last_key.span().end.max(last.span().end);
    let indent = sheet.column(first.span().start)?;
    let new = write::entry(key, value, indent);
    Ok(vec![sheet.insert_after(last, end, &new)?])
}

/// Adds an item to a list, in its order if it has one.
pub(super) fn add_item(
    sheet: &Sheet<'_>,
    items: &[Node<'_>],
    item: &str,
    new: &str,
) -> Result<Splice, Misfit> {
    let at = place_among(items, item);
    let before = at.checked_sub(1).and_then(|at| items.get(at));
    let before =
        *before.ok_or_else(|| Misfit::new("there is no item next to which it could be added"))?;
    let dash = sheet.dash(before.span().start)?;
    let indent = &sheet.text[sheet.line_start(dash)..dash];
    let line = format!("{indent}- {new}\n");
    sheet.insert_after(before, before.span().end, &line)
}

/// Removes the lines of one of these parts. Their comments stay.
pub(super) fn remove(
    sheet: &Sheet<'_>,
    parts: &[Range<usize>],
    index: usize,
) -> Result<Splice, Misfit> {
    let range = sheet.lines(&parts[index])?;
    let kept = sheet.comments_in(&range);
    Ok((range, kept))
}

/// Removes the lines of the only part, and says under its key that there is none.
pub(super) fn empty(
    sheet: &Sheet<'_>,
    key: Node<'_>,
    parts: &[Range<usize>],
    nothing: &str,
) -> Result<Vec<Splice>, Misfit> {
    let part = &parts[0];
    let range = sheet.lines(part)?;
    let after = &sheet.text[key.span().end..];
    let colon = after.len() - after.trim_start_matches([' ', '\t']).len();
    if !after[colon..].starts_with(':') {
        return Err(Misfit::new("the key does not end in a colon"));
    }
    let colon = key.span().end + colon + 1;
    if range.start < colon {
        return Err(Misfit::new("the value is on the line of its key"));
    }
    let kept = sheet.comments_in(&range);
    Ok(vec![(colon..colon, format!(" {nothing}")), (range, kept)])
}

impl Sheet<'_> {
    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// The end of a line, after its newline.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text[at..].find('\n');
        rest.map_or(self.text.len(), |newline| at + newline + 1)
    }

    /// The column of a place, if its line has nothing but blanks and dashes before it.
    fn column(&self, at: usize) -> Result<usize, Misfit> {
        let before = &self.text[self.line_start(at)..at];
        match before.chars().all(|c| c == ' ' || c == '-') {
            true => Ok(before.len()),
            false => Err(Misfit::new("there is something else on its line")),
        }
    }

    /// The dash before an item.
    fn dash(&self, item: usize) -> Result<usize, Misfit> {
        let start = self.line_start(item);
        let before = &self.text[start..item];
        let dash = start + before.len() - before.trim_start_matches(' ').len();
        match before.trim() {
            "-" => Ok(dash),
            _ => Err(Misfit::new("the item is not on a separate line")),
        }
    }

    /// Inserts lines after the line on which a node ends.
    fn insert_after(&self, node: Node<'_>, end: usize, lines: &str) -> Result<Splice, Misfit> {
        if ends_with_text_block(node) {
            return Err(Misfit::new("a block of text comes before it"));
        }
        let windows = self.text.contains("\r\n");
        let lines = match windows {
            true => lines.replace('\n', "\r\n"),
            false => lines.to_owned(),
        };
        let at = self.line_end(end);
        let complete = self.text[..at].ends_with('\n');
        let lines = match complete {
            true => lines,
            false => format!("{}{lines}", if windows { "\r\n" } else { "\n" }),
        };
        Ok((at..at, lines))
    }

    /// The whole lines of a part, if nothing else is on them.
    fn lines(&self, part: &Range<usize>) -> Result<Range<usize>, Misfit> {
        let start = self.line_start(part.start);
        let before = self.text[start..part.start].trim();
        if !(before.is_empty() || before == "-" && self.is_item(part.start)) {
            return Err(Misfit::new("there is something else on its line"));
        }
        let end = match self.text[..part.end].ends_with('\n') {
            true => part.end,
            false => self.line_end(part.end),
        };
        let rest = part.end..end;
        let uncommented = match self.comments.iter().find(|it| rest.contains(&it.start)) {
            Some(comment) => part.end..comment.start,
            None => rest,
        };
        match self.text[uncommented].trim().is_empty() {
            true => Ok(start..end),
            false => Err(Misfit::new("there is something else on its line")),
        }
    }

    /// Whether what begins here is an item itself, and not the first field of one.
    fn is_item(&self, at: usize) -> bool {
        let line = &self.text[at..self.line_end(at)];
        let value = line.trim_end();
        !value.contains(": ") && !value.ends_with(':')
    }

    /// The comments of some lines, each on its own.
    fn comments_in(&self, lines: &Range<usize>) -> String {
        let indent =
            self.text[lines.start..].len() - self.text[lines.start..].trim_start_matches(' ').len();
        let newline = match self.text.contains("\r\n") {
            true => "\r\n",
            false => "\n",
        };
        let comments = self.comments.iter().filter(|it| lines.contains(&it.start));
        comments
            .map(|it| {
                format!(
                    "{:indent$}{}{newline}",
                    "",
                    self.text[it.clone()].trim_end()
                )
            })
            .collect()
    }
}

/// Whether the last value of a node is written as `|` or `>`, whose end is not certain.
fn ends_with_text_block(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Scalar(style) => matches!(style, ScalarStyle::Literal | ScalarStyle::Folded),
        Kind::List { .. } | Kind::Map { .. } => {
            node.children().last().is_some_and(ends_with_text_block)
        }
    }
}
