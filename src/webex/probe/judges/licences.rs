//! Points about licences.

use std::collections::BTreeSet;

use super::super::requests::{LICENSES, WORKSPACES};
use super::super::samples::{self, Calling};
use super::super::words::{self, Tally};
use super::super::{Judgement, View};
use super::{by, text, unless};

/// Names with the code that we believe they have.
const BELIEVED: [(&str, &str); 3] = [
    ("Webex Calling - Standard", "BCBAS"),
    ("Webex Calling - Basic", "BCBAS"),
    ("Meeting - Webex Meeting Center", "MC"),
];

/// Words in names of members that would show a subscription's age or status.
const TERMS: [&str; 7] = [
    "created", "date", "start", "end", "expir", "status", "renew",
];

/// Workspaces for hot desks have hot desking on.
pub fn hot_desks(view: &View<'_>) -> Judgement {
    let all = view.rows(WORKSPACES, "items");
    let desks = all
        .iter()
        .filter(|it| samples::of_workspace(view.evidence, it) == Calling::HotDesk);
    let states: Tally = desks
        .map(|it| words::word(&it["hotdeskingStatus"]))
        .collect();
    let on = states.of("on");
    let off = states.names().map(|name| states.of(name)).sum::<usize>() - on;
    by(
        on,
        off,
        [format!("`hotdeskingStatus` of hot desks: {states}")],
    )
}

/// Codes in ids, and names.
pub fn codes(view: &View<'_>) -> Judgement {
    let (mut right, mut wrong, mut seen) = (0, 0, Tally::default());
    for license in view.rows(LICENSES, "items") {
        let code = samples::code(text(license, "id")).unwrap_or_default();
        let name = text(license, "name");
        seen.add(format!("{} {}", words::member(&code), words::product(name)));
        let believed = BELIEVED.iter().find(|(known, _)| *known == name);
        let claimed = BELIEVED.iter().any(|(_, known)| *known == code);
        match believed {
            Some((_, known)) if *known == code => right += 1,
            Some(_) => wrong += 1,
            None if claimed => wrong += 1,
            None => {}
        }
    }
    by(
        right,
        wrong,
        [format!("{seen}; compare with `trunkline licenses`")],
    )
}

/// Name, subscription and site are one licence.
pub fn by_name(view: &View<'_>) -> Judgement {
    let all = view.rows(LICENSES, "items");
    let keys = all.iter().map(|it| {
        (
            text(it, "name"),
            text(it, "subscriptionId"),
            text(it, "siteUrl"),
        )
    });
    let distinct: BTreeSet<_> = keys.collect();
    let same = all.len() - distinct.len();
    by(
        all.len(),
        same,
        [format!(
            "{} licences, {same} of them have name, subscription and site of another",
            all.len()
        )],
    )
}

/// Whether more units are in use than there are.
pub fn over_total(view: &View<'_>) -> Judgement {
    let all = view.rows(LICENSES, "items");
    let units = |it: &serde_json::Value, name: &str| it[name].as_i64().unwrap_or_default();
    let paid = all
        .iter()
        .filter(|it| !text(it, "subscriptionId").is_empty());
    let (mut count, mut full, mut over) = (0, 0, 0);
    for license in paid {
        let (used, total) = (
            units(license, "consumedUnits"),
            units(license, "totalUnits"),
        );
        count += 1;
        full += usize::from(used == total);
        over += usize::from(used > total);
    }
    let fact = format!(
        "{count} paid licences: {full} are full, {over} have more units in use than were bought"
    );
    unless(over, [fact])
}

/// Whether a licence names its subscription.
pub fn age(view: &View<'_>) -> Judgement {
    let all = view.rows(LICENSES, "items");
    let names = all
        .iter()
        .filter_map(|it| it.as_object())
        .flat_map(|it| it.keys());
    let telling: Tally = names
        .filter(|name| TERMS.iter().any(|term| name.to_lowercase().contains(term)))
        .map(|name| words::member(name))
        .collect();
    let wrong = telling.names().count();
    by(
        all.len(),
        wrong,
        [format!(
            "members of {} licences that may return it: {telling}",
            all.len()
        )],
    )
}
