//! Licences of which not everything is known: `license/` and an id or a name, or `subscription/` and an id, in `notKnown` of a snapshot
//! (contract section 6).

use rustc_hash::FxHashSet;

use crate::canonical::canonical;
use crate::snapshot::{License, Snapshot, ids};

/// The ids, in whatever form, and the names.
#[derive(Debug)]
pub struct UnknownLicenses<'s> {
    names: FxHashSet<&'s str>,
    ids: FxHashSet<String>,
}

impl<'s> UnknownLicenses<'s> {
    pub fn of(snapshot: &'s Snapshot) -> UnknownLicenses<'s> {
        let mut unknown = UnknownLicenses {
            names: snapshot.not_known_of("license").collect(),
            ids: snapshot.not_known_of("license").map(ids::plain).collect(),
        };
        for subscription in snapshot.not_known_of("subscription") {
            let of = |it: &&License| it.subscription_id.as_deref() == Some(subscription);
            let licenses = snapshot.licenses().iter().filter(of);
            unknown.ids.extend(licenses.map(|it| ids::plain(&it.id)));
        }
        unknown
    }

    /// Whether it is one of them.
    pub fn has(&self, id: &str, name: &str) -> bool {
        !self.ids.is_empty()
            && (self.names.contains(&*canonical(name)) || self.ids.contains(&ids::plain(id)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::snapshot::of_document;

    #[test]
    fn other_forms_of_an_id_and_of_a_name_are_the_same() {
        let (padded, bare) = (
            "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg==",
            "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg",
        );
        let unknown = |key: &str| json!([{"address": format!("license/{key}"), "reason": ""}]);
        for (key, is_unknown) in [
            (padded, true),
            (bare, true),
            ("Webex\u{a0}Calling", true),
            ("Webex", false),
        ] {
            let document = json!({
                "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
                "org": {"id": "o", "name": "Acme"}, "notKnown": unknown(key),
            });
            let snapshot = of_document(&document).unwrap();
            let unknown = UnknownLicenses::of(&snapshot);
            assert_eq!(
                unknown.has(bare, "Webex\u{2003}Calling"),
                is_unknown,
                "{key}"
            );
        }
    }
}
