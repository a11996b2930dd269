//! A YAML text as nodes with their places and their comments.
//!
//! Owns the nodes and how they are built from the events of the scanner. Must not know which comment belongs to which node,
//! nor how anything is written.

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};

/// All of a text.
#[derive(Debug, Default)]
pub(super) struct Stream<'t> {
    pub(super) documents: Vec<Document<'t>>,
    /// Comments of a text without documents.
    pub(super) tail: Vec<Comment<'t>>,
    /// The bytes of every comment, in order.
    pub(super) comments: Vec<(usize, usize)>,
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
    /// Whether a blank line stands above the marker.
    pub(super) gap: bool,
    pub(super) root: Entry<'t>,
}

/// A value and the bytes that it takes; of a block, from its first to the end of its last value.
#[derive(Debug)]
pub(super) struct Node<'t> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind<'t>,
}

#[derive(Debug)]
pub(super) enum Kind<'t> {
    Scalar(Cow<'t, str>, ScalarStyle),
    Group(Box<Group<'t>>),
}

/// A list or a mapping.
#[derive(Debug)]
pub(super) struct Group<'t> {
    pub(super) map: bool,
    /// Whether it stands in brackets.
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
    /// Whether a blank line stands right above it.
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
    /// How many characters of space stand before it.
    pub(super) space: usize,
    /// Whether nothing else stands on its line.
    pub(super) own: bool,
    /// Whether another comment at the end of a line stands in the same column.
    pub(super) aligned: bool,
    /// Whether a blank line stands right above it.
    pub(super) gap: bool,
}

/// Where a line stands that was put out, once it is back.
#[derive(Debug, Clone, Copy)]
pub(super) struct PutOut {
    /// How far in.
    pub(super) indent: usize,
    /// How far in what is beside it stands, and how much further each level does.
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

    /// The list or mapping, if it stands on lines of its own.
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

    /// Whether it is a text on lines of its own (`|`, `>`).
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

/// Reads a text that has no mistakes. Comments are not given to the nodes yet.
pub(super) fn read(text: &str) -> Result<Stream<'_>, Unfit> {
    let options = granit_parser::options! {
        emit_comments: true,
        emit_anchor_events: true,
    };
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| Unfit::new(error.to_string()))?;
        builder.take(event, &span)?;
    }
    let mut stream = builder.stream;
    stream.comments.sort_unstable();
    for document in &mut stream.documents {
        let from = match document.marker {
            true => document.start + "---".len(),
            false => document.start,
        };
        document.root.start = document.root.value.start;
        place(text, &mut document.root, from)?;
    }
    Ok(stream)
}

#[derive(Default)]
struct Builder<'t> {
    stream: Stream<'t>,
    open: Vec<Open<'t>>,
    head: Option<Head>,
    root: Option<Node<'t>>,
}

/// How a document begins: where, whether with a marker, and what a `%YAML` line said.
struct Head {
    start: usize,
    marker: bool,
    version: Option<(u32, u32)>,
}

/// A list or mapping of which more comes.
struct Open<'t> {
    start: usize,
    group: Group<'t>,
    key: Option<Node<'t>>,
}

impl<'t> Builder<'t> {
    fn take(&mut self, event: Event<'t>, span: &Span) -> Result<(), Unfit> {
        let span = span
            .byte_range()
            .ok_or_else(|| Unfit::new("the places in the file are not known"))?;
        match event {
            Event::Comment(..) => self.stream.comments.push((span.start, span.end)),
            Event::Scalar(text, style, _, None) => {
                let text = match style {
                    // The scanner writes `~` where there is nothing.
                    ScalarStyle::Plain if span.is_empty() => Cow::Borrowed(""),
                    _ => text,
                };
                let (start, end) = (span.start, span.end);
                self.add(Node {
                    start,
                    end,
                    kind: Kind::Scalar(text, style),
                })?;
            }
            Event::SequenceStart(style, _, None) => self.open(span.start, style, false),
            Event::MappingStart(style, _, None) => self.open(span.start, style, true),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { start, group, .. }) = self.open.pop() else {
                    return Err(Unfit::new("a list or mapping ends that did not begin"));
                };
                self.add(Node {
                    start,
                    end: span.end,
                    kind: Kind::Group(Box::new(group)),
                })?;
            }
            Event::DocumentStart(marker, version) => {
                self.head = Some(Head {
                    start: span.start,
                    marker,
                    version: version.map(|version| (version.major, version.minor)),
                });
            }
            Event::DocumentEnd => self.end_document()?,
            Event::StreamStart | Event::StreamEnd => {}
            _ => return Err(Unfit::new("anchors, aliases and tags are not allowed")),
        }
        Ok(())
    }

    fn open(&mut self, start: usize, style: StructureStyle, map: bool) {
        let group = Group {
            map,
            flow: style == StructureStyle::Flow,
            entries: Vec::new(),
            tail: Vec::new(),
        };
        self.open.push(Open {
            start,
            group,
            key: None,
        });
    }

    fn add(&mut self, node: Node<'t>) -> Result<(), Unfit> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        if !open.group.map {
            open.group.entries.push(Entry::new(None, node));
            return Ok(());
        }
        match open.key.take() {
            Some(key) => open.group.entries.push(Entry::new(Some(key), node)),
            None if node.group().is_some() || node.is_nothing() => {
                return Err(Unfit::new("a key is no plain text"));
            }
            None => open.key = Some(node),
        }
        Ok(())
    }

    fn end_document(&mut self) -> Result<(), Unfit> {
        let (Some(head), Some(root)) = (self.head.take(), self.root.take()) else {
            return Err(Unfit::new("a document ends that did not begin"));
        };
        self.stream.documents.push(Document {
            start: head.start,
            marker: head.marker,
            version: head.version,
            before: Vec::new(),
            eol: Vec::new(),
            gap: false,
            root: Entry::new(None, root),
        });
        Ok(())
    }
}

/// Finds where an entry's head ends, where nothing stands, and where what is in it begins. `from` is the end of what
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

/// Where this byte stands, if nothing but space and comments comes before it.
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
