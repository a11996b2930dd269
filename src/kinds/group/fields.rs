//! The fields of a group. Which template it carries is never written to Webex.

use crate::change::NAME;
use crate::config::model::Group as Entry;
use crate::kinds::field::{Adopt, DECIDED_IN_THE_FILES, Row as Of};
use crate::snapshot::Group as Seen;

type Row = Of<Entry, Seen>;

/// How the path of a member begins.
pub const MEMBERS: &str = "members/";

/// What the creation of a group carries. Members follow.
pub const CREATED: &[&str] = &["description"];
/// What an update of a group carries.
pub const UPDATED: &[&str] = &[NAME, "description", MEMBERS];

/// The fields.
pub const FIELDS: [Row; 4] = [
    Row::existence().adopted(Adopt::ByHand(DECIDED_IN_THE_FILES)),
    Row::name().wire("displayName"),
    Row::text(
        "description",
        |entry| entry.description.as_ref(),
        |seen| seen.description.as_deref().filter(|text| !text.is_empty()),
    ),
    Row::each(MEMBERS, |seen| &seen.members)
        .audit(&["group", "member"])
        .always_said(),
];
