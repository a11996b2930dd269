//! Checks of subscribers and workspaces of BroadWorks: forms of numbers and extensions, one address for one subscriber, and who
//! goes first.

use std::collections::BTreeMap;

use super::Checker;
use super::calling::{callers, not_e164};
use crate::config::merge::{Config, Declared, Spot};
use crate::config::model::{Subscriber, UserState};
use crate::config::yaml::At;
use crate::finding::{
    CALLING_EXTENSION_FORMAT, DUPLICATE_VALUE, EXTENSION_CLAIMED_TWICE, Finding, INVALID_VALUE,
    NUMBER_CLAIMED_TWICE,
};
use crate::phone;

/// The number and the extension of a subscriber or workspace.
struct Line<'c> {
    address: String,
    enterprise: &'c str,
    number: Option<(&'c str, Spot)>,
    extension: Option<(&'c str, Spot)>,
}

/// Those of all that the files want to be there, with `absent` also of who is to go.
fn lines(config: &Config, absent: bool) -> Vec<Line<'_>> {
    let subscribers = config.subscribers.iter();
    let subscribers = subscribers.filter(|(_, entry)| absent || stays(entry));
    let subscribers = subscribers.map(|(key, entry)| {
        let spot = |at: &At<String>| entry.spot(at);
        Line {
            address: format!("broadworksSubscriber/{key}"),
            enterprise: &entry.value.enterprise.value,
            number: with(&entry.value.primary_phone_number, spot),
            extension: with(&entry.value.extension, spot),
        }
    });
    let places = config.broadworks_workspaces.iter().map(|(key, entry)| {
        let spot = |at: &At<String>| entry.spot(at);
        Line {
            address: format!("broadworksWorkspace/{key}"),
            enterprise: &entry.value.enterprise.value,
            number: with(&entry.value.primary_phone_number, spot),
            extension: with(&entry.value.extension, spot),
        }
    });
    subscribers.chain(places).collect()
}

/// Numbers and extensions that no user of BroadWorks can have. An empty text takes one away.
pub(super) fn formats(checker: &mut Checker) {
    for line in lines(checker.config, true) {
        let Line {
            address,
            number,
            extension,
            ..
        } = line;
        if let Some((number, spot)) =
            number.filter(|(it, _)| !it.is_empty() && phone::e164(it).is_none())
        {
            checker.report(spot, not_e164(number, None, None).about(address.clone()));
        }
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some((extension, spot)) = extension.filter(|(it, _)| !digits(it)) {
            let message = format!("`{extension}` is not an extension");
            let finding = Finding::error(CALLING_EXTENSION_FORMAT, message)
                .help("write digits in quotation marks and nothing else")
                .about(address);
            checker.report(spot, finding);
        }
    }
}

/// A number that two have, or one extension in an enterprise. Groups of an enterprise can have extensions of their own in
/// BroadWorks, so the latter is a warning.
pub(super) fn claims(checker: &mut Checker) {
    let mut all = lines(checker.config, false);
    all.sort_by_key(|line| line.number.or(line.extension).map(|(_, spot)| spot));
    let callers = callers(checker.config).filter(|caller| !caller.absent);
    let callers = callers.filter_map(|caller| {
        let (number, spot) = caller.phone?;
        Some((phone::e164(number)?, (caller.address(), spot)))
    });
    let mut numbers: BTreeMap<u64, (String, Spot)> = callers.collect();
    let mut extensions: BTreeMap<(String, &str), (String, Spot)> = BTreeMap::new();
    for line in &all {
        let claim = line.number.and_then(|it| Some((it, phone::e164(it.0)?)));
        if let Some(((number, spot), digits)) = claim {
            let claim = (line.address.clone(), spot);
            if let Some((first, earlier)) = numbers.get(&digits) {
                let earlier = checker.earlier(*earlier);
                let message = format!(
                    "{number} is claimed by {} and by {first}; {earlier}",
                    line.address
                );
                let finding = Finding::error(NUMBER_CLAIMED_TWICE, message)
                    .help("write what BroadWorks has: a number is that of one only");
                checker.report(spot, finding.about(line.address.clone()));
            }
            numbers.entry(digits).or_insert(claim);
        }
        let Some((extension, spot)) = line.extension.filter(|(it, _)| !it.is_empty()) else {
            continue;
        };
        let key = (line.enterprise.to_lowercase(), extension);
        if let Some((first, earlier)) = extensions.get(&key) {
            let earlier = checker.earlier(*earlier);
            let message = format!(
                "extension {extension} of {} is claimed by {} and by {first}; {earlier}",
                line.enterprise, line.address
            );
            let finding = Finding::warning(EXTENSION_CLAIMED_TWICE, message).help(
                "write what BroadWorks has; two of one enterprise have one extension only in different groups of it",
            );
            checker.report(spot, finding.about(line.address.clone()));
        }
        let claim = (line.address.clone(), spot);
        extensions.entry(key).or_insert(claim);
    }
}

fn with(at: &Option<At<String>>, spot: impl Fn(&At<String>) -> Spot) -> Option<(&str, Spot)> {
    let at = at.as_ref()?;
    Some((at.value.as_str(), spot(at)))
}

fn stays(entry: &Declared<Subscriber>) -> bool {
    let state = entry.value.state.as_ref();
    state.is_none_or(|at| at.value == UserState::Present)
}

/// Two subscribers with one address: Webex has one account for it.
pub(super) fn addresses(checker: &mut Checker) {
    let config = checker.config;
    let mut seen: BTreeMap<&str, (&str, Spot)> = BTreeMap::new();
    let mut twice = Vec::new();
    for (key, entry) in config.subscribers.iter().filter(|(_, entry)| stays(entry)) {
        let Some(email) = &entry.value.email else {
            continue;
        };
        let spot = entry.spot(email);
        match seen.get(email.value.as_str()) {
            Some((other, first)) => {
                let earlier = checker.earlier(*first);
                let message = format!("{} is the address of {other}, too; {earlier}", email.value);
                twice.push((spot, key, message));
            }
            None => _ = seen.insert(&email.value, (key, spot)),
        }
    }
    for (spot, key, message) in twice {
        let finding = Finding::error(DUPLICATE_VALUE, message)
            .about(format!("broadworksSubscriber/{key}"))
            .help("each subscriber needs an address of its own; for another user id of one person, write `state: absent` at the old one");
        checker.report(spot, finding);
    }
}

/// Who goes first has to be a subscriber of the enterprise.
pub(super) fn first(checker: &mut Checker) {
    let config = checker.config;
    for (key, entry) in &config.enterprises {
        let Some(first) = &entry.value.first_subscriber else {
            continue;
        };
        let mine = |it: &Declared<Subscriber>| it.value.enterprise.value == *key && stays(it);
        let named = config.subscribers.get(&first.value);
        let broken = checker
            .broken
            .iter()
            .any(|text| text.contains(&first.value));
        if named.is_some_and(mine) || named.is_none() && broken {
            continue;
        }
        let message = format!(
            "`{}` is no subscriber of {key} that the files want to be there",
            first.value
        );
        let finding = Finding::error(INVALID_VALUE, message)
            .help("name the BroadWorks user id of one of its subscribers")
            .about(format!("broadworksEnterprise/{key}"));
        checker.report(entry.spot(first), finding);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn numbers_addresses_and_who_goes_first() {
        let text = "\
broadworks:
  clusters: {east: {}}
  customerTemplates: {gold: {cluster: east}}
  enterprises:
    SP+one: {template: gold, firstSubscriber: 1@x}
    SP+two:
      template: gold
      firstSubscriber: 1@x
  subscribers:
    1@x: {enterprise: SP+one, package: basic, email: a@x.example, primaryPhoneNumber: '', extension: '1'}
    2@x:
      enterprise: SP+one
      package: basic
      email: A@x.example
      primaryPhoneNumber: '312-555'
      extension: x1
    3@x: {enterprise: SP+one, package: basic, email: a@x.example, state: absent}
";
        assert_eq!(
            found(text),
            [
                ("invalid-value", 8),
                ("duplicate-value", 14),
                ("calling-number-format", 15),
                ("calling-extension-format", 16),
            ]
        );
    }
}
