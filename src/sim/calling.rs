//! Numbers, extensions and locations of those who call: what can be had (webex-api.md 6.6), giving and taking.

use super::call::Answer;
use super::devices;
use super::errors;
use super::save;
use super::settings;
use super::switches::Switches;
use super::table::Slot;
use super::world::{Number, Owner, World};

/// Numbers for emergencies, which no extension may be.
const EMERGENCY: &[&str] = &["911", "933", "112", "999", "000", "110", "118", "119"];

/// Why something cannot be had: the platform's code and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: u32,
    /// The text without the code.
    pub text: String,
}

impl Refusal {
    /// A reason.
    pub fn new(code: u32, text: impl Into<String>) -> Refusal {
        Refusal {
            code,
            text: text.into(),
        }
    }

    /// As a telephony answer with status 400.
    pub fn answer(&self) -> Answer {
        errors::telephony(400, 25000, self.code, &self.text)
    }
}

/// What a holder is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The location.
    pub location: Slot,
    /// The number.
    pub number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
}

/// Whether an extension has a form that can be, wherever it is.
pub fn extension_form(rules: &Switches, extension: &str) -> Result<(), Refusal> {
    let [least, most] = rules.extension_digits;
    if extension.is_empty() || !extension.bytes().all(|it| it.is_ascii_digit()) {
        return Err(Refusal::new(
            4910,
            format!("Extension can contain only digits 0-9 : {extension}"),
        ));
    }
    if EMERGENCY.contains(&extension) {
        return Err(Refusal::new(
            4911,
            format!("Extension cannot be an emergency number : {extension}"),
        ));
    }
    if !(least..=most).contains(&extension.len()) {
        return Err(Refusal::new(
            25058,
            format!("Extension length is less than {least} or greater than {most} : {extension}"),
        ));
    }
    Ok(())
}

impl World {
    /// Who else than this holder has an extension in a location, or in one with the same routing prefix.
    pub fn extension_taken(
        &self,
        location: Slot,
        extension: &str,
        by_other_than: Option<Owner>,
    ) -> bool {
        let other = |at: Slot| {
            let least = (at, extension.to_owned(), Owner::Person(0));
            let mut holders = self.extensions.range(least..);
            let same = holders
                .by_ref()
                .take_while(|(here, text, _)| *here == at && text == extension);
            same.into_iter()
                .any(|(.., holder)| Some(*holder) != by_other_than)
        };
        let Some(prefix) = self.routing_prefix(location) else {
            return other(location);
        };
        let all = self.locations.iter().map(|(slot, _)| slot);
        all.filter(|slot| *slot == location || self.routing_prefix(*slot) == Some(prefix))
            .any(other)
    }

    /// Whether a holder (none for one who does not exist yet) can have a number, extension and location.
    pub fn can_have(
        &self,
        rules: &Switches,
        holder: Option<Owner>,
        wanted: &Wanted,
    ) -> Result<(), Refusal> {
        if !self.calls(wanted.location) {
            return Err(Refusal::new(
                4152,
                "The location is not enabled for Webex Calling.",
            ));
        }
        if wanted.number.is_none() && wanted.extension.is_none() {
            return Err(Refusal::new(
                1_026_016,
                "User should have either phone number or extension.",
            ));
        }
        if let Some(number) = &wanted.number {
            self.number_free(holder, wanted.location, number)?;
        }
        if let Some(extension) = &wanted.extension {
            let keeps = holder.is_some_and(|holder| {
                self.extension_of(holder) == Some(extension)
                    && self.location_of(holder) == Some(wanted.location)
            });
            if !keeps {
                extension_form(rules, extension)?;
            }
            if self.extension_taken(wanted.location, extension, holder) {
                return Err(Refusal::new(
                    4202,
                    format!(
                        "The extension is not available. It is already assigned to a user: {extension}."
                    ),
                ));
            }
        }
        Ok(())
    }

    fn number_free(
        &self,
        holder: Option<Owner>,
        location: Slot,
        number: &str,
    ) -> Result<(), Refusal> {
        let unavailable = || Refusal::new(8361, format!("DN is unavailable : {number}"));
        let found = self.numbers.get(number).ok_or_else(unavailable)?;
        let free = found.owner.is_none() || (holder.is_some() && found.owner == holder);
        let for_people = matches!(holder, None | Some(Owner::Person(_)));
        // Who has it already keeps it.
        let feature = matches!(holder, Some(Owner::Feature(_)));
        let kept =
            found.owner.is_none() && (found.reserved || found.elin || found.service && !feature);
        match free
            && !kept
            && found.location == Some(location)
            && (found.kind != "mobile" || for_people)
        {
            true => Ok(()),
            false => Err(unavailable()),
        }
    }

    /// Gives a holder what it was found that they can have; what else they had is free again.
    pub fn settle(&mut self, holder: Owner, wanted: &Wanted, now: i64) {
        self.set_number(holder, wanted.number.as_deref(), now);
        self.set_place_and_extension(holder, Some(wanted.location), wanted.extension.clone());
    }

    /// Takes number, extension and location from a holder.
    pub fn unsettle(&mut self, holder: Owner, now: i64) {
        self.set_number(holder, None, now);
        self.set_place_and_extension(holder, None, None);
        self.leave_features(holder, None);
    }

    /// Gives a holder a number, or none; the one before is free again.
    pub fn set_number(&mut self, holder: Owner, number: Option<&str>, now: i64) {
        let before = self.number_of(holder).map(str::to_owned);
        if before.as_deref() == number {
            return;
        }
        if let Some(found) = before.and_then(|before| self.numbers.get_mut(&before))
            && found.owner == Some(holder)
        {
            found.owner = None;
            found.released = Some(now);
            touch(found);
        }
        if let Some(found) = number.and_then(|number| self.numbers.get_mut(number)) {
            found.owner = Some(holder);
            found.active |= found.kind == "mobile";
            touch(found);
        }
        let mobile = number.and_then(|number| self.numbers.get(number));
        let mobile = mobile.is_some_and(|number| number.kind == "mobile");
        let number = number.map(str::to_owned);
        match holder {
            Owner::Person(slot) => {
                if let Some(person) = self.people.get_mut(slot) {
                    person.number = number;
                }
                if mobile {
                    devices::bring(self, slot, now);
                }
            }
            Owner::Workspace(slot) => {
                if let Some(place) = self.places.get_mut(slot) {
                    place.number = number;
                }
            }
            Owner::Feature(slot) => {
                if let Some(feature) = self.features.get_mut(slot) {
                    feature.number = number;
                }
            }
        }
    }

    /// Puts a holder into a location with an extension.
    pub fn set_place_and_extension(
        &mut self,
        holder: Owner,
        location: Option<Slot>,
        extension: Option<String>,
    ) {
        let before = self.location_of(holder).zip(self.extension_of(holder));
        if let Some((location, extension)) = before {
            let key = (location, extension.to_owned(), holder);
            self.extensions.remove(&key);
        }
        if let (Some(location), Some(extension)) = (location, &extension) {
            self.extensions
                .insert((location, extension.clone(), holder));
        }
        match holder {
            Owner::Person(slot) => {
                if let Some(person) = self.people.get_mut(slot) {
                    (person.location, person.extension) = (location, extension);
                }
            }
            Owner::Workspace(slot) => {
                if let Some(place) = self.places.get_mut(slot) {
                    (place.location, place.extension) = (location, extension);
                }
            }
            Owner::Feature(slot) => {
                if let Some(feature) = self.features.get_mut(slot) {
                    (feature.location, feature.extension) = (location, extension);
                }
            }
        }
    }

    /// Everything of a person's Calling is gone: number, extension, location, settings, voicemail (webex-api.md 2.6).
    pub fn wipe_calling(&mut self, rules: &Switches, slot: Slot, now: i64) {
        self.unsettle(Owner::Person(slot), now);
        self.wipe_settings(slot);
        if rules.devices_go_with_calling {
            for device in self.devices_of(Owner::Person(slot)) {
                self.devices.remove(device);
            }
        }
    }

    /// The settings of a person are those of a new one.
    pub fn wipe_settings(&mut self, slot: Slot) {
        settings::wipe(self, Owner::Person(slot));
    }
}

/// A number that was changed belongs to the file, and its owner is known.
pub fn touch(number: &mut Number) {
    if number.implied {
        number.implied = false;
        number.source = save::blank("numbers");
    }
    number.owner_implied = false;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_extensions() {
        let rules = Switches::default();
        let code = |extension: &str| extension_form(&rules, extension).map_err(|it| it.code);
        assert_eq!(code("1002"), Ok(()));
        assert_eq!(code("10a"), Err(4910));
        assert_eq!(code("911"), Err(4911));
        assert_eq!(code("1"), Err(25058));
    }
}
