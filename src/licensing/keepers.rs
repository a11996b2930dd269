//! What keeps people in their location: devices and numbers with which Webex moves nobody (webex-api.md 6.7).

use rustc_hash::FxHashMap;

use super::changes::Facts;
use crate::snapshot;

/// Of people, what keeps them in their location.
pub fn keepers<'w>(facts: Facts<'w>) -> FxHashMap<&'w str, String> {
    let mut keepers: FxHashMap<&str, String> = FxHashMap::default();
    for device in facts.snapshot.devices() {
        let owner = device.owner.as_ref().and_then(snapshot::Owner::as_user);
        let product = device.product.as_deref().unwrap_or_default();
        let product = product.to_ascii_uppercase();
        let word = |begin: &str| {
            let mut words = product.split(|it: char| !it.is_ascii_alphanumeric());
            words.any(|word| word.starts_with(begin))
        };
        let what = if device.is_webex_go() {
            // One that the plan removes goes first.
            if owner.is_some_and(|owner| facts.removes_webex_go(owner)) {
                continue;
            }
            "the Webex Go device"
        } else if device.webex_go().is_none() {
            "a device whose type and product are unknown,"
        } else if word("DECT") || word("DBS") {
            "the DECT handset"
        } else if word("ATA") {
            "the analog adapter"
        } else if product.contains("CUSTOMER MANAGED") {
            "the device that the customer manages"
        } else {
            continue;
        };
        if let Some(owner) = owner {
            let label = device.name.as_deref().unwrap_or(device.label());
            let what = format!("the person has {what} {label}");
            keepers.entry(owner).or_insert(what);
        }
    }
    for number in facts.snapshot.numbers() {
        let owner = number.owner.as_ref().and_then(snapshot::Owner::as_user);
        let Some((owner, user)) = owner.and_then(|it| Some((it, facts.people.find(it)?))) else {
            continue;
        };
        let first = facts
            .people
            .snapshot(user)
            .and_then(|user| user.phone_number.as_deref());
        if first.is_some_and(|first| first != number.phone_number) {
            let what = format!(
                "the person has the alternate number {}",
                number.phone_number
            );
            keepers.entry(owner).or_insert(what);
        }
    }
    keepers
}
