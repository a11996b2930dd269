//! Reading types out of a tree of nodes.
//!
//! Owns the walk by serde: what is asked of a node, and what the node can answer. A broken part is noted, taken out of
//! the tree and the nearest place that can start over does so. Must not know events, nor what the types mean.

use std::cell::{Cell, RefCell};

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Problem;
use super::access::{AtAccess, EnumNode, Items, MapNode, TolerantEntries, TolerantItems};
use super::at::AT;
use super::entries::ENTRIES;
use super::list::LIST;
use super::nullable::NULLABLE;
use super::scalar::{Plain, needs_quotes, resolve};
use super::tree::{Item, Kind, Mapping, Node};
use super::trouble::Trouble;
use crate::finding::INVALID_VALUE;

/// How many nodes one document may cost beyond a reading without mistakes.
const PATIENCE: u64 = 20_000_000;

/// What a walk over one document keeps.
pub(super) struct Walk {
    problems: RefCell<Vec<Problem>>,
    left: Cell<u64>,
}

impl Walk {
    pub(super) fn note(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    pub(super) fn step(&self) {
        self.left.set(self.left.get().saturating_sub(1));
    }

    /// Whether starting over is still worth its time.
    pub(super) fn patient(&self) -> bool {
        self.left.get() > 0
    }

    /// Notes the problem of a node and takes out the entry or item that it stands in.
    pub(super) fn settle(
        &self,
        trouble: Trouble,
        node: &Node<'_>,
        key: Option<&Node<'_>>,
        gone: &Cell<bool>,
    ) -> Trouble {
        if matches!(trouble, Trouble::Noted) {
            return trouble;
        }
        if let Some(problem) = trouble.problem(node, key) {
            self.note(problem);
        }
        gone.set(true);
        Trouble::Noted
    }
}

/// Reads a document, and gives it without its broken parts, unless the whole of it is broken. An empty one is none.
pub(super) fn document<T: DeserializeOwned>(root: &Node<'_>) -> (Option<T>, Vec<Problem>) {
    if is_null(root) {
        return (None, Vec::new());
    }
    let walk = Walk {
        problems: RefCell::default(),
        left: Cell::new(PATIENCE.saturating_add(size(root).saturating_mul(64))),
    };
    let gone = Cell::new(false);
    let document = loop {
        match T::deserialize(TreeDe {
            node: root,
            walk: &walk,
        }) {
            Ok(document) => break Some(document),
            Err(trouble) => {
                walk.settle(trouble, root, None, &gone);
            }
        }
        if gone.get() || !walk.patient() {
            break None;
        }
    };
    if !walk.patient() {
        let message = "this document has too many problems to find them all";
        walk.note(Problem::new(INVALID_VALUE, root.pos, message).help("mend the others first"));
    }
    (document, walk.problems.into_inner())
}

fn size(node: &Node<'_>) -> u64 {
    match &node.kind {
        Kind::Scalar { .. } => 1,
        Kind::List(items) => items.iter().map(|item| size(&item.node)).sum::<u64>() + 1,
        Kind::Map(mapping) => {
            mapping
                .entries
                .iter()
                .map(|entry| size(&entry.value) + 1)
                .sum::<u64>()
                + 1
        }
    }
}

pub(super) fn is_null(node: &Node<'_>) -> bool {
    matches!(&node.kind, Kind::Scalar { text, plain: true } if resolve(text) == Plain::Null)
}

/// A node that is being read.
#[derive(Clone, Copy)]
pub(super) struct TreeDe<'t> {
    pub(super) node: &'t Node<'t>,
    pub(super) walk: &'t Walk,
}

impl<'t> TreeDe<'t> {
    fn list(self) -> Result<&'t [Item<'t>], Trouble> {
        match &self.node.kind {
            Kind::List(items) => Ok(items),
            Kind::Scalar { .. } | Kind::Map(_) => Err(Trouble::wanted("a list")),
        }
    }

    fn mapping(self) -> Result<&'t Mapping<'t>, Trouble> {
        match &self.node.kind {
            Kind::Map(mapping) => Ok(mapping),
            Kind::Scalar { .. } | Kind::List(_) => Err(Trouble::wanted("a mapping")),
        }
    }

    /// The text, where text is due: what YAML takes for something else has to be quoted.
    fn text(self) -> Result<&'t str, Trouble> {
        match &self.node.kind {
            Kind::Scalar { text, plain } if !plain || !needs_quotes(text) => Ok(text),
            Kind::Scalar { .. } | Kind::List(_) | Kind::Map(_) => Err(Trouble::wanted("text")),
        }
    }

    fn visit_map<'de, V: Visitor<'de>>(
        self,
        mapping: &'t Mapping<'t>,
        fields: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        let result = visitor.visit_map(MapNode::new(mapping, fields, self.walk));
        match result {
            Err(Trouble::MissingField { field }) if mapping.has_lost(field) => {
                Err(Trouble::Consequence)
            }
            other => other,
        }
    }
}

impl Mapping<'_> {
    fn is_broken(&self) -> bool {
        self.cut || self.entries.iter().any(|entry| entry.gone.get())
    }

    /// Whether the field is or may be one of the broken ones.
    fn has_lost(&self, field: &str) -> bool {
        let lost =
            |entry: &super::tree::Entry<'_>| entry.gone.get() && entry.key.text() == Some(field);
        self.cut || self.entries.iter().any(lost)
    }
}

impl<'de> Deserializer<'de> for TreeDe<'_> {
    type Error = Trouble;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        match &self.node.kind {
            Kind::List(items) => visitor.visit_seq(Items::new(items, self.walk)),
            Kind::Map(mapping) => self.visit_map(mapping, None, visitor),
            Kind::Scalar { text, plain: false } => visitor.visit_str(text),
            Kind::Scalar { text, plain: true } => match resolve(text) {
                Plain::Null => visitor.visit_unit(),
                Plain::Bool(value) => visitor.visit_bool(value),
                Plain::Unsigned(value) => visitor.visit_u64(value),
                Plain::Signed(value) => visitor.visit_i64(value),
                Plain::Float(value) => visitor.visit_f64(value),
                Plain::Text => visitor.visit_str(text),
            },
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 bytes byte_buf unit unit_struct
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        visitor.visit_str(self.text()?)
    }

    // The name of a field: whatever it looks like, the list of fields decides.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        match self.node.text() {
            Some(text) => visitor.visit_str(text),
            None => Err(Trouble::wanted("text")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        match name {
            AT => visitor.visit_seq(AtAccess::new(self)),
            ENTRIES => visitor.visit_seq(TolerantEntries::new(&self.mapping()?.entries, self.walk)),
            LIST => visitor.visit_seq(TolerantItems::new(self.list()?, self.walk)),
            NULLABLE if is_null(self.node) => visitor.visit_none(),
            NULLABLE => visitor.visit_some(self),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        visitor.visit_seq(Items::new(self.list()?, self.walk))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        let items = Items::new(self.list()?, self.walk);
        let found = items.count();
        if found != len {
            return Err(Trouble::Other {
                code: INVALID_VALUE,
                message: format!("expected {len} items, found {found}"),
                help: None,
            });
        }
        visitor.visit_seq(items)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        self.visit_map(self.mapping()?, None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        self.visit_map(self.mapping()?, Some(fields), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        let wanted = || Trouble::wanted(one_of(variants));
        match &self.node.kind {
            Kind::Scalar { .. } => {
                self.text().map_err(|_| wanted())?;
                visitor.visit_enum(EnumNode::word(self))
            }
            Kind::Map(mapping) if mapping.is_broken() => Err(Trouble::Consequence),
            Kind::Map(mapping) => match EnumNode::payload(mapping, self.walk) {
                Some(access) => visitor.visit_enum(access),
                None => Err(wanted()),
            },
            Kind::List(_) => Err(wanted()),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        visitor.visit_unit()
    }
}

fn one_of(variants: &[&str]) -> String {
    match variants {
        [] => "nothing".to_owned(),
        [one] => format!("`{one}`"),
        [firsts @ .., last] => format!("{} or {last}", firsts.join(", ")),
    }
}
