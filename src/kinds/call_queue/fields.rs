//! The fields of a call queue.

use super::observed::Queue as Seen;
use crate::change::NAME;
use crate::change::Risk::Disruptive;
use crate::config::model::CallQueue as Entry;
use crate::finding::CALL_QUEUE_DELETION;
use crate::kinds::Loss;
use crate::kinds::field::{Adopt, Calling, DECIDED_IN_THE_FILES, Row as Of};

type Row = Of<Entry, Seen>;

/// The location, which a queue keeps.
pub const LOCATION: &str = "location";
/// The number.
pub const NUMBER: &str = "phoneNumber";
/// The extension.
pub const EXTENSION: &str = "extension";
/// How the path of an agent begins.
pub const AGENTS: &str = "agents/";

/// What the creation of a queue carries.
pub const CREATED: &[&str] = &[LOCATION, NUMBER, EXTENSION, AGENTS];
/// What an update of a queue carries.
pub const UPDATED: &[&str] = &[NAME, NUMBER, EXTENSION, AGENTS];

/// The fields.
pub const FIELDS: [Row; 6] = [
    Row::existence()
        .losing(Loss::always(CALL_QUEUE_DELETION))
        .adopted(Adopt::ByHand(DECIDED_IN_THE_FILES)),
    Row::name(),
    Row::text(
        LOCATION,
        |entry| entry.location.as_ref(),
        |seen| seen.location.as_deref(),
    )
    .fact("location", "location"),
    line(Row::text(
        NUMBER,
        |entry| entry.phone_number.as_ref(),
        |seen| seen.phone_number.as_deref(),
    ))
    .fact("phoneNumber", "number"),
    line(Row::text(
        EXTENSION,
        |entry| entry.extension.as_ref(),
        |seen| seen.extension.as_deref(),
    ))
    .fact("extension", "extension"),
    Row::each(AGENTS, |seen| &seen.agents)
        .calling(Calling::Members)
        .audit(&["queue", "agent"])
        .always_said(),
];

/// What callers dial.
const fn line(row: Row) -> Row {
    row.risk(Disruptive, Disruptive)
        .audit(&["queue", "number", "extension"])
}
