//! Calling features that people and workspaces are a part of. Webex keeps that with the feature, not with the person
//! (webex-api.md 10), so they are read once, for everybody.

use serde_json::Value;

use super::bundle::{Membership, Unread};
use crate::webex::{Error, Paging, Reader, encode};

/// One kind of feature.
struct Row {
    feature: &'static str,
    /// The list, and the member that holds it.
    list: &'static str,
    key: &'static str,
    /// One of them, below its location.
    one: &'static str,
    /// The lists in which people stand.
    members: &'static [&'static str],
}

const FEATURES: &[Row] = &[
    Row {
        feature: "call queue",
        list: "/telephony/config/queues",
        key: "queues",
        one: "queues",
        members: &["agents"],
    },
    Row {
        feature: "hunt group",
        list: "/telephony/config/huntGroups",
        key: "huntGroups",
        one: "huntGroups",
        members: &["agents"],
    },
    Row {
        feature: "paging group",
        list: "/telephony/config/paging",
        key: "locationPaging",
        one: "paging",
        members: &["targets", "originators"],
    },
];

/// Every feature of the organisation, with who is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    found: Vec<(Membership, Vec<String>)>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

impl Features {
    /// Reads them all.
    pub fn read(reader: &Reader) -> Features {
        let mut features = Features::default();
        for row in FEATURES {
            match list(reader, row) {
                Ok(found) => features.found.extend(found),
                // An organisation without the feature.
                Err(error) if [400, 403, 404].iter().any(|&status| error.is(status)) => {}
                Err(error) => features.unread.push(Unread {
                    what: format!("{}s", row.feature),
                    why: error.to_string(),
                }),
            }
        }
        features
    }

    /// Those that somebody is in.
    pub fn of(&self, id: &str) -> Vec<Membership> {
        let found = self.found.iter();
        let found = found.filter(|(_, members)| members.iter().any(|member| member == id));
        let mut found: Vec<Membership> = found.map(|(feature, _)| feature.clone()).collect();
        found.sort();
        found
    }
}

fn list(reader: &Reader, row: &Row) -> Result<Vec<(Membership, Vec<String>)>, Error> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut found = Vec::new();
    for entry in reader.list(row.list, row.key, Paging::Link)? {
        let (Some(id), Some(location)) = (text(&entry["id"]), text(&entry["locationId"])) else {
            continue;
        };
        let (at, one) = (encode(&location), encode(&id));
        let path = format!("/telephony/config/locations/{at}/{}/{one}", row.one);
        // One that went a moment ago has nobody in it any more.
        let Some(detail) = reader.find(&path)? else {
            continue;
        };
        let members = row
            .members
            .iter()
            .filter_map(|list| detail[*list].as_array());
        let members = members.flatten().filter_map(|member| text(&member["id"]));
        let feature = Membership {
            feature: row.feature.to_owned(),
            name: text(&entry["name"]).unwrap_or_default(),
            location: text(&entry["locationName"]),
            id,
        };
        found.push((feature, members.collect()));
    }
    Ok(found)
}
