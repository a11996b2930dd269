//! Phone numbers: adding, activating, deleting (webex-api.md 6.2).

use serde_json::{Value, json};

use super::call::{Answer, Call, Done, texts};
use super::e164::{e164, is_e164};
use super::errors;
use super::ids;
use super::number_list::{self, holder};
use super::org;
use super::pstn;
use super::route::{Route, route};
use super::save;
use super::table::Slot;
use super::telephony;
use super::world::{Number, World};

const READ: &[&str] = &["spark-admin:telephony_config_read"];
const WRITE: &[&str] = &["spark-admin:telephony_config_write"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route(
        "GET",
        "/telephony/config/numbers",
        READ,
        "numbers",
        number_list::list,
    ),
    route(
        "POST",
        "/telephony/config/locations/{}/numbers",
        WRITE,
        "numbers",
        add,
    ),
    route(
        "PUT",
        "/telephony/config/locations/{}/numbers",
        WRITE,
        "numbers",
        activate,
    ),
    route(
        "DELETE",
        "/telephony/config/locations/{}/numbers",
        WRITE,
        "numbers",
        delete,
    ),
];

/// The numbers of a body, in E.164 form.
fn said(call: &Call<'_>) -> Result<Vec<String>, Answer> {
    let said = texts(&call.body()["phoneNumbers"]);
    if said.is_empty() {
        return Err(errors::telephony(
            400,
            25008,
            25008,
            "Missing Mandatory field name: phoneNumbers",
        ));
    }
    let numbers: Vec<String> = said.into_iter().map(e164).collect();
    match numbers.iter().find(|number| !is_e164(number)) {
        Some(wrong) => Err(errors::telephony(
            400,
            25205,
            8364,
            &format!("Invalid phone number : {wrong}"),
        )),
        None => Ok(numbers),
    }
}

fn about(call: &mut Call<'_>, slot: Slot) {
    if let Some(location) = call.world.locations.get(slot) {
        let (id, name) = (location.id.clone(), location.name.clone());
        call.about("LOCATION", &id, &name);
    }
}

/// Numbers of Cisco's own plans and integrated providers are ordered in Control Hub: requests would damage them.
fn damages(call: &Call<'_>, slot: Slot) -> Result<(), Answer> {
    match pstn::by_hand(call.world, slot) && !call.rules.damage_numbers {
        true => Err(errors::telephony(
            400,
            25220,
            25220,
            "Numbers of this PSTN connection are not managed by this API.",
        )),
        false => Ok(()),
    }
}

fn add(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = telephony::find(call, call.param(0))?;
    let numbers = said(call)?;
    if let Some(short) = texts(&call.body()["phoneNumbers"])
        .iter()
        .find(|it| !it.starts_with('+'))
    {
        return Err(errors::telephony(
            400,
            25205,
            8364,
            &format!("Invalid phone number : {short}"),
        ));
    }
    let kind = kind_to_add(call, numbers.len())?;
    if kind == "mobile" {
        if pstn::network(call.world, slot).is_none() {
            return Err(errors::bad("The location has no PSTN connection."));
        }
        for name in ["subscriptionId", "carrierId"] {
            super::jobs::required(call.body(), name)?;
        }
        brought(call, &numbers)?;
    } else {
        damages(call, slot)?;
    }
    let active = match call.text("state") {
        Some("ACTIVE") => true,
        Some("INACTIVE") => false,
        Some(_) => return Err(errors::bad("state must be ACTIVE or INACTIVE.")),
        None => call.rules.new_numbers_active,
    };
    check_free(call, slot, &numbers)?;
    let service = call.text("numberUsageType") == Some("SERVICE");
    for number in numbers {
        let made = || Number {
            location: Some(slot),
            active: active && kind != "mobile",
            kind: kind.to_owned(),
            service,
            source: save::blank("numbers"),
            ..Number::default()
        };
        call.world.numbers.entry(number).or_insert_with(made);
    }
    about(call, slot);
    Ok(Answer::empty(201))
}

/// The operator brings each of the numbers, or the order as a whole fails.
fn brought(call: &Call<'_>, numbers: &[String]) -> Result<(), Answer> {
    let refused = &call.rules.refused_mobiles;
    match numbers.iter().find_map(|it| Some((it, refused.get(it)?))) {
        Some((number, why)) => {
            let said = format!("Mobile number cannot be added : {number} : {why}");
            Err(errors::telephony(400, 25236, 8381, &said))
        }
        None => Ok(()),
    }
}

/// What kind of numbers a request adds; it may not be too many.
fn kind_to_add(call: &Call<'_>, count: usize) -> Result<&'static str, Answer> {
    let (kind, most) = match call.text("numberType").unwrap_or("DID") {
        "DID" => ("did", call.rules.number_chunk),
        "TOLLFREE" => ("tollFree", call.rules.number_chunk),
        "MOBILE" => ("mobile", 20),
        _ => return Err(errors::bad("numberType must be DID, TOLLFREE or MOBILE.")),
    };
    match count > most {
        true => Err(errors::bad(&format!(
            "At most {most} numbers can be added at once."
        ))),
        false => Ok(kind),
    }
}

/// Whether each of the numbers can still be added to a location.
fn check_free(call: &Call<'_>, location: Slot, numbers: &[String]) -> Result<(), Answer> {
    let refused = call.rules.existing_numbers_refused;
    let there = |number: &String| call.world.numbers.get(number);
    let mut numbers = numbers.iter();
    let taken =
        |number: &&String| there(number).is_some_and(|it| refused || it.location != Some(location));
    match numbers.find(taken) {
        Some(number) => Err(errors::telephony(
            409,
            25223,
            8363,
            &format!("DN is in use : {number}"),
        )),
        None => Ok(()),
    }
}

fn activate(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = telephony::find(call, call.param(0))?;
    let numbers = said(call)?;
    let on = match call.text("action").unwrap_or("ACTIVATE") {
        "ACTIVATE" => true,
        "DEACTIVATE" => false,
        _ => return Err(errors::bad("action must be ACTIVATE or DEACTIVATE.")),
    };
    if numbers.len() > 500 {
        return Err(errors::bad("At most 500 numbers can be changed at once."));
    }
    for number in &numbers {
        let found = call.world.numbers.get(number);
        let Some(found) = found.filter(|it| it.location == Some(slot)) else {
            return Err(unavailable(number));
        };
        if !on && (found.owner.is_some() || found.kind == "mobile" || is_main(call, slot, number)) {
            return Err(errors::telephony(
                400,
                25226,
                25226,
                &format!("The number cannot be deactivated : {number}"),
            ));
        }
    }
    for number in numbers {
        if let Some(number) = call.world.numbers.get_mut(&number)
            && number.kind != "mobile"
        {
            number.active = on;
        }
    }
    about(call, slot);
    Answer::no_content()
}

fn unavailable(number: &str) -> Answer {
    errors::telephony(400, 25012, 8361, &format!("DN is unavailable : {number}"))
}

fn is_main(call: &Call<'_>, slot: Slot, number: &str) -> bool {
    telephony::main_number(call.world, slot) == Some(number)
}

/// Up to five; not the main number, not one that has an owner, and not one that was given up a moment ago.
fn delete(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = telephony::find(call, call.param(0))?;
    let numbers = said(call)?;
    if numbers.len() > 5 {
        return Err(errors::bad("At most 5 numbers can be deleted at once."));
    }
    damages(call, slot)?;
    let cooling = i64::from(call.rules.number_cooling) * 1000;
    for number in &numbers {
        let found = call.world.numbers.get(number);
        let Some(found) = found.filter(|it| it.location == Some(slot)) else {
            return Err(errors::header_only(502, 4251));
        };
        if is_main(call, slot, number) {
            return Err(errors::telephony(
                400,
                25089,
                27976,
                &format!("The number is the main number of the location : {number}"),
            ));
        }
        if found.owner.is_some() {
            return Err(errors::telephony(
                400,
                25089,
                10_030_003,
                &format!("The number is assigned : {number}"),
            ));
        }
        if found.released.is_some_and(|at| at + cooling > call.now) {
            return Err(errors::generic(502, "The number is still being released."));
        }
    }
    for number in &numbers {
        call.world.numbers.remove(number);
    }
    about(call, slot);
    Answer::no_content()
}

/// A number that could be assigned, as lists of available numbers show one.
pub fn show_available(call: &Call<'_>, key: &str, number: &Number) -> Value {
    let main = number
        .location
        .and_then(|it| telephony::main_number(call.world, it));
    let mobile = number.kind == "mobile";
    let mut shown = json!({
        "phoneNumber": key,
        "state": if number.active { "ACTIVE" } else { "INACTIVE" },
        "isMainNumber": main == Some(key),
        "telephonyType": if mobile { "MOBILE_NUMBER" } else { "PSTN_NUMBER" },
        "isServiceNumber": number.service,
    });
    if mobile {
        shown["mobileNetwork"] = json!("Simulated Mobile");
        shown["routingProfile"] = json!("SimRtPf");
    }
    shown
}

/// Whether an id is that of a person or workspace: for lists of available numbers.
pub fn location_of(world: &World, id: &str) -> Option<Slot> {
    let id = ids::decoded(id);
    world.location_of(holder(world, &id)?)
}
