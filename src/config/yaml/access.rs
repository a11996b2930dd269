//! The ways into lists, mappings, enums and positions of the tree.
//!
//! Owns which entries are handed out in which order, and that each error is noted where it first passes. Must not know
//! how a single node is read.

use std::iter::Peekable;

use serde::de::value::U32Deserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::de::{TreeDe, Walk, is_null};
use super::read_error::{ReadError, unknown_field};
use super::tree::{Children, Entries, Node, REPEATED};

/// A node with its position, as [`At`](super::At) wants it: line, column, length, value.
pub(super) struct AtAccess<'t> {
    node: TreeDe<'t>,
    next: u8,
}

impl<'t> AtAccess<'t> {
    pub(super) fn new(node: TreeDe<'t>) -> AtAccess<'t> {
        AtAccess { node, next: 0 }
    }
}

impl<'de> SeqAccess<'de> for AtAccess<'_> {
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ReadError> {
        let pos = self.node.node.pos();
        self.next = self.next.saturating_add(1);
        let number = match self.next {
            1 => pos.line,
            2 => pos.column,
            3 => pos.len,
            4 => return seed.deserialize(self.node).map(Some),
            _ => return Ok(None),
        };
        let number: U32Deserializer<ReadError> = number.into_deserializer();
        seed.deserialize(number).map(Some)
    }
}

/// The items of a list; the first error ends it.
pub(super) struct Items<'t> {
    items: Children<'t>,
    walk: &'t Walk,
}

impl<'t> Items<'t> {
    pub(super) fn new(list: TreeDe<'t>) -> Items<'t> {
        Items {
            items: list.node.children(),
            walk: list.walk,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.items.filter(|item| !self.walk.is_gone(*item)).count()
    }
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ReadError> {
        for item in self.items.by_ref() {
            self.walk.step();
            if !self.walk.is_gone(item) {
                return read_item(item, self.walk, seed).map(Some);
            }
        }
        Ok(None)
    }

    fn size_hint(&self) -> Option<usize> {
        few(self.items)
    }
}

/// How many there are, if they are few: most lists are short, and take no more memory than they need then.
fn few(all: impl Iterator) -> Option<usize> {
    const FEW: usize = 16;
    let count = all.take(FEW + 1).count();
    (count <= FEW).then_some(count)
}

/// What a mapping has, as far as it is read: a key and its value.
type KeyValue<'t> = (Node<'t>, Node<'t>);

fn read_item<'de, S: DeserializeSeed<'de>>(
    node: Node<'_>,
    walk: &Walk,
    seed: S,
) -> Result<S::Value, ReadError> {
    seed.deserialize(TreeDe { node, walk })
        .map_err(|error| walk.settle(error, node, None, node))
}

fn read_value<'de, S: DeserializeSeed<'de>>(
    (key, node): KeyValue<'_>,
    walk: &Walk,
    seed: S,
) -> Result<S::Value, ReadError> {
    seed.deserialize(TreeDe { node, walk })
        .map_err(|error| walk.settle(error, node, Some(key), key))
}

/// The items of a list, where an error is followed by the same item without its broken part, or by the next one.
pub(super) struct TolerantItems<'t> {
    items: Peekable<Children<'t>>,
    walk: &'t Walk,
}

impl<'t> TolerantItems<'t> {
    pub(super) fn new(list: TreeDe<'t>) -> TolerantItems<'t> {
        TolerantItems {
            items: list.node.children().peekable(),
            walk: list.walk,
        }
    }
}

impl<'de> SeqAccess<'de> for TolerantItems<'_> {
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ReadError> {
        while let Some(&item) = self.items.peek() {
            self.walk.step();
            if self.walk.is_gone(item) {
                self.items.next();
                continue;
            }
            let result = read_item(item, self.walk, seed);
            if result.is_ok() {
                self.items.next();
            } else if !self.walk.patient() {
                self.walk.take_out(item);
            }
            return result.map(Some);
        }
        Ok(None)
    }

    fn size_hint(&self) -> Option<usize> {
        few(self.items.clone())
    }
}

/// The entries of a mapping as pairs, going on after errors like [`TolerantItems`].
pub(super) struct TolerantEntries<'t> {
    entries: Peekable<Entries<'t>>,
    walk: &'t Walk,
}

impl<'t> TolerantEntries<'t> {
    pub(super) fn new(mapping: TreeDe<'t>) -> TolerantEntries<'t> {
        TolerantEntries {
            entries: mapping.node.entries().peekable(),
            walk: mapping.walk,
        }
    }
}

impl<'de> SeqAccess<'de> for TolerantEntries<'_> {
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ReadError> {
        while let Some(&entry) = self.entries.peek() {
            self.walk.step();
            if self.walk.is_gone(entry.0) {
                self.entries.next();
                continue;
            }
            let pair = Pair {
                entry,
                walk: self.walk,
                next: 0,
            };
            let result = seed.deserialize(pair);
            if result.is_ok() {
                self.entries.next();
            } else if !self.walk.patient() {
                self.walk.take_out(entry.0);
            }
            return result.map(Some);
        }
        Ok(None)
    }

    fn size_hint(&self) -> Option<usize> {
        few(self.entries.clone())
    }
}

/// A key and its value.
struct Pair<'t> {
    entry: KeyValue<'t>,
    walk: &'t Walk,
    next: u8,
}

impl<'de> Deserializer<'de> for Pair<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_seq(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> SeqAccess<'de> for Pair<'_> {
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ReadError> {
        self.next = self.next.saturating_add(1);
        match self.next {
            1 => read_item(self.entry.0, self.walk, seed).map(Some),
            2 => read_value(self.entry, self.walk, seed).map(Some),
            _ => Ok(None),
        }
    }
}

/// The entries of a mapping; the first error ends it. Fields that a struct does not have are noted and passed over.
pub(super) struct MapNode<'t> {
    entries: Entries<'t>,
    fields: Option<&'static [&'static str]>,
    current: Option<KeyValue<'t>>,
    walk: &'t Walk,
}

impl<'t> MapNode<'t> {
    pub(super) fn new(mapping: TreeDe<'t>, fields: Option<&'static [&'static str]>) -> MapNode<'t> {
        MapNode {
            entries: mapping.node.entries(),
            fields,
            current: None,
            walk: mapping.walk,
        }
    }
}

/// Whether a struct does not have a field; that is noted.
fn is_unknown(key: Node<'_>, fields: Option<&'static [&'static str]>, walk: &Walk) -> bool {
    let (Some(fields), Some(field)) = (fields, key.text()) else {
        return false;
    };
    if fields.contains(&&*field) {
        return false;
    }
    walk.note(unknown_field(&field, fields, key.pos()));
    walk.take_out(key);
    true
}

impl<'de> MapAccess<'de> for MapNode<'_> {
    type Error = ReadError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ReadError> {
        for entry in self.entries.by_ref() {
            self.walk.step();
            let key = entry.0;
            if self.walk.is_gone(key) || is_unknown(key, self.fields, self.walk) {
                continue;
            }
            self.current = Some(entry);
            return read_item(entry.0, self.walk, seed).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ReadError> {
        match self.current.take() {
            Some(entry) => read_value(entry, self.walk, seed),
            None => Err(de::Error::custom("a value before its key")),
        }
    }
}

/// A word, or a mapping of one word to what belongs to it.
pub(super) struct EnumNode<'t> {
    word: TreeDe<'t>,
    payload: Option<TreeDe<'t>>,
}

impl<'t> EnumNode<'t> {
    pub(super) fn word(word: TreeDe<'t>) -> EnumNode<'t> {
        EnumNode {
            word,
            payload: None,
        }
    }

    /// Nothing unless the mapping has exactly one entry.
    pub(super) fn payload(mapping: TreeDe<'t>) -> Option<EnumNode<'t>> {
        let walk = mapping.walk;
        let mut entries = mapping.node.entries().filter(|(key, _)| !key.has(REPEATED));
        let (Some((key, value)), None) = (entries.next(), entries.next()) else {
            return None;
        };
        Some(EnumNode {
            word: TreeDe { node: key, walk },
            payload: Some(TreeDe { node: value, walk }),
        })
    }
}

/// Ties an error to the part of the enum that it is about; what is taken out is the enum as a whole.
fn tie(error: ReadError, part: TreeDe<'_>, word: TreeDe<'_>) -> ReadError {
    if matches!(error, ReadError::Noted | ReadError::Consequence) {
        return error;
    }
    match error.problem(part.node, Some(word.node)) {
        Some(problem) => ReadError::Ready(Box::new(problem)),
        None => ReadError::Consequence,
    }
}

impl<'de, 't> EnumAccess<'de> for EnumNode<'t> {
    type Error = ReadError;
    type Variant = EnumNode<'t>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, EnumNode<'t>), ReadError> {
        let variant = seed
            .deserialize(self.word)
            .map_err(|error| tie(error, self.word, self.word))?;
        Ok((variant, self))
    }
}

impl EnumNode<'_> {
    fn part<T>(
        &self,
        read: impl FnOnce(TreeDe<'_>) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        match self.payload {
            Some(payload) => read(payload).map_err(|error| tie(error, payload, self.word)),
            None => Err(ReadError::wanted("a mapping")),
        }
    }
}

impl<'de> VariantAccess<'de> for EnumNode<'_> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        match self.payload {
            Some(payload) if !is_null(payload.node) => Err(ReadError::wanted("one word")),
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, ReadError> {
        self.part(|payload| seed.deserialize(payload))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, ReadError> {
        self.part(|payload| payload.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.part(|payload| payload.deserialize_struct("", fields, visitor))
    }
}
