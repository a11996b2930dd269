//! Locations: compared with the organisation; what differs is said, and not planned yet.

use super::{Context, Kind, all_keys, loses_or_changes};
use crate::config::model;
use crate::config::write::Node;
use crate::config::yaml::At;
use crate::finding::{Finding, NOT_PLANNED_YET};
use crate::import;
use crate::plan::{Draft, Fact};
use crate::snapshot;

/// Locations.
pub const KIND: Kind = Kind {
    name: "location",
    section: "locations",
    plan,
    observed: |snapshot| snapshot.locations().len(),
    considered: |config, _| config.locations.len(),
    considers: |config, _, key| config.locations.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed = snapshot.locations().iter().map(|location| &location.name);
        all_keys(config.locations.keys(), observed)
    },
    facts,
    holder: |_, _| None,
    import,
};

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let mut locations = context.snapshot.locations().iter();
    let Some(seen) = locations.find(|location| location.name == key) else {
        return vec![Fact::new("status", "status", "not in the organisation")];
    };
    let country = seen
        .address
        .as_ref()
        .and_then(|address| address.country.clone());
    let main = seen
        .calling
        .as_ref()
        .map(|calling| calling.main_number.clone());
    let calling = match main.is_some() {
        true => "enabled",
        false => "not enabled",
    };
    vec![
        Fact::new("timeZone", "time zone", seen.time_zone.clone()),
        Fact::new("country", "country", country),
        Fact::new("calling", "Calling", calling),
        Fact::new("mainNumber", "main number", main.flatten()),
    ]
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
    let observed = context.snapshot.locations();
    for (name, declared) in &context.config.locations {
        let seen = observed.binary_search_by(|location| location.name.cmp(name));
        let message = match seen {
            Err(_) => "the organisation lacks this location, and creating it is not planned yet"
                .to_owned(),
            Ok(at) => match differences(&declared.value, &observed[at]) {
                fields if fields.is_empty() => continue,
                fields => format!(
                    "differs from the organisation in {}, which is not planned yet",
                    fields.join(", ")
                ),
            },
        };
        draft.findings.push(
            Finding::warning(NOT_PLANNED_YET, message)
                .about(format!("location/{name}"))
                .help("change the location in Control Hub, and keep the file as it is there")
                .at(context.config.place(declared.key)),
        );
    }
}

/// The fields that the configuration gives and the organisation has otherwise.
fn differences(declared: &model::Location, seen: &snapshot::Location) -> Vec<&'static str> {
    let model::Location {
        time_zone,
        preferred_language,
        address,
        calling,
    } = declared;
    let mut fields = Vec::new();
    let mut compare = |name, ours: &Option<At<String>>, theirs: &Option<String>| {
        // Webex answers `en_us` where `en_US` was sent.
        let same = |ours: &At<String>| {
            theirs
                .as_ref()
                .is_some_and(|theirs| ours.value.eq_ignore_ascii_case(theirs))
        };
        if ours.as_ref().is_some_and(|ours| !same(ours)) {
            fields.push(name);
        }
    };
    compare("timeZone", time_zone, &seen.time_zone);
    compare(
        "preferredLanguage",
        preferred_language,
        &seen.preferred_language,
    );
    if let Some(address) = address {
        let model::Address {
            address1,
            address2,
            city,
            state,
            postal_code,
            country,
        } = &address.value;
        let theirs = seen.address.clone().unwrap_or_default();
        compare("address1", address1, &theirs.address1);
        compare("address2", address2, &theirs.address2);
        compare("city", city, &theirs.city);
        compare("state", state, &theirs.state);
        compare("postalCode", postal_code, &theirs.postal_code);
        compare("country", country, &theirs.country);
    }
    if let Some(calling) = calling {
        let model::LocationCalling { main_number, pstn } = &calling.value;
        let theirs = seen.calling.clone().unwrap_or_default();
        compare("mainNumber", main_number, &theirs.main_number);
        compare("pstn", pstn, &theirs.pstn);
        if seen.calling.is_none() {
            fields.push("calling");
        }
    }
    fields
}

fn import(source: &import::Source<'_>, draft: &mut import::Draft) {
    let text = |field: &Option<String>| {
        let given = field.as_ref().filter(|text| !text.is_empty());
        given.map(Node::text)
    };
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
                ("mainNumber", text(main_number)),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> snapshot::Location {
        serde_json::from_str(
            r#"{"name": "Dallas", "timeZone": "America/Chicago", "preferredLanguage": "en_us",
                "address": {"city": "Dallas", "country": "US"}, "calling": {"mainNumber": "+12145550100"}}"#,
        )
        .unwrap()
    }

    fn declared(yaml: &str) -> model::Location {
        let reading = crate::config::yaml::read::<model::Location>(yaml);
        assert_eq!(reading.problems, []);
        reading.documents.into_iter().next().unwrap()
    }

    #[test]
    fn what_is_the_same_or_not_given_does_not_differ() {
        let same = declared("{preferredLanguage: en_US, address: {country: US}, calling: {}}");
        assert_eq!(differences(&same, &seen()), [""; 0]);
    }

    #[test]
    fn what_differs_is_named() {
        let other = declared(
            "{timeZone: Europe/London, address: {city: Austin, state: TX}, calling: {mainNumber: \"+12145550101\"}}",
        );
        assert_eq!(
            differences(&other, &seen()),
            ["timeZone", "city", "state", "mainNumber"]
        );
        let bare = snapshot::Location {
            calling: None,
            ..seen()
        };
        assert_eq!(differences(&declared("calling: {}"), &bare), ["calling"]);
    }
}
