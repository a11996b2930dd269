//! Webex for BroadWorks: subscribers, enterprises, workspaces, with a service provider's token (webex-api.md 9).
//!
//! Provisioning goes on after the answer: a subscriber is `provisioning` or `updating` until a later reading says `provisioned`
//! or `error`.

use http::Method;
use serde_json::{Value, json};

use super::call::{Call, encode, query};
use super::client::Reader;
use super::error::Error;
use super::paging::Paging;

/// Every enterprise; one page of up to 1000.
pub fn enterprises(reader: &Reader) -> Result<Vec<Value>, Error> {
    reader.list("/broadworks/enterprises?max=1000", "items", Paging::Link)
}

/// Every subscriber.
pub fn subscribers(reader: &Reader) -> Result<Vec<Value>, Error> {
    reader.list("/broadworks/subscribers?max=100", "items", Paging::Link)
}

/// The subscriber with this BroadWorks user id, before one is provisioned a second time.
pub fn subscriber_of(reader: &Reader, user_id: &str) -> Result<Option<Value>, Error> {
    let path = query("/broadworks/subscribers", &[("userId", Some(user_id))]);
    Ok(reader
        .list(&path, "items", Paging::Link)?
        .into_iter()
        .next())
}

/// One subscriber; its `status` says how far provisioning has come.
pub fn subscriber(reader: &Reader, id: &str) -> Result<Option<Value>, Error> {
    reader.find(&format!("/broadworks/subscribers/{}", encode(id)))
}

/// Asks whether a subscriber could be provisioned; changes nothing, though it is a POST.
pub fn validate(body: Value) -> Call {
    Call::new(Method::POST, "/broadworks/subscribers/validate").with(body)
}

/// Provisions a subscriber.
pub fn provision(body: Value) -> Call {
    Call::new(Method::POST, "/broadworks/subscribers").with(body)
}

/// Changes a subscriber: package, numbers, extension, names.
pub fn update(id: &str, body: Value) -> Call {
    Call::new(
        Method::PUT,
        format!("/broadworks/subscribers/{}", encode(id)),
    )
    .with(body)
}

/// Removes a subscriber; what remains of the Webex user is not documented.
pub fn remove(id: &str) -> Call {
    Call::new(
        Method::DELETE,
        format!("/broadworks/subscribers/{}", encode(id)),
    )
}

/// Provisions a workspace. There is no list of them: the id in the answer has to be kept.
pub fn provision_workspace(body: Value) -> Call {
    Call::new(Method::POST, "/broadworks/workspaces").with(body)
}

/// Changes a workspace's user id, number or extension.
pub fn update_workspace(id: &str, body: Value) -> Call {
    Call::new(
        Method::PUT,
        format!("/broadworks/workspaces/{}", encode(id)),
    )
    .with(body)
}

/// Removes a workspace.
pub fn remove_workspace(id: &str) -> Call {
    Call::new(
        Method::DELETE,
        format!("/broadworks/workspaces/{}", encode(id)),
    )
}

/// How far the directory synchronisation of an enterprise has come.
pub fn directory_sync(reader: &Reader, enterprise: &str) -> Result<Option<Value>, Error> {
    reader.find(&sync_path(enterprise))
}

/// Switches the directory synchronisation of an enterprise on or off.
pub fn set_directory_sync(enterprise: &str, on: bool) -> Call {
    Call::new(Method::PUT, sync_path(enterprise)).with(json!({"enableDirSync": on}))
}

/// Synchronises the directory of an enterprise now.
pub fn sync_now(enterprise: &str) -> Call {
    Call::new(Method::POST, sync_path(enterprise)).with(json!({"syncStatus": "SYNC_NOW"}))
}

fn sync_path(enterprise: &str) -> String {
    format!(
        "/broadworks/enterprises/{}/broadworksDirectorySync",
        encode(enterprise)
    )
}
