//! Locations, blocks of numbers, days.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::config::yaml::{At, List};

/// A location.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Location {
    /// Its former name: it is renamed, not deleted and created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formerly: Option<At<String>>,
    /// The time zone, such as `America/Chicago`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<At<String>>,
    /// The language of e-mails from Webex, such as `en_US`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_language: Option<At<String>>,
    /// The street address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<At<Address>>,
    /// If present, the location is enabled for Webex Calling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calling: Option<At<LocationCalling>>,
}

/// A street address.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Address {
    /// Street and house number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address1: Option<At<String>>,
    /// A second line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address2: Option<At<String>>,
    /// The city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<At<String>>,
    /// The state or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<At<String>>,
    /// The postal code, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<At<String>>,
    /// The country, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<At<String>>,
}

/// A location's Webex Calling.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LocationCalling {
    /// The number that callers see by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_number: Option<At<String>>,
    /// The PSTN connection of the location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pstn: Option<At<String>>,
}

/// Phone numbers of one location.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NumberBlock {
    /// The location that they belong to.
    pub location: At<String>,
    /// Single numbers and inclusive ranges, strict E.164: `"+12145550100..+12145550199"`.
    pub numbers: List<At<String>>,
    /// Whether they are in service. Absent: not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<At<NumberState>>,
    /// What kind of numbers. Absent: not managed.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<At<NumberType>>,
    /// Of mobile numbers: the account with the operator from which new ones are ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_account: Option<At<String>>,
}

/// Whether a number is in service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum NumberState {
    /// In service.
    Active,
    /// Not in service.
    Inactive,
}

/// What kind of number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum NumberType {
    /// A geographic number.
    Did,
    /// A toll-free number.
    TollFree,
    /// A mobile number.
    Mobile,
}

/// A day, such as `2026-12-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub jiff::civil::Date);

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // jiff also reads times and compact forms; one way to write a day is enough.
        let shape = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        match text.parse() {
            Ok(date) if shape => Ok(Date(date)),
            _ => Err(serde::de::Error::invalid_value(
                serde::de::Unexpected::Str(&text),
                &"a date such as 2026-12-31",
            )),
        }
    }
}

impl JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
    }
}

/// A moment, such as `2026-11-19T09:30:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub jiff::Timestamp);

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Instant).map_err(|_| {
            serde::de::Error::invalid_value(
                serde::de::Unexpected::Str(&text),
                &"a date and time such as 2026-11-19T09:30:00Z",
            )
        })
    }
}

impl JsonSchema for Instant {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Instant".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}
