//! Tests of the reading, through `read`.

mod agreement;
mod hostile;
mod nodes;
mod problems;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize};

use super::*;
use crate::finding::YAML_SYNTAX;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Doc {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<At<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<Org>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Entries<User>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    numbers: Option<List<Block>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratios: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<BTreeMap<At<String>, At<String>>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Org {
    name: At<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<At<Mode>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sync: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Mode {
    Organization,
    Group,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct User {
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<At<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<At<Phone>>,
    #[serde(skip_serializing_if = "Nullable::is_absent")]
    location: Nullable<At<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calling: Option<At<Calling>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<At<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<At<bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    go: Option<Go>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Go {
    Byod,
    Operator(At<String>),
    Account { id: At<u8> },
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Block {
    location: At<String>,
    #[serde(default)]
    numbers: Vec<At<String>>,
}

/// A number whose format is checked while it is read.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
struct Phone(String);

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Phone, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.starts_with('+') {
            return Ok(Phone(text));
        }
        let message = format!("`{text}` is not in international format");
        Err(serde::de::Error::custom(message))
    }
}

/// `calling: professional` or `calling: {tier: professional, subscription: X}`.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
struct Calling {
    tier: At<Tier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription: Option<At<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Tier {
    Professional,
    Standard,
}

impl<'de> Deserialize<'de> for Calling {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Calling, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Long {
            tier: At<Tier>,
            #[serde(default)]
            subscription: Option<At<String>>,
        }
        text_or_mapping(
            deserializer,
            "a tier or a mapping",
            |text| {
                let tier = Tier::deserialize(text.into_deserializer())?;
                Ok(Calling {
                    tier: At::nowhere(tier),
                    subscription: None,
                })
            },
            |long: Long| {
                Ok(Calling {
                    tier: long.tier,
                    subscription: long.subscription,
                })
            },
        )
    }
}

fn pos(line: u32, column: u32, len: u32) -> Pos {
    Pos { line, column, len }
}

/// Reads a text in which nothing may be wrong.
#[track_caller]
fn valid<T: DeserializeOwned>(text: &str) -> Vec<T> {
    let reading = read::<T>(text);
    assert_eq!(reading.problems, [], "{text:?}");
    assert!(reading.complete);
    reading.documents
}

#[track_caller]
fn one(text: &str) -> Doc {
    let mut documents = valid(text);
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

const FULL: &str = r#"version: 1
org: {name: Acmé, mode: group, sync: true}
users:
  ana@acme.com:
    displayName: "Ana É"
    phone: "+12145550101"
    calling: professional
    groups: [Sales, no, "1"]
    active: false
  bob@acme.com:
    location: null
    calling: {tier: standard, subscription: Sub-1}
    go: byod
  "é": {location: Dallas, go: {operator: x}}
  eve@acme.com:
    go:
      account:
        id: 0o17
numbers:
- location: Dallas
  numbers:
  - "+1"
ratios: [1, -2, 0.5, 1e3, .inf, 0123]
labels: {a: b}
"#;

#[test]
fn everything_is_read_with_its_position() {
    let doc = one(FULL);
    assert_eq!(doc.version.unwrap().pos, pos(1, 10, 1));
    let org = doc.org.unwrap();
    assert_eq!((org.name.as_str(), org.name.pos), ("Acmé", pos(2, 13, 5)));
    assert_eq!(
        (org.mode.unwrap().value, org.mode.unwrap().pos),
        (Mode::Group, pos(2, 25, 5))
    );
    let users = doc.users.unwrap().0;
    let (key, ana) = &users[0];
    assert_eq!((key.as_str(), key.pos), ("ana@acme.com", pos(4, 3, 12)));
    assert_eq!(ana.display_name.as_ref().unwrap().pos, pos(5, 18, 8));
    assert_eq!(ana.phone.as_ref().unwrap().pos, pos(6, 12, 14));
    let calling = ana.calling.as_ref().unwrap();
    assert_eq!(
        (calling.tier.value, calling.pos),
        (Tier::Professional, pos(7, 14, 12))
    );
    let groups = ana.groups.as_ref().unwrap();
    assert_eq!(groups[1].as_str(), "no");
    assert_eq!(groups[2].pos, pos(8, 25, 3));
    assert!(!ana.active.unwrap().value);
    assert!(matches!(ana.location, Nullable::Absent));
    let (_, bob) = &users[1];
    assert!(matches!(bob.location, Nullable::Null));
    let calling = bob.calling.as_ref().unwrap();
    assert_eq!(
        (calling.tier.value, calling.tier.pos),
        (Tier::Standard, pos(12, 21, 8))
    );
    assert_eq!(calling.subscription.as_ref().unwrap().pos, pos(12, 45, 5));
    assert_eq!(bob.go, Some(Go::Byod));
    let (key, last) = &users[2];
    assert_eq!((key.as_str(), key.pos), ("é", pos(14, 3, 4)));
    let Nullable::Value(location) = &last.location else {
        panic!("{:?}", last.location);
    };
    assert_eq!(location.pos, pos(14, 19, 6));
    assert_eq!(
        users[3].1.go,
        Some(Go::Account {
            id: At::nowhere(15)
        })
    );
    assert_eq!(doc.numbers.unwrap()[0].numbers[0].pos, pos(22, 5, 4));
    assert_eq!(
        doc.ratios.unwrap(),
        [1.0, -2.0, 0.5, 1000.0, f64::INFINITY, 123.0]
    );
    assert_eq!(
        doc.labels.unwrap().keys().next().unwrap().pos,
        pos(24, 10, 1)
    );
}

#[test]
fn documents_of_a_stream() {
    for empty in [
        "",
        "\n",
        "# only a comment\n",
        "---\n",
        "---\n---\n",
        "---\n# nothing\n...\n",
        "null\n",
        "\u{feff}",
        " \n \n",
    ] {
        assert_eq!(valid::<Doc>(empty).len(), 0, "{empty:?}");
    }
    let documents = valid::<Doc>("version: 1\n---\n# none\n---\nversion: 2\n...\n---\nusers: {}\n");
    assert_eq!(documents.len(), 3);
    assert_eq!(documents[1].version.unwrap().pos, pos(5, 10, 1));
}

#[test]
fn byte_order_mark_and_carriage_returns() {
    let doc = one("\u{feff}version: 1\r\norg:\r\n  name: A B\r\n");
    assert_eq!(doc.version.unwrap().pos, pos(1, 10, 1));
    assert_eq!(doc.org.unwrap().name.pos, pos(3, 9, 3));
}

#[test]
fn what_is_read_can_be_written_and_read_again() {
    let doc = one(FULL);
    let written = serde_saphyr::to_string(&doc).unwrap();
    assert_eq!(one(&written), doc);
    let json = serde_json::to_string(&doc.users).unwrap();
    let users: Option<Entries<User>> = serde_json::from_str(&json).unwrap();
    assert_eq!(users, doc.users);
    assert_eq!(users.unwrap().0[0].0.pos, Pos::default());
}

#[test]
fn schemas_are_those_of_the_values() {
    let schema = serde_json::to_value(schemars::schema_for!(At<String>)).unwrap();
    assert_eq!(schema["type"], "string");
    let schema = serde_json::to_value(schemars::schema_for!(Entries<At<u8>>)).unwrap();
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["additionalProperties"]["type"], "integer");
    let schema = serde_json::to_value(schemars::schema_for!(Nullable<At<String>>)).unwrap();
    assert_eq!(schema["anyOf"][1], serde_json::json!({"const": null}));
    let schema = serde_json::to_value(schemars::schema_for!(List<At<String>>)).unwrap();
    assert_eq!(schema["type"], "array");
    let schema = serde_json::to_value(schemars::schema_for!(Doc)).unwrap();
    assert_eq!(
        schema["$defs"]["User"]["properties"]["location"]["anyOf"][1],
        serde_json::json!({"const": null})
    );
}

#[test]
fn values_compare_without_positions() {
    let here = At {
        value: 1,
        pos: pos(1, 1, 1),
    };
    assert_eq!(here, At::nowhere(1));
    assert_eq!(here.map(|value| value + 1).pos, here.pos);
    assert_eq!(here.to_string(), "1");
}
