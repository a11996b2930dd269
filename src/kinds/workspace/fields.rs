//! The fields of a workspace. Number, extension and licences are decided together, in `licensing`.

use crate::config::model::Workspace as Entry;
use crate::finding::{CALLING_LOSS, WORKSPACE_DELETION};
use crate::kinds::field::{Adopt, Calling, DECIDED_IN_THE_FILES, InEssence, Row};
use crate::kinds::{Loss, licenses};
use crate::snapshot::Workspace as Seen;

/// The fields.
pub const FIELDS: [Row<Entry, Seen>; 8] = [
    Row::existence()
        .losing(Loss::always(WORKSPACE_DELETION))
        .adopted(Adopt::ByHand(DECIDED_IN_THE_FILES)),
    Row::name().wire("displayName"),
    Row::seen("location", |seen| seen.location.as_deref())
        .calling(Calling::Kept)
        .audit(&["location", "calling"])
        .fact("location", "location"),
    Row::seen("phoneNumber", |seen| seen.phone_number.as_deref())
        .calling(Calling::Kept)
        .audit(&["number", "calling"])
        .fact("phoneNumber", "number"),
    Row::seen("extension", |seen| seen.extension.as_deref())
        .calling(Calling::Kept)
        .audit(&["extension", "number", "calling"])
        .fact("extension", "extension"),
    licenses::row("licenses/calling")
        .calling(Calling::License)
        .losing(Loss::always(CALLING_LOSS))
        .adopted(Adopt::Licenses),
    licenses::row("licenses/other/")
        .losing(Loss::sometimes(CALLING_LOSS))
        .adopted(Adopt::Licenses),
    licenses::row(licenses::LICENSES)
        .essence(InEssence::Adds(|seen, members| {
            members.list("licenses", &seen.licenses)
        }))
        .adopted(Adopt::Licenses),
];
