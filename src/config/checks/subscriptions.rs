//! Checks of subscriptions: pins to replaced ones, rings of `replacedBy`.
//!
//! Owns what can be said of `replacedBy` from the files. Whether a subscription exists is for the plan.

use rustc_hash::FxHashMap;

use super::Checker;
use crate::config::merge::{Config, Declared, Spot};
use crate::config::model::*;
use crate::config::yaml::At;
use crate::finding::*;

/// Pins to subscriptions that have `replacedBy`.
pub(super) fn replaced(checker: &mut Checker) {
    let config = checker.config;
    let replaced = |id: &str| successor(config, id).is_some();
    if !config
        .subscriptions
        .values()
        .any(|subscription| subscription.value.replaced_by.is_some())
    {
        return;
    }
    let mut pins: Vec<(&str, Spot)> = Vec::new();
    let mut pin = |spot: Spot, id: &'_ At<String>| {
        // The key of the section lives as long as the configuration, and only pins to replaced ones are kept.
        if let Some((id, _)) = config
            .subscriptions
            .get_key_value(&id.value)
            .filter(|(id, _)| replaced(id))
        {
            pins.push((id, spot));
        }
    };
    for template in config.templates.values() {
        of_set(template, &template.value.licenses, &mut pin);
    }
    for user in config.users.values() {
        if let Some(LicenseOverrides {
            add,
            remove: _,
            only,
        }) = &user.value.licenses
        {
            add.iter()
                .chain(only)
                .for_each(|set| of_set(user, &set.value, &mut pin));
        }
        if let Some(id) = user
            .value
            .webex_go
            .as_ref()
            .and_then(|go| go.value.subscription.as_ref())
        {
            pin(user.spot(id), id);
        }
    }
    for account in config.operator_accounts.values() {
        if let Some(id) = &account.value.subscription {
            pin(account.spot(id), id);
        }
    }
    for workspace in config.workspaces.values() {
        if let Some(set) = &workspace.value.licenses {
            of_set(workspace, &set.value, &mut pin);
        }
        if let Some(id) = &workspace.value.subscription {
            pin(workspace.spot(id), id);
        }
    }
    for (id, spot) in pins {
        checker.report(spot, is_replaced(config, id));
    }
}

/// A pin to a subscription that another replaces.
fn is_replaced(config: &Config, id: &str) -> Finding {
    let by = successor(config, id).unwrap_or_default();
    let message =
        format!("subscription `{id}` is replaced by `{by}`, so nothing may be pinned to it");
    let help = match end(config, id) {
        Some(end) => {
            format!("write `{end}`, or omit `subscription` to let trunkline choose")
        }
        None => "omit `subscription` to let trunkline choose".to_owned(),
    };
    Finding::error(SUBSCRIPTION_REPLACED, message)
        .help(help)
        .about(format!("subscription/{id}"))
}

fn of_set<T>(entry: &Declared<T>, set: &LicenseSet, pin: &mut impl FnMut(Spot, &At<String>)) {
    let LicenseSet {
        calling,
        messaging,
        meetings,
        contact_center,
        other: _,
    } = set;
    let pins = [
        calling
            .as_ref()
            .and_then(|grant| grant.value.subscription.as_deref()),
        messaging
            .as_ref()
            .and_then(|grant| grant.value.subscription.as_deref()),
        contact_center
            .as_ref()
            .and_then(|grant| grant.value.subscription.as_deref()),
    ];
    let sites = meetings
        .iter()
        .flatten()
        .filter_map(|(_, grant)| grant.value.subscription.as_deref());
    for id in pins.into_iter().flatten().chain(sites) {
        pin(entry.spot(id), id);
    }
}

fn successor<'a>(config: &'a Config, id: &str) -> Option<&'a str> {
    let by = config.subscriptions.get(id)?.value.replaced_by.as_ref()?;
    Some(by.value.as_str())
}

/// The end of the chain of `replacedBy`; nothing for one that has no end.
fn end<'a>(config: &'a Config, id: &'a str) -> Option<&'a str> {
    let mut id = id;
    for _ in 0..=config.subscriptions.len() {
        match successor(config, id) {
            Some(next) => id = next,
            None => return Some(id),
        }
    }
    None
}

/// Cycles of `replacedBy`, each once, at the first name.
pub(super) fn cycles(checker: &mut Checker) {
    let config = checker.config;
    // The walk in which a name was first met: one that is met again in the same walk closes a ring.
    let mut met: FxHashMap<&str, usize> = FxHashMap::default();
    for (walk, start) in config.subscriptions.keys().enumerate() {
        let mut path: Vec<&str> = Vec::new();
        let mut next = Some(start.as_str());
        while let Some(id) = next {
            match met.get(id) {
                None => {
                    met.insert(id, walk);
                    path.push(id);
                    next = successor(config, id);
                }
                Some(&before) => {
                    if before == walk
                        && let Some(from) = path.iter().position(|other| *other == id)
                    {
                        ring(checker, path.split_off(from));
                    }
                    next = None;
                }
            }
        }
    }
}

fn ring(checker: &mut Checker, mut names: Vec<&str>) {
    let config = checker.config;
    let place = |id: &str| {
        config
            .subscriptions
            .get(id)
            .map(|subscription| subscription.key)
    };
    let Some((at, spot)) = names
        .iter()
        .enumerate()
        .filter_map(|(at, id)| Some((at, place(id)?)))
        .min_by_key(|(_, spot)| *spot)
    else {
        return;
    };
    names.rotate_left(at);
    let first = names.first().copied().unwrap_or_default();
    let message = if names.len() == 1 {
        format!("subscription `{first}` is replaced by itself")
    } else {
        names.push(first);
        let shown: Vec<String> = names.iter().map(|id| format!("`{id}`")).collect();
        format!(
            "subscriptions replace each other in a cycle: {}",
            shown.join(" -> ")
        )
    };
    let finding = Finding::error(REPLACED_BY_CYCLE, message)
        .help("remove `replacedBy` from the subscription that stays")
        .about(format!("subscription/{first}"));
    checker.report(spot, finding);
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, found};

    #[test]
    fn nothing_is_pinned_to_a_replaced_subscription() {
        let text = "\
subscriptions: {Old: {replacedBy: Mid}, Mid: {replacedBy: New}, New: {}}
templates:
  t:
    licenses:
      calling: {tier: professional, subscription: Old}
      messaging: {tier: advanced, subscription: New}
      meetings: {a.webex.com: {role: host, subscription: Mid}}
users:
  a@x.y: {licenses: {add: {contactCenter: {tier: premium, subscription: Old}}}}
  b@x.y: {licenses: {only: {messaging: {tier: basic, subscription: Old}}}}
  c@x.y: {webexGo: {mode: byod, subscription: Old}}
workspaces:
  Lobby: {subscription: Old}
  Door: {licenses: {calling: {tier: workspace, subscription: Old}}, subscription: Other}
";
        assert_eq!(
            found(text),
            [5, 7, 9, 10, 11, 13, 14].map(|line| ("subscription-replaced", line))
        );
        let finding = &findings(&[text])[0];
        assert_eq!(finding.subject.as_deref(), Some("subscription/Old"));
        assert_eq!(
            finding.message,
            "subscription `Old` is replaced by `Mid`, so nothing may be pinned to it"
        );
        assert!(finding.help.as_deref().unwrap().contains("`New`"));
    }

    #[test]
    fn rings_are_reported_once_at_the_first_name() {
        let text = "\
subscriptions:
  Into: {replacedBy: C}
  C: {replacedBy: A}
  B: {replacedBy: C}
  A: {replacedBy: B}
  Self: {replacedBy: Self}
  Fine: {replacedBy: End}
  AlsoFine: {replacedBy: End}
workspaces: {W: {subscription: A}}
";
        let cycle = "replaced-by-cycle";
        assert_eq!(
            found(text),
            [(cycle, 3), (cycle, 6), ("subscription-replaced", 9)]
        );
        let findings = findings(&[text]);
        assert_eq!(
            findings[0].message,
            "subscriptions replace each other in a cycle: `C` -> `A` -> `B` -> `C`"
        );
        assert_eq!(findings[0].subject.as_deref(), Some("subscription/C"));
        assert_eq!(
            findings[1].message,
            "subscription `Self` is replaced by itself"
        );
    }
}
