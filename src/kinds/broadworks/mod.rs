//! Webex for BroadWorks: clusters, enterprises, subscribers.

use crate::change::Draft;
use crate::config::sections::BROADWORKS_SUBSCRIBER;
use crate::config::{Config, Spot};
use crate::kinds::{Context, Kind, pending};

/// Webex for BroadWorks.
pub const KIND: Kind = pending::kind(BROADWORKS_SUBSCRIBER, "broadworks", plan, |config, _| {
    config.subscribers.keys().cloned().collect()
});

fn plan(context: &Context<'_>, draft: &mut Draft) {
    pending::say(context, draft, KIND.section, entries(context.config));
}

fn entries(config: &Config) -> impl Iterator<Item = Spot> + '_ {
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
