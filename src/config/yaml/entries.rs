//! Mappings from names to values.
//!
//! Owns [`Entries`] and how it gets past a broken entry. Must not know what the entries are.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use super::At;

/// The name by which [`Entries`] asks the reading to go on after a broken entry.
pub(super) const ENTRIES: &str = "__trunkline_entries";

/// A mapping in the order of the file, whose keys have their positions. The same key twice is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entries<V>(pub Vec<(At<String>, V)>);

impl<V> Default for Entries<V> {
    fn default() -> Entries<V> {
        Entries(Vec::new())
    }
}

impl<V> Entries<V> {
    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The entries, in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, (At<String>, V)> {
        self.0.iter()
    }
}

impl<V> IntoIterator for Entries<V> {
    type Item = (At<String>, V);
    type IntoIter = std::vec::IntoIter<(At<String>, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, V> IntoIterator for &'a Entries<V> {
    type Item = &'a (At<String>, V);
    type IntoIter = std::slice::Iter<'a, (At<String>, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<V> FromIterator<(At<String>, V)> for Entries<V> {
    fn from_iter<I: IntoIterator<Item = (At<String>, V)>>(entries: I) -> Entries<V> {
        Entries(entries.into_iter().collect())
    }
}

impl<V: Serialize> Serialize for Entries<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<V: JsonSchema> JsonSchema for Entries<V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Entries_of_{}", V::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Entries<{}>", V::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let values = generator.subschema_for::<V>();
        schemars::json_schema!({"type": "object", "additionalProperties": values})
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entries<V>, D::Error> {
        deserializer.deserialize_newtype_struct(ENTRIES, EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for EntriesVisitor<V> {
    type Value = Entries<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    // Shapes, and formats without positions.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Entries<V>, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<V>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }

    // Only YAML comes here. The reading has noted an error before it hands it over, and then gives the same entry
    // without the broken part, or the next one.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Entries<V>, A::Error> {
        let mut entries = Vec::with_capacity(seq.size_hint().unwrap_or_default());
        loop {
            match seq.next_element() {
                Ok(Some(entry)) => entries.push(entry),
                Ok(None) => {
                    entries.shrink_to_fit();
                    return Ok(Entries(entries));
                }
                Err(_noted) => {}
            }
        }
    }
}
