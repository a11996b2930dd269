//! The number look-up of rule 5, explained step by step: which source, which number, where it belongs, who has it.

use super::{Link, LinkKind, Tracer};
use crate::config::Spot;
use crate::finding::*;
use crate::licensing::callers::{Caller, Extension, Source};
use crate::licensing::holder::Holder;
use crate::licensing::inventory::{Inventory, Owner};
use crate::phone::{e164, interval};

/// Findings about a holder that belong to Calling, whatever became of the licence.
pub(super) const CODES: [Code; 25] = [
    CALLING_BLOCK_UNUSED,
    CALLING_INCOMPLETE,
    CALLING_EXTENSION_IN_USE,
    CALLING_EXTENSION_OR_NUMBER_REQUIRED,
    CALLING_LOCATION_MISMATCH,
    CALLING_LOCATION_REQUIRED,
    CALLING_LOCATION_UNKNOWN,
    CALLING_LOSS,
    CALLING_NO_WORK_PHONE,
    CALLING_NUMBER_FORMAT,
    CALLING_NUMBER_IN_USE,
    CALLING_NUMBER_NOT_MOVABLE,
    CALLING_NUMBER_UNKNOWN,
    CALLING_TYPE_CONFLICT,
    CALLING_DOWNGRADE_UNSUPPORTED,
    DIRECTORY_NUMBER_DIVERGED,
    HOT_DESK_IDENTITY_LOSS,
    LOCATION_NO_FREE_NUMBER,
    LOCATION_UNKNOWN,
    NUMBER_SWAP_NEEDS_EXTENSION,
    USER_NOT_MOVABLE,
    WORKSPACE_DOWNGRADE,
    WORKSPACE_FOR_PHONES,
    WORKSPACE_HAS_DEVICES,
    WORKSPACE_LOCATION_FIXED,
];

impl Tracer<'_> {
    /// Where number, location and extension of new Calling come from, and the result.
    pub(super) fn number(&self, holder: Holder) -> Vec<Link> {
        let facts = self.facts;
        let inventory = Inventory::new(facts);
        let caller = facts.caller(holder);
        let seen = caller.seen;
        let key = match holder {
            Holder::User(user) => format!("users/{}", facts.people.email(user)),
            Holder::Workspace(_) => facts.entry(holder),
        };
        let mut links = Vec::new();
        let names = caller.number_spot.is_some() || caller.extension_spot.is_some();
        let (source, looked_up) = self.source(&caller, &key, names);
        links.extend(source);
        if let Some(number) = looked_up {
            let (text, spot) = self.number_facts(&inventory, holder, number);
            links.push(Link::new(LinkKind::Number, text).at(spot));
        }
        if let Some((location, spot)) = caller.named {
            let text = format!("{key} names the location {location}");
            links.push(Link::new(LinkKind::Location, text).at(spot));
        }
        let of_number = looked_up.and_then(|number| inventory.number(number)?.location);
        let location = caller.named.map(|(location, _)| location).or(of_number);
        let stays = seen.location.filter(|_| location.is_none() && names);
        if let Some(stays) = stays {
            let text = format!("the location stays {stays}, as observed");
            links.push(Link::new(LinkKind::Location, text));
        }
        let location = location.or(stays);
        if let Some(location) = location
            && !inventory.calls_from(location)
        {
            let text = match self.facts.locations.exists(location) {
                true => format!("{location} is not enabled for Calling"),
                false => format!("there is no location {location}"),
            };
            links.push(Link::new(LinkKind::Location, text));
        }
        if let Some(text) = extension(&inventory, &caller, &key, location) {
            links.push(Link::new(LinkKind::Extension, text).at(caller.extension_spot));
        }
        links.extend(self.got(&caller));
        links
    }

    /// Where the number comes from, and the number if one is looked up. `names` says whether the files name a number or an
    /// extension.
    fn source<'c>(
        &'c self,
        caller: &Caller<'c>,
        key: &str,
        names: bool,
    ) -> (Option<Link>, Option<&'c str>) {
        let facts = self.facts;
        let entry = caller.entry;
        let (text, spot, number) = match (caller.number, caller.holder) {
            (Source::Auto, _) => {
                let text =
                    format!("{key} phoneNumber: auto takes the lowest free number of the location");
                (text, caller.number_spot, None)
            }
            (Source::Explicit(number), _) => {
                let text = format!("{key} names the number {number}");
                (text, caller.number_spot, Some(number))
            }
            _ if names => return (None, None),
            (Source::Drop, _) => {
                let text = format!("{key} phoneNumber: null says that there should be no number");
                (text, entry, None)
            }
            (_, Holder::User(user)) => match facts.people.snapshot(user) {
                Some(observed) => {
                    let phone = observed.work_phone.as_deref();
                    let phone = phone.filter(|phone| !phone.trim().is_empty());
                    let who = match facts.people.from_directory(user) {
                        true => "the directory names",
                        false => "the person has",
                    };
                    let text = match phone {
                        Some(phone) => format!("{who} the work phone {phone}"),
                        None => format!("{who} no work phone"),
                    };
                    (text, None, phone)
                }
                None => {
                    let text = format!(
                        "{key} names neither number nor extension, and a new person has no work phone yet"
                    );
                    (text, entry, None)
                }
            },
            (_, Holder::Workspace(_)) => {
                let text = format!("{key} names neither number nor extension");
                (text, entry, None)
            }
        };
        (Some(Link::new(LinkKind::Number, text).at(spot)), number)
    }

    /// The result.
    fn got(&self, caller: &Caller<'_>) -> Option<Link> {
        let identity = self.decisions.identities.get(&caller.holder)?;
        let seen = caller.seen;
        let got = |path: &str| {
            let change = identity.changes.iter().find(|change| change.path == path);
            change.and_then(|change| change.after.as_deref())
        };
        let text = format!(
            "so: location {}, number {}, extension {}",
            got("location").or(seen.location).unwrap_or("none"),
            got("phoneNumber").or(seen.number).unwrap_or("none"),
            got("extension").or(seen.extension).unwrap_or("none")
        );
        Some(Link::new(LinkKind::Number, text))
    }

    /// What snapshot and configuration know of a number, and the line of `numbers` that lists it.
    fn number_facts(
        &self,
        inventory: &Inventory<'_>,
        holder: Holder,
        number: &str,
    ) -> (String, Option<Spot>) {
        if e164(number).is_none() {
            let text = format!("{number} is not in E.164 form, such as +12145550101");
            return (text, None);
        }
        let Some(known) = inventory.number(number) else {
            let text = format!("{number} is neither in the snapshot nor under `numbers`");
            return (text, None);
        };
        let place = match known.location {
            Some(location) => format!("belongs to {location}"),
            None => "belongs to no location".to_owned(),
        };
        let owner = match known.owner {
            None => match inventory.kept_from(holder, number) {
                Some(what) => format!("is {what}, which cannot be assigned"),
                None => "is free".to_owned(),
            },
            Some(Owner::Holder(owner)) if owner == holder => {
                format!("is the {}'s own", self.facts.noun(holder))
            }
            Some(owner) => format!("is in use by {}", inventory.owner_name(owner)),
        };
        let state = match known.active {
            Some(true) => "",
            Some(false) => ", but inactive",
            None => ", and it is unknown whether it is active",
        };
        let text = format!("{number} {place} and {owner}{state}");
        (text, self.declared_number(number))
    }

    /// The line of `numbers` that lists a number.
    fn declared_number(&self, number: &str) -> Option<Spot> {
        let number = e164(number)?;
        self.facts.config.numbers.iter().find_map(|block| {
            let mut entries = block.value.numbers.iter();
            let lists = entries.find(|at| {
                interval(&at.value).is_ok_and(|it| (it.low..=it.high).contains(&number))
            });
            lists.map(|at| block.spot(at))
        })
    }
}

/// Which extension the files ask for, and who else has it in the location.
fn extension(
    inventory: &Inventory<'_>,
    caller: &Caller<'_>,
    key: &str,
    location: Option<&str>,
) -> Option<String> {
    match caller.extension {
        Extension::Keep => None,
        Extension::Auto => Some(format!(
            "{key} extension: auto takes the lowest free one of the location from 1000 up"
        )),
        Extension::Explicit(extension) => {
            let here = location.unwrap_or("");
            let mut others = inventory.extension(here, extension).iter();
            let owner = others.find(|&&owner| owner != Owner::Holder(caller.holder));
            let owner = owner
                .map(|&owner| format!(", which {} has in {here}", inventory.owner_name(owner)))
                .unwrap_or_default();
            Some(format!("{key} names the extension {extension}{owner}"))
        }
    }
}
