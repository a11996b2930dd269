//! What the device of a person's own phone needs: Calling Professional, a country, a PSTN connection, a number, and a
//! subscription (GO-002, GO-005..GO-010). What is unknown is said to be unknown.

use super::plan::Person;
use crate::finding::{
    CALLING_LOCATION_MISMATCH, CALLING_NUMBER_IN_USE, CALLING_NUMBER_UNKNOWN, Finding,
    GO_COUNTRY_UNSUPPORTED, GO_PHONE_NUMBER_DIFFERS, GO_PHONE_NUMBER_REQUIRED,
    GO_PROFESSIONAL_REQUIRED,
};
use crate::licensing::GO_COUNTRIES;
use crate::licensing::catalogue::Tier;

/// How many candidates a message lists.
const LISTED: usize = 3;

/// What a new device needs, as far as it is there.
#[derive(Default)]
pub struct Needs<'a> {
    /// What is missing or unknown: errors and holds. Warnings do not keep the device out.
    pub missing: Vec<Finding>,
    /// The subscription to choose; unknown without.
    pub subscription: Option<&'a str>,
    /// The number to choose, for a person who has none.
    pub choose: Option<&'a str>,
}

/// What the device of an own phone needs.
pub fn of_own_phone<'a>(person: &Person<'a>) -> Needs<'a> {
    let mut needs = Needs::default();
    needs.missing.extend(professional(person));
    // Without Calling there is neither a location nor a number that could be looked at.
    let Some(location) = person.location().filter(|_| needs.missing.is_empty()) else {
        return needs;
    };
    needs.missing.extend(country(person, location));
    needs.missing.extend(person.facts.go_pstn(location));
    match number(person, location) {
        Ok(choose) => needs.choose = choose,
        Err(finding) => needs.missing.push(*finding),
    }
    let named = person.go.value.subscription.as_ref();
    match person
        .facts
        .go_subscription(named.map(|at| at.value.as_str()), true)
    {
        Ok(subscription) => needs.subscription = subscription,
        Err(finding) => needs.missing.push(match named {
            Some(at) => person.at(*finding, at),
            None => *finding,
        }),
    }
    needs
}

/// Calling Professional, at the latest by the same plan.
pub fn professional(person: &Person<'_>) -> Option<Finding> {
    let message = match person.calling() {
        Some(Tier::Professional) => return None,
        Some(_) => {
            "Webex Go needs Webex Calling Professional; the person has another Calling licence"
        }
        None => {
            "Webex Go needs Webex Calling Professional; the person has no Calling, and this plan gives none"
        }
    };
    let help = "give Professional with a template or with `licenses: {add: {calling: professional}}`; the same plan may do both";
    Some(Finding::error(GO_PROFESSIONAL_REQUIRED, message).help(help))
}

fn country(person: &Person<'_>, location: &str) -> Option<Finding> {
    let offered = GO_COUNTRIES.join(", ");
    let Some(country) = person.facts.locations.country(location) else {
        let message = format!(
            "the country of {location} is unknown, so it is unknown whether Webex Go is offered there"
        );
        let help = format!(
            "give the location an address with a country under `locations`; Webex Go is offered in {offered}"
        );
        return Some(Finding::hold(GO_COUNTRY_UNSUPPORTED, message).help(help));
    };
    if GO_COUNTRIES.contains(&country.as_str()) {
        return None;
    }
    let message = format!("{location} is in {country}; Webex Go is offered in {offered}");
    let help = "move the person to a location in one of these countries, or remove `webexGo`";
    Some(Finding::error(GO_COUNTRY_UNSUPPORTED, message).help(help))
}

/// A country that is named for the page of the person only (AMB-22).
pub fn only_by_person(person: &Person<'_>) -> Option<Finding> {
    let location = person.location()?;
    let country = person.facts.locations.country(location)?;
    (country == "FR").then(|| {
        let message = format!(
            "{location} is in France: Cisco lists France for adding Webex Go on the page of the person, but not on the page Devices"
        );
        let help = "add the device on the page of the person; if that is refused, ask Cisco whether France is served";
        Finding::warning(GO_COUNTRY_UNSUPPORTED, message).help(help)
    })
}

/// The number to choose; nothing where the person has one.
fn number<'a>(person: &Person<'a>, location: &str) -> Result<Option<&'a str>, Box<Finding>> {
    let named = person.go.value.phone_number.as_ref();
    match (person.number(), named) {
        (Some(has), Some(named)) if has != named.value => {
            let message = format!(
                "the person has the number {has}, so {} cannot be chosen",
                named.value
            );
            let finding = Finding::error(GO_PHONE_NUMBER_DIFFERS, message);
            let finding = finding
                .help("remove `webexGo.phoneNumber`: Webex Go rings on the number of the person");
            Err(person.at(finding, named).into())
        }
        (Some(_), _) => Ok(None),
        (None, None) => {
            let message = "the person has no phone number, so one has to be chosen for Webex Go";
            let help = format!(
                "name it as `webexGo.phoneNumber`; {}",
                candidates(person, location)
            );
            Err(Finding::error(GO_PHONE_NUMBER_REQUIRED, message)
                .help(help)
                .into())
        }
        (None, Some(named)) => match unfit(person, &named.value, location) {
            None => Ok(Some(named.value.as_str())),
            Some(finding) => {
                let help = format!("choose another number; {}", candidates(person, location));
                Err(person.at(finding.help(help), named).into())
            }
        },
    }
}

/// Why a number cannot be chosen: it is not there, not free, or somewhere else.
fn unfit(person: &Person<'_>, number: &str, location: &str) -> Option<Finding> {
    let inventory = person.inventory;
    let Some(found) = inventory.number(number) else {
        let message = format!("the number {number} is not in the inventory");
        return Some(Finding::error(CALLING_NUMBER_UNKNOWN, message));
    };
    let claimed = person.claimed_by(number).map(|it| inventory.address(it));
    let owner = found.owner.map(|it| inventory.owner_name(it));
    if let Some(owner) = owner.or(claimed).or_else(|| inventory.kept(number)) {
        let message = format!("the number {number} is not free: it belongs to {owner}");
        return Some(Finding::error(CALLING_NUMBER_IN_USE, message));
    }
    let elsewhere = found.location != Some(location);
    elsewhere.then(|| {
        let there = found.location.unwrap_or("no location");
        let message =
            format!("the number {number} belongs to {there}, but the person belongs to {location}");
        Finding::error(CALLING_LOCATION_MISMATCH, message)
    })
}

/// Numbers that could be chosen, in words.
fn candidates(person: &Person<'_>, location: &str) -> String {
    let inventory = person.inventory;
    if person.context.snapshot.numbers.is_none() {
        return format!(
            "which numbers of {location} are free is unknown: numbers were not captured"
        );
    }
    let free = inventory.free_numbers(location);
    let free = free.filter(|number| person.claimed_by(number).is_none());
    let free: Vec<String> = free.take(LISTED).collect();
    match free.is_empty() {
        true => format!("{location} has no free number"),
        false => format!("free in {location}: {}", free.join(", ")),
    }
}
