//! Sets of licences: `calling: professional`, `meetings: {acme.webex.com: host}`, and the long forms.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer, Serialize};

use crate::config::yaml::{At, Entries, text_or_mapping};

/// What a template, an override or a workspace grants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LicenseSet {
    /// Webex Calling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calling: Option<At<Grant<CallingTier>>>,
    /// Messaging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messaging: Option<At<Grant<MessagingTier>>>,
    /// Meetings, by site, such as `acme.webex.com: host`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meetings: Option<Entries<At<Grant<MeetingRole>>>>,
    /// Contact Center.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_center: Option<At<Grant<ContactCenterTier>>>,
    /// Any other licence, by its exact name; only for individual people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<At<Vec<At<String>>>>,
}

/// One granted licence: only a word, or the long form with a product or a subscription. What few have is boxed, here and in
/// overrides: there may be as many as there are people.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Grant<W> {
    /// The tier or role.
    pub word: W,
    /// The exact licence name, where the organisation has several products for the word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<Box<At<String>>>,
    /// The subscription that it must come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Box<At<String>>>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $example:literal, $field:literal, $long:ident, $key:ident, {$($(#[$vdoc:meta])* $variant:ident),*}) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[allow(missing_docs)]
        struct $long {
            /// What is granted.
            $key: $name,
            /// The exact licence name, where the organisation has several products for the word.
            #[serde(default)]
            license: Option<Box<At<String>>>,
            /// The subscription that it must come from.
            #[serde(default)]
            subscription: Option<Box<At<String>>>,
        }

        impl From<$long> for Grant<$name> {
            fn from(long: $long) -> Self {
                Grant { word: long.$key, license: long.license, subscription: long.subscription }
            }
        }

        impl<'de> Deserialize<'de> for Grant<$name> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                text_or_mapping(
                    deserializer,
                    concat!("a word such as `", $example, "`, or a mapping with `", $field, "`"),
                    |word| {
                        let word = $name::deserialize(word.into_deserializer())?;
                        Ok(Grant { word, license: None, subscription: None })
                    },
                    |long: $long| Ok(long.into()),
                )
            }
        }

        impl JsonSchema for Grant<$name> {
            fn schema_name() -> Cow<'static, str> {
                concat!(stringify!($name), "Grant").into()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                let word = generator.subschema_for::<$name>();
                let long = generator.subschema_for::<$long>();
                json_schema!({ "anyOf": [word, long] })
            }
        }
    };
}

words!(
    /// A kind of Webex Calling licence.
    CallingTier, "professional", "tier", LongCalling, tier,
    {
        /// Webex Calling - Professional.
        Professional,
        /// Webex Calling - Standard (older: Basic).
        Standard,
        /// Webex Calling - Workspaces; for workspaces only.
        Workspace,
        /// Webex Calling - Hot desk only; for workspaces only.
        HotDesk
    }
);
words!(
    /// A kind of Messaging licence.
    MessagingTier, "advanced", "tier", LongMessaging, tier,
    {
        /// Advanced Messaging.
        Advanced,
        /// Basic Messaging, which Webex gives to everyone.
        Basic
    }
);
words!(
    /// A role on a meeting site.
    MeetingRole, "host", "role", LongMeeting, role,
    {
        /// Can host meetings; uses a licence.
        Host,
        /// Can attend with an account; uses no licence.
        Attendee
    }
);
words!(
    /// A kind of Contact Center agent licence.
    ContactCenterTier, "premium", "tier", LongContactCenter, tier,
    {
        /// Contact Center Premium Agent.
        Premium,
        /// Contact center Standard Agent.
        Standard
    }
);

/// What differs from the templates for one person. Overrides always win (contract section 3, rule 3).
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LicenseOverrides {
    /// Granted in addition to the templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add: Option<Box<At<LicenseSet>>>,
    /// Removed: `calling`, `messaging`, `contactCenter`, `meetings/<site>` or `other/<licence name>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remove: Option<At<Vec<At<RemovePath>>>>,
    /// Replaces every template for this person; excludes `add` and `remove`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<Box<At<LicenseSet>>>,
}

/// What an entry of `remove` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemovePath {
    /// `calling`
    Calling,
    /// `messaging`
    Messaging,
    /// `contactCenter`
    ContactCenter,
    /// `meetings/<site>`
    Meetings(String),
    /// `other/<licence name>`
    Other(String),
}

impl fmt::Display for RemovePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RemovePath::Calling => f.write_str("calling"),
            RemovePath::Messaging => f.write_str("messaging"),
            RemovePath::ContactCenter => f.write_str("contactCenter"),
            RemovePath::Meetings(site) => write!(f, "meetings/{site}"),
            RemovePath::Other(name) => write!(f, "other/{name}"),
        }
    }
}

impl Serialize for RemovePath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RemovePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let text = String::deserialize(deserializer)?;
        match text.split_once('/') {
            None if text == "calling" => Ok(RemovePath::Calling),
            None if text == "messaging" => Ok(RemovePath::Messaging),
            None if text == "contactCenter" => Ok(RemovePath::ContactCenter),
            Some(("meetings", site)) if !site.is_empty() => {
                Ok(RemovePath::Meetings(site.to_owned()))
            }
            Some(("other", name)) if !name.is_empty() => Ok(RemovePath::Other(name.to_owned())),
            _ => Err(D::Error::unknown_variant(
                &text,
                &[
                    "calling",
                    "messaging",
                    "contactCenter",
                    "meetings/<site>",
                    "other/<licence name>",
                ],
            )),
        }
    }
}

impl JsonSchema for RemovePath {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "RemovePath".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "anyOf": [
                {"enum": ["calling", "messaging", "contactCenter"]},
                {"pattern": "^(meetings|other)/.+$"}
            ]
        })
    }
}
