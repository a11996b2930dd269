//! The ways into lists, mappings, enums and positions of the tree.
//!
//! Owns which entries are handed out in which order, and that each error is noted where it first passes. Must not know
//! how a single node is read.

use serde::de::value::U32Deserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::de::{TreeDe, Walk, is_null};
use super::tree::{Entry, Item, Mapping, Node};
use super::trouble::{Trouble, unknown_field};

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
    type Error = Trouble;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Trouble> {
        let pos = self.node.node.pos;
        self.next = self.next.saturating_add(1);
        let number = match self.next {
            1 => pos.line,
            2 => pos.column,
            3 => pos.len,
            4 => return seed.deserialize(self.node).map(Some),
            _ => return Ok(None),
        };
        let number: U32Deserializer<Trouble> = number.into_deserializer();
        seed.deserialize(number).map(Some)
    }
}

/// The items of a list; the first error ends it.
pub(super) struct Items<'t> {
    items: &'t [Item<'t>],
    walk: &'t Walk,
}

impl<'t> Items<'t> {
    pub(super) fn new(items: &'t [Item<'t>], walk: &'t Walk) -> Items<'t> {
        Items { items, walk }
    }

    pub(super) fn count(&self) -> usize {
        self.items.iter().filter(|item| !item.gone.get()).count()
    }
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Trouble;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Trouble> {
        while let Some((item, rest)) = self.items.split_first() {
            self.items = rest;
            self.walk.step();
            if !item.gone.get() {
                return read_item(item, self.walk, seed).map(Some);
            }
        }
        Ok(None)
    }
}

fn read_item<'de, S: DeserializeSeed<'de>>(
    item: &Item<'_>,
    walk: &Walk,
    seed: S,
) -> Result<S::Value, Trouble> {
    let node = &item.node;
    seed.deserialize(TreeDe { node, walk })
        .map_err(|trouble| walk.settle(trouble, node, None, &item.gone))
}

fn read_value<'de, S: DeserializeSeed<'de>>(
    entry: &Entry<'_>,
    walk: &Walk,
    seed: S,
) -> Result<S::Value, Trouble> {
    let node = &entry.value;
    seed.deserialize(TreeDe { node, walk })
        .map_err(|trouble| walk.settle(trouble, node, Some(&entry.key), &entry.gone))
}

fn read_key<'de, S: DeserializeSeed<'de>>(
    entry: &Entry<'_>,
    walk: &Walk,
    seed: S,
) -> Result<S::Value, Trouble> {
    let node = &entry.key;
    seed.deserialize(TreeDe { node, walk })
        .map_err(|trouble| walk.settle(trouble, node, None, &entry.gone))
}

/// The items of a list, where an error is followed by the same item without its broken part, or by the next one.
pub(super) struct TolerantItems<'t> {
    items: &'t [Item<'t>],
    walk: &'t Walk,
}

impl<'t> TolerantItems<'t> {
    pub(super) fn new(items: &'t [Item<'t>], walk: &'t Walk) -> TolerantItems<'t> {
        TolerantItems { items, walk }
    }
}

impl<'de> SeqAccess<'de> for TolerantItems<'_> {
    type Error = Trouble;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Trouble> {
        while let Some((item, rest)) = self.items.split_first() {
            self.walk.step();
            if item.gone.get() {
                self.items = rest;
                continue;
            }
            let result = read_item(item, self.walk, seed);
            if result.is_ok() {
                self.items = rest;
            } else if !self.walk.patient() {
                item.gone.set(true);
            }
            return result.map(Some);
        }
        Ok(None)
    }
}

/// The entries of a mapping as pairs, going on after errors like [`TolerantItems`].
pub(super) struct TolerantEntries<'t> {
    entries: &'t [Entry<'t>],
    walk: &'t Walk,
}

impl<'t> TolerantEntries<'t> {
    pub(super) fn new(entries: &'t [Entry<'t>], walk: &'t Walk) -> TolerantEntries<'t> {
        TolerantEntries { entries, walk }
    }
}

impl<'de> SeqAccess<'de> for TolerantEntries<'_> {
    type Error = Trouble;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Trouble> {
        while let Some((entry, rest)) = self.entries.split_first() {
            self.walk.step();
            if entry.gone.get() {
                self.entries = rest;
                continue;
            }
            let pair = Pair {
                entry,
                walk: self.walk,
                next: 0,
            };
            let result = seed.deserialize(pair);
            if result.is_ok() {
                self.entries = rest;
            } else if !self.walk.patient() {
                entry.gone.set(true);
            }
            return result.map(Some);
        }
        Ok(None)
    }
}

/// A key and its value.
struct Pair<'t> {
    entry: &'t Entry<'t>,
    walk: &'t Walk,
    next: u8,
}

impl<'de> Deserializer<'de> for Pair<'_> {
    type Error = Trouble;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        visitor.visit_seq(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> SeqAccess<'de> for Pair<'_> {
    type Error = Trouble;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Trouble> {
        self.next = self.next.saturating_add(1);
        match self.next {
            1 => read_key(self.entry, self.walk, seed).map(Some),
            2 => read_value(self.entry, self.walk, seed).map(Some),
            _ => Ok(None),
        }
    }
}

/// The entries of a mapping; the first error ends it. Fields that a struct does not have are noted and passed over.
pub(super) struct MapNode<'t> {
    entries: &'t [Entry<'t>],
    fields: Option<&'static [&'static str]>,
    current: Option<&'t Entry<'t>>,
    walk: &'t Walk,
}

impl<'t> MapNode<'t> {
    pub(super) fn new(
        mapping: &'t Mapping<'t>,
        fields: Option<&'static [&'static str]>,
        walk: &'t Walk,
    ) -> MapNode<'t> {
        MapNode {
            entries: &mapping.entries,
            fields,
            current: None,
            walk,
        }
    }

    fn is_unknown(&self, key: &Node<'_>) -> bool {
        match (self.fields, key.text()) {
            (Some(fields), Some(text)) => !fields.contains(&text),
            _ => false,
        }
    }
}

impl<'de> MapAccess<'de> for MapNode<'_> {
    type Error = Trouble;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Trouble> {
        while let Some((entry, rest)) = self.entries.split_first() {
            self.entries = rest;
            self.walk.step();
            if entry.gone.get() {
                continue;
            }
            if self.is_unknown(&entry.key) {
                let field = entry.key.text().unwrap_or_default();
                let known = self.fields.unwrap_or_default();
                self.walk.note(unknown_field(field, known, entry.key.pos));
                entry.gone.set(true);
                continue;
            }
            self.current = Some(entry);
            return read_key(entry, self.walk, seed).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Trouble> {
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
    pub(super) fn payload(mapping: &'t Mapping<'t>, walk: &'t Walk) -> Option<EnumNode<'t>> {
        let [entry] = &*mapping.entries else {
            return None;
        };
        Some(EnumNode {
            word: TreeDe {
                node: &entry.key,
                walk,
            },
            payload: Some(TreeDe {
                node: &entry.value,
                walk,
            }),
        })
    }
}

/// Ties an error to the part of the enum that it is about; what is taken out is the enum as a whole.
fn tie(trouble: Trouble, part: TreeDe<'_>, word: TreeDe<'_>) -> Trouble {
    if matches!(trouble, Trouble::Noted | Trouble::Consequence) {
        return trouble;
    }
    match trouble.problem(part.node, Some(word.node)) {
        Some(problem) => Trouble::Ready(Box::new(problem)),
        None => Trouble::Consequence,
    }
}

impl<'de, 't> EnumAccess<'de> for EnumNode<'t> {
    type Error = Trouble;
    type Variant = EnumNode<'t>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, EnumNode<'t>), Trouble> {
        let variant = seed
            .deserialize(self.word)
            .map_err(|trouble| tie(trouble, self.word, self.word))?;
        Ok((variant, self))
    }
}

impl EnumNode<'_> {
    fn part<T>(&self, read: impl FnOnce(TreeDe<'_>) -> Result<T, Trouble>) -> Result<T, Trouble> {
        match self.payload {
            Some(payload) => read(payload).map_err(|trouble| tie(trouble, payload, self.word)),
            None => Err(Trouble::wanted("a mapping")),
        }
    }
}

impl<'de> VariantAccess<'de> for EnumNode<'_> {
    type Error = Trouble;

    fn unit_variant(self) -> Result<(), Trouble> {
        match self.payload {
            Some(payload) if !is_null(payload.node) => Err(Trouble::wanted("one word")),
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Trouble> {
        self.part(|payload| seed.deserialize(payload))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Trouble> {
        self.part(|payload| payload.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        self.part(|payload| payload.deserialize_struct("", fields, visitor))
    }
}
