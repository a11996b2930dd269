//! What half a request has taken from a person, and how it is given back.

use serde_json::json;

use super::{PHONE_NUMBER, patch, properties, put, repeated, work_phone};
use crate::change::{Field, FieldAction};
use crate::kinds::licenses::wire as licenses;
use crate::kinds::wire::{Request, Seen};
use crate::webex::{Call, Error};

const CALLING: &str = "licenses/calling";

/// Gives back each licence and attendee account that the request was to replace, where the person has neither it nor what was
/// to replace it (webex-api.md 2.5). Each has a request of its own, so that one refusal does not hinder the others; Calling is
/// given back before anything else.
pub(super) fn restore(request: &Request<'_>, now: &Seen) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let mut calls = Vec::new();
    for field in &subject.fields {
        if !is_taken(request, field, now)? {
            continue;
        }
        let call = give_back(request, field, now)?;
        if field.path == CALLING {
            return Ok(call.into_iter().collect());
        }
        calls.extend(call);
    }
    Ok(calls)
}

/// Whether the person has neither what the field was nor what it was to become.
fn is_taken(request: &Request<'_>, field: &Field, now: &Seen) -> Result<bool, Error> {
    if field.before.is_null() || field.after.is_null() {
        return Ok(false);
    }
    for value in [&field.before, &field.after] {
        if licenses::has(request.names, now, &field.path, value)? != Some(false) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The request that gives a person what a field was, or what it is to become where Webex refuses the former; `None` if the person
/// did not have it.
fn give_back(request: &Request<'_>, field: &Field, now: &Seen) -> Result<Option<Call>, Error> {
    let subject = request.one()?;
    let Some(before) = &subject.seen else {
        return Ok(None);
    };
    if licenses::has(request.names, before, &field.path, &field.before)? != Some(true) {
        return Ok(None);
    }
    let value = match request.planned {
        true => &field.after,
        false => &field.before,
    };
    let Some(license) = licenses::license(request.names, &field.path, value)? else {
        let site = field.path.strip_prefix("licenses/meetings/");
        let account = json!({"siteUrl": site, "accountType": "attendee", "operation": "add"});
        return Ok(Some(patch(
            json!({"personId": now.id, "siteUrls": [account]}),
        )));
    };
    let mut add = json!({"id": license.id, "operation": "add"});
    // What belongs to it is what the person had, not what the plan gives.
    let field = Field {
        action: FieldAction::Move,
        ..field.clone()
    };
    if let Some(properties) = properties(request.names, subject, &field, &license.name)? {
        add["properties"] = properties;
    }
    Ok(Some(patch(json!({"personId": now.id, "licenses": [add]}))))
}

/// Gives back the extension, then the number, that a request has taken and was to leave. Each is sent by itself, so that one refusal
/// does not hinder the other.
pub(super) fn kept(request: &Request<'_>, now: &Seen) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let Some(before) = &subject.seen else {
        return Ok(Vec::new());
    };
    let taken = |path: &str| {
        let meant = subject.field(path).is_some() || request.without.iter().any(|it| it == path);
        before
            .text(path)
            .filter(|_| !meant && now.text(path).is_none())
    };
    let mut body = repeated(now);
    match (taken("extension"), taken(PHONE_NUMBER)) {
        (Some(extension), _) => body["extension"] = json!(extension),
        (None, Some(number)) => work_phone(&mut body, Some(number)),
        (None, None) => return Ok(Vec::new()),
    }
    Ok(vec![put(now, body)])
}
