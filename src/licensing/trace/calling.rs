//! The number look-up of rule 5, told step by step: which source, which number, where it belongs, who has it.

use super::links::Person;
use super::{Link, LinkKind};
use crate::config::Spot;
use crate::config::phone::{e164, interval};
use crate::config::yaml::Nullable;
use crate::finding::*;
use crate::licensing::identity::Identity;
use crate::licensing::inventory::{Inventory, Owner};

/// Findings about a person that belong to Calling, whatever became of the licence.
pub(super) const CODES: [Code; 18] = [
    CALLING_BLOCK_UNUSED,
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
    LOCATION_NO_FREE_NUMBER,
    LOCATION_UNKNOWN,
    NUMBER_SWAP_NEEDS_EXTENSION,
];

impl Person<'_> {
    /// Where number, location and extension of new Calling come from, and what came of it.
    pub(super) fn number(&self, identity: Option<&Identity>) -> Vec<Link> {
        let facts = self.facts;
        let inventory = Inventory::new(facts);
        let email = self.email();
        let declared = facts.people.declared(self.user);
        let observed = facts.people.snapshot(self.user);
        let directory = facts.people.from_directory(self.user);
        let mut links = Vec::new();
        let mut link = |kind, text: String, spot: Option<Spot>| {
            links.push(Link::new(kind, text).at(spot));
        };

        let extension = declared.and_then(|user| {
            let at = user.value.extension.as_ref()?;
            Some((at.value.as_str(), user.spot(at)))
        });
        let number = declared.and_then(|user| match &user.value.phone_number {
            Nullable::Value(at) => Some((at.value.as_str(), user.spot(at))),
            Nullable::Absent | Nullable::Null => None,
        });
        let work_phone = observed
            .and_then(|user| user.work_phone.as_deref())
            .filter(|phone| !phone.trim().is_empty());
        let looked_up = match (number, extension) {
            (Some(("auto", spot)), _) => {
                let text = format!(
                    "users/{email} phoneNumber: auto takes the lowest free number of the location"
                );
                link(LinkKind::Number, text, Some(spot));
                None
            }
            (Some((number, spot)), _) => {
                let text = format!("users/{email} names the number {number}");
                link(LinkKind::Number, text, Some(spot));
                Some(number)
            }
            (None, Some(_)) => None,
            (None, None) if directory => {
                let text = match work_phone {
                    Some(phone) => format!("the directory names the work phone {phone}"),
                    None => "the directory names no work phone".to_owned(),
                };
                link(LinkKind::Number, text, None);
                work_phone
            }
            (None, None) => {
                let text = format!(
                    "users/{email} names neither number nor extension, and no directory is asked: the person does \
                     not come from one"
                );
                link(LinkKind::Number, text, declared.map(|user| user.key));
                None
            }
        };
        if let Some(number) = looked_up {
            let (text, spot) = self.number_facts(&inventory, number);
            link(LinkKind::Number, text, spot);
        }
        let named = declared.and_then(|user| {
            let at = user.value.location.as_ref()?;
            Some((at.value.as_str(), user.spot(at)))
        });
        if let Some((location, spot)) = named {
            let text = format!("users/{email} names the location {location}");
            link(LinkKind::Location, text, Some(spot));
        }
        let of_number = looked_up.and_then(|number| inventory.number(number)?.location);
        let location = named.map(|(location, _)| location).or(of_number);
        let seen = observed
            .and_then(|user| user.location.as_deref())
            .filter(|_| location.is_none() && (number.is_some() || extension.is_some()));
        if let Some(seen) = seen {
            let text = format!("the location stays {seen}, as it is observed");
            link(LinkKind::Location, text, None);
        }
        if let Some(location) = location.or(seen)
            && !inventory.calls_from(location)
        {
            let text = match self.facts.locations.exists(location) {
                true => format!("{location} is not enabled for Calling"),
                false => format!("there is no location {location}"),
            };
            link(LinkKind::Location, text, None);
        }
        if let Some((extension, spot)) = extension {
            let text = match extension {
                "auto" => format!(
                    "users/{email} extension: auto takes the lowest free one of the location from 1000 up"
                ),
                extension => {
                    let here = location.or(seen).unwrap_or("");
                    let others = inventory.extension(here, extension).iter();
                    let owner = others
                        .map(|&holder| facts.address(holder))
                        .find(|owner| *owner != format!("user/{email}"));
                    let owner = owner
                        .map(|owner| format!(", which {owner} has in {here}"))
                        .unwrap_or_default();
                    format!("users/{email} names the extension {extension}{owner}")
                }
            };
            link(LinkKind::Extension, text, Some(spot));
        }
        if let Some(identity) = identity {
            let got = |path: &str| {
                let change = identity.changes.iter().find(|change| change.path == path);
                change.and_then(|change| change.after.as_deref())
            };
            let held = |of: fn(&crate::snapshot::User) -> &Option<String>| {
                observed.and_then(|user| of(user).as_deref())
            };
            let location = got("location").or(held(|user| &user.location));
            let number = got("phoneNumber").or(held(|user| &user.phone_number));
            let extension = got("extension").or(held(|user| &user.extension));
            let text = format!(
                "so: location {}, number {}, extension {}",
                location.unwrap_or("none"),
                number.unwrap_or("none"),
                extension.unwrap_or("none")
            );
            link(LinkKind::Number, text, None);
        }
        links
    }

    /// What snapshot and configuration know of a number, and the line of `numbers` that lists it.
    fn number_facts(&self, inventory: &Inventory<'_>, number: &str) -> (String, Option<Spot>) {
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
            None => "is free".to_owned(),
            Some(Owner::Holder(holder)) => match self.facts.address(holder) {
                own if own == format!("user/{}", self.email()) => "is the person's own".to_owned(),
                other => format!("is in use by {other}"),
            },
            Some(Owner::Other(kind, key)) => format!("is in use by {kind}/{key}"),
        };
        let state = if known.active { "" } else { ", but inactive" };
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
