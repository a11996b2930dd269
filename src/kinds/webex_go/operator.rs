//! Webex Go with a mobile operator: its number is the phone number of the person, and brings the device (GO-004,
//! GO-038..GO-044).

use super::needs;
use super::plan::Person;
use crate::change::Draft;
use crate::finding::{
    Finding, GO_COUNTRY_UNSUPPORTED, GO_DEVICE_MISSING, GO_MODE_CHANGE, GO_PHONE_NUMBER_REQUIRED,
    NUMBER_NOT_WEBEX_MOBILE, PRIMARY_NUMBER_REPLACED,
};
use crate::licensing::GO_COUNTRIES;
use crate::snapshot::{Device, Snapshot};

/// The device comes with the number within minutes; after so many hours it is missing.
const HOURS: i64 = 1;
/// How many candidates a message lists.
const LISTED: usize = 3;

/// Compares the number and the device of a person with a mobile operator.
pub fn compare(person: &Person<'_>, device: Option<&Device>, draft: &mut Draft) {
    if let Some(finding) = needs::professional(person) {
        return person.say(finding, draft);
    }
    say_country(person, draft);
    // What its order waits for is said of the person's number.
    if wanted(person).is_some_and(|number| person.inventory.is_to_be_ordered(number)) {
        return;
    }
    let Some(number) = person.number() else {
        return say_no_number(person, draft);
    };
    if !person.is_mobile(number) {
        // Where the files name no other number, the one that the person has is meant to be replaced.
        return match wanted(person) {
            // Why the person does not get it is said of the person.
            Some(named) if person.is_mobile(named) => {}
            Some(named) => say_not_mobile(person, named, draft),
            None if person.identity().is_some() => say_not_mobile(person, number, draft),
            None => say_no_number(person, draft),
        };
    }
    match person.seen_number() {
        Some(old) if old != number => say_replaced(person, device, old, number, draft),
        Some(_) if device.is_none() => say_no_device(person, number, draft),
        _ => {}
    }
}

/// The number that the files name.
fn wanted<'a>(person: &Person<'a>) -> Option<&'a str> {
    let declared = person.context.config.users.get(person.email)?;
    declared
        .value
        .phone_number
        .value()
        .map(|at| at.value.as_str())
}

/// The operator decides where its numbers work, so another country is only said.
fn say_country(person: &Person<'_>, draft: &mut Draft) {
    let Some(location) = person.location() else {
        return;
    };
    let country = person.facts.locations.country(location);
    if let Some(country) = country.filter(|it| !GO_COUNTRIES.contains(&it.as_str())) {
        let offered = GO_COUNTRIES.join(", ");
        let message =
            format!("{location} is in {country}, and Webex Go is documented for {offered}");
        let help = "ask the operator whether its numbers can be used there";
        person.say(
            Finding::warning(GO_COUNTRY_UNSUPPORTED, message).help(help),
            draft,
        );
    }
}

fn say_no_number(person: &Person<'_>, draft: &mut Draft) {
    let message = match person.seen_number() {
        Some(number) => format!(
            "with a mobile operator, a mobile number replaces {number}, and the files name none"
        ),
        None => "with a mobile operator, the person needs a mobile number, and the files name none"
            .to_owned(),
    };
    let help = format!(
        "name it as `phoneNumber` of the person; {}",
        candidates(person)
    );
    person.say(
        Finding::error(GO_PHONE_NUMBER_REQUIRED, message).help(help),
        draft,
    );
}

fn say_not_mobile(person: &Person<'_>, number: &str, draft: &mut Draft) {
    let message =
        format!("{number} is not a mobile number of Webex, which `mode: mobileOperator` needs");
    let help = format!(
        "order it under `numbers` with `type: mobile`, or name another number; {}",
        candidates(person)
    );
    person.say(
        Finding::error(NUMBER_NOT_WEBEX_MOBILE, message).help(help),
        draft,
    );
}

/// The mobile numbers of the location that are free, in words.
fn candidates(person: &Person<'_>) -> String {
    let Some(location) = person.location() else {
        return "the location of the person is unknown, and so is which numbers are free there"
            .to_owned();
    };
    let Some(numbers) = person.context.snapshot.numbers.as_ref() else {
        return format!(
            "which mobile numbers of {location} are free is unknown: numbers were not captured"
        );
    };
    let free = numbers.iter().filter(|it| {
        let here = it.location.as_deref() == Some(location) && it.owner.is_none();
        here && it.kind.as_deref() == Some("mobile")
            && person.claimed_by(&it.phone_number).is_none()
    });
    let free: Vec<&str> = free
        .map(|it| it.phone_number.as_str())
        .take(LISTED)
        .collect();
    match free.is_empty() {
        true => format!("{location} has no free mobile number"),
        false => format!("free mobile numbers of {location}: {}", free.join(", ")),
    }
}

/// The mobile number takes the place of the one that the person has.
fn say_replaced(
    person: &Person<'_>,
    device: Option<&Device>,
    old: &str,
    new: &str,
    draft: &mut Draft,
) {
    let here = person.seen().and_then(|seen| seen.location.as_deref());
    let here = here.unwrap_or("its location");
    let message =
        format!("{new} replaces {old} as the person's number; {old} remains in {here}, unassigned");
    let help =
        "tell callers the new number, or assign the old one to another person in a later plan";
    person.say(
        Finding::warning(PRIMARY_NUMBER_REPLACED, message).help(help),
        draft,
    );
    if let Some(device) = device.filter(|_| !person.is_mobile(old)) {
        let message = format!(
            "the person has the Webex Go device `{}` for the person's own phone; the number {new} replaces {old} and brings another device",
            device.label()
        );
        let help =
            "when the new device works, delete the old one in Control Hub (the person, Devices)";
        person.say(Finding::warning(GO_MODE_CHANGE, message).help(help), draft);
    }
}

/// From a mobile operator to an own phone: the mobile number goes.
pub fn say_other_mode(person: &Person<'_>, number: &str, draft: &mut Draft) {
    let message = format!(
        "the person gives up the mobile number {number} of the operator, and its device with it; an own phone needs a device of its own"
    );
    let help = "when the number has changed, look at the devices of the person in Control Hub: delete the old one and add the new one";
    person.say(Finding::warning(GO_MODE_CHANGE, message).help(help), draft);
}

/// The number is there and the device is not: since when, the applied snapshot says.
fn say_no_device(person: &Person<'_>, number: &str, draft: &mut Draft) {
    let age = person.context.applied.and_then(|applied| {
        let then: &Snapshot = applied.then();
        let mut users = then.users().iter();
        let had =
            users.any(|it| it.email == person.email && it.phone_number.as_deref() == Some(number));
        let age = person.context.snapshot.since_capture(then);
        age.filter(|_| had)
    });
    let finding = match age {
        Some(age) if age.over_hours(HOURS) => {
            let message = format!(
                "the person has had {number} for {} hours, and there is no Webex Go device",
                age.hours()
            );
            let help = "look at the devices of the person in Control Hub; if it is missing there too, open a case with Cisco TAC";
            Finding::error(GO_DEVICE_MISSING, message).help(help)
        }
        Some(_) => {
            let message =
                format!("the person has {number}, and its Webex Go device has not appeared yet");
            Finding::hold(GO_DEVICE_MISSING, message)
                .help("Webex adds it within minutes; take a new snapshot")
        }
        None => {
            let message =
                format!("the person has {number} and no Webex Go device; since when is unknown");
            let help = "Webex adds the device within minutes of the number; look at the devices of the person in Control Hub";
            Finding::hold(GO_DEVICE_MISSING, message).help(help)
        }
    };
    person.say(finding, draft);
}
