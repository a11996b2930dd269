//! `/licenses` (webex-api.md 2).

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done};
use super::errors;
use super::org;
use super::paging;
use super::products::Product;
use super::routes::{Route, route};
use super::world::License;

const READ: &[&str] = &["spark-admin:licenses_read"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("GET", "/licenses", READ, "licenses", list),
    route("GET", "/licenses/{}", READ, "licenses", get),
];

/// A licence as the API shows one; members that do not apply are not there.
fn show(license: &License) -> Value {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("id", json!(license.id));
    put("name", json!(license.name));
    put("totalUnits", json!(license.total));
    put("consumedUnits", json!(license.consumed()));
    let (people, places) = match license.product {
        Product::RouteList => (Value::Null, Value::Null),
        _ => {
            let places = i64::try_from(license.places.len()).unwrap_or(i64::MAX);
            (json!(license.consumed() - places), json!(places))
        }
    };
    put("consumedByUsers", people);
    put("consumedByWorkspaces", places);
    if let Some(subscription) = &license.subscription {
        put("subscriptionId", json!(subscription));
    }
    if let Some(site) = &license.site {
        put("siteUrl", json!(site));
        put("siteType", json!("Control Hub managed site"));
    }
    Value::Object(shown)
}

fn list(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let listed = call.world.licenses.iter().filter(|(_, it)| it.listed);
    let items: Vec<Value> = listed.map(|(_, it)| show(it)).collect();
    Answer::ok(json!({"items": items}))
}

fn get(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    let world = &*call.world;
    let found = world.licenses.find(call.param(0));
    let license = found.and_then(|slot| world.licenses.get(slot));
    let license = license.filter(|it| it.listed);
    let license = license.ok_or_else(|| errors::not_found("license"))?;
    let mut shown = show(license);
    if call.query("includeAssignedTo") != Some("user") {
        return Answer::ok(shown);
    }
    let at = paging::cursor(call, "limit", 300, 300);
    let holders = license.people.range(at.from..).map(|slot| (*slot, *slot));
    let (users, next) = paging::by_cursor(call, at, "limit", holders, |slot| {
        let person = world.people.get(slot);
        person.map_or(Value::Null, |person| {
            json!({"id": person.id, "type": "INTERNAL", "displayName": person.display_name, "email": person.email})
        })
    });
    shown["users"] = Value::Array(users);
    Ok(paging::linked(Answer::json(200, shown), next))
}
