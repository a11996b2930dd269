//! Values that are written either as one word or as a mapping.
//!
//! Owns [`text_or_mapping`]. Must not know what the values mean.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

/// Reads `professional` by `short` and `{tier: professional, …}` by `Long`, with positions inside the
/// mapping. `expecting` ends the sentence "expected …", as in "a tier or a mapping"; with the word "text" in it, the
/// help for a number is to quote it.
///
/// An error of `short` should be made by serde, as in `Tier::deserialize(text.into_deserializer())`.
pub fn text_or_mapping<'de, D, Long, T>(
    deserializer: D,
    expecting: &'static str,
    short: impl FnOnce(&str) -> Result<T, D::Error>,
    long: impl FnOnce(Long) -> Result<T, D::Error>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    Long: Deserialize<'de>,
{
    // The visitor is generic over the error, the closures are not: it brings back what it saw.
    let seen = deserializer.deserialize_any(ShortOrLong {
        expecting,
        long: PhantomData,
    })?;
    match seen {
        Seen::Short(text) => short(&text),
        Seen::Long(value) => long(value),
    }
}

enum Seen<Long> {
    Short(String),
    Long(Long),
}

struct ShortOrLong<Long> {
    expecting: &'static str,
    long: PhantomData<Long>,
}

impl<'de, Long: Deserialize<'de>> Visitor<'de> for ShortOrLong<Long> {
    type Value = Seen<Long>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Seen<Long>, E> {
        Ok(Seen::Short(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Seen<Long>, A::Error> {
        Long::deserialize(MapAccessDeserializer::new(map)).map(Seen::Long)
    }
}
