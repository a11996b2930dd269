//! Activation codes: how long a device has waited for its code to be used (GO-012, GO-013). No code is ever seen here.

use crate::finding::{
    Finding, GO_ACTIVATION_EXPIRED, GO_ACTIVATION_EXPIRING, GO_ACTIVATION_PENDING,
};
use crate::snapshot::{Device, Snapshot};

/// How many days an activation code is valid.
const LIFE: i64 = 90;
/// From so many days on, it is said that it expires soon.
const SOON: i64 = 76;

/// What has to be said of a device that waits for its activation code; nothing where it does not wait.
pub fn state(snapshot: &Snapshot, device: &Device) -> Option<Finding> {
    if device.connection_status.as_deref() != Some("activating") {
        return None;
    }
    let age = device.created.as_deref();
    let Some(age) = age.and_then(|it| snapshot.since_text(it)) else {
        let message = "the activation code has not been used, and it is unknown when it was issued";
        return Some(Finding::warning(GO_ACTIVATION_EXPIRING, message).help(
            "look up in Control Hub (the person, Devices) when the code was issued: it is valid for 90 days",
        ));
    };
    let days = age.days();
    let message = format!(
        "the activation code has not been used yet; {days} of the {LIFE} days for which it is valid have passed"
    );
    Some(if age.over_hours(LIFE * 24) {
        let message = format!(
            "the activation code has expired: it was valid for {LIFE} days and was issued {days} days ago"
        );
        Finding::error(GO_ACTIVATION_EXPIRED, message).help(
            "in Control Hub open the person, Devices, the Webex Go device, and generate a new code; if that is not \
             offered, delete the device and add it again",
        )
    } else if age.over_hours(SOON * 24) {
        Finding::warning(GO_ACTIVATION_EXPIRING, message)
            .help("remind the person to use the code, or generate a new one in Control Hub (the person, Devices)")
    } else {
        Finding::info(GO_ACTIVATION_PENDING, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(created: &str) -> Option<String> {
        let device = format!(
            r#"{{"type": "webexgo", "connectionStatus": "activating", "created": "{created}"}}"#
        );
        let device: Device = serde_json::from_str(&device).unwrap();
        let snapshot = r#"{"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "o"}}"#;
        let snapshot: Snapshot = serde_json::from_str(snapshot).unwrap();
        state(&snapshot, &device).map(|it| it.code.to_string())
    }

    #[test]
    fn a_code_lives_ninety_days_to_the_second() {
        for (created, code) in [
            ("2026-11-20T08:00:00Z", GO_ACTIVATION_PENDING),
            ("2026-09-05T08:00:00Z", GO_ACTIVATION_PENDING),
            ("2026-09-05T07:59:59Z", GO_ACTIVATION_EXPIRING),
            ("2026-08-22T08:00:00.000Z", GO_ACTIVATION_EXPIRING),
            ("2026-08-22T07:59:59.999Z", GO_ACTIVATION_EXPIRED),
            // A clock that is ahead makes no code old.
            ("2026-11-21T08:00:00Z", GO_ACTIVATION_PENDING),
            ("yesterday", GO_ACTIVATION_EXPIRING),
        ] {
            assert_eq!(said(created).as_deref(), Some(code.as_str()), "{created}");
        }
    }
}
