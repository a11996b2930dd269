//! Real names in the schema, so that editors complete them.
//!
//! Owns which names appear where, and whether others may appear there too: an editor must not mark in red what `plan` accepts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::config::checks::FORBIDDABLE;
use crate::finding::CODES;

/// How many names of a kind a schema takes. Editors go through the list at each completion: 5,000 names take the YAML server
/// of VS Code 0.2 seconds, 20,000 one second, 100,000 twenty.
pub const MOST: usize = 5_000;

/// What a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Call queues.
    CallQueue,
    /// Tiers of Webex Calling that the organisation has, as YAML writes them.
    CallingTier,
    /// Products of Webex Calling.
    CallingLicense,
    /// Tiers of Contact Center that the organisation has, as YAML writes them.
    ContactCenterTier,
    /// Products of Contact Center.
    ContactCenterLicense,
    /// Enterprises of BroadWorks.
    Enterprise,
    /// Groups.
    Group,
    /// All licences.
    License,
    /// Locations.
    Location,
    /// Licences that hosts of meetings have.
    MeetingLicense,
    /// Tiers of messaging that the organisation has, as YAML writes them.
    MessagingTier,
    /// Products of messaging.
    MessagingLicense,
    /// The organisation.
    Organization,
    /// The organisation's id.
    OrganizationId,
    /// Licences that no word of YAML means.
    OtherLicense,
    /// E-mail addresses.
    Person,
    /// Meeting sites.
    Site,
    /// Subscribers of BroadWorks.
    Subscriber,
    /// Subscriptions.
    Subscription,
    /// Workspaces.
    Workspace,
}

impl Kind {
    /// What people call several of them.
    pub fn plural(self) -> &'static str {
        match self {
            Kind::CallQueue => "call queues",
            Kind::CallingTier => "tiers of Webex Calling",
            Kind::CallingLicense => "licences of Webex Calling",
            Kind::ContactCenterTier => "tiers of Contact Center",
            Kind::ContactCenterLicense => "licences of Contact Center",
            Kind::Enterprise => "enterprises of BroadWorks",
            Kind::Group => "groups",
            Kind::License => "licences",
            Kind::Location => "locations",
            Kind::MeetingLicense => "licences of meetings",
            Kind::MessagingTier => "tiers of messaging",
            Kind::MessagingLicense => "licences of messaging",
            Kind::Organization | Kind::OrganizationId => "organisations",
            Kind::OtherLicense => "other licences",
            Kind::Person => "e-mail addresses of people",
            Kind::Site => "meeting sites",
            Kind::Subscriber => "subscribers of BroadWorks",
            Kind::Subscription => "subscriptions",
            Kind::Workspace => "workspaces",
        }
    }
}

/// The names of one organisation. A kind without names narrows nothing: it was not captured, or there are none.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<Kind, BTreeSet<String>>);

impl Names {
    /// Adds names, except empty ones; a name may come twice.
    pub fn add<S: Into<String>>(&mut self, kind: Kind, names: impl IntoIterator<Item = S>) {
        let names = names.into_iter().map(Into::into);
        let names = names.filter(|name: &String| !name.is_empty());
        self.0.entry(kind).or_default().extend(names);
    }

    /// Kinds with more names than a schema takes, and how many they have.
    pub fn left_out(&self) -> impl Iterator<Item = (Kind, usize)> {
        let counts = self.0.iter().map(|(kind, names)| (*kind, names.len()));
        counts.filter(|(_, count)| *count > MOST)
    }

    /// The names of a kind, if the schema is to have them.
    fn of(&self, kind: Kind) -> Vec<&str> {
        let names = self.0.get(&kind).filter(|names| names.len() <= MOST);
        names.into_iter().flatten().map(String::as_str).collect()
    }
}

/// Whether other names may appear in a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    /// None: `plan` has an error for every other name.
    Refused,
    /// Any: the files may create what the organisation lacks, or nothing asks for the name.
    Allowed,
}

/// What a place contains.
#[derive(Clone, Copy)]
enum As {
    /// The value is a name.
    Value,
    /// The keys of the mapping are names.
    Keys,
    /// The choices are names.
    Choices,
}

/// Where names appear: JSON pointers into the schema.
///
/// `formerly` is open, because it stays in the files when the old name is gone. So is `license` of a meeting: no one looks
/// at it for attendees.
const PLACES: &[(Kind, As, Others, &[&str])] = {
    use {As::*, Kind::*, Others::*};
    &[
        (CallingTier, Choices, Refused, &["/$defs/CallingTier"]),
        (MessagingTier, Choices, Refused, &["/$defs/MessagingTier"]),
        (
            ContactCenterTier,
            Choices,
            Refused,
            &["/$defs/ContactCenterTier"],
        ),
        (
            CallingLicense,
            Value,
            Refused,
            &["/$defs/LongCalling/properties/license"],
        ),
        (
            MessagingLicense,
            Value,
            Refused,
            &["/$defs/LongMessaging/properties/license"],
        ),
        (
            ContactCenterLicense,
            Value,
            Refused,
            &["/$defs/LongContactCenter/properties/license"],
        ),
        (
            MeetingLicense,
            Value,
            Allowed,
            &["/$defs/LongMeeting/properties/license"],
        ),
        (
            OtherLicense,
            Value,
            Refused,
            &["/$defs/LicenseSet/properties/other/items"],
        ),
        (
            License,
            Value,
            Allowed,
            &["/$defs/Guardrails/properties/allowOverage/items"],
        ),
        (
            Site,
            Keys,
            Refused,
            &["/$defs/LicenseSet/properties/meetings"],
        ),
        (
            Organization,
            Value,
            Allowed,
            &["/$defs/Org/properties/name"],
        ),
        (
            OrganizationId,
            Value,
            Refused,
            &["/$defs/Org/properties/id"],
        ),
        (Subscription, Keys, Refused, &["/properties/subscriptions"]),
        (
            Subscription,
            Value,
            Refused,
            &[
                "/$defs/LongCalling/properties/subscription",
                "/$defs/LongContactCenter/properties/subscription",
                "/$defs/LongMeeting/properties/subscription",
                "/$defs/LongMessaging/properties/subscription",
                "/$defs/Subscription/properties/replacedBy",
                "/$defs/Workspace/properties/subscription",
            ],
        ),
        // Nothing asks for these where Webex Go is already there.
        (
            Subscription,
            Value,
            Allowed,
            &[
                "/$defs/OperatorAccount/properties/subscription",
                "/$defs/UserWebexGo/properties/subscription",
            ],
        ),
        (
            Enterprise,
            Keys,
            Allowed,
            &["/$defs/Broadworks/properties/enterprises"],
        ),
        (
            Enterprise,
            Value,
            Allowed,
            &[
                "/$defs/BroadworksWorkspace/properties/enterprise",
                "/$defs/Subscriber/properties/enterprise",
            ],
        ),
        (
            Subscriber,
            Keys,
            Allowed,
            &["/$defs/Broadworks/properties/subscribers"],
        ),
        (
            Subscriber,
            Value,
            Allowed,
            &[
                "/$defs/Attach/properties/firstUser",
                "/$defs/Enterprise/properties/firstSubscriber",
            ],
        ),
        (Group, Keys, Allowed, &["/properties/groups"]),
        (Group, Value, Allowed, &["/$defs/Group/properties/formerly"]),
        (Location, Keys, Allowed, &["/properties/locations"]),
        (
            Location,
            Value,
            Allowed,
            &[
                "/$defs/CallQueue/properties/location",
                "/$defs/Location/properties/formerly",
                "/$defs/NumberBlock/properties/location",
                "/$defs/OperatorAccount/properties/location",
                "/$defs/User/properties/location",
                "/$defs/Workspace/properties/location",
            ],
        ),
        (CallQueue, Keys, Allowed, &["/properties/callQueues"]),
        (
            CallQueue,
            Value,
            Allowed,
            &["/$defs/CallQueue/properties/formerly"],
        ),
        (Person, Keys, Allowed, &["/properties/users"]),
        (
            Person,
            Value,
            Allowed,
            &[
                "/$defs/Acknowledgement/properties/subjects/items",
                "/$defs/CallQueue/properties/agents/items",
                "/$defs/Group/properties/members/items",
            ],
        ),
        (Workspace, Keys, Allowed, &["/properties/workspaces"]),
        (
            Workspace,
            Value,
            Allowed,
            &["/$defs/Workspace/properties/formerly"],
        ),
    ]
};

/// Entries of `remove`: a path, of which a part is a name. Removing what no one has is no mistake, so others may appear there.
const REMOVALS: &str = "/$defs/LicenseOverrides/properties/remove/items";

/// Puts names into a schema: those of trunkline itself, and those of an organisation.
pub(super) fn put(names: &Names, schema: &mut Value) {
    let codes = CODES.iter().filter(|page| page.acknowledgeable);
    let codes: Vec<&str> = codes.map(|page| page.code.as_str()).collect();
    at(schema, "/$defs/Acknowledgement/properties/code", |place| {
        value(place, &codes, Others::Refused);
    });
    at(
        schema,
        "/$defs/Guardrails/properties/forbid/items",
        |place| {
            value(place, FORBIDDABLE, Others::Refused);
        },
    );

    for (kind, form, others, pointers) in PLACES {
        let names = names.of(*kind);
        for pointer in pointers.iter().filter(|_| !names.is_empty()) {
            at(schema, pointer, |place| match form {
                As::Value => value(place, &names, *others),
                As::Keys => keys(place, &names, *others),
                As::Choices => choices(place, &names),
            });
        }
    }
    let sites = names.of(Kind::Site).into_iter();
    let sites = sites.map(|site| format!("meetings/{site}"));
    let others = names.of(Kind::OtherLicense).into_iter();
    let others = others.map(|name| format!("other/{name}"));
    let paths: Vec<Value> = sites.chain(others).map(Value::from).collect();
    let words = schema.pointer_mut(&format!("{REMOVALS}/anyOf/0/enum"));
    if let Some(Value::Array(words)) = words {
        words.extend(paths);
    }
}

/// Changes the mapping at a pointer. That there is one for each place here is held by a test.
fn at(schema: &mut Value, pointer: &str, change: impl FnOnce(&mut Map<String, Value>)) {
    if let Some(Value::Object(place)) = schema.pointer_mut(pointer) {
        change(place);
    }
}

fn value(place: &mut Map<String, Value>, names: &[&str], others: Others) {
    if others == Others::Refused {
        place.insert("enum".into(), json!(names));
        return;
    }
    // The empty schema takes any name, and completes none.
    place.insert("anyOf".into(), json!([{ "enum": names }, {}]));
}

/// As `properties`: not every editor completes `propertyNames`.
fn keys(place: &mut Map<String, Value>, names: &[&str], others: Others) {
    let Some(each) = place.get("additionalProperties").cloned() else {
        return;
    };
    let properties: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), each.clone()))
        .collect();
    place.insert("properties".into(), properties.into());
    if others == Others::Refused {
        place.insert("additionalProperties".into(), false.into());
    }
}

fn choices(place: &mut Map<String, Value>, names: &[&str]) {
    if let Some(Value::Array(choices)) = place.get_mut("oneOf") {
        choices.retain(|choice| {
            choice["const"]
                .as_str()
                .is_none_or(|it| names.contains(&it))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Value {
        serde_json::from_str(&super::super::text(&Names::default()).unwrap()).unwrap()
    }

    #[test]
    fn every_place_is_there() {
        let schema = schema();
        for (_, form, _, pointers) in PLACES {
            for pointer in *pointers {
                let place = schema.pointer(pointer);
                let place = place.unwrap_or_else(|| panic!("{pointer} leads nowhere"));
                let right = match form {
                    As::Value => place["type"] == "string",
                    As::Keys => place["additionalProperties"].is_object(),
                    As::Choices => place["oneOf"].is_array(),
                };
                assert!(right, "{pointer}: {place}");
            }
        }
        assert!(
            schema
                .pointer(&format!("{REMOVALS}/anyOf/0/enum"))
                .is_some()
        );
    }

    /// A field whose name says that it names something of Webex is in the table.
    #[test]
    fn no_place_is_forgotten() {
        fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
            let Value::Object(members) = value else {
                return;
            };
            for (name, below) in members {
                let at = format!("{at}/{name}");
                let names = [
                    "location",
                    "subscription",
                    "license",
                    "formerly",
                    "replacedBy",
                ];
                if at.ends_with(&format!("/properties/{name}")) && names.contains(&name.as_str()) {
                    found.push(at.clone());
                }
                walk(below, &at, found);
            }
        }
        let mut found = Vec::new();
        walk(&schema(), "", &mut found);
        assert!(found.len() > 10, "{found:?}");
        for pointer in found {
            let has = |row: &(_, _, _, &[&str])| row.3.contains(&pointer.as_str());
            assert!(PLACES.iter().any(has), "{pointer} has no row");
        }
    }

    #[test]
    fn a_kind_with_too_many_names_narrows_nothing() {
        let mut names = Names::default();
        let many = (0..=MOST).map(|index| format!("Sub-{index}"));
        names.add(Kind::Subscription, many);
        names.add(Kind::Person, [""]);
        let text = super::super::text(&names).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), schema());
        let left_out: Vec<_> = names.left_out().collect();
        assert_eq!(left_out, [(Kind::Subscription, MOST + 1)]);
    }
}
