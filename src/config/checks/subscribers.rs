//! Checks of subscribers and workspaces of BroadWorks: forms of numbers and extensions, one address for one subscriber, and who
//! goes first.

use std::collections::BTreeMap;

use super::Checker;
use super::calling::not_e164;
use crate::config::merge::{Declared, Spot};
use crate::config::model::{Subscriber, UserState};
use crate::config::yaml::At;
use crate::finding::{CALLING_EXTENSION_FORMAT, DUPLICATE_VALUE, Finding, INVALID_VALUE};
use crate::phone;

/// Numbers and extensions that no user of BroadWorks can have. An empty text takes one away.
pub(super) fn formats(checker: &mut Checker) {
    let config = checker.config;
    let subscribers = config.subscribers.iter().map(|(key, entry)| {
        let Subscriber {
            primary_phone_number,
            extension,
            ..
        } = &entry.value;
        let address = format!("broadworksSubscriber/{key}");
        let spot = |at: &At<String>| entry.spot(at);
        (
            address,
            with(primary_phone_number, spot),
            with(extension, spot),
        )
    });
    let places = config.broadworks_workspaces.iter().map(|(key, entry)| {
        let spot = |at: &At<String>| entry.spot(at);
        let (number, extension) = (&entry.value.primary_phone_number, &entry.value.extension);
        let address = format!("broadworksWorkspace/{key}");
        (address, with(number, spot), with(extension, spot))
    });
    let all: Vec<_> = subscribers.chain(places).collect();
    for (address, number, extension) in all {
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
