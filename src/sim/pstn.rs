//! How a location reaches the public network (webex-api.md 5.3).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::call::{Answer, Call, Done, text};
use super::errors;
use super::ids;
use super::org;
use super::route::{Route, route};
use super::table::Slot;
use super::telephony;
use super::world::World;

const READ: &[&str] = &["spark-admin:telephony_pstn_read"];
const WRITE: &[&str] = &["spark-admin:telephony_pstn_write"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route(
        "GET",
        "/telephony/pstn/locations/{}/connectionOptions",
        READ,
        "locations",
        options,
    ),
    route(
        "GET",
        "/telephony/pstn/locations/{}/connection",
        READ,
        "locations",
        get,
    ),
    route(
        "PUT",
        "/telephony/pstn/locations/{}/connection",
        WRITE,
        "locations",
        set,
    ),
];

/// The connection by a gateway of one's own.
const PREMISES: &str = "Premises-based PSTN";

/// The type of a connection, by what a file calls it: the type itself, or the name that people see.
pub fn kind(name: &str) -> &'static str {
    let name = name.trim();
    let types = [
        "LOCAL_GATEWAY",
        "NON_INTEGRATED_CCP",
        "INTEGRATED_CCP",
        "CISCO_PSTN",
    ];
    let by_type = types.into_iter().find(|it| *it == name);
    let premises = name.to_lowercase().starts_with("premise");
    by_type.unwrap_or(if premises {
        "LOCAL_GATEWAY"
    } else {
        "NON_INTEGRATED_CCP"
    })
}

/// Kind and provider of a location's connection: numbers move only between equals.
pub fn network(world: &World, location: Slot) -> Option<(&'static str, &str)> {
    let calling = world.locations.get(location)?.calling.as_ref()?;
    let name = calling.pstn.as_deref()?.trim();
    Some((kind(name), name))
}

/// Whether numbers of a location are ordered elsewhere, and requests would damage the data.
pub fn by_hand(world: &World, location: Slot) -> bool {
    let network = network(world, location);
    network.is_some_and(|(kind, _)| matches!(kind, "CISCO_PSTN" | "INTEGRATED_CCP"))
}

fn connection(name: &str) -> Value {
    let seed = name.trim().to_lowercase();
    let shown = match name.trim() {
        "LOCAL_GATEWAY" => PREMISES,
        "CISCO_PSTN" => "Cisco Calling Plan",
        name => name,
    };
    json!({
        "id": ids::public("PSTN_CONNECTION", &ids::uuid(&format!("pstn {seed}"))),
        "displayName": shown,
        "pstnServices": ["GEOGRAPHIC_NUMBERS", "TOLLFREE_NUMBERS", "MOBILE_NUMBERS"],
        "pstnConnectionType": kind(name),
    })
}

/// Every connection that some location has, and the two that are always there.
fn known(world: &World) -> BTreeSet<String> {
    let used = world.locations.iter();
    let used = used.filter_map(|(_, it)| Some(it.calling.as_ref()?.pstn.as_deref()?.trim()));
    let always = [PREMISES, "Cloud Connected PSTN"];
    used.chain(always).map(str::to_owned).collect()
}

fn options(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    telephony::find(call, call.param(0))?;
    let options = known(call.world);
    let items: Vec<Value> = options
        .iter()
        .map(|name| {
            let mut shown = connection(name);
            if let Some(shown) = shown.as_object_mut() {
                shown.remove("pstnConnectionType");
            }
            shown
        })
        .collect();
    Answer::ok(json!({"items": items}))
}

fn get(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = telephony::find(call, call.param(0))?;
    let location = call.world.locations.get(slot);
    let calling = location.and_then(|location| location.calling.as_ref());
    let found = calling.and_then(|calling| Some((calling, calling.pstn.as_deref()?)));
    let (calling, name) = found.ok_or_else(|| errors::not_found("PSTN connection"))?;
    let mut shown = connection(name);
    if let Some((kind, id)) = &calling.route {
        shown["routeType"] = json!(kind);
        shown["routeId"] = json!(id);
    }
    Answer::ok(shown)
}

/// A provider that is not integrated, by id; a gateway by trunk or route group. Others are set up only in Control Hub.
fn set(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let slot = telephony::find(call, call.param(0))?;
    let (id, kind_said, route_id) = (
        call.text("id"),
        call.text("premiseRouteType"),
        call.text("premiseRouteId"),
    );
    let (name, route) = match (id, kind_said, route_id) {
        (_, Some(kind @ ("TRUNK" | "ROUTE_GROUP")), Some(route)) => (
            PREMISES.to_owned(),
            Some((kind.to_owned(), route.to_owned())),
        ),
        (_, Some(_), _) | (_, _, Some(_)) => {
            return Err(errors::bad(
                "premiseRouteType and premiseRouteId belong together.",
            ));
        }
        (Some(id), None, None) => {
            let wanted = ids::decoded(id);
            let same = |name: &String| {
                text(&connection(name)["id"]).map(ids::decoded).as_ref() == Some(&wanted)
            };
            let found = known(call.world).into_iter().find(same);
            let name = found.ok_or_else(|| errors::not_found("PSTN connection option"))?;
            if kind(&name) != "NON_INTEGRATED_CCP" {
                return Err(errors::bad("This PSTN connection cannot be set by its id."));
            }
            (name, None)
        }
        (None, None, None) => return Err(errors::bad("id or premiseRouteType is required.")),
    };
    let mut about = None;
    if let Some(location) = call.world.locations.get_mut(slot) {
        about = Some((location.id.clone(), location.name.clone()));
        if let Some(calling) = &mut location.calling {
            calling.pstn = Some(name);
            calling.route = route;
        }
    }
    if let Some((id, name)) = about {
        call.about("LOCATION", &id, &name);
    }
    Answer::no_content()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_names() {
        assert_eq!(kind("CISCO_PSTN"), "CISCO_PSTN");
        assert_eq!(kind("premises-based PSTN "), "LOCAL_GATEWAY");
        assert_eq!(kind("Example CCP"), "NON_INTEGRATED_CCP");
    }
}
