//! The fields of a group. Which template it carries is never written to Webex.

use crate::config::model::Group as Entry;
use crate::kinds::field::{Adopt, DECIDED_IN_THE_FILES, Row};
use crate::snapshot::Group as Seen;

/// How the path of a member begins.
pub const MEMBERS: &str = "members/";

/// The fields.
pub const FIELDS: [Row<Entry, Seen>; 4] = [
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
