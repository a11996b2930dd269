//! The shapes of Webex's refusals (webex-api.md 1.7). The engine adds the tracking id to those that carry one.

use serde_json::{Value, json};

use super::call::Answer;

/// Generic: `{message, errors: [{description}], trackingId}`.
pub fn generic(status: u16, message: &str) -> Answer {
    let body = json!({"message": message, "errors": [{"description": message}], "trackingId": ""});
    Answer::json(status, body)
}

/// Generic with a code: `{message, errors: [{errorCode, description}], trackingId}`.
pub fn coded(status: u16, message: &str, code: u32, description: &str) -> Answer {
    let errors = json!([{"errorCode": code, "description": description}]);
    Answer::json(
        status,
        json!({"message": message, "errors": errors, "trackingId": ""}),
    )
}

/// Telephony: a public code outside, the platform's code inside, and the platform's code in the text too.
pub fn telephony(status: u16, outer: u32, inner: u32, text: &str) -> Answer {
    let description = format!("[Error {inner}] {text}");
    let errors = json!([{"errorCode": inner, "description": description}]);
    Answer::json(
        status,
        json!({"errorCode": outer, "message": description, "errors": errors, "trackingId": ""}),
    )
}

/// Validation of move-users requests: `{error: [{code, message}]}`.
pub fn validation(code: u32, message: &str) -> Answer {
    Answer::json(400, json!({"error": [{"code": code, "message": message}]}))
}

/// Jobs: `{error: {key, message: [{description, code, locationId}]}, trackingId}`.
pub fn job(status: u16, code: &str, description: &str, location: Option<&str>) -> Answer {
    let error = job_error(status, code, description, location);
    Answer::json(status, json!({"error": error, "trackingId": ""}))
}

/// The error of a job's item, in the shape of a refused job.
pub fn job_error(status: u16, code: &str, description: &str, location: Option<&str>) -> Value {
    let message = json!([{"description": description, "code": code, "locationId": location}]);
    json!({"key": status.to_string(), "message": message})
}

/// SCIM.
pub fn scim(status: u16, kind: Option<&str>, detail: &str) -> Answer {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.to_string(),
        "detail": detail,
    });
    if let Some(kind) = kind {
        body["scimType"] = json!(kind);
    }
    Answer::json(status, body)
}

/// No body: the code is only in a header.
pub fn header_only(status: u16, code: u32) -> Answer {
    Answer::empty(status).header("cisco-spark-error-codes", code.to_string())
}

/// 400 with a reason.
pub fn bad(message: &str) -> Answer {
    generic(400, message)
}

/// 404 for an object of this kind.
pub fn not_found(what: &str) -> Answer {
    generic(404, &format!("Failed to get {what}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_telephony_error_has_the_code_too() {
        let refused = telephony(409, 25223, 8363, "DN is already in use : +12145550100");
        assert_eq!(refused.body["errorCode"], 25223);
        assert_eq!(
            refused.body["errors"][0]["description"],
            "[Error 8363] DN is already in use : +12145550100"
        );
    }
}
