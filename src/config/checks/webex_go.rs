//! Checks of Webex Go: the two entries of an account id, what blocks of mobile numbers name, and what goes with which mode.
//!
//! Owns what can be said of these without a snapshot.

use super::Checker;
use crate::config::Spot;
use crate::config::model::{NumberState, NumberType, WebexGoMode};
use crate::finding::*;

/// The two entries of the id of an account (GO-026), and ids of operators.
pub(super) fn accounts(checker: &mut Checker) {
    let config = checker.config;
    for (name, account) in &config.operator_accounts {
        let about = format!("operatorAccount/{name}");
        let value = &account.value;
        if value.account_id.value.trim().is_empty() {
            let message = "`accountId` is empty";
            let finding = Finding::error(INVALID_VALUE, message).about(about.clone());
            let help = "read it from the contract with the operator; the id can never be changed once it is confirmed";
            checker.report(account.spot(&value.account_id), finding.help(help));
        }
        if value.account_id.value != value.confirm_account_id.value {
            let message = "`accountId` and `confirmAccountId` differ";
            let finding = Finding::error(OPERATOR_ACCOUNT_MISMATCH, message).about(about.clone());
            let help = "read both from the contract with the operator; the id can never be changed once it is confirmed";
            checker.report(account.spot(&value.confirm_account_id), finding.help(help));
        }
        if let Some(id) = value.carrier_id.as_ref().filter(|id| !is_uuid(&id.value)) {
            let message = format!("the carrier id `{}` is no UUID", id.value);
            let finding = Finding::error(INVALID_VALUE, message).about(about);
            let help = "write it in the form 123e4567-e89b-12d3-a456-426614174000, as Cisco or the operator gave it";
            checker.report(account.spot(id), finding.help(help));
        }
    }
}

/// Blocks of numbers: an account is for mobile numbers, and these are not switched off.
pub(super) fn mobile_numbers(checker: &mut Checker) {
    let config = checker.config;
    for block in &config.numbers {
        let value = &block.value;
        let mobile = value
            .kind
            .as_ref()
            .is_some_and(|at| at.value == NumberType::Mobile);
        if let Some(at) = &value.operator_account {
            let account = config.operator_accounts.get(&at.value);
            let place = account.and_then(|it| it.value.location.as_ref());
            let elsewhere = place.filter(|it| it.value != value.location.value);
            let finding = match (mobile, account, elsewhere) {
                (false, ..) => Some(
                    Finding::error(
                        NUMBER_TYPE_MISMATCH,
                        "only mobile numbers come from an operator account",
                    )
                    .help("write `type: mobile`, or remove `operatorAccount`"),
                ),
                (true, None, _) => {
                    let message = format!("there is no operator account `{}`", at.value);
                    let names = config.operator_accounts.keys().map(String::as_str);
                    let near = did_you_mean(&at.value, names);
                    let help = near.unwrap_or_else(|| {
                        "declare it under `webexGo.operatorAccounts`".to_owned()
                    });
                    Some(Finding::error(OPERATOR_ACCOUNT_UNKNOWN, message).help(help))
                }
                (true, Some(_), Some(place)) => {
                    let message = format!(
                        "the operator account {} is for {}, and the block for {}",
                        at.value, place.value, value.location.value
                    );
                    let help = "correct one of them, or remove `location` from the account";
                    Some(Finding::error(CALLING_LOCATION_MISMATCH, message).help(help))
                }
                (true, Some(_), None) => None,
            };
            if let Some(finding) = finding {
                checker.report(block.spot(at), finding);
            }
        }
        let off = value
            .state
            .as_ref()
            .filter(|at| at.value == NumberState::Inactive);
        if let Some(at) = off.filter(|_| mobile) {
            let message =
                "mobile numbers cannot be switched off: they are active once they are assigned";
            let finding = Finding::error(INVALID_VALUE, message).help("remove `state`");
            checker.report(block.spot(at), finding);
        }
    }
}

/// What goes with which mode.
pub(super) fn modes(checker: &mut Checker) {
    let config = checker.config;
    for (email, user) in &config.users {
        let Some(go) = &user.value.webex_go else {
            continue;
        };
        let go = &go.value;
        let number = go.phone_number.as_ref();
        let subscription = go.subscription.as_ref();
        let wrong = match go.mode.value {
            WebexGoMode::Byod => None,
            WebexGoMode::MobileOperator => number.map(|at| {
                (
                    at,
                    "with a mobile operator, the mobile number is the phone number of the person",
                    "write it as `phoneNumber` of the person",
                )
            }),
            WebexGoMode::None => number.or(subscription).map(|at| {
                (
                    at,
                    "`mode: none` removes Webex Go, so nothing else can be chosen",
                    "remove it",
                )
            }),
        };
        if let Some((at, message, help)) = wrong {
            let finding = Finding::error(INVALID_VALUE, message).help(help);
            checker.report(
                user.spot(at),
                finding.about(format!("webexGoDevice/{email}")),
            );
        }
    }
}

/// Numbers that two people are to choose for their own phones.
pub(super) fn chosen_numbers(checker: &mut Checker) {
    let config = checker.config;
    let users = config
        .users
        .iter()
        .filter(|(_, user)| !user.value.is_absent());
    let chosen = users.filter_map(|(email, user)| {
        let go = &user.value.webex_go.as_ref()?.value;
        let number = go.phone_number.as_ref()?;
        Some((number.value.as_str(), user.spot(number), email.as_str()))
    });
    let mut chosen: Vec<(&str, Spot, &str)> = chosen.collect();
    chosen.sort_unstable();
    for pair in chosen.windows(2) {
        if let [(number, first, other), (same, spot, email)] = pair
            && number == same
        {
            let earlier = checker.earlier(*first);
            let message = format!(
                "{number} is claimed by webexGoDevice/{email} and by webexGoDevice/{other}; {earlier}"
            );
            let finding = Finding::error(NUMBER_CLAIMED_TWICE, message)
                .about(format!("webexGoDevice/{email}"))
                .help("give each person a number of their own");
            checker.report(*spot, finding);
        }
    }
}

/// `8-4-4-4-12` hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let digits = parts
        .iter()
        .all(|part| part.bytes().all(|it| it.is_ascii_hexdigit()));
    lengths == [8, 4, 4, 4, 12] && digits
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, found};

    #[test]
    fn ids_of_accounts_are_entered_twice_and_never_shown() {
        let text = "\
webexGo:
  operatorAccounts:
    a:
      {operator: O, accountId: LSM-1, confirmAccountId: LSM-1, carrierId: 123e4567-e89b-12d3-a456-426614174000}
    b:
      operator: O
      accountId: LSM-12
      confirmAccountId: LSM-21
      carrierId: \"4471\"
";
        assert_eq!(
            found(text),
            [("operator-account-mismatch", 8), ("invalid-value", 9)]
        );
        let findings = findings(&[text]);
        assert!(findings.iter().all(|it| !it.message.contains("LSM")));
    }

    #[test]
    fn blocks_of_mobile_numbers_name_an_account() {
        let text = "\
webexGo:
  operatorAccounts:
    mobile: {operator: O, accountId: A, confirmAccountId: A, location: Dallas}
numbers:
  - {location: Dallas, numbers: [\"+12145550180\"], type: mobile, operatorAccount: mobile}
  - {location: Dallas, numbers: [\"+12145550181\"], type: mobile, operatorAccount: mobil}
  - {location: Dallas, numbers: [\"+12145550182\"], operatorAccount: mobile}
  - {location: Austin, numbers: [\"+12145550183\"], type: mobile, operatorAccount: mobile}
  - {location: Dallas, numbers: [\"+12145550184\"], type: mobile, state: inactive}
  - {location: Dallas, numbers: [\"+12145550185\"], type: mobile, state: active}
";
        assert_eq!(
            found(text),
            [
                ("operator-account-unknown", 6),
                ("number-type-mismatch", 7),
                ("calling-location-mismatch", 8),
                ("invalid-value", 9),
            ]
        );
    }

    #[test]
    fn a_mode_takes_only_what_it_needs() {
        let text = "\
users:
  a@x.y: {webexGo: {mode: byod, subscription: S, phoneNumber: \"+12145550180\"}}
  b@x.y: {webexGo: {mode: mobileOperator, phoneNumber: \"+12145550181\"}}
  c@x.y: {webexGo: {mode: none, subscription: S}}
  d@x.y: {webexGo: {mode: none}}
";
        assert_eq!(found(text), [("invalid-value", 3), ("invalid-value", 4)]);
    }
}
