//! Which subscription a lost licence comes back from: the same, else the one that replaces it, else one with a free unit.

use crate::backup::Held;
use crate::config::Config;
use crate::config::model::SubscriptionStatus;
use crate::snapshot::{License, Snapshot};

/// Where a licence comes back from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The subscription; `None` for a licence that has none.
    pub subscription: Option<String>,
    /// Why it is another one than before.
    pub because: Option<String>,
}

/// Chooses for one licence. Where no unit is free anywhere the old subscription stays, and the planner says what is missing.
pub fn choose(held: &Held, config: &Config, snapshot: &Snapshot) -> Choice {
    let Some(old) = &held.subscription else {
        return Choice {
            subscription: None,
            because: None,
        };
    };
    let end = replaced_by(old, config);
    let offers = |subscription: &str| offer(held, subscription, snapshot);
    let has_unit = |subscription: &str| {
        let free = |license: &License| license.consumed() < license.total();
        is_active(subscription, config, snapshot) && offers(subscription).is_some_and(free)
    };
    let other = |subscription: &str, because: String| Choice {
        because: (subscription != old).then_some(because),
        subscription: Some(subscription.to_owned()),
    };
    if has_unit(end) {
        return other(end, format!("{end} replaces {old}"));
    }
    let mut rest: Vec<(Option<String>, &str)> = snapshot
        .licenses()
        .iter()
        .filter_map(|license| license.subscription_id.as_deref())
        .filter(|it| *it != end && replaced_by(it, config) == *it && has_unit(it))
        .map(|it| (created(it, config, snapshot), it))
        .collect();
    // The oldest first, those of unknown age last.
    rest.sort_by(|a, b| (a.0.is_none(), a).cmp(&(b.0.is_none(), b)));
    match rest.first() {
        Some((_, found)) => {
            let why = match offers(end) {
                None => format!("{end} no longer has it"),
                Some(_) if !is_active(end, config, snapshot) => format!("{end} is not active"),
                Some(_) => format!("{end} has no free unit"),
            };
            other(found, why)
        }
        None => other(end, format!("{end} replaces {old}")),
    }
}

/// The same product on the same site in a subscription.
fn offer<'a>(held: &Held, subscription: &str, snapshot: &'a Snapshot) -> Option<&'a License> {
    snapshot.licenses().iter().find(|license| {
        license.name == held.license
            && license.site_url == held.site
            && license.subscription_id.as_deref() == Some(subscription)
    })
}

/// The end of the chain of replacements. Cycles are an error of the files; the bound is only for safety.
fn replaced_by<'a>(subscription: &'a str, config: &'a Config) -> &'a str {
    let mut end = subscription;
    for _ in 0..config.subscriptions.len() {
        let next = config.subscriptions.get(end);
        match next.and_then(|it| it.value.replaced_by.as_ref()) {
            Some(next) => end = &next.value,
            None => break,
        }
    }
    end
}

fn is_active(subscription: &str, config: &Config, snapshot: &Snapshot) -> bool {
    let declared = config.subscriptions.get(subscription);
    if let Some(status) = declared.and_then(|it| it.value.status.as_ref()) {
        return status.value == SubscriptionStatus::Active;
    }
    let mut observed = snapshot.subscriptions().iter();
    let observed = observed.find(|it| it.id == subscription);
    let status = observed.and_then(|it| it.status.as_deref());
    status.is_none_or(|status| status.eq_ignore_ascii_case("active"))
}

fn created(subscription: &str, config: &Config, snapshot: &Snapshot) -> Option<String> {
    let declared = config.subscriptions.get(subscription);
    if let Some(created) = declared.and_then(|it| it.value.created_at.as_ref()) {
        return Some(created.value.0.to_string());
    }
    let mut observed = snapshot.subscriptions().iter();
    observed
        .find(|it| it.id == subscription)?
        .created_at
        .clone()
}
