//! A tree as text, in the canonical layout.
//!
//! Owns indentation, blank lines, brackets or lines, and where comments are put. Must not know what the values mean.

use super::layout::{Comment, Document, Entry, Group, Kind, Node, PutOut, Stream};
use super::scalar::{self, Written};
use crate::config::write::WIDTH;

/// The indentation of the fields of a mapping and the items of a list.
const STEP: usize = 2;

/// The least space between a value and a comment that is not close to it.
const NEAR: usize = 2;

/// The text of a stream. `source` is the text that it was read from.
pub(super) fn write(stream: &Stream<'_>, source: &str) -> String {
    let mut sheet = Sheet {
        source,
        out: String::with_capacity(source.len() + source.len() / 16),
        kept: false,
    };
    for (index, document) in stream.documents.iter().enumerate() {
        sheet.document(document, index == 0);
    }
    sheet.comments(&stream.tail, 0, true);
    sheet.out
}

/// How a list or mapping is written.
enum Layout {
    /// Each entry on a line.
    Lines,
    /// In brackets.
    Brackets(String),
}

struct Sheet<'s> {
    source: &'s str,
    out: String,
    /// Whether a text ends here whose blank lines count.
    kept: bool,
}

impl Sheet<'_> {
    fn document(&mut self, document: &Document<'_>, first: bool) {
        self.comments(&document.before, 0, true);
        if document.gap {
            self.blank();
        }
        if let Some((major, minor)) = document.version {
            if !first {
                self.out += "...\n";
            }
            self.out += &format!("%YAML {major}.{minor}\n");
        }
        if document.marker || !first {
            self.line("---", 0);
            self.end_line(&document.eol, false);
        }
        let root = &document.root;
        match &root.value.kind {
            Kind::Group(group) if matches!(self.layout(&root.value, 0), Layout::Lines) => {
                self.comments(root.lead(), 0, false);
                self.comments(root.eol(), 0, true);
                self.entries(group, 0, false);
            }
            _ => {
                self.comments(root.lead(), 0, false);
                if !root.value.is_nothing() {
                    if root.gap && !root.lead().is_empty() {
                        self.blank();
                    }
                    self.single(root, 0, false);
                }
            }
        }
        self.comments(root.after(), 0, true);
    }

    /// The entries of a list or mapping on their lines; `begun` if the first goes on a line that is begun.
    fn entries(&mut self, group: &Group<'_>, indent: usize, begun: bool) {
        for (index, entry) in group.entries.iter().enumerate() {
            if index > 0 || !begun {
                self.above(entry, indent, index > 0);
                self.line("", indent);
            }
            self.entry(entry, indent);
        }
        self.comments(&group.tail, indent, true);
    }

    /// What is above an entry. Where a mapping begins on the line of its dash, the comments above its first field do
    /// so as well.
    fn above(&mut self, entry: &Entry<'_>, indent: usize, gaps: bool) {
        self.comments(entry.lead(), indent, gaps);
        let mut said = gaps || !entry.lead().is_empty();
        if entry.gap && said {
            self.blank();
        }
        let (mut entry, mut column) = (entry, indent + STEP);
        while let Some(group) = self.after_dash(entry, column) {
            let Some(first) = group.entries.first() else {
                return;
            };
            if let Some((comment, rest)) = first.lead().split_first() {
                self.own(
                    comment,
                    indent,
                    comment.gap && !entry.lead().is_empty() && said,
                );
                self.comments(rest, indent, true);
                said = true;
                if first.gap {
                    self.blank();
                }
            }
            (entry, column) = (first, column + STEP);
        }
    }

    /// The list or mapping that begins on the line of this entry's dash, if one does.
    fn after_dash<'n, 't>(&self, entry: &'n Entry<'t>, column: usize) -> Option<&'n Group<'t>> {
        let group = entry.value.group()?;
        let begins = entry.key.is_none()
            && entry.eol().is_empty()
            && matches!(self.layout(&entry.value, column), Layout::Lines);
        begins.then_some(group)
    }

    /// An entry on a line that is indented already.
    fn entry(&mut self, entry: &Entry<'_>, indent: usize) {
        match &entry.key {
            Some(key) => {
                self.out += &scalar::key(key, self.source);
                self.out.push(':');
            }
            None => self.out.push('-'),
        }
        match &entry.value.kind {
            Kind::Group(group) => match self.layout(&entry.value, self.column() + 1) {
                Layout::Brackets(text) => {
                    self.out.push(' ');
                    self.out += &text;
                    self.end_line(entry.eol(), false);
                }
                Layout::Lines if self.after_dash(entry, indent + STEP).is_some() => {
                    self.out.push(' ');
                    self.entries(group, indent + STEP, true);
                }
                Layout::Lines => {
                    let (beside, below) = match entry.key {
                        Some(_) => (entry.eol(), &[][..]),
                        None => entry.eol().split_at(entry.eol().len().min(1)),
                    };
                    self.end_line(beside, group.flow);
                    self.comments(below, indent + STEP, false);
                    self.entries(group, indent + STEP, false);
                }
            },
            Kind::Scalar(..) => {
                if !entry.value.is_nothing() {
                    self.out.push(' ');
                }
                self.single(entry, indent, false);
            }
        }
        self.comments(entry.after(), indent + STEP, true);
    }

    /// A single value, on a line that is begun, and the end of its line.
    fn single(&mut self, entry: &Entry<'_>, indent: usize, moved: bool) {
        if let Kind::Group(_) = entry.value.kind {
            if let Layout::Brackets(text) = self.layout(&entry.value, indent) {
                self.out += &text;
            }
            return self.end_line(entry.eol(), moved);
        }
        match scalar::write(&entry.value, self.source) {
            Written::Line(text) => {
                self.out += &text;
                self.end_line(entry.eol(), moved);
            }
            Written::Lines(lines) => {
                for (index, line) in lines.iter().enumerate() {
                    if index > 0 {
                        self.out.push('\n');
                        if !line.is_empty() {
                            self.pad(indent + STEP);
                        }
                    }
                    self.out += line;
                }
                self.end_line(entry.eol(), moved);
            }
            Written::Text(header, lines) => {
                self.out += &header;
                self.end_line(entry.eol(), moved);
                for line in &lines {
                    if !line.is_empty() {
                        self.pad(indent + STEP);
                    }
                    self.out += line;
                    self.out.push('\n');
                }
                self.kept = header.ends_with('+');
            }
        }
    }

    /// Comments on separate lines; `gaps` if a blank line may be above the first.
    fn comments(&mut self, comments: &[Comment<'_>], indent: usize, gaps: bool) {
        for (index, comment) in comments.iter().enumerate() {
            self.own(comment, indent, comment.gap && (gaps || index > 0));
        }
    }

    fn own(&mut self, comment: &Comment<'_>, indent: usize, gap: bool) {
        if gap {
            self.blank();
        }
        let Some(PutOut {
            indent: own,
            beside,
        }) = comment.put_out
        else {
            self.line(comment.text, indent);
            return self.out.push('\n');
        };
        // It gets the indentation of what is next to it, or as many levels more.
        let place = beside.and_then(|(beside, step)| {
            let further = own.checked_sub(beside)?;
            let levels = further.checked_div(step).filter(|_| further % step == 0);
            Some(indent + levels.map_or(further, |levels| levels * STEP))
        });
        self.line("#", 0);
        self.pad(place.unwrap_or(own));
        self.out += comment.text[1..].trim_start_matches(' ');
        self.out.push('\n');
    }

    /// A blank line, except at the top, below another, and where it would become a part of a text.
    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") && !self.kept {
            self.out.push('\n');
        }
    }

    /// Begins a line.
    fn line(&mut self, text: &str, indent: usize) {
        self.pad(indent);
        self.out += text;
        self.kept = false;
    }

    fn pad(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
    }

    /// How many characters the line has so far.
    fn column(&self) -> usize {
        let start = self.out.rfind('\n').map_or(0, |at| at + 1);
        self.out[start..].chars().count()
    }

    /// Ends a line, with its comment. `moved` if what the comment stood behind is no longer there.
    fn end_line(&mut self, comments: &[Comment<'_>], moved: bool) {
        if let Some(first) = comments.first() {
            let end = self.column();
            let column = match first.space {
                space if space <= NEAR => end + space.max(1),
                _ if moved => end + NEAR,
                _ if first.aligned => first.column.max(end + NEAR),
                space => end + space,
            };
            self.pad(column - end);
            self.out += first.text;
            for comment in &comments[1..] {
                self.out.push('\n');
                self.pad(column);
                self.out += comment.text;
            }
        }
        self.out.push('\n');
    }

    /// How a list or mapping is written that would begin in this column: in brackets if it was, on one line, and fits.
    fn layout(&self, node: &Node<'_>, column: usize) -> Layout {
        let Some(group) = node.group() else {
            return Layout::Brackets(String::new());
        };
        let empty = group.entries.is_empty();
        if !empty && (!group.flow || self.source[node.start..node.end].contains('\n')) {
            return Layout::Lines;
        }
        let room = match empty {
            true => usize::MAX,
            false => WIDTH.saturating_sub(column),
        };
        let mut text = String::new();
        match self.brackets(node, &mut text, room) {
            true => Layout::Brackets(text),
            false => Layout::Lines,
        }
    }

    /// Writes a value in brackets; false as soon as it is known to take more room than there is.
    fn brackets(&self, node: &Node<'_>, out: &mut String, room: usize) -> bool {
        let Some(group) = node.group() else {
            *out += &scalar::line(node, self.source);
            return fits(out, room);
        };
        out.push(if group.map { '{' } else { '[' });
        for (index, entry) in group.entries.iter().enumerate() {
            if index > 0 {
                *out += ", ";
            }
            if let Some(key) = &entry.key {
                *out += &scalar::key(key, self.source);
                if !entry.value.is_nothing() {
                    *out += ": ";
                }
            }
            if !self.brackets(&entry.value, out, room) {
                return false;
            }
        }
        out.push(if group.map { '}' } else { ']' });
        fits(out, room)
    }
}

fn fits(text: &str, room: usize) -> bool {
    text.len() <= room || text.chars().count() <= room
}
