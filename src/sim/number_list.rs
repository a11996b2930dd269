//! The list of numbers and extensions with owners and locations (webex-api.md 6.1).

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done};
use super::e164::e164;
use super::errors;
use super::org;
use super::paging;
use super::people;
use super::table::Slot;
use super::telephony;
use super::world::{Number, Owner, World};

/// A row of the list: a number, or an extension without one.
#[derive(Clone, Copy)]
enum NumberRow<'w> {
    Number(&'w str, &'w Number),
    Extension(Option<Slot>, &'w str, Option<Owner>),
}

/// What a list is asked for.
struct Wanted<'c> {
    location: Option<Slot>,
    number: Option<String>,
    extension: Option<&'c str>,
    available: Option<bool>,
    active: Option<bool>,
    owner: Option<Owner>,
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

/// A person, a workspace or a feature by id.
pub fn holder(world: &World, id: &str) -> Option<Owner> {
    let person = world.people.find(id).map(Owner::Person);
    let place = || world.places.find(id).map(Owner::Workspace);
    let feature = || world.features.find(id).map(Owner::Feature);
    person.or_else(place).or_else(feature)
}

/// `PEOPLE`, `PLACE`, `HUNT_GROUP` …
fn kind_of(world: &World, holder: Owner) -> String {
    match holder {
        Owner::Person(_) => "PEOPLE".to_owned(),
        Owner::Workspace(_) => "PLACE".to_owned(),
        Owner::Feature(slot) => {
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

fn names_of(world: &World, holder: Owner) -> (String, String) {
    match holder {
        Owner::Person(slot) => world
            .people
            .get(slot)
            .map(people::names)
            .unwrap_or_default(),
        Owner::Workspace(slot) => {
            let place = world.places.get(slot);
            (
                place.map(|it| it.name.clone()).unwrap_or_default(),
                String::new(),
            )
        }
        Owner::Feature(slot) => {
            let feature = world.features.get(slot);
            (
                feature.map(|it| it.name.clone()).unwrap_or_default(),
                String::new(),
            )
        }
    }
}

impl NumberRow<'_> {
    fn location(&self) -> Option<Slot> {
        match self {
            NumberRow::Number(_, number) => number.location,
            NumberRow::Extension(location, ..) => *location,
        }
    }

    fn owner(&self) -> Option<Owner> {
        match self {
            NumberRow::Number(_, number) => number.owner,
            NumberRow::Extension(.., holder) => *holder,
        }
    }
}

/// The extension that goes with a number: that of its owner, unless the number is of another line of theirs.
fn extension_of<'w>(world: &'w World, key: &str, number: &'w Number) -> Option<&'w str> {
    let owner = number.owner?;
    match world.number_of(owner) == Some(key) {
        true => world.extension_of(owner),
        false => number.extension.as_deref(),
    }
}

/// Extensions without a number: of people, workspaces and features without one, and of what else the file has.
fn alone(world: &World) -> impl Iterator<Item = NumberRow<'_>> {
    let first = world.extensions.iter().filter(|(_, extension, holder)| {
        world.number_of(*holder).is_none() && world.extension_of(*holder) == Some(extension)
    });
    let first = first
        .map(|(at, extension, holder)| NumberRow::Extension(Some(*at), extension, Some(*holder)));
    let others = world.lines.iter().filter(|line| match line.owner {
        Some(Owner::Feature(_)) => line.location.is_none(),
        _ => true,
    });
    first.chain(others.map(|line| NumberRow::Extension(line.location, &line.extension, line.owner)))
}

impl Wanted<'_> {
    fn fits(&self, world: &World, entry: &NumberRow<'_>) -> bool {
        let owner = entry.owner();
        let extension = match entry {
            NumberRow::Number(key, number) => extension_of(world, key, number),
            NumberRow::Extension(_, extension, _) => Some(*extension),
        };
        let by_kind = match entry {
            NumberRow::Number(_, number) => {
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
            NumberRow::Extension(..) => {
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
fn entries<'w>(
    world: &'w World,
    wanted: &Wanted<'_>,
) -> Box<dyn Iterator<Item = NumberRow<'w>> + 'w> {
    if let Some(number) = &wanted.number {
        let found = world.numbers.get_key_value(number);
        return Box::new(
            found
                .map(|(key, it)| NumberRow::Number(key, it))
                .into_iter(),
        );
    }
    if let Some(holder @ (Owner::Person(_) | Owner::Workspace(_))) = wanted.owner {
        let number = world.number_of(holder);
        let number = number.and_then(|number| world.numbers.get_key_value(number));
        let alone = match number {
            Some(_) => None,
            None => world.location_of(holder).zip(world.extension_of(holder)),
        };
        let number = number.map(|(key, it)| NumberRow::Number(key, it));
        let alone =
            alone.map(|(at, extension)| NumberRow::Extension(Some(at), extension, Some(holder)));
        return Box::new(number.into_iter().chain(alone));
    }
    let numbers = world.numbers.iter();
    let numbers = numbers.map(|(key, it)| NumberRow::Number(key, it));
    Box::new(numbers.chain(alone(world)))
}

fn show(call: &Call<'_>, entry: NumberRow<'_>) -> Value {
    let world = &*call.world;
    let mut shown = Map::new();
    let extension = match entry {
        NumberRow::Number(key, number) => {
            put_number(&mut shown, world, key, number);
            extension_of(world, key, number)
        }
        NumberRow::Extension(_, extension, _) => {
            for (name, value) in [
                ("state", json!("ACTIVE")),
                ("includedTelephonyTypes", json!("PSTN_NUMBER")),
                ("tollFreeNumber", json!(false)),
                ("isServiceNumber", json!(false)),
                ("mainNumber", json!(false)),
            ] {
                shown.insert(name.to_owned(), value);
            }
            Some(extension)
        }
    };
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
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
        put("owner", owner_of(world, owner));
        let first = match is_first(world, entry, owner) {
            true => "PRIMARY",
            false => "ALTERNATE",
        };
        put("phoneNumberType", json!(first));
    }
    Value::Object(shown)
}

/// What a number has and an extension without one has not.
fn put_number(shown: &mut Map<String, Value>, world: &World, key: &str, number: &Number) {
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
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
    // Newer members, which older answers lack.
    if number.reserved {
        put("isReservedNumber", json!(true));
    }
    if number.elin {
        put("elinEnabled", json!(true));
    }
    let main = number
        .location
        .and_then(|it| telephony::main_number(world, it));
    put("mainNumber", json!(main == Some(key)));
}

fn owner_of(world: &World, owner: Owner) -> Value {
    let (first, last) = names_of(world, owner);
    let mut shown = Map::new();
    shown.insert("id".to_owned(), json!(world.holder_id(owner)));
    shown.insert("type".to_owned(), json!(kind_of(world, owner)));
    shown.insert("firstName".to_owned(), json!(first));
    if !last.is_empty() {
        shown.insert("lastName".to_owned(), json!(last));
    }
    Value::Object(shown)
}

/// Whether a row is the first line of its owner.
fn is_first(world: &World, entry: NumberRow<'_>, owner: Owner) -> bool {
    match entry {
        NumberRow::Number(key, number) => {
            number.extension.is_none() || world.number_of(owner) == Some(key)
        }
        NumberRow::Extension(_, extension, _) => world.extension_of(owner) == Some(extension),
    }
}

/// GET of the list.
pub fn list(call: &mut Call<'_>) -> Done {
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
    let alone = alone(world).count();
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
