//! A row of a snapshot file -> an object of the organisation.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::call::{items, text, texts};
use super::clock;
use super::ids;
use super::org;
use super::products::Product;
use super::table::Slot;
use super::world::{
    Calling, Device, Feature, Group, License, Location, Org, Owner, Part, Person, Site, Source,
    Subscription, Workspace, World,
};

/// When people and groups of the file were made, in milliseconds: before any capture.
const LONG_AGO: i64 = 1_736_844_162_096;

/// Members of a person in a file that the API returns and nothing else depends on.
pub const PERSON_ATTRIBUTES: &[&str] = &[
    "title",
    "department",
    "manager",
    "managerId",
    "addresses",
    "timezone",
    "avatar",
];
/// The same for workspaces.
pub const PLACE_ATTRIBUTES: &[&str] = &[
    "capacity",
    "type",
    "notes",
    "supportedDevices",
    "hotdeskingStatus",
    "calendar",
    "deviceHostedMeetings",
];
/// The same for locations.
pub const LOCATION_ATTRIBUTES: &[&str] = &["latitude", "longitude", "notes"];
/// The same for the Calling of locations.
pub const CALLING_ATTRIBUTES: &[&str] = &[
    "announcementLanguage",
    "routingPrefix",
    "outsideDialDigit",
    "enforceOutsideDialDigit",
    "externalCallerIdName",
    "chargeNumber",
];
/// The same for devices.
pub const DEVICE_ATTRIBUTES: &[&str] = &["tags", "serial", "ip", "connectionStatus", "software"];

/// Slots by what the file calls them.
#[derive(Debug, Default)]
pub struct Names {
    locations: FxHashMap<String, Slot>,
    licenses: FxHashMap<String, Slot>,
}

impl Names {
    /// The names of an organisation as it is.
    pub fn of(world: &World) -> Names {
        let locations = world.locations.iter();
        let licenses = world.licenses.iter();
        Names {
            locations: locations.map(|(at, it)| (it.name.clone(), at)).collect(),
            licenses: licenses.map(|(at, it)| (it.id.clone(), at)).collect(),
        }
    }
}

/// The organisation itself.
pub(super) fn organization(org: &Value) -> Org {
    let name = text(&org["name"]).unwrap_or("Simulated").to_owned();
    let id = text(&org["id"]).map(str::to_owned);
    let id = id.unwrap_or_else(|| ids::public("ORGANIZATION", &ids::uuid(&name)));
    let uuid = match ids::suffix(&ids::decoded(&id)) {
        Some(uuid) => uuid.to_owned(),
        None => ids::uuid(&id),
    };
    Org {
        id,
        uuid,
        name,
        renamed: None,
    }
}

/// A subscription.
pub(super) fn subscription(source: Source) -> Subscription {
    let status = source.get("status").and_then(Value::as_str);
    let status = status.unwrap_or_default().to_lowercase();
    Subscription {
        id: take_text(&source, "id").unwrap_or_default(),
        created: take_text(&source, "createdAt"),
        stopped: status.starts_with("suspend") || status.starts_with("cancel"),
        source,
    }
}

/// A meeting site.
pub(super) fn site(source: Source) -> Site {
    Site {
        url: take_text(&source, "url").unwrap_or_default(),
        attendees: source.get("attendeeAccountEnabled") == Some(&Value::Bool(true)),
        source,
    }
}

/// A text of a row, unless it is empty.
pub(super) fn take_text(source: &Source, name: &str) -> Option<String> {
    let found = source.get(name).and_then(Value::as_str).map(str::trim);
    found.filter(|text| !text.is_empty()).map(str::to_owned)
}

fn pick(source: &Source, names: &[&str]) -> Source {
    let given = names.iter().filter_map(|name| {
        let value = source.get(*name).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    });
    given.collect()
}

impl World {
    pub(super) fn license_row(&self, source: Source) -> License {
        let name = take_text(&source, "name").unwrap_or_default();
        let site = take_text(&source, "siteUrl");
        let subscription = take_text(&source, "subscriptionId");
        let id = take_text(&source, "id").unwrap_or_else(|| {
            let seed = format!("license {name} {subscription:?} {site:?}");
            let (org, uuid) = (&self.org.uuid, ids::uuid(&seed));
            let code = Product::code(&name);
            let end = site.as_ref().map(|site| format!("_{site}"));
            ids::public(
                "LICENSE",
                &format!("{org}:{code}_{uuid}{}", end.unwrap_or_default()),
            )
        });
        License {
            product: Product::of(&id, &name, site.as_deref()),
            id,
            name,
            subscription,
            site,
            total: source
                .get("totalUnits")
                .and_then(Value::as_i64)
                .unwrap_or(0),
            people: BTreeSet::new(),
            places: BTreeSet::new(),
            others: 0,
            listed: true,
            source,
        }
    }

    pub(super) fn location_row(&self, source: Source) -> Location {
        let name = take_text(&source, "name").unwrap_or_default();
        let id = take_text(&source, "id");
        let calling = source.get("calling").and_then(Value::as_object);
        let calling = calling.map(|calling| {
            let mut attributes = pick(calling, CALLING_ATTRIBUTES);
            let language = Value::from("en_us");
            let entry = attributes.entry("announcementLanguage");
            entry.or_insert(language);
            Calling {
                main_number: take_text(calling, "mainNumber"),
                pstn: take_text(calling, "pstn"),
                route: None,
                attributes,
            }
        });
        let address = source.get("address").and_then(Value::as_object);
        Location {
            id: id.unwrap_or_else(|| {
                ids::public("LOCATION", &ids::uuid(&format!("location {name}")))
            }),
            name,
            time_zone: take_text(&source, "timeZone").unwrap_or_else(|| "UTC".to_owned()),
            preferred_language: take_text(&source, "preferredLanguage")
                .unwrap_or_else(|| "en_US".to_owned()),
            address: address.cloned().unwrap_or_default(),
            attributes: pick(&source, LOCATION_ATTRIBUTES),
            calling,
            closed: None,
            listed: true,
            source,
        }
    }

    /// The location with this name; one that the file does not have is made up and kept out of lists.
    pub(super) fn location_named(&mut self, name: &str, names: &mut Names) -> Slot {
        if let Some(slot) = names.locations.get(name) {
            return *slot;
        }
        let mut source = Map::new();
        source.insert("name".to_owned(), Value::from(name));
        source.insert("calling".to_owned(), Value::Object(Map::new()));
        let mut location = self.location_row(source);
        location.listed = false;
        let slot = self.locations.insert(location);
        names.locations.insert(name.to_owned(), slot);
        slot
    }

    fn licenses_named(&mut self, source: &Source, names: &mut Names) -> Vec<Slot> {
        let ids = texts(source.get("licenses").unwrap_or(&Value::Null));
        let mut found: Vec<Slot> = Vec::with_capacity(ids.len());
        for id in ids {
            let known = names.licenses.get(id).copied();
            let slot = match known.or_else(|| self.licenses.find(id)) {
                Some(slot) => slot,
                None => {
                    let mut row = Map::new();
                    row.insert("id".to_owned(), Value::from(id));
                    row.insert("name".to_owned(), Value::from("Unlisted"));
                    let mut license = self.license_row(row);
                    license.listed = false;
                    self.licenses.insert(license)
                }
            };
            names.licenses.insert(id.to_owned(), slot);
            if !found.contains(&slot) {
                found.push(slot);
            }
        }
        found
    }

    pub(super) fn person_row(&mut self, source: Source, names: &mut Names) -> Person {
        let email = take_text(&source, "email").unwrap_or_default();
        let location = take_text(&source, "location");
        let location = location.map(|name| self.location_named(&name, names));
        let licenses = self.licenses_named(&source, names);
        let status = take_text(&source, "status").unwrap_or_default();
        let roles = texts(source.get("roles").unwrap_or(&Value::Null));
        let roles: Vec<String> = roles.into_iter().map(str::to_owned).collect();
        for role in &roles {
            org::add_role(&mut self.roles, role);
        }
        let attendee = texts(source.get("attendeeSites").unwrap_or(&Value::Null));
        let attendee = attendee.into_iter().map(str::to_owned).collect();
        let voicemail = source.get("voicemail").and_then(|it| it.get("enabled"));
        Person {
            id: take_text(&source, "id").unwrap_or_else(|| {
                ids::public(
                    "PEOPLE",
                    &ids::uuid(&format!("person {}", email.to_lowercase())),
                )
            }),
            display_name: take_text(&source, "displayName").unwrap_or_else(|| email.clone()),
            email,
            first_name: take_text(&source, "firstName"),
            last_name: take_text(&source, "lastName"),
            login_enabled: status != "inactive",
            invite_pending: status == "pending",
            directory: take_text(&source, "source").as_deref() == Some("directory"),
            work_phone: take_text(&source, "workPhone"),
            location,
            number: take_text(&source, "phoneNumber"),
            extension: take_text(&source, "extension"),
            licenses,
            attendee,
            roles,
            voicemail: voicemail != Some(&Value::Bool(false)),
            attributes: pick(&source, PERSON_ATTRIBUTES),
            settings: BTreeMap::new(),
            groups: BTreeSet::new(),
            created: LONG_AGO,
            modified: LONG_AGO,
            source,
        }
    }

    pub(super) fn place_row(&mut self, source: Source, names: &mut Names) -> Workspace {
        let name = take_text(&source, "name").unwrap_or_default();
        let location = take_text(&source, "location");
        let location = location.map(|name| self.location_named(&name, names));
        let licenses = self.licenses_named(&source, names);
        let (number, extension) = (
            take_text(&source, "phoneNumber"),
            take_text(&source, "extension"),
        );
        let calls = number.is_some()
            || extension.is_some()
            || (licenses.iter()).any(|it| self.product(*it).is_for_workspaces());
        Workspace {
            id: take_text(&source, "id").unwrap_or_else(|| {
                let nth = self.places.next();
                ids::public("PLACE", &ids::uuid(&format!("workspace {name} {nth}")))
            }),
            name,
            location,
            number,
            extension,
            licenses,
            calling: match calls {
                true => "webexCalling".to_owned(),
                false => "freeCalling".to_owned(),
            },
            attributes: pick(&source, PLACE_ATTRIBUTES),
            settings: BTreeMap::new(),
            created: LONG_AGO,
            source,
        }
    }

    pub(super) fn group_row(&self, source: Source) -> Group {
        let name = take_text(&source, "name").unwrap_or_default();
        let mut people = BTreeSet::new();
        let mut strangers = BTreeSet::new();
        for email in texts(source.get("members").unwrap_or(&Value::Null)) {
            match self.person_by_email(email) {
                Some(slot) => people.insert(slot),
                None => strangers.insert(email.to_owned()),
            };
        }
        Group {
            id: take_text(&source, "id").unwrap_or_else(|| {
                let (group, org) = (ids::uuid(&format!("group {name}")), &self.org.uuid);
                ids::public("SCIM_GROUP", &format!("{group}:{org}"))
            }),
            name,
            description: take_text(&source, "description"),
            directory: take_text(&source, "source").as_deref() == Some("directory"),
            people,
            strangers,
            created: LONG_AGO,
            modified: LONG_AGO,
            source,
        }
    }

    pub(super) fn device_row(
        &mut self,
        source: Source,
        places: &FxHashMap<String, Slot>,
    ) -> Device {
        let holder = self.owner(source.get("owner"), None, places);
        Device {
            id: take_text(&source, "id").unwrap_or_else(|| {
                let nth = self.devices.next();
                ids::public("DEVICE", &ids::uuid(&format!("device {nth}")))
            }),
            holder,
            name: take_text(&source, "name"),
            product: take_text(&source, "product"),
            mac: take_text(&source, "mac"),
            kind: take_text(&source, "type"),
            attributes: pick(&source, DEVICE_ATTRIBUTES),
            created: take_text(&source, "created")
                .and_then(|it| clock::millis(&it))
                .unwrap_or(LONG_AGO),
            source,
        }
    }

    /// A feature of a file. Members have to be known.
    pub(super) fn feature_row(
        &mut self,
        source: Source,
        places: &FxHashMap<String, Slot>,
        names: &mut Names,
    ) -> Slot {
        let kind = take_text(&source, "kind").unwrap_or_default();
        let name = take_text(&source, "name").unwrap_or_default();
        let location = take_text(&source, "location");
        let location = location.map(|name| self.location_named(&name, names));
        let members = items(source.get("members").unwrap_or(&Value::Null)).iter();
        let members: Vec<Part> = members
            .filter_map(|row| self.part_row(row, places))
            .collect();
        let id = take_text(&source, "id").unwrap_or_else(|| {
            let supervisor = members
                .iter()
                .find(|it| it.role == "supervisor" && kind == "supervisor");
            match supervisor.and_then(|it| it.holder) {
                Some(holder) => self.holder_id(holder).to_owned(),
                None => self.feature_id(&kind, &name, location),
            }
        });
        let (number, extension) = (
            take_text(&source, "phoneNumber"),
            take_text(&source, "extension"),
        );
        let slot = self.features.insert(Feature {
            id,
            kind: kind.clone(),
            name: name.clone(),
            location,
            number: number.clone(),
            extension: extension.clone(),
            members,
            assist: source.get("customerAssist") == Some(&Value::Bool(true)),
            settings: Source::new(),
            agents: Vec::new(),
            source: Some(source),
        });
        self.features_by_name.insert((kind, name, location), slot);
        let known = number.and_then(|number| self.numbers.get_mut(&number));
        if let Some(known) = known.filter(|known| known.owner.is_none()) {
            known.owner = Some(Owner::Feature(slot));
            known.owner_implied = true;
        }
        if let (Some(location), Some(extension)) = (location, extension) {
            self.extensions
                .insert((location, extension, Owner::Feature(slot)));
        }
        slot
    }

    /// A member of a feature of a file.
    fn part_row(&self, row: &Value, places: &FxHashMap<String, Slot>) -> Option<Part> {
        let (kind, key) = (row["kind"].as_str()?, row["key"].as_str()?);
        Some(Part {
            holder: match kind {
                "user" => self.person_by_email(key).map(Owner::Person),
                "workspace" => places.get(key).copied().map(Owner::Workspace),
                _ => None,
            },
            kind: kind.to_owned(),
            key: key.to_owned(),
            role: row["role"].as_str().unwrap_or_default().to_owned(),
        })
    }
}
