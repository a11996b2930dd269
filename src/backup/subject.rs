//! A person or workspace as a backup has it: of a snapshot, or as Webex has it now.

use serde_json::Value;

use super::bundle::{Device, Held, Subject};
use super::groups::groups;
use crate::snapshot::{License, Snapshot, Word};
use crate::webex::{Error, Paging, Reader, ids, query};

/// A person or workspace as it is now.
#[derive(Debug)]
pub struct Live<'a> {
    /// `user` or `workspace`.
    pub kind: &'a str,
    /// The e-mail address, or the name.
    pub key: &'a str,
    /// Webex's id.
    pub id: &'a str,
    /// As Webex has it.
    pub raw: &'a Value,
    /// As a snapshot has it.
    pub object: &'a Value,
    /// The licences that it holds.
    pub licenses: Vec<License>,
}

impl Subject {
    /// What is there now, with its devices.
    pub fn live(reader: &Reader, live: Live<'_>) -> Result<Subject, Error> {
        let texts = |name: &str| {
            let all = live.object[name].as_array().into_iter().flatten();
            all.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let text = |raw: &Value, name: &str| raw[name].as_str().map(str::to_owned);
        let given = |name: &str| text(live.object, name).filter(|text| !text.is_empty());
        let owner = match live.kind {
            "workspace" => "workspaceId",
            _ => "personId",
        };
        let path = query("/devices", &[(owner, Some(live.id))]);
        let devices = reader.list(&path, "items", Paging::Link)?;
        let devices = devices.iter().map(|raw| Device {
            id: text(raw, "id").unwrap_or_default(),
            label: text(raw, "product")
                .or(text(raw, "displayName"))
                .unwrap_or_default(),
            mac: text(raw, "mac"),
        });
        let licenses = live.licenses.into_iter().map(|license| Held {
            id: license.id,
            license: license.name,
            subscription: license.subscription_id,
            site: license.site_url,
        });
        Ok(Subject {
            kind: live.kind.to_owned(),
            key: live.key.to_owned(),
            id: live.id.to_owned(),
            display_name: text(live.raw, "displayName"),
            location: given("location"),
            phone_number: given("phoneNumber"),
            extension: given("extension"),
            licenses: licenses.collect(),
            attendee_sites: texts("attendeeSites"),
            roles: texts("roles"),
            devices: devices.collect(),
            groups: Vec::new(),
        })
    }

    /// Adds the groups that a person leaves with the account.
    pub fn read_groups(&mut self, reader: &Reader, org: &str) -> Result<(), Error> {
        if self.kind == "user" {
            self.groups = groups(reader, org, &self.id)?;
        }
        Ok(())
    }

    /// The person or workspace of the snapshot with this kind and id, under today's key.
    pub fn find(snapshot: &Snapshot, kind: &str, id: &str) -> Option<Subject> {
        let id = ids::plain(id);
        // An export has no ids.
        if id.is_empty() {
            return None;
        }
        let mut subject = match kind {
            "user" => {
                let mut users = snapshot.users().iter();
                let user = users.find(|user| ids::plain(&user.id) == id)?;
                Subject {
                    key: user.email.clone(),
                    id: user.id.clone(),
                    display_name: user.display_name.clone(),
                    location: user.location.clone().map(String::from),
                    phone_number: user.phone_number.clone(),
                    extension: user.extension.clone(),
                    licenses: held(snapshot, &user.licenses),
                    attendee_sites: texts(&user.attendee_sites),
                    roles: texts(&user.roles),
                    ..Subject::default()
                }
            }
            "workspace" => {
                let mut places = snapshot.workspaces().iter();
                let place = places.find(|place| ids::plain(&place.id) == id)?;
                Subject {
                    key: place.name.clone(),
                    id: place.id.clone(),
                    display_name: Some(place.name.clone()),
                    location: place.location.clone().map(String::from),
                    phone_number: place.phone_number.clone(),
                    extension: place.extension.clone(),
                    licenses: held(snapshot, &place.licenses),
                    ..Subject::default()
                }
            }
            _ => return None,
        };
        subject.kind = kind.to_owned();
        let devices = snapshot.devices().iter().filter(|device| {
            let owner = device.owner.as_ref();
            owner.is_some_and(|owner| owner.is(kind, &subject.key))
        });
        let devices = devices.map(|device| Device {
            id: device.id.clone(),
            label: device.label().to_owned(),
            mac: device.mac.clone(),
        });
        subject.devices = devices.collect();
        if kind == "user" {
            let groups = snapshot.groups().iter();
            let key = &subject.key;
            let groups = groups.filter(|group| group.members.iter().any(|member| member == key));
            subject.groups = groups.map(|group| group.name.clone()).collect();
        }
        Some(subject)
    }

    /// Whether the subject has Webex Calling, as far as location, number and extension show.
    pub fn calls(&self) -> bool {
        self.phone_number.is_some() || self.extension.is_some()
    }
}

fn held(snapshot: &Snapshot, ids: &[Word]) -> Vec<Held> {
    let licenses = snapshot.licenses();
    let found = ids.iter().map(|id| {
        let license = licenses.iter().find(|license| license.id.as_str() == &**id);
        Held {
            id: id.to_string(),
            license: license.map_or_else(|| id.to_string(), |license| license.name.clone()),
            subscription: license.and_then(|license| license.subscription_id.clone()),
            site: license.and_then(|license| license.site_url.clone()),
        }
    });
    found.collect()
}

fn texts(texts: &[Word]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}
