//! Locations as YAML that plans to nothing.

use super::KIND;
use crate::config::write::Node;
use crate::kinds::imports::{Draft, Source};
use crate::snapshot;

pub fn import(source: &Source<'_>, draft: &mut Draft) {
    let text = |field: &Option<String>| {
        let given = field.as_ref().filter(|text| !text.is_empty());
        given.map(Node::text)
    };
    // A main number is compared with the numbers, where these were captured.
    let main = source.snapshot.numbers.is_some().then_some(());
    let locations = draft.named(source.snapshot.locations(), |seen| &seen.name, KIND.name);
    let entries = locations.into_iter().map(|seen| {
        let address = seen.address.as_ref().map(|seen| {
            let snapshot::Address {
                address1,
                address2,
                city,
                state,
                postal_code,
                country,
            } = seen;
            Node::fields([
                ("address1", text(address1)),
                ("address2", text(address2)),
                ("city", text(city)),
                ("state", text(state)),
                ("postalCode", text(postal_code)),
                ("country", text(country)),
            ])
        });
        let calling = seen.calling.as_ref().map(|seen| {
            let snapshot::LocationCalling { main_number, pstn } = seen;
            Node::Line(Node::fields([
                ("mainNumber", main.and_then(|()| text(main_number))),
                ("pstn", text(pstn)),
            ]))
        });
        let address = address.filter(|fields| !fields.is_empty());
        let fields = Node::fields([
            ("timeZone", text(&seen.time_zone)),
            ("preferredLanguage", text(&seen.preferred_language)),
            ("address", address.map(Node::Line)),
            ("calling", calling),
        ]);
        (seen.name.clone(), Node::Block(fields))
    });
    draft.section(
        KIND.section,
        "Locations. Those with `calling` are enabled for Webex Calling.",
        entries.collect(),
    );
}
