//! The fields of a subscriber. What is decided together with others (package, enterprise, address) is compared in `plan`.

use crate::change::Risk;
use crate::config::model::Subscriber as Entry;
use crate::finding::BROADWORKS_SUBSCRIBER_DELETION;
use crate::kinds::Loss;
use crate::kinds::field::{Adopt, DECIDED_IN_THE_FILES, InEssence, Row as Of};
use crate::snapshot::broadworks::Subscriber as Seen;

pub type Row = Of<Entry, Seen>;

/// What a new subscriber is sent with.
pub const CREATED: &[&str] = &[
    "email",
    "enterprise",
    "extension",
    "firstName",
    "lastName",
    "package",
    "primaryPhoneNumber",
    "provisioningId",
];

/// What a request can change of a subscriber.
pub const CHANGED: &[&str] = &[
    "extension",
    "firstName",
    "lastName",
    "package",
    "primaryPhoneNumber",
];

/// Why the address is not taken into the files by itself.
const REPLACES: &str = "another enterprise or template is another subscriber";

/// The fields.
pub const FIELDS: [Row; 9] = [
    Row::existence()
        .losing(Loss::always(BROADWORKS_SUBSCRIBER_DELETION))
        .adopted(Adopt::ByHand(DECIDED_IN_THE_FILES)),
    Row::text(
        "enterprise",
        |entry| Some(&entry.enterprise),
        |seen| Some(&seen.enterprise),
    )
    .wire("spEnterpriseId")
    .fact("enterprise", "enterprise")
    .adopted(Adopt::ByHand(REPLACES)),
    Row::text(
        "email",
        |entry| entry.email.as_ref(),
        |seen| seen.email.as_deref(),
    )
    .fact("email", "e-mail"),
    Row::text(
        "firstName",
        |entry| entry.first_name.as_ref(),
        |seen| seen.first_name.as_deref(),
    ),
    Row::text(
        "lastName",
        |entry| entry.last_name.as_ref(),
        |seen| seen.last_name.as_deref(),
    ),
    Row::seen("package", |seen| seen.package.as_deref()).fact("package", "package"),
    Row::text(
        "primaryPhoneNumber",
        |entry| entry.primary_phone_number.as_ref(),
        |seen| seen.primary_phone_number.as_deref(),
    )
    .risk(Risk::Additive, Risk::Disruptive)
    .fact("primaryPhoneNumber", "number"),
    Row::text(
        "extension",
        |entry| entry.extension.as_ref(),
        |seen| seen.extension.as_deref(),
    )
    .risk(Risk::Additive, Risk::Disruptive)
    .fact("extension", "extension"),
    Row::seen("provisioningId", |seen| seen.provisioning_id.as_deref())
        .essence(InEssence::Nothing)
        .adopted(Adopt::ByHand(REPLACES)),
];
