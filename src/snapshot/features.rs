//! Calling features that hold numbers and people: call queues, hunt groups, auto attendants … Observed, not managed.
//!
//! Owns their form in the file, who is in which of them, and that what they have counts as owned.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::{Number, Owner, OwnerKind, Snapshot, Word, or_default};
use crate::canonical::make_canonical;

/// The role of a person whom a voicemail group sends mail to: that does not depend on Calling.
pub const RECIPIENT: &str = "recipient";

/// What features of a kind are called, one and many.
const WORDS: &[(&str, &str, &str)] = &[
    ("autoAttendant", "auto attendant", "auto attendants"),
    ("callPark", "call park group", "call park groups"),
    ("callPickup", "call pickup group", "call pickup groups"),
    ("callQueue", "call queue", "call queues"),
    ("huntGroup", "hunt group", "hunt groups"),
    ("pagingGroup", "paging group", "paging groups"),
    ("supervisor", "team supervised by", "supervisors"),
    ("virtualLine", "virtual line", "virtual lines"),
    ("voicemailGroup", "voicemail group", "voicemail groups"),
];

/// How many features are named before the rest is counted.
const NAMED: usize = 3;

/// A calling feature.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Feature {
    /// `callQueue`, `huntGroup`, `autoAttendant` …
    pub kind: String,
    /// Webex's id.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The location that it belongs to.
    pub location: Option<Word>,
    /// Its number.
    pub phone_number: Option<String>,
    /// Its extension.
    pub extension: Option<String>,
    /// Who is in it; `None` where that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<FeatureMember>>,
}

/// A person who is in a feature.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub struct FeatureMember {
    /// What it is.
    pub kind: OwnerKind,
    /// The key within the kind.
    #[serde(default, deserialize_with = "or_default")]
    pub key: String,
    /// `agent`, `member`, `target`, `originator`, `key`, `recipient` or `supervisor`.
    #[serde(default, deserialize_with = "or_default")]
    pub role: String,
}

/// A kind of feature that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct FeatureKindNotRead {
    /// The kind.
    pub kind: String,
    /// Why not.
    #[serde(default, deserialize_with = "or_default")]
    pub reason: String,
}

/// What features of a kind are called.
pub fn feature_words(kind: &str) -> &str {
    words(kind).map_or(kind, |(_, _, many)| many)
}

/// What a feature of a kind is called, before its name.
pub fn feature_word(kind: &str) -> &str {
    words(kind).map_or(kind, |(_, one, _)| one)
}

/// The kinds of features that have a name here.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|(kind, _, _)| *kind)
}

fn words(kind: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    WORDS.iter().find(|(name, _, _)| *name == kind)
}

impl Feature {
    /// What people know it by, such as `call queue Support (Dallas)`.
    pub fn label(&self) -> String {
        let word = feature_word(&self.kind);
        match &self.location {
            Some(location) => format!("{word} {} ({location})", self.name),
            None => format!("{word} {}", self.name),
        }
    }

    pub(super) fn normalize(&mut self) {
        make_canonical(&mut self.name);
        self.location.iter_mut().for_each(Word::make_canonical);
        for member in self.members.iter_mut().flatten() {
            member.normalize();
        }
        if let Some(members) = self.members.as_mut() {
            members.sort_unstable();
            members.dedup();
        }
    }
}

impl FeatureMember {
    fn normalize(&mut self) {
        super::read::key(&self.kind, &mut self.key);
    }
}

/// A feature that a person is in, and as what.
pub type Role<'s> = (&'s str, &'s Feature);

/// Who is in which feature, looked up by owner.
#[derive(Debug, Default)]
pub struct FeatureMemberships<'s> {
    /// By kind and key.
    by_owner: FxHashMap<&'s str, FxHashMap<&'s str, Vec<Role<'s>>>>,
    unread: Option<String>,
}

impl<'s> FeatureMemberships<'s> {
    /// The memberships that a snapshot has, in order of the features.
    pub fn of(snapshot: &'s Snapshot) -> FeatureMemberships<'s> {
        let mut by_owner: FxHashMap<_, FxHashMap<_, Vec<_>>> = FxHashMap::default();
        for feature in snapshot.features() {
            for member in feature.members.iter().flatten() {
                let of = by_owner.entry(member.kind.word()).or_default();
                let of = of.entry(member.key.as_str()).or_default();
                of.push((member.role.as_str(), feature));
            }
        }
        FeatureMemberships {
            by_owner,
            unread: unread(snapshot),
        }
    }

    /// The features that a person is in, each with the role.
    pub fn find(&self, kind: &str, key: &str) -> &[Role<'s>] {
        let of = self.by_owner.get(kind).and_then(|of| of.get(key));
        of.map_or(&[], Vec::as_slice)
    }

    /// What of the features is not known, in words; nothing where no feature was captured at all.
    pub fn unread(&self) -> Option<&str> {
        self.unread.as_deref()
    }
}

fn unread(snapshot: &Snapshot) -> Option<String> {
    let kinds = snapshot.features_not_read.iter();
    let kinds = kinds.map(|it| feature_words(&it.kind).to_owned());
    let odd = snapshot.features().iter().filter(|it| it.members.is_none());
    let all: Vec<String> = kinds.chain(odd.map(Feature::label)).collect();
    let more = all.len().saturating_sub(NAMED);
    let named = all[..all.len() - more].join(", ");
    match (all.len(), more) {
        (0, _) => None,
        (_, 0) => Some(named),
        _ => Some(format!("{named} and {more} more")),
    }
}

impl Snapshot {
    /// Calling features, or none where they were not captured.
    pub fn features(&self) -> &[Feature] {
        self.features.as_deref().unwrap_or_default()
    }

    /// What features have counts as owned: a number that the list of numbers calls free gets its owner, an extension that the
    /// list lacks gets a row.
    pub(super) fn own_numbers_of_features(&mut self) {
        let (Some(features), Some(numbers)) = (&self.features, &mut self.numbers) else {
            return;
        };
        if features.is_empty() {
            return;
        }
        let by_number: FxHashMap<&str, &Feature> = features
            .iter()
            .filter_map(|it| Some((it.phone_number.as_deref()?, it)))
            .collect();
        let mut told: FxHashSet<(Option<Word>, String)> = FxHashSet::default();
        for row in numbers.iter_mut() {
            let feature = by_number.get(row.phone_number.as_str());
            if let Some(feature) = feature.filter(|_| !row.phone_number.is_empty()) {
                feature.take(row);
            }
            if let Some(extension) = &row.extension {
                told.insert((row.location.clone(), extension.clone()));
            }
        }
        for feature in features.iter() {
            let Some(extension) = &feature.extension else {
                continue;
            };
            if told.insert((feature.location.clone(), extension.clone())) {
                numbers.push(Number {
                    phone_number: String::new(),
                    extension: Some(extension.clone()),
                    location: feature.location.clone(),
                    state: None,
                    kind: None,
                    purpose: None,
                    owner: Some(feature.owner()),
                });
            }
        }
    }
}

impl Feature {
    fn owner(&self) -> Owner {
        Owner {
            kind: OwnerKind::from(&*self.kind),
            key: self.name.clone(),
        }
    }

    /// Makes a free number the feature's own; the owner in the list keeps it.
    fn take(&self, row: &mut Number) {
        let owner = row.owner.get_or_insert_with(|| self.owner());
        if owner.kind.word() == self.kind && row.extension.is_none() {
            row.extension.clone_from(&self.extension);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::snapshot::of_document;

    fn snapshot(features: serde_json::Value) -> Snapshot {
        of_document(&json!({
            "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
            "org": {"id": "O", "name": "Acme"},
            "numbers": [
                {"phoneNumber": null, "extension": "1500", "location": "Dallas", "owner": {"kind": "huntGroup", "key": "Main"}},
                {"phoneNumber": "+12145550100", "location": "Dallas", "owner": {"kind": "callQueue", "key": "Support"}},
                {"phoneNumber": "+12145550101", "location": "Dallas", "owner": null},
                {"phoneNumber": "+12145550102", "location": "Dallas", "owner": {"kind": "user", "key": "ana@acme.com"}},
            ],
            "features": features,
        }))
        .unwrap()
    }

    #[test]
    fn what_features_have_is_owned_once() {
        let snapshot = snapshot(json!([
            {"kind": "huntGroup", "name": "Main", "location": "Dallas", "extension": "1500"},
            {"kind": "callQueue", "name": "Support", "location": "Dallas", "phoneNumber": "+12145550100", "extension": "1600"},
            {"kind": "virtualLine", "name": "Door", "location": "Dallas", "phoneNumber": "+12145550101"},
            {"kind": "virtualLine", "name": "Old", "location": "Dallas", "phoneNumber": "+12145550102"},
            {"kind": "pagingGroup", "name": "All", "location": "Dallas", "extension": "1700"},
        ]));
        let rows: Vec<String> = snapshot
            .number_rows()
            .iter()
            .map(|row| {
                let owner = row.owner.as_ref().unwrap();
                let extension = row.extension.as_deref().unwrap_or_default();
                format!("{}/{extension} {owner}", row.phone_number)
            })
            .collect();
        assert_eq!(
            rows,
            [
                "/1500 huntGroup/Main",
                "/1700 pagingGroup/All",
                "+12145550100/1600 callQueue/Support",
                "+12145550101/ virtualLine/Door",
                "+12145550102/ user/ana@acme.com",
            ]
        );
    }

    #[test]
    fn members_are_found_by_owner_and_what_is_not_known_is_named() {
        let mut snapshot = snapshot(json!([
            {"kind": "callQueue", "name": "Support", "location": "Dallas", "members": [
                {"kind": "user", "key": "Ana@Acme.com", "role": "agent"},
                {"kind": "user", "key": "ana@acme.com", "role": "agent"}]},
            {"kind": "callPickup", "name": "Floor 1", "location": "Dallas"},
        ]));
        snapshot.features_not_read.push(FeatureKindNotRead {
            kind: "pagingGroup".to_owned(),
            reason: "403".to_owned(),
        });
        let memberships = FeatureMemberships::of(&snapshot);
        let found = memberships.find("user", "ana@acme.com");
        let found: Vec<String> = found
            .iter()
            .map(|(role, it)| format!("{role} of {}", it.label()))
            .collect();
        assert_eq!(found, ["agent of call queue Support (Dallas)"]);
        assert!(memberships.find("workspace", "ana@acme.com").is_empty());
        assert_eq!(
            memberships.unread(),
            Some("paging groups, call pickup group Floor 1 (Dallas)")
        );
    }
}
