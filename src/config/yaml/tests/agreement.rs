//! The reading takes and refuses what serde-saphyr does, under the strictest of its options, and reads the same from it.

use std::fmt;
use std::marker::PhantomData;

use proptest::prelude::*;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, Options, Spanned};

use super::super::at::{AT, clamp};
use super::super::tree::MAX_DEPTH;
use super::*;
use crate::canonical::canonical;

/// Any value, with all places.
#[derive(Debug)]
#[expect(
    dead_code,
    reason = "compared by what `Debug` shows, as NaN is like nothing"
)]
enum Any {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
    List(Vec<Placed<Any>>),
    Map(Vec<(Placed<String>, Placed<Any>)>),
}

/// As [`At`], from serde-saphyr as well.
#[derive(Debug)]
#[expect(dead_code, reason = "compared by what `Debug` shows")]
struct Placed<T> {
    value: T,
    pos: Pos,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Placed<T>, D::Error> {
        deserializer.deserialize_newtype_struct(AT, PlacedVisitor(PhantomData))
    }
}

struct PlacedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PlacedVisitor<T> {
    type Value = Placed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    // Only serde-saphyr comes here.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Placed<T>, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        Ok(Placed {
            value: spanned.value,
            pos: pos_of(spanned.referenced),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Placed<T>, A::Error> {
        let At { value, pos } = At::deserialize(Parts(seq))?;
        Ok(Placed { value, pos })
    }
}

/// Hands the parts of a position on to [`At`].
struct Parts<A>(A);

impl<'de, A: SeqAccess<'de>> Deserializer<'de> for Parts<A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_seq(self.0)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

fn pos_of(location: Location) -> Pos {
    pos(
        clamp(location.line()),
        clamp(location.column()),
        clamp(location.span().byte_len().unwrap_or(1)).max(1),
    )
}

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Any, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Any;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Any, E> {
        Ok(Any::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Any, E> {
        Ok(Any::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Any, E> {
        Ok(Any::Unsigned(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Any, E> {
        Ok(Any::Signed(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Any, E> {
        Ok(Any::Float(value))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Any, E> {
        Ok(Any::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Any, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Any::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Any, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Any::Map(entries))
    }
}

/// Whether the options can hold this text to our rules: serde-saphyr lets the tags of the core schema pass, and leaves
/// names in the form in which they are written, or escaped.
fn suits(text: &str) -> bool {
    let mut before = ' ';
    let tag = text.chars().any(|char| {
        let starts = char == '!' && !before.is_ascii_alphanumeric();
        before = char;
        starts
    });
    let mut domains = text.split('@').skip(1);
    let is_ascii = |domain: &str| domain.split_whitespace().next().is_none_or(str::is_ascii);
    !tag && !text.contains('\\') && canonical(text) == text && domains.all(is_ascii)
}

fn options(len: usize) -> Options {
    let len = len.saturating_add(64);
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: len.saturating_mul(4),
            max_nodes: len.saturating_mul(4),
            max_total_scalar_bytes: len.saturating_mul(2),
            max_documents: len,
            max_depth: MAX_DEPTH,
            max_aliases: 0,
            max_anchors: 0,
        },
        with_snippet: false,
        strict_booleans: true,
        no_schema: true,
        reject_unsupported_tags: true,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::Error,
        duplicate_keys: DuplicateKeyPolicy::Error,
    }
}

/// Whatever serde-saphyr takes, the reading takes without a problem, and the other way round.
fn agree(text: &str) -> Result<(), TestCaseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let reading = read::<Doc>(text);
    prop_assert!(reading.complete || !reading.problems.is_empty());
    if !suits(text) {
        return Ok(());
    }
    let reading = read::<Any>(text);
    let options = options(text.len());
    match serde_saphyr::from_multiple_with_options::<Any>(text, options) {
        Ok(documents) => {
            prop_assert_eq!(&reading.problems, &[]);
            prop_assert_eq!(format!("{documents:?}"), format!("{:?}", reading.documents));
        }
        Err(error) => prop_assert!(!reading.problems.is_empty(), "{}", error),
    }
    Ok(())
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "version",
        "org",
        "name",
        "mode",
        "sync",
        "users",
        "displayName",
        "phone",
        "location",
        "calling",
        "tier",
        "subscription",
        "groups",
        "active",
        "go",
        "numbers",
        "ratios",
        "labels",
        "group",
        "professional",
        "byod",
        "operator",
        "account",
        "id",
        "a",
        "1",
        "0123",
        "+1214",
        "1_0",
        "0o7",
        "0x1F",
        "1e999",
        "1e3",
        ".inf",
        ".nan",
        "inf",
        "-1",
        "300",
        "true",
        "no",
        "yes",
        "null",
        "~",
        "\"+1\"",
        "'x'",
        "\"\"",
        "é",
        "x y",
        "x#y",
        "x: y",
        "<<",
        "\"<<\"",
        "a!",
        "18446744073709551616",
    ])
    .prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = String> {
    word().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec((word(), inner), 0..4).prop_map(|entries| {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{key}: {value}"))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }),
        ]
    })
}

/// Mappings of the right shape with now and then a wrong word in it.
fn likely() -> impl Strategy<Value = String> {
    let user = prop_oneof![
        word().prop_map(|word| format!("displayName: {word}")),
        word().prop_map(|word| format!("location: {word}")),
        word().prop_map(|word| format!("calling: {word}")),
        word().prop_map(|word| format!("calling: {{tier: standard, subscription: {word}}}")),
        word().prop_map(|word| format!("groups: [a, {word}]")),
        word().prop_map(|word| format!("active: {word}")),
        word().prop_map(|word| format!("go: {word}")),
        word().prop_map(|word| format!("go: {{account: {{id: {word}}}}}")),
    ];
    let section = prop_oneof![
        word().prop_map(|word| format!("version: {word}\n")),
        word().prop_map(|word| format!("org: {{name: {word}, sync: true}}\n")),
        word().prop_map(|word| format!("ratios: [1, {word}]\n")),
        (word(), word()).prop_map(|(key, word)| format!("labels:\n  {key}: {word}\n")),
        (word(), prop::collection::vec(user, 0..3))
            .prop_map(|(key, fields)| format!("users:\n  {key}: {{{}}}\n", fields.join(", "))),
    ];
    prop::collection::vec(section, 0..4).prop_map(|sections| sections.concat())
}

/// A valid document after a slip of the hand.
fn damaged() -> impl Strategy<Value = String> {
    let edit = (
        any::<prop::sample::Index>(),
        0..6_usize,
        prop_oneof![word(), "[ :,\\-\\[\\]{}#\n\"'é]{0,3}"],
    );
    prop::collection::vec(edit, 1..4).prop_map(|edits| {
        let mut text: Vec<char> = FULL.chars().collect();
        for (start, removed, inserted) in edits {
            let start = start.index(text.len());
            let end = text.len().min(start + removed);
            text.splice(start..end, inserted.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_any_text(text in any::<String>()) {
        agree(&text)?;
    }

    #[test]
    fn on_yaml_signs(text in "[a-c1~:,\\[\\]{}&*!|>'\"%@#?\\- \t\r\n\u{feff}é<]{0,40}") {
        agree(&text)?;
    }

    #[test]
    fn on_flow_values(text in value()) {
        agree(&text)?;
    }

    #[test]
    fn on_likely_documents(text in likely()) {
        agree(&text)?;
    }
    #[test]
    fn on_damaged_documents(text in damaged()) {
        agree(&text)?;
    }
}
