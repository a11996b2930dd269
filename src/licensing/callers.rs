//! What files and snapshot say of the Calling identity of a holder: location, number and extension, of people and
//! workspaces alike.

use super::catalogue::{Service, Tier};
use super::changes::Facts;
use super::holder::Holder;
use super::workspaces::PlaceIx;
use crate::config::yaml::{At, Nullable};
use crate::config::{Declared, Spot};
use crate::snapshot::Word;

/// How a person gets a number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'w> {
    /// None is asked for: the one that is held, if any, stays.
    Keep,
    /// YAML names it.
    Explicit(&'w str),
    /// It is the work phone, from a directory or from Control Hub.
    WorkPhone(&'w str),
    /// The lowest free one.
    Auto,
    /// YAML removes it.
    Drop,
}

/// How a person gets an extension.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extension<'w> {
    Keep,
    Explicit(&'w str),
    Auto,
}

/// What is there now.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen<'w> {
    pub location: Option<&'w str>,
    pub number: Option<&'w str>,
    pub extension: Option<&'w str>,
    /// Whether there is Calling, in whatever tier.
    pub calls: bool,
}

/// A holder, as far as Calling goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller<'w> {
    pub holder: Holder,
    pub seen: Seen<'w>,
    /// Where the entry of the holder is.
    pub entry: Option<Spot>,
    /// The location that YAML names.
    pub named: Option<(&'w str, Spot)>,
    pub number: Source<'w>,
    pub number_spot: Option<Spot>,
    pub extension: Extension<'w>,
    pub extension_spot: Option<Spot>,
}

impl Caller<'_> {
    /// Where the files say something of it.
    pub fn place(&self) -> Option<Spot> {
        self.number_spot
            .or(self.extension_spot)
            .or(self.named.map(|(_, spot)| spot))
    }

    /// Whether YAML asks for another number than that which is there.
    pub fn asks_for_number(&self) -> bool {
        match self.number {
            Source::Keep | Source::WorkPhone(_) => false,
            Source::Explicit(number) => self.seen.number != Some(number),
            Source::Auto => self.seen.number.is_none(),
            Source::Drop => self.seen.number.is_some(),
        }
    }

    /// Whether YAML asks for another extension than that which is there.
    pub fn asks_for_extension(&self) -> bool {
        match self.extension {
            Extension::Keep => false,
            Extension::Explicit(extension) => self.seen.extension != Some(extension),
            Extension::Auto => self.seen.extension.is_none(),
        }
    }
}

impl<'w> Facts<'w> {
    /// What is said of a holder.
    pub(super) fn caller(&self, holder: Holder) -> Caller<'w> {
        match holder {
            Holder::User(user) => {
                let seen = self.people.snapshot(user).map(|user| Seen {
                    location: user.location.as_deref(),
                    number: user.phone_number.as_deref(),
                    extension: user.extension.as_deref(),
                    calls: self.calls(&user.licenses),
                });
                let declared = self.people.declared(user);
                caller(holder, seen, declared, |user| {
                    (&user.location, &user.phone_number, &user.extension)
                })
            }
            Holder::Workspace(place) => {
                let seen = self.workspaces.snapshot(place).map(|place| Seen {
                    location: place.location.as_deref(),
                    number: place.phone_number.as_deref(),
                    extension: place.extension.as_deref(),
                    calls: self.calls(&place.licenses),
                });
                let declared = self.workspaces.declared(place);
                caller(holder, seen, declared, |place| {
                    (&place.location, &place.phone_number, &place.extension)
                })
            }
        }
    }

    /// Whether the Calling of a workspace is that of a hot desk, which works without location and number.
    pub(super) fn is_hot_desk(&self, place: PlaceIx) -> bool {
        let held = self.held_by_workspace(place);
        let calling = held
            .iter()
            .find(|held| held.slot.service == Service::Calling);
        calling.is_some_and(|held| held.tier == Tier::HotDesk)
    }

    /// Whether a Calling licence is among these, of whatever tier.
    pub fn calls(&self, licenses: &[Word]) -> bool {
        licenses
            .iter()
            .filter_map(|id| self.catalogue.by_id(id))
            .any(|license| self.catalogue.kind(license).slot.service == Service::Calling)
    }
}

type Identity<'w> = (
    &'w Option<At<String>>,
    &'w Nullable<At<String>>,
    &'w Option<At<String>>,
);

fn caller<'w, T>(
    holder: Holder,
    seen: Option<Seen<'w>>,
    declared: Option<&'w Declared<T>>,
    identity: impl Fn(&'w T) -> Identity<'w>,
) -> Caller<'w> {
    let mut caller = Caller {
        holder,
        seen: seen.unwrap_or_default(),
        entry: declared.map(|declared| declared.key),
        named: None,
        number: Source::Keep,
        number_spot: None,
        extension: Extension::Keep,
        extension_spot: None,
    };
    let Some(declared) = declared else {
        return caller;
    };
    let (location, number, extension) = identity(&declared.value);
    caller.named = location
        .as_ref()
        .map(|at| (at.value.as_str(), declared.spot(at)));
    match number {
        Nullable::Absent => {}
        Nullable::Null => caller.number = Source::Drop,
        Nullable::Value(at) => {
            caller.number_spot = Some(declared.spot(at));
            caller.number = match at.value.as_str() {
                "auto" => Source::Auto,
                number => Source::Explicit(number),
            };
        }
    }
    if let Some(at) = extension {
        caller.extension_spot = Some(declared.spot(at));
        caller.extension = match at.value.as_str() {
            "auto" => Extension::Auto,
            extension => Extension::Explicit(extension),
        };
    }
    caller
}
