//! Licence templates that Control Hub has, seen through a request that no public document names (webex-api.md 3). It is
//! sent only where it is asked for, and an organisation in which it does not answer has no templates as far as we know.

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::access::Reader;
use super::error::Error;
use super::ids::plain;
use super::paging::Paging;
use crate::snapshot::Snapshot;

/// A licence template of Control Hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseTemplate {
    /// Its name.
    pub name: String,
    /// The licences that it gives, by name; the id where the snapshot does not know it.
    pub licenses: Vec<String>,
    /// The groups whose members get them, by name; none where everyone does.
    pub groups: Vec<String>,
}

/// The templates of an organisation; `None` where the request does not answer.
///
/// # Errors
///
/// Those of the reader, but not 403 and 404.
pub fn license_templates(
    reader: &Reader,
    snapshot: &Snapshot,
) -> Result<Option<Vec<LicenseTemplate>>, Error> {
    match reader.list("/organization/licenseTemplates", "items", Paging::None) {
        Ok(items) => Ok(Some(named(&items, snapshot))),
        Err(error) if error.is(403) || error.is(404) => Ok(None),
        Err(error) => Err(error),
    }
}

fn named(items: &[Value], snapshot: &Snapshot) -> Vec<LicenseTemplate> {
    let licenses = snapshot
        .licenses()
        .iter()
        .map(|license| (plain(&license.id), license.name.as_str()));
    let groups = snapshot
        .groups()
        .iter()
        .map(|group| (plain(&group.id), group.name.as_str()));
    let names: FxHashMap<String, &str> = licenses.chain(groups).collect();
    let all = |list: &Value| {
        let ids = list.as_array().into_iter().flatten();
        let ids = ids.filter_map(Value::as_str);
        let mut found: Vec<String> = ids
            .map(|id| names.get(&plain(id)).map_or(id, |name| name).to_owned())
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    let templates = items.iter().map(|item| LicenseTemplate {
        name: item["templateName"].as_str().unwrap_or_default().to_owned(),
        licenses: all(&item["licenses"]),
        groups: all(&item["groups"]),
    });
    templates.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_get_their_names() {
        let snapshot: Snapshot = serde_json::from_value(json!({
            "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "o"},
            "licenses": [{"id": "L-1", "name": "Advanced Messaging"}],
            "groups": [{"id": "G-1", "name": "Sales"}]
        }))
        .unwrap();
        let items = [
            json!({"id": "t", "templateName": "Default", "licenses": ["L-1", "L-2"], "templateType": "ORG"}),
            json!({"id": "u", "templateName": "Sales", "licenses": ["L-1"], "groups": ["G-1"]}),
        ];
        let found = named(&items, &snapshot);
        assert_eq!(found[0].licenses, ["Advanced Messaging", "L-2"]);
        assert!(found[0].groups.is_empty());
        assert_eq!(found[1].groups, ["Sales"]);
    }
}
