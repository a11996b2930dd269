//! Checks of phone numbers and extensions of people, workspaces and others who have them.
//!
//! Owns their form and claims of two for the same one. Must not look at the inventory of numbers (`numbers`).

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::Checker;
use crate::config::claims::Caller;
use crate::config::merge::{Config, Spot};
use crate::config::model::User;
use crate::config::sections::SECTIONS;
use crate::config::yaml::Nullable;
use crate::finding::*;
use crate::phone;

const AUTO: &str = "auto";

/// Emergency numbers, which Webex refuses as extensions (webex-api.md 6.6). Its own list is not documented: these are the
/// ones of which there is no doubt.
const EMERGENCY: [&str; 5] = ["911", "112", "110", "999", "000"];

/// The longest name of a person with Calling (webex-api.md 4.1).
const NAME_MAX: usize = 30;

/// What may not be in the name of a person with Calling (webex-api.md 4.1).
const NOT_IN_NAMES: &[char] = &['%', '#', '<', '>', '\\', '/', '"'];

/// All entries that can claim a number or an extension.
pub(super) fn callers(config: &Config) -> impl Iterator<Item = Caller<'_>> {
    let sections = SECTIONS.iter();
    sections.flat_map(|section| (section.callers)(config))
}

/// Mobile numbers of Webex Go, with the user.
pub(super) fn mobiles(config: &Config) -> impl Iterator<Item = (&str, Spot, &str)> {
    config.users.iter().filter_map(|(email, user)| {
        let number = user.value.webex_go.as_ref()?.value.phone_number.as_ref()?;
        Some((number.value.as_str(), user.spot(number), email.as_str()))
    })
}

/// Phone numbers that are not E.164, extensions that are not 2 to 10 digits.
pub(super) fn formats(checker: &mut Checker) {
    let config = checker.config;
    for caller in callers(config) {
        if let Some((number, spot)) = caller.phone
            && !(caller.auto && number == AUTO)
            && phone::e164(number).is_none()
        {
            let country = caller
                .location
                .and_then(|location| country(config, location));
            let auto = caller.auto.then_some("`auto`");
            let finding = not_e164(number, country, auto).about(caller.address());
            checker.report(spot, finding);
        }
        if let Some((extension, spot)) = caller.extension
            && !(caller.auto && extension == AUTO)
            && !is_extension(extension)
        {
            let message = format!("`{extension}` is not an extension of 2 to 10 digits");
            let or = if caller.auto { ", or `auto`" } else { "" };
            let finding = Finding::error(CALLING_EXTENSION_FORMAT, message)
                .help(format!(
                    "write 2 to 10 digits in quotation marks and nothing else{or}"
                ))
                .about(caller.address());
            checker.report(spot, finding);
        }
        if let Some((extension, spot)) = caller.extension
            && EMERGENCY.contains(&extension)
        {
            let message =
                format!("`{extension}` is an emergency number and cannot be an extension");
            let finding = Finding::error(CALLING_EXTENSION_EMERGENCY, message)
                .help(match caller.auto {
                    true => "choose another extension, or `auto`",
                    false => "choose another extension",
                })
                .about(caller.address());
            checker.report(spot, finding);
        }
    }
    for (number, spot, email) in mobiles(config) {
        if phone::e164(number).is_none() {
            checker.report(
                spot,
                not_e164(number, None, None).about(format!("user/{email}")),
            );
        }
    }
}

/// Names that Webex refuses for people with Calling, as far as the files show who has it.
pub(super) fn display_names(checker: &mut Checker) {
    let config = checker.config;
    for (email, user) in &config.users {
        let entry = &user.value;
        let Some(name) = entry.display_name.as_ref().filter(|_| !entry.is_absent()) else {
            continue;
        };
        if let Some(message) = is_no_name(&name.value) {
            let finding = Finding::error(INVALID_VALUE, message)
                .help("write the name of the person, or omit `displayName` if it is not to change")
                .about(format!("user/{email}"));
            checker.report(user.spot(name), finding);
            continue;
        }
        if !calls(entry) {
            continue;
        }
        let length = name.value.chars().count();
        let wrong: String = name
            .value
            .chars()
            .filter(|it| NOT_IN_NAMES.contains(it))
            .collect();
        let message = match wrong.chars().next() {
            Some(wrong) => format!("the name of a person with Calling cannot contain `{wrong}`"),
            None if length > NAME_MAX => format!(
                "the name of a person with Calling can have at most {NAME_MAX} characters; this one has {length}"
            ),
            None => continue,
        };
        let finding = Finding::error(CALLING_NAME_REFUSED, message)
            .help(format!(
                "write a name of at most {NAME_MAX} characters without % # < > \\ / and \"; or omit `displayName` if it is \
                 not to change"
            ))
            .about(format!("user/{email}"));
        checker.report(user.spot(name), finding);
    }
}

/// Why a text is no name of anyone: it shows nothing, or what it shows is not what it says.
fn is_no_name(text: &str) -> Option<String> {
    let turns = |it: char| matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let hidden = text.chars().find(|&it| it.is_control() || turns(it));
    match hidden {
        Some(it) => Some(format!(
            "`displayName` contains a character that does not show (U+{:04X})",
            it as u32
        )),
        None => text
            .trim()
            .is_empty()
            .then(|| "`displayName` is blank".to_owned()),
    }
}

/// Whether the entry of a user asks for Calling, or for a part of it.
fn calls(user: &User) -> bool {
    let licenses = user.licenses.as_ref();
    let sets = licenses.map(|it| [&it.add, &it.only]).into_iter().flatten();
    let granted = sets.flatten().any(|set| set.value.calling.is_some());
    granted || user.extension.is_some() || matches!(user.phone_number, Nullable::Value(_))
}

fn is_extension(text: &str) -> bool {
    (2..=10).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// The country of a location that the files declare.
pub(super) fn country<'a>(config: &'a Config, location: &str) -> Option<&'a str> {
    let address = config.locations.get(location)?.value.address.as_ref()?;
    address
        .value
        .country
        .as_ref()
        .map(|country| country.value.as_str())
}

/// The finding about a number that is not E.164; `or` is what else is allowed there.
pub(super) fn not_e164(number: &str, country: Option<&str>, or: Option<&str>) -> Finding {
    let or = or.map(|or| format!(", or {or}")).unwrap_or_default();
    let rule = format!(
        "write a plus sign, the country code and the rest, 7 to 15 digits in total and nothing else{or}"
    );
    let help = match phone::normalised(number, country) {
        Some(form) => format!("write \"{form}\" if that is the number; in general {rule}"),
        None => rule,
    };
    Finding::error(
        CALLING_NUMBER_FORMAT,
        format!("`{number}` is not a phone number in E.164 form"),
    )
    .help(help)
}

/// The same number, or the same extension in one location, for two entries.
pub(super) fn claims(checker: &mut Checker) {
    let callers: Vec<Caller> = callers(checker.config)
        .filter(|caller| !caller.absent)
        .collect();

    let numbers = callers.iter().filter_map(|caller| {
        let (number, spot) = caller.phone?;
        Some(Claim {
            spot,
            caller,
            of: phone::e164(number)?,
        })
    });
    for (later, first) in conflicts(numbers) {
        let number = later.caller.phone.map_or("", |(number, _)| number);
        let message = format!("{number} is claimed by {}", both(checker, &later, &first));
        let finding = Finding::error(NUMBER_CLAIMED_TWICE, message)
            .help("give one of them another number, or `phoneNumber: auto`")
            .about(later.caller.address());
        checker.report(later.spot, finding);
    }

    let extensions = callers.iter().filter_map(|caller| {
        let (extension, spot) = caller
            .extension
            .filter(|(extension, _)| is_extension(extension))?;
        Some(Claim {
            spot,
            caller,
            of: (caller.location?, extension),
        })
    });
    for (later, first) in conflicts(extensions) {
        let (location, extension) = later.of;
        let both = both(checker, &later, &first);
        let message =
            format!("extension {extension} of location `{location}` is claimed by {both}");
        let finding = Finding::error(EXTENSION_CLAIMED_TWICE, message)
            .help("give one of them another extension, or `extension: auto`")
            .about(later.caller.address());
        checker.report(later.spot, finding);
    }
}

struct Claim<'a, K> {
    spot: Spot,
    caller: &'a Caller<'a>,
    of: K,
}

fn both<K>(checker: &Checker, later: &Claim<K>, first: &Claim<K>) -> String {
    let (first_address, earlier) = (first.caller.address(), checker.earlier(first.spot));
    format!(
        "{} and by {first_address}; {earlier}",
        later.caller.address()
    )
}

/// Claims for what was claimed before in order of place, each with the first claim.
fn conflicts<'a, K: Copy + Eq + Hash>(
    claims: impl Iterator<Item = Claim<'a, K>>,
) -> Vec<(Claim<'a, K>, Claim<'a, K>)> {
    let mut claims: Vec<Claim<K>> = claims.collect();
    claims.sort_by_key(|claim| claim.spot);
    let mut first: FxHashMap<K, (Spot, &Caller)> = FxHashMap::default();
    let mut found = Vec::new();
    for claim in claims {
        match first.get(&claim.of) {
            Some(&(spot, caller)) => {
                let of = claim.of;
                found.push((claim, Claim { spot, caller, of }));
            }
            None => {
                first.insert(claim.of, (claim.spot, claim.caller));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, found, subjects};

    #[test]
    fn numbers_are_e164() {
        let text = "\
locations: {London: {address: {country: GB}}}
users:
  a@x.y: {phoneNumber: auto}
  b@x.y: {phoneNumber: null}
  c@x.y: {phoneNumber: \"+12145550101\"}
  d@x.y: {phoneNumber: 214-555-0101}
  e@x.y: {phoneNumber: 020 7183 8750, location: London}
  f@x.y: {phoneNumber: Auto}
  g@x.y: {webexGo: {mode: byod, phoneNumber: auto}}
workspaces:
  Lobby: {phoneNumber: \"12145550102\"}
";
        assert_eq!(
            found(text),
            [6, 7, 8, 9, 11].map(|line| ("calling-number-format", line))
        );
        let findings = findings(&[text]);
        let help = |at: usize| findings[at].help.as_deref().unwrap();
        assert!(help(1).contains("\"+442071838750\""), "{}", help(1));
        assert!(
            help(4).contains("\"+12145550102\"") && help(4).contains("auto"),
            "{}",
            help(4)
        );
        assert!(!help(3).contains("auto"), "{}", help(3));
    }

    #[test]
    fn extensions_are_2_to_10_digits() {
        let text = "\
users:
  a@x.y: {extension: auto}
  b@x.y: {extension: \"01\"}
  c@x.y: {extension: \"0123456789\"}
  d@x.y: {extension: \"1\"}
  e@x.y: {extension: \"01234567890\"}
  f@x.y: {extension: 1x}
workspaces: {Lobby: {extension: \"\"}}
";
        assert_eq!(
            found(text),
            [5, 6, 7, 8].map(|line| ("calling-extension-format", line))
        );
    }

    #[test]
    fn emergency_numbers_are_no_extensions() {
        let text = "\
users:
  a@x.y: {extension: \"911\"}
  b@x.y: {extension: \"1911\"}
  c@x.y: {extension: \"000\"}
workspaces: {Lobby: {extension: \"112\"}, Hall: {extension: \"9110\"}}
";
        assert_eq!(
            found(text),
            [2, 4, 5].map(|line| ("calling-extension-emergency", line))
        );
    }

    #[test]
    fn names_of_people_with_calling_fit() {
        let text = "\
users:
  a@x.y: {displayName: \"Ana #1\", extension: \"2001\"}
  b@x.y: {displayName: \"Bo 100%\"}
  c@x.y: {displayName: \"A name that is far too long for a telephone\", phoneNumber: auto}
  d@x.y: {displayName: \"Çiğdem Özoğuz-Kılıç Yıldırım Ö\", extension: \"2002\"}
  e@x.y: {displayName: \"Eve <x>\", licenses: {add: {calling: professional}}}
  f@x.y: {displayName: \"Fay <x>\", licenses: {add: {messaging: advanced}}}
  g@x.y: {displayName: \"Gus/Sales\", licenses: {only: {calling: standard}}}
  h@x.y: {displayName: \"Hal <x>\", extension: \"2003\", state: absent}
";
        assert_eq!(
            found(text),
            [2, 4, 6, 8].map(|line| ("calling-name-refused", line))
        );
        let message = &findings(&[text])[1].message;
        assert!(
            message.contains("at most 30") && message.contains("43"),
            "{message}"
        );
    }

    #[test]
    fn a_name_shows_what_it_says() {
        let text = "\
users:
  a@x.y: {displayName: \"\"}
  b@x.y: {displayName: \"  \"}
  c@x.y: {displayName: \"A\\u0000B\"}
  d@x.y: {displayName: \"\\u202Egnp\"}
  e@x.y: {displayName: \"می‌خواهم\"}
  f@x.y: {displayName: \"\", state: absent}
";
        assert_eq!(
            found(text),
            [2, 3, 4, 5].map(|line| ("invalid-value", line))
        );
    }

    #[test]
    fn a_number_has_one_claim() {
        let first = "workspaces: {Lobby: {phoneNumber: \"+12145550101\"}}";
        let later = "\
users:
  b@x.y: {phoneNumber: \"+12145550101\"}
  a@x.y: {phoneNumber: \"+12145550101\"}
  c@x.y: {phoneNumber: \"+12145550101\", state: absent}
  d@x.y: {phoneNumber: auto}
  e@x.y: {phoneNumber: auto}
";
        let twice =
            |file: &str, who: &str| ("number-claimed-twice", file.to_owned(), who.to_owned());
        assert_eq!(
            subjects(&[first, later]),
            [twice("b.yaml", "user/b@x.y"), twice("b.yaml", "user/a@x.y")]
        );
        assert_eq!(
            subjects(&[later, first]),
            [
                twice("a.yaml", "user/a@x.y"),
                twice("b.yaml", "workspace/Lobby")
            ]
        );
        let message = &findings(&[first, later])[1].message;
        assert_eq!(
            message,
            "+12145550101 is claimed by user/a@x.y and by workspace/Lobby; the first is at a.yaml:1:35"
        );
    }

    #[test]
    fn a_call_queue_claims_what_a_person_claims() {
        let text = "\
users:
  a@x.y: {location: Dallas, extension: \"2000\", phoneNumber: \"+12145550101\"}
callQueues:
  Support: {location: Dallas, extension: \"2000\"}
  Sales: {location: Dallas, extension: auto, phoneNumber: \"+12145550101\"}
  Austin: {location: Austin, extension: \"2000\", phoneNumber: auto}
  Short: {location: Austin, extension: \"911\"}
";
        let wanted = [
            ("extension-claimed-twice", 4),
            ("calling-extension-format", 5),
            ("number-claimed-twice", 5),
            ("calling-number-format", 6),
            ("calling-extension-emergency", 7),
        ];
        assert_eq!(found(text), wanted);
        for finding in findings(&[text]) {
            let help = finding.help.unwrap_or_default();
            let auto = finding.code.as_str().ends_with("-twice");
            assert_eq!(help.contains("auto"), auto, "{help}");
        }
    }

    #[test]
    fn an_extension_has_one_claim_in_a_location() {
        let text = "\
users:
  a@x.y: {location: Dallas, extension: \"1000\"}
  b@x.y: {location: Austin, extension: \"1000\"}
  c@x.y: {extension: \"1000\"}
  d@x.y: {location: Dallas, extension: \"01000\"}
  e@x.y: {location: Dallas, extension: auto}
  f@x.y: {location: Dallas, extension: auto}
  g@x.y: {location: Dallas, extension: \"1000\", state: absent}
  h@x.y: {location: Dallas, extension: x}
  i@x.y: {location: Dallas, extension: x}
workspaces:
  Lobby: {location: Austin, extension: \"1000\"}
";
        let format = "calling-extension-format";
        assert_eq!(
            found(text),
            [(format, 9), (format, 10), ("extension-claimed-twice", 12)]
        );
    }
}
