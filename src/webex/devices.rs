//! Devices and activation codes (webex-api.md 8).

use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::call::{Answer, Call, encode, query};
use super::client::Reader;
use super::error::Error;
use super::paging::Paging;
use super::secret::Secret;

/// Who gets a device: exactly one of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A person, by id.
    Person(String),
    /// A workspace, by id.
    Workspace(String),
}

/// A code with which a device registers itself. Webex shows it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivationCode {
    /// The code.
    pub code: Secret,
    /// Until when it works.
    pub expires: Option<Timestamp>,
}

impl Holder {
    fn member(&self) -> (&'static str, &str) {
        match self {
            Holder::Person(id) => ("personId", id),
            Holder::Workspace(id) => ("workspaceId", id),
        }
    }
}

/// The devices of one holder.
pub fn of(reader: &Reader, holder: &Holder) -> Result<Vec<Value>, Error> {
    let (name, id) = holder.member();
    let path = query("/devices", &[(name, Some(id)), ("max", Some("1000"))]);
    reader.list(&path, "items", Paging::Link)
}

/// The models that can be added.
pub fn supported(reader: &Reader) -> Result<Vec<Value>, Error> {
    reader.list(
        "/telephony/config/supportedDevices",
        "devices",
        Paging::None,
    )
}

/// Adds a phone by its hardware address.
pub fn add(holder: &Holder, mac: &str, model: &str) -> Call {
    let (name, id) = holder.member();
    Call::new(Method::POST, "/devices").with(json!({"mac": mac, "model": model, name: id}))
}

/// Asks for an activation code; phones need a model, RoomOS devices none. Requests for one holder must not overlap.
pub fn activation_code(holder: &Holder, model: Option<&str>) -> Call {
    let (name, id) = holder.member();
    let mut body = json!({name: id});
    if let Some(model) = model {
        body["model"] = json!(model);
    }
    Call::new(Method::POST, "/devices/activationCode").with(body)
}

/// The code in the answer to [`activation_code`].
pub fn code(answer: &Answer) -> Result<ActivationCode, Error> {
    let code = answer.body["code"].as_str().unwrap_or_default();
    if code.is_empty() {
        return Err(Error::Malformed {
            call: "POST /devices/activationCode".to_owned(),
            why: "there is no code".to_owned(),
        });
    }
    let expires = answer.body["expiryTime"].as_str();
    Ok(ActivationCode {
        code: code.into(),
        expires: expires.and_then(|time| time.parse().ok()),
    })
}

/// Replaces the tags of a device; the one thing that can be changed.
pub fn set_tags(id: &str, tags: &[&str]) -> Call {
    let patch = json!([{"op": "replace", "path": "tags", "value": tags}]);
    Call::new(Method::PATCH, format!("/devices/{}", encode(id))).with(patch)
}

/// Deletes a device.
pub fn delete(id: &str) -> Call {
    Call::new(Method::DELETE, format!("/devices/{}", encode(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_shows_nowhere() {
        let answer = Answer {
            status: 200,
            headers: http::HeaderMap::new(),
            body: json!({"code": "5414011256173816", "expiryTime": "2026-03-16T23:38:03.215Z"}),
            tracking_id: None,
        };
        let code = code(&answer).unwrap();
        assert!(code.expires.is_some());
        assert!(!format!("{code:?}").contains("5414011256173816"));
    }

    #[test]
    fn a_device_has_one_holder() {
        let call = activation_code(&Holder::Person("P".to_owned()), Some("DMS Cisco 8865"));
        assert_eq!(
            call.body.unwrap(),
            json!({"personId": "P", "model": "DMS Cisco 8865"})
        );
    }
}
