//! One request and its answer, without the base URL and the token.

use std::fmt::Write;

use http::{HeaderMap, Method};
use serde_json::Value;

/// A request below the base URL.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The HTTP method.
    pub method: Method,
    /// The path below the base URL, from its first slash, with the query. One that begins with `/identity/` is next to
    /// `/v1`, not below it (webex-api.md 1.1).
    pub path: String,
    /// The JSON body, if there is one.
    pub body: Option<Value>,
}

impl Call {
    /// A request without a body.
    pub fn new(method: Method, path: impl Into<String>) -> Call {
        Call {
            method,
            path: path.into(),
            body: None,
        }
    }

    /// Gives it a body.
    pub fn with(mut self, body: Value) -> Call {
        self.body = Some(body);
        self
    }

    /// What its body is.
    pub fn content_type(&self) -> &'static str {
        let is_device = self.path.starts_with("/devices/") && self.method == Method::PATCH;
        match is_device {
            true => "application/json-patch+json",
            false => "application/json",
        }
    }
}

/// What Webex answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status, from 200 to 299.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The JSON body; null where there is none.
    pub body: Value,
    /// What Cisco's support can search for.
    pub tracking_id: Option<String>,
}

/// A body as JSON; an empty one is null.
///
/// # Errors
///
/// It is no JSON, or only a part of it.
pub fn parsed(body: &[u8]) -> serde_json::Result<Value> {
    match body.iter().all(u8::is_ascii_whitespace) {
        true => Ok(Value::Null),
        false => serde_json::from_slice(body),
    }
}

/// A path with a query; what is `None` is omitted.
pub fn query(path: &str, pairs: &[(&str, Option<&str>)]) -> String {
    let mut out = path.to_owned();
    let given = pairs
        .iter()
        .filter_map(|(name, value)| Some((name, (*value)?)));
    for (at, (name, value)) in given.enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        out.push_str(&encode(value));
    }
    out
}

/// Percent-encodes a segment of a path or a value of a query.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte as char);
            }
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
