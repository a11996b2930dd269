//! Objects that have got another name since the last apply, found by id.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Snapshot, ids};

/// An object that has another name than it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedObject {
    /// What it is, such as `group`.
    pub kind: String,
    /// Its name after the last apply.
    pub then: String,
    /// Its name now.
    pub now: String,
    /// Whether another object has the former name now.
    pub taken: bool,
}

/// An object by its kind and its name.
type Named<'s> = (&'s str, &'s str);

/// The groups, locations, workspaces and features that have another name now. Of two with one id or one name nothing is known.
pub(super) fn objects(then: &Snapshot, now: &Snapshot) -> Vec<RenamedObject> {
    let today = by_id(now);
    let taken: FxHashSet<Named<'_>> = named(now).map(|(kind, _, name)| (kind, name)).collect();
    let mut found: Vec<RenamedObject> = Vec::new();
    for (id, (kind, before)) in by_id(then) {
        if let Some(&(same, name)) = today.get(&id)
            && same == kind
            && name != before
        {
            found.push(RenamedObject {
                kind: kind.to_owned(),
                then: before.to_owned(),
                now: name.to_owned(),
                taken: taken.contains(&(kind, before)),
            });
        }
    }
    found
}

/// Kind, id and name of each object that can be renamed.
fn named(of: &Snapshot) -> impl Iterator<Item = (&str, &str, &str)> {
    let groups = of.groups().iter().map(|it| ("group", &*it.id, &*it.name));
    let locations = of.locations().iter();
    let locations = locations.map(|it| ("location", &*it.id, &*it.name));
    let workspaces = of.workspaces().iter();
    let workspaces = workspaces.map(|it| ("workspace", &*it.id, &*it.name));
    let features = of.features().iter();
    let features = features.map(|it| (&*it.kind, &*it.id, &*it.name));
    groups.chain(locations).chain(workspaces).chain(features)
}

/// Objects by id, without those that share an id or a name with another one.
fn by_id(of: &Snapshot) -> BTreeMap<String, Named<'_>> {
    let mut names: FxHashMap<Named<'_>, usize> = FxHashMap::default();
    let mut known: FxHashMap<String, usize> = FxHashMap::default();
    for (kind, id, name) in named(of) {
        *names.entry((kind, name)).or_default() += 1;
        *known.entry(ids::plain(id)).or_default() += 1;
    }
    let unique = named(of).filter_map(|(kind, id, name)| {
        let id = ids::plain(id);
        let one = names[&(kind, name)] == 1 && known[&id] == 1 && !id.is_empty();
        one.then_some((id, (kind, name)))
    });
    unique.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::of_document;
    use super::*;

    fn snapshot(rooms: Value, queues: Value) -> Snapshot {
        let document = json!({
            "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "o", "name": "Acme"},
            "workspaces": rooms, "features": queues,
        });
        of_document(&document).unwrap()
    }

    #[test]
    fn an_id_tells_who_has_another_name() {
        let room = |id: &str, name: &str| json!({"id": id, "name": name, "licenses": []});
        let queue =
            |kind: &str, id: &str, name: &str| json!({"kind": kind, "id": id, "name": name});
        let then = snapshot(
            json!([
                room("a", "Lobby"),
                room("b", "Twin"),
                room("c", "Twin"),
                room("", "Desk"),
                room("d", "Bar"),
                room("x", "Hall"),
                room("e", "Shop"),
            ]),
            json!([
                queue("callQueue", "q", "Help"),
                queue("huntGroup", "h", "Shop")
            ]),
        );
        let now = snapshot(
            json!([
                room("a", "Entrance"),
                room("b", "One"),
                room("c", "Two"),
                room("", "Table"),
                room("d", "Bar"),
                room("x", "Hall 1"),
                room("x", "Hall 2"),
                room("e", "Store"),
                room("f", "Shop"),
            ]),
            json!([
                queue("callQueue", "q", "Help!"),
                queue("callQueue", "h", "Store")
            ]),
        );
        let found = objects(&then, &now);
        let found: Vec<(&str, &str, &str, bool)> = found
            .iter()
            .map(|it| (&*it.kind, &*it.then, &*it.now, it.taken))
            .collect();
        assert_eq!(
            found,
            [
                ("workspace", "Lobby", "Entrance", false),
                ("workspace", "Shop", "Store", true),
                ("callQueue", "Help", "Help!", false)
            ]
        );
    }
}
