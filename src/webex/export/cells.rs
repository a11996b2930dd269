//! What cells say: numbers, extensions, TRUE and FALSE, and what a spreadsheet has made of them.
//!
//! What a spreadsheet adds is removed (an apostrophe, `="…"`). What it has lost is an error: it is never guessed.

use crate::phone;

/// The words for TRUE and FALSE that spreadsheets write in the languages of their users.
const WORDS: [(&str, &str); 13] = [
    ("true", "false"),
    ("wahr", "falsch"),
    ("vrai", "faux"),
    ("verdadero", "falso"),
    ("verdadeiro", "falso"),
    ("vero", "falso"),
    ("waar", "onwaar"),
    ("sant", "falskt"),
    ("sand", "falsk"),
    ("sann", "usann"),
    ("tosi", "epätosi"),
    ("prawda", "fałsz"),
    ("pravda", "nepravda"),
];

/// TRUE, FALSE, or neither.
pub fn switch(cell: &str) -> Option<bool> {
    let cell = cell.to_lowercase();
    let of = |(yes, no): &(&str, &str)| match cell == *yes {
        true => Some(true),
        false => (cell == *no).then_some(false),
    };
    WORDS.iter().find_map(of)
}

/// A cell without what a spreadsheet adds so that a number stays a text: a leading apostrophe, `="…"`.
pub fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    let formula = cell
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    let cell = formula.unwrap_or(cell);
    cell.strip_prefix('\'').unwrap_or(cell).trim()
}

/// A telephone number in E.164 form; `country` is that of the location, where it is known. `Err` says what is wrong.
pub fn number(cell: &str, country: Option<&str>) -> Result<String, String> {
    let text = bare(cell);
    intact(text)?;
    if text.starts_with('+') {
        // `+44 (0)20 …` has a zero that is not dialled from abroad, and what follows `/` is another number.
        let plain = text.chars().all(is_notation)
            && text.matches('+').count() == 1
            && !text.contains('/')
            && !text.replace(' ', "").contains("(0)");
        let read = phone::read_back(text).filter(|_| plain);
        return read.ok_or_else(|| {
            format!(
                "`{cell}` is not a phone number: write a plus sign, the country code and the digits"
            )
        });
    }
    // A spreadsheet removes the plus sign. Numbers within a country have up to ten digits, or begin with a zero.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let international = (digits && text.len() > 10 && !text.starts_with('0'))
        .then(|| phone::normalised(&format!("+{text}"), None))
        .flatten();
    let national = country.and_then(|country| phone::normalised(text, Some(country)));
    match (national, international) {
        (Some(one), Some(other)) if one != other => Err(format!(
            "`{cell}` may be {one} or {other}: write it with a plus sign"
        )),
        (Some(number), _) | (None, Some(number)) => Ok(number),
        (None, None) if !text.chars().all(is_notation) || text.is_empty() => {
            Err(format!("`{cell}` is not a phone number"))
        }
        (None, None) => Err(match country {
            Some(country) => format!(
                "`{cell}` is not a number of {country}: write it with a plus sign and the country code"
            ),
            None => format!(
                "`{cell}` has no country code, and the country of the location is unknown: write it with a plus sign, or add \
                 locations.csv"
            ),
        }),
    }
}

/// An extension: digits. `Err` says what is wrong.
pub fn extension(cell: &str) -> Result<String, String> {
    let text = bare(cell);
    intact(text)?;
    match (2..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "`{cell}` is not an extension: extensions have 2 to 10 digits"
        )),
    }
}

/// A text that no spreadsheet has calculated with: `1.21456E+10` and `1003.0` have lost digits, or may have lost zeros.
pub fn intact(text: &str) -> Result<(), String> {
    let mantissa = text.split(['E', 'e']).next().unwrap_or_default();
    let is_decimal = |text: &str| {
        let parts: Vec<&str> = text.split(['.', ',']).collect();
        let numeric = |it: &&str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
        parts.len() <= 2 && parts.iter().all(numeric)
    };
    let exponent = text.strip_prefix(mantissa).unwrap_or_default();
    let scientific = exponent.len() > 1
        && exponent[1..]
            .bytes()
            .all(|it| it.is_ascii_digit() || it == b'+')
        && is_decimal(mantissa);
    let decimal = exponent.is_empty() && text.contains(['.', ',']) && is_decimal(text) && {
        let tail = text.rsplit(['.', ',']).next().unwrap_or_default();
        tail.bytes().all(|it| it == b'0')
    };
    match scientific || decimal {
        true => Err(format!(
            "a spreadsheet changed the number to `{text}`: export again, and open the file with this column as text"
        )),
        false => Ok(()),
    }
}

fn is_notation(char: char) -> bool {
    char.is_ascii_digit() || " ()-./+\u{a0}".contains(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_adds_is_removed() {
        for cell in [
            "+12145550103",
            "'+12145550103",
            "=\"+12145550103\"",
            " +1 (214) 555-0103 ",
            "12145550103",
        ] {
            assert_eq!(number(cell, None).as_deref(), Ok("+12145550103"), "{cell}");
        }
        assert_eq!(extension("'0102").as_deref(), Ok("0102"));
        assert_eq!(extension("=\"0102\"").as_deref(), Ok("0102"));
    }

    #[test]
    fn what_it_has_lost_is_an_error() {
        for cell in ["1.21456E+10", "1,21456E+10", "12145550103.0", "1E+10"] {
            let said = number(cell, Some("US")).unwrap_err();
            assert!(
                said.contains("spreadsheet") && said.contains(cell),
                "{said}"
            );
        }
        for cell in ["1003.0", "1003,00", "1E+3", "1.003E3"] {
            assert!(
                extension(cell).unwrap_err().contains("spreadsheet"),
                "{cell}"
            );
        }
        for cell in ["x", "1", "12345678901", "10 03", "-1003"] {
            assert!(
                extension(cell).unwrap_err().contains("not an extension"),
                "{cell}"
            );
        }
    }

    #[test]
    fn a_national_number_needs_its_country() {
        assert_eq!(
            number("214-555-0101", Some("US")).as_deref(),
            Ok("+12145550101")
        );
        assert_eq!(
            number("020 7183 8750", Some("GB")).as_deref(),
            Ok("+442071838750")
        );
        assert_eq!(
            number("040 12345678", Some("DE")).as_deref(),
            Ok("+494012345678")
        );
        for cell in ["214-555-0101", "123-456-7890", "040 12345678", "555-1234"] {
            let said = number(cell, None).unwrap_err();
            assert!(said.contains("has no country code"), "{said}");
        }
        assert!(
            number("555-1234", Some("US"))
                .unwrap_err()
                .contains("not a number of US")
        );
        assert!(
            number("see reception", Some("US"))
                .unwrap_err()
                .contains("not a phone number")
        );
        assert!(number("", None).is_err());
        assert!(number("+", None).is_err());
    }

    #[test]
    fn a_number_with_two_meanings_is_not_guessed() {
        assert_eq!(
            number("49301234567", Some("DE")).as_deref(),
            Ok("+49301234567")
        );
        // A mobile number of China, and one of Arkansas without its plus sign.
        let said = number("15012345678", Some("CN")).unwrap_err();
        for reading in ["+8615012345678", "+15012345678"] {
            assert!(said.contains(reading), "{said}");
        }
        assert_eq!(number("15012345678", None).as_deref(), Ok("+15012345678"));
    }

    #[test]
    fn true_and_false_in_the_languages_of_spreadsheets() {
        for (cell, is) in [
            ("TRUE", true),
            ("Wahr", true),
            ("VRAI", true),
            ("faux", false),
            ("FALSCH", false),
            ("EPÄTOSI", false),
        ] {
            assert_eq!(switch(cell), Some(is), "{cell}");
        }
        for cell in ["ture", "1", "yes", "", "x"] {
            assert_eq!(switch(cell), None, "{cell}");
        }
    }
}
