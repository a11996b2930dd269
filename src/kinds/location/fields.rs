//! The fields of a location. The connection to the public network is only compared: no request sets it.

use crate::change::NAME;
use crate::change::Risk::Disruptive;
use crate::config::model::Location as Entry;
use crate::finding::LOCATION_DELETION;
use crate::kinds::Loss;
use crate::kinds::field::{Adopt, DECIDED_IN_THE_FILES, InEssence, Row as Of};
use crate::kinds::quirks::{CONNECTION, COUNTRY, LANGUAGE, MAIN_NUMBER, NO_STATES, TRIMMED};
use crate::snapshot::Location as Seen;

type Row = Of<Entry, Seen>;

/// How the path of a line of the address begins.
pub const ADDRESS: &str = "address/";
/// Whether the location is enabled for Webex Calling.
pub const CALLING: &str = "calling";
/// The number that callers see by default.
pub const MAIN_NUMBER_PATH: &str = "calling/mainNumber";
/// The PSTN connection of the location.
pub const PSTN: &str = "calling/pstn";

/// What Webex keeps of a location itself, apart from its Calling: the general requests carry it.
pub const GENERAL: &[&str] = &[NAME, "timeZone", "preferredLanguage", ADDRESS];

/// The fields, in the order of the files.
pub const FIELDS: [Row; 13] = [
    Row::existence()
        .losing(Loss::sometimes(LOCATION_DELETION))
        .adopted(Adopt::ByHand(DECIDED_IN_THE_FILES)),
    Row::name(),
    general(Row::text(
        "timeZone",
        |entry| entry.time_zone.as_ref(),
        |seen| seen.time_zone.as_deref(),
    ))
    .fact("timeZone", "time zone"),
    general(Row::text(
        "preferredLanguage",
        |entry| entry.preferred_language.as_ref(),
        |seen| seen.preferred_language.as_deref(),
    ))
    .quirks(&[TRIMMED, LANGUAGE])
    .essence(InEssence::Adds(|seen, members| {
        let language = seen.preferred_language.as_deref().map(str::to_lowercase);
        members.text("preferredLanguage", language.as_deref())
    })),
    address(Row::text(
        "address/address1",
        |entry| entry.address.as_ref()?.value.address1.as_ref(),
        |seen| seen.address.as_ref()?.address1.as_deref(),
    )),
    address(Row::text(
        "address/address2",
        |entry| entry.address.as_ref()?.value.address2.as_ref(),
        |seen| seen.address.as_ref()?.address2.as_deref(),
    )),
    address(Row::text(
        "address/city",
        |entry| entry.address.as_ref()?.value.city.as_ref(),
        |seen| seen.address.as_ref()?.city.as_deref(),
    )),
    address(Row::text(
        "address/state",
        |entry| entry.address.as_ref()?.value.state.as_ref(),
        |seen| seen.address.as_ref()?.state.as_deref(),
    ))
    .quirks(&[TRIMMED, NO_STATES]),
    address(Row::text(
        "address/postalCode",
        |entry| entry.address.as_ref()?.value.postal_code.as_ref(),
        |seen| seen.address.as_ref()?.postal_code.as_deref(),
    )),
    address(Row::text(
        "address/country",
        |entry| entry.address.as_ref()?.value.country.as_ref(),
        |seen| seen.address.as_ref()?.country.as_deref(),
    ))
    .quirks(&[TRIMMED, COUNTRY])
    .fact("country", "country"),
    Row::flag(CALLING, |seen| seen.calling.is_some())
        .essence(InEssence::Observed)
        .audit(&["calling", "number"])
        .fact("calling", "Calling")
        .adopted(Adopt::ByHand(
            "Calling has been turned off for this location",
        )),
    Row::text(
        MAIN_NUMBER_PATH,
        |entry| entry.calling.as_ref()?.value.main_number.as_ref(),
        |seen| seen.calling.as_ref()?.main_number.as_deref(),
    )
    .risk(Disruptive, Disruptive)
    .quirks(&[MAIN_NUMBER])
    .audit(&["calling", "number"])
    .fact("mainNumber", "main number"),
    Row::text(
        PSTN,
        |entry| entry.calling.as_ref()?.value.pstn.as_ref(),
        |seen| seen.calling.as_ref()?.pstn.as_deref(),
    )
    .quirks(&[TRIMMED, CONNECTION])
    .never_sent(),
];

/// What Webex keeps of a location itself, apart from its Calling.
const fn general(row: Row) -> Row {
    row.risk(Disruptive, Disruptive).quirks(&[TRIMMED])
}

/// A line of the address.
const fn address(row: Row) -> Row {
    general(row).audit(&["address", "location"])
}
