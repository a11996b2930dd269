//! Devices (webex-api.md 8).

use serde_json::Value;

use super::access::Reader;
use super::call::query;
use super::error::Error;
use super::paging::Paging;

/// Who has a device: exactly one of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceOwner {
    /// A person, by id.
    Person(String),
    /// A workspace, by id.
    Workspace(String),
}

impl DeviceOwner {
    fn member(&self) -> (&'static str, &str) {
        match self {
            DeviceOwner::Person(id) => ("personId", id),
            DeviceOwner::Workspace(id) => ("workspaceId", id),
        }
    }
}

/// The devices of one holder.
pub fn of(reader: &Reader, holder: &DeviceOwner) -> Result<Vec<Value>, Error> {
    let (name, id) = holder.member();
    let path = query("/devices", &[(name, Some(id)), ("max", Some("1000"))]);
    reader.list(&path, "items", Paging::Link)
}
