//! The fields of a workspace. Number, extension and licences are decided together, in `licensing`.

use crate::config::model::Workspace as Entry;
use crate::finding::{CALLING_LOSS, WORKSPACE_DELETION};
use crate::kinds::field::{Adopt, Calling, DECIDED_IN_THE_FILES, InEssence, Row as Of};
use crate::kinds::{Loss, licenses};
use crate::snapshot::Workspace as Seen;

type Row = Of<Entry, Seen>;

/// The fields.
pub const FIELDS: [Row; 8] = [
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
    license("licenses/calling")
        .calling(Calling::License)
        .losing(Loss::always(CALLING_LOSS)),
    license("licenses/other/").losing(Loss::sometimes(CALLING_LOSS)),
    license(licenses::LICENSES).essence(InEssence::Adds(|seen, members| {
        members.list("licenses", &seen.licenses)
    })),
];

/// Licences below a path, or the one with this path.
const fn license(path: &'static str) -> Row {
    licenses::row(path).adopted(Adopt::Licenses)
}
