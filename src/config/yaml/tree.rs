//! A text as a tree of nodes with positions.
//!
//! Owns the nodes and how they are built from the events of the scanner, with the problems that show up on the way:
//! syntax, duplicate keys, and what of YAML we do not take. Must not know types.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, StructureStyle};

use super::at::clamp;
use super::words::shown;
use super::{Pos, Problem, syntax};
use crate::canonical::canonical;
use crate::finding::{DUPLICATE_KEY, YAML_SYNTAX};

/// How deep lists and mappings may be nested.
pub(super) const MAX_DEPTH: usize = 32;

pub(super) struct Node<'a> {
    pub(super) pos: Pos,
    pub(super) kind: Kind<'a>,
}

pub(super) enum Kind<'a> {
    Scalar { text: Cow<'a, str>, plain: bool },
    List(Box<[Item<'a>]>),
    Map(Mapping<'a>),
}

pub(super) struct Item<'a> {
    pub(super) node: Node<'a>,
    /// Set when the item is broken, and its problem noted.
    pub(super) gone: Cell<bool>,
}

pub(super) struct Mapping<'a> {
    pub(super) entries: Box<[Entry<'a>]>,
    /// A syntax error hid a part of it, so nobody knows which fields it lacks.
    pub(super) cut: bool,
}

pub(super) struct Entry<'a> {
    pub(super) key: Node<'a>,
    pub(super) value: Node<'a>,
    /// Set when the entry is broken, and its problem noted.
    pub(super) gone: Cell<bool>,
}

impl<'a> Node<'a> {
    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            Kind::List(_) | Kind::Map(_) => None,
        }
    }

    fn nothing(pos: Pos) -> Node<'a> {
        let kind = Kind::Scalar {
            text: Cow::Borrowed(""),
            plain: true,
        };
        Node { pos, kind }
    }
}

fn one_form(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => canonical(text),
        Cow::Owned(text) => Cow::Owned(canonical(&text).into_owned()),
    }
}

/// All of a text.
pub(super) struct Stream<'a> {
    pub(super) documents: Vec<Node<'a>>,
    pub(super) problems: Vec<Problem>,
    /// False when a syntax error hid a part.
    pub(super) complete: bool,
}

pub(super) fn build(text: &str) -> Stream<'_> {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::default();
    let mut complete = true;
    let mut furthest = None;
    while let Some(next) = parser.next_event() {
        match next {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => {
                complete = false;
                builder.break_off(&error);
                // What cannot get on is given up, whatever the scanner promises.
                let here = Some(error.marker().index());
                if here <= furthest || !resume(&mut parser) {
                    break;
                }
                furthest = here;
            }
        }
    }
    Stream {
        documents: builder.documents,
        problems: builder.problems,
        complete,
    }
}

fn resume<'a>(parser: &mut Parser<'a, StrInput<'a>>) -> bool {
    matches!(parser.proceed_next_document(), Ok(true))
}

#[derive(Default)]
struct Builder<'a> {
    documents: Vec<Node<'a>>,
    problems: Vec<Problem>,
    frames: Vec<Frame<'a>>,
    root: Option<Node<'a>>,
    /// How deep inside a part that is passed over.
    skipping: usize,
    too_deep: bool,
}

struct Frame<'a> {
    pos: Pos,
    flow: bool,
    open: Open<'a>,
}

enum Open<'a> {
    List(Vec<Item<'a>>),
    Map {
        entries: Vec<Entry<'a>>,
        seen: Seen<'a>,
        key: Key<'a>,
        /// Whether a broken key may have stood for any field.
        unsure: bool,
    },
}

enum Key<'a> {
    Due,
    Is(Node<'a>),
    Broken,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, span: Span) {
        if self.skipping > 0 {
            return self.skip(&event, &span);
        }
        let pos = position(&span);
        match event {
            Event::Scalar(text, style, _, tag) => {
                let plain = style == ScalarStyle::Plain;
                // The scanner writes `~` where there is nothing.
                let text = if plain && span.is_empty() {
                    Cow::Borrowed("")
                } else {
                    one_form(text)
                };
                let node = Node {
                    pos,
                    kind: Kind::Scalar { text, plain },
                };
                if tag.is_some() {
                    self.tag(&span);
                    self.add(None);
                } else {
                    self.add(Some(node));
                }
            }
            Event::SequenceStart(style, _, tag) => {
                if tag.is_some() {
                    self.tag(&span);
                }
                self.open(pos, style, Open::List(Vec::new()));
            }
            Event::MappingStart(style, _, tag) => {
                if tag.is_some() {
                    self.tag(&span);
                }
                let open = Open::Map {
                    entries: Vec::new(),
                    seen: Seen::default(),
                    key: Key::Due,
                    unsure: false,
                };
                self.open(pos, style, open);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(false),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse_alias(pos);
                self.add(None);
            }
            Event::Anchor(..) => self.refuse_alias(pos),
            Event::DocumentStart(..) => {
                self.frames.clear();
                self.root = None;
                self.too_deep = false;
            }
            Event::DocumentEnd => self.documents.extend(self.root.take()),
            _ => {}
        }
    }

    fn skip(&mut self, event: &Event<'a>, span: &Span) {
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => self.skipping += 1,
            Event::SequenceEnd | Event::MappingEnd => {
                self.skipping -= 1;
                if self.skipping == 0 {
                    self.add(None);
                }
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) | Event::Anchor(..) => {
                self.refuse_alias(position(span))
            }
            _ => {}
        }
    }

    fn open(&mut self, pos: Pos, style: StructureStyle, open: Open<'a>) {
        if self.key_is_due() {
            self.note(Problem::new(YAML_SYNTAX, pos, "keys must be plain text"));
            self.skipping = 1;
        } else if self.frames.len() >= MAX_DEPTH {
            if !self.too_deep {
                let message = format!("lists and mappings are nested more than {MAX_DEPTH} deep");
                self.note(Problem::new(YAML_SYNTAX, pos, message));
            }
            self.too_deep = true;
            self.skipping = 1;
        } else {
            let flow = style == StructureStyle::Flow;
            self.frames.push(Frame { pos, flow, open });
        }
    }

    fn close(&mut self, cut: bool) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let kind = match frame.open {
            Open::List(items) => Kind::List(items.into()),
            Open::Map {
                entries, unsure, ..
            } => Kind::Map(Mapping {
                entries: entries.into(),
                cut: cut || unsure,
            }),
        };
        let node = Node {
            pos: frame.pos,
            kind,
        };
        self.add(Some(node));
    }

    fn key_is_due(&self) -> bool {
        matches!(
            self.frames.last(),
            Some(Frame {
                open: Open::Map { key: Key::Due, .. },
                ..
            })
        )
    }

    /// Puts a finished node where it belongs; none for a broken one.
    fn add(&mut self, node: Option<Node<'a>>) {
        let Some(frame) = self.frames.last_mut() else {
            self.root = node;
            return;
        };
        match &mut frame.open {
            Open::List(items) => items.extend(node.map(|node| Item {
                node,
                gone: Cell::new(false),
            })),
            Open::Map {
                entries,
                seen,
                key,
                unsure,
            } => match std::mem::replace(key, Key::Due) {
                Key::Due => match node {
                    Some(node) => match refused_key(&node, entries, seen) {
                        Some(problem) => {
                            *key = Key::Broken;
                            *unsure |= problem.code == YAML_SYNTAX;
                            self.note(problem);
                        }
                        None => *key = Key::Is(node),
                    },
                    None => {
                        *key = Key::Broken;
                        *unsure = true;
                    }
                },
                Key::Broken => {}
                Key::Is(key) => {
                    let gone = Cell::new(node.is_none());
                    let value = node.unwrap_or_else(|| Node::nothing(key.pos));
                    entries.push(Entry { key, value, gone });
                }
            },
        }
    }

    /// Ends the document where the scanner failed, and keeps what came before.
    fn break_off(&mut self, error: &granit_parser::ScanError) {
        if !(self.too_deep && *error.kind() == granit_parser::ErrorKind::RecursionLimitExceeded) {
            self.note(syntax::problem(error));
        }
        self.skipping = 0;
        // What is in open brackets or stands right before the mistake may have been read wrongly because of it.
        while self.frames.last().is_some_and(|frame| frame.flow) {
            self.frames.pop();
            self.add(None);
        }
        match self.frames.last_mut().map(|frame| &mut frame.open) {
            Some(Open::List(items)) => {
                items.pop();
            }
            Some(Open::Map { entries, .. }) => {
                entries.pop();
            }
            None => self.root = None,
        }
        while !self.frames.is_empty() {
            self.close(true);
        }
        self.documents.extend(self.root.take());
    }

    fn refuse_alias(&mut self, pos: Pos) {
        let problem = Problem::new(YAML_SYNTAX, pos, "anchors and aliases are not allowed");
        self.note(
            problem.help("write the value out; put text that starts with `&` or `*` in quotes"),
        );
    }

    fn tag(&mut self, span: &Span) {
        let pos = position(&span.tag_span().unwrap_or(*span));
        let problem = Problem::new(YAML_SYNTAX, pos, "tags are not allowed");
        self.note(problem.help("remove the tag; put text that starts with `!` in quotes"));
    }

    fn note(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// The keys of a mapping, once it has many.
#[derive(Default)]
struct Seen<'a>(HashMap<Cow<'a, str>, Pos>);

impl<'a> Seen<'a> {
    /// So few keys are found sooner by looking at each, and most mappings have no more.
    const FEW: usize = 16;

    /// The index of the entry that has this key already.
    fn find(&mut self, text: &str, entries: &[Entry<'a>]) -> Option<Pos> {
        if entries.len() <= Self::FEW {
            let keys = entries.iter().map(|entry| &entry.key);
            let mut equal = keys.filter(|key| key.text() == Some(text));
            return equal.next().map(|key| key.pos);
        }
        let unknown = entries.get(self.0.len()..).unwrap_or_default();
        for Entry { key, .. } in unknown {
            if let Kind::Scalar { text, .. } = &key.kind {
                self.0.insert(text.clone(), key.pos);
            }
        }
        self.0.get(text).copied()
    }
}

/// Why a key cannot stand in its mapping.
fn refused_key<'a>(key: &Node<'a>, entries: &[Entry<'a>], seen: &mut Seen<'a>) -> Option<Problem> {
    let Kind::Scalar { text, plain } = &key.kind else {
        return None;
    };
    if *plain && text == "<<" {
        let problem = Problem::new(YAML_SYNTAX, key.pos, "merge keys (`<<`) are not allowed");
        return Some(problem.help("write the fields out"));
    }
    if let Some(earlier) = seen.find(text, entries) {
        let message = format!("the key `{}` stands twice in this mapping", shown(text));
        let problem = Problem::new(DUPLICATE_KEY, key.pos, message).help("remove one of the two");
        return Some(Problem {
            earlier: Some(earlier),
            ..problem
        });
    }
    None
}

fn position(span: &Span) -> Pos {
    Pos {
        line: clamp(span.start.line()),
        column: clamp(span.start.col()).saturating_add(1),
        len: span
            .byte_range()
            .map_or(1, |range| clamp(range.len()))
            .max(1),
    }
}
