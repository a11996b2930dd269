//! The fields of a person. Number, extension, location and licences are decided together, in `licensing`.

use crate::config::model::User as Entry;
use crate::finding::{CALLING_LOSS, USER_DELETION, VOICEMAIL_MESSAGES_LOSS};
use crate::kinds::field::{Adopt, Calling, InEssence, Row as Of};
use crate::kinds::{Loss, licenses};
use crate::snapshot::User as Seen;

type Row = Of<Entry, Seen>;

/// The administrative roles.
pub const ROLES: &str = "roles";

/// The display name.
pub const DISPLAY_NAME: &str = "displayName";
/// The work number.
pub const PHONE_NUMBER: &str = "phoneNumber";

/// What the creation of a person carries.
pub const CREATED: &[&str] = &[DISPLAY_NAME, ROLES];
/// What an update of a person carries.
pub const UPDATED: &[&str] = &[DISPLAY_NAME, ROLES, PHONE_NUMBER, "extension"];

/// The fields.
///
/// Location on the one hand, number or extension on the other count together: without Calling, Webex returns no location, and
/// without a location what it returns of the others is not of Calling (webex-api.md 4.1).
pub const FIELDS: [Row; 9] = [
    Row::existence()
        .losing(Loss::always(USER_DELETION))
        .reserved(),
    Row::text(
        DISPLAY_NAME,
        |entry| entry.display_name.as_ref(),
        |seen| seen.display_name.as_deref(),
    )
    .audit(&["name", "profile"]),
    Row::seen("location", |seen| seen.location.as_deref())
        .calling(Calling::Kept)
        .losing(Loss::sometimes(VOICEMAIL_MESSAGES_LOSS))
        .essence(InEssence::Adds(|seen, members| {
            members.text("location", of_calling(seen, seen.location.as_deref()))
        }))
        .audit(&["location", "calling"])
        .fact("location", "location"),
    Row::seen(PHONE_NUMBER, |seen| seen.phone_number.as_deref())
        .calling(Calling::Kept)
        .essence(InEssence::Adds(|seen, members| {
            members.text(
                "phoneNumber",
                of_calling(seen, seen.phone_number.as_deref()),
            )
        }))
        .audit(&["number", "calling"])
        .fact("phoneNumber", "number")
        .reserved(),
    Row::seen("extension", |seen| seen.extension.as_deref())
        .calling(Calling::Kept)
        .essence(InEssence::Adds(|seen, members| {
            members.text("extension", of_calling(seen, seen.extension.as_deref()))
        }))
        .audit(&["extension", "number", "calling"])
        .fact("extension", "extension"),
    license("licenses/calling")
        .calling(Calling::License)
        .losing(Loss::always(CALLING_LOSS)),
    license("licenses/other/").losing(Loss::sometimes(CALLING_LOSS)),
    license(licenses::LICENSES).essence(InEssence::Adds(|seen, members| {
        let members = members.list("licenses", &seen.licenses);
        members.list("attendeeSites", &seen.attendee_sites)
    })),
    Row::texts(ROLES, |seen| &seen.roles)
        .audit(&["role", "admin"])
        .rights(),
];

/// What counts only for a person with Calling.
fn of_calling<'v>(seen: &Seen, value: Option<&'v str>) -> Option<&'v str> {
    let calls =
        seen.location.is_some() && (seen.phone_number.is_some() || seen.extension.is_some());
    value.filter(|_| calls)
}

/// Licences below a path, or the one with this path.
const fn license(path: &'static str) -> Row {
    let row: Row = licenses::row(path);
    row.adopted(Adopt::Overrides(|entry| entry.licenses.as_ref()))
        .reserved()
}
