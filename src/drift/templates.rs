//! Signs that Control Hub assigns licences automatically, against the files (webex-api.md 3).
//!
//! Owns the heuristics: licences that come back after we removed them, from several people of one group at once, or by no
//! administrator. And findings about templates that the organisation has.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::Drift;
use crate::finding::{CONTROL_HUB_TEMPLATE, Finding};
use crate::snapshot::{Group, Snapshot};
use crate::webex::audit::Event;
use crate::webex::templates::LicenseTemplate as LiveTemplateOf;

/// A licence template that the organisation has.
pub type LiveTemplate = LiveTemplateOf;

/// From this many people of one group on, it is hardly chance.
const SEVERAL: usize = 3;

/// How many people are named.
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

const HELP: &str = "in Control Hub (Management, Licenses, Auto-assign), turn off the template for what trunkline manages; or write \
     what it gives in the files";

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
        let automatic = of(Hand::Automatic);
        let suspects = match automatic.is_empty() {
            true => of(Hand::Unknown),
            false => automatic.clone(),
        };
        let group = common_group(snapshot.groups(), &suspects);
        let whose = |group: &Group, count: usize| format!("{count} people of group {}", group.name);
        let message = match (automatic.is_empty(), group) {
            (false, Some((group, members))) => format!(
                "Control Hub has automatically assigned {license} to {}: {}",
                whose(group, members.len()),
                some(&members)
            ),
            (false, None) => format!(
                "Control Hub has automatically assigned {license}: {}",
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

/// Findings about templates that the organisation has.
pub fn live_templates(templates: &[LiveTemplate]) -> Vec<Finding> {
    let findings = templates.iter().map(|template| {
        let licenses = template.licenses.join(", ");
        let whom = match template.groups.as_slice() {
            [] => "everyone".to_owned(),
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

/// A person who has a licence again.
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
    Automatic,
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
        _ if SAYINGS.iter().any(|saying| said.contains(saying)) => Hand::Automatic,
        None => Hand::Automatic,
        Some(actor) if system(actor) => Hand::Automatic,
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Cause, Line};
    use super::*;
    use crate::change::Address;

    /// People who have messaging again, although the files remove it.
    fn drift(people: &[&str], cause: Cause) -> Drift {
        let changes = people.iter().map(|person| {
            json!({"address": format!("user/{person}"), "kind": "user", "key": person, "action": "update", "risk": "reversible",
                   "acknowledged": null, "preimage": null, "dependsOn": [],
                   "fields": [{"path": "licenses/messaging", "action": "remove", "risk": "reversible",
                               "before": {"license": "Advanced Messaging", "subscription": "Sub-1"}, "after": null,
                               "losses": [], "source": {"because": []}}]})
        });
        let plan = json!({
            "formatVersion": 1, "generator": "test", "org": {"id": "o", "name": "Acme"},
            "config": {"digest": "", "commit": null, "ref": null, "dirty": false},
            "snapshot": {"digest": "", "capturedAt": ""}, "guardrails": {"ref": null, "commit": null, "digest": ""},
            "summary": {"create": 0, "update": 0, "delete": 0, "move": 0, "unchanged": 0, "irreversible": 0,
                        "unacknowledged": 0, "blocked": 0},
            "changes": changes.collect::<Vec<_>>(), "pools": [], "findings": [], "operations": []
        });
        let lines = people.iter().map(|person| Line {
            address: Address::new("user", person),
            path: "licenses/messaging".into(),
            cause,
            actor: None,
            at: None,
        });
        Drift {
            plan: serde_json::from_value(plan).unwrap(),
            compared: false,
            lines: lines.collect(),
            held: Vec::new(),
        }
    }

    fn snapshot() -> Snapshot {
        serde_json::from_value(json!({
            "formatVersion": 1, "capturedAt": "", "complete": true, "org": {"id": "o"},
            "groups": [{"name": "All", "members": ["a", "b", "c", "d", "e"]}, {"name": "Sales", "members": ["a", "b", "c"]}]
        }))
        .unwrap()
    }

    fn said(people: &[&str], cause: Cause, event: Option<&Event>) -> Vec<String> {
        let events = vec![event; people.len()];
        let findings = fights(&drift(people, cause), &snapshot(), &events);
        findings.into_iter().map(|it| it.message).collect()
    }

    fn by(actor: Option<&str>, text: &str) -> Event {
        Event {
            actor: actor.map(str::to_owned),
            text: text.to_owned(),
            ..Event::default()
        }
    }

    #[test]
    fn several_of_one_group_look_like_a_template() {
        let three = ["a", "b", "c"];
        assert_eq!(
            said(&three, Cause::LiveChanged, None),
            [
                "Advanced Messaging is back for 3 people of group Sales, which looks like a licence template of Control Hub: a, b, c"
            ]
        );
        assert!(
            said(&["a", "b"], Cause::LiveChanged, None).is_empty(),
            "two may be chance"
        );
        assert!(
            said(&["x", "y", "z"], Cause::LiveChanged, None).is_empty(),
            "of no group"
        );
        assert!(
            said(&three, Cause::GitAhead, None).is_empty(),
            "nothing came back"
        );
        let pat = by(Some("pat@acme.com"), "Licenses changed");
        assert!(
            said(&three, Cause::LiveChanged, Some(&pat)).is_empty(),
            "a person did it"
        );
    }

    #[test]
    fn a_change_by_no_administrator_is_of_control_hub() {
        let system = by(Some("System"), "Licenses changed");
        assert_eq!(
            said(&["a"], Cause::Both, Some(&system)),
            ["Control Hub has automatically assigned Advanced Messaging: a"]
        );
        let rule = by(
            Some("pat@acme.com"),
            "License template Sales was carried out",
        );
        let four = ["a", "b", "c", "e"];
        assert_eq!(
            said(&four, Cause::LiveChanged, Some(&rule)),
            [
                "Control Hub has automatically assigned Advanced Messaging to 4 people of group All: a, b, c, e"
            ]
        );
        assert_eq!(
            said(&["a"], Cause::LiveChanged, Some(&by(None, ""))).len(),
            1
        );
    }
}
