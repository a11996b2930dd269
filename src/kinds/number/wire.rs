//! Numbers on the wire (webex-api.md 6.1, 6.2, 6.4).

use std::collections::BTreeMap;

use http::Method;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::essence;
use crate::change::Change;
use crate::kinds::wire::manual::Sheet;
use crate::kinds::wire::{Live, Request, Seen, Subject, Then, Wire, not_sent, one_by_one};
use crate::webex::{Call, Error, Names, Paging, Refusal, encode, numbers, observed, query};

/// Webex takes at most this many mobile numbers in one request.
const MOBILE_PER_REQUEST: usize = 20;

/// The code of a refusal to move more numbers than one in a job.
const ONE_A_JOB: &str = "BATCH-1017031";

/// From how many numbers on, the whole list is read.
const MANY: usize = 4;

/// How many numbers a page of it has.
const PAGE: usize = 2000;

/// How numbers are read and written.
pub const LIVE: Live = Live {
    read,
    wires: &[
        Wire::new(
            "POST",
            "/telephony/config/locations/{locationId}/numbers",
            create,
        )
        .carrying(&[
            "carrier",
            "location",
            "operatorAccount",
            "paidBy",
            "state",
            "type",
        ])
        .validating(validate)
        .or(without_refused)
        .importing(Sheet::Numbers, &["location", "state", "type"])
        .clicking("Services > PSTN & Routing > Numbers > Manage > Add > choose location and number type > enter the numbers > Save"),
        Wire::new(
            "PUT",
            "/telephony/config/locations/{locationId}/numbers",
            switch,
        )
        .carrying(&["state"])
        .clicking("Services > PSTN & Routing > Numbers > Manage > Activate > choose the numbers"),
        Wire::new(
            "DELETE",
            "/telephony/config/locations/{locationId}/numbers",
            delete,
        )
        .carrying(&["state"])
        .clicking("Services > PSTN & Routing > Numbers > Manage > Delete > choose the numbers"),
        Wire::new(
            "POST",
            "/telephony/config/jobs/numbers/manageNumbers",
            move_numbers,
        )
        .carrying(&["location"])
        .then(Then::Job("/telephony/config/jobs/numbers/manageNumbers/"))
        .or(one_number_a_job)
        .clicking("Services > PSTN & Routing > Numbers > Manage > Move > choose the numbers and the new location"),
    ],
    reads,
    lists: &["location"],
    has_settings: false,
};

fn read(names: &Names, keys: &[&str]) -> Result<Vec<Option<Seen>>, Error> {
    let path = "/telephony/config/numbers";
    if keys.len() < MANY {
        return one_by_one(keys, |key| {
            let path = query(path, &[("phoneNumber", Some(key))]);
            for raw in names.reader().list(&path, "phoneNumbers", Paging::Link)? {
                if let Some(seen) =
                    seen(names, raw)?.filter(|seen| seen.text("phoneNumber") == Some(key))
                {
                    return Ok(Some(seen));
                }
            }
            Ok(None)
        });
    }
    let mut found: FxHashMap<String, Seen> = FxHashMap::default();
    for raw in names.reader().list(
        &query(path, &[("max", Some(&PAGE.to_string()))]),
        "phoneNumbers",
        Paging::Link,
    )? {
        let wanted = raw["phoneNumber"]
            .as_str()
            .is_some_and(|number| keys.contains(&number));
        if let Some(seen) = wanted.then(|| seen(names, raw)).transpose()?.flatten() {
            found.insert(
                seen.text("phoneNumber").unwrap_or_default().to_owned(),
                seen,
            );
        }
    }
    Ok(keys.iter().map(|key| found.remove(*key)).collect())
}

/// How many numbers an organisation has, a plan does not say: about as many as people. After the last page comes an empty one.
fn reads(changes: &[&Change], people: usize) -> usize {
    match changes.len() {
        few if few < MANY => few,
        _ => people.div_ceil(PAGE) + 1,
    }
}

fn seen(names: &Names, raw: Value) -> Result<Option<Seen>, Error> {
    let Some(number) = observed::number(names, &raw)? else {
        return Ok(None);
    };
    let essence = essence(&number);
    let id = number.phone_number.clone();
    Ok(Some(Seen::new(id, raw, &number, essence)))
}

/// Numbers by location: the one that a field names, else the one where they are.
fn by_location<'a>(
    request: &'a Request<'_>,
    target: bool,
) -> Result<BTreeMap<&'a str, Vec<&'a str>>, Error> {
    let mut numbers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for subject in request.subjects {
        let here = subject.seen.as_ref().and_then(|seen| seen.text("location"));
        let location = if target {
            subject.after("location")
        } else {
            here
        };
        let location =
            location.ok_or_else(|| not_sent(format!("{} has no location", subject.change.key)))?;
        numbers
            .entry(location)
            .or_default()
            .push(&subject.change.key);
    }
    Ok(numbers)
}

fn create(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let first = request.one()?;
    let kind = first.after("type").unwrap_or("did");
    let most = if kind == "mobile" {
        MOBILE_PER_REQUEST
    } else {
        usize::MAX
    };
    let mut calls = Vec::new();
    for (location, numbers) in by_location(request, true)? {
        let id = request.names.need("location", location)?;
        for chunk in numbers.chunks(most) {
            let mut body = json!({"phoneNumbers": chunk, "numberType": kind.to_uppercase()});
            if kind == "mobile" {
                body["subscriptionId"] = json!(ordered(first, "paidBy")?);
                body["carrierId"] = json!(ordered(first, "carrier")?);
            } else {
                body["state"] = json!(first.after("state").unwrap_or("active").to_uppercase());
            }
            calls.push(
                Call::new(
                    Method::POST,
                    format!("/telephony/config/locations/{}/numbers", encode(&id)),
                )
                .with(body),
            );
        }
    }
    Ok(calls)
}

/// Which mobile numbers the operator does not bring, in Webex's words: the others are ordered.
fn validate(names: &Names, subjects: &[Subject<'_>]) -> Result<Vec<(String, String)>, Error> {
    let mobile = subjects
        .iter()
        .filter(|it| it.after("type") == Some("mobile"));
    let numbers: Vec<&str> = mobile.map(|it| it.change.key.as_str()).collect();
    let mut refused = Vec::new();
    for chunk in numbers.chunks(MOBILE_PER_REQUEST) {
        for (number, why) in numbers::refused(names.reader(), chunk)? {
            let why = format!("nothing was sent: Webex refused {number} in the validation: {why}");
            refused.push((number, why));
        }
    }
    Ok(refused)
}

/// An order without the mobile numbers that a refusal names: the others are ordered all the same.
fn without_refused(refusal: &Refusal, call: &Call) -> Option<Vec<Call>> {
    let body = call.body.as_ref()?;
    let numbers = body["phoneNumbers"].as_array()?;
    let said = refusal.to_string();
    let named = |number: &Value| number.as_str().is_some_and(|number| said.contains(number));
    let left: Vec<&Value> = numbers.iter().filter(|number| !named(number)).collect();
    let some = !left.is_empty() && left.len() < numbers.len();
    (body["numberType"] == "MOBILE" && some).then(|| {
        let mut other = call.clone();
        if let Some(body) = &mut other.body {
            body["phoneNumbers"] = json!(left);
        }
        vec![other]
    })
}

/// A part of an order. No request tells it, so it is never among what is still to be sent.
fn ordered<'a>(subject: &Subject<'a>, path: &str) -> Result<&'a str, Error> {
    let mut fields = subject.change.fields.iter();
    let field = fields.find(|field| field.path == path);
    let value = field.and_then(|field| field.after.as_str());
    value.ok_or_else(|| not_sent(format!("an order of mobile numbers without {path}")))
}

fn switch(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let state = request.one()?.after("state").unwrap_or("active");
    let action = if state == "active" {
        "ACTIVATE"
    } else {
        "DEACTIVATE"
    };
    let mut calls = Vec::new();
    for (location, numbers) in by_location(request, false)? {
        let id = request.names.need("location", location)?;
        let body = json!({"phoneNumbers": numbers, "action": action});
        calls.push(
            Call::new(
                Method::PUT,
                format!("/telephony/config/locations/{}/numbers", encode(&id)),
            )
            .with(body),
        );
    }
    Ok(calls)
}

fn delete(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let mut calls = Vec::new();
    for (location, numbers) in by_location(request, false)? {
        let id = request.names.need("location", location)?;
        let path = format!("/telephony/config/locations/{}/numbers", encode(&id));
        calls.push(Call::new(Method::DELETE, path).with(json!({"phoneNumbers": numbers})));
    }
    Ok(calls)
}

fn move_numbers(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let target = request.one()?.after("location").unwrap_or_default();
    let target = request.names.need("location", target)?;
    let mut lists = Vec::new();
    for (location, numbers) in by_location(request, false)? {
        let id = request.names.need("location", location)?;
        lists.push(json!({"locationId": id, "numbers": numbers}));
    }
    let body = json!({"operation": "MOVE", "targetLocationId": target, "numberList": lists});
    Ok(vec![
        Call::new(Method::POST, "/telephony/config/jobs/numbers/manageNumbers").with(body),
    ])
}

/// The documents allow many numbers in one job; a public client has seen only one taken (webex-api.md 6.4).
fn one_number_a_job(refusal: &Refusal, call: &Call) -> Option<Vec<Call>> {
    let body = call.body.as_ref().filter(|_| refusal.has(ONE_A_JOB))?;
    let lists = body["numberList"].as_array()?;
    let single = lists.iter().flat_map(|list| {
        let numbers = list["numbers"].as_array().into_iter().flatten();
        numbers.map(|number| {
            let mut body = body.clone();
            body["numberList"] = json!([{"locationId": list["locationId"], "numbers": [number]}]);
            Call::new(call.method.clone(), call.path.clone()).with(body)
        })
    });
    let single: Vec<Call> = single.collect();
    (single.len() > 1).then_some(single)
}
