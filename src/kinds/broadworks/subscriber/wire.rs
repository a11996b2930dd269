//! Subscribers on the wire (webex-api.md 9.1). Requests have the token of a partner; the organisation of the person is another.

use http::Method;
use serde_json::{Map, Value, json};

use super::fields::{CHANGED, CREATED, FIELDS};
use super::removal::SUBSCRIBER;
use super::{KIND, essence};
use crate::change::EXISTENCE;
use crate::kinds::field;
use crate::kinds::wire::{
    Live, Objection, Outcome, Request, Seen, Subject, Then, Wire, one_by_one, one_each,
};
use crate::webex::{Call, Error, Names, Refusal, broadworks, encode};

/// How subscribers are read and written.
pub const LIVE: Live = Live {
    read: |names, keys| one_by_one(keys, |key| read(names, key)),
    wires: &[
        Wire::new("POST", "/broadworks/subscribers", create)
            .carrying(CREATED)
            .then(Then::Created)
            .going_on(outcome),
        Wire::new("POST", ATTACHING, create)
            .carrying(CREATED)
            .then(Then::Created)
            .looking(precheck, |_| 1)
            .passing(approval)
            .going_on(outcome),
        Wire::new("PUT", SUBSCRIBER, update)
            .carrying(CHANGED)
            .going_on(outcome),
        Wire::new("DELETE", SUBSCRIBER, delete)
            .carrying(&[EXISTENCE])
            .destroying(),
    ],
    reads: one_each,
    lists: &[],
    has_settings: false,
};

/// In plans: the request for the first subscriber of an enterprise whose organisation exists. Webex knows no such query; the
/// request is the same, and what it does is not.
pub const ATTACHING: &str = "/broadworks/subscribers?attach";

/// Asks Webex beforehand: a wrong first subscriber cannot be undone (BWKS-040).
fn precheck(names: &Names, subject: &Subject<'_>) -> Result<Option<Objection>, Error> {
    let refusal = broadworks::precheck(names.reader(), provisioned(subject).into())?;
    Ok(refusal.map(Objection::Refused))
}

/// The organisation has to approve first: a later run resumes (BWKS-034).
fn approval(refusal: &Refusal, _: &Subject<'_>) -> Option<String> {
    refusal.has("2017").then(|| {
        "an administrator of the organisation has to approve the partner first; Webex sends an e-mail to at most five of them; take a new \
         snapshot after that, and plan again"
            .to_owned()
    })
}

/// One request: the list by user id has everything.
fn read(names: &Names, key: &str) -> Result<Option<Seen>, Error> {
    let mut all = broadworks::with_user_id(names.reader(), key)?;
    if all.len() > 1 {
        return Err(Error::Malformed {
            call: format!("looking for {}/{key}", KIND.name),
            why: "Webex has several subscribers with this user id".to_owned(),
        });
    }
    let Some(raw) = all.pop() else {
        return Ok(None);
    };
    let subscriber = broadworks::subscriber(&raw);
    let essence = essence(&subscriber);
    let id = subscriber.id.clone();
    Ok(Some(Seen::new(id, raw, &subscriber, essence)))
}

/// Webex has accepted a request, and works on it (BWKS-008).
fn outcome(seen: &Seen, before: Option<&Seen>) -> Outcome {
    let of = |it: &Seen| {
        (
            it.object["status"].clone(),
            it.object["statusSince"].clone(),
        )
    };
    match seen.text("status").unwrap_or_default() {
        "provisioning" | "updating" => Outcome::GoesOn,
        // An old failure: what was sent does not show yet.
        "error" if before.is_some_and(|it| of(it) == of(seen)) => Outcome::GoesOn,
        "error" => {
            let subscriber = broadworks::subscriber(&seen.raw);
            let text = subscriber.failure();
            Outcome::Failed(text.unwrap_or_else(|| "Webex does not say why".to_owned()))
        }
        _ => Outcome::Ended,
    }
}

/// The fields in the form of a request; what goes is an empty text.
fn body(subject: &Subject<'_>) -> Map<String, Value> {
    let mut body = Map::new();
    for sent in &subject.fields {
        if let Some(row) = field::row(&FIELDS, &sent.path) {
            let value = sent.after.as_str().unwrap_or_default();
            body.insert(row.wire.to_owned(), json!(value));
        }
    }
    body
}

fn create(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let body = provisioned(request.one()?);
    Ok(vec![
        Call::new(Method::POST, "/broadworks/subscribers").with(body.into()),
    ])
}

/// What a new subscriber is sent with.
fn provisioned(subject: &Subject<'_>) -> Map<String, Value> {
    let mut body = body(subject);
    body.insert("userId".to_owned(), json!(subject.change.key));
    body
}

fn update(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let path = path(request, subject)?;
    Ok(vec![
        Call::new(Method::PUT, path).with(body(subject).into()),
    ])
}

fn delete(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let path = path(request, request.one()?)?;
    Ok(vec![Call::new(Method::DELETE, path)])
}

fn path(request: &Request<'_>, subject: &Subject<'_>) -> Result<String, Error> {
    let id = subject.id(request.names)?;
    Ok(format!("/broadworks/subscribers/{}", encode(&id)))
}
