//! Workspaces on the wire (webex-api.md 7).

use http::Method;
use serde_json::{Map, Value, json};

use super::essence;
use crate::change::{Change, ChangeAction};
use crate::kinds::licenses::wire as licenses;
use crate::kinds::wire::manual::Sheet;
use crate::kinds::wire::{
    Live, Request, Seen, Subject, Then, Wire, found, not_sent, one_by_one, risk,
};
use crate::webex::{Call, Error, Names, encode, observed};

/// How workspaces are read and written.
pub const LIVE: Live = Live {
    read: |names, keys| one_by_one(keys, |key| read(names, key)),
    wires: &[
        Wire::new("POST", "/workspaces", create)
            .carrying(&["location", "licenses/", "phoneNumber", "extension"])
            .then(Then::Created)
            .clicking(
                "Management > Workspaces > Add Workspace > enter name and location > Calling: Cisco Webex Calling, with the \
                 subscription, number and extension listed > Save",
            ),
        Wire::new("PUT", "/workspaces/{workspaceId}", update)
            .carrying(&["name", "location", "licenses/", "phoneNumber", "extension"])
            .looking(risk::of_calling, risk::asked_of_calling)
            .repairing(restore)
            .importing(Sheet::Workspaces, &["licenses/calling"])
            .clicking(
                "Management > Workspaces > the workspace > Overview > Calling > the settings icon > Cisco Webex Calling > Next > make \
                 all changes listed below in the same dialog: clear what is removed, select what is added > Save",
            ),
        Wire::new("DELETE", "/workspaces/{workspaceId}", delete)
            .carrying(&["state"])
            .looking(risk::of_deletion, risk::asked_of_deletion)
            .destroying()
            .clicking("Management > Workspaces > the workspace > Actions > Delete"),
    ],
    reads,
    lists: &["workspace", "location"],
    has_settings: true,
};

/// `GET /workspaces/{id}` hides number and extension; they are among its features.
fn read(names: &Names, key: &str) -> Result<Option<Seen>, Error> {
    let Some((id, raw)) = found(names, "workspace", key, "/workspaces/{id}")? else {
        return Ok(None);
    };
    let path = format!("/workspaces/{}/features/numbers", encode(&id));
    let numbers = match raw["calling"]["type"] == "webexCalling" {
        true => names.reader().find(&path)?,
        false => None,
    };
    let workspace = observed::workspace(names, &raw, numbers.as_ref())?;
    let essence = essence(&workspace);
    Ok(Some(Seen::new(id, raw, &workspace, essence)))
}

/// Number and extension are read by themselves, where there is Calling.
fn reads(changes: &[&Change], _: usize) -> usize {
    let each = |change: &&Change| {
        let mut fields = change.fields.iter();
        let calls = fields.any(|it| it.path.starts_with("licenses/"));
        match change.action {
            ChangeAction::Create if !calls => 1,
            _ => 2,
        }
    };
    changes.iter().map(each).sum()
}

fn create(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let mut body = Map::new();
    body.insert("displayName".to_owned(), json!(subject.change.key));
    if let Some(location) = subject.after("location") {
        body.insert(
            "locationId".to_owned(),
            json!(request.names.need("location", location)?),
        );
    }
    if let Some(calling) = calling(request, subject, false)? {
        // Only such a workspace takes desk phones, and it cannot be changed later.
        body.insert("supportedDevices".to_owned(), json!("phones"));
        hot_desk(request, &mut body, &calling)?;
        body.insert("calling".to_owned(), calling);
    }
    Ok(vec![
        Call::new(Method::POST, "/workspaces").with(body.into()),
    ])
}

/// What is left out would be dropped, so all that is there is sent again.
fn update(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    whole(request, false)
}

/// The same; `calls`: Calling is sent even if no field of the plan is about it.
fn whole(request: &Request<'_>, calls: bool) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let seen = subject
        .seen
        .as_ref()
        .ok_or_else(|| not_sent("the workspace does not exist"))?;
    let mut body = Map::new();
    for name in [
        "displayName",
        "capacity",
        "type",
        "notes",
        "hotdeskingStatus",
    ] {
        if !seen.raw[name].is_null() {
            body.insert(name.to_owned(), seen.raw[name].clone());
        }
    }
    if let Some(name) = subject.after("name") {
        body.insert("displayName".to_owned(), json!(name));
    }
    if let Some(location) = subject
        .after("location")
        .filter(|_| seen.raw["locationId"].is_null())
    {
        body.insert(
            "locationId".to_owned(),
            json!(request.names.need("location", location)?),
        );
    }
    if let Some(calling) = calling(request, subject, calls)? {
        hot_desk(request, &mut body, &calling)?;
        body.insert("calling".to_owned(), calling);
    }
    Ok(vec![
        Call::new(Method::PUT, format!("/workspaces/{}", encode(&seen.id))).with(body.into()),
    ])
}

/// Sends number and extension again that the request has taken and was to leave.
fn restore(request: &Request<'_>, now: &Seen) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let taken = |path: &str| {
        let meant = subject.field(path).is_some() || request.without.iter().any(|it| it == path);
        let before = subject.seen.as_ref().and_then(|it| it.text(path));
        before.is_some() && !meant && now.text(path).is_none()
    };
    let moves = subject.field("licenses/calling").is_some();
    match !moves && ["phoneNumber", "extension"].into_iter().any(taken) {
        true => whole(request, true),
        false => Ok(Vec::new()),
    }
}

/// A licence for hot desks wants hot desking to be on, whether it is new or was there.
fn hot_desk(
    request: &Request<'_>,
    body: &mut Map<String, Value>,
    calling: &Value,
) -> Result<(), Error> {
    let sent = calling["webexCalling"]["licenses"].as_array();
    let is_sent = |id: &str| sent.is_some_and(|sent| sent.iter().any(|it| it == id));
    let licenses = request.names.licenses()?;
    let mut hot = licenses.iter().filter(|it| it.name.contains("Hot desk"));
    if hot.any(|license| is_sent(&license.id)) {
        body.insert("hotdeskingStatus".to_owned(), json!("on"));
    }
    Ok(())
}

/// Calling as it is to be, whole: location, number, extension and exactly one licence, so that Webex has nothing to choose.
fn calling(
    request: &Request<'_>,
    subject: &Subject<'_>,
    anyway: bool,
) -> Result<Option<Value>, Error> {
    let other = |field: &&&crate::change::Field| {
        field.path.starts_with("licenses/") && field.path != "licenses/calling"
    };
    if let Some(field) = subject.fields.iter().find(other) {
        return Err(not_sent(format!(
            "Webex has no request for {} of a workspace",
            field.path
        )));
    }
    let touched = ["licenses/calling", "phoneNumber", "extension"];
    let seen = subject.seen.as_ref();
    if !subject
        .fields
        .iter()
        .any(|field| touched.contains(&field.path.as_str()))
        && request.without.is_empty()
        && !anyway
    {
        return Ok(None);
    }
    let license = match subject.field("licenses/calling") {
        Some(field) if field.after.is_null() => return Ok(Some(json!({"type": "freeCalling"}))),
        Some(field) => licenses::license(request.names, &field.path, &field.after)?.map(|it| it.id),
        None => {
            let held = seen.and_then(|seen| seen.object["licenses"][0].as_str());
            held.map(str::to_owned)
        }
    };
    let value = |path: &str| match subject.field(path) {
        Some(field) => field.after.as_str(),
        None => seen.and_then(|seen| seen.text(path)),
    };
    let mut calling = Map::new();
    if let Some(location) = value("location") {
        calling.insert(
            "locationId".to_owned(),
            json!(request.names.need("location", location)?),
        );
    }
    for path in ["phoneNumber", "extension"] {
        if let Some(value) = value(path).filter(|_| !request.without.iter().any(|it| it == path)) {
            calling.insert(path.to_owned(), json!(value));
        }
    }
    calling.insert(
        "licenses".to_owned(),
        json!(license.into_iter().collect::<Vec<_>>()),
    );
    Ok(Some(
        json!({"type": "webexCalling", "webexCalling": calling}),
    ))
}

fn delete(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let id = request.one()?.id(request.names)?;
    Ok(vec![Call::new(
        Method::DELETE,
        format!("/workspaces/{}", encode(&id)),
    )])
}
