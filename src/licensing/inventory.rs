//! Phone numbers, extensions and locations as they are before the plan, from snapshot and configuration together.

mod main_number;

use std::cell::OnceCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::changes::Facts;
use super::faults::Fault;
use super::holder::Holder;
use super::keepers::keepers;
use super::places::Unmovable;
use super::reserved::Reserved;
use crate::config::claims::Caller;
use crate::config::model::{NumberState, NumberType};
use crate::phone::{e164, interval};
use crate::snapshot::{self, Number, Word};

/// Who has a number or an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner<'w> {
    /// A person or a workspace.
    Holder(Holder),
    /// Something else, such as a hunt group: its kind and key.
    Other(&'w str, &'w str),
}

/// What is known of a number.
#[derive(Debug, Clone, Copy)]
pub struct NumberFacts<'w> {
    /// The location that it belongs to.
    pub location: Option<&'w str>,
    /// Who has it.
    pub owner: Option<Owner<'w>>,
    /// Whether it can take calls; `None` if that is unknown.
    pub active: Option<bool>,
    /// Whether it is known to be a geographic number.
    pub did: bool,
    /// Whether it is a mobile number, which only people can have.
    pub mobile: bool,
    /// What Webex reserves it for, so that it cannot be assigned: `reserved`, `service` or `emergency`.
    pub purpose: Option<&'w str>,
}

/// A block of numbers of the configuration: both ends, as digits.
#[derive(Debug)]
struct Range<'w> {
    first: u64,
    last: u64,
    location: &'w str,
    state: Option<NumberState>,
    kind: Option<NumberType>,
    /// Whether the plan orders those that Webex does not have.
    comes: bool,
}

/// Who has which extension, by location and extension.
type Extensions<'w> = FxHashMap<&'w str, FxHashMap<&'w str, Vec<Owner<'w>>>>;

/// Numbers, extensions and locations, looked up. Tables are built when they are first needed.
pub struct Inventory<'w> {
    facts: Facts<'w>,
    ranges: Vec<Range<'w>>,
    numbers: OnceCell<FxHashMap<&'w str, &'w Number>>,
    holders: OnceCell<FxHashMap<&'w str, Holder>>,
    extensions: OnceCell<Extensions<'w>>,
    keepers: OnceCell<FxHashMap<&'w str, String>>,
    features: OnceCell<Vec<Caller<'w>>>,
    reserved: OnceCell<Vec<(Holder, &'w Reserved)>>,
}

impl<'w> Inventory<'w> {
    /// The inventory of an organisation.
    pub fn new(facts: Facts<'w>) -> Inventory<'w> {
        let ranges = facts.config.numbers.iter().flat_map(|block| {
            let kind = block.value.kind.as_ref().map(|at| at.value);
            let comes = match kind {
                Some(NumberType::Mobile) => facts.mobile_order(block).is_ok(),
                _ => !by_hand(facts, &block.value.location.value),
            };
            block.value.numbers.iter().filter_map(move |at| {
                let interval = interval(&at.value).ok()?;
                Some(Range {
                    first: interval.low,
                    last: interval.high,
                    location: &block.value.location.value,
                    state: block.value.state.as_ref().map(|at| at.value),
                    kind,
                    comes,
                })
            })
        });
        let mut ranges: Vec<Range<'w>> = ranges.collect();
        ranges.sort_by_key(|range| range.first);
        Inventory {
            facts,
            ranges,
            numbers: OnceCell::new(),
            holders: OnceCell::new(),
            extensions: OnceCell::new(),
            keepers: OnceCell::new(),
            features: OnceCell::new(),
            reserved: OnceCell::new(),
        }
    }

    /// The address of a holder.
    pub fn address(&self, holder: Holder) -> String {
        self.facts.address(holder)
    }

    /// What an owner is called: the address of a holder, kind and name of a feature.
    pub fn owner_name(&self, owner: Owner<'_>) -> String {
        match owner {
            Owner::Holder(holder) if self.is_owed(holder) => {
                let address = self.address(holder);
                format!("{address}, for whom an earlier apply has to restore it")
            }
            Owner::Holder(holder) => self.address(holder),
            Owner::Other("", "") => "an owner that Webex does not name".to_owned(),
            Owner::Other(kind, key) => format!("{kind}/{key}"),
        }
    }

    fn numbers(&self) -> &FxHashMap<&'w str, &'w Number> {
        self.numbers.get_or_init(|| {
            self.facts
                .snapshot
                .numbers()
                .iter()
                .map(|number| (number.phone_number.as_str(), number))
                .collect()
        })
    }

    /// People and workspaces by number.
    fn holders(&self) -> &FxHashMap<&'w str, Holder> {
        self.holders.get_or_init(|| {
            let workspaces = self.facts.snapshot.workspaces().iter().enumerate();
            let workspaces = workspaces.filter_map(|(ix, place)| {
                Some((place.phone_number.as_deref()?, Holder::Workspace(ix as u32)))
            });
            let users = self.facts.snapshot.users().iter().enumerate();
            let users = users.filter_map(|(ix, user)| {
                Some((user.phone_number.as_deref()?, Holder::User(ix as u32)))
            });
            workspaces.chain(users).collect()
        })
    }

    /// The person or workspace that has a number as its first one.
    pub fn holder(&self, number: &str) -> Option<Holder> {
        self.holders().get(number).copied()
    }

    /// Calling features of the files: what they are to have, no one else gets.
    fn features(&self) -> &[Caller<'w>] {
        self.features.get_or_init(|| self.facts.declared_features())
    }

    /// The feature of the files that is to have a number.
    fn feature_with(&self, number: &str) -> Option<Owner<'w>> {
        let mut features = self.features().iter();
        let has = |it: &&Caller<'w>| it.phone.is_some_and(|(phone, _)| phone == number);
        features.find(has).map(|it| Owner::Other(it.kind, it.key))
    }

    /// What earlier applies owe, and to whom.
    fn reserved(&self) -> &[(Holder, &'w Reserved)] {
        self.reserved.get_or_init(|| {
            let snapshot = self.facts.snapshot;
            let all = self.facts.reserved.iter();
            all.filter_map(|it| Some((it.holder(snapshot)?, it)))
                .collect()
        })
    }

    /// Whether an earlier apply owes something to a holder.
    fn is_owed(&self, holder: Holder) -> bool {
        self.reserved().iter().any(|(of, _)| *of == holder)
    }

    /// To whom an earlier apply owes a number.
    fn owed(&self, number: &str) -> Option<Owner<'w>> {
        let mut reserved = self.reserved().iter();
        let this = reserved.find(|(_, it)| it.phone_number.as_deref() == Some(number));
        this.map(|&(holder, _)| Owner::Holder(holder))
    }

    fn range(&self, number: u64) -> Option<&Range<'w>> {
        let after = self.ranges.partition_point(|range| range.first <= number);
        self.ranges[..after]
            .iter()
            .rev()
            .find(|range| range.last >= number)
    }

    /// What is known of a number; `None` if neither snapshot nor configuration has it.
    pub fn number(&self, number: &str) -> Option<NumberFacts<'w>> {
        let observed = self.numbers().get(number).copied();
        let range = e164(number).and_then(|number| self.range(number));
        // What is only declared is there after the plan, unless it has to be ordered manually, or its order waits.
        if observed.is_none() && range.is_none_or(|range| !range.comes) {
            return None;
        }
        let owner = observed
            .and_then(|observed| observed.owner.as_ref())
            .map(|owner| self.owner(owner));
        let owner = owner.or_else(|| {
            self.holders()
                .get(number)
                .map(|&holder| Owner::Holder(holder))
        });
        let owner = owner.or_else(|| self.owed(number));
        let seen = observed.and_then(|observed| observed.location.as_deref());
        // A free number goes where the configuration wants it; an owned one stays where it is, and so do a main number and one that
        // cannot move there.
        let wanted = range.map(|range| range.location);
        let elsewhere = || seen.zip(wanted).filter(|(seen, wanted)| seen != wanted);
        let stays = || {
            owner.is_some()
                || elsewhere().is_some_and(|(seen, wanted)| {
                    self.stays_main(number, seen) || self.unmovable(seen, wanted).is_some()
                })
        };
        let location = match stays() {
            true => seen.or(wanted),
            false => wanted.or(seen),
        };
        let owner = owner.or_else(|| self.feature_with(number));
        let active = match range.and_then(|range| range.state) {
            Some(state) => Some(state == NumberState::Active),
            None => observed.map_or(Some(true), |observed| {
                observed.state.as_deref().map(|state| state == "active")
            }),
        };
        let did = match observed {
            Some(observed) => observed.kind.as_deref() == Some("did"),
            None => range.is_none_or(|range| range.kind.is_none_or(|kind| kind == NumberType::Did)),
        };
        let mobile = match observed {
            Some(observed) => observed.kind.as_deref() == Some("mobile"),
            None => range.is_some_and(|range| range.kind == Some(NumberType::Mobile)),
        };
        Some(NumberFacts {
            location,
            owner,
            active,
            did,
            mobile,
            purpose: observed.and_then(|observed| observed.purpose.as_deref()),
        })
    }

    /// Why a number cannot be assigned even if it has no owner: what it is. `None` if it can.
    pub fn kept(&self, number: &str) -> Option<String> {
        let facts = self.number(number)?;
        if (self.facts.snapshot.not_known_of("number")).any(|unknown| unknown == number) {
            return Some("a number of which not everything is known".to_owned());
        }
        if self.facts.returns(number) {
            return Some("no longer listed under `numbers`, so that it is deleted".to_owned());
        }
        if let Some(purpose) = facts.purpose {
            return Some(match purpose {
                "reserved" => "reserved by Webex".to_owned(),
                "emergency" => "a number for emergency calls".to_owned(),
                "service" => "a service number".to_owned(),
                other => format!("marked `{other}` by Webex"),
            });
        }
        let here = facts.location?;
        let main = self.is_main(number, here) || self.main_number(here) == Some(number);
        main.then(|| format!("the main number of {here}"))
    }

    /// Why a holder cannot have a number even if it has no owner. Only people can have mobile numbers (webex-api.md 6.1).
    pub fn kept_from(&self, holder: Holder, number: &str) -> Option<String> {
        let mobile = || self.number(number).is_some_and(|facts| facts.mobile);
        let for_people = matches!(holder, Holder::Workspace(_)) && mobile();
        let why = || for_people.then(|| "a mobile number, which only a person can have".to_owned());
        self.kept(number).or_else(why)
    }

    /// Whether the files list a mobile number that Webex does not have, and its order waits.
    pub fn is_to_be_ordered(&self, number: &str) -> bool {
        let range = e164(number).and_then(|number| self.range(number));
        let waits = range.is_some_and(|it| it.kind == Some(NumberType::Mobile) && !it.comes);
        waits && !self.numbers().contains_key(number)
    }

    fn owner(&self, owner: &'w snapshot::Owner) -> Owner<'w> {
        let holder = self.facts.holder(owner);
        holder.map_or(Owner::Other(owner.kind.word(), &owner.key), Owner::Holder)
    }

    /// The location that the configuration gives a number, if it lists the number.
    pub fn declared_location(&self, number: &str) -> Option<&'w str> {
        self.range(e164(number)?).map(|range| range.location)
    }

    /// The free, active, geographic numbers of a location that no one keeps, lowest first.
    pub fn free_numbers<'i>(
        &'i self,
        location: &str,
    ) -> impl Iterator<Item = String> + use<'i, 'w> {
        let location: Arc<str> = location.into();
        let here = location.clone();
        let usable = move |number: &str| {
            let free = self.number(number).is_some_and(|facts| {
                facts.owner.is_none()
                    && facts.active == Some(true)
                    && facts.did
                    && facts.location == Some(&*here)
            });
            free && self.kept(number).is_none()
        };
        let observed = self
            .facts
            .snapshot
            .numbers()
            .iter()
            .map(|number| number.phone_number.as_str());
        let mut observed: Vec<u64> = observed
            .filter(|number| usable(number))
            .filter_map(e164)
            .collect();
        observed.sort_unstable();
        let declared = self
            .ranges
            .iter()
            .filter(move |range| *range.location == *location);
        let declared = declared
            .flat_map(|range| range.first..=range.last)
            .filter(move |number| {
                let number = format!("+{number}");
                !self.numbers().contains_key(number.as_str()) && usable(&number)
            });
        let (mut observed, mut declared) = (observed.into_iter().peekable(), declared.peekable());
        std::iter::from_fn(move || match (observed.peek(), declared.peek()) {
            (Some(a), Some(b)) if b < a => declared.next(),
            (Some(_), _) => observed.next(),
            (None, _) => declared.next(),
        })
        .map(|number| format!("+{number}"))
    }

    /// Whether the numbers of a location are ordered and returned only manually.
    pub fn by_hand(&self, location: &str) -> bool {
        by_hand(self.facts, location)
    }

    fn observed_location(&self, name: &str) -> Option<&'w crate::snapshot::Location> {
        self.facts.locations.observed(name)
    }

    /// Whether a location exists, or is declared.
    pub fn exists(&self, location: &str) -> bool {
        self.facts.locations.exists(location)
    }

    /// Whether a location exists and is enabled for Calling.
    pub fn calls_from(&self, location: &str) -> bool {
        self.facts.locations.calls_from(location)
    }

    /// Why no one can have Calling in a location.
    pub fn no_calling(&self, location: &str) -> Fault {
        Fault::no_calling(self.facts.locations, location)
    }

    /// Why a number may not move along from one location to another.
    pub fn unmovable(&self, from: &str, to: &str) -> Option<Unmovable> {
        self.facts.locations.unmovable(from, to)
    }

    /// What keeps a person in the location, if anything: Webex does not move people with such devices or numbers
    /// (webex-api.md 6.7).
    pub fn keeps(&self, holder: Holder) -> Option<String> {
        let Holder::User(user) = holder else {
            return None;
        };
        let keepers = self.keepers.get_or_init(|| keepers(self.facts));
        keepers.get(self.facts.people.email(user)).cloned()
    }

    /// Who has an extension in a location: people, workspaces and features.
    pub fn extension(&self, location: &str, extension: &str) -> &[Owner<'w>] {
        let table = self.extensions.get_or_init(|| self.extension_table());
        table
            .get(location)
            .and_then(|here| here.get(extension))
            .map_or(&[], Vec::as_slice)
    }

    fn extension_table(&self) -> Extensions<'w> {
        let mut table = Extensions::default();
        let mut add = |location: &'w Option<Word>, extension: &'w Option<String>, owner| {
            if let (Some(location), Some(extension)) = (location.as_deref(), extension) {
                let here = table.entry(location).or_default();
                here.entry(extension).or_default().push(owner);
            }
        };
        let snapshot = self.facts.snapshot;
        for (user, ix) in snapshot.users().iter().zip(0..) {
            add(
                &user.location,
                &user.extension,
                Owner::Holder(Holder::User(ix)),
            );
        }
        for (place, ix) in snapshot.workspaces().iter().zip(0..) {
            let holder = Holder::Workspace(ix);
            add(&place.location, &place.extension, Owner::Holder(holder));
        }
        for row in snapshot.number_rows() {
            let owner = match &row.owner {
                Some(owner) => self.owner(owner),
                // A free number says nothing; a mere extension is owned, no matter by whom.
                None if row.phone_number.is_empty() => Owner::Other("", ""),
                None => continue,
            };
            add(&row.location, &row.extension, owner);
        }
        for &(holder, reserved) in self.reserved() {
            if let (Some(location), Some(extension)) = (&reserved.location, &reserved.extension) {
                let here = table.entry(location).or_default();
                let owners = here.entry(extension).or_default();
                if !owners.contains(&Owner::Holder(holder)) {
                    owners.push(Owner::Holder(holder));
                }
            }
        }
        for feature in self.features() {
            if let (Some(location), Some((extension, _))) = (feature.location, feature.extension) {
                let here = table.entry(location).or_default();
                let owners = here.entry(extension).or_default();
                let owner = Owner::Other(feature.kind, feature.key);
                if !owners.contains(&owner) {
                    owners.push(owner);
                }
            }
        }
        table
    }
}

fn by_hand(facts: Facts<'_>, location: &str) -> bool {
    let observed = facts.locations.observed(location);
    let calling = observed.and_then(|observed| observed.calling.as_ref());
    calling.is_some_and(|calling| calling.numbers_by_hand())
}
