//! Values with their place in the file.
//!
//! Owns [`Pos`] and [`At`], and how the reading hands a position over. Must not know what the values are.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

/// The name by which an [`At`] asks for its position.
pub(super) const AT: &str = "__trunkline_at";

/// A place in a text. All zero where it is not known, as in values that were not read from YAML.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pos {
    /// The line, from 1.
    pub line: u32,
    /// The column, in characters from 1.
    pub column: u32,
    /// The length in bytes of the source text, quotes included, 1 for lists and mappings. A text over several lines
    /// reaches over the end of its line.
    pub len: u32,
}

pub(super) fn clamp(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

/// A value and its place. Only the value is compared, hashed and written.
#[derive(Debug, Clone, Copy, Default)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it is.
    pub pos: Pos,
}

impl<T> At<T> {
    /// A value of which no place is known.
    pub fn nowhere(value: T) -> At<T> {
        At {
            value,
            pos: Pos::default(),
        }
    }

    /// Another value at the same place.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At {
            value: f(self.value),
            pos: self.pos,
        }
    }
}

impl<T> Deref for At<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &At<T>) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for At<T> {}

impl<T: PartialOrd> PartialOrd for At<T> {
    fn partial_cmp(&self, other: &At<T>) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for At<T> {
    fn cmp(&self, other: &At<T>) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: Hash> Hash for At<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T: fmt::Display> fmt::Display for At<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: Serialize> Serialize for At<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<At<T>, D::Error> {
        deserializer.deserialize_newtype_struct(AT, AtVisitor(PhantomData))
    }
}

struct AtVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AtVisitor<T> {
    type Value = At<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    // Formats without positions.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<At<T>, D::Error> {
        T::deserialize(deserializer).map(At::nowhere)
    }

    // YAML: line, column, length, value.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<At<T>, A::Error> {
        let lacking = || <A::Error as de::Error>::custom("a position has four parts");
        let pos = Pos {
            line: seq.next_element()?.ok_or_else(lacking)?,
            column: seq.next_element()?.ok_or_else(lacking)?,
            len: seq.next_element()?.ok_or_else(lacking)?,
        };
        let value = seq.next_element()?.ok_or_else(lacking)?;
        Ok(At { value, pos })
    }

    // Deserializers of a lone string, such as serde's own, take a newtype for what is in it.
    fn visit_str<E: de::Error>(self, text: &str) -> Result<At<T>, E> {
        T::deserialize(text.into_deserializer()).map(At::nowhere)
    }
}
