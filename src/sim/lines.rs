//! Rows of a file's list of numbers -> numbers, extensions without one, and the features that own them.

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::rows::{Names, take_text};
use super::table::Slot;
use super::world::{Feature, Line, Number, Owner, Source, World};

impl World {
    /// The owner that a row names. A feature is one of its location: the same name may be elsewhere too.
    pub(super) fn owner(
        &mut self,
        owner: Option<&Value>,
        location: Option<Slot>,
        places: &FxHashMap<String, Slot>,
    ) -> Option<Owner> {
        let owner = owner?.as_object()?;
        let kind = take_text(owner, "kind")?;
        let key = take_text(owner, "key").unwrap_or_default();
        let known = match kind.as_str() {
            "user" => self.person_by_email(&key).map(Owner::Person),
            "workspace" => places.get(&key).copied().map(Owner::Workspace),
            _ => None,
        };
        if known.is_some() {
            return known;
        }
        let name = (kind.clone(), key.clone(), location);
        if let Some(slot) = self.features_by_name.get(&name) {
            return Some(Owner::Feature(*slot));
        }
        let slot = self.features.insert(Feature {
            id: self.feature_id(&kind, &key, location),
            kind,
            name: key,
            location,
            number: None,
            extension: None,
            members: Vec::new(),
            assist: false,
            settings: Source::new(),
            agents: Vec::new(),
            source: None,
        });
        self.features_by_name.insert(name, slot);
        Some(Owner::Feature(slot))
    }

    /// A phone number.
    pub(super) fn number_row(
        &mut self,
        source: Source,
        places: &FxHashMap<String, Slot>,
        names: &mut Names,
    ) -> Option<(String, Number)> {
        let key = take_text(&source, "phoneNumber")?;
        let location = take_text(&source, "location");
        let location = location.map(|name| self.location_named(&name, names));
        let owner = self.owner(source.get("owner"), location, places);
        let extension = take_text(&source, "extension");
        self.has_line(owner, location, Some(&key), extension.as_deref());
        let purpose = take_text(&source, "use").unwrap_or_default();
        let number = Number {
            location,
            active: take_text(&source, "state").is_none_or(|state| state == "active"),
            kind: take_text(&source, "type").unwrap_or_else(|| "did".to_owned()),
            owner,
            released: None,
            service: purpose == "service",
            reserved: purpose == "reserved",
            elin: purpose == "emergency",
            extension,
            implied: false,
            owner_implied: false,
            source,
        };
        Some((key, number))
    }

    /// An extension without a number.
    pub(super) fn line_row(
        &mut self,
        source: Source,
        places: &FxHashMap<String, Slot>,
        names: &mut Names,
    ) {
        let Some(extension) = take_text(&source, "extension") else {
            return;
        };
        let location = take_text(&source, "location");
        let location = location.map(|name| self.location_named(&name, names));
        let owner = self.owner(source.get("owner"), location, places);
        self.has_line(owner, location, None, Some(&extension));
        self.lines.push(Line {
            location,
            extension,
            owner,
            source,
        });
    }

    /// Enters who has a number or an extension.
    fn has_line(
        &mut self,
        owner: Option<Owner>,
        location: Option<Slot>,
        number: Option<&str>,
        extension: Option<&str>,
    ) {
        let Some(owner) = owner else {
            return;
        };
        if let Owner::Feature(slot) = owner
            && let Some(feature) = self.features.get_mut(slot)
        {
            let number = number.map(str::to_owned);
            feature.number = feature.number.take().or(number);
            let extension = extension.map(str::to_owned);
            feature.extension = feature.extension.take().or(extension);
        }
        if let (Some(location), Some(extension)) = (location, extension) {
            let key = (location, extension.to_owned(), owner);
            self.extensions.insert(key);
        }
    }
}
