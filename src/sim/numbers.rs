//! Phone numbers: the list with owners and extensions (webex-api.md 6.1), adding, activating, deleting (6.2).

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done, texts};
use super::calling::{e164, is_e164};
use super::errors;
use super::ids;
use super::org;
use super::paging;
use super::people;
use super::pstn;
use super::routes::{Route, route};
use super::save;
use super::table::Slot;
use super::telephony;
use super::world::{Holder, Number, World};

const READ: &[&str] = &["spark-admin:telephony_config_read"];
const WRITE: &[&str] = &["spark-admin:telephony_config_write"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("GET", "/telephony/config/numbers", READ, "numbers", list),
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

/// A row of the list: a number, or an extension without one.
#[derive(Clone, Copy)]
enum Entry<'w> {
    Number(&'w str, &'w Number),
    Extension(Slot, &'w str, Holder),
}

/// What a list is asked for.
struct Wanted<'c> {
    location: Option<Slot>,
    number: Option<String>,
    extension: Option<&'c str>,
    available: Option<bool>,
    active: Option<bool>,
    owner: Option<Holder>,
    owner_kind: Option<&'c str>,
    owner_name: Option<String>,
    kind: Option<&'c str>,
    telephony: Option<&'c str>,
    toll_free: bool,
    service: bool,
}

fn wanted<'c>(call: &'c Call<'_>) -> Result<Option<Wanted<'c>>, Answer> {
    let kind = call.query("numberType");
    let available = call.query("available").map(|it| it == "true");
    let state = call.query("state");
    if available == Some(true) && call.query("ownerType").is_some() {
        return Err(errors::bad(
            "available=true and ownerType cannot be combined.",
        ));
    }
    if kind == Some("EXTENSION") && (available.is_some() || state.is_some()) {
        return Err(errors::bad(
            "available and state cannot be used with EXTENSION.",
        ));
    }
    let location = match call.query("locationId") {
        Some(id) => Some(telephony::find(call, id)?),
        None => None,
    };
    let owner = match call.query("ownerId") {
        // Who is not known owns nothing.
        Some(id) => match holder(call.world, id) {
            Some(holder) => Some(holder),
            None => return Ok(None),
        },
        None => None,
    };
    Ok(Some(Wanted {
        location,
        number: call.query("phoneNumber").map(e164),
        extension: call.query("extension"),
        available,
        active: state.map(|state| state == "ACTIVE"),
        owner,
        owner_kind: call.query("ownerType"),
        owner_name: call.query("ownerName").map(str::to_lowercase),
        kind,
        telephony: call.query("includedTelephonyTypes"),
        toll_free: call.flag("tollFreeNumbers"),
        service: call.flag("serviceNumber"),
    }))
}

fn holder(world: &World, id: &str) -> Option<Holder> {
    let person = world.people.find(id).map(Holder::Person);
    let place = || world.places.find(id).map(Holder::Place);
    let feature = || world.features.find(id).map(Holder::Feature);
    person.or_else(place).or_else(feature)
}

/// `PEOPLE`, `PLACE`, `HUNT_GROUP` …
fn kind_of(world: &World, holder: Holder) -> String {
    match holder {
        Holder::Person(_) => "PEOPLE".to_owned(),
        Holder::Place(_) => "PLACE".to_owned(),
        Holder::Feature(slot) => {
            let kind = world.features.get(slot).map_or("", |it| it.kind.as_str());
            let mut out = String::new();
            for letter in kind.chars() {
                if letter.is_ascii_uppercase() {
                    out.push('_');
                }
                out.push(letter.to_ascii_uppercase());
            }
            out
        }
    }
}

fn names_of(world: &World, holder: Holder) -> (String, String) {
    match holder {
        Holder::Person(slot) => world
            .people
            .get(slot)
            .map(people::names)
            .unwrap_or_default(),
        Holder::Place(slot) => {
            let place = world.places.get(slot);
            (
                place.map(|it| it.name.clone()).unwrap_or_default(),
                String::new(),
            )
        }
        Holder::Feature(slot) => {
            let feature = world.features.get(slot);
            (
                feature.map(|it| it.name.clone()).unwrap_or_default(),
                String::new(),
            )
        }
    }
}

impl Entry<'_> {
    fn location(&self) -> Option<Slot> {
        match self {
            Entry::Number(_, number) => number.location,
            Entry::Extension(location, ..) => Some(*location),
        }
    }

    fn owner(&self) -> Option<Holder> {
        match self {
            Entry::Number(_, number) => number.owner,
            Entry::Extension(.., holder) => Some(*holder),
        }
    }
}

/// The extension that goes with a number: that of its owner, unless the number is another of theirs.
fn extension_of<'w>(world: &'w World, key: &str, number: &Number) -> Option<&'w str> {
    let owner = number.owner?;
    let primary = world.number_of(owner) == Some(key);
    world.extension_of(owner).filter(|_| primary)
}

impl Wanted<'_> {
    fn fits(&self, world: &World, entry: &Entry<'_>) -> bool {
        let owner = entry.owner();
        let extension = match entry {
            Entry::Number(key, number) => extension_of(world, key, number),
            Entry::Extension(_, extension, _) => Some(*extension),
        };
        let by_kind = match entry {
            Entry::Number(_, number) => {
                let mobile = number.kind == "mobile";
                let telephony = if mobile {
                    "MOBILE_NUMBER"
                } else {
                    "PSTN_NUMBER"
                };
                self.kind != Some("EXTENSION")
                    && self.active.is_none_or(|active| active == number.active)
                    && (self.telephony).is_none_or(|it| it.split(',').any(|it| it == telephony))
                    && (!self.toll_free || number.kind == "tollFree")
                    && (!self.service || number.service)
            }
            Entry::Extension(..) => {
                self.kind != Some("NUMBER")
                    && self.active.is_none_or(|active| active)
                    && !self.toll_free
                    && !self.service
                    && self.number.is_none()
                    && (self.telephony).is_none_or(|it| it.contains("PSTN_NUMBER"))
            }
        };
        let named = |wanted: &String| {
            owner.is_some_and(|owner| {
                let (first, last) = names_of(world, owner);
                format!("{first} {last}").to_lowercase().contains(wanted)
            })
        };
        let of_kind = |wanted: &str| owner.is_some_and(|it| kind_of(world, it) == wanted);
        by_kind
            && self.location.is_none_or(|it| entry.location() == Some(it))
            && self.extension.is_none_or(|it| extension == Some(it))
            && self.available.is_none_or(|it| it == owner.is_none())
            && self.owner.is_none_or(|it| owner == Some(it))
            && self.owner_kind.is_none_or(of_kind)
            && self.owner_name.as_ref().is_none_or(named)
    }
}

/// Every row that can fit, numbers first; by index where one number or one owner is asked for.
fn entries<'w>(world: &'w World, wanted: &Wanted<'_>) -> Box<dyn Iterator<Item = Entry<'w>> + 'w> {
    if let Some(number) = &wanted.number {
        let found = world.numbers.get_key_value(number);
        return Box::new(found.map(|(key, it)| Entry::Number(key, it)).into_iter());
    }
    if let Some(holder @ (Holder::Person(_) | Holder::Place(_))) = wanted.owner {
        let number = world.number_of(holder);
        let number = number.and_then(|number| world.numbers.get_key_value(number));
        let alone = match number {
            Some(_) => None,
            None => world.location_of(holder).zip(world.extension_of(holder)),
        };
        let number = number.map(|(key, it)| Entry::Number(key, it));
        let alone = alone.map(|(at, extension)| Entry::Extension(at, extension, holder));
        return Box::new(number.into_iter().chain(alone));
    }
    let numbers = world.numbers.iter();
    let numbers = numbers.map(|(key, it)| Entry::Number(key, it));
    let extensions = world.extensions.iter();
    let alone = extensions.filter(|(.., holder)| world.number_of(*holder).is_none());
    let alone = alone.map(|(at, extension, holder)| Entry::Extension(*at, extension, *holder));
    Box::new(numbers.chain(alone))
}

fn show(call: &Call<'_>, entry: Entry<'_>) -> Value {
    let world = &*call.world;
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    let extension = match entry {
        Entry::Number(key, number) => {
            put("phoneNumber", json!(key));
            let state = if number.active { "ACTIVE" } else { "INACTIVE" };
            put("state", json!(state));
            let mobile = number.kind == "mobile";
            let telephony = if mobile {
                "MOBILE_NUMBER"
            } else {
                "PSTN_NUMBER"
            };
            put("includedTelephonyTypes", json!(telephony));
            if mobile {
                put("mobileNetwork", json!("Simulated Mobile"));
                put("routingProfile", json!("SimRtPf"));
            }
            put("tollFreeNumber", json!(number.kind == "tollFree"));
            put("isServiceNumber", json!(number.service));
            let main = number
                .location
                .and_then(|it| telephony::main_number(world, it));
            put("mainNumber", json!(main == Some(key)));
            extension_of(world, key, number)
        }
        Entry::Extension(_, extension, _) => {
            put("state", json!("ACTIVE"));
            put("includedTelephonyTypes", json!("PSTN_NUMBER"));
            put("tollFreeNumber", json!(false));
            put("isServiceNumber", json!(false));
            put("mainNumber", json!(false));
            Some(extension)
        }
    };
    let location = entry.location();
    if let Some(extension) = extension {
        put("extension", json!(extension));
        let prefix = location.and_then(|it| world.routing_prefix(it));
        if let Some(prefix) = prefix {
            put("routingPrefix", json!(prefix));
        }
        put(
            "esn",
            json!(format!("{}{extension}", prefix.unwrap_or_default())),
        );
    }
    if let Some(location) = location.and_then(|it| world.locations.get(it)) {
        put(
            "location",
            json!({"id": location.id, "name": location.name}),
        );
    }
    if let Some(owner) = entry.owner() {
        let (first, last) = names_of(world, owner);
        let mut shown = Map::new();
        shown.insert("id".to_owned(), json!(world.holder_id(owner)));
        shown.insert("type".to_owned(), json!(kind_of(world, owner)));
        shown.insert("firstName".to_owned(), json!(first));
        if !last.is_empty() {
            shown.insert("lastName".to_owned(), json!(last));
        }
        put("owner", Value::Object(shown));
        put("phoneNumberType", json!("PRIMARY"));
    }
    Value::Object(shown)
}

fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let world = &*call.world;
    let Some(wanted) = wanted(call)? else {
        return Ok(paging::list("phoneNumbers", Vec::new(), None));
    };
    let fitting = entries(world, &wanted).filter(|entry| wanted.fits(world, entry));
    let (page, next) = paging::by_start(call, 2000, 2000, fitting, |it| show(call, it));
    let mut answer = paging::list("phoneNumbers", page, next);
    if call.flag("details") {
        answer.body["count"] = count(world);
    }
    Ok(answer)
}

fn count(world: &World) -> Value {
    let numbers = || world.numbers.values();
    let assigned = numbers().filter(|it| it.owner.is_some()).count();
    let alone = world.extensions.iter();
    let alone = alone.filter(|(.., holder)| world.number_of(*holder).is_none());
    let alone = alone.count();
    json!({
        "assigned": assigned,
        "unAssigned": world.numbers.len() - assigned,
        "inActive": numbers().filter(|it| !it.active).count(),
        "extensionOnly": alone,
        "tollFreeNumbers": numbers().filter(|it| it.kind == "tollFree").count(),
        "total": world.numbers.len() + alone,
        "mobileNumber": numbers().filter(|it| it.kind == "mobile").count(),
        "serviceNumber": numbers().filter(|it| it.service).count(),
    })
}

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
    let (kind, most) = match call.text("numberType").unwrap_or("DID") {
        "DID" => ("did", call.rules.number_chunk),
        "TOLLFREE" => ("tollFree", call.rules.number_chunk),
        "MOBILE" => ("mobile", 20),
        _ => return Err(errors::bad("numberType must be DID, TOLLFREE or MOBILE.")),
    };
    if numbers.len() > most {
        return Err(errors::bad(&format!(
            "At most {most} numbers can be added at once."
        )));
    }
    if kind == "mobile" {
        if pstn::network(call.world, slot).is_none() {
            return Err(errors::bad("The location has no PSTN connection."));
        }
        for name in ["subscriptionId", "carrierId"] {
            super::jobs::required(call.body(), name)?;
        }
    } else {
        damages(call, slot)?;
    }
    let active = match call.text("state") {
        Some("ACTIVE") => true,
        Some("INACTIVE") => false,
        Some(_) => return Err(errors::bad("state must be ACTIVE or INACTIVE.")),
        None => call.rules.new_numbers_active,
    };
    let there = |number: &String| call.world.numbers.get(number);
    let elsewhere = |number: &&String| there(number).is_some_and(|it| it.location != Some(slot));
    if let Some(number) = numbers.iter().find(elsewhere) {
        return Err(errors::telephony(
            409,
            25223,
            8363,
            &format!("DN is in use : {number}"),
        ));
    }
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

/// Up to five; not the main number, not one that somebody has, and not one that was given up a moment ago.
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

/// A number that could be given to somebody, as lists of available numbers show one.
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
