//! Checks of locations: countries, languages, time zones.
//!
//! Owns their form. Main numbers are checked with the other numbers (`numbers`).

use super::Checker;
use crate::config::model::*;
use crate::finding::*;

/// Values of locations that Webex cannot have.
pub(super) fn locations(checker: &mut Checker) {
    for (name, location) in &checker.config.locations {
        let Location {
            time_zone,
            preferred_language,
            address,
            calling: _,
            formerly: _,
        } = &location.value;
        let country = address
            .as_ref()
            .and_then(|address| address.value.country.as_ref());
        let faults = [
            country.filter(|at| !is_country(&at.value)).map(|at| {
                (
                    at,
                    format!("`{at}` is not a country"),
                    "write two upper-case letters (ISO 3166), such as `US`",
                )
            }),
            preferred_language
                .as_ref()
                .filter(|at| !is_language(&at.value))
                .map(|at| {
                    (
                        at,
                        format!("`{at}` is not a language"),
                        "write the language and the country, such as `en_US`",
                    )
                }),
            time_zone
                .as_ref()
                .filter(|at| at.value.trim().is_empty())
                .map(|at| {
                    (
                        at,
                        "the time zone is empty".to_owned(),
                        "write a time zone such as `America/Chicago`, or leave it away",
                    )
                }),
        ];
        for (at, message, help) in faults.into_iter().flatten() {
            let message = format!("{message}, in location `{name}`");
            let finding = Finding::error(INVALID_VALUE, message)
                .help(help)
                .about(format!("location/{name}"));
            checker.report(location.spot(at), finding);
        }
    }
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
";
        assert_eq!(
            found(text),
            [3, 4, 5, 6, 7].map(|line| ("invalid-value", line))
        );
    }
}
