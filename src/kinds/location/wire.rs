//! Locations on the wire (webex-api.md 5).

use http::Method;
use serde_json::{Map, Value, json};

use super::fields::{CALLING, FIELDS, GENERAL, MAIN_NUMBER_PATH};
use super::{KIND, essence};
use crate::change::EXISTENCE;
use crate::kinds::field;
use crate::kinds::wire::{
    Live, Request, Seen, Subject, Then, Wire, found, not_sent, one_by_one, two_each,
};
use crate::webex::{Call, Error, Names, Refusal, encode, observed};

/// How locations are read and written.
pub const LIVE: Live = Live {
    read: |names, keys| one_by_one(keys, |key| read(names, key)),
    wires: &[
        Wire::new("POST", "/locations", create)
            .carrying(GENERAL)
            .then(Then::Created)
            .clicking("Management > Locations > Manage location > Create manually"),
        Wire::new("PUT", "/locations/{locationId}", update)
            .carrying(GENERAL)
            .clicking(
                "Management > Locations > the location > Overview > edit what is listed > Save",
            ),
        Wire::new("POST", "/telephony/config/locations", enable)
            .carrying(&[CALLING])
            .clicking("Management > Locations > the location > Calling > Enable Calling"),
        Wire::new(
            "PUT",
            "/telephony/config/locations/{locationId}",
            main_number,
        )
        .carrying(&[MAIN_NUMBER_PATH])
        .clicking("Management > Locations > the location > Calling > Main number > Save"),
        Wire::new(
            "POST",
            "/telephony/config/jobs/locations/deleteCallingLocation",
            disable,
        )
        .then(Then::Job(
            "/telephony/config/jobs/locations/deleteCallingLocation/",
        ))
        .done_when(|seen| seen.object["calling"].is_null())
        .destroying()
        .clicking("Management > Locations > the location > Calling > Disable Calling"),
        Wire::new("DELETE", "/locations/{locationId}", delete)
            .carrying(&[EXISTENCE])
            .passing(still_referenced)
            .clicking("Management > Locations > the location > Actions > Delete location"),
    ],
    reads: two_each,
    lists: &["location"],
    has_settings: false,
};

fn read(names: &Names, key: &str) -> Result<Option<Seen>, Error> {
    let Some((id, mut raw)) = found(names, KIND.name, key, "/locations/{id}")? else {
        return Ok(None);
    };
    let path = format!("/telephony/config/locations/{}", encode(&id));
    let calling = names.reader().find(&path)?;
    let location = observed::location(&raw, calling.as_ref(), None)?;
    // What a `PUT` of the main number repeats.
    let line = calling.map(|calling| calling["callingLineId"].clone());
    raw["callingLineId"] = line.unwrap_or_default();
    let essence = essence(&location);
    Ok(Some(Seen::new(id, raw, &location, essence)))
}

/// The general fields of a location, in the form of a request. The address is sent whole.
fn general(subject: &Subject<'_>) -> Map<String, Value> {
    let mut body = Map::new();
    let mut address = match &subject.seen {
        Some(seen) => seen.raw["address"].as_object().cloned().unwrap_or_default(),
        None => Map::new(),
    };
    let mut moved = false;
    for field in &subject.fields {
        let row = field::row(&FIELDS, &field.path).map(|row| row.wire.split_once('/'));
        match row {
            Some(Some((_, line))) => {
                moved = true;
                address.insert(line.to_owned(), (*field.after).clone());
            }
            Some(None) => _ = body.insert(field.path.to_string(), (*field.after).clone()),
            None => {}
        }
    }
    if moved {
        address.retain(|_, value| !value.is_null());
        body.insert("address".to_owned(), address.into());
    }
    body
}

fn create(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let mut body = general(subject);
    body.insert("name".to_owned(), json!(subject.change.key));
    let language = announcement_language(body.get("preferredLanguage"));
    body.insert("announcementLanguage".to_owned(), language);
    Ok(vec![
        Call::new(Method::POST, "/locations").with(body.into()),
    ])
}

/// The language of announcements of a new location is that of its e-mails, in lower case; where announcements have none of
/// that name, the nearest (docs/unconfirmed.md).
fn announcement_language(preferred: Option<&Value>) -> Value {
    let preferred = preferred.and_then(Value::as_str).unwrap_or("en_us");
    let preferred = preferred.to_lowercase();
    json!(match preferred.as_str() {
        "en_ca" => "en_us",
        "es_mx" => "es_co",
        "ar_sa" => "ar_ae",
        same => same,
    })
}

fn update(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let id = subject.id(request.names)?;
    Ok(vec![
        Call::new(Method::PUT, format!("/locations/{}", encode(&id))).with(general(subject).into()),
    ])
}

/// Calling wants all of the location once more.
fn enable(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let seen = subject
        .seen
        .as_ref()
        .ok_or_else(|| not_sent("the location does not exist"))?;
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(seen.id));
    for name in GENERAL.iter().map(|path| path.trim_end_matches('/')) {
        body.insert(name.to_owned(), seen.raw[name].clone());
    }
    let language = match seen.raw["announcementLanguage"].as_str() {
        Some(language) => json!(language),
        None => announcement_language(seen.raw.get("preferredLanguage")),
    };
    body.insert("announcementLanguage".to_owned(), language);
    Ok(vec![
        Call::new(Method::POST, "/telephony/config/locations").with(body.into()),
    ])
}

fn main_number(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let id = subject.id(request.names)?;
    let mut line = match &subject.seen {
        Some(seen) => seen.raw["callingLineId"]
            .as_object()
            .cloned()
            .unwrap_or_default(),
        None => Map::new(),
    };
    let number = subject
        .field(MAIN_NUMBER_PATH)
        .map(|field| (*field.after).clone());
    line.insert("phoneNumber".to_owned(), number.unwrap_or_default());
    let path = format!("/telephony/config/locations/{}", encode(&id));
    Ok(vec![
        Call::new(Method::PUT, path).with(json!({"callingLineId": line})),
    ])
}

/// The job itself checks whether anything prevents it, and says what; nothing is ever forced (webex-api.md 5.5).
fn disable(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let id = subject.id(request.names)?;
    let job = Call::new(
        Method::POST,
        "/telephony/config/jobs/locations/deleteCallingLocation",
    )
    .with(json!({"locationId": id, "locationName": subject.change.key, "forceDelete": false}));
    Ok(vec![job])
}

fn delete(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let id = request.one()?.id(request.names)?;
    Ok(vec![Call::new(
        Method::DELETE,
        format!("/locations/{}", encode(&id)),
    )])
}

/// For up to some hours after the end of its Calling, Webex counts a location as in use. That passes by itself.
fn still_referenced(refusal: &Refusal, subject: &Subject<'_>) -> Option<String> {
    let closed = subject
        .seen
        .as_ref()
        .is_some_and(|seen| !seen.object["calling"].is_object());
    (refusal.status == 409 && closed).then(|| {
        format!(
            "Webex still counts the location as in use ({}). After its Calling is removed, this can last some \
            hours and ends by itself: apply again later. If it persists, check in Control Hub what is still there",
            refusal.message
        )
    })
}
