//! A tree as it is laid out: entries with the comments that belong to them, in an order that can change.
//!
//! Owns where each entry begins and its head ends, beyond what the tree of the text knows. Must not know which comment
//! belongs to which entry, nor how anything is written.

use std::ops::Range;

use granit_parser::ScalarStyle;

use crate::config::yaml::tree::{self, Tree};

/// All of a text.
#[derive(Debug)]
pub(super) struct Stream<'t> {
    pub(super) documents: Vec<Document<'t>>,
    /// Comments of a text without documents.
    pub(super) tail: Vec<Comment<'t>>,
    /// The bytes of every comment, in order.
    pub(super) comments: &'t [Range<usize>],
}

#[derive(Debug)]
pub(super) struct Document<'t> {
    /// Where it begins: at its marker, if it has one.
    pub(super) start: usize,
    /// Whether it has a marker (`---`).
    pub(super) marker: bool,
    /// What a `%YAML` line said.
    pub(super) version: Option<(u32, u32)>,
    /// Comments above the marker.
    pub(super) before: Vec<Comment<'t>>,
    /// Comments on the line of the marker.
    pub(super) eol: Vec<Comment<'t>>,
    /// Whether there is a blank line above the marker.
    pub(super) gap: bool,
    pub(super) root: Entry<'t>,
}

/// A value and the bytes that it takes; of a block, from its first dash or key to the end of its last value.
#[derive(Debug)]
pub(super) struct Node<'t> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind<'t>,
}

#[derive(Debug)]
pub(super) enum Kind<'t> {
    Scalar(&'t str, ScalarStyle),
    Group(Box<Group<'t>>),
}

/// A list or a mapping.
#[derive(Debug)]
pub(super) struct Group<'t> {
    pub(super) map: bool,
    /// Whether it is in brackets.
    pub(super) flow: bool,
    pub(super) entries: Vec<Entry<'t>>,
    /// Comments after the last entry.
    pub(super) tail: Vec<Comment<'t>>,
}

/// A field of a mapping, an item of a list, or the root of a document.
#[derive(Debug)]
pub(super) struct Entry<'t> {
    pub(super) key: Option<Node<'t>>,
    pub(super) value: Node<'t>,
    /// Where it begins: at its key or dash.
    pub(super) start: usize,
    /// Where its colon or dash ends.
    pub(super) head: usize,
    /// Whether there is a blank line right above it.
    pub(super) gap: bool,
    /// Its comments. Most entries have none, and there may be millions.
    pub(super) notes: Option<Box<Notes<'t>>>,
}

/// The comments of an entry.
#[derive(Debug, Default)]
pub(super) struct Notes<'t> {
    /// Above it.
    pub(super) lead: Vec<Comment<'t>>,
    /// At the end of its line, with the lines that go on below in the same column.
    pub(super) eol: Vec<Comment<'t>>,
    /// Below a single value, further in than the entry.
    pub(super) after: Vec<Comment<'t>>,
}

#[derive(Debug, Clone)]
pub(super) struct Comment<'t> {
    /// From its `#` on.
    pub(super) text: &'t str,
    pub(super) start: usize,
    pub(super) line: usize,
    /// In characters from 0.
    pub(super) column: usize,
    /// Set for a line of YAML that was put out by a `#` in the first column.
    pub(super) put_out: Option<PutOut>,
    /// How many characters of space are before it.
    pub(super) space: usize,
    /// Whether nothing else is on its line.
    pub(super) own: bool,
    /// Whether another comment at the end of a line is in the same column.
    pub(super) aligned: bool,
    /// Whether there is a blank line right above it.
    pub(super) gap: bool,
}

/// Where a line that was commented out belongs once it is back.
#[derive(Debug, Clone, Copy)]
pub(super) struct PutOut {
    /// How far in.
    pub(super) indent: usize,
    /// The indentation of what is next to it, and of each further level.
    pub(super) beside: Option<(usize, usize)>,
}

impl<'t> Node<'t> {
    /// The list or mapping.
    pub(super) fn group(&self) -> Option<&Group<'t>> {
        match &self.kind {
            Kind::Group(group) => Some(group),
            Kind::Scalar(..) => None,
        }
    }

    /// The list or mapping, if it is on separate lines.
    pub(super) fn block(&mut self) -> Option<&mut Group<'t>> {
        match &mut self.kind {
            Kind::Group(group) if !group.flow => Some(group),
            _ => None,
        }
    }

    /// Whether there is nothing where a value could be.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self.kind, Kind::Scalar(_, ScalarStyle::Plain)) && self.start == self.end
    }

    /// Whether it is a text on separate lines (`|`, `>`).
    pub(super) fn is_block_text(&self) -> bool {
        matches!(
            self.kind,
            Kind::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded)
        )
    }
}

impl<'t> Entry<'t> {
    fn new(key: Option<Node<'t>>, value: Node<'t>) -> Entry<'t> {
        Entry {
            key,
            value,
            start: 0,
            head: 0,
            gap: false,
            notes: None,
        }
    }

    pub(super) fn notes(&mut self) -> &mut Notes<'t> {
        self.notes.get_or_insert_default()
    }

    pub(super) fn lead(&self) -> &[Comment<'t>] {
        self.notes.as_ref().map_or(&[], |notes| &notes.lead)
    }

    pub(super) fn eol(&self) -> &[Comment<'t>] {
        self.notes.as_ref().map_or(&[], |notes| &notes.eol)
    }

    pub(super) fn after(&self) -> &[Comment<'t>] {
        self.notes.as_ref().map_or(&[], |notes| &notes.after)
    }
}

/// Why a text has no such tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unfit(pub(super) String);

impl Unfit {
    pub(super) fn new(why: impl Into<String>) -> Unfit {
        Unfit(why.into())
    }
}

/// Lays out a tree that has no mistakes. Comments are not given to the entries yet.
pub(super) fn of<'t>(tree: &'t Tree<'_>, text: &str) -> Result<Stream<'t>, Unfit> {
    if let Some(flaw) = tree.flaw() {
        return Err(Unfit::new(flaw));
    }
    let mut documents = Vec::new();
    for (head, root) in tree.documents() {
        let mut root = Entry::new(None, node(root)?);
        root.start = root.value.start;
        let marker = if head.marker { "---".len() } else { 0 };
        place(text, &mut root, head.start + marker)?;
        documents.push(Document {
            start: head.start,
            marker: head.marker,
            version: head.version,
            before: Vec::new(),
            eol: Vec::new(),
            gap: false,
            root,
        });
    }
    Ok(Stream {
        documents,
        tail: Vec::new(),
        comments: tree.comments(),
    })
}

fn node(of: tree::Node<'_>) -> Result<Node<'_>, Unfit> {
    let Range { start, end } = of.own_span();
    let (map, flow) = match of.kind() {
        tree::Kind::Scalar(style) => {
            let kind = Kind::Scalar(of.value().unwrap_or_default(), style);
            return Ok(Node { start, end, kind });
        }
        tree::Kind::List { flow } => (false, flow),
        tree::Kind::Map { flow } => (true, flow),
    };
    let entries: Result<Vec<_>, Unfit> = match map {
        true => of.entries().map(|(key, value)| field(key, value)).collect(),
        false => of
            .children()
            .map(|item| Ok(Entry::new(None, node(item)?)))
            .collect(),
    };
    let kind = Kind::Group(Box::new(Group {
        map,
        flow,
        entries: entries?,
        tail: Vec::new(),
    }));
    Ok(Node { start, end, kind })
}

fn field<'t>(key: tree::Node<'t>, value: tree::Node<'t>) -> Result<Entry<'t>, Unfit> {
    let key = node(key)?;
    match key.is_nothing() {
        true => Err(Unfit::new("a key is not plain text")),
        false => Ok(Entry::new(Some(key), node(value)?)),
    }
}

/// Finds where an entry's head ends, what is empty, and where its contents begin. `from` is the end of what
/// comes before its value; gives the end of the value.
fn place(text: &str, entry: &mut Entry<'_>, from: usize) -> Result<usize, Unfit> {
    entry.head = from;
    if entry.value.is_nothing() {
        (entry.value.start, entry.value.end) = (from, from);
        return Ok(from);
    }
    let value = &mut entry.value;
    let Kind::Group(group) = &mut value.kind else {
        return Ok(value.end);
    };
    let mut from = match group.flow {
        true => value.start,
        false => from,
    };
    for inner in &mut group.entries {
        let head = match &inner.key {
            Some(key) => {
                inner.start = key.start;
                find(text, key.end, b':').map_or(key.end, |colon| colon + 1)
            }
            None if group.flow => {
                inner.start = inner.value.start;
                inner.start
            }
            None => {
                inner.start =
                    find(text, from, b'-').ok_or_else(|| Unfit::new("an item has no dash"))?;
                inner.start + 1
            }
        };
        from = place(text, inner, head)?;
    }
    if !group.flow {
        value.start = group
            .entries
            .first()
            .map_or(value.start, |first| first.start);
        value.end = from;
    }
    Ok(value.end)
}

/// Where this byte is, if only space and comments come before it.
fn find(text: &str, from: usize, byte: u8) -> Option<usize> {
    let mut at = from;
    loop {
        match text.as_bytes().get(at)? {
            b' ' | b'\t' | b'\n' => at += 1,
            b'#' => at += text[at..].find('\n')?,
            found => return (*found == byte).then_some(at),
        }
    }
}
