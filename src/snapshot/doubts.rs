//! What a snapshot cannot know, although it does not say so (contract section 6): a list that an object lacks, and what is there more
//! often than it can be.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::canonical::is_address;
use crate::phone::read_back;

use super::{Listed, NotKnown, Number, Owner, Snapshot, Word, ids};

/// Addresses of which something is not known, each with the reason.
type Reasons = Vec<(String, String)>;

impl Snapshot {
    /// Whether something of the object with this address is not known.
    pub fn is_not_known(&self, address: &str) -> bool {
        self.not_known.iter().any(|it| it.address == address)
    }

    /// Whether an address is of a person, a workspace or a feature that its list lacks.
    pub fn is_unlisted(&self, address: &str) -> bool {
        let Some((kind, key)) = address.split_once('/') else {
            return false;
        };
        match kind {
            "user" => !self.users().iter().any(|it| it.email == key),
            "workspace" => !self.workspaces().iter().any(|it| it.name == key),
            _ => {
                let mut features = self.features().iter();
                super::features::kinds().any(|it| it == kind)
                    && !features.any(|it| it.kind == kind && it.name == key)
            }
        }
    }

    /// The keys of objects of a kind of which something is not known.
    pub fn not_known_of(&self, kind: &str) -> impl Iterator<Item = &str> {
        let addresses = self.not_known.iter().map(|it| it.address.split_once('/'));
        addresses.filter_map(move |it| it.filter(|(of, _)| *of == kind).map(|(_, key)| key))
    }

    /// Adds that to `notKnown`, and what was found before. Lists are in order of key.
    pub(super) fn doubt(&mut self, before: Vec<(String, String)>) {
        let groups = self.groups().iter().filter(|it| !it.members.is_captured());
        let groups = groups.map(|it| (format!("group/{}", it.name), not_captured("members")));
        let users = self.users().iter().filter_map(|it| {
            let why = doubtful(&it.licenses)?;
            Some((format!("user/{}", it.email), why))
        });
        let workspaces = self.workspaces().iter().filter_map(|it| {
            let why = doubtful(&it.licenses)?;
            Some((format!("workspace/{}", it.name), why))
        });
        let mut found: Vec<(String, String)> = groups.chain(users).chain(workspaces).collect();
        found.extend(before);
        found.extend(self.contradictory_numbers());
        found.extend(self.shared_ids());
        let (shared, owners) = self.holders_of_numbers();
        // Extensions without a number come before the numbers.
        let extensions = self.number_rows().len() - self.numbers().len();
        let rows = self.numbers.iter_mut().flatten().skip(extensions);
        let mut owners = owners.into_iter().peekable();
        for (at, row) in rows.enumerate() {
            if let Some((_, owner)) = owners.next_if(|(of, _)| *of == at) {
                row.owner = Some(owner);
            }
        }
        found.extend(shared);
        found.extend(self.odd_subscriptions());
        for (address, reason) in found {
            if !self.is_not_known(&address) {
                self.not_known.push(NotKnown { address, reason });
            }
        }
    }

    /// Numbers with several rows that do not agree.
    fn contradictory_numbers(&self) -> impl Iterator<Item = (String, String)> {
        let same = self
            .numbers()
            .chunk_by(|a, b| a.phone_number == b.phone_number);
        let what = |row: &Number| (row.owner.clone(), row.location.clone(), row.purpose.clone());
        let differ = move |rows: &&[Number]| rows.iter().any(|row| what(row) != what(&rows[0]));
        same.filter(|rows| rows.len() > 1)
            .filter(differ)
            .map(|rows| {
                let reason = format!(
                    "the snapshot has it {} times, with different data",
                    rows.len()
                );
                (format!("number/{}", rows[0].phone_number), reason)
            })
    }

    /// Numbers that several people and workspaces have as theirs, or that the list of numbers gives to another: which is right is
    /// unknown, and nothing is done about any of them. Also gives the owners of numbers whose rows name none, by position in
    /// [`Snapshot::numbers`], in its order.
    fn holders_of_numbers(&self) -> (Reasons, Vec<(usize, Owner)>) {
        let people = self.users().iter().filter_map(|it| {
            let number = it.phone_number.as_deref()?;
            Some((number, "user", it.email.as_str()))
        });
        let places = self.workspaces().iter().filter_map(|it| {
            let number = it.phone_number.as_deref()?;
            Some((number, "workspace", it.name.as_str()))
        });
        // Of nearly all numbers there is one holder, which takes no list.
        let mut first: FxHashMap<&str, (&str, &str)> = FxHashMap::default();
        first.reserve(self.users().len());
        let mut shared: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (number, kind, key) in people.chain(places) {
            if let Some(other) = first.insert(number, (kind, key)) {
                shared
                    .entry(number)
                    .or_insert_with(|| vec![other])
                    .push((kind, key));
            }
        }
        let mut owners = Vec::new();
        let others = other_forms(&first);
        for (at, row) in self.numbers().iter().enumerate() {
            let number = row.phone_number.as_str();
            let Some(&holder) = first.get(number).or_else(|| others.get(number)) else {
                continue;
            };
            let Some(owner) = &row.owner else {
                let owner = match holder {
                    ("user", email) => Owner::user(email),
                    (_, name) => Owner::workspace(name),
                };
                owners.push((at, owner));
                continue;
            };
            if !owner.is(holder.0, holder.1) {
                let named = (owner.kind.word(), owner.key.as_str());
                let all = shared
                    .entry(&row.phone_number)
                    .or_insert_with(|| vec![holder]);
                if !all.contains(&named) {
                    all.push(named);
                }
            }
        }
        (reasons(shared), owners)
    }

    /// Subscriptions whose status is none that is known.
    fn odd_subscriptions(&self) -> impl Iterator<Item = (String, String)> {
        let known = ["", "active", "suspended", "cancelled", "canceled"];
        let subscriptions = self.subscriptions().iter();
        subscriptions.filter_map(move |it| {
            let status = it.status.as_deref()?;
            let odd = !known.contains(&&*status.trim().to_ascii_lowercase());
            let reason = || {
                format!(
                    "its status is `{status}`, which is none of active, suspended and cancelled"
                )
            };
            odd.then(|| (format!("subscription/{}", it.id), reason()))
        })
    }

    /// People who share an id.
    fn shared_ids(&self) -> Vec<(String, String)> {
        let mut seen: FxHashMap<&str, &str> = FxHashMap::default();
        let mut found = Vec::new();
        for user in self.users().iter().filter(|it| !it.id.is_empty()) {
            if let Some(first) = seen.insert(&user.id, &user.email)
                && first != user.email
            {
                for (email, other) in [(first, &*user.email), (&*user.email, first)] {
                    let reason = format!("{other} has the same id");
                    found.push((format!("user/{email}"), reason));
                }
            }
        }
        found
    }
}

/// Numbers that several have, and those who have them.
fn reasons(shared: BTreeMap<&str, Vec<(&str, &str)>>) -> Reasons {
    let mut found = Vec::new();
    for (number, holders) in shared {
        let named = |(kind, key): &(&str, &str)| format!("{kind}/{key}");
        let all: Vec<String> = holders.iter().map(named).collect();
        let reason = format!(
            "the snapshot gives the number {number} to {}",
            all.join(" and ")
        );
        found.push((format!("number/{number}"), reason.clone()));
        // An owner whom Webex names by an id alone is no object with an address.
        let known = holders.iter().filter(|(kind, key)| match *kind {
            "user" => is_address(key),
            _ => !key.is_empty(),
        });
        found.extend(known.map(|it| (named(it), reason.clone())));
    }
    found
}

/// The holders of numbers that are in another form, by the E.164 form that it may be of: such a number is not free.
fn other_forms<'s>(
    holders: &FxHashMap<&'s str, (&'s str, &'s str)>,
) -> FxHashMap<String, (&'s str, &'s str)> {
    let is_e164 = |number: &str| {
        let digits = number.strip_prefix('+');
        digits.is_some_and(|it| it.as_bytes().iter().all(u8::is_ascii_digit))
    };
    let others = holders.iter().filter(|(number, _)| !is_e164(number));
    others
        .filter_map(|(number, holder)| Some((read_back(number)?, *holder)))
        .collect()
}

/// Why the licences of an object are doubtful, if they are.
fn doubtful(licenses: &Listed<Word>) -> Option<String> {
    if !licenses.is_captured() {
        return Some(not_captured("licences"));
    }
    let mut each = licenses.iter().enumerate();
    let twice = each.find_map(|(at, it)| licenses[..at].contains(it).then_some(it))?;
    Some(format!("it has the licence {} twice", ids::plain(twice)))
}

fn not_captured(what: &str) -> String {
    format!("its {what} were not captured")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::snapshot::of_document;

    #[test]
    fn what_does_not_add_up_is_not_known() {
        let number = |location: &str| json!({"phoneNumber": "+12145550101", "location": location});
        let document = json!({
            "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
            "org": {"id": "o", "name": "Acme"},
            "users": [
                {"id": "p-1", "email": "ida@acme.com", "licenses": ["L", "L"]},
                {"id": "p-2", "email": "max@acme.com", "licenses": []},
                {"id": "p-2", "email": "pia@acme.com", "licenses": []},
                {"id": "p-3", "email": "rob@acme.com"},
                {"id": "p-4", "email": "sam@acme.com", "licenses": ["L", "M"]},
            ],
            "groups": [{"id": "g-1", "name": "Crew"}, {"id": "g-2", "name": "Desk", "members": []}],
            "workspaces": [{"id": "w-1", "name": "Hall", "licenses": null}],
            "numbers": [number("Dallas"), number("Austin")],
            "notKnown": [{"address": "group/Crew", "reason": "asked for too often"}],
        });
        let snapshot = of_document(&document).unwrap();
        let told = snapshot.not_known.iter();
        let told: Vec<String> = told
            .map(|it| format!("{}: {}", it.address, it.reason))
            .collect();
        assert_eq!(
            told,
            [
                "group/Crew: asked for too often",
                "user/ida@acme.com: it has the licence L twice",
                "user/rob@acme.com: its licences were not captured",
                "workspace/Hall: its licences were not captured",
                "number/+12145550101: the snapshot has it 2 times, with different data",
                "user/max@acme.com: pia@acme.com has the same id",
                "user/pia@acme.com: max@acme.com has the same id",
            ]
        );
        let twice = json!([number("Dallas"), number("Dallas")]);
        let mut document = document;
        document["numbers"] = twice;
        let snapshot = of_document(&document).unwrap();
        assert!(!snapshot.is_not_known("number/+12145550101"));
    }
}
