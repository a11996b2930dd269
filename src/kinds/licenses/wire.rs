//! Licences on the wire: names of a plan to ids, and what a holder has of them.

use serde_json::{Value, json};

use crate::change::Field;
use crate::kinds::wire::{Seen, Standing, not_sent};
use crate::licensing::is_named_calling;
use crate::snapshot::License;
use crate::webex::{Call, Error, Names, ids};

/// The licence that a value of a field means: `None` for an attendee account or no value.
pub fn license(names: &Names, path: &str, value: &Value) -> Result<Option<License>, Error> {
    let Some(name) = value["license"].as_str() else {
        return Ok(None);
    };
    let subscription = value["subscription"].as_str();
    let site = path.strip_prefix("licenses/meetings/");
    let all = names.licenses()?;
    let mut fitting = all.into_iter().filter(|license| {
        license.name == name
            && license.subscription_id.as_deref() == subscription
            && (site.is_none() || license.site_url.as_deref() == site)
    });
    match (fitting.next(), fitting.next()) {
        (Some(license), None) => Ok(Some(license)),
        (None, _) => Err(not_sent(format!(
            "the organisation has no licence {}",
            words(value)
        ))),
        (Some(_), Some(_)) => Err(not_sent(format!(
            "the organisation has several licences {}",
            words(value)
        ))),
    }
}

fn words(value: &Value) -> String {
    let name = value["license"].as_str().unwrap_or_default();
    match value["subscription"].as_str() {
        Some(subscription) => format!("{name} ({subscription})"),
        None => name.to_owned(),
    }
}

/// Whether this is an attendee account.
pub fn is_attendee(value: &Value) -> bool {
    value["role"] == "attendee"
}

/// The licences that a person has after a request, where its answer lists them, and the attendee accounts, where it lists these.
pub fn listed(answer: &Value) -> Option<Value> {
    let licenses = Some(&answer["licenses"]).filter(|it| it.is_array())?;
    let mut listed = json!({"licenses": licenses});
    if let Some(sites) = attendee_sites(answer) {
        listed["attendeeSites"] = json!(sites);
    }
    Some(listed)
}

/// The sites of the attendee accounts of an answer, if it is clear which they are.
pub fn attendee_sites<'s>(answer: &'s Value) -> Option<Vec<&'s str>> {
    let site = |it: &'s Value| {
        let kind = it["accountType"].as_str()?;
        let site = it["siteUrl"].as_str()?;
        kind.eq_ignore_ascii_case("attendee").then_some(site)
    };
    answer["siteUrls"].as_array()?.iter().map(site).collect()
}

/// A person has this now: an answer is newer than what was read.
pub fn now(seen: &mut Seen, listed: Value) {
    if let Value::Object(listed) = listed {
        for (member, value) in listed {
            seen.object[member] = value;
        }
    }
}

/// What answers say: that of a further call, and what an earlier one says of attendee accounts, which the further one left alone.
pub fn newer(told: Option<Value>, call: &Call, answer: &Value) -> Option<Value> {
    let body = call.body.as_ref();
    let sent = body.is_some_and(|body| !body["siteUrls"].is_null());
    let earlier = told.filter(|_| !sent).and_then(|mut it| {
        let sites = it["attendeeSites"].take();
        sites.is_array().then_some(sites)
    });
    match (listed(answer), earlier) {
        (Some(mut listed), Some(sites)) => {
            if listed["attendeeSites"].is_null() {
                listed["attendeeSites"] = sites;
            }
            Some(listed)
        }
        (None, Some(sites)) => Some(json!({"attendeeSites": sites})),
        (listed, None) => listed,
    }
}

/// The ids of the licences of an object as a snapshot has it, in order.
pub fn ids_of(object: &Value) -> Vec<String> {
    let held = object["licenses"].as_array().into_iter().flatten();
    let mut ids: Vec<String> = held.filter_map(Value::as_str).map(str::to_owned).collect();
    ids.sort();
    ids
}

/// Whether a holder has a licence.
pub fn holds(seen: &Seen, license: &License) -> bool {
    let wanted = ids::plain(&license.id);
    let mut held = seen.object["licenses"].as_array().into_iter().flatten();
    held.any(|id| id.as_str().is_some_and(|id| ids::plain(id) == wanted))
}

/// Whether a holder has Calling. A licence that the organisation does not list may be it.
pub fn calls(names: &Names, seen: &Seen) -> Result<bool, Error> {
    let held = ids_of(&seen.object);
    if held.is_empty() {
        return Ok(false);
    }
    let all = names.licenses()?;
    Ok(held.iter().any(|id| {
        let id = ids::plain(id);
        let listed = all.iter().find(|license| ids::plain(&license.id) == id);
        listed.is_none_or(|license| is_named_calling(&license.name))
    }))
}

/// The Calling licence that a holder had and has no more, by its name. One that the organisation does not list may be it.
pub fn calling_gone(names: &Names, before: &Seen, now: &Seen) -> Result<Option<String>, Error> {
    let held: Vec<String> = ids_of(&now.object)
        .iter()
        .map(|id| ids::plain(id))
        .collect();
    let mut gone = ids_of(&before.object);
    gone.retain(|id| !held.contains(&ids::plain(id)));
    if gone.is_empty() {
        return Ok(None);
    }
    let all = names.licenses()?;
    let mut gone = gone.iter().map(|id| {
        let id = ids::plain(id);
        all.iter().find(|license| ids::plain(&license.id) == id)
    });
    Ok(gone.find_map(|license| match license {
        Some(license) => is_named_calling(&license.name).then(|| license.name.clone()),
        None => Some("a licence that the organisation does not list".to_owned()),
    }))
}

fn attends(seen: &Seen, path: &str) -> bool {
    let site = path.strip_prefix("licenses/meetings/").unwrap_or_default();
    let mut sites = seen.object["attendeeSites"]
        .as_array()
        .into_iter()
        .flatten();
    sites.any(|it| it == site)
}

/// Whether a person has what a value of a field means; `None` for no value.
pub fn has(names: &Names, seen: &Seen, path: &str, value: &Value) -> Result<Option<bool>, Error> {
    if is_attendee(value) {
        return Ok(Some(attends(seen, path)));
    }
    let license = license(names, path, value)?;
    Ok(license.map(|license| holds(seen, &license)))
}

/// The state of a licence of a plan.
pub fn stands(names: &Names, seen: &Seen, field: &Field) -> Result<Standing, Error> {
    let before = has(names, seen, &field.path, &field.before)?;
    let after = has(names, seen, &field.path, &field.after)?;
    Ok(match (before, after) {
        (None | Some(false), None | Some(true)) => Standing::After,
        (None | Some(true), None | Some(false)) => Standing::Before,
        (Some(true), Some(true)) => Standing::Other("both the old and the new one".to_owned()),
        (Some(false), Some(false)) => Standing::Other("neither the old nor the new one".to_owned()),
    })
}
