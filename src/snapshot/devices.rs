//! Devices of people and workspaces, mobile phones with Webex Go among them.

use serde::{Deserialize, Serialize};

use super::{Owner, Word, or_default};

/// A phone or video device.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Webex's id.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// The product, such as `Cisco 8845`.
    pub product: Option<Word>,
    /// The hardware address.
    pub mac: Option<String>,
    /// What it is, such as `phone` or `webexgo`.
    #[serde(rename = "type")]
    pub kind: Option<Word>,
    /// Of a Webex Go device: how it is connected, such as `activating` until its code is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_status: Option<Box<str>>,
    /// Of a Webex Go device: when it was added, which is when its activation code was made; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Box<str>>,
    /// Who has it.
    pub owner: Option<Owner>,
}

impl Device {
    /// Whether it is a mobile phone with Webex Go.
    pub fn is_webex_go(&self) -> bool {
        // Where the type is unknown, the product tells: what may be one counts as one, so that it goes before Calling.
        match (self.kind.as_deref(), self.product.as_deref()) {
            (Some(kind), _) => kind.eq_ignore_ascii_case("webexgo"),
            (None, product) => product.is_some_and(|it| it.eq_ignore_ascii_case("webex go")),
        }
    }

    /// What people know it by: the product, else its name, else its id.
    pub fn label(&self) -> &str {
        let name = self.product.as_deref().or(self.name.as_deref());
        name.unwrap_or(&self.id)
    }
}
