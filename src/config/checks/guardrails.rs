//! Checks of guardrails.
//!
//! Owns the form of the limits. What they forbid is for `templates` and for the plan.

use super::{Checker, Listed};
use crate::config::merge::Declared;
use crate::config::model::*;
use crate::config::sections;
use crate::config::yaml::At;
use crate::finding::*;

/// What `forbid` may name. `basic` of Calling and Meetings are the free licences that Webex gives by itself (LIC-054).
pub(in crate::config) const FORBIDDABLE: &[&str] = &[
    "calling/professional",
    "calling/standard",
    "calling/workspace",
    "calling/hotDesk",
    "calling/basic",
    "messaging/advanced",
    "messaging/basic",
    "meetings/host",
    "meetings/attendee",
    "meetings/basic",
    "contactCenter/premium",
    "contactCenter/standard",
];

/// Shares of more than all.
pub(super) fn limits(checker: &mut Checker) {
    let Some(guardrails) = &checker.config.guardrails else {
        return;
    };
    let limits = [
        ("removals", &guardrails.value.removals),
        ("updates", &guardrails.value.updates),
    ];
    for (name, limit) in limits {
        let percent = limit
            .as_ref()
            .and_then(|limit| limit.value.percent.as_ref());
        if let Some(percent) = percent.filter(|percent| percent.value > 100) {
            let message = format!("`{name}.percent` is {percent}; the maximum is 100");
            let finding = Finding::error(INVALID_VALUE, message)
                .help("write 0 to 100; 100 turns the limit off");
            checker.report(guardrails.spot(percent), finding);
        }
    }
}

/// Entries of `protect` that are not addresses, or appear twice.
pub(super) fn protect(checker: &mut Checker) {
    let Some(guardrails) = &checker.config.guardrails else {
        return;
    };
    let kinds = sections::kinds();
    for address in guardrails.value.protect.iter() {
        let help = match address.value.split_once('/') {
            Some((kind, key)) if kinds.contains(&kind) && !key.is_empty() => {
                if !key.contains('*') {
                    continue;
                }
                "patterns are not supported here; list the addresses one by one".to_owned()
            }
            Some((kind, _)) if !kinds.contains(&kind) => {
                let hint = did_you_mean(kind, kinds.iter().copied()).map(|hint| format!("{hint} ")).unwrap_or_default();
                format!("{hint}The kinds: {}", shown(&kinds))
            }
            _ => "write the kind, a slash and the key, such as `user/ceo@acme.com` or `location/Dallas`".to_owned(),
        };
        let message = format!("`{address}` is not an address that can be protected");
        checker.report(
            guardrails.spot(address),
            Finding::error(INVALID_VALUE, message).help(help),
        );
    }
    let items = guardrails
        .value
        .protect
        .iter()
        .map(|at| Listed::address(&at.value, guardrails.spot(at)));
    checker.twice("protect", None, items);
}

/// Entries of `forbid` that name no licence, or appear twice.
pub(super) fn forbid(checker: &mut Checker) {
    let Some(guardrails) = &checker.config.guardrails else {
        return;
    };
    for entry in guardrails.value.forbid.iter() {
        if !FORBIDDABLE.contains(&entry.value.as_str()) {
            let message = format!("`{entry}` is not a service and its tier or role");
            let finding = Finding::error(INVALID_VALUE, message).help(forbiddable(&entry.value));
            checker.report(guardrails.spot(entry), finding);
        }
    }
    exact(checker, guardrails, "forbid", &guardrails.value.forbid);
}

/// What to write for an entry that names no licence: every tier of a service, the nearest one, or any.
fn forbiddable(entry: &str) -> String {
    let below = |it: &&str| it.split('/').next() == Some(entry);
    let of_service: Vec<&str> = FORBIDDABLE.iter().copied().filter(below).collect();
    if !of_service.is_empty() {
        return format!("name each tier or role of it: {}", shown(&of_service));
    }
    let hint = did_you_mean(entry, FORBIDDABLE.iter().copied());
    let hint = hint.map(|hint| format!("{hint} ")).unwrap_or_default();
    format!("{hint}What can be forbidden: {}", shown(FORBIDDABLE))
}

/// Entries of `allowOverage` that appear twice.
pub(super) fn overage(checker: &mut Checker) {
    if let Some(guardrails) = &checker.config.guardrails {
        exact(
            checker,
            guardrails,
            "allowOverage",
            &guardrails.value.allow_overage,
        );
    }
}

fn exact(
    checker: &mut Checker,
    guardrails: &Declared<Guardrails>,
    list: &str,
    entries: &[At<String>],
) {
    let items = entries
        .iter()
        .map(|at| Listed::exact(&at.value, guardrails.spot(at)));
    checker.twice(list, None, items);
}

fn shown(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, found};

    #[test]
    fn the_example_of_the_contract() {
        let text = "\
guardrails:
  removals: {percent: 30, minimum: 10}
  updates: {percent: 100, minimum: 10}
  irreversible: 25
  protect: [user/ceo@acme.com, location/Dallas, workspace/A/B]
  forbid: [meetings/basic]
  allowOverage: [Messaging]
";
        assert_eq!(found(text), []);
    }

    #[test]
    fn shares_are_at_most_all() {
        let text = "guardrails:\n  removals: {percent: 101}\n  updates:\n    percent: 1000";
        assert_eq!(found(text), [("invalid-value", 2), ("invalid-value", 4)]);
    }

    #[test]
    fn protected_addresses_have_a_kind() {
        let text = "\
guardrails:
  protect:
  - user/ceo@acme.com
  - ceo@acme.com
  - users/ceo@acme.com
  - user/
  - user/*
  - user/CEO@acme.com
";
        let invalid = "invalid-value";
        let expected = [
            (invalid, 4),
            (invalid, 5),
            (invalid, 6),
            (invalid, 7),
            ("duplicate-value", 8),
        ];
        assert_eq!(found(text), expected);
        assert!(
            findings(&[text])[1]
                .help
                .as_deref()
                .unwrap()
                .starts_with("Did you mean `user`?")
        );
    }

    #[test]
    fn forbidden_words_are_known() {
        let text = "\
guardrails:
  forbid:
  - calling/professional
  - calling/profesional
  - meetings/acme.webex.com
  - calling
  - calling/professional
  allowOverage: [A, B,
    A]
";
        let (invalid, twice) = ("invalid-value", "duplicate-value");
        assert_eq!(
            found(text),
            [
                (invalid, 4),
                (invalid, 5),
                (invalid, 6),
                (twice, 7),
                (twice, 9)
            ]
        );
    }
}
