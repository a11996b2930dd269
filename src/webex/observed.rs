//! What Webex answers about one object -> the form that snapshots have. Ids become names; forms become canonical. An object
//! without its name, or with a list that cannot be read, is an error: it is not taken for one that has less.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::Error;
use super::names::Names;
use crate::phone;
use crate::snapshot::{
    Device, Group, License, Location, LocationCalling, Number, Owner, OwnerKind, User, Word,
    Workspace,
};

/// A licence (webex-api.md 2.1).
pub fn license(raw: &Value) -> Result<License, Error> {
    Ok(License {
        id: text(raw, "id"),
        name: named("licence", raw, "name")?,
        subscription_id: given(&raw["subscriptionId"]),
        site_url: given(&raw["siteUrl"]),
        total_units: units(raw, "totalUnits")?,
        consumed_units: units(raw, "consumedUnits")?,
    })
}

/// How many units of a licence there are, if Webex says so in a number that can be.
fn units(raw: &Value, name: &str) -> Result<Option<i64>, Error> {
    match &raw[name] {
        Value::Null => Ok(None),
        told => told
            .as_i64()
            .map(License::plausible)
            .ok_or_else(|| unreadable("licence", raw, name, "is not a whole number")),
    }
}

/// A person, as `GET /people/{id}?callingData=true` has one (webex-api.md 4.1). Number, extension and location count only
/// with Calling, which shows as a `locationId`; the work phone of others is what the directory says.
pub fn user(names: &Names, raw: &Value) -> Result<User, Error> {
    let location = match optional("person", raw, "locationId")? {
        Some(id) => Some(names.key("location", &id)?.unwrap_or(id)),
        None => None,
    };
    if !matches!(raw["phoneNumbers"], Value::Null | Value::Array(_)) {
        return Err(unreadable("person", raw, "phoneNumbers", "is not a list"));
    }
    let work = phone_of(raw, "work").and_then(|number| phone::read_back(&number).or(Some(number)));
    let email = emails(raw)?.to_lowercase();
    let sites = texts("person", raw, "siteUrls")?.into_iter();
    let attendee_sites = sites.filter_map(|site| Some(site.strip_suffix("#attendee")?.into()));
    let mut roles = Vec::new();
    for role in texts("person", raw, "roles")? {
        roles.push(
            names
                .key("role", role)?
                .unwrap_or_else(|| role.to_owned())
                .into(),
        );
    }
    let calls = location.is_some();
    let status = match (
        raw["loginEnabled"].as_bool(),
        raw["invitePending"].as_bool(),
    ) {
        (Some(false), _) => "inactive",
        (_, Some(true)) => "pending",
        _ => "active",
    };
    Ok(User {
        id: text(raw, "id"),
        email,
        display_name: given(&raw["displayName"]),
        status: Some(status.into()),
        source: None,
        phone_number: work.clone().filter(|_| calls),
        work_phone: work,
        extension: optional("person", raw, "extension")?.filter(|_| calls),
        location: location.map(Word::from),
        licenses: texts("person", raw, "licenses")?
            .into_iter()
            .map(Word::from)
            .collect(),
        attendee_sites: attendee_sites.collect(),
        site_admin: Box::default(),
        roles: roles.into(),
        voicemail: None,
    })
}

/// The phone number of a person or directory entry with this type: the primary one, wherever it is in the list.
pub fn phone_of(raw: &Value, kind: &str) -> Option<String> {
    let of_kind = || {
        let numbers = list(&raw["phoneNumbers"]).filter(|number| number["type"] == kind);
        numbers.filter(|number| given(&number["value"]).is_some())
    };
    let primary = of_kind().find(|number| number["primary"] == true);
    let found = primary.or_else(|| of_kind().next())?;
    given(&found["value"])
}

/// A group without its members (webex-api.md 4.6).
pub fn group(raw: &Value) -> Result<Group, Error> {
    let foreign = raw["provisionSource"]
        .as_str()
        .is_some_and(|source| !source.is_empty());
    Ok(Group {
        id: text(raw, "id"),
        name: named("group", raw, "displayName")?,
        source: Some(if foreign { "directory" } else { "webex" }.to_owned()),
        kind: None,
        description: given(&raw["description"]),
        members: Vec::new().into(),
    })
}

/// The e-mail addresses of a group's members that are people.
pub fn members(names: &Names, raw: &[Value]) -> Result<Vec<String>, Error> {
    let people = raw.iter().filter(|member| {
        let kind = member["type"].as_str().unwrap_or("user");
        kind.eq_ignore_ascii_case("user")
    });
    let ids: Vec<&str> = people
        .filter_map(|it| it["id"].as_str().or(it["value"].as_str()))
        .collect();
    names.meet("user", &ids)?;
    let mut members = Vec::with_capacity(ids.len());
    for id in ids {
        members.extend(names.key("user", id)?);
    }
    members.sort_unstable();
    members.dedup();
    Ok(members)
}

/// A location; `calling` is what `GET /telephony/config/locations/{id}` says, where it has Calling (webex-api.md 5).
pub fn location(
    raw: &Value,
    calling: Option<&Value>,
    connection: Option<&Value>,
) -> Result<Location, Error> {
    let main = |calling: &Value| {
        let number = given(&calling["callingLineId"]["phoneNumber"])?;
        phone::read_back(&number).or(Some(number))
    };
    let name = named("location", raw, "name")?;
    let mut told = texts_in(raw);
    told.remove("calling");
    if raw["address"].is_object() {
        told.insert("address".to_owned(), texts_in(&raw["address"]).into());
    }
    // Webex calls these fields as snapshots do.
    let location = Location::deserialize(Value::from(told));
    let location =
        location.map_err(|error| unreadable("location", raw, "name", &error.to_string()))?;
    Ok(Location {
        name,
        calling: calling.map(|calling| LocationCalling {
            main_number: main(calling),
            pstn: connection.and_then(pstn),
        }),
        ..location
    })
}

/// The members of an object that are texts, and not empty.
fn texts_in(raw: &Value) -> Map<String, Value> {
    let members = raw.as_object().into_iter().flatten();
    let texts = members.filter_map(|(name, value)| Some((name.clone(), given(value)?.into())));
    texts.collect()
}

/// What a location's connection is called; those whose numbers are ordered only manually go by their type.
pub fn pstn(connection: &Value) -> Option<String> {
    let kind = given(&connection["pstnConnectionType"]);
    match kind.as_deref() {
        Some("CISCO_PSTN" | "INTEGRATED_CCP") => kind,
        _ => given(&connection["displayName"]).or(kind),
    }
}

/// A row of the organisation's list of numbers (webex-api.md 6.1): a number, or an extension without one.
///
/// `None` for an extension that a person or workspace says itself.
pub fn number(names: &Names, raw: &Value) -> Result<Option<Number>, Error> {
    let number = given(&raw["phoneNumber"]);
    let owner = match raw["owner"].is_object() {
        true => Some(owner(names, &raw["owner"])?),
        false => None,
    };
    let primary = given(&raw["phoneNumberType"]).is_none_or(|kind| kind == "PRIMARY");
    let says_itself = owner.as_ref().is_some_and(|owner| {
        !owner.kind.is_feature() && Some(&owner.key) != given(&raw["owner"]["id"]).as_ref()
    });
    let extension = given(&raw["extension"]).filter(|_| !(says_itself && primary));
    if number.is_none() && extension.is_none() {
        return Ok(None);
    }
    let location = match given(&raw["location"]["id"]) {
        Some(id) => names
            .key("location", &id)?
            .or_else(|| given(&raw["location"]["name"])),
        None => given(&raw["location"]["name"]),
    };
    let kind = match (&raw["includedTelephonyTypes"], &raw["tollFreeNumber"]) {
        _ if number.is_none() => None,
        (Value::String(kinds), _) if kinds == "MOBILE_NUMBER" => Some("mobile"),
        (_, Value::Bool(true)) => Some("tollFree"),
        _ => Some("did"),
    };
    Ok(Some(Number {
        phone_number: number
            .map(|number| phone::read_back(&number).unwrap_or(number))
            .unwrap_or_default(),
        extension,
        location: location.map(Word::from),
        state: given(&raw["state"]).map(|state| state.to_lowercase().into()),
        kind: kind.map(Word::from),
        purpose: purpose(raw).map(str::to_owned),
        owner,
    }))
}

/// What Webex reserves a number for, so that it cannot be assigned.
fn purpose(raw: &Value) -> Option<&'static str> {
    let marks = [
        ("isReservedNumber", "reserved"),
        ("elinEnabled", "emergency"),
        ("isServiceNumber", "service"),
    ];
    let marked = marks.into_iter().find(|(name, _)| raw[*name] == true);
    marked.map(|(_, purpose)| purpose)
}

/// Who has a number or an extension.
pub fn owner(names: &Names, raw: &Value) -> Result<Owner, Error> {
    let id = text(raw, "id");
    let kind = text(raw, "type");
    let (kind, key) = match kind.as_str() {
        "PEOPLE" | "USER" => (OwnerKind::User, names.key("user", &id)?),
        "PLACE" => (OwnerKind::Workspace, names.key("workspace", &id)?),
        // One word in questions, another in answers.
        "GROUP_PAGING" => (OwnerKind::from("pagingGroup"), full_name(raw)),
        _ => (OwnerKind::from(&*camel(&kind)), full_name(raw)),
    };
    Ok(Owner {
        kind,
        key: key.unwrap_or(id),
    })
}

/// What a feature is called: it has a first name, a last name, or both.
fn full_name(raw: &Value) -> Option<String> {
    let names = [given(&raw["firstName"]), given(&raw["lastName"])];
    let names: Vec<String> = names.into_iter().flatten().collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// `HUNT_GROUP` -> `huntGroup`.
fn camel(upper: &str) -> String {
    let mut out = String::with_capacity(upper.len());
    for (at, word) in upper.split('_').enumerate() {
        let mut chars = word.chars();
        match (at, chars.next()) {
            (0, _) => out.push_str(&word.to_lowercase()),
            (_, Some(first)) => {
                out.push(first);
                out.push_str(&chars.as_str().to_lowercase());
            }
            (_, None) => {}
        }
    }
    out
}

/// A workspace; `numbers` is what `GET /workspaces/{id}/features/numbers` says, where it has Calling (webex-api.md 7).
pub fn workspace(names: &Names, raw: &Value, numbers: Option<&Value>) -> Result<Workspace, Error> {
    let first = numbers.and_then(|numbers| {
        let mut all = list(&numbers["phoneNumbers"]);
        all.find(|it| it["primary"] != false).cloned()
    });
    let first = first.unwrap_or_default();
    let number = given(&first["external"]);
    let calling = numbers.and_then(|numbers| given(&numbers["location"]["id"]));
    let location = match calling.or_else(|| given(&raw["locationId"])) {
        Some(id) => Some(names.key("location", &id)?.unwrap_or(id)),
        None => None,
    };
    let name = named("workspace", raw, "displayName")?;
    let licenses = texts("workspace", &raw["calling"]["webexCalling"], "licenses")?;
    Ok(Workspace {
        id: text(raw, "id"),
        name,
        location: location.map(Word::from),
        phone_number: number.map(|number| phone::read_back(&number).unwrap_or(number)),
        extension: given(&first["extension"]),
        licenses: licenses.into_iter().map(Word::from).collect(),
        supported_devices: given(&raw["supportedDevices"]).map(Box::from),
    })
}

/// A device (webex-api.md 8.1).
pub fn device(names: &Names, raw: &Value) -> Result<Device, Error> {
    let owner = match (given(&raw["personId"]), given(&raw["workspaceId"])) {
        (Some(id), _) => names.key("user", &id)?.map(Owner::user),
        (None, Some(id)) => names.key("workspace", &id)?.map(Owner::workspace),
        (None, None) => None,
    };
    let mut device = Device {
        id: text(raw, "id"),
        name: given(&raw["displayName"]),
        product: given(&raw["product"]).map(Word::from),
        mac: given(&raw["mac"]),
        kind: given(&raw["type"]).map(Word::from),
        connection_status: None,
        created: None,
        owner,
    };
    // Of other devices the connection changes all the time, and says nothing that a plan needs.
    if device.is_webex_go() {
        device.connection_status = given(&raw["connectionStatus"]).map(Box::from);
        device.created = given(&raw["created"]).map(Box::from);
    }
    Ok(device)
}

/// What Webex says that it could not read of an object, in words.
pub fn unread(raw: &Value) -> Option<String> {
    let errors = &raw["errors"];
    let parts: Vec<String> = match errors {
        Value::Object(members) => members
            .iter()
            .map(
                |(name, why)| match said(why, "reason").or(said(why, "description")) {
                    Some(reason) => format!("{name} ({reason})"),
                    None => name.clone(),
                },
            )
            .collect(),
        Value::Array(all) => all
            .iter()
            .map(|it| said(it, "description").unwrap_or("a part").to_owned())
            .collect(),
        Value::String(said) if !said.is_empty() => vec![format!("everything ({said})")],
        _ if raw.get("licenses").is_some_and(Value::is_null) => vec!["licenses (null)".to_owned()],
        _ => return None,
    };
    (!parts.is_empty()).then(|| format!("Webex could not read {}", parts.join(", ")))
}

/// A text that is not empty.
fn said<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value[name].as_str().filter(|text| !text.is_empty())
}

/// The first e-mail address of a person, by which everyone is known.
pub fn emails(raw: &Value) -> Result<&str, Error> {
    let first = texts("person", raw, "emails")?.into_iter().next();
    first
        .filter(|email| !email.trim().is_empty())
        .ok_or_else(|| unreadable("person", raw, "emails", "has no address"))
}

/// A member by which an object is known.
fn named(what: &str, raw: &Value, name: &str) -> Result<String, Error> {
    match raw[name].as_str() {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err(unreadable(what, raw, name, "has no text")),
    }
}

/// A text that may be absent; anything else is no answer.
fn optional(what: &str, raw: &Value, name: &str) -> Result<Option<String>, Error> {
    match &raw[name] {
        value @ (Value::Null | Value::String(_)) => Ok(given(value)),
        _ => Err(unreadable(what, raw, name, "is not a text")),
    }
}

/// A list of texts; absent is empty.
fn texts<'v>(what: &str, raw: &'v Value, name: &str) -> Result<Vec<&'v str>, Error> {
    let wrong = || unreadable(what, raw, name, "is not a list of texts");
    match &raw[name] {
        Value::Null => Ok(Vec::new()),
        Value::Array(all) => all
            .iter()
            .map(|one| one.as_str().ok_or_else(wrong))
            .collect(),
        _ => Err(wrong()),
    }
}

fn unreadable(what: &str, raw: &Value, name: &str, why: &str) -> Error {
    Error::Malformed {
        call: format!("the request for a {what}"),
        why: format!("{name} of {} {why}", raw["id"]),
    }
}

fn text(raw: &Value, name: &str) -> String {
    raw[name].as_str().unwrap_or_default().to_owned()
}

/// A text that is not empty.
fn given(value: &Value) -> Option<String> {
    let text = value
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())?;
    Some(text.to_owned())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_primary_number_counts_wherever_it_is() {
        let of = |numbers: Value| phone_of(&json!({"phoneNumbers": numbers}), "work");
        let second = json!([
            {"type": "work", "value": "+12145550105", "primary": false},
            {"type": "mobile", "value": "+12145550109", "primary": true},
            {"type": "work", "value": "+12145550101", "primary": true},
        ]);
        assert_eq!(of(second).as_deref(), Some("+12145550101"));
        // Directories need not mark one.
        let unmarked = json!([{"type": "work", "value": "+12145550105"}, {"type": "work", "value": "+12145550101"}]);
        assert_eq!(of(unmarked).as_deref(), Some("+12145550105"));
        let empty = json!([{"type": "work", "value": "", "primary": true}, {"type": "work", "value": "+12145550101"}]);
        assert_eq!(of(empty).as_deref(), Some("+12145550101"));
        assert_eq!(of(Value::Null), None);
    }
}
