//! Many people with few requests: read in lists, and proven by the answers (webex-api.md 2.1, 4.1).

use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::{KIND, licenses, read as read_one, seen};
use crate::kinds::wire::{Seen, Subject};
use crate::webex::{Answer, Error, Names, encode};

/// The most ids that one list takes.
const AT_ONCE: usize = 85;

/// What a person's list of sites has after the site of an attendee account.
const ATTENDEE: &str = "#attendee";

/// The people with these addresses. Those whom the lists lack, or of whom they may say less than there is, are read one by one.
pub fn read(names: &Names, keys: &[&str]) -> Result<Vec<Option<Seen>>, Error> {
    let ids: Result<Vec<_>, Error> = keys.iter().map(|key| names.id(KIND.name, key)).collect();
    let ids = ids?;
    let asked: Vec<String> = ids.iter().flatten().map(|id| encode(id)).collect();
    let mut rows: FxHashMap<String, Value> = FxHashMap::default();
    for some in asked.chunks(AT_ONCE) {
        let path = format!("/people?id={}&callingData=true", some.join(","));
        let mut answer = names.reader().get(&path)?;
        let items = answer["items"].as_array_mut().map(std::mem::take);
        for row in items.into_iter().flatten() {
            let whole = ["licenses", "roles"].iter().all(|it| row[it].is_array());
            if let Some(id) = row["id"].as_str().filter(|_| whole) {
                rows.insert(id.to_owned(), row);
            }
        }
    }
    let each = keys.iter().zip(ids).map(|(key, id)| {
        let row = id.and_then(|id| Some((rows.remove(&id)?, id)));
        match row {
            Some((row, id)) => match seen(names, id, row) {
                Ok(seen) => Ok(Some(seen)),
                Err(_) => read_one(names, key),
            },
            None => read_one(names, key),
        }
    });
    each.collect()
}

/// The person with the licences of the answer, which has all of them, and its attendee accounts, if the request changes any.
pub fn told(names: &Names, subject: &Subject<'_>, answer: &Answer) -> Result<Option<Seen>, Error> {
    let (Some(before), body) = (&subject.seen, &answer.body) else {
        return Ok(None);
    };
    let pending = ["pendingLicenses", "pendingSiteUrls"].map(|it| body[it].as_array());
    let pending = pending.iter().flatten().any(|it| !it.is_empty());
    let (Some(licenses), false) = (body["licenses"].as_array(), pending) else {
        return Ok(None);
    };
    if body["personId"] != before.id {
        return Ok(None);
    }
    let mut raw = before.raw.clone();
    raw["licenses"] = json!(licenses);
    let mut fields = subject.fields.iter();
    if fields.any(|it| licenses::is_attendee(&it.before) || licenses::is_attendee(&it.after)) {
        let Some(sites) = licenses::attendee_sites(body) else {
            return Ok(None);
        };
        let sites = sites.iter().map(|it| json!(format!("{it}{ATTENDEE}")));
        let others = before.raw["siteUrls"].as_array().into_iter().flatten();
        let others = others.filter(|it| !it.as_str().is_some_and(|it| it.ends_with(ATTENDEE)));
        let all: Vec<Value> = others.cloned().chain(sites).collect();
        raw["siteUrls"] = json!(all);
    }
    seen(names, before.id.clone(), raw).map(Some)
}
