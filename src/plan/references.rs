//! Locations that the configuration names, and that neither it nor the organisation has.

use rustc_hash::FxHashSet;

use crate::config::yaml::At;
use crate::config::{Config, Declared};
use crate::finding::{Finding, LOCATION_UNKNOWN, did_you_mean};
use crate::snapshot::Snapshot;

/// One finding for each place that names an unknown location.
pub fn check(config: &Config, snapshot: &Snapshot) -> Vec<Finding> {
    let mut known: FxHashSet<&str> = snapshot
        .locations()
        .iter()
        .map(|location| location.name.as_str())
        .collect();
    known.extend(config.locations.keys().map(String::as_str));
    let mut findings = Vec::new();
    for declared in config.users.values() {
        look(
            config,
            &known,
            declared,
            declared.value.location.as_ref(),
            &mut findings,
        );
    }
    for declared in config.workspaces.values() {
        look(
            config,
            &known,
            declared,
            declared.value.location.as_ref(),
            &mut findings,
        );
    }
    for declared in &config.numbers {
        look(
            config,
            &known,
            declared,
            Some(&declared.value.location),
            &mut findings,
        );
    }
    for declared in config.operator_accounts.values() {
        look(
            config,
            &known,
            declared,
            declared.value.location.as_ref(),
            &mut findings,
        );
    }
    findings
}

fn look<T>(
    config: &Config,
    known: &FxHashSet<&str>,
    declared: &Declared<T>,
    location: Option<&At<String>>,
    findings: &mut Vec<Finding>,
) {
    let Some(location) = location.filter(|location| !known.contains(location.value.as_str()))
    else {
        return;
    };
    let name = &location.value;
    let mut names: Vec<&str> = known.iter().copied().collect();
    names.sort_unstable();
    let help = did_you_mean(name, names.iter().copied())
        .unwrap_or_else(|| "declare it under `locations`, or correct the name".into());
    findings.push(
        Finding::error(LOCATION_UNKNOWN, format!("there is no location `{name}`"))
            .about(format!("location/{name}"))
            .help(help)
            .at(config.place(declared.spot(location))),
    );
}
