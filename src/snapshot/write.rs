//! Observed state -> the snapshot's file: members in the order of contract section 6, so that two snapshots differ in git only
//! where something differs.

use std::io;
use std::path::Path;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::disk;

/// The order of members, by the name of the member that holds their object; others follow in order of name.
const ORDERS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "formatVersion",
            "capturedAt",
            "complete",
            "org",
            "subscriptions",
            "licenses",
            "sites",
            "locations",
            "numbers",
            "groups",
            "users",
            "workspaces",
            "devices",
            "features",
            "featuresNotRead",
            "operatorAccounts",
            "broadworks",
        ],
    ),
    ("org", &["id", "name", "domains"]),
    ("domains", &["name", "verified", "claimed"]),
    ("subscriptions", &["id", "createdAt", "status"]),
    (
        "licenses",
        &[
            "id",
            "name",
            "subscriptionId",
            "siteUrl",
            "totalUnits",
            "consumedUnits",
        ],
    ),
    ("sites", &["url", "attendeeAccountEnabled"]),
    (
        "locations",
        &[
            "id",
            "name",
            "timeZone",
            "preferredLanguage",
            "address",
            "calling",
        ],
    ),
    (
        "address",
        &[
            "address1",
            "address2",
            "city",
            "state",
            "postalCode",
            "country",
        ],
    ),
    ("calling", &["mainNumber", "pstn"]),
    (
        "numbers",
        &[
            "phoneNumber",
            "extension",
            "location",
            "state",
            "type",
            "use",
            "owner",
        ],
    ),
    ("owner", &["kind", "key"]),
    (
        "groups",
        &["id", "name", "source", "kind", "description", "members"],
    ),
    (
        "users",
        &[
            "id",
            "email",
            "displayName",
            "status",
            "source",
            "workPhone",
            "location",
            "phoneNumber",
            "extension",
            "licenses",
            "attendeeSites",
            "siteAdmin",
            "roles",
            "voicemail",
        ],
    ),
    (
        "workspaces",
        &[
            "id",
            "name",
            "userId",
            "enterprise",
            "displayName",
            "primaryPhoneNumber",
            "location",
            "phoneNumber",
            "extension",
            "licenses",
        ],
    ),
    (
        "devices",
        &[
            "id",
            "name",
            "product",
            "type",
            "mac",
            "connectionStatus",
            "created",
            "owner",
        ],
    ),
    (
        "features",
        &[
            "kind",
            "id",
            "name",
            "location",
            "phoneNumber",
            "extension",
            "members",
        ],
    ),
    ("members", &["kind", "key", "role"]),
    ("featuresNotRead", &["kind", "reason"]),
    (
        "operatorAccounts",
        &["name", "operator", "accountId", "authorization"],
    ),
    (
        "broadworks",
        &[
            "clusters",
            "customerTemplates",
            "enterprises",
            "subscribers",
            "workspaces",
        ],
    ),
    (
        "clusters",
        &["name", "xsiActionsUrl", "xsiEventsUrl", "authUrl"],
    ),
    (
        "customerTemplates",
        &[
            "name",
            "cluster",
            "provisionExistingOrgs",
            "disableFreeCalling",
        ],
    ),
    (
        "enterprises",
        &["spEnterpriseId", "template", "name", "enableDirSync"],
    ),
    (
        "subscribers",
        &[
            "userId",
            "enterprise",
            "firstName",
            "lastName",
            "email",
            "primaryPhoneNumber",
            "extension",
            "package",
            "status",
        ],
    ),
];

/// The bytes of a snapshot's file, with its last newline.
pub fn bytes(snapshot: &Value) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(&Ordered("", snapshot))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Writes a snapshot, at once or not at all; a name that ends in `.zst` is compressed.
pub fn write(path: &Path, snapshot: &Value) -> io::Result<()> {
    let mut bytes = bytes(snapshot)?;
    if path.extension().is_some_and(|extension| extension == "zst") {
        bytes = zstd::stream::encode_all(bytes.as_slice(), 1)?;
    }
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(directory).map_err(disk::of_named)?;
    io::Write::write_all(&mut file, &bytes).map_err(disk::of_named)?;
    file.as_file().sync_all()?;
    // A snapshot is no secret, and a file that was there keeps what its owner has set.
    if let Ok(old) = std::fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A value whose members are written in order, and the member that holds it.
struct Ordered<'a>(&'a str, &'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.1 {
            Value::Object(members) => {
                let orders = ORDERS.iter().find(|(parent, _)| *parent == self.0);
                let order = orders.map_or(&[][..], |(_, order)| order);
                let place = |name: &str| {
                    order
                        .iter()
                        .position(|it| *it == name)
                        .unwrap_or(order.len())
                };
                let mut members: Vec<(&String, &Value)> = members.iter().collect();
                members.sort_by_key(|(name, _)| (place(name), name.as_str()));
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, &Ordered(name, value))?;
                }
                map.end()
            }
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Ordered(self.0, item))?;
                }
                list.end()
            }
            other => other.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_are_written_as_they_are() {
        for example in ["acme", "blocked", "quickstart", "service-provider"] {
            let path = format!(
                "{}/examples/{example}/snapshot.json",
                env!("CARGO_MANIFEST_DIR")
            );
            let text = std::fs::read_to_string(path).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            let written = String::from_utf8(bytes(&value).unwrap()).unwrap();
            assert!(written == text, "{example} is written otherwise");
        }
    }

    #[test]
    fn members_of_features_are_in_order() {
        let feature = serde_json::json!({"members": [{"role": "agent", "key": "ana@acme.com", "kind": "user"}], "name": "Support", "kind": "callQueue"});
        let snapshot = serde_json::json!({"features": [feature], "devices": []});
        let written = String::from_utf8(bytes(&snapshot).unwrap()).unwrap();
        let place = |text: &str| written.find(text).unwrap();
        let order = [
            "\"devices\"",
            "\"features\"",
            "callQueue",
            "Support",
            "\"user\"",
            "ana@",
            "agent",
        ];
        assert!(
            order.windows(2).all(|pair| place(pair[0]) < place(pair[1])),
            "{written}"
        );
    }

    #[test]
    fn what_was_written_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let snapshot = serde_json::json!({"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "O"}});
        for name in ["snapshot.json", "snapshot.json.zst"] {
            let path = directory.path().join(name);
            write(&path, &snapshot).unwrap();
            assert_eq!(super::super::read(&path).unwrap().0.org.id, "O");
        }
    }
}
