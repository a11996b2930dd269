//! Why a person does not get Calling, a number, an extension or a location: the reasons of rule 5 and rule 7 in words.

use super::places::{Locations, Unmovable};
use crate::finding::*;

/// Where a number comes from, which decides how much a fault weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The work phone: a fault is a warning, and the person gets everything but Calling.
    WorkPhone,
    /// The configuration: a fault is an error.
    Yaml,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The person has no work phone.
    NoWorkPhone,
    /// The work phone is not a number in E.164 form.
    NumberFormat(String),
    /// Neither snapshot nor configuration has the number.
    NumberUnknown(String),
    /// The number is a mobile one whose order waits.
    NumberWaits(String),
    /// Another has the number.
    NumberInUse {
        /// The number.
        number: String,
        /// Who has it.
        owner: String,
    },
    /// The number cannot be assigned, although it has no owner.
    NumberKept {
        /// The number.
        number: String,
        /// What it is.
        what: String,
    },
    /// No location is known.
    LocationRequired,
    /// The location does not exist or is not enabled for Calling.
    LocationUnknown(String),
    /// Something of the location could not be read.
    LocationNotKnown(String),
    /// The number belongs to another location.
    LocationMismatch {
        /// The number.
        number: String,
        /// Where it belongs.
        of_number: String,
        /// Where the person is to be.
        wanted: String,
    },
    /// Another has the extension.
    ExtensionInUse {
        /// The extension.
        extension: String,
        /// The location.
        location: String,
        /// Who has it.
        owner: String,
    },
    /// Neither a number nor an extension is named.
    NumberRequired,
    /// The location has no free number.
    NoFreeNumber(String),
    /// The number cannot move along to another location.
    NotMovable {
        /// The number.
        number: String,
        /// Where it is.
        from: String,
        /// Where the person goes.
        to: String,
        /// What keeps it.
        why: Unmovable,
    },
    /// The number is the main number of the location that the person leaves.
    MainNumber {
        /// The number.
        number: String,
        /// Where it is the main number.
        location: String,
    },
    /// The workspace is somewhere else, and stays there.
    LocationFixed {
        /// Where it is.
        from: String,
        /// Where it should be.
        to: String,
    },
    /// The workspace has a device, or that is unknown.
    HasDevice {
        /// What cannot change.
        field: &'static str,
        /// Why.
        why: String,
        /// What to do.
        help: &'static str,
    },
    /// Webex does not move the person.
    PersonStays {
        /// Where the person is to go.
        to: String,
        /// What keeps the person.
        what: String,
    },
    /// People swap numbers, and none of them has an extension.
    SwapNeedsExtension(String),
}

/// What to do where a request about a workspace with devices would be refused.
pub const BY_HAND: &str = "change it manually in Control Hub (open Workspaces, the workspace, Overview, Calling); then take a new snapshot";

impl Fault {
    /// Why no one can have Calling in a location.
    pub fn no_calling(locations: &Locations<'_>, location: &str) -> Fault {
        match locations.not_known(location) {
            true => Fault::LocationNotKnown(location.to_owned()),
            false => Fault::LocationUnknown(location.to_owned()),
        }
    }

    /// The finding, without subject and place. `who` is what is to have Calling: a person or a workspace.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub fn finding(&self, origin: Origin, who: &str) -> Finding {
        let (code, message, help) = match self {
            Fault::NoWorkPhone => (
                CALLING_NO_WORK_PHONE,
                "Calling is not assigned: the person has no work phone".to_owned(),
                "enter the work phone in the directory, or in Control Hub for people added manually; or name a number or \
                 extension under `users`".to_owned(),
            ),
            Fault::NumberFormat(number) => (
                CALLING_NUMBER_FORMAT,
                format!("Calling is not assigned: the work phone `{number}` is not in E.164 form"),
                "write it as + and digits only, such as +12145550101: in the directory, or in Control Hub for \
                people added \
                 manually".to_owned(),
            ),
            Fault::NumberUnknown(number) => (
                CALLING_NUMBER_UNKNOWN,
                format!("the number {number} is not in the inventory"),
                "add it under `numbers`, or correct it".to_owned(),
            ),
            Fault::NumberWaits(number) => (
                NUMBER_NOT_IN_INVENTORY,
                format!("the number {number} is not in the inventory, and it is not ordered yet"),
                "see what is said of the block and of the operator account; the plan after the one that has the number assigns it"
                    .to_owned(),
            ),
            Fault::NumberInUse { number, owner } => (
                CALLING_NUMBER_IN_USE,
                format!("the number {number} belongs to {owner}"),
                "choose a free number, or free this one first".to_owned(),
            ),
            Fault::NumberKept { number, what } => (
                CALLING_NUMBER_IN_USE,
                format!("the number {number} cannot be assigned: it is {what}"),
                "choose a free number".to_owned(),
            ),
            Fault::LocationRequired => (
                CALLING_LOCATION_REQUIRED,
                "Calling needs a location, and none is known".to_owned(),
                format!("give the number a location under `numbers`, or the {who} a `location`"),
            ),
            Fault::LocationUnknown(location) => (
                CALLING_LOCATION_UNKNOWN,
                format!("the location {location} does not exist or is not enabled for Calling"),
                "correct the name, or enable the location for Calling under `locations`".to_owned(),
            ),
            Fault::LocationNotKnown(location) => (
                NOT_KNOWN,
                format!("waits for location/{location}, of which not everything is known"),
                "see the hold of the location; a new snapshot may have all of it".to_owned(),
            ),
            Fault::LocationMismatch {
                number,
                of_number,
                wanted,
            } => (
                CALLING_LOCATION_MISMATCH,
                format!("the number {number} belongs to {of_number}, but the {who} belongs to {wanted}"),
                format!("choose a number of the {who}'s location, or correct the location"),
            ),
            Fault::ExtensionInUse {
                extension,
                location,
                owner,
            } => (
                CALLING_EXTENSION_IN_USE,
                format!("the extension {extension} in {location} belongs to {owner}"),
                "choose a free extension, or `auto`".to_owned(),
            ),
            Fault::NumberRequired => (
                CALLING_EXTENSION_OR_NUMBER_REQUIRED,
                "Calling needs a number or an extension".to_owned(),
                format!("give the {who} a `phoneNumber` or an `extension` (or `auto`) and a `location`"),
            ),
            Fault::NoFreeNumber(location) => (
                LOCATION_NO_FREE_NUMBER,
                format!("no free, active number is left in {location} for `phoneNumber: auto`"),
                format!("add numbers for {location} under `numbers`, free one, or give this {who} an extension only"),
            ),
            Fault::NotMovable { number, from, to, why } => (
                CALLING_NUMBER_NOT_MOVABLE,
                why.message(number, from, to),
                {
                    let null = if *why == Unmovable::Differ { "" } else { ", or `phoneNumber: null`" };
                    format!("{}give the {who} a `phoneNumber` of the new location{null}", why.remedy())
                },
            ),
            Fault::LocationFixed { from, to } => (
                WORKSPACE_LOCATION_FIXED,
                format!("the workspace is in {from} and cannot move to {to}"),
                format!(
                    "write `location: {from}`; to move the room, create a workspace with another name there and \
                    activate its devices again"
                ),
            ),
            Fault::HasDevice { field, why, help } => (
                WORKSPACE_HAS_DEVICES,
                format!("{field} cannot be changed through the API: {why}"),
                (*help).to_owned(),
            ),
            Fault::PersonStays { to, what } => (
                USER_NOT_MOVABLE,
                format!("Webex does not move the person to {to}: {what}"),
                "retire the device, or remove the alternate numbers, in Control Hub (the person, Devices or Calling); then take \
                 a new snapshot".to_owned(),
            ),
            Fault::MainNumber { number, location } => (
                CALLING_NUMBER_NOT_MOVABLE,
                format!("the number {number} is the main number of {location}, which cannot move"),
                "give the person a `phoneNumber` of the new location, or the location another `mainNumber` first".to_owned(),
            ),
            Fault::SwapNeedsExtension(people) => (
                NUMBER_SWAP_NEEDS_EXTENSION,
                format!(
                    "{people} swap numbers, and none of them has an extension for the moment without a number"
                ),
                "give one of them an `extension`".to_owned(),
            ),
        };
        let severity = match (origin, self) {
            (
                _,
                Fault::HasDevice { .. }
                | Fault::PersonStays { .. }
                | Fault::NumberWaits(_)
                | Fault::LocationNotKnown(_),
            ) => Severity::Hold,
            (Origin::WorkPhone, Fault::LocationMismatch { .. }) | (Origin::Yaml, _) => {
                Severity::Error
            }
            (Origin::WorkPhone, _) => Severity::Warning,
        };
        Finding::new(severity, code, message).help(help)
    }
}
