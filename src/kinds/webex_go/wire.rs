//! Webex Go devices on the wire (webex-api.md 8). That a device of this type can be deleted is not confirmed: where Webex
//! refuses it, all that waits for it is not sent either.

use http::Method;
use serde_json::Value;

use super::essence;
use crate::change::EXISTENCE;
use crate::kinds::wire::{Live, Request, Seen, Wire, one_by_one, one_each};
use crate::snapshot::Device;
use crate::webex::{Call, Error, Names, Paging, encode, observed, query};

/// How Webex Go devices are read and removed.
pub const LIVE: Live = Live {
    read: |names, keys| one_by_one(keys, |key| read(names, key)),
    wires: &[Wire::new("DELETE", "/devices/{deviceId}", delete)
        .carrying(&[EXISTENCE])
        .clicking("Management > Devices > the Webex Go device > Actions > Delete")],
    reads: one_each,
    lists: &[],
    has_settings: false,
};

/// The Webex Go device of the person with this address.
fn read(names: &Names, key: &str) -> Result<Option<Seen>, Error> {
    let Some(person) = names.id("user", key)? else {
        return Ok(None);
    };
    let filters = [("type", Some("webexgo")), ("personId", Some(&*person))];
    let devices = names
        .reader()
        .list(&query("/devices", &filters), "items", Paging::Link)?;
    let mut found: Option<(Device, Value)> = None;
    for raw in devices {
        let device = observed::device(names, &raw)?;
        if !device.is_webex_go() {
            continue;
        }
        found = Some(match found {
            None => (device, raw),
            // One request removes one. Several are none that a plan knows, so that nothing that waits for it follows.
            Some((mut first, raw)) => {
                first.id = format!("{} and {}", first.id, device.id);
                (first, raw)
            }
        });
    }
    Ok(found.map(|(device, raw)| {
        let essence = essence(&device);
        Seen::new(device.id.clone(), raw, &device, essence)
    }))
}

fn delete(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let id = request.one()?.id(request.names)?;
    let path = format!("/devices/{}", encode(&id));
    Ok(vec![Call::new(Method::DELETE, path)])
}
