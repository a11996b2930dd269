//! A person or workspace of a snapshot as a backup has it.

use super::bundle::{Device, Held, Subject};
use crate::snapshot::Snapshot;

impl Subject {
    /// The person or workspace of the snapshot with this kind and key.
    pub fn find(snapshot: &Snapshot, kind: &str, key: &str) -> Option<Subject> {
        let mut subject = match kind {
            "user" => {
                let users = snapshot.users();
                let at = users.binary_search_by(|user| user.email.as_str().cmp(key));
                let user = &users[at.ok()?];
                Subject {
                    id: user.id.clone(),
                    display_name: user.display_name.clone(),
                    location: user.location.clone(),
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
                let place = places.find(|place| place.name == key)?;
                Subject {
                    id: place.id.clone(),
                    display_name: Some(place.name.clone()),
                    location: place.location.clone(),
                    phone_number: place.phone_number.clone(),
                    extension: place.extension.clone(),
                    licenses: held(snapshot, &place.licenses),
                    ..Subject::default()
                }
            }
            _ => return None,
        };
        subject.kind = kind.to_owned();
        subject.key = key.to_owned();
        let devices = snapshot.devices().iter().filter(|device| {
            let owner = device.owner.as_ref();
            owner.is_some_and(|owner| owner.kind == kind && owner.key == key)
        });
        let devices = devices.map(|device| Device {
            id: device.id.clone(),
            label: device.label().to_owned(),
            mac: device.mac.clone(),
        });
        subject.devices = devices.collect();
        if kind == "user" {
            let groups = snapshot.groups().iter();
            let groups = groups.filter(|group| group.members.iter().any(|member| member == key));
            subject.groups = groups.map(|group| group.name.clone()).collect();
        }
        Some(subject)
    }

    /// Whether the subject has Webex Calling, as far as location, number and extension tell.
    pub fn calls(&self) -> bool {
        self.phone_number.is_some() || self.extension.is_some()
    }
}

fn held(snapshot: &Snapshot, ids: &[Box<str>]) -> Vec<Held> {
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

fn texts(texts: &[Box<str>]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}
