//! Locations that the configuration names, and that do not exist after the plan.

use rustc_hash::FxHashSet;

use crate::change::Address;
use crate::config::sections::SECTIONS;
use crate::config::yaml::At;
use crate::config::{Config, Spot};
use crate::finding::{Finding, LOCATION_UNKNOWN, did_you_mean, several};
use crate::licensing::{Locations, Obstacle};
use crate::snapshot::Snapshot;

/// One finding for each place that names an unknown location.
pub fn check(config: &Config, snapshot: &Snapshot) -> Vec<Finding> {
    let locations = Locations::new(config, snapshot);
    let known: FxHashSet<&str> = locations.names().collect();
    let places = SECTIONS.iter().flat_map(|it| (it.locations)(config));
    // What could not be read has a finding of its own.
    let unknown = places.filter(|(_, location)| {
        let name = location.value.as_str();
        !known.contains(name) && !locations.not_known(name)
    });
    unknown
        .map(
            |(spot, location)| match locations.obstacle(&location.value) {
                Some(Obstacle::Ambiguous(ids)) => several("locations", &location.value, ids)
                    .about(Address::new("location", &location.value))
                    .at(config.place(spot)),
                Some(_) => say_refused(config, spot, location),
                None => say(config, &known, spot, location),
            },
        )
        .collect()
}

fn say(config: &Config, known: &FxHashSet<&str>, spot: Spot, location: &At<String>) -> Finding {
    let name = &location.value;
    let mut names: Vec<&str> = known.iter().copied().collect();
    names.sort_unstable();
    let help = did_you_mean(name, names.iter().copied())
        .unwrap_or_else(|| "declare it under `locations`, or correct the name".into());
    Finding::error(LOCATION_UNKNOWN, format!("there is no location `{name}`"))
        .about(Address::new("location", name))
        .help(help)
        .at(config.place(spot))
}

/// A location that the files declare, and that cannot be created: its own finding says why.
fn say_refused(config: &Config, spot: Spot, location: &At<String>) -> Finding {
    let name = &location.value;
    let message = format!("the location `{name}` cannot be created yet");
    Finding::error(LOCATION_UNKNOWN, message)
        .about(Address::new("location", name))
        .help(format!("fix `locations.{name}` first"))
        .at(config.place(spot))
}
