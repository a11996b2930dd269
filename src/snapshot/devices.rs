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

/// Whether a text begins with Webex Go, whatever is between its letters.
fn is_of_webex_go(text: &str) -> bool {
    let letters = text.chars().filter(|it| it.is_alphanumeric());
    let mut letters = letters.flat_map(char::to_lowercase);
    "webexgo".chars().all(|it| letters.next() == Some(it))
}

impl Device {
    /// Whether it is a mobile phone with Webex Go.
    pub fn is_webex_go(&self) -> bool {
        self.webex_go() == Some(true)
    }

    /// The same; `None` where neither type nor product says what it is.
    pub fn webex_go(&self) -> Option<bool> {
        // The type alone may be unknown, and the product is called `Webex Go` or `Webex Go Device` (GO-018). What one of them says to
        // be one counts as one, so that it goes before Calling.
        let said = [self.kind.as_deref(), self.product.as_deref()];
        let mut said = said.into_iter().flatten();
        let known = said.clone().any(|it| it.contains(char::is_alphanumeric));
        known.then(|| said.any(is_of_webex_go))
    }

    /// What people know it by: the product, else its name, else its id.
    pub fn label(&self) -> &str {
        let name = self.product.as_deref().or(self.name.as_deref());
        name.unwrap_or(&self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_or_product_says_what_it_is() {
        for (kind, product, is) in [
            (Some("webexgo"), None, Some(true)),
            (Some("phone"), Some("Cisco 8845"), Some(false)),
            (None, Some("Webex Go"), Some(true)),
            (None, Some("Webex Go Device"), Some(true)),
            (None, Some("Cisco 8845"), Some(false)),
            (Some("phone"), None, Some(false)),
            (None, None, None),
            (Some(" "), Some(""), None),
        ] {
            let device: Device =
                serde_json::from_value(serde_json::json!({"type": kind, "product": product}))
                    .unwrap();
            assert_eq!(device.webex_go(), is, "{kind:?} {product:?}");
        }
    }
}
