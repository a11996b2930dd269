//! Enterprises on the wire (webex-api.md 9.2).

use http::Method;
use serde_json::json;

use super::essence;
use super::fields::SYNC;
use crate::kinds::wire::{Live, Objection, Request, Seen, Subject, Wire, one_by_one, one_each};
use crate::webex::{Call, Error, Names, broadworks, encode};

/// The synchronisation of one enterprise.
pub const DIRECTORY: &str = "/broadworks/enterprises/{enterpriseId}/broadworksDirectorySync";

/// How enterprises are read and written.
pub const LIVE: Live = Live {
    read: |names, keys| one_by_one(keys, |key| read(names, key)),
    wires: &[Wire::new("PUT", DIRECTORY, switch)
        .carrying(&[SYNC])
        .looking(people, |_| 0)],
    reads: one_each,
    lists: &[],
    has_settings: false,
};

fn read(names: &Names, key: &str) -> Result<Option<Seen>, Error> {
    let Some(raw) = broadworks::with_name(names.reader(), key)? else {
        return Ok(None);
    };
    let enterprise = broadworks::enterprise(&raw);
    let essence = essence(&enterprise);
    let id = raw["id"].as_str().unwrap_or_default().to_owned();
    Ok(Some(Seen::new(id, raw, &enterprise, essence)))
}

/// Whom the synchronisation has made since the plan, nobody has acknowledged.
fn people(_: &Names, subject: &Subject<'_>) -> Result<Option<Objection>, Error> {
    let off = subject.field(SYNC).filter(|field| *field.after == false);
    let (Some(field), Some(seen)) = (off, &subject.seen) else {
        return Ok(None);
    };
    let now = broadworks::enterprise(&seen.raw).directory_sync;
    let now = now.and_then(|it| it.users);
    let most = field.people.unwrap_or_default();
    let why = match now {
        Some(now) if now <= most => return Ok(None),
        Some(now) => format!("it would delete {now} people now, and the plan says {most}"),
        None => "Webex does not say now how many people it would delete".to_owned(),
    };
    Ok(Some(Objection::Worse(why)))
}

fn switch(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let id = subject.id(request.names)?;
    let on = subject
        .field(SYNC)
        .is_some_and(|field| *field.after == true);
    let path = DIRECTORY.replace("{enterpriseId}", &encode(&id));
    Ok(vec![
        Call::new(Method::PUT, path).with(json!({"enableDirSync": on})),
    ])
}
