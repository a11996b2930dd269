//! Enterprises on the wire (webex-api.md 9.2).

use http::Method;
use serde_json::json;

use super::essence;
use super::fields::SYNC;
use crate::kinds::wire::{Live, Request, Seen, Wire, one_by_one};
use crate::webex::{Call, Error, Names, broadworks, encode};

/// The synchronisation of one enterprise.
pub const DIRECTORY: &str = "/broadworks/enterprises/{enterpriseId}/broadworksDirectorySync";

/// How enterprises are read and written.
pub const LIVE: Live = Live {
    read: |names, keys| one_by_one(keys, |key| read(names, key)),
    wires: &[Wire::new("PUT", DIRECTORY, switch).carrying(&[SYNC])],
    has_settings: false,
};

fn read(names: &Names, key: &str) -> Result<Option<Seen>, Error> {
    let Some(raw) = broadworks::with_name(names.reader(), key)? else {
        return Ok(None);
    };
    let enterprise = broadworks::enterprise(&raw);
    let essence = essence(&enterprise);
    let id = raw["id"].as_str().unwrap_or_default().to_owned();
    let mut seen = Seen::new(id, raw, &enterprise, essence);
    // What is off is absent.
    if seen.object[SYNC] == false {
        seen.object[SYNC] = serde_json::Value::Null;
    }
    Ok(Some(seen))
}

fn switch(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let id = subject.id(request.names)?;
    let on = subject
        .field(SYNC)
        .is_some_and(|field| !field.after.is_null());
    let path = DIRECTORY.replace("{enterpriseId}", &encode(&id));
    Ok(vec![
        Call::new(Method::PUT, path).with(json!({"enableDirSync": on})),
    ])
}
