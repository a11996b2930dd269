//! Signs that Control Hub assigns licences by itself and so fights us (webex-api.md 3).
//!
//! Owns the heuristics: licences that come back after we took them, from several people of one group at once, or by a
//! hand that is nobody's. And what is said of templates that the organisation is known to have.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::Drift;
use crate::finding::{CONTROL_HUB_TEMPLATE, Finding};
use crate::snapshot::{Group, Snapshot};
use crate::webex::audit::Event;
use crate::webex::templates::LicenseTemplate as LiveTemplateOf;

/// A licence template that the organisation has.
pub type LiveTemplate = LiveTemplateOf;

/// From so many people of one group on, it is hardly chance.
const SEVERAL: usize = 3;

/// So many people are named.
const NAMED: usize = 5;

/// What actors of automatic assignment are called, in lower case.
const SYSTEMS: [&str; 5] = ["system", "webex", "cisco webex", "control hub", "service"];

/// What events of automatic assignment say, in lower case.
const SAYINGS: [&str; 6] = [
    "auto-assign",
    "auto assign",
    "automatic",
    "license template",
    "licence template",
    "assignment template",
];

const HELP: &str = "in Control Hub (Management, Licenses, Auto-assign), switch the template off for what trunkline manages; or let \
     the files say what it gives";

/// Licences that are back. `events` are those behind the lines of the drift, in their order.
pub fn fights(drift: &Drift, snapshot: &Snapshot, events: &[Option<&Event>]) -> Vec<Finding> {
    let mut back: BTreeMap<&str, Vec<Back<'_>>> = BTreeMap::new();
    for (at, (change, field, line)) in drift.fields().enumerate() {
        let license = field.before["license"].as_str();
        if let (true, true, Some(license)) = (
            line.cause.is_live(),
            field.path.starts_with("licenses/"),
            license,
        ) {
            let event = events.get(at).copied().flatten();
            back.entry(license).or_default().push(Back {
                key: &change.key,
                hand: hand(event),
            });
        }
    }
    let mut findings = Vec::new();
    for (license, people) in back {
        let of = |hand: Hand| -> Vec<&str> {
            let these = people.iter().filter(|it| it.hand == hand);
            these.map(|it| it.key).collect()
        };
        let automatic = of(Hand::Nobodys);
        let suspects = match automatic.is_empty() {
            true => of(Hand::Unknown),
            false => automatic.clone(),
        };
        let group = common_group(snapshot.groups(), &suspects);
        let whose = |group: &Group, count: usize| format!("{count} people of group {}", group.name);
        let message = match (automatic.is_empty(), group) {
            (false, Some((group, members))) => format!(
                "Control Hub has assigned {license} by itself to {}: {}",
                whose(group, members.len()),
                some(&members)
            ),
            (false, None) => format!(
                "Control Hub has assigned {license} by itself: {}",
                some(&automatic)
            ),
            (true, Some((group, members))) => format!(
                "{license} is back for {}, which looks like a licence template of Control Hub: {}",
                whose(group, members.len()),
                some(&members)
            ),
            (true, None) => continue,
        };
        let finding = Finding::warning(CONTROL_HUB_TEMPLATE, message);
        findings.push(finding.about(license).help(HELP));
    }
    findings
}

/// What is said of templates that the organisation has.
pub fn live_templates(templates: &[LiveTemplate]) -> Vec<Finding> {
    let findings = templates.iter().map(|template| {
        let licenses = template.licenses.join(", ");
        let whom = match template.groups.as_slice() {
            [] => "everybody".to_owned(),
            groups => format!("the members of {}", groups.join(", ")),
        };
        let message = format!(
            "Control Hub has the licence template `{}`, which gives {licenses} to {whom}",
            template.name
        );
        let finding = Finding::warning(CONTROL_HUB_TEMPLATE, message);
        finding.about(&template.name).help(HELP)
    });
    findings.collect()
}

/// Somebody who has a licence again.
struct Back<'a> {
    key: &'a str,
    hand: Hand,
}

/// Who gave it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    /// A person.
    Persons,
    /// A rule.
    Nobodys,
    /// The audit trail does not say.
    Unknown,
}

fn hand(event: Option<&Event>) -> Hand {
    let Some(event) = event else {
        return Hand::Unknown;
    };
    let said = event.text.to_lowercase();
    let system = |actor: &String| SYSTEMS.contains(&actor.to_lowercase().as_str());
    match &event.actor {
        _ if SAYINGS.iter().any(|saying| said.contains(saying)) => Hand::Nobodys,
        None => Hand::Nobodys,
        Some(actor) if system(actor) => Hand::Nobodys,
        Some(_) => Hand::Persons,
    }
}

/// The group with the most of these people, of equals the smallest, if it has several of them.
fn common_group<'s, 'p>(
    groups: &'s [Group],
    people: &[&'p str],
) -> Option<(&'s Group, Vec<&'p str>)> {
    let members = |group: &'s Group| -> Vec<&'p str> {
        let all: FxHashSet<&str> = group.members.iter().map(String::as_str).collect();
        people
            .iter()
            .copied()
            .filter(|key| all.contains(key))
            .collect()
    };
    let with = groups.iter().map(|group| (group, members(group)));
    let enough = with.filter(|(_, members)| members.len() >= SEVERAL);
    enough.min_by_key(|(group, members)| {
        (
            std::cmp::Reverse(members.len()),
            group.members.len(),
            &group.name,
        )
    })
}

fn some(people: &[&str]) -> String {
    let more = people.len().saturating_sub(NAMED);
    let first = people[..people.len() - more].join(", ");
    match more {
        0 => first,
        more => format!("{first}, and {more} more"),
    }
}
