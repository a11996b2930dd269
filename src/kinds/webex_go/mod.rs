//! Webex Go: accounts with operators, and devices of people.

use crate::change::Draft;
use crate::config::Config;
use crate::config::sections::WEBEX_GO_DEVICE;
use crate::kinds::{Context, Kind, pending};
use crate::snapshot::Snapshot;

/// Webex Go.
pub const KIND: Kind = pending::kind(WEBEX_GO_DEVICE, "webexGo", plan, keys);

fn plan(context: &Context<'_>, draft: &mut Draft) {
    let accounts = context.config.operator_accounts.values();
    let accounts = accounts.map(|entry| entry.key);
    let people = context.config.users.values();
    let devices = people.filter_map(|entry| {
        let device = entry.value.webex_go.as_ref()?;
        Some(entry.spot(device))
    });
    pending::say(context, draft, KIND.section, accounts.chain(devices));
}

fn keys(config: &Config, _: &Snapshot) -> Vec<String> {
    let people = config.users.iter();
    let with = people.filter(|(_, entry)| entry.value.webex_go.is_some());
    with.map(|(email, _)| email.clone()).collect()
}
