//! How a tree is built from the events of the scanner.
//!
//! Owns that, with the problems that show up on the way: syntax, keys that appear twice, and what of YAML is not supported. Must
//! not know types.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, StructureStyle};

use super::at::clamp;
use super::tree::{AS_IT_IS, BROKEN, CUT, Head, Kind, MAX_DEPTH, ODD, REPEATED, Raw, Tree, inside};
use super::words::shown;
use super::{Pos, Problem, syntax};
use crate::canonical::canonical;
use crate::finding::{DUPLICATE_KEY, YAML_SYNTAX};

/// How many levels below the deepest allowed one are passed over before the rest of a file is not read.
const MOST_SKIPPED: usize = 1_000;

/// Whether a tree has the comments of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comments {
    /// They are passed over.
    Skip,
    /// They are kept.
    Keep,
}

/// All of a text, whatever is wrong with it.
pub fn build(text: &str, comments: Comments) -> Tree<'_> {
    let options = granit_parser::options! {
        emit_comments: comments == Comments::Keep,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::new(text);
    let mut furthest = None;
    while let Some(next) = parser.next_event() {
        match next {
            Ok((event, span)) => {
                builder.take(event, &span);
                // The scanner takes ever longer for each level, and what is in there is not read anyway.
                if builder.skipping > MOST_SKIPPED {
                    builder.tree.complete = false;
                    builder.give_up();
                    break;
                }
            }
            Err(error) => {
                builder.tree.complete = false;
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
    let mut tree = builder.tree;
    tree.comments.sort_unstable_by_key(|it| (it.start, it.end));
    tree
}

fn resume<'a>(parser: &mut Parser<'a, StrInput<'a>>) -> bool {
    matches!(parser.proceed_next_document(), Ok(true))
}

struct Builder<'t> {
    tree: Tree<'t>,
    frames: Vec<Frame<'t>>,
    head: Head,
    root: Option<u32>,
    /// How deep inside a part that is passed over.
    skipping: usize,
    too_deep: bool,
}

/// A list or mapping of which more comes.
struct Frame<'t> {
    index: u32,
    flow: bool,
    /// Of a mapping.
    keys: Option<Keys<'t>>,
    /// The last item, or the key of the last entry.
    last: Option<u32>,
    /// Where the furthest of what is in it ends.
    end: u32,
}

/// The keys of a mapping so far.
struct Keys<'t> {
    next: Key,
    count: usize,
    /// All keys, once there are many.
    seen: HashMap<Cow<'t, str>, u32>,
    /// Whether a broken key may have stood for any field.
    unsure: bool,
}

#[derive(Clone, Copy)]
enum Key {
    Due,
    Is(u32),
    Broken,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Builder<'t> {
        Builder {
            tree: Tree {
                text,
                nodes: Vec::new(),
                values: Vec::new(),
                documents: Vec::new(),
                comments: Vec::new(),
                problems: Vec::new(),
                complete: true,
            },
            frames: Vec::new(),
            head: Head {
                start: 0,
                marker: false,
                version: None,
                root: 0,
            },
            root: None,
            skipping: 0,
            too_deep: false,
        }
    }

    fn take(&mut self, event: Event<'t>, span: &Span) {
        if let Event::Comment(..) = event {
            return self.tree.comments.extend(span.byte_range());
        }
        if self.skipping > 0 {
            return self.skip(&event, span);
        }
        match event {
            Event::Scalar(value, style, _, tag) => {
                if tag.is_some() {
                    self.tag(span);
                    return self.add(None);
                }
                // The scanner writes `~` where there is nothing.
                let nothing = style == ScalarStyle::Plain && span.is_empty();
                let node = self.scalar(if nothing { "" } else { &value }, style, span);
                self.add(Some(node));
            }
            Event::SequenceStart(style, _, tag) => {
                let flow = style == StructureStyle::Flow;
                self.open(Kind::List { flow }, tag.is_some(), span);
            }
            Event::MappingStart(style, _, tag) => {
                let flow = style == StructureStyle::Flow;
                self.open(Kind::Map { flow }, tag.is_some(), span);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let end = span.byte_range().map(|bytes| clamp(bytes.end));
                self.close(end, false);
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse_alias(span);
                self.add(None);
            }
            Event::Anchor(..) => self.refuse_alias(span),
            Event::DocumentStart(marker, version) => {
                self.frames.clear();
                self.root = None;
                self.too_deep = false;
                self.head = Head {
                    start: span.byte_range().map_or(0, |bytes| bytes.start),
                    marker,
                    version: version.map(|version| (version.major, version.minor)),
                    root: 0,
                };
            }
            Event::DocumentEnd => self.end_document(),
            _ => {}
        }
    }

    fn skip(&mut self, event: &Event<'t>, span: &Span) {
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => self.skipping += 1,
            Event::SequenceEnd | Event::MappingEnd => {
                self.skipping -= 1;
                if self.skipping == 0 {
                    self.add(None);
                }
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) | Event::Anchor(..) => {
                self.refuse_alias(span);
            }
            _ => {}
        }
    }

    fn push(&mut self, raw: Raw) -> u32 {
        let index = clamp(self.tree.nodes.len());
        self.tree.nodes.push(raw);
        index
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, span: &Span) -> u32 {
        let meant = syntax::meant_by_quotes(value).filter(|_| style == ScalarStyle::Plain);
        // What is meant is read on, so that the mistake is reported once.
        let (value, style) = match meant {
            Some(meant) => (meant, ScalarStyle::DoubleQuoted),
            None => (value, style),
        };
        let mut raw = raw(Kind::Scalar(style), span);
        raw.more = AS_IT_IS;
        if let Some(meant) = meant {
            let message =
                "YAML does not accept these quotation marks: they count as part of the text";
            let help =
                format!("write `\"{meant}\"`, or quote all of it if they belong to the text");
            self.note(Problem::new(YAML_SYNTAX, position(span), message).help(help));
        }
        if self.tree.text.get(inside(&raw)) != Some(value) {
            raw.more = clamp(self.tree.values.len());
            self.tree.values.push(value.into());
        }
        if let Cow::Owned(_) = canonical(value) {
            raw.marks = ODD;
        }
        self.push(raw)
    }

    fn open(&mut self, kind: Kind, tagged: bool, span: &Span) {
        if tagged {
            self.tag(span);
        }
        let pos = position(span);
        if self.key_is_due() {
            let problem = Problem::new(YAML_SYNTAX, pos, "keys must be plain text");
            self.note(problem.help(
                "put quotes around text that begins with a bracket; there are no placeholders such as `{{ name }}`",
            ));
            self.skipping = 1;
        } else if self.frames.len() >= MAX_DEPTH {
            if !self.too_deep {
                let message = format!("lists and mappings are nested more than {MAX_DEPTH} deep");
                self.note(Problem::new(YAML_SYNTAX, pos, message));
            }
            self.too_deep = true;
            self.skipping = 1;
        } else {
            let raw = raw(kind, span);
            let (flow, keys) = match kind {
                Kind::Map { flow } => (flow, Some(Keys::new())),
                Kind::List { flow } => (flow, None),
                Kind::Scalar(_) => (false, None),
            };
            let index = self.push(raw);
            self.frames.push(Frame {
                index,
                flow,
                keys,
                last: None,
                end: raw.start,
            });
        }
    }

    /// Ends a list or mapping, at this byte if it is in brackets.
    fn close(&mut self, end: Option<u32>, cut: bool) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let after = clamp(self.tree.nodes.len());
        let raw = &mut self.tree.nodes[frame.index as usize];
        raw.more = after;
        raw.end = match end {
            Some(end) if frame.flow => end,
            _ => frame.end,
        };
        if frame.keys.is_some_and(|keys| cut || keys.unsure) {
            raw.marks |= CUT;
        }
        self.add(Some(frame.index));
    }

    fn end_document(&mut self) {
        if let Some(root) = self.root.take() {
            self.tree.documents.push(Head { root, ..self.head });
        }
    }

    fn key_is_due(&self) -> bool {
        let keys = self.frames.last().and_then(|frame| frame.keys.as_ref());
        keys.is_some_and(|keys| matches!(keys.next, Key::Due))
    }

    /// Puts a finished node where it belongs; none for a broken one.
    fn add(&mut self, node: Option<u32>) {
        let Some(frame) = self.frames.last_mut() else {
            self.root = node;
            return;
        };
        if let Some(node) = node {
            frame.end = frame.end.max(self.tree.raw(node).end);
        }
        let Some(keys) = &mut frame.keys else {
            frame.last = node.or(frame.last);
            return;
        };
        match (std::mem::replace(&mut keys.next, Key::Due), node) {
            (Key::Due, Some(key)) => match keys.refusal(&self.tree, frame.index, key) {
                Some(problem) => {
                    if problem.code == YAML_SYNTAX {
                        keys.unsure = true;
                        keys.next = Key::Broken;
                        self.tree.nodes.truncate(key as usize);
                    } else {
                        keys.next = Key::Is(key);
                        self.tree.nodes[key as usize].marks |= REPEATED;
                    }
                    self.note(problem);
                }
                None => keys.next = Key::Is(key),
            },
            (Key::Due, None) => {
                keys.next = Key::Broken;
                keys.unsure = true;
            }
            // The value of a key that cannot be here is dropped with it.
            (Key::Broken, Some(value)) => self.tree.nodes.truncate(value as usize),
            (Key::Broken, None) => {}
            (Key::Is(key), value) => {
                keys.count += 1;
                let raw = *self.tree.raw(key);
                if raw.marks & REPEATED == 0 {
                    frame.last = Some(key);
                }
                if value.is_none() {
                    self.tree.nodes[key as usize].marks |= BROKEN;
                    let kind = Kind::Scalar(ScalarStyle::Plain);
                    let (end, more, marks) = (raw.start, AS_IT_IS, 0);
                    self.push(Raw {
                        end,
                        more,
                        kind,
                        marks,
                        ..raw
                    });
                }
            }
        }
    }

    /// Ends the document where the scanner failed, and keeps what came before.
    fn break_off(&mut self, error: &granit_parser::ScanError) {
        if !(self.too_deep && *error.kind() == granit_parser::ErrorKind::RecursionLimitExceeded) {
            self.note(syntax::problem(self.tree.text, error));
        }
        self.give_up();
    }

    /// Ends the document here, and keeps what is whole.
    fn give_up(&mut self) {
        self.skipping = 0;
        // What is in open brackets or right before the mistake may have been read wrongly because of it.
        while let Some(frame) = self.frames.pop_if(|frame| frame.flow) {
            self.tree.nodes.truncate(frame.index as usize);
            self.add(None);
        }
        match self.frames.last_mut() {
            Some(frame) => {
                let whole = frame.last.unwrap_or(frame.index + 1);
                self.tree.nodes.truncate(whole as usize);
            }
            None => self.root = None,
        }
        while !self.frames.is_empty() {
            self.close(None, true);
        }
        self.end_document();
    }

    fn refuse_alias(&mut self, span: &Span) {
        let message = "anchors and aliases are not allowed";
        let help = "write the value out; put text that starts with `&` or `*` in quotes";
        self.note(Problem::new(YAML_SYNTAX, position(span), message).help(help));
    }

    fn tag(&mut self, span: &Span) {
        let pos = position(&span.tag_span().unwrap_or(*span));
        let problem = Problem::new(YAML_SYNTAX, pos, "tags are not allowed");
        self.note(problem.help("remove the tag; put text that starts with `!` in quotes"));
    }

    fn note(&mut self, problem: Problem) {
        self.tree.problems.push(problem);
    }
}

impl<'t> Keys<'t> {
    /// So few keys are found sooner by looking at each, and most mappings have no more.
    const FEW: usize = 16;

    fn new() -> Keys<'t> {
        Keys {
            next: Key::Due,
            count: 0,
            seen: HashMap::new(),
            unsure: false,
        }
    }

    /// Why a key cannot be in its mapping.
    fn refusal(&mut self, tree: &Tree<'t>, mapping: u32, key: u32) -> Option<Problem> {
        let node = tree.node(key);
        let text = node.text()?;
        if node.is_plain() && text == "<<" {
            let message = "merge keys (`<<`) are not allowed";
            return Some(
                Problem::new(YAML_SYNTAX, node.pos(), message).help("write the fields out"),
            );
        }
        let earlier = self.find(tree, mapping, key)?;
        let message = format!("the key `{}` appears twice in this mapping", shown(&text));
        let problem =
            Problem::new(DUPLICATE_KEY, node.pos(), message).help("remove one of the two");
        Some(Problem {
            earlier: Some(tree.node(earlier).pos()),
            ..problem
        })
    }

    /// The entry that has this key already. Otherwise the key is remembered.
    fn find(&mut self, tree: &Tree<'t>, mapping: u32, key: u32) -> Option<u32> {
        if self.count < Self::FEW {
            let text = tree.node(key).text();
            let mut at = mapping + 1;
            while at < key {
                if tree.node(at).text() == text {
                    return Some(at);
                }
                at = tree.after(tree.after(at));
            }
            return None;
        }
        if self.seen.is_empty() {
            let mut at = mapping + 1;
            while at < key {
                self.seen.entry(owned(tree, at)).or_insert(at);
                at = tree.after(tree.after(at));
            }
        }
        let first = *self.seen.entry(owned(tree, key)).or_insert(key);
        (first != key).then_some(first)
    }
}

/// The text of a key for longer than the tree can be borrowed.
fn owned<'t>(tree: &Tree<'t>, index: u32) -> Cow<'t, str> {
    let raw = tree.raw(index);
    match tree.as_it_is(raw) {
        Some(text) if raw.marks & ODD == 0 => Cow::Borrowed(text),
        _ => Cow::Owned(tree.node(index).text().unwrap_or_default().into_owned()),
    }
}

fn raw(kind: Kind, span: &Span) -> Raw {
    let bytes = span.byte_range().unwrap_or_default();
    Raw {
        start: clamp(bytes.start),
        end: clamp(bytes.end),
        line: clamp(span.start.line()),
        column: clamp(span.start.col()).saturating_add(1),
        more: 0,
        kind,
        marks: 0,
    }
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
