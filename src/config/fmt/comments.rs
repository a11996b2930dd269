//! Which comment belongs to which entry.
//!
//! Owns those rules. A comment at the end of a line belongs to the entry on that line. One on a separate line belongs to
//! what follows; but if it is indented more than what follows, to the last entry that is indented less than it. A line
//! of YAML that was put out by a `#` in the first column belongs to its section. Must not know how anything is written.

use std::iter::Peekable;
use std::vec::IntoIter;

use rustc_hash::FxHashMap;

use super::layout::{Comment, Document, Entry, Group, Kind, PutOut, Stream};

/// Gives every comment to a node.
pub(super) fn attach<'t>(text: &'t str, stream: &mut Stream<'t>) {
    let lines = Lines::new(text);
    let mut comments: Vec<Comment<'t>> = stream
        .comments
        .iter()
        .map(|it| lines.comment(it.start, it.end))
        .collect();
    align(&mut comments);
    let mut attach = Attach {
        lines,
        comments: comments.into_iter().peekable(),
    };
    let starts = stream.documents.iter().skip(1).map(|next| next.start);
    let limits: Vec<usize> = starts.chain([text.len()]).collect();
    for (document, limit) in stream.documents.iter_mut().zip(limits) {
        attach.document(document, limit);
    }
    stream.tail = attach.comments.collect();
}

/// Finds the comments at the ends of lines that are in one column.
fn align(comments: &mut [Comment<'_>]) {
    let mut columns: FxHashMap<usize, usize> = FxHashMap::default();
    for comment in comments.iter().filter(|it| !it.own) {
        *columns.entry(comment.column).or_default() += 1;
    }
    for comment in comments {
        comment.aligned = columns.get(&comment.column).is_some_and(|count| *count > 1);
    }
}

/// Where the lines of a text begin.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Lines<'t> {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        Lines { text, starts }
    }

    /// The line of a place, from 0.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at) - 1
    }

    /// What is before a place on its line.
    fn before(&self, at: usize) -> &'t str {
        &self.text[self.starts[self.line(at)]..at]
    }

    fn column(&self, at: usize) -> usize {
        self.before(at).chars().count()
    }

    /// Whether there is a blank line above what begins here, and nothing before it on its line.
    fn gap(&self, at: usize) -> bool {
        let line = self.line(at);
        let above = line.checked_sub(1).map(|above| self.starts[above]);
        let blank =
            above.is_some_and(|above| self.text[above..self.starts[line]].trim().is_empty());
        blank && self.before(at).trim().is_empty()
    }

    fn comment(&self, start: usize, end: usize) -> Comment<'t> {
        let before = self.before(start);
        let content = before.trim_end();
        let column = before.chars().count();
        let text = self.text[start..end].trim_end();
        let inner = text.strip_prefix('#').unwrap_or(text);
        let indent = inner.len() - inner.trim_start_matches(' ').len();
        Comment {
            text,
            put_out: (column == 0 && indent > 1).then_some(PutOut {
                indent,
                beside: None,
            }),
            start,
            line: self.line(start),
            column,
            space: column - content.chars().count(),
            own: content.is_empty(),
            aligned: false,
            gap: self.gap(start),
        }
    }
}

/// The entry to which something belongs: none for the root.
type Owner = Option<Anchor>;

#[derive(Clone, Copy)]
struct Anchor {
    /// Its indentation.
    column: usize,
    /// Whether it is a section.
    section: bool,
}

/// The indentation of the entries of a list or mapping, and how much more it is than around them.
type Level = Option<(usize, usize)>;

struct Attach<'t> {
    lines: Lines<'t>,
    comments: Peekable<IntoIter<Comment<'t>>>,
}

impl<'t> Attach<'t> {
    fn take(&mut self, fits: impl FnOnce(&Comment<'t>) -> bool) -> Option<Comment<'t>> {
        self.comments.next_if(fits)
    }

    fn document(&mut self, document: &mut Document<'t>, limit: usize) {
        if document.marker {
            while let Some(comment) = self.take(|it| it.start < document.start) {
                document.before.push(comment);
            }
            document.gap = self.lines.gap(document.start);
            let line = self.lines.line(document.start);
            let nothing = document.root.value.is_nothing();
            let first = document.root.value.start;
            if let Some(comment) = self.take(|it| it.line == line && (nothing || it.start < first))
            {
                document.eol = self.with_rest(comment, limit);
            }
        }
        let root = &mut document.root;
        match root.value.block() {
            Some(group) => self.block(group, None, limit),
            None => {
                self.lead(root, None);
                self.entry(root, None, limit);
            }
        }
    }

    /// The comments above an entry.
    fn lead(&mut self, entry: &mut Entry<'t>, level: Level) {
        let start = entry.start;
        while let Some(comment) = self.take(|it| it.start < start) {
            entry.notes().lead.push(beside(comment, level));
        }
        entry.gap = self.lines.gap(start);
    }

    fn block(&mut self, group: &mut Group<'t>, owner: Owner, limit: usize) {
        let starts: Vec<usize> = group
            .entries
            .iter()
            .skip(1)
            .map(|next| next.start)
            .collect();
        let limits = starts.into_iter().chain([limit]);
        let mut level = None;
        for (entry, limit) in group.entries.iter_mut().zip(limits) {
            let column = self.lines.column(entry.start);
            let step = owner.map_or(0, |owner| column.saturating_sub(owner.column));
            level = Some((column, step));
            self.lead(entry, level);
            let section = owner.is_none();
            self.entry(entry, Some(Anchor { column, section }), limit);
        }
        while let Some(comment) = self.take(|it| it.start < limit && further_in(it, owner)) {
            group.tail.push(beside(comment, level));
        }
    }

    /// The comments of an entry after its head; `limit` is where the next one begins.
    fn entry(&mut self, entry: &mut Entry<'t>, owner: Owner, limit: usize) {
        let value = entry.value.start;
        if let Some(comment) = self.take(|it| it.start < value && !it.own) {
            // Above a text, what goes on below would be read as a part of the text; below a dash, it is where the
            // comments of the first field do.
            let dash = entry.key.is_none() && entry.value.block().is_some();
            let rest = match dash || entry.value.is_block_text() {
                true => comment.start,
                false => value,
            };
            entry.notes().eol = self.with_rest(comment, rest);
        }
        if let Some(group) = entry.value.block() {
            return self.block(group, owner, limit);
        }
        while let Some(comment) = self.take(|it| it.start < value) {
            entry.notes().lead.push(comment);
        }
        self.flow(entry);
        let line = self.lines.line(entry.value.end);
        if let Some(comment) = self.take(|it| it.start < limit && !it.own && it.line == line) {
            let rest = self.with_rest(comment, limit);
            let notes = entry.notes();
            let earlier = std::mem::replace(&mut notes.eol, rest);
            notes.lead.extend(earlier);
        }
        if entry.value.is_block_text() {
            // Below a text, it would be read as a part of the text.
            return;
        }
        while let Some(comment) = self.take(|it| it.start < limit && further_in(it, owner)) {
            entry.notes().after.push(comment);
        }
    }

    /// The comments between brackets, which are then on several lines.
    fn flow(&mut self, entry: &mut Entry<'t>) {
        let (start, end) = (entry.value.start, entry.value.end);
        let Kind::Group(group) = &mut entry.value.kind else {
            return;
        };
        if self.comments.peek().is_none_or(|next| next.start >= end) && !self.is_long(start, end) {
            return;
        }
        let mut head = Vec::new();
        let first = group.entries.first().map_or(end, |first| first.start);
        while let Some(comment) = self.take(|it| it.start < first && (!it.own || first == end)) {
            head.push(comment);
        }
        let starts: Vec<usize> = group
            .entries
            .iter()
            .skip(1)
            .map(|next| next.start)
            .collect();
        let limits = starts.into_iter().chain([end]);
        for (inner, limit) in group.entries.iter_mut().zip(limits) {
            self.lead(inner, None);
            // Columns say nothing between brackets.
            let nowhere = Anchor {
                column: usize::MAX,
                section: false,
            };
            self.entry(inner, Some(nowhere), limit);
        }
        while let Some(comment) = self.take(|it| it.start < end) {
            group.tail.push(comment);
        }
        if head.is_empty() {
            return;
        }
        let notes = entry.notes();
        let eol = match notes.eol.is_empty() && !head[0].own {
            true => head.drain(..1).collect(),
            false => Vec::new(),
        };
        notes.eol.extend(eol);
        notes.lead.append(&mut head);
    }

    /// Whether these bytes take several lines.
    fn is_long(&self, start: usize, end: usize) -> bool {
        self.lines.text[start..end].contains('\n')
    }

    /// A comment at the end of a line, and those right below it in the same column.
    fn with_rest(&mut self, first: Comment<'t>, limit: usize) -> Vec<Comment<'t>> {
        let (mut line, column) = (first.line, first.column);
        let mut all = vec![first];
        let goes_on = |line: usize| {
            move |it: &Comment<'t>| {
                it.own && it.line == line + 1 && it.column == column && it.start < limit
            }
        };
        while let Some(comment) = self.take(goes_on(line)) {
            line = comment.line;
            all.push(comment);
        }
        all
    }
}

fn beside<'t>(mut comment: Comment<'t>, level: Level) -> Comment<'t> {
    if let Some(put_out) = &mut comment.put_out {
        put_out.beside = level;
    }
    comment
}

/// Whether a comment is indented more than an entry.
fn further_in(comment: &Comment<'_>, owner: Owner) -> bool {
    owner.is_none_or(|owner| match comment.put_out {
        Some(_) => owner.section,
        None => comment.column > owner.column,
    })
}
