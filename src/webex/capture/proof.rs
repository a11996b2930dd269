//! Whether the organisation stood still while it was read: the cheap lists once more, compared.

use serde_json::Value;

use super::{BASIS, Basis, Run, pool, telephony};
use crate::webex::error::Error;

/// How many requests it takes.
pub const REQUESTS: u64 = 5;

/// What is compared of an entry. Presence and the like changes all the time and means nothing.
const COMPARED: [&str; 10] = [
    "id",
    "name",
    "displayName",
    "totalUnits",
    "consumedUnits",
    "memberSize",
    "lastModified",
    "callingLineId",
    "address",
    "timeZone",
];

impl Run<'_> {
    /// Reads the cheap lists again. What differs is named: such objects may be as they were or as they are.
    pub(super) fn prove(&self, basis: &Basis) -> Result<(), Error> {
        // Roles do not change.
        let lists = &BASIS[..4];
        let first = [
            &basis.licenses,
            &basis.locations,
            &basis.calling,
            &basis.groups,
        ];
        let again = pool::map(lists, |list| {
            self.reader.list(list.path, list.key, list.paging)
        });
        self.go_on()?;
        let mut changed = Vec::new();
        for ((list, first), again) in lists.iter().zip(first).zip(again) {
            let Some(first) = first else { continue };
            let Some(again) = self.keep(list.what, again) else {
                continue;
            };
            changed.extend(differences(first, &again).map(|name| format!("{}: {name}", list.what)));
        }
        if let (Some(first), Ok(Some(again))) = (basis.numbers, telephony::count(self.reader))
            && first != again
        {
            changed.push(format!("numbers: {first} rows, then {again}"));
        }
        if !changed.is_empty() {
            changed.truncate(10);
            self.note(format!(
                "the organisation changed while it was read ({}): run it again if this matters",
                changed.join("; ")
            ));
        }
        Ok(())
    }
}

/// Names of entries that are not the same in both lists.
fn differences<'a>(first: &'a [Value], again: &'a [Value]) -> impl Iterator<Item = String> + 'a {
    let same = |one: &Value, other: &Value| COMPARED.iter().all(|name| one[*name] == other[*name]);
    let differing = move |list: &'a [Value], other: &'a [Value]| {
        list.iter().filter(move |entry| {
            let twin = other.iter().find(|it| it["id"] == entry["id"]);
            twin.is_none_or(|twin| !same(entry, twin))
        })
    };
    let mut names: Vec<String> = differing(first, again)
        .chain(differing(again, first))
        .map(|entry| {
            let name = entry["displayName"].as_str().or(entry["name"].as_str());
            name.unwrap_or_default().to_owned()
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}
