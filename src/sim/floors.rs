//! Floors of locations, and what the devices of a workspace can sense.

use serde_json::{Value, json};

use super::call::{Answer, Call, Done};
use super::route::{Route, route};
use super::state::floor::Floor;
use super::world::{Owner, World};
use super::{errors, ids, org};

const READ: &[&str] = &["spark-admin:locations_read", "spark-admin:locations_write"];
const WRITE: &[&str] = &["spark-admin:locations_write"];
const ROOMS: &[&str] = &[
    "spark-admin:workspaces_read",
    "spark-admin:workspaces_write",
];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("GET", "/locations/{}/floors", READ, "locations", list),
    route("POST", "/locations/{}/floors", WRITE, "locations", create),
    route("GET", "/locations/{}/floors/{}", READ, "locations", read),
    route("PUT", "/locations/{}/floors/{}", WRITE, "locations", update),
    route(
        "DELETE",
        "/locations/{}/floors/{}",
        WRITE,
        "locations",
        delete,
    ),
    route(
        "GET",
        "/workspaces/{}/capabilities",
        ROOMS,
        "workspaces",
        capabilities,
    ),
];

fn show(world: &World, floor: &Floor) -> Value {
    let location = world.locations.get(floor.location);
    json!({
        "id": floor.id,
        "locationId": location.map(|location| location.id.as_str()),
        "floorNumber": floor.number,
        "displayName": floor.name,
    })
}

fn location(call: &Call<'_>) -> Result<u32, Answer> {
    org::own(call)?;
    let found = call.world.locations.find(call.param(0));
    found.ok_or_else(|| errors::not_found("location"))
}

fn list(call: &mut Call<'_>) -> Done {
    let location = location(call)?;
    let all = call
        .world
        .floors
        .iter()
        .filter(|it| it.location == location);
    let items: Vec<Value> = all.map(|it| show(call.world, it)).collect();
    Answer::ok(json!({"items": items}))
}

/// Number and name of a body; without a name it is that of the number.
fn said(call: &Call<'_>) -> Result<(i64, String), Answer> {
    let number = call.body()["floorNumber"].as_i64();
    let number = number.ok_or_else(|| errors::bad("floorNumber is required."))?;
    let name = call.text("displayName").map(str::to_owned);
    Ok((number, name.unwrap_or_else(|| format!("Floor {number}"))))
}

fn create(call: &mut Call<'_>) -> Done {
    let location = location(call)?;
    let (number, name) = said(call)?;
    let mut all = call.world.floors.iter();
    if all.any(|it| it.location == location && it.number == number) {
        return Err(errors::generic(409, "The floor exists already."));
    }
    let uuid = call.world.new_uuid("floor");
    let floor = Floor {
        id: ids::public("WORKSPACE_LOCATION_FLOOR", &uuid),
        location,
        number,
        name,
    };
    let shown = show(call.world, &floor);
    call.world.floors.push(floor);
    Ok(Answer::json(201, shown))
}

fn find(call: &Call<'_>) -> Result<usize, Answer> {
    let location = location(call)?;
    let id = ids::decoded(call.param(1));
    let mut all = call.world.floors.iter();
    let found = all.position(|it| it.location == location && ids::decoded(&it.id) == id);
    found.ok_or_else(|| errors::not_found("floor"))
}

fn read(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    let floor = call.world.floors.get(at);
    Answer::ok(floor.map_or(Value::Null, |floor| show(call.world, floor)))
}

fn update(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    let (number, name) = said(call)?;
    if let Some(floor) = call.world.floors.get_mut(at) {
        (floor.number, floor.name) = (number, name);
    }
    read(call)
}

fn delete(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    call.world.floors.remove(at);
    Answer::no_content()
}

/// Rooms with a room device can report who is there and how the air is; phones cannot.
fn capabilities(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = call.world.places.find(call.param(0));
    let slot = slot.ok_or_else(|| errors::not_found("workspace"))?;
    let devices = call.world.devices_of(Owner::Workspace(slot));
    let senses = devices.into_iter().any(|slot| {
        let device = call.world.devices.get(slot);
        device.is_some_and(|device| device.kind.as_deref() == Some("roomdesk"))
    });
    let names = [
        "occupancyDetection",
        "presenceDetection",
        "ambientNoise",
        "soundLevel",
        "temperature",
        "airQuality",
        "relativeHumidity",
    ];
    let capabilities: serde_json::Map<String, Value> = names
        .into_iter()
        .map(|name| {
            (
                name.to_owned(),
                json!({"supported": senses, "configured": false}),
            )
        })
        .collect();
    Answer::ok(json!({"capabilities": capabilities}))
}
