//! Kinds whose sections are read and checked, but whose changes this version does not plan. It says so, never silently.

use super::{Context, Kind, loses_or_changes, wire};
use crate::change::{Draft, Fact};
use crate::config::{Config, Spot};
use crate::finding::{Finding, NOT_PLANNED_YET};

/// Webex Go: accounts with operators, and devices of people.
pub const WEBEX_GO: Kind = Kind {
    name: "webexGoDevice",
    section: "webexGo",
    plan: |context, draft| {
        let accounts = context
            .config
            .operator_accounts
            .values()
            .map(|entry| entry.key);
        let people = context.config.users.values();
        let devices = people.filter_map(|entry| {
            entry
                .value
                .webex_go
                .as_ref()
                .map(|device| entry.spot(device))
        });
        say(context, draft, "webexGo", accounts.chain(devices));
    },
    rename: None,
    observed: |_| 0,
    considered: |_, _| 0,
    considers: |_, _, _| false,
    counts_as_update: loses_or_changes,
    keys: |config, _| {
        let people = config.users.iter();
        let with = people.filter(|(_, entry)| entry.value.webex_go.is_some());
        with.map(|(email, _)| email.clone()).collect()
    },
    facts: |_, _| {
        vec![Fact::new(
            "status",
            "status",
            "read and checked, not planned yet",
        )]
    },
    observe: |_, _| None,
    adopt: |wanted| Err(wanted.by_hand("this section is not planned yet")),
    holder: |_, _| None,
    losses: &[],
    live: wire::NOTHING,
    import: |_, _| {},
};

/// Webex for BroadWorks.
pub const BROADWORKS: Kind = Kind {
    name: "broadworksSubscriber",
    section: "broadworks",
    plan: |context, draft| say(context, draft, "broadworks", broadworks(context.config)),
    rename: None,
    observed: |_| 0,
    considered: |_, _| 0,
    considers: |_, _, _| false,
    counts_as_update: loses_or_changes,
    keys: |config, _| config.subscribers.keys().cloned().collect(),
    facts: |_, _| {
        vec![Fact::new(
            "status",
            "status",
            "read and checked, not planned yet",
        )]
    },
    observe: |_, _| None,
    adopt: |wanted| Err(wanted.by_hand("this section is not planned yet")),
    holder: |_, _| None,
    losses: &[],
    live: wire::NOTHING,
    import: |_, _| {},
};

fn broadworks(config: &Config) -> impl Iterator<Item = Spot> + '_ {
    let clusters = config.clusters.values().map(|entry| entry.key);
    let templates = config.customer_templates.values().map(|entry| entry.key);
    let enterprises = config.enterprises.values().map(|entry| entry.key);
    let subscribers = config.subscribers.values().map(|entry| entry.key);
    let workspaces = config.broadworks_workspaces.values().map(|entry| entry.key);
    clusters
        .chain(templates)
        .chain(enterprises)
        .chain(subscribers)
        .chain(workspaces)
}

/// One finding for a whole section, at its first entry.
fn say(
    context: &Context<'_>,
    draft: &mut Draft,
    section: &str,
    entries: impl Iterator<Item = Spot>,
) {
    let Some(first) = entries.min() else { return };
    draft.findings.push(
        Finding::warning(
            NOT_PLANNED_YET,
            "read and checked, but not compared with the organisation yet",
        )
        .about(section)
        .help("change these objects in Control Hub, and keep the files as they are there")
        .at(context.config.place(first)),
    );
}
