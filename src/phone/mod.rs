//! Phone numbers: strict E.164 by bytes, ranges as intervals, and what the library of numbering plans knows.
//!
//! Owns the one place that calls `phonenumber`, whose tables take long to load: whether a number is valid needs only those of its
//! country code ([`plans`]). Knows no configuration.

mod plans;

use std::panic::catch_unwind;

use phonenumber::{Mode, country};

/// The most numbers that one range may hold.
pub const RANGE_MAX: u64 = 100_000;

/// The digits of a number in strict E.164 form: `+`, a first digit from 1 to 9, 7 to 15 digits in total.
pub fn e164(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('+')?;
    let shape = (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|digit| digit.is_ascii_digit());
    // No leading zero and at most 15 digits: the number and its text are one to one.
    if shape { digits.parse().ok() } else { None }
}

/// Whether a text, as people write numbers, means this one: with spaces, parentheses and hyphens, with `00` instead of `+`, or
/// without its country code.
pub fn reads_as(text: &str, e164: &str) -> bool {
    let odd = |it: char| !it.is_ascii_digit() && !" +()-./".contains(it);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = digits.trim_start_matches('0');
    if text.contains(odd) || national.len() < 7 {
        return false;
    }
    match text.starts_with('+') {
        true => e164.strip_prefix('+') == Some(&digits),
        false => e164.ends_with(national),
    }
}

/// An inclusive interval of numbers, by their digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// The first.
    pub low: u64,
    /// The last.
    pub high: u64,
}

/// What is wrong with an entry of `numbers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A single number that is not E.164.
    Number,
    /// A range that cannot be used, and why.
    Range(String),
}

/// Reads an entry of `numbers`: a single number, or a range `FIRST..LAST`.
pub fn interval(text: &str) -> Result<Interval, Fault> {
    let Some((first, last)) = text.split_once("..") else {
        return e164(text)
            .map(|number| Interval {
                low: number,
                high: number,
            })
            .ok_or(Fault::Number);
    };
    let end = |end: &str| {
        e164(end).ok_or_else(|| Fault::Range(format!("its end `{end}` is not in E.164 form")))
    };
    let (low, high) = (end(first)?, end(last)?);
    if first.len() != last.len() {
        return Err(Fault::Range(
            "its ends have different numbers of digits".to_owned(),
        ));
    }
    if high < low {
        return Err(Fault::Range(
            "its first number is higher than its last".to_owned(),
        ));
    }
    let count = high - low + 1;
    if count > RANGE_MAX {
        return Err(Fault::Range(format!(
            "it holds {count} numbers, and one range may hold {RANGE_MAX}"
        )));
    }
    Ok(Interval { low, high })
}

/// Whether the numbering plan of its country has this number, as far as the library knows.
pub fn is_valid(e164: &str) -> bool {
    // The library has panicked on odd input before (RUSTSEC-2024-0369), and a doubt about a number must not end a run.
    catch_unwind(|| {
        plans::of(e164).is_some_and(|plan| {
            phonenumber::parse_with(&plan, None, e164)
                .is_ok_and(|number| phonenumber::is_valid_with(&plan, &number))
        })
    })
    .unwrap_or(true)
}

/// The E.164 form that a number in another notation probably means, for a help; `country` is where it is dialled.
pub fn normalised(text: &str, country: Option<&str>) -> Option<String> {
    let notation = |c: char| c.is_ascii_digit() || " ()-./+".contains(c);
    if text.len() > 40 || !text.chars().all(notation) {
        return None;
    }
    let country = country.and_then(|country| country.parse::<country::Id>().ok());
    let plus = format!("+{}", text.trim_start());
    let readings: [(Option<country::Id>, &str); 2] =
        match (text.trim_start().starts_with('+'), country) {
            (false, Some(_)) => [(country, text), (None, &plus)],
            (false, None) => [(None, &plus), (None, &plus)],
            (true, _) => [(None, text), (None, text)],
        };
    readings
        .into_iter()
        .find_map(|(country, text)| parse(country, text))
}

/// The E.164 form of a number that Webex reads back: with blanks, as `tel:`, or in national form, which is North American.
pub fn read_back(text: &str) -> Option<String> {
    let text = text.trim_start();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let number = match (text.trim_start().starts_with('+'), digits.len()) {
        (true, _) => format!("+{digits}"),
        (false, 10) => format!("+1{digits}"),
        (false, 11) if digits.starts_with('1') => format!("+{digits}"),
        (false, _) => return None,
    };
    e164(&number).map(|_| number)
}

/// Whether two letters are a country, by ISO 3166, as far as it has telephones.
pub fn is_country(code: &str) -> bool {
    code.parse::<country::Id>().is_ok()
}

fn parse(country: Option<country::Id>, text: &str) -> Option<String> {
    let found = catch_unwind(|| {
        let number = phonenumber::parse(country, text)
            .ok()
            .filter(phonenumber::is_valid)?;
        Some(number.format().mode(Mode::E164).to_string())
    });
    found.ok().flatten().filter(|text| e164(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_read_back_is_in_e164_form() {
        for text in [
            "+1 214 555 0104",
            "2145550104",
            "1-214-555-0104",
            "12145550104",
            "tel:+12145550104",
        ] {
            assert_eq!(read_back(text).as_deref(), Some("+12145550104"), "{text}");
        }
        assert_eq!(read_back("5550104"), None);
    }

    #[test]
    fn a_number_is_known_as_people_write_it() {
        let berlin = "+493090182012";
        for text in [
            "+49 30 9018-2012",
            "0049 30 90182012",
            "(030) 90182012",
            "49 30/90182012",
        ] {
            assert!(reads_as(text, berlin), "{text}");
        }
        for text in [
            "+30 90182012",
            "182012",
            "2012",
            "x030 90182012",
            "030 90182013",
            "",
        ] {
            assert!(!reads_as(text, berlin), "{text}");
        }
    }

    #[test]
    fn e164_is_strict() {
        assert_eq!(e164("+12145550101"), Some(12_145_550_101));
        assert_eq!(e164("+1234567"), Some(1_234_567));
        assert_eq!(e164("+123456789012345"), Some(123_456_789_012_345));
        for text in [
            "",
            "+",
            "+123456",
            "+1234567890123456",
            "+01234567",
            "12145550101",
            "+1 2145550101",
            "+1214555010x",
        ] {
            assert_eq!(e164(text), None, "{text}");
        }
        assert_eq!(e164("+١٢٣٤٥٦٧٨"), None);
        assert_eq!(e164("++1234567"), None);
    }

    #[test]
    fn ranges_are_ascending_and_not_too_long() {
        let interval = |text| interval(text).map(|Interval { low, high }| (low, high));
        assert_eq!(
            interval("+12145550101"),
            Ok((12_145_550_101, 12_145_550_101))
        );
        assert_eq!(
            interval("+12145550100..+12145550100"),
            Ok((12_145_550_100, 12_145_550_100))
        );
        assert_eq!(
            interval("+12145500000..+12145599999"),
            Ok((12_145_500_000, 12_145_599_999))
        );
        assert_eq!(interval("2145550101"), Err(Fault::Number));
        let faults = [
            "+12145500000..+12145600000",
            "+12145550199..+12145550100",
            "+9999999..+10000001",
            "+12145550100..",
            "..+12145550100",
            "..",
            "+12145550100 .. +12145550199",
            "+12145550100..12145550199",
            "+12145550100..+12145550199..+12145550300",
            "+12145550100...+12145550199",
        ];
        for text in faults {
            assert!(matches!(interval(text), Err(Fault::Range(_))), "{text}");
        }
    }

    #[test]
    fn the_library_knows_plans() {
        assert!(is_valid("+12145550101"));
        assert!(is_valid("+442071838750"));
        assert!(!is_valid("+15551234567"), "there is no area code 555");
        assert!(!is_valid("+9991234567"), "there is no country 999");
    }

    #[test]
    fn the_library_never_panics() {
        for country in 1..1000u32 {
            for length in [7, 11, 15] {
                for fill in ["0", "5"] {
                    let mut text = format!("+{country}");
                    while text.len() <= length {
                        text.push_str(fill);
                    }
                    let number = phonenumber::parse(None, &text);
                    let _ = number.map(|number| {
                        (
                            phonenumber::is_valid(&number),
                            number.format().mode(Mode::E164).to_string(),
                        )
                    });
                }
            }
        }
    }

    #[test]
    fn other_notations_have_a_normal_form() {
        let form = |text, country| normalised(text, country);
        assert_eq!(
            form("+1 (214) 555-0101", None).as_deref(),
            Some("+12145550101")
        );
        assert_eq!(form("12145550101", None).as_deref(), Some("+12145550101"));
        assert_eq!(
            form("214-555-0101", Some("US")).as_deref(),
            Some("+12145550101")
        );
        assert_eq!(
            form("020 7183 8750", Some("GB")).as_deref(),
            Some("+442071838750")
        );
        assert_eq!(form("020 7183 8750", None), None);
        for text in [
            "",
            "+",
            "x",
            "auto",
            "1",
            "()",
            "+1;ext=5",
            "٣",
            "--",
            "+++1",
            "0000000000000000000000000000000000000000",
        ] {
            assert_eq!(form(text, None), None, "{text}");
            assert_eq!(form(text, Some("DE")), None, "{text}");
            assert_eq!(form(text, Some("nowhere")), None, "{text}");
        }
    }
}
