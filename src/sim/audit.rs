//! The audit trail: an entry for each write, done or refused (webex-api.md 11).
//!
//! Owns the entries and how they are returned. The engine records them; handlers say whom they were about.

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Done};
use super::clock::stamp;
use super::route::{Route, route};
use super::state::audit::{Actor, Event, Target};
use super::table::Slot;
use super::world::World;
use super::{errors, ids, org, paging};

const SCOPES: &[&str] = &["audit:events_read"];

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route("GET", "/adminAudit/events", SCOPES, "", events),
    route("GET", "/adminAudit/eventCategories", SCOPES, "", categories),
];

/// Category and description of a write: method, beginning of the path, and both.
const WRITES: &[(&str, &str, &str, &str)] = &[
    (
        "PATCH",
        "/licenses/users",
        "LICENSE",
        "A user's licenses were changed",
    ),
    ("POST", "/people", "USERS", "A user was added"),
    ("DELETE", "/people/", "USERS", "A user was deleted"),
    (
        "",
        "/people/{}/features",
        "CALLING",
        "A user's calling settings were changed",
    ),
    ("PUT", "/people/", "USERS", "A user was changed"),
    ("POST", "/groups", "GROUPS", "A group was added"),
    ("DELETE", "/groups", "GROUPS", "A group was deleted"),
    ("", "/groups", "GROUPS", "A group was changed"),
    (
        "",
        "/identity/scim/{}/v2/Groups",
        "GROUPS",
        "A group was changed",
    ),
    (
        "POST",
        "/identity/scim/{}/v2/Users",
        "USERS",
        "A user was added",
    ),
    (
        "DELETE",
        "/identity/scim/{}/v2/Users",
        "USERS",
        "A user was deleted",
    ),
    ("", "/identity/scim/", "USERS", "A user was changed"),
    (
        "",
        "/identity/organizations",
        "ORG_SETTINGS",
        "The organization was changed",
    ),
    ("POST", "/locations", "LOCATIONS", "A location was added"),
    (
        "DELETE",
        "/locations",
        "LOCATIONS",
        "A location was deleted",
    ),
    ("", "/locations", "LOCATIONS", "A location was changed"),
    ("POST", "/workspaces", "WORKSPACES", "A workspace was added"),
    (
        "DELETE",
        "/workspaces",
        "WORKSPACES",
        "A workspace was deleted",
    ),
    (
        "",
        "/workspaces/{}/features",
        "CALLING",
        "A workspace's calling settings were changed",
    ),
    ("", "/workspaces", "WORKSPACES", "A workspace was changed"),
    (
        "POST",
        "/devices/activationCode",
        "DEVICES",
        "An activation code was made",
    ),
    ("POST", "/devices", "DEVICES", "A device was added"),
    ("DELETE", "/devices", "DEVICES", "A device was deleted"),
    ("", "/devices", "DEVICES", "A device was changed"),
    (
        "",
        "/organization/licenseTemplates",
        "LICENSE",
        "A license template was changed",
    ),
    ("", "/telephony", "CALLING", "A calling setting was changed"),
    (
        "",
        "/broadworks",
        "BROADWORKS",
        "Webex for BroadWorks was changed",
    ),
    (
        "",
        "/subscribers",
        "BROADWORKS",
        "Webex for BroadWorks was changed",
    ),
];

/// What a write is called, by method and pattern of its path.
pub fn words(method: &str, pattern: &str) -> (&'static str, &'static str) {
    let found = WRITES.iter().find(|(of, beginning, ..)| {
        (of.is_empty() || *of == method) && pattern.starts_with(beginning)
    });
    found.map_or(
        ("OTHER", "Something was changed"),
        |(_, _, category, words)| (*category, *words),
    )
}

/// Records a write, with its result. A request that only checks, such as a validation, is not a write.
pub fn enter(
    world: &mut World,
    (method, pattern): (&str, &str),
    at: i64,
    tracking_id: &str,
    target: Option<Target>,
    answer: &Answer,
) {
    let looks = [
        "validate",
        "precheckForDeletion",
        "Lookup",
        "lookup",
        "previewApply",
    ];
    if method == "GET" || looks.iter().any(|word| pattern.contains(word)) {
        return;
    }
    let (category, description) = words(method, pattern);
    world.audit.push(Event {
        at,
        tracking_id: tracking_id.to_owned(),
        category,
        description,
        target,
        error: (answer.status >= 400).then(|| error(answer)),
        actor: None,
    });
}

/// Enters that a licence template of Control Hub has changed what a person holds.
pub fn enter_template(world: &mut World, person: Slot, at: i64) {
    let Some((id, name)) = world
        .people
        .get(person)
        .map(|it| (it.id.clone(), it.display_name.clone()))
    else {
        return;
    };
    let tracking_id = world.new_uuid("template");
    world.audit.push(Event {
        at,
        tracking_id: format!("ATLAS_{tracking_id}"),
        category: "LICENSE",
        description: "Licenses were assigned by a license template",
        target: Some(Target {
            kind: "PERSON",
            id,
            name,
        }),
        error: None,
        actor: Some(Actor {
            id: ids::public("PEOPLE", &ids::uuid("Control Hub")),
            name: "Control Hub".to_owned(),
            email: String::new(),
        }),
    });
}

/// Enters that another administrator has changed something, in the words of snapshot files.
pub fn enter_other(world: &mut World, section: &str, target: Option<Target>, at: i64) {
    let (category, description) = match section {
        "users" => ("USERS", "A user was changed"),
        "groups" => ("GROUPS", "A group was changed"),
        "locations" => ("LOCATIONS", "A location was changed"),
        "workspaces" => ("WORKSPACES", "A workspace was changed"),
        "devices" => ("DEVICES", "A device was changed"),
        "numbers" => ("CALLING", "A phone number was changed"),
        _ => ("OTHER", "Something was changed"),
    };
    let tracking_id = world.new_uuid("somebody else");
    world.audit.push(Event {
        at,
        tracking_id: format!("ATLAS_{tracking_id}"),
        category,
        description,
        target,
        error: None,
        actor: Some(Actor {
            id: ids::public("PEOPLE", &ids::uuid("somebody else")),
            name: "Somebody Else".to_owned(),
            email: "somebody.else@example.com".to_owned(),
        }),
    });
}

/// Whom a change in the words of snapshot files is about.
pub fn target_of(world: &World, section: &str, key: &str) -> Option<Target> {
    let (kind, id) = match section {
        "users" => {
            let person = world.people.get(world.person_by_email(key)?)?;
            ("PERSON", person.id.clone())
        }
        "groups" => {
            let mut all = world.groups.iter();
            (
                "GROUP",
                all.find(|(_, it)| it.name == key || it.id == key)?
                    .1
                    .id
                    .clone(),
            )
        }
        "locations" => {
            let mut all = world.locations.iter();
            (
                "LOCATION",
                all.find(|(_, it)| it.name == key || it.id == key)?
                    .1
                    .id
                    .clone(),
            )
        }
        "workspaces" => {
            let mut all = world.places.iter();
            (
                "WORKSPACE",
                all.find(|(_, it)| it.name == key || it.id == key)?
                    .1
                    .id
                    .clone(),
            )
        }
        _ => return None,
    };
    Some(Target {
        kind,
        id,
        name: key.to_owned(),
    })
}

/// The code and the message of a refusal, in any of its shapes.
fn error(answer: &Answer) -> (String, String) {
    let body = &answer.body;
    let code = [
        &body["errorCode"],
        &body["errors"][0]["errorCode"],
        &body["error"][0]["code"],
    ];
    let code = code.into_iter().find_map(Value::as_u64);
    let code = match code {
        Some(code) if body["errorCode"].is_number() => format!("WXC-{code}"),
        Some(code) => code.to_string(),
        None => answer.status.to_string(),
    };
    let message = [
        &body["message"],
        &body["detail"],
        &body["error"][0]["message"],
    ];
    let message = message.into_iter().find_map(Value::as_str);
    (code, message.unwrap_or("The request failed.").to_owned())
}

/// The administrator behind the token: the first full one, else the app itself.
pub fn actor(world: &World) -> Actor {
    let admins = |roles: &[String]| roles.iter().any(|role| role == "Full Administrator");
    match world
        .people
        .iter()
        .find(|(_, person)| admins(&person.roles))
    {
        Some((_, person)) => Actor {
            id: person.id.clone(),
            name: person.display_name.clone(),
            email: person.email.clone(),
        },
        None => Actor {
            id: ids::public("PEOPLE", &ids::uuid(&format!("app of {}", world.org.uuid))),
            name: "trunkline".to_owned(),
            email: "trunkline@serviceapp.example".to_owned(),
        },
    }
}

/// A year, in milliseconds: the longest span of one request.
const YEAR: i64 = 366 * 24 * 3600 * 1000;

fn events(call: &mut Call<'_>) -> Done {
    org::own(call)?;
    for name in ["orgId", "from", "to"] {
        if call.query(name).is_none_or(str::is_empty) {
            return Err(errors::bad(&format!("{name} is required.")));
        }
    }
    let (Some(from), Some(to)) = (moment(call, "from"), moment(call, "to")) else {
        return Err(errors::bad("from and to must be times in ISO 8601."));
    };
    if to < from || to - from > YEAR {
        return Err(errors::bad(
            "from and to must be in order, and no more than a year apart.",
        ));
    }
    let wanted = call
        .query("eventCategories")
        .map(|it| it.split(',').collect::<Vec<_>>());
    let by = call.query("actorId").map(ids::decoded);
    let admin = actor(call.world);
    let seen = call.now - i64::from(call.rules.audit_delay) * 1000;
    let fits = |event: &&Event| {
        let actor = event.actor.as_ref().unwrap_or(&admin);
        (from..=to).contains(&event.at)
            && event.at <= seen
            && wanted
                .as_ref()
                .is_none_or(|it| it.contains(&event.category))
            && by.as_ref().is_none_or(|it| *it == ids::decoded(&actor.id))
    };
    // newest first
    let events = call.world.audit.iter().rev().filter(fits);
    let (page, next) = paging::by_offset(call, 100, 200, events);
    let page = page
        .into_iter()
        .map(|event| show(call.world, &admin, event))
        .collect();
    Ok(paging::list("items", page, next))
}

fn moment(call: &Call<'_>, name: &str) -> Option<i64> {
    let time = call.query(name)?.parse::<jiff::Timestamp>().ok()?;
    Some(time.as_millisecond())
}

fn show(world: &World, admin: &Actor, event: &Event) -> Value {
    let actor = event.actor.as_ref().unwrap_or(admin);
    let mut data = Map::new();
    let mut put = |name: &str, value: Value| data.insert(name.to_owned(), value);
    put("actorName", json!(actor.name));
    if !actor.email.is_empty() {
        put("actorEmail", json!(actor.email));
    }
    put("adminRoles", json!(["Full_Admin"]));
    put("actorIp", json!("192.0.2.10"));
    put("actorOrgName", json!(world.org.name));
    put("trackingId", json!(event.tracking_id));
    put("eventCategory", json!(event.category));
    put("eventDescription", json!(event.description));
    put("targetOrgId", json!(world.org.id));
    put("targetOrgName", json!(world.org.name));
    let name = event.target.as_ref().map(|target| target.name.as_str());
    let text = match name.filter(|name| !name.is_empty()) {
        Some(target) => format!("{}: {} ({target})", actor.name, event.description),
        None => format!("{}: {}", actor.name, event.description),
    };
    put("actionText", json!(text));
    if let Some(target) = &event.target {
        put("targetType", json!(target.kind));
        put("targetId", json!(target.id));
        put("targetName", json!(target.name));
    }
    if let Some((code, message)) = &event.error {
        put("errorCode", json!(code));
        put("errorMessage", json!(message));
    }
    let id = ids::cursor(&ids::uuid(&format!(
        "event {} {}",
        event.tracking_id, event.at
    )));
    json!({
        "id": id,
        "created": stamp(event.at),
        "actorId": actor.id,
        "actorOrgId": world.org.id,
        "data": data,
    })
}

fn categories(_: &mut Call<'_>) -> Done {
    let mut all: Vec<&str> = WRITES.iter().map(|(_, _, category, _)| *category).collect();
    all.push("LOGINS");
    all.sort_unstable();
    all.dedup();
    Answer::ok(json!({"eventCategories": all}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_has_words_of_its_own() {
        assert_eq!(words("PATCH", "/licenses/users").0, "LICENSE");
        assert_eq!(words("PUT", "/people/{}/features/bargeIn").0, "CALLING");
        assert_eq!(words("DELETE", "/people/{}").1, "A user was deleted");
        assert_eq!(words("PUT", "/nothing").0, "OTHER");
    }

    #[test]
    fn a_refusal_keeps_its_code() {
        let refused = errors::telephony(409, 25223, 8363, "DN is in use");
        assert_eq!(error(&refused).0, "WXC-25223");
        assert_eq!(
            error(&errors::coded(400, "License conflict", 400_404, "x")).0,
            "400404"
        );
        assert_eq!(
            error(&errors::scim(400, Some("noTarget"), "gone")),
            ("400".to_owned(), "gone".to_owned())
        );
    }
}
