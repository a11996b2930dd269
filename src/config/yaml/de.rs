//! Reading types out of a tree of nodes.
//!
//! Owns the walk by serde: what is asked of a node, and what the node can answer. A broken part is noted, taken out of
//! the tree and the nearest place that can start over does so. Must not know events, nor what the types mean.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Problem;
use super::access::{AtAccess, EnumNode, Items, MapNode, TolerantEntries, TolerantItems};
use super::at::AT;
use super::entries::ENTRIES;
use super::list::LIST;
use super::nullable::{NULLABLE, NULLABLE_VALUE};
use super::read_error::ReadError;
use super::scalar::{Plain, needs_quotes, resolve};
use super::tree::{BROKEN, CUT, Kind, Node, REPEATED, Tree};
use crate::finding::INVALID_VALUE;

/// How many nodes one document may cost beyond a reading without mistakes.
const PATIENCE: u64 = 20_000_000;

/// What a walk over one document keeps.
#[derive(Default)]
pub(super) struct Walk {
    problems: RefCell<Vec<Problem>>,
    /// For nodes up to the last that is so: whether it is an item or the key of an entry that is broken and noted.
    gone: RefCell<Vec<bool>>,
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

    /// Removes an item or an entry by its key.
    pub(super) fn take_out(&self, node: Node<'_>) {
        let mut gone = self.gone.borrow_mut();
        let index = node.index() as usize;
        let len = gone.len().max(index + 1);
        gone.resize(len, false);
        gone[index] = true;
    }

    /// Whether an item or an entry, by its key, is passed over.
    pub(super) fn is_gone(&self, node: Node<'_>) -> bool {
        let gone = self.gone.borrow();
        node.has(BROKEN | REPEATED) || gone.get(node.index() as usize) == Some(&true)
    }

    /// Notes the problem of a node and takes out the item or entry that it is in.
    pub(super) fn settle(
        &self,
        error: ReadError,
        node: Node<'_>,
        key: Option<Node<'_>>,
        whole: Node<'_>,
    ) -> ReadError {
        if matches!(error, ReadError::Noted) {
            return error;
        }
        if let Some(problem) = error.problem(node, key) {
            self.note(problem);
        }
        self.take_out(whole);
        ReadError::Noted
    }

    fn is_broken(&self, mapping: Node<'_>) -> bool {
        let mut keys = mapping.entries().map(|(key, _)| key);
        mapping.has(CUT) || keys.any(|key| !key.has(REPEATED) && self.is_gone(key))
    }

    /// Whether the field is or may be one of the broken ones.
    fn has_lost(&self, mapping: Node<'_>, field: &str) -> bool {
        let mut keys = mapping.entries().map(|(key, _)| key);
        let lost = |key: Node<'_>| self.is_gone(key) && key.text().as_deref() == Some(field);
        mapping.has(CUT) || keys.any(lost)
    }
}

/// Reads the documents of a tree, each without its broken parts, unless the whole of it is broken. An empty one is none.
pub(super) fn documents<T: DeserializeOwned>(tree: &Tree<'_>) -> (Vec<T>, Vec<Problem>) {
    let (mut documents, mut problems) = (Vec::new(), Vec::new());
    for (_, root) in tree.documents().filter(|(_, root)| !is_null(*root)) {
        let walk = Walk::default();
        documents.extend(document::<T>(root, &walk));
        problems.extend(walk.problems.into_inner());
    }
    (documents, problems)
}

fn document<T: DeserializeOwned>(node: Node<'_>, walk: &Walk) -> Option<T> {
    let size = u64::from(node.size());
    walk.left
        .set(PATIENCE.saturating_add(size.saturating_mul(64)));
    let document = loop {
        match T::deserialize(TreeDe { node, walk }) {
            Ok(document) => break Some(document),
            Err(error) => {
                walk.settle(error, node, None, node);
            }
        }
        if walk.is_gone(node) || !walk.patient() {
            break None;
        }
    };
    if !walk.patient() {
        let message = "this document has too many problems to find them all";
        walk.note(Problem::new(INVALID_VALUE, node.pos(), message).help("fix the others first"));
    }
    document
}

pub(super) fn is_null(node: Node<'_>) -> bool {
    node.is_plain()
        && node
            .value()
            .is_some_and(|text| resolve(text) == Plain::Null)
}

/// Whether nothing is written where a value is due.
fn is_empty(node: Node<'_>) -> bool {
    node.is_plain() && node.value().is_some_and(str::is_empty)
}

/// A node that is being read.
#[derive(Clone, Copy)]
pub(super) struct TreeDe<'t> {
    pub(super) node: Node<'t>,
    pub(super) walk: &'t Walk,
}

impl<'t> TreeDe<'t> {
    fn list(self) -> Result<TreeDe<'t>, ReadError> {
        match self.node.kind() {
            Kind::List { .. } => Ok(self),
            Kind::Scalar(_) | Kind::Map { .. } => Err(ReadError::wanted("a list")),
        }
    }

    fn mapping(self) -> Result<TreeDe<'t>, ReadError> {
        match self.node.kind() {
            Kind::Map { .. } => Ok(self),
            Kind::Scalar(_) | Kind::List { .. } => Err(ReadError::wanted("a mapping")),
        }
    }

    /// The text, where text is due: what YAML takes for something else has to be quoted.
    fn text(self) -> Result<Cow<'t, str>, ReadError> {
        let text = self.node.text();
        text.filter(|text| !self.node.is_plain() || !needs_quotes(text))
            .ok_or_else(|| ReadError::wanted("text"))
    }

    fn visit_map<'de, V: Visitor<'de>>(
        self,
        fields: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match visitor.visit_map(MapNode::new(self, fields)) {
            Err(ReadError::MissingField { field }) if self.walk.has_lost(self.node, field) => {
                Err(ReadError::Consequence)
            }
            other => other,
        }
    }
}

impl<'de> Deserializer<'de> for TreeDe<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let Some(text) = self.node.text() else {
            return match self.list() {
                Ok(list) => visitor.visit_seq(Items::new(list)),
                Err(_) => self.visit_map(None, visitor),
            };
        };
        if !self.node.is_plain() {
            return visitor.visit_str(&text);
        }
        match resolve(&text) {
            Plain::Null => visitor.visit_unit(),
            Plain::Bool(value) => visitor.visit_bool(value),
            Plain::Unsigned(value) => visitor.visit_u64(value),
            Plain::Signed(value) => visitor.visit_i64(value),
            Plain::Float(value) => visitor.visit_f64(value),
            Plain::Text => visitor.visit_str(&text),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 bytes byte_buf unit unit_struct
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_str(&self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_str(&self.text()?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_str(&self.text()?)
    }

    // The name of a field: whatever it looks like, the list of fields decides.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.node.text() {
            Some(text) => visitor.visit_str(&text),
            None => Err(ReadError::wanted("text")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match name {
            AT => visitor.visit_seq(AtAccess::new(self)),
            ENTRIES => visitor.visit_seq(TolerantEntries::new(self.mapping()?)),
            LIST => visitor.visit_seq(TolerantItems::new(self.list()?)),
            // A value that was forgotten takes nothing away: only a word does.
            NULLABLE if is_empty(self.node) => Err(ReadError::wanted(NULLABLE_VALUE)),
            NULLABLE if is_null(self.node) => visitor.visit_none(),
            NULLABLE => visitor.visit_some(self),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_seq(Items::new(self.list()?))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let items = Items::new(self.list()?);
        let found = items.count();
        if found != len {
            return Err(ReadError::Other {
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
    ) -> Result<V::Value, ReadError> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.mapping()?.visit_map(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let mapping = self
            .mapping()
            .map_err(|_| ReadError::wanted_fields(fields))?;
        mapping.visit_map(Some(fields), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let wanted = || ReadError::wanted(one_of(variants));
        match self.node.kind() {
            Kind::Scalar(_) => {
                self.text().map_err(|_| wanted())?;
                visitor.visit_enum(EnumNode::word(self))
            }
            Kind::Map { .. } if self.walk.is_broken(self.node) => Err(ReadError::Consequence),
            Kind::Map { .. } => match EnumNode::payload(self) {
                Some(access) => visitor.visit_enum(access),
                None => Err(wanted()),
            },
            Kind::List { .. } => Err(wanted()),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
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
