//! A YAML text as a tree, which reading, `fmt` and `edit` share.
//!
//! Owns the nodes, where each is in the text, and the ways through them. They lie in one list in the order of the text, each
//! list or mapping right before what is in it, and a value that the text has as it is takes no extra memory. Must not
//! know types, nor how anything is written. [`super::build`] makes it.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::ScalarStyle;

use super::{Pos, Problem};
use crate::canonical::canonical;
use crate::finding::YAML_SYNTAX;

/// How deep lists and mappings may be nested.
pub(super) const MAX_DEPTH: usize = 32;

/// All of a text.
#[derive(Debug)]
pub struct Tree<'t> {
    pub(super) text: &'t str,
    pub(super) nodes: Vec<Raw>,
    /// The values that the text does not have as they are: escaped, folded, indented.
    pub(super) values: Vec<Box<str>>,
    pub(super) documents: Vec<Head>,
    /// The bytes of every comment, in order, if they were asked for.
    pub(super) comments: Vec<Range<usize>>,
    /// What is wrong with it, whatever it may mean.
    pub(super) problems: Vec<Problem>,
    /// False when a syntax error hid a part.
    pub(super) complete: bool,
}

/// How a document begins.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// Where: at its marker, if it has one.
    pub start: usize,
    /// Whether it has a marker (`---`).
    pub marker: bool,
    /// What a `%YAML` line said.
    pub version: Option<(u32, u32)>,
    pub(super) root: u32,
}

/// A node as it is kept: a large file has millions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) line: u32,
    pub(super) column: u32,
    /// Of a list or mapping, the index after all that is in it; of a scalar, that of its value, or [`AS_IT_IS`].
    pub(super) more: u32,
    pub(super) kind: Kind,
    pub(super) marks: u8,
}

/// The text has the value.
pub(super) const AS_IT_IS: u32 = u32::MAX;

/// A scalar that is not in canonical form.
pub(super) const ODD: u8 = 1;
/// A key whose value is broken, which has been noted.
pub(super) const BROKEN: u8 = 2;
/// A key that its mapping has already.
pub(super) const REPEATED: u8 = 4;
/// A mapping of which a syntax error hid a part, so it is unknown which fields it lacks.
pub(super) const CUT: u8 = 8;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A single value.
    Scalar(ScalarStyle),
    /// A list.
    List {
        /// Whether it is in brackets.
        flow: bool,
    },
    /// A mapping.
    Map {
        /// Whether it is in brackets.
        flow: bool,
    },
}

/// A node of a tree.
#[derive(Debug, Clone, Copy)]
pub struct Node<'n> {
    tree: &'n Tree<'n>,
    index: u32,
}

impl<'t> Tree<'t> {
    /// Its documents that are not broken as a whole: how each begins, and its root.
    pub fn documents(&self) -> impl Iterator<Item = (Head, Node<'_>)> {
        let documents = self.documents.iter();
        documents.map(|head| (*head, self.node(head.root)))
    }

    /// The bytes of every comment, in order.
    pub fn comments(&self) -> &[Range<usize>] {
        &self.comments
    }

    /// What makes it no YAML, or more of YAML than is allowed.
    pub fn flaw(&self) -> Option<&str> {
        let mut problems = self.problems.iter();
        let found = problems.find(|problem| problem.code == YAML_SYNTAX);
        found.map(|problem| problem.message.as_str())
    }

    pub(super) fn node(&self, index: u32) -> Node<'_> {
        Node { tree: self, index }
    }

    pub(super) fn raw(&self, index: u32) -> &Raw {
        &self.nodes[index as usize]
    }

    /// The index after a node and all that is in it.
    pub(super) fn after(&self, index: u32) -> u32 {
        let raw = self.raw(index);
        match raw.kind {
            Kind::Scalar(_) => index + 1,
            Kind::List { .. } | Kind::Map { .. } => raw.more,
        }
    }

    /// The value of a scalar, if the text has it as it is.
    pub(super) fn as_it_is(&self, raw: &Raw) -> Option<&'t str> {
        (raw.more == AS_IT_IS)
            .then(|| self.text.get(inside(raw)))
            .flatten()
    }
}

/// The bytes of a scalar without its quotes.
pub(super) fn inside(raw: &Raw) -> Range<usize> {
    let (start, end) = (raw.start as usize, raw.end as usize);
    match raw.kind {
        Kind::Scalar(ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) => {
            start + 1..end.saturating_sub(1)
        }
        _ => start..end,
    }
}

impl<'n> Node<'n> {
    fn raw(self) -> &'n Raw {
        self.tree.raw(self.index)
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        self.raw().kind
    }

    /// Whether it is a single value without quotes, on its line.
    pub(super) fn is_plain(self) -> bool {
        self.kind() == Kind::Scalar(ScalarStyle::Plain)
    }

    /// Where it is, for people.
    pub(super) fn pos(self) -> Pos {
        let raw = self.raw();
        let len = match raw.kind {
            Kind::Scalar(_) => raw.end.saturating_sub(raw.start).max(1),
            Kind::List { .. } | Kind::Map { .. } => 1,
        };
        Pos {
            line: raw.line,
            column: raw.column,
            len,
        }
    }

    /// The bytes that it takes; of a block, from its first to the end of its last value.
    pub fn span(self) -> Range<usize> {
        let raw = self.raw();
        let start = match raw.kind {
            Kind::List { flow: false } | Kind::Map { flow: false } => self
                .children()
                .next()
                .map_or(raw.start as usize, |first| first.span().start),
            _ => raw.start as usize,
        };
        start..raw.end as usize
    }

    /// The same, but a block begins where the scanner says.
    pub fn own_span(self) -> Range<usize> {
        self.raw().start as usize..self.raw().end as usize
    }

    /// The value of a scalar, as the text has it.
    pub fn value(self) -> Option<&'n str> {
        let raw = self.raw();
        match raw.kind {
            Kind::Scalar(_) if raw.more == AS_IT_IS => self.tree.text.get(inside(raw)),
            Kind::Scalar(_) => self.tree.values.get(raw.more as usize).map(|it| &**it),
            Kind::List { .. } | Kind::Map { .. } => None,
        }
    }

    /// The value of a scalar in canonical form.
    pub(super) fn text(self) -> Option<Cow<'n, str>> {
        let value = self.value()?;
        Some(match self.raw().marks & ODD {
            0 => Cow::Borrowed(value),
            _ => canonical(value),
        })
    }

    /// The items of a list; of a mapping, each key and each value.
    pub fn children(self) -> Children<'n> {
        let end = match self.kind() {
            Kind::Scalar(_) => self.index,
            Kind::List { .. } | Kind::Map { .. } => self.raw().more,
        };
        Children {
            tree: self.tree,
            at: self.index + 1,
            end,
        }
    }

    /// The entries of a mapping.
    pub fn entries(self) -> Entries<'n> {
        Entries(self.children())
    }

    /// The value under a key, with its place among the entries, for keys that are the same as this one.
    pub fn find(self, same: impl Fn(&str) -> bool) -> Option<(usize, Node<'n>)> {
        if !matches!(self.kind(), Kind::Map { .. }) {
            return None;
        }
        let mut entries = self.entries().enumerate();
        entries.find_map(|(at, (key, value))| same(key.value()?).then_some((at, value)))
    }

    /// What distinguishes it from all others of the tree.
    pub(super) fn index(self) -> u32 {
        self.index
    }

    /// How many nodes it has, with itself.
    pub(super) fn size(self) -> u32 {
        self.tree.after(self.index) - self.index
    }

    pub(super) fn has(self, mark: u8) -> bool {
        self.raw().marks & mark != 0
    }
}

/// The nodes right below one.
#[derive(Debug, Clone, Copy)]
pub struct Children<'n> {
    tree: &'n Tree<'n>,
    at: u32,
    end: u32,
}

impl<'n> Iterator for Children<'n> {
    type Item = Node<'n>;

    fn next(&mut self) -> Option<Node<'n>> {
        (self.at < self.end).then(|| {
            let node = self.tree.node(self.at);
            self.at = self.tree.after(self.at);
            node
        })
    }
}

/// The entries of a mapping: keys with their values.
#[derive(Debug, Clone, Copy)]
pub struct Entries<'n>(Children<'n>);

impl<'n> Iterator for Entries<'n> {
    type Item = (Node<'n>, Node<'n>);

    fn next(&mut self) -> Option<(Node<'n>, Node<'n>)> {
        Some((self.0.next()?, self.0.next()?))
    }
}
