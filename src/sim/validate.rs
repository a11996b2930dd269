//! What numbers and extensions could be had: validation (webex-api.md 6.3) and lists of available numbers (6.5).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::call::{Answer, Call, Done, texts};
use super::calling::extension_form;
use super::e164::{e164, is_e164};
use super::errors;
use super::numbers;
use super::org;
use super::paging;
use super::route::{Route, route};
use super::table::Slot;
use super::telephony;
use super::world::Number;

const READ: &[&str] = &["spark-admin:telephony_config_read"];
const WRITE: &[&str] = &["spark-admin:telephony_config_write"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route(
        "POST",
        "/telephony/config/actions/validateNumbers/invoke",
        WRITE,
        "",
        validate_numbers,
    ),
    route(
        "POST",
        "/telephony/config/actions/validateExtensions/invoke",
        READ,
        "",
        validate_in_org,
    ),
    route(
        "POST",
        "/telephony/config/locations/{}/actions/validateExtensions/invoke",
        WRITE,
        "",
        validate_in_location,
    ),
    route(
        "GET",
        "/telephony/config/people/primary/availableNumbers",
        READ,
        "numbers",
        for_people,
    ),
    route(
        "GET",
        "/telephony/config/workspaces/availableNumbers",
        READ,
        "numbers",
        for_places,
    ),
    route(
        "GET",
        "/telephony/config/locations/{}/availableNumbers",
        READ,
        "numbers",
        of_location,
    ),
    route(
        "GET",
        "/telephony/config/locations/{}/webexGo/availableNumbers",
        READ,
        "numbers",
        of_location,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/secondary/availableNumbers",
        READ,
        "numbers",
        of_owner,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/faxMessage/availableNumbers",
        READ,
        "numbers",
        of_owner,
    ),
    route(
        "GET",
        "/telephony/config/workspaces/{}/secondary/availableNumbers",
        READ,
        "numbers",
        of_owner,
    ),
];

fn validate_numbers(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let said = texts(&call.body()["phoneNumbers"]);
    if said.is_empty() {
        return Err(errors::bad("phoneNumbers is required."));
    }
    let mut seen = BTreeSet::new();
    let mut fine = true;
    let refused = |number: &str| {
        let why = call.rules.refused_mobiles.get(number);
        why.filter(|_| !call.rules.mobiles_refused_late)
            .map(String::as_str)
    };
    let mut judge = |said: &str| {
        let number = e164(said);
        let (state, code) = if !seen.insert(number.clone()) {
            (
                "Duplicate In List",
                Some((9498, "Duplicate number in the list")),
            )
        } else if !is_e164(&number) {
            ("Invalid", Some((8364, "Invalid phone number")))
        } else if call.world.numbers.contains_key(&number) {
            ("Duplicate", Some((8363, "DN is in use")))
        } else if let Some(why) = refused(&number) {
            ("Unavailable", Some((8361, why)))
        } else {
            ("Available", None)
        };
        fine &= code.is_none();
        let detail: Vec<String> = code
            .into_iter()
            .map(|(code, text)| format!("[Error {code}] {text} : {said}"))
            .collect();
        json!({"number": said, "state": state, "tollFreeNumber": false, "detail": detail})
    };
    let numbers: Vec<Value> = said.into_iter().map(&mut judge).collect();
    let status = if fine { "OK" } else { "ERRORS" };
    // The document and clients have different names for the list, so it is returned under both.
    let mut again = numbers.clone();
    for number in &mut again {
        number["phoneNumber"] = number["number"].take();
        if let Some(number) = number.as_object_mut() {
            number.remove("number");
        }
    }
    Answer::ok(json!({"status": status, "numbers": numbers, "phoneNumbers": again}))
}

fn validate_in_org(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    validate_extensions(call, None)
}

fn validate_in_location(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let location = telephony::find(call, call.param(0))?;
    validate_extensions(call, Some(location))
}

/// Without a location only the form is looked at, and not who has what.
fn validate_extensions(call: &Call<'_>, location: Option<Slot>) -> Done {
    let said = texts(&call.body()["extensions"]);
    if said.is_empty() {
        return Err(errors::bad("extensions is required."));
    }
    let mut seen = BTreeSet::new();
    let mut fine = true;
    let mut judge = |extension: &str| {
        let taken = location.is_some_and(|it| call.world.extension_taken(it, extension, None));
        let wrong = extension_form(call.rules, extension).err();
        let (state, why) = match (seen.insert(extension.to_owned()), wrong, taken) {
            (false, ..) => (
                "DUPLICATE_IN_LIST",
                Some((9498, "Duplicate extension in the list".to_owned())),
            ),
            (true, Some(why), _) => ("INVALID", Some((why.code, why.text))),
            (true, None, true) => (
                "DUPLICATE",
                Some((4202, "The extension is not available".to_owned())),
            ),
            (true, None, false) => ("VALID", None),
        };
        fine &= why.is_none();
        let mut shown = json!({"extension": extension, "state": state});
        if let Some((code, text)) = why {
            shown["errorCode"] = json!(code);
            shown["message"] = json!(format!("[Error {code}] {text}"));
        }
        shown
    };
    let extensions: Vec<Value> = said.into_iter().map(&mut judge).collect();
    let status = if fine { "OK" } else { "ERRORS" };
    Answer::ok(json!({"status": status, "extensionStatus": extensions}))
}

/// Numbers that fit, a page of them.
fn available(call: &Call<'_>, location: Option<Slot>, fits: impl Fn(&Number) -> bool) -> Done {
    let number = call.query("phoneNumber").map(e164);
    let all = call.world.numbers.iter().filter(|(key, it)| {
        location.is_none_or(|location| it.location == Some(location))
            && number.as_ref().is_none_or(|number| number == *key)
            && !it.reserved
            && fits(it)
    });
    // candidates for a main number say whether calling them is free
    let toll_free =
        call.asked.path.contains("/locations/") && !call.asked.path.contains("/webexGo/");
    let (page, next) = paging::by_start(call, 2000, 2000, all, |(key, it)| {
        let mut shown = numbers::show_available(call, key, it);
        if toll_free {
            shown["tollFreeNumber"] = json!(it.kind == "tollFree");
        }
        shown
    });
    Ok(paging::list("phoneNumbers", page, next))
}

fn location(call: &Call<'_>) -> Result<Option<Slot>, Answer> {
    let id = call.query("locationId");
    id.map(|id| telephony::find(call, id)).transpose()
}

fn for_people(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let location = location(call)?;
    available(call, location, |it| it.owner.is_none())
}

fn for_places(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let location = location(call)?;
    available(call, location, |it| {
        it.owner.is_none() && it.kind != "mobile"
    })
}

/// Candidates for a main number: assigned or not.
fn of_location(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let location = telephony::find(call, call.param(0))?;
    let free = call.asked.path.contains("/webexGo/");
    available(call, Some(location), |it| {
        it.kind != "mobile" && (!free || it.owner.is_none())
    })
}

fn of_owner(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let found = numbers::location_of(call.world, call.param(0));
    let location = found.ok_or_else(|| errors::not_found("calling user"))?;
    available(call, Some(location), |it| {
        it.owner.is_none() && it.kind != "mobile"
    })
}
