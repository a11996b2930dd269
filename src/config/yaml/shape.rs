//! What a type takes: the fields of a mapping in the order in which the type declares them.
//!
//! Owns how a type is asked: it is read from nothing, along one path after another, and says what it expects there. So the
//! order of fields has one list, the types. Must not know any type of the desired state.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess};
use serde::forward_to_deserialize_any;

/// What a type takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A mapping with these fields.
    Fields(Vec<(&'static str, Shape)>),
    /// A mapping from names.
    Names(Box<Shape>),
    /// A list.
    List(Box<Shape>),
    /// A single value.
    Single,
}

impl Shape {
    /// What `T` takes. A type that contains itself is followed as deep as a file may be nested.
    pub fn of<T: DeserializeOwned>() -> Shape {
        learn::<T>(&mut Vec::new())
    }

    /// The place of a field among those that are declared.
    pub fn place(&self, key: &str) -> Option<usize> {
        match self {
            Shape::Fields(fields) => fields.iter().position(|(name, _)| *name == key),
            _ => None,
        }
    }

    /// What is under a key.
    pub fn field(&self, key: &str) -> &Shape {
        match self {
            Shape::Fields(fields) => {
                let field = fields.iter().find(|(name, _)| *name == key);
                field.map_or(&Shape::Single, |(_, shape)| shape)
            }
            Shape::Names(each) => each,
            Shape::List(_) | Shape::Single => &Shape::Single,
        }
    }

    /// What the items of a list are.
    pub fn item(&self) -> &Shape {
        match self {
            Shape::List(item) => item,
            _ => &Shape::Single,
        }
    }
}

/// A step on the way into a value that has no names.
const ANY: &str = "";

/// A type that contains itself would have no end.
const DEEPEST: usize = 12;

fn learn<T: DeserializeOwned>(path: &mut Vec<&'static str>) -> Shape {
    if path.len() > DEEPEST {
        return Shape::Single;
    }
    let answer = T::deserialize(Question { path }).err();
    let mut below = |step| {
        path.push(step);
        let shape = learn::<T>(path);
        path.pop();
        shape
    };
    match answer {
        Some(Answer::Fields(names)) => {
            let fields = names.iter().map(|&name| (name, below(name)));
            Shape::Fields(fields.collect())
        }
        Some(Answer::Names) => Shape::Names(Box::new(below(ANY))),
        Some(Answer::List) => Shape::List(Box::new(below(ANY))),
        Some(Answer::Single) | None => Shape::Single,
    }
}

/// What a type expects where the path ends. It comes back as the error that ends the reading.
#[derive(Debug)]
enum Answer {
    Fields(&'static [&'static str]),
    Names,
    List,
    Single,
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Answer {}

impl de::Error for Answer {
    fn custom<T: std::fmt::Display>(_: T) -> Answer {
        Answer::Single
    }

    // A type that takes a word or a mapping has no field names of its own: it names them all.
    fn unknown_field(_: &str, names: &'static [&'static str]) -> Answer {
        Answer::Fields(names)
    }
}

/// Leads a type along a path, and asks it at the end.
#[derive(Clone, Copy)]
struct Question<'p> {
    path: &'p [&'static str],
}

impl<'p> Question<'p> {
    /// The next step, or the answer if there is none.
    fn step(self, answer: Answer) -> Result<Step<'p>, Answer> {
        let (name, path) = self.path.split_first().ok_or(answer)?;
        Ok(Step {
            name: Some(name),
            value: Some(Question { path }),
        })
    }
}

impl<'de> Deserializer<'de> for Question<'_> {
    type Error = Answer;

    fn deserialize_struct<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Answer> {
        visitor.visit_map(self.step(Answer::Fields(fields))?)
    }

    fn deserialize_map<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Answer> {
        visitor.visit_map(self.step(Answer::Names)?)
    }

    fn deserialize_seq<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Answer> {
        visitor.visit_seq(self.step(Answer::List)?)
    }

    fn deserialize_any<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Answer> {
        let (name, path) = self.path.split_first().unwrap_or((&ANY, &[]));
        visitor.visit_map(Step {
            name: Some(name),
            value: Some(Question { path }),
        })
    }

    fn deserialize_option<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Answer> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Answer> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Answer> {
        Err(Answer::Single)
    }

    fn deserialize_str<V: de::Visitor<'de>>(self, _: V) -> Result<V::Value, Answer> {
        Err(Answer::Single)
    }

    fn deserialize_string<V: de::Visitor<'de>>(self, _: V) -> Result<V::Value, Answer> {
        Err(Answer::Single)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}

/// A mapping or list with the one entry that the path leads through.
struct Step<'p> {
    name: Option<&'static str>,
    value: Option<Question<'p>>,
}

impl<'de> MapAccess<'de> for Step<'_> {
    type Error = Answer;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Answer> {
        let key = self.name.take().map(BorrowedStrDeserializer::new);
        key.map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Answer> {
        let value = self.value.take().ok_or(Answer::Single)?;
        seed.deserialize(value)
    }
}

impl<'de> SeqAccess<'de> for Step<'_> {
    type Error = Answer;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Answer> {
        let value = self.value.take();
        value.map(|value| seed.deserialize(value)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::model::Document;

    fn names(shape: &Shape) -> Vec<&str> {
        match shape {
            Shape::Fields(fields) => fields.iter().map(|(name, _)| *name).collect(),
            other => panic!("{other:?}"),
        }
    }

    /// Every mapping of the schema with its fields, in order of name, found along the types.
    #[test]
    fn the_shape_is_that_of_the_schema() {
        fn same(
            shape: &Shape,
            schema: &serde_json::Value,
            whole: &serde_json::Value,
            at: &str,
        ) -> usize {
            let schema = match schema["$ref"].as_str() {
                Some(name) => &whole["$defs"][name.rsplit('/').next().unwrap_or_default()],
                None => schema,
            };
            if let Some(choices) = schema["anyOf"].as_array() {
                let found = choices.iter().map(|choice| {
                    let choice = match choice["$ref"].as_str() {
                        Some(name) => &whole["$defs"][name.rsplit('/').next().unwrap_or_default()],
                        None => choice,
                    };
                    match choice["properties"].is_object() {
                        true => same(shape, choice, whole, at),
                        false => 0,
                    }
                });
                return found.sum();
            }
            if let Some(properties) = schema["properties"].as_object() {
                let mut found = names(shape);
                found.sort_unstable();
                let expected: Vec<&str> = properties.keys().map(String::as_str).collect();
                assert_eq!(found, expected, "{at}");
                let below = properties.iter();
                return 1 + below
                    .map(|(name, schema)| {
                        same(shape.field(name), schema, whole, &format!("{at}/{name}"))
                    })
                    .sum::<usize>();
            }
            if schema["additionalProperties"].is_object() {
                assert!(matches!(shape, Shape::Names(_)), "{at}: {shape:?}");
                return same(shape.field("x"), &schema["additionalProperties"], whole, at);
            }
            if schema["items"].is_object() {
                assert!(matches!(shape, Shape::List(_)), "{at}: {shape:?}");
                return same(shape.item(), &schema["items"], whole, at);
            }
            assert_eq!(shape, &Shape::Single, "{at}");
            0
        }
        let schema = crate::config::schema::text(&Default::default()).unwrap_or_default();
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap_or_default();
        let mappings = same(&Shape::of::<Document>(), &schema, &schema, "");
        assert!(mappings > 40, "only {mappings} were compared");
    }

    #[test]
    fn fields_are_in_the_declared_order() {
        let shape = Shape::of::<Document>();
        assert_eq!(
            names(&shape)[..5],
            ["version", "org", "templates", "groups", "locations"]
        );
        let user = shape.field("users").field("ana@acme.com");
        assert_eq!(
            names(user)[..4],
            ["displayName", "location", "phoneNumber", "extension"]
        );
        let long = user.field("licenses").field("add").field("calling");
        assert_eq!(names(long), ["tier", "license", "subscription"]);
        let block = shape.field("numbers").item();
        assert_eq!(names(block)[..4], ["location", "numbers", "state", "type"]);
        assert_eq!(block.place("state"), Some(2));
        assert_eq!(block.field("state"), &Shape::Single);
    }
}
