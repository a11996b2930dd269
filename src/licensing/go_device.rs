//! What is known of the Webex Go device of a person.

use crate::snapshot::Device;

/// What is known of the Webex Go device of a person.
#[derive(Debug, Clone, Copy)]
pub enum GoDevice<'s> {
    /// It is unknown whether there is one.
    Unknown(NoGoDevice),
    /// There is none.
    None,
    /// There is this one.
    There(&'s Device),
}

/// Why it is unknown whether a person has a Webex Go device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoGoDevice {
    /// Devices were not captured.
    NotCaptured,
    /// There is a device of which the snapshot does not say whose it is.
    WithoutOwner,
    /// The person has several devices that have Webex Go, or may have it: one request removes one.
    Several,
    /// The person has a device of which the snapshot says neither type nor product.
    NotTold,
    /// The snapshot says that it is not known.
    NotKnown,
}

impl NoGoDevice {
    /// In words.
    pub fn message(self) -> &'static str {
        match self {
            NoGoDevice::NotCaptured => {
                "the snapshot has no devices, so it is unknown whether the person has Webex Go"
            }
            NoGoDevice::WithoutOwner => {
                "the snapshot has a Webex Go device without an owner, which may be that of the person"
            }
            NoGoDevice::Several => {
                "the person has several devices with Webex Go, or of which that is unknown"
            }
            NoGoDevice::NotTold => {
                "the person has a device of which the snapshot says neither type nor product, so that it may have Webex Go"
            }
            NoGoDevice::NotKnown => "not everything is known of the person's Webex Go device",
        }
    }

    /// What to do.
    pub fn help(self) -> &'static str {
        match self {
            NoGoDevice::NotCaptured => {
                "capture the snapshot with `trunkline snapshot --live`, which reads devices; with CSV exports, list them in \
                 `devices` of the --facts file, `[]` for none"
            }
            NoGoDevice::WithoutOwner => {
                "look in Control Hub (Devices) whose it is; when it has an owner, or is deleted, take a new snapshot"
            }
            NoGoDevice::Several => {
                "in Control Hub (the person, Devices) delete those that are not used, and take a new snapshot"
            }
            NoGoDevice::NotTold => {
                "look at it in Control Hub (the person, Devices), write its `type` into the file for `--facts`, or delete it; then take a new snapshot"
            }
            NoGoDevice::NotKnown => {
                "take a new snapshot; if the problem persists, look at the device in Control Hub (Devices)"
            }
        }
    }
}
