//! The shapes in which Webex says why it refuses (webex-api.md 1.7) -> message, codes and descriptions. All are accepted
//! everywhere; what is in none of them is left out.

use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;
use serde_json::Value;

use super::error::Detail;

/// Where a code is in some 502 answers without a body.
const CODES: &str = "cisco-spark-error-codes";

/// The outer message and the reasons.
pub fn read(headers: &HeaderMap, body: &Value) -> (String, Vec<Detail>) {
    let mut details = Vec::new();
    // Telephony has a public code outside and the platform's inside.
    let outer = text(&body["errorCode"]);
    if !outer.is_empty() {
        push(&mut details, &outer, text(&body["message"]));
    }
    reasons(&mut details, &body["errors"]);
    match &body["error"] {
        Value::Object(job) => {
            reasons(&mut details, job.get("message").unwrap_or(&Value::Null));
            if details.is_empty() {
                reason(&mut details, &body["error"]);
            }
        }
        error => reasons(&mut details, error),
    }
    if body["schemas"].is_array() && !body["detail"].is_null() {
        push(
            &mut details,
            &text(&body["scimType"]),
            text(&body["detail"]),
        );
    }
    for code in header(headers, CODES).unwrap_or_default().split(',') {
        push(&mut details, code.trim(), String::new());
    }
    let message = match [
        &body["message"],
        &body["error_description"],
        &body["detail"],
    ]
    .into_iter()
    .map(text)
    .find(|text| !text.is_empty())
    {
        Some(message) => message,
        None => details
            .iter()
            .map(|detail| detail.description.clone())
            .find(|text| !text.is_empty())
            .unwrap_or_default(),
    };
    (message, details)
}

/// What Cisco's support can search for.
pub fn tracking_id(headers: &HeaderMap, body: &Value) -> Option<String> {
    let body = Some(text(&body["trackingId"])).filter(|id| !id.is_empty());
    let header = || header(headers, "trackingid").map(str::to_owned);
    let id = body.or_else(header).filter(|id| !id.is_empty());
    id.map(|id| cut(id, LONGEST_ID))
}

/// The most characters of a tracking id, and of a text of a refusal, that are shown.
const LONGEST_ID: usize = 100;
const LONGEST: usize = 2000;

/// A text of whoever answers, as far as it is worth reading.
fn cut(mut text: String, most: usize) -> String {
    if let Some((at, _)) = text.char_indices().nth(most) {
        text.truncate(at);
        text.push('…');
    }
    text
}

/// How long Webex asks to wait: seconds, or a date, which counts from the date of the answer: the clocks of both sides may
/// differ.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = header(headers, "retry-after")?.trim();
    if let Ok(seconds) = asked.parse::<f64>() {
        // What no clock can count to is longer than any caller waits.
        return Some(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX));
    }
    let until = http_date(asked)?;
    let from = date(headers)?;
    // Negative where it is over already.
    let wait = until.duration_since(from);
    Some(Duration::try_from(wait).unwrap_or_default())
}

/// When the answer was made, by Webex's clock.
pub fn date(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(header(headers, "date")?)
}

fn http_date(text: &str) -> Option<Timestamp> {
    let parsed = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(parsed.timestamp())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn reasons(details: &mut Vec<Detail>, found: &Value) {
    match found {
        Value::Array(all) => all.iter().for_each(|one| reason(details, one)),
        Value::Null => {}
        one => reason(details, one),
    }
}

fn reason(details: &mut Vec<Detail>, found: &Value) {
    if let Value::String(description) = found {
        return push(details, "", description.clone());
    }
    let first = |names: [&str; 3]| {
        let texts = names.into_iter().map(|name| text(&found[name]));
        texts
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    };
    push(
        details,
        &first(["errorCode", "code", "key"]),
        first(["description", "message", "detail"]),
    );
}

/// Adds a reason, and the code that its description names: `[Error 8361] DN is unavailable : +1…`.
fn push(details: &mut Vec<Detail>, code: &str, description: String) {
    let inner = inner_code(&description).map(str::to_owned);
    let given = Detail {
        code: code.to_owned(),
        description,
    };
    if given != Detail::default() && !details.contains(&given) {
        details.push(given);
    }
    if let Some(code) = inner
        && !details.iter().any(|detail| detail.code == code)
    {
        details.push(Detail {
            code,
            description: String::new(),
        });
    }
}

fn inner_code(description: &str) -> Option<&str> {
    let (_, rest) = description.split_once('[')?;
    let (inside, _) = rest.split_once(']')?;
    let code = inside.split_whitespace().last()?;
    let is_code = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    (is_code && inside.split_whitespace().count() == 2).then_some(code)
}

fn text(value: &Value) -> String {
    match value {
        // One line, whatever it says: the log of a runner takes some lines for commands.
        Value::String(text) => cut(text.replace(char::is_control, " "), LONGEST),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::error::Refusal;
    use super::*;
    use http::{HeaderName, HeaderValue};
    use serde_json::json;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    fn shown(pairs: &[(&'static str, &'static str)], body: Value) -> String {
        Refusal::read("POST /x", 400, &headers(pairs), &body).to_string()
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let long = serde_json::json!({"message": "x".repeat(9000), "trackingId": "y".repeat(9000)});
        let (message, _) = read(&HeaderMap::new(), &long);
        assert_eq!(message.chars().count(), LONGEST + 1);
        let id = tracking_id(&HeaderMap::new(), &long).unwrap();
        assert_eq!(id.chars().count(), LONGEST_ID + 1);
    }

    #[test]
    fn every_shape_is_understood() {
        let generic = json!({"message": "License conflict", "errors": [{"errorCode": 400404,
            "description": "User cannot have both."}], "trackingId": "NA_1"});
        assert_eq!(
            shown(&[], generic),
            "POST /x answered 400: License conflict [400404] User cannot have both. (tracking id NA_1)"
        );
        let telephony = json!({"errorCode": 25223, "message": "Number exists",
            "errors": [{"errorCode": "8363", "description": "[Error 8363] DN in use"}]});
        let read = Refusal::read("POST /x", 409, &HeaderMap::new(), &telephony);
        assert!(read.has("25223") && read.has("8363") && read.details.len() == 2);
        let moves = json!({"error": [{"code": 1026016, "message": "Either number or extension."}]});
        let read = Refusal::read("POST /x", 400, &HeaderMap::new(), &moves);
        assert!(read.has("1026016"));
        assert_eq!(read.message, "Either number or extension.");
        let job = json!({"error": {"key": "400", "message": [{"description": "Invalid phone number.",
            "code": "BATCH-1017017", "locationId": null}]}, "trackingId": "ROUTER_1"});
        assert!(Refusal::read("GET /x", 200, &HeaderMap::new(), &job).has("BATCH-1017017"));
        let scim = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "400",
            "scimType": "noTarget", "detail": "no path"});
        let read = Refusal::read("PATCH /x", 400, &HeaderMap::new(), &scim);
        assert!(read.has("noTarget") && read.message == "no path");
    }

    #[test]
    fn codes_are_in_headers_and_descriptions_too() {
        let read = Refusal::read(
            "DELETE /x",
            502,
            &headers(&[("cisco-spark-error-codes", "4251"), ("trackingid", "T_1")]),
            &Value::Null,
        );
        assert!(read.has("4251"));
        assert_eq!(
            read.to_string(),
            "DELETE /x answered 502 [4251] (tracking id T_1)"
        );
        let described =
            json!({"errors": [{"description": "[Error 8361] DN is unavailable : +12145559000"}]});
        assert!(Refusal::read("POST /x", 400, &HeaderMap::new(), &described).has("8361"));
    }

    #[test]
    fn a_date_to_wait_for_counts_from_the_date_of_the_answer() {
        let asked = |pairs: &[(&'static str, &'static str)]| retry_after(&headers(pairs));
        assert_eq!(asked(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        let date = ("retry-after", "Fri, 27 Nov 2026 08:00:30 GMT");
        assert_eq!(
            asked(&[date, ("date", "Fri, 27 Nov 2026 08:00:00 GMT")]),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            asked(&[date, ("date", "Fri, 27 Nov 2026 09:00:00 GMT")]),
            Some(Duration::ZERO)
        );
        assert_eq!(asked(&[("retry-after", "soon")]), None);
    }
}
