//! Which locations there are once the plan is carried out, and which of them are enabled for Calling.
//!
//! Owns what prevents a new location: all that need one ask here, so that nothing is planned for a
//! location that is not.

use rustc_hash::FxHashMap;

use crate::config::Config;
use crate::config::model;
use crate::config::yaml::At;
use crate::snapshot::{self, Snapshot};

/// Why a location that the organisation lacks cannot be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle<'a> {
    /// Fields that Webex asks for and the files do not give.
    Lacks(Vec<&'static str>),
    /// The organisation has this name, in other upper and lower case letters.
    NameTaken(&'a str),
    /// Several of the organisation have this name, with these ids.
    Ambiguous(Vec<&'a str>),
}

/// The locations of both states together.
#[derive(Debug)]
pub struct Locations<'a> {
    config: &'a Config,
    snapshot: &'a Snapshot,
    /// Those that the files declare and the organisation lacks, and those of which it has several.
    new: FxHashMap<&'a str, Option<Obstacle<'a>>>,
}

/// Why a number cannot move to another location, alone or with a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmovable {
    /// The locations differ in country or connection.
    Differ,
    /// The plan enables the location for Calling, so it has no connection yet.
    NoConnection,
    /// What of which locations is unknown.
    Unknown(&'static str, Vec<String>),
}

impl Unmovable {
    /// What it means for a number.
    pub fn message(&self, number: &str, from: &str, to: &str) -> String {
        match self {
            Unmovable::Differ => format!(
                "the number {number} cannot move from {from} to {to}, which differ in country or PSTN connection"
            ),
            Unmovable::NoConnection => format!(
                "the number {number} cannot move from {from} to {to}, which has no PSTN connection yet"
            ),
            Unmovable::Unknown(what, places) => format!(
                "it is unknown whether the number {number} can move from {from} to {to}: the {what} of {} is not known",
                places.join(" and ")
            ),
        }
    }

    /// How it becomes possible or known, followed by `; or `, for a help text.
    pub fn remedy(&self) -> String {
        let (what, places) = match self {
            Unmovable::Differ => return String::new(),
            Unmovable::NoConnection => {
                return "apply this plan without it, choose the connection in Control Hub, and take a new snapshot; or "
                    .to_owned();
            }
            Unmovable::Unknown(what, places) => (what, places),
        };
        let line = match *what {
            "country" => "address: {country: …}",
            _ => "calling: {pstn: …}",
        };
        format!(
            "take a new snapshot that has it, or write `{line}` for {} under `locations`; or ",
            places.join(" and ")
        )
    }
}

impl<'a> Locations<'a> {
    /// Looks at both states.
    pub fn new(config: &'a Config, snapshot: &'a Snapshot) -> Locations<'a> {
        let mut locations = Locations {
            config,
            snapshot,
            new: FxHashMap::default(),
        };
        for same in snapshot.locations().chunk_by(|a, b| a.name == b.name) {
            if let [first, _, ..] = same {
                let ids = same.iter().map(|location| location.id.as_str()).collect();
                let several = Some(Obstacle::Ambiguous(ids));
                locations.new.insert(&first.name, several);
            }
        }
        let declared = config.locations.iter();
        let new: Vec<_> = declared
            .filter(|(name, _)| locations.observed(name).is_none())
            .collect();
        if new.is_empty() {
            return locations;
        }
        let taken: FxHashMap<String, &str> = snapshot
            .locations()
            .iter()
            .map(|location| (location.name.to_lowercase(), location.name.as_str()))
            .collect();
        for (name, declared) in new {
            let lacks = lacks(&declared.value);
            let obstacle = match taken.get(&name.to_lowercase()) {
                Some(other) => Some(Obstacle::NameTaken(other)),
                None => (!lacks.is_empty()).then_some(Obstacle::Lacks(lacks)),
            };
            locations.new.insert(name, obstacle);
        }
        locations
    }

    /// The location as the organisation has it.
    pub fn observed(&self, name: &str) -> Option<&'a snapshot::Location> {
        let locations = self.snapshot.locations();
        let at = locations.binary_search_by(|location| location.name.as_str().cmp(name));
        Some(&locations[at.ok()?])
    }

    /// What keeps a new location from being created, or several from being distinguished.
    pub fn obstacle(&self, name: &str) -> Option<&Obstacle<'a>> {
        self.new.get(name)?.as_ref()
    }

    /// Whether there is such a location after the plan.
    pub fn exists(&self, name: &str) -> bool {
        match self.new.get(name) {
            Some(_) if self.not_known(name) => false,
            Some(obstacle) => obstacle.is_none(),
            None => self.observed(name).is_some(),
        }
    }

    /// Whether there is such a location after the plan, enabled for Calling.
    pub fn calls_from(&self, name: &str) -> bool {
        let known = !self.not_known(name);
        known && self.exists(name) && (self.calls_now(name) || self.to_call(name))
    }

    /// Whether something of it could not be read: then no one is given a place there.
    pub fn not_known(&self, name: &str) -> bool {
        let mut unknown = self.snapshot.not_known_of("location");
        unknown.any(|unknown| unknown == name)
    }

    /// Whether the snapshot says of a location with numbers which of them is the main one.
    pub fn knows_main_number(&self, name: &str) -> bool {
        self.calls_now(name) && !self.not_known(name)
    }

    /// Whether the plan creates the location, or enables it for Calling: who needs it has to wait for that.
    pub fn begins(&self, name: &str) -> bool {
        self.exists(name)
            && (self.new.contains_key(name) || self.to_call(name) && !self.calls_now(name))
    }

    /// The country, two letters in upper case; `None` where it is unknown.
    pub fn country(&self, name: &str) -> Option<String> {
        let declared = self.config.locations.get(name);
        let declared = declared.and_then(|it| it.value.address.as_ref()?.value.country.as_ref());
        let observed = || {
            let address = self.observed(name)?.address.as_ref()?;
            address.country.as_deref()
        };
        let country = declared.map(|at| at.value.as_str()).or_else(observed);
        // Webex answers in either case.
        let country = country.map(|country| country.trim().to_ascii_uppercase());
        country.filter(|country| !country.is_empty())
    }

    /// The PSTN connection; `None` where it is unknown.
    pub fn pstn(&self, name: &str) -> Option<&'a str> {
        let observed = || {
            let calling = self.observed(name)?.calling.as_ref()?;
            calling.pstn.as_deref()
        };
        let declared = self.config.locations.get(name);
        let declared = declared.and_then(|it| it.value.calling.as_ref()?.value.pstn.as_ref());
        observed().or(declared.map(|at| at.value.as_str()))
    }

    /// Why a number may not move along from one location to another, which has to have the same country and the same connection
    /// (rule 7). What is unknown is not the same.
    pub fn unmovable(&self, from: &str, to: &str) -> Option<Unmovable> {
        let country = (self.country(from), self.country(to));
        let pstn = (self.pstn(from), self.pstn(to));
        let differ = |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| a != b);
        if differ(country.0.as_deref(), country.1.as_deref()) || differ(pstn.0, pstn.1) {
            return Some(Unmovable::Differ);
        }
        if self.begins(to) {
            return Some(Unmovable::NoConnection);
        }
        let lacking = |here: bool, there: bool| match (here, there) {
            (true, true) => None,
            (false, true) => Some(vec![from.to_owned()]),
            (true, false) => Some(vec![to.to_owned()]),
            (false, false) => Some(vec![from.to_owned(), to.to_owned()]),
        };
        let country = lacking(country.0.is_some(), country.1.is_some());
        let country = country.map(|places| Unmovable::Unknown("country", places));
        let pstn = || lacking(pstn.0.is_some(), pstn.1.is_some());
        country.or_else(|| pstn().map(|places| Unmovable::Unknown("PSTN connection", places)))
    }

    /// The names of all that there are after the plan.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        let observed = self.snapshot.locations().iter();
        let new = self.new.iter().filter(|(_, obstacle)| obstacle.is_none());
        observed
            .map(|location| location.name.as_str())
            .filter(|name| !self.new.contains_key(name))
            .chain(new.map(|(name, _)| *name))
    }

    fn calls_now(&self, name: &str) -> bool {
        self.observed(name)
            .is_some_and(|location| location.calling.is_some())
    }

    fn to_call(&self, name: &str) -> bool {
        let declared = self.config.locations.get(name);
        declared.is_some_and(|declared| declared.value.calling.is_some())
    }
}

/// What Webex asks for at creation and a location does not give. Only Webex knows whether a country needs a state.
fn lacks(location: &model::Location) -> Vec<&'static str> {
    let empty = model::Address::default();
    let address = location.address.as_ref().map_or(&empty, |at| &at.value);
    let needed: [(&'static str, &Option<At<String>>); 6] = [
        ("timeZone", &location.time_zone),
        ("preferredLanguage", &location.preferred_language),
        ("address.address1", &address.address1),
        ("address.city", &address.city),
        ("address.postalCode", &address.postal_code),
        ("address.country", &address.country),
    ];
    let given =
        |at: &&Option<At<String>>| at.as_ref().is_some_and(|at| !at.value.trim().is_empty());
    needed
        .iter()
        .filter(|(_, at)| !given(at))
        .map(|(name, _)| *name)
        .collect()
}
