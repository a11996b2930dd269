//! Asks Webex beforehand which numbers it would refuse (webex-api.md 6.3).

use http::Method;
use serde_json::{Value, json};

use super::{Call, Error, Reader};

/// Which of these numbers Webex would not add, and why. None where this organisation has no such question, or may not ask it:
/// then the request itself shows it.
pub fn refused(reader: &Reader, numbers: &[&str]) -> Result<Vec<(String, String)>, Error> {
    let path = "/telephony/config/actions/validateNumbers/invoke";
    let question = Call::new(Method::POST, path).with(json!({"phoneNumbers": numbers}));
    let answer = match reader.ask(&question) {
        Ok(answer) => answer,
        Err(error) if error.refusal().is_some() => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    // The documents and clients have different names for the list and for the number.
    let rows = answer["numbers"].as_array();
    let rows = rows.or(answer["phoneNumbers"].as_array());
    let rows = rows.into_iter().flatten();
    let refused = rows.filter_map(|row| {
        let number = row["number"].as_str().or(row["phoneNumber"].as_str())?;
        let state = row["state"].as_str().unwrap_or("no state");
        (!state.eq_ignore_ascii_case("available")).then(|| (number.to_owned(), why(row, state)))
    });
    Ok(refused.collect())
}

/// The reason of a row, in Webex's words.
fn why(row: &Value, state: &str) -> String {
    let detail = row["detail"].as_array().into_iter().flatten();
    let detail: Vec<&str> = detail.filter_map(Value::as_str).collect();
    match detail.is_empty() {
        true => state.to_owned(),
        false => format!("{state}: {}", detail.join("; ")),
    }
}
