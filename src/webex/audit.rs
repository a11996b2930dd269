//! The audit trail of administrators: who changed what, and when (webex-api.md 11).

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::access::Reader;
use super::call::query;
use super::error::Error;
use super::ids;
use super::paging::Paging;

/// Webex takes no longer span of time in one request.
const SPAN: SignedDuration = SignedDuration::from_hours(365 * 24);

/// One thing that an administrator, a service or Webex itself has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// When, RFC 3339.
    pub created: String,
    /// Who: the e-mail address, else the name; `None` where it was no one.
    pub actor: Option<String>,
    /// The bare uuid of what was changed; empty where there is none.
    pub target: String,
    /// What people call that.
    pub target_name: String,
    /// The category, such as `LICENSE`.
    pub category: String,
    /// What was done, in Webex's words.
    pub text: String,
    /// Whether it failed, so that nothing was changed.
    pub failed: bool,
}

/// Every event from a moment up to another one, in order of time. Longer spans than a year are asked for in parts.
///
/// # Errors
///
/// Those of the reader. 403 means that the token may not read the trail.
pub fn events(
    reader: &Reader,
    org: &str,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Event>, Error> {
    let mut events = Vec::new();
    let mut begin = from;
    while begin < to {
        let end = begin.checked_add(SPAN).map_or(to, |end| end.min(to));
        let (since, until) = (moment(begin), moment(end));
        let path = query(
            "/adminAudit/events",
            &[
                ("orgId", Some(org)),
                ("from", Some(&since)),
                ("to", Some(&until)),
                ("max", Some("200")),
            ],
        );
        let items = reader.list(&path, "items", Paging::Offset)?;
        events.extend(items.iter().map(event));
        begin = end;
    }
    events.sort_by(|a, b| a.created.cmp(&b.created));
    events.dedup();
    Ok(events)
}

/// A moment as the API takes it.
fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

fn event(item: &Value) -> Event {
    let data = &item["data"];
    let text = |name: &str| data[name].as_str().unwrap_or_default().trim().to_owned();
    let given = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    let words = [text("eventDescription"), text("actionText")];
    let words: Vec<String> = words.into_iter().filter(|it| !it.is_empty()).collect();
    Event {
        created: item["created"].as_str().unwrap_or_default().to_owned(),
        actor: given("actorEmail").or_else(|| given("actorName")),
        target: target(&text("targetId")),
        target_name: text("targetName"),
        category: text("eventCategory"),
        text: words.join(": "),
        failed: given("errorCode").is_some() || given("errorMessage").is_some(),
    }
}

/// The bare uuid of an id: the trail has public ids, bare uuids, and base64 of bare uuids.
pub fn target(id: &str) -> String {
    let standard = id.replace('-', "+").replace('_', "/");
    let decoded = STANDARD_NO_PAD.decode(standard.trim_end_matches('=')).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let uuid = match decoded.filter(|text| is_uuid(text)) {
        Some(bare) => bare,
        None => ids::uuid(id),
    };
    uuid.to_lowercase()
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const UUID: &str = "7d3a9c52-1e4f-4b7a-8c21-f05e6b9d3a44";

    #[test]
    fn ids_of_one_object_are_one() {
        let public =
            "Y2lzY29zcGFyazovL3VzL1BFT1BMRS83ZDNhOWM1Mi0xZTRmLTRiN2EtOGMyMS1mMDVlNmI5ZDNhNDQ";
        let of_bare = base64::engine::general_purpose::STANDARD.encode(UUID);
        for form in [UUID, public, &format!("{public}="), &of_bare] {
            assert_eq!(target(form), UUID, "{form}");
        }
        assert_eq!(target("U-7"), "u-7");
        assert_eq!(target(""), "");
    }

    #[test]
    fn an_event_is_read() {
        let item = json!({"id": "e", "created": "2026-11-20T08:14:00.000Z", "actorId": "a", "actorOrgId": "o", "data": {
            "actorName": "Ana Silva", "actorEmail": "ana@acme.com", "targetType": "PERSON", "targetId": UUID,
            "targetName": "Bob Stone", "eventCategory": "LICENSE", "eventDescription": "Licenses changed",
            "actionText": "Ana changed the licenses of Bob", "errorCode": "", "unknown": 1}});
        assert_eq!(
            event(&item),
            Event {
                created: "2026-11-20T08:14:00.000Z".to_owned(),
                actor: Some("ana@acme.com".to_owned()),
                target: UUID.to_owned(),
                target_name: "Bob Stone".to_owned(),
                category: "LICENSE".to_owned(),
                text: "Licenses changed: Ana changed the licenses of Bob".to_owned(),
                failed: false,
            }
        );
        let failed = json!({"created": "x", "data": {"errorCode": "WXC-25058", "actorName": " "}});
        let failed = event(&failed);
        assert!(failed.failed && failed.actor.is_none());
    }
}
